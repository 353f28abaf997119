/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The device of a namespace that decrypted packets pass: it gives them GRO,
 * which the bound interface often lacks, and shows them to tcpdump.
 *
 * Its link header looks like Ethernet, so that every tool can read it: the
 * source address is 02:00 and the id of the SA, the destination 02:01 and the
 * id of its flow. GRO compares link headers, therefore it never
 * merges packets of two SAs.
 */
#ifndef _CM_DEV_H
#define _CM_DEV_H

#include <linux/types.h>
#include <linux/workqueue.h>

struct cm_net;
struct cm_sa;
struct net;
struct net_device;
struct sk_buff;

#define CM_DEV_NAME "cryptomap0"

/**
 * struct cm_gro - the device of a namespace, cn->gro
 * @dev: device, RCU; NULL until it is wanted
 * @create: makes it; bindings appear in device notifiers, where no other
 *	device can be registered
 * @net: namespace
 */
struct cm_gro {
	struct net_device __rcu *dev;
	struct work_struct create;
	struct net *net;
};

int cm_dev_net_init(struct net *net);

/* Unregister the device. No SA receives any more. Takes the RTNL, may sleep. */
void cm_dev_net_exit(struct net *net);

/* A binding has its interface: the device will be needed. Any context. */
void cm_dev_want(struct cm_net *cn);

/**
 * cm_dev_receive() - hand a decrypted packet to the stack
 * @sa: where it came from, under rcu_read_lock()
 * @skb: IP packet, data at its header; ESP header and IV lie before it and
 *	are free to be written; consumed
 *
 * It arrives on the interface that the flow of the SA is bound to. BH off.
 */
void cm_dev_receive(struct cm_sa *sa, struct sk_buff *skb);

/*
 * Prepare what the packets of an inbound SA are marked with: @sa->esp->mark,
 * a reference of the caller's. Process context; 0 or -ENOMEM.
 */
int cm_dev_make_mark(struct cm_sa *sa);

/* Was this packet decapsulated here, by us or by XFRM? Cannot be forged from outside. */
bool cm_dev_decapsulated(const struct sk_buff *skb);

/* Was it decapsulated by one of our SAs last? Tunnel interfaces mark nothing. */
bool cm_dev_is_ours(const struct sk_buff *skb);

/* And is it to our end of that SA, as all of transport mode is? */
bool cm_dev_is_to_end(const struct sk_buff *skb);

/* It was, and arrives: spare it what XFRM would do in vain. Under RCU. */
void cm_dev_skip_xfrm(const struct net *net, struct sk_buff *skb, bool v6);

#endif
