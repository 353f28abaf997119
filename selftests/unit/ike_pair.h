/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two engines in one process: a network between them that a test can disturb,
 * a simulated data plane behind each, and one clock that jumps from event to
 * event, so that hours take milliseconds and every run is the same.
 *
 *	left (192.0.2.1)  <--- struct pair --->  right (198.51.100.2)
 *	protects 10.1.0.0/24			 protects 10.2.0.0/24
 */
#ifndef SELFTESTS_UNIT_IKE_PAIR_H
#define SELFTESTS_UNIT_IKE_PAIR_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ike-daemon/crypto/crypto.h"
#include "ike-daemon/engine.h"
#include "ike-daemon/kernel/sim.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/policy/want.h"
#include "ike-daemon/sa/child_sa.h"
#include "ike-daemon/sa/ike_sa.h"
#include "ike-daemon/sa/peer.h"
#include "tools/cli/config.h"
#include "tools/cli/model.h"

#define LEFT	0
#define RIGHT	1
#define PAIR_QUEUE	256

struct pair;

/* In the system's table. */
struct host_route {
	struct prefix dst;
	struct reverse_way way;
	bool foreign;			/* somebody else's */
};

struct host {
	struct pair *pair;
	struct addr addr;		/* of all interfaces ... */
	struct addr second;		/* ... but wan1, if set */
	bool lo;			/* @addr is that of lo0 alone */
	const char *route;		/* the interface of all routes */
	struct addr outside;		/* if set, that of the NAT before it ... */
	uint16_t mapped[2];		/* ... which makes these of 500 and 4500 */
	struct engine *engine;
	struct sim *sim;
	struct work_pool *pool;
	unsigned int sent;
	struct host_route routes[200];
	unsigned int n_routes;
	unsigned int routes_taken;	/* away, so far */
	unsigned int ways_asked;	/* so far */
	const char *way_by;		/* the interface of all ways */
	int way_error;			/* instead of one */
	struct prefix connected;	/* a network of its own */
	struct addr lent;		/* on its loopback interface */
	struct prefix inside;		/* of all interfaces */
	bool blind;			/* addresses cannot be read */
};

struct packet {
	unsigned int to;
	struct addr dst;		/* as the sender says; not where it goes */
	uint16_t sport;			/* as the sender says, likewise */
	uint16_t dport;
	bool from_second;		/* the sender's address */
	bool to_second;
	size_t len;
	uint8_t data[4096];
};

/* What the network does to a packet: return how many copies arrive. */
typedef unsigned int pair_filter(struct pair *p, struct packet *pkt,
				 unsigned int number);

struct pair {
	uint64_t now;
	struct host host[2];
	struct packet *queue[PAIR_QUEUE];
	unsigned int nqueue;
	unsigned int npackets;		/* numbered from 0 */
	pair_filter *filter;
	void *filter_arg;
};

/* The message in a packet, without the marker of port 4500. */
static inline const uint8_t *ike_of(const struct packet *pkt, size_t *len)
{
	size_t marker = pkt->sport == IKE_NATT_PORT ? 4 : 0;

	*len = pkt->len - marker;
	return pkt->data + marker;
}

static inline int pair_send(void *ctx, const struct addr *from,
			    const struct addr *to, const uint8_t *data,
			    size_t len)
{
	struct host *h = ctx;
	struct pair *p = h->pair;
	struct packet *pkt = calloc(1, sizeof(*pkt));
	unsigned int copies = 1;

	assert_non_null(pkt);
	assert_true(len <= sizeof(pkt->data));
	pkt->to = h == &p->host[LEFT] ? RIGHT : LEFT;
	pkt->dst = *to;
	pkt->sport = from->port;
	pkt->dport = to->port;
	pkt->from_second = addr_equal(from, &h->second);
	pkt->to_second = addr_equal(to, &p->host[pkt->to].second);
	pkt->len = len;
	memcpy(pkt->data, data, len);
	h->sent++;
	if (p->filter)
		copies = p->filter(p, pkt, p->npackets);
	p->npackets++;
	while (copies-- && p->nqueue < PAIR_QUEUE) {
		p->queue[p->nqueue] = malloc(sizeof(*pkt));
		assert_non_null(p->queue[p->nqueue]);
		*p->queue[p->nqueue++] = *pkt;
	}
	free(pkt);
	return 0;
}

static inline int pair_local_address(void *ctx, const char *ifname, int family,
				     struct addr *out)
{
	struct host *h = ctx;
	bool second = addr_is_set(&h->second) &&
		      (!strcmp(ifname, "wan1") || h->addr.family != family);

