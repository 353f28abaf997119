/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Asking servers of RADIUS whether this is the password of a user (RFC 2865).  It
 * blocks, for seconds: only for workers that wait for others (login.c).
 */
#ifndef IKE_AAA_RADIUS_H
#define IKE_AAA_RADIUS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ike-daemon/aaa/mschap.h"
#include "tools/cli/model.h"
#include "tools/lib/addr.h"

#define RADIUS_STOP_MS		200
#define RADIUS_VALUE_MAX	253	/* bytes of an attribute */
#define RADIUS_MESSAGE_SIZE	128	/* of Reply-Message, printable, with NUL */

/* Values of Framed-IP-Address that are no addresses (RFC 2865, 5.8) */
#define RADIUS_FRAMED_NONE	0u
#define RADIUS_FRAMED_CLIENT	0xffffffffu	/* the client may choose */
#define RADIUS_FRAMED_POOL	0xfffffffeu	/* we shall choose */

enum radius_answer {
	RADIUS_SILENT,		/* no server gave a valid answer */
	RADIUS_ACCEPT,
	RADIUS_REJECT,
	RADIUS_CHALLENGE,
};

/* X(identifier, what is wrong with a server) */
#define RADIUS_TROUBLES(X)						\
	X(NONE, "")							\
	X(LATE, "does not answer")					\
	X(REFUSES, "cannot be reached")					\
	X(INVALID, "gives no valid answer (another key?)")		\
	X(UNSIGNED, "gives answers without Message-Authenticator, which are forged easily (CVE-2024-3596)")

enum radius_trouble {
#define X(id, text) RADIUS_##id,
	RADIUS_TROUBLES(X)
#undef X
};

struct radius_reply {
	enum radius_answer answer;
	struct addr server;		/* whose answer it is */
	struct addr servers[CFG_RADIUS_MAX];	/* who were asked, or would have been */
	enum radius_trouble trouble[CFG_RADIUS_MAX];	/* of each */
	uint32_t framed;		/* host byte order */
	struct addr netmask;		/* unset: none */
	uint32_t session;		/* seconds that the user may stay; 0: no limit */
	uint8_t class[RADIUS_VALUE_MAX];	/* the first one */
	size_t class_len;
	uint8_t state[RADIUS_VALUE_MAX];	/* of a challenge, to be returned */
	size_t state_len;
	char message[RADIUS_MESSAGE_SIZE];
	char user[CFG_NAME_SIZE];	/* as the server calls it; "": as the client does */
	char success[MSCHAP2_SUCCESS];	/* MS-CHAP2-Success (RFC 2548, 2.3.3) */
};

struct radius_server {
	struct addr address;		/* and port */
	unsigned int timeout;		/* seconds for each attempt */
	unsigned int attempts;
	char secret[CFG_KEY_MAX + 1];
};

/* Secret. */
struct radius_request {
	struct radius_server servers[CFG_RADIUS_MAX];
	unsigned int n;
	bool may_be_unsigned;		/* answers */
	char user[CFG_NAME_SIZE];
	char password[CFG_KEY_MAX + 1];
	bool by_proof;			/* of PPP, in place of the password: */
	struct ppp_proof proof;
	uint8_t state[RADIUS_VALUE_MAX];	/* that answers a challenge */
	size_t state_len;
	struct addr nas;		/* we */
	struct addr client;
};

/* The servers of that group of @cfg ("": those of none) that have a key. */
void radius_servers(const struct cm_config *cfg, const char *group,
		    struct radius_request *rq);
/* Of those the one that has challenged, if it is still there: what follows answers it. */
void radius_continue(struct radius_request *rq,
		     const struct radius_reply *challenge);
/*
 * Asks one server after the other, until one gives a valid answer; what is not valid is
 * not heard.  It ends early, within RADIUS_STOP_MS, when *@stop.
 */
void radius_ask(const struct radius_request *rq, const atomic_bool *stop,
		struct radius_reply *reply);
/* The policy that `OU=NAME;` in the class names, as ASA reads it; "": none. */
void radius_policy(const struct radius_reply *reply, char out[CFG_NAME_SIZE]);
/* "10.1.0.9:1812 does not answer, ..."; "" without trouble.  Returns @out. */
char *radius_trouble_text(const struct radius_reply *reply, char *out,
			  size_t size);

#endif
