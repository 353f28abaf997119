// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Writing the model as text that gives the same model when it is read. Values
 * that are the default are left out, except where IOS prints them.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cli/model.h"
#include "tools/cli/running.h"
#include "tools/cli/words.h"

#define MASKED	"*****"
#define PRE_CLASSIFY	" qos pre-classify\n"

static void write_logging(FILE *out, const struct cm_config *cfg)
{
	size_t i;

	for (i = 0; i < cfg->n_logging; i++) {
		const struct cfg_logging *logging = &cfg->logging[i];

		if (logging->subsystem[0])
			fprintf(out, "logging subsystem %s %s\n",
				logging->subsystem,
				log_level_name(logging->level));
		else
			fprintf(out, "logging level %s\n",
				log_level_name(logging->level));
	}
	if (cfg->n_logging)
		fprintf(out, "!\n");
}

static void write_policy(FILE *out, const struct cfg_policy *policy)
{
	fprintf(out, "crypto isakmp policy %u\n", policy->priority);
	fprintf(out, " encryption %s", cfg_cipher_ike_name(policy->cipher));
	if (policy->cipher == CFG_CIPHER_AES)
		fprintf(out, " %u", policy->key_bits);
	fprintf(out, "\n hash %s\n", cfg_hash_ike_name(policy->hash));
	fprintf(out, " authentication %s\n", cfg_auth_name(policy->auth));
	fprintf(out, " group %u\n", policy->group);
	if (policy->lifetime != CFG_ISAKMP_LIFETIME_DEFAULT)
		fprintf(out, " lifetime %u\n", policy->lifetime);
	fprintf(out, "!\n");
}

static void write_key(FILE *out, const struct cfg_key *key, bool mask_keys)
{
	char peers[CFG_KEY_PEERS_STRLEN];

	/* A key that reads like the keyword 0 needs that keyword before it. */
	fprintf(out, "crypto isakmp key %s%s ",
		mask_keys || strcmp(key->secret, "0") ? "" : "0 ",
		mask_keys ? MASKED : key->secret);
	if (key->hostname[0])
		fprintf(out, "hostname %s", key->hostname);
	else
		fprintf(out, "address %s",
			cfg_key_peers_format(key, peers, sizeof(peers)));
	fprintf(out, "%s\n", key->no_xauth ? " no-xauth" : "");
}

static const char *identity_word(const struct cfg_identity *identity)
{
	static const char *const kinds[] = {
		[CFG_IDENTITY_HOSTNAME] = "hostname",
		[CFG_IDENTITY_FQDN] = "fqdn",
		[CFG_IDENTITY_USER_FQDN] = "user-fqdn",
		[CFG_IDENTITY_KEY_ID] = "key-id",
		[CFG_IDENTITY_IPV4] = "ipv4-address",
		[CFG_IDENTITY_DN] = "dn",
		[CFG_IDENTITY_AUTO] = "auto",
	};

	return kinds[identity->kind];
}

static void write_identity(FILE *out, const struct cfg_identity *identity)
{
	if (identity->kind == CFG_IDENTITY_ADDRESS)
		return;
	fprintf(out, "crypto isakmp identity %s%s%s\n", identity_word(identity),
		identity->text[0] ? " " : "", identity->text);
}

static void write_isakmp_peer(FILE *out, const struct cfg_isakmp_peer *peer,
			      bool mask_keys)
{
	char address[ADDR_STRLEN];

	fprintf(out, "crypto isakmp peer address %s%s\n",
		peer->address.family == AF_INET6 ? "ipv6 " : "",
		addr_format(&peer->address, address, sizeof(address)));
	if (peer->secret[0])
		fprintf(out, " set aggressive-mode password %s%s\n",
			mask_keys || strcmp(peer->secret, "0") ? "" : "0 ",
			mask_keys ? MASKED : peer->secret);
	if (peer->endpoint.text[0])
		fprintf(out, " set aggressive-mode client-endpoint %s %s\n",
			identity_word(&peer->endpoint), peer->endpoint.text);
	fprintf(out, "!\n");
}

