// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is configured is what is negotiated: every cipher, hash and group of
 * phase 1, every transform set with and without PFS, several policies and sets,
 * lifetimes, selectors (F-004 to F-010, F-012, R-13, R-14).
 */
#include <errno.h>

#include "ike-daemon/sa/proposal.h"
#include "ike-daemon/v1/v1.h"
#include "selftests/unit/ike_pair.h"

static void check_up(const char *left, const char *right)
{
	struct pair *p = pair_new(left, right);

	pair_up(p, LEFT);
	pair_free(p);
}

static void phase1_algorithms(void **state)
{
	static const char *const ciphers[] = {
		"des", "3des", "aes", "aes 192", "aes 256",
	};
	static const char *const hashes[] = {
		"md5", "sha", "sha256", "sha384", "sha512",
	};
	char l[1024], r[1024];
	size_t i, j;

	(void)state;
	for (i = 0; i < 5; i++)
		for (j = 0; j < 5; j++) {
			snprintf(l, sizeof(l), CFG_LEFT(
				 " encryption %s\n hash %s\n authentication pre-share\n group 19\n",
				 "Secret", TS_DEFAULT, ""), ciphers[i],
				 hashes[j]);
			snprintf(r, sizeof(r), CFG_RIGHT(
				 " encryption %s\n hash %s\n authentication pre-share\n group 19\n",
				 "Secret", TS_DEFAULT, ""), ciphers[i],
				 hashes[j]);
			check_up(l, r);
		}
}

static void phase1_groups(void **state)
{
	static const unsigned int groups[] = { 1, 2, 5, 14, 15, 16, 19, 20 };
	char l[1024], r[1024];
	size_t i;

	(void)state;
	for (i = 0; i < 8; i++) {
		snprintf(l, sizeof(l), CFG_LEFT(
			 " encryption aes\n hash sha\n authentication pre-share\n group %u\n",
			 "Secret", TS_DEFAULT, " set pfs group%u\n"),
			 groups[i], groups[i]);
		snprintf(r, sizeof(r), CFG_RIGHT(
			 " encryption aes\n hash sha\n authentication pre-share\n group %u\n",
			 "Secret", TS_DEFAULT, " set pfs group%u\n"),
			 groups[i], groups[i]);
		check_up(l, r);
	}
}

