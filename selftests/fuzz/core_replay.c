// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzz target: sequence numbers as the input says, near the window and far from
 * it, against a list of all that were taken (RFC 4303, 3.4.3). None is ever taken
 * twice, none within the window is refused, and the bitmap shows just these.
 */
#include <linux/kernel.h>

#include "kmod/core/replay.h"
#include "selftests/fuzz/fuzz.h"

#define STEPS 200

struct model {
	u64 seq[STEPS];
	unsigned int count;
};

static bool was_taken(const struct model *m, u64 seq)
{
	unsigned int i;

	for (i = 0; i < m->count; i++)
		if (m->seq[i] == seq)
			return true;
	return false;
}

static void check_bitmap(const struct cm_replay *r, const struct model *m)
{
	u64 map[CM_REPLAY_MAX / 64 + 1];
	u32 i;

	memset(map, 0, sizeof(map));
	cm_replay_bitmap(r, map, r->window);
	for (i = 0; i < r->window && i < r->top; i++)
		if (map[i / 64] >> i % 64 & 1)
			CHECK(was_taken(m, r->top - i));
		else
			CHECK(!was_taken(m, r->top - i));
}

/* Around the top, by what the input says. */
static u64 choose(struct input *in, const struct cm_replay *r)
{
	u8 how = input_byte(in);
	u64 n = input_byte(in);

	switch (how & 7) {
	case 0:
	case 1:
		return r->top + 1 + n % 4;
	case 2:
		return r->top + (n << (how >> 3 & 15));
	case 3:
		return r->top - (n << (how >> 3 & 7));
	case 4:
		return r->top - r->window + n % 8 - 3;
	case 5:
		return r->top + r->window - 3 + n % 8;
	case 6:
		return r->top - n % 64;
	default:
		return (u64)input_u16(in) << (how >> 3);
	}
}

static void one(struct cm_replay *r, struct model *m, u64 seq)
{
	bool esn = r->flags & CM_REPLAY_ESN, off = r->flags & CM_REPLAY_OFF;
	enum cm_reason reason;
	u64 got = 0, top = r->top;

	if (!esn)
		seq = (u32)seq;
	reason = cm_replay_check(r, (u32)seq, &got);
	CHECK((u32)got == (u32)seq);
	if (reason != CM_REASON_NONE) {
		CHECK(!off || esn || !seq);
		/* What is refused was taken, or is behind the window, or is 0. */
		CHECK(!got || was_taken(m, got) || got + r->window <= top || esn);
		return;
	}
	CHECK(off || !was_taken(m, got));
	CHECK(cm_replay_commit(r, got) == CM_REASON_NONE);
	CHECK(off || cm_replay_commit(r, got) != CM_REASON_NONE);
	CHECK(r->top == (got > top ? got : top));
	m->seq[m->count++] = got;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct input in = { data, len };
	static struct model m;
	struct cm_replay *r;
	u32 window, flags;

	window = (1 + input_byte(&in) % 128) * 32;
	flags = input_byte(&in) & (CM_REPLAY_ESN | CM_REPLAY_OFF);
	r = malloc(cm_replay_size(window));
	CHECK(r && !cm_replay_init(r, window, flags));
	m.count = 0;
	while (in.len && m.count < STEPS)
		one(r, &m, choose(&in, r));
	if (!(flags & CM_REPLAY_OFF))
		check_bitmap(r, &m);
	free(r);
	return 0;
}
