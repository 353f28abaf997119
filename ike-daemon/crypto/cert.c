// SPDX-License-Identifier: GPL-2.0-or-later
/* The peer's certificate, and signatures. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "ike-daemon/crypto/internal.h"
#include "ike-daemon/crypto/trust.h"

#define SIGNATURE_BITS_MIN	80	/* of security, of the signatures of certificates */

struct crypto_cert {
	unsigned int refs;
	struct crypto_judgement judgement;
	X509 *x509;
	STACK_OF(X509) *others;		/* that came along */
};

struct crypto_judgement *crypto_cert_judgement(struct crypto_cert *c)
{
	return &c->judgement;
}

struct crypto_cert *crypto_cert_get(struct crypto_cert *c)
{
	if (c)
		c->refs++;
	return c;
}

void crypto_cert_put(struct crypto_cert *c)
{
	if (!c || --c->refs)
		return;
	X509_free(c->x509);
	sk_X509_pop_free(c->others, X509_free);
	free(c);
}

/* --- trust ----------------------------------------------------------------- */

static X509 *from_der(struct crypto_chunk der)
{
	X509 *cert = X509_new_ex(crypto_lib.ctx, NULL);
	const uint8_t *p = der.data;

	if (cert && (!d2i_X509(&cert, &p, der.len) ||
		     p != (const uint8_t *)der.data + der.len)) {
		X509_free(cert);
		cert = NULL;
	}
	return cert;
}

/* The others, in whatever order; what cannot be read is left out. */
static STACK_OF(X509) *untrusted(const struct crypto_chunk *certs, unsigned int n)
{
	STACK_OF(X509) *chain = sk_X509_new_null();
	unsigned int i;

	for (i = 1; chain && i < n && i < CRYPTO_CHAIN_MAX; i++) {
		X509 *cert = from_der(certs[i]);

		if (cert && !sk_X509_push(chain, cert))
			X509_free(cert);
	}
	return chain;
}

/* RFC 4945, 5.1.3.2: what it is for, if that is said, must cover signatures. */
static bool may_sign(X509 *cert)
{
	return X509_get_key_usage(cert) & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION);
}

int crypto_cert_new(const struct crypto_chunk *certs, unsigned int n,
		    struct crypto_cert **out, struct err *err)
{
	struct crypto_cert *c = calloc(1, sizeof(*c));
	int ret = 0;

	if (c) {
		c->refs = 1;
		c->x509 = from_der(certs[0]);
		c->others = untrusted(certs, n);
	}
	if (!c || !c->others)
		ret = err_set(err, -ENOMEM, "out of memory");
	else if (!c->x509)
		ret = err_set(err, -EBADMSG, "it cannot be read");
	else if (!may_sign(c->x509))
		ret = err_set(err, -EACCES, "its key usage does not allow signatures");
	if (ret) {
		crypto_cert_put(c);
		c = NULL;
	}
	*out = c;
	return crypto_lib_error(ret);
}

static int failed(int error, struct err *err)
{
	return err_set(err, error == X509_V_ERR_CERT_REVOKED ? -EKEYREVOKED : -EACCES,
		       "%s", X509_verify_cert_error_string(error));
}

/* By what is known of collisions, as far as the library has that: @weak takes SHA-1, too. */
int crypto_cert_strength(X509 *cert, bool weak, struct err *err)
{
	char subject[CRYPTO_DN_STRLEN];
	int hash, has = 0;

	if (X509_get_signature_info(cert, &hash, NULL, &has, NULL) == 1 &&
	    (has >= SIGNATURE_BITS_MIN || (weak && hash == NID_sha1)))
		return 0;
	crypto_name_format(X509_get_subject_name(cert), subject, sizeof(subject));
	return err_set(err, -EACCES, "the signature of %.100s is too weak (%s)",
		       subject, hash == NID_undef ? "unknown" : OBJ_nid2ln(hash));
}

/* Of all but the last, which is trusted for itself. */
static int check_signatures(X509_STORE_CTX *ctx, bool weak, struct err *err)
{
	STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(ctx);
	int i, ret = 0;

	for (i = 0; !ret && i < sk_X509_num(chain) - 1; i++)
		ret = crypto_cert_strength(sk_X509_value(chain, i), weak, err);
	return ret;
}

