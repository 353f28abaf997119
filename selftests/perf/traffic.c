// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A fixed amount of traffic and how long it took.
 *
 *   traffic sink PORT                        serves both kinds until killed
 *   traffic tcp ADDR PORT BYTES              one connection, BYTES one way
 *   traffic udp ADDR PORT SIZE COUNT         COUNT datagrams of SIZE bytes
 *   traffic spread ADDR PORT SIZE COUNT FIRST
 *                                            to FIRST and the addresses after it;
 *                                            the sink is asked at ADDR
 *
 * Prints one JSON object: sent and received packets or bytes and the
 * nanoseconds from the first to the last of them at the receiver. Both ends
 * must share a kernel (CLOCK_MONOTONIC is compared). Under QEMU's -icount one
 * nanosecond is one guest instruction, so a fixed amount of work, not a fixed
 * time, is what gives a repeatable figure.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CHUNK		65536
#define RCVBUF		(64 << 20)
#define UDP_MIN		16
#define UDP_MAX		65000
#define FIN_TRIES	100

/* First bytes of a datagram, and the whole of a report. */
struct report {
	uint32_t run;	/* number of the sender's run, never 0 */
	uint32_t fin;	/* 1 = the sender asks for the report, 2 = the report */
	uint64_t count;	/* packets (UDP) or bytes (TCP) received */
	uint64_t first;	/* ns */
	uint64_t last;	/* ns */
};

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static void die(const char *what)
{
	fprintf(stderr, "traffic: %s: %s\n", what, strerror(errno));
	exit(1);
}

static unsigned long number(const char *text, const char *name, unsigned long min,
			    unsigned long max)
{
	char *end;
	unsigned long v;

	errno = 0;
	v = strtoul(text, &end, 10);
	if (errno || *end || end == text || v < min || v > max) {
		fprintf(stderr, "traffic: %s '%s' is not a number from %lu to %lu\n", name,
			text, min, max);
		exit(2);
	}
	return v;
}

static int bound_socket(int type, uint16_t port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	int one = 1, buf = RCVBUF;

	if (fd < 0)
		die("socket");
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)))
		die("SO_REUSEADDR");
	/* A full receive buffer would measure the receiver's scheduling. */
	if (type == SOCK_DGRAM &&
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buf, sizeof(buf)))
		die("SO_RCVBUFFORCE");
	if (bind(fd, (struct sockaddr *)&sin, sizeof(sin)))
		die("bind");
	if (type == SOCK_STREAM && listen(fd, 8))
		die("listen");
	return fd;
}

static void sink_tcp(int listener)
{
	static char chunk[CHUNK];
	struct report rep = { .fin = 2 };
	int fd = accept(listener, NULL, NULL);
	ssize_t n;

	if (fd < 0)
		return;
	while ((n = read(fd, chunk, sizeof(chunk))) > 0) {
		rep.last = now_ns();
		if (!rep.first)
			rep.first = rep.last;
		rep.count += (uint64_t)n;
	}
	if (n == 0 && write(fd, &rep, sizeof(rep)) != (ssize_t)sizeof(rep))
		fprintf(stderr, "traffic: report: %s\n", strerror(errno));
	close(fd);
}

static void sink_udp(int fd, struct report *rep)
{
	static char data[UDP_MAX];
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	struct report head = { 0 };
	ssize_t n = recvfrom(fd, data, sizeof(data), 0, (struct sockaddr *)&from, &len);

	if (n < UDP_MIN)
		return;
	memcpy(&head, data, (size_t)n < sizeof(head) ? (size_t)n : sizeof(head));
	if (head.run != rep->run)
		*rep = (struct report){ .run = head.run };
	if (head.fin == 1) {
		struct report answer = *rep;

		answer.fin = 2;
		sendto(fd, &answer, sizeof(answer), 0, (struct sockaddr *)&from, len);
		return;
	}
	rep->last = now_ns();
	if (!rep->first)
		rep->first = rep->last;
	rep->count++;
}

static _Noreturn void sink(uint16_t port)
{
	struct report udp = { 0 };
	struct pollfd fds[] = {
		{ .fd = bound_socket(SOCK_STREAM, port), .events = POLLIN },
		{ .fd = bound_socket(SOCK_DGRAM, port), .events = POLLIN },
	};

	puts("ready");
	fflush(stdout);
	for (;;) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			die("poll");
		if (fds[0].revents)
			sink_tcp(fds[0].fd);
		if (fds[1].revents)
			sink_udp(fds[1].fd, &udp);
	}
}

