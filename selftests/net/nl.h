/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bare client of the module for the C tests: messages are built and read
 * with libnl, sent and received by hand, so that wrong ones can be sent and
 * everything that comes back, extended acks included, can be looked at.
 */
#ifndef SELFTESTS_NET_NL_H
#define SELFTESTS_NET_NL_H

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/genl/genl.h>

#include <linux/cryptomap.h>

#define NL_BUF 65536

/**
 * struct nl - one netlink socket
 * @fd: the socket
 * @family: number of the family
 * @group: number of the group "events"
 * @text: text of the last refusal, "" without
 * @blamed: offset of the attribute that it blames, 0 without
 * @intr: the last dump was disturbed
 */
struct nl {
	int fd;
	int family;
	int group;
	uint32_t seq;
	char text[256];
	uint32_t blamed;
	bool intr;
};

/* Called for each message of an answer. */
typedef void (*nl_fn)(struct nlmsghdr *nlh, void *arg);

static inline struct nlattr *nl_attrs(struct nlmsghdr *nlh)
{
	return (struct nlattr *)((char *)NLMSG_DATA(nlh) + GENL_HDRLEN);
}

static inline int nl_attrs_len(struct nlmsghdr *nlh)
{
	return nlh->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN);
}

static inline struct nlattr *nl_find(struct nlmsghdr *nlh, int type)
{
	return nla_find(nl_attrs(nlh), nl_attrs_len(nlh), type);
}

/* An attribute in a nest, NULL where one of both is missing. */
static inline struct nlattr *nl_in(struct nlattr *nest, int type)
{
	return nest ? nla_find(nla_data(nest), nla_len(nest), type) : NULL;
}

static inline uint64_t nl_num(struct nlattr *attr)
{
	if (!attr)
		return UINT64_MAX;
	switch (nla_len(attr)) {
	case 1:
		return nla_get_u8(attr);
	case 2:
		return nla_get_u16(attr);
	case 4:
		return nla_get_u32(attr);
	case 8:
		return nla_get_u64(attr);
	}
	return UINT64_MAX;
}

static inline int nl_open(struct nl *nl, int family)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK };
	int one = 1, big = 8 << 20;

	memset(nl, 0, sizeof(*nl));
	nl->family = family;
	nl->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (nl->fd < 0)
		return -errno;
	setsockopt(nl->fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	setsockopt(nl->fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	setsockopt(nl->fd, SOL_SOCKET, SO_SNDBUFFORCE, &big, sizeof(big));
	setsockopt(nl->fd, SOL_SOCKET, SO_RCVBUFFORCE, &big, sizeof(big));
	return bind(nl->fd, (struct sockaddr *)&addr, sizeof(addr)) ? -errno : 0;
}

static inline struct nl_msg *nl_request(struct nl *nl, int cmd, int flags)
{
	struct nl_msg *msg = nlmsg_alloc_size(4 << 20);

	genlmsg_put(msg, 0, ++nl->seq, nl->family, 0, NLM_F_REQUEST | flags, cmd, 1);
	return msg;
}

/* Text and offset of an extended ack, after @skip bytes of the payload. */
static inline void nl_read_ack(struct nl *nl, struct nlmsghdr *nlh, int skip)
{
	int len = nlh->nlmsg_len - NLMSG_HDRLEN - skip;
	struct nlattr *attr, *head = (struct nlattr *)((char *)NLMSG_DATA(nlh) + skip);
	int rem;

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	nla_for_each_attr(attr, head, len, rem) {
		if (nla_type(attr) == NLMSGERR_ATTR_MSG)
			snprintf(nl->text, sizeof(nl->text), "%s",
				 (char *)nla_data(attr));
		else if (nla_type(attr) == NLMSGERR_ATTR_OFFS)
			nl->blamed = nla_get_u32(attr);
	}
}

/* 1: go on; else the end, with the result in @err. */
static inline int nl_one(struct nl *nl, struct nlmsghdr *nlh, nl_fn fn, void *arg,
			 int *err)
{
	if (nlh->nlmsg_seq != nl->seq)
		return 1;
	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		nl->intr = true;
	switch (nlh->nlmsg_type) {
	case NLMSG_ERROR:
		*err = ((struct nlmsgerr *)NLMSG_DATA(nlh))->error;
		nl_read_ack(nl, nlh, sizeof(struct nlmsgerr));
		return 0;
	case NLMSG_DONE:
		*err = *(int *)NLMSG_DATA(nlh);
		nl_read_ack(nl, nlh, sizeof(int));
		return 0;
	}
	if (fn)
		fn(nlh, arg);
	return 1;
}

static inline int nl_receive(struct nl *nl, nl_fn fn, void *arg)
{
	static char buf[NL_BUF];
	struct nlmsghdr *nlh;
	ssize_t len;
	int err = 0;

	for (;;) {
		len = recv(nl->fd, buf, sizeof(buf), 0);
		if (len < 0)
			return -errno;
		for (nlh = (struct nlmsghdr *)buf; NLMSG_OK(nlh, len);
		     nlh = NLMSG_NEXT(nlh, len))
			if (!nl_one(nl, nlh, fn, arg, &err))
				return err;
	}
}

/* Send a request, consume it, wait for its end: 0 or the negative errno of the kernel. */
static inline int nl_talk_fn(struct nl *nl, struct nl_msg *msg, nl_fn fn, void *arg)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	ssize_t len;

	nl->text[0] = 0;
	nl->blamed = 0;
	nl->intr = false;
	nlh->nlmsg_flags |= NLM_F_ACK;
	len = sendto(nl->fd, nlh, nlh->nlmsg_len, 0, (struct sockaddr *)&kernel,
		     sizeof(kernel));
	nlmsg_free(msg);
	return len < 0 ? -errno : nl_receive(nl, fn, arg);
}

