/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _CM_USER_LINUX_SIPHASH_H
#define _CM_USER_LINUX_SIPHASH_H

#include <linux/types.h>

/* SipHash-2-4, the algorithm of the kernel's lib/siphash.c, for whole words. */
typedef struct {
	u64 key[2];
} siphash_key_t;

static inline u64 siphash_rol(u64 x, int bits)
{
	return x << bits | x >> (64 - bits);
}

static inline void siphash_round(u64 v[4])
{
	v[0] += v[1];
	v[1] = siphash_rol(v[1], 13) ^ v[0];
	v[0] = siphash_rol(v[0], 32);
	v[2] += v[3];
	v[3] = siphash_rol(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = siphash_rol(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = siphash_rol(v[1], 17) ^ v[2];
	v[2] = siphash_rol(v[2], 32);
}

static inline void siphash_word(u64 v[4], u64 m)
{
	v[3] ^= m;
	siphash_round(v);
	siphash_round(v);
	v[0] ^= m;
}

/* @len is a multiple of eight: all that kmod/core asks for. */
static inline u64 siphash(const void *data, size_t len, const siphash_key_t *key)
{
	const u8 *p = data;
	u64 v[4] = {
		0x736f6d6570736575ULL ^ key->key[0],
		0x646f72616e646f6dULL ^ key->key[1],
		0x6c7967656e657261ULL ^ key->key[0],
		0x7465646279746573ULL ^ key->key[1],
	};
	size_t left;
	u64 m;

	for (left = len; left >= sizeof(m); left -= sizeof(m), p += sizeof(m)) {
		memcpy(&m, p, sizeof(m));
		siphash_word(v, m);
	}
	siphash_word(v, (u64)len << 56);
	v[2] ^= 0xff;
	siphash_round(v);
	siphash_round(v);
	siphash_round(v);
	siphash_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static inline u64 siphash_2u64(u64 a, u64 b, const siphash_key_t *key)
{
	u64 words[2] = { a, b };

	return siphash(words, sizeof(words), key);
}

#endif
