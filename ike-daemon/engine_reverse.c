// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "ike-daemon/engine_reverse.h"
#include "tools/lib/rtnl.h"

/* Of a burst of changes nothing but that there are some is of interest, bytes. */
#define WATCH_BUFFER	65536

/* What a message says of a route. */
struct route {
	struct prefix dst;
	struct addr gateway;		/* unset: the link */
	unsigned int ifindex;
	uint8_t protocol;
	uint32_t table;
};

static void take_gateway(struct route *out, struct nlattr **tb)
{
	const struct rtvia *via = tb[RTA_VIA] ? nla_data(tb[RTA_VIA]) : NULL;

	if (tb[RTA_GATEWAY])
		addr_from_bytes(&out->gateway, nla_data(tb[RTA_GATEWAY]),
				(size_t)nla_len(tb[RTA_GATEWAY]));
	else if (via && nla_len(tb[RTA_VIA]) > (int)sizeof(*via))
		addr_from_bytes(&out->gateway, via->rtvia_addr,
				(size_t)nla_len(tb[RTA_VIA]) - sizeof(*via));
}

static bool parse(struct nlmsghdr *h, struct route *out)
{
	const struct rtmsg *rt = nlmsg_data(h);
	struct nlattr *tb[RTA_MAX + 1];
	struct addr dst = { .family = rt->rtm_family };

	*out = (struct route){ .protocol = rt->rtm_protocol };
	if (nlmsg_parse(h, sizeof(*rt), tb, RTA_MAX, NULL))
		return false;
	if (tb[RTA_DST] && addr_from_bytes(&dst, nla_data(tb[RTA_DST]),
					   (size_t)nla_len(tb[RTA_DST])))
		return false;
	out->table = tb[RTA_TABLE] ? nla_get_u32(tb[RTA_TABLE]) : rt->rtm_table;
	if (tb[RTA_OIF])
		out->ifindex = nla_get_u32(tb[RTA_OIF]);
	take_gateway(out, tb);
	return !prefix_set(&out->dst, &dst, rt->rtm_dst_len);
}

/* --- one ------------------------------------------------------------------- */

static int take_one(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *h = nlmsg_hdr(msg);

	if (h->nlmsg_type == RTM_NEWROUTE)
		parse(h, arg);
	return NL_STOP;
}

/* How @dst is reached, by @ifindex if that is not 0; or, with @match, the route itself. */
static int ask(const struct addr *dst, unsigned int ifindex, bool match,
	       struct route *out)
{
	struct rtmsg rt = {
		.rtm_family = dst->family,
		.rtm_dst_len = addr_bits(dst),
		.rtm_flags = match ? RTM_F_FIB_MATCH : 0,
	};
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_GETROUTE, NLM_F_REQUEST);

	*out = (struct route){ 0 };
	if (!msg)
		return -ENOMEM;
	if (nlmsg_append(msg, &rt, sizeof(rt), NLMSG_ALIGNTO) ||
	    nla_put(msg, RTA_DST, addr_len(dst), dst->bytes) ||
	    (ifindex && nla_put_u32(msg, RTA_OIF, ifindex))) {
		nlmsg_free(msg);
		return -ENOMEM;
	}
	return rtnl_errno(rtnl_ask(msg, take_one, out));
}

static struct nl_msg *message(int type, int flags, const struct route *route)
{
	struct rtmsg rt = {
		.rtm_family = route->dst.addr.family,
		.rtm_dst_len = route->dst.len,
		.rtm_table = RT_TABLE_MAIN,
		.rtm_protocol = REVERSE_PROTOCOL,
		.rtm_type = type == RTM_NEWROUTE ? RTN_UNICAST : RTN_UNSPEC,
		.rtm_scope = type == RTM_DELROUTE ? RT_SCOPE_NOWHERE :
			     addr_is_set(&route->gateway) ? RT_SCOPE_UNIVERSE :
							    RT_SCOPE_LINK,
	};
	struct nl_msg *msg = nlmsg_alloc_simple(type, NLM_F_REQUEST | flags);
	const struct addr *dst = &route->dst.addr, *gw = &route->gateway;

	if (msg && !nlmsg_append(msg, &rt, sizeof(rt), NLMSG_ALIGNTO) &&
	    !nla_put(msg, RTA_DST, addr_len(dst), dst->bytes) &&
	    (!route->ifindex || !nla_put_u32(msg, RTA_OIF, route->ifindex)) &&
	    (!addr_is_set(gw) ||
	     !nla_put(msg, RTA_GATEWAY, addr_len(gw), gw->bytes)))
		return msg;
	nlmsg_free(msg);
	return NULL;
}

static int change(int type, int flags, const struct route *route)
{
	return rtnl_errno(rtnl_ask(message(type, flags, route), NULL, NULL));
}

static bool is_same_way(const struct route *a, const struct route *b)
{
	return a->ifindex == b->ifindex &&
	       addr_equal(&a->gateway, &b->gateway);
}

