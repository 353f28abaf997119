/* SPDX-License-Identifier: GPL-2.0 */
/* The daemon's UDP sockets, kept while no daemon runs. */
#ifndef _CM_SOCK_H
#define _CM_SOCK_H

#include <linux/types.h>

struct cm_net;
struct file;
struct netlink_ext_ack;

/* All under cn->lock, in process context. @kind: enum cryptomap_sock_kind. */

/*
 * Keep the socket behind descriptor @fd of the calling process, instead of the
 * one of its kind and family kept before. -EBADF, -ENOTSOCK, or -EINVAL for
 * anything but a UDP socket of this namespace.
 */
int cm_sock_set(struct cm_net *cn, int fd, u8 kind,
		struct netlink_ext_ack *extack);

/*
 * The file of a kept socket, referenced, ready to be given to a process.
 * NULL: there is none.
 */
struct file *cm_sock_get(struct cm_net *cn, u8 kind, u8 family);

/* -ENOENT. */
int cm_sock_del(struct cm_net *cn, u8 kind, u8 family);

/* Is there a socket that ESP in UDP can go through? Any context. */
bool cm_sock_has_natt(const struct cm_net *cn, u8 family);

void cm_sock_net_init(struct cm_net *cn);

/* cn->lock held: no packet finds the module by a socket any more. */
void cm_sock_net_detach(struct cm_net *cn);

void cm_sock_net_exit(struct cm_net *cn);

#endif
