// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Questions about certificates (RFC 6960), answered over HTTP by a responder in a thread:
 * as it should, and in all ways that it should not.  What it says counts only if it is
 * signed by who may, of this time, and about what was asked.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "ike-daemon/crypto/ocsp.h"

/* A certificate and its key. */
struct holder {
	X509 *cert;
	EVP_PKEY *key;
};

static struct {
	struct holder root, leaf, plain, deputy, clerk, rogue, stranger;
	struct holder between, below;
	struct crypto_trust *trust, *partial;
	int fd;
	char url[64];
} world;

/* --- certificates ---------------------------------------------------------- */

static void extend(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *ext;

	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	assert_non_null(ext);
	assert_int_equal(X509_add_ext(cert, ext, -1), 1);
	X509_EXTENSION_free(ext);
}

/* @by NULL: itself; @nid that of basic constraints: an authority. */
static void issue(struct holder *h, const char *name, const struct holder *by,
		  int nid, const char *value)
{
	static long serial = 100;
	X509_NAME *subject = X509_NAME_new();
	bool ca;

	h->key = EVP_EC_gen("P-256");
	h->cert = X509_new();
	assert_true(h->key && h->cert && subject);
	X509_set_version(h->cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(h->cert), ++serial);
	X509_gmtime_adj(X509_getm_notBefore(h->cert), -100000);
	X509_gmtime_adj(X509_getm_notAfter(h->cert), 100000);
	X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
				   (const uint8_t *)name, -1, -1, 0);
	X509_set_subject_name(h->cert, subject);
	X509_set_issuer_name(h->cert, by ? X509_get_subject_name(by->cert) : subject);
	X509_set_pubkey(h->cert, h->key);
	ca = !by || nid == NID_basic_constraints;
	extend(h->cert, h->cert, NID_basic_constraints, ca ? "critical,CA:TRUE" : "CA:FALSE");
	extend(h->cert, h->cert, NID_key_usage, ca ? "keyCertSign,cRLSign" :
						     "digitalSignature");
	if (nid && nid != NID_basic_constraints)
		extend(h->cert, h->cert, nid, value);
	assert_true(X509_sign(h->cert, by ? by->key : h->key, EVP_sha256()) > 0);
	X509_NAME_free(subject);
}

static void dismiss(struct holder *h)
{
	X509_free(h->cert);
	EVP_PKEY_free(h->key);
}

static struct crypto_cert *shown(const struct holder *h)
{
	struct crypto_cert *c;
	struct crypto_chunk chunk;
	uint8_t *der = NULL;
	struct err err;
	int len = i2d_X509(h->cert, &der);

	assert_true(len > 0);
	chunk = CRYPTO_CHUNK(der, (size_t)len);
	assert_int_equal(crypto_cert_new(&chunk, 1, &c, &err), 0);
	OPENSSL_free(der);
	return c;
}

/* --- the responder --------------------------------------------------------- */

struct play {
	const struct holder *signer;	/* NULL: root */
	bool with_signer;		/* his certificate goes along */
	int status;
	long this, next;		/* seconds from now; @next 0: none */
	int response;			/* OCSP_RESPONSE_STATUS_* */
	bool other_cert;
	bool no_nonce, other_nonce;
	const char *raw;		/* that, whatever was asked */
	bool silent;
	const EVP_MD *hash;		/* NULL: SHA-256 */
	bool weak;			/* of us: take SHA-1 */
};

