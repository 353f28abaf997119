/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The IKE sockets, UDP 500 and 4500 of IPv4 and of IPv6: they outlive the daemon in
 * the kernel's keeping.
 */
#ifndef IKE_ENGINE_SOCK_H
#define IKE_ENGINE_SOCK_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "ike-daemon/kernel/kernel.h"
#include "tools/lib/addr.h"
#include "tools/lib/err.h"

struct ike_sock {
	int fd;			/* -1: there is none */
	int family;
	enum cryptomap_sock_kind kind;
	uint16_t port;
};

/* The order in which they are opened. */
#define IKE_SOCKS	4
/* All closed; @socks has IKE_SOCKS. */
void socks_init(struct ike_sock *socks);
/*
 * The one that the kernel keeps, or a new one, which is handed to it.
 * -EADDRINUSE names the owner of the port if it can be found.
 */
int sock_open(struct kernel *k, struct ike_sock *s, struct err *err);
/* All of them; a system without IPv6 has two. */
int socks_open(struct kernel *k, struct ike_sock *socks, struct err *err);
void socks_close(struct ike_sock *socks);
/* One datagram, -EAGAIN when there is none; *@len 0 for an empty one. */
int sock_receive(const struct ike_sock *s, void *data, size_t size, size_t *len,
		 struct addr *local, struct addr *remote);
/* By the one of @socks that is @local's; -EAFNOSUPPORT: there is none. */
int socks_send(const struct ike_sock *socks, const struct addr *local,
	       const struct addr *remote, const void *data, size_t len);

#endif
