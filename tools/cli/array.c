// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/cli/array.h"

void *cfg_array_insert(void *base, size_t n, size_t size, size_t at, void **slot)
{
	char *array = base;

	if (!(n & (n - 1))) {	/* full: 0, 1, 2, 4, ... elements */
		array = calloc(n ? 2 * n : 1, size);
		if (!array)
			return NULL;
		if (n) {
			memcpy(array, base, n * size);
			explicit_bzero(base, n * size);
			free(base);
		}
	}
	memmove(array + (at + 1) * size, array + at * size, (n - at) * size);
	memset(array + at * size, 0, size);
	*slot = array + at * size;
	return array;
}

void cfg_array_remove(void *base, size_t n, size_t size, size_t at)
{
	char *array = base;

	memmove(array + at * size, array + (at + 1) * size,
		(n - at - 1) * size);
	explicit_bzero(array + (n - 1) * size, size);
}

void cfg_array_free(void *base, size_t n, size_t size)
{
	if (base)
		explicit_bzero(base, n * size);
	free(base);
}

bool cfg_array_copy(void **to, const void *from, size_t n, size_t size)
{
	size_t capacity = 1;

	*to = NULL;
	if (!n)
		return true;
	while (capacity < n)
		capacity *= 2;
	*to = calloc(capacity, size);
	if (*to)
		memcpy(*to, from, n * size);
	return *to;
}
