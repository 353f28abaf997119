// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Compression is negotiated beside ESP (RFC 3173, 4): both ends or none, each with a
 * CPI of its own, and nothing but deflate in the layout of its ESP (F-010, F-028, C-032).
 */
#include <errno.h>

#include "ike-daemon/sa/proposal.h"
#include "ike-daemon/v1/v1.h"
#include "selftests/unit/ike_pair.h"

#define ZIP TS_DEFAULT " comp-deflate"

#define CFG_L(set) CFG_LEFT(POLICY_DEFAULT, "Secret", set, "")
#define CFG_R(set) CFG_RIGHT(POLICY_DEFAULT, "Secret", set, "")

static uint16_t cpi_of(struct pair *p, unsigned int i, uint8_t dir)
{
	const struct kernel_sa *sa = sim_current(p->host[i].sim, pair_flow(p, i), dir);

	assert_non_null(sa);
	return sa->cpi;
}

/* What one end takes in is what the other sends; both have their own. */
static void check_cpis(struct pair *p)
{
	uint16_t left = cpi_of(p, LEFT, CRYPTOMAP_DIR_IN);
	uint16_t right = cpi_of(p, RIGHT, CRYPTOMAP_DIR_IN);

	assert_in_range(left, CPI_MIN, CPI_MAX);
	assert_in_range(right, CPI_MIN, CPI_MAX);
	assert_int_equal(cpi_of(p, RIGHT, CRYPTOMAP_DIR_OUT), left);
	assert_int_equal(cpi_of(p, LEFT, CRYPTOMAP_DIR_OUT), right);
}

static void both_compress(void **state)
{
	unsigned int from;
	struct pair *p;

	(void)state;
	for (from = LEFT; from <= RIGHT; from++) {
		p = pair_new(CFG_L(ZIP), CFG_R(ZIP));
		pair_up(p, from);
		check_cpis(p);
		pair_free(p);
	}
}

static void through_a_nat(void **state)
{
	struct pair *p = pair_new(CFG_L(ZIP), CFG_R(ZIP));

	(void)state;
	pair_behind_nat(&p->host[LEFT], 0x0a090901);
	pair_up(p, LEFT);
	check_cpis(p);
	pair_free(p);
}

static void one_end_alone(void **state)
{
	const struct record_mismatch *m;
	struct pair *p;
	unsigned int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		p = i ? pair_new(CFG_L(TS_DEFAULT), CFG_R(ZIP)) :
			pair_new(CFG_L(ZIP), CFG_R(TS_DEFAULT));
		assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
		pair_run(p, 3000);
		assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
		m = &pair_record(p, RIGHT, 2)->mismatch[0];
		assert_string_equal(m->attribute, "compression");
		assert_string_equal(m->offered, i ? "none" : "IPCOMP_DEFLATE");
		assert_string_equal(m->configured, i ? "IPCOMP_DEFLATE" : "none");
		pair_free(p);
	}
}

/* A second set, for peers that do not compress. */
static void falls_back(void **state)
{
	struct pair *p;
	unsigned int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		p = pair_new("crypto ipsec transform-set PLAIN " TS_DEFAULT "\n"
			     CFG_LEFT(POLICY_DEFAULT, "Secret", ZIP,
				      " set transform-set TS PLAIN\n"),
			     i ? CFG_R(ZIP) : CFG_R(TS_DEFAULT));
		pair_up(p, LEFT);
		if (i)
			check_cpis(p);
		assert_int_equal(!cpi_of(p, LEFT, CRYPTOMAP_DIR_IN), !i);
		assert_int_equal(!cpi_of(p, LEFT, CRYPTOMAP_DIR_OUT), !i);
		assert_int_equal(!cpi_of(p, RIGHT, CRYPTOMAP_DIR_IN), !i);
		assert_int_equal(!cpi_of(p, RIGHT, CRYPTOMAP_DIR_OUT), !i);
		pair_free(p);
	}
}

/* Nothing arrives. */
static unsigned int cut(struct pair *p, struct packet *pkt, unsigned int number)
{
	(void)p;
	(void)pkt;
	(void)number;
	return 0;
}

