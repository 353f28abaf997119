// SPDX-License-Identifier: GPL-2.0
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <linux/smp.h>
#include <linux/udp.h>
#include <linux/workqueue.h>
#include <net/dst.h>
#include <net/gso.h>

#include "ah.h"
#include "bind.h"
#include "bundle.h"
#include "core/espfmt.h"
#include "core/outer.h"
#include "core/tuple.h"
#include "demux.h"
#include "dev.h"
#include "dynamic.h"
#include "esp.h"
#include "flow.h"
#include "ip.h"
#include "ipcomp.h"
#include "lane.h"
#include "mss.h"
#include "natt.h"
#include "order.h"
#include "output.h"
#include "pernet.h"
#include "pmtu.h"
#include "queue.h"
#include "sa.h"
#include "sock.h"
#include "stats.h"
#include "tfc.h"
#include "transport.h"

/* In skb->cb while the packet is in the cipher. */
struct output_cb {
	struct cm_lane_cb lane;
	u64 seq;
	u32 inner_len;	/* 0: a dummy */
	u32 pieces;	/* that the IP layer will cut it into, 0 = none */
};

static struct output_cb *output_cb(struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct output_cb) > sizeof(skb->cb));
	return (struct output_cb *)skb->cb;
}

static void lose(struct cm_sa *sa, enum cm_reason reason, struct sk_buff *skb)
{
	cm_drop(sa->cn, sa->flow, sa, reason, skb);
}

/* Nobody misses a dummy. */
static void lose_ready(struct cm_sa *sa, enum cm_reason reason,
		       struct sk_buff *skb)
{
	if (output_cb(skb)->inner_len)
		lose(sa, reason, skb);
	else
		consume_skb(skb);
}

/* --- the end: the packet is encrypted --- */

static enum cm_reason error_reason(int err)
{
	switch (err) {
	case -ENOMEM:
		return CM_REASON_NO_MEMORY;
	case -ENOSPC:
	case -EBUSY:
		return CM_REASON_QUEUE_OVERFLOW;
	case -EPROTO:
		return CM_REASON_BAD_HEADER;
	default:
		return CM_REASON_ENCRYPT_FAILED;
	}
}

static void count_pieces(struct cm_flow *flow, u32 pieces, int err)
{
	if (unlikely(net_xmit_eval(err))) {
		cm_flow_count(flow, postfrag_failed, 1);
		return;
	}
	cm_flow_count(flow, postfrag, 1);
	cm_flow_count(flow, fragments, pieces);
}

u64 cm_output_seq(const struct sk_buff *skb)
{
	return ((const struct output_cb *)skb->cb)->seq;
}

/* A dummy is none of those that lifetimes count, nor lost if it does not leave. */
static void count(struct cm_sa *sa, u32 len)
{
	struct cm_flow *flow = sa->flow;

	if (sa->esp->hides)
		cm_flow_count(flow, encrypt, 1);
	if (likely(sa->esp->geom.icv))
		cm_flow_count(flow, digest, 1);
	if (likely(len))
		cm_sa_account(sa, 1, len);
	if (unlikely(cm_bundle_is_esp(sa)))
		return;		/* the rest when AH is done, too */
	if (unlikely(!len)) {
		cm_flow_count(flow, dummy_sent, 1);
		return;
	}
	cm_flow_count(flow, encaps, 1);
	cm_flow_count(flow, bytes_out, len);
}

/*
 * ESP is done with the packet of a bundle, which has room for AH before it: it goes
 * through the other SA, in its turn there. That ends in leave(), too.
 */
static void go_around(struct cm_sa *esp, struct sk_buff *skb)
{
	struct cm_sa *ah = cm_bundle_partner_rcu(esp);
	enum cm_reason reason;
	u64 seq;

	if (unlikely(!ah || !cm_sa_usable(ah))) {
		lose_ready(esp, cm_sa_dead_reason(ah ?: esp), skb);
		return;
	}
	reason = cm_sa_take_seq(ah, 1, &seq);
	if (unlikely(reason != CM_REASON_NONE)) {
		lose_ready(ah, reason, skb);
		return;
	}
	skb->transport_header -= esp->esp->geom.around;
	output_cb(skb)->seq = seq;
	output_cb(skb)->lane.lane = NULL;
	cm_ah_sign(ah, skb, seq);
}

