// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Addresses of this router that come and go (R-50, E-018, F-113).
 *
 *	left  wan0 192.0.2.1, then 192.0.2.65	right  198.51.100.2, which takes anybody
 *	      wan1 192.0.2.129
 */
#include <arpa/inet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ike-daemon/engine_route.h"
#include "selftests/unit/ike_pair.h"

#define FIRST	0xc0000201
#define NEW	0xc0000241
#define THIRD	0xc0000281
#define LONG	130000		/* ms, after which nobody sends anything again */
#define RIGHT_ANY "crypto isakmp policy 10\n" POLICY_DEFAULT		\
	"crypto isakmp key Secret address 0.0.0.0\n"			\
	"crypto ipsec transform-set TS " TS_DEFAULT "\n"		\
	"crypto dynamic-map D 10\n set transform-set TS\n"		\
	"crypto map M 10 ipsec-isakmp dynamic D\n"			\
	"interface wan0\n crypto map M\n"
#define AWAY	"its address 192.0.2.1 is none of this router any more"
#define NONE	"the outside interface wan0 has no IP address"

static struct policy_flow *left_flow(struct pair *p)
{
	return policy_flow_known(p->host[LEFT].engine, pair_flow(p, LEFT));
}

static void has(struct pair *p, uint32_t address)
{
	p->host[LEFT].addr = address ? addr_v4(address, IKE_PORT) :
				       (struct addr){ 0 };
	policy_addresses_changed(p->host[LEFT].engine);
}

/* All pairs of the left end are from that address, and there is one. */
static void is_up_from(struct pair *p, uint32_t address)
{
	const struct addr own = addr_v4(address, 0);
	const struct kernel_sa *out = sim_current(p->host[LEFT].sim,
						  pair_flow(p, LEFT),
						  CRYPTOMAP_DIR_OUT);

	assert_non_null(out);
	assert_true(addr_equal(&out->src, &own));
	assert_true(addr_equal(&pair_ike(p, LEFT)->local, &own));
	assert_int_equal(pair_children(p, LEFT), 1);
	assert_int_equal(sim_sa_count(p->host[LEFT].sim), 2);
	assert_string_equal(left_flow(p)->reason, "");
}

/* What was up is up again from there, though no packet asks. */
static void another_address(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_ANY);

	(void)state;
	pair_up(p, LEFT);
	is_up_from(p, FIRST);
	has(p, NEW);
	pair_run(p, 3000);
	is_up_from(p, NEW);
	assert_int_equal(pair_packet(p, LEFT), 0);
	pair_free(p);
}

/* Addresses that cannot be read are not gone: nothing ends before they can be. */
static void unreadable_for_a_while(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_ANY);
	uint32_t spi;

	(void)state;
	pair_up(p, LEFT);
	spi = pair_spi_out(p, LEFT);
	p->host[LEFT].blind = true;
	policy_addresses_changed(p->host[LEFT].engine);
	pair_run(p, 20000);
	is_up_from(p, FIRST);
	assert_int_equal(pair_spi_out(p, LEFT), spi);
	has(p, NEW);
	pair_run(p, 20000);
	assert_int_equal(pair_spi_out(p, LEFT), spi);
	p->host[LEFT].blind = false;
	pair_run(p, 10000);
	is_up_from(p, NEW);
	pair_free(p);
}

/* The line is down for a while. */
static void none_for_a_while(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_ANY);
	unsigned int sent;

	(void)state;
	pair_up(p, LEFT);
	has(p, 0);
	sent = p->host[LEFT].sent;
	pair_run(p, 3000);
	assert_int_equal(sim_sa_count(p->host[LEFT].sim), 0);
	assert_null(pair_ike(p, LEFT));
	assert_string_equal(left_flow(p)->reason, AWAY);
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, LONG);
	assert_string_equal(left_flow(p)->reason, NONE);
	assert_int_equal(p->host[LEFT].sent, sent);
	has(p, NEW);
	pair_run(p, 3000);
	is_up_from(p, NEW);
	pair_free(p);
}

/* It came to have none before anybody asked for a tunnel. */
static void none_at_first(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_ANY);

	(void)state;
	p->host[LEFT].addr = (struct addr){ 0 };
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 3000);
	assert_string_equal(left_flow(p)->reason, NONE);
	has(p, FIRST);
	pair_run(p, 3000);
	is_up_from(p, FIRST);
	pair_free(p);
}

/* It is back before anybody has looked, or it was another one: nothing happens. */
static void still_there(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_ANY);
	uint32_t spi;

	(void)state;
	pair_up(p, LEFT);
	spi = pair_spi_out(p, LEFT);
	has(p, 0);
	pair_run(p, 300);
	has(p, FIRST);
	pair_run(p, 3000);
	p->host[LEFT].second = addr_v4(THIRD, IKE_PORT);
	has(p, FIRST);
	pair_run(p, 3000);
	p->host[LEFT].second = (struct addr){ 0 };
	has(p, FIRST);
	pair_run(p, 3000);
	assert_int_equal(pair_spi_out(p, LEFT), spi);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_PHASE1_UP), 1);
	is_up_from(p, FIRST);
	pair_free(p);
}

