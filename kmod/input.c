// SPDX-License-Identifier: GPL-2.0
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/jhash.h>
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <net/ah.h>
#include <net/esp.h>
#include <net/icmp.h>
#include <net/ip6_route.h>
#include <net/ndisc.h>
#include <net/netns/hash.h>
#include <net/route.h>
#include <net/xfrm.h>

#include "ah.h"
#include "bundle.h"
#include "core/ahfmt.h"
#include "core/espfmt.h"
#include "core/outer.h"
#include "core/tuple.h"
#include "demux.h"
#include "dev.h"
#include "early.h"
#include "esp.h"
#include "event.h"
#include "flow.h"
#include "input.h"
#include "ip.h"
#include "ipcomp.h"
#include "lane.h"
#include "mss.h"
#include "natt.h"
#include "pernet.h"
#include "pmtu.h"
#include "quoted.h"
#include "sa.h"
#include "stats.h"
#include "tomb.h"
#include "transport.h"

/* In skb->cb while the packet is in the cipher. */
struct input_cb {
	struct cm_lane_cb lane;
	u64 seq;
	u32 esp_at;	/* ESP, AH or UDP, from the network header; likewise the next */
	u32 next;	/* the byte that names it */
	__be16 sport;		/* of UDP, 0 for plain ESP */
};

static struct input_cb *input_cb(struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct input_cb) > sizeof(skb->cb));
	return (struct input_cb *)skb->cb;
}

static void lose(struct cm_sa *sa, enum cm_reason reason, struct sk_buff *skb)
{
	if (reason == CM_REASON_REPLAY_WINDOW)
		cm_stats_behind(sa, cm_replay_behind(sa->replay,
						     input_cb(skb)->seq));
	cm_drop(sa->cn, sa->flow, sa, reason, skb);
}

/* --- the end: the packet is decrypted --- */

static enum cm_reason error_reason(int err)
{
	switch (err) {
	case -EBADMSG:
		return CM_REASON_BAD_ICV;
	case -ENOMEM:
		return CM_REASON_NO_MEMORY;
	case -ENOSPC:
	case -EBUSY:
		return CM_REASON_QUEUE_OVERFLOW;
	case -EPROTO:
		return CM_REASON_BAD_HEADER;
	default:
		return CM_REASON_DECRYPT_FAILED;
	}
}

/* The ICV is good: only now may the window move (RFC 4303, 3.4.3). */
static enum cm_reason commit_seq(struct cm_sa *sa, const struct sk_buff *skb)
{
	const struct input_cb *cb = (const struct input_cb *)skb->cb;
	enum cm_reason reason;
	bool newest;

	spin_lock(&sa->lock);
	newest = cb->seq > sa->replay->top;
	reason = cm_replay_commit(sa->replay, cb->seq);
	spin_unlock(&sa->lock);
	if (unlikely(cb->sport && newest))
		cm_natt_heard(sa, skb, cb->sport);
	return reason;
}

static bool is_ah(const struct cm_sa *sa)
{
	return sa->key.proto == IPPROTO_AH;
}

/* Take off ESP header, IV, trailer and ICV: data is at the inner packet then. */
static enum cm_reason strip_esp(const struct cm_esp *esp, struct sk_buff *skb,
				u8 *next_header)
{
	u32 head = CM_ESP_HDR + esp->geom.iv;
	enum cm_reason reason;
	u32 trim;

	reason = cm_esp_check_trailer(skb->data + head,
				      skb->len - head - esp->geom.icv,
				      next_header, &trim);
	if (reason != CM_REASON_NONE)
		return reason;
	__skb_trim(skb, skb->len - esp->geom.icv - trim);
	__skb_pull(skb, head);
	return CM_REASON_NONE;
}

static void strip_ah(struct sk_buff *skb, u8 *next_header)
{
	*next_header = skb->data[0];
	__skb_pull(skb, cm_ah_len_of(skb->data[1]));
}

static enum cm_reason strip(const struct cm_sa *sa, struct sk_buff *skb,
			    u8 *next_header)
{
	if (!is_ah(sa))
		return strip_esp(sa->esp, skb, next_header);
	strip_ah(skb, next_header);
	return CM_REASON_NONE;
}

