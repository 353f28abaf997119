// SPDX-License-Identifier: GPL-2.0-or-later
/* The multicast group: events as structs, and what was lost on the way. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <netlink/errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>

#include "tools/lib/kmod_client.h"

#define EVENT_RCVBUF	(4 << 20)	/* bytes; a burst of some ten thousand */
#define EVENT_BYTES	32768		/* of one datagram */

struct kmod_events {
	struct nl_sock *sk;
	int family;
	uint64_t last;		/* number of the last event, 0: none yet */
	char buf[EVENT_BYTES];
	struct kmod_event event;
};

static int join(struct kmod_events *ev, struct err *err)
{
	int group, bytes = EVENT_RCVBUF, fd = nl_socket_get_fd(ev->sk);

	group = genl_ctrl_resolve_grp(ev->sk, CRYPTOMAP_GENL_NAME,
				      CRYPTOMAP_MCGRP_EVENTS);
	if (group < 0)
		return err_set(err, -ENODEV, "the module has no event group");
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	if (nl_socket_add_membership(ev->sk, group))
		return err_set(err, -EPERM,
			       "the module's events need CAP_NET_ADMIN");
	if (nl_socket_set_nonblocking(ev->sk))
		return err_set(err, -EIO, "events: %s", strerror(errno));
	return 0;
}

int kmod_events_open(struct kmod_events **evp, struct err *err)
{
	struct kmod_events *ev = calloc(1, sizeof(*ev));
	int ret;

	if (!ev)
		return err_set(err, -ENOMEM, "no memory for events");
	ret = kmod_socket_open(&ev->sk, &ev->family, err);
	if (!ret)
		ret = join(ev, err);
	if (ret) {
		kmod_events_close(ev);
		return ret;
	}
	*evp = ev;
	return 0;
}

void kmod_events_close(struct kmod_events *ev)
{
	if (!ev)
		return;
	nl_socket_free(ev->sk);
	free(ev);
}

int kmod_events_fd(const struct kmod_events *ev)
{
	return nl_socket_get_fd(ev->sk);
}

static void overrun(struct kmod_events *ev, kmod_event_fn *fn, void *arg)
{
	memset(&ev->event, 0, sizeof(ev->event));
	KMOD_SET(&ev->event.notice, notice, type, KMOD_EV_OVERRUN);
	fn(arg, &ev->event);
}

static int parse(struct kmod_event *e, struct nlmsghdr *nlh)
{
	const struct {
		int attr;
		const struct kmod_table *table;
		void *obj;
	} parts[] = {
		{ CRYPTOMAP_A_FLOW, &kmod_table_flow, &e->flow },
		{ CRYPTOMAP_A_SA, &kmod_table_sa, &e->sa },
		{ CRYPTOMAP_A_BIND, &kmod_table_binding, &e->binding },
		{ CRYPTOMAP_A_TOMB, &kmod_table_tomb, &e->tomb },
		{ CRYPTOMAP_A_INFO, &kmod_table_info, &e->info },
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		int ret = kmod_msg_find(nlh, parts[i].attr, parts[i].table,
					parts[i].obj);

		if (ret && ret != -ENOENT)
			return ret;
	}
	return kmod_msg_find(nlh, CRYPTOMAP_A_EVENT, &kmod_table_notice,
			     &e->notice);
}

/* An event we cannot read is as good as lost. */
static void deliver(struct kmod_events *ev, struct nlmsghdr *nlh,
		    kmod_event_fn *fn, void *arg)
{
	struct kmod_event *e = &ev->event;

	if (parse(e, nlh) || !KMOD_HAS(&e->notice, notice, type)) {
		overrun(ev, fn, arg);
		return;
	}
	if (KMOD_HAS(&e->notice, notice, num)) {
		uint64_t num = e->notice.num, expected = ev->last + 1;
		bool gap = ev->last && num != expected;

		ev->last = num;
		if (gap) {
			overrun(ev, fn, arg);
			if (parse(e, nlh))
				return;
		}
	}
	fn(arg, e);
}

static unsigned int deliver_all(struct kmod_events *ev, int len,
				kmod_event_fn *fn, void *arg)
{
	struct nlmsghdr *nlh = (struct nlmsghdr *)ev->buf;
	unsigned int n = 0;

	for (; nlmsg_ok(nlh, len); nlh = nlmsg_next(nlh, &len)) {
		if (nlh->nlmsg_type != ev->family)
			continue;
		deliver(ev, nlh, fn, arg);
		n++;
	}
	return n;
}

/* One datagram of the kernel's; others may send to our port, too. */
static ssize_t receive(struct kmod_events *ev)
{
	struct sockaddr_nl from = { 0 };
	socklen_t size = sizeof(from);
	ssize_t len;

	do {
		len = recvfrom(kmod_events_fd(ev), ev->buf, sizeof(ev->buf),
			       MSG_TRUNC, (struct sockaddr *)&from, &size);
	} while ((len >= 0 && from.nl_pid) || (len < 0 && errno == EINTR));
	return len;
}

int kmod_events_read(struct kmod_events *ev, unsigned int max,
		     kmod_event_fn *fn, void *arg)
{
	unsigned int n = 0;

	while (!max || n < max) {
		ssize_t len = receive(ev);

		if (len >= 0 && (size_t)len <= sizeof(ev->buf)) {
			n += deliver_all(ev, (int)len, fn, arg);
		} else if (len >= 0 || errno == ENOBUFS) {
			ev->last = 0;
			overrun(ev, fn, arg);
			n++;
		} else {
			return errno == EAGAIN ? 0 : -errno;
		}
	}
	return 0;
}
