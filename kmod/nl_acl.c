// SPDX-License-Identifier: GPL-2.0
/* Access lists and their lines. */
#include "acl.h"
#include "compat/genl.h"
#include "netlink.h"
#include "pernet.h"
#include "stats.h"

static int check_family(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	u8 family = nla_get_u8(attr);

	if (family == AF_INET ||
	    (family == AF_INET6 && CM_FEATURES & CRYPTOMAP_FEATURE_IPV6))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "ACL_FAMILY is AF_INET, or AF_INET6 with FEATURE_IPV6");
	return -EAFNOSUPPORT;
}

CM_NL_RANGE(line_seq, nla_get_u32, "LINE_SEQ", 1, 2147483647)
CM_NL_RANGE(line_action, nla_get_u8, "LINE_ACTION", 0, 1)

const struct nla_policy cm_acl_policy[CRYPTOMAP_ACL_MAX + 1] = {
	[CRYPTOMAP_ACL_NAME] = CM_NL_NAME,
	[CRYPTOMAP_ACL_FAMILY] = { .type = NLA_U8 },
};

static const cm_nl_check acl_checks[CRYPTOMAP_ACL_MAX + 1] = {
	[CRYPTOMAP_ACL_FAMILY] = check_family,
};

const struct nla_policy cm_line_policy[CRYPTOMAP_LINE_ATTR_MAX + 1] = {
	[CRYPTOMAP_LINE_SEQ] = { .type = NLA_U32 },
	[CRYPTOMAP_LINE_ACTION] = { .type = NLA_U8 },
	[CRYPTOMAP_LINE_SEL] = NLA_POLICY_NESTED(cm_sel_policy),
};

static const cm_nl_check line_checks[CRYPTOMAP_LINE_ATTR_MAX + 1] = {
	[CRYPTOMAP_LINE_SEQ] = check_line_seq,
	[CRYPTOMAP_LINE_ACTION] = check_line_action,
};

/* The name in A_ACL, and its family where asked for. NULL: extack says why. */
static const char *parse_acl(struct nlattr *nest, u8 *family,
			     struct netlink_ext_ack *extack)
{
	struct nlattr *tb[CRYPTOMAP_ACL_MAX + 1];

	if (!nest) {
		NL_SET_ERR_MSG(extack, "A_ACL is missing");
		return NULL;
	}
	if (cm_nl_parse(tb, CRYPTOMAP_ACL_MAX, nest, cm_acl_policy, acl_checks,
			extack))
		return NULL;
	if (!tb[CRYPTOMAP_ACL_NAME]) {
		NL_SET_ERR_MSG_ATTR(extack, nest, "ACL_NAME is missing");
		return NULL;
	}
	if (family)
		*family = tb[CRYPTOMAP_ACL_FAMILY] ?
			  nla_get_u8(tb[CRYPTOMAP_ACL_FAMILY]) : AF_INET;
	return nla_data(tb[CRYPTOMAP_ACL_NAME]);
}

/* The list that A_ACL names, or an ERR_PTR. */
static struct cm_acl *find_acl(struct cm_net *cn, struct nlattr *nest,
			       struct netlink_ext_ack *extack)
{
	const char *name = parse_acl(nest, NULL, extack);
	struct cm_acl *acl;

	if (!name)
		return ERR_PTR(-EINVAL);
	acl = cm_acl_find(cn, name);
	if (!acl) {
		NL_SET_ERR_MSG_ATTR(extack, nest, "there is no access list of this name");
		return ERR_PTR(-ENOENT);
	}
	return acl;
}

static struct cm_line *parse_line(const struct nlattr *nest, u8 family,
				  struct netlink_ext_ack *extack)
{
	struct nlattr *tb[CRYPTOMAP_LINE_ATTR_MAX + 1];
	struct cm_selector sel;
	struct cm_line *line;
	int err;

	err = cm_nl_parse(tb, CRYPTOMAP_LINE_ATTR_MAX, nest, cm_line_policy,
			  line_checks, extack);
	if (err)
		return ERR_PTR(err);
	if (!tb[CRYPTOMAP_LINE_SEQ] || !tb[CRYPTOMAP_LINE_ACTION] ||
	    !tb[CRYPTOMAP_LINE_SEL]) {
		NL_SET_ERR_MSG_ATTR(extack, nest, "a line needs LINE_SEQ, LINE_ACTION and LINE_SEL");
		return ERR_PTR(-EINVAL);
	}
	err = cm_nl_parse_sel(tb[CRYPTOMAP_LINE_SEL], family, &sel, extack);
	if (err)
		return ERR_PTR(err);
	line = cm_line_create(nla_get_u32(tb[CRYPTOMAP_LINE_SEQ]),
			      nla_get_u8(tb[CRYPTOMAP_LINE_ACTION]) ==
			      CRYPTOMAP_ACTION_PERMIT, &sel);
	return line ?: ERR_PTR(-ENOMEM);
}

