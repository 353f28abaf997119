// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <ifaddrs.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ike-daemon/engine_reverse.h"
#include "tools/lib/rtnl.h"

/* Datagrams of events that are read in one turn. */
#define BATCH		32
#define WATCH_BUFFER	(1 << 20)	/* bytes */

/*
 * All requests go by one socket: the kernel tells others by its port who has changed a
 * route, and us that it was us.
 */
static struct nl_sock *own;

/* What a message says of a route. */
struct route {
	struct prefix dst;
	struct reverse_way way;
	uint8_t protocol;
	uint32_t table;
};

static void take_gateway(struct addr *out, struct nlattr **tb)
{
	const struct rtvia *via = tb[RTA_VIA] ? nla_data(tb[RTA_VIA]) : NULL;

	if (tb[RTA_GATEWAY])
		addr_from_bytes(out, nla_data(tb[RTA_GATEWAY]),
				(size_t)nla_len(tb[RTA_GATEWAY]));
	else if (via && nla_len(tb[RTA_VIA]) > (int)sizeof(*via))
		addr_from_bytes(out, via->rtvia_addr,
				(size_t)nla_len(tb[RTA_VIA]) - sizeof(*via));
}

static bool parse(struct nlmsghdr *h, struct route *out)
{
	const struct rtmsg *rt = nlmsg_data(h);
	struct nlattr *tb[RTA_MAX + 1];
	struct addr dst = { .family = rt->rtm_family };

	if (nlmsg_parse(h, sizeof(*rt), tb, RTA_MAX, NULL))
		return false;
	*out = (struct route){ .protocol = rt->rtm_protocol };
	if (tb[RTA_DST] && addr_from_bytes(&dst, nla_data(tb[RTA_DST]),
					   (size_t)nla_len(tb[RTA_DST])))
		return false;
	out->table = tb[RTA_TABLE] ? nla_get_u32(tb[RTA_TABLE]) : rt->rtm_table;
	if (tb[RTA_OIF])
		out->way.ifindex = nla_get_u32(tb[RTA_OIF]);
	take_gateway(&out->way.gateway, tb);
	return !prefix_set(&out->dst, &dst, rt->rtm_dst_len);
}

static int open_own(void)
{
	int err;

	if (own)
		return 0;
	own = nl_socket_alloc();
	if (!own)
		return -ENOMEM;
	err = nl_connect(own, NETLINK_ROUTE);
	if (err)
		reverse_close();
	return rtnl_errno(err);
}

void reverse_close(void)
{
	nl_socket_free(own);
	own = NULL;
}

/* Consumes @msg, which may be NULL; @out: the answer is a route, else there is none. */
static int take_one(struct nl_msg *msg, void *arg)
{
	if (nlmsg_hdr(msg)->nlmsg_type == RTM_NEWROUTE)
		parse(nlmsg_hdr(msg), arg);
	return NL_OK;
}

/* Of the C library's, which a request that fails has for a moment. */
static int failure(struct sockaddr_nl *nla, struct nlmsgerr *e, void *arg)
{
	(void)nla;
	*(int *)arg = e->error;
	return NL_STOP;
}

static int request(struct nl_msg *msg, struct route *out)
{
	struct nl_cb *cb;
	int err = msg ? open_own() : -ENOMEM, ret, code = 0;

	if (err) {
		nlmsg_free(msg);
		return err;
	}
	cb = nl_cb_alloc(NL_CB_DEFAULT);
	if (!cb) {
		nlmsg_free(msg);
		return -ENOMEM;
	}
	nl_cb_err(cb, NL_CB_CUSTOM, failure, &code);
	if (out)
		nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, take_one, out);
	ret = nl_send_auto(own, msg);
	/* An answer is followed by the acknowledgement that each request asks for. */
	if (ret >= 0 && out)
		ret = nl_recvmsgs(own, cb);
	if (ret >= 0 && !code)
		ret = nl_recvmsgs(own, cb);
	nl_cb_put(cb);
	nlmsg_free(msg);
	/* What is left in it would be taken for the answer to the next one. */
	if (ret < 0 && !code)
		reverse_close();
	return code ? code : rtnl_errno(ret < 0 ? ret : 0);
}

