// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The model: random configurations survive writing and reading (F-114), copies
 * are independent, look-up and order hold, mutated text never does harm.
 */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "selftests/unit/core_random.h"
#include "tools/cli/config.h"
#include "tools/cli/editor.h"
#include "tools/cli/model.h"
#include "tools/cli/overlap.h"
#include "tools/cli/running.h"

#define ONE_OF(rng, array) \
	(array)[rng_below(rng, sizeof(array) / sizeof((array)[0]))]

static const unsigned int groups[] = { 1, 2, 5, 14, 15, 16, 19, 20 };
static const unsigned int key_bits[] = { 128, 192, 256 };
static const uint32_t dummies[] = { 0, 40, 47, 333, 1000, 2000, 3600000 };
static const uint32_t paddings[] = { 0, CFG_TFC_MTU, 64, 65495 };
static const enum cfg_routes routes[] = {
	CFG_ROUTES_NONE, CFG_ROUTES_SA, CFG_ROUTES_STATIC
};
static const uint32_t windows[] = {
	0, 32, 64, 128, 256, 512, 1024, 2048, 4096
};

static struct addr random_address(struct rng *rng, int family)
{
	struct addr a = addr_v4(0x0a000000 | rng_below(rng, 1 << 24), 0);
	size_t i;

	if (family == AF_INET)
		return a;
	a = (struct addr){ .family = AF_INET6, .bytes = { 0x20, 0x01 } };
	for (i = 2; i < 16; i++)
		a.bytes[i] = rng_one_in(rng, 2) ? 0 : rng_next(rng);
	return a;
}

static void random_policy(struct cm_config *cfg, struct rng *rng)
{
	static const enum cfg_cipher ciphers[] = {
		CFG_CIPHER_DES, CFG_CIPHER_3DES, CFG_CIPHER_AES
	};
	struct cfg_policy *p = cfg_policy_get(cfg, 1 + rng_below(rng, 10000));

	p->cipher = ONE_OF(rng, ciphers);
	p->key_bits = 8 * cfg_cipher_key_bytes(p->cipher,
					       ONE_OF(rng, key_bits));
	p->hash = 1 + rng_below(rng, CFG_HASH_SHA512);
	p->group = ONE_OF(rng, groups);
	p->lifetime = 60 + rng_below(rng, 86341);
}

static void random_secret(char secret[CFG_KEY_MAX + 1], struct rng *rng)
{
	unsigned int i, len = 1 + rng_below(rng, CFG_KEY_MAX);

	for (i = 0; i < len; i++)
		secret[i] = '!' + rng_below(rng, '~' - '!' + 1);
	if (!secret[strspn(secret, "*")])
		secret[0] = 'x';
	if (rng_one_in(rng, 10))
		strncpy(secret, "0", CFG_KEY_MAX);
}

static void random_isakmp_peer(struct cm_config *cfg, struct rng *rng)
{
	static const struct cfg_identity endpoints[] = {
		{ CFG_IDENTITY_ADDRESS, "" },
		{ CFG_IDENTITY_FQDN, "a.example.com" },
		{ CFG_IDENTITY_USER_FQDN, "me@example.com" },
		{ CFG_IDENTITY_KEY_ID, "kyoten" },
		{ CFG_IDENTITY_IPV4, "10.9.9.9" },
	};
	struct addr a = addr_v4(0x0c000001 + cfg->n_isakmp_peers, 0);
	struct cfg_isakmp_peer *peer;

	if (rng_one_in(rng, 3))
		a = (struct addr){ AF_INET6, .bytes = { 0x20, 1, 0xd, 0xb8,
				   [15] = cfg->n_isakmp_peers } };
	peer = cfg_isakmp_peer_get(cfg, &a);
	if (rng_one_in(rng, 2))
		random_secret(peer->secret, rng);
	peer->endpoint = ONE_OF(rng, endpoints);
}

