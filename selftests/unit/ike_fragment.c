// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * IKE fragmentation (F-021, F-022): messages 5 and 6 with certificates in pieces, which get
 * lost, doubled, out of order and cut short; when they are sent and taken, and when not.
 * What hostile peers can do with them is in ike_fragment_hostile.c.
 */
#include "selftests/unit/ike_fragment.h"

/* --- when ------------------------------------------------------------------ */

static void both_ways(void **state)
{
	unsigned int from;

	(void)state;
	for (from = LEFT; from <= RIGHT; from++) {
		struct pair *p = in_pieces();

		pair_up(p, from);
		/* One certificate of left's, two of right's. */
		assert_int_equal(wire.pieces[LEFT], 2);
		assert_true(wire.pieces[RIGHT] > 2);
		assert_int_equal(wire.largest, IPV4_ROOM(576));
		assert_int_equal(wire.bad_outer, 0);
		assert_counters(p, LEFT, wire.pieces[LEFT], wire.pieces[RIGHT]);
		assert_counters(p, RIGHT, wire.pieces[RIGHT], wire.pieces[LEFT]);
		assert_nothing_kept(p);
		pair_free(p);
	}
}

/* By default a message may have 1280 bytes with its headers. */
static void what_fits_is_whole(void **state)
{
	struct pair *p = watched(&left, &right);

	(void)state;
	pair_up(p, LEFT);
	assert_true(wire.largest > IPV4_ROOM(576));
	assert_true(wire.largest <= IPV4_ROOM(1280));
	assert_int_equal(wire.pieces[LEFT] + wire.pieces[RIGHT], 0);
	assert_true(pair_ike(p, LEFT)->vendors & IKE_PEER_FRAGMENTS);
	assert_true(pair_ike(p, RIGHT)->vendors & IKE_PEER_FRAGMENTS);
	pair_free(p);
}

/* The largest that fits, and one more byte. */
static void to_the_byte(void **state)
{
	struct end l = left, r = right;
	char mtu[2][80];
	struct pair *p;
	size_t largest;

	(void)state;
	p = watched(&l, &r);
	pair_up(p, LEFT);
	largest = wire.largest;
	pair_free(p);
	snprintf(mtu[0], sizeof(mtu[0]), "crypto isakmp fragmentation mtu %zu\n",
		 largest + 28);
	snprintf(mtu[1], sizeof(mtu[1]), "crypto isakmp fragmentation mtu %zu\n",
		 largest + 27);
	r.more = mtu[0];
	p = watched(&l, &r);
	pair_up(p, LEFT);
	/* Signatures of ECDSA vary by a few bytes, which are padded. */
	assert_int_equal(wire.largest, largest);
	assert_int_equal(wire.pieces[RIGHT], 0);
	pair_free(p);
	r.more = mtu[1];
	p = watched(&l, &r);
	pair_up(p, LEFT);
	assert_int_equal(wire.pieces[RIGHT], 2);
	pair_free(p);
}

/* Who does not want them says nothing of them, and gets none. */
static void one_of_them_off(void **state)
{
	struct end l = left, r = right;
	struct pair *p;

	(void)state;
	l.more = SMALL;
	r.more = "no crypto isakmp fragmentation\n";
	p = watched(&l, &r);
	pair_up(p, LEFT);
	assert_int_equal(wire.pieces[LEFT] + wire.pieces[RIGHT], 0);
	assert_true(wire.largest > IPV4_ROOM(576));
	assert_false(pair_ike(p, LEFT)->vendors & IKE_PEER_FRAGMENTS);
	assert_false(pair_ike(p, RIGHT)->takes_fragments);
	pair_free(p);
	l.more = r.more;
	r.more = SMALL;
	p = watched(&l, &r);
	pair_up(p, LEFT);
	assert_int_equal(wire.pieces[LEFT] + wire.pieces[RIGHT], 0);
	pair_free(p);
}

/* The marker of port 4500 is within the packet. */
static void behind_a_nat(void **state)
{
	struct pair *p = in_pieces();

	(void)state;
	pair_behind_nat(&p->host[LEFT], 0x0a090901);
	pair_up(p, LEFT);
	assert_true(wire.pieces[LEFT] && wire.pieces[RIGHT]);
	assert_int_equal(wire.largest, IPV4_ROOM(576));
	assert_int_equal(wire.bad_outer, 0);
	assert_nothing_kept(p);
	pair_free(p);
}

