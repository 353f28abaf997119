// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzz target: IKEv1 as both ends of it are, against a network and peers that
 * do anything.  The input is a program: a scenario, then operations on two
 * engines and what is on its way between them: what the network may do
 * (lose, double, delay, change), what who has the keys may do (change the plain
 * text, or say something of his own), and what administrators and kernels do.
 *
 * Findings are those of the sanitizers, and that all ends, with nothing left.
 */
#include "selftests/fuzz/ike_world.h"

#define FUZZ_OPS	80		/* of one input */

/* --- the network ----------------------------------------------------------- */

static void op_settle(struct world *w)
{
	pair_settle(w->p);
}

static void op_lose(struct world *w)
{
	struct pair *p = w->p;

	if (!p->nqueue)
		return;
	free(p->queue[0]);
	memmove(p->queue, p->queue + 1, --p->nqueue * sizeof(p->queue[0]));
}

static void op_twice(struct world *w)
{
	if (w->p->nqueue)
		world_push(w, w->p->queue[0]);
}

/* What has arrived before arrives again. */
static void op_replay(struct world *w)
{
	if (w->last.len)
		world_push(w, &w->last);
}

static void op_swap(struct world *w)
{
	struct pair *p = w->p;
	unsigned int i = input_byte(&w->in);
	struct packet *first;

	if (p->nqueue < 2)
		return;
	i = 1 + i % (p->nqueue - 1);
	first = p->queue[0];
	p->queue[0] = p->queue[i];
	p->queue[i] = first;
}

static void op_damage(struct world *w)
{
	uint8_t how = input_byte(&w->in), value = input_byte(&w->in);
	size_t at = input_u16(&w->in), n = value % 16 + 1;
	struct packet *pkt;

	if (!w->p->nqueue || !w->p->queue[0]->len)
		return;
	pkt = w->p->queue[0];
	at %= pkt->len;
	switch (how & 3) {
	case 0:
		pkt->data[at] ^= value ? value : 1;
		break;
	case 1:
		pkt->len = at;
		break;
	case 2:
		n = n < pkt->len - at ? n : pkt->len - at;
		memmove(pkt->data + at, pkt->data + at + n,
			pkt->len - at - n);
		pkt->len -= n;
		break;
	default:
		if (pkt->len + n > sizeof(pkt->data))
			break;
		memmove(pkt->data + at + n, pkt->data + at, pkt->len - at);
		pkt->len += n;
		break;
	}
	if (how & 4)
		world_deliver(w);
}

/* --- who has the keys ---------------------------------------------------------- */

/* Bytes of the input; with the cookies of an SA, or of one and none. */
static void op_raw(struct world *w)
{
	uint8_t how = input_byte(&w->in);
	size_t len = input_byte(&w->in) * (how & 8 ? 8U : 1U), at;
	unsigned int to = how & 1;
	struct ike_sa *sa = engine_sa(w->p->host[to].engine, how >> 6);
	struct packet pkt = packet_for(to, w->p, how & 2 ? sa : NULL);

	if (how & 4 && pkt.sport == IKE_PORT) {
		pkt.sport = IKE_NATT_PORT;
		if (pkt.dport == IKE_PORT)
			pkt.dport = IKE_NATT_PORT;
	}
	at = pkt.sport == IKE_NATT_PORT && how & 2 ? 4 : 0;
	if (sa && how & 0x10) {
		memcpy(pkt.data + at, sa->cookie_i, ISAKMP_COOKIE_LEN);
		at += ISAKMP_COOKIE_LEN;
	}
	if (sa && how & 0x20) {
		memcpy(pkt.data + at, sa->cookie_r, ISAKMP_COOKIE_LEN);
		at += ISAKMP_COOKIE_LEN;
	}
	if (len > w->in.len)
		len = w->in.len;
	memcpy(pkt.data + at, w->in.data, len);
	w->in.data += len;
	w->in.len -= len;
	pkt.len = at + len;
	world_push(w, &pkt);
	world_deliver(w);
}

/* The next message says something else, and arrives. */
static void op_change(struct world *w)
{
	static struct plain m;
	uint8_t flags = input_byte(&w->in);
	struct packet *pkt;
	struct engine *e;

	if (!w->p->nqueue)
		return;
	pkt = w->p->queue[0];
	if (!plain_open(&m, pkt)) {
		world_deliver(w);
		return;
	}
	e = w->p->host[pkt->to].engine;
	plain_edit(&m, e, flags, &w->in);
	plain_seal(&m, e, flags, pkt);
	world_deliver(w);
}

