// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ike-daemon/kernel/sim.h"
#include "ike-daemon/sa/list.h"
#include "ike-daemon/sa/identity.h"
#include "tools/cli/model.h"

struct sim_sa {
	struct list all;
	struct kernel_sa k;
	uint8_t key[CRYPTOMAP_KEY_MAX];	/* encryption, then authentication */
	size_t key_len;
	uint64_t born_ms;
	uint64_t last_ms;
	bool soft_done;
	bool idle_told;
};

#define PACKET_BYTES	100
/* The module's default: packets without an SA ask again so much later. */
#define ACQUIRE_MS	5000

struct sim_flow {
	struct list all;
	struct kernel_flow k;
	uint64_t asked_ms;
	bool seen;
};

struct sim_event {
	struct list all;
	struct kernel_event ev;
};

struct sim {
	struct kernel kernel;		/* first: the ops get a pointer to it */
	struct list sas;
	struct list flows;
	struct list events;
	uint32_t next_id;
	uint32_t next_spi;
	uint64_t now_ms;
	unsigned int failures;
	unsigned int fail_install;
	unsigned int fail_sa_list;
	unsigned int fail_flow_list;
};

static struct sim *sim_of(struct kernel *k)
{
	return (struct sim *)k;
}

static void emit(struct sim *s, const struct kernel_event *ev)
{
	struct sim_event *e = calloc(1, sizeof(*e));

	if (!e)
		return;
	e->ev = *ev;
	list_add_tail(&s->events, &e->all);
}

static void emit_sa(struct sim *s, enum kernel_event_type type,
		    const struct sim_sa *sa, uint8_t reason)
{
	struct kernel_event ev = {
		.type = type, .reason = reason, .sa = sa->k,
	};

	emit(s, &ev);
}

static void drop_events(struct sim *s)
{
	while (!list_empty(&s->events)) {
		struct sim_event *e = list_first(&s->events, struct sim_event,
						 all);

		list_del(&e->all);
		free(e);
	}
}

unsigned int sim_poll(struct sim *s)
{
	unsigned int n = 0;

	while (!list_empty(&s->events)) {
		struct sim_event *e = list_first(&s->events, struct sim_event,
						 all);

		list_del(&e->all);
		if (s->kernel.event)
			s->kernel.event(s->kernel.event_arg, &e->ev);
		free(e);
		n++;
	}
	return n;
}

void sim_overrun(struct sim *s)
{
	struct kernel_event ev = { .type = KERNEL_EV_OVERRUN };

	drop_events(s);
	emit(s, &ev);
}

/* --- SAs ------------------------------------------------------------------- */

static struct sim_sa *find_sa(const struct sim *s,
			      const struct kernel_sa_id *id)
{
	struct list *pos, *tmp;

	list_for_each(&s->sas, pos, tmp) {
		struct sim_sa *sa = list_entry(pos, struct sim_sa, all);

		if (sa->k.dir == id->dir && sa->k.proto == id->proto &&
		    sa->k.spi == id->spi && addr_equal(&sa->k.dst, &id->dst))
			return sa;
	}
	return NULL;
}

static struct sim_flow *find_flow(const struct sim *s, uint32_t id)
{
	struct list *pos, *tmp;

	list_for_each(&s->flows, pos, tmp) {
		struct sim_flow *f = list_entry(pos, struct sim_flow, all);

		if (f->k.id == id)
			return f;
	}
	return NULL;
}

static struct sim_sa *current_sa(const struct sim *s, uint32_t flow,
				 uint8_t dir)
{
	struct sim_sa *found = NULL;
	struct list *pos, *tmp;

	list_for_each(&s->sas, pos, tmp) {
		struct sim_sa *sa = list_entry(pos, struct sim_sa, all);

		if (sa->k.flow == flow && sa->k.dir == dir &&
		    sa->k.state == CRYPTOMAP_SA_ACTIVE)
			found = sa;
	}
	return found;
}

static void flow_state(struct sim *s, uint32_t flow)
{
	struct sim_flow *f = find_flow(s, flow);

	if (!f)
		return;
	if (current_sa(s, flow, CRYPTOMAP_DIR_OUT))
		f->k.state = CRYPTOMAP_FLOW_UP;
	else if (f->k.state == CRYPTOMAP_FLOW_UP)
		f->k.state = CRYPTOMAP_FLOW_IDLE;
}