/*
 * A later fragment has no ports. The peer cut the packet before it encrypted
 * it, as we do; its first fragment is judged with its ports, and reassembly
 * refuses overlaps, so the rest cannot change them.
 */
static bool in_selector(const struct cm_selector *s, const struct cm_tuple *t)
{
	if (t->flags & CM_TUPLE_LATER)
		return cm_selector_match_l3(s, t);
	return cm_selector_match(s, t);
}

/* @ours: as this side sends it. */
static bool in_selectors(const struct cm_sa *sa, const struct cm_tuple *ours)
{
	u32 i;

	for (i = 0; i < sa->nsel; i++)
		if (in_selector(&sa->sel[i], ours))
			return true;
	return false;
}

/*
 * Any router on the peer's side may send an ICMP error. It is allowed to whom
 * it says the packet came from, if that packet was one for this tunnel (RFC
 * 4301, 6.2).
 */
static bool is_allowed(const struct cm_sa *sa, const struct sk_buff *skb,
		       const struct cm_tuple *t)
{
	struct cm_tuple ours;
	bool good;

	cm_tuple_reverse(&ours, t);
	if (likely(in_selectors(sa, &ours)))
		return true;
	if (!cm_quoted_tuple(skb, 0, t, &ours))
		return false;
	good = cm_addr_equal(&ours.saddr, &t->daddr) && in_selectors(sa, &ours);
	if (good)
		cm_flow_count(sa->flow, icmp_valid, 1);
	else
		cm_flow_count(sa->flow, icmp_invalid, 1);
	return good;
}

/*
 * GRO looks for the packets of one connection in few places that it finds by
 * this hash; it is free here, where the tuple is known.
 */
static void set_hash(const struct cm_net *cn, struct sk_buff *skb,
		     const struct cm_tuple *t)
{
	u32 words = t->family == CM_FAMILY_V6 ? 4 : 1;
	u32 ports = (u32)t->sport << 16 | t->dport;
	u32 hash = net_hash_mix(cn->net);
	u32 i;

	for (i = 0; i < words; i++)
		hash = jhash_3words((__force u32)t->saddr.w[i],
				    (__force u32)t->daddr.w[i], ports, hash);

	__skb_set_sw_hash(skb, hash, t->flags & CM_TUPLE_PORTS);
}

/*
 * The inner packet: whole, allowed on this SA; congestion marks combined (RFC
 * 6040), and the MSS of a SYN made to fit the way back.
 */
static enum cm_reason check_inner(struct cm_sa *sa, struct sk_buff *skb,
				  u8 family)
{
	enum cm_reason reason;
	struct cm_tuple t;
	bool odd;
	u8 tos;

	if (cm_tuple_parse(&t, skb->data, skb->len) != CM_REASON_NONE ||
	    t.family != family || !t.total_len || t.total_len > skb->len)
		return CM_REASON_BAD_INNER;
	/* Padding behind the packet hides its length (RFC 4303, 2.7). */
	__skb_trim(skb, t.total_len);
	if (sa->mode == CRYPTOMAP_MODE_TRANSPORT &&
	    !cm_addr_equal(&t.saddr, &sa->saddr))
		return CM_REASON_TRANSPORT_ADDRESS;
	if (!is_allowed(sa, skb, &t))
		return CM_REASON_SELECTOR_MISMATCH;
	if (sa->mode == CRYPTOMAP_MODE_TRANSPORT)
		cm_natt_mend(sa, skb, &t);
	reason = sa->client ? cm_demux_in(sa, skb, &t) : CM_REASON_NONE;
	if (unlikely(reason != CM_REASON_NONE))
		return reason;

	if (unlikely(t.flags & CM_TUPLE_FRAGMENT))
		cm_flow_count(sa->flow, reassemble, 1);
	set_hash(sa->cn, skb, &t);
	tos = t.tos;
	reason = cm_outer_decap_tos(cm_ip_tos(skb), &tos, &odd);
	if (unlikely(reason != CM_REASON_NONE))
		return reason;
	if (tos != t.tos)
		cm_ip_set_tos(skb->data, tos);
	cm_mss_clamp(sa, skb, &t);
	return CM_REASON_NONE;
}

