/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The objects of the kernel contract (<linux/cryptomap.h>) as plain structs.
 *
 * One list per object names every attribute once; the structs, the names of
 * the "has" bits and the tables that build and parse messages (kmod_msg.c) are
 * all made from it.  Each struct begins with `has`, one bit per attribute:
 *
 *   to the kernel	only fields whose bit is set are sent
 *   from the kernel	only fields whose bit is set are meaningful, the rest 0
 *
 *	struct kmod_sa sa = { 0 };
 *
 *	KMOD_SET(&sa, sa, spi, 0x1000);
 *	if (KMOD_HAS(&sa, sa, hard_secs)) ...
 *
 * Numbers are in host byte order, SPIs and ports too.  Units and ranges are
 * those of the contract.  Fields of kind `str` and `bytes` point into foreign
 * memory: towards the kernel the caller's, from the kernel the message, which
 * lives until the callback returns or the next call on the same client.
 */
#ifndef TOOLS_LIB_KMOD_OBJECT_H
#define TOOLS_LIB_KMOD_OBJECT_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/cryptomap.h>

#include "tools/lib/addr.h"

#define KMOD_NAME_SIZE		(CRYPTOMAP_NAME_MAX + 1)
#define KMOD_COUNTERS_MAX	24	/* named losses kept of one object */

struct kmod_bytes {
	const void *data;
	size_t len;
};

struct kmod_addrs {
	unsigned int n;
	struct addr v[CRYPTOMAP_PEERS_MAX];
};

/* Field kinds as C declarations. */
#define KMOD_DECL_u8(f)		uint8_t f
#define KMOD_DECL_u16(f)	uint16_t f
#define KMOD_DECL_u32(f)	uint32_t f
#define KMOD_DECL_u64(f)	uint64_t f
#define KMOD_DECL_be16(f)	uint16_t f
#define KMOD_DECL_be32(f)	uint32_t f
#define KMOD_DECL_name(f)	char f[KMOD_NAME_SIZE]
#define KMOD_DECL_ifname(f)	char f[IF_NAMESIZE]
#define KMOD_DECL_str(f)	const char *f
#define KMOD_DECL_bytes(f)	struct kmod_bytes f
#define KMOD_DECL_addr(f)	struct addr f
#define KMOD_DECL_addrs(f)	struct kmod_addrs f
#define KMOD_DECL_sel(f)	struct kmod_sel f
#define KMOD_DECL_sels(f)	struct kmod_sels f
#define KMOD_DECL_counters(f)	struct kmod_counters f

#define KMOD_OBJECT_FIELD(noun, NOUN, ATTR, field, kind) KMOD_DECL_##kind(field);
#define KMOD_OBJECT_BIT(noun, NOUN, ATTR, field, kind)	\
	KMOD_##noun##_##field = CRYPTOMAP_##NOUN##_##ATTR,

/* Bit numbers in an enum of its own, then the struct. */
#define KMOD_OBJECT(noun, LIST)				\
	enum kmod_##noun##_bit { LIST(KMOD_OBJECT_BIT) };	\
	struct kmod_##noun {				\
		uint64_t has;				\
		LIST(KMOD_OBJECT_FIELD)			\
	}

#define KMOD_BIT(noun, field)		(1ULL << KMOD_##noun##_##field)
#define KMOD_HAS(obj, noun, field)	(((obj)->has & KMOD_BIT(noun, field)) != 0)
#define KMOD_SET(obj, noun, field, value)		\
	((obj)->field = (value), (obj)->has |= KMOD_BIT(noun, field))
/* Names are cut at their limit; check the length before. */
#define KMOD_SET_NAME(obj, noun, field, value)		\
	(kmod_name_copy((obj)->field, sizeof((obj)->field), (value)),	\
	 (obj)->has |= KMOD_BIT(noun, field))

void kmod_name_copy(char *to, size_t size, const char *from);

/* X(noun, NOUN, attribute, field, kind) */
#define KMOD_INFO_FIELDS(X)				\
	X(info, INFO, VERSION, version, str)		\
	X(info, INFO, FEATURES, features, u64)		\
	X(info, INFO, ACLS, acls, u32)			\
	X(info, INFO, LINES, lines, u32)		\
	X(info, INFO, MAPS, maps, u32)			\
	X(info, INFO, FLOWS, flows, u32)		\
	X(info, INFO, SAS, sas, u32)			\
	X(info, INFO, LARVAL, larval, u32)		\
	X(info, INFO, EVENTS_LOST, events_lost, u64)	\
	X(info, INFO, GENERATION, generation, u32)
