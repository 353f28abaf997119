/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Aggressive mode between two engines: left begins it and names itself, right finds the
 * key by that name.  What passes is kept, and may be lost, doubled or changed.
 */
#ifndef SELFTESTS_UNIT_IKE_AGGRESSIVE_H
#define SELFTESTS_UNIT_IKE_AGGRESSIVE_H

#include <errno.h>

#include "ike-daemon/v1/exchange.h"
#include "ike-daemon/wire/isakmp.h"
#include "selftests/unit/ike_pair.h"

#define LAN_MAP(peer, src, dst)	CFG_MAP(TS_DEFAULT, "", peer, src, dst)
#define POLICY		"crypto isakmp policy 10\n" POLICY_DEFAULT
#define MAP_LEFT	LAN_MAP(CFG_ADDR_RIGHT, CFG_LAN_LEFT, CFG_LAN_RIGHT)
#define MAP_RIGHT	LAN_MAP(CFG_ADDR_LEFT, CFG_LAN_RIGHT, CFG_LAN_LEFT)
#define TO_RIGHT	"crypto isakmp peer address " CFG_ADDR_RIGHT "\n"
#define PASSWORD(key)	" set aggressive-mode password " key "\n"
#define ENDPOINT(id)	" set aggressive-mode client-endpoint " id "\n"
#define TO_LEFT		"crypto isakmp peer address " CFG_ADDR_LEFT "\n"
#define NAME_KEY(key, name) "crypto isakmp key " key " hostname " name "\n"
#define LEFT_AS(id, key) POLICY TO_RIGHT PASSWORD(key) ENDPOINT(id) MAP_LEFT
#define RIGHT_KNOWS(name) POLICY NAME_KEY("Secret", name) MAP_RIGHT

#define LEFT_FQDN	LEFT_AS("fqdn a.example", "Secret")
#define RIGHT_FQDN	RIGHT_KNOWS("a.example")

/* --- what is on the wire --------------------------------------------------- */

#define KEPT 24

static struct {
	unsigned int of[256];		/* by type of exchange */
	struct packet kept[KEPT];	/* of phase 1 and informational */
	unsigned int n;
	unsigned int drop;		/* the nth packet, from 0 */
	bool twice;
	void (*change)(struct packet *pkt, unsigned int exchange);
} wire;

static inline unsigned int watch(struct pair *p, struct packet *pkt, unsigned int n)
{
	const uint8_t *data;
	size_t len;

	(void)p;
	if (pkt->len < ISAKMP_HDR_LEN)
		return 0;	/* NAT keepalives */
	data = ike_of(pkt, &len);
	wire.of[data[18]]++;
	if (data[18] != ISAKMP_EXCHANGE_QUICK && wire.n < KEPT)
		wire.kept[wire.n++] = *pkt;
	if (wire.change)
		wire.change(pkt, data[18]);
	return n == wire.drop ? 0 : wire.twice ? 2 : 1;
}

static inline struct pair *begin(const char *of_left, const char *of_right)
{
	struct pair *p = pair_new(of_left, of_right);

	memset(&wire, 0, sizeof(wire));
	wire.drop = UINT32_MAX;
	p->filter = watch;
	return p;
}

static struct isakmp_msg msg;

static inline void decode(unsigned int nth)
{
	struct isakmp_err err;
	size_t len;
	const uint8_t *data = ike_of(&wire.kept[nth], &len);

	assert_true(nth < wire.n);
	assert_int_equal(isakmp_decode(&msg, data, len, &err), 0);
}

static inline void assert_down(struct pair *p)
{
	unsigned int i;

	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 60000);
	for (i = 0; i < 2; i++) {
		assert_int_equal(pair_counter(p, i, ENGINE_C_PHASE1_UP), 0);
		assert_int_equal(pair_children(p, i), 0);
	}
}

/* One of the first packets does not come: they come up all the same. */
static inline void lose_each(struct pair *(*fresh)(void))
{
	unsigned int i;

	for (i = 0; i < 4; i++) {
		struct pair *p = fresh();

		wire.drop = i;
		assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
		pair_run(p, 5000);
		if (pair_packet(p, LEFT) || pair_packet(p, RIGHT))
			fail_msg("message %u lost: the tunnel is down", i);
		assert_int_equal(pair_counter(p, LEFT, ENGINE_C_PHASE1_UP), 1);
		assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE1_UP), 1);
		pair_free(p);
	}
}

static inline void assert_reason(struct pair *p, unsigned int i, const char *text)
{
	const struct record *r = pair_record(p, i, 1);

	assert_non_null(r);
	if (!strstr(r->reason, text))
		fail_msg("\"%s\" is not in \"%s\"", text, r->reason);
}

static inline bool heard(struct pair *p, unsigned int i, unsigned int notify)
{
	const struct record *r = pair_record(p, i, 1);
	unsigned int n;

	for (n = 0; n < r->nnotifies; n++)
		if (r->notify[n].type == notify && !r->notify[n].sent)
			return true;
	return false;
}

#endif