static void count_authentic(const struct cm_sa *sa)
{
	if (sa->esp->hides)
		cm_flow_count(sa->flow, decrypt, 1);
	if (likely(sa->esp->geom.icv))
		cm_flow_count(sa->flow, verify, 1);
}

static void deliver(struct cm_sa *sa, struct sk_buff *skb)
{
	struct cm_sa *ah = cm_bundle_partner_rcu(sa);

	cm_flow_count(sa->flow, decaps, 1);
	cm_flow_count(sa->flow, bytes_in, skb->len);
	cm_sa_account(sa, 1, skb->len);
	if (unlikely(ah))
		cm_sa_account(ah, 1, skb->len);
	cm_dev_receive(sa, skb);
}

/* 0: no IP packet. */
static u8 inner_family(u8 next_header)
{
	if (likely(next_header == IPPROTO_IPIP))
		return CM_FAMILY_V4;
	return next_header == IPPROTO_IPV6 ? CM_FAMILY_V6 : 0;
}

/* What was protected is there: make it an IP packet and look at it. */
static enum cm_reason unpack(struct cm_sa *sa, struct sk_buff *skb,
			     u8 next_header)
{
	const struct input_cb *cb = input_cb(skb);
	enum cm_reason reason;
	u8 family;

	if (sa->mode == CRYPTOMAP_MODE_TRANSPORT) {
		family = sa->key.family;
		reason = cm_transport_close(skb, cb->esp_at, cb->next,
					    next_header);
		if (unlikely(reason != CM_REASON_NONE))
			return reason;
	} else {
		family = inner_family(next_header);
		if (unlikely(!family))
			return CM_REASON_BAD_NEXT_HEADER;
	}
	return check_inner(sa, skb, family);
}

/* The header is there: does its packet fit the SA, and which number has it? */
static enum cm_reason check_header(const struct cm_sa *sa,
				   const struct sk_buff *skb, u32 *low)
{
	const struct ip_esp_hdr *esph = (void *)skb->data;
	const struct ip_auth_hdr *ah = (void *)skb->data;
	const struct cm_esp_geom *geom = &sa->esp->geom;

	if (!is_ah(sa)) {
		*low = ntohl(esph->seq_no);
		return cm_esp_check_len(geom, skb->len);
	}
	*low = ntohl(ah->seq_no);
	return cm_ah_check_len(skb->data, skb->len, geom->icv,
			       cm_ip_is_v6(skb));
}

/* May the packet use the SA, its number be accepted? */
static enum cm_reason check_numbers(struct cm_sa *sa, struct sk_buff *skb)
{
	enum cm_reason reason;
	u32 low;

	reason = check_header(sa, skb, &low);
	if (unlikely(reason != CM_REASON_NONE))
		return reason;
	return cm_replay_check(sa->replay, low, &input_cb(skb)->seq);
}

/* Is the ESP of a bundle in its AH? */
static bool is_inside(const struct cm_sa *esp, const struct sk_buff *skb,
		      u8 next_header)
{
	return next_header == IPPROTO_ESP && skb->len >= CM_ESP_HDR &&
	       cm_ip_spi(skb->data, IPPROTO_ESP) == esp->key.spi;
}

/*
 * The AH of a bundle is good and off: data is at what it went around. From here on
 * it is a packet of the other SA, which begins where AH did.
 */
static void go_inside(struct cm_sa *ah, struct sk_buff *skb, u8 next_header)
{
	struct cm_sa *esp = cm_bundle_partner_rcu(ah);
	enum cm_reason reason;

	if (unlikely(!esp || !is_inside(esp, skb, next_header))) {
		lose(ah, cm_sa_usable(ah) ? CM_REASON_ESP_MISSING :
					    cm_sa_dead_reason(ah), skb);
		return;
	}
	if (unlikely(!cm_sa_usable(esp))) {
		lose(esp, cm_sa_dead_reason(esp), skb);
		return;
	}
	reason = check_numbers(esp, skb);
	if (unlikely(reason != CM_REASON_NONE)) {
		lose(esp, reason, skb);
		return;
	}
	/* It may leave RCU, under which they are borrowed: AH that did not has kept them. */
	if (unlikely(esp->esp->async)) {
		skb_dst_drop(skb);
		skb_orphan(skb);
	}
	input_cb(skb)->lane.lane = NULL;
	cm_input_crypt(esp, skb);
}

