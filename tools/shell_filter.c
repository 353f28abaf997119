// SPDX-License-Identifier: GPL-2.0-or-later
/* Output filters: `| include`, `| exclude`, `| begin`. */
#include <ctype.h>
#include <errno.h>
#include <regex.h>
#include <string.h>

#include "tools/lib/printable.h"
#include "tools/shell.h"

enum filter { FILTER_BEGIN, FILTER_EXCLUDE, FILTER_INCLUDE, FILTER_COUNT };

static const char *const filters[FILTER_COUNT] = {
	[FILTER_BEGIN] = "begin",
	[FILTER_EXCLUDE] = "exclude",
	[FILTER_INCLUDE] = "include",
};

static enum filter find_filter(const char *word, size_t len)
{
	enum filter f = 0;

	while (f < FILTER_COUNT && (!len || strncmp(word, filters[f], len)))
		f++;
	return f;
}

static void filter_lines(enum filter f, const regex_t *re, const char *text,
			 FILE *out)
{
	bool begun = false, matches;
	char line[512];
	size_t len, cut;

	for (; *text; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		cut = len < sizeof(line) ? len : sizeof(line) - 1;
		memcpy(line, text, cut);
		line[cut] = '\0';
		matches = !regexec(re, line, 0, NULL, 0);
		begun |= matches;
		if (f == FILTER_BEGIN ? begun :
		    matches == (f == FILTER_INCLUDE))
			fprintf(out, "%.*s\n", (int)len, text);
	}
}

int shell_filter(const char *filter, const char *text, FILE *out)
{
	size_t len;
	enum filter f;
	regex_t re;

	filter += strspn(filter, " ");
	len = strcspn(filter, " ");
	f = find_filter(filter, len);
	filter += len + strspn(filter + len, " ");
	if (f == FILTER_COUNT || !*filter) {
		fprintf(stderr, "%% expected begin, exclude or include and a regular expression behind '|'\n");
		return -EINVAL;
	}
	if (regcomp(&re, filter, REG_EXTENDED | REG_NOSUB)) {
		fputs("% not a regular expression: ", stderr);
		printable_puts(stderr, filter);
		fputc('\n', stderr);
		return -EINVAL;
	}
	if (text)
		filter_lines(f, &re, text, out);
	regfree(&re);
	return 0;
}
