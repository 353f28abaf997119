// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Phase 1 with certificates (F-023): who is let in, who is not and why, what a change of
 * the trustpoints does.  The certificates are in selftests/unit/pki.
 */
#include "selftests/unit/ike_clients.h"
#include "selftests/unit/ike_pki.h"

#define assert_contains(text, part)					\
	do {								\
		if (!strstr(text, part))				\
			fail_msg("\"%s\" is not in \"%s\"", part, text); \
	} while (0)

static void comes_up(const struct end *l, const struct end *r,
		     unsigned int method, const char *l_name, const char *r_name)
{
	unsigned int from;

	for (from = LEFT; from <= RIGHT; from++) {
		struct pair *p = meet(l, r);

		pair_up(p, from);
		assert_int_equal(pair_ike(p, LEFT)->transform.auth, method);
		assert_string_equal(pair_ike(p, LEFT)->remote_id, r_name);
		assert_string_equal(pair_ike(p, RIGHT)->remote_id, l_name);
		pair_free(p);
	}
}

static void both_methods(void **state)
{
	struct end l = left, r = right;

	(void)state;
	comes_up(&l, &r, IKE_AUTH_ECDSA_256, "O=Example, CN=left",
		 "O=Example, CN=right");
	l.auth = r.auth = "rsa-sig";
	l.cert = "left-rsa.pem";
	l.key = "left-rsa.key";
	r.cert = "right-rsa.pem";
	r.key = "right-rsa.key";
	comes_up(&l, &r, IKE_AUTH_RSA_SIG, "O=Example, CN=left",
		 "O=Example, CN=right");
}

static void names(void **state)
{
	struct end l = left, r = right;

	(void)state;
	l.identity = "fqdn LEFT.example";
	r.identity = "user-fqdn right@example.net";
	comes_up(&l, &r, IKE_AUTH_ECDSA_256, "LEFT.example", "right@example.net");
	l.identity = "address";
	r.identity = "auto";
	comes_up(&l, &r, IKE_AUTH_ECDSA_256, "192.0.2.1", "O=Example, CN=right");
}

/* Right begins, and is not let in. */
static void refused_by_left(const struct end *l, const struct end *r,
			    const char *why)
{
	struct pair *p = meet(l, r);

	assert_int_equal(pair_packet(p, RIGHT), -EAGAIN);
	pair_run(p, 3000);
	assert_contains(pair_record(p, LEFT, 1)->reason, why);
	assert_int_equal(pair_children(p, LEFT), 0);
	pair_free(p);
}

/* An authority below the root may be the trusted one. */
static void trusted_in_between(void **state)
{
	struct end l = left;

	(void)state;
	l.ca = "between.pem";
	comes_up(&l, &right, IKE_AUTH_ECDSA_256, "O=Example, CN=left",
		 "O=Example, CN=right");
	l.crl = "crl.pem";
	comes_up(&l, &right, IKE_AUTH_ECDSA_256, "O=Example, CN=left",
		 "O=Example, CN=right");
	l.crl = "revoked.pem";
	refused_by_left(&l, &right, "revoked");
}

/* Left is not let in: right says why, and left hears of it. */
static void refused(const struct end *l, const struct end *r, const char *why,
		    unsigned int notify)
{
	struct pair *p = meet(l, r);
	const struct record *rec;

	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 3000);
	assert_int_equal(pair_children(p, RIGHT), 0);
	assert_null(pair_ike(p, RIGHT));
	rec = pair_record(p, RIGHT, 1);
	assert_int_equal(rec->result, RECORD_FAILED);
	assert_contains(rec->reason, why);
	assert_true(rec->nnotifies);
	assert_int_equal(rec->notify[rec->nnotifies - 1].type, notify);
	pair_run(p, 120000);
	assert_int_equal(pair_children(p, LEFT), 0);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE1_UP), 0);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PSK_MISMATCH), 0);
	pair_free(p);
}

static void not_trusted(void **state)
{
	struct end l = left, r = right;

	(void)state;
	l.cert = "false.pem";
	refused(&l, &r, "issuer", ISAKMP_NOTIFY_INVALID_CERTIFICATE);
	l.cert = "expired.pem";
	refused(&l, &r, "expired", ISAKMP_NOTIFY_INVALID_CERTIFICATE);
	l.cert = "encipher.pem";
	refused(&l, &r, "key usage", ISAKMP_NOTIFY_INVALID_CERTIFICATE);
	l = left;
	r.ca = NULL;
	refused(&l, &r, "no ca-certificate", ISAKMP_NOTIFY_INVALID_CERTIFICATE);
}

