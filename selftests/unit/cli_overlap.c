// SPDX-License-Identifier: GPL-2.0-or-later
/* Entries of a crypto map that take each other's packets (F-071, E-025). */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "selftests/unit/core_random.h"
#include "tools/cli/check.h"
#include "tools/cli/config.h"
#include "tools/cli/model.h"
#include "tools/cli/overlap.h"

struct found {
	char text[65536];
	unsigned int n;
};

static void keep(void *arg, const struct check_finding *finding)
{
	struct found *f = arg;
	size_t len = strlen(f->text);

	if (!strstr(finding->text, " overlap"))
		return;
	f->n++;
	snprintf(f->text + len, sizeof(f->text) - len, "%s\n", finding->text);
}

/* The warnings about overlaps in a configuration. */
static struct found *check(const char *text)
{
	struct found *f = calloc(1, sizeof(*f));
	struct cm_config *cfg;

	assert_non_null(f);
	if (config_parse("test", text, strlen(text), stderr, &cfg))
		fail_msg("not understood");
	assert_int_equal(config_check(cfg, keep, f), 0);
	cm_config_free(cfg);
	return f;
}

#define LIST(n, dst)	"access-list " n " permit ip any host " dst "\n"
#define ENTRY(n, list, peers) \
	"crypto map M " n " ipsec-isakmp\n match address " list "\n" peers
#define PEER(a)		" set peer " a "\n"

static void only_the_same_peers_may_share(void **state)
{
	static const struct { const char *first, *later; bool warned; } peers[] = {
		{ PEER("1.0.0.1"), PEER("1.0.0.2"), true },
		{ PEER("1.0.0.1"), PEER("1.0.0.1"), false },
		{ PEER("1.0.0.1"), PEER("1.0.0.1") PEER("1.0.0.2"), true },
		{ PEER("1.0.0.1") PEER("1.0.0.2"),
		  PEER("1.0.0.1") PEER("1.0.0.3"), true },
		{ PEER("1.0.0.1") PEER("1.0.0.2"),
		  PEER("1.0.0.1") PEER("1.0.0.2"), false },
		{ "", "", true },
	};
	char text[1024];
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(peers) / sizeof(peers[0]); i++) {
		struct found *f;

		snprintf(text, sizeof(text), LIST("101", "2.0.0.2")
			 LIST("102", "2.0.0.2") ENTRY("10", "101", "%s")
			 ENTRY("20", "102", "%s"), peers[i].first,
			 peers[i].later);
		f = check(text);
		assert_int_equal(f->n, peers[i].warned);
		free(f);
	}
}

/* An entry is told of once, with the first that takes its packets. */
static void the_first_is_named(void **state)
{
	struct found *f = check(
		LIST("101", "2.0.0.1") LIST("102", "2.0.0.3")
		LIST("102", "2.0.0.2") LIST("103", "2.0.0.9")
		LIST("103", "2.0.0.2") LIST("103", "2.0.0.3")
		LIST("104", "2.0.0.3")
		ENTRY("40", "104", "") ENTRY("30", "103", "")
		ENTRY("20", "102", "") ENTRY("10", "101", ""));

	(void)state;
	assert_string_equal(f->text,
		"crypto map M: access list 103 line 30 (entry 30) overlaps access list 102 line 10 (entry 20, other peer), and the lower entry wins\n"
		"crypto map M: access list 104 line 10 (entry 40) overlaps access list 102 line 10 (entry 20, other peer), and the lower entry wins\n");
	free(f);
}

/* --- against every pair, one by one --- */

/* Some of IPv6, which meets nothing of IPv4. */
static struct cfg_net random_net(struct rng *rng, bool ipv6)
{
	static const uint32_t wildcards[] = { 0, 3, 0x0c, 0xff, ~0u };
	static const unsigned int lengths[] = { 128, 126, 124, 64, 0 };
	struct addr addr = addr_v4(rng_below(rng, 64), 0);
	struct addr wildcard = addr_v4(wildcards[rng_below(rng, 5)], 0);

	if (!ipv6)
		return cfg_net_wild(&addr, &wildcard);
	addr = (struct addr){ .family = AF_INET6 };
	addr.bytes[15] = rng_below(rng, 64);
	addr.bytes[0] = rng_below(rng, 2);
	return cfg_net_prefix(&addr, lengths[rng_below(rng, 5)]);
}

static struct cm_config *random_map(struct rng *rng)
{
	struct cm_config *cfg = cm_config_new();
	unsigned int i, j, n = 2 + rng_below(rng, 5);

