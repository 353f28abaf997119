// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzz target: what the daemon hears from the plugin of pppd, for a client that has come by
 * IPsec.  The input is a program: frames of up to two calls, as bytes or made of fields, time
 * that passes, calls that end, and ends from outside.
 */
#include "ike-daemon/ppp/session.h"
#include "selftests/fuzz/fuzz.h"
#include "selftests/unit/ike_clients.h"

#define CALLS	2
#define OPS	64

#define CALLER								\
	CFG_PHASE1(POLICY_DEFAULT, "Secret", CFG_ADDR_RIGHT)		\
	"crypto ipsec transform-set TS " TS_DEFAULT "\n mode transport\n" \
	"access-list 101 permit udp host 10.9.9.1 eq 1701 host "	\
	CFG_ADDR_RIGHT " eq 1701\n"					\
	"crypto map M 10 ipsec-isakmp\n set peer " CFG_ADDR_RIGHT "\n"	\
	" set transform-set TS\n match address 101\n"			\
	"interface wan0\n crypto map M\n"
#define LNS								\
	"username a password a\n"					\
	"ip local pool P 10.9.0.10 10.9.0.12\n"				\
	"crypto isakmp policy 10\n" POLICY_DEFAULT			\
	"tunnel-group DefaultRAGroup type remote-access\n"		\
	"tunnel-group DefaultRAGroup general-attributes\n address-pool P\n" \
	"tunnel-group DefaultRAGroup ipsec-attributes\n"		\
	" ikev1 pre-shared-key Secret\n"				\
	"tunnel-group DefaultRAGroup ppp-attributes\n"			\
	" authentication pap\n authentication ms-chap-v2\n"		\
	"crypto ipsec transform-set TS " TS_DEFAULT "\n mode transport\n" \
	"crypto dynamic-map D 10\n set transform-set TS\n"		\
	"crypto map M 10 ipsec-isakmp dynamic D\n"			\
	"interface wan0\n crypto map M\n"

struct call {
	struct ppp_session *session;	/* NULL: none */
};

/* What is told is what the plugin understands. */
static void hear(void *ctx, const struct ppp_wire_msg *said)
{
	uint8_t out[2 + PPP_WIRE_MAX];
	struct ppp_wire_msg back;
	struct buf b;

	(void)ctx;
	CHECK(said->type == PPP_WIRE_ANSWER || said->type == PPP_WIRE_END);
	buf_fixed(&b, out, sizeof(out));
	ppp_wire_put(&b, said);
	CHECK(!buf_err(&b));
	CHECK(!ppp_wire_get(out + 2, buf_len(&b) - 2, &back));
}

static const struct ppp_link to_plugin = { .send = hear };

/* The client, with its IPsec: what the input before has left of it, or afresh. */
static struct pair *come(void)
{
	static struct pair *p;

	if (p && pair_children(p, RIGHT) == 1 && pair_children(p, LEFT) == 1)
		return p;
	if (p)
		pair_free(p);
	p = begin(CALLER, LNS);
	pair_behind_nat(&p->host[LEFT], 0x0a090901);
	comes(p);
	return p;
}

static void hang_up(struct call *c)
{
	ppp_session_free(c->session);
	c->session = NULL;
}

static void say(struct call *c, const struct ppp_wire_msg *frame)
{
	if (ppp_session_input(c->session, frame))
		hang_up(c);
}

/* As bytes of the input. */
static void op_frame(struct pair *p, struct call *c, struct input *in)
{
	size_t len = input_byte(in);
	struct ppp_wire_msg frame;
	uint8_t *exact;

	(void)p;
	if (len > in->len)
		len = in->len;
	exact = input_copy(in->data, len);
	in->data += len;
	in->len -= len;
	if (ppp_wire_get(exact, len, &frame))
		hang_up(c);
	else
		say(c, &frame);
	free(exact);
}

static void op_call(struct pair *p, struct call *c, struct input *in)
{
	struct ppp_wire_msg frame = { .type = PPP_WIRE_CALL };

	frame.call.peer = pair_seen(&p->host[LEFT]);
	frame.call.peer.port = input_byte(in) & 1 ? 1701 : 0;
	say(c, &frame);
}

static void op_ask(struct pair *p, struct call *c, struct input *in)
{
	uint8_t how = input_byte(in);
	struct ppp_wire_msg frame = {
		.type = PPP_WIRE_ASK,
		.ask = { .method = how & 3, .user = "a", .password = "a" },
	};

	(void)p;
	frame.ask.challenge_len = how & 4 ? 16 : input_byte(in) % 65;
	frame.ask.response_len = how & 8 ? 49 : input_byte(in) % 65;
	if (how & 16)
		frame.ask.password[0] = 'x';
	say(c, &frame);
}

static void op_up(struct pair *p, struct call *c, struct input *in)
{
	struct ppp_wire_msg frame = { .type = PPP_WIRE_UP, .up = { "ppp0" } };

	(void)p;
	(void)in;
	say(c, &frame);
}

static void op_time(struct pair *p, struct call *c, struct input *in)
{
	(void)c;
	pair_run(p, input_byte(in) * 100U);
}

static void op_settle(struct pair *p, struct call *c, struct input *in)
{
	(void)c;
	(void)in;
	pair_settle(p);
}

static void op_end(struct pair *p, struct call *c, struct input *in)
{
	(void)p;
	(void)in;
	ppp_session_end(c->session, "an input");
}

static void op_hang_up(struct pair *p, struct call *c, struct input *in)
{
	(void)p;
	(void)in;
	hang_up(c);
}

static void (*const ops[])(struct pair *p, struct call *c, struct input *in) = {
	op_frame, op_call, op_ask, op_up, op_time, op_settle, op_end, op_hang_up,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct input in = { data, len };
	struct call calls[CALLS] = { 0 };
	static bool ready;
	struct err err;
	struct pair *p;
	unsigned int i;

	if (!ready)
		CHECK(!crypto_init(&err));
	ready = true;
	log_set_level_all(LOG_LEVEL_ERR);
	p = come();
	for (i = 0; i < OPS && in.len; i++) {
		uint8_t op = input_byte(&in);
		struct call *c = &calls[op >> 7];

		if (!c->session)
			c->session = ppp_session_new(p->host[RIGHT].engine,
						     &to_plugin, c);
		CHECK(c->session);
		ops[op % (sizeof(ops) / sizeof(ops[0]))](p, c, &in);
	}
	for (i = 0; i < CALLS; i++)
		hang_up(&calls[i]);
	CHECK(list_empty(&p->host[RIGHT].engine->ppp.sessions));
	return 0;
}
