// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ike-daemon/crypto/crypto.h"
#include "ike-daemon/engine.h"
#include "ike-daemon/policy/ezvpn.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/policy/profile.h"
#include "ike-daemon/policy/want.h"
#include "ike-daemon/sa/child_sa.h"
#include "ike-daemon/sa/ike_sa.h"
#include "ike-daemon/sa/peer.h"
#include "ike-daemon/v1/v1.h"
#include "tools/cli/model.h"

#define TABLE_BITS	12

/* Where an SPI would be, which is never 0 (RFC 3948, 2.2). */
#define NON_ESP_MARKER	0

/* After a take-over the peers are not all called in the same instant, ms. */
#define TAKE_OVER_STEP_MS	10

static const struct {
	const char *name;
	const char *text;
} counter_names[ENGINE_C_COUNT] = {
#define X(id, n, t) [ENGINE_C_##id] = { n, t },
	ENGINE_COUNTERS(X)
#undef X
};

const char *engine_counter_name(enum engine_counter c)
{
	return counter_names[c].name;
}

const char *engine_counter_text(enum engine_counter c)
{
	return counter_names[c].text;
}

/* The generator does the same work for four bytes as for many. */
uint32_t engine_random(uint32_t n)
{
	static uint32_t numbers[64];
	static unsigned int left;

	if (!left && !crypto_random(numbers, sizeof(numbers)))
		left = sizeof(numbers) / sizeof(numbers[0]);
	return left ? numbers[--left] % n : 0;
}

static int init_tables(struct engine *e)
{
	uint64_t seed;

	if (crypto_random(&seed, sizeof(seed)))
		return -EIO;
	if (hash_init(&e->ike_sas, TABLE_BITS, seed) ||
	    hash_init(&e->peers, TABLE_BITS, seed) ||
	    hash_init(&e->children, TABLE_BITS, seed) ||
	    hash_init(&e->children_by_flow, TABLE_BITS, seed))
		return -ENOMEM;
	e->sources.seed = seed;
	e->policy = policy_new(e);
	return e->policy ? 0 : -ENOMEM;
}

struct engine *engine_new(const struct engine_net *net, void *net_ctx,
			  struct kernel *kernel, struct work_pool *pool)
{
	struct engine *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->net = net;
	e->net_ctx = net_ctx;
	e->kernel = kernel;
	e->pool = pool;
	e->waiting = pool;
	e->asking = pool;
	e->limits = (struct engine_limits){
		.half_open = 1000,
		.half_open_peer = 16,
		/* many clients behind one NAT may come back at once */
		.first = { .burst = 64, .each_second = 32 },
		.aggressive = 32,
		.signatures = 64,
		.quicks = 64,
		.made = 1024,
		.fragments = 4 << 20,
	};
	e->rate_no_sa = (struct log_rate)LOG_RATE_INIT(1000, 5);
	e->rate_refused = (struct log_rate)LOG_RATE_INIT(1000, 10);
	list_init(&e->all_peers);
	list_init(&e->leases);
	l2tp_init(e);
	list_init(&e->half_open_sas);
	list_init(&e->fragments);
	if (init_tables(e)) {
		engine_free(e);
		return NULL;
	}
	kernel->event = policy_kernel_event;
	kernel->event_arg = e;
	return e;
}

void engine_free(struct engine *e)
{
	if (!e)
		return;
	account_ring_close(&e->ended);
	l2tp_exit(e);
	if (e->policy)
		e->policy->routes.stay = true;
	if (e->policy)
		ezvpn_free_all(e);
	if (e->policy)
		while (!list_empty(&e->all_peers))
			peer_free(list_first(&e->all_peers, struct peer, all));
	policy_free(e->policy);
	hash_free(&e->ike_sas);
	hash_free(&e->peers);
	hash_free(&e->children);
	hash_free(&e->children_by_flow);
	record_ring_free(&e->records);
	if (e->kernel)
		e->kernel->event = NULL;
	explicit_bzero(e->plain, sizeof(e->plain));
	free(e);
}

/* --- configuration --------------------------------------------------------- */

const struct cm_config *engine_config(const struct engine *e)
{
	return e->policy->cfg;
}

/* Was it the address that has told the key?  Else the others are judged by their own. */
static bool by_address(const struct engine *e, const char *profile,
		       const char *key_name)
{
	const struct cfg_isakmp_profile *p = policy_profile(e, profile);

	return !(p && p->n_keyrings) && !(key_name && key_name[0]);
}

static bool is_by_address(const struct ike_sa *sa)
{
	return by_address(sa->e, sa->profile, sa->key_name);
}

