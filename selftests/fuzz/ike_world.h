/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two engines and what is on its way between them, in the hands of an input:
 * time and the network, and who writes messages of his own with the keys of one.
 */
#ifndef SELFTESTS_FUZZ_IKE_WORLD_H
#define SELFTESTS_FUZZ_IKE_WORLD_H

#include <json-c/json.h>

#include "ike-daemon/control/server.h"
#include "selftests/fuzz/ike_config.h"
#include "selftests/fuzz/ike_message.h"

#define FUZZ_DAYS_MS	(3 * 86400000ULL)	/* that pass in one input ... */
#define FUZZ_STEPS	400			/* ... at most, in so many steps */

struct world {
	struct pair *p;
	unsigned int which;		/* scenario */
	struct input in;
	struct packet last;		/* that was delivered; len 0: none */
	uint64_t end;			/* of time */
	unsigned int steps;		/* of it so far */
};

typedef void world_op(struct world *w);

/* The input says which. */
static inline void world_step(struct world *w, world_op *const *ops,
			      unsigned int n)
{
	ops[input_byte(&w->in) % n](w);
}

/* --- the network ----------------------------------------------------------- */

static inline void world_deliver(struct world *w)
{
	struct pair *p = w->p;

	if (!p->nqueue)
		return;
	w->last = *p->queue[0];
	pair_deliver(p);
}

static inline void world_work(struct world *w)
{
	unsigned int i;

	for (i = 0; i < 2; i++) {
		struct host *h = &w->p->host[i];

		if (!h->engine)
			continue;
		work_poll(h->pool);
		sim_poll(h->sim);
	}
}

/* As pair_run(), with longer steps in longer times; packets may be slower. */
static inline void world_pass(struct world *w, uint64_t ms, bool settle)
{
	struct pair *p = w->p;
	uint64_t end = p->now + ms, step = ms / 64 > 1000 ? ms / 64 : 1000;
	unsigned int i;

	if (end > w->end)
		end = w->end;
	while (p->now < end && w->steps++ < FUZZ_STEPS) {
		uint64_t next = p->now + step < end ? p->now + step : end;

		for (i = 0; i < 2; i++) {
			uint64_t due = p->host[i].engine ?
				timers_due(&p->host[i].engine->timers) :
				TIMER_NEVER;

			if (due < next)
				next = due > p->now ? due : p->now;
		}
		p->now = next;
		for (i = 0; i < 2; i++) {
			sim_tick(p->host[i].sim, p->now);
			if (p->host[i].engine)
				engine_tick(p->host[i].engine, p->now);
		}
		if (settle)
			pair_settle(p);
		else
			world_work(w);
	}
}

/* @pkt is the next one. */
static inline void world_push(struct world *w, const struct packet *pkt)
{
	struct pair *p = w->p;
	struct packet *copy;

	if (p->nqueue == PAIR_QUEUE)
		return;
	copy = malloc(sizeof(*copy));
	CHECK(copy);
	*copy = *pkt;
	memmove(p->queue + 1, p->queue, p->nqueue++ * sizeof(p->queue[0]));
	p->queue[0] = copy;
}

/* --- who writes messages of his own ------------------------------------------ */

/* A packet as the peer of @sa would send it; without one from port 500. */
static inline struct packet packet_for(unsigned int to, const struct pair *p,
				const struct ike_sa *sa)
{
	bool moved = sa && sa->local.port == IKE_NATT_PORT;
	struct packet pkt = {
		.to = to,
		.sport = moved ? IKE_NATT_PORT : IKE_PORT,
		.dport = moved ? IKE_NATT_PORT : IKE_PORT,
	};

	if (addr_is_set(&p->host[to].outside))
		pkt.dport = p->host[to].mapped[moved];
	return pkt;
}

