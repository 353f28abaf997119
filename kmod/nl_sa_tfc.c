// SPDX-License-Identifier: GPL-2.0
/* Traffic flow confidentiality as SA_SET asks for it, and SA_GET tells. */
#include <linux/in.h>

#include "flow.h"
#include "netlink.h"
#include "nl_sa.h"
#include "pernet.h"
#include "sa.h"
#include "tfc.h"

int cm_nl_parse_tfc(struct nlattr **tb, struct cm_sa_spec *spec,
		    struct netlink_ext_ack *extack)
{
	struct nlattr *pad = tb[CRYPTOMAP_SA_TFC_PAD];
	struct nlattr *dummy = tb[CRYPTOMAP_SA_DUMMY_MS];

	if (pad)
		spec->tfc_pad = nla_get_u16(pad);
	if (dummy)
		spec->dummy_ms = nla_get_u32(dummy);
	if (!spec->tfc_pad && !spec->dummy_ms)
		return 0;
	if (spec->dir != CRYPTOMAP_DIR_OUT || spec->key.proto != IPPROTO_ESP) {
		NL_SET_ERR_MSG_ATTR(extack, pad ?: dummy,
				    "SA_TFC_PAD and SA_DUMMY_MS are for outbound SAs of ESP");
		return -EINVAL;
	}
	if (spec->tfc_pad && spec->ipcomp) {
		NL_SET_ERR_MSG_ATTR(extack, pad,
				    "SA_TFC_PAD: what SA_IPCOMP compresses does not tell its length");
		return -EINVAL;
	}
	return 0;
}

int cm_nl_check_tfc(const struct cm_sa *sa, const struct cm_flow *flow,
		    struct nlattr **tb, struct netlink_ext_ack *extack)
{
	u32 i;

	if (!sa->tfc || !sa->tfc->pad || sa->mode != CRYPTOMAP_MODE_TRANSPORT)
		return 0;
	if (!sa->nsel && !cm_tfc_tells_length(&flow->sel))
		goto refuse;
	for (i = 0; i < sa->nsel; i++)
		if (!cm_tfc_tells_length(&sa->sel[i]))
			goto refuse;
	return 0;

refuse:
	NL_SET_ERR_MSG_ATTR(extack, tb[CRYPTOMAP_SA_TFC_PAD],
			    "SA_TFC_PAD in transport mode is for UDP (17) and IP in IP (4, 41), which tell their length");
	return -EOPNOTSUPP;
}

int cm_nl_put_tfc(struct sk_buff *skb, const struct cm_sa *sa)
{
	const struct cm_tfc *tfc = sa->tfc;

	if (!tfc)
		return 0;
	if (tfc->pad && nla_put_u16(skb, CRYPTOMAP_SA_TFC_PAD, tfc->pad))
		return -EMSGSIZE;
	if (!tfc->dummy_ms)
		return 0;
	return nla_put_u32(skb, CRYPTOMAP_SA_DUMMY_MS, tfc->dummy_ms);
}
