// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Windows' client for L2TP calls, as it was logged by an ASA: main mode with a key for all,
 * five transforms of which the fifth is taken, quick mode in transport mode for UDP port
 * 1701, and what other versions of it, and other clients, do otherwise.
 * F-040 F-044 F-104 E-061 E-064 E-069
 */
#include "ike-daemon/ppp/ipsec.h"
#include "selftests/unit/ike_windows.h"

#define POLICY_OF(encryption, group)					\
	" encryption " encryption "\n hash sha\n authentication pre-share\n" \
	" group " group "\n"
#define LNS(policies, set, entry)					\
	policies							\
	"ip local pool P 192.168.1.1 192.168.1.20\n"			\
	"tunnel-group DefaultRAGroup type remote-access\n"		\
	"tunnel-group DefaultRAGroup general-attributes\n address-pool P\n" \
	"tunnel-group DefaultRAGroup ipsec-attributes\n"		\
	" ikev1 pre-shared-key Secret\n"				\
	"crypto isakmp keepalive 10 3 periodic\n"			\
	"crypto ipsec transform-set TRANS-ESP-3DES-SHA " set "\n mode transport\n" \
	"crypto dynamic-map D 10\n set transform-set TRANS-ESP-3DES-SHA\n" entry \
	"crypto map M 10 ipsec-isakmp dynamic D\n"			\
	"interface wan0\n crypto map M\n"
#define AS_LOGGED							\
	LNS("crypto isakmp policy 2\n" POLICY_OF("3des", "2"),		\
	    "esp-3des esp-sha-hmac", "")

#define CLIENT_IN_NAT	0x0a010102	/* 10.1.1.2 */

/* Eight, with which MM1 has 408 bytes. */
static const struct vid eight[] = {
	VID(V_NEW), VID(V_NT5), VID(V_NATT_RFC), VID(V_NATT_02N), VID(V_FRAGMENTS),
	VID(V_DISCOVERY), VID(V_CONTACT), VID(V_CGA),
};
#define EIGHT	eight, sizeof(eight) / sizeof(eight[0])

/* What the kernel was told: the keys are there during the call alone. */
static struct {
	const struct kernel_ops *ops;
	struct kernel_sa sa[2];
	uint8_t encr[2][32], auth[2][32];
	unsigned int n;
} told;

static int sa_install(struct kernel *k, const struct kernel_sa *sa, struct err *err)
{
	unsigned int i = told.n++ % 2;

	told.sa[i] = *sa;
	assert_true(sa->encr_key_len <= 32 && sa->auth_key_len <= 32);
	memcpy(told.encr[i], sa->encr_key, sa->encr_key_len);
	memcpy(told.auth[i], sa->auth_key, sa->auth_key_len);
	return told.ops->sa_install(k, sa, err);
}

static void win_new(struct win *w, const char *config)
{
	static struct kernel_ops ops;
	struct kernel *k;

	memset(w, 0, sizeof(*w));
	w->p = pair_new(LEFT_DEFAULT, config);
	pair_stop(w->p, LEFT);
	w->p->filter = win_hears;
	w->p->filter_arg = w;
	w->own = w->seen = w->p->host[LEFT].addr;
	w->port_500 = IKE_PORT;
	w->port_4500 = IKE_NATT_PORT;
	w->spi = 0xe8af927a;
	assert_int_equal(crypto_random(w->cky[0], 8), 0);
	k = sim_kernel(w->p->host[RIGHT].sim);
	memset(&told, 0, sizeof(told));
	told.ops = k->ops;
	ops = *k->ops;
	ops.sa_install = sa_install;
	k->ops = &ops;
}

static void win_behind_nat(struct win *w)
{
	w->nat = true;
	w->own = addr_v4(CLIENT_IN_NAT, 0);
	w->port_500 = 40500;
	w->port_4500 = 44500;
}

static void win_free(struct win *w)
{
	pair_free(w->p);
	crypto_dh_free(w->dh);
	ikev1_keys_wipe(&w->keys);
}

static struct engine *lns(const struct win *w)
{
	return w->p->host[RIGHT].engine;
}

/* Phase 1 with what is in the middle of it. */
static void win_phase1(struct win *w, const struct vid *vids, unsigned int n,
		       unsigned int nth, unsigned int nat_d_type)
{
	win_mm1(w, vids, n);
	win_takes_mm2(w, nth);
	win_mm3(w, nat_d_type);
	win_takes_mm4(w);
	win_mm5(w);
	win_takes_mm6(w);
	assert_int_equal(pair_counter(w->p, RIGHT, ENGINE_C_PHASE1_UP), 1);
}

