/* SPDX-License-Identifier: GPL-2.0 */
/* What nl_sa.c and nl_sa_set.c share. */
#ifndef _CM_NL_SA_H
#define _CM_NL_SA_H

#include "netlink.h"
#include "kmod/core/life.h"

struct cm_flow;
struct cm_sa;
struct cm_sa_spec;

extern const cm_nl_check cm_sa_checks[CRYPTOMAP_SA_MAX + 1];

/* Parse A_SA of a request into @tb[CRYPTOMAP_SA_MAX + 1]. */
int cm_nl_parse_sa(struct genl_info *info, struct nlattr **tb);

/* A lifetime attribute, u32 or u64; absent or 0 is CM_LIFE_NO_LIMIT. */
u64 cm_nl_get_limit(const struct nlattr *attr, bool kilobytes);

/*
 * What an SA of SA_SET has to do with NAT: its ports of UDP, the original
 * addresses of the peer. Of @spec, addresses, direction, mode and flags are
 * there.
 */
int cm_nl_parse_natt(struct nlattr **tb, struct cm_sa_spec *spec,
		     struct netlink_ext_ack *extack);

/*
 * What an SA of SA_SET does against traffic analysis. Of @spec, direction,
 * protocol and compression are there. Then, when its flow is known, can it?
 * sa->mode and selectors say; cn->lock held.
 */
int cm_nl_parse_tfc(struct nlattr **tb, struct cm_sa_spec *spec,
		    struct netlink_ext_ack *extack);
int cm_nl_check_tfc(const struct cm_sa *sa, const struct cm_flow *flow,
		    struct nlattr **tb, struct netlink_ext_ack *extack);
int cm_nl_put_tfc(struct sk_buff *skb, const struct cm_sa *sa);

/*
 * Which part of a bundle an SA of SA_SET is. Of @spec, all but lifetimes is there. Then,
 * put it into its flow and its bundle; cn->lock held.
 */
int cm_nl_parse_bundle(struct nlattr **tb, struct cm_sa_spec *spec,
		       struct netlink_ext_ack *extack);
int cm_nl_insert(struct cm_sa *sa, struct cm_flow *flow,
		 const struct cm_sa_spec *spec, struct netlink_ext_ack *extack);
int cm_nl_put_bundle(struct sk_buff *skb, const struct cm_sa *sa);

/* The original addresses, and the ports of its client. */
int cm_nl_put_natt(struct sk_buff *skb, const struct cm_sa *sa);

int cm_nl_check_life(const struct cm_life_limits *life, struct nlattr *nest,
		     struct netlink_ext_ack *extack);

/* nl_sa_flow.c: whose flow an SA is. */

/* Check how SA_SET names the flow and read SA_SEL. cn->lock not held. */
int cm_nl_sa_parse_flow(struct cm_net *cn, struct nlattr **tb,
			struct nlattr *nest, struct cm_sa_spec *spec,
			struct netlink_ext_ack *extack);

/*
 * The flow that SA_SET names: by id, or by place and selectors; then it may be
 * a new one, which wants cm_dynamic_left() when no SA comes. cn->lock held.
 */
struct cm_flow *cm_nl_sa_flow(struct cm_net *cn, struct nlattr **tb,
			      const struct cm_sa_spec *spec,
			      struct netlink_ext_ack *extack);

#endif
