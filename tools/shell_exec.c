// SPDX-License-Identifier: GPL-2.0-or-later
/* Exec commands about configurations and about the tool itself. */
#include <errno.h>
#include <histedit.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cli/check.h"
#include "tools/cli/config.h"
#include "tools/cli/running.h"
#include "tools/cli/state.h"
#include "tools/lib/control.h"
#include "tools/lib/printable.h"
#include "tools/lib/version.h"
#include "tools/lib/writer.h"
#include "tools/shell.h"
#include "tools/store.h"

static void render_text(FILE *out, struct json_object *rec)
{
	printable_puts(out, rec_get_str(rec, "text"));
}

/* Prints a configuration text, or a JSON document with it. */
static int show_text(struct exec_ctx *ctx, const char *name, const char *text)
{
	struct json_object *rec = rec_new();
	struct writer w;

	writer_open(&w, ctx->out, ctx->json, name);
	rec_str(rec, "text", text);
	writer_record(&w, rec, render_text);
	return writer_close(&w);
}

int show_running_config(struct exec_ctx *ctx, const struct cli_args *args)
{
	struct cm_config *cfg;
	char *text;
	int ret = exec_running_config(ctx, &cfg);

	if (ret)
		return ret;
	text = running_text(cfg, cli_has(args, "masked"));
	cm_config_free(cfg);
	if (!text)
		return -ENOMEM;
	ret = show_text(ctx, "running_config", text);
	running_free(text);
	return ret;
}

int show_startup_config(struct exec_ctx *ctx, const struct cli_args *args)
{
	size_t len;
	char *text, *terminated;
	int ret;

	(void)args;
	ret = config_read(ctx->shell->startup, stderr, &text, &len);
	if (ret)
		return ret;
	terminated = strndup(text ? text : "", len);
	config_text_free(text, len);
	if (!terminated)
		return -ENOMEM;
	ret = show_text(ctx, "startup_config", terminated);
	running_free(terminated);
	return ret;
}

static void render_line(FILE *out, struct json_object *rec)
{
	rec_expand(out, "  {line}\n", rec);
}

static struct json_object *line_record(const char *line)
{
	struct json_object *rec = rec_new();

	rec_fmt(rec, "line", "%.*s", (int)strcspn(line, "\n"), line);
	return rec;
}

int show_history(struct exec_ctx *ctx, const struct cli_args *args)
{
	History *hist = ctx->shell->history;
	HistEvent event;
	struct writer w;
	int ret = -1;

	(void)args;
	writer_open(&w, ctx->out, ctx->json, "history");
	if (hist)
		ret = history(hist, &event, H_LAST);
	for (; ret >= 0; ret = history(hist, &event, H_PREV))
		writer_record(&w, line_record(event.str), render_line);
	return writer_close(&w);
}

static void render_version(FILE *out, struct json_object *rec)
{
	rec_expand(out, "cryptomap: ipsecctl {ipsecctl}, ike-daemon {daemon}\n",
		   rec);
}

int show_version(struct exec_ctx *ctx, const struct cli_args *args)
{
	struct json_object *rec = rec_new(), *data = NULL;
	struct writer w;
	struct err err;

	(void)args;
	writer_open(&w, ctx->out, ctx->json, "version");
	rec_str(rec, "ipsecctl", CRYPTOMAP_VERSION);
	if (control_request(ctx->socket, CONTROL_VERSION, NULL, &data, &err))
		rec_str(rec, "daemon", "not running");
	else
		rec_str(rec, "daemon", rec_get_str(data, "version"));
	json_object_put(data);
	writer_record(&w, rec, render_version);
	return writer_close(&w);
}

/* Applies a new configuration over the running one; frees both. */
static int replace(struct exec_ctx *ctx, struct cm_config *old,
		   struct cm_config *new, const char *name)
{
	int ret = shell_replace(ctx->shell, old, new, stderr);

	if (!ret)
		shell_warn(new, name);
	cm_config_free(old);
	cm_config_free(new);
	return ret;
}

