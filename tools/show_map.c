// SPDX-License-Identifier: GPL-2.0-or-later
/* `show crypto map` and `show crypto ipsec transform-set`: the configuration. */
#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cli/exec.h"
#include "tools/cli/model.h"
#include "tools/cli/running.h"
#include "tools/lib/netif.h"
#include "tools/lib/writer.h"
#include "tools/show_flow.h"

static void put_string(struct json_object *list, const char *text)
{
	rec_append(list, json_object_new_string(text));
}

/* --- Maps ------------------------------------------------------------------------ */

static void put_acl(struct json_object *rec, const struct cm_config *cfg,
		    const char *name)
{
	const struct cfg_acl *acl = *name ? cfg_acl_find(cfg, name) : NULL;
	struct json_object *lines = rec_list(rec, "lines");

	rec_str(rec, "access_list", name);
	rec_str(rec, "family", acl && acl->family == AF_INET6 ? "ipv6" :
							       "ipv4");
	for (size_t i = 0; acl && i < acl->n_aces; i++) {
		char *text = NULL;
		size_t size;
		FILE *f;

		if (acl->aces[i].action == CFG_REMARK)
			continue;
		f = open_memstream(&text, &size);
		if (!f)
			return;
		running_ace(f, &acl->aces[i]);
		if (!fclose(f))
			put_string(lines, text);
		free(text);
	}
}

static void put_lifetime(struct json_object *rec, const char *key,
			 uint32_t value)
{
	if (value == CFG_UNLIMITED)
		rec_str(rec, key, "no limit of");
	else
		rec_num(rec, key, value);
}

/* Of the outside interface, which is the first that has the map; or NULL. */
static const struct addr *outside(const struct cm_config *cfg,
				  const struct cfg_map *map, int family,
				  struct addr *addr)
{
	const char *ifname = map->local_interface;

	for (size_t i = 0; i < cfg->n_interfaces && !*ifname; i++)
		if (!strcmp(cfg->interfaces[i].map, map->name))
			ifname = cfg->interfaces[i].name;
	return *ifname && !netif_address(ifname, family, addr) ? addr : NULL;
}

/* As it is done, not as it was asked for. */
static void put_padding(struct json_object *rec, const struct cm_config *cfg,
			const struct cfg_map *map, const struct cfg_entry *e)
{
	uint32_t bytes = cfg_entry_tfc(cfg, e);
	const char *unpadded;
	struct addr local;

	unpadded = cfg_entry_unpadded(cfg, e, outside(cfg, map,
						      e->peers[0].family,
						      &local));
	if (unpadded)
		bytes = 0;
	if (bytes == CFG_TFC_MTU)
		rec_str(rec, "tfc_padding", "path mtu");
	else if (bytes)
		rec_fmt(rec, "tfc_padding", "%u bytes", bytes);
	else
		rec_str(rec, "tfc_padding", "");
	if (unpadded)
		rec_str(rec, "tfc_unpadded", unpadded);
}

static void put_names(struct json_object *rec, const struct cm_config *cfg,
		      const struct cfg_map *map, const struct cfg_entry *e)
{
	struct json_object *peers = rec_list(rec, "peers");
	struct json_object *sets = rec_list(rec, "transform_sets");
	struct json_object *interfaces = rec_list(rec, "interfaces");
	char text[ADDR_STRLEN];

	for (size_t i = 0; i < e->n_peers; i++)
		put_string(peers, addr_format(&e->peers[i], text,
					      sizeof(text)));
	for (size_t i = 0; i < e->n_transforms; i++)
		put_string(sets, e->transforms[i]);
	for (size_t i = 0; i < cfg->n_interfaces; i++)
		if (!strcmp(cfg->interfaces[i].map, map->name))
			put_string(interfaces, cfg->interfaces[i].name);
}

