// SPDX-License-Identifier: GPL-2.0
/* INFO_GET, LIMITS_SET */
#include "netlink.h"
#include "pernet.h"
#include "tomb.h"

/* X(attribute, member, lowest, highest) */
#define LIMITS(X) \
	X(LINES, lines, 1, 16777216) \
	X(FLOWS, flows, 1, 16777216) \
	X(SAS, sas, 2, 16777216) \
	X(QUEUE_FLOW, queue_flow, 0, 256) \
	X(QUEUE_TOTAL, queue_total, 0, 65536) \
	X(QUEUE_SECS, queue_secs, 1, 300) \
	X(ACQUIRE_SECS, acquire_secs, 1, 300) \
	X(LARVAL_SECS, larval_secs, 1, 3600) \
	X(TOMBS, tombs, 0, 65536) \
	X(EVENT_RATE, event_rate, 0, 10000) \
	X(CRYPTO_QUEUE, crypto_queue, 1, 65536) \
	X(DEMUX_PORTS, demux_ports, 1, 65536) \
	X(PAIRS, pairs, 1, 65536)

#define X(attr, member, lo, hi) \
	CM_NL_RANGE(member, nla_get_u32, "LIMIT_" #attr, lo, hi)
LIMITS(X)
#undef X

#define X(attr, member, lo, hi) \
	[CRYPTOMAP_LIMIT_##attr] = { .type = NLA_U32 },
const struct nla_policy cm_limit_policy[CRYPTOMAP_LIMIT_MAX + 1] = {
	LIMITS(X)
};

#undef X

#define X(attr, member, lo, hi) \
	[CRYPTOMAP_LIMIT_##attr] = check_##member,
static const cm_nl_check limit_checks[CRYPTOMAP_LIMIT_MAX + 1] = {
	LIMITS(X)
};

#undef X

/* Attribute to member of struct cm_limits. */
#define X(attr, member, lo, hi) \
	[CRYPTOMAP_LIMIT_##attr] = offsetof(struct cm_limits, member),
static const u16 limit_offset[CRYPTOMAP_LIMIT_MAX + 1] = {
	LIMITS(X)
};

#undef X

static u32 *limit_of(struct cm_limits *limits, int attr)
{
	return (u32 *)((char *)limits + limit_offset[attr]);
}

int cm_nl_limits_set(struct sk_buff *skb, struct genl_info *info)
{
	struct cm_net *cn = cm_net_of(genl_info_net(info));
	struct nlattr *tb[CRYPTOMAP_LIMIT_MAX + 1];
	int attr, err;

	if (!info->attrs[CRYPTOMAP_A_LIMITS]) {
		NL_SET_ERR_MSG(info->extack, "A_LIMITS is missing");
		return -EINVAL;
	}
	err = cm_nl_parse(tb, CRYPTOMAP_LIMIT_MAX, info->attrs[CRYPTOMAP_A_LIMITS],
			  cm_limit_policy, limit_checks, info->extack);
	if (err)
		return err;
	mutex_lock(&cn->lock);
	for (attr = CRYPTOMAP_LIMIT_UNSPEC + 1; attr <= CRYPTOMAP_LIMIT_MAX; attr++)
		if (tb[attr])
			WRITE_ONCE(*limit_of(&cn->limits, attr), nla_get_u32(tb[attr]));
	cm_tomb_trim(cn);
	cm_net_changed(cn);
	mutex_unlock(&cn->lock);
	return 0;
}

static int put_info(struct sk_buff *skb, struct cm_net *cn)
{
	struct nlattr *nest = nla_nest_start(skb, CRYPTOMAP_A_INFO);

	if (!nest ||
	    nla_put_string(skb, CRYPTOMAP_INFO_VERSION, CM_VERSION) ||
	    nla_put_u64_64bit(skb, CRYPTOMAP_INFO_FEATURES, CM_FEATURES,
			      CRYPTOMAP_INFO_PAD) ||
	    nla_put_u32(skb, CRYPTOMAP_INFO_ACLS, cn->usage.acls) ||
	    nla_put_u32(skb, CRYPTOMAP_INFO_LINES, cn->usage.lines) ||
	    nla_put_u32(skb, CRYPTOMAP_INFO_MAPS, cn->usage.maps) ||
	    nla_put_u32(skb, CRYPTOMAP_INFO_FLOWS, cn->usage.flows) ||
	    nla_put_u32(skb, CRYPTOMAP_INFO_SAS, cn->usage.sas) ||
	    nla_put_u32(skb, CRYPTOMAP_INFO_LARVAL, cn->usage.larval) ||
	    nla_put_u64_64bit(skb, CRYPTOMAP_INFO_EVENTS_LOST,
			      atomic64_read(&cn->event_lost),
			      CRYPTOMAP_INFO_PAD) ||
	    nla_put_u32(skb, CRYPTOMAP_INFO_GENERATION, cn->generation))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_limits(struct sk_buff *skb, struct cm_net *cn)
{
	struct nlattr *nest = nla_nest_start(skb, CRYPTOMAP_A_LIMITS);
	int attr;

	if (!nest)
		return -EMSGSIZE;
	for (attr = CRYPTOMAP_LIMIT_UNSPEC + 1; attr <= CRYPTOMAP_LIMIT_MAX; attr++)
		if (nla_put_u32(skb, attr, *limit_of(&cn->limits, attr)))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

int cm_nl_info_get(struct sk_buff *skb, struct genl_info *info)
{
	struct cm_net *cn = cm_net_of(genl_info_net(info));
	struct cm_reply reply;
	int err;

	err = cm_reply_begin(&reply, info, CRYPTOMAP_CMD_INFO_GET);
	if (err)
		return err;
	mutex_lock(&cn->lock);
	err = put_info(reply.skb, cn) ?: put_limits(reply.skb, cn);
	mutex_unlock(&cn->lock);
	return cm_reply_end(&reply, info, err);
}
