/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The attribute payload of transaction exchanges: mode configuration (draft-dukes-
 * ike-mode-cfg-02) and XAUTH (draft-ietf-ipsec-isakmp-xauth-06).
 */
#ifndef IKE_WIRE_ATTR_H
#define IKE_WIRE_ATTR_H

#include <stddef.h>
#include <stdint.h>

#include "ike-daemon/wire/isakmp.h"
#include "tools/lib/buf.h"

enum isakmp_cfg_type {
	ISAKMP_CFG_REQUEST = 1,
	ISAKMP_CFG_REPLY = 2,
	ISAKMP_CFG_SET = 3,
	ISAKMP_CFG_ACK = 4,
};

enum isakmp_cfg_attr {
	ISAKMP_CFG_IP4_ADDRESS = 1,
	ISAKMP_CFG_IP4_NETMASK = 2,
	ISAKMP_CFG_IP4_DNS = 3,
	ISAKMP_CFG_IP4_NBNS = 4,
	ISAKMP_CFG_APPLICATION_VERSION = 7,
	/* XAUTH before its draft 06, whose numbers overlap with those of mode configuration */
	ISAKMP_CFG_XAUTH_OLD_USER_NAME = 14,
	ISAKMP_CFG_XAUTH_OLD_PASSCODE = 16,
	ISAKMP_CFG_XAUTH_TYPE = 16520,
	ISAKMP_CFG_XAUTH_USER_NAME = 16521,
	ISAKMP_CFG_XAUTH_USER_PASSWORD = 16522,
	ISAKMP_CFG_XAUTH_PASSCODE = 16523,
	ISAKMP_CFG_XAUTH_MESSAGE = 16524,
	ISAKMP_CFG_XAUTH_CHALLENGE = 16525,
	ISAKMP_CFG_XAUTH_DOMAIN = 16526,
	ISAKMP_CFG_XAUTH_STATUS = 16527,
	ISAKMP_CFG_UNITY_BANNER = 28672,
	ISAKMP_CFG_UNITY_SAVE_PASSWD = 28673,
	ISAKMP_CFG_UNITY_DEF_DOMAIN = 28674,
	ISAKMP_CFG_UNITY_SPLIT_DNS = 28675,
	ISAKMP_CFG_UNITY_SPLIT_INCLUDE = 28676,
	ISAKMP_CFG_UNITY_LOCAL_LAN = 28678,
	ISAKMP_CFG_UNITY_PFS = 28679,
	ISAKMP_CFG_UNITY_BACKUP_SERVERS = 28681,
	ISAKMP_CFG_UNITY_DDNS_HOSTNAME = 28682,
};

/* Bytes of one network of these two. */
#define ISAKMP_CFG_SPLIT_LEN	14
/* Attributes of one payload; more is refused. */
#define ISAKMP_CFG_ATTRS_MAX	64

struct isakmp_cfg {
	uint8_t type;			/* enum isakmp_cfg_type */
	uint16_t id;
	unsigned int n;
	struct isakmp_attr attrs[ISAKMP_CFG_ATTRS_MAX];
};

/* The body of an ATTR payload, into which @out points: 0 or -EBADMSG. */
int isakmp_cfg_get(const uint8_t *body, size_t len, struct isakmp_cfg *out);
/* The first attribute of @type, or NULL. */
const struct isakmp_attr *isakmp_cfg_find(const struct isakmp_cfg *cfg,
					  unsigned int type);

/* Begin a body; then append attributes, in the variable or the basic form. */
void isakmp_cfg_begin(struct buf *b, enum isakmp_cfg_type type, uint16_t id);
void isakmp_cfg_put(struct buf *b, unsigned int type, const void *data,
		    size_t len);
void isakmp_cfg_put_number(struct buf *b, unsigned int type, uint16_t value);

#endif
