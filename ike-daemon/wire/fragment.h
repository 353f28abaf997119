/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fragment payload of IKEv1, which Cisco and Microsoft have ([MS-IKEE], 2.2.3): a
 * message that is too large for one packet goes, header and all, in pieces, each
 * behind a header of its own.
 */
#ifndef IKE_WIRE_FRAGMENT_H
#define IKE_WIRE_FRAGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ike-daemon/wire/isakmp.h"

/* What a packet has before the piece: header, generic header, the fields below. */
#define ISAKMP_FRAGMENT_OVERHEAD	(ISAKMP_HDR_LEN + 4 + 4)
#define ISAKMP_FRAGMENTS_MAX		255

struct isakmp_fragment {
	uint16_t id;			/* of the message; the same in all its pieces */
	uint8_t number;			/* 1.. in order */
	bool last;
	uint16_t len;
	const uint8_t *data;		/* within the body */
};

/*
 * The body of a payload; -EBADMSG: it is cut off, its number is 0, or it has no piece.
 * Flags that are not known are passed over.
 */
int isakmp_fragment_get(const uint8_t *body, size_t len,
			struct isakmp_fragment *out);
/* A whole message, as isakmp_begin() to isakmp_end(): @hdr and one piece. */
int isakmp_fragment_put(struct buf *b, const struct isakmp_hdr *hdr,
			const struct isakmp_fragment *f);

#endif
