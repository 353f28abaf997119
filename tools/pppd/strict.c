// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <linux/if_link.h>
#include <linux/ip.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <sys/socket.h>

#include "tools/lib/rtnl.h"
#include "tools/pppd/strict.h"

#define RP_FILTER_STRICT	1

static int put_rp_filter(struct nl_msg *msg)
{
	struct nlattr *af = nla_nest_start(msg, IFLA_AF_SPEC);
	struct nlattr *inet = af ? nla_nest_start(msg, AF_INET) : NULL;
	struct nlattr *conf = inet ? nla_nest_start(msg, IFLA_INET_CONF) : NULL;
	int err = conf ? nla_put_u32(msg, IPV4_DEVCONF_RP_FILTER,
				     RP_FILTER_STRICT) : -NLE_NOMEM;

	if (err)
		return err;
	nla_nest_end(msg, conf);
	nla_nest_end(msg, inet);
	nla_nest_end(msg, af);
	return 0;
}

/* By netlink, as /proc/sys is often read-only for services. */
int strict_source(const char *ifname)
{
	struct ifinfomsg link = { .ifi_family = AF_UNSPEC };
	struct nl_msg *msg;

	link.ifi_index = (int)if_nametoindex(ifname);
	if (!link.ifi_index)
		return -ENODEV;
	msg = nlmsg_alloc_simple(RTM_SETLINK, NLM_F_REQUEST);
	if (!msg || nlmsg_append(msg, &link, sizeof(link), NLMSG_ALIGNTO) ||
	    put_rp_filter(msg)) {
		nlmsg_free(msg);
		return -ENOMEM;
	}
	return rtnl_errno(rtnl_ask(msg, NULL, NULL));
}
