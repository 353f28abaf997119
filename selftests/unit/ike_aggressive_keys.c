// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Aggressive mode: whose key is used (F-003, F-099), what strangers learn, when it is spoken at
 * all, and how much of it at a time.
 */
#include "selftests/unit/ike_aggressive.h"

/* --- keys ------------------------------------------------------------------ */

static void wrong_key(void **state)
{
	struct pair *p = begin(LEFT_AS("fqdn a.example", "Wrong"), RIGHT_FQDN);

	(void)state;
	assert_down(p);
	assert_reason(p, LEFT, "the pre-shared keys differ");
	assert_reason(p, RIGHT, "AUTHENTICATION-FAILED");
	/* who cannot verify says nothing that is made with a key */
	assert_int_equal(wire.of[ISAKMP_EXCHANGE_AGGRESSIVE] % 2, 0);
	assert_int_equal(wire.of[ISAKMP_EXCHANGE_QUICK], 0);
	pair_free(p);
}

static void break_am3(struct packet *pkt, unsigned int exchange)
{
	if (exchange == ISAKMP_EXCHANGE_AGGRESSIVE &&
	    pkt->data[19] & ISAKMP_FLAG_ENCRYPTION)
		pkt->data[ISAKMP_HDR_LEN] ^= 1;
}

static void broken_message_3(void **state)
{
	struct pair *p = begin(LEFT_FQDN, RIGHT_FQDN);

	(void)state;
	wire.change = break_am3;
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 60000);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE1_UP), 0);
	assert_int_equal(pair_children(p, RIGHT), 0);
	assert_reason(p, RIGHT, "the pre-shared keys differ");
	pair_free(p);
}

/* Keys for many addresses could be guessed at by all of them. */
static void no_wildcard_key(void **state)
{
	struct pair *p = begin(LEFT_AS("fqdn b.example", "Secret"), POLICY
			       "crypto isakmp key Secret address 0.0.0.0\n"
			       NAME_KEY("Other", "a.example") MAP_RIGHT);

	(void)state;
	assert_down(p);
	assert_reason(p, LEFT, "the pre-shared keys differ");
	pair_free(p);
}

#define OWN		"crypto isakmp key Own address " CFG_ADDR_LEFT "\n"
#define OWN_OF_MANY	"crypto isakmp key Own address 192.0.2.0 255.255.255.0\n"
#define NAMED		TO_LEFT ENDPOINT("ipv4-address " CFG_ADDR_RIGHT)

/*
 * Who knows the key of a group is not for that the peer that has its own, which is for
 * this mode only if the configuration says so, and never if it is for many.
 */
static void own_key_before_name(void **state)
{
	static const struct {
		const char *right;
		bool own_serves;
	} cases[] = {
		{ POLICY OWN NAME_KEY("Secret", "a.example") MAP_RIGHT, false },
		{ POLICY OWN NAMED NAME_KEY("Secret", "a.example") MAP_RIGHT,
		  true },
		{ POLICY OWN_OF_MANY NAME_KEY("Secret", "a.example") MAP_RIGHT,
		  false },
		{ POLICY OWN_OF_MANY NAMED NAME_KEY("Secret", "a.example")
		  MAP_RIGHT, false },
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < 4; i++) {
		struct pair *p = begin(LEFT_FQDN, cases[i].right);

		assert_down(p);
		pair_free(p);
		p = begin(LEFT_AS("fqdn a.example", "Own"), cases[i].right);
		if (cases[i].own_serves)
			pair_up(p, LEFT);
		else
			assert_down(p);
		pair_free(p);
	}
}

/* --- groups ---------------------------------------------------------------- */

/* Groups 1 and 20 have public values of 96 bytes, and secrets of 96 and 48. */
#define GROUP(priority, group)						\
	"crypto isakmp policy " priority "\n encryption aes 256\n"	\
	" hash sha256\n group " group "\n"
