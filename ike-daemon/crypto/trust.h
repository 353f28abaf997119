/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A trust from inside: trust.c makes it, cert.c judges peers by it. */
#ifndef IKE_CRYPTO_TRUST_H
#define IKE_CRYPTO_TRUST_H

#include <openssl/x509_vfy.h>

#include "ike-daemon/crypto/pki.h"

#define AUTHORITIES_MAX	32

struct der {
	uint8_t *data;			/* OpenSSL's */
	size_t len;
};

struct crypto_trust {
	X509_STORE *store;		/* authorities and revocation lists */
	STACK_OF(X509) *authorities;
	STACK_OF(X509) *chain;		/* ours first */
	EVP_PKEY *key;
	struct der names[AUTHORITIES_MAX];
	unsigned int n_names;
	struct der certs[CRYPTO_CHAIN_MAX];
	unsigned int n_certs;
	struct der subject;
};

/* What such a key signs; NONE: it is of another kind, or too weak. */
enum crypto_sig crypto_key_sig(EVP_PKEY *key);
/* Trust it to issue others; its name is one of the authorities'. */
int crypto_trust_authorize(struct crypto_trust *t, X509 *ca, struct err *err);
/* Encode what peers are shown of the chain. */
int crypto_trust_encode(struct crypto_trust *t, struct err *err);
/* The certificates from that one up to the authority that is trusted, to be freed. */
int crypto_trust_chain_of(const struct crypto_trust *t,
			  const struct crypto_cert *c, STACK_OF(X509) **out,
			  struct err *err);
/* 0, or -EACCES: what it is signed with is too weak; as crypto_trust_verify() has it. */
int crypto_cert_strength(X509 *cert, bool weak, struct err *err);
/* Is the key that of the first of the chain, and of use?  If not, it is gone. */
int crypto_trust_check_key(struct crypto_trust *t, struct err *err);
/* As crypto_dn_format(). */
char *crypto_name_format(const X509_NAME *name, char *out, size_t size);
/* Bytes of r and of s; 0: RSA. */
size_t crypto_sig_part(enum crypto_sig sig);

#endif
