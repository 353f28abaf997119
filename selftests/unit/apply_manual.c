// SPDX-License-Identifier: GPL-2.0-or-later
/* Manual keys (C-035, RFC 4303): installed, kept, exchanged, removed. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "selftests/unit/fake_kernel.h"
#include "tools/cli/config.h"
#include "tools/cli/model.h"

#define KEY_A	"000102030405060708090a0b0c0d0e0f"
#define KEY_B	"f00102030405060708090a0b0c0d0e0f"
#define HMAC	"000102030405060708090a0b0c0d0e0f10111213"
#define MANUAL(key) \
	"crypto ipsec transform-set TS esp-aes esp-sha-hmac\n" \
	"access-list 101 permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255\n" \
	"access-list 101 permit ip 10.3.0.0 0.0.255.255 10.2.0.0 0.0.255.255\n" \
	"crypto map M 10 ipsec-manual\n" \
	" set peer 192.0.2.2\n" \
	" set session-key inbound esp 1000 cipher " key " authenticator " HMAC "\n" \
	" set session-key outbound esp 1001 cipher " key " authenticator " HMAC "\n" \
	" set transform-set TS\n" \
	" match address 101\n" \
	"interface eth0\n crypto map M\n"

static char report[4096];

static void take_report(void *arg, const char *sentence)
{
	(void)arg;
	snprintf(report + strlen(report), sizeof(report) - strlen(report),
		 "%s\n", sentence);
}

static void apply_text(struct fake_kernel *k, const char *old, const char *new)
{
	struct apply a = { .ops = &fake_ops, .ctx = k, .report = take_report };
	struct cm_config *from = NULL, *to = NULL;
	struct err err = { "" };

	if (old)
		assert_int_equal(config_parse("old", old, strlen(old), stderr,
					      &from), 0);
	assert_int_equal(config_parse("new", new, strlen(new), stderr, &to), 0);
	k->log[0] = '\0';
	report[0] = '\0';
	if (apply_config(&a, from, to, &err))
		fail_msg("%s", err.text);
	cm_config_free(from);
	cm_config_free(to);
}

static struct fake_kernel kernel(void)
{
	struct fake_kernel k = { .address = addr_v4(0xc0000201, 0) };

	assert_int_equal(addr_parse(&k.address6, "2001:db8::1"), 0);
	return k;
}

static const struct fake_sa *sa_of(const struct fake_kernel *k, uint32_t spi)
{
	for (unsigned int i = 0; i < k->n_sas; i++)
		if (k->sas[i].sa.spi == spi)
			return &k->sas[i];
	return NULL;
}

static void pair_is_installed(void **state)
{
	struct fake_kernel k = kernel();
	const struct kmod_sa *in, *out;

	(void)state;
	apply_text(&k, NULL, MANUAL(KEY_A));
	assert_int_equal(k.n_sas, 2);
	in = &sa_of(&k, 1000)->sa;
	out = &sa_of(&k, 1001)->sa;
	assert_int_equal(in->dir, CRYPTOMAP_DIR_IN);
	assert_int_equal(addr_to_v4(&in->src), 0xc0000202);
	assert_int_equal(addr_to_v4(&in->dst), 0xc0000201);
	assert_true(in->flags & CRYPTOMAP_SA_F_NO_REPLAY);
	assert_int_equal(out->dir, CRYPTOMAP_DIR_OUT);
	assert_int_equal(addr_to_v4(&out->dst), 0xc0000202);
	assert_true(out->flags & CRYPTOMAP_SA_F_ACTIVATE);
	assert_int_equal(out->owner, 0);
	assert_int_equal(out->encr, CRYPTOMAP_ENCR_AES_CBC);
	assert_int_equal(out->auth, CRYPTOMAP_AUTH_HMAC_SHA1_96);
	assert_int_equal(out->encr_key.len, 16);
	/* the first permit line's flow, as in IOS */
	assert_int_equal(out->flow % 100, 10);
	assert_int_equal(out->flow, in->flow);
	fake_free(&k);
}

