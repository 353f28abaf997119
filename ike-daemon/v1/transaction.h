/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages of transaction exchanges, of whichever side. */
#ifndef IKE_V1_TRANSACTION_H
#define IKE_V1_TRANSACTION_H

#include <stdbool.h>
#include <stdint.h>

#include "ike-daemon/crypto/crypto.h"
#include "ike-daemon/sa/timer.h"
#include "tools/lib/buf.h"

struct ike_sa;
struct isakmp_cfg;
struct isakmp_msg;

/* An exchange that we began; .id 0: none is under way. */
struct v1_own {
	uint32_t id;
	uint8_t iv[CRYPTO_BLOCK_MAX];
	struct buf tx;
	unsigned int tries;
	struct timer timer;
};

/* @fn, with @arg, is called when nobody has answered for a while. */
void v1_own_init(struct v1_own *own, timer_fn *fn, void *arg);
void v1_own_free(struct ike_sa *sa, struct v1_own *own);
/* With @body, which is sent: 0 or -errno. */
int v1_own_begin(struct ike_sa *sa, struct v1_own *own, const struct buf *body);
/* Send it, again perhaps, and wait longer than the time before. */
void v1_own_repeat(struct ike_sa *sa, struct v1_own *own);
/* It is answered, or not needed any more. */
void v1_own_over(struct ike_sa *sa, struct v1_own *own);

/* A message with @body, encrypted with @iv, which moves on: 0 or -errno. */
int v1_transaction_build(struct ike_sa *sa, uint32_t id, uint8_t *iv,
			 const struct buf *body, struct buf *out);
/* Decrypted, authentic, and with an ATTR payload that can be read.  Else it is counted. */
bool v1_transaction_open(struct ike_sa *sa, struct isakmp_msg *msg, uint8_t *iv,
			 struct isakmp_cfg *cfg);

#endif
