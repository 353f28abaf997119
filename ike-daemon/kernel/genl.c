// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "ike-daemon/kernel/genl.h"
#include "tools/cli/model.h"
#include "tools/lib/apply.h"
#include "tools/lib/kmod.h"
#include "tools/lib/log.h"

/* Events handed over in one turn, so that datagrams are not starved. */
#define EVENTS_MAX	64

struct genl {
	struct kernel kernel;		/* first: the ops get a pointer to it */
	struct kmod *client;
	struct kmod_events *events;
	struct cm_config *applied;	/* what manual keys were made from */
};

static struct genl *genl_of(struct kernel *k)
{
	return (struct genl *)k;
}

/* --- from the module's objects --------------------------------------------- */

/* A range, unless the mask has holes. */
static bool mask_range(const struct addr *addr, const struct addr *mask,
		       struct range *r)
{
	struct prefix p;

	if (prefix_from_mask(&p, addr, mask))
		return false;
	range_from_prefix(r, &p);
	return true;
}

/* One port or any; a range cannot be negotiated. */
static bool one_port(bool has, uint16_t lo, uint16_t hi, uint16_t *port)
{
	*port = 0;
	if (!has || (lo == 0 && hi == UINT16_MAX))
		return true;
	*port = lo;
	return lo == hi;
}

static bool sel_from(const struct kmod_sel *in, struct kernel_sel *out)
{
	int family = kmod_sel_family(in, AF_INET);
	struct addr addr, mask;
	bool ok;

	kmod_sel_src(in, family, &addr, &mask);
	ok = mask_range(&addr, &mask, &out->src);
	kmod_sel_dst(in, family, &addr, &mask);
	ok = mask_range(&addr, &mask, &out->dst) && ok;
	out->proto = in->proto;
	ok = one_port(KMOD_HAS(in, sel, sport_lo), in->sport_lo,
		      KMOD_HAS(in, sel, sport_hi) ? in->sport_hi : in->sport_lo,
		      &out->sport) && ok;
	ok = one_port(KMOD_HAS(in, sel, dport_lo), in->dport_lo,
		      KMOD_HAS(in, sel, dport_hi) ? in->dport_hi : in->dport_lo,
		      &out->dport) && ok;
	return ok && !KMOD_HAS(in, sel, icmp_type);
}

static void flow_from(const struct kmod_flow *in, struct kernel_flow *out)
{
	memset(out, 0, sizeof(*out));
	out->id = in->id;
	memcpy(out->ifname, in->ifname, sizeof(out->ifname));
	memcpy(out->map, in->map, sizeof(out->map));
	out->seq = in->seq;
	out->line = in->line;
	out->part_of = in->part_of;
	out->type = in->type;
	out->state = in->state;
	out->negotiable = sel_from(&in->sel, &out->sel);
	out->encaps = in->encaps;
	out->decaps = in->decaps;
}

static void sa_from(const struct kmod_sa *in, struct kernel_sa *out)
{
	*out = (struct kernel_sa){
		.id = in->id,
		.dir = in->dir,
		.proto = in->proto,
		.state = in->state,
		.spi = in->spi,
		.src = in->src,
		.dst = in->dst,
		.encap = { in->encap_sport, in->encap_dport },
		.flow = in->flow,
		.flags = in->flags,
		.owner = in->owner,
		.cookie = in->cookie,
		.mode = in->mode,
		.encr = in->encr,
		.encr_bits = in->encr_bits,
		.auth = in->auth,
		.window = in->window,
		.cpi = in->ipcomp ? in->cpi : 0,
		.tfc = { in->tfc_pad, in->dummy_ms },
		.idle_secs = in->idle_secs,
		.soft_secs = in->soft_secs,
		.hard_secs = in->hard_secs,
		.soft_kb = in->soft_kb,
		.hard_kb = in->hard_kb,
		.bytes = in->bytes,
		.packets = in->packets,
		.age = in->age,
		.idle = in->idle,
		.used = KMOD_HAS(in, sa, idle),
		.ports = in->port_map.data,
		.ports_len = in->port_map.len,
	};
}

