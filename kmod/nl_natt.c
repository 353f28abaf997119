// SPDX-License-Identifier: GPL-2.0
/* What SA_SET says about NAT. */
#include <linux/in.h>

#include "netlink.h"
#include "nl_sa.h"
#include "sa.h"

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

int cm_nl_parse_natt(struct nlattr **tb, struct cm_sa_spec *spec,
		     struct netlink_ext_ack *extack)
{
	return parse_encap(tb, spec, extack) ?: parse_oa(tb, spec, extack);
}