/* @s NULL: the kernel could not be asked. */
static void put_flows(struct json_object *rec, const struct show_flows *s,
		      const struct cfg_map *map, const struct cfg_entry *e)
{
	struct json_object *list = s ? rec_list(rec, "dynamic_flows") : NULL;

	for (size_t i = 0; s && i < s->n_flows; i++) {
		const struct kmod_flow *flow = &s->flows[i];
		struct addr peer = show_flow_peer(s, flow);
		struct json_object *one;

		if (flow->seq != e->seq || strcmp(flow->map, map->name) ||
		    !KMOD_HAS(flow, flow, sels))
			continue;
		one = rec_new();
		rec_addr(one, "peer", &peer);
		rec_str(one, "interface", flow->ifname);
		rec_put(one, "local", show_ident(&flow->sel, false));
		rec_put(one, "remote", show_ident(&flow->sel, true));
		rec_num(one, "selectors", flow->sels);
		rec_num(one, "flow_id", flow->id);
		rec_str(one, "state", kmod_flow_state_name(flow->state));
		rec_append(list, one);
	}
}

static void put_identity(struct json_object *rec, const struct cm_config *cfg,
			 const struct cfg_entry *e)
{
	const struct cfg_peer_identity *id = cfg_peer_identity_find(cfg, e->identity);
	struct json_object *names;

	rec_str(rec, "identity", e->identity);
	names = rec_list(rec, "identity_names");
	for (size_t i = 0; id && i < id->n_names; i++) {
		char text[CFG_FQDN_SIZE + 8];

		snprintf(text, sizeof(text), "%s %s",
			 cfg_peer_name_word(id->names[i].kind),
			 id->names[i].text);
		put_string(names, text);
	}
}

static struct json_object *entry_record(const struct cm_config *cfg,
					const struct cfg_map *map,
					const struct cfg_entry *e)
{
	static const char *const types[] = {
		[CFG_IPSEC_ISAKMP] = "ipsec-isakmp",
		[CFG_IPSEC_MANUAL] = "ipsec-manual",
		[CFG_IPSEC_DYNAMIC] = "ipsec-isakmp dynamic",
	};
	static const char *const routes[] = {
		[CFG_ROUTES_NONE] = "",
		[CFG_ROUTES_SA] = "with SAs",
		[CFG_ROUTES_STATIC] = "static",
	};
	struct json_object *rec = rec_new();

	rec_str(rec, "map", map->name);
	rec_num(rec, "sequence", e->seq);
	rec_str(rec, "type", types[e->type]);
	if (e->type == CFG_IPSEC_DYNAMIC)
		rec_str(rec, "dynamic_map", e->dynamic);
	rec_str(rec, "description", e->description);
	rec_bool(rec, "complete", cfg_entry_complete(cfg, e));
	rec_str(rec, "local_address", map->local_interface);
	put_acl(rec, cfg, e->acl);
	put_lifetime(rec, "kilobytes", cfg_entry_kilobytes(cfg, e));
	put_lifetime(rec, "seconds", cfg_entry_seconds(cfg, e));
	rec_num(rec, "replay_window", cfg_entry_replay(cfg, e));
	rec_num(rec, "idle_time", cfg_entry_idle(cfg, e));
	rec_str(rec, "level", e->per_host ? "per-host" : "");
	rec_num(rec, "dummy_ms", cfg_entry_dummy(cfg, e));
	put_padding(rec, cfg, map, e);
	rec_bool(rec, "pre_classify", e->pre_classify);
	rec_str(rec, "reverse_route", routes[e->routes]);
	put_identity(rec, cfg, e);
	rec_str(rec, "isakmp_profile", e->isakmp_profile);
	rec_num(rec, "pfs_group", e->pfs_group);
	put_names(rec, cfg, map, e);
	if (e->type == CFG_IPSEC_MANUAL) {
		rec_num(rec, "inbound_spi", e->inbound.spi);
		rec_num(rec, "outbound_spi", e->outbound.spi);
	}
	return rec;
}

static void render_list(FILE *out, struct json_object *rec, const char *key,
			const char *before, const char *after)
{
	struct json_object *list = rec_get(rec, key);

	for (size_t i = 0; i < rec_len(list); i++)
		fprintf(out, "%s%s%s\n", before,
			json_object_get_string(rec_at(list, i)), after);
}

