/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A configuration, as text, is applied to the kernel of the tests. */
#ifndef SELFTESTS_UNIT_APPLY_TEXT_H
#define SELFTESTS_UNIT_APPLY_TEXT_H

#include "selftests/unit/fake_kernel.h"
#include "tools/cli/config.h"
#include "tools/cli/model.h"

static inline struct cm_config *config(const char *text)
{
	struct cm_config *cfg = NULL;

	assert_int_equal(config_parse("test", text, strlen(text), stderr,
				      &cfg), 0);
	return cfg;
}

static char report[4096];

static inline void take_report(void *arg, const char *sentence)
{
	(void)arg;
	snprintf(report + strlen(report), sizeof(report) - strlen(report),
		 "%s\n", sentence);
}

/* Apply a text; log and report then hold what this call changed and said. */
static inline int apply_text(struct fake_kernel *k, const char *old,
			     const char *new)
{
	struct apply a = { .ops = &fake_ops, .ctx = k, .report = take_report };
	struct cm_config *from = old ? config(old) : NULL;
	struct cm_config *to = config(new);
	struct err err = { "" };
	int ret;

	k->log[0] = '\0';
	report[0] = '\0';
	ret = apply_config(&a, from, to, &err);
	if (ret)
		assert_string_not_equal(err.text, "");
	cm_config_free(from);
	cm_config_free(to);
	return ret;
}

#endif
