// SPDX-License-Identifier: GPL-2.0-or-later
/* `show l2tp`: where L2TP is served, or why it is not. */
#include <json-c/json.h>

#include "tools/cli/exec.h"
#include "tools/lib/control.h"
#include "tools/lib/writer.h"

static void render(FILE *out, struct json_object *rec)
{
	rec_expand(out, "L2TP server {address}, UDP port 1701: {state}", rec);
	if (*rec_get_str(rec, "error"))
		rec_expand(out, ": {error}", rec);
	fputc('\n', out);
}

int show_l2tp(struct exec_ctx *ctx, const struct cli_args *args)
{
	struct json_object *data = NULL, *servers;
	struct err err = { "" };
	struct writer w;
	int ret;

	(void)args;
	ret = control_request(ctx->socket, CONTROL_L2TP, NULL, &data, &err);
	if (ret)
		return err_print(stderr, ret, &err);
	servers = rec_get(data, "servers");
	writer_open(&w, ctx->out, ctx->json, "servers");
	for (size_t i = 0; i < rec_len(servers); i++)
		writer_record(&w, json_object_get(rec_at(servers, i)), render);
	if (writer_count(&w))
		writer_text(&w, "Users: %llu\n",
			    (unsigned long long)rec_get_num(data, "sessions"));
	else
		writer_text(&w, "L2TP is not served: that takes a bound dynamic map with a transform set in transport mode, and a remote-access tunnel-group whose policy permits l2tp-ipsec\n");
	json_object_put(data);
	return writer_close(&w);
}