static void render_keys(FILE *out, struct json_object *rec)
{
	if (rec_get(rec, "inbound_spi")) {
		rec_expand(out,
			   "\tInbound esp spi: {inbound_spi}, outbound esp spi: {outbound_spi}\n"
			   "\tKeys: set, not shown\n", rec);
		return;
	}
	rec_expand(out,
		   "\tSecurity association lifetime: {kilobytes} kilobytes/{seconds} seconds\n",
		   rec);
	if (rec_get_num(rec, "idle_time"))
		rec_expand(out,
			   "\tSecurity association idletime: {idle_time} seconds\n",
			   rec);
	if (*rec_get_str(rec, "level"))
		rec_expand(out, "\tSecurity association level: {level}\n",
			   rec);
	rec_expand(out, rec_get_num(rec, "pfs_group") ?
		   "\tPFS (Y/N): Y\n\tDH group:  group{pfs_group}\n" :
		   "\tPFS (Y/N): N\n", rec);
}

static void render_acl(FILE *out, struct json_object *rec)
{
	bool ipv6 = !strcmp(rec_get_str(rec, "family"), "ipv6");
	struct json_object *lines = rec_get(rec, "lines");
	const char *acl = rec_get_str(rec, "access_list");

	if (!*acl) {
		fputs("\tNo matching address list set.\n", out);
		return;
	}
	fprintf(out, "\t%s access list %s\n", ipv6 ? "IPv6" : "Extended IP",
		acl);
	for (size_t i = 0; i < rec_len(lines); i++)
		fprintf(out, "\t    %s%s%s%s\n", ipv6 ? "" : "access-list ",
			ipv6 ? "" : acl, ipv6 ? "" : " ",
			json_object_get_string(rec_at(lines, i)));
}

/* In the words of `show crypto ipsec sa detail`. */
static void render_hiding(FILE *out, struct json_object *rec)
{
	if (*rec_get_str(rec, "tfc_padding"))
		rec_expand(out, "\tTFC padding: to {tfc_padding}\n", rec);
	if (rec_get(rec, "tfc_unpadded"))
		rec_expand(out, "\tTFC padding: none, {tfc_unpadded}\n", rec);
	if (rec_get_num(rec, "dummy_ms"))
		rec_expand(out,
			   "\tTFC packets: after {dummy_ms} ms without traffic\n",
			   rec);
	if (rec_get_bool(rec, "pre_classify"))
		fputs("\tQoS pre-classify\n", out);
	if (*rec_get_str(rec, "reverse_route"))
		rec_expand(out, "\tReverse Route Injection Enabled ({reverse_route})\n",
			   rec);
}

static void render_identity(FILE *out, struct json_object *rec)
{
	if (!*rec_get_str(rec, "identity"))
		return;
	rec_expand(out, "\tIdentity of peers: {identity}\n", rec);
	render_list(out, rec, "identity_names", "\t    ", "");
	if (!rec_len(rec_get(rec, "identity_names")))
		fputs("\t    (nobody fits: it has no names)\n", out);
}

static void render_settings(FILE *out, struct json_object *rec)
{
	render_keys(out, rec);
	render_identity(out, rec);
	if (*rec_get_str(rec, "isakmp_profile"))
		rec_expand(out, "\tISAKMP Profile: {isakmp_profile}\n", rec);
	render_hiding(out, rec);
	fputs("\tTransform sets={\n", out);
	render_list(out, rec, "transform_sets", "\t\t", ",");
	fputs("\t}\n", out);
}

static void render_interfaces(FILE *out, struct json_object *rec)
{
	rec_expand(out, "\tInterfaces using crypto map {map}:\n", rec);
	render_list(out, rec, "interfaces", "\t\t", "");
	fputc('\n', out);
}

/* Of those that came to a dynamic entry, each with selectors of its own. */
static void render_peers(FILE *out, struct json_object *rec)
{
	struct json_object *list = rec_get(rec, "dynamic_flows");

	if (!list)
		return;
	fprintf(out, "\tPeers with SAs: %zu\n", rec_len(list));
	for (size_t i = 0; i < rec_len(list); i++)
		rec_expand(out,
			   "\t    peer {peer} on {interface}: local ({local.addr}/{local.mask}/{local.prot}/{local.port}), remote ({remote.addr}/{remote.mask}/{remote.prot}/{remote.port}), {state}\n",
			   rec_at(list, i));
}

