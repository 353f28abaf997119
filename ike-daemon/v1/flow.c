// SPDX-License-Identifier: GPL-2.0-or-later
/* Quick mode: which flow the peer asks for, or which dynamic entry; what that says. */
#include <errno.h>
#include <stdio.h>

#include "ike-daemon/engine.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/sa/child_sa.h"
#include "ike-daemon/sa/identity.h"
#include "ike-daemon/sa/ike_sa.h"
#include "ike-daemon/sa/peer.h"
#include "ike-daemon/v1/access.h"
#include "ike-daemon/v1/exchange.h"
#include "ike-daemon/v1/natt.h"
#include "ike-daemon/v1/v1.h"

static int no_flow(struct v1_exchange *x)
{
	const struct policy_flow *f = policy_example(x->e, &x->sa->remote);
	struct record_mismatch m = { .attribute = "proxy identities" };
	char asked[160], have[160] = "none";

	kernel_sel_format(&x->q.sel, asked, sizeof(asked));
	if (f) {
		kernel_sel_format(&f->k.sel, have, sizeof(have));
		snprintf(m.against, sizeof(m.against), "map %.40s %u line %u",
			 f->k.map, f->k.seq, f->k.line);
	} else {
		snprintf(m.against, sizeof(m.against), "no entry of this peer");
	}
	snprintf(m.offered, sizeof(m.offered), "%.63s", asked);
	snprintf(m.configured, sizeof(m.configured), "%.63s", have);
	record_add_mismatch(x->record, &m);
	return v1_fault(x, -ENOENT, ISAKMP_NOTIFY_INVALID_ID_INFORMATION,
			"no access list mirrors the peer's: it asks for %.80s, configured is %.80s",
			asked, have);
}

void v1_note_entry(struct v1_exchange *x, const struct policy_flow *f)
{
	if (!x->record)
		return;
	snprintf(x->record->entry, sizeof(x->record->entry),
		 "map %s %u line %u", f->k.map, f->k.seq, f->k.line);
	kernel_sel_format(&x->q.sel, x->record->proxies,
			  sizeof(x->record->proxies));
}

/* It has an entry of its own, whose access list is not the mirror of the peer's. */
static void warn_of_static(const struct v1_exchange *x)
{
	const struct cfg_entry *entry = policy_names_peer(x->e, &x->sa->remote);
	char peer[ADDR_STRLEN], asked[160];

	if (entry && entry->seq != x->q.place.seq)
		log_warning(ike, "%s: entry %u is for this peer, but does not permit %s: taken as a dynamic peer by map %s %u",
			    addr_format(&x->sa->remote, peer, sizeof(peer)),
			    entry->seq,
			    kernel_sel_format(&x->q.sel, asked, sizeof(asked)),
			    x->q.place.map, x->q.place.seq);
}

/* Who asks for what no entry has belongs to the dynamic one, if there is one. */
static int find_place(struct v1_exchange *x)
{
	const struct kernel_sel *sel = &x->q.sel;
	struct kernel_place *place = &x->q.place;
	struct err why = { "" };
	struct prefix net;

	if (x->record)
		kernel_sel_format(sel, x->record->proxies,
				  sizeof(x->record->proxies));
	if (!policy_place(x->e, &x->sa->local, &x->sa->remote, sel, place))
		return no_flow(x);
	if (!policy_leaves(x->e, place, sel, policy_shown_by(x->sa), &why))
		return v1_fault(x, -EACCES, ISAKMP_NOTIFY_INVALID_ID_INFORMATION,
				"what it asks for is that of another entry: %.180s",
				why.text);
	if (range_to_prefix(&sel->src, &net) || range_to_prefix(&sel->dst, &net))
		return v1_fault(x, -ERANGE, ISAKMP_NOTIFY_INVALID_ID_INFORMATION,
				"an address range of the peer is no network");
	if (x->record)
		snprintf(x->record->entry, sizeof(x->record->entry),
			 "map %s %u", place->map, place->seq);
	warn_of_static(x);
	return 0;
}

int v1_find_flow(struct v1_exchange *x)
{
	struct policy_flow *f;
	int err = v1_modecfg_permits(x);

	if (err)
		return err;
	f = policy_match(x->e, &x->sa->local, &x->sa->remote, &x->q.sel);
	if (!f || policy_is_dynamic(f))
		err = v1_modecfg_not_anothers(x);
	if (err)
		return err;
	if (!f)
		return find_place(x);
	v1_note_entry(x, f);
	if (policy_is_made(f))
		policy_place_of(f, &x->q.place);
	else
		x->q.flow = f->k.id;
	return 0;
}

/* --- its parameters ---------------------------------------------------------- */

