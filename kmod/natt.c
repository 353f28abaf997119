// SPDX-License-Identifier: GPL-2.0
#include <linux/jiffies.h>
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <net/ip6_checksum.h>
#include <net/sock.h>
#include <net/udp.h>

#include "compat/udp.h"
#include "core/espfmt.h"
#include "event.h"
#include "extack.h"
#include "input.h"
#include "ip.h"
#include "l4.h"
#include "natt.h"
#include "pernet.h"
#include "sa.h"
#include "stats.h"

/*
 * What getsockopt(UDP_ENCAP) shows. Any number but 0 makes UDP ask the socket.
 * That of XFRM (UDP_ENCAP_ESPINUDP) would make the socket option UDP_GRO bring
 * in XFRM's receiver.
 */
#define ENCAP_TYPE 0xc3

#define NON_ESP_MARKER 4	/* bytes of 0 before an IKE message */
#define KEEPALIVE 0xff		/* the only byte of one (RFC 3948, 2.3) */

#define MAPPING_INTERVAL HZ	/* between two events of one SA */

/* --- inbound --- */

/* NONE for ESP, all of its header there; else why the datagram goes no further. */
static enum cm_reason judge(const u8 *data, u32 len)
{
	if (likely(len >= CM_ESP_HDR))
		return CM_REASON_NONE;
	return len == 1 && *data == KEEPALIVE ? CM_REASON_NAT_KEEPALIVE :
						CM_REASON_TRUNCATED;
}

/*
 * A datagram for the daemon's socket, its checksum verified. Above 0: it is the
 * daemon's, go on; 0: it was taken. Under rcu_read_lock(), BH off.
 */
static int natt_rcv(struct sock *sk, struct sk_buff *skb)
{
	struct cm_net *cn = cm_net_of(sock_net(sk));
	u32 len = skb->len - sizeof(struct udphdr);
	enum cm_reason reason = CM_REASON_NO_MEMORY;
	const u8 *data;
	__be16 sport;

	if (unlikely(!pskb_may_pull(skb, sizeof(struct udphdr) +
					 min_t(u32, len, CM_ESP_HDR))))
		goto drop;
	data = skb->data + sizeof(struct udphdr);
	if (len >= NON_ESP_MARKER && !*(const u32 *)data)
		return 1;
	reason = judge(data, len);
	if (unlikely(reason != CM_REASON_NONE))
		goto drop;
	sport = udp_hdr(skb)->source;
	__skb_pull(skb, sizeof(struct udphdr));
	cm_input_udp(cn, skb, sport);
	return 0;
drop:
	cm_drop(cn, NULL, NULL, reason, skb);
	return 0;
}

/*
 * ICMP about a datagram sent from the socket's port; data and network header
 * are at the header that it quotes, the transport header is that of UDP. 0: UDP
 * may believe it, and note the path MTU. As for plain ESP that needs an SA of the
 * SPI (RFC 4301, 8.2.1), if so much is quoted.
 */
static int natt_err_lookup(struct sock *sk, struct sk_buff *skb)
{
	__be32 buf;
	const __be32 *spi = skb_header_pointer(skb, skb_transport_offset(skb) +
						    sizeof(struct udphdr),
					       sizeof(buf), &buf);
	union cm_addr saddr, daddr;

	if (!spi || !*spi)
		return 0;
	cm_ip_addrs(skb, &saddr, &daddr);
	return cm_sa_find_out_rcu(cm_net_of(sock_net(sk)), *spi, IPPROTO_ESP,
				  &daddr, cm_ip_family(skb)) ? 0 : -ENOENT;
}

/* --- the socket --- */

int cm_natt_attach(struct socket *sock, struct netlink_ext_ack *extack)
{
	struct udp_sock *up = udp_sk(sock->sk);

	if (READ_ONCE(up->encap_type)) {
		NL_SET_ERR_MSG(extack, "SOCK_FD serves another encapsulation already (UDP_ENCAP)");
		return -EBUSY;
	}
	WRITE_ONCE(up->encap_err_lookup, natt_err_lookup);
	WRITE_ONCE(up->encap_rcv, natt_rcv);
	WRITE_ONCE(up->encap_type, ENCAP_TYPE);
	cm_udp_encap_enable(sock);
	return 0;
}

