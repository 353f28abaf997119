// SPDX-License-Identifier: GPL-2.0-or-later
/* Parsing one line into a command and its arguments, or into an explanation. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cli/match.h"
#include "tools/lib/printable.h"

/* "expected des, 3des or aes", at most this many. */
#define EXPECTED_MAX 14

struct expectation {
	const char *word;	/* what was there instead, or NULL */
	enum cli_fit at_least;	/* only tokens that the word fits like this */
	char text[EXPECTED_MAX][64];
	unsigned int n;
	bool more;
	bool range;		/* a number was typed and only its range is wrong */
};

static bool is_number(const char *word)
{
	return word && *word && !word[strspn(word, "0123456789")];
}

static void describe(const struct cli_token *token, char *out, size_t size)
{
	if (token->kind == CLI_NUMBER)
		snprintf(out, size, "%u-%u", token->min, token->max);
	else if (token->kind == CLI_VALUE)
		snprintf(out, size, "%s", token->type->expected);
	else
		snprintf(out, size, "%s", token->text);
}

static void expect(void *arg, const struct cli_token *token)
{
	struct expectation *e = arg;
	struct cli_arg unused;
	char text[64];
	unsigned int i;

	if (e->at_least &&
	    cli_token_fit(token, e->word, &unused) < e->at_least)
		return;
	describe(token, text, sizeof(text));
	for (i = 0; i < e->n; i++)
		if (!strcmp(e->text[i], text))
			return;
	e->range |= token->kind == CLI_NUMBER && is_number(e->word);
	if (e->n == EXPECTED_MAX)
		e->more = true;
	else
		strcpy(e->text[e->n++], text);
}

static void append(char *out, size_t size, const char *text)
{
	size_t len = strlen(out);

	snprintf(out + len, size - len, "%s", text);
}

static void list_expected(const struct expectation *e, char *out, size_t size)
{
	unsigned int i;

	for (i = 0; i < e->n; i++) {
		if (i)
			append(out, size, i + 1 == e->n && !e->more ?
					  " or " : ", ");
		append(out, size, e->text[i]);
	}
	if (e->more)
		append(out, size, ", ...");
}

/* Says what would have been right at the word that was not. */
static void explain(const struct match *m, const char *word,
		    struct cli_result *r)
{
	struct expectation e = { .word = word };

	if (r->status == CLI_AMBIGUOUS)
		e.at_least = CLI_FIT_PREFIX;
	match_next(m, expect, &e);
	if (r->status == CLI_AMBIGUOUS)
		append(r->reason, sizeof(r->reason), "could be ");
	else if (e.range)
		append(r->reason, sizeof(r->reason),
		       "out of range; allowed: ");
	else if (e.n)
		append(r->reason, sizeof(r->reason), "expected ");
	else
		append(r->reason, sizeof(r->reason), "nothing may follow here");
	list_expected(&e, r->reason, sizeof(r->reason));
}

/* The text of a rest-of-line value: from its first word, trailing blanks off. */
static const char *rest_of_line(struct cli_result *r, unsigned int word)
{
	const char *from = r->words.line + r->words.column[word] - 1;
	size_t len = strlen(from);

	while (len && isspace((unsigned char)from[len - 1]))
		len--;
	memcpy(r->rest, from, len);
	r->rest[len] = '\0';
	return r->rest;
}

static void bind_words(struct cli_result *r, const struct match_thread *t)
{
	struct cli_args *args = &r->args;
	unsigned int i;

	args->no = t->form->no;
	for (i = 0; i < args->n; i++) {
		const struct cli_token *token = &t->form->token[t->path[i]];
		struct cli_arg *arg = &args->arg[i];

		arg->text = r->words.word[i];
		arg->column = r->words.column[i];
		if (token->type && token->type->rest)
			arg->text = rest_of_line(r, i);
		cli_token_fit(token, arg->text, arg);
		arg->name = token->name;
		arg->keyword = token->kind == CLI_KEYWORD;
		if (arg->keyword)
			arg->text = token->text;
	}
}

static const struct match_thread *complete_thread(const struct match *m)
{
	unsigned int i;

	for (i = 0; i < m->n; i++)
		if (m->thread[i].complete)
			return &m->thread[i];
	return NULL;
}

static void finish(const struct match *m, struct cli_result *r)
{
	const struct match_thread *t = complete_thread(m);

	if (!t) {
		r->status = CLI_INCOMPLETE;
		r->column = r->words.end;
		explain(m, NULL, r);
		return;
	}
	r->status = CLI_OK;
	r->command = t->form->command;
	r->args.n = m->words;
	bind_words(r, t);
}

/* The rest of a line is text: of more words than the one that was matched. */
static bool rest_is_text(struct cli_result *r, unsigned int word)
{
	unsigned int from = r->words.column[word] - 1;
	size_t good = printable_span(r->words.line + from);

	if (!r->words.line[from + good])
		return true;
	r->status = CLI_INVALID;
	r->column = from + good + 1;
	append(r->reason, sizeof(r->reason),
	       "expected text without control characters");
	return false;
}

static void match_line(struct match *m, struct cli_result *r)
{
	const struct cli_words *words = &r->words;
	bool rest = false;
	unsigned int i;

	for (i = 0; i < words->n && !rest; i++) {
		r->status = match_word(m, words->word[i], &rest);
		if (rest && !rest_is_text(r, i))
			return;
		if (r->status == CLI_OK)
			continue;
		r->column = words->column[i];
		explain(m, words->word[i], r);
		return;
	}
	finish(m, r);
}

