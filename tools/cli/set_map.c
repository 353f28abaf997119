// SPDX-License-Identifier: GPL-2.0-or-later
/* Handlers: crypto maps. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cli/editor.h"

static int remove_entry(struct config_editor *ed, const struct cli_args *args,
			struct cfg_map *map)
{
	struct cfg_entry *entry;
	uint32_t seq = cli_number(args, "seq", 0);

	if (!cli_get(args, "seq")) {
		cfg_map_del(ed->cfg, map);
		return 0;
	}
	entry = cfg_entry_find(map, seq);
	if (!entry)
		return editor_refuse(ed, args, "seq",
				     "crypto map %s has no entry %u",
				     map->name, seq);
	cfg_entry_del(map, entry);
	if (cfg_map_is_empty(map))
		cfg_map_del(ed->cfg, map);
	return 0;
}

static int new_entry(struct config_editor *ed, const struct cli_args *args,
		     const char *name, uint32_t seq)
{
	struct cfg_map *map = cfg_map_get(ed->cfg, name);
	struct cfg_entry *entry = map ? cfg_entry_get(map, seq) : NULL;

	if (!entry)
		return editor_no_memory(ed);
	entry->type = cli_has(args, "ipsec-manual") ? CFG_IPSEC_MANUAL :
						      CFG_IPSEC_ISAKMP;
	entry->where = editor_where(args, "seq");
	if (!map->where.column)
		map->where = editor_where(args, "map");
	snprintf(ed->note, sizeof(ed->note),
		 "NOTE: crypto map entry will be incomplete until peer, transform set%s and access list are configured",
		 entry->type == CFG_IPSEC_MANUAL ? ", keys" : "");
	return 0;
}

int set_map(struct config_editor *ed, const struct cli_args *args)
{
	const char *name = cli_text(args, "map");
	const char *type = cli_text(args, "type");
	uint32_t seq = cli_number(args, "seq", 0);
	struct cfg_map *map = cfg_map_find(ed->cfg, name);
	struct cfg_entry *entry = map ? cfg_entry_find(map, seq) : NULL;
	int ret = 0;

	if (cfg_autokey_map_find(ed->cfg, name))
		return editor_refuse(ed, args, "map",
				     "%s is an ipsec autokey-map or dynamic-map: change it there",
				     name);
	if (args->no && !map)
		return editor_refuse(ed, args, "map",
				     "there is no crypto map %s", name);
	if (args->no)
		return remove_entry(ed, args, map);
	if (!entry && !type)
		return editor_refuse(ed, args, "seq",
				     "a new entry needs its type: ipsec-isakmp or ipsec-manual");
	if (entry && entry->type == CFG_IPSEC_DYNAMIC)
		return editor_refuse(ed, args, "seq",
				     "this entry is dynamic: crypto dynamic-map %s has its settings",
				     entry->dynamic);
	if (entry && type && (entry->type == CFG_IPSEC_MANUAL) !=
			     !strcmp(type, "ipsec-manual"))
		return editor_refuse(ed, args, "type",
				     "the type of an entry cannot change; remove the entry first");
	if (!entry)
		ret = new_entry(ed, args, name, seq);
	if (ret)
		return ret;
	strcpy(ed->object, name);
	ed->seq = seq;
	ed->mode = CLI_MODE_MAP;
	return 0;
}

int set_map_local_address(struct config_editor *ed,
			  const struct cli_args *args)
{
	struct cfg_map *map = cfg_map_find(ed->cfg, cli_text(args, "map"));
	const char *interface = cli_text(args, "interface");

	if (args->no) {
		if (!map || !map->local_interface[0])
			return editor_refuse(ed, args, "map",
					     "this crypto map has no local address");
		if (interface && strcmp(interface, map->local_interface))
			return editor_refuse(ed, args, "interface",
					     "its local address is that of %s",
					     map->local_interface);
		memset(map->local_interface, 0, sizeof(map->local_interface));
		if (cfg_map_is_empty(map))
			cfg_map_del(ed->cfg, map);
		return 0;
	}
	if (is_like_ipv4(interface))
		return editor_refuse(ed, args, "interface",
				     "local-address is the interface that has it, not an address");
	if (!map) {
		map = cfg_map_get(ed->cfg, cli_text(args, "map"));
		if (!map)
			return editor_no_memory(ed);
		map->where = editor_where(args, "map");
	}
	memset(map->local_interface, 0, sizeof(map->local_interface));
	strcpy(map->local_interface, interface);
	return 0;
}

static struct cfg_map *current_map(const struct config_editor *ed)
{
	if (ed->mode == CLI_MODE_DYN)
		return cfg_dynamic_find(ed->cfg, ed->object);
	if (ed->mode == CLI_MODE_PROFILE)
		return cfg_profile_find(ed->cfg, ed->object);
	return cfg_map_find(ed->cfg, ed->object);
}

static struct cfg_entry *current_entry(struct config_editor *ed,
				       const struct cli_args *args)
{
	struct cfg_map *map = current_map(ed);
	struct cfg_entry *entry = map ? cfg_entry_find(map, ed->seq) : NULL;

	if (!entry && ed->mode == CLI_MODE_PROFILE)
		editor_refuse(ed, args, NULL, "profile %s no longer exists",
			      ed->object);
	else if (!entry)
		editor_refuse(ed, args, NULL,
			      "crypto %s %s %u no longer exists",
			      ed->mode == CLI_MODE_DYN ? "dynamic-map" : "map",
			      ed->object, ed->seq);
	return entry;
}

/* Of `set WORD` it is the second word that does not belong to this entry. */
static void point_at_setting(struct config_editor *ed,
			     const struct cli_args *args)
{
	if (args->n > 1)
		ed->column = args->arg[1].column;
}