/* Two pairs of one peer: some have a single table of CPIs.  Also those of a daemon before. */
static void pairs_do_not_share_a_cpi(void **state)
{
	struct pair *p = pair_new(CFG_L(ZIP), CFG_R(ZIP));
	struct child_sa *first, *second;
	uint16_t cpi;

	(void)state;
	pair_up(p, LEFT);
	cpi = cpi_of(p, LEFT, CRYPTOMAP_DIR_IN);
	pair_stop(p, LEFT);
	p->filter = cut;
	pair_start(p, LEFT);
	pair_config(p, LEFT, CFG_L(ZIP));
	assert_int_equal(engine_take_over(p->host[LEFT].engine), 0);
	first = child_sa_of_flow(p->host[LEFT].engine, pair_flow(p, LEFT));
	assert_non_null(first);
	assert_true(first->adopted);
	assert_int_equal(first->cpi_in, cpi);
	assert_int_equal(first->cpi_out, cpi_of(p, LEFT, CRYPTOMAP_DIR_OUT));
	assert_int_equal(child_sa_new(p->host[LEFT].engine, first->peer, first->flow,
				      &first->local, &first->remote, true, IPPROTO_ESP,
				      &second), 0);
	second->cpi_in = 0;
	assert_int_not_equal(child_sa_cpi(second), cpi);
	assert_int_equal(child_sa_cpi(second), second->cpi_in);
	child_sa_delete(second, 0);
	pair_free(p);
}

/* What is compressed does not tell its length: it is not filled up (RFC 4303, 2.7). */
static void nothing_is_padded(void **state)
{
	struct pair *p = pair_new("crypto ipsec security-association tfc-padding mtu\n"
				  CFG_LEFT(POLICY_DEFAULT, "Secret", ZIP, ""),
				  CFG_R(ZIP));

	(void)state;
	pair_up(p, LEFT);
	assert_int_equal(sim_current(p->host[LEFT].sim, pair_flow(p, LEFT),
				     CRYPTOMAP_DIR_OUT)->tfc.pad, 0);
	pair_free(p);
}

/* --- what peers may say ---------------------------------------------------- */

/* A payload of ESP and IPComp, to be bent. */
struct bent {
	struct offer o;
	struct child_params params;
	struct record r;
	struct esp_choice choice;
	uint8_t spi[4];
};

static const struct cfg_transform zip = {
	.name = "ZIP", .cipher = CFG_CIPHER_AES, .key_bits = 128,
	.hash = CFG_HASH_SHA1, .deflate = true,
};

static struct isakmp_proposal *bend(struct bent *b)
{
	*b = (struct bent){
		.params = { .sets = { &zip }, .nsets = 1, .encap = IPSEC_ENCAP_TUNNEL },
	};
	assert_int_equal(esp_offer_build(&b->params, 4711, 4712, &b->o), 0);
	assert_int_equal(b->o.sa.nproposals, 2);
	return b->o.proposals;
}

static void check_taken(struct bent *b, bool answer, uint16_t cpi)
{
	assert_int_equal(esp_proposal_choose(&b->params, &b->o.sa, answer, &b->choice,
					     &b->r), 0);
	assert_int_equal(b->choice.cpi, cpi);
	assert_int_equal(b->choice.spi, 4711);
	assert_int_equal(b->choice.comp->id, IPSEC_IPCOMP_DEFLATE);
	free(b->r.mismatch);
}

static void check_refused(struct bent *b, int err, const char *attribute,
			  const char *offered)
{
	assert_int_equal(esp_proposal_choose(&b->params, &b->o.sa, false, &b->choice,
					     &b->r), err);
	assert_string_equal(b->r.mismatch[0].attribute, attribute);
	assert_string_equal(b->r.mismatch[0].offered, offered);
	free(b->r.mismatch);
}

static void either_comes_first(void **state)
{
	struct isakmp_proposal *p, swap;
	struct bent b;

	(void)state;
	bend(&b);
	check_taken(&b, false, 4712);
	assert_false(b.choice.comp_first);
	p = bend(&b);
	swap = p[0];
	p[0] = p[1];
	p[1] = swap;
	check_taken(&b, true, 4712);
	assert_true(b.choice.comp_first);
}

/* RFC 3173, 3.3 and 4: two forms, and which numbers there are. */
static void cpis(void **state)
{
	static const struct {
		uint8_t spi[4];
		uint8_t len;
		uint16_t cpi;		/* 0: refused */
	} cases[] = {
		{ { 0x01, 0x00 }, 2, 256 },
		{ { 0xff, 0xff }, 2, 65535 },
		{ { 0x00, 0x02 }, 2, 2 },
		{ { 0x00, 0x00, 0x12, 0x34 }, 4, 0x1234 },
		{ { 0xab, 0xcd, 0x12, 0x34 }, 4, 0x1234 },
		{ { 0x00, 0x00 }, 2, 0 },
		{ { 0x00, 0x03 }, 2, 0 },
		{ { 0x00, 0xff }, 2, 0 },
		{ { 0x12, 0x34, 0x00, 0x00 }, 4, 0 },
		{ { 0x02 }, 1, 0 },
		{ { 0x00 }, 0, 0 },
		{ { 0x12, 0x34, 0x12 }, 3, 0 },
	};
	struct isakmp_proposal *p;
	struct bent b;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		p = bend(&b);
		p[1].spi = cases[i].spi;
		p[1].spi_len = cases[i].len;
		if (cases[i].cpi)
			check_taken(&b, false, cases[i].cpi);
		else
			check_refused(&b, -ENOENT, "CPI", "not of deflate");
	}
}