/* Its turn has come: the packet leaves, or is lost. */
static void leave(struct cm_sa *sa, struct sk_buff *skb, int err)
{
	u32 pieces = output_cb(skb)->pieces;
	u32 len = output_cb(skb)->inner_len;
	struct cm_flow *flow = sa->flow;

	if (unlikely(err)) {
		lose_ready(sa, error_reason(err), skb);
		return;
	}
	count(sa, len);
	if (unlikely(cm_bundle_is_esp(sa))) {
		go_around(sa, skb);
		return;
	}

	if (sa->esp->geom.udp)
		cm_natt_finish(skb);
	err = cm_ip_send(sa->cn->net, skb);
	if (unlikely(pieces))
		count_pieces(flow, pieces, err);
	/* NET_XMIT_CN, too: a queue lost this packet or one of ours before it. */
	if (unlikely(err && len))
		cm_lost(sa->cn, flow, sa, CM_REASON_OUTPUT_FAILED, 1);
}

/* Packets that a CPU sends for others before a process goes on in its place. */
#define RUN_MAX 256

/* False: the SA goes, so no packet of it begins any more. */
static bool hand_over(struct cm_sa *sa, struct sk_buff *skb)
{
	if (!cm_sa_tryget(sa))
		return false;
	sa->handed = skb;
	queue_work(cm_wq, &sa->send);
	return true;
}

/*
 * The turn is that of @skb: it leaves, and what waited for that. Other CPUs may
 * park faster than this one sends; it must not go on for ever.
 */
static void run(struct cm_sa *sa, struct sk_buff *skb)
{
	u64 seq = output_cb(skb)->seq;
	u32 left = RUN_MAX;

	do {
		WRITE_ONCE(sa->sender, smp_processor_id() + 1);
		leave(sa, skb, output_cb(skb)->lane.err);
		WRITE_ONCE(sa->sender, 0);
		skb = cm_order_next(sa, seq++);
	} while (unlikely(skb) && (--left || !hand_over(sa, skb)));
}

/* The reference of hand_over() keeps the SA, as an asynchronous cipher's does. */
void cm_output_work(struct work_struct *work)
{
	struct cm_sa *sa = container_of(work, struct cm_sa, send);

	local_bh_disable();
	rcu_read_lock();
	run(sa, sa->handed);
	cm_sa_put(sa);
	rcu_read_unlock();
	local_bh_enable();
}

/*
 * The way to the peer may lead, through other devices, back into this SA. A
 * packet would come by here, be parked, and be sent by who is already sending,
 * which no limit of the kernel on nested devices would ever see.
 */
static bool is_nested(const struct cm_sa *sa)
{
	const struct cm_sa *ah = cm_bundle_partner_rcu(sa);
	int cpu = smp_processor_id();

	return READ_ONCE(sa->sender) == cpu + 1 ||
	       unlikely(ah && READ_ONCE(ah->sender) == cpu + 1);
}

void cm_output_done(struct cm_sa *sa, struct sk_buff *skb, int err)
{
	output_cb(skb)->lane.err = err;
	if (likely(cm_order_enter(sa, skb, output_cb(skb)->seq)))
		run(sa, skb);
}

/* --- one packet --- */

/*
 * The way of a packet:
 * @dst: route to the peer
 * @mtu: what fits on it, see pmtu.h
 * @part: what stays before the ESP or AH header; of length 0 in tunnel mode
 * @lane: where the cipher comes for it, NULL: it goes there itself
 */
struct way {
	struct dst_entry *dst;
	u32 mtu;
	struct cm_ip_part part;
	struct cm_lane *lane;
};

