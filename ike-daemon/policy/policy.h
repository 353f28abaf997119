/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the configuration says, and which flows of the kernel it made: keys,
 * peers and their order, the parameters of a flow's phase 2, and what is to be
 * done when SAs come and go.
 */
#ifndef IKE_POLICY_POLICY_H
#define IKE_POLICY_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "ike-daemon/kernel/kernel.h"
#include "ike-daemon/policy/route.h"
#include "ike-daemon/policy/trust.h"
#include "ike-daemon/sa/hash.h"
#include "ike-daemon/sa/list.h"
#include "ike-daemon/sa/proposal.h"
#include "ike-daemon/sa/timer.h"

struct account;
struct cfg_group;
struct cfg_pool;
struct cfg_who;
struct child_sa;
struct crypto_cert;
struct engine;
struct ike_sa;
struct lease;
struct peer;

/* A flow as the kernel listed it last. */
struct policy_flow {
	struct kernel_flow k;
	struct hash_node by_id;
	struct hash_node by_sel;
	struct list all;
	bool seen;
	unsigned int nth;		/* dynamic: the entry of its map that fits the peer */
	uint64_t failed_ms;		/* when a negotiation for it failed last */
	char reason[240];		/* why it is down, "" */
	bool homeless;			/* it goes on when there is an address for it */
	struct policy_route *route;	/* static; NULL: none */
};

struct policy {
	struct engine *e;
	struct cm_config *cfg;
	struct policy_trusts trusts;
	struct hash_table flows;
	struct hash_table flows_by_sel;
	struct hash_table wants;
	struct list all_flows;
	struct list ezvpns;		/* gateways whose client we are */
	struct list entries;		/* which peer of each is current */
	struct policy_routes routes;
	unsigned int judgement;		/* how often all proofs were judged */
	bool for_anybody;		/* no entry has an identity or profile */
	struct timer refresh;
	struct timer resync;
	struct timer addresses;
};

struct policy *policy_new(struct engine *e);
void policy_free(struct policy *p);

/* The pre-shared key for a peer, or NULL; valid until the next apply. */
const struct cfg_key *policy_key(const struct engine *e,
				 const struct addr *peer);

/* Read the flows again; what belongs to vanished ones is removed. */
int policy_refresh(struct engine *e);
/*
 * The flow, asked from the kernel if it is not known yet; NULL: no such.  To
 * ask removes what belongs to vanished flows: not while walking pairs of SAs.
 */
struct policy_flow *policy_flow(struct engine *e, uint32_t id);
struct policy_flow *policy_flow_known(struct engine *e, uint32_t id);
/*
 * The flow that protects exactly @sel with this peer, or NULL.  Where a map is
 * bound to several interfaces it is the one that uses @local outside.
 */
struct policy_flow *policy_match(struct engine *e, const struct addr *local,
				 const struct addr *peer,
				 const struct kernel_sel *sel);
/* A flow of an entry that names the peer, for the sentence that says what would have fitted. */
const struct policy_flow *policy_example(struct engine *e,
					 const struct addr *peer);
/*
 * The entry under which a pair makes its flow: one whose lines are split per host, if
 * @sel is two hosts of a line, or the dynamic one (C-040) for what no entry names;
 * false: none.  Under several interfaces as with policy_match().
 */
bool policy_place(struct engine *e, const struct addr *local,
		  const struct addr *peer, const struct kernel_sel *sel,
		  struct kernel_place *out);
/* That entry, or the @nth of its dynamic map; NULL: it is gone, or there are no more. */
const struct cfg_entry *policy_place_entry(const struct engine *e,
					   const struct kernel_place *place,
					   unsigned int nth);
/* That of the dynamic entry for who comes to @local; false: none. */
bool policy_dynamic_place(struct engine *e, const struct addr *local,
			  const struct addr *peer, struct kernel_place *out);
/* As policy_params(); of the @nth entry of a dynamic map.  -ENOENT: no more. */
int policy_place_params(const struct engine *e, const struct kernel_place *place,
			unsigned int nth, struct child_params *out);
/* The kernel has a flow there; 0 or -ENOMEM. */
int policy_flow_made(struct engine *e, uint32_t id,
		     const struct kernel_place *place,
		     const struct kernel_sel *sel, unsigned int nth);
/*
 * Its last pair is gone, or what asked for one: forget it if it was made, as the kernel
 * does, which does not tell.  Frees the flow.
 */
void policy_flow_ended(struct engine *e, uint32_t id);
/* It came with an SA, whose peer alone it is for. */
bool policy_is_dynamic(const struct policy_flow *f);
/*
 * So did it, or with a packet, as part of a line.  It goes with its last SA, so that a
 * new pair is not to be installed by its id, but under its place.
 */
