// SPDX-License-Identifier: GPL-2.0-or-later
/* The command interpreter: dispatch of exec and configuration lines. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/cli/check.h"
#include "tools/cli/running.h"
#include "tools/cli/state.h"
#include "tools/lib/printable.h"
#include "tools/shell.h"
#include "tools/store.h"

static cli_exec_fn *const handlers[CLI_EXEC_COUNT] = {
#define X(id, fn) [CLI_EXEC_##id] = fn,
	CLI_EXEC_COMMANDS(X)
#undef X
};

void shell_init(struct shell *sh, const char *socket, const char *startup)
{
	memset(sh, 0, sizeof(*sh));
	sh->ctx.out = stdout;
	sh->ctx.socket = socket;
	sh->ctx.shell = sh;
	sh->startup = startup;
	editor_init(&sh->ed, NULL);
	sh->ed.mode = CLI_MODE_EXEC;
}

void shell_free(struct shell *sh)
{
	editor_free(&sh->ed);
	cm_config_free(sh->running);
}

/* Remembers what was seen last; takes ownership. */
static void remember(struct shell *sh, struct cm_config *cfg)
{
	cm_config_free(sh->running);
	sh->running = cfg;
}

int exec_running_config(const struct exec_ctx *ctx, struct cm_config **cfg)
{
	struct err err = { "" };

	return err_print(stderr, store_get(ctx->socket, cfg, &err), &err);
}

static void print_warning(void *arg, const struct check_finding *f)
{
	if (f->level == CHECK_WARNING)
		check_print(arg, f);
}

void shell_warn(const struct cm_config *cfg, const char *name)
{
	struct check_print print = { .out = stderr, .name = name };

	config_check(cfg, print_warning, &print);
}

int shell_replace(struct shell *sh, const struct cm_config *old,
		  const struct cm_config *new, FILE *report)
{
	struct check_print print = { .out = stderr };
	struct err err = { "" };

	if (config_check_errors(new, check_print, &print))
		return -EINVAL;
	return err_print(stderr, store_put(sh->ctx.socket, old, new, report,
					   &err), &err);
}

bool shell_confirm(struct shell *sh, const char *text)
{
	char answer[16] = "";

	if (!sh->ctx.interactive || !isatty(STDIN_FILENO))
		return true;
	printf("%s [confirm] ", text);
	fflush(stdout);
	if (!fgets(answer, sizeof(answer), stdin))
		return false;
	return answer[0] == '\n' || tolower((unsigned char)answer[0]) == 'y';
}

/* Exec commands that take tunnels down beyond those that were named (F-072). */
static const char *disruptive(const struct cli_result *r)
{
	bool everything = r->args.n == 3;

	switch (r->command->exec) {
	case CLI_EXEC_CLEAR_SA:
		return everything ? "This clears the IPsec SAs of every peer." :
				    NULL;
	case CLI_EXEC_CLEAR_ISAKMP:
		return everything ? "This clears the ISAKMP SAs of every peer." :
				    NULL;
	case CLI_EXEC_SHUTDOWN:
		return "This removes every tunnel; traffic passes in clear.";
	case CLI_EXEC_RELOAD:
		return "This replaces the running configuration.";
	default:
		return NULL;
	}
}

static int run_handler(struct shell *sh, const struct cli_result *r)
{
	const char *warning = disruptive(r);
	int ret;

	if (warning && !shell_confirm(sh, warning))
		return 0;
	ret = handlers[r->command->exec](&sh->ctx, &r->args);
	if (!ret && r->command->exec == CLI_EXEC_SHUTDOWN)
		state_remove(sh->ctx.socket);
	return ret;
}

/*
 * Without a prompt above it, a caret needs the line to point at: as far as it
 * was understood, and not at all when a secret is in it, since this ends up in
 * the logs of whoever feeds us.  Returns whether a caret makes sense.
 */
static bool show_refused(struct shell *sh, const char *line,
			 unsigned int column)
{
	size_t len = strlen(line);

	if (sh->ctx.interactive)
		return true;
	if (editor_line_secret(&sh->ed, line)) {
		fprintf(stderr, "%% Refused in column %u of a line that is not shown because of its key.\n",
			column);
		return false;
	}
	if (column <= len)
		len = column - 1 + strcspn(line + column - 1, " \t");
	printable_write(stderr, line, len);
	fputc('\n', stderr);
	return true;
}

