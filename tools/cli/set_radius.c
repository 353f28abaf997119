// SPDX-License-Identifier: GPL-2.0-or-later
/* Handlers: servers of RADIUS (C-081). */
#include <errno.h>
#include <string.h>

#include "tools/cli/editor.h"

/* Why an address cannot be that of a server, or NULL. */
static const char *unfit_server(const struct addr *addr)
{
	uint32_t host = addr_to_v4(addr);

	return !(host >> 24) || host >= 0xe0000000 ?
	       "this is no address that a server can have" : NULL;
}

int editor_radius_key(struct config_editor *ed, const struct cli_args *args,
		      char to[CFG_KEY_MAX + 1])
{
	const char *key = args->no ? NULL : cli_text(args, "key");

	if (key && !key[strspn(key, "*")])
		return editor_refuse(ed, args, "key",
				     "this is a masked key: type the key itself");
	explicit_bzero(to, CFG_KEY_MAX + 1);
	if (key)
		memcpy(to, key, strnlen(key, CFG_KEY_MAX));
	return 0;
}

static int forget_server(struct config_editor *ed, const struct cli_args *args,
			 struct cfg_radius *r, const struct addr *server)
{
	char text[ADDR_STRLEN];

	if (!r)
		return editor_refuse(ed, args, "host",
				     "there is no server %s with auth-port %u",
				     addr_format(server, text, sizeof(text)),
				     server->port);
	cfg_radius_del(ed->cfg, r);
	return 0;
}

struct cfg_radius *editor_radius_new(struct config_editor *ed,
				     const struct cli_args *args,
				     const char *group)
{
	struct addr server = cli_address(args, "host");
	struct cfg_radius *r;

	server.port = cli_number(args, "port", CFG_RADIUS_PORT_DEFAULT);
	r = cfg_radius_find(ed->cfg, group, &server);
	if (unfit_server(&server)) {
		editor_refuse(ed, args, "host", "%s", unfit_server(&server));
		return NULL;
	}
	if (!r && cfg_radius_count(ed->cfg, group) == CFG_RADIUS_MAX) {
		editor_refuse(ed, args, "host",
			      "there are %u servers already, and may be no more",
			      CFG_RADIUS_MAX);
		return NULL;
	}
	r = cfg_radius_get(ed->cfg, group, &server);
	if (r)
		r->where = r->timeout_at = editor_where(args, "host");
	else
		editor_no_memory(ed);
	return r;
}

/* What the line does not say is as with all servers. */
int editor_radius_server(struct config_editor *ed, const struct cli_args *args,
			 const char *group)
{
	struct addr server = cli_address(args, "host");
	struct cfg_radius_terms terms = { 0 };
	struct cfg_radius *r;
	int ret;

	server.port = cli_number(args, "port", CFG_RADIUS_PORT_DEFAULT);
	if (args->no)
		return forget_server(ed, args,
				     cfg_radius_find(ed->cfg, group, &server),
				     &server);
	ret = editor_radius_key(ed, args, terms.secret);
	if (ret)
		return ret;
	terms.timeout = cli_number(args, "timeout", CFG_RADIUS_INHERIT);
	terms.retransmit = cli_number(args, "retransmit", CFG_RADIUS_INHERIT);
	r = editor_radius_new(ed, args, group);
	if (r) {
		r->shared = false;
		r->terms = terms;
		if (cli_get(args, "timeout"))
			r->timeout_at = editor_where(args, "timeout");
	}
	explicit_bzero(&terms, sizeof(terms));
	return r ? 0 : -EINVAL;
}

int set_radius_host(struct config_editor *ed, const struct cli_args *args)
{
	return editor_radius_server(ed, args, "");
}

int set_radius_key(struct config_editor *ed, const struct cli_args *args)
{
	return editor_radius_key(ed, args, ed->cfg->radius_all.secret);
}

int set_radius_timeout(struct config_editor *ed, const struct cli_args *args)
{
	ed->cfg->radius_all.timeout = args->no ? CFG_RADIUS_TIMEOUT_DEFAULT :
		cli_number(args, "timeout", CFG_RADIUS_TIMEOUT_DEFAULT);
	return 0;
}

int set_radius_retransmit(struct config_editor *ed, const struct cli_args *args)
{
	ed->cfg->radius_all.retransmit = args->no ?
		CFG_RADIUS_RETRANSMIT_DEFAULT :
		cli_number(args, "retransmit", CFG_RADIUS_RETRANSMIT_DEFAULT);
	return 0;
}

int set_radius_deadtime(struct config_editor *ed, const struct cli_args *args)
{
	ed->cfg->radius_deadtime = args->no ? CFG_RADIUS_DEADTIME_DEFAULT :
		cli_number(args, "deadtime", CFG_RADIUS_DEADTIME_DEFAULT);
	return 0;
}

int set_radius_signed(struct config_editor *ed, const struct cli_args *args)
{
	ed->cfg->radius_unsigned = args->no;
	return 0;
}