static void phase2_transforms(void **state)
{
	static const struct {
		const char *text;
		uint16_t encr;
		uint16_t auth;
		size_t key;
	} sets[] = {
		{ "esp-des esp-md5-hmac", CRYPTOMAP_ENCR_DES,
		  CRYPTOMAP_AUTH_HMAC_MD5_96, 8 },
		{ "esp-3des esp-sha-hmac", CRYPTOMAP_ENCR_3DES,
		  CRYPTOMAP_AUTH_HMAC_SHA1_96, 24 },
		{ "esp-aes esp-sha256-hmac", CRYPTOMAP_ENCR_AES_CBC,
		  CRYPTOMAP_AUTH_HMAC_SHA2_256_128, 16 },
		{ "esp-aes 192 esp-sha384-hmac", CRYPTOMAP_ENCR_AES_CBC,
		  CRYPTOMAP_AUTH_HMAC_SHA2_384_192, 24 },
		{ "esp-aes 256 esp-sha512-hmac", CRYPTOMAP_ENCR_AES_CBC,
		  CRYPTOMAP_AUTH_HMAC_SHA2_512_256, 32 },
		{ "esp-null esp-sha-hmac", CRYPTOMAP_ENCR_NULL,
		  CRYPTOMAP_AUTH_HMAC_SHA1_96, 0 },
		{ "esp-gcm", CRYPTOMAP_ENCR_AES_GCM_16, CRYPTOMAP_AUTH_NONE,
		  20 },
		{ "esp-gcm 192", CRYPTOMAP_ENCR_AES_GCM_16,
		  CRYPTOMAP_AUTH_NONE, 28 },
		{ "esp-gcm 256", CRYPTOMAP_ENCR_AES_GCM_16,
		  CRYPTOMAP_AUTH_NONE, 36 },
		{ "esp-gcm-12", CRYPTOMAP_ENCR_AES_GCM_12,
		  CRYPTOMAP_AUTH_NONE, 20 },
		{ "esp-gcm-8 256", CRYPTOMAP_ENCR_AES_GCM_8,
		  CRYPTOMAP_AUTH_NONE, 36 },
		{ "esp-ccm", CRYPTOMAP_ENCR_AES_CCM_16, CRYPTOMAP_AUTH_NONE,
		  19 },
		{ "esp-ccm-12 192", CRYPTOMAP_ENCR_AES_CCM_12,
		  CRYPTOMAP_AUTH_NONE, 27 },
		{ "esp-ccm-8 256", CRYPTOMAP_ENCR_AES_CCM_8,
		  CRYPTOMAP_AUTH_NONE, 35 },
		{ "esp-gmac 256", CRYPTOMAP_ENCR_NULL_AES_GMAC,
		  CRYPTOMAP_AUTH_NONE, 36 },
		{ "esp-aes-ctr 192 esp-sha-hmac", CRYPTOMAP_ENCR_AES_CTR,
		  CRYPTOMAP_AUTH_HMAC_SHA1_96, 28 },
		{ "esp-aes-ctr esp-aes-xcbc", CRYPTOMAP_ENCR_AES_CTR,
		  CRYPTOMAP_AUTH_AES_XCBC_96, 20 },
		{ "esp-aes esp-sha256-96-hmac", CRYPTOMAP_ENCR_AES_CBC,
		  CRYPTOMAP_AUTH_HMAC_SHA2_256_96, 16 },
	};
	static const char *const pfs[] = { "", " set pfs group19\n" };
	const struct kernel_sa *sa;
	char l[1024], r[1024];
	struct pair *p;
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
		for (j = 0; j < 2; j++) {
			snprintf(l, sizeof(l), CFG_LEFT(POLICY_DEFAULT,
				 "Secret", "%s", "%s"), sets[i].text, pfs[j]);
			snprintf(r, sizeof(r), CFG_RIGHT(POLICY_DEFAULT,
				 "Secret", "%s", "%s"), sets[i].text, pfs[j]);
			p = pair_new(l, r);
			pair_up(p, LEFT);
			sa = sim_current(p->host[LEFT].sim, pair_flow(p, LEFT),
					 CRYPTOMAP_DIR_OUT);
			assert_non_null(sa);
			assert_int_equal(sa->encr, sets[i].encr);
			assert_int_equal(sa->auth, sets[i].auth);
			assert_int_equal(sa->encr_key_len, sets[i].key);
			pair_free(p);
		}
}

/* Of two sets that differ in the least, neither is taken for the other. */
static void sets_that_differ(void **state)
{
	static const struct {
		const char *left;
		const char *right;
		const char *attribute;
		const char *offered;	/* by @left */
		const char *configured;
	} cases[] = {
		{ "esp-gcm", "esp-gcm-12", "encryption",
		  "ESP_AES-GCM_16 (20)", "ESP_AES-GCM_12 (19)" },
		{ "esp-gcm", "esp-ccm", "encryption",
		  "ESP_AES-GCM_16 (20)", "ESP_AES-CCM_16 (16)" },
		{ "esp-gmac", "esp-gcm", "encryption",
		  "ESP_NULL_AUTH_AES-GMAC (23)", "ESP_AES-GCM_16 (20)" },
		{ "esp-ccm-8 192", "esp-ccm-8 256", "key length", "192", "256" },
		{ "esp-aes-ctr esp-sha-hmac", "esp-aes esp-sha-hmac",
		  "encryption", "ESP_AES-CTR (13)", "ESP_AES-CBC (12)" },
		{ "esp-aes esp-aes-xcbc", "esp-aes esp-sha-hmac",
		  "authentication algorithm", "AES-XCBC-MAC (9)",
		  "HMAC-SHA (2)" },
	};
	const struct record_mismatch *m;
	char l[1024], r[1024];
	struct pair *p;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(l, sizeof(l), CFG_LEFT(POLICY_DEFAULT, "Secret", "%s",
						""), cases[i].left);
		snprintf(r, sizeof(r), CFG_RIGHT(POLICY_DEFAULT, "Secret",
						 "%s", ""), cases[i].right);
		p = pair_new(l, r);
		assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
		pair_run(p, 3000);
		assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
		m = &pair_record(p, RIGHT, 2)->mismatch[0];
		assert_string_equal(m->attribute, cases[i].attribute);
		assert_string_equal(m->offered, cases[i].offered);
		assert_string_equal(m->configured, cases[i].configured);
		pair_free(p);
	}
}

