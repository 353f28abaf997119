// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ike-daemon/engine.h"
#include "ike-daemon/policy/ezvpn.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/policy/want.h"
#include "ike-daemon/sa/child_sa.h"
#include "ike-daemon/sa/ike_sa.h"
#include "ike-daemon/sa/peer.h"
#include "ike-daemon/v1/v1.h"
#include "tools/cli/model.h"

/* An old pair still stands: there is time for another round, ms. */
#define RETRY_MS	10000

static void want_try(struct want *want);
static void want_leave_gone(struct want *want);

/* Is it busy with a peer that its entry does not name any more? */
static bool peer_is_gone(const struct want *want)
{
	const struct policy_flow *f = policy_flow_known(want->e, want->flow);

	return want->peer &&
	       !(f && policy_has_peer(want->e, f, &want->peer->addr));
}

static void retry_timer(void *arg)
{
	struct want *want = arg;

	if (!want->peer)
		want_try(want);
	else if (peer_is_gone(want))
		want_leave_gone(want);
}

struct want *want_find(struct engine *e, uint32_t flow)
{
	struct hash_node *n = hash_find(&e->policy->wants, flow);

	return n ? hash_entry(n, struct want, by_flow) : NULL;
}

static void leave_peer(struct want *want)
{
	struct peer *peer = want->peer;

	v1_forget_want(want);
	if (!peer)
		return;
	list_del(&want->of_peer);
	want->peer = NULL;
	peer_release(peer);
}

void want_free(struct want *want)
{
	leave_peer(want);
	timer_cancel(&want->e->timers, &want->retry);
	hash_del(&want->e->policy->wants, &want->by_flow);
	free(want);
}

/* A flow that was made may have lived for it alone. */
static void want_end(struct want *want)
{
	struct engine *e = want->e;
	uint32_t flow = want->flow;

	want_free(want);
	policy_flow_ended(e, flow);
}

/* Position of @addr among the peers of the flow's entry. */
static unsigned int peer_index(struct engine *e, const struct policy_flow *f,
			       const struct addr *addr)
{
	const struct cfg_entry *entry = policy_entry(e, f);
	unsigned int i;

	for (i = 0; entry && i < entry->n_peers; i++)
		if (addr_equal(&entry->peers[i], addr))
			return i;
	return 0;
}

/* The pair because of which there was time has gone, and packets wait. */
static void want_hurry(struct want *want, uint64_t delay_ms)
{
	struct timers *ts = &want->e->timers;

	if (!want->peer && !child_sa_of_flow(want->e, want->flow) &&
	    want->retry.armed && want->retry.due > ts->now + delay_ms)
		timer_set(ts, &want->retry, delay_ms);
}

/* We could not begin with it, or would ask for something else. */
static bool is_of_guest(struct engine *e, uint32_t flow)
{
	const struct child_sa *c = child_sa_of_flow(e, flow);
	const struct policy_flow *f = policy_flow_known(e, flow);

	return (c && (child_sa_is_guest(c) || policy_may_be_guest(c))) ||
	       (f && policy_asks_user(e, f));
}

void want_flow(struct engine *e, uint32_t flow, enum want_why why,
	       const struct addr *peer, uint64_t delay_ms)
{
	struct policy_flow *f = policy_flow(e, flow);
	struct want *want = want_find(e, flow);

	if (want && why == WANT_TRAFFIC)
		want_hurry(want, delay_ms);
	if (want || !f || !policy_entry(e, f) || is_of_guest(e, flow) ||
	    (policy_is_dynamic(f) && !peer))
		return;
	want = calloc(1, sizeof(*want));
	if (!want)
		return;
	want->e = e;
	want->flow = flow;
	want->why = why;
	list_init(&want->of_peer);
	timer_init(&want->retry, retry_timer, want);
	hash_add(&e->policy->wants, &want->by_flow, flow);
	if (policy_is_dynamic(f))
		want->only = *peer;
	else if (peer)
		policy_peer_set_current(e, f, peer_index(e, f, peer));
	if (delay_ms)
		timer_set(&e->timers, &want->retry, delay_ms);
	else
		want_try(want);
}