/* --- configuration --------------------------------------------------------- */

static int genl_apply(struct kernel *k, const struct cm_config *cfg,
		      kernel_report_fn *report, void *arg, struct err *err)
{
	struct genl *g = genl_of(k);
	struct apply a = {
		.ops = &apply_kmod_ops,
		.ctx = g->client,
		.report = report,
		.report_arg = arg,
	};
	struct cm_config *copy = cm_config_copy(cfg);
	int r;

	if (!copy)
		return err_set(err, -ENOMEM, "out of memory");
	r = apply_config(&a, g->applied, cfg, err);
	if (r) {
		cm_config_free(copy);
		return r;
	}
	cm_config_free(g->applied);
	g->applied = copy;
	return 0;
}

static int genl_shutdown(struct kernel *k, struct err *err)
{
	struct genl *g = genl_of(k);
	static const int families[] = { AF_INET, AF_INET6 };
	struct apply a = { .ops = &apply_kmod_ops, .ctx = g->client };
	int r = apply_nothing(&a, err);

	for (size_t i = 0; i < 2; i++) {
		kmod_sock_del(g->client, families[i], CRYPTOMAP_SOCK_IKE);
		kmod_sock_del(g->client, families[i], CRYPTOMAP_SOCK_NATT);
	}
	return r;
}

/* --- flows ----------------------------------------------------------------- */

struct flow_walk {
	kernel_flow_fn *fn;
	void *arg;
};

static int flow_step(void *arg, const struct kmod_flow *in)
{
	struct flow_walk *w = arg;
	struct kernel_flow flow;

	flow_from(in, &flow);
	return w->fn(w->arg, &flow);
}

static int genl_flow_list(struct kernel *k, kernel_flow_fn *fn, void *arg)
{
	struct flow_walk w = { .fn = fn, .arg = arg };

	return kmod_flow_dump(genl_of(k)->client, flow_step, &w);
}

struct flow_array {
	struct kernel_flow *v;
	size_t n;
	size_t cap;
};

static int flow_collect(void *arg, const struct kmod_flow *in)
{
	struct flow_array *a = arg;
	struct kernel_flow *v;

	if (a->n == a->cap) {
		a->cap = a->cap ? 2 * a->cap : 16;
		v = realloc(a->v, a->cap * sizeof(*v));
		if (!v)
			return -ENOMEM;
		a->v = v;
	}
	flow_from(in, &a->v[a->n++]);
	return 0;
}

static int genl_acquire_list(struct kernel *k, kernel_flow_fn *fn, void *arg)
{
	struct flow_array a = { 0 };
	size_t i;
	int err;

	err = kmod_acquire_dump(genl_of(k)->client, flow_collect, &a);
	for (i = 0; !err && i < a.n; i++)
		err = fn(arg, &a.v[i]);
	free(a.v);
	return err;
}

static int genl_acquire_fail(struct kernel *k, uint32_t flow)
{
	return kmod_acquire_fail(genl_of(k)->client, flow);
}

static int genl_initiate(struct kernel *k, uint32_t flow)
{
	return kmod_flow_initiate(genl_of(k)->client, flow);
}

/* --- SAs ------------------------------------------------------------------- */

static void sa_key(struct kmod_sa *sa, const struct kernel_sa_id *id)
{
	memset(sa, 0, sizeof(*sa));
	KMOD_SET(sa, sa, dir, id->dir);
	KMOD_SET(sa, sa, proto, id->proto);
	KMOD_SET(sa, sa, spi, id->spi);
	KMOD_SET(sa, sa, dst, id->dst);
}

static int genl_spi_alloc(struct kernel *k, uint8_t proto,
			  const struct addr *src, const struct addr *dst,
			  uint64_t cookie, uint32_t *spi)
{
	struct kmod_sa sa = { 0 };

	KMOD_SET(&sa, sa, proto, proto);
	if (*spi) {
		KMOD_SET(&sa, sa, spi_min, *spi);
		KMOD_SET(&sa, sa, spi_max, *spi);
	}
	KMOD_SET(&sa, sa, src, *src);
	KMOD_SET(&sa, sa, dst, *dst);
	KMOD_SET(&sa, sa, owner, KERNEL_OWNER);
	KMOD_SET(&sa, sa, cookie, cookie);
	return kmod_spi_alloc(genl_of(k)->client, &sa, spi);
}