/* RFC 4304: both ends or none; what is configured is what is offered and taken. */
static void extended_sequence_numbers(void **state)
{
	const struct kernel_sa *sa;
	const struct record *r;
	unsigned int i;
	struct pair *p;

	(void)state;
	for (i = 0; i < 4; i++) {
		p = pair_new(i & 1 ? CFG_LEFT(POLICY_DEFAULT, "Secret",
					      TS_DEFAULT "\n esn", "") :
				     LEFT_DEFAULT,
			     i & 2 ? CFG_RIGHT(POLICY_DEFAULT, "Secret",
					       TS_DEFAULT "\n esn", "") :
				     RIGHT_DEFAULT);
		if (i == 1 || i == 2) {
			assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
			pair_run(p, 3000);
			assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
			r = pair_record(p, RIGHT, 2);
			assert_string_equal(r->mismatch[0].attribute,
					    "extended sequence numbers");
			assert_string_equal(r->mismatch[0].offered,
					    i == 1 ? "on (1)" : "off (0)");
			assert_string_equal(r->mismatch[0].configured,
					    i == 1 ? "off (0)" : "on (1)");
			pair_free(p);
			continue;
		}
		pair_up(p, LEFT);
		sa = sim_current(p->host[LEFT].sim, pair_flow(p, LEFT),
				 CRYPTOMAP_DIR_OUT);
		assert_int_equal(!(sa->flags & CRYPTOMAP_SA_F_ESN), i == 0);
		sa = sim_current(p->host[RIGHT].sim, pair_flow(p, RIGHT),
				 CRYPTOMAP_DIR_IN);
		assert_int_equal(!(sa->flags & CRYPTOMAP_SA_F_ESN), i == 0);
		pair_free(p);
	}
}

/* Sequence numbers, keys and SPIs of AH; one of each end's sets is of ESP. */
static void authentication_header(void **state)
{
	static const struct {
		const char *hash;
		uint16_t auth;
		size_t key;
	} sets[] = {
		{ "ah-md5-hmac", CRYPTOMAP_AUTH_HMAC_MD5_96, 16 },
		{ "ah-sha-hmac\n esn", CRYPTOMAP_AUTH_HMAC_SHA1_96, 20 },
		{ "ah-sha256-hmac", CRYPTOMAP_AUTH_HMAC_SHA2_256_128, 32 },
		{ "ah-sha256-96-hmac", CRYPTOMAP_AUTH_HMAC_SHA2_256_96, 32 },
		{ "ah-sha384-hmac", CRYPTOMAP_AUTH_HMAC_SHA2_384_192, 48 },
		{ "ah-sha512-hmac", CRYPTOMAP_AUTH_HMAC_SHA2_512_256, 64 },
		{ "ah-aes-xcbc", CRYPTOMAP_AUTH_AES_XCBC_96, 16 },
	};
	const struct kernel_sa *sa;
	char l[1024], r[1024];
	struct pair *p;
	size_t i, from;

	(void)state;
	for (i = 0; i < 2 * sizeof(sets) / sizeof(sets[0]); i++) {
		from = i & 1;
		snprintf(l, sizeof(l), "crypto ipsec transform-set E esp-null esp-md5-hmac\n"
			 CFG_LEFT(POLICY_DEFAULT, "Secret", "%s",
				  " set transform-set E TS\n"),
			 sets[i / 2].hash);
		snprintf(r, sizeof(r), "crypto ipsec transform-set E esp-gcm\n"
			 CFG_RIGHT(POLICY_DEFAULT, "Secret", "%s",
				   " set transform-set TS E\n"),
			 sets[i / 2].hash);
		p = pair_new(l, r);
		pair_up(p, from);
		sa = sim_current(p->host[LEFT].sim, pair_flow(p, LEFT),
				 CRYPTOMAP_DIR_OUT);
		assert_non_null(sa);
		assert_int_equal(sa->proto, IPPROTO_AH);
		assert_int_equal(sa->encr, 0);
		assert_int_equal(sa->encr_key_len, 0);
		assert_int_equal(sa->auth, sets[i / 2].auth);
		assert_int_equal(sa->auth_key_len, sets[i / 2].key);
		/* A pair at each end, and nothing left of another protocol. */
		assert_int_equal(sim_sa_count(p->host[LEFT].sim), 2);
		assert_int_equal(sim_sa_count(p->host[RIGHT].sim), 2);
		v1_delete_child(child_sa_of_flow(p->host[from].engine,
						 pair_flow(p, from)));
		pair_settle(p);
		assert_int_equal(sim_sa_count(p->host[!from].sim), 0);
		pair_free(p);
	}
}

