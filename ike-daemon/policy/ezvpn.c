// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ike-daemon/engine.h"
#include "ike-daemon/policy/ezvpn.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/policy/want.h"
#include "ike-daemon/sa/child_sa.h"
#include "ike-daemon/sa/ike_sa.h"
#include "ike-daemon/sa/peer.h"
#include "ike-daemon/v1/client.h"
#include "ike-daemon/v1/v1.h"
#include "tools/lib/printable.h"

/* All gateways failed: the first wait until they are tried again, and the longest, ms. */
#define PAUSE_MS	10000
#define PAUSE_MAX_MS	300000
/* While it is up, what is missing is looked for so often, ms. */
#define WATCH_MS	10000
/* A pair that was refused is not asked for again before, ms. */
#define REFUSED_MS	60000
/* The gateway may be about to say more, ms. */
#define AGAIN_MS	1000

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

static void call(struct ezvpn *ez);
static int set_live(struct ezvpn *ez, const struct cfg_ezvpn_live *live,
		    struct err *err);

/* --- gateways ------------------------------------------------------------------ */

static unsigned int count_gateways(const struct ezvpn *ez)
{
	unsigned int n = 0;

	while (n < CFG_BACKUP_MAX && addr_is_set(&ez->conf.live.backup[n]))
		n++;
	return ez->conf.n_peers + n;
}

static const struct addr *gateway_at(const struct ezvpn *ez, unsigned int at)
{
	return at < ez->conf.n_peers ? cfg_ezvpn_peer_addr(&ez->conf, at) :
				       &ez->conf.live.backup[at - ez->conf.n_peers];
}

const struct addr *ezvpn_gateway(const struct ezvpn *ez)
{
	unsigned int n = count_gateways(ez);
	const struct addr *gateway = n ? gateway_at(ez, ez->at % n) : NULL;

	return gateway && addr_is_set(gateway) ? gateway : NULL;
}

