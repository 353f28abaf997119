/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR MIT) */
/*
 * cryptomap - IPsec crypto maps: the generic netlink interface
 *
 * Family "cryptomap", version 1. Everything is per network namespace, that of the
 * netlink socket. Every command needs CAP_NET_ADMIN in the user namespace that owns
 * it, and so does joining the multicast group "events". Every refusal carries an
 * extended-ack text (set NETLINK_EXT_ACK) and offset of the attribute to blame, if any.
 *
 * Terms (RFC 4301, Cisco IOS)
 *
 *   access list  named, ordered lines; each permits or denies a selector.
 *   map          named, ordered entries. An entry names an access list, whose permit
 *                lines say what is protected and whose deny lines send a packet on to
 *                the next entry. First match wins.
 *   binding      a map attached to an interface name. The interface may come and go;
 *                the binding stays and keeps protecting. A tunnel interface is made by
 *                the module ("ip link add NAME type cryptomap", without attributes;
 *                alias rtnl-link-cryptomap): its map protects what is routed into it,
 *                the rest is dropped ("no_policy"). What its SAs receive arrives on it.
 *   flow         one permit line of one entry of one binding. A flow owns the counters,
 *                which go on counting when its SAs are rekeyed, and one current
 *                outbound SA. A line that survives a replacement of its list (same
 *                action, same selector) keeps its flow, even if its number changes.
 *   dynamic flow a flow that its line, if any, does not stand for alone: see SA_IFNAME
 *                and ENTRY_LEVEL below. It comes with its first SA, or with a packet,
 *                and goes with its last.
 *   SA           one direction: an SPI, two outer addresses, transforms, keys. In tunnel
 *                mode the outer addresses may be of another family than the flow's. In
 *                transport mode they are those of the packets, after source NAT; others
 *                are lost. An SA is one of ESP or of AH, which authenticates the outer
 *                header as well and hides nothing; a packet goes through one, or a bundle.
 *   bundle       ESP with AH around it (RFC 4301, 4.1), of one flow, direction, mode and pair
 *                of addresses: SA_SET of the AH with SA_F_BUNDLE, then of the ESP, which names it
 *                by SA_AH_SPI. One of the two alone is lost ("ah_missing", "esp_missing").
 *                SA_ACTIVATE of the ESP is for both; both end with either, as an event of one says.
 *
 * Conventions
 *   - Numbers are in host byte order except SPIs and ports, which are in network byte
 *     order and named so ("be32", "be16").
 *   - An address is 4 bytes (IPv4) or 16 bytes (IPv6), in network byte order; its
 *     length says its family. A mask has the length of its address and may have holes.
 *   - Names are NUL-terminated, case-sensitive, 1 to CRYPTOMAP_NAME_MAX characters
 *     without blanks. Interface names as everywhere in the kernel.
 *   - "in" means allowed in requests, "out" given in replies, dumps, events.
 *   - "sel.src" is always the protected side here, "sel.dst" the one behind the peer,
 *     for SAs of either direction (local and remote proxy identity of RFC 2409).
 *   - Times are seconds unless the name says ms, volumes bytes, or (KB) 1024 of them.
 *   - An attribute marked "repeated" may stand more than once in its message or nest; a
 *     message may be as large as the socket's send buffer. Unknown attributes are refused.
 *   - A dump whose objects changed while it ran has NLM_F_DUMP_INTR set; ask again.
 *     Objects that did not change are never missing from a dump.
 *
 * Commands, by object ([x] = optional):
 *
 *   INFO_GET                             -> A_INFO, A_LIMITS
 *   LIMITS_SET     A_LIMITS
 *   ACL_SET        A_ACL{NAME}, A_LINE*  creates or replaces a list atomically
 *   ACL_DEL        A_ACL{NAME}           refused while an entry names it
 *   ACL_GET        [A_ACL{NAME}]         dump; -> A_ACL, A_LINE (one a message)
 *   LINE_ADD       A_ACL{NAME}, A_LINE+  adds lines; refused if a number is taken
 *   LINE_DEL       A_ACL{NAME}, A_LINE+  {SEQ} only
 *   MAP_SET        A_MAP{NAME,...}, A_ENTRY*   creates or replaces atomically
 *   MAP_DEL        A_MAP{NAME}           refused while bound
 *   MAP_GET        [A_MAP{NAME}]         dump; -> A_MAP, A_ENTRY (one a message)
 *   ENTRY_SET      A_MAP{NAME}, A_ENTRY  creates or replaces one entry
 *   ENTRY_DEL      A_MAP{NAME}, A_ENTRY{SEQ}
 *   BIND           A_BIND{IFNAME,MAP,...}    replaces the interface's; no new name until UNBIND
 *   UNBIND         A_BIND{IFNAME}
 *   BIND_GET                             dump; -> A_BIND
 *   FLOW_GET       [A_FLOW{ID | IFNAME,SEQ,LINE}]  one, or dump; -> A_FLOW
 *   FLOW_INITIATE  A_FLOW{ID}            raises the acquire as traffic would
 *   ACQUIRE_GET                          dump of flows that wait for an SA
 *   ACQUIRE_FAIL   A_FLOW{ID}            negotiation failed: drop what waits
 *   SPI_ALLOC      A_SA{PROTO,SRC,DST,[SPI_MIN],[SPI_MAX],...} -> A_SA{SPI,...}
 *   SA_SET         A_SA                  installs one direction
 *   SA_ACTIVATE    A_SA{ID | key}        makes an outbound SA its flow's current
 *   SA_UPDATE      A_SA{ID | key, ...}   addresses, encapsulation, lifetimes
 *   SA_DEL         A_SA{ID | key,[REASON]}
 *   SA_FLUSH       [A_FILTER]            every SA that the filter names
 *   SA_GET         [A_SA{ID | key} | A_FILTER]    one, or dump; -> A_SA
 *   SOCK_SET       A_SOCK{FD,KIND}       takes a reference; not (NATT) if it has UDP_ENCAP
 *   SOCK_GET       A_SOCK{FAMILY,KIND}   -> A_SOCK{FD}: the caller's new one (close-on-exec)
 *   SOCK_DEL       A_SOCK{FAMILY,KIND}
 *   COUNTER_GET                          dump; -> A_COUNTER (one reason each)
 *   COUNTER_RESET  [A_FILTER]            flows, SAs; without a filter reasons, histories, hits
 *   TOMB_GET                             dump; -> A_TOMB: SPIs that were ours
 *   ALG_GET                              -> A_ALG: what there is for SAs; may load modules
 *   HISTORY_GET                          dump; -> A_ALG{KIND,ID,NAME,PACKETS_*}
 *   TRACE          reserved for the packet tracer; answers -EOPNOTSUPP
 *
 * The key of an SA is {DIR, PROTO, SPI, DST}. Keys of ciphers go in and never out.
 */
#ifndef _UAPI_LINUX_CRYPTOMAP_H
#define _UAPI_LINUX_CRYPTOMAP_H

#define CRYPTOMAP_GENL_NAME	"cryptomap"
#define CRYPTOMAP_GENL_VERSION	1
#define CRYPTOMAP_MCGRP_EVENTS	"events"

#define CRYPTOMAP_NAME_MAX	63	/* characters of a list's or map's name */
#define CRYPTOMAP_SEQ_MAX	65535	/* highest sequence number of a map entry */
#define CRYPTOMAP_LINE_MAX	2147483647	/* highest number of a list's line */
#define CRYPTOMAP_PEERS_MAX	16	/* peers of one entry */
#define CRYPTOMAP_SELECTORS_MAX	32	/* selectors of one SA */
#define CRYPTOMAP_KEY_MAX	128	/* bytes of one key, salt included */
#define CRYPTOMAP_WINDOW_MAX	4096	/* packets of a replay window */
#define CRYPTOMAP_BEHIND_MAX	32	/* numbers of SA_BEHIND */
#define CRYPTOMAP_PORTS_MAX	32	/* entries of SA_PORT_MAP */
#define CRYPTOMAP_SPI_MIN	256	/* SPIs 0 to 255 are reserved, RFC 4303 2.1 */