/* The interface has another one now, but the router has the old one, too. */
static void it_has_two(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_ANY);

	(void)state;
	pair_up(p, LEFT);
	p->host[LEFT].second = addr_v4(FIRST, IKE_PORT);
	has(p, NEW);
	pair_run(p, 3000);
	is_up_from(p, FIRST);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_PHASE1_UP), 1);
	pair_free(p);
}

/* Nobody asked for it: it does not begin because of an address. */
static void what_was_down_stays_down(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_ANY);

	(void)state;
	has(p, 0);
	pair_run(p, 3000);
	has(p, NEW);
	pair_run(p, LONG);
	assert_int_equal(p->host[LEFT].sent, 0);
	pair_free(p);
}

/* `local-address`: that of lo0 counts, not that of the interface with the map. */
static void local_address(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT "crypto map M local-address wan1\n",
				  RIGHT_ANY);

	(void)state;
	p->host[LEFT].second = addr_v4(THIRD, IKE_PORT);
	pair_up(p, LEFT);
	is_up_from(p, THIRD);
	has(p, NEW);
	pair_run(p, 3000);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_PHASE1_UP), 1);
	p->host[LEFT].second = addr_v4(FIRST, IKE_PORT);
	has(p, NEW);
	pair_run(p, 3000);
	is_up_from(p, FIRST);
	pair_free(p);
}

static pair_filter swallow;
static unsigned int swallow(struct pair *p, struct packet *pkt, unsigned int n)
{
	(void)n;
	(void)pkt;
	return !p->filter_arg;
}

/* It goes on from the other one at once, and does not fail. */
static void while_it_begins(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_ANY);

	(void)state;
	p->filter = swallow;
	p->filter_arg = p;
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 1000);
	assert_non_null(pair_ike(p, LEFT));
	p->filter_arg = NULL;
	has(p, NEW);
	pair_run(p, 3000);
	is_up_from(p, NEW);
	pair_free(p);
}

/* Whoever calls us must call again: we do not know where. */
static void as_responder(void **state)
{
	struct pair *p = pair_new(RIGHT_ANY, RIGHT_DEFAULT);
	unsigned int sent;

	(void)state;
	assert_int_equal(pair_packet(p, RIGHT), -EAGAIN);
	pair_run(p, 3000);
	assert_int_equal(pair_children(p, LEFT), 1);
	sent = p->host[LEFT].sent;
	has(p, NEW);
	pair_run(p, LONG);
	assert_int_equal(sim_sa_count(p->host[LEFT].sim), 0);
	assert_int_equal(pair_children(p, LEFT), 0);
	assert_int_equal(p->host[LEFT].sent, sent);
	pair_free(p);
}

/* It changed while there was no daemon. */
static void pairs_of_an_earlier_daemon(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_ANY);

	(void)state;
	pair_up(p, LEFT);
	pair_stop(p, LEFT);
	pair_start(p, LEFT);
	pair_config(p, LEFT, LEFT_DEFAULT);
	assert_int_equal(engine_take_over(p->host[LEFT].engine), 0);
	has(p, NEW);
	pair_run(p, 20000);
	is_up_from(p, NEW);
	pair_free(p);
}

/* --- the system ------------------------------------------------------------ */

static void set_lo(int s, const char *address)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct ifreq ifr = { .ifr_name = "lo:1" };

	assert_int_equal(inet_pton(AF_INET, address, &in.sin_addr), 1);
	memcpy(&ifr.ifr_addr, &in, sizeof(in));
	assert_int_equal(ioctl(s, SIOCSIFADDR, &ifr), 0);
}

static bool readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

/* Each change can be read at once, and nothing else. */
static void the_system_tells(void **state)
{
	int s, fd;

	(void)state;
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) && unshare(CLONE_NEWNET))
		skip();
	s = socket(AF_INET, SOCK_DGRAM, 0);
	fd = route_watch();
	assert_true(s >= 0 && fd >= 0);
	assert_false(readable(fd));
	assert_false(route_watch_read(fd));
	set_lo(s, "192.0.2.1");
	assert_true(readable(fd));
	assert_true(route_watch_read(fd));
	assert_false(readable(fd));
	set_lo(s, "192.0.2.65");
	assert_true(route_watch_read(fd));
	assert_false(route_watch_read(fd));
	close(fd);
	close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(another_address),
		cmocka_unit_test(unreadable_for_a_while),
		cmocka_unit_test(none_for_a_while),
		cmocka_unit_test(none_at_first),
		cmocka_unit_test(still_there),
		cmocka_unit_test(it_has_two),
		cmocka_unit_test(what_was_down_stays_down),
		cmocka_unit_test(local_address),
		cmocka_unit_test(while_it_begins),
		cmocka_unit_test(as_responder),
		cmocka_unit_test(pairs_of_an_earlier_daemon),
		cmocka_unit_test(the_system_tells),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}
