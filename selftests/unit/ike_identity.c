// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `crypto identity`: not everybody whom the authority certifies is the peer of an entry.
 * Left is the one who comes or is called; right has the identities.
 */
#include "ike-daemon/v1/v1.h"
#include "selftests/unit/ike_pki.h"

#define assert_contains(text, part)					\
	do {								\
		if (!strstr(text, part))				\
			fail_msg("\"%s\" is not in \"%s\"", part, text); \
	} while (0)

#define IS_LEFT		"O=Example, CN=left"
#define LAN_MORE	"10.3.0.0 0.0.0.255"

/* Right's configuration, with @more in front and these lines in its entry. */
static const char *with(const char *more, const char *lines)
{
	static char text[2 * TEXT_MAX];
	struct end r = right;
	const char *plain, *at;

	r.more = more;
	plain = config(RIGHT, &r);
	at = strstr(plain, " match address");
	assert_non_null(at);
	snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - plain), plain, lines, at);
	return text;
}

static struct pair *pair_with(const char *more, const char *lines)
{
	return pair_new(config(LEFT, &left), with(more, lines));
}

static void lets_in(const char *more)
{
	unsigned int from;

	for (from = LEFT; from <= RIGHT; from++) {
		struct pair *p = pair_with(more, " identity A\n");

		pair_up(p, from);
		pair_free(p);
	}
}

/* Neither when left begins nor when right does. */
static void refuses(const char *more, const char *whom, const char *why)
{
	unsigned int from;

	for (from = LEFT; from <= RIGHT; from++) {
		struct pair *p = pair_with(more, " identity A\n");
		const struct record *rec;

		assert_int_equal(pair_packet(p, from), -EAGAIN);
		pair_run(p, 3000);
		rec = pair_record(p, RIGHT, 1);
		assert_int_equal(rec->result, RECORD_FAILED);
		assert_contains(rec->reason, whom);
		assert_contains(rec->reason, why);
		/* As any identity that is refused: it is not told which one is wanted. */
		assert_int_equal(rec->notify[rec->nnotifies - 1].type,
				 ISAKMP_NOTIFY_INVALID_ID_INFORMATION);
		pair_run(p, 60000);
		assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE1_UP), 0);
		assert_int_equal(pair_children(p, RIGHT), 0);
		assert_int_equal(pair_children(p, LEFT), 0);
		pair_free(p);
	}
}

/* What is listed must be there; the name may have more, and is compared as a name. */
static void names_that_fit(void **state)
{
	(void)state;
	lets_in("crypto identity A\n dn cn=left\n");
	lets_in("crypto identity A\n dn O= eXample\n");
	lets_in("crypto identity A\n dn cn=\"LEFT \", o=\" Example\"\n");
	lets_in("crypto identity A\n fqdn left.EXAMPLE\n");
	lets_in("crypto identity A\n fqdn other.example\n dn cn=other\n dn o=Example\n");
}

static void names_that_do_not(void **state)
{
	(void)state;
	refuses("crypto identity A\n dn cn=lef\n", IS_LEFT, "identity A (dn cn=lef)");
	refuses("crypto identity A\n dn cn=left2\n", IS_LEFT, "dn cn=left2");
	refuses("crypto identity A\n dn cn=l eft\n", IS_LEFT, "dn cn=l eft");
	refuses("crypto identity A\n dn cn=Example\n", IS_LEFT, "dn cn=Example");
	refuses("crypto identity A\n dn cn=left, ou=Example\n", IS_LEFT, "ou=Example");
	refuses("crypto identity A\n dn cn=*\n", IS_LEFT, "dn cn=*");
	refuses("crypto identity A\n dn cn=\"left, O=Example\"\n", IS_LEFT, "identity A");
	refuses("crypto identity A\n fqdn left\n", IS_LEFT, "fqdn left");
	refuses("crypto identity A\n fqdn example\n dn cn=x\n", IS_LEFT,
		"(fqdn example or dn cn=x)");
	refuses("crypto identity A\n", IS_LEFT, "identity A (no name)");
	refuses("crypto identity B\n dn cn=left\n", IS_LEFT, "identity A (not defined)");
}