void cm_input_done(struct cm_sa *sa, struct sk_buff *skb, int err)
{
	enum cm_reason reason;
	u8 next_header;

	if (unlikely(err)) {
		lose(sa, error_reason(err), skb);
		return;
	}
	reason = commit_seq(sa, skb);
	if (unlikely(reason != CM_REASON_NONE))
		goto drop;
	count_authentic(sa);
	reason = strip(sa, skb, &next_header);
	if (unlikely(reason != CM_REASON_NONE))
		goto drop;
	if (unlikely(cm_bundle_is_ah(sa))) {
		go_inside(sa, skb, next_header);
		return;
	}
	if (unlikely(next_header == IPPROTO_COMP && sa->ipcomp)) {
		reason = cm_ipcomp_expand(sa, skb, input_cb(skb)->esp_at,
					  &next_header);
		if (unlikely(reason != CM_REASON_NONE))
			goto drop;
	}
	if (unlikely(next_header == IPPROTO_NONE && !is_ah(sa))) {
		/* A dummy packet, to hide how much is said (RFC 4303, 2.6). */
		cm_flow_count(sa->flow, dummy_rcvd, 1);
		consume_skb(skb);
		return;
	}
	reason = unpack(sa, skb, next_header);
	if (unlikely(reason != CM_REASON_NONE))
		goto drop;
	deliver(sa, skb);
	return;
drop:
	lose(sa, reason, skb);
}

/* --- the beginning --- */

void cm_input_crypt(struct cm_sa *sa, struct sk_buff *skb)
{
	if (is_ah(sa))
		cm_ah_verify(sa, skb, input_cb(skb)->seq);
	else
		cm_esp_decrypt(sa, skb, input_cb(skb)->seq);
}

/* @sport: source port of UDP, 0 for plain ESP or AH */
static void receive(struct cm_sa *sa, struct sk_buff *skb, __be16 sport)
{
	enum cm_reason reason = CM_REASON_ENCAP_MISMATCH;
	u32 next = cm_ip_next_at(skb);
	struct cm_lanes *lanes;

	if (unlikely(!cm_sa_usable(sa))) {
		reason = cm_sa_dead_reason(sa);
		goto drop;
	}
	if (unlikely(!sport != !READ_ONCE(sa->encap_sport)))
		goto drop;
	reason = CM_REASON_AH_MISSING;
	if (unlikely(cm_bundle_is_esp(sa)))
		goto drop;
	reason = check_numbers(sa, skb);
	if (unlikely(reason != CM_REASON_NONE))
		goto drop;
	if (likely(!sport))
		cm_early_learn(sa, skb);
	input_cb(skb)->esp_at = -skb_network_offset(skb) -
				(sport ? sizeof(struct udphdr) : 0);
	input_cb(skb)->next = next;
	input_cb(skb)->sport = sport;
	reason = CM_REASON_NO_MEMORY;
	if (skb_linearize_cow(skb))
		goto drop;
	lanes = cm_lanes_of(sa->cn);
	if (unlikely(!lanes) || cm_lane_is_free(lanes, sa)) {
		input_cb(skb)->lane.lane = NULL;
		cm_input_crypt(sa, skb);
		return;
	}
	skb_dst_drop(skb);	/* borrowed under RCU, as a socket may be */
	skb_orphan(skb);
	if (likely(cm_lane_enter(lanes, sa, skb)))
		return;
	reason = cm_sa_usable(sa) ? CM_REASON_QUEUE_OVERFLOW :
				    cm_sa_dead_reason(sa);
drop:
	lose(sa, reason, skb);
}

/* XFRM in this namespace may know the SPI. */
static bool xfrm_has_states(const struct net *net)
{
	return READ_ONCE(net->xfrm.state_num) != 0;
}

/* An SPI that was ours may be XFRM's by now: the same box, another tool. */
static bool xfrm_took_over(const struct cm_net *cn, const struct sk_buff *skb,
			   const struct cm_sa_key *key)
{
	xfrm_address_t daddr;
	struct xfrm_state *x;

	memcpy(&daddr, &key->daddr, sizeof(daddr));
	x = xfrm_state_lookup(cn->net, skb->mark, &daddr, key->spi,
			      key->proto, key->family);
	if (!x)
		return false;
	xfrm_state_put(x);
	return true;
}

