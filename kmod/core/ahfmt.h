/* SPDX-License-Identifier: GPL-2.0 */
/* The AH header, and what AH authenticates of the IP header before it (RFC 4302). */
#ifndef _CM_CORE_AHFMT_H
#define _CM_CORE_AHFMT_H

#include <linux/types.h>

#include "reason.h"

#define CM_AH_HDR 12			/* up to the sequence number */
#define CM_AH_ICV_MAX 32		/* bytes of the longest ICV */
#define CM_AH_PART_MAX 1280		/* bytes before AH, the smallest MTU of IPv6 */

/*
 * Length of the whole header with an ICV of @icv bytes: padded to a multiple
 * of 4 in IPv4, of 8 in IPv6 (RFC 4302, 2.6).
 */
u8 cm_ah_len(u8 icv, bool v6);

/* What the length field of the header says of @len, and the reverse (2.2). */
u8 cm_ah_len_field(u8 len);
u32 cm_ah_len_of(u8 field);

/**
 * cm_ah_check_len() - can this be an AH packet of the SA?
 * @ah: the header
 * @left: bytes from there to the end of the packet, all or at least CM_AH_HDR
 *	of them readable
 * @icv: bytes of the ICV of the SA
 * @v6: in IPv6
 *
 * IPv4 padded as IPv6 is taken, too: Linux sends it so unless it is told not to.
 *
 * Return: CM_REASON_NONE, CM_REASON_TRUNCATED, CM_REASON_BAD_LENGTH.
 */
enum cm_reason cm_ah_check_len(const u8 *ah, u32 left, u8 icv, bool v6);

/**
 * cm_ah_fix_mutable() - what of the IP header enters the ICV (RFC 4302, 3.3.3.1)
 * @hdr: copy of the IP header and all that stands before AH; changed in place.
 *	It names AH as the next, its length field is that of the packet
 * @len: its bytes
 *
 * Fields and options that routers may change become zero, those that they
 * change in a known way become what the receiver sees: the destination and the
 * addresses of a source route that is not at its end.
 *
 * Return: CM_REASON_NONE, or CM_REASON_BAD_HEADER: malformed, or a header that
 * AH knows nothing of.
 */
enum cm_reason cm_ah_fix_mutable(u8 *hdr, u32 len);

#endif
