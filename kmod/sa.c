// SPDX-License-Identifier: GPL-2.0
/* The SA database: coming and going. How an SA is used up is in sa_life.c. */
#include <linux/jhash.h>
#include <linux/rhashtable.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>

#include "bundle.h"
#include "demux.h"
#include "dynamic.h"
#include "esp.h"
#include "event.h"
#include "flow.h"
#include "history.h"
#include "natt.h"
#include "output.h"
#include "pernet.h"
#include "queue.h"
#include "sa.h"
#include "sa_life.h"
#include "sa_recent.h"
#include "tfc.h"
#include "tomb.h"
#include "tunnel.h"

struct workqueue_struct *cm_wq;

/*
 * Peers choose the SPIs of outbound SAs: @seed, which is random, keeps them from
 * choosing the bucket.
 */
static u32 sa_hash(const void *data, u32 len, u32 seed)
{
	const struct cm_sa_key *key = data;

	if (key->family == AF_INET)
		return jhash_2words((__force u32)key->spi,
				    (__force u32)key->daddr.v4, seed);
	return jhash2(data, sizeof(*key) / sizeof(u32), seed);
}

static const struct rhashtable_params sa_table = {
	.key_len = sizeof(struct cm_sa_key),
	.key_offset = offsetof(struct cm_sa, key),
	.head_offset = offsetof(struct cm_sa, node),
	.hashfn = sa_hash,
	.automatic_shrinking = true,
};

static struct rhashtable *table_of(struct cm_net *cn, u8 dir)
{
	return dir == CRYPTOMAP_DIR_IN ? &cn->sas_in : &cn->sas_out;
}

/* Larval ones have no cipher yet. */
static struct cm_sa *find_rcu(struct rhashtable *table, const struct cm_sa_key *key)
{
	struct cm_sa *sa = rhashtable_lookup(table, key, sa_table);

	return sa && READ_ONCE(sa->state) != CRYPTOMAP_SA_LARVAL ? sa : NULL;
}

struct cm_sa *cm_sa_find_in_rcu(struct cm_net *cn, __be32 spi, u8 proto,
				const union cm_addr *daddr, u8 family)
{
	const struct cm_sa_key key = {
		.spi = spi, .proto = proto, .family = family, .daddr = *daddr,
	};
	unsigned long stamp;
	struct cm_sa *sa;

	/* What user space gave a verdict on goes on in a process. */
	if (unlikely(!in_softirq()))
		return find_rcu(&cn->sas_in, &key);
	sa = cm_sa_recent_find(cn, &key);
	if (likely(sa))
		return sa;
	stamp = cm_sa_recent_stamp();
	sa = find_rcu(&cn->sas_in, &key);
	if (sa)
		cm_sa_recent_keep(sa, stamp);
	return sa;
}

struct cm_sa *cm_sa_find_out_rcu(struct cm_net *cn, __be32 spi, u8 proto,
				 const union cm_addr *daddr, u8 family)
{
	const struct cm_sa_key key = {
		.spi = spi, .proto = proto, .family = family, .daddr = *daddr,
	};

	return find_rcu(&cn->sas_out, &key);
}

struct cm_sa *cm_sa_find(struct cm_net *cn, u8 dir, const struct cm_sa_key *key)
{
	lockdep_assert_held(&cn->lock);
	return rhashtable_lookup_fast(table_of(cn, dir), key, sa_table);
}

struct cm_sa *cm_sa_find_id(struct cm_net *cn, u32 id)
{
	lockdep_assert_held(&cn->lock);
	return idr_find(&cn->sa_ids, id);
}

/* --- the end of the memory --- */

