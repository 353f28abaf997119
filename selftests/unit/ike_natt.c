// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * NAT traversal between two engines (F-018, F-020, C-003): what is detected,
 * spoken and sent, and from which ports.
 *
 *	left 10.9.9.1 --- (NAT 192.0.2.1)  (NAT 198.51.100.2) --- 10.9.8.1 right
 *
 * Each NAT is there or not; its ports are those of struct host.
 */
#include <errno.h>

#include "ike-daemon/v1/v1.h"
#include "ike-daemon/wire/vendor.h"
#include "selftests/unit/ike_pair.h"

#define NAT_LEFT	1
#define NAT_RIGHT	2

static struct pair *pair_of(unsigned int nats, const char *more)
{
	char left[2048], right[2048];
	struct pair *p;

	snprintf(left, sizeof(left), "%s" LEFT_DEFAULT, more);
	snprintf(right, sizeof(right), "%s" RIGHT_DEFAULT, more);
	p = pair_new(left, right);
	if (nats & NAT_LEFT)
		pair_behind_nat(&p->host[LEFT], 0x0a090901);
	if (nats & NAT_RIGHT)
		pair_behind_nat(&p->host[RIGHT], 0x0a090801);
	return p;
}

/* A responder behind a NAT is reached at the usual ports. */
static void forward(struct host *h)
{
	h->mapped[0] = IKE_PORT;
	h->mapped[1] = IKE_NATT_PORT;
}

/* --- what is sent ---------------------------------------------------------- */

static struct {
	unsigned int ike[2][2];		/* by host and port 500 or 4500 */
	unsigned int keepalives[2];
	unsigned int unmarked;		/* from 4500, and neither */
} seen;

static unsigned int watch(struct pair *p, struct packet *pkt, unsigned int n)
{
	static const uint8_t marker[4];
	bool natt = pkt->sport == IKE_NATT_PORT;

	(void)p;
	(void)n;
	if (natt && pkt->len == 1 && pkt->data[0] == 0xff) {
		seen.keepalives[!pkt->to]++;
		return 0;	/* the module drops it */
	}
	if (natt && (pkt->len < 4 || memcmp(pkt->data, marker, 4)))
		seen.unmarked++;
	seen.ike[!pkt->to][natt]++;
	return 1;
}

static void watch_start(struct pair *p)
{
	memset(&seen, 0, sizeof(seen));
	p->filter = watch;
}

static const struct kernel_sa *current(struct pair *p, unsigned int i,
				       uint8_t dir)
{
	const struct kernel_sa *sa = sim_current(p->host[i].sim,
						 pair_flow(p, i), dir);

	assert_non_null(sa);
	return sa;
}

static void assert_ports(struct pair *p, unsigned int i, uint16_t own,
			 uint16_t peer)
{
	const struct kernel_sa *in = current(p, i, CRYPTOMAP_DIR_IN);
	const struct kernel_sa *out = current(p, i, CRYPTOMAP_DIR_OUT);

	assert_int_equal(in->encap.sport, peer);
	assert_int_equal(in->encap.dport, own);
	assert_int_equal(out->encap.sport, own);
	assert_int_equal(out->encap.dport, peer);
}

/* --- detection ------------------------------------------------------------- */

static void check_end(struct pair *p, unsigned int i, unsigned int nats)
{
	const struct ike_sa *sa = pair_ike(p, i);
	bool local = nats & (i == LEFT ? NAT_LEFT : NAT_RIGHT);
	bool remote = nats & (i == LEFT ? NAT_RIGHT : NAT_LEFT);
	uint16_t port = p->host[!i].mapped[1];

	assert_int_equal(sa->natt, ISAKMP_VENDOR_NATT_RFC);
	assert_int_equal(sa->nat_local, local);
	assert_int_equal(sa->nat_remote, remote);
	if (!nats) {
		assert_int_equal(sa->local.port, IKE_PORT);
		assert_int_equal(sa->remote.port, IKE_PORT);
		assert_ports(p, i, 0, 0);
		return;
	}
	assert_int_equal(sa->local.port, IKE_NATT_PORT);
	assert_int_equal(sa->remote.port, port ? port : IKE_NATT_PORT);
	assert_ports(p, i, IKE_NATT_PORT, port ? port : IKE_NATT_PORT);
}

