// SPDX-License-Identifier: GPL-2.0-or-later
/* Handlers: IPsec as NEC IX spells it (C-027, C-093 to C-101). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cli/editor.h"

#define MASKED_KEY	"this is a masked key: the real one is needed"
#define NOT_USER_FQDN	"a user FQDN has the form user@domain"

/* What is derived of it is called "~NAME". */
static int too_long(struct config_editor *ed, const struct cli_args *args,
		    const char *argument)
{
	if (strlen(cli_text(args, argument)) <= CFG_NEC_NAME_MAX)
		return 0;
	return editor_refuse(ed, args, argument, "a name of 1 to %d characters is expected",
			     CFG_NEC_NAME_MAX);
}

static int no_such(struct config_editor *ed, const struct cli_args *args,
		   const char *argument, const char *what)
{
	return editor_refuse(ed, args, argument, "there is no %s %s", what,
			     cli_text(args, argument));
}

static unsigned int group_of(const struct cli_args *args, unsigned int none)
{
	static const struct { const char *bits; unsigned int group; } groups[] = {
		{ "768-bit", 1 }, { "1024-bit", 2 }, { "1536-bit", 5 },
		{ "2048-bit", 14 }, { "3072-bit", 15 }, { "4096-bit", 16 },
	};
	const char *bits = cli_text(args, "group");
	size_t i = 0;

	while (bits && i + 1 < sizeof(groups) / sizeof(groups[0]) &&
	       strcmp(groups[i].bits, bits))
		i++;
	return bits ? groups[i].group : none;
}

/* "aes-256", "esp-aes-256": as we name it, and its bits. */
static enum cfg_cipher cipher_of(const char *word, unsigned int *bits)
{
	enum cfg_cipher cipher;
	char name[16];

	snprintf(name, sizeof(name), "%s%s", strncmp(word, "esp-", 4) ? "esp-" : "", word);
	if (!strncmp(name, "esp-aes", 7))
		name[7] = '\0';
	for (cipher = CFG_CIPHER_NONE + 1; cipher < CFG_CIPHER_COUNT; cipher++)
		if (!strcmp(cfg_cipher_esp_name(cipher), name))
			break;
	*bits = cfg_cipher_key_bytes(cipher, 128) * 8;
	if (strstr(word, "192") || strstr(word, "256"))
		*bits = strstr(word, "192") ? 192 : 256;
	return cipher;
}

static enum cfg_hash hash_of(const char *word)
{
	static const struct { const char *word; enum cfg_hash hash; } hashes[] = {
		{ "md5", CFG_HASH_MD5 }, { "sha", CFG_HASH_SHA1 },
		{ "sha2-256", CFG_HASH_SHA256 }, { "sha2-384", CFG_HASH_SHA384 },
		{ "sha2-512", CFG_HASH_SHA512 },
	};
	size_t i = 0;

	if (!strncmp(word, "esp-", 4))
		word += 4;
	while (i + 1 < sizeof(hashes) / sizeof(hashes[0]) && strcmp(hashes[i].word, word))
		i++;
	return hashes[i].hash;
}

/* --- phase 1 ---------------------------------------------------------------------- */

int set_ike_proposal(struct config_editor *ed, const struct cli_args *args)
{
	const char *name = cli_text(args, "proposal");
	struct cfg_ike_proposal *p = cfg_ike_proposal_find(ed->cfg, name);
	struct cfg_policy *suite;

	if (args->no && !p)
		return no_such(ed, args, "proposal", "ike proposal");
	if (args->no) {
		cfg_ike_proposal_del(ed->cfg, p);
		return 0;
	}
	p = cfg_ike_proposal_get(ed->cfg, name);
	if (!p)
		return editor_no_memory(ed);
	suite = &p->suite;
	suite->cipher = cipher_of(cli_text(args, "cipher"), &suite->key_bits);
	suite->hash = hash_of(cli_text(args, "hash"));
	suite->auth = CFG_AUTH_PSK;
	suite->group = group_of(args, 1);
	suite->lifetime = cli_number(args, "seconds", CFG_NEC_SECONDS_DEFAULT);
	suite->where = editor_where(args, "proposal");
	suite->cipher_at = editor_where(args, "cipher");
	suite->hash_at = editor_where(args, "hash");
	suite->group_at = editor_where(args, cli_get(args, "group") ? "group" : "proposal");
	return 0;
}

