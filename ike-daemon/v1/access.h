/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Remote access: what an ISAKMP SA has that a client began.  After phase 1
 *
 *	Client					We
 *		<-- HDR*, HASH, ATTR(REQUEST: user, password)	XAUTH
 *	HDR*, HASH, ATTR(REPLY)		-->
 *		<-- HDR*, HASH, ATTR(SET: status)
 *	HDR*, HASH, ATTR(ACK)		-->
 *	HDR*, HASH, ATTR(REQUEST: address ...)	-->	mode configuration
 *		<-- HDR*, HASH, ATTR(REPLY)
 * or
 *		<-- HDR*, HASH, ATTR(SET: address ...)	the same, pushed
 *	HDR*, HASH, ATTR(ACK)		-->
 *
 * and only then quick mode.  Each pair of messages is an exchange of its own.  As
 * long as the user is not known the SA is in the state CONF_XAUTH: it protects
 * messages, but is not established.
 */
#ifndef IKE_V1_ACCESS_H
#define IKE_V1_ACCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "ike-daemon/aaa/login.h"
#include "ike-daemon/crypto/crypto.h"
#include "ike-daemon/sa/timer.h"
#include "ike-daemon/v1/transaction.h"
#include "ike-daemon/wire/attr.h"
#include "tools/cli/model.h"
#include "tools/lib/buf.h"

struct account;
struct child_sa;
struct ike_sa;
struct isakmp_id;
struct isakmp_msg;
struct lease;
struct v1_exchange;

enum access_step {
	ACCESS_ASKED,		/* for user and password */
	ACCESS_CHECKING,	/* a worker compares them, or asks a server */
	ACCESS_REFUSED,		/* and is told */
	ACCESS_GRANTED,
};

/* An address that it did not ask for (F-031) */
enum access_push {
	PUSH_NONE,		/* or it is over */
	PUSH_LATER,		/* when it has had time to ask by itself */
	PUSH_SENT,
};

/* What a client says of itself when it asks; printable.  "": nothing */
struct v1_said {
	char version[128];		/* "NAME VERSION:SYSTEM" */
	char host[64];
};

struct v1_access {
	struct ike_sa *sa;
	enum access_step step;
	bool asked;			/* for a user, at all */
	unsigned int wrong;		/* passwords so far */
	char user[CFG_NAME_SIZE];	/* as the client says; "": not yet */
	const char *refusal;		/* why, in the step ACCESS_REFUSED */
	struct login *login;		/* is on its way */
	bool radius;			/* a server has let it in ... */
	struct radius_reply reply;	/* ... and said this, or has challenged; else zeros */
	struct account *account;	/* of its session; NULL: it has not come in yet */
	uint32_t index;			/* of its session; 0: it has not come in yet */
	uint64_t login_ms;		/* when it came in ... */
	time_t since;			/* ... by the wall clock */
	uint64_t session_ms;		/* how long it may stay then; 0: without limit ... */
	uint64_t end_ms;		/* ... and until when */
	struct timer session;
	struct lease *lease;		/* its address */
	struct v1_said said;
	enum access_push push;
	struct timer push_timer;
	struct buf held;		/* quick mode, until the address is accepted ... */
	struct addr held_local;		/* ... to where it came ... */
	struct addr held_remote;	/* ... and from */
	uint16_t held_port;		/* where the peer was known to be then */

	/* the exchange that we began last; @own.id 0: it is answered */
	struct v1_own own;
	/* the client's exchange that was answered last */
	uint8_t rx_digest[CRYPTO_HASH_MAX];
	bool rx_seen;
	struct buf answer;
};

/* --- xauth.c ---------------------------------------------------------------- */

/* Who the peer is, as far as it is known. */
struct cfg_who v1_who(const struct ike_sa *sa);
/* The crypto map at whose interface the SA ends, if it is one for clients. */
const struct cfg_map *v1_client_map(const struct ike_sa *sa);
/* May the peer offer XAUTH, and in place of a key or certificate?  enum ike_users. */
unsigned int v1_users_offered(const struct ike_sa *sa);
/*
 * The group of who comes with hybrid authentication, by its identity.  If that is none which
 * permits it, it is nobody: all goes on as with others, so that names of groups cannot be found
 * out, but no password is right.
 */
