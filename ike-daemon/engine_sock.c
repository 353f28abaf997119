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

static void port_owner(unsigned int port, char *out, size_t size)
{
	unsigned long inode = port_inode("/proc/net/udp", port);
	struct dirent *d;
	char want[40];
	DIR *dir;

	snprintf(out, size, "another program");
	if (!inode)
		inode = port_inode("/proc/net/udp6", port);
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

static int set_options(int fd, unsigned int port, struct err *err)
{
	int on = 1, dont = IP_PMTUDISC_DONT;

	/* IKE messages may be fragmented: there is nobody to make them smaller. */
	if (setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on)) ||
	    setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &dont, sizeof(dont)) ||
	    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK))
		return err_set(err, -errno, "UDP port %u: %s", port,
			       strerror(errno));
	return 0;
}

static int bind_new(int *fd, unsigned int port, struct err *err)
{
	struct sockaddr_in sin = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
	};
	char owner[128];
	int code;

	*fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (*fd < 0)
		return err_set(err, -errno, "UDP socket: %s", strerror(errno));
	/* First: every datagram has to say to which address it came. */
	code = set_options(*fd, port, err);
	if (code)
		return code;
	if (!bind(*fd, (struct sockaddr *)&sin, sizeof(sin)))
		return 0;
	code = -errno;
	if (code != -EADDRINUSE)
		return err_set(err, code, "UDP port %u: %s", port,
			       strerror(-code));
	port_owner(port, owner, sizeof(owner));
	return err_set(err, code, "UDP port %u is in use by %s", port, owner);
}

int sock_open(struct kernel *k, enum cryptomap_sock_kind kind, int *fd,
	      struct err *err)
{
	unsigned int port = kind == CRYPTOMAP_SOCK_NATT ? IKE_NATT_PORT :
							  IKE_PORT;
	int r;

	*fd = -1;
	r = k->ops->sock_get(k, kind, fd);
	if (!r) {
		r = lock_sock(*fd, port, err);
		if (!r)
			r = set_options(*fd, port, err);
		if (!r)
			log_info(net, "UDP port %u taken over from an earlier run",
				 port);
	} else if (r == -ENOENT) {
		r = bind_new(fd, port, err);
		if (!r)
			r = lock_sock(*fd, port, err);
		if (!r)
			r = k->ops->sock_set(k, kind, *fd);
		if (r && !err->text[0])
			err_set(err, r, "UDP port %u cannot be handed to the module: %s",
				port, strerror(-r));
	} else {
		err_set(err, r, "the module does not give UDP port %u back: %s",
			port, strerror(-r));
	}
	if (r && *fd >= 0) {
		close(*fd);
		*fd = -1;
	}
	return r;
}

/* --- datagrams ------------------------------------------------------------- */

union pktinfo_space {
	struct cmsghdr align;
	char space[CMSG_SPACE(sizeof(struct in_pktinfo))];
};

int sock_receive(int fd, uint16_t port, void *data, size_t size, size_t *len,
		 struct addr *local, struct addr *remote)
{
	union pktinfo_space control;
	struct iovec iov = { .iov_base = data, .iov_len = size };
	struct sockaddr_in from;
	struct msghdr msg = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct in_pktinfo info = { 0 };
	struct cmsghdr *c;
	ssize_t n;

	n = recvmsg(fd, &msg, 0);
	if (n < 0)
		return -errno;
	for (c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c))
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO)
			memcpy(&info, CMSG_DATA(c), sizeof(info));
	*len = msg.msg_flags & MSG_TRUNC ? 0 : n;
	*local = addr_v4(ntohl(info.ipi_addr.s_addr), port);
	return addr_from_sockaddr(remote, (struct sockaddr *)&from,
				  msg.msg_namelen);
}

int sock_send(int fd, const struct addr *local, const struct addr *remote,
	      const void *data, size_t len)
{
	union pktinfo_space control = { 0 };
	struct in_pktinfo info = {
		.ipi_spec_dst.s_addr = htonl(addr_to_v4(local)),
	};
	struct iovec iov = { .iov_base = (void *)data, .iov_len = len };
	struct sockaddr_storage to;
	struct msghdr msg = {
		.msg_name = &to,
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	msg.msg_namelen = addr_to_sockaddr(remote, &to);
	c->cmsg_level = IPPROTO_IP;
	c->cmsg_type = IP_PKTINFO;
	c->cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(c), &info, sizeof(info));
	return sendmsg(fd, &msg, 0) < 0 ? -errno : 0;
}
