/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds a line of an access list by its content, so that pasting a long list
 * twice neither doubles it nor takes quadratic time. It indexes one list, the
 * one that was asked for last.
 */
#ifndef CRYPTOMAP_TOOLS_CLI_ACE_INDEX_H
#define CRYPTOMAP_TOOLS_CLI_ACE_INDEX_H

#include "tools/cli/model.h"

struct ace_index {
	char acl[CFG_NAME_SIZE];
	uint32_t *slot;			/* position in the list plus one */
	size_t size;			/* power of two */
	size_t n;			/* lines indexed */
};

/*
 * The line of the list with the same content but for its number, or NULL.
 * Without memory for an index it searches the list.
 */
struct cfg_ace *ace_index_find(struct ace_index *index, struct cfg_acl *acl,
			       const struct cfg_ace *ace);
/* Lines were removed, or inserted before the end. */
void ace_index_forget(struct ace_index *index);

#endif