static void ah_is_not_esp(void **state)
{
	static const char *const sets[] = { "ah-sha-hmac", "esp-null esp-sha-hmac" };
	const struct record_mismatch *m;
	char l[1024], r[1024];
	struct pair *p;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		snprintf(l, sizeof(l), CFG_LEFT(POLICY_DEFAULT, "Secret", "%s",
						""), sets[i]);
		snprintf(r, sizeof(r), CFG_RIGHT(POLICY_DEFAULT, "Secret",
						 "%s", ""), sets[!i]);
		p = pair_new(l, r);
		assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
		pair_run(p, 3000);
		assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
		m = &pair_record(p, RIGHT, 2)->mismatch[0];
		assert_string_equal(m->attribute, "protocol");
		assert_string_equal(m->offered, i ? "ESP" : "AH");
		assert_string_equal(m->configured, i ? "AH" : "ESP");
		pair_free(p);
	}
}

/* A NAT changes what AH protects: what is left of the sets is ESP, if anything. */
static void ah_does_not_pass_a_nat(void **state)
{
	static const char *const more[] = { "", " set transform-set TS E\n" };
	char l[1024], r[1024];
	struct pair *p;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		snprintf(l, sizeof(l), "crypto ipsec transform-set E " TS_DEFAULT "\n"
			 CFG_LEFT(POLICY_DEFAULT, "Secret", "ah-sha-hmac", "%s"),
			 more[i]);
		snprintf(r, sizeof(r), "crypto ipsec transform-set E " TS_DEFAULT "\n"
			 CFG_RIGHT(POLICY_DEFAULT, "Secret", "ah-sha-hmac", "%s"),
			 more[i]);
		p = pair_new(l, r);
		pair_behind_nat(&p->host[LEFT], 0x0a090901);
		if (i) {
			pair_up(p, LEFT);
			assert_int_equal(sim_current(p->host[LEFT].sim,
						     pair_flow(p, LEFT),
						     CRYPTOMAP_DIR_OUT)->proto,
					 IPPROTO_ESP);
			assert_int_equal(sim_sa_count(p->host[LEFT].sim), 2);
		} else {
			assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
			pair_run(p, 3000);
			assert_non_null(strstr(pair_record(p, LEFT, 2)->reason,
					       "AH, which cannot pass the NAT"));
			assert_int_equal(sim_sa_count(p->host[LEFT].sim), 0);
		}
		pair_free(p);
	}
}

