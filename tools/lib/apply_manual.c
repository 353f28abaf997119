// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * SAs of `ipsec-manual` entries: keys from the configuration, owner 0, no
 * lifetime, and no replay protection, which manual keys cannot have: a sender
 * that starts again starts at sequence number 1 (RFC 4303 section 3.4.3).
 *
 * As in IOS, an entry has one pair of SAs, and they belong to the first permit
 * line of its list.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cli/model.h"
#include "tools/lib/apply_state.h"
#include "tools/lib/secret.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* One SA that the configuration asks for. */
struct manual {
	struct kmod_sa sa;
	const struct cfg_session_key *key;
	const char *map;
	uint32_t entry;
	bool keep;		/* the kernel has it already */
};

struct manuals {
	struct manual *v;
	size_t n, cap;
};

/* The first flow of an entry on an interface. */
struct flow_ref {
	uint32_t id, seq, line;
	char map[KMOD_NAME_SIZE];
	char ifname[IF_NAMESIZE];
};

struct flow_refs {
	struct flow_ref *v;
	size_t n, cap;
};

/* --- Flows --------------------------------------------------------------------- */

static int take_flow(void *arg, const struct kmod_flow *flow)
{
	struct flow_refs *refs = arg;
	struct flow_ref *at = NULL;

	if (flow->type != CRYPTOMAP_ENTRY_T_MANUAL)
		return 0;
	for (size_t i = 0; i < refs->n && !at; i++)
		if (refs->v[i].seq == flow->seq &&
		    !strcmp(refs->v[i].map, flow->map) &&
		    !strcmp(refs->v[i].ifname, flow->ifname))
			at = &refs->v[i];
	if (at && at->line <= flow->line)
		return 0;
	if (!at && refs->n == refs->cap) {
		size_t cap = refs->cap ? 2 * refs->cap : 8;
		struct flow_ref *mem = realloc(refs->v, cap * sizeof(*mem));

		if (!mem)
			return -ENOMEM;
		refs->v = mem;
		refs->cap = cap;
	}
	if (!at)
		at = &refs->v[refs->n++];
	*at = (struct flow_ref){ .id = flow->id, .seq = flow->seq,
				 .line = flow->line };
	kmod_name_copy(at->map, sizeof(at->map), flow->map);
	kmod_name_copy(at->ifname, sizeof(at->ifname), flow->ifname);
	return 0;
}

/* @ifname: NULL: any interface */
static const struct flow_ref *flow_of(const struct flow_refs *refs,
				      const char *map, uint32_t seq,
				      const char *ifname)
{
	for (size_t i = 0; i < refs->n; i++)
		if (refs->v[i].seq == seq && !strcmp(refs->v[i].map, map) &&
		    (!ifname || !strcmp(refs->v[i].ifname, ifname)))
			return &refs->v[i];
	return NULL;
}

/* --- What is wanted -------------------------------------------------------------- */

static uint16_t encr_of(enum cfg_cipher cipher)
{
	switch (cipher) {
	case CFG_CIPHER_DES:
		return CRYPTOMAP_ENCR_DES;
	case CFG_CIPHER_3DES:
		return CRYPTOMAP_ENCR_3DES;
	case CFG_CIPHER_AES:
		return CRYPTOMAP_ENCR_AES_CBC;
	case CFG_CIPHER_NULL:
		return CRYPTOMAP_ENCR_NULL;
	default:
		return 0;	/* counter modes: RFC 8221 section 4 */
	}
}

static uint16_t auth_of(enum cfg_hash hash)
{
	static const uint16_t auth[CFG_HASH_COUNT] = {
		[CFG_HASH_MD5] = CRYPTOMAP_AUTH_HMAC_MD5_96,
		[CFG_HASH_SHA1] = CRYPTOMAP_AUTH_HMAC_SHA1_96,
		[CFG_HASH_SHA256] = CRYPTOMAP_AUTH_HMAC_SHA2_256_128,
		[CFG_HASH_SHA384] = CRYPTOMAP_AUTH_HMAC_SHA2_384_192,
		[CFG_HASH_SHA512] = CRYPTOMAP_AUTH_HMAC_SHA2_512_256,
		[CFG_HASH_AES_XCBC] = CRYPTOMAP_AUTH_AES_XCBC_96,
		[CFG_HASH_SHA256_96] = CRYPTOMAP_AUTH_HMAC_SHA2_256_96,
	};

	return hash < CFG_HASH_COUNT ? auth[hash] : 0;
}

