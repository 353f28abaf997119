// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fragments that no message is made of: nothing is kept of what nobody waits for, little
 * and not for long of the rest, each refusal is counted, and the peer's message comes
 * through behind it all.
 */
#include "selftests/unit/core_random.h"
#include "selftests/unit/ike_fragment.h"

#define MAIN	ISAKMP_EXCHANGE_MAIN

/* Right waits for message 5, whose pieces are in wire.kept. */
static struct pair *waiting(const struct end *r)
{
	struct end l = left;
	struct pair *p;

	l.more = SMALL;
	if (!strcmp(r->auth, "rsa-sig")) {
		l.auth = r->auth;
		l.cert = "left-rsa.pem";
		l.key = "left-rsa.key";
	}
	p = watched(&l, r);
	wire.keep = RIGHT;
	wire.deaf = true;
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_settle(p);
	assert_int_equal(pair_ike(p, RIGHT)->state, IKE_SENT_MM4);
	return p;
}

static struct pair *right_waits(void)
{
	struct end r = right;
	struct pair *p;

	r.more = SMALL;
	p = waiting(&r);
	assert_int_equal(wire.nkept, 2);
	return p;
}

static struct isakmp_hdr header_of(const struct ike_sa *sa)
{
	struct isakmp_hdr hdr = {
		.version = ISAKMP_VERSION_1_0, .exchange = MAIN,
	};

	memcpy(hdr.cookie_i, sa->cookie_i, sizeof(hdr.cookie_i));
	memcpy(hdr.cookie_r, sa->cookie_r, sizeof(hdr.cookie_r));
	return hdr;
}

static void say(struct pair *p, const uint8_t *data, size_t len)
{
	struct host *to = &p->host[RIGHT];

	engine_input(to->engine, &to->addr, &p->host[LEFT].addr, data, len);
	pair_settle(p);
}

static void say_piece_of(struct pair *p, const struct isakmp_hdr *hdr,
			 const struct isakmp_fragment *f)
{
	struct buf b;

	buf_init(&b, ISAKMP_MSG_MAX);
	assert_int_equal(isakmp_fragment_put(&b, hdr, f), 0);
	say(p, buf_data(&b), buf_len(&b));
	buf_free(&b);
}

/* With bytes that are nothing. */
static void say_piece(struct pair *p, uint16_t id, uint8_t number, bool last,
		      uint16_t len)
{
	static const uint8_t zero[ISAKMP_MSG_MAX];
	struct isakmp_hdr hdr = header_of(pair_ike(p, RIGHT));
	struct isakmp_fragment f = { id, number, last, len, zero };

	say_piece_of(p, &hdr, &f);
}

static uint64_t counted(struct pair *p, enum engine_counter c)
{
	return pair_counter(p, RIGHT, c);
}

static size_t kept(struct pair *p)
{
	return p->host[RIGHT].engine->fragments_mem;
}

static bool is_kept(struct pair *p)
{
	return !list_empty(&pair_ike(p, RIGHT)->fragments);
}

static void comes_through(struct pair *p)
{
	wire.deaf = false;
	replay(p, true);
	pair_run(p, 3000);
	assert_int_equal(pair_packet(p, LEFT), 0);
	assert_nothing_kept(p);
	pair_free(p);
}

/* --- pieces that do not fit together --------------------------------------- */