static void random_key(struct cm_config *cfg, struct rng *rng)
{
	struct cfg_key *key = cfg_key_add(cfg);
	struct addr peer;

	random_secret(key->secret, rng);
	key->no_xauth = rng_one_in(rng, 2);
	if (rng_one_in(rng, 3)) {
		snprintf(key->hostname, sizeof(key->hostname), "h%zu.example",
			 cfg->n_keys);
		return;
	}
	/* Distinct peers, or the second line would replace the first. */
	peer = addr_v4(0x0b000000 | cfg->n_keys << 8 | rng_below(rng, 256), 0);
	if (rng_one_in(rng, 3))
		peer = (struct addr){ AF_INET6, .bytes = { 0x20, 1, 0xd, 0xb8,
				      [6] = cfg->n_keys, rng_below(rng, 256) } };
	prefix_set(&key->peers, &peer, !rng_one_in(rng, 4) ? addr_bits(&peer) :
		   peer.family == AF_INET6 ? 56 : 24);
}

static void random_identity(struct cm_config *cfg, struct rng *rng)
{
	static const struct cfg_peer_name names[] = {
		{ CFG_PEER_DN, "cn=r2,o=\"Example, \\\"Inc\\\"\"" },
		{ CFG_PEER_FQDN, "r2.example" },
	};
	struct cfg_peer_identity *id;
	char name[CFG_NAME_SIZE];
	size_t i;

	snprintf(name, sizeof(name), "ID-%zu", cfg->n_peer_identities);
	id = cfg_peer_identity_get(cfg, name);
	for (i = 0; i < 2; i++)
		if (rng_one_in(rng, 2))
			id->names[id->n_names++] = names[i];
}

static void random_transform(struct cm_config *cfg, struct rng *rng)
{
	char name[CFG_NAME_SIZE];
	struct cfg_transform *ts;

	snprintf(name, sizeof(name), "TS-%zu", cfg->n_transforms);
	ts = cfg_transform_get(cfg, name);
	ts->cipher = rng_below(rng, CFG_CIPHER_COUNT);
	ts->key_bits = 8 * cfg_cipher_key_bytes(ts->cipher,
						ONE_OF(rng, key_bits));
	ts->mode = rng_below(rng, 2);
	if (cfg_cipher_kind(ts->cipher) != CFG_COMBINED)
		ts->hash = 1 + rng_below(rng, CFG_HASH_COUNT - 1);
	ts->deflate = !cfg_transform_is_ah(ts) && rng_one_in(rng, 3);
	ts->esn = rng_one_in(rng, 3);
}

static struct cfg_net random_net(struct rng *rng, int family)
{
	static const uint32_t wildcards[] = {
		0, 0xff, 0xffff, 0xffffffff, 0x00ff00ff, 0x01010100
	};
	struct addr addr = random_address(rng, family);
	struct addr wildcard = addr_v4(ONE_OF(rng, wildcards), 0);

	return family == AF_INET6 ? cfg_net_prefix(&addr, rng_below(rng, 129)) :
				    cfg_net_wild(&addr, &wildcard);
}

/* No two lines alike: the second would be refused. */
static struct cfg_net distinct_net(unsigned int i, int family)
{
	struct addr addr = addr_v4(0x0a000000 | i << 24 | i << 9, 0);

	if (family == AF_INET6)
		addr = (struct addr){ .family = AF_INET6,
				      .bytes = { 0x20, [15] = i } };
	return cfg_net_host(&addr);
}

static void random_ports(struct cfg_ports *ports, bool single, struct rng *rng)
{
	ports->op = rng_below(rng, single ? CFG_PORT_EQ + 1 :
				    CFG_PORT_RANGE + 1);
	if (ports->op == CFG_PORT_ANY)
		return;
	ports->lo = 1 + rng_below(rng, 600);
	if (ports->op == CFG_PORT_RANGE)
		ports->hi = ports->lo + rng_below(rng, 600);
}

static void random_acl(struct cm_config *cfg, struct rng *rng, bool single)
{
	unsigned int i, n = 1 + rng_below(rng, 12), step = rng_one_in(rng, 2) ?
							   10 : 7;
	char name[CFG_NAME_SIZE];
	struct cfg_acl *acl;
	struct cfg_ace *ace;

	int family = rng_one_in(rng, 3) ? AF_INET6 : AF_INET;

	if (family == AF_INET && rng_one_in(rng, 2))
		snprintf(name, sizeof(name), "%zu", 100 + cfg->n_acls);
	else
		snprintf(name, sizeof(name), "LIST_%zu", cfg->n_acls);
	acl = cfg_acl_get(cfg, name);
	acl->family = family;
	for (i = 1; i <= n; i++) {
		ace = cfg_ace_get(acl, i * step);
		ace->action = rng_below(rng, 3);
		if (ace->action == CFG_REMARK) {
			snprintf(ace->remark, sizeof(ace->remark),
				 "%u talk | \"%u\"", i, rng_below(rng, 99));
			continue;
		}
		ace->src = random_net(rng, family);
		ace->dst = distinct_net(i, family);
		ace->protocol = rng_one_in(rng, 2) ? rng_below(rng, 256) :
				rng_one_in(rng, 2) ? 6 : 17;
		if (ace->protocol != 6 && ace->protocol != 17)
			continue;
		random_ports(&ace->sport, single, rng);
		random_ports(&ace->dport, single, rng);
	}
}

