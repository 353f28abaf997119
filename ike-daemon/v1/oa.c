// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Transport mode behind a NAT (RFC 3947, 5.2).  Packets have the addresses outside,
 * which a NAT has changed; checksums, and the proxy identities of the end behind it,
 * are about the addresses that the ends know themselves by.  NAT-OA tells those, so
 * that the receiver can mend the checksums: in the RFC that of the initiator and that
 * of the responder, both as the sender sees them, in the drafts the sender's own.
 */
#include "ike-daemon/engine.h"
#include "ike-daemon/sa/identity.h"
#include "ike-daemon/sa/ike_sa.h"
#include "ike-daemon/v1/exchange.h"
#include "ike-daemon/v1/natt.h"
#include "ike-daemon/v1/oa.h"

static bool is_rfc(const struct v1_exchange *x)
{
	return x->sa->natt == ISAKMP_VENDOR_NATT_RFC;
}

static unsigned int payload_type(const struct v1_exchange *x)
{
	return is_rfc(x) ? ISAKMP_PAYLOAD_NAT_OA : ISAKMP_PAYLOAD_NAT_OA_DRAFT;
}

static void put(const struct v1_exchange *x, struct isakmp_writer *w,
		const struct addr *addr)
{
	struct isakmp_nat_oa oa = {
		.type = addr->family == AF_INET6 ? IPSEC_ID_IPV6_ADDR :
						   IPSEC_ID_IPV4_ADDR,
		.addr = *addr,
	};

	isakmp_put_nat_oa(w, payload_type(x), &oa);
}

void v1_oa_put(const struct v1_exchange *x, struct isakmp_writer *w)
{
	const struct addr *own = &x->sa->local, *peer = &x->sa->remote;

	if (!is_rfc(x)) {
		put(x, w, own);
		return;
	}
	put(x, w, x->initiator ? own : peer);
	put(x, w, x->initiator ? peer : own);
}

/* @nth of them, or unset. */
static struct addr taken(const struct v1_exchange *x,
			 const struct isakmp_msg *msg, unsigned int nth)
{
	const struct isakmp_payload *p = isakmp_find(msg, payload_type(x), nth);

	if (!p || p->nat_oa.addr.family != x->sa->remote.family)
		return (struct addr){ 0 };
	return p->nat_oa.addr;
}

void v1_oa_take(struct v1_exchange *x, const struct isakmp_msg *msg)
{
	bool second = is_rfc(x) && x->initiator;	/* is the peer's */

	x->q.oa_peer = taken(x, msg, second);
	x->q.oa_own = is_rfc(x) ? taken(x, msg, !second) : (struct addr){ 0 };
}

/* Is transport mode all that the peer offers? */
static bool wants_transport(const struct isakmp_sa *sa)
{
	struct ipsec_transform t;
	unsigned int i, j;
	struct err err;

	for (i = 0; i < sa->nproposals; i++)
		for (j = 0; j < sa->proposals[i].ntransforms; j++)
			if (ipsec_transform_get(&sa->proposals[i].transforms[j],
						&t, &err) ||
			    !proposal_is_transport(&t))
				return false;
	return sa->nproposals;
}

static bool is_one(const struct range *r)
{
	return addr_equal(&r->from, &r->to);
}

void v1_oa_outside(struct v1_exchange *x, const struct isakmp_msg *msg)
{
	const struct isakmp_payload *p = isakmp_find(msg, ISAKMP_PAYLOAD_SA, 0);
	struct kernel_sel *sel = &x->q.sel;

	if (v1_natt_encap(x->sa) == IPSEC_ENCAP_TUNNEL || !is_one(&sel->src) ||
	    !is_one(&sel->dst) || !wants_transport(&p->sa))
		return;
	range_set(&sel->src, &x->sa->local, &x->sa->local);
	range_set(&sel->dst, &x->sa->remote, &x->sa->remote);
}

static bool is_either(const struct range *r, const struct addr *a,
		      const struct addr *b)
{
	return is_one(r) && (addr_equal(&r->from, a) || addr_equal(&r->from, b));
}

bool v1_oa_are_ends(const struct v1_exchange *x, const struct isakmp_id *ci,
		    const struct isakmp_id *cr)
{
	struct kernel_sel sel;
	struct err err;

	return !identity_to_sel(ci, cr, &sel, &err) &&
	       sel.proto == x->q.sel.proto && sel.sport == x->q.sel.sport &&
	       sel.dport == x->q.sel.dport &&
	       is_either(&sel.src, &x->sa->local, &x->q.oa_own) &&
	       is_either(&sel.dst, &x->sa->remote, &x->q.oa_peer);
}
