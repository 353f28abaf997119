// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration model as the kernel's lists, maps and bindings. */
#include <errno.h>
#include <string.h>

#include "tools/cli/model.h"
#include "tools/lib/apply_state.h"

#define PORT_RANGES_MAX 2	/* `neq` is what lies below and what lies above */

struct port_ranges {
	unsigned int n;
	bool any;
	struct {
		uint16_t lo, hi;
	} v[PORT_RANGES_MAX];
};

static void add_range(struct port_ranges *r, int lo, int hi)
{
	if (lo > hi)
		return;
	r->v[r->n].lo = (uint16_t)lo;
	r->v[r->n].hi = (uint16_t)hi;
	r->n++;
}

static struct port_ranges port_ranges(const struct cfg_ports *p)
{
	struct port_ranges r = { 0 };

	switch (p->op) {
	case CFG_PORT_ANY:
		r.any = true;
		add_range(&r, 0, UINT16_MAX);
		break;
	case CFG_PORT_EQ:
		add_range(&r, p->lo, p->lo);
		break;
	case CFG_PORT_RANGE:
		add_range(&r, p->lo, p->hi);
		break;
	case CFG_PORT_LT:
		add_range(&r, 0, p->lo - 1);
		break;
	case CFG_PORT_GT:
		add_range(&r, p->lo + 1, UINT16_MAX);
		break;
	case CFG_PORT_NEQ:
		add_range(&r, 0, p->lo - 1);
		add_range(&r, p->lo + 1, UINT16_MAX);
		break;
	}
	return r;
}

static struct kmod_line line_of(const struct cfg_ace *ace)
{
	struct kmod_line line = { 0 };
	struct kmod_sel *sel = &line.sel;

	KMOD_SET(&line, line, action, ace->action == CFG_PERMIT ?
		 CRYPTOMAP_ACTION_PERMIT : CRYPTOMAP_ACTION_DENY);
	line.has |= KMOD_BIT(line, sel);
	if (!cfg_net_is_any(&ace->src)) {
		KMOD_SET(sel, sel, src, ace->src.addr);
		KMOD_SET(sel, sel, src_mask, cfg_net_mask(&ace->src));
	}
	if (!cfg_net_is_any(&ace->dst)) {
		KMOD_SET(sel, sel, dst, ace->dst.addr);
		KMOD_SET(sel, sel, dst_mask, cfg_net_mask(&ace->dst));
	}
	if (ace->protocol)
		KMOD_SET(sel, sel, proto, ace->protocol);
	return line;
}

static int add_line(struct apply_acl *acl, struct kmod_line line, uint32_t seq,
		    const struct port_ranges *src, unsigned int i,
		    const struct port_ranges *dst, unsigned int j)
{
	KMOD_SET(&line, line, seq, seq);
	if (!src->any) {
		KMOD_SET(&line.sel, sel, sport_lo, src->v[i].lo);
		KMOD_SET(&line.sel, sel, sport_hi, src->v[i].hi);
	}
	if (!dst->any) {
		KMOD_SET(&line.sel, sel, dport_lo, dst->v[j].lo);
		KMOD_SET(&line.sel, sel, dport_hi, dst->v[j].hi);
	}
	return apply_line_add(acl, &line);
}

/*
 * One line of the configuration is one of the kernel's, but `neq` makes two of
 * it on each side; the extra ones take the free numbers below @limit.
 */
static int want_ace(struct apply_acl *acl, const struct cfg_ace *ace,
		    uint64_t limit, struct err *err)
{
	struct port_ranges src = port_ranges(&ace->sport);
	struct port_ranges dst = port_ranges(&ace->dport);
	unsigned int n = src.n * dst.n;
	int ret = 0;

	if (n && ace->seq + (uint64_t)n - 1 >= limit)
		return err_set(err, -ERANGE,
			       "access list %s line %u: neq takes %u numbers, only %u are free before the next line: renumber it",
			       acl->name, ace->seq, n,
			       (unsigned int)(limit - ace->seq));
	for (unsigned int i = 0; i < n && !ret; i++)
		ret = add_line(acl, line_of(ace), ace->seq + i, &src,
			       i / dst.n, &dst, i % dst.n);
	return ret ? err_set(err, ret, "no memory for access list %s",
			     acl->name) : 0;
}

static int want_acl(struct apply_state *s, const struct cfg_acl *cfg,
		    struct err *err)
{
	struct apply_acl *acl = apply_acl_add(s, cfg->name, cfg->family);
	uint64_t limit = (uint64_t)CRYPTOMAP_LINE_MAX + 1;
	const struct cfg_ace *ace = NULL;