static void sa_free_work(struct work_struct *work)
{
	struct cm_sa *sa = container_of(to_rcu_work(work), struct cm_sa, free);
	struct cm_net *cn = sa->cn;

	cm_history_keep(sa);
	cm_esp_destroy(sa);
	cm_demux_put(sa);
	if (sa->flow)
		cm_flow_put(sa->flow);
	free_percpu(sa->losses);
	kfree(sa->losses_base);
	kfree(sa->behind);
	kfree(sa->replay);
	kfree(sa->sel);
	kfree(sa->tfc);
	kfree_sensitive(sa);
	if (atomic_dec_and_test(&cn->sa_live))
		wake_up_var(&cn->sa_live);
}

/*
 * The last reference is gone: of the database (cm_sa_remove), of packets in
 * asynchronous crypto, of the list of the dead. A packet may still hold it
 * under RCU, and ciphers are freed by a process: hence an RCU work.
 */
static void sa_release(struct kref *ref)
{
	struct cm_sa *sa = container_of(ref, struct cm_sa, ref);

	INIT_RCU_WORK(&sa->free, sa_free_work);
	queue_rcu_work(cm_wq, &sa->free);
}

void cm_sa_put(struct cm_sa *sa)
{
	kref_put(&sa->ref, sa_release);
}

/* --- making --- */

static int sa_init_replay(struct cm_sa *sa, const struct cm_sa_spec *spec)
{
	u32 flags = 0;
	int err;

	sa->replay = kzalloc(cm_replay_size(spec->window), GFP_KERNEL_ACCOUNT);
	if (!sa->replay)
		return -ENOMEM;
	if (spec->flags & CRYPTOMAP_SA_F_ESN)
		flags |= CM_REPLAY_ESN;
	if (spec->flags & CRYPTOMAP_SA_F_NO_REPLAY)
		flags |= CM_REPLAY_OFF;
	err = cm_replay_init(sa->replay, spec->window, flags);
	if (!err)
		cm_replay_resume(sa->replay, spec->seq);
	return err;
}

static int sa_init_selectors(struct cm_sa *sa, const struct cm_sa_spec *spec)
{
	u16 n = max_t(u16, spec->nsel, 1);	/* at least the flow's */

	sa->sel = kcalloc(n, sizeof(*sa->sel), GFP_KERNEL_ACCOUNT);
	if (!sa->sel)
		return -ENOMEM;
	memcpy(sa->sel, spec->sel, spec->nsel * sizeof(*sa->sel));
	sa->nsel = spec->nsel;
	return 0;
}

static void sa_init(struct cm_sa *sa, struct cm_net *cn,
		    const struct cm_sa_spec *spec)
{
	sa->cn = cn;
	sa->key = spec->key;
	sa->saddr = spec->saddr;
	sa->oa_src = spec->oa_src;
	sa->oa_dst = spec->oa_dst;
	sa->has_oa = spec->has_oa;
	sa->dir = spec->dir;
	sa->mode = spec->mode;
	sa->df = spec->df;
	sa->ipcomp = spec->ipcomp;
	sa->cpi = spec->cpi;
	sa->encr = spec->encr;
	sa->encr_bits = spec->encr_bits;
	sa->auth = spec->auth;
	sa->flags = spec->flags;
	sa->mark = spec->mark;
	sa->encap_sport = spec->encap_sport;
	sa->encap_dport = spec->encap_dport;
	sa->owner = spec->owner;
	sa->cookie = spec->cookie;
	sa->window = spec->window;
	sa->since = cm_sa_clock();
	spin_lock_init(&sa->lock);
	cm_natt_expect(sa);
	kref_init(&sa->ref);
	INIT_LIST_HEAD(&sa->of_flow);
	cm_seq_init(&sa->seq, spec->flags & CRYPTOMAP_SA_F_ESN);
	sa->seq.last = spec->seq;
	sa->turn = spec->seq + 1;
	INIT_WORK(&sa->send, cm_output_work);
	cm_sa_life_init(sa);
}

