// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <event2/event.h>
#include <netlink/socket.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ike-daemon/engine.h"
#include "ike-daemon/engine_loop.h"
#include "ike-daemon/engine_reverse.h"
#include "ike-daemon/engine_route.h"
#include "ike-daemon/engine_sock.h"
#include "ike-daemon/kernel/genl.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/policy/route.h"
#include "tools/lib/netif.h"

/* Datagrams taken in one turn. */
#define BATCH	32

struct loop {
	struct event_base *base;
	struct engine *engine;
	struct kernel *kernel;
	const struct ike_sock *socks;
	struct event *on_sock[IKE_SOCKS];
	struct event *on_kernel;
	struct event *on_work;
	struct event *on_waiting;
	struct event *on_asking;
	struct event *on_time;
	uint64_t armed_ms;		/* when it will happen, or TIMER_NEVER */
	struct event *on_routes;
	struct nl_sock *routes;
	struct event *on_addresses;
	int addresses;			/* socket, or -1 */
	struct event *on_term;
	struct event *on_int;
	uint8_t data[ISAKMP_MSG_MAX];
};

static uint64_t clock_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void loop_tick(struct loop *l)
{
	if (l->engine)
		engine_tick(l->engine, clock_ms());
}

void loop_rearm(struct loop *l)
{
	uint64_t due, now;
	struct timeval tv;

	if (!l->engine || !l->on_time)
		return;
	due = timers_due(&l->engine->timers);
	/* Mostly another peer's is due first, and stays so. */
	if (due == l->armed_ms)
		return;
	l->armed_ms = due;
	if (due == TIMER_NEVER) {
		event_del(l->on_time);
		return;
	}
	now = clock_ms();
	due = due > now ? due - now : 0;
	tv.tv_sec = due / 1000;
	tv.tv_usec = due % 1000 * 1000;
	event_add(l->on_time, &tv);
}

static void on_sock(evutil_socket_t fd, short what, void *arg)
{
	struct loop *l = arg;
	const struct ike_sock *s = l->socks;
	struct addr local, remote;
	unsigned int i;
	size_t len;

	(void)what;
	while (s->fd != fd)
		s++;
	loop_tick(l);
	for (i = 0; i < BATCH; i++) {
		int err = sock_receive(s, l->data, sizeof(l->data), &len,
				       &local, &remote);

		/* Errors of earlier sends, such as refused ports, end up here. */
		if (err == -EAGAIN)
			break;
		if (!err)
			engine_input(l->engine, &local, &remote, l->data, len);
	}
	loop_rearm(l);
}

static void on_kernel(evutil_socket_t fd, short what, void *arg)
{
	struct loop *l = arg;
	int err;

	(void)fd;
	(void)what;
	loop_tick(l);
	err = genl_read(l->kernel);
	if (err)
		log_err(kernel, "events cannot be read: %s", strerror(-err));
	loop_rearm(l);
}

static void on_work(evutil_socket_t fd, short what, void *arg)
{
	struct loop *l = arg;

	(void)fd;
	(void)what;
	loop_tick(l);
	work_poll(l->engine->pool);
	if (l->engine->waiting != l->engine->pool)
		work_poll(l->engine->waiting);
	if (l->engine->asking != l->engine->pool)
		work_poll(l->engine->asking);
	loop_rearm(l);
}

static void on_routes(evutil_socket_t fd, short what, void *arg)
{
	struct loop *l = arg;

	(void)fd;
	(void)what;
	loop_tick(l);
	reverse_watch_read(l->routes, policy_route_event, l->engine);
	loop_rearm(l);
}

static void on_addresses(evutil_socket_t fd, short what, void *arg)
{
	struct loop *l = arg;

	(void)what;
	loop_tick(l);
	if (route_watch_read(fd))
		policy_addresses_changed(l->engine);
	loop_rearm(l);
}

static void on_time(evutil_socket_t fd, short what, void *arg)
{
	struct loop *l = arg;

	(void)fd;
	(void)what;
	l->armed_ms = TIMER_NEVER;	/* it happens once */
	loop_tick(l);
	loop_rearm(l);
}

static void on_signal(evutil_socket_t sig, short what, void *arg)
{
	(void)what;
	log_notice(main, "%s: leaving; SAs and maps stay in the kernel",
		   strsignal(sig));
	loop_stop(arg);
}

static int net_send(void *ctx, const struct addr *from, const struct addr *to,
		    const uint8_t *data, size_t len)
{
	struct loop *l = ctx;

	return socks_send(l->socks, from, to, data, len);
}

static int net_local_address(void *ctx, const char *ifname, int family,
			     struct addr *out)
{
	(void)ctx;
	return netif_address(ifname, family, out);
}

static bool net_has_address(void *ctx, const char *ifname,
			    const struct addr *addr)
{
	(void)ctx;
	return route_has_address(ifname, addr);
}

static bool net_knows_addresses(void *ctx)
{
	(void)ctx;
	return route_knows_addresses();
}

static int net_network(void *ctx, const char *ifname, struct prefix *out)
{
	(void)ctx;
	return netif_network(ifname, out);
}

static int net_route(void *ctx, const struct addr *dst,
		     char ifname[IF_NAMESIZE])
{
	(void)ctx;
	return route_interface(dst, ifname);
}