static void begin_with(struct ezvpn *ez, const struct addr *gateway)
{
	unsigned int i, n = count_gateways(ez);

	for (i = 0; i < n; i++)
		if (addr_equal(gateway_at(ez, i), gateway))
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
		n = count_gateways(ez);
		for (i = 0; i < n; i++)
			if (addr_equal(gateway_at(ez, i), gateway))
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

/* Phase 1 with the gateway that is called: under way, or established. */
static struct ike_sa *find_sa(const struct ezvpn *ez, bool established)
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

static void set_step(struct ezvpn *ez, enum ezvpn_step step, const char *event,
		     const char *reason)
{
	ez->step = step;
	ez->event = event;
	snprintf(ez->reason, sizeof(ez->reason), "%s", reason);
}

static void forget_typed(struct ezvpn *ez)
{
	explicit_bzero(ez->user, sizeof(ez->user));
	explicit_bzero(ez->password, sizeof(ez->password));
}

static void pause_for(struct ezvpn *ez, uint64_t ms, const char *event,
		      const char *reason)
{
	char why[sizeof(ez->reason)];

	snprintf(why, sizeof(why), "%s", reason);
	set_step(ez, EZVPN_PAUSE, event, why);
	ez->next_ms = engine_now(ez->e) + ms;
	timer_set(&ez->e->timers, &ez->timer, ms);
}

/* To the next gateway; when all have failed, later, or when a command says so. */
static void go_on(struct ezvpn *ez, const char *reason)
{
	unsigned int n = count_gateways(ez);
	uint64_t wait = PAUSE_MS;

	ez->at = (ez->at + 1) % n;
	if (++ez->tried < n) {
		pause_for(ez, 1, "CONN_DOWN", reason);
		return;
	}
	ez->tried = 0;
	if (ez->conf.manual) {
		set_step(ez, EZVPN_REQUIRED, "CONN_DOWN", reason);
		timer_cancel(&ez->e->timers, &ez->timer);
		log_notice(ike, "ezvpn %s: no gateway can be had: %s",
			   ez->conf.name, ez->reason);
		return;
	}
	wait <<= ez->rounds < 5 ? ez->rounds : 5;
	if (wait > PAUSE_MAX_MS)
		wait = PAUSE_MAX_MS;
	ez->rounds++;
	pause_for(ez, wait, "CONN_DOWN", reason);
	log_notice(ike, "ezvpn %s: no gateway can be had: %s; again in %u s",
		   ez->conf.name, ez->reason, (unsigned int)(wait / 1000));
}

static void call_now(struct ezvpn *ez)
{
	const struct addr *gateway = ezvpn_gateway(ez);
	struct engine *e = ez->e;
	struct addr local;
	struct peer *peer;

	if (!gateway || find_sa(ez, false))
		return;
	if (e->net->local_address(e->net_ctx, ez->outside, gateway->family,
				  &local)) {
		go_on(ez, "the interface outside has no address");
		return;
	}
	if (!v1_may_begin(e, gateway)) {
		go_on(ez, "there is neither a key nor a certificate to show the gateway");
		return;
	}
	peer = peer_get(e, gateway);
	if (!peer) {
		go_on(ez, "out of memory");
		return;
	}
	ez->step = EZVPN_CALLING;
	ez->event = "CONNECT";
	timer_cancel(&e->timers, &ez->timer);
	peer->pins++;
	if (v1_connect(e, peer, &local, !list_empty(&peer->children)))
		go_on(ez, "out of memory");
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
		go_on(ez, why);
		return;
	}
	live.found[at] = *addr;
	if (set_live(ez, &live, &err))
		go_on(ez, err.text);
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
	if (ez && ez->step == EZVPN_CALLING && !find_sa(ez, false)) {
		snprintf(why, sizeof(why), "%.100s cannot be looked up: %.60s",
			 l->host, l->err ? gai_strerror(l->err) : "");
		if (l->err)
			go_on(ez, why);
		else
			found(ez, l->at, &l->addr);
	}
	free(l);
}

static void forget_lookup(struct ezvpn *ez)
{
	if (ez->lookup)
		ez->lookup->ez = NULL;
	ez->lookup = NULL;
}

static void call(struct ezvpn *ez)
{
	unsigned int n = count_gateways(ez), at = n ? ez->at % n : 0;
	struct ezvpn_lookup *l;

	if (at >= ez->conf.n_peers || !ez->conf.peers[at].host[0]) {
		call_now(ez);
		return;
	}
	if (find_sa(ez, false))
		return;
	forget_lookup(ez);
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
		go_on(ez, "no worker is free to look the gateway up");
		return;
	}
	ez->lookup = l;
	ez->step = EZVPN_CALLING;
	ez->event = "RESOLVE";
	timer_cancel(&ez->e->timers, &ez->timer);
}

/* --- what is bound ---------------------------------------------------------------- */

static int reapply(struct engine *e, struct err *err)
{
	struct cm_config *cfg = cm_config_copy(engine_config(e));
	int ret = cfg ? engine_apply(e, cfg, NULL, NULL, err) :
			err_set(err, -ENOMEM, "out of memory");

	if (ret)
		cm_config_free(cfg);
	return ret;
}

static int set_live(struct ezvpn *ez, const struct cfg_ezvpn_live *live,
		    struct err *err)
{
	const struct cfg_ezvpn_live before = ez->conf.live;
	int ret;

	if (ezvpn_live_equal(&before, live))
		return 0;
	ez->conf.live = *live;
	ret = reapply(ez->e, err);
	if (ret)
		ez->conf.live = before;
	return ret;
}

/* Was it lately?  Traffic asks for it all the same. */
static bool is_refused(const struct engine *e, const struct policy_flow *f)
{
	return f->failed_ms && engine_now(e) - f->failed_ms < REFUSED_MS;
}