/* Who is behind a NAT, and who begins: all that can be. */
static void detection(void **state)
{
	unsigned int nats, from;
	struct pair *p;

	(void)state;
	for (nats = 0; nats < 4; nats++)
		for (from = 0; from < 2; from++) {
			p = pair_of(nats, "");
			forward(&p->host[!from]);
			watch_start(p);
			pair_up(p, from);
			check_end(p, LEFT, nats);
			check_end(p, RIGHT, nats);
			assert_int_equal(seen.unmarked, 0);
			/* message 5 is the first that leaves port 4500 */
			assert_int_equal(seen.ike[from][0], nats ? 2 : 5);
			assert_int_equal(seen.ike[from][1], nats ? 3 : 0);
			assert_int_equal(seen.ike[!from][0], nats ? 2 : 4);
			assert_int_equal(seen.ike[!from][1], nats ? 2 : 0);
			pair_free(p);
		}
}

/* --- payloads -------------------------------------------------------------- */

static struct isakmp_msg msg;

/* What the filters below do with messages 3 and 4. */
static struct {
	unsigned int of;		/* the host that sends it */
	struct packet kept;
	void (*change)(struct isakmp_writer *w);
} edit;

/* Write the message again, its NAT-D by the test. */
static void rewrite(struct packet *pkt)
{
	struct isakmp_writer w;
	struct buf b;
	unsigned int i;

	buf_init(&b, sizeof(pkt->data));
	isakmp_begin(&w, &b, &msg.hdr);
	for (i = 0; i < msg.npayloads; i++)
		if (msg.payloads[i].type != ISAKMP_PAYLOAD_NAT_D)
			isakmp_put_payload(&w, &msg.payloads[i]);
	edit.change(&w);
	assert_int_equal(isakmp_end(&w, 1), 0);
	pkt->len = buf_len(&b);
	memcpy(pkt->data, buf_data(&b), pkt->len);
	buf_free(&b);
}

static unsigned int key_exchange(struct pair *p, struct packet *pkt,
				 unsigned int n)
{
	struct isakmp_err err;

	(void)p;
	(void)n;
	if (pkt->to == edit.of || pkt->sport != IKE_PORT ||
	    isakmp_decode(&msg, pkt->data, pkt->len, &err) ||
	    !isakmp_count(&msg, ISAKMP_PAYLOAD_KE))
		return 1;
	edit.kept = *pkt;
	if (edit.change)
		rewrite(pkt);
	return 1;
}

/* HASH(CKY-I | CKY-R | address | port), put together byte by byte. */
static void by_hand(uint32_t addr, uint16_t port, uint8_t *out)
{
	uint8_t text[22];
	const struct crypto_chunk in = CRYPTO_CHUNK(text, sizeof(text));

	memcpy(text, edit.kept.data, 16);
	text[16] = (uint8_t)(addr >> 24);
	text[17] = (uint8_t)(addr >> 16);
	text[18] = (uint8_t)(addr >> 8);
	text[19] = (uint8_t)addr;
	text[20] = (uint8_t)(port >> 8);
	text[21] = (uint8_t)port;
	assert_int_equal(crypto_hash(CRYPTO_SHA256, &in, 1, out), 0);
}

static void assert_nat_d(unsigned int nth, uint32_t addr, uint16_t port)
{
	const struct isakmp_payload *d = isakmp_find(&msg, ISAKMP_PAYLOAD_NAT_D,
						     nth);
	uint8_t want[CRYPTO_HASH_MAX];

	by_hand(addr, port, want);
	assert_non_null(d);
	assert_int_equal(d->len, 32);
	assert_memory_equal(d->data, want, 32);
}

/* First of where it goes to, then of where it comes from, as the sender sees. */
static void the_hashes(void **state)
{
	struct isakmp_err err;
	struct pair *p;
	unsigned int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		p = pair_of(NAT_LEFT, "");
		memset(&edit, 0, sizeof(edit));
		edit.of = i;
		p->filter = key_exchange;
		pair_up(p, LEFT);
		assert_int_equal(isakmp_decode(&msg, edit.kept.data,
					       edit.kept.len, &err), 0);
		assert_int_equal(isakmp_count(&msg, ISAKMP_PAYLOAD_NAT_D), 2);
		assert_int_equal(isakmp_count(&msg, ISAKMP_PAYLOAD_NAT_D_DRAFT),
				 0);
		assert_nat_d(0, i == LEFT ? 0xc6336402 : 0xc0000201,
			     i == LEFT ? 500 : 40500);
		assert_nat_d(1, i == LEFT ? 0x0a090901 : 0xc6336402, 500);
		pair_free(p);
	}
}

