// SPDX-License-Identifier: GPL-2.0-or-later
/* What main mode and aggressive mode have in common (RFC 2409, 5). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ike-daemon/engine.h"
#include "ike-daemon/policy/ezvpn.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/policy/profile.h"
#include "ike-daemon/policy/trust.h"
#include "ike-daemon/sa/identity.h"
#include "ike-daemon/sa/peer.h"
#include "ike-daemon/v1/access.h"
#include "ike-daemon/v1/client.h"
#include "ike-daemon/v1/exchange.h"
#include "ike-daemon/v1/natt.h"
#include "ike-daemon/v1/phase1.h"
#include "ike-daemon/v1/v1.h"
#include "tools/cli/model.h"

/* --- SA -------------------------------------------------------------------- */

/* Where the identity goes along with the offer, all of it is of one method: the first's. */
static void only_first(const struct cm_config *cfg, const struct addr *peer,
		       bool has_key, struct auth_methods *m)
{
	const struct auth_methods key = {
		.method[CFG_AUTH_PSK] = m->method[CFG_AUTH_PSK],
	};
	const struct cfg_policy *first;
	unsigned int i;

	/* A key that is there for the peer is meant to be used. */
	if (has_key && ike_offer_first(cfg, peer, key.method))
		*m = key;
	first = ike_offer_first(cfg, peer, m->method);
	for (i = 0; i < CFG_AUTH_COUNT; i++)
		if (first && i != first->auth)
			m->method[i] = 0;
}

/* By the address: of one who calls. */
static bool has_caller_key(const struct engine *e, const struct addr *local,
			   const struct addr *peer)
{
	return cfg_secret_for_caller(engine_config(e), peer) ||
	       policy_caller_key(e, local, peer);
}

/*
 * What is offered, or accepted.  Names may have keys of their own; but to sign in aggressive
 * mode, for who has shown nothing, is for peers that are named.
 */
static void methods_of(const struct v1_exchange *x, struct auth_methods *m)
{
	const struct cm_config *cfg = engine_config(x->e);
	const struct addr *peer = &x->sa->remote, *local = &x->sa->local;
	const char *profile = x->sa->profile;
	bool has_key;

	if (x->initiator)
		has_key = policy_called_secret(x->e, profile, local, peer);
	else
		has_key = x->sa->aggressive || has_caller_key(x->e, local, peer);
	policy_auth_methods(x->e, has_key, policy_profile_trustpoint(x->e, profile), m);
	if (x->sa->aggressive && x->initiator)
		only_first(cfg, peer, has_key, m);
	if (x->sa->aggressive && !x->initiator &&
	    !cfg_aggressive_caller(cfg, peer))
		m->method[CFG_AUTH_RSA] = m->method[CFG_AUTH_ECDSA] = 0;
}

/* What the first transform that we offer signs with; NONE: nothing. */
static enum crypto_sig first_sig(const struct offer *o)
{
	struct ike_transform t;

	return ike_transform_get(&o->transforms[0], &t, NULL) ?
	       CRYPTO_SIG_NONE : policy_method_sig(t.auth);
}

int v1_put_offer(struct v1_exchange *x, struct isakmp_writer *w)
{
	struct offer *o = calloc(1, sizeof(*o));
	struct auth_methods methods;
	struct buf body;
	int err;

	if (!o)
		return -ENOMEM;
	buf_init(&body, ISAKMP_MSG_MAX);
	methods_of(x, &methods);
	err = ike_offer_build(engine_config(x->e), &x->sa->remote, methods.method,
			      x->group, x->sa->ezvpn, o);
	if (err) {
		v1_fault(x, err, 0, engine_config(x->e)->n_policies ?
			 "no isakmp policy is one that this peer could be offered" :
			 "no isakmp policy is configured");
		goto out;
	}
	x->offered_sig = first_sig(o);
	isakmp_put_sa_body(&body, &o->sa);
	isakmp_put_sa(w, &o->sa);
	err = buf_err(&body);
	if (!err)
		err = secret_set(&x->sai_b, buf_data(&body), buf_len(&body));
out:
	buf_free(&body);
	free(o);
	return err;
}

