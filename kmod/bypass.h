/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Decrypted packets past the packet filter: what IOS and PIX call "sysopt
 * connection permit-ipsec" (F-057). Hooks are there only while a binding with
 * BIND_F_FILTER_BYPASS is.
 */
#ifndef _CM_BYPASS_H
#define _CM_BYPASS_H

struct cm_net;

/* One binding more or less has the option. cn->lock held, may sleep. 0 or negative errno. */
int cm_bypass_want(struct cm_net *cn);
void cm_bypass_unwant(struct cm_net *cn);

#endif
