// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The lines of S-06 for one SA; the replay window in the form of the ASA
 * (S-08), and how far behind late packets were, which tells how wide a window
 * would have taken them (E-053, E-054).
 */
#include <json-c/json.h>
#include <netinet/in.h>
#include <string.h>

#include "tools/lib/writer.h"
#include "tools/show_flow.h"
#include "tools/show_sa.h"

#define WORDS_BRIEF	2	/* of the bitmap, as the ASA prints it */
#define WORDS_ROW	4

/* --- The record ------------------------------------------------------------------ */

static void put_lifetime(struct json_object *rec, const struct kmod_sa *sa)
{
	uint64_t used = sa->bytes / 1024;

	if (KMOD_HAS(sa, sa, hard_kb) && sa->hard_kb)
		rec_num(rec, "remaining_kb",
			sa->hard_kb > used ? sa->hard_kb - used : 0);
	else
		rec_str(rec, "remaining_kb", "no limit");
	if (KMOD_HAS(sa, sa, hard_secs) && sa->hard_secs)
		rec_num(rec, "remaining_sec", sa->hard_secs);
	else
		rec_str(rec, "remaining_sec", "no limit");
}

static bool has_replay(const struct kmod_sa *sa)
{
	if (sa->dir == CRYPTOMAP_DIR_OUT)
		return sa->owner != 0;	/* manual keys have none at the peer */
	return !(sa->flags & CRYPTOMAP_SA_F_NO_REPLAY);
}

static void put_mode(struct json_object *rec, const struct kmod_sa *sa)
{
	bool transport = sa->mode == CRYPTOMAP_MODE_TRANSPORT;
	bool udp = KMOD_HAS(sa, sa, encap_dport);
	bool esn = sa->flags & CRYPTOMAP_SA_F_ESN;

	rec_fmt(rec, "settings", "%s%s%s", transport ? "Transport" : "Tunnel",
		udp ? " UDP-Encaps" : "", esn ? ", ESN" : "");
	rec_str(rec, "mode", transport ? "transport" : "tunnel");
	rec_bool(rec, "esn", esn);
	if (!udp)
		return;
	rec_num(rec, "encap_sport", sa->encap_sport);
	rec_num(rec, "encap_dport", sa->encap_dport);
	if (KMOD_HAS(sa, sa, oa_src))
		rec_addr(rec, "original_src", &sa->oa_src);
	if (KMOD_HAS(sa, sa, oa_dst))
		rec_addr(rec, "original_dst", &sa->oa_dst);
}

static void put_protocol(struct json_object *item, uint16_t proto)
{
	static const struct { uint8_t proto; const char *name; } known[] = {
		{ IPPROTO_ICMP, "icmp" }, { IPPROTO_ICMPV6, "icmp" },
		{ IPPROTO_TCP, "tcp" }, { IPPROTO_UDP, "udp" },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].proto == proto) {
			rec_str(item, "protocol", known[i].name);
			return;
		}
	rec_fmt(item, "protocol", "%u", proto);
}

/* Ports of clients behind one NAT: three uint16_t each, see SA_PORT_MAP. */
static void put_ports(struct json_object *rec, const struct kmod_sa *sa)
{
	struct json_object *list;
	uint16_t port[3];

	if (!KMOD_HAS(sa, sa, ports))
		return;
	rec_num(rec, "demux_ports", sa->ports);
	list = rec_list(rec, "ports");
	for (size_t i = 0; i + sizeof(port) <= sa->port_map.len; i += sizeof(port)) {
		struct json_object *item = rec_new();

		memcpy(port, (const char *)sa->port_map.data + i, sizeof(port));
		put_protocol(item, port[0]);
		rec_num(item, "port", port[1]);
		rec_num(item, "here", port[2]);
		rec_append(list, item);
	}
}

