// SPDX-License-Identifier: GPL-2.0
/*
 * What a cipher costs alone, without packets: encrypts and decrypts one buffer in
 * place, "rounds" times, when it is loaded, and has the time in the parameter "ns".
 *
 *   insmod cipher.ko alg='rfc4106(gcm(aes))' key=HEX assoc=16 size=1400 rounds=1000
 *
 * alg=library is ChaCha20-Poly1305 as the kernel's library has it (RFC 8439).
 */
#include <crypto/aead.h>
#include <crypto/chacha20poly1305.h>
#include <linux/crypto.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#define KEY_MAX 128
#define SIZE_MAX_HERE 65536
#define ROUNDS_MAX 1000000

static char *alg = "library";
module_param(alg, charp, 0444);
MODULE_PARM_DESC(alg, "name of an AEAD, or library");

static char *key;
module_param(key, charp, 0400);
MODULE_PARM_DESC(key, "its key, in hexadecimal digits");

static unsigned int icv = 16;
module_param(icv, uint, 0444);
MODULE_PARM_DESC(icv, "bytes of the ICV");

static unsigned int assoc = 16;
module_param(assoc, uint, 0444);
MODULE_PARM_DESC(assoc, "bytes that are authenticated only");

static unsigned int size = 1400;
module_param(size, uint, 0444);
MODULE_PARM_DESC(size, "bytes that are encrypted");

static unsigned int rounds = 1000;
module_param(rounds, uint, 0444);
MODULE_PARM_DESC(rounds, "how often");

static unsigned long ns;
module_param(ns, ulong, 0444);
MODULE_PARM_DESC(ns, "nanoseconds for all rounds");

/**
 * struct alone - what one round works on
 * @req: request of an AEAD, NULL: the library
 * @wait: its end
 * @buf: @assoc, @size and @icv bytes
 * @key: key of the library
 */
struct alone {
	struct aead_request *req;
	struct crypto_wait *wait;
	u8 *buf;
	u8 key[KEY_MAX];
};

static int once(const struct alone *a)
{
	u8 *data = a->buf + assoc;
	int err;

	if (!a->req) {
		if (!IS_REACHABLE(CONFIG_CRYPTO_LIB_CHACHA20POLY1305))
			return -EOPNOTSUPP;
		chacha20poly1305_encrypt(data, data, size, a->buf, assoc, 0, a->key);
		return chacha20poly1305_decrypt(data, data, size + icv, a->buf, assoc,
						0, a->key) ? 0 : -EBADMSG;
	}
	aead_request_set_crypt(a->req, a->req->src, a->req->src, size, a->req->iv);
	err = crypto_wait_req(crypto_aead_encrypt(a->req), a->wait);
	if (err)
		return err;
	aead_request_set_crypt(a->req, a->req->src, a->req->src, size + icv, a->req->iv);
	return crypto_wait_req(crypto_aead_decrypt(a->req), a->wait);
}

static int measure(const struct alone *a)
{
	u64 start = ktime_get_ns();
	unsigned int i;
	int err = 0;

	for (i = 0; i < rounds && !err; i++)
		err = once(a);
	ns = ktime_get_ns() - start;
	return err;
}

static int with_aead(struct alone *a, unsigned int keylen)
{
	struct crypto_aead *tfm = crypto_alloc_aead(alg, 0, 0);
	DECLARE_CRYPTO_WAIT(wait);
	struct scatterlist sg;
	u8 iv[16] = { };
	int err;

	if (IS_ERR(tfm))
		return PTR_ERR(tfm);
	err = crypto_aead_setkey(tfm, a->key, keylen);
	if (!err)
		err = crypto_aead_setauthsize(tfm, icv);
	if (err)
		goto tfm;
	err = -EINVAL;
	if (crypto_aead_ivsize(tfm) > sizeof(iv))
		goto tfm;
	err = -ENOMEM;
	a->req = aead_request_alloc(tfm, GFP_KERNEL);
	if (!a->req)
		goto tfm;
	sg_init_one(&sg, a->buf, assoc + size + icv);
	a->wait = &wait;
	aead_request_set_callback(a->req, CRYPTO_TFM_REQ_MAY_SLEEP, crypto_req_done, &wait);
	aead_request_set_ad(a->req, assoc);
	aead_request_set_crypt(a->req, &sg, &sg, size, iv);
	err = measure(a);
	aead_request_free(a->req);
tfm:
	crypto_free_aead(tfm);
	return err;
}

static int __init cipher_init(void)
{
	unsigned int keylen = key ? strlen(key) / 2 : 0;
	struct alone a = { };
	int err;

	if (!keylen || keylen > KEY_MAX || size > SIZE_MAX_HERE || icv > 64 ||
	    assoc > 64 || rounds > ROUNDS_MAX || hex2bin(a.key, key, keylen))
		return -EINVAL;
	a.buf = kzalloc(assoc + size + icv, GFP_KERNEL);
	if (!a.buf)
		return -ENOMEM;
	err = strcmp(alg, "library") ? with_aead(&a, keylen) : measure(&a);
	kfree(a.buf);
	return err;
}

static void __exit cipher_exit(void)
{
}

module_init(cipher_init);
module_exit(cipher_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("the cost of a cipher alone, for benchmarks");
