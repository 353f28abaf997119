// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Mode configuration that the server begins (F-031): a client that has been let in is SET
 * an address and what its group says, and acknowledges what it takes.  Quick mode that it
 * begins before waits for that.
 */
#include <string.h>

#include "ike-daemon/aaa/pool.h"
#include "ike-daemon/engine.h"
#include "ike-daemon/sa/ike_sa.h"
#include "ike-daemon/v1/access.h"
#include "ike-daemon/v1/exchange.h"
#include "ike-daemon/v1/v1.h"

/* As if it came now.  The SA may go with it. */
static void release(struct v1_access *a)
{
	const struct addr local = a->sa->local, remote = a->sa->remote;
	struct engine *e = a->sa->e;
	struct buf held = a->held;

	a->push = PUSH_NONE;
	buf_init(&a->held, ISAKMP_MSG_MAX);
	if (buf_len(&held))
		v1_input(e, &local, &remote, buf_data(&held), buf_len(&held));
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

void v1_push_start(struct v1_access *a)
{
	const struct ike_sa *sa = a->sa;
	char peer[ADDR_STRLEN];
	struct buf set;

	if (!v1_modecfg_pushes(a)) {
		a->push = PUSH_NONE;
		return;
	}
	buf_init(&set, ISAKMP_MSG_MAX);
	if (v1_modecfg_push(a, &set) && !v1_transaction_begin(a, &set)) {
		a->push = PUSH_SENT;
		log_info(ike, "%s: mode configuration is pushed to client %s",
			 addr_format(&sa->remote, peer, sizeof(peer)), a->user);
	} else {
		release(a);
	}
	buf_free(&set);
}

void v1_push_later(struct v1_access *a)
{
	a->push = v1_modecfg_pushes(a) ? PUSH_LATER : PUSH_NONE;
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
		v1_push_start(a);
	else if (a->push == PUSH_SENT)
		acknowledged(a, cfg);
}

/* The status may be all that it does not acknowledge. */
void v1_push_silent(struct v1_access *a)
{
	if (a->push == PUSH_LATER) {
		v1_push_start(a);
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

/* Who begins it has heard that it is let in.  Of several the newest is kept. */
bool v1_push_holds(struct ike_sa *sa, const uint8_t *data, size_t len)
{
	struct v1_access *a = sa->access;
	char peer[ADDR_STRLEN];

	if (!a || !a->push)
		return false;
	if (!buf_len(&a->held))
		log_info(ike, "%s: quick mode waits until client %s has its address",
			 addr_format(&sa->remote, peer, sizeof(peer)), a->user);
	buf_reset(&a->held);
	buf_put(&a->held, data, len);
	return true;
}
