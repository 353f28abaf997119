// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ike-daemon/helper/l2tpd.h"
#include "tools/cli/attrs.h"
#include "tools/lib/log.h"

#define XL2TPD		"/usr/sbin/xl2tpd"
#define PPPD		"/usr/sbin/pppd"	/* xl2tpd's own idea of it */
#define FIRST_MS	1000
#define LATER_MS	60000
#define STEADY_MS	60000			/* who has run so long has not failed */
#define MTU		1360			/* of a path of 1500, with ESP in UDP */

struct path {
	char text[PATH_MAX];
};

static struct path path_of(const struct l2tpd *s,
			   const struct l2tpd_place *place, const char *what)
{
	struct path p;

	snprintf(p.text, sizeof(p.text), "%s/%u.%s", place->dir, s->number,
		 what);
	return p;
}

void l2tpd_init(struct l2tpd *s, const struct helper_server *want,
		 unsigned int number)
{
	*s = (struct l2tpd){
		.want = *want, .used = true, .number = number, .output = -1,
		.status.address = want->address,
	};
}

static void set_status(struct l2tpd *s, enum helper_state state,
		       const char *text)
{
	s->told = false;
	s->status.state = state;
	snprintf(s->status.text, sizeof(s->status.text), "%s", text);
}

/* --- files ---------------------------------------------------------------------- */

static FILE *create(const struct path *p)
{
	int fd;
	FILE *f;

	unlink(p->text);
	fd = open(p->text, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		  0600);
	f = fd < 0 ? NULL : fdopen(fd, "w");
	if (fd >= 0 && !f)
		close(fd);
	return f;
}

static int done(FILE *f)
{
	return fclose(f) ? -errno : 0;
}

static int write_conf(const struct l2tpd *s,
		      const struct l2tpd_place *place)
{
	struct path conf = path_of(s, place, "conf");
	struct path options = path_of(s, place, "ppp");
	char address[ADDR_STRLEN];
	FILE *f = create(&conf);

	if (!f)
		return -errno;
	fprintf(f, "[global]\n"
		"listen-addr = %s\n"
		"port = 1701\n"
		"access control = no\n"
		"[lns default]\n"
		"assign ip = no\n"
		"local ip = 192.0.0.8\n"
		"require authentication = yes\n"
		"length bit = yes\n"
		"pppoptfile = %s\n",
		addr_format(&s->want.address, address, sizeof(address)),
		options.text);
	return done(f);
}

static int write_options(const struct l2tpd *s,
			 const struct l2tpd_place *place)
{
	static const char *const require[CFG_PPP_COUNT] = {
		[CFG_PPP_PAP] = "require-pap",
		[CFG_PPP_CHAP] = "require-chap",
		[CFG_PPP_MSCHAP1] = "require-mschap",
		[CFG_PPP_MSCHAP2] = "require-mschap-v2",
	};
	struct path options = path_of(s, place, "ppp");
	struct path next = path_of(s, place, "next");
	FILE *f = create(&next);
	unsigned int i;
	int err;

	if (!f)
		return -errno;
	fprintf(f, "plugin %s\n"
		"cryptomap-socket %s/ppp\n"
		"auth\n"
		"name cryptomap\n"
		/* Nobody may ask us who we are: that is in files of the system. */
		"refuse-pap\n"
		"refuse-chap\n"
		"refuse-mschap\n"
		"refuse-mschap-v2\n"
		"refuse-eap\n",
		place->plugin, place->dir);
	for (i = 0; i < CFG_PPP_COUNT; i++)
		if (s->want.methods & 1u << i)
			fprintf(f, "%s\n", require[i]);
	fprintf(f, "noccp\n"
		"novj\n"
		"noipv6\n"
		"noproxyarp\n"
		"nodefaultroute\n"
		"mtu %u\n"
		"mru %u\n"
		"lcp-echo-interval 30\n"
		"lcp-echo-failure 4\n", MTU, MTU);
	err = done(f);
	/* pppd may be reading. */
	if (!err && rename(next.text, options.text))
		err = -errno;
	return err;
}

/* Of our own, and of nobody else's. */
static int make_dir(const char *dir)
{
	struct stat st;

	if (mkdir(dir, 0700) && errno != EEXIST)
		return -errno;
	if (lstat(dir, &st))
		return -errno;
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid())
		return -EPERM;
	return chmod(dir, 0700) ? -errno : 0;
}

void l2tpd_clean(struct l2tpd *s, const struct l2tpd_place *place)
{
	static const char *const files[] = { "conf", "ppp", "next", "control", "pid" };
	struct path p;
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		p = path_of(s, place, files[i]);
		unlink(p.text);
	}
	if (s->output >= 0)
		close(s->output);
	s->output = -1;
}

/* --- start -------------------------------------------------------------------- */