/*
 * What was negotiated with the old key ends.  The peer is not told: it would
 * end the pairs, too, perhaps long before it has the new key.
 */
static void key_changed(struct peer *peer)
{
	struct list *pos, *tmp;
	bool any = false;

	peer->pins++;
	list_for_each(&peer->ike_sas, pos, tmp) {
		struct ike_sa *sa = list_entry(pos, struct ike_sa, of_peer);

		if (sa->cert || ike_sa_is_hybrid(sa) || !is_by_address(sa))
			continue;
		v1_end_ike(sa, false, "the pre-shared key was changed");
		any = true;
	}
	list_for_each(&peer->children, pos, tmp) {
		const struct child_sa *c = list_entry(pos, struct child_sa, of_peer);

		any |= by_address(c->e, c->profile, c->key_name);
	}
	if (any)
		policy_renew_peer(peer, NULL);
	policy_ike_lost(peer);
	peer->pins--;
	peer_release(peer);
}

/* Is there what another key than that of the address has made? */
static bool has_other_keys(const struct peer *peer)
{
	struct list *pos, *tmp;

	list_for_each(&peer->ike_sas, pos, tmp)
		if (!is_by_address(list_entry(pos, struct ike_sa, of_peer)))
			return true;
	list_for_each(&peer->children, pos, tmp) {
		const struct child_sa *c = list_entry(pos, struct child_sa, of_peer);

		if (!by_address(c->e, c->profile, c->key_name))
			return true;
	}
	return false;
}

static void end_by_address(struct peer *peer, const char *reason)
{
	struct list *pos, *tmp;

	list_for_each(&peer->children, pos, tmp) {
		struct child_sa *c = list_entry(pos, struct child_sa, of_peer);

		if (by_address(c->e, c->profile, c->key_name))
			policy_end_pair(c);
	}
	list_for_each(&peer->ike_sas, pos, tmp) {
		struct ike_sa *sa = list_entry(pos, struct ike_sa, of_peer);

		if (is_by_address(sa))
			v1_end_ike(sa, true, reason);
	}
}

/* What exists by it could never be renewed. */
static void key_removed(struct peer *peer)
{
	static const char why[] = "the pre-shared key was removed";
	char text[ADDR_STRLEN];

	if (has_other_keys(peer)) {
		end_by_address(peer, why);
		policy_ike_lost(peer);
		return;
	}
	if (!list_empty(&peer->children) || !list_empty(&peer->ike_sas))
		log_notice(ike, "%s: the pre-shared key was removed: all SAs with this peer end",
			   addr_format(&peer->addr, text, sizeof(text)));
	policy_end_peer(peer, why);
}

/* 0: as before, -ENOKEY: there is none any more, -EKEYREVOKED: it is another one. */
static int name_key_changed(const struct engine *e, const char *name,
			    const struct cm_config *old)
{
	const struct cm_config *cfg = engine_config(e);
	const char *now = cfg_secret_for_name(cfg, name);
	const char *was = cfg_secret_for_name(old, name);

	if (!now || cfg->no_aggressive)
		return -ENOKEY;
	return was && !strcmp(now, was) ? 0 : -EKEYREVOKED;
}

static void name_key_removed(struct peer *peer, const char *name)
{
	char text[ADDR_STRLEN], gone[ISAKMP_ID_STRLEN];

	snprintf(gone, sizeof(gone), "%s", name);	/* it goes with the SAs */
	log_notice(ike, "%s: the pre-shared key of %.100s was removed: its SAs end",
		   addr_format(&peer->addr, text, sizeof(text)), gone);
	policy_end_name(peer, gone, "the pre-shared key was removed");
}

/* A name of the peer's whose key has gone, or NULL; some have shown none. */
static const char *name_without_key(const struct peer *peer,
				    const struct cm_config *old)
{
	struct list *pos, *tmp;

	list_for_each(&peer->ike_sas, pos, tmp) {
		const struct ike_sa *sa = list_entry(pos, struct ike_sa,
						     of_peer);

		if (sa->key_name[0] && !sa->profile[0] && !ike_sa_is_hybrid(sa) &&
		    name_key_changed(peer->e, sa->key_name, old) == -ENOKEY)
			return sa->key_name;
	}
	list_for_each(&peer->children, pos, tmp) {
		const struct child_sa *c = list_entry(pos, struct child_sa,
						      of_peer);

		if (c->key_name && !c->profile && c->state >= CHILD_INSTALLED && !c->hybrid &&
		    name_key_changed(peer->e, c->key_name, old) == -ENOKEY)
			return c->key_name;
	}
	return NULL;
}

