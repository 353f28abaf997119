// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The command table itself: every row compiles, has help for every token and
 * can be reached, by full words and by abbreviations; and the notation.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "selftests/unit/core_random.h"
#include "tools/cli/grammar.h"

static void every_row_compiles(void **state)
{
	const char *why = NULL;
	unsigned int i;
	int no;

	(void)state;
	for (i = 0; i < cli_n_commands; i++)
		for (no = 0; no < 2; no++) {
			struct cli_form *form;

			form = cli_form_compile(&cli_commands[i], no, &why);
			if (!form)
				fail_msg("%s: %s", cli_commands[i].syntax, why);
			cli_form_free(form);
		}
}

static void every_token_has_help(void **state)
{
	const struct cli_form *const *forms;
	unsigned int i, j, n;

	(void)state;
	forms = cli_forms(&n);
	assert_true(n > cli_n_commands);
	for (i = 0; i < n; i++)
		for (j = 0; j < forms[i]->n; j++) {
			const struct cli_token *token = &forms[i]->token[j];
			size_t len = strlen(token->help);

			if (!len || token->help[len - 1] == '.' ||
			    token->help[0] == ' ' || len > 70)
				fail_msg("%s: help of %s: \"%s\"",
					 forms[i]->command->syntax,
					 token->text, token->help);
		}
}

static void every_row_has_one_handler(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < cli_n_commands; i++) {
		const struct cli_command *command = &cli_commands[i];

		assert_true(command->modes);
		assert_true(!command->config == (command->exec != CLI_EXEC_NONE));
	}
}

/* Every exec handler is used by some row. */
static void every_exec_command_is_in_the_table(void **state)
{
	unsigned int i, id;

	(void)state;
	for (id = 1; id < CLI_EXEC_COUNT; id++) {
		for (i = 0; i < cli_n_commands; i++)
			if (cli_commands[i].exec == id)
				break;
		if (i == cli_n_commands)
			fail_msg("exec command %u has no row", id);
	}
}

static void append_value(char *line, const struct cli_token *token,
			 struct rng *rng)
{
	static const struct { const char *type, *value; } values[] = {
		{ "A.B.C.D", "192.0.2.7" }, { "NAME", "x77" },
		{ "KEY", "k3y!" }, { "HOST", "h.example" },
		{ "IFNAME", "eth7" }, { "HEX", "a1b2" },
		{ "LINE", "some more text" }, { "FILE", "/tmp/f" },
		{ "TCPPORT", "telnet" }, { "UDPPORT", "4500" },
		{ "PROTOCOL", "icmp" }, { "PROTOCOL6", "icmp" },
		{ "X:X:X:X::X", "2001:db8::7" },
		{ "X:X:X:X::X/LEN", "2001:db8:7::/48" },
		{ "A.B.C.D/LEN", "192.0.2.0/24" },
		{ "A.B.C.D-A.B.C.D", "192.0.2.7-192.0.2.9" },
		{ "IN-PARENTHESES", "(inside)" },
	};
	size_t i, len = strlen(line);

	if (token->kind == CLI_NUMBER) {
		sprintf(line + len, "%u", token->min +
			(uint32_t)(rng_next(rng) %
				   (1ULL + token->max - token->min)));
		return;
	}
	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (!strcmp(token->text, values[i].type))
			break;
	assert_true(i < sizeof(values) / sizeof(values[0]));
	strcpy(line + len, values[i].value);
}

static unsigned int pick(uint64_t set, struct rng *rng)
{
	unsigned int n = rng_below(rng, __builtin_popcountll(set));

	while (n--)
		set &= set - 1;
	return __builtin_ctzll(set);
}

/* A random sentence of a form. */
static void sentence(const struct cli_form *form, char *line, struct rng *rng)
{
	unsigned int pos = pick(form->first, rng), words = 0;

	*line = '\0';
	for (;;) {
		const struct cli_token *token = &form->token[pos];

		if (token->kind == CLI_KEYWORD)
			strcat(line, token->text);
		else
			append_value(line, token, rng);
		strcat(line, " ");
		if (!form->follow[pos] || ++words > 24 ||
		    (form->last >> pos & 1 && rng_one_in(rng, 2)))
			break;
		pos = pick(form->follow[pos], rng);
	}
	/* Long repetitions may have been cut where no end is. */
	assert_true(form->last >> pos & 1 || words > 24);
}

