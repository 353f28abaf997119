// SPDX-License-Identifier: GPL-2.0-or-later
/* Which gateway is called, and how it goes on when none answers. */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ike-daemon/engine.h"
#include "ike-daemon/policy/ezvpn_call.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/sa/child_sa.h"
#include "ike-daemon/sa/ike_sa.h"
#include "ike-daemon/sa/peer.h"
#include "ike-daemon/v1/v1.h"

/* All gateways failed: the first wait until they are tried again, and the longest, ms. */
#define PAUSE_MS	10000
#define PAUSE_MAX_MS	300000

/* Whether phase 1 is still under way is looked at so often, ms. */
#define AWAIT_MS	5000

/* A name on its way; it outlives the tunnel, whose @ez is then NULL. */
struct ezvpn_lookup {
	struct work work;
	struct ezvpn *ez;
	unsigned int at;
	char host[CFG_FQDN_SIZE];
	struct addr addr;
	int err;			/* EAI_* */
};

static const char *const names[] = {
#define X(id, name) [EZVPN_##id] = name,
	EZVPN_STEPS(X)
#undef X
};

/* --- gateways ------------------------------------------------------------------ */

unsigned int ezvpn_count_gateways(const struct ezvpn *ez)
{
	unsigned int n = 0;

	while (n < CFG_BACKUP_MAX && addr_is_set(&ez->conf.live.backup[n]))
		n++;
	return ez->conf.n_peers + n;
}

const struct addr *ezvpn_gateway_at(const struct ezvpn *ez, unsigned int at)
{
	return at < ez->conf.n_peers ? cfg_ezvpn_peer_addr(&ez->conf, at) :
				       &ez->conf.live.backup[at - ez->conf.n_peers];
}

const struct addr *ezvpn_gateway(const struct ezvpn *ez)
{
	unsigned int n = ezvpn_count_gateways(ez);
	const struct addr *gateway = n ? ezvpn_gateway_at(ez, ez->at % n) : NULL;

	return gateway && addr_is_set(gateway) ? gateway : NULL;
}

void ezvpn_begin_with(struct ezvpn *ez, const struct addr *gateway)
{
	unsigned int i, n = ezvpn_count_gateways(ez);

	for (i = 0; i < n; i++)
		if (addr_equal(ezvpn_gateway_at(ez, i), gateway))
			ez->at = i;
}

struct ezvpn *ezvpn_of(const struct engine *e, const struct addr *gateway)
{
	struct list *pos, *tmp;
	unsigned int i, n;

	list_for_each(&e->policy->ezvpns, pos, tmp) {
		struct ezvpn *ez = list_entry(pos, struct ezvpn, all);

		/* What an earlier daemon has left may have no name yet. */
		if (ez->conf.live.up &&
		    addr_equal(&ez->conf.live.gateway, gateway))
			return ez;
		n = ezvpn_count_gateways(ez);
		for (i = 0; i < n; i++)
			if (addr_equal(ezvpn_gateway_at(ez, i), gateway))
				return ez;
	}
	return NULL;
}

bool ezvpn_names(const struct engine *e, const struct addr *gateway)
{
	const struct ezvpn *ez = ezvpn_of(e, gateway);
	size_t i = 0;

	while (ez && i < ez->conf.n_peers &&
	       !addr_equal(cfg_ezvpn_peer_addr(&ez->conf, i), gateway))
		i++;
	return ez && (i < ez->conf.n_peers ||
		      addr_equal(&ez->conf.live.gateway, gateway));
}

/* --- who answers ---------------------------------------------------------------- */

static bool is_address(const struct crypto_cert *cert, const struct addr *addr)
{
	return crypto_cert_is_addr(cert, CRYPTO_CHUNK(addr->bytes, addr_len(addr)));
}

/* What a name stands for is nobody's word: then the address alone proves nothing. */
static bool is_gateway(const struct ezvpn *ez, const struct ike_sa *sa,
		       char *wanted, size_t size)
{
	const struct cfg_ezvpn_peer *peer;
	bool named = false;
	size_t i;

	for (i = 0; i < ez->conf.n_peers; i++) {
		peer = &ez->conf.peers[i];
		if (!peer->host[0] ||
		    !addr_equal(cfg_ezvpn_peer_addr(&ez->conf, i), &sa->remote))
			continue;
		named = true;
		snprintf(wanted, size, "%s", peer->host);
		if (crypto_cert_is_fqdn(sa->cert, CRYPTO_CHUNK(peer->host,
							       strlen(peer->host))))
			return true;
	}
	if (named)
		return false;
	addr_format(&sa->remote, wanted, size);
	return is_address(sa->cert, &sa->remote);
}

