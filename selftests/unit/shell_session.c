// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The command interpreter with a kernel and a daemon made of cardboard: what
 * is applied, remembered, refused (F-072, F-073, F-114), and the prompt itself
 * on a pseudo-terminal.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <pty.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <json-c/json.h>

#include "tools/cli/config.h"
#include "tools/cli/running.h"
#include "tools/cli/state.h"
#include "tools/lib/apply.h"
#include "tools/lib/control.h"
#include "tools/lib/kmod.h"
#include "tools/shell.h"

static struct {
	unsigned int applied;	/* calls of apply_config() */
	bool knew_old;
	int result;		/* of the next ones */
	unsigned int bindings;	/* of the kernel */
} kernel;

int __wrap_kmod_open(struct kmod **k, struct err *err);
void __wrap_kmod_close(struct kmod *k);
int __wrap_kmod_bind_dump(struct kmod *k, kmod_binding_fn *fn, void *arg);
int __wrap_apply_config(const struct apply *a, const struct cm_config *old,
			const struct cm_config *new, struct err *err);

int __wrap_kmod_open(struct kmod **k, struct err *err)
{
	(void)err;
	*k = (struct kmod *)&kernel;
	return 0;
}

void __wrap_kmod_close(struct kmod *k)
{
	assert_ptr_equal(k, &kernel);
}

int __wrap_kmod_bind_dump(struct kmod *k, kmod_binding_fn *fn, void *arg)
{
	struct kmod_binding binding = { 0 };
	unsigned int i;

	(void)k;
	for (i = 0; i < kernel.bindings; i++)
		fn(arg, &binding);
	return 0;
}

int __wrap_apply_config(const struct apply *a, const struct cm_config *old,
			const struct cm_config *new, struct err *err)
{
	assert_non_null(new);
	kernel.applied++;
	kernel.knew_old = old;
	if (kernel.result)
		return err_set(err, kernel.result, "the kernel says no");
	if (a->report)
		a->report(a->report_arg, "one sentence");
	return 0;
}

struct fixture {
	char dir[64];
	char socket[96], startup[96], state[96], file[96];
	struct shell sh;
	char *out;		/* what was printed since the last command */
	size_t out_len;
	int saved_stderr;
	FILE *errors;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	strcpy(f->dir, "/tmp/cli-session-XXXXXX");
	if (!mkdtemp(f->dir))
		return -1;
	snprintf(f->socket, sizeof(f->socket), "%s/control", f->dir);
	snprintf(f->state, sizeof(f->state), "%s/running-config", f->dir);
	snprintf(f->startup, sizeof(f->startup), "%s/etc/startup", f->dir);
	snprintf(f->file, sizeof(f->file), "%s/file.conf", f->dir);
	shell_init(&f->sh, f->socket, f->startup);
	memset(&kernel, 0, sizeof(kernel));
	f->errors = tmpfile();
	f->saved_stderr = dup(STDERR_FILENO);
	dup2(fileno(f->errors), STDERR_FILENO);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	char command[128];

	dup2(f->saved_stderr, STDERR_FILENO);
	close(f->saved_stderr);
	fclose(f->errors);
	shell_free(&f->sh);
	free(f->out);
	snprintf(command, sizeof(command), "rm -rf %s", f->dir);
	if (system(command))
		return -1;
	free(f);
	return 0;
}

/* Runs one line and keeps what it prints. */
static int type(struct fixture *f, const char *line)
{
	int ret;

	free(f->out);
	f->sh.ctx.out = open_memstream(&f->out, &f->out_len);
	if (ftruncate(fileno(f->errors), 0))
		abort();
	lseek(fileno(f->errors), 0, SEEK_SET);
	ret = shell_line(&f->sh, line);
	fclose(f->sh.ctx.out);
	f->sh.ctx.out = stdout;
	return ret;
}

