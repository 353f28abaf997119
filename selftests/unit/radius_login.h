/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Logins by lists of a configuration with one server of RADIUS: for tests of both. */
#ifndef SELFTESTS_RADIUS_LOGIN_H
#define SELFTESTS_RADIUS_LOGIN_H

#include <stdio.h>
#include <string.h>

#include "ike-daemon/aaa/login.h"
#include "ike-daemon/aaa/radius_dead.h"
#include "selftests/unit/radius_server.h"
#include "tools/cli/config.h"

#define KEY	"Sh4red,key"

/* What was decided, in order. */
static struct login_answer answers[64];
static unsigned int n_answers;

static inline void note(void *arg, const struct login_answer *answer)
{
	(void)arg;
	answers[n_answers++] = *answer;
}

static inline struct cm_config *parse(const struct rad_server *s, const char *rest)
{
	struct cm_config *cfg = NULL;
	char text[2000];

	snprintf(text, sizeof(text),
		 "radius-server host 127.0.0.1 auth-port %u timeout 1 retransmit 0 key %s\n"
		 "aaa authentication login RADIUS group radius\n"
		 "aaa authentication login BOTH group radius local\n"
		 "aaa authentication login LOCAL local\n"
		 "username bob password other\n%s", s->port, KEY, rest);
	assert_int_equal(config_parse("t", text, strlen(text), stderr, &cfg), 0);
	return cfg;
}

static inline struct login *begin(struct work_pool *pool, struct work_pool *waiting,
			   const struct cm_config *cfg, const char *list,
			   const char *user, const char *password)
{
	static const struct radius_dead nobody;
	struct login_request rq = {
		.cfg = cfg, .list = cfg_method_find(cfg, list, false),
		.user = user, .password = password, .dead = &nobody,
		.nas = addr_v4(0xc0000201, 0), .client = addr_v4(0xc6336402, 0),
	};
	struct login *l = login_start(pool, waiting, &rq, note, NULL);

	assert_non_null(l);
	return l;
}

#endif