static void agree(struct v1_exchange *x, const struct ike_choice *c)
{
	struct ike_sa *sa = x->sa;

	sa->transform = c->transform;
	sa->priority = c->priority;
	sa->cipher = proposal_cipher(&c->transform);
	sa->hash = proposal_hash(&c->transform);
	sa->lifetime = c->lifetime;
	sa->lifetime_cut = c->lifetime_cut;
	x->group = c->transform.group;
}

/* In aggressive mode the peer says at once who it is. */
static void suites_of(const struct v1_exchange *x, const struct isakmp_msg *msg,
		      struct cfg_suites *out)
{
	const struct isakmp_payload *id = x->initiator || !x->sa->aggressive ? NULL :
					  isakmp_find(msg, ISAKMP_PAYLOAD_ID, 0);
	char name[CFG_FQDN_SIZE] = "";

	if (id && !identity_name(&id->id, name))
		name[0] = '\0';
	cfg_suites_find(engine_config(x->e), &x->sa->remote, id ? name : NULL, out);
}

static int choose(struct v1_exchange *x, const struct isakmp_msg *msg,
		  bool answer, struct ike_choice *c)
{
	const struct isakmp_payload *p = isakmp_find(msg, ISAKMP_PAYLOAD_SA, 0);
	struct auth_methods methods;
	struct cfg_suites suites;
	int err;

	methods_of(x, &methods);
	suites_of(x, msg, &suites);
	err = ike_proposal_choose(engine_config(x->e), &suites,
				  methods.method, &p->sa, answer,
				  v1_users_offered(x->sa), c,
				  x->sa->record);
	if (!err) {
		agree(x, c);
		return 0;
	}
	return v1_fault(x, -ENOENT, ISAKMP_NOTIFY_NO_PROPOSAL_CHOSEN,
			answer ? "the peer's answer is none of what we offered" :
				 "no isakmp policy fits what the peer offers");
}

/* The answer repeats the chosen transform as it came (RFC 2408, 4.2). */
static int keep_answer(struct v1_exchange *x, const struct isakmp_msg *msg,
		       const struct ike_choice *c)
{
	const struct isakmp_payload *p = isakmp_find(msg, ISAKMP_PAYLOAD_SA, 0);
	struct isakmp_proposal prop = {
		.number = c->proposal,
		.protocol = ISAKMP_PROTO_ISAKMP,
		.ntransforms = 1,
		.transforms = c->chosen,
	};
	struct isakmp_sa sa = p->sa;
	struct buf b;
	int err;

	sa.nproposals = 1;
	sa.proposals = &prop;
	buf_init(&b, ISAKMP_MSG_MAX);
	isakmp_put_sa_body(&b, &sa);
	err = buf_err(&b);
	if (!err)
		err = secret_set(&x->sa_answer, buf_data(&b), buf_len(&b));
	buf_free(&b);
	return err;
}

int v1_take_offer(struct v1_exchange *x, const struct isakmp_msg *msg)
{
	const struct isakmp_payload *p = isakmp_find(msg, ISAKMP_PAYLOAD_SA, 0);
	struct ike_choice c;
	int err;

	v1_vendor_ids(x->sa, msg);
	v1_natt_agree(x->sa, msg);
	err = secret_set(&x->sai_b, p->data, p->len);
	if (!err)
		err = choose(x, msg, false, &c);
	return err ? err : keep_answer(x, msg, &c);
}

void v1_put_answer(struct v1_exchange *x, struct isakmp_writer *w)
{
	isakmp_put(w, ISAKMP_PAYLOAD_SA, x->sa_answer.data, x->sa_answer.len);
}

