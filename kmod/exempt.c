// SPDX-License-Identifier: GPL-2.0
#include <linux/skbuff.h>

#include "core/tuple.h"
#include "exempt.h"
#include "ip.h"
#include "quoted.h"

enum {
	PORT_DHCP_SERVER = 67,
	PORT_DHCP_CLIENT = 68,
	PORT_IKE = 500,
	PORT_DHCP6_CLIENT = 546,
	PORT_DHCP6_SERVER = 547,
	PORT_IKE_NATT = 4500,
};

enum {
	MLD_QUERY = 130,
	MLD_DONE = 132,
	ND_FIRST = 133,		/* router solicitation */
	ND_LAST = 137,		/* redirect */
	MLD2_REPORT = 143,
	MLD_HOP_LIMIT = 1,
	ND_HOP_LIMIT = 255,
};

static bool is_udp(const struct cm_tuple *t)
{
	return t->proto == CM_PROTO_UDP && t->flags & CM_TUPLE_PORTS;
}

static bool is_ike_port(u16 port)
{
	return port == PORT_IKE || port == PORT_IKE_NATT;
}

/* Client and server in either direction; not relays, which are like any other host. */
static bool is_dhcp(const struct cm_tuple *t)
{
	if (!is_udp(t))
		return false;
	if (t->family == CM_FAMILY_V4)
		return (t->sport == PORT_DHCP_CLIENT &&
			t->dport == PORT_DHCP_SERVER) ||
		       (t->sport == PORT_DHCP_SERVER &&
			t->dport == PORT_DHCP_CLIENT);
	return t->dport == PORT_DHCP6_SERVER || t->dport == PORT_DHCP6_CLIENT;
}

/*
 * Neighbour discovery and multicast listeners: IPv6's own housekeeping. Its
 * hop limit is one that no router lets through (RFC 4861, 3.1; RFC 3810, 5).
 */
bool cm_exempt_housekeeping(const struct cm_tuple *t)
{
	u8 type = cm_tuple_icmp_type(t);

	if (t->family != CM_FAMILY_V6 || t->proto != CM_PROTO_ICMPV6 ||
	    !(t->flags & CM_TUPLE_PORTS))
		return false;
	if (type >= ND_FIRST && type <= ND_LAST)
		return t->ttl == ND_HOP_LIMIT;
	return t->ttl == MLD_HOP_LIMIT &&
	       ((type >= MLD_QUERY && type <= MLD_DONE) || type == MLD2_REPORT);
}

bool cm_exempt_out(const struct cm_tuple *t, bool local)
{
	if (!local)
		return false;
	return cm_proto_is_ipsec(t->proto) || is_dhcp(t) || cm_exempt_housekeeping(t) ||
	       (is_udp(t) && (is_ike_port(t->sport) || is_ike_port(t->dport)));
}

/* Does this ICMP error quote a packet of our outer path? */
static bool is_about_tunnel(struct net *net, const struct sk_buff *skb,
			    const struct cm_tuple *t)
{
	struct cm_tuple quoted;

	if (!cm_quoted_tuple(skb, skb_network_offset(skb), t, &quoted) ||
	    !cm_ip_is_ours(net, &quoted.saddr, quoted.family))
		return false;
	return cm_proto_is_ipsec(quoted.proto) ||
	       (is_udp(&quoted) && is_ike_port(quoted.sport));
}

/* DHCP and housekeeping are for us or for all; else this would be a way past the lists. */
bool cm_exempt_in(struct net *net, const struct sk_buff *skb,
		  const struct cm_tuple *t)
{
	if (cm_proto_is_ipsec(t->proto) || (is_udp(t) && is_ike_port(t->dport)))
		return cm_ip_is_ours(net, &t->daddr, t->family);
	if (is_dhcp(t) || cm_exempt_housekeeping(t))
		return cm_ip_is_ours_or_all(net, &t->daddr, t->family);
	return is_about_tunnel(net, skb, t);
}
