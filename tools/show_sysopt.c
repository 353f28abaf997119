// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Options for all interfaces (F-116, section 3.17): `show sysopt` (PIX), `show
 * running-config sysopt` (ASA), `show management-access` (S-20).
 */
#include <json-c/json.h>

#include "tools/cli/exec.h"
#include "tools/cli/model.h"
#include "tools/lib/writer.h"

static void render_option(FILE *out, struct json_object *rec)
{
	rec_expand(out, rec_get_bool(rec, "enabled") ? "sysopt {option}\n" :
						       "no sysopt {option}\n", rec);
}

int show_sysopt(struct exec_ctx *ctx, const struct cli_args *args)
{
	struct cm_config *cfg;
	struct json_object *rec;
	struct writer w;
	int ret = exec_running_config(ctx, &cfg);

	(void)args;
	if (ret)
		return ret;
	writer_open(&w, ctx->out, ctx->json, "sysopt");
	rec = rec_new();
	rec_str(rec, "option", "connection permit-vpn");
	rec_bool(rec, "enabled", cfg->filter_bypass);
	writer_record(&w, rec, render_option);
	cm_config_free(cfg);
	return writer_close(&w);
}

static void render_management(FILE *out, struct json_object *rec)
{
	rec_expand(out, rec_get_bool(rec, "enabled") ?
			"management-access {interface}\n" :
			"no management-access\n", rec);
}

int show_management_access(struct exec_ctx *ctx, const struct cli_args *args)
{
	struct cm_config *cfg;
	struct json_object *rec;
	struct writer w;
	int ret = exec_running_config(ctx, &cfg);

	(void)args;
	if (ret)
		return ret;
	writer_open(&w, ctx->out, ctx->json, "management_access");
	rec = rec_new();
	rec_bool(rec, "enabled", cfg->management[0]);
	if (cfg->management[0])
		rec_str(rec, "interface", cfg->management);
	writer_record(&w, rec, render_management);
	cm_config_free(cfg);
	return writer_close(&w);
}
