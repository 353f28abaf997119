// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tools/lib/link.h"
#include "tools/lib/rtnl.h"

#define KIND	"cryptomap"
#define MARK	"tunnel of the cryptomap configuration"

/* What one message says of a link. */
struct found {
	char name[IF_NAMESIZE];
	bool is_tunnel, is_ours;
};

struct names {
	char (*v)[IF_NAMESIZE];
	size_t n;
};

/* Who is told: one of them. */
struct walk {
	struct found *one;
	struct names *ours;
	bool no_memory;
};

static bool says(const struct nlattr *nla, const char *text)
{
	return nla && nla_len(nla) >= (int)strlen(text) &&
	       !strncmp(nla_data(nla), text, (size_t)nla_len(nla));
}

static bool is_kind(struct nlattr *info)
{
	struct nlattr *tb[IFLA_INFO_MAX + 1];

	return info && !nla_parse_nested(tb, IFLA_INFO_MAX, info, NULL) &&
	       says(tb[IFLA_INFO_KIND], KIND);
}

static int add_name(struct names *names, const char *name)
{
	char (*mem)[IF_NAMESIZE];

	mem = realloc(names->v, (names->n + 1) * sizeof(*mem));
	if (!mem)
		return -ENOMEM;
	names->v = mem;
	memcpy(mem[names->n++], name, sizeof(*mem));
	return 0;
}

static int take_link(struct nl_msg *msg, void *arg)
{
	struct nlattr *tb[IFLA_MAX + 1];
	struct found found = { 0 };
	struct walk *walk = arg;

	if (nlmsg_hdr(msg)->nlmsg_type != RTM_NEWLINK ||
	    nlmsg_parse(nlmsg_hdr(msg), sizeof(struct ifinfomsg), tb, IFLA_MAX,
			NULL) || !tb[IFLA_IFNAME])
		return NL_OK;
	nla_strlcpy(found.name, tb[IFLA_IFNAME], sizeof(found.name));
	found.is_tunnel = is_kind(tb[IFLA_LINKINFO]);
	found.is_ours = found.is_tunnel && says(tb[IFLA_IFALIAS], MARK);
	if (walk->one)
		*walk->one = found;
	if (walk->ours && found.is_ours && add_name(walk->ours, found.name))
		walk->no_memory = true;
	return NL_OK;
}

static struct nl_msg *message(int type, int flags, const char *name,
			      unsigned int up)
{
	struct ifinfomsg info = { .ifi_flags = up, .ifi_change = up };
	struct nl_msg *msg = nlmsg_alloc_simple(type, flags);

	if (!msg)
		return NULL;
	if (!nlmsg_append(msg, &info, sizeof(info), NLMSG_ALIGNTO) &&
	    (!name || !nla_put_string(msg, IFLA_IFNAME, name)))
		return msg;
	nlmsg_free(msg);
	return NULL;
}

static int collect(void *arg)
{
	struct names *names = arg;
	struct walk walk = { .ours = names };
	int ret;

	names->n = 0;
	ret = rtnl_ask(message(RTM_GETLINK, NLM_F_DUMP, NULL, 0), take_link,
		       &walk);
	return walk.no_memory ? -NLE_NOMEM : ret;
}

int link_tunnel_dump(link_fn *fn, void *arg)
{
	struct names names = { 0 };
	int ret = rtnl_dump(collect, &names);

	for (size_t i = 0; i < names.n && !ret; i++)
		ret = fn(arg, names.v[i]);
	free(names.v);
	return ret;
}

static int look_up(const char *name, struct found *found)
{
	struct walk walk = { .one = found };

	return rtnl_errno(rtnl_ask(message(RTM_GETLINK, 0, name, 0),
				   take_link, &walk));
}

static int create(const char *name)
{
	struct nl_msg *msg = message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL |
				     NLM_F_ACK, name, 0);
	struct nlattr *info = msg ? nla_nest_start(msg, IFLA_LINKINFO) : NULL;

	if (!info || nla_put_string(msg, IFLA_INFO_KIND, KIND)) {
		nlmsg_free(msg);
		return -ENOMEM;
	}
	nla_nest_end(msg, info);
	return rtnl_errno(rtnl_ask(msg, NULL, NULL));
}

/* The alias is not taken where a link is made. */
static int mark_and_raise(const char *name)
{
	struct nl_msg *msg = message(RTM_NEWLINK, NLM_F_ACK, name, IFF_UP);

	if (!msg || nla_put_string(msg, IFLA_IFALIAS, MARK)) {
		nlmsg_free(msg);
		return -ENOMEM;
	}
	return rtnl_errno(rtnl_ask(msg, NULL, NULL));
}

int link_tunnel_add(const char *name)
{
	struct found found = { 0 };
	int ret = create(name);

	if (!ret) {
		ret = mark_and_raise(name);
		if (ret)
			link_tunnel_del(name);	/* without mark it would stay */
		return ret;
	}
	if (ret != -EEXIST || look_up(name, &found))
		return ret;
	return found.is_tunnel ? 0 : -EEXIST;
}

int link_tunnel_del(const char *name)
{
	return rtnl_errno(rtnl_ask(message(RTM_DELLINK, NLM_F_ACK, name, 0),
				   NULL, NULL));
}
