// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Semantic checks. Errors are what no module or daemon could carry out;
 * warnings are what works, or waits, but probably was not meant (F-071).
 */
#include <arpa/inet.h>
#include <stdarg.h>
#include <string.h>

#include "tools/cli/check.h"
#include "tools/cli/checker.h"
#include "tools/cli/model.h"
#include "tools/cli/overlap.h"
#include "tools/lib/printable.h"

void finding(struct checker *c, enum check_level level,
	     const struct cfg_where *where, const char *fmt, ...)
{
	struct check_finding f = { .level = level };
	char text[320];
	va_list ap;

	if (level != c->level)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	f.text = text;
	if (where) {
		f.line = where->line;
		f.column = where->column;
	}
	c->errors += level == CHECK_ERROR;
	if (c->report)
		c->report(c->arg, &f);
}

const struct cfg_where *known(const struct cfg_where *a,
			      const struct cfg_where *b)
{
	return a->column ? a : b;
}

static bool is_in(const struct cfg_map *map, const struct cfg_map *maps, size_t n)
{
	return n && map >= maps && map < maps + n;
}

static bool is_dynamic(const struct checker *c, const struct cfg_map *map)
{
	return is_in(map, c->cfg->dynamics, c->cfg->n_dynamics);
}

const char *map_word(const struct checker *c, const struct cfg_map *map)
{
	if (is_in(map, c->cfg->profiles, c->cfg->n_profiles))
		return "ipsec profile";
	return is_dynamic(c, map) ? "dynamic-map" : "map";
}

/* --- algorithms --- */

static void check_policy(struct checker *c, const struct cfg_policy *policy)
{
	if (policy->of[0])
		return;		/* see check_nec.c */
	if (cfg_cipher_weak(policy->cipher))
		warning(c, &policy->cipher_at,
			"policy %u uses DES, which is broken; use aes",
			policy->priority);
	if (cfg_hash_weak(policy->hash))
		warning(c, &policy->hash_at,
			"policy %u uses MD5, which is weak; use sha256",
			policy->priority);
	if (cfg_group_weak(policy->group))
		warning(c, &policy->group_at,
			"policy %u uses group %u, which is weak; use group 14 or above",
			policy->priority, policy->group);
	if (policy->cipher == CFG_CIPHER_DES && policy->hash == CFG_HASH_SHA1)
		warning(c, &policy->hash_at,
			"policy %u: the Cisco VPN Client does not accept DES with SHA; use MD5 with DES",
			policy->priority);
}

static void check_algorithms(struct checker *c)
{
	const struct cm_config *cfg = c->cfg;
	size_t i;

	for (i = 0; i < cfg->n_policies; i++)
		if (!cfg_policy_is_default(&cfg->policies[i]))
			check_policy(c, &cfg->policies[i]);
	for (i = 0; i < cfg->n_transforms; i++)
		check_transform(c, &cfg->transforms[i]);
}

/* --- entries --- */

static bool has_rule(const struct cfg_acl *acl)
{
	size_t i;

	for (i = 0; i < acl->n_aces; i++)
		if (acl->aces[i].action != CFG_REMARK)
			return true;
	return false;
}

static bool several_ports(const struct cfg_ports *ports)
{
	return ports->op != CFG_PORT_ANY && ports->op != CFG_PORT_EQ &&
	       !(ports->op == CFG_PORT_RANGE && ports->lo == ports->hi);
}

/* IKEv1 has no words for some lines; each is told of. */
static void check_single_ports(struct checker *c, const struct cfg_map *map,
			       const struct cfg_entry *entry,
			       const struct cfg_acl *acl)
{
	const struct cfg_ports *ports;
	const struct cfg_ace *ace;
	struct cfg_where at;

	for (ace = acl->aces; ace < acl->aces + acl->n_aces; ace++) {
		ports = several_ports(&ace->sport) ? &ace->sport : &ace->dport;
		if (ace->action != CFG_PERMIT || !several_ports(ports))
			continue;
		at = (struct cfg_where){ ace->where.line, ports->column };
		error(c, known(&at, &entry->acl_at),
		      "access list %s line %u, used by crypto map %s %u: range, neq, gt and lt in a permit line need ipsec-manual, since IKEv1 negotiates one port or all",
		      acl->name, ace->seq, map->name, entry->seq);
	}
}

