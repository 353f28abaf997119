/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The running configuration, wherever it lives: in the daemon if one runs,
 * else in the state file beside the socket and in the kernel module.
 */
#ifndef TOOLS_STORE_H
#define TOOLS_STORE_H

#include <stdio.h>

#include "tools/lib/err.h"

struct cm_config;

/*
 * Keeps other ipsecctl from changing the configuration between store_get() and
 * store_put(); waits for them. Returns what store_unlock() takes. Without the
 * directory of the socket there is nobody to keep off, nor a lock.
 */
int store_lock(const char *socket);
void store_unlock(int lock);

/* The caller frees *cfg. 0, or a negative errno and its sentence. */
int store_get(const char *socket, struct cm_config **cfg, struct err *err);

/*
 * Makes `new` the running configuration, by difference, and says on `out` (may
 * be NULL) what was done. old: what store_get() gave, or NULL when it is not
 * known.
 */
int store_put(const char *socket, const struct cm_config *old,
	      const struct cm_config *new, FILE *out, struct err *err);

#endif