static OCSP_BASICRESP *basic_of(const struct play *p, OCSP_REQUEST *rq)
{
	const struct holder *signer = p->signer ?: &world.root;
	OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
	OCSP_CERTID *id = OCSP_onereq_get0_id(OCSP_request_onereq_get0(rq, 0));
	OCSP_CERTID *other = OCSP_cert_to_id(NULL, world.plain.cert, world.root.cert);
	ASN1_TIME *this = X509_gmtime_adj(NULL, p->this);
	ASN1_TIME *next = p->next ? X509_gmtime_adj(NULL, p->next) : NULL;
	ASN1_TIME *since = X509_gmtime_adj(NULL, -7200);

	OCSP_basic_add1_status(basic, p->other_cert ? other : id, p->status,
			       OCSP_REVOKED_STATUS_KEYCOMPROMISE, since, this, next);
	if (p->other_nonce)
		OCSP_basic_add1_nonce(basic, NULL, 16);
	else if (!p->no_nonce)
		OCSP_copy_nonce(basic, rq);
	OCSP_basic_sign(basic, signer->cert, signer->key, p->hash ?: EVP_sha256(), NULL,
			p->with_signer ? 0 : OCSP_NOCERTS);
	OCSP_CERTID_free(other);
	ASN1_TIME_free(this);
	ASN1_TIME_free(next);
	ASN1_TIME_free(since);
	return basic;
}

static void respond(int fd, const struct play *p, const uint8_t *body, size_t len)
{
	OCSP_REQUEST *rq = d2i_OCSP_REQUEST(NULL, &body, (long)len);
	OCSP_BASICRESP *basic = basic_of(p, rq);
	OCSP_RESPONSE *rs = OCSP_response_create(p->response, p->response ? NULL : basic);
	uint8_t *der = NULL;
	int n = i2d_OCSP_RESPONSE(rs, &der);

	dprintf(fd, "HTTP/1.0 200 OK\r\nContent-Type: application/ocsp-response\r\n"
		"Content-Length: %d\r\n\r\n", n);
	if (write(fd, der, n) != n)
		perror("write");
	OPENSSL_free(der);
	OCSP_RESPONSE_free(rs);
	OCSP_BASICRESP_free(basic);
	OCSP_REQUEST_free(rq);
}

/* All of a POST; where its body is. */
static size_t read_post(int fd, char *text, size_t size, char **body)
{
	size_t got = 0, want = 0;
	ssize_t n;

	*body = NULL;
	while (got < size - 1 && (n = read(fd, text + got, size - 1 - got)) > 0) {
		got += n;
		text[got] = '\0';
		*body = strstr(text, "\r\n\r\n");
		if (!*body)
			continue;
		*body += 4;
		want = strtoul(strstr(text, "Content-Length: ") + 16, NULL, 10);
		if (text + got - *body >= (ptrdiff_t)want)
			break;
	}
	return want;
}

static void *responder(void *arg)
{
	const struct play *p = arg;
	int fd = accept(world.fd, NULL, NULL);
	char text[4096], *body;
	size_t len = read_post(fd, text, sizeof(text), &body);

	if (p->silent)
		sleep(2);
	else if (p->raw)
		dprintf(fd, "%s", p->raw);
	else if (body)
		respond(fd, p, (const uint8_t *)body, len);
	close(fd);
	return NULL;
}

/* Ask about one that @trust covers, and judge; the reason in @err. */
static int ask_about(const struct holder *h, const struct crypto_trust *trust,
		     const struct play *p, struct err *err)
{
	struct crypto_cert *c = shown(h);
	struct crypto_ocsp *q;
	pthread_t thread;
	int ret;

	ret = crypto_ocsp_new(trust, c, world.url, true, &q, err);
	assert_int_equal(ret, 0);
	assert_non_null(q);
	assert_int_equal(pthread_create(&thread, NULL, responder, (void *)p), 0);
	crypto_ocsp_ask(q, 1);
	pthread_join(thread, NULL);
	ret = crypto_ocsp_judge(q, trust, p->weak, err);
	crypto_ocsp_free(q);
	crypto_cert_put(c);
	return ret;
}

static int ask(const struct play *p, struct err *err)
{
	return ask_about(&world.leaf, world.trust, p, err);
}

