// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/lib/buf.h"

/* First allocation of a growing buffer, bytes. */
#define GROW_MIN 256

void buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .kind = BUF_GROWING, .max = max };
}

void buf_fixed(struct buf *b, void *mem, size_t size)
{
	*b = (struct buf){ .kind = BUF_FIXED, .mem = mem, .cap = size,
			   .max = size };
}

void buf_reader(struct buf *b, const void *mem, size_t len)
{
	/* The const is dropped only in the type: readers are never written. */
	*b = (struct buf){ .kind = BUF_READER, .mem = (uint8_t *)mem,
			   .len = len, .cap = len, .max = len };
}

void buf_free(struct buf *b)
{
	if (b->kind == BUF_GROWING) {
		buf_wipe(b);
		free(b->mem);
		b->mem = NULL;
		b->cap = 0;
	}
	buf_reset(b);
}

void buf_reset(struct buf *b)
{
	b->pos = 0;
	b->err = 0;
	b->len = 0;
}

void buf_wipe(struct buf *b)
{
	if (b->kind == BUF_READER)
		return;
	if (b->mem)
		explicit_bzero(b->mem, b->cap);
	buf_reset(b);
}

int buf_err(const struct buf *b)
{
	return b->err;
}

int buf_fail(struct buf *b, int err)
{
	if (!b->err)
		b->err = err;
	return b->err;
}

const uint8_t *buf_data(const struct buf *b)
{
	return b->mem;
}

uint8_t *buf_data_mut(struct buf *b)
{
	return b->kind == BUF_READER ? NULL : b->mem;
}

size_t buf_len(const struct buf *b)
{
	return b->len;
}

size_t buf_left(const struct buf *b)
{
	return b->err ? 0 : b->len - b->pos;
}

size_t buf_pos(const struct buf *b)
{
	return b->pos;
}

const uint8_t *buf_get_direct(struct buf *b, size_t len)
{
	static const uint8_t nothing[1];
	const uint8_t *p;

	if (b->err)
		return NULL;
	if (len > b->len - b->pos) {
		buf_fail(b, -EBADMSG);
		return NULL;
	}
	p = b->mem ? b->mem + b->pos : nothing;
	b->pos += len;
	return p;
}

static uint64_t get_number(struct buf *b, size_t len)
{
	const uint8_t *p = buf_get_direct(b, len);
	uint64_t v = 0;
	size_t i;

	if (!p)
		return 0;
	for (i = 0; i < len; i++)
		v = v << 8 | p[i];
	return v;
}

uint8_t buf_get_u8(struct buf *b)
{
	return (uint8_t)get_number(b, 1);
}

uint16_t buf_get_u16(struct buf *b)
{
	return (uint16_t)get_number(b, 2);
}

uint32_t buf_get_u32(struct buf *b)
{
	return (uint32_t)get_number(b, 4);
}

uint64_t buf_get_u64(struct buf *b)
{
	return get_number(b, 8);
}

int buf_get(struct buf *b, void *out, size_t len)
{
	const uint8_t *p = buf_get_direct(b, len);

	if (!len)
		return b->err;
	if (p)
		memcpy(out, p, len);
	else
		memset(out, 0, len);
	return b->err;
}

int buf_skip(struct buf *b, size_t len)
{
	buf_get_direct(b, len);
	return b->err;
}

int buf_get_sub(struct buf *b, struct buf *sub, size_t len)
{
	const uint8_t *p = buf_get_direct(b, len);

	buf_reader(sub, p, p ? len : 0);
	if (!p)
		sub->err = b->err;
	return b->err;
}

/* Move to new memory by hand: realloc() would leave secrets behind. */
static int grow(struct buf *b, size_t need)
{
	size_t cap = b->cap ? b->cap : GROW_MIN;
	uint8_t *mem;

	while (cap < need)
		cap = cap > b->max / 2 ? b->max : cap * 2;
	mem = malloc(cap);
	if (!mem)
		return -ENOMEM;
	if (b->mem) {
		memcpy(mem, b->mem, b->len);
		explicit_bzero(b->mem, b->cap);
		free(b->mem);
	}
	b->mem = mem;
	b->cap = cap;
	return 0;
}

