// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/err.h>
#include <openssl/http.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#include "ike-daemon/crypto/internal.h"
#include "ike-daemon/crypto/ocsp.h"
#include "ike-daemon/crypto/trust.h"

#define ANSWER_MAX	(64 << 10)	/* bytes */
#define CLOCKS_DIFFER	300		/* seconds */
/* An answer that names no end is one for the moment. */
#define UNENDING_MAX	3600		/* seconds */

struct crypto_ocsp {
	STACK_OF(X509) *chain;		/* what it is about, who issued it, ... */
	OCSP_CERTID *id;
	OCSP_REQUEST *request;
	OCSP_RESPONSE *answer;		/* NULL: none, because ... */
	char why[100];
	char url[256];
};

void crypto_ocsp_free(struct crypto_ocsp *q)
{
	if (!q)
		return;
	sk_X509_pop_free(q->chain, X509_free);
	OCSP_CERTID_free(q->id);
	OCSP_REQUEST_free(q->request);
	OCSP_RESPONSE_free(q->answer);
	free(q);
}

const char *crypto_ocsp_url(const struct crypto_ocsp *q)
{
	return q->url;
}

/* --- the question ---------------------------------------------------------- */

/* The first of those that it names which can be asked. */
static bool find_url(X509 *cert, char *out, size_t size)
{
	STACK_OF(OPENSSL_STRING) *urls = X509_get1_ocsp(cert);
	bool found = false;
	int i;

	for (i = 0; !found && i < sk_OPENSSL_STRING_num(urls); i++) {
		const char *url = sk_OPENSSL_STRING_value(urls, i);

		found = !strncmp(url, "http://", 7) && strlen(url) < size;
		if (found)
			memcpy(out, url, strlen(url) + 1);
	}
	X509_email_free(urls);
	return found;
}

static int set_url(struct crypto_ocsp *q, const char *url, struct err *err)
{
	if (url)
		snprintf(q->url, sizeof(q->url), "%s", url);
	else if (!find_url(sk_X509_value(q->chain, 0), q->url, sizeof(q->url)))
		return err_set(err, -ENOENT, "the certificate names no OCSP responder (http)");
	return 0;
}

/* With SHA-1, as all responders know it: it names, and proves nothing. */
static int set_request(struct crypto_ocsp *q, bool nonce, struct err *err)
{
	OCSP_CERTID *id;

	q->id = OCSP_cert_to_id(EVP_sha1(), sk_X509_value(q->chain, 0),
				sk_X509_value(q->chain, 1));
	q->request = OCSP_REQUEST_new();
	id = OCSP_CERTID_dup(q->id);
	if (!q->request || !id || !OCSP_request_add0_id(q->request, id)) {
		OCSP_CERTID_free(id);
		return err_set(err, -ENOMEM, "out of memory");
	}
	if (nonce && OCSP_request_add1_nonce(q->request, NULL, -1) != 1)
		return err_set(err, -EIO, "no random number");
	return 0;
}

int crypto_ocsp_new(const struct crypto_trust *t, const struct crypto_cert *c,
		    const char *url, bool nonce, struct crypto_ocsp **out,
		    struct err *err)
{
	struct crypto_ocsp *q = calloc(1, sizeof(*q));
	int ret = q ? 0 : err_set(err, -ENOMEM, "out of memory");

	*out = NULL;
	if (!ret)
		ret = crypto_trust_chain_of(t, c, &q->chain, err);
	if (!ret && sk_X509_num(q->chain) == 1) {
		crypto_ocsp_free(q);
		return crypto_lib_error(0);
	}
	if (!ret)
		ret = set_url(q, url, err);
	if (!ret)
		ret = set_request(q, nonce, err);
	if (ret) {
		crypto_ocsp_free(q);
		q = NULL;
	}
	*out = q;
	return crypto_lib_error(ret);
}

/* --- asking ---------------------------------------------------------------- */

static void no_answer(struct crypto_ocsp *q)
{
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());

	snprintf(q->why, sizeof(q->why), "%s", reason ? reason : "no answer");
}

/* No proxy, whatever the environment says. */
static BIO *transfer(const char *host, const char *port, const char *path,
		     BIO *request, unsigned int seconds)
{
	return OSSL_HTTP_transfer(NULL, host, port, path, 0, "", "", NULL, NULL,
				  NULL, NULL, 0, NULL, "application/ocsp-request",
				  request, "application/ocsp-response", 1,
				  ANSWER_MAX, (int)seconds, 0);
}

void crypto_ocsp_ask(struct crypto_ocsp *q, unsigned int seconds)
{
	char *host = NULL, *port = NULL, *path = NULL;
	BIO *request = BIO_new(BIO_s_mem());
	BIO *answer = NULL;
	int tls = 0;

	ERR_clear_error();
	if (request && i2d_OCSP_REQUEST_bio(request, q->request) == 1 &&
	    OSSL_HTTP_parse_url(q->url, &tls, NULL, &host, &port, NULL, &path,
				NULL, NULL) == 1 && !tls)
		answer = transfer(host, port, path, request, seconds);
	if (answer)
		q->answer = d2i_OCSP_RESPONSE_bio(answer, NULL);
	if (!q->answer)
		no_answer(q);
	BIO_free(answer);
	BIO_free(request);
	OPENSSL_free(host);
	OPENSSL_free(port);
	OPENSSL_free(path);
	crypto_lib_error(0);
}