/* The same for what only a negotiated entry has. */
static struct cfg_entry *current_isakmp_entry(struct config_editor *ed,
					      const struct cli_args *args)
{
	struct cfg_entry *entry = current_entry(ed, args);

	if (entry && entry->type == CFG_IPSEC_MANUAL) {
		editor_refuse(ed, args, NULL,
			      "manual keys have no lifetime, PFS, replay detection, idle time, level, reverse route, identity or isakmp profile: this is for ipsec-isakmp entries");
		point_at_setting(ed, args);
		return NULL;
	}
	return entry;
}

int set_description(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_entry *entry = current_entry(ed, args);
	const char *text = cli_text(args, "description");

	if (!entry)
		return -EINVAL;
	if (!args->no && strlen(text) >= sizeof(entry->description))
		return editor_refuse(ed, args, "description",
				     "a description has at most %zu characters",
				     sizeof(entry->description) - 1);
	memset(entry->description, 0, sizeof(entry->description));
	if (!args->no)
		strcpy(entry->description, text);
	return 0;
}

static bool unicast4(uint32_t host)
{
	return host >> 24 && host >> 24 != 127 && host < 0xe0000000;
}

const char *unfit_peer(const struct addr *peer)
{
	struct in6_addr in6;

	if (peer->family == AF_INET)
		return unicast4(addr_to_v4(peer)) ? NULL :
		       "a peer is a unicast address";
	memcpy(&in6, peer->bytes, sizeof(in6));
	if (IN6_IS_ADDR_MULTICAST(&in6) || IN6_IS_ADDR_UNSPECIFIED(&in6) ||
	    IN6_IS_ADDR_LOOPBACK(&in6))
		return "a peer is a unicast address";
	if (IN6_IS_ADDR_V4MAPPED(&in6))
		return "an IPv4 peer is written as an IPv4 address";
	return IN6_IS_ADDR_LINKLOCAL(&in6) ?
	       "a link-local address is of one link only: give a global or unique local one" :
	       NULL;
}

bool is_like_ipv4(const char *name)
{
	unsigned int dots = 0;

	for (; *name == '.' || (*name >= '0' && *name <= '9'); name++)
		dots += *name == '.';
	return !*name && dots >= 3;
}

static int add_peer(struct config_editor *ed, const struct cli_args *args,
		    struct cfg_entry *entry, const struct addr *peer)
{
	const char *unfit = unfit_peer(peer);