static bool complained(struct fixture *f, const char *text)
{
	char errors[4096] = "";

	if (pread(fileno(f->errors), errors, sizeof(errors) - 1, 0) < 0)
		abort();
	return strstr(errors, text);
}

static void write_file(const char *path, const char *text)
{
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	fputs(text, out);
	fclose(out);
}

static bool file_has(const char *path, const char *text)
{
	char content[4096] = "";
	FILE *in = fopen(path, "r");

	if (!in)
		return false;
	assert_true(fread(content, 1, sizeof(content) - 1, in) > 0);
	fclose(in);
	return strstr(content, text);
}

static const char a_file[] =
	"hostname r7\n"
	"crypto isakmp policy 10\n"
	"crypto isakmp key s3cret address 192.0.2.1\n"
	"crypto ipsec transform-set T esp-gcm\n"
	"access-list 101 permit ip any any\n"
	"crypto map M 10 ipsec-isakmp\n set peer 192.0.2.1\n"
	" set transform-set T\n match address 101\n"
	"interface eth0\n crypto map M\n";

static void load_a_file(struct fixture *f)
{
	write_file(f->file, a_file);
	assert_int_equal(shell_load(&f->sh, f->file), 0);
	assert_true(complained(f, "% one sentence"));
	assert_int_equal(kernel.applied, 1);
}

