// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzz target: what a responder of OCSP answers, behind HTTP.  The first byte says what is
 * put around the input: nothing, the envelope of a response, or the signature, too, of who
 * may say so, so that what is signed is read.  Its keys are always the same.
 */
#include <errno.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "ike-daemon/crypto/ocsp.h"
#include "selftests/fuzz/fuzz.h"

#define DER_MAX	32768

BIO *__wrap_OSSL_HTTP_transfer(void);

static struct {
	EVP_PKEY *key, *below;		/* of the authority, and of who is asked about */
	X509 *ca, *leaf;
	struct crypto_trust *trust;
	struct crypto_cert *cert;
	uint8_t answer[DER_MAX];
	size_t answer_len;
} world;

/* --- a server that says the input --------------------------------------------- */

BIO *__wrap_OSSL_HTTP_transfer(void)
{
	BIO *b = BIO_new(BIO_s_mem());

	BIO_set_mem_eof_return(b, 0);
	if (world.answer_len)
		BIO_write(b, world.answer, (int)world.answer_len);
	return b;
}

/* --- who there is --------------------------------------------------------------- */

static EVP_PKEY *key_of(uint8_t n)
{
	uint8_t bytes[32] = { n };

	return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, bytes,
					    sizeof(bytes));
}

static X509 *certificate(const char *name, EVP_PKEY *key, X509 *ca, EVP_PKEY *by)
{
	X509 *cert = X509_new();
	X509_NAME *subject = X509_NAME_new();
	X509_EXTENSION *ext;

	X509_set_version(cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), ca ? 2 : 1);
	X509_gmtime_adj(X509_getm_notBefore(cert), -100000);
	X509_gmtime_adj(X509_getm_notAfter(cert), 100000);
	X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
				   (const uint8_t *)name, -1, -1, 0);
	X509_set_subject_name(cert, subject);
	X509_set_issuer_name(cert, ca ? X509_get_subject_name(ca) : subject);
	X509_set_pubkey(cert, key);
	ext = X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints,
				  ca ? "CA:FALSE" : "critical,CA:TRUE");
	X509_add_ext(cert, ext, -1);
	X509_EXTENSION_free(ext);
	X509_NAME_free(subject);
	CHECK(X509_sign(cert, by, NULL) > 0);
	return cert;
}

static void begin(void)
{
	BIO *pem = BIO_new(BIO_s_mem());
	struct err err = { "" };
	struct crypto_chunk chunk;
	uint8_t *der = NULL;
	char *text;
	long len;

	CHECK(!crypto_init(&err));
	world.key = key_of(1);
	world.below = key_of(2);
	world.ca = certificate("root", world.key, NULL, world.key);
	world.leaf = certificate("leaf", world.below, world.ca, world.key);
	world.trust = crypto_trust_new();
	PEM_write_bio_X509(pem, world.ca);
	len = BIO_get_mem_data(pem, &text);
	CHECK(!crypto_trust_add_ca(world.trust, text, (size_t)len, &err));
	BIO_free(pem);
	len = i2d_X509(world.leaf, &der);
	CHECK(len > 0);
	chunk = CRYPTO_CHUNK(der, (size_t)len);
	CHECK(!crypto_cert_new(&chunk, 1, &world.cert, &err));
	OPENSSL_free(der);
}

static void finish(void)
{
	crypto_cert_put(world.cert);
	crypto_trust_free(world.trust);
	X509_free(world.ca);
	X509_free(world.leaf);
	EVP_PKEY_free(world.key);
	EVP_PKEY_free(world.below);
	memset(&world, 0, sizeof(world));
}

/* --- what is put around the input ----------------------------------------------- */

/* @tag and length in front of what is in world.answer from @at on. */
static void wrap(size_t at, uint8_t tag)
{
	size_t len = world.answer_len - at;
	const uint8_t head[] = { tag, 0x82, (uint8_t)(len >> 8), (uint8_t)len };

	memmove(world.answer + at + sizeof(head), world.answer + at, len);
	memcpy(world.answer + at, head, sizeof(head));
	world.answer_len += sizeof(head);
}

static void add(const void *bytes, size_t len)
{
	CHECK(world.answer_len + len <= sizeof(world.answer));
	memcpy(world.answer + world.answer_len, bytes, len);
	world.answer_len += len;
}

/* Input to BasicOCSPResponse: algorithm Ed25519, and the signature (RFC 6960, 4.2.1). */
static void sign(void)
{
	static const uint8_t alg[] = { 0x30, 5, 6, 3, 0x2b, 0x65, 0x70 };
	static const uint8_t bits[] = { 3, 65, 0 };
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t signature[64];
	size_t len = sizeof(signature);

	CHECK(EVP_DigestSignInit(ctx, NULL, NULL, NULL, world.key) == 1 &&
	      EVP_DigestSign(ctx, signature, &len, world.answer,
			     world.answer_len) == 1);
	EVP_MD_CTX_free(ctx);
	add(alg, sizeof(alg));
	add(bits, sizeof(bits));
	add(signature, sizeof(signature));
	wrap(0, 0x30);
}

/* BasicOCSPResponse to OCSPResponse: successful, of that type. */
static void envelop(void)
{
	static const uint8_t type[] = {
		6, 9, 0x2b, 6, 1, 5, 5, 7, 0x30, 1, 1,
	};
	static const uint8_t status[] = { 10, 1, 0 };

	wrap(0, 0x04);
	memmove(world.answer + sizeof(type), world.answer, world.answer_len);
	memcpy(world.answer, type, sizeof(type));
	world.answer_len += sizeof(type);
	wrap(0, 0x30);
	wrap(0, 0xa0);
	memmove(world.answer + sizeof(status), world.answer, world.answer_len);
	memcpy(world.answer, status, sizeof(status));
	world.answer_len += sizeof(status);
	wrap(0, 0x30);
}

/* --- the target ------------------------------------------------------------------- */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct input in = { data, len };
	uint8_t how = input_byte(&in);
	struct err err = { "" };
	struct crypto_ocsp *q;
	int ret;

	if (in.len > DER_MAX / 2)
		return 0;
	if (!world.trust) {
		begin();
		atexit(finish);
	}
	memcpy(world.answer, in.data, in.len);
	world.answer_len = in.len;
	if (how & 1)
		sign();
	if (how & 2)
		envelop();
	CHECK(!crypto_ocsp_new(world.trust, world.cert, "http://192.0.2.1/",
			       how & 4, &q, &err) && q);
	crypto_ocsp_ask(q, 1);
	ret = crypto_ocsp_judge(q, world.trust, how & 8, &err);
	/* Nobody's word without a signature; a reason for all that is not good. */
	CHECK(how & 1 || ret == -EAGAIN);
	CHECK(!ret || ret == -EAGAIN || ret == -EKEYREVOKED);
	CHECK(!ret || err.text[0]);
	crypto_ocsp_free(q);
	return 0;
}
