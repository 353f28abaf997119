/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * OCSP responders that did not answer are not asked for a while: each question would
 * hold a thread for seconds, and those behind it would wait.
 */
#ifndef IKE_AAA_OCSP_DEAD_H
#define IKE_AAA_OCSP_DEAD_H

#include <stdbool.h>
#include <stdint.h>

#define OCSP_DEAD_MAX	8
#define OCSP_DEAD_MS	30000

struct ocsp_dead {
	struct {
		char url[256];
		uint64_t until_ms;
	} of[OCSP_DEAD_MAX];
	unsigned int next;
};

/* It did not answer. */
void ocsp_dead_note(struct ocsp_dead *d, const char *url, uint64_t now_ms);
bool ocsp_is_dead(const struct ocsp_dead *d, const char *url, uint64_t now_ms);

#endif
