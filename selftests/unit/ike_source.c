// SPDX-License-Identifier: GPL-2.0-or-later
/* How many negotiations one address may begin in a second: the buckets, and a flood. */
#include "ike-daemon/sa/source.h"
#include "selftests/unit/ike_pair.h"

static const struct source_rate rate = { .burst = 64, .each_second = 32 };

/* Of @n that come at once, so many are let in. */
static unsigned int admitted(struct source_table *t, const struct addr *from,
			     unsigned int n, uint64_t now_ms)
{
	unsigned int in = 0;

	while (n--)
		in += source_may_begin(t, &rate, from, now_ms);
	return in;
}

static struct addr v6(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(&a, text), 0);
	return a;
}

static void burst_and_rate(void **state)
{
	struct addr from = addr_v4(0xcb007101, IKE_PORT);
	struct source_table t = { .seed = 1 };
	uint64_t now = 5000;
	unsigned int i;

	(void)state;
	assert_int_equal(admitted(&t, &from, 200, now), 64);
	assert_int_equal(admitted(&t, &from, 200, now + 1000), 32);
	/* a token comes back every 31.25 ms */
	assert_int_equal(admitted(&t, &from, 9, now + 1031), 0);
	assert_int_equal(admitted(&t, &from, 9, now + 1032), 1);
	/* thousandths are not lost between messages that come all the time */
	now += 1032;
	for (i = 0; i < 10000; i++)
		source_may_begin(&t, &rate, &from, ++now);
	assert_int_equal(admitted(&t, &from, 200, now), 0);
	/* whoever keeps to the rate is never stopped */
	now += 3000;
	for (i = 0; i < 1000; i++, now += 32)
		assert_true(source_may_begin(&t, &rate, &from, now));
	/* more than the burst nobody saves up */
	assert_int_equal(admitted(&t, &from, 200, now + 86400000), 64);
}

static void none_is_taken(void **state)
{
	const struct source_rate off = { .burst = 1, .each_second = 0 };
	struct addr from = addr_v4(0xcb007101, IKE_PORT);
	struct source_table t = { .seed = 1 };
	unsigned int i;

	(void)state;
	for (i = 0; i < 1000; i++)
		assert_true(source_may_begin(&t, &off, &from, 1));
}

/* By address, not by port; of IPv6 by what one host has for itself. */
static void who_is_one(void **state)
{
	struct addr a = addr_v4(0xcb007101, 500), port = addr_v4(0xcb007101, 40500);
	struct addr b = addr_v4(0xcb007102, 500);
	struct addr six = v6("2001:db8:1:2::1"), same = v6("2001:db8:1:2:ffff::9");
	struct addr other = v6("2001:db8:1:3::1");
	struct source_table t = { .seed = 7 };

	(void)state;
	assert_int_equal(admitted(&t, &a, 100, 1), 64);
	assert_int_equal(admitted(&t, &port, 100, 1), 0);
	assert_int_equal(admitted(&t, &b, 100, 1), 64);
	assert_int_equal(admitted(&t, &six, 100, 1), 64);
	assert_int_equal(admitted(&t, &same, 100, 1), 0);
	assert_int_equal(admitted(&t, &other, 100, 1), 64);
}

/* Each of many more than there is room for may begin; who goes on without end is stopped. */
static void many_addresses(void **state)
{
	struct addr flood = addr_v4(0xcb007101, IKE_PORT);
	struct source_table t = { .seed = 42 };
	unsigned int i, in = 0;

	(void)state;
	for (i = 0; i < 100000; i++) {
		struct addr from = addr_v4(0x0a000000 + i, IKE_PORT);

		assert_true(source_may_begin(&t, &rate, &from, 1 + i / 10));
		in += source_may_begin(&t, &rate, &flood, 1 + i / 10);
	}
	/* ten seconds */
	assert_in_range(in, 64 + 319, 64 + 321);
}

/* --- in the engine ------------------------------------------------------------- */