/* By an SA: it goes with its last one. */
static bool was_made(const struct sim_flow *f)
{
	return f->k.type == CRYPTOMAP_ENTRY_T_DYNAMIC || f->k.part_of;
}

static void end_made(struct sim *s, uint32_t flow)
{
	struct sim_flow *f = find_flow(s, flow);
	struct list *pos, *tmp;

	if (!f || !was_made(f))
		return;
	list_for_each(&s->sas, pos, tmp)
		if (list_entry(pos, struct sim_sa, all)->k.flow == flow)
			return;
	list_del(&f->all);
	free(f);
}

static void remove_sa(struct sim *s, struct sim_sa *sa)
{
	uint32_t flow = sa->k.flow;

	list_del(&sa->all);
	explicit_bzero(sa, sizeof(*sa));
	free(sa);
	flow_state(s, flow);
	end_made(s, flow);
}

static int sim_spi_alloc(struct kernel *k, uint8_t proto,
			 const struct addr *src, const struct addr *dst,
			 uint64_t cookie, uint32_t *spi)
{
	struct sim *s = sim_of(k);
	struct sim_sa *sa = calloc(1, sizeof(*sa));

	if (!sa)
		return -ENOMEM;
	sa->k.dir = CRYPTOMAP_DIR_IN;
	sa->k.proto = proto;
	sa->k.spi = *spi ? *spi : s->next_spi++;
	sa->k.src = *src;
	sa->k.dst = *dst;
	sa->k.cookie = cookie;
	sa->k.owner = KERNEL_OWNER;
	sa->k.state = CRYPTOMAP_SA_LARVAL;
	list_add_tail(&s->sas, &sa->all);
	*spi = sa->k.spi;
	return 0;
}

static struct sim_sa *slot_for(struct sim *s, const struct kernel_sa *k)
{
	const struct kernel_sa_id id = { k->dir, k->proto, k->spi, k->dst };
	struct sim_sa *sa = find_sa(s, &id);

	if (sa)
		return sa;
	if (k->dir == CRYPTOMAP_DIR_IN)
		return NULL;	/* was never reserved */
	sa = calloc(1, sizeof(*sa));
	if (sa)
		list_add_tail(&s->sas, &sa->all);
	return sa;
}

/* The flow of a place with this selector, made if there is none. */
static struct sim_flow *flow_at(struct sim *s, const struct kernel_place *place,
				const struct kernel_sel *sel)
{
	struct list *pos, *tmp;
	struct sim_flow *f;
	uint32_t line = 0;

	list_for_each(&s->flows, pos, tmp) {
		f = list_entry(pos, struct sim_flow, all);
		if (f->k.seq != place->seq ||
		    strcmp(f->k.ifname, place->ifname))
			continue;
		if (!was_made(f))
			line = f->k.id;
		else if (kernel_sel_equal(&f->k.sel, sel))
			return f;
	}
	f = calloc(1, sizeof(*f));
	if (!f)
		return NULL;
	f->k.id = ++s->next_id;
	f->k.type = line ? CRYPTOMAP_ENTRY_T_ISAKMP : CRYPTOMAP_ENTRY_T_DYNAMIC;
	f->k.part_of = line;
	f->k.seq = place->seq;
	f->k.sel = *sel;
	f->k.negotiable = true;
	memcpy(f->k.ifname, place->ifname, sizeof(f->k.ifname));
	memcpy(f->k.map, place->map, sizeof(f->k.map));
	list_add_tail(&s->flows, &f->all);
	return f;
}

static int sim_sa_install(struct kernel *k, const struct kernel_sa *in,
			  struct err *err)
{
	struct sim *s = sim_of(k);
	struct sim_flow *flow;
	struct sim_sa *sa;

