// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ike-daemon/engine.h"
#include "ike-daemon/engine_loop.h"
#include "ike-daemon/helper/helper.h"
#include "ike-daemon/ppp/host.h"
#include "ike-daemon/ppp/inform.h"
#include "ike-daemon/ppp/l2tp.h"
#include "ike-daemon/ppp/session.h"
#include "tools/lib/control.h"
#include "tools/lib/secret.h"

#define HEADER	2	/* bytes: the length of a frame */

struct host {
	struct helper *helper;
	struct loop *loop;
	struct engine *engine;
	char dir[PATH_MAX];
	char path[PATH_MAX + 8];
	int fd;				/* -1: nobody may ask */
	struct event *on_accept;
	struct event *on_helper;
	struct list conns;
};

struct conn {
	struct host *host;
	struct list all;
	struct bufferevent *bev;
	struct ppp_session *session;
	struct inform *inform;		/* NULL: its interface is not up, or nobody answers */
};

/* --- connections of pppd's plugin ---------------------------------------------------- */

static void conn_free(struct conn *c)
{
	list_del(&c->all);
	inform_free(c->inform);
	ppp_session_free(c->session);
	bufferevent_free(c->bev);
	free(c);
}

static void conn_send(void *ctx, const struct ppp_wire_msg *msg)
{
	struct conn *c = ctx;
	struct buf b;

	buf_init(&b, HEADER + PPP_WIRE_MAX);
	ppp_wire_put(&b, msg);
	if (!buf_err(&b))
		bufferevent_write(c->bev, buf_data(&b), buf_len(&b));
	buf_free(&b);
}

static const struct ppp_link conn_link = { .send = conn_send };

/* 1: one more message was taken, 0: it is not whole, -EPROTO. */
static int take(struct conn *c, struct evbuffer *in)
{
	uint8_t data[HEADER + PPP_WIRE_MAX];
	struct ppp_wire_msg msg;
	size_t len;
	int err;

	if (evbuffer_copyout(in, data, HEADER) < HEADER)
		return 0;
	len = (size_t)data[0] << 8 | data[1];
	if (len > PPP_WIRE_MAX)
		return -EPROTO;
	if (evbuffer_get_length(in) < HEADER + len)
		return 0;
	evbuffer_remove(in, data, HEADER + len);
	err = ppp_wire_get(data + HEADER, len, &msg);
	if (!err)
		err = ppp_session_input(c->session, &msg);
	if (!err && msg.type == PPP_WIRE_UP && !c->inform)
		c->inform = inform_new(c->host->loop, c->session);
	secret_wipe(data, sizeof(data));
	secret_wipe(&msg, sizeof(msg));
	return err ? -EPROTO : 1;
}

static void on_read(struct bufferevent *bev, void *arg)
{
	struct conn *c = arg;
	struct loop *loop = c->host->loop;
	int ret;

	loop_tick(loop);
	while ((ret = take(c, bufferevent_get_input(bev))) > 0)
		;
	if (ret < 0) {
		log_warning(control, "pppd says what is no message: its session ends");
		conn_free(c);
	}
	loop_rearm(loop);
}

static void on_end(struct bufferevent *bev, short what, void *arg)
{
	struct conn *c = arg;
	struct loop *loop = c->host->loop;

	(void)bev;
	(void)what;
	loop_tick(loop);
	conn_free(c);
	loop_rearm(loop);
}

static void conn_new(struct host *h, int fd)
{
	struct conn *c = calloc(1, sizeof(*c));

	if (c)
		c->bev = bufferevent_socket_new(loop_base(h->loop), fd,
						BEV_OPT_CLOSE_ON_FREE);
	if (c && c->bev)
		c->session = ppp_session_new(h->engine, &conn_link, c);
	if (!c || !c->session) {
		if (c && c->bev)
			bufferevent_free(c->bev);
		else
			close(fd);
		free(c);
		return;
	}
	c->host = h;
	list_add_tail(&h->conns, &c->all);
	bufferevent_setcb(c->bev, on_read, NULL, on_end, c);
	bufferevent_enable(c->bev, EV_READ | EV_WRITE);
}

static void on_accept(evutil_socket_t fd, short what, void *arg)
{
	struct host *h = arg;
	int client = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)what;
	if (client < 0)
		return;
	if (control_peer_check(client))
		close(client);
	else
		conn_new(h, client);
}

/* --- the helper ------------------------------------------------------------------------ */

static void on_helper(evutil_socket_t fd, short what, void *arg)
{
	struct host *h = arg;
	struct helper_status status;
	int ret;

	(void)fd;
	(void)what;
	loop_tick(h->loop);
	while ((ret = helper_read(h->helper, &status)) > 0)
		l2tp_status(h->engine, &status);
	if (ret < 0) {
		event_del(h->on_helper);
		l2tp_lost(h->engine);
	}
	loop_rearm(h->loop);
}

static void stop_listening(struct host *h)
{
	if (h->on_accept)
		event_free(h->on_accept);
	h->on_accept = NULL;
	if (h->fd >= 0) {
		close(h->fd);
		unlink(h->path);
	}
	h->fd = -1;
}

static void listen_here(struct host *h)
{
	struct err err = { "" };

	if (h->fd >= 0)
		return;
	h->fd = control_listen(h->path, &err);
	if (h->fd < 0) {
		log_err(ike, "users of L2TP cannot be let in: %s", err.text);
		return;
	}
	h->on_accept = event_new(loop_base(h->loop), h->fd,
				 EV_READ | EV_PERSIST, on_accept, h);
	if (h->on_accept)
		event_add(h->on_accept, NULL);
}

static void serve(void *ctx, const struct helper_serve *serve)
{
	struct host *h = ctx;
	int err;

	if (serve->n)
		listen_here(h);
	else
		host_close(h);
	err = helper_serve(h->helper, serve);
	if (err)
		log_err(ike, "the helper process cannot be told: %s",
			strerror(-err));
}

static const struct l2tp_host host_ops = { .serve = serve };

/* --- from outside ------------------------------------------------------------------------ */

int host_new(const char *socket, const char *plugin, struct host **out,
	     struct err *err)
{
	struct host *h = calloc(1, sizeof(*h));
	char copy[PATH_MAX];
	int r;

	*out = NULL;
	if (!h)
		return err_set(err, -ENOMEM, "out of memory");
	h->fd = -1;
	list_init(&h->conns);
	snprintf(copy, sizeof(copy), "%s", socket);
	snprintf(h->dir, sizeof(h->dir), "%.4000s/l2tp", dirname(copy));
	snprintf(h->path, sizeof(h->path), "%s/ppp", h->dir);
	r = helper_start(h->dir, plugin, &h->helper, err);
	if (r)
		free(h);
	else
		*out = h;
	return r;
}

int host_serve(struct host *h, struct loop *loop, struct engine *e)
{
	h->loop = loop;
	h->engine = e;
	h->on_helper = event_new(loop_base(loop), helper_fd(h->helper),
				 EV_READ | EV_PERSIST, on_helper, h);
	if (!h->on_helper || event_add(h->on_helper, NULL))
		return -ENOMEM;
	l2tp_set_host(e, &host_ops, h);
	return 0;
}

void host_close(struct host *h)
{
	if (!h)
		return;
	stop_listening(h);
	while (!list_empty(&h->conns))
		conn_free(list_first(&h->conns, struct conn, all));
}

void host_free(struct host *h)
{
	if (!h)
		return;
	host_close(h);
	if (h->on_helper)
		event_free(h->on_helper);
	helper_free(h->helper);
	free(h);
}
