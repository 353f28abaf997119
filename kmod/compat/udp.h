/* SPDX-License-Identifier: GPL-2.0 */
/* UDP encapsulation as it differs between the supported kernels. */
#ifndef _CM_COMPAT_UDP_H
#define _CM_COMPAT_UDP_H

#include <linux/net.h>
#include <net/udp_tunnel.h>

/*
 * Make UDP ask its sockets for an encapsulation. The socket is counted, and
 * takes its count back when it is destroyed. It is passed as a struct sock
 * where Kbuild finds so (the stable series changed it on their way).
 */
static inline void cm_udp_encap_enable(struct socket *sock)
{
#ifdef CM_HAVE_UDP_ENCAP_ENABLE_SK
	udp_tunnel_encap_enable(sock->sk);
#else
	udp_tunnel_encap_enable(sock);
#endif
}

#endif
