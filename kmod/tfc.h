/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Traffic flow confidentiality: what an outbound SA does so that the lengths
 * and times of its packets say little. Packets are filled up behind what they
 * carry, whose own length tells the receiver where it ends (RFC 4303, 2.7);
 * while nothing is sent, dummies are, which the receiver drops (2.6).
 */
#ifndef _CM_TFC_H
#define _CM_TFC_H

#include <linux/timer.h>
#include <linux/types.h>

#include "kmod/core/selector.h"
#include "kmod/core/tuple.h"

struct cm_sa;
struct sk_buff;

/**
 * struct cm_tfc - what one SA does
 * @sa: whose it is
 * @pad: packets are filled up to so many bytes inside, CRYPTOMAP_TFC_MTU, or 0
 * @dummy_ms: milliseconds without a packet after which a dummy follows, 0 = none does
 * @seen: the last sequence number when @timer ran
 * @timer: armed while the SA is in use
 */
struct cm_tfc {
	struct cm_sa *sa;
	u16 pad;
	u32 dummy_ms;
	u64 seen;
	struct timer_list timer;
};

/*
 * Give an SA that packets do not find yet its own: @pad bytes, a dummy after
 * @dummy_ms. 0 or -ENOMEM.
 */
int cm_tfc_init(struct cm_sa *sa, u16 pad, u32 dummy_ms);

/* The SA is in use: dummies begin. cn->lock held. */
void cm_tfc_start(struct cm_sa *sa);

/* Its last dummy has been sent. cn->lock held; may sleep. */
void cm_tfc_stop(struct cm_sa *sa);

/* Does what is selected tell its own length, also where no IP header inside does? */
bool cm_tfc_tells_length(const struct cm_selector *sel);

/**
 * cm_tfc_fill() - how many bytes are missing?
 * @sa: outbound SA with sa->tfc
 * @skb: packet, inside
 * @part: what of it stays before the ESP header
 * @mtu: the largest packet that fits
 */
u32 cm_tfc_fill(const struct cm_sa *sa, const struct sk_buff *skb,
		const struct cm_ip_part *part, u32 mtu);

/* Bytes in a dummy; at most @mtu. */
u32 cm_tfc_dummy_len(const struct cm_sa *sa, u32 mtu);

#endif