	*out = second ? h->second : h->addr;
	if (h->lo && strcmp(ifname, "lo0"))
		*out = addr_v4(0xcb007100 + (uint8_t)ifname[3], 0);
	out->port = 0;
	return out->family == family ? 0 : -EADDRNOTAVAIL;
}

static inline bool pair_has_address(void *ctx, const char *ifname,
				    const struct addr *addr)
{
	struct host *h = ctx;
	struct addr own;

	if (h->blind)
		return false;
	if ((!ifname || !strcmp(ifname, "lo")) && addr_equal(addr, &h->lent))
		return true;
	if (!ifname)
		return addr_equal(addr, &h->addr) ||
		       addr_equal(addr, &h->second);
	return !pair_local_address(ctx, ifname, addr->family, &own) &&
	       addr_equal(addr, &own);
}

static inline bool pair_knows_addresses(void *ctx)
{
	const struct host *h = ctx;

	return !h->blind;
}

static inline int pair_network(void *ctx, const char *ifname,
			       struct prefix *out)
{
	struct host *h = ctx;

	(void)ifname;
	*out = h->inside;
	return addr_is_set(&h->inside.addr) ? 0 : -EADDRNOTAVAIL;
}

static inline int pair_route(void *ctx, const struct addr *dst,
			     char ifname[IF_NAMESIZE])
{
	struct host *h = ctx;

	(void)dst;
	if (!h->route)
		return -ENETUNREACH;
	snprintf(ifname, IF_NAMESIZE, "%s", h->route);
	return 0;
}

static inline struct host_route *pair_find_route(struct host *h,
						 const struct prefix *dst)
{
	unsigned int i;

	for (i = 0; i < h->n_routes; i++)
		if (prefix_equal(&h->routes[i].dst, dst))
			return &h->routes[i];
	return NULL;
}

static inline int pair_reverse_way(void *ctx, const struct addr *peer,
				   const char *ifname, struct reverse_way *out)
{
	struct host *h = ctx;

	h->ways_asked++;
	*out = (struct reverse_way){ .gateway = *peer };
	snprintf(out->ifname, sizeof(out->ifname), "%s",
		 ifname ?: h->way_by ?: "wan0");
	out->ifindex = (unsigned int)out->ifname[3];
	out->gateway.port = 0;
	return h->way_error;
}

static inline int pair_reverse_fits(void *ctx, const struct range *dst)
{
	struct host *h = ctx;
	struct range own;

	if (!addr_is_set(&h->connected.addr))
		return 0;
	range_from_prefix(&own, &h->connected);
	return range_contains(&own, &dst->from) ||
	       range_contains(dst, &own.from) ? -EADDRINUSE : 0;
}

static inline int pair_reverse_add(void *ctx, const struct prefix *dst,
				   const struct reverse_way *way)
{
	struct host *h = ctx;
	struct host_route *r = pair_find_route(h, dst);

	if (r)
		return -EEXIST;
	assert_true(h->n_routes < sizeof(h->routes) / sizeof(*r));
	h->routes[h->n_routes++] = (struct host_route){ *dst, *way, false };
	return 0;
}

static inline int pair_reverse_del(void *ctx, const struct prefix *dst)
{
	struct host *h = ctx;
	struct host_route *r = pair_find_route(h, dst);

	if (!r || r->foreign)
		return 0;
	*r = h->routes[--h->n_routes];
	h->routes_taken++;
	return 0;
}

static inline int pair_reverse_routes(void *ctx, reverse_fn *fn, void *arg)
{
	struct host *h = ctx;
	unsigned int i = h->n_routes;

	/* From behind: what goes is followed by the last one. */
	while (i--) {
		const struct host_route r = h->routes[i];

		if (!r.foreign)
			fn(arg, &r.dst, &r.way);
	}
	return 0;
}

static inline uint64_t pair_clock(void *ctx)
{
	struct host *h = ctx;

	return h->pair->now;
}

static const struct engine_net pair_net = {
	.send = pair_send,
	.clock = pair_clock,
	.local_address = pair_local_address,
	.has_address = pair_has_address,
	.knows_addresses = pair_knows_addresses,
	.network = pair_network,
	.route = pair_route,
	.reverse_way = pair_reverse_way,
	.reverse_fits = pair_reverse_fits,
	.reverse_add = pair_reverse_add,
	.reverse_del = pair_reverse_del,
	.reverse_routes = pair_reverse_routes,
};

static inline struct cm_config *pair_parse(const char *text)
{
	struct cm_config *cfg = NULL;

	if (config_parse("test", text, strlen(text), stderr, &cfg))
		fail_msg("configuration refused:\n%s", text);
	return cfg;
}

static inline void pair_config(struct pair *p, unsigned int i, const char *text)
{
	struct err err = { "" };

	if (engine_apply(p->host[i].engine, pair_parse(text), NULL, NULL,
			 &err))
		fail_msg("not applied: %s", err.text);
}