bool ezvpn_admits(const struct ike_sa *sa, struct err *err)
{
	const struct ezvpn *ez = ezvpn_of(sa->e, &sa->remote);
	char subject[CRYPTO_DN_STRLEN], wanted[CFG_FQDN_SIZE] = "";
	bool ok;

	if (!ez) {
		err_set(err, -ENOENT, "the gateway is not called any more");
		return false;
	}
	if (!sa->cert) {
		if (!ez->conf.identity[0])
			return true;
		err_set(err, -EACCES, "the gateway shows no certificate, and must be identity %s",
			ez->conf.identity);
		return false;
	}
	if (ez->conf.identity[0]) {
		snprintf(wanted, sizeof(wanted), "identity %s", ez->conf.identity);
		ok = policy_is_identity(cfg_peer_identity_find(engine_config(sa->e),
							       ez->conf.identity),
					sa->cert);
	} else {
		ok = is_gateway(ez, sa, wanted, sizeof(wanted));
	}
	if (!ok)
		err_set(err, -EACCES, "the certificate of %.80s does not name the gateway, %.100s",
			crypto_cert_subject(sa->cert, subject, sizeof(subject)),
			wanted);
	return ok;
}

/* Phase 1 with the gateway that is called: under way, or established. */
struct ike_sa *ezvpn_sa(const struct ezvpn *ez, bool established)
{
	const struct addr *gateway = ezvpn_gateway(ez);
	struct peer *peer = gateway ? peer_find(ez->e, gateway) : NULL;
	struct list *pos, *tmp;

	if (!peer)
		return NULL;
	list_for_each(&peer->ike_sas, pos, tmp) {
		struct ike_sa *sa = list_entry(pos, struct ike_sa, of_peer);

		if (sa->initiator && ike_sa_established(sa) == established)
			return sa;
	}
	return NULL;
}

static bool has_pair(const struct ezvpn *ez)
{
	struct peer *peer = peer_find(ez->e, &ez->conf.live.gateway);
	struct list *pos, *tmp;

	if (!peer)
		return false;
	list_for_each(&peer->children, pos, tmp)
		if (list_entry(pos, struct child_sa, of_peer)->state >=
		    CHILD_INSTALLED)
			return true;
	return false;
}

const char *ezvpn_state(const struct ezvpn *ez)
{
	return ez->step == EZVPN_OPEN && has_pair(ez) ? "IPSEC_ACTIVE" :
							names[ez->step];
}

/* --- steps --------------------------------------------------------------------- */

void ezvpn_set_step(struct ezvpn *ez, enum ezvpn_step step, const char *event,
		     const char *reason)
{
	ez->step = step;
	ez->event = event;
	snprintf(ez->reason, sizeof(ez->reason), "%s", reason);
}

void ezvpn_forget_typed(struct ezvpn *ez)
{
	explicit_bzero(ez->user, sizeof(ez->user));
	explicit_bzero(ez->password, sizeof(ez->password));
}

void ezvpn_pause(struct ezvpn *ez, uint64_t ms, const char *event,
		      const char *reason)
{
	char why[sizeof(ez->reason)];

	snprintf(why, sizeof(why), "%s", reason);
	ezvpn_set_step(ez, EZVPN_PAUSE, event, why);
	ez->next_ms = engine_now(ez->e) + ms;
	timer_set(&ez->e->timers, &ez->timer, ms);
}

void ezvpn_back_off(struct ezvpn *ez, const char *event, const char *reason)
{
	uint64_t wait = PAUSE_MS << (ez->rounds < 5 ? ez->rounds : 5);

	if (wait > PAUSE_MAX_MS)
		wait = PAUSE_MAX_MS;
	ez->rounds++;
	ezvpn_pause(ez, wait, event, reason);
	log_notice(ike, "ezvpn %s: %s; again in %u s", ez->conf.name, ez->reason,
		   (unsigned int)(wait / 1000));
}

/* To the next gateway; when all have failed, later, or when a command says so. */
void ezvpn_go_on(struct ezvpn *ez, const char *reason)
{
	unsigned int n = ezvpn_count_gateways(ez);
	char why[sizeof(ez->reason)];

	ez->at = (ez->at + 1) % n;
	if (++ez->tried < n) {
		ezvpn_pause(ez, 1, "CONN_DOWN", reason);
		return;
	}
	ez->tried = 0;
	if (ez->conf.manual) {
		ezvpn_set_step(ez, EZVPN_REQUIRED, "CONN_DOWN", reason);
		timer_cancel(&ez->e->timers, &ez->timer);
		log_notice(ike, "ezvpn %s: no gateway can be had: %s",
			   ez->conf.name, ez->reason);
		return;
	}
	snprintf(why, sizeof(why), "no gateway can be had: %.200s", reason);
	ezvpn_back_off(ez, "CONN_DOWN", why);
}

void ezvpn_await(struct ezvpn *ez)
{
	timer_set(&ez->e->timers, &ez->timer, AWAIT_MS);
}

/* One is under way already, whoever began it. */
static void join(struct ezvpn *ez)
{
	if (ez->step == EZVPN_OPEN)
		return;
	ez->step = EZVPN_CALLING;
	ez->event = "CONNECT";
	ezvpn_await(ez);
}

