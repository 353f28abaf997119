/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The other side of access.h: an ISAKMP SA that we began as a client of remote access.
 * After phase 1 the gateway asks for user and password (XAUTH), and we for what it has
 * to tell (mode configuration).  Until then the SA is in the state CONF_XAUTH: no quick
 * mode begins, and nothing that comes out of turn is taken.
 */
#ifndef IKE_V1_CLIENT_H
#define IKE_V1_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "ike-daemon/crypto/crypto.h"
#include "ike-daemon/sa/timer.h"
#include "ike-daemon/v1/transaction.h"
#include "ike-daemon/wire/attr.h"
#include "tools/lib/buf.h"
#include "tools/lib/err.h"

struct ezvpn_told;
struct ike_sa;
struct isakmp_msg;
struct isakmp_notify;

enum client_step {
	CLIENT_XAUTH,		/* the gateway is to ask */
	CLIENT_ASKED,		/* it has, and somebody is to type */
	CLIENT_REPLIED,
	CLIENT_CONFIG,		/* we have asked */
	CLIENT_TOLD,		/* it has answered: to be made true */
	CLIENT_DONE,
};

#define CLIENT_WANTED_MAX	8	/* attributes that a gateway asks for */

struct v1_client {
	struct ike_sa *sa;
	enum client_step step;
	bool asked;			/* for a user, at all */
	bool granted;
	bool replied;			/* ever; with a password, last */
	bool sent_password;
	unsigned int rounds;		/* questions */
	bool heard;		/* anything after phase 1 */

	/* mode configuration: our exchange; .id 0: none is under way */
	struct v1_own own;
	/* what the gateway has asked for last, and our answer; empty: not yet */
	struct {
		uint32_t id;
		uint16_t cfg_id;
		uint8_t iv[CRYPTO_BLOCK_MAX];
		uint16_t wanted[CLIENT_WANTED_MAX];
		unsigned int n;
	} rx;
	uint8_t rx_digest[CRYPTO_HASH_MAX];
	bool rx_seen;
	struct buf answer;
};

/* The SA is one that we begin as a client: 0 or -ENOMEM. */
int v1_client_new(struct ike_sa *sa);
/* Phase 1 is complete. */
void v1_client_start(struct ike_sa *sa);
void v1_client_input(struct ike_sa *sa, const uint8_t *digest,
		     struct isakmp_msg *msg);
/* The gateway deletes the SA before it is established: why it ends, NULL: it is. */
const char *v1_client_rejected(struct ike_sa *sa);
/* Has it had an answer of ours? */
bool v1_client_replied(const struct ike_sa *sa);
/* An error instead of a verdict on that?  Then it is one, and @sa is gone. */
bool v1_client_notified(struct ike_sa *sa, const struct isakmp_notify *n);
/* Is somebody to type?  Then answer, for now there is something to answer with. */
bool v1_client_waits(const struct ike_sa *sa);
void v1_client_answer(struct ike_sa *sa);
/* Was a user asked for? */
bool v1_client_user_asked(const struct ike_sa *sa);
/* Has it told everything?  Then that is true now: the SA is established. */
bool v1_client_is_told(const struct ike_sa *sa);
void v1_client_done(struct ike_sa *sa);

/* client_cfg.c: the request; what is in the answer: 0, or why it is not taken. */
void v1_client_request(bool address, struct buf *body);
int v1_client_told(const struct isakmp_cfg *cfg, struct ezvpn_told *out,
		   struct err *err);
/* A text of the gateway's, printable. */
void v1_client_text(const struct isakmp_attr *attr, char *out, size_t size);
/* The number of an attribute in either form. */
uint32_t v1_client_number(const struct isakmp_attr *attr);

#endif