	if (!acl)
		return err_set(err, -ENOMEM, "no memory for access list %s",
			       cfg->name);
	for (size_t i = 0; i < cfg->n_aces; i++) {
		int ret = 0;

		if (cfg->aces[i].action == CFG_REMARK)
			continue;
		if (ace)
			ret = want_ace(acl, ace, cfg->aces[i].seq, err);
		if (ret)
			return ret;
		ace = &cfg->aces[i];
	}
	return ace ? want_ace(acl, ace, limit, err) : 0;
}

/* The list of a dynamic entry is that of its dynamic map, whose entries have one. */
static const char *entry_acl(const struct cm_config *cfg,
			     const struct cfg_entry *entry)
{
	const struct cfg_map *map;

	if (entry->type != CFG_IPSEC_DYNAMIC)
		return entry->acl;
	map = cfg_dynamic_find(cfg, entry->dynamic);
	return map && map->n_entries ? map->entries[0].acl : "";
}

/*
 * A dynamic entry without list takes any peer's selectors: it must not be left
 * without one by a mistake.
 */
static bool cannot_be_dynamic(const struct apply *a,
			      const struct apply_state *s,
			      const struct cm_config *cfg,
			      const struct apply_map *map,
			      const struct cfg_entry *entry, const char *acl)
{
	const struct cfg_map *dynamic = cfg_dynamic_find(cfg, entry->dynamic);
	const char *why;

	if (entry->type != CFG_IPSEC_DYNAMIC)
		return false;
	if (!dynamic || !dynamic->n_entries)
		why = "does not exist";
	else if (*acl && !apply_acl_find(s, acl))
		why = "has an access list that does not exist";
	else
		return false;
	apply_say(a, "crypto map %s %u: dynamic map %s %s, there is no dynamic entry",
		  map->name, entry->seq, entry->dynamic, why);
	return true;
}

static int want_entry(const struct apply *a, const struct apply_state *s,
		      const struct cm_config *whole, struct apply_map *map,
		      const struct cfg_entry *cfg)
{
	static const uint8_t types[] = {
		[CFG_IPSEC_ISAKMP] = CRYPTOMAP_ENTRY_T_ISAKMP,
		[CFG_IPSEC_MANUAL] = CRYPTOMAP_ENTRY_T_MANUAL,
		[CFG_IPSEC_DYNAMIC] = CRYPTOMAP_ENTRY_T_DYNAMIC,
	};
	const char *acl = entry_acl(whole, cfg);
	struct kmod_entry entry = { 0 };

	if (cannot_be_dynamic(a, s, whole, map, cfg, acl))
		return 0;
	KMOD_SET(&entry, entry, seq, cfg->seq);
	KMOD_SET(&entry, entry, type, types[cfg->type]);
	if (cfg->per_host)
		KMOD_SET(&entry, entry, level, CRYPTOMAP_LEVEL_HOST);
	if (*acl && apply_acl_find(s, acl))
		KMOD_SET_NAME(&entry, entry, acl, acl);
	else if (*acl)
		apply_say(a, "crypto map %s %u: access list %s does not exist, the entry matches nothing",
			  map->name, cfg->seq, acl);
	for (size_t i = 0; i < cfg->n_peers; i++)
		entry.peers.v[entry.peers.n++] = cfg->peers[i];
	if (entry.peers.n)
		entry.has |= KMOD_BIT(entry, peers);
	return apply_entry_add(map, &entry);
}

/* --- L2TP in clear ---------------------------------------------------------------- */

#define L2TP_PORT	1701
#define L2TP_ACL	"~l2tp-%zu"

/* Behind the dynamic ones, so that what has an SA is not for it; 0: there is none free. */
static uint32_t seq_behind(const struct apply_map *map)
{
	uint32_t dynamic = 0, seq = CRYPTOMAP_SEQ_MAX;

	for (size_t i = 0; i < map->n; i++)
		if (map->entries[i].type == CRYPTOMAP_ENTRY_T_DYNAMIC &&
		    map->entries[i].seq > dynamic)
			dynamic = map->entries[i].seq;
	while (seq > dynamic && apply_entry_find(map, seq))
		seq--;
	return seq > dynamic ? seq : 0;
}

