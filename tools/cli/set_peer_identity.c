// SPDX-License-Identifier: GPL-2.0-or-later
/* Handlers: `crypto identity`, who certified peers must be. */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "tools/cli/dn.h"
#include "tools/cli/editor.h"

int set_peer_identity(struct config_editor *ed, const struct cli_args *args)
{
	const char *name = cli_text(args, "identity");
	struct cfg_peer_identity *id = cfg_peer_identity_find(ed->cfg, name);

	if (args->no) {
		if (!id)
			return editor_refuse(ed, args, "identity",
					     "there is no identity %s", name);
		cfg_peer_identity_del(ed->cfg, id);
		return 0;
	}
	if (!id) {
		id = cfg_peer_identity_get(ed->cfg, name);
		if (!id)
			return editor_no_memory(ed);
		id->where = editor_where(args, "identity");
	}
	memcpy(ed->object, id->name, sizeof(ed->object));
	ed->mode = CLI_MODE_IDENTITY;
	return 0;
}

static struct cfg_peer_identity *current(struct config_editor *ed,
					 const struct cli_args *args)
{
	struct cfg_peer_identity *id = cfg_peer_identity_find(ed->cfg, ed->object);

	if (!id)
		editor_refuse(ed, args, NULL, "identity %s no longer exists",
			      ed->object);
	return id;
}

/* Domain names have no case; what of a name has none, only certificates tell. */
static bool same_name(const struct cfg_peer_name *a, const struct cfg_peer_name *b)
{
	return a->kind == b->kind &&
	       !(a->kind == CFG_PEER_FQDN ? strcasecmp(a->text, b->text) :
					    strcmp(a->text, b->text));
}

static size_t find_name(const struct cfg_peer_identity *id,
			const struct cfg_peer_name *name)
{
	size_t i;

	for (i = 0; i < id->n_names; i++)
		if (same_name(&id->names[i], name))
			break;
	return i;
}

static void take_name(struct cfg_peer_identity *id, size_t i)
{
	size_t behind = --id->n_names - i;

	memmove(&id->names[i], &id->names[i + 1], behind * sizeof(id->names[0]));
	memset(&id->names[id->n_names], 0, sizeof(id->names[0]));
}

static void take_kind(struct cfg_peer_identity *id, enum cfg_peer_name_kind kind)
{
	size_t i = id->n_names;

	while (i--)
		if (id->names[i].kind == kind)
			take_name(id, i);
}

static int change(struct config_editor *ed, const struct cli_args *args,
		  const struct cfg_peer_name *name)
{
	struct cfg_peer_identity *id = current(ed, args);
	size_t i = id ? find_name(id, name) : 0;

	if (!id)
		return -EINVAL;
	if (args->no && i == id->n_names)
		return editor_refuse(ed, args, "name",
				     "identity %s has no such name", id->name);
	if (args->no) {
		take_name(id, i);
		return 0;
	}
	if (i < id->n_names)
		return 0;
	if (i == CFG_PEER_NAMES_MAX)
		return editor_refuse(ed, args, "name",
				     "an identity has at most %d names",
				     CFG_PEER_NAMES_MAX);
	id->names[id->n_names++] = *name;
	return 0;
}

/* `no` without a name: all of that kind. */
static int remove_all(struct config_editor *ed, const struct cli_args *args,
		      enum cfg_peer_name_kind kind)
{
	struct cfg_peer_identity *id = current(ed, args);

	if (!id)
		return -EINVAL;
	take_kind(id, kind);
	return 0;
}

int set_identity_dn(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_peer_name name = { .kind = CFG_PEER_DN };
	const char *text = cli_text(args, "name"), *at;
	int ret;

	if (!text)
		return remove_all(ed, args, name.kind);
	ret = dn_normalize(text, name.text, sizeof(name.text), &at, &ed->err);
	if (ret) {
		ed->column = editor_where(args, "name").column + (at - text);
		return ret;
	}
	return change(ed, args, &name);
}

int set_identity_fqdn(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_peer_name name = { .kind = CFG_PEER_FQDN };
	const char *text = cli_text(args, "name");

	if (!text)
		return remove_all(ed, args, name.kind);
	if (strlen(text) >= sizeof(name.text) || strchr(text, '@'))
		return editor_refuse(ed, args, "name",
				     "a domain name has at most %zu characters, and no @",
				     sizeof(name.text) - 1);
	strcpy(name.text, text);
	return change(ed, args, &name);
}
