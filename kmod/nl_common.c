// SPDX-License-Identifier: GPL-2.0
/* Names, addresses, selectors, filters: what several commands read and write. */
#include <linux/if.h>

#include "acl.h"
#include "bind.h"
#include "flow.h"
#include "map.h"
#include "netlink.h"
#include "pernet.h"
#include "sa.h"

int cm_nl_parse(struct nlattr **tb, int max, const struct nlattr *nest,
		const struct nla_policy *policy, const cm_nl_check *checks,
		struct netlink_ext_ack *extack)
{
	const struct nlattr *attr;
	int rem, err;

	err = nla_parse_nested(tb, max, nest, policy, extack);
	if (err)
		return err;
	nla_for_each_nested(attr, nest, rem) {
		if (!checks[nla_type(attr)])
			continue;
		err = checks[nla_type(attr)](attr, extack);
		if (err)
			return err;
	}
	return 0;
}

/* --- checks of single attributes --- */

static bool text_ok(const struct nlattr *attr, size_t max)
{
	const char *s = nla_data(attr);
	size_t len = nla_len(attr);
	size_t i;

	/* At least one character and the NUL, which is the only one. */
	if (len < 2 || len > max + 1 || s[len - 1])
		return false;
	for (i = 0; i < len - 1; i++)
		if ((unsigned char)s[i] <= ' ' || s[i] == 0x7f)
			return false;
	return true;
}

int cm_nl_check_name(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	if (text_ok(attr, CRYPTOMAP_NAME_MAX))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "a name has 1 to 63 characters and no blanks");
	return -EINVAL;
}

int cm_nl_check_ifname(const struct nlattr *attr,
		       struct netlink_ext_ack *extack)
{
	if (text_ok(attr, IFNAMSIZ - 1) && dev_valid_name(nla_data(attr)))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "an interface name has 1 to 15 characters, no blanks, '/' or ':'");
	return -EINVAL;
}

int cm_nl_check_addr(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	if (nla_len(attr) == 4 || nla_len(attr) == 16)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "an address has 4 bytes (IPv4) or 16 bytes (IPv6)");
	return -EINVAL;
}

/* --- addresses --- */

u8 cm_nl_get_addr(const struct nlattr *attr, union cm_addr *addr)
{
	memset(addr, 0, sizeof(*addr));
	memcpy(addr, nla_data(attr), nla_len(attr));
	return nla_len(attr) == 4 ? AF_INET : AF_INET6;
}

int cm_nl_put_addr(struct sk_buff *skb, int type, const union cm_addr *addr,
		   u8 family)
{
	return nla_put(skb, type, family == AF_INET6 ? 16 : 4, addr->b);
}

/* --- selectors --- */

CM_NL_RANGE(sel_proto, nla_get_u8, "SEL_PROTO", 1, 255)

const struct nla_policy cm_sel_policy[CRYPTOMAP_SEL_MAX + 1] = {
	[CRYPTOMAP_SEL_SRC] = CM_NL_ADDR,
	[CRYPTOMAP_SEL_SRC_MASK] = CM_NL_ADDR,
	[CRYPTOMAP_SEL_DST] = CM_NL_ADDR,
	[CRYPTOMAP_SEL_DST_MASK] = CM_NL_ADDR,
	[CRYPTOMAP_SEL_PROTO] = { .type = NLA_U8 },
	[CRYPTOMAP_SEL_SPORT_LO] = { .type = NLA_U16 },
	[CRYPTOMAP_SEL_SPORT_HI] = { .type = NLA_U16 },
	[CRYPTOMAP_SEL_DPORT_LO] = { .type = NLA_U16 },
	[CRYPTOMAP_SEL_DPORT_HI] = { .type = NLA_U16 },
	[CRYPTOMAP_SEL_ICMP_TYPE] = { .type = NLA_U8 },
	[CRYPTOMAP_SEL_ICMP_CODE] = { .type = NLA_U8 },
};

static const cm_nl_check sel_checks[CRYPTOMAP_SEL_MAX + 1] = {
	[CRYPTOMAP_SEL_PROTO] = check_sel_proto,
};

