/* SPDX-License-Identifier: GPL-2.0 */
/* The packet that an ICMP error is about: it quotes its beginning. */
#ifndef _CM_QUOTED_H
#define _CM_QUOTED_H

#include <linux/types.h>

struct cm_tuple;
struct sk_buff;

/**
 * cm_quoted_tuple() - what does an ICMP error quote?
 * @skb: packet
 * @off: where its IP header is, from skb->data
 * @t: its tuple
 * @quoted: result: the tuple of the quoted packet, as its sender sent it
 *
 * Return: false if @skb is no ICMP error or quotes nothing that can be read.
 */
bool cm_quoted_tuple(const struct sk_buff *skb, int off,
		     const struct cm_tuple *t, struct cm_tuple *quoted);

#endif
