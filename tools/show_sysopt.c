// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Options for all interfaces (F-116, section 3.17): `show sysopt` (PIX), `show
 * running-config sysopt` (ASA), `show management-access` (S-20).
 */
#include <json-c/json.h>

#include "tools/cli/exec.h"
#include "tools/cli/model.h"
#include "tools/lib/writer.h"

typedef void fill_fn(struct json_object *rec, const struct cm_config *cfg);
typedef void render_fn(FILE *out, struct json_object *rec);

/* One record, of the running configuration. */
static int show_option(struct exec_ctx *ctx, const char *name, fill_fn *fill,
		       render_fn *render)
{
	struct json_object *rec;
	struct cm_config *cfg;
	struct writer w;
	int ret = exec_running_config(ctx, &cfg);

	if (ret)
		return ret;
	writer_open(&w, ctx->out, ctx->json, name);
	rec = rec_new();
	fill(rec, cfg);
	writer_record(&w, rec, render);
	cm_config_free(cfg);
	return writer_close(&w);
}

static void fill_sysopt(struct json_object *rec, const struct cm_config *cfg)
{
	rec_str(rec, "option", "connection permit-vpn");
	rec_bool(rec, "enabled", cfg->filter_bypass);
}

static void render_sysopt(FILE *out, struct json_object *rec)
{
	rec_expand(out, rec_get_bool(rec, "enabled") ? "sysopt {option}\n" :
						       "no sysopt {option}\n", rec);
}

int show_sysopt(struct exec_ctx *ctx, const struct cli_args *args)
{
	(void)args;
	return show_option(ctx, "sysopt", fill_sysopt, render_sysopt);
}

static void fill_management(struct json_object *rec, const struct cm_config *cfg)
{
	rec_bool(rec, "enabled", cfg->management[0]);
	if (cfg->management[0])
		rec_str(rec, "interface", cfg->management);
}

static void render_management(FILE *out, struct json_object *rec)
{
	rec_expand(out, rec_get_bool(rec, "enabled") ?
			"management-access {interface}\n" :
			"no management-access\n", rec);
}

int show_management_access(struct exec_ctx *ctx, const struct cli_args *args)
{
	(void)args;
	return show_option(ctx, "management_access", fill_management,
			   render_management);
}
