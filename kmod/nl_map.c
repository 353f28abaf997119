// SPDX-License-Identifier: GPL-2.0
/* Crypto maps and their entries. */
#include <linux/slab.h>

#include "acl.h"
#include "compat/genl.h"
#include "map.h"
#include "netlink.h"
#include "pernet.h"

static int check_peer(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	if (cm_nl_check_addr(attr, extack))
		return -EINVAL;
	if (nla_len(attr) == 4 || CM_FEATURES & CRYPTOMAP_FEATURE_IPV6)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "IPv6 peers need FEATURE_IPV6, which this module lacks");
	return -EAFNOSUPPORT;
}

CM_NL_RANGE(entry_seq, nla_get_u32, "ENTRY_SEQ", 1, 65535)
CM_NL_RANGE(type, nla_get_u8, "ENTRY_TYPE", 0, 2)
CM_NL_RANGE(level, nla_get_u8, "ENTRY_LEVEL", 0, 2)

const struct nla_policy cm_map_policy[CRYPTOMAP_MAP_MAX + 1] = {
	[CRYPTOMAP_MAP_NAME] = CM_NL_NAME,
	[CRYPTOMAP_MAP_LOCAL_IF] = CM_NL_IFNAME,
};

const struct nla_policy cm_entry_policy[CRYPTOMAP_ENTRY_MAX + 1] = {
	[CRYPTOMAP_ENTRY_SEQ] = { .type = NLA_U32 },
	[CRYPTOMAP_ENTRY_TYPE] = { .type = NLA_U8 },
	[CRYPTOMAP_ENTRY_ACL] = CM_NL_NAME,
	[CRYPTOMAP_ENTRY_PEER] = NLA_POLICY_VALIDATE_FN(NLA_BINARY, check_peer),
	[CRYPTOMAP_ENTRY_COOKIE] = { .type = NLA_U64 },
	[CRYPTOMAP_ENTRY_LEVEL] = { .type = NLA_U8 },
};

static const cm_nl_check entry_checks[CRYPTOMAP_ENTRY_MAX + 1] = {
	[CRYPTOMAP_ENTRY_SEQ] = check_entry_seq,
	[CRYPTOMAP_ENTRY_TYPE] = check_type,
	[CRYPTOMAP_ENTRY_LEVEL] = check_level,
};

/* The name in A_MAP, and its interface where asked for. NULL: extack says why. */
static const char *parse_map(struct nlattr *nest, const char **local_if,
			     struct netlink_ext_ack *extack)
{
	struct nlattr *tb[CRYPTOMAP_MAP_MAX + 1];

	if (!nest) {
		NL_SET_ERR_MSG(extack, "A_MAP is missing");
		return NULL;
	}
	if (nla_parse_nested(tb, CRYPTOMAP_MAP_MAX, nest, cm_map_policy, extack))
		return NULL;
	if (!tb[CRYPTOMAP_MAP_NAME]) {
		NL_SET_ERR_MSG_ATTR(extack, nest, "MAP_NAME is missing");
		return NULL;
	}
	if (local_if)
		*local_if = tb[CRYPTOMAP_MAP_LOCAL_IF] ?
			    nla_data(tb[CRYPTOMAP_MAP_LOCAL_IF]) : NULL;
	return nla_data(tb[CRYPTOMAP_MAP_NAME]);
}

static struct cm_map *find_map(struct cm_net *cn, struct nlattr *nest,
			       struct netlink_ext_ack *extack)
{
	const char *name = parse_map(nest, NULL, extack);
	struct cm_map *map;

	if (!name)
		return ERR_PTR(-EINVAL);
	map = cm_map_find(cn, name);
	if (!map) {
		NL_SET_ERR_MSG_ATTR(extack, nest, "there is no map of this name");
		return ERR_PTR(-ENOENT);
	}
	return map;
}

static int parse_peers(const struct nlattr *nest, struct cm_entry *entry,
		       struct netlink_ext_ack *extack)
{
	const struct nlattr *attr;
	struct cm_peer *peer;
	int rem;

