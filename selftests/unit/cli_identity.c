// SPDX-License-Identifier: GPL-2.0-or-later
/* `crypto identity` and its names in text: one way to write each, nothing gets lost. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "selftests/unit/core_random.h"
#include "tools/cli/config.h"
#include "tools/cli/dn.h"
#include "tools/cli/model.h"

static struct cm_config *read_onto(const struct cm_config *cfg, const char *text)
{
	struct cm_config *out;

	assert_int_equal(cfg ? config_parse_onto(cfg, "text", text, strlen(text),
						 stderr, &out) :
			       config_parse("text", text, strlen(text), stderr, &out), 0);
	return out;
}

static void each_line_makes_a_difference(void **state)
{
	static const char base[] =
		"crypto pki trustpoint T\n ca-certificate /ca\n"
		"crypto pki trustpoint P\n pkcs12 /p password-file /w\n"
		"crypto identity A\n dn cn=a\n fqdn a\n"
		"crypto identity B\n"
		"crypto dynamic-map D 10\n identity A\n"
		"crypto ipsec profile P\n set identity A\n"
		"crypto map M 10 ipsec-isakmp\n identity A\n";
	static const char *const lines[] = {
		"crypto identity C", "no crypto identity B", "no crypto identity A",
		"crypto identity A\n dn cn=b", "crypto identity A\n no dn",
		"crypto identity A\n no fqdn", "crypto identity A\n fqdn b",
		"crypto identity A\n no dn\n dn o=a", "crypto identity A\n no fqdn\n fqdn b",
		"crypto map M 10\n identity B", "crypto map M 10\n no identity",
		"crypto dynamic-map D 10\n set identity B",
		"crypto ipsec profile P\n no set identity",
		"crypto ca permit-weak-crypto",
		"crypto pki trustpoint T\n crl /crl", "crypto pki trustpoint T\n pkcs12 /p",
		"crypto pki trustpoint P\n pkcs12 /p password-file /v",
	};
	struct cm_config *cfg = read_onto(NULL, base), *other;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		other = read_onto(cfg, lines[i]);
		if (cm_config_equal(cfg, other))
			fail_msg("no difference: %s", lines[i]);
		cm_config_free(other);
	}
	other = read_onto(cfg, base);
	assert_true(cm_config_equal(cfg, other));
	cm_config_free(other);
	cm_config_free(cfg);
}

/* @quoted: as it may be typed, else with a backslash before each character. */
static size_t type_value(const char *value, bool quoted, char *out)
{
	char *p = out;

	if (quoted)
		*p++ = '"';
	for (; *value; value++) {
		if (!quoted || strchr("\"\\", *value))
			*p++ = '\\';
		*p++ = *value;
	}
	if (quoted)
		*p++ = '"';
	*p = '\0';
	return p - out;
}

static void random_value(struct rng *rng, char *value)
{
	static const char chars[] = "ab ,\"\\=";
	size_t i, len = rng_below(rng, 12);

	for (i = 0; i < len; i++)
		value[i] = chars[rng_below(rng, sizeof(chars) - 1)];
	value[i++] = 'x';
	for (len = i + rng_below(rng, 3); i < len; i++)
		value[i] = ' ';
	value[i] = '\0';
}

static void values_survive(void **state)
{
	struct rng rng = { .state = 7 };
	unsigned int round;

	(void)state;
	for (round = 0; round < 2000; round++) {
		char a[16], b[16], typed[128], text[256], again[256];
		const char *at, *p = text;
		struct dn_part part;
		struct err err;
		size_t n;

		random_value(&rng, a);
		random_value(&rng, b);
		n = sprintf(typed, " CN = ");
		n += type_value(a, round & 1, typed + n);
		n += sprintf(typed + n, "\t,hostname=");
		type_value(b, round & 2, typed + n);
		assert_int_equal(dn_normalize(typed, text, sizeof(text), &at, &err), 0);
		assert_int_equal(dn_next(&p, &part, &err), 1);
		assert_string_equal(part.name, "cn");
		assert_string_equal(part.value, a);
		assert_int_equal(dn_next(&p, &part, &err), 1);
		assert_string_equal(part.name, "unstructuredname");
		assert_string_equal(part.oid, "1.2.840.113549.1.9.2");
		assert_string_equal(part.value, b);
		assert_int_equal(dn_next(&p, &part, &err), 0);
		assert_int_equal(dn_normalize(text, again, sizeof(again), &at, &err), 0);
		assert_string_equal(again, text);
	}
}

/* Any bytes: refused with a sentence, or written so that they are read the same. */
static void anything_typed(void **state)
{
	static const char chars[] = "cnou=, \"\\x";
	struct rng rng = { .state = 3 };
	unsigned int round, taken = 0;

	(void)state;
	for (round = 0; round < 200000; round++) {
		char typed[24], text[256], again[256];
		size_t i, len = rng_below(&rng, sizeof(typed));
		struct err err = { "" };
		const char *at;

		for (i = 0; i < len; i++)
			typed[i] = chars[rng_below(&rng, sizeof(chars) - 1)];
		typed[len] = '\0';
		if (dn_normalize(typed, text, sizeof(text), &at, &err)) {
			assert_true(err.text[0]);
			assert_true(at >= typed && at <= typed + len);
			continue;
		}
		taken++;
		assert_int_equal(dn_normalize(text, again, sizeof(again), &at, &err), 0);
		assert_string_equal(again, text);
	}
	assert_true(taken);
}

/* It is cut nowhere. */
static void too_long(void **state)
{
	char text[256], small[12];
	const char *at;
	struct err err;

	(void)state;
	assert_int_equal(dn_normalize("cn=abcdefgh", small, sizeof(small), &at, &err), 0);
	assert_string_equal(small, "cn=abcdefgh");
	assert_int_equal(dn_normalize("cn=abcdefghi", small, sizeof(small), &at, &err), -EINVAL);
	assert_string_equal(err.text, "a name has at most 11 characters");
	assert_int_equal(dn_normalize("", text, sizeof(text), &at, &err), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_line_makes_a_difference),
		cmocka_unit_test(values_survive),
		cmocka_unit_test(anything_typed),
		cmocka_unit_test(too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
