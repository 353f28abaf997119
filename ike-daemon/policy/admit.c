// SPDX-License-Identifier: GPL-2.0-or-later
/* Who may be the peer of which entry: by certificate (`crypto identity`), by ISAKMP profile. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ike-daemon/crypto/pki.h"
#include "ike-daemon/engine.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/sa/child_sa.h"
#include "ike-daemon/sa/ike_sa.h"
#include "tools/cli/dn.h"
#include "tools/cli/model.h"

static bool has_all(const struct crypto_cert *cert, const char *dn)
{
	struct dn_part part;
	int ret;

	while ((ret = dn_next(&dn, &part, NULL)) > 0)
		if (!crypto_cert_has(cert, part.oid, part.value))
			return false;
	return !ret;
}

static bool is_named(const struct crypto_cert *cert,
		     const struct cfg_peer_name *name)
{
	return name->kind == CFG_PEER_DN ? has_all(cert, name->text) :
	       crypto_cert_is_fqdn(cert, CRYPTO_CHUNK(name->text, strlen(name->text)));
}

bool policy_is_identity(const struct cfg_peer_identity *id,
			const struct crypto_cert *cert)
{
	size_t i;

	for (i = 0; cert && id && i < id->n_names; i++)
		if (is_named(cert, &id->names[i]))
			return true;
	return false;
}

/* "dn cn=r2 or fqdn r2.example" */
static void names_text(const struct cfg_peer_identity *id, char *out, size_t size)
{
	size_t i, n = 0;

	snprintf(out, size, id ? "no name" : "not defined");
	for (i = 0; id && i < id->n_names && n < size; i++)
		n += snprintf(out + n, size - n, "%s%s %s", i ? " or " : "",
			      cfg_peer_name_word(id->names[i].kind),
			      id->names[i].text);
}

static bool refuse(const struct cfg_entry *entry,
		   const struct cfg_peer_identity *id,
		   const struct crypto_cert *cert, struct err *err)
{
	char subject[CRYPTO_DN_STRLEN], names[80];

	names_text(id, names, sizeof(names));
	if (cert)
		err_set(err, -EACCES, "the peer is %.80s, which is not identity %s (%s)",
			crypto_cert_subject(cert, subject, sizeof(subject)),
			entry->identity, names);
	else
		err_set(err, -EACCES, "the peer shows no certificate, and must be identity %s (%s)",
			entry->identity, names);
	return false;
}

static bool refuse_profile(const struct cfg_entry *entry, const char *profile,
			   struct err *err)
{
	bool has = profile && profile[0];

	err_set(err, -EACCES, "the peer is of %s%s, and must be of isakmp profile %s",
		has ? "isakmp profile " : "no isakmp profile", has ? profile : "",
		entry->isakmp_profile);
	return false;
}

struct policy_shown policy_shown_by(const struct ike_sa *sa)
{
	return (struct policy_shown){ sa->cert, sa->profile };
}

struct policy_shown policy_shown_for(const struct child_sa *c)
{
	return (struct policy_shown){ c->cert, c->profile };
}

bool policy_entry_admits(const struct engine *e, const struct cfg_entry *entry,
			 struct policy_shown shown, struct err *err)
{
	const struct cfg_peer_identity *id;

	if (entry->isakmp_profile[0] &&
	    strcmp(entry->isakmp_profile, shown.profile ?: ""))
		return refuse_profile(entry, shown.profile, err);
	if (!entry->identity[0])
		return true;
	id = cfg_peer_identity_find(engine_config(e), entry->identity);
	if (policy_is_identity(id, shown.cert))
		return true;
	return refuse(entry, id, shown.cert, err);
}

/* One of the entries of that dynamic map; *n: how many there are. */
static bool place_admits(const struct engine *e, const struct kernel_place *place,
			 struct policy_shown shown, unsigned int *n,
			 struct err *err)
{
	const struct cfg_entry *entry;

	for (*n = 0; (entry = policy_place_entry(e, place, *n)); ++*n)
		if (policy_entry_admits(e, entry, shown, err))
			return true;
	return false;
}

bool policy_flow_admits(const struct engine *e, const struct policy_flow *f,
			struct policy_shown shown, struct err *err)
{
	const struct cfg_entry *entry = policy_entry(e, f);
	struct kernel_place place;
	unsigned int n;

	if (!policy_is_dynamic(f))
		return !entry || policy_entry_admits(e, entry, shown, err);
	policy_place_of(f, &place);
	return place_admits(e, &place, shown, &n, err) || !n;
}

static bool overlaps(const struct range *a, const struct range *b)
{
	return a->from.family == b->from.family &&
	       (range_contains(a, &b->from) || range_contains(b, &a->from));
}

/* Its lines come first, whoever asks for part of them as a dynamic peer. */
bool policy_leaves(const struct engine *e, const struct kernel_place *place,
		   const struct kernel_sel *sel, struct policy_shown shown,
		   struct err *err)
{
	struct list *pos, *tmp;

	if (e->policy->for_anybody)
		return true;
	list_for_each(&e->policy->all_flows, pos, tmp) {
		const struct policy_flow *f = list_entry(pos, struct policy_flow,
							 all);

		if (!policy_is_dynamic(f) && f->k.seq < place->seq &&
		    !strcmp(f->k.ifname, place->ifname) &&
		    overlaps(&f->k.sel.src, &sel->src) &&
		    overlaps(&f->k.sel.dst, &sel->dst) &&
		    !policy_flow_admits(e, f, shown, err))
			return false;
	}
	return true;
}

static bool has_identity(const struct cfg_map *maps, size_t n)
{
	size_t i, j;

	for (i = 0; i < n; i++)
		for (j = 0; j < maps[i].n_entries; j++)
			if (maps[i].entries[j].identity[0] ||
			    maps[i].entries[j].isakmp_profile[0])
				return true;
	return false;
}

/* There may be many entries, and all of them are looked at for each SA. */
void policy_look_for_identities(struct engine *e)
{
	const struct cm_config *cfg = engine_config(e);

	e->policy->for_anybody = !has_identity(cfg->maps, cfg->n_maps) &&
				 !has_identity(cfg->dynamics, cfg->n_dynamics);
}

/* *named: does an entry name the peer? */
static bool map_admits(const struct engine *e, const struct cfg_map *map,
		       const struct addr *peer, struct policy_shown shown,
		       bool *named, struct err *err)
{
	size_t i;

	for (i = 0; i < map->n_entries; i++) {
		/* Manual keys are agreed on with nobody. */
		if (map->entries[i].type == CFG_IPSEC_MANUAL ||
		    !policy_entry_names(&map->entries[i], peer))
			continue;
		if (policy_entry_admits(e, &map->entries[i], shown,
					*named ? NULL : err))
			return true;
		*named = true;
	}
	return false;
}

/* Whom no entry is for, phase 2 refuses. */
bool policy_admits(struct engine *e, const struct addr *local,
		   const struct addr *peer, struct policy_shown shown,
		   struct err *err)
{
	const struct cm_config *cfg = engine_config(e);
	struct kernel_place place;
	bool named = false;
	unsigned int n = 0;
	size_t i;

	if (e->policy->for_anybody)
		return true;
	for (i = 0; i < cfg->n_interfaces; i++) {
		const struct cfg_map *map = cfg_map_find(cfg, cfg->interfaces[i].map);

		if (map && map_admits(e, map, peer, shown, &named, err))
			return true;
	}
	if (policy_dynamic_place(e, local, peer, &place) &&
	    place_admits(e, &place, shown, &n, named ? NULL : err))
		return true;
	return !named && !n;
}
