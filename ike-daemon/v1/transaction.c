// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Transaction exchanges (draft-dukes-ike-mode-cfg-02): two messages, each with one
 * ATTR payload, protected as informational ones are, but with one chain of IVs.
 */
#include <errno.h>
#include <string.h>

#include "ike-daemon/engine.h"
#include "ike-daemon/v1/access.h"
#include "ike-daemon/v1/client.h"
#include "ike-daemon/v1/exchange.h"
#include "ike-daemon/v1/natt.h"
#include "ike-daemon/v1/transaction.h"
#include "tools/lib/secret.h"

static void own_timer(void *arg);

void v1_transaction_init(struct v1_access *a)
{
	v1_own_init(&a->own, own_timer, a);
	buf_init(&a->answer, ISAKMP_MSG_MAX);
	v1_push_init(a);
}

void v1_transaction_free(struct v1_access *a)
{
	v1_own_free(a->sa, &a->own);
	buf_free(&a->answer);
	v1_push_free(a);
}

/* --- sending --------------------------------------------------------------- */

int v1_transaction_build(struct ike_sa *sa, uint32_t id, uint8_t *iv,
			 const struct buf *body, struct buf *out)
{
	uint8_t hash[CRYPTO_HASH_MAX];
	struct isakmp_writer w;
	size_t at, rest;
	int err;

	buf_reset(out);
	v1_message_begin(sa, &w, out, ISAKMP_EXCHANGE_TRANSACTION, id, true);
	at = isakmp_put_blank(&w, ISAKMP_PAYLOAD_HASH, sa->keys.len);
	rest = buf_len(out);
	isakmp_put(&w, ISAKMP_PAYLOAD_ATTR, buf_data(body), buf_len(body));
	err = buf_err(body) ? buf_err(body) : buf_err(out);
	if (!err)
		err = ikev1_hash_1(&sa->keys, id,
				   CRYPTO_CHUNK(buf_data(out) + rest,
						buf_len(out) - rest), hash);
	if (err)
		return err;
	buf_set(out, at, hash, sa->keys.len);
	return v1_message_end(sa, &w, iv);
}

void v1_own_init(struct v1_own *own, timer_fn *fn, void *arg)
{
	buf_init(&own->tx, ISAKMP_MSG_MAX);
	timer_init(&own->timer, fn, arg);
}

void v1_own_free(struct ike_sa *sa, struct v1_own *own)
{
	timer_cancel(&sa->e->timers, &own->timer);
	buf_free(&own->tx);
}

void v1_own_repeat(struct ike_sa *sa, struct v1_own *own)
{
	unsigned int wait = V1_RETRANSMIT_FIRST_MS << own->tries;

	v1_send(sa, &own->tx);
	if (wait > V1_RETRANSMIT_LAST_MS)
		wait = V1_RETRANSMIT_LAST_MS;
	timer_set(&sa->e->timers, &own->timer,
		  wait + engine_random(wait / 10 + 1));
}

int v1_own_begin(struct ike_sa *sa, struct v1_own *own, const struct buf *body)
{
	uint32_t id = v1_new_message_id(sa);
	int err = id ? 0 : -EIO;

	if (!err)
		err = ikev1_iv_message(sa->hash, sa->cipher, sa->iv, id, own->iv);
	if (!err)
		err = v1_transaction_build(sa, id, own->iv, body, &own->tx);
	if (err)
		return err;
	own->id = id;
	own->tries = 0;
	v1_own_repeat(sa, own);
	return 0;
}

void v1_own_over(struct ike_sa *sa, struct v1_own *own)
{
	own->id = 0;
	timer_cancel(&sa->e->timers, &own->timer);
}

/* A person may have to type the answer: how long is for the SA's set-up limit. */
static void own_timer(void *arg)
{
	struct v1_access *a = arg;

	if (a->own.tries >= V1_RETRANSMITS && a->step != ACCESS_ASKED) {
		v1_xauth_silent(a);
		return;
	}
	if (a->own.tries < V1_RETRANSMITS)
		a->own.tries++;
	engine_count(a->sa->e, ENGINE_C_RETRANSMITS);
	v1_own_repeat(a->sa, &a->own);
}

int v1_transaction_begin(struct v1_access *a, const struct buf *body)
{
	return v1_own_begin(a->sa, &a->own, body);
}

/* --- receiving ------------------------------------------------------------- */