static void same_keys_are_kept(void **state)
{
	struct fake_kernel k = kernel();

	(void)state;
	apply_text(&k, NULL, MANUAL(KEY_A));
	apply_text(&k, MANUAL(KEY_A), MANUAL(KEY_A));
	assert_string_equal(k.log, "");
	fake_free(&k);
}

static void other_keys_replace(void **state)
{
	struct fake_kernel k = kernel();

	(void)state;
	apply_text(&k, NULL, MANUAL(KEY_A));
	apply_text(&k, MANUAL(KEY_A), MANUAL(KEY_B));
	assert_string_equal(k.log, "sa_del 1000\nsa_del 1001\n"
				   "sa_set in 1000\nsa_set out 1001\n");
	assert_int_equal(sa_of(&k, 1001)->key[0], 0xf0);
	fake_free(&k);
}

/* RFC 4303 2.6, 2.7: outbound only, and where packets tell their length. */
static void traffic_is_hidden(void **state)
{
	static const char hide[] =
		"crypto ipsec security-association tfc-padding mtu\n"
		"crypto map M 10\n set security-association dummy pps 10\n";
	struct fake_kernel k = kernel();
	char text[2048];

	(void)state;
	snprintf(text, sizeof(text), "%s%s", MANUAL(KEY_A), hide);
	apply_text(&k, NULL, text);
	assert_int_equal(sa_of(&k, 1001)->sa.dummy_ms, 100);
	assert_int_equal(sa_of(&k, 1001)->sa.tfc_pad, CRYPTOMAP_TFC_MTU);
	assert_false(KMOD_HAS(&sa_of(&k, 1000)->sa, sa, dummy_ms));
	assert_false(KMOD_HAS(&sa_of(&k, 1000)->sa, sa, tfc_pad));
	apply_text(&k, text, text);
	assert_string_equal(k.log, "");
	apply_text(&k, text, MANUAL(KEY_A));
	assert_string_equal(k.log, "sa_del 1001\nsa_set out 1001\n");
	assert_int_equal(sa_of(&k, 1001)->sa.dummy_ms, 0);
	fake_free(&k);
}

/* Keys not known to be the same: afresh, but the peer's window stays content. */
static void unknown_keys_go_on_counting(void **state)
{
	struct fake_kernel k = kernel();

	(void)state;
	apply_text(&k, NULL, MANUAL(KEY_A));
	k.sas[0].sa.seq = 55;
	k.sas[1].sa.seq = 77;
	apply_text(&k, NULL, MANUAL(KEY_A));
	assert_int_equal(sa_of(&k, 1001)->sa.seq, 77);
	assert_int_equal(sa_of(&k, 1000)->sa.seq, 0);
	fake_free(&k);
}

static void others_are_not_touched(void **state)
{
	struct fake_kernel k = kernel();
	struct kmod_sa sa = { 0 };

	(void)state;
	KMOD_SET(&sa, sa, spi, 5000);
	KMOD_SET(&sa, sa, owner, 1);
	fake_sa_set(&k, &sa);
	apply_text(&k, NULL, MANUAL(KEY_A));
	apply_text(&k, NULL, "");
	assert_int_equal(k.n_sas, 1);
	assert_int_equal(k.sas[0].sa.spi, 5000);
	fake_free(&k);
}