static void a_file_is_applied_and_remembered(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	load_a_file(f);
	assert_int_equal(stat(f->state, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(type(f, "show running-config"), 0);
	assert_non_null(strstr(f->out, "crypto isakmp key s3cret address"));
	assert_int_equal(type(f, "sh run masked"), 0);
	assert_null(strstr(f->out, "s3cret"));
	assert_int_equal(kernel.applied, 1);
}

static void a_bad_file_changes_nothing(void **state)
{
	struct fixture *f = *state;

	load_a_file(f);
	write_file(f->file, "hostname other\ncrypto isakmp policy 0\n");
	assert_int_equal(shell_load(&f->sh, f->file), -EINVAL);
	assert_int_equal(kernel.applied, 1);
	assert_true(file_has(f->state, "hostname r7"));
	assert_int_equal(shell_load(&f->sh, "/nonexistent"), -ENOENT);
}

/* Whatever is wrong with a line: a key in it is not shown (a pipe may log us). */
static void a_refused_key_is_not_shown(void **state)
{
	static const char *const lines[] = {
		"crypto isakmp key s3cret adress 192.0.2.1",
		"crypto isakmp kye s3cret address 192.0.2.1",
		"crypto isakmp key s3cret\x7f address 192.0.2.1",
		"crypto isakmp key s3cret address 192.0.2.1 255.0.255.0",
		"set session-key inbound esp 256 cipher s3cret",
		"no crypto isakmp key s3cret hostname peer extra",
	};
	struct fixture *f = *state;
	unsigned int i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		f->sh.ed.mode = i & 1 ? CLI_MODE_EXEC : CLI_MODE_CONFIG;
		assert_int_equal(type(f, lines[i]), -EINVAL);
		assert_true(complained(f, "% "));
		assert_false(complained(f, "s3cret"));
		f->sh.ed.mode = i & 1 ? CLI_MODE_CONFIG : CLI_MODE_EXEC;
		assert_int_equal(type(f, lines[i]), -EINVAL);
		assert_false(complained(f, "s3cret"));
	}
}

/* A terminal obeys what it is sent, and this came from somebody else. */
static void control_characters_are_shown(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(type(f, "show \x1b[2J"), -EINVAL);
	assert_true(complained(f, "show \\x1b[2J\n     ^\n"));
	assert_int_equal(type(f, "c\x1b c"), -EINVAL);
	assert_false(complained(f, "\x1b"));
	assert_int_equal(type(f, "check /nonexistent/\x1b[2J"), -ENOENT);
	assert_true(complained(f, "/nonexistent/\\x1b[2J: "));
	assert_int_equal(type(f, "show version | inc (\x1b"), -EINVAL);
	assert_true(complained(f, "regular expression: (\\x1b\n"));
	write_file(f->file, "hostname x\n! \x1b[2J\n");
	f->sh.startup = f->file;
	assert_int_equal(type(f, "show startup-config"), 0);
	assert_string_equal(f->out, "hostname x\n! \\x1b[2J\n");
}

static void lines_take_effect_one_by_one(void **state)
{
	struct fixture *f = *state;

	load_a_file(f);
	assert_int_equal(type(f, "configure terminal"), 0);
	assert_int_equal(type(f, "crypto map M 10"), 0);
	assert_int_equal(kernel.applied, 1);	/* only a mode */
	assert_int_equal(type(f, " set peer 192.0.2.2"), 0);
	assert_int_equal(kernel.applied, 2);
	assert_true(kernel.knew_old);
	assert_true(file_has(f->state, "set peer 192.0.2.2"));
	assert_int_equal(type(f, " set peer 192.0.2.2"), 0);
	assert_int_equal(kernel.applied, 2);	/* nothing new */
	assert_int_equal(type(f, "do show running-config"), 0);
	assert_int_equal(f->sh.ed.mode, CLI_MODE_MAP);
	assert_int_equal(type(f, "end"), 0);
	assert_true(complained(f, "no pre-shared key for peer 192.0.2.2"));
	assert_int_equal(f->sh.ed.mode, CLI_MODE_EXEC);
}

static void a_refused_line_changes_nothing(void **state)
{
	struct fixture *f = *state;

	load_a_file(f);
	type(f, "configure terminal");
	type(f, "crypto map M 10");
	assert_int_equal(type(f, "set peer 1.2.3"), -EINVAL);
	assert_true(complained(f, "set peer 1.2.3\n         ^\n% Invalid"));
	assert_int_equal(type(f, "set peer 224.0.0.1"), -EINVAL);
	assert_true(complained(f, "unicast"));
	/* Understood, but wrong as a whole: IKEv1 has no port ranges. */
	assert_int_equal(type(f, "access-list 101 permit tcp any gt 1 any"),
			 -EINVAL);
	assert_true(complained(f, "line 20, used by crypto map M 10"));
	assert_int_equal(type(f, "no crypto map M"), -EINVAL);
	assert_true(complained(f, "attached to interface eth0, does not exist"));
	assert_int_equal(kernel.applied, 1);
	assert_false(file_has(f->state, "gt 1"));
}

/* What only the whole shows wrong is pointed at in the line that was typed. */
static void a_line_that_does_not_fit_is_pointed_at(void **state)
{
	static const struct {
		const char *mode, *line, *said;
	} lines[] = {
		{ NULL, "access-list 101 permit tcp any gt 1 any",
		  "access-list 101 permit tcp any gt\n"
		  "                               ^\n"
		  "% error: access list 101 line 20" },
		{ "crypto map M 10", "  match address PORTS",
		  "  match address PORTS\n"
		  "                ^\n"
		  "% error: access list PORTS line 10, used by crypto map M 10" },
		{ "crypto map N 5", "set transform-set T",
		  "set transform-set T\n"
		  "                  ^\n"
		  "% error: crypto map N 5: transform set T is a counter" },
		{ NULL, "crypto ipsec transform-set U esp-gcm 256",
		  "crypto ipsec transform-set U esp-gcm\n"
		  "                             ^\n"
		  "% error: crypto map N 6: transform set U is a counter" },
		{ "crypto map N 5",
		  "set session-key in esp 300 authenticator 000102030405060708090a0b0c0d0e0f",
		  "% Refused in column 24 of a line that is not shown because of its key.\n"
		  "% error: crypto map N 6: inbound SPI 300" },
		{ "interface eth1", "crypto map NONE",
		  "crypto map NONE\n"
		  "           ^\n"
		  "% error: crypto map NONE, attached to interface eth1" },
		{ NULL, "no crypto map M",
		  "no crypto map M\n"
		  "              ^\n"
		  "% error: crypto map M, attached to interface eth0" },
	};
	struct fixture *f = *state;
	unsigned int i;

	load_a_file(f);
	type(f, "configure terminal");
	type(f, "crypto ipsec transform-set U esp-aes esp-sha-hmac");
	type(f, "ip access-list extended PORTS");
	type(f, "permit tcp any range 5 6 any");
	type(f, "crypto map N 5 ipsec-manual");
	type(f, "crypto map N 6 ipsec-manual");
	type(f, "set transform-set U");
	assert_int_equal(type(f, "set session-key in esp 300 authenticator 000102030405060708090a0b0c0d0e0f"),
			 0);
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		f->sh.ed.mode = CLI_MODE_CONFIG;
		if (lines[i].mode)
			assert_int_equal(type(f, lines[i].mode), 0);
		assert_int_equal(type(f, lines[i].line), -EINVAL);
		if (!complained(f, lines[i].said))
			fail_msg("%s: not %s", lines[i].line, lines[i].said);
	}
}

