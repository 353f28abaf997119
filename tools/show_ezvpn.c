// SPDX-License-Identifier: GPL-2.0-or-later
/* `show crypto ipsec client ezvpn`: this router as a client (F-037, F-115). */
#include <errno.h>
#include <json-c/json.h>
#include <string.h>

#include "tools/cli/exec.h"
#include "tools/lib/addr.h"
#include "tools/lib/control.h"
#include "tools/lib/printable.h"
#include "tools/lib/writer.h"

static void put(FILE *out, const char *label, const char *text)
{
	if (!*text)
		return;
	fprintf(out, "%s: ", label);
	printable_puts(out, text);
	fputc('\n', out);
}

static void put_list(FILE *out, const char *label, struct json_object *list)
{
	if (!rec_len(list))
		return;
	fprintf(out, "%s: ", label);
	for (size_t i = 0; i < rec_len(list); i++) {
		fputs(i ? ", " : "", out);
		printable_puts(out, json_object_get_string(rec_at(list, i)));
	}
	fputc('\n', out);
}

/* As IOS has it: primary and secondary on lines of their own. */
static void put_servers(FILE *out, const char *what, struct json_object *list)
{
	static const char *const rank[] = { "Primary", "Secondary" };

	for (size_t i = 0; i < rec_len(list) && i < 2; i++)
		fprintf(out, "%s %s: %s\n", what, rank[i],
			json_object_get_string(rec_at(list, i)));
}

static void put_network(FILE *out, size_t n, const char *text)
{
	char addr[ADDR_STRLEN], mask[ADDR_STRLEN];
	struct prefix p;
	struct addr ones;

	if (prefix_parse(&p, text) ||
	    addr_mask_from_len(&ones, p.addr.family, p.len))
		return;
	fprintf(out,
		"       Address    : %s\n"
		"       Mask       : %s\n"
		"       Protocol   : 0x0\n"
		"       Source Port: 0\n"
		"       Dest Port  : 0\n",
		addr_format(&p.addr, addr, sizeof(addr)),
		addr_format(&ones, mask, sizeof(mask)));
	(void)n;
}

static void put_split(FILE *out, struct json_object *list)
{
	for (size_t i = 0; i < rec_len(list); i++) {
		fprintf(out, "Split Tunnel List: %zu\n", i + 1);
		put_network(out, i, json_object_get_string(rec_at(list, i)));
	}
}

/* What goes through the tunnel, as the client's `Route Details' have it. */
static void put_routes(FILE *out, struct json_object *rec)
{
	struct json_object *split = rec_get(rec, "split");

	if (!rec_get_bool(rec, "bound"))
		return;
	if (rec_len(split))
		put_list(out, "Secured Routes", split);
	else
		fputs("Secured Routes: 0.0.0.0/0\n", out);
	put_list(out, "Networks here", rec_get(rec, "local"));
}

static void render(FILE *out, struct json_object *rec)
{
	fputs("Tunnel name : ", out);
	printable_puts(out, rec_get_str(rec, "name"));
	fputc('\n', out);
	put_list(out, "Inside interface list", rec_get(rec, "inside"));
	put(out, "Outside interface", rec_get_str(rec, "outside"));
	put(out, "Mode", rec_get_str(rec, "mode"));
	put(out, "Current State", rec_get_str(rec, "state"));
	put(out, "Last Event", rec_get_str(rec, "event"));
	put(out, "Reason", rec_get_str(rec, "reason"));
	if (rec_get_num(rec, "next"))
		fprintf(out, "Next attempt in: %llu s\n",
			(unsigned long long)rec_get_num(rec, "next"));
	put(out, "User", rec_get_str(rec, "user"));
	put(out, "Address", rec_get_str(rec, "address"));
	put(out, "Mask", rec_get_str(rec, "mask"));
	put_servers(out, "DNS", rec_get(rec, "dns"));
	put_servers(out, "NBMS/WINS", rec_get(rec, "wins"));
	put(out, "Default Domain", rec_get_str(rec, "domain"));
	put(out, "Split DNS", rec_get_str(rec, "split_dns"));
	put(out, "Banner", rec_get_str(rec, "banner"));
	fprintf(out, "Save Password: %s\n",
		rec_get_bool(rec, "save_password") ? "Allowed" : "Disallowed");
	put_split(out, rec_get(rec, "split"));
	put_routes(out, rec);
	put(out, "Current EzVPN Peer", rec_get_str(rec, "peer"));
	put(out, "Gateway version", rec_get_str(rec, "version"));
	put_list(out, "Configured peers", rec_get(rec, "peers"));
	put_list(out, "Backup Gateways", rec_get(rec, "backup"));
	fputc('\n', out);
}

int show_crypto_ezvpn(struct exec_ctx *ctx, const struct cli_args *args)
{
	const char *name = cli_text(args, "ezvpn");
	struct json_object *data = NULL;
	struct err err = { "" };
	struct writer w;
	int ret;

	ret = control_request(ctx->socket, CONTROL_EZVPN, NULL, &data, &err);
	if (ret)
		return err_print(stderr, ret, &err);
	writer_open(&w, ctx->out, ctx->json, "ezvpn");
	writer_text(&w, "Easy VPN Remote Phase: 8\n\n");
	for (size_t i = 0; i < rec_len(data); i++) {
		struct json_object *rec = rec_at(data, i);

		if (!name || !strcmp(name, rec_get_str(rec, "name")))
			writer_record(&w, json_object_get(rec), render);
	}
	json_object_put(data);
	return writer_close(&w);
}