static void set_lifetimes(struct kmod_sa *sa, const struct kernel_sa *in)
{
	if (in->hard_secs) {
		KMOD_SET(sa, sa, soft_secs, in->soft_secs);
		KMOD_SET(sa, sa, hard_secs, in->hard_secs);
	}
	if (in->hard_kb) {
		KMOD_SET(sa, sa, soft_kb, in->soft_kb);
		KMOD_SET(sa, sa, hard_kb, in->hard_kb);
	}
}

/* Both or none; @encap is all 0 for plain ESP. */
static void set_encap(struct kmod_sa *sa, const struct kernel_encap *encap)
{
	if (!encap->sport)
		return;
	KMOD_SET(sa, sa, encap_sport, encap->sport);
	KMOD_SET(sa, sa, encap_dport, encap->dport);
}

static int range_to_mask(const struct range *r, struct addr *addr,
			 struct addr *mask)
{
	struct prefix p;
	int err = range_to_prefix(r, &p);

	if (err)
		return err;
	*addr = p.addr;
	return addr_mask_from_len(mask, p.addr.family, p.len);
}

static int sel_to(const struct kernel_sel *in, struct kmod_sel *out)
{
	struct addr src, smask, dst, dmask;

	if (range_to_mask(&in->src, &src, &smask) ||
	    range_to_mask(&in->dst, &dst, &dmask))
		return -ERANGE;
	KMOD_SET(out, sel, src, src);
	KMOD_SET(out, sel, src_mask, smask);
	KMOD_SET(out, sel, dst, dst);
	KMOD_SET(out, sel, dst_mask, dmask);
	if (in->proto)
		KMOD_SET(out, sel, proto, in->proto);
	if (in->sport)
		KMOD_SET(out, sel, sport_lo, in->sport);
	if (in->dport)
		KMOD_SET(out, sel, dport_lo, in->dport);
	return 0;
}

static int set_flow(struct kmod_sa *sa, const struct kernel_sa *in,
		    struct err *err)
{
	struct kmod_sels sels = { .n = 1 };

	if (!in->place) {
		KMOD_SET(sa, sa, flow, in->flow);
		return 0;
	}
	if (sel_to(in->sel, &sels.v[0]))
		return err_set(err, -ERANGE, "an address range is no network");
	KMOD_SET_NAME(sa, sa, ifname, in->place->ifname);
	KMOD_SET(sa, sa, entry, in->place->seq);
	KMOD_SET(sa, sa, sels, sels);
	return 0;
}

static int genl_sa_install(struct kernel *k, const struct kernel_sa *in,
			   struct err *err)
{
	struct kmod *client = genl_of(k)->client;
	uint32_t flags = in->flags;
	struct kmod_sa sa;
	int r;