/* What the outer header of tunnel mode takes from the inner one. */
struct outer {
	u8 tos;
	bool df;
};

static struct outer outer_of(const struct cm_sa *sa, const struct sk_buff *skb)
{
	struct cm_outer rules = sa->esp->outer;

	rules.df = cm_pmtu_df(sa);
	return (struct outer){
		.tos = cm_outer_tos(&rules, cm_ip_tos(skb)),
		.df = cm_outer_df(&rules, cm_ip_df(skb)),
	};
}

/* Room for the ESP or AH header, and the outer header. */
static void put_tunnel(struct cm_sa *sa, struct sk_buff *skb,
		       struct dst_entry *dst, u32 room, const struct outer *outer)
{
	skb_push(skb, room);
	skb_reset_transport_header(skb);
	if (sa->esp->geom.udp) {
		skb_push(skb, sizeof(struct udphdr));
		cm_natt_put(sa, skb);
	}
	cm_ip_put_outer(sa, skb, dst, outer->tos, outer->df);
}

static u32 pieces_of(const struct cm_sa *sa, const struct sk_buff *skb,
		     const struct way *way)
{
	return cm_ip_pieces(skb->len, dst_mtu(way->dst),
			    sa->esp->geom.outer + way->part.len,
			    sa->key.family == AF_INET6);
}

static void put_trailer(const struct cm_esp_geom *geom, struct sk_buff *skb,
			u32 len, u8 next)
{
	cm_esp_put_trailer(skb_put(skb, cm_esp_tail(geom, len)),
			   cm_esp_pad(geom, len), next);
}

/*
 * From what is inside to the outer packet, all but what the crypto fills in.
 * Nothing of the inner packet may stay attached: its tracked connection, its
 * route, the tunnel that it came out of. All packets of an SA get one hash,
 * that of the SA: a device with several queues must not reorder them, peers
 * have small replay windows. Or they keep that of the connection inside, where
 * queueing is to tell them apart.
 *
 * What does not fit is fragmented outside.
 */
static void wrap(struct cm_sa *sa, struct sk_buff *skb, const struct way *way,
		 u8 next, struct outer outer)
{
	const struct cm_bind_options *opt = &sa->flow->bind->opt;
	const struct cm_esp_geom *geom = &sa->esp->geom;
	u32 mark = sa->mark ?: READ_ONCE(opt->mark_out);
	u32 room = cm_esp_head(geom);
	bool too_big = skb->len > way->mtu;
	bool cut = too_big;

	if (!geom->ah)
		put_trailer(geom, skb, skb->len - way->part.len, next);
	if (way->part.len) {
		skb_push(skb, room + geom->udp);
		cm_transport_open(sa, skb, &way->part, room + geom->udp, cut);
	} else {
		outer.df = outer.df && !cut;
		cut = !outer.df;
		put_tunnel(sa, skb, way->dst, room, &outer);
	}
	output_cb(skb)->pieces = unlikely(too_big) ? pieces_of(sa, skb, way) : 0;
	if (geom->ah)
		*skb_transport_header(skb) = next;
	if (unlikely(geom->around)) {
		*skb_transport_header(skb) = IPPROTO_ESP;
		skb->transport_header += geom->around;
	}

	skb_scrub_packet(skb, false);
	skb_dst_set(skb, dst_clone(way->dst));
	skb->ignore_df = cut;
	skb->protocol = cm_ip_protocol(sa->key.family);
	skb->ip_summed = CHECKSUM_NONE;
	skb->encapsulation = 0;
	if (mark)
		skb->mark = mark;
	if (!(opt->flags & CRYPTOMAP_BIND_F_PRE_CLASSIFY))
		__skb_set_sw_hash(skb, sa->id, true);
}