/* With IPv6 the header is larger.  A large group makes messages 3 and 4 large. */
static void over_ipv6(void **state)
{
#define POLICY6	" encryption aes 256\n hash sha256\n group 16\n"
#define MAP6(peer, src, dst)						\
	"crypto isakmp policy 10\n" POLICY6				\
	"crypto isakmp key Secret address ipv6 " peer "\n"		\
	"ipv6 access-list L\n permit ipv6 " src " " dst "\n"		\
	"crypto ipsec transform-set TS " TS_DEFAULT "\n"		\
	"crypto map M 10 ipsec-isakmp\n set peer " peer "\n"		\
	" set transform-set TS\n match address L\n"			\
	"interface wan0\n crypto map M\n" SMALL
	struct pair *p = pair_new(MAP6("2001:db8:2::2", "2001:db8:a::/64",
				       "2001:db8:b::/64"),
				  MAP6("2001:db8:1::1", "2001:db8:b::/64",
				       "2001:db8:a::/64"));
	unsigned int i;

	(void)state;
	assert_int_equal(addr_parse(&p->host[LEFT].addr, "2001:db8:1::1"), 0);
	assert_int_equal(addr_parse(&p->host[RIGHT].addr, "2001:db8:2::2"), 0);
	for (i = 0; i < 2; i++)
		p->host[i].addr.port = IKE_PORT;
	watch(p);
	pair_up(p, LEFT);
	assert_int_equal(wire.pieces[LEFT], 2);
	assert_int_equal(wire.pieces[RIGHT], 2);
	assert_int_equal(wire.largest, 576 - 40 - 8);
	pair_free(p);
}

static struct pair *large_quick_mode(void)
{
	struct pair *p = pair_new(SMALL CFG_LEFT(POLICY_DEFAULT, "Secret", TS_DEFAULT,
						 " set pfs group16\n"),
				  SMALL CFG_RIGHT(POLICY_DEFAULT, "Secret", TS_DEFAULT,
						  " set pfs group16\n"));

	watch(p);
	return p;
}

/* Phase 2 goes in fragments that say phase 1, with message ID 0, as strongSwan's do. */
static void quick_mode(void **state)
{
	struct pair *p = large_quick_mode();

	(void)state;
	pair_up(p, LEFT);
	assert_int_equal(wire.pieces[LEFT], 2);
	assert_int_equal(wire.pieces[RIGHT], 2);
	assert_int_equal(wire.bad_outer, 0);
	assert_nothing_kept(p);
	pair_free(p);
}

/* Message 2 is the first that may, and is large; nothing proves that it is wanted. */
static void aggressive_mode(void **state)
{
	static const char policy[] = "crypto isakmp policy 10\n"
		" encryption aes 256\n hash sha256\n group 16\n";
	char l[2000], r[2000];
	struct pair *p;

	(void)state;
	snprintf(l, sizeof(l), SMALL "%s"
		 "crypto isakmp peer address " CFG_ADDR_RIGHT "\n"
		 " set aggressive-mode password Secret\n"
		 " set aggressive-mode client-endpoint fqdn a.example\n"
		 CFG_MAP(TS_DEFAULT, "", CFG_ADDR_RIGHT, CFG_LAN_LEFT, CFG_LAN_RIGHT),
		 policy);
	snprintf(r, sizeof(r), SMALL "%s"
		 "crypto isakmp key Secret hostname a.example\n"
		 CFG_MAP(TS_DEFAULT, "", CFG_ADDR_LEFT, CFG_LAN_RIGHT, CFG_LAN_LEFT),
		 policy);
	p = pair_new(l, r);
	watch(p);
	pair_up(p, LEFT);
	assert_int_equal(wire.pieces[LEFT], 0);
	assert_int_equal(wire.pieces[RIGHT], 2);
	assert_int_equal(wire.bad_outer, 0);
	assert_true(wire.largest > IPV4_ROOM(576));	/* message 1 */
	pair_free(p);
}

#define BY_ADDRESS(peer, name, src, dst)				\
	SMALL CFG_PHASE1(POLICY_DEFAULT, "Secret", peer)		\
	"crypto isakmp peer address " peer "\n"				\
	" set aggressive-mode client-endpoint fqdn " name "\n"		\
	CFG_MAP(TS_DEFAULT, " set pfs group16\n", peer, src, dst)
#define BY_LEFT		BY_ADDRESS(CFG_ADDR_RIGHT, "left", CFG_LAN_LEFT, CFG_LAN_RIGHT)
#define BY_RIGHT	BY_ADDRESS(CFG_ADDR_LEFT, "right", CFG_LAN_RIGHT, CFG_LAN_LEFT)