struct cm_sa *cm_sa_create(struct cm_net *cn, const struct cm_sa_spec *spec,
			   const struct cm_esp_keys *keys,
			   struct netlink_ext_ack *extack)
{
	struct cm_sa *sa = kzalloc(sizeof(*sa), GFP_KERNEL_ACCOUNT);
	int err = 0;

	if (!sa)
		return ERR_PTR(-ENOMEM);
	atomic_inc(&cn->sa_live);
	sa_init(sa, cn, spec);
	if (!keys) {
		sa->state = CRYPTOMAP_SA_LARVAL;
		return sa;
	}
	sa->state = spec->dir == CRYPTOMAP_DIR_IN ? CRYPTOMAP_SA_ACTIVE :
						    CRYPTOMAP_SA_INSTALLED;
	if (spec->dir == CRYPTOMAP_DIR_IN)
		err = sa_init_replay(sa, spec);
	if (!err)
		err = sa_init_selectors(sa, spec);
	if (!err)
		err = cm_tfc_init(sa, spec->tfc_pad, spec->dummy_ms);
	if (!err)
		err = cm_esp_init(sa, keys, extack);
	if (err) {
		cm_sa_put(sa);
		return ERR_PTR(err);
	}
	return sa;
}

/* --- entering the database --- */

static int sa_limit(struct cm_net *cn, struct netlink_ext_ack *extack)
{
	if (cn->usage.sas + cn->usage.larval < cn->limits.sas)
		return 0;
	NL_SET_ERR_MSG(extack, "LIMIT_SAS is reached");
	return -ENOSPC;
}

static void sas_changed(struct cm_net *cn)
{
	if (!++cn->sa_generation)
		cn->sa_generation = 1;	/* 0 means "no dump has begun" */
}

/* The larval SA has done its work: its id goes on with the real one. */
static int sa_replace_larval(struct cm_sa *larval, struct cm_sa *sa)
{
	struct cm_net *cn = sa->cn;
	int err;

	err = rhashtable_replace_fast(&cn->sas_in, &larval->node, &sa->node,
				      sa_table);
	if (err)
		return err;
	sa->id = larval->id;
	idr_replace(&cn->sa_ids, sa, sa->id);
	set_bit(CM_SA_GONE, &larval->bits);
	timer_delete_sync(&larval->timer);
	cn->usage.larval--;
	cm_sa_put(larval);
	return 0;
}

static int sa_add(struct cm_sa *sa, struct netlink_ext_ack *extack)
{
	struct cm_net *cn = sa->cn;
	int id, err;

	err = sa_limit(cn, extack);
	if (err)
		return err;
	id = idr_alloc_cyclic(&cn->sa_ids, sa, 1, 0, GFP_KERNEL);
	if (id < 0)
		return id;
	sa->id = id;
	err = rhashtable_lookup_insert_fast(table_of(cn, sa->dir), &sa->node,
					    sa_table);
	if (err)
		idr_remove(&cn->sa_ids, id);
	return err;
}

static void sa_join_flow(struct cm_sa *sa, struct cm_flow *flow)
{
	cm_flow_get(flow);
	sa->flow = flow;
	if (!sa->nsel) {
		sa->sel[0] = flow->sel;
		sa->nsel = 1;
	}
}

int cm_sa_insert(struct cm_sa *sa, struct cm_flow *flow,
		 struct netlink_ext_ack *extack)
{
	struct cm_net *cn = sa->cn;
	struct cm_sa *old;
	int err;

	lockdep_assert_held(&cn->lock);

	err = cm_stats_flow_alloc(flow, GFP_KERNEL_ACCOUNT);
	if (err)
		return err;
	sa_join_flow(sa, flow);		/* complete before packets can find it */
	err = cm_demux_join(sa);
	if (err)
		return err;
	old = cm_sa_find(cn, sa->dir, &sa->key);
	if (old && old->state == CRYPTOMAP_SA_LARVAL)
		err = sa_replace_larval(old, sa);
	else if (old)
		err = -EEXIST;
	else
		err = sa_add(sa, extack);
	if (err == -EEXIST)
		NL_SET_ERR_MSG(extack, "there is an SA of this direction, protocol, SPI and destination");
	if (err) {
		cm_demux_leave(sa);
		return err;
	}

