/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How cmctl prints what the module sends, and which attributes it knows by name. */
#ifndef SELFTESTS_NET_CMCTL_PRINT_H
#define SELFTESTS_NET_CMCTL_PRINT_H

#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <linux/cryptomap.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>

enum type { U8, U16, U32, U64, BE16, BE32, STR, ADDR, NEST, HEX, WORDS, POWERS };

struct field {
	int attr;
	const char *name;
	enum type type;
	const struct field *nest;
};

#define F(attr, name, type) { CRYPTOMAP_##attr, name, type, NULL }
#define N(attr, name, nest) { CRYPTOMAP_##attr, name, NEST, nest }
#define END { 0, NULL, U8, NULL }

static const struct field f_sel[] = {
	F(SEL_SRC, "src", ADDR), F(SEL_SRC_MASK, "smask", ADDR),
	F(SEL_DST, "dst", ADDR), F(SEL_DST_MASK, "dmask", ADDR),
	F(SEL_PROTO, "proto", U8), F(SEL_SPORT_LO, "sport", U16),
	F(SEL_SPORT_HI, "sport_hi", U16), F(SEL_DPORT_LO, "dport", U16),
	F(SEL_DPORT_HI, "dport_hi", U16), F(SEL_ICMP_TYPE, "icmp_type", U8),
	F(SEL_ICMP_CODE, "icmp_code", U8), END
};

static const struct field f_counter[] = {
	F(COUNTER_NAME, "name", STR), F(COUNTER_PACKETS, "packets", U64),
	F(COUNTER_PACKETS_AH, "ah", U64), END
};

static const struct field f_flow[] = {
	F(FLOW_ID, "id", U32), F(FLOW_IFNAME, "if", STR), F(FLOW_MAP, "map", STR),
	F(FLOW_SEQ, "seq", U32), F(FLOW_ACL, "acl", STR), F(FLOW_LINE, "line", U32),
	F(FLOW_STATE, "state", U8), F(FLOW_TYPE, "type", U8),
	F(FLOW_SA_OUT, "sa_out", U32), F(FLOW_SA_IN, "sa_in", U32),
	F(FLOW_WAITING, "waiting", U32), F(FLOW_ENCAPS, "encaps", U64),
	F(FLOW_ENCRYPT, "encrypt", U64), F(FLOW_DIGEST, "digest", U64),
	F(FLOW_DECAPS, "decaps", U64), F(FLOW_DECRYPT, "decrypt", U64),
	F(FLOW_VERIFY, "verify", U64), F(FLOW_BYTES_OUT, "bytes_out", U64),
	F(FLOW_BYTES_IN, "bytes_in", U64), F(FLOW_SEND_ERRORS, "send_errors", U64),
	F(FLOW_RECV_ERRORS, "recv_errors", U64), N(FLOW_COUNTER, "loss", f_counter),
	F(FLOW_PMTU, "pmtu", U32), F(FLOW_MTU, "mtu", U32),
	F(FLOW_NAT_HITS, "nat_hits", U64), F(FLOW_NAT_ESCAPES, "nat_escapes", U64),
	F(FLOW_PMTU_AGE, "pmtu_age", U32), F(FLOW_PMTU_LEFT, "pmtu_left", U32),
	F(FLOW_DF, "df", U8), F(FLOW_PREFRAG, "prefrag", U64),
	F(FLOW_PREFRAG_FAILED, "prefrag_failed", U64),
	F(FLOW_POSTFRAG, "postfrag", U64),
	F(FLOW_POSTFRAG_FAILED, "postfrag_failed", U64),
	F(FLOW_FRAGMENTS, "fragments", U64), F(FLOW_PMTU_SENT, "pmtu_sent", U64),
	F(FLOW_PMTU_RCVD, "pmtu_rcvd", U64), F(FLOW_REASSEMBLE, "reassemble", U64),
	F(FLOW_ICMP_VALID, "icmp_valid", U64),
	F(FLOW_ICMP_INVALID, "icmp_invalid", U64),
	F(FLOW_COMPRESSED, "compressed", U64), F(FLOW_DECOMPRESSED, "decompressed", U64),
	F(FLOW_NOT_COMPRESSED, "not_compressed", U64),
	F(FLOW_COMP_FAILED, "comp_failed", U64), F(FLOW_DECOMP_FAILED, "decomp_failed", U64),
	F(FLOW_ACQUIRES, "acquires", U64), F(FLOW_PART_OF, "part_of", U32),
	F(FLOW_SELS, "sels", U32), F(FLOW_PADDED, "padded", U64),
	F(FLOW_DUMMY_SENT, "dummy_sent", U64), F(FLOW_DUMMY_RCVD, "dummy_rcvd", U64),
	F(FLOW_PARALLEL_OUT, "parallel_out", U64),
	F(FLOW_PARALLEL_IN, "parallel_in", U64), N(FLOW_SEL, "sel", f_sel),
	N(FLOW_PKT_SEL, "pkt", f_sel), F(FLOW_PEER, "peer", ADDR), END
};

