// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From configuration to kernel by difference (C-033, C-037, C-043, F-114): what
 * changes, what does not, in which order, and that nothing leaks on the way.
 */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "selftests/unit/apply_text.h"

#define BASE \
	"crypto ipsec transform-set TS esp-aes 256 esp-sha-hmac\n" \
	"access-list 101 permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255\n" \
	"crypto map M 10 ipsec-isakmp\n" \
	" set peer 192.0.2.2\n" \
	" set transform-set TS\n" \
	" match address 101\n"
#define BOUND "interface eth0\n crypto map M\n"

static void creates_in_order(void **state)
{
	struct fake_kernel k = { 0 };

	(void)state;
	assert_int_equal(apply_text(&k, NULL, BASE BOUND), 0);
	assert_string_equal(k.log,
			    "acl_set 101 1\nmap_set M 1\nbind eth0 M\n");
	assert_int_equal(k.s.maps[0].entries[0].peers.n, 1);
	assert_int_equal(addr_to_v4(&k.s.maps[0].entries[0].peers.v[0]),
			 0xc0000202);
	fake_free(&k);
}

static void unchanged_is_untouched(void **state)
{
	struct fake_kernel k = { 0 };

	(void)state;
	assert_int_equal(apply_text(&k, NULL, BASE BOUND), 0);
	assert_int_equal(apply_text(&k, NULL, BASE BOUND), 0);
	assert_string_equal(k.log, "");
	fake_free(&k);
}

static void line_changes_are_increments(void **state)
{
	static const char more[] = BASE
		"access-list 101 permit ip 10.3.0.0 0.0.255.255 any\n" BOUND;
	static const char other[] = BASE
		"access-list 101 permit ip 10.4.0.0 0.0.255.255 any\n" BOUND;
	struct fake_kernel k = { 0 };

	(void)state;
	assert_int_equal(apply_text(&k, NULL, BASE BOUND), 0);
	assert_int_equal(apply_text(&k, NULL, more), 0);
	assert_string_equal(k.log, "line_add 101 1\n");
	assert_int_equal(apply_text(&k, NULL, other), 0);
	assert_string_equal(k.log, "acl_set 101 2\n");
	assert_int_equal(apply_text(&k, NULL, BASE BOUND), 0);
	assert_string_equal(k.log, "line_del 101 1\n");
	fake_free(&k);
}

static void removes_what_is_gone(void **state)
{
	struct fake_kernel k = { 0 };

	(void)state;
	assert_int_equal(apply_text(&k, NULL, BASE BOUND), 0);
	assert_int_equal(apply_text(&k, NULL, ""), 0);
	assert_string_equal(k.log, "unbind eth0\nmap_del M\nacl_del 101\n");
	assert_int_equal(k.s.n_acls + k.s.n_maps + k.s.n_bindings, 0);
	fake_free(&k);
}

static void binding_moves_before_it_goes(void **state)
{
	struct fake_kernel k = { 0 };

	(void)state;
	assert_int_equal(apply_text(&k, NULL, BASE BOUND), 0);
	assert_int_equal(apply_text(&k, NULL, BASE
				    "interface eth1\n crypto map M\n"), 0);
	assert_string_equal(k.log, "bind eth1 M\nunbind eth0\n");
	fake_free(&k);
}

/* C-040: the list is that of the template; an entry without one is none by mistake. */
static void dynamic_entries(void **state)
{
	static const char map[] = BASE
		"access-list 102 permit ip any 10.9.0.0 0.0.255.255\n"
		"crypto map M 60000 ipsec-isakmp dynamic D\n" BOUND;
	static const char open_map[] = BASE
		"access-list 102 permit ip any 10.9.0.0 0.0.255.255\n"
		"crypto dynamic-map D 10 set transform-set TS\n"
		"crypto map M 60000 ipsec-isakmp dynamic D\n" BOUND;
	static const char listed[] = BASE
		"access-list 102 permit ip any 10.9.0.0 0.0.255.255\n"
		"crypto dynamic-map D 10 set transform-set TS\n"
		"crypto dynamic-map D 10 match address 102\n"
		"crypto map M 60000 ipsec-isakmp dynamic D\n" BOUND;
	static const char lost[] = BASE
		"crypto dynamic-map D 10 set transform-set TS\n"
		"crypto dynamic-map D 10 match address 102\n"
		"crypto map M 60000 ipsec-isakmp dynamic D\n" BOUND;
	struct fake_kernel k = { 0 };

	(void)state;
	assert_int_equal(apply_text(&k, NULL, map), 0);
	assert_int_equal(k.s.maps[0].n, 1);
	assert_int_equal(apply_text(&k, NULL, open_map), 0);
	assert_string_equal(k.log, "entry_set M 60000 \n");
	assert_int_equal(k.s.maps[0].entries[1].type, CRYPTOMAP_ENTRY_T_DYNAMIC);
	assert_string_equal(k.s.maps[0].entries[1].acl, "");
	assert_int_equal(apply_text(&k, NULL, listed), 0);
	assert_string_equal(k.log, "entry_set M 60000 102\n");
	assert_string_equal(k.s.maps[0].entries[1].acl, "102");
	assert_int_equal(apply_text(&k, NULL, lost), 0);
	assert_int_equal(k.s.maps[0].n, 1);
	fake_free(&k);
}

