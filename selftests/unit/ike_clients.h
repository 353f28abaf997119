/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Clients behind one NAT, of which one is left at a time, and a server, right:
 *
 *	10.9.9.1 a --- 44500 (NAT 192.0.2.1) --- 198.51.100.2 right
 *	10.9.9.2 b --- 44600
 */
#ifndef SELFTESTS_UNIT_IKE_CLIENTS_H
#define SELFTESTS_UNIT_IKE_CLIENTS_H

#include "ike-daemon/v1/v1.h"
#include "selftests/unit/ike_aggressive.h"

#define CLIENT(lan)							\
	CFG_PHASE1(POLICY_DEFAULT, "Secret", CFG_ADDR_RIGHT)		\
	CFG_MAP(TS_DEFAULT, "", CFG_ADDR_RIGHT, lan, CFG_LAN_RIGHT)
#define A	CLIENT("10.1.0.0 0.0.0.255")
#define B	CLIENT("10.3.0.0 0.0.0.255")
#define DYNAMIC								\
	"crypto ipsec transform-set TS " TS_DEFAULT "\n"		\
	"crypto dynamic-map D 10\n set transform-set TS\n"		\
	"crypto map M 10 ipsec-isakmp dynamic D\n"			\
	"interface wan0\n crypto map M\n"
#define SERVER	CFG_PHASE1(POLICY_DEFAULT, "Secret", "0.0.0.0") DYNAMIC

static struct host aside;

static inline void ports(struct pair *p, uint16_t ike, uint16_t natt)
{
	p->host[LEFT].mapped[0] = ike;
	p->host[LEFT].mapped[1] = natt;
}

static inline void other_one(struct pair *p)
{
	struct host h = p->host[LEFT];

	p->host[LEFT] = aside;
	aside = h;
}

/* Left begins with its first flow. */
static inline void comes(struct pair *p)
{
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 3000);
	assert_int_equal(pair_packet(p, LEFT), 0);
	pair_settle(p);
}

/* Left is the nth of those behind the NAT; the one before is aside, or has vanished. */
static inline void arrives(struct pair *p, const char *config, unsigned int nth,
			   uint16_t ike, uint16_t natt)
{
	if (!p->host[LEFT].engine)
		sim_free(p->host[LEFT].sim);
	memset(&p->host[LEFT], 0, sizeof(p->host[LEFT]));
	pair_start(p, LEFT);
	pair_config(p, LEFT, config);
	pair_behind_nat(&p->host[LEFT], 0x0a090900 + nth);
	ports(p, ike, natt);
	pair_run(p, 5000);
}

/* Left says no goodbye. */
static inline void vanishes(struct pair *p)
{
	pair_stop(p, LEFT);
}

/* The server's daemon begins again, and finds what the kernel has. */
static inline void server_restarts(struct pair *p, const char *config)
{
	pair_stop(p, RIGHT);
	pair_start(p, RIGHT);
	pair_config(p, RIGHT, config);
	assert_int_equal(engine_take_over(p->host[RIGHT].engine), 0);
}

/* Both are up, and b is left. */
static inline struct pair *two(const char *a, const char *b, const char *server)
{
	struct pair *p = begin(a, server);

	pair_behind_nat(&p->host[LEFT], 0x0a090901);
	comes(p);
	aside = p->host[LEFT];
	arrives(p, b, 2, 40600, 44600);
	comes(p);
	return p;
}

static inline void two_end(struct pair *p)
{
	if (p->host[LEFT].engine)
		pair_stop(p, LEFT);
	sim_free(p->host[LEFT].sim);
	other_one(p);
	pair_free(p);
}

static inline struct peer *both_of(struct pair *p)
{
	struct addr seen = pair_seen(&p->host[LEFT]);
	struct peer *peer = peer_find(p->host[RIGHT].engine, &seen);

	assert_non_null(peer);
	return peer;
}

/* Pairs, or ISAKMP SAs, that right has with who is at that port. */
static inline unsigned int pairs_at(struct pair *p, uint16_t port)
{
	struct list *pos, *tmp;
	unsigned int n = 0;

	list_for_each(&both_of(p)->children, pos, tmp)
		n += list_entry(pos, struct child_sa, of_peer)->port_peer == port;
	return n;
}

static inline struct ike_sa *sa_at(struct pair *p, uint16_t port)
{
	struct list *pos, *tmp;

	list_for_each(&both_of(p)->ike_sas, pos, tmp) {
		struct ike_sa *sa = list_entry(pos, struct ike_sa, of_peer);

		if (sa->remote.port == port && ike_sa_established(sa))
			return sa;
	}
	return NULL;
}

static inline void assert_both(struct pair *p, uint16_t a, uint16_t b)
{
	assert_int_equal(pairs_at(p, a), 1);
	assert_int_equal(pairs_at(p, b), 1);
	assert_non_null(sa_at(p, a));
	assert_non_null(sa_at(p, b));
}

#define NAMED(name, lan)						\
	POLICY TO_RIGHT PASSWORD("Secret-" name) ENDPOINT("fqdn " name)	\
	LAN_MAP(CFG_ADDR_RIGHT, lan, CFG_LAN_RIGHT)
#define ALICE	NAMED("alice", "10.1.0.0 0.0.0.255")
#define BOB	NAMED("bob", "10.3.0.0 0.0.0.255")
#define KEY_OF(name)	NAME_KEY("Secret-" name, name)

/* --- what the server begins --------------------------------------------------- */

static struct {
	unsigned int n;
	uint16_t port;			/* of the last one */
} called;

/* First messages of it; all arrive. */
static inline unsigned int note_calls(struct pair *p, struct packet *pkt,
				      unsigned int n)
{
	static const uint8_t no_cookie[ISAKMP_COOKIE_LEN];
	const uint8_t *data;
	size_t len;

	(void)p;
	(void)n;
	data = ike_of(pkt, &len);
	if (pkt->to == LEFT && pkt->len > ISAKMP_HDR_LEN &&
	    !memcmp(data + ISAKMP_COOKIE_LEN, no_cookie, sizeof(no_cookie))) {
		called.n++;
		called.port = pkt->dport;
	}
	return 1;
}

static inline void listen_for_calls(struct pair *p)
{
	memset(&called, 0, sizeof(called));
	p->filter = note_calls;
}

#endif
