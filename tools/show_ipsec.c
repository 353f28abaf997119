// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `show crypto ipsec sa` (S-06): one block per flow, up or down, read from the
 * kernel; the daemon is only asked why a flow is down.
 */
#include <json-c/json.h>
#include <netinet/in.h>
#include <string.h>

#include "tools/lib/netif.h"
#include "tools/lib/writer.h"
#include "tools/show_flow.h"
#include "tools/show_sa.h"

/* --- Records ------------------------------------------------------------------- */

static void put_sas(struct json_object *rec, const char *key,
		    const struct show_flows *s, const struct kmod_flow *flow,
		    enum cryptomap_dir dir, uint8_t proto)
{
	struct json_object *list = rec_list(rec, key);
	size_t n;
	const struct kmod_sa *sas = show_flow_sas(s, flow, &n);

	for (size_t i = 0; i < n; i++)
		if (sas[i].dir == dir && sas[i].proto == proto)
			rec_append(list, show_sa_record(&sas[i], flow->map));
}

/* What packets too big for the tunnel meet: F-053, F-054, F-056. */
static void put_mtu(struct json_object *rec, const struct kmod_flow *flow,
		    const struct kmod_sa *out, uint64_t media)
{
	static const char *const policies[] = {
		[CRYPTOMAP_DF_COPY] = "copy-df", [CRYPTOMAP_DF_SET] = "set-df",
		[CRYPTOMAP_DF_CLEAR] = "clear-df",
	};
	bool known = flow->df < sizeof(policies) / sizeof(policies[0]);

	rec_num(rec, "media_mtu", media);
	/* Before the first packet nothing is known of the path. */
	rec_num(rec, "path_mtu", flow->pmtu ? flow->pmtu : media);
	rec_num(rec, "tunnel_mtu", flow->mtu);
	rec_bool(rec, "pmtu_learned", KMOD_HAS(flow, flow, pmtu_age));
	rec_num(rec, "pmtu_age", flow->pmtu_age);
	rec_num(rec, "pmtu_remaining", flow->pmtu_left);
	rec_num(rec, "overhead", out ? out->overhead : 0);
	rec_num(rec, "overhead_header", out ? out->overhead_head : 0);
	rec_str(rec, "df_policy", known ? policies[flow->df] : "?");
}

static void put_counters(struct json_object *rec, const struct kmod_flow *flow)
{
	rec_num(rec, "pkts_encaps", flow->encaps);
	rec_num(rec, "pkts_encrypt", flow->encrypt);
	rec_num(rec, "pkts_digest", flow->digest);
	rec_num(rec, "pkts_decaps", flow->decaps);
	rec_num(rec, "pkts_decrypt", flow->decrypt);
	rec_num(rec, "pkts_verify", flow->verify);
	rec_num(rec, "pkts_compressed", flow->compressed);
	rec_num(rec, "pkts_decompressed", flow->decompressed);
	rec_num(rec, "pkts_not_compressed", flow->not_compressed);
	rec_num(rec, "pkts_comp_failed", flow->comp_failed);
	rec_num(rec, "pkts_decomp_failed", flow->decomp_failed);
	rec_num(rec, "pkts_parallel_out", flow->parallel_out);
	rec_num(rec, "pkts_parallel_in", flow->parallel_in);
	rec_num(rec, "bytes_out", flow->bytes_out);
	rec_num(rec, "bytes_in", flow->bytes_in);
	rec_num(rec, "prefrag_successes", flow->prefrag);
	rec_num(rec, "prefrag_failures", flow->prefrag_failed);
	rec_num(rec, "postfrag_successes", flow->postfrag);
	rec_num(rec, "postfrag_failures", flow->postfrag_failed);
	rec_num(rec, "fragments_created", flow->fragments);
	rec_num(rec, "pmtus_sent", flow->pmtu_sent);
	rec_num(rec, "pmtus_rcvd", flow->pmtu_rcvd);
	rec_num(rec, "frgs_needing_reassembly", flow->reassemble);
	rec_num(rec, "valid_icmp_errors", flow->icmp_valid);
	rec_num(rec, "invalid_icmp_errors", flow->icmp_invalid);
	rec_num(rec, "tfc_rcvd", flow->dummy_rcvd);
	rec_num(rec, "tfc_sent", flow->dummy_sent);
	rec_num(rec, "pkts_padded", flow->padded);
	rec_num(rec, "send_errors", flow->send_errors);
	rec_num(rec, "recv_errors", flow->recv_errors);
	rec_num(rec, "pkts_source_nated", flow->nat_hits);
	rec_num(rec, "connections_lost_to_nat", flow->nat_escapes);
	show_losses(rec, &flow->counters);
}