static void contradictions(void **state)
{
	static const struct {
		struct { uint16_t id; uint8_t number; bool last; uint16_t len; } piece[4];
		unsigned int bad;
		unsigned int lost;
		const char *left;
	} cases[] = {
		{ { { 1, 2, 1, 9 }, { 1, 3, 1, 9 } }, 1, 0, "1 of the 3 fragments" },
		{ { { 1, 3, 1, 9 }, { 1, 2, 1, 9 } }, 1, 0, "1 of the 2 fragments" },
		{ { { 1, 2, 1, 9 }, { 1, 3, 0, 9 } }, 1, 0, "1 fragments" },
		{ { { 1, 2, 1, 9 }, { 1, 2, 0, 9 } }, 1, 0, "1 fragments" },
		{ { { 1, 3, 0, 9 }, { 1, 2, 1, 9 } }, 1, 0, "1 of the 2 fragments" },
		{ { { 1, 255, 0, 9 }, { 1, 254, 1, 9 } }, 1, 0, "1 of the 254 fragments" },
		{ { { 1, 1, 0, 9 }, { 1, 1, 0, 8 } }, 1, 0, "1 fragments" },
		{ { { 1, 2, 1, 9 }, { 1, 2, 1, 10 } }, 1, 0, "1 of the 2 fragments" },
		{ { { 1, 1, 0, 9 }, { 2, 2, 1, 9 } }, 0, 0, "1 of the 2 fragments" },
		{ { { 1, 1, 0, 9 }, { 2, 1, 0, 9 }, { 1, 3, 1, 9 } }, 0, 0,
		  "1 fragments" },
		{ { { 1, 1, 0, 9 }, { 2, 1, 0, 9 }, { 1, 2, 1, 9 } }, 1, 0,
		  "1 fragments" },
		{ { { 1, 1, 0, 9 }, { 2, 1, 0, 9 }, { 3, 2, 1, 9 }, { 4, 3, 1, 9 } },
		  0, 1, "1 of the 3 fragments" },
		{ { { 1, 3, 1, 9 }, { 1, 1, 0, 9 } }, 0, 0, "2 of the 3 fragments" },
		{ { { 1, 1, 0, 9 }, { 1, 1, 0, 9 }, { 1, 3, 0, 9 } }, 0, 0, "2 fragments" },
	};
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pair *p = right_waits();
		char text[100];

		for (j = 0; j < 4 && cases[i].piece[j].number; j++)
			say_piece(p, cases[i].piece[j].id,
				  cases[i].piece[j].number,
				  cases[i].piece[j].last, cases[i].piece[j].len);
		assert_int_equal(counted(p, ENGINE_C_RX_FRAGMENTS), j);
		assert_int_equal(counted(p, ENGINE_C_RX_FRAGMENTS_BAD),
				 cases[i].bad);
		assert_int_equal(counted(p, ENGINE_C_RX_FRAGMENTS_LOST),
				 cases[i].lost);
		v1_fragments_text(pair_ike(p, RIGHT), text, sizeof(text));
		assert_memory_equal(text, cases[i].left, strlen(cases[i].left));
		comes_through(p);
	}
}

/* The same number and length: the newer one counts. */
static void newer_ones_count(void **state)
{
	struct pair *p = right_waits();
	struct isakmp_hdr hdr = header_of(pair_ike(p, RIGHT));
	uint8_t other[2000];
	struct isakmp_fragment f;
	const uint8_t *data;

	(void)state;
	assert_true(is_piece(&wire.kept[1], &data));
	assert_int_equal(isakmp_fragment_get(data + 32,
					     wire.kept[1].len - 32, &f), 0);
	memset(other, 0xaa, sizeof(other));
	f.data = other;
	say_piece_of(p, &hdr, &f);
	assert_true(is_kept(p));
	wire.deaf = false;
	replay(p, true);	/* with a changed 2 it is complete, and wrong ... */
	assert_int_equal(counted(p, ENGINE_C_RX_FRAGMENTS_BAD), 0);
	replay(p, true);	/* ... and then right */
	pair_settle(p);
	assert_int_equal(pair_packet(p, LEFT), 0);
	pair_free(p);
	/* Not wrong, if the other one comes first. */
	p = right_waits();
	hdr = header_of(pair_ike(p, RIGHT));
	assert_true(is_piece(&wire.kept[0], &data));
	assert_int_equal(isakmp_fragment_get(data + 32,
					     wire.kept[0].len - 32, &f), 0);
	f.data = other;
	say_piece_of(p, &hdr, &f);
	wire.deaf = false;
	replay(p, true);
	assert_int_equal(counted(p, ENGINE_C_PHASE1_UP), 1);
	assert_int_equal(counted(p, ENGINE_C_RX_MALFORMED), 0);
	pair_free(p);
}

/* --- pieces that are none -------------------------------------------------- */

