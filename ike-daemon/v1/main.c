// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Main mode with pre-shared keys or signatures (RFC 2409, 5.4 and 5.1):
 *
 *	Initiator			Responder
 *	HDR, SA			 -->			MM1
 *				<--	HDR, SA		MM2
 *	HDR, KE, Ni		 -->			MM3
 *				<--	HDR, KE, Nr	MM4
 *	HDR*, IDii, HASH_I	 -->			MM5
 *				<--	HDR*, IDir, HASH_R	MM6
 *
 * With signatures MM3 and MM4 ask for certificates (CERTREQ), and MM5 and MM6 have CERT
 * and SIG instead of HASH: see cert.c.
 * NAT traversal adds to it: see natt.c.
 */
#include <errno.h>
#include <string.h>

#include "ike-daemon/engine.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/policy/profile.h"
#include "ike-daemon/v1/exchange.h"
#include "ike-daemon/v1/natt.h"
#include "ike-daemon/v1/phase1.h"
#include "tools/cli/model.h"

/* --- MM1, MM2: policy ------------------------------------------------------ */

static int mm1_build(struct v1_exchange *x, struct isakmp_writer *w)
{
	int err = v1_put_offer(x, w);

	if (!err)
		v1_put_vendor_ids(x->sa, w);
	return err;
}

static int mm2_build(struct v1_exchange *x, struct isakmp_writer *w)
{
	v1_put_answer(x, w);
	v1_put_vendor_ids(x->sa, w);
	return 0;
}

/* --- MM3, MM4: keys -------------------------------------------------------- */

static int ke_build(struct v1_exchange *x, struct isakmp_writer *w)
{
	int err = v1_put_keys(x, w);

	if (!err)
		err = v1_put_cert_requests(x, w);
	return err ? err : v1_natt_put(x->sa, w);
}

static int ke_process(struct v1_exchange *x, const struct isakmp_msg *msg)
{
	int err;

	v1_vendor_ids(x->sa, msg);
	err = v1_take_keys(x, msg);
	return err ? err : v1_natt_detect(x->sa, msg);
}

static int derive(struct v1_exchange *x)
{
	struct ike_sa *sa = x->sa;
	const struct cfg_isakmp_profile *p = policy_profile(x->e, sa->profile);
	const struct cfg_key *key;
	int err;

	if (v1_is_signed(x))
		return v1_derive_signed(x);
	if (!x->initiator)
		key = policy_caller_key(x->e, &sa->local, &sa->remote);
	else
		key = p ? policy_profile_key(x->e, p, &sa->local, &sa->remote) :
			  policy_key(x->e, &sa->remote);
	if (!key)
		return v1_fault(x, -ENOKEY, 0,
				"no pre-shared key is configured for the peer's address");
	err = policy_key_used(sa, key);
	return err ?: v1_derive(x, CRYPTO_CHUNK(key->secret, strlen(key->secret)));
}

static int mm4_build(struct v1_exchange *x, struct isakmp_writer *w)
{
	int err = ke_build(x, w);

	v1_put_gateway_id(x->sa, w);
	return err ? err : derive(x);
}

/* --- MM5, MM6: authentication ---------------------------------------------- */

static int auth_build(struct v1_exchange *x, struct isakmp_writer *w)
{
	int err = v1_put_id(x, w);

	if (!err)
		err = v1_put_proof(x, w);
	if (!err)
		v1_put_statuses(x, w);
	return err;
}

static int mm5_build(struct v1_exchange *x, struct isakmp_writer *w)
{
	int err = derive(x);

	return err ? err : auth_build(x, w);
}

static int auth_process(struct v1_exchange *x, const struct isakmp_msg *msg)
{
	const struct isakmp_payload *id = isakmp_find(msg, ISAKMP_PAYLOAD_ID, 0);
	int err;

	v1_find_profile(x, &id->id);
	err = v1_take_proof(x, msg);
	if (!err)
		err = v1_check_proof(x, CRYPTO_CHUNK(id->data, id->len));
	if (err)
		return err;
	err = v1_peer_known(x, &id->id);
	if (err)
		return err;
	v1_take_statuses(x, msg);
	v1_vendor_ids(x->sa, msg);
	return 0;
}

/* --- the table ------------------------------------------------------------- */

#define OPT_PLAIN (V1_P(VENDOR) | V1_P(NAT_D) | V1_P_NAT_D_DRAFT | \
		   V1_P(CERT_REQ) | V1_P(NOTIFY))
#define OPT_AUTH  (V1_P(NOTIFY) | V1_P(VENDOR) | V1_P(CERT) | V1_P(CERT_REQ))

const struct v1_transition v1_main_rows[] = {
	{
		.exchange = ISAKMP_EXCHANGE_NONE, .state = IKE_START,
		.initiator = true, .next = IKE_SENT_MM1,
		.timer = V1_TIMER_RETRANSMIT,
		.reply = mm1_build,
	}, {
		.exchange = ISAKMP_EXCHANGE_MAIN, .state = IKE_START,
		.initiator = false, .next = IKE_SENT_MM2,
		.required = V1_P(SA), .optional = OPT_PLAIN,
		.timer = V1_TIMER_WAIT,
		.process = v1_take_offer, .reply = mm2_build,
	}, {
		.exchange = ISAKMP_EXCHANGE_MAIN, .state = IKE_SENT_MM1,
		.initiator = true, .next = IKE_SENT_MM3,
		.required = V1_P(SA), .optional = OPT_PLAIN,
		.dh = V1_DH_KEYGEN, .timer = V1_TIMER_RETRANSMIT,
		.process = v1_take_answer, .reply = ke_build,
	}, {
		.exchange = ISAKMP_EXCHANGE_MAIN, .state = IKE_SENT_MM2,
		.initiator = false, .next = IKE_SENT_MM4,
		.required = V1_P(KE) | V1_P(NONCE), .optional = OPT_PLAIN,
		.dh = V1_DH_BOTH, .timer = V1_TIMER_RETRANSMIT,
		.process = ke_process, .reply = mm4_build,
	}, {
		.exchange = ISAKMP_EXCHANGE_MAIN, .state = IKE_SENT_MM3,
		.initiator = true, .next = IKE_SENT_MM5,
		.required = V1_P(KE) | V1_P(NONCE), .optional = OPT_PLAIN,
		.dh = V1_DH_SHARED, .timer = V1_TIMER_RETRANSMIT,
		.process = ke_process, .reply = mm5_build,
	}, {
		.exchange = ISAKMP_EXCHANGE_MAIN, .state = IKE_SENT_MM4,
		.initiator = false, .next = IKE_ESTABLISHED, .encrypted = true,
		.required = V1_P(ID), .optional = OPT_AUTH,
		.either = V1_P_PROOF,
		.timer = V1_TIMER_NONE,
		.process = auth_process, .reply = auth_build,
		.finish = v1_phase1_finish,
	}, {
		.exchange = ISAKMP_EXCHANGE_MAIN, .state = IKE_SENT_MM5,
		.initiator = true, .next = IKE_ESTABLISHED, .encrypted = true,
		.required = V1_P(ID), .optional = OPT_AUTH,
		.either = V1_P_PROOF,
		.timer = V1_TIMER_NONE,
		.process = auth_process, .finish = v1_phase1_finish,
	},
};

const unsigned int v1_main_nrows =
	sizeof(v1_main_rows) / sizeof(v1_main_rows[0]);