static void render_dynamic(FILE *out, struct json_object *rec)
{
	rec_expand(out,
		   "Crypto Map \"{map}\" {sequence} {type}\n"
		   "\tDynamic map template tag: {dynamic_map}\n", rec);
	if (!rec_get_bool(rec, "complete"))
		fputs("\tWARNING: This dynamic map does not exist!\n", out);
	render_peers(out, rec);
	render_interfaces(out, rec);
}

static void render_entry(FILE *out, struct json_object *rec)
{
	struct json_object *peers = rec_get(rec, "peers");

	if (rec_get(rec, "dynamic_map")) {
		render_dynamic(out, rec);
		return;
	}
	rec_expand(out, "Crypto Map \"{map}\" {sequence} {type}\n", rec);
	if (*rec_get_str(rec, "description"))
		rec_expand(out, "\tDescription: {description}\n", rec);
	if (!rec_get_bool(rec, "complete"))
		fputs("\tWARNING: This crypto map is in an incomplete state!\n"
		      "\t(missing peer, transform set, keys or access-list definitions)\n",
		      out);
	render_list(out, rec, "peers", "\tPeer = ", "");
	render_acl(out, rec);
	if (rec_len(peers))
		fprintf(out, "\tCurrent peer: %s\n",
			json_object_get_string(rec_at(peers, 0)));
	render_settings(out, rec);
	render_interfaces(out, rec);
}

/* Is the map asked for by name, or by an interface that has it? */
static bool map_wanted(const struct cm_config *cfg, const struct cfg_map *map,
		       const struct cli_args *args)
{
	const char *name = cli_text(args, "map");
	const char *ifname = cli_text(args, "interface");
	const struct cfg_interface *ifc;

	if (name && strcmp(name, map->name))
		return false;
	if (!ifname)
		return true;
	ifc = cfg_interface_find(cfg, ifname);
	return ifc && !strcmp(ifc->map, map->name);
}

static bool has_dynamic(const struct cm_config *cfg)
{
	for (size_t i = 0; i < cfg->n_maps; i++)
		for (size_t j = 0; j < cfg->maps[i].n_entries; j++)
			if (cfg->maps[i].entries[j].type == CFG_IPSEC_DYNAMIC)
				return true;
	return false;
}

static void write_entry(struct writer *w, const struct cm_config *cfg,
			const struct cfg_map *map, const struct cfg_entry *e,
			const struct show_flows *s)
{
	struct json_object *rec = entry_record(cfg, map, e);

	if (e->type == CFG_IPSEC_DYNAMIC)
		put_flows(rec, s, map, e);
	writer_record(w, rec, render_entry);
}

int show_crypto_map(struct exec_ctx *ctx, const struct cli_args *args)
{
	struct show_flows flows = { 0 };
	struct cm_config *cfg;
	bool asked, known;
	struct writer w;
	int ret = exec_running_config(ctx, &cfg);

	if (ret)
		return ret;
	if (cm_config_expand(cfg)) {
		cm_config_free(cfg);
		return -ENOMEM;
	}
	/* All but the peers of dynamic entries is known without the kernel. */
	asked = has_dynamic(cfg);
	known = asked && !show_flows_load(&flows, ctx);
	writer_open(&w, ctx->out, ctx->json, "crypto_map");
	for (size_t i = 0; i < cfg->n_maps; i++) {
		const struct cfg_map *map = &cfg->maps[i];

		if (!map_wanted(cfg, map, args))
			continue;
		for (size_t j = 0; j < map->n_entries; j++)
			write_entry(&w, cfg, map, &map->entries[j],
				    known ? &flows : NULL);
	}
	if (!writer_count(&w))
		writer_text(&w, "No crypto maps found.\n");
	if (asked)
		show_flows_free(&flows);
	cm_config_free(cfg);
	return writer_close(&w);
}

/* --- Dynamic maps ------------------------------------------------------------------ */

static void render_template(FILE *out, struct json_object *rec)
{
	rec_expand(out, "Crypto Map Template\"{map}\" {sequence}\n", rec);
	if (*rec_get_str(rec, "description"))
		rec_expand(out, "\tDescription: {description}\n", rec);
	render_acl(out, rec);
	render_settings(out, rec);
	render_list(out, rec, "bound_by", "\tUsed by crypto map ", "");
	fputc('\n', out);
}

