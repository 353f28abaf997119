// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ike-daemon/aaa/pool.h"
#include "ike-daemon/aaa/radius_dead.h"
#include "ike-daemon/engine.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/ppp/ipsec.h"
#include "ike-daemon/ppp/session.h"
#include "ike-daemon/sa/account.h"
#include "ike-daemon/sa/child_sa.h"
#include "ike-daemon/sa/ike_sa.h"
#include "tools/lib/password.h"
#include "tools/lib/printable.h"
#include "tools/lib/secret.h"

#define SESSIONS_MAX	4096
#define LOOK_MS		1000	/* whether its IPsec is there */
#define END_MS		8000	/* for pppd to say goodbye */
#define ASK_MS		60000	/* until somebody says who he is */
#define CALLS_MAX	8	/* by one port in which nobody has yet ... */
#define CALLS_NAT	64	/* ... and by all of one address */
#define WRONG_MAX	3	/* passwords by one ISAKMP SA, as with XAUTH */

/* Of Microsoft's clients (RFC 2433, 7): what they say to their user */
#define MS_WRONG	691
#define MS_NOT_ALLOWED	649

/* --- what holds --------------------------------------------------------------------- */

/* The group by which an earlier daemon took a pair is not known, unless there is but one. */
static const char *only_group(const struct cm_config *cfg)
{
	const char *name = NULL;
	size_t i;

	for (i = 0; i < cfg->n_groups; i++) {
		if (!cfg_group_has_l2tp(cfg, &cfg->groups[i]))
			continue;
		if (name)
			return NULL;
		name = cfg->groups[i].name;
	}
	return name;
}

/* What is known of the client by a pair of his: 0, or -ENOENT. */
static int take_pair(struct ppp_session *s, const struct child_sa *c)
{
	struct cfg_who who = policy_who(c);

	if (c->adopted)
		who.key_name = only_group(engine_config(s->e));
	if (!who.key_name || strlen(who.key_name) >= sizeof(s->key_name))
		return -ENOENT;
	s->local = c->local;
	s->client = c->client;
	s->no_key = who.no_key;
	strcpy(s->key_name, who.key_name);
	return 0;
}

const struct cfg_group *ppp_group(const struct ppp_session *s)
{
	const struct cfg_map *map = policy_client_map(s->e, &s->local, NULL);
	const struct cfg_who who = { s->key_name, &s->peer, s->no_key, NULL, NULL };

	return map ? cfg_client_group(engine_config(s->e), map, &who) : NULL;
}

static const char *local_user(const struct ppp_session *s)
{
	return s->radius ? "" : s->user;
}

void ppp_attrs(const struct ppp_session *s, struct cfg_attrs *out)
{
	const struct cfg_group *group = ppp_group(s);
	char policy[CFG_NAME_SIZE];

	memset(out, 0, sizeof(*out));
	radius_policy(&s->reply, policy);
	if (group)
		cfg_attrs_of(engine_config(s->e), group, local_user(s), policy,
			     out);
	if (addr_is_set(&s->reply.netmask))
		out->netmask = s->reply.netmask;
	else if (addr_is_set(&out->framed.mask))
		out->netmask = out->framed.mask;
}

const char *ppp_policy(const struct ppp_session *s)
{
	const struct cfg_group *group = ppp_group(s);
	const struct cfg_group_policy *p;
	char policy[CFG_NAME_SIZE];

	radius_policy(&s->reply, policy);
	p = group ? cfg_policy_of(engine_config(s->e), group, local_user(s),
				  policy) : NULL;
	return p ? p->name : CFG_DEFAULT_POLICY;
}

unsigned int ppp_count(const struct engine *e, const char *user,
		       const struct cfg_group *group)
{
	struct list *pos, *tmp;
	unsigned int n = 0;

	list_for_each(&e->ppp.sessions, pos, tmp) {
		const struct ppp_session *s = list_entry(pos, struct ppp_session,
							 all);

		if (!s->granted || s->ending)
			continue;
		if (user)
			n += !strcmp(user, s->user);
		else
			n += !group || !strcmp(group->name, s->group);
	}
	return n;
}