/* And what a peer offers that does not know it is not taken. */
static void ah_is_not_taken_through_a_nat(void **state)
{
	const struct cfg_transform set = { .name = "TS", .hash = CFG_HASH_SHA1 };
	struct child_params params = {
		.sets = { &set }, .nsets = 1, .encap = IPSEC_ENCAP_TUNNEL,
	};
	struct record r = { 0 };
	struct esp_choice choice;
	struct offer o;

	(void)state;
	assert_int_equal(esp_offer_build(&params, 4711, 0, &o), 0);
	assert_int_equal(esp_proposal_choose(&params, &o.sa, false, &choice, &r),
			 0);
	assert_int_equal(choice.transform.protocol, ISAKMP_PROTO_AH);
	params.encap = IPSEC_ENCAP_UDP_TUNNEL;
	assert_int_equal(esp_proposal_choose(&params, &o.sa, false, &choice, &r),
			 -ENOENT);
	assert_string_equal(r.mismatch[0].attribute, "protocol");
	assert_string_equal(r.mismatch[0].configured, "ESP, since there is a NAT");
	assert_int_equal(esp_offer_build(&params, 4711, 0, &o), -ENOENT);
	free(r.mismatch);
}

/* No attribute tells how much of SHA-256 is sent: the packets do. */
static void short_icv_is_of_both_ends(void **state)
{
	struct pair *p = pair_new(CFG_LEFT(POLICY_DEFAULT, "Secret",
					   "esp-aes esp-sha256-96-hmac", ""),
				  CFG_RIGHT(POLICY_DEFAULT, "Secret",
					    "esp-aes esp-sha256-hmac", ""));

	(void)state;
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 3000);
	assert_int_equal(pair_packet(p, LEFT), -ENOKEY);
	assert_int_equal(pair_packet(p, RIGHT), -ENOKEY);
	pair_free(p);
}

/* The responder's order of priority decides. */
static void several_policies(void **state)
{
	struct pair *p;

	(void)state;
	p = pair_new("crypto isakmp policy 1\n encryption aes\n hash md5\n"
		     " authentication pre-share\n group 19\n"
		     "crypto isakmp policy 2\n encryption 3des\n hash sha\n"
		     " authentication pre-share\n group 19\n"
		     CFG_LEFT(POLICY_DEFAULT, "Secret", TS_DEFAULT, ""),
		     "crypto isakmp policy 7\n encryption aes 192\n hash sha\n"
		     " authentication pre-share\n group 19\n"
		     "crypto isakmp policy 9\n encryption 3des\n hash sha\n"
		     " authentication pre-share\n group 19\n"
		     CFG_RIGHT(POLICY_DEFAULT, "Secret", TS_DEFAULT, ""));
	pair_up(p, LEFT);
	assert_int_equal(pair_ike(p, LEFT)->priority, 2);
	assert_int_equal(pair_ike(p, RIGHT)->priority, 9);
	assert_int_equal(pair_ike(p, RIGHT)->cipher, CRYPTO_3DES_CBC);
	pair_free(p);
}

static void several_transform_sets(void **state)
{
	const struct kernel_sa *sa;
	struct pair *p;

	(void)state;
	p = pair_new("crypto ipsec transform-set A esp-3des esp-md5-hmac\n"
		     "crypto ipsec transform-set B esp-aes esp-sha-hmac\n"
		     CFG_LEFT(POLICY_DEFAULT, "Secret", TS_DEFAULT,
			      " set transform-set A B TS\n"),
		     "crypto ipsec transform-set C esp-aes esp-sha-hmac\n"
		     CFG_RIGHT(POLICY_DEFAULT, "Secret", "esp-des esp-md5-hmac",
			       " set transform-set TS C\n"));
	pair_up(p, LEFT);
	sa = sim_current(p->host[LEFT].sim, pair_flow(p, LEFT),
			 CRYPTOMAP_DIR_OUT);
	assert_int_equal(sa->encr, CRYPTOMAP_ENCR_AES_CBC);
	assert_int_equal(sa->auth, CRYPTOMAP_AUTH_HMAC_SHA1_96);
	pair_free(p);
}

