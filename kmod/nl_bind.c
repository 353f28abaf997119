// SPDX-License-Identifier: GPL-2.0
/* Bindings. */
#include <linux/rtnetlink.h>

#include "bind.h"
#include "management.h"
#include "map.h"
#include "mss.h"
#include "netlink.h"
#include "pernet.h"
#include "share.h"

static int check_mss(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	if (cm_mss_is_valid(nla_get_u16(attr)))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "BIND_MSS is 64 to 65495 bytes, 1 for automatic, or 0 for none");
	return -ERANGE;
}

#define BIND_FLAGS_KNOWN (CRYPTOMAP_BIND_F_PRE_CLASSIFY | \
			  CRYPTOMAP_BIND_F_FILTER_BYPASS)

static int check_flags(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	if (!(nla_get_u32(attr) & ~BIND_FLAGS_KNOWN))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "BIND_FLAGS has unknown bits: 0..0x3");
	return -EINVAL;
}

CM_NL_RANGE(bind_df, nla_get_u8, "BIND_DF", 0, 2)
CM_NL_RANGE(bind_frag, nla_get_u8, "BIND_FRAG", 0, 1)

const struct nla_policy cm_bind_policy[CRYPTOMAP_BIND_MAX + 1] = {
	[CRYPTOMAP_BIND_IFNAME] = CM_NL_IFNAME,
	[CRYPTOMAP_BIND_MAP] = CM_NL_NAME,
	[CRYPTOMAP_BIND_MSS] = { .type = NLA_U16 },
	[CRYPTOMAP_BIND_FLAGS] = { .type = NLA_U32 },
	[CRYPTOMAP_BIND_MARK_OUT] = { .type = NLA_U32 },
	[CRYPTOMAP_BIND_MARK_IN] = { .type = NLA_U32 },
	[CRYPTOMAP_BIND_DF] = { .type = NLA_U8 },
	[CRYPTOMAP_BIND_FRAG] = { .type = NLA_U8 },
	[CRYPTOMAP_BIND_MANAGEMENT] = CM_NL_IFNAME,
};

static const cm_nl_check bind_checks[CRYPTOMAP_BIND_MAX + 1] = {
	[CRYPTOMAP_BIND_MSS] = check_mss,
	[CRYPTOMAP_BIND_FLAGS] = check_flags,
	[CRYPTOMAP_BIND_DF] = check_bind_df,
	[CRYPTOMAP_BIND_FRAG] = check_bind_frag,
};

static int parse_bind(struct genl_info *info, struct nlattr **tb)
{
	struct nlattr *nest = info->attrs[CRYPTOMAP_A_BIND];
	int err;

	if (!nest) {
		NL_SET_ERR_MSG(info->extack, "A_BIND is missing");
		return -EINVAL;
	}
	err = cm_nl_parse(tb, CRYPTOMAP_BIND_MAX, nest, cm_bind_policy,
			  bind_checks, info->extack);
	if (err)
		return err;
	if (!tb[CRYPTOMAP_BIND_IFNAME]) {
		NL_SET_ERR_MSG_ATTR(info->extack, nest, "BIND_IFNAME is missing");
		return -EINVAL;
	}
	return 0;
}

static u32 get_u32(const struct nlattr *attr)
{
	return attr ? nla_get_u32(attr) : 0;
}

static void parse_options(struct nlattr **tb, struct cm_bind_options *opt)
{
	*opt = (struct cm_bind_options) {
		.flags = get_u32(tb[CRYPTOMAP_BIND_FLAGS]),
		.mark_out = get_u32(tb[CRYPTOMAP_BIND_MARK_OUT]),
		.mark_in = get_u32(tb[CRYPTOMAP_BIND_MARK_IN]),
		.df = CM_BIND_DF_SA,
	};
	if (tb[CRYPTOMAP_BIND_MSS])
		opt->mss = nla_get_u16(tb[CRYPTOMAP_BIND_MSS]);
	if (tb[CRYPTOMAP_BIND_DF])
		opt->df = nla_get_u8(tb[CRYPTOMAP_BIND_DF]);
	if (tb[CRYPTOMAP_BIND_FRAG])
		opt->frag = nla_get_u8(tb[CRYPTOMAP_BIND_FRAG]);
	if (tb[CRYPTOMAP_BIND_MANAGEMENT])
		opt->management = nla_data(tb[CRYPTOMAP_BIND_MANAGEMENT]);
}

static int bind(struct cm_net *cn, struct genl_info *info)
{
	struct nlattr *tb[CRYPTOMAP_BIND_MAX + 1];
	struct cm_bind_options opt;
	struct cm_map *map;
	int err;

	err = parse_bind(info, tb);
	if (err)
		return err;
	if (!tb[CRYPTOMAP_BIND_MAP]) {
		NL_SET_ERR_MSG(info->extack, "BIND_MAP is missing");
		return -EINVAL;
	}
	map = cm_map_find(cn, nla_data(tb[CRYPTOMAP_BIND_MAP]));
	if (!map) {
		NL_SET_ERR_MSG_ATTR(info->extack, tb[CRYPTOMAP_BIND_MAP],
				    "there is no map of this name");
		return -ENOENT;
	}
	parse_options(tb, &opt);
	return cm_bind_set(cn, nla_data(tb[CRYPTOMAP_BIND_IFNAME]), map, &opt,
			   info->extack);
}

