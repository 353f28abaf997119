// SPDX-License-Identifier: GPL-2.0-or-later
/* The command reference of the manual page, straight from the table. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cli/grammar.h"

static const char *const titles[] = {
#define X(id, prompt, title) [CLI_MODE_##id] = title,
	CLI_MODES(X)
#undef X
};

/* Text for troff: hyphens are minus signs, backslashes are themselves. */
static void put_char(char c, FILE *out)
{
	if (c == '-')
		fputs("\\-", out);
	else if (c == '\\')
		fputs("\\e", out);
	else
		fputc(c, out);
}

static void put_text(const char *text, FILE *out)
{
	while (*text)
		put_char(*text++, out);
}

/*
 * The command string without what only the program needs; what is obligatory
 * but for the `no` form stands in braces.
 */
static void put_syntax(const char *p, FILE *out)
{
	uint64_t braces = 0;	/* one bit for each bracket that is open */

	fputs(".TP\n.B \"", out);
	while (*p) {
		if (*p == '$') {
			p += strcspn(p, " <>[]|.!");
			continue;
		}
		if (*p == '!' || *p == '[')
			braces = braces << 1 | (*p == '!');
		if (*p == '!' || *p == ']') {
			fputc(braces & 1 ? (*p == '!' ? '{' : '}') : ']', out);
			if (*p == ']')
				braces >>= 1;
			p += 1 + (*p == '!');
			continue;
		}
		if (*p != '=')
			put_char(*p, out);
		p++;
	}
	fputs("\"\n", out);
}

/* Was this token explained earlier in the same mode? */
static bool explained(const struct cli_form *const *forms, unsigned int form,
		      unsigned int token, enum cli_mode mode)
{
	const struct cli_token *t = &forms[form]->token[token];
	unsigned int i, j;

	for (i = 0; i <= form; i++) {
		if (!(forms[i]->command->modes >> mode & 1) || forms[i]->no)
			continue;
		for (j = 0; j < forms[i]->n && (i < form || j < token); j++)
			if (!strcmp(forms[i]->token[j].text, t->text) &&
			    !strcmp(forms[i]->token[j].help, t->help))
				return true;
	}
	return false;
}

/* One paragraph: the words that are new, each with its help. */
static void put_tokens(const struct cli_form *const *forms, unsigned int form,
		       enum cli_mode mode, FILE *out)
{
	const char *separator = "";
	char label[64];
	unsigned int i;

	for (i = 0; i < forms[form]->n; i++) {
		const struct cli_token *token = &forms[form]->token[i];

		if (explained(forms, form, i, mode))
			continue;
		if (token->kind == CLI_NUMBER)
			cli_token_label(token, label, sizeof(label));
		else
			snprintf(label, sizeof(label), "%s", token->text);
		fprintf(out, "%s\\fI", separator);
		put_text(label, out);
		fputs("\\fR: ", out);
		put_text(token->help, out);
		separator = "; ";
	}
	fputs(*separator ? ".\n" : "\\&\n", out);
}

/* What every mode has is told once, in the first. */
static bool is_told(const struct cli_command *command, int mode)
{
	if (!(command->modes >> mode & 1))
		return false;
	return mode == CLI_MODE_CONFIG ||
	       (command->modes & CLI_IN_SUBMODES) != CLI_IN_SUBMODES;
}

void cli_manual(FILE *out)
{
	const struct cli_form *const *forms;
	unsigned int i, n;
	int mode;

	forms = cli_forms(&n);
	for (mode = 0; mode < CLI_MODE_COUNT; mode++) {
		fprintf(out, ".SS %s\n", titles[mode]);
		if (mode == CLI_MODE_CONFIG)
			fputs("The modes below have\n"
			      ".BR exit \", \" end \" and \" do\n"
			      "as well.\n", out);
		for (i = 0; i < n; i++) {
			if (!is_told(forms[i]->command, mode) || forms[i]->no)
				continue;
			put_syntax(forms[i]->command->syntax, out);
			put_tokens(forms, i, mode, out);
		}
	}
}
