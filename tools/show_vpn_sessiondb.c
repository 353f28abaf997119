// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `show vpn-sessiondb`: sessions of clients, as ASA shows them: the daemon says whose
 * they are, the kernel what went through their SAs.  And `vpn-sessiondb logoff`.
 */
#include <json-c/json.h>
#include <net/if.h>
#include <string.h>
#include <time.h>

#include "tools/lib/control.h"
#include "tools/lib/writer.h"
#include "tools/show_flow.h"

/* --- records ------------------------------------------------------------------ */

struct sums {
	uint64_t bytes[2], packets[2], drops[2];	/* out, in */
	uint64_t idle;			/* seconds; UINT64_MAX: nothing has come or gone */
};

static const struct kmod_sa *find_in(const struct show_flows *s, uint32_t spi)
{
	size_t i = 0;

	while (i < s->n_sas && (s->sas[i].dir != CRYPTOMAP_DIR_IN ||
				s->sas[i].spi != spi))
		i++;
	return i < s->n_sas ? &s->sas[i] : NULL;
}

/* Peers choose the SPIs that we send with: two of them may have the same. */
static const struct kmod_sa *find_out(const struct show_flows *s, uint32_t spi,
				      const struct kmod_sa *in)
{
	size_t i = 0;

	while (i < s->n_sas && (s->sas[i].dir != CRYPTOMAP_DIR_OUT ||
				s->sas[i].spi != spi || !in ||
				s->sas[i].flow != in->flow ||
				!addr_equal(&s->sas[i].dst, &in->src)))
		i++;
	return i < s->n_sas ? &s->sas[i] : NULL;
}

static void add_sa(struct sums *sums, const struct kmod_sa *sa, bool in)
{
	unsigned int i;

	if (!sa)
		return;
	sums->bytes[in] += sa->bytes;
	sums->packets[in] += sa->packets;
	for (i = 0; i < sa->counters.n; i++)
		sums->drops[in] += sa->counters.v[i].packets;
	if (KMOD_HAS(sa, sa, idle) && sa->idle < sums->idle)
		sums->idle = sa->idle;
}

static void put_sums(struct json_object *rec, const struct sums *sums)
{
	rec_num(rec, "bytes_tx", sums->bytes[0]);
	rec_num(rec, "bytes_rx", sums->bytes[1]);
	rec_num(rec, "packets_tx", sums->packets[0]);
	rec_num(rec, "packets_rx", sums->packets[1]);
	rec_num(rec, "drops_tx", sums->drops[0]);
	rec_num(rec, "drops_rx", sums->drops[1]);
}

/* What the outbound SA says of the pair: transform, selectors, mode. */
static void put_algorithms(struct json_object *pair, const struct kmod_sa *sa)
{
	char text[128] = "", encryption[40] = "", hash[40] = "";

	if (sa)
		show_transform(sa, text, sizeof(text));
	if (sa)
		show_algorithms(sa, encryption, hash, sizeof(hash));
	if (sa && sa->sels.n) {
		rec_put(pair, "local", show_ident(&sa->sels.v[0], false));
		rec_put(pair, "remote", show_ident(&sa->sels.v[0], true));
	}
	rec_str(pair, "transform", text);
	rec_str(pair, "encryption", encryption);
	rec_str(pair, "hash", hash);
	rec_str(pair, "encapsulation", sa && sa->mode == CRYPTOMAP_MODE_TRANSPORT ?
				       "Transport" : "Tunnel");
}

/* Either direction counts for itself. */
static uint64_t kilobytes_left(struct json_object *pair, const struct sums *own)
{
	uint64_t most = own->bytes[0] > own->bytes[1] ? own->bytes[0] : own->bytes[1];
	uint64_t limit = rec_get_num(pair, "kilobytes");

	return most / 1024 < limit ? limit - most / 1024 : 0;
}

/* Of what may pass without traffic. */
static uint64_t idle_left(struct json_object *rec, uint64_t idle)
{
	uint64_t limit = rec_get_num(rec, "idle_limit");

	return idle < limit ? limit - idle : 0;
}