	if (unfit)
		return editor_refuse(ed, args, "peer", "%s", unfit);
	if (entry->type == CFG_IPSEC_MANUAL && entry->n_peers)
		return editor_refuse(ed, args, "peer",
				     "an ipsec-manual entry has one peer; remove the other first");
	if (entry->n_peers == CFG_PEERS_MAX)
		return editor_refuse(ed, args, "peer",
				     "an entry has at most %d peers",
				     CFG_PEERS_MAX);
	entry->peers_at[entry->n_peers] = editor_where(args, "peer");
	entry->peers[entry->n_peers++] = *peer;
	return 0;
}

int set_peer(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_entry *entry = current_entry(ed, args);
	struct addr peer = cli_address(args, "peer");
	size_t i;

	if (!entry)
		return -EINVAL;
	if (args->no && !cli_get(args, "peer")) {
		entry->n_peers = 0;
		return 0;
	}
	for (i = 0; i < entry->n_peers; i++)
		if (addr_equal(&entry->peers[i], &peer))
			break;
	if (!args->no)
		return i < entry->n_peers ? 0 : add_peer(ed, args, entry, &peer);
	if (i == entry->n_peers)
		return editor_refuse(ed, args, "peer",
				     "this entry has no such peer");
	entry->n_peers--;
	memmove(&entry->peers[i], &entry->peers[i + 1],
		(entry->n_peers - i) * sizeof(entry->peers[0]));
	memmove(&entry->peers_at[i], &entry->peers_at[i + 1],
		(entry->n_peers - i) * sizeof(entry->peers_at[0]));
	return 0;
}

static bool is_transform(const struct cli_arg *arg)
{
	return arg->name && !strcmp(arg->name, "transform");
}

/* Position of the first name that occurred before, or 0. */
static unsigned int repeated_name(const struct cli_args *args)
{
	unsigned int i, j;

	for (i = 1; i < args->n; i++)
		for (j = 0; j < i; j++)
			if (is_transform(&args->arg[i]) &&
			    is_transform(&args->arg[j]) &&
			    !strcmp(args->arg[i].text, args->arg[j].text))
				return i;
	return 0;
}

static void add_transform(struct cfg_entry *entry,
			  const struct cli_args *args, unsigned int i)
{
	entry->transforms_at[entry->n_transforms] = (struct cfg_where){
		.line = args->line, .column = args->arg[i].column,
	};
	strcpy(entry->transforms[entry->n_transforms++], args->arg[i].text);
}

/* The position of a name in the entry's list, or behind its end. */
static size_t find_transform(const struct cfg_entry *entry, const char *name)
{
	size_t i;

	for (i = 0; i < entry->n_transforms; i++)
		if (!strcmp(entry->transforms[i], name))
			break;
	return i;
}

static void take_transform(struct cfg_entry *entry, size_t i)
{
	size_t behind = --entry->n_transforms - i;

	memmove(entry->transforms[i], entry->transforms[i + 1],
		behind * sizeof(entry->transforms[0]));
	memmove(&entry->transforms_at[i], &entry->transforms_at[i + 1],
		behind * sizeof(entry->transforms_at[0]));
	memset(entry->transforms[entry->n_transforms], 0,
	       sizeof(entry->transforms[0]));
}

/* Those that are named, or all. */
static int remove_transforms(struct config_editor *ed,
			     const struct cli_args *args,
			     struct cfg_entry *entry)
{
	const struct cli_arg *arg;

	for (arg = args->arg; arg < args->arg + args->n; arg++) {
		if (!is_transform(arg) ||
		    find_transform(entry, arg->text) < entry->n_transforms)
			continue;
		editor_refuse(ed, args, NULL,
			      "this entry has no transform set %s", arg->text);
		ed->column = arg->column;
		return -EINVAL;
	}
	if (!cli_get(args, "transform"))
		while (entry->n_transforms)
			take_transform(entry, 0);
	for (arg = args->arg; arg < args->arg + args->n; arg++)
		if (is_transform(arg))
			take_transform(entry, find_transform(entry, arg->text));
	return 0;
}

