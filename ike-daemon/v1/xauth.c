// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * XAUTH (draft-ietf-ipsec-isakmp-xauth-06), its server with users of the configuration
 * and of RADIUS (F-029, F-041, F-103).  Who is not known and who has another password
 * are treated the same.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ike-daemon/aaa/login.h"
#include "ike-daemon/aaa/pool.h"
#include "ike-daemon/aaa/radius_dead.h"
#include "ike-daemon/engine.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/policy/profile.h"
#include "ike-daemon/sa/account.h"
#include "ike-daemon/sa/child_sa.h"
#include "ike-daemon/sa/identity.h"
#include "ike-daemon/sa/ike_sa.h"
#include "ike-daemon/sa/peer.h"
#include "ike-daemon/v1/access.h"
#include "ike-daemon/v1/exchange.h"
#include "ike-daemon/v1/natt.h"
#include "ike-daemon/v1/phase1.h"
#include "ike-daemon/v1/v1.h"
#include "tools/lib/printable.h"
#include "tools/lib/secret.h"

#define WRONG_MAX	3	/* passwords, as on IOS */
#define VERSION_2	"Client is using an unsupported Transaction Mode v2 version. Tunnel terminated."
#define NO_USER		"the client told no user and password in time"

/* --- whom it concerns -------------------------------------------------------- */

/* Whom an entry names we call as a router. */
const struct cfg_map *v1_client_map(const struct ike_sa *sa)
{
	return sa->ezvpn ||
	       (sa->initiator && policy_names_peer(sa->e, &sa->remote)) ?
	       NULL : policy_client_map(sa->e, &sa->local, sa->profile);
}

struct cfg_who v1_who(const struct ike_sa *sa)
{
	return (struct cfg_who){
		sa->key_name, &sa->remote, policy_method_sig(sa->transform.auth),
		sa->profile, sa->ike_policy,
	};
}

static const char *list_of(const struct ike_sa *sa)
{
	const struct cfg_map *map = v1_client_map(sa);

	return map ? cfg_client_login(map, v1_client_group(sa)) : "";
}

/* By the method that it has offered: with XAUTH there is another number. */
bool v1_only_l2tp(const struct ike_sa *sa)
{
	const struct cfg_who who = v1_who(sa);

	return !sa->initiator && !sa->aggressive && list_of(sa)[0] &&
	       (sa->transform.auth == IKE_AUTH_PSK ||
		sa->transform.auth == IKE_AUTH_RSA_SIG) &&
	       policy_takes_l2tp(sa->e, &sa->local, &who);
}

/* "": it is not asked for a user, or PPP does that. */
static const char *login_of(const struct ike_sa *sa)
{
	return v1_only_l2tp(sa) ? "" : list_of(sa);
}

/* By the key that it has used: others may be for anybody. */
bool v1_xauth_exempt(const struct ike_sa *sa)
{
	const struct cm_config *cfg = engine_config(sa->e);
	const struct cfg_isakmp_peer *peer = NULL;
	const struct cfg_key *key = policy_sa_key(sa);

	if (sa->aggressive && !sa->key_name[0])
		peer = cfg_aggressive_caller(cfg, &sa->remote);
	return key && key->no_xauth && !(peer && peer->secret[0]) &&
	       !policy_method_sig(sa->transform.auth);
}

bool v1_xauth_needed(const struct ike_sa *sa)
{
	return sa->nobody || (login_of(sa)[0] && !v1_xauth_exempt(sa));
}

/*
 * In aggressive mode the key is found after the offer was judged.  Without one nobody
 * takes the place of a router that an entry names.
 */
unsigned int v1_users_offered(const struct ike_sa *sa)
{
	const struct cm_config *cfg = engine_config(sa->e);
	const struct cfg_map *map = v1_client_map(sa);
	unsigned int users = 0;

	if (sa->ezvpn)
		return IKE_USERS_BESIDES;
	/* Whose profile it is, main mode does not know yet. */
	if (!sa->initiator && cfg_has_profile_clients(cfg))
		users |= IKE_USERS_BESIDES;
	if (map && (sa->aggressive || !v1_xauth_exempt(sa)) &&
	    (map->login[0] || cfg_has_client_tunnel_group(cfg)))
		users |= IKE_USERS_BESIDES;
	if (map && !sa->initiator && cfg_has_hybrid_group(cfg) &&
	    policy_signer(sa->e, CRYPTO_SIG_RSA,
			  policy_profile_trustpoint(sa->e, sa->profile)) &&
	    !policy_names_peer(sa->e, &sa->remote))
		users |= IKE_USERS_ALONE;
	return users;
}