/* An exchange of @type under @sa, with @first in it, and edits of it. */
static inline void world_say(struct world *w, unsigned int to, struct ike_sa *sa,
		      uint8_t type, uint32_t mid, const struct buf *attr)
{
	static const uint8_t blank[CRYPTO_HASH_MAX];
	uint8_t flags = input_byte(&w->in);
	struct engine *e = w->p->host[to].engine;
	struct packet pkt = packet_for(to, w->p, sa);
	static struct plain m;

	memset(m.hdr, 0, sizeof(m.hdr));
	memcpy(m.hdr, sa->cookie_i, ISAKMP_COOKIE_LEN);
	memcpy(m.hdr + ISAKMP_COOKIE_LEN, sa->cookie_r, ISAKMP_COOKIE_LEN);
	m.hdr[17] = ISAKMP_VERSION_1_0;
	m.hdr[18] = type;
	m.hdr[19] = flags & 0x80 ? 0 : ISAKMP_FLAG_ENCRYPTION;
	m.hdr[20] = (uint8_t)(mid >> 24);
	m.hdr[21] = (uint8_t)(mid >> 16);
	m.hdr[22] = (uint8_t)(mid >> 8);
	m.hdr[23] = (uint8_t)mid;
	m.encrypted = m.hdr[19];
	m.n = 0;
	if (sa->keys.len && !(flags & 0x40))
		m.pieces[m.n++] = (struct piece){ ISAKMP_PAYLOAD_HASH,
						  sa->keys.len, blank };
	if (attr)
		m.pieces[m.n++] = (struct piece){ ISAKMP_PAYLOAD_ATTR,
						  buf_len(attr),
						  buf_data(attr) };
	plain_chain(&m);
	plain_edit(&m, e, flags ^ FUZZ_HASH, &w->in);
	plain_seal(&m, e, flags ^ FUZZ_HASH, &pkt);
	world_push(w, &pkt);
	world_deliver(w);
}

/* What a client says in its transaction exchanges. */
static inline void login_body(struct buf *b, unsigned int step, uint16_t id)
{
	static const uint16_t all[] = {
		ISAKMP_CFG_IP4_ADDRESS, ISAKMP_CFG_IP4_NETMASK,
		ISAKMP_CFG_IP4_DNS, ISAKMP_CFG_IP4_NBNS,
		ISAKMP_CFG_APPLICATION_VERSION, ISAKMP_CFG_UNITY_BANNER,
		ISAKMP_CFG_UNITY_SAVE_PASSWD, ISAKMP_CFG_UNITY_DEF_DOMAIN,
		ISAKMP_CFG_UNITY_SPLIT_INCLUDE, 12345,
	};
	unsigned int i;

	switch (step) {
	case 0:
	case 1:
		isakmp_cfg_begin(b, ISAKMP_CFG_REPLY, id);
		isakmp_cfg_put(b, ISAKMP_CFG_XAUTH_USER_NAME, "alice", 5);
		isakmp_cfg_put(b, ISAKMP_CFG_XAUTH_USER_PASSWORD, "alicepw",
			       step ? 6 : 7);
		break;
	case 2:
		isakmp_cfg_begin(b, ISAKMP_CFG_ACK, id);
		isakmp_cfg_put_number(b, ISAKMP_CFG_XAUTH_STATUS, 1);
		break;
	default:
		isakmp_cfg_begin(b, ISAKMP_CFG_REQUEST, id);
		for (i = 0; i < sizeof(all) / sizeof(*all); i++)
			isakmp_cfg_put(b, all[i], NULL, 0);
		break;
	}
}

/* --- operations that targets share ------------------------------------------- */

static inline void op_deliver(struct world *w)
{
	world_work(w);
	world_deliver(w);
	world_work(w);
}

static inline void op_pass(struct world *w)
{
	static const uint32_t times[] = {
		1, 20, 500, 1100, 4000, 12000, 35000, 100000, 290000, 1000000,
		3600000, 30000000,
	};
	uint8_t how = input_byte(&w->in);

	world_pass(w, times[(how & 15) % (sizeof(times) / sizeof(*times))],
		   !(how & 0x80));
}