	if (s->fail_install && --s->fail_install == 0)
		return err_set(err, -ENOMEM, "simulated lack of memory");
	flow = in->place ? flow_at(s, in->place, in->sel) :
			   find_flow(s, in->flow);
	if (!flow)
		return err_set(err, -ENOENT, "flow %u does not exist", in->flow);
	sa = slot_for(s, in);
	if (!sa)
		return err_set(err, -EINVAL, "SPI was not allocated");
	if (in->encr_key_len + in->auth_key_len > sizeof(sa->key))
		return err_set(err, -EINVAL, "key too long");
	sa->k = *in;
	sa->k.flow = flow->k.id;
	sa->k.place = NULL;
	sa->k.sel = NULL;
	sa->k.id = ++s->next_id;
	sa->k.encr_key = NULL;
	sa->k.auth_key = NULL;
	sa->k.state = in->dir == CRYPTOMAP_DIR_IN ? CRYPTOMAP_SA_ACTIVE :
						    CRYPTOMAP_SA_INSTALLED;
	memcpy(sa->key, in->encr_key, in->encr_key_len);
	memcpy(sa->key + in->encr_key_len, in->auth_key, in->auth_key_len);
	sa->key_len = in->encr_key_len + in->auth_key_len;
	sa->born_ms = s->now_ms;
	return 0;
}

static int sim_sa_activate(struct kernel *k, const struct kernel_sa_id *id)
{
	struct sim *s = sim_of(k);
	struct sim_sa *old, *sa = find_sa(s, id);

	if (!sa)
		return -ENOENT;
	while ((old = current_sa(s, sa->k.flow, CRYPTOMAP_DIR_OUT)))
		old->k.state = CRYPTOMAP_SA_OLD;
	sa->k.state = CRYPTOMAP_SA_ACTIVE;
	flow_state(s, sa->k.flow);
	return 0;
}

static int sim_sa_move(struct kernel *k, const struct kernel_sa_id *id,
		       const struct kernel_encap *to)
{
	struct sim_sa *sa = find_sa(sim_of(k), id);

	if (!sa || !sa->k.encap.sport)
		return sa ? -EINVAL : -ENOENT;
	sa->k.encap = *to;
	return 0;
}

static int sim_sa_del(struct kernel *k, const struct kernel_sa_id *id,
		      uint8_t reason)
{
	struct sim_sa *sa = find_sa(sim_of(k), id);

	(void)reason;
	if (!sa)
		return -ENOENT;
	remove_sa(sim_of(k), sa);
	return 0;
}

static void copy_out(const struct sim *s, const struct sim_sa *sa,
		     struct kernel_sa *out)
{
	*out = sa->k;
	out->used = sa->last_ms;
	out->idle = (s->now_ms - sa->last_ms) / 1000;
	out->age = (s->now_ms - sa->born_ms) / 1000;
	out->soft_secs -= out->age < out->soft_secs ? out->age : out->soft_secs;
	out->hard_secs -= out->age < out->hard_secs ? out->age : out->hard_secs;
}

static int sim_sa_get(struct kernel *k, const struct kernel_sa_id *id,
		      struct kernel_sa *out)
{
	struct sim_sa *sa = find_sa(sim_of(k), id);

	if (!sa)
		return -ENOENT;
	copy_out(sim_of(k), sa, out);
	return 0;
}

static int sim_sa_list(struct kernel *k, kernel_sa_fn *fn, void *arg)
{
	struct sim *s = sim_of(k);
	struct list *pos, *tmp;
	int err = 0;

	if (s->fail_sa_list) {
		s->fail_sa_list--;
		return -ENOBUFS;
	}
	list_for_each(&s->sas, pos, tmp) {
		struct sim_sa *sa = list_entry(pos, struct sim_sa, all);
		struct kernel_sa out;

		if (sa->k.owner != KERNEL_OWNER ||
		    sa->k.state == CRYPTOMAP_SA_LARVAL)
			continue;
		copy_out(s, sa, &out);
		err = fn(arg, &out);
		if (err)
			break;
	}
	return err;
}

/* --- flows ----------------------------------------------------------------- */

static int sim_flow_list(struct kernel *k, kernel_flow_fn *fn, void *arg)
{
	struct sim *s = sim_of(k);
	struct list *pos, *tmp;
	int err = 0;

	if (s->fail_flow_list) {
		s->fail_flow_list--;
		return -EBUSY;
	}
	list_for_each(&s->flows, pos, tmp) {
		err = fn(arg, &list_entry(pos, struct sim_flow, all)->k);
		if (err)
			break;
	}
	return err;
}