/* As on IOS, the list of names replaces the one before. */
int set_entry_transforms(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_entry *entry = current_entry(ed, args);
	unsigned int i, n = 0, max;

	if (!entry)
		return -EINVAL;
	if (repeated_name(args))
		return editor_refuse(ed, args, "transform",
				     "transform set %s is named twice",
				     args->arg[repeated_name(args)].text);
	if (args->no)
		return remove_transforms(ed, args, entry);
	max = entry->type == CFG_IPSEC_MANUAL ? 1 : CFG_TRANSFORMS_MAX;
	for (i = 0; i < args->n; i++)
		n += is_transform(&args->arg[i]);
	if (n > max)
		return editor_refuse(ed, args, "transform",
				     "such an entry has at most %u transform set%s",
				     max, max == 1 ? "" : "s");
	memset(entry->transforms, 0, sizeof(entry->transforms));
	entry->n_transforms = 0;
	for (i = 0; i < args->n; i++)
		if (is_transform(&args->arg[i]))
			add_transform(entry, args, i);
	return 0;
}

int set_pfs(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_entry *entry = current_isakmp_entry(ed, args);
	const char *group = cli_text(args, "group");

	if (!entry)
		return -EINVAL;
	if (args->no)
		entry->pfs_group = 0;
	else
		entry->pfs_group = group ? strtoul(group + strlen("group"),
						   NULL, 10) : 14;
	entry->pfs_at = editor_where(args, "group");
	return 0;
}

int set_entry_lifetime(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_entry *entry = current_isakmp_entry(ed, args);

	if (!entry)
		return -EINVAL;
	if (cli_has(args, "seconds"))
		entry->seconds = args->no ? CFG_INHERIT :
				 cli_number(args, "value", 0);
	else
		entry->kilobytes = args->no ? CFG_INHERIT :
				   cli_number(args, "value", CFG_UNLIMITED);
	return 0;
}

int set_entry_replay(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_entry *entry = current_isakmp_entry(ed, args);

	if (!entry)
		return -EINVAL;
	if (args->no)
		entry->replay_window = CFG_INHERIT;
	else if (cli_has(args, "disable"))
		entry->replay_window = CFG_REPLAY_OFF;
	else
		entry->replay_window =
			strtoul(cli_text(args, "window"), NULL, 10);
	return 0;
}

int set_entry_dummy(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_entry *entry = current_entry(ed, args);

	if (!entry)
		return -EINVAL;
	entry->dummy_ms = editor_dummy_ms(args, CFG_INHERIT);
	return 0;
}

int set_entry_padding(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_entry *entry = current_entry(ed, args);

	if (!entry)
		return -EINVAL;
	entry->tfc_padding = editor_padding(args);
	return 0;
}

int set_entry_idle(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_entry *entry = current_isakmp_entry(ed, args);

	if (!entry)
		return -EINVAL;
	entry->idle = args->no ? CFG_INHERIT : cli_number(args, "seconds", 0);
	return 0;
}

/* IOS: `set nat demux`. */
int set_entry_demux(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_entry *entry = current_entry(ed, args);

	if (!entry)
		return -EINVAL;
	entry->nat_demux = !args->no;
	return 0;
}

int set_entry_level(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_entry *entry = current_isakmp_entry(ed, args);

	if (!entry)
		return -EINVAL;
	entry->per_host = !args->no;
	return 0;
}

/* IOS: `reverse-route [static]`; ASA: `set reverse-route [dynamic]`. */
int set_reverse_route(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_entry *entry = current_isakmp_entry(ed, args);

	if (!entry)
		return -EINVAL;
	entry->routes = args->no ? CFG_ROUTES_NONE :
			cli_has(args, "static") ? CFG_ROUTES_STATIC :
						  CFG_ROUTES_SA;
	return 0;
}

static int pre_classify_interface(struct config_editor *ed,
				  const struct cli_args *args)
{
	struct cfg_interface *ifc;

	ifc = args->no ? cfg_interface_find(ed->cfg, ed->object) :
			 cfg_interface_get(ed->cfg, ed->object);
	if (!ifc)
		return args->no ? 0 : editor_no_memory(ed);
	ifc->pre_classify = !args->no;
	if (!ifc->where.column)
		ifc->where = editor_where(args, NULL);
	forget_empty_interface(ed, ifc);
	return 0;
}

int set_pre_classify(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_entry *entry;

	if (ed->mode == CLI_MODE_IF)
		return pre_classify_interface(ed, args);
	entry = current_entry(ed, args);
	if (!entry)
		return -EINVAL;
	entry->pre_classify = !args->no;
	return 0;
}

