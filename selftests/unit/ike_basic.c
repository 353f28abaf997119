// SPDX-License-Identifier: GPL-2.0-or-later
/* Main mode and quick mode between two engines (F-001, F-010, F-016). */
#include <errno.h>

#include "selftests/unit/ike_pair.h"
#include "tools/cli/running.h"

static void left_initiates(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);

	(void)state;
	pair_up(p, LEFT);
	assert_true(pair_ike(p, LEFT)->initiator);
	assert_int_equal(pair_ike(p, LEFT)->state, IKE_ESTABLISHED);
	assert_int_equal(pair_ike(p, RIGHT)->state, IKE_ESTABLISHED);
	assert_int_equal(pair_children(p, LEFT), 1);
	assert_int_equal(pair_children(p, RIGHT), 1);
	assert_int_equal(sim_sa_count(p->host[LEFT].sim), 2);
	assert_int_equal(sim_sa_count(p->host[RIGHT].sim), 2);
	/* three messages each in main mode, two and one in quick mode */
	assert_int_equal(p->host[LEFT].sent, 5);
	assert_int_equal(p->host[RIGHT].sent, 4);
	pair_free(p);
}

static void right_initiates(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);

	(void)state;
	pair_up(p, RIGHT);
	assert_false(pair_ike(p, LEFT)->initiator);
	pair_free(p);
}

/* What one end does against traffic analysis is none of the other's business. */
static void padding_is_of_our_direction(void **state)
{
	struct pair *p = pair_new("crypto ipsec security-association dummy pps 10\n"
				  "crypto ipsec security-association tfc-padding mtu\n"
				  LEFT_DEFAULT, RIGHT_DEFAULT);
	const struct kernel_sa *ours, *theirs;

	(void)state;
	pair_up(p, LEFT);
	ours = sim_current(p->host[LEFT].sim, pair_flow(p, LEFT),
			   CRYPTOMAP_DIR_OUT);
	theirs = sim_current(p->host[RIGHT].sim, pair_flow(p, RIGHT),
			     CRYPTOMAP_DIR_OUT);
	assert_int_equal(ours->tfc.pad, CRYPTOMAP_TFC_MTU);
	assert_int_equal(ours->tfc.dummy_ms, 100);
	assert_int_equal(theirs->tfc.pad, 0);
	assert_int_equal(theirs->tfc.dummy_ms, 0);
	pair_free(p);
}

#define CFG_TUNNEL_FROM(source, peer)						\
	CFG_PHASE1(POLICY_DEFAULT, "Secret", peer)			\
	"crypto ipsec transform-set TS " TS_DEFAULT "\n"		\
	"crypto ipsec profile P\n set transform-set TS\n set pfs group19\n" \
	" set security-association dummy pps 20\n"			\
	" set security-association tfc-padding 600\n"			\
	"interface Tunnel0\n tunnel mode ipsec ipv4\n"			\
	" tunnel source " source "\n tunnel destination " peer "\n"	\
	" tunnel protection ipsec profile P\n"
#define CFG_TUNNEL(peer)	CFG_TUNNEL_FROM("wan0", peer)

/* F-047: everything, both ways, in one pair; what is shown is what was written. */
static void tunnel_protection(void **state)
{
	struct pair *p = pair_new(CFG_TUNNEL(CFG_ADDR_RIGHT),
				  CFG_TUNNEL(CFG_ADDR_LEFT));
	const struct kernel_sa *ours;
	char *text;

	(void)state;
	pair_up(p, LEFT);
	ours = sim_current(p->host[LEFT].sim, pair_flow(p, LEFT),
			   CRYPTOMAP_DIR_OUT);
	assert_int_equal(ours->tfc.pad, 600);
	assert_int_equal(ours->tfc.dummy_ms, 50);
	assert_int_equal(pair_children(p, RIGHT), 1);
	text = running_text(engine_config(p->host[LEFT].engine), false);
	assert_non_null(strstr(text, " tunnel protection ipsec profile P\n"));
	assert_null(strstr(text, "Tunnel0-head-0"));
	running_free(text);
	pair_free(p);
}

/* The source can be an address that is not the first of its interface. */
static void tunnel_from_an_address(void **state)
{
	struct pair *p = pair_new(CFG_TUNNEL_FROM("192.0.2.77", CFG_ADDR_RIGHT),
				  CFG_TUNNEL_FROM(CFG_ADDR_RIGHT, "192.0.2.77"));
	const struct addr source = addr_v4(0xc000024d, 0);
	const struct cfg_interface *ifc;
	const struct kernel_sa *sa;

	(void)state;
	p->host[LEFT].second = source;
	p->host[LEFT].second.port = IKE_PORT;
	pair_up(p, LEFT);
	assert_int_equal(pair_ike(p, LEFT)->state, IKE_ESTABLISHED);
	assert_true(addr_equal(&pair_ike(p, LEFT)->local, &source));
	assert_int_equal(pair_children(p, LEFT), 1);
	assert_int_equal(pair_children(p, RIGHT), 1);
	sa = sim_current(p->host[LEFT].sim, pair_flow(p, LEFT),
			 CRYPTOMAP_DIR_OUT);
	assert_true(addr_equal(&sa->src, &source));
	sa = sim_current(p->host[RIGHT].sim, pair_flow(p, RIGHT),
			 CRYPTOMAP_DIR_OUT);
	assert_true(addr_equal(&sa->dst, &source));
	ifc = cfg_interface_find(engine_config(p->host[LEFT].engine), "Tunnel0");
	assert_true(addr_equal(&ifc->source_address, &source));
	pair_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(left_initiates),
		cmocka_unit_test(right_initiates),
		cmocka_unit_test(padding_is_of_our_direction),
		cmocka_unit_test(tunnel_protection),
		cmocka_unit_test(tunnel_from_an_address),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}