static void random_session_key(struct cfg_session_key *key, uint32_t spi,
			       struct rng *rng)
{
	static const size_t cipher[] = { 0, 8, 16, 24, 32 };
	static const size_t auth[] = { 16, 20, 32, 48, 64 };
	size_t i;

	key->spi = spi;
	key->cipher_len = ONE_OF(rng, cipher);
	key->auth_len = ONE_OF(rng, auth);
	for (i = 0; i < key->cipher_len; i++)
		key->cipher_key[i] = rng_next(rng);
	for (i = 0; i < key->auth_len; i++)
		key->auth_key[i] = rng_next(rng);
}

static const char *some_transform(const struct cm_config *cfg, size_t i,
				  bool manual)
{
	const struct cfg_transform *ts = &cfg->transforms[i % cfg->n_transforms];

	return manual && (cfg_cipher_counts(ts->cipher) ||
			  cfg_transform_is_ah(ts)) ? "GONE" : ts->name;
}

static void random_hiding(struct cfg_entry *entry, struct rng *rng)
{
	if (rng_one_in(rng, 2))
		entry->dummy_ms = ONE_OF(rng, dummies);
	if (rng_one_in(rng, 2))
		entry->tfc_padding = ONE_OF(rng, paddings);
}

/* What entries have that are negotiated, of crypto maps and of dynamic ones. */
static void random_settings(struct cfg_entry *entry, struct rng *rng)
{
	entry->pfs_group = rng_one_in(rng, 2) ? 0 : ONE_OF(rng, groups);
	if (rng_one_in(rng, 2))
		entry->seconds = 120 + rng_below(rng, 2591881);
	if (rng_one_in(rng, 2))
		entry->kilobytes = rng_one_in(rng, 3) ? CFG_UNLIMITED :
				   2560 + rng_below(rng, 0xfffff5ff);
	if (rng_one_in(rng, 2))
		entry->replay_window = ONE_OF(rng, windows);
	if (rng_one_in(rng, 2))
		entry->idle = 60 + rng_below(rng, 86341);
	if (rng_one_in(rng, 2))
		strcpy(entry->identity, "ID-0");
	random_hiding(entry, rng);
}

/* Entries of one dynamic map have one list. */
static void random_dynamic(struct cm_config *cfg, struct cfg_map *map,
			   struct rng *rng)
{
	struct cfg_entry *entry = cfg_entry_get(map, 1 + rng_below(rng, 65535));

	random_settings(entry, rng);
	entry->nat_demux = rng_one_in(rng, 2);
	entry->routes = ONE_OF(rng, routes);
	if (cfg->n_transforms)
		strcpy(entry->transforms[entry->n_transforms++],
		       cfg->transforms[0].name);
	if (cfg->n_acls && map->name[1] == '1')
		strcpy(entry->acl, cfg->acls[0].name);
}

static void random_entry(struct cm_config *cfg, struct cfg_map *map,
			 struct rng *rng)
{
	struct cfg_entry *entry = cfg_entry_get(map, 1 + rng_below(rng, 65535));
	size_t i, n;

	if (rng_one_in(rng, 5) && cfg->n_dynamics) {
		entry->type = CFG_IPSEC_DYNAMIC;
		strcpy(entry->dynamic, cfg->dynamics[0].name);
		return;
	}

