// SPDX-License-Identifier: GPL-2.0-or-later
/* The engine's end of the helper: see helper.h. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ike-daemon/helper/helper.h"
#include "tools/lib/log.h"

/* Longer than it gives its children. */
#define END_MS	8000

struct helper {
	int fd;
};

int helper_start(const char *dir, const char *plugin, struct helper **out,
		 struct err *err)
{
	struct helper *h = calloc(1, sizeof(*h));
	int fds[2];
	pid_t pid;

	*out = NULL;
	if (!h || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds)) {
		free(h);
		return err_set(err, -errno, "helper process: %s",
			       strerror(errno));
	}
	pid = fork();
	if (!pid) {
		close(fds[0]);
		free(h);
		helper_run(fds[1], dir, plugin);
		_exit(EXIT_SUCCESS);
	}
	close(fds[1]);
	h->fd = fds[0];
	*out = h;
	if (pid > 0)
		return 0;
	helper_free(h);
	*out = NULL;
	return err_set(err, -EAGAIN, "helper process: cannot be forked");
}

/* It closes its end when it is done. */
void helper_free(struct helper *h)
{
	struct pollfd p;
	uint8_t data[HELPER_FRAME_MAX];

	if (!h)
		return;
	shutdown(h->fd, SHUT_WR);
	p = (struct pollfd){ .fd = h->fd, .events = POLLIN };
	while (poll(&p, 1, END_MS) > 0 &&
	       recv(h->fd, data, sizeof(data), MSG_DONTWAIT) > 0)
		;
	close(h->fd);
	free(h);
}

int helper_fd(const struct helper *h)
{
	return h->fd;
}

int helper_serve(struct helper *h, const struct helper_serve *serve)
{
	uint8_t data[HELPER_FRAME_MAX];
	struct buf b;

	buf_fixed(&b, data, sizeof(data));
	helper_put_serve(&b, serve);
	if (buf_err(&b))
		return buf_err(&b);
	return send(h->fd, buf_data(&b), buf_len(&b),
		    MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ? -errno : 0;
}

int helper_read(struct helper *h, struct helper_status *status)
{
	uint8_t data[HELPER_FRAME_MAX];
	ssize_t n;

	do {
		n = recv(h->fd, data, sizeof(data), MSG_DONTWAIT);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return 0;
		if (n <= 0)
			return -EPIPE;
	} while (helper_get_status(data, n, status));
	return 1;
}
