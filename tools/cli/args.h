/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words of one parsed command, as its handler sees them.
 *
 * A token of the grammar may carry a name (`(1-10000)$priority`); its value is
 * asked for by that name.  Keywords appear in full, however they were typed.
 */
#ifndef CRYPTOMAP_TOOLS_CLI_ARGS_H
#define CRYPTOMAP_TOOLS_CLI_ARGS_H

#include <stdbool.h>
#include <stdint.h>

#include "tools/lib/addr.h"

#define CLI_ARGS_MAX	32	/* words in one command */

struct cli_arg {
	const char *name;	/* of the token, or NULL for a plain keyword */
	const char *text;	/* the keyword in full, or the value as typed */
	unsigned int column;	/* of the word in its line, from 1 */
	bool keyword;
	uint32_t number;	/* of a number token; of a prefix, its length */
	struct addr address;	/* of an address or prefix token */
};

struct cli_args {
	bool no;		/* the `no` form */
	unsigned int line;	/* in the file, 0 at the prompt */
	unsigned int n;
	struct cli_arg arg[CLI_ARGS_MAX];
};

/* Was this optional keyword given? */
bool cli_has(const struct cli_args *args, const char *keyword);
/* The token of that name, or NULL when it is absent. */
const struct cli_arg *cli_get(const struct cli_args *args, const char *name);
/* Its text, NULL when absent. */
const char *cli_text(const struct cli_args *args, const char *name);
/* Its number or address; the fallback, or unset, when absent. */
uint32_t cli_number(const struct cli_args *args, const char *name,
		    uint32_t fallback);
struct addr cli_address(const struct cli_args *args, const char *name);

#endif
