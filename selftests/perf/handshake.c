// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Many peers that negotiate with one responder, whichever it is: each has an engine of
 * ike-daemon with a simulated data plane, and an address of its own.
 *
 *	handshake peers COUNT AT-A-TIME FIRST RESPONDER GROUP
 *
 * Addresses from FIRST on, 10.1.0.0/24 behind RESPONDER, pre-shared key Secret, AES-256,
 * SHA-256. Prints "COUNT ESTABLISHED NANOSECONDS" when all have a pair of IPsec SAs, or
 * nothing has happened for ten seconds.
 *
 *	handshake bound COUNT GROUP
 *
 * What OpenSSL takes for the Diffie-Hellman of so many: prints "COUNT NANOSECONDS" of
 * processor time.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "ike-daemon/crypto/crypto.h"
#include "ike-daemon/engine.h"
#include "ike-daemon/kernel/sim.h"
#include "tools/cli/config.h"
#include "tools/cli/model.h"

#define COUNT_MAX	50000
#define QUIET_MS	10000
#define TICK_MS		100
#define EVENTS		64

static void die(const char *what)
{
	fprintf(stderr, "handshake: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t now_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

/* --- peers ------------------------------------------------------------------- */

struct end {
	struct addr addr;
	struct engine *engine;
	struct sim *sim;
	int fd;
};

static struct {
	struct end *end;
	unsigned int count;
	unsigned int begun;
	unsigned int up;
	unsigned int at_a_time;
	struct addr responder;
	unsigned int group;
	struct work_pool *pool;
	int epoll;
	uint64_t last_ms;		/* that one came up */
} all;

static uint64_t end_clock(void *ctx)
{
	(void)ctx;
	return now_ns(CLOCK_MONOTONIC) / 1000000;
}

static int end_send(void *ctx, const struct addr *from, const struct addr *to,
		    const uint8_t *data, size_t len)
{
	struct end *end = ctx;

	(void)from;
	(void)to;
	return send(end->fd, data, len, 0) < 0 ? -errno : 0;
}

static int end_local(void *ctx, const char *ifname, int family, struct addr *out)
{
	const struct end *end = ctx;

	(void)ifname;
	*out = end->addr;
	out->port = 0;
	return family == AF_INET ? 0 : -EADDRNOTAVAIL;
}

static bool end_has(void *ctx, const char *ifname, const struct addr *addr)
{
	const struct end *end = ctx;

	(void)ifname;
	return addr_equal(addr, &end->addr);
}

static int end_route(void *ctx, const struct addr *dst, char ifname[IF_NAMESIZE])
{
	(void)ctx;
	(void)dst;
	snprintf(ifname, IF_NAMESIZE, "wan0");
	return 0;
}

/* The configuration has no reverse routes. */
static int no_routes(void *ctx, reverse_fn *fn, void *arg)
{
	(void)ctx;
	(void)fn;
	(void)arg;
	return 0;
}

static const struct engine_net net = {
	.send = end_send,
	.clock = end_clock,
	.local_address = end_local,
	.has_address = end_has,
	.route = end_route,
	.reverse_routes = no_routes,
};

static struct cm_config *config_of(const struct end *end)
{
	char own[ADDR_STRLEN], peer[ADDR_STRLEN], text[1024];
	struct cm_config *cfg = NULL;

	addr_format(&end->addr, own, sizeof(own));
	addr_format(&all.responder, peer, sizeof(peer));
	snprintf(text, sizeof(text),
		 "crypto isakmp policy 10\n encryption aes 256\n hash sha256\n"
		 " group %u\n"
		 "crypto isakmp key Secret address %s\n"
		 "crypto ipsec transform-set T esp-aes 256 esp-sha256-hmac\n"
		 "access-list 101 permit ip host %s 10.1.0.0 0.0.0.255\n"
		 "crypto map M 10 ipsec-isakmp\n set peer %s\n"
		 " set transform-set T\n match address 101\n"
		 "interface wan0\n crypto map M\n", all.group, peer, own, peer);
	if (config_parse("handshake", text, strlen(text), stderr, &cfg))
		exit(1);
	return cfg;
}

static void open_socket(struct end *end)
{
	struct sockaddr_storage own, peer;
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = end };
	socklen_t len;
	int one = 1;

	end->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	len = addr_to_sockaddr(&end->addr, &own);
	if (end->fd < 0 ||
	    setsockopt(end->fd, SOL_IP, IP_FREEBIND, &one, sizeof(one)) ||
	    bind(end->fd, (struct sockaddr *)&own, len))
		die("socket");
	len = addr_to_sockaddr(&all.responder, &peer);
	if (connect(end->fd, (struct sockaddr *)&peer, len) ||
	    epoll_ctl(all.epoll, EPOLL_CTL_ADD, end->fd, &event))
		die("connect");
}

static void make(struct end *end, const struct addr *first, unsigned int nth)
{
	struct err err = { "" };
	uint32_t host;

	memcpy(&host, first->bytes, sizeof(host));
	host = htonl(ntohl(host) + nth);
	end->addr = *first;
	end->addr.port = IKE_PORT;
	memcpy(end->addr.bytes, &host, sizeof(host));
	end->sim = sim_new();
	if (!end->sim)
		die("memory");
	end->engine = engine_new(&net, end, sim_kernel(end->sim), all.pool);
	if (!end->engine)
		die("memory");
	engine_tick(end->engine, end_clock(end));
	if (engine_apply(end->engine, config_of(end), NULL, NULL, &err)) {
		fprintf(stderr, "handshake: %s\n", err.text);
		exit(1);
	}
	open_socket(end);
}

static bool is_up(const struct end *end)
{
	return end->engine->counters[ENGINE_C_PHASE2_UP];
}

/* What the engine has to do; one that has come up makes room for the next. */
static void settle(struct end *end, bool was_up)
{
	while (work_poll(all.pool) || sim_poll(end->sim))
		;
	if (was_up || !is_up(end))
		return;
	all.up++;
	all.last_ms = end_clock(end);
}

static void begin(struct end *end)
{
	engine_tick(end->engine, end_clock(end));
	sim_tick(end->sim, end_clock(end));
	sim_packet(end->sim, sim_flow_id(end->sim, 0), end->sim);
	settle(end, false);
}

static void hear(struct end *end)
{
	uint8_t data[ISAKMP_MSG_MAX];
	struct addr from = all.responder;
	bool was_up = is_up(end);
	ssize_t n = recv(end->fd, data, sizeof(data), 0);

	engine_tick(end->engine, end_clock(end));
	if (n > 0)
		engine_input(end->engine, &end->addr, &from, data, n);
	settle(end, was_up);
}

/* Timers of those that are being negotiated: messages may be lost. */
static void tick(void)
{
	unsigned int i;

	for (i = 0; i < all.begun; i++)
		if (!is_up(&all.end[i])) {
			engine_tick(all.end[i].engine, end_clock(NULL));
			settle(&all.end[i], false);
		}
}

static void negotiate(void)
{
	struct epoll_event events[EVENTS];
	uint64_t ticked = end_clock(NULL);

	all.last_ms = ticked;
	while (all.up < all.count && end_clock(NULL) < all.last_ms + QUIET_MS) {
		int i, n;

		while (all.begun < all.count &&
		       all.begun - all.up < all.at_a_time)
			begin(&all.end[all.begun++]);
		n = epoll_wait(all.epoll, events, EVENTS, TICK_MS);
		for (i = 0; i < n; i++)
			hear(events[i].data.ptr);
		if (end_clock(NULL) >= ticked + TICK_MS) {
			tick();
			ticked = end_clock(NULL);
		}
	}
}

static int run_peers(char **argv)
{
	struct err err = { "" };
	struct addr first;
	uint64_t begun;
	unsigned int i;

	all.count = strtoul(argv[0], NULL, 10);
	all.at_a_time = strtoul(argv[1], NULL, 10);
	all.group = strtoul(argv[4], NULL, 10);
	if (!all.count || all.count > COUNT_MAX || addr_parse(&first, argv[2]) ||
	    addr_parse(&all.responder, argv[3]))
		return 2;
	all.responder.port = IKE_PORT;
	log_set_level_all(LOG_LEVEL_ERR);
	all.pool = work_pool_new(0);
	all.epoll = epoll_create1(0);
	all.end = calloc(all.count, sizeof(*all.end));
	if (!all.pool || all.epoll < 0 || !all.end ||
	    crypto_init(&err))
		die("start");
	for (i = 0; i < all.count; i++)
		make(&all.end[i], &first, i);
	begun = now_ns(CLOCK_MONOTONIC);
	negotiate();
	printf("%u %u %llu\n", all.count, all.up,
	       (unsigned long long)(now_ns(CLOCK_MONOTONIC) - begun));
	/* The kernel takes the rest. */
	return 0;
}

/* --- the bound --------------------------------------------------------------- */

static EVP_PKEY *keygen(EVP_PKEY_CTX *ctx)
{
	EVP_PKEY *key = NULL;

	if (EVP_PKEY_keygen(ctx, &key) <= 0)
		die("key");
	return key;
}

/*
 * One key pair, and one secret with it. The library's own check of the peer's value takes
 * longer than both; for these groups comparisons do.
 */
static void exchange(EVP_PKEY_CTX *maker, EVP_PKEY *peer)
{
	EVP_PKEY *own = keygen(maker);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(own, NULL);
	uint8_t secret[512];
	size_t len = sizeof(secret);

	if (!ctx || EVP_PKEY_derive_init(ctx) <= 0 ||
	    EVP_PKEY_derive_set_peer_ex(ctx, peer, 0) <= 0 ||
	    EVP_PKEY_derive(ctx, secret, &len) <= 0)
		die("secret");
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(own);
}

static int run_bound(char **argv)
{
	unsigned int count = strtoul(argv[0], NULL, 10);
	bool modp = !strcmp(argv[1], "14");
	EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name(NULL, modp ? "DH" : "EC",
							 NULL);
	uint64_t begun;
	EVP_PKEY *peer;
	unsigned int i;

	if (!maker || EVP_PKEY_keygen_init(maker) <= 0 ||
	    EVP_PKEY_CTX_set_group_name(maker, modp ? "modp_2048" : "P-256") <= 0)
		die("group");
	peer = keygen(maker);
	begun = now_ns(CLOCK_PROCESS_CPUTIME_ID);
	for (i = 0; i < count; i++)
		exchange(maker, peer);
	printf("%u %llu\n", count,
	       (unsigned long long)(now_ns(CLOCK_PROCESS_CPUTIME_ID) - begun));
	EVP_PKEY_free(peer);
	EVP_PKEY_CTX_free(maker);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 7 && !strcmp(argv[1], "peers"))
		return run_peers(argv + 2);
	if (argc == 4 && !strcmp(argv[1], "bound"))
		return run_bound(argv + 2);
	return 2;
}
