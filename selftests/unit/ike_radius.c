// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RADIUS: what is asked, which answers count, who is asked next, and that nobody waits
 * for a server that is silent.  F-029 F-041 C-081 E-039 R-44
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "ike-daemon/aaa/login.h"
#include "ike-daemon/aaa/radius.h"
#include "ike-daemon/aaa/radius_dead.h"
#include "ike-daemon/aaa/radius_wire.h"
#include "ike-daemon/sa/work.h"
#include "selftests/unit/core_random.h"
#include "selftests/unit/radius_login.h"
#include "selftests/unit/radius_server.h"
#include "tools/cli/config.h"


static atomic_bool go_on;

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ull + ts.tv_nsec / 1000000;
}

static struct radius_request request(const struct rad_server *s)
{
	struct radius_request rq = {
		.n = 1, .user = "alice", .password = "alicepw",
		.nas = addr_v4(0xc0000201, 500), .client = addr_v4(0xc6336402, 500),
	};

	rq.servers[0].address = addr_v4(INADDR_LOOPBACK, s->port);
	rq.servers[0].timeout = 1;
	rq.servers[0].attempts = 1;
	strcpy(rq.servers[0].secret, KEY);
	return rq;
}

static struct radius_reply ask(const struct radius_request *rq)
{
	struct radius_reply reply;

	radius_ask(rq, &go_on, &reply);
	return reply;
}

static bool heard(struct rad_server *s, unsigned int type, const void *value,
		  size_t len)
{
	size_t size = 0;
	const uint8_t *data = rad_attr(s->heard.data, s->heard.len, type, &size);

	return data && size == len && !memcmp(data, value, len);
}

/* --- one server ---------------------------------------------------------------- */

static void what_is_asked(void **state)
{
	struct rad_server *s = rad_start(KEY);
	struct radius_request rq = request(s);
	struct radius_reply reply = ask(&rq);

	(void)state;
	assert_int_equal(reply.answer, RADIUS_ACCEPT);
	assert_int_equal(reply.server.port, s->port);
	assert_string_equal(s->heard.user, "alice");
	assert_string_equal(s->heard.password, "alicepw");
	assert_true(heard(s, RAD_NAS_IP, "\xc0\0\x02\x01", 4));
	assert_true(heard(s, RAD_NAS_PORT_TYPE, "\0\0\0\5", 4));
	assert_true(heard(s, RAD_CALLING_STATION, "198.51.100.2", 12));
	assert_int_equal(s->heard.data[0], RAD_REQUEST);
	assert_true(s->heard.is_signed);
	addr_parse(&rq.nas, "2001:db8::1");
	addr_parse(&rq.client, "2001:db8::2");
	assert_int_equal(ask(&rq).answer, RADIUS_ACCEPT);
	assert_true(heard(s, RAD_NAS_IPV6, rq.nas.bytes, 16));
	assert_false(heard(s, RAD_NAS_IP, "\xc0\0\x02\x01", 4));
	assert_true(heard(s, RAD_CALLING_STATION, "2001:db8::2", 11));
	rad_stop(s);
}

static void a_wrong_password(void **state)
{
	struct rad_server *s = rad_start(KEY);
	struct radius_request rq = request(s);
	struct radius_reply reply;

	(void)state;
	strcpy(rq.password, "bobpw");
	rad_put(s, RAD_REPLY_MESSAGE, "no\033[31m!\n", 9);
	reply = ask(&rq);
	assert_int_equal(reply.answer, RADIUS_REJECT);
	/* What a terminal would obey it does not see. */
	assert_string_equal(reply.message, "no\\x1b[31m!\\x0a");
	rad_stop(s);
}

/* Long ones take several blocks of 16. */
static void lengths_of_passwords(void **state)
{
	static const size_t lengths[] = { 0, 1, 15, 16, 17, 32, 111, 112, 127, 128 };
	struct rad_server *s = rad_start(KEY);
	struct radius_request rq = request(s);
	size_t i;

	(void)state;
	s->code = RAD_ACCEPT;
	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		memset(rq.password, 0, sizeof(rq.password));
		memset(rq.password, 'x', lengths[i]);
		assert_int_equal(ask(&rq).answer, RADIUS_ACCEPT);
		assert_true(s->heard.is_signed);
		assert_string_equal(s->heard.password, rq.password);
	}
	rad_stop(s);
}