struct ppp_session *ppp_session_of(const struct child_sa *c)
{
	struct list *pos, *tmp;

	list_for_each(&c->e->ppp.sessions, pos, tmp) {
		struct ppp_session *s = list_entry(pos, struct ppp_session, all);

		if (s->granted && s->client == c->client &&
		    addr_equal(&s->peer, &c->remote) && ppp_is_l2tp(c))
			return s;
	}
	return NULL;
}

struct ppp_session *ppp_session_with(const struct ike_sa *sa)
{
	struct list *pos, *tmp;

	list_for_each(&sa->e->ppp.sessions, pos, tmp) {
		struct ppp_session *s = list_entry(pos, struct ppp_session, all);

		if (s->granted && s->client == sa->client &&
		    addr_equal(&s->peer, &sa->remote))
			return s;
	}
	return NULL;
}

/* --- the end -------------------------------------------------------------------------- */

static void hang_up(struct ppp_session *s, const char *reason)
{
	struct ppp_wire_msg msg = { .type = PPP_WIRE_END };

	s->ending = true;
	s->ending_ms = engine_now(s->e);
	snprintf(msg.end.reason, sizeof(msg.end.reason), "%s", reason);
	s->link->send(s->ctx, &msg);
}

void ppp_session_end(struct ppp_session *s, const char *reason)
{
	char peer[ADDR_STRLEN];

	if (s->ending)
		return;
	log_notice(ike, "%s: the L2TP session of user %s ends: %s",
		   addr_format(&s->peer, peer, sizeof(peer)), s->user, reason);
	account_ends(s->account, reason);
	hang_up(s, reason);
}

static bool may_stay(const struct ppp_session *s)
{
	const struct cm_config *cfg = engine_config(s->e);
	const struct cfg_group *group = ppp_group(s);
	const struct cfg_method *list = group ?
		cfg_method_find(cfg, cfg_group_ppp_login(cfg, group), false) :
		NULL;

	if (!group || strcmp(group->name, s->group) ||
	    !(cfg_group_ppp(cfg, group) & 1u << s->method))
		return false;
	return list && (s->radius ? list->radius :
			list->local && cfg_user_find(cfg, s->user));
}

static void time_out(struct ppp_session *s)
{
	account_ends(s->account, ACCOUNT_TIME_OUT);
	ppp_session_end(s, "it has lasted as long as it may");
}

static void check(struct ppp_session *s)
{
	const char *lost;

	if (!s->granted || s->ending)
		return;
	lost = ppp_lost_ipsec(s);
	if (lost)
		ppp_session_end(s, lost);
	else if (!may_stay(s))
		ppp_session_end(s, "the configuration does not permit it any more");
	else if (s->end_ms && engine_now(s->e) >= s->end_ms)
		time_out(s);
}

void ppp_check_all(struct engine *e)
{
	struct list *pos, *tmp;

	list_for_each(&e->ppp.sessions, pos, tmp)
		check(list_entry(pos, struct ppp_session, all));
}

/* Has the client another, by the same SAs? */
static bool has_other(const struct ppp_session *s)
{
	struct list *pos, *tmp;

	list_for_each(&s->e->ppp.sessions, pos, tmp) {
		const struct ppp_session *other = list_entry(pos, struct ppp_session,
							     all);

		if (other != s && other->granted && !other->ending &&
		    other->client == s->client &&
		    addr_equal(&other->peer, &s->peer))
			return true;
	}
	return false;
}

static void look(void *arg)
{
	struct ppp_session *s = arg;

	if (!s->granted && !s->login && !s->ending)
		hang_up(s, "nobody has said who he is");
	check(s);
	/* pppd does not hear, or its client does not. */
	if (s->granted && s->ending &&
	    engine_now(s->e) - s->ending_ms > END_MS && !has_other(s))
		ppp_end_ipsec(s);
	timer_set(&s->e->timers, &s->timer, LOOK_MS);
}

