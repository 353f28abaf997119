// SPDX-License-Identifier: GPL-2.0-or-later
/* Handlers: this router as a client of remote access (F-037). */
#include <errno.h>
#include <string.h>

#include "tools/cli/editor.h"

#define MASKED_KEY	"this is a masked key: type the key itself"

int set_ezvpn(struct config_editor *ed, const struct cli_args *args)
{
	const char *name = cli_text(args, "ezvpn");
	struct cfg_ezvpn *ez = cfg_ezvpn_find(ed->cfg, name);

	if (args->no) {
		if (!ez)
			return editor_refuse(ed, args, "ezvpn",
					     "there is no ezvpn %s", name);
		cfg_ezvpn_del(ed->cfg, ez);
		return 0;
	}
	if (!ez) {
		ez = cfg_ezvpn_get(ed->cfg, name);
		if (!ez)
			return editor_no_memory(ed);
		ez->where = editor_where(args, "ezvpn");
	}
	copy_text(ed->object, name, sizeof(ed->object));
	ed->mode = CLI_MODE_EZVPN;
	return 0;
}

/* That of the mode; somebody else may have removed it. */
static struct cfg_ezvpn *current(struct config_editor *ed,
				 const struct cli_args *args)
{
	struct cfg_ezvpn *ez = cfg_ezvpn_find(ed->cfg, ed->object);

	if (!ez)
		editor_refuse(ed, args, NULL, "ezvpn %s no longer exists",
			      ed->object);
	return ez;
}

int set_ezvpn_connect(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_ezvpn *ez = current(ed, args);

	if (!ez)
		return -EINVAL;
	ez->manual = !args->no && !strcmp(cli_text(args, "when"), "manual");
	return 0;
}

/* Into @to the secret of the line, or nothing with `no`: 0 or a refusal. */
static int take_secret(struct config_editor *ed, const struct cli_args *args,
		       const char *argument, char to[CFG_KEY_MAX + 1])
{
	const char *secret = args->no ? "" : cli_text(args, argument);

	if (!args->no && !secret[strspn(secret, "*")])
		return editor_refuse(ed, args, argument, MASKED_KEY);
	explicit_bzero(to, CFG_KEY_MAX + 1);
	memcpy(to, secret, strnlen(secret, CFG_KEY_MAX));
	return 0;
}

int set_ezvpn_group(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_ezvpn *ez = current(ed, args);
	int ret = ez ? take_secret(ed, args, "key", ez->secret) : -EINVAL;

	if (!ret)
		editor_name(args, "group", ez->group, &ez->group_at);
	return ret;
}

int set_ezvpn_mode(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_ezvpn *ez = current(ed, args);

	if (!ez)
		return -EINVAL;
	ez->mode = args->no ? CFG_EZVPN_CLIENT :
		   cfg_ezvpn_mode_by_name(cli_text(args, "mode"));
	return 0;
}

static void remove_peer(struct cfg_ezvpn *ez, size_t at)
{
	if (ez->primary == at + 1)
		ez->primary = 0;
	else if (ez->primary > at + 1)
		ez->primary--;
	ez->n_peers--;
	memmove(&ez->peers[at], &ez->peers[at + 1],
		(ez->n_peers - at) * sizeof(ez->peers[0]));
	memmove(&ez->peers_at[at], &ez->peers_at[at + 1],
		(ez->n_peers - at) * sizeof(ez->peers_at[0]));
}

static int unset_peer(struct config_editor *ed, const struct cli_args *args,
		      struct cfg_ezvpn *ez, size_t at)
{
	if (!cli_get(args, "peer")) {
		ez->n_peers = 0;
		ez->primary = 0;
		return 0;
	}
	if (at == ez->n_peers)
		return editor_refuse(ed, args, "peer",
				     "ezvpn %s has no such peer", ez->name);
	remove_peer(ez, at);
	return 0;
}

