// SPDX-License-Identifier: GPL-2.0-or-later
/* Semantic checks: pre-shared keys, and peers of aggressive mode. */
#include "tools/cli/checker.h"

struct key_user {
	const struct cfg_key *key;
	bool used;
};

static void visit_key(struct checker *c, const struct cfg_map *map,
		      const struct cfg_entry *entry, void *arg)
{
	struct key_user *user = arg;
	size_t i;

	(void)map;
	/* Whose peer is anybody. */
	user->used |= entry->type == CFG_IPSEC_DYNAMIC;
	for (i = 0; i < entry->n_peers; i++)
		user->used |= cfg_key_for_address(c->cfg, &entry->peers[i]) ==
			      user->key;
}

static bool is_key_of_tunnel(const struct cm_config *cfg,
			     const struct cfg_key *key)
{
	size_t i;

	for (i = 0; i < cfg->n_interfaces; i++)
		if (addr_is_set(&cfg->interfaces[i].destination) &&
		    cfg_key_for_address(cfg, &cfg->interfaces[i].destination) ==
		    key)
			return true;
	return false;
}

/* Main mode needs the key before the peer can say its name (RFC 2409, 5.4). */
static void check_name_key(struct checker *c, const struct cfg_key *key)
{
	if (!cfg_aggressive_on(c->cfg))
		warning(c, &key->where,
			"the pre-shared key for name %s is not used: main mode finds keys by address, and aggressive mode is disabled",
			key->hostname);
}

/* Without a group its gateways are shown that. */
static bool is_key_of_ezvpn(const struct cm_config *cfg,
			    const struct cfg_key *key)
{
	const struct cfg_ezvpn *ez = cfg->ezvpns;
	size_t i;

	for (; ez < cfg->ezvpns + cfg->n_ezvpns; ez++)
		for (i = 0; i < ez->n_peers && !ez->group[0]; i++)
			if (ez->peers[i].host[0] ||
			    prefix_contains(&key->peers, &ez->peers[i].addr))
				return true;
	return false;
}

void check_keys(struct checker *c)
{
	char peers[CFG_KEY_PEERS_STRLEN];
	size_t i;

	for (i = 0; i < c->cfg->n_keys; i++) {
		struct key_user user = { .key = &c->cfg->keys[i] };

		if (user.key->derived)
			continue;	/* the tunnel group is judged */
		if (user.key->hostname[0]) {
			check_name_key(c, user.key);
			continue;
		}
		each_entry(c, visit_key, &user);
		user.used |= is_key_of_tunnel(c->cfg, user.key) ||
			     is_key_of_ezvpn(c->cfg, user.key);
		if (!user.used)
			warning(c, &user.key->where,
				"the pre-shared key for address %s has no peer in a crypto map",
				cfg_key_peers_format(user.key, peers,
						     sizeof(peers)));
	}
}

/* It is spoken with those for whom something is set, and has a key there. */
void check_isakmp_peer(struct checker *c, const struct cfg_isakmp_peer *peer)
{
	char address[ADDR_STRLEN];

	addr_format(&peer->address, address, sizeof(address));
	if (!peer->secret[0] && !peer->endpoint.text[0])
		warning(c, &peer->where,
			"crypto isakmp peer address %s: nothing is set, so main mode is used",
			address);
	else if (c->cfg->no_aggressive)
		warning(c, &peer->where,
			"crypto isakmp peer address %s: aggressive mode is disabled, so main mode is used",
			address);
	else if (!cfg_secret_for_peer(c->cfg, &peer->address) &&
		 !checks_certificates(c->cfg))
		warning(c, &peer->where,
			"crypto isakmp peer address %s: no pre-shared key",
			address);
}
