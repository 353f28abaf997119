// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ike-daemon/engine.h"
#include "ike-daemon/engine_sock.h"

/*
 * A daemon that was killed holds its lock until the kernel has closed its
 * files: who starts it again at once need not know that.
 */
#define LOCK_TRIES	20
#define LOCK_PAUSE_US	50000

/* --- who has the port? ----------------------------------------------------- */

/* Inode of the UDP socket on @port in this network namespace, 0: none. */
static unsigned long port_inode(const char *table, unsigned int port)
{
	unsigned long inode, found = 0;
	unsigned int local;
	char line[512];
	FILE *f = fopen(table, "re");

	if (!f)
		return 0;
	while (!found && fgets(line, sizeof(line), f)) {
		/* sl local:port remote:port st queues timer retr uid timeout inode */
		if (sscanf(line,
			   " %*[0-9]: %*[0-9A-Fa-f]:%x %*s %*s %*s %*s %*s %*s %*s %lu",
			   &local, &inode) == 2 && local == port)
			found = inode;
	}
	fclose(f);
	return found;
}

static bool process_has(const char *pid, const char *want)
{
	char path[288], link[64];
	struct dirent *d;
	bool found = false;
	ssize_t n;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	dir = opendir(path);
	while (dir && !found && (d = readdir(dir))) {
		n = readlinkat(dirfd(dir), d->d_name, link, sizeof(link) - 1);
		if (n <= 0)
			continue;
		link[n] = '\0';
		found = !strcmp(link, want);
	}
	if (dir)
		closedir(dir);
	return found;
}

static void process_name(const char *pid, char *out, size_t size)
{
	char path[288], name[64] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	f = fopen(path, "re");
	if (f) {
		if (!fgets(name, sizeof(name), f))
			name[0] = '\0';
		fclose(f);
	}
	name[strcspn(name, "\n")] = '\0';
	snprintf(out, size, "%s (pid %.20s)", name, pid);
}

/* Sockets of IPv6 may have ports of IPv4 too, those of IPv4 never one of IPv6. */
static void port_owner(const struct ike_sock *s, char *out, size_t size)
{
	unsigned long inode = s->family == AF_INET ?
			      port_inode("/proc/net/udp", s->port) : 0;
	struct dirent *d;
	char want[40];
	DIR *dir;

	snprintf(out, size, "another program");
	if (!inode)
		inode = port_inode("/proc/net/udp6", s->port);
	dir = inode ? opendir("/proc") : NULL;
	if (!dir)
		return;
	snprintf(want, sizeof(want), "socket:[%lu]", inode);
	while ((d = readdir(dir))) {
		if (d->d_name[0] < '1' || d->d_name[0] > '9' ||
		    !process_has(d->d_name, want))
			continue;
		process_name(d->d_name, out, size);
		break;
	}
	closedir(dir);
}

/* --- one daemon ------------------------------------------------------------ */

/* Who holds the lock that @lock could not get. */
static void lock_owner(int fd, struct flock lock, char *out, size_t size)
{
	char pid[24];

	snprintf(out, size, "another process");
	if (fcntl(fd, F_GETLK, &lock) || lock.l_type == F_UNLCK ||
	    lock.l_pid <= 0)
		return;
	snprintf(pid, sizeof(pid), "%d", (int)lock.l_pid);
	process_name(pid, out, size);
}

/*
 * The module gives its socket to everybody who may ask: a second daemon of this
 * network namespace, with a control path of its own, would get it and take
 * every other message.  A record lock is a process's own, nobody without the
 * socket can have it, and it goes with the process however that ends.
 */
static int lock_sock(int fd, unsigned int port, struct err *err)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	unsigned int tries = LOCK_TRIES;
	char owner[128];

	while (fcntl(fd, F_SETLK, &lock)) {
		if (errno != EAGAIN && errno != EACCES)
			return err_set(err, -errno, "UDP port %u: lock: %s",
				       port, strerror(errno));
		if (!tries--) {
			lock_owner(fd, lock, owner, sizeof(owner));
			return err_set(err, -EADDRINUSE,
				       "UDP port %u is served by %s: one ike-daemon runs in a network namespace",
				       port, owner);
		}
		usleep(LOCK_PAUSE_US);
	}
	return 0;
}

/* --- opening --------------------------------------------------------------- */

static const struct ike_sock all[IKE_SOCKS] = {
	{ -1, AF_INET,	CRYPTOMAP_SOCK_IKE,	IKE_PORT },
	{ -1, AF_INET,	CRYPTOMAP_SOCK_NATT,	IKE_NATT_PORT },
	{ -1, AF_INET6,	CRYPTOMAP_SOCK_IKE,	IKE_PORT },
	{ -1, AF_INET6,	CRYPTOMAP_SOCK_NATT,	IKE_NATT_PORT },
};

