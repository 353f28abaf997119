/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keys, hashes and IVs of IKEv1 (RFC 2409, section 5 and appendix B).  The prf
 * is HMAC with the negotiated hash.  Outputs called "hash length" have
 * crypto_hash_len() bytes.  "_b" is a payload's body without generic header.
 */
#ifndef IKE_CRYPTO_IKEV1_KDF_H
#define IKE_CRYPTO_IKEV1_KDF_H

#include "ike-daemon/crypto/crypto.h"

/* The secrets of a phase 1 SA; wipe with ikev1_keys_wipe(). */
struct ikev1_keys {
	enum crypto_hash hash;
	size_t len;			/* of each, bytes */
	uint8_t skeyid[CRYPTO_HASH_MAX];
	uint8_t skeyid_d[CRYPTO_HASH_MAX];
	uint8_t skeyid_a[CRYPTO_HASH_MAX];
	uint8_t skeyid_e[CRYPTO_HASH_MAX];
};

/* SKEYID = prf(pre-shared-key, Ni_b | Nr_b); the other keys stay zero. */
int ikev1_skeyid_psk(struct ikev1_keys *keys, enum crypto_hash hash,
		     struct crypto_chunk psk, struct crypto_chunk ni,
		     struct crypto_chunk nr);
/* The same with signatures: SKEYID = prf(Ni_b | Nr_b, g^xy). */
int ikev1_skeyid_sig(struct ikev1_keys *keys, enum crypto_hash hash,
		     struct crypto_chunk gxy, struct crypto_chunk ni,
		     struct crypto_chunk nr);
/* SKEYID_d, _a, _e from SKEYID and g^xy; cookies of 8 bytes. */
int ikev1_skeyid_dae(struct ikev1_keys *keys, struct crypto_chunk gxy,
		     const uint8_t *cookie_i, const uint8_t *cookie_r);
void ikev1_keys_wipe(struct ikev1_keys *keys);

/*
 * The encryption key: the first bytes of SKEYID_e, or of its expansion
 * K1 = prf(SKEYID_e, 0), Kn = prf(SKEYID_e, Kn-1) when it is too short.  For
 * DES the first 8 bytes that are not a weak key.  @out gets
 * crypto_cipher_key_len() bytes.
 */
int ikev1_cipher_key(const struct ikev1_keys *keys, enum crypto_cipher cipher,
		     uint8_t *out);

/* IV of the first encrypted phase 1 message: hash(g^xi | g^xr), cut. */
int ikev1_iv_phase1(enum crypto_hash hash, enum crypto_cipher cipher,
		    struct crypto_chunk gxi, struct crypto_chunk gxr,
		    uint8_t *iv);
/* First IV of another exchange: hash(last phase 1 block | M-ID), cut. */
int ikev1_iv_message(enum crypto_hash hash, enum crypto_cipher cipher,
		     const uint8_t *last_block, uint32_t message_id,
		     uint8_t *iv);

/*
 * HASH_I = prf(SKEYID, g^xi | g^xr | CKY-I | CKY-R | SAi_b | IDii_b).  For
 * HASH_R swap the public values and the cookies, and give IDir_b: @own is the
 * side that proves itself.  SAi_b is the initiator's in both.
 */
struct ikev1_auth {
	enum crypto_hash hash;		/* of the prf; NONE: that of the keys */
	struct crypto_chunk own_public;
	struct crypto_chunk peer_public;
	const uint8_t *own_cookie;
	const uint8_t *peer_cookie;
	struct crypto_chunk sai_b;
	struct crypto_chunk own_id_b;
};

int ikev1_hash_auth(const struct ikev1_keys *keys, const struct ikev1_auth *in,
		    uint8_t *out);

/* HASH(1) and the informational hash: prf(SKEYID_a, M-ID | rest). */
int ikev1_hash_1(const struct ikev1_keys *keys, uint32_t message_id,
		 struct crypto_chunk rest, uint8_t *out);
/* HASH(2) = prf(SKEYID_a, M-ID | Ni_b | rest) */
int ikev1_hash_2(const struct ikev1_keys *keys, uint32_t message_id,
		 struct crypto_chunk ni, struct crypto_chunk rest,
		 uint8_t *out);
/* HASH(3) = prf(SKEYID_a, 0 | M-ID | Ni_b | Nr_b) */
int ikev1_hash_3(const struct ikev1_keys *keys, uint32_t message_id,
		 struct crypto_chunk ni, struct crypto_chunk nr, uint8_t *out);

/*
 * KEYMAT = K1 | K2 | ..., K1 = prf(SKEYID_d, [g(qm)^xy |] protocol | SPI |
 * Ni_b | Nr_b), Kn = prf(SKEYID_d, Kn-1 | ...).  @gxy is empty without PFS.
 * @spi is in network byte order: the SPI of the SA's receiver.
 */
struct ikev1_keymat {
	struct crypto_chunk gxy;
	uint8_t protocol;
	uint8_t spi[4];
	struct crypto_chunk ni;
	struct crypto_chunk nr;
};

int ikev1_keymat(const struct ikev1_keys *keys, const struct ikev1_keymat *in,
		 uint8_t *out, size_t out_len);

/* NAT-D = hash(CKY-I | CKY-R | address | port), RFC 3947, 3.2; @port in host
 * byte order, @addr_len 4 or 16. */
int ikev1_nat_d(enum crypto_hash hash, const uint8_t *cookie_i,
		const uint8_t *cookie_r, const uint8_t *addr, size_t addr_len,
		uint16_t port, uint8_t *out);

#endif