enum cryptomap_cmd {
	CRYPTOMAP_CMD_UNSPEC,
	CRYPTOMAP_CMD_INFO_GET,
	CRYPTOMAP_CMD_LIMITS_SET,
	CRYPTOMAP_CMD_ACL_SET,
	CRYPTOMAP_CMD_ACL_DEL,
	CRYPTOMAP_CMD_ACL_GET,
	CRYPTOMAP_CMD_LINE_ADD,
	CRYPTOMAP_CMD_LINE_DEL,
	CRYPTOMAP_CMD_MAP_SET,
	CRYPTOMAP_CMD_MAP_DEL,
	CRYPTOMAP_CMD_MAP_GET,
	CRYPTOMAP_CMD_ENTRY_SET,
	CRYPTOMAP_CMD_ENTRY_DEL,
	CRYPTOMAP_CMD_BIND,
	CRYPTOMAP_CMD_UNBIND,
	CRYPTOMAP_CMD_BIND_GET,
	CRYPTOMAP_CMD_FLOW_GET,
	CRYPTOMAP_CMD_FLOW_INITIATE,
	CRYPTOMAP_CMD_ACQUIRE_GET,
	CRYPTOMAP_CMD_ACQUIRE_FAIL,
	CRYPTOMAP_CMD_SPI_ALLOC,
	CRYPTOMAP_CMD_SA_SET,
	CRYPTOMAP_CMD_SA_ACTIVATE,
	CRYPTOMAP_CMD_SA_UPDATE,
	CRYPTOMAP_CMD_SA_DEL,
	CRYPTOMAP_CMD_SA_FLUSH,
	CRYPTOMAP_CMD_SA_GET,
	CRYPTOMAP_CMD_SOCK_SET,
	CRYPTOMAP_CMD_SOCK_GET,
	CRYPTOMAP_CMD_SOCK_DEL,
	CRYPTOMAP_CMD_COUNTER_GET,
	CRYPTOMAP_CMD_COUNTER_RESET,
	CRYPTOMAP_CMD_TOMB_GET,
	CRYPTOMAP_CMD_TRACE,
	CRYPTOMAP_CMD_EVENT,	/* multicast only */
	CRYPTOMAP_CMD_ALG_GET,
	CRYPTOMAP_CMD_HISTORY_GET,
	__CRYPTOMAP_CMD_MAX,
	CRYPTOMAP_CMD_MAX = __CRYPTOMAP_CMD_MAX - 1,
};

/* Top level of every message. */
enum cryptomap_attr {
	CRYPTOMAP_A_UNSPEC,
	CRYPTOMAP_A_INFO,	/* nest cryptomap_info_attr, out */
	CRYPTOMAP_A_LIMITS,	/* nest cryptomap_limit_attr, in/out */
	CRYPTOMAP_A_ACL,	/* nest cryptomap_acl_attr, in/out */
	CRYPTOMAP_A_LINE,	/* nest cryptomap_line_attr, repeated, in/out */
	CRYPTOMAP_A_MAP,	/* nest cryptomap_map_attr, in/out */
	CRYPTOMAP_A_ENTRY,	/* nest cryptomap_entry_attr, repeated, in/out */
	CRYPTOMAP_A_BIND,	/* nest cryptomap_bind_attr, in/out */
	CRYPTOMAP_A_FLOW,	/* nest cryptomap_flow_attr, in/out */
	CRYPTOMAP_A_SA,		/* nest cryptomap_sa_attr, in/out */
	CRYPTOMAP_A_SOCK,	/* nest cryptomap_sock_attr, in/out */
	CRYPTOMAP_A_COUNTER,	/* nest cryptomap_counter_attr, out */
	CRYPTOMAP_A_TOMB,	/* nest cryptomap_tomb_attr, out */
	CRYPTOMAP_A_FILTER,	/* nest cryptomap_filter_attr, in */
	CRYPTOMAP_A_EVENT,	/* nest cryptomap_event_attr, out */
	CRYPTOMAP_A_ALG,	/* nest cryptomap_alg_attr, out */
	__CRYPTOMAP_A_MAX,
	CRYPTOMAP_A_MAX = __CRYPTOMAP_A_MAX - 1,
};

/* What this module is and holds. */
enum cryptomap_info_attr {
	CRYPTOMAP_INFO_UNSPEC,
	CRYPTOMAP_INFO_PAD,		/* alignment of u64 attributes */
	CRYPTOMAP_INFO_VERSION,		/* string: version of the module, out */
	CRYPTOMAP_INFO_FEATURES,	/* u64: bits CRYPTOMAP_FEATURE_*, out */
	CRYPTOMAP_INFO_ACLS,		/* u32: access lists present, out */
	CRYPTOMAP_INFO_LINES,		/* u32: access-list lines present, out */
	CRYPTOMAP_INFO_MAPS,		/* u32: maps present, out */
	CRYPTOMAP_INFO_FLOWS,		/* u32: flows present, out */
	CRYPTOMAP_INFO_SAS,		/* u32: SAs present, both directions, out */
	CRYPTOMAP_INFO_LARVAL,		/* u32: SPIs reserved, no SA yet, out */
	CRYPTOMAP_INFO_EVENTS_LOST,	/* u64: events that found a full receiver, out */
	CRYPTOMAP_INFO_GENERATION,	/* u32: changes with every configuration change, out */
	__CRYPTOMAP_INFO_MAX,
	CRYPTOMAP_INFO_MAX = __CRYPTOMAP_INFO_MAX - 1,
};

/* Bits of CRYPTOMAP_INFO_FEATURES: what SA_SET and the lists accept. */
#define CRYPTOMAP_FEATURE_IPV4		(1ULL << 0)	/* IPv4 inside and outside */
#define CRYPTOMAP_FEATURE_IPV6		(1ULL << 1)	/* IPv6 inside and outside */
#define CRYPTOMAP_FEATURE_TRANSPORT	(1ULL << 2)	/* transport mode */
#define CRYPTOMAP_FEATURE_UDP_ENCAP	(1ULL << 3)	/* ESP in UDP, RFC 3948 */
#define CRYPTOMAP_FEATURE_AH		(1ULL << 4)	/* AH, RFC 4302 */
#define CRYPTOMAP_FEATURE_ESN		(1ULL << 5)	/* 64-bit sequence numbers */
#define CRYPTOMAP_FEATURE_DYNAMIC	(1ULL << 6)	/* dynamic entries */
#define CRYPTOMAP_FEATURE_IPCOMP	(1ULL << 7)	/* IPComp inside ESP, RFC 3173 */
#define CRYPTOMAP_FEATURE_BUNDLE	(1ULL << 8)	/* AH around ESP */

/*
 * Limits of the namespace. Absent in LIMITS_SET = unchanged. A limit below
 * what is in use refuses new objects and removes none.
 */
enum cryptomap_limit_attr {
	CRYPTOMAP_LIMIT_UNSPEC,
	CRYPTOMAP_LIMIT_LINES,		/* u32: access-list lines, 1..16777216, default 1048576, in/out */
	CRYPTOMAP_LIMIT_FLOWS,		/* u32: flows, 1..16777216, default 1048576, in/out */
	CRYPTOMAP_LIMIT_SAS,		/* u32: SAs and larval SPIs, 2..16777216, default 1048576, in/out */
	CRYPTOMAP_LIMIT_QUEUE_FLOW,	/* u32: packets that wait for an SA per flow, 0..256, default 16, in/out */
	CRYPTOMAP_LIMIT_QUEUE_TOTAL,	/* u32: packets that wait in the namespace, 0..65536, default 1024, in/out */
	CRYPTOMAP_LIMIT_QUEUE_SECS,	/* u32: longest wait of a packet, 1..300, default 60, in/out */
	CRYPTOMAP_LIMIT_ACQUIRE_SECS,	/* u32: repeat an unanswered acquire after, 1..300, default 5, in/out */
	CRYPTOMAP_LIMIT_LARVAL_SECS,	/* u32: life of a reserved SPI, 1..3600, default 240, in/out */
	CRYPTOMAP_LIMIT_TOMBS,		/* u32: tombstones kept, 0..65536, default 1024, in/out */
	CRYPTOMAP_LIMIT_EVENT_RATE,	/* u32: unknown-SPI events a second, 0..10000, default 10, in/out */
	CRYPTOMAP_LIMIT_CRYPTO_QUEUE,	/* u32: packets in asynchronous crypto per SA, 1..65536, default 1024, in/out */
	CRYPTOMAP_LIMIT_DEMUX_PORTS,	/* u32: ports of one client with SA_F_NAT_DEMUX, 1..65536, default 256, in/out */
	CRYPTOMAP_LIMIT_PAIRS,		/* u32: parts of flows (ENTRY_LEVEL) that have no SA yet, 1..65536, default 1024, in/out */
	__CRYPTOMAP_LIMIT_MAX,
	CRYPTOMAP_LIMIT_MAX = __CRYPTOMAP_LIMIT_MAX - 1,
};