/* Whoever has a key alone is nobody. */
static void without_certificate(void **state)
{
	static const char key[] = "crypto isakmp policy 5\n" POLICY_DEFAULT
		"crypto isakmp key Secret address ";
	char with_l[300], text[300];
	struct end l = left;
	struct pair *p;

	(void)state;
	snprintf(with_l, sizeof(with_l), "%s" CFG_ADDR_RIGHT "\n", key);
	l.more = with_l;
	snprintf(text, sizeof(text), "%s" CFG_ADDR_LEFT "\ncrypto identity A\n dn cn=left\n", key);
	p = pair_new(config(LEFT, &l), with(text, " identity A\n"));
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 3000);
	assert_contains(pair_record(p, RIGHT, 1)->reason,
			"shows no certificate, and must be identity A (dn cn=left)");
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE1_UP), 0);
	assert_int_equal(pair_children(p, LEFT), 0);
	pair_free(p);
}

static void nor_in_aggressive_mode(void **state)
{
	static const char more[] = "crypto identity A\n dn cn=left\n"
		"crypto isakmp policy 5\n" POLICY_DEFAULT
		"crypto isakmp peer address " CFG_ADDR_LEFT "\n"
		" set aggressive-mode password Secret\n";
	struct pair *p = pair_new("crypto isakmp peer address " CFG_ADDR_RIGHT "\n"
				  " set aggressive-mode password Secret\n"
				  LEFT_DEFAULT, with(more, ""));

	(void)state;
	pair_up(p, LEFT);
	assert_true(pair_ike(p, RIGHT)->aggressive);
	pair_free(p);
	p = pair_new("crypto isakmp peer address " CFG_ADDR_RIGHT "\n"
		     " set aggressive-mode password Secret\n"
		     LEFT_DEFAULT, with(more, " identity A\n"));
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 3000);
	assert_contains(pair_record(p, RIGHT, 1)->reason, "shows no certificate");
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE1_UP), 0);
	assert_int_equal(pair_children(p, RIGHT), 0);
	pair_free(p);
}

/* --- one peer, several entries ----------------------------------------------------- */

#define SECOND(lines)							\
	"access-list 102 permit ip " CFG_LAN_RIGHT " " LAN_MORE "\n"	\
	"crypto map M 20 ipsec-isakmp\n set peer " CFG_ADDR_LEFT "\n"	\
	" set transform-set TS\n match address 102\n" lines
#define LEFT_SECOND							\
	"access-list 102 permit ip " LAN_MORE " " CFG_LAN_RIGHT "\n"	\
	"crypto map M 20 ipsec-isakmp\n set peer " CFG_ADDR_RIGHT "\n"	\
	" set transform-set TS\n match address 102\n"

/* He is the one of entry 20, and not of entry 10: that he may have alone. */
static void each_entry_has_its_own(void **state)
{
	char l[2 * TEXT_MAX], r[2 * TEXT_MAX];
	struct pair *p;

	(void)state;
	snprintf(l, sizeof(l), "%s" LEFT_SECOND, config(LEFT, &left));
	snprintf(r, sizeof(r), "%s" SECOND(" identity B\n"),
		 with("crypto identity A\n dn cn=somebody\n"
		      "crypto identity B\n dn cn=left\n", " identity A\n"));
	p = pair_new(l, r);
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 3000);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE1_UP), 1);
	assert_int_equal(pair_children(p, RIGHT), 0);
	assert_contains(pair_record(p, RIGHT, 2)->reason, "not identity A (dn cn=somebody)");
	assert_contains(pair_record(p, RIGHT, 2)->entry, "map M 10");
	/* nor if right begins, of which left hears nothing */
	assert_true(pair_record(p, LEFT, 2)->initiator);
	assert_int_equal(pair_packet(p, RIGHT), -EAGAIN);
	pair_run(p, 3000);
	assert_true(pair_record(p, RIGHT, 2)->initiator);
	assert_true(pair_record(p, LEFT, 2)->initiator);
	assert_int_equal(pair_children(p, RIGHT), 0);
	assert_int_equal(pair_children(p, LEFT), 0);
	/* the other way round it is his */
	snprintf(r, sizeof(r), "%s" SECOND(" identity A\n"),
		 with("crypto identity A\n dn cn=somebody\n"
		      "crypto identity B\n dn cn=left\n", " identity B\n"));
	pair_config(p, RIGHT, r);
	pair_run(p, 10000);
	pair_up(p, LEFT);
	pair_free(p);
}