static void what_it_says_of_the_user(void **state)
{
	struct rad_server *s = rad_start(KEY);
	struct radius_request rq = request(s);
	char class[RADIUS_VALUE_MAX];
	struct radius_reply reply;

	(void)state;
	memset(class, 'c', sizeof(class));
	rad_put_number(s, RAD_FRAMED_IP, 0x0a630063);
	rad_put_number(s, RAD_FRAMED_MASK, 0xffffff00);
	rad_put_number(s, RAD_SESSION_TIMEOUT, 3600);
	rad_put(s, RAD_CLASS, class, sizeof(class));
	rad_put(s, RAD_CLASS, "another", 7);
	rad_put(s, 26, "\0\0\0\x09\x01\x04xy", 8);	/* of Cisco */
	rad_put(s, 255, "", 0);
	reply = ask(&rq);
	assert_int_equal(reply.answer, RADIUS_ACCEPT);
	assert_int_equal(reply.framed, 0x0a630063);
	assert_int_equal(addr_to_v4(&reply.netmask), 0xffffff00);
	assert_int_equal(reply.session, 3600);
	assert_int_equal(reply.class_len, sizeof(class));
	assert_memory_equal(reply.class, class, sizeof(class));
	rad_stop(s);
}

/* Neither part of it nor zeros are taken for a value. */
static void values_of_odd_lengths(void **state)
{
	static const size_t lengths[] = { 0, 1, 3, 5, 8, 253 };
	struct rad_server *s = rad_start(KEY);
	struct radius_request rq = request(s);
	struct radius_reply reply;
	uint8_t value[253];
	size_t i;

	(void)state;
	memset(value, 1, sizeof(value));
	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		s->nattrs = 0;
		rad_put(s, RAD_FRAMED_IP, value, lengths[i]);
		rad_put(s, RAD_FRAMED_MASK, value, lengths[i]);
		rad_put(s, RAD_SESSION_TIMEOUT, value, lengths[i]);
		rad_put(s, RAD_REPLY_MESSAGE, value, lengths[i]);
		reply = ask(&rq);
		assert_int_equal(reply.answer, RADIUS_ACCEPT);
		assert_int_equal(reply.framed, RADIUS_FRAMED_NONE);
		assert_false(addr_is_set(&reply.netmask));
		assert_int_equal(reply.session, 0);
		assert_true(strlen(reply.message) < sizeof(reply.message));
	}
	s->nattrs = 0;
	rad_put_number(s, RAD_FRAMED_MASK, 0xff00ff00);
	reply = ask(&rq);
	assert_int_equal(reply.answer, RADIUS_ACCEPT);
	assert_false(addr_is_set(&reply.netmask));
	rad_stop(s);
}

static void as_many_attributes_as_there_can_be(void **state)
{
	struct rad_server *s = rad_start(KEY);
	struct radius_request rq = request(s);

	(void)state;
	while (s->nattrs + 2 <= RAD_MAX - RAD_HEADER - 18)
		rad_put(s, RAD_CLASS, "", 0);
	assert_int_equal(ask(&rq).answer, RADIUS_ACCEPT);
	rad_stop(s);
}

/* --- answers that do not count --------------------------------------------------- */

/* One of a server that behaves in this way, which has heard @q. */
static size_t answer_to(struct rad_server *s, const struct radius_query *q,
			uint8_t *out)
{
	s->heard.len = buf_len(&q->packet);
	memcpy(s->heard.data, buf_data(&q->packet), s->heard.len);
	return rad_build(s, out);
}

