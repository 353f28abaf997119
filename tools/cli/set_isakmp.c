// SPDX-License-Identifier: GPL-2.0-or-later
/* Handlers: host name, logging, and everything under `crypto isakmp`. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tools/cli/editor.h"
#include "tools/lib/addr.h"

#define MASKED_KEY	"this is a masked key: type the key itself"
#define NOT_USER_FQDN	"a user FQDN has the form user@domain"

int set_exit(struct config_editor *ed, const struct cli_args *args)
{
	(void)args;
	ed->mode = ed->mode == CLI_MODE_CONFIG ? CLI_MODE_EXEC :
						 CLI_MODE_CONFIG;
	return 0;
}

int set_end(struct config_editor *ed, const struct cli_args *args)
{
	(void)args;
	ed->mode = CLI_MODE_EXEC;
	return 0;
}

int set_hostname(struct config_editor *ed, const struct cli_args *args)
{
	const char *name = cli_text(args, "hostname");

	if (!args->no && strlen(name) >= sizeof(ed->cfg->hostname))
		return editor_refuse(ed, args, "hostname",
				     "a host name has at most %zu characters",
				     sizeof(ed->cfg->hostname) - 1);
	copy_text(ed->cfg->hostname, args->no ? "" : name,
		  sizeof(ed->cfg->hostname));
	return 0;
}

int set_logging(struct config_editor *ed, const struct cli_args *args)
{
	const char *subsystem = cli_text(args, "subsystem");
	struct cfg_logging *logging;
	enum log_level level = LOG_LEVEL_INFO;

	if (!args->no && log_level_parse(cli_text(args, "level"), &level))
		return editor_refuse(ed, args, "level", "unknown level");
	logging = cfg_logging_get(ed->cfg, subsystem ? subsystem : "");
	if (!logging)
		return editor_no_memory(ed);
	logging->level = level;
	if (args->no)
		cfg_logging_del(ed->cfg, logging);
	return 0;
}

/* C-001, C-002: the whole system as on IOS, or an interface as on ASA and PIX. */
int set_ike_enable(struct config_editor *ed, const struct cli_args *args)
{
	const char *ifname = cli_text(args, "interface");
	struct cfg_where where = editor_where(args, "interface");
	int ret = args->no ? cfg_ike_disable(ed->cfg, ifname, &where) :
			     cfg_ike_enable(ed->cfg, ifname, &where);

	return ret ? editor_no_memory(ed) : 0;
}

int set_default_policy(struct config_editor *ed, const struct cli_args *args)
{
	ed->cfg->no_default_policy = args->no;
	return 0;
}

int set_weak_policy(struct config_editor *ed, const struct cli_args *args)
{
	ed->cfg->weak_policy = !args->no;
	ed->cfg->weak_policy_at = editor_where(args, NULL);
	return 0;
}

int set_policy(struct config_editor *ed, const struct cli_args *args)
{
	uint32_t priority = cli_number(args, "priority", 0);
	struct cfg_policy *policy = cfg_policy_find(ed->cfg, priority);

	if (args->no) {
		if (!policy)
			return editor_refuse(ed, args, "priority",
					     "there is no policy %u", priority);
		cfg_policy_del(ed->cfg, policy);
		return 0;
	}
	if (!policy) {
		policy = cfg_policy_get(ed->cfg, priority);
		if (!policy)
			return editor_no_memory(ed);
		policy->where = editor_where(args, "priority");
	}
	ed->mode = CLI_MODE_ISAKMP;
	ed->seq = priority;
	return 0;
}

/* The policy being edited; it may have been removed by someone else. */
static struct cfg_policy *current_policy(struct config_editor *ed,
					 const struct cli_args *args)
{
	struct cfg_policy *policy = cfg_policy_find(ed->cfg, ed->seq);

	if (!policy)
		editor_refuse(ed, args, NULL, "policy %u no longer exists",
			      ed->seq);
	return policy;
}

int set_encryption(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_policy *policy = current_policy(ed, args);
	const char *cipher = cli_text(args, "cipher"), *bits;

	if (!policy)
		return -EINVAL;
	bits = cli_text(args, "bits");
	/* ASA: aes-256 */
	if (cipher && !strncmp(cipher, "aes-", 4)) {
		bits = cipher + 4;
		cipher = "aes";
	}
	policy->cipher = args->no ? CFG_CIPHER_AES : cfg_cipher_by_name(cipher);
	policy->key_bits = cfg_cipher_key_bytes(policy->cipher, 0) * 8;
	if (policy->cipher == CFG_CIPHER_AES)
		policy->key_bits = args->no ? 256 : 128;
	if (bits)
		policy->key_bits = strtoul(bits, NULL, 10);
	policy->cipher_at = editor_where(args, "cipher");
	return 0;
}

int set_hash(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_policy *policy = current_policy(ed, args);

	if (!policy)
		return -EINVAL;
	policy->hash = args->no ? CFG_HASH_SHA256 :
		       cfg_hash_by_name(cli_text(args, "hash"));
	policy->hash_at = editor_where(args, "hash");
	return 0;
}