	list_add(&sa->of_flow, &flow->sas);
	if (sa->dir == CRYPTOMAP_DIR_IN && !cm_bundle_is_ah(sa))
		rcu_assign_pointer(flow->sa_in, sa);
	cm_dynamic_joined(flow);
	cn->usage.sas++;
	sas_changed(cn);
	return 0;
}

/* SPIs at random; when few are free, a stretch of the range one by one. */
#define SPI_RANDOM_TRIES 64
#define SPI_SCAN_MAX 65536

static int sa_try_spi(struct cm_sa *sa, u32 spi, struct netlink_ext_ack *extack)
{
	struct cm_net *cn = sa->cn;

	sa->key.spi = cpu_to_be32(spi);
	/* The peer may not know yet that one of ours has ended. */
	if (cm_sa_find(cn, CRYPTOMAP_DIR_IN, &sa->key) ||
	    cm_tomb_find(cn, &sa->key, NULL))
		return -EEXIST;
	return sa_add(sa, extack);
}

static u32 random_below(u64 range)
{
	return (get_random_u32() * range) >> 32;
}

static int sa_pick_spi(struct cm_sa *sa, u32 lo, u32 hi,
		       struct netlink_ext_ack *extack)
{
	u64 range = (u64)hi - lo + 1;
	u64 at;
	u32 i;
	int err;

	for (i = 0; i < SPI_RANDOM_TRIES; i++) {
		err = sa_try_spi(sa, lo + random_below(range), extack);
		if (err != -EEXIST)
			return err;
	}
	at = random_below(range);
	for (i = 0; i < min_t(u64, range, SPI_SCAN_MAX); i++) {
		err = sa_try_spi(sa, lo + at, extack);
		if (err != -EEXIST)
			return err;
		if (++at == range)
			at = 0;
	}
	NL_SET_ERR_MSG(extack, "no free SPI from SA_SPI_MIN to SA_SPI_MAX");
	return -EBUSY;
}

int cm_sa_reserve(struct cm_sa *sa, u32 lo, u32 hi,
		  struct netlink_ext_ack *extack)
{
	struct cm_net *cn = sa->cn;
	struct cm_life_limits life;
	int err;

	lockdep_assert_held(&cn->lock);

	err = sa_pick_spi(sa, lo, hi, extack);
	if (err)
		return err;
	cn->usage.larval++;
	cm_sa_life_none(&life);
	life.hard.v[CM_LIFE_SECONDS] = cn->limits.larval_secs;
	cm_sa_set_life(sa, &life, 0);
	sas_changed(cn);
	return 0;
}

/* With the AH around it, if it has one. */
static bool is_whole(const struct cm_sa *sa)
{
	const struct cm_sa *ah = cm_bundle_partner(sa);

	return cm_sa_usable(sa) && (!ah || cm_sa_usable(ah));
}

/* Of both of a bundle. */
static void set_state(struct cm_sa *sa, u8 state)
{
	struct cm_sa *ah = cm_bundle_partner(sa);

	WRITE_ONCE(sa->state, state);
	if (ah)
		WRITE_ONCE(ah->state, state);
}

