/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz targets in unit programs: each file of the corpus, then damaged copies
 * of them, always the same ones (SEED=n: others). Coverage decides nothing here;
 * selftests/fuzz/run.sh does that with libFuzzer. A target's failed check
 * aborts, and the input is left in build/unit/crash.
 */
#ifndef SELFTESTS_UNIT_FUZZ_CORPUS_H
#define SELFTESTS_UNIT_FUZZ_CORPUS_H

#include <dirent.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "selftests/unit/core_random.h"

#define CORPUS_FILES 256
#define CORPUS_SIZE 16384

typedef int (*fuzz_target)(const uint8_t *data, size_t len);

struct corpus {
	struct {
		uint8_t data[CORPUS_SIZE];
		size_t len;
	} file[CORPUS_FILES];
	uint32_t count;
};

static uint8_t fuzz_input[CORPUS_SIZE];
static size_t fuzz_len;

static void fuzz_crashed(int sig)
{
	FILE *f = fopen("build/unit/crash", "wb");

	if (f) {
		fwrite(fuzz_input, 1, fuzz_len, f);
		fclose(f);
	}
	signal(sig, SIG_DFL);
	raise(sig);
}

static void corpus_add(struct corpus *c, const char *from, const char *suffix)
{
	struct dirent **names;
	char path[512];
	int n = scandir(from, &names, NULL, alphasort), i;

	for (i = 0; i < n; i++) {
		size_t len = strlen(names[i]->d_name), end = strlen(suffix);
		FILE *f;

		snprintf(path, sizeof(path), "%s/%s", from, names[i]->d_name);
		if (names[i]->d_name[0] != '.' && c->count < CORPUS_FILES && len >= end &&
		    !strcmp(names[i]->d_name + len - end, suffix) && (f = fopen(path, "rb"))) {
			c->file[c->count].len = fread(c->file[c->count].data, 1, CORPUS_SIZE, f);
			c->count++;
			fclose(f);
		}
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}

static void fuzz_edit(struct rng *r, const struct corpus *c)
{
	uint32_t at, from, n, other;

	if (!fuzz_len) {
		fuzz_input[fuzz_len++] = (uint8_t)rng_next(r);
		return;
	}
	at = rng_below(r, (uint32_t)fuzz_len);
	n = rng_below(r, (uint32_t)(fuzz_len - at)) + 1;
	switch (rng_below(r, 7)) {
	case 0:
		fuzz_input[at] ^= (uint8_t)(1 << rng_below(r, 8));
		break;
	case 1:
		fuzz_input[at] = (uint8_t)rng_next(r);
		break;
	case 2:		/* numbers of which lengths are made */
		fuzz_input[at] = "\x00\x01\x04\x7f\x80\xff"[rng_below(r, 6)];
		break;
	case 3:		/* without a piece */
		memmove(fuzz_input + at, fuzz_input + at + n, fuzz_len - at - n);
		fuzz_len -= n;
		break;
	case 4:		/* a piece twice */
		if (fuzz_len + n > CORPUS_SIZE)
			break;
		memmove(fuzz_input + at + n, fuzz_input + at, fuzz_len - at);
		fuzz_len += n;
		break;
	case 5:		/* a piece of another file */
		other = rng_below(r, c->count);
		if (!c->file[other].len)
			break;
		from = rng_below(r, (uint32_t)c->file[other].len);
		n = rng_below(r, (uint32_t)(c->file[other].len - from)) + 1;
		if (n > 256)
			n = 256;
		if (fuzz_len + n > CORPUS_SIZE || from + n > c->file[other].len)
			break;
		memmove(fuzz_input + at + n, fuzz_input + at, fuzz_len - at);
		memcpy(fuzz_input + at, c->file[other].data + from, n);
		fuzz_len += n;
		break;
	default:	/* the end is missing */
		fuzz_len = at;
		break;
	}
}

/* @runs damaged inputs, after all files as they are. */
static void fuzz_run(fuzz_target target, const struct corpus *c, uint32_t runs)
{
	struct rng r = rng_start(runs);
	uint32_t i, edits;

	signal(SIGABRT, fuzz_crashed);
	for (i = 0; i < c->count + runs; i++) {
		uint32_t which = i < c->count ? i : rng_below(&r, c->count);

		fuzz_len = c->file[which].len;
		memcpy(fuzz_input, c->file[which].data, fuzz_len);
		if (i >= c->count)
			for (edits = rng_below(&r, 6) + 1; edits; edits--)
				fuzz_edit(&r, c);
		target(fuzz_input, fuzz_len);
	}
	signal(SIGABRT, SIG_DFL);
}

/* The same with the corpus of a directory. */
static inline void fuzz_dir(const char *from, fuzz_target target, uint32_t runs)
{
	struct corpus *c = calloc(1, sizeof(*c));

	assert_non_null(c);
	corpus_add(c, from, "");
	assert_true(c->count >= 3);
	fuzz_run(target, c, runs);
	free(c);
}

#endif