static void malformed(void **state)
{
	static const uint8_t good[] = { 0, 0, 0, 10, 0, 1, 1, 0, 'a', 'b' };
	static const struct {
		size_t at;
		uint8_t value;
		const char *what;
	} cases[] = {
		{ 6, 0, "number 0" },
		{ 3, 8, "no bytes" },
		{ 3, 7, "cut in the fields" },
		{ 3, 4, "no body" },
		{ 3, 3, "shorter than its header" },
		{ 3, 11, "longer than the message" },
		{ 2, 1, "much longer" },
		{ 0, 13, "another payload, which is cut" },
		{ 1, 1, "reserved byte" },
	};
	struct pair *p = right_waits();
	struct isakmp_hdr hdr = header_of(pair_ike(p, RIGHT));
	struct isakmp_writer w;
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 100);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_reset(&b);
		isakmp_begin(&w, &b, &hdr);
		isakmp_put(&w, ISAKMP_PAYLOAD_FRAGMENT, good + 4, 6);
		assert_int_equal(isakmp_end(&w, 1), 0);
		buf_set_u8(&b, 28 + cases[i].at, cases[i].value);
		say(p, buf_data(&b), buf_len(&b));
		if (counted(p, ENGINE_C_RX_FRAGMENTS_BAD) != i + 1 || is_kept(p))
			fail_msg("%s", cases[i].what);
	}
	/* A whole one beside it. */
	buf_reset(&b);
	isakmp_begin(&w, &b, &hdr);
	isakmp_put(&w, ISAKMP_PAYLOAD_FRAGMENT, good + 4, 6);
	isakmp_put(&w, ISAKMP_PAYLOAD_VENDOR, good, 4);
	assert_int_equal(isakmp_end(&w, 1), 0);
	say(p, buf_data(&b), buf_len(&b));
	assert_int_equal(counted(p, ENGINE_C_RX_FRAGMENTS_BAD), i + 1);
	assert_false(is_kept(p));
	/* And as it should be; racoon says that it is encrypted. */
	buf_reset(&b);
	hdr.flags = ISAKMP_FLAG_ENCRYPTION;
	isakmp_begin(&w, &b, &hdr);
	isakmp_put(&w, ISAKMP_PAYLOAD_FRAGMENT, good + 4, 6);
	assert_int_equal(isakmp_end(&w, 1), 0);
	say(p, buf_data(&b), buf_len(&b));
	assert_int_equal(counted(p, ENGINE_C_RX_FRAGMENTS_BAD), i + 1);
	assert_true(is_kept(p));
	buf_free(&b);
	comes_through(p);
}

/* --- messages that are none ------------------------------------------------ */

/* A message in one piece: 28 bytes of header and a payload. */
static void say_whole(struct pair *p, size_t at, uint8_t value, size_t len)
{
	struct isakmp_hdr hdr = header_of(pair_ike(p, RIGHT));
	struct isakmp_fragment f = { .id = 1, .number = 1, .last = true };
	struct isakmp_writer w;
	struct buf b;

	buf_init(&b, 200);
	isakmp_begin(&w, &b, &hdr);
	isakmp_put(&w, ISAKMP_PAYLOAD_VENDOR, "abcdefgh", 8);
	assert_int_equal(isakmp_end(&w, 1), 0);
	buf_set_u8(&b, at, value);
	f.data = buf_data(&b);
	f.len = len;
	say_piece_of(p, &hdr, &f);
	buf_free(&b);
}

static void not_a_message(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
		size_t len;
		const char *what;
	} cases[] = {
		{ 27, 40, 39, "one byte less than it says" },
		{ 27, 39, 40, "one byte more" },
		{ 26, 1, 40, "says more" },
		{ 24, 1, 40, "says very much more" },
		{ 27, 0, 40, "says nothing" },
		{ 27, 28, 27, "no header" },
		{ 0, 1, 1, "one byte" },
		{ 16, ISAKMP_PAYLOAD_FRAGMENT, 40, "a fragment" },
	};
	struct pair *p = right_waits();
	uint64_t unexpected = counted(p, ENGINE_C_RX_UNEXPECTED), bad;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		say_whole(p, cases[i].at, cases[i].value, cases[i].len);
		if (counted(p, ENGINE_C_RX_FRAGMENTS_BAD) != i + 1 || is_kept(p))
			fail_msg("%s", cases[i].what);
	}
	/* Cookies: the first and the last byte of both. */
	for (i = 0; i < 4; i++) {
		const struct ike_sa *sa = pair_ike(p, RIGHT);
		size_t at = (size_t[]){ 0, 7, 8, 15 }[i];
		uint8_t byte = at < 8 ? sa->cookie_i[at] : sa->cookie_r[at - 8];

		bad = counted(p, ENGINE_C_RX_FRAGMENTS_BAD);
		say_whole(p, at, byte ^ 1, 40);
		assert_int_equal(counted(p, ENGINE_C_RX_FRAGMENTS_BAD), bad + 1);
	}
	assert_int_equal(counted(p, ENGINE_C_RX_UNEXPECTED), unexpected);
	assert_int_equal(counted(p, ENGINE_C_RX_MALFORMED), 0);
	/* From here on it is as if it had come whole. */
	bad = counted(p, ENGINE_C_RX_FRAGMENTS_BAD);
	say_whole(p, 27, 40, 40);	/* in clear, where that is not wanted */
	assert_int_equal(counted(p, ENGINE_C_RX_UNEXPECTED), unexpected + 1);
	say_whole(p, 18, 99, 40);	/* no exchange that we know */
	assert_int_equal(counted(p, ENGINE_C_RX_UNEXPECTED), unexpected + 2);
	say_whole(p, 17, 0x20, 40);	/* another version */
	assert_int_equal(counted(p, ENGINE_C_RX_MALFORMED), 1);
	assert_int_equal(counted(p, ENGINE_C_RX_FRAGMENTS_BAD), bad);
	comes_through(p);
}