int v1_take_answer(struct v1_exchange *x, const struct isakmp_msg *msg)
{
	static const uint8_t zero[ISAKMP_COOKIE_LEN];
	unsigned int offered = x->group;	/* 0: any, our key is yet to be made */
	struct ike_choice c;
	int err;

	if (!memcmp(msg->hdr.cookie_r, zero, sizeof(zero)))
		return -EBADMSG;
	err = choose(x, msg, true, &c);
	if (err)
		return err;
	if (offered && x->group != offered)
		return v1_fault(x, -ENOENT, ISAKMP_NOTIFY_NO_PROPOSAL_CHOSEN,
				"the peer's answer is of another group than we offered, %u instead of %u",
				x->group, offered);
	memcpy(x->sa->cookie_r, msg->hdr.cookie_r, ISAKMP_COOKIE_LEN);
	v1_vendor_ids(x->sa, msg);
	v1_natt_agree(x->sa, msg);
	return 0;
}

/* --- keys ------------------------------------------------------------------ */

int v1_put_keys(struct v1_exchange *x, struct isakmp_writer *w)
{
	int err = v1_make_nonce(x);

	if (err)
		return err;
	isakmp_put(w, ISAKMP_PAYLOAD_KE, v1_own_public(x)->data,
		   v1_own_public(x)->len);
	isakmp_put(w, ISAKMP_PAYLOAD_NONCE, v1_own_nonce(x)->data,
		   v1_own_nonce(x)->len);
	return 0;
}

int v1_take_keys(struct v1_exchange *x, const struct isakmp_msg *msg)
{
	int err = v1_take_public(x, msg);

	return err ? err : v1_take_nonce(x, msg);
}

/* All that follows from SKEYID, unless there is none. */
static int derive(struct v1_exchange *x, int err)
{
	struct ike_sa *sa = x->sa;

	if (!err)
		err = ikev1_skeyid_dae(&sa->keys, v1_chunk(&x->gxy),
				       sa->cookie_i, sa->cookie_r);
	if (!err)
		err = ikev1_cipher_key(&sa->keys, sa->cipher, sa->cipher_key);
	if (!err)
		err = ikev1_iv_phase1(sa->hash, sa->cipher, v1_chunk(&x->gxi),
				      v1_chunk(&x->gxr), x->iv);
	secret_clear(&x->gxy);
	crypto_dh_free(x->dh);
	x->dh = NULL;
	return err;
}

int v1_derive(struct v1_exchange *x, struct crypto_chunk psk)
{
	return derive(x, ikev1_skeyid_psk(&x->sa->keys, x->sa->hash, psk,
					  v1_chunk(&x->ni), v1_chunk(&x->nr)));
}

int v1_derive_signed(struct v1_exchange *x)
{
	return derive(x, ikev1_skeyid_sig(&x->sa->keys, x->sa->hash,
					  v1_chunk(&x->gxy), v1_chunk(&x->ni),
					  v1_chunk(&x->nr)));
}

/* --- authentication -------------------------------------------------------- */

const struct cfg_ike_policy *v1_ike_policy(const struct ike_sa *sa)
{
	const struct cfg_who who = v1_who(sa);

	return cfg_ike_policy_who(engine_config(sa->e), &who);
}

int v1_put_id(struct v1_exchange *x, struct isakmp_writer *w)
{
	const struct cm_config *cfg = engine_config(x->e);
	const struct cfg_isakmp_profile *profile = policy_profile(x->e, x->sa->profile);
	const struct cfg_identity *which = &cfg->identity;
	const struct cfg_isakmp_peer *peer = NULL;
	const struct cfg_ike_policy *own = v1_ike_policy(x->sa);
	struct identity id;
	struct buf body;
	int err;

	buf_init(&body, ISAKMP_MSG_MAX);
	/* As a peer any is answered: who asks learns of no name if there is a key for it. */
	if (x->stranger)
		own = cfg_ike_policy_named(cfg, &x->sa->remote, "") ?: own;
	/* Whoever begins: the peer knows us by one name. */
	if (x->sa->aggressive)
		peer = x->initiator ? cfg_aggressive_peer(cfg, &x->sa->remote) :
				      cfg_aggressive_caller(cfg, &x->sa->remote);
	if (peer && peer->endpoint.text[0])
		which = &peer->endpoint;
	if (profile && profile->has_identity)
		which = &profile->identity;
	else if (own)
		which = &own->local;
	identity_own(cfg, which, &x->sa->local, v1_own_subject(x), &id);
	isakmp_put_id_body(&body, &id.id);
	err = buf_err(&body);
	if (!err)
		err = secret_set(&x->own_id_b, buf_data(&body),
				 buf_len(&body));
	buf_free(&body);
	if (!err)
		isakmp_put_id(w, &id.id);
	return err;
}