static void hostile_answers(void **state)
{
	struct rad_server s = { .secret = KEY, .code = RAD_ACCEPT };
	struct radius_request rq = request(&s);
	struct radius_reply none = { 0 }, reply;
	uint8_t data[RAD_ANSWER_MAX];
	struct radius_query q;
	size_t len;

	(void)state;
	assert_int_equal(radius_query_new(&q, &rq, KEY), 0);
	rad_put_number(&s, RAD_FRAMED_IP, 0x0a630063);
	for (s.fault = RAD_SILENT + 1; s.fault < RAD_FAULT_COUNT; s.fault++) {
		enum radius_trouble trouble;

		memset(&reply, 0, sizeof(reply));
		s.code = s.fault == RAD_CODE ? 5 : RAD_ACCEPT;
		len = answer_to(&s, &q, data);
		trouble = radius_answer_get(&q, data, len, &reply);
		if (trouble != (s.fault == RAD_UNSIGNED ? RADIUS_UNSIGNED :
							  RADIUS_INVALID))
			fail_msg("an answer counts: %s", rad_fault_text[s.fault]);
		assert_memory_equal(&reply, &none, sizeof(reply));
	}
	s.fault = RAD_HONEST;
	s.code = RAD_ACCEPT;
	len = answer_to(&s, &q, data);
	assert_int_equal(radius_answer_get(&q, data, len, &reply), RADIUS_NONE);
	assert_int_equal(reply.answer, RADIUS_ACCEPT);
	/* What is behind the message is none of it. */
	assert_int_equal(radius_answer_get(&q, data, len + 7, &reply),
			 RADIUS_NONE);
	radius_query_free(&q);
}

/* Where it may be: what is signed must be signed well all the same. */
static void unsigned_answers(void **state)
{
	struct rad_server s = { .secret = KEY, .code = RAD_ACCEPT };
	struct radius_request rq = request(&s);
	struct radius_reply reply = { 0 };
	uint8_t data[RAD_ANSWER_MAX];
	struct radius_query q;
	size_t len;

	(void)state;
	rq.may_be_unsigned = true;
	assert_int_equal(radius_query_new(&q, &rq, KEY), 0);
	for (s.fault = RAD_HONEST; s.fault < RAD_FAULT_COUNT; s.fault++) {
		bool good = !s.fault || s.fault == RAD_UNSIGNED;

		if (s.fault == RAD_SILENT || s.fault == RAD_CODE)
			continue;
		len = answer_to(&s, &q, data);
		assert_int_equal(radius_answer_get(&q, data, len, &reply),
				 good ? RADIUS_NONE : RADIUS_INVALID);
	}
	radius_query_free(&q);
}

/* No bit of an answer can be changed, and none of its bytes left out. */
static void changed_bits(void **state)
{
	struct rad_server s = { .secret = KEY, .code = RAD_REJECT };
	struct radius_request rq = request(&s);
	struct radius_reply reply = { 0 };
	uint8_t data[RAD_ANSWER_MAX];
	struct radius_query q;
	size_t len, i;

	(void)state;
	assert_int_equal(radius_query_new(&q, &rq, KEY), 0);
	rad_put_number(&s, RAD_FRAMED_IP, 0x0a630063);
	len = answer_to(&s, &q, data);
	for (i = 0; i < len * 8; i++) {
		data[i / 8] ^= 1 << i % 8;
		if (!radius_answer_get(&q, data, len, &reply))
			fail_msg("bit %zu can be changed", i);
		data[i / 8] ^= 1 << i % 8;
	}
	for (i = 0; i < len; i++) {
		uint8_t *cut = malloc(i + 1);	/* for the sanitizer */

		memcpy(cut, data, i);
		assert_int_equal(radius_answer_get(&q, cut, i, &reply),
				 RADIUS_INVALID);
		free(cut);
	}
	assert_int_equal(radius_answer_get(&q, data, len, &reply), RADIUS_NONE);
	radius_query_free(&q);
}