int cm_sa_activate(struct cm_sa *sa, struct netlink_ext_ack *extack)
{
	struct cm_flow *flow = sa->flow;
	struct cm_sa __rcu **current_sa;
	struct cm_sa *old;

	lockdep_assert_held(&sa->cn->lock);

	if (cm_bundle_is_ah(sa)) {
		NL_SET_ERR_MSG(extack, "the AH of a bundle is activated with its ESP");
		return -EINVAL;
	}
	if (sa->dir != CRYPTOMAP_DIR_OUT) {
		NL_SET_ERR_MSG(extack, "only an outbound SA is activated; an inbound one receives at once");
		return -EINVAL;
	}
	if (!is_whole(sa)) {
		NL_SET_ERR_MSG(extack, "the SA has reached its end");
		return -ESTALE;
	}
	current_sa = sa->client ? &sa->client->sa_out : &flow->sa_out;
	old = rcu_dereference_protected(*current_sa,
					lockdep_is_held(&sa->cn->lock));
	if (old == sa)
		return 0;
	set_state(sa, CRYPTOMAP_SA_ACTIVE);
	rcu_assign_pointer(*current_sa, sa);
	rcu_assign_pointer(flow->sa_out, sa);
	if (old)
		set_state(old, CRYPTOMAP_SA_OLD);
	cm_tfc_start(sa);
	cm_tunnel_refit(flow->bind);
	cm_queue_release(flow);
	sas_changed(sa->cn);
	return 0;
}

/* --- another path --- */

/*
 * Readers of the table may pass the SA while it changes its bucket: they see
 * that they ended in another one than they began in, and search again.
 */
static int sa_rehash(struct cm_sa *sa, const union cm_addr *daddr,
		     struct netlink_ext_ack *extack)
{
	struct rhashtable *table = table_of(sa->cn, sa->dir);
	struct cm_sa_key key = sa->key;
	int err;

	key.daddr = *daddr;
	if (cm_sa_find(sa->cn, sa->dir, &key)) {
		NL_SET_ERR_MSG(extack, "there is an SA of this direction, protocol, SPI and destination");
		return -EEXIST;
	}
	rhashtable_remove_fast(table, &sa->node, sa_table);
	sa->key.daddr = *daddr;
	err = rhashtable_insert_fast(table, &sa->node, sa_table);
	if (!err)
		return 0;
	cm_event_sa_deleted(sa, CRYPTOMAP_TOMB_UNKNOWN);
	cm_sa_remove(sa, CRYPTOMAP_TOMB_UNKNOWN);
	return -ENOMEM;
}

int cm_sa_move(struct cm_sa *sa, const struct cm_sa_path *to,
	       struct netlink_ext_ack *extack)
{
	int err = 0;

	lockdep_assert_held(&sa->cn->lock);

	if (!cm_addr_equal(&to->daddr, &sa->key.daddr))
		err = sa_rehash(sa, &to->daddr, extack);
	if (err)
		return err;
	sa->saddr = to->saddr;
	WRITE_ONCE(sa->encap_sport, to->sport);
	WRITE_ONCE(sa->encap_dport, to->dport);
	cm_natt_expect(sa);
	cm_esp_moved(sa);
	cm_demux_moved(sa);
	sas_changed(sa->cn);
	return 0;
}

/* --- leaving it --- */

static struct cm_sa *newest_in(const struct cm_flow *flow)
{
	struct cm_sa *sa;

	list_for_each_entry(sa, &flow->sas, of_flow)
		if (sa->dir == CRYPTOMAP_DIR_IN && !cm_bundle_is_ah(sa))
			return sa;
	return NULL;
}

/* The current SA of another client. */
static struct cm_sa *other_out(const struct cm_sa *gone)
{
	struct cm_sa *sa;

	if (!gone->client)
		return NULL;
	list_for_each_entry(sa, &gone->flow->sas, of_flow)
		if (rcu_access_pointer(sa->client->sa_out) == sa)
			return sa;
	return NULL;
}

/* Of peers that share a flow, the youngest that was in use before. */
static struct cm_sa *latest_out(struct cm_flow *flow)
{
	struct cm_sa *sa;

	if (!cm_flow_is_dynamic(flow) || flow->parent || cm_flow_is_dead(flow))
		return NULL;
	list_for_each_entry(sa, &flow->sas, of_flow) {
		if (sa->state == CRYPTOMAP_SA_OLD && is_whole(sa) &&
		    !cm_bundle_is_ah(sa)) {
			set_state(sa, CRYPTOMAP_SA_ACTIVE);
			cm_tfc_start(sa);
			return sa;
		}
	}
	return NULL;
}

