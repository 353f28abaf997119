// SPDX-License-Identifier: GPL-2.0
/* How an SA is used up: by packets, bytes, sequence numbers and time. */
#include <linux/ktime.h>

#include "event.h"
#include "order.h"
#include "pernet.h"
#include "sa.h"
#include "sa_life.h"

#define TIMER_MAX_MS (24 * 3600 * MSEC_PER_SEC)	/* longer waits come in pieces */

u64 cm_sa_clock(void)
{
	return ktime_to_ms(ktime_get_boottime());
}

u8 cm_sa_state(const struct cm_sa *sa)
{
	unsigned long bits = READ_ONCE(sa->bits);
	u8 state = READ_ONCE(sa->state);

	if (state == CRYPTOMAP_SA_LARVAL)
		return state;
	if (bits & (BIT(CM_SA_EXPIRED) | BIT(CM_SA_GONE)))
		return CRYPTOMAP_SA_DEAD;
	if (state == CRYPTOMAP_SA_ACTIVE && bits & BIT(CM_SA_SOFT_SENT))
		return CRYPTOMAP_SA_DYING;
	return state;
}

enum cm_reason cm_sa_dead_reason(const struct cm_sa *sa)
{
	unsigned long bits = READ_ONCE(sa->bits);

	if (bits & BIT(CM_SA_SEQ_END))
		return CM_REASON_SEQ_EXHAUSTED;
	if (bits & BIT(CM_SA_EXPIRED))
		return CM_REASON_HARD_EXPIRED;
	return CM_REASON_MAP_GONE;
}

/*
 * Its end has come: packets stop using it at once, and a process takes it out
 * of the database, because that needs cn->lock. A packet may hold an SA that
 * was removed and waits to be freed.
 */
static void sa_bury(struct cm_sa *sa)
{
	struct cm_net *cn = sa->cn;

	if (cm_sa_tryget(sa) && llist_add(&sa->dead, &cn->dead))
		queue_work(cm_wq, &cn->reap);
}

static void sa_expire(struct cm_sa *sa, enum cm_life_kind kind)
{
	static const u8 causes[CM_LIFE_KINDS] = {
		[CM_LIFE_SECONDS] = CRYPTOMAP_CAUSE_SECS,
		[CM_LIFE_BYTES] = CRYPTOMAP_CAUSE_KB,
		[CM_LIFE_PACKETS] = CRYPTOMAP_CAUSE_PKTS,
	};

	if (test_and_set_bit(CM_SA_EXPIRED, &sa->bits))
		return;
	sa->cause = causes[kind];
	if (sa->state != CRYPTOMAP_SA_LARVAL)
		cm_event_expire(sa, CRYPTOMAP_EV_HARD_EXPIRE, sa->cause);
	sa_bury(sa);
}

static void sa_soft(struct cm_sa *sa, enum cm_life_kind kind)
{
	u8 cause = kind == CM_LIFE_SECONDS ? CRYPTOMAP_CAUSE_SECS :
		   kind == CM_LIFE_BYTES ? CRYPTOMAP_CAUSE_KB :
		   CRYPTOMAP_CAUSE_PKTS;

	if (!test_and_set_bit(CM_SA_SOFT_SENT, &sa->bits))
		cm_event_expire(sa, CRYPTOMAP_EV_SOFT_EXPIRE, cause);
}

static void sa_check_life(struct cm_sa *sa, u64 seconds)
{
	struct cm_life used = {
		.v = {
			[CM_LIFE_SECONDS] = seconds,
			[CM_LIFE_BYTES] = atomic64_read(&sa->bytes),
			[CM_LIFE_PACKETS] = atomic64_read(&sa->packets),
		},
	};
	enum cm_life_kind kind;

	switch (cm_life_eval(&sa->life, &used, &kind)) {
	case CM_LIFE_HARD:
		sa_expire(sa, kind);
		break;
	case CM_LIFE_SOFT:
		sa_soft(sa, kind);
		break;
	case CM_LIFE_OK:
		break;
	}
}

void cm_sa_account(struct cm_sa *sa, u32 packets, u64 bytes)
{
	unsigned long now = jiffies;

	atomic64_add(packets, &sa->packets);
	atomic64_add(bytes, &sa->bytes);
	if (READ_ONCE(sa->last_used) != now)
		WRITE_ONCE(sa->last_used, now);
	if (sa->flags & CRYPTOMAP_SA_F_NOTIFY_FIRST &&
	    !test_bit(CM_SA_FIRST_SENT, &sa->bits) &&
	    !test_and_set_bit(CM_SA_FIRST_SENT, &sa->bits))
		cm_event_sa(sa, CRYPTOMAP_EV_FIRST_PACKET);
	if (READ_ONCE(sa->life_volume))
		sa_check_life(sa, 0);
}

enum cm_reason cm_sa_take_seq_locked(struct cm_sa *sa, u32 count, u64 *first)
{
	enum cm_reason reason;

	lockdep_assert_held(&sa->lock);

