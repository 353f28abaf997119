/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One side of an access-list line: an address and the bits of it that do not
 * matter.  IPv4 may have holes among them, IPv6 has prefixes (IOS).
 */
#ifndef CRYPTOMAP_TOOLS_CLI_NET_H
#define CRYPTOMAP_TOOLS_CLI_NET_H

#include "tools/lib/addr.h"

/* Both of one family; address bits under the wildcard are 0. */
struct cfg_net {
	struct addr addr;
	struct addr wildcard;
};

struct cfg_net cfg_net_any(int family);
struct cfg_net cfg_net_host(const struct addr *addr);
/* The bits of the address that the wildcard covers are cleared. */
struct cfg_net cfg_net_wild(const struct addr *addr,
			    const struct addr *wildcard);
/* len: within the family's bits. */
struct cfg_net cfg_net_prefix(const struct addr *addr, unsigned int len);

/* The length of the prefix, or -EINVAL when the wildcard has holes. */
int cfg_net_len(const struct cfg_net *net);
bool cfg_net_is_any(const struct cfg_net *net);
bool cfg_net_is_host(const struct cfg_net *net);
/* The netmask: ones where the wildcard has zeros. */
struct addr cfg_net_mask(const struct cfg_net *net);
/* From the lowest address to the highest; with holes, not all between. */
struct range cfg_net_range(const struct cfg_net *net);

bool cfg_net_equal(const struct cfg_net *a, const struct cfg_net *b);
/* Is there an address in both? */
bool cfg_net_meet(const struct cfg_net *a, const struct cfg_net *b);

#endif