	sa_key(&sa, &(struct kernel_sa_id){ in->dir, in->proto, in->spi,
					    in->dst });
	KMOD_SET(&sa, sa, src, in->src);
	set_encap(&sa, &in->encap);
	r = set_flow(&sa, in, err);
	if (r)
		return r;
	KMOD_SET(&sa, sa, owner, in->owner);
	KMOD_SET(&sa, sa, cookie, in->cookie);
	KMOD_SET(&sa, sa, mode, in->mode);
	if (addr_is_set(&in->oa_src))
		KMOD_SET(&sa, sa, oa_src, in->oa_src);
	if (addr_is_set(&in->oa_dst))
		KMOD_SET(&sa, sa, oa_dst, in->oa_dst);
	if (in->encr)
		KMOD_SET(&sa, sa, encr, in->encr);
	if (in->encr_key_len)
		KMOD_SET(&sa, sa, encr_key,
			 ((struct kmod_bytes){ in->encr_key, in->encr_key_len }));
	KMOD_SET(&sa, sa, auth, in->auth);
	if (in->auth_key_len)
		KMOD_SET(&sa, sa, auth_key,
			 ((struct kmod_bytes){ in->auth_key, in->auth_key_len }));
	if (in->dir == CRYPTOMAP_DIR_IN && in->window)
		KMOD_SET(&sa, sa, window, in->window);
	else if (in->dir == CRYPTOMAP_DIR_IN)
		flags |= CRYPTOMAP_SA_F_NO_REPLAY;
	if (in->dir == CRYPTOMAP_DIR_OUT && in->proto == IPPROTO_ESP) {
		KMOD_SET(&sa, sa, tfc_pad, in->tfc.pad);
		KMOD_SET(&sa, sa, dummy_ms, in->tfc.dummy_ms);
	}
	if (in->cpi) {
		KMOD_SET(&sa, sa, ipcomp, CRYPTOMAP_IPCOMP_DEFLATE);
		KMOD_SET(&sa, sa, cpi, in->cpi);
	}
	KMOD_SET(&sa, sa, flags, flags);
	if (in->idle_secs)
		KMOD_SET(&sa, sa, idle_secs, in->idle_secs);
	set_lifetimes(&sa, in);
	r = kmod_sa_set(client, &sa);
	return r ? err_set(err, r, "%s", kmod_error(client)) : 0;
}

static int genl_sa_activate(struct kernel *k, const struct kernel_sa_id *id)
{
	struct kmod_sa sa;

	sa_key(&sa, id);
	return kmod_sa_activate(genl_of(k)->client, &sa);
}

static int genl_sa_move(struct kernel *k, const struct kernel_sa_id *id,
			const struct kernel_encap *to)
{
	struct kmod_sa sa;

	sa_key(&sa, id);
	set_encap(&sa, to);
	return kmod_sa_update(genl_of(k)->client, &sa);
}

static int genl_sa_del(struct kernel *k, const struct kernel_sa_id *id,
		       uint8_t reason)
{
	struct kmod_sa sa;

	sa_key(&sa, id);
	KMOD_SET(&sa, sa, reason, reason);
	return kmod_sa_del(genl_of(k)->client, &sa);
}

static int genl_sa_get(struct kernel *k, const struct kernel_sa_id *id,
		       struct kernel_sa *out)
{
	struct kmod_sa key, sa;
	int err;

	sa_key(&key, id);
	err = kmod_sa_get(genl_of(k)->client, &key, &sa);
	if (!err)
		sa_from(&sa, out);
	return err;
}

struct sa_walk {
	kernel_sa_fn *fn;
	void *arg;
};

static int sa_step(void *arg, const struct kmod_sa *in)
{
	struct sa_walk *w = arg;
	struct kernel_sa sa;

	sa_from(in, &sa);
	if (sa.state == CRYPTOMAP_SA_LARVAL)
		return 0;
	return w->fn(w->arg, &sa);
}

static int genl_sa_list(struct kernel *k, kernel_sa_fn *fn, void *arg)
{
	struct sa_walk w = { .fn = fn, .arg = arg };
	struct kmod_filter filter = { 0 };

	KMOD_SET(&filter, filter, owner, KERNEL_OWNER);
	return kmod_sa_dump(genl_of(k)->client, &filter, sa_step, &w);
}

/* --- sockets --------------------------------------------------------------- */

static int genl_sock_set(struct kernel *k, enum cryptomap_sock_kind kind,
			 int fd)
{
	return kmod_sock_set(genl_of(k)->client, fd, kind);
}

static int genl_sock_get(struct kernel *k, int family,
			 enum cryptomap_sock_kind kind, int *fd)
{
	return kmod_sock_get(genl_of(k)->client, family, kind, fd);
}

