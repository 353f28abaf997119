/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control protocol between ipsecctl and ike-daemon.
 *
 * A unix stream socket.  A frame is a length (4 bytes, big-endian, of what
 * follows) and a JSON object.  The client sends {"cmd": NAME, ...arguments},
 * the daemon answers each with one reply, in order:
 *
 *	{"ok": true, "data": ...}  or
 *	{"ok": false, "errno": 22, "error": "one sentence"}
 *
 * Only root may talk to the daemon; the socket's mode and SO_PEERCRED say so.
 *
 * Commands.  [x] = optional; "->" = what data is.
 *
 *   version		-> {"version", "pid", "uptime"}
 *   config-get		-> {"text": running configuration with its keys}
 *   config-apply	{"text", "mode": "replace" (default) | "merge"}
 *			-> {"report": [sentence ...], "warnings": [...]}
 *   isakmp-sas		-> [{"dst", "src", "state", "conn_id", "slot", "status",
 *			"peer", "local", "role": "initiator"|"responder",
 *			"cipher", "hash", "auth", "group", "lifetime",
 *			"remaining", "created" (quick modes), "pending",
 *			"dpd", "nat", "local_port", "remote_port" (of IKE),
 *			"nat_t" (version agreed, ""), "nat_local",
 *			"nat_remote" (who is behind one),
 *			"cookie_i", "cookie_r" (hex),
 *			"error" (why it failed, "")}]
 *			dst is the responder, src the initiator; addresses as
 *			text, times in seconds, conn_id 1..32766.
 *   ipsec-reasons	-> [{"flow": kernel id, "reason": why it is down, and
 *			what was tried last}]
 *   isakmp-clear	[{"conn_id": N}] all without it; 0: forget those that
 *			failed -> {"cleared": N}
 *   ipsec-clear	[{"map"} | {"peer"} | {"spi", "dst"}] tell the peers,
 *			then delete the pairs -> {"cleared": N}
 *   initiate		{"map", ["seq"]} -> {"started": N}
 *   counters		-> [{"name", "text", "value"}] of negotiations
 *   routes		-> [{"dst", "peer", "interface", "static": bool, "count":
 *			pairs of SAs that have it, "reason": why it is not in the
 *			system's table, ""}] reverse routes
 *   sessions		-> [{"index", "user" (""), "group", "policy" (""), "radius": bool,
 *			"assigned" (""), "public", "login" (epoch), "duration",
 *			"idle_limit", "session_left" (0: none), "protocol"
 *			("IKEv1 IPsec", "L2TPOverIPsec"), "l2tp" (absent: no user of
 *			that): {"interface" (""), "auth", "port", "own"},
 *			"ike" (absent: it has ended): {"mode",
 *			"auth", "cipher", "hash", "group", "lifetime", "remaining",
 *			"local_port", "remote_port"}, "client_os" (""),
 *			"client_version" (""), "client_host" (""; these three
 *			absent without "ike"), "pairs": [{"spi_in",
 *			"spi_out", "lifetime", "remaining", "kilobytes"}],
 *			"audit" (24 hexadecimal digits: our address, the index,
 *			the login), "bytes_tx", "bytes_rx", "packets_tx",
 *			"packets_rx" (of pairs that have ended)}] of clients
 *   sessions-ended	-> the same of sessions that are over, oldest first, with
 *			"ended" (epoch) and "reason", and without what they had
 *   sessions-end	[{"user"} | {"index"}] all without it -> {"ended": N}
 *   ezvpn		-> [{"name", "inside": [interface ...], "outside", "mode",
 *			"state" (as IOS names it), "event", "reason" (""), "next":
 *			seconds to the next attempt, "user" (""), "address" (""),
 *			"mask", "dns": [...], "wins": [...], "domain", "split_dns",
 *			"banner", "save_password": bool, "version" (of the
 *			gateway), "split": [prefix ...] ([]: everything), "local":
 *			[prefix ...], "peer" (""), "peers": [...], "backup": [...]}]
 *			gateways whose client this router is
 *   ezvpn-connect	[{"name"}] the only one without it
 *   ezvpn-login	{["name"], "user", "password"}
 *   ezvpn-clear	[{"name"}] all without it -> {"cleared": N}
 *   l2tp		-> {"servers": [{"address", "state", "error" (why, "")}],
 *			"sessions": N}
 *   log-level		{"spec": "ike=debug"}
 *   shutdown		[{"keep": bool}] removes everything from the kernel,
 *			unless keep; then the daemon ends
 */
#ifndef TOOLS_LIB_CONTROL_H
#define TOOLS_LIB_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/lib/err.h"

struct json_object;

#define CONTROL_PATH_DEFAULT	"/run/cryptomap/control"
#define CONTROL_FRAME_MAX	(64u << 20)	/* bytes of one frame */
#define CONTROL_TIMEOUT_MS	30000		/* a client waits for a reply */

/* X(identifier, name on the wire) */
#define CONTROL_COMMANDS(X)			\
	X(VERSION,	"version")		\
	X(CONFIG_GET,	"config-get")		\
	X(CONFIG_APPLY,	"config-apply")		\
	X(ISAKMP_SAS,	"isakmp-sas")		\
	X(IPSEC_REASONS, "ipsec-reasons")	\
	X(ISAKMP_CLEAR,	"isakmp-clear")		\
	X(IPSEC_CLEAR,	"ipsec-clear")		\
	X(INITIATE,	"initiate")		\
	X(COUNTERS,	"counters")		\
	X(ROUTES,	"routes")		\
	X(SESSIONS,	"sessions")		\
	X(SESSIONS_ENDED, "sessions-ended")	\
	X(SESSIONS_END,	"sessions-end")		\
	X(EZVPN,	"ezvpn")		\
	X(EZVPN_CONNECT, "ezvpn-connect")	\
	X(EZVPN_LOGIN,	"ezvpn-login")		\
	X(EZVPN_CLEAR,	"ezvpn-clear")		\
	X(L2TP,		"l2tp")			\
	X(LOG_LEVEL,	"log-level")		\
	X(SHUTDOWN,	"shutdown")

enum control_cmd {
#define X(id, name) CONTROL_##id,
	CONTROL_COMMANDS(X)
#undef X
	CONTROL_CMD_COUNT
};

const char *control_cmd_name(enum control_cmd cmd);
/* CONTROL_CMD_COUNT for an unknown name. */
enum control_cmd control_cmd_find(const char *name);

/* --- Client -------------------------------------------------------------- */

/*
 * Connect to the daemon at @path (NULL: the default).  Returns a descriptor,
 * close-on-exec; -ENOENT or -ECONNREFUSED: no daemon runs there.
 */
int control_connect(const char *path, struct err *err);
/*
 * One request, one reply.  @args (consumed, may be NULL) is an object to which
 * "cmd" is added.  On success *data (may be NULL) is the reply's data, to be
 * released with json_object_put().  A refusal returns the daemon's errno and
 * its sentence in @err.
 */
int control_call(int fd, enum control_cmd cmd, struct json_object *args,
		 struct json_object **data, struct err *err);
/* Connect, call, close. */
int control_request(const char *path, enum control_cmd cmd,
		    struct json_object *args, struct json_object **data,
		    struct err *err);

/* --- Codec, for servers and tests ------------------------------------------ */

/* Collects bytes until a frame is whole.  All zero is a valid empty one. */
struct control_frames {
	uint8_t *mem;
	size_t len;
	size_t cap;
};

/*
 * Append received bytes: 0, -ENOMEM, or -EMSGSIZE when the frame that they
 * announce is larger than @max (hang up then).
 */
int control_frames_feed(struct control_frames *f, const void *data, size_t len,
			size_t max);
/*
 * Take the next whole frame: 1 and the object in *msg (released by the
 * caller), 0 when more bytes are needed, -EBADMSG when it is no JSON object.
 */
int control_frames_next(struct control_frames *f, struct json_object **msg);
/* Wipes (requests may carry keys) and releases. */
void control_frames_free(struct control_frames *f);

/*
 * A message as a frame: 0 and bytes to be wiped and freed with
 * control_frame_free(), or -ENOMEM, -EMSGSIZE.
 */
int control_frame_encode(struct json_object *msg, uint8_t **frame,
			 size_t *len);
void control_frame_free(uint8_t *frame, size_t len);

/* Replies; @data is consumed and may be NULL.  NULL without memory. */
struct json_object *control_reply_ok(struct json_object *data);
struct json_object *control_reply_error(int code, const char *text);
/* The command of a request, CONTROL_CMD_COUNT when it has none we know. */
enum control_cmd control_request_cmd(struct json_object *request);

/* --- Server socket -------------------------------------------------------- */

/*
 * Listen at @path, mode 0600, non-blocking and close-on-exec; a stale socket
 * is replaced, a live one is not (-EADDRINUSE).  Its directory is made if it
 * is missing.  Returns a descriptor.
 */
int control_listen(const char *path, struct err *err);
/* Is the peer of this connection root (or the user we run as)?  0 or -EPERM. */
int control_peer_check(int fd);

#endif
