// SPDX-License-Identifier: GPL-2.0-or-later
/* From a datagram to the row of a table. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ike-daemon/engine.h"
#include "ike-daemon/policy/ezvpn.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/policy/profile.h"
#include "ike-daemon/sa/peer.h"
#include "ike-daemon/v1/access.h"
#include "ike-daemon/v1/exchange.h"
#include "ike-daemon/v1/fragment.h"
#include "ike-daemon/v1/natt.h"
#include "ike-daemon/v1/phase1.h"
#include "ike-daemon/v1/v1.h"

struct datagram {
	const struct addr *local;
	const struct addr *remote;
	const uint8_t *data;
	size_t len;
};

static int digest(const struct datagram *d, uint8_t *out)
{
	struct crypto_chunk in = CRYPTO_CHUNK(d->data, d->len);

	return crypto_hash(CRYPTO_SHA256, &in, 1, out);
}

/* --- refusals -------------------------------------------------------------- */

/*
 * Tell the sender why nothing comes of his message: in clear, since there is no
 * SA, never larger than what he sent, and never because of a message that may
 * be a notify itself (RFC 2408, 5.1).  The caller bounds the rate.
 */
static void refuse(struct engine *e, const struct datagram *d,
		   const struct isakmp_hdr *of, unsigned int type)
{
	struct isakmp_hdr hdr = {
		.version = ISAKMP_VERSION_1_0,
		.exchange = ISAKMP_EXCHANGE_INFORMATIONAL,
		.message_id = 1 + engine_random(UINT32_MAX - 1),
	};
	struct isakmp_notify n = {
		.doi = ISAKMP_DOI_IPSEC,
		.protocol = ISAKMP_PROTO_ISAKMP,
		.type = type,
	};
	struct isakmp_writer w;
	struct buf b;

	if (of->exchange == ISAKMP_EXCHANGE_INFORMATIONAL)
		return;
	memcpy(hdr.cookie_i, of->cookie_i, ISAKMP_COOKIE_LEN);
	memcpy(hdr.cookie_r, of->cookie_r, ISAKMP_COOKIE_LEN);
	buf_init(&b, 256);
	isakmp_begin(&w, &b, &hdr);
	isakmp_put_notify(&w, &n);
	if (!isakmp_end(&w, 1) && buf_len(&b) <= d->len)
		engine_send(e, d->local, d->remote, buf_data(&b), buf_len(&b));
	buf_free(&b);
}

/* No message of IKEv1; an answer or a notify of IKEv2 is not answered. */
static void other_version(struct engine *e, const struct datagram *d,
			  const struct isakmp_hdr *hdr)
{
	enum { V2_RESPONSE = 0x20, V2_INFORMATIONAL = 37 };
	char text[ADDR_STRLEN];
	uint32_t more = 0;

	if (!log_rate_ok_at(&e->rate_refused, engine_now(e), &more))
		return;
	log_notice(ike, "%s: IKE version %u.%u is not spoken here, only 1.0 (%u more refusals)",
		   addr_format(d->remote, text, sizeof(text)),
		   hdr->version >> 4, hdr->version & 15, more);
	if (!(hdr->flags & V2_RESPONSE) && hdr->exchange != V2_INFORMATIONAL)
		refuse(e, d, hdr, ISAKMP_NOTIFY_INVALID_MAJOR_VERSION);
}

/* What there is besides; aggressive mode and mode configuration that are off. */
static void other_exchange(struct engine *e, const struct datagram *d,
			   const struct isakmp_hdr *hdr)
{
	char text[ADDR_STRLEN];
	uint32_t more = 0;

	engine_count(e, ENGINE_C_RX_UNEXPECTED);
	if (!log_rate_ok_at(&e->rate_refused, engine_now(e), &more))
		return;
	log_notice(ike, "%s: exchange %s (%u) is not supported or not enabled (%u more refusals)",
		   addr_format(d->remote, text, sizeof(text)),
		   isakmp_exchange_name(hdr->exchange), hdr->exchange, more);
	refuse(e, d, hdr, ISAKMP_NOTIFY_INVALID_EXCHANGE_TYPE);
}