KMOD_OBJECT(info, KMOD_INFO_FIELDS);

#define KMOD_LIMITS_FIELDS(X)				\
	X(limits, LIMIT, LINES, lines, u32)		\
	X(limits, LIMIT, FLOWS, flows, u32)		\
	X(limits, LIMIT, SAS, sas, u32)			\
	X(limits, LIMIT, QUEUE_FLOW, queue_flow, u32)	\
	X(limits, LIMIT, QUEUE_TOTAL, queue_total, u32)	\
	X(limits, LIMIT, QUEUE_SECS, queue_secs, u32)	\
	X(limits, LIMIT, ACQUIRE_SECS, acquire_secs, u32) \
	X(limits, LIMIT, LARVAL_SECS, larval_secs, u32)	\
	X(limits, LIMIT, TOMBS, tombs, u32)		\
	X(limits, LIMIT, EVENT_RATE, event_rate, u32)	\
	X(limits, LIMIT, CRYPTO_QUEUE, crypto_queue, u32) \
	X(limits, LIMIT, DEMUX_PORTS, demux_ports, u32) \
	X(limits, LIMIT, PAIRS, pairs, u32)
KMOD_OBJECT(limits, KMOD_LIMITS_FIELDS);

#define KMOD_ACL_FIELDS(X)				\
	X(acl, ACL, NAME, name, name)			\
	X(acl, ACL, FAMILY, family, u8)			\
	X(acl, ACL, LINES, lines, u32)			\
	X(acl, ACL, REFS, refs, u32)
KMOD_OBJECT(acl, KMOD_ACL_FIELDS);

/* Ports and protocol: absent = any.  Addresses: absent = any. */
#define KMOD_SEL_FIELDS(X)				\
	X(sel, SEL, SRC, src, addr)			\
	X(sel, SEL, SRC_MASK, src_mask, addr)		\
	X(sel, SEL, DST, dst, addr)			\
	X(sel, SEL, DST_MASK, dst_mask, addr)		\
	X(sel, SEL, PROTO, proto, u8)			\
	X(sel, SEL, SPORT_LO, sport_lo, u16)		\
	X(sel, SEL, SPORT_HI, sport_hi, u16)		\
	X(sel, SEL, DPORT_LO, dport_lo, u16)		\
	X(sel, SEL, DPORT_HI, dport_hi, u16)		\
	X(sel, SEL, ICMP_TYPE, icmp_type, u8)		\
	X(sel, SEL, ICMP_CODE, icmp_code, u8)
KMOD_OBJECT(sel, KMOD_SEL_FIELDS);

struct kmod_sels {
	unsigned int n;
	struct kmod_sel v[CRYPTOMAP_SELECTORS_MAX];
};

#define KMOD_LINE_FIELDS(X)				\
	X(line, LINE, SEQ, seq, u32)			\
	X(line, LINE, ACTION, action, u8)		\
	X(line, LINE, SEL, sel, sel)			\
	X(line, LINE, HITS, hits, u64)
KMOD_OBJECT(line, KMOD_LINE_FIELDS);

#define KMOD_MAP_FIELDS(X)				\
	X(map, MAP, NAME, name, name)			\
	X(map, MAP, LOCAL_IF, local_if, ifname)		\
	X(map, MAP, ENTRIES, entries, u32)		\
	X(map, MAP, BINDINGS, bindings, u32)
KMOD_OBJECT(map, KMOD_MAP_FIELDS);

#define KMOD_ENTRY_FIELDS(X)				\
	X(entry, ENTRY, SEQ, seq, u32)			\
	X(entry, ENTRY, TYPE, type, u8)			\
	X(entry, ENTRY, ACL, acl, name)			\
	X(entry, ENTRY, PEER, peers, addrs)		\
	X(entry, ENTRY, COOKIE, cookie, u64)		\
	X(entry, ENTRY, LEVEL, level, u8)
KMOD_OBJECT(entry, KMOD_ENTRY_FIELDS);

#define KMOD_BINDING_FIELDS(X)				\
	X(binding, BIND, IFNAME, ifname, ifname)	\
	X(binding, BIND, MAP, map, name)		\
	X(binding, BIND, IFINDEX, ifindex, u32)		\
	X(binding, BIND, FLOWS, flows, u32)		\
	X(binding, BIND, MSS, mss, u16)			\
	X(binding, BIND, CLAMPED, clamped, u64)		\
	X(binding, BIND, TUNNEL, tunnel, u8)		\
	X(binding, BIND, FLAGS, flags, u32)		\
	X(binding, BIND, MARK_OUT, mark_out, u32)	\
	X(binding, BIND, MARK_IN, mark_in, u32)		\
	X(binding, BIND, STATE, state, u8)		\
	X(binding, BIND, DF, df, u8)			\
	X(binding, BIND, FRAG, frag, u8)		\
	X(binding, BIND, OWNER, owner, ifname)		\
	X(binding, BIND, MANAGEMENT, management, ifname)
