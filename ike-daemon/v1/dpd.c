// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Dead peer detection (RFC 3706).  ESP that arrives proves life as well as an
 * answer does; on demand, a peer to which nothing is sent is not asked.
 */
#include <arpa/inet.h>
#include <string.h>

#include "ike-daemon/engine.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/policy/want.h"
#include "ike-daemon/sa/child_sa.h"
#include "ike-daemon/sa/peer.h"
#include "ike-daemon/v1/access.h"
#include "ike-daemon/v1/exchange.h"
#include "ike-daemon/v1/natt.h"
#include "ike-daemon/v1/v1.h"
#include "tools/cli/model.h"

#define DPD_TRIES	5	/* questions without answer until it is dead */

static void send_dpd(struct ike_sa *sa, unsigned int type, uint32_t seq)
{
	uint8_t spi[2 * ISAKMP_COOKIE_LEN];
	uint32_t data = htonl(seq);
	struct isakmp_notify n = {
		.doi = ISAKMP_DOI_IPSEC,
		.protocol = ISAKMP_PROTO_ISAKMP,
		.spi_len = sizeof(spi),
		.spi = spi,
		.type = type,
		.len = sizeof(data),
		.data = (const uint8_t *)&data,
	};

	memcpy(spi, sa->cookie_i, ISAKMP_COOKIE_LEN);
	memcpy(spi + ISAKMP_COOKIE_LEN, sa->cookie_r, ISAKMP_COOKIE_LEN);
	v1_send_notify(sa, &n);
}

/* What is configured for it. */
static struct cfg_keepalive keepalive_of(const struct ike_sa *sa)
{
	static const struct cfg_keepalive ezvpn = { 20, 5, true };
	const struct cfg_who who = v1_who(sa);
	struct cfg_keepalive ka;

	cfg_keepalive_of(engine_config(sa->e), &who, v1_client_group(sa), &ka);
	/* A client of remote access looks whether its gateway lives. */
	return sa->ezvpn && !ka.seconds ? ezvpn : ka;
}

static void restart(struct ike_sa *sa)
{
	uint64_t wait = keepalive_of(sa).seconds * 1000ull;

	sa->dpd_unanswered = 0;
	sa->dpd_probe = false;
	if (wait)
		timer_set(&sa->e->timers, &sa->dpd, wait);
	else
		timer_cancel(&sa->e->timers, &sa->dpd);
}

void v1_dpd_start(struct ike_sa *sa)
{
	uint32_t seq = 0;

	if (!(sa->vendors & IKE_PEER_DPD))
		return;
	if (!crypto_random(&seq, sizeof(seq)))
		sa->dpd_sent = seq & 0x7fffffff;
	sa->dpd_first = sa->dpd_sent;
	restart(sa);
}

void v1_dpd_configured(struct ike_sa *sa)
{
	bool off = !keepalive_of(sa).seconds;

	if (!ike_sa_established(sa) || sa->superseded ||
	    !(sa->vendors & IKE_PEER_DPD) || sa->dpd_probe)
		return;
	/* Switched off, a question is no longer open: there may be others. */
	if (off || !sa->dpd_unanswered)
		restart(sa);
}

bool v1_can_ask(const struct child_sa *c)
{
	const struct ike_sa *sa = v1_sa_of(c);

	return sa && (sa->vendors & IKE_PEER_DPD);
}

void v1_ask(struct child_sa *c)
{
	struct ike_sa *sa = v1_sa_of(c);

	if (!sa)
		return;
	sa->dpd_sent++;
	if (!c->asked)
		c->probe = sa->dpd_sent;
	c->asked = true;
	send_dpd(sa, ISAKMP_NOTIFY_R_U_THERE, sa->dpd_sent);
}

/* Our own, said long ago and sent back to us? */
static bool own_question(const struct ike_sa *sa, uint32_t seq)
{
	return seq - sa->dpd_first - 1 < sa->dpd_sent - sa->dpd_first;
}

/* An old one, said again when its message ID is forgotten, is no sign of life. */
static void question(struct ike_sa *sa, uint32_t seq)
{
	if (own_question(sa, seq)) {
		engine_count(sa->e, ENGINE_C_RX_UNEXPECTED);
	} else if (!sa->dpd_heard || (int32_t)(seq - sa->dpd_seen) > 0) {
		sa->dpd_heard = true;
		sa->dpd_seen = seq;
		v1_heard(sa);
	}
	send_dpd(sa, ISAKMP_NOTIFY_R_U_THERE_ACK, seq);
}

static void probe_answered(struct ike_sa *sa, uint32_t seq)
{
	struct list *pos, *tmp;

	list_for_each(&sa->peer->children, pos, tmp) {
		struct child_sa *c = list_entry(pos, struct child_sa, of_peer);

		if (c->asked && child_sa_is_with(c, sa) &&
		    (int32_t)(seq - c->probe) >= 0)
			child_sa_ready(c);
	}
}

