// SPDX-License-Identifier: GPL-2.0-or-later
/* Tunnel interfaces of the configuration, and their addresses (F-047, C-100). */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "selftests/unit/apply_text.h"

#define TUNNEL \
	"crypto ipsec transform-set TS esp-aes 256 esp-sha-hmac\n" \
	"crypto ipsec profile P\n set transform-set TS\n" \
	"interface Tunnel0\n tunnel mode ipsec ipv4\n tunnel source eth0\n" \
	" tunnel destination 192.0.2.2\n"

/* F-047: the interface, its list and map are made, and go again. */
static void tunnels(void **state)
{
	struct fake_kernel k = { 0 };
	const struct kmod_entry *e;

	(void)state;
	assert_int_equal(apply_text(&k, NULL, TUNNEL), 0);
	assert_string_equal(k.log, "link_add Tunnel0\n");
	assert_int_equal(apply_text(&k, TUNNEL, TUNNEL
				    " tunnel protection ipsec profile P\n"), 0);
	assert_string_equal(k.log, "acl_set ~Tunnel0-any 1\n"
			    "map_set Tunnel0-head-0 1\n"
			    "bind Tunnel0 Tunnel0-head-0\n");
	assert_string_equal(k.s.maps[0].local_if, "eth0");
	e = &k.s.maps[0].entries[0];
	assert_int_equal(e->type, CRYPTOMAP_ENTRY_T_ISAKMP);
	assert_int_equal(addr_to_v4(&e->peers.v[0]), 0xc0000202);
	assert_false(k.s.acls[0].lines[0].sel.has);
	assert_int_equal(apply_text(&k, NULL, TUNNEL
				    " tunnel protection ipsec profile P\n"), 0);
	assert_string_equal(k.log, "");
	assert_int_equal(apply_text(&k, NULL, ""), 0);
	assert_string_equal(k.log, "unbind Tunnel0\nlink_del Tunnel0\n"
			    "map_del Tunnel0-head-0\nacl_del ~Tunnel0-any\n");
	fake_free(&k);
}

/* C-100: the address comes, changes with that of its owner, and goes. */
static void tunnel_without_a_number(void **state)
{
	static const char text[] = TUNNEL " ip unnumbered eth1\n";
	struct fake_kernel k = { 0 };

	(void)state;
	assert_int_equal(apply_text(&k, NULL, text), 0);
	assert_string_equal(k.log, "link_add Tunnel0\n");
	k.address = addr_v4(0x0a010001, 0);
	assert_int_equal(apply_text(&k, NULL, text), 0);
	assert_string_equal(k.log, "lent_add Tunnel0 10.1.0.1\n");
	assert_int_equal(apply_text(&k, NULL, text), 0);
	assert_string_equal(k.log, "");
	k.address = addr_v4(0x0a010002, 0);
	assert_int_equal(apply_text(&k, NULL, text), 0);
	assert_string_equal(k.log, "lent_add Tunnel0 10.1.0.2\n"
				   "lent_del Tunnel0 10.1.0.1\n");
	assert_int_equal(apply_text(&k, NULL, TUNNEL), 0);
	assert_string_equal(k.log, "lent_del Tunnel0 10.1.0.2\n");
	fake_free(&k);
}

/* What somebody has given by hand is enough, and nobody takes it away. */
static void number_by_hand(void **state)
{
	static const char text[] = TUNNEL " ip unnumbered eth1\n";
	struct fake_kernel k = { .address = addr_v4(0x0a010001, 0) };

	(void)state;
	k.by_hand = (struct lent){ "Tunnel0", k.address };
	assert_int_equal(apply_text(&k, NULL, text), 0);
	assert_string_equal(k.log, "link_add Tunnel0\n");
	assert_null(strstr(report, "has the address"));
	assert_int_equal(k.s.n_lent, 0);
	/* the lender has another */
	k.address = addr_v4(0x0a010002, 0);
	assert_int_equal(apply_text(&k, NULL, text), 0);
	assert_string_equal(k.log, "lent_add Tunnel0 10.1.0.2\n");
	assert_non_null(strstr(report, "Tunnel0: has the address 10.1.0.2"));
	assert_int_equal(apply_text(&k, NULL, TUNNEL), 0);
	assert_string_equal(k.log, "lent_del Tunnel0 10.1.0.2\n");
	fake_free(&k);
}

