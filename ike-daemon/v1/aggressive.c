// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Aggressive mode with pre-shared keys or signatures (RFC 2409, 5.4 and 5.1):
 *
 *	Initiator			Responder
 *	HDR, SA, KE, Ni, IDii	 -->			AM1
 *				<--	HDR, SA, KE, Nr, IDir, HASH_R	AM2
 *	HDR*, HASH_I		 -->			AM3
 *
 * With signatures AM1 and AM2 ask for certificates (CERTREQ), and AM2 and AM3 have CERT
 * and SIG instead of HASH: see cert.c.
 *
 * The key is that of the identity in AM1, so the peer may have any address.  Its
 * price: HASH_R lets whoever asks try guesses of the key at home.  So it is spoken
 * only where the configuration has somebody who needs it, with no key that is for
 * many addresses; and who has no key here gets an answer that is made with a random
 * one, and afterwards the same as for a wrong one: names cannot be tried either.
 * Signatures are made for peers that are named, and for clients that show no key.
 *
 * NAT traversal adds to it: see natt.c.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ike-daemon/engine.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/policy/profile.h"
#include "ike-daemon/sa/identity.h"
#include "ike-daemon/sa/peer.h"
#include "ike-daemon/v1/exchange.h"
#include "ike-daemon/v1/natt.h"
#include "ike-daemon/v1/phase1.h"
#include "ike-daemon/v1/v1.h"
#include "ike-daemon/wire/ident.h"
#include "tools/cli/model.h"

#define NO_KEY_LEN	32	/* of a random one, bytes */
#define REPEATS_MAX	4	/* of AM2, which is larger than what asks for it, ... */
#define REPEATS_SIGNED	1	/* ... and much larger with certificates */

bool v1_aggressive_on(const struct engine *e)
{
	const struct cm_config *cfg = engine_config(e);

	return cfg && cfg_aggressive_on(cfg);
}

/*
 * Names may come from anywhere, and who needs to show none; where there are neither, only who
 * is named.  With a certificate alone nobody else does: see phase1.c, methods_of().
 */
bool v1_aggressive_from(const struct engine *e, const struct addr *peer)
{
	const struct cm_config *cfg = engine_config(e);

	return cfg_has_name_key(cfg) || cfg_aggressive_caller(cfg, peer) ||
	       cfg_has_aggressive_profile(cfg) ||
	       (cfg_has_hybrid_group(cfg) && !cfg->no_aggressive);
}

/* --- the key --------------------------------------------------------------- */

/*
 * That of the address, if the configuration names it for this mode; what is for many
 * addresses never is.
 */
static const char *address_key(const struct cm_config *cfg,
			       const struct addr *peer)
{
	const struct cfg_isakmp_peer *p = cfg_aggressive_caller(cfg, peer);
	const struct cfg_key *key = cfg_key_for_address(cfg, peer);

	if (!p || p->secret[0])
		return p ? p->secret : NULL;
	return key && key->peers.len == addr_bits(&key->peers.addr) ?
	       key->secret : NULL;
}

/* Of a name, or of the group that it is. */
static const char *name_key(const struct cm_config *cfg,
			    const struct isakmp_id *id, char *name)
{
	return identity_name(id, name) ? cfg_secret_for_name(cfg, name) : NULL;
}

/*
 * Under a profile: that of the name, else of the address, which may be one for many if the
 * profile says by their names who they are.
 */
static const char *profile_key(struct v1_exchange *x,
			       const struct cfg_isakmp_profile *p,
			       const struct isakmp_id *id)
{
	const struct cfg_key *key = NULL;
	struct ike_sa *sa = x->sa;
	char name[CFG_FQDN_SIZE];
	bool named = false, has_name = identity_name(id, name);

	policy_profile_fits(x->e, p, &sa->local, id, &named);
	if (!named && !p->aggressive && !cfg_aggressive_caller(engine_config(x->e),
							       &sa->remote))
		return NULL;
	if (has_name)
		key = policy_profile_key_named(x->e, p, &sa->local, name);
	if (!key)
		key = policy_profile_key(x->e, p, &sa->local, &sa->remote);
	if (!key)
		return NULL;
	if (key->hostname[0] || key->peers.len != addr_bits(&key->peers.addr)) {
		if (!named)
			return NULL;
		/* He calls us: nobody knows where he is next. */
		snprintf(sa->key_name, sizeof(sa->key_name), "%s", name);
	}
	return key->secret;
}

/*
 * By the identity (F-099), else by the address; NULL: none.  A peer of ours whose
 * address has a key, if only one for many, is not replaced by somebody who knows that
 * of a name.
 */
static const char *key_for(struct v1_exchange *x, const struct isakmp_id *id)
{
	const struct cm_config *cfg = engine_config(x->e);
	char name[CFG_FQDN_SIZE];
	const struct cfg_isakmp_profile *p = policy_profile(x->e, x->sa->profile);
	const char *secret;

	if (p && p->n_keyrings)
		return profile_key(x, p, id);
	secret = name_key(cfg, id, name);
	if (!secret || (cfg_secret_for_caller(cfg, &x->sa->remote) &&
		     policy_names_peer(x->e, &x->sa->remote)))
		return address_key(cfg, &x->sa->remote);
	snprintf(x->sa->key_name, sizeof(x->sa->key_name), "%s", name);
	return secret;
}