static int sim_acquire_list(struct kernel *k, kernel_flow_fn *fn, void *arg)
{
	struct list *pos, *tmp;
	int err = 0;

	list_for_each(&sim_of(k)->flows, pos, tmp) {
		struct sim_flow *f = list_entry(pos, struct sim_flow, all);

		if (f->k.state != CRYPTOMAP_FLOW_ACQUIRE)
			continue;
		err = fn(arg, &f->k);
		if (err)
			break;
	}
	return err;
}

static int sim_acquire_fail(struct kernel *k, uint32_t flow)
{
	struct sim *s = sim_of(k);
	struct sim_flow *f = find_flow(s, flow);

	if (!f)
		return -ENOENT;
	s->failures++;
	if (f->k.state == CRYPTOMAP_FLOW_ACQUIRE)
		f->k.state = CRYPTOMAP_FLOW_IDLE;
	return 0;
}

static int sim_initiate(struct kernel *k, uint32_t flow)
{
	struct sim *s = sim_of(k);
	struct sim_flow *f = find_flow(s, flow);
	struct kernel_event ev = { .type = KERNEL_EV_ACQUIRE };

	if (!f)
		return -ENOENT;
	f->k.state = CRYPTOMAP_FLOW_ACQUIRE;
	f->asked_ms = s->now_ms;
	ev.flow = f->k;
	emit(s, &ev);
	return 0;
}

static void ace_flow(const struct cfg_ace *ace, struct kernel_flow *k)
{
	k->sel.src = cfg_net_range(&ace->src);
	k->sel.dst = cfg_net_range(&ace->dst);
	k->sel.proto = ace->protocol;
	k->sel.sport = ace->sport.op == CFG_PORT_EQ ? ace->sport.lo : 0;
	k->sel.dport = ace->dport.op == CFG_PORT_EQ ? ace->dport.lo : 0;
	k->line = ace->seq;
	k->negotiable = cfg_net_len(&ace->src) >= 0 &&
			cfg_net_len(&ace->dst) >= 0;
}

static int want_flow_of(struct sim *s, const struct kernel_flow *k)
{
	struct sim_flow *f;
	struct list *pos, *tmp;

	list_for_each(&s->flows, pos, tmp) {
		f = list_entry(pos, struct sim_flow, all);
		if (f->k.seq == k->seq && !strcmp(f->k.ifname, k->ifname) &&
		    kernel_sel_equal(&f->k.sel, &k->sel)) {
			f->seen = true;
			f->k.line = k->line;
			memcpy(f->k.map, k->map, sizeof(f->k.map));
			return 0;
		}
	}
	f = calloc(1, sizeof(*f));
	if (!f)
		return -ENOMEM;
	f->k = *k;
	f->k.id = ++s->next_id;
	f->seen = true;
	list_add_tail(&s->flows, &f->all);
	return 0;
}

static int apply_map(struct sim *s, const struct cm_config *cfg,
		     const struct cfg_interface *ifc, const struct cfg_map *map)
{
	size_t i, j;
	int err = 0;

	for (i = 0; !err && i < map->n_entries; i++) {
		const struct cfg_acl *acl = cfg_acl_find(cfg,
							 map->entries[i].acl);

		for (j = 0; !err && acl && j < acl->n_aces; j++) {
			struct kernel_flow k = { .seq = map->entries[i].seq };

			if (acl->aces[j].action != CFG_PERMIT)
				continue;
			memcpy(k.ifname, ifc->name, sizeof(k.ifname));
			memcpy(k.map, map->name, sizeof(k.map));
			ace_flow(&acl->aces[j], &k);
			err = want_flow_of(s, &k);
		}
	}
	return err;
}

/* The module takes a flow's SAs with it and says so. */
static void remove_flow(struct sim *s, struct sim_flow *f)
{
	struct list *pos, *tmp;

	/* It goes here, not with its last SA. */
	f->k.type = CRYPTOMAP_ENTRY_T_ISAKMP;
	f->k.part_of = 0;
	list_for_each(&s->sas, pos, tmp) {
		struct sim_sa *sa = list_entry(pos, struct sim_sa, all);

		if (sa->k.flow != f->k.id)
			continue;
		emit_sa(s, KERNEL_EV_SA_DELETED, sa, CRYPTOMAP_TOMB_CONFIG);
		remove_sa(s, sa);
	}
	list_del(&f->all);
	free(f);
}

