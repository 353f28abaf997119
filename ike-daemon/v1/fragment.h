/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages that are too large for a packet, in pieces. */
#ifndef IKE_V1_FRAGMENT_H
#define IKE_V1_FRAGMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "ike-daemon/wire/isakmp.h"
#include "tools/lib/buf.h"

struct ike_sa;

/* Pieces of a message wait so long for the others, ms. */
#define V1_FRAGMENTS_MS		30000

/* Say that fragments are taken, if they are. */
void v1_fragments_announce(struct ike_sa *sa, struct isakmp_writer *w);
bool v1_is_fragment(const struct isakmp_msg *msg);
/*
 * One has come, its header decoded.  True: the message is complete, and in @whole,
 * which is empty; it is no fragment itself, and its cookies are those of @msg.
 */
bool v1_fragment_take(struct ike_sa *sa, struct isakmp_msg *msg,
		      struct buf *whole);
/* What there is of a message that is not complete, in words; "": none. */
const char *v1_fragments_text(const struct ike_sa *sa, char *out, size_t size);

/* Does this message need more than one packet, ... */
bool v1_is_large(const struct ike_sa *sa, const struct buf *msg);
/* ... and is it to go in fragments that are not those of IP? */
bool v1_fragments_wanted(const struct ike_sa *sa, const struct buf *msg);
/* Send it so. */
void v1_fragments_send(struct ike_sa *sa, const struct buf *msg);

#endif
