// SPDX-License-Identifier: GPL-2.0
#include <linux/icmp.h>
#include <linux/ip.h>
#include <linux/percpu.h>
#include <linux/skbuff.h>
#include <net/gso.h>
#include <net/icmp.h>
#include <net/ip.h>

#include "core/espfmt.h"
#include "esp.h"
#include "flow.h"
#include "pmtu.h"
#include "sa.h"

u32 cm_pmtu_path(const struct cm_flow *flow, const struct cm_sa *sa)
{
	return READ_ONCE(flow->pmtu);
}

u32 cm_pmtu_inner(const struct cm_flow *flow, const struct cm_sa *sa)
{
	u32 path = READ_ONCE(flow->pmtu);

	return path ? cm_esp_mtu(&sa->esp->geom, path) : 0;
}

u32 cm_pmtu_on_route(struct cm_sa *sa, const struct dst_entry *dst)
{
	u32 path = dst_mtu(dst);

	if (READ_ONCE(sa->flow->pmtu) != path)
		WRITE_ONCE(sa->flow->pmtu, path);
	return cm_esp_mtu(&sa->esp->geom, path);
}

enum cm_fit cm_pmtu_check(const struct cm_sa *sa, struct sk_buff *skb, u32 mtu)
{
	if (skb_is_gso(skb) ? skb_gso_validate_network_len(skb, mtu) :
			      skb->len <= mtu)
		return CM_FIT_YES;
	if (!(ip_hdr(skb)->frag_off & htons(IP_DF)) || skb->ignore_df)
		return mtu >= CM_IPV4_MTU_MIN && skb_dst(skb) ?
		       CM_FIT_FRAGMENT : CM_FIT_NO;
	if (sa->df == CRYPTOMAP_DF_CLEAR)
		return CM_FIT_YES;
	/* Like icmp_send(), but finds the sender behind our own source NAT. */
	if (skb_dst(skb))
		icmp_ndo_send(skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED,
			      htonl(mtu));
	return CM_FIT_NO;
}

/* Where the fragments of the ip_do_fragment() that runs on this CPU go. */
static DEFINE_PER_CPU(struct sk_buff_head *, fragments);

static int collect(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	__skb_queue_tail(__this_cpu_read(fragments), skb);
	return 0;
}

int cm_pmtu_fragment(struct net *net, struct sk_buff *skb, u32 mtu,
		     struct sk_buff_head *list)
{
	u32 limit = IPCB(skb)->frag_max_size;
	int err;

	/*
	 * ip_do_fragment() takes the MTU from the route of the inner packet;
	 * the largest fragment that arrived limits it further, and so do we.
	 */
	if (!limit || limit > mtu)
		IPCB(skb)->frag_max_size = min_t(u32, mtu, U16_MAX);
	__this_cpu_write(fragments, list);
	err = ip_do_fragment(net, NULL, skb, collect);
	__this_cpu_write(fragments, NULL);
	return err;
}
