// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Aggressive mode with certificates (RFC 2409, 5.1; F-023): left begins it and names
 * itself; who is not let in, and what broken messages do.
 */
#include "selftests/unit/ike_pki.h"
#include "selftests/unit/ike_aggressive.h"
#include "ike-daemon/wire/transform.h"

/* In one piece, so that tests can look into it. */
#define WHOLE		"no crypto isakmp fragmentation\n"
#define AS_LEFT		WHOLE TO_RIGHT ENDPOINT("fqdn left.example")
#define AS_RIGHT	TO_LEFT ENDPOINT("fqdn right.example")

static struct end end_left(void)
{
	struct end end = left;

	end.more = AS_LEFT;
	return end;
}

static struct end end_right(void)
{
	struct end end = right;

	end.more = AS_RIGHT;
	return end;
}

static struct pair *begin_signed(const struct end *l, const struct end *r)
{
	return begin(config(LEFT, l), config(RIGHT, r));
}

static void is_aggressive(struct pair *p, unsigned int method)
{
	assert_true(wire.of[ISAKMP_EXCHANGE_AGGRESSIVE]);
	assert_int_equal(wire.of[ISAKMP_EXCHANGE_MAIN], 0);
	assert_int_equal(pair_ike(p, LEFT)->transform.auth, method);
	assert_string_equal(pair_ike(p, LEFT)->remote_id, "right.example");
	assert_string_equal(pair_ike(p, RIGHT)->remote_id, "left.example");
	assert_non_null(pair_ike(p, LEFT)->cert);
	assert_non_null(pair_ike(p, RIGHT)->cert);
}

static void whoever_begins(void **state)
{
	struct end l = end_left(), r = end_right();
	unsigned int from;

	(void)state;
	for (from = LEFT; from <= RIGHT; from++) {
		struct pair *p = begin_signed(&l, &r);

		pair_up(p, from);
		is_aggressive(p, IKE_AUTH_ECDSA_256);
		pair_free(p);
	}
	l.auth = r.auth = "rsa-sig";
	l.cert = "left-rsa.pem";
	l.key = "left-rsa.key";
	r.cert = "right-rsa.pem";
	r.key = "right-rsa.key";
	for (from = LEFT; from <= RIGHT; from++) {
		struct pair *p = begin_signed(&l, &r);

		pair_up(p, from);
		is_aggressive(p, IKE_AUTH_RSA_SIG);
		pair_free(p);
	}
}

static void the_messages(void **state)
{
	struct end l = end_left(), r = end_right();
	struct pair *p = begin_signed(&l, &r);

	(void)state;
	pair_up(p, LEFT);
	decode(0);
	assert_true(isakmp_count(&msg, ISAKMP_PAYLOAD_CERT_REQ));
	assert_int_equal(isakmp_count(&msg, ISAKMP_PAYLOAD_CERT), 0);
	decode(1);
	assert_true(isakmp_count(&msg, ISAKMP_PAYLOAD_CERT_REQ));
	assert_int_equal(isakmp_count(&msg, ISAKMP_PAYLOAD_SIG), 1);
	assert_int_equal(isakmp_count(&msg, ISAKMP_PAYLOAD_HASH), 0);
	/* right's certificate is not signed by the root itself */
	assert_int_equal(isakmp_count(&msg, ISAKMP_PAYLOAD_CERT), 2);
	assert_true(heard(p, RIGHT, ISAKMP_NOTIFY_INITIAL_CONTACT));
	pair_free(p);
}

/* With a key, too, a name may have one, whatever certificates there are. */
static void a_key_beside(void **state)
{
	static char with_key[2 * TEXT_MAX];
	struct end r = end_right();
	struct pair *p;

	(void)state;
	snprintf(with_key, sizeof(with_key), "%s%s",
		 "crypto isakmp policy 20\n encryption aes 256\n hash sha256\n"
		 " group 19\n" NAME_KEY("Secret", "a.example"),
		 config(RIGHT, &r));
	p = begin("crypto isakmp policy 20\n encryption aes 256\n hash sha256\n"
		  " group 19\n" TO_RIGHT PASSWORD("Secret")
		  ENDPOINT("fqdn a.example") MAP_LEFT, with_key);
	pair_up(p, LEFT);
	assert_int_equal(pair_ike(p, RIGHT)->transform.auth, IKE_AUTH_PSK);
	assert_null(pair_ike(p, RIGHT)->cert);
	pair_free(p);
}

