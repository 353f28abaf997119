// SPDX-License-Identifier: GPL-2.0-or-later
/* Log levels, lines, rate limit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include <cmocka.h>

#include "tools/lib/log.h"

static char last[LOG_LINE_MAX];
static enum log_subsystem last_sub;
static enum log_level last_level;
static unsigned int lines;

static void sink(void *arg, enum log_subsystem sub, enum log_level level,
		 const char *line)
{
	assert_ptr_equal(arg, &lines);
	snprintf(last, sizeof(last), "%s", line);
	last_sub = sub;
	last_level = level;
	lines++;
}

static int set_up(void **state)
{
	(void)state;
	log_set_level_all(LOG_LEVEL_INFO);
	log_set_sink(sink, &lines);
	lines = 0;
	return 0;
}

static int side_effect(void)
{
	static int calls;

	return ++calls;
}

static void test_levels(void **state)
{
	(void)state;
	log_info(ike, "negotiation %d", 5);
	assert_string_equal(last, "negotiation 5");
	assert_int_equal(last_sub, LOG_SUB_ike);
	assert_int_equal(last_level, LOG_LEVEL_INFO);
	/* What is not logged is not computed. */
	log_debug(ike, "%d", side_effect());
	assert_int_equal(lines, 1);
	assert_int_equal(side_effect(), 1);
	log_set_level(LOG_SUB_ike, LOG_LEVEL_DEBUG);
	log_debug(ike, "shown");
	log_debug(kernel, "hidden");
	assert_int_equal(lines, 2);
	log_set_level_all(LOG_LEVEL_ERR);
	log_warning(ike, "hidden");
	log_err(net, "shown");
	assert_int_equal(lines, 3);
}

static void test_spec(void **state)
{
	enum log_subsystem sub;
	enum log_level level;

	(void)state;
	assert_int_equal(log_set_spec("warning,ike=debug,kernel=err"), 0);
	assert_int_equal(log_get_level(LOG_SUB_ike), LOG_LEVEL_DEBUG);
	assert_int_equal(log_get_level(LOG_SUB_kernel), LOG_LEVEL_ERR);
	assert_int_equal(log_get_level(LOG_SUB_net), LOG_LEVEL_WARNING);
	/* A wrong one changes nothing. */
	assert_int_equal(log_set_spec("info,ik=debug"), -EINVAL);
	assert_int_equal(log_set_spec("info,ike=loud"), -EINVAL);
	assert_int_equal(log_set_spec("info,"), -EINVAL);
	assert_int_equal(log_set_spec(""), -EINVAL);
	assert_int_equal(log_get_level(LOG_SUB_net), LOG_LEVEL_WARNING);
	assert_int_equal(log_level_parse("notice", &level), 0);
	assert_string_equal(log_level_name(level), "notice");
	assert_int_equal(log_level_parse("notic", &level), -ENOENT);
	assert_int_equal(log_subsystem_parse("config", &sub), 0);
	assert_string_equal(log_subsystem_name(sub), "config");
	assert_int_equal(log_subsystem_parse("", &sub), -ENOENT);
}

