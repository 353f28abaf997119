// SPDX-License-Identifier: GPL-2.0-or-later
/* What this router is told as a client of remote access, for `show` (F-037, F-115). */
#include <json-c/json.h>
#include <string.h>

#include "ike-daemon/control/ezvpn.h"
#include "ike-daemon/engine.h"
#include "ike-daemon/policy/ezvpn.h"
#include "ike-daemon/policy/policy.h"
#include "tools/lib/writer.h"

static void put_addr(struct json_object *rec, const char *key,
		     const struct addr *addr)
{
	if (addr_is_set(addr))
		rec_addr(rec, key, addr);
	else
		rec_str(rec, key, "");
}

static void put_addrs(struct json_object *rec, const char *key,
		      const struct addr *addrs, size_t n)
{
	struct json_object *list = rec_list(rec, key);
	char text[ADDR_STRLEN];
	size_t i;

	for (i = 0; i < n && addr_is_set(&addrs[i]); i++)
		rec_append(list, json_object_new_string(
			addr_format(&addrs[i], text, sizeof(text))));
}

static void put_peers(struct json_object *rec, const struct cfg_ezvpn *conf)
{
	struct json_object *list = rec_list(rec, "peers");
	char text[ADDR_STRLEN];
	size_t i;

	for (i = 0; i < conf->n_peers; i++)
		rec_append(list, json_object_new_string(
			cfg_ezvpn_peer_text(&conf->peers[i], text,
					    sizeof(text))));
}

static void put_nets(struct json_object *rec, const char *key,
		     const struct prefix *nets, size_t n)
{
	struct json_object *list = rec_list(rec, key);
	char text[PREFIX_STRLEN];
	size_t i;

	for (i = 0; i < n; i++)
		rec_append(list, json_object_new_string(
			prefix_format(&nets[i], text, sizeof(text))));
}

static void put_inside(struct json_object *rec, const struct ezvpn *ez)
{
	const struct cm_config *cfg = engine_config(ez->e);
	struct json_object *list = rec_list(rec, "inside");
	size_t i;

	for (i = 0; i < cfg->n_interfaces; i++)
		if (cfg->interfaces[i].ezvpn_inside &&
		    !strcmp(cfg->interfaces[i].ezvpn, ez->conf.name))
			rec_append(list, json_object_new_string(
				cfg->interfaces[i].name));
}

static void put_state(struct json_object *rec, const struct ezvpn *ez)
{
	uint64_t now = engine_now(ez->e);

	rec_str(rec, "state", ezvpn_state(ez));
	rec_str(rec, "event", ez->event);
	rec_str(rec, "reason", ez->reason);
	rec_num(rec, "next", ez->step == EZVPN_PAUSE && ez->next_ms > now ?
			     (ez->next_ms - now + 999) / 1000 : 0);
	rec_str(rec, "user", ez->who);
}

static void put_told(struct json_object *rec, const struct ezvpn *ez)
{
	const struct ezvpn_told *told = &ez->told;

	put_addr(rec, "address", &ez->conf.live.address);
	put_addr(rec, "mask", &told->mask);
	put_addrs(rec, "dns", told->dns, CFG_SERVERS_MAX);
	put_addrs(rec, "wins", told->wins, CFG_SERVERS_MAX);
	rec_str(rec, "domain", told->domain);
	rec_str(rec, "split_dns", told->split_dns);
	rec_str(rec, "banner", told->banner);
	rec_bool(rec, "save_password", told->save_password);
	rec_str(rec, "version", told->version);
	put_nets(rec, "split", ez->conf.live.split, ez->conf.live.n_split);
	put_nets(rec, "local", ez->conf.live.local, ez->conf.live.n_local);
}

static struct json_object *record_of(const struct ezvpn *ez)
{
	static const struct addr none;
	const struct addr *gateway = ezvpn_gateway(ez);
	struct json_object *rec = rec_new();

	rec_str(rec, "name", ez->conf.name);
	put_inside(rec, ez);
	rec_str(rec, "outside", ez->outside);
	rec_str(rec, "mode", cfg_ezvpn_mode_name(ez->conf.mode));
	put_state(rec, ez);
	rec_bool(rec, "bound", ez->conf.live.up);
	put_told(rec, ez);
	put_addr(rec, "peer", gateway ? gateway : &none);
	put_peers(rec, &ez->conf);
	put_addrs(rec, "backup", ez->conf.live.backup, CFG_BACKUP_MAX);
	return rec;
}

struct json_object *show_ezvpn(struct engine *e)
{
	struct json_object *list = json_object_new_array();
	struct list *pos, *tmp;

	list_for_each(&e->policy->ezvpns, pos, tmp)
		rec_append(list, record_of(list_entry(pos, struct ezvpn, all)));
	return list;
}
