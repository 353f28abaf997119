/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The IKE sockets, UDP 500 and 4500: they outlive the daemon in the kernel's keeping. */
#ifndef IKE_ENGINE_SOCK_H
#define IKE_ENGINE_SOCK_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "ike-daemon/kernel/kernel.h"
#include "tools/lib/addr.h"
#include "tools/lib/err.h"

/*
 * The socket of that kind that the kernel keeps, or a new one, which is handed
 * to it.  -EADDRINUSE names the owner of the port if it can be found.
 */
int sock_open(struct kernel *k, enum cryptomap_sock_kind kind, int *fd,
	      struct err *err);
/*
 * One datagram that came to @port of ours, -EAGAIN when there is none; *@len 0
 * for an empty one.
 */
int sock_receive(int fd, uint16_t port, void *data, size_t size, size_t *len,
		 struct addr *local, struct addr *remote);
int sock_send(int fd, const struct addr *local, const struct addr *remote,
	      const void *data, size_t len);

#endif