	entry->type = rng_one_in(rng, 3) ? CFG_IPSEC_MANUAL : CFG_IPSEC_ISAKMP;
	entry->n_peers = rng_below(rng, entry->type == CFG_IPSEC_MANUAL ?
					2 : CFG_PEERS_MAX + 1);
	for (i = 0; i < entry->n_peers; i++)
		entry->peers[i] = rng_one_in(rng, 4) ?
				  distinct_net(i, AF_INET6).addr :
				  addr_v4(0x0c000001 + i, 0);
	n = rng_below(rng, entry->type == CFG_IPSEC_MANUAL ? 2 : 4);
	for (i = 0; i < n && i < cfg->n_transforms; i++)
		strcpy(entry->transforms[entry->n_transforms++],
		       some_transform(cfg, i, entry->type == CFG_IPSEC_MANUAL));
	if (rng_one_in(rng, 2))
		snprintf(entry->description, sizeof(entry->description),
			 "entry %u: a ! and a |", entry->seq);
	if (cfg->n_acls)
		strcpy(entry->acl,
		       cfg->acls[rng_below(rng, cfg->n_acls)].name);
	if (entry->type == CFG_IPSEC_MANUAL) {
		random_session_key(&entry->inbound, 256 + (uint32_t)(size_t)
				   rng_next(rng) % 0xfffffeff, rng);
		random_session_key(&entry->outbound, 256, rng);
		random_hiding(entry, rng);
		return;
	}
	random_settings(entry, rng);
	entry->pre_classify = rng_one_in(rng, 3);
	entry->routes = ONE_OF(rng, routes);
	entry->per_host = rng_one_in(rng, 3);
}

/* Some of them with a profile in place of a map. */
static void random_tunnel(struct cm_config *cfg, struct cfg_interface *ifc,
			  struct rng *rng)
{
	if (rng_one_in(rng, 2))
		return;
	ifc->tunnel = CFG_TUNNEL_IPV4 + rng_below(rng, 2);
	if (rng_one_in(rng, 2))
		strcpy(ifc->source, "wan0");
	else
		ifc->source_address = random_address(rng, ifc->tunnel ==
						     CFG_TUNNEL_IPV6 ?
						     AF_INET6 : AF_INET);
	if (rng_one_in(rng, 2))
		strcpy(ifc->unnumbered, "lan0");
	ifc->destination = random_address(rng, ifc->tunnel == CFG_TUNNEL_IPV6 ?
					  AF_INET6 : AF_INET);
	if (rng_one_in(rng, 2) || !cfg_profile_get(cfg, "P"))
		return;
	ifc->map[0] = '\0';
	strcpy(ifc->profile, "P");
	random_settings(cfg->profiles[0].entries, rng);
}

static struct cm_config *random_config(struct rng *rng)
{
	struct cm_config *cfg = cm_config_new();
	struct cfg_interface *ifc;
	unsigned int i, j;
	char name[CFG_NAME_SIZE];

