// SPDX-License-Identifier: GPL-2.0-or-later
/* Handlers: groups of servers of RADIUS, as IOS and as ASA have them (C-081). */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "tools/cli/editor.h"

#define ASA_INTERVAL	10	/* seconds until ASA asks again */
#define ASKED_MAX	11	/* times: 1 + retransmit */

/* PIX has a group that is called RADIUS; in lists of IOS that word means all servers. */
static const char *unfit_name(const char *name, bool asa)
{
	if (strlen(name) == CFG_NAME_SIZE - 1)
		return "the name of a group of servers has at most 62 characters";
	if ((!asa && !strcasecmp(name, "radius")) || !strcasecmp(name, "tacacs+") ||
	    !strcasecmp(name, "local") || !strcasecmp(name, "none"))
		return "this word has a meaning of its own in lists: give the group another name";
	return NULL;
}

static int set_group_of_servers(struct config_editor *ed,
				const struct cli_args *args, bool asa)
{
	const char *name = cli_text(args, "group");
	struct cfg_server_group *group = cfg_server_group_find(ed->cfg, name);
	const char *unfit = unfit_name(name, asa);

	if (args->no && !group)
		return editor_refuse(ed, args, "group",
				     "there is no group %s of servers", name);
	if (args->no) {
		cfg_server_group_del(ed->cfg, group);
		return 0;
	}
	if (unfit)
		return editor_refuse(ed, args, "group", "%s", unfit);
	group = cfg_server_group_get(ed->cfg, name);
	if (!group)
		return editor_no_memory(ed);
	group->where = editor_where(args, "group");
	copy_text(ed->object, name, sizeof(ed->object));
	ed->mode = CLI_MODE_SERVER_GROUP;
	return 0;
}

int set_server_group(struct config_editor *ed, const struct cli_args *args)
{
	return set_group_of_servers(ed, args, false);
}

/* C-082: other protocols know users, too, but cannot be spoken here. */
int set_asa_server_group(struct config_editor *ed, const struct cli_args *args)
{
	/* PIX writes what is there anyway. */
	if (!strcmp(cli_text(args, "group"), CFG_LOCAL_LIST) &&
	    cli_has(args, "local"))
		return 0;
	if (!args->no && !cli_has(args, "radius"))
		return editor_refuse(ed, args, "protocol",
				     "the only protocol of servers here is radius");
	return set_group_of_servers(ed, args, true);
}

/* That of the mode; it may have been removed by someone else. */
static const char *current(struct config_editor *ed, const struct cli_args *args)
{
	if (cfg_server_group_find(ed->cfg, ed->object))
		return ed->object;
	editor_refuse(ed, args, NULL, "group %s of servers no longer exists",
		      ed->object);
	return NULL;
}

/* One that is @shared is known outside as well; `no` is for one of the same kind. */
static int set_member(struct config_editor *ed, const struct cli_args *args,
		      bool shared)
{
	const char *group = current(ed, args);
	struct addr server = cli_address(args, "host");
	struct cfg_radius *r;
	int ret;

	if (!group)
		return -EINVAL;
	server.port = cli_number(args, "port", CFG_RADIUS_PORT_DEFAULT);
	r = cfg_radius_find(ed->cfg, group, &server);
	if (args->no && r && r->shared != shared)
		return editor_refuse(ed, args, "host", "group %s has it as %s",
				     group, shared ? "server-private" : "server");
	ret = editor_radius_server(ed, args, group);
	r = ret ? NULL : cfg_radius_find(ed->cfg, group, &server);
	if (r)
		r->shared = shared;
	return ret;
}

int set_group_private(struct config_editor *ed, const struct cli_args *args)
{
	return set_member(ed, args, false);
}

int set_group_server(struct config_editor *ed, const struct cli_args *args)
{
	return set_member(ed, args, true);
}

/* --- ASA ------------------------------------------------------------------------ */

/* ASA has one of an address in a group. */
static struct cfg_radius *find_host(const struct cm_config *cfg,
				    const char *group, const struct addr *host)
{
	size_t i = 0;

	while (i < cfg->n_radius &&
	       (cfg->radius[i].shared || strcmp(cfg->radius[i].group, group) ||
		!addr_equal(&cfg->radius[i].address, host)))
		i++;
	return i < cfg->n_radius ? &cfg->radius[i] : NULL;
}

