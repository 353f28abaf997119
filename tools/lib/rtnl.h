/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One request to the kernel's routing netlink, for links and addresses. */
#ifndef TOOLS_LIB_RTNL_H
#define TOOLS_LIB_RTNL_H

#include <netlink/handlers.h>

struct nl_msg;

/*
 * Sends @msg, which may be NULL (no memory), and frees it; @fn gets what is
 * answered, or is NULL where the kernel only acknowledges.  0 or an error of libnl.
 */
int rtnl_ask(struct nl_msg *msg, nl_recvmsg_msg_cb_t fn, void *arg);
/* A negative errno for an error of libnl. */
int rtnl_errno(int ret);

/*
 * Has @collect dump a list until that was not interrupted, or too often: while things
 * come and go a list is worth nothing.  @collect begins anew each time and returns 0 or
 * an error of libnl.  0 or -errno.
 */
int rtnl_dump(int (*collect)(void *arg), void *arg);

#endif