static const struct field f_sa[] = {
	F(SA_ID, "id", U32), F(SA_DIR, "dir", U8), F(SA_SPI, "spi", BE32),
	F(SA_SRC, "src", ADDR), F(SA_DST, "dst", ADDR), F(SA_FLOW, "flow", U32),
	F(SA_STATE, "state", U8), F(SA_ENCR, "encr", U16), F(SA_AUTH, "auth", U16),
	F(SA_ENCR_KEY, "key", HEX), F(SA_AUTH_KEY, "akey", HEX),
	F(SA_ENCAP_SPORT, "sport", BE16), F(SA_ENCAP_DPORT, "dport", BE16),
	F(SA_PORTS, "ports", U32),
	F(SA_WINDOW, "window", U32), F(SA_SEQ, "seq", U64),
	F(SA_BITMAP, "bitmap", WORDS), F(SA_BEHIND, "behind", POWERS),
	F(SA_PACKETS, "packets", U64), F(SA_BYTES, "bytes", U64),
	F(SA_DRIVER, "driver", STR), F(SA_IPCOMP, "ipcomp", U8), F(SA_CPI, "cpi", U16),
	F(SA_MARK_OUT, "mark_out", U32), F(SA_MARK_IN, "mark_in", U32),
	F(SA_TFC_PAD, "tfc", U16), F(SA_DUMMY_MS, "dummy_ms", U32),
	F(SA_AH_SPI, "ah_spi", BE32), N(SA_COUNTER, "loss", f_counter), END
};

static const struct field f_tomb[] = {
	F(TOMB_SPI, "spi", BE32), F(TOMB_DIR, "dir", U8), F(TOMB_PROTO, "proto", U8),
	F(TOMB_DST, "dst", ADDR),
	F(TOMB_REASON, "reason", U8), F(TOMB_LATE, "late", U64), END
};

static const struct field f_bind[] = {
	F(BIND_IFNAME, "if", STR), F(BIND_MAP, "map", STR),
	F(BIND_IFINDEX, "ifindex", U32), F(BIND_FLOWS, "flows", U32),
	F(BIND_MSS, "mss", U16), F(BIND_CLAMPED, "clamped", U64),
	F(BIND_TUNNEL, "tunnel", U8), F(BIND_FLAGS, "flags", U32),
	F(BIND_MARK_OUT, "mark_out", U32), F(BIND_MARK_IN, "mark_in", U32),
	F(BIND_STATE, "ifstate", U8),
	F(BIND_DF, "df", U8), F(BIND_FRAG, "frag", U8), F(BIND_OWNER, "owner", STR),
	F(BIND_MANAGEMENT, "management", STR), END
};

static const struct field f_line[] = {
	F(LINE_SEQ, "line", U32), F(LINE_ACTION, "action", U8),
	N(LINE_SEL, "sel", f_sel), F(LINE_HITS, "hits", U64), END
};

static const struct field f_acl[] = { F(ACL_NAME, "acl", STR), END };
static const struct field f_map[] = { F(MAP_NAME, "map", STR), END };

static const struct field f_entry[] = {
	F(ENTRY_SEQ, "seq", U32), F(ENTRY_TYPE, "type", U8),
	F(ENTRY_ACL, "acl", STR), F(ENTRY_LEVEL, "level", U8), F(ENTRY_PEER, "peer", ADDR), END
};

static const struct field f_info[] = {
	F(INFO_VERSION, "version", STR), F(INFO_FEATURES, "features", U64),
	F(INFO_FLOWS, "flows", U32), F(INFO_SAS, "sas", U32),
	F(INFO_EVENTS_LOST, "events_lost", U64), END
};

