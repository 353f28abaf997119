// SPDX-License-Identifier: GPL-2.0-or-later
/* A trust out of one PKCS #12 file (RFC 7292). */
#include <errno.h>
#include <string.h>
#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <openssl/x509v3.h>

#include "ike-daemon/crypto/internal.h"
#include "ike-daemon/crypto/trust.h"

/* What is in it, in the library's hands. */
struct content {
	EVP_PKEY *key;
	X509 *cert;
	STACK_OF(X509) *others;
};

static PKCS12 *read_der(const void *der, size_t len)
{
	/* Decrypts with what this context has: old files need the legacy provider. */
	PKCS12 *p12 = PKCS12_init_ex(NID_pkcs7_data, crypto_lib.ctx, NULL);
	const uint8_t *p = der;

	if (p12 && (!d2i_PKCS12(&p12, &p, len) || p != (const uint8_t *)der + len)) {
		PKCS12_free(p12);
		p12 = NULL;
	}
	return p12;
}

static int not_opened(const char *password, struct err *err)
{
	unsigned long error = ERR_peek_last_error();

	if (ERR_GET_REASON(error) == PKCS12_R_MAC_VERIFY_FAILURE)
		return err_set(err, -EKEYREJECTED, password ? "the password is wrong" :
			       "it needs a password: name its password-file");
	return err_set(err, -EBADMSG, "it cannot be opened: %s",
		       ERR_reason_error_string(error) ?: "out of memory");
}

static int open_file(const void *der, size_t len, const char *password,
		     struct content *in, struct err *err)
{
	PKCS12 *p12 = read_der(der, len);
	int ret = 0;

	if (!p12)
		return err_set(err, -EBADMSG, "it is not PKCS #12, or broken");
	if (PKCS12_parse(p12, password, &in->key, &in->cert, &in->others) != 1)
		ret = not_opened(password, err);
	else if (!in->key)
		ret = err_set(err, -EBADMSG, "no private key in it");
	else if (!in->cert)
		ret = err_set(err, -EBADMSG, "no certificate of its key in it");
	PKCS12_free(p12);
	return ret;
}

/* The root stays here: peers have it, or do not trust it. */
static int take_chain(struct crypto_trust *t, struct content *in, struct err *err)
{
	int i;

	if (!sk_X509_push(t->chain, in->cert))
		return err_set(err, -ENOMEM, "out of memory");
	in->cert = NULL;
	for (i = 0; i < sk_X509_num(in->others); i++) {
		X509 *cert = sk_X509_value(in->others, i);

		if (X509_self_signed(cert, 0))
			continue;
		if (sk_X509_num(t->chain) == CRYPTO_CHAIN_MAX)
			return err_set(err, -E2BIG, "more than %d certificates",
				       CRYPTO_CHAIN_MAX);
		if (!X509_add_cert(t->chain, cert, X509_ADD_FLAG_UP_REF))
			return err_set(err, -ENOMEM, "out of memory");
	}
	return crypto_trust_encode(t, err);
}

static bool has_root(const struct content *in)
{
	int i = 0;

	while (i < sk_X509_num(in->others) &&
	       !(X509_self_signed(sk_X509_value(in->others, i), 0) &&
		 X509_check_ca(sk_X509_value(in->others, i))))
		i++;
	return i < sk_X509_num(in->others);
}

/* The roots, so that what is below them is looked at; without one, what there is. */
static int take_authorities(struct crypto_trust *t, const struct content *in,
			    struct err *err)
{
	bool roots = has_root(in);
	int i, ret = 0;

	for (i = 0; !ret && i < sk_X509_num(in->others); i++) {
		X509 *cert = sk_X509_value(in->others, i);

		if (!X509_check_ca(cert) ||
		    (roots && !X509_self_signed(cert, 0)))
			continue;
		if (t->n_names == AUTHORITIES_MAX)
			ret = err_set(err, -E2BIG, "more than %d authorities",
				      AUTHORITIES_MAX);
		else
			ret = crypto_trust_authorize(t, cert, err);
	}
	return ret;
}

int crypto_trust_set_pkcs12(struct crypto_trust *t, const void *der, size_t len,
			    const char *password, bool authorities,
			    struct err *err)
{
	struct content in = { 0 };
	int ret = open_file(der, len, password, &in, err);

	if (!ret && authorities)
		ret = take_authorities(t, &in, err);
	if (!ret)
		ret = take_chain(t, &in, err);
	if (!ret) {
		t->key = in.key;
		in.key = NULL;
		ret = crypto_trust_check_key(t, err);
	}
	EVP_PKEY_free(in.key);
	X509_free(in.cert);
	sk_X509_pop_free(in.others, X509_free);
	return crypto_lib_error(ret);
}