/* --- hybrid authentication ----------------------------------------------------- */

static void log_nobody(const struct ike_sa *sa)
{
	char peer[ADDR_STRLEN];

	if (log_rate_ok_at(&sa->e->rate_refused, engine_now(sa->e), NULL))
		log_notice(ike, "%s: hybrid authentication is not what the tunnel-group of %.100s permits, which the client is not told",
			   addr_format(&sa->remote, peer, sizeof(peer)),
			   sa->remote_id);
}

void v1_hybrid_group(struct v1_exchange *x, const struct isakmp_id *id)
{
	struct ike_sa *sa = x->sa;
	struct cfg_who who;

	if (!identity_name(id, sa->key_name) ||
	    !cfg_group_find(engine_config(x->e), sa->key_name))
		sa->key_name[0] = '\0';
	who = v1_who(sa);
	if (!policy_permits_hybrid(x->e, &sa->local, &who)) {
		sa->nobody = true;
		sa->key_name[0] = '\0';
		log_nobody(sa);
		return;
	}
	/* What it had then it goes by, whatever groups are added. */
	snprintf(sa->key_name, sizeof(sa->key_name), "%s",
		 v1_client_group(sa)->name);
}

/* Where known clients are looked up, so that it takes as long. */
static const char *list_of_nobody(const struct ike_sa *sa)
{
	const struct cm_config *cfg = engine_config(sa->e);
	const struct cfg_map *map = v1_client_map(sa);
	size_t i;

	for (i = 0; map && i < cfg->n_groups; i++)
		if (cfg->groups[i].hybrid)
			return cfg_client_login(map, &cfg->groups[i]);
	return "";
}

const char *v1_access_user(const struct ike_sa *sa)
{
	return sa->access && sa->access->asked &&
	       sa->access->step == ACCESS_GRANTED ? sa->access->user : "";
}

bool v1_access_by_radius(const struct ike_sa *sa)
{
	return sa->access && sa->access->radius;
}

bool v1_access_is_client(const struct ike_sa *sa)
{
	return sa->access && (sa->access->asked || sa->access->lease);
}

/* --- the end ------------------------------------------------------------------ */

static void fail(struct v1_access *a, const char *reason)
{
	struct ike_sa *sa = a->sa;

	v1_say_end(sa);
	v1_fail_ike(sa, reason);
}

static void refused(struct v1_access *a)
{
	char reason[CFG_NAME_SIZE + 100];

	snprintf(reason, sizeof(reason), "XAUTH refused: user %s%s", a->user,
		 a->refusal ?: "");
	fail(a, reason);
}

void v1_xauth_silent(struct v1_access *a)
{
	/* If the status is not acknowledged it goes on, or it does not. */
	if (a->step == ACCESS_REFUSED)
		refused(a);
	else
		v1_push_silent(a);
}

/* --- asking ------------------------------------------------------------------- */

static bool is_challenged(const struct v1_access *a)
{
	return a->reply.answer == RADIUS_CHALLENGE;
}

static int ask(struct v1_access *a)
{
	struct buf body;
	int err;

	a->step = ACCESS_ASKED;
	buf_init(&body, ISAKMP_MSG_MAX);
	isakmp_cfg_begin(&body, ISAKMP_CFG_REQUEST, 0);
	/* Of whom RADIUS wants more, that says what. */
	if (is_challenged(a))
		isakmp_cfg_put(&body, ISAKMP_CFG_XAUTH_MESSAGE,
			       a->reply.message, strlen(a->reply.message));
	else
		isakmp_cfg_put(&body, ISAKMP_CFG_XAUTH_USER_NAME, NULL, 0);
	isakmp_cfg_put(&body, ISAKMP_CFG_XAUTH_USER_PASSWORD, NULL, 0);
	err = v1_transaction_begin(a, &body);
	buf_free(&body);
	return err;
}