void check_entry_acl(struct checker *c, const struct cfg_map *map,
		     const struct cfg_entry *entry)
{
	const struct cfg_acl *acl = cfg_acl_find(c->cfg, entry->acl);

	if (!entry->acl[0] && !is_dynamic(c, map))
		warning(c, &entry->where,
			"crypto %s %s %u is incomplete: no match address",
			map_word(c, map), map->name, entry->seq);
	else if (entry->acl[0] && !acl)
		warning(c, &entry->acl_at,
			"crypto %s %s %u is incomplete: access list %s does not exist",
			map_word(c, map), map->name, entry->seq, entry->acl);
	else if (acl && !has_rule(acl))
		warning(c, &entry->acl_at,
			"crypto %s %s %u is incomplete: access list %s is empty",
			map_word(c, map), map->name, entry->seq, entry->acl);
	if (acl && entry->type == CFG_IPSEC_ISAKMP && !is_dynamic(c, map))
		check_single_ports(c, map, entry, acl);
}

static void check_session_key(struct checker *c, const struct cfg_map *map,
			      const struct cfg_entry *entry,
			      const char *direction,
			      const struct cfg_session_key *key)
{
	const struct cfg_transform *ts;

	if (!key->spi) {
		warning(c, &entry->where,
			"crypto map %s %u is incomplete: no %s session key",
			map->name, entry->seq, direction);
		return;
	}
	ts = entry->n_transforms ?
	     cfg_transform_find(c->cfg, entry->transforms[0]) : NULL;
	if (!ts || cfg_transform_is_ah(ts) || cfg_session_key_fits(key, ts))
		return;
	warning(c, &key->spi_at,
		"crypto map %s %u is incomplete: the %s keys have %zu and %zu bytes, transform set %s needs %zu (cipher) and %zu (authenticator)",
		map->name, entry->seq, direction, key->cipher_len,
		key->auth_len, ts->name,
		cfg_cipher_key_bytes(ts->cipher, ts->key_bits),
		cfg_hash_key_bytes(ts->hash));
}

/* `neq` makes two flows of one: what lies below and what lies above. */
static unsigned int flows_of_ports(const struct cfg_ports *ports)
{
	return ports->op == CFG_PORT_NEQ ? 2 : 1;
}

static void check_manual_flows(struct checker *c, const struct cfg_map *map,
			       const struct cfg_entry *entry)
{
	const struct cfg_acl *acl = cfg_acl_find(c->cfg, entry->acl);
	unsigned int flows = 0;
	size_t i;

	for (i = 0; acl && i < acl->n_aces; i++)
		if (acl->aces[i].action == CFG_PERMIT)
			flows += flows_of_ports(&acl->aces[i].sport) *
				 flows_of_ports(&acl->aces[i].dport);
	if (flows > 1)
		warning(c, &entry->acl_at,
			"crypto map %s %u: manual keys serve one flow, but access list %s has %u permit lines (neq counts twice); only the first is protected, packets of the others are dropped",
			map->name, entry->seq, acl->name, flows);
}

/* As on IOS: transport mode is for the traffic of the two peers themselves. */
static void check_manual_mode(struct checker *c, const struct cfg_map *map,
			      const struct cfg_entry *entry)
{
	const struct cfg_acl *acl = cfg_acl_find(c->cfg, entry->acl);
	const struct cfg_transform *ts = cfg_manual_transform(c->cfg, entry);
	const struct cfg_ace *ace = cfg_acl_first_permit(acl);
	char peer[ADDR_STRLEN];

	if (!ts || ts->mode != CFG_TRANSPORT || !ace || !entry->n_peers ||
	    cfg_manual_transport(c->cfg, entry, NULL))
		return;
	warning(c, known(&ts->mode_at, &entry->transforms_at[0]),
		"crypto map %s %u: transport mode is for packets between the two peers: access list %s line %u is not from one host to peer %s, so tunnel mode is used",
		map->name, entry->seq, acl->name, ace->seq,
		addr_format(&entry->peers[0], peer, sizeof(peer)));
}

static bool is_peer(const struct cfg_entry *entry, const struct addr *addr)
{
	size_t i;

	for (i = 0; i < entry->n_peers; i++)
		if (addr_equal(&entry->peers[i], addr))
			return true;
	return false;
}

/* Does a line permit packets to a peer itself? */
static bool any_to_peer(const struct cfg_acl *acl, const struct cfg_entry *entry)
{
	const struct cfg_ace *ace;

	for (ace = acl->aces; ace < acl->aces + acl->n_aces; ace++)
		if (ace->action == CFG_PERMIT && cfg_net_is_host(&ace->src) &&
		    cfg_net_is_host(&ace->dst) && is_peer(entry, &ace->dst.addr))
			return true;
	return false;
}

