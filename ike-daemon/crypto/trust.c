// SPDX-License-Identifier: GPL-2.0-or-later
/* What a trust is made of, and what peers are shown of it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "ike-daemon/crypto/internal.h"
#include "ike-daemon/crypto/trust.h"

/* Keys of fewer bits are refused, ours and the peer's. */
#define RSA_BITS_MIN	1024
#define RSA_BITS_MAX	(8 * CRYPTO_SIG_MAX)

static const struct {
	const char *curve;		/* NULL: RSA */
	enum crypto_hash hash;
	size_t part;			/* bytes of r and of s */
} sigs[CRYPTO_SIG_COUNT] = {
	[CRYPTO_SIG_RSA] = { NULL, CRYPTO_HASH_NONE, 0 },
	[CRYPTO_SIG_ECDSA_256] = { "prime256v1", CRYPTO_SHA256, 32 },
	[CRYPTO_SIG_ECDSA_384] = { "secp384r1", CRYPTO_SHA384, 48 },
	[CRYPTO_SIG_ECDSA_521] = { "secp521r1", CRYPTO_SHA512, 66 },
};

enum crypto_hash crypto_sig_hash(enum crypto_sig sig)
{
	return sigs[sig].hash;
}

size_t crypto_sig_part(enum crypto_sig sig)
{
	return sigs[sig].part;
}

enum crypto_sig crypto_key_sig(EVP_PKEY *key)
{
	char curve[40];
	unsigned int i;

	if (EVP_PKEY_is_a(key, "RSA"))
		return EVP_PKEY_get_bits(key) >= RSA_BITS_MIN &&
		       EVP_PKEY_get_bits(key) <= RSA_BITS_MAX ?
		       CRYPTO_SIG_RSA : CRYPTO_SIG_NONE;
	if (EVP_PKEY_get_group_name(key, curve, sizeof(curve), NULL) != 1)
		return CRYPTO_SIG_NONE;
	for (i = CRYPTO_SIG_ECDSA_256; i < CRYPTO_SIG_COUNT; i++)
		if (!strcmp(curve, sigs[i].curve))
			return i;
	return CRYPTO_SIG_NONE;
}

/*
 * Where it ends nobody is left to say that it is revoked: a root's own list is not needed,
 * nor, of an authority below it that is trusted for itself, the root's, which cannot be
 * verified there.
 */
static int verdict(int ok, X509_STORE_CTX *ctx)
{
	int error = X509_STORE_CTX_get_error(ctx);
	int last = sk_X509_num(X509_STORE_CTX_get0_chain(ctx)) - 1;
	int *outdated = X509_STORE_CTX_get_app_data(ctx);

	/* Whom it names is revoked all the same; whom it does not is told of later. */
	if (!ok && outdated && (error == X509_V_ERR_CRL_HAS_EXPIRED ||
				error == X509_V_ERR_CRL_NOT_YET_VALID)) {
		*outdated = error;
		return 1;
	}
	return ok || ((error == X509_V_ERR_UNABLE_TO_GET_CRL ||
		       error == X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER ||
		       error == X509_V_ERR_CRL_SIGNATURE_FAILURE) &&
		      X509_STORE_CTX_get_error_depth(ctx) == last && last > 0);
}

struct crypto_trust *crypto_trust_new(void)
{
	struct crypto_trust *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->store = X509_STORE_new();
	/* An authority that is trusted need not be the root. */
	if (t->store) {
		X509_STORE_set_flags(t->store, X509_V_FLAG_PARTIAL_CHAIN);
		X509_STORE_set_verify_cb(t->store, verdict);
	}
	t->authorities = sk_X509_new_null();
	t->chain = sk_X509_new_null();
	if (t->store && t->authorities && t->chain)
		return t;
	crypto_trust_free(t);
	crypto_lib_error(0);
	return NULL;
}

static void free_der(struct der *list, unsigned int n)
{
	while (n)
		OPENSSL_free(list[--n].data);
}

void crypto_trust_free(struct crypto_trust *t)
{
	if (!t)
		return;
	X509_STORE_free(t->store);
	sk_X509_pop_free(t->authorities, X509_free);
	sk_X509_pop_free(t->chain, X509_free);
	EVP_PKEY_free(t->key);
	free_der(t->names, t->n_names);
	free_der(t->certs, t->n_certs);
	OPENSSL_free(t->subject.data);
	free(t);
}

/* --- PEM ------------------------------------------------------------------- */

