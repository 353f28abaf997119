// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "ike-daemon/crypto/ikev1_kdf.h"
#include "tools/lib/secret.h"

#define NONCE_LEN_MAX	256	/* RFC 2409, 5 */

#define COOKIE_LEN	8
#define DES_KEY_LEN	8
#define NITEMS(array)	(sizeof(array) / sizeof(*(array)))

struct be32 {
	uint8_t b[4];
};

static struct be32 to_be32(uint32_t v)
{
	return (struct be32){ { (uint8_t)(v >> 24), (uint8_t)(v >> 16),
				(uint8_t)(v >> 8), (uint8_t)v } };
}

int ikev1_skeyid_psk(struct ikev1_keys *keys, enum crypto_hash hash,
		     struct crypto_chunk psk, struct crypto_chunk ni,
		     struct crypto_chunk nr)
{
	const struct crypto_chunk in[] = { ni, nr };

	*keys = (struct ikev1_keys){
		.hash = hash,
		.len = crypto_hash_len(hash),
	};
	return crypto_hmac(hash, psk.data, psk.len, in, NITEMS(in),
			   keys->skeyid);
}

int ikev1_skeyid_sig(struct ikev1_keys *keys, enum crypto_hash hash,
		     struct crypto_chunk gxy, struct crypto_chunk ni,
		     struct crypto_chunk nr)
{
	uint8_t nonces[2 * NONCE_LEN_MAX];

	if (ni.len > NONCE_LEN_MAX || nr.len > NONCE_LEN_MAX)
		return -EINVAL;
	memcpy(nonces, ni.data, ni.len);
	memcpy(nonces + ni.len, nr.data, nr.len);
	*keys = (struct ikev1_keys){
		.hash = hash,
		.len = crypto_hash_len(hash),
	};
	return crypto_hmac(hash, nonces, ni.len + nr.len, &gxy, 1, keys->skeyid);
}

/* SKEYID_x = prf(SKEYID, previous | g^xy | CKY-I | CKY-R | number) */
static int next_skeyid(struct ikev1_keys *keys, const uint8_t *previous,
		       struct crypto_chunk gxy, const uint8_t *cookie_i,
		       const uint8_t *cookie_r, uint8_t number, uint8_t *out)
{
	const struct crypto_chunk in[] = {
		CRYPTO_CHUNK(previous, previous ? keys->len : 0),
		gxy,
		CRYPTO_CHUNK(cookie_i, COOKIE_LEN),
		CRYPTO_CHUNK(cookie_r, COOKIE_LEN),
		CRYPTO_CHUNK(&number, 1),
	};

	return crypto_hmac(keys->hash, keys->skeyid, keys->len, in, NITEMS(in),
			   out);
}

int ikev1_skeyid_dae(struct ikev1_keys *keys, struct crypto_chunk gxy,
		     const uint8_t *cookie_i, const uint8_t *cookie_r)
{
	int ret;

	ret = next_skeyid(keys, NULL, gxy, cookie_i, cookie_r, 0,
			  keys->skeyid_d);
	if (!ret)
		ret = next_skeyid(keys, keys->skeyid_d, gxy, cookie_i,
				  cookie_r, 1, keys->skeyid_a);
	if (!ret)
		ret = next_skeyid(keys, keys->skeyid_a, gxy, cookie_i,
				  cookie_r, 2, keys->skeyid_e);
	return ret;
}

void ikev1_keys_wipe(struct ikev1_keys *keys)
{
	secret_wipe(keys, sizeof(*keys));
}

/*
 * The weak and semi-weak keys of DES, odd parity (RFC 2409, appendix A).  The
 * halves of each alternate between two bytes: { even, odd } positions of the
 * first and of the second half.
 */
