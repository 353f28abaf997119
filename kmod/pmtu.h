/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Path MTU of a tunnel, and what happens to packets that do not fit.
 *
 * The path MTU is that of the route to the peer, where the kernel keeps what
 * ICMP told it. A packet that may be fragmented is fragmented before
 * encryption, so that the peer need not reassemble before it can decrypt; to
 * the sender of any other goes an ICMP error with the inner MTU. Where the
 * outer DF bit is cleared by configuration, what may not be fragmented inside
 * is fragmented outside.
 *
 * IPv6 is fragmented by its sender only: that is us for what this router sends
 * itself, and again for what was put together when it came. Where the tunnel is
 * narrower than 1280 bytes, up to that IPv6 is fragmented outside.
 *
 * Or (CRYPTOMAP_FRAG_AFTER) IPv4 that may be cut is cut outside only. Not IPv6:
 * the routers behind the peer could not cut it again.
 *
 * In transport mode whole packets are encrypted, and what is then too big is
 * fragmented (RFC 4303, 3.3.4). That includes what this router sends itself and
 * must not be fragmented: to tell the sender would narrow the route to the
 * peer, which is the route of the ESP packets as well, again and again.
 */
#ifndef _CM_PMTU_H
#define _CM_PMTU_H

#include <linux/types.h>

struct cm_flow;
struct cm_sa;
struct dst_entry;
struct net;
struct sk_buff;
struct sk_buff_head;

enum cm_fit {
	CM_FIT_YES,		/* or to be cut after encryption */
	CM_FIT_FRAGMENT,	/* after cm_pmtu_fragment() */
	CM_FIT_NO,		/* drop; the sender has been told if possible */
};

/*
 * For dumps, in bytes, while @sa is current: the path MTU outside, and the
 * largest inner packet that fits. 0 = not known. Under rcu_read_lock().
 */
u32 cm_pmtu_path(const struct cm_flow *flow, const struct cm_sa *sa);
u32 cm_pmtu_inner(const struct cm_flow *flow, const struct cm_sa *sa);

/*
 * For dumps: seconds since ICMP told the path MTU, and until the kernel forgets
 * it. False: it is what the route has anyway. Under rcu_read_lock().
 */
bool cm_pmtu_age(const struct cm_flow *flow, const struct cm_sa *sa, u32 *age,
		 u32 *left);

/* enum cryptomap_df in force for an outbound SA: of its binding, or its own. */
u8 cm_pmtu_df(const struct cm_sa *sa);

/*
 * Bytes that stay before the ESP or AH header of the shortest packet: without
 * options or extension headers. 0 in tunnel mode.
 */
u32 cm_pmtu_stays(const struct cm_sa *sa);

/* ICMP said that packets of an outbound SA are larger than @mtu bytes. */
void cm_pmtu_told(const struct cm_sa *sa, u32 mtu);

/*
 * Largest inner packet for an SA of either direction, bytes; as long as none
 * was sent, what its interface lets through. 0 = no interface. Under
 * rcu_read_lock().
 */
u32 cm_pmtu_expected(const struct cm_sa *sa);

/*
 * Largest inner packet, bytes, on the route @dst to the peer; notes the path
 * MTU for dumps. @stays: bytes of it that stay before the ESP or AH header.
 */
u32 cm_pmtu_on_route(struct cm_sa *sa, const struct dst_entry *dst, u32 stays);

/*
 * The same, asking for the route, for packets without options; 0 = there is no
 * SA or no route. Process context.
 */
u32 cm_pmtu_ask(struct cm_flow *flow);

/**
 * cm_pmtu_check() - does a packet fit into the tunnel?
 * @sa: outbound SA
 * @skb: IP packet, control block valid, also a large send (its segments are meant then)
 * @mtu: from cm_pmtu_on_route()
 */
enum cm_fit cm_pmtu_check(const struct cm_sa *sa, struct sk_buff *skb, u32 mtu);

/**
 * cm_pmtu_fragment() - cut a packet
 * @net: namespace
 * @skb: packet with dst and valid control block, no large send; consumed
 * @mtu: bytes of the largest fragment, at least CM_IPV4_MTU_MIN
 * @list: its fragments are added here
 *
 * BH off. Return: 0 or a negative errno, when @list may hold some of them.
 */
int cm_pmtu_fragment(struct net *net, struct sk_buff *skb, u32 mtu,
		     struct sk_buff_head *list);

#endif