static const uint8_t zeros[64];

static void put_true(struct isakmp_writer *w, uint32_t addr)
{
	uint8_t hash[CRYPTO_HASH_MAX];

	by_hand(addr, 500, hash);
	isakmp_put(w, ISAKMP_PAYLOAD_NAT_D, hash, 32);
}

static void none(struct isakmp_writer *w)
{
	(void)w;
}

static void one(struct isakmp_writer *w)
{
	put_true(w, 0xc6336402);
}

static void of_a_draft(struct isakmp_writer *w)
{
	isakmp_put(w, ISAKMP_PAYLOAD_NAT_D_DRAFT, zeros, 32);
	isakmp_put(w, ISAKMP_PAYLOAD_NAT_D_DRAFT, zeros, 32);
}

/* Several addresses of the sender's: one of them is right. */
static void several(struct isakmp_writer *w)
{
	put_true(w, 0xc6336402);
	isakmp_put(w, ISAKMP_PAYLOAD_NAT_D, zeros, 32);
	put_true(w, 0xc0000201);
	isakmp_put(w, ISAKMP_PAYLOAD_NAT_D, zeros, 32);
}

static void none_is_right(struct isakmp_writer *w)
{
	put_true(w, 0xc6336402);
	isakmp_put(w, ISAKMP_PAYLOAD_NAT_D, zeros, 32);
	isakmp_put(w, ISAKMP_PAYLOAD_NAT_D, zeros, 32);
}

static void first_is_wrong(struct isakmp_writer *w)
{
	isakmp_put(w, ISAKMP_PAYLOAD_NAT_D, zeros, 32);
	put_true(w, 0xc0000201);
}

static void too_short(struct isakmp_writer *w)
{
	uint8_t hash[CRYPTO_HASH_MAX];

	put_true(w, 0xc6336402);
	by_hand(0xc0000201, 500, hash);
	isakmp_put(w, ISAKMP_PAYLOAD_NAT_D, hash, 16);
}

static void empty(struct isakmp_writer *w)
{
	isakmp_put(w, ISAKMP_PAYLOAD_NAT_D, NULL, 0);
	isakmp_put(w, ISAKMP_PAYLOAD_NAT_D, NULL, 0);
}

/* What the responder makes of message 3, and both ends of what follows. */
static void odd_payloads(void **state)
{
	static const struct {
		void (*change)(struct isakmp_writer *w);
		bool spoken;
		bool local;
		bool remote;
	} cases[] = {
		{ none, false, false, false },
		{ one, false, false, false },
		{ of_a_draft, false, false, false },
		{ several, true, false, false },
		{ none_is_right, true, false, true },
		{ first_is_wrong, true, true, false },
		{ too_short, true, false, true },
		{ empty, true, true, true },
	};
	const struct ike_sa *sa;
	struct pair *p;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		p = pair_of(0, "");
		memset(&edit, 0, sizeof(edit));
		edit.of = LEFT;
		edit.change = cases[i].change;
		p->filter = key_exchange;
		assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
		pair_run(p, 3000);
		sa = pair_ike(p, RIGHT);
		assert_int_equal(sa->state, IKE_ESTABLISHED);
		assert_int_equal(sa->natt != ISAKMP_VENDOR_UNKNOWN,
				 cases[i].spoken);
		assert_int_equal(sa->nat_local, cases[i].local);
		assert_int_equal(sa->nat_remote, cases[i].remote);
		/* The other end, which was not deceived, sees no NAT. */
		assert_int_equal(sa->local.port, IKE_PORT);
		assert_false(pair_ike(p, LEFT)->nat_local ||
			     pair_ike(p, LEFT)->nat_remote);
		pair_free(p);
	}
}

