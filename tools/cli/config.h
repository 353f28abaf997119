/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading configuration text into the model: whole files all-or-nothing, and
 * single lines at the prompt.
 */
#ifndef CRYPTOMAP_TOOLS_CLI_CONFIG_H
#define CRYPTOMAP_TOOLS_CLI_CONFIG_H

#include <stddef.h>
#include <stdio.h>

struct cm_config;

/*
 * Reads configuration text. Every refused line is reported to err as
 *
 *	NAME:LINE:COLUMN: explanation
 *	 the line
 *	   ^
 *
 * and so is what no single line shows (check.h), at the word that causes it;
 * then *out stays NULL: a file is taken whole or not at all. Text need not
 * be NUL-terminated. The caller frees *out with cm_config_free().
 *
 * Returns 0, -EINVAL (errors were reported), -ENOMEM.
 */
int config_parse(const char *name, const char *text, size_t len, FILE *err,
		 struct cm_config **out);

/*
 * The same on top of an existing configuration, as at the prompt (merge). What
 * only shows against that configuration points at the word in the text.
 */
int config_parse_onto(const struct cm_config *base, const char *name,
		      const char *text, size_t len, FILE *err,
		      struct cm_config **out);

/*
 * Reads the text of a file ("-": standard input) of at most 64 MiB. Returns 0
 * or a negative errno, reported. It may hold keys: free it with
 * config_text_free().
 */
int config_read(const char *path, FILE *err, char **text, size_t *len);
void config_text_free(char *text, size_t len);

/* Reads and parses a whole file. */
int config_load(const char *path, FILE *err, struct cm_config **out);

/* Says so if that file has secrets and others than its owner may read it. */
void config_warn_of_readers(const char *path, const struct cm_config *cfg,
			    FILE *err);

#endif
