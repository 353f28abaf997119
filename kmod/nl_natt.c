// SPDX-License-Identifier: GPL-2.0
/* What SA_SET says about NAT, and SA_GET. */
#include <linux/in.h>

#include "demux.h"
#include "netlink.h"
#include "nl_sa.h"
#include "sa.h"

/* --- reading --- */

static int parse_encap(struct nlattr **tb, struct cm_sa_spec *spec,
		       struct netlink_ext_ack *extack)
{
	struct nlattr *sport = tb[CRYPTOMAP_SA_ENCAP_SPORT];
	struct nlattr *dport = tb[CRYPTOMAP_SA_ENCAP_DPORT];

	if (!sport != !dport) {
		NL_SET_ERR_MSG_ATTR(extack, sport ?: dport,
				    "UDP encapsulation needs both SA_ENCAP_SPORT and SA_ENCAP_DPORT");
		return -EINVAL;
	}
	if (sport && spec->key.proto != IPPROTO_ESP) {
		NL_SET_ERR_MSG_ATTR(extack, sport,
				    "UDP encapsulation is for ESP");
		return -EOPNOTSUPP;
	}
	if (sport) {
		spec->encap_sport = nla_get_be16(sport);
		spec->encap_dport = nla_get_be16(dport);
	}
	return 0;
}

/* One that is not given was not translated. */
static int get_oa(const struct nlattr *attr, const union cm_addr *outer,
		  u8 family, union cm_addr *oa, struct netlink_ext_ack *extack)
{
	*oa = *outer;
	if (!attr || cm_nl_get_addr(attr, oa) == family)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "SA_OA_SRC and SA_OA_DST are of the address family of the SA");
	return -EINVAL;
}

static int parse_oa(struct nlattr **tb, struct cm_sa_spec *spec,
		    struct netlink_ext_ack *extack)
{
	struct nlattr *src = tb[CRYPTOMAP_SA_OA_SRC];
	struct nlattr *dst = tb[CRYPTOMAP_SA_OA_DST];

	if (!src && !dst)
		return 0;
	if (spec->dir != CRYPTOMAP_DIR_IN || !spec->encap_sport ||
	    spec->mode != CRYPTOMAP_MODE_TRANSPORT) {
		NL_SET_ERR_MSG_ATTR(extack, src ?: dst,
				    "SA_OA_SRC and SA_OA_DST are for inbound SAs of transport mode in UDP");
		return -EINVAL;
	}
	spec->has_oa = true;
	return get_oa(src, &spec->saddr, spec->key.family, &spec->oa_src, extack) ?:
	       get_oa(dst, &spec->key.daddr, spec->key.family, &spec->oa_dst, extack);
}

static int check_demux(struct nlattr **tb, const struct cm_sa_spec *spec,
		       struct netlink_ext_ack *extack)
{
	if (!(spec->flags & CRYPTOMAP_SA_F_NAT_DEMUX) ||
	    spec->mode == CRYPTOMAP_MODE_TRANSPORT)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, tb[CRYPTOMAP_SA_FLAGS],
			    "SA_F_NAT_DEMUX is for transport mode");
	return -EINVAL;
}

int cm_nl_parse_natt(struct nlattr **tb, struct cm_sa_spec *spec,
		     struct netlink_ext_ack *extack)
{
	return parse_encap(tb, spec, extack) ?:
	       parse_oa(tb, spec, extack) ?:
	       check_demux(tb, spec, extack);
}

/* --- writing --- */

int cm_nl_put_natt(struct sk_buff *skb, const struct cm_sa *sa)
{
	struct cm_demux_port list[CRYPTOMAP_PORTS_MAX];
	u8 family = sa->key.family;
	u32 n;

	if (sa->has_oa &&
	    (cm_nl_put_addr(skb, CRYPTOMAP_SA_OA_SRC, &sa->oa_src, family) ||
	     cm_nl_put_addr(skb, CRYPTOMAP_SA_OA_DST, &sa->oa_dst, family)))
		return -EMSGSIZE;
	if (!sa->client || sa->dir != CRYPTOMAP_DIR_IN)
		return 0;
	BUILD_BUG_ON(sizeof(list[0]) != 3 * sizeof(u16));
	n = cm_demux_list(sa->client, list, CRYPTOMAP_PORTS_MAX);
	return nla_put_u32(skb, CRYPTOMAP_SA_PORTS, n) ?:
	       nla_put(skb, CRYPTOMAP_SA_PORT_MAP,
		       min_t(u32, n, CRYPTOMAP_PORTS_MAX) * sizeof(list[0]), list);
}