/* The interfaces that use the flow too: `local-address` of its map. */
static void put_shares(struct json_object *rec, const struct show_flows *s,
		       const struct kmod_flow *flow)
{
	struct json_object *list = rec_list(rec, "shared_by");

	for (size_t i = 0; i < s->n_shares; i++)
		if (!strcmp(s->shares[i].owner, flow->ifname))
			rec_append(list, json_object_new_string(s->shares[i].ifname));
}

static struct json_object *flow_record(const struct show_flows *s,
				       const struct kmod_flow *flow)
{
	const struct kmod_sa *out = show_flow_out(s, flow);
	struct addr local = show_flow_local(s, flow);
	struct addr peer = show_flow_peer(s, flow);
	struct json_object *rec = rec_new();
	int mtu = netif_mtu(flow->ifname);
	char reason[512];

	show_flow_reason(s, flow, reason, sizeof(reason));
	rec_str(rec, "interface", flow->ifname);
	put_shares(rec, s, flow);
	rec_str(rec, "map", flow->map);
	rec_num(rec, "sequence", flow->seq);
	rec_str(rec, "type", kmod_entry_type_name(flow->type));
	rec_str(rec, "access_list", flow->acl);
	rec_num(rec, "line", flow->line);
	rec_num(rec, "flow_id", flow->id);
	rec_addr(rec, "local_addr", &local);
	rec_put(rec, "local", show_ident(&flow->sel, false));
	rec_put(rec, "remote", show_ident(&flow->sel, true));
	rec_addr(rec, "current_peer", &peer);
	/* Empty where the selectors came with the peer. */
	rec_str(rec, "flags", KMOD_HAS(flow, flow, sels) ? "" : "origin_is_acl,");
	put_counters(rec, flow);
	rec_addr(rec, "local_endpt", &local);
	rec_addr(rec, "remote_endpt", &peer);
	put_mtu(rec, flow, out, mtu > 0 ? (uint64_t)mtu : 0);
	rec_num(rec, "outbound_spi", out ? out->spi : 0);
	rec_str(rec, "state", kmod_flow_state_name(flow->state));
	rec_str(rec, "reason", reason);
	put_sas(rec, "inbound_esp", s, flow, CRYPTOMAP_DIR_IN, IPPROTO_ESP);
	put_sas(rec, "inbound_ah", s, flow, CRYPTOMAP_DIR_IN, IPPROTO_AH);
	put_sas(rec, "outbound_esp", s, flow, CRYPTOMAP_DIR_OUT, IPPROTO_ESP);
	put_sas(rec, "outbound_ah", s, flow, CRYPTOMAP_DIR_OUT, IPPROTO_AH);
	return rec;
}

/* --- Text ------------------------------------------------------------------------ */

