// SPDX-License-Identifier: GPL-2.0
#include <linux/in.h>
#include <linux/netlink.h>

#include "bundle.h"
#include "pernet.h"

struct cm_sa *cm_bundle_partner(const struct cm_sa *sa)
{
	return rcu_dereference_protected(sa->partner,
					 lockdep_is_held(&sa->cn->lock));
}

static int check_fit(const struct cm_sa *sa, const struct cm_flow *flow,
		     const struct cm_sa *ah, struct netlink_ext_ack *extack)
{
	if (!cm_bundle_is_ah(ah) || !cm_sa_usable(ah)) {
		NL_SET_ERR_MSG(extack, "SA_AH_SPI: that AH was not made with SA_F_BUNDLE, or has ended");
		return -EINVAL;
	}
	if (cm_bundle_partner(ah)) {
		NL_SET_ERR_MSG(extack, "SA_AH_SPI: that AH is around another ESP");
		return -EBUSY;
	}
	if (ah->flow == flow && ah->mode == sa->mode &&
	    cm_addr_equal(&ah->saddr, &sa->saddr))
		return 0;
	NL_SET_ERR_MSG(extack, "SA_AH_SPI: that AH is of another flow, mode or source");
	return -EINVAL;
}

struct cm_sa *cm_bundle_find(struct cm_sa *sa, const struct cm_flow *flow,
			     __be32 spi, struct netlink_ext_ack *extack)
{
	const struct cm_sa_key key = {
		.spi = spi,
		.proto = IPPROTO_AH,
		.family = sa->key.family,
		.daddr = sa->key.daddr,
	};
	struct cm_sa *ah;
	int err;

	lockdep_assert_held(&sa->cn->lock);

	ah = cm_sa_find(sa->cn, sa->dir, &key);
	if (!ah || !ah->flow) {
		NL_SET_ERR_MSG(extack, "SA_AH_SPI: there is no AH of this direction, SPI and destination");
		return ERR_PTR(-ENOENT);
	}
	err = check_fit(sa, flow, ah, extack);
	if (err)
		return ERR_PTR(err);
	sa->esp->geom.around = ah->esp->geom.ah;
	return ah;
}

void cm_bundle_tie(struct cm_sa *esp, struct cm_sa *ah)
{
	lockdep_assert_held(&esp->cn->lock);

	rcu_assign_pointer(esp->partner, ah);
	rcu_assign_pointer(ah->partner, esp);
}

/*
 * Neither has a reference to the other: a packet finds it by the pointer under RCU,
 * and the memory of an SA is given back a grace period after its last reference,
 * which the database lets go only after this.
 */
struct cm_sa *cm_bundle_untie(struct cm_sa *sa)
{
	struct cm_sa *partner = cm_bundle_partner(sa);

	if (!partner)
		return NULL;
	RCU_INIT_POINTER(sa->partner, NULL);
	RCU_INIT_POINTER(partner->partner, NULL);
	return partner;
}
