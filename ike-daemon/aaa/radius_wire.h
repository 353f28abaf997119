/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What RADIUS says on the wire (RFC 2865), signed both ways (RFC 3579, 3.2). */
#ifndef IKE_AAA_RADIUS_WIRE_H
#define IKE_AAA_RADIUS_WIRE_H

#include "ike-daemon/aaa/radius.h"
#include "tools/lib/buf.h"

#define RADIUS_PACKET_MAX	4096
#define RADIUS_AUTHENTICATOR	16	/* bytes */

/* An Access-Request on its way. Secret: the password is hidden by the key alone. */
struct radius_query {
	const char *secret;			/* borrowed */
	bool may_be_unsigned;			/* what answers */
	uint8_t id;
	uint8_t authenticator[RADIUS_AUTHENTICATOR];
	struct buf packet;
};

/* 0 or -errno; free with radius_query_free() in any case. */
int radius_query_new(struct radius_query *q, const struct radius_request *rq,
		     const char *secret);
void radius_query_free(struct radius_query *q);
/*
 * An answer to @q into @reply: RADIUS_NONE; or what is wrong with it, and @reply is as
 * it was.
 */
enum radius_trouble radius_answer_get(const struct radius_query *q,
				      const uint8_t *data, size_t len,
				      struct radius_reply *reply);

#endif
