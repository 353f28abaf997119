// SPDX-License-Identifier: GPL-2.0-or-later
/* The session database of ASA (section 3.10 of its views, F-034, F-082). */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "ike-daemon/aaa/pool.h"
#include "ike-daemon/control/sessions.h"
#include "ike-daemon/engine.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/ppp/session.h"
#include "ike-daemon/sa/account.h"
#include "ike-daemon/sa/child_sa.h"
#include "ike-daemon/sa/ike_sa.h"
#include "ike-daemon/sa/peer.h"
#include "ike-daemon/sa/proposal.h"
#include "ike-daemon/v1/access.h"
#include "ike-daemon/v1/v1.h"
#include "tools/cli/model.h"
#include "tools/lib/writer.h"

/* Has the client a newer SA?  That stands for its session. */
static bool is_followed(const struct ike_sa *sa)
{
	struct list *pos, *tmp;

	list_for_each(&sa->peer->ike_sas, pos, tmp) {
		const struct ike_sa *newer = list_entry(pos, struct ike_sa,
							of_peer);

		if (newer == sa)
			return false;
		if (newer->access && newer->access->index == sa->access->index)
			return true;
	}
	return false;
}

static bool is_session(const struct ike_sa *sa)
{
	return ike_sa_established(sa) && sa->access && sa->access->index &&
	       !is_followed(sa);
}

/* --- what there is ------------------------------------------------------------- */

static void put_who(struct json_object *rec, const struct v1_access *a)
{
	const struct cfg_group *group = v1_client_group(a->sa);

	rec_num(rec, "index", a->index);
	rec_str(rec, "user", a->user);
	rec_str(rec, "group", group ? group->name : "");
	rec_bool(rec, "radius", a->radius);
	if (a->lease)
		rec_addr(rec, "assigned", &a->lease->addr);
	else
		rec_str(rec, "assigned", "");
	rec_addr(rec, "public", &a->sa->remote);
}

/* "NAME VERSION:SYSTEM", as Cisco's clients write it; others leave out the system. */
static void put_client(struct json_object *rec, const struct ike_sa *sa)
{
	const struct v1_said *said = &sa->access->said;
	const char *system = sa->vendors & IKE_PEER_MICROSOFT ? "Microsoft" : "";
	const char *colon = strrchr(said->version, ':');
	size_t n = colon ? (size_t)(colon - said->version) :
			   strlen(said->version);
	char version[sizeof(said->version)];

	snprintf(version, sizeof(version), "%.*s", (int)n, said->version);
	rec_str(rec, "client_os", colon ? colon + 1 : system);
	rec_str(rec, "client_version", version);
	rec_str(rec, "client_host", said->host);
}

static void put_limits(struct json_object *rec, const struct v1_access *a)
{
	const struct cfg_group *group = v1_client_group(a->sa);
	uint64_t now = engine_now(a->sa->e);
	const char *policy = group ? v1_client_policy(a, group) : "";
	struct cfg_attrs attrs = { .idle = 0 };

	if (group)
		v1_client_attrs(a, group, &attrs);
	rec_str(rec, "policy", policy[0] || !(group && group->derived) ?
			       policy : CFG_DEFAULT_POLICY);
	rec_num(rec, "login", a->since);
	rec_num(rec, "duration", (now - a->login_ms) / 1000);
	rec_num(rec, "idle_limit", attrs.idle * 60);
	rec_num(rec, "session_left",
		a->end_ms > now ? (a->end_ms - now + 999) / 1000 : 0);
}

static void put_ike(struct json_object *rec, const struct ike_sa *sa)
{
	struct json_object *ike = rec_new();
	char cipher[64];

	proposal_cipher_text(&sa->transform, cipher, sizeof(cipher));
	rec_str(ike, "mode", sa->aggressive ? "Aggressive" : "Main");
	rec_str(ike, "auth", ike_auth_method_name(sa->transform.auth));
	rec_str(ike, "cipher", cipher);
	rec_str(ike, "hash", ike_hash_name(sa->transform.hash));
	rec_num(ike, "group", sa->transform.group);
	rec_num(ike, "lifetime", sa->lifetime);
	rec_num(ike, "remaining", ike_sa_remaining(sa));
	rec_num(ike, "local_port", sa->local.port);
	rec_num(ike, "remote_port", sa->remote.port);
	rec_put(rec, "ike", ike);
}

static struct json_object *pair_of(const struct child_sa *c)
{
	struct json_object *rec = rec_new();
	uint64_t age = (engine_now(c->e) - c->established_ms) / 1000;