int set_authentication(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_policy *policy = current_policy(ed, args);

	if (!policy)
		return -EINVAL;
	policy->auth = args->no ? CFG_AUTH_PSK :
		       cfg_auth_by_name(cli_text(args, "method"));
	policy->auth_at = editor_where(args, "method");
	return 0;
}

int set_group(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_policy *policy = current_policy(ed, args);

	if (!policy)
		return -EINVAL;
	policy->group = args->no ? 14 :
			strtoul(cli_text(args, "group"), NULL, 10);
	policy->group_at = editor_where(args, "group");
	return 0;
}

int set_lifetime(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_policy *policy = current_policy(ed, args);

	if (!policy)
		return -EINVAL;
	policy->lifetime = args->no ? CFG_ISAKMP_LIFETIME_DEFAULT :
			   cli_number(args, "seconds", 0);
	return 0;
}

/* The peers that a key line names: address and mask, IPv6 prefix, or host name. */
int editor_key_peers(struct config_editor *ed, const struct cli_args *args,
		     struct cfg_key *key)
{
	const struct cli_arg *mask = cli_get(args, "mask");
	const struct cli_arg *net = cli_get(args, "prefix");
	struct addr peer = cli_address(args, net ? "prefix" : "address");
	unsigned int len = addr_is_any(&peer) ? 0 : addr_bits(&peer);

	memset(key, 0, sizeof(*key));
	if (cli_text(args, "hostname")) {
		copy_text(key->hostname, cli_text(args, "hostname"),
			  sizeof(key->hostname));
		return 0;
	}
	if (mask && addr_mask_len(&mask->address) < 0)
		return editor_refuse(ed, args, "mask",
				     "a netmask has its ones in front, as 255.255.255.0");
	if (mask)
		len = addr_mask_len(&mask->address);
	if (net)
		len = net->number;
	if (mask && addr_is_any(&peer) && len == addr_bits(&peer))
		return editor_refuse(ed, args, "mask", NOT_A_HOST);
	return prefix_set(&key->peers, &peer, len);
}

/* Those of tunnel-groups are changed there. */
static struct cfg_key *find_key(const struct cm_config *cfg,
				const struct cfg_key *like)
{
	struct cfg_key *key;

	for (key = cfg->keys; key < cfg->keys + cfg->n_keys; key++)
		if (!key->derived && cfg_key_same_peers(key, like))
			return key;
	return NULL;
}

int editor_key_secret(struct config_editor *ed, const struct cli_args *args,
		      struct cfg_key *key)
{
	const char *secret = cli_text(args, "key");

	if (!secret[strspn(secret, "*")])
		return editor_refuse(ed, args, "key", MASKED_KEY);
	copy_text(key->secret, secret, sizeof(key->secret));
	key->where = editor_where(args, key->hostname[0] ? "hostname" :
				  cli_get(args, "prefix") ? "prefix" :
							    "address");
	return 0;
}

int set_key(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_key like, *key;
	int ret = editor_key_peers(ed, args, &like);

	if (ret)
		return ret;
	key = find_key(ed->cfg, &like);
	if (args->no) {
		if (!key)
			return editor_refuse(ed, args, NULL,
					     "there is no key for this peer");
		cfg_key_del(ed->cfg, key);
		return 0;
	}
	ret = editor_key_secret(ed, args, &like);
	if (!ret && !key)
		key = cfg_key_add(ed->cfg);
	if (!ret && !key)
		ret = editor_no_memory(ed);
	like.no_xauth = cli_has(args, "no-xauth");
	if (!ret)
		*key = like;
	explicit_bzero(&like, sizeof(like));
	return ret;
}

int set_keepalive(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_keepalive *keepalive = &ed->cfg->keepalive;

	keepalive->seconds = args->no ? 0 : cli_number(args, "seconds", 0);
	keepalive->retry = args->no ? CFG_KEEPALIVE_RETRY_DEFAULT :
			   cli_number(args, "retry", CFG_KEEPALIVE_RETRY_DEFAULT);
	keepalive->periodic = !args->no && cli_has(args, "periodic");
	return 0;
}

int set_nat_keepalive(struct config_editor *ed, const struct cli_args *args)
{
	ed->cfg->nat_keepalive = args->no ? CFG_NAT_KEEPALIVE_DEFAULT :
				 cli_number(args, "seconds",
					    CFG_NAT_KEEPALIVE_DEFAULT);
	return 0;
}

/* F-025: Cisco's TCP 10000 is no standard, and a tunnel in TCP stalls where packets are lost. */
int set_over_tcp(struct config_editor *ed, const struct cli_args *args)
{
	if (args->no)
		return 0;
	return editor_refuse(ed, args, NULL,
			     "IPsec over TCP is not supported: clients behind a NAT come by UDP 4500 (nat-traversal)");
}

int set_nat_transparency(struct config_editor *ed, const struct cli_args *args)
{
	ed->cfg->natt = !args->no;
	return 0;
}

