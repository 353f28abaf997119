// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The matcher runs all commands of a mode in parallel. A word goes to the
 * tokens that it fits best: an exact keyword displaces a number, a number an
 * abbreviation, an abbreviation a free name. An abbreviation of two different
 * keywords is ambiguous at once, as on IOS.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cli/match.h"

int match_begin(struct match *m, enum cli_mode mode)
{
	const struct cli_form *const *forms;
	unsigned int i, n;

	memset(m, 0, sizeof(*m));
	forms = cli_forms(&n);
	if (!forms)
		return -ENOMEM;
	m->thread = calloc(n, sizeof(*m->thread));
	if (!m->thread)
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		if (!(forms[i]->command->modes >> mode & 1))
			continue;
		m->thread[m->n].form = forms[i];
		m->thread[m->n++].next = forms[i]->first;
	}
	return 0;
}

void match_end(struct match *m)
{
	free(m->thread);
	m->thread = NULL;
	m->n = 0;
}

void match_next(const struct match *m, match_token_fn *fn, void *arg)
{
	unsigned int i, pos;

	for (i = 0; i < m->n; i++)
		for (pos = 0; pos < m->thread[i].form->n; pos++)
			if (m->thread[i].next >> pos & 1)
				fn(arg, &m->thread[i].form->token[pos]);
}

bool match_may_end(const struct match *m)
{
	unsigned int i;

	for (i = 0; i < m->n; i++)
		if (m->thread[i].complete)
			return true;
	return false;
}

struct best {
	const char *word;
	enum cli_fit fit;
	const struct cli_token *token;	/* the first that fits so */
	bool ambiguous;
};

static void consider(void *arg, const struct cli_token *token)
{
	struct best *best = arg;
	struct cli_arg unused;
	enum cli_fit fit = cli_token_fit(token, best->word, &unused);

	if (fit > best->fit) {
		best->fit = fit;
		best->token = token;
		best->ambiguous = false;
	} else if (fit == best->fit && fit == CLI_FIT_PREFIX) {
		best->ambiguous |= strcmp(token->text, best->token->text) != 0;
	}
}

/* The position of the thread that takes the word, or -1. */
static int position(const struct match_thread *t, const char *word,
		    enum cli_fit fit)
{
	struct cli_arg unused;
	unsigned int pos;

	for (pos = 0; pos < t->form->n; pos++)
		if (t->next >> pos & 1 &&
		    cli_token_fit(&t->form->token[pos], word, &unused) == fit)
			return pos;
	return -1;
}

enum cli_status match_word(struct match *m, const char *word, bool *rest)
{
	struct best best = { .word = word };
	unsigned int i, kept = 0;
	int pos;

	match_next(m, consider, &best);
	if (best.fit == CLI_FIT_NONE)
		return CLI_INVALID;
	if (best.ambiguous)
		return CLI_AMBIGUOUS;
	for (i = 0; i < m->n; i++) {
		struct match_thread *t = &m->thread[i];

		pos = position(t, word, best.fit);
		if (pos < 0)
			continue;
		t->path[m->words] = pos;
		t->complete = t->form->last >> pos & 1;
		t->next = t->form->follow[pos];
		m->thread[kept++] = *t;
	}
	m->n = kept;
	m->words++;
	*rest = best.token->type && best.token->type->rest;
	return CLI_OK;
}
