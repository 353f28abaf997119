// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Replay window and send counter (F-051, F-052) against a model that
 * remembers every sequence number (RFC 4303, 3.4.3 and appendix A).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <linux/errno.h>
#include <linux/kernel.h>

#include "kmod/core/replay.h"
#include "selftests/unit/core_random.h"

#define MODEL_SPAN 65536	/* the model is exact for that many numbers */

/* A bitmap that never forgets, around a moving base. */
struct model {
	u64 top;
	u32 window;
	u64 seq[MODEL_SPAN];	/* seq[n % span] is n if n was received */
};

static enum cm_reason model_decide(const struct model *m, u64 seq)
{
	if (seq == 0)
		return CM_REASON_REPLAY_WINDOW;
	if (seq <= m->top && m->top - seq >= m->window)
		return CM_REASON_REPLAY_WINDOW;
	return m->seq[seq % MODEL_SPAN] == seq ? CM_REASON_REPLAY : CM_REASON_NONE;
}

static void model_commit(struct model *m, u64 seq)
{
	m->seq[seq % MODEL_SPAN] = seq;
	m->top = max(m->top, seq);
}

/*
 * The whole number nearest to the top of which @low is the low half, as long
 * as it is not below the window: what the sender must have meant.
 */
static bool model_infer(const struct model *m, u32 low, u64 *seq)
{
	u64 high = m->top >> 32;
	u64 first = m->top >= m->window ? m->top - m->window + 1 : 0;
	u64 candidate;
	int d;

	for (d = -1; d <= 1; d++) {
		if ((d < 0 && high == 0) || (d > 0 && high == U32_MAX))
			continue;
		candidate = (high + d) << 32 | low;
		if (candidate >= first) {
			*seq = candidate;
			/* Below the first window "high - 1" cannot be. */
			return m->top >= m->window - 1 || high > 0 ||
			       low < (u32)(m->top - m->window + 1);
		}
	}
	return false;
}

static struct cm_replay *replay_new(u32 window, u32 flags)
{
	struct cm_replay *r = malloc(cm_replay_size(window));

	assert_non_null(r);
	assert_int_equal(cm_replay_init(r, window, flags), 0);
	return r;
}

/* Near the top, with jumps, duplicates and stragglers. */
static u64 random_seq(struct rng *r, u64 top, u32 window)
{
	u64 seq;

	switch (rng_below(r, 8)) {
	case 0:
		seq = top + 1 + rng_below(r, 3 * window);
		break;
	case 1:
		seq = top - rng_below(r, 2 * window);
		break;
	case 2:
		seq = top + 1 + (rng_one_in(r, 20) ? rng_below(r, 20000) : 0);
		break;
	case 3:
		seq = top - window + 2 - rng_below(r, 4);
		break;
	case 4:
		seq = top - rng_below(r, window);
		break;
	default:
		seq = top + 1 - rng_below(r, 4);
	}
	return seq;
}

static u32 accepted, replays, old;

static void run_model(struct rng *r, u32 window, u32 flags, u64 start)
{
	struct cm_replay *w = replay_new(window, flags);
	struct model *m = calloc(1, sizeof(*m));
	u64 seq, got, whole, mask = flags & CM_REPLAY_ESN ? U64_MAX : U32_MAX;
	enum cm_reason want;
	int i;

	assert_non_null(m);
	m->window = window;
	/* As if all packets up to the start had been lost. */
	w->top = start;
	m->top = start;
	for (i = 0; i < 4000; i++) {
		seq = random_seq(r, m->top, window) & mask;
		whole = seq;
		if (flags & CM_REPLAY_ESN && !model_infer(m, (u32)seq, &whole))
			want = CM_REASON_REPLAY_WINDOW;
		else
			want = model_decide(m, whole);
		assert_int_equal(cm_replay_check(w, (u32)seq, &got), want);
		accepted += want == CM_REASON_NONE;
		replays += want == CM_REASON_REPLAY;
		old += want == CM_REASON_REPLAY_WINDOW;
		if (want)
			continue;
		assert_true(got == whole);
		if (rng_one_in(r, 10))	/* a bad ICV: nothing is committed */
			continue;
		assert_int_equal(cm_replay_commit(w, got), CM_REASON_NONE);
		model_commit(m, got);
		assert_true(w->top == m->top);
		assert_int_equal(cm_replay_commit(w, got), CM_REASON_REPLAY);
	}
	free(m);
	free(w);
}