int crypto_trust_chain_of(const struct crypto_trust *t,
			  const struct crypto_cert *c, STACK_OF(X509) **out,
			  struct err *err)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new_ex(crypto_lib.ctx, NULL);
	int ret = 0;

	*out = NULL;
	if (!ctx || X509_STORE_CTX_init(ctx, t->store, c->x509, c->others) != 1)
		ret = err_set(err, -ENOMEM, "out of memory");
	else if (X509_verify_cert(ctx) != 1)
		ret = failed(X509_STORE_CTX_get_error(ctx), err);
	else
		*out = X509_STORE_CTX_get1_chain(ctx);
	if (!ret && !*out)
		ret = err_set(err, -ENOMEM, "out of memory");
	X509_STORE_CTX_free(ctx);
	return crypto_lib_error(ret);
}

int crypto_trust_verify(const struct crypto_trust *t,
			const struct crypto_cert *c, bool weak, struct err *err)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new_ex(crypto_lib.ctx, NULL);
	int ret = 0, outdated = X509_V_OK;

	if (!ctx || X509_STORE_CTX_init(ctx, t->store, c->x509, c->others) != 1 ||
	    X509_STORE_CTX_set_app_data(ctx, &outdated) != 1)
		ret = err_set(err, -ENOMEM, "out of memory");
	else if (X509_verify_cert(ctx) != 1)
		ret = failed(X509_STORE_CTX_get_error(ctx), err);
	else if (outdated != X509_V_OK)
		ret = failed(outdated, err);
	else
		ret = check_signatures(ctx, weak, err);
	X509_STORE_CTX_free(ctx);
	return crypto_lib_error(ret);
}

bool crypto_cert_same(const struct crypto_cert *a, const struct crypto_cert *b)
{
	return !X509_cmp(a->x509, b->x509);
}

/* --- names ----------------------------------------------------------------- */

bool crypto_cert_is_dn(const struct crypto_cert *c, struct crypto_chunk dn)
{
	const uint8_t *p = dn.data;
	X509_NAME *name = d2i_X509_NAME(NULL, &p, dn.len);
	bool same = name && p == (const uint8_t *)dn.data + dn.len &&
		    X509_NAME_entry_count(name) &&
		    !X509_NAME_cmp(name, X509_get_subject_name(c->x509));

	X509_NAME_free(name);
	return !crypto_lib_error(!same);
}

/* A name of one attribute. */
static X509_NAME *name_of(const X509_NAME_ENTRY *attribute)
{
	X509_NAME *name = attribute ? X509_NAME_new() : NULL;

	if (name && X509_NAME_add_entry(name, attribute, -1, 0) == 1)
		return name;
	X509_NAME_free(name);
	return NULL;
}

static X509_NAME *name_of_text(const char *oid, const char *value)
{
	ASN1_OBJECT *type = OBJ_txt2obj(oid, 1);
	X509_NAME_ENTRY *attribute =
		X509_NAME_ENTRY_create_by_OBJ(NULL, type, V_ASN1_UTF8STRING,
					      (const uint8_t *)value, -1);
	X509_NAME *name = name_of(attribute);

	X509_NAME_ENTRY_free(attribute);
	ASN1_OBJECT_free(type);
	return name;
}

bool crypto_cert_has(const struct crypto_cert *c, const char *oid,
		     const char *value)
{
	const X509_NAME *subject = X509_get_subject_name(c->x509);
	X509_NAME *wanted = name_of_text(oid, value);
	bool found = false;
	int i;

	for (i = 0; wanted && !found && i < X509_NAME_entry_count(subject); i++) {
		X509_NAME *one = name_of(X509_NAME_get_entry(subject, i));

		found = one && !X509_NAME_cmp(one, wanted);
		X509_NAME_free(one);
	}
	X509_NAME_free(wanted);
	return !crypto_lib_error(!found);
}

char *crypto_cert_subject(const struct crypto_cert *c, char *out, size_t size)
{
	return crypto_name_format(X509_get_subject_name(c->x509), out, size);
}

/* Whole and without wildcards: who names himself does not match a pattern. */
static bool has_name(const struct crypto_cert *c, int type,
		     struct crypto_chunk name, bool exact)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(c->x509, NID_subject_alt_name,
						NULL, NULL);
	bool found = false;
	int i;

	for (i = 0; !found && i < sk_GENERAL_NAME_num(names); i++) {
		int kind;
		const ASN1_STRING *s = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names, i),
							       &kind);

		if (kind != type || !name.len || ASN1_STRING_length(s) != (int)name.len)
			continue;
		found = exact ? !memcmp(ASN1_STRING_get0_data(s), name.data, name.len) :
				!strncasecmp((const char *)ASN1_STRING_get0_data(s),
					     name.data, name.len);
	}
	GENERAL_NAMES_free(names);
	return !crypto_lib_error(!found);
}