static void expect(const struct play *p, int code, const char *why)
{
	struct err err = { "" };

	assert_int_equal(ask(p, &err), code);
	if (!why)
		return;
	if (!strstr(err.text, why))
		fail_msg("\"%s\" does not say \"%s\"", err.text, why);
}

/* --- tests ----------------------------------------------------------------- */

static void what_it_says(void **state)
{
	(void)state;
	expect(&(struct play){ .next = 1000 }, 0, NULL);
	expect(&(struct play){ .next = 1000, .status = V_OCSP_CERTSTATUS_REVOKED },
	       -EKEYREVOKED, "certificate revoked: keyCompromise");
	expect(&(struct play){ .next = 1000, .status = V_OCSP_CERTSTATUS_UNKNOWN },
	       -EAGAIN, "does not know the certificate");
	expect(&(struct play){ .next = 1000, .other_cert = true }, -EAGAIN,
	       "another certificate");
	expect(&(struct play){ .response = OCSP_RESPONSE_STATUS_TRYLATER }, -EAGAIN,
	       "trylater");
}

static void when_it_says_so(void **state)
{
	(void)state;
	/* Clocks differ a little. */
	expect(&(struct play){ .this = 200, .next = 1000 }, 0, NULL);
	expect(&(struct play){ .this = -1000, .next = -200 }, 0, NULL);
	expect(&(struct play){ .this = 400, .next = 1000 }, -EAGAIN, "of this time");
	expect(&(struct play){ .this = -1000, .next = -400 }, -EAGAIN, "of this time");
	/* Without an end it is not one for long. */
	expect(&(struct play){ .this = -3000 }, 0, NULL);
	expect(&(struct play){ .this = -4000 }, -EAGAIN, "of this time");
	expect(&(struct play){ .this = -4000, .next = 1000 }, 0, NULL);
}

static void who_says_so(void **state)
{
	static const char *const nobody = "nobody who may has signed";

	(void)state;
	expect(&(struct play){ .next = 1000, .signer = &world.root, .with_signer = true },
	       0, NULL);
	expect(&(struct play){ .next = 1000, .signer = &world.deputy, .with_signer = true },
	       0, NULL);
	/* A certificate of the same authority that is for something else */
	expect(&(struct play){ .next = 1000, .signer = &world.clerk, .with_signer = true },
	       -EAGAIN, nobody);
	expect(&(struct play){ .next = 1000, .signer = &world.leaf, .with_signer = true },
	       -EAGAIN, nobody);
	/* Somebody whom it does not know, and who that has sent */
	expect(&(struct play){ .next = 1000, .signer = &world.rogue, .with_signer = true },
	       -EAGAIN, nobody);
	expect(&(struct play){ .next = 1000, .signer = &world.stranger, .with_signer = true },
	       -EAGAIN, nobody);
	expect(&(struct play){ .next = 1000, .signer = &world.rogue }, -EAGAIN, nobody);
}

/* Below an authority that is trusted without its root, of which there is no list. */
static void where_the_chain_ends(void **state)
{
	struct play p = { .next = 1000, .signer = &world.between };
	struct err err = { "" };

	(void)state;
	assert_int_equal(ask_about(&world.below, world.partial, &p, &err), 0);
	p.status = V_OCSP_CERTSTATUS_REVOKED;
	assert_int_equal(ask_about(&world.below, world.partial, &p, &err), -EKEYREVOKED);
	p.signer = &world.root;
	assert_int_equal(ask_about(&world.below, world.partial, &p, &err), -EAGAIN);
}

static void how_it_is_signed(void **state)
{
	struct play p = { .next = 1000, .hash = EVP_sha1() };

	(void)state;
	expect(&p, -EAGAIN, "too weak");
	p.weak = true;
	expect(&p, 0, NULL);
	p.hash = EVP_sha512();
	p.weak = false;
	expect(&p, 0, NULL);
}

