// SPDX-License-Identifier: GPL-2.0-or-later
/* Handlers: attributes of group policies and users (C-065 to C-079). */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tools/cli/editor.h"

/* Those of the mode; who they belong to may have been removed by someone else. */
static struct cfg_attrs *attrs_of(struct config_editor *ed,
				  const struct cli_args *args)
{
	struct cfg_group_policy *policy;
	struct cfg_user *user;

	if (ed->mode == CLI_MODE_USER) {
		user = cfg_user_find(ed->cfg, ed->object);
		if (user)
			return &user->attrs;
	} else {
		policy = cfg_group_policy_find(ed->cfg, ed->object);
		if (policy)
			return &policy->attrs;
	}
	editor_refuse(ed, args, NULL, "%s %s no longer exists",
		      ed->mode == CLI_MODE_USER ? "user" : "group policy",
		      ed->object);
	return NULL;
}

/*
 * The attribute is what the line says, which the caller puts there in place of zeros;
 * NULL: it is inherited now, or @*ret is a refusal.
 */
static struct cfg_attrs *begin(struct config_editor *ed,
			       const struct cli_args *args, enum cfg_attr attr,
			       int *ret)
{
	struct cfg_attrs *attrs = attrs_of(ed, args);

	*ret = attrs ? 0 : -EINVAL;
	if (!attrs)
		return NULL;
	cfg_attrs_unset(attrs, attr);
	if (args->no)
		return NULL;
	attrs->set |= 1u << attr;
	return attrs;
}

int set_attr_pool(struct config_editor *ed, const struct cli_args *args)
{
	int ret;
	struct cfg_attrs *attrs = begin(ed, args, CFG_ATTR_POOL, &ret);

	if (attrs)
		copy_text(attrs->pool, cli_text(args, "pool"),
			  sizeof(attrs->pool));
	return ret;
}

static int set_servers(struct config_editor *ed, const struct cli_args *args,
		       enum cfg_attr attr, bool wins)
{
	int ret;
	struct cfg_attrs *attrs = begin(ed, args, attr, &ret);
	struct addr *servers;

	if (!attrs || cli_has(args, "none"))
		return ret;
	servers = wins ? attrs->wins : attrs->dns;
	servers[0] = cli_address(args, "server");
	servers[1] = cli_address(args, "second");
	return 0;
}

int set_attr_dns(struct config_editor *ed, const struct cli_args *args)
{
	return set_servers(ed, args, CFG_ATTR_DNS, false);
}

int set_attr_wins(struct config_editor *ed, const struct cli_args *args)
{
	return set_servers(ed, args, CFG_ATTR_WINS, true);
}

int set_attr_domain(struct config_editor *ed, const struct cli_args *args)
{
	int ret;
	struct cfg_attrs *attrs = begin(ed, args, CFG_ATTR_DOMAIN, &ret);

	if (attrs)
		copy_text(attrs->domain, cli_text(args, "domain"),
			  sizeof(attrs->domain));
	return ret;
}

/* All that the line names, with commas between, as clients are told. */
int editor_join_names(struct config_editor *ed, const struct cli_args *args,
		      char *out, size_t size)
{
	size_t len = 0;
	unsigned int i;

	*out = '\0';
	for (i = 0; i < args->n; i++) {
		const struct cli_arg *a = &args->arg[i];

		if (!a->name || strcmp(a->name, "name"))
			continue;
		if (len + strlen(a->text) + 1 >= size)
			return editor_refuse(ed, args, "name",
					     "these names have more than %zu characters together",
					     size - 1);
		len += sprintf(out + len, "%s%s", len ? "," : "", a->text);
	}
	return 0;
}

int set_attr_split_dns(struct config_editor *ed, const struct cli_args *args)
{
	char names[CFG_FQDN_SIZE];
	struct cfg_attrs *attrs;
	int ret = editor_join_names(ed, args, names, sizeof(names));

	if (ret)
		return ret;
	attrs = begin(ed, args, CFG_ATTR_SPLIT_DNS, &ret);
	if (attrs)
		copy_text(attrs->split_dns, names, sizeof(attrs->split_dns));
	return ret;
}

