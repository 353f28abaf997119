/* SPDX-License-Identifier: GPL-2.0 */
/* ESP: the transforms of an SA (kernel crypto API). */
#ifndef _CM_ESP_H
#define _CM_ESP_H

#include <linux/types.h>

struct cm_sa;
struct netlink_ext_ack;

/**
 * struct cm_esp_keys - the keys of one SA, wiped by the caller afterwards
 * @encr: key of the cipher, then its salt
 * @encr_len: bytes of both
 * @auth: key of the integrity algorithm
 * @auth_len: its bytes
 */
struct cm_esp_keys {
	const u8 *encr;
	const u8 *auth;
	u16 encr_len;
	u16 auth_len;
};

/**
 * cm_esp_init() - prepare the crypto of a new SA
 * @sa: not yet visible to packets; encr, auth, flags, dir, key and addresses set
 * @keys: lengths were checked against kmod/core/alg.h
 * @extack: says what is missing in the kernel
 *
 * Context: process. Return: 0 or a negative errno.
 */
int cm_esp_init(struct cm_sa *sa, const struct cm_esp_keys *keys,
		struct netlink_ext_ack *extack);

/* Free sa->esp, which may be NULL. Process context, nothing uses it any more. */
void cm_esp_destroy(struct cm_sa *sa);

/* Name of the kernel driver in use, or NULL. */
const char *cm_esp_driver(const struct cm_sa *sa);

#endif