/* @fill: bytes more than the packet has, see tfc.h */
static void encapsulate(struct cm_sa *sa, struct sk_buff *skb,
			const struct way *way, u32 fill)
{
	struct outer outer;
	u8 next;

	output_cb(skb)->inner_len = skb->len;
	if (way->part.len)
		next = skb->data[way->part.next];
	else
		next = cm_ip_is_v6(skb) ? IPPROTO_IPV6 : IPPROTO_IPIP;
	outer = outer_of(sa, skb);
	if (unlikely(sa->ipcomp))
		next = cm_ipcomp_shrink(sa, skb, way->part.len, next);
	if (unlikely(fill))
		skb_put_zero(skb, fill);
	wrap(sa, skb, way, next, outer);
}

/* A piece in private memory with this room at both ends, or NULL. */
static struct sk_buff *copy_whole(struct sk_buff *skb, u32 head, u32 tail)
{
	struct sk_buff *copy;

	copy = skb_copy_expand(skb, max(head, skb_headroom(skb)), tail,
			       GFP_ATOMIC);
	if (copy && skb->sk)
		skb_set_owner_w(copy, skb->sk);
	return copy;
}

/*
 * The packet in one piece of private memory with room at both ends, or NULL
 * (it is gone then). A copy goes on counting against the sender's socket.
 */
static struct sk_buff *make_room(struct sk_buff *skb, u32 head, u32 tail)
{
	u32 more_head = head - min(head, skb_headroom(skb));
	u32 more_tail = tail - min_t(u32, tail, skb_tailroom(skb));
	struct sk_buff *copy = skb;

	if (skb_is_nonlinear(skb))
		copy = copy_whole(skb, head, tail);
	else if ((skb_cloned(skb) || more_head || more_tail) &&
		 pskb_expand_head(skb, SKB_DATA_ALIGN(more_head), more_tail,
				  GFP_ATOMIC))
		copy = NULL;
	if (unlikely(!copy))
		kfree_skb(skb);
	else if (copy != skb)
		consume_skb(skb);
	return copy;
}

static u32 headroom(const struct cm_sa *sa, const struct dst_entry *dst)
{
	return LL_RESERVED_SPACE(dst->dev) + sa->esp->geom.outer +
	       sa->esp->geom.udp + cm_esp_head(&sa->esp->geom);
}

/* False: no memory. SCTP has a checksum of its own. */
static bool complete_checksum(struct sk_buff *skb)
{
	return skb->ip_summed != CHECKSUM_PARTIAL ||
	       !skb_csum_hwoffload_help(skb, 0);
}

void cm_output_crypt(struct cm_sa *sa, struct sk_buff *skb)
{
	u64 seq = output_cb(skb)->seq;

	if (sa->esp->geom.ah)
		cm_ah_sign(sa, skb, seq);
	else
		cm_esp_encrypt(sa, skb, seq);
}

static void send_one(struct cm_sa *sa, struct sk_buff *skb,
		     const struct way *way)
{
	const struct cm_esp_geom *geom = &sa->esp->geom;
	u32 stays = way->part.len;
	enum cm_reason reason;
	u32 fill = 0;
	u64 seq;

	if (unlikely(sa->tfc))
		fill = cm_tfc_fill(sa, skb, &way->part, way->mtu);
	if (unlikely(stays + cm_esp_wire_len(geom, skb->len + fill - stays) >
		     IP_MAX_MTU)) {
		lose(sa, CM_REASON_MTU_EXCEEDED, skb);
		return;
	}
	skb = make_room(skb, headroom(sa, way->dst),
			fill + cm_esp_tail(geom, skb->len + fill - stays));
	if (unlikely(!skb)) {
		cm_lost(sa->cn, sa->flow, sa, CM_REASON_NO_MEMORY, 1);
		return;
	}
	if (unlikely(!complete_checksum(skb))) {
		lose(sa, CM_REASON_NO_MEMORY, skb);
		return;
	}
	reason = cm_sa_take_seq(sa, 1, &seq);
	if (unlikely(reason != CM_REASON_NONE)) {
		lose(sa, reason, skb);
		return;
	}
	encapsulate(sa, skb, way, fill);
	output_cb(skb)->seq = seq;
	if (way->lane && likely(cm_lane_add(way->lane, sa, skb)))
		return;
	output_cb(skb)->lane.lane = NULL;
	cm_output_crypt(sa, skb);
}

