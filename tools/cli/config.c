// SPDX-License-Identifier: GPL-2.0-or-later
/* Configuration text, whole: every line, every error, then all or nothing. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tools/cli/check.h"
#include "tools/cli/config.h"
#include "tools/cli/editor.h"

#define FILE_MAX	(64 << 20)	/* bytes of a configuration file */

struct reader {
	const char *name;
	FILE *err;
	struct config_editor ed;
	unsigned int number;	/* of the line */
	unsigned int errors;
	/*
	 * When the line that opens a block was refused, what is indented more
	 * deeply belongs to it and would only give errors of no use.
	 */
	bool skipping;
	size_t skip_indent;
};

static size_t indent_of(const char *line)
{
	return strspn(line, " \t");
}

/*
 * Secrets do not belong into logs: a line with one is not shown, and of others
 * nothing behind the word that was refused, since it was not understood.
 */
static void report(struct reader *r, const char *line)
{
	unsigned int i, column = r->ed.column;
	size_t len = strlen(line);

	r->errors++;
	fprintf(r->err, "%s:%u:%u: %s\n", r->name, r->number, column,
		r->ed.err.text);
	if (editor_line_secret(&r->ed, line))
		return;
	if (column <= len)
		len = column - 1 + strcspn(line + column - 1, " \t");
	fprintf(r->err, "  %.*s\n  ", (int)len, line);
	for (i = 1; i < column; i++)
		fputc(line[i - 1] == '\t' ? '\t' : ' ', r->err);
	fprintf(r->err, "^\n");
}

static int read_line(struct reader *r, const char *line)
{
	int ret;

	if (r->skipping && indent_of(line) > r->skip_indent)
		return 0;
	r->skipping = false;
	ret = editor_line(&r->ed, line, r->number);
	if (ret == -EINVAL) {
		report(r, line);
		r->skipping = true;
		r->skip_indent = indent_of(line);
		ret = 0;
	}
	/* `end` and a superfluous `exit` close nothing in a file. */
	if (r->ed.mode == CLI_MODE_EXEC)
		r->ed.mode = CLI_MODE_CONFIG;
	return ret;
}

static int too_long(struct reader *r)
{
	r->errors++;
	fprintf(r->err, "%s:%u:1: a line has at most %d characters\n", r->name,
		r->number, CLI_LINE_MAX);
	return 0;
}

static int read_lines(struct reader *r, const char *text, size_t len)
{
	char line[CLI_LINE_MAX + 1];
	const char *end;
	size_t n;
	int ret = 0;

	while (len && !ret) {
		end = memchr(text, '\n', len);
		n = end ? (size_t)(end - text) : len;
		r->number++;
		if (n > CLI_LINE_MAX || memchr(text, '\0', n)) {
			ret = too_long(r);
		} else {
			memcpy(line, text, n);
			line[n] = '\0';
			while (n && isspace((unsigned char)line[n - 1]))
				line[--n] = '\0';
			ret = read_line(r, line);
		}
		n = end ? (size_t)(end - text) + 1 : len;
		text += n;
		len -= n;
	}
	explicit_bzero(line, sizeof(line));
	return ret;
}

static void report_finding(void *arg, const struct check_finding *finding)
{
	struct reader *r = arg;

	if (finding->level != CHECK_ERROR)
		return;
	r->errors++;
	fprintf(r->err, "%s:%u:%u: %s\n", r->name, finding->line,
		finding->column, finding->text);
}

static int parse_into(struct cm_config *cfg, const char *name,
		      const char *text, size_t len, FILE *err)
{
	struct reader r = { .name = name, .err = err };
	int ret;

	editor_init(&r.ed, cfg);
	ret = read_lines(&r, text, len);
	if (!ret)
		config_check(cfg, report_finding, &r);
	editor_free(&r.ed);
	if (ret)
		fprintf(err, "%s: out of memory\n", name);
	return ret ? ret : r.errors ? -EINVAL : 0;
}

static int finish(struct cm_config *cfg, int ret, struct cm_config **out)
{
	*out = ret ? NULL : cfg;
	if (ret)
		cm_config_free(cfg);
	return ret;
}

int config_parse(const char *name, const char *text, size_t len, FILE *err,
		 struct cm_config **out)
{
	struct cm_config *cfg = cm_config_new();

	*out = NULL;
	if (!cfg)
		return -ENOMEM;
	return finish(cfg, parse_into(cfg, name, text, len, err), out);
}

int config_parse_onto(const struct cm_config *base, const char *name,
		      const char *text, size_t len, FILE *err,
		      struct cm_config **out)
{
	struct cm_config *cfg = cm_config_copy(base);

	*out = NULL;
	if (!cfg)
		return -ENOMEM;
	return finish(cfg, parse_into(cfg, name, text, len, err), out);
}

static int read_stream(FILE *in, char **text, size_t *len)
{
	size_t size = 0, got;
	char *grown;

	*text = NULL;
	*len = 0;
	do {
		if (*len == size) {
			size = size ? 2 * size : 64 << 10;
			grown = size > FILE_MAX ? NULL : malloc(size);
			if (!grown)
				return size > FILE_MAX ? -EFBIG : -ENOMEM;
			if (*len) {
				memcpy(grown, *text, *len);
				explicit_bzero(*text, *len);
			}
			free(*text);
			*text = grown;
		}
		got = fread(*text + *len, 1, size - *len, in);
		*len += got;
	} while (got);
	return ferror(in) ? -EIO : 0;
}

int config_read(const char *path, FILE *err, char **text, size_t *len)
{
	bool standard_input = !strcmp(path, "-");
	FILE *in = standard_input ? stdin : fopen(path, "re");
	int ret;

	*text = NULL;
	*len = 0;
	if (!in) {
		ret = -errno;
		fprintf(err, "%s: %s\n", path, strerror(-ret));
		return ret;
	}
	ret = read_stream(in, text, len);
	if (!standard_input)
		fclose(in);
	if (!ret)
		return 0;
	fprintf(err, "%s: %s\n", path,
		ret == -EFBIG ? "larger than 64 MiB" : strerror(-ret));
	config_text_free(*text, *len);
	*text = NULL;
	*len = 0;
	return ret;
}

void config_text_free(char *text, size_t len)
{
	if (text)
		explicit_bzero(text, len);
	free(text);
}

int config_load(const char *path, FILE *err, struct cm_config **out)
{
	size_t len;
	char *text;
	int ret;

	*out = NULL;
	ret = config_read(path, err, &text, &len);
	if (ret)
		return ret;
	ret = config_parse(path, text, len, err, out);
	config_text_free(text, len);
	return ret;
}
