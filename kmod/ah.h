/* SPDX-License-Identifier: GPL-2.0 */
/* AH (RFC 4302): the transform of an SA, and one packet through it. */
#ifndef _CM_AH_H
#define _CM_AH_H

#include <linux/types.h>

struct cm_esp_keys;
struct cm_sa;
struct netlink_ext_ack;
struct sk_buff;

/*
 * Prepare the crypto of a new SA in sa->esp, as cm_esp_init(). @outer: bytes of
 * the outer header, 0 in transport mode. What an error leaves goes with
 * cm_esp_destroy().
 */
int cm_ah_init(struct cm_sa *sa, u8 outer, const struct cm_esp_keys *keys,
	       struct netlink_ext_ack *extack);

/**
 * cm_ah_sign() - complete IP and AH header, put the ICV in
 * @sa: outbound SA, under rcu_read_lock()
 * @skb: linear and private, data at its IP header, which lacks only lengths and
 *	checksum; its transport header is the AH header, of which the next
 *	header is there
 * @seq: from cm_sa_take_seq()
 *
 * Ends in cm_output_done(), now or later. BH off.
 */
void cm_ah_sign(struct cm_sa *sa, struct sk_buff *skb, u64 seq);

/**
 * cm_ah_verify() - check the ICV
 * @sa: inbound SA, under rcu_read_lock()
 * @skb: linear and private, data at the AH header, length checked with
 *	cm_ah_check_len()
 * @seq: from cm_replay_check()
 *
 * Ends in cm_input_done(), now or later. BH off.
 */
void cm_ah_verify(struct cm_sa *sa, struct sk_buff *skb, u64 seq);

#endif