static const char flow_text[] =
"  local ident (addr/mask/prot/port): ({local.addr}/{local.mask}/{local.prot}/{local.port})\n"
"  remote ident (addr/mask/prot/port): ({remote.addr}/{remote.mask}/{remote.prot}/{remote.port})\n"
"  current_peer: {current_peer}\n"
"    PERMIT, flags={{{flags}}\n"
"    #pkts encaps: {pkts_encaps}, #pkts encrypt: {pkts_encrypt}, #pkts digest {pkts_digest}\n"
"    #pkts decaps: {pkts_decaps}, #pkts decrypt: {pkts_decrypt}, #pkts verify {pkts_verify}\n"
"    #pkts compressed: {pkts_compressed}, #pkts decompressed: {pkts_decompressed}\n"
"    #pkts not compressed: {pkts_not_compressed}, #pkts compr. failed: {pkts_comp_failed},\n"
"    #pkts decompress failed: {pkts_decomp_failed}, #send errors {send_errors}, #recv errors {recv_errors}\n"
"    local crypto endpt.: {local_endpt}, remote crypto endpt.: {remote_endpt}\n"
"    path mtu {path_mtu}, media mtu {media_mtu}\n";

static const char spi_text[] =
"    current outbound spi: {outbound_spi:X}\n";

/* Only where other CPUs helped. */
static const char parallel_text[] =
"    #pkts encrypted by other CPUs: {pkts_parallel_out}, #pkts decrypted by other CPUs: {pkts_parallel_in}\n";

/* The further lines of the ASA (S-08). */
static const char mtu_text[] =
"    tunnel mtu {tunnel_mtu}, ipsec overhead {overhead}({overhead_header}), DF policy: {df_policy}\n"
"    #pre-frag successes: {prefrag_successes}, #pre-frag failures: {prefrag_failures}, #fragments created: {fragments_created}\n"
"    #post-frag successes: {postfrag_successes}, #post-frag failures: {postfrag_failures}\n"
"    #PMTUs sent: {pmtus_sent}, #PMTUs rcvd: {pmtus_rcvd}, #decapsulated frgs needing reassembly: {frgs_needing_reassembly}\n"
"    #TFC rcvd: {tfc_rcvd}, #TFC sent: {tfc_sent}, #pkts padded: {pkts_padded}\n"
"    #Valid ICMP Errors rcvd: {valid_icmp_errors}, #Invalid ICMP Errors rcvd: {invalid_icmp_errors}\n";

/* Only of a path MTU that ICMP told. */
static const char age_text[] =
"    PMTU age (sec): {pmtu_age}, PMTU time remaining (sec): {pmtu_remaining}\n";

static void render_sas(FILE *out, struct json_object *rec, const char *key,
		       const char *heading, bool detail)
{
	struct json_object *list = rec_get(rec, key);

	fprintf(out, "    %s sas:\n", heading);
	for (size_t i = 0; i < rec_len(list); i++)
		show_sa_render(out, rec_at(list, i), detail);
}

/* The kernel compresses inside the ESP SA: IOS lists that as an SA of its own. */
static void render_pcp(FILE *out, struct json_object *rec, const char *key,
		       const char *heading)
{
	struct json_object *list = rec_get(rec, key);

	fprintf(out, "    %s sas:\n", heading);
	for (size_t i = 0; i < rec_len(list); i++)
		if (rec_get(rec_at(list, i), "cpi"))
			rec_expand(out,
				   "      spi: 0x{cpi:X}({cpi})\n"
				   "        transform: comp-deflate ,\n"
				   "        in use settings = {{{settings}, }\n"
				   "        conn id: {conn_id}, flow_id: {flow_id}, crypto map: {map}\n",
				   rec_at(list, i));
}

static void render_losses(FILE *out, struct json_object *rec)
{
	struct json_object *losses = rec_get(rec, "losses");

	for (size_t i = 0; i < rec_len(losses); i++)
		rec_expand(out, "    #pkts lost, {name}: {packets}\n",
			   rec_at(losses, i));
}

