// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Quick mode as other products ask for it and we never do: several transforms
 * in one proposal, AH and ESP together in one (F-098), proxy identities that are
 * ranges (F-010).  The left end's offer and identities are rewritten at link time
 * (see flags.mk).
 */
#include <errno.h>

#include "ike-daemon/sa/identity.h"
#include "ike-daemon/sa/proposal.h"
#include "ike-daemon/wire/isakmp.h"
#include "selftests/unit/ike_pair.h"

static struct {
	bool one_proposal;
	bool with_ah;			/* the first two sets are one suite, AH and ESP */
	bool ranges;
	unsigned int cut;		/* addresses off each end of a range */
	uint8_t proposal;		/* numbers in the answer */
	uint8_t transform;
} foreign;

int __real_esp_offer_build(const struct child_params *p, uint32_t spi,
			   uint16_t cpi, struct offer *o);
int __wrap_esp_offer_build(const struct child_params *p, uint32_t spi,
			   uint16_t cpi, struct offer *o);
int __wrap_esp_offer_build(const struct child_params *p, uint32_t spi,
			   uint16_t cpi, struct offer *o)
{
	int err = __real_esp_offer_build(p, spi, cpi, o);
	unsigned int i;

	if (!err && foreign.with_ah) {
		o->proposals[0].protocol = ISAKMP_PROTO_AH;
		o->proposals[1].number = o->proposals[0].number;
	}
	if (err || !foreign.one_proposal)
		return err;
	for (i = 0; i < o->sa.nproposals; i++)
		o->transforms[i].number = i + 1;
	o->proposals[0].ntransforms = o->sa.nproposals;
	o->sa.nproposals = 1;
	return 0;
}

int __real_esp_proposal_choose(const struct child_params *p,
			       const struct isakmp_sa *sa, bool answer,
			       struct esp_choice *out, struct record *r);
int __wrap_esp_proposal_choose(const struct child_params *p,
			       const struct isakmp_sa *sa, bool answer,
			       struct esp_choice *out, struct record *r);
int __wrap_esp_proposal_choose(const struct child_params *p,
			       const struct isakmp_sa *sa, bool answer,
			       struct esp_choice *out, struct record *r)
{
	if (answer) {
		assert_int_equal(sa->nproposals, 1);
		assert_int_equal(sa->proposals[0].ntransforms, 1);
		foreign.proposal = sa->proposals[0].number;
		foreign.transform = sa->proposals[0].transforms[0].number;
	}
	return __real_esp_proposal_choose(p, sa, answer, out, r);
}

void __real_identity_proxy(const struct range *r, uint8_t proto, uint16_t port,
			   struct identity *out);
void __wrap_identity_proxy(const struct range *r, uint8_t proto, uint16_t port,
			   struct identity *out);
void __wrap_identity_proxy(const struct range *r, uint8_t proto, uint16_t port,
			   struct identity *out)
{
	uint32_t from = addr_to_v4(&r->from) + foreign.cut;
	uint32_t to = addr_to_v4(&r->to) - foreign.cut;
	unsigned int i;

	__real_identity_proxy(r, proto, port, out);
	if (!foreign.ranges)
		return;
	out->id.type = IPSEC_ID_IPV4_RANGE;
	out->id.len = 8;
	out->id.data = out->store;
	for (i = 0; i < 4; i++) {
		out->store[i] = from >> (24 - 8 * i);
		out->store[4 + i] = to >> (24 - 8 * i);
	}
}

static int setup(void **state)
{
	(void)state;
	memset(&foreign, 0, sizeof(foreign));
	return 0;
}

#define THREE_SETS							\
	"crypto ipsec transform-set A esp-3des esp-md5-hmac\n"		\
	"crypto ipsec transform-set B esp-aes esp-sha-hmac\n"		\
	CFG_LEFT(POLICY_DEFAULT, "Secret", TS_DEFAULT,			\
		 " set transform-set A B TS\n")

