/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether a socket counts as a user of its namespace. Kernels that have
 * sk_net_refcnt_upgrade() (see Kbuild) let a socket that does not count hold
 * the memory of the namespace, and debug kernels note both kinds of holders.
 */
#ifndef _CM_COMPAT_SOCK_H
#define _CM_COMPAT_SOCK_H

#include <net/sock.h>

#ifdef CM_HAVE_SK_NET_REFCNT_UPGRADE

static inline void cm_sock_uncount(struct sock *sk)
{
	struct net *net = sock_net(sk);

	__netns_tracker_free(net, &sk->ns_tracker, true);
	sk->sk_net_refcnt = 0;
	net_passive_inc(net);
	__netns_tracker_alloc(net, &sk->ns_tracker, false, GFP_KERNEL);
	sock_inuse_add(net, -1);
	put_net(net);
}

static inline void cm_sock_count(struct sock *sk)
{
	sk_net_refcnt_upgrade(sk);
}

#else

static inline void cm_sock_uncount(struct sock *sk)
{
	struct net *net = sock_net(sk);

	sk->sk_net_refcnt = 0;
	sock_inuse_add(net, -1);
	put_net_track(net, &sk->ns_tracker);
}

static inline void cm_sock_count(struct sock *sk)
{
	struct net *net = sock_net(sk);

	sk->sk_net_refcnt = 1;
	get_net_track(net, &sk->ns_tracker, GFP_KERNEL);
	sock_inuse_add(net, 1);
}

#endif

#endif