int v1_auth_hash(struct v1_exchange *x, bool own, struct crypto_chunk id_b,
		 enum crypto_hash hash, uint8_t *out, size_t *len)
{
	bool of_initiator = x->initiator == own;
	struct ike_sa *sa = x->sa;
	struct ikev1_auth in = {
		.hash = hash,
		.own_public = v1_chunk(of_initiator ? &x->gxi : &x->gxr),
		.peer_public = v1_chunk(of_initiator ? &x->gxr : &x->gxi),
		.own_cookie = of_initiator ? sa->cookie_i : sa->cookie_r,
		.peer_cookie = of_initiator ? sa->cookie_r : sa->cookie_i,
		.sai_b = v1_chunk(&x->sai_b),
		.own_id_b = id_b,
	};

	*len = crypto_hash_len(hash ? hash : sa->hash);
	return ikev1_hash_auth(&sa->keys, &in, out);
}

static int put_hash(struct v1_exchange *x, struct isakmp_writer *w)
{
	uint8_t hash[CRYPTO_HASH_MAX];
	size_t len;
	int err = v1_auth_hash(x, true, v1_chunk(&x->own_id_b),
			       CRYPTO_HASH_NONE, hash, &len);

	if (!err)
		isakmp_put(w, ISAKMP_PAYLOAD_HASH, hash, len);
	return err;
}

int v1_put_proof(struct v1_exchange *x, struct isakmp_writer *w)
{
	return v1_is_signed(x) ? v1_put_signature(x, w) : put_hash(x, w);
}

int v1_take_proof(struct v1_exchange *x, const struct isakmp_msg *msg)
{
	const struct isakmp_payload *hash = isakmp_find(msg,
							ISAKMP_PAYLOAD_HASH, 0);

	if (v1_peer_signs(x))
		return v1_take_signature(x, msg);
	return hash ? secret_set(&x->peer_proof, hash->data, hash->len) :
		      -EBADMSG;
}

static int check_hash(struct v1_exchange *x, struct crypto_chunk id_b)
{
	uint8_t want[CRYPTO_HASH_MAX];
	size_t len;
	int err = v1_auth_hash(x, false, id_b, CRYPTO_HASH_NONE, want, &len);

	if (err)
		return err;
	if (x->peer_proof.len == len &&
	    secret_equal(x->peer_proof.data, want, len))
		return 0;
	engine_count(x->e, ENGINE_C_RX_BAD_HASH);
	v1_psk_mismatch(x, "the authentication hash is wrong");
	return -EBADMSG;
}

int v1_check_proof(struct v1_exchange *x, struct crypto_chunk id_b)
{
	return v1_peer_signs(x) ? v1_check_signature(x, id_b) :
				  check_hash(x, id_b);
}

static void put_status(struct ike_sa *sa, struct isakmp_writer *w,
		       unsigned int type, const uint8_t *data, size_t len)
{
	uint8_t spi[2 * ISAKMP_COOKIE_LEN];
	struct isakmp_notify n = {
		.doi = ISAKMP_DOI_IPSEC,
		.protocol = ISAKMP_PROTO_ISAKMP,
		.spi_len = sizeof(spi),
		.spi = spi,
		.type = type,
		.data = data,
		.len = len,
	};

	memcpy(spi, sa->cookie_i, ISAKMP_COOKIE_LEN);
	memcpy(spi + ISAKMP_COOKIE_LEN, sa->cookie_r, ISAKMP_COOKIE_LEN);
	isakmp_put_notify(w, &n);
	record_add_notify(sa->record, type, true);
}