struct ppp_session *ppp_session_new(struct engine *e,
				    const struct ppp_link *link, void *ctx)
{
	struct list *pos, *tmp;
	struct ppp_session *s;
	unsigned int n = 0;

	list_for_each(&e->ppp.sessions, pos, tmp)
		n++;
	s = n < SESSIONS_MAX ? calloc(1, sizeof(*s)) : NULL;
	if (!s)
		return NULL;
	s->e = e;
	s->link = link;
	s->ctx = ctx;
	timer_init(&s->timer, look, s);
	timer_set(&e->timers, &s->timer, ASK_MS);
	list_add_tail(&e->ppp.sessions, &s->all);
	return s;
}

void ppp_session_free(struct ppp_session *s)
{
	char peer[ADDR_STRLEN];

	if (!s)
		return;
	if (s->granted)
		log_info(ike, "%s: the L2TP session of user %s is over, after %llu s",
			 addr_format(&s->peer, peer, sizeof(peer)), s->user,
			 (unsigned long long)(engine_now(s->e) - s->login_ms) /
			 1000);
	login_forget(s->login);
	timer_cancel(&s->e->timers, &s->timer);
	list_del(&s->all);
	account_ends(s->account, "the client has hung up");
	if (s->granted && s->ending && !has_other(s))
		ppp_end_ipsec(s);
	account_put(s->account);
	lease_put(s->lease);
	lease_put(s->own);
	free(s);
}

/* --- the answer ------------------------------------------------------------------------ */

/* "E=691 R=0 C=... V=3 M=...": what MS-CHAP's clients read (RFC 2759, 6). */
static void say_failure(const struct ppp_session *s, unsigned int code,
			const char *text, char out[PPP_WIRE_TEXT])
{
	size_t at, i;

	if (s->method == CFG_PPP_PAP || s->method == CFG_PPP_CHAP) {
		snprintf(out, PPP_WIRE_TEXT, "%s", text);
		return;
	}
	at = snprintf(out, PPP_WIRE_TEXT, "E=%u R=0 C=", code);
	for (i = 0; i < s->challenge_len && i < 16; i++)
		at += snprintf(out + at, PPP_WIRE_TEXT - at, "%02X",
			       s->challenge[i]);
	snprintf(out + at, PPP_WIRE_TEXT - at, " V=3 M=%s", text);
}

/* The client is not told why, but that the server refuses it. */
static void refuse(struct ppp_session *s, unsigned int code, const char *why)
{
	struct ppp_wire_msg msg = { .type = PPP_WIRE_ANSWER };
	char peer[ADDR_STRLEN];

	if (log_rate_ok_at(&s->e->rate_refused, engine_now(s->e), NULL))
		log_warning(ike, "%s: L2TP: user %s is refused: %s",
			    addr_format(&s->peer, peer, sizeof(peer)), s->user,
			    why);
	say_failure(s, code, code == MS_WRONG ? "Access denied" :
						"Not allowed", msg.answer.message);
	s->link->send(s->ctx, &msg);
}

static void grant(struct ppp_session *s, const char *success)
{
	struct ppp_wire_msg msg = { .type = PPP_WIRE_ANSWER };
	struct ppp_wire_answer *answer = &msg.answer;
	struct cfg_attrs attrs;
	unsigned int i;

	ppp_attrs(s, &attrs);
	answer->granted = true;
	answer->address = s->lease->addr;
	answer->own = ppp_own_address(s);
	answer->idle = attrs.idle * 60;
	for (i = 0; i < 2; i++) {
		answer->dns[i] = attrs.dns[i];
		answer->wins[i] = attrs.wins[i];
	}
	snprintf(answer->message, sizeof(answer->message), "%s%s",
		 success, success[0] ? " M=Access granted" : "Access granted");
	s->link->send(s->ctx, &msg);
}

/* --- may he? ----------------------------------------------------------------------------- */