/* Any lifetime is accepted, the shorter one used by both. */
static void shorter_lifetime(void **state)
{
	const struct kernel_sa *l, *r;
	unsigned int from;
	struct pair *p;

	(void)state;
	for (from = LEFT; from <= RIGHT; from++) {
		p = pair_new(CFG_LEFT(POLICY_DEFAULT " lifetime 3600\n",
			     "Secret", TS_DEFAULT,
			     " set security-association lifetime seconds 600\n"
			     " set security-association lifetime kilobytes 9000\n"),
			     CFG_RIGHT(POLICY_DEFAULT " lifetime 80000\n",
			     "Secret", TS_DEFAULT,
			     " set security-association lifetime seconds 90000\n"
			     " set security-association lifetime kilobytes 5000\n"));
		pair_up(p, from);
		assert_int_equal(pair_ike(p, LEFT)->lifetime, 3600);
		assert_int_equal(pair_ike(p, RIGHT)->lifetime, 3600);
		l = sim_current(p->host[LEFT].sim, pair_flow(p, LEFT),
				CRYPTOMAP_DIR_OUT);
		r = sim_current(p->host[RIGHT].sim, pair_flow(p, RIGHT),
				CRYPTOMAP_DIR_OUT);
		assert_int_equal(l->hard_secs, 600);
		assert_int_equal(r->hard_secs, 600);
		assert_int_equal(l->hard_kb, 5000);
		assert_int_equal(r->hard_kb, 5000);
		assert_in_range(l->soft_secs, 500, 590);
		pair_free(p);
	}
}

/* 0 is unlimited; on either side the other's limit holds for both. */
static void unlimited_lifetime(void **state)
{
	static const struct {
		unsigned int left;
		unsigned int right;
		unsigned int agreed;
	} cases[] = {
		{ 0, 0, 0 }, { 0, 3600, 3600 }, { 3600, 0, 3600 },
	};
	char l[1024], r[1024];
	unsigned int from;
	struct pair *p;
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++)
		for (from = LEFT; from <= RIGHT; from++) {
			snprintf(l, sizeof(l), CFG_LEFT(POLICY_DEFAULT
				 " lifetime %u\n", "Secret", TS_DEFAULT, ""),
				 cases[i].left);
			snprintf(r, sizeof(r), CFG_RIGHT(POLICY_DEFAULT
				 " lifetime %u\n", "Secret", TS_DEFAULT, ""),
				 cases[i].right);
			p = pair_new(l, r);
			pair_up(p, from);
			assert_int_equal(pair_ike(p, LEFT)->lifetime,
					 cases[i].agreed);
			assert_int_equal(pair_ike(p, RIGHT)->lifetime,
					 cases[i].agreed);
			pair_run(p, 100000000);	/* more than a day */
			if (!cases[i].agreed)
				assert_int_equal(pair_counter(p, LEFT,
						 ENGINE_C_PHASE1_UP), 1);
			else
				assert_true(pair_counter(p, LEFT,
						ENGINE_C_PHASE1_UP) > 20);
			pair_free(p);
		}
}

struct warned {
	unsigned int n;
	char last[200];
};

static void hear(void *arg, enum log_subsystem sub, enum log_level level,
		 const char *line)
{
	struct warned *w = arg;

	(void)sub;
	if (level != LOG_LEVEL_WARNING)
		return;
	w->n++;
	snprintf(w->last, sizeof(w->last), "%s", line);
}

/* R-13, E-012: others would have refused; so do not be silent about it. */
static void longer_lifetime_is_warned_of(void **state)
{
	static const struct {
		const char *left;
		const char *right;
		const char *warning;	/* of the responder */
	} cases[] = {
		{ " lifetime 3600\n", " lifetime 3600\n", NULL },
		{ " lifetime 3600\n", " lifetime 80000\n", NULL },
		{ " lifetime 3600\n", " lifetime 0\n", NULL },
		{ " lifetime 0\n", " lifetime 0\n", NULL },
		{ " lifetime 80000\n", " lifetime 3600\n",
		  "192.0.2.1: the peer's lifetime, 80000 s, is longer than the 3600 s of policy 10, which is used" },
		{ " lifetime 0\n", " lifetime 3600\n",
		  "192.0.2.1: the peer's lifetime, unlimited, is longer than the 3600 s of policy 10, which is used" },
	};
	char l[1024], r[1024];
	struct pair *p;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct warned warned = { 0 };

		snprintf(l, sizeof(l), CFG_LEFT("%s%s", "Secret", TS_DEFAULT,
						""), POLICY_DEFAULT,
			 cases[i].left);
		snprintf(r, sizeof(r), CFG_RIGHT("%s%s", "Secret", TS_DEFAULT,
						 ""), POLICY_DEFAULT,
			 cases[i].right);
		p = pair_new(l, r);
		log_set_level(LOG_SUB_ike, LOG_LEVEL_WARNING);
		log_set_sink(hear, &warned);
		pair_up(p, LEFT);
		log_set_sink(NULL, NULL);
		log_set_level(LOG_SUB_ike, LOG_LEVEL_ERR);
		assert_int_equal(warned.n, !!cases[i].warning);
		if (cases[i].warning)
			assert_string_equal(warned.last, cases[i].warning);
		pair_free(p);
	}
}