static void waits_for_an_address(void **state)
{
	struct fake_kernel k = { 0 };

	(void)state;
	apply_text(&k, NULL, MANUAL(KEY_A));
	assert_int_equal(k.n_sas, 0);
	assert_non_null(strstr(report, "wait for an IPv4 address of interface eth0"));
	k.address = addr_v4(0xc0000201, 0);
	apply_text(&k, MANUAL(KEY_A), MANUAL(KEY_A));
	assert_string_equal(k.log, "sa_set in 1000\nsa_set out 1001\n");
	/* a new address: the outbound SA's source, the inbound one's key */
	k.address = addr_v4(0xc0000205, 0);
	apply_text(&k, MANUAL(KEY_A), MANUAL(KEY_A));
	assert_int_equal(k.n_sas, 2);
	assert_int_equal(addr_to_v4(&sa_of(&k, 1000)->sa.dst), 0xc0000205);
	assert_int_equal(addr_to_v4(&sa_of(&k, 1001)->sa.src), 0xc0000205);
	fake_free(&k);
}

static void two_interfaces_do_not_share_an_spi(void **state)
{
	struct fake_kernel k = kernel();

	(void)state;
	apply_text(&k, NULL, MANUAL(KEY_A) "interface eth1\n crypto map M\n");
	assert_int_equal(k.n_sas, 2);
	assert_non_null(strstr(report, "SPI 1000 is already used"));
	fake_free(&k);
}

/* --- families and modes --- */

#define PEER6	"2001:db8::2"
/* One permit line, one peer, and the mode of the transform set. */
#define ONE(list, peer, mode) \
	"crypto ipsec transform-set TS esp-aes esp-sha-hmac\n mode " mode "\n" \
	list "crypto map M 10 ipsec-manual\n" \
	" set peer " peer "\n" \
	" set session-key inbound esp 1000 cipher " KEY_A " authenticator " HMAC "\n" \
	" set session-key outbound esp 1001 cipher " KEY_A " authenticator " HMAC "\n" \
	" set transform-set TS\n match address L\n" \
	"interface eth0\n crypto map M\n"
#define L4(line)	"ip access-list extended L\n " line "\n"
#define L6(line)	"ipv6 access-list L\n " line "\n"
#define NETS4		L4("permit ip 10.1.0.0 0.0.255.255 any")
#define NETS6		L6("permit ipv6 2001:db8:1::/48 any")

static void check_pair(struct fake_kernel *k, const char *text,
		       const char *local, const char *peer, uint8_t mode)
{
	const struct kmod_sa *in, *out;
	struct addr ours, theirs;

	addr_parse(&ours, local);
	addr_parse(&theirs, peer);
	apply_text(k, NULL, text);
	assert_int_equal(k->n_sas, 2);
	in = &sa_of(k, 1000)->sa;
	out = &sa_of(k, 1001)->sa;
	assert_true(addr_equal(&in->src, &theirs));
	assert_true(addr_equal(&in->dst, &ours));
	assert_true(addr_equal(&out->src, &ours));
	assert_true(addr_equal(&out->dst, &theirs));
	assert_int_equal(in->mode, mode);
	assert_int_equal(out->mode, mode);
}

/* The outer addresses are of the peer's family, whatever is inside. */
static void both_families_in_both(void **state)
{
	struct fake_kernel k = kernel();

	(void)state;
	check_pair(&k, ONE(NETS6, PEER6, "tunnel"), "2001:db8::1", PEER6,
		   CRYPTOMAP_MODE_TUNNEL);
	assert_int_equal(k.s.acls[0].family, AF_INET6);
	check_pair(&k, ONE(NETS4, PEER6, "tunnel"), "2001:db8::1", PEER6,
		   CRYPTOMAP_MODE_TUNNEL);
	assert_int_equal(k.s.acls[0].family, AF_INET);
	check_pair(&k, ONE(NETS6, "192.0.2.2", "tunnel"), "192.0.2.1",
		   "192.0.2.2", CRYPTOMAP_MODE_TUNNEL);
	k.address6 = (struct addr){ 0 };
	apply_text(&k, NULL, ONE(NETS4, PEER6, "tunnel"));
	assert_int_equal(k.n_sas, 0);
	assert_non_null(strstr(report, "wait for an IPv6 address of interface eth0"));
	fake_free(&k);
}