static int parse_side(struct nlattr *addr_attr, struct nlattr *mask_attr,
		      u8 family, union cm_addr *addr, union cm_addr *mask,
		      struct netlink_ext_ack *extack)
{
	memset(addr, 0, sizeof(*addr));
	memset(mask, 0, sizeof(*mask));
	if (!addr_attr) {
		if (!mask_attr)
			return 0;
		NL_SET_ERR_MSG_ATTR(extack, mask_attr, "a mask needs its address");
		return -EINVAL;
	}
	if (cm_nl_get_addr(addr_attr, addr) != family) {
		NL_SET_ERR_MSG_ATTR(extack, addr_attr, "an address of another family than the list's or SA's");
		return -EINVAL;
	}
	if (!mask_attr) {
		cm_addr_mask(mask, family, 128);
		return 0;
	}
	if (cm_nl_get_addr(mask_attr, mask) != family) {
		NL_SET_ERR_MSG_ATTR(extack, mask_attr, "a mask has the length of its address");
		return -EINVAL;
	}
	return 0;
}

static int parse_ports(struct nlattr *lo, struct nlattr *hi, u8 proto,
		       struct cm_ports *ports, struct netlink_ext_ack *extack)
{
	*ports = CM_PORTS_ANY;
	if (!lo && !hi)
		return 0;
	if (!lo) {
		NL_SET_ERR_MSG_ATTR(extack, hi, "the last port of a range needs the first");
		return -EINVAL;
	}
	if (!cm_proto_has_ports(proto)) {
		NL_SET_ERR_MSG_ATTR(extack, lo, "ports need SEL_PROTO TCP, UDP, SCTP, DCCP or UDP-Lite");
		return -EINVAL;
	}
	ports->lo = nla_get_u16(lo);
	ports->hi = hi ? nla_get_u16(hi) : ports->lo;
	if (ports->lo <= ports->hi)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, hi, "the last port of a range is below the first");
	return -EINVAL;
}

static int parse_icmp(struct nlattr *type, struct nlattr *code, u8 proto,
		      struct cm_ports *ports, struct netlink_ext_ack *extack)
{
	u16 first;

	if (!type && !code)
		return 0;
	if (!type) {
		NL_SET_ERR_MSG_ATTR(extack, code, "SEL_ICMP_CODE needs SEL_ICMP_TYPE");
		return -EINVAL;
	}
	if (!cm_proto_is_icmp(proto)) {
		NL_SET_ERR_MSG_ATTR(extack, type, "SEL_ICMP_TYPE needs SEL_PROTO ICMP or ICMPv6");
		return -EINVAL;
	}
	first = nla_get_u8(type) << 8;
	ports->lo = first | (code ? nla_get_u8(code) : 0);
	ports->hi = first | (code ? nla_get_u8(code) : 255);
	return 0;
}

int cm_nl_parse_sel(const struct nlattr *nest, u8 family,
		    struct cm_selector *sel, struct netlink_ext_ack *extack)
{
	struct nlattr *tb[CRYPTOMAP_SEL_MAX + 1];
	const char *why;
	int err;

	memset(sel, 0, sizeof(*sel));
	err = cm_nl_parse(tb, CRYPTOMAP_SEL_MAX, nest, cm_sel_policy,
			  sel_checks, extack);
	if (err)
		return err;
	sel->family = family;
	if (tb[CRYPTOMAP_SEL_PROTO])
		sel->proto = nla_get_u8(tb[CRYPTOMAP_SEL_PROTO]);
	err = parse_side(tb[CRYPTOMAP_SEL_SRC], tb[CRYPTOMAP_SEL_SRC_MASK],
			 family, &sel->saddr, &sel->smask, extack) ?:
	      parse_side(tb[CRYPTOMAP_SEL_DST], tb[CRYPTOMAP_SEL_DST_MASK],
			 family, &sel->daddr, &sel->dmask, extack) ?:
	      parse_ports(tb[CRYPTOMAP_SEL_SPORT_LO], tb[CRYPTOMAP_SEL_SPORT_HI],
			  sel->proto, &sel->sport, extack) ?:
	      parse_ports(tb[CRYPTOMAP_SEL_DPORT_LO], tb[CRYPTOMAP_SEL_DPORT_HI],
			  sel->proto, &sel->dport, extack) ?:
	      parse_icmp(tb[CRYPTOMAP_SEL_ICMP_TYPE], tb[CRYPTOMAP_SEL_ICMP_CODE],
			 sel->proto, &sel->dport, extack);
	if (err)
		return err;
	cm_selector_canon(sel);
	why = cm_selector_check(sel);
	if (why) {
		cm_extack(extack, nest, why);
		return -EINVAL;
	}
	return 0;
}