/* The dynamic map's entries are tried one by one; who fits none gets nothing. */
static const char *dynamic(const char *lines)
{
	static char text[2 * TEXT_MAX];
	const char *plain = with("crypto identity A\n dn cn=somebody\n"
				 "crypto identity B\n fqdn left.example\n", "");
	const char *at = strstr(plain, "access-list 101");

	snprintf(text, sizeof(text), "%.*s%s"
		 "crypto map M 65535 ipsec-isakmp dynamic D\n"
		 "interface wan0\n crypto map M\n", (int)(at - plain), plain, lines);
	return text;
}

#define D(seq, lines)							\
	"crypto dynamic-map D " seq "\n set transform-set TS\n" lines

static void peers_without_address(void **state)
{
	struct pair *p = pair_new(config(LEFT, &left),
				  dynamic(D("10", " identity A\n") D("20", " identity B\n")));

	(void)state;
	pair_up(p, LEFT);
	assert_int_equal(policy_flow_known(p->host[RIGHT].engine,
					   pair_flow(p, RIGHT))->nth, 1);
	/* another entry before it, and one less: it is still his */
	pair_config(p, RIGHT, dynamic(D("20", " identity B\n")));
	assert_int_equal(pair_children(p, RIGHT), 1);
	pair_config(p, RIGHT, dynamic(D("10", " identity A\n")));
	assert_int_equal(pair_children(p, RIGHT), 0);
	assert_null(pair_ike(p, RIGHT));
	pair_free(p);
	p = pair_new(config(LEFT, &left), dynamic(D("10", " identity A\n")));
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 3000);
	assert_contains(pair_record(p, RIGHT, 1)->reason, "not identity A");
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE1_UP), 0);
	pair_free(p);
}

/* His own entry is not his, and the dynamic one is for all: not with those addresses. */
static void no_way_around(void **state)
{
	char r[2 * TEXT_MAX];
	struct pair *p;

	(void)state;
	snprintf(r, sizeof(r), "%s" D("10", "")
		 "crypto map M 65535 ipsec-isakmp dynamic D\n",
		 with("crypto identity A\n dn cn=somebody\n", " identity A\n"));
	p = pair_new(config(LEFT, &left), r);
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 3000);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE1_UP), 1);
	assert_contains(pair_record(p, RIGHT, 2)->reason, "not identity A");
	assert_int_equal(pair_children(p, RIGHT), 0);
	pair_free(p);
}

/* Nor from another address, or for part of it only; what is nobody's it may have. */
static void no_way_around_from_elsewhere(void **state)
{
	static const struct { const char *asks; bool gets; } cases[] = {
		{ CFG_LAN_LEFT, false }, { "10.1.0.0 0.0.0.127", false },
		{ "10.1.0.128 0.0.0.127", false }, { "10.0.0.0 0.255.255.255", false },
		{ LAN_MORE, true },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char r[2 * TEXT_MAX], l[TEXT_MAX + 200];
		struct pair *p;

		snprintf(r, sizeof(r), "%s" D("10", "")
			 "crypto map M 65535 ipsec-isakmp dynamic D\n",
			 with("crypto identity A\n dn cn=somebody\n",
			      " identity A\n no set peer 192.0.2.1\n set peer 192.0.2.99\n"));
		snprintf(l, sizeof(l),
			 "%sno access-list 101 permit ip " CFG_LAN_LEFT " " CFG_LAN_RIGHT "\n"
			 "access-list 101 permit ip %s " CFG_LAN_RIGHT "\n",
			 config(LEFT, &left), cases[i].asks);
		p = pair_new(l, r);
		assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
		pair_run(p, 3000);
		assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE1_UP), 1);
		if (!cases[i].gets)
			assert_contains(pair_record(p, RIGHT, 2)->reason,
					"is that of another entry");
		assert_int_equal(pair_children(p, RIGHT), cases[i].gets);
		pair_free(p);
	}
}

