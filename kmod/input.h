/* SPDX-License-Identifier: GPL-2.0 */
/* The way in: ESP -> SA -> decrypt -> check selectors -> deliver. */
#ifndef _CM_INPUT_H
#define _CM_INPUT_H

struct cm_sa;
struct sk_buff;

/* Register for ESP, all namespaces. 0 or negative errno. */
int cm_input_init(void);

/* Unregister; when it returns no packet is on its way in. May sleep. */
void cm_input_exit(void);

/*
 * esp.c is done with a packet: 0, or the error of the cipher. Under
 * rcu_read_lock(), BH off.
 */
void cm_input_done(struct cm_sa *sa, struct sk_buff *skb, int err);

#endif
