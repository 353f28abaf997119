// SPDX-License-Identifier: GPL-2.0-or-later
/* Handlers: `crypto ipsec`, and interfaces. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cli/editor.h"

int set_transform(struct config_editor *ed, const struct cli_args *args)
{
	const char *name = cli_text(args, "transform");
	const char *cipher = cli_text(args, "cipher");
	const char *bits = cli_text(args, "bits");
	const char *hash = cli_text(args, "hash");
	const char *comp = cli_text(args, "comp");
	struct cfg_transform *ts = cfg_transform_find(ed->cfg, name);

	if (cfg_autokey_proposal_find(ed->cfg, name))
		return editor_refuse(ed, args, "transform",
				     "%s is an ipsec autokey-proposal: change it there", name);
	if (args->no) {
		if (!ts)
			return editor_refuse(ed, args, "transform",
					     "there is no transform set %s", name);
		cfg_transform_del(ed->cfg, ts);
		return 0;
	}
	if (comp && !strcmp(comp, "comp-lzs"))
		return editor_refuse(ed, args, "comp",
				     "Linux has no LZS (RFC 2395): what it has is comp-deflate");
	/* ASA: esp-aes-256; the 192 and 256 of esp-aes-ctr and others are words of their own. */
	if (cipher && (!strcmp(cipher, "esp-aes-192") ||
		       !strcmp(cipher, "esp-aes-256"))) {
		bits = strrchr(cipher, '-') + 1;
		cipher = "esp-aes";
	}
	if (!ts) {
		ts = cfg_transform_get(ed->cfg, name);
		if (!ts)
			return editor_no_memory(ed);
	}
	ts->where = editor_where(args, "transform");
	ts->cipher_at = editor_where(args, "cipher");
	ts->hash_at = editor_where(args, "hash");
	ts->comp_at = editor_where(args, "comp");
	ts->cipher = cipher ? cfg_cipher_by_name(cipher) : CFG_CIPHER_NONE;
	ts->key_bits = cfg_cipher_key_bytes(ts->cipher, 128) * 8;
	if (bits)
		ts->key_bits = strtoul(bits, NULL, 10);
	ts->hash = hash ? cfg_hash_by_name(hash) : CFG_HASH_NONE;
	ts->deflate = comp;
	strcpy(ed->object, ts->name);
	ed->mode = CLI_MODE_TRANSFORM;
	return 0;
}

/* In its sub-mode, or of the set that the line names (ASA). */
int set_transform_mode(struct config_editor *ed, const struct cli_args *args)
{
	const char *name = cli_text(args, "transform");
	struct cfg_transform *ts;

	ts = cfg_transform_find(ed->cfg, name ? name : ed->object);
	if (!ts && name)
		return editor_refuse(ed, args, "transform",
				     "there is no transform set %s", name);
	if (!ts)
		return editor_refuse(ed, args, NULL,
				     "transform set %s no longer exists",
				     ed->object);
	ts->mode = !args->no && cli_has(args, "transport") ? CFG_TRANSPORT :
							     CFG_TUNNEL;
	ts->mode_at = editor_where(args, "mode");
	return 0;
}

int set_transform_esn(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_transform *ts = cfg_transform_find(ed->cfg, ed->object);

	if (!ts)
		return editor_refuse(ed, args, NULL,
				     "transform set %s no longer exists",
				     ed->object);
	ts->esn = !args->no;
	ts->esn_at = editor_where(args, "esn");
	return 0;
}

int set_global_lifetime(struct config_editor *ed, const struct cli_args *args)
{
	if (cli_has(args, "seconds"))
		ed->cfg->sa_seconds = args->no ? CFG_SA_SECONDS_DEFAULT :
				      cli_number(args, "value", 0);
	else
		ed->cfg->sa_kilobytes = args->no ? CFG_SA_KILOBYTES_DEFAULT :
					cli_number(args, "value", CFG_UNLIMITED);
	return 0;
}

int set_global_replay(struct config_editor *ed, const struct cli_args *args)
{
	if (args->no)
		ed->cfg->replay_window = CFG_REPLAY_DEFAULT;
	else if (cli_has(args, "disable"))
		ed->cfg->replay_window = CFG_REPLAY_OFF;
	else
		ed->cfg->replay_window =
			strtoul(cli_text(args, "window"), NULL, 10);
	return 0;
}

uint32_t editor_dummy_ms(const struct cli_args *args, uint32_t none)
{
	const char *pps = cli_text(args, "pps");

	if (args->no)
		return none;
	if (cli_has(args, "disable"))
		return CFG_DUMMY_OFF;
	/* Rounded so that pps is what running-config makes of it. */
	return pps ? 1000 / strtoul(pps, NULL, 10) :
		     1000 * cli_number(args, "seconds", 0);
}

uint32_t editor_padding(const struct cli_args *args)
{
	const char *bytes = cli_text(args, "bytes");

	if (args->no)
		return 0;
	return bytes ? strtoul(bytes, NULL, 10) : CFG_TFC_MTU;
}

int set_global_dummy(struct config_editor *ed, const struct cli_args *args)
{
	ed->cfg->dummy_ms = editor_dummy_ms(args, CFG_DUMMY_OFF);
	return 0;
}

int set_global_padding(struct config_editor *ed, const struct cli_args *args)
{
	ed->cfg->tfc_padding = editor_padding(args);
	return 0;
}