static void second_is_wrong(struct isakmp_writer *w)
{
	uint8_t hash[CRYPTO_HASH_MAX];

	by_hand(0xc0000201, 500, hash);
	isakmp_put(w, ISAKMP_PAYLOAD_NAT_D, hash, 32);
	isakmp_put(w, ISAKMP_PAYLOAD_NAT_D, zeros, 32);
}

/* The initiator alone sees a NAT: its move to 4500 says so, and ESP is in UDP. */
static void one_end_sees_it(void **state)
{
	struct pair *p = pair_of(0, "");

	(void)state;
	memset(&edit, 0, sizeof(edit));
	edit.of = RIGHT;
	edit.change = second_is_wrong;
	p->filter = key_exchange;
	pair_up(p, LEFT);
	assert_true(pair_ike(p, LEFT)->nat_remote);
	assert_false(pair_ike(p, LEFT)->nat_local);
	assert_true(pair_ike(p, RIGHT)->nat_remote);
	assert_true(pair_ike(p, RIGHT)->client);
	assert_false(pair_ike(p, RIGHT)->nat_local);
	assert_ports(p, LEFT, IKE_NATT_PORT, IKE_NATT_PORT);
	assert_ports(p, RIGHT, IKE_NATT_PORT, IKE_NATT_PORT);
	pair_free(p);
}

/* --- versions -------------------------------------------------------------- */

static unsigned int hidden;		/* so many of the best are not known */

/* Message 1 as a peer with fewer vendor IDs sends it. */
static unsigned int hide(struct pair *p, struct packet *pkt, unsigned int n)
{
	static const enum isakmp_vendor best[] = {
		ISAKMP_VENDOR_NATT_RFC, ISAKMP_VENDOR_NATT_03,
		ISAKMP_VENDOR_NATT_02N, ISAKMP_VENDOR_NATT_02,
	};
	unsigned int i;
	uint8_t *at;
	size_t len;

	if (!n) {
		for (i = 0; i < hidden; i++) {
			const uint8_t *id = isakmp_vendor_bytes(best[i], &len);

			at = memmem(pkt->data, pkt->len, id, len);
			assert_non_null(at);
			at[0] ^= 0xff;
		}
		return 1;
	}
	return key_exchange(p, pkt, n);
}

static void versions(void **state)
{
	static const struct {
		enum isakmp_vendor version;
		unsigned int payload;
		unsigned int encap;
	} cases[] = {
		{ ISAKMP_VENDOR_NATT_RFC, 20, 3 },
		{ ISAKMP_VENDOR_NATT_03, 130, 61443 },
		{ ISAKMP_VENDOR_NATT_02N, 130, 61443 },
		{ ISAKMP_VENDOR_NATT_02, 130, 61443 },
		{ ISAKMP_VENDOR_UNKNOWN, 0, 1 },
	};
	struct isakmp_err err;
	struct list *first;
	struct pair *p;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct child_sa *c;

		p = pair_of(NAT_LEFT, "");
		memset(&edit, 0, sizeof(edit));
		edit.of = LEFT;
		hidden = i;
		p->filter = hide;
		assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
		pair_run(p, 3000);
		/* plain ESP does not get through a NAT */
		assert_int_equal(pair_packet(p, RIGHT),
				 cases[i].payload ? 0 : -ENOKEY);
		assert_int_equal(pair_ike(p, LEFT)->natt, cases[i].version);
		assert_int_equal(pair_ike(p, RIGHT)->natt, cases[i].version);
		assert_int_equal(isakmp_decode(&msg, edit.kept.data,
					       edit.kept.len, &err), 0);
		assert_int_equal(isakmp_count(&msg, ISAKMP_PAYLOAD_NAT_D),
				 cases[i].payload == 20 ? 2 : 0);
		assert_int_equal(isakmp_count(&msg, ISAKMP_PAYLOAD_NAT_D_DRAFT),
				 cases[i].payload == 130 ? 2 : 0);
		first = &pair_ike(p, RIGHT)->peer->children;
		c = list_first(first, struct child_sa, of_peer);
		assert_int_equal(c->transform.encap, cases[i].encap);
		assert_int_equal(c->port_own, cases[i].payload ? 4500 : 0);
		pair_free(p);
	}
}

#define TRANSPARENCY_OFF "no crypto ipsec nat-transparency udp-encapsulation\n"