static void against_model(void **state)
{
	static const u32 windows[] = { 32, 33, 63, 64, 65, 96, 128, 500, 1024, 4096 };
	static const u64 starts[] = {
		0, 1, 31, 63, 64, 65, 5000, 0xffffff00, 0xffffffff,
		0x100000000, 0x1ffffffff, 0x123456789abcdef0,
		0xfffffffeffffff00, 0xffffffff00000000,
	};
	struct rng r = rng_start(10);
	u32 i, j;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(windows); i++) {
		for (j = 0; j < ARRAY_SIZE(starts); j++) {
			run_model(&r, windows[i], CM_REPLAY_ESN, starts[j]);
			if (starts[j] <= 0xf0000000)
				run_model(&r, windows[i], 0, starts[j]);
		}
	}
	assert_true(accepted > 10000);
	assert_true(replays > 10000);
	assert_true(old > 10000);
}

static void expect(struct cm_replay *w, u32 low, u64 seq, enum cm_reason reason)
{
	u64 got;

	assert_int_equal(cm_replay_check(w, low, &got), reason);
	if (reason)
		return;
	assert_true(got == seq);
	assert_int_equal(cm_replay_commit(w, got), CM_REASON_NONE);
}

/* F-051: the edges of the window, one by one. */
static void edges(void **state)
{
	struct cm_replay *w = replay_new(64, 0);

	(void)state;
	expect(w, 0, 0, CM_REASON_REPLAY_WINDOW);
	expect(w, 1, 1, CM_REASON_NONE);
	expect(w, 1, 1, CM_REASON_REPLAY);
	expect(w, 64, 64, CM_REASON_NONE);
	expect(w, 1, 1, CM_REASON_REPLAY);
	expect(w, 65, 65, CM_REASON_NONE);
	expect(w, 1, 1, CM_REASON_REPLAY_WINDOW);
	expect(w, 2, 2, CM_REASON_NONE);
	expect(w, U32_MAX, U32_MAX, CM_REASON_NONE);
	expect(w, U32_MAX - 63, U32_MAX - 63, CM_REASON_NONE);
	expect(w, U32_MAX - 64, 0, CM_REASON_REPLAY_WINDOW);
	expect(w, 1, 1, CM_REASON_REPLAY_WINDOW);	/* never wraps */
	free(w);
}

/* RFC 4303, A2.2: both cases, and the ends of the number space. */
static void esn_edges(void **state)
{
	struct cm_replay *w = replay_new(64, CM_REPLAY_ESN);

	(void)state;
	expect(w, U32_MAX - 10, 0, CM_REASON_REPLAY_WINDOW);	/* "high -1" */
	expect(w, 0x7fffffff, 0x7fffffff, CM_REASON_NONE);
	expect(w, U32_MAX - 1, U32_MAX - 1, CM_REASON_NONE);
	expect(w, 5, 0x100000005, CM_REASON_NONE);	/* wraps upwards */
	expect(w, U32_MAX, U32_MAX, CM_REASON_NONE);	/* straggler */
	expect(w, U32_MAX, U32_MAX, CM_REASON_REPLAY);
	expect(w, 0, 0x100000000, CM_REASON_NONE);
	w->top = U64_MAX - 1;
	expect(w, U32_MAX, U64_MAX, CM_REASON_NONE);
	expect(w, 0, 0, CM_REASON_REPLAY_WINDOW);	/* the end: no wrap */
	free(w);
}