/* The names of proposals, in their order. */
static int read_proposals(struct config_editor *ed, const struct cli_args *args,
			  char (*names)[CFG_NAME_SIZE], struct cfg_where *at, size_t *n)
{
	unsigned int i;

	*n = 0;
	for (i = 0; i < args->n; i++) {
		const struct cli_arg *arg = &args->arg[i];

		if (!arg->name || strcmp(arg->name, "proposal"))
			continue;
		if (*n == CFG_TRANSFORMS_MAX)
			return editor_refuse(ed, args, "proposal",
					     "at most %d proposals", CFG_TRANSFORMS_MAX);
		at[*n] = (struct cfg_where){ args->line, arg->column };
		copy_text(names[(*n)++], arg->text, CFG_NAME_SIZE);
	}
	return 0;
}

static int check_peer(struct config_editor *ed, const struct cli_args *args,
		      const struct addr *peer)
{
	const char *unfit = addr_is_set(peer) ? unfit_peer(peer) : NULL;

	return unfit ? editor_refuse(ed, args, "peer", "%s", unfit) : 0;
}

static int put_ike_policy(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_ike_policy like = { .peer = cli_address(args, "peer") }, *p;
	const char *secret = cli_text(args, "key");
	int ret = check_peer(ed, args, &like.peer);

	if (!ret && !secret[strspn(secret, "*")])
		ret = editor_refuse(ed, args, "key", MASKED_KEY);
	if (!ret)
		ret = read_proposals(ed, args, like.proposals, like.proposals_at,
				     &like.n_proposals);
	if (ret)
		return ret;
	p = cfg_ike_policy_get(ed->cfg, cli_text(args, "ike"));
	if (!p)
		return editor_no_memory(ed);
	explicit_bzero(p->secret, sizeof(p->secret));
	copy_text(p->secret, secret, sizeof(p->secret));
	p->peer = like.peer;
	p->aggressive = cli_has(args, "aggressive");
	p->n_proposals = like.n_proposals;
	memcpy(p->proposals, like.proposals, sizeof(p->proposals));
	memcpy(p->proposals_at, like.proposals_at, sizeof(p->proposals_at));
	p->where = editor_where(args, cli_get(args, "peer") ? "peer" : "ike");
	return 0;
}

int set_ike_policy(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_ike_policy *p = cfg_ike_policy_find(ed->cfg, cli_text(args, "ike"));

	if (!args->no)
		return put_ike_policy(ed, args);
	if (!p)
		return no_such(ed, args, "ike", "ike policy");
	cfg_ike_policy_del(ed->cfg, p);
	return 0;
}

/* The ike policy that a line adds to: that line comes first. */
static struct cfg_ike_policy *policy_of(struct config_editor *ed,
					const struct cli_args *args)
{
	struct cfg_ike_policy *p = cfg_ike_policy_find(ed->cfg, cli_text(args, "ike"));

	if (!p)
		editor_refuse(ed, args, "ike",
			      "there is no ike policy %s: its line with peer and key comes first",
			      cli_text(args, "ike"));
	return p;
}

int set_ike_identity(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_ike_policy *p = policy_of(ed, args);
	const char *text = cli_text(args, "text");
	bool local = cli_has(args, "local-id");
	struct cfg_identity *id;

	if (!p)
		return -EINVAL;
	if (!args->no && cli_has(args, "user-fqdn") && !strchr(text, '@'))
		return editor_refuse(ed, args, "text", NOT_USER_FQDN);
	id = local ? &p->local : &p->remote;
	copy_text(id->text, args->no ? "" : text, sizeof(id->text));
	id->kind = args->no ? CFG_IDENTITY_ADDRESS :
		   cli_has(args, "keyid") ? CFG_IDENTITY_KEY_ID :
		   cli_has(args, "fqdn") ? CFG_IDENTITY_FQDN :
		   cli_has(args, "user-fqdn") ? CFG_IDENTITY_USER_FQDN :
		   CFG_IDENTITY_IPV4;
	if (!local)
		p->remote_at = editor_where(args, "ike");
	return 0;
}