static void not_its_name(void **state)
{
	static const char *const others[] = {
		"fqdn right.example", "fqdn eft.example", "fqdn left.example.net",
		"user-fqdn right@example.net", "user-fqdn left.example@x", "key-id left",
	};
	struct end l = left;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		l.identity = others[i];
		refused(&l, &right, "does not name it",
			ISAKMP_NOTIFY_INVALID_ID_INFORMATION);
	}
}

/* Right has a list; left's has the certificate of right. */
static void revoked(void **state)
{
	struct end l = left, r = right;

	(void)state;
	l.crl = r.crl = "crl.pem";
	comes_up(&l, &r, IKE_AUTH_ECDSA_256, "O=Example, CN=left",
		 "O=Example, CN=right");
	l.crl = "revoked.pem";
	refused_by_left(&l, &r, "revoked");
}

/* It still says who is revoked, and no more who is not. */
static void a_list_that_has_expired(void **state)
{
	struct end l = left, r = right;

	(void)state;
	l.crl = "revoked-old.pem";
	refused_by_left(&l, &r, "revoked");
	l.auth = r.auth = "rsa-sig";
	l.cert = "left-rsa.pem";
	l.key = "left-rsa.key";
	r.cert = "right-rsa.pem";
	r.key = "right-rsa.key";
	refused_by_left(&l, &r, "CRL has expired");
	l.crl = "revoked.pem";
	comes_up(&l, &r, IKE_AUTH_RSA_SIG, "O=Example, CN=left",
		 "O=Example, CN=right");
}

/* More trustpoints than one; the first ones may have no list. */
static const char *trustpoints(const struct end *end, const char *cas)
{
	static char text[TEXT_MAX];

	text[0] = '\0';
	for (; *cas; cas++) {
		size_t n = strlen(text);

		snprintf(text + n, TEXT_MAX - n, "crypto pki trustpoint %c\n", *cas);
		add_file(text, "ca-certificate", end->ca);
	}
	return text;
}

static void revoked_by_one_of_several(void **state)
{
	struct end l = left;

	(void)state;
	l.more = trustpoints(&l, "U");
	l.crl = "revoked.pem";
	refused_by_left(&l, &right, "revoked");
	l.crl = "revoked-old.pem";
	refused_by_left(&l, &right, "revoked");
	l.crl = "crl.pem";
	comes_up(&l, &right, IKE_AUTH_ECDSA_256, "O=Example, CN=left",
		 "O=Example, CN=right");
}

/* --- how certificates are signed --------------------------------------------- */

#define WEAK	"crypto ca permit-weak-crypto\n"

/* Right trusts the old authority, by which left's certificate is. */
static void signed_so(const char *cert, const char *more, const char *why)
{
	struct end l = left, r = right;

	l.cert = cert;
	r.ca = "old.pem";
	r.more = more;
	if (why)
		refused(&l, &r, why, ISAKMP_NOTIFY_INVALID_CERTIFICATE);
	else
		comes_up(&l, &r, IKE_AUTH_ECDSA_256, "O=Example, CN=left",
			 "O=Example, CN=right");
}

static void weak_signatures(void **state)
{
	(void)state;
	signed_so("old-sha256.pem", "", NULL);
	signed_so("old-sha1.pem", "", "the signature of O=Example, CN=left is too weak (sha1)");
	signed_so("old-below.pem", "",
		  "the signature of O=Example, CN=old-between is too weak (sha1)");
	signed_so("old-md5.pem", "", "the signature of O=Example, CN=left is too weak (md5)");
	signed_so("old-sha1.pem", WEAK, NULL);
	signed_so("old-below.pem", WEAK, NULL);
	signed_so("old-md5.pem", WEAK, "the signature of O=Example, CN=left is too weak (md5)");
}

/* Taken back, what came up by it ends. */
static void weak_no_more(void **state)
{
	struct end l = left, r = right;
	struct pair *p;

	(void)state;
	l.cert = "old-sha1.pem";
	r.ca = "old.pem";
	r.more = WEAK;
	p = meet(&l, &r);
	pair_up(p, LEFT);
	r.more = NULL;
	pair_config(p, RIGHT, config(RIGHT, &r));
	assert_null(pair_ike(p, RIGHT));
	assert_int_equal(pair_children(p, RIGHT), 0);
	pair_free(p);
}

