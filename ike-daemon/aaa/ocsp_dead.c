// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "ike-daemon/aaa/ocsp_dead.h"

static int find(const struct ocsp_dead *d, const char *url)
{
	int i = OCSP_DEAD_MAX;

	while (--i >= 0 && strcmp(d->of[i].url, url))
		;
	return i;
}

void ocsp_dead_note(struct ocsp_dead *d, const char *url, uint64_t now_ms)
{
	int i = find(d, url);

	if (i < 0)
		i = (int)(d->next++ % OCSP_DEAD_MAX);
	snprintf(d->of[i].url, sizeof(d->of[i].url), "%s", url);
	d->of[i].until_ms = now_ms + OCSP_DEAD_MS;
}

bool ocsp_is_dead(const struct ocsp_dead *d, const char *url, uint64_t now_ms)
{
	int i = find(d, url);

	return i >= 0 && d->of[i].until_ms > now_ms;
}