/* That our side of the lifetime is the shorter (RFC 2407, 4.6.3.1). */
static void put_responder_lifetime(struct ike_sa *sa, struct isakmp_writer *w)
{
	struct isakmp_life life = { .seconds = sa->lifetime };
	struct buf b;

	buf_init(&b, 64);
	isakmp_life_put(&b, 1, &life);
	if (!buf_err(&b))
		put_status(sa, w, ISAKMP_NOTIFY_RESPONDER_LIFETIME,
			   buf_data(&b), buf_len(&b));
	buf_free(&b);
}

void v1_put_statuses(struct v1_exchange *x, struct isakmp_writer *w)
{
	struct ike_sa *sa = x->sa;

	if (!sa->fresh && policy_first_contact(sa))
		put_status(sa, w, ISAKMP_NOTIFY_INITIAL_CONTACT, NULL, 0);
	if (!sa->initiator && sa->lifetime_cut)
		put_responder_lifetime(sa, w);
}

/*
 * With a pre-shared key the address is the identity (RFC 2409, 5.4), so another
 * address in the payload opens nothing; a peer behind static NAT sends one.
 * But where the two ends compare identities it is why they disagree (E-020).
 */
static void compare_identity(struct v1_exchange *x, const struct isakmp_id *id)
{
	struct record_mismatch m = { .attribute = "identity" };
	struct ike_sa *sa = x->sa;
	const struct cfg_key *key = policy_sa_key(sa);
	struct range said;

	if ((id->type != IPSEC_ID_IPV4_ADDR && id->type != IPSEC_ID_IPV6_ADDR) ||
	    !key || key->peers.len != addr_bits(&key->peers.addr) ||
	    isakmp_id_range(id, &said) || addr_equal(&said.from, &sa->remote))
		return;
	addr_format(&sa->remote, m.configured, sizeof(m.configured));
	snprintf(m.against, sizeof(m.against), "crypto isakmp key");
	snprintf(m.offered, sizeof(m.offered), "%.63s", sa->remote_id);
	record_add_mismatch(sa->record, &m);
	log_notice(ike, "%s: the peer calls itself %s (NAT between, or another identity configured there)",
		   m.configured, m.offered);
}

static bool is_expected(const struct v1_exchange *x, const struct cfg_ike_policy *own,
			const struct isakmp_id *id)
{
	struct identity expected;

	identity_own(engine_config(x->e), &own->remote, &x->sa->remote,
		     CRYPTO_CHUNK(NULL, 0), &expected);
	return identity_same(id, &expected.id);
}

static int not_expected(struct v1_exchange *x, const struct cfg_ike_policy *own)
{
	struct record_mismatch m = { .attribute = "identity" };

	snprintf(m.against, sizeof(m.against), "ike remote-id");
	snprintf(m.offered, sizeof(m.offered), "%.63s", x->sa->remote_id);
	snprintf(m.configured, sizeof(m.configured), "%s %.48s",
		 cfg_nec_identity_word(own->remote.kind), own->remote.text);
	record_add_mismatch(x->sa->record, &m);
	return v1_fault(x, -EKEYREJECTED, ISAKMP_NOTIFY_INVALID_ID_INFORMATION,
			"the peer calls itself %.63s, and ike remote-id %s is %s",
			x->sa->remote_id, own->name, m.configured);
}

/* Is the key that it has shown the one of `ike policy ... peer any` for main mode? */
static bool has_open_key(const struct v1_exchange *x)
{
	const struct cfg_key *key = v1_is_signed(x) || x->sa->aggressive ? NULL :
				    policy_sa_key(x->sa);

	return key && key->derived && !key->hostname[0] && !key->group[0] &&
	       !key->peers.len;
}

