/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Distinguished names as text: `cn=r2, o="Example, Inc."`. */
#ifndef CRYPTOMAP_TOOLS_CLI_DN_H
#define CRYPTOMAP_TOOLS_CLI_DN_H

#include <stddef.h>

#include "tools/lib/err.h"

#define DN_VALUE_SIZE	129	/* 1..128 bytes and NUL */

struct dn_part {
	const char *name;		/* of the attribute, as it is written */
	const char *oid;		/* the same in numbers, with dots */
	char value[DN_VALUE_SIZE];
};

/*
 * Take the next attribute off *text, which then points behind it.  1; 0: there are no
 * more; -EINVAL with a sentence, and *text at what is wrong.
 */
int dn_next(const char **text, struct dn_part *out, struct err *err);
/*
 * One way of writing for all that mean the same attributes in this order.  0; -EINVAL
 * as above: there is none, or it does not fit; *at then is where in @text.
 */
int dn_normalize(const char *text, char *out, size_t size, const char **at,
		 struct err *err);

#endif