/* All peers were tried. */
static void give_up(struct want *want, const char *reason)
{
	struct engine *e = want->e;
	struct policy_flow *f = policy_flow(e, want->flow);

	if (f) {
		snprintf(f->reason, sizeof(f->reason), "%s", reason);
		f->failed_ms = engine_now(e);
	}
	if (child_sa_of_flow(e, want->flow)) {
		want->ntried = 0;
		want->nentries = 0;
		timer_set(&e->timers, &want->retry, RETRY_MS);
		return;
	}
	e->kernel->ops->acquire_fail(e->kernel, want->flow);
	want_end(want);
}

/* Nobody but the peer begins with a dynamic flow, and it has gone with its SAs. */
static bool is_over(const struct want *want)
{
	return addr_is_set(&want->only) && !child_sa_of_flow(want->e, want->flow);
}

static void note_tried(struct want *want, const struct addr *failed)
{
	/* Full of peers that are not configured any more: it does not matter. */
	if (want->ntried < CFG_PEERS_MAX)
		want->tried[want->ntried++] = *failed;
}

static bool was_tried(const struct want *want, const struct addr *peer)
{
	unsigned int i;

	for (i = 0; i < want->ntried; i++)
		if (addr_equal(&want->tried[i], peer))
			return true;
	return false;
}

static bool has_one_peer(const struct want *want, const struct cfg_entry *entry)
{
	return addr_is_set(&want->only) || entry->n_peers == 1;
}

/* Make a peer the current one that this want has not tried; false: none. */
static bool next_untried(struct want *want, const struct policy_flow *f,
			 const struct cfg_entry *entry)
{
	unsigned int at = policy_peer_current(want->e, f);
	unsigned int i;

	if (addr_is_set(&want->only))
		return false;
	for (i = 0; i < entry->n_peers; i++) {
		unsigned int n = (at + i) % entry->n_peers;

		if (was_tried(want, &entry->peers[n]))
			continue;
		policy_peer_set_current(want->e, f, n);
		return true;
	}
	return false;
}

/* Go on with the entry's next peer, or give up. */
static void try_next(struct want *want, const struct addr *failed,
		     const char *reason)
{
	struct engine *e = want->e;
	struct policy_flow *f = policy_flow(e, want->flow);
	const struct cfg_entry *entry = f ? policy_entry(e, f) : NULL;
	char text[ADDR_STRLEN];

	if (!entry) {
		want_end(want);
		return;
	}
	/* It lives perhaps, and remembers nothing; there is nobody else. */
	if (want->waiting && !want->renewed && has_one_peer(want, entry) &&
	    policy_has_peer(e, f, failed)) {
		want->waiting = false;
		want->renewed = true;
		want_try(want);
		return;
	}
	want->waiting = false;
	want->renewed = false;
	note_tried(want, failed);
	/* We do not know any more what the peer came with: try all, one by one. */
	if (policy_is_dynamic(f) && ++want->nentries < policy_next_entry(e, f)) {
		timer_set(&e->timers, &want->retry, 1);
		return;
	}
	policy_peer_next(e, f, failed);
	if (!next_untried(want, f, entry)) {
		give_up(want, reason);
		return;
	}
	log_notice(ike, "map %s %u: next peer %s", f->k.map, f->k.seq,
		   addr_format(&entry->peers[policy_peer_current(e, f)], text,
			       sizeof(text)));
	want_try(want);
}

void want_failed(struct want *want, const char *reason)
{
	struct peer *peer = want->peer;

	peer->pins++;
	leave_peer(want);
	try_next(want, &peer->addr, reason);
	/* There is room for others that wait. */
	want_run_all(peer);
	peer->pins--;
	peer_release(peer);
}