/* Does its entry still make flows? */
static bool stays(const struct cm_config *cfg, const struct kernel_flow *k)
{
	const struct cfg_interface *ifc = cfg_interface_find(cfg, k->ifname);
	const struct cfg_map *map = ifc ? cfg_map_find(cfg, ifc->map) : NULL;
	const struct cfg_entry *entry = map ? cfg_entry_find(map, k->seq) : NULL;

	return entry && (entry->type == CFG_IPSEC_DYNAMIC || entry->per_host);
}

static int sim_apply(struct kernel *k, const struct cm_config *cfg,
		     kernel_report_fn *report, void *arg, struct err *err)
{
	struct sim *s = sim_of(k);
	struct list *pos, *tmp;
	int r = 0;
	size_t i;

	list_for_each(&s->flows, pos, tmp) {
		struct sim_flow *f = list_entry(pos, struct sim_flow, all);

		f->seen = was_made(f) && stays(cfg, &f->k);
	}
	for (i = 0; !r && i < cfg->n_interfaces; i++) {
		const struct cfg_interface *ifc = &cfg->interfaces[i];
		const struct cfg_map *map = cfg_map_find(cfg, ifc->map);

		if (map)
			r = apply_map(s, cfg, ifc, map);
	}
	(void)report;
	(void)arg;
	if (r)
		return err_set(err, r, "out of memory");
	list_for_each(&s->flows, pos, tmp) {
		struct sim_flow *f = list_entry(pos, struct sim_flow, all);

		if (!f->seen)
			remove_flow(s, f);
	}
	return 0;
}

static int sim_shutdown(struct kernel *k, struct err *err)
{
	struct sim *s = sim_of(k);

	(void)err;
	while (!list_empty(&s->sas))
		remove_sa(s, list_first(&s->sas, struct sim_sa, all));
	while (!list_empty(&s->flows))
		remove_flow(s, list_first(&s->flows, struct sim_flow, all));
	drop_events(s);
	return 0;
}

static const struct kernel_ops sim_ops = {
	.apply = sim_apply,
	.shutdown = sim_shutdown,
	.flow_list = sim_flow_list,
	.acquire_list = sim_acquire_list,
	.acquire_fail = sim_acquire_fail,
	.initiate = sim_initiate,
	.spi_alloc = sim_spi_alloc,
	.sa_install = sim_sa_install,
	.sa_activate = sim_sa_activate,
	.sa_move = sim_sa_move,
	.sa_del = sim_sa_del,
	.sa_get = sim_sa_get,
	.sa_list = sim_sa_list,
};

/* --- the world ------------------------------------------------------------- */

struct sim *sim_new(void)
{
	static uint32_t spis = 0x1000;	/* different in every instance */
	struct sim *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->kernel.ops = &sim_ops;
	list_init(&s->sas);
	list_init(&s->flows);
	list_init(&s->events);
	s->next_spi = spis;
	spis += 0x100000;
	return s;
}

void sim_free(struct sim *s)
{
	if (!s)
		return;
	s->kernel.event = NULL;
	sim_shutdown(&s->kernel, NULL);
	free(s);
}

struct kernel *sim_kernel(struct sim *s)
{
	return &s->kernel;
}

void sim_spis_from(struct sim *s, uint32_t spi)
{
	s->next_spi = spi;
}

static void sa_ages(struct sim *s, struct sim_sa *sa)
{
	uint64_t age = (s->now_ms - sa->born_ms) / 1000, idle;
	bool is_idle;

	if (sa->k.hard_secs && age >= sa->k.hard_secs) {
		emit_sa(s, KERNEL_EV_HARD_EXPIRE, sa, CRYPTOMAP_TOMB_EXPIRED);
		remove_sa(s, sa);
		return;
	}
	if (sa->k.soft_secs && age >= sa->k.soft_secs && !sa->soft_done) {
		sa->soft_done = true;
		emit_sa(s, KERNEL_EV_SOFT_EXPIRE, sa, 0);
	}
	idle = (s->now_ms - (sa->last_ms ? sa->last_ms : sa->born_ms)) / 1000;
	is_idle = sa->k.idle_secs && idle >= sa->k.idle_secs;
	if (is_idle && !sa->idle_told)
		emit_sa(s, KERNEL_EV_IDLE, sa, 0);
	sa->idle_told = is_idle;
}

