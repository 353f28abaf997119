/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The steps of phase 1 that main mode and aggressive mode share: what goes into
 * messages (put) and what is taken from them (take), in the order in which it
 * is needed.  Those that return int: 0, or as process() and reply() do.
 */
#ifndef IKE_V1_PHASE1_H
#define IKE_V1_PHASE1_H

#include "ike-daemon/crypto/crypto.h"
#include "ike-daemon/wire/isakmp.h"

struct ike_sa;
struct v1_exchange;

#define NO_KEY_FOR "no pre-shared key is configured for identity %.100s"

/* SA: what our policies offer (of x->group, if that is set); the answer to the peer's. */
int v1_put_offer(struct v1_exchange *x, struct isakmp_writer *w);
void v1_put_answer(struct v1_exchange *x, struct isakmp_writer *w);
/* The message that has it, with its vendor IDs; then x->group is agreed. */
int v1_take_offer(struct v1_exchange *x, const struct isakmp_msg *msg);
int v1_take_answer(struct v1_exchange *x, const struct isakmp_msg *msg);

/* KE and NONCE. */
int v1_put_keys(struct v1_exchange *x, struct isakmp_writer *w);
int v1_take_keys(struct v1_exchange *x, const struct isakmp_msg *msg);
/* All keys, and the first IV, from what was exchanged and the pre-shared key. */
int v1_derive(struct v1_exchange *x, struct crypto_chunk psk);

/* The same with signatures. */
int v1_derive_signed(struct v1_exchange *x);

/* The ike policy of the peer (NEC), by his address or the name that his key is of, or NULL. */
const struct cfg_ike_policy *v1_ike_policy(const struct ike_sa *sa);

/* ID, and HASH or CERT and SIG over the one that was put. */
int v1_put_id(struct v1_exchange *x, struct isakmp_writer *w);
int v1_put_proof(struct v1_exchange *x, struct isakmp_writer *w);
/*
 * The peer's, and whether it is right: v1_fault(), or -EBADMSG: there is no HASH, or it is
 * wrong, which is noted.
 */
int v1_take_proof(struct v1_exchange *x, const struct isakmp_msg *msg);
int v1_check_proof(struct v1_exchange *x, struct crypto_chunk id_b);
/*
 * What both HASH and SIG are made of: ours or the peer's, with this identity, and with
 * @hash instead of the one agreed unless that is NONE.  @out: CRYPTO_HASH_MAX bytes.
 */
int v1_auth_hash(struct v1_exchange *x, bool own, struct crypto_chunk id_b,
		 enum crypto_hash hash, uint8_t *out, size_t *len);

/* cert.c */
/* Is authentication by signatures agreed on?  By the peer's, too, or by ours alone? */
bool v1_is_signed(const struct v1_exchange *x);
bool v1_peer_signs(const struct v1_exchange *x);
/* For each authority that we trust, if so; in the first message, if it may come to that. */
int v1_put_cert_requests(struct v1_exchange *x, struct isakmp_writer *w);
/*
 * CERT and SIG; what the peer has put there: it is taken, and checked when there are keys.
 * 0 or v1_fault(), or -errno for an identity that is none.
 */
int v1_put_signature(struct v1_exchange *x, struct isakmp_writer *w);
int v1_take_signature(struct v1_exchange *x, const struct isakmp_msg *msg);
int v1_check_signature(struct v1_exchange *x, struct crypto_chunk id_b);
/* The peer's is not accepted, which it is told: v1_fault(). */
int v1_refuse_cert(struct v1_exchange *x, const char *why);

/* revocation.c */
/* What trustpoint @which, which covers the peer's, wants to know of it: 0 or v1_fault(). */
int v1_revocation_plan(struct v1_exchange *x, size_t which);
/* Is there a question that was not asked, or not answered yet? */
bool v1_revocation_open(const struct v1_exchange *x);
/* Ask it, if there is: 0: go on; -EINPROGRESS: v1_go_on() follows; or v1_fault(). */
int v1_revocation_ask(struct v1_exchange *x);

/* With NAT detected: does an address that it is known by fit where it is?  0 or v1_fault(). */
int v1_check_place(struct v1_exchange *x, const struct isakmp_id *id);
/* The subject of our certificate, DER; empty: none is used. */
struct crypto_chunk v1_own_subject(const struct v1_exchange *x);
/* As isakmp_id_format(), and the names of certificates, too. */
void v1_id_text(const struct isakmp_id *id, char *out, size_t size);

/* A responder's profile is that of what the peer calls itself: before that is checked. */
void v1_find_profile(struct v1_exchange *x, const struct isakmp_id *id);
/*
 * It was right, so this is the peer: 0, or v1_fault(), if he is not one with whom we are
 * to speak.
 */
int v1_peer_known(struct v1_exchange *x, const struct isakmp_id *id);

/* INITIAL-CONTACT and RESPONDER-LIFETIME, if there is reason to say so. */
void v1_put_statuses(struct v1_exchange *x, struct isakmp_writer *w);
/* All notifies of a message that is authentic. */
void v1_take_statuses(struct v1_exchange *x, const struct isakmp_msg *msg);

/* finish() of the last row: the ISAKMP SA is established. */
void v1_phase1_finish(struct v1_exchange *x);
/* The rest of it, when the user is known where one is needed. */
void v1_phase1_up(struct ike_sa *sa);

#endif