KMOD_OBJECT(binding, KMOD_BINDING_FIELDS);

/* TEXT and PACKETS_AH only from kmod_counter_dump(). */
#define KMOD_COUNTER_FIELDS(X)				\
	X(counter, COUNTER, ID, id, u32)		\
	X(counter, COUNTER, NAME, name, str)		\
	X(counter, COUNTER, TEXT, text, str)		\
	X(counter, COUNTER, PACKETS, packets, u64)	\
	X(counter, COUNTER, PACKETS_AH, packets_ah, u64)
KMOD_OBJECT(counter, KMOD_COUNTER_FIELDS);

struct kmod_counters {
	unsigned int n;
	struct kmod_counter v[KMOD_COUNTERS_MAX];
};

#define KMOD_FLOW_FIELDS(X)				\
	X(flow, FLOW, ID, id, u32)			\
	X(flow, FLOW, IFNAME, ifname, ifname)		\
	X(flow, FLOW, MAP, map, name)			\
	X(flow, FLOW, SEQ, seq, u32)			\
	X(flow, FLOW, ACL, acl, name)			\
	X(flow, FLOW, LINE, line, u32)			\
	X(flow, FLOW, SEL, sel, sel)			\
	X(flow, FLOW, STATE, state, u8)			\
	X(flow, FLOW, TYPE, type, u8)			\
	X(flow, FLOW, SA_OUT, sa_out, u32)		\
	X(flow, FLOW, SA_IN, sa_in, u32)		\
	X(flow, FLOW, WAITING, waiting, u32)		\
	X(flow, FLOW, ENCAPS, encaps, u64)		\
	X(flow, FLOW, ENCRYPT, encrypt, u64)		\
	X(flow, FLOW, DIGEST, digest, u64)		\
	X(flow, FLOW, DECAPS, decaps, u64)		\
	X(flow, FLOW, DECRYPT, decrypt, u64)		\
	X(flow, FLOW, VERIFY, verify, u64)		\
	X(flow, FLOW, BYTES_OUT, bytes_out, u64)	\
	X(flow, FLOW, BYTES_IN, bytes_in, u64)		\
	X(flow, FLOW, SEND_ERRORS, send_errors, u64)	\
	X(flow, FLOW, RECV_ERRORS, recv_errors, u64)	\
	X(flow, FLOW, COUNTER, counters, counters)	\
	X(flow, FLOW, PKT_SEL, pkt_sel, sel)		\
	X(flow, FLOW, PEER, peers, addrs)		\
	X(flow, FLOW, COOKIE, cookie, u64)		\
	X(flow, FLOW, PMTU, pmtu, u32)			\
	X(flow, FLOW, MTU, mtu, u32)			\
	X(flow, FLOW, ACQUIRES, acquires, u64)		\
	X(flow, FLOW, NAT_HITS, nat_hits, u64)		\
	X(flow, FLOW, NAT_ESCAPES, nat_escapes, u64)		\
	X(flow, FLOW, PMTU_AGE, pmtu_age, u32)		\
	X(flow, FLOW, PMTU_LEFT, pmtu_left, u32)	\
	X(flow, FLOW, DF, df, u8)			\
	X(flow, FLOW, PREFRAG, prefrag, u64)		\
	X(flow, FLOW, PREFRAG_FAILED, prefrag_failed, u64) \
	X(flow, FLOW, POSTFRAG, postfrag, u64)		\
	X(flow, FLOW, POSTFRAG_FAILED, postfrag_failed, u64) \
	X(flow, FLOW, FRAGMENTS, fragments, u64)	\
	X(flow, FLOW, PMTU_SENT, pmtu_sent, u64)	\
	X(flow, FLOW, PMTU_RCVD, pmtu_rcvd, u64)	\
	X(flow, FLOW, REASSEMBLE, reassemble, u64)	\
	X(flow, FLOW, ICMP_VALID, icmp_valid, u64)	\
	X(flow, FLOW, ICMP_INVALID, icmp_invalid, u64)	\
	X(flow, FLOW, COMPRESSED, compressed, u64)	\
	X(flow, FLOW, DECOMPRESSED, decompressed, u64)	\
	X(flow, FLOW, NOT_COMPRESSED, not_compressed, u64) \
	X(flow, FLOW, COMP_FAILED, comp_failed, u64)	\
	X(flow, FLOW, DECOMP_FAILED, decomp_failed, u64) \
	X(flow, FLOW, PART_OF, part_of, u32)		\
	X(flow, FLOW, SELS, sels, u32)			\
	X(flow, FLOW, PADDED, padded, u64)		\
	X(flow, FLOW, DUMMY_SENT, dummy_sent, u64)	\
	X(flow, FLOW, DUMMY_RCVD, dummy_rcvd, u64)	\
	X(flow, FLOW, PARALLEL_OUT, parallel_out, u64)	\
	X(flow, FLOW, PARALLEL_IN, parallel_in, u64)