#define OTHER_GROUP(first, second)					\
	GROUP("10", first) GROUP("20", second) TO_RIGHT			\
	PASSWORD("Secret") ENDPOINT("fqdn a.example") MAP_LEFT

static uint8_t group_said;

/* The group of the answer: attribute 4, of two bytes. */
static void change_group(struct packet *pkt, unsigned int exchange)
{
	static const uint8_t attribute[] = { 0x80, 4, 0 };
	size_t i;

	if (exchange != ISAKMP_EXCHANGE_AGGRESSIVE || pkt->to != LEFT)
		return;
	for (i = ISAKMP_HDR_LEN; i + 4 < pkt->len; i++)
		if (!memcmp(pkt->data + i, attribute, sizeof(attribute))) {
			pkt->data[i + 3] = group_said;
			return;
		}
	fail_msg("the answer has no group");
}

/* Our public value is out, and is of the group that was offered. */
static void answer_of_another_group(void **state)
{
	static const struct {
		const char *left, *right;
		uint8_t said;
	} cases[] = {
		{ OTHER_GROUP("1", "20"), GROUP("10", "1")
		  NAME_KEY("Secret", "a.example") MAP_RIGHT, 20 },
		{ OTHER_GROUP("20", "1"), GROUP("10", "20")
		  NAME_KEY("Secret", "a.example") MAP_RIGHT, 1 },
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct pair *p = begin(cases[i].left, cases[i].right);

		group_said = cases[i].said;
		wire.change = change_group;
		assert_down(p);
		assert_reason(p, LEFT, "another group than we offered");
		pair_free(p);
		p = begin(cases[i].left, cases[i].right);
		pair_up(p, LEFT);
		pair_free(p);
	}
}

/* --- strangers ------------------------------------------------------------- */

struct answers {
	unsigned int n;			/* messages of right's */
	size_t len[KEPT];
	uint8_t exchange[KEPT];
	uint8_t payloads[KEPT][ISAKMP_MAX_PAYLOADS];
	unsigned int notify[KEPT];
};

static void collect(struct answers *a)
{
	const struct isakmp_payload *n;
	unsigned int i, j;

	memset(a, 0, sizeof(*a));
	for (i = 0; i < wire.n; i++) {
		if (wire.kept[i].to == RIGHT)
			continue;
		decode(i);
		a->len[a->n] = wire.kept[i].len;
		a->exchange[a->n] = msg.hdr.exchange;
		for (j = 0; j < msg.npayloads; j++)
			a->payloads[a->n][j] = msg.payloads[j].type;
		n = isakmp_find(&msg, ISAKMP_PAYLOAD_NOTIFY, 0);
		a->notify[a->n] = n ? n->notify.type : 0;
		a->n++;
	}
}

/* A message 3 that was made with whatever key. */
static void send_garbage(struct pair *p, unsigned int more)
{
	uint8_t data[ISAKMP_HDR_LEN + 64];
	size_t len;

	memset(data, 0xa5, sizeof(data));
	memcpy(data, ike_of(&wire.kept[1], &len), ISAKMP_HDR_LEN);
	data[16] = ISAKMP_PAYLOAD_HASH;
	data[19] = ISAKMP_FLAG_ENCRYPTION;
	memset(data + 24, 0, 4);
	data[27] = sizeof(data);
	data[sizeof(data) - 1] = (uint8_t)more;
	engine_input(p->host[RIGHT].engine, &p->host[RIGHT].addr,
		     &p->host[LEFT].addr, data, sizeof(data));
	pair_settle(p);
}