/* One end without is like both: all goes as if nobody knew of it. */
static void switched_off(void **state)
{
	static const char *const texts[2][2] = {
		{ TRANSPARENCY_OFF LEFT_DEFAULT, RIGHT_DEFAULT },
		{ LEFT_DEFAULT, TRANSPARENCY_OFF RIGHT_DEFAULT },
	};
	struct pair *p;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		p = pair_new(texts[i][LEFT], texts[i][RIGHT]);
		pair_behind_nat(&p->host[LEFT], 0x0a090901);
		watch_start(p);
		assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
		pair_run(p, 30000);
		assert_int_equal(pair_ike(p, LEFT)->state, IKE_ESTABLISHED);
		assert_int_equal(pair_ike(p, LEFT)->natt,
				 ISAKMP_VENDOR_UNKNOWN);
		assert_int_equal(pair_ike(p, RIGHT)->natt,
				 ISAKMP_VENDOR_UNKNOWN);
		assert_int_equal(seen.ike[LEFT][1] + seen.ike[RIGHT][1], 0);
		assert_int_equal(seen.keepalives[LEFT], 0);
		assert_ports(p, LEFT, 0, 0);
		assert_ports(p, RIGHT, 0, 0);
		pair_free(p);
	}
}

/* Not even a peer that speaks of it unasked brings it back. */
static void off_is_off(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, TRANSPARENCY_OFF RIGHT_DEFAULT);

	(void)state;
	memset(&edit, 0, sizeof(edit));
	edit.of = LEFT;
	edit.change = none_is_right;
	p->filter = key_exchange;
	pair_up(p, LEFT);
	assert_int_equal(pair_ike(p, RIGHT)->natt, ISAKMP_VENDOR_UNKNOWN);
	assert_false(pair_ike(p, RIGHT)->nat_remote);
	assert_ports(p, RIGHT, 0, 0);
	pair_free(p);
}

/* --- life ------------------------------------------------------------------ */

#define KEEPALIVES(p, ms) ({						\
	memset(&seen, 0, sizeof(seen));					\
	pair_run(p, ms);						\
	seen.keepalives[LEFT];						\
})

/* From the end that is behind the NAT, as often as configured. */
static void keepalives(void **state)
{
	struct pair *p = pair_of(NAT_LEFT, "");
	unsigned int n;

	(void)state;
	watch_start(p);
	pair_up(p, LEFT);
	n = KEEPALIVES(p, 200000);
	assert_in_range(n, 9, 11);
	assert_int_equal(seen.keepalives[RIGHT], 0);
	pair_config(p, LEFT, "crypto isakmp nat keepalive 5\n" LEFT_DEFAULT);
	n = KEEPALIVES(p, 200000);
	assert_in_range(n, 39, 41);
	assert_int_equal(seen.keepalives[RIGHT], 0);
	/* the pair needs them also when its ISAKMP SA has gone */
	v1_end_ike(pair_ike(p, LEFT), false, "test");
	assert_null(pair_ike(p, LEFT));
	n = KEEPALIVES(p, 50000);
	assert_in_range(n, 9, 11);
	/* and nobody when that has gone, too */
	engine_shutdown(p->host[LEFT].engine, NULL);
	n = KEEPALIVES(p, 60000);
	assert_int_equal(n, 0);
	pair_free(p);
	p = pair_of(0, "");
	watch_start(p);
	pair_up(p, LEFT);
	n = KEEPALIVES(p, 200000);
	assert_int_equal(n, 0);
	pair_free(p);
}

/* Both phases again and again: nothing leaves port 500, no packet is lost. */
static void rekeying(void **state)
{
	static const char more[] =
		"crypto ipsec security-association lifetime seconds 600\n";
	char left[2048], right[2048];
	struct pair *p;

	(void)state;
	snprintf(left, sizeof(left), "%s%s", more,
		 CFG_LEFT(POLICY_DEFAULT " lifetime 900\n", "Secret",
			  TS_DEFAULT, ""));
	snprintf(right, sizeof(right), "%s%s", more,
		 CFG_RIGHT(POLICY_DEFAULT " lifetime 900\n", "Secret",
			   TS_DEFAULT, ""));
	p = pair_new(left, right);
	pair_behind_nat(&p->host[LEFT], 0x0a090901);
	pair_up(p, LEFT);
	watch_start(p);
	pair_traffic(p, 4000);
	assert_int_equal(seen.ike[LEFT][0] + seen.ike[RIGHT][0], 0);
	assert_int_equal(seen.unmarked, 0);
	assert_true(pair_counter(p, LEFT, ENGINE_C_PHASE1_UP) >= 4);
	assert_true(pair_counter(p, LEFT, ENGINE_C_PHASE2_UP) >= 6);
	assert_ports(p, RIGHT, IKE_NATT_PORT, 44500);
	assert_ports(p, LEFT, IKE_NATT_PORT, IKE_NATT_PORT);
	pair_free(p);
}

