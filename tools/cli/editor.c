// SPDX-License-Identifier: GPL-2.0-or-later
/* Configuration lines in sequence: modes, and what belongs to none of them. */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "tools/cli/editor.h"

void editor_init(struct config_editor *ed, struct cm_config *cfg)
{
	memset(ed, 0, sizeof(*ed));
	ed->cfg = cfg;
	ed->mode = CLI_MODE_CONFIG;
}

void editor_exchange(struct config_editor *ed, struct cm_config *cfg)
{
	ace_index_forget(&ed->index);
	ed->cfg = cfg;
}

void editor_free(struct config_editor *ed)
{
	ace_index_forget(&ed->index);
}

struct cfg_where editor_where(const struct cli_args *args,
			      const char *argument)
{
	const struct cli_arg *arg = argument ? cli_get(args, argument) : NULL;

	if (!arg && args->n)
		arg = &args->arg[0];
	return (struct cfg_where){
		.line = args->line,
		.column = arg ? arg->column : 1,
	};
}

int editor_refuse(struct config_editor *ed, const struct cli_args *args,
		  const char *argument, const char *fmt, ...)
{
	va_list ap;

	ed->column = editor_where(args, argument).column;
	va_start(ap, fmt);
	vsnprintf(ed->err.text, sizeof(ed->err.text), fmt, ap);
	va_end(ap);
	return -EINVAL;
}

void copy_text(char *to, const char *text, size_t size)
{
	memset(to, 0, size);
	if (text)
		memcpy(to, text, strnlen(text, size - 1));
}

void editor_name(const struct cli_args *args, const char *argument,
		 char to[CFG_NAME_SIZE], struct cfg_where *at)
{
	copy_text(to, args->no ? NULL : cli_text(args, argument), CFG_NAME_SIZE);
	*at = editor_where(args, argument);
}

int editor_no_memory(struct config_editor *ed)
{
	ed->column = 1;
	return err_set(&ed->err, -ENOMEM, "out of memory");
}

/*
 * A line that the sub-mode only half understands is its own: `h s` must not
 * name the host because the hash is ambiguous. `crypto` is of both modes.
 */
static bool is_of_submode(enum cli_mode mode, const char *line)
{
	const char *here, *outside;
	enum cli_status status = cli_verb(mode, line, &here);

	if (status == CLI_AMBIGUOUS)
		return true;
	if (!here)
		return false;
	return cli_verb(CLI_MODE_CONFIG, line, &outside) != CLI_OK ||
	       !outside || strcmp(here, outside);
}

enum cli_status editor_parse(const struct config_editor *ed, const char *line,
			     struct cli_result *result)
{
	enum cli_status status = cli_parse(ed->mode, line, result);
	unsigned int column = result->column;

	if (status <= CLI_EMPTY || ed->mode == CLI_MODE_CONFIG ||
	    is_of_submode(ed->mode, line))
		return status;
	/* Report the attempt that came further; the sub-mode's if equal. */
	status = cli_parse(CLI_MODE_CONFIG, line, result);
	if (status == CLI_OK || result->column > column)
		return status;
	return cli_parse(ed->mode, line, result);
}

/* `do` takes a command of the exec mode: completes behind it. */
static const char *behind_do(const char *line)
{
	const char *word = line + strspn(line, " \t");

	if (strncmp(word, "do", 2) || !isspace((unsigned char)word[2]))
		return NULL;
	return word + 3;
}

int editor_complete(const struct config_editor *ed, const char *line,
		    const struct cm_config *cfg, struct cli_choices *choices)
{
	const char *behind = ed->mode == CLI_MODE_EXEC ? NULL : behind_do(line);
	int ret;

	if (behind)
		return cli_complete(CLI_MODE_EXEC, behind, cfg, choices);
	ret = cli_complete(ed->mode, line, cfg, choices);
	if (ret || ed->mode == CLI_MODE_EXEC || ed->mode == CLI_MODE_CONFIG ||
	    (choices->status == CLI_OK && choices->n))
		return ret;
	cli_choices_free(choices);
	return cli_complete(CLI_MODE_CONFIG, line, cfg, choices);
}

bool editor_line_secret(const struct config_editor *ed, const char *line)
{
	enum cli_mode mode = CLI_MODE_EXEC;

	/* A line that came in the wrong mode is refused, and a secret still. */
	(void)ed;
	while (mode < CLI_MODE_COUNT && !cli_line_secret(mode, line))
		mode++;
	return mode < CLI_MODE_COUNT;
}

int editor_apply(struct config_editor *ed, struct cli_result *result,
		 unsigned int number)
{
	const struct cli_command *command = result->command;
	char object[sizeof(ed->object)];
	enum cli_mode mode = ed->mode;
	uint32_t seq = ed->seq;
	int ret;

	ed->note[0] = '\0';
	ed->err.text[0] = '\0';
	ed->syntax = false;
	result->args.line = number;
	if (!command->config)
		return editor_refuse(ed, &result->args, NULL,
				     "this command works only at the prompt");
	strcpy(object, ed->object);
	if (!(command->modes >> mode & 1))
		ed->mode = CLI_MODE_CONFIG;
	ret = command->config(ed, &result->args);
	if (!ret)
		return 0;
	/* What is refused leaves the next line where this one was. */
	ed->mode = mode;
	ed->seq = seq;
	strcpy(ed->object, object);
	return ret;
}

int editor_line(struct config_editor *ed, const char *line,
		unsigned int number)
{
	struct cli_result result;
	int ret = 0;

	switch (editor_parse(ed, line, &result)) {
	case CLI_EMPTY:
		break;
	case CLI_OK:
		ret = editor_apply(ed, &result, number);
		break;
	default:
		ed->column = result.column;
		ed->syntax = true;
		ret = err_set(&ed->err, -EINVAL, "%s: %s",
			      result.status == CLI_AMBIGUOUS ? "ambiguous" :
			      result.status == CLI_INCOMPLETE ? "incomplete" :
			      "invalid", result.reason);
		break;
	}
	cli_result_wipe(&result);
	return ret;
}
