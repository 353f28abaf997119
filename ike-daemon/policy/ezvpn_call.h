/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the files of ezvpn: gateways, and the steps of calling one. */
#ifndef IKE_POLICY_EZVPN_CALL_H
#define IKE_POLICY_EZVPN_CALL_H

#include "ike-daemon/policy/ezvpn.h"

/* Those of the configuration, then those that one has told; unset: a name not looked up. */
unsigned int ezvpn_count_gateways(const struct ezvpn *ez);
const struct addr *ezvpn_gateway_at(const struct ezvpn *ez, unsigned int at);
void ezvpn_begin_with(struct ezvpn *ez, const struct addr *gateway);
/* Phase 1 with the one that is called: established, or under way; NULL: none. */
struct ike_sa *ezvpn_sa(const struct ezvpn *ez, bool established);
/* @reason must not be that of @ez. */
void ezvpn_set_step(struct ezvpn *ez, enum ezvpn_step step, const char *event,
		    const char *reason);
void ezvpn_forget_typed(struct ezvpn *ez);
/* Call it, after so long, or now; the next one, or later, because of @reason. */
void ezvpn_pause(struct ezvpn *ez, uint64_t ms, const char *event,
		 const char *reason);
/* The same after longer and longer. */
void ezvpn_back_off(struct ezvpn *ez, const char *event, const char *reason);
/* IKE is under way: that it ends is noticed. */
void ezvpn_await(struct ezvpn *ez);
void ezvpn_call(struct ezvpn *ez);
void ezvpn_go_on(struct ezvpn *ez, const char *reason);
void ezvpn_forget_lookup(struct ezvpn *ez);
/* Have this bound instead: 0, or a negative errno, the sentence, and all as before. */
int ezvpn_set_live(struct ezvpn *ez, const struct cfg_ezvpn_live *live,
		   struct err *err);

#endif
