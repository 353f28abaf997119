// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How an ISAKMP SA lives and ends: a limit on its set-up, a new one before the
 * lifetime is over, DELETE at the end.  IPsec SAs stay when it goes.
 */
#include <stdio.h>

#include "ike-daemon/engine.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/policy/want.h"
#include "ike-daemon/sa/peer.h"
#include "ike-daemon/v1/access.h"
#include "ike-daemon/v1/exchange.h"
#include "ike-daemon/v1/v1.h"

#define SETUP_LIMIT_MS	60000
/* The earliest second attempt at a new phase 1, ms. */
#define REKEY_RETRY_MS	10000

void v1_fail_ike(struct ike_sa *sa, const char *reason)
{
	struct engine *e = sa->e;
	struct peer *peer = sa->peer;
	bool initiator = sa->initiator;
	char text[ADDR_STRLEN], why[240];

	snprintf(why, sizeof(why), "%s", reason);
	record_end(sa->record, engine_now(e), RECORD_FAILED, why);
	engine_count(e, ENGINE_C_PHASE1_FAILED);
	/* A responder fails as often as a stranger wants it to. */
	if (initiator ||
	    log_rate_ok_at(&e->rate_refused, engine_now(e), NULL)) {
		log_warning(ike, "%s: %s failed in %s (%s): %s",
			    addr_format(&sa->remote, text, sizeof(text)),
			    ike_sa_mode(sa), ike_sa_ios(sa),
			    ike_sa_asa(sa), why);
		want_log_mismatches(sa->record, &sa->remote);
	}
	ike_sa_free(sa);
	if (initiator)
		policy_ike_failed(peer, why);
	else
		peer_release(peer);
}

static uint64_t end_ms(const struct ike_sa *sa)
{
	return sa->established_ms + (uint64_t)sa->lifetime * 1000;
}

static bool still_needed(const struct ike_sa *sa)
{
	/* Who is known by a name calls us. */
	return !sa->key_name[0] && !v1_access_is_client(sa) &&
	       v1_may_begin_under(sa->e, &sa->local, &sa->remote, sa->profile) &&
	       ike_sa_is_newest(sa) &&
	       !peer_connecting(sa->peer, &sa->local) &&
	       (!list_empty(&sa->peer->children) ||
		!list_empty(&sa->peer->wants));
}

/* Try again at half of what is left, as long as that makes sense. */
static void rekey(struct ike_sa *sa)
{
	uint64_t left = end_ms(sa) - engine_now(sa->e);
	uint64_t next = left / 2 > REKEY_RETRY_MS ? left / 2 : left;

	timer_set(&sa->e->timers, &sa->life, next);
	if (still_needed(sa))
		v1_connect_again(sa);
}

/*
 * No new one could be had.  Pairs stay, so the peer is not told: it might end
 * them, and its own clock says the same.
 */
static void life_over(struct ike_sa *sa)
{
	struct peer *peer = sa->peer;

	v1_end_ike(sa, list_empty(&peer->children), "its lifetime is over");
	policy_ike_lost(peer);
}

/* The one that was to follow is gone before its time: there would be none left. */
static void stay(struct ike_sa *sa)
{
	sa->superseded = false;
	v1_life_start(sa);
	v1_dpd_start(sa);
}

static void superseded_over(struct ike_sa *sa)
{
	if (ike_sa_is_newest(sa))
		stay(sa);
	else
		v1_delete_ike(sa);
}

static void life_timer(void *arg)
{
	struct ike_sa *sa = arg;

	if (!ike_sa_established(sa)) {
		v1_say_end(sa);
		v1_fail_ike(sa, sa->main && sa->main->reason[0] ?
				sa->main->reason : "set-up took too long");
	} else if (sa->superseded) {
		superseded_over(sa);
	} else if (end_ms(sa) <= engine_now(sa->e)) {
		life_over(sa);
	} else {
		rekey(sa);
	}
}

void v1_init_timers(struct ike_sa *sa)
{
	timer_init(&sa->life, life_timer, sa);
	timer_init(&sa->dpd, v1_dpd_timer, sa);
}

void v1_life_limit(struct ike_sa *sa)
{
	timer_set(&sa->e->timers, &sa->life, SETUP_LIMIT_MS);
}

/*
 * The initiator begins at 75 to 85 % of the lifetime, the responder at 90 to
 * 95 %, if by then there is no newer SA: so that mostly one end begins.
 */
void v1_life_start(struct ike_sa *sa)
{
	uint64_t life = (uint64_t)sa->lifetime * 1000;
	uint64_t age = engine_now(sa->e) - sa->established_ms;
	unsigned int permille = sa->initiator ? 750 + engine_random(100) :
						900 + engine_random(50);

	life = life * permille / 1000;
	if (life)
		timer_set(&sa->e->timers, &sa->life,
			  life > age ? life - age : 0);
	else
		timer_cancel(&sa->e->timers, &sa->life);
}