#define PROTECTED	TUNNEL " tunnel protection ipsec profile P\n"
#define FROM_ADDRESS	PROTECTED " tunnel source 192.0.2.9\n"

/* With the source as an address no interface is asked for one. */
static void tunnel_from_an_address(void **state)
{
	const struct addr source = addr_v4(0xc0000209, 0);
	struct cm_config *cfg = config(FROM_ADDRESS);
	const struct cfg_interface *ifc = cfg_interface_find(cfg, "Tunnel0");
	struct fake_kernel k = { 0 };

	(void)state;
	assert_int_equal(apply_text(&k, NULL, FROM_ADDRESS), 0);
	assert_int_equal(k.s.n_bindings, 1);
	assert_string_equal(k.s.maps[0].local_if, "");
	/* which the kernel is not told, but ike-daemon reads */
	assert_true(addr_equal(&ifc->source_address, &source));
	assert_string_equal(ifc->source, "");
	assert_int_equal(cm_config_expand(cfg), 0);
	assert_true(addr_equal(&cfg_map_find(cfg, ifc->map)->local_address,
			       &source));
	cm_config_free(cfg);
	/* from the interface again */
	assert_int_equal(apply_text(&k, FROM_ADDRESS, PROTECTED), 0);
	assert_string_equal(k.s.maps[0].local_if, "eth0");
	fake_free(&k);
}

#define TWIN(source, destination)					\
	PROTECTED "interface Tunnel1\n tunnel mode ipsec ipv4\n"	\
	" tunnel source " source "\n tunnel destination " destination "\n" \
	" tunnel protection ipsec profile P\n"

/* Whose addresses show only now: one by interface, one by that one's address. */
static void twins_in_other_words(void **state)
{
	static const struct { const char *text; bool twins; } cases[] = {
		{ TWIN("192.0.2.9", "192.0.2.2"), true },
		{ TWIN("192.0.2.8", "192.0.2.2"), false },
		{ TWIN("192.0.2.9", "192.0.2.3"), false },
		{ TWIN("eth1", "192.0.2.2"), true },
		/* the check has seen them */
		{ TWIN("eth0", "192.0.2.2"), false },
		{ PROTECTED, false },
	};
	static const char said[] =
		"interface Tunnel1 has the source 192.0.2.9 and the destination of interface Tunnel0: what the peer sends comes out of one of them only\n";
	struct fake_kernel k = { .address = addr_v4(0xc0000209, 0) };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(apply_text(&k, NULL, cases[i].text), 0);
		assert_int_equal(!!strstr(report, said), cases[i].twins);
	}
	k.address = (struct addr){ 0 };
	assert_int_equal(apply_text(&k, NULL, cases[0].text), 0);
	assert_null(strstr(report, said));
	fake_free(&k);
}

/* What is there already, and no tunnel, is refused before anything is bound. */
static void tunnel_of_another_kind(void **state)
{
	struct fake_kernel k = { 0 };

	(void)state;
	assert_int_equal(apply_text(&k, NULL, "crypto map M 10 ipsec-isakmp\n"
				    "interface eth9\n tunnel mode ipsec\n"
				    " crypto map M\n"), -EEXIST);
	assert_int_equal(k.s.n_bindings, 0);
	fake_free(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tunnels),
		cmocka_unit_test(tunnel_without_a_number),
		cmocka_unit_test(number_by_hand),
		cmocka_unit_test(tunnel_from_an_address),
		cmocka_unit_test(twins_in_other_words),
		cmocka_unit_test(tunnel_of_another_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