	rec_num(rec, "spi_in", c->spi_in);
	rec_num(rec, "spi_out", c->spi_out);
	rec_num(rec, "lifetime", c->seconds);
	rec_num(rec, "remaining", age < c->seconds ? c->seconds - age : 0);
	rec_num(rec, "kilobytes", c->kilobytes);
	return rec;
}

/* What PPP knows of its user, who is there in place of the one of XAUTH. */
static void put_l2tp_user(struct json_object *rec, const struct ppp_session *p)
{
	uint64_t now = engine_now(p->e);
	struct cfg_attrs attrs;

	ppp_attrs(p, &attrs);
	rec_num(rec, "index", p->index);
	rec_str(rec, "user", p->user);
	rec_str(rec, "group", p->group);
	rec_bool(rec, "radius", p->radius);
	if (p->lease)
		rec_addr(rec, "assigned", &p->lease->addr);
	else
		rec_str(rec, "assigned", "");
	rec_addr(rec, "public", &p->peer);
	rec_str(rec, "policy", ppp_policy(p));
	rec_num(rec, "login", p->since);
	rec_num(rec, "duration", (now - p->login_ms) / 1000);
	rec_num(rec, "idle_limit", attrs.idle * 60);
	rec_num(rec, "session_left",
		p->end_ms > now ? (p->end_ms - now + 999) / 1000 : 0);
}

/* The sub-session (F-104). */
static void put_l2tp(struct json_object *rec, const struct ppp_session *p)
{
	const struct addr own = ppp_own_address(p);
	struct json_object *l2tp = rec_new();

	rec_str(l2tp, "interface", p->ifname);
	rec_str(l2tp, "auth", cfg_ppp_word(p->method));
	rec_num(l2tp, "port", p->peer.port);
	rec_addr(l2tp, "own", &own);
	rec_put(rec, "l2tp", l2tp);
}

static void put_protocol(struct json_object *rec, bool l2tp)
{
	rec_str(rec, "protocol", l2tp ? "L2TPOverIPsec" : "IKEv1 IPsec");
}

/* What the pairs have carried that have ended. */
static void put_carried(struct json_object *rec, const struct account *a)
{
	rec_num(rec, "bytes_tx", a ? a->bytes[0] : 0);
	rec_num(rec, "bytes_rx", a ? a->bytes[1] : 0);
	rec_num(rec, "packets_tx", a ? a->packets[0] : 0);
	rec_num(rec, "packets_rx", a ? a->packets[1] : 0);
}

/* Three words: our address (the end of one of IPv6), the index by 4096, the login. */
static void put_audit(struct json_object *rec, const struct addr *own)
{
	const uint8_t *at = own->bytes + addr_len(own) - 4;

	rec_fmt(rec, "audit", "%02x%02x%02x%02x%08x%08x", at[0], at[1], at[2],
		at[3], (uint32_t)rec_get_num(rec, "index") << 12,
		(uint32_t)rec_get_num(rec, "login"));
}

/* Of who has that SA, or, if that has ended, of the user of L2TP. */
static struct json_object *session_of(const struct ike_sa *sa,
				      const struct ppp_session *p)
{
	struct json_object *rec = rec_new(), *pairs;
	struct peer *peer = sa ? sa->peer : peer_find(p->e, &p->peer);
	struct list *pos, *tmp;

	put_protocol(rec, p || v1_only_l2tp(sa));
	put_carried(rec, p ? p->account : v1_access_account(sa));
	if (p) {
		put_l2tp_user(rec, p);
	} else {
		put_who(rec, sa->access);
		put_limits(rec, sa->access);
	}
	put_audit(rec, sa ? &sa->local : &p->local);
	if (sa)
		put_client(rec, sa);
	if (sa)
		put_ike(rec, sa);
	if (p)
		put_l2tp(rec, p);
	pairs = rec_list(rec, "pairs");
	if (!peer)
		return rec;
	list_for_each(&peer->children, pos, tmp) {
		const struct child_sa *c = list_entry(pos, struct child_sa,
						      of_peer);

		if (c->state >= CHILD_INSTALLED &&
		    (sa ? child_sa_is_with(c, sa) : ppp_session_of(c) == p))
			rec_append(pairs, pair_of(c));
	}
	return rec;
}

/* With an SA of its client, if it is the first of his. */
static bool is_shown(const struct ppp_session *p)
{
	struct peer *peer = peer_find(p->e, &p->peer);
	struct list *pos, *tmp;

	if (!peer)
		return false;
	list_for_each(&peer->ike_sas, pos, tmp) {
		const struct ike_sa *sa = list_entry(pos, struct ike_sa,
						     of_peer);

		if (is_session(sa) && ppp_session_with(sa) == p)
			return true;
	}
	return false;
}

