/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Certificates (X.509 as RFC 4945 uses it) and the signatures of IKEv1
 * (RFC 2409, 5.1; RFC 4754).
 *
 * A trust is one certification authority, or several, and perhaps a certificate of
 * our own with its key.  It is filled by one thread; then any may read it.
 * Errors: as crypto.h; also -EBADMSG (not what it should be), -EACCES (what a peer
 * shows is not trusted) and -EKEYREJECTED (a signature is wrong).  Those with @err
 * say why in it.
 */
#ifndef IKE_CRYPTO_PKI_H
#define IKE_CRYPTO_PKI_H

#include <stdbool.h>

#include "ike-daemon/crypto/crypto.h"

struct crypto_trust;
struct crypto_cert;

enum crypto_sig {
	CRYPTO_SIG_NONE,
	CRYPTO_SIG_RSA,			/* PKCS #1 v1.5, the bare hash */
	CRYPTO_SIG_ECDSA_256,		/* r | s */
	CRYPTO_SIG_ECDSA_384,
	CRYPTO_SIG_ECDSA_521,
	CRYPTO_SIG_COUNT
};

#define CRYPTO_SIG_MAX		1024	/* bytes: RSA with 8192 bits */
#define CRYPTO_CHAIN_MAX	8	/* certificates that one side sends */
#define CRYPTO_DN_STRLEN	256

/* Empty; NULL without memory.  crypto_trust_free() accepts NULL. */
struct crypto_trust *crypto_trust_new(void);
void crypto_trust_free(struct crypto_trust *t);
/* All certificates of a PEM text are trusted to issue others; there must be one. */
int crypto_trust_add_ca(struct crypto_trust *t, const void *pem, size_t len,
			struct err *err);
/* All lists of a PEM text.  From now on a list of each issuer is needed. */
int crypto_trust_add_crl(struct crypto_trust *t, const void *pem, size_t len,
			 struct err *err);
/* Our own: the first of the PEM text; the others go along to peers. */
int crypto_trust_set_cert(struct crypto_trust *t, const void *pem, size_t len,
			  struct err *err);
/* Its key, without passphrase, after crypto_trust_set_cert(). */
int crypto_trust_set_key(struct crypto_trust *t, const void *pem, size_t len,
			 struct err *err);

/*
 * Certificate, chain and key out of PKCS #12 (DER), instead of those two; and, if
 * @authorities, those among its certificates are trusted to issue others.  @password NULL:
 * none.  -EKEYREJECTED: that is not the one.
 */
int crypto_trust_set_pkcs12(struct crypto_trust *t, const void *der, size_t len,
			    const char *password, bool authorities,
			    struct err *err);

/* What our key can sign with; NONE: there is no key. */
enum crypto_sig crypto_trust_sig(const struct crypto_trust *t);
/* The hash that is signed: that of the SA (NONE) or a fixed one (RFC 4754). */
enum crypto_hash crypto_sig_hash(enum crypto_sig sig);
/* The @i-th certificate to be sent, ours first, DER; empty: there are no more. */
struct crypto_chunk crypto_trust_chain(const struct crypto_trust *t,
				       unsigned int i);
/* The @i-th authority's name, DER; empty: there are no more. */
struct crypto_chunk crypto_trust_authority(const struct crypto_trust *t,
					   unsigned int i);
/* The subject of our certificate, DER; empty: there is none. */
struct crypto_chunk crypto_trust_subject(const struct crypto_trust *t);
/* Sign; @out has CRYPTO_SIG_MAX bytes. */
int crypto_trust_sign(const struct crypto_trust *t, struct crypto_chunk hash,
		      uint8_t *out, size_t *len);

/*
 * The first of @n certificates (DER), which may sign, and the others, that may lead from
 * it to an authority.  With a reference for the caller.
 */
int crypto_cert_new(const struct crypto_chunk *certs, unsigned int n,
		    struct crypto_cert **out, struct err *err);
/*
 * Does this trust cover it now?  -EKEYREVOKED: it did.  With @weak signatures may be of
 * SHA-1, but of MD5 never; how the authority itself was signed does not matter.
 */
int crypto_trust_verify(const struct crypto_trust *t,
			const struct crypto_cert *c, bool weak, struct err *err);
/* A note of whoever has it, of what he has found of it and when; first all 0. */
struct crypto_judgement {
	unsigned int when;
	bool accepted;
	bool revoked;			/* as a responder has said */
};

struct crypto_judgement *crypto_cert_judgement(struct crypto_cert *c);
/* One more reference, one less, by one thread; both accept NULL. */
struct crypto_cert *crypto_cert_get(struct crypto_cert *c);
void crypto_cert_put(struct crypto_cert *c);
/* Both of them the same one? */
bool crypto_cert_same(const struct crypto_cert *a, const struct crypto_cert *b);
/* Is that its signature? */
int crypto_cert_check(const struct crypto_cert *c, enum crypto_sig sig,
		      struct crypto_chunk hash, struct crypto_chunk signature);

/* Is this its subject (DER), one of its domain names, mail addresses, addresses? */
bool crypto_cert_is_dn(const struct crypto_cert *c, struct crypto_chunk dn);
bool crypto_cert_is_fqdn(const struct crypto_cert *c, struct crypto_chunk name);
bool crypto_cert_is_user_fqdn(const struct crypto_cert *c,
			      struct crypto_chunk name);
bool crypto_cert_is_addr(const struct crypto_cert *c, struct crypto_chunk addr);

/*
 * Is this attribute (by its OID, in numbers with dots), with this value (UTF-8), part of
 * its subject?  As names are compared: neither case nor the number of blanks counts.
 */
bool crypto_cert_has(const struct crypto_cert *c, const char *oid,
		     const char *value);
/* Its subject as text, as crypto_dn_format(). */
char *crypto_cert_subject(const struct crypto_cert *c, char *out, size_t size);

/* A name (DER) as text, as "CN=r1, O=Example"; "?" if it is none. */
char *crypto_dn_format(struct crypto_chunk dn, char *out, size_t size);

#endif