/* Why he may not, though he is who he says; NULL: he may. */
static const char *over_limit(const struct ppp_session *s)
{
	uint32_t max = engine_config(s->e)->max_sessions;
	struct cfg_attrs attrs;

	ppp_attrs(s, &attrs);
	if (max && policy_count_logins(s->e, NULL, NULL, NULL) >= max)
		return "tunnel rejected, the maximum tunnel count has been reached (max-session-limit)";
	if (!(attrs.protocols & CFG_TUNNEL_L2TP))
		return "tunnel rejected, vpn-tunnel-protocol of its policy does not permit l2tp-ipsec";
	if (!attrs.logins)
		return "vpn-simultaneous-logins of its policy is 0";
	if (attrs.logins != CFG_LOGINS_ANY &&
	    policy_count_logins(s->e, s->user, NULL, NULL) >= attrs.logins) {
		policy_login_exceeds(s->e, &s->peer, s->client,
				     s->radius ? &s->reply.server : NULL, s->user);
		return "it is logged in as often as vpn-simultaneous-logins of its policy allows";
	}
	return NULL;
}

/* That of its IPsec, unless another user came by that. */
static struct account *take_account(struct ppp_session *s)
{
	const struct ike_sa *sa = ppp_ike_of(s);
	const char *why;
	const struct child_sa *c = ppp_find_pair(s->e, &s->peer, &why);
	struct account *a = sa ? policy_account(sa) : NULL;

	if (!a && c)
		a = c->account;
	return a && !a->index ? account_get(a) : account_new(s->e);
}

static void open_account(struct ppp_session *s)
{
	struct account *a = take_account(s);

	s->account = a;
	if (!a)
		return;
	a->index = s->index;
	a->l2tp = true;
	a->radius = s->radius;
	a->public = s->peer;
	a->login_ms = s->login_ms;
	a->since = s->since;
	if (s->lease)
		a->assigned = s->lease->addr;
	snprintf(a->user, sizeof(a->user), "%s", s->user);
	snprintf(a->group, sizeof(a->group), "%s", s->group);
	snprintf(a->policy, sizeof(a->policy), "%s", ppp_policy(s));
}

static void session_begins(struct ppp_session *s)
{
	uint64_t radius = s->reply.session * 1000ull, policy;
	struct cfg_attrs attrs;

	ppp_attrs(s, &attrs);
	policy = attrs.session * 60000ull;
	if (!policy || (radius && radius < policy))
		policy = radius;
	s->granted = true;
	s->index = ++s->e->last_session;
	s->login_ms = engine_now(s->e);
	s->since = time(NULL);
	s->end_ms = policy ? s->login_ms + policy : 0;
	open_account(s);
	timer_set(&s->e->timers, &s->timer, LOOK_MS);
}

static void let_in(struct ppp_session *s, const struct login_answer *answer)
{
	const char *why = over_limit(s);
	char peer[ADDR_STRLEN], text[ADDR_STRLEN];

	if (!why)
		why = ppp_take_address(s);
	if (why) {
		refuse(s, MS_NOT_ALLOWED, why);
		return;
	}
	session_begins(s);
	log_info(ike, "%s: L2TP: user %s of group %s is let in by %s%s, with address %s",
		 addr_format(&s->peer, peer, sizeof(peer)), s->user, s->group,
		 cfg_ppp_word(s->method), s->radius ? " and RADIUS" : "",
		 addr_format(&s->lease->addr, text, sizeof(text)));
	grant(s, answer->success);
}

/* What the administrator has to know, and the client must not. */
static const char *why_wrong(const struct ppp_session *s)
{
	const struct cfg_user *user = cfg_user_find(engine_config(s->e),
						    s->user);
	uint8_t nt[PASSWORD_NT_LEN];
	bool has_nt = user && password_nt_bytes(user->hash, nt);

	secret_wipe(nt, sizeof(nt));
	if (!s->radius && s->method == CFG_PPP_CHAP)
		return "CHAP can be checked by RADIUS only: no authentication chap";
	if (s->radius || s->method == CFG_PPP_PAP || has_nt || !user)
		return "unknown user or wrong password";
	return "it has no password for MS-CHAP: username NAME password PASSWORD mschap";
}

