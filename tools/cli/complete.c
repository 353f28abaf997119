// SPDX-License-Identifier: GPL-2.0-or-later
/* What may come next: `?`, TAB, and the shell's programmable completion. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tools/cli/match.h"
#include "tools/cli/model.h"

struct collector {
	struct cli_choices *choices;
	const struct cm_config *cfg;
	const char *typed;
	bool no_memory;
};

static void add(struct collector *c, const char *text, const char *help,
		bool keyword)
{
	struct cli_choices *all = c->choices;
	struct cli_choice *grown;
	unsigned int i;

	for (i = 0; i < all->n; i++)
		if (!strcmp(all->choice[i].text, text) &&
		    all->choice[i].keyword == keyword)
			return;
	grown = reallocarray(all->choice, all->n + 1, sizeof(*grown));
	if (!grown) {
		c->no_memory = true;
		return;
	}
	all->choice = grown;
	grown += all->n++;
	memset(grown, 0, sizeof(*grown));
	snprintf(grown->text, sizeof(grown->text), "%s", text);
	grown->help = help;
	grown->keyword = keyword;
}

static bool begins(const char *word, const char *typed)
{
	return !strncasecmp(word, typed, strlen(typed));
}

static void add_word(struct collector *c, const char *word, const char *help)
{
	if (begins(word, c->typed))
		add(c, word, help, true);
}

/* Names of the objects that a value of this name refers to. */
static void add_defined(struct collector *c, const char *name)
{
	const struct cm_config *cfg = c->cfg;
	size_t i;

	if (!cfg || !name)
		return;
	if (!strcmp(name, "acl"))
		for (i = 0; i < cfg->n_acls; i++)
			add_word(c, cfg->acls[i].name,
				 cfg->acls[i].family == AF_INET6 ?
				 "IPv6 access list" : "Access list");
	else if (!strcmp(name, "transform"))
		for (i = 0; i < cfg->n_transforms; i++)
			add_word(c, cfg->transforms[i].name, "Transform set");
	else if (!strcmp(name, "map"))
		for (i = 0; i < cfg->n_maps; i++)
			add_word(c, cfg->maps[i].name, "Crypto map");
	else if (!strcmp(name, "dynamic"))
		for (i = 0; i < cfg->n_dynamics; i++)
			add_word(c, cfg->dynamics[i].name, "Dynamic crypto map");
	else if (!strcmp(name, "profile"))
		for (i = 0; i < cfg->n_profiles; i++)
			add_word(c, cfg->profiles[i].name, "IPsec profile");
	else if (!strcmp(name, "identity"))
		for (i = 0; i < cfg->n_peer_identities; i++)
			add_word(c, cfg->peer_identities[i].name,
				 "Identity of peers");
	else if (!strcmp(name, "keyring"))
		for (i = 0; i < cfg->n_keyrings; i++)
			add_word(c, cfg->keyrings[i].name, "Keyring");
	else if (!strcmp(name, "iprofile"))
		for (i = 0; i < cfg->n_isakmp_profiles; i++)
			add_word(c, cfg->isakmp_profiles[i].name,
				 "ISAKMP profile");
	else if (!strcmp(name, "autokey"))
		for (i = 0; i < cfg->n_autokey_maps; i++)
			add_word(c, cfg->autokey_maps[i].name, "Autokey map");
	else if (!strcmp(name, "ike"))
		for (i = 0; i < cfg->n_ike_policies; i++)
			add_word(c, cfg->ike_policies[i].name, "IKE policy");
	else if (!strcmp(name, "pool"))
		for (i = 0; i < cfg->n_pools; i++)
			add_word(c, cfg->pools[i].name, "Pool of addresses");
	else if (!strcmp(name, "ezvpn"))
		for (i = 0; i < cfg->n_ezvpns; i++)
			add_word(c, cfg->ezvpns[i].name, "Client of remote access");
	else if (!strcmp(name, "interface"))
		for (i = 0; i < cfg->n_interfaces; i++)
			add_word(c, cfg->interfaces[i].name, "Interface");
}

static void collect(void *arg, const struct cli_token *token)
{
	struct collector *c = arg;
	const struct cli_word *word;
	struct cli_arg unused;
	char label[64];

	if (token->kind == CLI_KEYWORD) {
		add_word(c, token->text, token->help);
		return;
	}
	if (token->kind == CLI_VALUE) {
		for (word = token->type->words; word && word->word; word++)
			add_word(c, word->word, token->help);
		add_defined(c, token->name);
	}
	/* A value typed so far is shown if it fits, or nothing was typed. */
	if (*c->typed && !cli_token_fit(token, c->typed, &unused))
		return;
	cli_token_label(token, label, sizeof(label));
	add(c, label, token->help, false);
}

/* Keywords by name, then values, each in the order of the alphabet. */
static int compare(const void *a, const void *b)
{
	const struct cli_choice *x = a, *y = b;

	if (x->keyword != y->keyword)
		return x->keyword ? -1 : 1;
	return strverscmp(x->text, y->text);	/* 2 before 14 */
}

static int gather(struct match *m, const struct cm_config *cfg,
		  const char *typed, struct cli_choices *choices)
{
	struct collector c = {
		.choices = choices, .cfg = cfg, .typed = typed,
	};

	choices->typed = strlen(typed);
	match_next(m, collect, &c);
	if (choices->n)
		qsort(choices->choice, choices->n, sizeof(*choices->choice),
		      compare);
	if (!*typed && match_may_end(m)) {
		add(&c, "<cr>", "", false);
		if (!c.no_memory)
			choices->choice[choices->n - 1].end = true;
	}
	return c.no_memory ? -ENOMEM : 0;
}

int cli_complete(enum cli_mode mode, const char *line,
		 const struct cm_config *cfg, struct cli_choices *choices)
{
	struct cli_words words;
	unsigned int i, before;
	struct match m;
	bool rest = false;
	int ret;

	memset(choices, 0, sizeof(*choices));
	choices->column = 1;
	choices->status = CLI_INVALID;
	if (!cli_words_split(&words, line))
		return 0;
	ret = match_begin(&m, mode);
	if (ret)
		return ret;
	choices->status = CLI_OK;
	before = words.n - (words.n && words.open);
	for (i = 0; i < before && !rest && choices->status == CLI_OK; i++) {
		choices->column = words.column[i];
		choices->status = match_word(&m, words.word[i], &rest);
	}
	if (choices->status == CLI_OK && !rest)
		ret = gather(&m, cfg, before < words.n ? words.word[before] : "",
			     choices);
	match_end(&m);
	explicit_bzero(&words, sizeof(words));
	return ret;
}

void cli_choices_free(struct cli_choices *choices)
{
	free(choices->choice);
	memset(choices, 0, sizeof(*choices));
}

void cli_choices_print(const struct cli_choices *choices, FILE *out)
{
	int width = 14;
	unsigned int i;

	for (i = 0; i < choices->n; i++)
		if ((int)strlen(choices->choice[i].text) > width)
			width = strlen(choices->choice[i].text);
	for (i = 0; i < choices->n; i++) {
		const struct cli_choice *choice = &choices->choice[i];

		if (*choice->help)
			fprintf(out, "  %-*s  %s\n", width, choice->text,
				choice->help);
		else
			fprintf(out, "  %s\n", choice->text);
	}
}