enum cryptomap_acl_attr {
	CRYPTOMAP_ACL_UNSPEC,
	CRYPTOMAP_ACL_NAME,	/* string: 1..CRYPTOMAP_NAME_MAX, required, in/out */
	CRYPTOMAP_ACL_FAMILY,	/* u8: AF_INET (default) or AF_INET6, ACL_SET, in/out */
	CRYPTOMAP_ACL_LINES,	/* u32: number of lines, out */
	CRYPTOMAP_ACL_REFS,	/* u32: entries that name the list, out */
	__CRYPTOMAP_ACL_MAX,
	CRYPTOMAP_ACL_MAX = __CRYPTOMAP_ACL_MAX - 1,
};

enum cryptomap_action {
	CRYPTOMAP_ACTION_DENY,		/* go on with the next entry */
	CRYPTOMAP_ACTION_PERMIT,	/* protect */
};

enum cryptomap_line_attr {
	CRYPTOMAP_LINE_UNSPEC,
	CRYPTOMAP_LINE_PAD,	/* alignment of u64 attributes */
	CRYPTOMAP_LINE_SEQ,	/* u32: number, 1..CRYPTOMAP_LINE_MAX, required, in/out */
	CRYPTOMAP_LINE_ACTION,	/* u8: enum cryptomap_action, required, in/out */
	CRYPTOMAP_LINE_SEL,	/* nest cryptomap_sel_attr, required, in/out */
	CRYPTOMAP_LINE_HITS,	/* u64: packets that the line decided: outbound, and clear text inbound, out */
	__CRYPTOMAP_LINE_MAX,
	CRYPTOMAP_LINE_ATTR_MAX = __CRYPTOMAP_LINE_MAX - 1,
};

/* A selector. What is absent matches anything; any of IPv6 is given out as ::/0. */
enum cryptomap_sel_attr {
	CRYPTOMAP_SEL_UNSPEC,
	CRYPTOMAP_SEL_SRC,		/* binary 4 or 16: protected address, in/out */
	CRYPTOMAP_SEL_SRC_MASK,		/* binary 4 or 16: default all ones, in/out */
	CRYPTOMAP_SEL_DST,		/* binary 4 or 16: address behind the peer, in/out */
	CRYPTOMAP_SEL_DST_MASK,		/* binary 4 or 16: default all ones, in/out */
	CRYPTOMAP_SEL_PROTO,		/* u8: IP protocol 1..255; absent = any, in/out */
	CRYPTOMAP_SEL_SPORT_LO,		/* u16: first port of the protected side, host order, in/out */
	CRYPTOMAP_SEL_SPORT_HI,		/* u16: last port, default SPORT_LO, in/out */
	CRYPTOMAP_SEL_DPORT_LO,		/* u16: first port behind the peer, host order, in/out */
	CRYPTOMAP_SEL_DPORT_HI,		/* u16: last port, default DPORT_LO, in/out */
	CRYPTOMAP_SEL_ICMP_TYPE,	/* u8: ICMP or ICMPv6 type 0..255; absent = any, in/out */
	CRYPTOMAP_SEL_ICMP_CODE,	/* u8: code, needs a type; absent = any, in/out */
	__CRYPTOMAP_SEL_MAX,
	CRYPTOMAP_SEL_MAX = __CRYPTOMAP_SEL_MAX - 1,
};

enum cryptomap_map_attr {
	CRYPTOMAP_MAP_UNSPEC,
	CRYPTOMAP_MAP_NAME,	/* string: 1..CRYPTOMAP_NAME_MAX, required, in/out */
	CRYPTOMAP_MAP_LOCAL_IF,	/* string: interface whose address is used outside ("local-address"): its bindings share the flows, SAs and options (but FILTER_BYPASS and MANAGEMENT) of the oldest of them, the owner, and what a peer sends arrives on that of them that it came by; UNBIND of the owner, or another MAP_LOCAL_IF where there was or is none, ends SAs, in/out */
	CRYPTOMAP_MAP_ENTRIES,	/* u32: number of entries, out */
	CRYPTOMAP_MAP_BINDINGS,	/* u32: interfaces that it is bound to, out */
	__CRYPTOMAP_MAP_MAX,
	CRYPTOMAP_MAP_MAX = __CRYPTOMAP_MAP_MAX - 1,
};

enum cryptomap_entry_type {
	CRYPTOMAP_ENTRY_T_ISAKMP,	/* keys by IKE; a match without SA raises an acquire */
	CRYPTOMAP_ENTRY_T_MANUAL,	/* keys by configuration; a match without SA drops */
	CRYPTOMAP_ENTRY_T_DYNAMIC,	/* selectors come with the SAs; needs FEATURE_DYNAMIC */
};

/*
 * What has SAs of its own. Above LINE a packet that matches a permit line belongs to
 * a part of the line's flow, whose FLOW_SEL has the packet's addresses, or also its
 * protocol and ports. The first packet makes the part and raises the acquire, whose
 * A_FLOW is the part; it goes with its last SA, by ACQUIRE_FAIL, or LIMIT_QUEUE_SECS
 * after its last acquire. Parts without SA are bounded by LIMIT_PAIRS and the limits
 * of the queue. The line's own flow takes no SAs.
 */
enum cryptomap_level {
	CRYPTOMAP_LEVEL_LINE,
	CRYPTOMAP_LEVEL_HOST,		/* each pair of hosts ("level per-host") */
	CRYPTOMAP_LEVEL_CONNECTION,	/* each pair of hosts, protocol and ports */
};

enum cryptomap_entry_attr {
	CRYPTOMAP_ENTRY_UNSPEC,
	CRYPTOMAP_ENTRY_PAD,	/* alignment of u64 attributes */
	CRYPTOMAP_ENTRY_SEQ,	/* u32: 1..CRYPTOMAP_SEQ_MAX, required, in/out */
	CRYPTOMAP_ENTRY_TYPE,	/* u8: enum cryptomap_entry_type, default ISAKMP, in/out */
	CRYPTOMAP_ENTRY_ACL,	/* string: existing list; absent = the entry has no lines, in/out */
	CRYPTOMAP_ENTRY_PEER,	/* binary 4 or 16, repeated up to CRYPTOMAP_PEERS_MAX: in order, in/out */
	CRYPTOMAP_ENTRY_COOKIE,	/* u64: the owner's own mark, given back as it is, in/out */
	CRYPTOMAP_ENTRY_LEVEL,	/* u8: enum cryptomap_level, default LINE, others for type ISAKMP only, in/out */
	__CRYPTOMAP_ENTRY_MAX,
	CRYPTOMAP_ENTRY_MAX = __CRYPTOMAP_ENTRY_MAX - 1,
};

/*
 * When an IPv4 packet that may be cut and is too big for the tunnel is cut. IPv6
 * is cut BEFORE always: routers behind the peer could not cut it. Transport mode
 * cuts AFTER always (RFC 4303, 3.3.4).
 */
enum cryptomap_frag {
	CRYPTOMAP_FRAG_BEFORE,	/* encryption: the peer need not put ESP together */
	CRYPTOMAP_FRAG_AFTER,	/* encryption: the peer gets what was sent */
};

#define CRYPTOMAP_MSS_AUTO	1	/* what fits the tunnel: from its path MTU, mode and transform */
#define CRYPTOMAP_TFC_MTU	1	/* as much as fits the tunnel */

