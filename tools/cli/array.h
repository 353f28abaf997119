/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The arrays of the model. They hold a power of two of elements, so the capacity
 * follows from the length. What is left behind is wiped: elements may hold keys.
 * Private to the model.
 */
#ifndef CRYPTOMAP_TOOLS_CLI_ARRAY_H
#define CRYPTOMAP_TOOLS_CLI_ARRAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* The array with a new element of zeros at @at, in *slot; NULL without memory. */
void *cfg_array_insert(void *base, size_t n, size_t size, size_t at, void **slot);
void cfg_array_remove(void *base, size_t n, size_t size, size_t at);
void cfg_array_free(void *base, size_t n, size_t size);
/* A copy with the capacity that the length implies; false without memory. */
bool cfg_array_copy(void **to, const void *from, size_t n, size_t size);

#define INSERT(array, n, at) ({						\
	void *slot_ = NULL;						\
	void *new_ = cfg_array_insert(array, n, sizeof(*(array)), at, &slot_); \
	if (new_) {							\
		(array) = new_;						\
		(n)++;							\
	}								\
	slot_;								\
})

#define REMOVE(array, n, element) do {					\
	cfg_array_remove(array, n, sizeof(*(array)), (element) - (array));	\
	if (!--(n)) {							\
		free(array);						\
		(array) = NULL;						\
	}								\
} while (0)

#define COPY(to, from, array, n) ({					\
	void *copy_;							\
	bool ok_ = cfg_array_copy(&copy_, (from)->array, (from)->n,		\
			      sizeof(*(from)->array));			\
	(to)->array = copy_;						\
	(to)->n = ok_ ? (from)->n : 0;					\
	ok_;								\
})

/* First index whose key is not below the wanted one. */
#define LOWER_BOUND(array, n, field, key) ({				\
	size_t lo_ = 0, hi_ = (n);					\
	while (lo_ < hi_) {						\
		size_t mid_ = lo_ + (hi_ - lo_) / 2;			\
		if ((array)[mid_].field < (key))			\
			lo_ = mid_ + 1;					\
		else							\
			hi_ = mid_;					\
	}								\
	lo_;								\
})

#define FIND_NUMBER(array, n, field, key) ({				\
	size_t at_ = LOWER_BOUND(array, n, field, key);			\
	at_ < (n) && (array)[at_].field == (key) ? &(array)[at_] : NULL; \
})

#define FIND_NAME(array, n, field, key) ({				\
	size_t i_ = 0;							\
	while (i_ < (n) && strcmp((array)[i_].field, key))		\
		i_++;							\
	i_ < (n) ? &(array)[i_] : NULL;					\
})

#define ARRAYS_EQUAL(a, b, array, n, equal) ({				\
	size_t i_ = 0;							\
	if ((a)->n == (b)->n)						\
		while (i_ < (a)->n && equal(&(a)->array[i_], &(b)->array[i_])) \
			i_++;						\
	(a)->n == (b)->n && i_ == (a)->n;				\
})

#endif