static void check_transport(struct checker *c, const struct cfg_map *map,
			    const struct cfg_entry *entry)
{
	const struct cfg_acl *acl = cfg_acl_find(c->cfg, entry->acl);
	const struct cfg_transform *ts;
	size_t i;

	for (i = 0; acl && i < entry->n_transforms; i++) {
		ts = cfg_transform_find(c->cfg, entry->transforms[i]);
		if (ts && ts->mode == CFG_TRANSPORT && !any_to_peer(acl, entry))
			warning(c, known(&ts->mode_at,
					 &entry->transforms_at[i]),
				"crypto map %s %u: transport mode is for packets between the two peers: no line of access list %s is from one host to a peer, so with transform set %s tunnel mode is used",
				map->name, entry->seq, acl->name, ts->name);
	}
}

/* Where padding is asked for, and packets do not tell their length. */
static void check_manual_padding(struct checker *c, const struct cfg_map *map,
				 const struct cfg_entry *entry)
{
	const char *why = cfg_entry_unpadded(c->cfg, entry, NULL);
	const struct cfg_transform *ts;

	if (!why)
		return;
	ts = cfg_manual_transform(c->cfg, entry);
	warning(c, known(ts->deflate ? &ts->comp_at : &ts->mode_at,
			 &entry->transforms_at[0]),
		"crypto map %s %u: with transform set %s packets are not padded: %s",
		map->name, entry->seq, ts->name, why);
}

static void check_peer(struct checker *c, const struct cfg_map *map,
		       const struct cfg_entry *entry, size_t i)
{
	char peer[ADDR_STRLEN];

	addr_format(&entry->peers[i], peer, sizeof(peer));
	if (!checks_key(c->cfg, entry, &entry->peers[i]) &&
	    !checks_certificates(c->cfg))
		warning(c, &entry->peers_at[i],
			"crypto map %s %u: no pre-shared key for %speer %s%s",
			map->name, entry->seq,
			cfg_has_name_key(c->cfg) ? "the address of " : "", peer,
			cfg_has_name_key(c->cfg) ?
			": only the peer can begin, with a name that has one" :
			"");
}

/* Where nothing comes of it. */
static void check_routes(struct checker *c, const struct cfg_map *map,
			 const struct cfg_entry *entry)
{
	const struct cfg_acl *acl = cfg_acl_find(c->cfg, entry->acl);
	size_t i;

	for (i = 0; entry->routes && acl && i < acl->n_aces; i++)
		if (acl->aces[i].action == CFG_PERMIT &&
		    cfg_net_is_any(&acl->aces[i].dst))
			warning(c, &entry->where,
				"crypto %s %s %u: reverse-route makes no default route for the destination `any' of access list %s",
				map_word(c, map), map->name, entry->seq,
				acl->name);
	if (entry->routes == CFG_ROUTES_STATIC && is_dynamic(c, map))
		warning(c, &entry->where,
			"crypto %s %s %u: reverse-route static changes nothing, for no peer is named: there are routes with SAs alone",
			map_word(c, map), map->name, entry->seq);
}

void check_entry_security(struct checker *c, const struct cfg_map *map,
			  const struct cfg_entry *entry)
{
	const struct cfg_transform *ts;
	size_t i;

	for (i = 0; i < entry->n_transforms; i++) {
		ts = cfg_transform_find(c->cfg, entry->transforms[i]);
		if (ts && ts->deflate && cfg_entry_tfc(c->cfg, entry))
			warning(c, known(&ts->comp_at, &entry->transforms_at[i]),
				"crypto %s %s %u: with transform set %s packets are not padded: what is compressed does not tell its length",
				map_word(c, map), map->name, entry->seq,
				ts->name);
	}
	check_routes(c, map, entry);
	check_entry_identity(c, map, entry);
	check_entry_isakmp_profile(c, map, entry);
	if (cfg_group_weak(entry->pfs_group))
		warning(c, &entry->pfs_at,
			"crypto %s %s %u uses PFS group %u, which is weak; use group14 or above",
			map_word(c, map), map->name, entry->seq,
			entry->pfs_group);
}

/* What IOS negotiates and ike-daemon does not: it is kept, but told of. */
static void check_negotiable(struct checker *c, const struct cfg_map *map,
			     const struct cfg_entry *entry)
{
	size_t i;

	for (i = 0; i < entry->n_peers; i++)
		check_peer(c, map, entry, i);
}