static int tell_status(struct v1_access *a, bool granted)
{
	struct buf body;
	int err;

	a->step = granted ? ACCESS_GRANTED : ACCESS_REFUSED;
	buf_init(&body, ISAKMP_MSG_MAX);
	isakmp_cfg_begin(&body, ISAKMP_CFG_SET, 0);
	isakmp_cfg_put_number(&body, ISAKMP_CFG_XAUTH_STATUS, granted);
	err = v1_transaction_begin(a, &body);
	buf_free(&body);
	return err;
}

uint64_t v1_access_end(const struct ike_sa *sa)
{
	return sa->access ? sa->access->end_ms : 0;
}

/* Pairs end by themselves: they may outlive it, or be of a later login. */
static void session_over(void *arg)
{
	struct v1_access *a = arg;
	struct ike_sa *sa = a->sa;
	struct peer *peer = sa->peer;
	char text[ADDR_STRLEN];

	log_notice(ike, "%s: the session of %s%s is over, after %llu s as %s",
		   addr_format(&sa->remote, text, sizeof(text)),
		   a->asked ? "user " : "the client", a->user,
		   (unsigned long long)(engine_now(sa->e) - a->login_ms) / 1000,
		   a->session_ms == a->reply.session * 1000ull ?
		   "RADIUS said" : "vpn-session-timeout of its policy says");
	account_ends(a->account, ACCOUNT_TIME_OUT);
	v1_end_ike(sa, true, "the session of its user is over");
	policy_ike_lost(peer);
}

/* Of who comes by L2TP, PPP says whether he has come in, and who he is. */
static struct account *open_account(const struct v1_access *a)
{
	const struct cfg_group *group = v1_client_group(a->sa);
	struct account *account = account_new(a->sa->e);

	if (!account || v1_only_l2tp(a->sa))
		return account;
	account->index = a->index;
	account->radius = a->radius;
	account->public = a->sa->remote;
	account->login_ms = a->login_ms;
	account->since = a->since;
	snprintf(account->user, sizeof(account->user), "%s", a->user);
	snprintf(account->group, sizeof(account->group), "%s",
		 group ? group->name : "");
	snprintf(account->policy, sizeof(account->policy), "%s",
		 group ? v1_client_policy(a, group) : "");
	return account;
}

struct account *v1_access_account(const struct ike_sa *sa)
{
	return sa->access ? sa->access->account : NULL;
}

/* When it came in, with an SA before this one, too: who says its password again has not. */
static void set_login(struct v1_access *a)
{
	const struct v1_access *first = NULL;
	struct list *pos, *tmp;

	list_for_each(&a->sa->peer->ike_sas, pos, tmp) {
		const struct ike_sa *sa = list_entry(pos, struct ike_sa,
						     of_peer);
		const struct v1_access *other = sa->access;

		if (other && other != a && other->index &&
		    (!first || other->login_ms < first->login_ms) &&
		    sa->client == a->sa->client &&
		    !strcmp(other->user, a->user))
			first = other;
	}
	a->login_ms = first ? first->login_ms : engine_now(a->sa->e);
	a->since = first ? first->since : time(NULL);
	/* It may not ask again. */
	if (first)
		a->said = first->said;
	a->index = first ? first->index : ++a->sa->e->last_session;
	a->account = first ? account_get(first->account) : open_account(a);
}

/* How long it may stay from now on, ms; 0: without limit.  RADIUS has said it now. */
static uint64_t session_limit(const struct v1_access *a)
{
	const struct cfg_group *group = v1_client_group(a->sa);
	uint64_t radius = a->reply.session * 1000ull, policy = 0;
	uint64_t lasted = engine_now(a->sa->e) - a->login_ms;
	struct cfg_attrs attrs;

	/* Who the user is, and how long he may stay, PPP is told later. */
	if (v1_only_l2tp(a->sa))
		return 0;
	if (group) {
		v1_client_attrs(a, group, &attrs);
		policy = attrs.session * 60000ull;
	}
	if (policy)
		policy = lasted < policy ? policy - lasted : 1;
	return !policy || (radius && radius < policy) ? radius : policy;
}

