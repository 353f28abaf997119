// SPDX-License-Identifier: GPL-2.0-or-later
/* Handlers: remote access (C-019, C-080): users, pools, groups, lists, maps. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "tools/cli/editor.h"
#include "tools/lib/password.h"

#define MASKED_KEY	"this is a masked key: type the key itself"

#define MASK_SHAPE	"a netmask has its ones in front, as 255.255.255.0"

static bool is_masked(const char *secret)
{
	return !secret[strspn(secret, "*")];
}

/* --- lists and users ---------------------------------------------------------- */

/* Lists are used where they are named, so there is nothing to store. */
int set_aaa(struct config_editor *ed, const struct cli_args *args)
{
	if (args->no && ed->cfg->n_methods)
		return editor_refuse(ed, args, NULL,
				     "there are lists: remove them first");
	return 0;
}

static int set_method(struct config_editor *ed, const struct cli_args *args,
		      bool authorization)
{
	const char *name = cli_text(args, "list");
	struct cfg_method *m = cfg_method_find(ed->cfg, name, authorization);
	unsigned int i;

	if (args->no) {
		if (!m || m->derived)
			return editor_refuse(ed, args, "list",
					     "there is no list %s", name);
		cfg_method_del(ed->cfg, m);
		return 0;
	}
	for (i = 0; authorization && i < args->n; i++)
		if (args->arg[i].name && !strcmp(args->arg[i].name, "method") &&
		    strcmp(args->arg[i].text, "local"))
			return editor_refuse(ed, args, "method",
					     "the only method is `local', the groups of this configuration");
	if (cli_text(args, "servers") &&
	    !strcasecmp(cli_text(args, "servers"), "tacacs+"))
		return editor_refuse(ed, args, "servers",
				     "the only protocol of servers here is radius");
	m = cfg_method_get(ed->cfg, name, authorization);
	if (!m)
		return editor_no_memory(ed);
	m->radius = !authorization && cli_has(args, "group");
	copy_text(m->servers, cli_text(args, "servers"), sizeof(m->servers));
	m->local = authorization || cli_has(args, "local");
	m->derived = false;
	m->where = editor_where(args, "list");
	return 0;
}

int set_aaa_login(struct config_editor *ed, const struct cli_args *args)
{
	return set_method(ed, args, false);
}

int set_aaa_network(struct config_editor *ed, const struct cli_args *args)
{
	return set_method(ed, args, true);
}

/* What is kept of the password; 0 or a refusal. */
static int make_hash(struct config_editor *ed, const struct cli_args *args,
		     char *out, size_t size)
{
	const char *key = cli_text(args, "key"), *hash = cli_text(args, "hash");

	if (is_masked(key ? key : hash))
		return editor_refuse(ed, args, key ? "key" : "hash",
				     MASKED_KEY);
	if (hash && (!password_is_hash(hash) || strlen(hash) >= size))
		return editor_refuse(ed, args, "hash",
				     "this is no hash of the kinds $1$, $5$ or $6$");
	if (hash) {
		strcpy(out, hash);
		return 0;
	}
	if (cli_has(args, "nt-encrypted"))
		return password_nt_digits(key, out, size) ? 0 :
		       editor_refuse(ed, args, "key",
				     "an nt-encrypted password has 32 hexadecimal digits");
	if (cli_has(args, "mschap") && !password_is_ascii(key))
		return editor_refuse(ed, args, "key",
				     "a password for mschap has characters of ASCII only");
	if (cli_has(args, "mschap") ? password_nt_hash(key, out, size) :
				      password_hash(key, out, size))
		return editor_refuse(ed, args, "key",
				     "the password could not be hashed");
	return 0;
}

int set_user(struct config_editor *ed, const struct cli_args *args)
{
	const char *name = cli_text(args, "user");
	struct cfg_user *user = cfg_user_find(ed->cfg, name);
	char hash[CFG_PASSWORD_SIZE];
	int ret;

	if (args->no) {
		if (!user)
			return editor_refuse(ed, args, "user",
					     "there is no user %s", name);
		cfg_user_del(ed->cfg, user);
		return 0;
	}
	ret = make_hash(ed, args, hash, sizeof(hash));
	if (ret)
		return ret;
	user = cfg_user_get(ed->cfg, name);
	if (!user)
		return editor_no_memory(ed);
	copy_text(user->hash, hash, sizeof(user->hash));
	user->where = editor_where(args, "user");
	return 0;
}

/* --- pools --------------------------------------------------------------------- */

static bool is_unicast(const struct addr *addr)
{
	uint32_t host = addr_to_v4(addr);

	return host >> 24 && host >> 24 != 127 && host < 0xe0000000;
}