#define for_each_attr_of(attr, type, info, rem)				\
	nla_for_each_attr(attr, genlmsg_data((info)->genlhdr),		\
			  genlmsg_len((info)->genlhdr), rem)		\
		if (nla_type(attr) == (type))

static int parse_lines(struct genl_info *info, u8 family, struct cm_lines *lines)
{
	struct nlattr *attr;
	struct cm_line *line;
	int rem, err;

	for_each_attr_of(attr, CRYPTOMAP_A_LINE, info, rem) {
		line = parse_line(attr, family, info->extack);
		if (IS_ERR(line)) {
			err = PTR_ERR(line);
			goto undo;
		}
		err = cm_lines_add(lines, line);
		if (err) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr, "LINE_SEQ stands twice in the message");
			cm_line_free(line);
			goto undo;
		}
	}
	return 0;

undo:
	cm_lines_free(lines);
	return err;
}

int cm_nl_acl_set(struct sk_buff *skb, struct genl_info *info)
{
	struct cm_net *cn = cm_net_of(genl_info_net(info));
	struct cm_lines lines = { .root = RB_ROOT };
	const char *name;
	u8 family;
	int err;

	name = parse_acl(info->attrs[CRYPTOMAP_A_ACL], &family, info->extack);
	if (!name)
		return -EINVAL;
	err = parse_lines(info, family, &lines);
	if (err)
		return err;
	mutex_lock(&cn->lock);
	err = cm_acl_set(cn, name, family, &lines, info->extack);
	mutex_unlock(&cn->lock);
	if (err)
		cm_lines_free(&lines);
	return err;
}

int cm_nl_acl_del(struct sk_buff *skb, struct genl_info *info)
{
	struct cm_net *cn = cm_net_of(genl_info_net(info));
	struct cm_acl *acl;
	int err;

	mutex_lock(&cn->lock);
	acl = find_acl(cn, info->attrs[CRYPTOMAP_A_ACL], info->extack);
	err = IS_ERR(acl) ? PTR_ERR(acl) : cm_acl_del(acl, info->extack);
	mutex_unlock(&cn->lock);
	return err;
}

static int line_add(struct cm_net *cn, struct genl_info *info)
{
	struct cm_lines lines = { .root = RB_ROOT };
	struct cm_acl *acl;
	int err;

	acl = find_acl(cn, info->attrs[CRYPTOMAP_A_ACL], info->extack);
	if (IS_ERR(acl))
		return PTR_ERR(acl);
	err = parse_lines(info, acl->family, &lines);
	if (err)
		return err;
	if (!lines.count) {
		NL_SET_ERR_MSG(info->extack, "A_LINE is missing");
		return -EINVAL;
	}
	err = cm_acl_add_lines(acl, &lines, info->extack);
	if (err)
		cm_lines_free(&lines);
	return err;
}

int cm_nl_line_add(struct sk_buff *skb, struct genl_info *info)
{
	struct cm_net *cn = cm_net_of(genl_info_net(info));
	int err;

	mutex_lock(&cn->lock);
	err = line_add(cn, info);
	mutex_unlock(&cn->lock);
	return err;
}

/* The line that A_LINE numbers, or an ERR_PTR. */
static struct cm_line *find_line(struct cm_acl *acl, const struct nlattr *nest,
				 struct netlink_ext_ack *extack)
{
	struct nlattr *tb[CRYPTOMAP_LINE_ATTR_MAX + 1];
	struct cm_line *line;
	u32 seq;
	int err;

	err = cm_nl_parse(tb, CRYPTOMAP_LINE_ATTR_MAX, nest, cm_line_policy,
			  line_checks, extack);
	if (err)
		return ERR_PTR(err);
	if (!tb[CRYPTOMAP_LINE_SEQ] || tb[CRYPTOMAP_LINE_ACTION] ||
	    tb[CRYPTOMAP_LINE_SEL]) {
		NL_SET_ERR_MSG_ATTR(extack, nest, "LINE_DEL takes LINE_SEQ and nothing else of a line");
		return ERR_PTR(-EINVAL);
	}
	seq = nla_get_u32(tb[CRYPTOMAP_LINE_SEQ]);
	line = cm_lines_first(&acl->lines, seq);
	if (!line || line->seq != seq) {
		NL_SET_ERR_MSG_ATTR(extack, nest, "the list has no line of this number");
		return ERR_PTR(-ENOENT);
	}
	return line;
}

