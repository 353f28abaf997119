// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_pppox.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "tools/lib/ppp_wire.h"
#include "tools/pppd/client.h"

/* Longer than servers of RADIUS are waited for. */
#define ANSWER_MS	90000
/* Descriptors among which that of the session is; pppd is given few. */
#define FD_MAX		64

static int fd = -1;

static int put(const struct ppp_wire_msg *msg)
{
	struct buf b;
	int err;

	buf_init(&b, 2 + PPP_WIRE_MAX);
	ppp_wire_put(&b, msg);
	err = buf_err(&b);
	if (!err && send(fd, buf_data(&b), buf_len(&b), MSG_NOSIGNAL) !=
		    (ssize_t)buf_len(&b))
		err = -EPIPE;
	buf_free(&b);
	return err;
}

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* All of @len bytes, until the time @end. */
static int take(uint8_t *out, size_t len, int64_t end)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	while (len) {
		int64_t left = end - now_ms();
		ssize_t n;

		if (left <= 0 || (poll(&p, 1, (int)left) < 0 && errno != EINTR))
			return -ETIMEDOUT;
		n = recv(fd, out, len, MSG_DONTWAIT);
		if (!n)
			return -EPIPE;
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return -errno;
		if (n > 0) {
			out += n;
			len -= n;
		}
	}
	return 0;
}

static int get(struct ppp_wire_msg *msg, int64_t wait_ms)
{
	uint8_t data[PPP_WIRE_MAX], size[2];
	int64_t end = now_ms() + wait_ms;
	int err = take(size, sizeof(size), end);
	size_t len = (size_t)size[0] << 8 | size[1];

	if (!err && len > sizeof(data))
		err = -EMSGSIZE;
	if (!err)
		err = take(data, len, end);
	if (!err)
		err = ppp_wire_get(data, len, msg);
	return err;
}

/*
 * Where the L2TP comes from, the socket of the session knows.  Several clients behind one NAT
 * have one address; the port, which the kernel has given each (SA_F_NAT_DEMUX), tells them
 * apart.  Unset where xl2tpd carries the data itself, as it does without l2tp_ppp.
 */
static struct addr find_peer(void)
{
	struct sockaddr_pppol2tp sp;
	socklen_t len;
	int i;

	for (i = 0; i < FD_MAX; i++) {
		len = sizeof(sp);
		memset(&sp, 0, sizeof(sp));
		if (getpeername(i, (struct sockaddr *)&sp, &len) ||
		    sp.sa_family != AF_PPPOX || len < sizeof(sp) ||
		    sp.sa_protocol != PX_PROTO_OL2TP)
			continue;
		return addr_v4(ntohl(sp.pppol2tp.addr.sin_addr.s_addr),
			       ntohs(sp.pppol2tp.addr.sin_port));
	}
	return (struct addr){ 0 };
}

int client_open(const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct ppp_wire_msg msg = { .type = PPP_WIRE_CALL };

	if (strlen(path) >= sizeof(sun.sun_path))
		return -ENAMETOOLONG;
	strcpy(sun.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&sun, sizeof(sun)))
		return -errno;
	msg.call.peer = find_peer();
	return put(&msg);
}

static uint8_t copy_bytes(uint8_t out[PPP_WIRE_BYTES], const unsigned char *in)
{
	if (!in || in[0] > PPP_WIRE_BYTES)
		return 0;
	memcpy(out, in + 1, in[0]);
	return in[0];
}

static uint32_t number_of(const struct addr *addr)
{
	return addr->family == AF_INET ? htonl(addr_to_v4(addr)) : 0;
}

static int refuse(struct client_terms *terms, const char *why)
{
	memset(terms, 0, sizeof(*terms));
	snprintf(terms->message, sizeof(terms->message), "%s", why);
	return 0;
}

static void take_answer(const struct ppp_wire_answer *answer,
			struct client_terms *terms)
{
	unsigned int i;

	memcpy(terms->message, answer->message, sizeof(terms->message));
	terms->address = number_of(&answer->address);
	terms->own = number_of(&answer->own);
	terms->idle = answer->idle;
	for (i = 0; i < 2; i++) {
		terms->dns[i] = number_of(&answer->dns[i]);
		terms->wins[i] = number_of(&answer->wins[i]);
	}
}

int client_ask(const struct client_ask *ask, struct client_terms *terms)
{
	struct ppp_wire_msg msg = { .type = PPP_WIRE_ASK };
	int granted = 0, err;

	if (strlen(ask->user) >= PPP_WIRE_TEXT ||
	    strlen(ask->password) >= PPP_WIRE_TEXT)
		return refuse(terms, "Not accepted");
	msg.ask.method = ask->method;
	strcpy(msg.ask.user, ask->user);
	strcpy(msg.ask.password, ask->password);
	msg.ask.id = ask->id;
	msg.ask.challenge_len = copy_bytes(msg.ask.challenge, ask->challenge);
	msg.ask.response_len = copy_bytes(msg.ask.response, ask->response);
	err = put(&msg);
	explicit_bzero(&msg, sizeof(msg));
	if (!err)
		err = get(&msg, ANSWER_MS);
	if (err || msg.type != PPP_WIRE_ANSWER)
		return refuse(terms, "The server is not available");
	take_answer(&msg.answer, terms);
	granted = msg.answer.granted;
	return granted;
}

void client_up(const char *ifname)
{
	struct ppp_wire_msg msg = { .type = PPP_WIRE_UP };

	snprintf(msg.up.ifname, sizeof(msg.up.ifname), "%s", ifname);
	put(&msg);
}

int client_is_over(char *reason)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct ppp_wire_msg msg;

	if (poll(&p, 1, 0) <= 0)
		return 0;
	if (!get(&msg, 1000) && msg.type == PPP_WIRE_END)
		snprintf(reason, CLIENT_TEXT, "%s", msg.end.reason);
	else
		snprintf(reason, CLIENT_TEXT, "the daemon has gone");
	return 1;
}