/*
 * ASA says for how long a server is asked in all, and after how long again: as often as
 * fits, once at least.
 */
static void spread(struct cfg_radius_terms *terms, uint32_t seconds,
		   uint32_t interval)
{
	if (interval > seconds)
		interval = seconds;
	if (interval * ASKED_MAX < seconds)
		interval = (seconds + ASKED_MAX - 1) / ASKED_MAX;
	terms->timeout = interval;
	terms->retransmit = (seconds + interval - 1) / interval - 1;
}

static void set_seconds(struct config_editor *ed, const struct cli_args *args,
			struct cfg_radius *r)
{
	bool again = r->terms.timeout != CFG_RADIUS_INHERIT &&
		     r->terms.retransmit;

	spread(&r->terms, cli_number(args, "timeout", 0),
	       again ? cfg_radius_timeout(ed->cfg, r) : ASA_INTERVAL);
	r->timeout_at = editor_where(args, "timeout");
}

static int forget_host(struct config_editor *ed, const struct cli_args *args,
		       struct cfg_radius *r)
{
	if (!r)
		return editor_refuse(ed, args, "host",
				     "there is no such server in group %s",
				     cli_text(args, "group"));
	cfg_radius_del(ed->cfg, r);
	return 0;
}

/* What the line does not say stays. */
int set_asa_server(struct config_editor *ed, const struct cli_args *args)
{
	const char *group = cli_text(args, "group");
	struct addr host = cli_address(args, "host");
	struct cfg_radius *r = find_host(ed->cfg, group, &host);
	const char *key = args->no ? NULL : cli_text(args, "key");

	if (!cfg_server_group_find(ed->cfg, group))
		return editor_refuse(ed, args, "group",
				     "there is no group %s of servers: aaa-server %s protocol radius makes it",
				     group, group);
	if (args->no)
		return forget_host(ed, args, r);
	if (key && !key[strspn(key, "*")])
		return editor_radius_key(ed, args, NULL);
	if (!r)
		r = editor_radius_new(ed, args, group);
	if (!r)
		return -EINVAL;
	/* What the group only shared before has terms of its own now. */
	r->shared = false;
	if (key)
		editor_radius_key(ed, args, r->terms.secret);
	if (cli_get(args, "timeout"))
		set_seconds(ed, args, r);
	copy_text(ed->object, group, sizeof(ed->object));
	ed->seq = addr_to_v4(&host);
	ed->mode = CLI_MODE_SERVER_HOST;
	return 0;
}

static struct cfg_radius *current_host(struct config_editor *ed,
				       const struct cli_args *args)
{
	struct addr host = addr_v4(ed->seq, 0);
	struct cfg_radius *r = find_host(ed->cfg, ed->object, &host);

	if (!r)
		editor_refuse(ed, args, NULL,
			      "this server of group %s no longer exists",
			      ed->object);
	return r;
}

int set_asa_key(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_radius *r = current_host(ed, args);

	return r ? editor_radius_key(ed, args, r->terms.secret) : -EINVAL;
}

int set_asa_timeout(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_radius *r = current_host(ed, args);

	if (!r)
		return -EINVAL;
	if (args->no)
		r->terms.timeout = r->terms.retransmit = CFG_RADIUS_INHERIT;
	else
		set_seconds(ed, args, r);
	return 0;
}

int set_asa_retry(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_radius *r = current_host(ed, args);

	if (!r)
		return -EINVAL;
	spread(&r->terms, cfg_radius_timeout(ed->cfg, r) *
	       (cfg_radius_retransmit(ed->cfg, r) + 1),
	       args->no ? ASA_INTERVAL : cli_number(args, "seconds", 0));
	return 0;
}

int set_asa_port(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_radius *r = current_host(ed, args), *other;
	struct addr to;

	if (!r)
		return -EINVAL;
	to = r->address;
	to.port = args->no ? CFG_RADIUS_PORT_DEFAULT :
			     cli_number(args, "port", 0);
	other = cfg_radius_find(ed->cfg, r->group, &to);
	if (other && other != r)
		return editor_refuse(ed, args, "port",
				     "group %s has a server at that port already",
				     r->group);
	r->address = to;
	return 0;
}

int set_asa_ignored(struct config_editor *ed, const struct cli_args *args)
{
	if (!args->no)
		snprintf(ed->note, sizeof(ed->note),
			 "%s is ignored here", args->arg[0].text);
	return 0;
}