/* Who has no key for the peer does not offer to use one. */
static void no_key_is_offered(void **state)
{
	struct end l = end_left(), r = end_right();
	static char with_policy[2 * TEXT_MAX];
	struct pair *p;

	(void)state;
	snprintf(with_policy, sizeof(with_policy), "%s%s",
		 "crypto isakmp policy 5\n encryption aes 256\n group 14\n",
		 config(LEFT, &l));
	p = begin(with_policy, config(RIGHT, &r));
	pair_up(p, LEFT);
	decode(0);
	assert_int_equal(isakmp_find(&msg, ISAKMP_PAYLOAD_SA, 0)->
			 sa.proposals[0].ntransforms, 1);
	is_aggressive(p, IKE_AUTH_ECDSA_256);
	pair_free(p);
}

/* --- who is not let in ---------------------------------------------------------- */

/* The responder has signed already; the initiator does not answer it, and tells. */
static void refuses_right(const struct end *l, const struct end *r,
			  const char *why)
{
	struct pair *p = begin_signed(l, r);

	assert_down(p);
	assert_reason(p, LEFT, why);
	assert_int_equal(wire.of[ISAKMP_EXCHANGE_QUICK], 0);
	pair_free(p);
}

static void refuses_left(const struct end *l, const struct end *r,
			 const char *why)
{
	struct pair *p = begin_signed(l, r);

	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 3000);
	assert_int_equal(pair_children(p, RIGHT), 0);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE1_UP), 0);
	assert_reason(p, RIGHT, why);
	pair_free(p);
}

static void not_trusted(void **state)
{
	struct end l = end_left(), r = end_right();

	(void)state;
	l.cert = "false.pem";
	refuses_left(&l, &r, "not accepted");
	l = end_left();
	l.ca = "rogue.pem";
	refuses_right(&l, &r, "not accepted");
	l = end_left();
	r.crl = "revoked.pem";
	l.crl = "revoked.pem";
	refuses_right(&l, &r, "revoked");
}

static void another_name(void **state)
{
	struct end l = end_left(), r = end_right();

	(void)state;
	l.more = WHOLE TO_RIGHT ENDPOINT("fqdn other.example");
	refuses_left(&l, &r, "does not name it other.example");
	l = end_left();
	r.more = TO_LEFT ENDPOINT("fqdn other.example");
	refuses_right(&l, &r, "does not name it other.example");
}

/* An address of its certificate that is not where it is. */
static void another_place(void **state)
{
	struct end l = end_left(), r = end_right();
	struct pair *p;

	(void)state;
	l.more = TO_RIGHT ENDPOINT("ipv4-address 192.0.2.1");
	p = begin_signed(&l, &r);
	pair_up(p, LEFT);
	assert_string_equal(pair_ike(p, RIGHT)->remote_id, "192.0.2.1");
	pair_free(p);
	l.cert = "right.pem";
	l.key = "right.key";
	l.more = TO_RIGHT ENDPOINT("ipv4-address 198.51.100.2");
	refuses_left(&l, &r, "where it is not");
}

static unsigned int answers(void)
{
	unsigned int n = 0, i;

	for (i = 0; i < wire.n; i++)
		n += wire.kept[i].to == LEFT &&
		     wire.kept[i].data[18] == ISAKMP_EXCHANGE_AGGRESSIVE;
	return n;
}

/* Only with whom the configuration names. */
static void not_with_strangers(void **state)
{
	struct end l = end_left(), r = end_right();
	struct pair *p;

	(void)state;
	r.more = NULL;
	p = begin_signed(&l, &r);
	assert_down(p);
	assert_int_equal(answers(), 0);
	pair_free(p);
	r.more = "crypto isakmp aggressive-mode disable\n" AS_RIGHT;
	p = begin_signed(&l, &r);
	assert_down(p);
	assert_int_equal(answers(), 0);
	pair_free(p);
}

/* A key of some name opens aggressive mode to all, but to sign is for who is named. */
static void a_name_is_no_invitation(void **state)
{
	static char with_name[2 * TEXT_MAX];
	struct end l = end_left(), r = end_right();
	struct pair *p;

	(void)state;
	r.more = NULL;
	snprintf(with_name, sizeof(with_name), "%s%s",
		 NAME_KEY("Secret", "a.example"), config(RIGHT, &r));
	p = begin(config(LEFT, &l), with_name);
	assert_down(p);
	assert_reason(p, LEFT, "NO-PROPOSAL-CHOSEN");
	pair_free(p);
}

