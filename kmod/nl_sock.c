// SPDX-License-Identifier: GPL-2.0
/* Sockets in and out. */
#include <linux/fcntl.h>
#include <linux/file.h>

#include "netlink.h"
#include "pernet.h"
#include "sock.h"

CM_NL_RANGE(sock_kind, nla_get_u8, "SOCK_KIND", 0, 1)

static int check_family(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	u8 family = nla_get_u8(attr);

	if (family == AF_INET || family == AF_INET6)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "SOCK_FAMILY is AF_INET or AF_INET6");
	return -EAFNOSUPPORT;
}

CM_NL_RANGE(sock_fd, nla_get_u32, "SOCK_FD", 0, 2147483647)

const struct nla_policy cm_sock_policy[CRYPTOMAP_SOCK_MAX + 1] = {
	[CRYPTOMAP_SOCK_FD] = { .type = NLA_U32 },
	[CRYPTOMAP_SOCK_KIND] = { .type = NLA_U8 },
	[CRYPTOMAP_SOCK_FAMILY] = { .type = NLA_U8 },
};

static const cm_nl_check sock_checks[CRYPTOMAP_SOCK_MAX + 1] = {
	[CRYPTOMAP_SOCK_FD] = check_sock_fd,
	[CRYPTOMAP_SOCK_KIND] = check_sock_kind,
	[CRYPTOMAP_SOCK_FAMILY] = check_family,
};

struct sock_request {
	u8 kind;
	u8 family;
	int fd;
};

/* @need: the attribute that is needed beside SOCK_KIND; the other is refused. */
static int parse_sock(struct genl_info *info, int need, struct sock_request *req)
{
	int other = need == CRYPTOMAP_SOCK_FD ? CRYPTOMAP_SOCK_FAMILY :
						CRYPTOMAP_SOCK_FD;
	struct nlattr *nest = info->attrs[CRYPTOMAP_A_SOCK];
	struct nlattr *tb[CRYPTOMAP_SOCK_MAX + 1];
	int err;

	if (!nest) {
		NL_SET_ERR_MSG(info->extack, "A_SOCK is missing");
		return -EINVAL;
	}
	err = cm_nl_parse(tb, CRYPTOMAP_SOCK_MAX, nest, cm_sock_policy,
			  sock_checks, info->extack);
	if (err)
		return err;
	if (!tb[CRYPTOMAP_SOCK_KIND] || !tb[need] ||
	    (tb[other] && other == CRYPTOMAP_SOCK_FD)) {
		NL_SET_ERR_MSG_ATTR(info->extack, nest,
				    "SOCK_SET takes SOCK_KIND and SOCK_FD, SOCK_GET and SOCK_DEL take SOCK_KIND and SOCK_FAMILY");
		return -EINVAL;
	}
	req->kind = nla_get_u8(tb[CRYPTOMAP_SOCK_KIND]);
	if (need == CRYPTOMAP_SOCK_FD)
		req->fd = nla_get_u32(tb[need]);
	else
		req->family = nla_get_u8(tb[need]);
	return 0;
}

int cm_nl_sock_set(struct sk_buff *skb, struct genl_info *info)
{
	struct cm_net *cn = cm_net_of(genl_info_net(info));
	struct sock_request req;
	int err;

	err = parse_sock(info, CRYPTOMAP_SOCK_FD, &req);
	if (err)
		return err;
	mutex_lock(&cn->lock);
	err = cm_sock_set(cn, req.fd, req.kind, info->extack);
	mutex_unlock(&cn->lock);
	return err;
}

static int put_sock(struct sk_buff *skb, const struct sock_request *req)
{
	struct nlattr *nest = nla_nest_start(skb, CRYPTOMAP_A_SOCK);

	if (!nest ||
	    nla_put_u32(skb, CRYPTOMAP_SOCK_FD, req->fd) ||
	    nla_put_u8(skb, CRYPTOMAP_SOCK_KIND, req->kind) ||
	    nla_put_u8(skb, CRYPTOMAP_SOCK_FAMILY, req->family))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/*
 * Commands run in the process that sent them. The descriptor becomes valid
 * only after its number is on its way, so that a failure leaves none behind.
 */
static int give_sock(struct genl_info *info, struct sock_request *req,
		     struct file *file)
{
	struct cm_reply reply;
	int err;

	err = cm_reply_begin(&reply, info, CRYPTOMAP_CMD_SOCK_GET);
	if (err)
		return err;
	req->fd = get_unused_fd_flags(O_CLOEXEC);
	if (req->fd < 0)
		return cm_reply_end(&reply, info, req->fd);
	err = cm_reply_end(&reply, info, put_sock(reply.skb, req));
	if (err)
		put_unused_fd(req->fd);
	else
		fd_install(req->fd, get_file(file));
	return err;
}

int cm_nl_sock_get(struct sk_buff *skb, struct genl_info *info)
{
	struct cm_net *cn = cm_net_of(genl_info_net(info));
	struct sock_request req;
	struct file *file;
	int err;

	err = parse_sock(info, CRYPTOMAP_SOCK_FAMILY, &req);
	if (err)
		return err;
	mutex_lock(&cn->lock);
	file = cm_sock_get(cn, req.kind, req.family);
	mutex_unlock(&cn->lock);
	if (!file) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[CRYPTOMAP_A_SOCK],
				    "no socket of this kind and family is kept");
		return -ENOENT;
	}
	err = give_sock(info, &req, file);
	fput(file);
	return err;
}

int cm_nl_sock_del(struct sk_buff *skb, struct genl_info *info)
{
	struct cm_net *cn = cm_net_of(genl_info_net(info));
	struct sock_request req;
	int err;

	err = parse_sock(info, CRYPTOMAP_SOCK_FAMILY, &req);
	if (err)
		return err;
	mutex_lock(&cn->lock);
	err = cm_sock_del(cn, req.kind, req.family);
	mutex_unlock(&cn->lock);
	if (err)
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[CRYPTOMAP_A_SOCK],
				    "no socket of this kind and family is kept");
	return err;
}
