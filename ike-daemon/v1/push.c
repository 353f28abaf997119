// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Mode configuration that the server begins (F-031): a client that has been let in is SET
 * an address and what its group says, and acknowledges what it takes.  Quick mode that it
 * begins before waits for that.  Many clients ask by themselves at once, and some of them
 * take nothing else for the answer: so they get the time to.
 */
#include <string.h>

#include "ike-daemon/aaa/pool.h"
#include "ike-daemon/engine.h"
#include "ike-daemon/sa/ike_sa.h"
#include "ike-daemon/v1/access.h"
#include "ike-daemon/v1/exchange.h"
#include "ike-daemon/v1/v1.h"

#define ASKS_WITHIN_MS	1000

static void time_over(void *arg);

void v1_push_init(struct v1_access *a)
{
	timer_init(&a->push_timer, time_over, a);
	buf_init(&a->held, ISAKMP_MSG_MAX);
}

void v1_push_free(struct v1_access *a)
{
	timer_cancel(&a->sa->e->timers, &a->push_timer);
	buf_free(&a->held);
}

/* From where it came, unless the peer's mapping has moved since. */
static void take_held(struct engine *e, const struct addr *local,
		      const struct addr *remote, const struct buf *held)
{
	const struct addr rx_local = e->rx_local, rx_remote = e->rx_remote;

	e->rx_local = *local;
	e->rx_remote = *remote;
	v1_input(e, local, remote, buf_data(held), buf_len(held));
	e->rx_local = rx_local;
	e->rx_remote = rx_remote;
}

/* As if it came now, whoever has said something meanwhile.  The SA may go with it. */
static void release(struct v1_access *a)
{
	const bool moved = a->sa->remote.port != a->held_port;
	const struct addr local = moved ? a->sa->local : a->held_local;
	const struct addr remote = moved ? a->sa->remote : a->held_remote;
	struct engine *e = a->sa->e;
	struct buf held = a->held;

	a->push = PUSH_NONE;
	timer_cancel(&e->timers, &a->push_timer);
	buf_init(&a->held, ISAKMP_MSG_MAX);
	if (buf_len(&held))
		take_held(e, &local, &remote, &held);
	buf_free(&held);
}

/* Pairs that have it keep it. */
static void give_back(struct v1_access *a, const char *why)
{
	const struct ike_sa *sa = a->sa;
	char peer[ADDR_STRLEN], text[ADDR_STRLEN];

	if (!a->lease)
		return;
	log_warning(ike, "%s: client %s %s the address %s, which is free again",
		    addr_format(&sa->remote, peer, sizeof(peer)), a->user, why,
		    addr_format(&a->lease->addr, text, sizeof(text)));
	lease_put(a->lease);
	a->lease = NULL;
}

static void push(struct v1_access *a)
{
	const struct ike_sa *sa = a->sa;
	char peer[ADDR_STRLEN];
	struct buf set;

	timer_cancel(&sa->e->timers, &a->push_timer);
	buf_init(&set, ISAKMP_MSG_MAX);
	if (v1_modecfg_pushes(a) && v1_modecfg_push(a, &set) && !v1_transaction_begin(a, &set)) {
		a->push = PUSH_SENT;
		log_info(ike, "%s: mode configuration is pushed to client %s",
			 addr_format(&sa->remote, peer, sizeof(peer)), a->user);
	} else {
		release(a);
	}
	buf_free(&set);
}

static void time_over(void *arg)
{
	push(arg);
}

static void wait_for_request(struct v1_access *a)
{
	timer_set(&a->sa->e->timers, &a->push_timer, ASKS_WITHIN_MS);
}

void v1_push_later(struct v1_access *a, bool acked)
{
	a->push = v1_modecfg_pushes(a) ? PUSH_LATER : PUSH_NONE;
	if (a->push && acked)
		wait_for_request(a);
}

/* What it took is named, without values (draft-dukes-ike-mode-cfg-02, 3.3). */
static void acknowledged(struct v1_access *a, const struct isakmp_cfg *cfg)
{
	const struct ike_sa *sa = a->sa;
	char peer[ADDR_STRLEN], text[ADDR_STRLEN];

	if (a->lease && !isakmp_cfg_find(cfg, ISAKMP_CFG_IP4_ADDRESS))
		give_back(a, "does not accept");
	else if (a->lease)
		log_info(ike, "%s: client %s accepts the address %s and %u attributes",
			 addr_format(&sa->remote, peer, sizeof(peer)), a->user,
			 addr_format(&a->lease->addr, text, sizeof(text)),
			 cfg->n - 1);
	release(a);
}

void v1_push_input(struct v1_access *a, const struct isakmp_cfg *cfg)
{
	if (a->push == PUSH_LATER)
		wait_for_request(a);
	else if (a->push == PUSH_SENT)
		acknowledged(a, cfg);
}

/* The status may be all that it does not acknowledge. */
void v1_push_silent(struct v1_access *a)
{
	if (a->push == PUSH_LATER) {
		push(a);
	} else if (a->push == PUSH_SENT) {
		v1_own_over(a->sa, &a->own);
		give_back(a, "does not answer about");
		release(a);
	}
}

void v1_push_asked(struct v1_access *a)
{
	if (a->push)
		release(a);
}

/* Its IV is made anew when it is taken: nothing is used up. */
static bool is_authentic(struct ike_sa *sa, struct isakmp_msg *msg)
{
	uint8_t iv[CRYPTO_BLOCK_MAX];
	struct isakmp_err err;

	return (msg->hdr.flags & ISAKMP_FLAG_ENCRYPTION) &&
	       !ikev1_iv_message(sa->hash, sa->cipher, sa->iv,
				 msg->hdr.message_id, iv) &&
	       !v1_message_open(sa, msg, iv, &err) && v1_info_authentic(sa, msg);
}

/* The same from elsewhere may be anybody's, who has seen it. */
static bool is_held(const struct v1_access *a, const uint8_t *data, size_t len)
{
	return buf_len(&a->held) == len && !memcmp(buf_data(&a->held), data, len);
}

static void hold(struct v1_access *a, const uint8_t *data, size_t len)
{
	const struct ike_sa *sa = a->sa;
	char peer[ADDR_STRLEN];

	if (!buf_len(&a->held))
		log_info(ike, "%s: quick mode waits until client %s has its address",
			 addr_format(&sa->remote, peer, sizeof(peer)), a->user);
	buf_reset(&a->held);
	buf_put(&a->held, data, len);
	a->held_local = sa->e->rx_local;
	a->held_remote = sa->e->rx_remote;
	a->held_port = sa->remote.port;
}

/* Who begins it is let in, and waits to be told.  Of several the newest is kept. */
bool v1_push_holds(struct ike_sa *sa, struct isakmp_msg *msg, const uint8_t *data,
		   size_t len)
{
	struct v1_access *a = sa->access;

	if (!a || !a->push)
		return false;
	if (!is_authentic(sa, msg)) {
		engine_count(sa->e, ENGINE_C_RX_BAD_HASH);
		return true;
	}
	if (!is_held(a, data, len))
		hold(a, data, len);
	if (a->push == PUSH_LATER)
		push(a);
	return true;
}