/* `FIRST [LAST]`, or in one word FIRST-LAST; @last: what to blame for it. */
static void pool_bounds(const struct cli_args *args, struct addr bounds[2],
			const char *blame[2])
{
	const struct cli_arg *range = cli_get(args, "range");

	blame[0] = range ? "range" : "first";
	blame[1] = range ? "range" : "last";
	bounds[0] = cli_address(args, blame[0]);
	bounds[1] = range ? addr_v4(range->number, 0) :
		    cli_get(args, "last") ? cli_address(args, "last") :
					    bounds[0];
}

int set_pool(struct config_editor *ed, const struct cli_args *args)
{
	const char *name = cli_text(args, "pool"), *blame[2];
	struct cfg_pool *pool = cfg_pool_find(ed->cfg, name);
	struct addr mask = cli_address(args, "mask"), bounds[2];
	struct addr first, last;

	pool_bounds(args, bounds, blame);
	first = bounds[0];
	last = bounds[1];
	if (args->no) {
		if (!pool)
			return editor_refuse(ed, args, "pool",
					     "there is no pool %s", name);
		cfg_pool_del(ed->cfg, pool);
		return 0;
	}
	if (!is_unicast(&first) || !is_unicast(&last))
		return editor_refuse(ed, args, blame[is_unicast(&first)],
				     "this is no address that a client can have");
	if (addr_to_v4(&last) < addr_to_v4(&first) ||
	    addr_to_v4(&last) - addr_to_v4(&first) >= CFG_POOL_MAX)
		return editor_refuse(ed, args, blame[1],
				     "a pool goes upwards, and has at most %u addresses",
				     CFG_POOL_MAX);
	if (cli_get(args, "mask") && addr_mask_len(&mask) < 0)
		return editor_refuse(ed, args, "mask", MASK_SHAPE);
	pool = cfg_pool_get(ed->cfg, name);
	if (!pool)
		return editor_no_memory(ed);
	pool->first = first;
	pool->last = last;
	pool->mask = mask;
	pool->where = editor_where(args, "pool");
	return 0;
}

/* --- groups -------------------------------------------------------------------- */

int set_group_of_clients(struct config_editor *ed, const struct cli_args *args)
{
	const char *name = cli_text(args, "group");
	struct cfg_group *group = cfg_group_find(ed->cfg, name);

	if (args->no) {
		if (!group || group->derived)
			return editor_refuse(ed, args, "group",
					     "there is no group %s", name);
		cfg_group_del(ed->cfg, group);
		return 0;
	}
	if (group && group->derived)
		return editor_refuse(ed, args, "group",
				     "there is a tunnel-group %s already", name);
	if (!group) {
		group = cfg_group_get(ed->cfg, name);
		if (!group)
			return editor_no_memory(ed);
		group->where = editor_where(args, "group");
	}
	copy_text(ed->object, group->name, sizeof(ed->object));
	ed->mode = CLI_MODE_GROUP;
	return 0;
}

/* The group that the line names (`vpngroup` of PIX 6); it makes it, too. */
static struct cfg_group *named_group(struct config_editor *ed,
				     const struct cli_args *args)
{
	const char *name = cli_text(args, "group");
	struct cfg_group *group = cfg_group_find(ed->cfg, name);

	if (group && group->derived) {
		editor_refuse(ed, args, "group",
			      "there is a tunnel-group %s already", name);
		return NULL;
	}
	if (!group && args->no) {
		editor_refuse(ed, args, "group", "there is no group %s", name);
		return NULL;
	}
	if (group)
		return group;
	group = cfg_group_get(ed->cfg, name);
	if (group)
		group->where = editor_where(args, "group");
	else
		editor_no_memory(ed);
	return group;
}

/* That, or the group of the mode, which may have been removed by someone else. */
static struct cfg_group *current_group(struct config_editor *ed,
				       const struct cli_args *args)
{
	struct cfg_group *group = cfg_group_find(ed->cfg, ed->object);

	if (cli_get(args, "group"))
		return named_group(ed, args);
	if (!group)
		editor_refuse(ed, args, NULL, "group %s no longer exists",
			      ed->object);
	return group;
}

int set_group_key(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_group *group = current_group(ed, args);
	const char *secret = cli_text(args, "key");

	if (!group)
		return -EINVAL;
	if (!args->no && is_masked(secret))
		return editor_refuse(ed, args, "key", MASKED_KEY);
	explicit_bzero(group->secret, sizeof(group->secret));
	copy_text(group->secret, args->no ? NULL : secret,
		  sizeof(group->secret));
	group->secret_at = editor_where(args, "key");
	return 0;
}