/* Off: all pass, but the high half is followed. */
static void off(void **state)
{
	struct cm_replay *w = replay_new(64, CM_REPLAY_OFF);

	(void)state;
	expect(w, 7, 7, CM_REASON_NONE);
	expect(w, 7, 7, CM_REASON_NONE);
	expect(w, 100000, 100000, CM_REASON_NONE);
	expect(w, 0, 0, CM_REASON_NONE);
	free(w);

	w = replay_new(64, CM_REPLAY_OFF | CM_REPLAY_ESN);
	expect(w, 0x60000000, 0x60000000, CM_REASON_NONE);
	expect(w, 0xc0000000, 0xc0000000, CM_REASON_NONE);
	expect(w, 0x10000000, 0x110000000, CM_REASON_NONE);
	expect(w, 0xc0000000, 0xc0000000, CM_REASON_NONE);
	assert_true(w->top == 0x110000000);
	free(w);
}

/* Two packets of one number decrypted at the same time: one is taken. */
static void recheck(void **state)
{
	struct cm_replay *w = replay_new(64, 0);
	u64 a, b;

	(void)state;
	assert_int_equal(cm_replay_check(w, 9, &a), CM_REASON_NONE);
	assert_int_equal(cm_replay_check(w, 9, &b), CM_REASON_NONE);
	assert_int_equal(cm_replay_commit(w, a), CM_REASON_NONE);
	assert_int_equal(cm_replay_commit(w, b), CM_REASON_REPLAY);
	/* Overtaken by the whole window meanwhile. */
	assert_int_equal(cm_replay_check(w, 10, &a), CM_REASON_NONE);
	expect(w, 1000, 1000, CM_REASON_NONE);
	assert_int_equal(cm_replay_commit(w, a), CM_REASON_REPLAY_WINDOW);
	free(w);
}

static void bitmap(void **state)
{
	struct cm_replay *w = replay_new(128, 0);
	u64 map[3];

	(void)state;
	expect(w, 1, 1, CM_REASON_NONE);
	cm_replay_bitmap(w, map, 64);
	assert_true(map[0] == 1);
	expect(w, 4, 4, CM_REASON_NONE);
	cm_replay_bitmap(w, map, 64);
	assert_true(map[0] == 0x9);
	expect(w, 100, 100, CM_REASON_NONE);
	cm_replay_bitmap(w, map, 192);
	assert_true(map[0] == 1);
	assert_true(map[1] == (1ULL << (99 - 64) | 1ULL << (96 - 64)));
	assert_true(map[2] == 0);
	free(w);
}

/* A take-over: what the receiver before may have seen is not taken again. */
static void resume(void **state)
{
	static const u64 tops[] = { 0, 1, 63, 64, 65, 127, 1000, 0xffffffff };
	struct cm_replay *w = replay_new(256, 0);
	size_t i;
	u64 seq;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(tops); i++) {
		u64 top = tops[i], next = top + 1;

		cm_replay_init(w, 256, 0);
		cm_replay_resume(w, top);
		assert_int_equal(w->top, top);
		for (seq = top > 300 ? top - 300 : 0; seq <= top; seq++)
			assert_int_not_equal(cm_replay_commit(w, seq), CM_REASON_NONE);
		if (top == 0xffffffff)
			continue;
		/* Ahead all is new, also in the block of the top and beyond it. */
		for (seq = next + 200; seq >= next; seq--)
			expect(w, seq, seq, CM_REASON_NONE);
		for (seq = next; seq <= next + 200; seq++)
			expect(w, seq, seq, CM_REASON_REPLAY);
	}
	free(w);
}