static void other_algorithms(void **state)
{
	struct isakmp_transform more[2];
	struct isakmp_proposal *p;
	struct bent b;

	(void)state;
	bend(&b);
	b.o.transforms[1].id = IPSEC_IPCOMP_LZS;
	check_refused(&b, -ENOENT, "compression", "IPCOMP_LZS");
	/* A choice is left to us, but not to who answers. */
	p = bend(&b);
	more[0] = b.o.transforms[1];
	more[0].id = IPSEC_IPCOMP_LZS;
	more[1] = b.o.transforms[1];
	p[1].transforms = more;
	p[1].ntransforms = 2;
	assert_int_equal(esp_proposal_choose(&b.params, &b.o.sa, true, &b.choice, &b.r),
			 -EBADMSG);
	check_taken(&b, false, 4712);
	assert_ptr_equal(b.choice.comp, &more[1]);
}

/* Around the inner packet and in it again are two headers (RFC 2408, 4.2). */
static void another_encapsulation(void **state)
{
	struct ipsec_transform t = {
		.id = IPSEC_IPCOMP_DEFLATE, .encap = IPSEC_ENCAP_TRANSPORT,
	};
	struct bent b;

	(void)state;
	bend(&b);
	ipsec_transform_set(&t, 1, &b.o.attrs[1], &b.o.transforms[1]);
	check_refused(&b, -ENOENT, "compression", "another encapsulation than its ESP");
	/* That it is not named is no other one. */
	bend(&b);
	t.encap = 0;
	ipsec_transform_set(&t, 1, &b.o.attrs[1], &b.o.transforms[1]);
	check_taken(&b, false, 4712);
}

static void other_bundles(void **state)
{
	struct isakmp_proposal *p;
	struct bent b;

	(void)state;
	/* twice */
	p = bend(&b);
	p[2] = p[1];
	b.o.sa.nproposals = 3;
	check_refused(&b, -ENOENT, "protocol", "several protocols in one proposal");
	/* with AH */
	p = bend(&b);
	p[2] = p[0];
	p[2].protocol = ISAKMP_PROTO_AH;
	b.o.sa.nproposals = 3;
	check_refused(&b, -ENOENT, "protocol", "several protocols in one proposal");
	/* alone: it protects nothing */
	p = bend(&b);
	p[0] = p[1];
	b.o.sa.nproposals = 1;
	check_refused(&b, -ENOENT, "protocol", "IPCOMP");
	/* an alternative is not beside it */
	p = bend(&b);
	p[1].number++;
	assert_int_equal(esp_proposal_choose(&b.params, &b.o.sa, true, &b.choice, &b.r),
			 -EBADMSG);
	check_refused(&b, -ENOENT, "compression", "none");
	/* an alternative before it */
	p = bend(&b);
	p[2] = p[1];
	p[1] = p[0];
	p[1].number = 2;
	p[2].number = 2;
	b.o.sa.nproposals = 3;
	check_taken(&b, false, 4712);
	assert_int_equal(b.choice.proposal, 2);
	assert_int_equal(esp_proposal_choose(&b.params, &b.o.sa, true, &b.choice, &b.r),
			 -EBADMSG);
	/* and behind it: strongSwan answers so, and means the first */
	p = bend(&b);
	p[2] = p[0];
	p[2].number = 2;
	b.o.sa.nproposals = 3;
	check_taken(&b, true, 4712);
	assert_int_equal(b.choice.proposal, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_compress),
		cmocka_unit_test(through_a_nat),
		cmocka_unit_test(one_end_alone),
		cmocka_unit_test(falls_back),
		cmocka_unit_test(pairs_do_not_share_a_cpi),
		cmocka_unit_test(nothing_is_padded),
		cmocka_unit_test(either_comes_first),
		cmocka_unit_test(cpis),
		cmocka_unit_test(other_algorithms),
		cmocka_unit_test(another_encapsulation),
		cmocka_unit_test(other_bundles),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}