static void call_now(struct ezvpn *ez)
{
	const struct addr *gateway = ezvpn_gateway(ez);
	struct engine *e = ez->e;
	struct addr local;
	struct peer *peer;

	if (ezvpn_sa(ez, false)) {
		join(ez);
		return;
	}
	if (!gateway)
		return;
	if (e->net->local_address(e->net_ctx, ez->outside, gateway->family,
				  &local)) {
		ezvpn_go_on(ez, "the interface outside has no address");
		return;
	}
	if (!v1_may_begin(e, gateway)) {
		ezvpn_go_on(ez, "there is neither a key nor a certificate to show the gateway");
		return;
	}
	peer = peer_get(e, gateway);
	if (!peer) {
		ezvpn_go_on(ez, "out of memory");
		return;
	}
	ez->step = EZVPN_CALLING;
	ez->event = "CONNECT";
	ezvpn_await(ez);
	peer->pins++;
	if (v1_connect(e, peer, &local, !list_empty(&peer->children)))
		ezvpn_go_on(ez, "out of memory");
	peer->pins--;
	peer_release(peer);
}

/* --- names --------------------------------------------------------------------------- */

/* Why what a name stands for is not called, or NULL. */
static const char *unfit_gateway(const struct ezvpn *ez, const struct addr *addr)
{
	const struct cm_config *cfg = engine_config(ez->e);
	const struct cfg_isakmp_peer *own = cfg_isakmp_peer_find(cfg, addr);
	const struct ezvpn *other = ezvpn_of(ez->e, addr);

	if (addr_is_any(addr) || (addr->family == AF_INET &&
				  addr_to_v4(addr) >= 0xe0000000))
		return "which no gateway has";
	if ((own && !own->derived) || (other && other != ez) ||
	    (!other && cfg_names_peer(cfg, addr)))
		return "which is that of another peer";
	return NULL;
}

static void found(struct ezvpn *ez, unsigned int at, const struct addr *addr)
{
	struct cfg_ezvpn_live live = ez->conf.live;
	const char *unfit = unfit_gateway(ez, addr);
	char text[ADDR_STRLEN], why[200];
	struct err err = { "" };

	if (unfit) {
		snprintf(why, sizeof(why), "%.100s is %s, %s",
			 ez->conf.peers[at].host,
			 addr_format(addr, text, sizeof(text)), unfit);
		ezvpn_go_on(ez, why);
		return;
	}
	live.found[at] = *addr;
	if (ezvpn_set_live(ez, &live, &err))
		ezvpn_go_on(ez, err.text);
	else
		call_now(ez);
}

static void look_up(struct work *w)
{
	struct ezvpn_lookup *l = (struct ezvpn_lookup *)w;
	const struct addrinfo hints = {
		.ai_family = AF_UNSPEC, .ai_socktype = SOCK_DGRAM,
		.ai_flags = AI_ADDRCONFIG,
	};
	struct addrinfo *list = NULL;

	l->err = getaddrinfo(l->host, NULL, &hints, &list);
	if (!l->err && addr_from_sockaddr(&l->addr, list->ai_addr,
					  list->ai_addrlen))
		l->err = EAI_FAMILY;
	l->addr.port = 0;
	if (list)
		freeaddrinfo(list);
}

static void looked_up(struct work *w)
{
	struct ezvpn_lookup *l = (struct ezvpn_lookup *)w;
	struct ezvpn *ez = l->ez;
	char why[200];

	/* Something else may have begun meanwhile. */
	if (ez)
		ez->lookup = NULL;
	if (ez && ez->step == EZVPN_CALLING && !ezvpn_sa(ez, false)) {
		snprintf(why, sizeof(why), "%.100s cannot be looked up: %.60s",
			 l->host, l->err ? gai_strerror(l->err) : "");
		if (l->err)
			ezvpn_go_on(ez, why);
		else
			found(ez, l->at, &l->addr);
	}
	free(l);
}

void ezvpn_forget_lookup(struct ezvpn *ez)
{
	if (ez->lookup)
		ez->lookup->ez = NULL;
	ez->lookup = NULL;
}

void ezvpn_call(struct ezvpn *ez)
{
	unsigned int n = ezvpn_count_gateways(ez), at = n ? ez->at % n : 0;
	struct ezvpn_lookup *l;

	if (at >= ez->conf.n_peers || !ez->conf.peers[at].host[0]) {
		call_now(ez);
		return;
	}
	if (ezvpn_sa(ez, false)) {
		join(ez);
		return;
	}
	ezvpn_forget_lookup(ez);
	l = calloc(1, sizeof(*l));
	if (l) {
		l->work.run = look_up;
		l->work.done = looked_up;
		l->ez = ez;
		l->at = at;
		memcpy(l->host, ez->conf.peers[at].host, sizeof(l->host));
	}
	if (!l || work_submit(ez->e->waiting, &l->work)) {
		free(l);
		ezvpn_go_on(ez, "no worker is free to look the gateway up");
		return;
	}
	ez->lookup = l;
	ez->step = EZVPN_CALLING;
	ez->event = "RESOLVE";
	ezvpn_await(ez);
}