/* What the user has had here before may stay as long as he may now. */
static void session_begins(struct v1_access *a)
{
	struct ike_sa *sa = a->sa;
	struct list *pos, *tmp;

	set_login(a);
	a->session_ms = session_limit(a);
	if (a->session_ms) {
		a->end_ms = engine_now(sa->e) + a->session_ms;
		/* The pairs first: it is the SA that tells of them. */
		timer_set(&sa->e->timers, &a->session, a->session_ms + 1);
	}
	list_for_each(&sa->peer->children, pos, tmp) {
		struct child_sa *c = list_entry(pos, struct child_sa, of_peer);

		if (c->user && !strcmp(c->user, a->user) &&
		    child_sa_is_with(c, sa))
			child_sa_session(c, a->end_ms);
	}
}

bool v1_access_start(struct ike_sa *sa)
{
	const struct cfg_map *map = v1_client_map(sa);
	bool asked = sa->state == IKE_CONF_XAUTH;

	if (!asked && !(map && !login_of(sa)[0] &&
			cfg_map_gives_addresses(map) &&
			!(map->clients_derived && !v1_client_group(sa))))
		return false;
	sa->access = calloc(1, sizeof(*sa->access));
	if (!sa->access) {
		v1_fail_ike(sa, strerror(ENOMEM));
		return true;
	}
	sa->access->sa = sa;
	sa->access->asked = asked;
	sa->access->step = ACCESS_GRANTED;
	timer_init(&sa->access->session, session_over, sa->access);
	v1_transaction_init(sa->access);
	if (!asked) {
		session_begins(sa->access);
		v1_modecfg_inherit(sa->access);
		v1_push_later(sa->access, true);
		return false;
	}
	snprintf(sa->main->reason, sizeof(sa->main->reason), NO_USER);
	if (ask(sa->access))
		fail(sa->access, "XAUTH cannot be begun");
	return true;
}

void v1_access_free(struct v1_access *a)
{
	if (!a)
		return;
	login_forget(a->login);
	timer_cancel(&a->sa->e->timers, &a->session);
	v1_transaction_free(a);
	if (a->account && a->lease)
		a->account->assigned = a->lease->addr;
	account_put(a->account);
	lease_put(a->lease);
	free(a);
}

/* --- the answer --------------------------------------------------------------- */

/* The client is not asked again. */
static void refuse(struct v1_access *a)
{
	if (tell_status(a, false))
		refused(a);
}

/* Why it may not log in, or not once more, or NULL; whether or not it gets addresses. */
static const char *over_limit(const struct v1_access *a)
{
	const struct cfg_group *group = v1_client_group(a->sa);
	const struct engine *e = a->sa->e;
	uint32_t max = engine_config(e)->max_sessions;
	struct cfg_attrs attrs;

	if (max && policy_count_logins(e, NULL, NULL, a->sa) >= max)
		return ": tunnel rejected, the maximum tunnel count has been reached (max-session-limit)";
	if (!group)
		return NULL;
	v1_client_attrs(a, group, &attrs);
	if (!(attrs.protocols & CFG_TUNNEL_IKEV1))
		return ": tunnel rejected, vpn-tunnel-protocol of its policy does not permit ikev1";
	if (!attrs.logins)
		return ": vpn-simultaneous-logins of its policy is 0";
	if (attrs.logins != CFG_LOGINS_ANY &&
	    policy_count_logins(e, a->user, NULL, a->sa) >= attrs.logins) {
		policy_login_exceeds(a->sa->e, &a->sa->remote, a->sa->conn_id,
				     a->radius ? &a->reply.server : NULL, a->user);
		return group->derived ?
		       ": it is logged in as often as vpn-simultaneous-logins of its policy allows" :
		       ": it is logged in as often as max-logins of its group allows";
	}
	if (group->max_users &&
	    policy_count_logins(e, NULL, group, a->sa) >= group->max_users)
		return ": its group has as many clients as its max-users allows";
	return NULL;
}

