// SPDX-License-Identifier: GPL-2.0-or-later
/* Objects of the contract through netlink attributes and back. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <netlink/genl/genl.h>

#include "tools/lib/kmod_msg.h"

static struct nl_msg *message(void)
{
	struct nl_msg *msg = nlmsg_alloc_size(65536);

	assert_non_null(msg);
	assert_non_null(genlmsg_put(msg, 0, 0, 0x20, 0, 0, 1, 1));
	return msg;
}

/* Write, read back, and compare what the has-mask covers. */
static void round_trip(int attr, const struct kmod_table *table,
		       const void *obj, void *back)
{
	struct nl_msg *msg = message();

	assert_int_equal(kmod_msg_put(msg, attr, table, obj), 0);
	assert_int_equal(kmod_msg_find(nlmsg_hdr(msg), attr, table, back), 0);
	/* names, not pointers into the message, so that this can outlive it */
	nlmsg_free(msg);
}

static struct kmod_sel selector(void)
{
	struct kmod_sel sel = { 0 };

	KMOD_SET(&sel, sel, src, addr_v4(0x0a010000, 0));
	KMOD_SET(&sel, sel, src_mask, addr_v4(0xffff00ff, 0));
	KMOD_SET(&sel, sel, dst, addr_v4(0x0a020000, 0));
	KMOD_SET(&sel, sel, proto, 17);
	KMOD_SET(&sel, sel, dport_lo, 500);
	KMOD_SET(&sel, sel, dport_hi, 600);
	return sel;
}

static void sa_comes_back(void **state)
{
	struct kmod_sa *sa = calloc(1, sizeof(*sa));
	struct kmod_sa *back = calloc(1, sizeof(*back));

	(void)state;
	KMOD_SET(sa, sa, dir, CRYPTOMAP_DIR_OUT);
	KMOD_SET(sa, sa, spi, 0x01020304);
	KMOD_SET(sa, sa, src, addr_v4(0xc0000201, 0));
	KMOD_SET(sa, sa, dst, addr_v4(0xc0000202, 0));
	KMOD_SET(sa, sa, encap_sport, 4500);
	KMOD_SET(sa, sa, hard_kb, 0x123456789aull);
	KMOD_SET(sa, sa, encr, CRYPTOMAP_ENCR_AES_CBC);
	sa->sels.n = 2;
	sa->sels.v[0] = sa->sels.v[1] = selector();
	sa->sels.v[1].proto = 6;
	sa->has |= KMOD_BIT(sa, sels);
	round_trip(CRYPTOMAP_A_SA, &kmod_table_sa, sa, back);
	assert_int_equal(back->has, sa->has);
	assert_memory_equal(back, sa, sizeof(*sa));
	free(sa);
	free(back);
}

/* On the wire an SPI and a port are big-endian, a lifetime is not. */
static void byte_order(void **state)
{
	static const uint8_t spi[] = { 1, 2, 3, 4 }, port[] = { 0x11, 0x94 };
	struct kmod_sa *sa = calloc(1, sizeof(*sa));
	struct nl_msg *msg = message();
	struct nlattr *nest, *nla;
	uint32_t secs;

	(void)state;
	KMOD_SET(sa, sa, spi, 0x01020304);
	KMOD_SET(sa, sa, encap_dport, 4500);
	KMOD_SET(sa, sa, hard_secs, 3600);
	assert_int_equal(kmod_msg_put(msg, CRYPTOMAP_A_SA, &kmod_table_sa, sa),
			 0);
	nest = nlmsg_find_attr(nlmsg_hdr(msg), GENL_HDRLEN, CRYPTOMAP_A_SA);
	assert_non_null(nest);
	assert_true(nest->nla_type & NLA_F_NESTED);
	nla = nla_find(nla_data(nest), nla_len(nest), CRYPTOMAP_SA_SPI);
	assert_memory_equal(nla_data(nla), spi, 4);
	nla = nla_find(nla_data(nest), nla_len(nest), CRYPTOMAP_SA_ENCAP_DPORT);
	assert_memory_equal(nla_data(nla), port, 2);
	nla = nla_find(nla_data(nest), nla_len(nest), CRYPTOMAP_SA_HARD_SECS);
	memcpy(&secs, nla_data(nla), 4);
	assert_int_equal(secs, 3600);
	nlmsg_free(msg);
	free(sa);
}

/* Only what is set is sent: the kernel refuses what does not belong. */
static void absent_is_absent(void **state)
{
	struct kmod_entry entry = { 0 }, back;

	(void)state;
	KMOD_SET(&entry, entry, seq, 10);
	entry.peers.n = 3;
	round_trip(CRYPTOMAP_A_ENTRY, &kmod_table_entry, &entry, &back);
	assert_int_equal(back.has, KMOD_BIT(entry, seq));
	assert_int_equal(back.peers.n, 0);
}