/* --- the way to a peer --------------------------------------------------------- */

static int ask(const struct addr *dst, unsigned int ifindex, unsigned int flags,
	       struct route *out)
{
	struct rtmsg rt = {
		.rtm_family = dst->family,
		.rtm_dst_len = addr_bits(dst),
		.rtm_flags = flags | RTM_F_LOOKUP_TABLE,
	};
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_GETROUTE, NLM_F_REQUEST);

	*out = (struct route){ 0 };
	if (msg && (nlmsg_append(msg, &rt, sizeof(rt), NLMSG_ALIGNTO) ||
		    nla_put(msg, RTA_DST, addr_len(dst), dst->bytes) ||
		    (ifindex && nla_put_u32(msg, RTA_OIF, ifindex)))) {
		nlmsg_free(msg);
		msg = NULL;
	}
	return request(msg, out);
}

/* Do packets go by the link itself, as through a tunnel or PPP? */
static bool has_no_neighbours(const char *ifname)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq req = { 0 };
	bool yes;

	if (fd < 0)
		return false;
	memcpy(req.ifr_name, ifname, strnlen(ifname, IFNAMSIZ - 1));
	yes = !ioctl(fd, SIOCGIFFLAGS, &req) &&
	      req.ifr_flags & (IFF_NOARP | IFF_POINTOPOINT);
	close(fd);
	return yes;
}

int reverse_way(const struct addr *peer, const char *ifname,
		struct reverse_way *out)
{
	struct route there, how;
	int err;

	*out = (struct reverse_way){ 0 };
	if (ifname) {
		out->ifindex = if_nametoindex(ifname);
		if (!out->ifindex)
			return -ENODEV;
		memcpy(out->ifname, ifname, strnlen(ifname, IF_NAMESIZE - 1));
		if (has_no_neighbours(ifname))
			return 0;
	}
	/* The kernel would answer that a peer without a route is on the link. */
	err = ask(peer, out->ifindex, RTM_F_FIB_MATCH, &there);
	if (!err)
		err = ask(peer, out->ifindex, 0, &how);
	if (err)
		return err == -ENETUNREACH ? -EHOSTUNREACH : err;
	if (there.table != RT_TABLE_MAIN)
		return -EXDEV;
	*out = how.way;
	if (!if_indextoname(out->ifindex, out->ifname))
		return -ENODEV;
	if (!addr_is_set(&out->gateway))
		out->gateway = *peer;
	return 0;
}

int reverse_fits(const struct range *dst)
{
	struct ifaddrs *list;
	int err = 0;

	if (getifaddrs(&list))
		return -errno;
	for (const struct ifaddrs *i = list; i && !err; i = i->ifa_next) {
		struct addr addr, mask;
		struct prefix net;
		struct range all;

		if (!i->ifa_addr || !i->ifa_netmask ||
		    i->ifa_addr->sa_family != dst->from.family ||
		    addr_from_sockaddr(&addr, i->ifa_addr, sizeof(struct sockaddr_in6)) ||
		    addr_from_sockaddr(&mask, i->ifa_netmask, sizeof(struct sockaddr_in6)) ||
		    prefix_from_mask(&net, &addr, &mask))
			continue;
		range_from_prefix(&all, &net);
		if (range_contains(dst, &all.from) || range_contains(&all, &dst->from))
			err = -EADDRINUSE;
	}
	freeifaddrs(list);
	return err;
}

/* --- one ------------------------------------------------------------------------- */

