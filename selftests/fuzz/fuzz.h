/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the fuzz targets share: a failed check ends the program. */
#ifndef SELFTESTS_FUZZ_FUZZ_H
#define SELFTESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define CHECK(condition)		\
	do {				\
		if (!(condition))	\
			abort();	\
	} while (0)

/* An input read as numbers; zeros when it is used up. */
struct input {
	const uint8_t *data;
	size_t len;
};

static inline uint8_t input_byte(struct input *in)
{
	if (!in->len)
		return 0;
	in->len--;
	return *in->data++;
}

static inline uint16_t input_u16(struct input *in)
{
	uint16_t high = input_byte(in);

	return (uint16_t)(high << 8 | input_byte(in));
}

/* A block of exactly @len bytes, so that ASan sees a read past its end. */
static inline uint8_t *input_copy(const uint8_t *data, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	CHECK(copy);
	if (len)
		memcpy(copy, data, len);
	return copy;
}

#endif