static void granted(struct v1_access *a)
{
	struct ike_sa *sa = a->sa;
	char peer[ADDR_STRLEN], server[ADDR_STRLEN];

	/* From now on it is this user, who may have been here before. */
	a->step = ACCESS_GRANTED;
	v1_natt_user_known(sa);
	a->refusal = over_limit(a);
	if (a->refusal) {
		refuse(a);
		return;
	}
	log_info(ike, "%s: XAUTH: user %s is let in%s%s",
		 addr_format(&sa->remote, peer, sizeof(peer)), a->user,
		 a->radius ? " by RADIUS " : "",
		 a->radius ? addr_format_port(&a->reply.server, server,
					      sizeof(server)) : "");
	if (tell_status(a, true)) {
		fail(a, "XAUTH: the status cannot be told");
		return;
	}
	session_begins(a);
	v1_modecfg_inherit(a);
	v1_push_later(a, false);
	if (sa->contact_later)
		policy_initial_contact(sa);
	v1_phase1_up(sa);
}

static void wrong(struct v1_access *a, const struct radius_reply *reply)
{
	struct ike_sa *sa = a->sa;
	char peer[ADDR_STRLEN];

	a->wrong++;
	if (sa->nobody)
		a->refusal = ": no tunnel-group of its name permits hybrid authentication";
	if (log_rate_ok_at(&sa->e->rate_refused, engine_now(sa->e), NULL))
		log_warning(ike, "%s: XAUTH: %s, user %s, attempt %u of %u%s%s",
			    addr_format(&sa->remote, peer, sizeof(peer)),
			    sa->nobody ? "no tunnel-group of its name permits hybrid authentication, whatever the password is" :
					 "unknown user or wrong password",
			    a->user, a->wrong, WRONG_MAX,
			    reply->message[0] ? ", the server says: " : "",
			    reply->message);
	if (a->wrong >= WRONG_MAX)
		refuse(a);
	else if (ask(a))
		refused(a);
}

static void log_trouble(const struct v1_access *a,
			const struct login_answer *answer)
{
	const struct ike_sa *sa = a->sa;
	char peer[ADDR_STRLEN], text[400];

	radius_trouble_text(&answer->reply, text, sizeof(text));
	if (text[0] &&
	    log_rate_ok_at(&sa->e->rate_refused, engine_now(sa->e), NULL))
		log_warning(ike, "%s: XAUTH: user %s: RADIUS: %s",
			    addr_format(&sa->remote, peer, sizeof(peer)),
			    a->user, text);
}

static void note_silent(struct engine *e, const struct radius_reply *reply)
{
	radius_dead_note(&e->radius_dead, engine_now(e),
			 engine_config(e)->radius_deadtime * 60000ull, reply);
}

static void challenged(struct v1_access *a)
{
	char peer[ADDR_STRLEN];

	log_info(ike, "%s: XAUTH: RADIUS asks user %s for more: %s",
		 addr_format(&a->sa->remote, peer, sizeof(peer)), a->user,
		 a->reply.message);
	if (ask(a))
		refused(a);
}

/* One user may be written in several ways, which only the server knows (RFC 2865, 5.1). */
static void take_reply(struct v1_access *a, const struct radius_reply *reply)
{
	a->reply = *reply;
	if (reply->user[0])
		snprintf(a->user, sizeof(a->user), "%s", reply->user);
}

static bool is_known(const struct v1_access *a)
{
	const struct cfg_who who = v1_who(a->sa);

	return policy_has_user(a->sa->e, &a->sa->local, &who, a->user,
			       a->radius);
}

static void decided(void *arg, const struct login_answer *answer)
{
	static const struct radius_reply none;
	struct v1_access *a = arg;

	a->login = NULL;
	a->radius = answer->radius;
	a->reply = none;
	log_trouble(a, answer);
	note_silent(a->sa->e, &answer->reply);
	/* It may have changed meanwhile. */
	if (answer->result == LOGIN_GRANTED && !a->sa->nobody && is_known(a)) {
		if (answer->radius)
			take_reply(a, &answer->reply);
		granted(a);
	} else if (answer->result == LOGIN_CHALLENGED) {
		a->reply = answer->reply;
		challenged(a);
	} else if (answer->result == LOGIN_NO_ANSWER) {
		/* Another password would not help. */
		a->refusal = ": no server of RADIUS answers";
		refuse(a);
	} else {
		wrong(a, &answer->reply);
	}
}