static void check_entry(struct checker *c, const struct cfg_map *map,
			const struct cfg_entry *entry)
{
	if (entry->type == CFG_IPSEC_DYNAMIC) {
		check_dynamic_entry(c, map, entry);
		return;
	}
	if (!entry->n_peers)
		warning(c, &entry->where,
			"crypto map %s %u is incomplete: no peer",
			map->name, entry->seq);
	check_entry_transforms(c, map, entry);
	check_entry_acl(c, map, entry);
	if (entry->type == CFG_IPSEC_MANUAL) {
		check_session_key(c, map, entry, "inbound", &entry->inbound);
		check_session_key(c, map, entry, "outbound", &entry->outbound);
		check_manual_flows(c, map, entry);
		check_manual_mode(c, map, entry);
		check_manual_padding(c, map, entry);
		return;
	}
	check_negotiable(c, map, entry);
	check_entry_security(c, map, entry);
	check_transport(c, map, entry);
}

/* --- maps --- */

/* The later of two entries never sees what the earlier one permits. */
static void warn_overlap(void *arg, const struct overlap *o)
{
	struct checker *c = arg;

	warning(c, known(&o->of_later->where, &o->later->where),
		"crypto map %s: access list %s line %u (entry %u) overlaps access list %s line %u (entry %u, other peer), and the lower entry wins",
		c->map->name, o->later->acl, o->of_later->seq, o->later->seq,
		o->first->acl, o->of_first->seq, o->first->seq);
}

static void check_overlaps(struct checker *c, const struct cfg_map *map)
{
	if (c->level != CHECK_WARNING)
		return;
	c->map = map;
	if (map_overlaps(c->cfg, map, warn_overlap, c))
		warning(c, &map->where,
			"crypto map %s: its entries permit too much in common to look for every overlap",
			map->name);
}

static bool map_is_attached(const struct cm_config *cfg, const char *name)
{
	size_t i;

	for (i = 0; i < cfg->n_interfaces; i++)
		if (!strcmp(cfg->interfaces[i].map, name))
			return true;
	return false;
}

static void check_pre_classify(struct checker *c, const struct cfg_map *map)
{
	size_t i, n = 0;

	for (i = 0; i < map->n_entries; i++)
		n += map->entries[i].pre_classify;
	if (n && n < map->n_entries)
		warning(c, &map->where,
			"crypto map %s: qos pre-classify of %zu of its %zu entries is for all of them",
			map->name, n, map->n_entries);
}

static void check_map(struct checker *c, const struct cfg_map *map)
{
	size_t i;

	for (i = 0; i < map->n_entries; i++)
		check_entry(c, map, &map->entries[i]);
	check_dynamic_order(c, map);
	check_pre_classify(c, map);
	check_overlaps(c, map);
	if (!map_is_attached(c->cfg, map->name))
		warning(c, &map->where,
			"crypto map %s is not attached to an interface",
			map->name);
	else if (!map->n_entries)
		warning(c, &map->where,
			"crypto map %s is attached but has no entry: everything passes in clear",
			map->name);
}

/* What is said of an interface without a map. */
static void check_idle_words(struct checker *c, const struct cfg_interface *ifc)
{
	const char *word = ifc->mss ? "ip tcp adjust-mss" :
			   ifc->df ? "crypto ipsec df-bit" :
			   ifc->frag ? "crypto ipsec fragmentation" :
			   ifc->pre_classify ? "qos pre-classify" : NULL;

	if (word)
		warning(c, &ifc->where,
			"interface %s has no crypto map: its %s changes nothing",
			ifc->name, word);
}

static void check_interfaces(struct checker *c)
{
	const struct cfg_interface *ifc;
	size_t i;

	for (i = 0; i < c->cfg->n_interfaces; i++) {
		ifc = &c->cfg->interfaces[i];
		check_tunnel(c, ifc);
		if (!ifc->map[0] && (ifc->tunnel || ifc->profile[0]))
			continue;
		if (!ifc->map[0] && !ifc->ezvpn[0])
			check_idle_words(c, ifc);
		else if (ifc->map[0] && !cfg_map_find(c->cfg, ifc->map))
			error(c, &ifc->where,
			      "crypto map %s, attached to interface %s, does not exist",
			      ifc->map, ifc->name);
	}
}

/* --- references across maps --- */

static void visit_all(struct checker *c, const struct cfg_map *maps, size_t n,
		      visit_fn *visit, void *arg)
{
	const struct cfg_map *map;
	size_t i;

	for (map = maps; map < maps + n; map++)
		for (i = 0; i < map->n_entries; i++)
			visit(c, map, &map->entries[i], arg);
}