/* --- bounds ---------------------------------------------------------------- */

/* More than a message may have, by the bytes or by the numbers. */
static void too_long(void **state)
{
	struct pair *p = right_waits();
	unsigned int i;
	size_t most = 0;

	(void)state;
	for (i = 1; i <= ISAKMP_FRAGMENTS_MAX; i++) {
		say_piece(p, 1, i, i == ISAKMP_FRAGMENTS_MAX, 300);
		if (kept(p) > most)
			most = kept(p);
	}
	/* 218 of them are as much as it may be: the 219th ends it, the last one the rest. */
	assert_int_equal(counted(p, ENGINE_C_RX_FRAGMENTS_BAD), 1);
	assert_true(most > 65000 && most < 65507 + 4096);
	assert_true(is_kept(p));
	comes_through(p);
	/* As long as may be, to the byte. */
	p = right_waits();
	say_piece(p, 1, 2, true, ISAKMP_MSG_MAX - ISAKMP_FRAGMENT_OVERHEAD);
	say_piece(p, 1, 3, true, 1);
	assert_int_equal(counted(p, ENGINE_C_RX_FRAGMENTS_BAD), 1);
	say_piece(p, 2, 1, false, ISAKMP_MSG_MAX - ISAKMP_FRAGMENT_OVERHEAD);
	say_piece(p, 2, 2, false, ISAKMP_FRAGMENT_OVERHEAD);
	assert_int_equal(counted(p, ENGINE_C_RX_FRAGMENTS_BAD), 1);
	assert_true(kept(p) > ISAKMP_MSG_MAX);
	say_piece(p, 2, 3, false, 1);
	assert_int_equal(counted(p, ENGINE_C_RX_FRAGMENTS_BAD), 2);
	assert_true(kept(p) < 4096);
	comes_through(p);
}

static void in_time(void **state)
{
	struct pair *p = in_pieces();

	(void)state;
	pair_up(p, LEFT);
	say_piece(p, 1, 1, false, 500);
	pair_run(p, V1_FRAGMENTS_MS - 1);
	assert_true(is_kept(p));
	assert_true(kept(p) > 500);
	say_piece(p, 1, 3, false, 500);	/* the first one counts */
	pair_run(p, 1);
	assert_false(is_kept(p));
	assert_int_equal(kept(p), 0);
	assert_int_equal(counted(p, ENGINE_C_RX_FRAGMENTS_LOST), 1);
	assert_int_equal(counted(p, ENGINE_C_RX_FRAGMENTS_BAD), 0);
	assert_int_equal(pair_packet(p, LEFT), 0);
	pair_free(p);
}

/* They go with the SA, however it ends. */
static void with_the_sa(void **state)
{
	struct pair *p = right_waits();

	(void)state;
	say_piece(p, 1, 1, false, 500);
	v1_fail_ike(pair_ike(p, RIGHT), "test");
	assert_int_equal(kept(p), 0);
	assert_true(list_empty(&p->host[RIGHT].engine->fragments));
	pair_run(p, V1_FRAGMENTS_MS);
	assert_int_equal(counted(p, ENGINE_C_RX_FRAGMENTS_LOST), 0);
	pair_free(p);
	p = right_waits();
	say_piece(p, 1, 1, false, 500);
	pair_free(p);
}

/* --- who may not ----------------------------------------------------------- */

