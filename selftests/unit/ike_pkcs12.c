// SPDX-License-Identifier: GPL-2.0-or-later
/* Certificate, chain and key of a trustpoint out of one PKCS #12 file. */
#include "selftests/unit/ike_pki.h"

#define assert_contains(text, part)					\
	do {								\
		if (!strstr(text, part))				\
			fail_msg("\"%s\" is not in \"%s\"", part, text); \
	} while (0)

/* The authorities of the files are trusted. */
static const struct end left12 = {
	"ecdsa-sig", NULL, NULL, NULL, NULL, "dn", NULL, "left.p12", "password", NULL,
};
static const struct end right12 = {
	"ecdsa-sig", NULL, NULL, NULL, NULL, "dn", NULL, "right.p12", "password", NULL,
};

static void comes_up(const struct end *l, const struct end *r)
{
	unsigned int from;

	for (from = LEFT; from <= RIGHT; from++) {
		struct pair *p = meet(l, r);

		pair_up(p, from);
		assert_string_equal(pair_ike(p, LEFT)->remote_id, "O=Example, CN=right");
		assert_string_equal(pair_ike(p, RIGHT)->remote_id, "O=Example, CN=left");
		pair_free(p);
	}
}

static void files_that_do(void **state)
{
	struct end l = left12;

	(void)state;
	comes_up(&left12, &right12);
	/* beside the files in PEM */
	comes_up(&left, &right12);
	comes_up(&left12, &right);
	/* without password, and without authorities of its own */
	l.p12 = "left-open.p12";
	l.password = NULL;
	l.ca = "root.pem";
	comes_up(&l, &right12);
	l.crl = "crl.pem";
	comes_up(&l, &right12);
}

static void fails(const struct end *l, const struct end *r, unsigned int whose,
		  const char *why)
{
	struct pair *p = meet(l, r);

	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 3000);
	assert_contains(pair_record(p, whose, 1)->reason, why);
	assert_int_equal(pair_children(p, LEFT), 0);
	assert_int_equal(pair_children(p, RIGHT), 0);
	pair_free(p);
}

/* Which ca-certificate says, and if none does, the file: nobody else. */
static void whom_it_trusts(void **state)
{
	struct end l = left12;

	(void)state;
	l.ca = "rogue.pem";
	fails(&l, &right12, LEFT, "issuer");
	l.ca = NULL;
	l.p12 = "left-open.p12";
	l.password = NULL;
	fails(&l, &right12, LEFT, "no ca-certificate is configured");
	l = left12;
	l.crl = "revoked.pem";
	fails(&l, &right12, LEFT, "revoked");
}

static ssize_t read_p12(const char *name, uint8_t der[8192])
{
	char path[100];
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), PKI "/%s", name);
	fd = open(path, O_RDONLY);
	len = read(fd, der, 8192);
	assert_true(len > 0);
	close(fd);
	return len;
}

static struct crypto_trust *trust_of(const char *name, bool authorities)
{
	struct crypto_trust *t = crypto_trust_new();
	struct err err = { "" };
	uint8_t der[8192];
	ssize_t len = read_p12(name, der);

	if (crypto_trust_set_pkcs12(t, der, len, "Pass word 12", authorities, &err))
		fail_msg("%s: %s", name, err.text);
	return t;
}

static void has(struct crypto_trust *t, unsigned int certificates,
		unsigned int authorities, const char *subject)
{
	char name[100];
	unsigned int n;

	for (n = 0; crypto_trust_chain(t, n).len; n++)
		;
	assert_int_equal(n, certificates);
	for (n = 0; crypto_trust_authority(t, n).len; n++)
		;
	assert_int_equal(n, authorities);
	assert_string_equal(crypto_dn_format(crypto_trust_subject(t), name, sizeof(name)),
			    subject);
	crypto_trust_free(t);
}

/* Whoever is in between goes along, the root does not, and that alone is trusted, or else all authorities. */
static void what_is_taken(void **state)
{
	(void)state;
	has(trust_of("left.p12", true), 1, 1, "O=Example, CN=left");
	has(trust_of("left.p12", false), 1, 0, "O=Example, CN=left");
	has(trust_of("right.p12", true), 2, 1, "O=Example, CN=right");
	has(trust_of("left-more.p12", true), 3, 1, "O=Example, CN=left");
}