KMOD_OBJECT(flow, KMOD_FLOW_FIELDS);

#define KMOD_SA_FIELDS(X)				\
	X(sa, SA, ID, id, u32)				\
	X(sa, SA, DIR, dir, u8)				\
	X(sa, SA, PROTO, proto, u8)			\
	X(sa, SA, SPI, spi, be32)			\
	X(sa, SA, SPI_MIN, spi_min, u32)		\
	X(sa, SA, SPI_MAX, spi_max, u32)		\
	X(sa, SA, SRC, src, addr)			\
	X(sa, SA, DST, dst, addr)			\
	X(sa, SA, MODE, mode, u8)			\
	X(sa, SA, FLOW, flow, u32)			\
	X(sa, SA, STATE, state, u8)			\
	X(sa, SA, FLAGS, flags, u32)			\
	X(sa, SA, OWNER, owner, u32)			\
	X(sa, SA, COOKIE, cookie, u64)			\
	X(sa, SA, ENCR, encr, u16)			\
	X(sa, SA, ENCR_KEY, encr_key, bytes)		\
	X(sa, SA, ENCR_BITS, encr_bits, u16)		\
	X(sa, SA, AUTH, auth, u16)			\
	X(sa, SA, AUTH_KEY, auth_key, bytes)		\
	X(sa, SA, SEL, sels, sels)			\
	X(sa, SA, WINDOW, window, u32)			\
	X(sa, SA, SEQ, seq, u64)			\
	X(sa, SA, BITMAP, bitmap, bytes)		\
	X(sa, SA, DF, df, u8)				\
	X(sa, SA, ENCAP_SPORT, encap_sport, be16)	\
	X(sa, SA, ENCAP_DPORT, encap_dport, be16)	\
	X(sa, SA, SOFT_SECS, soft_secs, u32)		\
	X(sa, SA, HARD_SECS, hard_secs, u32)		\
	X(sa, SA, SOFT_KB, soft_kb, u64)		\
	X(sa, SA, HARD_KB, hard_kb, u64)		\
	X(sa, SA, SOFT_PKTS, soft_pkts, u64)		\
	X(sa, SA, HARD_PKTS, hard_pkts, u64)		\
	X(sa, SA, IDLE_SECS, idle_secs, u32)		\
	X(sa, SA, PACKETS, packets, u64)		\
	X(sa, SA, BYTES, bytes, u64)			\
	X(sa, SA, AGE, age, u32)			\
	X(sa, SA, IDLE, idle, u32)			\
	X(sa, SA, COUNTER, counters, counters)		\
	X(sa, SA, REASON, reason, u8)			\
	X(sa, SA, DRIVER, driver, str)			\
	X(sa, SA, BEHIND, behind, bytes)		\
	X(sa, SA, OA_SRC, oa_src, addr)			\
	X(sa, SA, OA_DST, oa_dst, addr)			\
	X(sa, SA, PORTS, ports, u32)			\
	X(sa, SA, PORT_MAP, port_map, bytes)	\
	X(sa, SA, OVERHEAD, overhead, u32)		\
	X(sa, SA, OVERHEAD_HEAD, overhead_head, u32)	\
	X(sa, SA, IPCOMP, ipcomp, u8)			\
	X(sa, SA, CPI, cpi, u16)			\
	X(sa, SA, IFNAME, ifname, ifname)		\
	X(sa, SA, ENTRY, entry, u32)			\
	X(sa, SA, MARK_OUT, mark_out, u32)		\
	X(sa, SA, MARK_IN, mark_in, u32)		\
	X(sa, SA, TFC_PAD, tfc_pad, u16)		\
	X(sa, SA, DUMMY_MS, dummy_ms, u32)
KMOD_OBJECT(sa, KMOD_SA_FIELDS);