	nla_for_each_nested(attr, nest, rem) {
		if (nla_type(attr) != CRYPTOMAP_ENTRY_PEER)
			continue;
		if (entry->npeers == CRYPTOMAP_PEERS_MAX) {
			NL_SET_ERR_MSG_ATTR(extack, attr, "an entry has up to 16 peers");
			return -E2BIG;
		}
		peer = &entry->peers[entry->npeers++];
		peer->family = cm_nl_get_addr(attr, &peer->addr);
	}
	return 0;
}

static int parse_level(struct nlattr *attr, struct cm_entry *entry,
		       struct netlink_ext_ack *extack)
{
	if (!attr)
		return 0;
	entry->level = nla_get_u8(attr);
	if (!entry->level || entry->type == CRYPTOMAP_ENTRY_T_ISAKMP)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "ENTRY_LEVEL is for entries with keys by IKE");
	return -EINVAL;
}

static int fill_entry(struct cm_net *cn, const struct nlattr *nest,
		      struct nlattr **tb, struct cm_entry *entry,
		      struct netlink_ext_ack *extack)
{
	if (!tb[CRYPTOMAP_ENTRY_SEQ]) {
		NL_SET_ERR_MSG_ATTR(extack, nest, "ENTRY_SEQ is missing");
		return -EINVAL;
	}
	entry->seq = nla_get_u32(tb[CRYPTOMAP_ENTRY_SEQ]);
	if (tb[CRYPTOMAP_ENTRY_TYPE])
		entry->type = nla_get_u8(tb[CRYPTOMAP_ENTRY_TYPE]);
	if (tb[CRYPTOMAP_ENTRY_COOKIE])
		entry->cookie = nla_get_u64(tb[CRYPTOMAP_ENTRY_COOKIE]);
	if (tb[CRYPTOMAP_ENTRY_ACL]) {
		entry->acl = cm_acl_find(cn, nla_data(tb[CRYPTOMAP_ENTRY_ACL]));
		if (!entry->acl) {
			NL_SET_ERR_MSG_ATTR(extack, tb[CRYPTOMAP_ENTRY_ACL],
					    "there is no access list of this name");
			return -ENOENT;
		}
	}
	return parse_level(tb[CRYPTOMAP_ENTRY_LEVEL], entry, extack) ?:
	       parse_peers(nest, entry, extack);
}

static struct cm_entry *parse_entry(struct cm_net *cn, const struct nlattr *nest,
				    struct netlink_ext_ack *extack)
{
	struct nlattr *tb[CRYPTOMAP_ENTRY_MAX + 1];
	struct cm_entry *entry;
	int err;

	err = cm_nl_parse(tb, CRYPTOMAP_ENTRY_MAX, nest, cm_entry_policy,
			  entry_checks, extack);
	if (err)
		return ERR_PTR(err);
	entry = kzalloc(sizeof(*entry), GFP_KERNEL_ACCOUNT);
	if (!entry)
		return ERR_PTR(-ENOMEM);
	err = fill_entry(cn, nest, tb, entry, extack);
	if (err) {
		kfree(entry);
		return ERR_PTR(err);
	}
	return entry;
}

static int parse_entries(struct cm_net *cn, struct genl_info *info,
			 struct cm_entries *entries)
{
	struct cm_entry *entry;
	struct nlattr *attr;
	int rem, err = 0;

	nla_for_each_attr(attr, genlmsg_data(info->genlhdr),
			  genlmsg_len(info->genlhdr), rem) {
		if (nla_type(attr) != CRYPTOMAP_A_ENTRY)
			continue;
		entry = parse_entry(cn, attr, info->extack);
		if (IS_ERR(entry)) {
			err = PTR_ERR(entry);
			break;
		}
		err = cm_entries_add(entries, entry);
		if (err) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr, "ENTRY_SEQ stands twice in the message");
			kfree(entry);
			break;
		}
	}
	if (err)
		cm_entries_free(entries);
	return err;
}

static int map_set(struct cm_net *cn, struct genl_info *info)
{
	struct cm_entries entries = { .root = RB_ROOT };
	const char *name, *local_if;
	int err;

	name = parse_map(info->attrs[CRYPTOMAP_A_MAP], &local_if, info->extack);
	if (!name)
		return -EINVAL;
	err = parse_entries(cn, info, &entries);
	if (err)
		return err;
	err = cm_map_set(cn, name, local_if, &entries, info->extack);
	if (err)
		cm_entries_free(&entries);
	return err;
}

