/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Completion of asynchronous crypto: Linux 6.3 passes the data itself. Drivers that
 * need the FPU: until 6.15 asynchronous.
 */
#ifndef _CM_COMPAT_CRYPTO_H
#define _CM_COMPAT_CRYPTO_H

#include <linux/crypto.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
#define CM_CRYPTO_ARG struct crypto_async_request *

static inline void *cm_crypto_data(struct crypto_async_request *arg)
{
	return arg->data;
}
#else
#define CM_CRYPTO_ARG void *

static inline void *cm_crypto_data(void *arg)
{
	return arg;
}
#endif

/*
 * Is this driver a pair of crypto/simd.c? It asks its inner driver, "__" and its own
 * name, where the FPU is usable, and gives the packet to a thread only where it is
 * not, or if others of this transform are waiting for that. What a template made is
 * no pair, and asking for its name would have the kernel make another.
 */
static inline bool cm_crypto_is_simd(const char *driver)
{
	char inner[CRYPTO_MAX_ALG_NAME + sizeof("__")];

	if (strchr(driver, '('))
		return false;
	snprintf(inner, sizeof(inner), "__%s", driver);
	return crypto_has_alg(inner, CRYPTO_ALG_INTERNAL,
			      CRYPTO_ALG_INTERNAL | CRYPTO_NOLOAD);
}

#endif