/* Pairs for all flows, without waiting for traffic: as IOS has it. */
static void want_flows(struct ezvpn *ez)
{
	struct engine *e = ez->e;
	struct list *pos, *tmp;

	list_for_each(&e->policy->all_flows, pos, tmp) {
		const struct policy_flow *f = list_entry(pos, struct policy_flow,
							 all);
		const struct cfg_entry *entry = policy_entry(e, f);

		if (entry && !strcmp(f->k.ifname, ez->outside) &&
		    policy_entry_names(entry, &ez->conf.live.gateway) &&
		    !child_sa_of_flow(e, f->k.id) &&
		    !want_find(e, f->k.id) && !is_refused(e, f))
			want_flow(e, f->k.id, WANT_COMMAND, NULL, 1);
	}
}

static struct ike_sa *told_sa(const struct ezvpn *ez)
{
	struct peer *peer = peer_find(ez->e, &ez->coming.gateway);
	struct list *pos, *tmp;

	if (!peer)
		return NULL;
	list_for_each(&peer->ike_sas, pos, tmp) {
		struct ike_sa *sa = list_entry(pos, struct ike_sa, of_peer);

		if (v1_client_is_told(sa))
			return sa;
	}
	return NULL;
}

/* What was told becomes true, and phase 1 is complete. */
static void finish(struct ezvpn *ez)
{
	struct ike_sa *sa = told_sa(ez);
	struct err err = { "" };
	char text[ADDR_STRLEN];

	if (!sa) {
		ez->step = EZVPN_CALLING;
		ezvpn_failed(ez->e, &ez->coming.gateway,
			     "the gateway ended the negotiation");
		return;
	}
	if (set_live(ez, &ez->coming, &err)) {
		ez->step = EZVPN_CALLING;
		v1_say_end(sa);
		v1_fail_ike(sa, err.text);
		return;
	}
	sa = told_sa(ez);
	if (!sa)
		return;
	set_step(ez, EZVPN_OPEN, "SOCKET_UP", "");
	begin_with(ez, &ez->conf.live.gateway);
	ez->tried = 0;
	ez->rounds = 0;
	if (!ez->told.save_password)
		forget_typed(ez);
	log_info(ike, "ezvpn %s: connected to %s, address %s, %zu networks%s",
		 ez->conf.name,
		 addr_format(&sa->remote, text, sizeof(text)),
		 addr_is_set(&ez->conf.live.address) ? "given" : "none",
		 ez->conf.live.n_split,
		 ez->conf.live.n_split ? "" : " (everything)");
	timer_set(&ez->e->timers, &ez->timer, WATCH_MS);
	v1_client_done(sa);
	want_flows(ez);
}

static void watch(struct ezvpn *ez)
{
	timer_set(&ez->e->timers, &ez->timer, WATCH_MS);
	if (find_sa(ez, true))
		want_flows(ez);
	else
		call(ez);
}

static void on_timer(void *arg)
{
	struct ezvpn *ez = arg;

	switch (ez->step) {
	case EZVPN_PAUSE:
		call(ez);
		break;
	case EZVPN_TOLD:
		finish(ez);
		break;
	case EZVPN_OPEN:
		watch(ez);
		break;
	default:
		break;
	}
}

/* --- what IKE asks and says --------------------------------------------------------- */

bool ezvpn_login(struct ike_sa *sa, const char **user, const char **password)
{
	struct ezvpn *ez = ezvpn_of(sa->e, &sa->remote);
	bool typed = ez && ez->user[0];

	if (!ez || (!typed && (!ez->conf.user[0] || ez->conf.interactive ||
			       ez->stored_refused)))
		return false;
	*user = typed ? ez->user : ez->conf.user;
	*password = typed ? ez->password : ez->conf.password;
	ez->by_stored = !typed;
	snprintf(ez->who, sizeof(ez->who), "%s", *user);
	if (ez->step != EZVPN_OPEN)
		set_step(ez, EZVPN_REPLIED, "XAUTH_REQUEST", "");
	return true;
}