static void no_sa(struct engine *e, const struct datagram *d,
		  const struct isakmp_hdr *hdr)
{
	char text[ADDR_STRLEN];
	uint32_t more = 0;

	engine_count(e, ENGINE_C_RX_NO_SA);
	if (!log_rate_ok_at(&e->rate_no_sa, engine_now(e), &more))
		return;
	log_notice(ike, "IKE message from %s has no SA (%u more like this)",
		   addr_format(d->remote, text, sizeof(text)), more);
	refuse(e, d, hdr, ISAKMP_NOTIFY_INVALID_COOKIE);
}

static void no_key(struct engine *e, const struct datagram *d,
		   const struct isakmp_hdr *hdr)
{
	char text[ADDR_STRLEN];

	if (!log_rate_ok_at(&e->rate_refused, engine_now(e), NULL))
		return;
	log_notice(ike, "%s: main mode refused: no pre-shared key is configured for this address",
		   addr_format(d->remote, text, sizeof(text)));
	refuse(e, d, hdr, ISAKMP_NOTIFY_NO_PROPOSAL_CHOSEN);
}

/*
 * In clear, what is wrong with a message of phase 1 (RFC 2408, 5.2 to 5.13):
 * the caller knows that it belongs to an exchange or may begin one.
 */
static void malformed(struct engine *e, const struct datagram *d,
		      const struct isakmp_hdr *hdr,
		      const struct isakmp_err *err)
{
	char text[ADDR_STRLEN];
	uint32_t more = 0;

	if (!err->notify ||
	    !log_rate_ok_at(&e->rate_refused, engine_now(e), &more))
		return;
	log_notice(ike, "%s: %s: %s (%u more refusals)",
		   addr_format(d->remote, text, sizeof(text)),
		   isakmp_notify_name(err->notify), err->text, more);
	refuse(e, d, hdr, err->notify);
}

/* Not even the lengths of the header are right. */
static void bad_header(struct engine *e, const struct datagram *d,
		       const struct isakmp_hdr *hdr,
		       const struct isakmp_err *err)
{
	static const uint8_t zero[ISAKMP_COOKIE_LEN];
	struct ike_sa *sa;

	if (d->len < ISAKMP_HDR_LEN || hdr->exchange != ISAKMP_EXCHANGE_MAIN)
		return;
	if (!memcmp(hdr->cookie_r, zero, sizeof(zero))) {
		if (policy_caller_key(e, d->local, d->remote))
			malformed(e, d, hdr, err);
		return;
	}
	sa = ike_sa_find(e, hdr->cookie_i, hdr->cookie_r);
	if (sa && !ike_sa_established(sa) && addr_equal(&sa->remote, d->remote))
		malformed(e, d, hdr, err);
}

/* --- exchanges ------------------------------------------------------------- */

/* The peer says again what we have answered: it did not get the answer. */
static bool answered_before(struct v1_exchange *x, const uint8_t *sum)
{
	if (!x->rx_seen || memcmp(x->rx_digest, sum,
				  crypto_hash_len(CRYPTO_SHA256)))
		return false;
	engine_count(x->e, ENGINE_C_RX_DUPLICATE);
	if (!x->job && buf_len(&x->tx) && v1_aggressive_repeats(x))
		v1_resend(x);
	return true;
}

/* Who has the keys is told under their protection, and nobody else. */
static void malformed_quick(struct v1_exchange *x, struct isakmp_msg *msg,
			    const struct isakmp_err *err)
{
	struct isakmp_notify n = {
		.doi = ISAKMP_DOI_IPSEC,
		.protocol = ISAKMP_PROTO_ISAKMP,
		.type = err->notify,
	};
	char text[ADDR_STRLEN];

	if (!err->notify || !v1_quick_authentic(x, msg) ||
	    !log_rate_ok_at(&x->e->rate_refused, engine_now(x->e), NULL))
		return;
	log_notice(ipsec, "%s: %s in quick mode: %s",
		   addr_format(&x->sa->remote, text, sizeof(text)),
		   isakmp_notify_name(err->notify), err->text);
	v1_send_notify(x->sa, &n);
}

