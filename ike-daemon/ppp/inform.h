/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the client of one session of L2TP asks by DHCPINFORM (F-042, C-073). */
#ifndef IKE_PPP_INFORM_H
#define IKE_PPP_INFORM_H

struct inform;
struct loop;
struct ppp_session;

/*
 * Answers on the session's interface, while there is one, if its policy wants that
 * (intercept-dhcp); otherwise, or if it cannot be, which is logged, NULL.  Freed before @s.
 */
struct inform *inform_new(struct loop *loop, const struct ppp_session *s);
/* NULL is accepted. */
void inform_free(struct inform *inform);

#endif
