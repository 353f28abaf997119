// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `show crypto counters`: every reason for which the kernel drops packets, what
 * the MSS clamp of each interface changed (F-116), and what the daemon counted of
 * its negotiations.
 */
#include <json-c/json.h>

#include "tools/lib/control.h"
#include "tools/lib/writer.h"
#include "tools/show_flow.h"

static void render_counter(FILE *out, struct json_object *rec)
{
	rec_expand(out, "{value:>12} {name:24} {text}\n", rec);
}

static int take_counter(void *arg, const struct kmod_counter *c)
{
	struct json_object *rec = rec_new();

	rec_str(rec, "source", "kernel");
	rec_str(rec, "name", c->name);
	rec_str(rec, "text", KMOD_HAS(c, counter, text) ? c->text : "");
	rec_num(rec, "value", c->packets);
	writer_record(arg, rec, render_counter);
	return 0;
}

struct clamps {
	struct writer *w;
	bool any;
};

static int take_clamp(void *arg, const struct kmod_binding *b)
{
	struct clamps *clamps = arg;
	struct json_object *rec;

	if (!b->mss)
		return 0;
	if (!clamps->any)
		writer_text(clamps->w, "\nTCP SYNs changed, by interface:\n");
	clamps->any = true;
	rec = rec_new();
	rec_str(rec, "source", "adjust-mss");
	rec_str(rec, "name", b->ifname);
	if (b->mss == CRYPTOMAP_MSS_AUTO)
		rec_str(rec, "text", "ip tcp adjust-mss auto");
	else
		rec_fmt(rec, "text", "ip tcp adjust-mss %u", b->mss);
	rec_num(rec, "value", b->clamped);
	writer_record(clamps->w, rec, render_counter);
	return 0;
}

static void write_daemon(struct writer *w, const struct exec_ctx *ctx)
{
	struct json_object *data = NULL;

	if (control_request(ctx->socket, CONTROL_COUNTERS, NULL, &data, NULL))
		return;
	writer_text(w, "\nNegotiations:\n");
	for (size_t i = 0; i < rec_len(data); i++) {
		struct json_object *rec = json_object_get(rec_at(data, i));

		rec_str(rec, "source", "daemon");
		writer_record(w, rec, render_counter);
	}
	json_object_put(data);
}

int show_crypto_counters(struct exec_ctx *ctx, const struct cli_args *args)
{
	struct writer w;
	struct clamps clamps = { .w = &w };
	struct kmod *k;
	int ret = show_kernel_open(&k), closed;

	(void)args;
	if (ret)
		return ret;
	writer_open(&w, ctx->out, ctx->json, "counters");
	writer_text(&w, "Packets dropped, by reason:\n");
	ret = kmod_counter_dump(k, take_counter, &w);
	if (!ret)
		ret = kmod_bind_dump(k, take_clamp, &clamps);
	if (ret)
		show_kernel_failed(k, ret);
	write_daemon(&w, ctx);
	closed = writer_close(&w);
	kmod_close(k);
	return ret ? ret : closed;
}