void ezvpn_asked(struct ike_sa *sa, const char *text)
{
	struct ezvpn *ez = ezvpn_of(sa->e, &sa->remote);

	if (!ez)
		return;
	log_notice(ike, "ezvpn %s: the gateway asks for user and password: crypto ipsec client ezvpn xauth %s%s%s",
		   ez->conf.name, ez->conf.name, text[0] ? "; it says: " : "",
		   text);
	set_step(ez, EZVPN_LOGIN, "XAUTH_REQUEST", text);
}

/* What was right or not cannot be known of the other: both are forgotten. */
void ezvpn_refused(struct ike_sa *sa, const char *reason)
{
	struct ezvpn *ez = ezvpn_of(sa->e, &sa->remote);

	if (!ez)
		return;
	if (ez->by_stored)
		ez->stored_refused = true;
	forget_typed(ez);
	log_warning(ike, "ezvpn %s: %s", ez->conf.name, reason);
	set_step(ez, EZVPN_LOGIN, "XAUTH_FAILED", reason);
	timer_cancel(&ez->e->timers, &ez->timer);
}

int ezvpn_take(struct ike_sa *sa, const struct ezvpn_told *told, struct err *err)
{
	struct ezvpn *ez = ezvpn_of(sa->e, &sa->remote);
	int ret;

	if (!ez)
		return err_set(err, -ENOENT, "the gateway is not called any more");
	if (v1_client_user_asked(sa) && ez->by_stored && !told->save_password) {
		err_set(err, -EACCES, "the gateway does not let passwords be kept (save-password): type user and password");
		ezvpn_refused(sa, err->text);
		return -EACCES;
	}
	ret = ezvpn_judge(ez, sa, told, &ez->coming, err);
	if (ret)
		return ret;
	ez->told = *told;
	set_step(ez, EZVPN_TOLD, "MODE_CONFIG_REPLY", "");
	timer_set(&ez->e->timers, &ez->timer, 1);
	return 0;
}

/* --- what happens ------------------------------------------------------------------- */

static bool is_called(const struct ezvpn *ez, const struct addr *gateway)
{
	const struct addr *current = ezvpn_gateway(ez);

	return current && addr_equal(current, gateway);
}

int ezvpn_want(struct engine *e, const struct addr *gateway)
{
	struct ezvpn *ez = ezvpn_of(e, gateway);

	if (!ez)
		return -ENOKEY;
	if (ez->step == EZVPN_OPEN && is_called(ez, gateway))
		call(ez);
	return is_called(ez, gateway) && find_sa(ez, false) ? 0 : -EAGAIN;
}

void ezvpn_failed(struct engine *e, const struct addr *gateway,
		  const char *reason)
{
	struct ezvpn *ez = ezvpn_of(e, gateway);

	if (!ez || ez->step == EZVPN_LOGIN || ez->step == EZVPN_REQUIRED ||
	    ez->step == EZVPN_PAUSE || find_sa(ez, false))
		return;
	/* A second one alongside: the first goes on as long as it lives. */
	if (find_sa(ez, true)) {
		set_step(ez, EZVPN_OPEN, "CONN_DOWN", reason);
		timer_set(&e->timers, &ez->timer, WATCH_MS);
		return;
	}
	go_on(ez, reason);
}

void ezvpn_lost(struct engine *e, const struct addr *gateway)
{
	struct ezvpn *ez = ezvpn_of(e, gateway);

	if (ez && ez->step == EZVPN_OPEN && !find_sa(ez, true))
		timer_set(&e->timers, &ez->timer, AGAIN_MS);
}