/* Bits of CRYPTOMAP_BIND_FLAGS. */
#define CRYPTOMAP_BIND_F_PRE_CLASSIFY	(1U << 0)	/* queueing disciplines see the flows inside; a device with several queues may reorder an SA */
#define CRYPTOMAP_BIND_F_FILTER_BYPASS	(1U << 1)	/* decrypted packets pass FORWARD and INPUT by, unless NAT has changed them */

/* What there is of a bound interface. */
enum cryptomap_bind_state {
	CRYPTOMAP_BIND_ABSENT,
	CRYPTOMAP_BIND_DOWN,		/* somebody has set it down */
	CRYPTOMAP_BIND_NO_CARRIER,	/* no link: cable, modem, PPP session */
	CRYPTOMAP_BIND_UP,
};

enum cryptomap_bind_attr {
	CRYPTOMAP_BIND_UNSPEC,
	CRYPTOMAP_BIND_IFNAME,	/* string: interface name, need not exist yet, required, in/out */
	CRYPTOMAP_BIND_MAP,	/* string: existing map, required in BIND, in/out */
	CRYPTOMAP_BIND_IFINDEX,	/* u32: index while the interface exists, else 0, out */
	CRYPTOMAP_BIND_FLOWS,	/* u32: flows of this binding, out */
	CRYPTOMAP_BIND_PAD,	/* alignment of u64 attributes */
	CRYPTOMAP_BIND_MSS,	/* u16: most that TCP SYNs of protected flows may announce, either way: 64..65495 bytes, CRYPTOMAP_MSS_AUTO or 0 = as they come, default 0, in/out */
	CRYPTOMAP_BIND_CLAMPED,	/* u64: SYNs that were changed for BIND_MSS, out */
	CRYPTOMAP_BIND_TUNNEL,	/* u8: 1 while the interface exists and is a tunnel interface, else 0, out */
	CRYPTOMAP_BIND_FLAGS,	/* u32: CRYPTOMAP_BIND_F_*, default 0, in/out */
	CRYPTOMAP_BIND_MARK_OUT, /* u32: mark of the outer packets, which are routed by it too (ip rule fwmark); 0 = routed without, marked as those inside, default 0, in/out */
	CRYPTOMAP_BIND_MARK_IN,	/* u32: mark of decrypted packets (nft "meta mark"); 0 = none, default 0, in/out */
	CRYPTOMAP_BIND_STATE,	/* u8: enum cryptomap_bind_state, out */
	CRYPTOMAP_BIND_DF,	/* u8: enum cryptomap_df for all its SAs; absent = each SA's SA_DF, in/out */
	CRYPTOMAP_BIND_FRAG,	/* u8: enum cryptomap_frag, default BEFORE, in/out */
	CRYPTOMAP_BIND_OWNER,	/* string: bound interface whose flows and SAs it uses (MAP_LOCAL_IF), absent = its own, out */
	CRYPTOMAP_BIND_MANAGEMENT, /* string: interface: of this router's addresses only its own, those of the bound interface and the SA's end answer to what was decrypted ("management-access"), others lose it as "management_access", unless connection tracking knows it as an answer; absent = all answer, in/out */
	__CRYPTOMAP_BIND_MAX,
	CRYPTOMAP_BIND_MAX = __CRYPTOMAP_BIND_MAX - 1,
};

enum cryptomap_flow_state {
	CRYPTOMAP_FLOW_IDLE,	/* no SA, nothing asked for one */
	CRYPTOMAP_FLOW_ACQUIRE,	/* no SA, acquire raised, packets may wait */
	CRYPTOMAP_FLOW_UP,	/* an outbound SA is current */
};

/*
 * Counting rules of the counters below: outbound, encaps counts packets that
 * got a header, encrypt those that went through a cipher, digest those that
 * got an ICV; inbound likewise decaps, decrypt, verify. GSO counts in segments.
 */
enum cryptomap_flow_attr {
	CRYPTOMAP_FLOW_UNSPEC,
	CRYPTOMAP_FLOW_PAD,		/* alignment of u64 attributes */
	CRYPTOMAP_FLOW_ID,		/* u32: unique in the namespace, never 0, in/out */
	CRYPTOMAP_FLOW_IFNAME,		/* string: bound interface, in/out */
	CRYPTOMAP_FLOW_MAP,		/* string: map, out */
	CRYPTOMAP_FLOW_SEQ,		/* u32: entry, in/out */
	CRYPTOMAP_FLOW_ACL,		/* string: access list, if the flow has a line, out */
	CRYPTOMAP_FLOW_LINE,		/* u32: number of the permit line, in/out */
	CRYPTOMAP_FLOW_SEL,		/* nest cryptomap_sel_attr: what it protects; the first of FLOW_SELS, out */
	CRYPTOMAP_FLOW_STATE,		/* u8: enum cryptomap_flow_state, out */
	CRYPTOMAP_FLOW_TYPE,		/* u8: enum cryptomap_entry_type, out */
	CRYPTOMAP_FLOW_SA_OUT,		/* u32: id of the current outbound SA, absent = none, out */
	CRYPTOMAP_FLOW_SA_IN,		/* u32: id of the newest inbound SA, absent = none, out */
	CRYPTOMAP_FLOW_WAITING,		/* u32: packets waiting for an SA, out */
	CRYPTOMAP_FLOW_ENCAPS,		/* u64: packets encapsulated, out */
	CRYPTOMAP_FLOW_ENCRYPT,		/* u64: packets encrypted, out */
	CRYPTOMAP_FLOW_DIGEST,		/* u64: packets given an ICV, out */
	CRYPTOMAP_FLOW_DECAPS,		/* u64: packets decapsulated, out */
	CRYPTOMAP_FLOW_DECRYPT,		/* u64: packets decrypted, out */
	CRYPTOMAP_FLOW_VERIFY,		/* u64: packets whose ICV was good, out */
	CRYPTOMAP_FLOW_BYTES_OUT,	/* u64: inner bytes sent protected, out */
	CRYPTOMAP_FLOW_BYTES_IN,	/* u64: inner bytes received protected, out */
	CRYPTOMAP_FLOW_SEND_ERRORS,	/* u64: outbound packets lost, any reason, out */
	CRYPTOMAP_FLOW_RECV_ERRORS,	/* u64: inbound packets lost, any reason, out */
	CRYPTOMAP_FLOW_COUNTER,		/* nest cryptomap_counter_attr, repeated: losses that are not 0, out */
	CRYPTOMAP_FLOW_PKT_SEL,		/* nest cryptomap_sel_attr: packet that raised an acquire, event and ACQUIRE_GET, out */
	CRYPTOMAP_FLOW_PEER,		/* binary 4 or 16, repeated: peers of the entry, out */
	CRYPTOMAP_FLOW_COOKIE,		/* u64: cookie of the entry, out */
	CRYPTOMAP_FLOW_PMTU,		/* u32: path MTU outside, bytes, out while UP */
	CRYPTOMAP_FLOW_MTU,		/* u32: largest inner packet, bytes, out while UP */
	CRYPTOMAP_FLOW_ACQUIRES,	/* u64: acquires raised, out */
	CRYPTOMAP_FLOW_NAT_HITS,	/* u64: outbound packets whose source NAT had changed before they matched, out */
	CRYPTOMAP_FLOW_NAT_ESCAPES,	/* u64: connections that would have matched but for source NAT, and left in clear, out */
	CRYPTOMAP_FLOW_PMTU_AGE,	/* u32: seconds since ICMP told FLOW_PMTU; absent = it is the route's own, out */
	CRYPTOMAP_FLOW_PMTU_LEFT,	/* u32: seconds until the kernel forgets it, together with PMTU_AGE, out */
	CRYPTOMAP_FLOW_DF,		/* u8: enum cryptomap_df in force, out while UP */
	CRYPTOMAP_FLOW_PREFRAG,		/* u64: packets cut before encryption, out */
	CRYPTOMAP_FLOW_PREFRAG_FAILED,	/* u64: too big, but must not be cut or no memory, out */
	CRYPTOMAP_FLOW_POSTFRAG,	/* u64: packets cut after encryption, out */
	CRYPTOMAP_FLOW_POSTFRAG_FAILED,	/* u64: cut after encryption, but not sent, out */
	CRYPTOMAP_FLOW_FRAGMENTS,	/* u64: fragments made of both, out */
	CRYPTOMAP_FLOW_PMTU_SENT,	/* u64: senders told that their packets are too big, out */
	CRYPTOMAP_FLOW_PMTU_RCVD,	/* u64: ICMP that told us so of ESP or AH, out */
	CRYPTOMAP_FLOW_REASSEMBLE,	/* u64: fragments decapsulated: their receiver puts them together, out */
	CRYPTOMAP_FLOW_ICMP_VALID,	/* u64: ICMP errors let in for what they quote, out */
	CRYPTOMAP_FLOW_ICMP_INVALID,	/* u64: ICMP errors refused: neither they nor what they quote fits, out */
	CRYPTOMAP_FLOW_COMPRESSED,	/* u64: packets sent compressed, out */
	CRYPTOMAP_FLOW_DECOMPRESSED,	/* u64: packets that came compressed, out */
	CRYPTOMAP_FLOW_NOT_COMPRESSED,	/* u64: short, or would not have become shorter, out */
	CRYPTOMAP_FLOW_COMP_FAILED,	/* u64: sent as they were, the compressor failed, out */
	CRYPTOMAP_FLOW_DECOMP_FAILED,	/* u64: lost as "decompress_failed", out */
	CRYPTOMAP_FLOW_PART_OF,		/* u32: id of the line's flow that it is a part of (ENTRY_LEVEL), absent for others, out */
	CRYPTOMAP_FLOW_SELS,		/* u32: number of selectors of a flow under a dynamic entry, all of which SA_SEL of its SAs tells, absent for others, out */
	CRYPTOMAP_FLOW_PADDED,		/* u64: packets sent longer than they were, for SA_TFC_PAD, out */
	CRYPTOMAP_FLOW_DUMMY_SENT,	/* u64: dummies sent, which are in ENCRYPT and DIGEST, too, out */
	CRYPTOMAP_FLOW_DUMMY_RCVD,	/* u64: dummies of the peer, which are dropped and no loss; in DECRYPT and VERIFY, too, out */
	CRYPTOMAP_FLOW_PARALLEL_OUT,	/* u64: packets that another CPU encrypted than sent them, out */
	CRYPTOMAP_FLOW_PARALLEL_IN,	/* u64: packets that another CPU decrypted than received them, out */
	__CRYPTOMAP_FLOW_MAX,
	CRYPTOMAP_FLOW_MAX = __CRYPTOMAP_FLOW_MAX - 1,
};