/* The key is that of all: the ike policy is the one that expects this name, or none. */
static int find_open(struct v1_exchange *x, const struct isakmp_id *id)
{
	const struct cm_config *cfg = engine_config(x->e);
	const struct cfg_ike_policy *own = NULL, *unnamed = NULL, *p, *last = NULL;

	for (p = cfg->ike_policies; p < cfg->ike_policies + cfg->n_ike_policies; p++) {
		if (!cfg_ike_policy_is_open(p))
			continue;
		last = p;
		if (!p->remote.text[0])
			unnamed = unnamed ?: p;
		else if (!own && is_expected(x, p, id))
			own = p;
	}
	own = own ?: unnamed;
	snprintf(x->sa->ike_policy, sizeof(x->sa->ike_policy), "%s", own ? own->name : "");
	return own || !last ? 0 : not_expected(x, last);
}

/* `ike remote-id`: what a peer that an ike policy is for calls itself (C-096). */
static int check_expected(struct v1_exchange *x, const struct isakmp_id *id)
{
	const struct cfg_ike_policy *own;

	if (has_open_key(x))
		return find_open(x, id);
	own = v1_ike_policy(x->sa);
	return !own || !own->remote.text[0] || is_expected(x, own, id) ? 0 :
	       not_expected(x, own);
}

void v1_find_profile(struct v1_exchange *x, const struct isakmp_id *id)
{
	const struct cfg_isakmp_profile *profile;
	bool named;

	if (x->initiator)
		return;		/* it has called under one */
	profile = policy_profile_of(x->e, &x->sa->local, id, &named);
	snprintf(x->sa->profile, sizeof(x->sa->profile), "%s",
		 profile ? profile->name : "");
}

int v1_peer_known(struct v1_exchange *x, const struct isakmp_id *id)
{
	struct ike_sa *sa = x->sa;
	struct err why = { "" };
	int err = v1_check_place(x, id);

	v1_id_text(id, sa->remote_id, sizeof(sa->remote_id));
	if (!err)
		err = check_expected(x, id);
	if (err)
		return err;
	if (!policy_profile_admits(sa, id, &why) ||
	    !policy_admits(x->e, &sa->local, &sa->remote, policy_shown_by(sa), &why))
		return v1_fault(x, -EKEYREJECTED, ISAKMP_NOTIFY_INVALID_ID_INFORMATION,
				"%s", why.text);
	if (sa->ezvpn && !ezvpn_admits(sa, &why))
		return v1_fault(x, -EKEYREJECTED, ISAKMP_NOTIFY_INVALID_ID_INFORMATION,
				"%s", why.text);
	if (ike_sa_is_hybrid(sa))
		v1_hybrid_group(x, id);
	sa->remote_known = true;
	if (ike_sa_is_hybrid(sa))
		v1_natt_stranger(sa);
	else
		v1_natt_known(sa);
	if (!v1_is_signed(x))
		compare_identity(x, id);
	return 0;
}

void v1_take_statuses(struct v1_exchange *x, const struct isakmp_msg *msg)
{
	unsigned int i;

	for (i = 0; i < msg->npayloads; i++)
		if (msg->payloads[i].type == ISAKMP_PAYLOAD_NOTIFY)
			v1_notify_input(x->sa, x, &msg->payloads[i].notify);
}