/* A text of the client's, without a zero byte: false if it cannot be one of ours. */
static bool take_text(const struct isakmp_attr *attr, char *out, size_t size)
{
	*out = '\0';
	if (!attr || !attr->variable || attr->len >= size ||
	    (attr->len && memchr(attr->data, 0, attr->len)))
		return false;
	if (attr->len)
		memcpy(out, attr->data, attr->len);
	out[attr->len] = '\0';
	return true;
}

/* Who the client says it is, which stays as long as RADIUS asks for more; or "?". */
static bool take_user(struct v1_access *a, const struct isakmp_cfg *cfg)
{
	char user[CFG_NAME_SIZE];
	bool ok;

	if (is_challenged(a))
		return true;
	ok = take_text(isakmp_cfg_find(cfg, ISAKMP_CFG_XAUTH_USER_NAME), user,
		       sizeof(user)) &&
	     user[0] && printable_is_name(user);
	snprintf(a->user, sizeof(a->user), "%s", ok ? user : "?");
	return ok;
}

static void take_answer(struct v1_access *a, const struct isakmp_cfg *cfg)
{
	struct ike_sa *sa = a->sa;
	char password[CFG_KEY_MAX + 1];
	struct login_request rq = {
		.cfg = engine_config(sa->e), .nas = sa->local,
		.client = sa->remote, .password = password,
		.dead = &sa->e->radius_dead, .now_ms = engine_now(sa->e),
	};
	bool ok = take_user(a, cfg);

	ok &= take_text(isakmp_cfg_find(cfg, ISAKMP_CFG_XAUTH_USER_PASSWORD),
			password, sizeof(password));
	/* A list that is not there has nobody. */
	rq.list = cfg_method_find(rq.cfg, sa->nobody ? list_of_nobody(sa) :
						       login_of(sa), false);
	rq.user = ok ? a->user : NULL;
	rq.challenge = is_challenged(a) ? &a->reply : NULL;
	a->step = ACCESS_CHECKING;
	a->login = login_start(sa->e->pool, sa->e->waiting, &rq, decided, a);
	secret_wipe(password, sizeof(password));
	if (!a->login)
		fail(a, "XAUTH: no worker is free to compare the password");
}

/*
 * Does it answer by the numbers that user, password and passcode had in the drafts 02 to 05?
 * Those clients know no status either, so that they cannot be let in.
 */
static bool is_version_2(const struct isakmp_cfg *cfg)
{
	unsigned int i;
	bool old = false;

	for (i = 0; i < cfg->n; i++) {
		if (cfg->attrs[i].type >= ISAKMP_CFG_XAUTH_TYPE &&
		    cfg->attrs[i].type <= ISAKMP_CFG_XAUTH_STATUS)
			return false;
		old |= cfg->attrs[i].type >= ISAKMP_CFG_XAUTH_OLD_USER_NAME &&
		       cfg->attrs[i].type <= ISAKMP_CFG_XAUTH_OLD_PASSCODE;
	}
	return old;
}

/* F-036, as %ASA-5-713904 says it. */
static void end_version_2(struct v1_access *a)
{
	const struct cfg_group *group = v1_client_group(a->sa);
	char peer[ADDR_STRLEN];

	if (log_rate_ok_at(&a->sa->e->rate_refused, engine_now(a->sa->e), NULL))
		log_notice(ike, "Group = %s, IP = %s, " VERSION_2,
			   group ? group->name : "",
			   addr_format(&a->sa->remote, peer, sizeof(peer)));
	fail(a, VERSION_2);
}

void v1_xauth_input(struct v1_access *a, const struct isakmp_cfg *cfg)
{
	if (a->step == ACCESS_ASKED && is_version_2(cfg))
		end_version_2(a);
	else if (a->step == ACCESS_ASKED)
		take_answer(a, cfg);
	else if (a->step == ACCESS_REFUSED)
		refused(a);
	else
		v1_push_input(a, cfg);
}