enum cryptomap_dir {
	CRYPTOMAP_DIR_IN,	/* we receive: DST is ours */
	CRYPTOMAP_DIR_OUT,	/* we send: DST is the peer's */
};

enum cryptomap_mode {
	CRYPTOMAP_MODE_TUNNEL,
	CRYPTOMAP_MODE_TRANSPORT,	/* packets from SRC to DST only; needs FEATURE_TRANSPORT */
};

enum cryptomap_sa_state {
	CRYPTOMAP_SA_LARVAL,	/* SPI reserved, no keys yet */
	CRYPTOMAP_SA_INSTALLED,	/* outbound, waits for SA_ACTIVATE */
	CRYPTOMAP_SA_ACTIVE,	/* inbound: receives; outbound: its flow's current SA */
	CRYPTOMAP_SA_OLD,	/* outbound, superseded by another */
	CRYPTOMAP_SA_DYING,	/* soft lifetime passed, still in use */
	CRYPTOMAP_SA_DEAD,	/* hard lifetime passed or sequence exhausted, drops */
};

/*
 * Encryption transforms: IANA "IKEv2 Encryption Algorithm" identifiers. The combined
 * modes (all CCM, GCM, GMAC, ChaCha20-Poly1305) take no integrity transform, the others
 * need one. Behind the key of CCM stand 3 bytes of salt (RFC 4309), behind that of CTR
 * (RFC 3686), GCM (RFC 4106), GMAC (RFC 4543) and ChaCha20-Poly1305 (RFC 7634) 4. The IV
 * of all of these is the sequence number: one key serves one outbound SA, once.
 */
enum cryptomap_encr {
	CRYPTOMAP_ENCR_DES		= 2,
	CRYPTOMAP_ENCR_3DES		= 3,
	CRYPTOMAP_ENCR_NULL		= 11,
	CRYPTOMAP_ENCR_AES_CBC		= 12,
	CRYPTOMAP_ENCR_AES_CTR		= 13,
	CRYPTOMAP_ENCR_AES_CCM_8	= 14,
	CRYPTOMAP_ENCR_AES_CCM_12	= 15,
	CRYPTOMAP_ENCR_AES_CCM_16	= 16,
	CRYPTOMAP_ENCR_AES_GCM_8	= 18,
	CRYPTOMAP_ENCR_AES_GCM_12	= 19,
	CRYPTOMAP_ENCR_AES_GCM_16	= 20,
	CRYPTOMAP_ENCR_NULL_AES_GMAC	= 21,	/* authenticates, does not encrypt */
	CRYPTOMAP_ENCR_CHACHA20_POLY1305 = 28,
};

/* Integrity transforms: IANA "IKEv2 Integrity Algorithm" identifiers. */
enum cryptomap_auth {
	CRYPTOMAP_AUTH_NONE		= 0,	/* combined-mode ciphers only */
	CRYPTOMAP_AUTH_HMAC_MD5_96	= 1,
	CRYPTOMAP_AUTH_HMAC_SHA1_96	= 2,
	CRYPTOMAP_AUTH_AES_XCBC_96	= 5,
	CRYPTOMAP_AUTH_AES_CMAC_96	= 8,
	CRYPTOMAP_AUTH_HMAC_SHA2_256_128 = 12,
	CRYPTOMAP_AUTH_HMAC_SHA2_384_192 = 13,
	CRYPTOMAP_AUTH_HMAC_SHA2_512_256 = 14,
	CRYPTOMAP_AUTH_HMAC_SHA2_256_96	= 1036,	/* private use: pre-RFC truncation */
};

enum cryptomap_alg_kind {
	CRYPTOMAP_ALG_K_ENCR,	/* for SA_ENCR */
	CRYPTOMAP_ALG_K_AUTH,	/* for SA_AUTH */
};

/* Bits of CRYPTOMAP_ALG_FLAGS. */
#define CRYPTOMAP_ALG_F_COMBINED	(1U << 0)	/* takes no SA_AUTH beside it */
#define CRYPTOMAP_ALG_F_COUNTER		(1U << 1)	/* a key must never be used twice */
#define CRYPTOMAP_ALG_F_OLD		(1U << 2)	/* deprecated */
#define CRYPTOMAP_ALG_F_NO_CIPHER	(1U << 3)	/* does not hide the contents */

/* A transform that the module knows (F-109). */
enum cryptomap_alg_attr {
	CRYPTOMAP_ALG_UNSPEC,
	CRYPTOMAP_ALG_KIND,	/* u8: enum cryptomap_alg_kind, out */
	CRYPTOMAP_ALG_ID,	/* u16: enum cryptomap_encr or cryptomap_auth, out */
	CRYPTOMAP_ALG_NAME,	/* string: as people say it ("aes-gcm-16"), out */
	CRYPTOMAP_ALG_FLAGS,	/* u32: CRYPTOMAP_ALG_F_*, out */
	CRYPTOMAP_ALG_KEY_BITS,	/* binary: lengths of the key without salt, a u16 in bits each, ascending; absent = takes none, out */
	CRYPTOMAP_ALG_SALT,	/* u8: bytes of salt that follow the key, out */
	CRYPTOMAP_ALG_IV,	/* u8: bytes of IV on the wire, out */
	CRYPTOMAP_ALG_ICV,	/* u8: bytes of ICV on the wire; 0 = SA_AUTH's, out */
	CRYPTOMAP_ALG_CRYPTO,	/* string: name in the kernel crypto API, out */
	CRYPTOMAP_ALG_DRIVER,	/* string: what would serve an SA (a cipher with HMAC-SHA-256-128, a hash with NULL); absent = this kernel does not offer it, out */
	CRYPTOMAP_ALG_PAD,	/* alignment of u64 attributes */
	CRYPTOMAP_ALG_PACKETS_ESP,	/* u64: packets that inbound SAs of ESP accepted with it, SAs that ended included, HISTORY_GET, out */
	CRYPTOMAP_ALG_PACKETS_AH,	/* u64: likewise of AH, out */
	__CRYPTOMAP_ALG_MAX,
	CRYPTOMAP_ALG_MAX = __CRYPTOMAP_ALG_MAX - 1,
};