	if (rng_one_in(rng, 2))
		strcpy(cfg->hostname, "r-1");
	if (rng_one_in(rng, 2))
		cfg_logging_get(cfg, "ike")->level = LOG_LEVEL_DEBUG;
	if (rng_one_in(rng, 2))
		cfg_logging_get(cfg, "")->level = LOG_LEVEL_ERR;
	for (i = rng_below(rng, 5); i; i--)
		random_policy(cfg, rng);
	for (i = rng_below(rng, 5); i; i--)
		random_key(cfg, rng);
	if (rng_one_in(rng, 2))
		cfg->keepalive = (struct cfg_keepalive){
			10 + rng_below(rng, 3591), 2 + rng_below(rng, 59),
			rng_one_in(rng, 2)
		};
	if (rng_one_in(rng, 2)) {
		cfg->identity.kind = rng_one_in(rng, 2) ?
				     CFG_IDENTITY_USER_FQDN :
				     CFG_IDENTITY_KEY_ID;
		strcpy(cfg->identity.text, "me@example.com");
	}
	cfg->no_aggressive = rng_one_in(rng, 4);
	for (i = rng_below(rng, 4); i; i--)
		random_isakmp_peer(cfg, rng);
	cfg->nat_keepalive = 5 + rng_below(rng, 3596);
	cfg->natt = rng_one_in(rng, 2);
	cfg->ike_mtu = rng_one_in(rng, 3) ? 0 : 576 + rng_below(rng, 8425);
	cfg->sa_seconds = 120 + rng_below(rng, 2591881);
	cfg->sa_kilobytes = rng_one_in(rng, 2) ? CFG_UNLIMITED : 4294967295u;
	cfg->replay_window = ONE_OF(rng, windows);
	cfg->dummy_ms = ONE_OF(rng, dummies);
	cfg->tfc_padding = ONE_OF(rng, paddings);
	cfg->df = rng_below(rng, CFG_DF_CLEAR + 1);
	cfg->frag = rng_below(rng, CFG_FRAG_AFTER + 1);
	cfg->filter_bypass = rng_one_in(rng, 2);
	if (rng_one_in(rng, 2))
		strcpy(cfg->management, "lan0");
	for (i = rng_below(rng, 3); i; i--)
		random_identity(cfg, rng);
	for (i = 1 + rng_below(rng, 5); i; i--)
		random_transform(cfg, rng);
	for (i = rng_below(rng, 5); i; i--)
		random_acl(cfg, rng, true);
	cfg->idle = rng_one_in(rng, 2) ? CFG_IDLE_OFF : 86400;
	for (i = rng_below(rng, 4); i; i--) {
		snprintf(name, sizeof(name), "D%u", i % 2);
		random_dynamic(cfg, cfg_dynamic_get(cfg, name), rng);
	}
	for (i = rng_below(rng, 4); i; i--) {
		snprintf(name, sizeof(name), "MAP%u", i);
		for (j = 1 + rng_below(rng, 6); j; j--)
			random_entry(cfg, cfg_map_get(cfg, name), rng);
		if (rng_one_in(rng, 2))
			strcpy(cfg_map_get(cfg, name)->local_interface, "lo0");
		snprintf(name, sizeof(name), "eth%u", i);
		ifc = cfg_interface_get(cfg, name);
		snprintf(ifc->map, sizeof(ifc->map), "MAP%u", i);
		random_tunnel(cfg, ifc, rng);
		ifc->mss = (uint16_t[]){ 0, CFG_MSS_AUTO, 64, 65495 }[rng_below(rng, 4)];
		ifc->df = rng_below(rng, CFG_DF_CLEAR + 1);
		ifc->frag = rng_below(rng, CFG_FRAG_AFTER + 1);
		ifc->pre_classify = rng_one_in(rng, 2);
	}
	/* Lists of no map may have what IKEv1 cannot express. */
	for (i = rng_below(rng, 3); i; i--)
		random_acl(cfg, rng, false);
	return cfg;
}

static struct cm_config *read_back(const char *text)
{
	struct cm_config *cfg;

	if (config_parse("text", text, strlen(text), stderr, &cfg))
		fail_msg("not understood:\n%s", text);
	return cfg;
}

static void what_is_written_can_be_read(void **state)
{
	struct rng rng = rng_start(3);
	struct cm_config *cfg, *back;
	char *text, *again;
	int round;

	(void)state;
	for (round = 0; round < 500; round++) {
		cfg = random_config(&rng);
		text = running_text(cfg, false);
		back = read_back(text);
		again = running_text(back, false);
		assert_string_equal(text, again);
		assert_true(cm_config_equal(cfg, back));
		running_free(text);
		running_free(again);
		cm_config_free(cfg);
		cm_config_free(back);
	}
}

static void copies_are_equal_and_independent(void **state)
{
	struct rng rng = rng_start(4);
	struct cm_config *cfg, *copy;
	int round;

	(void)state;
	for (round = 0; round < 100; round++) {
		cfg = random_config(&rng);
		copy = cm_config_copy(cfg);
		assert_true(cm_config_equal(cfg, copy));
		cfg_ace_get(cfg_acl_get(cfg, "NEW"), 10)->protocol = 1;
		assert_false(cm_config_equal(cfg, copy));
		assert_null(cfg_acl_find(copy, "NEW"));
		cm_config_free(cfg);
		/* ASan would see a pointer into what is gone. */
		running_free(running_text(copy, true));
		cm_config_free(copy);
	}
}