int set_ike_keepalive(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_ike_policy *p = policy_of(ed, args);

	if (!p)
		return -EINVAL;
	p->keepalive = (struct cfg_keepalive){ 0 };
	if (args->no)
		return 0;
	p->keepalive.seconds = cli_number(args, "seconds", 0);
	p->keepalive.retry = cli_number(args, "retry", CFG_KEEPALIVE_RETRY_DEFAULT);
	p->keepalive.periodic = true;
	return 0;
}

int set_ike_nat_traversal(struct config_editor *ed, const struct cli_args *args)
{
	ed->cfg->natt = !args->no;
	ed->cfg->nat_keepalive = args->no ? CFG_NAT_KEEPALIVE_DEFAULT :
				 cli_number(args, "seconds", CFG_NAT_KEEPALIVE_DEFAULT);
	return 0;
}

/* --- phase 2 ---------------------------------------------------------------------- */

static bool is_set_of_ours(const struct cm_config *cfg, const char *name)
{
	const struct cfg_transform *ts = cfg_transform_find(cfg, name);

	return ts && !ts->derived;
}

int set_autokey_proposal(struct config_editor *ed, const struct cli_args *args)
{
	const char *name = cli_text(args, "proposal");
	struct cfg_autokey_proposal *p = cfg_autokey_proposal_find(ed->cfg, name);
	int ret = args->no ? 0 : too_long(ed, args, "proposal");

	if (args->no && !p)
		return no_such(ed, args, "proposal", "ipsec autokey-proposal");
	if (args->no) {
		cfg_autokey_proposal_del(ed->cfg, p);
		return 0;
	}
	if (!ret && is_set_of_ours(ed->cfg, name))
		ret = editor_refuse(ed, args, "proposal",
				    "%s is a crypto ipsec transform-set already: use another name",
				    name);
	if (ret)
		return ret;
	p = cfg_autokey_proposal_get(ed->cfg, name);
	if (!p)
		return editor_no_memory(ed);
	p->set.cipher = cipher_of(cli_text(args, "cipher"), &p->set.key_bits);
	p->set.hash = hash_of(cli_text(args, "hash"));
	p->set.where = editor_where(args, "proposal");
	p->set.cipher_at = editor_where(args, "cipher");
	p->set.hash_at = editor_where(args, "hash");
	p->seconds = cli_number(args, "seconds", CFG_NEC_SECONDS_DEFAULT);
	p->kilobytes = cli_number(args, "kilobytes", CFG_UNLIMITED);
	return 0;
}

static bool is_map_of_ours(const struct cm_config *cfg, const char *name)
{
	const struct cfg_map *map = cfg_map_find(cfg, name);
	const struct cfg_map *dynamic = cfg_dynamic_find(cfg, name);

	return (map && !map->derived) || (dynamic && !dynamic->derived);
}

static int put_map(struct config_editor *ed, const struct cli_args *args, bool dynamic)
{
	const char *name = cli_text(args, "autokey");
	struct cfg_autokey_map *map = cfg_autokey_map_find(ed->cfg, name);
	struct cfg_autokey_map like = map ? *map : (struct cfg_autokey_map){ 0 };
	int ret = too_long(ed, args, "autokey");

	if (!ret && (is_map_of_ours(ed->cfg, name) || (map && map->dynamic != dynamic)))
		ret = editor_refuse(ed, args, "autokey",
				    "%s is a map of another kind already: use another name, or remove it first",
				    name);
	like.dynamic = dynamic;
	like.peer = cli_address(args, "peer");
	if (!ret)
		ret = check_peer(ed, args, &like.peer);
	if (!ret)
		ret = read_proposals(ed, args, like.proposals, like.proposals_at,
				     &like.n_proposals);
	if (ret)
		return ret;
	copy_text(like.name, name, sizeof(like.name));
	copy_text(like.acl, cli_text(args, "acl"), sizeof(like.acl));
	like.pfs_group = group_of(args, 0);
	like.where = editor_where(args, "autokey");
	like.acl_at = editor_where(args, "acl");
	like.peer_at = editor_where(args, dynamic ? "autokey" : "peer");
	map = cfg_autokey_map_get(ed->cfg, name);
	if (!map)
		return editor_no_memory(ed);
	*map = like;
	return 0;
}