void sim_tick(struct sim *s, uint64_t now_ms)
{
	struct list *pos, *tmp;

	s->now_ms = now_ms;
	list_for_each(&s->sas, pos, tmp)
		sa_ages(s, list_entry(pos, struct sim_sa, all));
}

/* A NAT may have the address that ESP in UDP is sent to. */
static struct sim_sa *find_at(const struct sim *to, const struct sim_sa *out)
{
	struct list *pos, *tmp;

	list_for_each(&to->sas, pos, tmp) {
		struct sim_sa *sa = list_entry(pos, struct sim_sa, all);

		if (sa->k.dir == CRYPTOMAP_DIR_IN && sa->k.spi == out->k.spi &&
		    sa->k.proto == out->k.proto &&
		    (out->k.encap.sport || addr_equal(&sa->k.dst, &out->k.dst)))
			return sa;
	}
	return NULL;
}

static void count_packet(struct sim_sa *sa)
{
	sa->k.packets++;
	sa->k.bytes += PACKET_BYTES;
}

int sim_packet(struct sim *s, uint32_t flow, struct sim *to)
{
	struct sim_sa *out = current_sa(s, flow, CRYPTOMAP_DIR_OUT);
	struct sim_flow *f = find_flow(s, flow);
	struct sim_sa *in;

	if (!f)
		return -ENOENT;
	if (!out) {
		if (f->k.state != CRYPTOMAP_FLOW_ACQUIRE ||
		    s->now_ms >= f->asked_ms + ACQUIRE_MS)
			sim_initiate(&s->kernel, flow);
		return -EAGAIN;
	}
	count_packet(out);
	out->last_ms = s->now_ms;
	in = find_at(to, out);
	if (!in)
		emit_sa(to, KERNEL_EV_UNKNOWN_SPI, out, 0);
	if (!in || in->k.state != CRYPTOMAP_SA_ACTIVE ||
	    !in->k.encap.sport != !out->k.encap.sport ||
	    (in->k.flags ^ out->k.flags) & CRYPTOMAP_SA_F_ESN ||
	    in->k.encr != out->k.encr || in->k.auth != out->k.auth ||
	    in->key_len != out->key_len ||
	    memcmp(in->key, out->key, out->key_len))
		return -ENOKEY;
	count_packet(in);
	in->last_ms = to->now_ms;
	if (in->k.flags & CRYPTOMAP_SA_F_NOTIFY_FIRST) {
		in->k.flags &= ~CRYPTOMAP_SA_F_NOTIFY_FIRST;
		emit_sa(to, KERNEL_EV_FIRST_PACKET, in, 0);
	}
	return 0;
}

void sim_heard(struct sim *s, uint32_t flow, const struct addr *from)
{
	struct sim_sa *sa = current_sa(s, flow, CRYPTOMAP_DIR_IN);
	struct kernel_event ev = { .type = KERNEL_EV_NAT_MAPPING };

	if (!sa)
		return;
	ev.sa = sa->k;
	ev.sa.src = *from;
	ev.sa.src.port = 0;
	ev.sa.encap.sport = from->port;
	emit(s, &ev);
}

unsigned int sim_sa_count(const struct sim *s)
{
	unsigned int n = 0;
	struct list *pos, *tmp;

	list_for_each(&s->sas, pos, tmp)
		n++;
	return n;
}

uint32_t sim_flow_id(const struct sim *s, unsigned int index)
{
	struct list *pos, *tmp;

	list_for_each(&s->flows, pos, tmp)
		if (!index--)
			return list_entry(pos, struct sim_flow, all)->k.id;
	return 0;
}

const struct kernel_sa *sim_current(const struct sim *s, uint32_t flow,
				    uint8_t dir)
{
	const struct sim_sa *sa = current_sa(s, flow, dir);

	return sa ? &sa->k : NULL;
}

unsigned int sim_failures(const struct sim *s)
{
	return s->failures;
}

void sim_fail_flow_list(struct sim *s, unsigned int n)
{
	s->fail_flow_list = n;
}

void sim_fail_sa_list(struct sim *s, unsigned int n)
{
	s->fail_sa_list = n;
}

void sim_fail_install(struct sim *s, unsigned int n)
{
	s->fail_install = n;
}
