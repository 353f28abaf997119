// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every message of wire_messages.h, damaged: cut at every length, every bit
 * flipped, and a fixed number of random edits.  Each goes through the fuzz
 * target, whose checks abort: no crash, no read past the end (sanitizers), and
 * what is accepted encodes to the same bytes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>

#include <cmocka.h>

#include "hex.h"
#include "wire_messages.h"
#include "../fuzz/wire_decode.c"

#define NMESSAGES	(sizeof(wire_messages) / sizeof(*wire_messages))
#define RANDOM_EDITS	50000

static uint32_t random_state;

/* xorshift32: the same sequence everywhere. */
static uint32_t random_number(uint32_t below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return random_state % below;
}

static void set_length(uint8_t *data, size_t len)
{
	data[24] = (uint8_t)(len >> 24);
	data[25] = (uint8_t)(len >> 16);
	data[26] = (uint8_t)(len >> 8);
	data[27] = (uint8_t)len;
}

/* The message cut to @len; the header tells the cut length if @adjust. */
static void try_cut(const uint8_t *data, size_t len, size_t chain_end,
		    bool adjust)
{
	static struct isakmp_msg msg;
	uint8_t *copy = exact_copy(data, len);
	struct isakmp_err err;
	int ret;

	if (adjust && len >= ISAKMP_HDR_LEN)
		set_length(copy, len);
	ret = isakmp_decode(&msg, copy, len, &err);
	if (!adjust || len < chain_end)
		assert_int_equal(ret, -EBADMSG);
	else
		assert_int_equal(ret, 0);
	LLVMFuzzerTestOneInput(copy, len);
	free(copy);
}

static void test_truncation(void **state)
{
	static struct isakmp_msg msg;
	size_t i, len, cut, chain_end;
	struct isakmp_err err;
	uint8_t *data;

	(void)state;
	for (i = 0; i < NMESSAGES; i++) {
		data = hex_bytes(wire_messages[i].hex, &len);
		assert_int_equal(isakmp_decode(&msg, data, len, &err), 0);
		chain_end = ISAKMP_HDR_LEN + msg.chain_len;
		for (cut = 0; cut < len; cut++) {
			try_cut(data, cut, chain_end, false);
			try_cut(data, cut, chain_end, true);
		}
		free(data);
	}
}

static void test_bit_flips(void **state)
{
	size_t i, len, bit;
	uint8_t *data;

	(void)state;
	for (i = 0; i < NMESSAGES; i++) {
		data = hex_bytes(wire_messages[i].hex, &len);
		for (bit = 0; bit < len * 8; bit++) {
			data[bit / 8] ^= (uint8_t)(1 << bit % 8);
			LLVMFuzzerTestOneInput(data, len);
			data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		free(data);
	}
}

/* One edit in place: set, copy within, or a plausible 16-bit length. */
static void edit(uint8_t *data, size_t len)
{
	uint32_t at = random_number((uint32_t)len), n;

	switch (random_number(3)) {
	case 0:
		data[at] = (uint8_t)random_number(256);
		break;
	case 1:
		n = random_number((uint32_t)(len - at)) + 1;
		memmove(data + random_number((uint32_t)(len - n + 1)),
			data + at, n);
		break;
	default:
		if (at + 1 < len) {
			data[at] = 0;
			data[at + 1] = (uint8_t)random_number(64);
		}
		break;
	}
}

static void test_random_edits(void **state)
{
	uint32_t i, edits;
	uint8_t *data;
	size_t len;

	(void)state;
	random_state = 2463534242u;
	for (i = 0; i < RANDOM_EDITS; i++) {
		data = hex_bytes(wire_messages[random_number(NMESSAGES)].hex,
				 &len);
		for (edits = random_number(4) + 1; edits; edits--)
			edit(data, len);
		/* Most edits should reach the payloads. */
		if (random_number(4)) {
			data[17] = ISAKMP_VERSION_1_0;
			set_length(data, len);
		}
		LLVMFuzzerTestOneInput(data, len);
		free(data);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_truncation),
		cmocka_unit_test(test_bit_flips),
		cmocka_unit_test(test_random_edits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