int cm_nl_map_set(struct sk_buff *skb, struct genl_info *info)
{
	struct cm_net *cn = cm_net_of(genl_info_net(info));
	int err;

	mutex_lock(&cn->lock);
	err = map_set(cn, info);
	mutex_unlock(&cn->lock);
	return err;
}

int cm_nl_map_del(struct sk_buff *skb, struct genl_info *info)
{
	struct cm_net *cn = cm_net_of(genl_info_net(info));
	struct cm_map *map;
	int err;

	mutex_lock(&cn->lock);
	map = find_map(cn, info->attrs[CRYPTOMAP_A_MAP], info->extack);
	err = IS_ERR(map) ? PTR_ERR(map) : cm_map_del(map, info->extack);
	mutex_unlock(&cn->lock);
	return err;
}

static int entry_set(struct cm_net *cn, struct genl_info *info)
{
	struct nlattr *nest = info->attrs[CRYPTOMAP_A_ENTRY];
	struct cm_entry *entry;
	struct cm_map *map;
	int err;

	map = find_map(cn, info->attrs[CRYPTOMAP_A_MAP], info->extack);
	if (IS_ERR(map))
		return PTR_ERR(map);
	if (!nest) {
		NL_SET_ERR_MSG(info->extack, "A_ENTRY is missing");
		return -EINVAL;
	}
	entry = parse_entry(cn, nest, info->extack);
	if (IS_ERR(entry))
		return PTR_ERR(entry);
	err = cm_map_set_entry(map, entry, info->extack);
	if (err)
		kfree(entry);
	return err;
}

int cm_nl_entry_set(struct sk_buff *skb, struct genl_info *info)
{
	struct cm_net *cn = cm_net_of(genl_info_net(info));
	int err;

	mutex_lock(&cn->lock);
	err = entry_set(cn, info);
	mutex_unlock(&cn->lock);
	return err;
}

static struct cm_entry *find_entry(struct cm_net *cn, struct genl_info *info,
				   struct cm_map **map)
{
	struct nlattr *tb[CRYPTOMAP_ENTRY_MAX + 1];
	struct nlattr *nest = info->attrs[CRYPTOMAP_A_ENTRY];
	struct cm_entry *entry;
	u32 seq;
	int err;

	*map = find_map(cn, info->attrs[CRYPTOMAP_A_MAP], info->extack);
	if (IS_ERR(*map))
		return ERR_CAST(*map);
	if (!nest) {
		NL_SET_ERR_MSG(info->extack, "A_ENTRY is missing");
		return ERR_PTR(-EINVAL);
	}
	err = cm_nl_parse(tb, CRYPTOMAP_ENTRY_MAX, nest, cm_entry_policy,
			  entry_checks, info->extack);
	if (err)
		return ERR_PTR(err);
	if (!tb[CRYPTOMAP_ENTRY_SEQ]) {
		NL_SET_ERR_MSG_ATTR(info->extack, nest, "ENTRY_SEQ is missing");
		return ERR_PTR(-EINVAL);
	}
	seq = nla_get_u32(tb[CRYPTOMAP_ENTRY_SEQ]);
	entry = cm_entries_first(&(*map)->entries, seq);
	if (!entry || entry->seq != seq) {
		NL_SET_ERR_MSG_ATTR(info->extack, nest, "the map has no entry of this number");
		return ERR_PTR(-ENOENT);
	}
	return entry;
}

int cm_nl_entry_del(struct sk_buff *skb, struct genl_info *info)
{
	struct cm_net *cn = cm_net_of(genl_info_net(info));
	struct cm_entry *entry;
	struct cm_map *map;
	int err = 0;

	mutex_lock(&cn->lock);
	entry = find_entry(cn, info, &map);
	if (IS_ERR(entry))
		err = PTR_ERR(entry);
	else
		cm_map_del_entry(map, entry);
	mutex_unlock(&cn->lock);
	return err;
}

/* --- dump --- */

