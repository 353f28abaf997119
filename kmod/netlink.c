// SPDX-License-Identifier: GPL-2.0
/* The family: commands, policies of whole messages, multicast, answers. */
#include "netlink.h"
#include "compat/genl.h"
#include "pernet.h"

#define TOP(name, ...) \
	static const struct nla_policy name[CRYPTOMAP_A_MAX + 1] = { __VA_ARGS__ }

#define NEST(attr, policy) [attr] = NLA_POLICY_NESTED(policy)

TOP(no_attrs);
TOP(limits_attrs, NEST(CRYPTOMAP_A_LIMITS, cm_limit_policy));
TOP(acl_attrs, NEST(CRYPTOMAP_A_ACL, cm_acl_policy));
TOP(map_attrs, NEST(CRYPTOMAP_A_MAP, cm_map_policy));
TOP(bind_attrs, NEST(CRYPTOMAP_A_BIND, cm_bind_policy));
TOP(flow_attrs, NEST(CRYPTOMAP_A_FLOW, cm_flow_policy));
TOP(sa_attrs, NEST(CRYPTOMAP_A_SA, cm_sa_policy));
TOP(filter_attrs, NEST(CRYPTOMAP_A_FILTER, cm_filter_policy));
TOP(sock_attrs, NEST(CRYPTOMAP_A_SOCK, cm_sock_policy));

static const struct nla_policy lines_attrs[CRYPTOMAP_A_MAX + 1] = {
	NEST(CRYPTOMAP_A_ACL, cm_acl_policy),
	NEST(CRYPTOMAP_A_LINE, cm_line_policy),
};

static const struct nla_policy entries_attrs[CRYPTOMAP_A_MAX + 1] = {
	NEST(CRYPTOMAP_A_MAP, cm_map_policy),
	NEST(CRYPTOMAP_A_ENTRY, cm_entry_policy),
};

static const struct nla_policy sa_get_attrs[CRYPTOMAP_A_MAX + 1] = {
	NEST(CRYPTOMAP_A_SA, cm_sa_policy),
	NEST(CRYPTOMAP_A_FILTER, cm_filter_policy),
};

/* The tracer has its number; it comes with the path it traces. */
static int trace(struct sk_buff *skb, struct genl_info *info)
{
	NL_SET_ERR_MSG(info->extack, "this module has no packet tracer");
	return -EOPNOTSUPP;
}

#define OP(name, attrs, ...) {						\
	.cmd = CRYPTOMAP_CMD_##name,					\
	.flags = GENL_UNS_ADMIN_PERM,					\
	.policy = attrs,						\
	.maxattr = CRYPTOMAP_A_MAX,					\
	__VA_ARGS__							\
}

static const struct genl_ops ops[] = {
	OP(INFO_GET, no_attrs, .doit = cm_nl_info_get),
	OP(LIMITS_SET, limits_attrs, .doit = cm_nl_limits_set),
	OP(ACL_SET, lines_attrs, .doit = cm_nl_acl_set),
	OP(ACL_DEL, acl_attrs, .doit = cm_nl_acl_del),
	OP(ACL_GET, acl_attrs, .dumpit = cm_nl_acl_dump),
	OP(LINE_ADD, lines_attrs, .doit = cm_nl_line_add),
	OP(LINE_DEL, lines_attrs, .doit = cm_nl_line_del),
	OP(MAP_SET, entries_attrs, .doit = cm_nl_map_set),
	OP(MAP_DEL, map_attrs, .doit = cm_nl_map_del),
	OP(MAP_GET, map_attrs, .dumpit = cm_nl_map_dump),
	OP(ENTRY_SET, entries_attrs, .doit = cm_nl_entry_set),
	OP(ENTRY_DEL, entries_attrs, .doit = cm_nl_entry_del),
	OP(BIND, bind_attrs, .doit = cm_nl_bind),
	OP(UNBIND, bind_attrs, .doit = cm_nl_unbind),
	OP(BIND_GET, no_attrs, .dumpit = cm_nl_bind_dump),
	OP(FLOW_GET, flow_attrs, .doit = cm_nl_flow_get,
	   .dumpit = cm_nl_flow_dump),
	OP(FLOW_INITIATE, flow_attrs, .doit = cm_nl_flow_initiate),
	OP(ACQUIRE_GET, no_attrs, .dumpit = cm_nl_acquire_dump),
	OP(ACQUIRE_FAIL, flow_attrs, .doit = cm_nl_acquire_fail),
	OP(SPI_ALLOC, sa_attrs, .doit = cm_nl_spi_alloc),
	OP(SA_SET, sa_attrs, .doit = cm_nl_sa_set),
	OP(SA_ACTIVATE, sa_attrs, .doit = cm_nl_sa_activate),
	OP(SA_UPDATE, sa_attrs, .doit = cm_nl_sa_update),
	OP(SA_DEL, sa_attrs, .doit = cm_nl_sa_del),
	OP(SA_FLUSH, filter_attrs, .doit = cm_nl_sa_flush),
	OP(SA_GET, sa_get_attrs, .doit = cm_nl_sa_get,
	   .dumpit = cm_nl_sa_dump),
	OP(SOCK_SET, sock_attrs, .doit = cm_nl_sock_set),
	OP(SOCK_GET, sock_attrs, .doit = cm_nl_sock_get),
	OP(SOCK_DEL, sock_attrs, .doit = cm_nl_sock_del),
	OP(COUNTER_GET, no_attrs, .dumpit = cm_nl_counter_dump),
	OP(COUNTER_RESET, filter_attrs, .doit = cm_nl_counter_reset),
	OP(TOMB_GET, no_attrs, .dumpit = cm_nl_tomb_dump),
	OP(ALG_GET, no_attrs, .dumpit = cm_nl_alg_dump),
	OP(HISTORY_GET, no_attrs, .dumpit = cm_nl_history_dump),
	OP(TRACE, no_attrs, .doit = trace),
};