void v1_psk_mismatch(struct v1_exchange *x, const char *evidence)
{
	struct ike_sa *sa = x->sa;
	char peer[ADDR_STRLEN];

	if (x->stranger)
		v1_fault(x, 0, 0, NO_KEY_FOR, x->said);
	else if (v1_is_signed(x))
		v1_fault(x, 0, 0, "authentication fails: %s", evidence);
	else
		v1_fault(x, 0, 0, "the pre-shared keys differ: %s", evidence);
	if (x->mismatch)
		return;
	x->mismatch = true;
	if (!v1_is_signed(x))
		engine_count(x->e, ENGINE_C_PSK_MISMATCH);
	if (sa->initiator ||
	    log_rate_ok_at(&x->e->rate_refused, engine_now(x->e), NULL))
		log_warning(ike, "%s: %s in %s: %s",
			    addr_format(&sa->remote, peer, sizeof(peer)),
			    ike_sa_mode(sa), ike_sa_ios(sa), x->reason);
	if (!sa->initiator) {
		record_add_notify(sa->record, ISAKMP_NOTIFY_PAYLOAD_MALFORMED,
				  true);
		v1_send_plain_notify(sa, ISAKMP_NOTIFY_PAYLOAD_MALFORMED);
	}
}

/* --- the end --------------------------------------------------------------- */

/* "policy 10", "ike proposal P" (NEC) */
static const char *suite_text(const struct ike_sa *sa, char *out, size_t size)
{
	const struct cfg_policy *policy = cfg_policy_find(engine_config(sa->e), sa->priority);

	if (policy && policy->of[0])
		snprintf(out, size, "ike proposal %s", policy->proposal);
	else
		snprintf(out, size, "policy %u", sa->priority);
	return out;
}

/* Other products refuse a lifetime that is longer than their own. */
static void warn_lifetime(const struct ike_sa *sa)
{
	uint32_t theirs = sa->transform.life.seconds;
	char peer[ADDR_STRLEN], text[16], suite[96];

	snprintf(text, sizeof(text), "%u s", theirs);
	log_warning(ike, "%s: the peer's lifetime, %s, is longer than the %u s of %s, which is used",
		    addr_format(&sa->remote, peer, sizeof(peer)),
		    theirs ? text : "unlimited", sa->lifetime,
		    suite_text(sa, suite, sizeof(suite)));
}

/* A limit of phase 1 traffic, which nobody counts: the time ends the SA. */
static void say_kilobytes(const struct ike_sa *sa)
{
	char peer[ADDR_STRLEN];

	if (sa->transform.life.kilobytes)
		log_info(ike, "%s: the lifetime of %u kB that the peer names for the ISAKMP SA is ignored, %u s count",
			 addr_format(&sa->remote, peer, sizeof(peer)),
			 sa->transform.life.kilobytes, sa->lifetime);
}

void v1_phase1_finish(struct v1_exchange *x)
{
	struct ike_sa *sa = x->sa;

	memcpy(sa->iv, x->iv, sizeof(sa->iv));
	x->reason[0] = '\0';
	secret_clear(&x->sai_b);
	secret_clear(&x->own_id_b);
	secret_clear(&x->gxi);
	secret_clear(&x->gxr);
	if (!sa->ezvpn && v1_access_start(sa))
		return;
	if (sa->contact_later)
		policy_initial_contact(sa);
	if (sa->ezvpn)
		v1_client_start(sa);
	else
		v1_phase1_up(sa);
}

void v1_phase1_up(struct ike_sa *sa)
{
	char peer[ADDR_STRLEN], cipher[40], suite[96];

	ike_sa_set_state(sa, IKE_ESTABLISHED);
	sa->established_ms = engine_now(sa->e);
	engine_count(sa->e, ENGINE_C_PHASE1_UP);
	record_end(sa->record, engine_now(sa->e), RECORD_DONE, "");
	proposal_cipher_text(&sa->transform, cipher, sizeof(cipher));
	log_info(ike, "%s: ISAKMP SA %u established in %s as %s: %s, %s, %s, group %u, %u s; peer is %s",
		 addr_format(&sa->remote, peer, sizeof(peer)), sa->conn_id,
		 ike_sa_mode(sa), sa->initiator ? "initiator" : "responder",
		 suite_text(sa, suite, sizeof(suite)),
		 cipher, ike_hash_name(sa->transform.hash), sa->transform.group,
		 sa->lifetime, sa->remote_id);
	/* Not when it was agreed: then anybody could have written it. */
	if (sa->lifetime_cut)
		warn_lifetime(sa);
	say_kilobytes(sa);
	v1_life_start(sa);
	v1_dpd_start(sa);
	v1_natt_keepalive(sa->peer);
	policy_ike_up(sa);
}

