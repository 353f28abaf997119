/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a user of PPP shows that he knows his password: PAP (RFC 1334), CHAP (RFC 1994),
 * MS-CHAP (RFC 2433) and its second version (RFC 2759).
 */
#ifndef IKE_AAA_MSCHAP_H
#define IKE_AAA_MSCHAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/cli/attrs.h"

#define MSCHAP_HASH		16	/* bytes: MD4 of the password */
#define MSCHAP_RESPONSE		49	/* bytes, of both versions */
#define MSCHAP2_SUCCESS		43	/* "S=", 40 digits, NUL */
#define PPP_CHALLENGE_MAX	64

/* What the client has answered; of PAP nothing, for its password is elsewhere. */
struct ppp_proof {
	enum cfg_ppp method;
	uint8_t id;
	uint8_t challenge[PPP_CHALLENGE_MAX];	/* our own */
	size_t challenge_len;
	uint8_t response[MSCHAP_RESPONSE];
	size_t response_len;
};

/* Has it the lengths that its method says? */
bool ppp_proof_is_valid(const struct ppp_proof *proof);
/*
 * Does it fit the password's hash?  Of @user, whose domain before a backslash does not count.
 * Of version 2, @success gets what proves to the client that we know it, too.  @success may
 * be NULL.
 */
bool mschap_fits(const struct ppp_proof *proof, const char *user,
		 const uint8_t hash[MSCHAP_HASH], char success[MSCHAP2_SUCCESS]);

#endif
