// SPDX-License-Identifier: GPL-2.0-or-later
/* `show crypto route`: reverse routes (C-041), as IOS shows them. */
#include <json-c/json.h>

#include "tools/cli/exec.h"
#include "tools/lib/control.h"
#include "tools/lib/writer.h"

static void render(FILE *out, struct json_object *rec)
{
	rec_expand(out, "{dst} via {peer} count {count}\n"
		   "                                on {interface} RRI", rec);
	if (rec_get_bool(rec, "static"))
		fputs(" S", out);
	if (*rec_get_str(rec, "reason"))
		rec_expand(out, ", not there: {reason}", rec);
	fputc('\n', out);
}

int show_crypto_route(struct exec_ctx *ctx, const struct cli_args *args)
{
	struct json_object *data = NULL;
	struct writer w;
	struct err err;
	int ret;

	(void)args;
	ret = control_request(ctx->socket, CONTROL_ROUTES, NULL, &data, &err);
	if (ret)
		return err_print(stderr, ret, &err);
	writer_open(&w, ctx->out, ctx->json, "routes");
	writer_text(&w, "VPN Routing Table: Shows RRI created routes\n"
		    "Codes: RRI - Reverse-Route, S - Static Map ACLs\n\n"
		    "Routes created in table main\n");
	for (size_t i = 0; i < rec_len(data); i++)
		writer_record(&w, json_object_get(rec_at(data, i)), render);
	json_object_put(data);
	return writer_close(&w);
}
