// SPDX-License-Identifier: GPL-2.0
/* Bundles of AH and ESP as SA_SET makes them, and SA_GET tells. */
#include <linux/in.h>

#include "bundle.h"
#include "flow.h"
#include "netlink.h"
#include "nl_sa.h"
#include "pernet.h"

static int check_ah(struct nlattr **tb, const struct cm_sa_spec *spec,
		    struct netlink_ext_ack *extack)
{
	const u32 alone = CRYPTOMAP_SA_F_ACTIVATE | CRYPTOMAP_SA_F_NAT_DEMUX;

	if (!(spec->flags & CRYPTOMAP_SA_F_BUNDLE))
		return 0;
	if (spec->key.proto == IPPROTO_AH && !(spec->flags & alone))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, tb[CRYPTOMAP_SA_FLAGS],
			    "SA_F_BUNDLE is for AH, and goes with neither ACTIVATE nor NAT_DEMUX");
	return -EINVAL;
}

int cm_nl_parse_bundle(struct nlattr **tb, struct cm_sa_spec *spec,
		       struct netlink_ext_ack *extack)
{
	struct nlattr *attr = tb[CRYPTOMAP_SA_AH_SPI];

	if (!attr)
		return check_ah(tb, spec, extack);
	if (spec->key.proto != IPPROTO_ESP || spec->encap_sport ||
	    spec->flags & (CRYPTOMAP_SA_F_BUNDLE | CRYPTOMAP_SA_F_NAT_DEMUX)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "SA_AH_SPI is for ESP without UDP, BUNDLE and NAT_DEMUX: AH passes no NAT");
		return -EINVAL;
	}
	spec->ah_spi = nla_get_be32(attr);
	return 0;
}

int cm_nl_insert(struct cm_sa *sa, struct cm_flow *flow,
		 const struct cm_sa_spec *spec, struct netlink_ext_ack *extack)
{
	struct cm_sa *ah;
	int err;

	if (!spec->ah_spi)
		return cm_sa_insert(sa, flow, extack);
	ah = cm_bundle_find(sa, flow, spec->ah_spi, extack);
	if (IS_ERR(ah))
		return PTR_ERR(ah);
	err = cm_sa_insert(sa, flow, extack);
	if (!err)
		cm_bundle_tie(sa, ah);
	return err;
}

int cm_nl_put_bundle(struct sk_buff *skb, const struct cm_sa *sa)
{
	const struct cm_sa *partner = cm_bundle_partner(sa);

	if (!partner || cm_bundle_is_ah(sa))
		return 0;
	return nla_put_be32(skb, CRYPTOMAP_SA_AH_SPI, partner->key.spi);
}
