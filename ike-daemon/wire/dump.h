/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line per message for the log (F-117). */
#ifndef IKE_WIRE_DUMP_H
#define IKE_WIRE_DUMP_H

#include "ike-daemon/wire/isakmp.h"

/* Fits every message; a longer chain is cut with "...". */
#define ISAKMP_DUMP_STRLEN 768

/*
 * "IKE_DECODE RECEIVED Message (msgid=8f7e1234) with payloads : HDR + HASH (8) +
 * SA (1) + NONE (0) total length : 172", as Cisco ASA logs it: SENDING for our
 * own, the length without cipher padding.  Payloads not decoded yet (the
 * message is encrypted) appear as "ENCRYPTED" with the length on the wire.
 * Returns @out.
 */
char *isakmp_dump(const struct isakmp_msg *msg, bool received, char *out,
		  size_t size);

#endif