/*
 * One packet that does not fit but may be cut. ip_do_fragment() would complete
 * the checksum, too, but takes that of SCTP for one of TCP.
 */
static void send_fragments(struct cm_sa *sa, struct sk_buff *skb,
			   const struct way *way)
{
	struct sk_buff_head list;
	int err;

	if (unlikely(!complete_checksum(skb))) {
		lose(sa, CM_REASON_NO_MEMORY, skb);
		return;
	}
	__skb_queue_head_init(&list);
	err = cm_pmtu_fragment(sa->cn->net, skb, way->mtu, &list);
	if (unlikely(err)) {
		cm_flow_count(sa->flow, prefrag_failed, 1);
		cm_lost(sa->cn, sa->flow, sa, CM_REASON_NO_MEMORY, 1);
	} else {
		cm_flow_count(sa->flow, prefrag, 1);
	}
	cm_flow_count(sa->flow, fragments, skb_queue_len(&list));
	while ((skb = __skb_dequeue(&list)))
		send_one(sa, skb, way);
}

/* Nothing of @len bytes, ready to be wrapped; or NULL. */
static struct sk_buff *make_dummy(const struct cm_sa *sa,
				  const struct dst_entry *dst, u32 len)
{
	u32 head = headroom(sa, dst) + CM_IPV6_HDR;	/* also in transport mode */
	struct sk_buff *skb;

	skb = alloc_skb(head + len + cm_esp_tail(&sa->esp->geom, len), GFP_ATOMIC);
	if (!skb)
		return NULL;
	skb_reserve(skb, head);
	skb_put_zero(skb, len);
	skb->dev = dst->dev;
	return skb;
}

/* Without a packet inside both modes look alike. */
static void send_dummy(struct cm_sa *sa, struct dst_entry *dst)
{
	u32 stays = cm_pmtu_stays(sa);
	struct way way = { .dst = dst, .mtu = cm_pmtu_on_route(sa, dst, stays) };
	u32 len = cm_tfc_dummy_len(sa, way.mtu);
	struct sk_buff *skb;
	u64 seq;

	skb = make_dummy(sa, dst, len - min(len, stays));
	if (!skb)
		return;
	if (cm_sa_take_seq(sa, 1, &seq) != CM_REASON_NONE) {
		consume_skb(skb);
		return;
	}
	output_cb(skb)->inner_len = 0;
	output_cb(skb)->seq = seq;
	wrap(sa, skb, &way, IPPROTO_NONE,
	     (struct outer){ .df = cm_pmtu_df(sa) != CRYPTOMAP_DF_CLEAR });
	output_cb(skb)->lane.lane = NULL;
	cm_output_crypt(sa, skb);
}

/* Into a lane if other CPUs are worth asking: not for a few, not for short ones. */
static struct cm_lane *lane_for(const struct cm_sa *sa, const struct sk_buff *skb)
{
	u32 size = skb_shinfo(skb)->gso_size;

	return size && cm_lane_worth(sa, skb->len / size, size) ?
	       cm_lane_out(cm_lanes_of(sa->cn)) : NULL;
}

static void send_segments(struct cm_sa *sa, struct sk_buff *skb, struct way *way)
{
	struct sk_buff *segs, *next;

	/* Segments get the headroom of the whole: one copy instead of many. */
	if (skb_cow_head(skb, headroom(sa, way->dst))) {
		lose(sa, CM_REASON_NO_MEMORY, skb);
		return;
	}
	way->lane = lane_for(sa, skb);
	/* No features: private, linear segments with complete checksums. */
	segs = skb_gso_segment(skb, 0);
	if (IS_ERR_OR_NULL(segs)) {
		lose(sa, CM_REASON_GSO_FAILED, skb);
		return;
	}
	consume_skb(skb);
	skb_list_walk_safe(segs, skb, next) {
		skb_mark_not_on_list(skb);
		if (unlikely(skb->len > way->mtu &&
			     cm_pmtu_check(sa, skb, way->mtu) == CM_FIT_FRAGMENT))
			send_fragments(sa, skb, way);
		else
			send_one(sa, skb, way);
	}
	if (way->lane)
		cm_lane_run(way->lane, INT_MAX);
}

