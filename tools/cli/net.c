// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "tools/cli/net.h"

static struct addr inverse(const struct addr *a)
{
	struct addr not = *a;
	size_t i;

	for (i = 0; i < addr_len(a); i++)
		not.bytes[i] = ~a->bytes[i];
	return not;
}

struct cfg_net cfg_net_wild(const struct addr *addr,
			    const struct addr *wildcard)
{
	struct cfg_net net = { .addr = *addr, .wildcard = *wildcard };
	size_t i;

	for (i = 0; i < addr_len(addr); i++)
		net.addr.bytes[i] &= ~wildcard->bytes[i];
	return net;
}

struct cfg_net cfg_net_prefix(const struct addr *addr, unsigned int len)
{
	struct addr mask, wildcard;

	addr_mask_from_len(&mask, addr->family, len);
	wildcard = inverse(&mask);
	return cfg_net_wild(addr, &wildcard);
}

struct cfg_net cfg_net_any(int family)
{
	return cfg_net_prefix(&(struct addr){ .family = family }, 0);
}

struct cfg_net cfg_net_host(const struct addr *addr)
{
	return cfg_net_prefix(addr, addr_bits(addr));
}

struct addr cfg_net_mask(const struct cfg_net *net)
{
	return inverse(&net->wildcard);
}

int cfg_net_len(const struct cfg_net *net)
{
	struct addr mask = cfg_net_mask(net);

	return addr_mask_len(&mask);
}

bool cfg_net_is_any(const struct cfg_net *net)
{
	return cfg_net_len(net) == 0;
}

bool cfg_net_is_host(const struct cfg_net *net)
{
	return cfg_net_len(net) == (int)addr_bits(&net->addr);
}

struct range cfg_net_range(const struct cfg_net *net)
{
	struct range r = { .from = net->addr, .to = net->addr };
	size_t i;

	for (i = 0; i < addr_len(&net->addr); i++)
		r.to.bytes[i] |= net->wildcard.bytes[i];
	return r;
}

bool cfg_net_equal(const struct cfg_net *a, const struct cfg_net *b)
{
	return addr_equal(&a->addr, &b->addr) &&
	       addr_equal(&a->wildcard, &b->wildcard);
}

static uint64_t half(const struct addr *a, unsigned int i)
{
	uint64_t bits;

	memcpy(&bits, a->bytes + i * sizeof(bits), sizeof(bits));
	return bits;
}

/* Two sets meet unless a bit that matters to both differs. */
bool cfg_net_meet(const struct cfg_net *a, const struct cfg_net *b)
{
	uint64_t differ = 0;
	unsigned int i;

	if (a->addr.family != b->addr.family)
		return false;
	for (i = 0; i < 2; i++)
		differ |= (half(&a->addr, i) ^ half(&b->addr, i)) &
			  ~half(&a->wildcard, i) & ~half(&b->wildcard, i);
	return !differ;
}
