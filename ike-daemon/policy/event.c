// SPDX-License-Identifier: GPL-2.0-or-later
/* What follows when SAs come and go, and when the data plane calls. */
#include <errno.h>
#include <string.h>

#include "ike-daemon/engine.h"
#include "ike-daemon/policy/ezvpn.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/policy/want.h"
#include "ike-daemon/sa/account.h"
#include "ike-daemon/sa/child_sa.h"
#include "ike-daemon/sa/ike_sa.h"
#include "ike-daemon/sa/peer.h"
#include "ike-daemon/v1/access.h"
#include "ike-daemon/v1/v1.h"
#include "tools/cli/model.h"

/* An ISAKMP SA whose successor is up stays for what is under way, ms. */
#define SUPERSEDED_MS	10000
/* Negotiations that overlap by so much were begun by both ends at once, ms. */
#define COLLISION_MS	2000
/* Packets on an SA that went so shortly ago were under way, seconds. */
#define LATE_S		30
/* After a failure traffic starts the next attempt not before, ms. */
#define HOLD_OFF_MS	3000
/* Several changes of the flows are read at once, ms. */
#define REFRESH_MS	100
/* The kernel's SAs could not be read: ask again, ms. */
#define RESYNC_RETRY_MS	1000

/* --- ISAKMP SAs ------------------------------------------------------------ */

bool policy_first_contact(const struct ike_sa *sa)
{
	struct list *pos, *tmp;

	if (!list_empty(&sa->peer->children))
		return false;
	list_for_each(&sa->peer->ike_sas, pos, tmp) {
		struct ike_sa *other = list_entry(pos, struct ike_sa, of_peer);

		if (other != sa && ike_sa_established(other))
			return false;
	}
	return true;
}

/* Was @sa begun after @ms, with slack for the time that messages travel? */
static bool begun_after(const struct ike_sa *sa, uint64_t ms)
{
	return sa->started_ms > ms + COLLISION_MS;
}

/*
 * Is the established @old to go because of @sa, which came up?  If both ends began
 * one at once (E-010), the end that began the older of the two ends it, and nobody
 * else does, lest both go: what we began comes up at the other end first, so if
 * it is the older one here, it is there, too.  Otherwise each end may take the
 * other's for the older: then both stay, and the next one follows both.
 */
static bool is_followed(const struct ike_sa *old, const struct ike_sa *sa)
{
	return begun_after(sa, old->established_ms) ||
	       (old->initiator && !sa->initiator);
}

void policy_ike_up(struct ike_sa *sa)
{
	struct list *pos, *tmp;

	list_del(&sa->of_peer);
	list_add(&sa->peer->ike_sas, &sa->of_peer);
	list_for_each(&sa->peer->ike_sas, pos, tmp) {
		struct ike_sa *old = list_entry(pos, struct ike_sa, of_peer);

		if (old == sa || !ike_sa_established(old) || old->superseded ||
		    !ike_sa_same_ends(old, sa) || !is_followed(old, sa))
			continue;
		old->superseded = true;
		timer_set(&sa->e->timers, &old->life, SUPERSEDED_MS);
	}
	sa->peer->dpd = sa->vendors & IKE_PEER_DPD;
	want_run_all(sa->peer);
}

void policy_ike_failed(struct peer *peer, const char *reason)
{
	peer->pins++;
	ezvpn_failed(peer->e, &peer->addr, reason);
	want_fail_stranded(peer, reason);
	want_run_all(peer);
	peer->pins--;
	peer_release(peer);
}

void policy_ike_lost(struct peer *peer)
{
	peer->pins++;
	if (!list_empty(&peer->wants))
		want_reconnect(peer);
	policy_renew_later(peer);
	ezvpn_lost(peer->e, &peer->addr);
	peer->pins--;
	peer_release(peer);
}

void policy_initial_contact(struct ike_sa *sa)
{
	struct peer *peer = sa->peer;
	struct list *pos, *tmp;
	char text[ADDR_STRLEN];

	log_info(ike, "%s: the peer has no SAs with us any more",
		 addr_format(&sa->remote, text, sizeof(text)));
	list_for_each(&peer->children, pos, tmp) {
		struct child_sa *c = list_entry(pos, struct child_sa, of_peer);

		if (c->state >= CHILD_INSTALLED &&
		    child_sa_is_with(c, sa) &&
		    (c->adopted || (begun_after(sa, c->established_ms) &&
				    !strcmp(c->profile ?: "", sa->profile))))
			child_sa_delete(c, CRYPTOMAP_TOMB_PEER);
	}
	list_for_each(&peer->ike_sas, pos, tmp) {
		struct ike_sa *old = list_entry(pos, struct ike_sa, of_peer);

		if (old != sa && ike_sa_established(old) &&
		    ike_sa_same_ends(old, sa) &&
		    begun_after(sa, old->established_ms)) {
			account_part_ends(v1_access_account(old),
					  "the client has begun anew");
			ike_sa_free(old);
		}
	}
	/* What was under way on those goes on here. */
	if (ike_sa_established(sa))
		want_run_all(peer);
}

