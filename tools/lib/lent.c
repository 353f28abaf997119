// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>

#include "tools/lib/lent.h"
#include "tools/lib/rtnl.h"

#define OURS		0x63	/* IFA_PROTO: nobody else's, above those of the kernel */
#define HOST_BITS	32

struct list {
	struct lent *v;
	size_t n;
	bool no_memory;
};

static int take_address(struct nl_msg *msg, void *arg)
{
	struct nlattr *tb[IFA_MAX + 1];
	struct list *list = arg;
	struct ifaddrmsg *ifa = nlmsg_data(nlmsg_hdr(msg));
	struct lent *mem;
	uint32_t be;

	if (nlmsg_hdr(msg)->nlmsg_type != RTM_NEWADDR ||
	    nlmsg_parse(nlmsg_hdr(msg), sizeof(*ifa), tb, IFA_MAX, NULL) ||
	    ifa->ifa_family != AF_INET || !tb[IFA_PROTO] ||
	    nla_get_u8(tb[IFA_PROTO]) != OURS || !tb[IFA_LOCAL] ||
	    nla_len(tb[IFA_LOCAL]) != sizeof(be))
		return NL_OK;
	mem = realloc(list->v, (list->n + 1) * sizeof(*mem));
	if (!mem) {
		list->no_memory = true;
		return NL_OK;
	}
	list->v = mem;
	memset(&mem[list->n], 0, sizeof(*mem));
	memcpy(&be, nla_data(tb[IFA_LOCAL]), sizeof(be));
	mem[list->n].addr = addr_v4(ntohl(be), 0);
	/* Its interface may have gone, and the address with it. */
	if (if_indextoname(ifa->ifa_index, mem[list->n].ifname))
		list->n++;
	return NL_OK;
}

static int collect(void *arg)
{
	struct list *list = arg;
	struct ifaddrmsg ifa = { .ifa_family = AF_INET };
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_GETADDR, NLM_F_DUMP);
	int ret;

	list->n = 0;
	if (msg && nlmsg_append(msg, &ifa, sizeof(ifa), NLMSG_ALIGNTO)) {
		nlmsg_free(msg);
		msg = NULL;
	}
	ret = rtnl_ask(msg, take_address, list);
	return list->no_memory ? -NLE_NOMEM : ret;
}

int lent_dump(lent_fn *fn, void *arg)
{
	struct list list = { 0 };
	int ret = rtnl_dump(collect, &list);

	for (size_t i = 0; i < list.n && !ret; i++)
		ret = fn(arg, &list.v[i]);
	free(list.v);
	return ret;
}

static int change(int type, int flags, const struct lent *lent)
{
	struct ifaddrmsg ifa = {
		.ifa_family = AF_INET,
		.ifa_prefixlen = HOST_BITS,
		.ifa_index = if_nametoindex(lent->ifname),
	};
	uint32_t be = htonl(addr_to_v4(&lent->addr));
	struct nl_msg *msg;

	if (!ifa.ifa_index)
		return -ENODEV;
	msg = nlmsg_alloc_simple(type, flags | NLM_F_ACK);
	if (msg && !nlmsg_append(msg, &ifa, sizeof(ifa), NLMSG_ALIGNTO) &&
	    !nla_put_u32(msg, IFA_LOCAL, be) &&
	    !nla_put_u32(msg, IFA_ADDRESS, be) &&
	    !nla_put_u32(msg, IFA_FLAGS, IFA_F_NOPREFIXROUTE) &&
	    !nla_put_u8(msg, IFA_PROTO, OURS))
		return rtnl_errno(rtnl_ask(msg, NULL, NULL));
	nlmsg_free(msg);
	return -ENOMEM;
}

int lent_add(const struct lent *lent)
{
	int ret = change(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, lent);

	return ret == -EEXIST ? 1 : ret;
}

int lent_del(const struct lent *lent)
{
	return change(RTM_DELADDR, 0, lent);
}