static void undecodable(struct v1_exchange *x, const struct datagram *d,
			struct isakmp_msg *msg, const struct isakmp_err *err)
{
	char evidence[200];

	engine_count(x->e, ENGINE_C_RX_MALFORMED);
	x->bad++;
	if (x->quick) {
		malformed_quick(x, msg, err);
		return;
	}
	if (!x->row_encrypted) {
		malformed(x->e, d, &msg->hdr, err);
		return;
	}
	snprintf(evidence, sizeof(evidence),
		 "the peer's authentication decrypts to garbage (%s)",
		 err->text);
	v1_psk_mismatch(x, evidence);
}

/* Decrypt if the row wants that, decode, check the set of payloads. */
static int open_message(struct v1_exchange *x, const struct v1_transition *row,
			const struct datagram *d, struct isakmp_msg *msg,
			uint8_t *iv)
{
	bool encrypted = msg->hdr.flags & ISAKMP_FLAG_ENCRYPTION;
	struct isakmp_err err = { 0 };
	int r;

	if (encrypted != row->encrypted && !row->or_plain) {
		engine_count(x->e, ENGINE_C_RX_UNEXPECTED);
		return -EBADMSG;
	}
	x->row_encrypted = encrypted;
	if (encrypted)
		r = v1_message_open(x->sa, msg, iv, &err);
	else
		r = isakmp_decode_payloads(msg, msg->body, msg->body_len, &err);
	if (!r) {
		err.notify = v1_payloads_fault(msg, row->required,
					       row->optional, row->either);
		snprintf(err.text, sizeof(err.text),
			 err.notify == ISAKMP_NOTIFY_PAYLOAD_MALFORMED ?
			 "a payload is missing" :
			 "payloads that do not belong there");
	}
	if (!r && !err.notify)
		return 0;
	undecodable(x, d, msg, &err);
	return -EBADMSG;
}

/*
 * RFC 2408, 3.1: whoever sets it promises a CONNECTED when its SA is ready, so
 * that nothing is sent too early.  Our inbound SA is ready before our message
 * leaves, and a strange responder is asked whether its own is (quick.c); so the
 * promise is not waited for.
 */
static void commit_bit(struct v1_exchange *x)
{
	char peer[ADDR_STRLEN];

	if (!x->commit)
		log_info(ike, "%s: the peer sets the commit bit; CONNECTED is not waited for",
			 addr_format(&x->sa->remote, peer, sizeof(peer)));
	x->commit = true;
}

/*
 * A message for an exchange.  False: it was not accepted, @x is as before.
 * Otherwise @x may have gone.
 */
static bool exchange_input(struct v1_exchange *x, const struct datagram *d,
			   struct isakmp_msg *msg)
{
	const struct v1_transition *row;
	uint8_t sum[CRYPTO_HASH_MAX], iv[CRYPTO_BLOCK_MAX];
	struct engine *e = x->e;
	int err;

	if (digest(d, sum) || answered_before(x, sum))
		return false;
	row = v1_row(x, msg->hdr.exchange);
	if (!row || x->job || x->bad > V1_BAD_MAX) {
		engine_count(e, ENGINE_C_RX_UNEXPECTED);
		return false;
	}
	memcpy(iv, x->iv, sizeof(iv));
	if (open_message(x, row, d, msg, iv))
		return false;
	if (msg->hdr.flags & ISAKMP_FLAG_COMMIT)
		commit_bit(x);
	err = row->process(x, msg);
	if (err == -EBADMSG) {
		x->bad++;
		return false;
	}
	if (err) {
		v1_fail(x, err);
		return true;
	}
	memcpy(x->iv, iv, sizeof(iv));
	memcpy(x->rx_digest, sum, sizeof(x->rx_digest));
	x->rx_seen = true;
	x->answered_ms = engine_now(e) - x->sent_ms;
	/* In clear anybody can write, and keep a dead peer alive with it. */
	if (row->encrypted || row->or_plain)
		v1_heard(x->sa);
	v1_run(x, row);
	return true;
}