/* --- the answer ------------------------------------------------------------ */

/* What is revoked stays so: neither how old that is matters, nor to whom it was said. */
static int judge_status(const struct crypto_ocsp *q, OCSP_BASICRESP *basic,
			struct err *err)
{
	ASN1_GENERALIZEDTIME *this = NULL, *next = NULL;
	int status, reason = -1;

	if (OCSP_resp_find_status(basic, q->id, &status, &reason, NULL, &this,
				  &next) != 1)
		return err_set(err, -EAGAIN, "it answers about another certificate");
	if (status == V_OCSP_CERTSTATUS_REVOKED)
		return err_set(err, -EKEYREVOKED, "certificate revoked%s%s",
			       reason < 0 ? "" : ": ",
			       reason < 0 ? "" : OCSP_crl_reason_str(reason));
	if (OCSP_check_nonce(q->request, basic) == 0)
		return err_set(err, -EAGAIN, "it answers another question (nonce)");
	if (OCSP_check_validity(this, next, CLOCKS_DIFFER,
				next ? -1 : UNENDING_MAX) != 1)
		return err_set(err, -EAGAIN, "its answer is not of this time");
	if (status != V_OCSP_CERTSTATUS_GOOD)
		return err_set(err, -EAGAIN, "it does not know the certificate");
	return 0;
}

/*
 * By the key of that certificate, which is trusted already?  Lists do not matter then:
 * where the chain ends there is none of who issued the last.
 */
static bool is_signed_by(OCSP_BASICRESP *basic, X509 *signer)
{
	STACK_OF(X509) *one = sk_X509_new_null();
	bool is = one && sk_X509_push(one, signer) > 0 &&
		  OCSP_basic_verify(basic, one, NULL,
				    OCSP_NOINTERN | OCSP_NOVERIFY) == 1;

	sk_X509_free(one);
	return is;
}

/* The hash that was signed: as of certificates, SHA-1 is for who takes weak ones. */
static bool is_strong(const OCSP_BASICRESP *basic, bool weak)
{
	const ASN1_OBJECT *alg;
	int hash = NID_undef, key = NID_undef;

	X509_ALGOR_get0(&alg, NULL, NULL, OCSP_resp_get0_tbs_sigalg(basic));
	if (OBJ_obj2nid(alg) == NID_ED25519 || OBJ_obj2nid(alg) == NID_ED448)
		return true;
	if (OBJ_find_sigid_algs(OBJ_obj2nid(alg), &hash, &key) != 1)
		return false;
	return (hash == NID_sha1 && weak) || hash == NID_sha224 ||
	       hash == NID_sha256 || hash == NID_sha384 || hash == NID_sha512;
}

/* Signed by who issued the certificate, or by whom that lets (RFC 6960, 4.2.2.2). */
static int judge_signer(const struct crypto_ocsp *q, OCSP_BASICRESP *basic,
			const struct crypto_trust *t, bool weak, struct err *err)
{
	X509 *signer = NULL;

	if (!is_strong(basic, weak))
		return err_set(err, -EAGAIN, "the signature of its answer is too weak");
	if (is_signed_by(basic, sk_X509_value(q->chain, 1)))
		return 0;
	if (OCSP_basic_verify(basic, q->chain, t->store, OCSP_NOEXPLICIT) != 1)
		return err_set(err, -EAGAIN, "nobody who may has signed its answer");
	if (OCSP_resp_get0_signer(basic, &signer, q->chain) != 1 ||
	    crypto_cert_strength(signer, weak, err))
		return err_set(err, -EAGAIN, "the certificate of its signer is too weak");
	return 0;
}

static int judge_basic(const struct crypto_ocsp *q, OCSP_BASICRESP *basic,
		       const struct crypto_trust *t, bool weak, struct err *err)
{
	int ret = judge_signer(q, basic, t, weak, err);

	return ret ? ret : judge_status(q, basic, err);
}

bool crypto_ocsp_is_answered(const struct crypto_ocsp *q)
{
	return q->answer;
}

int crypto_ocsp_judge(const struct crypto_ocsp *q, const struct crypto_trust *t,
		      bool weak, struct err *err)
{
	OCSP_BASICRESP *basic = NULL;
	int status, ret;

	if (!q->answer)
		return err_set(err, -EAGAIN, "%s", q->why);
	status = OCSP_response_status(q->answer);
	if (status != OCSP_RESPONSE_STATUS_SUCCESSFUL)
		return err_set(err, -EAGAIN, "it says: %s",
			       OCSP_response_status_str(status));
	basic = OCSP_response_get1_basic(q->answer);
	ret = basic ? judge_basic(q, basic, t, weak, err) :
		      err_set(err, -EAGAIN, "its answer cannot be read");
	OCSP_BASICRESP_free(basic);
	return crypto_lib_error(ret);
}
