/* SPDX-License-Identifier: GPL-2.0 */
/* Whether a socket counts as a user of its namespace, as it differs between the supported kernels. */
#ifndef _CM_COMPAT_SOCK_H
#define _CM_COMPAT_SOCK_H

#include <linux/version.h>
#include <net/sock.h>

/* Debug kernels note who holds a namespace; newer ones also who uses it uncounted. */
static inline void cm_sock_track(struct sock *sk, bool counted)
{
	struct net *net = sock_net(sk);

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
	if (counted)
		netns_tracker_alloc(net, &sk->ns_tracker, GFP_KERNEL);
#else
	__netns_tracker_alloc(net, &sk->ns_tracker, counted, GFP_KERNEL);
#endif
}

static inline void cm_sock_untrack(struct sock *sk, bool counted)
{
	struct net *net = sock_net(sk);

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
	if (counted)
		netns_tracker_free(net, &sk->ns_tracker);
#else
	__netns_tracker_free(net, &sk->ns_tracker, counted);
#endif
}

#endif
