/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Matching words against all forms of a mode at once. Private to the parser. */
#ifndef CRYPTOMAP_TOOLS_CLI_MATCH_H
#define CRYPTOMAP_TOOLS_CLI_MATCH_H

#include "tools/cli/grammar.h"

/* One form that fits the words so far, and the token each word stands for. */
struct match_thread {
	const struct cli_form *form;
	uint64_t next;		/* positions that may come now */
	bool complete;		/* the command may end here */
	uint8_t path[CLI_ARGS_MAX];
};

struct match {
	struct match_thread *thread;
	unsigned int n;
	unsigned int words;	/* matched so far */
};

/* All forms of a mode, before the first word; -ENOMEM. */
int match_begin(struct match *m, enum cli_mode mode);
void match_end(struct match *m);

/*
 * Takes one more word. CLI_OK, or CLI_INVALID, CLI_AMBIGUOUS, and then the
 * threads are unchanged, so that what was expected can be told.
 * *rest is set when the word begins a rest-of-line value.
 */
enum cli_status match_word(struct match *m, const char *word, bool *rest);

/* Calls back for each token that may come next. */
typedef void match_token_fn(void *arg, const struct cli_token *token);
void match_next(const struct match *m, match_token_fn *fn, void *arg);
/* May the command end here? */
bool match_may_end(const struct match *m);

#endif
