// SPDX-License-Identifier: GPL-2.0-or-later
/* Messages: header, encryption, payload sets. */
#include <errno.h>
#include <string.h>

#include "ike-daemon/engine.h"
#include "ike-daemon/v1/exchange.h"
#include "ike-daemon/v1/fragment.h"

void v1_message_begin(struct ike_sa *sa, struct isakmp_writer *w, struct buf *b,
		      unsigned int exchange, uint32_t message_id, bool encrypt)
{
	struct isakmp_hdr hdr = {
		.version = ISAKMP_VERSION_1_0,
		.exchange = exchange,
		.flags = encrypt ? ISAKMP_FLAG_ENCRYPTION : 0,
		.message_id = message_id,
	};

	memcpy(hdr.cookie_i, sa->cookie_i, sizeof(hdr.cookie_i));
	memcpy(hdr.cookie_r, sa->cookie_r, sizeof(hdr.cookie_r));
	isakmp_begin(w, b, &hdr);
}

int v1_message_end(struct ike_sa *sa, struct isakmp_writer *w, uint8_t *iv)
{
	size_t body = w->start + ISAKMP_HDR_LEN;
	int err;

	err = isakmp_end(w, iv ? crypto_cipher_block_len(sa->cipher) : 1);
	if (err || !iv)
		return err;
	return crypto_encrypt(sa->cipher, sa->cipher_key, iv,
			      buf_data_mut(w->b) + body, buf_len(w->b) - body);
}

int v1_message_open(struct ike_sa *sa, struct isakmp_msg *msg, uint8_t *iv,
		    struct isakmp_err *err)
{
	uint8_t *plain = sa->e->plain;

	if (msg->body_len > sizeof(sa->e->plain))
		return -EBADMSG;
	memcpy(plain, msg->body, msg->body_len);
	if (crypto_decrypt(sa->cipher, sa->cipher_key, iv, plain,
			   msg->body_len)) {
		*err = (struct isakmp_err){ .fault = ISAKMP_FAULT_LENGTH };
		strcpy(err->text, "length is no multiple of the cipher block");
		return -EBADMSG;
	}
	return isakmp_decode_payloads(msg, plain, msg->body_len, err);
}

void v1_send(struct ike_sa *sa, const struct buf *b)
{
	if (v1_fragments_wanted(sa, b))
		v1_fragments_send(sa, b);
	else
		engine_send(sa->e, &sa->local, &sa->remote, buf_data(b),
			    buf_len(b));
}

static uint64_t payload_bit(unsigned int type)
{
	if (type == ISAKMP_PAYLOAD_NAT_D_DRAFT)
		return V1_P_NAT_D_DRAFT;
	if (type == ISAKMP_PAYLOAD_NAT_OA_DRAFT)
		return V1_P_NAT_OA_DRAFT;
	return type < 62 ? 1ULL << type : 0;
}

/* Payloads of which an exchange has exactly one. */
#define SINGLE (V1_P(SA) | V1_P(KE) | V1_P(HASH) | V1_P(SIG) | V1_P(NONCE))

unsigned int v1_payloads_fault(const struct isakmp_msg *msg, uint64_t required,
			       uint64_t optional, uint64_t either)
{
	uint64_t known = required | optional | either, seen = 0;
	unsigned int i;

	for (i = 0; i < msg->npayloads; i++) {
		uint64_t bit = payload_bit(msg->payloads[i].type);

		/* What is private to others says nothing to us (RFC 2408, 3.1). */
		if (msg->payloads[i].type >= ISAKMP_PAYLOAD_PRIVATE_MIN &&
		    !(bit & known))
			continue;
		if (!(bit & known) || (bit & SINGLE & seen))
			return ISAKMP_NOTIFY_INVALID_PAYLOAD_TYPE;
		seen |= bit;
	}
	return (seen & required) == required && (!either || (seen & either)) ?
	       0 : ISAKMP_NOTIFY_PAYLOAD_MALFORMED;
}

bool v1_message_id_in(const uint32_t *ids, uint32_t id)
{
	unsigned int i;

	for (i = 0; i < IKE_RECENT_IDS; i++)
		if (ids[i] == id)
			return true;
	return false;
}

uint32_t v1_new_message_id(struct ike_sa *sa)
{
	uint32_t id;

	do {
		if (crypto_random(&id, sizeof(id)))
			return 0;
	} while (!id || v1_quick_find(sa, id) ||
		 v1_message_id_in(sa->own_ids, id));
	sa->own_ids[sa->next_own++ % IKE_RECENT_IDS] = id;
	return id;
}
