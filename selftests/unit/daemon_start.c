// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The daemon's own program, as far as it comes without a kernel of ours: what
 * it says of its options, its file and a missing module, and where it says so.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define DAEMON "build/user/ike-daemon"

struct fixture {
	char dir[64];
	char config[96], socket[96];
	char said[4096];		/* stdout and stderr of the last run */
	bool journal;			/* its stderr is the journal's */
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	strcpy(f->dir, "/tmp/daemon-start-XXXXXX");
	if (!mkdtemp(f->dir))
		return -1;
	snprintf(f->config, sizeof(f->config), "%s/config", f->dir);
	snprintf(f->socket, sizeof(f->socket), "%s/control", f->dir);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	unlink(f->config);
	unlink(f->socket);
	rmdir(f->dir);
	free(f);
	return 0;
}

static void write_config(struct fixture *f, const char *text)
{
	FILE *out = fopen(f->config, "w");

	assert_non_null(out);
	fputs(text, out);
	fclose(out);
}

static void exec_daemon(const struct fixture *f, int out, char *const *argv)
{
	char stream[64];
	struct stat st;

	dup2(out, 1);
	dup2(out, 2);
	if (f->journal && !fstat(2, &st)) {
		snprintf(stream, sizeof(stream), "%llu:%llu",
			 (unsigned long long)st.st_dev,
			 (unsigned long long)st.st_ino);
		setenv("JOURNAL_STREAM", stream, 1);
	}
	alarm(60);	/* instead of a daemon that stays */
	execv(DAEMON, argv);
	_exit(127);
}

/* The status with which it ends; @option and @value may be NULL. */
static int run(struct fixture *f, char *option, char *value)
{
	char *argv[] = {
		"ike-daemon", "--config", f->config, "--socket", f->socket,
		option, value, NULL,
	};
	size_t len = 0;
	int fds[2], status;
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid)
		exec_daemon(f, fds[1], argv);
	close(fds[1]);
	while ((n = read(fds[0], f->said + len,
			 sizeof(f->said) - 1 - len)) > 0)
		len += (size_t)n;
	f->said[len] = '\0';
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void assert_said(const struct fixture *f, const char *what)
{
	if (!strstr(f->said, what))
		fail_msg("\"%s\" is missing in:\n%s", what, f->said);
}

/* Line and column of the first bad word, the line, and a finger on it. */
static void a_bad_word_is_pointed_at(void **state)
{
	struct fixture *f = *state;
	char where[256];

	write_config(f, "hostname r1\ncrypto isakmp policy 10\n lifetime 5\n");
	assert_int_equal(run(f, NULL, NULL), 1);
	snprintf(where, sizeof(where), "%s:3:11: invalid: out of range; allowed: 60-86400, 0 or none\n"
		 "   lifetime 5\n            ^\n", f->config);
	assert_said(f, where);
	snprintf(where, sizeof(where), "main err: %s is not usable\n",
		 f->config);
	assert_said(f, where);
}

/* What single lines cannot tell: the word that is wrong. */
static void a_bad_whole_is_pointed_at(void **state)
{
	struct fixture *f = *state;
	char where[256];

	write_config(f, "access-list 101 permit tcp any any range 5 9\n"
		     "crypto map M 10 ipsec-isakmp\n match address 101\n");
	assert_int_equal(run(f, NULL, NULL), 1);
	snprintf(where, sizeof(where), "%s:1:36: access list 101 line 10, ", f->config);
	assert_said(f, where);
	assert_said(f, "is not usable");
}

static void a_missing_file_is_named(void **state)
{
	struct fixture *f = *state;
	char where[256];

	assert_int_equal(run(f, NULL, NULL), 1);
	snprintf(where, sizeof(where), "%s: No such file or directory",
		 f->config);
	assert_said(f, where);
}

static void bad_options_are_named(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(run(f, "--log", "paper"), 2);
	assert_said(f, "--log paper: stderr or syslog");
	assert_int_equal(run(f, "--log-level", "ike=loud"), 2);
	assert_said(f, "--log-level ike=loud: err, warning, notice");
	assert_int_equal(run(f, "surplus", NULL), 2);
	assert_said(f, "what is \"surplus\"?");
}

static bool module_is_loaded(void)
{
	return !access("/sys/module/cryptomap", F_OK);
}

static void a_missing_module_is_named(void **state)
{
	struct fixture *f = *state;

	if (module_is_loaded())
		skip();
	write_config(f, "hostname r1\n");
	assert_int_equal(run(f, NULL, NULL), 1);
	assert_said(f, " ike-daemon: main err: the kernel module cryptomap is not loaded\n");
	assert_true(access(f->socket, F_OK));
}

/* The same in the words of the journal, and not at all where syslog has it. */
static void the_log_goes_where_it_is_sent(void **state)
{
	struct fixture *f = *state;

	if (module_is_loaded())
		skip();
	write_config(f, "hostname r1\n");
	f->journal = true;
	assert_int_equal(run(f, NULL, NULL), 1);
	assert_string_equal(f->said, "<3>ike-daemon: main err: the kernel module cryptomap is not loaded\n");
	assert_int_equal(run(f, "--log", "syslog"), 1);
	assert_string_equal(f->said, "");
	/* what is wrong in the file is for whoever started it */
	write_config(f, "nonsense\n");
	assert_int_equal(run(f, "--log", "syslog"), 1);
	assert_said(f, ":1:1: ");
}

/* Keys that others may read are no secrets: a warning, and no more. */
static void a_file_for_everybody_is_warned_of(void **state)
{
	static const char key[] = "crypto isakmp key Secret address 192.0.2.1\n";
	static const char warning[] = ": warning: it has secrets, and others may read it, mode 0644";
	struct fixture *f = *state;

	if (module_is_loaded())
		skip();
	write_config(f, key);
	assert_int_equal(chmod(f->config, 0644), 0);
	run(f, NULL, NULL);
	assert_said(f, f->config);
	assert_said(f, warning);
	assert_said(f, "cryptomap is not loaded");
	assert_int_equal(chmod(f->config, 0600), 0);
	run(f, NULL, NULL);
	assert_null(strstr(f->said, "others may read it"));
	assert_said(f, "cryptomap is not loaded");
	write_config(f, "hostname r1\n");
	assert_int_equal(chmod(f->config, 0644), 0);
	run(f, NULL, NULL);
	assert_null(strstr(f->said, "warning"));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_bad_word_is_pointed_at),
		TEST(a_bad_whole_is_pointed_at),
		TEST(a_missing_file_is_named),
		TEST(bad_options_are_named),
		TEST(a_missing_module_is_named),
		TEST(the_log_goes_where_it_is_sent),
		TEST(a_file_for_everybody_is_warned_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