static bool addr_is_zero(const union cm_addr *a)
{
	return !a->q[0] && !a->q[1];
}

static int put_side(struct sk_buff *skb, int type, int mask_type, u8 family,
		    const union cm_addr *addr, const union cm_addr *mask)
{
	union cm_addr full;

	/* Who reads a flow knows its family by this. */
	if (addr_is_zero(mask) && family == AF_INET)
		return 0;
	cm_addr_mask(&full, family, 128);
	if (cm_nl_put_addr(skb, type, addr, family))
		return -EMSGSIZE;
	if (cm_addr_equal(mask, &full))
		return 0;
	return cm_nl_put_addr(skb, mask_type, mask, family);
}

static int put_ports(struct sk_buff *skb, int lo, int hi,
		     const struct cm_ports *ports)
{
	if (cm_ports_is_any(ports))
		return 0;
	if (nla_put_u16(skb, lo, ports->lo))
		return -EMSGSIZE;
	return ports->lo == ports->hi ? 0 : nla_put_u16(skb, hi, ports->hi);
}

static int put_icmp(struct sk_buff *skb, const struct cm_ports *ports)
{
	if (cm_ports_is_any(ports))
		return 0;
	if (nla_put_u8(skb, CRYPTOMAP_SEL_ICMP_TYPE, ports->lo >> 8))
		return -EMSGSIZE;
	if (ports->lo != ports->hi)
		return 0;
	return nla_put_u8(skb, CRYPTOMAP_SEL_ICMP_CODE, ports->lo & 0xff);
}

static int put_l4(struct sk_buff *skb, const struct cm_selector *sel)
{
	if (cm_proto_is_icmp(sel->proto))
		return put_icmp(skb, &sel->dport);
	return put_ports(skb, CRYPTOMAP_SEL_SPORT_LO, CRYPTOMAP_SEL_SPORT_HI,
			 &sel->sport) ?:
	       put_ports(skb, CRYPTOMAP_SEL_DPORT_LO, CRYPTOMAP_SEL_DPORT_HI,
			 &sel->dport);
}