int set_attr_backup(struct config_editor *ed, const struct cli_args *args)
{
	struct addr servers[CFG_BACKUP_MAX] = { 0 };
	struct cfg_attrs *attrs;
	unsigned int i, n = 0;
	int ret;

	for (i = 0; i < args->n; i++) {
		const struct cli_arg *a = &args->arg[i];

		if (!a->name || strcmp(a->name, "server"))
			continue;
		if (n == CFG_BACKUP_MAX)
			return editor_refuse(ed, args, "server",
					     "there may be %u of them",
					     CFG_BACKUP_MAX);
		servers[n++] = a->address;
	}
	attrs = begin(ed, args, CFG_ATTR_BACKUP, &ret);
	if (attrs)
		memcpy(attrs->backup, servers, sizeof(attrs->backup));
	return ret;
}

int set_attr_split(struct config_editor *ed, const struct cli_args *args)
{
	int ret;
	struct cfg_attrs *attrs = begin(ed, args, CFG_ATTR_SPLIT, &ret);

	if (attrs && cli_has(args, "tunnelspecified"))
		attrs->split = CFG_SPLIT_SPECIFIED;
	else if (attrs && cli_has(args, "excludespecified"))
		attrs->split = CFG_SPLIT_EXCLUDED;
	return ret;
}

int set_attr_acl(struct config_editor *ed, const struct cli_args *args)
{
	int ret;
	struct cfg_attrs *attrs = begin(ed, args, CFG_ATTR_ACL, &ret);

	if (attrs)
		copy_text(attrs->acl, cli_text(args, "acl"),
			  sizeof(attrs->acl));
	return ret;
}

int set_attr_banner(struct config_editor *ed, const struct cli_args *args)
{
	const char *text = cli_text(args, "banner");
	struct cfg_attrs *attrs;
	int ret;

	if (!args->no && text && strlen(text) >= CFG_TEXT_SIZE)
		return editor_refuse(ed, args, "banner",
				     "a banner has at most %u characters",
				     CFG_TEXT_SIZE - 1);
	attrs = begin(ed, args, CFG_ATTR_BANNER, &ret);
	if (attrs)
		copy_text(attrs->banner, text, sizeof(attrs->banner));
	return ret;
}

int set_attr_save(struct config_editor *ed, const struct cli_args *args)
{
	int ret;
	struct cfg_attrs *attrs = begin(ed, args, CFG_ATTR_SAVE, &ret);

	if (attrs)
		attrs->save_password = cli_has(args, "enable");
	return ret;
}

int set_attr_pfs(struct config_editor *ed, const struct cli_args *args)
{
	int ret;
	struct cfg_attrs *attrs = begin(ed, args, CFG_ATTR_PFS, &ret);

	if (attrs)
		attrs->pfs = cli_has(args, "enable");
	return ret;
}

int set_attr_idle(struct config_editor *ed, const struct cli_args *args)
{
	int ret;
	struct cfg_attrs *attrs = begin(ed, args, CFG_ATTR_IDLE, &ret);

	if (attrs)
		attrs->idle = cli_number(args, "minutes", 0);
	return ret;
}

int set_attr_session(struct config_editor *ed, const struct cli_args *args)
{
	int ret;
	struct cfg_attrs *attrs = begin(ed, args, CFG_ATTR_SESSION, &ret);

	if (attrs)
		attrs->session = cli_number(args, "minutes", 0);
	return ret;
}

int set_attr_logins(struct config_editor *ed, const struct cli_args *args)
{
	int ret;
	struct cfg_attrs *attrs = begin(ed, args, CFG_ATTR_LOGINS, &ret);

	if (attrs)
		attrs->logins = cli_number(args, "n", 0);
	return ret;
}

int set_attr_protocols(struct config_editor *ed, const struct cli_args *args)
{
	int ret;
	struct cfg_attrs *attrs = begin(ed, args, CFG_ATTR_PROTOCOLS, &ret);

	if (attrs && (cli_has(args, "ikev1") || cli_has(args, "ipsec")))
		attrs->protocols |= CFG_TUNNEL_IKEV1;
	if (attrs && cli_has(args, "l2tp-ipsec"))
		attrs->protocols |= CFG_TUNNEL_L2TP;
	if (attrs && cli_has(args, "webvpn"))
		attrs->protocols |= CFG_TUNNEL_WEBVPN;
	return ret;
}