static void write_trustpoint(FILE *out, const struct cfg_trustpoint *tp)
{
	int i;

	fprintf(out, "crypto pki trustpoint %s\n", tp->name);
	for (i = 0; i < CFG_TRUST_COUNT; i++)
		if (tp->files[i][0])
			fprintf(out, " %s %s%s%s\n", cfg_trust_file_name(i),
				tp->files[i], i == CFG_TRUST_P12 &&
				tp->password_file[0] ? " password-file " : "",
				i == CFG_TRUST_P12 ? tp->password_file : "");
	if (tp->revocation[0])
		fprintf(out, " revocation-check");
	for (i = 0; i < CFG_REVOCATIONS_MAX && tp->revocation[i]; i++)
		fprintf(out, " %s", cfg_revocation_name(tp->revocation[i]));
	if (tp->revocation[0])
		fprintf(out, "\n");
	if (tp->ocsp_url[0])
		fprintf(out, " ocsp url %s\n", tp->ocsp_url);
	if (tp->ocsp_no_nonce)
		fprintf(out, " ocsp disable-nonce\n");
	fprintf(out, "!\n");
}

static void write_peer_identity(FILE *out, const struct cfg_peer_identity *id)
{
	size_t i;

	fprintf(out, "crypto identity %s\n", id->name);
	for (i = 0; i < id->n_names; i++)
		fprintf(out, " %s %s\n", cfg_peer_name_word(id->names[i].kind),
			id->names[i].text);
	fprintf(out, "!\n");
}

/* `enable` of what is the list of those where it is spoken alone. */
static void write_ike_places(FILE *out, const struct cm_config *cfg)
{
	size_t i;

	for (i = 0; i < cfg->n_ike_places; i++)
		fprintf(out, "%scrypto isakmp enable %s\n",
			cfg->ike_only ? "" : "no ", cfg->ike_places[i].name);
	if (!cfg_ike_anywhere(cfg))
		fputs("no crypto isakmp enable\n", out);
	if (cfg_ike_restricted(cfg))
		fputs("!\n", out);
}

static void write_default_policies(FILE *out, const struct cm_config *cfg)
{
	if (cfg->no_default_policy)
		fputs("no crypto isakmp default policy\n", out);
	if (cfg->weak_policy)
		fputs("crypto isakmp permit-weak-crypto\n", out);
	if (cfg->no_default_policy || cfg->weak_policy)
		fputs("!\n", out);
}

static void write_isakmp(FILE *out, const struct cm_config *cfg,
			 bool mask_keys)
{
	const struct cfg_keepalive *keepalive = &cfg->keepalive;
	size_t i;

	if (cfg->weak_certificates)
		fputs("crypto ca permit-weak-crypto\n!\n", out);
	for (i = 0; i < cfg->n_trustpoints; i++)
		write_trustpoint(out, &cfg->trustpoints[i]);
	for (i = 0; i < cfg->n_peer_identities; i++)
		write_peer_identity(out, &cfg->peer_identities[i]);
	write_ike_places(out, cfg);
	write_default_policies(out, cfg);
	for (i = 0; i < cfg->n_policies; i++)
		if (!cfg->policies[i].of[0] && !cfg_policy_is_default(&cfg->policies[i]))
			write_policy(out, &cfg->policies[i]);
	for (i = 0; i < cfg->n_keys; i++)
		if (!cfg->keys[i].derived)
			write_key(out, &cfg->keys[i], mask_keys);
	write_identity(out, &cfg->identity);
	if (keepalive->seconds) {
		fprintf(out, "crypto isakmp keepalive %u", keepalive->seconds);
		if (keepalive->retry != CFG_KEEPALIVE_RETRY_DEFAULT)
			fprintf(out, " %u", keepalive->retry);
		fprintf(out, "%s\n", keepalive->periodic ? " periodic" : "");
	}
	if (cfg->nat_keepalive != CFG_NAT_KEEPALIVE_DEFAULT)
		fprintf(out, "crypto isakmp nat keepalive %u\n",
			cfg->nat_keepalive);
	if (!cfg->ike_mtu)
		fprintf(out, "no crypto isakmp fragmentation\n");
	else if (cfg->ike_mtu != CFG_IKE_MTU_DEFAULT)
		fprintf(out, "crypto isakmp fragmentation mtu %u\n",
			cfg->ike_mtu);
	if (cfg->no_aggressive)
		fprintf(out, "crypto isakmp aggressive-mode disable\n");
	if (cfg->no_spi_recovery)
		fprintf(out, "no crypto isakmp invalid-spi-recovery\n");
	if (cfg->n_keys || keepalive->seconds || cfg->no_aggressive ||
	    cfg->no_spi_recovery ||
	    cfg->ike_mtu != CFG_IKE_MTU_DEFAULT ||
	    cfg->nat_keepalive != CFG_NAT_KEEPALIVE_DEFAULT ||
	    cfg->identity.kind != CFG_IDENTITY_ADDRESS)
		fprintf(out, "!\n");
	for (i = 0; i < cfg->n_isakmp_peers; i++)
		if (!cfg->isakmp_peers[i].derived)
			write_isakmp_peer(out, &cfg->isakmp_peers[i],
					  mask_keys);
	running_keyrings(out, cfg, mask_keys);
}

