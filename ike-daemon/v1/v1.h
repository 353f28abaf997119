/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IKEv1 (RFC 2407-2409) as the rest of the engine sees it. */
#ifndef IKE_V1_V1_H
#define IKE_V1_V1_H

#include <stdbool.h>
#include <stdint.h>

#include "tools/lib/addr.h"

struct child_sa;
struct engine;
struct ike_sa;
struct kernel_sa;
struct peer;
struct v1_access;
struct v1_client;
struct v1_exchange;
struct want;

/*
 * Begin phase 1, in the mode that is configured; 0, -ENOMEM, or -EACCES: IKE is not
 * enabled on the interface with @local.  Every other failure, immediate ones too, is
 * told to policy_ike_failed().  @fresh: SAs of an earlier daemon exist, so do
 * not say INITIAL-CONTACT.  @profile: of ISAKMP, under which the peer is called; NULL, "": none.
 */
int v1_connect_under(struct engine *e, struct peer *peer, const struct addr *local,
		     bool fresh, const char *profile);
/* The same without a profile. */
int v1_connect(struct engine *e, struct peer *peer, const struct addr *local,
	       bool fresh);
/*
 * The same with who has that SA, and nobody else at its address, to follow it;
 * -EHOSTUNREACH if there are others and it could be any of them.
 */
int v1_connect_again(const struct ike_sa *old);
/* Is there a key to begin with?  One by name is for those who call us. */
bool v1_may_begin(const struct engine *e, const struct addr *peer);
/* The same under that profile (NULL, "": none). */
bool v1_may_begin_under(const struct engine *e, const struct addr *local,
			const struct addr *peer, const char *profile);
/* The same when the peer begins. */
bool v1_may_answer(const struct engine *e, const struct addr *local,
		   const struct addr *peer);
/*
 * Begin quick mode for a want, which stays the policy's and is told the end by
 * want_done() or want_failed(), possibly before this returns.
 */
void v1_quick_start(struct ike_sa *sa, struct want *want);
/* Is there room for one more phase 2 exchange?  Makes some if it can. */
bool v1_quick_room(struct ike_sa *sa);
/* A datagram that is ISAKMP version 1. */
void v1_input(struct engine *e, const struct addr *local,
	      const struct addr *remote, const uint8_t *data, size_t len);

/* Authentic ESP of the pair came from there. */
void v1_natt_mapping(struct child_sa *c, const struct addr *src,
		     uint16_t port);
/* Send NAT keepalives to a peer, @arg, if need be, and go on doing so. */
void v1_natt_keepalive(void *arg);

/* Tell the peer that we delete what it sends on, if there is a way to. */
void v1_delete_child(const struct child_sa *c);
/* It is not known which of those at its address sends on this SA: tell them all. */
void v1_delete_spi_of(struct peer *peer, const struct kernel_sa *sa);
/* The newest established ISAKMP SA with that peer of those at its address, or NULL. */
struct ike_sa *v1_sa_of(const struct child_sa *c);
/* The same of an SPI that we do not have. */
void v1_delete_spi(struct ike_sa *sa, uint8_t proto, uint32_t spi);
/* Can the peer be asked whether it has handled our last message? */
bool v1_can_ask(const struct child_sa *c);
/* Ask: the answer calls child_sa_ready(). */
void v1_ask(struct child_sa *c);
/*
 * This SA ends, and is freed; the policy does not hear of it.  @tell: the peer
 * does.  Many peers end their pairs with it, so renew ours or end them, too.
 */
void v1_end_ike(struct ike_sa *sa, bool tell, const char *reason);
/* The same, told to the peer and to policy_ike_lost(). */
void v1_delete_ike(struct ike_sa *sa);
/* The peer is told that the SA ends, if there are keys to say so with. */
void v1_say_end(struct ike_sa *sa);
/* End a negotiation that is under way: log, record, tell the policy, free. */
void v1_fail_ike(struct ike_sa *sa, const char *reason);

/* The keepalive is configured otherwise than when the SA began to be asked. */
void v1_dpd_configured(struct ike_sa *sa);
void v1_init_timers(struct ike_sa *sa);
/* What has come in pieces. */
void v1_fragments_free(struct ike_sa *sa);
/* Of the session of who has that SA; NULL: it has none. */
struct account *v1_access_account(const struct ike_sa *sa);
/* These accept NULL. */
void v1_access_free(struct v1_access *a);
void v1_client_free(struct v1_client *c);
void v1_exchange_free(struct v1_exchange *x);
void v1_quick_free_first(struct ike_sa *sa);
/* The exchange that makes this pair ends, soon: nobody wants it any more. */
void v1_abandon_child(const struct child_sa *c);
/* The want of an exchange goes: the exchange ends without telling it. */
void v1_forget_want(struct want *want);

#endif