static void hear_kilobytes(void *arg, enum log_subsystem sub,
			   enum log_level level, const char *line)
{
	(void)sub;
	if (level == LOG_LEVEL_INFO && strstr(line, " kB ") &&
	    strstr(line, "ignored"))
		snprintf(arg, 200, "%s", line);
}

/* As if the peer had offered it: its hash is over what it offered. */
static unsigned int offer_kilobytes(struct pair *p, struct packet *pkt,
				    unsigned int number)
{
	(void)pkt;
	if (number == 1)
		pair_ike(p, RIGHT)->transform.life.kilobytes = 4608;
	return 1;
}

static void kilobytes_of_phase_1_are_named(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
	char said[200] = "";

	(void)state;
	p->filter = offer_kilobytes;
	log_set_level(LOG_SUB_ike, LOG_LEVEL_INFO);
	log_set_sink(hear_kilobytes, said);
	pair_up(p, LEFT);
	log_set_sink(NULL, NULL);
	log_set_level(LOG_SUB_ike, LOG_LEVEL_ERR);
	assert_string_equal(said, "192.0.2.1: the lifetime of 4608 kB that the peer names for the ISAKMP SA is ignored, 86400 s count");
	pair_free(p);
}

/* A host, a protocol, a port: as identities of their kinds. */
static void selectors(void **state)
{
	static const char *const aces[][2] = {
		{ "tcp 10.1.0.0 0.0.0.255 host 10.2.0.9 eq 80",
		  "tcp host 10.2.0.9 eq 80 10.1.0.0 0.0.0.255" },
		{ "udp host 10.1.0.1 eq 53 any", "udp any host 10.1.0.1 eq 53" },
		{ "icmp any any", "icmp any any" },
		{ "gre host 192.0.2.1 host 198.51.100.2",
		  "gre host 198.51.100.2 host 192.0.2.1" },
	};
	char l[1024], r[1024];
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		snprintf(l, sizeof(l),
			 CFG_PHASE1(POLICY_DEFAULT, "Secret", CFG_ADDR_RIGHT)
			 "crypto ipsec transform-set TS " TS_DEFAULT "\n"
			 "access-list 101 permit %s\n"
			 "crypto map M 10 ipsec-isakmp\n set peer "
			 CFG_ADDR_RIGHT "\n set transform-set TS\n"
			 " match address 101\ninterface wan0\n crypto map M\n",
			 aces[i][0]);
		snprintf(r, sizeof(r),
			 CFG_PHASE1(POLICY_DEFAULT, "Secret", CFG_ADDR_LEFT)
			 "crypto ipsec transform-set TS " TS_DEFAULT "\n"
			 "access-list 101 permit %s\n"
			 "crypto map M 10 ipsec-isakmp\n set peer "
			 CFG_ADDR_LEFT "\n set transform-set TS\n"
			 " match address 101\ninterface wan0\n crypto map M\n",
			 aces[i][1]);
		check_up(l, r);
	}
}