/* As a server that knows the key, but nothing else, may say them. */
static void random_attributes(void **state)
{
	struct rad_server s = { .secret = KEY, .code = RAD_ACCEPT };
	struct radius_request rq = request(&s);
	struct rng rng = rng_start(7);
	uint8_t data[RAD_ANSWER_MAX];
	struct radius_query q;
	unsigned int i, j, good = 0;

	(void)state;
	assert_int_equal(radius_query_new(&q, &rq, KEY), 0);
	for (i = 0; i < 20000; i++) {
		struct radius_reply reply = { 0 };
		size_t len;

		s.nattrs = rng_below(&rng, 40);
		for (j = 0; j < s.nattrs; j++)
			s.attrs[j] = rng_below(&rng, j % 3 ? 30 : 6);
		len = answer_to(&s, &q, data);
		if (!radius_answer_get(&q, data, len, &reply))
			good++;
		assert_true(reply.class_len <= sizeof(reply.class));
		assert_true(strlen(reply.message) < sizeof(reply.message));
	}
	assert_true(good > 100 && good < 19000);
	radius_query_free(&q);
}

/* Over the wire: the honest answer comes last, and is the one that counts. */
static void others_answer_first(void **state)
{
	struct rad_server *s = rad_start(KEY);
	struct radius_request rq = request(s);

	(void)state;
	s->attack = true;
	strcpy(rq.password, "wrong");
	assert_int_equal(ask(&rq).answer, RADIUS_REJECT);
	strcpy(rq.password, "alicepw");
	assert_int_equal(ask(&rq).answer, RADIUS_ACCEPT);
	assert_int_equal(s->requests, 2);
	rad_stop(s);
}

/* As long as datagrams come, the time goes on all the same. */
static void a_flood(void **state)
{
	struct rad_server *s = rad_start(KEY);
	struct radius_request rq = request(s);
	struct radius_reply reply;
	uint64_t start = now_ms();

	(void)state;
	s->fault = RAD_SECRET;
	s->flood_ms = 10000;
	reply = ask(&rq);
	assert_int_equal(reply.answer, RADIUS_SILENT);
	assert_int_equal(reply.trouble[0], RADIUS_INVALID);
	assert_in_range(now_ms() - start, 900, 3900);
	rad_stop(s);
}

static void a_key_that_differs(void **state)
{
	struct rad_server *s = rad_start(KEY);
	struct radius_request rq = request(s);

	(void)state;
	strcpy(rq.servers[0].secret, "Sh4red");
	s->code = RAD_ACCEPT;
	assert_int_equal(ask(&rq).answer, RADIUS_SILENT);
	assert_string_not_equal(s->heard.password, "alicepw");
	rad_stop(s);
}

/* --- several attempts, several servers ------------------------------------------- */

static void asked_again(void **state)
{
	struct rad_server *s = rad_start(KEY);
	struct radius_request rq = request(s);
	uint64_t start = now_ms();

	(void)state;
	s->deaf = 1;
	rq.servers[0].attempts = 2;
	assert_int_equal(ask(&rq).answer, RADIUS_ACCEPT);
	assert_int_equal(s->requests, 2);
	assert_true(s->repeated);
	assert_in_range(now_ms() - start, 900, 3900);
	s->fault = RAD_SILENT;
	start = now_ms();
	assert_int_equal(ask(&rq).answer, RADIUS_SILENT);
	assert_int_equal(s->requests, 4);
	assert_in_range(now_ms() - start, 1900, 4900);
	rad_stop(s);
}