bool crypto_cert_is_fqdn(const struct crypto_cert *c, struct crypto_chunk name)
{
	return !memchr(name.data, 0, name.len) && has_name(c, GEN_DNS, name, false);
}

bool crypto_cert_is_user_fqdn(const struct crypto_cert *c,
			      struct crypto_chunk name)
{
	return !memchr(name.data, 0, name.len) && has_name(c, GEN_EMAIL, name, false);
}

bool crypto_cert_is_addr(const struct crypto_cert *c, struct crypto_chunk addr)
{
	return has_name(c, GEN_IPADD, addr, true);
}

/* --- signatures ------------------------------------------------------------ */

static EVP_PKEY_CTX *sig_ctx(EVP_PKEY *key, enum crypto_sig sig,
			     int (*init)(EVP_PKEY_CTX *ctx))
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(crypto_lib.ctx, key, NULL);

	if (ctx && init(ctx) == 1 &&
	    (sig != CRYPTO_SIG_RSA ||
	     EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1))
		return ctx;
	EVP_PKEY_CTX_free(ctx);
	return NULL;
}

/* From the library's form to r | s. */
static int to_parts(const uint8_t *der, size_t der_len, size_t part, uint8_t *out)
{
	ECDSA_SIG *s = d2i_ECDSA_SIG(NULL, &der, der_len);
	int ret = -EIO;

	if (s && BN_bn2binpad(ECDSA_SIG_get0_r(s), out, part) == (int)part &&
	    BN_bn2binpad(ECDSA_SIG_get0_s(s), out + part, part) == (int)part)
		ret = 0;
	ECDSA_SIG_free(s);
	return ret;
}

/* And back; the length, or negative errno.  *@der is the library's. */
static int from_parts(struct crypto_chunk parts, size_t part, uint8_t **der)
{
	ECDSA_SIG *s = ECDSA_SIG_new();
	const uint8_t *p = parts.data;
	BIGNUM *a = BN_bin2bn(p, part, NULL);
	BIGNUM *b = BN_bin2bn(p + part, part, NULL);
	int len;

	if (!s || !a || !b || ECDSA_SIG_set0(s, a, b) != 1) {
		BN_free(a);
		BN_free(b);
		ECDSA_SIG_free(s);
		return -ENOMEM;
	}
	len = i2d_ECDSA_SIG(s, der);
	ECDSA_SIG_free(s);
	return len > 0 ? len : -ENOMEM;
}

int crypto_trust_sign(const struct crypto_trust *t, struct crypto_chunk hash,
		      uint8_t *out, size_t *len)
{
	enum crypto_sig sig = crypto_trust_sig(t);
	size_t part = crypto_sig_part(sig);
	uint8_t made[CRYPTO_SIG_MAX];
	EVP_PKEY_CTX *ctx;
	int ret = -EIO;

	if (!sig)
		return -EINVAL;
	ctx = sig_ctx(t->key, sig, EVP_PKEY_sign_init);
	*len = sizeof(made);
	if (!ctx || EVP_PKEY_sign(ctx, made, len, hash.data, hash.len) != 1)
		goto out;
	if (part) {
		ret = to_parts(made, *len, part, out);
		*len = 2 * part;
	} else {
		memcpy(out, made, *len);
		ret = 0;
	}
out:
	EVP_PKEY_CTX_free(ctx);
	return crypto_lib_error(ret);
}

int crypto_cert_check(const struct crypto_cert *c, enum crypto_sig sig,
		      struct crypto_chunk hash, struct crypto_chunk signature)
{
	EVP_PKEY *key = X509_get0_pubkey(c->x509);
	size_t part = crypto_sig_part(sig);
	uint8_t *der = NULL;
	EVP_PKEY_CTX *ctx;
	int ret = -EKEYREJECTED;

	if (!key || !sig || crypto_key_sig(key) != sig ||
	    (part && signature.len != 2 * part))
		return crypto_lib_error(-EKEYREJECTED);
	ctx = sig_ctx(key, sig, EVP_PKEY_verify_init);
	if (part) {
		int len = from_parts(signature, part, &der);

		signature = CRYPTO_CHUNK(der, len < 0 ? 0 : len);
	}
	if (ctx && signature.len &&
	    EVP_PKEY_verify(ctx, signature.data, signature.len, hash.data, hash.len) == 1)
		ret = 0;
	OPENSSL_free(der);
	EVP_PKEY_CTX_free(ctx);
	return crypto_lib_error(ret);
}