/* What is under way with it ends, too, if nobody else wants it. */
static void want_leave_gone(struct want *want)
{
	static const char reason[] = "the crypto map entry names other peers now";
	struct peer *peer = want->peer;
	struct list *pos, *tmp;

	peer->pins++;
	want_failed(want, reason);
	list_for_each(&peer->ike_sas, pos, tmp) {
		struct ike_sa *sa = list_entry(pos, struct ike_sa, of_peer);

		if (list_empty(&peer->wants) && sa->initiator &&
		    !ike_sa_established(sa))
			v1_fail_ike(sa, reason);
	}
	peer->pins--;
	peer_release(peer);
}

void want_check_peer(struct want *want)
{
	/* Whoever asks may be working for this want. */
	if (peer_is_gone(want))
		timer_set(&want->e->timers, &want->retry, 1);
}

void want_done(struct want *want)
{
	struct policy_flow *f = policy_flow(want->e, want->flow);
	struct peer *peer = want->peer;

	if (f)
		f->reason[0] = '\0';
	if (peer)
		peer->pins++;
	want_end(want);
	if (!peer)
		return;
	want_run_all(peer);
	peer->pins--;
	peer_release(peer);
}

static struct addr current_peer(struct want *want, const struct policy_flow *f,
				const struct cfg_entry *entry)
{
	if (addr_is_set(&want->only))
		return want->only;
	return entry->peers[policy_peer_current(want->e, f)];
}

/* The ISAKMP profile under which its peer is called; "": none. */
static const char *want_profile(const struct want *want)
{
	const struct policy_flow *f = policy_flow_known(want->e, want->flow);
	const struct cfg_entry *entry = f ? policy_entry(want->e, f) : NULL;

	return entry ? entry->isakmp_profile : "";
}

/* Is @sa from an address that the flow uses, and with who has a dynamic flow? */
static bool want_fits(const struct want *want, const struct ike_sa *sa)
{
	const struct policy_flow *f = policy_flow_known(want->e, want->flow);
	const struct child_sa *c = child_sa_of_flow(want->e, want->flow);
	const char *profile = want_profile(want);

	/* Under another one the peer may be somebody else. */
	if (profile[0] && strcmp(profile, sa->profile))
		return false;
	/* Half-open it has no number before the NAT is seen. */
	if (addr_is_set(&want->only) && c &&
	    (sa->nat_remote || ike_sa_established(sa)) &&
	    !child_sa_is_with(c, sa))
		return false;
	return addr_equal(&want->local, &sa->local) ||
	       (f && policy_local_fits(want->e, f, &sa->local));
}

/* Several can be at one address: does its certificate fit the entry? */
static bool is_admitted(const struct want *want, const struct ike_sa *sa)
{
	const struct policy_flow *f = policy_flow_known(want->e, want->flow);
	struct err err = { "" };

	return !f || policy_flow_admits(want->e, f, policy_shown_by(sa), &err);
}

/*
 * The newest ISAKMP SA that it can use, or NULL.  If none is of who the entry is for, one
 * of another says so when it is tried.
 */
static struct ike_sa *want_sa(const struct want *want)
{
	struct ike_sa *other = NULL;
	struct list *pos, *tmp;

	list_for_each(&want->peer->ike_sas, pos, tmp) {
		struct ike_sa *sa = list_entry(pos, struct ike_sa, of_peer);

		if (!ike_sa_established(sa) || !want_fits(want, sa))
			continue;
		if (is_admitted(want, sa))
			return sa;
		other = other ?: sa;
	}
	return other;
}

static bool want_connecting(const struct want *want)
{
	struct list *pos, *tmp;

	list_for_each(&want->peer->ike_sas, pos, tmp) {
		struct ike_sa *sa = list_entry(pos, struct ike_sa, of_peer);

		if (sa->initiator && !ike_sa_established(sa) &&
		    want_fits(want, sa))
			return true;
	}
	return false;
}