/* One typed line, a hundred reasons: some are enough. */
static void a_prompt_is_not_flooded(void **state)
{
	struct fixture *f = *state;
	char text[8192] = "ip access-list extended PORTS\n";
	unsigned int i;

	for (i = 1; i <= 100; i++)
		sprintf(text + strlen(text), "permit tcp any range 1 %u any\n",
			i + 1);
	strcat(text, a_file);
	write_file(f->file, text);
	assert_int_equal(shell_load(&f->sh, f->file), 0);
	type(f, "configure terminal");
	type(f, "crypto map M 10");
	assert_int_equal(type(f, "match address PORTS"), -EINVAL);
	assert_true(complained(f, "line 50,"));
	assert_false(complained(f, "line 60,"));
	assert_true(complained(f, "% and 95 more\n"));
}

static void a_line_the_kernel_refuses_changes_nothing(void **state)
{
	struct fixture *f = *state;

	load_a_file(f);
	type(f, "configure terminal");
	kernel.result = -EBUSY;
	assert_int_equal(type(f, "crypto map N 5 ipsec-isakmp"), -EBUSY);
	assert_true(complained(f, "% the kernel says no"));
	assert_int_equal(f->sh.ed.mode, CLI_MODE_CONFIG);
	assert_false(file_has(f->state, "crypto map N"));
	kernel.result = 0;
	assert_int_equal(type(f, "crypto map N 5 ipsec-isakmp"), 0);
	assert_int_equal(f->sh.ed.mode, CLI_MODE_MAP);
}

static void output_is_filtered(void **state)
{
	struct fixture *f = *state;

	load_a_file(f);
	assert_int_equal(type(f, "show run | include ^(host|inter)"), 0);
	assert_string_equal(f->out, "hostname r7\ninterface eth0\n");
	assert_int_equal(type(f, "show run | b interface"), 0);
	assert_string_equal(f->out, "interface eth0\n crypto map M\n!\nend\n");
	assert_int_equal(type(f, "show run | exc crypto|!|set|match|grou|hash|encr"
			      "|auth|mode|acc|int|end"), 0);
	assert_string_equal(f->out, "hostname r7\n");
	assert_int_equal(type(f, "show run | count x"), -EINVAL);
	assert_int_equal(type(f, "show run | include ("), -EINVAL);
	assert_int_equal(type(f, "show run | include"), -EINVAL);
}