static void not_announced(void **state)
{
	struct end r = right;
	struct pair *p;

	(void)state;
	r.more = "no crypto isakmp fragmentation\n";
	p = waiting(&r);
	say_piece(p, 1, 1, false, 500);
	assert_int_equal(counted(p, ENGINE_C_RX_FRAGMENTS_BAD), 1);
	assert_int_equal(kept(p), 0);
	/* Switched on it counts from the next SA on, and off likewise. */
	r.more = SMALL;
	pair_config(p, RIGHT, config(RIGHT, &r));
	say_piece(p, 1, 1, false, 500);
	assert_int_equal(counted(p, ENGINE_C_RX_FRAGMENTS_BAD), 2);
	assert_int_equal(kept(p), 0);
	pair_free(p);
	/* Its answer is too large for 1280 bytes, too. */
	r.auth = "rsa-sig";
	r.cert = "right-rsa.pem";
	r.key = "right-rsa.key";
	p = waiting(&r);
	r.more = "no crypto isakmp fragmentation\n";
	pair_config(p, RIGHT, config(RIGHT, &r));
	say_piece(p, 1, 1, false, 500);
	assert_true(is_kept(p));
	wire.deaf = false;
	wire.pieces[RIGHT] = 0;
	replay(p, true);
	pair_run(p, 3000);
	assert_int_equal(pair_packet(p, LEFT), 0);
	assert_int_equal(wire.pieces[RIGHT], 0);
	assert_true(wire.largest > IPV4_ROOM(1280));
	pair_free(p);
}

/* No SA, another address, cookies that nobody has, a first message: nothing is kept. */
static void strangers(void **state)
{
	static const uint8_t bytes[100];
	struct pair *p = right_waits();
	struct isakmp_hdr hdr = header_of(pair_ike(p, RIGHT));
	struct isakmp_fragment f = { 1, 1, false, sizeof(bytes), bytes };
	struct host *to = &p->host[RIGHT];
	uint64_t unexpected = counted(p, ENGINE_C_RX_UNEXPECTED);
	struct addr other = addr_v4(0xc0000209, IKE_PORT);
	unsigned int half_open = to->engine->half_open, i;
	struct buf b;

	(void)state;
	buf_init(&b, ISAKMP_MSG_MAX);
	assert_int_equal(isakmp_fragment_put(&b, &hdr, &f), 0);
	engine_input(to->engine, &to->addr, &other, buf_data(&b), buf_len(&b));
	buf_free(&b);
	assert_int_equal(counted(p, ENGINE_C_RX_UNEXPECTED), unexpected + 1);
	hdr.cookie_r[0] ^= 1;
	say_piece_of(p, &hdr, &f);
	assert_int_equal(counted(p, ENGINE_C_RX_NO_SA), 1);
	memset(hdr.cookie_r, 0, sizeof(hdr.cookie_r));
	for (i = 0; i < 100; i++) {
		hdr.cookie_i[0]++;
		say_piece_of(p, &hdr, &f);
	}
	assert_int_equal(counted(p, ENGINE_C_RX_UNEXPECTED), unexpected + 101);
	assert_int_equal(to->engine->half_open, half_open);
	assert_int_equal(counted(p, ENGINE_C_RX_FRAGMENTS), 0);
	assert_int_equal(kept(p), 0);
	comes_through(p);
}

/* --- floods ---------------------------------------------------------------- */

/* One more SA of a stranger's, for which message 3 is awaited. */
static struct ike_sa *half_open(struct pair *p, const struct packet *first,
				unsigned int nth)
{
	struct packet pkt = *first;
	struct ike_sa *sa;

	memset(pkt.data, 0x10 + nth, 8);
	say(p, pkt.data, pkt.len);
	sa = pair_ike(p, RIGHT);
	assert_memory_equal(sa->cookie_i, pkt.data, 8);
	assert_int_equal(sa->state, IKE_SENT_MM2);
	return sa;
}

static struct packet message_1;

static unsigned int keep_first(struct pair *p, struct packet *pkt,
			       unsigned int number)
{
	(void)p;
	(void)number;
	if (pkt->to == RIGHT && !message_1.len)
		message_1 = *pkt;
	return 0;
}

static struct pair *strangers_come(void)
{
	struct end l = left, r = right;
	struct pair *p;

	l.more = r.more = SMALL;
	p = meet(&l, &r);
	memset(&message_1, 0, sizeof(message_1));
	p->filter = keep_first;
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_settle(p);
	assert_true(message_1.len);
	return p;
}