static void write_lifetime(FILE *out, const char *command, uint32_t seconds,
			   uint32_t seconds_default, uint32_t kilobytes,
			   uint32_t kilobytes_default)
{
	if (seconds != seconds_default)
		fprintf(out, "%s lifetime seconds %u\n", command, seconds);
	if (kilobytes == kilobytes_default)
		return;
	if (kilobytes == CFG_UNLIMITED)
		fprintf(out, "%s lifetime kilobytes disable\n", command);
	else
		fprintf(out, "%s lifetime kilobytes %u\n", command, kilobytes);
}

static void write_replay(FILE *out, const char *command, uint32_t window,
			 uint32_t window_default)
{
	if (window == window_default)
		return;
	if (window == CFG_REPLAY_OFF)
		fprintf(out, "%s replay disable\n", command);
	else
		fprintf(out, "%s replay window-size %u\n", command, window);
}

/* As pps where they are a number of milliseconds, or seconds. */
static void write_tfc(FILE *out, const char *command, uint32_t dummy_ms,
		      uint32_t dummy_default, uint32_t padding)
{
	if (dummy_ms != dummy_default && dummy_ms == CFG_DUMMY_OFF)
		fprintf(out, "%s dummy disable\n", command);
	else if (dummy_ms != dummy_default && dummy_ms <= 1000)
		fprintf(out, "%s dummy pps %u\n", command, 1000 / dummy_ms);
	else if (dummy_ms != dummy_default)
		fprintf(out, "%s dummy seconds %u\n", command, dummy_ms / 1000);
	if (padding == CFG_TFC_MTU)
		fprintf(out, "%s tfc-padding mtu\n", command);
	else if (padding)
		fprintf(out, "%s tfc-padding %u\n", command, padding);
}

static void write_idle(FILE *out, const char *command, uint32_t seconds,
		       uint32_t seconds_default)
{
	if (seconds != seconds_default)
		fprintf(out, "%s idle-time %u\n", command, seconds);
}

/* @indent: " " in an interface. */
static void write_cutting(FILE *out, const char *indent, enum cfg_df df,
			  enum cfg_frag frag)
{
	if (df != CFG_DF_INHERIT)
		fprintf(out, "%scrypto ipsec df-bit %s\n", indent,
			cfg_df_name(df));
	if (frag != CFG_FRAG_INHERIT)
		fprintf(out, "%scrypto ipsec fragmentation %s\n", indent,
			cfg_frag_name(frag));
}

static void write_ipsec(FILE *out, const struct cm_config *cfg)
{
	static const char command[] = "crypto ipsec security-association";
	size_t i;

	write_lifetime(out, command, cfg->sa_seconds, CFG_SA_SECONDS_DEFAULT,
		       cfg->sa_kilobytes, CFG_SA_KILOBYTES_DEFAULT);
	write_replay(out, command, cfg->replay_window, CFG_REPLAY_DEFAULT);
	write_tfc(out, command, cfg->dummy_ms, CFG_DUMMY_OFF, cfg->tfc_padding);
	write_idle(out, command, cfg->idle, CFG_IDLE_OFF);
	if (!cfg->natt)
		fputs("no crypto ipsec nat-transparency udp-encapsulation\n",
		      out);
	write_cutting(out, "", cfg->df, cfg->frag);
	if (cfg->filter_bypass)
		fputs("sysopt connection permit-vpn\n", out);
	if (cfg->management[0])
		fprintf(out, "management-access %s\n", cfg->management);
	for (i = 0; i < cfg->n_transforms; i++) {
		const struct cfg_transform *ts = &cfg->transforms[i];

		if (ts->derived)
			continue;
		fprintf(out, "crypto ipsec transform-set %s %s", ts->name,
			cfg_transform_is_ah(ts) ? cfg_hash_ah_name(ts->hash) :
			cfg_cipher_esp_name(ts->cipher));
		if (cfg_cipher_has_bits(ts->cipher))
			fprintf(out, " %u", ts->key_bits);
		if (ts->hash != CFG_HASH_NONE && !cfg_transform_is_ah(ts))
			fprintf(out, " %s", cfg_hash_esp_name(ts->hash));
		fprintf(out, "%s\n mode %s\n%s!\n",
			ts->deflate ? " comp-deflate" : "",
			ts->mode == CFG_TRANSPORT ? "transport" : "tunnel",
			ts->esn ? " esn\n" : "");
	}
}