/* Flows that were up with it and have another peer go there at once. */
static void fall_over(struct child_sa *c)
{
	struct engine *e = c->e;
	struct policy_flow *f = policy_flow_known(e, c->flow);
	const struct cfg_entry *entry = f ? policy_entry(e, f) : NULL;
	bool was_best = child_sa_of_flow(e, c->flow) == c;
	bool again = was_best && entry && entry->n_peers > 1;
	uint32_t flow = c->flow;

	if (again)
		policy_peer_next(e, f, &c->remote);
	/* A part goes with its SAs, and comes with the next packet. */
	again = again && !policy_is_made(f);
	child_sa_delete(c, CRYPTOMAP_TOMB_DPD);
	if (again)
		want_flow(e, flow, WANT_TRAFFIC, NULL, 0);
}

/* Others at its address live on. */
void policy_peer_dead(struct ike_sa *dead)
{
	struct peer *peer = dead->peer;
	struct engine *e = peer->e;
	uint32_t client = dead->client;
	uint16_t port = ike_sa_nat_port(dead);
	struct list *pos, *tmp;
	char text[ADDR_STRLEN];

	log_warning(ike, "%s: peer is dead: it answers no keepalive",
		    addr_format(&peer->addr, text, sizeof(text)));
	engine_count(e, ENGINE_C_DPD_DEAD);
	peer->pins++;
	list_for_each(&peer->ike_sas, pos, tmp) {
		struct ike_sa *sa = list_entry(pos, struct ike_sa, of_peer);

		/* Who is typing his password, after a crash perhaps, is not dead. */
		if (sa->client != client || sa->state == IKE_CONF_XAUTH)
			continue;
		v1_end_ike(sa, false, "peer is dead");
	}
	list_for_each(&peer->children, pos, tmp) {
		struct child_sa *c = list_entry(pos, struct child_sa, of_peer);

		if (c->state >= CHILD_INSTALLED &&
		    child_sa_is_of(c, client, port))
			fall_over(c);
	}
	if (list_empty(&peer->ike_sas))
		want_fail_all(peer, "peer is dead");
	ezvpn_dead(e, &peer->addr);
	peer->pins--;
	peer_release(peer);
}

/* --- the data plane -------------------------------------------------------- */

/* A refusal comes at once; traffic must not make us ask again as fast. */
static uint64_t hold_off(const struct engine *e, const struct policy_flow *f)
{
	uint64_t end = f->failed_ms + HOLD_OFF_MS;

	return f->failed_ms && end > engine_now(e) ? end - engine_now(e) : 0;
}

/* A pair that stands, and is used as soon as the peer has it, will do. */
static bool is_served(struct engine *e, uint32_t flow)
{
	const struct child_sa *c = child_sa_of_flow(e, flow);

	return c && c->state == CHILD_INSTALLED && !c->adopted && !c->doubted;
}

static void acquire(struct engine *e, uint32_t flow)
{
	struct policy_flow *f = policy_flow(e, flow);

	engine_count(e, ENGINE_C_ACQUIRES);
	if (is_served(e, flow))
		return;
	if (f && policy_entry(e, f))
		want_flow(e, flow, WANT_TRAFFIC, NULL, hold_off(e, f));
	else
		e->kernel->ops->acquire_fail(e->kernel, flow);
}

/* Only the pair that stays is rekeyed; others just end. */
static void soft_expire(struct child_sa *c)
{
	struct engine *e = c->e;

	if (child_sa_of_flow(e, c->flow) == c)
		want_flow(e, c->flow, WANT_REKEY, &c->remote, 0);
}

static void vanished(struct child_sa *c, uint8_t reason)
{
	struct peer *peer = c->peer;

	if (c->state < CHILD_INSTALLED && !c->adopted)
		return;	/* its exchange will find out */
	v1_delete_child(c);
	child_sa_delete(c, reason);
	peer_release(peer);
}