/* The one that fits is answered alone, with the number it came with. */
static void several_transforms_in_one_proposal(void **state)
{
	static const struct {
		const char *set;
		uint16_t encr;
		uint8_t number;
	} cases[] = {
		{ "esp-3des esp-md5-hmac", CRYPTOMAP_ENCR_3DES, 1 },
		{ "esp-aes esp-sha-hmac", CRYPTOMAP_ENCR_AES_CBC, 2 },
		{ TS_DEFAULT, CRYPTOMAP_ENCR_AES_CBC, 3 },
	};
	const struct kernel_sa *sa;
	char right[1024];
	struct pair *p;
	size_t i;

	(void)state;
	foreign.one_proposal = true;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(right, sizeof(right), CFG_RIGHT(POLICY_DEFAULT,
			 "Secret", "%s", ""), cases[i].set);
		p = pair_new(THREE_SETS, right);
		pair_up(p, LEFT);
		assert_int_equal(foreign.proposal, 1);
		assert_int_equal(foreign.transform, cases[i].number);
		sa = sim_current(p->host[RIGHT].sim, pair_flow(p, RIGHT),
				 CRYPTOMAP_DIR_OUT);
		assert_int_equal(sa->encr, cases[i].encr);
		pair_free(p);
	}
}

/* Each of them is compared, and the record says how it differs. */
static void no_transform_of_the_proposal_fits(void **state)
{
	const struct record *r;
	struct pair *p;
	unsigned int i;

	(void)state;
	foreign.one_proposal = true;
	p = pair_new(THREE_SETS, CFG_RIGHT(POLICY_DEFAULT, "Secret",
					   "esp-aes 192 esp-sha-hmac", ""));
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 3000);
	assert_int_equal(pair_children(p, RIGHT), 0);
	r = pair_record(p, RIGHT, 2);
	assert_int_equal(r->result, RECORD_FAILED);
	assert_int_equal(r->nmismatches, 3);
	for (i = 0; i < 3; i++) {
		assert_int_equal(r->mismatch[i].proposal, 1);
		assert_int_equal(r->mismatch[i].transform, i + 1);
		assert_string_equal(r->mismatch[i].attribute,
				    i ? "key length" : "encryption");
	}
	pair_free(p);
}

/* What takes both is no choice; the set behind it is, or there is none. */
static void ah_and_esp_in_one_proposal(void **state)
{
	const struct record *r;
	struct pair *p;

	(void)state;
	foreign.with_ah = true;
	p = pair_new(THREE_SETS, RIGHT_DEFAULT);
	pair_up(p, LEFT);
	assert_int_equal(foreign.proposal, 3);
	assert_int_equal(pair_children(p, LEFT), 1);
	pair_free(p);
	p = pair_new(THREE_SETS, CFG_RIGHT(POLICY_DEFAULT, "Secret",
					   "esp-aes esp-sha-hmac", ""));
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 3000);
	assert_int_equal(pair_children(p, RIGHT), 0);
	r = pair_record(p, RIGHT, 2);
	assert_int_equal(r->result, RECORD_FAILED);
	assert_string_equal(r->mismatch[0].attribute, "protocol");
	assert_string_equal(r->mismatch[0].offered,
			    "several protocols in one proposal");
	assert_non_null(strstr(pair_record(p, LEFT, 2)->reason,
			       "NO-PROPOSAL-CHOSEN"));
	pair_free(p);
}

/* A range that is a subnet of the list is that subnet. */
static void ranges_as_proxy_identities(void **state)
{
	struct pair *p;

	(void)state;
	foreign.ranges = true;
	p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
	pair_up(p, LEFT);
	assert_int_equal(pair_children(p, RIGHT), 1);
	pair_free(p);
}

static void other_ranges_are_named(void **state)
{
	const struct record *r;
	struct pair *p;

	(void)state;
	foreign.ranges = true;
	foreign.cut = 1;
	p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 3000);
	assert_int_equal(pair_children(p, RIGHT), 0);
	assert_non_null(strstr(pair_record(p, LEFT, 2)->reason,
			       "INVALID-ID-INFORMATION"));
	r = pair_record(p, RIGHT, 2);
	assert_string_equal(r->mismatch[0].attribute, "proxy identities");
	assert_string_equal(r->mismatch[0].offered,
			    "10.2.0.1-10.2.0.254 -> 10.1.0.1-10.1.0.254");
	assert_string_equal(r->mismatch[0].configured,
			    "10.2.0.0/24 -> 10.1.0.0/24");
	pair_free(p);
}

#define TEST(fn) cmocka_unit_test_setup(fn, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(several_transforms_in_one_proposal),
		TEST(no_transform_of_the_proposal_fits),
		TEST(ah_and_esp_in_one_proposal),
		TEST(ranges_as_proxy_identities),
		TEST(other_ranges_are_named),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}