/* Beside those of other files. */
static void many_authorities(void **state)
{
	struct crypto_trust *t = crypto_trust_new();
	struct err err = { "" };
	uint8_t der[8192];
	char root[4096];
	ssize_t len;
	int i, fd = open(PKI "/root.pem", O_RDONLY);

	(void)state;
	len = read(fd, root, sizeof(root));
	close(fd);
	for (i = 0; i < 32; i++)
		assert_int_equal(crypto_trust_add_ca(t, root, len, &err), 0);
	len = read_p12("left.p12", der);
	assert_int_equal(crypto_trust_set_pkcs12(t, der, len, "Pass word 12", true, &err),
			 -E2BIG);
	assert_string_equal(err.text, "more than 32 authorities");
	crypto_trust_free(t);
}

static void files_that_do_not(void **state)
{
	static const struct {
		const char *p12;
		const char *password;
		const char *why;
	} cases[] = {
		{ "left.p12", "password.wrong", "left.p12: the password is wrong" },
		{ "left.p12", NULL, "left.p12: it needs a password: name its password-file" },
		{ "right.p12", "password.wrong", "right.p12: the password is wrong" },
		{ "left-open.p12", "password", "left-open.p12: the password is wrong" },
		{ "left-nokey.p12", "password", "left-nokey.p12: no private key in it" },
		{ "left-nocert.p12", "password", "no certificate of its key in it" },
		{ "left-many.p12", "password", "left-many.p12: more than 8 certificates" },
		{ "ed25519.p12", "password", "ed25519.p12: a key must be RSA with" },
		{ "none.p12", "password", "none.p12: No such file" },
		{ "left.p12", "none", "password-file /tmp" },
		{ "left.p12", "none", "none: No such file" },
		{ "left.p12", "left.pem", "left.pem: others may read it, mode 0644" },
		{ "left.pem", "password", "left.pem: others may read it, mode 0644" },
		{ "left.key", "password", "left.key: it is not PKCS #12, or broken" },
		{ "torn.p12", "password", "torn.p12: it is not PKCS #12, or broken" },
		{ "longer.p12", "password", "longer.p12: it is not PKCS #12, or broken" },
		{ "left.p12", "empty.key", "empty.key: no password in its first line" },
		{ "left.p12", "nul.key", "nul.key: it is no text" },
	};
	struct pair *p = meet(&left12, &right12);
	struct end l = left12;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct cm_config *cfg;
		struct err err = { "" };

		l.p12 = cases[i].p12;
		l.password = cases[i].password;
		cfg = pair_parse(config(LEFT, &l));
		assert_int_equal(engine_apply(p->host[LEFT].engine, cfg, NULL,
					      NULL, &err), -EINVAL);
		cm_config_free(cfg);
		assert_contains(err.text, "trustpoint T: ");
		assert_contains(err.text, cases[i].why);
		assert_null(strstr(err.text, "ass word"));
	}
	pair_up(p, LEFT);	/* as before */
	pair_free(p);
}

/* Another password-file is another trustpoint: it is read again, and found wrong. */
static void a_change_of_the_password_alone(void **state)
{
	struct pair *p = meet(&left12, &right12);
	struct end l = left12;

	(void)state;
	pair_up(p, LEFT);
	l.password = "password.other";
	pair_config(p, LEFT, config(LEFT, &l));
	assert_int_equal(pair_children(p, LEFT), 1);
	pair_free(p);
}

static void write_file(const char *name, const void *data, size_t len)
{
	char path[300];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_int_equal(write(fd, data, len), len);
	close(fd);
}

static int setup(void **state)
{
	uint8_t der[4096];
	int fd = open(PKI "/left.p12", O_RDONLY);
	ssize_t len = read(fd, der, sizeof(der));

	close(fd);
	if (pki_setup(state) || len < 1000)
		return -1;
	write_file("torn.p12", der, len - 1);
	der[len] = 0;
	write_file("longer.p12", der, len + 1);
	write_file("empty.key", "\nPass word 12\n", 14);
	write_file("nul.key", "Pass word 12\0\n", 14);
	write_file("password.other", "Pass word 12\r\nmore", 18);
	return 0;
}

static int teardown(void **state)
{
	static const char *const made[] = {
		"torn.p12", "longer.p12", "empty.key", "nul.key", "password.other",
	};
	char path[300];
	size_t i;

	for (i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, made[i]);
		unlink(path);
	}
	return pki_teardown(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_that_do),
		cmocka_unit_test(whom_it_trusts),
		cmocka_unit_test(what_is_taken),
		cmocka_unit_test(many_authorities),
		cmocka_unit_test(files_that_do_not),
		cmocka_unit_test(a_change_of_the_password_alone),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