/* Every SA of ours with a lifetime has a soft one, too. */
static bool soft_life_over(const struct kernel_sa *sa)
{
	return (sa->hard_secs && sa->soft_secs <= 1) ||
	       (sa->soft_kb && sa->bytes / 1024 >= sa->soft_kb);
}

/* Since it was made, if it was never used.  As the kernel counts it. */
static bool is_silent(const struct kernel_sa *sa)
{
	return sa->idle_secs &&
	       (sa->used ? sa->idle : sa->age) >= sa->idle_secs;
}

static bool half_is_silent(const struct child_sa *c, uint8_t dir)
{
	const struct kernel_sa_id id = child_sa_id(c, dir);
	struct kernel *k = c->e->kernel;
	struct kernel_sa sa;

	return !k->ops->sa_get(k, &id, &sa) && is_silent(&sa);
}

/* The SA of the client that has the pair, if that is to go with it. */
static struct ike_sa *session_of(const struct child_sa *c)
{
	struct list *pos, *tmp;

	list_for_each(&c->peer->ike_sas, pos, tmp) {
		struct ike_sa *sa = list_entry(pos, struct ike_sa, of_peer);

		if (c->ends_session && ike_sa_established(sa) &&
		    child_sa_is_with(c, sa))
			return sa;
	}
	return NULL;
}

static bool has_pair(const struct ike_sa *sa)
{
	struct list *pos, *tmp;

	list_for_each(&sa->peer->children, pos, tmp)
		if (child_sa_is_with(list_entry(pos, struct child_sa, of_peer),
				     sa))
			return true;
	return false;
}

/* C-074: with the last pair of a client goes all that it has. */
static void end_idle(struct child_sa *c)
{
	struct ike_sa *sa = session_of(c);
	char text[ADDR_STRLEN];

	account_part_ends(c->account, ACCOUNT_IDLE);
	vanished(c, CRYPTOMAP_TOMB_IDLE);
	if (!sa || has_pair(sa))
		return;
	log_notice(ike, "%s: the session of %s%s is over: nothing came or went for its vpn-idle-timeout",
		   addr_format(&sa->remote, text, sizeof(text)),
		   v1_access_user(sa)[0] ? "user " : "the client",
		   v1_access_user(sa));
	policy_end_client(sa, ACCOUNT_IDLE);
}

/* C-025: neither half carried anything.  The later one of them tells so. */
static void idle(struct child_sa *c)
{
	char text[ADDR_STRLEN];

	if (c->state < CHILD_INSTALLED ||
	    !half_is_silent(c, CRYPTOMAP_DIR_IN) ||
	    !half_is_silent(c, CRYPTOMAP_DIR_OUT))
		return;
	log_info(ipsec, "%s: SAs in 0x%08x, out 0x%08x carried no traffic for the idle time and go",
		 addr_format(&c->remote, text, sizeof(text)), c->spi_in,
		 c->spi_out);
	end_idle(c);
}

static int mark_present(void *arg, const struct kernel_sa *sa)
{
	struct child_sa *c = child_sa_by_cookie(arg, sa->cookie);

	if (!c)
		return 0;
	c->present = true;
	c->heard |= sa->dir == CRYPTOMAP_DIR_IN && sa->used;
	c->aging |= soft_life_over(sa);
	c->silent += is_silent(sa);
	return 0;
}

static void forget_marks(struct child_sa *c)
{
	c->present = false;
	c->heard = false;
	c->aging = false;
	c->silent = 0;
}

/* What the lost events would have said; not at once, for lists are walked. */
static void make_up(struct child_sa *c)
{
	if (c->silent > 1) {
		idle(c);
		return;
	}
	if (c->heard && !c->carried)
		child_sa_first_packet(c);
	if (c->port_peer)
		child_sa_move(c, c->port_peer);
	if (c->aging && child_sa_of_flow(c->e, c->flow) == c)
		want_flow(c->e, c->flow, WANT_REKEY, &c->remote, 1);
}

static int acquire_pending(void *arg, const struct kernel_flow *flow)
{
	want_flow(arg, flow->id, WANT_TRAFFIC, NULL, 0);
	return 0;
}