static void log_trouble(const struct ppp_session *s,
			const struct login_answer *answer)
{
	char peer[ADDR_STRLEN], text[400];

	radius_trouble_text(&answer->reply, text, sizeof(text));
	if (text[0] &&
	    log_rate_ok_at(&s->e->rate_refused, engine_now(s->e), NULL))
		log_warning(ike, "%s: L2TP: user %s: RADIUS: %s",
			    addr_format(&s->peer, peer, sizeof(peer)), s->user,
			    text);
}

/* Who guesses has to negotiate anew, which costs him more than us. */
static void count_wrong(const struct ppp_session *s)
{
	struct ike_sa *sa = ppp_ike_of(s);
	char peer[ADDR_STRLEN];

	if (sa && ++sa->ppp_wrong < WRONG_MAX)
		return;
	log_warning(ike, "%s: L2TP: too many wrong passwords: its SAs end",
		    addr_format(&s->peer, peer, sizeof(peer)));
	ppp_end_ipsec(s);
}

static void decided(void *arg, const struct login_answer *answer)
{
	struct ppp_session *s = arg;
	struct engine *e = s->e;

	s->login = NULL;
	s->radius = answer->radius;
	log_trouble(s, answer);
	radius_dead_note(&e->radius_dead, engine_now(e),
			 engine_config(e)->radius_deadtime * 60000ull,
			 &answer->reply);
	if (answer->result == LOGIN_NO_ANSWER) {
		refuse(s, MS_WRONG, "no server of RADIUS answers");
	} else if (answer->result == LOGIN_CHALLENGED) {
		refuse(s, MS_WRONG, "RADIUS asks for more, which PPP cannot");
	} else if (answer->result != LOGIN_GRANTED) {
		refuse(s, MS_WRONG, why_wrong(s));
		count_wrong(s);
	} else if (ppp_lost_ipsec(s) || !may_stay(s)) {
		refuse(s, MS_WRONG, "its IPsec, or the configuration, has changed meanwhile");
	} else if (s->radius && s->method == CFG_PPP_MSCHAP2 &&
		   !answer->success[0]) {
		refuse(s, MS_WRONG, "RADIUS does not say what proves it to the client (MS-CHAP2-Success)");
	} else {
		if (s->radius)
			s->reply = answer->reply;
		if (s->radius && s->reply.user[0])
			snprintf(s->user, sizeof(s->user), "%s", s->reply.user);
		let_in(s, answer);
	}
}

/* --- the question ------------------------------------------------------------------------ */

/* The client, by its IPsec.  NULL, or why it is refused. */
static const char *take_client(struct ppp_session *s)
{
	const struct cfg_group *group;
	const char *why;
	struct child_sa *c;

	if (!addr_is_set(&s->peer))
		return "the kernel has no l2tp_ppp, so that nobody knows by which SA its L2TP comes";
	c = ppp_find_pair(s->e, &s->peer, &why);
	if (!c)
		return why;
	if (take_pair(s, c)) {
		policy_end_pair(c);
		return "its SAs are of an earlier daemon, which alone knew its tunnel-group: it has to negotiate anew";
	}
	group = ppp_group(s);
	if (!group || !group->derived)
		return "no tunnel-group is for it";
	snprintf(s->group, sizeof(s->group), "%s", group->name);
	if (!(cfg_group_ppp(engine_config(s->e), group) & 1u << s->method))
		return "its method is not one that ppp-attributes of its tunnel-group permit";
	return NULL;
}