/* --- what an address says ---------------------------------------------------- */

/* Left is at .99 for right, with a certificate for .1, of which it tells. */
static void elsewhere(const char *more, bool let_in)
{
	struct end l = left, r = right;
	struct pair *p;

	l.identity = "address";
	l.more = r.more = more;
	p = meet(&l, &r);
	p->host[LEFT].addr.bytes[3] = 99;
	pair_behind_nat(&p->host[LEFT], 0xc0000201);
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 3000);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE1_UP), let_in);
	if (!let_in)
		assert_contains(pair_record(p, RIGHT, 1)->reason,
				"192.0.2.1, where it is not");
	pair_free(p);
}

static void an_address_and_where_it_is(void **state)
{
	(void)state;
	elsewhere(NULL, true);
	elsewhere("no crypto ipsec nat-transparency udp-encapsulation\n", false);
}

/* --- requests ------------------------------------------------------------------ */

static unsigned int requests;

static unsigned int count_requests(struct pair *p, struct packet *pkt, unsigned int n)
{
	struct isakmp_msg m;
	struct isakmp_err err;

	(void)p;
	(void)n;
	if (pkt->to == RIGHT && !isakmp_decode(&m, pkt->data, pkt->len, &err))
		requests += isakmp_count(&m, ISAKMP_PAYLOAD_CERT_REQ);
	return 1;
}

/* An authority is named once, however many trustpoints have it. */
static void asked_once(void **state)
{
	struct end l = left;
	struct pair *p;

	(void)state;
	l.more = trustpoints(&l, "UVW");
	p = meet(&l, &right);
	p->filter = count_requests;
	requests = 0;
	pair_up(p, LEFT);
	assert_int_equal(requests, 1);
	pair_free(p);
}

/* A trustpoint that works stays as it is when its files are gone or half written. */
static void files_in_the_making(void **state)
{
	struct pair *p = meet(&left, &right);
	struct err err = { "" };
	struct cm_config *cfg;
	char from[300], to[300];
	struct end r = right;

	(void)state;
	pair_up(p, LEFT);
	r.more = "hostname another\n";
	snprintf(from, sizeof(from), "%s/root.pem", dir);
	snprintf(to, sizeof(to), "%s/moved.pem", dir);
	assert_int_equal(rename(from, to), 0);
	cfg = pair_parse(config(RIGHT, &r));
	assert_int_equal(engine_apply(p->host[RIGHT].engine, cfg, NULL, NULL,
				      &err), -EINVAL);
	cm_config_free(cfg);
	assert_contains(err.text, "root.pem: No such file");
	assert_non_null(pair_ike(p, RIGHT));
	assert_int_equal(pair_children(p, RIGHT), 1);
	assert_int_equal(rename(to, from), 0);
	pair_config(p, RIGHT, config(RIGHT, &r));
	assert_int_equal(pair_children(p, RIGHT), 1);
	pair_free(p);
}

/* A key that comes or goes is nothing to who has a certificate. */
static void keys_come_and_go(void **state)
{
	struct pair *p = meet(&left, &right);
	struct end r = right;
	const struct ike_sa *sa;

	(void)state;
	pair_up(p, LEFT);
	sa = pair_ike(p, RIGHT);
	r.more = "crypto isakmp key Secret address 0.0.0.0\n";
	pair_config(p, RIGHT, config(RIGHT, &r));
	assert_ptr_equal(pair_ike(p, RIGHT), sa);
	pair_config(p, RIGHT, config(RIGHT, &right));
	assert_ptr_equal(pair_ike(p, RIGHT), sa);
	assert_int_equal(pair_packet(p, RIGHT), 0);
	pair_free(p);
}

/* The methods do not fit: that is seen before anything is shown. */
static void other_methods(void **state)
{
	struct end l = left, r = right;
	struct pair *p;

	(void)state;
	l.cert = "left-384.pem";
	l.key = "left-384.key";
	p = meet(&l, &r);
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 3000);
	assert_string_equal(pair_record(p, RIGHT, 1)->mismatch[0].attribute,
			    "authentication");
	assert_contains(pair_record(p, RIGHT, 1)->mismatch[0].offered, "ecdsa-384");
	assert_contains(pair_record(p, RIGHT, 1)->mismatch[0].configured, "ecdsa-256");
	pair_free(p);
	r.key = NULL;
	p = meet(&left, &r);
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 3000);
	assert_int_equal(pair_children(p, RIGHT), 0);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE1_UP), 0);
	pair_free(p);
}