/* What the line names: an address, or a name. */
static int take_peer(struct config_editor *ed, const struct cli_args *args,
		     struct cfg_ezvpn_peer *peer)
{
	const char *text = cli_text(args, "peer"), *unfit = NULL;

	*peer = (struct cfg_ezvpn_peer){ .addr = cli_address(args, "peer") };
	if (addr_is_set(&peer->addr))
		unfit = unfit_peer(&peer->addr);
	else if (text && is_like_ipv4(text))
		unfit = "an IPv4 address has four numbers of 0 to 255";
	else
		copy_text(peer->host, text, sizeof(peer->host));
	return unfit ? editor_refuse(ed, args, "peer", "%s", unfit) : 0;
}

int set_ezvpn_peer(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_ezvpn *ez = current(ed, args);
	struct cfg_ezvpn_peer peer;
	size_t at = 0;
	int ret = ez ? take_peer(ed, args, &peer) : -EINVAL;

	if (ret)
		return ret;
	while (at < ez->n_peers && !cfg_ezvpn_peer_equal(&ez->peers[at], &peer))
		at++;
	if (args->no)
		return unset_peer(ed, args, ez, at);
	if (at == CFG_EZVPN_PEERS_MAX)
		return editor_refuse(ed, args, "peer",
				     "ezvpn %s has %u peers already, and may have no more",
				     ez->name, CFG_EZVPN_PEERS_MAX);
	if (at == ez->n_peers)
		ez->n_peers++;
	ez->peers[at] = peer;
	ez->peers_at[at] = editor_where(args, "peer");
	if (cli_has(args, "default"))
		ez->primary = at + 1;
	return 0;
}

int set_ezvpn_user(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_ezvpn *ez = current(ed, args);
	int ret = ez ? take_secret(ed, args, "password", ez->password) : -EINVAL;

	if (!ret)
		editor_name(args, "user", ez->user, &ez->user_at);
	return ret;
}

int set_ezvpn_xauth(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_ezvpn *ez = current(ed, args);

	if (!ez)
		return -EINVAL;
	ez->interactive = !args->no &&
			  !strcmp(cli_text(args, "how"), "interactive");
	return 0;
}

int set_ezvpn_acl(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_ezvpn *ez = current(ed, args);

	if (!ez)
		return -EINVAL;
	editor_name(args, "acl", ez->acl, &ez->acl_at);
	return 0;
}

int set_ezvpn_identity(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_ezvpn *ez = current(ed, args);

	if (!ez)
		return -EINVAL;
	editor_name(args, "identity", ez->identity, &ez->identity_at);
	return 0;
}

static int unset_interface(struct config_editor *ed, const struct cli_args *args,
			   struct cfg_interface *ifc, const char *name)
{
	if (!ifc || strcmp(ifc->ezvpn, name))
		return editor_refuse(ed, args, "ezvpn",
				     "interface %s has no ezvpn %s", ed->object,
				     name);
	memset(ifc->ezvpn, 0, sizeof(ifc->ezvpn));
	ifc->ezvpn_inside = false;
	forget_empty_interface(ed, ifc);
	return 0;
}

int set_interface_ezvpn(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_interface *ifc = cfg_interface_find(ed->cfg, ed->object);
	const char *side = cli_text(args, "side");
	const char *name = cli_text(args, "ezvpn");

	if (args->no)
		return unset_interface(ed, args, ifc, name);
	if (ifc && ifc->ezvpn[0] && strcmp(ifc->ezvpn, name))
		return editor_refuse(ed, args, "ezvpn",
				     "interface %s has ezvpn %s already: one of them",
				     ed->object, ifc->ezvpn);
	ifc = cfg_interface_get(ed->cfg, ed->object);
	if (!ifc)
		return editor_no_memory(ed);
	if (!ifc->where.column)
		ifc->where = editor_where(args, NULL);
	copy_text(ifc->ezvpn, name, sizeof(ifc->ezvpn));
	ifc->ezvpn_inside = side && !strcmp(side, "inside");
	ifc->ezvpn_at = editor_where(args, "ezvpn");
	return 0;
}