/* No terminal is asked for a passphrase. */
static int no_passphrase(char *buf, int size, int rwflag, void *arg)
{
	(void)buf;
	(void)size;
	(void)rwflag;
	*(bool *)arg = true;
	return 0;
}

static X509 *read_cert(BIO *in)
{
	bool asked = false;
	X509 *cert = X509_new_ex(crypto_lib.ctx, NULL);

	if (cert && !PEM_read_bio_X509(in, &cert, no_passphrase, &asked)) {
		X509_free(cert);
		cert = NULL;
	}
	return cert;
}

/* Nothing more, and nothing that is broken? */
static bool at_end(void)
{
	return ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
}

/* Append all certificates of the text to @to, at most @max. */
static int read_certs(STACK_OF(X509) *to, const void *pem, size_t len,
		      int max, struct err *err)
{
	BIO *in = BIO_new_mem_buf(pem, len);
	X509 *cert;
	int before = sk_X509_num(to), ret = 0;

	if (!in)
		return crypto_lib_error(err_set(err, -ENOMEM, "out of memory"));
	while (!ret && (cert = read_cert(in))) {
		if (sk_X509_num(to) < max && sk_X509_push(to, cert))
			continue;
		ret = err_set(err, -E2BIG, "more than %d certificates", max);
		X509_free(cert);
	}
	if (!ret && !at_end())
		ret = err_set(err, -EBADMSG, "certificate %d is broken",
			      sk_X509_num(to) - before + 1);
	if (!ret && sk_X509_num(to) == before)
		ret = err_set(err, -EBADMSG, "no certificate in it (PEM is expected)");
	BIO_free(in);
	return crypto_lib_error(ret);
}

/* Of what the library has encoded: the length that it said. */
static int set_der(struct der *d, int len, struct err *err)
{
	if (len <= 0)
		return err_set(err, -ENOMEM, "out of memory");
	d->len = len;
	return 0;
}

static int add_name(struct crypto_trust *t, const X509 *ca, struct err *err)
{
	struct der *d = &t->names[t->n_names++];

	return set_der(d, i2d_X509_NAME(X509_get_subject_name(ca), &d->data), err);
}

int crypto_trust_authorize(struct crypto_trust *t, X509 *ca, struct err *err)
{
	if (X509_STORE_add_cert(t->store, ca) != 1)
		return err_set(err, -ENOMEM, "out of memory");
	return add_name(t, ca, err);
}

int crypto_trust_add_ca(struct crypto_trust *t, const void *pem, size_t len,
			struct err *err)
{
	int first = sk_X509_num(t->authorities), i;
	int ret = read_certs(t->authorities, pem, len, AUTHORITIES_MAX, err);

	for (i = first; !ret && i < sk_X509_num(t->authorities); i++) {
		X509 *ca = sk_X509_value(t->authorities, i);

		if (!X509_check_ca(ca))
			ret = err_set(err, -EBADMSG,
				      "certificate %d is not of a certification authority",
				      i - first + 1);
		else
			ret = crypto_trust_authorize(t, ca, err);
	}
	return crypto_lib_error(ret);
}

static X509_CRL *read_crl(BIO *in)
{
	X509_CRL *crl = X509_CRL_new_ex(crypto_lib.ctx, NULL);
	bool asked = false;

	if (crl && !PEM_read_bio_X509_CRL(in, &crl, no_passphrase, &asked)) {
		X509_CRL_free(crl);
		crl = NULL;
	}
	return crl;
}

int crypto_trust_add_crl(struct crypto_trust *t, const void *pem, size_t len,
			 struct err *err)
{
	BIO *in = BIO_new_mem_buf(pem, len);
	X509_CRL *crl;
	int n = 0, ret = 0;

	if (!in)
		return crypto_lib_error(err_set(err, -ENOMEM, "out of memory"));
	while (!ret && (crl = read_crl(in))) {
		n++;
		if (X509_STORE_add_crl(t->store, crl) != 1)
			ret = err_set(err, -ENOMEM, "out of memory");
		X509_CRL_free(crl);
	}
	if (!ret && !at_end())
		ret = err_set(err, -EBADMSG, "revocation list %d is broken", n + 1);
	if (!ret && !n)
		ret = err_set(err, -EBADMSG, "no revocation list in it (PEM is expected)");
	if (!ret)
		X509_STORE_set_flags(t->store, X509_V_FLAG_CRL_CHECK |
					       X509_V_FLAG_CRL_CHECK_ALL);
	BIO_free(in);
	return crypto_lib_error(ret);
}

