// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `show crypto session`: what is configured and whether it works, one session
 * per interface and peer.
 */
#include <json-c/json.h>
#include <string.h>

#include "tools/lib/control.h"
#include "tools/lib/writer.h"
#include "tools/show_flow.h"

struct session {
	const struct show_flows *s;
	struct json_object *ike;	/* the daemon's SAs, or NULL */
	struct addr peer;
	const char *ifname;
};

/* --- Records ------------------------------------------------------------------- */

static struct json_object *flow_record(const struct show_flows *s,
				       const struct kmod_flow *flow)
{
	struct json_object *rec = rec_new();
	char reason[512];
	size_t n;

	show_flow_reason(s, flow, reason, sizeof(reason));
	show_flow_sas(s, flow, &n);
	if (KMOD_HAS(&flow->sel, sel, proto))
		rec_fmt(rec, "protocol", "%u", flow->sel.proto);
	else
		rec_str(rec, "protocol", "ip");
	rec_put(rec, "local", show_ident(&flow->sel, false));
	rec_put(rec, "remote", show_ident(&flow->sel, true));
	rec_str(rec, "state", kmod_flow_state_name(flow->state));
	rec_str(rec, "reason", reason);
	rec_str(rec, "map", flow->map);
	rec_num(rec, "sequence", flow->seq);
	rec_num(rec, "active_sas", n);
	rec_num(rec, "encrypted", flow->encrypt);
	rec_num(rec, "decrypted", flow->decrypt);
	rec_num(rec, "out_drops", flow->send_errors);
	rec_num(rec, "in_drops", flow->recv_errors);
	return rec;
}

static bool same_session(const struct session *x, const struct kmod_flow *flow)
{
	struct addr peer = show_flow_peer(x->s, flow);

	return !strcmp(flow->ifname, x->ifname) && addr_equal(&peer, &x->peer);
}

/* The session's IKE SAs: how many, and how many of them work. */
static unsigned int put_ike(struct json_object *rec, const struct session *x,
			    unsigned int *ready)
{
	struct json_object *list = rec_list(rec, "ike");
	char peer[ADDR_STRLEN];
	unsigned int n = 0;

	addr_format(&x->peer, peer, sizeof(peer));
	for (size_t i = 0; i < rec_len(x->ike); i++) {
		struct json_object *sa = rec_at(x->ike, i);

		if (strcmp(rec_get_str(sa, "peer"), peer))
			continue;
		rec_append(list, json_object_get(sa));
		n++;
		*ready += !strcmp(rec_get_str(sa, "state"), "QM_IDLE");
	}
	return n;
}

static const char *status_of(unsigned int flows_up, unsigned int ike,
			     unsigned int ike_ready, bool manual)
{
	if (flows_up)
		return ike_ready || manual ? "UP-ACTIVE" : "UP-NO-IKE";
	if (ike_ready)
		return "UP-IDLE";
	return ike ? "DOWN-NEGOTIATING" : "DOWN";
}

static struct json_object *session_record(const struct session *x, size_t from)
{
	struct json_object *rec = rec_new(), *flows;
	unsigned int up = 0, ike, ready = 0;
	bool manual = true;

	rec_str(rec, "interface", x->ifname);
	flows = rec_list(rec, "flows");
	for (size_t i = from; i < x->s->n_flows; i++) {
		const struct kmod_flow *flow = &x->s->flows[i];

		if (!same_session(x, flow))
			continue;
		rec_append(flows, flow_record(x->s, flow));
		up += flow->state == CRYPTOMAP_FLOW_UP;
		manual &= flow->type == CRYPTOMAP_ENTRY_T_MANUAL;
	}
	ike = put_ike(rec, x, &ready);
	rec_str(rec, "status", status_of(up, ike, ready, manual));
	rec_addr(rec, "peer", &x->peer);
	return rec;
}

/* --- Text ------------------------------------------------------------------------ */

#define IKE_PORT	500

/* Negotiations that failed have no ports any more. */
static unsigned int port_of(struct json_object *ike, const char *key)
{
	unsigned int port = ike ? (unsigned int)rec_get_num(ike, key) : 0;

	return port ? port : IKE_PORT;
}

static void render_ike(FILE *out, struct json_object *ike)
{
	rec_expand(out, "  IKEv1 SA: local {local}/", ike);
	fprintf(out, "%u", port_of(ike, "local_port"));
	rec_expand(out, " remote {peer}/", ike);
	fprintf(out, "%u", port_of(ike, "remote_port"));
	rec_expand(out, " {state} {status}\n", ike);
}

static void render(FILE *out, struct json_object *rec, bool detail)
{
	struct json_object *ike = rec_get(rec, "ike");
	struct json_object *flows = rec_get(rec, "flows");

	rec_expand(out,
		   "Interface: {interface}\n"
		   "Session status: {status}\n"
		   "Peer: {peer} port ", rec);
	fprintf(out, "%u\n", port_of(rec_len(ike) ? rec_at(ike, 0) : NULL,
				     "remote_port"));
	for (size_t i = 0; i < rec_len(ike); i++)
		render_ike(out, rec_at(ike, i));
	for (size_t i = 0; i < rec_len(flows); i++) {
		struct json_object *flow = rec_at(flows, i);

		rec_expand(out,
			   "  IPSEC FLOW: permit {protocol} {local.addr}/{local.mask} {remote.addr}/{remote.mask}\n"
			   "        Active SAs: {active_sas}, origin: crypto map {map} {sequence}\n",
			   flow);
		if (*rec_get_str(flow, "reason"))
			rec_expand(out, "        Down: {reason}\n", flow);
		if (detail)
			rec_expand(out,
				   "        Inbound:  #pkts dec'ed {decrypted} drop {in_drops}\n"
				   "        Outbound: #pkts enc'ed {encrypted} drop {out_drops}\n",
				   flow);
	}
	fputc('\n', out);
}

static void render_brief(FILE *out, struct json_object *rec)
{
	render(out, rec, false);
}

static void render_detail(FILE *out, struct json_object *rec)
{
	render(out, rec, true);
}

/* --- The command ------------------------------------------------------------------- */

/* Has an earlier flow opened this session? */
static bool is_first(const struct session *x, size_t index)
{
	for (size_t i = index; i-- > 0;) {
		if (strcmp(x->s->flows[i].ifname, x->ifname))
			return true;
		if (same_session(x, &x->s->flows[i]))
			return false;
	}
	return true;
}

int show_crypto_session(struct exec_ctx *ctx, const struct cli_args *args)
{
	bool detail = cli_has(args, "detail");
	struct show_flows s;
	struct session x = { .s = &s };
	struct writer w;
	int ret = show_flows_load(&s, ctx);

	if (ret)
		goto out;
	/* Without the daemon the kernel's part is shown. */
	control_request(ctx->socket, CONTROL_ISAKMP_SAS, NULL, &x.ike, NULL);
	writer_open(&w, ctx->out, ctx->json, "sessions");
	writer_text(&w, "Crypto session current status\n\n");
	for (size_t i = 0; i < s.n_flows; i++) {
		x.peer = show_flow_peer(&s, &s.flows[i]);
		x.ifname = s.flows[i].ifname;
		if (is_first(&x, i))
			writer_record(&w, session_record(&x, i),
				      detail ? render_detail : render_brief);
	}
	json_object_put(x.ike);
	ret = writer_close(&w);
out:
	show_flows_free(&s);
	return ret;
}