static void become(const struct l2tpd *s, const struct l2tpd_place *place,
		   int output)
{
	struct path conf = path_of(s, place, "conf");
	struct path control = path_of(s, place, "control");
	struct path pid = path_of(s, place, "pid");
	char *const argv[] = {
		"xl2tpd", "-D", "-c", conf.text, "-C", control.text, "-p",
		pid.text, "-s", "/dev/null", NULL,
	};
	char *const envp[] = {
		"PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL,
	};
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (null < 0 || dup2(null, 0) < 0 || dup2(output, 1) < 0 ||
	    dup2(output, 2) < 0)
		_exit(127);
	execve(XL2TPD, argv, envp);
	_exit(127);
}

static void start_later(struct l2tpd *s, uint64_t now_ms)
{
	uint64_t wait = (uint64_t)FIRST_MS << (s->failures < 6 ? s->failures : 6);

	s->failures++;
	s->due_ms = now_ms + (wait < LATER_MS ? wait : LATER_MS);
}

static void cannot(struct l2tpd *s, const char *what, const char *why,
		   uint64_t now_ms)
{
	char text[HELPER_TEXT];

	snprintf(text, sizeof(text), "%s: %s", what, why);
	set_status(s, HELPER_MISSING, text);
	s->due_ms = now_ms + LATER_MS;
}

static bool has_programs(struct l2tpd *s, const struct l2tpd_place *place,
			 uint64_t now_ms)
{
	const char *const needed[] = { XL2TPD, PPPD, place->plugin };
	size_t i;

	for (i = 0; i < 3; i++) {
		if (!access(needed[i], i < 2 ? X_OK : R_OK))
			continue;
		cannot(s, needed[i], "is not installed", now_ms);
		return false;
	}
	return true;
}

void l2tpd_start(struct l2tpd *s, const struct l2tpd_place *place,
		  uint64_t now_ms)
{
	int fds[2], err;

	if (!has_programs(s, place, now_ms))
		return;
	l2tpd_clean(s, place);
	err = make_dir(place->dir);
	if (!err)
		err = write_conf(s, place);
	if (!err)
		err = write_options(s, place);
	if (!err && pipe2(fds, O_CLOEXEC | O_NONBLOCK))
		err = -errno;
	if (err) {
		cannot(s, place->dir, strerror(-err), now_ms);
		return;
	}
	s->pid = fork();
	if (!s->pid)
		become(s, place, fds[1]);
	close(fds[1]);
	s->output = fds[0];
	s->started_ms = now_ms;
	if (s->pid > 0) {
		set_status(s, HELPER_RUNNING, "");
		return;
	}
	s->pid = 0;
	cannot(s, XL2TPD, "cannot be forked", now_ms);
}

void l2tpd_change(struct l2tpd *s, const struct l2tpd_place *place,
		  uint8_t methods)
{
	int err;

	if (methods == s->want.methods)
		return;
	s->want.methods = methods;
	err = s->pid ? write_options(s, place) : 0;
	if (err)
		log_err(ike, "L2TP: the methods cannot be changed: %s/%u.ppp: %s",
			place->dir, s->number, strerror(-err));
}

/* --- afterwards ---------------------------------------------------------------- */

static void say_line(struct l2tpd *s)
{
	s->line[s->line_len] = '\0';
	s->line_len = 0;
	if (!s->line[0])
		return;
	log_debug(ike, "%s", s->line);
	snprintf(s->last, sizeof(s->last), "%.*s", (int)sizeof(s->last) - 1,
		 s->line);
}

void l2tpd_read(struct l2tpd *s)
{
	char data[512];
	ssize_t n = read(s->output, data, sizeof(data)), i;

	if (!n || (n < 0 && errno != EAGAIN && errno != EINTR)) {
		close(s->output);
		s->output = -1;
	}
	for (i = 0; i < n; i++) {
		if (data[i] == '\n' || s->line_len == sizeof(s->line) - 1)
			say_line(s);
		if (data[i] != '\n')
			s->line[s->line_len++] = data[i];
	}
}

void l2tpd_ended(struct l2tpd *s, int status, uint64_t now_ms)
{
	char text[HELPER_TEXT];

	if (now_ms - s->started_ms >= STEADY_MS)
		s->failures = 0;
	if (WIFSIGNALED(status))
		snprintf(text, sizeof(text), "xl2tpd: %s",
			 strsignal(WTERMSIG(status)));
	else
		snprintf(text, sizeof(text), "xl2tpd: exit status %d: %.100s",
			 WEXITSTATUS(status), s->last);
	/* Its pppds have nobody any more. */
	l2tpd_signal(s, SIGTERM);
	s->pid = 0;
	set_status(s, HELPER_WAITING, text);
	start_later(s, now_ms);
}

void l2tpd_signal(const struct l2tpd *s, int sig)
{
	if (s->pid > 0)
		kill(-s->pid, sig);
}