static bool take_proof(const struct ppp_wire_ask *ask, struct ppp_proof *proof)
{
	*proof = (struct ppp_proof){
		.method = (enum cfg_ppp)ask->method, .id = ask->id,
		.challenge_len = ask->challenge_len,
		.response_len = ask->response_len,
	};
	if (ask->response_len > sizeof(proof->response))
		return false;
	memcpy(proof->challenge, ask->challenge, ask->challenge_len);
	memcpy(proof->response, ask->response, ask->response_len);
	return ppp_proof_is_valid(proof);
}

static void start_login(struct ppp_session *s, const struct ppp_wire_ask *ask,
			const struct ppp_proof *proof, bool known)
{
	const struct cm_config *cfg = engine_config(s->e);
	struct login_request rq = {
		.cfg = cfg, .user = known ? s->user : NULL,
		.password = ask->password, .nas = s->local, .client = s->peer,
		.proof = proof, .dead = &s->e->radius_dead,
		.now_ms = engine_now(s->e),
	};

	rq.list = cfg_method_find(cfg, cfg_group_ppp_login(cfg, ppp_group(s)),
				  false);
	s->login = login_start(s->e->pool, s->e->waiting, &rq, decided, s);
	if (!s->login)
		refuse(s, MS_WRONG, "no worker is free to compare the password");
}

static int asked(struct ppp_session *s, const struct ppp_wire_ask *ask)
{
	bool known = ask->user[0] && strlen(ask->user) < sizeof(s->user) &&
		     printable_is_name(ask->user) &&
		     strlen(ask->password) <= CFG_KEY_MAX;
	struct ppp_proof proof;
	const char *why;

	/* Once: who is let in may say it again, but not another. */
	if (!s->called || s->login || s->granted)
		return -EPROTO;
	if (s->ending)
		return 0;
	s->method = (enum cfg_ppp)ask->method;
	memcpy(s->challenge, ask->challenge, ask->challenge_len);
	s->challenge_len = ask->challenge_len;
	snprintf(s->user, sizeof(s->user), "%.*s", CFG_NAME_SIZE - 1,
		 known ? ask->user : "?");
	why = take_client(s);
	if (!why && !take_proof(ask, &proof))
		why = "what it answers is not of the length that its method has";
	if (why)
		refuse(s, MS_WRONG, why);
	else
		start_login(s, ask, &proof, known);
	secret_wipe(&proof, sizeof(proof));
	return 0;
}

/* Calls cost processes, and come before anybody has shown who he is. */
static bool has_too_many(const struct ppp_session *s)
{
	struct list *pos, *tmp;
	unsigned int of_port = 0, of_address = 0;

	list_for_each(&s->e->ppp.sessions, pos, tmp) {
		const struct ppp_session *other = list_entry(pos, struct ppp_session,
							     all);

		if (other->granted)
			continue;
		of_port += addr_port_equal(&other->peer, &s->peer);
		of_address += addr_equal(&other->peer, &s->peer);
	}
	return of_port > CALLS_MAX || of_address > CALLS_NAT;
}

static int called(struct ppp_session *s, const struct addr *peer)
{
	char text[ADDR_STRLEN];

	if (s->called)
		return -EPROTO;
	s->called = true;
	s->peer = *peer;
	if (!has_too_many(s))
		return 0;
	if (log_rate_ok_at(&s->e->rate_refused, engine_now(s->e), NULL))
		log_warning(ike, "%s: L2TP: too many calls in which nobody has said who he is: another is not taken",
			    addr_format(&s->peer, text, sizeof(text)));
	hang_up(s, "too many calls");
	return 0;
}

int ppp_session_input(struct ppp_session *s, const struct ppp_wire_msg *msg)
{
	switch (msg->type) {
	case PPP_WIRE_CALL:
		return called(s, &msg->call.peer);
	case PPP_WIRE_ASK:
		return asked(s, &msg->ask);
	case PPP_WIRE_UP:
		if (!s->granted || !printable_is_name(msg->up.ifname))
			return -EPROTO;
		memcpy(s->ifname, msg->up.ifname, sizeof(s->ifname));
		return 0;
	default:
		return -EPROTO;
	}
}
