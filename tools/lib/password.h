/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Passwords of users: kept as salted hashes, in the form of crypt(5). */
#ifndef TOOLS_LIB_PASSWORD_H
#define TOOLS_LIB_PASSWORD_H

#include <stdbool.h>
#include <stddef.h>

/* The hash of SHA-512 ($6$) with a salt of its own; 0, -ENOBUFS, or -EIO. */
int password_hash(const char *password, char *out, size_t size);
/* Is it one that passwords can be compared with: $1$ (as in IOS), $5$, $6$? */
bool password_is_hash(const char *hash);
/*
 * Takes milliseconds, which do not depend on whether it fits.  From any thread.
 */
bool password_fits(const char *password, const char *hash);

#endif