/* There is one already. */
static int settle(const struct route *route)
{
	struct route there;
	int err = ask(&route->dst.addr, 0, true, &there);

	if (err)
		return err;
	if (there.protocol != REVERSE_PROTOCOL ||
	    there.table != RT_TABLE_MAIN ||
	    !prefix_equal(&there.dst, &route->dst))
		return -EEXIST;
	return is_same_way(&there, route) ? 0 :
	       change(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, route);
}

int reverse_route(const struct prefix *dst, const char *ifname,
		  const struct addr *peer)
{
	struct route route = { .dst = *dst }, way;
	int err;

	if (ifname) {
		route.ifindex = if_nametoindex(ifname);
		if (!route.ifindex)
			return -ENODEV;
	}
	if (!peer)
		return change(RTM_DELROUTE, 0, &route);
	err = ask(peer, route.ifindex, false, &way);
	if (err)
		return err;
	if (!addr_is_set(&way.gateway))
		way.gateway = *peer;
	/* Packets are taken before anybody asks for a neighbour: the link is enough. */
	if (way.gateway.family == dst->addr.family)
		route.gateway = way.gateway;
	err = change(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, &route);
	return err == -EEXIST ? settle(&route) : err;
}

/* --- all ------------------------------------------------------------------- */

struct found {
	struct prefix *v;
	size_t n, room;
	bool no_memory;
};

static int take_found(struct nl_msg *msg, void *arg)
{
	struct found *found = arg;
	struct route route;

	if (nlmsg_hdr(msg)->nlmsg_type != RTM_NEWROUTE ||
	    !parse(nlmsg_hdr(msg), &route) ||
	    route.protocol != REVERSE_PROTOCOL || route.table != RT_TABLE_MAIN)
		return NL_OK;
	if (found->n == found->room) {
		size_t room = 2 * found->room + 16;
		struct prefix *v = realloc(found->v, room * sizeof(*v));

		if (!v) {
			found->no_memory = true;
			return NL_OK;
		}
		found->v = v;
		found->room = room;
	}
	found->v[found->n++] = route.dst;
	return NL_OK;
}

/* The kernel leaves out those of others, which may be a million. */
static int list_family(int family, struct found *found)
{
	struct rtmsg rt = {
		.rtm_family = family,
		.rtm_protocol = REVERSE_PROTOCOL,
	};
	struct nl_sock *sk = nl_socket_alloc();
	int on = 1, ret = -NLE_NOMEM;

	if (!sk)
		return ret;
	nl_socket_modify_cb(sk, NL_CB_VALID, NL_CB_CUSTOM, take_found, found);
	ret = nl_connect(sk, NETLINK_ROUTE);
	if (ret >= 0)
		setsockopt(nl_socket_get_fd(sk), SOL_NETLINK,
			   NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	if (ret >= 0)
		ret = nl_send_simple(sk, RTM_GETROUTE, NLM_F_DUMP, &rt,
				     sizeof(rt));
	if (ret >= 0)
		ret = nl_recvmsgs_default(sk);
	nl_socket_free(sk);
	return ret < 0 ? ret : 0;
}

static int collect(void *arg)
{
	struct found *found = arg;
	int ret;

	found->n = 0;
	ret = list_family(AF_INET, found);
	if (!ret)
		ret = list_family(AF_INET6, found);
	return found->no_memory ? -NLE_NOMEM : ret;
}

int reverse_routes(void (*fn)(void *arg, const struct prefix *dst), void *arg)
{
	struct found found = { 0 };
	int ret = rtnl_dump(collect, &found);

	for (size_t i = 0; i < found.n && !ret; i++)
		fn(arg, &found.v[i]);
	free(found.v);
	return ret;
}

/* --- changes ----------------------------------------------------------------- */

static int take_change(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *h = nlmsg_hdr(msg);
	struct route route;
	bool ours = (h->nlmsg_type == RTM_NEWROUTE ||
		     h->nlmsg_type == RTM_DELROUTE) &&
		    parse(h, &route) && route.protocol == REVERSE_PROTOCOL;

	/* Somebody may have taken one of ours away. */
	if (!ours || h->nlmsg_type == RTM_DELROUTE)
		*(bool *)arg = true;
	return NL_OK;
}

struct nl_sock *reverse_watch(void)
{
	struct nl_sock *sk = nl_socket_alloc();

	if (!sk)
		return NULL;
	nl_socket_disable_seq_check(sk);
	if (nl_connect(sk, NETLINK_ROUTE) ||
	    nl_socket_add_memberships(sk, RTNLGRP_LINK, RTNLGRP_IPV4_ROUTE,
				      RTNLGRP_IPV6_ROUTE, 0) ||
	    nl_socket_set_nonblocking(sk)) {
		nl_socket_free(sk);
		return NULL;
	}
	nl_socket_set_buffer_size(sk, WATCH_BUFFER, 0);
	return sk;
}

bool reverse_watch_read(struct nl_sock *sk)
{
	bool changed = false;
	int ret;

	nl_socket_modify_cb(sk, NL_CB_VALID, NL_CB_CUSTOM, take_change, &changed);
	do {
		ret = nl_recvmsgs_default(sk);
		/* What was lost has changed something, too. */
		if (ret < 0 && ret != -NLE_AGAIN)
			changed = true;
	} while (ret >= 0);
	return changed;
}
