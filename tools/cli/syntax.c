// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Compiling a command string into a position automaton (Glushkov): every token
 * is a position, and for each fragment of the string the sets of positions it
 * can begin and end with are known, so that joining two fragments only adds to
 * the follow sets. Matching then needs no backtracking.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cli/grammar.h"

struct fragment {
	uint64_t first;
	uint64_t last;
	bool nullable;
};

struct compiler {
	struct cli_form *form;
	const char *at;		/* in the command string */
	const char *help;	/* next line of the help text */
	const char *why;
	uint64_t direct;	/* positions at this bracket level, for $name */
};

static struct fragment alternatives(struct compiler *c, const char *close);

static void fail(struct compiler *c, const char *why)
{
	if (!c->why)
		c->why = why;
}

static char *copy(struct compiler *c, const char *text, size_t len)
{
	char *to = strndup(text, len);

	if (!to)
		fail(c, "out of memory");
	return to;
}

/* Every position of `from` may be followed by every position of `to`. */
static void follow(struct compiler *c, uint64_t from, uint64_t to)
{
	unsigned int i;

	for (i = 0; i < c->form->n; i++)
		if (from >> i & 1)
			c->form->follow[i] |= to;
}

static struct fragment join(struct compiler *c, struct fragment a,
			    struct fragment b)
{
	follow(c, a.last, b.first);
	return (struct fragment){
		.first = a.nullable ? a.first | b.first : a.first,
		.last = b.nullable ? a.last | b.last : b.last,
		.nullable = a.nullable && b.nullable,
	};
}

static char *next_help(struct compiler *c)
{
	const char *end = strchr(c->help, '\n');
	char *line;

	if (!end) {
		fail(c, "a token has no help");
		return NULL;
	}
	line = copy(c, c->help, end - c->help);
	c->help = end + 1;
	return line;
}

static bool parse_range(const char *text, struct cli_token *token)
{
	char *end;

	token->min = strtoul(text + 1, &end, 10);
	if (*end != '-')
		return false;
	token->max = strtoul(end + 1, &end, 10);
	return *end == ')' && token->min <= token->max;
}

static void classify(struct compiler *c, struct cli_token *token)
{
	size_t len = strlen(token->text);

	if (token->text[0] == '(') {
		token->kind = CLI_NUMBER;
		if (!parse_range(token->text, token))
			fail(c, "a range is malformed");
		return;
	}
	token->type = cli_type_find(token->text, len);
	token->kind = token->type ? CLI_VALUE : CLI_KEYWORD;
	if (!token->type && token->text[0] >= 'A' && token->text[0] <= 'Z')
		fail(c, "unknown value type");
}

static struct fragment token(struct compiler *c)
{
	struct cli_form *form = c->form;
	struct cli_token *tok = &form->token[form->n];
	size_t len = strcspn(c->at, " <>[]|$!");
	uint64_t bit;

	/* The three dots of a repetition are no part of the word. */
	if (len > 3 && !strncmp(c->at + len - 3, "...", 3))
		len -= 3;
	if (!len || form->n == CLI_TOKENS_MAX) {
		fail(c, len ? "too many tokens" : "a word is missing");
		return (struct fragment){ .nullable = true };
	}
	bit = 1ULL << form->n++;
	tok->whole = c->at[len - 1] == '=';
	tok->text = copy(c, c->at, len - tok->whole);
	tok->help = next_help(c);
	c->at += len;
	if (tok->text)
		classify(c, tok);
	c->direct |= bit;
	return (struct fragment){ .first = bit, .last = bit };
}

/* `$name` behind a token or a group. */
static void name_positions(struct compiler *c, uint64_t positions, bool group)
{
	struct cli_form *form = c->form;
	size_t len;
	unsigned int i;

	if (*c->at != '$')
		return;
	len = strcspn(++c->at, " <>[]|$.!");
	for (i = 0; i < form->n; i++) {
		struct cli_token *tok = &form->token[i];

		if (!(positions >> i & 1) || tok->name ||
		    (group && tok->kind != CLI_KEYWORD))
			continue;
		tok->name = copy(c, c->at, len);
	}
	c->at += len;
}