static const struct kernel_ops genl_ops = {
	.apply = genl_apply,
	.shutdown = genl_shutdown,
	.flow_list = genl_flow_list,
	.acquire_list = genl_acquire_list,
	.acquire_fail = genl_acquire_fail,
	.initiate = genl_initiate,
	.spi_alloc = genl_spi_alloc,
	.sa_install = genl_sa_install,
	.sa_activate = genl_sa_activate,
	.sa_move = genl_sa_move,
	.sa_del = genl_sa_del,
	.sa_get = genl_sa_get,
	.sa_list = genl_sa_list,
	.sock_set = genl_sock_set,
	.sock_get = genl_sock_get,
};

/* --- events ---------------------------------------------------------------- */

/* -1: nothing that the engine has to know. */
static int event_type(uint8_t type)
{
	switch (type) {
	case CRYPTOMAP_EV_ACQUIRE:
		return KERNEL_EV_ACQUIRE;
	case CRYPTOMAP_EV_SOFT_EXPIRE:
	case CRYPTOMAP_EV_SEQ_NEAR_END:
		return KERNEL_EV_SOFT_EXPIRE;
	case CRYPTOMAP_EV_HARD_EXPIRE:
	case CRYPTOMAP_EV_SEQ_EXHAUSTED:
		return KERNEL_EV_HARD_EXPIRE;
	case CRYPTOMAP_EV_IDLE:
		return KERNEL_EV_IDLE;
	case CRYPTOMAP_EV_FIRST_PACKET:
		return KERNEL_EV_FIRST_PACKET;
	case CRYPTOMAP_EV_NAT_MAPPING:
		return KERNEL_EV_NAT_MAPPING;
	case CRYPTOMAP_EV_SA_DELETED:
		return KERNEL_EV_SA_DELETED;
	case CRYPTOMAP_EV_UNKNOWN_SPI:
		return KERNEL_EV_UNKNOWN_SPI;
	case CRYPTOMAP_EV_IF_UP:
	case CRYPTOMAP_EV_IF_DOWN:
	case CRYPTOMAP_EV_CONFIG:
		return KERNEL_EV_FLOWS;
	case KMOD_EV_OVERRUN:
		return KERNEL_EV_OVERRUN;
	default:
		return -1;
	}
}

/* Manual SAs may have waited for the interface's address. */
static void interface_up(struct genl *g)
{
	struct apply a = { .ops = &apply_kmod_ops, .ctx = g->client };
	struct err err;

	if (g->applied && apply_config(&a, g->applied, g->applied, &err))
		log_warning(kernel, "an interface came up: %s", err.text);
}

static void event(void *arg, const struct kmod_event *in)
{
	int type = event_type(in->notice.type);
	struct kernel_event ev = { .reason = in->notice.reason };
	struct genl *g = arg;

	if (type < 0)
		return;
	ev.type = type;
	if (in->flow.has)
		flow_from(&in->flow, &ev.flow);
	if (in->sa.has)
		sa_from(&in->sa, &ev.sa);
	ev.buried = in->tomb.has;
	ev.ago = in->tomb.ago;
	if (in->notice.type == CRYPTOMAP_EV_IF_UP)
		interface_up(g);
	if (g->kernel.event)
		g->kernel.event(g->kernel.event_arg, &ev);
}

int genl_fd(struct kernel *k)
{
	return kmod_events_fd(genl_of(k)->events);
}

int genl_read(struct kernel *k)
{
	return kmod_events_read(genl_of(k)->events, EVENTS_MAX, event, k);
}

int genl_open(struct kernel **kp, struct err *err)
{
	struct genl *g = calloc(1, sizeof(*g));
	int r;

	*kp = NULL;
	if (!g)
		return err_set(err, -ENOMEM, "out of memory");
	g->kernel.ops = &genl_ops;
	r = kmod_open(&g->client, err);
	if (!r)
		r = kmod_events_open(&g->events, err);
	if (r) {
		genl_close(&g->kernel);
		return r;
	}
	*kp = &g->kernel;
	return 0;
}

void genl_close(struct kernel *k)
{
	struct genl *g;

	if (!k)
		return;
	g = genl_of(k);
	if (g->events)
		kmod_events_close(g->events);
	kmod_close(g->client);
	cm_config_free(g->applied);
	free(g);
}