static int refuse_mask(struct config_editor *ed, const struct cli_args *args)
{
	return editor_refuse(ed, args, "mask",
			     "a mask has its ones in front, as 255.255.255.0");
}

int set_attr_framed(struct config_editor *ed, const struct cli_args *args)
{
	struct addr address = cli_address(args, "address");
	struct addr mask = cli_address(args, "mask");
	struct cfg_attrs *attrs;
	int ret;

	if (!args->no && cli_get(args, "mask") && addr_mask_len(&mask) < 0)
		return refuse_mask(ed, args);
	attrs = begin(ed, args, CFG_ATTR_FRAMED, &ret);
	if (attrs) {
		attrs->framed.address = address;
		attrs->framed.mask = mask;
	}
	return ret;
}

int set_attr_intercept(struct config_editor *ed, const struct cli_args *args)
{
	struct addr mask = cli_address(args, "mask");
	struct cfg_attrs *attrs;
	int ret;

	if (!args->no && cli_get(args, "mask") && addr_mask_len(&mask) < 0)
		return refuse_mask(ed, args);
	attrs = begin(ed, args, CFG_ATTR_INTERCEPT, &ret);
	if (attrs) {
		attrs->intercept.on = cli_has(args, "enable");
		attrs->intercept.mask = mask;
	}
	return ret;
}

int set_max_sessions(struct config_editor *ed, const struct cli_args *args)
{
	ed->cfg->max_sessions = args->no ? 0 : cli_number(args, "n", 0);
	return 0;
}

/* --- whose they are ------------------------------------------------------------ */

int set_group_policy(struct config_editor *ed, const struct cli_args *args)
{
	const char *name = cli_text(args, "policy");
	struct cfg_group_policy *policy = cfg_group_policy_find(ed->cfg, name);

	if (args->no && !policy)
		return editor_refuse(ed, args, "policy",
				     "there is no group policy %s", name);
	if (args->no) {
		cfg_group_policy_del(ed->cfg, policy);
		return 0;
	}
	if (!policy)
		policy = cfg_group_policy_get(ed->cfg, name);
	if (!policy)
		return editor_no_memory(ed);
	policy->where = editor_where(args, "policy");
	return 0;
}

/* DfltGrpPolicy is there without being made. */
int set_group_policy_attributes(struct config_editor *ed,
				const struct cli_args *args)
{
	const char *name = cli_text(args, "policy");
	struct cfg_group_policy *policy = cfg_group_policy_find(ed->cfg, name);

	if (!policy && strcmp(name, CFG_DEFAULT_POLICY))
		return editor_refuse(ed, args, "policy",
				     "there is no group policy %s: group-policy %s internal makes it",
				     name, name);
	if (!policy) {
		policy = cfg_group_policy_get(ed->cfg, name);
		if (!policy)
			return editor_no_memory(ed);
		policy->where = editor_where(args, "policy");
	}
	copy_text(ed->object, policy->name, sizeof(ed->object));
	ed->mode = CLI_MODE_GROUP_POLICY;
	return 0;
}

int set_user_attributes(struct config_editor *ed, const struct cli_args *args)
{
	const char *name = cli_text(args, "user");
	struct cfg_user *user = cfg_user_find(ed->cfg, name);

	if (!user)
		return editor_refuse(ed, args, "user",
				     "there is no user %s: username %s password makes it",
				     name, name);
	if (args->no) {
		memset(&user->attrs, 0, sizeof(user->attrs));
		copy_text(user->policy, NULL, sizeof(user->policy));
		return 0;
	}
	copy_text(ed->object, user->name, sizeof(ed->object));
	ed->mode = CLI_MODE_USER;
	return 0;
}

int set_user_policy(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_user *user = cfg_user_find(ed->cfg, ed->object);

	if (!user)
		return editor_refuse(ed, args, NULL, "user %s no longer exists",
				     ed->object);
	editor_name(args, "policy", user->policy, &user->policy_at);
	return 0;
}
