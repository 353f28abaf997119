/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages of transaction exchanges, of whichever side. */
#ifndef IKE_V1_TRANSACTION_H
#define IKE_V1_TRANSACTION_H

#include <stdbool.h>
#include <stdint.h>

struct buf;
struct ike_sa;
struct isakmp_cfg;
struct isakmp_msg;

/* A message with @body, encrypted with @iv, which moves on: 0 or -errno. */
int v1_transaction_build(struct ike_sa *sa, uint32_t id, uint8_t *iv,
			 const struct buf *body, struct buf *out);
/* Decrypted, authentic, and with an ATTR payload that can be read.  Else it is counted. */
bool v1_transaction_open(struct ike_sa *sa, struct isakmp_msg *msg, uint8_t *iv,
			 struct isakmp_cfg *cfg);

#endif
