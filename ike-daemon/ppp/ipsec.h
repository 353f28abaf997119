/* SPDX-License-Identifier: GPL-2.0-or-later */
/* By which IPsec SA a session's L2TP comes (F-104), and that nobody else's does. */
#ifndef IKE_PPP_IPSEC_H
#define IKE_PPP_IPSEC_H

#include <stdbool.h>

#include "tools/lib/addr.h"

struct child_sa;
struct engine;
struct ike_sa;
struct ppp_session;

/* Is that pair for the L2TP of its two ends? */
bool ppp_is_l2tp(const struct child_sa *c);
/* That by which packets of this address and port come; NULL and why it is not known. */
struct child_sa *ppp_find_pair(struct engine *e, const struct addr *peer,
			       const char **why);
/* NULL, or why the L2TP of the session is not its client's any more. */
const char *ppp_lost_ipsec(const struct ppp_session *s);
/* That of the client, with all that he has; NULL: none is established. */
struct ike_sa *ppp_ike_of(const struct ppp_session *s);
/* All of the client's. */
void ppp_end_ipsec(const struct ppp_session *s);

#endif