	for (i = 1; i <= n; i++) {
		struct cfg_entry *e;
		struct cfg_acl *acl;
		char name[16];

		snprintf(name, sizeof(name), "%u", 100 + rng_below(rng, n));
		e = cfg_entry_get(cfg_map_get(cfg, "M"), i);
		strcpy(e->acl, name);
		e->peers[e->n_peers++] = addr_v4(rng_below(rng, 2), 0);
		acl = cfg_acl_get(cfg, name);
		acl->family = (name[2] - '0') % 3 ? AF_INET : AF_INET6;
		for (j = 1 + rng_below(rng, 3); j; j--) {
			struct cfg_ace *ace = cfg_ace_get(acl, j);

			ace->action = rng_below(rng, 2);
			ace->src = random_net(rng, acl->family == AF_INET6);
			ace->dst = random_net(rng, acl->family == AF_INET6);
		}
	}
	return cfg;
}

static const struct cfg_ace *first_pair(const struct cfg_acl *a,
					const struct cfg_acl *b,
					const struct cfg_ace **of_b)
{
	size_t i, j;

	for (i = 0; i < a->n_aces; i++)
		for (j = 0; j < b->n_aces; j++)
			if (a->aces[i].action == CFG_PERMIT &&
			    b->aces[j].action == CFG_PERMIT &&
			    ace_overlap(&a->aces[i], &b->aces[j])) {
				*of_b = &b->aces[j];
				return &a->aces[i];
			}
	return NULL;
}

struct expected {
	const struct cm_config *cfg;
	unsigned int told;
};

static void compare(void *arg, const struct overlap *o)
{
	struct expected *x = arg;
	const struct cfg_map *map = x->cfg->maps;
	const struct cfg_acl *later = cfg_acl_find(x->cfg, o->later->acl);
	const struct cfg_ace *first = NULL, *second;
	const struct cfg_entry *e;

	for (e = map->entries; !first; e++) {
		assert_true(e < o->later);
		if (strcmp(e->acl, o->later->acl) &&
		    !addr_equal(&e->peers[0], &o->later->peers[0]))
			first = first_pair(cfg_acl_find(x->cfg, e->acl), later,
					   &second);
	}
	assert_ptr_equal(e - 1, o->first);
	assert_ptr_equal(first, o->of_first);
	assert_ptr_equal(second, o->of_later);
	x->told++;
}

static unsigned int count_overlapped(const struct cm_config *cfg)
{
	const struct cfg_entry *e = cfg->maps->entries;
	size_t i, j, n = 0;

	for (j = 1; j < cfg->maps->n_entries; j++)
		for (i = 0; i < j; i++) {
			const struct cfg_ace *unused;

			if (!strcmp(e[i].acl, e[j].acl) ||
			    addr_equal(&e[i].peers[0], &e[j].peers[0]) ||
			    !first_pair(cfg_acl_find(cfg, e[i].acl),
					cfg_acl_find(cfg, e[j].acl), &unused))
				continue;
			n++;
			break;
		}
	return n;
}

static void every_overlap_is_found(void **state)
{
	struct rng rng = rng_start(11);
	int round;

	(void)state;
	for (round = 0; round < 5000; round++) {
		struct expected x = { .cfg = random_map(&rng) };

		assert_int_equal(map_overlaps(x.cfg, x.cfg->maps, compare, &x),
				 0);
		assert_int_equal(x.told, count_overlapped(x.cfg));
		cm_config_free((struct cm_config *)x.cfg);
	}
}

/* --- many --- */

/* n entries with lists of their own. */
static char *many(unsigned int n)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	unsigned int i;

	assert_non_null(out);
	for (i = 1; i <= n; i++)
		fprintf(out, "ip access-list extended L%u\n"
			" permit ip any 10.%u.%u.0 0.0.0.255\n"
			"crypto map M %u ipsec-isakmp\n match address L%u\n",
			i, i >> 8, i & 255, i, i);
	fclose(out);
	return text;
}

static void many_entries_are_looked_at(void **state)
{
	char *text = many(1000);
	struct found *f = check(text);

	(void)state;
	assert_int_equal(f->n, 0);
	free(f);
	text = realloc(text, strlen(text) + 200);
	strcat(text, "access-list 101 permit ip host 1.1.1.1 host 10.3.0.7\n"
	       "crypto map M 5000 ipsec-isakmp\n match address 101\n");
	f = check(text);
	assert_int_equal(f->n, 1);
	assert_non_null(strstr(f->text, "list 101 line 10 (entry 5000) overlaps access list L768 line 10"));
	free(f);
	free(text);
}

/* Lines that meet in both dimensions, and then differ in their ports. */
static void too_many_are_told_of(void **state)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	struct found *f;
	unsigned int i;

	(void)state;
	assert_non_null(out);
	for (i = 1; i <= 8000; i++)
		fprintf(out, "access-list %u permit tcp any eq %u any\n",
			101 + i % 2, i);
	fprintf(out, ENTRY("10", "101", "") ENTRY("20", "102", ""));
	fclose(out);
	f = check(text);
	assert_string_equal(f->text, "crypto map M: its entries permit too much in common to look for every overlap\n");
	free(f);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_same_peers_may_share),
		cmocka_unit_test(the_first_is_named),
		cmocka_unit_test(every_overlap_is_found),
		cmocka_unit_test(many_entries_are_looked_at),
		cmocka_unit_test(too_many_are_told_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
