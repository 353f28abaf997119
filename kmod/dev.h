/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The device of a namespace that decrypted packets pass: it gives them GRO,
 * which the bound interface often lacks, and shows them to tcpdump.
 *
 * Its link header looks like Ethernet: the source address is 02:00 and the id
 * of the SA, so that GRO never merges packets of two SAs.
 */
#ifndef _CM_DEV_H
#define _CM_DEV_H

#include <linux/if_ether.h>
#include <linux/types.h>

struct cm_sa;
struct net;
struct sk_buff;

#define CM_DEV_NAME "cryptomap0"
#define CM_DEV_HLEN ETH_HLEN

/* Create and register the device; takes the RTNL. 0 or negative errno. */
int cm_dev_net_init(struct net *net);

/* Unregister it. No SA can receive any more. Takes the RTNL, may sleep. */
void cm_dev_net_exit(struct net *net);

/**
 * cm_dev_receive() - hand a decrypted packet to the stack
 * @sa: where it came from; its id tags the packet
 * @skb: data at the inner IP header, CM_DEV_HLEN bytes before it are free;
 *	consumed
 *
 * It arrives on the interface that the flow of the SA is bound to. BH off.
 */
void cm_dev_receive(const struct cm_sa *sa, struct sk_buff *skb);

/* Did we (or XFRM) decapsulate this packet? Not to be forged from outside. */
bool cm_dev_is_decapsulated(const struct sk_buff *skb);

#endif
