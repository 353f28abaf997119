// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "ike-daemon/engine.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/ppp/l2tp.h"
#include "ike-daemon/ppp/session.h"
#include "tools/cli/model.h"
#include "tools/lib/log.h"
#include "tools/lib/writer.h"

#define LOOK_MS	5000	/* whether interfaces have other addresses */

/* Those of all groups, as PPP comes before it is known who it is. */
static uint32_t methods(const struct cm_config *cfg)
{
	uint32_t all = 0;
	size_t i;

	for (i = 0; i < cfg->n_groups; i++)
		if (cfg_group_has_l2tp(cfg, &cfg->groups[i]))
			all |= cfg_group_ppp_offer(cfg, &cfg->groups[i]);
	return all;
}

static bool has(const struct helper_serve *serve, const struct addr *addr)
{
	size_t i = 0;

	while (i < serve->n && !addr_equal(&serve->server[i].address, addr))
		i++;
	return i < serve->n;
}

/* What the configuration says, with the addresses that there are now. */
static void want(struct engine *e, struct helper_serve *out)
{
	const struct cm_config *cfg = engine_config(e);
	size_t i;

	memset(out, 0, sizeof(*out));
	/* With nothing to ask for, pppd would choose a method by itself. */
	if (!cfg || !methods(cfg))
		return;
	for (i = 0; i < cfg->n_interfaces; i++) {
		const struct cfg_interface *ifc = &cfg->interfaces[i];
		const struct cfg_map *map = cfg_map_find(cfg, ifc->map);
		struct addr own;

		if (!map || !cfg_map_serves_l2tp(cfg, map) ||
		    e->net->local_address(e->net_ctx, ifc->name, AF_INET, &own))
			continue;
		own.port = 0;
		if (out->n < HELPER_SERVERS_MAX && !has(out, &own))
			out->server[out->n++] = (struct helper_server){
				own, methods(cfg),
			};
	}
}

static bool is_same(const struct helper_serve *a, const struct helper_serve *b)
{
	size_t i = 0;

	while (i < a->n && i < b->n &&
	       addr_equal(&a->server[i].address, &b->server[i].address) &&
	       a->server[i].methods == b->server[i].methods)
		i++;
	return i == a->n && i == b->n;
}

/* Servers that stay keep what is known of them. */
static void take(struct engine *e, const struct helper_serve *serve)
{
	struct ppp *ppp = &e->ppp;
	struct helper_status old[HELPER_SERVERS_MAX];
	size_t n = ppp->serve.n, i, j;

	memcpy(old, ppp->status, sizeof(old));
	ppp->serve = *serve;
	for (i = 0; i < serve->n; i++) {
		ppp->status[i] = (struct helper_status){
			.address = serve->server[i].address,
		};
		for (j = 0; j < n; j++)
			if (addr_equal(&old[j].address, &ppp->status[i].address))
				ppp->status[i] = old[j];
	}
	ppp->host->serve(ppp->host_ctx, serve);
}

/*
 * What drops L2TP in clear names the addresses, so the kernel has to know them first.
 * While it does not there is no server; that is tried again.
 */
static void look(void *arg)
{
	struct engine *e = arg;
	struct helper_serve now;
	struct err err = { "" };

	want(e, &now);
	if (!is_same(&now, &e->ppp.serve)) {
		if (e->kernel->ops->apply(e->kernel, engine_config(e), NULL,
					  NULL, &err)) {
			log_err(kernel, "%s", err.text);
			memset(&now, 0, sizeof(now));
		}
		take(e, &now);
	}
	timer_set(&e->timers, &e->ppp.look, LOOK_MS);
}

static bool is_configured(const struct cm_config *cfg)
{
	size_t i = 0;

	while (i < cfg->n_maps && !cfg_map_serves_l2tp(cfg, &cfg->maps[i]))
		i++;
	return i < cfg->n_maps;
}

void l2tp_apply(struct engine *e)
{
	struct helper_serve now;

	if (!e->ppp.host)
		return;
	want(e, &now);
	if (!is_same(&now, &e->ppp.serve))
		take(e, &now);
	ppp_check_all(e);
	if (is_configured(engine_config(e)))
		timer_set(&e->timers, &e->ppp.look, LOOK_MS);
	else
		timer_cancel(&e->timers, &e->ppp.look);
}

void l2tp_init(struct engine *e)
{
	list_init(&e->ppp.sessions);
	timer_init(&e->ppp.look, look, e);
}

void l2tp_exit(struct engine *e)
{
	timer_cancel(&e->timers, &e->ppp.look);
	while (!list_empty(&e->ppp.sessions))
		ppp_session_free(list_first(&e->ppp.sessions,
					    struct ppp_session, all));
}

void l2tp_set_host(struct engine *e, const struct l2tp_host *host, void *ctx)
{
	e->ppp.host = host;
	e->ppp.host_ctx = ctx;
}

void l2tp_status(struct engine *e, const struct helper_status *status)
{
	char text[ADDR_STRLEN];
	size_t i;

	for (i = 0; i < e->ppp.serve.n; i++) {
		struct helper_status *s = &e->ppp.status[i];

		if (!addr_equal(&s->address, &status->address))
			continue;
		*s = *status;
		addr_format(&s->address, text, sizeof(text));
		if (s->state == HELPER_RUNNING)
			log_info(ike, "L2TP is served at %s", text);
		else
			log_warning(ike, "no L2TP at %s: %s: %s", text,
				    helper_state_text(s->state), s->text);
	}
}

void l2tp_lost(struct engine *e)
{
	size_t i;

	if (e->ppp.serve.n)
		log_err(ike, "the helper process has ended: there is no L2TP until the daemon is started again");
	for (i = 0; i < e->ppp.serve.n; i++) {
		e->ppp.status[i].state = HELPER_MISSING;
		strcpy(e->ppp.status[i].text, "the helper process has ended");
	}
}

struct json_object *l2tp_show(struct engine *e)
{
	struct json_object *rec = rec_new(), *list = rec_list(rec, "servers");
	size_t i;

	for (i = 0; i < e->ppp.serve.n; i++) {
		const struct helper_status *s = &e->ppp.status[i];
		struct json_object *server = rec_new();

		rec_addr(server, "address", &s->address);
		rec_str(server, "state", helper_state_text(s->state));
		rec_str(server, "error", s->text);
		rec_append(list, server);
	}
	rec_num(rec, "sessions", ppp_count(e, NULL, NULL));
	return rec;
}