static int change_map(struct config_editor *ed, const struct cli_args *args, bool dynamic)
{
	struct cfg_autokey_map *map = cfg_autokey_map_find(ed->cfg,
							   cli_text(args, "autokey"));

	if (!args->no)
		return put_map(ed, args, dynamic);
	if (!map || map->dynamic != dynamic)
		return no_such(ed, args, "autokey",
			       dynamic ? "ipsec dynamic-map" : "ipsec autokey-map");
	cfg_autokey_map_del(ed->cfg, map);
	return 0;
}

int set_autokey_map(struct config_editor *ed, const struct cli_args *args)
{
	return change_map(ed, args, false);
}

int set_autokey_dynamic(struct config_editor *ed, const struct cli_args *args)
{
	return change_map(ed, args, true);
}

int set_autokey_identity(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_autokey_map *map = cfg_autokey_map_find(ed->cfg,
							   cli_text(args, "autokey"));
	struct addr addr = cli_address(args, "net");
	bool local = cli_has(args, "local-id");
	struct cfg_net net = { 0 };

	if (!map)
		return editor_refuse(ed, args, "autokey",
				     "there is no ipsec autokey-map or dynamic-map %s: that line comes first",
				     cli_text(args, "autokey"));
	if (!args->no)
		net = cfg_net_prefix(&addr, cli_number(args, "net", 0));
	*(local ? &map->local : &map->remote) = net;
	*(local ? &map->local_at : &map->remote_at) = editor_where(args, "net");
	return 0;
}

int set_anti_replay(struct config_editor *ed, const struct cli_args *args)
{
	/* A window that is set stays as wide. */
	if (args->no)
		ed->cfg->replay_window = CFG_REPLAY_OFF;
	else if (ed->cfg->replay_window == CFG_REPLAY_OFF)
		ed->cfg->replay_window = CFG_REPLAY_DEFAULT;
	return 0;
}

/* --- interfaces ------------------------------------------------------------------- */

int set_policy_transport(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_interface *ifc = cfg_interface_find(ed->cfg, ed->object);
	const char *map = cli_text(args, "autokey");

	if (args->no && (!ifc || !ifc->policy_transport || (map && strcmp(map, ifc->map))))
		return editor_refuse(ed, args, "autokey",
				     "interface %s has no such ipsec policy transport",
				     ed->object);
	if (!args->no && ifc && ifc->map[0] && strcmp(ifc->map, map))
		return editor_refuse(ed, args, "autokey",
				     "interface %s has map %s already; remove it first",
				     ed->object, ifc->map);
	ifc = cfg_interface_get(ed->cfg, ed->object);
	if (!ifc)
		return editor_no_memory(ed);
	copy_text(ifc->map, args->no ? "" : map, sizeof(ifc->map));
	ifc->policy_transport = !args->no;
	ifc->where = editor_where(args, "autokey");
	forget_empty_interface(ed, ifc);
	return 0;
}

/* C-101: nothing here translates addresses, and IKE is the router's own. */
int set_napt(struct config_editor *ed, const struct cli_args *args)
{
	(void)args;
	snprintf(ed->note, sizeof(ed->note),
		 "NOTE: not kept: no address is translated here, IKE and ESP are for this router");
	return 0;
}

int set_no_shutdown(struct config_editor *ed, const struct cli_args *args)
{
	(void)ed;
	(void)args;
	return 0;
}