int set_group_pool(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_group *group = current_group(ed, args);

	if (!group)
		return -EINVAL;
	editor_name(args, "pool", group->pool, &group->pool_at);
	return 0;
}

static int set_servers(const struct cli_args *args, struct addr *servers)
{
	servers[0] = servers[1] = (struct addr){ 0 };
	if (args->no)
		return 0;
	servers[0] = cli_address(args, "server");
	servers[1] = cli_address(args, "second");
	return 0;
}

int set_group_dns(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_group *group = current_group(ed, args);

	return group ? set_servers(args, group->dns) : -EINVAL;
}

int set_group_wins(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_group *group = current_group(ed, args);

	return group ? set_servers(args, group->wins) : -EINVAL;
}

int set_group_domain(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_group *group = current_group(ed, args);

	if (!group)
		return -EINVAL;
	copy_text(group->domain, args->no ? NULL : cli_text(args, "domain"),
		  sizeof(group->domain));
	return 0;
}

int set_group_netmask(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_group *group = current_group(ed, args);
	struct addr mask = cli_address(args, "mask");

	if (!group)
		return -EINVAL;
	if (!args->no && addr_mask_len(&mask) < 0)
		return editor_refuse(ed, args, "mask", MASK_SHAPE);
	group->netmask = args->no ? (struct addr){ 0 } : mask;
	return 0;
}

int set_group_acl(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_group *group = current_group(ed, args);

	if (!group)
		return -EINVAL;
	editor_name(args, "acl", group->acl, &group->acl_at);
	return 0;
}

int set_group_save(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_group *group = current_group(ed, args);

	if (!group)
		return -EINVAL;
	group->save_password = !args->no;
	return 0;
}

static int set_flag(struct config_editor *ed, const struct cli_args *args,
		    size_t at)
{
	struct cfg_group *group = current_group(ed, args);

	if (!group)
		return -EINVAL;
	*(bool *)((char *)group + at) = !args->no;
	return 0;
}

int set_group_pfs(struct config_editor *ed, const struct cli_args *args)
{
	return set_flag(ed, args, offsetof(struct cfg_group, pfs));
}

int set_group_local_lan(struct config_editor *ed, const struct cli_args *args)
{
	return set_flag(ed, args, offsetof(struct cfg_group, local_lan));
}

/* Where the name is in the list, which has commas; NULL: it is not. */
static char *name_in(char *list, const char *name)
{
	size_t len = strlen(name);
	char *at = list;

	while (*at && (strncasecmp(at, name, len) ||
		       (at[len] && at[len] != ','))) {
		at += strcspn(at, ",");
		at += *at == ',';
	}
	return *at ? at : NULL;
}

static void cut_name(char *list, char *at)
{
	char *next = at + strcspn(at, ",");

	if (*next)
		memmove(at, next + 1, strlen(next + 1) + 1);
	else
		at[at > list ? -1 : 0] = '\0';
}

/* One line each; they are told together. */
int set_group_split_dns(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_group *group = current_group(ed, args);
	const char *name = cli_text(args, "name");
	char *list, *at;
	size_t len;

	if (!group)
		return -EINVAL;
	list = group->split_dns;
	at = name ? name_in(list, name) : NULL;
	if (args->no && name && !at)
		return editor_refuse(ed, args, "name", "there is no split-dns %s",
				     name);
	if (args->no && name)
		cut_name(list, at);
	else if (args->no)
		*list = '\0';
	if (args->no || at)
		return 0;
	len = strlen(list);
	if (len + strlen(name) + 1 >= sizeof(group->split_dns))
		return editor_refuse(ed, args, "name",
				     "these names have more than %zu characters together",
				     sizeof(group->split_dns) - 1);
	sprintf(list + len, "%s%s", len ? "," : "", name);
	return 0;
}

/* --- as PIX 6 has groups (C-071) ---------------------------------------------- */

int set_vpngroup(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_group *group = named_group(ed, args);

	if (group && args->no)
		cfg_group_del(ed->cfg, group);
	return group ? 0 : -EINVAL;
}

/* All names of the line, in place of those before. */
int set_vpngroup_split_dns(struct config_editor *ed,
			   const struct cli_args *args)
{
	char names[CFG_FQDN_SIZE] = "";
	struct cfg_group *group;
	int ret = editor_join_names(ed, args, names, sizeof(names));

	if (ret)
		return ret;
	group = named_group(ed, args);
	if (group)
		copy_text(group->split_dns, names, sizeof(group->split_dns));
	return group ? 0 : -EINVAL;
}