bool v1_transaction_open(struct ike_sa *sa, struct isakmp_msg *msg, uint8_t *iv,
			 struct isakmp_cfg *cfg)
{
	const struct isakmp_payload *p;
	struct isakmp_err err;

	if (v1_message_open(sa, msg, iv, &err) ||
	    v1_payloads_fault(msg, V1_P(HASH) | V1_P(ATTR), V1_P(VENDOR),
			      0) ||
	    !v1_info_authentic(sa, msg)) {
		engine_count(sa->e, ENGINE_C_RX_BAD_HASH);
		return false;
	}
	p = isakmp_find(msg, ISAKMP_PAYLOAD_ATTR, 0);
	if (!isakmp_cfg_get(p->data, p->len, cfg))
		return true;
	engine_count(sa->e, ENGINE_C_RX_MALFORMED);
	return false;
}

/* The answer to what we began. */
static void own_input(struct v1_access *a, struct isakmp_msg *msg)
{
	uint8_t iv[CRYPTO_BLOCK_MAX];
	struct isakmp_cfg cfg;

	memcpy(iv, a->own.iv, sizeof(iv));
	if (!v1_transaction_open(a->sa, msg, iv, &cfg))
		return;
	if (cfg.type != (a->step == ACCESS_ASKED ? ISAKMP_CFG_REPLY :
						   ISAKMP_CFG_ACK)) {
		engine_count(a->sa->e, ENGINE_C_RX_UNEXPECTED);
		return;
	}
	v1_own_over(a->sa, &a->own);
	v1_heard(a->sa);
	v1_xauth_input(a, &cfg);
}

static void answer(struct v1_access *a, const struct isakmp_cfg *cfg,
		   uint32_t id, uint8_t *iv, const uint8_t *digest)
{
	struct ike_sa *sa = a->sa;
	struct buf body;

	/* Who goes on has heard what we said last. */
	v1_own_over(a->sa, &a->own);
	sa->recent_ids[sa->next_recent++ % IKE_RECENT_IDS] = id;
	v1_heard(sa);
	buf_init(&body, ISAKMP_MSG_MAX);
	v1_modecfg_answer(a, cfg, &body);
	if (!v1_transaction_build(sa, id, iv, &body, &a->answer)) {
		memcpy(a->rx_digest, digest, sizeof(a->rx_digest));
		a->rx_seen = true;
		v1_send(sa, &a->answer);
	}
	buf_free(&body);
	v1_push_asked(a);
}

/* The client begins one. */
static void client_input(struct v1_access *a, const uint8_t *digest,
			 struct isakmp_msg *msg)
{
	struct ike_sa *sa = a->sa;
	uint32_t id = msg->hdr.message_id;
	uint8_t iv[CRYPTO_BLOCK_MAX];
	struct isakmp_cfg cfg;

	if (!ike_sa_established(sa) || v1_message_id_in(sa->recent_ids, id) ||
	    v1_message_id_in(sa->own_ids, id) ||
	    ikev1_iv_message(sa->hash, sa->cipher, sa->iv, id, iv)) {
		engine_count(sa->e, ENGINE_C_RX_UNEXPECTED);
		return;
	}
	if (!v1_transaction_open(sa, msg, iv, &cfg))
		return;
	if (cfg.type == ISAKMP_CFG_REQUEST)
		answer(a, &cfg, id, iv, digest);
	else
		engine_count(sa->e, ENGINE_C_RX_UNEXPECTED);
}

static bool answered_before(struct v1_access *a, const uint8_t *digest)
{
	if (!a->rx_seen || memcmp(a->rx_digest, digest,
				  crypto_hash_len(CRYPTO_SHA256)))
		return false;
	engine_count(a->sa->e, ENGINE_C_RX_DUPLICATE);
	v1_send(a->sa, &a->answer);
	return true;
}

void v1_transaction_input(struct ike_sa *sa, const uint8_t *digest,
			  struct isakmp_msg *msg)
{
	struct v1_access *a = sa->access;
	struct engine *e = sa->e;

	if (sa->ezvpn)
		v1_client_input(sa, digest, msg);
	else if (!a || !(msg->hdr.flags & ISAKMP_FLAG_ENCRYPTION) ||
	    !msg->hdr.message_id)
		engine_count(e, ENGINE_C_RX_UNEXPECTED);
	else if (msg->hdr.message_id == a->own.id)
		own_input(a, msg);
	else if (!answered_before(a, digest))
		client_input(a, digest, msg);
	/* A password may be there. @sa may be gone. */
	secret_wipe(e->plain, sizeof(e->plain));
}