static void configurations_are_copied(void **state)
{
	struct fixture *f = *state;
	char line[160];

	load_a_file(f);
	assert_int_equal(type(f, "write memory"), 0);
	assert_true(file_has(f->startup, "s3cret"));
	assert_int_equal(type(f, "show startup-config"), 0);
	assert_non_null(strstr(f->out, "hostname r7"));
	write_file(f->file, "hostname merged\n");
	snprintf(line, sizeof(line), "copy %s running-config", f->file);
	assert_int_equal(type(f, line), 0);
	assert_true(file_has(f->state, "hostname merged"));
	assert_true(file_has(f->state, "crypto map M"));
	snprintf(line, sizeof(line), "copy running-config %s", f->file);
	assert_int_equal(type(f, line), 0);
	assert_true(file_has(f->file, "s3cret"));
	assert_int_equal(type(f, "reload"), 0);
	assert_true(file_has(f->state, "hostname r7"));
	snprintf(line, sizeof(line), "check %s", f->file);
	assert_int_equal(type(f, line), 0);
	assert_string_equal(f->out, "");
}

static void what_is_not_known_is_not_removed(void **state)
{
	struct fixture *f = *state;

	kernel.bindings = 1;
	type(f, "configure terminal");
	assert_int_equal(type(f, "hostname x"), -ENOENT);
	assert_true(complained(f, "the kernel has crypto maps bound"));
	assert_int_equal(kernel.applied, 0);
	load_a_file(f);
	assert_false(kernel.knew_old);
}

static void type_lines(struct fixture *f, unsigned int third_byte)
{
	char line[64];
	unsigned int i;

	type(f, "configure terminal");
	for (i = 0; i < 25; i++) {
		snprintf(line, sizeof(line),
			 "access-list 150 permit ip host 10.0.%u.%u any",
			 third_byte, i);
		if (type(f, line))
			_exit(1);
	}
}

/* Two tools at once: no line of either is lost. */
static void tools_wait_for_each_other(void **state)
{
	struct fixture *f = *state;
	struct cm_config *cfg;
	struct err err;
	int status;
	pid_t pid;

	load_a_file(f);
	pid = fork();
	if (!pid) {
		type_lines(f, 1);
		_exit(0);
	}
	type_lines(f, 2);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(state_load(f->socket, &cfg, &err), 0);
	assert_int_equal(cfg_acl_find(cfg, "150")->n_aces, 50);
	cm_config_free(cfg);
}

static void json_is_json(void **state)
{
	struct fixture *f = *state;
	struct json_object *doc, *list, *text;

	load_a_file(f);
	f->sh.ctx.json = true;
	assert_int_equal(type(f, "show running-config"), 0);
	doc = json_tokener_parse(f->out);
	assert_true(json_object_object_get_ex(doc, "running_config", &list));
	assert_true(json_object_object_get_ex(
			json_object_array_get_idx(list, 0), "text", &text));
	assert_non_null(strstr(json_object_get_string(text), "hostname r7\n"));
	json_object_put(doc);
}

/* Every show command that needs neither kernel nor daemon; others: show_commands. */
static void every_show_has_json(void **state)
{
	static const char *const commands[][2] = {
		{ "show running-config", "running_config" },
		{ "show startup-config", "startup_config" },
		{ "show history", "history" },
		{ "show version", "version" },
		{ "show crypto isakmp policy", "isakmp_policy" },
		{ "show crypto ipsec transform-set", "transform_set" },
		{ "show crypto map", "crypto_map" },
	};
	struct fixture *f = *state;
	struct json_object *doc, *list;
	unsigned int i;

	load_a_file(f);
	assert_int_equal(type(f, "write"), 0);
	f->sh.ctx.json = true;
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		assert_int_equal(type(f, commands[i][0]), 0);
		doc = json_tokener_parse(f->out);
		assert_non_null(doc);
		assert_true(json_object_object_get_ex(doc, commands[i][1],
						      &list));
		assert_true(json_object_is_type(list, json_type_array));
		json_object_put(doc);
	}
}

