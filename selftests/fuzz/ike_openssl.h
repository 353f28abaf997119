/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Failures for fuzz targets: the nth allocation of ours, the nth call of the
 * library that ike-daemon/crypto makes, the nth random number; linked with
 * --wrap for each function (ike_failure_wraps).  The library's own allocations,
 * the harness and the simulated kernel are spared.
 */
#ifndef SELFTESTS_FUZZ_IKE_OPENSSL_H
#define SELFTESTS_FUZZ_IKE_OPENSSL_H

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "selftests/fuzz/fuzz.h"

enum failing { FAIL_ALLOC, FAIL_LIBRARY, FAIL_KINDS };

static struct {
	unsigned int after[FAIL_KINDS];	/* calls that work */
	unsigned int count[FAIL_KINDS];	/* that fail then; 0: none */
	unsigned int spared;		/* not while this is set */
} failing;

static inline bool fails(enum failing kind)
{
	if (failing.spared || !failing.count[kind])
		return false;
	if (failing.after[kind]) {
		failing.after[kind]--;
		return false;
	}
	failing.count[kind]--;
	return true;
}

#define FAILING(kind, type, name, params, args, bad)			\
	type __real_##name params;					\
	type __wrap_##name params;					\
	type __wrap_##name params					\
	{								\
		return fails(kind) ? (bad) : __real_##name args;	\
	}

/* --- memory ---------------------------------------------------------------- */

FAILING(FAIL_ALLOC, void *, malloc, (size_t n), (n), NULL)
FAILING(FAIL_ALLOC, void *, calloc, (size_t n, size_t size), (n, size), NULL)
FAILING(FAIL_ALLOC, void *, realloc, (void *p, size_t n), (p, n), NULL)
FAILING(FAIL_ALLOC, char *, strdup, (const char *s), (s), NULL)
FAILING(FAIL_ALLOC, FILE *, open_memstream, (char **p, size_t *n), (p, n), NULL)

/* --- the library ----------------------------------------------------------- */

#define L_INT(name, params, args)					\
	FAILING(FAIL_LIBRARY, int, name, params, args, 0)
#define L_PTR(type, name, params, args)					\
	FAILING(FAIL_LIBRARY, type *, name, params, args, NULL)

L_PTR(EVP_MD_CTX, EVP_MD_CTX_new, (void), ())
L_INT(EVP_DigestInit_ex2,
      (EVP_MD_CTX *c, const EVP_MD *t, const OSSL_PARAM p[]), (c, t, p))
L_INT(EVP_DigestUpdate, (EVP_MD_CTX *c, const void *d, size_t n), (c, d, n))
L_INT(EVP_DigestFinal_ex, (EVP_MD_CTX *c, unsigned char *d, unsigned int *n),
      (c, d, n))
L_PTR(EVP_MAC_CTX, EVP_MAC_CTX_new, (EVP_MAC *m), (m))
L_INT(EVP_MAC_init, (EVP_MAC_CTX *c, const unsigned char *k, size_t n,
		     const OSSL_PARAM p[]), (c, k, n, p))
L_INT(EVP_MAC_update, (EVP_MAC_CTX *c, const unsigned char *d, size_t n),
      (c, d, n))
L_INT(EVP_MAC_final, (EVP_MAC_CTX *c, unsigned char *o, size_t *l, size_t n),
      (c, o, l, n))
L_PTR(EVP_CIPHER_CTX, EVP_CIPHER_CTX_new, (void), ())
L_INT(EVP_CipherInit_ex2,
      (EVP_CIPHER_CTX *c, const EVP_CIPHER *t, const unsigned char *k,
       const unsigned char *iv, int enc, const OSSL_PARAM p[]),
      (c, t, k, iv, enc, p))
L_INT(EVP_CIPHER_CTX_set_padding, (EVP_CIPHER_CTX *c, int pad), (c, pad))
L_INT(EVP_CipherUpdate, (EVP_CIPHER_CTX *c, unsigned char *o, int *l,
			 const unsigned char *i, int n), (c, o, l, i, n))
L_INT(EVP_CipherFinal_ex, (EVP_CIPHER_CTX *c, unsigned char *o, int *l),
      (c, o, l))

L_PTR(BIGNUM, BN_bin2bn, (const unsigned char *s, int n, BIGNUM *r), (s, n, r))
FAILING(FAIL_LIBRARY, int, BN_bn2binpad,
	(const BIGNUM *a, unsigned char *to, int n), (a, to, n), -1)
L_INT(BN_sub_word, (BIGNUM *a, BN_ULONG w), (a, w))
L_PTR(OSSL_PARAM_BLD, OSSL_PARAM_BLD_new, (void), ())
L_INT(OSSL_PARAM_BLD_push_BN,
      (OSSL_PARAM_BLD *b, const char *k, const BIGNUM *n), (b, k, n))
L_INT(OSSL_PARAM_BLD_push_octet_string,
      (OSSL_PARAM_BLD *b, const char *k, const void *d, size_t n),
      (b, k, d, n))
L_INT(OSSL_PARAM_BLD_push_uint,
      (OSSL_PARAM_BLD *b, const char *k, unsigned int n), (b, k, n))
L_INT(OSSL_PARAM_BLD_push_utf8_string,
      (OSSL_PARAM_BLD *b, const char *k, const char *s, size_t n),
      (b, k, s, n))
L_PTR(OSSL_PARAM, OSSL_PARAM_BLD_to_param, (OSSL_PARAM_BLD *b), (b))

