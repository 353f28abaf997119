// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "ike-daemon/sa/hash.h"

/* The finalizer of MurmurHash3: every input bit reaches every output bit. */
static uint64_t mix(uint64_t v)
{
	v ^= v >> 33;
	v *= 0xff51afd7ed558ccdULL;
	v ^= v >> 33;
	v *= 0xc4ceb9fe1a85ec53ULL;
	v ^= v >> 33;
	return v;
}

static struct hash_node **bucket_of(const struct hash_table *h, uint64_t key)
{
	return &h->bucket[mix(key ^ h->seed) >> (64 - h->bits)];
}

int hash_init(struct hash_table *h, unsigned int bits, uint64_t seed)
{
	*h = (struct hash_table){ .bits = bits, .seed = seed };
	h->bucket = calloc((size_t)1 << bits, sizeof(*h->bucket));
	return h->bucket ? 0 : -ENOMEM;
}

void hash_free(struct hash_table *h)
{
	free(h->bucket);
	h->bucket = NULL;
}

void hash_add(struct hash_table *h, struct hash_node *n, uint64_t key)
{
	struct hash_node **b = bucket_of(h, key);

	n->key = key;
	n->next = *b;
	n->pprev = b;
	if (*b)
		(*b)->pprev = &n->next;
	*b = n;
	h->count++;
}

void hash_del(struct hash_table *h, struct hash_node *n)
{
	if (!n->pprev)
		return;
	*n->pprev = n->next;
	if (n->next)
		n->next->pprev = n->pprev;
	n->pprev = NULL;
	h->count--;
}

struct hash_node *hash_find(const struct hash_table *h, uint64_t key)
{
	struct hash_node *n;

	for (n = *bucket_of(h, key); n; n = n->next)
		if (n->key == key)
			return n;
	return NULL;
}

struct hash_node *hash_find_next(const struct hash_node *n)
{
	uint64_t key = n->key;

	for (n = n->next; n; n = n->next)
		if (n->key == key)
			return (struct hash_node *)n;
	return NULL;
}

uint64_t hash_bytes(uint64_t key, const void *data, size_t len)
{
	const uint8_t *p = data;

	while (len--)
		key = mix(key ^ *p++) + 0x9e3779b97f4a7c15ULL;
	return key;
}