/* The end before the NAT knows the way only by the mapping. */
static void the_other_end_rekeys(void **state)
{
	struct pair *p = pair_of(NAT_LEFT, "");
	struct host *h = &p->host[RIGHT];
	struct addr local;

	(void)state;
	pair_up(p, LEFT);
	watch_start(p);
	local = h->addr;
	assert_int_equal(v1_connect(h->engine, pair_ike(p, RIGHT)->peer,
				    &local, true), 0);
	pair_run(p, 3000);
	check_end(p, LEFT, NAT_LEFT);
	check_end(p, RIGHT, NAT_LEFT);
	assert_true(pair_ike(p, RIGHT)->initiator);
	want_flow(h->engine, pair_flow(p, RIGHT), WANT_REKEY, NULL, 0);
	pair_run(p, 3000);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE1_UP), 2);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE2_UP), 2);
	assert_ports(p, RIGHT, IKE_NATT_PORT, 44500);
	assert_int_equal(seen.ike[LEFT][0] + seen.ike[RIGHT][0], 0);
	pair_free(p);
}

/* --- the NAT changes its mind ---------------------------------------------- */

static struct packet last_from_left;

static unsigned int keep_last(struct pair *p, struct packet *pkt,
			      unsigned int n)
{
	if (pkt->to == RIGHT && pkt->len > 1)
		last_from_left = *pkt;
	return watch(p, pkt, n);
}

static void from_port(struct pair *p, uint16_t port, const uint8_t *data,
		      size_t len)
{
	struct addr local = p->host[RIGHT].addr, remote;

	local.port = IKE_NATT_PORT;
	remote = pair_seen(&p->host[LEFT]);
	remote.port = port;
	engine_input(p->host[RIGHT].engine, &local, &remote, data, len);
	pair_settle(p);
}

#define DPD "crypto isakmp keepalive 10 periodic\n"

/* With an authentic message, of any kind; both SAs go along. */
static void ike_is_followed(void **state)
{
	struct pair *p = pair_of(NAT_LEFT, DPD);

	(void)state;
	watch_start(p);
	pair_up(p, LEFT);
	assert_ports(p, RIGHT, IKE_NATT_PORT, 44500);
	p->host[LEFT].mapped[1] = 44501;
	pair_run(p, 30000);
	assert_int_equal(pair_ike(p, RIGHT)->remote.port, 44501);
	assert_ports(p, RIGHT, IKE_NATT_PORT, 44501);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_NAT_MOVED), 1);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_NAT_MOVED), 0);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_DPD_DEAD), 0);
	/* a quick mode is as good */
	p->host[LEFT].mapped[1] = 44502;
	want_flow(p->host[LEFT].engine, pair_flow(p, LEFT), WANT_REKEY, NULL,
		  0);
	pair_run(p, 3000);
	assert_int_equal(pair_ike(p, RIGHT)->remote.port, 44502);
	assert_ports(p, RIGHT, IKE_NATT_PORT, 44502);
	pair_free(p);
}

/* Forged, damaged, repeated: the peer is still where it was. */
static void strangers_are_not_followed(void **state)
{
	struct pair *p = pair_of(NAT_LEFT, DPD);
	struct packet old;

	(void)state;
	memset(&seen, 0, sizeof(seen));
	p->filter = keep_last;
	pair_up(p, LEFT);
	old = last_from_left;			/* message 3 of quick mode */
	from_port(p, 1, old.data, old.len);
	pair_run(p, 30000);
	old = last_from_left;			/* a keepalive, or its answer */
	from_port(p, 1, old.data, old.len);
	old.data[old.len - 1] ^= 1;
	from_port(p, 1, old.data, old.len);
	old.data[4 + 20] ^= 1;			/* another message ID */
	from_port(p, 1, old.data, old.len);
	old.data[4 + 19] ^= ISAKMP_FLAG_ENCRYPTION;
	from_port(p, 1, old.data, old.len);
	from_port(p, 1, old.data, 3);
	assert_int_equal(pair_ike(p, RIGHT)->remote.port, 44500);
	assert_ports(p, RIGHT, IKE_NATT_PORT, 44500);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_NAT_MOVED), 0);
	pair_free(p);
}