/* Are there others at the address of the NAT that it is behind, perhaps unseen? */
static bool is_one_of_many(const struct want *want)
{
	const struct child_sa *c = child_sa_of_flow(want->e, want->flow);
	struct list *pos, *tmp;

	if (!addr_is_set(&want->only) || !c)
		return false;
	list_for_each(&want->peer->children, pos, tmp)
		if (!child_sa_same_peer(list_entry(pos, struct child_sa,
						   of_peer), c))
			return true;
	list_for_each(&want->peer->ike_sas, pos, tmp) {
		const struct ike_sa *sa = list_entry(pos, struct ike_sa,
						     of_peer);

		if (ike_sa_established(sa) &&
		    !child_sa_is_of(c, sa->client, ike_sa_nat_port(sa)))
			return true;
	}
	return false;
}

static int connect_peer(struct want *want)
{
	if (want_connecting(want))
		return 0;
	if (ezvpn_of(want->e, &want->peer->addr))
		return ezvpn_want(want->e, &want->peer->addr);
	if (is_one_of_many(want))
		return -EHOSTUNREACH;
	if (!addr_is_set(&want->local))
		return -EADDRNOTAVAIL;
	if (!v1_may_begin_under(want->e, &want->local, &want->peer->addr,
				want_profile(want)))
		return -ENOKEY;
	return v1_connect_under(want->e, want->peer, &want->local,
				want->why == WANT_TAKE_OVER ||
				want->why == WANT_RENEW, want_profile(want));
}

/* It is asked again with every packet; told once. */
static void fail_before_it_begins(struct want *want, struct policy_flow *f,
				  int err)
{
	char reason[sizeof(f->reason)], ifname[IF_NAMESIZE];

	if (err == -ENOKEY)
		snprintf(reason, sizeof(reason),
			 "no pre-shared key is configured for the peer's address");
	else if (err == -EACCES)
		snprintf(reason, sizeof(reason), "%s: crypto isakmp enable %s",
			 IKE_NOT_ENABLED,
			 policy_outer_interface(want->e, f, ifname));
	else
		policy_local_missing(want->e, f, want->peer->addr.family,
				     reason, sizeof(reason));
	f->homeless = err == -EADDRNOTAVAIL;
	if (strcmp(f->reason, reason))
		log_warning(ike, "map %s %u: %s", f->k.map, f->k.seq, reason);
	want_failed(want, reason);
}

static void want_try(struct want *want)
{
	struct engine *e = want->e;
	struct policy_flow *f = policy_flow(e, want->flow);
	const struct cfg_entry *entry = f ? policy_entry(e, f) : NULL;
	struct addr addr;
	int err;

	if (!entry || !(entry->n_peers || addr_is_set(&want->only)) ||
	    is_over(want)) {
		want_end(want);
		return;
	}
	addr = current_peer(want, f, entry);
	want->peer = peer_get(e, &addr);
	if (!want->peer) {
		give_up(want, "out of memory");
		return;
	}
	list_add_tail(&want->peer->wants, &want->of_peer);
	if (policy_local_address(e, f, addr.family, &want->local))
		want->local = (struct addr){ 0 };
	if (want_sa(want)) {
		want_run_all(want->peer);
		return;
	}
	err = connect_peer(want);
	switch (err) {
	case 0:
		break;
	case -EADDRNOTAVAIL:
	case -ENOKEY:
	case -EACCES:
		fail_before_it_begins(want, f, err);
		break;
	case -EAGAIN:
		want_failed(want, "the gateway of ezvpn is not connected");
		break;
	case -EHOSTUNREACH:
		want_failed(want, "several peers are behind its NAT: it must begin");
		break;
	default:
		want_failed(want, "out of memory");
		break;
	}
}

/* The first want of @peer that can go on, and with which SA; or NULL. */
static struct want *ready_want(struct peer *peer, struct ike_sa **sa)
{
	struct ike_sa *full = NULL;
	struct list *pos, *tmp;