/* --- quick mode ------------------------------------------------------------ */

static void quick_input(struct ike_sa *sa, const struct datagram *d,
			struct isakmp_msg *msg)
{
	uint32_t id = msg->hdr.message_id, oldest, *slot;
	struct v1_exchange *x = v1_quick_find(sa, id);

	if (x) {
		exchange_input(x, d, msg);
		return;
	}
	if (sa->state == IKE_SENT_AM2)
		v1_aggressive_missed(sa);
	if (!ike_sa_established(sa) || !id ||
	    v1_message_id_in(sa->recent_ids, id) ||
	    v1_message_id_in(sa->own_ids, id)) {
		engine_count(sa->e, ENGINE_C_RX_UNEXPECTED);
		return;
	}
	if (v1_push_holds(sa, msg, d->data, d->len))
		return;
	if (!v1_quick_room(sa)) {
		engine_count(sa->e, ENGINE_C_RX_LIMITED);
		return;
	}
	x = v1_exchange_new(sa, true, false, id);
	if (!x)
		return;
	if (ikev1_iv_message(sa->hash, sa->cipher, sa->iv, id, x->iv)) {
		v1_exchange_free(x);
		return;
	}
	slot = &sa->recent_ids[sa->next_recent++ % IKE_RECENT_IDS];
	oldest = *slot;
	*slot = id;
	if (exchange_input(x, d, msg))
		return;
	/* Not authentic: whoever sent it, the ID stays usable, and no other becomes so. */
	*slot = oldest;
	sa->next_recent--;
	v1_exchange_free(x);
}

/* --- phase 1 --------------------------------------------------------------- */

/* @peer may be NULL. */
static struct ike_sa *half_open_of(const struct peer *peer,
				   const uint8_t *cookie_i)
{
	struct list *pos, *tmp;

	if (!peer)
		return NULL;
	list_for_each(&peer->ike_sas, pos, tmp) {
		struct ike_sa *sa = list_entry(pos, struct ike_sa, of_peer);

		if (!sa->initiator &&
		    !memcmp(sa->cookie_i, cookie_i, ISAKMP_COOKIE_LEN))
			return sa;
	}
	return NULL;
}

/* Of those that wait for message 3 the oldest; @peer NULL: of all peers. */
static struct ike_sa *longest_silent(struct engine *e, const struct peer *peer)
{
	struct list *pos, *tmp;

	list_for_each(&e->half_open_sas, pos, tmp) {
		struct ike_sa *sa = list_entry(pos, struct ike_sa,
					       of_half_open);

		if ((sa->state == IKE_SENT_MM2 || sa->state == IKE_SENT_AM2) &&
		    !sa->main->job &&
		    (!peer || sa->peer == peer))
			return sa;
	}
	return NULL;
}

/*
 * A peer that lives answers within a round trip.  So in a flood, with its
 * address or with many, the newest has the best right: the oldest makes room
 * for it.  Who has sent message 3 receives at his address, and stays.
 */
static bool may_respond(struct engine *e, struct peer *peer)
{
	struct ike_sa *old = NULL;

	if (peer->half_open >= e->limits.half_open_peer)
		old = longest_silent(e, peer);
	else if (e->half_open >= e->limits.half_open)
		old = longest_silent(e, NULL);
	if (old) {
		engine_count(e, ENGINE_C_RX_LIMITED);
		peer->pins++;
		v1_fail_ike(old, "no answer to message 2, and newer requests came");
		peer->pins--;
	}
	return e->half_open < e->limits.half_open &&
	       peer->half_open < e->limits.half_open_peer;
}

/*
 * Aggressive mode computes for who has shown nothing, not even that he receives at
 * his address: so for few at a time, lest main mode waits behind a flood of those.
 */
static bool is_busy(struct engine *e)
{
	struct list *pos, *tmp;
	unsigned int n = 0;

	list_for_each(&e->half_open_sas, pos, tmp) {
		struct ike_sa *sa = list_entry(pos, struct ike_sa,
					       of_half_open);

		/* Who is asked about has shown a certificate. */
		n += sa->aggressive && sa->main && sa->main->job &&
		     !v1_revocation_open(sa->main);
	}
	return n >= e->limits.aggressive;
}

