/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One xl2tpd and its pppds, as the helper has them. */
#ifndef IKE_HELPER_L2TPD_H
#define IKE_HELPER_L2TPD_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "ike-daemon/helper/helper.h"

struct l2tpd_place {
	const char *dir;		/* for files */
	const char *plugin;
};

struct l2tpd {
	struct helper_server want;
	struct helper_status status;
	bool used;
	bool told;			/* @status */
	unsigned int number;		/* of its files */
	pid_t pid;			/* 0: does not run */
	int output;			/* what it says; -1: nothing */
	char line[256];
	size_t line_len;
	char last[HELPER_TEXT];		/* what it said last */
	uint64_t started_ms;
	uint64_t due_ms;		/* when to start it, if it does not run */
	unsigned int failures;		/* in a row */
};

void l2tpd_init(struct l2tpd *s, const struct helper_server *want,
		 unsigned int number);
/* Starts it, or says in its status why that cannot be, and tries again later. */
void l2tpd_start(struct l2tpd *s, const struct l2tpd_place *place,
		  uint64_t now_ms);
/* Who calls from now on is asked by these; who is in stays. */
void l2tpd_change(struct l2tpd *s, const struct l2tpd_place *place,
		  uint8_t methods);
/* It has said something. */
void l2tpd_read(struct l2tpd *s);
/* It has ended, with @status of wait(2). */
void l2tpd_ended(struct l2tpd *s, int status, uint64_t now_ms);
/* To it and its pppds. */
void l2tpd_signal(const struct l2tpd *s, int sig);
/* Its files go; it does not run any more. */
void l2tpd_clean(struct l2tpd *s, const struct l2tpd_place *place);

#endif