/* Who has no key is offered certificates alone, and who has one, both. */
static void beside_keys(void **state)
{
	static const char key[] = "crypto isakmp policy 5\n"
		" encryption aes 256\n hash sha256\n group 19\n"
		"crypto isakmp key Secret address ";
	struct end l = left, r = right;
	char with_l[200], with_r[200];
	struct pair *p;

	(void)state;
	snprintf(with_l, sizeof(with_l), "%s" CFG_ADDR_RIGHT "\n", key);
	snprintf(with_r, sizeof(with_r), "%s203.0.113.9\n", key);
	l.more = with_l;
	r.more = with_r;
	comes_up(&l, &r, IKE_AUTH_ECDSA_256, "O=Example, CN=left",
		 "O=Example, CN=right");
	snprintf(with_r, sizeof(with_r), "%s" CFG_ADDR_LEFT "\n", key);
	p = meet(&l, &r);
	pair_up(p, LEFT);
	assert_int_equal(pair_ike(p, RIGHT)->transform.auth, IKE_AUTH_PSK);
	pair_free(p);
}

/* What left signs is not what right has seen. */
static unsigned int other_hash(struct pair *p, struct packet *pkt, unsigned int n)
{
	struct ike_sa *sa = pkt->to == RIGHT ? pair_ike(p, RIGHT) : NULL;

	(void)n;
	if (sa && sa->state == IKE_SENT_MM4 && sa->main->sai_b.len)
		sa->main->sai_b.data[sa->main->sai_b.len - 1] ^= 1;
	return 1;
}

static void wrong_signature(void **state)
{
	struct pair *p = meet(&left, &right);

	(void)state;
	p->filter = other_hash;
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 500);
	assert_contains(pair_record(p, RIGHT, 1)->reason,
			"the signature of O=Example, CN=left is wrong");
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE1_UP), 0);
	assert_int_equal(pair_children(p, RIGHT), 0);
	pair_free(p);
}

/* What is accepted by the new one, too, stays. */
static void trustpoint_changes(void **state)
{
	struct pair *p = meet(&left, &right);
	struct end r = right;
	const struct ike_sa *sa;

	(void)state;
	pair_up(p, LEFT);
	sa = pair_ike(p, RIGHT);
	r.crl = "crl.pem";
	pair_config(p, RIGHT, config(RIGHT, &r));
	assert_ptr_equal(pair_ike(p, RIGHT), sa);
	assert_int_equal(pair_children(p, RIGHT), 1);
	assert_int_equal(pair_packet(p, RIGHT), 0);
	r.crl = NULL;
	r.ca = "rogue.pem";
	pair_config(p, RIGHT, config(RIGHT, &r));
	assert_null(pair_ike(p, RIGHT));
	assert_int_equal(pair_children(p, RIGHT), 0);
	pair_settle(p);
	assert_int_equal(pair_children(p, LEFT), 0);
	pair_run(p, 60000);
	assert_int_equal(pair_children(p, RIGHT), 0);
	pair_free(p);
}

/* Revoked while it is up: by the other end's list, in whose chain it is. */
static void revoked_meanwhile(void **state)
{
	struct pair *p = meet(&left, &right);
	struct end l = left;

	(void)state;
	pair_up(p, LEFT);
	l.crl = "revoked.pem";
	pair_config(p, LEFT, config(LEFT, &l));
	assert_null(pair_ike(p, LEFT));
	assert_int_equal(pair_children(p, LEFT), 0);
	pair_free(p);
}

/* The pair has outlived its ISAKMP SA, whose certificate it remembers. */
static void revoked_later(void **state)
{
	struct pair *p = meet(&left, &right);
	struct end l = left;

	(void)state;
	pair_up(p, LEFT);
	v1_end_ike(pair_ike(p, LEFT), false, "test");
	l.crl = "crl.pem";
	pair_config(p, LEFT, config(LEFT, &l));
	assert_int_equal(pair_children(p, LEFT), 1);
	l.crl = "revoked.pem";
	pair_config(p, LEFT, config(LEFT, &l));
	assert_int_equal(pair_children(p, LEFT), 0);
	pair_free(p);
}