#define KMOD_SOCK_FIELDS(X)				\
	X(sock, SOCK, FD, fd, u32)			\
	X(sock, SOCK, KIND, kind, u8)			\
	X(sock, SOCK, FAMILY, family, u8)
KMOD_OBJECT(sock, KMOD_SOCK_FIELDS);

#define KMOD_TOMB_FIELDS(X)				\
	X(tomb, TOMB, SPI, spi, be32)			\
	X(tomb, TOMB, DIR, dir, u8)			\
	X(tomb, TOMB, PROTO, proto, u8)			\
	X(tomb, TOMB, SRC, src, addr)			\
	X(tomb, TOMB, DST, dst, addr)			\
	X(tomb, TOMB, REASON, reason, u8)		\
	X(tomb, TOMB, AGO, ago, u32)			\
	X(tomb, TOMB, COOKIE, cookie, u64)		\
	X(tomb, TOMB, LATE, late, u64)
KMOD_OBJECT(tomb, KMOD_TOMB_FIELDS);

/*
 * KEY_BITS: one uint16_t after the other. PACKETS_* only from kmod_history_dump(),
 * which tells KIND, ID and NAME of the rest.
 */
#define KMOD_ALG_FIELDS(X)				\
	X(alg, ALG, KIND, kind, u8)			\
	X(alg, ALG, ID, id, u16)			\
	X(alg, ALG, NAME, name, str)			\
	X(alg, ALG, FLAGS, flags, u32)			\
	X(alg, ALG, KEY_BITS, key_bits, bytes)		\
	X(alg, ALG, SALT, salt, u8)			\
	X(alg, ALG, IV, iv, u8)				\
	X(alg, ALG, ICV, icv, u8)			\
	X(alg, ALG, CRYPTO, crypto, str)		\
	X(alg, ALG, DRIVER, driver, str)		\
	X(alg, ALG, PACKETS_ESP, packets_esp, u64)	\
	X(alg, ALG, PACKETS_AH, packets_ah, u64)
KMOD_OBJECT(alg, KMOD_ALG_FIELDS);

#define KMOD_FILTER_FIELDS(X)				\
	X(filter, FILTER, OWNER, owner, u32)		\
	X(filter, FILTER, MAP, map, name)		\
	X(filter, FILTER, SEQ, seq, u32)		\
	X(filter, FILTER, PEER, peer, addr)		\
	X(filter, FILTER, FLOW, flow, u32)		\
	X(filter, FILTER, ACL, acl, name)		\
	X(filter, FILTER, REASON, reason, u8)
KMOD_OBJECT(filter, KMOD_FILTER_FIELDS);

#define KMOD_NOTICE_FIELDS(X)				\
	X(notice, EVENT, TYPE, type, u8)		\
	X(notice, EVENT, NUM, num, u64)			\
	X(notice, EVENT, CAUSE, cause, u8)		\
	X(notice, EVENT, REASON, reason, u8)
KMOD_OBJECT(notice, KMOD_NOTICE_FIELDS);

/*
 * Do two selectors select the same packets?  Absent and spelt-out defaults are
 * equal, address bits outside the mask do not count.
 */
bool kmod_sel_equal(const struct kmod_sel *a, const struct kmod_sel *b);
/* The effective address and mask of one side; any = 0/0 of @family. */
void kmod_sel_src(const struct kmod_sel *sel, int family, struct addr *addr,
		  struct addr *mask);
void kmod_sel_dst(const struct kmod_sel *sel, int family, struct addr *addr,
		  struct addr *mask);
/* AF_INET, AF_INET6, or @fallback when no address tells. */
int kmod_sel_family(const struct kmod_sel *sel, int fallback);

/* Names of contract values; "?" for a value outside the enum. */
const char *kmod_flow_state_name(uint8_t state);	/* "idle", "acquire", "up" */
const char *kmod_sa_state_name(uint8_t state);		/* "larval", ... */
const char *kmod_tomb_reason_name(uint8_t reason);	/* "deleted", ... */
const char *kmod_entry_type_name(uint8_t type);		/* "ipsec-isakmp", ... */
const char *kmod_event_name(uint8_t type);		/* "acquire", ... */
/* Words of a transform set: "esp-aes 256", "esp-sha-hmac"; "" for AUTH_NONE. */
const char *kmod_encr_word(uint16_t encr);
const char *kmod_auth_word(uint16_t auth);
/* Bytes of the explicit IV on the wire; 0 for NULL encryption. */
unsigned int kmod_encr_iv_bytes(uint16_t encr);

#endif