bool policy_is_made(const struct policy_flow *f);
void policy_place_of(const struct policy_flow *f, struct kernel_place *out);
/* Does a static entry name the peer?  For a sentence about it; NULL: no. */
const struct cfg_entry *policy_names_peer(const struct engine *e,
					  const struct addr *peer);
bool policy_entry_names(const struct cfg_entry *entry, const struct addr *peer);
/* Begin with the next entry of its dynamic map.  Returns how many there are. */
unsigned int policy_next_entry(struct engine *e, struct policy_flow *f);
/* Does its entry allow the peer?  A dynamic one allows all. */
bool policy_has_peer(const struct engine *e, const struct policy_flow *f,
		     const struct addr *peer);
const struct cfg_entry *policy_entry(const struct engine *e,
				     const struct policy_flow *f);
/* 0, -ENOENT: the entry is gone, -EINVAL: it is incomplete. */
int policy_params(const struct engine *e, const struct policy_flow *f,
		  struct child_params *out);
/* The address that we use outside, for peers of @family: 0 or -EADDRNOTAVAIL. */
int policy_local_address(const struct engine *e, const struct policy_flow *f,
			 int family, struct addr *out);
/*
 * The interface that has it, unless it is one of a tunnel source that is an address.  @ifname
 * is for its name, where a route says which.
 */
const char *policy_outer_interface(const struct engine *e,
				   const struct policy_flow *f,
				   char ifname[IF_NAMESIZE]);
/* May it be @addr?  An interface can have several. */
bool policy_local_fits(const struct engine *e, const struct policy_flow *f,
		       const struct addr *addr);
/* Why there is none.  Returns @text. */
char *policy_local_missing(const struct engine *e, const struct policy_flow *f,
			   int family, char *text, size_t size);
/* Index of the entry's peer to begin with. */
unsigned int policy_peer_current(struct engine *e, const struct policy_flow *f);
void policy_peer_set_current(struct engine *e, const struct policy_flow *f,
			     unsigned int index);
/* The one after @failed, unless another flow of the entry has gone on before. */
void policy_peer_next(struct engine *e, const struct policy_flow *f,
		      const struct addr *failed);

/* What a peer has shown of who it is. */
struct policy_shown {
	const struct crypto_cert *cert;	/* NULL: none */
	const char *profile;		/* of ISAKMP, that it has matched; NULL, "": none */
};

struct policy_shown policy_shown_by(const struct ike_sa *sa);
struct policy_shown policy_shown_for(const struct child_sa *c);
/*
 * admit.c: has @cert one of these names; may who has shown that be the peer of
 * that entry (`identity`, `isakmp-profile`); have what the flow has; speak with us at all, because one entry that he may use allows
 * it?  If not, why not is in @err.
 */
bool policy_is_identity(const struct cfg_peer_identity *id,
			const struct crypto_cert *cert);
bool policy_entry_admits(const struct engine *e, const struct cfg_entry *entry,
			 struct policy_shown shown, struct err *err);
bool policy_flow_admits(const struct engine *e, const struct policy_flow *f,
			struct policy_shown shown, struct err *err);
/* May a dynamic peer who has shown that have @sel, or is that of an entry that is for others? */
bool policy_leaves(const struct engine *e, const struct kernel_place *place,
		   const struct kernel_sel *sel, struct policy_shown shown,
		   struct err *err);
bool policy_admits(struct engine *e, const struct addr *local,
		   const struct addr *peer, struct policy_shown shown,
		   struct err *err);
/* The configuration is another one: note whether any of this matters. */
void policy_look_for_identities(struct engine *e);
/*
 * A responder has said so: who else has proved himself by that certificate goes.  Not from
 * within a negotiation.
 */
void policy_cert_revoked(struct engine *e, const struct crypto_cert *revoked);
/* Who has proved himself by what does not count any more goes. */
void policy_apply_proofs(struct engine *e);
/*
 * enabled.c: is IKE spoken at the interface with this address of ours?  Is what came there
 * not to be heard, which is counted then?  End what is where it is not spoken any more.
 */
#define IKE_NOT_ENABLED	"IKE is not enabled on the interface"
bool policy_ike_enabled(const struct engine *e, const struct addr *local);
bool policy_ike_refuses(struct engine *e, const struct addr *local,
			const struct addr *remote);
void policy_apply_enabled(struct engine *e);
/*
 * follow.c: addresses of this router have come or gone, perhaps.  Soon SAs whose own has gone
 * end, and what was up, or could not begin for want of one, begins with what there is now.
 */
void policy_addresses_changed(struct engine *e);
void policy_follow_addresses(void *arg);
/*
 * access.c: what the ISAKMP profile (NULL, "": none) says of clients, else the map for them at
 * the interface with this address; or NULL.
 */
