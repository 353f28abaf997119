// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * After a change of the configuration: who has proved himself by a certificate or a user
 * that counts no longer, or was not asked for what everybody is asked for now, goes.
 */
#include <errno.h>
#include <stdio.h>

#include "ike-daemon/crypto/pki.h"
#include "ike-daemon/engine.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/policy/profile.h"
#include "ike-daemon/ppp/ipsec.h"
#include "ike-daemon/sa/child_sa.h"
#include "ike-daemon/sa/ike_sa.h"
#include "ike-daemon/sa/peer.h"
#include "ike-daemon/v1/access.h"
#include "tools/cli/model.h"
#include "tools/lib/log.h"

#define WHY_SIZE	200
#define NO_USER		"a user and password are needed now"
#define NOT_HYBRID	"its tunnel-group does not permit hybrid authentication any more"

/* Many pairs have one certificate, and chains take time. */
static bool is_accepted(const struct engine *e, struct crypto_cert *cert,
			const char *trustpoint, struct err *err)
{
	struct crypto_judgement *j = crypto_cert_judgement(cert);
	size_t which;

	if (j->revoked)
		return !err_set(err, -EKEYREVOKED, "certificate revoked");
	err_set(err, 0, "see above");
	if (j->when != e->policy->judgement)
		j->accepted = policy_trusts_cert(e, cert, trustpoint, &which, err);
	j->when = e->policy->judgement;
	return j->accepted;
}

/* What counts of both: true, and why, if not. */
static bool is_void(const struct engine *e, struct crypto_cert *cert,
		    const struct addr *local, const struct cfg_who *who,
		    const char *user, bool radius, char *why)
{
	struct err err = { "" };

	if (cert && !is_accepted(e, cert, policy_profile_trustpoint(e, who->profile), &err))
		snprintf(why, WHY_SIZE, "its certificate is not accepted any more: %.120s",
			 err.text);
	else if (user[0] && !policy_has_user(e, local, who, user, radius))
		snprintf(why, WHY_SIZE, radius ?
			 "RADIUS is not asked for its user, %s, any more" :
			 "its user, %s, was removed", user);
	else
		return false;
	return true;
}

static bool sa_ends(const struct ike_sa *sa, char *why)
{
	const char *user = v1_access_user(sa);
	const struct cfg_who who = v1_who(sa);
	struct err err = { "" };

	if (is_void(sa->e, sa->cert, &sa->local, &who, user,
		    v1_access_by_radius(sa), why))
		return true;
	/* Half-open, nobody has shown anything yet. */
	if (sa->remote_known &&
	    !policy_admits(sa->e, &sa->local, &sa->remote, policy_shown_by(sa),
			   &err)) {
		snprintf(why, WHY_SIZE, "%.*s", WHY_SIZE - 1, err.text);
		return true;
	}
	if (sa->remote_known && !policy_profile_keeps(sa)) {
		snprintf(why, WHY_SIZE, "isakmp profile %s does not match it any more",
			 sa->profile);
		return true;
	}
	if (sa->remote_known && ike_sa_is_hybrid(sa) &&
	    !policy_permits_hybrid(sa->e, &sa->local, &who)) {
		snprintf(why, WHY_SIZE, NOT_HYBRID);
		return true;
	}
	if (!ike_sa_established(sa) || user[0] || !v1_xauth_needed(sa))
		return false;
	snprintf(why, WHY_SIZE, NO_USER);
	return true;
}

/* By the key that it was made with, as far as that is known. */
static bool is_exempt(const struct child_sa *c)
{
	const struct cfg_isakmp_profile *p = policy_profile(c->e, c->profile);
	const struct cfg_key *key = c->key_name ?
		cfg_key_for_hostname(engine_config(c->e), c->key_name) :
		policy_key(c->e, &c->remote);

	/* Keys of keyrings exempt nobody. */
	return !c->cert && !(p && p->n_keyrings) && key && key->no_xauth;
}

/* Of those from before this daemon nobody knows who was asked. */
static bool pair_ends(const struct child_sa *c, char *why)
{
	const struct policy_flow *f = policy_flow_known(c->e, c->flow);
	const struct cfg_who who = policy_who(c);
	struct err err = { "" };

	if (is_void(c->e, c->cert, &c->local, &who, c->user ? c->user : "",
		    c->radius, why))
		return true;
	if (c->hybrid && !policy_permits_hybrid(c->e, &c->local, &who)) {
		snprintf(why, WHY_SIZE, NOT_HYBRID);
		return true;
	}
	/* What proved those from before this daemon, it does not know. */
	if (f && !c->adopted && !policy_flow_admits(c->e, f, policy_shown_for(c), &err)) {
		snprintf(why, WHY_SIZE, "%.*s", WHY_SIZE - 1, err.text);
		return true;
	}
	if (c->user || c->adopted || !f || !policy_is_dynamic(f) ||
	    !policy_client_login(c->e, &c->local, &who)[0] || is_exempt(c) ||
	    (ppp_is_l2tp(c) && policy_takes_l2tp(c->e, &c->local, &who)))
		return false;
	snprintf(why, WHY_SIZE, NO_USER);
	return true;
}

static void log_end(const struct peer *peer, const char *id, const char *why)
{
	char text[ADDR_STRLEN];

	log_notice(ike, "%s: %s: %s: its SAs end",
		   addr_format(&peer->addr, text, sizeof(text)), id, why);
}

/* Pairs may have outlived their ISAKMP SA. */
static void apply_to_peer(struct peer *peer)
{
	struct list *pos, *tmp;
	char why[WHY_SIZE];

	list_for_each(&peer->ike_sas, pos, tmp) {
		struct ike_sa *sa = list_entry(pos, struct ike_sa, of_peer);

		if (!sa_ends(sa, why))
			continue;
		log_end(peer, sa->remote_id, why);
		policy_end_client(sa, why);
	}
	list_for_each(&peer->children, pos, tmp) {
		struct child_sa *c = list_entry(pos, struct child_sa, of_peer);

		if (c->state < CHILD_INSTALLED || !pair_ends(c, why))
			continue;
		log_end(peer, c->remote_id, why);
		policy_end_pair(c);
	}
}

/* Note it of that certificate, wherever it is; was there one of which it is new? */
static bool note_revoked(struct crypto_cert *of, const struct crypto_cert *revoked)
{
	struct crypto_judgement *j;

	if (!of || of == revoked || !crypto_cert_same(of, revoked))
		return false;
	j = crypto_cert_judgement(of);
	if (j->revoked)
		return false;
	j->revoked = true;
	return true;
}

void policy_cert_revoked(struct engine *e, const struct crypto_cert *revoked)
{
	struct list *p, *q, *ptmp, *qtmp;
	bool any = false;

	list_for_each(&e->all_peers, p, ptmp) {
		struct peer *peer = list_entry(p, struct peer, all);

		list_for_each(&peer->ike_sas, q, qtmp)
			any |= note_revoked(list_entry(q, struct ike_sa, of_peer)->cert,
					    revoked);
		list_for_each(&peer->children, q, qtmp)
			any |= note_revoked(list_entry(q, struct child_sa, of_peer)->cert,
					    revoked);
	}
	/* Who has only a revoked one shall not make us look at all others. */
	if (any)
		policy_apply_proofs(e);
}

void policy_apply_proofs(struct engine *e)
{
	struct list *pos, *tmp;

	e->policy->judgement++;
	list_for_each(&e->all_peers, pos, tmp) {
		struct peer *peer = list_entry(pos, struct peer, all);

		peer->pins++;
		apply_to_peer(peer);
		peer->pins--;
		peer_release(peer);
	}
}