/* Of who was found by a name the address tells nothing; others may have it, too. */
static void apply_name_keys(struct peer *peer, const struct cm_config *old)
{
	struct list *pos, *tmp;
	const char *name;

	while ((name = name_without_key(peer, old)))
		name_key_removed(peer, name);
	list_for_each(&peer->ike_sas, pos, tmp) {
		struct ike_sa *sa = list_entry(pos, struct ike_sa, of_peer);

		if (sa->key_name[0] && !sa->profile[0] && !ike_sa_is_hybrid(sa) &&
		    name_key_changed(peer->e, sa->key_name, old))
			v1_end_ike(sa, false, "the pre-shared key was changed");
	}
}

static void apply_keys(struct engine *e, const struct cm_config *old)
{
	struct list *pos, *tmp;

	list_for_each(&e->all_peers, pos, tmp) {
		struct peer *peer = list_entry(pos, struct peer, all);
		const char *now = cfg_secret_for_peer(engine_config(e),
						      &peer->addr);
		const char *was = cfg_secret_for_peer(old, &peer->addr);

		peer->pins++;
		apply_name_keys(peer, old);
		policy_apply_profiles(peer, old);
		if (!now && was && !v1_may_begin(e, &peer->addr))
			key_removed(peer);
		else if (now ? !was || strcmp(now, was) : !!was)
			key_changed(peer);
		peer->pins--;
		peer_release(peer);
	}
}

static void apply_keepalive(struct engine *e, const struct cm_config *old)
{
	struct list *p, *q, *ptmp, *qtmp;

	if (cfg_keepalives_equal(old, engine_config(e)))
		return;
	list_for_each(&e->all_peers, p, ptmp) {
		struct peer *peer = list_entry(p, struct peer, all);

		list_for_each(&peer->ike_sas, q, qtmp)
			v1_dpd_configured(list_entry(q, struct ike_sa,
						     of_peer));
		policy_renew_later(peer);
	}
}

static void apply_nat_keepalive(struct engine *e, const struct cm_config *old)
{
	struct list *pos, *tmp;

	if (old->nat_keepalive == engine_config(e)->nat_keepalive)
		return;
	list_for_each(&e->all_peers, pos, tmp)
		v1_natt_keepalive(list_entry(pos, struct peer, all));
}

static void apply_logging(const struct cm_config *old,
			  const struct cm_config *cfg)
{
	enum log_subsystem sub;
	size_t i;

	/* What is said no longer counts no longer. */
	if (old && old->n_logging)
		log_restore_levels();
	for (i = 0; i < cfg->n_logging; i++) {
		const struct cfg_logging *l = &cfg->logging[i];

		if (!l->subsystem[0])
			log_set_level_all(l->level);
		else if (!log_subsystem_parse(l->subsystem, &sub))
			log_set_level(sub, l->level);
	}
}

int engine_apply(struct engine *e, struct cm_config *cfg,
		 kernel_report_fn *report, void *arg, struct err *err)
{
	struct cm_config *old = e->policy->cfg;
	struct policy_trusts trusts = { 0 };
	int r;

	if (old)
		ezvpn_prepare(e, cfg);
	else
		ezvpn_take_over(e, cfg);
	r = cm_config_expand(cfg);

	if (r)
		return err_set(err, r, "out of memory");
	r = policy_trusts_load(&trusts, cfg, &e->policy->trusts, old, err);
	if (r)
		return r;
	r = e->kernel->ops->apply(e->kernel, cfg, report, arg, err);
	engine_catch_up(e);
	if (r) {
		policy_trusts_free(&trusts);
		return r;
	}
	e->policy->cfg = cfg;
	policy_look_for_identities(e);
	policy_trusts_free(&e->policy->trusts);
	e->policy->trusts = trusts;
	apply_logging(old, cfg);
	ezvpn_leave(e);
	if (old) {
		apply_keys(e, old);
		apply_keepalive(e, old);
		if (!cfg_radius_equal(old, cfg))
			memset(&e->radius_dead, 0, sizeof(e->radius_dead));
		apply_nat_keepalive(e, old);
	}
	if (!old)
		policy_routes_load(e);
	/* Applied all the same: @cfg is ours, and the flows are read later. */
	r = policy_refresh(e);
	if (r)
		log_err(kernel, "flows cannot be read: %s", strerror(-r));
	/* By the flows as they are now. */
	if (old) {
		policy_apply_proofs(e);
		policy_apply_enabled(e);
	}
	cm_config_free(old);
	policy_routes_apply(e);
	ezvpn_applied(e);
	l2tp_apply(e);
	return 0;
}