/* Every field matters to equality: one changed word makes a difference. */
static void each_line_makes_a_difference(void **state)
{
	static const char base[] =
		"crypto isakmp key abc address 10.0.0.1\n"
		"crypto isakmp peer address 10.0.0.8\n"
		" set aggressive-mode password a\n"
		" set aggressive-mode client-endpoint fqdn x\n"
		"crypto ipsec transform-set T esp-aes 256 esp-sha-hmac\n"
		"access-list 101 permit tcp any eq 80 any\n"
		"crypto map M 10 ipsec-isakmp\n set peer 10.0.0.1\n"
		"interface eth0\n crypto map M\n";
	static const char *const lines[] = {
		"hostname x", "logging level err", "crypto isakmp policy 1",
		"crypto isakmp key abd address 10.0.0.1",
		"crypto isakmp key abc address 10.0.0.1 no-xauth",
		"crypto isakmp keepalive 10", "crypto isakmp identity hostname",
		"crypto isakmp identity key-id hostname",
		"crypto isakmp aggressive-mode disable",
		"crypto isakmp peer address 10.0.0.9",
		"crypto isakmp peer address 10.0.0.8\n set aggressive-mode password b",
		"crypto isakmp peer address 10.0.0.8\n set aggressive-mode client-endpoint fqdn y",
		"crypto isakmp peer address 10.0.0.8\n set aggressive-mode client-endpoint key-id x",
		"no crypto isakmp peer address 10.0.0.8",
		"crypto isakmp nat keepalive 19",
		"no crypto isakmp fragmentation",
		"crypto isakmp fragmentation mtu 1281",
		"no crypto ipsec nat-transparency udp-encapsulation",
		"crypto ipsec transform-set T esp-aes 256 esp-sha256-hmac",
		"crypto ipsec transform-set T esp-aes 192 esp-sha-hmac",
		"crypto ipsec transform-set T esp-aes 256 esp-sha-hmac comp-deflate",
		"crypto ipsec security-association lifetime seconds 120",
		"crypto ipsec security-association lifetime kilobytes 2560",
		"crypto ipsec security-association replay disable",
		"crypto ipsec security-association dummy seconds 10",
		"crypto ipsec security-association tfc-padding mtu",
		"access-list 101 permit tcp any eq 80 host 10.0.0.9",
		"no access-list 101 permit tcp any eq 80 any",
		"crypto map M 10\n description x", "crypto map M 10\n set pfs",
		"crypto map M 10\n set peer 10.0.0.2",
		"crypto map M 10\n set transform-set T",
		"crypto map M 10\n match address 101",
		"crypto map M 10\n set security-association lifetime seconds 120",
		"crypto map M 10\n set security-association lifetime kilobytes 2560",
		"crypto map M 10\n set security-association replay disable",
		"crypto map M 10\n set security-association dummy disable",
		"crypto map M 10\n qos pre-classify",
		"crypto map M 10\n reverse-route",
		"crypto map M 10\n reverse-route static",
		"interface eth0\n qos pre-classify", "sysopt connection permit-vpn",
		"management-access lan0",
		"crypto map M 10\n set security-association tfc-padding 64",
		"crypto map M 11 ipsec-manual",
		"crypto map M local-address lo", "no interface eth0",
	};
	struct cm_config *cfg = read_back(base), *other;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		assert_int_equal(config_parse_onto(cfg, "line", lines[i],
						   strlen(lines[i]), stderr,
						   &other), 0);
		if (cm_config_equal(cfg, other))
			fail_msg("no difference: %s", lines[i]);
		cm_config_free(other);
	}
	assert_int_equal(config_parse_onto(cfg, "base", base, strlen(base),
					   stderr, &other), 0);
	assert_true(cm_config_equal(cfg, other));
	cm_config_free(other);
	cm_config_free(cfg);
}

static void the_longest_mask_wins(void **state)
{
	struct cm_config *cfg = read_back(
		"crypto isakmp key any address 0.0.0.0 0.0.0.0\n"
		"crypto isakmp key host address 10.1.1.1\n"
		"crypto isakmp key net address 10.1.1.0 255.255.255.0\n"
		"crypto isakmp key name hostname B.example\n");
	struct addr a = addr_v4(0x0a010101, 0);

	(void)state;
	assert_string_equal(cfg_key_for_address(cfg, &a)->secret, "host");
	a = addr_v4(0x0a010102, 0);
	assert_string_equal(cfg_key_for_address(cfg, &a)->secret, "net");
	a = addr_v4(0x0a010202, 0);
	assert_string_equal(cfg_key_for_address(cfg, &a)->secret, "any");
	a = (struct addr){ .family = AF_INET6 };
	assert_null(cfg_key_for_address(cfg, &a));
	assert_string_equal(cfg_key_for_hostname(cfg, "b.EXAMPLE")->secret,
			    "name");
	assert_null(cfg_key_for_hostname(cfg, "c.example"));
	cm_config_free(cfg);
}