#define DYNAMIC_LIST(list) list \
	"crypto dynamic-map D 10 set transform-set TS\n" \
	"crypto dynamic-map D 10 match address X\n" \
	"crypto map M 60000 ipsec-isakmp dynamic D\n" BOUND

static void watch_dynamic(struct fake_kernel *k)
{
	for (size_t i = 0; i < k->s.n_maps; i++)
		for (size_t j = 0; j < k->s.maps[i].n; j++) {
			const struct kmod_entry *e = &k->s.maps[i].entries[j];

			k->leaks += e->type == CRYPTOMAP_ENTRY_T_DYNAMIC &&
				    !e->acl[0];
		}
}

/* A list that becomes one of IPv6 leaves no entry that takes anybody meanwhile. */
static void dynamic_entry_is_never_open(void **state)
{
	static const char four[] = DYNAMIC_LIST(BASE
		"ip access-list extended X\n permit ip any 10.9.0.0 0.0.255.255\n");
	static const char six[] = DYNAMIC_LIST(BASE
		"ipv6 access-list X\n permit ipv6 any 2001:db8::/32\n");
	struct fake_kernel k = { .after = watch_dynamic };

	(void)state;
	assert_int_equal(apply_text(&k, NULL, four), 0);
	assert_int_equal(k.s.maps[0].n, 2);
	assert_int_equal(apply_text(&k, four, six), 0);
	assert_non_null(strstr(k.log, "entry_del M 60000\n"));
	assert_int_equal(k.leaks, 0);
	assert_string_equal(k.s.maps[0].entries[1].acl, "X");
	assert_int_equal(k.s.maps[0].n, 2);
	assert_int_equal(apply_text(&k, six, six), 0);
	assert_string_equal(k.log, "");
	fake_free(&k);
}

static void per_host_entries(void **state)
{
	struct fake_kernel k = { 0 };

	(void)state;
	assert_int_equal(apply_text(&k, NULL, BASE BOUND), 0);
	assert_int_equal(k.s.maps[0].entries[0].level, CRYPTOMAP_LEVEL_LINE);
	assert_int_equal(apply_text(&k, NULL, BASE
				    " set security-association level per-host\n"
				    BOUND), 0);
	assert_string_equal(k.log, "entry_set M 10 101\n");
	assert_int_equal(k.s.maps[0].entries[0].level, CRYPTOMAP_LEVEL_HOST);
	assert_int_equal(apply_text(&k, NULL, BASE BOUND), 0);
	assert_string_equal(k.log, "entry_set M 10 101\n");
	assert_int_equal(k.s.maps[0].entries[0].level, CRYPTOMAP_LEVEL_LINE);
	fake_free(&k);
}