static const struct genl_multicast_group groups[] = {
	{ .name = CRYPTOMAP_MCGRP_EVENTS, .flags = GENL_MCAST_CAP_NET_ADMIN },
};

static struct genl_family family __ro_after_init = {
	.name = CRYPTOMAP_GENL_NAME,
	.version = CRYPTOMAP_GENL_VERSION,
	.maxattr = CRYPTOMAP_A_MAX,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	.resv_start_op = __CRYPTOMAP_CMD_MAX,
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
};

/* Events are raised before the family is there and after it is gone, too. */
static bool ready;

bool cm_netlink_has_listeners(struct cm_net *cn)
{
	return READ_ONCE(ready) && genl_has_listeners(&family, cn->net, 0);
}

void *cm_netlink_put_event(struct sk_buff *skb)
{
	return genlmsg_put(skb, 0, 0, &family, 0, CRYPTOMAP_CMD_EVENT);
}

int cm_netlink_multicast(struct cm_net *cn, struct sk_buff *skb)
{
	int err = 0;

	rcu_read_lock();
	if (READ_ONCE(ready))
		err = genlmsg_multicast_netns(&family, cn->net, skb, 0, 0,
					      GFP_ATOMIC);
	else
		nlmsg_free(skb);
	rcu_read_unlock();
	return err;
}

int cm_netlink_register(void)
{
	int err = genl_register_family(&family);

	if (!err)
		WRITE_ONCE(ready, true);
	return err;
}

void cm_netlink_unregister(void)
{
	WRITE_ONCE(ready, false);
	synchronize_rcu();		/* no event is on its way to the group */
	genl_unregister_family(&family);
}

/* --- answers --- */

#define REPLY_SIZE 16384	/* an SA with all its selectors and counters fits twice */

int cm_reply_begin(struct cm_reply *r, struct genl_info *info, u8 cmd)
{
	r->skb = genlmsg_new(REPLY_SIZE, GFP_KERNEL);
	if (!r->skb)
		return -ENOMEM;
	r->hdr = genlmsg_put_reply(r->skb, info, &family, 0, cmd);
	if (r->hdr)
		return 0;
	nlmsg_free(r->skb);
	return -EMSGSIZE;
}

int cm_reply_end(struct cm_reply *r, struct genl_info *info, int err)
{
	if (err) {
		nlmsg_free(r->skb);
		return err;
	}
	genlmsg_end(r->skb, r->hdr);
	return genlmsg_reply(r->skb, info);
}

void *cm_dump_begin(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd)
{
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				cb->nlh->nlmsg_seq, &family, NLM_F_MULTI, cmd);

	if (hdr)
		genl_dump_check_consistent(cb, hdr);
	return hdr;
}
