/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command interpreter: one line after the other, whoever types it. */
#ifndef TOOLS_SHELL_H
#define TOOLS_SHELL_H

#include "tools/cli/editor.h"
#include "tools/cli/exec.h"

#define STARTUP_DEFAULT	"/etc/cryptomap/startup-config"

struct shell {
	struct exec_ctx ctx;
	struct config_editor ed;	/* ed.mode is the mode of the prompt */
	struct cm_config *running;	/* as last seen: host name, completion */
	const char *startup;		/* path of the startup configuration */
	unsigned int indent;		/* columns of the prompt before a line */
	bool changed;			/* since configuration mode was entered */
	bool quit;
	void *history;			/* libedit's, or NULL */
};

void shell_init(struct shell *sh, const char *socket, const char *startup);
void shell_free(struct shell *sh);

/*
 * Runs one line in the current mode. Returns 0 or a negative errno; the reason
 * was printed.
 */
int shell_line(struct shell *sh, const char *line);
/* The same as an exec command whatever the mode, with `| include ...`. */
int shell_exec(struct shell *sh, const char *line);

/*
 * Replaces the running configuration, after checks; prints what is wrong, and
 * on report (may be NULL) what was done.
 */
int shell_replace(struct shell *sh, const struct cm_config *old,
		  const struct cm_config *new, FILE *report);
/* Replaces the running configuration by that of a file; prints warnings. */
int shell_load(struct shell *sh, const char *path);
/* Prints the warnings of a configuration. */
void shell_warn(const struct cm_config *cfg, const char *name);

/* Asks at the prompt; true at once when nobody sits there. */
bool shell_confirm(struct shell *sh, const char *text);

/* `router(config)#`: returns the length. */
int shell_prompt(struct shell *sh, char *out, size_t size);
/* The choices at the end of a line, in the mode that the line is for. */
int shell_choices(struct shell *sh, const char *line,
		  struct cli_choices *choices);

/* Reads and runs lines: with editing at a terminal, else plainly. */
int shell_interactive(struct shell *sh);
int shell_batch(struct shell *sh, FILE *in);

/*
 * Copies text to out line by line through a filter: `include RE`,
 * `exclude RE`, `begin RE` (abbreviated as one likes). -EINVAL: reported.
 */
int shell_filter(const char *filter, const char *text, FILE *out);

#endif
