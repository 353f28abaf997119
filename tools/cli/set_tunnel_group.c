// SPDX-License-Identifier: GPL-2.0-or-later
/* Handlers: tunnel groups (C-059 to C-061, C-064). */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "tools/cli/editor.h"

/* Two that are there without being made. */
static bool is_default(const char *name)
{
	return !strcasecmp(name, CFG_DEFAULT_RA) ||
	       !strcasecmp(name, CFG_DEFAULT_L2L);
}

static bool is_l2l_by_name(const char *name)
{
	return !strcasecmp(name, CFG_DEFAULT_L2L);
}

static struct cfg_tunnel_group *make(struct config_editor *ed,
				     const struct cli_args *args, bool clients)
{
	struct cfg_tunnel_group *group =
		cfg_tunnel_group_get(ed->cfg, cli_text(args, "group"));

	if (!group) {
		editor_no_memory(ed);
		return NULL;
	}
	group->clients = clients;
	group->where = editor_where(args, "group");
	return group;
}

int set_tunnel_group(struct config_editor *ed, const struct cli_args *args)
{
	const char *name = cli_text(args, "group");
	struct cfg_tunnel_group *group = cfg_tunnel_group_find(ed->cfg, name);
	bool clients = !cli_has(args, "ipsec-l2l");

	if (args->no && !group)
		return editor_refuse(ed, args, "group",
				     "there is no tunnel-group %s", name);
	if (args->no) {
		cfg_tunnel_group_del(ed->cfg, group);
		return 0;
	}
	if (is_default(name) && clients == is_l2l_by_name(name))
		return editor_refuse(ed, args, "group",
				     "tunnel-group %s is always %s", name,
				     clients ? "ipsec-l2l" : "remote-access");
	if (group && group->clients != clients)
		return editor_refuse(ed, args, "group",
				     "tunnel-group %s is %s: remove it first",
				     name, group->clients ? "remote-access" :
							    "ipsec-l2l");
	return make(ed, args, clients) ? 0 : -ENOMEM;
}

static int enter(struct config_editor *ed, const struct cli_args *args,
		 enum cli_mode mode)
{
	const char *name = cli_text(args, "group");
	struct cfg_tunnel_group *group = cfg_tunnel_group_find(ed->cfg, name);

	if (!group && is_default(name))
		group = make(ed, args, !is_l2l_by_name(name));
	if (!group)
		return is_default(name) ? -ENOMEM :
		       editor_refuse(ed, args, "group",
				     "there is no tunnel-group %s: tunnel-group %s type ... makes it",
				     name, name);
	copy_text(ed->object, group->name, sizeof(ed->object));
	ed->mode = mode;
	return 0;
}

int set_tunnel_general(struct config_editor *ed, const struct cli_args *args)
{
	return enter(ed, args, CLI_MODE_TUNNEL_GENERAL);
}

int set_tunnel_ipsec(struct config_editor *ed, const struct cli_args *args)
{
	return enter(ed, args, CLI_MODE_TUNNEL_IPSEC);
}

int set_tunnel_ppp(struct config_editor *ed, const struct cli_args *args)
{
	return enter(ed, args, CLI_MODE_TUNNEL_PPP);
}

/* That of the mode; it may have been removed by someone else. */
static struct cfg_tunnel_group *current(struct config_editor *ed,
					const struct cli_args *args)
{
	struct cfg_tunnel_group *group =
		cfg_tunnel_group_find(ed->cfg, ed->object);

	if (!group)
		editor_refuse(ed, args, NULL,
			      "tunnel-group %s no longer exists", ed->object);
	return group;
}

/* What a router has no use for. */
static struct cfg_tunnel_group *of_clients(struct config_editor *ed,
					   const struct cli_args *args)
{
	struct cfg_tunnel_group *group = current(ed, args);

	if (!group || group->clients)
		return group;
	editor_refuse(ed, args, NULL,
		      "tunnel-group %s is ipsec-l2l: this is for clients",
		      group->name);
	return NULL;
}

int set_tunnel_pool(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_tunnel_group *group = of_clients(ed, args);

	if (!group)
		return -EINVAL;
	editor_name(args, "pool", group->pool, &group->pool_at);
	return 0;
}

/* Of a router it says nothing, but tools write it. */
int set_tunnel_policy(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_tunnel_group *group = current(ed, args);

	if (!group)
		return -EINVAL;
	editor_name(args, "policy", group->policy, &group->policy_at);
	return 0;
}

int set_tunnel_login(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_tunnel_group *group = of_clients(ed, args);
	const char *list = cli_text(args, "list");

	if (!group)
		return -EINVAL;
	if (!args->no && cli_has(args, "local") && list &&
	    strcmp(list, CFG_LOCAL_LIST)) {
		if (strlen(list) == sizeof(group->login) - 1)
			return editor_refuse(ed, args, "list",
					     "with LOCAL a name of at most 62 characters is in front of it");
		copy_text(group->login, "~", sizeof(group->login));
		strcat(group->login, list);
		group->login_at = editor_where(args, "list");
	} else {
		editor_name(args, "list", group->login, &group->login_at);
	}
	group->no_users = !args->no && cli_has(args, "none");
	group->hybrid &= !group->no_users;
	return 0;
}

int set_tunnel_users(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_tunnel_group *group = of_clients(ed, args);

	if (!group)
		return -EINVAL;
	group->no_users = !args->no && cli_has(args, "none");
	group->hybrid = !args->no && cli_has(args, "hybrid");
	return 0;
}

/* The peer's questions are answered in any case; `disable' is that we do not ask. */
int set_tunnel_keepalive(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_tunnel_group *group = current(ed, args);

	if (!group)
		return -EINVAL;
	group->has_keepalive = !args->no;
	group->keepalive = (struct cfg_keepalive){
		.seconds = args->no ? 0 : cli_number(args, "seconds", 0),
		.retry = args->no ? 0 : cli_number(args, "retry", 2),
		.periodic = !args->no,
	};
	return 0;
}

int set_tunnel_ppp_method(struct config_editor *ed, const struct cli_args *args)
{
	static const char *const words[] = {
#define X(id, word) word,
		CFG_PPP_METHODS(X)
#undef X
	};
	struct cfg_tunnel_group *group = of_clients(ed, args);
	unsigned int i = 0;

	if (!group)
		return -EINVAL;
	if (cli_has(args, "eap-proxy"))
		return args->no ? 0 :
		       editor_refuse(ed, args, "eap-proxy",
				     "there is no eap-proxy here, as pppd cannot relay EAP: use ms-chap-v2");
	while (!cli_has(args, words[i]))
		i++;
	group->ppp_changed &= ~(1u << i);
	if (!args->no != !!(CFG_PPP_DEFAULT & 1u << i))
		group->ppp_changed |= 1u << i;
	return 0;
}

int set_tunnel_key(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_tunnel_group *group = current(ed, args);
	const char *secret = args->no ? NULL : cli_text(args, "key");

	if (!group)
		return -EINVAL;
	if (secret && !secret[strspn(secret, "*")])
		return editor_refuse(ed, args, "key",
				     "this is a masked key: type the key itself");
	explicit_bzero(group->secret, sizeof(group->secret));
	copy_text(group->secret, secret, sizeof(group->secret));
	group->secret_at = editor_where(args, "key");
	return 0;
}