/* Room for @len more bytes, counted as written; NULL and the error set. */
static uint8_t *append(struct buf *b, size_t len)
{
	uint8_t *p;
	int err;

	if (b->err)
		return NULL;
	if (b->kind == BUF_READER) {
		buf_fail(b, -EINVAL);
		return NULL;
	}
	if (len > b->max - b->len) {
		buf_fail(b, -EMSGSIZE);
		return NULL;
	}
	if (len > b->cap - b->len) {
		err = grow(b, b->len + len);
		if (err) {
			buf_fail(b, err);
			return NULL;
		}
	}
	p = b->mem + b->len;
	b->len += len;
	return p;
}

static void store(uint8_t *p, uint64_t v, size_t len)
{
	while (len--) {
		p[len] = (uint8_t)v;
		v >>= 8;
	}
}

static void put_number(struct buf *b, uint64_t v, size_t len)
{
	uint8_t *p = append(b, len);

	if (p)
		store(p, v, len);
}

void buf_put_u8(struct buf *b, uint8_t v)
{
	put_number(b, v, 1);
}

void buf_put_u16(struct buf *b, uint16_t v)
{
	put_number(b, v, 2);
}

void buf_put_u32(struct buf *b, uint32_t v)
{
	put_number(b, v, 4);
}

void buf_put_u64(struct buf *b, uint64_t v)
{
	put_number(b, v, 8);
}

void buf_put(struct buf *b, const void *data, size_t len)
{
	uint8_t *p;

	if (!len)
		return;
	p = append(b, len);
	if (p)
		memcpy(p, data, len);
}

size_t buf_reserve(struct buf *b, size_t len)
{
	size_t at = b->len;
	uint8_t *p;

	if (!len)
		return at;
	p = append(b, len);
	if (p)
		memset(p, 0, len);
	return at;
}

/* The written bytes [at, at + len), or NULL and the error set. */
static uint8_t *written(struct buf *b, size_t at, size_t len)
{
	if (b->err)
		return NULL;
	if (b->kind == BUF_READER || at > b->len || len > b->len - at) {
		buf_fail(b, -EINVAL);
		return NULL;
	}
	return b->mem + at;
}

void buf_set(struct buf *b, size_t at, const void *data, size_t len)
{
	uint8_t *p;

	if (!len)
		return;
	p = written(b, at, len);
	if (p)
		memcpy(p, data, len);
}

static void set_number(struct buf *b, size_t at, uint64_t v, size_t len)
{
	uint8_t *p = written(b, at, len);

	if (p)
		store(p, v, len);
}

void buf_set_u8(struct buf *b, size_t at, uint8_t v)
{
	set_number(b, at, v, 1);
}

void buf_set_u16(struct buf *b, size_t at, uint16_t v)
{
	set_number(b, at, v, 2);
}

void buf_set_u32(struct buf *b, size_t at, uint32_t v)
{
	set_number(b, at, v, 4);
}

static void set_len(struct buf *b, size_t at, size_t from, size_t field)
{
	uint64_t len;

	if (b->err)
		return;
	if (from > b->len) {
		buf_fail(b, -EINVAL);
		return;
	}
	len = b->len - from;
	if (len >> (8 * field)) {
		buf_fail(b, -EMSGSIZE);
		return;
	}
	set_number(b, at, len, field);
}

void buf_set_len16(struct buf *b, size_t at, size_t from)
{
	set_len(b, at, from, 2);
}

void buf_set_len32(struct buf *b, size_t at, size_t from)
{
	set_len(b, at, from, 4);
}

void buf_truncate(struct buf *b, size_t at)
{
	if (b->kind == BUF_READER || at > b->len) {
		buf_fail(b, -EINVAL);
		return;
	}
	b->len = at;
	if (b->pos > at)
		b->pos = at;
}