void ezvpn_dead(struct engine *e, const struct addr *gateway)
{
	struct ezvpn *ez = ezvpn_of(e, gateway);

	if (!ez || ez->step != EZVPN_OPEN)
		return;
	if (ez->conf.primary)
		ez->at = ez->conf.primary - 1;
	ez->tried = 0;
	ez->rounds = 0;
	pause_for(ez, AGAIN_MS, "DPD_TIMEOUT",
		  "the gateway is dead: it answers no keepalive");
}

/* --- commands ----------------------------------------------------------------------- */

struct ezvpn *ezvpn_find(const struct engine *e, const char *name,
			 struct err *err)
{
	struct ezvpn *found = NULL;
	struct list *pos, *tmp;

	list_for_each(&e->policy->ezvpns, pos, tmp) {
		struct ezvpn *ez = list_entry(pos, struct ezvpn, all);

		if (name[0] && strcmp(ez->conf.name, name))
			continue;
		if (found) {
			err_set(err, -EINVAL, "there are several: which ezvpn is meant?");
			return NULL;
		}
		found = ez;
	}
	if (!found && name[0])
		err_set(err, -ENOENT, "there is no ezvpn %s, or it is on no interface outside",
			name);
	else if (!found)
		err_set(err, -ENOENT, "no ezvpn is on an interface outside");
	return found;
}

int ezvpn_connect(struct ezvpn *ez, struct err *err)
{
	if (ez->step == EZVPN_OPEN || ez->step == EZVPN_TOLD)
		return err_set(err, -EISCONN, "ezvpn %s is connected",
			       ez->conf.name);
	if (find_sa(ez, false))
		return 0;
	ez->tried = 0;
	ez->rounds = 0;
	call(ez);
	return 0;
}

int ezvpn_type_login(struct ezvpn *ez, const char *user, const char *password,
		     struct err *err)
{
	struct ike_sa *sa = find_sa(ez, false);

	if (!user[0] || strlen(user) >= sizeof(ez->user) ||
	    !printable_is_name(user))
		return err_set(err, -EINVAL, "a user has 1 to %zu printable characters",
			       sizeof(ez->user) - 1);
	if (strlen(password) >= sizeof(ez->password))
		return err_set(err, -EINVAL, "a password has at most %zu characters",
			       sizeof(ez->password) - 1);
	forget_typed(ez);
	memcpy(ez->user, user, strlen(user));
	memcpy(ez->password, password, strlen(password));
	if (sa && v1_client_waits(sa))
		v1_client_answer(sa);
	else if (ez->step != EZVPN_OPEN && ez->step != EZVPN_TOLD)
		call(ez);
	return 0;
}

static void end_gateways(struct ezvpn *ez, const char *reason)
{
	struct engine *e = ez->e;
	unsigned int i;

	/* Nothing begins again because of it. */
	ez->step = EZVPN_REQUIRED;
	for (i = 0; i < count_gateways(ez); i++) {
		struct peer *peer = addr_is_set(gateway_at(ez, i)) ?
			peer_find(e, gateway_at(ez, i)) : NULL;

		if (peer)
			policy_end_peer(peer, reason);
	}
}

int ezvpn_clear(struct ezvpn *ez, struct err *err)
{
	static const struct cfg_ezvpn_live none;
	int ret;

	end_gateways(ez, "cleared by the administrator");
	forget_typed(ez);
	ez->stored_refused = false;
	ez->at = ez->tried = ez->rounds = 0;
	memset(&ez->told, 0, sizeof(ez->told));
	ez->who[0] = '\0';
	set_step(ez, EZVPN_REQUIRED, "CLEAR", "");
	timer_cancel(&ez->e->timers, &ez->timer);
	ret = set_live(ez, &none, err);
	if (!ez->conf.manual)
		pause_for(ez, AGAIN_MS, "CLEAR", "");
	return ret;
}

/* --- the configuration ---------------------------------------------------------------- */

static struct ezvpn *find(const struct engine *e, const char *name)
{
	struct list *pos, *tmp;

