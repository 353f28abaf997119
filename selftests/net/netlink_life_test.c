// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who may ask, and how things end: permissions, sockets that are kept for a
 * dead daemon, namespaces that go with everything in them.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "kselftest_harness.h"
#include "selftests/net/nl_config.h"

FIXTURE(life)
{
	struct nl nl;
};

FIXTURE_SETUP(life)
{
	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	if (nl_attach(&self->nl))
		SKIP(return, "the module is not loaded");
	ASSERT_TRUE(sh("ip link set lo up"));
}

FIXTURE_TEARDOWN(life)
{
	close(self->nl.fd);
}

static const struct line line = {
	10, true, "10.1.0.0", "255.255.255.0", "10.2.0.0", "255.255.255.0", 0, 0, 0,
};

static int configure(struct nl *nl)
{
	struct sa out = { CRYPTOMAP_DIR_OUT, 0x1000, .flags = CRYPTOMAP_SA_F_ACTIVATE };
	struct sa in = { CRYPTOMAP_DIR_IN, 0x1001 };
	int err;

	err = acl(nl, CRYPTOMAP_CMD_ACL_SET, "l", &line, 1);
	if (!err)
		err = map(nl, CRYPTOMAP_CMD_MAP_SET, "m", 10, CRYPTOMAP_ENTRY_T_ISAKMP, "l");
	if (!err)
		err = bind_map(nl, "lo", "m");
	if (err)
		return err;
	out.flow = flow_id(nl, "lo", 10, 10);
	in.flow = out.flow;
	err = sa_set(nl, &out);
	return err ? err : sa_set(nl, &in);
}

/* --- permission --- */

/* Every command, empty: what counts is that the door is shut before. */
static int first_allowed(struct nl *nl)
{
	int cmd, err;

	for (cmd = CRYPTOMAP_CMD_INFO_GET; cmd <= CRYPTOMAP_CMD_MAX; cmd++) {
		err = nl_talk(nl, nl_request(nl, cmd, 0));
		if (err != -EPERM && err != -EOPNOTSUPP)
			return cmd;
		err = nl_talk(nl, nl_request(nl, cmd, NLM_F_DUMP));
		if (err != -EPERM && err != -EOPNOTSUPP)
			return cmd;
	}
	return 0;
}

/* CAP_NET_ADMIN of another user namespace is none in this one. */
TEST_F(life, stranger_is_refused)
{
	struct nl nl;
	int family = self->nl.family, group = self->nl.group;

	ASSERT_EQ(0, unshare(CLONE_NEWUSER));
	ASSERT_EQ(0, nl_open(&nl, family));
	nl.group = group;
	EXPECT_EQ(0, first_allowed(&nl));
	EXPECT_EQ(-EPERM, nl_join(&nl));
	close(nl.fd);
}

/* An unprivileged user is lord of a namespace of his own. */
TEST_F(life, owner_of_the_namespace_is_not)
{
	struct nl nl;

	ASSERT_EQ(0, unshare(CLONE_NEWUSER | CLONE_NEWNET));
	ASSERT_EQ(0, nl_attach(&nl));
	EXPECT_EQ(0, info_num(&nl, CRYPTOMAP_A_INFO, CRYPTOMAP_INFO_SAS));
	EXPECT_EQ(0, configure(&nl));
	EXPECT_EQ(0, nl_join(&nl));
	close(nl.fd);
}

/* --- sockets --- */

static int sock_set(struct nl *nl, int fd, int kind)
{
	struct nl_msg *msg = nl_request(nl, CRYPTOMAP_CMD_SOCK_SET, 0);
	struct nlattr *n = nla_nest_start(msg, CRYPTOMAP_A_SOCK);

	nla_put_u32(msg, CRYPTOMAP_SOCK_FD, fd);
	nla_put_u8(msg, CRYPTOMAP_SOCK_KIND, kind);
	nla_nest_end(msg, n);
	return nl_talk(nl, msg);
}