static void write_net(FILE *out, const struct cfg_net *net)
{
	char addr[ADDR_STRLEN], wildcard[ADDR_STRLEN];

	addr_format(&net->addr, addr, sizeof(addr));
	if (cfg_net_is_any(net))
		fprintf(out, " any");
	else if (cfg_net_is_host(net))
		fprintf(out, " host %s", addr);
	else if (net->addr.family == AF_INET6)
		fprintf(out, " %s/%d", addr, cfg_net_len(net));
	else
		fprintf(out, " %s %s", addr,
			addr_format(&net->wildcard, wildcard,
				    sizeof(wildcard)));
}

static void write_number(FILE *out, const struct cli_word *words,
			 uint16_t number)
{
	const char *name = cli_word_name(words, number);

	if (name)
		fprintf(out, " %s", name);
	else
		fprintf(out, " %u", number);
}

static void write_ports(FILE *out, uint8_t protocol,
			const struct cfg_ports *ports)
{
	static const char *const ops[] = {
		[CFG_PORT_EQ] = "eq", [CFG_PORT_NEQ] = "neq",
		[CFG_PORT_LT] = "lt", [CFG_PORT_GT] = "gt",
		[CFG_PORT_RANGE] = "range",
	};
	const struct cli_word *words = protocol == IPPROTO_TCP ?
				       cli_tcp_ports : cli_udp_ports;

	if (ports->op == CFG_PORT_ANY)
		return;
	fprintf(out, " %s", ops[ports->op]);
	write_number(out, words, ports->lo);
	if (ports->op == CFG_PORT_RANGE)
		write_number(out, words, ports->hi);
}

void running_ace(FILE *out, const struct cfg_ace *ace)
{
	if (ace->action == CFG_REMARK) {
		fprintf(out, "remark %s", ace->remark);
		return;
	}
	fprintf(out, "%s", ace->action == CFG_PERMIT ? "permit" : "deny");
	if (ace->protocol == IPPROTO_TCP)
		fprintf(out, " tcp");
	else if (ace->protocol == IPPROTO_UDP)
		fprintf(out, " udp");
	else
		write_number(out, ace->src.addr.family == AF_INET6 ?
			     cli_protocols6 : cli_protocols, ace->protocol);
	write_net(out, &ace->src);
	write_ports(out, ace->protocol, &ace->sport);
	write_net(out, &ace->dst);
	write_ports(out, ace->protocol, &ace->dport);
}

/* Numbers that the reader would give by itself need not be written. */
static bool default_numbers(const struct cfg_acl *acl)
{
	size_t i;

	for (i = 0; i < acl->n_aces; i++)
		if (acl->aces[i].seq != 10 * (i + 1))
			return false;
	return true;
}

static bool is_number(const char *name)
{
	return !name[strspn(name, "0123456789")];
}

static void write_acl(FILE *out, const struct cfg_acl *acl)
{
	bool defaults = default_numbers(acl);
	bool numbered = is_number(acl->name) && defaults && acl->n_aces;
	bool ipv6 = acl->family == AF_INET6;
	size_t i;

	if (!numbered)
		fprintf(out, "%s %s\n", ipv6 ? "ipv6 access-list" :
			"ip access-list extended", acl->name);
	for (i = 0; i < acl->n_aces; i++) {
		if (numbered)
			fprintf(out, "access-list %s ", acl->name);
		else if (defaults)
			fprintf(out, " ");
		else
			fprintf(out, " %s%u ", ipv6 ? "sequence " : "",
				acl->aces[i].seq);
		running_ace(out, &acl->aces[i]);
		fprintf(out, "\n");
	}
	fprintf(out, "!\n");
}

