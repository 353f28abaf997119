// SPDX-License-Identifier: GPL-2.0-or-later
/* Open addressing over the lines of one access list. */
#include <stdlib.h>
#include <string.h>

#include "tools/cli/ace_index.h"

static uint32_t mix(uint32_t hash, uint32_t value)
{
	hash = (hash ^ value) * 0x9e3779b1u;
	return hash ^ hash >> 15;
}

static uint32_t hash_ports(uint32_t hash, const struct cfg_ports *ports)
{
	hash = mix(hash, ports->op);
	return mix(hash, (uint32_t)ports->lo << 16 | ports->hi);
}

static uint32_t hash_addr(uint32_t hash, const struct addr *a)
{
	uint32_t word;
	size_t i;

	for (i = 0; i < addr_len(a); i += sizeof(word)) {
		memcpy(&word, a->bytes + i, sizeof(word));
		hash = mix(hash, word);
	}
	return hash;
}

static uint32_t hash_ace(const struct cfg_ace *ace)
{
	uint32_t hash = mix(ace->protocol, ace->action);
	const char *p;

	hash = hash_addr(hash, &ace->src.addr);
	hash = hash_addr(hash, &ace->src.wildcard);
	hash = hash_addr(hash, &ace->dst.addr);
	hash = hash_addr(hash, &ace->dst.wildcard);
	hash = hash_ports(hash, &ace->sport);
	hash = hash_ports(hash, &ace->dport);
	for (p = ace->remark; *p; p++)
		hash = mix(hash, *p);
	return hash;
}

void ace_index_forget(struct ace_index *index)
{
	free(index->slot);
	memset(index, 0, sizeof(*index));
}

static void insert(struct ace_index *index, const struct cfg_acl *acl,
		   uint32_t at)
{
	size_t slot = hash_ace(&acl->aces[at]) & (index->size - 1);

	while (index->slot[slot])
		slot = (slot + 1) & (index->size - 1);
	index->slot[slot] = at + 1;
}

/* Brings the index up to the lines appended since; false without memory. */
static bool update(struct ace_index *index, const struct cfg_acl *acl)
{
	size_t size = index->size ? index->size : 64;

	if (strcmp(index->acl, acl->name) || index->n > acl->n_aces) {
		ace_index_forget(index);
		size = 64;
		strcpy(index->acl, acl->name);
	}
	while (size < 2 * acl->n_aces + 2)
		size *= 2;
	if (size != index->size) {
		free(index->slot);
		index->slot = calloc(size, sizeof(*index->slot));
		index->size = index->slot ? size : 0;
		index->n = 0;
	}
	if (!index->slot)
		return false;
	for (; index->n < acl->n_aces; index->n++)
		insert(index, acl, index->n);
	return true;
}

static struct cfg_ace *search(struct cfg_acl *acl, const struct cfg_ace *ace)
{
	size_t i;

	for (i = 0; i < acl->n_aces; i++)
		if (cfg_ace_same_rule(&acl->aces[i], ace))
			return &acl->aces[i];
	return NULL;
}

struct cfg_ace *ace_index_find(struct ace_index *index, struct cfg_acl *acl,
			       const struct cfg_ace *ace)
{
	size_t slot;

	if (!update(index, acl))
		return search(acl, ace);
	slot = hash_ace(ace) & (index->size - 1);
	for (; index->slot[slot]; slot = (slot + 1) & (index->size - 1)) {
		struct cfg_ace *found = &acl->aces[index->slot[slot] - 1];

		if (cfg_ace_same_rule(found, ace))
			return found;
	}
	return NULL;
}
