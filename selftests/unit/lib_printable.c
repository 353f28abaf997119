// SPDX-License-Identifier: GPL-2.0-or-later
/* What may go to a terminal, and what it looks like there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tools/lib/err.h"
#include "tools/lib/printable.h"

static const struct {
	const char *text, *shown;
	size_t width, span;
} samples[] = {
	{ "plain ~", "plain ~", 7, 7 },
	{ "a\x1b[2Jb", "a\\x1b[2Jb", 9, 1 },
	{ "\x7f", "\\x7f", 4, 0 },
	{ "tab\tline\n", "tab\tline\n", 9, 9 },
	{ "\r", "\\x0d", 4, 0 },
	/* UTF-8 is one column; its C1 is as bad as the bare one */
	{ "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f", 4, 6 },
	{ "\xe2\x82\xac\xf0\x9f\x94\x91", "\xe2\x82\xac\xf0\x9f\x94\x91", 2, 7 },
	{ "x\xc2\x9b" "2J", "x\\xc2\\x9b2J", 11, 1 },
	{ "\x9b" "2J", "\\x9b2J", 6, 0 },
	{ "\xc2\xa0", "\xc2\xa0", 1, 2 },
	/* a router of 1998 */
	{ "\xe9t\xe9", "\xe9t\xe9", 3, 3 },
	{ "\xe2\x82", "\xe2\\x82", 5, 1 },
	{ "\xf5\x9b\x9b\x9b", "\xf5\\x9b\\x9b\\x9b", 13, 1 },
};

static void control_characters_are_shown(void **state)
{
	size_t i, len;
	char *text;
	FILE *out;

	(void)state;
	for (i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		out = open_memstream(&text, &len);
		printable_puts(out, samples[i].text);
		fclose(out);
		assert_string_equal(text, samples[i].shown);
		assert_int_equal(printable_width(samples[i].text),
				 samples[i].width);
		assert_int_equal(printable_span(samples[i].text),
				 samples[i].span);
		assert_int_equal(printable_is_name(samples[i].text),
				 samples[i].span == strlen(samples[i].text) &&
				 samples[i].text != samples[3].text);
		free(text);
	}
}

static void blanks_are_as_wide(void **state)
{
	size_t len;
	char *text;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	printable_pad(out, "\ta\xc3\xbc\x1b", 5);
	fclose(out);
	assert_string_equal(text, "\t      ");
	free(text);
}

static void errors_are_shown(void **state)
{
	struct err err;
	size_t len;
	char *text;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	assert_int_equal(err_print(out, err_set(&err, -5, "no \x1b file"),
				   &err), -5);
	assert_int_equal(err_print(out, 0, &err), 0);
	fclose(out);
	assert_string_equal(text, "% no \\x1b file\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(control_characters_are_shown),
		cmocka_unit_test(blanks_are_as_wide),
		cmocka_unit_test(errors_are_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
