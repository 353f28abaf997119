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
#include "tools/lib/printable.h"

#define FILE_MAX	(64 << 20)	/* bytes of a configuration file */

struct reader {
	const char *name;
	const char *text;	/* all of it */
	size_t len;
	const char *found;	/* the line that was looked for last, or NULL */
	unsigned int found_number;
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

static void complain(FILE *err, const char *name, const char *text)
{
	printable_puts(err, name);
	fputs(": ", err);
	printable_puts(err, text);
	fputc('\n', err);
}

static void complain_at(struct reader *r, unsigned int line,
			unsigned int column, const char *text)
{
	r->errors++;
	printable_puts(r->err, r->name);
	fprintf(r->err, ":%u:%u: ", line, column);
	printable_puts(r->err, text);
	fputc('\n', r->err);
}

/*
 * Secrets do not belong into logs: a line with one is not shown, and of others
 * nothing behind the word that was refused, since it was not understood.
 */
static void show_line(struct reader *r, const char *line, unsigned int column)
{
	size_t len = strlen(line);

	if (editor_line_secret(&r->ed, line))
		return;
	if (column <= len)
		len = column - 1 + strcspn(line + column - 1, " \t");
	fputs("  ", r->err);
	printable_write(r->err, line, len);
	fputc('\n', r->err);
	cli_caret(line, 2, column, r->err);
}

static void report(struct reader *r, const char *line)
{
	complain_at(r, r->number, r->ed.column, r->ed.err.text);
	show_line(r, line, r->ed.column);
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
	char text[64];

	snprintf(text, sizeof(text), "a line has at most %d characters",
		 CLI_LINE_MAX);
	complain_at(r, r->number, 1, text);
	return 0;
}

/*
 * Takes the next line off a text, without the blanks at its end. False: it is
 * too long, or no text.
 */
static bool next_line(const char **text, size_t *len, char *line)
{
	const char *from = *text, *end = memchr(from, '\n', *len);
	size_t n = end ? (size_t)(end - from) : *len;

	*text += end ? n + 1 : n;
	*len -= end ? n + 1 : n;
	line[0] = '\0';
	if (n > CLI_LINE_MAX || memchr(from, '\0', n))
		return false;
	memcpy(line, from, n);
	while (n && isspace((unsigned char)line[n - 1]))
		n--;
	line[n] = '\0';
	return true;
}

static int read_lines(struct reader *r)
{
	const char *text = r->text;
	char line[CLI_LINE_MAX + 1];
	size_t len = r->len;
	int ret = 0;

	while (len && !ret) {
		r->number++;
		ret = next_line(&text, &len, line) ? read_line(r, line) :
						     too_long(r);
	}
	explicit_bzero(line, sizeof(line));
	return ret;
}

/* Findings mostly come in the order of lines: goes on from the last one. */
static void show_numbered(struct reader *r, unsigned int number,
			  unsigned int column)
{
	const char *text = r->text;
	char line[CLI_LINE_MAX + 1];
	unsigned int at = 1;
	size_t len = r->len;

	if (r->found && r->found_number <= number) {
		text = r->found;
		len -= r->found - r->text;
		at = r->found_number;
	}
	for (; at < number; at++)
		next_line(&text, &len, line);
	r->found = text;
	r->found_number = number;
	if (next_line(&text, &len, line))
		show_line(r, line, column);
	explicit_bzero(line, sizeof(line));
}

static void report_finding(void *arg, const struct check_finding *finding)
{
	struct reader *r = arg;

	if (!finding->column) {
		r->errors++;
		complain(r->err, r->name, finding->text);
		return;
	}
	complain_at(r, finding->line, finding->column, finding->text);
	show_numbered(r, finding->line, finding->column);
}

static int parse_into(struct cm_config *cfg, const char *name,
		      const char *text, size_t len, FILE *err)
{
	struct reader r = {
		.name = name, .text = text, .len = len, .err = err,
	};
	int ret;

	editor_init(&r.ed, cfg);
	ret = read_lines(&r);
	if (!ret)
		config_check_errors(cfg, report_finding, &r);
	editor_free(&r.ed);
	if (ret)
		complain(err, name, "out of memory");
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
	cm_config_forget_places(cfg);
	/* What is derived from tunnel groups may be said otherwise now. */
	cfg_remote_forget_derived(cfg);
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
		complain(err, path, strerror(-ret));
		return ret;
	}
	ret = read_stream(in, text, len);
	if (!standard_input)
		fclose(in);
	if (!ret)
		return 0;
	complain(err, path,
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

static bool has_secrets(const struct cm_config *cfg)
{
	return cfg->n_keys || cfg->n_users || cfg->n_radius || cfg->n_ezvpns ||
	       cfg->n_tunnel_groups;
}

/* Secrets of manual entries, and others that are rare, may go without the warning. */
void config_warn_of_readers(const char *path, const struct cm_config *cfg,
			    FILE *err)
{
	char text[80];
	struct stat st;

	if (!strcmp(path, "-") || !has_secrets(cfg) || stat(path, &st) ||
	    !S_ISREG(st.st_mode) || !(st.st_mode & 077))
		return;
	snprintf(text, sizeof(text),
		 "warning: it has secrets, and others may read it, mode %04o: make it 0600",
		 (unsigned int)st.st_mode & 07777);
	complain(err, path, text);
}
