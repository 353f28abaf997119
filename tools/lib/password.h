/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Passwords of users: kept as salted hashes, in the form of crypt(5). */
#ifndef TOOLS_LIB_PASSWORD_H
#define TOOLS_LIB_PASSWORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PASSWORD_NT		"$3$$"	/* in front of the digits */
#define PASSWORD_NT_LEN		16

/* The hash of SHA-512 ($6$) with a salt of its own; 0, -ENOBUFS, or -EIO. */
int password_hash(const char *password, char *out, size_t size);
/* Is it one that passwords can be compared with: $1$ (as in IOS), $5$, $6$? */
bool password_is_hash(const char *hash);
/*
 * The hash that MS-CHAP needs (MD4 of the password in UTF-16, RFC 2433), without salt: $3$ and
 * 32 hexadecimal digits.  Of a password in ASCII; 0 or -EIO.
 */
bool password_is_ascii(const char *password);
int password_nt_hash(const char *password, char *out, size_t size);
/* The same of those digits; false: they are others. */
bool password_nt_digits(const char *digits, char *out, size_t size);
/* The 16 bytes of such a hash; false: it is of another kind. */
bool password_nt_bytes(const char *hash, uint8_t out[PASSWORD_NT_LEN]);
/*
 * Takes milliseconds, which do not depend on whether it fits.  From any thread.
 */
bool password_fits(const char *password, const char *hash);

#endif