/* Nor for as many as like to ask: here there is none left for this second. */
static void so_many_a_second(void **state)
{
	struct end l = end_left(), r = end_right();
	struct pair *p = begin_signed(&l, &r);

	(void)state;
	p->host[RIGHT].engine->limits.signatures = 0;
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 100);
	assert_int_equal(answers(), 0);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_RX_LIMITED), 1);
	p->host[RIGHT].engine->limits.signatures = 1;
	pair_run(p, 3000);
	assert_int_equal(pair_packet(p, LEFT), 0);
	pair_free(p);
}

/* --- what is offered --------------------------------------------------------------- */

static unsigned int methods_offered(uint16_t *first)
{
	const struct isakmp_payload *sa;
	struct ike_transform t;

	decode(0);
	sa = isakmp_find(&msg, ISAKMP_PAYLOAD_SA, 0);
	assert_int_equal(ike_transform_get(&sa->sa.proposals[0].transforms[0], &t,
					   NULL), 0);
	*first = t.auth;
	return sa->sa.proposals[0].ntransforms;
}

#define SAME_GROUP(n, auth)						\
	"crypto isakmp policy " n "\n encryption aes 256\n hash sha256\n" \
	" authentication " auth "\n group 19\n"

/* Either, never both: the identity goes along, and means something else with each. */
static void one_method_is_offered(void **state)
{
	static char text[2 * TEXT_MAX];
	struct end l = end_left(), r = end_right();
	uint16_t method;
	struct pair *p;

	(void)state;
	snprintf(text, sizeof(text), "%s%s", SAME_GROUP("20", "pre-share"),
		 config(LEFT, &l));
	p = begin(text, config(RIGHT, &r));
	pair_up(p, LEFT);
	assert_int_equal(methods_offered(&method), 1);
	assert_int_equal(method, IKE_AUTH_ECDSA_256);
	pair_free(p);
	/* A key that is there is used, though signatures come first. */
	l.more = WHOLE TO_RIGHT PASSWORD("Secret");
	snprintf(text, sizeof(text), "%s%s", SAME_GROUP("20", "pre-share"),
		 config(LEFT, &l));
	p = begin(text, config(RIGHT, &r));
	pair_packet(p, LEFT);
	pair_run(p, 5);
	assert_int_equal(methods_offered(&method), 1);
	assert_int_equal(method, IKE_AUTH_PSK);
	assert_int_equal(isakmp_count(&msg, ISAKMP_PAYLOAD_CERT_REQ), 0);
	pair_free(p);
}

/* --- broken messages --------------------------------------------------------------- */

static unsigned int gone;	/* type of payload that becomes one of vendors */

static void take_out(struct packet *pkt, unsigned int exchange)
{
	uint8_t *next = &pkt->data[16];
	size_t at = ISAKMP_HDR_LEN;

	if (exchange != ISAKMP_EXCHANGE_AGGRESSIVE || pkt->to != LEFT)
		return;
	while (*next && at + 4 <= pkt->len) {
		if (*next == gone)
			*next = ISAKMP_PAYLOAD_VENDOR;
		next = &pkt->data[at];
		at += pkt->data[at + 2] << 8 | pkt->data[at + 3];
	}
}

static void message_2_without(void **state)
{
	static const struct { unsigned int type; const char *why; } cases[] = {
		{ ISAKMP_PAYLOAD_SIG, "no answer" },
		{ ISAKMP_PAYLOAD_CERT, "sent no certificate" },
		{ ISAKMP_PAYLOAD_ID, "" },
	};
	struct end l = end_left(), r = end_right();
	unsigned int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		struct pair *p = begin_signed(&l, &r);

		gone = cases[i].type;
		wire.change = take_out;
		assert_down(p);
		assert_reason(p, LEFT, cases[i].why);
		pair_free(p);
	}
}

static bool of_message_2;