static enum cm_reason unknown_reason(struct cm_net *cn,
				     const struct cm_sa_key *key, bool ours)
{
	u8 other = key->proto == IPPROTO_AH ? IPPROTO_ESP : IPPROTO_AH;

	if (ours)
		return CM_REASON_DELETED_SPI;
	return cm_sa_find_in_rcu(cn, key->spi, other, &key->daddr, key->family) ?
	       CM_REASON_WRONG_PROTOCOL : CM_REASON_UNKNOWN_SPI;
}

/* @plain: not in UDP, where the socket says that it is not XFRM's. */
static int unknown_spi(struct cm_net *cn, struct sk_buff *skb, __be32 spi,
		       u8 proto, bool plain)
{
	struct cm_sa_key key = {
		.spi = spi,
		.proto = proto,
		.family = cm_ip_family(skb),
	};
	union cm_addr saddr;
	bool ours;

	cm_ip_addrs(skb, &saddr, &key.daddr);
	ours = cm_tomb_late(cn, &key, NULL);
	if (plain && xfrm_has_states(cn->net) &&
	    (!ours || xfrm_took_over(cn, skb, &key)))
		return -EINVAL;
	cm_event_unknown_spi(cn, spi, proto, key.family, &saddr, &key.daddr);
	cm_drop_stray(cn, proto, unknown_reason(cn, &key, ours), skb);
	return 0;
}

void cm_input_udp(struct cm_net *cn, struct sk_buff *skb, __be16 sport)
{
	__be32 spi = ((struct ip_esp_hdr *)skb->data)->spi;
	union cm_addr saddr, daddr;
	struct cm_sa *sa;

	skb->ip_summed = CHECKSUM_NONE;		/* it was about the datagram */
	cm_ip_addrs(skb, &saddr, &daddr);
	sa = cm_sa_find_in_rcu(cn, spi, IPPROTO_ESP, &daddr, cm_ip_family(skb));
	if (likely(sa))
		receive(sa, skb, sport);
	else
		unknown_spi(cn, skb, spi, IPPROTO_ESP, false);
}

/*
 * ESP or AH to this router. -EINVAL hands it to the next in line, XFRM; anything
 * else means that the packet was taken. Under rcu_read_lock(), BH off.
 */
static int rcv(struct sk_buff *skb, u8 proto, u32 header)
{
	struct cm_net *cn = cm_net_of(dev_net(skb->dev));
	union cm_addr saddr, daddr;
	struct cm_sa *sa;
	__be32 spi;

	if (unlikely(!pskb_may_pull(skb, header))) {
		if (xfrm_has_states(cn->net))
			return -EINVAL;
		cm_drop_stray(cn, proto, CM_REASON_TRUNCATED, skb);
		return 0;
	}
	cm_ip_addrs(skb, &saddr, &daddr);
	spi = cm_ip_spi(skb->data, proto);
	sa = cm_sa_find_in_rcu(cn, spi, proto, &daddr, cm_ip_family(skb));
	if (unlikely(!sa))
		return unknown_spi(cn, skb, spi, proto, true);
	receive(sa, skb, 0);
	return 0;
}

static int esp_rcv(struct sk_buff *skb)
{
	return rcv(skb, IPPROTO_ESP, CM_ESP_HDR);
}

static int ah_rcv(struct sk_buff *skb)
{
	return rcv(skb, IPPROTO_AH, CM_AH_HDR);
}

/*
 * ICMP about ESP or AH that we sent. What it says of the path MTU goes to the
 * route, if we have an SA of this SPI (RFC 4301, 8.2.1: not everybody may shrink
 * it). Of what it quotes, the SPI is in the eight bytes that are there always.
 */
static int err4(struct sk_buff *skb, u32 info, u8 proto)
{
	struct net *net = dev_net(skb->dev);
	const struct iphdr *iph = (const struct iphdr *)skb->data;
	const union cm_addr daddr = { .v4 = iph->daddr };
	__be32 spi = cm_ip_spi(skb->data + (iph->ihl << 2), proto);
	struct cm_sa *sa;

	sa = cm_sa_find_out_rcu(cm_net_of(net), spi, proto, &daddr, AF_INET);
	if (!sa)
		return -ENOENT;
	if (icmp_hdr(skb)->type == ICMP_DEST_UNREACH &&
	    icmp_hdr(skb)->code == ICMP_FRAG_NEEDED) {
		cm_pmtu_told(sa, info);
		ipv4_update_pmtu(skb, net, info, 0, proto);
	} else if (icmp_hdr(skb)->type == ICMP_REDIRECT) {
		ipv4_redirect(skb, net, 0, proto);
	}
	return 0;
}