/* C-030 F-054: one interface overrides what stands for all. */
static void cutting_changes_the_binding_alone(void **state)
{
	struct fake_kernel k = { 0 };

	(void)state;
	assert_int_equal(apply_text(&k, NULL, BASE BOUND), 0);
	assert_false(KMOD_HAS(&k.s.bindings[0], binding, df));
	assert_int_equal(k.s.bindings[0].frag, CRYPTOMAP_FRAG_BEFORE);
	assert_int_equal(apply_text(&k, NULL, "crypto ipsec df-bit clear\n"
				    "crypto ipsec fragmentation after-encryption\n"
				    BASE BOUND), 0);
	assert_string_equal(k.log, "bind eth0 M\n");
	assert_true(KMOD_HAS(&k.s.bindings[0], binding, df));
	assert_int_equal(k.s.bindings[0].df, CRYPTOMAP_DF_CLEAR);
	assert_int_equal(k.s.bindings[0].frag, CRYPTOMAP_FRAG_AFTER);
	assert_int_equal(apply_text(&k, NULL, "crypto ipsec df-bit clear\n"
				    "crypto ipsec fragmentation after-encryption\n"
				    BASE BOUND " crypto ipsec df-bit copy\n"
				    " crypto ipsec fragmentation before-encryption\n"), 0);
	assert_string_equal(k.log, "bind eth0 M\n");
	assert_int_equal(k.s.bindings[0].df, CRYPTOMAP_DF_COPY);
	assert_int_equal(k.s.bindings[0].frag, CRYPTOMAP_FRAG_BEFORE);
	assert_int_equal(apply_text(&k, NULL, BASE BOUND), 0);
	assert_string_equal(k.log, "bind eth0 M\n");
	assert_false(KMOD_HAS(&k.s.bindings[0], binding, df));
	fake_free(&k);
}

/* F-057 C-047: for all interfaces; C-058: for those of the entry's map, or one. */
static void flags_change_the_binding_alone(void **state)
{
	static const struct { const char *text; uint32_t flags; } cases[] = {
		{ "", 0 },
		{ "sysopt connection permit-vpn\n",
		  CRYPTOMAP_BIND_F_FILTER_BYPASS },
		{ " qos pre-classify\n", CRYPTOMAP_BIND_F_PRE_CLASSIFY },
		{ "crypto map M 10\n qos pre-classify\n"
		  "sysopt connection permit-ipsec\n",
		  CRYPTOMAP_BIND_F_PRE_CLASSIFY | CRYPTOMAP_BIND_F_FILTER_BYPASS },
	};
	struct fake_kernel k = { 0 };
	char text[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(text, sizeof(text), "%s%s", BASE BOUND, cases[i].text);
		assert_int_equal(apply_text(&k, NULL, text), 0);
		if (i)
			assert_string_equal(k.log, "bind eth0 M\n");
		assert_int_equal(k.s.bindings[0].flags, cases[i].flags);
		assert_int_equal(apply_text(&k, NULL, text), 0);
		assert_string_equal(k.log, "");
	}
	fake_free(&k);
}

/* F-059 C-051: for all interfaces; a name that nobody has is told. */
static void management_changes_the_binding_alone(void **state)
{
	static const char said[] = "management-access: interface eth1 has no address";
	struct fake_kernel k = { 0 };

	(void)state;
	assert_int_equal(apply_text(&k, NULL, BASE BOUND), 0);
	assert_string_equal(k.s.bindings[0].management, "");
	assert_int_equal(apply_text(&k, NULL, "management-access eth1\n"
				    BASE BOUND), 0);
	assert_string_equal(k.log, "bind eth0 M\n");
	assert_string_equal(k.s.bindings[0].management, "eth1");
	assert_non_null(strstr(report, said));
	k.address = addr_v4(0xc0000209, 0);
	assert_int_equal(apply_text(&k, NULL, "management-access eth1\n"
				    BASE BOUND), 0);
	assert_string_equal(k.log, "");
	assert_null(strstr(report, said));
	assert_int_equal(apply_text(&k, NULL, BASE BOUND), 0);
	assert_string_equal(k.log, "bind eth0 M\n");
	assert_string_equal(k.s.bindings[0].management, "");
	fake_free(&k);
}

/* F-055: the SAs stay, as the map does. */
static void mss_changes_the_binding_alone(void **state)
{
	struct fake_kernel k = { 0 };

	(void)state;
	assert_int_equal(apply_text(&k, NULL, BASE BOUND
				    " ip tcp adjust-mss 1300\n"), 0);
	assert_int_equal(k.s.bindings[0].mss, 1300);
	assert_int_equal(apply_text(&k, NULL, BASE BOUND
				    " ip tcp adjust-mss 1300\n"), 0);
	assert_string_equal(k.log, "");
	assert_int_equal(apply_text(&k, NULL, BASE BOUND
				    " ip tcp adjust-mss auto\n"), 0);
	assert_string_equal(k.log, "bind eth0 M\n");
	assert_int_equal(k.s.bindings[0].mss, CFG_MSS_AUTO);
	assert_int_equal(apply_text(&k, NULL, BASE BOUND), 0);
	assert_string_equal(k.log, "bind eth0 M\n");
	assert_int_equal(k.s.bindings[0].mss, 0);
	fake_free(&k);
}