static bool skip(struct compiler *c, const char *text)
{
	size_t len = strlen(text);

	if (strncmp(c->at, text, len))
		return false;
	c->at += len;
	return true;
}

static struct fragment group(struct compiler *c, const char *close,
			     bool optional)
{
	uint64_t outside = c->direct;
	struct fragment f;

	c->direct = 0;
	f = alternatives(c, close);
	if (!skip(c, close))
		fail(c, "a bracket is not closed");
	name_positions(c, c->direct, true);
	c->direct |= outside;
	f.nullable |= optional;
	return f;
}

static struct fragment item(struct compiler *c)
{
	struct fragment f;

	if (skip(c, "<"))
		f = group(c, ">", false);
	else if (skip(c, "!["))
		f = group(c, "]", c->form->no);
	else if (skip(c, "["))
		f = group(c, "]", true);
	else {
		f = token(c);
		name_positions(c, f.first, false);
	}
	if (skip(c, "..."))
		follow(c, f.last, f.first);
	return f;
}

static struct fragment sequence(struct compiler *c, const char *close)
{
	struct fragment all = { .nullable = true };

	while (!c->why) {
		while (*c->at == ' ')
			c->at++;
		if (!*c->at || *c->at == '|' || *c->at == *close)
			break;
		all = join(c, all, item(c));
	}
	return all;
}

static struct fragment alternatives(struct compiler *c, const char *close)
{
	struct fragment all = sequence(c, close);

	while (!c->why && skip(c, "|")) {
		struct fragment one = sequence(c, close);

		all.first |= one.first;
		all.last |= one.last;
		all.nullable |= one.nullable;
	}
	return all;
}

/* `no` itself is a token of the second form; its help is always the same. */
static struct fragment no_token(struct compiler *c)
{
	struct cli_token *tok = &c->form->token[c->form->n++];

	tok->text = copy(c, "no", 2);
	tok->help = copy(c, "Negate a command or set its defaults", 36);
	return (struct fragment){ .first = 1, .last = 1 };
}

struct cli_form *cli_form_compile(const struct cli_command *command, bool no,
				  const char **why)
{
	struct compiler c = { .at = command->syntax, .help = command->help };
	struct fragment f = { .nullable = true };

	c.form = calloc(1, sizeof(*c.form));
	if (!c.form) {
		*why = "out of memory";
		return NULL;
	}
	c.form->command = command;
	c.form->no = no;
	if (skip(&c, "[no]") && no)
		f = no_token(&c);
	f = join(&c, f, sequence(&c, ""));
	if (*c.at)
		fail(&c, "text behind the end");
	if (*c.help)
		fail(&c, "more help than tokens");
	if (f.nullable)
		fail(&c, "the whole command is optional");
	c.form->first = f.first;
	c.form->last = f.last;
	*why = c.why;
	if (c.why) {
		cli_form_free(c.form);
		return NULL;
	}
	return c.form;
}

void cli_form_free(struct cli_form *form)
{
	unsigned int i;

	if (!form)
		return;
	for (i = 0; i < form->n; i++) {
		free(form->token[i].text);
		free(form->token[i].name);
		free(form->token[i].help);
	}
	free(form);
}

static const struct cli_form **compile_all(unsigned int *n)
{
	const struct cli_form **forms;
	const char *why;
	unsigned int i;
	int no;

	forms = calloc(2 * cli_n_commands, sizeof(*forms));
	*n = 0;
	for (i = 0; forms && i < 2 * cli_n_commands; i++) {
		no = i % 2;
		if (no && strncmp(cli_commands[i / 2].syntax, "[no]", 4))
			continue;
		/* A malformed row is caught by the unit test of the table. */
		forms[*n] = cli_form_compile(&cli_commands[i / 2], no, &why);
		if (forms[*n])
			(*n)++;
	}
	return forms;
}

/* Not for use by several threads at once before the first call has returned. */
const struct cli_form *const *cli_forms(unsigned int *n)
{
	static const struct cli_form **forms;
	static unsigned int n_forms;

	if (!forms)
		forms = compile_all(&n_forms);
	*n = forms ? n_forms : 0;
	return forms;
}
