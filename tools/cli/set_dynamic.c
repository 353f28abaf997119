// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Handlers: dynamic maps (C-039), and the entries of crypto maps that bind them
 * (C-040). What the sub-mode takes is in set_map.c.
 */
#include <errno.h>
#include <string.h>

#include "tools/cli/editor.h"

/* --- entries of crypto maps ---------------------------------------------------- */

static int unbind(struct config_editor *ed, const struct cli_args *args,
		  struct cfg_map *map, struct cfg_entry *entry)
{
	const char *dynamic = cli_text(args, "dynamic");

	if (!entry || entry->type != CFG_IPSEC_DYNAMIC)
		return editor_refuse(ed, args, "seq",
				     "crypto map %s has no such dynamic entry",
				     cli_text(args, "map"));
	if (dynamic && strcmp(dynamic, entry->dynamic))
		return editor_refuse(ed, args, "dynamic",
				     "the dynamic map of this entry is %s",
				     entry->dynamic);
	cfg_entry_del(map, entry);
	if (cfg_map_is_empty(map))
		cfg_map_del(ed->cfg, map);
	return 0;
}

/* It has no sub-mode: there is nothing to be set. */
int set_map_dynamic(struct config_editor *ed, const struct cli_args *args)
{
	const char *name = cli_text(args, "map");
	uint32_t seq = cli_number(args, "seq", 0);
	struct cfg_map *map = cfg_map_find(ed->cfg, name);
	struct cfg_entry *entry = map ? cfg_entry_find(map, seq) : NULL;

	if (args->no)
		return unbind(ed, args, map, entry);
	if (entry && entry->type != CFG_IPSEC_DYNAMIC)
		return editor_refuse(ed, args, "dynamic",
				     "the type of an entry cannot change; remove the entry first");
	map = cfg_map_get(ed->cfg, name);
	entry = map ? cfg_entry_get(map, seq) : NULL;
	if (!entry)
		return editor_no_memory(ed);
	if (!map->where.column)
		map->where = editor_where(args, "map");
	entry->type = CFG_IPSEC_DYNAMIC;
	entry->where = editor_where(args, "seq");
	entry->dynamic_at = editor_where(args, "dynamic");
	memset(entry->dynamic, 0, sizeof(entry->dynamic));
	strcpy(entry->dynamic, cli_text(args, "dynamic"));
	ed->mode = CLI_MODE_CONFIG;
	return 0;
}

/* --- dynamic maps -------------------------------------------------------------- */

/* The entry that the line names; made if it is not there. */
static struct cfg_entry *get_entry(struct config_editor *ed,
				   const struct cli_args *args, bool *made)
{
	struct cfg_map *map = cfg_dynamic_get(ed->cfg, cli_text(args, "dynamic"));
	uint32_t seq = cli_number(args, "seq", 0);
	struct cfg_entry *entry;

	*made = map && !cfg_entry_find(map, seq);
	entry = map ? cfg_entry_get(map, seq) : NULL;
	if (!entry) {
		editor_no_memory(ed);
		return NULL;
	}
	if (!map->where.column)
		map->where = editor_where(args, "dynamic");
	if (*made)
		entry->where = editor_where(args, "seq");
	return entry;
}

/* @entry NULL: all of the map. */
static void forget_entry(struct cm_config *cfg, struct cfg_map *map,
			 struct cfg_entry *entry)
{
	if (entry)
		cfg_entry_del(map, entry);
	if (!entry || !map->n_entries)
		cfg_dynamic_del(cfg, map);
}

/* One entry, or with @seq 0 the whole map. */
static int remove_dynamic(struct config_editor *ed, const struct cli_args *args,
			  const char *name, uint32_t seq)
{
	struct cfg_map *map = cfg_dynamic_find(ed->cfg, name);
	struct cfg_entry *entry = map ? cfg_entry_find(map, seq) : NULL;

	if (!map)
		return editor_refuse(ed, args, "dynamic",
				     "there is no dynamic map %s", name);
	if (seq && !entry)
		return editor_refuse(ed, args, "seq",
				     "dynamic map %s has no entry %u", name, seq);
	forget_entry(ed->cfg, map, entry);
	return 0;
}

int set_dynamic(struct config_editor *ed, const struct cli_args *args)
{
	const char *name = cli_text(args, "dynamic");
	uint32_t seq = cli_number(args, "seq", 0);
	bool made;

	if (args->no)
		return remove_dynamic(ed, args, name, seq);
	if (!get_entry(ed, args, &made))
		return -ENOMEM;
	strcpy(ed->object, name);
	ed->seq = seq;
	ed->mode = CLI_MODE_DYN;
	return 0;
}

/* The handler of the sub-mode, for a line that stands alone. */
static int one_line(struct config_editor *ed, const struct cli_args *args,
		    cli_config_fn *set)
{
	const char *name = cli_text(args, "dynamic");
	uint32_t seq = cli_number(args, "seq", 0);
	struct cfg_map *map;
	bool made = false;
	int ret;

	if (!args->no && !get_entry(ed, args, &made))
		return -ENOMEM;
	strcpy(ed->object, name);
	ed->seq = seq;
	ed->mode = CLI_MODE_DYN;
	ret = set(ed, args);
	ed->mode = CLI_MODE_CONFIG;
	/* What is refused changes nothing. */
	map = ret && made ? cfg_dynamic_find(ed->cfg, name) : NULL;
	if (map)
		forget_entry(ed->cfg, map, cfg_entry_find(map, seq));
	return ret;
}

int set_dynamic_transforms(struct config_editor *ed,
			   const struct cli_args *args)
{
	return one_line(ed, args, set_entry_transforms);
}

int set_dynamic_pfs(struct config_editor *ed, const struct cli_args *args)
{
	return one_line(ed, args, set_pfs);
}

int set_dynamic_lifetime(struct config_editor *ed, const struct cli_args *args)
{
	return one_line(ed, args, set_entry_lifetime);
}

int set_dynamic_idle(struct config_editor *ed, const struct cli_args *args)
{
	return one_line(ed, args, set_entry_idle);
}

int set_dynamic_demux(struct config_editor *ed, const struct cli_args *args)
{
	return one_line(ed, args, set_entry_demux);
}

int set_dynamic_reverse_route(struct config_editor *ed,
			      const struct cli_args *args)
{
	return one_line(ed, args, set_reverse_route);
}

int set_dynamic_dummy(struct config_editor *ed, const struct cli_args *args)
{
	return one_line(ed, args, set_entry_dummy);
}

int set_dynamic_padding(struct config_editor *ed, const struct cli_args *args)
{
	return one_line(ed, args, set_entry_padding);
}

int set_dynamic_replay(struct config_editor *ed, const struct cli_args *args)
{
	return one_line(ed, args, set_entry_replay);
}

int set_dynamic_match(struct config_editor *ed, const struct cli_args *args)
{
	return one_line(ed, args, set_match_address);
}

int set_dynamic_isakmp_profile(struct config_editor *ed,
			       const struct cli_args *args)
{
	return one_line(ed, args, set_entry_isakmp_profile);
}