int crypto_trust_encode(struct crypto_trust *t, struct err *err)
{
	const X509 *own = sk_X509_value(t->chain, 0);
	int ret = 0, i;

	for (i = 0; !ret && i < sk_X509_num(t->chain); i++) {
		struct der *d = &t->certs[t->n_certs++];

		ret = set_der(d, i2d_X509(sk_X509_value(t->chain, i), &d->data), err);
	}
	return ret ?: set_der(&t->subject, i2d_X509_NAME(X509_get_subject_name(own),
							 &t->subject.data), err);
}

int crypto_trust_set_cert(struct crypto_trust *t, const void *pem, size_t len,
			  struct err *err)
{
	int ret = read_certs(t->chain, pem, len, CRYPTO_CHAIN_MAX, err);

	if (!ret)
		ret = crypto_trust_encode(t, err);
	return crypto_lib_error(ret);
}

int crypto_trust_check_key(struct crypto_trust *t, struct err *err)
{
	int ret = 0;

	if (X509_check_private_key(sk_X509_value(t->chain, 0), t->key) != 1)
		ret = err_set(err, -EBADMSG, "it is not the key of the certificate");
	else if (!crypto_key_sig(t->key))
		ret = err_set(err, -ENOTSUP, "a key must be RSA with %u to %u bits, or ECDSA on P-256, P-384 or P-521",
			      RSA_BITS_MIN, RSA_BITS_MAX);
	if (ret) {
		EVP_PKEY_free(t->key);
		t->key = NULL;
	}
	return ret;
}

int crypto_trust_set_key(struct crypto_trust *t, const void *pem, size_t len,
			 struct err *err)
{
	BIO *in = BIO_new_mem_buf(pem, len);
	bool asked = false;
	int ret = 0;

	if (!in)
		return crypto_lib_error(err_set(err, -ENOMEM, "out of memory"));
	t->key = PEM_read_bio_PrivateKey_ex(in, NULL, no_passphrase, &asked,
					    crypto_lib.ctx, NULL);
	if (!t->key && asked)
		ret = err_set(err, -EBADMSG, "the key needs a passphrase, which cannot be given");
	else if (!t->key)
		ret = err_set(err, -EBADMSG, "no private key in it (PEM is expected)");
	else
		ret = crypto_trust_check_key(t, err);
	BIO_free(in);
	return crypto_lib_error(ret);
}

/* --- what peers are shown -------------------------------------------------- */

enum crypto_sig crypto_trust_sig(const struct crypto_trust *t)
{
	return t->key ? crypto_key_sig(t->key) : CRYPTO_SIG_NONE;
}

static struct crypto_chunk chunk_of(const struct der *list, unsigned int n,
				    unsigned int i)
{
	return i < n ? CRYPTO_CHUNK(list[i].data, list[i].len) :
		       CRYPTO_CHUNK(NULL, 0);
}

struct crypto_chunk crypto_trust_chain(const struct crypto_trust *t,
				       unsigned int i)
{
	return chunk_of(t->certs, t->n_certs, i);
}

struct crypto_chunk crypto_trust_authority(const struct crypto_trust *t,
					   unsigned int i)
{
	return chunk_of(t->names, t->n_names, i);
}

struct crypto_chunk crypto_trust_subject(const struct crypto_trust *t)
{
	return CRYPTO_CHUNK(t->subject.data, t->subject.len);
}

char *crypto_name_format(const X509_NAME *name, char *out, size_t size)
{
	BIO *text = BIO_new(BIO_s_mem());
	int len = 0;

	/* Control characters and what is not ASCII come out escaped. */
	if (name && text &&
	    X509_NAME_print_ex(text, name, 0, XN_FLAG_ONELINE & ~XN_FLAG_SPC_EQ) >= 0)
		len = BIO_read(text, out, size - 1);
	if (len <= 0) {
		out[0] = '?';
		len = 1;
	}
	out[len] = '\0';
	BIO_free(text);
	crypto_lib_error(0);
	return out;
}

char *crypto_dn_format(struct crypto_chunk dn, char *out, size_t size)
{
	const uint8_t *p = dn.data;
	X509_NAME *name = d2i_X509_NAME(NULL, &p, dn.len);
	bool whole = name && p == (const uint8_t *)dn.data + dn.len;

	crypto_name_format(whole ? name : NULL, out, size);
	X509_NAME_free(name);
	return out;
}