static const uint8_t weak_des[][4] = {
	{ 0x01, 0x01, 0x01, 0x01 }, { 0xfe, 0xfe, 0xfe, 0xfe },
	{ 0x1f, 0x1f, 0x0e, 0x0e }, { 0xe0, 0xe0, 0xf1, 0xf1 },
	{ 0x01, 0xfe, 0x01, 0xfe }, { 0xfe, 0x01, 0xfe, 0x01 },
	{ 0x1f, 0xe0, 0x0e, 0xf1 }, { 0xe0, 0x1f, 0xf1, 0x0e },
	{ 0x01, 0xe0, 0x01, 0xf1 }, { 0xe0, 0x01, 0xf1, 0x01 },
	{ 0x1f, 0xfe, 0x0e, 0xfe }, { 0xfe, 0x1f, 0xfe, 0x0e },
	{ 0x01, 0x1f, 0x01, 0x0e }, { 0x1f, 0x01, 0x0e, 0x01 },
	{ 0xe0, 0xfe, 0xf1, 0xfe }, { 0xfe, 0xe0, 0xfe, 0xf1 },
};

static bool des_key_is_weak(const uint8_t *key)
{
	uint8_t diff;
	size_t i, j;

	for (i = 0; i < NITEMS(weak_des); i++) {
		diff = 0;
		/* The lowest bit of each byte is parity. */
		for (j = 0; j < DES_KEY_LEN; j++)
			diff |= (key[j] ^ weak_des[i][j / 4 * 2 + j % 2]) &
				0xfe;
		if (!diff)
			return true;
	}
	return false;
}

/* Ka = K1 | K2 | ...; K1 = prf(SKEYID_e, 0), Kn = prf(SKEYID_e, Kn-1) */
static int expand_skeyid_e(const struct ikev1_keys *keys, uint8_t *out,
			   size_t len)
{
	static const uint8_t zero;
	struct crypto_chunk in = CRYPTO_CHUNK(&zero, 1);
	uint8_t block[CRYPTO_HASH_MAX];
	size_t done, n;
	int ret = 0;

	for (done = 0; done < len; done += n) {
		n = len - done < keys->len ? len - done : keys->len;
		ret = crypto_hmac(keys->hash, keys->skeyid_e, keys->len, &in,
				  1, block);
		if (ret)
			break;
		memcpy(out + done, block, n);
		in = CRYPTO_CHUNK(block, keys->len);
	}
	secret_wipe(block, sizeof(block));
	return ret;
}

int ikev1_cipher_key(const struct ikev1_keys *keys, enum crypto_cipher cipher,
		     uint8_t *out)
{
	size_t need = crypto_cipher_key_len(cipher), at;

	if (!need || !keys->len)
		return -EINVAL;
	if (need > keys->len)
		return expand_skeyid_e(keys, out, need);
	for (at = 0; at + need <= keys->len; at += need) {
		if (cipher == CRYPTO_DES_CBC &&
		    des_key_is_weak(keys->skeyid_e + at))
			continue;
		memcpy(out, keys->skeyid_e + at, need);
		return 0;
	}
	return -EKEYREJECTED;
}

/* The first block of a hash as IV. */
static int hash_iv(enum crypto_hash hash, enum crypto_cipher cipher,
		   const struct crypto_chunk *in, size_t n, uint8_t *iv)
{
	size_t block = crypto_cipher_block_len(cipher);
	uint8_t digest[CRYPTO_HASH_MAX];
	int ret;

	if (!block)
		return -EINVAL;
	ret = crypto_hash(hash, in, n, digest);
	if (!ret)
		memcpy(iv, digest, block);
	return ret;
}

int ikev1_iv_phase1(enum crypto_hash hash, enum crypto_cipher cipher,
		    struct crypto_chunk gxi, struct crypto_chunk gxr,
		    uint8_t *iv)
{
	const struct crypto_chunk in[] = { gxi, gxr };

	return hash_iv(hash, cipher, in, NITEMS(in), iv);
}

int ikev1_iv_message(enum crypto_hash hash, enum crypto_cipher cipher,
		     const uint8_t *last_block, uint32_t message_id,
		     uint8_t *iv)
{
	struct be32 id = to_be32(message_id);
	const struct crypto_chunk in[] = {
		CRYPTO_CHUNK(last_block, crypto_cipher_block_len(cipher)),
		CRYPTO_CHUNK(id.b, sizeof(id.b)),
	};

	return hash_iv(hash, cipher, in, NITEMS(in), iv);
}