static void send(struct cm_sa *sa, struct sk_buff *skb,
		 const struct cm_tuple *t, struct dst_entry *dst)
{
	struct way way = { .dst = dst };
	enum cm_reason reason;
	enum cm_fit fit;

	if (sa->mode == CRYPTOMAP_MODE_TRANSPORT) {
		reason = cm_transport_split(sa, skb, &way.part);
		if (unlikely(reason != CM_REASON_NONE)) {
			lose(sa, reason, skb);
			return;
		}
	}
	if (READ_ONCE(sa->flow->bind->opt.flags) & CRYPTOMAP_BIND_F_PRE_CLASSIFY)
		skb_get_hash(skb);
	way.mtu = cm_pmtu_on_route(sa, dst, way.part.len);
	cm_mss_clamp(sa, skb, t);
	fit = cm_pmtu_check(sa, skb, way.mtu);
	if (fit == CM_FIT_NO)
		lose(sa, CM_REASON_MTU_EXCEEDED, skb);
	else if (skb_is_gso(skb))
		send_segments(sa, skb, &way);
	else if (fit == CM_FIT_FRAGMENT)
		send_fragments(sa, skb, &way);
	else
		send_one(sa, skb, &way);
}

static bool has_socket(const struct cm_sa *sa)
{
	return !sa->esp->geom.udp || cm_sock_has_natt(sa->cn, sa->key.family);
}

void cm_output_dummy(struct cm_sa *sa)
{
	enum cm_reason reason;
	struct dst_entry *dst;

	if (!has_socket(sa))
		return;
	dst = cm_ip_find_route(sa, &reason);
	if (!dst)
		return;
	send_dummy(sa, dst);
	dst_release(dst);
}

static void output(struct cm_sa *sa, struct sk_buff *skb,
		   const struct cm_tuple *t)
{
	enum cm_reason reason;
	struct dst_entry *dst;

	if (unlikely(!cm_sa_usable(sa))) {
		lose(sa, cm_sa_dead_reason(sa), skb);
		return;
	}
	if (unlikely(is_nested(sa))) {
		lose(sa, CM_REASON_NESTED_LOOP, skb);
		return;
	}
	if (unlikely(!has_socket(sa))) {
		lose(sa, CM_REASON_NAT_T_SOCKET, skb);
		return;
	}
	dst = cm_ip_find_route(sa, &reason);
	if (unlikely(!dst)) {
		lose(sa, reason, skb);
		return;
	}
	send(sa, skb, t, dst);
	dst_release(dst);
}

/* To one of several clients, whose connection it is. */
static void output_to_client(struct cm_flow *flow, struct sk_buff *skb,
			     const struct cm_tuple *t)
{
	enum cm_reason reason;
	struct cm_sa *sa = cm_demux_out(flow->cn, skb, t, &reason);

	if (likely(sa))
		output(sa, skb, t);
	else
		cm_drop(flow->cn, flow, NULL, reason, skb);
}

void cm_output(struct cm_flow *flow, struct sk_buff *skb,
	       const struct cm_tuple *t)
{
	struct cm_sa *sa;

	if (unlikely(READ_ONCE(flow->level)))
		flow = cm_dynamic_find_rcu(flow, t) ?: flow;
	sa = rcu_dereference(flow->sa_out);
	if (unlikely(test_bit(CM_FLOW_DEMUX, &flow->bits)))
		output_to_client(flow, skb, t);
	else if (likely(sa))
		output(sa, skb, t);
	else
		cm_queue_add(flow, skb, t);
}