static struct child_sa *the_pair(const struct win *w)
{
	struct peer *peer = peer_find(lns(w), &w->seen);

	assert_non_null(peer);
	assert_false(list_empty(&peer->children));
	return list_entry(peer->children.prev, struct child_sa, of_peer);
}

/* One direction, as the kernel was told: keys as the client makes them. */
static void told_keys(const struct win *w, unsigned int dir, uint32_t spi,
		      size_t encr_len)
{
	unsigned int i = told.sa[0].dir != dir;
	struct ikev1_keymat in = {
		.protocol = 3,
		.spi = { spi >> 24, spi >> 16, spi >> 8, spi },
		.ni = CRYPTO_CHUNK(w->ni, sizeof(w->ni)),
		.nr = CRYPTO_CHUNK(w->nr, w->nr_len),
	};
	uint8_t want[32 + SHA];

	assert_int_equal(ikev1_keymat(&w->keys, &in, want, encr_len + SHA), 0);
	assert_int_equal(told.sa[i].dir, dir);
	assert_int_equal(told.sa[i].spi, spi);
	assert_int_equal(told.sa[i].encr_key_len, encr_len);
	assert_int_equal(told.sa[i].auth_key_len, SHA);
	assert_memory_equal(told.encr[i], want, encr_len);
	assert_memory_equal(told.auth[i], want + encr_len, SHA);
}

/* Both directions are there, of the hosts outside, in transport mode. */
static void sas_are(const struct win *w, uint32_t spi_in, uint16_t encr,
		    uint16_t client_port)
{
	struct sim *sim = w->p->host[RIGHT].sim;
	const struct child_sa *c = the_pair(w);
	const struct kernel_sel *sel = &policy_flow_known(lns(w), c->flow)->k.sel;
	const struct kernel_sa *in = sim_current(sim, c->flow, CRYPTOMAP_DIR_IN);
	const struct kernel_sa *out = sim_current(sim, c->flow, CRYPTOMAP_DIR_OUT);

	assert_non_null(in);
	assert_non_null(out);
	assert_int_equal(in->spi, spi_in);
	assert_int_equal(out->spi, w->spi);
	assert_int_equal(in->mode, CRYPTOMAP_MODE_TRANSPORT);
	assert_int_equal(out->mode, CRYPTOMAP_MODE_TRANSPORT);
	assert_int_equal(in->encr, encr);
	assert_int_equal(in->auth, CRYPTOMAP_AUTH_HMAC_SHA1_96);
	assert_int_equal(in->hard_secs, 3600);
	assert_int_equal(in->encap.sport, w->nat ? w->port_4500 : 0);
	assert_int_equal(out->encap.dport, w->nat ? w->port_4500 : 0);
	assert_true(addr_equal(&in->src, &w->seen));
	assert_true(addr_equal(&in->dst, &w->p->host[RIGHT].addr));
	assert_int_equal(sel->proto, IPPROTO_UDP);
	assert_int_equal(sel->sport, 1701);
	assert_int_equal(sel->dport, client_port);
	assert_true(range_is_host(&sel->src, &w->p->host[RIGHT].addr));
	assert_true(range_is_host(&sel->dst, &w->seen));
}

/* Quick mode until the pair works; proposal 2 is the one of 3DES. */
static uint32_t win_phase2(struct win *w, const struct qm1 *q)
{
	uint32_t spi;

	win_qm1(w, q);
	spi = win_takes_qm2(w, q, 2);
	win_qm3(w, q->id);
	assert_int_equal(pair_counter(w->p, RIGHT, ENGINE_C_PHASE2_UP), 1);
	told_keys(w, CRYPTOMAP_DIR_IN, spi, 24);
	told_keys(w, CRYPTOMAP_DIR_OUT, w->spi, 24);
	return spi;
}

static const struct qm1 as_logged = { .id = 1, .encap = 2, .own_port = 1701, .port = 1701 };

/* --- the log ----------------------------------------------------------------------- */