/* The highest word first; the last bit of all is the newest packet. */
static void put_bitmap(struct json_object *rec, const struct kmod_bytes *map)
{
	struct json_object *list = rec_list(rec, "bitmap");
	size_t n = map->len / sizeof(uint32_t);
	char text[16];
	uint32_t word;

	while (n--) {
		memcpy(&word, (const char *)map->data + n * sizeof(word),
		       sizeof(word));
		snprintf(text, sizeof(text), "0x%08X", word);
		rec_append(list, json_object_new_string(text));
	}
}

/* The n-th number counts packets 2^n to 2^(n+1)-1 behind the newest. */
static void put_late(struct json_object *rec, const struct kmod_bytes *behind)
{
	struct json_object *list = rec_list(rec, "late");
	size_t n = behind->len / sizeof(uint64_t);
	uint64_t packets;

	for (size_t i = 0; i < n; i++) {
		struct json_object *item;

		memcpy(&packets,
		       (const char *)behind->data + i * sizeof(packets),
		       sizeof(packets));
		if (!packets)
			continue;
		item = rec_new();
		rec_num(item, "from", i ? 1ULL << i : 0);
		if (i + 1 < n)
			rec_num(item, "to", (2ULL << i) - 1);
		rec_num(item, "packets", packets);
		rec_append(list, item);
	}
}

static void put_replay(struct json_object *rec, const struct kmod_sa *sa)
{
	bool on = has_replay(sa);

	rec_str(rec, "replay", on ? "Y" : "N");
	if (on && KMOD_HAS(sa, sa, window))
		rec_num(rec, "replay_window", sa->window);
	if (on && KMOD_HAS(sa, sa, bitmap))
		put_bitmap(rec, &sa->bitmap);
	if (KMOD_HAS(sa, sa, behind))
		put_late(rec, &sa->behind);
}

/* Only of an SA that does something against traffic analysis. */
static void put_tfc(struct json_object *rec, const struct kmod_sa *sa)
{
	if (KMOD_HAS(sa, sa, tfc_pad) && sa->tfc_pad == CRYPTOMAP_TFC_MTU)
		rec_str(rec, "tfc_padding", "path mtu");
	else if (KMOD_HAS(sa, sa, tfc_pad))
		rec_fmt(rec, "tfc_padding", "%u bytes", sa->tfc_pad);
	if (KMOD_HAS(sa, sa, dummy_ms))
		rec_num(rec, "dummy_ms", sa->dummy_ms);
}

struct json_object *show_sa_record(const struct kmod_sa *sa, const char *map)
{
	struct json_object *rec = rec_new();
	char transform[64];

	show_transform(sa, transform, sizeof(transform));
	rec_num(rec, "spi", sa->spi);
	rec_str(rec, "transform", transform);
	put_mode(rec, sa);
	put_ports(rec, sa);
	rec_num(rec, "slot", 0);
	rec_num(rec, "conn_id", sa->id);
	rec_num(rec, "flow_id", sa->flow);
	rec_str(rec, "map", map);
	put_lifetime(rec, sa);
	if (sa->proto != IPPROTO_AH)
		rec_num(rec, "iv_bytes", kmod_encr_iv_bytes(sa->encr));
	if (KMOD_HAS(sa, sa, cpi)) {
		rec_str(rec, "compression", "deflate");
		rec_num(rec, "cpi", sa->cpi);
	}
	if (KMOD_HAS(sa, sa, mark_out) || KMOD_HAS(sa, sa, mark_in))
		rec_num(rec, "mark", sa->mark_out | sa->mark_in);
	put_tfc(rec, sa);
	put_replay(rec, sa);
	rec_str(rec, "state", kmod_sa_state_name(sa->state));
	rec_num(rec, "packets", sa->packets);
	rec_num(rec, "bytes", sa->bytes);
	rec_num(rec, "sequence", sa->seq);
	rec_num(rec, "age", sa->age);
	show_losses(rec, &sa->counters);
	if (KMOD_HAS(sa, sa, driver))
		rec_str(rec, "driver", sa->driver);
	return rec;
}

