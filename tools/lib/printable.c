// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "tools/lib/printable.h"

static bool is_tail(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* Bytes of the UTF-8 character that begins here; 0: none does. */
static size_t sequence(const char *text, size_t len)
{
	unsigned char c = (unsigned char)*text;
	size_t n = c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;

	if (!n || n > len)
		return 0;
	for (size_t i = 1; i < n; i++)
		if (!is_tail(text[i]))
			return 0;
	/* U+0080 to U+009F */
	return c == 0xc2 && (unsigned char)text[1] < 0xa0 ? 0 : n;
}

static bool is_control(const char *text, size_t len)
{
	unsigned char c = (unsigned char)*text;

	if (c < 0x20 || c == 0x7f || (c >= 0x80 && c < 0xa0))
		return true;
	/* Its second byte is one in any case. */
	return c == 0xc2 && len > 1 && is_tail(text[1]) && !sequence(text, len);
}

size_t printable_char(const char *text, size_t len, char out[PRINTABLE_SIZE])
{
	size_t n = sequence(text, len);

	memset(out, 0, PRINTABLE_SIZE);
	if (is_control(text, len)) {
		snprintf(out, PRINTABLE_SIZE, "\\x%02x", (unsigned char)*text);
		return 1;
	}
	memcpy(out, text, n ? n : 1);
	return n ? n : 1;
}

static bool stays(char c)
{
	return c == '\t' || c == '\n';
}

void printable_write(FILE *out, const char *text, size_t len)
{
	char c[PRINTABLE_SIZE];
	size_t n;

	for (; len; text += n, len -= n) {
		n = printable_char(text, len, c);
		if (stays(*text))
			fputc(*text, out);
		else
			fputs(c, out);
	}
}

void printable_puts(FILE *out, const char *text)
{
	printable_write(out, text, strlen(text));
}

/* The columns of one character, of which @n bytes became @c. */
static size_t columns(const char *c, size_t n)
{
	return n > 1 ? 1 : strlen(c);
}

void printable_pad(FILE *out, const char *text, size_t len)
{
	char c[PRINTABLE_SIZE];
	size_t n;

	for (; len; text += n, len -= n) {
		n = printable_char(text, len, c);
		if (*text == '\t')
			fputc('\t', out);
		else
			fprintf(out, "%*s", (int)columns(c, n), "");
	}
}

size_t printable_width(const char *text)
{
	size_t len = strlen(text), width = 0, n;
	char c[PRINTABLE_SIZE];

	for (; len; text += n, len -= n) {
		n = printable_char(text, len, c);
		width += stays(*text) ? 1 : columns(c, n);
	}
	return width;
}

size_t printable_span(const char *text)
{
	size_t len = strlen(text), at = 0, n;
	char c[PRINTABLE_SIZE];

	for (; at < len; at += n) {
		n = printable_char(text + at, len - at, c);
		if (!stays(text[at]) && is_control(text + at, len - at))
			break;
	}
	return at;
}

bool printable_is_name(const char *text)
{
	return !text[printable_span(text)] && !strpbrk(text, "\t\n");
}