static void write_hex(FILE *out, const char *keyword, const uint8_t *key,
		      size_t len, bool mask_keys)
{
	size_t i;

	if (!len)
		return;
	fprintf(out, " %s ", keyword);
	for (i = 0; i < len && !mask_keys; i++)
		fprintf(out, "%02x", key[i]);
	if (mask_keys)
		fprintf(out, MASKED);
}

static void write_session_key(FILE *out, const char *direction,
			      const struct cfg_session_key *key,
			      bool mask_keys)
{
	if (!key->spi)
		return;
	fprintf(out, " set session-key %s esp %" PRIu32, direction, key->spi);
	write_hex(out, "cipher", key->cipher_key, key->cipher_len, mask_keys);
	write_hex(out, "authenticator", key->auth_key, key->auth_len,
		  mask_keys);
	fprintf(out, "\n");
}

/* What its sub-mode takes; @identity: how that is said there, as on IOS. */
static void write_settings(FILE *out, const struct cfg_entry *entry,
			   const char *identity, bool mask_keys)
{
	char peer[ADDR_STRLEN];
	size_t i;

	if (entry->description[0])
		fprintf(out, " description %s\n", entry->description);
	for (i = 0; i < entry->n_peers; i++)
		fprintf(out, " set peer %s\n",
			addr_format(&entry->peers[i], peer, sizeof(peer)));
	write_lifetime(out, " set security-association", entry->seconds,
		       CFG_INHERIT, entry->kilobytes, CFG_INHERIT);
	write_replay(out, " set security-association", entry->replay_window,
		     CFG_INHERIT);
	write_tfc(out, " set security-association", entry->dummy_ms, CFG_INHERIT,
		  entry->tfc_padding);
	write_idle(out, " set security-association", entry->idle, CFG_INHERIT);
	if (entry->per_host)
		fputs(" set security-association level per-host\n", out);
	if (entry->pre_classify)
		fputs(PRE_CLASSIFY, out);
	if (entry->nat_demux)
		fputs(" set nat demux\n", out);
	if (entry->routes)
		fprintf(out, " reverse-route%s\n",
			entry->routes == CFG_ROUTES_STATIC ? " static" : "");
	write_session_key(out, "inbound", &entry->inbound, mask_keys);
	write_session_key(out, "outbound", &entry->outbound, mask_keys);
	if (entry->n_transforms)
		fprintf(out, " set transform-set");
	for (i = 0; i < entry->n_transforms; i++)
		fprintf(out, " %s", entry->transforms[i]);
	if (entry->n_transforms)
		fprintf(out, "\n");
	if (entry->pfs_group)
		fprintf(out, " set pfs group%u\n", entry->pfs_group);
	if (entry->acl[0])
		fprintf(out, " match address %s\n", entry->acl);
	if (entry->identity[0])
		fprintf(out, " %s %s\n", identity, entry->identity);
	if (entry->isakmp_profile[0])
		fprintf(out, " set isakmp-profile %s\n", entry->isakmp_profile);
	fprintf(out, "!\n");
}

static void write_entry(FILE *out, const struct cfg_map *map,
			const struct cfg_entry *entry, bool mask_keys)
{
	if (entry->type == CFG_IPSEC_DYNAMIC) {
		fprintf(out, "crypto map %s %u ipsec-isakmp dynamic %s\n!\n",
			map->name, entry->seq, entry->dynamic);
		return;
	}
	fprintf(out, "crypto map %s %u %s\n", map->name, entry->seq,
		entry->type == CFG_IPSEC_MANUAL ? "ipsec-manual" :
						  "ipsec-isakmp");
	write_settings(out, entry, "identity", mask_keys);
}

static void write_dynamic(FILE *out, const struct cfg_map *map)
{
	size_t i;

	for (i = 0; i < map->n_entries; i++) {
		fprintf(out, "crypto dynamic-map %s %u\n", map->name,
			map->entries[i].seq);
		write_settings(out, &map->entries[i], "identity", false);
	}
}

