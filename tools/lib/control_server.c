// SPDX-License-Identifier: GPL-2.0-or-later
/* The daemon's end of the control socket: where it is and who may use it. */
#include <errno.h>
#include <libgen.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tools/lib/control.h"

#define BACKLOG 16

static void make_directory(const char *path)
{
	char copy[sizeof(((struct sockaddr_un *)0)->sun_path)];

	strcpy(copy, path);
	mkdir(dirname(copy), 0755);	/* bind() tells when this failed */
}

/* A socket file without a daemon behind it goes; with one, we go. */
static int clear_path(const char *path, struct err *err)
{
	struct err why = { "" };
	struct stat st;
	int fd;

	if (lstat(path, &st))
		return 0;
	if (!S_ISSOCK(st.st_mode))
		return err_set(err, -EEXIST, "%s exists and is not a socket",
			       path);
	fd = control_connect(path, &why);
	if (fd >= 0) {
		close(fd);
		return err_set(err, -EADDRINUSE,
			       "%s: another ike-daemon is running", path);
	}
	if (fd != -ECONNREFUSED)	/* who knows whether somebody listens */
		return err_set(err, fd, "%s", why.text);
	unlink(path);
	return 0;
}

int control_listen(const char *path, struct err *err)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	mode_t mask;
	int fd, ret;

	if (!path)
		path = CONTROL_PATH_DEFAULT;
	if (strlen(path) >= sizeof(sun.sun_path))
		return err_set(err, -ENAMETOOLONG,
			       "%s: a socket path has at most %zu characters",
			       path, sizeof(sun.sun_path) - 1);
	strcpy(sun.sun_path, path);
	make_directory(path);
	ret = clear_path(path, err);
	if (ret)
		return ret;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return err_set(err, -errno, "socket: %s", strerror(errno));
	mask = umask(0177);
	ret = bind(fd, (struct sockaddr *)&sun, sizeof(sun));
	if (!ret)
		ret = listen(fd, BACKLOG);
	if (ret)
		ret = err_set(err, -errno, "%s: %s", path, strerror(errno));
	umask(mask);
	if (!ret)
		return fd;
	close(fd);
	return ret;
}

int control_peer_check(int fd)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len))
		return -errno;
	return cred.uid == 0 || cred.uid == geteuid() ? 0 : -EPERM;
}