static void sa_leave_flow(struct cm_sa *sa)
{
	struct cm_flow *flow = sa->flow;

	list_del_init(&sa->of_flow);
	cm_demux_leave(sa);
	if (rcu_access_pointer(flow->sa_out) == sa)
		rcu_assign_pointer(flow->sa_out,
				   other_out(sa) ?: latest_out(flow));
	if (rcu_access_pointer(flow->sa_in) == sa)
		rcu_assign_pointer(flow->sa_in, newest_in(flow));
}

/*
 * Out of the table, its flow and its id: no new packet finds it. A packet that
 * has it is inside rcu_read_lock(), or in asynchronous crypto with a reference;
 * it sees CM_SA_GONE when it asks again. A dynamic flow goes with its last SA,
 * which holds it until its own end. The timer is stopped for good: it
 * re-arms itself only, and timer_delete_sync() waits for that. The list of the
 * dead has its own reference. A bundle ends as a whole: packets in between its two
 * SAs find no partner and are lost.
 */
void cm_sa_remove(struct cm_sa *sa, u8 reason)
{
	struct cm_net *cn = sa->cn;
	struct cm_sa *partner;

	lockdep_assert_held(&cn->lock);

	if (test_and_set_bit(CM_SA_GONE, &sa->bits))
		return;
	partner = cm_bundle_untie(sa);
	rhashtable_remove_fast(table_of(cn, sa->dir), &sa->node, sa_table);
	cm_sa_recent_forget();
	idr_remove(&cn->sa_ids, sa->id);
	cm_history_keep(sa);
	if (sa->flow) {
		sa_leave_flow(sa);
		cn->usage.sas--;
	} else {
		cn->usage.larval--;
	}
	timer_delete_sync(&sa->timer);
	cm_tfc_stop(sa);
	cm_tomb_add(cn, sa, reason);
	sas_changed(cn);
	if (sa->flow)
		cm_dynamic_left(sa->flow);
	cm_sa_put(sa);
	if (partner)
		cm_sa_remove(partner, reason);
}

/* --- namespace and module --- */

int cm_sa_net_init(struct cm_net *cn)
{
	int err;

	cm_sa_life_net_init(cn);
	err = rhashtable_init(&cn->sas_in, &sa_table);
	if (err)
		return err;
	err = rhashtable_init(&cn->sas_out, &sa_table);
	if (err)
		rhashtable_destroy(&cn->sas_in);
	return err;
}

void cm_sa_net_flush(struct cm_net *cn)
{
	struct cm_sa *sa;
	int id;

	lockdep_assert_held(&cn->lock);
	idr_for_each_entry(&cn->sa_ids, sa, id)
		cm_sa_remove(sa, CRYPTOMAP_TOMB_CONFIG);
}

void cm_sa_net_exit(struct cm_net *cn)
{
	wait_var_event(&cn->sa_live, !atomic_read(&cn->sa_live));
	rcu_barrier();	/* early.c gives back its routes before those of IPv6 end */
	cm_sa_life_net_exit(cn);
	rhashtable_destroy(&cn->sas_out);
	rhashtable_destroy(&cn->sas_in);
}

int cm_sa_register(void)
{
	cm_dynamic_register();
	cm_wq = alloc_workqueue("cryptomap", WQ_UNBOUND, 0);
	return cm_wq ? 0 : -ENOMEM;
}

/* The last of the module: all namespaces are gone, what they deferred is not. */
void cm_sa_unregister(void)
{
	rcu_barrier();			/* RCU works are queued, callbacks done */
	destroy_workqueue(cm_wq);	/* works done */
	rcu_barrier();			/* callbacks of flows that works let go */
}