static struct nl_msg *message(int type, int flags, const struct prefix *dst,
			      const struct reverse_way *way)
{
	bool via = way && addr_is_set(&way->gateway);
	struct rtmsg rt = {
		.rtm_family = dst->addr.family,
		.rtm_dst_len = dst->len,
		.rtm_table = RT_TABLE_MAIN,
		.rtm_protocol = REVERSE_PROTOCOL,
		.rtm_type = way ? RTN_UNICAST : RTN_UNSPEC,
		.rtm_scope = !way ? RT_SCOPE_NOWHERE :
			     via ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK,
	};
	struct nl_msg *msg = nlmsg_alloc_simple(type, NLM_F_REQUEST | flags);

	if (msg && !nlmsg_append(msg, &rt, sizeof(rt), NLMSG_ALIGNTO) &&
	    !nla_put(msg, RTA_DST, addr_len(&dst->addr), dst->addr.bytes) &&
	    (!way || !nla_put_u32(msg, RTA_OIF, way->ifindex)) &&
	    (!via || !nla_put(msg, RTA_GATEWAY, addr_len(&way->gateway),
			      way->gateway.bytes)))
		return msg;
	nlmsg_free(msg);
	return NULL;
}

int reverse_add(const struct prefix *dst, const struct reverse_way *way)
{
	return request(message(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, dst, way),
		       NULL);
}

int reverse_del(const struct prefix *dst)
{
	int err = request(message(RTM_DELROUTE, 0, dst, NULL), NULL);

	return err == -ESRCH ? 0 : err;
}

/* --- all ------------------------------------------------------------------------- */

struct found {
	struct route *v;
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
		struct route *v = realloc(found->v, room * sizeof(*v));

		if (!v) {
			found->no_memory = true;
			return NL_OK;
		}
		found->v = v;
		found->room = room;
	}
	found->v[found->n++] = route;
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

int reverse_routes(reverse_fn *fn, void *arg)
{
	struct found found = { 0 };
	int ret = rtnl_dump(collect, &found);

	for (size_t i = 0; i < found.n && !ret; i++)
		fn(arg, &found.v[i].dst, &found.v[i].way);
	free(found.v);
	return ret;
}

/* --- events ------------------------------------------------------------------------ */

struct reader {
	reverse_event_fn *fn;
	void *arg;
};

static void take_link(const struct reader *r, const struct nlmsghdr *h)
{
	const struct ifinfomsg *info = nlmsg_data(h);

	if (h->nlmsg_type == RTM_DELLINK || !(info->ifi_flags & IFF_UP))
		r->fn(r->arg, REVERSE_LINK, NULL, info->ifi_index);
	r->fn(r->arg, REVERSE_CHANGED, NULL, 0);
}

static int take_event(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *h = nlmsg_hdr(msg);
	const struct reader *r = arg;
	struct route route;

	if (h->nlmsg_type == RTM_NEWLINK || h->nlmsg_type == RTM_DELLINK)
		take_link(r, h);
	else if ((h->nlmsg_type != RTM_NEWROUTE && h->nlmsg_type != RTM_DELROUTE) ||
		 !parse(h, &route))
		return NL_OK;
	else if (route.protocol != REVERSE_PROTOCOL)
		r->fn(r->arg, REVERSE_CHANGED, NULL, 0);
	else if (h->nlmsg_type == RTM_DELROUTE &&
		 !(own && h->nlmsg_pid == nl_socket_get_local_port(own)))
		r->fn(r->arg, REVERSE_GONE, &route.dst, 0);
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

void reverse_watch_read(struct nl_sock *sk, reverse_event_fn *fn, void *arg)
{
	struct reader r = { fn, arg };
	unsigned int i;
	int ret = 0;

	nl_socket_modify_cb(sk, NL_CB_VALID, NL_CB_CUSTOM, take_event, &r);
	for (i = 0; i < BATCH && ret >= 0; i++)
		ret = nl_recvmsgs_default(sk);
	if (ret < 0 && ret != -NLE_AGAIN)
		fn(arg, REVERSE_LOST, NULL, 0);
}