/* SOCK_GET or SOCK_DEL; @fd: descriptor got, may be NULL. */
static int sock_cmd(struct nl *nl, int cmd, int kind, int family, int *fd)
{
	struct nl_msg *msg = nl_request(nl, cmd, 0);
	struct nlattr *n = nla_nest_start(msg, CRYPTOMAP_A_SOCK);
	struct nl_answer a;
	int err;

	nla_put_u8(msg, CRYPTOMAP_SOCK_KIND, kind);
	nla_put_u8(msg, CRYPTOMAP_SOCK_FAMILY, family);
	nla_nest_end(msg, n);
	err = nl_ask(nl, msg, &a);
	if (!err && fd)
		*fd = nl_num(nl_in(nl_find(&a.nlh, CRYPTOMAP_A_SOCK), CRYPTOMAP_SOCK_FD));
	return err;
}

static int udp_socket(uint16_t port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	return bind(fd, (struct sockaddr *)&to, sizeof(to)) ? -1 : fd;
}

TEST_F_TIMEOUT(life, socket_survives_its_owner, 120)
{
	struct nl *nl = &self->nl;
	int fd, again = -1, pid, status;
	char buf[8];

	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		fd = udp_socket(500);
		_exit(sock_set(nl, fd, CRYPTOMAP_SOCK_IKE) ||
		      sock_set(nl, fd, CRYPTOMAP_SOCK_IKE));
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_EQ(0, status);
	poll(NULL, 0, 2500);	/* the module takes it as its own meanwhile */
	EXPECT_EQ(-1, udp_socket(500));
	send_udp("127.0.0.1", 500);

	ASSERT_EQ(0, sock_cmd(nl, CRYPTOMAP_CMD_SOCK_GET, CRYPTOMAP_SOCK_IKE, AF_INET,
			      &again));
	EXPECT_EQ(FD_CLOEXEC, fcntl(again, F_GETFD));
	EXPECT_EQ(1, recv(again, buf, sizeof(buf), MSG_DONTWAIT));
	EXPECT_EQ('x', buf[0]);
	EXPECT_EQ(0, sock_cmd(nl, CRYPTOMAP_CMD_SOCK_DEL, CRYPTOMAP_SOCK_IKE, AF_INET,
			      NULL));
	send_udp("127.0.0.1", 500);
	EXPECT_EQ(1, recv(again, buf, sizeof(buf), MSG_DONTWAIT));
	close(again);
	fd = udp_socket(500);
	EXPECT_LE(0, fd);
	close(fd);
}

TEST_F(life, socket_refusals)
{
	struct nl *nl = &self->nl;
	int tcp = socket(AF_INET, SOCK_STREAM, 0);
	int file = open("/dev/null", O_RDONLY);
	int udp = udp_socket(4500);

	EXPECT_REFUSED(-EINVAL, "UDP", sock_set(nl, tcp, CRYPTOMAP_SOCK_IKE));
	EXPECT_REFUSED(-ENOTSOCK, "SOCK_FD", sock_set(nl, file, CRYPTOMAP_SOCK_IKE));
	EXPECT_REFUSED(-EBADF, "SOCK_FD", sock_set(nl, 999, CRYPTOMAP_SOCK_IKE));
	EXPECT_REFUSED(-ERANGE, "SOCK_FD is out of range",
		       sock_set(nl, -1, CRYPTOMAP_SOCK_IKE));
	EXPECT_REFUSED(-ERANGE, "SOCK_KIND is out of range: 0..1", sock_set(nl, udp, 2));
	EXPECT_EQ(0, sock_set(nl, udp, CRYPTOMAP_SOCK_NATT));
	EXPECT_REFUSED(-EINVAL, "kept", sock_set(nl, udp, CRYPTOMAP_SOCK_IKE));
	EXPECT_REFUSED(-ENOENT, "no socket",
		       sock_cmd(nl, CRYPTOMAP_CMD_SOCK_GET, CRYPTOMAP_SOCK_IKE,
				AF_INET, NULL));
	EXPECT_REFUSED(-EAFNOSUPPORT, "SOCK_FAMILY",
		       sock_cmd(nl, CRYPTOMAP_CMD_SOCK_GET, CRYPTOMAP_SOCK_IKE, 1, NULL));
	/* a socket of another namespace */
	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	close(udp);
	udp = udp_socket(4500);
	EXPECT_REFUSED(-EINVAL, "namespace", sock_set(nl, udp, CRYPTOMAP_SOCK_NATT));
}

