// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <json-c/json.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "tools/lib/control.h"
#include "tools/lib/netif.h"
#include "tools/lib/writer.h"
#include "tools/show_flow.h"

/* --- The kernel ---------------------------------------------------------------- */

int show_kernel_open(struct kmod **kp)
{
	struct err err = { "" };
	int ret = kmod_open(kp, &err);

	return err_print(stderr, ret, &err);
}

int show_kernel_failed(const struct kmod *k, int ret)
{
	fprintf(stderr, "%% %s\n", kmod_error(k));
	return ret;
}

static void *grow(void *array, size_t n, size_t *cap, size_t size)
{
	size_t want = *cap ? 2 * *cap : 64;
	void *mem;

	if (n < *cap)
		return array;
	mem = realloc(array, want * size);
	if (mem)
		*cap = want;
	return mem;
}

static int take_flow(void *arg, const struct kmod_flow *flow)
{
	struct show_flows *s = arg;
	void *mem = grow(s->flows, s->n_flows, &s->cap_flows, sizeof(*flow));

	if (!mem)
		return -ENOMEM;
	s->flows = mem;
	s->flows[s->n_flows++] = *flow;
	return 0;
}

static int take_sa(void *arg, const struct kmod_sa *sa)
{
	struct show_flows *s = arg;
	void *mem;

	if (sa->state == CRYPTOMAP_SA_LARVAL)
		return 0;
	mem = grow(s->sas, s->n_sas, &s->cap_sas, sizeof(*sa));
	if (!mem)
		return -ENOMEM;
	s->sas = mem;
	s->sas[s->n_sas++] = *sa;
	return 0;
}

static int take_map(void *arg, const struct kmod_map *map,
		    const struct kmod_entry *entry)
{
	struct show_flows *s = arg;
	void *mem;

	(void)entry;
	if (s->n_maps && !strcmp(s->maps[s->n_maps - 1].name, map->name))
		return 0;
	mem = grow(s->maps, s->n_maps, &s->cap_maps, sizeof(*map));
	if (!mem)
		return -ENOMEM;
	s->maps = mem;
	s->maps[s->n_maps++] = *map;
	return 0;
}

static int take_share(void *arg, const struct kmod_binding *binding)
{
	struct show_flows *s = arg;
	void *mem;

	if (!KMOD_HAS(binding, binding, owner))
		return 0;
	mem = grow(s->shares, s->n_shares, &s->cap_shares, sizeof(*binding));
	if (!mem)
		return -ENOMEM;
	s->shares = mem;
	s->shares[s->n_shares++] = *binding;
	return 0;
}

static int by_place(const void *a, const void *b)
{
	const struct kmod_flow *x = a, *y = b;
	int c = strcmp(x->ifname, y->ifname);

	if (!c)
		c = strcmp(x->map, y->map);
	if (!c)
		c = (x->seq > y->seq) - (x->seq < y->seq);
	return c ? c : (x->line > y->line) - (x->line < y->line);
}

static int by_flow(const void *a, const void *b)
{
	const struct kmod_sa *x = a, *y = b;
	int c = (x->flow > y->flow) - (x->flow < y->flow);

	return c ? c : (x->id > y->id) - (x->id < y->id);
}

/* The daemon need not run; then the kernel's own state must do. */
static struct json_object *ask_reasons(const struct exec_ctx *ctx)
{
	struct json_object *data = NULL;

	if (control_request(ctx->socket, CONTROL_IPSEC_REASONS, NULL, &data,
			    NULL))
		return NULL;
	return data;
}

int show_flows_load(struct show_flows *s, const struct exec_ctx *ctx)
{
	int ret;

	memset(s, 0, sizeof(*s));
	ret = show_kernel_open(&s->flow_client);
	if (!ret)
		ret = show_kernel_open(&s->sa_client);
	if (ret)
		return ret;
	ret = kmod_flow_dump(s->flow_client, take_flow, s);
	if (ret)
		return show_kernel_failed(s->flow_client, ret);
	ret = kmod_map_dump(s->sa_client, NULL, take_map, s);
	if (!ret)
		ret = kmod_bind_dump(s->sa_client, take_share, s);
	if (!ret)
		ret = kmod_sa_dump(s->sa_client, NULL, take_sa, s);
	if (ret)
		return show_kernel_failed(s->sa_client, ret);
	if (s->n_flows)
		qsort(s->flows, s->n_flows, sizeof(*s->flows), by_place);
	if (s->n_sas)
		qsort(s->sas, s->n_sas, sizeof(*s->sas), by_flow);
	s->reasons = ask_reasons(ctx);
	return 0;
}