/* Manual keys at the same address let nobody in. */
static void manual_keys_beside(void **state)
{
	char r[2 * TEXT_MAX];
	struct pair *p;

	(void)state;
	snprintf(r, sizeof(r),
		 "%saccess-list 105 permit ip 10.2.0.0 0.0.0.255 10.9.0.0 0.0.0.255\n"
		 "crypto map M 5 ipsec-manual\n set peer 192.0.2.1\n"
		 " match address 105\n set transform-set TS\n",
		 with("crypto identity A\n dn cn=somebody\n", " identity A\n"));
	p = pair_new(config(LEFT, &left), r);
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 60000);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE1_UP), 0);
	pair_free(p);
}

/*
 * The interface has another map now, whose entry is like the one before, but for that; the
 * flows may be told later only.
 */
static void map_is_exchanged(unsigned int failures)
{
	char text[2 * TEXT_MAX + 400];
	struct pair *p = pair_with("crypto identity A\n dn cn=somebody\n", "");

	pair_up(p, LEFT);
	v1_end_ike(pair_ike(p, RIGHT), false, "test");
	snprintf(text, sizeof(text),
		 "%scrypto map N 10 ipsec-isakmp\n set peer " CFG_ADDR_LEFT "\n"
		 " set transform-set TS\n match address 101\n identity A\n"
		 "interface wan0\n no crypto map\n crypto map N\n",
		 with("crypto identity A\n dn cn=somebody\n", ""));
	sim_fail_flow_list(p->host[RIGHT].sim, failures);
	pair_config(p, RIGHT, text);
	pair_run(p, 2000 * failures);
	assert_int_equal(pair_children(p, RIGHT), 0);
	pair_free(p);
}

static void another_map(void **state)
{
	(void)state;
	map_is_exchanged(0);
	map_is_exchanged(2);
}

/* In place of its crypto map: a tunnel interface, whose profile has these lines. */
static const char *tunnel(unsigned int side, const char *more, const char *lines)
{
	static char text[2][2 * TEXT_MAX];
	struct end end = side == LEFT ? left : right;
	const char *plain, *at;

	end.more = more;
	plain = config(side, &end);
	at = strstr(plain, "access-list 101");
	snprintf(text[side], sizeof(text[side]), "%.*s"
		 "crypto ipsec profile P\n set transform-set TS\n%s"
		 "interface Tunnel0\n tunnel mode ipsec ipv4\n tunnel source wan0\n"
		 " tunnel destination %s\n tunnel protection ipsec profile P\n",
		 (int)(at - plain), plain, lines,
		 side == LEFT ? CFG_ADDR_RIGHT : CFG_ADDR_LEFT);
	return text[side];
}

static void tunnels(void **state)
{
	static const char ids[] = "crypto identity A\n dn cn=left\n"
		"crypto identity B\n dn cn=somebody\n";
	struct pair *p = pair_new(tunnel(LEFT, NULL, ""),
				  tunnel(RIGHT, ids, " set identity A\n"));

	(void)state;
	pair_up(p, LEFT);
	pair_config(p, RIGHT, tunnel(RIGHT, ids, " set identity B\n"));
	assert_null(pair_ike(p, RIGHT));
	assert_int_equal(pair_children(p, RIGHT), 0);
	pair_settle(p);
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 10000);
	assert_contains(pair_record(p, RIGHT, 1)->reason, "not identity B");
	assert_int_equal(pair_children(p, RIGHT), 0);
	pair_free(p);
}

/* --- changes ------------------------------------------------------------------------- */

static void changes_end_what_does_not_fit(void **state)
{
	struct pair *p = pair_with(NULL, "");
	const struct ike_sa *sa;

	(void)state;
	pair_up(p, LEFT);
	sa = pair_ike(p, RIGHT);
	pair_config(p, RIGHT, with("crypto identity A\n dn cn=left\n", " identity A\n"));
	assert_ptr_equal(pair_ike(p, RIGHT), sa);
	assert_int_equal(pair_children(p, RIGHT), 1);
	assert_int_equal(pair_packet(p, RIGHT), 0);
	pair_config(p, RIGHT, with("crypto identity A\n dn cn=other\n", " identity A\n"));
	assert_null(pair_ike(p, RIGHT));
	assert_int_equal(pair_children(p, RIGHT), 0);
	pair_settle(p);
	assert_int_equal(pair_children(p, LEFT), 0);
	pair_run(p, 60000);
	assert_int_equal(pair_children(p, RIGHT), 0);
	pair_config(p, RIGHT, with("crypto identity A\n dn cn=other\n", ""));
	pair_run(p, 10000);
	pair_up(p, LEFT);
	pair_free(p);
}