/* --- Text ------------------------------------------------------------------------ */

static const char sa_text[] =
"      spi: 0x{spi:X}({spi})\n"
"        transform: {transform} ,\n"
"        in use settings = {{{settings}, }\n"
"        slot: {slot}, conn id: {conn_id}, flow_id: {flow_id}, crypto map: {map}\n"
"        sa timing: remaining key lifetime (k/sec): ({remaining_kb}/{remaining_sec})\n";

static void render_bitmap(FILE *out, struct json_object *rec, bool whole)
{
	struct json_object *words = rec_get(rec, "bitmap");
	size_t n = rec_len(words), from = 0;

	if (!n)
		return;
	if (!whole && n > WORDS_BRIEF)
		from = n - WORDS_BRIEF;
	fputs("        Anti replay bitmap:", out);
	for (size_t i = from; i < n; i++)
		fprintf(out, "%s%s", (i - from) % WORDS_ROW ? " " :
			"\n         ", json_object_get_string(rec_at(words, i)));
	fputc('\n', out);
}

static void render_late(FILE *out, struct json_object *rec)
{
	struct json_object *late = rec_get(rec, "late");

	if (rec_len(late))
		fputs("        late packets by their distance behind the newest:\n",
		      out);
	for (size_t i = 0; i < rec_len(late); i++)
		rec_expand(out, rec_get(rec_at(late, i), "to") ?
			   "         {from}-{to}: {packets}\n" :
			   "         {from} and more: {packets}\n",
			   rec_at(late, i));
}

static void render_ports(FILE *out, struct json_object *rec)
{
	struct json_object *ports = rec_get(rec, "ports");

	if (rec_get(rec, "demux_ports"))
		rec_expand(out, "        NAT demux: {demux_ports} ports\n", rec);
	for (size_t i = 0; i < rec_len(ports); i++)
		rec_expand(out, "         {protocol} {port} is {here} here\n",
			   rec_at(ports, i));
}

static void render_detail(FILE *out, struct json_object *rec)
{
	struct json_object *losses = rec_get(rec, "losses");

	render_late(out, rec);
	rec_expand(out,
		   "        state: {state}, sequence number: {sequence}, age: {age} seconds\n"
		   "        #pkts: {packets}, bytes: {bytes}\n", rec);
	if (rec_get(rec, "encap_dport"))
		rec_expand(out, "        UDP ports: from {encap_sport} to {encap_dport}\n",
			   rec);
	if (rec_get(rec, "original_src"))
		rec_expand(out, "        original addresses: from {original_src} to {original_dst}\n",
			   rec);
	if (rec_get(rec, "mark"))
		rec_expand(out, "        mark of its packets: {mark}\n", rec);
	if (rec_get(rec, "tfc_padding"))
		rec_expand(out, "        TFC padding: to {tfc_padding}\n", rec);
	if (rec_get(rec, "dummy_ms"))
		rec_expand(out, "        TFC packets: after {dummy_ms} ms without traffic\n", rec);
	render_ports(out, rec);
	for (size_t i = 0; i < rec_len(losses); i++)
		rec_expand(out, "        #pkts lost, {name}: {packets}\n",
			   rec_at(losses, i));
}

void show_sa_render(FILE *out, struct json_object *rec, bool detail)
{
	rec_expand(out, sa_text, rec);
	if (rec_get(rec, "iv_bytes"))
		rec_expand(out, "        IV size: {iv_bytes} bytes\n", rec);
	rec_expand(out, "        replay detection support: {replay}\n", rec);
	if (rec_get(rec, "replay_window"))
		rec_expand(out, "        replay window size: {replay_window}\n",
			   rec);
	render_bitmap(out, rec, detail);
	if (detail)
		render_detail(out, rec);
}
