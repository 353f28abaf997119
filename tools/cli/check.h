/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Semantic checks: what each line alone cannot show (F-071, R-16). */
#ifndef CRYPTOMAP_TOOLS_CLI_CHECK_H
#define CRYPTOMAP_TOOLS_CLI_CHECK_H

#include <stdio.h>

struct cm_config;

enum check_level { CHECK_WARNING, CHECK_ERROR };

struct check_finding {
	enum check_level level;
	/* The offending word; column 0: in no text at hand. See cfg_where. */
	unsigned int line;
	unsigned int column;
	const char *text;	/* one sentence; valid during the call */
};

/* Called once per finding, errors first. */
typedef void check_fn(void *arg, const struct check_finding *finding);

/*
 * Judges a configuration. Errors make it unusable as a whole (it must not be
 * applied); warnings do not. Returns the number of errors.
 */
unsigned int config_check(const struct cm_config *cfg, check_fn *report,
			  void *arg);
/* The same without the warnings, for those who only ask whether it is usable. */
unsigned int config_check_errors(const struct cm_config *cfg,
				 check_fn *report, void *arg);

/* A check_fn that prints `NAME:LINE:COLUMN: error|warning: text`. */
struct check_print {
	FILE *out;
	const char *name;	/* of the file; NULL leaves the place out */
};
void check_print(void *arg, const struct check_finding *finding);

#endif