static void build_sa(struct kmod_sa *sa, enum cryptomap_dir dir,
		     const struct cfg_session_key *key,
		     const struct cm_config *cfg, const struct cfg_entry *entry,
		     uint32_t flow, const struct addr *local)
{
	const struct cfg_transform *ts = cfg_manual_transform(cfg, entry);
	const struct addr *peer = &entry->peers[0];

	memset(sa, 0, sizeof(*sa));
	KMOD_SET(sa, sa, dir, dir);
	KMOD_SET(sa, sa, proto, IPPROTO_ESP);
	KMOD_SET(sa, sa, spi, key->spi);
	KMOD_SET(sa, sa, src, dir == CRYPTOMAP_DIR_OUT ? *local : *peer);
	KMOD_SET(sa, sa, dst, dir == CRYPTOMAP_DIR_OUT ? *peer : *local);
	KMOD_SET(sa, sa, mode, cfg_manual_transport(cfg, entry, local) ?
		 CRYPTOMAP_MODE_TRANSPORT : CRYPTOMAP_MODE_TUNNEL);
	KMOD_SET(sa, sa, flow, flow);
	KMOD_SET(sa, sa, owner, 0);
	KMOD_SET(sa, sa, flags, dir == CRYPTOMAP_DIR_OUT ?
		 CRYPTOMAP_SA_F_ACTIVATE : CRYPTOMAP_SA_F_NO_REPLAY);
	KMOD_SET(sa, sa, encr, encr_of(ts->cipher));
	if (key->cipher_len) {
		sa->encr_key = (struct kmod_bytes){ key->cipher_key,
						    key->cipher_len };
		sa->has |= KMOD_BIT(sa, encr_key);
	}
	KMOD_SET(sa, sa, auth, auth_of(ts->hash));
	if (ts->deflate)
		KMOD_SET(sa, sa, ipcomp, CRYPTOMAP_IPCOMP_DEFLATE);
	if (key->auth_len) {
		sa->auth_key = (struct kmod_bytes){ key->auth_key,
						    key->auth_len };
		sa->has |= KMOD_BIT(sa, auth_key);
	}
}

/* What of our traffic is hidden (RFC 4303 2.6, 2.7). */
static void hide_traffic(struct kmod_sa *sa, const struct cm_config *cfg,
			 const struct cfg_entry *entry,
			 const struct addr *local)
{
	if (sa->dir != CRYPTOMAP_DIR_OUT)
		return;
	KMOD_SET(sa, sa, dummy_ms, cfg_entry_dummy(cfg, entry));
	if (!cfg_entry_unpadded(cfg, entry, local))
		KMOD_SET(sa, sa, tfc_pad, (uint16_t)cfg_entry_tfc(cfg, entry));
}

static bool same_key(const struct kmod_sa *a, const struct kmod_sa *b)
{
	return a->dir == b->dir && a->proto == b->proto && a->spi == b->spi &&
	       addr_equal(&a->dst, &b->dst);
}

static int add_manual(const struct apply *a, struct manuals *m,
		      const struct manual *new)
{
	for (size_t i = 0; i < m->n; i++) {
		if (!same_key(&m->v[i].sa, &new->sa))
			continue;
		apply_say(a, "crypto map %s %u: SPI %u is already used by crypto map %s %u, the SA is not installed",
			  new->map, new->entry, new->sa.spi, m->v[i].map,
			  m->v[i].entry);
		return 0;
	}
	if (m->n == m->cap) {
		size_t cap = m->cap ? 2 * m->cap : 4;
		struct manual *mem = realloc(m->v, cap * sizeof(*mem));

		if (!mem)
			return -ENOMEM;
		m->v = mem;
		m->cap = cap;
	}
	m->v[m->n++] = *new;
	return 0;
}

/* What was asked for and is not done. @source: the interface of @local */
static void say_limits(const struct apply *a, const struct cm_config *cfg,
		       const struct cfg_map *map, const struct cfg_entry *entry,
		       uint32_t line, const char *source,
		       const struct addr *local)
{
	const struct cfg_transform *ts = cfg_manual_transform(cfg, entry);
	const char *unpadded = cfg_entry_unpadded(cfg, entry, local);

	if (ts->mode == CFG_TRANSPORT &&
	    !cfg_manual_transport(cfg, entry, local))
		apply_say(a, "crypto map %s %u: tunnel mode, since line %u of access list %s is not from the address of interface %s to the peer",
			  map->name, entry->seq, line, entry->acl, source);
	if (unpadded)
		apply_say(a, "crypto map %s %u: packets are not padded: %s",
			  map->name, entry->seq, unpadded);
}