enum cryptomap_df {
	CRYPTOMAP_DF_COPY,	/* outer DF = inner DF; IPv6 inside counts as set */
	CRYPTOMAP_DF_SET,
	CRYPTOMAP_DF_CLEAR,	/* what must not be fragmented inside is outside, in IPv6 too */
};

/* Bits of CRYPTOMAP_SA_FLAGS. */
#define CRYPTOMAP_SA_F_ESN		(1U << 0)	/* 64-bit sequence numbers, RFC 4304; both ends or none */
#define CRYPTOMAP_SA_F_NO_REPLAY	(1U << 1)	/* inbound: no replay protection */
#define CRYPTOMAP_SA_F_ACTIVATE		(1U << 2)	/* outbound: SA_SET activates as well */
#define CRYPTOMAP_SA_F_NOTIFY_FIRST	(1U << 3)	/* inbound: event FIRST_PACKET once */
#define CRYPTOMAP_SA_F_SYNC_CRYPTO	(1U << 4)	/* no asynchronous drivers */
#define CRYPTOMAP_SA_F_REKEY_ONLY	(1U << 5)	/* SA_SET: refuse if the flow has no SA */
#define CRYPTOMAP_SA_F_NAT_DEMUX	(1U << 6)	/* transport mode: one of several clients behind a NAT */
#define CRYPTOMAP_SA_F_BUNDLE		(1U << 7)	/* AH: goes around the ESP that names it, and nothing else */

/*
 * AH (RFC 4302): SA_PROTO is 51, SA_AUTH any but NONE, and there is no SA_ENCR.
 *   - What routers may change of the outer header is not authenticated. NAT on
 *     the way changes what is: "bad_icv". There is no UDP encapsulation of AH.
 *   - Its header is a multiple of 4 bytes in IPv4, of 8 in IPv6. IPv4 with 8 is
 *     taken, not sent (XFRM: "flag align4" for HMAC-SHA-2 over IPv4).
 */

/* IPComp transforms: IANA "IKEv2 Notification IPCOMP Transform IDs" and CPIs. */
enum cryptomap_ipcomp {
	CRYPTOMAP_IPCOMP_NONE		= 0,
	CRYPTOMAP_IPCOMP_DEFLATE	= 2,	/* RFC 2394 */
};

/*
 * IPComp (RFC 3173) inside ESP: an ESP SA with SA_IPCOMP. What it protects is
 * compressed before encryption, unless it is short or would not become shorter.
 * Inbound both is taken; another CPI is lost as "ipcomp_cpi", damaged data, and more
 * than a packet can hold, as "decompress_failed". XFRM has the same as two states, of
 * "proto comp" in the mode of the SA and of "proto esp" in transport mode.
 */

/*
 * ESP in UDP (RFC 3948): an SA with the two ports, of either mode and family. They are
 * those of its packets, so the peer's is ENCAP_SPORT inbound, ENCAP_DPORT outbound.
 *   - The daemon's socket of the SA's family (SOCK_NATT) stands for the local port:
 *     outbound packets are lost as "nat_t_socket" while none is kept. What it receives
 *     with four zero bytes in front (IKE) stays in it, a keepalive is dropped as
 *     "nat_keepalive", all else is ESP.
 *   - Encapsulation is what was agreed: plain ESP for an SA with ports, and ESP in UDP
 *     for one without, is dropped as "encap_mismatch", as XFRM does. ESP in UDP is
 *     never handed on to XFRM.
 *   - The peer's address and port may change. Authentic packets are taken from anywhere;
 *     when the newest comes from another place than the one before, EV_NAT_MAPPING tells
 *     it, at most once a second for each SA. Nothing else follows by itself: SA_UPDATE
 *     moves the inbound SA (SRC, ENCAP_SPORT) and the outbound (DST, ENCAP_DPORT).
 *   - SA_UPDATE gives SRC and the ports as they are to be; with SA_ID, DST as well
 *     (without, it is the key). An SA with ports keeps having some, one without gets
 *     none. Other addresses only for an SA of tunnel mode over IPv4.
 *   - The UDP checksum is 0 in IPv4. In IPv6 it is there, and the socket judges that of
 *     the peer (UDP_NO_CHECK6_RX takes 0).
 *
 * In transport mode the packet has the outer addresses, SA_SRC and SA_DST, which a NAT
 * has changed: selectors and access lists speak of a peer by its NAT's address, and by
 * its own ports. Its checksum (RFC 3948, 3.1.2) is made to fit. With OA_SRC or OA_DST
 * (NAT-OA of RFC 3947: the addresses of sender and receiver as the peer knows them) it
 * is mended by what they differ, for all protocols with a pseudo header, so that a
 * packet damaged before it was protected stays so; without, TCP, UDP and ICMPv6 get a
 * new one. A UDP checksum of 0 stays 0. What goes out is for the peer to mend.
 *
 * Several clients behind one NAT (SA_F_NAT_DEMUX; "set nat demux" of IOS) have one
 * address here, and may use the same port. With the flag the SAs of one flow, of one
 * address and port of a peer outside and with the same selectors, are those of one
 * client, through every rekeying; the SAs of a flow have the flag all, or none.
 *   - The source port of what comes from a client (the identifier, of an ICMP query) is
 *     made one from 5000 to 65535 that nobody else of that address and protocol has:
 *     SA_PORT_MAP. So local programs see it. What goes to that port is an answer: it
 *     gets the client's own port back, and leaves through the client's current SA.
 *   - SA selectors speak of the client's own port. The line of the flow must take any
 *     port of the peer, because it sees the other.
 *   - Only answers go out: what is for a port that no client has is lost as
 *     "nat_demux_unmapped". What has neither port nor is an ICMP query or its reply
 *     (ICMP errors; SCTP, whose ports its CRC covers) is lost as "nat_demux_protocol"
 *     on its way in, "nat_demux_unmapped" on its way out.
 *   - A client keeps its ports until its last SA goes, or until it has LIMIT_DEMUX_PORTS
 *     and another was silent for five minutes; else a new one is lost as
 *     "nat_demux_limit". If it comes back it gets the same number unless that is taken.
 *   - A NAT may give the port of a client that fell silent to another: the SAs of the
 *     old one must go before those of the new one come.
 */

/*
 * Dynamic peers. SA_IFNAME and SA_ENTRY in place of SA_FLOW name an entry of the map
 * bound to an interface; the SA brings SA_SEL, all of one family.
 *   - Under an entry of type DYNAMIC the flow is the one with just these selectors, made
 *     when there is none. Its packets are found where the entry stands among the others;
 *     within it the narrowest selector (most bits of both masks, then protocol, then
 *     ports) wins, of equal ones the younger flow. Peers with the same selectors share
 *     the flow: the SA activated last is current, and when it goes the youngest of the
 *     others that was current before is so again. All of them receive.
 *   - The flow goes with its last SA, inbound or outbound. Then nothing matches its
 *     packets any more: they pass on to the next entry, and in the end leave in clear
 *     text and are accepted so. A dynamic entry raises no acquires: while a flow has no
 *     outbound SA its packets are lost as "no_sa".
 *   - An access list of a dynamic entry says what peers may bring: a selector within a
 *     permit line and in no part in a deny line above it, or -EACCES. Packets that match
 *     the list and no SA are lost as "no_sa", inbound as "clear_text": so nothing leaves
 *     in clear while a peer is away. When list or entry change, the flows that they do
 *     not allow any more go, with their SAs (TOMB_CONFIG).
 *   - Under an entry of a level above LINE the one selector is that of a part of a
 *     line's flow, which is made when there is none.
 */