/* What the server at this interface sends; at an unknown address: what any sends. */
static int want_l2tp_line(const struct apply *a, struct apply_acl *acl,
			  const char *ifname)
{
	struct kmod_line line = { 0 };
	struct addr own;

	KMOD_SET(&line, line, action, CRYPTOMAP_ACTION_PERMIT);
	KMOD_SET(&line, line, seq, 10 * (acl->n + 1));
	line.has |= KMOD_BIT(line, sel);
	KMOD_SET(&line.sel, sel, proto, IPPROTO_UDP);
	KMOD_SET(&line.sel, sel, sport_lo, L2TP_PORT);
	KMOD_SET(&line.sel, sel, sport_hi, L2TP_PORT);
	if (!a->ops->local_address(a->ctx, ifname, AF_INET, &own)) {
		const struct addr host = addr_v4(UINT32_MAX, 0);

		KMOD_SET(&line.sel, sel, src, own);
		KMOD_SET(&line.sel, sel, src_mask, host);
	}
	return apply_line_add(acl, &line);
}

/*
 * Where L2TP is served nothing of it is taken, or said, in clear: as with guards
 * (apply_guard.c), an entry without SAs drops it.
 */
static int want_l2tp_guard(const struct apply *a, struct apply_state *s,
			   const struct cm_config *whole, struct apply_map *map)
{
	uint32_t seq = seq_behind(map);
	struct kmod_entry entry = { 0 };
	char name[KMOD_NAME_SIZE];
	struct apply_acl *acl;
	int ret = 0;

	snprintf(name, sizeof(name), L2TP_ACL, s->n_maps);
	if (!seq) {
		apply_say(a, "crypto map %s: entry %u has the highest number, so that none can stand behind it which drops L2TP in clear: users of L2TP are let in with IPsec only, but xl2tpd hears others; give the entry a lower number",
			  map->name, CRYPTOMAP_SEQ_MAX);
		return 0;
	}
	acl = apply_acl_add(s, name, AF_INET);
	for (size_t i = 0; acl && i < whole->n_interfaces && !ret; i++)
		if (!strcmp(whole->interfaces[i].map, map->name))
			ret = want_l2tp_line(a, acl, whole->interfaces[i].name);
	if (!acl || ret)
		return -ENOMEM;
	KMOD_SET(&entry, entry, seq, seq);
	KMOD_SET(&entry, entry, type, CRYPTOMAP_ENTRY_T_MANUAL);
	KMOD_SET_NAME(&entry, entry, acl, name);
	return apply_entry_add(map, &entry);
}

static int want_map(const struct apply *a, struct apply_state *s,
		    const struct cm_config *whole, const struct cfg_map *cfg)
{
	struct apply_map *map = apply_map_add(s, cfg->name);
	int ret = 0;

	if (!map)
		return -ENOMEM;
	kmod_name_copy(map->local_if, sizeof(map->local_if),
		       cfg->local_interface);
	for (size_t i = 0; i < cfg->n_entries && !ret; i++)
		ret = want_entry(a, s, whole, map, &cfg->entries[i]);
	if (!ret && cfg_map_serves_l2tp(whole, cfg))
		ret = want_l2tp_guard(a, s, whole, map);
	return ret;
}

/* What is said nowhere is left to the kernel. */
static void want_df(struct kmod_binding *b, enum cfg_df df)
{
	static const uint8_t of[] = {
		[CFG_DF_COPY] = CRYPTOMAP_DF_COPY,
		[CFG_DF_SET] = CRYPTOMAP_DF_SET,
		[CFG_DF_CLEAR] = CRYPTOMAP_DF_CLEAR,
	};

	if (df != CFG_DF_INHERIT)
		KMOD_SET(b, binding, df, of[df]);
}

/* IOS classifies by entry; what the kernel can do, it does for an interface. */
static bool pre_classify(const struct cm_config *whole,
			 const struct cfg_interface *cfg)
{
	const struct cfg_map *map = cfg_map_find(whole, cfg->map);
	bool any = cfg->pre_classify;

	for (size_t i = 0; map && i < map->n_entries; i++)
		any |= map->entries[i].pre_classify;
	return any;
}

static int want_binding(const struct apply *a, struct apply_state *s,
			const struct cm_config *whole,
			const struct cfg_interface *cfg)
{
	enum cfg_frag frag = cfg->frag ? cfg->frag : whole->frag;
	struct kmod_binding b = { 0 };

	if (!cfg->map[0])
		return 0;
	if (!apply_map_find(s, cfg->map)) {
		apply_say(a, "interface %s: crypto map %s does not exist, nothing is bound",
			  cfg->name, cfg->map);
		return 0;
	}
	KMOD_SET_NAME(&b, binding, ifname, cfg->name);
	KMOD_SET_NAME(&b, binding, map, cfg->map);
	KMOD_SET(&b, binding, mss, cfg->mss);
	want_df(&b, cfg->df ? cfg->df : whole->df);
	KMOD_SET(&b, binding, frag, frag == CFG_FRAG_AFTER ?
		 CRYPTOMAP_FRAG_AFTER : CRYPTOMAP_FRAG_BEFORE);
	KMOD_SET(&b, binding, flags,
		 (pre_classify(whole, cfg) ? CRYPTOMAP_BIND_F_PRE_CLASSIFY : 0) |
		 (whole->filter_bypass ? CRYPTOMAP_BIND_F_FILTER_BYPASS : 0));
	if (whole->management[0])
		KMOD_SET_NAME(&b, binding, management, whole->management);
	return apply_binding_add(s, &b);
}