/* Its exchange is outside of all fragments, also when no other may begin with it. */
static void aggressive_mode_is_off_by_now(void **state)
{
	struct pair *p = pair_new(BY_LEFT, BY_RIGHT);
	struct engine *e = p->host[LEFT].engine;

	(void)state;
	watch(p);
	v1_connect(e, peer_get(e, &p->host[RIGHT].addr), &p->host[LEFT].addr,
		   true);
	pair_settle(p);
	assert_true(pair_ike(p, RIGHT)->aggressive);
	pair_config(p, RIGHT, BY_RIGHT "crypto isakmp aggressive-mode disable\n");
	assert_non_null(pair_ike(p, RIGHT));
	pair_up(p, LEFT);
	assert_int_equal(wire.pieces[LEFT], 2);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_PHASE1_UP), 1);
	pair_free(p);
}

/* --- networks -------------------------------------------------------------- */

/* Left has two, right three or four: each of them is lost once. */
static void each_lost_once(void **state)
{
	unsigned int who, nth;

	(void)state;
	for (who = LEFT; who <= RIGHT; who++) {
		for (nth = 0; nth < (who == LEFT ? 2 : 3); nth++) {
			struct pair *p = in_pieces();

			wire.drop[who] = 1U << nth;
			comes_up_later(p);
			assert_nothing_kept(p);
			assert_int_equal(pair_counter(p, !who,
						      ENGINE_C_RX_FRAGMENTS_BAD),
					 0);
			pair_free(p);
		}
	}
}

/* The first of the first time, the second of the second: together they are whole. */
static void gaps_are_filled(void **state)
{
	struct pair *p = in_pieces();

	(void)state;
	wire.drop[LEFT] = 1U << 0 | 1U << 3;
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 500);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_PHASE1_UP), 0);
	/* Left alone repeats: where both do in the same moment there are more pieces. */
	timer_cancel(&p->host[RIGHT].engine->timers,
		     &pair_ike(p, RIGHT)->main->timer);
	pair_run(p, 20000);
	assert_int_equal(pair_packet(p, LEFT), 0);
	assert_int_equal(wire.pieces[LEFT], 4);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_RX_FRAGMENTS), 2);
	assert_nothing_kept(p);
	pair_free(p);
}

static void doubled(void **state)
{
	struct pair *p = in_pieces();

	(void)state;
	wire.copies = 2;
	pair_up(p, LEFT);
	assert_true(pair_counter(p, RIGHT, ENGINE_C_RX_FRAGMENTS) ==
		    2 * wire.pieces[LEFT]);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_RX_DUPLICATE), 0);
	pair_run(p, 60000);
	assert_int_equal(pair_packet(p, LEFT), 0);
	assert_nothing_kept(p);
	pair_free(p);
}

/* The last one first. */
static void turned_round(void **state)
{
	struct pair *p = in_pieces();

	(void)state;
	wire.reverse = true;
	pair_up(p, LEFT);
	assert_true(wire.reversed > 2);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_RX_FRAGMENTS_BAD), 0);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_RX_FRAGMENTS_BAD), 0);
	assert_nothing_kept(p);
	pair_free(p);
}

/* Each once, and to every length: what is left does no harm, and comes again. */
static void cut_short(void **state)
{
	size_t len;

	(void)state;
	for (len = 0; len < IPV4_ROOM(576); len += len < 40 ? 1 : 73) {
		struct pair *p = in_pieces();

		wire.cut[LEFT] = 1U << 0;
		wire.cut_to = len;
		comes_up_later(p);
		assert_nothing_kept(p);
		pair_free(p);
	}
}

/* The peer did not get our answer: all of its message again, all of ours again. */
static void repeated(void **state)
{
	struct pair *p = in_pieces();
	unsigned int before, i;

	(void)state;
	wire.keep = RIGHT;
	pair_up(p, LEFT);
	before = wire.pieces[RIGHT];
	replay(p, 0);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_RX_DUPLICATE), 0);
	assert_int_equal(wire.pieces[RIGHT], before);
	for (i = 1; i <= 3; i++) {
		replay(p, 1);
		assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_RX_DUPLICATE),
				 i);
		assert_int_equal(wire.pieces[RIGHT], (i + 1) * before);
	}
	assert_nothing_kept(p);
	assert_int_equal(pair_packet(p, LEFT), 0);
	pair_free(p);
}

/*
 * What comes late of a message, for it was said again, is not taken for the beginning of
 * the next one, which has the same ID.
 */