/* The pair of one entry on one interface. */
static int want_pair(const struct apply *a, const struct cm_config *cfg,
		     const struct cfg_map *map, const struct cfg_entry *entry,
		     const char *ifname, const struct flow_refs *refs,
		     struct manuals *m)
{
	const struct flow_ref *flow = flow_of(refs, map->name, entry->seq,
					      ifname);
	const char *source = map->local_interface[0] ? map->local_interface
						     : ifname;
	const struct {
		enum cryptomap_dir dir;
		const struct cfg_session_key *key;
	} halves[] = {
		{ CRYPTOMAP_DIR_IN, &entry->inbound },
		{ CRYPTOMAP_DIR_OUT, &entry->outbound },
	};
	const struct addr *peer = &entry->peers[0];
	struct addr local;
	int ret = 0;

	/* With local-address the interfaces of a map share those of one. */
	if (!flow && map->local_interface[0] &&
	    flow_of(refs, map->name, entry->seq, NULL))
		return 0;
	if (!flow) {
		apply_say(a, "crypto map %s %u: access list %s has no permit line, its SAs are not installed",
			  map->name, entry->seq, entry->acl);
		return 0;
	}
	if (a->ops->local_address(a->ctx, source, peer->family, &local)) {
		apply_say(a, "crypto map %s %u: its SAs wait for an IPv%d address of interface %s",
			  map->name, entry->seq,
			  peer->family == AF_INET6 ? 6 : 4, source);
		return 0;
	}
	say_limits(a, cfg, map, entry, flow->line, source, &local);
	for (size_t i = 0; i < ARRAY_LEN(halves) && !ret; i++) {
		struct manual new = {
			.key = halves[i].key,
			.map = map->name,
			.entry = entry->seq,
		};

		build_sa(&new.sa, halves[i].dir, halves[i].key, cfg, entry,
			 flow->id, &local);
		hide_traffic(&new.sa, cfg, entry, &local);
		ret = add_manual(a, m, &new);
	}
	return ret;
}

static bool is_usable(const struct cm_config *cfg,
		      const struct cfg_entry *entry)
{
	const struct cfg_transform *ts = cfg_manual_transform(cfg, entry);

	return entry->type == CFG_IPSEC_MANUAL && entry->n_peers && ts &&
	       encr_of(ts->cipher) && entry->inbound.spi &&
	       entry->outbound.spi;
}

static int want_entry(const struct apply *a, const struct cm_config *cfg,
		      const struct cfg_map *map, const struct cfg_entry *entry,
		      const struct flow_refs *refs, struct manuals *m)
{
	int ret = 0;

	if (entry->type != CFG_IPSEC_MANUAL)
		return 0;
	if (!is_usable(cfg, entry)) {
		apply_say(a, "crypto map %s %u: incomplete, it drops what it matches",
			  map->name, entry->seq);
		return 0;
	}
	for (size_t i = 0; i < cfg->n_interfaces && !ret; i++) {
		const struct cfg_interface *ifc = &cfg->interfaces[i];

		if (!strcmp(ifc->map, map->name))
			ret = want_pair(a, cfg, map, entry, ifc->name, refs, m);
	}
	return ret;
}

static int want_all(const struct apply *a, const struct cm_config *cfg,
		    const struct flow_refs *refs, struct manuals *m)
{
	int ret = 0;

	for (size_t i = 0; i < cfg->n_maps; i++) {
		const struct cfg_map *map = &cfg->maps[i];

		for (size_t j = 0; j < map->n_entries && !ret; j++)
			ret = want_entry(a, cfg, map, &map->entries[j], refs,
					 m);
	}
	return ret;
}

/* --- What is there --------------------------------------------------------------- */

/* An SA that has to go. */
struct stale {
	uint32_t id, spi;
};

struct inventory {
	const struct cm_config *old;
	struct manuals *want;
	struct stale *stale;
	size_t n, cap;
};

static bool bytes_equal(const void *a, size_t a_len, const void *b,
			size_t b_len)
{
	return a_len == b_len && secret_equal(a, b, a_len);
}

/* Were the keys the same in the configuration that was applied last? */
static bool keys_known(const struct cm_config *old, const struct manual *m)
{
	const struct cfg_map *map = old ? cfg_map_find(old, m->map) : NULL;
	const struct cfg_entry *e = map ? cfg_entry_find(map, m->entry) : NULL;
	const struct cfg_session_key *k;

	if (!e)
		return false;
	k = m->sa.dir == CRYPTOMAP_DIR_IN ? &e->inbound : &e->outbound;
	return k->spi == m->key->spi &&
	       bytes_equal(k->cipher_key, k->cipher_len, m->key->cipher_key,
			   m->key->cipher_len) &&
	       bytes_equal(k->auth_key, k->auth_len, m->key->auth_key,
			   m->key->auth_len);
}