static inline void op_login(struct world *w)
{
	uint8_t how = input_byte(&w->in);
	unsigned int to = how & 0x80 ? LEFT : RIGHT, step = how & 3;
	struct ike_sa *sa = engine_sa(w->p->host[to].engine, how >> 2 & 3);
	uint32_t mid = 0;
	struct buf b;

	if (!sa)
		return;
	if (how & 0x20)
		sa->vendors |= IKE_PEER_UNITY;
	if (sa->access && step < 3)
		mid = sa->access->own.id;
	if (!mid)
		__wrap_crypto_random(&mid, sizeof(mid));
	buf_init(&b, ISAKMP_MSG_MAX);
	login_body(&b, step, 0x77);
	world_say(w, to, sa, ISAKMP_EXCHANGE_TRANSACTION, mid, &b);
	buf_free(&b);
	if (!(how & 0x40))
		pair_settle(w->p);
}

static inline void op_traffic(struct world *w)
{
	uint8_t how = input_byte(&w->in);
	struct sim *from = w->p->host[how & 1].sim;

	sim_packet(from, sim_flow_id(from, how >> 1 & 3),
		   w->p->host[!(how & 1)].sim);
	if (how & 0x80)
		pair_settle(w->p);
}

static inline void op_want(struct world *w)
{
	uint8_t how = input_byte(&w->in);
	struct host *h = &w->p->host[how & 1];
	static const enum want_why why[] = {
		WANT_TRAFFIC, WANT_COMMAND, WANT_REKEY, WANT_RENEW,
	};
	uint32_t flow = sim_flow_id(h->sim, how >> 1 & 3);
	struct addr peer = pair_seen(&w->p->host[!(how & 1)]);

	if (h->engine && flow)
		want_flow(h->engine, flow, why[how >> 3 & 3],
			  how & 0x20 ? &peer : NULL, how >> 6);
}

static inline void op_request(struct world *w)
{
	static const char *const requests[] = {
		"{\"cmd\": \"isakmp-clear\"}",
		"{\"cmd\": \"isakmp-clear\", \"conn_id\": 1}",
		"{\"cmd\": \"ipsec-clear\"}",
		"{\"cmd\": \"ipsec-clear\", \"peer\": \"" CFG_ADDR_LEFT "\"}",
		"{\"cmd\": \"isakmp-sas\"}",
		"{\"cmd\": \"ipsec-reasons\"}",
		"{\"cmd\": \"counters\"}",
		"{\"cmd\": \"routes\"}",
		"{\"cmd\": \"initiate\", \"map\": \"M\"}",
	};
	uint8_t how = input_byte(&w->in);
	struct request r = { .e = w->p->host[how & 1].engine };

	if (!r.e)
		return;
	r.args = json_tokener_parse(requests[(how >> 1) %
		(sizeof(requests) / sizeof(*requests))]);
	CHECK(r.args);
	json_object_put(control_handle(&r));
	json_object_put(r.args);
}

/* --- an input -------------------------------------------------------------- */

static inline void to_nobody(void *arg, enum log_subsystem sub, enum log_level level,
		      const char *line)
{
	(void)arg;
	(void)sub;
	(void)level;
	(void)line;
}

/* So low that an input reaches them. */
static inline void world_limits(struct pair *p)
{
	unsigned int i;

	for (i = 0; i < 2; i++)
		p->host[i].engine->limits = (struct engine_limits){
			.half_open = 3,
			.half_open_peer = 2,
			.aggressive = 1,
			.quicks = 2,
			.made = 2,
			.fragments = 2500,
		};
}

/*
 * What there was before is forgotten.  @how: 1, all is logged (to nobody); 16,
 * the limits are low; it is the seed of what is random, too.
 */
static inline void world_begin(struct world *w, unsigned int which,
			       uint8_t how)
{
	scenarios_init();
	if (!getenv("IKE_TEST_LOG"))
		log_set_sink(to_nobody, NULL);
	log_set_level_all(how & 1 ? LOG_LEVEL_DEBUG : LOG_LEVEL_ERR);
	fuzz_random_seed(how);
	fuzz_forget_sealed();
	w->which = which;
	w->p = scenario_begin(which);
	w->end = w->p->now + FUZZ_DAYS_MS;
	if (how & 0x10)
		world_limits(w->p);
}

static inline void world_end(struct world *w)
{
	pair_free(w->p);
	log_set_sink(NULL, NULL);
}

#endif
