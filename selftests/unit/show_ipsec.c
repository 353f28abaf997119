// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What `show crypto ipsec sa` says beyond the sample of S-06: IPv6, ports,
 * transport mode, UDP, extended sequence numbers, the replay window (S-08), and
 * with `detail` how far behind late packets were (E-053, E-054).
 */
#include "selftests/unit/show_world.h"

static struct addr six(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(&a, text), 0);
	return a;
}

/*
 * One flow with all that S-06 can say of an SA: IPv6, ports, transport mode in
 * UDP, extended sequence numbers, a wide window and what came too late (E-054).
 */
static void build_wide_flow(void)
{
	static uint32_t bitmap[8] = { 0xfffffff7, 0xffffffff, 0x00000003 };
	static const uint16_t ports[] = {
		IPPROTO_UDP, 1701, 20010, IPPROTO_ICMPV6, 77, 5000,
	};
	static uint64_t behind[CRYPTOMAP_BEHIND_MAX] = {
		[0] = 1, [8] = 40, [9] = 2, [CRYPTOMAP_BEHIND_MAX - 1] = 3,
	};
	struct kmod_flow *f;
	struct kmod_sa *sa;

	n_flows = n_sas = 0;
	f = add_flow(11, "eth1", 30, 20);
	KMOD_SET(f, flow, state, CRYPTOMAP_FLOW_UP);
	KMOD_SET(f, flow, sa_out, 13);
	memset(&f->sel, 0, sizeof(f->sel));
	KMOD_SET(&f->sel, sel, src, six("2001:db8:1::"));
	addr_mask_from_len(&f->sel.src_mask, AF_INET6, 48);
	f->sel.has |= KMOD_BIT(sel, src_mask);
	KMOD_SET(&f->sel, sel, proto, IPPROTO_UDP);
	KMOD_SET(&f->sel, sel, sport_lo, 1701);
	f->peers.v[0] = six("2001:db8::2");
	f->recv_errors = 46;
	f->counters.n = 1;
	KMOD_SET(&f->counters.v[0], counter, name, "replay_window");
	KMOD_SET(&f->counters.v[0], counter, packets, 46);
	sa = add_sa(12, 11, CRYPTOMAP_DIR_IN, 4097);
	KMOD_SET(sa, sa, src, six("2001:db8::2"));
	KMOD_SET(sa, sa, dst, six("2001:db8::1"));
	KMOD_SET(sa, sa, mode, CRYPTOMAP_MODE_TRANSPORT);
	KMOD_SET(sa, sa, flags, CRYPTOMAP_SA_F_ESN | CRYPTOMAP_SA_F_NAT_DEMUX);
	KMOD_SET(sa, sa, oa_src, six("fd00::2"));
	KMOD_SET(sa, sa, oa_dst, six("2001:db8::1"));
	KMOD_SET(sa, sa, ports, 2);
	KMOD_SET(sa, sa, port_map, ((struct kmod_bytes){ ports, sizeof(ports) }));
	KMOD_SET(sa, sa, encap_sport, 62000);
	KMOD_SET(sa, sa, encap_dport, 4500);
	KMOD_SET(sa, sa, window, 256);
	KMOD_SET(sa, sa, seq, 0x100000042);
	KMOD_SET(sa, sa, bitmap, ((struct kmod_bytes){ bitmap, 32 }));
	KMOD_SET(sa, sa, behind,
		 ((struct kmod_bytes){ behind, sizeof(behind) }));
	sa->counters = f->counters;
	sa = add_sa(13, 11, CRYPTOMAP_DIR_OUT, 4098);
	KMOD_SET(sa, sa, src, six("2001:db8::1"));
	KMOD_SET(sa, sa, dst, six("2001:db8::2"));
	sa->has &= ~KMOD_BIT(sa, window);
}

static void ipsec_sa_detail(void **state)
{
	struct cli_args detail = keyword("detail");
	struct cli_args peer = named("peer", "", 0, "2001:db8::2");
	struct cli_args other = named("peer", "", 0, "2001:db8::3");
	char *text;

	(void)state;
	build_wide_flow();
	check(show_crypto_ipsec_sa, &peer, false, "show_ipsec_sa_wide.txt");
	check(show_crypto_ipsec_sa, &detail, false,
	      "show_ipsec_sa_detail.txt");
	check(show_crypto_ipsec_sa, NULL, true, "show_ipsec_sa_wide.json");
	text = run(show_crypto_ipsec_sa, &other, false, 0);
	assert_string_equal(text, "No flow matches\n");
	free(text);
}

/* C-009: the interfaces that use the flow, too, in text and JSON. */
static void ipsec_sa_shared(void **state)
{
	char *text;

	(void)state;
	build_wide_flow();
	wan0_shares = true;
	text = run(show_crypto_ipsec_sa, &(struct cli_args){ 0 }, false, 0);
	assert_non_null(strstr(text, "also of interface: wan0"));
	free(text);
	text = run(show_crypto_ipsec_sa, &(struct cli_args){ 0 }, true, 0);
	assert_non_null(strstr(text, "\"shared_by\": [ \"wan0\" ]"));
	free(text);
	wan0_shares = false;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(ipsec_sa_detail, build_world),
		cmocka_unit_test_setup(ipsec_sa_shared, build_world),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