/* Two namespaces, two sockets in one directory: not one configuration. */
static void each_socket_has_its_state(void **state)
{
	struct fixture *f = *state;
	char other[128];
	struct shell sh;

	load_a_file(f);
	snprintf(other, sizeof(other), "%s/blue", f->dir);
	shell_init(&sh, other, f->startup);
	write_file(f->file, "hostname blue\n");
	assert_int_equal(shell_load(&sh, f->file), 0);
	assert_int_equal(shell_load(&f->sh, f->file), 0);
	write_file(f->file, a_file);
	assert_int_equal(shell_load(&f->sh, f->file), 0);
	shell_free(&sh);
	assert_true(file_has(f->state, "hostname r7"));
	snprintf(other, sizeof(other), "%s/running-config-blue", f->dir);
	assert_true(file_has(other, "hostname blue"));
}

/* --- a daemon that answers three requests and hangs up --- */

struct cardboard_daemon {
	int fd;
	unsigned int requests;
	char *applied;
};

static struct json_object *read_request(int fd)
{
	struct control_frames frames = { 0 };
	struct json_object *request = NULL;
	char buf[4096];
	ssize_t n;

	while (control_frames_next(&frames, &request) == 0) {
		n = read(fd, buf, sizeof(buf));
		if (n <= 0)
			break;
		control_frames_feed(&frames, buf, n, CONTROL_FRAME_MAX);
	}
	control_frames_free(&frames);
	return request;
}

static struct json_object *answer(struct cardboard_daemon *d,
				  struct json_object *request)
{
	struct json_object *data = json_object_new_object(), *text, *list;

	switch (control_request_cmd(request)) {
	case CONTROL_CONFIG_GET:
		json_object_object_add(data, "text", json_object_new_string(
				"hostname from-daemon\n"));
		return control_reply_ok(data);
	case CONTROL_CONFIG_APPLY:
		json_object_object_get_ex(request, "text", &text);
		free(d->applied);
		d->applied = strdup(json_object_get_string(text));
		if (strstr(d->applied, "refuse")) {
			json_object_put(data);
			return control_reply_error(-EBUSY, "not now");
		}
		list = json_object_new_array();
		json_object_array_add(list,
				      json_object_new_string("take care"));
		json_object_object_add(data, "warnings", list);
		return control_reply_ok(data);
	default:
		json_object_put(data);
		return control_reply_error(-EINVAL, "unknown");
	}
}

static void *serve(void *arg)
{
	struct cardboard_daemon *d = arg;
	struct json_object *request, *reply;
	uint8_t *frame;
	size_t len;
	int fd;

	for (; d->requests; d->requests--) {
		fd = accept(d->fd, NULL, NULL);
		request = read_request(fd);
		reply = answer(d, request);
		control_frame_encode(reply, &frame, &len);
		if (write(fd, frame, len) != (ssize_t)len)
			abort();
		control_frame_free(frame, len);
		json_object_put(reply);
		json_object_put(request);
		close(fd);
	}
	return NULL;
}

static void the_daemon_holds_the_configuration(void **state)
{
	struct fixture *f = *state;
	struct cardboard_daemon d = { .requests = 5 };
	pthread_t thread;
	struct err err;

	d.fd = control_listen(f->socket, &err);
	assert_true(d.fd >= 0);
	fcntl(d.fd, F_SETFL, 0);	/* blocking */
	pthread_create(&thread, NULL, serve, &d);
	assert_int_equal(type(f, "show run | inc host"), 0);
	assert_string_equal(f->out, "hostname from-daemon\n");
	type(f, "configure");
	assert_int_equal(type(f, "logging level debug"), 0);
	assert_false(complained(f, "take care"));	/* said when all is done */
	assert_true(file_has(f->state, "logging level debug"));
	assert_int_equal(type(f, "hostname refuse"), -EBUSY);
	assert_true(complained(f, "not now"));
	assert_false(file_has(f->state, "refuse"));
	pthread_join(thread, NULL);
	assert_non_null(strstr(d.applied, "hostname refuse\n"));
	assert_int_equal(kernel.applied, 0);
	free(d.applied);
	close(d.fd);
	unlink(f->socket);
}

/* --- the prompt --- */

