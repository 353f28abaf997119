// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "ike-daemon/aaa/login.h"
#include "ike-daemon/aaa/radius_dead.h"
#include "ike-daemon/aaa/users.h"
#include "ike-daemon/sa/work.h"
#include "tools/lib/secret.h"

struct login {
	struct work work;		/* of @waiting, while RADIUS is asked */
	struct work_pool *pool;
	void (*done)(void *arg, const struct login_answer *answer);
	void *arg;
	atomic_bool forgotten;
	bool asking;			/* RADIUS: @work is with the workers */
	struct user_check *check;	/* for when no server answers, then running */
	struct radius_request request;
	struct login_answer answer;
};

static void login_free(struct login *l)
{
	user_check_free(l->check);
	secret_free(l);
}

static void login_done(struct login *l, enum login_result result)
{
	l->answer.result = result;
	if (l->done)
		l->done(l->arg, &l->answer);
	login_free(l);
}

static void checked(void *arg, bool fits, const char *success)
{
	struct login *l = arg;

	l->check = NULL;
	snprintf(l->answer.success, sizeof(l->answer.success), "%s", success);
	login_done(l, fits ? LOGIN_GRANTED : LOGIN_REFUSED);
}

/* --- RADIUS ------------------------------------------------------------------------ */

static void ask(struct work *w)
{
	struct login *l = (struct login *)w;

	radius_ask(&l->request, &l->forgotten, &l->answer.reply);
}

static enum login_result result_of(enum radius_answer answer)
{
	switch (answer) {
	case RADIUS_ACCEPT:
		return LOGIN_GRANTED;
	case RADIUS_CHALLENGE:
		return LOGIN_CHALLENGED;
	case RADIUS_SILENT:
		return LOGIN_NO_ANSWER;
	default:
		return LOGIN_REFUSED;
	}
}

static void asked(struct work *w)
{
	struct login *l = (struct login *)w;
	enum radius_answer answer = l->answer.reply.answer;

	l->asking = false;
	if (!l->done) {
		login_free(l);
	} else if (answer != RADIUS_SILENT || !l->check) {
		snprintf(l->answer.success, sizeof(l->answer.success), "%s",
			 l->answer.reply.success);
		login_done(l, result_of(answer));
	} else {
		l->answer.radius = false;
		if (user_check_submit(l->check, l->pool))
			login_done(l, LOGIN_NO_ANSWER);
	}
}

static int ask_radius(struct login *l, struct work_pool *waiting,
		      const struct login_request *rq)
{
	l->work.run = ask;
	l->work.done = asked;
	radius_servers(rq->cfg, rq->list->servers, &l->request);
	radius_dead_last(rq->dead, rq->now_ms, &l->request);
	if (rq->challenge)
		radius_continue(&l->request, rq->challenge);
	snprintf(l->request.user, sizeof(l->request.user), "%s", rq->user);
	snprintf(l->request.password, sizeof(l->request.password), "%s",
		 rq->password);
	l->request.by_proof = rq->proof;
	if (rq->proof)
		l->request.proof = *rq->proof;
	l->request.nas = rq->nas;
	l->request.client = rq->client;
	l->answer.radius = true;
	l->asking = true;
	return work_submit(waiting, &l->work);
}

/* --- from outside ------------------------------------------------------------------ */

struct login *login_start(struct work_pool *pool, struct work_pool *waiting,
			  const struct login_request *rq,
			  void (*done)(void *arg,
				       const struct login_answer *answer),
			  void *arg)
{
	/* Who cannot be known is not known here. */
	bool radius = rq->list && rq->list->radius && rq->user;
	struct login *l = secret_alloc(sizeof(*l));
	int err = 0;

	if (!l)
		return NULL;
	l->pool = pool;
	l->done = done;
	l->arg = arg;
	if (!radius || (rq->list->local && !rq->challenge)) {
		l->check = user_check_new(rq->cfg, rq->list ? rq->user : NULL,
					  rq->password, rq->proof, checked, l);
		err = !l->check;
	}
	if (!err)
		err = radius ? ask_radius(l, waiting, rq) :
			       user_check_submit(l->check, pool);
	if (!err)
		return l;
	login_free(l);
	return NULL;
}

void login_forget(struct login *l)
{
	if (!l)
		return;
	l->done = NULL;
	atomic_store(&l->forgotten, true);
	if (!l->asking)
		login_free(l);
}