/*
 * One address that begins without end would cost others their places, and us our time. What
 * is said again, of a negotiation that there is, is no beginning.
 */
static bool too_fast(struct engine *e, const struct datagram *d)
{
	char text[ADDR_STRLEN];
	uint32_t more = 0;

	if (source_may_begin(&e->sources, &e->limits.first, d->remote,
			     engine_now(e)))
		return false;
	engine_count(e, ENGINE_C_RX_TOO_FAST);
	if (log_rate_ok_at(&e->rate_refused, engine_now(e), &more))
		log_notice(ike, "%s: phase 1 is begun more than %u times a second from there: not answered (%u more refusals)",
			   addr_format(d->remote, text, sizeof(text)),
			   e->limits.first.each_second, more);
	return true;
}

/*
 * The first message alone has no cookie of ours and may come again; another one without
 * it is of somebody who has not seen our answer, whose address is not his then.
 */
static void first_again(struct ike_sa *sa, const struct datagram *d)
{
	uint8_t sum[CRYPTO_HASH_MAX];

	if (digest(d, sum) || !answered_before(sa->main, sum))
		engine_count(sa->e, ENGINE_C_RX_UNEXPECTED);
}

static void new_responder(struct engine *e, const struct datagram *d,
			  struct isakmp_msg *msg)
{
	bool aggressive = msg->hdr.exchange == ISAKMP_EXCHANGE_AGGRESSIVE;
	struct peer *peer;
	struct ike_sa *sa;

	if (aggressive && !v1_aggressive_from(e, d->remote)) {
		other_exchange(e, d, &msg->hdr);
		return;
	}
	/* Before the look-ups: they are asked of every profile, for anybody. */
	sa = half_open_of(peer_find(e, d->remote), msg->hdr.cookie_i);
	if (!sa && too_fast(e, d))
		return;
	/* There, the key is one for the identity, and who has none is not told. */
	if (!aggressive && !v1_may_answer(e, d->local, d->remote)) {
		no_key(e, d, &msg->hdr);
		return;
	}
	/* Whose client we are is called by us: the key of a group proves no gateway. */
	if (ezvpn_names(e, d->remote)) {
		no_key(e, d, &msg->hdr);
		return;
	}
	peer = peer_get(e, d->remote);
	if (!peer)
		return;
	/* In this order: room is made at another's expense. */
	if (!sa && ((aggressive && is_busy(e)) || !may_respond(e, peer))) {
		engine_count(e, ENGINE_C_RX_LIMITED);
		peer_release(peer);
		return;
	}
	if (!sa) {
		sa = ike_sa_new(e, peer, false, d->local, d->remote,
				msg->hdr.cookie_i);
		if (sa)
			sa->aggressive = aggressive;
		if (sa)
			sa->main = v1_exchange_new(sa, false, false, 0);
		if (!sa || !sa->main)
			goto fail;
		v1_life_limit(sa);
		if (!exchange_input(sa->main, d, msg))
			goto fail;
		return;
	}
	first_again(sa, d);
	return;
fail:
	if (sa)
		ike_sa_free(sa);
	peer_release(peer);
}

/* --- all ------------------------------------------------------------------- */

static void whole_input(struct ike_sa *sa, const struct datagram *d,
			struct isakmp_msg *msg)
{
	uint8_t sum[CRYPTO_HASH_MAX];

	switch (msg->hdr.exchange) {
	case ISAKMP_EXCHANGE_MAIN:
	case ISAKMP_EXCHANGE_AGGRESSIVE:
		if (sa->main && !msg->hdr.message_id)
			exchange_input(sa->main, d, msg);
		break;
	case ISAKMP_EXCHANGE_QUICK:
		quick_input(sa, d, msg);
		break;
	case ISAKMP_EXCHANGE_INFORMATIONAL:
		v1_info_input(sa, msg);
		break;
	case ISAKMP_EXCHANGE_TRANSACTION:
		if (!digest(d, sum))
			v1_transaction_input(sa, sum, msg);
		break;
	}
}