/* The same steps for all: the time that they take tells nothing, either. */
static int find_key(struct v1_exchange *x, const struct isakmp_id *id)
{
	const char *secret = key_for(x, id);
	uint8_t random[NO_KEY_LEN];
	int err = crypto_random(random, sizeof(random));

	isakmp_id_format(id, x->said, sizeof(x->said));
	x->stranger = !secret;
	if (!err)
		err = secret ? secret_set(&x->psk, secret, strlen(secret)) :
			       secret_set(&x->psk, random, sizeof(random));
	secret_wipe(random, sizeof(random));
	return err;
}

/* --- AM1 ------------------------------------------------------------------- */

static int am1_build(struct v1_exchange *x, struct isakmp_writer *w)
{
	int err = v1_put_offer(x, w);

	if (!err)
		err = v1_put_keys(x, w);
	if (!err)
		err = v1_put_id(x, w);
	if (!err)
		err = v1_put_cert_requests(x, w);
	if (!err)
		v1_put_vendor_ids(x->sa, w);
	return err;
}

static int take_id(struct v1_exchange *x, const struct isakmp_msg *msg)
{
	const struct isakmp_payload *p = isakmp_find(msg, ISAKMP_PAYLOAD_ID, 0);

	return secret_set(&x->peer_id_b, p->data, p->len);
}

/* The engine waits for each signature, and everybody may ask. */
static bool may_sign(struct engine *e)
{
	uint64_t second = engine_now(e) / 1000;

	if (e->signed_second != second)
		e->signed_now = 0;
	e->signed_second = second;
	if (e->signed_now < e->limits.signatures) {
		e->signed_now++;
		return true;
	}
	engine_count(e, ENGINE_C_RX_LIMITED);
	return false;
}

/*
 * A peer of ours, that an entry names without one, and whose address has a key is not
 * replaced by who knows that of a profile.
 */
static void find_profile(struct v1_exchange *x, const struct isakmp_id *id)
{
	const struct cfg_entry *entry = policy_names_peer(x->e, &x->sa->remote);

	if (!entry || entry->isakmp_profile[0] ||
	    !cfg_secret_for_caller(engine_config(x->e), &x->sa->remote))
		v1_find_profile(x, id);
}

static int am1_process(struct v1_exchange *x, const struct isakmp_msg *msg)
{
	const struct isakmp_id *id = &isakmp_find(msg, ISAKMP_PAYLOAD_ID, 0)->id;
	int err;

	find_profile(x, id);
	err = v1_take_offer(x, msg);
	if (!err)
		err = v1_take_keys(x, msg);
	if (!err)
		err = take_id(x, msg);
	if (err || !v1_is_signed(x))
		return err ? err : find_key(x, id);
	isakmp_id_format(id, x->said, sizeof(x->said));
	return may_sign(x->e) ? 0 : v1_fault(x, -EBUSY, 0,
					     "more is asked to be signed than this router signs for who has shown nothing");
}

/* --- AM2 ------------------------------------------------------------------- */

static int am2_build(struct v1_exchange *x, struct isakmp_writer *w)
{
	int err;

	v1_put_answer(x, w);
	err = v1_put_keys(x, w);
	if (!err)
		err = v1_is_signed(x) ? v1_derive_signed(x) :
					v1_derive(x, v1_chunk(&x->psk));
	secret_clear(&x->psk);
	if (!err)
		err = v1_put_id(x, w);
	if (!err)
		err = v1_put_proof(x, w);
	if (!err)
		err = v1_put_cert_requests(x, w);
	if (err)
		return err;
	v1_put_vendor_ids(x->sa, w);
	v1_put_gateway_id(x->sa, w);
	return v1_natt_put(x->sa, w);
}

/* Not before the answer is on its way: the time that it takes would tell. */
static void am2_sent(struct v1_exchange *x)
{
	char peer[ADDR_STRLEN];

	if (x->stranger &&
	    log_rate_ok_at(&x->e->rate_refused, engine_now(x->e), NULL))
		log_notice(ike, "%s: aggressive mode: " NO_KEY_FOR ", which the peer is not told",
			   addr_format(&x->sa->remote, peer, sizeof(peer)),
			   x->said);
}

static int am2_process(struct v1_exchange *x, const struct isakmp_msg *msg)
{
	int err = v1_take_answer(x, msg);

	if (!err)
		err = v1_take_keys(x, msg);
	if (!err)
		err = take_id(x, msg);
	if (!err)
		err = v1_take_proof(x, msg);
	return err ? err : v1_natt_detect(x->sa, msg);
}

/* --- AM3 ------------------------------------------------------------------- */

/* The peer's identity, now that its hash is right. */
static int know_peer(struct v1_exchange *x)
{
	struct isakmp_id id;
	int err = isakmp_id_from_body(&id, x->peer_id_b.data, x->peer_id_b.len);

	return err ? err : v1_peer_known(x, &id);
}

