// SPDX-License-Identifier: GPL-2.0-or-later
/* The helper process. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ike-daemon/helper/confine.h"
#include "ike-daemon/helper/l2tpd.h"
#include "tools/lib/log.h"

#define END_MS	3000	/* for children to end by themselves, then again by force */

struct run {
	int fd;			/* to the engine */
	int signals;
	struct l2tpd_place place;
	struct l2tpd servers[HELPER_SERVERS_MAX];
	bool over;
};

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* --- children ------------------------------------------------------------------------ */

static bool reap(struct run *r)
{
	int status;
	pid_t pid;
	size_t i;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (i = 0; i < HELPER_SERVERS_MAX; i++) {
			struct l2tpd *s = &r->servers[i];

			if (s->used && s->pid == pid)
				l2tpd_ended(s, status, now_ms());
		}
	return pid < 0 && errno == ECHILD;
}

/* Until none is left, or for so long. */
static bool wait_for_end(struct run *r, uint64_t ms)
{
	uint64_t end = now_ms() + ms;
	struct pollfd p = { .fd = r->signals, .events = POLLIN };
	struct signalfd_siginfo info;

	while (!reap(r) && now_ms() < end)
		if (poll(&p, 1, 100) > 0 &&
		    read(r->signals, &info, sizeof(info)) < 0)
			break;
	return reap(r);
}

static const struct helper_server *
wanted(const struct l2tpd *s, const struct helper_serve *serve)
{
	size_t i;

	for (i = 0; i < serve->n; i++)
		if (addr_equal(&serve->server[i].address, &s->want.address))
			return &serve->server[i];
	return NULL;
}

static void stop(struct run *r, struct l2tpd *s)
{
	uint64_t end = now_ms() + END_MS;
	pid_t pid = s->pid;
	int status;

	l2tpd_signal(s, SIGTERM);
	while (pid && waitpid(pid, &status, WNOHANG) != pid) {
		if (now_ms() > end)
			l2tpd_signal(s, SIGKILL);
		poll(NULL, 0, 20);
	}
	l2tpd_clean(s, &r->place);
	*s = (struct l2tpd){ .output = -1 };
}

static void stop_all(struct run *r)
{
	size_t i;

	for (i = 0; i < HELPER_SERVERS_MAX; i++)
		l2tpd_signal(&r->servers[i], SIGTERM);
	if (!wait_for_end(r, END_MS)) {
		for (i = 0; i < HELPER_SERVERS_MAX; i++)
			l2tpd_signal(&r->servers[i], SIGKILL);
		wait_for_end(r, END_MS);
	}
	for (i = 0; i < HELPER_SERVERS_MAX; i++)
		if (r->servers[i].used)
			stop(r, &r->servers[i]);
	rmdir(r->place.dir);
}

/* --- the engine ------------------------------------------------------------------------ */

/* That of the address; else one that is free; NULL: there are as many as can be. */
static struct l2tpd *server_for(struct run *r, const struct helper_server *want)
{
	struct l2tpd *free = NULL;
	size_t i;

	for (i = 0; i < HELPER_SERVERS_MAX; i++) {
		struct l2tpd *s = &r->servers[i];

		if (s->used && addr_equal(&s->want.address, &want->address))
			return s;
		if (!s->used && !free)
			free = s;
	}
	return free;
}

static void serve(struct run *r, const struct helper_serve *serve)
{
	struct l2tpd *s;
	size_t i;

	for (i = 0; i < HELPER_SERVERS_MAX; i++)
		if (r->servers[i].used && !wanted(&r->servers[i], serve))
			stop(r, &r->servers[i]);
	for (i = 0; i < serve->n; i++) {
		s = server_for(r, &serve->server[i]);
		if (s && s->used)
			l2tpd_change(s, &r->place, serve->server[i].methods);
		else if (s)
			l2tpd_init(s, &serve->server[i], s - r->servers);
	}
}

static void hear(struct run *r)
{
	uint8_t data[HELPER_FRAME_MAX];
	struct helper_serve want;
	ssize_t n = recv(r->fd, data, sizeof(data), MSG_DONTWAIT);

	if (!n || (n < 0 && errno != EAGAIN && errno != EINTR))
		r->over = true;
	else if (n > 0 && !helper_get_serve(data, n, &want))
		serve(r, &want);
}

static void tell(struct run *r, struct l2tpd *s)
{
	uint8_t data[HELPER_FRAME_MAX];
	struct buf b;

	buf_fixed(&b, data, sizeof(data));
	helper_put_status(&b, &s->status);
	s->told = buf_err(&b) ||
		  send(r->fd, buf_data(&b), buf_len(&b),
		       MSG_NOSIGNAL | MSG_DONTWAIT) >= 0;
}

/* --- the loop -------------------------------------------------------------------------- */

/* What is due; returns how long nothing else is, ms, or -1. */
static int turn(struct run *r)
{
	uint64_t now = now_ms();
	int wait = -1;
	size_t i;

	for (i = 0; i < HELPER_SERVERS_MAX; i++) {
		struct l2tpd *s = &r->servers[i];

		if (!s->used)
			continue;
		if (!s->pid && now >= s->due_ms)
			l2tpd_start(s, &r->place, now);
		if (!s->told)
			tell(r, s);
		if (!s->pid && s->due_ms > now &&
		    (wait < 0 || s->due_ms - now < (uint64_t)wait))
			wait = s->due_ms - now;
	}
	return wait;
}

static void on_signal(struct run *r)
{
	struct signalfd_siginfo info;

	if (read(r->signals, &info, sizeof(info)) != sizeof(info))
		return;
	/*
	 * With the engine, which says so by its end; told alone, this is the end as well, and
	 * the engine sees it. A terminal that closes ends nothing.
	 */
	if (info.ssi_signo == SIGCHLD)
		reap(r);
	else if (info.ssi_signo == SIGTERM)
		r->over = true;
}

static void step(struct run *r)
{
	struct pollfd p[2 + HELPER_SERVERS_MAX] = {
		{ .fd = r->fd, .events = POLLIN },
		{ .fd = r->signals, .events = POLLIN },
	};
	int wait = turn(r);
	size_t i;

	for (i = 0; i < HELPER_SERVERS_MAX; i++)
		p[2 + i] = (struct pollfd){
			.fd = r->servers[i].output, .events = POLLIN,
		};
	if (poll(p, 2 + HELPER_SERVERS_MAX, wait) <= 0)
		return;
	for (i = 0; i < HELPER_SERVERS_MAX; i++)
		if (p[2 + i].revents)
			l2tpd_read(&r->servers[i]);
	if (p[1].revents)
		on_signal(r);
	if (p[0].revents)
		hear(r);
}

void helper_run(int fd, const char *dir, const char *plugin)
{
	struct run r = { .fd = fd, .place = { dir, plugin } };
	struct err err = { "" };
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	r.signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (r.signals < 0) {
		log_err(main, "helper process: %s", strerror(errno));
		return;
	}
	if (confine_helper(&err)) {
		log_err(main, "helper process: %s", err.text);
		close(r.signals);
		return;
	}
	prctl(PR_SET_NAME, "ike-helper");
	/* pppds that have lost their xl2tpd are ours. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	for (i = 0; i < HELPER_SERVERS_MAX; i++)
		r.servers[i].output = -1;
	while (!r.over)
		step(&r);
	stop_all(&r);
	close(r.signals);
}