/* Whose keys differ, and the name of one begins like the other's. */
static void the_next_server(void **state)
{
	struct rad_server *s = rad_start_at(0x7f00000a, "First");
	struct rad_server *t = rad_start(KEY);
	struct radius_request rq = request(s);
	struct radius_reply reply;
	char text[200], expected[200];

	(void)state;
	rq.n = 2;
	rq.servers[1] = rq.servers[0];
	rq.servers[0].address = addr_v4(0x7f00000a, s->port);
	strcpy(rq.servers[0].secret, "First");
	rq.servers[1].address.port = t->port;
	/* As long as the first one answers, whatever it says, no other is asked. */
	assert_int_equal(ask(&rq).answer, RADIUS_ACCEPT);
	s->code = RAD_REJECT;
	assert_int_equal(ask(&rq).answer, RADIUS_REJECT);
	s->code = RAD_CHALLENGE;
	assert_int_equal(ask(&rq).answer, RADIUS_CHALLENGE);
	assert_int_equal(s->requests, 3);
	assert_int_equal(t->requests, 0);
	s->fault = RAD_SILENT;
	reply = ask(&rq);
	assert_int_equal(reply.answer, RADIUS_ACCEPT);
	assert_int_equal(reply.server.port, t->port);
	snprintf(expected, sizeof(expected), "127.0.0.10:%u does not answer",
		 s->port);
	assert_string_equal(radius_trouble_text(&reply, text, sizeof(text)),
			    expected);
	s->fault = RAD_SECRET;
	t->fault = RAD_SILENT;
	reply = ask(&rq);
	assert_int_equal(reply.answer, RADIUS_SILENT);
	snprintf(expected, sizeof(expected),
		 "127.0.0.10:%u gives no valid answer (another key?), 127.0.0.1:%u does not answer",
		 s->port, t->port);
	assert_string_equal(radius_trouble_text(&reply, text, sizeof(text)),
			    expected);
	rad_stop(s);
	rad_stop(t);
}

static atomic_bool give_up;

static void *stop_when_asked(void *arg)
{
	const struct rad_server *s = arg;

	while (!s->requests)
		usleep(1000);
	atomic_store(&give_up, true);
	return NULL;
}

/* The daemon does not wait for it when it ends. */
static void stopped_meanwhile(void **state)
{
	struct rad_server *s = rad_start(KEY);
	struct radius_request rq = request(s);
	struct radius_reply reply;
	pthread_t thread;
	uint64_t start = now_ms();

	(void)state;
	s->fault = RAD_SILENT;
	rq.servers[0].timeout = 60;
	rq.servers[0].attempts = 11;
	assert_int_equal(pthread_create(&thread, NULL, stop_when_asked, s), 0);
	radius_ask(&rq, &give_up, &reply);
	pthread_join(thread, NULL);
	assert_int_equal(reply.answer, RADIUS_SILENT);
	assert_int_equal(s->requests, 1);
	assert_in_range(now_ms() - start, 0, 9000);
	rad_stop(s);
}

/* No server listens there: nobody waits for the time-out. */
static void a_port_that_is_closed(void **state)
{
	struct rad_server *s = rad_start(KEY), *t = rad_start(KEY);
	struct radius_request rq = request(s);
	struct radius_reply reply;
	uint64_t start = now_ms();

	(void)state;
	rad_stop(s);
	rq.n = 2;
	rq.servers[0].timeout = 60;
	rq.servers[1] = rq.servers[0];
	rq.servers[1].address.port = t->port;
	reply = ask(&rq);
	assert_int_equal(reply.answer, RADIUS_ACCEPT);
	assert_int_equal(reply.trouble[0], RADIUS_REFUSES);
	assert_in_range(now_ms() - start, 0, 9000);
	rad_stop(t);
}

/* --- logins -------------------------------------------------------------------------- */

/* The answer, the configuration having gone meanwhile. */
static enum login_result outcome(const struct rad_server *s, const char *list,
				 const char *user, const char *password)
{
	struct work_pool *pool = work_pool_new(0);
	struct cm_config *cfg = parse(s, "");

	n_answers = 0;
	begin(pool, pool, cfg, list, user, password);
	cm_config_free(cfg);
	while (work_poll(pool))
		;
	assert_int_equal(n_answers, 1);
	work_pool_free(pool);
	return answers[0].result;
}

