// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ike-daemon/control/server.h"
#include "ike-daemon/engine_loop.h"
#include "ike-daemon/sa/list.h"
#include "tools/lib/control.h"
#include "tools/lib/log.h"

#define CLIENTS_MAX	64
/* A client that does not take its answers is dropped, seconds. */
#define WRITE_TIMEOUT_S	30

struct server {
	struct loop *loop;
	struct engine *engine;
	char *path;
	int fd;
	struct event *on_accept;
	struct list clients;
	unsigned int nclients;
	bool stop;
};

struct client {
	struct server *server;
	struct list all;
	struct bufferevent *bev;
	struct control_frames frames;
};

static void client_free(struct client *c)
{
	list_del(&c->all);
	c->server->nclients--;
	control_frames_free(&c->frames);
	bufferevent_free(c->bev);
	free(c);
}

static int reply(struct client *c, struct json_object *msg)
{
	uint8_t *frame;
	size_t len;
	int err = msg ? control_frame_encode(msg, &frame, &len) : -ENOMEM;

	if (!err) {
		err = bufferevent_write(c->bev, frame, len);
		control_frame_free(frame, len);
	}
	json_object_put(msg);
	return err;
}

static int answer(struct client *c, struct json_object *msg)
{
	struct server *s = c->server;
	struct request r = { .e = s->engine, .args = msg };
	int err;

	loop_tick(s->loop);
	err = reply(c, control_handle(&r));
	loop_rearm(s->loop);
	s->stop |= r.stop;
	return err;
}

/* -errno: the client has to go. */
static int take_requests(struct client *c)
{
	struct json_object *msg;
	int err;

	while ((err = control_frames_next(&c->frames, &msg)) > 0) {
		err = answer(c, msg);
		json_object_put(msg);
		if (err)
			return err;
	}
	return err;
}

static void on_read(struct bufferevent *bev, void *arg)
{
	struct client *c = arg;
	uint8_t data[16384];
	size_t n;
	int err = 0;

	while (!err && (n = bufferevent_read(bev, data, sizeof(data))) > 0) {
		err = control_frames_feed(&c->frames, data, n,
					  CONTROL_FRAME_MAX);
		if (!err)
			err = take_requests(c);
	}
	explicit_bzero(data, sizeof(data));
	if (err) {
		log_notice(control, "a client is dropped: %s", strerror(-err));
		client_free(c);
	}
}

static void on_written(struct bufferevent *bev, void *arg)
{
	struct client *c = arg;

	(void)bev;
	if (c->server->stop)
		loop_stop(c->server->loop);
}

static void on_end(struct bufferevent *bev, short what, void *arg)
{
	struct client *c = arg;
	struct server *s = c->server;

	(void)bev;
	(void)what;
	client_free(c);
	if (s->stop)
		loop_stop(s->loop);
}

static void new_client(struct server *s, int fd)
{
	struct timeval limit = { .tv_sec = WRITE_TIMEOUT_S };
	struct client *c = calloc(1, sizeof(*c));

	if (c)
		c->bev = bufferevent_socket_new(loop_base(s->loop), fd,
						BEV_OPT_CLOSE_ON_FREE);
	if (!c || !c->bev) {
		free(c);
		close(fd);
		return;
	}
	c->server = s;
	list_add_tail(&s->clients, &c->all);
	s->nclients++;
	bufferevent_setcb(c->bev, on_read, on_written, on_end, c);
	bufferevent_set_timeouts(c->bev, NULL, &limit);
	bufferevent_enable(c->bev, EV_READ | EV_WRITE);
}

static void on_accept(evutil_socket_t fd, short what, void *arg)
{
	struct server *s = arg;
	int client;

	(void)what;
	client = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (client < 0)
		return;
	if (control_peer_check(client) || s->nclients >= CLIENTS_MAX)
		close(client);
	else
		new_client(s, client);
}

int server_new(const char *path, struct loop *loop, struct server **out,
	       struct err *err)
{
	struct server *s = calloc(1, sizeof(*s));

	*out = NULL;
	if (!s)
		return err_set(err, -ENOMEM, "out of memory");
	s->loop = loop;
	list_init(&s->clients);
	s->fd = control_listen(path, err);
	if (s->fd < 0) {
		int code = s->fd;

		free(s);
		return code;
	}
	s->path = strdup(path);
	s->on_accept = event_new(loop_base(loop), s->fd, EV_READ | EV_PERSIST,
				 on_accept, s);
	if (!s->path || !s->on_accept) {
		server_free(s);
		return err_set(err, -ENOMEM, "out of memory");
	}
	*out = s;
	return 0;
}

void server_start(struct server *s, struct engine *e)
{
	s->engine = e;
	event_add(s->on_accept, NULL);
}

void server_free(struct server *s)
{
	if (!s)
		return;
	while (!list_empty(&s->clients))
		client_free(list_first(&s->clients, struct client, all));
	if (s->on_accept)
		event_free(s->on_accept);
	if (s->path)
		unlink(s->path);
	close(s->fd);
	free(s->path);
	free(s);
}