	if (unlikely(cm_order_is_full(sa)))
		return CM_REASON_QUEUE_OVERFLOW;
	reason = cm_seq_take(&sa->seq, count, first);
	if (reason != CM_REASON_NONE) {
		if (!test_and_set_bit(CM_SA_SEQ_END, &sa->bits) &&
		    !test_and_set_bit(CM_SA_EXPIRED, &sa->bits)) {
			cm_event_sa(sa, CRYPTOMAP_EV_SEQ_EXHAUSTED);
			sa_bury(sa);
		}
	} else if (cm_seq_is_near(&sa->seq) &&
		   !test_bit(CM_SA_NEAR_SENT, &sa->bits) &&
		   !test_and_set_bit(CM_SA_NEAR_SENT, &sa->bits)) {
		cm_event_sa(sa, CRYPTOMAP_EV_SEQ_NEAR_END);
	}
	return reason;
}

enum cm_reason cm_sa_take_seq(struct cm_sa *sa, u32 count, u64 *first)
{
	enum cm_reason reason;

	spin_lock_bh(&sa->lock);
	reason = cm_sa_take_seq_locked(sa, count, first);
	spin_unlock_bh(&sa->lock);
	return reason;
}

/* --- time --- */

/* Milliseconds until the event IDLE, raising it when it is due. */
static u64 check_idle(struct cm_sa *sa)
{
	unsigned long since = READ_ONCE(sa->last_used) ?: sa->life_jiffies;
	unsigned long limit = sa->idle_secs * HZ;
	unsigned long idle = jiffies - since;

	if (idle < limit) {
		clear_bit(CM_SA_IDLE_SENT, &sa->bits);
		return jiffies_to_msecs(limit - idle);
	}
	if (!test_and_set_bit(CM_SA_IDLE_SENT, &sa->bits))
		cm_event_sa(sa, CRYPTOMAP_EV_IDLE);
	return sa->idle_secs * MSEC_PER_SEC;
}

static u64 left_ms(u64 limit_secs, u64 elapsed_ms)
{
	if (limit_secs == CM_LIFE_NO_LIMIT)
		return U64_MAX;
	return limit_secs * MSEC_PER_SEC - min(elapsed_ms, limit_secs * MSEC_PER_SEC);
}

static void arm_timer(struct cm_sa *sa, u64 ms)
{
	if (ms == U64_MAX)
		return;
	ms = min_t(u64, ms, TIMER_MAX_MS);
	mod_timer(&sa->timer, jiffies + msecs_to_jiffies(ms) + 1);
}

static void sa_timer(struct timer_list *timer)
{
	struct cm_sa *sa = from_timer(sa, timer, timer);
	u64 elapsed = cm_sa_clock() - READ_ONCE(sa->life_since);
	u64 next;

	sa_check_life(sa, div_u64(elapsed, MSEC_PER_SEC));
	if (!cm_sa_usable(sa))
		return;
	next = left_ms(sa->life.hard.v[CM_LIFE_SECONDS], elapsed);
	if (!test_bit(CM_SA_SOFT_SENT, &sa->bits))
		next = min(next, left_ms(sa->life.soft.v[CM_LIFE_SECONDS], elapsed));
	if (sa->idle_secs)
		next = min(next, check_idle(sa));
	arm_timer(sa, next);
}

static bool has_volume(const struct cm_life *l)
{
	return l->v[CM_LIFE_BYTES] != CM_LIFE_NO_LIMIT ||
	       l->v[CM_LIFE_PACKETS] != CM_LIFE_NO_LIMIT;
}

void cm_sa_set_life(struct cm_sa *sa, const struct cm_life_limits *life,
		    u32 idle_secs)
{
	lockdep_assert_held(&sa->cn->lock);

	timer_delete_sync(&sa->timer);
	sa->life = *life;
	sa->idle_secs = idle_secs;
	sa->life_jiffies = jiffies;
	WRITE_ONCE(sa->life_since, cm_sa_clock());
	WRITE_ONCE(sa->life_volume, has_volume(&life->soft) || has_volume(&life->hard));
	clear_bit(CM_SA_SOFT_SENT, &sa->bits);
	clear_bit(CM_SA_IDLE_SENT, &sa->bits);
	sa_timer(&sa->timer);		/* evaluates and arms */
}

void cm_sa_life_none(struct cm_life_limits *life)
{
	int kind;

	for (kind = 0; kind < CM_LIFE_KINDS; kind++) {
		life->soft.v[kind] = CM_LIFE_NO_LIMIT;
		life->hard.v[kind] = CM_LIFE_NO_LIMIT;
	}
}

void cm_sa_life_init(struct cm_sa *sa)
{
	cm_sa_life_none(&sa->life);
	timer_setup(&sa->timer, sa_timer, 0);
}

static void reap(struct work_struct *work)
{
	struct cm_net *cn = container_of(work, struct cm_net, reap);
	struct llist_node *list;
	struct cm_sa *sa, *next;

	mutex_lock(&cn->lock);
	list = llist_del_all(&cn->dead);
	llist_for_each_entry_safe(sa, next, list, dead) {
		bool larval = sa->state == CRYPTOMAP_SA_LARVAL;

		cm_sa_remove(sa, larval ? CRYPTOMAP_TOMB_LARVAL :
					  CRYPTOMAP_TOMB_EXPIRED);
		cm_sa_put(sa);
	}
	mutex_unlock(&cn->lock);
}

void cm_sa_life_net_init(struct cm_net *cn)
{
	init_llist_head(&cn->dead);
	INIT_WORK(&cn->reap, reap);
}

/* No SA is left, so nothing can start it again; its last lines may still run. */
void cm_sa_life_net_exit(struct cm_net *cn)
{
	flush_work(&cn->reap);
}
