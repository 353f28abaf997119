// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Handlers: lines of PIX and ASA that say what IOS says in a mode (C-011 to C-041, F-068).
 * Each is the handler of that mode, for a line that stands alone.
 */
#include <errno.h>
#include <string.h>

#include "tools/cli/editor.h"

/* --- policies ------------------------------------------------------------------- */

static int policy_line(struct config_editor *ed, const struct cli_args *args,
		       cli_config_fn *set)
{
	uint32_t priority = cli_number(args, "priority", 0);
	struct cfg_policy *policy = cfg_policy_find(ed->cfg, priority);

	if (!policy && args->no)
		return editor_refuse(ed, args, "priority",
				     "there is no policy %u", priority);
	if (!policy) {
		policy = cfg_policy_get(ed->cfg, priority);
		if (!policy)
			return editor_no_memory(ed);
		policy->where = editor_where(args, "priority");
	}
	ed->seq = priority;
	ed->mode = CLI_MODE_CONFIG;
	return set(ed, args);
}

int set_policy_encryption(struct config_editor *ed, const struct cli_args *args)
{
	return policy_line(ed, args, set_encryption);
}

int set_policy_hash(struct config_editor *ed, const struct cli_args *args)
{
	return policy_line(ed, args, set_hash);
}

int set_policy_authentication(struct config_editor *ed,
			      const struct cli_args *args)
{
	return policy_line(ed, args, set_authentication);
}

int set_policy_group(struct config_editor *ed, const struct cli_args *args)
{
	return policy_line(ed, args, set_group);
}

int set_policy_lifetime(struct config_editor *ed, const struct cli_args *args)
{
	return policy_line(ed, args, set_lifetime);
}

/* --- crypto maps ---------------------------------------------------------------- */

/* ASA has no line for the entry itself, and does nothing but negotiate. */
static struct cfg_entry *get_entry(struct config_editor *ed,
				   const struct cli_args *args)
{
	struct cfg_map *map = cfg_map_get(ed->cfg, cli_text(args, "map"));
	uint32_t seq = cli_number(args, "seq", 0);
	struct cfg_entry *entry = map ? cfg_entry_get(map, seq) : NULL;

	if (!entry) {
		editor_no_memory(ed);
		return NULL;
	}
	entry->type = CFG_IPSEC_ISAKMP;
	entry->where = editor_where(args, "seq");
	if (!map->where.column)
		map->where = editor_where(args, "map");
	return entry;
}

/* What is refused changes nothing. */
static void forget_entry(struct config_editor *ed, struct cfg_map *map,
			 uint32_t seq)
{
	struct cfg_entry *entry = map ? cfg_entry_find(map, seq) : NULL;

	if (entry)
		cfg_entry_del(map, entry);
	if (map && cfg_map_is_empty(map))
		cfg_map_del(ed->cfg, map);
}

static int map_line(struct config_editor *ed, const struct cli_args *args,
		    cli_config_fn *set)
{
	const char *name = cli_text(args, "map");
	uint32_t seq = cli_number(args, "seq", 0);
	struct cfg_map *map = cfg_map_find(ed->cfg, name);
	const struct cfg_entry *entry = map ? cfg_entry_find(map, seq) : NULL;
	bool made = !entry;
	int ret;

	if (made && args->no)
		return editor_refuse(ed, args, "seq",
				     "crypto map %s has no such entry", name);
	if (entry && entry->type == CFG_IPSEC_DYNAMIC)
		return editor_refuse(ed, args, "seq",
				     "this entry is dynamic: crypto dynamic-map %s has its settings",
				     entry->dynamic);
	if (made && !get_entry(ed, args))
		return -ENOMEM;
	strcpy(ed->object, name);
	ed->seq = seq;
	ed->mode = CLI_MODE_MAP;
	ret = set(ed, args);
	ed->mode = CLI_MODE_CONFIG;
	if (ret && made)
		forget_entry(ed, cfg_map_find(ed->cfg, name), seq);
	return ret;
}

int set_map_match(struct config_editor *ed, const struct cli_args *args)
{
	return map_line(ed, args, set_match_address);
}

int set_map_peer(struct config_editor *ed, const struct cli_args *args)
{
	return map_line(ed, args, set_peer);
}

int set_map_transforms(struct config_editor *ed, const struct cli_args *args)
{
	return map_line(ed, args, set_entry_transforms);
}

int set_map_pfs(struct config_editor *ed, const struct cli_args *args)
{
	return map_line(ed, args, set_pfs);
}

int set_map_lifetime(struct config_editor *ed, const struct cli_args *args)
{
	return map_line(ed, args, set_entry_lifetime);
}

int set_map_idle(struct config_editor *ed, const struct cli_args *args)
{
	return map_line(ed, args, set_entry_idle);
}

int set_map_replay(struct config_editor *ed, const struct cli_args *args)
{
	return map_line(ed, args, set_entry_replay);
}

int set_map_reverse_route(struct config_editor *ed, const struct cli_args *args)
{
	return map_line(ed, args, set_reverse_route);
}

/* C-037: the map, too, is named by the line. */
int set_map_interface(struct config_editor *ed, const struct cli_args *args)
{
	strcpy(ed->object, cli_text(args, "interface"));
	ed->mode = CLI_MODE_CONFIG;
	return set_interface_map(ed, args);
}