static void main_mode_as_logged(struct win *w)
{
	win_mm1(w, EIGHT);
	assert_int_equal(w->out.len, 408);
	win_takes_mm2(w, 5);
	/* DPD, our own, XAUTH, NAT-T as the client says it, and fragmentation */
	win_has(w, "1:52 13:16 13:17 13:8 13:16 13:20");
	assert_true(win_says_vendor(w, V_NATT_RFC, 16));
	assert_true(win_says_vendor(w, V_DPD, 16));
	assert_true(win_says_vendor(w, V_FRAGMENTS "\xc0\0\0\0", 20));
	assert_int_equal(w->wire_len, HDR + 56 + 20 + 21 + 12 + 20 + 24);
	win_mm3(w, P_NAT_D);
	assert_int_equal(w->out.len, 260);
	win_takes_mm4(w);
	win_has(w, "4:128 10:32 20:20 20:20");
	assert_int_equal(w->wire_len, HDR + 132 + 36 + 24 + 24);
}

/* In MM4: where it goes to, then where it comes from. */
static void nat_d_is_true(const struct win *w, unsigned int type)
{
	const struct addr *own = &w->p->host[RIGHT].addr;
	uint8_t hash[SHA];

	assert_int_equal(w->part[2].type, type);
	nat_d(w, &w->seen, w->port_500, hash);
	assert_memory_equal(w->part[2].body, hash, SHA);
	assert_int_equal(w->part[3].type, type);
	nat_d(w, own, IKE_PORT, hash);
	assert_memory_equal(w->part[3].body, hash, SHA);
}

static void id_is_the_gateways(const struct win *w)
{
	static const uint8_t type[4] = { 1, 17, 500 >> 8, 500 & 0xff };
	static const uint8_t any[4] = { 1 };

	assert_int_equal(w->part[0].len, 8);
	assert_true(!memcmp(w->part[0].body, type, 4) ||
		    !memcmp(w->part[0].body, any, 4));
	assert_memory_equal(w->part[0].body + 4, w->p->host[RIGHT].addr.bytes, 4);
}

/* A DELETE of both ends all. */
static void goes(struct win *w)
{
	uint32_t spi = htonl(w->spi);
	uint8_t cookies[16];
	unsigned int heard = w->heard;

	win_delete(w, 0x51, 3, &spi, 4);
	assert_int_equal(pair_children(w->p, RIGHT), 0);
	assert_int_equal(sim_sa_count(w->p->host[RIGHT].sim), 0);
	assert_non_null(peer_find(lns(w), &w->seen));
	/* said again, or without sense: nothing happens */
	win_delete(w, 0x52, 3, &spi, 4);
	memcpy(cookies, w->cky[0], 8);
	memcpy(cookies + 8, w->cky[1], 8);
	win_delete(w, 0x53, 1, cookies, 16);
	assert_null(peer_find(lns(w), &w->seen));
	/* who goes is not told that he does; nor is he called afterwards */
	assert_int_equal(w->heard, heard);
	pair_run(w->p, 120000);
	assert_int_equal(w->heard, heard);
	assert_int_equal(pair_counter(w->p, RIGHT, ENGINE_C_PHASE1_FAILED), 0);
	assert_int_equal(pair_counter(w->p, RIGHT, ENGINE_C_PHASE2_FAILED), 0);
}

static void as_the_asa_saw_it(void **state)
{
	const struct record *r;
	unsigned int heard;
	struct win w;
	uint32_t spi;

	(void)state;
	win_new(&w, AS_LOGGED);
	main_mode_as_logged(&w);
	nat_d_is_true(&w, P_NAT_D);
	win_mm5(&w);
	assert_int_equal(w.out.len, 68);
	win_takes_mm6(&w);
	win_has(&w, "5:8 8:20 11:24");
	id_is_the_gateways(&w);
	assert_int_equal(get16(w.part[2].body + 6), 24578);	/* INITIAL-CONTACT */
	r = pair_record(w.p, RIGHT, 1);
	assert_int_equal(r->result, RECORD_DONE);
	assert_int_equal(r->nmismatches, 4);
	assert_string_equal(r->mismatch[3].attribute, "group");
	assert_int_equal(r->mismatch[3].transform, 4);
	/* What he did not say he can, he is not asked: no keepalive comes. */
	heard = w.heard;
	pair_run(w.p, 60000);
	assert_int_equal(w.heard, heard);
	win_qm1(&w, &as_logged);
	spi = win_takes_qm2(&w, &as_logged, 2);
	win_has(&w, "8:20 1:60 10:32 5:8 5:8");
	assert_int_equal(w.wire_len, 180);
	/* the one inbound is there before he can use it, the other one not yet */
	assert_int_equal(sim_sa_count(w.p->host[RIGHT].sim), 1);
	win_qm3(&w, 1);
	assert_int_equal(sim_sa_count(w.p->host[RIGHT].sim), 2);
	told_keys(&w, CRYPTOMAP_DIR_IN, spi, 24);
	told_keys(&w, CRYPTOMAP_DIR_OUT, w.spi, 24);
	sas_are(&w, spi, CRYPTOMAP_ENCR_3DES, 1701);
	assert_false(addr_is_set(&told.sa[0].oa_src));
	assert_true(ppp_is_l2tp(the_pair(&w)));
	goes(&w);
	win_free(&w);
}