static inline void pair_start(struct pair *p, unsigned int i)
{
	struct host *h = &p->host[i];

	h->pair = p;
	h->addr = addr_v4(i == LEFT ? 0xc0000201 : 0xc6336402, IKE_PORT);
	if (!h->sim)
		h->sim = sim_new();
	h->pool = work_pool_new(0);
	assert_non_null(h->sim);
	assert_non_null(h->pool);
	h->engine = engine_new(&pair_net, h, sim_kernel(h->sim), h->pool);
	assert_non_null(h->engine);
	engine_tick(h->engine, p->now);
	sim_tick(h->sim, p->now);
}

/* The daemon goes; its kernel stays. */
static inline void pair_stop(struct pair *p, unsigned int i)
{
	struct host *h = &p->host[i];

	engine_free(h->engine);
	work_pool_free(h->pool);
	h->engine = NULL;
	h->pool = NULL;
}

static inline struct pair *pair_new(const char *left, const char *right)
{
	struct pair *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	p->now = 1000;
	pair_start(p, LEFT);
	pair_start(p, RIGHT);
	pair_config(p, LEFT, left);
	pair_config(p, RIGHT, right);
	return p;
}

/* @h has this address, and its NAT the one that it had. */
static inline void pair_behind_nat(struct host *h, uint32_t inside)
{
	h->outside = h->addr;
	h->outside.port = 0;
	h->addr = addr_v4(inside, IKE_PORT);
	h->mapped[0] = 40500;
	h->mapped[1] = 44500;
}

static inline void pair_free(struct pair *p)
{
	unsigned int i;

	for (i = 0; i < 2; i++) {
		if (p->host[i].engine)
			pair_stop(p, i);
		sim_free(p->host[i].sim);
	}
	for (i = 0; i < p->nqueue; i++)
		free(p->queue[i]);
	free(p);
}

/* Where the other end sees a host. */
static inline struct addr pair_seen(const struct host *h)
{
	return addr_is_set(&h->outside) ? h->outside : h->addr;
}

/* Sender and receiver, as the receiver sees them; false: a NAT knows it not. */
static inline bool pair_translate(struct pair *p, const struct packet *pkt,
				  struct addr *local, struct addr *remote)
{
	struct host *to = &p->host[pkt->to];
	struct host *from = &p->host[!pkt->to];

	*local = pkt->to_second ? to->second : to->addr;
	*remote = pkt->from_second ? from->second : from->addr;
	local->port = pkt->dport;
	remote->port = pkt->sport;
	if (addr_is_set(&from->outside)) {
		*remote = from->outside;
		remote->port = from->mapped[pkt->sport != IKE_PORT];
	}
	if (!addr_is_set(&to->outside))
		return true;
	local->port = pkt->dport == to->mapped[1] ? IKE_NATT_PORT : IKE_PORT;
	return pkt->dport == to->mapped[0] || pkt->dport == to->mapped[1];
}

static inline void pair_deliver(struct pair *p)
{
	struct packet *pkt = p->queue[0];
	struct host *to = &p->host[pkt->to];
	struct addr local, remote;

	memmove(p->queue, p->queue + 1, --p->nqueue * sizeof(p->queue[0]));
	if (to->engine && pair_translate(p, pkt, &local, &remote))
		engine_input(to->engine, &local, &remote, pkt->data, pkt->len);
	free(pkt);
}

/* Everything that can happen without time passing. */
static inline void pair_settle(struct pair *p)
{
	unsigned int i, busy;

	do {
		busy = 0;
		if (p->nqueue) {
			pair_deliver(p);
			busy++;
		}
		for (i = 0; i < 2; i++) {
			if (!p->host[i].engine)
				continue;
			busy += work_poll(p->host[i].pool);
			busy += sim_poll(p->host[i].sim);
		}
	} while (busy);
}

/* Let @ms pass, from timer to timer, in steps of at most a second. */
static inline void pair_run(struct pair *p, uint64_t ms)
{
	uint64_t end = p->now + ms;
	unsigned int i;

	pair_settle(p);
	while (p->now < end) {
		uint64_t next = p->now + 1000 < end ? p->now + 1000 : end;

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
		pair_settle(p);
	}
}

static inline uint32_t pair_flow(struct pair *p, unsigned int i)
{
	return sim_flow_id(p->host[i].sim, 0);
}

/* A packet on the first flow of @from. */
static inline int pair_packet(struct pair *p, unsigned int from)
{
	return sim_packet(p->host[from].sim, pair_flow(p, from),
			  p->host[!from].sim);
}