/* Neither time nor question matter then. */
static void revoked_is_revoked(void **state)
{
	struct play p = {
		.this = -9000, .next = -8000, .status = V_OCSP_CERTSTATUS_REVOKED,
	};

	(void)state;
	expect(&p, -EKEYREVOKED, "revoked");
	p.other_nonce = true;
	expect(&p, -EKEYREVOKED, "revoked");
	p.signer = &world.rogue;
	p.with_signer = true;
	expect(&p, -EAGAIN, "nobody");
}

static void whom_it_tells(void **state)
{
	(void)state;
	expect(&(struct play){ .next = 1000, .no_nonce = true }, 0, NULL);
	expect(&(struct play){ .next = 1000, .other_nonce = true }, -EAGAIN, "nonce");
}

static void no_answers(void **state)
{
	static char much[70000];

	(void)state;
	expect(&(struct play){ .raw = "HTTP/1.0 404 Not Found\r\n\r\n" }, -EAGAIN, "");
	expect(&(struct play){ .raw = "HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n"
				      "Content-Length: 2\r\n\r\nhi" }, -EAGAIN, "");
	expect(&(struct play){ .raw = "HTTP/1.0 200 OK\r\nContent-Type: application/ocsp-response\r\n"
				      "Content-Length: 4\r\n\r\n0\002hi" }, -EAGAIN, "");
	expect(&(struct play){ .raw = "HTTP/1.0 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n" },
	       -EAGAIN, "");
	expect(&(struct play){ .raw = "SSH-2.0-x\r\n" }, -EAGAIN, "");
	expect(&(struct play){ .raw = "" }, -EAGAIN, "");
	expect(&(struct play){ .silent = true }, -EAGAIN, "");
	/* longer than any answer */
	snprintf(much, sizeof(much), "HTTP/1.0 200 OK\r\nContent-Type: application/ocsp-response\r\n"
		 "Content-Length: 66000\r\n\r\n0\x83\x01\x01\xcc%066000d", 0);
	expect(&(struct play){ .raw = much }, -EAGAIN, "");
}

static void nobody_there(void **state)
{
	struct crypto_cert *c = shown(&world.leaf);
	struct err err = { "" };
	struct crypto_ocsp *q;

	(void)state;
	assert_int_equal(crypto_ocsp_new(world.trust, c, "http://127.0.0.1:1/", true, &q,
					 &err), 0);
	crypto_ocsp_ask(q, 1);
	assert_int_equal(crypto_ocsp_judge(q, world.trust, false, &err), -EAGAIN);
	assert_true(err.text[0]);
	crypto_ocsp_free(q);
	crypto_cert_put(c);
}

static void whom_to_ask(void **state)
{
	struct crypto_cert *c = shown(&world.leaf);
	struct err err = { "" };
	struct crypto_ocsp *q;

	(void)state;
	assert_int_equal(crypto_ocsp_new(world.trust, c, NULL, true, &q, &err), 0);
	assert_string_equal(crypto_ocsp_url(q), "http://ocsp.example/status");
	crypto_ocsp_free(q);
	assert_int_equal(crypto_ocsp_new(world.trust, c, "http://a/", true, &q, &err), 0);
	assert_string_equal(crypto_ocsp_url(q), "http://a/");
	crypto_ocsp_free(q);
	crypto_cert_put(c);
	/* It names none, or none that is asked without TLS. */
	c = shown(&world.plain);
	assert_int_equal(crypto_ocsp_new(world.trust, c, NULL, true, &q, &err), -ENOENT);
	assert_null(q);
	crypto_cert_put(c);
	/* What is not covered is not asked about. */
	c = shown(&world.stranger);
	assert_int_equal(crypto_ocsp_new(world.trust, c, "http://a/", true, &q, &err),
			 -EACCES);
	assert_null(q);
	crypto_cert_put(c);
}

/* --- set-up ---------------------------------------------------------------- */

static struct crypto_trust *trust_in(X509 *ca)
{
	struct crypto_trust *t = crypto_trust_new();
	BIO *pem = BIO_new(BIO_s_mem());
	struct err err = { "" };
	char *text;
	long len;