int set_vpngroup_ignored(struct config_editor *ed, const struct cli_args *args)
{
	if (!args->no)
		snprintf(ed->note, sizeof(ed->note),
			 "user-idle-timeout is ignored: users behind a client are not asked for");
	return 0;
}

int set_group_backup(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_group *group = current_group(ed, args);
	struct addr server = cli_address(args, "server"), *all;
	unsigned int i = 0, n = 0;

	if (!group)
		return -EINVAL;
	all = group->backup;
	while (n < CFG_BACKUP_MAX && addr_is_set(&all[n]))
		n++;
	while (i < n && !addr_equal(&all[i], &server))
		i++;
	if (args->no && !addr_is_set(&server)) {
		memset(all, 0, sizeof(group->backup));
	} else if (args->no && i == n) {
		return editor_refuse(ed, args, "server",
				     "there is no such backup-gateway");
	} else if (args->no) {
		memmove(&all[i], &all[i + 1], (n - i - 1) * sizeof(*all));
		memset(&all[n - 1], 0, sizeof(*all));
	} else if (i == CFG_BACKUP_MAX) {
		return editor_refuse(ed, args, "server",
				     "there may be %u of them", CFG_BACKUP_MAX);
	} else {
		all[i] = server;
	}
	return 0;
}

int set_group_logins(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_group *group = current_group(ed, args);

	if (!group)
		return -EINVAL;
	group->max_logins = args->no ? 0 : cli_number(args, "n", 0);
	return 0;
}

int set_group_users(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_group *group = current_group(ed, args);

	if (!group)
		return -EINVAL;
	group->max_users = args->no ? 0 : cli_number(args, "n", 0);
	return 0;
}

/* Minutes, or, of PIX 6, seconds. */
static uint32_t minutes_of(const struct cli_args *args)
{
	return args->no ? 0 : cli_get(args, "minutes") ?
	       cli_number(args, "minutes", 0) :
	       (cli_number(args, "seconds", 0) + 59) / 60;
}

int set_group_idle(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_group *group = current_group(ed, args);

	if (!group)
		return -EINVAL;
	group->idle = minutes_of(args);
	return 0;
}

int set_group_session(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_group *group = current_group(ed, args);

	if (!group)
		return -EINVAL;
	group->session = minutes_of(args);
	return 0;
}

int set_group_banner(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_group *group = current_group(ed, args);
	const char *text = args->no ? "" : cli_text(args, "banner");

	if (!group)
		return -EINVAL;
	if (strlen(text) >= sizeof(group->banner))
		return editor_refuse(ed, args, "banner",
				     "a banner has at most %zu characters",
				     sizeof(group->banner) - 1);
	copy_text(group->banner, text, sizeof(group->banner));
	return 0;
}

/* --- crypto maps ------------------------------------------------------------------ */

/* The map that the line names; with `no` it must be there, else it is made. */
static struct cfg_map *map_of(struct config_editor *ed,
			      const struct cli_args *args)
{
	const char *name = cli_text(args, "map");
	struct cfg_map *map = cfg_map_find(ed->cfg, name);

	if (!map && args->no) {
		editor_refuse(ed, args, "map", "there is no crypto map %s",
			      name);
		return NULL;
	}
	if (map)
		return map;
	map = cfg_map_get(ed->cfg, name);
	if (map)
		map->where = editor_where(args, "map");
	else
		editor_no_memory(ed);
	return map;
}

static int set_list(struct config_editor *ed, const struct cli_args *args,
		    struct cfg_map *map, char *list, struct cfg_where *at)
{
	cfg_map_forget_clients(map);
	editor_name(args, "list", list, at);
	if (cfg_map_is_empty(map))
		cfg_map_del(ed->cfg, map);
	return 0;
}

int set_map_login(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_map *map = map_of(ed, args);

	return map ? set_list(ed, args, map, map->login, &map->login_at) :
		     -EINVAL;
}

int set_map_groups(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_map *map = map_of(ed, args);

	return map ? set_list(ed, args, map, map->authorization,
			      &map->authorization_at) : -EINVAL;
}

int set_map_addresses(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_map *map = map_of(ed, args);

	if (!map)
		return -EINVAL;
	cfg_map_forget_clients(map);
	if (!cli_has(args, "respond"))
		map->initiate = !args->no;
	if (!cli_has(args, "initiate"))
		map->respond = !args->no;
	map->addresses_at = editor_where(args, "address");
	if (cfg_map_is_empty(map))
		cfg_map_del(ed->cfg, map);
	return 0;
}
