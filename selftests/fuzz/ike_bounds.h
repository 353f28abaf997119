/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The daemon reads messages from buffers that are larger than they are, where
 * ASan sees no read past an end.  So, by --wrap: a datagram is a block of its
 * own size, and what follows a decrypted message cannot be touched.
 */
#ifndef SELFTESTS_FUZZ_IKE_BOUNDS_H
#define SELFTESTS_FUZZ_IKE_BOUNDS_H

#include <sanitizer/asan_interface.h>

#include "ike-daemon/engine.h"
#include "ike-daemon/sa/ike_sa.h"
#include "ike-daemon/v1/exchange.h"
#include "selftests/fuzz/fuzz.h"
#include "tools/lib/secret.h"

void __real_engine_input(struct engine *e, const struct addr *local,
			 const struct addr *remote, const uint8_t *data,
			 size_t len);
int __real_v1_message_open(struct ike_sa *sa, struct isakmp_msg *msg,
			   uint8_t *iv, struct isakmp_err *err);
void __real_secret_wipe(void *p, size_t len);
void __wrap_engine_input(struct engine *e, const struct addr *local,
			 const struct addr *remote, const uint8_t *data,
			 size_t len);
int __wrap_v1_message_open(struct ike_sa *sa, struct isakmp_msg *msg,
			   uint8_t *iv, struct isakmp_err *err);
void __wrap_secret_wipe(void *p, size_t len);

void __wrap_engine_input(struct engine *e, const struct addr *local,
			 const struct addr *remote, const uint8_t *data,
			 size_t len)
{
	void *copy = NULL;

	/* Not malloc(), which may be made to fail. */
	CHECK(!posix_memalign(&copy, sizeof(void *), len ? len : 1));
	if (len)
		memcpy(copy, data, len);
	__real_engine_input(e, local, remote, copy, len);
	free(copy);
	ASAN_UNPOISON_MEMORY_REGION(e->plain, sizeof(e->plain));
}

int __wrap_v1_message_open(struct ike_sa *sa, struct isakmp_msg *msg,
			   uint8_t *iv, struct isakmp_err *err)
{
	uint8_t *plain = sa->e->plain;
	int ret;

	ASAN_UNPOISON_MEMORY_REGION(plain, sizeof(sa->e->plain));
	ret = __real_v1_message_open(sa, msg, iv, err);
	if (msg->body_len < sizeof(sa->e->plain))
		ASAN_POISON_MEMORY_REGION(plain + msg->body_len,
					  sizeof(sa->e->plain) - msg->body_len);
	return ret;
}

void __wrap_secret_wipe(void *p, size_t len)
{
	ASAN_UNPOISON_MEMORY_REGION(p, len);
	__real_secret_wipe(p, len);
}

#endif
