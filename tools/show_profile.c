// SPDX-License-Identifier: GPL-2.0-or-later
/* `show crypto isakmp profile`, as IOS shows it. */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "tools/cli/exec.h"
#include "tools/cli/model.h"
#include "tools/lib/writer.h"

/* --- records ------------------------------------------------------------------ */

static void put_identity(struct json_object *rec,
			 const struct cfg_isakmp_profile *p)
{
	const struct cfg_identity *id = &p->identity;

	if (!p->has_identity)
		rec_str(rec, "identity", "");
	else
		rec_fmt(rec, "identity", "%s%s%s",
			id->kind == CFG_IDENTITY_ADDRESS ? "ip-address" :
			id->kind == CFG_IDENTITY_USER_FQDN ? "user-fqdn" : "fqdn",
			id->text[0] ? " " : "", id->text);
}

static void put_matches(struct json_object *rec,
			const struct cfg_isakmp_profile *p)
{
	struct json_object *list = rec_list(rec, "matches");
	size_t i;

	for (i = 0; i < p->n_matches; i++) {
		const struct cfg_match *m = &p->matches[i];
		const struct cfg_key peers = { .peers = m->peers };
		struct json_object *match = rec_new();
		char text[CFG_KEY_PEERS_STRLEN];

		rec_str(match, "kind", cfg_match_words(m->kind));
		rec_str(match, "value", cfg_match_is_name(m) ? m->text :
			cfg_key_peers_format(&peers, text, sizeof(text)));
		rec_append(list, match);
	}
}

static void put_local(struct json_object *rec, const struct cfg_local *local)
{
	if (local->interface[0])
		rec_str(rec, "local", local->interface);
	else if (addr_is_set(&local->address))
		rec_addr(rec, "local", &local->address);
	else
		rec_str(rec, "local", "");
}

static struct json_object *profile_record(const struct cfg_isakmp_profile *p)
{
	struct json_object *rec = rec_new(), *list;
	size_t i;

	rec_str(rec, "name", p->name);
	rec_str(rec, "description", p->description);
	put_identity(rec, p);
	put_matches(rec, p);
	list = rec_list(rec, "keyrings");
	for (i = 0; i < p->n_keyrings; i++)
		rec_append(list, json_object_new_string(p->keyrings[i]));
	rec_str(rec, "trustpoint", p->trustpoint);
	put_local(rec, &p->local);
	rec_str(rec, "mode", p->aggressive ? "aggressive" : "main");
	if (p->has_keepalive) {
		rec_num(rec, "keepalive", p->keepalive.seconds);
		rec_num(rec, "retry", p->keepalive.retry);
	}
	rec_str(rec, "login", p->clients.login);
	rec_str(rec, "groups", p->clients.authorization);
	rec_bool(rec, "respond", p->clients.respond);
	return rec;
}

/* --- text --------------------------------------------------------------------- */

static void put_word(FILE *out, const char *what, const char *word,
		     const char *none)
{
	fprintf(out, " %s: %s\n", what, word[0] ? word : none);
}

static void render_keyrings(FILE *out, struct json_object *list)
{
	size_t i;

	fputs(" keyring(s):", out);
	for (i = 0; i < rec_len(list); i++)
		fprintf(out, " %s", json_object_get_string(rec_at(list, i)));
	fputs(rec_len(list) ? "\n" : " <none>\n", out);
}

static void render_profile(FILE *out, struct json_object *rec)
{
	struct json_object *matches = rec_get(rec, "matches");
	size_t i;

	rec_expand(out, "\nISAKMP PROFILE {name}\n", rec);
	if (rec_get_str(rec, "description")[0])
		rec_expand(out, " Description: {description}\n", rec);
	put_word(out, "Identity presented is", rec_get_str(rec, "identity"),
		 "as crypto isakmp identity says");
	fputs(" Identities matched are:\n", out);
	for (i = 0; i < rec_len(matches); i++)
		rec_expand(out, "  {kind} {value}\n", rec_at(matches, i));
	render_keyrings(out, rec_get(rec, "keyrings"));
	put_word(out, "trustpoint(s)", rec_get_str(rec, "trustpoint"), "<all>");
	put_word(out, "local address", rec_get_str(rec, "local"), "<any>");
	rec_expand(out, " initiate mode: {mode}\n", rec);
	if (rec_get(rec, "keepalive"))
		rec_expand(out, " keepalive: {keepalive} retry {retry}\n", rec);
	put_word(out, "client authentication list", rec_get_str(rec, "login"),
		 "<none>");
	put_word(out, "isakmp authorization list", rec_get_str(rec, "groups"),
		 "<none>");
	fprintf(out, " client configuration address: %s\n",
		rec_get_bool(rec, "respond") ? "respond" : "<none>");
}

/* --- command ------------------------------------------------------------------ */

int show_crypto_isakmp_profile(struct exec_ctx *ctx, const struct cli_args *args)
{
	const char *name = cli_text(args, "iprofile");
	struct cm_config *cfg;
	struct writer w;
	int ret = exec_running_config(ctx, &cfg);
	size_t i;

	if (ret)
		return ret;
	if (name && !cfg_isakmp_profile_find(cfg, name)) {
		fprintf(stderr, "%% there is no ISAKMP profile %s\n", name);
		cm_config_free(cfg);
		return -ENOENT;
	}
	writer_open(&w, ctx->out, ctx->json, "isakmp_profiles");
	for (i = 0; i < cfg->n_isakmp_profiles; i++)
		if (!name || !strcmp(name, cfg->isakmp_profiles[i].name))
			writer_record(&w, profile_record(&cfg->isakmp_profiles[i]),
				      render_profile);
	if (!writer_count(&w))
		writer_text(&w, "There are no ISAKMP profiles\n");
	cm_config_free(cfg);
	return writer_close(&w);
}
