// SPDX-License-Identifier: GPL-2.0-or-later
/* Handlers: everything under `crypto pki`. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
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

int set_weak_certificates(struct config_editor *ed, const struct cli_args *args)
{
	ed->cfg->weak_certificates = !args->no;
	ed->cfg->weak_at = editor_where(args, NULL);
	return 0;
}

static struct cfg_trustpoint *current(struct config_editor *ed,
				      const struct cli_args *args)
{
	struct cfg_trustpoint *tp = cfg_trustpoint_find(ed->cfg, ed->object);

	if (!tp)
		editor_refuse(ed, args, NULL, "trustpoint %s no longer exists",
			      ed->object);
	return tp;
}

static enum cfg_trust_file which_file(const char *keyword)
{
	int i = CFG_TRUST_COUNT;

	while (--i > 0 && strcmp(keyword, cfg_trust_file_name(i)))
		;
	return i;
}

/* Is it a path that can be taken?  If it is not there, too. */
static int check_path(struct config_editor *ed, const struct cli_args *args,
		      const char *argument)
{
	const char *path = cli_text(args, argument);

	if (path && path[0] != '/')
		return editor_refuse(ed, args, argument,
				     "the whole path is needed, from / on");
	if (path && strlen(path) >= CFG_PATH_SIZE)
		return editor_refuse(ed, args, argument,
				     "a path has at most %d characters",
				     CFG_PATH_SIZE - 1);
	return 0;
}

static void set_path(char to[CFG_PATH_SIZE], const char *path)
{
	memset(to, 0, CFG_PATH_SIZE);
	if (path)
		memcpy(to, path, strlen(path));
}

int set_trust_file(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_trustpoint *tp = current(ed, args);
	enum cfg_trust_file file = which_file(cli_text(args, "file"));
	int ret;

	if (!tp)
		return -EINVAL;
	ret = args->no ? 0 : check_path(ed, args, "path");
	if (!ret && !args->no)
		ret = check_path(ed, args, "password");
	if (ret)
		return ret;
	set_path(tp->files[file], args->no ? NULL : cli_text(args, "path"));
	if (file == CFG_TRUST_P12)
		set_path(tp->password_file,
			 args->no ? NULL : cli_text(args, "password"));
	tp->files_at[file] = editor_where(args, "path");
	return 0;
}

static enum cfg_revocation which_revocation(const char *word)
{
	int i = CFG_REVOCATION_COUNT;

	while (word && --i > 0 && strcmp(word, cfg_revocation_name(i)))
		;
	return word ? i : CFG_REVOCATION_END;
}

int set_revocation_check(struct config_editor *ed, const struct cli_args *args)
{
	static const char *const names[] = { "first", "second", "third" };
	uint8_t list[CFG_REVOCATIONS_MAX] = { 0 };
	struct cfg_trustpoint *tp = current(ed, args);
	unsigned int i;

	if (!tp)
		return -EINVAL;
	for (i = 0; !args->no && i < CFG_REVOCATIONS_MAX; i++) {
		list[i] = which_revocation(cli_text(args, names[i]));
		if (!list[i])
			break;
		if (i && memchr(list, list[i], i))
			return editor_refuse(ed, args, names[i], "%s stands twice",
					     cfg_revocation_name(list[i]));
		if (i && list[i - 1] == CFG_REVOCATION_PASS)
			return editor_refuse(ed, args, names[i],
					     "nothing can follow none, which accepts");
	}
	memcpy(tp->revocation, list, sizeof(tp->revocation));
	tp->revocation_at = editor_where(args, "first");
	return 0;
}

/* http://HOST[:PORT][/PATH]; a host of IPv6 stands in brackets. */
static bool is_url(const char *url)
{
	const char *host = url + 7, *end, *port;
	unsigned long number;
	char *rest;

	if (strncmp(url, "http://", 7) || strpbrk(url, " \"<>\\^`{|}@"))
		return false;
	end = *host == '[' ? strchr(host, ']') : host + strcspn(host, ":/[]");
	if (!end || end <= host + (*host == '['))
		return false;
	end += *host == '[';
	if (*end != ':')
		return !*end || *end == '/';
	port = end + 1;
	if (!isdigit((unsigned char)*port))
		return false;
	number = strtoul(port, &rest, 10);
	return number && number <= 65535 && (!*rest || *rest == '/');
}

int set_ocsp_url(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_trustpoint *tp = current(ed, args);
	const char *url = args->no ? "" : cli_text(args, "url");

	if (!tp)
		return -EINVAL;
	if (!args->no && !is_url(url))
		return editor_refuse(ed, args, "url",
				     "http://HOST[:PORT][/PATH] is expected");
	if (strlen(url) >= CFG_URL_SIZE)
		return editor_refuse(ed, args, "url",
				     "an address has at most %d characters",
				     CFG_URL_SIZE - 1);
	memset(tp->ocsp_url, 0, sizeof(tp->ocsp_url));
	memcpy(tp->ocsp_url, url, strlen(url));
	tp->ocsp_at = editor_where(args, "url");
	return 0;
}

int set_ocsp_nonce(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_trustpoint *tp = current(ed, args);

	if (!tp)
		return -EINVAL;
	tp->ocsp_no_nonce = !args->no;
	return 0;
}