/* The entries of crypto maps that bind it. */
static void put_bindings(struct json_object *rec, const struct cm_config *cfg,
			 const struct cfg_map *dynamic)
{
	struct json_object *list = rec_list(rec, "bound_by");
	char text[CFG_NAME_SIZE + 16];

	for (size_t i = 0; i < cfg->n_maps; i++) {
		const struct cfg_map *map = &cfg->maps[i];

		for (size_t j = 0; j < map->n_entries; j++) {
			if (strcmp(map->entries[j].dynamic, dynamic->name))
				continue;
			snprintf(text, sizeof(text), "%s %u", map->name,
				 map->entries[j].seq);
			put_string(list, text);
		}
	}
}

/* A template lacks no peer, and is on no interface. */
static void forget_of_map(struct json_object *rec)
{
	static const char *const keys[] = {
		"complete", "peers", "interfaces", "local_address",
		"pre_classify",
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		json_object_object_del(rec, keys[i]);
}

int show_crypto_dynamic_map(struct exec_ctx *ctx, const struct cli_args *args)
{
	const char *name = cli_text(args, "dynamic");
	struct cm_config *cfg;
	struct writer w;
	int ret = exec_running_config(ctx, &cfg);

	if (ret)
		return ret;
	writer_open(&w, ctx->out, ctx->json, "dynamic_map");
	for (size_t i = 0; i < cfg->n_dynamics; i++) {
		const struct cfg_map *map = &cfg->dynamics[i];

		for (size_t j = 0; j < map->n_entries; j++) {
			struct json_object *rec;

			if (name && strcmp(name, map->name))
				break;
			rec = entry_record(cfg, map, &map->entries[j]);
			forget_of_map(rec);
			put_bindings(rec, cfg, map);
			writer_record(&w, rec, render_template);
		}
	}
	if (!writer_count(&w))
		writer_text(&w, "No crypto dynamic maps found.\n");
	cm_config_free(cfg);
	return writer_close(&w);
}

/* --- Transform sets ---------------------------------------------------------------- */

static struct json_object *transform_record(const struct cfg_transform *ts)
{
	struct json_object *rec = rec_new();
	const char *cipher = cfg_cipher_esp_name(ts->cipher);
	const char *hash = ts->hash ? cfg_hash_esp_name(ts->hash) : "";
	const char *blank = *hash ? " " : "";
	const char *comp = ts->deflate ? " comp-deflate" : "";

	rec_str(rec, "name", ts->name);
	if (cfg_transform_is_ah(ts))
		rec_str(rec, "transforms", cfg_hash_ah_name(ts->hash));
	else if (ts->cipher == CFG_CIPHER_AES && ts->key_bits != 128)
		rec_fmt(rec, "transforms", "esp-%u-aes%s%s%s", ts->key_bits,
			blank, hash, comp);
	else if (cfg_cipher_counts(ts->cipher))
		rec_fmt(rec, "transforms", "%s %u%s%s%s", cipher, ts->key_bits,
			blank, hash, comp);
	else
		rec_fmt(rec, "transforms", "%s%s%s%s", cipher, blank, hash,
			comp);
	rec_str(rec, "mode", ts->mode == CFG_TRANSPORT ? "Transport" : "Tunnel");
	rec_bool(rec, "esn", ts->esn);
	return rec;
}

static void render_transform(FILE *out, struct json_object *rec)
{
	bool esn = json_object_get_boolean(rec_get(rec, "esn"));

	rec_expand(out,
		   "Transform set {name}: {{ {transforms}  }\n"
		   "   will negotiate = {{ {mode}, ", rec);
	fprintf(out, "%s },\n\n", esn ? "ESN," : "");
}

int show_crypto_ipsec_transform_set(struct exec_ctx *ctx,
				    const struct cli_args *args)
{
	const char *name = cli_text(args, "transform");
	struct cm_config *cfg;
	struct writer w;
	int ret = exec_running_config(ctx, &cfg);

	if (ret)
		return ret;
	writer_open(&w, ctx->out, ctx->json, "transform_set");
	for (size_t i = 0; i < cfg->n_transforms; i++)
		if (!name || !strcmp(name, cfg->transforms[i].name))
			writer_record(&w, transform_record(&cfg->transforms[i]),
				      render_transform);
	cm_config_free(cfg);
	return writer_close(&w);
}