/*
 * With a key that others have, too, one may come from its port and call himself the
 * same: that ends nothing of it.
 */
static void its_name_without_certificate(void **state)
{
	static const char key[] = "crypto isakmp policy 5\n" POLICY_DEFAULT
		"crypto isakmp key Secret address ";
	char with_key[200], other[TEXT_MAX];
	struct end l = left, r = right;
	struct child_sa *its;
	struct pair *p;
	uint32_t spi;

	(void)state;
	snprintf(with_key, sizeof(with_key), "%s" CFG_ADDR_LEFT "\n", key);
	r.more = with_key;
	l.identity = "fqdn left.example";
	p = meet(&l, &r);
	pair_behind_nat(&p->host[LEFT], 0x0a090901);
	comes(p);
	its = list_entry(both_of(p)->children.next, struct child_sa, of_peer);
	spi = its->spi_in;
	vanishes(p);
	snprintf(other, sizeof(other), "%s" CFG_ADDR_RIGHT "\n"
		 "crypto isakmp identity fqdn left.example\n"
		 CFG_MAP(TS_DEFAULT, "", CFG_ADDR_RIGHT, CFG_LAN_LEFT, CFG_LAN_RIGHT),
		 key);
	arrives(p, other, 2, 40500, 44500);
	comes(p);
	pair_run(p, 10000);
	assert_non_null(child_sa_by_spi(both_of(p), IPPROTO_ESP, true, spi));
	pair_free(p);
}

static void files(void **state)
{
	static const struct {
		const char *cert;
		const char *key;
		const char *ca;
		const char *crl;
		const char *why;
	} cases[] = {
		{ "none", "left.key", "root.pem", NULL, "certificate /tmp" },
		{ "left.key", "left.key", "root.pem", NULL, "no certificate in it" },
		{ "left.pem", "right.key", "root.pem", NULL, "not the key of the certificate" },
		{ "left.pem", "left.pem", "root.pem", NULL, "others may read it, mode 0644" },
		{ "left.pem", "left.key", "left.pem", NULL, "not of a certification authority" },
		{ "left.pem", "left.key", "root.pem", "root.pem", "no revocation list" },
		{ "left.pem", "left.key", ".", NULL, "no regular file" },
		{ "left.pem", "left.key", "torn.pem", NULL, "certificate 1 is broken" },
		{ "left.pem", "locked.key", "root.pem", NULL, "needs a passphrase" },
	};
	struct pair *p = meet(&left, &right);
	struct end l = left;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct cm_config *cfg;
		struct err err = { "" };

		l.cert = cases[i].cert;
		l.key = cases[i].key;
		l.ca = cases[i].ca;
		l.crl = cases[i].crl;
		cfg = pair_parse(config(LEFT, &l));
		assert_int_equal(engine_apply(p->host[LEFT].engine, cfg, NULL,
					      NULL, &err), -EINVAL);
		cm_config_free(cfg);
		assert_contains(err.text, "trustpoint T: ");
		assert_contains(err.text, cases[i].why);
	}
	pair_up(p, LEFT);	/* as before */
	pair_free(p);
	/* a router that starts does so all the same */
	p = meet(&l, &right);
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 1000);
	assert_int_equal(pair_children(p, LEFT), 0);
	pair_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_methods),
		cmocka_unit_test(names),
		cmocka_unit_test(trusted_in_between),
		cmocka_unit_test(not_trusted),
		cmocka_unit_test(not_its_name),
		cmocka_unit_test(revoked),
		cmocka_unit_test(a_list_that_has_expired),
		cmocka_unit_test(revoked_by_one_of_several),
		cmocka_unit_test(weak_signatures),
		cmocka_unit_test(weak_no_more),
		cmocka_unit_test(an_address_and_where_it_is),
		cmocka_unit_test(asked_once),
		cmocka_unit_test(files_in_the_making),
		cmocka_unit_test(keys_come_and_go),
		cmocka_unit_test(other_methods),
		cmocka_unit_test(beside_keys),
		cmocka_unit_test(wrong_signature),
		cmocka_unit_test(trustpoint_changes),
		cmocka_unit_test(revoked_meanwhile),
		cmocka_unit_test(revoked_later),
		cmocka_unit_test(its_name_without_certificate),
		cmocka_unit_test(files),
	};

	return cmocka_run_group_tests(tests, pki_setup, pki_teardown);
}