/* The pair has outlived its ISAKMP SA. */
static void pairs_end_for_themselves(void **state)
{
	struct pair *p = pair_with(NULL, "");

	(void)state;
	pair_up(p, LEFT);
	v1_end_ike(pair_ike(p, RIGHT), false, "test");
	pair_config(p, RIGHT, with("crypto identity A\n fqdn left.example\n", " identity A\n"));
	assert_int_equal(pair_children(p, RIGHT), 1);
	pair_config(p, RIGHT, with("crypto identity A\n fqdn lef.example\n", " identity A\n"));
	assert_int_equal(pair_children(p, RIGHT), 0);
	pair_free(p);
}

/* Of two entries that the peer has, the pair of one goes, the ISAKMP SA stays. */
static void and_others_stay(void **state)
{
	static const char ids[] = "crypto identity A\n dn cn=somebody\n";
	char r[2 * TEXT_MAX];
	struct pair *p;
	struct ike_sa *sa;

	(void)state;
	snprintf(r, sizeof(r), "%s" SECOND(""), with(ids, ""));
	p = pair_new(config(LEFT, &left), r);
	pair_up(p, LEFT);
	sa = pair_ike(p, RIGHT);
	snprintf(r, sizeof(r), "%s" SECOND(" identity A\n"), with(ids, ""));
	pair_config(p, RIGHT, r);
	assert_ptr_equal(pair_ike(p, RIGHT), sa);
	assert_int_equal(pair_children(p, RIGHT), 1);
	snprintf(r, sizeof(r), "%s" SECOND(""), with(ids, " identity A\n"));
	pair_config(p, RIGHT, r);
	assert_ptr_equal(pair_ike(p, RIGHT), sa);
	assert_int_equal(pair_children(p, RIGHT), 0);
	pair_free(p);
}

static struct pair *changing;

/* As the last message of quick mode arrives: it is not his any more. */
static unsigned int change(struct pair *p, struct packet *pkt, unsigned int n)
{
	char r[2 * TEXT_MAX];

	(void)n;
	if (changing && pkt->to == RIGHT && pair_children(p, RIGHT) &&
	    !pair_counter(p, RIGHT, ENGINE_C_PHASE2_UP)) {
		changing = NULL;
		/* The ISAKMP SA stays for the other entry. */
		snprintf(r, sizeof(r), "%s" SECOND(""),
			 with("crypto identity A\n dn cn=x\n", " identity A\n"));
		pair_config(p, RIGHT, r);
	}
	return 1;
}

static void changes_on_the_way(void **state)
{
	struct pair *p = pair_with(NULL, "");

	(void)state;
	changing = p;
	p->filter = change;
	pair_packet(p, LEFT);
	pair_run(p, 3000);
	assert_null(changing);
	assert_non_null(pair_ike(p, RIGHT));
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE2_UP), 0);
	assert_int_equal(pair_children(p, RIGHT), 0);
	pair_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_that_fit),
		cmocka_unit_test(names_that_do_not),
		cmocka_unit_test(without_certificate),
		cmocka_unit_test(nor_in_aggressive_mode),
		cmocka_unit_test(each_entry_has_its_own),
		cmocka_unit_test(peers_without_address),
		cmocka_unit_test(no_way_around),
		cmocka_unit_test(no_way_around_from_elsewhere),
		cmocka_unit_test(manual_keys_beside),
		cmocka_unit_test(another_map),
		cmocka_unit_test(tunnels),
		cmocka_unit_test(changes_end_what_does_not_fit),
		cmocka_unit_test(pairs_end_for_themselves),
		cmocka_unit_test(and_others_stay),
		cmocka_unit_test(changes_on_the_way),
	};

	return cmocka_run_group_tests(tests, pki_setup, pki_teardown);
}
