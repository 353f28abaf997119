// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "tools/lib/ppp_wire.h"

/* --- fields ----------------------------------------------------------------------- */

static void put_bytes(struct buf *b, const void *bytes, size_t len)
{
	buf_put_u8(b, len);
	buf_put(b, bytes, len);
}

static void put_text(struct buf *b, const char *text)
{
	put_bytes(b, text, strlen(text));
}

/* IPv4; unset is 0.0.0.0. */
static void put_addr(struct buf *b, const struct addr *addr)
{
	buf_put_u32(b, addr->family == AF_INET ? addr_to_v4(addr) : 0);
}

static uint8_t get_bytes(struct buf *b, void *out, size_t size)
{
	uint8_t len = buf_get_u8(b);

	if (len > size) {
		buf_fail(b, -EBADMSG);
		len = 0;
	}
	buf_get(b, out, len);
	return len;
}

static void get_text(struct buf *b, char *out, size_t size)
{
	uint8_t len = get_bytes(b, out, size - 1);

	out[len] = '\0';
	if (strlen(out) != len)
		buf_fail(b, -EBADMSG);
}

static void get_addr(struct buf *b, struct addr *out)
{
	uint32_t host = buf_get_u32(b);

	*out = host ? addr_v4(host, 0) : (struct addr){ 0 };
}

static void get_peer(struct buf *b, struct addr *out)
{
	get_addr(b, out);
	out->port = buf_get_u16(b);
}

/* --- messages ----------------------------------------------------------------------- */

static void put_ask(struct buf *b, const struct ppp_wire_ask *ask)
{
	buf_put_u8(b, ask->method);
	put_text(b, ask->user);
	put_text(b, ask->password);
	buf_put_u8(b, ask->id);
	put_bytes(b, ask->challenge, ask->challenge_len);
	put_bytes(b, ask->response, ask->response_len);
}

static void get_ask(struct buf *b, struct ppp_wire_ask *ask)
{
	ask->method = buf_get_u8(b);
	if (ask->method > PPP_WIRE_MSCHAP2)
		buf_fail(b, -EBADMSG);
	get_text(b, ask->user, sizeof(ask->user));
	get_text(b, ask->password, sizeof(ask->password));
	ask->id = buf_get_u8(b);
	ask->challenge_len = get_bytes(b, ask->challenge,
				       sizeof(ask->challenge));
	ask->response_len = get_bytes(b, ask->response, sizeof(ask->response));
}

static void put_answer(struct buf *b, const struct ppp_wire_answer *answer)
{
	unsigned int i;

	buf_put_u8(b, answer->granted);
	put_text(b, answer->message);
	put_addr(b, &answer->address);
	put_addr(b, &answer->own);
	for (i = 0; i < 2; i++)
		put_addr(b, &answer->dns[i]);
	for (i = 0; i < 2; i++)
		put_addr(b, &answer->wins[i]);
	buf_put_u32(b, answer->idle);
}

static void get_answer(struct buf *b, struct ppp_wire_answer *answer)
{
	unsigned int i;

	answer->granted = buf_get_u8(b) == 1;
	get_text(b, answer->message, sizeof(answer->message));
	get_addr(b, &answer->address);
	get_addr(b, &answer->own);
	for (i = 0; i < 2; i++)
		get_addr(b, &answer->dns[i]);
	for (i = 0; i < 2; i++)
		get_addr(b, &answer->wins[i]);
	answer->idle = buf_get_u32(b);
}

void ppp_wire_put(struct buf *b, const struct ppp_wire_msg *msg)
{
	size_t at = buf_reserve(b, 2);

	buf_put_u8(b, PPP_WIRE_VERSION);
	buf_put_u8(b, msg->type);
	switch (msg->type) {
	case PPP_WIRE_CALL:
		put_addr(b, &msg->call.peer);
		buf_put_u16(b, msg->call.peer.port);
		break;
	case PPP_WIRE_ASK:
		put_ask(b, &msg->ask);
		break;
	case PPP_WIRE_ANSWER:
		put_answer(b, &msg->answer);
		break;
	case PPP_WIRE_UP:
		put_text(b, msg->up.ifname);
		break;
	case PPP_WIRE_END:
		put_text(b, msg->end.reason);
		break;
	default:
		buf_fail(b, -EINVAL);
	}
	buf_set_len16(b, at, at + 2);
}

int ppp_wire_get(const uint8_t *data, size_t len, struct ppp_wire_msg *msg)
{
	struct buf b;

	memset(msg, 0, sizeof(*msg));
	buf_reader(&b, data, len);
	if (buf_get_u8(&b) != PPP_WIRE_VERSION)
		return -EBADMSG;
	msg->type = buf_get_u8(&b);
	switch (msg->type) {
	case PPP_WIRE_CALL:
		get_peer(&b, &msg->call.peer);
		break;
	case PPP_WIRE_ASK:
		get_ask(&b, &msg->ask);
		break;
	case PPP_WIRE_ANSWER:
		get_answer(&b, &msg->answer);
		break;
	case PPP_WIRE_UP:
		get_text(&b, msg->up.ifname, sizeof(msg->up.ifname));
		break;
	case PPP_WIRE_END:
		get_text(&b, msg->end.reason, sizeof(msg->end.reason));
		break;
	default:
		return -EBADMSG;
	}
	return buf_err(&b) || buf_left(&b) ? -EBADMSG : 0;
}