static int unbind(struct cm_net *cn, struct genl_info *info)
{
	struct nlattr *tb[CRYPTOMAP_BIND_MAX + 1];
	struct cm_bind *bind;
	int err;

	err = parse_bind(info, tb);
	if (err)
		return err;
	bind = cm_bind_find(cn, nla_data(tb[CRYPTOMAP_BIND_IFNAME]));
	if (!bind) {
		NL_SET_ERR_MSG_ATTR(info->extack, tb[CRYPTOMAP_BIND_IFNAME],
				    "no map is bound to this interface");
		return -ENOENT;
	}
	return cm_bind_del(bind, info->extack);
}

static int with_rtnl(int (*fn)(struct cm_net *cn, struct genl_info *info),
		     struct genl_info *info)
{
	struct cm_net *cn = cm_net_of(genl_info_net(info));
	int err;

	rtnl_lock();
	mutex_lock(&cn->lock);
	err = fn(cn, info);
	mutex_unlock(&cn->lock);
	rtnl_unlock();
	return err;
}

int cm_nl_bind(struct sk_buff *skb, struct genl_info *info)
{
	return with_rtnl(bind, info);
}

int cm_nl_unbind(struct sk_buff *skb, struct genl_info *info)
{
	return with_rtnl(unbind, info);
}

int cm_nl_put_bind(struct sk_buff *skb, const void *arg)
{
	const struct cm_bind *bind = arg, *owner = cm_share_owner(bind);
	struct nlattr *nest = nla_nest_start(skb, CRYPTOMAP_A_BIND);
	const struct cm_management *open;
	const struct net_device *dev;

	dev = rcu_dereference_protected(bind->dev,
					lockdep_is_held(&bind->cn->lock));
	open = rcu_dereference_protected(bind->management,
					 lockdep_is_held(&bind->cn->lock));
	if (!nest ||
	    nla_put_string(skb, CRYPTOMAP_BIND_IFNAME, bind->ifname) ||
	    nla_put_string(skb, CRYPTOMAP_BIND_MAP, bind->map->name) ||
	    nla_put_u32(skb, CRYPTOMAP_BIND_IFINDEX, dev ? dev->ifindex : 0) ||
	    nla_put_u32(skb, CRYPTOMAP_BIND_FLOWS, owner->flow_count) ||
	    nla_put_u16(skb, CRYPTOMAP_BIND_MSS, bind->opt.mss) ||
	    nla_put_u64_64bit(skb, CRYPTOMAP_BIND_CLAMPED,
			      atomic64_read(&bind->clamped),
			      CRYPTOMAP_BIND_PAD) ||
	    nla_put_u8(skb, CRYPTOMAP_BIND_TUNNEL, dev && bind->tunnel) ||
	    nla_put_u32(skb, CRYPTOMAP_BIND_FLAGS, bind->opt.flags) ||
	    nla_put_u32(skb, CRYPTOMAP_BIND_MARK_OUT, bind->opt.mark_out) ||
	    nla_put_u32(skb, CRYPTOMAP_BIND_MARK_IN, bind->opt.mark_in) ||
	    nla_put_u8(skb, CRYPTOMAP_BIND_STATE, bind->state) ||
	    nla_put_u8(skb, CRYPTOMAP_BIND_FRAG, bind->opt.frag) ||
	    (owner != bind &&
	     nla_put_string(skb, CRYPTOMAP_BIND_OWNER, owner->ifname)) ||
	    (open &&
	     nla_put_string(skb, CRYPTOMAP_BIND_MANAGEMENT, open->ifname)) ||
	    (bind->opt.df != CM_BIND_DF_SA &&
	     nla_put_u8(skb, CRYPTOMAP_BIND_DF, bind->opt.df)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

int cm_nl_bind_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct cm_net *cn = cm_net_of(sock_net(skb->sk));
	struct cm_dump *ctx = cm_dump(cb);
	struct cm_bind *bind;
	int id = ctx->id;
	int err = 0;
	void *hdr;

	mutex_lock(&cn->lock);
	cb->seq = cn->generation;
	for (; (bind = idr_get_next(&cn->bind_ids, &id)); id++) {
		err = -EMSGSIZE;
		hdr = cm_dump_begin(skb, cb, CRYPTOMAP_CMD_BIND_GET);
		if (!hdr)
			break;
		err = cm_nl_put_bind(skb, bind);
		if (err) {
			genlmsg_cancel(skb, hdr);
			break;
		}
		genlmsg_end(skb, hdr);
	}
	ctx->id = id;
	mutex_unlock(&cn->lock);
	return skb->len ?: err;
}
