/* SPDX-License-Identifier: GPL-2.0 */
/* The way in: ESP or AH -> SA -> decrypt or verify -> check selectors -> deliver. */
#ifndef _CM_INPUT_H
#define _CM_INPUT_H

#include <linux/types.h>

struct cm_net;
struct cm_sa;
struct sk_buff;

/* Register for ESP and AH, all namespaces. 0 or negative errno. */
int cm_input_init(void);

/* Unregister; when it returns no packet comes in any more. May sleep. */
void cm_input_exit(void);

/*
 * ESP that came in UDP from port @sport: data at the ESP header, which is there
 * whole. Consumed. Under rcu_read_lock(), BH off.
 */
void cm_input_udp(struct cm_net *cn, struct sk_buff *skb, __be16 sport);

/* lane.c: verify and decrypt a packet that came in. Context as cm_input_done(). */
void cm_input_crypt(struct cm_sa *sa, struct sk_buff *skb);

/*
 * esp.c or ah.c is done with a packet: 0, or the error of the cipher. Under
 * rcu_read_lock(), BH off.
 */
void cm_input_done(struct cm_sa *sa, struct sk_buff *skb, int err);

#endif
