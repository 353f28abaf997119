// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <ifaddrs.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <string.h>

#include "ike-daemon/engine_route.h"

bool route_has_address(const char *ifname, const struct addr *addr)
{
	struct ifaddrs *list;
	bool found = false;

	if (getifaddrs(&list))
		return false;
	for (const struct ifaddrs *i = list; i && !found; i = i->ifa_next) {
		struct addr its;

		found = i->ifa_addr &&
			(!ifname || !strcmp(i->ifa_name, ifname)) &&
			!addr_from_sockaddr(&its, i->ifa_addr,
					    sizeof(struct sockaddr_in6)) &&
			addr_equal(&its, addr);
	}
	freeifaddrs(list);
	return found;
}

static int route_answer(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *h = nlmsg_hdr(msg);
	struct nlattr *oif;

	if (h->nlmsg_type != RTM_NEWROUTE)
		return NL_SKIP;
	oif = nlmsg_find_attr(h, sizeof(struct rtmsg), RTA_OIF);
	if (oif)
		*(unsigned int *)arg = nla_get_u32(oif);
	return NL_STOP;
}

static int ask_route(struct nl_sock *sk, const struct addr *dst,
		     unsigned int *ifindex)
{
	struct rtmsg rt = {
		.rtm_family = dst->family,
		.rtm_dst_len = addr_bits(dst),
	};
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_GETROUTE, NLM_F_REQUEST);
	int r = -NLE_NOMEM;

	if (msg && !nlmsg_append(msg, &rt, sizeof(rt), NLMSG_ALIGNTO) &&
	    !nla_put(msg, RTA_DST, addr_len(dst), dst->bytes) &&
	    (!dst->scope || !nla_put_u32(msg, RTA_OIF, dst->scope)))
		r = nl_send_auto(sk, msg);
	nlmsg_free(msg);
	if (r >= 0)
		r = nl_socket_modify_cb(sk, NL_CB_VALID, NL_CB_CUSTOM,
					route_answer, ifindex);
	return r < 0 ? r : nl_recvmsgs_default(sk);
}

int route_interface(const struct addr *dst, char ifname[IF_NAMESIZE])
{
	struct nl_sock *sk = nl_socket_alloc();
	unsigned int ifindex = 0;

	if (!sk)
		return -ENOMEM;
	nl_socket_disable_auto_ack(sk);
	if (!nl_connect(sk, NETLINK_ROUTE))
		ask_route(sk, dst, &ifindex);
	nl_socket_free(sk);
	return ifindex && if_indextoname(ifindex, ifname) ? 0 : -ENETUNREACH;
}
