/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ESP in UDP (RFC 3948): the daemon's socket, the UDP header, and where the
 * peer's NAT maps it to.
 */
#ifndef _CM_NATT_H
#define _CM_NATT_H

#include <linux/types.h>

struct cm_net;
struct cm_sa;
struct cm_tuple;
struct netlink_ext_ack;
struct sk_buff;
struct socket;

/**
 * cm_natt_attach() - take ESP out of what a UDP socket receives
 * @sock: socket that the module holds a reference to
 * @extack: what is wrong
 *
 * Return: 0, or -EBUSY when the socket serves another encapsulation.
 */
int cm_natt_attach(struct socket *sock, struct netlink_ext_ack *extack);

/*
 * No packet that arrives from now on finds the module. Packets under RCU still
 * do: wait for them before the namespace's state or the module goes.
 */
void cm_natt_detach(struct socket *sock);

/*
 * The UDP header in front of the ESP header, which is the transport header; all
 * of the packet behind it is there in its length.
 */
void cm_natt_put(const struct cm_sa *sa, struct sk_buff *skb);

/* Then, when the packet is encrypted: its checksum; it is the transport header. */
void cm_natt_finish(struct sk_buff *skb);

/* Is it a packet of one of our encapsulated SAs? UDP follows IP. Under RCU. */
bool cm_natt_is_own(struct cm_net *cn, const struct sk_buff *skb);

/*
 * What came out of an SA of transport mode: the checksum for the addresses that
 * it has here. Data is at the IP header, linear and private; @t is its tuple.
 */
void cm_natt_mend(const struct cm_sa *sa, struct sk_buff *skb,
		  const struct cm_tuple *t);

/*
 * An authentic packet, newer than all before it, came from UDP port @sport; its
 * outer header is the network header. Raises NAT_MAPPING when that is news.
 */
void cm_natt_heard(struct cm_sa *sa, const struct sk_buff *skb, __be16 sport);

/* From now on the peer is expected at the SA's own addresses. */
void cm_natt_expect(struct cm_sa *sa);

#endif