static void late_ones(void **state)
{
	struct pair *p = large_quick_mode();
	struct child_sa *c;
	char text[100];

	(void)state;
	wire.one_id = true;
	wire.keep = RIGHT;
	pair_up(p, LEFT);
	assert_int_equal(wire.nkept, 2);
	replay(p, false);
	replay(p, false);
	assert_string_equal(v1_fragments_text(pair_ike(p, RIGHT), text,
					      sizeof(text)), "");
	c = child_sa_of_flow(p->host[LEFT].engine, pair_flow(p, LEFT));
	v1_delete_child(c);
	child_sa_delete(c, 0);
	pair_settle(p);
	assert_int_equal(pair_children(p, RIGHT), 0);
	pair_up(p, LEFT);
	assert_int_equal(wire.pieces[LEFT], 4);
	assert_counters(p, RIGHT, 4, 6);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_RETRANSMITS), 0);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_RX_MALFORMED), 0);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_RX_BAD_HASH), 0);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_RX_DUPLICATE), 0);
	assert_nothing_kept(p);
	pair_free(p);
}

static void say_to_right(struct pair *p, const struct packet *pkt)
{
	struct host *to = &p->host[RIGHT];

	engine_input(to->engine, &to->addr, &p->host[LEFT].addr, pkt->data,
		     pkt->len);
}

/*
 * Others begin before it, in it and after it, none of which is lost for the others: what
 * is complete goes first.
 */
static void interleaved(void **state)
{
	struct pair *p = in_pieces();
	struct packet other;
	unsigned int i;

	(void)state;
	wire.keep = RIGHT;
	wire.deaf = true;
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_settle(p);
	wire.deaf = false;
	assert_int_equal(wire.nkept, 2);
	other = wire.kept[0];
	for (i = 0; i < 3; i++) {
		other.data[ISAKMP_HDR_LEN + 4] += 1;	/* of another ID */
		say_to_right(p, &other);
		if (i < 2)
			say_to_right(p, &wire.kept[i]);
	}
	pair_settle(p);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_PHASE1_UP), 1);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_RETRANSMITS), 0);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_RX_FRAGMENTS_LOST), 0);
	pair_run(p, V1_FRAGMENTS_MS + 1000);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_RX_FRAGMENTS_LOST), 3);
	assert_nothing_kept(p);
	pair_free(p);
}

/* Nothing but part of it comes: the record says so. */
static void says_what_is_missing(void **state)
{
	struct pair *p = in_pieces();

	(void)state;
	wire.drop[LEFT] = 0x55555555;	/* the first of both, always */
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 60000);
	assert_non_null(strstr(pair_record(p, RIGHT, 1)->reason,
			       "1 of the 2 fragments of a message have come: packets are lost"));
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE1_UP), 0);
	assert_nothing_kept(p);
	pair_free(p);
}

/* Nothing that is larger than a packet comes through, and the peer takes no fragments. */
static void says_what_may_be_missing(void **state)
{
	struct end l = left, r = right;
	struct pair *p;

	(void)state;
	l.more = SMALL;
	r.more = "no crypto isakmp fragmentation\n";
	p = watched(&l, &r);
	wire.drop_above = IPV4_ROOM(576);
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 60000);
	assert_non_null(strstr(pair_record(p, LEFT, 1)->reason,
			       "or IP fragments do not arrive there"));
	pair_free(p);
	r.more = SMALL;
	p = watched(&l, &r);
	wire.drop_above = IPV4_ROOM(576);
	pair_up(p, LEFT);
	pair_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways),
		cmocka_unit_test(what_fits_is_whole),
		cmocka_unit_test(to_the_byte),
		cmocka_unit_test(one_of_them_off),
		cmocka_unit_test(behind_a_nat),
		cmocka_unit_test(over_ipv6),
		cmocka_unit_test(quick_mode),
		cmocka_unit_test(aggressive_mode),
		cmocka_unit_test(aggressive_mode_is_off_by_now),
		cmocka_unit_test(each_lost_once),
		cmocka_unit_test(gaps_are_filled),
		cmocka_unit_test(doubled),
		cmocka_unit_test(turned_round),
		cmocka_unit_test(cut_short),
		cmocka_unit_test(repeated),
		cmocka_unit_test(late_ones),
		cmocka_unit_test(interleaved),
		cmocka_unit_test(says_what_is_missing),
		cmocka_unit_test(says_what_may_be_missing),
	};

	return cmocka_run_group_tests(tests, pki_setup, pki_teardown);
}