/* --- the end of a namespace --- */

/*
 * A namespace that is gone gave back what only it had: the peer of a veth pair
 * disappears with it.
 */
static bool gone(const char *ifname, int tries)
{
	while (tries--) {
		if (!if_nametoindex(ifname))
			return true;
		poll(NULL, 0, 100);
	}
	return false;
}

/* In a process of its own: a namespace with everything, left behind. */
static int leave_namespace(int parent, bool keep_socket)
{
	struct nl_answer a;
	struct nl nl;
	char move[96];

	if (unshare(CLONE_NEWNET) || nl_attach(&nl))
		return 1;
	snprintf(move, sizeof(move),
		 "nsenter -t %d -n ip link set there netns %d", parent, getpid());
	if (!sh(move) || !sh("ip addr add 10.1.0.1/24 dev there && "
			     "ip link set there up && ip link set lo up && "
			     "ip route add default via 10.1.0.2"))
		return 2;
	if (configure(&nl) || bind_map(&nl, "there", "m"))
		return 3;
	if (keep_socket && (sock_set(&nl, udp_socket(500), CRYPTOMAP_SOCK_IKE) ||
			    sock_set(&nl, udp_socket(4500), CRYPTOMAP_SOCK_NATT)))
		return 4;
	/* A packet that waits must not keep the namespace of its sender. */
	send_udp("10.2.0.1", 9);
	if (flow_get(&nl, "there", 10, 10, &a) ||
	    flow_num(&a, CRYPTOMAP_FLOW_WAITING) != 1)
		return 5;
	close(nl.fd);
	return 0;
}

static int end_namespace(bool keep_socket)
{
	int parent = getpid(), pid, status;

	if (!sh("ip link add here type veth peer name there && ip link set here up"))
		return -1;
	pid = fork();
	if (!pid)
		_exit(leave_namespace(parent, keep_socket));
	waitpid(pid, &status, 0);
	return status;
}

TEST_F_TIMEOUT(life, namespace_ends, 120)
{
	ASSERT_EQ(0, end_namespace(false));
	EXPECT_TRUE(gone("here", 100));
}

/* A kept socket must not keep its namespace. */
TEST_F_TIMEOUT(life, namespace_ends_with_kept_sockets, 120)
{
	ASSERT_EQ(0, end_namespace(true));
	EXPECT_TRUE(gone("here", 100));
}

/* Given back to a process, the socket is one that counts again. */
TEST_F_TIMEOUT(life, socket_given_back_holds_its_namespace, 120)
{
	int parent = getpid(), pid, ready[2], done[2], status;
	char c;

	ASSERT_EQ(0, pipe(ready));
	ASSERT_EQ(0, pipe(done));
	ASSERT_TRUE(sh("ip link add here type veth peer name there"));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		struct nl nl;
		int fd, again;

		if (leave_namespace(parent, false) || nl_attach(&nl))
			_exit(1);
		fd = udp_socket(500);
		if (sock_set(&nl, fd, CRYPTOMAP_SOCK_IKE))
			_exit(2);
		close(fd);
		poll(NULL, 0, 2500);
		if (sock_cmd(&nl, CRYPTOMAP_CMD_SOCK_GET, CRYPTOMAP_SOCK_IKE,
			     AF_INET, &again))
			_exit(3);
		/* Away: only the socket is left there. */
		close(nl.fd);
		if (unshare(CLONE_NEWNET) || write(ready[1], "x", 1) != 1)
			_exit(4);
		close(done[1]);
		_exit(read(done[0], &c, 1));
	}
	close(done[0]);
	ASSERT_EQ(1, read(ready[0], &c, 1));
	EXPECT_FALSE(gone("here", 25));
	close(done[1]);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_TRUE(gone("here", 100));
}

TEST_HARNESS_MAIN
