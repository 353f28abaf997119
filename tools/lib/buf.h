/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bounded buffer: the only way to read or write wire formats.
 *
 * A struct buf is either a reader over foreign memory (buf_reader), a writer
 * that grows up to a hard maximum (buf_init), or a writer into memory of fixed
 * size (buf_fixed).  Integers are big-endian on the wire.
 *
 * Errors stick: the first failing call stores a negative errno in the buffer,
 * and from then on every get returns 0 or NULL and every put does nothing.  A
 * sequence of calls therefore needs one check, buf_err(), at its end; but a
 * loop whose bound was read from the buffer must check before it iterates.
 *
 *   -EBADMSG    read past the end
 *   -EMSGSIZE   write past the maximum, or a length that its field cannot hold
 *   -ENOMEM     out of memory while growing
 *   -EINVAL     write to a reader, or patch of bytes that were never written
 *
 * Nothing here is thread-safe; a buffer belongs to one thread at a time.
 */
#ifndef TOOLS_LIB_BUF_H
#define TOOLS_LIB_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum buf_kind {
	BUF_READER,
	BUF_FIXED,
	BUF_GROWING,
};

/* Fields are private to buf.c; use the functions. */
struct buf {
	uint8_t *mem;
	size_t pos;		/* read cursor, <= len */
	size_t len;		/* valid bytes */
	size_t cap;		/* bytes allocated at mem */
	size_t max;		/* len never exceeds this */
	int err;
	enum buf_kind kind;
};

/* An empty growing writer; allocates on first use.  Free with buf_free(). */
void buf_init(struct buf *b, size_t max);
/* A writer into the caller's memory, which must outlive the buffer. */
void buf_fixed(struct buf *b, void *mem, size_t size);
/* A reader over the caller's memory, which must outlive the buffer. */
void buf_reader(struct buf *b, const void *mem, size_t len);

/* Release memory (wiped first); the buffer is empty and usable again. */
void buf_free(struct buf *b);
/* Drop the content and the error, keep the memory (not wiped). */
void buf_reset(struct buf *b);
/* Overwrite all memory of a writer with zeros and drop the content. */
void buf_wipe(struct buf *b);

/* 0 or the first error. */
int buf_err(const struct buf *b);
/* Record an error found by the caller; the first one stays.  Returns it. */
int buf_fail(struct buf *b, int err);

/* All valid bytes, read or not; valid until the next put, free or reset. */
const uint8_t *buf_data(const struct buf *b);
/* The same for changing bytes in place (encryption); NULL for a reader. */
uint8_t *buf_data_mut(struct buf *b);
size_t buf_len(const struct buf *b);
/* Bytes not read yet; 0 once an error has occurred. */
size_t buf_left(const struct buf *b);
/* Offset of the read cursor from the start. */
size_t buf_pos(const struct buf *b);

uint8_t buf_get_u8(struct buf *b);
uint16_t buf_get_u16(struct buf *b);
uint32_t buf_get_u32(struct buf *b);
uint64_t buf_get_u64(struct buf *b);
/* Copy @len bytes out; on error @out is zeroed.  Returns 0 or the error. */
int buf_get(struct buf *b, void *out, size_t len);
int buf_skip(struct buf *b, size_t len);
/*
 * The next @len bytes without copying, or NULL.  The pointer lives as long as
 * the memory beneath: for a reader the caller's memory, for a writer until the
 * next put, free or reset.  For @len 0 the pointer is valid but names nothing.
 */
const uint8_t *buf_get_direct(struct buf *b, size_t len);
/* Make @sub a reader over the next @len bytes and skip them (same lifetime). */
int buf_get_sub(struct buf *b, struct buf *sub, size_t len);

void buf_put_u8(struct buf *b, uint8_t v);
void buf_put_u16(struct buf *b, uint16_t v);
void buf_put_u32(struct buf *b, uint32_t v);
void buf_put_u64(struct buf *b, uint64_t v);
void buf_put(struct buf *b, const void *data, size_t len);
/* Append @len zero bytes; returns the offset of the first, for buf_set*(). */
size_t buf_reserve(struct buf *b, size_t len);

/* Overwrite bytes already written, at offset @at from the start. */
void buf_set(struct buf *b, size_t at, const void *data, size_t len);
void buf_set_u8(struct buf *b, size_t at, uint8_t v);
void buf_set_u16(struct buf *b, size_t at, uint16_t v);
void buf_set_u32(struct buf *b, size_t at, uint32_t v);
/* Store "bytes written since offset @from" at @at: nested length fields. */
void buf_set_len16(struct buf *b, size_t at, size_t from);
void buf_set_len32(struct buf *b, size_t at, size_t from);
/* Forget everything written from offset @at on. */
void buf_truncate(struct buf *b, size_t at);

#endif