static int derive(struct v1_exchange *x)
{
	const char *secret = policy_called_secret(x->e, x->sa->profile,
						  &x->sa->local, &x->sa->remote);

	if (v1_is_signed(x))
		return v1_derive_signed(x);
	if (!secret)
		return v1_fault(x, -ENOKEY, 0,
				"no pre-shared key is configured for the peer");
	return v1_derive(x, CRYPTO_CHUNK(secret, strlen(secret)));
}

/* Keys, and the hash or signature of AM2 that they let us check. */
static int authenticate(struct v1_exchange *x)
{
	int err = derive(x);

	if (!err)
		err = v1_check_proof(x, v1_chunk(&x->peer_id_b));
	if (err == -EBADMSG)
		x->notify = ISAKMP_NOTIFY_AUTHENTICATION_FAILED;
	return err ? err : know_peer(x);
}

static int am3_build(struct v1_exchange *x, struct isakmp_writer *w)
{
	int err = authenticate(x);

	if (!err)
		err = v1_put_proof(x, w);
	if (!err)
		err = v1_natt_put(x->sa, w);
	if (!err)
		v1_put_statuses(x, w);
	return err;
}

/* In clear, anybody may have written what does not prove itself: the peer's may come. */
static int take_am3(struct v1_exchange *x, const struct isakmp_msg *msg)
{
	int err = v1_take_proof(x, msg);

	if (!err)
		err = v1_check_proof(x, v1_chunk(&x->peer_id_b));
	if (err == -EKEYREJECTED && !(msg->hdr.flags & ISAKMP_FLAG_ENCRYPTION))
		return -EBADMSG;
	return err;
}

static int am3_process(struct v1_exchange *x, const struct isakmp_msg *msg)
{
	int err = take_am3(x, msg);

	if (!err)
		err = v1_natt_detect_moved(x->sa, msg);
	if (!err)
		err = know_peer(x);
	if (err)
		return err;
	/* In clear, the hash or signature proves itself alone. */
	if (msg->hdr.flags & ISAKMP_FLAG_ENCRYPTION)
		v1_take_statuses(x, msg);
	v1_vendor_ids(x->sa, msg);
	return 0;
}

/*
 * AM2 is not repeated by the clock: anybody may have asked for it, in another's
 * name.  But who goes on with quick mode has it, and will repeat AM3 when it comes
 * again.
 */
void v1_aggressive_missed(struct ike_sa *sa)
{
	if (!sa->main->job && buf_len(&sa->main->tx))
		v1_resend(sa->main);
}

bool v1_aggressive_repeats(struct v1_exchange *x)
{
	unsigned int max = v1_is_signed(x) ? REPEATS_SIGNED : REPEATS_MAX;

	return x->sa->state != IKE_SENT_AM2 || x->repeated++ < max;
}

/* --- the table ------------------------------------------------------------- */

#define AM		(V1_P(SA) | V1_P(KE) | V1_P(NONCE) | V1_P(ID))
#define OPT		(V1_P(VENDOR) | V1_P(CERT) | V1_P(CERT_REQ) | V1_P(NOTIFY))
#define OPT_NAT		(OPT | V1_P(NAT_D) | V1_P_NAT_D_DRAFT)

const struct v1_transition v1_aggressive_rows[] = {
	{
		.exchange = ISAKMP_EXCHANGE_NONE, .state = IKE_START,
		.initiator = true, .next = IKE_SENT_AM1,
		.dh = V1_DH_KEYGEN, .timer = V1_TIMER_RETRANSMIT,
		.reply = am1_build,
	}, {
		.exchange = ISAKMP_EXCHANGE_AGGRESSIVE, .state = IKE_START,
		.initiator = false, .next = IKE_SENT_AM2,
		.required = AM, .optional = OPT,
		.dh = V1_DH_BOTH, .timer = V1_TIMER_WAIT,
		.process = am1_process, .reply = am2_build,
		.finish = am2_sent,
	}, {
		.exchange = ISAKMP_EXCHANGE_AGGRESSIVE, .state = IKE_SENT_AM1,
		.initiator = true, .next = IKE_ESTABLISHED,
		.required = AM, .optional = OPT_NAT, .either = V1_P_PROOF,
		.dh = V1_DH_SHARED, .timer = V1_TIMER_NONE,
		.process = am2_process, .reply = am3_build,
		.finish = v1_phase1_finish,
	}, {
		.exchange = ISAKMP_EXCHANGE_AGGRESSIVE, .state = IKE_SENT_AM2,
		.initiator = false, .next = IKE_ESTABLISHED,
		.encrypted = true, .or_plain = true,
		.optional = OPT_NAT, .either = V1_P_PROOF,
		.timer = V1_TIMER_NONE,
		.process = am3_process, .finish = v1_phase1_finish,
	},
};

const unsigned int v1_aggressive_nrows =
	sizeof(v1_aggressive_rows) / sizeof(v1_aggressive_rows[0]);
