// SPDX-License-Identifier: GPL-2.0-or-later
/* Addresses of unnumbered tunnel interfaces, and those of gateways, by difference. */
#include <errno.h>

#include "tools/lib/apply_state.h"

int apply_lend(const struct apply *a, const struct apply_state *have,
	       const struct apply_state *want, struct err *err)
{
	char addr[ADDR_STRLEN];
	bool there;
	int ret = 0;

	for (size_t i = 0; i < want->n_lent && !ret; i++) {
		const struct lent *lent = &want->lent[i];

		if (apply_lent_find(have, lent))
			continue;
		ret = a->ops->lent_add(a->ctx, lent);
		there = ret > 0;
		ret = apply_check(a, there ? 0 : ret, err,
				  "interface %s: address", lent->ifname);
		if (!ret && !there)
			apply_say(a, "interface %s: has the address %s",
				  lent->ifname,
				  addr_format(&lent->addr, addr, sizeof(addr)));
	}
	return ret;
}

int apply_take_back(const struct apply *a, const struct apply_state *have,
		    const struct apply_state *want, struct err *err)
{
	int ret = 0;

	for (size_t i = 0; i < have->n_lent && !ret; i++) {
		const struct lent *lent = &have->lent[i];

		if (apply_lent_find(want, lent))
			continue;
		ret = a->ops->lent_del(a->ctx, lent);
		if (ret == -ENODEV || ret == -EADDRNOTAVAIL)
			ret = 0;	/* it went with its interface */
		ret = apply_check(a, ret, err, "interface %s: address",
				  lent->ifname);
	}
	return ret;
}