/* The newest ISAKMP SA that @i has with the other, or NULL. */
static inline struct ike_sa *pair_ike(struct pair *p, unsigned int i)
{
	struct addr seen = pair_seen(&p->host[!i]);
	struct peer *peer = peer_find(p->host[i].engine, &seen);

	if (!peer || list_empty(&peer->ike_sas))
		return NULL;
	return list_first(&peer->ike_sas, struct ike_sa, of_peer);
}

static inline unsigned int pair_children(struct pair *p, unsigned int i)
{
	return p->host[i].engine->children.count;
}

static inline uint64_t pair_counter(struct pair *p, unsigned int i,
				    enum engine_counter c)
{
	return p->host[i].engine->counters[c];
}

static inline const struct record *pair_record(struct pair *p, unsigned int i,
					       unsigned int phase)
{
	struct record_ring *ring = &p->host[i].engine->records;
	uint64_t id;

	for (id = ring->last_id; id; id--) {
		const struct record *r = record_find(ring, id);

		if (r && r->phase == phase)
			return r;
	}
	return NULL;
}

/* Bring the tunnel up by a packet from @from and prove that it works. */
static inline void pair_up(struct pair *p, unsigned int from)
{
	assert_int_equal(pair_packet(p, from), -EAGAIN);
	pair_run(p, 3000);
	assert_int_equal(pair_packet(p, from), 0);
	assert_int_equal(pair_packet(p, !from), 0);
	pair_settle(p);
}

/* --- configurations -------------------------------------------------------- */

#define CFG_PHASE1(policy, psk, peer)					\
	"crypto isakmp policy 10\n" policy				\
	"crypto isakmp key " psk " address " peer "\n"

#define CFG_MAP(ts, entry, peer, src, dst)				\
	"crypto ipsec transform-set TS " ts "\n"			\
	"access-list 101 permit ip " src " " dst "\n"			\
	"crypto map M 10 ipsec-isakmp\n"				\
	" set peer " peer "\n"						\
	" set transform-set TS\n"					\
	entry								\
	" match address 101\n"						\
	"interface wan0\n"						\
	" crypto map M\n"

#define CFG_LAN_LEFT	"10.1.0.0 0.0.0.255"
#define CFG_LAN_RIGHT	"10.2.0.0 0.0.0.255"
#define CFG_ADDR_LEFT	"192.0.2.1"
#define CFG_ADDR_RIGHT	"198.51.100.2"

#define CFG_LEFT(policy, psk, ts, entry)				\
	CFG_PHASE1(policy, psk, CFG_ADDR_RIGHT)				\
	CFG_MAP(ts, entry, CFG_ADDR_RIGHT, CFG_LAN_LEFT, CFG_LAN_RIGHT)
#define CFG_RIGHT(policy, psk, ts, entry)				\
	CFG_PHASE1(policy, psk, CFG_ADDR_LEFT)				\
	CFG_MAP(ts, entry, CFG_ADDR_LEFT, CFG_LAN_RIGHT, CFG_LAN_LEFT)

#define POLICY_DEFAULT							\
	" encryption aes 256\n hash sha256\n authentication pre-share\n" \
	" group 19\n"
#define TS_DEFAULT	"esp-aes 256 esp-sha256-hmac"

#define LEFT_DEFAULT	CFG_LEFT(POLICY_DEFAULT, "Secret", TS_DEFAULT, "")
#define RIGHT_DEFAULT	CFG_RIGHT(POLICY_DEFAULT, "Secret", TS_DEFAULT, "")

static inline int pair_setup(void **state)
{
	struct err err;

	(void)state;
	if (crypto_init(&err)) {
		fprintf(stderr, "%s\n", err.text);
		return -1;
	}
	if (!getenv("IKE_TEST_LOG"))
		log_set_level_all(LOG_LEVEL_ERR);
	else
		log_set_level_all(LOG_LEVEL_DEBUG);
	return 0;
}

static inline int pair_teardown(void **state)
{
	(void)state;
	crypto_exit();
	return 0;
}

/* Packets both ways every second; every one arrives. */
static inline void pair_traffic(struct pair *p, unsigned int seconds)
{
	unsigned int i;

	for (i = 0; i < seconds; i++) {
		int l = pair_packet(p, LEFT);
		int r = pair_packet(p, RIGHT);

		if (l || r)
			fail_msg("second %u: packet lost: %d %d", i, l, r);
		pair_run(p, 1000);
	}
}

static inline uint32_t pair_spi_out(struct pair *p, unsigned int i)
{
	const struct kernel_sa *sa = sim_current(p->host[i].sim,
						 pair_flow(p, i),
						 CRYPTOMAP_DIR_OUT);

	return sa ? sa->spi : 0;
}

#endif