static unsigned int keep_first(struct pair *p, struct packet *pkt, unsigned int n)
{
	(void)n;
	if (pkt->to == RIGHT)
		*(struct packet *)p->filter_arg = *pkt;
	return 0;
}

static struct pair *with_first(struct packet *first)
{
	struct pair *p = pair_new(LEFT_DEFAULT, "crypto isakmp key Secret address 0.0.0.0\n"
				  RIGHT_DEFAULT);

	first->len = 0;
	p->filter = keep_first;
	p->filter_arg = first;
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_settle(p);
	assert_true(first->len > 0);
	/* The left one waits with it. */
	pair_stop(p, LEFT);
	return p;
}

static void says(struct pair *p, struct packet *first, const struct addr *from,
		 unsigned int cookie)
{
	struct host *h = &p->host[RIGHT];

	memcpy(first->data, &cookie, sizeof(cookie));
	engine_input(h->engine, &h->addr, from, first->data, first->len);
	pair_settle(p);
}

static void flood(void **state)
{
	struct addr bad = addr_v4(0xcb007101, IKE_PORT);
	struct addr good = addr_v4(0xcb007102, IKE_PORT);
	struct packet first;
	struct pair *p = with_first(&first);
	struct engine *e = p->host[RIGHT].engine;
	unsigned int i;

	(void)state;
	for (i = 1; i <= 500; i++)
		says(p, &first, &bad, i);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_RX_TOO_FAST), 500 - 64);
	/* the rest of the burst had to make room for one another */
	assert_int_equal(p->host[RIGHT].sent, 64);
	assert_int_equal(e->half_open, e->limits.half_open_peer);
	/* nobody else is stopped */
	says(p, &first, &good, 1000);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_RX_TOO_FAST), 500 - 64);
	assert_int_equal(p->host[RIGHT].sent, 65);
	/* what began is heard when it says its message again, for which no token is taken */
	says(p, &first, &bad, 64);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_RX_DUPLICATE), 1);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_RX_TOO_FAST), 500 - 64);
	/* later he is heard again, at a bearable rate */
	pair_run(p, 1000);
	i = p->host[RIGHT].sent;
	for (unsigned int n = 1; n <= 500; n++)
		says(p, &first, &bad, 2000 + n);
	assert_int_equal(p->host[RIGHT].sent - i, 32);
	pair_run(p, 61000);
	assert_int_equal(e->half_open, 0);
	pair_free(p);
}

/* Nothing is kept of who is not answered. */
static void nothing_is_kept(void **state)
{
	struct addr bad = addr_v4(0xcb007101, IKE_PORT);
	struct packet first;
	struct pair *p = with_first(&first);
	struct engine *e = p->host[RIGHT].engine;

	(void)state;
	e->limits.first = (struct source_rate){ .burst = 1, .each_second = 1 };
	says(p, &first, &bad, 1);
	assert_int_equal(e->half_open, 1);
	ike_sa_free(list_entry(e->half_open_sas.next, struct ike_sa, of_half_open));
	peer_release(peer_find(e, &bad));
	says(p, &first, &bad, 2);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_RX_TOO_FAST), 1);
	assert_int_equal(e->half_open, 0);
	assert_null(peer_find(e, &bad));
	pair_free(p);
}

/* Nor does it cost look-ups of keys, for who has none. */
static void strangers_are_bounded_too(void **state)
{
	struct addr bad = addr_v4(0xcb007101, IKE_PORT);
	struct packet first;
	struct pair *p = with_first(&first);
	unsigned int i;

	(void)state;
	pair_config(p, RIGHT, RIGHT_DEFAULT);
	for (i = 1; i <= 500; i++)
		says(p, &first, &bad, i);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_RX_TOO_FAST), 500 - 64);
	assert_int_equal(p->host[RIGHT].engine->half_open, 0);
	pair_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(burst_and_rate),
		cmocka_unit_test(none_is_taken),
		cmocka_unit_test(who_is_one),
		cmocka_unit_test(many_addresses),
		cmocka_unit_test(flood),
		cmocka_unit_test(nothing_is_kept),
		cmocka_unit_test(strangers_are_bounded_too),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}