static void lists_of_peers(void **state)
{
	struct kmod_entry entry = { 0 }, back;

	(void)state;
	for (uint32_t i = 0; i < CRYPTOMAP_PEERS_MAX; i++)
		entry.peers.v[entry.peers.n++] = addr_v4(0xc0000200 + i, 0);
	entry.has |= KMOD_BIT(entry, peers);
	KMOD_SET_NAME(&entry, entry, acl, "101");
	round_trip(CRYPTOMAP_A_ENTRY, &kmod_table_entry, &entry, &back);
	assert_memory_equal(&back, &entry, sizeof(entry));
}

static void too_many_are_cut(void **state)
{
	struct nl_msg *msg = message();
	struct nlattr *nest = nla_nest_start(msg, CRYPTOMAP_A_ENTRY);
	struct kmod_entry back;

	(void)state;
	for (uint32_t i = 0; i < CRYPTOMAP_PEERS_MAX + 5; i++)
		assert_int_equal(nla_put_u32(msg, CRYPTOMAP_ENTRY_PEER, i), 0);
	nla_nest_end(msg, nest);
	assert_int_equal(kmod_msg_find(nlmsg_hdr(msg), CRYPTOMAP_A_ENTRY,
				       &kmod_table_entry, &back), 0);
	assert_int_equal(back.peers.n, CRYPTOMAP_PEERS_MAX);
	nlmsg_free(msg);
}

static int get_one(int inner, const void *data, int len)
{
	struct nl_msg *msg = message();
	struct nlattr *nest = nla_nest_start(msg, CRYPTOMAP_A_MAP);
	struct kmod_map back;
	int ret;

	nla_put(msg, inner, len, data);
	nla_nest_end(msg, nest);
	ret = kmod_msg_find(nlmsg_hdr(msg), CRYPTOMAP_A_MAP, &kmod_table_map,
			    &back);
	nlmsg_free(msg);
	return ret;
}

static void malformed_is_refused(void **state)
{
	char name[KMOD_NAME_SIZE + 1];

	(void)state;
	memset(name, 'x', sizeof(name));
	assert_int_equal(get_one(CRYPTOMAP_MAP_NAME, "ab", 3), 0);
	assert_int_equal(get_one(CRYPTOMAP_MAP_NAME, "ab", 2), -EBADMSG);
	assert_int_equal(get_one(CRYPTOMAP_MAP_NAME, "", 0), -EBADMSG);
	name[KMOD_NAME_SIZE] = '\0';
	assert_int_equal(get_one(CRYPTOMAP_MAP_NAME, name,
				 KMOD_NAME_SIZE + 1), -EBADMSG);
	assert_int_equal(get_one(CRYPTOMAP_MAP_ENTRIES, "abc", 3), -EBADMSG);
	/* what a newer kernel may add */
	assert_int_equal(get_one(61, "abc", 3), 0);
}

static void message_full(void **state)
{
	struct nl_msg *msg = nlmsg_alloc_size(64);
	struct kmod_map map = { 0 };

	(void)state;
	genlmsg_put(msg, 0, 0, 0x20, 0, 0, 1, 1);
	KMOD_SET_NAME(&map, map, name, "a-name-that-does-not-fit-in-there-at-all");
	assert_int_equal(kmod_msg_put(msg, CRYPTOMAP_A_MAP, &kmod_table_map,
				      &map), -EMSGSIZE);
	nlmsg_free(msg);
}

static void selector_equality(void **state)
{
	struct kmod_sel a = selector(), b = selector(), any = { 0 };

	(void)state;
	assert_true(kmod_sel_equal(&a, &b));
	/* defaults spelt out, bits outside the mask */
	KMOD_SET(&b, sel, dst_mask, addr_v4(0xffffffff, 0));
	KMOD_SET(&b, sel, sport_lo, 0);
	KMOD_SET(&b, sel, sport_hi, 65535);
	b.src = addr_v4(0x0a012300, 0);
	assert_true(kmod_sel_equal(&a, &b));
	b.src = addr_v4(0x0a010001, 0);
	assert_false(kmod_sel_equal(&a, &b));
	b = a;
	b.dport_hi = 601;
	assert_false(kmod_sel_equal(&a, &b));
	b = a;
	b.has &= ~KMOD_BIT(sel, proto);
	assert_false(kmod_sel_equal(&a, &b));
	b = (struct kmod_sel){ 0 };
	KMOD_SET(&b, sel, src, addr_v4(0, 0));
	KMOD_SET(&b, sel, src_mask, addr_v4(0, 0));
	assert_true(kmod_sel_equal(&any, &b));
	KMOD_SET(&a, sel, icmp_type, 0);
	b = a;
	b.has &= ~KMOD_BIT(sel, icmp_type);
	assert_false(kmod_sel_equal(&a, &b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sa_comes_back),
		cmocka_unit_test(byte_order),
		cmocka_unit_test(absent_is_absent),
		cmocka_unit_test(lists_of_peers),
		cmocka_unit_test(too_many_are_cut),
		cmocka_unit_test(malformed_is_refused),
		cmocka_unit_test(message_full),
		cmocka_unit_test(selector_equality),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
