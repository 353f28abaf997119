/* SPDX-License-Identifier: GPL-2.0 */
/* The generic netlink family: what the nl_*.c files share. */
#ifndef _CM_NETLINK_H
#define _CM_NETLINK_H

#include <net/genetlink.h>
#include <net/sock.h>

#include <linux/cryptomap.h>

#include "kmod/core/selector.h"

#include "acl.h"
#include "extack.h"

struct cm_bind;
struct cm_flow;
struct cm_losses;
struct cm_net;
struct cm_sa;
struct cm_sa_path;
struct cm_tomb_info;

#ifndef CM_VERSION
#define CM_VERSION "0.1"
#endif

/* What this module can do; everything else is refused by name. */
#define CM_FEATURES (CRYPTOMAP_FEATURE_IPV4 | CRYPTOMAP_FEATURE_IPV6 | \
		     CRYPTOMAP_FEATURE_TRANSPORT | CRYPTOMAP_FEATURE_UDP_ENCAP | \
		     CRYPTOMAP_FEATURE_AH | CRYPTOMAP_FEATURE_ESN | \
		     CRYPTOMAP_FEATURE_IPCOMP | CRYPTOMAP_FEATURE_DYNAMIC | \
		     CRYPTOMAP_FEATURE_BUNDLE)

int cm_netlink_register(void);
void cm_netlink_unregister(void);

/*
 * Send an event to the group. @skb is consumed. Any context. 0, or -ENOBUFS
 * when a receiver that asked to be counted (NETLINK_BROADCAST_ERROR) was full.
 */
int cm_netlink_multicast(struct cm_net *cn, struct sk_buff *skb);
bool cm_netlink_has_listeners(struct cm_net *cn);
void *cm_netlink_put_event(struct sk_buff *skb);

/* --- policies of the nests, also checked again where they are parsed --- */

extern const struct nla_policy cm_sel_policy[CRYPTOMAP_SEL_MAX + 1];
extern const struct nla_policy cm_filter_policy[CRYPTOMAP_FILTER_MAX + 1];

/*
 * What the value of an attribute must be, where its type is not enough; sets
 * the text. Checks stand beside the policies and not in them: the kernel's
 * range policies only say "integer out of range", and it cannot describe
 * numbers with functions of their own when somebody asks for the policy.
 */
typedef int (*cm_nl_check)(const struct nlattr *attr,
			   struct netlink_ext_ack *extack);

/* nla_parse_nested(), and the checks of all attributes; @checks is as long as @policy. */
int cm_nl_parse(struct nlattr **tb, int max, const struct nlattr *nest,
		const struct nla_policy *policy, const cm_nl_check *checks,
		struct netlink_ext_ack *extack);

/* A check of one number's range, check_NAME, that says the range. */
#define CM_NL_RANGE(name, get, label, min, max)				\
static int check_##name(const struct nlattr *attr,			\
			struct netlink_ext_ack *extack)			\
{									\
	u64 val = get(attr);						\
									\
	if (val >= (min) && val <= (max))				\
		return 0;						\
	NL_SET_ERR_MSG_ATTR(extack, attr, label " is out of range: "	\
			    #min ".." #max);				\
	return -ERANGE;							\
}

/* A name of a list or map: no blanks, not empty. */
int cm_nl_check_name(const struct nlattr *attr, struct netlink_ext_ack *extack);
int cm_nl_check_ifname(const struct nlattr *attr,
		       struct netlink_ext_ack *extack);
int cm_nl_check_addr(const struct nlattr *attr, struct netlink_ext_ack *extack);

#define CM_NL_NAME	NLA_POLICY_VALIDATE_FN(NLA_BINARY, cm_nl_check_name)
#define CM_NL_IFNAME	NLA_POLICY_VALIDATE_FN(NLA_BINARY, cm_nl_check_ifname)
#define CM_NL_ADDR	NLA_POLICY_VALIDATE_FN(NLA_BINARY, cm_nl_check_addr)

/* --- reading requests --- */

/* An address attribute: its family by its length. */
u8 cm_nl_get_addr(const struct nlattr *attr, union cm_addr *addr);

/**
 * cm_nl_parse_sel() - read a selector
 * @nest: attribute
 * @family: family of the result; its addresses must be of it
 * @sel: result, canonical and valid
 *
 * Return: 0 or -EINVAL with a text.
 */
int cm_nl_parse_sel(const struct nlattr *nest, u8 family,
		    struct cm_selector *sel, struct netlink_ext_ack *extack);

/* What a request picks; all that is set must match. */
struct cm_filter {
	bool by_owner;
	bool by_peer;
	u32 owner;
	const char *map;
	u32 seq;
	u32 flow;
	const char *acl;
	u8 reason;
	u8 peer_family;
	union cm_addr peer;
};

int cm_nl_parse_filter(const struct nlattr *nest, struct cm_filter *f,
		       struct netlink_ext_ack *extack);

/* cn->lock held or RCU. */
bool cm_filter_sa(const struct cm_filter *f, const struct cm_sa *sa);
bool cm_filter_flow(const struct cm_filter *f, const struct cm_flow *flow);

/* --- writing answers: 0 or -EMSGSIZE --- */

int cm_nl_put_addr(struct sk_buff *skb, int type, const union cm_addr *addr,
		   u8 family);
int cm_nl_put_sel(struct sk_buff *skb, int type, const struct cm_selector *sel);

/* A packet as a selector that holds just it. */
int cm_nl_put_tuple(struct sk_buff *skb, int type, const struct cm_tuple *t);

/* The losses that are not 0, each a nest of @type. */
int cm_nl_put_losses(struct sk_buff *skb, int type, const struct cm_losses *l);

/* An SA as an event tells it that found it on another path. */
struct cm_nl_sa_moved {
	const struct cm_sa *sa;
	const struct cm_sa_path *path;
};

/* Nests A_FLOW, A_SA, A_BIND, A_TOMB as events carry them. RCU or cn->lock. */
int cm_nl_put_flow_event(struct sk_buff *skb, const void *flow);
int cm_nl_put_sa_event(struct sk_buff *skb, const void *sa);
int cm_nl_put_sa_moved(struct sk_buff *skb, const void *moved);
int cm_nl_put_bind(struct sk_buff *skb, const void *bind);
int cm_nl_put_tomb(struct sk_buff *skb, const struct cm_tomb_info *tomb);

/* --- one answer --- */

struct cm_reply {
	struct sk_buff *skb;
	void *hdr;
};

/* 0 or -ENOMEM. Answer with @cmd to @info. */
int cm_reply_begin(struct cm_reply *r, struct genl_info *info, u8 cmd);

/* Send it, or with @err throw it away and return @err. */
int cm_reply_end(struct cm_reply *r, struct genl_info *info, int err);

/* --- dumps --- */

/* Where a dump goes on: the next object that was not sent. */
struct cm_dump {
	u32 id;
	u32 sub;
	u64 num;
};

static inline struct cm_dump *cm_dump(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct cm_dump) > sizeof(cb->ctx));
	return (struct cm_dump *)cb->ctx;
}

