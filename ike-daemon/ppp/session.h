/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Users of L2TP (F-040, F-104).  A session begins when pppd asks for a user; it is bound to the
 * client whose IPsec SA the L2TP comes by, and ends with that, with pppd, or when its user may
 * not stay.
 */
#ifndef IKE_PPP_SESSION_H
#define IKE_PPP_SESSION_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "ike-daemon/aaa/login.h"
#include "ike-daemon/sa/list.h"
#include "ike-daemon/sa/timer.h"
#include "tools/cli/model.h"
#include "tools/lib/ppp_wire.h"

struct account;
struct child_sa;
struct engine;
struct ike_sa;
struct lease;

/* Its connection to pppd's plugin. */
struct ppp_link {
	void (*send)(void *ctx, const struct ppp_wire_msg *msg);
};

struct ppp_session {
	struct engine *e;
	struct list all;
	const struct ppp_link *link;
	void *ctx;
	struct login *login;		/* is on its way */
	bool called;			/* @peer is known */
	bool granted;
	bool ending;			/* pppd was told ... */
	uint64_t ending_ms;		/* ... then */
	enum cfg_ppp method;
	uint8_t challenge[PPP_CHALLENGE_MAX];	/* ours: the client is told of it */
	size_t challenge_len;
	struct addr local;		/* where the client came in ... */
	struct addr peer;		/* ... and from; port of L2TP, 0: not known */
	uint32_t client;		/* which one behind a NAT */
	char key_name[CFG_FQDN_SIZE];	/* of its IKE */
	bool no_key;
	char group[CFG_NAME_SIZE];
	char user[CFG_NAME_SIZE];
	bool radius;			/* that has let it in ... */
	struct radius_reply reply;	/* ... and said this; else zeros */
	struct lease *lease;		/* its address ... */
	struct lease *own;		/* ... and ours, or NULL */
	char ifname[PPP_WIRE_IFNAME];	/* "": not yet up */
	struct account *account;	/* of its session */
	uint32_t index;			/* of its session; 0: it has not come in */
	uint64_t login_ms;
	time_t since;
	uint64_t end_ms;		/* 0: it may stay */
	struct timer timer;
};

/* NULL without memory, or when there are too many. */
struct ppp_session *ppp_session_new(struct engine *e,
				    const struct ppp_link *link, void *ctx);
/* The connection is gone. */
void ppp_session_free(struct ppp_session *s);
/* 0, or -EPROTO: the connection is to be closed. */
int ppp_session_input(struct ppp_session *s, const struct ppp_wire_msg *msg);
/* It has to end: pppd says so to the client, then its SAs end, too. */
void ppp_session_end(struct ppp_session *s, const char *reason);

/* Of who has this pair, or this SA; NULL: no user. */
struct ppp_session *ppp_session_of(const struct child_sa *c);
struct ppp_session *ppp_session_with(const struct ike_sa *sa);
/* Those whose IPsec has gone, or whose user may not stay, end. */
void ppp_check_all(struct engine *e);
/* As policy_count_logins(). */
unsigned int ppp_count(const struct engine *e, const char *user,
		       const struct cfg_group *group);

/* What holds for the user: attributes, and the name of the policy. */
const struct cfg_group *ppp_group(const struct ppp_session *s);
void ppp_attrs(const struct ppp_session *s, struct cfg_attrs *out);
const char *ppp_policy(const struct ppp_session *s);

/* address.c: an address for the user; NULL and why not. */
const char *ppp_take_address(struct ppp_session *s);
/* Our end of it. */
struct addr ppp_own_address(const struct ppp_session *s);

#endif