static void local_address_replaces_the_map(void **state)
{
	struct fake_kernel k = { 0 };

	(void)state;
	assert_int_equal(apply_text(&k, NULL, BASE BOUND), 0);
	assert_int_equal(apply_text(&k, NULL, BASE
			"crypto map M local-address lo\n" BOUND), 0);
	assert_string_equal(k.log, "map_set M 1\n");
	assert_string_equal(k.s.maps[0].local_if, "lo");
	fake_free(&k);
}

static void missing_list_matches_nothing(void **state)
{
	struct fake_kernel k = { 0 };

	(void)state;
	assert_int_equal(apply_text(&k, NULL,
		"crypto map M 10 ipsec-isakmp\n match address 102\n"), 0);
	assert_false(KMOD_HAS(&k.s.maps[0].entries[0], entry, acl));
	fake_free(&k);
}

static void ports_become_ranges(void **state)
{
	static const char text[] =
		"ip access-list extended P\n"
		" 10 permit tcp any eq 80 any\n"
		" 20 permit tcp any any range 5 9\n"
		" 30 deny udp any any gt 1023\n"
		" 40 deny udp any lt 7 any\n"
		" 50 permit tcp any any neq 22\n"
		" 60 permit tcp any neq 1 any neq 65535\n";
	static const uint32_t seqs[] = { 10, 20, 30, 40, 50, 51, 60, 61 };
	struct fake_kernel k = { 0 };
	const struct kmod_line *l;

	(void)state;
	assert_int_equal(apply_text(&k, NULL, text), 0);
	assert_int_equal(k.s.acls[0].n, 8);
	l = k.s.acls[0].lines;
	for (size_t i = 0; i < 8; i++)
		assert_int_equal(l[i].seq, seqs[i]);
	assert_int_equal(l[0].sel.sport_lo, 80);
	assert_int_equal(l[0].sel.sport_hi, 80);
	assert_false(KMOD_HAS(&l[0].sel, sel, dport_lo));
	assert_int_equal(l[1].sel.dport_lo, 5);
	assert_int_equal(l[1].sel.dport_hi, 9);
	assert_int_equal(l[2].action, CRYPTOMAP_ACTION_DENY);
	assert_int_equal(l[2].sel.dport_lo, 1024);
	assert_int_equal(l[2].sel.dport_hi, 65535);
	assert_int_equal(l[3].sel.sport_hi, 6);
	assert_int_equal(l[4].sel.dport_hi, 21);
	assert_int_equal(l[5].sel.dport_lo, 23);
	assert_int_equal(l[6].sel.sport_hi, 0);
	assert_int_equal(l[6].sel.dport_hi, 65534);
	assert_int_equal(l[7].sel.sport_lo, 2);
	fake_free(&k);
}

static void neq_without_room_is_refused(void **state)
{
	struct fake_kernel k = { 0 };

	(void)state;
	assert_int_equal(apply_text(&k, NULL,
			"ip access-list extended P\n"
			" 10 permit tcp any any neq 22\n"
			" 11 permit udp any any\n"), -ERANGE);
	assert_string_equal(k.log, "");
	fake_free(&k);
}

/* --- Guards ------------------------------------------------------------------------ */

/* The packet that old and new configuration both protect. */
static void watch(struct fake_kernel *k)
{
	const char *last = k->log + strlen(k->log) - 1;

	if (!fake_is_clear(k, "eth0", 0x0a010101, 0x0a020101))
		return;
	while (last > k->log && last[-1] != '\n')
		last--;
	if (!k->leaks++)
		snprintf(k->leaked_after, sizeof(k->leaked_after), "%s", last);
}

#define TWO_LISTS(a, b) \
	"access-list 101 permit ip " a " any\n" \
	"access-list 102 permit ip " b " any\n" \
	"crypto map M 10 ipsec-isakmp\n match address 101\n" \
	"crypto map M 20 ipsec-isakmp\n match address 102\n" BOUND