/* All numbers are looked up before the first line goes: all or none. */
static int line_del(struct cm_net *cn, struct genl_info *info)
{
	struct cm_line *line;
	struct nlattr *attr;
	struct cm_acl *acl;
	int rem, count = 0;

	acl = find_acl(cn, info->attrs[CRYPTOMAP_A_ACL], info->extack);
	if (IS_ERR(acl))
		return PTR_ERR(acl);
	for_each_attr_of(attr, CRYPTOMAP_A_LINE, info, rem) {
		line = find_line(acl, attr, info->extack);
		if (IS_ERR(line))
			return PTR_ERR(line);
		count++;
	}
	if (!count) {
		NL_SET_ERR_MSG(info->extack, "A_LINE is missing");
		return -EINVAL;
	}
	for_each_attr_of(attr, CRYPTOMAP_A_LINE, info, rem) {
		line = find_line(acl, attr, NULL);
		if (!IS_ERR(line))	/* else it stood twice */
			cm_acl_del_line(acl, line);
	}
	return 0;
}

int cm_nl_line_del(struct sk_buff *skb, struct genl_info *info)
{
	struct cm_net *cn = cm_net_of(genl_info_net(info));
	int err;

	mutex_lock(&cn->lock);
	err = line_del(cn, info);
	mutex_unlock(&cn->lock);
	return err;
}

static int put_acl(struct sk_buff *skb, const struct cm_acl *acl)
{
	struct nlattr *nest = nla_nest_start(skb, CRYPTOMAP_A_ACL);

	if (!nest ||
	    nla_put_string(skb, CRYPTOMAP_ACL_NAME, acl->name) ||
	    nla_put_u8(skb, CRYPTOMAP_ACL_FAMILY, acl->family) ||
	    nla_put_u32(skb, CRYPTOMAP_ACL_LINES, acl->lines.count) ||
	    nla_put_u32(skb, CRYPTOMAP_ACL_REFS, acl->refs))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_line(struct sk_buff *skb, const struct cm_line *line)
{
	struct nlattr *nest = nla_nest_start(skb, CRYPTOMAP_A_LINE);
	u8 action = line->permit ? CRYPTOMAP_ACTION_PERMIT : CRYPTOMAP_ACTION_DENY;

	if (!nest ||
	    nla_put_u32(skb, CRYPTOMAP_LINE_SEQ, line->seq) ||
	    nla_put_u8(skb, CRYPTOMAP_LINE_ACTION, action) ||
	    cm_nl_put_sel(skb, CRYPTOMAP_LINE_SEL, &line->sel) ||
	    nla_put_u64_64bit(skb, CRYPTOMAP_LINE_HITS,
			      cm_stats_hits_sum(line->hits) - line->hits_base,
			      CRYPTOMAP_LINE_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* One message: the list, and one of its lines, or none where there are none. */
static int dump_one(struct sk_buff *skb, struct netlink_callback *cb,
		    const struct cm_acl *acl, const struct cm_line *line)
{
	void *hdr = cm_dump_begin(skb, cb, CRYPTOMAP_CMD_ACL_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (put_acl(skb, acl) || (line && put_line(skb, line))) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/* Goes on at line ctx->sub; an empty list is one message. */
static int dump_acl(struct sk_buff *skb, struct netlink_callback *cb,
		    const struct cm_acl *acl)
{
	struct cm_dump *ctx = cm_dump(cb);
	struct cm_line *line;
	int err;

	if (!acl->lines.count && !ctx->sub)
		return dump_one(skb, cb, acl, NULL);
	for (line = cm_lines_first(&acl->lines, ctx->sub); line;
	     line = cm_line_next(line)) {
		ctx->sub = line->seq;
		err = dump_one(skb, cb, acl, line);
		if (err)
			return err;
	}
	return 0;
}

static int dump_acls(struct sk_buff *skb, struct netlink_callback *cb,
		     struct cm_net *cn, const char *name)
{
	struct cm_dump *ctx = cm_dump(cb);
	struct cm_acl *acl;
	int id = ctx->id;
	int err = 0;

	while ((acl = idr_get_next(&cn->acl_ids, &id))) {
		if (id != ctx->id) {
			ctx->id = id;
			ctx->sub = 0;
		}
		if (!name || !strcmp(name, acl->name))
			err = dump_acl(skb, cb, acl);
		if (err)
			break;
		ctx->id = ++id;
		ctx->sub = 0;
	}
	return err;
}

int cm_nl_acl_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct cm_net *cn = cm_net_of(sock_net(skb->sk));
	struct nlattr *nest = cm_dump_attrs(cb)[CRYPTOMAP_A_ACL];
	const char *name = NULL;
	int err;

	if (nest) {
		name = parse_acl(nest, NULL, cb->extack);
		if (!name)
			return -EINVAL;
	}
	mutex_lock(&cn->lock);
	cb->seq = cn->generation;
	if (name && !cm_dump(cb)->id && !cm_acl_find(cn, name)) {
		NL_SET_ERR_MSG_ATTR(cb->extack, nest, "there is no access list of this name");
		err = -ENOENT;
	} else {
		err = dump_acls(skb, cb, cn, name);
	}
	mutex_unlock(&cn->lock);
	return skb->len ?: err;
}