/* Faults of the configuration, so only where there are any (F-060). */
static void render_nat(FILE *out, struct json_object *rec)
{
	if (rec_get_num(rec, "pkts_source_nated"))
		rec_expand(out, "    #pkts source changed by NAT before: {pkts_source_nated}\n", rec);
	if (rec_get_num(rec, "connections_lost_to_nat"))
		rec_expand(out, "    #connections that NAT took away, in clear: {connections_lost_to_nat}\n", rec);
}

static void render(FILE *out, struct json_object *rec, bool detail)
{
	rec_expand(out, flow_text, rec);
	if (json_object_get_uint64(rec_get(rec, "pkts_parallel_out")) ||
	    json_object_get_uint64(rec_get(rec, "pkts_parallel_in")))
		rec_expand(out, parallel_text, rec);
	if (json_object_get_boolean(rec_get(rec, "pmtu_learned")))
		rec_expand(out, age_text, rec);
	if (detail)
		rec_expand(out, mtu_text, rec);
	rec_expand(out, spi_text, rec);
	render_nat(out, rec);
	if (detail)
		render_losses(out, rec);
	if (*rec_get_str(rec, "reason"))
		rec_expand(out, "    down: {reason}\n", rec);
	render_sas(out, rec, "inbound_esp", "inbound esp", detail);
	render_sas(out, rec, "inbound_ah", "inbound ah", detail);
	render_pcp(out, rec, "inbound_esp", "inbound pcp");
	render_sas(out, rec, "outbound_esp", "outbound esp", detail);
	render_sas(out, rec, "outbound_ah", "outbound ah", detail);
	render_pcp(out, rec, "outbound_esp", "outbound pcp");
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

static bool is_wanted(const struct show_flows *s, const struct kmod_flow *flow,
		      const struct cli_args *args)
{
	const struct cli_arg *peer = cli_get(args, "peer");
	const char *map = cli_text(args, "map");
	const char *ifname = cli_text(args, "interface");
	struct addr at = show_flow_peer(s, flow);

	if (peer && !addr_equal(&at, &peer->address))
		return false;
	if (map && strcmp(map, flow->map))
		return false;
	return !ifname || show_flow_is_on(s, flow, ifname);
}

/* The interface and map above the first of their flows. */
static void write_heading(struct writer *w, const struct show_flows *s,
			  const struct kmod_flow *flow,
			  const struct kmod_flow *above)
{
	struct addr local = show_flow_local(s, flow);
	char text[ADDR_STRLEN];

	if (above && !strcmp(above->ifname, flow->ifname) &&
	    !strcmp(above->map, flow->map))
		return;
	writer_text(w, "%sinterface: %s\n", above ? "\n" : "", flow->ifname);
	writer_text(w, "  Crypto map tag: %s, local addr. %s\n", flow->map,
		    addr_format(&local, text, sizeof(text)));
	for (size_t i = 0; i < s->n_shares; i++)
		if (!strcmp(s->shares[i].owner, flow->ifname))
			writer_text(w, "  also of interface: %s\n",
				    s->shares[i].ifname);
}

int show_crypto_ipsec_sa(struct exec_ctx *ctx, const struct cli_args *args)
{
	const struct kmod_flow *above = NULL;
	struct show_flows s;
	struct writer w;
	int ret = show_flows_load(&s, ctx);

	if (ret)
		goto out;
	writer_open(&w, ctx->out, ctx->json, "ipsec_sa");
	for (size_t i = 0; i < s.n_flows; i++) {
		const struct kmod_flow *flow = &s.flows[i];

		if (!is_wanted(&s, flow, args))
			continue;
		write_heading(&w, &s, flow, above);
		writer_record(&w, flow_record(&s, flow),
			      cli_has(args, "detail") ? render_detail :
							render_brief);
		above = flow;
	}
	if (!writer_count(&w))
		writer_text(&w, "%s\n", s.n_flows ? "No flow matches" :
			    "No flows: no crypto map with a permit line is bound to an interface");
	ret = writer_close(&w);
out:
	show_flows_free(&s);
	return ret;
}