L_PTR(EVP_PKEY_CTX, EVP_PKEY_CTX_new_from_name,
      (OSSL_LIB_CTX *l, const char *n, const char *q), (l, n, q))
L_PTR(EVP_PKEY_CTX, EVP_PKEY_CTX_new_from_pkey,
      (OSSL_LIB_CTX *l, EVP_PKEY *k, const char *q), (l, k, q))
L_INT(EVP_PKEY_fromdata_init, (EVP_PKEY_CTX *c), (c))
L_INT(EVP_PKEY_fromdata, (EVP_PKEY_CTX *c, EVP_PKEY **k, int s, OSSL_PARAM p[]),
      (c, k, s, p))
L_INT(EVP_PKEY_keygen_init, (EVP_PKEY_CTX *c), (c))
L_INT(EVP_PKEY_generate, (EVP_PKEY_CTX *c, EVP_PKEY **k), (c, k))
L_INT(EVP_PKEY_CTX_set_params, (EVP_PKEY_CTX *c, const OSSL_PARAM *p), (c, p))
L_INT(EVP_PKEY_CTX_set_dh_pad, (EVP_PKEY_CTX *c, int pad), (c, pad))
L_INT(EVP_PKEY_CTX_set_rsa_padding, (EVP_PKEY_CTX *c, int pad), (c, pad))
L_INT(EVP_PKEY_get_bn_param, (const EVP_PKEY *k, const char *n, BIGNUM **b),
      (k, n, b))
L_INT(EVP_PKEY_derive_init, (EVP_PKEY_CTX *c), (c))
L_INT(EVP_PKEY_derive_set_peer_ex, (EVP_PKEY_CTX *c, EVP_PKEY *k, int check),
      (c, k, check))
L_INT(EVP_PKEY_derive, (EVP_PKEY_CTX *c, unsigned char *o, size_t *n),
      (c, o, n))
L_INT(EVP_PKEY_sign_init, (EVP_PKEY_CTX *c), (c))
L_INT(EVP_PKEY_sign, (EVP_PKEY_CTX *c, unsigned char *s, size_t *sn,
		      const unsigned char *d, size_t n), (c, s, sn, d, n))
L_INT(EVP_PKEY_verify_init, (EVP_PKEY_CTX *c), (c))
L_INT(EVP_PKEY_verify, (EVP_PKEY_CTX *c, const unsigned char *s, size_t sn,
			const unsigned char *d, size_t n), (c, s, sn, d, n))

L_PTR(BIO, BIO_new, (const BIO_METHOD *m), (m))
L_PTR(BIO, BIO_new_mem_buf, (const void *d, int n), (d, n))
L_PTR(X509, PEM_read_bio_X509,
      (BIO *b, X509 **x, pem_password_cb *cb, void *u), (b, x, cb, u))
L_PTR(X509_CRL, PEM_read_bio_X509_CRL,
      (BIO *b, X509_CRL **x, pem_password_cb *cb, void *u), (b, x, cb, u))
L_PTR(X509, X509_new_ex, (OSSL_LIB_CTX *l, const char *q), (l, q))
L_PTR(X509_CRL, X509_CRL_new_ex, (OSSL_LIB_CTX *l, const char *q), (l, q))
L_PTR(X509, d2i_X509, (X509 **x, const unsigned char **p, long n), (x, p, n))
FAILING(FAIL_LIBRARY, int, i2d_X509, (const X509 *x, unsigned char **p),
	(x, p), -1)
L_PTR(X509_NAME, d2i_X509_NAME,
      (X509_NAME **x, const unsigned char **p, long n), (x, p, n))
FAILING(FAIL_LIBRARY, int, i2d_X509_NAME,
	(const X509_NAME *x, unsigned char **p), (x, p), -1)
L_PTR(void, X509_get_ext_d2i, (const X509 *x, int nid, int *c, int *i),
      (x, nid, c, i))
L_PTR(X509_STORE, X509_STORE_new, (void), ())
L_INT(X509_STORE_add_cert, (X509_STORE *s, X509 *x), (s, x))
L_INT(X509_STORE_add_crl, (X509_STORE *s, X509_CRL *x), (s, x))
L_PTR(X509_STORE_CTX, X509_STORE_CTX_new_ex, (OSSL_LIB_CTX *l, const char *q),
      (l, q))
L_INT(X509_STORE_CTX_init, (X509_STORE_CTX *c, X509_STORE *s, X509 *x,
			    STACK_OF(X509) *others), (c, s, x, others))
L_INT(X509_verify_cert, (X509_STORE_CTX *c), (c))
L_PTR(EVP_PKEY, X509_get0_pubkey, (const X509 *x), (x))
L_PTR(OPENSSL_STACK, OPENSSL_sk_new_null, (void), ())
L_INT(OPENSSL_sk_push, (OPENSSL_STACK *s, const void *d), (s, d))
L_PTR(ECDSA_SIG, ECDSA_SIG_new, (void), ())
L_INT(ECDSA_SIG_set0, (ECDSA_SIG *s, BIGNUM *r, BIGNUM *t), (s, r, t))
L_PTR(ECDSA_SIG, d2i_ECDSA_SIG,
      (ECDSA_SIG **s, const unsigned char **p, long n), (s, p, n))
FAILING(FAIL_LIBRARY, int, i2d_ECDSA_SIG,
	(const ECDSA_SIG *s, unsigned char **p), (s, p), -1)

#endif