/* In clear, as anybody could write it. */
static void send_notify(struct pair *p)
{
	struct isakmp_notify n = {
		.doi = ISAKMP_DOI_IPSEC, .protocol = ISAKMP_PROTO_ISAKMP,
		.type = ISAKMP_NOTIFY_PAYLOAD_MALFORMED,
	};
	struct isakmp_hdr hdr = {
		.version = ISAKMP_VERSION_1_0, .message_id = 1,
		.exchange = ISAKMP_EXCHANGE_INFORMATIONAL,
	};
	struct isakmp_writer w;
	struct buf b;
	size_t len;

	memcpy(hdr.cookie_i, ike_of(&wire.kept[1], &len), 16);
	buf_init(&b, ISAKMP_MSG_MAX);
	isakmp_begin(&w, &b, &hdr);
	isakmp_put_notify(&w, &n);
	isakmp_end(&w, 0);
	assert_int_equal(buf_err(&b), 0);
	engine_input(p->host[RIGHT].engine, &p->host[RIGHT].addr,
		     &p->host[LEFT].addr, buf_data(&b), buf_len(&b));
	buf_free(&b);
}

/* Left asks once, and right hears nothing of it any more. */
static void ask_as(const char *left, struct answers *a, const char *reason)
{
	struct pair *p = begin(left, RIGHT_FQDN);
	unsigned int i;

	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	while (wire.n < 2) {
		if (p->nqueue)
			pair_deliver(p);
		sim_poll(p->host[LEFT].sim);
		work_poll(p->host[LEFT].pool);
		work_poll(p->host[RIGHT].pool);
	}
	pair_stop(p, LEFT);
	send_notify(p);		/* hides nothing of what comes after it */
	for (i = 0; i < 3; i++)
		send_garbage(p, i);
	pair_run(p, 60000);
	collect(a);
	assert_reason(p, RIGHT, reason);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE1_UP), 0);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PSK_MISMATCH), 1);
	pair_free(p);
}

static void strangers_cannot_tell(void **state)
{
	static struct answers known, unknown;

	(void)state;
	ask_as(LEFT_AS("fqdn a.example", "Wrong"), &known,
	       "the pre-shared keys differ");
	ask_as(LEFT_AS("fqdn x.example", "Wrong"), &unknown,
	       "no pre-shared key is configured for identity x.example");
	assert_int_equal(known.n, 2);
	assert_int_equal(known.notify[1], ISAKMP_NOTIFY_PAYLOAD_MALFORMED);
	assert_memory_equal(&known, &unknown, sizeof(known));
	/* and whoever has a right name and key is not among them */
	ask_as(LEFT_FQDN, &known, "the pre-shared keys differ");
	assert_memory_equal(&known, &unknown, sizeof(known));
}

/* --- on and off ------------------------------------------------------------ */

static void off_by_default(void **state)
{
	static const char *const right[] = {
		RIGHT_DEFAULT,
		RIGHT_FQDN "crypto isakmp aggressive-mode disable\n",
		RIGHT_FQDN "crypto isakmp am-disable\n",
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
		struct pair *p = begin(LEFT_FQDN, right[i]);

		assert_down(p);
		assert_reason(p, LEFT, "INVALID-EXCHANGE-TYPE");
		assert_int_equal(wire.of[ISAKMP_EXCHANGE_MAIN], 0);
		pair_free(p);
	}
}

/* Where there are no names, only who is named may begin. */
static void from_nobody_else(void **state)
{
	static const struct {
		const char *peer;
		bool up;
	} cases[] = { { CFG_ADDR_LEFT, true }, { "192.0.2.77", false } };
	unsigned int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		char right[2048];
		struct pair *p;

		snprintf(right, sizeof(right), "%scrypto isakmp peer address %s\n%s%s",
			 POLICY, cases[i].peer, PASSWORD("Secret"), MAP_RIGHT);
		p = begin(LEFT_FQDN, right);
		if (cases[i].up) {
			pair_up(p, LEFT);
		} else {
			assert_down(p);
			assert_reason(p, LEFT, "INVALID-EXCHANGE-TYPE");
		}
		pair_free(p);
	}
}