static inline int nl_talk(struct nl *nl, struct nl_msg *msg)
{
	return nl_talk_fn(nl, msg, NULL, NULL);
}

/* A copy of one answer, for requests that have one. */
struct nl_answer {
	union {
		struct nlmsghdr nlh;
		char buf[16384];
	};
	int count;
};

static inline void nl_keep(struct nlmsghdr *nlh, void *arg)
{
	struct nl_answer *a = arg;

	if (nlh->nlmsg_len <= sizeof(a->buf))
		memcpy(a->buf, nlh, nlh->nlmsg_len);
	a->count++;
}

static inline int nl_ask(struct nl *nl, struct nl_msg *msg, struct nl_answer *a)
{
	memset(a, 0, sizeof(*a));
	return nl_talk_fn(nl, msg, nl_keep, a);
}

/* Looks up the family and its group by name: needs no module of its own. */
static inline int nl_resolve(struct nl *nl)
{
	struct nlattr *group, *groups, *id;
	struct nl_answer a;
	struct nl_msg *msg;
	int rem, err;

	nl->family = GENL_ID_CTRL;
	msg = nl_request(nl, CTRL_CMD_GETFAMILY, 0);
	nla_put_string(msg, CTRL_ATTR_FAMILY_NAME, CRYPTOMAP_GENL_NAME);
	err = nl_ask(nl, msg, &a);
	if (err)
		return err;
	id = nl_find(&a.nlh, CTRL_ATTR_FAMILY_ID);
	groups = nl_find(&a.nlh, CTRL_ATTR_MCAST_GROUPS);
	if (!id || !groups)
		return -ENOENT;
	nl->family = nla_get_u16(id);
	nla_for_each_nested(group, groups, rem)
		nl->group = nl_num(nl_in(group, CTRL_ATTR_MCAST_GRP_ID));
	return 0;
}

static inline int nl_attach(struct nl *nl)
{
	int err = nl_open(nl, 0);

	return err ? err : nl_resolve(nl);
}

static inline int nl_join(struct nl *nl)
{
	return setsockopt(nl->fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &nl->group,
			  sizeof(nl->group)) ? -errno : 0;
}

/* The next event of @type within @ms milliseconds, others skipped: 0 or -ETIMEDOUT. */
static inline int nl_event(struct nl *nl, int type, struct nl_answer *a, int ms)
{
	struct timeval tv = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };
	struct nlattr *ev;
	ssize_t len;

	setsockopt(nl->fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	for (;;) {
		len = recv(nl->fd, a->buf, sizeof(a->buf), 0);
		if (len < 0)
			return errno == EAGAIN ? -ETIMEDOUT : -errno;
		ev = nl_find(&a->nlh, CRYPTOMAP_A_EVENT);
		if (ev && nl_num(nl_in(ev, CRYPTOMAP_EVENT_TYPE)) == (uint64_t)type)
			return 0;
	}
}

static inline void nl_put_ip(struct nl_msg *msg, int type, const char *ip)
{
	struct in6_addr v6;
	struct in_addr v4;

	if (inet_pton(AF_INET, ip, &v4) == 1)
		nla_put(msg, type, sizeof(v4), &v4);
	else if (inet_pton(AF_INET6, ip, &v6) == 1)
		nla_put(msg, type, sizeof(v6), &v6);
}

/* In a test of kselftest_harness.h whose fixture has a struct nl @nl. */
#define EXPECT_REFUSED(err, part, call) do {				\
	EXPECT_EQ((err), (call));					\
	EXPECT_NE(NULL, strstr(self->nl.text, part)) {			\
		TH_LOG("text: \"%s\", wanted: \"%s\"", self->nl.text, part); \
	}								\
} while (0)

#endif