#define HERE	"10.1.0.0 0.0.255.255"
#define THERE	"10.9.0.0 0.0.255.255"

static const char *const forms[] = {
	TWO_LISTS(HERE, THERE),
	TWO_LISTS(THERE, HERE),
	BASE BOUND,
	/* the line in a new entry of another list */
	"access-list 101 deny ip " HERE " any\n"
	"access-list 101 permit ip any any\n"
	"access-list 103 permit ip " HERE " any\n"
	"crypto map M 10 ipsec-isakmp\n match address 101\n"
	"crypto map M 30 ipsec-isakmp\n match address 103\n" BOUND,
	/* another map on the interface, lists renamed */
	"access-list 104 permit ip any any\n"
	"crypto map N 10 ipsec-isakmp\n match address 104\n"
	"interface eth0\n crypto map N\n",
	"access-list 101 permit ip any any\n"
	"crypto map N 65535 ipsec-isakmp\n match address 101\n"
	"crypto map M local-address lo\n"
	"interface eth0\n crypto map N\n",
	"access-list 101 permit ip " THERE " any\n"
	"access-list 104 permit ip any any\n"
	"crypto map M 65535 ipsec-isakmp\n match address 104\n"
	"crypto map M 5 ipsec-isakmp\n match address 101\n" BOUND,
	/* a name that is an IPv4 list here and an IPv6 list there */
	"ip access-list extended X\n permit ip " HERE " any\n"
	"crypto map M 10 ipsec-isakmp\n match address X\n" BOUND,
	"access-list 101 permit ip " HERE " any\n"
	"ipv6 access-list X\n permit ipv6 2001:db8::/32 any\n"
	"crypto map M 10 ipsec-isakmp\n match address X\n"
	"crypto map M 20 ipsec-isakmp\n match address 101\n" BOUND,
};

#define N_FORMS (sizeof(forms) / sizeof(forms[0]))

static bool knows_guard(const struct fake_kernel *k)
{
	for (size_t i = 0; i < k->s.n_acls; i++)
		if (strstr(k->s.acls[i].name, "guard"))
			return true;
	return false;
}

static void nothing_leaks_between_any_two_forms(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_FORMS; i++) {
		for (size_t j = 0; j < N_FORMS; j++) {
			struct fake_kernel k = { 0 };

			assert_int_equal(apply_text(&k, NULL, forms[i]), 0);
			k.after = watch;
			assert_int_equal(apply_text(&k, NULL, forms[j]), 0);
			if (k.leaks)
				fail_msg("form %zu to %zu leaks after %s:\n%s",
					 i, j, k.leaked_after, k.log);
			assert_false(knows_guard(&k));
			fake_free(&k);
		}
	}
}

static void one_step_needs_no_guard(void **state)
{
	struct fake_kernel k = { 0 };

	(void)state;
	assert_int_equal(apply_text(&k, NULL, BASE BOUND), 0);
	assert_int_equal(apply_text(&k, NULL, BASE
			"crypto map M 10 ipsec-isakmp\n set peer 192.0.2.3\n"
			BOUND), 0);
	assert_string_equal(k.log, "entry_set M 10 101\n");
	fake_free(&k);
}

/* Only what differs in family is replaced, and nothing of it is left. */
static void lists_have_a_family(void **state)
{
	static const char six[] =
		"ipv6 access-list X\n permit ipv6 any any\n"
		" permit tcp 2001:db8::/32 neq 25 host 2001:db8::1\n";
	struct fake_kernel k = { 0 };
	const struct kmod_sel *sel;

	(void)state;
	assert_int_equal(apply_text(&k, NULL, six), 0);
	assert_string_equal(k.log, "acl_set X 3\n");
	assert_int_equal(k.s.acls[0].family, AF_INET6);
	assert_int_equal(k.s.acls[0].lines[0].sel.has, 0);
	sel = &k.s.acls[0].lines[2].sel;
	assert_int_equal(k.s.acls[0].lines[2].seq, 21);
	assert_int_equal(addr_mask_len(&sel->src_mask), 32);
	assert_int_equal(addr_mask_len(&sel->dst_mask), 128);
	assert_int_equal(sel->sport_lo, 26);
	assert_int_equal(apply_text(&k, NULL, six), 0);
	assert_string_equal(k.log, "");
	assert_int_equal(apply_text(&k, NULL, "ip access-list extended X\n"
				    " permit ip any any\n"), 0);
	assert_int_equal(k.s.acls[0].family, AF_INET);
	assert_int_equal(k.s.acls[0].n, 1);
	fake_free(&k);
}