struct json_object *show_sessions(struct engine *e)
{
	struct json_object *list = json_object_new_array();
	struct list *p, *q, *ptmp, *qtmp;

	list_for_each(&e->all_peers, p, ptmp) {
		struct peer *peer = list_entry(p, struct peer, all);

		list_for_each(&peer->ike_sas, q, qtmp) {
			const struct ike_sa *sa = list_entry(q, struct ike_sa,
							     of_peer);

			if (is_session(sa))
				rec_append(list, session_of(sa,
							    ppp_session_with(sa)));
		}
	}
	list_for_each(&e->ppp.sessions, p, ptmp) {
		const struct ppp_session *s = list_entry(p, struct ppp_session,
							 all);

		if (s->granted && !is_shown(s))
			rec_append(list, session_of(NULL, s));
	}
	return list;
}

static struct json_object *ended(const struct account *a)
{
	struct json_object *rec = rec_new();

	put_protocol(rec, a->l2tp);
	put_carried(rec, a);
	rec_num(rec, "index", a->index);
	rec_str(rec, "user", a->user);
	rec_str(rec, "group", a->group);
	rec_str(rec, "policy", a->policy);
	rec_bool(rec, "radius", a->radius);
	if (addr_is_set(&a->assigned))
		rec_addr(rec, "assigned", &a->assigned);
	else
		rec_str(rec, "assigned", "");
	rec_addr(rec, "public", &a->public);
	rec_num(rec, "login", a->since);
	rec_num(rec, "duration", (a->ended_ms - a->login_ms) / 1000);
	rec_num(rec, "ended", a->ended);
	rec_str(rec, "reason", a->reason);
	return rec;
}

struct json_object *show_sessions_ended(struct engine *e)
{
	struct json_object *list = json_object_new_array();
	const struct account *a;
	size_t i;

	for (i = 0; (a = account_ended(&e->ended, i)); i++)
		rec_append(list, ended(a));
	return list;
}

/* --- their end ------------------------------------------------------------------ */

/* The first of them that is wanted, or NULL. */
static struct ike_sa *find(struct engine *e, const char *user, uint32_t index)
{
	struct list *p, *q, *ptmp, *qtmp;

	list_for_each(&e->all_peers, p, ptmp) {
		struct peer *peer = list_entry(p, struct peer, all);

		list_for_each(&peer->ike_sas, q, qtmp) {
			struct ike_sa *sa = list_entry(q, struct ike_sa,
						       of_peer);

			/* Who uses L2TP is found below. */
			if (is_session(sa) && !ppp_session_with(sa) &&
			    (!index || sa->access->index == index) &&
			    (!user[0] || !strcmp(sa->access->user, user)))
				return sa;
		}
	}
	return NULL;
}

/* SAs before the last one of a client go with it. */
static void end_session(struct ike_sa *sa)
{
	uint32_t index = sa->access->index;
	struct peer *peer = sa->peer;
	struct list *pos, *tmp;
	char text[ADDR_STRLEN];

	log_notice(ike, "%s: the session of %s%s was logged off",
		   addr_format(&sa->remote, text, sizeof(text)),
		   sa->access->asked ? "user " : "the client",
		   sa->access->user);
	peer->pins++;
	list_for_each(&peer->ike_sas, pos, tmp) {
		struct ike_sa *old = list_entry(pos, struct ike_sa, of_peer);

		if (old != sa && old->access && old->access->index == index)
			v1_end_ike(old, true, "logged off");
	}
	policy_end_client(sa, "logged off by the administrator");
	peer->pins--;
	peer_release(peer);
}

static unsigned int end_l2tp(struct engine *e, const char *user, uint32_t index)
{
	struct list *pos, *tmp;
	unsigned int n = 0;

	list_for_each(&e->ppp.sessions, pos, tmp) {
		struct ppp_session *p = list_entry(pos, struct ppp_session, all);

		if (!p->granted || p->ending || (index && p->index != index) ||
		    (user[0] && strcmp(p->user, user)))
			continue;
		ppp_session_end(p, "logged off by the administrator");
		n++;
	}
	return n;
}

unsigned int end_sessions(struct engine *e, const char *user, uint32_t index)
{
	unsigned int n = end_l2tp(e, user, index);
	struct ike_sa *sa;

	while ((sa = find(e, user, index))) {
		end_session(sa);
		n++;
	}
	return n;
}