	list_for_each(&e->policy->ezvpns, pos, tmp) {
		struct ezvpn *ez = list_entry(pos, struct ezvpn, all);

		if (!strcmp(ez->conf.name, name))
			return ez;
	}
	return NULL;
}

/* Is it configured as when it began? */
static bool is_same(const struct ezvpn *ez, const struct cm_config *cfg,
		    const struct cfg_ezvpn *conf)
{
	const struct cfg_interface *outside = conf ? cfg_ezvpn_outside(cfg, conf) :
						     NULL;

	return outside && !strcmp(outside->name, ez->outside) &&
	       cfg_ezvpn_equal(&ez->conf, conf);
}

void ezvpn_prepare(struct engine *e, struct cm_config *cfg)
{
	static const struct cfg_ezvpn_live none;
	size_t i;

	for (i = 0; i < cfg->n_ezvpns; i++) {
		struct cfg_ezvpn *conf = &cfg->ezvpns[i];
		const struct ezvpn *ez = find(e, conf->name);

		conf->live = ez && is_same(ez, cfg, conf) ? ez->conf.live : none;
		if (conf->live.up)
			ezvpn_networks(e, cfg, conf, &conf->live);
	}
}

static void drop(struct ezvpn *ez)
{
	timer_cancel(&ez->e->timers, &ez->timer);
	forget_lookup(ez);
	list_del(&ez->all);
	explicit_bzero(ez, sizeof(*ez));
	free(ez);
}

static void begin(struct engine *e, const struct cfg_ezvpn *conf,
		  const struct cfg_interface *outside)
{
	struct ezvpn *ez = calloc(1, sizeof(*ez));

	if (!ez) {
		log_err(ike, "ezvpn %s: out of memory", conf->name);
		return;
	}
	ez->e = e;
	ez->conf = *conf;
	memcpy(ez->outside, outside->name, sizeof(ez->outside));
	timer_init(&ez->timer, on_timer, ez);
	list_add_tail(&e->policy->ezvpns, &ez->all);
	set_step(ez, EZVPN_REQUIRED, "VALID_CONFIG", "");
	if (conf->live.up)
		begin_with(ez, &conf->live.gateway);
	else if (conf->primary)
		ez->at = conf->primary - 1;
	/* What was up before this daemon is to be up again. */
	if (!conf->manual || conf->live.up)
		pause_for(ez, 1, "VALID_CONFIG", "");
}

void ezvpn_leave(struct engine *e)
{
	const struct cm_config *cfg = engine_config(e);
	struct list *pos, *tmp;

	list_for_each(&e->policy->ezvpns, pos, tmp) {
		struct ezvpn *ez = list_entry(pos, struct ezvpn, all);
		const struct cfg_ezvpn *conf = cfg_ezvpn_find(cfg, ez->conf.name);

		if (is_same(ez, cfg, conf)) {
			ez->conf.live = conf->live;
			continue;
		}
		end_gateways(ez, "ezvpn is configured otherwise now");
		drop(ez);
	}
}

void ezvpn_applied(struct engine *e)
{
	const struct cm_config *cfg = engine_config(e);
	size_t i;

	for (i = 0; i < cfg->n_ezvpns; i++) {
		const struct cfg_interface *outside =
			cfg_ezvpn_outside(cfg, &cfg->ezvpns[i]);

		if (outside && !find(e, cfg->ezvpns[i].name))
			begin(e, &cfg->ezvpns[i], outside);
	}
}

void ezvpn_take_over(struct engine *e, struct cm_config *cfg)
{
	size_t i;

	for (i = 0; i < cfg->n_ezvpns; i++)
		ezvpn_recover(e, cfg, &cfg->ezvpns[i], &cfg->ezvpns[i].live);
}

void ezvpn_free_all(struct engine *e)
{
	struct list *pos, *tmp;

	list_for_each(&e->policy->ezvpns, pos, tmp)
		drop(list_entry(pos, struct ezvpn, all));
}