/* The last byte of the signature: the payload with the type before it. */
static void break_signature(struct packet *pkt, unsigned int exchange)
{
	size_t at = ISAKMP_HDR_LEN;
	uint8_t type = pkt->data[16];

	if (exchange != ISAKMP_EXCHANGE_AGGRESSIVE ||
	    (pkt->to == LEFT) != of_message_2 ||
	    pkt->data[19] & ISAKMP_FLAG_ENCRYPTION)
		return;
	while (type) {
		size_t len = pkt->data[at + 2] << 8 | pkt->data[at + 3];

		if (type == (of_message_2 ? ISAKMP_PAYLOAD_SIG :
					    ISAKMP_PAYLOAD_NONCE))
			pkt->data[at + len - 1] ^= 1;
		type = pkt->data[at];
		at += len;
	}
}

static void broken_signature(void **state)
{
	struct end l = end_left(), r = end_right();
	struct pair *p = begin_signed(&l, &r);

	(void)state;
	of_message_2 = true;
	wire.change = break_signature;
	assert_down(p);
	assert_reason(p, LEFT, "the signature of right.example is wrong");
	pair_free(p);
	/* of another nonce than the responder has heard */
	p = begin_signed(&l, &r);
	of_message_2 = false;
	wire.change = break_signature;
	assert_down(p);
	pair_free(p);
}

/* Message 3 as somebody writes it who has seen message 2: in clear, with any signature. */
static void forge(struct pair *p)
{
	struct host *to = &p->host[RIGHT];
	struct addr from = p->host[LEFT].addr;
	uint8_t text[ISAKMP_HDR_LEN + 12] = { 0 };

	memcpy(text, wire.kept[1].data, ISAKMP_HDR_LEN);
	text[16] = ISAKMP_PAYLOAD_SIG;
	text[19] = 0;
	text[24] = text[25] = text[26] = 0;
	text[27] = sizeof(text);
	text[ISAKMP_HDR_LEN + 3] = 12;
	engine_input(to->engine, &to->addr, &from, text, sizeof(text));
}

static unsigned int first_two(struct pair *p, struct packet *pkt, unsigned int n)
{
	return n < 2 ? watch(p, pkt, n) : 0;
}

static void forged_in_clear(void **state)
{
	struct end l = end_left(), r = end_right();
	struct pair *p = begin_signed(&l, &r);

	(void)state;
	p->filter = first_two;
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 5);
	assert_int_equal(pair_ike(p, RIGHT)->state, IKE_SENT_AM2);
	forge(p);
	p->filter = watch;
	pair_run(p, 5000);
	assert_int_equal(pair_packet(p, LEFT), 0);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE1_UP), 1);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE1_FAILED), 0);
	pair_free(p);
}

static struct pair *signed_pair(void)
{
	struct end l = end_left(), r = end_right();

	return begin_signed(&l, &r);
}

static void each_message_lost(void **state)
{
	(void)state;
	lose_each(signed_pair);
}

static void all_come_twice(void **state)
{
	struct end l = end_left(), r = end_right();
	struct pair *p = begin_signed(&l, &r);

	(void)state;
	wire.twice = true;
	pair_up(p, LEFT);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_PHASE1_UP), 1);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE1_UP), 1);
	pair_free(p);
}

static void renewed(void **state)
{
	struct end l = end_left(), r = end_right();
	struct pair *p = begin_signed(&l, &r);

	(void)state;
	pair_up(p, LEFT);
	pair_run(p, 86400000);
	assert_true(pair_counter(p, LEFT, ENGINE_C_PHASE1_UP) > 1);
	assert_int_equal(pair_packet(p, LEFT), 0);
	pair_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whoever_begins),
		cmocka_unit_test(the_messages),
		cmocka_unit_test(a_key_beside),
		cmocka_unit_test(no_key_is_offered),
		cmocka_unit_test(not_trusted),
		cmocka_unit_test(another_name),
		cmocka_unit_test(another_place),
		cmocka_unit_test(not_with_strangers),
		cmocka_unit_test(a_name_is_no_invitation),
		cmocka_unit_test(so_many_a_second),
		cmocka_unit_test(one_method_is_offered),
		cmocka_unit_test(message_2_without),
		cmocka_unit_test(broken_signature),
		cmocka_unit_test(forged_in_clear),
		cmocka_unit_test(each_message_lost),
		cmocka_unit_test(all_come_twice),
		cmocka_unit_test(renewed),
	};

	return cmocka_run_group_tests(tests, pki_setup, pki_teardown);
}