void v1_hybrid_group(struct v1_exchange *x, const struct isakmp_id *id);
/*
 * Is there nothing for it but L2TP, as it has not offered XAUTH and comes in main mode, where
 * users are asked for and L2TP is served?  Then PPP asks for its user.
 */
bool v1_only_l2tp(const struct ike_sa *sa);
/* Has it the key of who is not asked for a user (no-xauth)? */
bool v1_xauth_exempt(const struct ike_sa *sa);
/* Is a user needed before this SA may do anything? */
bool v1_xauth_needed(const struct ike_sa *sa);
/* Who has been let in; "": nobody was asked for, or has not yet been. */
const char *v1_access_user(const struct ike_sa *sa);
/* When its session ends, ms; 0: never. */
uint64_t v1_access_end(const struct ike_sa *sa);
/* Was that RADIUS? */
bool v1_access_by_radius(const struct ike_sa *sa);
/* Has the peer said a user, or an address of ours?  Then only it begins. */
bool v1_access_is_client(const struct ike_sa *sa);
/* Phase 1 is complete.  True: the rest of it, v1_phase1_up(), comes later. */
bool v1_access_start(struct ike_sa *sa);
void v1_xauth_input(struct v1_access *a, const struct isakmp_cfg *cfg);
/* The client does not answer. */
void v1_xauth_silent(struct v1_access *a);

/* --- modecfg.c -------------------------------------------------------------- */

/* The group of the client, or NULL: it has none. */
const struct cfg_group *v1_client_group(const struct ike_sa *sa);
/* All that holds for it, with its user, as far as that is known. */
void v1_client_attrs(const struct v1_access *a, const struct cfg_group *group,
		     struct cfg_attrs *out);
/* The name of its policy; "": it has none but DfltGrpPolicy. */
const char *v1_client_policy(const struct v1_access *a,
			     const struct cfg_group *group);
/* What the client asks for and we have, into @reply. */
void v1_modecfg_answer(struct v1_access *a, const struct isakmp_cfg *request,
		       struct buf *reply);
/* Is it told all that without asking?  Then that, as a SET; false: there is nothing. */
bool v1_modecfg_pushes(const struct v1_access *a);
bool v1_modecfg_push(struct v1_access *a, struct buf *set);
/* The address that the client had before, with the ISAKMP SA before. */
void v1_modecfg_inherit(struct v1_access *a);
/* May it ask for the selector of @x: is that for its own address?  0 or v1_fault(). */
int v1_modecfg_permits(struct v1_exchange *x);
/* Does it use PFS, if its group says so?  0 or v1_fault(). */
int v1_modecfg_pfs(struct v1_exchange *x);
/* Is none of it, which no entry names, the address of another client?  0 or v1_fault(). */
int v1_modecfg_not_anothers(struct v1_exchange *x);
/* The pair, of the client's quick mode, keeps the address. */
void v1_modecfg_child(const struct ike_sa *sa, struct child_sa *c);

/* --- push.c ------------------------------------------------------------------ */

void v1_push_init(struct v1_access *a);
void v1_push_free(struct v1_access *a);
/*
 * Tell the client, if that is wanted, when it has acknowledged its status (@acked: or has
 * none to acknowledge), and does not ask within a second.
 */
void v1_push_later(struct v1_access *a, bool acked);
/* What it acknowledges; that it does not answer; that it asks itself. */
void v1_push_input(struct v1_access *a, const struct isakmp_cfg *cfg);
void v1_push_silent(struct v1_access *a);
void v1_push_asked(struct v1_access *a);
/* Quick mode that comes before the client has its address is kept until then: true. */
bool v1_push_holds(struct ike_sa *sa, struct isakmp_msg *msg, const uint8_t *data,
		   size_t len);

/* --- transaction.c ----------------------------------------------------------- */

void v1_transaction_init(struct v1_access *a);
void v1_transaction_free(struct v1_access *a);
/* Begin an exchange with this body; it is repeated until it is answered. */
int v1_transaction_begin(struct v1_access *a, const struct buf *body);
void v1_transaction_input(struct ike_sa *sa, const uint8_t *digest,
			  struct isakmp_msg *msg);

#endif