static void test_hostile_line(void **state)
{
	char longer[3 * LOG_LINE_MAX];

	(void)state;
	log_info(ike, "%s", "id\n<0>forged\x1b[2J\x7f");
	assert_string_equal(last, "id\\x0a<0>forged\\x1b[2J\\x7f");
	memset(longer, '\n', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	log_info(ike, "%s", longer);
	assert_true(strlen(last) < LOG_LINE_MAX);
	assert_true(strlen(last) > LOG_LINE_MAX - 8);
}

static void test_stderr_line(void **state)
{
	char text[512] = "";
	int fds[2], saved = dup(2);

	(void)state;
	assert_int_equal(pipe(fds), 0);
	log_set_sink(NULL, NULL);
	log_open(LOG_TARGET_STDERR, "ike-daemon");
	dup2(fds[1], 2);
	errno = ENOENT;
	log_warning(net, "port %d in use", 500);
	assert_int_equal(errno, ENOENT);
	dup2(saved, 2);
	assert_true(read(fds[0], text, sizeof(text) - 1) > 0);
	log_close();
	close(fds[0]);
	close(fds[1]);
	close(saved);
	assert_non_null(strstr(text,
			" ike-daemon: net warning: port 500 in use\n"));
}

/* One line through stderr, whose stream the environment says is @stream. */
static void journal_line(struct stat *stream, enum log_level level, char *text,
			 size_t size)
{
	int fds[2], saved = dup(2);
	char value[64];
	ssize_t n;

	assert_int_equal(pipe(fds), 0);
	dup2(fds[1], 2);
	if (!stream->st_ino)
		assert_int_equal(fstat(2, stream), 0);
	snprintf(value, sizeof(value), "%llu:%llu",
		 (unsigned long long)stream->st_dev,
		 (unsigned long long)stream->st_ino);
	setenv("JOURNAL_STREAM", value, 1);
	log_set_sink(NULL, NULL);
	log_open(LOG_TARGET_STDERR, "ike-daemon");
	log_set_level_all(LOG_LEVEL_DEBUG);
	log_write(LOG_SUB_net, level, "a line");
	dup2(saved, 2);
	n = read(fds[0], text, size - 1);
	assert_true(n > 0);
	text[n] = '\0';
	log_close();
	unsetenv("JOURNAL_STREAM");
	close(fds[0]);
	close(fds[1]);
	close(saved);
}

/* sd-daemon(3): the journal reads the priority from the line and has the time. */
static void test_journal_line(void **state)
{
	static const char *const want[LOG_LEVEL_COUNT] = {
		[LOG_LEVEL_ERR] = "<3>ike-daemon: net err: a line\n",
		[LOG_LEVEL_WARNING] = "<4>ike-daemon: net warning: a line\n",
		[LOG_LEVEL_NOTICE] = "<5>ike-daemon: net notice: a line\n",
		[LOG_LEVEL_INFO] = "<6>ike-daemon: net info: a line\n",
		[LOG_LEVEL_DEBUG] = "<7>ike-daemon: net debug: a line\n",
	};
	struct stat same, other[2];
	char text[512];
	unsigned int i;

	(void)state;
	for (i = 0; i < LOG_LEVEL_COUNT; i++) {
		same = (struct stat){ 0 };
		journal_line(&same, i, text, sizeof(text));
		assert_string_equal(text, want[i]);
	}
	/* inherited from a service, but stderr is another stream by now */
	other[0] = same;
	other[0].st_dev += 1;
	other[1] = same;
	other[1].st_ino += 1000000;
	for (i = 0; i < 2; i++) {
		journal_line(&other[i], LOG_LEVEL_ERR, text, sizeof(text));
		assert_true(text[0] != '<');
		assert_non_null(strstr(text, " ike-daemon: net err: a line\n"));
	}
}

static struct {
	char ident[32], line[256];
	int facility, priority;
	unsigned int opened, closed;
} system_log;

void __wrap_openlog(const char *ident, int option, int facility);
void __wrap_openlog(const char *ident, int option, int facility)
{
	(void)option;
	snprintf(system_log.ident, sizeof(system_log.ident), "%s", ident);
	system_log.facility = facility;
	system_log.opened++;
}

void __wrap_closelog(void);
void __wrap_closelog(void)
{
	system_log.closed++;
}

void __wrap_syslog(int priority, const char *fmt, ...);
void __wrap_syslog(int priority, const char *fmt, ...)
{
	va_list ap;

	system_log.priority = priority;
	va_start(ap, fmt);
	vsnprintf(system_log.line, sizeof(system_log.line), fmt, ap);
	va_end(ap);
}

static void test_syslog(void **state)
{
	static const int want[LOG_LEVEL_COUNT] = {
		[LOG_LEVEL_ERR] = LOG_ERR,
		[LOG_LEVEL_WARNING] = LOG_WARNING,
		[LOG_LEVEL_NOTICE] = LOG_NOTICE,
		[LOG_LEVEL_INFO] = LOG_INFO,
		[LOG_LEVEL_DEBUG] = LOG_DEBUG,
	};
	char line[64];
	unsigned int i;

	(void)state;
	log_set_sink(NULL, NULL);
	log_open(LOG_TARGET_SYSLOG, "ike-daemon");
	assert_int_equal(system_log.opened, 1);
	assert_string_equal(system_log.ident, "ike-daemon");
	assert_int_equal(system_log.facility, LOG_DAEMON);
	log_set_level_all(LOG_LEVEL_DEBUG);
	for (i = 0; i < LOG_LEVEL_COUNT; i++) {
		log_write(LOG_SUB_kernel, i, "100%% of %s", "it");
		assert_int_equal(system_log.priority, want[i]);
		snprintf(line, sizeof(line), "kernel %s: 100%% of it",
			 log_level_name(i));
		assert_string_equal(system_log.line, line);
	}
	log_close();
	assert_int_equal(system_log.closed, 1);
}

static void test_rate(void **state)
{
	struct log_rate r = LOG_RATE_INIT(1000, 3);
	uint32_t suppressed = 99;
	unsigned int i;

	(void)state;
	for (i = 0; i < 3; i++)
		assert_true(log_rate_ok_at(&r, 5000, &suppressed));
	assert_int_equal(suppressed, 0);
	assert_false(log_rate_ok_at(&r, 5000, &suppressed));
	assert_false(log_rate_ok_at(&r, 5999, &suppressed));
	/* One token per interval; fractions are not lost. */
	assert_true(log_rate_ok_at(&r, 6500, &suppressed));
	assert_int_equal(suppressed, 2);
	assert_false(log_rate_ok_at(&r, 6900, NULL));
	assert_true(log_rate_ok_at(&r, 7000, NULL));
	/* Never more than the burst, however long it was quiet. */
	for (i = 0; i < 3; i++)
		assert_true(log_rate_ok_at(&r, 1000000, NULL));
	assert_false(log_rate_ok_at(&r, 1000000, NULL));
	assert_true(log_rate_ok(&(struct log_rate)LOG_RATE_INIT(1, 1), NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_levels, set_up),
		cmocka_unit_test_setup(test_spec, set_up),
		cmocka_unit_test_setup(test_hostile_line, set_up),
		cmocka_unit_test_setup(test_stderr_line, set_up),
		cmocka_unit_test_setup(test_journal_line, set_up),
		cmocka_unit_test_setup(test_syslog, set_up),
		cmocka_unit_test_setup(test_rate, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
