/* SPDX-License-Identifier: GPL-2.0 */
/* ESP (RFC 4303): the transforms of one SA, and one packet through them. */
#ifndef _CM_ESP_H
#define _CM_ESP_H

#include <linux/types.h>

struct cm_esp;
struct cm_sa;
struct net;
struct netlink_ext_ack;
struct sk_buff;

/**
 * struct cm_esp_keys - key material as netlink brought it
 * @encr: cipher key, then its salt
 * @encr_len: bytes of both
 * @auth: key of the integrity algorithm
 * @auth_len: bytes
 *
 * The caller owns and wipes both.
 */
struct cm_esp_keys {
	const u8 *encr;
	u32 encr_len;
	const u8 *auth;
	u32 auth_len;
};

/**
 * cm_esp_init() - allocate the transforms of an SA and set @sa->esp
 * @sa: sa->encr, sa->auth, sa->flags, addresses and mode are set
 * @keys: lengths are checked here
 * @extack: says what is wrong
 *
 * Process context, may sleep (loads crypto modules).
 *
 * Return: 0, -EINVAL, -EOPNOTSUPP (no such algorithm in this kernel), -ENOMEM.
 */
int cm_esp_init(struct cm_sa *sa, const struct cm_esp_keys *keys,
		struct netlink_ext_ack *extack);

/* Free what cm_esp_init() made. No packet holds the SA any more. May sleep. */
void cm_esp_destroy(struct cm_sa *sa);

/* Name of the kernel driver in use, valid as long as the SA. */
const char *cm_esp_driver(const struct cm_sa *sa);

#endif
