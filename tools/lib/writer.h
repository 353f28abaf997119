/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Output as records: each is built once, as a JSON object, and then either
 * printed as JSON or rendered as text from that very object, so the two can
 * never tell different stories.
 *
 * A document is one list of records: {"NAME": [ ... ]}.  Records are streamed;
 * a hundred thousand take no more memory than one.
 */
#ifndef TOOLS_LIB_WRITER_H
#define TOOLS_LIB_WRITER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct json_object;
struct addr;

struct writer {
	FILE *out;
	bool json;
	/* private */
	unsigned int n;
};

void writer_open(struct writer *w, FILE *out, bool json, const char *list);
/* Headings and notes, in text mode only. */
void writer_text(struct writer *w, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
typedef void writer_render_fn(FILE *out, struct json_object *rec);
/* Write one record; consumes @rec. */
void writer_record(struct writer *w, struct json_object *rec,
		   writer_render_fn *render);
/* Records written so far. */
unsigned int writer_count(const struct writer *w);
/* 0, or -EIO when writing failed at any point. */
int writer_close(struct writer *w);

/* Building.  All take ownership of nothing and copy text. */
struct json_object *rec_new(void);
void rec_str(struct json_object *rec, const char *key, const char *value);
void rec_fmt(struct json_object *rec, const char *key, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void rec_num(struct json_object *rec, const char *key, uint64_t value);
void rec_bool(struct json_object *rec, const char *key, bool value);
void rec_addr(struct json_object *rec, const char *key, const struct addr *a);
/* Attach a nested record or list; consumes @value. */
void rec_put(struct json_object *rec, const char *key,
	     struct json_object *value);
/* The list called @key, made on first use; append with rec_append(). */
struct json_object *rec_list(struct json_object *rec, const char *key);
void rec_append(struct json_object *list, struct json_object *item);

/* Reading back, for renderers; absent = "", 0, NULL. */
const char *rec_get_str(struct json_object *rec, const char *key);
uint64_t rec_get_num(struct json_object *rec, const char *key);
bool rec_get_bool(struct json_object *rec, const char *key);
struct json_object *rec_get(struct json_object *rec, const char *key);
size_t rec_len(struct json_object *list);
struct json_object *rec_at(struct json_object *list, size_t i);

/*
 * Expand a template: "{key}" becomes the field, "{a.b}" the field of a nested
 * record, "{key:N}" padded on the right to N columns, "{key:>N}" on the left,
 * "{key:x}" and "{key:X}" a number in hexadecimal; "{{" is a brace.
 */
void rec_expand(FILE *out, const char *template, struct json_object *rec);

#endif
