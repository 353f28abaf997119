// SPDX-License-Identifier: GPL-2.0-or-later
/* The tool's end of the control socket: connect, ask, wait. */
#include <errno.h>
#include <json-c/json.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tools/lib/control.h"

int control_connect(const char *path, struct err *err)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd, ret;

	if (!path)
		path = CONTROL_PATH_DEFAULT;
	if (strlen(path) >= sizeof(sun.sun_path))
		return err_set(err, -ENAMETOOLONG,
			       "%s: a socket path has at most %zu characters",
			       path, sizeof(sun.sun_path) - 1);
	strcpy(sun.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_set(err, -errno, "socket: %s", strerror(errno));
	if (!connect(fd, (struct sockaddr *)&sun, sizeof(sun)))
		return fd;
	ret = -errno;
	close(fd);
	if (ret == -ENOENT || ret == -ECONNREFUSED)
		return err_set(err, ret, "%s: ike-daemon is not running", path);
	return err_set(err, ret, "%s: %s", path, strerror(-ret));
}

static int send_all(int fd, const uint8_t *data, size_t len)
{
	while (len) {
		ssize_t n = send(fd, data, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

static int send_request(int fd, struct json_object *request)
{
	uint8_t *frame;
	size_t len;
	int ret = control_frame_encode(request, &frame, &len);

	if (ret)
		return ret;
	ret = send_all(fd, frame, len);
	control_frame_free(frame, len);
	return ret;
}

/* Wait for bytes and take them in; -ETIMEDOUT, -ECONNRESET. */
static int receive(int fd, struct control_frames *frames)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	uint8_t buf[16384];
	ssize_t n;
	int ret = poll(&p, 1, CONTROL_TIMEOUT_MS);

	if (!ret)
		return -ETIMEDOUT;
	if (ret < 0)
		return errno == EINTR ? 0 : -errno;
	n = recv(fd, buf, sizeof(buf), 0);
	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	if (!n)
		return -ECONNRESET;
	ret = control_frames_feed(frames, buf, (size_t)n, CONTROL_FRAME_MAX);
	explicit_bzero(buf, (size_t)n);
	return ret;
}

static int receive_reply(int fd, struct json_object **reply)
{
	struct control_frames frames = { 0 };
	int ret;

	while ((ret = control_frames_next(&frames, reply)) == 0) {
		ret = receive(fd, &frames);
		if (ret)
			break;
	}
	control_frames_free(&frames);
	return ret < 0 ? ret : 0;
}

/* Split a reply into its data or its error. */
static int judge(struct json_object *reply, struct json_object **data,
		 struct err *err)
{
	struct json_object *ok = NULL, *field = NULL;
	const char *text = "the daemon refused without saying why";
	int code = EIO;

	json_object_object_get_ex(reply, "ok", &ok);
	if (json_object_get_boolean(ok)) {
		json_object_object_get_ex(reply, "data", &field);
		if (data)
			*data = json_object_get(field);
		return 0;
	}
	if (json_object_object_get_ex(reply, "errno", &field) &&
	    json_object_get_int(field) > 0)
		code = json_object_get_int(field);
	if (json_object_object_get_ex(reply, "error", &field))
		text = json_object_get_string(field);
	return err_set(err, -code, "%s", text);
}

int control_call(int fd, enum control_cmd cmd, struct json_object *args,
		 struct json_object **data, struct err *err)
{
	struct json_object *reply = NULL;
	int ret;

	if (data)
		*data = NULL;
	if (!args)
		args = json_object_new_object();
	if (!args)
		return err_set(err, -ENOMEM, "no memory for a request");
	json_object_object_add(args, "cmd",
			       json_object_new_string(control_cmd_name(cmd)));
	ret = send_request(fd, args);
	if (!ret)
		ret = receive_reply(fd, &reply);
	json_object_put(args);
	if (ret)
		return err_set(err, ret, "ike-daemon did not answer %s: %s",
			       control_cmd_name(cmd), strerror(-ret));
	ret = judge(reply, data, err);
	json_object_put(reply);
	return ret;
}

int control_request(const char *path, enum control_cmd cmd,
		    struct json_object *args, struct json_object **data,
		    struct err *err)
{
	int fd = control_connect(path, err), ret;

	if (fd < 0) {
		json_object_put(args);
		if (data)
			*data = NULL;
		return fd;
	}
	ret = control_call(fd, cmd, args, data, err);
	close(fd);
	return ret;
}