static void op_say(struct world *w)
{
	static const uint8_t types[] = {
		ISAKMP_EXCHANGE_INFORMATIONAL, ISAKMP_EXCHANGE_QUICK,
		ISAKMP_EXCHANGE_TRANSACTION, ISAKMP_EXCHANGE_MAIN,
		ISAKMP_EXCHANGE_AGGRESSIVE, ISAKMP_EXCHANGE_INFORMATIONAL,
		ISAKMP_EXCHANGE_QUICK, 6,
	};
	uint8_t how = input_byte(&w->in);
	unsigned int to = how & 1;
	struct ike_sa *sa = engine_sa(w->p->host[to].engine, how >> 1 & 3);
	uint8_t type = types[how >> 3 & 7];
	uint32_t mid = how >> 6;

	if (!sa)
		return;
	if (mid < 3 && type != ISAKMP_EXCHANGE_MAIN &&
	    type != ISAKMP_EXCHANGE_AGGRESSIVE)
		__wrap_crypto_random(&mid, sizeof(mid));
	else if (mid == 3)
		mid = input_byte(&w->in);
	else
		mid = 0;
	world_say(w, to, sa, type, mid, NULL);
}

/* --- the ends themselves ----------------------------------------------------- */

static void op_configure(struct world *w)
{
	uint8_t how = input_byte(&w->in);

	if (w->p->host[how & 1].engine)
		scenario_apply(how >> 1, w->p, how & 1);
}

/* The daemon goes, in one of three ways, and comes again, perhaps later. */
static void op_restart(struct world *w)
{
	uint8_t how = input_byte(&w->in);
	unsigned int i = how & 1;
	struct host *h = &w->p->host[i];
	struct addr addr = h->addr;
	struct err err;

	if (h->engine) {
		if (how & 2)
			engine_shutdown(h->engine, &err);
		pair_stop(w->p, i);
		if (how & 4)
			return;
	}
	pair_start(w->p, i);
	h->addr = addr;
	scenario_apply(how >> 4, w->p, i);
	if (how & 8)
		engine_take_over(h->engine);
}

static void op_kernel(struct world *w)
{
	uint8_t how = input_byte(&w->in), n = input_byte(&w->in);
	struct host *h = &w->p->host[how & 1];
	uint32_t flow = sim_flow_id(h->sim, how >> 4 & 3);
	struct addr from = pair_seen(&w->p->host[!(how & 1)]);

	switch (how >> 1 & 7) {
	case 0:
		sim_fail_install(h->sim, n & 3);
		break;
	case 1:
		sim_fail_sa_list(h->sim, n & 3);
		break;
	case 2:
		sim_overrun(h->sim);
		break;
	case 3:
		from.port = 4500 + n;
		sim_heard(h->sim, flow, &from);
		break;
	default:
		if (h->engine) {
			struct kernel_event ev = {
				.type = (how >> 1 & 7) - 4 + KERNEL_EV_IDLE,
				.buried = n & 1,
				.ago = n,
			};
			const struct kernel_sa *sa =
				sim_current(h->sim, flow, n & 2 ?
					    CRYPTOMAP_DIR_IN :
					    CRYPTOMAP_DIR_OUT);

			if (!sa)
				break;
			ev.sa = *sa;
			if (n & 4)
				ev.type = KERNEL_EV_UNKNOWN_SPI;
			policy_kernel_event(h->engine, &ev);
		}
		break;
	}
}

static void op_system(struct world *w)
{
	uint8_t how = input_byte(&w->in);
	struct host *h = &w->p->host[how & 1];

	h->route = how & 2 ? "wan0" : NULL;
	h->way_error = how & 4 ? -ENETUNREACH : 0;
	h->way_by = how & 8 ? "wan1" : NULL;
	if (addr_is_set(&h->outside) && how & 0x10)
		h->mapped[1] = (uint16_t)(44500 + (how >> 5));
}

/* What the bytes of an input mean, in this order: new ones go to the end. */
static world_op *const ops[] = {
	op_deliver, op_settle, op_pass, op_lose, op_twice, op_swap, op_damage,
	op_raw, op_change, op_say, op_login, op_traffic, op_want, op_request,
	op_configure, op_restart, op_kernel, op_system, op_replay,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct world w = { .in = { data, len } };
	uint8_t which = input_byte(&w.in);
	/* 2: there are packets, 4: of the right one; 8: all goes well at first */
	uint8_t how = input_byte(&w.in);
	unsigned int i, from = how >> 2 & 1;

	fuzz_real_dh = false;
	world_begin(&w, which, how);
	if (how & 2) {
		sim_packet(w.p->host[from].sim, pair_flow(w.p, from),
			   w.p->host[!from].sim);
		world_work(&w);
	}
	if (how & 8)
		world_pass(&w, 3000, true);
	for (i = 0; i < FUZZ_OPS && w.in.len; i++)
		world_step(&w, ops, sizeof(ops) / sizeof(*ops));
	world_end(&w);
	return 0;
}