enum cryptomap_sa_attr {
	CRYPTOMAP_SA_UNSPEC,
	CRYPTOMAP_SA_PAD,		/* alignment of u64 attributes */
	CRYPTOMAP_SA_ID,		/* u32: unique in the namespace, never 0, in (key)/out */
	CRYPTOMAP_SA_DIR,		/* u8: enum cryptomap_dir, required in SA_SET, in/out */
	CRYPTOMAP_SA_PROTO,		/* u8: IPPROTO_ESP (50, default), or IPPROTO_AH (51) with FEATURE_AH, in/out */
	CRYPTOMAP_SA_SPI,		/* be32: CRYPTOMAP_SPI_MIN..4294967295, required in SA_SET, in/out */
	CRYPTOMAP_SA_SPI_MIN,		/* u32: lowest SPI to allocate, host order, default 4096, SPI_ALLOC, in */
	CRYPTOMAP_SA_SPI_MAX,		/* u32: highest SPI to allocate, host order, default 4294967295, SPI_ALLOC, in */
	CRYPTOMAP_SA_SRC,		/* binary 4 or 16: outer source address, required in SA_SET, in/out */
	CRYPTOMAP_SA_DST,		/* binary 4 or 16: outer destination address, required in SA_SET, in/out */
	CRYPTOMAP_SA_MODE,		/* u8: enum cryptomap_mode, default TUNNEL, in/out */
	CRYPTOMAP_SA_FLOW,		/* u32: flow id, required in SA_SET without SA_IFNAME, in/out */
	CRYPTOMAP_SA_STATE,		/* u8: enum cryptomap_sa_state, out */
	CRYPTOMAP_SA_FLAGS,		/* u32: CRYPTOMAP_SA_F_*, in/out */
	CRYPTOMAP_SA_OWNER,		/* u32: who installed it; 0 = configuration, else a daemon, in/out */
	CRYPTOMAP_SA_COOKIE,		/* u64: the owner's own mark, given back as it is, in/out */
	CRYPTOMAP_SA_ENCR,		/* u16: enum cryptomap_encr, required in SA_SET for ESP, refused for AH, in/out */
	CRYPTOMAP_SA_ENCR_KEY,		/* binary ..CRYPTOMAP_KEY_MAX: key, then salt if SA_ENCR has one, in only */
	CRYPTOMAP_SA_ENCR_BITS,		/* u16: length of the key without salt, bits; absent for AH, out */
	CRYPTOMAP_SA_AUTH,		/* u16: enum cryptomap_auth, default NONE, which AH does not take, in/out */
	CRYPTOMAP_SA_AUTH_KEY,		/* binary ..CRYPTOMAP_KEY_MAX: its key, in only */
	CRYPTOMAP_SA_SEL,		/* nest cryptomap_sel_attr, repeated up to CRYPTOMAP_SELECTORS_MAX: of the flow's family, default its selector if it has one, in/out */
	CRYPTOMAP_SA_WINDOW,		/* u32: replay window, 32..CRYPTOMAP_WINDOW_MAX, multiple of 32, default 64, inbound, in/out */
	CRYPTOMAP_SA_SEQ,		/* u64: last sequence number sent or highest received, in (tests, take-over)/out */
	CRYPTOMAP_SA_BITMAP,		/* binary: replay window, u32 words in host order, word 0 bit 0 = SEQ, out */
	CRYPTOMAP_SA_DF,		/* u8: enum cryptomap_df, default COPY, outbound, in/out */
	CRYPTOMAP_SA_ENCAP_SPORT,	/* be16: source port of ESP in UDP, 1..65535; absent = plain ESP, in/out */
	CRYPTOMAP_SA_ENCAP_DPORT,	/* be16: its destination port, 1..65535, together with ENCAP_SPORT, in/out */
	CRYPTOMAP_SA_SOFT_SECS,		/* u32: soft lifetime from now; 0 = none, in/out (remaining) */
	CRYPTOMAP_SA_HARD_SECS,		/* u32: hard lifetime from now; 0 = none, in/out (remaining) */
	CRYPTOMAP_SA_SOFT_KB,		/* u64: soft lifetime in kilobytes; 0 = none, in/out (of the whole) */
	CRYPTOMAP_SA_HARD_KB,		/* u64: hard lifetime in kilobytes; 0 = none, in/out (of the whole) */
	CRYPTOMAP_SA_SOFT_PKTS,		/* u64: soft lifetime in packets; 0 = none, in/out (of the whole) */
	CRYPTOMAP_SA_HARD_PKTS,		/* u64: hard lifetime in packets; 0 = none, in/out (of the whole) */
	CRYPTOMAP_SA_IDLE_SECS,		/* u32: event IDLE after so long without traffic, 60..86400; 0 = never, in/out */
	CRYPTOMAP_SA_PACKETS,		/* u64: packets through this SA, out */
	CRYPTOMAP_SA_BYTES,		/* u64: bytes through this SA, as lifetimes count them, out */
	CRYPTOMAP_SA_AGE,		/* u32: seconds since SA_SET, out */
	CRYPTOMAP_SA_IDLE,		/* u32: seconds since the last packet, absent = never used, out */
	CRYPTOMAP_SA_COUNTER,		/* nest cryptomap_counter_attr, repeated: losses that are not 0, out */
	CRYPTOMAP_SA_REASON,		/* u8: enum cryptomap_tomb_reason, SA_DEL, in */
	CRYPTOMAP_SA_DRIVER,		/* string: kernel crypto driver in use, out */
	CRYPTOMAP_SA_BEHIND,		/* binary: packets lost as "replay_window", CRYPTOMAP_BEHIND_MAX u64 in host order; the n-th counts those 2^n to 2^(n+1)-1 behind SEQ (first: 0 too; last: all above too), absent = none, out */
	CRYPTOMAP_SA_OA_SRC,		/* binary 4 or 16: source address as the peer sees itself, inbound transport mode in UDP, default SRC if OA_DST is given, in/out */
	CRYPTOMAP_SA_OA_DST,		/* binary 4 or 16: destination address as the peer sees us, likewise, in/out */
	CRYPTOMAP_SA_PORTS,		/* u32: ports that the client uses, inbound with SA_F_NAT_DEMUX, out */
	CRYPTOMAP_SA_PORT_MAP,		/* binary: the newest of them, up to CRYPTOMAP_PORTS_MAX times three u16 in host order: protocol, port or ICMP identifier as the client has it, as it is here, out */
	CRYPTOMAP_SA_OVERHEAD,		/* u32: most bytes that it adds to a packet, out */
	CRYPTOMAP_SA_OVERHEAD_HEAD,	/* u32: of these in front of it, out */
	CRYPTOMAP_SA_IPCOMP,		/* u8: enum cryptomap_ipcomp, default NONE, only for ESP, in/out */
	CRYPTOMAP_SA_CPI,		/* u16: its CPI: SA_IPCOMP's own number (default), or 256..65535 as negotiated, in/out */
	CRYPTOMAP_SA_IFNAME,		/* string: SA_SET: bound interface, in place of SA_FLOW, in */
	CRYPTOMAP_SA_ENTRY,		/* u32: SA_SET: number of an entry of its map, 1..65535, together with SA_IFNAME, in */
	CRYPTOMAP_SA_MARK_OUT,		/* u32: in place of BIND_MARK_OUT, outbound; 0 = as the binding has it, default 0, in/out (absent = 0) */
	CRYPTOMAP_SA_MARK_IN,		/* u32: in place of BIND_MARK_IN, inbound; likewise, in/out (absent = 0) */
	CRYPTOMAP_SA_TFC_PAD,		/* u16: outbound ESP without SA_IPCOMP: shorter packets inside are filled up to so many bytes, as far as fits (RFC 4303, 2.7): 64..65495, CRYPTOMAP_TFC_MTU or 0 = none, default 0; in transport mode only where all selectors are of UDP or IP in IP, which tell their length, else -EOPNOTSUPP, in/out */
	CRYPTOMAP_SA_DUMMY_MS,		/* u32: outbound ESP: while it is current, a dummy (RFC 4303, 2.6) follows when nothing was sent for one to two times so long, as long as SA_TFC_PAD or else of any length; lifetimes, IDLE and PACKETS do not know it: 10..3600000, or 0 = never, default 0, in/out */
	CRYPTOMAP_SA_AH_SPI,		/* be32: ESP: SPI of the AH with SA_F_BUNDLE around it, which has no other; SA_AUTH may be NONE then, SA_ENCR not NULL; not in UDP, in/out (absent = none) */
	__CRYPTOMAP_SA_MAX,
	CRYPTOMAP_SA_MAX = __CRYPTOMAP_SA_MAX - 1,
};