/* As on IOS, transport mode is for the traffic of the peers themselves. */
static void transport_between_the_peers(void **state)
{
	static const struct { const char *text; uint8_t mode; } cases[] = {
		{ ONE(L4("permit ip host 192.0.2.1 host 192.0.2.2"),
		      "192.0.2.2", "transport"), CRYPTOMAP_MODE_TRANSPORT },
		{ ONE(L4("permit udp host 192.0.2.1 eq 1701 host 192.0.2.2"),
		      "192.0.2.2", "transport"), CRYPTOMAP_MODE_TRANSPORT },
		{ ONE(L4("permit ip host 192.0.2.1 host 192.0.2.2"),
		      "192.0.2.2", "tunnel"), CRYPTOMAP_MODE_TUNNEL },
		{ ONE(L4("permit ip host 192.0.2.9 host 192.0.2.2"),
		      "192.0.2.2", "transport"), CRYPTOMAP_MODE_TUNNEL },
		{ ONE(L4("permit ip host 192.0.2.1 host 192.0.2.3"),
		      "192.0.2.2", "transport"), CRYPTOMAP_MODE_TUNNEL },
		{ ONE(L4("permit ip host 192.0.2.1 any"),
		      "192.0.2.2", "transport"), CRYPTOMAP_MODE_TUNNEL },
		{ ONE(NETS6, "192.0.2.2", "transport"), CRYPTOMAP_MODE_TUNNEL },
	};
	struct fake_kernel k = kernel();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		check_pair(&k, cases[i].text, "192.0.2.1", "192.0.2.2",
			   cases[i].mode);
		assert_int_equal(!!strstr(report, "10: tunnel mode, since line 10"),
				 cases[i].mode == CRYPTOMAP_MODE_TUNNEL &&
				 strstr(cases[i].text, "mode transport"));
	}
	check_pair(&k, ONE(L6("permit ipv6 host 2001:db8::1 host " PEER6),
			   PEER6, "transport"), "2001:db8::1", PEER6,
		   CRYPTOMAP_MODE_TRANSPORT);
	fake_free(&k);
}

#define HOSTS(proto)	L4("permit " proto " host 192.0.2.1 host 192.0.2.2")
#define HIDE \
	"crypto ipsec security-association tfc-padding mtu\n" \
	"crypto ipsec security-association dummy seconds 1\n"

/*
 * RFC 4303 2.7: what tells its length is padded, in transport mode too; of what
 * does not it is said.
 */
static void what_tells_its_length_is_padded(void **state)
{
	static const struct { const char *text; bool padded; } cases[] = {
		{ ONE(HOSTS("ip"), "192.0.2.2", "transport") HIDE, false },
		{ ONE(HOSTS("tcp"), "192.0.2.2", "transport") HIDE, false },
		{ ONE(HOSTS("udp"), "192.0.2.2", "transport") HIDE, true },
		{ ONE(HOSTS("4"), "192.0.2.2", "transport") HIDE, true },
		{ ONE(HOSTS("41"), "192.0.2.2", "transport") HIDE, true },
		{ ONE(HOSTS("tcp"), "192.0.2.2", "tunnel") HIDE, true },
		/* tunnel mode, as one end is not ours */
		{ ONE(L4("permit tcp host 192.0.2.9 host 192.0.2.2"),
		      "192.0.2.2", "transport") HIDE, true },
		{ ONE(HOSTS("udp"), "192.0.2.2", "transport") HIDE
		  "crypto ipsec transform-set TS esp-aes esp-sha-hmac comp-deflate\n",
		  false },
	};
	struct fake_kernel k;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		k = kernel();
		apply_text(&k, NULL, cases[i].text);
		assert_int_equal(sa_of(&k, 1001)->sa.dummy_ms, 1000);
		assert_int_equal(sa_of(&k, 1001)->sa.tfc_pad,
				 cases[i].padded ? CRYPTOMAP_TFC_MTU : 0);
		assert_int_equal(!strstr(report, "M 10: packets are not padded: "),
				 cases[i].padded);
		apply_text(&k, cases[i].text, cases[i].text);
		assert_string_equal(k.log, "");
		fake_free(&k);
	}
	k = kernel();
	apply_text(&k, NULL, ONE(HOSTS("ip"), "192.0.2.2", "transport"));
	assert_null(strstr(report, "padded"));
	fake_free(&k);
}