static bool is_alive(const struct kmod_sa *sa)
{
	return sa->state == CRYPTOMAP_SA_ACTIVE;
}

static bool sa_matches(const struct kmod_sa *have, const struct kmod_sa *want)
{
	return is_alive(have) && addr_equal(&have->src, &want->src) &&
	       have->flow == want->flow && have->encr == want->encr &&
	       have->auth == want->auth && have->mode == want->mode &&
	       have->ipcomp == want->ipcomp && have->tfc_pad == want->tfc_pad &&
	       have->dummy_ms == want->dummy_ms;
}

static int take_sa(void *arg, const struct kmod_sa *sa)
{
	struct inventory *inv = arg;
	struct manual *m = NULL;

	if (sa->state == CRYPTOMAP_SA_LARVAL)
		return 0;
	for (size_t i = 0; i < inv->want->n && !m; i++)
		if (same_key(sa, &inv->want->v[i].sa))
			m = &inv->want->v[i];
	if (m && sa_matches(sa, &m->sa) && keys_known(inv->old, m)) {
		m->keep = true;
		return 0;
	}
	/* The peer may still hold the same keys: go on counting. */
	if (m && sa->dir == CRYPTOMAP_DIR_OUT && KMOD_HAS(sa, sa, seq))
		KMOD_SET(&m->sa, sa, seq, sa->seq);
	if (inv->n == inv->cap) {
		size_t cap = inv->cap ? 2 * inv->cap : 8;
		struct stale *mem = realloc(inv->stale, cap * sizeof(*mem));

		if (!mem)
			return -ENOMEM;
		inv->stale = mem;
		inv->cap = cap;
	}
	inv->stale[inv->n++] = (struct stale){ sa->id, sa->spi };
	return 0;
}

/* --- The change ------------------------------------------------------------------ */

static int remove_stale(const struct apply *a, const struct inventory *inv,
			struct err *err)
{
	int ret = 0;

	for (size_t i = 0; i < inv->n && !ret; i++) {
		struct kmod_sa key = { 0 };

		KMOD_SET(&key, sa, id, inv->stale[i].id);
		KMOD_SET(&key, sa, reason, CRYPTOMAP_TOMB_CONFIG);
		ret = a->ops->sa_del(a->ctx, &key);
		if (ret == -ENOENT || ret == -ESRCH)
			ret = 0;
		ret = apply_check(a, ret, err, "manual SA with SPI %u",
				  inv->stale[i].spi);
		if (!ret)
			apply_say(a, "manual SA with SPI %u: removed",
				  inv->stale[i].spi);
	}
	return ret;
}

static int install(const struct apply *a, const struct manuals *m,
		   struct err *err)
{
	int ret = 0;

	for (size_t i = 0; i < m->n && !ret; i++) {
		const struct manual *new = &m->v[i];

		if (new->keep)
			continue;
		ret = apply_check(a, a->ops->sa_set(a->ctx, &new->sa), err,
				  "crypto map %s %u: SA with SPI %u", new->map,
				  new->entry, new->sa.spi);
		if (!ret)
			apply_say(a, "crypto map %s %u: %s SA with SPI %u installed",
				  new->map, new->entry,
				  new->sa.dir == CRYPTOMAP_DIR_IN ?
				  "inbound" : "outbound", new->sa.spi);
	}
	return ret;
}

int apply_manual(const struct apply *a, const struct cm_config *old,
		 const struct cm_config *new, struct err *err)
{
	struct flow_refs refs = { 0 };
	struct manuals want = { 0 };
	struct inventory inv = { .old = old, .want = &want };
	struct kmod_filter filter = { 0 };
	int ret;

	KMOD_SET(&filter, filter, owner, 0);
	ret = a->ops->flow_dump(a->ctx, take_flow, &refs);
	if (ret)
		ret = apply_check(a, ret, err, "the kernel's flows");
	if (!ret && want_all(a, new, &refs, &want))
		ret = err_set(err, -ENOMEM, "no memory for manual SAs");
	if (!ret)
		ret = apply_check(a, a->ops->sa_dump(a->ctx, &filter, take_sa,
						     &inv),
				  err, "the kernel's SAs");
	if (!ret)
		ret = remove_stale(a, &inv, err);
	if (!ret)
		ret = install(a, &want, err);
	free(refs.v);
	free(want.v);
	free(inv.stale);
	return ret;
}