void each_entry(struct checker *c, visit_fn *visit, void *arg)
{
	visit_all(c, c->cfg->maps, c->cfg->n_maps, visit, arg);
}

void each_template(struct checker *c, visit_fn *visit, void *arg)
{
	visit_all(c, c->cfg->dynamics, c->cfg->n_dynamics, visit, arg);
}

struct acl_user {
	const struct cfg_acl *acl;
	const struct cfg_map *map;
	const struct cfg_entry *first;
};

static void visit_acl(struct checker *c, const struct cfg_map *map,
		      const struct cfg_entry *entry, void *arg)
{
	struct acl_user *user = arg;

	if (strcmp(entry->acl, user->acl->name))
		return;
	if (user->first)
		warning(c, &entry->acl_at,
			"crypto %s %s %u uses access list %s, as %s %u does: use one list for each entry",
			map_word(c, map), map->name, entry->seq, entry->acl,
			user->map->name,
			user->first->seq);
	else {
		user->first = entry;
		user->map = map;
	}
}

/* Entries of one dynamic map have one list. */
static void visit_template_acl(struct checker *c, const struct cfg_map *map,
			       const struct cfg_entry *entry, void *arg)
{
	struct acl_user *user = arg;

	if (user->map != map)
		visit_acl(c, map, entry, arg);
}

/* Ones in front and zeros behind, as a netmask has them. */
static bool like_netmask(const struct addr *wildcard)
{
	uint32_t bits = addr_to_v4(wildcard);

	return bits && ~bits && !(~bits & (~bits + 1));
}

static void check_wildcard(struct checker *c, const struct cfg_acl *acl,
			   const struct cfg_ace *ace, const struct cfg_net *net)
{
	char given[ADDR_STRLEN], meant[ADDR_STRLEN];
	struct addr inverse = cfg_net_mask(net);

	if (!like_netmask(&net->wildcard))
		return;
	addr_format(&net->wildcard, given, sizeof(given));
	addr_format(&inverse, meant, sizeof(meant));
	warning(c, &ace->where,
		"access list %s line %u: the wildcard %s looks like a netmask; that one is written %s",
		acl->name, ace->seq, given, meant);
}

static void check_wildcards(struct checker *c, const struct cfg_acl *acl)
{
	const struct cfg_ace *ace;

	if (acl->family != AF_INET)
		return;
	for (ace = acl->aces; ace < acl->aces + acl->n_aces; ace++) {
		if (ace->action == CFG_REMARK)
			continue;
		check_wildcard(c, acl, ace, &ace->src);
		check_wildcard(c, acl, ace, &ace->dst);
	}
}

/* It says what clients protect: those of a group, a policy, a user; or what we do as one. */
static bool is_of_group(const struct checker *c, const struct cfg_acl *acl)
{
	const struct cm_config *cfg = c->cfg;
	bool used = false;
	size_t i;

	for (i = 0; i < cfg->n_groups; i++)
		used |= !strcmp(cfg->groups[i].acl, acl->name);
	for (i = 0; i < cfg->n_group_policies; i++)
		used |= !strcmp(cfg->group_policies[i].attrs.acl, acl->name);
	for (i = 0; i < cfg->n_ezvpns; i++)
		used |= !strcmp(cfg->ezvpns[i].acl, acl->name);
	for (i = 0; i < cfg->n_autokey_maps; i++)
		used |= !strcmp(cfg->autokey_maps[i].acl, acl->name);
	for (i = 0; i < cfg->n_users && !used; i++)
		used |= !strcmp(cfg->users[i].attrs.acl, acl->name);
	return used;
}

static void check_acls(struct checker *c)
{
	size_t i;

	for (i = 0; i < c->cfg->n_acls; i++) {
		struct acl_user user = { .acl = &c->cfg->acls[i] };

		check_wildcards(c, user.acl);
		each_entry(c, visit_acl, &user);
		each_template(c, visit_template_acl, &user);
		if (!user.first && !is_of_group(c, user.acl))
			warning(c, &user.acl->where,
				"access list %s is not used", user.acl->name);
	}
}

struct spi_user {
	const struct cfg_map *map;
	const struct cfg_entry *entry;
};

