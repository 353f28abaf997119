// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Ten thousand peers of one daemon: the right one, which takes them by a dynamic map. The
 * left one comes as each of them, and is gone after that; what it had stays.
 */
#include <time.h>

#include "ike-daemon/v1/v1.h"
#include "selftests/unit/ike_pair.h"

/* Of the address sanitizer, which programs like this are built with. */
size_t __sanitizer_get_current_allocated_bytes(void);

#define PEERS		10000
#define PART		1000
/* For each: an ISAKMP SA, a pair, its flow, its records; half of what charon has. */
#define BYTES_MAX	16384

#define PHASE1	"crypto isakmp policy 10\n" POLICY_DEFAULT
#define SETS	"crypto ipsec transform-set TS " TS_DEFAULT "\n"
#define RIGHT_CONFIG							\
	PHASE1 SETS "crypto isakmp key Secret address 0.0.0.0\n"	\
	"crypto dynamic-map D 10\n set transform-set TS\n"		\
	"crypto map M 65535 ipsec-isakmp dynamic D\n"			\
	"interface wan0\n crypto map M\n"

static const char *left_config(unsigned int nth)
{
	static char text[1024];

	snprintf(text, sizeof(text), PHASE1 SETS
		 "crypto isakmp key Secret address " CFG_ADDR_RIGHT "\n"
		 "access-list 101 permit ip host 10.1.%u.%u " CFG_LAN_RIGHT "\n"
		 "crypto map M 10 ipsec-isakmp\n set peer " CFG_ADDR_RIGHT "\n"
		 " set transform-set TS\n match address 101\n"
		 "interface wan0\n crypto map M\n", nth / 256, nth % 256);
	return text;
}

static void become(struct pair *p, unsigned int nth)
{
	struct host *h = &p->host[LEFT];

	pair_stop(p, LEFT);
	sim_free(h->sim);
	h->sim = NULL;
	pair_start(p, LEFT);
	h->addr = addr_v4(0xcb000000 + nth, IKE_PORT);
	pair_config(p, LEFT, left_config(nth));
}

static double cpu_seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static unsigned int peers_of(struct pair *p)
{
	struct list *pos, *tmp;
	unsigned int n = 0;

	list_for_each(&p->host[RIGHT].engine->all_peers, pos, tmp)
		n++;
	return n;
}

/* --- how long it takes ------------------------------------------------------ */

/* The kernel of the tests looks through lists: that is not the daemon's time. */
static struct {
	struct engine *of;
	double spent;
	const struct kernel_ops *ops;
} clocked;

#define UNCLOCKED(name, params, args)					\
	static int name params						\
	{								\
		double begun = cpu_seconds();				\
		int ret = clocked.ops->name args;			\
									\
		clocked.spent -= cpu_seconds() - begun;			\
		return ret;						\
	}

UNCLOCKED(spi_alloc, (struct kernel *k, uint8_t proto, const struct addr *src,
		      const struct addr *dst, uint64_t cookie, uint32_t *spi),
	  (k, proto, src, dst, cookie, spi))
UNCLOCKED(sa_install, (struct kernel *k, const struct kernel_sa *sa, struct err *err),
	  (k, sa, err))
UNCLOCKED(sa_activate, (struct kernel *k, const struct kernel_sa_id *id), (k, id))
UNCLOCKED(sa_get, (struct kernel *k, const struct kernel_sa_id *id,
		   struct kernel_sa *out), (k, id, out))
UNCLOCKED(flow_list, (struct kernel *k, kernel_flow_fn *fn, void *arg), (k, fn, arg))

static void clock_engine(struct engine *e)
{
	static struct kernel_ops ops;

	clocked.of = e;
	clocked.ops = e->kernel->ops;
	ops = *e->kernel->ops;
	ops.spi_alloc = spi_alloc;
	ops.sa_install = sa_install;
	ops.sa_activate = sa_activate;
	ops.sa_get = sa_get;
	ops.flow_list = flow_list;
	e->kernel->ops = &ops;
}

void __real_engine_input(struct engine *e, const struct addr *local,
			 const struct addr *remote, const uint8_t *data, size_t len);
void __wrap_engine_input(struct engine *e, const struct addr *local,
			 const struct addr *remote, const uint8_t *data, size_t len);
void __wrap_engine_input(struct engine *e, const struct addr *local,
			 const struct addr *remote, const uint8_t *data, size_t len)
{
	double begun = cpu_seconds();

	__real_engine_input(e, local, remote, data, len);
	if (e == clocked.of)
		clocked.spent += cpu_seconds() - begun;
}

static void come_all(struct pair *p, double *first, double *last)
{
	unsigned int nth;

	clock_engine(p->host[RIGHT].engine);
	for (nth = 0; nth < PEERS; nth++) {
		if (nth == PART)
			*first = clocked.spent;
		if (nth == PEERS - PART)
			*last = clocked.spent;
		become(p, nth);
		assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
		pair_run(p, 1);
	}
	*last = clocked.spent - *last;
}

static void ten_thousand(void **state)
{
	struct pair *p = pair_new(left_config(0), RIGHT_CONFIG);
	size_t before = __sanitizer_get_current_allocated_bytes();
	struct engine *e = p->host[RIGHT].engine;
	double first, last = 0;
	size_t each;

	(void)state;
	come_all(p, &first, &last);
	each = (__sanitizer_get_current_allocated_bytes() - before) / PEERS;
	print_message("# %u peers: %zu bytes each, with what simulates the kernel; messages of the first %u took %.2f s, of the last %.2f s\n",
		      PEERS, each, PART, first, last);
	assert_int_equal(peers_of(p), PEERS);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE1_UP), PEERS);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE2_UP), PEERS);
	assert_int_equal(e->children.count, PEERS);
	assert_int_equal(sim_sa_count(p->host[RIGHT].sim), 2 * PEERS);
	assert_true(each < BYTES_MAX);
	/* None is slower because of those that are there. */
	assert_true(last < 2 * first);
	/* Any of them can still be found, and spoken with. */
	become(p, PEERS / 2);
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 1000);
	assert_int_equal(pair_packet(p, LEFT), 0);
	assert_int_equal(peers_of(p), PEERS);
	pair_free(p);
}

/* As long as there are fewer SAs than numbers, each has its own; they come back. */
static void numbers_of_their_own(void **state)
{
	struct pair *p = pair_new(left_config(0), RIGHT_CONFIG);
	struct engine *e = p->host[RIGHT].engine;
	struct peer *peer = peer_get(e, &p->host[LEFT].addr);
	struct ike_sa *stays, *sa;
	unsigned int i, last = 0;

	(void)state;
	stays = ike_sa_new(e, peer, true, &p->host[RIGHT].addr, &p->host[LEFT].addr, NULL);
	assert_non_null(stays);
	for (i = 0; i < 2 * CONN_ID_MAX; i++) {
		sa = ike_sa_new(e, peer, true, &p->host[RIGHT].addr,
				&p->host[LEFT].addr, NULL);
		assert_non_null(sa);
		assert_in_range(sa->conn_id, 1, CONN_ID_MAX);
		assert_int_not_equal(sa->conn_id, stays->conn_id);
		/* not that of the one before, which has just gone */
		assert_int_not_equal(sa->conn_id, last);
		last = sa->conn_id;
		ike_sa_free(sa);
	}
	pair_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_of_their_own),
		cmocka_unit_test(ten_thousand),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}