int shell_load(struct shell *sh, const char *path)
{
	struct cm_config *old = NULL, *new;
	struct err ignored;
	int ret = config_load(path, stderr, &new), lock;

	if (ret)
		return ret;
	lock = store_lock(sh->ctx.socket);
	/* A file replaces the running configuration even if that is unknown. */
	store_get(sh->ctx.socket, &old, &ignored);
	ret = replace(&sh->ctx, old, new, path);
	store_unlock(lock);
	return ret;
}

int reload_startup(struct exec_ctx *ctx, const struct cli_args *args)
{
	(void)args;
	return shell_load(ctx->shell, ctx->shell->startup);
}

static int merge(struct exec_ctx *ctx, const char *path, const char *text,
		 size_t len)
{
	struct cm_config *old = NULL, *new = NULL;
	int ret = exec_running_config(ctx, &old);

	if (!ret)
		ret = config_parse_onto(old, path, text, len, stderr, &new);
	if (!ret)
		return replace(ctx, old, new, path);
	cm_config_free(old);
	return ret;
}

int copy_to_running(struct exec_ctx *ctx, const struct cli_args *args)
{
	const char *path = cli_text(args, "file");
	size_t len;
	char *text;
	int lock, ret;

	if (!path)
		path = ctx->shell->startup;
	ret = config_read(path, stderr, &text, &len);
	if (ret)
		return ret;
	lock = store_lock(ctx->socket);
	ret = merge(ctx, path, text, len);
	store_unlock(lock);
	config_text_free(text, len);
	return ret;
}

static int save_running(struct exec_ctx *ctx, const char *path)
{
	struct err err = { "" };
	struct cm_config *cfg;
	char *text;
	int ret = exec_running_config(ctx, &cfg);

	if (ret)
		return ret;
	text = running_text(cfg, false);
	cm_config_free(cfg);
	if (!text)
		return -ENOMEM;
	ret = err_print(stderr, state_write_file(path, text, &err), &err);
	running_free(text);
	return ret;
}

int copy_running_to_file(struct exec_ctx *ctx, const struct cli_args *args)
{
	const char *path = cli_text(args, "file");

	return save_running(ctx, path ? path : ctx->shell->startup);
}

int write_memory(struct exec_ctx *ctx, const struct cli_args *args)
{
	if (cli_has(args, "terminal"))
		return show_running_config(ctx, args);
	return save_running(ctx, ctx->shell->startup);
}

int configure_terminal(struct exec_ctx *ctx, const struct cli_args *args)
{
	(void)args;
	if (ctx->interactive)
		printf("Enter configuration commands, one per line.  End with `end'.\n");
	ctx->shell->ed.mode = CLI_MODE_CONFIG;
	return 0;
}

int check_file(struct exec_ctx *ctx, const struct cli_args *args)
{
	const char *path = cli_text(args, "file");
	struct check_print print = { .out = ctx->out, .name = path };
	struct cm_config *cfg;
	int ret = config_load(path, stderr, &cfg);

	if (ret)
		return ret;
	config_check(cfg, check_print, &print);
	cm_config_free(cfg);
	return 0;
}

int show_help(struct exec_ctx *ctx, const struct cli_args *args)
{
	(void)args;
	fprintf(ctx->out,
		"?             lists what may come next; also behind part of a word\n"
		"TAB           completes the word\n"
		"abbreviations a word may be cut where it is unambiguous: sh cry is sa\n"
		"no ...        removes a setting or restores its default\n"
		"do ...        runs an exec command in configuration mode\n"
		"| include RE  shows matching lines; also exclude, begin\n"
		"exit, end     leave a mode, leave configuration\n");
	return 0;
}

int do_exec_command(struct exec_ctx *ctx, const struct cli_args *args)
{
	return shell_exec(ctx->shell, cli_text(args, "command"));
}

int quit_shell(struct exec_ctx *ctx, const struct cli_args *args)
{
	(void)args;
	ctx->shell->quit = true;
	return 0;
}