static enum cli_status refuse_line(struct cli_result *r, const char *why)
{
	r->status = CLI_INVALID;
	r->column = 1;
	append(r->reason, sizeof(r->reason), why);
	return r->status;
}

enum cli_status cli_parse(enum cli_mode mode, const char *line,
			  struct cli_result *r)
{
	const char *begin = line + strspn(line, " \t\r\n");
	struct match m;

	memset(r, 0, sizeof(*r));
	if (!*begin || *begin == '!') {
		r->status = CLI_EMPTY;
		return r->status;
	}
	if (!cli_words_split(&r->words, line))
		return refuse_line(r, "a line has at most 1024 characters and 32 words");
	if (match_begin(&m, mode))
		return refuse_line(r, "out of memory");
	match_line(&m, r);
	match_end(&m);
	return r->status;
}

/* Does the word that was matched last stand for a secret in some command? */
static bool took_secret(const struct match *m)
{
	const struct cli_token *token;
	unsigned int i;

	for (i = 0; i < m->n; i++) {
		token = &m->thread[i].form->token[m->thread[i].path[m->words - 1]];
		if (token->type && token->type->secret)
			return true;
	}
	return false;
}

static void is_secret(void *arg, const struct cli_token *token)
{
	if (token->type && token->type->secret)
		*(bool *)arg = true;
}

/* A word that does not fit where a secret belongs is one, with a mistake. */
static bool wants_secret(const struct match *m)
{
	bool secret = false;

	match_next(m, is_secret, &secret);
	return secret;
}

bool cli_line_secret(enum cli_mode mode, const char *line)
{
	struct cli_words words;
	struct match m;
	bool rest = false, secret = false;
	unsigned int i;

	/* Without memory to look: better too careful. */
	if (!cli_words_split(&words, line) || match_begin(&m, mode))
		return true;
	for (i = 0; i < words.n && !rest && !secret; i++) {
		if (match_word(&m, words.word[i], &rest) != CLI_OK) {
			secret = wants_secret(&m);
			break;
		}
		secret = took_secret(&m);
	}
	match_end(&m);
	explicit_bzero(&words, sizeof(words));
	return secret;
}

/* The keyword that the word matched last stands for, in every thread. */
static const char *last_keyword(const struct match *m)
{
	const struct cli_token *token;

	token = &m->thread[0].form->token[m->thread[0].path[m->words - 1]];
	return token->kind == CLI_KEYWORD ? token->text : NULL;
}

enum cli_status cli_verb(enum cli_mode mode, const char *line,
			 const char **verb)
{
	enum cli_status status = CLI_EMPTY;
	struct cli_words words;
	struct match m;
	bool rest = false;
	unsigned int i;

	*verb = NULL;
	if (!cli_words_split(&words, line) || match_begin(&m, mode))
		return CLI_INVALID;
	for (i = 0; i < words.n && !rest; i++) {
		status = match_word(&m, words.word[i], &rest);
		*verb = status == CLI_OK ? last_keyword(&m) : NULL;
		if (!*verb || strcmp(*verb, "no"))
			break;
	}
	match_end(&m);
	explicit_bzero(&words, sizeof(words));
	return status;
}

void cli_result_wipe(struct cli_result *r)
{
	explicit_bzero(r, sizeof(*r));
}

void cli_caret(const char *line, unsigned int indent, unsigned int column,
	       FILE *out)
{
	size_t len = strlen(line);

	fprintf(out, "%*s", (int)indent, "");
	printable_pad(out, line, column - 1 < len ? column - 1 : len);
	fprintf(out, "^\n");
}

void cli_result_explain(const struct cli_result *r, const char *line,
			unsigned int indent, FILE *out)
{
	switch (r->status) {
	case CLI_INVALID:
		cli_caret(line, indent, r->column, out);
		fprintf(out, "%% Invalid input detected at '^' marker.\n");
		break;
	case CLI_AMBIGUOUS:
		fprintf(out, "%% Ambiguous command:  \"");
		printable_puts(out, line);
		fprintf(out, "\"\n");
		break;
	case CLI_INCOMPLETE:
		fprintf(out, "%% Incomplete command.\n");
		break;
	default:
		return;
	}
	fprintf(out, "%% %s\n", r->reason);
}

bool cli_has(const struct cli_args *args, const char *keyword)
{
	unsigned int i;

	for (i = 0; i < args->n; i++)
		if (args->arg[i].keyword && !strcmp(args->arg[i].text, keyword))
			return true;
	return false;
}

const struct cli_arg *cli_get(const struct cli_args *args, const char *name)
{
	unsigned int i;

	for (i = 0; i < args->n; i++)
		if (args->arg[i].name && !strcmp(args->arg[i].name, name))
			return &args->arg[i];
	return NULL;
}

const char *cli_text(const struct cli_args *args, const char *name)
{
	const struct cli_arg *arg = cli_get(args, name);

	return arg ? arg->text : NULL;
}

uint32_t cli_number(const struct cli_args *args, const char *name,
		    uint32_t fallback)
{
	const struct cli_arg *arg = cli_get(args, name);

	return arg ? arg->number : fallback;
}

struct addr cli_address(const struct cli_args *args, const char *name)
{
	const struct cli_arg *arg = cli_get(args, name);

	return arg ? arg->address : (struct addr){ 0 };
}