/* Types keys and waits until the text appears behind them. */
static void expect(int fd, const char *keys, const char *text)
{
	char seen[8192] = "";
	size_t len = 0;
	ssize_t n;

	assert_true(write(fd, keys, strlen(keys)) == (ssize_t)strlen(keys));
	while (!strstr(seen, text) && len < sizeof(seen) - 1) {
		struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

		n = poll(&poll_fd, 1, 20000);
		if (n > 0)
			n = read(fd, seen + len, sizeof(seen) - 1 - len);
		if (n <= 0)
			fail_msg("after '%s' not '%s' but: %s", keys, text,
				 seen);
		/* Terminals are sent NULs as padding. */
		for (; n; n--)
			if (seen[len])
				len++;
			else
				memmove(seen + len, seen + len + 1, n - 1);
		seen[len] = '\0';
	}
}

static void the_prompt_helps(void **state)
{
	struct fixture *f = *state;
	int fd, status;
	pid_t pid;

	load_a_file(f);
	dup2(f->saved_stderr, STDERR_FILENO);
	pid = forkpty(&fd, NULL, NULL, NULL);
	if (!pid) {
		setenv("TERM", "dumb", 1);
		_exit(shell_interactive(&f->sh) ? 1 : 0);
	}
	expect(fd, "", "r7# ");
	expect(fd, "show cry?", "Encryption and authentication\r\n");
	expect(fd, "\t", "crypto ");
	expect(fd, "m\t", "map ");
	expect(fd, "\x03", "^C\r\n");
	expect(fd, "conf t\n", "r7(config)# ");
	expect(fd, "bogus\n", "            ^\r\n% Invalid input");
	expect(fd, "int eth0\n", "r7(config-if)# ");
	expect(fd, "no cry map\n", "[confirm] ");
	expect(fd, "n\n", "r7(config-if)# ");
	expect(fd, "\x1a", "r7# ");
	expect(fd, "conf t\n", "r7(config)# ");
	expect(fd, "cry isa key Unseen9 hostn h9\n", "r7(config)# ");
	expect(fd, "end\n", "r7# ");
	expect(fd, "sh hist | exc Unseen9\n", "  int eth0\r\n");
	expect(fd, "sh hist | inc Unseen9\n",
	       "Unseen9\r\n  sh hist | exc Unseen9\r\n"
	       "  sh hist | inc Unseen9\r\nr7# ");
	expect(fd, "sh run | inc crypto map M\n", " crypto map M\r\n");
	/* ^P and the arrows fetch earlier lines, and back */
	expect(fd, "\x10", "sh run | inc crypto map M");
	expect(fd, "\n", " crypto map M\r\n");
	expect(fd, "\x10\x10", "sh hist | inc Unseen9");
	expect(fd, "\x0e", "sh run | inc crypto map M");
	expect(fd, "\x03", "^C\r\n");
	expect(fd, "\x1b[A\x1b[A\x1b[B", "sh run | inc crypto map M");
	expect(fd, "\n", " crypto map M\r\n");
	expect(fd, "exit\n", "exit");
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	close(fd);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_is_applied_and_remembered),
		TEST(a_bad_file_changes_nothing),
		TEST(a_refused_key_is_not_shown),
		TEST(control_characters_are_shown),
		TEST(lines_take_effect_one_by_one),
		TEST(a_refused_line_changes_nothing),
		TEST(a_line_that_does_not_fit_is_pointed_at),
		TEST(a_prompt_is_not_flooded),
		TEST(a_line_the_kernel_refuses_changes_nothing),
		TEST(output_is_filtered),
		TEST(configurations_are_copied),
		TEST(what_is_not_known_is_not_removed),
		TEST(tools_wait_for_each_other),
		TEST(json_is_json),
		TEST(every_show_has_json),
		TEST(each_socket_has_its_state),
		TEST(the_daemon_holds_the_configuration),
		TEST(the_prompt_helps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
