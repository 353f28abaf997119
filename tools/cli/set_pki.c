// SPDX-License-Identifier: GPL-2.0-or-later
/* Handlers: everything under `crypto pki`. */
#include <errno.h>
#include <string.h>

#include "tools/cli/editor.h"

int set_trustpoint(struct config_editor *ed, const struct cli_args *args)
{
	const char *name = cli_text(args, "trustpoint");
	struct cfg_trustpoint *tp = cfg_trustpoint_find(ed->cfg, name);

	if (args->no) {
		if (!tp)
			return editor_refuse(ed, args, "trustpoint",
					     "there is no trustpoint %s", name);
		cfg_trustpoint_del(ed->cfg, tp);
		return 0;
	}
	if (!tp) {
		tp = cfg_trustpoint_get(ed->cfg, name);
		if (!tp)
			return editor_no_memory(ed);
		tp->where = editor_where(args, "trustpoint");
	}
	memcpy(ed->object, tp->name, sizeof(ed->object));
	ed->mode = CLI_MODE_PKI;
	return 0;
}

static enum cfg_trust_file which_file(const char *keyword)
{
	int i = CFG_TRUST_COUNT;

	while (--i > 0 && strcmp(keyword, cfg_trust_file_name(i)))
		;
	return i;
}

int set_trust_file(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_trustpoint *tp = cfg_trustpoint_find(ed->cfg, ed->object);
	enum cfg_trust_file file = which_file(cli_text(args, "file"));
	const char *path = cli_text(args, "path");

	if (!tp)
		return editor_refuse(ed, args, NULL,
				     "trustpoint %s no longer exists", ed->object);
	if (!args->no && path[0] != '/')
		return editor_refuse(ed, args, "path",
				     "the whole path is needed, from / on");
	if (!args->no && strlen(path) >= CFG_PATH_SIZE)
		return editor_refuse(ed, args, "path",
				     "a path has at most %d characters",
				     CFG_PATH_SIZE - 1);
	memset(tp->files[file], 0, CFG_PATH_SIZE);
	if (!args->no)
		memcpy(tp->files[file], path, strlen(path));
	tp->files_at[file] = editor_where(args, "path");
	return 0;
}
