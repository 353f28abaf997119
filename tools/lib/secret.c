// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "tools/lib/secret.h"

/* The length is kept in front, so that freeing can wipe everything. */
struct header {
	size_t len;
} __attribute__((aligned(16)));

void *secret_alloc(size_t len)
{
	struct header *h;

	if (len > SIZE_MAX - sizeof(*h))
		return NULL;
	h = calloc(1, sizeof(*h) + len);
	if (!h)
		return NULL;
	h->len = len;
	return h + 1;
}

void secret_free(void *p)
{
	struct header *h = p;

	if (!p)
		return;
	h--;
	explicit_bzero(h, sizeof(*h) + h->len);
	free(h);
}

void secret_wipe(void *p, size_t len)
{
	if (len)
		explicit_bzero(p, len);
}

bool secret_equal(const void *a, const void *b, size_t len)
{
	const volatile uint8_t *x = a, *y = b;
	uint8_t diff = 0;
	size_t i;

	for (i = 0; i < len; i++)
		diff |= x[i] ^ y[i];
	return !diff;
}

int secret_resize(struct secret *s, size_t len)
{
	uint8_t *data = NULL;

	if (len) {
		data = secret_alloc(len);
		if (!data)
			return -ENOMEM;
	}
	secret_clear(s);
	s->data = data;
	s->len = len;
	return 0;
}

int secret_set(struct secret *s, const void *data, size_t len)
{
	struct secret fresh = { 0 };
	int err;

	/* @data may lie within @s: copy before the old content goes. */
	err = secret_resize(&fresh, len);
	if (err)
		return err;
	if (len)
		memcpy(fresh.data, data, len);
	secret_move(s, &fresh);
	return 0;
}

void secret_move(struct secret *to, struct secret *from)
{
	if (to == from)
		return;
	secret_clear(to);
	*to = *from;
	*from = (struct secret){ 0 };
}

void secret_clear(struct secret *s)
{
	secret_free(s->data);
	*s = (struct secret){ 0 };
}

void secret_no_dumps(void)
{
	struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0);
}