int cm_nl_put_sel(struct sk_buff *skb, int type, const struct cm_selector *sel)
{
	struct nlattr *nest = nla_nest_start(skb, type);

	if (!nest ||
	    put_side(skb, CRYPTOMAP_SEL_SRC, CRYPTOMAP_SEL_SRC_MASK,
		     sel->family, &sel->saddr, &sel->smask) ||
	    put_side(skb, CRYPTOMAP_SEL_DST, CRYPTOMAP_SEL_DST_MASK,
		     sel->family, &sel->daddr, &sel->dmask) ||
	    (sel->proto && nla_put_u8(skb, CRYPTOMAP_SEL_PROTO, sel->proto)) ||
	    put_l4(skb, sel))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

int cm_nl_put_tuple(struct sk_buff *skb, int type, const struct cm_tuple *t)
{
	struct cm_selector sel = {
		.saddr = t->saddr,
		.daddr = t->daddr,
		.sport = CM_PORTS_ANY,
		.dport = CM_PORTS_ANY,
		.family = t->family,
		.proto = t->proto,
	};

	cm_addr_mask(&sel.smask, t->family, 128);
	cm_addr_mask(&sel.dmask, t->family, 128);
	if (t->flags & CM_TUPLE_PORTS) {
		if (cm_proto_has_ports(t->proto))
			sel.sport = (struct cm_ports){ t->sport, t->sport };
		sel.dport = (struct cm_ports){ t->dport, t->dport };
	}
	return cm_nl_put_sel(skb, type, &sel);
}

/* --- filters --- */

CM_NL_RANGE(filter_seq, nla_get_u32, "FILTER_SEQ", 1, 65535)
CM_NL_RANGE(filter_reason, nla_get_u8, "FILTER_REASON", 0, 10)

const struct nla_policy cm_filter_policy[CRYPTOMAP_FILTER_MAX + 1] = {
	[CRYPTOMAP_FILTER_OWNER] = { .type = NLA_U32 },
	[CRYPTOMAP_FILTER_MAP] = CM_NL_NAME,
	[CRYPTOMAP_FILTER_SEQ] = { .type = NLA_U32 },
	[CRYPTOMAP_FILTER_PEER] = CM_NL_ADDR,
	[CRYPTOMAP_FILTER_FLOW] = { .type = NLA_U32 },
	[CRYPTOMAP_FILTER_ACL] = CM_NL_NAME,
	[CRYPTOMAP_FILTER_REASON] = { .type = NLA_U8 },
};

static const cm_nl_check filter_checks[CRYPTOMAP_FILTER_MAX + 1] = {
	[CRYPTOMAP_FILTER_SEQ] = check_filter_seq,
	[CRYPTOMAP_FILTER_REASON] = check_filter_reason,
};

int cm_nl_parse_filter(const struct nlattr *nest, struct cm_filter *f,
		       struct netlink_ext_ack *extack)
{
	struct nlattr *tb[CRYPTOMAP_FILTER_MAX + 1];
	int err;

	memset(f, 0, sizeof(*f));
	if (!nest)
		return 0;
	err = cm_nl_parse(tb, CRYPTOMAP_FILTER_MAX, nest, cm_filter_policy,
			  filter_checks, extack);
	if (err)
		return err;
	if (tb[CRYPTOMAP_FILTER_SEQ] && !tb[CRYPTOMAP_FILTER_MAP]) {
		NL_SET_ERR_MSG_ATTR(extack, tb[CRYPTOMAP_FILTER_SEQ],
				    "FILTER_SEQ needs FILTER_MAP");
		return -EINVAL;
	}
	if (tb[CRYPTOMAP_FILTER_OWNER]) {
		f->by_owner = true;
		f->owner = nla_get_u32(tb[CRYPTOMAP_FILTER_OWNER]);
	}
	if (tb[CRYPTOMAP_FILTER_PEER]) {
		f->by_peer = true;
		f->peer_family = cm_nl_get_addr(tb[CRYPTOMAP_FILTER_PEER], &f->peer);
	}
	if (tb[CRYPTOMAP_FILTER_MAP])
		f->map = nla_data(tb[CRYPTOMAP_FILTER_MAP]);
	if (tb[CRYPTOMAP_FILTER_SEQ])
		f->seq = nla_get_u32(tb[CRYPTOMAP_FILTER_SEQ]);
	if (tb[CRYPTOMAP_FILTER_FLOW])
		f->flow = nla_get_u32(tb[CRYPTOMAP_FILTER_FLOW]);
	if (tb[CRYPTOMAP_FILTER_ACL])
		f->acl = nla_data(tb[CRYPTOMAP_FILTER_ACL]);
	if (tb[CRYPTOMAP_FILTER_REASON])
		f->reason = nla_get_u8(tb[CRYPTOMAP_FILTER_REASON]);
	return 0;
}

bool cm_filter_flow(const struct cm_filter *f, const struct cm_flow *flow)
{
	const struct cm_entry *entry;

	entry = rcu_dereference_protected(flow->entry,
					  lockdep_is_held(&flow->cn->lock));
	if (f->flow && f->flow != flow->id)
		return false;
	if (f->map && strcmp(f->map, entry->map->name))
		return false;
	if (f->seq && f->seq != entry->seq)
		return false;
	return !f->acl || (entry->acl && !strcmp(f->acl, entry->acl->name));
}

bool cm_filter_sa(const struct cm_filter *f, const struct cm_sa *sa)
{
	const union cm_addr *peer = sa->dir == CRYPTOMAP_DIR_IN ? &sa->saddr :
								  &sa->key.daddr;

	if (f->by_owner && f->owner != sa->owner)
		return false;
	if (f->by_peer && (f->peer_family != sa->key.family ||
			   !cm_addr_equal(&f->peer, peer)))
		return false;
	if (!f->flow && !f->map && !f->acl)
		return true;
	return sa->flow && cm_filter_flow(f, sa->flow);
}

/* --- losses --- */

int cm_nl_put_losses(struct sk_buff *skb, int type, const struct cm_losses *l)
{
	int reason;

	for (reason = CM_REASON_NONE + 1; reason < CM_REASON_COUNT; reason++) {
		struct nlattr *nest;

		if (!l->n[reason])
			continue;
		nest = nla_nest_start(skb, type);
		if (!nest ||
		    nla_put_u32(skb, CRYPTOMAP_COUNTER_ID, reason) ||
		    nla_put_string(skb, CRYPTOMAP_COUNTER_NAME,
				   cm_reason_name(reason)) ||
		    nla_put_u64_64bit(skb, CRYPTOMAP_COUNTER_PACKETS,
				      l->n[reason], CRYPTOMAP_COUNTER_PAD))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	return 0;
}