int set_match_address(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_entry *entry = current_entry(ed, args);
	const char *acl = cli_text(args, "acl");

	if (!entry)
		return -EINVAL;
	/* A slip of the key must not take the protection away. */
	if (args->no && acl && strcmp(acl, entry->acl))
		return editor_refuse(ed, args, "acl",
				     "this entry does not match access list %s",
				     acl);
	memset(entry->acl, 0, sizeof(entry->acl));
	if (!args->no)
		strcpy(entry->acl, acl);
	entry->acl_at = editor_where(args, "acl");
	return 0;
}

int set_entry_identity(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_entry *entry = current_isakmp_entry(ed, args);
	const char *name = cli_text(args, "identity");

	if (!entry)
		return -EINVAL;
	if (args->no && name && strcmp(name, entry->identity))
		return editor_refuse(ed, args, "identity",
				     "this entry does not have identity %s", name);
	memset(entry->identity, 0, sizeof(entry->identity));
	if (!args->no)
		strcpy(entry->identity, name);
	entry->identity_at = editor_where(args, "identity");
	return 0;
}

int set_entry_isakmp_profile(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_entry *entry = current_isakmp_entry(ed, args);
	const char *name = cli_text(args, "iprofile");

	if (!entry)
		return -EINVAL;
	if (args->no && name && strcmp(name, entry->isakmp_profile))
		return editor_refuse(ed, args, "iprofile",
				     "this entry does not have isakmp profile %s", name);
	editor_name(args, "iprofile", entry->isakmp_profile,
		    &entry->isakmp_profile_at);
	return 0;
}

static uint8_t nibble(char digit)
{
	return digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}

/* Reads a key of one of the allowed lengths; 0 ends their list. */
static int read_hex(struct config_editor *ed, const struct cli_args *args,
		    const char *name, const uint8_t *lengths, uint8_t *key,
		    size_t *len)
{
	const char *hex = cli_text(args, name);
	size_t i, n;

	*len = 0;
	if (!hex)
		return 0;
	hex += hex[0] == '0' && hex[1] == 'x' ? 2 : 0;
	n = strlen(hex) / 2;
	while (*lengths && *lengths != n)
		lengths++;
	if (!*lengths)
		return editor_refuse(ed, args, name,
				     "%s key: %zu bytes; allowed: %s", name, n,
				     strcmp(name, "cipher") ?
				     "16, 20, 32, 48, 64 (of the hash)" :
				     "8, 16, 24, 32 (of the cipher)");
	for (i = 0; i < n; i++)
		key[i] = nibble(hex[2 * i]) << 4 | nibble(hex[2 * i + 1]);
	*len = n;
	return 0;
}

int set_session_key(struct config_editor *ed, const struct cli_args *args)
{
	static const uint8_t cipher_lengths[] = { 8, 16, 24, 32, 0 };
	static const uint8_t auth_lengths[] = { 16, 20, 32, 48, 64, 0 };
	struct cfg_entry *entry = current_entry(ed, args);
	struct cfg_session_key key = { .spi = cli_number(args, "spi", 0) };
	struct cfg_session_key *slot;
	int ret = 0;

	if (!entry)
		return -EINVAL;
	if (entry->type != CFG_IPSEC_MANUAL) {
		editor_refuse(ed, args, NULL,
			      "the keys of an ipsec-isakmp entry are negotiated: session keys are for ipsec-manual");
		point_at_setting(ed, args);
		return -EINVAL;
	}
	slot = cli_has(args, "inbound") ? &entry->inbound : &entry->outbound;
	if (args->no && key.spi && key.spi != slot->spi)
		return editor_refuse(ed, args, "spi",
				     "this entry has no such key");
	if (args->no)
		memset(&key, 0, sizeof(key));
	else
		ret = read_hex(ed, args, "cipher", cipher_lengths,
			       key.cipher_key, &key.cipher_len);
	if (!ret && !args->no)
		ret = read_hex(ed, args, "authenticator", auth_lengths,
			       key.auth_key, &key.auth_len);
	if (!ret) {
		explicit_bzero(slot, sizeof(*slot));
		key.spi_at = editor_where(args, "spi");
		*slot = key;
	}
	explicit_bzero(&key, sizeof(key));
	return ret;
}