/* C-003: PIX and ASA say both with one command. */
int set_nat_traversal(struct config_editor *ed, const struct cli_args *args)
{
	set_nat_transparency(ed, args);
	return set_nat_keepalive(ed, args);
}

int set_ike_fragmentation(struct config_editor *ed, const struct cli_args *args)
{
	uint32_t mtu = cli_number(args, "bytes", CFG_IKE_MTU_DEFAULT);

	if (!args->no)
		ed->cfg->ike_mtu = mtu;
	else if (!cli_has(args, "mtu"))
		ed->cfg->ike_mtu = 0;
	else if (ed->cfg->ike_mtu)
		ed->cfg->ike_mtu = CFG_IKE_MTU_DEFAULT;
	return 0;
}

int set_identity(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_identity *identity = &ed->cfg->identity;
	const char *text = cli_text(args, "text");

	if (cli_has(args, "user-fqdn") && !args->no && !strchr(text, '@'))
		return editor_refuse(ed, args, "text", NOT_USER_FQDN);
	copy_text(identity->text, text && !args->no ? text : "",
		  sizeof(identity->text));
	identity->kind = args->no || cli_has(args, "address") ?
			 CFG_IDENTITY_ADDRESS :
			 cli_has(args, "auto") ? CFG_IDENTITY_AUTO :
			 cli_has(args, "dn") ? CFG_IDENTITY_DN :
			 cli_has(args, "hostname") ? CFG_IDENTITY_HOSTNAME :
			 cli_has(args, "fqdn") ? CFG_IDENTITY_FQDN :
			 cli_has(args, "key-id") ? CFG_IDENTITY_KEY_ID :
			 CFG_IDENTITY_USER_FQDN;
	return 0;
}

/* As IOS has it, and ASA's am-disable. */
int set_aggressive(struct config_editor *ed, const struct cli_args *args)
{
	ed->cfg->no_aggressive = !args->no;
	return 0;
}

int set_spi_recovery(struct config_editor *ed, const struct cli_args *args)
{
	ed->cfg->no_spi_recovery = args->no;
	return 0;
}

int set_isakmp_peer(struct config_editor *ed, const struct cli_args *args)
{
	struct addr address = cli_address(args, "peer");
	struct cfg_isakmp_peer *peer = cfg_isakmp_peer_find(ed->cfg, &address);
	const char *unfit = unfit_peer(&address);

	if (unfit)
		return editor_refuse(ed, args, "peer", "%s", unfit);
	if (args->no) {
		if (!peer)
			return editor_refuse(ed, args, "peer",
					     "there is no such peer");
		cfg_isakmp_peer_del(ed->cfg, peer);
		return 0;
	}
	/* What an ezvpn stands for is nothing that is configured. */
	if (peer && peer->derived) {
		cfg_isakmp_peer_del(ed->cfg, peer);
		peer = NULL;
	}
	if (!peer) {
		peer = cfg_isakmp_peer_get(ed->cfg, &address);
		if (!peer)
			return editor_no_memory(ed);
		peer->where = editor_where(args, "peer");
	}
	addr_format(&address, ed->object, sizeof(ed->object));
	ed->mode = CLI_MODE_ISAKMP_PEER;
	return 0;
}

/* The peer of the mode; it may have been removed by someone else. */
static struct cfg_isakmp_peer *current_peer(struct config_editor *ed,
					    const struct cli_args *args)
{
	struct cfg_isakmp_peer *peer = NULL;
	struct addr address;

	if (!addr_parse(&address, ed->object))
		peer = cfg_isakmp_peer_find(ed->cfg, &address);
	if (!peer)
		editor_refuse(ed, args, NULL, "peer %s no longer exists",
			      ed->object);
	return peer;
}

int set_peer_password(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_isakmp_peer *peer = current_peer(ed, args);
	const char *secret = cli_text(args, "key");

	if (!peer)
		return -EINVAL;
	if (!args->no && !secret[strspn(secret, "*")])
		return editor_refuse(ed, args, "key", MASKED_KEY);
	explicit_bzero(peer->secret, sizeof(peer->secret));
	if (!args->no)
		copy_text(peer->secret, secret, sizeof(peer->secret));
	return 0;
}

int set_peer_endpoint(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_isakmp_peer *peer = current_peer(ed, args);
	const char *text = cli_text(args, "text");

	if (!peer)
		return -EINVAL;
	if (!args->no && cli_has(args, "user-fqdn") && !strchr(text, '@'))
		return editor_refuse(ed, args, "text", NOT_USER_FQDN);
	copy_text(peer->endpoint.text, args->no ? "" : text,
		  sizeof(peer->endpoint.text));
	peer->endpoint.kind = args->no ? CFG_IDENTITY_ADDRESS :
			      cli_has(args, "fqdn") ? CFG_IDENTITY_FQDN :
			      cli_has(args, "user-fqdn") ? CFG_IDENTITY_USER_FQDN :
			      cli_has(args, "key-id") ? CFG_IDENTITY_KEY_ID :
			      CFG_IDENTITY_IPV4;
	return 0;
}