/* --- what else he may get --------------------------------------------------------------- */

static void transforms_in_his_order(void **state)
{
	static const struct {
		const char *encryption, *group;
		unsigned int nth;
	} cases[] = {
		{ "aes 256", "20", 1 }, { "aes", "19", 2 }, { "aes 256", "14", 3 },
		{ "3des", "14", 4 }, { "3des", "2", 5 },
	};
	char config[2048];
	struct win w;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(config, sizeof(config),
			 LNS("crypto isakmp policy 2\n" POLICY_OF("%s", "%s"),
			     "esp-3des esp-sha-hmac", ""),
			 cases[i].encryption, cases[i].group);
		win_new(&w, config);
		win_phase1(&w, EIGHT, cases[i].nth, P_NAT_D);
		sas_are(&w, win_phase2(&w, &as_logged), CRYPTOMAP_ENCR_3DES, 1701);
		win_free(&w);
	}
}

/* Our policies' order counts, not his. */
static void policies_in_ours(void **state)
{
	struct win w;

	(void)state;
	win_new(&w, LNS("crypto isakmp policy 5\n" POLICY_OF("3des", "2")
			"crypto isakmp policy 9\n" POLICY_OF("aes 256", "20"),
			"esp-3des esp-sha-hmac", ""));
	win_phase1(&w, EIGHT, 5, P_NAT_D);
	win_free(&w);
}

static void nothing_fits(void **state)
{
	struct win w;

	(void)state;
	win_new(&w, LNS("crypto isakmp policy 5\n" POLICY_OF("3des", "5"),
			"esp-3des esp-sha-hmac", ""));
	win_mm1(&w, EIGHT);
	win_take(&w, X_INFO, 0, NULL);
	assert_int_equal(w.nparts, 1);
	assert_int_equal(w.part[0].type, P_NOTIFY);
	assert_int_equal(get16(w.part[0].body + 6), 14);	/* NO-PROPOSAL-CHOSEN */
	assert_int_equal(pair_record(w.p, RIGHT, 1)->nmismatches, 5);
	assert_int_equal(lns(&w)->half_open, 0);
	win_free(&w);
}

/* --- vendor IDs --------------------------------------------------------------------- */

static void what_others_say(void **state)
{
	static const struct vid xp[] = {
		VID("\x1e\x2b\x51\x69\x05\x99\x1c\x7d\x7c\x96\xfc\xbf\xb5\x87\xe4\x61\0\0\0\4"),
		VID(V_FRAGMENTS), VID(V_NATT_02N),
	};
	static const struct vid old_draft[] = {
		VID(V_NATT_02),
	};
	static const struct vid phone[] = {
		VID(V_NATT_RFC), VID("\x4d\xf3\x79\x28\xe9\xfc\x4f\xd1\xb3\x26\x21\x70\xd5\x15\xc6\x62"),
		VID("\x7d\x94\x19\xa6\x53\x10\xca\x6f\x2c\x17\x9d\x92\x15\x52\x9d\x56"),
		VID(V_NATT_02N), VID(V_FRAGMENTS "\x80\0\0\0"),
	};
	static const struct vid odd[] = {
		VID(""), VID("x"), VID(V_NT5 V_NT5 V_NT5 V_NT5 V_NT5 V_NT5), VID(V_NEW),
		VID(V_NATT_RFC), VID(V_NATT_RFC),
		/* but for one bit */
		VID("\x40\x48\xb7\xd5\x6e\xbc\xe8\x85\x25\xe7\xde\x7f\x00\xd6\xc2\xd2"),
	};
	static const struct {
		const struct vid *vids;
		unsigned int n;
		const char *agreed;		/* version of NAT-T; NULL: none */
		unsigned int nat_d;
		bool fragments;
	} cases[] = {
		{ EIGHT, V_NATT_RFC, P_NAT_D, true },
		{ xp, 3, V_NATT_02N, P_NAT_D_DRAFT, true },
		{ old_draft, 1, V_NATT_02, P_NAT_D_DRAFT, false },
		{ phone, 5, V_NATT_RFC, P_NAT_D, true },
		{ odd, 7, V_NATT_RFC, P_NAT_D, false },
		{ eight, 2, NULL, 0, false },
		{ NULL, 0, NULL, 0, false },
	};
	struct win w;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		win_new(&w, AS_LOGGED);
		win_mm1(&w, cases[i].vids, cases[i].n);
		win_takes_mm2(&w, 5);
		/* four of ours always, and the version of NAT-T that is common */
		assert_int_equal(w.nparts, 5 + !!cases[i].agreed);
		assert_int_equal(!!(pair_ike(w.p, RIGHT)->vendors & IKE_PEER_FRAGMENTS),
				 cases[i].fragments);
		if (cases[i].agreed)
			assert_true(win_says_vendor(&w, cases[i].agreed, 16));
		win_mm3(&w, cases[i].nat_d);
		win_takes_mm4(&w);
		assert_int_equal(w.nparts, cases[i].nat_d ? 4 : 2);
		if (cases[i].nat_d)
			nat_d_is_true(&w, cases[i].nat_d);
		win_mm5(&w);
		win_takes_mm6(&w);
		sas_are(&w, win_phase2(&w, &as_logged), CRYPTOMAP_ENCR_3DES, 1701);
		win_free(&w);
	}
}