static enum cli_mode a_mode(const struct cli_command *command)
{
	return __builtin_ctz(command->modes);
}

/* No row hides another: what a row generates runs that row's handler. */
static void every_form_is_reached(void **state)
{
	const struct cli_form *const *forms;
	struct rng rng = rng_start(1);
	struct cli_result r;
	char line[4096];
	unsigned int i, n, round;

	(void)state;
	forms = cli_forms(&n);
	for (i = 0; i < n; i++)
		for (round = 0; round < 40; round++) {
			sentence(forms[i], line, &rng);
			if (cli_parse(a_mode(forms[i]->command), line, &r) !=
			    CLI_OK)
				fail_msg("%s: %s", line, r.reason);
			assert_ptr_equal(r.command->config,
					 forms[i]->command->config);
			assert_int_equal(r.command->exec,
					 forms[i]->command->exec);
			assert_int_equal(r.args.no, forms[i]->no);
		}
}

/* What `?` offers in front of each word includes that word. */
static void help_knows_every_word(void **state)
{
	const struct cli_form *const *forms;
	struct rng rng = rng_start(2);
	struct cli_choices choices;
	char line[4096], *end;
	unsigned int i, n;

	(void)state;
	forms = cli_forms(&n);
	for (i = 0; i < n; i++) {
		sentence(forms[i], line, &rng);
		while ((end = strrchr(line, ' '))) {
			*end = '\0';
			assert_int_equal(cli_complete(
				a_mode(forms[i]->command), line, NULL,
				&choices), 0);
			if (choices.status != CLI_OK)
				fail_msg("%s?", line);
			cli_choices_free(&choices);
		}
	}
}

static enum cli_status parse(const char *line, struct cli_result *r)
{
	return cli_parse(CLI_MODE_CONFIG, line, r);
}

static uint32_t host_number(const struct cli_result *r, const char *name)
{
	struct addr a = cli_address(&r->args, name);

	return addr_to_v4(&a);
}

static void arguments_are_bound(void **state)
{
	struct cli_result r;

	(void)state;
	assert_int_equal(parse("  access-l 101 PERMIT udp 10.1.0.0 0.0.255.255 "
			       "eq isa host 10.2.0.1", &r), CLI_INVALID);
	assert_int_equal(r.column, 51);
	assert_int_equal(parse("  access-l 101 PERMIT udp 10.1.0.0 0.0.255.255 "
			       "eq isakmp host 10.2.0.1 range 7 echo", &r),
			 CLI_OK);
	assert_int_equal(cli_number(&r.args, "acl", 0), 101);
	assert_string_equal(cli_text(&r.args, "action"), "permit");
	assert_string_equal(cli_text(&r.args, "protocol"), "udp");
	assert_int_equal(host_number(&r, "saddr"), 0x0a010000);
	assert_int_equal(host_number(&r, "swild"), 0xffff);
	assert_string_equal(cli_text(&r.args, "sop"), "eq");
	assert_int_equal(cli_number(&r.args, "sport", 0), 500);
	assert_null(cli_get(&r.args, "sport2"));
	assert_int_equal(host_number(&r, "dhost"), 0x0a020001);
	assert_int_equal(cli_number(&r.args, "dport2", 0), 7);
	assert_int_equal(cli_get(&r.args, "dhost")->column, 63);
	assert_true(cli_has(&r.args, "host"));
	assert_false(cli_has(&r.args, "any"));
	assert_int_equal(cli_number(&r.args, "line", 4711), 4711);
}

/* The whole word wins over what it abbreviates. */
static void exact_words_win(void **state)
{
	struct cli_result r;

	(void)state;
	assert_int_equal(cli_parse(CLI_MODE_MAP, "set pfs group1", &r), CLI_OK);
	assert_string_equal(cli_text(&r.args, "group"), "group1");
	assert_int_equal(cli_parse(CLI_MODE_MAP, "set pfs group", &r),
			 CLI_AMBIGUOUS);
	assert_int_equal(cli_parse(CLI_MODE_ISAKMP, "hash sha", &r), CLI_OK);
	assert_string_equal(cli_text(&r.args, "hash"), "sha");
}

