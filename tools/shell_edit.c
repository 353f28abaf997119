// SPDX-License-Identifier: GPL-2.0-or-later
/* The interactive prompt: line editing, history, `?` and TAB (libedit). */
#include <errno.h>
#include <histedit.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/shell.h"

#define HISTORY_LINES	200

struct edit {
	struct shell *sh;
	EditLine *el;
	History *history;
	char prompt[128];
	bool cancel;		/* control-C: the line is given up for the next */
	bool end;		/* control-Z: the line is given up for `end` */
};

static struct edit *edit_of(EditLine *el)
{
	struct edit *edit = NULL;

	el_get(el, EL_CLIENTDATA, &edit);
	return edit;
}

static char *prompt(EditLine *el)
{
	return edit_of(el)->prompt;
}

/* The line up to the cursor; the caller frees it. */
static char *line_before_cursor(EditLine *el)
{
	const LineInfo *info = el_line(el);

	return strndup(info->buffer, info->cursor - info->buffer);
}

static void explain_nothing(const struct cli_choices *choices)
{
	printf("%% %s\n", choices->status == CLI_AMBIGUOUS ?
			  "Ambiguous command" : "Unrecognized command");
}

static unsigned char on_question_mark(EditLine *el, int ch)
{
	struct edit *edit = edit_of(el);
	char *line = line_before_cursor(el);
	struct cli_choices choices;

	(void)ch;
	if (!line)
		return CC_ERROR;
	printf("?\n");
	if (!shell_choices(edit->sh, line, &choices)) {
		if (choices.n)
			cli_choices_print(&choices, stdout);
		else
			explain_nothing(&choices);
		cli_choices_free(&choices);
	}
	free(line);
	return CC_REDISPLAY;
}

/* How many characters all keywords have in common; how many keywords. */
static size_t common_prefix(const struct cli_choices *choices,
			    const char **first, unsigned int *keywords)
{
	size_t len = 0, same;
	unsigned int i;

	*keywords = 0;
	for (i = 0; i < choices->n; i++) {
		const char *text = choices->choice[i].text;

		if (!choices->choice[i].keyword)
			continue;
		if (!(*keywords)++) {
			*first = text;
			len = strlen(text);
			continue;
		}
		for (same = 0; same < len && text[same] == (*first)[same];)
			same++;
		len = same;
	}
	return len;
}

static unsigned char insert(EditLine *el, const char *text, size_t len,
			    bool blank)
{
	char word[80];

	snprintf(word, sizeof(word), "%.*s%s", (int)len, text,
		 blank ? " " : "");
	return el_insertstr(el, word) ? CC_ERROR : CC_REFRESH;
}

static unsigned char on_tab(EditLine *el, int ch)
{
	struct edit *edit = edit_of(el);
	char *line = line_before_cursor(el);
	struct cli_choices choices;
	const char *first = NULL;
	unsigned char action = CC_ERROR;
	unsigned int keywords;
	size_t len;

	(void)ch;
	if (!line)
		return CC_ERROR;
	if (!shell_choices(edit->sh, line, &choices)) {
		len = common_prefix(&choices, &first, &keywords);
		if (keywords == 1 || (keywords && len > choices.typed)) {
			/* A longer spelling takes the case of the table. */
			el_deletestr(el, choices.typed);
			action = insert(el, first, len, keywords == 1);
		} else if (keywords) {
			printf("\n");
			cli_choices_print(&choices, stdout);
			action = CC_REDISPLAY;
		}
		cli_choices_free(&choices);
	}
	free(line);
	return action;
}

/* Control-C gives the line up, control-Z leaves configuration. */
static unsigned char on_cancel(EditLine *el, int ch)
{
	(void)ch;
	edit_of(el)->cancel = true;
	printf("^C\n");
	return CC_NEWLINE;
}