/* Without an address there is none to lend, until the next change. */
static int want_lent(const struct apply *a, struct apply_state *s,
		     const struct cfg_interface *cfg)
{
	struct lent lent = { 0 };

	if (a->ops->local_address(a->ctx, cfg->unnumbered, AF_INET, &lent.addr)) {
		apply_say(a, "interface %s: ip unnumbered: interface %s has no address",
			  cfg->name, cfg->unnumbered);
		return 0;
	}
	kmod_name_copy(lent.ifname, sizeof(lent.ifname), cfg->name);
	return apply_lent_add(s, &lent);
}

/* On the loopback interface, as IOS has it: so that none is outside that is not meant to be. */
static int want_ezvpn(struct apply_state *s, const struct cfg_ezvpn *ez)
{
	struct lent lent = { .ifname = "lo", .addr = ez->live.address };

	return ez->live.up && addr_is_set(&lent.addr) ?
	       apply_lent_add(s, &lent) : 0;
}

/* -EADDRNOTAVAIL: its interface has none (yet). */
static int tunnel_source(const struct apply *a, const struct cfg_interface *ifc,
			 struct addr *addr)
{
	*addr = ifc->source_address;
	return addr_is_set(addr) ? 0 :
	       a->ops->local_address(a->ctx, ifc->source,
				     ifc->destination.family, addr);
}

/*
 * Tunnels that begin at the same address in other words: which one an interface
 * has is known now. What is the same in the configuration, its check has told.
 */
static void say_twins(const struct apply *a, const struct cm_config *whole,
		      const struct cfg_interface *ifc)
{
	const struct cfg_interface *other = whole->interfaces;
	char text[ADDR_STRLEN];
	struct addr mine, theirs;

	for (; ifc->derived && other < ifc; other++)
		if (other->derived && strcmp(other->source, ifc->source) &&
		    addr_equal(&other->destination, &ifc->destination) &&
		    !tunnel_source(a, ifc, &mine) &&
		    !tunnel_source(a, other, &theirs) &&
		    addr_equal(&mine, &theirs))
			apply_say(a, "interface %s has the source %s and the destination of interface %s: what the peer sends comes out of one of them only",
				  ifc->name,
				  addr_format(&mine, text, sizeof(text)),
				  other->name);
}

static int want_interface(const struct apply *a, struct apply_state *s,
			  const struct cm_config *whole,
			  const struct cfg_interface *cfg)
{
	int ret = cfg->tunnel ? apply_link_add(s, cfg->name) : 0;

	if (!ret && cfg->tunnel && cfg->unnumbered[0])
		ret = want_lent(a, s, cfg);
	say_twins(a, whole, cfg);
	return ret ? ret : want_binding(a, s, whole, cfg);
}

/* A name misspelt would shut the router off from all behind its tunnels. */
static void say_management(const struct apply *a, const char *ifname)
{
	struct addr addr;

	if (ifname[0] && a->ops->local_address(a->ctx, ifname, AF_INET, &addr) &&
	    a->ops->local_address(a->ctx, ifname, AF_INET6, &addr))
		apply_say(a, "management-access: interface %s has no address: this router answers nobody behind a tunnel, except by the interface that it comes by",
			  ifname);
}

int apply_state_want(const struct apply *a, const struct cm_config *cfg,
		     struct apply_state *s, struct err *err)
{
	int ret = 0;

	for (size_t i = 0; i < cfg->n_acls && !ret; i++)
		ret = want_acl(s, &cfg->acls[i], err);
	if (ret)
		return ret;
	for (size_t i = 0; i < cfg->n_maps && !ret; i++)
		ret = want_map(a, s, cfg, &cfg->maps[i]);
	for (size_t i = 0; i < cfg->n_interfaces && !ret; i++)
		ret = want_interface(a, s, cfg, &cfg->interfaces[i]);
	for (size_t i = 0; i < cfg->n_ezvpns && !ret; i++)
		ret = want_ezvpn(s, &cfg->ezvpns[i]);
	say_management(a, cfg->management);
	return ret ? err_set(err, ret, "no memory for the configuration") : 0;
}