static const struct field f_alg[] = {
	F(ALG_KIND, "kind", U8), F(ALG_ID, "alg", U16), F(ALG_NAME, "name", STR),
	F(ALG_FLAGS, "flags", U32), F(ALG_KEY_BITS, "keys", HEX),
	F(ALG_SALT, "salt", U8), F(ALG_IV, "iv", U8), F(ALG_ICV, "icv", U8),
	F(ALG_CRYPTO, "crypto", STR), F(ALG_DRIVER, "driver", STR),
	F(ALG_PACKETS_ESP, "esp", U64), F(ALG_PACKETS_AH, "ah", U64), END
};

static const struct field f_event[] = {
	F(EVENT_TYPE, "event", U8), F(EVENT_NUM, "num", U64),
	F(EVENT_CAUSE, "cause", U8), F(EVENT_REASON, "reason", U8), END
};

static const struct field f_top[] = {
	N(A_EVENT, NULL, f_event), N(A_INFO, NULL, f_info), N(A_ACL, NULL, f_acl),
	N(A_LINE, NULL, f_line), N(A_MAP, NULL, f_map), N(A_ENTRY, NULL, f_entry),
	N(A_BIND, NULL, f_bind), N(A_FLOW, NULL, f_flow), N(A_SA, NULL, f_sa),
	N(A_COUNTER, NULL, f_counter), N(A_TOMB, NULL, f_tomb),
	N(A_ALG, NULL, f_alg), END
};

static void print_addr(struct nlattr *a)
{
	char text[INET6_ADDRSTRLEN];

	fputs(inet_ntop(nla_len(a) == 4 ? AF_INET : AF_INET6, nla_data(a), text,
			sizeof(text)), stdout);
}

/* Words of 32 bits, lowest first. */
static void print_words(struct nlattr *a)
{
	const uint32_t *w = nla_data(a);
	int i;

	for (i = 0; i < nla_len(a) / 4; i++)
		printf("%s%08x", i ? "," : "", w[i]);
}

/* FROM:COUNT of the powers of two that counted anything */
static void print_powers(struct nlattr *a)
{
	const char *comma = "";
	uint64_t n;
	int i;

	for (i = 0; i < nla_len(a) / 8; i++) {
		memcpy(&n, (char *)nla_data(a) + 8 * i, sizeof(n));
		if (!n)
			continue;
		printf("%s%llu:%llu", comma, 1ULL << i, (unsigned long long)n);
		comma = ",";
	}
}

static void print_nest(const struct field *fields, struct nlattr *first, int len);

static void print_value(const struct field *f, struct nlattr *a)
{
	switch (f->type) {
	case U8:
		printf("%u", nla_get_u8(a));
		break;
	case U16:
		printf("%u", nla_get_u16(a));
		break;
	case U32:
		printf("%u", nla_get_u32(a));
		break;
	case U64:
		printf("%llu", (unsigned long long)nla_get_u64(a));
		break;
	case BE16:
		printf("%u", ntohs(nla_get_u16(a)));
		break;
	case WORDS:
		print_words(a);
		break;
	case POWERS:
		print_powers(a);
		break;
	case BE32:
		printf("0x%08x", ntohl(nla_get_u32(a)));
		break;
	case STR:
		fputs(nla_get_string(a), stdout);
		break;
	case ADDR:
		print_addr(a);
		break;
	case HEX:
		printf("(%d bytes)", nla_len(a));
		break;
	case NEST:
		print_nest(f->nest, nla_data(a), nla_len(a));
		break;
	}
}

static void print_field(const struct field *f, struct nlattr *a)
{
	if (f->name && f->type == NEST)
		printf("%s{ ", f->name);
	else if (f->name)
		printf("%s=", f->name);
	print_value(f, a);
	if (f->name)
		fputs(f->type == NEST ? "} " : " ", stdout);
}

static void print_nest(const struct field *fields, struct nlattr *first, int len)
{
	const struct field *f;
	struct nlattr *a;
	int rest;

	nla_for_each_attr(a, first, len, rest)
		for (f = fields; f->attr; f++)
			if (f->attr == nla_type(a))
				print_field(f, a);
}

static int print_message(struct nl_msg *msg, void *arg)
{
	struct genlmsghdr *genl = genlmsg_hdr(nlmsg_hdr(msg));

	(void)arg;
	print_nest(f_top, genlmsg_attrdata(genl, 0), genlmsg_attrlen(genl, 0));
	putchar('\n');
	fflush(stdout);
	return NL_OK;
}

#endif