/* To which address a datagram came; IKE messages may be fragmented. */
static const struct sock_option {
	int family, level, name, value;
} options[] = {
	{ AF_INET,  IPPROTO_IP,   IP_PKTINFO,		1 },
	{ AF_INET,  IPPROTO_IP,   IP_MTU_DISCOVER,	IP_PMTUDISC_DONT },
	{ AF_INET6, IPPROTO_IPV6, IPV6_RECVPKTINFO,	1 },
	{ AF_INET6, IPPROTO_IPV6, IPV6_MTU_DISCOVER,	IPV6_PMTUDISC_DONT },
};

/*
 * Peers that all come back at once must not push out what is asked of us meanwhile: room for
 * some thousands of messages. With less, if that is all we get, they say them again.
 */
static void set_room(const struct ike_sock *s)
{
	static const int bytes = 4 << 20;

	if (setsockopt(s->fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) &&
	    setsockopt(s->fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes)))
		log_info(net, "UDP port %u: receive buffer: %s", s->port,
			 strerror(errno));
}

static int set_options(const struct ike_sock *s, struct err *err)
{
	size_t i;

	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		const struct sock_option *o = &options[i];

		if (o->family == s->family &&
		    setsockopt(s->fd, o->level, o->name, &o->value,
			       sizeof(o->value)))
			return err_set(err, -errno, "UDP port %u: %s", s->port,
				       strerror(errno));
	}
	set_room(s);
	if (fcntl(s->fd, F_SETFL, fcntl(s->fd, F_GETFL) | O_NONBLOCK))
		return err_set(err, -errno, "UDP port %u: %s", s->port,
			       strerror(errno));
	return 0;
}

static int new_socket(struct ike_sock *s, struct err *err)
{
	int only = 1;

	s->fd = socket(s->family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	/* IPv4 has sockets of its own. */
	if (s->fd < 0 || (s->family == AF_INET6 &&
			  setsockopt(s->fd, IPPROTO_IPV6, IPV6_V6ONLY, &only,
				     sizeof(only))))
		return err_set(err, -errno, "UDP socket: %s", strerror(errno));
	return 0;
}

static int bind_new(struct ike_sock *s, struct err *err)
{
	struct addr any = { .family = s->family, .port = s->port };
	struct sockaddr_storage at;
	char owner[128];
	int code = new_socket(s, err);

	/* First: every datagram has to say to which address it came. */
	if (!code)
		code = set_options(s, err);
	if (code)
		return code;
	if (!bind(s->fd, (struct sockaddr *)&at, addr_to_sockaddr(&any, &at)))
		return 0;
	code = -errno;
	if (code != -EADDRINUSE)
		return err_set(err, code, "UDP port %u: %s", s->port,
			       strerror(-code));
	port_owner(s, owner, sizeof(owner));
	return err_set(err, code, "UDP port %u is in use by %s", s->port, owner);
}

/* The one that the kernel has kept. */
static int take_over(struct ike_sock *s, struct err *err)
{
	int r = lock_sock(s->fd, s->port, err);

	if (!r)
		r = set_options(s, err);
	if (!r)
		log_info(net, "UDP port %u%s taken over from an earlier run",
			 s->port, s->family == AF_INET6 ? " of IPv6" : "");
	return r;
}

static int hand_over_new(struct kernel *k, struct ike_sock *s, struct err *err)
{
	int r = bind_new(s, err);

	if (!r)
		r = lock_sock(s->fd, s->port, err);
	if (!r)
		r = k->ops->sock_set(k, s->kind, s->fd);
	if (r && !err->text[0])
		err_set(err, r, "UDP port %u cannot be handed to the module: %s",
			s->port, strerror(-r));
	return r;
}

int sock_open(struct kernel *k, struct ike_sock *s, struct err *err)
{
	int r = k->ops->sock_get(k, s->family, s->kind, &s->fd);

	if (!r)
		r = take_over(s, err);
	else if (r == -ENOENT)
		r = hand_over_new(k, s, err);
	else
		err_set(err, r, "the module does not give UDP port %u back: %s",
			s->port, strerror(-r));
	if (r && s->fd >= 0) {
		close(s->fd);
		s->fd = -1;
	}
	return r;
}

/* Did whoever built or started this system do without IPv6? */
static bool without_ipv6(void)
{
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool without = fd < 0 && errno == EAFNOSUPPORT;

	if (fd >= 0)
		close(fd);
	return without;
}

void socks_init(struct ike_sock *socks)
{
	memcpy(socks, all, sizeof(all));
}

int socks_open(struct kernel *k, struct ike_sock *socks, struct err *err)
{
	bool without = without_ipv6();
	int r = 0;
	size_t i;

	if (without)
		log_notice(net, "this system has no IPv6: IKE is served on IPv4 alone");
	for (i = 0; i < IKE_SOCKS && !r; i++)
		if (socks[i].family != AF_INET6 || !without)
			r = sock_open(k, &socks[i], err);
	return r;
}

void socks_close(struct ike_sock *socks)
{
	size_t i;

	for (i = 0; i < IKE_SOCKS; i++)
		if (socks[i].fd >= 0)
			close(socks[i].fd);
}

/* --- datagrams ------------------------------------------------------------- */

union pktinfo {
	struct in_pktinfo v4;
	struct in6_pktinfo v6;
};

union pktinfo_space {
	struct cmsghdr align;
	char space[CMSG_SPACE(sizeof(union pktinfo))];
};

/* Where it came to: of the link that it came by, if the address is one of a link. */
static int local_of(const struct ike_sock *s, struct msghdr *msg,
		    const struct addr *remote, struct addr *local)
{
	struct cmsghdr *c;
	union pktinfo info;
	int err = -EPROTO;

	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			memcpy(&info.v4, CMSG_DATA(c), sizeof(info.v4));
			err = addr_from_bytes(local, &info.v4.ipi_addr, 4);
		} else if (c->cmsg_level == IPPROTO_IPV6 &&
			   c->cmsg_type == IPV6_PKTINFO) {
			memcpy(&info.v6, CMSG_DATA(c), sizeof(info.v6));
			err = addr_from_bytes(local, &info.v6.ipi6_addr, 16);
			if (IN6_IS_ADDR_LINKLOCAL(&info.v6.ipi6_addr))
				local->scope = remote->scope;
		}
	}
	local->port = s->port;
	return err;
}

