/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Transport mode (RFC 4303 and 4302, 3.1.1): the IP header of the packet stays outside,
 * with IPv4 options and with the IPv6 extension headers that routers look at.
 */
#ifndef _CM_TRANSPORT_H
#define _CM_TRANSPORT_H

#include <linux/types.h>

#include "kmod/core/reason.h"
#include "kmod/core/tuple.h"

struct cm_sa;
struct sk_buff;

/*
 * Split a packet that goes out, whose header is at skb->data. CM_REASON_NONE,
 * or why it cannot: see cm_tuple_split(), and CM_REASON_TRANSPORT_ADDRESS if it
 * is not between the ends of the SA.
 */
enum cm_reason cm_transport_split(const struct cm_sa *sa, struct sk_buff *skb,
				  struct cm_ip_part *part);

/*
 * Room of @room bytes was made at skb->data, before the IP header: move the
 * part of it that stays there; ESP (after UDP, if the SA says so) or AH follows
 * then, which becomes the transport header, and what it protects. @cut: the
 * packet may be fragmented on its way.
 */
void cm_transport_open(const struct cm_sa *sa, struct sk_buff *skb,
		       const struct cm_ip_part *part, u32 room, bool cut);

/*
 * The reverse, after decryption or AH: data is at what was protected, of protocol
 * @next_header, and the network header still that of the outer packet, which
 * named its protocol at @next; that one, UDP included, began at @esp_at. Both are
 * at the IP packet afterwards. CM_REASON_NONE, CM_REASON_NO_MEMORY.
 */
enum cm_reason cm_transport_close(struct sk_buff *skb, u32 esp_at, u32 next,
				  u8 next_header);

#endif
