/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A pair whose left engine is a client of remote access, by `crypto ipsec client ezvpn`. */
#ifndef SELFTESTS_UNIT_IKE_EZVPN_H
#define SELFTESTS_UNIT_IKE_EZVPN_H

#include "ike-daemon/policy/ezvpn.h"
#include "ike-daemon/v1/client.h"
#include "selftests/unit/ike_client.h"

#define EZ_GROUP	" group G key GroupSecret\n"
#define EZ_ALICE	" username alice password alicepw\n"
#define EZ_OUTSIDE	"interface wan0\n crypto ipsec client ezvpn EZ\n"
#define EZ_OF(lines)							\
	POLICY "crypto ipsec client ezvpn EZ\n peer " CFG_ADDR_RIGHT "\n" \
	lines EZ_OUTSIDE
#define EZ		EZ_OF(EZ_GROUP EZ_ALICE)

static inline struct ezvpn *ez_of(struct pair *p)
{
	struct err err = { "" };
	struct ezvpn *ez = ezvpn_find(p->host[LEFT].engine, "EZ", &err);

	assert_non_null(ez);
	return ez;
}

static inline void ez_is(struct pair *p, const char *state)
{
	const struct ezvpn *ez = ez_of(p);

	if (strcmp(ezvpn_state(ez), state))
		fail_msg("state is %s, not %s: %s", ezvpn_state(ez), state,
			 ez->reason);
}

static inline void ez_says(struct pair *p, const char *reason)
{
	if (!strstr(ez_of(p)->reason, reason))
		fail_msg("\"%s\", not \"%s\"", ez_of(p)->reason, reason);
}

static inline struct pair *ez_new(const char *client, const char *server)
{
	struct pair *p = pair_new(client, server);

	pair_run(p, 3000);
	return p;
}

/* Up, with packets both ways on the first flow. */
static inline void ez_works(struct pair *p)
{
	ez_is(p, "IPSEC_ACTIVE");
	assert_int_equal(pair_packet(p, LEFT), 0);
	assert_int_equal(pair_packet(p, RIGHT), 0);
	pair_settle(p);
}

static inline unsigned int count_flows(struct pair *p, unsigned int i)
{
	return list_length(&p->host[i].engine->policy->all_flows);
}

/* Nothing of it is there. */
static inline void ez_nothing(struct pair *p)
{
	assert_int_equal(count_flows(p, LEFT), 0);
	assert_int_equal(pair_children(p, LEFT), 0);
	assert_int_equal(sim_sa_count(p->host[LEFT].sim), 0);
	assert_null(pair_ike(p, LEFT));
}

#endif
