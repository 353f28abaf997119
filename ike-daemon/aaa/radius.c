// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A client of RADIUS of our own: libradcli as Debian 12 has it, 1.2.11, computes the
 * authenticator of an answer and then goes on whatever comes out, so that anybody may
 * answer; nor does it know Message-Authenticator outside EAP.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "ike-daemon/aaa/radius.h"
#include "ike-daemon/aaa/radius_wire.h"

/* One that is being asked. */
struct dialogue {
	struct radius_query query;
	const atomic_bool *stop;
	enum radius_trouble trouble;	/* the worst so far */
	int fd;
};

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* From another address nothing is heard; the port is a new one each time. */
static int socket_to(const struct addr *server)
{
	struct sockaddr_storage ss;
	socklen_t len = addr_to_sockaddr(server, &ss);
	int fd = socket(server->family, SOCK_DGRAM | SOCK_CLOEXEC |
			SOCK_NONBLOCK, 0);

	if (fd >= 0 && connect(fd, (struct sockaddr *)&ss, len)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static void note(struct dialogue *d, enum radius_trouble trouble)
{
	if (trouble > d->trouble)
		d->trouble = trouble;
}

/* One datagram.  True: it is a valid answer, or none will come. */
static bool hear(struct dialogue *d, struct radius_reply *reply)
{
	uint8_t data[RADIUS_PACKET_MAX];
	enum radius_trouble trouble;
	ssize_t n = recv(d->fd, data, sizeof(data), 0);

	if (n < 0 && errno != ECONNREFUSED)
		return false;
	trouble = n < 0 ? RADIUS_REFUSES :
			  radius_answer_get(&d->query, data, n, reply);
	note(d, trouble);
	return !trouble || trouble == RADIUS_REFUSES;
}

/* True: as above. */
static bool wait_until(struct dialogue *d, uint64_t end,
		       struct radius_reply *reply)
{
	struct pollfd p = { .fd = d->fd, .events = POLLIN };
	uint64_t now;

	while ((now = now_ms()) < end && !atomic_load(d->stop)) {
		uint64_t left = end - now;

		if (poll(&p, 1, left < RADIUS_STOP_MS ? (int)left :
							RADIUS_STOP_MS) > 0 &&
		    hear(d, reply))
			return true;
	}
	return false;
}

/* The same request each time, so that a server which was only slow answers once. */
static void ask_server(struct dialogue *d, const struct radius_server *server,
		       struct radius_reply *reply)
{
	unsigned int i;

	for (i = 0; i < server->attempts && !atomic_load(d->stop); i++) {
		if (send(d->fd, buf_data(&d->query.packet),
			 buf_len(&d->query.packet), MSG_NOSIGNAL) < 0) {
			note(d, RADIUS_REFUSES);
			return;
		}
		if (wait_until(d, now_ms() + server->timeout * 1000ull, reply))
			return;
	}
	note(d, RADIUS_LATE);
}

void radius_servers(const struct cm_config *cfg, const char *group,
		    struct radius_request *rq)
{
	const struct cfg_radius *last = NULL, *r;

	rq->may_be_unsigned = cfg->radius_unsigned;
	while (rq->n < CFG_RADIUS_MAX &&
	       (r = cfg_radius_next(cfg, group, &last))) {
		struct radius_server *to = &rq->servers[rq->n];

		if (!cfg_radius_secret(cfg, r)[0])
			continue;
		to->address = r->address;
		to->timeout = cfg_radius_timeout(cfg, r);
		to->attempts = cfg_radius_retransmit(cfg, r) + 1;
		snprintf(to->secret, sizeof(to->secret), "%s",
			 cfg_radius_secret(cfg, r));
		rq->n++;
	}
}

void radius_continue(struct radius_request *rq,
		     const struct radius_reply *challenge)
{
	unsigned int i = 0;

	while (i < rq->n && !addr_port_equal(&rq->servers[i].address,
					     &challenge->server))
		i++;
	if (i && i < rq->n)
		rq->servers[0] = rq->servers[i];
	rq->n = i < rq->n;
	memcpy(rq->state, challenge->state, challenge->state_len);
	rq->state_len = challenge->state_len;
}

void radius_ask(const struct radius_request *rq, const atomic_bool *stop,
		struct radius_reply *reply)
{
	unsigned int i;

	memset(reply, 0, sizeof(*reply));
	for (i = 0; i < rq->n && reply->answer == RADIUS_SILENT; i++) {
		const struct radius_server *server = &rq->servers[i];
		struct dialogue d = {
			.stop = stop, .fd = socket_to(&server->address),
		};

		reply->server = reply->servers[i] = server->address;
		if (d.fd < 0 ||
		    radius_query_new(&d.query, rq, server->secret))
			note(&d, RADIUS_REFUSES);
		else
			ask_server(&d, server, reply);
		radius_query_free(&d.query);
		if (d.fd >= 0)
			close(d.fd);
		reply->trouble[i] = reply->answer == RADIUS_SILENT ?
				    d.trouble : RADIUS_NONE;
	}
}

void radius_policy(const struct radius_reply *reply, char out[CFG_NAME_SIZE])
{
	const char *class = (const char *)reply->class;
	size_t n = reply->class_len;

	out[0] = '\0';
	if (n < 3 || strncasecmp(class, "ou=", 3))
		return;
	n -= 3;
	if (n && class[3 + n - 1] == ';')
		n--;
	if (n >= CFG_NAME_SIZE || memchr(class + 3, '\0', n))
		return;
	memcpy(out, class + 3, n);
	out[n] = '\0';
}

char *radius_trouble_text(const struct radius_reply *reply, char *out,
			  size_t size)
{
	static const char *const what[] = {
#define X(id, text) [RADIUS_##id] = text,
		RADIUS_TROUBLES(X)
#undef X
	};
	char server[ADDR_STRLEN];
	size_t at = 0;
	unsigned int i;

	*out = '\0';
	for (i = 0; i < CFG_RADIUS_MAX && at < size; i++) {
		if (!reply->trouble[i])
			continue;
		at += snprintf(out + at, size - at, "%s%s %s", at ? ", " : "",
			       addr_format_port(&reply->servers[i], server,
						sizeof(server)),
			       what[reply->trouble[i]]);
	}
	return out;
}
