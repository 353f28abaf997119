// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>

#include "ike-daemon/engine.h"
#include "ike-daemon/sa/account.h"
#include "ike-daemon/sa/child_sa.h"
#include "tools/lib/log.h"

void account_ring_close(struct account_ring *ring)
{
	unsigned int i;

	ring->closed = true;
	for (i = 0; i < ACCOUNTS_MAX; i++) {
		free(ring->slot[i]);
		ring->slot[i] = NULL;
	}
}

const struct account *account_ended(const struct account_ring *ring, size_t i)
{
	uint64_t kept = ring->n < ACCOUNTS_MAX ? ring->n : ACCOUNTS_MAX;

	return i < kept ? ring->slot[(ring->n - kept + i) % ACCOUNTS_MAX] :
			  NULL;
}

struct account *account_new(struct engine *e)
{
	struct account *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->e = e;
	a->refs = 1;
	return a;
}

struct account *account_get(struct account *a)
{
	if (a)
		a->refs++;
	return a;
}

/* As %ASA-4-113019 does. */
static void log_end(const struct account *a)
{
	unsigned long long s = (a->ended_ms - a->login_ms) / 1000;
	char text[ADDR_STRLEN];

	log_info(ike, "Group = %s, Username = %s, IP = %s, Session disconnected. Session Type: %s, Duration: %lluh:%02llum:%02llus, Bytes xmt: %llu, Bytes rcv: %llu, Reason: %s",
		 a->group, a->user,
		 addr_format(&a->public, text, sizeof(text)),
		 a->l2tp ? "L2TPOverIPsec" : "IKEv1 IPsec",
		 s / 3600, s / 60 % 60, s % 60,
		 (unsigned long long)a->bytes[0],
		 (unsigned long long)a->bytes[1], a->reason);
}

void account_put(struct account *a)
{
	struct account_ring *ring;
	struct account **slot;

	if (!a || --a->refs)
		return;
	ring = &a->e->ended;
	if (ring->closed || !a->index) {
		free(a);
		return;
	}
	a->ended_ms = engine_now(a->e);
	a->ended = time(NULL);
	log_end(a);
	slot = &ring->slot[ring->n++ % ACCOUNTS_MAX];
	free(*slot);
	*slot = a;
}

void account_part_ends(struct account *a, const char *reason)
{
	if (a && !a->decided)
		snprintf(a->reason, sizeof(a->reason), "%s", reason);
}

void account_ends(struct account *a, const char *reason)
{
	account_part_ends(a, reason);
	if (a)
		a->decided = true;
}

static void add_half(struct account *a, const struct child_sa *c, uint8_t dir)
{
	const struct kernel_sa_id id = child_sa_id(c, dir);
	struct kernel *k = c->e->kernel;
	bool in = dir == CRYPTOMAP_DIR_IN;
	struct kernel_sa sa;

	if (!id.spi || k->ops->sa_get(k, &id, &sa))
		return;
	a->bytes[in] += sa.bytes;
	a->packets[in] += sa.packets;
}

void account_pair(struct account *a, const struct child_sa *c)
{
	if (!a || c->state < CHILD_INSTALLED)
		return;
	add_half(a, c, CRYPTOMAP_DIR_OUT);
	add_half(a, c, CRYPTOMAP_DIR_IN);
}