static int explain(struct shell *sh, const struct cli_result *r,
		   const char *line)
{
	if (r->status == CLI_INVALID && !show_refused(sh, line, r->column))
		fprintf(stderr, "%% %s\n", r->reason);
	else if (r->status == CLI_AMBIGUOUS &&
		 editor_line_secret(&sh->ed, line))
		fprintf(stderr, "%% Ambiguous command.\n%% %s\n", r->reason);
	else
		cli_result_explain(r, line, sh->indent, stderr);
	return -EINVAL;
}

static int exec_line(struct shell *sh, const char *line)
{
	struct cli_result r;
	int ret = 0;

	switch (cli_parse(CLI_MODE_EXEC, line, &r)) {
	case CLI_OK:
		ret = run_handler(sh, &r);
		break;
	case CLI_EMPTY:
		break;
	default:
		ret = explain(sh, &r, line);
		break;
	}
	cli_result_wipe(&r);
	return ret;
}

static int exec_filtered(struct shell *sh, const char *line,
			 const char *filter)
{
	FILE *out = sh->ctx.out;
	char *text = NULL;
	size_t len = 0;
	int ret, filtered;

	sh->ctx.out = open_memstream(&text, &len);
	if (!sh->ctx.out) {
		sh->ctx.out = out;
		return -ENOMEM;
	}
	ret = exec_line(sh, line);
	fclose(sh->ctx.out);
	sh->ctx.out = out;
	filtered = shell_filter(filter, text, out);
	if (text)
		explicit_bzero(text, len);
	free(text);
	return ret ? ret : filtered;
}

int shell_exec(struct shell *sh, const char *line)
{
	const char *bar = strstr(line, " | ");
	char *command;
	int ret;

	if (!bar)
		return exec_line(sh, line);
	command = strndup(line, bar - line);
	if (!command)
		return -ENOMEM;
	ret = exec_filtered(sh, command, bar + 3);
	free(command);
	return ret;
}

/* Did the text change, remarks included? Without memory: assume so. */
static bool same_text(const struct cm_config *a, const struct cm_config *b)
{
	char *x = running_text(a, false), *y = running_text(b, false);
	bool same = x && y && !strcmp(x, y);

	running_free(x);
	running_free(y);
	return same;
}

static void point_at(struct shell *sh, const char *line, unsigned int column)
{
	if (show_refused(sh, line, column))
		cli_caret(line, sh->indent, column, stderr);
}

static int refuse(struct shell *sh, const char *line)
{
	point_at(sh, line, sh->ed.column);
	return err_print(stderr, -EINVAL, &sh->ed.err);
}

#define MISFITS_MAX	5	/* sentences about one line */

/* A line that was understood and that the whole has no room for. */
struct misfit {
	struct shell *sh;
	const struct cli_result *r;
	const char *line;
	unsigned int column;	/* that was pointed at last */
	unsigned int n;
};

/* When nothing in the line is wrong by itself, its object is: `no crypto map M`. */
static unsigned int object_column(const struct cli_args *args)
{
	unsigned int i;

	for (i = 0; i < args->n; i++)
		if (args->arg[i].name && !args->arg[i].keyword)
			return args->arg[i].column;
	return args->arg[0].column;
}

static void print_misfit(void *arg, const struct check_finding *f)
{
	struct check_print print = { .out = stderr };
	struct misfit *m = arg;
	unsigned int column = f->column ? f->column :
			      object_column(&m->r->args);

	if (m->n++ >= MISFITS_MAX)
		return;
	if (column != m->column)
		point_at(m->sh, m->line, column);
	m->column = column;
	check_print(&print, f);
}

/* Makes a changed copy of the configuration the one that runs. */
static int put_changed(struct shell *sh, const struct cli_result *r,
		       const char *line, const struct cm_config *old,
		       const struct cm_config *new)
{
	struct misfit misfit = { .sh = sh, .r = r, .line = line };
	struct err err = { "" };
	unsigned int errors = config_check_errors(new, print_misfit, &misfit);

	if (errors > MISFITS_MAX)
		fprintf(stderr, "%% and %u more\n", errors - MISFITS_MAX);
	if (errors)
		return -EINVAL;
	return err_print(stderr, store_put(sh->ctx.socket, old, new, NULL,
					   &err), &err);
}

