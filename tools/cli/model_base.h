/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration model: sizes, defaults, and where words are.  See model.h. */
#ifndef CRYPTOMAP_TOOLS_CLI_MODEL_BASE_H
#define CRYPTOMAP_TOOLS_CLI_MODEL_BASE_H

#include <stdint.h>

#define CFG_NAME_SIZE		64	/* names: 1..63 characters and NUL */
#define CFG_TEXT_SIZE		101	/* descriptions, remarks: 1..100 */
#define CFG_FQDN_SIZE		256
#define CFG_PATH_SIZE		256	/* files: 1..255 characters and NUL */
#define CFG_KEY_MAX		128	/* characters of a pre-shared key */
#define CFG_PEERS_MAX		16	/* peers of one crypto map entry */
#define CFG_TRANSFORMS_MAX	6	/* transform sets of one entry (IOS) */
#define CFG_SUBSYSTEM_SIZE	16
#define CFG_PASSWORD_SIZE	(CFG_KEY_MAX + 1)	/* of a salted hash, as crypt(5) has it */
#define CFG_SERVERS_MAX		2	/* name servers of a group */
#define CFG_POOL_MAX		65536	/* addresses of a pool */
#define CFG_RADIUS_MAX		8	/* servers */
#define CFG_BACKUP_MAX		10	/* gateways that a client may call instead */
#define CFG_PEER_NAMES_MAX	8	/* of one identity */

#define CFG_ISAKMP_LIFETIME_DEFAULT	86400		/* seconds, R-14 */
#define CFG_SA_SECONDS_DEFAULT		3600		/* C-023 */
#define CFG_SA_KILOBYTES_DEFAULT	4608000		/* C-024 */
#define CFG_REPLAY_DEFAULT		64		/* packets, C-026 */
#define CFG_KEEPALIVE_RETRY_DEFAULT	2		/* seconds */
#define CFG_NAT_KEEPALIVE_DEFAULT	20		/* seconds */
#define CFG_IKE_MTU_DEFAULT	1280	/* bytes of an IP packet */
#define CFG_RADIUS_PORT_DEFAULT		1645		/* as on IOS */
#define CFG_RADIUS_TIMEOUT_DEFAULT	5		/* seconds */
#define CFG_RADIUS_RETRANSMIT_DEFAULT	3
#define CFG_RADIUS_DEADTIME_DEFAULT	10		/* minutes */

/*
 * In a crypto map entry: take the global value.  In a lifetime: no limit of
 * that kind.  In a replay window: detection is off (C-027).  In an idle time:
 * SAs stay.
 */
#define CFG_INHERIT	1u
#define CFG_UNLIMITED	0u
#define CFG_REPLAY_OFF	0u
#define CFG_DUMMY_OFF	0u
#define CFG_TFC_MTU	1u	/* CRYPTOMAP_TFC_MTU of the contract */
#define CFG_IDLE_OFF	0u
#define CFG_RADIUS_INHERIT	UINT32_MAX

/*
 * Where a word is that defines something: for those who complain about it.
 * Line 0: in a line that was typed at the prompt; column 0: not known.
 */
struct cfg_where {
	unsigned int line;
	unsigned int column;
};

#endif
