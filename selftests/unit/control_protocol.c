// SPDX-License-Identifier: GPL-2.0-or-later
/* The control protocol: frames cut anywhere, limits, replies, the socket. */
#include <errno.h>
#include <json-c/json.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "tools/lib/control.h"
#include "tools/lib/writer.h"

static void frames_cut_at_every_byte(void **state)
{
	struct json_object *msg = json_tokener_parse("{\"cmd\":\"version\",\"x\":[1,2]}");
	struct control_frames f = { 0 };
	struct json_object *got = NULL;
	uint8_t *frame;
	size_t len;

	(void)state;
	assert_int_equal(control_frame_encode(msg, &frame, &len), 0);
	for (size_t cut = 0; cut <= len; cut++) {
		assert_int_equal(control_frames_feed(&f, frame, cut, 1000), 0);
		assert_int_equal(control_frames_next(&f, &got), cut == len);
		if (cut < len) {
			assert_int_equal(control_frames_feed(&f, frame + cut,
							     len - cut, 1000), 0);
			assert_int_equal(control_frames_next(&f, &got), 1);
		}
		assert_true(json_object_equal(got, msg));
		assert_int_equal(control_request_cmd(got), CONTROL_VERSION);
		json_object_put(got);
	}
	/* two frames in one piece come out one by one */
	control_frames_feed(&f, frame, len, 1000);
	control_frames_feed(&f, frame, len, 1000);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(control_frames_next(&f, &got), 1);
		json_object_put(got);
	}
	assert_int_equal(control_frames_next(&f, &got), 0);
	control_frames_free(&f);
	control_frame_free(frame, len);
	json_object_put(msg);
}

static int feed_one(const void *bytes, size_t len, size_t max)
{
	struct control_frames f = { 0 };
	struct json_object *msg = NULL;
	int ret = control_frames_feed(&f, bytes, len, max);

	if (!ret)
		ret = control_frames_next(&f, &msg);
	json_object_put(msg);
	control_frames_free(&f);
	return ret;
}

static void bad_frames(void **state)
{
	(void)state;
	assert_int_equal(feed_one("\0\0\1\1{", 5, 256), -EMSGSIZE);
	assert_int_equal(feed_one("\xff\xff\xff\xff", 4, CONTROL_FRAME_MAX),
			 -EMSGSIZE);
	assert_int_equal(feed_one("\0\0\0\0", 4, 256), -EBADMSG);
	assert_int_equal(feed_one("\0\0\0\2[]", 6, 256), -EBADMSG);
	assert_int_equal(feed_one("\0\0\0\2{x", 6, 256), -EBADMSG);
	assert_int_equal(feed_one("\0\0\0\3{}x", 7, 256), -EBADMSG);
	assert_int_equal(feed_one("\0\0\0\2{}", 6, 256), 1);
}

static void deep_nesting_is_refused(void **state)
{
	uint8_t frame[4 + 200] = { 0, 0, 0, 200 };

	(void)state;
	memset(frame + 4, '[', 200);
	frame[4] = '{';
	memcpy(frame + 5, "\"a\":", 4);
	assert_int_equal(feed_one(frame, sizeof(frame), 256), -EBADMSG);
}

static void unknown_commands(void **state)
{
	struct json_object *msg = json_tokener_parse("{\"cmd\":\"dance\"}");

	(void)state;
	assert_int_equal(control_request_cmd(msg), CONTROL_CMD_COUNT);
	json_object_put(msg);
	msg = json_tokener_parse("{\"cmd\":7}");
	assert_int_equal(control_request_cmd(msg), CONTROL_CMD_COUNT);
	json_object_put(msg);
	for (unsigned int c = 0; c < CONTROL_CMD_COUNT; c++)
		assert_int_equal(control_cmd_find(control_cmd_name(c)), c);
}

/* --- A client against a server ----------------------------------------------------- */

struct server {
	int listener;
	const char *reply;	/* NULL: hang up */
	char cmd[32];
};