static bool known_exchange(const struct engine *e, unsigned int exchange)
{
	const struct cm_config *cfg = engine_config(e);

	return exchange == ISAKMP_EXCHANGE_MAIN ||
	       (exchange == ISAKMP_EXCHANGE_AGGRESSIVE && v1_aggressive_on(e)) ||
	       (exchange == ISAKMP_EXCHANGE_TRANSACTION && cfg &&
		(cfg_has_clients(cfg) || cfg->n_ezvpns)) ||
	       exchange == ISAKMP_EXCHANGE_QUICK ||
	       exchange == ISAKMP_EXCHANGE_INFORMATIONAL;
}

/* With the last one it is as if the message had come whole, from there. */
static void fragment_input(struct ike_sa *sa, const struct datagram *d,
			   struct isakmp_msg *msg)
{
	struct datagram all = *d;
	struct isakmp_err err;
	struct buf whole;

	buf_init(&whole, ISAKMP_MSG_MAX);
	if (v1_fragment_take(sa, msg, &whole)) {
		all.data = buf_data(&whole);
		all.len = buf_len(&whole);
		if (isakmp_decode_header(msg, all.data, all.len, &err))
			engine_count(sa->e, ENGINE_C_RX_MALFORMED);
		else if (!known_exchange(sa->e, msg->hdr.exchange))
			other_exchange(sa->e, &all, &msg->hdr);
		else
			whole_input(sa, &all, msg);
	}
	buf_free(&whole);
}

static void sa_input(struct ike_sa *sa, const struct datagram *d,
		     struct isakmp_msg *msg)
{
	if (!addr_equal(&sa->remote, d->remote))
		engine_count(sa->e, ENGINE_C_RX_UNEXPECTED);
	else if (v1_is_fragment(msg))
		fragment_input(sa, d, msg);
	else
		whole_input(sa, d, msg);
}

/* No SA, and nothing is kept for who has none. */
static void first_input(struct engine *e, const struct datagram *d,
			struct isakmp_msg *msg)
{
	if (v1_is_fragment(msg))
		engine_count(e, ENGINE_C_RX_UNEXPECTED);
	else
		new_responder(e, d, msg);
}

void v1_input(struct engine *e, const struct addr *local,
	      const struct addr *remote, const uint8_t *data, size_t len)
{
	static const uint8_t zero[ISAKMP_COOKIE_LEN];
	struct datagram d = {
		.local = local, .remote = remote, .data = data, .len = len,
	};
	struct isakmp_msg *msg = &e->msg;
	struct isakmp_err err;
	struct ike_sa *sa;

	if (isakmp_decode_header(msg, data, len, &err) ||
	    !memcmp(msg->hdr.cookie_i, zero, sizeof(zero))) {
		engine_count(e, ENGINE_C_RX_MALFORMED);
		if (err.fault == ISAKMP_FAULT_VERSION)
			other_version(e, &d, &msg->hdr);
		else
			bad_header(e, &d, &msg->hdr, &err);
		return;
	}
	/* Outside of a fragment it says how phase 1 was, which may be off meanwhile. */
	if (!known_exchange(e, msg->hdr.exchange) &&
	    !(v1_is_fragment(msg) &&
	      msg->hdr.exchange == ISAKMP_EXCHANGE_AGGRESSIVE)) {
		other_exchange(e, &d, &msg->hdr);
		return;
	}
	if (!memcmp(msg->hdr.cookie_r, zero, sizeof(zero)) &&
	    (msg->hdr.exchange == ISAKMP_EXCHANGE_MAIN ||
	     msg->hdr.exchange == ISAKMP_EXCHANGE_AGGRESSIVE)) {
		first_input(e, &d, msg);
		return;
	}
	sa = ike_sa_find(e, msg->hdr.cookie_i, msg->hdr.cookie_r);
	if (sa)
		sa_input(sa, &d, msg);
	else
		no_sa(e, &d, &msg->hdr);
}
