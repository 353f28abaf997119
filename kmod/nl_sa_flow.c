// SPDX-License-Identifier: GPL-2.0
/* Whose flow an SA is: SA_FLOW, or SA_IFNAME and SA_ENTRY, and SA_SEL. */
#include "bind.h"
#include "dynamic.h"
#include "flow.h"
#include "map.h"
#include "netlink.h"
#include "nl_sa.h"
#include "pernet.h"
#include "sa.h"
#include "share.h"

/* Selectors are of the family of the flow, which need not be that outside. */
static int parse_sels(const struct nlattr *nest, struct cm_sa_spec *spec,
		      u8 family, struct netlink_ext_ack *extack)
{
	const struct nlattr *attr;
	int rem, err;

	nla_for_each_nested(attr, nest, rem) {
		if (nla_type(attr) != CRYPTOMAP_SA_SEL)
			continue;
		if (spec->nsel == CRYPTOMAP_SELECTORS_MAX) {
			NL_SET_ERR_MSG_ATTR(extack, attr, "an SA has up to 32 selectors");
			return -E2BIG;
		}
		err = cm_nl_parse_sel(attr, family, &spec->sel[spec->nsel],
				      extack);
		if (err)
			return err;
		spec->nsel++;
	}
	return 0;
}

static int parse_place(struct nlattr **tb, struct nlattr *nest,
		       struct netlink_ext_ack *extack)
{
	struct nlattr *ifname = tb[CRYPTOMAP_SA_IFNAME];
	struct nlattr *entry = tb[CRYPTOMAP_SA_ENTRY];
	struct nlattr *flow = tb[CRYPTOMAP_SA_FLOW];

	if (!flow && !ifname && !entry) {
		NL_SET_ERR_MSG_ATTR(extack, nest, "SA_FLOW is missing");
		return -EINVAL;
	}
	if (flow && (ifname || entry)) {
		NL_SET_ERR_MSG_ATTR(extack, flow,
				    "SA_FLOW stands alone, without SA_IFNAME and SA_ENTRY");
		return -EINVAL;
	}
	if (!ifname != !entry) {
		NL_SET_ERR_MSG_ATTR(extack, ifname ?: entry,
				    "an entry is named by both SA_IFNAME and SA_ENTRY");
		return -EINVAL;
	}
	if (ifname && !tb[CRYPTOMAP_SA_SEL]) {
		NL_SET_ERR_MSG_ATTR(extack, nest,
				    "SA_SEL is missing: a dynamic flow is made of it");
		return -EINVAL;
	}
	return 0;
}

/* That of the first address; without any, IPv4. */
static u8 sels_family(const struct nlattr *nest)
{
	const struct nlattr *sel, *addr;
	int rem, rem_in;

	nla_for_each_nested(sel, nest, rem) {
		if (nla_type(sel) != CRYPTOMAP_SA_SEL)
			continue;
		nla_for_each_nested(addr, sel, rem_in)
			if (nla_type(addr) == CRYPTOMAP_SEL_SRC ||
			    nla_type(addr) == CRYPTOMAP_SEL_DST)
				return nla_len(addr) == 4 ? AF_INET : AF_INET6;
	}
	return AF_INET;
}

static struct cm_flow *flow_by_id(struct cm_net *cn, struct nlattr *attr,
				  struct netlink_ext_ack *extack)
{
	struct cm_flow *flow = cm_flow_find(cn, nla_get_u32(attr));

	if (!flow) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "there is no flow of this id");
		return ERR_PTR(-ENOENT);
	}
	if (cm_flow_is_dynamic(flow) ||
	    (!flow->level && flow->type != CRYPTOMAP_ENTRY_T_DYNAMIC))
		return flow;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "the entry is dynamic or has an ENTRY_LEVEL: its SAs are named by SA_IFNAME, SA_ENTRY and SA_SEL");
	return ERR_PTR(-EINVAL);
}

int cm_nl_sa_parse_flow(struct cm_net *cn, struct nlattr **tb,
			struct nlattr *nest, struct cm_sa_spec *spec,
			struct netlink_ext_ack *extack)
{
	struct nlattr *id = tb[CRYPTOMAP_SA_FLOW];
	struct cm_flow *flow;
	u8 family = 0;
	int err;

	err = parse_place(tb, nest, extack);
	if (err)
		return err;
	if (!id)
		return parse_sels(nest, spec, sels_family(nest), extack);
	mutex_lock(&cn->lock);
	flow = flow_by_id(cn, id, extack);
	if (!IS_ERR(flow))
		family = flow->sel.family;
	mutex_unlock(&cn->lock);
	return IS_ERR(flow) ? PTR_ERR(flow) :
			      parse_sels(nest, spec, family, extack);
}

struct cm_flow *cm_nl_sa_flow(struct cm_net *cn, struct nlattr **tb,
			      const struct cm_sa_spec *spec,
			      struct netlink_ext_ack *extack)
{
	struct nlattr *ifname = tb[CRYPTOMAP_SA_IFNAME];
	struct cm_entry *entry;
	struct cm_bind *bind;
	u32 seq;

	if (tb[CRYPTOMAP_SA_FLOW])
		return flow_by_id(cn, tb[CRYPTOMAP_SA_FLOW], extack);
	bind = cm_bind_find(cn, nla_data(ifname));
	if (!bind) {
		NL_SET_ERR_MSG_ATTR(extack, ifname, "no map is bound to this interface");
		return ERR_PTR(-ENOENT);
	}
	seq = nla_get_u32(tb[CRYPTOMAP_SA_ENTRY]);
	entry = cm_entries_first(&bind->map->entries, seq);
	if (!entry || entry->seq != seq) {
		NL_SET_ERR_MSG_ATTR(extack, tb[CRYPTOMAP_SA_ENTRY],
				    "the map has no entry of this number");
		return ERR_PTR(-ENOENT);
	}
	return cm_dynamic_get(cm_share_owner(bind), entry, spec->sel, spec->nsel, extack);
}
