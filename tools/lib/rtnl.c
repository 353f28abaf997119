// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#include "tools/lib/rtnl.h"

#define DUMPS_MAX	16	/* while things come and go */

int rtnl_ask(struct nl_msg *msg, nl_recvmsg_msg_cb_t fn, void *arg)
{
	struct nl_sock *sk = msg ? nl_socket_alloc() : NULL;
	int ret = -NLE_NOMEM;

	if (!sk)
		goto out;
	if (fn)
		nl_socket_modify_cb(sk, NL_CB_VALID, NL_CB_CUSTOM, fn, arg);
	ret = nl_connect(sk, NETLINK_ROUTE);
	if (ret >= 0)
		ret = nl_send_auto(sk, msg);
	if (ret >= 0)
		ret = fn ? nl_recvmsgs_default(sk) : nl_wait_for_ack(sk);
out:
	nl_socket_free(sk);
	nlmsg_free(msg);
	return ret < 0 ? ret : 0;
}

int rtnl_errno(int ret)
{
	switch (-ret) {
	case 0:
		return 0;
	case NLE_NOMEM:
		return -ENOMEM;
	case NLE_EXIST:
		return -EEXIST;
	case NLE_PERM:
	case NLE_NOACCESS:
		return -EPERM;
	case NLE_NODEV:
	case NLE_OBJ_NOTFOUND:
		return -ENODEV;
	case NLE_NOADDR:
		return -EADDRNOTAVAIL;
	case NLE_OPNOTSUPP:
		return -EOPNOTSUPP;
	case NLE_DUMP_INTR:
		return -EAGAIN;
	default:
		return -EIO;
	}
}

int rtnl_dump(int (*collect)(void *arg), void *arg)
{
	unsigned int dumps = 0;
	int ret;

	do {
		ret = collect(arg);
	} while (ret == -NLE_DUMP_INTR && ++dumps < DUMPS_MAX);
	return rtnl_errno(ret);
}