/* Each line of the list is a flow with SAs of its own, under one phase 1. */
static void many_flows(void **state)
{
	struct pair *p;
	char l[16384], r[16384];
	size_t nl, nr;
	unsigned int i;

	(void)state;
	nl = snprintf(l, sizeof(l), LEFT_DEFAULT);
	nr = snprintf(r, sizeof(r), RIGHT_DEFAULT);
	for (i = 1; i < 100; i++) {
		nl += snprintf(l + nl, sizeof(l) - nl,
			       "access-list 101 permit ip host 10.9.%u.1 host 10.8.%u.1\n",
			       i, i);
		nr += snprintf(r + nr, sizeof(r) - nr,
			       "access-list 101 permit ip host 10.8.%u.1 host 10.9.%u.1\n",
			       i, i);
	}
	p = pair_new(l, r);
	for (i = 0; i < 100; i++)
		sim_packet(p->host[LEFT].sim,
			   sim_flow_id(p->host[LEFT].sim, i),
			   p->host[RIGHT].sim);
	pair_run(p, 60000);
	assert_int_equal(pair_children(p, LEFT), 100);
	assert_int_equal(pair_children(p, RIGHT), 100);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_PHASE1_UP), 1);
	for (i = 0; i < 100; i++)
		assert_int_equal(sim_packet(p->host[LEFT].sim,
					    sim_flow_id(p->host[LEFT].sim, i),
					    p->host[RIGHT].sim), 0);
	pair_free(p);
}

static void identities(void **state)
{
	struct pair *p;

	(void)state;
	p = pair_new("crypto isakmp identity hostname\nhostname left\n"
		     LEFT_DEFAULT,
		     "hostname right\n" RIGHT_DEFAULT);
	pair_up(p, LEFT);
	assert_string_equal(pair_ike(p, RIGHT)->remote_id, "left");
	assert_string_equal(pair_ike(p, LEFT)->remote_id, CFG_ADDR_RIGHT);
	pair_free(p);
	p = pair_new("crypto isakmp identity user-fqdn left@example.net\n"
		     LEFT_DEFAULT,
		     "crypto isakmp identity fqdn right.example.net\n"
		     RIGHT_DEFAULT);
	pair_up(p, LEFT);
	assert_string_equal(pair_ike(p, RIGHT)->remote_id, "left@example.net");
	assert_string_equal(pair_ike(p, LEFT)->remote_id, "right.example.net");
	pair_free(p);
}

/* E-020: the peer is named by its address, and calls itself by another. */
static void other_identity(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
	const struct record *r;

	(void)state;
	pair_up(p, LEFT);
	r = pair_record(p, RIGHT, 1);
	assert_int_equal(r->nmismatches, 0);
	pair_free(p);
	p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	sim_poll(p->host[LEFT].sim);
	/* What RIGHT sees of it stays as it is: there is NAT between. */
	pair_ike(p, LEFT)->local = addr_v4(0x0a0a0a0a, IKE_PORT);
	pair_settle(p);
	assert_int_equal(pair_ike(p, RIGHT)->state, IKE_ESTABLISHED);
	r = pair_record(p, RIGHT, 1);
	assert_int_equal(r->nmismatches, 1);
	assert_string_equal(r->mismatch[0].attribute, "identity");
	assert_string_equal(r->mismatch[0].offered, "10.10.10.10");
	assert_string_equal(r->mismatch[0].configured, CFG_ADDR_LEFT);
	pair_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(phase1_algorithms),
		cmocka_unit_test(phase1_groups),
		cmocka_unit_test(phase2_transforms),
		cmocka_unit_test(sets_that_differ),
		cmocka_unit_test(extended_sequence_numbers),
		cmocka_unit_test(authentication_header),
		cmocka_unit_test(ah_is_not_esp),
		cmocka_unit_test(ah_does_not_pass_a_nat),
		cmocka_unit_test(ah_is_not_taken_through_a_nat),
		cmocka_unit_test(short_icv_is_of_both_ends),
		cmocka_unit_test(several_policies),
		cmocka_unit_test(several_transform_sets),
		cmocka_unit_test(shorter_lifetime),
		cmocka_unit_test(unlimited_lifetime),
		cmocka_unit_test(longer_lifetime_is_warned_of),
		cmocka_unit_test(kilobytes_of_phase_1_are_named),
		cmocka_unit_test(selectors),
		cmocka_unit_test(many_flows),
		cmocka_unit_test(identities),
		cmocka_unit_test(other_identity),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}