/* Refuse every single change once: protected throughout, repaired by the next. */
static void failures_and_crashes_do_not_leak(void **state)
{
	(void)state;
	for (unsigned int at = 1; at < 12; at++) {
		struct fake_kernel k = { 0 };
		int ret;

		assert_int_equal(apply_text(&k, NULL, forms[0]), 0);
		k.after = watch;
		k.calls = 0;
		k.fail_at = at;
		ret = apply_text(&k, NULL, forms[3]);
		k.fail_at = 0;
		assert_int_equal(k.leaks, 0);
		assert_int_equal(apply_text(&k, NULL, forms[3]), 0);
		assert_int_equal(k.leaks, 0);
		assert_false(knows_guard(&k));
		assert_int_equal(apply_text(&k, NULL, forms[3]), 0);
		assert_string_equal(k.log, "");
		assert_true(ret == -EBUSY || at > 8);
		fake_free(&k);
	}
}

/* Refuse every single change once, with the old form known: it is put back. */
static void refused_change_is_undone(void **state)
{
	(void)state;
	for (unsigned int at = 1; at < 9; at++) {
		struct fake_kernel k = { 0 };

		assert_int_equal(apply_text(&k, NULL, forms[0]), 0);
		k.after = watch;
		k.calls = 0;
		k.fail_at = at;
		assert_int_equal(apply_text(&k, forms[0], forms[3]), -EBUSY);
		k.fail_at = 0;
		assert_int_equal(k.leaks, 0);
		assert_false(knows_guard(&k));
		assert_int_equal(apply_text(&k, NULL, forms[0]), 0);
		assert_string_equal(k.log, "");
		fake_free(&k);
	}
}

static bool is_removal(const char *step)
{
	static const char *const removals[] = {
		"line_del ", "entry_del ", "unbind ", "map_del ", "acl_del ",
	};

	for (size_t i = 0; i < sizeof(removals) / sizeof(removals[0]); i++)
		if (!strncmp(step, removals[i], strlen(removals[i])))
			return true;
	return false;
}

/*
 * What goes takes its SAs along, and putting the old form back does not bring
 * them back: so it goes when nothing is left that could be refused.
 */
static void removals_come_last(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_FORMS; i++) {
		for (size_t j = 0; j < N_FORMS; j++) {
			struct fake_kernel k = { 0 };
			bool removed = false;
			char *step;

			assert_int_equal(apply_text(&k, NULL, forms[i]), 0);
			assert_int_equal(apply_text(&k, NULL, forms[j]), 0);
			for (step = strtok(k.log, "\n"); step;
			     step = strtok(NULL, "\n")) {
				if (removed && !is_removal(step))
					fail_msg("form %zu to %zu: %s after a removal",
						 i, j, step);
				removed |= is_removal(step);
			}
			fake_free(&k);
		}
	}
}

#define PEERS(list, a, b) \
	list \
	"crypto map M 10 ipsec-isakmp\n" a " match address 101\n" \
	"crypto map M " b " ipsec-isakmp\n match address 102\n" BOUND
#define LIST_101 "access-list 101 permit ip " HERE " any\n"
#define LIST_102 "access-list 102 permit ip " THERE " any\n"

/* New lines, entries, changes, and what goes, in one. */
static void what_only_adds_comes_first(void **state)
{
	static const char from[] = PEERS(LIST_101 LIST_102, "", "20");
	static const char to[] = PEERS(LIST_101 LIST_102
		"access-list 102 permit ip any any\n",
		" set peer 192.0.2.9\n", "30");
	static const char *const order[] = {
		"line_add 102 1", "entry_set M 30 102", "entry_set M 10 101",
		"entry_del M 20",
	};
	struct fake_kernel k = { 0 };
	const char *at;

	(void)state;
	assert_int_equal(apply_text(&k, NULL, from), 0);
	assert_int_equal(apply_text(&k, NULL, to), 0);
	at = k.log;
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		at = strstr(at, order[i]);
		if (!at)
			fail_msg("\"%s\" is missing or too early:\n%s",
				 order[i], k.log);
	}
	fake_free(&k);
}