static int esp4_err(struct sk_buff *skb, u32 info)
{
	return err4(skb, info, IPPROTO_ESP);
}

static int ah4_err(struct sk_buff *skb, u32 info)
{
	return err4(skb, info, IPPROTO_AH);
}

static int err6(struct sk_buff *skb, u8 type, int offset, __be32 info, u8 proto)
{
	struct net *net = dev_net(skb->dev);
	const struct ipv6hdr *iph = (const struct ipv6hdr *)skb->data;
	__be32 spi = cm_ip_spi(skb->data + offset, proto);
	union cm_addr daddr;
	struct cm_sa *sa;

	memcpy(daddr.b, &iph->daddr, sizeof(daddr.b));
	sa = cm_sa_find_out_rcu(cm_net_of(net), spi, proto, &daddr, AF_INET6);
	if (!sa)
		return -ENOENT;
	if (type == ICMPV6_PKT_TOOBIG) {
		cm_pmtu_told(sa, ntohl(info));
		ip6_update_pmtu(skb, net, info, 0, 0, sock_net_uid(net, NULL));
	} else if (type == NDISC_REDIRECT) {
		ip6_redirect(skb, net, skb->dev->ifindex, 0,
			     sock_net_uid(net, NULL));
	}
	return 0;
}

static int esp6_err(struct sk_buff *skb, struct inet6_skb_parm *opt, u8 type,
		    u8 code, int offset, __be32 info)
{
	return err6(skb, type, offset, info, IPPROTO_ESP);
}

static int ah6_err(struct sk_buff *skb, struct inet6_skb_parm *opt, u8 type,
		   u8 code, int offset, __be32 info)
{
	return err6(skb, type, offset, info, IPPROTO_AH);
}

/* ESP in UDP asks here; such a socket is XFRM's. */
static int no_input(struct sk_buff *skb, int nexthdr, __be32 spi,
		    int encap_type)
{
	return -EINVAL;
}

/* Above 0: XFRM's packet, ask the next. */
static int no_cb(struct sk_buff *skb, int err)
{
	return 1;
}

/*
 * Before esp4 and ah4 (0), XFRM interfaces (10) and vti (100); no priority may
 * be used twice.
 */
#define HANDLERS(kind, err)		\
	.handler = kind ## _rcv,	\
	.input_handler = no_input,	\
	.cb_handler = no_cb,		\
	.err_handler = err,		\
	.priority = 220

static struct {
	u8 proto;
	struct xfrm4_protocol v4;
	struct xfrm6_protocol v6;
} protocols[] = {
	{ IPPROTO_ESP, { HANDLERS(esp, esp4_err) }, { HANDLERS(esp, esp6_err) } },
	{ IPPROTO_AH, { HANDLERS(ah, ah4_err) }, { HANDLERS(ah, ah6_err) } },
};

static int register_protocol(int i)
{
	int err = xfrm4_protocol_register(&protocols[i].v4, protocols[i].proto);

	if (err)
		return err;
	err = xfrm6_protocol_register(&protocols[i].v6, protocols[i].proto);
	if (err)
		xfrm4_protocol_deregister(&protocols[i].v4, protocols[i].proto);
	return err;
}

/* The first @n of them. */
static void unregister_protocols(int n)
{
	while (n--) {
		xfrm6_protocol_deregister(&protocols[n].v6, protocols[n].proto);
		xfrm4_protocol_deregister(&protocols[n].v4, protocols[n].proto);
	}
}

int cm_input_init(void)
{
	int i, err;

	for (i = 0; i < ARRAY_SIZE(protocols); i++) {
		err = register_protocol(i);
		if (err) {
			unregister_protocols(i);
			return err;
		}
	}
	return 0;
}

void cm_input_exit(void)
{
	unregister_protocols(ARRAY_SIZE(protocols));
}