static void answered(struct ike_sa *sa)
{
	bool probe = sa->dpd_probe;

	v1_heard(sa);
	restart(sa);
	if (probe)
		want_fail_waiting(sa->peer,
				  "no answer in quick mode, but to keepalives");
}

void v1_dpd_input(struct ike_sa *sa, const struct isakmp_notify *n)
{
	uint32_t seq;

	if (n->len != sizeof(seq))
		return;
	memcpy(&seq, n->data, sizeof(seq));
	seq = ntohl(seq);
	if (n->type == ISAKMP_NOTIFY_R_U_THERE) {
		question(sa, seq);
		return;
	}
	probe_answered(sa, seq);
	if (sa->dpd_unanswered && seq == sa->dpd_sent)
		answered(sa);
}

/* When it said something last, by whichever of its SAs, ms. */
static uint64_t last_rx(const struct ike_sa *sa)
{
	uint64_t last = 0;
	struct list *pos, *tmp;

	list_for_each(&sa->peer->ike_sas, pos, tmp) {
		const struct ike_sa *other = list_entry(pos, struct ike_sa,
							of_peer);

		if (other->client == sa->client && other->last_rx_ms > last)
			last = other->last_rx_ms;
	}
	return last;
}

struct traffic {
	uint32_t within;		/* seconds */
	bool in;
	bool out;
};

static bool recent(const struct child_sa *c, uint8_t dir, uint32_t within)
{
	const struct kernel_sa_id id = child_sa_id(c, dir);
	struct kernel *k = c->e->kernel;
	struct kernel_sa sa;

	return id.spi && !k->ops->sa_get(k, &id, &sa) &&
	       sa.used && sa.idle < within;
}

static void look_at_traffic(const struct ike_sa *sa, struct traffic *t)
{
	struct list *pos, *tmp;

	list_for_each(&sa->peer->children, pos, tmp) {
		struct child_sa *c = list_entry(pos, struct child_sa, of_peer);

		if (!child_sa_is_of(c, sa->client, ike_sa_nat_port(sa)))
			continue;
		t->in |= recent(c, CRYPTOMAP_DIR_IN, t->within);
		t->out |= recent(c, CRYPTOMAP_DIR_OUT, t->within);
		if (t->in)
			return;
	}
}

/* Has there been a sign of life, or is there no need for one? */
static bool need_not_ask(const struct ike_sa *sa)
{
	const struct cfg_keepalive ka = keepalive_of(sa);
	uint64_t silent = engine_now(sa->e) - last_rx(sa);
	struct traffic t = { .within = ka.seconds };

	if (silent < (uint64_t)ka.seconds * 1000)
		return true;
	look_at_traffic(sa, &t);
	return t.in || (!ka.periodic && !t.out);
}

/* ESP, or IKE on another SA: the peer lives, and has other reasons. */
static bool heard_since_asked(const struct ike_sa *sa)
{
	uint64_t ago = engine_now(sa->e) - sa->dpd_asked_ms;
	struct traffic t = { .within = ago / 1000 };

	if (last_rx(sa) > sa->dpd_asked_ms)
		return true;
	look_at_traffic(sa, &t);
	return t.in;
}

static void ask(struct ike_sa *sa)
{
	const struct cfg_keepalive ka = keepalive_of(sa);

	if (!sa->dpd_unanswered++) {
		sa->dpd_asked_ms = engine_now(sa->e);
		sa->dpd_sent++;
	}
	send_dpd(sa, ISAKMP_NOTIFY_R_U_THERE, sa->dpd_sent);
	timer_set(&sa->e->timers, &sa->dpd, (uint64_t)ka.retry * 1000);
}

void v1_dpd_probe(struct ike_sa *sa)
{
	if (sa->dpd_probe)
		return;
	sa->dpd_probe = true;
	sa->dpd_unanswered = 0;
	ask(sa);
}

/* No answer to any question.  Who lives all the same has lost the SA alone. */
static void unanswered(struct ike_sa *sa)
{
	struct peer *peer = sa->peer;

	if (!sa->dpd_probe || !heard_since_asked(sa)) {
		policy_peer_dead(sa);
		return;
	}
	want_renew_waiting(peer);
	v1_end_ike(sa, false, "the peer does not know it any more");
	policy_ike_lost(peer);
}

void v1_dpd_timer(void *arg)
{
	struct ike_sa *sa = arg;
	bool off = !keepalive_of(sa).seconds;

	if (sa->superseded || (off && !sa->dpd_probe))
		return;
	if (sa->dpd_unanswered ? !sa->dpd_probe && heard_since_asked(sa) :
				 need_not_ask(sa))
		restart(sa);
	else if (sa->dpd_unanswered < DPD_TRIES)
		ask(sa);
	else
		unanswered(sa);
}