/* --- behind a NAT ---------------------------------------------------------------------- */

/* As he knows the two ends: by it checksums are mended. */
static void oa_is(const struct win *w, bool both)
{
	unsigned int i = told.sa[0].dir != CRYPTOMAP_DIR_IN;

	assert_true(addr_equal(&told.sa[i].oa_src, &w->own));
	assert_int_equal(addr_is_set(&told.sa[i].oa_dst), both);
	if (both)
		assert_true(addr_equal(&told.sa[i].oa_dst, &w->p->host[RIGHT].addr));
}

/* QM2 tells how we know them. */
static void oa_comes(const struct win *w, const struct qm1 *q)
{
	const struct addr *own = &w->p->host[RIGHT].addr;

	assert_int_equal(w->nparts, 5 + (q->oa == P_NAT_OA ? 2 : 1));
	assert_int_equal(w->part[5].type, q->oa);
	assert_int_equal(w->part[5].len, 8);
	assert_int_equal(w->part[5].body[0], 1);
	if (q->oa == P_NAT_OA_DRAFT) {
		assert_memory_equal(w->part[5].body + 4, own->bytes, 4);
		return;
	}
	assert_memory_equal(w->part[5].body + 4, w->seen.bytes, 4);
	assert_int_equal(w->part[6].type, q->oa);
	assert_memory_equal(w->part[6].body + 4, own->bytes, 4);
}

static void behind_a_nat(void **state)
{
	static const struct vid draft[] = { VID(V_NT5), VID(V_FRAGMENTS), VID(V_NATT_02N) };
	static const struct {
		const struct vid *vids;
		unsigned int n, nat_d;
		struct qm1 q;
	} cases[] = {
		{ EIGHT, P_NAT_D, { 1, 4, 1701, 1701, P_NAT_OA, 2 } },
		{ draft, 3, P_NAT_D_DRAFT, { 1, 61444, 1701, 1701, P_NAT_OA_DRAFT, 1 } },
		/* without NAT-OA all the same */
		{ EIGHT, P_NAT_D, { 1, 4, 1701, 1701, P_NAT_OA, 0 } },
	};
	struct win w;
	uint32_t spi;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct qm1 *q = &cases[i].q;

		win_new(&w, AS_LOGGED);
		win_behind_nat(&w);
		win_mm1(&w, cases[i].vids, cases[i].n);
		assert_int_equal(w.to_port, 40500);
		win_takes_mm2(&w, 5);
		win_mm3(&w, cases[i].nat_d);
		win_takes_mm4(&w);
		nat_d_is_true(&w, cases[i].nat_d);
		assert_int_equal(w.from_port, IKE_PORT);
		win_mm5(&w);
		assert_int_equal(w.from_port, IKE_NATT_PORT);
		assert_int_equal(w.to_port, 44500);
		win_takes_mm6(&w);
		win_qm1(&w, q);
		spi = win_takes_qm2(&w, q, 2);
		oa_comes(&w, q);
		win_qm3(&w, q->id);
		told_keys(&w, CRYPTOMAP_DIR_IN, spi, 24);
		sas_are(&w, spi, CRYPTOMAP_ENCR_3DES, 1701);
		if (q->noa)
			oa_is(&w, q->oa == P_NAT_OA);
		goes(&w);
		win_free(&w);
	}
}

