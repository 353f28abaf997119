/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What our plugin of pppd and the daemon say to each other, over a unix stream socket in
 * the daemon's directory:
 *
 *	plugin					daemon
 *	ASK (who, and how he shows it)	-->
 *				<--	ANSWER (may he, and with which addresses)
 *	UP (interface)			-->
 *				<--	END (why)
 *
 * A frame is its length in two bytes, big-endian, of what follows: version, type, fields in
 * a fixed order.  Texts have their length in one byte in front.  The session lives as long as
 * the connection.
 */
#ifndef TOOLS_LIB_PPP_WIRE_H
#define TOOLS_LIB_PPP_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/lib/addr.h"
#include "tools/lib/buf.h"

#define PPP_WIRE_VERSION	2
#define PPP_WIRE_MAX		1024	/* bytes of a frame behind its length */
#define PPP_WIRE_TEXT		256	/* with NUL */
#define PPP_WIRE_BYTES		64
#define PPP_WIRE_IFNAME		16	/* with NUL */

enum ppp_wire_type {
	PPP_WIRE_CALL = 1,
	PPP_WIRE_ASK,
	PPP_WIRE_ANSWER,
	PPP_WIRE_UP,
	PPP_WIRE_END,
};

enum ppp_wire_method {
	PPP_WIRE_PAP,
	PPP_WIRE_CHAP,
	PPP_WIRE_MSCHAP1,
	PPP_WIRE_MSCHAP2,
};

/* Secret. */
struct ppp_wire_ask {
	uint8_t method;
	char user[PPP_WIRE_TEXT];
	char password[PPP_WIRE_TEXT];	/* of PAP */
	uint8_t id;			/* of CHAP, and so on */
	uint8_t challenge[PPP_WIRE_BYTES];
	uint8_t challenge_len;
	uint8_t response[PPP_WIRE_BYTES];
	uint8_t response_len;
};

struct ppp_wire_answer {
	bool granted;
	char message[PPP_WIRE_TEXT];	/* for the client */
	struct addr address;		/* of the client ... */
	struct addr own;		/* ... and ours */
	struct addr dns[2], wins[2];	/* unset: none */
	uint32_t idle;			/* seconds without traffic; 0: without limit */
};

struct ppp_wire_msg {
	uint8_t type;
	union {
		struct {
			struct addr peer;	/* of L2TP, with port; unset: not known */
		} call;
		struct ppp_wire_ask ask;
		struct ppp_wire_answer answer;
		struct {
			char ifname[PPP_WIRE_IFNAME];
		} up;
		struct {
			char reason[PPP_WIRE_TEXT];
		} end;
	};
};

/* A whole frame behind what @b has; errors are those of the buffer. */
void ppp_wire_put(struct buf *b, const struct ppp_wire_msg *msg);
/*
 * What is behind the length.  0, or -EBADMSG: another version or type, too short or too
 * long, or a text with zeros in it.  @msg is to be wiped in any case.
 */
int ppp_wire_get(const uint8_t *data, size_t len, struct ppp_wire_msg *msg);

#endif