static void entries_inherit(void **state)
{
	struct cm_config *cfg = read_back(
		"crypto ipsec security-association lifetime seconds 1000\n"
		"crypto ipsec security-association replay window-size 512\n"
		"crypto ipsec security-association dummy pps 25\n"
		"crypto ipsec security-association tfc-padding mtu\n"
		"crypto map M 10 ipsec-isakmp\n"
		"crypto map M 20 ipsec-isakmp\n"
		" set security-association lifetime seconds 2000\n"
		" set security-association lifetime kilobytes disable\n"
		" set security-association replay disable\n"
		" set security-association dummy seconds 30\n"
		" set security-association tfc-padding 512\n"
		"crypto map M 30 ipsec-manual\n"
		"crypto map M 40 ipsec-manual\n"
		" set security-association dummy disable\n"
		" set security-association tfc-padding 64\n");
	const struct cfg_entry *e = cfg->maps[0].entries;

	(void)state;
	assert_int_equal(cfg_entry_seconds(cfg, &e[0]), 1000);
	assert_int_equal(cfg_entry_kilobytes(cfg, &e[0]),
			 CFG_SA_KILOBYTES_DEFAULT);
	assert_int_equal(cfg_entry_replay(cfg, &e[0]), 512);
	assert_int_equal(cfg_entry_dummy(cfg, &e[0]), 40);
	assert_int_equal(cfg_entry_tfc(cfg, &e[0]), CFG_TFC_MTU);
	assert_int_equal(cfg_entry_seconds(cfg, &e[1]), 2000);
	assert_int_equal(cfg_entry_kilobytes(cfg, &e[1]), CFG_UNLIMITED);
	assert_int_equal(cfg_entry_replay(cfg, &e[1]), CFG_REPLAY_OFF);
	assert_int_equal(cfg_entry_dummy(cfg, &e[1]), 30000);
	assert_int_equal(cfg_entry_tfc(cfg, &e[1]), 512);
	assert_int_equal(cfg_entry_seconds(cfg, &e[2]), CFG_UNLIMITED);
	assert_int_equal(cfg_entry_replay(cfg, &e[2]), CFG_REPLAY_OFF);
	assert_int_equal(cfg_entry_dummy(cfg, &e[2]), 40);
	assert_int_equal(cfg_entry_tfc(cfg, &e[2]), CFG_TFC_MTU);
	assert_int_equal(cfg_entry_dummy(cfg, &e[3]), CFG_DUMMY_OFF);
	assert_int_equal(cfg_entry_tfc(cfg, &e[3]), 64);
	cm_config_free(cfg);
}

/* A long list is read in linear time, twice, and does not double. */
static void long_lists_are_read_quickly(void **state)
{
	enum { LINES = 20000 };
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	struct cm_config *cfg;
	int i;

	(void)state;
	for (i = 0; i < 2 * LINES; i++)
		fprintf(out, "access-list 101 permit ip host 10.%d.%d.1 any\n",
			i % LINES >> 8, i % LINES & 255);
	fclose(out);
	cfg = read_back(text);
	assert_int_equal(cfg->acls[0].n_aces, LINES);
	assert_int_equal(cfg_ace_find(&cfg->acls[0], 10 * LINES)->where.line,
			 LINES);
	cm_config_free(cfg);
	free(text);
}

static void mutate(char *text, size_t *len, struct rng *rng)
{
	size_t at = rng_below(rng, *len);

	switch (rng_below(rng, 5)) {
	case 0:
		text[at] ^= 1 << rng_below(rng, 8);
		break;
	case 1:
		memmove(text + at, text + at + 1, *len - at - 1);
		--*len;
		break;
	case 2:
		text[at] = " \n\t!-0.$9"[rng_below(rng, 9)];
		break;
	case 3:
		text[at] = text[rng_below(rng, *len)];
		break;
	case 4:
		*len -= rng_below(rng, *len / 8 + 1);
		break;
	}
}