static void visit_spi(struct checker *c, const struct cfg_map *map,
		      const struct cfg_entry *entry, void *arg)
{
	struct spi_user *user = arg;

	/* Report a pair once: at the entry that comes later. */
	if (entry >= user->entry && map == user->map)
		return;
	if (map > user->map || !entry->inbound.spi ||
	    entry->inbound.spi != user->entry->inbound.spi)
		return;
	error(c, known(&user->entry->inbound.spi_at, &entry->inbound.spi_at),
	      "crypto map %s %u: inbound SPI %u is that of %s %u already",
	      user->map->name, user->entry->seq, entry->inbound.spi,
	      map->name, entry->seq);
}

static void visit_manual(struct checker *c, const struct cfg_map *map,
			 const struct cfg_entry *entry, void *arg)
{
	struct spi_user user = { map, entry };

	(void)arg;
	if (entry->type == CFG_IPSEC_MANUAL && entry->inbound.spi)
		each_entry(c, visit_spi, &user);
}

static bool negotiates(const struct cm_config *cfg)
{
	size_t i, j;

	for (i = 0; i < cfg->n_interfaces; i++)
		if (cfg->interfaces[i].profile[0] || cfg->interfaces[i].ezvpn[0])
			return true;
	for (i = 0; i < cfg->n_maps; i++)
		for (j = 0; j < cfg->maps[i].n_entries; j++)
			if (cfg->maps[i].entries[j].type != CFG_IPSEC_MANUAL)
				return true;
	return false;
}

static void check_all(struct checker *c)
{
	size_t i;

	for (i = 0; i < c->cfg->n_maps; i++)
		check_map(c, &c->cfg->maps[i]);
	for (i = 0; i < c->cfg->n_dynamics; i++)
		check_dynamic(c, &c->cfg->dynamics[i]);
	for (i = 0; i < c->cfg->n_profiles; i++)
		check_profile(c, &c->cfg->profiles[i]);
	check_interfaces(c);
	check_ezvpn(c);
	check_nec(c);
	each_entry(c, visit_manual, NULL);
	check_pki(c);
	if (c->level == CHECK_ERROR)
		return;
	check_algorithms(c);
	check_acls(c);
	check_keys(c);
	check_keyrings(c);
	check_remote(c);
	check_radius(c);
	check_access(c);
	for (i = 0; i < c->cfg->n_isakmp_peers; i++)
		if (!c->cfg->isakmp_peers[i].derived)
			check_isakmp_peer(c, &c->cfg->isakmp_peers[i]);
	check_ike(c, negotiates(c->cfg));
	if (negotiates(c->cfg) && !cfg_has_policies(c->cfg))
		warning(c, NULL,
			"no crypto isakmp policy is configured, so no ipsec-isakmp entry can come up");
}

/*
 * With what tunnel-groups and the lines of NEC stand for: to be freed; NULL: there is
 * nothing of the kind, or no memory.
 */
static struct cm_config *with_derived(const struct cm_config *cfg)
{
	bool nec = cfg->n_ike_policies || cfg->n_autokey_maps;
	struct cm_config *all = nec || cfg->n_tunnel_groups ? cm_config_copy(cfg) : NULL;

	if (!all)
		return NULL;
	if (nec)
		cm_config_forget_derived(all);
	else
		cfg_remote_forget_derived(all);
	if (!(nec ? cfg_nec_expand(all) : 0) && !cfg_remote_expand(all))
		return all;
	cm_config_free(all);
	return NULL;
}

static unsigned int pass(const struct cm_config *cfg, enum check_level level,
			 check_fn *report, void *arg)
{
	struct cm_config *all = with_derived(cfg);
	struct checker c = {
		.cfg = all ? all : cfg, .level = level, .report = report, .arg = arg,
	};

	check_all(&c);
	cm_config_free(all);
	return c.errors;
}

unsigned int config_check_errors(const struct cm_config *cfg,
				 check_fn *report, void *arg)
{
	return pass(cfg, CHECK_ERROR, report, arg);
}

unsigned int config_check(const struct cm_config *cfg, check_fn *report,
			  void *arg)
{
	unsigned int errors = config_check_errors(cfg, report, arg);

	pass(cfg, CHECK_WARNING, report, arg);
	return errors;
}

void check_print(void *arg, const struct check_finding *f)
{
	const struct check_print *print = arg;

	if (print->name && f->line && f->column) {
		printable_puts(print->out, print->name);
		fprintf(print->out, ":%u:%u: ", f->line, f->column);
	} else {
		fputs("% ", print->out);
	}
	fputs(f->level == CHECK_ERROR ? "error: " : "warning: ", print->out);
	printable_puts(print->out, f->text);
	fputc('\n', print->out);
}