static void complete_pair(const struct show_flows *s, struct json_object *pair,
			  struct sums *all)
{
	const struct kmod_sa *in = find_in(s, rec_get_num(pair, "spi_in"));
	const struct kmod_sa *out = find_out(s, rec_get_num(pair, "spi_out"), in);
	struct sums own = { .idle = UINT64_MAX };

	add_sa(&own, out, false);
	add_sa(&own, in, true);
	add_sa(all, out, false);
	add_sa(all, in, true);
	put_algorithms(pair, out);
	rec_num(pair, "kilobytes_left", kilobytes_left(pair, &own));
	put_sums(pair, &own);
}

/* What the interface of PPP has counted. */
static void complete_l2tp(struct json_object *l2tp)
{
	unsigned long long rx[2] = { 0 }, tx[2] = { 0 };
	char line[512], name[IF_NAMESIZE + 1];
	FILE *f = l2tp ? fopen("/proc/net/dev", "r") : NULL;

	if (!l2tp)
		return;
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, " %16[^:]: %llu %llu %*u %*u %*u %*u %*u %*u %llu %llu",
			   name, &rx[0], &rx[1], &tx[0], &tx[1]) == 5 &&
		    !strcmp(name, rec_get_str(l2tp, "interface")))
			break;
		else
			rx[0] = rx[1] = tx[0] = tx[1] = 0;
	if (f)
		fclose(f);
	rec_num(l2tp, "bytes_tx", tx[0]);
	rec_num(l2tp, "bytes_rx", rx[0]);
	rec_num(l2tp, "packets_tx", tx[1]);
	rec_num(l2tp, "packets_rx", rx[1]);
}

/* What a pair has in place of the ISAKMP SA's @key. */
static const char *of_pair(struct json_object *pair, const char *key)
{
	return rec_get_str(pair, !strcmp(key, "cipher") ? "encryption" : key);
}

/* How many of the pairs have the same, if the @nth is the first of them; else 0. */
static unsigned int count_same(struct json_object *pairs, size_t nth,
			       const char *key)
{
	const char *word = of_pair(rec_at(pairs, nth), key);
	unsigned int n = 0;
	size_t i;

	for (i = 0; i < rec_len(pairs); i++) {
		bool same = !strcmp(of_pair(rec_at(pairs, i), key), word);

		if (same && i < nth)
			return 0;
		n += same;
	}
	return n;
}

/* "IKEv1: (1)3des  IPsec: (2)aes-256  L2TPOverIPsec: (1)none" */
static void put_list(struct json_object *rec, const char *name, const char *key)
{
	struct json_object *pairs = rec_get(rec, "pairs");
	char text[256] = "";
	size_t i, at = 0;

	if (rec_get(rec, "ike"))
		at = snprintf(text, sizeof(text), "IKEv1: (1)%.32s  ",
			      rec_get_str(rec_get(rec, "ike"), key));
	if (rec_len(pairs))
		at += snprintf(text + at, sizeof(text) - at, "IPsec: ");
	for (i = 0; i < rec_len(pairs) && at < 160; i++)
		if (count_same(pairs, i, key))
			at += snprintf(text + at, sizeof(text) - at,
				       "(%u)%.32s  ", count_same(pairs, i, key),
				       of_pair(rec_at(pairs, i), key));
	if (rec_get(rec, "l2tp"))
		at += snprintf(text + at, sizeof(text) - at,
			       "L2TPOverIPsec: (1)none");
	while (at && text[at - 1] == ' ')
		text[--at] = '\0';
	rec_str(rec, name, text);
}