static void write_map(FILE *out, const struct cfg_map *map, bool mask_keys)
{
	size_t i;

	if (map->local_interface[0])
		fprintf(out, "crypto map %s local-address %s\n", map->name,
			map->local_interface);
	running_map_clients(out, map);
	for (i = 0; i < map->n_entries; i++)
		write_entry(out, map, &map->entries[i], mask_keys);
}

static void write_profile(FILE *out, const struct cfg_map *profile)
{
	fprintf(out, "crypto ipsec profile %s\n", profile->name);
	write_settings(out, profile->entries, "set identity", false);
}

static void write_tunnel(FILE *out, const struct cfg_interface *ifc)
{
	char addr[ADDR_STRLEN];

	if (ifc->tunnel)
		fprintf(out, " tunnel mode ipsec %s\n",
			ifc->tunnel == CFG_TUNNEL_IPV6 ? "ipv6" : "ipv4");
	if (ifc->source[0])
		fprintf(out, " tunnel source %s\n", ifc->source);
	if (addr_is_set(&ifc->source_address))
		fprintf(out, " tunnel source %s\n",
			addr_format(&ifc->source_address, addr, sizeof(addr)));
	if (addr_is_set(&ifc->destination))
		fprintf(out, " tunnel destination %s\n",
			addr_format(&ifc->destination, addr, sizeof(addr)));
	if (ifc->unnumbered[0])
		fprintf(out, " ip unnumbered %s\n", ifc->unnumbered);
	if (ifc->profile[0])
		fprintf(out, " tunnel protection ipsec profile %s\n",
			ifc->profile);
}

static void write_interface(FILE *out, const struct cm_config *cfg,
			    const struct cfg_interface *ifc)
{
	fprintf(out, "interface %s\n", ifc->name);
	write_tunnel(out, ifc);
	if (ifc->policy_transport)
		fprintf(out, " ipsec policy transport %s\n", ifc->map);
	else if (cfg_autokey_map_find(cfg, ifc->map))
		fprintf(out, " ipsec policy tunnel %s out\n", ifc->map);
	else if (ifc->map[0] && !ifc->derived)
		fprintf(out, " crypto map %s\n", ifc->map);
	if (ifc->ezvpn[0])
		fprintf(out, " crypto ipsec client ezvpn %s%s\n", ifc->ezvpn,
			ifc->ezvpn_inside ? " inside" : "");
	if (ifc->mss == CFG_MSS_AUTO)
		fputs(" ip tcp adjust-mss auto\n", out);
	else if (ifc->mss)
		fprintf(out, " ip tcp adjust-mss %u\n", ifc->mss);
	write_cutting(out, " ", ifc->df, ifc->frag);
	if (ifc->pre_classify)
		fputs(PRE_CLASSIFY, out);
	fputs("!\n", out);
}

int running_write(FILE *out, const struct cm_config *cfg, bool mask_keys)
{
	size_t i;

	if (cfg->hostname[0])
		fprintf(out, "hostname %s\n!\n", cfg->hostname);
	write_logging(out, cfg);
	write_isakmp(out, cfg, mask_keys);
	running_remote(out, cfg, mask_keys);
	write_ipsec(out, cfg);
	for (i = 0; i < cfg->n_profiles; i++)
		write_profile(out, &cfg->profiles[i]);
	for (i = 0; i < cfg->n_acls; i++)
		if (!cfg->acls[i].derived)
			write_acl(out, &cfg->acls[i]);
	for (i = 0; i < cfg->n_dynamics; i++)
		if (!cfg->dynamics[i].derived)
			write_dynamic(out, &cfg->dynamics[i]);
	for (i = 0; i < cfg->n_maps; i++)
		if (!cfg->maps[i].derived)
			write_map(out, &cfg->maps[i], mask_keys);
	running_nec(out, cfg, mask_keys);
	running_ezvpn(out, cfg, mask_keys);
	for (i = 0; i < cfg->n_interfaces; i++)
		write_interface(out, cfg, &cfg->interfaces[i]);
	fprintf(out, "end\n");
	return ferror(out) ? -EIO : 0;
}

char *running_text(const struct cm_config *cfg, bool mask_keys)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	int ret;

	if (!out)
		return NULL;
	ret = running_write(out, cfg, mask_keys);
	if (fclose(out) || ret) {
		running_free(text);
		return NULL;
	}
	return text;
}

void running_free(char *text)
{
	if (text)
		explicit_bzero(text, strlen(text));
	free(text);
}
