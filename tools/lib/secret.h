/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory for keys: wiped before it is given back, compared in constant time.
 * Never log what is in it.  Keeping it out of core dumps is the process's task
 * (PR_SET_DUMPABLE).
 */
#ifndef TOOLS_LIB_SECRET_H
#define TOOLS_LIB_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zeroed memory, or NULL.  @len 0 is allowed.  Free with secret_free(). */
void *secret_alloc(size_t len);
/* Wipe and free; NULL is allowed. */
void secret_free(void *p);
void secret_wipe(void *p, size_t len);
/* Constant time in the content, not in @len. */
bool secret_equal(const void *a, const void *b, size_t len);

/* An owned secret of variable length; all zero bytes is a valid empty one. */
struct secret {
	uint8_t *data;
	size_t len;
};

/* Replace the content by a copy of @data: 0 or -ENOMEM (content unchanged). */
int secret_set(struct secret *s, const void *data, size_t len);
/* Replace the content by @len zero bytes to be filled in; 0 or -ENOMEM. */
int secret_resize(struct secret *s, size_t len);
/* Move @from into @to, which is cleared first; @from becomes empty. */
void secret_move(struct secret *to, struct secret *from);
/* Wipe and release; the secret is empty and usable again. */
void secret_clear(struct secret *s);

/*
 * No core dumps of this process from here on: keys are in its memory, also in
 * buffers of libraries that do not wipe them.  The limit alone does not hold
 * for dumps into a pipe.
 */
void secret_no_dumps(void);

#endif