/* Its owner may have made it XFRM's meanwhile. */
void cm_natt_detach(struct socket *sock)
{
	struct udp_sock *up = udp_sk(sock->sk);

	cmpxchg(&up->encap_err_lookup, natt_err_lookup, NULL);
	if (cmpxchg(&up->encap_rcv, natt_rcv, NULL) == natt_rcv)
		WRITE_ONCE(up->encap_type, 0);
}

/* --- outbound --- */

void cm_natt_put(const struct cm_sa *sa, struct sk_buff *skb)
{
	u32 len = skb->len - skb_transport_offset(skb) + sizeof(struct udphdr);
	struct udphdr *uh = (struct udphdr *)skb_transport_header(skb) - 1;

	uh->source = READ_ONCE(sa->encap_sport);
	uh->dest = READ_ONCE(sa->encap_dport);
	uh->len = htons(len);
	uh->check = 0;
}

/*
 * In IPv4 the checksum stays 0: the ICV is a better one (RFC 3948, 2.1). In
 * IPv6 receivers want it, where nobody told them otherwise (RFC 6935).
 */
void cm_natt_finish(struct sk_buff *skb)
{
	skb_set_transport_header(skb, skb_transport_offset(skb) -
				      (int)sizeof(struct udphdr));
	if (cm_ip_is_v6(skb))
		udp6_set_csum(false, skb, &ipv6_hdr(skb)->saddr,
			      &ipv6_hdr(skb)->daddr,
			      skb->len - skb_transport_offset(skb));
}

bool cm_natt_is_own(struct cm_net *cn, const struct sk_buff *skb)
{
	u32 off = cm_ip_is_v6(skb) ? sizeof(struct ipv6hdr) : ip_hdrlen(skb);
	union cm_addr saddr, daddr;
	struct {
		struct udphdr udp;
		__be32 spi;
	} buf;
	const typeof(buf) *hdr = skb_header_pointer(skb,
						    skb_network_offset(skb) + off,
						    sizeof(buf), &buf);
	const struct cm_sa *sa;

	if (!hdr)
		return false;
	cm_ip_addrs(skb, &saddr, &daddr);
	sa = cm_sa_find_out_rcu(cn, hdr->spi, IPPROTO_ESP, &daddr,
				cm_ip_family(skb));
	return sa && cm_addr_equal(&sa->saddr, &saddr) &&
	       sa->encap_sport == hdr->udp.source &&
	       sa->encap_dport == hdr->udp.dest;
}

/* --- transport mode --- */

/*
 * What a NAT did to the outer header happened to the header of the packet
 * itself, behind the back of its checksum (RFC 3948, 3.1.2).
 */
void cm_natt_mend(const struct cm_sa *sa, struct sk_buff *skb,
		  const struct cm_tuple *t)
{
	if (!READ_ONCE(sa->encap_sport))
		return;
	if (sa->has_oa)
		cm_l4_readdress(skb, t, &sa->oa_src, &sa->oa_dst);
	else
		cm_l4_recompute(skb, t);
}

/* --- the peer's mapping --- */

static bool is_expected(const struct cm_sa *sa, const union cm_addr *from,
			__be16 sport)
{
	return sport == sa->heard.port && cm_addr_equal(from, &sa->heard.addr);
}

/*
 * Told once for each change, and not more often than once in a while: somebody
 * on the way may send what he saw from where he likes, faster than the peer.
 */
void cm_natt_heard(struct cm_sa *sa, const struct sk_buff *skb, __be16 sport)
{
	union cm_addr from, daddr;
	bool tell = false;

	cm_ip_addrs(skb, &from, &daddr);
	if (likely(is_expected(sa, &from, sport)))
		return;
	spin_lock(&sa->lock);
	if (!is_expected(sa, &from, sport) &&
	    time_after_eq(jiffies, sa->heard.next)) {
		sa->heard.addr = from;
		sa->heard.port = sport;
		sa->heard.next = jiffies + MAPPING_INTERVAL;
		tell = true;
	}
	spin_unlock(&sa->lock);
	if (tell)
		cm_event_nat_mapping(sa, &from, sport);
}

void cm_natt_expect(struct cm_sa *sa)
{
	spin_lock_bh(&sa->lock);
	sa->heard.addr = sa->saddr;
	sa->heard.port = sa->encap_sport;
	sa->heard.next = jiffies;
	spin_unlock_bh(&sa->lock);
}
