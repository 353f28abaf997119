// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzz target: any text as a configuration of ipsecctl. What is accepted must
 * be written out as a text that is accepted again, and means the same.
 */
#include <stdio.h>

#include "selftests/fuzz/fuzz.h"
#include "tools/cli/config.h"
#include "tools/cli/model.h"
#include "tools/cli/running.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct cm_config *cfg = NULL, *again = NULL;
	char *text = NULL, *second = NULL;
	static FILE *null;

	if (!null)
		null = fopen("/dev/null", "w");
	if (!null || len > 16384)
		return 0;
	if (config_parse("fuzz", (const char *)data, len, null, &cfg))
		return 0;
	text = running_text(cfg, false);
	CHECK(text);
	CHECK(!config_parse("again", text, strlen(text), null, &again));
	second = running_text(again, false);
	CHECK(second && !strcmp(text, second));
	running_free(second);
	running_free(text);
	cm_config_free(again);
	cm_config_free(cfg);
	return 0;
}