static void methods_in_their_order(void **state)
{
	struct rad_server *s = rad_start(KEY);

	(void)state;
	assert_int_equal(outcome(s, "RADIUS", "bob", "bobpw"), LOGIN_GRANTED);
	assert_true(answers[0].radius);
	assert_int_equal(outcome(s, "RADIUS", "bob", "other"), LOGIN_REFUSED);
	assert_int_equal(outcome(s, "BOTH", "bob", "bobpw"), LOGIN_GRANTED);
	/* A server has refused it, so nobody else is asked. */
	assert_int_equal(outcome(s, "BOTH", "bob", "other"), LOGIN_REFUSED);
	assert_int_equal(s->requests, 4);
	assert_int_equal(outcome(s, "LOCAL", "bob", "other"), LOGIN_GRANTED);
	assert_int_equal(outcome(s, "LOCAL", "bob", "bobpw"), LOGIN_REFUSED);
	assert_false(answers[0].radius);
	assert_int_equal(outcome(s, "NONE", "bob", "other"), LOGIN_REFUSED);
	assert_int_equal(outcome(s, "RADIUS", NULL, "bobpw"), LOGIN_REFUSED);
	assert_int_equal(s->requests, 4);
	s->fault = RAD_SILENT;
	assert_int_equal(outcome(s, "RADIUS", "bob", "bobpw"), LOGIN_NO_ANSWER);
	assert_int_equal(outcome(s, "BOTH", "bob", "bobpw"), LOGIN_REFUSED);
	assert_int_equal(outcome(s, "BOTH", "bob", "other"), LOGIN_GRANTED);
	assert_false(answers[0].radius);
	assert_int_equal(answers[0].reply.trouble[0], RADIUS_LATE);
	rad_stop(s);
}

/* That which is answered goes to who has asked, and to nobody else. */
static void a_challenge(void **state)
{
	struct rad_server *s = rad_start(KEY), *t = rad_start(KEY);
	struct radius_request rq = request(s), next;
	struct radius_reply reply;

	(void)state;
	rad_put(t, RAD_STATE, "state-1", 7);
	t->challenge = true;
	rq.n = 2;
	rq.servers[1] = rq.servers[0];
	rq.servers[1].address.port = t->port;
	s->fault = RAD_SILENT;
	reply = ask(&rq);
	assert_int_equal(reply.answer, RADIUS_CHALLENGE);
	next = rq;
	radius_continue(&next, &reply);
	assert_int_equal(next.n, 1);
	strcpy(next.password, "123456");
	assert_int_equal(ask(&next).answer, RADIUS_ACCEPT);
	assert_true(heard(t, RAD_STATE, "state-1", 7));
	strcpy(next.password, "alicepw");
	assert_int_equal(ask(&next).answer, RADIUS_REJECT);
	assert_int_equal(s->requests, 1);
	/* That server is not configured any more. */
	reply.server.port++;
	next = rq;
	radius_continue(&next, &reply);
	assert_int_equal(next.n, 0);
	rad_stop(s);
	rad_stop(t);
}

/* With no server at all, or none that has a key. */
static void nobody_to_ask(void **state)
{
	static const char *const without[] = {
		"aaa authentication login RADIUS group radius\n",
		"aaa authentication login RADIUS group radius\n"
		"radius-server host 127.0.0.1\n",
	};
	struct work_pool *pool = work_pool_new(0);
	size_t i;

	(void)state;
	n_answers = 0;
	for (i = 0; i < 2; i++) {
		struct radius_request rq = { 0 };
		struct cm_config *cfg = NULL;

		assert_int_equal(config_parse("t", without[i], strlen(without[i]),
					      stderr, &cfg), 0);
		radius_servers(cfg, "", &rq);
		assert_int_equal(rq.n, 0);
		begin(pool, pool, cfg, "RADIUS", "bob", "bobpw");
		cm_config_free(cfg);
		while (work_poll(pool))
			;
		assert_int_equal(answers[i].result, LOGIN_NO_ANSWER);
	}
	work_pool_free(pool);
}