	list_for_each(&peer->wants, pos, tmp) {
		struct want *want = list_entry(pos, struct want, of_peer);

		if (want->exchange)
			continue;
		*sa = want_sa(want);
		if (!*sa || *sa == full)
			continue;
		/* The SA that was asked may have gone, and another came. */
		if (want->waiting && (*sa)->dpd_probe)
			continue;
		if (v1_quick_room(*sa))
			return want;
		full = *sa;
	}
	return NULL;
}

void want_run_all(struct peer *peer)
{
	struct want *want;
	struct ike_sa *sa;

	if (peer->running)	/* the call that runs takes new ones, too */
		return;
	peer->running = true;
	peer->pins++;
	while ((want = ready_want(peer, &sa))) {
		want->waiting = false;
		v1_quick_start(sa, want);
	}
	peer->pins--;
	peer->running = false;
}

static bool is_stranded(const struct want *want)
{
	return !want->exchange && !want_sa(want) && !want_connecting(want);
}

void want_reconnect(struct peer *peer)
{
	struct list *pos, *tmp;
	struct want *found;

	want_run_all(peer);
	do {
		found = NULL;
		list_for_each(&peer->wants, pos, tmp) {
			struct want *want = list_entry(pos, struct want,
						       of_peer);

			if (!found && is_stranded(want))
				found = want;
		}
		if (found && is_over(found))
			want_end(found);
		else if (found && connect_peer(found))
			want_failed(found,
				    "phase 1 ended and cannot be begun again");
	} while (found);
}

static bool is_waiting(const struct want *want)
{
	return want->waiting;
}

/* @which NULL: all. */
static void fail_some(struct peer *peer, bool (*which)(const struct want *),
		      const char *reason)
{
	struct list now, *pos, *tmp;

	/* A want may come back to this peer: take those of this round out. */
	list_init(&now);
	peer->pins++;
	list_for_each(&peer->wants, pos, tmp) {
		if (which && !which(list_entry(pos, struct want, of_peer)))
			continue;
		list_del(pos);
		list_add_tail(&now, pos);
	}
	while (!list_empty(&now)) {
		struct want *want = list_first(&now, struct want, of_peer);

		list_del(&want->of_peer);
		list_add_tail(&peer->wants, &want->of_peer);
		want_failed(want, reason);
	}
	peer->pins--;
	peer_release(peer);
}

void want_fail_all(struct peer *peer, const char *reason)
{
	fail_some(peer, NULL, reason);
}

void want_fail_stranded(struct peer *peer, const char *reason)
{
	fail_some(peer, is_stranded, reason);
}

void want_fail_waiting(struct peer *peer, const char *reason)
{
	struct list *pos, *tmp;

	/* A new ISAKMP SA would change nothing for them. */
	list_for_each(&peer->wants, pos, tmp) {
		struct want *want = list_entry(pos, struct want, of_peer);

		want->renewed |= want->waiting;
	}
	fail_some(peer, is_waiting, reason);
}

void want_renew_waiting(struct peer *peer)
{
	struct list *pos, *tmp;

	list_for_each(&peer->wants, pos, tmp) {
		struct want *want = list_entry(pos, struct want, of_peer);

		want->renewed |= want->waiting;
		want->waiting = false;
	}
}

void want_log_mismatches(const struct record *r, const struct addr *peer)
{
	char text[400], addr[ADDR_STRLEN];
	unsigned int i;

	for (i = 0; r && i < r->kept; i++)
		log_notice(ike, "%s: %s",
			   addr_format(peer, addr, sizeof(addr)),
			   record_mismatch_text(&r->mismatch[i], text,
						sizeof(text)));
	if (r && r->nmismatches > r->kept)
		log_notice(ike, "%s: and %u more comparisons",
			   addr_format(peer, addr, sizeof(addr)),
			   r->nmismatches - r->kept);
}
