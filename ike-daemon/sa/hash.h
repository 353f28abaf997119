/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Intrusive hash table with a fixed number of buckets.  Keys are mixed with a
 * random seed, so that a stranger who chooses them cannot choose a bucket.
 */
#ifndef IKE_SA_HASH_H
#define IKE_SA_HASH_H

#include <stddef.h>
#include <stdint.h>

struct hash_node {
	struct hash_node *next;
	struct hash_node **pprev;	/* NULL: in no table */
	uint64_t key;
};

struct hash_table {
	struct hash_node **bucket;
	unsigned int bits;
	uint64_t seed;
	size_t count;
};

/* 2^@bits buckets, 1..20; 0 or -ENOMEM.  Release with hash_free(). */
int hash_init(struct hash_table *h, unsigned int bits, uint64_t seed);
/* The nodes stay the caller's. */
void hash_free(struct hash_table *h);
void hash_add(struct hash_table *h, struct hash_node *n, uint64_t key);
/* Nothing happens if the node is in no table. */
void hash_del(struct hash_table *h, struct hash_node *n);
/* First node with that key, then the next ones; NULL at the end. */
struct hash_node *hash_find(const struct hash_table *h, uint64_t key);
struct hash_node *hash_find_next(const struct hash_node *n);
/* One number from bytes, for keys wider than 64 bits. */
uint64_t hash_bytes(uint64_t key, const void *data, size_t len);

#define hash_entry(node, type, member) \
	((type *)((char *)(node) - offsetof(type, member)))

#endif
