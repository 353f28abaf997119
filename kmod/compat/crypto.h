/* SPDX-License-Identifier: GPL-2.0 */
/* Completion of asynchronous crypto: Linux 6.3 passes the data itself. */
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

#endif