bool v1_may_begin_under(const struct engine *e, const struct addr *local,
			const struct addr *peer, const char *profile)
{
	bool has_key = policy_called_secret(e, profile, local, peer);
	struct auth_methods methods;

	policy_auth_methods(e, has_key, policy_profile_trustpoint(e, profile), &methods);
	return has_key || methods.method[CFG_AUTH_RSA] || methods.method[CFG_AUTH_ECDSA];
}

bool v1_may_begin(const struct engine *e, const struct addr *peer)
{
	return v1_may_begin_under(e, NULL, peer, NULL);
}

bool v1_may_answer(const struct engine *e, const struct addr *local,
		   const struct addr *peer)
{
	bool has_key = has_caller_key(e, local, peer);
	struct auth_methods methods;

	policy_auth_methods(e, has_key, "", &methods);
	return has_key || methods.method[CFG_AUTH_RSA] || methods.method[CFG_AUTH_ECDSA];
}

/* The public value goes along with the offer (RFC 2409, 5.4). */
static unsigned int offered_group(const struct v1_exchange *x)
{
	const struct cfg_policy *first;
	struct auth_methods methods;

	methods_of(x, &methods);
	first = ike_offer_first(engine_config(x->e), &x->sa->remote, methods.method);
	return first ? first->group : 0;
}

static bool begins_aggressive(const struct ike_sa *sa)
{
	const struct cfg_isakmp_profile *profile = policy_profile(sa->e, sa->profile);
	const struct cm_config *cfg = engine_config(sa->e);

	return (profile && profile->aggressive && !cfg->no_aggressive) ||
	       cfg_aggressive_peer(cfg, &sa->remote);
}

static int begin(struct engine *e, struct peer *peer, const struct addr *local,
		 const struct addr *remote, bool fresh, const char *profile,
		 const struct ike_sa *old)
{
	struct ike_sa *sa;

	if (!policy_ike_enabled(e, local))
		return -EACCES;
	sa = ike_sa_new(e, peer, true, local, remote, NULL);
	if (!sa)
		return -ENOMEM;
	sa->fresh = fresh;
	snprintf(sa->profile, sizeof(sa->profile), "%s", profile ?: "");
	if (old)
		memcpy(sa->ike_policy, old->ike_policy, sizeof(sa->ike_policy));
	sa->aggressive = begins_aggressive(sa);
	sa->main = v1_exchange_new(sa, false, true, 0);
	if (!sa->main || (ezvpn_of(e, remote) && v1_client_new(sa))) {
		ike_sa_free(sa);
		return -ENOMEM;
	}
	if (sa->aggressive)
		sa->main->group = offered_group(sa->main);
	v1_life_limit(sa);
	v1_run(sa->main, v1_row(sa->main, ISAKMP_EXCHANGE_NONE));
	return 0;
}

int v1_connect_under(struct engine *e, struct peer *peer, const struct addr *local,
		     bool fresh, const char *profile)
{
	struct addr remote = peer->addr, from = *local;

	v1_natt_ports(peer, &from, &remote);
	return begin(e, peer, &from, &remote, fresh, profile, NULL);
}

int v1_connect(struct engine *e, struct peer *peer, const struct addr *local,
	       bool fresh)
{
	return v1_connect_under(e, peer, local, fresh, NULL);
}

int v1_connect_again(const struct ike_sa *old)
{
	struct addr remote, from;

	if (!v1_natt_ports_of(old, &from, &remote))
		return -EHOSTUNREACH;
	return begin(old->e, old->peer, &from, &remote, true, old->profile, old);
}
