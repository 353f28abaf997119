// SPDX-License-Identifier: GPL-2.0
#include <linux/etherdevice.h>
#include <linux/skbuff.h>
#include <linux/udp.h>

#include "core/selector.h"
#include "esp.h"
#include "ip.h"
#include "natt.h"
#include "pernet.h"
#include "sa.h"
#include "transport.h"

enum cm_reason cm_transport_split(const struct cm_sa *sa, struct sk_buff *skb,
				  struct cm_ip_part *part)
{
	union cm_addr saddr, daddr;

	cm_ip_addrs(skb, &saddr, &daddr);
	if (cm_ip_family(skb) != sa->key.family ||
	    !cm_addr_equal(&saddr, &sa->saddr) ||
	    !cm_addr_equal(&daddr, &sa->key.daddr))
		return CM_REASON_TRANSPORT_ADDRESS;
	/* The classifier has read it: what it needed is linear. */
	return cm_tuple_split(part, skb->data, skb_headlen(skb));
}

/* Length and checksum follow in cm_ip_send(). */
void cm_transport_open(const struct cm_sa *sa, struct sk_buff *skb,
		       const struct cm_ip_part *part, u32 room, bool cut)
{
	struct iphdr *iph;

	memmove(skb->data, skb->data + room, part->len);
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, part->len + sa->esp->geom.udp);
	skb->data[part->next] = cm_ip_outer_proto(sa);
	if (sa->esp->geom.udp)
		cm_natt_put(sa, skb);
	iph = ip_hdr(skb);
	if (iph->version != IPVERSION || !cut)
		return;
	iph->frag_off &= ~htons(IP_DF);
	if (!iph->id)
		__ip_select_ident(sa->cn->net, iph, 1);
}

/* Padding behind a datagram hides its length (RFC 4303, 2.7), as that of IP would. */
static void trim_datagram(struct sk_buff *skb)
{
	const struct udphdr *uh = (void *)skb->data;
	u32 len = skb->len >= sizeof(*uh) ? ntohs(uh->len) : 0;

	if (len >= sizeof(*uh) && len < skb->len)
		__skb_trim(skb, len);
}

enum cm_reason cm_transport_close(struct sk_buff *skb, u32 esp_at, u32 next,
				  u8 next_header)
{
	u8 *from = skb_network_header(skb);

	if (next_header == IPPROTO_UDP)
		trim_datagram(skb);
	memmove(skb_push(skb, esp_at), from, esp_at);
	skb_reset_network_header(skb);
	skb->data[next] = next_header;
	if (cm_ip_is_v6(skb)) {
		ipv6_hdr(skb)->payload_len =
			htons(skb->len - sizeof(struct ipv6hdr));
	} else {
		ip_hdr(skb)->tot_len = htons(skb->len);
		ip_send_check(ip_hdr(skb));
	}
	/* The device puts its link header before it. */
	return skb_cow_head(skb, ETH_HLEN) ? CM_REASON_NO_MEMORY :
					     CM_REASON_NONE;
}
