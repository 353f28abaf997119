/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text of strangers (files, peers, names) on its way to a terminal or a log,
 * where a control character could do more than be read: it appears as \xNN.
 * Control characters are those of ASCII and of ISO 8859 (0x80 to 0x9f), the
 * latter alone or as UTF-8. Other bytes that are no UTF-8 pass.
 */
#ifndef TOOLS_LIB_PRINTABLE_H
#define TOOLS_LIB_PRINTABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define PRINTABLE_SIZE 5	/* one character of UTF-8, or \xNN, and NUL */

/*
 * The first character of the @len > 0 bytes at @text, harmless.  Returns the
 * bytes that it takes there.
 */
size_t printable_char(const char *text, size_t len, char out[PRINTABLE_SIZE]);

/* Of the characters below, tabs and newlines stay what they are. */
void printable_write(FILE *out, const char *text, size_t len);
void printable_puts(FILE *out, const char *text);
/* Blanks as wide as printable_write() makes that text of one line. */
void printable_pad(FILE *out, const char *text, size_t len);
/* The columns that it takes, tabs counted as one. */
size_t printable_width(const char *text);
/* Bytes before the first control character, tabs and newlines not counted as such. */
size_t printable_span(const char *text);
/* Is there none in it, not even these: can it be a name? */
bool printable_is_name(const char *text);

#endif
