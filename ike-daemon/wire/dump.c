// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <stdio.h>

#include "ike-daemon/wire/dump.h"

/* Kept free for "...", NONE and the length. */
#define TAIL_LEN 64

struct line {
	char *text;
	size_t size;
	size_t len;
};

static void add(struct line *l, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void add(struct line *l, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(l->text + l->len, l->size - l->len, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	l->len += (size_t)n;
	if (l->len >= l->size)
		l->len = l->size - 1;
}

static void add_payloads(struct line *l, const struct isakmp_msg *msg)
{
	unsigned int i;

	for (i = 0; i < msg->npayloads; i++) {
		if (l->size - l->len < TAIL_LEN) {
			add(l, "... + ");
			return;
		}
		add(l, "%s (%u) + ", isakmp_payload_name(msg->payloads[i].type),
		    msg->payloads[i].type);
	}
}

char *isakmp_dump(const struct isakmp_msg *msg, bool received, char *out,
		  size_t size)
{
	struct line l = { .text = out, .size = size };

	add(&l, "IKE_DECODE %s Message (msgid=%x) with payloads : HDR + ",
	    received ? "RECEIVED" : "SENDING", msg->hdr.message_id);
	if (!msg->npayloads && msg->hdr.next_payload) {
		add(&l, "ENCRYPTED total length : %u", msg->hdr.length);
		return out;
	}
	add_payloads(&l, msg);
	add(&l, "NONE (0) total length : %u", ISAKMP_HDR_LEN + msg->chain_len);
	return out;
}