static void disabled_means_main_mode(void **state)
{
	struct pair *p = begin("crypto isakmp aggressive-mode disable\n" TO_RIGHT
			       ENDPOINT("fqdn a.example") LEFT_DEFAULT,
			       RIGHT_DEFAULT);

	(void)state;
	pair_up(p, LEFT);
	assert_int_equal(wire.of[ISAKMP_EXCHANGE_AGGRESSIVE], 0);
	assert_string_equal(ike_sa_asa(pair_ike(p, LEFT)), "MM_ACTIVE");
	pair_free(p);
}

/* Message 1 again, as one of another negotiation. */
static void ask_again(struct pair *p)
{
	struct packet *pkt = &wire.kept[0];

	pkt->data[0]++;
	engine_input(p->host[RIGHT].engine, &p->host[RIGHT].addr,
		     &p->host[LEFT].addr, pkt->data, pkt->len);
}

/* The same message 1: its answer is larger, and whose address it is nobody knows. */
static void few_repetitions(void **state)
{
	struct pair *p = begin(LEFT_FQDN, RIGHT_FQDN);
	const struct packet *pkt = &wire.kept[0];
	unsigned int i;

	(void)state;
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	while (wire.n < 2) {
		if (p->nqueue)
			pair_deliver(p);
		sim_poll(p->host[LEFT].sim);
		work_poll(p->host[LEFT].pool);
		work_poll(p->host[RIGHT].pool);
	}
	pair_stop(p, LEFT);
	for (i = 0; i < 20; i++)
		engine_input(p->host[RIGHT].engine, &p->host[RIGHT].addr,
			     &p->host[LEFT].addr, pkt->data, pkt->len);
	assert_int_equal(wire.of[ISAKMP_EXCHANGE_AGGRESSIVE], 2 + 4);
	pair_free(p);
}

static void few_at_a_time(void **state)
{
	struct pair *p = begin(LEFT_FQDN, RIGHT_FQDN);
	unsigned int i;

	(void)state;
	pair_up(p, LEFT);
	p->host[RIGHT].engine->limits.aggressive = 2;
	for (i = 0; i < 5; i++)
		ask_again(p);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_RX_LIMITED), 3);
	pair_settle(p);
	/* for who is refused nobody makes room */
	p->host[RIGHT].engine->limits.half_open_peer = 2;
	p->host[RIGHT].engine->limits.aggressive = 0;
	ask_again(p);
	assert_int_equal(p->host[RIGHT].engine->half_open, 2);
	/* 2 answers, not repeated by the clock, to who has not shown himself */
	pair_run(p, 40000);
	assert_int_equal(wire.of[ISAKMP_EXCHANGE_AGGRESSIVE], 3 + 2);
	assert_int_equal(p->host[RIGHT].engine->half_open, 0);
	pair_free(p);
}

/* As in main mode: the newest one has the best right. */
static void the_oldest_makes_room(void **state)
{
	struct pair *p = begin(LEFT_FQDN, RIGHT_FQDN);
	unsigned int i;

	(void)state;
	pair_up(p, LEFT);
	p->host[RIGHT].engine->limits.half_open_peer = 2;
	for (i = 0; i < 4; i++) {
		ask_again(p);
		pair_settle(p);
	}
	assert_int_equal(wire.of[ISAKMP_EXCHANGE_AGGRESSIVE], 3 + 4);
	assert_int_equal(p->host[RIGHT].engine->half_open, 2);
	pair_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrong_key),
		cmocka_unit_test(broken_message_3),
		cmocka_unit_test(no_wildcard_key),
		cmocka_unit_test(own_key_before_name),
		cmocka_unit_test(answer_of_another_group),
		cmocka_unit_test(strangers_cannot_tell),
		cmocka_unit_test(off_by_default),
		cmocka_unit_test(from_nobody_else),
		cmocka_unit_test(disabled_means_main_mode),
		cmocka_unit_test(few_repetitions),
		cmocka_unit_test(few_at_a_time),
		cmocka_unit_test(the_oldest_makes_room),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}