void show_flows_free(struct show_flows *s)
{
	kmod_close(s->flow_client);
	kmod_close(s->sa_client);
	free(s->flows);
	free(s->sas);
	free(s->maps);
	free(s->shares);
	json_object_put(s->reasons);
	memset(s, 0, sizeof(*s));
}

/* --- One flow -------------------------------------------------------------------- */

bool show_flow_is_on(const struct show_flows *s, const struct kmod_flow *flow,
		     const char *ifname)
{
	for (size_t i = 0; i < s->n_shares; i++)
		if (!strcmp(s->shares[i].ifname, ifname))
			return !strcmp(s->shares[i].owner, flow->ifname);
	return !strcmp(flow->ifname, ifname);
}

const struct kmod_sa *show_flow_sas(const struct show_flows *s,
				    const struct kmod_flow *flow, size_t *n)
{
	size_t lo = 0, hi = s->n_sas;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (s->sas[mid].flow < flow->id)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (*n = 0; lo + *n < s->n_sas; (*n)++)
		if (s->sas[lo + *n].flow != flow->id)
			break;
	return s->sas + lo;
}

const struct kmod_sa *show_flow_out(const struct show_flows *s,
				    const struct kmod_flow *flow)
{
	size_t n;
	const struct kmod_sa *sas = show_flow_sas(s, flow, &n);

	if (!KMOD_HAS(flow, flow, sa_out))
		return NULL;
	for (size_t i = 0; i < n; i++)
		if (sas[i].id == flow->sa_out)
			return &sas[i];
	return NULL;
}

struct addr show_flow_peer(const struct show_flows *s,
			   const struct kmod_flow *flow)
{
	const struct kmod_sa *out = show_flow_out(s, flow), *in;
	size_t n;

	if (out)
		return out->dst;
	/* A dynamic peer of which we only receive. */
	in = KMOD_HAS(flow, flow, sels) ? show_flow_sas(s, flow, &n) : NULL;
	if (in && n)
		return in->src;
	return flow->peers.v[0];	/* all zero is unset */
}

struct addr show_flow_local(const struct show_flows *s,
			    const struct kmod_flow *flow)
{
	const struct kmod_sa *out = show_flow_out(s, flow);
	const char *ifname = flow->ifname;
	struct addr addr = { 0 };

	if (out)
		return out->src;
	for (size_t i = 0; i < s->n_maps; i++)
		if (!strcmp(s->maps[i].name, flow->map) &&
		    s->maps[i].local_if[0])
			ifname = s->maps[i].local_if;
	if (netif_address(ifname, flow->peers.v[0].family, &addr))
		addr = (struct addr){ 0 };
	return addr;
}

static const char *daemon_reason(const struct show_flows *s, uint32_t flow)
{
	for (size_t i = 0; i < rec_len(s->reasons); i++) {
		struct json_object *r = rec_at(s->reasons, i);

		if (rec_get_num(r, "flow") == flow)
			return rec_get_str(r, "reason");
	}
	return "";
}

/* Flows are in order: does an earlier line of the same entry stand before? */
static bool is_first_line(const struct show_flows *s,
			  const struct kmod_flow *flow)
{
	const struct kmod_flow *above = flow - 1;

	return flow == s->flows || above->seq != flow->seq ||
	       strcmp(above->map, flow->map) ||
	       strcmp(above->ifname, flow->ifname);
}

void show_flow_reason(const struct show_flows *s, const struct kmod_flow *flow,
		      char *text, size_t size)
{
	const char *told = daemon_reason(s, flow->id);
	const char *silent = s->reasons ? "" : ", ike-daemon is not running";

	text[0] = '\0';
	if (flow->state == CRYPTOMAP_FLOW_UP)
		return;
	if (netif_mtu(flow->ifname) < 0)
		snprintf(text, size, "interface %s does not exist",
			 flow->ifname);
	else if (flow->type == CRYPTOMAP_ENTRY_T_MANUAL &&
		 !is_first_line(s, flow))
		snprintf(text, size,
			 "manual keys serve the first permit line only");
	else if (flow->type == CRYPTOMAP_ENTRY_T_MANUAL)
		snprintf(text, size, "no SA with manual keys is installed");
	else if (KMOD_HAS(flow, flow, sels))
		snprintf(text, size, "the peer has no outbound SA");
	else if (flow->type == CRYPTOMAP_ENTRY_T_DYNAMIC)
		snprintf(text, size, "no dynamic peer brought an SA for it");
	else if (*told)
		snprintf(text, size, "%s", told);
	else if (!flow->peers.n)
		snprintf(text, size, "the entry has no peer");
	else if (flow->state == CRYPTOMAP_FLOW_ACQUIRE)
		snprintf(text, size,
			 "an SA has been asked for, %u packets wait%s",
			 flow->waiting, silent);
	else
		snprintf(text, size, "no packet has asked for an SA%s",
			 silent);
}