static void complete(const struct show_flows *s, struct json_object *rec)
{
	struct json_object *pairs = rec_get(rec, "pairs");
	/* With what those before them have carried. */
	struct sums all = {
		.bytes = { rec_get_num(rec, "bytes_tx"),
			   rec_get_num(rec, "bytes_rx") },
		.packets = { rec_get_num(rec, "packets_tx"),
			     rec_get_num(rec, "packets_rx") },
		.idle = UINT64_MAX,
	};
	size_t i;

	for (i = 0; i < rec_len(pairs); i++)
		complete_pair(s, rec_at(pairs, i), &all);
	put_sums(rec, &all);
	complete_l2tp(rec_get(rec, "l2tp"));
	if (all.idle == UINT64_MAX)
		all.idle = rec_get_num(rec, "duration");
	rec_num(rec, "inactivity", all.idle);
	rec_num(rec, "idle_left", idle_left(rec, all.idle));
	put_list(rec, "encryption", "cipher");
	put_list(rec, "hashing", "hash");
}

/* --- text ----------------------------------------------------------------------- */

static void put_time(FILE *out, uint64_t seconds)
{
	fprintf(out, "%lluh:%02llum:%02llus",
		(unsigned long long)seconds / 3600,
		(unsigned long long)seconds / 60 % 60,
		(unsigned long long)seconds % 60);
}

static void put_clock(FILE *out, const char *name, uint64_t when)
{
	time_t t = (time_t)when;
	char text[64] = "";
	struct tm tm;

	if (gmtime_r(&t, &tm))
		strftime(text, sizeof(text), "%H:%M:%S UTC %a %b %e %Y", &tm);
	fprintf(out, "%-13s: %s\n", name, text);
}

static void put_traffic(FILE *out, struct json_object *rec)
{
	rec_expand(out, "  Bytes Tx     : {bytes_tx:20} Bytes Rx     : {bytes_rx}\n"
		   "  Pkts Tx      : {packets_tx:20} Pkts Rx      : {packets_rx}\n",
		   rec);
}

static void put_two(FILE *out, const char *name, uint64_t value,
		    const char *second, uint64_t left, const char *unit)
{
	char text[64];

	snprintf(text, sizeof(text), "%llu %s", (unsigned long long)value, unit);
	fprintf(out, "  %-13s: %-20s %-13s: %llu %s\n", name, text, second,
		(unsigned long long)left, unit);
}

static void put_idle(FILE *out, struct json_object *rec)
{
	if (rec_get_num(rec, "idle_limit"))
		put_two(out, "Idle Time Out", rec_get_num(rec, "idle_limit") / 60,
			"Idle TO Left", rec_get_num(rec, "idle_left") / 60,
			"Minutes");
}

static void put_rekey(FILE *out, struct json_object *rec)
{
	put_two(out, "Rekey Int (T)", rec_get_num(rec, "lifetime"),
		"Rekey Left(T)", rec_get_num(rec, "remaining"), "Seconds");
}