void policy_resync(void *arg)
{
	struct list *p, *q, *ptmp, *qtmp;
	struct engine *e = arg;
	struct kernel *k = e->kernel;
	int err;

	policy_refresh(e);
	list_for_each(&e->all_peers, p, ptmp)
		list_for_each(&list_entry(p, struct peer, all)->children, q,
			      qtmp)
			forget_marks(list_entry(q, struct child_sa, of_peer));
	err = k->ops->sa_list(k, mark_present, e);
	if (err) {
		log_err(kernel, "SAs cannot be read: %s", strerror(-err));
		timer_set(&e->timers, &e->policy->resync, RESYNC_RETRY_MS);
		return;
	}
	list_for_each(&e->all_peers, p, ptmp) {
		struct peer *peer = list_entry(p, struct peer, all);

		peer->pins++;
		list_for_each(&peer->children, q, qtmp) {
			struct child_sa *c = list_entry(q, struct child_sa,
							of_peer);

			if (c->present)
				make_up(c);
			else
				vanished(c, CRYPTOMAP_TOMB_UNKNOWN);
		}
		peer->pins--;
		peer_release(peer);
	}
	k->ops->acquire_list(k, acquire_pending, e);
}

/*
 * The peer sends on an SA that we do not have (E-080, E-103).  It believes what
 * is authentic: a DELETE if there is an ISAKMP SA, else a new negotiation with
 * INITIAL-CONTACT.  Anybody can send such ESP, so not often, and the sender's
 * address does not choose the peer.  It may be switched off, as on IOS; then it is
 * logged all the same.
 */
static void unknown_spi(struct engine *e, const struct kernel_event *ev)
{
	struct peer *peer = peer_find(e, &ev->sa.src);
	struct ike_sa *sa = peer ? peer_ike_sa(peer, &ev->sa.dst) : NULL;
	const struct policy_flow *f = NULL;
	char text[ADDR_STRLEN];

	if (ev->buried && ev->ago < LATE_S)
		return;
	/* Without an ISAKMP SA only who is named is called. */
	if (!sa)
		f = policy_example(e, &ev->sa.src);
	if (!sa && !f)
		return;
	peer = peer_get(e, &ev->sa.src);
	if (!peer)
		return;
	/* Ours, but not at that address, or not yet: no DELETE for a live pair. */
	if (child_sa_by_spi(peer, ev->sa.proto, true, ev->sa.spi) ||
	    !log_rate_ok_at(&peer->spi_rate, engine_now(e), NULL)) {
		peer_release(peer);
		return;
	}
	log_notice(ipsec, "%s: sends on SA 0x%08x, which we do not have",
		   addr_format(&peer->addr, text, sizeof(text)), ev->sa.spi);
	peer->pins++;
	if (engine_config(e)->no_spi_recovery)
		log_debug(ipsec, "it is not told: no crypto isakmp invalid-spi-recovery");
	else if (sa)
		v1_delete_spi_of(peer, &ev->sa);
	else if (!child_sa_of_flow(e, f->k.id))
		want_flow(e, f->k.id, WANT_COMMAND, NULL, 0);
	peer->pins--;
	peer_release(peer);
}

void policy_kernel_event(void *arg, const struct kernel_event *ev)
{
	struct engine *e = arg;
	struct child_sa *c = child_sa_by_cookie(e, ev->sa.cookie);

	switch (ev->type) {
	case KERNEL_EV_ACQUIRE:
		acquire(e, ev->flow.id);
		break;
	case KERNEL_EV_SOFT_EXPIRE:
		if (c)
			soft_expire(c);
		break;
	case KERNEL_EV_HARD_EXPIRE:
		if (c)
			vanished(c, CRYPTOMAP_TOMB_EXPIRED);
		break;
	case KERNEL_EV_IDLE:
		if (c)
			idle(c);
		break;
	case KERNEL_EV_SA_DELETED:
		if (c)
			vanished(c, ev->reason);
		break;
	case KERNEL_EV_FIRST_PACKET:
		if (c)
			child_sa_first_packet(c);
		break;
	case KERNEL_EV_NAT_MAPPING:
		if (c)
			v1_natt_mapping(c, &ev->sa.src, ev->sa.encap.sport);
		break;
	case KERNEL_EV_UNKNOWN_SPI:
		unknown_spi(e, ev);
		break;
	case KERNEL_EV_FLOWS:
		timer_set(&e->timers, &e->policy->refresh, REFRESH_MS);
		break;
	case KERNEL_EV_OVERRUN:
		engine_count(e, ENGINE_C_OVERRUNS);
		log_notice(kernel, "kernel events were lost: reading everything again");
		policy_resync(e);
		break;
	}
}