/* Whatever was made of the text: it is refused, or understood for good. */
static void mutated_text_does_no_harm(void **state)
{
	struct rng rng = rng_start(5);
	struct cm_config *cfg, *back;
	char *text, *again, *why;
	size_t len, size, understood = 0;
	FILE *err;
	int round, i;

	(void)state;
	for (round = 0; round < 1500; round++) {
		cfg = random_config(&rng);
		text = running_text(cfg, false);
		cm_config_free(cfg);
		len = strlen(text);
		for (i = rng_below(&rng, 4); i >= 0 && len > 8; i--)
			mutate(text, &len, &rng);
		err = open_memstream(&why, &size);
		if (!config_parse("text", text, len, err, &cfg)) {
			understood++;
			again = running_text(cfg, false);
			back = read_back(again);
			assert_true(cm_config_equal(cfg, back));
			running_free(again);
			cm_config_free(back);
		}
		fclose(err);
		free(why);
		cm_config_free(cfg);
		free(text);
	}
	assert_true(understood > 50 && understood < 1450);
}

/* Random words of the language in random order, completed and explained. */
static void mutated_lines_complete(void **state)
{
	static const char *const words[] = {
		"crypto", "map", "M", "10", "isakmp", "ipsec", "access-list",
		"101", "permit", "tcp", "any", "eq", "host", "1.2.3.4", "no",
		"key", "set", "peer", "<", "4294967296", "-1", "0x", "?", "\x80",
		"do", "show", "interface", "transform-set", "esp-aes", "!",
	};
	struct rng rng = rng_start(6);
	struct config_editor ed;
	struct cm_config *cfg = cm_config_new();
	struct cli_choices choices;
	char line[512];
	int round, i;

	(void)state;
	editor_init(&ed, cfg);
	for (round = 0; round < 20000; round++) {
		line[0] = '\0';
		for (i = rng_below(&rng, 9); i >= 0; i--) {
			strcat(line, ONE_OF(&rng, words));
			if (i || rng_one_in(&rng, 2))
				strcat(line, " ");
		}
		assert_int_equal(editor_complete(&ed, line, cfg, &choices), 0);
		cli_choices_free(&choices);
		if (editor_line(&ed, line, 0))
			assert_true(ed.err.text[0] && ed.column > 0);
		if (ed.mode == CLI_MODE_EXEC)
			ed.mode = CLI_MODE_CONFIG;
	}
	editor_free(&ed);
	cm_config_free(cfg);
}

static bool matches(const struct cfg_ports *ports, unsigned int port)
{
	switch (ports->op) {
	case CFG_PORT_EQ:
		return port == ports->lo;
	case CFG_PORT_NEQ:
		return port != ports->lo;
	case CFG_PORT_LT:
		return port < ports->lo;
	case CFG_PORT_GT:
		return port > ports->lo;
	case CFG_PORT_RANGE:
		return port >= ports->lo && port <= ports->hi;
	default:
		return true;
	}
}

/* Against trying every port. */
static void overlap_of_ports_is_exact(void **state)
{
	struct rng rng = rng_start(7);
	struct cfg_ace a = { .protocol = 6 }, b = { .protocol = 6 };
	unsigned int port;
	bool meet;
	int round;

	(void)state;
	for (round = 0; round < 2000; round++) {
		memset(&a.sport, 0, sizeof(a.sport));
		memset(&b.sport, 0, sizeof(b.sport));
		random_ports(&a.sport, false, &rng);
		random_ports(&b.sport, false, &rng);
		if (rng_one_in(&rng, 3))
			b.sport.lo = a.sport.lo;
		if (b.sport.op == CFG_PORT_RANGE && b.sport.hi < b.sport.lo)
			b.sport.hi = b.sport.lo;
		if (!b.sport.lo && b.sport.op != CFG_PORT_ANY)
			b.sport.lo = 1;
		for (port = 0, meet = false; port < 65536 && !meet; port++)
			meet = matches(&a.sport, port) &&
			       matches(&b.sport, port);
		assert_int_equal(ace_overlap(&a, &b), meet);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_can_be_read),
		cmocka_unit_test(copies_are_equal_and_independent),
		cmocka_unit_test(each_line_makes_a_difference),
		cmocka_unit_test(the_longest_mask_wins),
		cmocka_unit_test(entries_inherit),
		cmocka_unit_test(long_lists_are_read_quickly),
		cmocka_unit_test(mutated_text_does_no_harm),
		cmocka_unit_test(mutated_lines_complete),
		cmocka_unit_test(overlap_of_ports_is_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