static void bounds_of_a_line(void **state)
{
	char line[CLI_LINE_MAX + 2];
	struct cli_result r;
	unsigned int i;

	(void)state;
	memset(line, 'a', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	assert_int_equal(parse(line, &r), CLI_INVALID);
	line[CLI_LINE_MAX] = '\0';
	assert_int_equal(parse(line, &r), CLI_INVALID);
	memcpy(line, "access-list 101 remark ", 23);
	assert_int_equal(parse(line, &r), CLI_OK);
	assert_int_equal(strlen(cli_text(&r.args, "remark")),
			 CLI_LINE_MAX - 23);
	for (i = 23; i < CLI_LINE_MAX; i += 2)
		line[i] = ' ';
	assert_int_equal(parse(line, &r), CLI_INVALID);
}

static void secrets_are_recognized(void **state)
{
	(void)state;
	assert_true(cli_line_secret(CLI_MODE_CONFIG, "cry isa key s3cret"));
	assert_true(cli_line_secret(CLI_MODE_CONFIG,
				    "crypto isakmp key 0 s3cret adress x"));
	assert_true(cli_line_secret(CLI_MODE_MAP,
				    "set ses in esp 256 au 0011 nonsense"));
	/* A key with a mistake in it is a key. */
	assert_true(cli_line_secret(CLI_MODE_MAP,
				    "set session-key inbound esp 256 cipher 0011x"));
	assert_true(cli_line_secret(CLI_MODE_CONFIG,
				    "crypto isakmp key s3cr\x7f" "et address 192.0.2.1"));
	assert_false(cli_line_secret(CLI_MODE_MAP, "set per 192.0.2.1"));
	assert_false(cli_line_secret(CLI_MODE_CONFIG,
				     "crypto isakmp keepalive 10"));
	assert_false(cli_line_secret(CLI_MODE_MAP, "description key 00"));
	assert_false(cli_line_secret(CLI_MODE_CONFIG, ""));
}

struct notation {
	const char *syntax;
	const char *help;
	const char *why;	/* NULL: it is fine */
};

static void malformed_rows_are_refused(void **state)
{
	static const struct notation rows[] = {
		{ "a <b|c> [d]", "1\n2\n3\n4\n", NULL },
		{ "a <b|c> [d]", "1\n2\n3\n", "a token has no help" },
		{ "a <b|c> [d]", "1\n2\n3\n4\n5\n", "more help than tokens" },
		{ "a <b|c", "1\n2\n3\n", "a bracket is not closed" },
		{ "a <b||c>", "1\n2\n3\n", NULL },
		{ "a b>", "1\n2\n", "a word is missing" },
		{ "a|b", "1\n2\n", "text behind the end" },
		{ "a (5-1)", "1\n2\n", "a range is malformed" },
		{ "a NONSENSE", "1\n2\n", "unknown value type" },
		{ "[a]", "1\n", "the whole command is optional" },
	};
	struct cli_command row = { .modes = 1 };
	struct cli_form *form;
	const char *why;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		row.syntax = rows[i].syntax;
		row.help = rows[i].help;
		form = cli_form_compile(&row, false, &why);
		if (rows[i].why)
			assert_string_equal(why, rows[i].why);
		else
			assert_non_null(form);
		cli_form_free(form);
	}
}

/* The manual page contains the table as it is. */
static void manual_is_current(void **state)
{
	static const char begin[] = ".\\\" reference: begin\n";
	static const char end[] = ".\\\" reference: end\n";
	char *page = calloc(1, 1 << 20), *text = NULL, *from, *to;
	FILE *in = fopen("tools/man/cryptomap-commands.5", "r"), *out;
	size_t len;

	(void)state;
	assert_non_null(in);
	assert_true(fread(page, 1, (1 << 20) - 1, in) > 0);
	fclose(in);
	out = open_memstream(&text, &len);
	cli_manual(out);
	fclose(out);
	from = strstr(page, begin);
	to = strstr(page, end);
	assert_true(from && to);
	*to = '\0';
	/* tools/man/update.sh brings it up to date */
	assert_string_equal(from + strlen(begin), text);
	free(text);
	free(page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_compiles),
		cmocka_unit_test(every_token_has_help),
		cmocka_unit_test(every_row_has_one_handler),
		cmocka_unit_test(every_exec_command_is_in_the_table),
		cmocka_unit_test(every_form_is_reached),
		cmocka_unit_test(help_knows_every_word),
		cmocka_unit_test(arguments_are_bound),
		cmocka_unit_test(exact_words_win),
		cmocka_unit_test(bounds_of_a_line),
		cmocka_unit_test(secrets_are_recognized),
		cmocka_unit_test(malformed_rows_are_refused),
		cmocka_unit_test(manual_is_current),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