/* Who sees a NAT and offers ESP without UDP, or none and offers it with: refused. */
static void encapsulation_that_does_not_fit(void **state)
{
	static const struct qm1 plain = { 1, 2, 1701, 1701, 0, 0 };
	static const struct qm1 udp = { 1, 4, 1701, 1701, P_NAT_OA, 2 };
	struct win w;

	(void)state;
	for (unsigned int nat = 0; nat < 2; nat++) {
		win_new(&w, AS_LOGGED);
		if (nat)
			win_behind_nat(&w);
		win_phase1(&w, EIGHT, 5, P_NAT_D);
		win_qm1(&w, nat ? &plain : &udp);
		assert_int_equal(w.in.at[18], X_INFO);
		assert_int_equal(pair_children(w.p, RIGHT), 0);
		assert_string_equal(pair_record(w.p, RIGHT, 2)->mismatch[1].attribute,
				    "encapsulation");
		win_free(&w);
	}
}

/* --- ports ------------------------------------------------------------------------------ */

/* Phones and Macs speak from other ports than 1701, or do not say from which. */
static void ports_of_others(void **state)
{
	static const uint16_t ports[] = { 0, 1701, 50123 };
	struct win w;

	(void)state;
	for (unsigned int nat = 0; nat < 2; nat++)
		for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
			const struct qm1 q = {
				0x1234 + i, nat ? 4 : 2, ports[i], 1701, P_NAT_OA,
				nat ? 2 : 0,
			};

			win_new(&w, AS_LOGGED);
			if (nat)
				win_behind_nat(&w);
			win_phase1(&w, EIGHT, 5, P_NAT_D);
			sas_are(&w, win_phase2(&w, &q), CRYPTOMAP_ENCR_3DES,
				ports[i]);
			win_free(&w);
		}
}

/* --- loss ------------------------------------------------------------------------------- */

/* What is said again is answered with the same bytes, and counts once. */
static void said_again(void **state)
{
	struct bytes said, heard;
	struct win w;

	(void)state;
	win_new(&w, AS_LOGGED);
	win_mm1(&w, EIGHT);
	said = w.out;
	heard = w.in;
	win_send(&w);
	assert_int_equal(w.in.len, heard.len);
	assert_memory_equal(w.in.at, heard.at, heard.len);
	win_takes_mm2(&w, 5);
	win_mm3(&w, P_NAT_D);
	heard = w.in;
	win_send(&w);
	assert_memory_equal(w.in.at, heard.at, heard.len);
	win_takes_mm4(&w);
	win_mm5(&w);
	heard = w.in;
	win_send(&w);
	assert_int_equal(w.in.len, heard.len);
	assert_memory_equal(w.in.at, heard.at, heard.len);
	win_takes_mm6(&w);
	sas_are(&w, win_phase2(&w, &as_logged), CRYPTOMAP_ENCR_3DES, 1701);
	/* the first message, much later: of an SA that there is */
	w.out = said;
	win_send(&w);
	assert_int_equal(pair_counter(w.p, RIGHT, ENGINE_C_PHASE1_UP), 1);
	assert_int_equal(lns(&w)->half_open, 0);
	goes(&w);
	win_free(&w);
}

/* A wrong key: MM5 is not understood, and nothing is up. */
static void wrong_key(void **state)
{
	struct win w;

	(void)state;
	win_new(&w, AS_LOGGED);
	win_mm1(&w, EIGHT);
	win_takes_mm2(&w, 5);
	win_mm3(&w, P_NAT_D);
	win_takes_mm4(&w);
	w.key[0] ^= 0x80;
	win_mm5(&w);
	assert_int_equal(pair_counter(w.p, RIGHT, ENGINE_C_PHASE1_UP), 0);
	assert_int_equal(pair_counter(w.p, RIGHT, ENGINE_C_PSK_MISMATCH), 1);
	win_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_the_asa_saw_it),
		cmocka_unit_test(transforms_in_his_order),
		cmocka_unit_test(policies_in_ours),
		cmocka_unit_test(nothing_fits),
		cmocka_unit_test(what_others_say),
		cmocka_unit_test(behind_a_nat),
		cmocka_unit_test(encapsulation_that_does_not_fit),
		cmocka_unit_test(ports_of_others),
		cmocka_unit_test(said_again),
		cmocka_unit_test(wrong_key),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}