static unsigned char on_end(EditLine *el, int ch)
{
	(void)ch;
	if (edit_of(el)->sh->ed.mode == CLI_MODE_EXEC)
		return CC_ERROR;
	edit_of(el)->end = true;
	printf("^Z\n");
	return CC_NEWLINE;
}

static int edit_open(struct edit *edit, struct shell *sh)
{
	HistEvent event;

	memset(edit, 0, sizeof(*edit));
	edit->sh = sh;
	edit->history = history_init();
	edit->el = el_init("ipsecctl", stdin, stdout, stderr);
	if (!edit->history || !edit->el)
		return -ENOMEM;
	history(edit->history, &event, H_SETSIZE, HISTORY_LINES);
	history(edit->history, &event, H_SETUNIQUE, 1);
	el_set(edit->el, EL_CLIENTDATA, edit);
	el_set(edit->el, EL_EDITOR, "emacs");
	el_set(edit->el, EL_PROMPT, prompt);
	el_set(edit->el, EL_HIST, history, edit->history);
	el_set(edit->el, EL_SETTY, "-d", "-isig", NULL);
	el_set(edit->el, EL_ADDFN, "cli-help", "What may come next", on_question_mark);
	el_set(edit->el, EL_ADDFN, "cli-complete", "Complete a word", on_tab);
	el_set(edit->el, EL_ADDFN, "cli-cancel", "Give the line up", on_cancel);
	el_set(edit->el, EL_ADDFN, "cli-end", "Leave configuration", on_end);
	el_set(edit->el, EL_BIND, "?", "cli-help", NULL);
	el_set(edit->el, EL_BIND, "\t", "cli-complete", NULL);
	el_set(edit->el, EL_BIND, "^C", "cli-cancel", NULL);
	el_set(edit->el, EL_BIND, "^Z", "cli-end", NULL);
	return 0;
}

static void edit_close(struct edit *edit)
{
	if (edit->el)
		el_end(edit->el);
	if (edit->history)
		history_end(edit->history);
}

/* Lines that set a key are not remembered. */
static void remember(struct edit *edit, const char *line)
{
	HistEvent event;

	if (line[strspn(line, " \t\n")] &&
	    !editor_line_secret(&edit->sh->ed, line))
		history(edit->history, &event, H_ENTER, line);
}

static char *read_line(struct edit *edit)
{
	const char *read;
	char *line;
	int n;

	edit->sh->indent = shell_prompt(edit->sh, edit->prompt,
					sizeof(edit->prompt));
	edit->end = false;
	do {
		edit->cancel = false;
		/* Else keys that come as soon as the prompt does raise signals. */
		el_set(edit->el, EL_PREP_TERM, 1);
		read = el_gets(edit->el, &n);
	} while (edit->cancel);
	if (edit->end)
		return strdup("end");
	if (!read || n <= 0)
		return NULL;
	remember(edit, read);
	line = strdup(read);
	if (line)
		line[strcspn(line, "\n")] = '\0';
	return line;
}

int shell_interactive(struct shell *sh)
{
	struct edit edit;
	char *line;
	int ret = edit_open(&edit, sh);

	sh->ctx.interactive = true;
	sh->history = edit.history;
	/* The host name in the prompt is that of the running configuration. */
	if (!ret)
		exec_running_config(&sh->ctx, &sh->running);
	while (!ret && !sh->quit && (line = read_line(&edit))) {
		shell_line(sh, line);
		explicit_bzero(line, strlen(line));
		free(line);
	}
	sh->history = NULL;
	edit_close(&edit);
	return ret;
}

int shell_batch(struct shell *sh, FILE *in)
{
	char *line = NULL;
	size_t size = 0;
	int ret = 0, failed;

	while (!sh->quit && getline(&line, &size, in) >= 0) {
		line[strcspn(line, "\n")] = '\0';
		failed = shell_line(sh, line);
		if (failed)
			ret = failed;
		fflush(sh->ctx.out);
	}
	if (line)
		explicit_bzero(line, size);
	free(line);
	return ret;
}