int sock_receive(const struct ike_sock *s, void *data, size_t size, size_t *len,
		 struct addr *local, struct addr *remote)
{
	union pktinfo_space control;
	struct iovec iov = { .iov_base = data, .iov_len = size };
	struct sockaddr_storage from;
	struct msghdr msg = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n;
	int err;

	n = recvmsg(s->fd, &msg, 0);
	if (n < 0)
		return -errno;
	*len = msg.msg_flags & MSG_TRUNC ? 0 : n;
	err = addr_from_sockaddr(remote, (struct sockaddr *)&from,
				 msg.msg_namelen);
	return err ?: local_of(s, &msg, remote, local);
}

/* The source address, as control message @c. */
static void put_source(struct cmsghdr *c, const struct addr *local)
{
	bool v6 = local->family == AF_INET6;
	union pktinfo info;
	size_t size = v6 ? sizeof(info.v6) : sizeof(info.v4);

	/* Whole: an initialiser would do no more than the first member. */
	memset(&info, 0, sizeof(info));
	if (v6)
		memcpy(&info.v6.ipi6_addr, local->bytes, 16);
	else
		memcpy(&info.v4.ipi_spec_dst, local->bytes, 4);
	c->cmsg_level = v6 ? IPPROTO_IPV6 : IPPROTO_IP;
	c->cmsg_type = v6 ? IPV6_PKTINFO : IP_PKTINFO;
	c->cmsg_len = CMSG_LEN(size);
	memcpy(CMSG_DATA(c), &info, size);
}

static int sock_send(int fd, const struct addr *local, const struct addr *remote,
		     const void *data, size_t len)
{
	union pktinfo_space control = { 0 };
	struct iovec iov = { .iov_base = (void *)data, .iov_len = len };
	struct sockaddr_storage to;
	struct msghdr msg = {
		.msg_name = &to,
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
	};

	put_source(&control.align, local);
	msg.msg_controllen = CMSG_ALIGN(control.align.cmsg_len);
	msg.msg_namelen = addr_to_sockaddr(remote, &to);
	return sendmsg(fd, &msg, 0) < 0 ? -errno : 0;
}

int socks_send(const struct ike_sock *socks, const struct addr *local,
	       const struct addr *remote, const void *data, size_t len)
{
	uint16_t port = local->port == IKE_NATT_PORT ? IKE_NATT_PORT : IKE_PORT;
	size_t i;

	for (i = 0; i < IKE_SOCKS; i++)
		if (socks[i].fd >= 0 && socks[i].family == local->family &&
		    socks[i].port == port)
			return sock_send(socks[i].fd, local, remote, data, len);
	return -EAFNOSUPPORT;
}
