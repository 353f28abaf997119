// SPDX-License-Identifier: GPL-2.0-or-later
/* Records: built as JSON objects, printed as JSON or through templates. */
#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "tools/lib/addr.h"
#include "tools/lib/printable.h"
#include "tools/lib/writer.h"

#define KEY_MAX 64	/* characters between the braces of a template */

/* --- Documents ------------------------------------------------------------- */

void writer_open(struct writer *w, FILE *out, bool json, const char *list)
{
	*w = (struct writer){ .out = out, .json = json };
	if (json)
		fprintf(out, "{\"%s\":[", list);
}

void writer_text(struct writer *w, const char *fmt, ...)
{
	va_list ap;

	if (w->json)
		return;
	va_start(ap, fmt);
	vfprintf(w->out, fmt, ap);
	va_end(ap);
}

void writer_record(struct writer *w, struct json_object *rec,
		   writer_render_fn *render)
{
	if (!rec)
		return;
	if (w->json)
		fprintf(w->out, "%s\n  %s", w->n ? "," : "",
			json_object_to_json_string_ext(rec,
				JSON_C_TO_STRING_SPACED |
				JSON_C_TO_STRING_NOSLASHESCAPE));
	else
		render(w->out, rec);
	w->n++;
	json_object_put(rec);
}

unsigned int writer_count(const struct writer *w)
{
	return w->n;
}

int writer_close(struct writer *w)
{
	if (w->json)
		fprintf(w->out, "%s]}\n", w->n ? "\n" : "");
	return fflush(w->out) || ferror(w->out) ? -EIO : 0;
}

/* --- Building -------------------------------------------------------------- */

struct json_object *rec_new(void)
{
	return json_object_new_object();
}

void rec_put(struct json_object *rec, const char *key,
	     struct json_object *value)
{
	json_object_object_add(rec, key, value);
}

void rec_str(struct json_object *rec, const char *key, const char *value)
{
	rec_put(rec, key, json_object_new_string(value ? value : ""));
}

void rec_fmt(struct json_object *rec, const char *key, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	rec_str(rec, key, text);
}

void rec_num(struct json_object *rec, const char *key, uint64_t value)
{
	rec_put(rec, key, json_object_new_uint64(value));
}

void rec_bool(struct json_object *rec, const char *key, bool value)
{
	rec_put(rec, key, json_object_new_boolean(value));
}

void rec_addr(struct json_object *rec, const char *key, const struct addr *a)
{
	char text[ADDR_STRLEN];

	rec_str(rec, key, addr_format(a, text, sizeof(text)));
}

struct json_object *rec_list(struct json_object *rec, const char *key)
{
	struct json_object *list = rec_get(rec, key);

	if (!list) {
		list = json_object_new_array();
		rec_put(rec, key, list);
	}
	return list;
}

void rec_append(struct json_object *list, struct json_object *item)
{
	json_object_array_add(list, item);
}

/* --- Reading ----------------------------------------------------------------- */

struct json_object *rec_get(struct json_object *rec, const char *key)
{
	struct json_object *value = NULL;

	if (!json_object_is_type(rec, json_type_object))
		return NULL;
	json_object_object_get_ex(rec, key, &value);
	return value;
}

const char *rec_get_str(struct json_object *rec, const char *key)
{
	struct json_object *value = rec_get(rec, key);

	return value ? json_object_get_string(value) : "";
}

uint64_t rec_get_num(struct json_object *rec, const char *key)
{
	return json_object_get_uint64(rec_get(rec, key));
}

bool rec_get_bool(struct json_object *rec, const char *key)
{
	return json_object_get_boolean(rec_get(rec, key));
}

size_t rec_len(struct json_object *list)
{
	if (!json_object_is_type(list, json_type_array))
		return 0;
	return json_object_array_length(list);
}

struct json_object *rec_at(struct json_object *list, size_t i)
{
	return i < rec_len(list) ? json_object_array_get_idx(list, i) : NULL;
}

/* --- Templates --------------------------------------------------------------- */

/* The field at a dotted path; changes @path. */
static struct json_object *resolve(struct json_object *rec, char *path)
{
	char *save = NULL;

	for (char *key = strtok_r(path, ".", &save); key;
	     key = strtok_r(NULL, ".", &save))
		rec = rec_get(rec, key);
	return rec;
}

static void pad_to(FILE *out, int columns, const char *text)
{
	int width = (int)printable_width(text);

	if (width < columns)
		fprintf(out, "%*s", columns - width, "");
}

static void expand_field(FILE *out, char *spec, struct json_object *rec)
{
	char *format = strchr(spec, ':');
	struct json_object *value;
	const char *text;

	if (format)
		*format++ = '\0';
	value = resolve(rec, spec);
	if (format && (*format == 'x' || *format == 'X')) {
		fprintf(out, *format == 'x' ? "%" PRIx64 : "%" PRIX64,
			json_object_get_uint64(value));
		return;
	}
	text = value ? json_object_get_string(value) : "";
	if (format && *format == '>')
		pad_to(out, atoi(format + 1), text);
	printable_puts(out, text);
	if (format && *format != '>')
		pad_to(out, atoi(format), text);
}

void rec_expand(FILE *out, const char *template, struct json_object *rec)
{
	const char *p = template;

	while (*p) {
		char spec[KEY_MAX + 1];
		const char *end;

		if (p[0] != '{' || p[1] == '{') {
			fputc(*p, out);
			p += p[0] == '{' ? 2 : 1;
			continue;
		}
		end = strchr(p, '}');
		if (!end || end - p - 1 > KEY_MAX)
			return;
		memcpy(spec, p + 1, (size_t)(end - p - 1));
		spec[end - p - 1] = '\0';
		expand_field(out, spec, rec);
		p = end + 1;
	}
}
