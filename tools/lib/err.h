/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An error with words.  Functions return a negative errno; those whose errors
 * reach a user also take a struct err, into which the place that knows the
 * cause writes one sentence: the offending thing and the allowed range.
 */
#ifndef TOOLS_LIB_ERR_H
#define TOOLS_LIB_ERR_H

#include <stdio.h>

struct err {
	char text[256];
};

/*
 * Format the sentence (cut if too long) and return @code, so that
 * `return err_set(err, -ERANGE, "...")` reads in one line.  @err may be NULL.
 */
int err_set(struct err *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Put "fmt: " before the sentence that is already there; returns @code. */
int err_prefix(struct err *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* If @code is one, "% sentence" as a line for people; returns @code. */
int err_print(FILE *out, int code, const struct err *err);

#endif