static struct sockaddr_in address(const char *addr, const char *port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };

	sin.sin_port = htons((uint16_t)number(port, "port", 1, 65535));
	if (inet_pton(AF_INET, addr, &sin.sin_addr) != 1) {
		fprintf(stderr, "traffic: '%s' is not an IPv4 address\n", addr);
		exit(2);
	}
	return sin;
}

static int connected(int type, const char *addr, const char *port)
{
	struct sockaddr_in sin = address(addr, port);
	int fd;

	fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	if (fd < 0)
		die("socket");
	if (connect(fd, (struct sockaddr *)&sin, sizeof(sin)))
		die("connect");
	return fd;
}

static void print_result(const char *kind, uint64_t sent, const struct report *rep)
{
	printf("{\"kind\":\"%s\",\"sent\":%" PRIu64 ",\"received\":%" PRIu64 ",\"ns\":%" PRIu64
	       "}\n", kind, sent, rep->count, rep->last - rep->first);
}

static int send_tcp(const char *addr, const char *port, uint64_t bytes)
{
	static char chunk[CHUNK];
	struct report rep;
	int fd = connected(SOCK_STREAM, addr, port);
	uint64_t left = bytes;

	while (left) {
		size_t want = left < sizeof(chunk) ? (size_t)left : sizeof(chunk);
		ssize_t n = write(fd, chunk, want);

		if (n < 0)
			die("write");
		left -= (uint64_t)n;
	}
	shutdown(fd, SHUT_WR);
	if (recv(fd, &rep, sizeof(rep), MSG_WAITALL) != (ssize_t)sizeof(rep))
		die("no report from the sink");
	print_result("tcp", bytes, &rep);
	close(fd);
	return rep.count == bytes ? 0 : 1;
}

static bool ask_report(int fd, uint32_t run, struct report *rep)
{
	struct report ask = { .run = run, .fin = 1 };
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int i;

	for (i = 0; i < FIN_TRIES; i++) {
		if (send(fd, &ask, sizeof(ask), 0) < 0 && errno != ECONNREFUSED)
			die("send");
		if (poll(&p, 1, 100) == 1 &&
		    recv(fd, rep, sizeof(*rep), 0) == (ssize_t)sizeof(*rep) &&
		    rep->run == run && rep->fin == 2)
			return true;
	}
	return false;
}

static int send_udp(const char *addr, const char *port, size_t size, uint64_t count,
		    const char *first)
{
	static char data[UDP_MAX];
	struct report head = { .run = (uint32_t)getpid() }, rep;
	int fd = connected(SOCK_DGRAM, addr, port);
	struct sockaddr_in to = address(first ? first : addr, port);
	uint64_t i;

	memcpy(data, &head, size < sizeof(head) ? size : sizeof(head));
	for (i = 0; i < count; i++) {
		if (sendto(fd, data, size, 0, first ? (struct sockaddr *)&to : NULL,
			   first ? sizeof(to) : 0) < 0 &&
		    errno != ENOBUFS && errno != ECONNREFUSED)
			die("send");
		to.sin_addr.s_addr = htonl(ntohl(to.sin_addr.s_addr) + 1);
	}
	if (!ask_report(fd, head.run, &rep))
		die("no report from the sink");
	print_result("udp", count, &rep);
	close(fd);
	return rep.count ? 0 : 1;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "sink"))
		sink((uint16_t)number(argv[2], "port", 1, 65535));
	if (argc == 5 && !strcmp(argv[1], "tcp"))
		return send_tcp(argv[2], argv[3], number(argv[4], "bytes", 1, 1UL << 40));
	if ((argc == 6 && !strcmp(argv[1], "udp")) ||
	    (argc == 7 && !strcmp(argv[1], "spread")))
		return send_udp(argv[2], argv[3], number(argv[4], "size", UDP_MIN, UDP_MAX),
				number(argv[5], "count", 1, 1000000000),
				argv[6]);
	fputs("usage: traffic sink PORT | tcp ADDR PORT BYTES | udp ADDR PORT SIZE COUNT |\n"
	      "       spread ADDR PORT SIZE COUNT FIRST\n", stderr);
	return 2;
}
