// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "ike-daemon/sa/hash.h"
#include "ike-daemon/sa/source.h"

#define TOKEN	1000u

static uint64_t net_of(const struct addr *from)
{
	size_t len = addr_len(from);
	uint64_t net = 0;

	memcpy(&net, from->bytes, len < sizeof(net) ? len : sizeof(net));
	return net;
}

/* That of the address, or the one that was used longest ago, emptied. */
static struct source *find(struct source_table *t, const struct addr *from,
			   uint64_t now_ms)
{
	uint64_t net = net_of(from);
	uint64_t key = hash_bytes(t->seed ^ from->family, &net, sizeof(net));
	struct source *set = t->set[key % SOURCE_SETS], *oldest = set;
	unsigned int i;

	for (i = 0; i < SOURCE_WAYS; i++) {
		if (set[i].family == from->family && set[i].net == net)
			return &set[i];
		if (set[i].last_ms < oldest->last_ms)
			oldest = &set[i];
	}
	*oldest = (struct source){
		.net = net, .family = from->family, .last_ms = now_ms,
	};
	return oldest;
}

bool source_may_begin(struct source_table *t, const struct source_rate *rate,
		      const struct addr *from, uint64_t now_ms)
{
	struct source *s;
	uint64_t back;

	if (!rate->each_second)
		return true;
	s = find(t, from, now_ms);
	back = (now_ms - s->last_ms) * rate->each_second * TOKEN / 1000;
	s->milli = back < s->milli ? s->milli - back : 0;
	s->last_ms = now_ms;
	if (s->milli + TOKEN > rate->burst * TOKEN)
		return false;
	s->milli += TOKEN;
	return true;
}