/* Beyond the bound the oldest go, and who needs more than there is gets nothing. */
static void memory_of_all(void **state)
{
	struct pair *p = strangers_come();
	struct engine *e = p->host[RIGHT].engine;
	struct ike_sa *sa[10];
	unsigned int i, n = 0;
	size_t one;

	(void)state;
	sa[0] = half_open(p, &message_1, 0);
	say_piece(p, 1, 1, false, 400);
	one = kept(p);
	assert_true(one >= 400 && one < 4096);
	e->limits.fragments = 4 * one + one / 2;
	for (i = 1; i < 10; i++) {
		sa[i] = half_open(p, &message_1, i);
		say_piece(p, 1, 1, false, 400);
		assert_true(kept(p) <= e->limits.fragments);
	}
	assert_int_equal(kept(p), 4 * one);
	for (i = 0; i < 10; i++)
		n += !list_empty(&sa[i]->fragments);
	assert_int_equal(n, 4);
	for (i = 6; i < 10; i++)
		assert_false(list_empty(&sa[i]->fragments));
	assert_int_equal(counted(p, ENGINE_C_RX_LIMITED), 6);
	/* It is at the expense of the others, not of its own. */
	say_piece(p, 1, 2, false, 2 * one);
	assert_false(list_empty(&sa[9]->fragments));
	assert_true(kept(p) <= e->limits.fragments);
	assert_true(list_empty(&sa[6]->fragments));
	i = counted(p, ENGINE_C_RX_LIMITED);
	say_piece(p, 1, 3, false, 3 * one);
	assert_true(list_empty(&sa[8]->fragments));
	assert_int_equal(counted(p, ENGINE_C_RX_LIMITED), i + 2);
	assert_false(list_empty(&sa[9]->fragments));
	assert_true(kept(p) <= e->limits.fragments);
	pair_run(p, V1_FRAGMENTS_MS + 1000);
	assert_int_equal(kept(p), 0);
	pair_free(p);
}

/* What was complete is not needed. */
static void room_of_what_was_complete(void **state)
{
	struct pair *p = right_waits();
	struct engine *e = p->host[RIGHT].engine;

	(void)state;
	say_whole(p, 27, 40, 40);
	assert_true(is_kept(p));
	e->limits.fragments = kept(p);
	say_piece(p, 2, 1, false, 20);
	assert_int_equal(counted(p, ENGINE_C_RX_LIMITED), 0);
	assert_true(is_kept(p));
	assert_true(kept(p) < e->limits.fragments);
	say_piece(p, 3, 1, false, 20);
	assert_int_equal(counted(p, ENGINE_C_RX_LIMITED), 1);
	e->limits.fragments = 4 << 20;
	comes_through(p);
}

/* By default the largest message always finds room. */
static void default_bound(void **state)
{
	struct pair *p = strangers_come();
	const struct engine *e = p->host[RIGHT].engine;
	unsigned int i;

	(void)state;
	for (i = 0; i < e->limits.half_open_peer; i++) {
		half_open(p, &message_1, i);
		say_piece(p, 1, 2, true, 60000);
		assert_true(is_kept(p));
		assert_true(kept(p) <= e->limits.fragments);
	}
	assert_true(e->limits.fragments >= 2 * ISAKMP_MSG_MAX);
	assert_int_equal(counted(p, ENGINE_C_RX_LIMITED), 0);
	pair_free(p);
}

/* Whatever comes, the sums are right, and afterwards the true message is read. */
static void anything(void **state)
{
	struct pair *p = right_waits();
	const struct engine *e = p->host[RIGHT].engine;
	struct rng rnd = rng_start(132);
	unsigned int i;

	(void)state;
	for (i = 0; i < 20000; i++) {
		say_piece(p, rng_below(&rnd, 5), 1 + rng_below(&rnd, 6),
			  rng_one_in(&rnd, 5), 27 + rng_below(&rnd, 3));
		assert_true(kept(p) < 3 * 4096);
		assert_int_equal(is_kept(p), !list_empty(&e->fragments));
		assert_int_equal(!!kept(p), is_kept(p));
	}
	assert_true(counted(p, ENGINE_C_RX_FRAGMENTS_BAD) > 1000);
	assert_true(counted(p, ENGINE_C_RX_FRAGMENTS_LOST) > 1000);
	assert_int_equal(counted(p, ENGINE_C_RX_FRAGMENTS), 20000);
	comes_through(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(contradictions),
		cmocka_unit_test(newer_ones_count),
		cmocka_unit_test(malformed),
		cmocka_unit_test(not_a_message),
		cmocka_unit_test(too_long),
		cmocka_unit_test(in_time),
		cmocka_unit_test(with_the_sa),
		cmocka_unit_test(not_announced),
		cmocka_unit_test(strangers),
		cmocka_unit_test(memory_of_all),
		cmocka_unit_test(room_of_what_was_complete),
		cmocka_unit_test(default_bound),
		cmocka_unit_test(anything),
	};

	return cmocka_run_group_tests(tests, pki_setup, pki_teardown);
}
