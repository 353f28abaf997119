/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the two engines of a fuzz target are configured to be. */
#ifndef SELFTESTS_FUZZ_IKE_CONFIG_H
#define SELFTESTS_FUZZ_IKE_CONFIG_H

#include "selftests/fuzz/ike_crypto.h"
#include "selftests/unit/ike_pki.h"

struct scenario {
	const char *text[2];
	uint32_t nat;			/* left's address behind one, 0: none */
	struct cm_config *cfg[2];	/* what was made of it */
};

#define FUZZ_POLICY	"crypto isakmp policy 10\n" POLICY_DEFAULT
#define FUZZ_DPD	"crypto isakmp keepalive 10 periodic\n"
#define FUZZ_SMALL	"crypto isakmp fragmentation mtu 576\n"
#define FUZZ_TS		"crypto ipsec transform-set TS " TS_DEFAULT "\n"
#define FUZZ_BOUND	"interface wan0\n crypto map M\n"
#define FUZZ_DYNAMIC							\
	"crypto dynamic-map D 10\n set transform-set TS\n reverse-route\n" \
	"crypto map M 65000 ipsec-isakmp dynamic D\n" FUZZ_BOUND
#define FUZZ_ANYBODY	"crypto isakmp key Secret address 0.0.0.0\n"
#define FUZZ_KEY(peer)	"crypto isakmp key Secret address " peer "\n"
#define FUZZ_BRIEF							\
	" set pfs group19\n set security-association lifetime seconds 120\n" \
	" set security-association idle-time 600\n reverse-route\n"
/* All that two ends can disagree about. */
#define FUZZ_POLICIES							\
	"crypto isakmp policy 5\n encryption 3des\n hash md5\n"		\
	" authentication pre-share\n group 2\n lifetime 600\n"		\
	FUZZ_POLICY							\
	"crypto isakmp policy 20\n encryption aes 192\n hash sha512\n"	\
	" authentication pre-share\n group 20\n lifetime 300\n"
#define FUZZ_LINES(own, peer)						\
	"access-list 101 permit tcp 10." own ".1.0 0.0.0.255 host 10." peer ".1.1 eq 80\n" \
	"access-list 101 permit udp host 10." own ".1.9 any\n"
#define FUZZ_MANY(address, own, peer)					\
	FUZZ_POLICIES FUZZ_KEY(address) FUZZ_KEY("203.0.113.9")		\
	"crypto ipsec transform-set AH ah-sha256-hmac\n"		\
	"crypto ipsec transform-set OLD esp-3des esp-md5-hmac\n"	\
	"crypto ipsec transform-set GCM esp-gcm 256\n"			\
	FUZZ_TS FUZZ_LINES(own, peer)					\
	"crypto map M 10 ipsec-isakmp\n set peer " address "\n"		\
	" set peer 203.0.113.9\n set transform-set GCM AH OLD TS\n"	\
	" set pfs group14\n match address 101\n"			\
	FUZZ_BOUND
#define FUZZ_TRANSPORT(address, own)					\
	FUZZ_POLICY FUZZ_KEY(address) FUZZ_DPD				\
	"crypto ipsec transform-set TS " TS_DEFAULT "\n mode transport\n" \
	"access-list 101 permit udp host " own " host " address "\n"	\
	"crypto map M 10 ipsec-isakmp\n set peer " address "\n"		\
	" set transform-set TS\n match address 101\n" FUZZ_BOUND

/* Remote access: the left one is the client, as which the harness speaks. */
#define FUZZ_CLIENT							\
	FUZZ_POLICY "crypto isakmp peer address " CFG_ADDR_RIGHT "\n"	\
	" set aggressive-mode password GroupSecret\n"			\
	" set aggressive-mode client-endpoint key-id G\n" FUZZ_TS	\
	"access-list 101 permit ip host 10.99.0.10 any\n"		\
	"crypto map M 10 ipsec-isakmp\n set peer " CFG_ADDR_RIGHT "\n"	\
	" set transform-set TS\n match address 101\n" FUZZ_BOUND
#define FUZZ_SERVER							\
	FUZZ_POLICY							\
	"aaa authentication login USERS local\n"			\
	"aaa authorization network GROUPS local\n"			\
	"username alice password alicepw\n"				\
	"ip local pool EZ 10.99.0.10\n"					\
	"access-list 150 permit ip 10.2.0.0 0.0.0.255 any\n"		\
	"access-list 150 permit ip 10.4.0.0 0.0.255.255 any\n"		\
	"crypto isakmp client configuration group G\n"			\
	" key GroupSecret\n dns 10.2.0.53 10.2.0.54\n wins 10.2.0.55\n"	\
	" domain example.test\n pool EZ\n acl 150\n"			\
	" netmask 255.255.255.0\n banner hello\n save-password\n"	\
	" max-logins 1\n max-users 1\n"					\
	"crypto map M client authentication list USERS\n"		\
	"crypto map M isakmp authorization list GROUPS\n"		\
	"crypto map M client configuration address respond\n"		\
	FUZZ_TS FUZZ_DYNAMIC

#define FUZZ_NAMED							\
	FUZZ_POLICY "crypto isakmp peer address " CFG_ADDR_RIGHT "\n"	\
	" set aggressive-mode password Secret\n"			\
	" set aggressive-mode client-endpoint fqdn a.example\n"		\
	CFG_MAP(TS_DEFAULT, "", CFG_ADDR_RIGHT, CFG_LAN_LEFT, CFG_LAN_RIGHT)
