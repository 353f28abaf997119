// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "ike-daemon/aaa/mschap.h"
#include "ike-daemon/crypto/crypto.h"
#include "tools/lib/secret.h"

#define NT_RESPONSE	24	/* bytes: three blocks of DES */
#define DES_BLOCK	8
#define DES_BITS	7	/* bytes of a key without its parity */
#define CHALLENGE1	8
#define CHALLENGE2	16

/* Where they are in a response (RFC 2433, 5; RFC 2759, 4) */
#define AT_PEER_CHALLENGE	0
#define AT_NT			24
#define AT_FLAGS		48
#define USES_NT			1

bool ppp_proof_is_valid(const struct ppp_proof *proof)
{
	switch (proof->method) {
	case CFG_PPP_PAP:
		return true;
	case CFG_PPP_CHAP:
		return proof->challenge_len && proof->response_len == 16;
	case CFG_PPP_MSCHAP1:
		/* The answer of LAN Manager is none: it hardly protects the password. */
		return proof->challenge_len == CHALLENGE1 &&
		       proof->response_len == MSCHAP_RESPONSE &&
		       proof->response[AT_FLAGS] == USES_NT;
	case CFG_PPP_MSCHAP2:
		return proof->challenge_len == CHALLENGE2 &&
		       proof->response_len == MSCHAP_RESPONSE;
	default:
		return false;
	}
}

/* Each seven bits and one of parity, which nobody looks at. */
static void spread_key(const uint8_t in[DES_BITS], uint8_t out[DES_BLOCK])
{
	uint64_t bits = 0;
	unsigned int i;

	for (i = 0; i < DES_BITS; i++)
		bits = bits << 8 | in[i];
	for (i = 0; i < DES_BLOCK; i++)
		out[i] = (bits >> (49 - 7 * i) & 0x7f) << 1;
}

/* RFC 2433, A.4: the hash, filled up with zeros, is three keys of DES. */
static bool respond(const uint8_t challenge[CHALLENGE1],
		    const uint8_t hash[MSCHAP_HASH], uint8_t out[NT_RESPONSE])
{
	uint8_t keys[3 * DES_BITS] = { 0 }, key[DES_BLOCK];
	unsigned int i;
	int err = 0;

	memcpy(keys, hash, MSCHAP_HASH);
	for (i = 0; i < 3 && !err; i++) {
		uint8_t iv[DES_BLOCK] = { 0 };

		spread_key(keys + i * DES_BITS, key);
		memcpy(out + i * DES_BLOCK, challenge, DES_BLOCK);
		err = crypto_encrypt(CRYPTO_DES_CBC, key, iv,
				     out + i * DES_BLOCK, DES_BLOCK);
	}
	secret_wipe(keys, sizeof(keys));
	secret_wipe(key, sizeof(key));
	return !err;
}

/* RFC 2759, 8.2: the user without the domain that may stand before a backslash. */
static bool hash_challenge(const struct ppp_proof *proof, const char *user,
			   uint8_t out[CRYPTO_HASH_MAX])
{
	const char *domain = strrchr(user, '\\');
	const char *name = domain ? domain + 1 : user;
	const struct crypto_chunk in[] = {
		CRYPTO_CHUNK(proof->response + AT_PEER_CHALLENGE, CHALLENGE2),
		CRYPTO_CHUNK(proof->challenge, CHALLENGE2),
		CRYPTO_CHUNK(name, strlen(name)),
	};

	return !crypto_hash(CRYPTO_SHA1, in, 3, out);
}

/* RFC 2759, 8.7. */
static bool prove(const struct ppp_proof *proof, const uint8_t *challenge,
		  const uint8_t hash[MSCHAP_HASH], char out[MSCHAP2_SUCCESS])
{
	static const char sign[] = "Magic server to client signing constant";
	static const char pad[] = "Pad to make it do more than one iteration";
	const struct crypto_chunk once = CRYPTO_CHUNK(hash, MSCHAP_HASH);
	uint8_t twice[CRYPTO_HASH_MAX], sum[CRYPTO_HASH_MAX];
	const struct crypto_chunk first[] = {
		CRYPTO_CHUNK(twice, MSCHAP_HASH),
		CRYPTO_CHUNK(proof->response + AT_NT, NT_RESPONSE),
		CRYPTO_CHUNK(sign, sizeof(sign) - 1),
	}, second[] = {
		CRYPTO_CHUNK(sum, 20),
		CRYPTO_CHUNK(challenge, CHALLENGE1),
		CRYPTO_CHUNK(pad, sizeof(pad) - 1),
	};
	bool ok = !crypto_hash(CRYPTO_MD4, &once, 1, twice) &&
		  !crypto_hash(CRYPTO_SHA1, first, 3, sum) &&
		  !crypto_hash(CRYPTO_SHA1, second, 3, sum);
	unsigned int i;

	memcpy(out, "S=", 3);
	for (i = 0; ok && i < 20; i++)
		sprintf(out + 2 + 2 * i, "%02X", sum[i]);
	secret_wipe(twice, sizeof(twice));
	return ok;
}

bool mschap_fits(const struct ppp_proof *proof, const char *user,
		 const uint8_t hash[MSCHAP_HASH], char success[MSCHAP2_SUCCESS])
{
	bool second = proof->method == CFG_PPP_MSCHAP2;
	uint8_t want[NT_RESPONSE], hashed[CRYPTO_HASH_MAX];
	const uint8_t *challenge = second ? hashed : proof->challenge;

	if (success)
		success[0] = '\0';
	if (!ppp_proof_is_valid(proof) ||
	    (!second && proof->method != CFG_PPP_MSCHAP1) ||
	    (second && !hash_challenge(proof, user, hashed)) ||
	    !respond(challenge, hash, want) ||
	    !secret_equal(want, proof->response + AT_NT, NT_RESPONSE))
		return false;
	return !second || !success || prove(proof, challenge, hash, success);
}