static void *serve(void *arg)
{
	struct server *s = arg;
	struct control_frames f = { 0 };
	struct json_object *msg = NULL, *reply;
	uint8_t buf[512], *frame;
	size_t len;
	int fd;

	while ((fd = accept(s->listener, NULL, NULL)) < 0)
		usleep(1000);
	assert_int_equal(control_peer_check(fd), 0);
	while (!control_frames_next(&f, &msg)) {
		ssize_t n = recv(fd, buf, sizeof(buf), 0);

		control_frames_feed(&f, buf, (size_t)n, 1 << 20);
	}
	snprintf(s->cmd, sizeof(s->cmd), "%s", rec_get_str(msg, "cmd"));
	if (s->reply) {
		reply = json_tokener_parse(s->reply);
		control_frame_encode(reply, &frame, &len);
		assert_int_equal(send(fd, frame, len, 0), (ssize_t)len);
		control_frame_free(frame, len);
		json_object_put(reply);
	}
	json_object_put(msg);
	control_frames_free(&f);
	close(fd);
	return NULL;
}

static int talk(const char *reply, enum control_cmd cmd,
		struct json_object **data, struct err *err)
{
	struct server s = { .reply = reply };
	char path[64];
	pthread_t thread;
	int ret;

	snprintf(path, sizeof(path), "/tmp/control-test.%d/socket", getpid());
	s.listener = control_listen(path, err);
	assert_true(s.listener >= 0);
	assert_int_equal(control_listen(path, err), -EADDRINUSE);
	/* that probe was a connection of its own */
	close(accept(s.listener, NULL, NULL));
	pthread_create(&thread, NULL, serve, &s);
	ret = control_request(path, cmd, NULL, data, err);
	pthread_join(thread, NULL);
	assert_string_equal(s.cmd, control_cmd_name(cmd));
	close(s.listener);
	/* stale now: replaced without asking */
	s.listener = control_listen(path, err);
	assert_true(s.listener >= 0);
	close(s.listener);
	unlink(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
	return ret;
}

static void replies(void **state)
{
	struct json_object *data;
	struct err err = { "" };

	(void)state;
	assert_int_equal(talk("{\"ok\":true,\"data\":{\"cleared\":4}}",
			      CONTROL_IPSEC_CLEAR, &data, &err), 0);
	assert_int_equal(rec_get_num(data, "cleared"), 4);
	json_object_put(data);
	assert_int_equal(talk("{\"ok\":false,\"errno\":2,\"error\":\"no SA 7\"}",
			      CONTROL_ISAKMP_CLEAR, &data, &err), -ENOENT);
	assert_string_equal(err.text, "no SA 7");
	assert_null(data);
	assert_int_equal(talk(NULL, CONTROL_VERSION, &data, &err), -ECONNRESET);
	assert_null(data);
	/* an answer without "ok" is no success */
	assert_true(talk("{}", CONTROL_VERSION, &data, &err) < 0);
}

static void nobody_listens(void **state)
{
	struct err err = { "" };

	(void)state;
	assert_int_equal(control_request("/tmp/no-such-dir/x", CONTROL_VERSION,
					 NULL, NULL, &err), -ENOENT);
	assert_non_null(strstr(err.text, "not running"));
}

static void templates(void **state)
{
	struct json_object *rec = json_tokener_parse(
		"{\"a\":10,\"s\":\"text\",\"n\":{\"b\":255}}");
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	(void)state;
	rec_expand(f, "{{{a}|{s:6}|{s:>6}|{n.b:x}|{n.b:X}|{none}|{n.none}", rec);
	fclose(f);
	assert_string_equal(text, "{10|text  |  text|ff|FF||");
	free(text);
	json_object_put(rec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_cut_at_every_byte),
		cmocka_unit_test(bad_frames),
		cmocka_unit_test(deep_nesting_is_refused),
		cmocka_unit_test(unknown_commands),
		cmocka_unit_test(replies),
		cmocka_unit_test(nobody_listens),
		cmocka_unit_test(templates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