/* --- take-over and shutdown ------------------------------------------------ */

static int adopt(void *arg, const struct kernel_sa *sa)
{
	return child_sa_adopt(arg, sa);
}

static int acquire_pending(void *arg, const struct kernel_flow *flow)
{
	want_flow(arg, flow->id, WANT_TRAFFIC, NULL, 0);
	return 0;
}

int engine_take_over(struct engine *e)
{
	struct list *p, *q, *ptmp, *qtmp;
	struct kernel *k = e->kernel;
	unsigned int n = 0;
	int err = k->ops->sa_list(k, adopt, e);

	/* Pairs with peers that the configuration does not name any more go. */
	if (!err)
		err = policy_refresh(e);
	if (err)
		return err;
	list_for_each(&e->all_peers, p, ptmp) {
		struct peer *peer = list_entry(p, struct peer, all);

		list_for_each(&peer->children, q, qtmp) {
			struct child_sa *c = list_entry(q, struct child_sa,
							of_peer);

			if (c->port_peer)
				child_sa_move(c, c->port_peer);
			want_flow(e, c->flow, WANT_TAKE_OVER, &c->remote,
				  1 + TAKE_OVER_STEP_MS * n++);
		}
	}
	policy_apply_enabled(e);
	policy_routes_take_over(e);
	if (n)
		log_info(main, "took over %u pairs of SAs from an earlier run",
			 n);
	return k->ops->acquire_list(k, acquire_pending, e);
}

static void farewell(struct peer *peer)
{
	peer->pins++;
	while (!list_empty(&peer->wants))
		want_free(list_first(&peer->wants, struct want, of_peer));
	peer->pins--;
	policy_end_peer(peer, "shutdown");
}

int engine_shutdown(struct engine *e, struct err *err)
{
	struct list *pos, *tmp;
	int r;

	list_for_each(&e->all_peers, pos, tmp)
		farewell(list_entry(pos, struct peer, all));
	r = e->kernel->ops->shutdown(e->kernel, err);
	/* And what the flows had; what fails here is nothing of the kernel's. */
	if (!r)
		policy_refresh(e);
	return r;
}

/* --- datagrams ------------------------------------------------------------- */

void engine_input(struct engine *e, const struct addr *local,
		  const struct addr *remote, const uint8_t *data, size_t len)
{
	struct buf b;

	engine_count(e, ENGINE_C_RX);
	if (policy_ike_refuses(e, local, remote))
		return;
	buf_reader(&b, data, len);
	/* Without the marker it is ESP that the module did not take. */
	if (local->port == IKE_NATT_PORT &&
	    (buf_get_u32(&b) != NON_ESP_MARKER || buf_err(&b))) {
		engine_count(e, ENGINE_C_RX_MALFORMED);
		return;
	}
	e->rx_local = *local;
	e->rx_remote = *remote;
	v1_input(e, local, remote, buf_data(&b) + buf_pos(&b), buf_left(&b));
}

static void transmit(struct engine *e, enum engine_counter counter,
		     const struct addr *local, const struct addr *remote,
		     const uint8_t *data, size_t len)
{
	char text[ADDR_STRLEN];
	int err = e->net->send(e->net_ctx, local, remote, data, len);

	if (!err) {
		engine_count(e, counter);
		return;
	}
	engine_count(e, ENGINE_C_TX_ERROR);
	log_debug(net, "%s: not sent: %s",
		  addr_format_port(remote, text, sizeof(text)), strerror(-err));
}

void engine_send(struct engine *e, const struct addr *local,
		 const struct addr *remote, const uint8_t *data, size_t len)
{
	struct buf b;

	buf_init(&b, sizeof(uint32_t) + ISAKMP_MSG_MAX);
	if (local->port == IKE_NATT_PORT)
		buf_put_u32(&b, NON_ESP_MARKER);
	buf_put(&b, data, len);
	if (buf_err(&b))
		engine_count(e, ENGINE_C_TX_ERROR);
	else
		transmit(e, ENGINE_C_TX, local, remote, buf_data(&b),
			 buf_len(&b));
	buf_free(&b);
}

void engine_send_keepalive(struct engine *e, const struct addr *local,
			   const struct addr *remote)
{
	static const uint8_t byte = 0xff;

	transmit(e, ENGINE_C_NAT_KEEPALIVES, local, remote, &byte,
		 sizeof(byte));
}
