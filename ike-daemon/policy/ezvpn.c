// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ike-daemon/engine.h"
#include "ike-daemon/policy/ezvpn_call.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/policy/want.h"
#include "ike-daemon/sa/child_sa.h"
#include "ike-daemon/sa/ike_sa.h"
#include "ike-daemon/sa/peer.h"
#include "ike-daemon/v1/client.h"
#include "ike-daemon/v1/v1.h"
#include "tools/lib/printable.h"

/* While it is up, what is missing is looked for so often, ms. */
#define WATCH_MS	10000
/* A pair that was refused is not asked for again before, ms. */
#define REFUSED_MS	60000
/* What ends sooner than this after it came up has failed like what never was, ms. */
#define STABLE_MS	180000
/* The gateway may be about to say more, ms. */
#define AGAIN_MS	1000

/* A gateway that counts wrong passwords may lock the user out. */
#define ANSWERS_MAX	2

#define DEAD	"the gateway is dead: it answers no keepalive"
#define GONE	"phase 1 ended before it was complete"

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

int ezvpn_set_live(struct ezvpn *ez, const struct cfg_ezvpn_live *live,
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
	if (ezvpn_set_live(ez, &ez->coming, &err)) {
		ez->step = EZVPN_CALLING;
		v1_say_end(sa);
		v1_fail_ike(sa, err.text);
		return;
	}
	sa = told_sa(ez);
	if (!sa) {
		ez->step = EZVPN_CALLING;
		ezvpn_failed(ez->e, &ez->coming.gateway, GONE);
		return;
	}
	ezvpn_set_step(ez, EZVPN_OPEN, "SOCKET_UP", "");
	ezvpn_begin_with(ez, &ez->conf.live.gateway);
	if (!ezvpn_sa(ez, true))
		ez->up_ms = engine_now(ez->e);
	if (!ez->told.save_password)
		ezvpn_forget_typed(ez);
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

/* Another network may be behind us. */
static void watch_networks(struct ezvpn *ez)
{
	struct cfg_ezvpn_live live = ez->conf.live;
	struct err err = { "" };

	if (!live.up)
		return;
	ezvpn_networks(ez->e, engine_config(ez->e), &ez->conf, &live);
	if (ezvpn_set_live(ez, &live, &err))
		log_warning(ike, "ezvpn %s: %s", ez->conf.name, err.text);
}

static bool is_stable(const struct ezvpn *ez)
{
	return engine_now(ez->e) - ez->up_ms >= STABLE_MS;
}

static void watch(struct ezvpn *ez)
{
	timer_set(&ez->e->timers, &ez->timer, WATCH_MS);
	watch_networks(ez);
	if (ezvpn_sa(ez, true) && is_stable(ez))
		ez->tried = ez->rounds = 0;
	if (ezvpn_sa(ez, true))
		want_flows(ez);
	else
		ezvpn_call(ez);
}

/* A second one alongside: the first goes on as long as it lives. */
static void gone(struct ezvpn *ez, const char *reason)
{
	if (!ezvpn_sa(ez, true)) {
		ezvpn_go_on(ez, reason);
		return;
	}
	ezvpn_set_step(ez, EZVPN_OPEN, "CONN_DOWN", reason);
	timer_set(&ez->e->timers, &ez->timer, WATCH_MS);
}

static void on_timer(void *arg)
{
	struct ezvpn *ez = arg;

	switch (ez->step) {
	case EZVPN_PAUSE:
		ezvpn_call(ez);
		break;
	case EZVPN_TOLD:
		finish(ez);
		break;
	case EZVPN_OPEN:
		watch(ez);
		break;
	case EZVPN_CALLING:
	case EZVPN_REPLIED:
		if (!ez->lookup && !ezvpn_sa(ez, false))
			gone(ez, GONE);
		else
			ezvpn_await(ez);
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

	if (ez && !v1_client_replied(sa) && ez->answers >= ANSWERS_MAX)
		return false;
	if (!ez || (!typed && (!ez->conf.user[0] || ez->conf.interactive ||
			       ez->stored_refused)))
		return false;
	*user = typed ? ez->user : ez->conf.user;
	*password = typed ? ez->password : ez->conf.password;
	if (!v1_client_replied(sa))
		ez->answers++;
	ez->by_stored = !typed;
	snprintf(ez->who, sizeof(ez->who), "%s", *user);
	if (ez->step != EZVPN_OPEN) {
		ezvpn_set_step(ez, EZVPN_REPLIED, "XAUTH_REQUEST", "");
		ezvpn_await(ez);
	}
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
	ezvpn_set_step(ez, EZVPN_LOGIN, "XAUTH_REQUEST",
		       ez->answers < ANSWERS_MAX ? text :
		       "user and password were sent before, and the gateway never said whether they are right: type them, or connect");
}

/* What was right or not cannot be known of the other: both are forgotten. */
void ezvpn_refused(struct ike_sa *sa, const char *reason)
{
	struct ezvpn *ez = ezvpn_of(sa->e, &sa->remote);

	if (!ez)
		return;
	if (ez->by_stored)
		ez->stored_refused = true;
	ezvpn_forget_typed(ez);
	ez->answers = 0;
	log_warning(ike, "ezvpn %s: %s", ez->conf.name, reason);
	ezvpn_set_step(ez, EZVPN_LOGIN, "XAUTH_FAILED", reason);
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
	ez->answers = 0;
	ret = ezvpn_judge(ez, sa, told, &ez->coming, err);
	if (ret)
		return ret;
	ez->told = *told;
	ezvpn_set_step(ez, EZVPN_TOLD, "MODE_CONFIG_REPLY", "");
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
		ezvpn_call(ez);
	return is_called(ez, gateway) && ezvpn_sa(ez, false) ? 0 : -EAGAIN;
}

void ezvpn_failed(struct engine *e, const struct addr *gateway,
		  const char *reason)
{
	struct ezvpn *ez = ezvpn_of(e, gateway);

	if (!ez || ez->step == EZVPN_LOGIN || ez->step == EZVPN_REQUIRED ||
	    ez->step == EZVPN_PAUSE || ezvpn_sa(ez, false))
		return;
	gone(ez, reason);
}

void ezvpn_lost(struct engine *e, const struct addr *gateway)
{
	struct ezvpn *ez = ezvpn_of(e, gateway);

	if (!ez || ezvpn_sa(ez, true))
		return;
	if (ez->step == EZVPN_OPEN && is_stable(ez))
		timer_set(&e->timers, &ez->timer, AGAIN_MS);
	else if (ez->step == EZVPN_OPEN && !ezvpn_sa(ez, false))
		ezvpn_back_off(ez, "CONN_DOWN",
			       "the gateway ended it soon after it was up");
	else if (ez->step == EZVPN_CALLING || ez->step == EZVPN_REPLIED)
		ezvpn_failed(e, gateway, GONE);
}

void ezvpn_dead(struct engine *e, const struct addr *gateway)
{
	struct ezvpn *ez = ezvpn_of(e, gateway);

	if (!ez || ez->step != EZVPN_OPEN)
		return;
	if (ez->conf.primary)
		ez->at = ez->conf.primary - 1;
	if (!is_stable(ez)) {
		ezvpn_back_off(ez, "DPD_TIMEOUT", DEAD);
		return;
	}
	ez->tried = 0;
	ez->rounds = 0;
	ezvpn_pause(ez, AGAIN_MS, "DPD_TIMEOUT", DEAD);
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
	if (ezvpn_sa(ez, false))
		return 0;
	ez->tried = 0;
	ez->rounds = 0;
	ez->answers = 0;
	ezvpn_call(ez);
	return 0;
}

int ezvpn_type_login(struct ezvpn *ez, const char *user, const char *password,
		     struct err *err)
{
	struct ike_sa *sa = ezvpn_sa(ez, false);

	if (!user[0] || strlen(user) >= sizeof(ez->user) ||
	    !printable_is_name(user))
		return err_set(err, -EINVAL, "a user has 1 to %zu printable characters",
			       sizeof(ez->user) - 1);
	if (strlen(password) >= sizeof(ez->password))
		return err_set(err, -EINVAL, "a password has at most %zu characters",
			       sizeof(ez->password) - 1);
	if (ez->step == EZVPN_OPEN)
		return err_set(err, -EISCONN, "ezvpn %s is connected",
			       ez->conf.name);
	ezvpn_forget_typed(ez);
	ez->answers = 0;
	memcpy(ez->user, user, strlen(user));
	memcpy(ez->password, password, strlen(password));
	if (sa && v1_client_waits(sa))
		v1_client_answer(sa);
	else if (ez->step != EZVPN_OPEN && ez->step != EZVPN_TOLD)
		ezvpn_call(ez);
	return 0;
}

static void end_gateways(struct ezvpn *ez, const char *reason)
{
	struct engine *e = ez->e;
	unsigned int i;

	/* Nothing begins again because of it. */
	ez->step = EZVPN_REQUIRED;
	for (i = 0; i < ezvpn_count_gateways(ez); i++) {
		struct peer *peer = addr_is_set(ezvpn_gateway_at(ez, i)) ?
			peer_find(e, ezvpn_gateway_at(ez, i)) : NULL;

		if (peer)
			policy_end_peer(peer, reason);
	}
}

int ezvpn_clear(struct ezvpn *ez, struct err *err)
{
	static const struct cfg_ezvpn_live none;
	int ret;

	end_gateways(ez, "cleared by the administrator");
	ezvpn_forget_typed(ez);
	ez->stored_refused = false;
	ez->at = ez->tried = ez->rounds = ez->answers = 0;
	memset(&ez->told, 0, sizeof(ez->told));
	ez->who[0] = '\0';
	ezvpn_set_step(ez, EZVPN_REQUIRED, "CLEAR", "");
	timer_cancel(&ez->e->timers, &ez->timer);
	ret = ezvpn_set_live(ez, &none, err);
	if (!ez->conf.manual)
		ezvpn_pause(ez, AGAIN_MS, "CLEAR", "");
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
		if (conf->live.up && !ezvpn_networks(e, cfg, conf, &conf->live))
			log_warning(ike, "ezvpn %s: an interface inside has no network: what was protected stays so",
				    conf->name);
	}
}

static void drop(struct ezvpn *ez)
{
	timer_cancel(&ez->e->timers, &ez->timer);
	ezvpn_forget_lookup(ez);
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
	ezvpn_set_step(ez, EZVPN_REQUIRED, "VALID_CONFIG", "");
	if (conf->live.up)
		ezvpn_begin_with(ez, &conf->live.gateway);
	else if (conf->primary)
		ez->at = conf->primary - 1;
	/* What was up before this daemon is to be up again. */
	if (!conf->manual || conf->live.up)
		ezvpn_pause(ez, 1, "VALID_CONFIG", "");
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