/* --- Words ----------------------------------------------------------------------- */

static void put_port(struct json_object *rec, const struct kmod_sel *sel,
		     bool remote)
{
	bool has = remote ? KMOD_HAS(sel, sel, dport_lo)
			  : KMOD_HAS(sel, sel, sport_lo);
	uint16_t lo = remote ? sel->dport_lo : sel->sport_lo;
	uint16_t hi = lo;

	if (remote ? KMOD_HAS(sel, sel, dport_hi) : KMOD_HAS(sel, sel, sport_hi))
		hi = remote ? sel->dport_hi : sel->sport_hi;
	if (!has || (lo == 0 && hi == UINT16_MAX))
		rec_str(rec, "port", "0");
	else if (lo == hi)
		rec_fmt(rec, "port", "%u", lo);
	else
		rec_fmt(rec, "port", "%u-%u", lo, hi);
}

void show_losses(struct json_object *rec, const struct kmod_counters *counters)
{
	struct json_object *list = rec_list(rec, "losses");

	for (unsigned int i = 0; i < counters->n; i++) {
		struct json_object *loss = rec_new();

		rec_str(loss, "name", counters->v[i].name);
		rec_num(loss, "packets", counters->v[i].packets);
		rec_append(list, loss);
	}
}

struct json_object *show_ident(const struct kmod_sel *sel, bool remote)
{
	struct json_object *rec = rec_new();
	struct addr addr, mask;
	int family = kmod_sel_family(sel, AF_INET);

	if (remote)
		kmod_sel_dst(sel, family, &addr, &mask);
	else
		kmod_sel_src(sel, family, &addr, &mask);
	rec_addr(rec, "addr", &addr);
	if (addr.family == AF_INET6 && addr_mask_len(&mask) >= 0)
		rec_fmt(rec, "mask", "%d", addr_mask_len(&mask));
	else
		rec_addr(rec, "mask", &mask);
	rec_num(rec, "prot", KMOD_HAS(sel, sel, proto) ? sel->proto : 0);
	put_port(rec, sel, remote);
	return rec;
}

/* The words of the hashes are those of ESP. */
static void show_ah_transform(const struct kmod_sa *sa, char *text, size_t size)
{
	const char *hash = kmod_auth_word(sa->auth);

	if (!strncmp(hash, "esp-", 4))
		snprintf(text, size, "ah-%s", hash + 4);
	else
		snprintf(text, size, "%s", hash);
}

/* AES, not CBC: the key's length is shown as it is configured. */
static bool shows_bits(uint16_t encr)
{
	return encr > CRYPTOMAP_ENCR_AES_CBC &&
	       encr <= CRYPTOMAP_ENCR_NULL_AES_GMAC;
}

void show_transform(const struct kmod_sa *sa, char *text, size_t size)
{
	const char *word = kmod_encr_word(sa->encr);
	const char *hash = kmod_auth_word(sa->auth);
	const char *blank = *hash ? " " : "";
	unsigned int bits = sa->encr_bits;

	if (sa->proto == IPPROTO_AH)
		show_ah_transform(sa, text, size);
	else if (sa->encr == CRYPTOMAP_ENCR_AES_CBC && bits > 128)
		snprintf(text, size, "esp-%u-aes%s%s", bits, blank, hash);
	else if (shows_bits(sa->encr) && bits)
		snprintf(text, size, "%s %u%s%s", word, bits, blank, hash);
	else
		snprintf(text, size, "%s%s%s", word, blank, hash);
}

/* "esp-sha-hmac" without what all of them have. */
static void cut_word(const char *word, char *text, size_t size)
{
	const char *end = strstr(word, "-hmac");

	if (!strncmp(word, "esp-", 4))
		word += 4;
	snprintf(text, size, "%.*s", end ? (int)(end - word) : 32, word);
}

void show_algorithms(const struct kmod_sa *sa, char *encryption, char *hash,
		     size_t size)
{
	bool ah = sa->proto == IPPROTO_AH;
	size_t n;

	cut_word(ah ? "none" : kmod_encr_word(sa->encr), encryption, size);
	n = strlen(encryption);
	if (!ah && sa->encr_bits &&
	    (sa->encr == CRYPTOMAP_ENCR_AES_CBC || shows_bits(sa->encr)))
		snprintf(encryption + n, size - n, "-%u", sa->encr_bits);
	cut_word(kmod_auth_word(sa->auth), hash, size);
}