/* RFC 3173: both directions, and lengths do not show what they are anyway. */
static void compression_replaces(void **state)
{
	static const char comp[] =
		"crypto ipsec security-association tfc-padding 512\n"
		"crypto ipsec transform-set TS esp-aes esp-sha-hmac comp-deflate\n";
	struct fake_kernel k = kernel();
	char text[2048];

	(void)state;
	snprintf(text, sizeof(text), "%s%s", MANUAL(KEY_A), comp);
	apply_text(&k, NULL, MANUAL(KEY_A));
	assert_false(KMOD_HAS(&sa_of(&k, 1000)->sa, sa, ipcomp));
	apply_text(&k, MANUAL(KEY_A), text);
	assert_string_equal(k.log, "sa_del 1000\nsa_del 1001\n"
				   "sa_set in 1000\nsa_set out 1001\n");
	assert_int_equal(sa_of(&k, 1000)->sa.ipcomp, CRYPTOMAP_IPCOMP_DEFLATE);
	assert_int_equal(sa_of(&k, 1001)->sa.ipcomp, CRYPTOMAP_IPCOMP_DEFLATE);
	assert_false(KMOD_HAS(&sa_of(&k, 1001)->sa, sa, tfc_pad));
	apply_text(&k, text, text);
	assert_string_equal(k.log, "");
	fake_free(&k);
}

static void another_mode_replaces(void **state)
{
	static const char list[] = L4("permit ip host 192.0.2.1 host 192.0.2.2");
	struct fake_kernel k = kernel();
	char tunnel[1024], transport[1024];

	(void)state;
	snprintf(tunnel, sizeof(tunnel), ONE("%s", "192.0.2.2", "tunnel"), list);
	snprintf(transport, sizeof(transport),
		 ONE("%s", "192.0.2.2", "transport"), list);
	apply_text(&k, NULL, tunnel);
	apply_text(&k, tunnel, transport);
	assert_string_equal(k.log, "sa_del 1000\nsa_del 1001\n"
				   "sa_set in 1000\nsa_set out 1001\n");
	apply_text(&k, transport, transport);
	assert_string_equal(k.log, "");
	fake_free(&k);
}

/* With local-address one pair serves all interfaces of the map. */
static void interfaces_share_a_pair(void **state)
{
	struct fake_kernel k = kernel();

	(void)state;
	apply_text(&k, NULL, MANUAL(KEY_A) "interface eth1\n crypto map M\n"
		   "crypto map M local-address lo\n");
	assert_int_equal(k.n_sas, 2);
	assert_null(strstr(report, "not installed"));
	assert_null(strstr(report, "no permit line"));
	fake_free(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(interfaces_share_a_pair),
		cmocka_unit_test(pair_is_installed),
		cmocka_unit_test(same_keys_are_kept),
		cmocka_unit_test(other_keys_replace),
		cmocka_unit_test(unknown_keys_go_on_counting),
		cmocka_unit_test(traffic_is_hidden),
		cmocka_unit_test(others_are_not_touched),
		cmocka_unit_test(waits_for_an_address),
		cmocka_unit_test(two_interfaces_do_not_share_an_spi),
		cmocka_unit_test(both_families_in_both),
		cmocka_unit_test(transport_between_the_peers),
		cmocka_unit_test(another_mode_replaces),
		cmocka_unit_test(what_tells_its_length_is_padded),
		cmocka_unit_test(compression_replaces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
