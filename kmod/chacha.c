// SPDX-License-Identifier: GPL-2.0
#include <crypto/algapi.h>
#include <crypto/chacha.h>
#include <crypto/poly1305.h>
#include <linux/errno.h>
#include <linux/string.h>

#include "chacha.h"

#if CM_CHACHA_THERE

void cm_chacha_set_key(struct cm_chacha *chacha, const u8 *material)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(chacha->key); i++)
		chacha->key[i] = get_unaligned_le32(material + 4 * i);
	memcpy(chacha->salt, material + sizeof(chacha->key),
	       sizeof(chacha->salt));
}

/* The key stream of one packet, and the authenticator that begins with it. */
struct stream {
	u32 state[CHACHA_STATE_WORDS];
	struct poly1305_desc_ctx poly;
};

/* RFC 8439, 2.8: block 0 is the key of Poly1305, the text begins with block 1. */
static void start(struct stream *s, const struct cm_chacha *chacha,
		  const u8 *iv)
{
	u8 nonce[CHACHA_IV_SIZE] = {};	/* begins with the number of the block */
	u8 key[POLY1305_KEY_SIZE] = {};

	memcpy(nonce + 4, chacha->salt, sizeof(chacha->salt));
	memcpy(nonce + 8, iv, 8);
	chacha_init(s->state, chacha->key, nonce);
	chacha20_crypt(s->state, key, key, sizeof(key));
	poly1305_init(&s->poly, key);
	memzero_explicit(key, sizeof(key));
}

static void authenticate_padded(struct stream *s, const u8 *data, u32 len)
{
	static const u8 zero[POLY1305_BLOCK_SIZE];

	poly1305_update(&s->poly, data, len);
	if (len % POLY1305_BLOCK_SIZE)
		poly1305_update(&s->poly, zero,
				POLY1305_BLOCK_SIZE - len % POLY1305_BLOCK_SIZE);
}

static void authenticate(struct stream *s, const u8 *ad, u32 ad_len,
			 const u8 *text, u32 len, u8 *icv)
{
	__le64 lengths[2] = { cpu_to_le64(ad_len), cpu_to_le64(len) };

	authenticate_padded(s, ad, ad_len);
	authenticate_padded(s, text, len);
	poly1305_update(&s->poly, (const u8 *)lengths, sizeof(lengths));
	poly1305_final(&s->poly, icv);
}

void cm_chacha_encrypt(const struct cm_chacha *chacha, const u8 *iv,
		       const u8 *ad, u32 ad_len, u8 *text, u32 len)
{
	struct stream s;

	start(&s, chacha, iv);
	chacha20_crypt(s.state, text, text, len);
	authenticate(&s, ad, ad_len, text, len, text + len);
	memzero_explicit(s.state, sizeof(s.state));
}

int cm_chacha_decrypt(const struct cm_chacha *chacha, const u8 *iv,
		      const u8 *ad, u32 ad_len, u8 *text, u32 len)
{
	u8 icv[CM_CHACHA_ICV];
	struct stream s;
	int err = -EBADMSG;

	start(&s, chacha, iv);
	authenticate(&s, ad, ad_len, text, len, icv);
	if (likely(!crypto_memneq(icv, text + len, sizeof(icv)))) {
		chacha20_crypt(s.state, text, text, len);
		err = 0;
	}
	memzero_explicit(s.state, sizeof(s.state));
	return err;
}

#endif
