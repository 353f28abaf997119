// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>

#include "bind.h"
#include "event.h"
#include "flow.h"
#include "netlink.h"
#include "pernet.h"
#include "sa.h"
#include "tomb.h"

#define EVENT_SIZE 1536		/* an acquire with 16 IPv6 peers and all names fits */

/**
 * struct event - one event
 * @type: enum cryptomap_event
 * @cause: enum cryptomap_cause
 * @reason: enum cryptomap_tomb_reason, or 0
 * @put: adds what it is about, may be NULL
 * @arg: for @put
 */
struct event {
	u8 type;
	u8 cause;
	u8 reason;
	int (*put)(struct sk_buff *skb, const void *arg);
	const void *arg;
};

static int event_fill(struct sk_buff *skb, const struct event *ev, u64 num)
{
	struct nlattr *nest;
	void *hdr;

	hdr = cm_netlink_put_event(skb);
	if (!hdr)
		return -EMSGSIZE;
	nest = nla_nest_start(skb, CRYPTOMAP_A_EVENT);
	if (!nest ||
	    nla_put_u8(skb, CRYPTOMAP_EVENT_TYPE, ev->type) ||
	    nla_put_u64_64bit(skb, CRYPTOMAP_EVENT_NUM, num, CRYPTOMAP_EVENT_PAD) ||
	    (ev->cause &&
	     nla_put_u8(skb, CRYPTOMAP_EVENT_CAUSE, ev->cause)) ||
	    (ev->reason &&
	     nla_put_u8(skb, CRYPTOMAP_EVENT_REASON, ev->reason)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	if (ev->put && ev->put(skb, ev->arg))
		return -EMSGSIZE;
	genlmsg_end(skb, hdr);
	return 0;
}

static void event_send(struct cm_net *cn, const struct event *ev)
{
	u64 num = atomic64_inc_return(&cn->event_num);
	struct sk_buff *skb;

	if (!cm_netlink_has_listeners(cn))
		return;
	skb = genlmsg_new(EVENT_SIZE, GFP_ATOMIC);
	if (!skb)
		goto lost;
	if (WARN_ON_ONCE(event_fill(skb, ev, num))) {
		nlmsg_free(skb);
		goto lost;
	}
	if (cm_netlink_multicast(cn, skb) != -ENOBUFS)
		return;
lost:
	atomic64_inc(&cn->event_lost);
}

/*
 * Shall this packet raise an acquire? Notes it if so. Not if the SA has come
 * meanwhile: the mark that cm_queue_release() took away would stay for ever.
 */
static bool acquire_due(struct cm_flow *flow, const struct cm_tuple *t)
{
	unsigned long wait = READ_ONCE(flow->cn->limits.acquire_secs) * HZ;
	bool due;

	spin_lock_bh(&flow->waiting.lock);
	due = !t || (!rcu_access_pointer(flow->sa_out) &&
		     (!test_bit(CM_FLOW_ASKED, &flow->bits) ||
		      time_after_eq(jiffies, flow->acquire_at + wait)));
	if (due) {
		if (t)
			flow->acquire_tuple = *t;
		else
			memset(&flow->acquire_tuple, 0, sizeof(flow->acquire_tuple));
		flow->acquire_at = jiffies;
		flow->acquires++;
		set_bit(CM_FLOW_ACQUIRING, &flow->bits);
		set_bit(CM_FLOW_ASKED, &flow->bits);
	}
	spin_unlock_bh(&flow->waiting.lock);
	return due;
}

bool cm_event_acquire(struct cm_flow *flow, const struct cm_tuple *t)
{
	struct event ev = {
		.type = CRYPTOMAP_EV_ACQUIRE,
		.put = cm_nl_put_flow_event,
		.arg = flow,
	};

	if (cm_flow_is_dead(flow) ||
	    READ_ONCE(flow->type) != CRYPTOMAP_ENTRY_T_ISAKMP)
		return false;
	if (acquire_due(flow, t)) {
		rcu_read_lock();
		event_send(flow->cn, &ev);
		rcu_read_unlock();
	}
	return test_bit(CM_FLOW_ACQUIRING, &flow->bits);
}

/* A bucket of so many tokens, filled once a second; a race may give a few more. */
static bool unknown_spi_allowed(struct cm_net *cn)
{
	unsigned long stamp = READ_ONCE(cn->event_stamp);

	if (time_after_eq(jiffies, stamp + HZ) &&
	    cmpxchg(&cn->event_stamp, stamp, jiffies) == stamp)
		atomic_set(&cn->event_tokens, READ_ONCE(cn->limits.event_rate));
	return atomic_dec_if_positive(&cn->event_tokens) >= 0;
}

struct unknown_spi {
	struct cm_sa_key key;
	union cm_addr saddr;
	bool late;
	struct cm_tomb_info tomb;
};

static int put_unknown_spi(struct sk_buff *skb, const void *arg)
{
	const struct unknown_spi *u = arg;
	struct nlattr *nest = nla_nest_start(skb, CRYPTOMAP_A_SA);

	if (!nest ||
	    nla_put_be32(skb, CRYPTOMAP_SA_SPI, u->key.spi) ||
	    nla_put_u8(skb, CRYPTOMAP_SA_PROTO, u->key.proto) ||
	    cm_nl_put_addr(skb, CRYPTOMAP_SA_SRC, &u->saddr, u->key.family) ||
	    cm_nl_put_addr(skb, CRYPTOMAP_SA_DST, &u->key.daddr, u->key.family))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return u->late ? cm_nl_put_tomb(skb, &u->tomb) : 0;
}

void cm_event_unknown_spi(struct cm_net *cn, __be32 spi, u8 proto, u8 family,
			  const union cm_addr *saddr, const union cm_addr *daddr)
{
	struct unknown_spi u = {
		.key = {
			.spi = spi,
			.proto = proto,
			.family = family,
			.daddr = *daddr,
		},
		.saddr = *saddr,
	};
	struct event ev = {
		.type = CRYPTOMAP_EV_UNKNOWN_SPI,
		.put = put_unknown_spi,
		.arg = &u,
	};

	if (!unknown_spi_allowed(cn))
		return;
	u.late = cm_tomb_find(cn, &u.key, &u.tomb);
	event_send(cn, &ev);
}

void cm_event_nat_mapping(struct cm_sa *sa, const union cm_addr *from,
			  __be16 sport)
{
	const struct cm_sa_path path = {
		.saddr = *from,
		.daddr = sa->key.daddr,
		.sport = sport,
		.dport = sa->encap_dport,
	};
	const struct cm_nl_sa_moved moved = {
		.sa = sa,
		.path = &path,
	};
	struct event ev = {
		.type = CRYPTOMAP_EV_NAT_MAPPING,
		.put = cm_nl_put_sa_moved,
		.arg = &moved,
	};

	event_send(sa->cn, &ev);
}

static void event_sa(struct cm_sa *sa, u8 type, u8 cause, u8 reason)
{
	struct event ev = {
		.type = type,
		.cause = cause,
		.reason = reason,
		.put = cm_nl_put_sa_event,
		.arg = sa,
	};

	event_send(sa->cn, &ev);
}

void cm_event_sa(struct cm_sa *sa, u8 type)
{
	event_sa(sa, type, CRYPTOMAP_CAUSE_NONE, 0);
}

void cm_event_expire(struct cm_sa *sa, u8 type, u8 cause)
{
	event_sa(sa, type, cause, 0);
}

void cm_event_sa_deleted(struct cm_sa *sa, u8 reason)
{
	event_sa(sa, CRYPTOMAP_EV_SA_DELETED, CRYPTOMAP_CAUSE_NONE, reason);
}

void cm_event_bind(struct cm_bind *bind, bool up)
{
	struct event ev = {
		.type = up ? CRYPTOMAP_EV_IF_UP : CRYPTOMAP_EV_IF_DOWN,
		.put = cm_nl_put_bind,
		.arg = bind,
	};

	event_send(bind->cn, &ev);
}

static int put_generation(struct sk_buff *skb, const void *arg)
{
	const struct cm_net *cn = arg;
	struct nlattr *nest = nla_nest_start(skb, CRYPTOMAP_A_INFO);

	if (!nest ||
	    nla_put_u32(skb, CRYPTOMAP_INFO_GENERATION, READ_ONCE(cn->generation)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

void cm_event_config(struct cm_net *cn)
{
	struct event ev = {
		.type = CRYPTOMAP_EV_CONFIG,
		.put = put_generation,
		.arg = cn,
	};

	event_send(cn, &ev);
}