/* Begin one message of a dump: its header, marked if the dump was disturbed. */
void *cm_dump_begin(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd);

/* --- the commands, by file --- */

#define CM_NL_DOIT(name) \
	int name(struct sk_buff *skb, struct genl_info *info)
#define CM_NL_DUMPIT(name) \
	int name(struct sk_buff *skb, struct netlink_callback *cb)

/* nl_info.c */
CM_NL_DOIT(cm_nl_info_get);
CM_NL_DOIT(cm_nl_limits_set);
/* nl_alg.c */
CM_NL_DUMPIT(cm_nl_alg_dump);
/* nl_acl.c */
CM_NL_DOIT(cm_nl_acl_set);
CM_NL_DOIT(cm_nl_acl_del);
CM_NL_DUMPIT(cm_nl_acl_dump);
CM_NL_DOIT(cm_nl_line_add);
CM_NL_DOIT(cm_nl_line_del);
/* nl_map.c */
CM_NL_DOIT(cm_nl_map_set);
CM_NL_DOIT(cm_nl_map_del);
CM_NL_DUMPIT(cm_nl_map_dump);
CM_NL_DOIT(cm_nl_entry_set);
CM_NL_DOIT(cm_nl_entry_del);
/* nl_bind.c */
CM_NL_DOIT(cm_nl_bind);
CM_NL_DOIT(cm_nl_unbind);
CM_NL_DUMPIT(cm_nl_bind_dump);
/* nl_flow.c */
CM_NL_DOIT(cm_nl_flow_get);
CM_NL_DUMPIT(cm_nl_flow_dump);
CM_NL_DOIT(cm_nl_flow_initiate);
CM_NL_DUMPIT(cm_nl_acquire_dump);
CM_NL_DOIT(cm_nl_acquire_fail);
/* nl_sa.c, nl_sa_set.c */
CM_NL_DOIT(cm_nl_spi_alloc);
CM_NL_DOIT(cm_nl_sa_set);
CM_NL_DOIT(cm_nl_sa_activate);
CM_NL_DOIT(cm_nl_sa_update);
CM_NL_DOIT(cm_nl_sa_del);
CM_NL_DOIT(cm_nl_sa_flush);
CM_NL_DOIT(cm_nl_sa_get);
CM_NL_DUMPIT(cm_nl_sa_dump);
/* nl_sock.c */
CM_NL_DOIT(cm_nl_sock_set);
CM_NL_DOIT(cm_nl_sock_get);
CM_NL_DOIT(cm_nl_sock_del);
/* nl_history.c */
CM_NL_DUMPIT(cm_nl_history_dump);
/* nl_counter.c */
CM_NL_DUMPIT(cm_nl_counter_dump);
CM_NL_DOIT(cm_nl_counter_reset);
CM_NL_DUMPIT(cm_nl_tomb_dump);

/* The policies that netlink.c puts into its table, by the file that reads them. */
extern const struct nla_policy cm_limit_policy[CRYPTOMAP_LIMIT_MAX + 1];
extern const struct nla_policy cm_acl_policy[CRYPTOMAP_ACL_MAX + 1];
extern const struct nla_policy cm_line_policy[CRYPTOMAP_LINE_ATTR_MAX + 1];
extern const struct nla_policy cm_map_policy[CRYPTOMAP_MAP_MAX + 1];
extern const struct nla_policy cm_entry_policy[CRYPTOMAP_ENTRY_MAX + 1];
extern const struct nla_policy cm_bind_policy[CRYPTOMAP_BIND_MAX + 1];
extern const struct nla_policy cm_flow_policy[CRYPTOMAP_FLOW_MAX + 1];
extern const struct nla_policy cm_sa_policy[CRYPTOMAP_SA_MAX + 1];
extern const struct nla_policy cm_sock_policy[CRYPTOMAP_SOCK_MAX + 1];

#endif