const struct cfg_map *policy_client_map(const struct engine *e,
					const struct addr *local,
					const char *profile);
/*
 * May who was let in there as @user stay: does he exist, and the list that has him, or is
 * nobody asked any more?  Who came by RADIUS stays as long as the list asks RADIUS.
 */
bool policy_has_user(const struct engine *e, const struct addr *local,
		     const struct cfg_who *who, const char *user, bool radius);
/* Who has the pair, as far as that is known. */
struct cfg_who policy_who(const struct child_sa *c);
/* The list in which its user is looked for there; "": it is not asked for one. */
const char *policy_client_login(const struct engine *e,
				const struct addr *local,
				const struct cfg_who *who);
/* Is L2TP served to it there, whose users PPP asks for? */
bool policy_takes_l2tp(const struct engine *e, const struct addr *local,
		       const struct cfg_who *who);
/*
 * May it show nothing but its user there (hybrid authentication)?  It has to have one then, and
 * takes no router's place.
 */
bool policy_permits_hybrid(const struct engine *e, const struct addr *local,
			   const struct cfg_who *who);
/*
 * How many clients, each at its place, are logged in: as @user, or of @group, or, if both
 * are NULL, at all, users of L2TP among them; the one that has @but (or NULL), with the user who has
 * just been let in, is not counted.
 */
unsigned int policy_count_logins(const struct engine *e, const char *user,
				 const struct cfg_group *group,
				 const struct ike_sa *but);
/* Of the client of @sa, or NULL: none was asked for a user. */
struct account *policy_account(const struct ike_sa *sa);
/*
 * A user is refused because of how often he is logged in: it is counted, and said as the VPN
 * 3000 does (E-047, F-106).  @handle: a number of the login; @server: of RADIUS, or NULL.
 */
void policy_login_exceeds(struct engine *e, const struct addr *peer,
			  unsigned int handle, const struct addr *server,
			  const char *user);
/* Every address that a dynamic flow is for. */
void policy_mark_clients(const struct engine *e,
			 void (*mark)(void *arg, const struct addr *addr),
			 void *arg);
/* An address of @pool that nobody has, for this user there: see lease_new(). */
struct lease *policy_lease(struct engine *e, const struct cfg_pool *pool,
			   const struct addr *netmask, const char *user,
			   const struct addr *peer, uint32_t client);
/*
 * Is it made by clients alone, who are asked for a user?  Where tunnel-groups say who is
 * there may be routers, too, and its pair tells.
 */
bool policy_asks_user(const struct engine *e, const struct policy_flow *f);
/*
 * What @user has elsewhere with this address, which is his alone, ends: he is where @sa is
 * now.
 */
void policy_take_address(const struct ike_sa *sa, const struct addr *addr,
			 const char *user);
/*
 * Of a pair from before this daemon nobody knows who had it: was it a client, perhaps,
 * who renews it himself?
 */
bool policy_may_be_guest(const struct child_sa *c);
/* Does nothing of ours exist with this SA's peer but the SA itself? */
bool policy_first_contact(const struct ike_sa *sa);
/* Phase 1 is up; failed (after @sa was freed); ended. */
void policy_ike_up(struct ike_sa *sa);
void policy_ike_failed(struct peer *peer, const char *reason);
void policy_ike_lost(struct peer *peer);
/* The peer says that it remembers nothing of us before @sa. */
void policy_initial_contact(struct ike_sa *sa);
/* It does not answer any more: all goes, the next peer may be tried. */
void policy_peer_dead(struct ike_sa *sa);

/* Compare everything with the kernel, whose events got lost; @arg: engine. */
void policy_resync(void *arg);
/*
 * The ISAKMP SA with it has ended and the peer may have ended its pairs as well:
 * negotiate each afresh.  The old ones stay until the new ones carry traffic.
 * @local NULL: from all addresses of ours.
 */
void policy_renew_peer(struct peer *peer, const struct addr *local);
/* An ISAKMP SA with it ended: renew its pairs if keepalives need one. */
void policy_renew_later(struct peer *peer);
void policy_renew_timer(void *arg);
/* Nothing shall exist with it any more: tell it, both phases. */
void policy_end_peer(struct peer *peer, const char *reason);
/* Nor this pair. */
void policy_end_pair(struct child_sa *c);
/* The same of the one at its address that this SA is with. */
void policy_end_client(struct ike_sa *sa, const char *reason);
/* The same of what was made with the key of that name. */
void policy_end_name(struct peer *peer, const char *key_name, const char *reason);
/* An event of the data plane; @arg is the engine. */
void policy_kernel_event(void *arg, const struct kernel_event *ev);

#endif