int ikev1_hash_auth(const struct ikev1_keys *keys, const struct ikev1_auth *in,
		    uint8_t *out)
{
	const struct crypto_chunk chunks[] = {
		in->own_public,
		in->peer_public,
		CRYPTO_CHUNK(in->own_cookie, COOKIE_LEN),
		CRYPTO_CHUNK(in->peer_cookie, COOKIE_LEN),
		in->sai_b,
		in->own_id_b,
	};

	return crypto_hmac(in->hash ? in->hash : keys->hash, keys->skeyid,
			   keys->len, chunks, NITEMS(chunks), out);
}

static int hmac_a(const struct ikev1_keys *keys, const struct crypto_chunk *in,
		  size_t n, uint8_t *out)
{
	return crypto_hmac(keys->hash, keys->skeyid_a, keys->len, in, n, out);
}

int ikev1_hash_1(const struct ikev1_keys *keys, uint32_t message_id,
		 struct crypto_chunk rest, uint8_t *out)
{
	struct be32 id = to_be32(message_id);
	const struct crypto_chunk in[] = {
		CRYPTO_CHUNK(id.b, sizeof(id.b)), rest,
	};

	return hmac_a(keys, in, NITEMS(in), out);
}

int ikev1_hash_2(const struct ikev1_keys *keys, uint32_t message_id,
		 struct crypto_chunk ni, struct crypto_chunk rest,
		 uint8_t *out)
{
	struct be32 id = to_be32(message_id);
	const struct crypto_chunk in[] = {
		CRYPTO_CHUNK(id.b, sizeof(id.b)), ni, rest,
	};

	return hmac_a(keys, in, NITEMS(in), out);
}

int ikev1_hash_3(const struct ikev1_keys *keys, uint32_t message_id,
		 struct crypto_chunk ni, struct crypto_chunk nr, uint8_t *out)
{
	static const uint8_t zero;
	struct be32 id = to_be32(message_id);
	const struct crypto_chunk in[] = {
		CRYPTO_CHUNK(&zero, 1), CRYPTO_CHUNK(id.b, sizeof(id.b)), ni,
		nr,
	};

	return hmac_a(keys, in, NITEMS(in), out);
}

int ikev1_keymat(const struct ikev1_keys *keys, const struct ikev1_keymat *in,
		 uint8_t *out, size_t out_len)
{
	uint8_t block[CRYPTO_HASH_MAX];
	struct crypto_chunk chunks[] = {
		CRYPTO_CHUNK(block, 0),	/* Kn-1, from the second round on */
		in->gxy,
		CRYPTO_CHUNK(&in->protocol, 1),
		CRYPTO_CHUNK(in->spi, sizeof(in->spi)),
		in->ni,
		in->nr,
	};
	size_t done, n;
	int ret = 0;

	if (!keys->len)
		return -EINVAL;
	for (done = 0; done < out_len; done += n) {
		n = out_len - done < keys->len ? out_len - done : keys->len;
		ret = crypto_hmac(keys->hash, keys->skeyid_d, keys->len,
				  chunks, NITEMS(chunks), block);
		if (ret)
			break;
		memcpy(out + done, block, n);
		chunks[0].len = keys->len;
	}
	secret_wipe(block, sizeof(block));
	return ret;
}

int ikev1_nat_d(enum crypto_hash hash, const uint8_t *cookie_i,
		const uint8_t *cookie_r, const uint8_t *addr, size_t addr_len,
		uint16_t port, uint8_t *out)
{
	const uint8_t net_port[2] = { (uint8_t)(port >> 8), (uint8_t)port };
	const struct crypto_chunk in[] = {
		CRYPTO_CHUNK(cookie_i, COOKIE_LEN),
		CRYPTO_CHUNK(cookie_r, COOKIE_LEN),
		CRYPTO_CHUNK(addr, addr_len),
		CRYPTO_CHUNK(net_port, sizeof(net_port)),
	};

	return crypto_hash(hash, in, NITEMS(in), out);
}