	PEM_write_bio_X509(pem, ca);
	len = BIO_get_mem_data(pem, &text);
	assert_int_equal(crypto_trust_add_ca(t, text, len, &err), 0);
	BIO_free(pem);
	return t;
}

/* Its list, on which nobody is. */
static void add_list(struct crypto_trust *t, const struct holder *ca)
{
	BIO *pem = BIO_new(BIO_s_mem());
	X509_CRL *crl = X509_CRL_new();
	ASN1_TIME *now = X509_gmtime_adj(NULL, -100), *next = X509_gmtime_adj(NULL, 10000);
	struct err err = { "" };
	char *text;
	long len;

	X509_CRL_set_version(crl, 1);
	X509_CRL_set_issuer_name(crl, X509_get_subject_name(ca->cert));
	X509_CRL_set1_lastUpdate(crl, now);
	X509_CRL_set1_nextUpdate(crl, next);
	assert_true(X509_CRL_sign(crl, ca->key, EVP_sha256()) > 0);
	PEM_write_bio_X509_CRL(pem, crl);
	len = BIO_get_mem_data(pem, &text);
	assert_int_equal(crypto_trust_add_crl(t, text, len, &err), 0);
	ASN1_TIME_free(now);
	ASN1_TIME_free(next);
	X509_CRL_free(crl);
	BIO_free(pem);
}

static void listen_on(void)
{
	struct sockaddr_in sin = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(sin);

	world.fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(world.fd, (struct sockaddr *)&sin, len), 0);
	assert_int_equal(listen(world.fd, 1), 0);
	assert_int_equal(getsockname(world.fd, (struct sockaddr *)&sin, &len), 0);
	snprintf(world.url, sizeof(world.url), "http://127.0.0.1:%u/status",
		 ntohs(sin.sin_port));
}

static int begin(void **state)
{
	struct err err;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	if (crypto_init(&err))
		return -1;
	issue(&world.root, "root", NULL, 0, NULL);
	issue(&world.rogue, "root", NULL, 0, NULL);
	issue(&world.leaf, "leaf", &world.root, NID_info_access,
	      "OCSP;URI:https://ocsp.example/tls,OCSP;URI:http://ocsp.example/status");
	issue(&world.plain, "plain", &world.root, NID_info_access,
	      "OCSP;URI:https://ocsp.example/tls");
	issue(&world.deputy, "deputy", &world.root, NID_ext_key_usage, "OCSPSigning");
	issue(&world.clerk, "clerk", &world.root, NID_ext_key_usage, "serverAuth");
	issue(&world.stranger, "stranger", &world.rogue, NID_ext_key_usage, "OCSPSigning");
	issue(&world.between, "between", &world.root, NID_basic_constraints, NULL);
	issue(&world.below, "below", &world.between, 0, NULL);
	world.trust = trust_in(world.root.cert);
	world.partial = trust_in(world.between.cert);
	add_list(world.partial, &world.between);
	listen_on();
	return 0;
}

static int end(void **state)
{
	struct holder *const all[] = {
		&world.root, &world.leaf, &world.plain, &world.deputy, &world.clerk,
		&world.rogue, &world.stranger, &world.between, &world.below,
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		dismiss(all[i]);
	crypto_trust_free(world.trust);
	crypto_trust_free(world.partial);
	close(world.fd);
	crypto_exit();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_says),
		cmocka_unit_test(when_it_says_so),
		cmocka_unit_test(who_says_so),
		cmocka_unit_test(where_the_chain_ends),
		cmocka_unit_test(how_it_is_signed),
		cmocka_unit_test(revoked_is_revoked),
		cmocka_unit_test(whom_it_tells),
		cmocka_unit_test(no_answers),
		cmocka_unit_test(nobody_there),
		cmocka_unit_test(whom_to_ask),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