#define FUZZ_KNOWS							\
	FUZZ_POLICY "crypto isakmp key Secret hostname a.example\n"	\
	CFG_MAP(TS_DEFAULT, "", CFG_ADDR_LEFT, CFG_LAN_RIGHT, CFG_LAN_LEFT)

#define FUZZ_DEMUX							\
	FUZZ_POLICY FUZZ_ANYBODY					\
	"crypto ipsec transform-set TS " TS_DEFAULT "\n mode transport\n" \
	"crypto dynamic-map D 10\n set transform-set TS\n set nat demux\n" \
	"crypto map M 10 ipsec-isakmp dynamic D\n" FUZZ_BOUND
#define FUZZ_PER_HOST	" set security-association level per-host\n"

#define INSIDE	0x0a090901

static struct scenario scenarios[] = {
	{ .text = { LEFT_DEFAULT, RIGHT_DEFAULT } },
	{ .text = { FUZZ_DPD CFG_LEFT(POLICY_DEFAULT " lifetime 300\n", "Secret",
			      TS_DEFAULT, FUZZ_BRIEF),
	    CFG_RIGHT(POLICY_DEFAULT " lifetime 300\n", "Secret", TS_DEFAULT,
		      FUZZ_BRIEF) } },
	{ .text = { FUZZ_NAMED, FUZZ_KNOWS } },
	{ .text = { FUZZ_CLIENT, FUZZ_SERVER } },
	{ .text = { FUZZ_DPD LEFT_DEFAULT,
	    FUZZ_POLICY FUZZ_ANYBODY FUZZ_TS FUZZ_DYNAMIC }, .nat = INSIDE },
	{ .text = { FUZZ_MANY(CFG_ADDR_RIGHT, "1", "2"),
	    FUZZ_MANY(CFG_ADDR_LEFT, "2", "1") } },
	{ .text = { FUZZ_TRANSPORT(CFG_ADDR_RIGHT, "10.9.9.1"), FUZZ_DEMUX },
	  .nat = INSIDE },
	{ .text = { FUZZ_CLIENT FUZZ_DPD, FUZZ_DPD FUZZ_SERVER }, .nat = INSIDE },
	{ .text = { CFG_LEFT(POLICY_DEFAULT, "Secret", TS_DEFAULT, FUZZ_PER_HOST),
	    CFG_RIGHT(POLICY_DEFAULT, "Secret", TS_DEFAULT,
		      FUZZ_PER_HOST) } },
	{ .text = { LEFT_DEFAULT,
	    CFG_RIGHT(POLICY_DEFAULT, "Sekret", TS_DEFAULT, "") } },
	/* with certificates: the texts are made when the files are there */
	{ .nat = 0 },
	{ .nat = 0 },
	{ .nat = INSIDE },
};

#define N_SCENARIOS	(sizeof(scenarios) / sizeof(scenarios[0]))

static inline void scenario_parse(struct scenario *s)
{
	unsigned int i;

	for (i = 0; i < 2; i++)
		s->cfg[i] = pair_parse(s->text[i]);
}

static inline void scenario_of(unsigned int which, const struct end *l,
			       const struct end *r)
{
	struct scenario *s = &scenarios[which];

	s->text[LEFT] = config(LEFT, l);
	s->text[RIGHT] = config(RIGHT, r);
	scenario_parse(s);
}

static void scenarios_exit(void)
{
	unsigned int i;

	for (i = 0; i < N_SCENARIOS; i++) {
		cm_config_free(scenarios[i].cfg[LEFT]);
		cm_config_free(scenarios[i].cfg[RIGHT]);
		scenarios[i].cfg[LEFT] = NULL;
	}
	fuzz_free_pkeys();
	pki_teardown(NULL);
}

/* Once in a program. */
static inline void scenarios_init(void)
{
	struct end l = left, r = right;
	unsigned int i;

	if (scenarios[0].cfg[LEFT])
		return;
	CHECK(!pki_setup(NULL));
	for (i = 0; i < N_SCENARIOS - 3; i++)
		scenario_parse(&scenarios[i]);
	scenario_of(N_SCENARIOS - 3, &l, &r);
	l.more = FUZZ_SMALL;
	r.more = FUZZ_SMALL;
	r.crl = "crl.pem";
	scenario_of(N_SCENARIOS - 2, &l, &r);
	l.auth = "rsa-sig";
	l.cert = "left-rsa.pem";
	l.key = "left-rsa.key";
	r.auth = "rsa-sig";
	r.cert = "right-rsa.pem";
	r.key = "right-rsa.key";
	r.crl = NULL;
	scenario_of(N_SCENARIOS - 1, &l, &r);
	atexit(scenarios_exit);
}

/* An engine becomes what the scenario says; false: it is as before. */
static inline bool scenario_apply(unsigned int which, struct pair *p,
				  unsigned int i)
{
	const struct cm_config *cfg = scenarios[which % N_SCENARIOS].cfg[i];
	struct cm_config *copy = cm_config_copy(cfg);
	struct err err = { "" };

	if (!copy || !engine_apply(p->host[i].engine, copy, NULL, NULL, &err))
		return copy;
	cm_config_free(copy);
	return false;
}

/* As pair_new(). */
static inline struct pair *scenario_begin(unsigned int which)
{
	const struct scenario *s = &scenarios[which % N_SCENARIOS];
	struct pair *p = calloc(1, sizeof(*p));
	unsigned int i;

	CHECK(p);
	p->now = 1000;
	for (i = 0; i < 2; i++) {
		pair_start(p, i);
		sim_spis_from(p->host[i].sim, 0x1000 * (i + 1));
		scenario_apply(which, p, i);
	}
	if (s->nat)
		pair_behind_nat(&p->host[LEFT], s->nat);
	return p;
}

#endif