int set_global_idle(struct config_editor *ed, const struct cli_args *args)
{
	ed->cfg->idle = args->no ? CFG_IDLE_OFF : cli_number(args, "seconds", 0);
	return 0;
}

int set_interface(struct config_editor *ed, const struct cli_args *args)
{
	const char *name = cli_text(args, "interface");
	struct cfg_interface *ifc = cfg_interface_find(ed->cfg, name);

	if (args->no) {
		if (!ifc)
			return editor_refuse(ed, args, "interface",
					     "nothing is configured on interface %s",
					     name);
		cfg_interface_del(ed->cfg, ifc);
		return 0;
	}
	strcpy(ed->object, name);
	ed->mode = CLI_MODE_IF;
	return 0;
}

int set_bypass(struct config_editor *ed, const struct cli_args *args)
{
	ed->cfg->filter_bypass = !args->no;
	return 0;
}

int set_management(struct config_editor *ed, const struct cli_args *args)
{
	const char *name = cli_text(args, "interface");
	char *management = ed->cfg->management;

	if (args->no && (!management[0] || (name && strcmp(name, management))))
		return editor_refuse(ed, args, "interface",
				     "management-access is not set%s%s",
				     name ? " to " : "", name ? name : "");
	memset(management, 0, sizeof(ed->cfg->management));
	if (!args->no)
		strcpy(management, name);
	return 0;
}

void forget_empty_interface(struct config_editor *ed, struct cfg_interface *ifc)
{
	if (!ifc->map[0] && !ifc->mss && !ifc->df && !ifc->frag &&
	    !ifc->pre_classify && !ifc->tunnel && !ifc->source[0] && !ifc->profile[0] &&
	    !ifc->unnumbered[0] && !ifc->ezvpn[0] &&
	    !addr_is_set(&ifc->source_address) &&
	    !addr_is_set(&ifc->destination))
		cfg_interface_del(ed->cfg, ifc);
}

int set_interface_map(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_interface *ifc = cfg_interface_find(ed->cfg, ed->object);
	const char *map = cli_text(args, "map");

	if (args->no) {
		if (!ifc || !ifc->map[0] || (map && strcmp(map, ifc->map)))
			return editor_refuse(ed, args, "map",
					     "interface %s has no such crypto map",
					     ed->object);
		ifc->map[0] = '\0';
		ifc->policy_transport = false;
		forget_empty_interface(ed, ifc);
		return 0;
	}
	if (ifc && ifc->map[0] && strcmp(ifc->map, map))
		return editor_refuse(ed, args, "map",
				     "interface %s has crypto map %s already; remove it first",
				     ed->object, ifc->map);
	ifc = cfg_interface_get(ed->cfg, ed->object);
	if (!ifc)
		return editor_no_memory(ed);
	strcpy(ifc->map, map);
	ifc->where = editor_where(args, "map");
	return 0;
}

int set_interface_mss(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_interface *ifc = cfg_interface_find(ed->cfg, ed->object);
	const char *bytes = cli_text(args, "mss");
	uint16_t mss = bytes ? (uint16_t)strtoul(bytes, NULL, 10) :
		       cli_has(args, "auto") ? CFG_MSS_AUTO : 0;

	if (!args->no) {
		ifc = cfg_interface_get(ed->cfg, ed->object);
		if (!ifc)
			return editor_no_memory(ed);
		ifc->mss = mss;
		return 0;
	}
	if (!ifc || !ifc->mss || (mss && mss != ifc->mss))
		return editor_refuse(ed, args, "mss",
				     "interface %s has no such ip tcp adjust-mss",
				     ed->object);
	ifc->mss = 0;
	forget_empty_interface(ed, ifc);
	return 0;
}

/*
 * `crypto ipsec df-bit` and `crypto ipsec fragmentation` stand for all interfaces
 * or, in its mode, for one, which overrides that.
 */
static struct cfg_interface *interface_to_set(struct config_editor *ed,
					      const struct cli_args *args)
{
	return args->no ? cfg_interface_find(ed->cfg, ed->object) :
			  cfg_interface_get(ed->cfg, ed->object);
}

int set_df(struct config_editor *ed, const struct cli_args *args)
{
	enum cfg_df df = args->no ? CFG_DF_INHERIT :
			 cfg_df_by_name(cli_text(args, "df"));
	struct cfg_interface *ifc;

	if (ed->mode == CLI_MODE_CONFIG) {
		ed->cfg->df = df;
		return 0;
	}
	ifc = interface_to_set(ed, args);
	if (!ifc)
		return args->no ? 0 : editor_no_memory(ed);
	ifc->df = df;
	forget_empty_interface(ed, ifc);
	return 0;
}

int set_frag(struct config_editor *ed, const struct cli_args *args)
{
	enum cfg_frag frag = args->no ? CFG_FRAG_INHERIT :
			     cfg_frag_by_name(cli_text(args, "frag"));
	struct cfg_interface *ifc;

	if (ed->mode == CLI_MODE_CONFIG) {
		ed->cfg->frag = frag;
		return 0;
	}
	ifc = interface_to_set(ed, args);
	if (!ifc)
		return args->no ? 0 : editor_no_memory(ed);
	ifc->frag = frag;
	forget_empty_interface(ed, ifc);
	return 0;
}