/* `no crypto map` on an interface, or all of `no interface`. */
static bool detaches(const struct cli_result *r)
{
	return r->args.no && (r->command->config == set_interface_map ||
			      r->command->config == set_interface);
}

/* Applies a parsed line to a copy of the running configuration, and that. */
static int change(struct shell *sh, struct cli_result *r, const char *line,
		  const struct cm_config *old, struct cm_config *new)
{
	struct config_editor before = sh->ed;
	int ret;

	cm_config_forget_places(new);
	editor_exchange(&sh->ed, new);
	ret = editor_apply(&sh->ed, r, 0);
	if (ret)
		return refuse(sh, line);
	if (same_text(old, new))
		return 0;
	ret = put_changed(sh, r, line, old, new);
	if (ret) {
		sh->ed.mode = before.mode;
		sh->ed.seq = before.seq;
		memcpy(sh->ed.object, before.object, sizeof(before.object));
		return ret;
	}
	sh->changed = true;
	if (sh->ed.note[0] && sh->ctx.interactive)
		printf("%% %s\n", sh->ed.note);
	return 0;
}

static int locked_change(struct shell *sh, struct cli_result *r,
			 const char *line)
{
	struct cm_config *old, *new;
	int ret = exec_running_config(&sh->ctx, &old);

	if (ret)
		return ret;
	new = cm_config_copy(old);
	if (!new) {
		cm_config_free(old);
		return -ENOMEM;
	}
	ret = change(sh, r, line, old, new);
	editor_exchange(&sh->ed, NULL);
	remember(sh, ret ? old : new);
	cm_config_free(ret ? new : old);
	return ret;
}

static int config_command(struct shell *sh, struct cli_result *r,
			  const char *line)
{
	int lock, ret;

	if (detaches(r) &&
	    !shell_confirm(sh, "This deactivates the tunnels of the map."))
		return 0;
	lock = store_lock(sh->ctx.socket);
	ret = locked_change(sh, r, line);
	store_unlock(lock);
	return ret;
}

/* What is incomplete is told once, when configuring is over. */
static void left_configuration(struct shell *sh)
{
	if (sh->changed && sh->running)
		shell_warn(sh->running, NULL);
	sh->changed = false;
}

static int config_line(struct shell *sh, const char *line)
{
	struct cli_result r;
	int ret = 0;

	switch (editor_parse(&sh->ed, line, &r)) {
	case CLI_OK:
		ret = r.command->config ? config_command(sh, &r, line) :
					  run_handler(sh, &r);
		break;
	case CLI_EMPTY:
		break;
	default:
		ret = explain(sh, &r, line);
		break;
	}
	cli_result_wipe(&r);
	if (sh->ed.mode == CLI_MODE_EXEC)
		left_configuration(sh);
	return ret;
}

int shell_line(struct shell *sh, const char *line)
{
	return sh->ed.mode == CLI_MODE_EXEC ? shell_exec(sh, line) :
					      config_line(sh, line);
}

int shell_prompt(struct shell *sh, char *out, size_t size)
{
	static const char *const suffix[] = {
#define X(id, prompt, title) [CLI_MODE_##id] = prompt,
		CLI_MODES(X)
#undef X
	};
	char hostname[CFG_NAME_SIZE] = "";

	if (sh->running && sh->running->hostname[0])
		strcpy(hostname, sh->running->hostname);
	else if (gethostname(hostname, sizeof(hostname) - 1))
		strcpy(hostname, "router");
	return snprintf(out, size, "%s%s# ", hostname, suffix[sh->ed.mode]);
}

int shell_choices(struct shell *sh, const char *line,
		  struct cli_choices *choices)
{
	struct err ignored;

	if (!sh->running)
		store_get(sh->ctx.socket, &sh->running, &ignored);
	return editor_complete(&sh->ed, line, sh->running, choices);
}
