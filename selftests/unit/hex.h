/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hex strings as bytes, and bytes in a block of exactly their size, so that the
 * address sanitizer sees the first byte read past the end. */
#ifndef SELFTESTS_UNIT_HEX_H
#define SELFTESTS_UNIT_HEX_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static inline unsigned int hex_digit(char c)
{
	return c <= '9' ? (unsigned int)(c - '0') :
			  (unsigned int)((c | 0x20) - 'a' + 10);
}

/* A malloc()ed copy; blanks between bytes are passed over. */
static inline uint8_t *hex_bytes(const char *hex, size_t *len)
{
	uint8_t *out = malloc(strlen(hex) / 2 + 1);
	size_t n = 0;

	while (*hex) {
		if (*hex == ' ') {
			hex++;
			continue;
		}
		out[n++] = (uint8_t)(hex_digit(hex[0]) << 4 |
				     hex_digit(hex[1]));
		hex += 2;
	}
	*len = n;
	return realloc(out, n ? n : 1);
}

static inline uint8_t *exact_copy(const void *data, size_t len)
{
	uint8_t *out = malloc(len ? len : 1);

	if (len)
		memcpy(out, data, len);
	return out;
}

#endif