/* What it has said of itself. */
static void render_client(FILE *out, struct json_object *rec)
{
	static const struct { const char *key, *format; } words[] = {
		{ "client_os", "  Client OS    : {client_os}\n" },
		{ "client_version", "  Client OS Ver: {client_version}\n" },
		{ "client_host", "  Client Host  : {client_host}\n" },
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (rec_get_str(rec, words[i].key)[0])
			rec_expand(out, words[i].format, rec);
}

static void render_ike(FILE *out, struct json_object *rec)
{
	fputs("\nIKEv1:\n", out);
	rec_expand(out, "  Tunnel ID    : {index}.1\n", rec);
	rec_expand(out, "  UDP Src Port : {remote_port:20} UDP Dst Port : {local_port}\n"
		   "  IKE Neg Mode : {mode:20} Auth Mode    : {auth}\n"
		   "  Encryption   : {cipher:20} Hashing      : {hash}\n",
		   rec_get(rec, "ike"));
	put_rekey(out, rec_get(rec, "ike"));
	rec_expand(out, "  D/H Group    : {group}\n", rec_get(rec, "ike"));
	render_client(out, rec);
}

static void render_pair(FILE *out, struct json_object *rec, size_t nth)
{
	struct json_object *pair = rec_at(rec_get(rec, "pairs"), nth);

	fputs("\nIPsec:\n", out);
	rec_expand(out, "  Tunnel ID    : {index}.", rec);
	fprintf(out, "%zu\n", nth + 2);
	if (rec_get(pair, "local"))
		rec_expand(out, "  Local Addr   : {local.addr}/{local.mask}/{local.prot}/{local.port}\n"
			   "  Remote Addr  : {remote.addr}/{remote.mask}/{remote.prot}/{remote.port}\n",
			   pair);
	rec_expand(out, "  Encryption   : {encryption:20} Hashing      : {hash}\n"
		   "  Transform    : {transform}\n"
		   "  Encapsulation: {encapsulation}\n", pair);
	put_rekey(out, pair);
	if (rec_get_num(pair, "kilobytes"))
		put_two(out, "Rekey Int (D)", rec_get_num(pair, "kilobytes"),
			"Rekey Left(D)", rec_get_num(pair, "kilobytes_left"),
			"K-Bytes");
	put_idle(out, rec);
	put_traffic(out, pair);
}

static void render_l2tp(FILE *out, struct json_object *rec, size_t nth)
{
	struct json_object *l2tp = rec_get(rec, "l2tp");

	fputs("\nL2TPOverIPsec:\n", out);
	rec_expand(out, "  Tunnel ID    : {index}.", rec);
	fprintf(out, "%zu\n", nth);
	rec_expand(out, "  Username     : {user}\n"
		   "  Assigned IP  : {assigned:20} Public IP    : {public}\n", rec);
	rec_expand(out, "  Local IP     : {own:20} UDP Src Port : {port}\n"
		   "  Encryption   : none                 Hashing      : none\n"
		   "  Interface    : {interface:20} Auth Mode    : {auth}\n",
		   l2tp);
	put_idle(out, rec);
	render_client(out, rec);
	put_traffic(out, l2tp);
}

static void put_limit(FILE *out, const char *name, uint64_t seconds)
{
	if (!seconds)
		return;
	fprintf(out, "%-13s: ", name);
	put_time(out, seconds);
	fputc('\n', out);
}

static void put_whose(FILE *out, struct json_object *rec)
{
	rec_expand(out, "\nUsername     : {user:22} Index        : {index}\n"
		   "Assigned IP  : {assigned:22} Public IP    : {public}\n"
		   "Protocol     : {protocol}\n", rec);
}

static void put_total(FILE *out, struct json_object *rec)
{
	rec_expand(out, "Bytes Tx     : {bytes_tx:22} Bytes Rx     : {bytes_rx}\n"
		   "Pkts Tx      : {packets_tx:22} Pkts Rx      : {packets_rx}\n",
		   rec);
}

static void render(FILE *out, struct json_object *rec)
{
	put_whose(out, rec);
	rec_expand(out, "License      : Other VPN\n"
		   "Encryption   : {encryption}\n"
		   "Hashing      : {hashing}\n", rec);
	put_total(out, rec);
	rec_expand(out, "Pkts Tx Drop : {drops_tx:22} Pkts Rx Drop : {drops_rx}\n"
		   "Group Policy : {policy:22} Tunnel Group : {group}\n", rec);
	put_clock(out, "Login Time", rec_get_num(rec, "login"));
	fputs("Duration     : ", out);
	put_time(out, rec_get_num(rec, "duration"));
	fputs("\nInactivity   : ", out);
	put_time(out, rec_get_num(rec, "inactivity"));
	fputc('\n', out);
	put_limit(out, "Idle Time Out", rec_get_num(rec, "idle_limit"));
	put_limit(out, "Idle TO Left", rec_get_num(rec, "idle_left"));
	put_limit(out, "Session Left", rec_get_num(rec, "session_left"));
	rec_expand(out, "VLAN Mapping : N/A                    VLAN         : none\n"
		   "Audt Sess ID : {audit}\n"
		   "Security Grp : none\n", rec);
}

static void render_ended(FILE *out, struct json_object *rec)
{
	put_whose(out, rec);
	put_total(out, rec);
	rec_expand(out, "Group Policy : {policy:22} Tunnel Group : {group}\n", rec);
	put_clock(out, "Login Time", rec_get_num(rec, "login"));
	put_clock(out, "Logout Time", rec_get_num(rec, "ended"));
	put_limit(out, "Duration", rec_get_num(rec, "duration"));
	rec_expand(out, "Reason       : {reason}\n", rec);
}

static void render_detail(FILE *out, struct json_object *rec)
{
	size_t n = rec_len(rec_get(rec, "pairs")), i;

	render(out, rec);
	fprintf(out, "\nIKEv1 Tunnels: %d\nIPsec Tunnels: %zu\n",
		!!rec_get(rec, "ike"), n);
	if (rec_get(rec, "l2tp"))
		fputs("L2TPOverIPsec Tunnels: 1\n", out);
	if (rec_get(rec, "ike"))
		render_ike(out, rec);
	for (i = 0; i < n; i++)
		render_pair(out, rec, i);
	if (rec_get(rec, "l2tp"))
		render_l2tp(out, rec, n + 2);
}

/* --- commands ------------------------------------------------------------------- */

static bool is_wanted(struct json_object *rec, const struct cli_args *args)
{
	const char *user = cli_text(args, "user");
	uint32_t index = cli_number(args, "index", 0);

	bool l2tp = !strcmp(rec_get_str(rec, "protocol"), "L2TPOverIPsec");

	if ((cli_has(args, "l2tp") && !l2tp) ||
	    (cli_has(args, "ra-ikev1-ipsec") && l2tp))
		return false;
	return (!user || !strcmp(user, rec_get_str(rec, "user"))) &&
	       (!index || index == rec_get_num(rec, "index"));
}

static void write_sessions(struct writer *w, const struct show_flows *s,
			   struct json_object *data,
			   const struct cli_args *args)
{
	bool ended = cli_has(args, "ended");
	size_t i;

	for (i = 0; i < rec_len(data); i++) {
		struct json_object *rec = rec_at(data, i);

		if (!is_wanted(rec, args))
			continue;
		if (!ended)
			complete(s, rec);
		if (!writer_count(w))
			writer_text(w, "Session Type: %s%s%s\n",
				    cli_has(args, "l2tp") ? "L2TPOverIPsec" :
							    "IKEv1 IPsec",
				    cli_has(args, "detail") ? " Detailed" : "",
				    ended ? ", ended" : "");
		writer_record(w, json_object_get(rec), ended ? render_ended :
			      cli_has(args, "detail") ? render_detail : render);
	}
	if (!writer_count(w))
		writer_text(w, "There are no such sessions\n");
}

int show_vpn_sessiondb(struct exec_ctx *ctx, const struct cli_args *args)
{
	struct json_object *data = NULL;
	struct show_flows s = { 0 };
	struct err err = { "" };
	bool ended = cli_has(args, "ended");
	struct writer w;
	int ret;

	ret = control_request(ctx->socket, ended ? CONTROL_SESSIONS_ENDED :
			      CONTROL_SESSIONS, NULL, &data, &err);
	if (ret)
		return err_print(stderr, ret, &err);
	ret = ended ? 0 : show_flows_load(&s, ctx);
	if (!ret) {
		writer_open(&w, ctx->out, ctx->json, "sessions");
		write_sessions(&w, &s, data, args);
		ret = writer_close(&w);
	}
	show_flows_free(&s);
	json_object_put(data);
	return ret;
}

int vpn_sessiondb_logoff(struct exec_ctx *ctx, const struct cli_args *args)
{
	struct json_object *rq = rec_new(), *data = NULL;
	struct err err = { "" };
	int ret;

	if (cli_get(args, "user"))
		rec_str(rq, "user", cli_text(args, "user"));
	if (cli_get(args, "index"))
		rec_num(rq, "index", cli_number(args, "index", 0));
	ret = control_request(ctx->socket, CONTROL_SESSIONS_END, rq, &data,
			      &err);
	if (ret)
		return err_print(stderr, ret, &err);
	fprintf(ctx->out, "INFO: Number of sessions logged off : %llu\n",
		(unsigned long long)rec_get_num(data, "ended"));
	json_object_put(data);
	return 0;
}