enum cryptomap_sock_kind {
	CRYPTOMAP_SOCK_IKE,	/* UDP 500: kept while no daemon runs */
	CRYPTOMAP_SOCK_NATT,	/* UDP 4500: kept, and ESP is taken out of it */
};

enum cryptomap_sock_attr {
	CRYPTOMAP_SOCK_UNSPEC,
	CRYPTOMAP_SOCK_FD,	/* s32 in a u32: descriptor, SOCK_SET in, SOCK_GET out */
	CRYPTOMAP_SOCK_KIND,	/* u8: enum cryptomap_sock_kind, required, in/out */
	CRYPTOMAP_SOCK_FAMILY,	/* u8: AF_INET or AF_INET6, required in SOCK_GET and SOCK_DEL, in/out */
	__CRYPTOMAP_SOCK_MAX,
	CRYPTOMAP_SOCK_MAX = __CRYPTOMAP_SOCK_MAX - 1,
};

/* One named reason why packets were lost, and how many. */
enum cryptomap_counter_attr {
	CRYPTOMAP_COUNTER_UNSPEC,
	CRYPTOMAP_COUNTER_PAD,		/* alignment of u64 attributes */
	CRYPTOMAP_COUNTER_ID,		/* u32: number of the reason, may differ between versions, out */
	CRYPTOMAP_COUNTER_NAME,		/* string: name of the reason, stable, out */
	CRYPTOMAP_COUNTER_TEXT,		/* string: one line of explanation, COUNTER_GET only, out */
	CRYPTOMAP_COUNTER_PACKETS,	/* u64: packets lost for it, out */
	CRYPTOMAP_COUNTER_PACKETS_AH,	/* u64: of these, packets of AH, COUNTER_GET only, out */
	__CRYPTOMAP_COUNTER_MAX,
	CRYPTOMAP_COUNTER_MAX = __CRYPTOMAP_COUNTER_MAX - 1,
};

enum cryptomap_tomb_reason {
	CRYPTOMAP_TOMB_UNKNOWN,		/* not said */
	CRYPTOMAP_TOMB_DELETED,		/* by command of the administrator */
	CRYPTOMAP_TOMB_PEER,		/* the peer sent DELETE */
	CRYPTOMAP_TOMB_REKEYED,		/* another SA took over */
	CRYPTOMAP_TOMB_EXPIRED,		/* hard lifetime */
	CRYPTOMAP_TOMB_DPD,		/* the peer did not answer */
	CRYPTOMAP_TOMB_FLUSHED,		/* all were removed */
	CRYPTOMAP_TOMB_CONFIG,		/* its flow is gone */
	CRYPTOMAP_TOMB_LARVAL,		/* reserved, but no SA came */
	CRYPTOMAP_TOMB_IDLE,		/* no traffic */
	CRYPTOMAP_TOMB_ADDRESS,		/* this end has lost its address */
};

/* What is remembered of an SPI that was ours (F-120). */
enum cryptomap_tomb_attr {
	CRYPTOMAP_TOMB_UNSPEC,
	CRYPTOMAP_TOMB_PAD,	/* alignment of u64 attributes */
	CRYPTOMAP_TOMB_SPI,	/* be32: the SPI, out */
	CRYPTOMAP_TOMB_DIR,	/* u8: enum cryptomap_dir, out */
	CRYPTOMAP_TOMB_PROTO,	/* u8: IPPROTO_ESP or IPPROTO_AH, out */
	CRYPTOMAP_TOMB_SRC,	/* binary 4 or 16: outer source, out */
	CRYPTOMAP_TOMB_DST,	/* binary 4 or 16: outer destination, out */
	CRYPTOMAP_TOMB_REASON,	/* u8: enum cryptomap_tomb_reason, out */
	CRYPTOMAP_TOMB_AGO,	/* u32: seconds since it was deleted, out */
	CRYPTOMAP_TOMB_COOKIE,	/* u64: the owner's mark, out */
	CRYPTOMAP_TOMB_LATE,	/* u64: packets that came for it afterwards, out */
	__CRYPTOMAP_TOMB_MAX,
	CRYPTOMAP_TOMB_MAX = __CRYPTOMAP_TOMB_MAX - 1,
};

/* All that are present must match. */
enum cryptomap_filter_attr {
	CRYPTOMAP_FILTER_UNSPEC,
	CRYPTOMAP_FILTER_OWNER,		/* u32: SAs of this owner, in */
	CRYPTOMAP_FILTER_MAP,		/* string: SAs and flows of this map, in */
	CRYPTOMAP_FILTER_SEQ,		/* u32: of this entry; needs FILTER_MAP, in */
	CRYPTOMAP_FILTER_PEER,		/* binary 4 or 16: SAs whose far end is this, in */
	CRYPTOMAP_FILTER_FLOW,		/* u32: SAs of this flow, in */
	CRYPTOMAP_FILTER_ACL,		/* string: COUNTER_RESET: hits of this list only, in */
	CRYPTOMAP_FILTER_REASON,	/* u8: enum cryptomap_tomb_reason to note, SA_FLUSH, in */
	__CRYPTOMAP_FILTER_MAX,
	CRYPTOMAP_FILTER_MAX = __CRYPTOMAP_FILTER_MAX - 1,
};

enum cryptomap_event {
	CRYPTOMAP_EV_UNSPEC,
	CRYPTOMAP_EV_ACQUIRE,		/* A_FLOW: a flow needs an SA */
	CRYPTOMAP_EV_SOFT_EXPIRE,	/* A_SA, CAUSE: rekey it */
	CRYPTOMAP_EV_HARD_EXPIRE,	/* A_SA, CAUSE: it is dead and goes */
	CRYPTOMAP_EV_IDLE,		/* A_SA: idle for IDLE_SECS */
	CRYPTOMAP_EV_FIRST_PACKET,	/* A_SA: inbound, the peer uses it */
	CRYPTOMAP_EV_SEQ_NEAR_END,	/* A_SA: outbound, rekey it soon */
	CRYPTOMAP_EV_SEQ_EXHAUSTED,	/* A_SA: outbound, it is dead and goes */
	CRYPTOMAP_EV_UNKNOWN_SPI,	/* A_SA{SPI,PROTO,SRC,DST}: rate-limited; A_TOMB if it was ours */
	CRYPTOMAP_EV_NAT_MAPPING,	/* A_SA: inbound; SRC and ENCAP_SPORT are where the peer was heard now */
	CRYPTOMAP_EV_IF_UP,		/* A_BIND: the bound interface is there, up, and has a link */
	CRYPTOMAP_EV_IF_DOWN,		/* A_BIND: it went down or away, or lost its link: BIND_STATE */
	CRYPTOMAP_EV_SA_DELETED,	/* A_SA, REASON: gone by other than its owner's SA_DEL */
	CRYPTOMAP_EV_CONFIG,		/* configuration changed: GENERATION of INFO_GET */
};

enum cryptomap_cause {
	CRYPTOMAP_CAUSE_NONE,
	CRYPTOMAP_CAUSE_SECS,
	CRYPTOMAP_CAUSE_KB,
	CRYPTOMAP_CAUSE_PKTS,
};

enum cryptomap_event_attr {
	CRYPTOMAP_EVENT_UNSPEC,
	CRYPTOMAP_EVENT_PAD,	/* alignment of u64 attributes */
	CRYPTOMAP_EVENT_TYPE,	/* u8: enum cryptomap_event, out */
	CRYPTOMAP_EVENT_NUM,	/* u64: counts every event; a gap = events were lost, dump afresh, out */
	CRYPTOMAP_EVENT_CAUSE,	/* u8: enum cryptomap_cause, out */
	CRYPTOMAP_EVENT_REASON,	/* u8: enum cryptomap_tomb_reason, out */
	__CRYPTOMAP_EVENT_MAX,
	CRYPTOMAP_EVENT_MAX = __CRYPTOMAP_EVENT_MAX - 1,
};

#endif /* _UAPI_LINUX_CRYPTOMAP_H */
