/* SPDX-License-Identifier: GPL-2.0 */
/* Completion of asynchronous crypto: Linux 6.3 passes the data itself. */
#ifndef _CM_COMPAT_CRYPTO_H
#define _CM_COMPAT_CRYPTO_H

#include <linux/crypto.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
typedef struct crypto_async_request cm_crypto_done_t;

static inline void *cm_crypto_done_data(cm_crypto_done_t *arg)
{
	return arg->data;
}
#else
typedef void cm_crypto_done_t;

static inline void *cm_crypto_done_data(cm_crypto_done_t *arg)
{
	return arg;
}
#endif

#endif