static void limits(void **state)
{
	struct cm_replay *w = malloc(cm_replay_size(CM_REPLAY_MAX));

	(void)state;
	assert_int_equal(cm_replay_init(w, 31, 0), -EINVAL);
	assert_int_equal(cm_replay_init(w, 4097, 0), -EINVAL);
	assert_int_equal(cm_replay_init(w, 64, 4), -EINVAL);
	assert_int_equal(cm_replay_init(w, 32, 0), 0);
	assert_int_equal(cm_replay_init(w, 4096, CM_REPLAY_ESN), 0);
	free(w);
}

/* The histogram: the power of two that a number is behind the top. */
static void behind(void **state)
{
	struct cm_replay *r = replay_new(64, CM_REPLAY_ESN);

	(void)state;
	assert_int_equal(cm_replay_behind(r, 0), 0);
	r->top = 1ULL << 40;
	assert_int_equal(cm_replay_behind(r, r->top + 1), 0);
	assert_int_equal(cm_replay_behind(r, r->top), 0);
	assert_int_equal(cm_replay_behind(r, r->top - 1), 0);
	assert_int_equal(cm_replay_behind(r, r->top - 2), 1);
	assert_int_equal(cm_replay_behind(r, r->top - 3), 1);
	assert_int_equal(cm_replay_behind(r, r->top - 4), 2);
	assert_int_equal(cm_replay_behind(r, r->top - 127), 6);
	assert_int_equal(cm_replay_behind(r, r->top - 128), 7);
	assert_int_equal(cm_replay_behind(r, r->top - (1ULL << 31) + 1), 30);
	assert_int_equal(cm_replay_behind(r, r->top - (1ULL << 31)), 31);
	assert_int_equal(cm_replay_behind(r, 0), 31);
	free(r);
}

/* F-052: the last number is given out, then none, whatever is asked. */
static void send_counter(void **state)
{
	struct cm_seq s;
	u64 first;

	(void)state;
	cm_seq_init(&s, false);
	assert_int_equal(cm_seq_take(&s, 1, &first), CM_REASON_NONE);
	assert_int_equal(first, 1);
	assert_int_equal(cm_seq_take(&s, 45, &first), CM_REASON_NONE);
	assert_int_equal(first, 2);
	assert_int_equal(s.last, 46);
	assert_false(cm_seq_is_near(&s));

	s.last = s.near - 1;
	assert_false(cm_seq_is_near(&s));
	assert_int_equal(cm_seq_take(&s, 1, &first), CM_REASON_NONE);
	assert_true(cm_seq_is_near(&s));

	s.last = U32_MAX - 3;
	assert_int_equal(cm_seq_take(&s, 4, &first), CM_REASON_SEQ_EXHAUSTED);
	assert_int_equal(cm_seq_take(&s, 3, &first), CM_REASON_NONE);
	assert_int_equal(first, U32_MAX - 2);
	assert_int_equal(cm_seq_take(&s, 1, &first), CM_REASON_SEQ_EXHAUSTED);

	s.limit = 10;	/* lowered below what was given out */
	assert_int_equal(cm_seq_take(&s, 1, &first), CM_REASON_SEQ_EXHAUSTED);

	cm_seq_init(&s, true);
	s.last = U64_MAX - 1;
	assert_int_equal(cm_seq_take(&s, 2, &first), CM_REASON_SEQ_EXHAUSTED);
	assert_int_equal(cm_seq_take(&s, 1, &first), CM_REASON_NONE);
	assert_true(first == U64_MAX);
	assert_int_equal(cm_seq_take(&s, 1, &first), CM_REASON_SEQ_EXHAUSTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edges),
		cmocka_unit_test(esn_edges),
		cmocka_unit_test(off),
		cmocka_unit_test(recheck),
		cmocka_unit_test(bitmap),
		cmocka_unit_test(behind),
		cmocka_unit_test(resume),
		cmocka_unit_test(limits),
		cmocka_unit_test(against_model),
		cmocka_unit_test(send_counter),
	};

	return cmocka_run_group_tests_name("core_replay", tests, NULL, NULL);
}
