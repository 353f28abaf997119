/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * May this user in?  Asks what the list says, in its order: servers of RADIUS, and the
 * users of the configuration if none of those answers.
 */
#ifndef IKE_AAA_LOGIN_H
#define IKE_AAA_LOGIN_H

#include <stdbool.h>

#include "ike-daemon/aaa/mschap.h"
#include "ike-daemon/aaa/radius.h"

struct login;
struct radius_dead;
struct work_pool;

enum login_result {
	LOGIN_REFUSED,
	LOGIN_GRANTED,
	LOGIN_NO_ANSWER,	/* nobody was there to say */
	LOGIN_CHALLENGED,	/* RADIUS asks for more, as the reply says */
};

struct login_answer {
	enum login_result result;
	bool radius;			/* a server has said so, or was to */
	struct radius_reply reply;	/* if a server was asked; else zeros */
	char success[MSCHAP2_SUCCESS];	/* what proves to the client that it is known, or "" */
};

/* All is copied, but the list and the configuration, which may change afterwards. */
struct login_request {
	const struct cm_config *cfg;
	const struct cfg_method *list;	/* NULL: one that knows nobody */
	const char *user;		/* NULL: one that cannot be known */
	const char *password;		/* "" with ... */
	const struct ppp_proof *proof;	/* ... what shows that he knows it; NULL: nothing else */
	const struct radius_reply *challenge;	/* that @password answers; NULL: none */
	const struct radius_dead *dead;	/* servers that are asked last at ... */
	uint64_t now_ms;
	struct addr nas;		/* where the client came in ... */
	struct addr client;		/* ... and from */
};

/*
 * Computations go to @pool, and what waits for servers to @waiting, so that it is not in
 * their way.  @done is called later, on the engine's thread, and not after
 * login_forget().  NULL without memory, or when the workers are busy.
 */
struct login *login_start(struct work_pool *pool, struct work_pool *waiting,
			  const struct login_request *rq,
			  void (*done)(void *arg,
				       const struct login_answer *answer),
			  void *arg);
/* The answer is not wanted any more; accepts NULL. */
void login_forget(struct login *login);

#endif