static void forgotten(void **state)
{
	struct rad_server *s = rad_start(KEY);
	struct cm_config *cfg = parse(s, "");
	struct work_pool *pool = work_pool_new(0);

	(void)state;
	n_answers = 0;
	login_forget(NULL);
	login_forget(begin(pool, pool, cfg, "RADIUS", "bob", "bobpw"));
	login_forget(begin(pool, pool, cfg, "BOTH", "bob", "bobpw"));
	login_forget(begin(pool, pool, cfg, "LOCAL", "bob", "bobpw"));
	while (work_poll(pool))
		;
	/* Nor has the server been asked. */
	assert_int_equal(s->requests, 0);
	/* And at the end of the daemon. */
	login_forget(begin(pool, pool, cfg, "BOTH", "bob", "bobpw"));
	work_pool_free(pool);
	assert_int_equal(n_answers, 0);
	cm_config_free(cfg);
	rad_stop(s);
}

static atomic_bool computed;

static void compute(struct work *w)
{
	(void)w;
	atomic_store(&computed, true);
}

static void nothing(struct work *w)
{
	(void)w;
}

static bool within(unsigned int ms, bool (*what)(void *arg), void *arg)
{
	uint64_t end = now_ms() + ms;

	while (!what(arg) && now_ms() < end)
		usleep(1000);
	return what(arg);
}

static bool is_computed(void *arg)
{
	(void)arg;
	return atomic_load(&computed);
}

static bool all_wait(void *arg)
{
	const struct rad_server *s = arg;

	return s->requests == 4;
}

static bool have_answers(void *arg)
{
	work_poll(arg);
	return n_answers == 4;
}

/* Twelve come while a server is silent, and four wait: a Diffie-Hellman does not. */
static void nobody_else_waits(void **state)
{
	struct rad_server *s = rad_start(KEY);
	struct cm_config *cfg = parse(s, "radius-server timeout 4\n");
	struct work_pool *pool = work_pool_new(2), *waiting = work_pool_new(4);
	struct work dh = { .run = compute, .done = nothing };
	struct login *logins[12];
	unsigned int i;

	(void)state;
	s->fault = RAD_SILENT;
	cfg->radius[0].terms.timeout = CFG_RADIUS_INHERIT;
	n_answers = 0;
	for (i = 0; i < 12; i++)
		logins[i] = begin(pool, waiting, cfg, "RADIUS", "bob", "bobpw");
	assert_int_equal(work_submit(pool, &dh), 0);
	assert_true(within(3000, is_computed, NULL));
	assert_true(within(3000, all_wait, s));
	assert_int_equal(n_answers, 0);
	/* Those who have come last are gone before it is their turn. */
	for (i = 4; i < 12; i++)
		login_forget(logins[i]);
	assert_true(within(9000, have_answers, waiting));
	assert_int_equal(answers[0].result, LOGIN_NO_ANSWER);
	assert_int_equal(s->requests, 4);
	work_pool_free(pool);
	work_pool_free(waiting);
	cm_config_free(cfg);
	rad_stop(s);
}

static int set_up(void **state)
{
	struct err err = { "" };

	(void)state;
	return crypto_init(&err);
}

static int tear_down(void **state)
{
	(void)state;
	crypto_exit();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_asked),
		cmocka_unit_test(a_wrong_password),
		cmocka_unit_test(lengths_of_passwords),
		cmocka_unit_test(what_it_says_of_the_user),
		cmocka_unit_test(values_of_odd_lengths),
		cmocka_unit_test(as_many_attributes_as_there_can_be),
		cmocka_unit_test(hostile_answers),
		cmocka_unit_test(unsigned_answers),
		cmocka_unit_test(changed_bits),
		cmocka_unit_test(random_attributes),
		cmocka_unit_test(others_answer_first),
		cmocka_unit_test(a_flood),
		cmocka_unit_test(a_key_that_differs),
		cmocka_unit_test(asked_again),
		cmocka_unit_test(the_next_server),
		cmocka_unit_test(stopped_meanwhile),
		cmocka_unit_test(a_port_that_is_closed),
		cmocka_unit_test(methods_in_their_order),
		cmocka_unit_test(a_challenge),
		cmocka_unit_test(nobody_to_ask),
		cmocka_unit_test(forgotten),
		cmocka_unit_test(nobody_else_waits),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