/* How ESP travels, and whether it may be in transport mode. */
static void set_encap(const struct v1_exchange *x, struct child_params *p)
{
	p->encap = v1_natt_encap(x->sa);
	p->between_ends = range_is_host(&x->q.sel.src, &x->sa->local) &&
			  range_is_host(&x->q.sel.dst, &x->sa->remote);
}

int v1_flow_params(const struct v1_exchange *x, const struct policy_flow *f,
		   struct child_params *out)
{
	int err = policy_params(x->e, f, out);

	set_encap(x, out);
	return err;
}

int v1_place_params(const struct v1_exchange *x, unsigned int nth,
		    struct child_params *out)
{
	int err = policy_place_params(x->e, &x->q.place, nth, out);

	set_encap(x, out);
	return err;
}

int v1_choose(struct v1_exchange *x, const struct isakmp_msg *msg,
	      const struct child_params *params, bool answer)
{
	const struct isakmp_payload *p = isakmp_find(msg, ISAKMP_PAYLOAD_SA, 0);
	char peer[ADDR_STRLEN];

	if (esp_proposal_choose(params, &p->sa, answer, &x->q.choice,
				x->record))
		return v1_fault(x, -ENOENT, ISAKMP_NOTIFY_NO_PROPOSAL_CHOSEN,
				answer ? "the peer's answer is none of what we offered" :
					 "no transform set fits what the peer offers");
	/* A mistake or a replay; to give it up would take that pair along. */
	if (child_sa_by_spi(x->sa->peer,
			    proposal_ip_proto(x->q.choice.transform.protocol),
			    false, x->q.choice.spi))
		return v1_fault(x, -EEXIST, ISAKMP_NOTIFY_INVALID_SPI,
				"the peer offers SPI 0x%08x, which it has in use",
				x->q.choice.spi);
	if (x->q.choice.lifetime_cut)
		log_notice(ipsec, "%s: the peer's SA lifetime is longer than ours, %u s and %u kB are used",
			   addr_format(&x->sa->remote, peer, sizeof(peer)),
			   x->q.choice.seconds, x->q.choice.kilobytes);
	return 0;
}

bool v1_is_client(const struct v1_exchange *x, const struct child_params *params)
{
	return params->nat_demux && x->sa->nat_remote &&
	       proposal_is_udp_transport(&x->q.choice.transform);
}

void v1_take_params(struct v1_exchange *x, const struct child_params *params)
{
	x->q.window = params->window;
	x->q.tfc = params->tfc;
	x->q.idle = params->idle;
}

int v1_may_have(struct v1_exchange *x, const struct cfg_entry *entry)
{
	struct err why = { "" };

	if (!entry || policy_entry_admits(x->e, entry, policy_shown_by(x->sa), &why))
		return 0;
	return v1_fault(x, -EACCES, ISAKMP_NOTIFY_INVALID_ID_INFORMATION, "%s",
			why.text);
}

int v1_choose_entry(struct v1_exchange *x, const struct isakmp_msg *msg,
		    struct child_params *params)
{
	const struct policy_flow *f = policy_flow_known(x->e, x->q.flow);
	unsigned int n;
	int err;

	if (f && v1_flow_params(x, f, params))
		return v1_fault(x, -ENOENT, ISAKMP_NOTIFY_NO_PROPOSAL_CHOSEN,
				"map %s %u has no transform set", f->k.map,
				f->k.seq);
	if (f)
		return v1_choose(x, msg, params, false);
	v1_fault(x, -ENOENT, ISAKMP_NOTIFY_NO_PROPOSAL_CHOSEN,
		 "map %s %u: its dynamic map has no transform set",
		 x->q.place.map, x->q.place.seq);
	for (n = 0; (err = v1_place_params(x, n, params)) != -ENOENT; n++) {
		if (!err)
			err = v1_may_have(x, policy_place_entry(x->e, &x->q.place, n));
		if (!err)
			err = v1_choose(x, msg, params, false);
		if (err)
			continue;
		x->q.nth = n;
		v1_fault(x, 0, 0, "%s", "");	/* of the entries before it */
		return 0;
	}
	return err;
}

/* Lines bound what peers can make elsewhere. */
int v1_may_make(struct v1_exchange *x)
{
	unsigned int limit = x->e->limits.made;

	if (x->q.flow || x->sa->peer->made < limit)
		return 0;
	engine_count(x->e, ENGINE_C_RX_LIMITED);
	return v1_fault(x, -EDQUOT, ISAKMP_NOTIFY_NO_PROPOSAL_CHOSEN,
			"the peer has %u pairs of SAs by dynamic entries or per host, no more are made",
			limit);
}
