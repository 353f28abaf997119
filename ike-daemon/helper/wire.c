// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "ike-daemon/helper/helper.h"

#define VERSION	1

enum type {
	SERVE = 1,
	STATUS,
};

const char *helper_state_text(enum helper_state state)
{
	static const char *const texts[] = {
#define X(id, text) [HELPER_##id] = text,
		HELPER_STATES(X)
#undef X
	};

	return state < HELPER_STATE_COUNT ? texts[state] : "unknown";
}

void helper_put_serve(struct buf *b, const struct helper_serve *serve)
{
	size_t i;

	buf_put_u8(b, VERSION);
	buf_put_u8(b, SERVE);
	buf_put_u8(b, serve->n);
	for (i = 0; i < serve->n; i++) {
		buf_put_u32(b, addr_to_v4(&serve->server[i].address));
		buf_put_u8(b, serve->server[i].methods);
	}
}

void helper_put_status(struct buf *b, const struct helper_status *status)
{
	buf_put_u8(b, VERSION);
	buf_put_u8(b, STATUS);
	buf_put_u32(b, addr_to_v4(&status->address));
	buf_put_u8(b, status->state);
	buf_put_u8(b, strlen(status->text));
	buf_put(b, status->text, strlen(status->text));
}

static void begin(struct buf *b, const uint8_t *data, size_t len, enum type type)
{
	buf_reader(b, data, len);
	if (buf_get_u8(b) != VERSION || buf_get_u8(b) != type)
		buf_fail(b, -EBADMSG);
}

static int end(struct buf *b)
{
	return buf_err(b) || buf_left(b) ? -EBADMSG : 0;
}

int helper_get_serve(const uint8_t *data, size_t len, struct helper_serve *out)
{
	struct buf b;
	uint8_t n;
	size_t i;

	memset(out, 0, sizeof(*out));
	begin(&b, data, len, SERVE);
	n = buf_get_u8(&b);
	if (n > HELPER_SERVERS_MAX)
		return -EBADMSG;
	for (i = 0; i < n; i++) {
		out->server[i].address = addr_v4(buf_get_u32(&b), 0);
		out->server[i].methods = buf_get_u8(&b);
	}
	out->n = n;
	return end(&b);
}

int helper_get_status(const uint8_t *data, size_t len,
		      struct helper_status *out)
{
	struct buf b;
	uint8_t state, n;

	memset(out, 0, sizeof(*out));
	begin(&b, data, len, STATUS);
	out->address = addr_v4(buf_get_u32(&b), 0);
	state = buf_get_u8(&b);
	n = buf_get_u8(&b);
	if (state >= HELPER_STATE_COUNT || n >= sizeof(out->text))
		return -EBADMSG;
	out->state = state;
	buf_get(&b, out->text, n);
	return end(&b);
}