/* A peer without a NAT does not move: who makes it seem so is between. */
static void no_nat_no_move(void **state)
{
	struct pair *p = pair_of(NAT_LEFT, DPD);
	struct addr from = { 0 };

	(void)state;
	watch_start(p);
	pair_up(p, LEFT);
	p->host[RIGHT].outside = p->host[RIGHT].addr;
	p->host[RIGHT].mapped[0] = IKE_PORT;
	p->host[RIGHT].mapped[1] = 5000;
	from = p->host[RIGHT].outside;
	from.port = 5000;
	sim_heard(p->host[LEFT].sim, pair_flow(p, LEFT), &from);
	pair_settle(p);
	assert_int_equal(pair_ike(p, LEFT)->remote.port, IKE_NATT_PORT);
	assert_ports(p, LEFT, IKE_NATT_PORT, IKE_NATT_PORT);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_NAT_MOVED), 0);
	pair_free(p);
}

/* What the kernel heard is authentic: the ISAKMP SA goes along. */
static void esp_is_followed(void **state)
{
	struct pair *p = pair_of(NAT_LEFT, "");
	struct addr from;

	(void)state;
	pair_up(p, LEFT);
	from = pair_seen(&p->host[LEFT]);
	from.port = 44503;
	sim_heard(p->host[RIGHT].sim, pair_flow(p, RIGHT), &from);
	pair_settle(p);
	assert_int_equal(pair_ike(p, RIGHT)->remote.port, 44503);
	assert_ports(p, RIGHT, IKE_NATT_PORT, 44503);
	/* another address is nobody that is configured */
	from = addr_v4(0xcb007101, 44504);
	sim_heard(p->host[RIGHT].sim, pair_flow(p, RIGHT), &from);
	pair_settle(p);
	assert_int_equal(pair_ike(p, RIGHT)->remote.port, 44503);
	assert_ports(p, RIGHT, IKE_NATT_PORT, 44503);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_NAT_MOVED), 1);
	pair_free(p);
}

/* A new daemon finds the peer where the old one left it. */
static void take_over(void **state)
{
	struct pair *p = pair_of(NAT_LEFT, "");

	(void)state;
	pair_up(p, LEFT);
	pair_stop(p, RIGHT);
	pair_start(p, RIGHT);
	pair_config(p, RIGHT, RIGHT_DEFAULT);
	watch_start(p);
	assert_int_equal(engine_take_over(p->host[RIGHT].engine), 0);
	pair_run(p, 3000);
	assert_non_null(pair_ike(p, RIGHT));
	assert_int_equal(pair_ike(p, RIGHT)->state, IKE_ESTABLISHED);
	assert_true(pair_ike(p, RIGHT)->initiator);
	assert_int_equal(seen.ike[RIGHT][0], 0);
	assert_true(seen.ike[RIGHT][1] >= 5);
	assert_ports(p, RIGHT, IKE_NATT_PORT, 44500);
	assert_int_equal(pair_packet(p, LEFT), 0);
	assert_int_equal(pair_packet(p, RIGHT), 0);
	pair_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(detection),
		cmocka_unit_test(the_hashes),
		cmocka_unit_test(odd_payloads),
		cmocka_unit_test(one_end_sees_it),
		cmocka_unit_test(versions),
		cmocka_unit_test(switched_off),
		cmocka_unit_test(off_is_off),
		cmocka_unit_test(keepalives),
		cmocka_unit_test(rekeying),
		cmocka_unit_test(the_other_end_rekeys),
		cmocka_unit_test(ike_is_followed),
		cmocka_unit_test(strangers_are_not_followed),
		cmocka_unit_test(no_nat_no_move),
		cmocka_unit_test(esp_is_followed),
		cmocka_unit_test(take_over),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}
