// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ike-daemon/aaa/pool.h"
#include "ike-daemon/engine.h"
#include "ike-daemon/engine_loop.h"
#include "ike-daemon/ppp/dhcp.h"
#include "ike-daemon/ppp/inform.h"
#include "ike-daemon/ppp/session.h"

struct inform {
	const struct ppp_session *session;
	struct event *event;
	int fd;
};

/* --- what is answered ---------------------------------------------------------- */

/* What goes through the tunnel, as XAUTH's clients are told of the same list. */
static void list_routes(const struct cm_config *cfg,
			const struct cfg_attrs *attrs, struct dhcp_terms *terms)
{
	const struct cfg_acl *acl = cfg_acl_find(cfg, attrs->acl);
	size_t i;

	if (attrs->split != CFG_SPLIT_SPECIFIED || !acl ||
	    acl->family != AF_INET)
		return;
	for (i = 0; i < acl->n_aces; i++) {
		const struct cfg_ace *ace = &acl->aces[i];
		struct addr mask = cfg_net_mask(&ace->src);

		if (ace->action != CFG_PERMIT || cfg_net_is_any(&ace->src) ||
		    terms->n_routes == DHCP_ROUTES_MAX)
			continue;
		if (!prefix_from_mask(&terms->route[terms->n_routes],
				      &ace->src.addr, &mask))
			terms->n_routes++;
	}
}

/* @attrs holds the domain. */
static void say_terms(const struct ppp_session *s, const struct cfg_attrs *attrs,
		      struct dhcp_terms *terms)
{
	*terms = (struct dhcp_terms){
		.own = ppp_own_address(s),
		.mask = addr_is_set(&attrs->intercept.mask) ?
			attrs->intercept.mask : addr_v4(INADDR_NONE, 0),
		.domain = attrs->domain,
	};
	memcpy(terms->dns, attrs->dns, sizeof(terms->dns));
	memcpy(terms->wins, attrs->wins, sizeof(terms->wins));
	list_routes(engine_config(s->e), attrs, terms);
}

static void answer(const struct inform *inform, const void *msg, size_t len)
{
	const struct ppp_session *s = inform->session;
	struct dhcp_terms terms;
	struct sockaddr_storage ss;
	struct cfg_attrs attrs;
	struct addr to;
	struct buf out;

	ppp_attrs(s, &attrs);
	if (!s->lease || !attrs.intercept.on)
		return;
	say_terms(s, &attrs, &terms);
	to = addr_v4(addr_to_v4(&s->lease->addr), DHCP_CLIENT_PORT);
	buf_init(&out, DHCP_MAX);
	if (!dhcp_answer(msg, len, &s->lease->addr, &terms, &out) &&
	    sendto(inform->fd, buf_data(&out), buf_len(&out), MSG_DONTWAIT,
		   (struct sockaddr *)&ss, addr_to_sockaddr(&to, &ss)) >= 0)
		log_debug(ike, "%s: DHCPINFORM of user %s is answered, with %zu routes",
			  s->ifname, s->user, terms.n_routes);
	buf_free(&out);
}

static void on_read(evutil_socket_t fd, short what, void *arg)
{
	uint8_t msg[DHCP_MAX];
	ssize_t n = recv(fd, msg, sizeof(msg), MSG_DONTWAIT);

	(void)what;
	if (n > 0)
		answer(arg, msg, n);
}

/* --- where it is asked ----------------------------------------------------------- */

/* Of this interface alone: others of this router may serve DHCP elsewhere. */
static int listen_on(const char *ifname)
{
	const struct sockaddr_in at = {
		.sin_family = AF_INET, .sin_port = htons(DHCP_SERVER_PORT),
	};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int on = 1;

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, ifname,
		       strlen(ifname) + 1) ||
	    bind(fd, (const struct sockaddr *)&at, sizeof(at))) {
		int err = -errno;

		close(fd);
		return err;
	}
	return fd;
}

struct inform *inform_new(struct loop *loop, const struct ppp_session *s)
{
	struct inform *inform;
	struct cfg_attrs attrs;
	int fd;

	ppp_attrs(s, &attrs);
	if (!attrs.intercept.on)
		return NULL;
	fd = listen_on(s->ifname);
	if (fd < 0) {
		log_warning(ike, "%s: DHCPINFORM of user %s will not be answered: port 67: %s",
			    s->ifname, s->user, strerror(-fd));
		return NULL;
	}
	inform = calloc(1, sizeof(*inform));
	if (!inform)
		goto close_fd;
	inform->session = s;
	inform->fd = fd;
	inform->event = event_new(loop_base(loop), fd, EV_READ | EV_PERSIST,
				  on_read, inform);
	if (!inform->event || event_add(inform->event, NULL))
		goto free_inform;
	return inform;

free_inform:
	if (inform->event)
		event_free(inform->event);
	free(inform);
close_fd:
	close(fd);
	return NULL;
}

void inform_free(struct inform *inform)
{
	if (!inform)
		return;
	event_free(inform->event);
	close(inform->fd);
	free(inform);
}