/* The new entry is refused at every step that makes it: the old one stays. */
static void refused_addition_costs_no_flow(void **state)
{
	static const char from[] = PEERS(LIST_101 LIST_102, "", "20");
	static const char to[] =
		LIST_101 LIST_102
		"crypto map M 10 ipsec-isakmp\n match address 101\n"
		"crypto map M 30 ipsec-isakmp\n match address 102\n" BOUND
		"interface eth1\n crypto map M\n";
	bool refused = true;

	(void)state;
	for (unsigned int at = 1; refused; at++) {
		struct fake_kernel k = { 0 };

		assert_int_equal(apply_text(&k, NULL, from), 0);
		k.calls = 0;
		k.fail_at = at;
		refused = apply_text(&k, from, to);
		if (refused && strstr(k.log, "entry_del M 20")) {
			/* It was the last thing to do but for the guards. */
			assert_non_null(strstr(k.log, "entry_set M 30"));
			assert_non_null(strstr(k.log, "bind eth1"));
		}
		assert_true(at < 20);
		if (!refused)
			assert_true(at > 4);
		fake_free(&k);
	}
}

static void nothing_is_nothing(void **state)
{
	struct fake_kernel k = { 0 };
	struct apply a = { .ops = &fake_ops, .ctx = &k };
	struct err err;

	(void)state;
	assert_int_equal(apply_text(&k, NULL, forms[0]), 0);
	assert_int_equal(apply_nothing(&a, &err), 0);
	assert_int_equal(k.s.n_acls + k.s.n_maps + k.s.n_bindings, 0);
	fake_free(&k);
}

/* A dead daemon's ports are free for another one, but not before the rest. */
static void nothing_keeps_no_port(void **state)
{
	struct fake_kernel k = {
		.sock[CRYPTOMAP_SOCK_IKE] = { true, false },
		.sock[CRYPTOMAP_SOCK_NATT] = { true, true },
	};
	struct apply a = { .ops = &fake_ops, .ctx = &k };
	struct err err;

	(void)state;
	k.fail_at = 1;		/* the SAs stay, and with them the sockets */
	assert_int_equal(apply_nothing(&a, &err), -EBUSY);
	assert_string_equal(k.log, "");
	k.fail_at = 4;
	assert_int_equal(apply_nothing(&a, &err), -EBUSY);
	assert_string_equal(err.text, "IKE sockets: no luck");
	k.fail_at = 0;
	k.log[0] = '\0';
	assert_int_equal(apply_nothing(&a, &err), 0);
	assert_string_equal(k.log,
			    "sa_flush\nsock_del natt ipv4\nsock_del natt ipv6\n");
	assert_int_equal(apply_nothing(&a, &err), 0);
	fake_free(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(creates_in_order),
		cmocka_unit_test(unchanged_is_untouched),
		cmocka_unit_test(line_changes_are_increments),
		cmocka_unit_test(removes_what_is_gone),
		cmocka_unit_test(binding_moves_before_it_goes),
		cmocka_unit_test(management_changes_the_binding_alone),
		cmocka_unit_test(mss_changes_the_binding_alone),
		cmocka_unit_test(dynamic_entries),
		cmocka_unit_test(dynamic_entry_is_never_open),
		cmocka_unit_test(per_host_entries),
		cmocka_unit_test(cutting_changes_the_binding_alone),
		cmocka_unit_test(flags_change_the_binding_alone),
		cmocka_unit_test(local_address_replaces_the_map),
		cmocka_unit_test(missing_list_matches_nothing),
		cmocka_unit_test(ports_become_ranges),
		cmocka_unit_test(neq_without_room_is_refused),
		cmocka_unit_test(nothing_leaks_between_any_two_forms),
		cmocka_unit_test(one_step_needs_no_guard),
		cmocka_unit_test(lists_have_a_family),
		cmocka_unit_test(failures_and_crashes_do_not_leak),
		cmocka_unit_test(refused_change_is_undone),
		cmocka_unit_test(removals_come_last),
		cmocka_unit_test(what_only_adds_comes_first),
		cmocka_unit_test(refused_addition_costs_no_flow),
		cmocka_unit_test(nothing_is_nothing),
		cmocka_unit_test(nothing_keeps_no_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