static int put_map(struct sk_buff *skb, const struct cm_map *map)
{
	struct nlattr *nest = nla_nest_start(skb, CRYPTOMAP_A_MAP);

	if (!nest ||
	    nla_put_string(skb, CRYPTOMAP_MAP_NAME, map->name) ||
	    (map->local_if[0] &&
	     nla_put_string(skb, CRYPTOMAP_MAP_LOCAL_IF, map->local_if)) ||
	    nla_put_u32(skb, CRYPTOMAP_MAP_ENTRIES, map->entries.count) ||
	    nla_put_u32(skb, CRYPTOMAP_MAP_BINDINGS, map->bind_count))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_entry(struct sk_buff *skb, const struct cm_entry *entry)
{
	struct nlattr *nest = nla_nest_start(skb, CRYPTOMAP_A_ENTRY);
	int i;

	if (!nest ||
	    nla_put_u32(skb, CRYPTOMAP_ENTRY_SEQ, entry->seq) ||
	    nla_put_u8(skb, CRYPTOMAP_ENTRY_TYPE, entry->type) ||
	    (entry->acl &&
	     nla_put_string(skb, CRYPTOMAP_ENTRY_ACL, entry->acl->name)) ||
	    (entry->level &&
	     nla_put_u8(skb, CRYPTOMAP_ENTRY_LEVEL, entry->level)) ||
	    nla_put_u64_64bit(skb, CRYPTOMAP_ENTRY_COOKIE, entry->cookie,
			      CRYPTOMAP_ENTRY_PAD))
		return -EMSGSIZE;
	for (i = 0; i < entry->npeers; i++)
		if (cm_nl_put_addr(skb, CRYPTOMAP_ENTRY_PEER,
				   &entry->peers[i].addr, entry->peers[i].family))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int dump_one(struct sk_buff *skb, struct netlink_callback *cb,
		    const struct cm_map *map, const struct cm_entry *entry)
{
	void *hdr = cm_dump_begin(skb, cb, CRYPTOMAP_CMD_MAP_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (put_map(skb, map) || (entry && put_entry(skb, entry))) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/* Goes on at entry ctx->sub; an empty map is one message. */
static int dump_map(struct sk_buff *skb, struct netlink_callback *cb,
		    const struct cm_map *map)
{
	struct cm_dump *ctx = cm_dump(cb);
	struct cm_entry *entry;
	int err;

	if (!map->entries.count && !ctx->sub)
		return dump_one(skb, cb, map, NULL);
	for (entry = cm_entries_first(&map->entries, ctx->sub); entry;
	     entry = cm_entry_next(entry)) {
		ctx->sub = entry->seq;
		err = dump_one(skb, cb, map, entry);
		if (err)
			return err;
	}
	return 0;
}

static int dump_maps(struct sk_buff *skb, struct netlink_callback *cb,
		     struct cm_net *cn, const char *name)
{
	struct cm_dump *ctx = cm_dump(cb);
	struct cm_map *map;
	int id = ctx->id;
	int err = 0;

	while ((map = idr_get_next(&cn->map_ids, &id))) {
		if (id != ctx->id) {
			ctx->id = id;
			ctx->sub = 0;
		}
		if (!name || !strcmp(name, map->name))
			err = dump_map(skb, cb, map);
		if (err)
			break;
		ctx->id = ++id;
		ctx->sub = 0;
	}
	return err;
}

int cm_nl_map_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct cm_net *cn = cm_net_of(sock_net(skb->sk));
	struct nlattr *nest = cm_dump_attrs(cb)[CRYPTOMAP_A_MAP];
	const char *name = NULL;
	int err;

	if (nest) {
		name = parse_map(nest, NULL, cb->extack);
		if (!name)
			return -EINVAL;
	}
	mutex_lock(&cn->lock);
	cb->seq = cn->generation;
	if (name && !cm_dump(cb)->id && !cm_map_find(cn, name)) {
		NL_SET_ERR_MSG_ATTR(cb->extack, nest, "there is no map of this name");
		err = -ENOENT;
	} else {
		err = dump_maps(skb, cb, cn, name);
	}
	mutex_unlock(&cn->lock);
	return skb->len ?: err;
}