static int net_reverse_way(void *ctx, const struct addr *peer,
			   const char *ifname, struct reverse_way *out)
{
	(void)ctx;
	return reverse_way(peer, ifname, out);
}

static int net_reverse_fits(void *ctx, const struct range *dst)
{
	(void)ctx;
	return reverse_fits(dst);
}

static int net_reverse_add(void *ctx, const struct prefix *dst,
			   const struct reverse_way *way)
{
	(void)ctx;
	return reverse_add(dst, way);
}

static int net_reverse_del(void *ctx, const struct prefix *dst)
{
	(void)ctx;
	return reverse_del(dst);
}

static int net_reverse_routes(void *ctx, reverse_fn *fn, void *arg)
{
	(void)ctx;
	return reverse_routes(fn, arg);
}

static uint64_t net_clock(void *ctx)
{
	(void)ctx;
	return clock_ms();
}

const struct engine_net loop_net = {
	.send = net_send,
	.clock = net_clock,
	.local_address = net_local_address,
	.has_address = net_has_address,
	.knows_addresses = net_knows_addresses,
	.network = net_network,
	.route = net_route,
	.reverse_way = net_reverse_way,
	.reverse_fits = net_reverse_fits,
	.reverse_add = net_reverse_add,
	.reverse_del = net_reverse_del,
	.reverse_routes = net_reverse_routes,
};

struct loop *loop_new(void)
{
	struct loop *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->armed_ms = TIMER_NEVER;
	l->addresses = -1;
	l->base = event_base_new();
	if (!l->base) {
		free(l);
		return NULL;
	}
	return l;
}

static void event_drop(struct event *ev)
{
	if (ev)
		event_free(ev);
}

void loop_free(struct loop *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < IKE_SOCKS; i++)
		event_drop(l->on_sock[i]);
	event_drop(l->on_kernel);
	event_drop(l->on_work);
	event_drop(l->on_waiting);
	event_drop(l->on_asking);
	event_drop(l->on_time);
	event_drop(l->on_routes);
	event_drop(l->on_addresses);
	if (l->addresses >= 0)
		close(l->addresses);
	nl_socket_free(l->routes);
	reverse_close();
	route_close();
	event_drop(l->on_term);
	event_drop(l->on_int);
	event_base_free(l->base);
	free(l);
}

struct event_base *loop_base(struct loop *l)
{
	return l->base;
}

void loop_stop(struct loop *l)
{
	event_base_loopbreak(l->base);
}

static struct event *watch(struct loop *l, int fd, short what,
			   event_callback_fn fn)
{
	struct event *ev = event_new(l->base, fd, what | EV_PERSIST, fn, l);

	if (ev && event_add(ev, NULL)) {
		event_free(ev);
		ev = NULL;
	}
	return ev;
}

void loop_set_socks(struct loop *l, const struct ike_sock *socks)
{
	l->socks = socks;
}

void loop_serve(struct loop *l, struct engine *e, struct kernel *k)
{
	l->engine = e;
	l->kernel = k;
	loop_tick(l);
}

static bool watch_socks(struct loop *l)
{
	bool all = true;
	size_t i;

	for (i = 0; i < IKE_SOCKS; i++) {
		if (l->socks[i].fd < 0)
			continue;
		l->on_sock[i] = watch(l, l->socks[i].fd, EV_READ, on_sock);
		all = all && l->on_sock[i];
	}
	return all;
}

/* What has changed before is looked at in any case. */
static void watch_routes(struct loop *l)
{
	l->routes = reverse_watch();
	if (l->routes)
		l->on_routes = watch(l, nl_socket_get_fd(l->routes), EV_READ,
				     on_routes);
	if (!l->on_routes)
		log_warning(net, "routes cannot be watched: reverse routes do not follow changes");
	policy_route_event(l->engine, REVERSE_CHANGED, NULL, 0);
}

/* Likewise. */
static void watch_addresses(struct loop *l)
{
	l->addresses = route_watch();
	if (l->addresses >= 0)
		l->on_addresses = watch(l, l->addresses, EV_READ, on_addresses);
	if (!l->on_addresses)
		log_warning(net, "addresses cannot be watched: SAs do not follow changes");
	policy_addresses_changed(l->engine);
}

int loop_run(struct loop *l, struct err *err)
{
	bool all = watch_socks(l);

	l->on_kernel = watch(l, genl_fd(l->kernel), EV_READ, on_kernel);
	l->on_work = watch(l, work_fd(l->engine->pool), EV_READ, on_work);
	l->on_waiting = watch(l, work_fd(l->engine->waiting), EV_READ, on_work);
	l->on_asking = watch(l, work_fd(l->engine->asking), EV_READ, on_work);
	l->on_term = watch(l, SIGTERM, EV_SIGNAL, on_signal);
	l->on_int = watch(l, SIGINT, EV_SIGNAL, on_signal);
	l->on_time = event_new(l->base, -1, 0, on_time, l);
	if (!all || !l->on_kernel || !l->on_work || !l->on_waiting || !l->on_asking ||
	    !l->on_term || !l->on_int || !l->on_time)
		return err_set(err, -ENOMEM, "event loop: out of memory");
	watch_routes(l);
	watch_addresses(l);
	loop_rearm(l);
	if (event_base_dispatch(l->base) < 0)
		return err_set(err, -EIO, "event loop failed");
	return 0;
}
