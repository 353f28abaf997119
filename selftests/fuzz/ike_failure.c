// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzz target: two engines negotiate while memory is short and OpenSSL fails,
 * at the calls that the input names.  Nothing crashes or leaks, and when all is
 * well again, so are the tunnels.
 */
#include "selftests/fuzz/ike_openssl.h"
#include "selftests/fuzz/ike_world.h"

#define FUZZ_OPS	60

/* --- what is spared: the harness, and the kernel that it simulates ------------ */

static int spared_send(void *ctx, const struct addr *from, const struct addr *to,
		       const uint8_t *data, size_t len)
{
	int ret;

	failing.spared++;
	ret = pair_send(ctx, from, to, data, len);
	failing.spared--;
	return ret;
}

static const struct kernel_ops *sim_real;

/* What the module's own memory may do to a request is seen here, too. */
#define SPARED(name, params, args)					\
	static int spared_##name params					\
	{								\
		int ret = fails(FAIL_ALLOC) ? -ENOMEM : 0;		\
									\
		failing.spared++;					\
		ret = ret ?: sim_real->name args;			\
		failing.spared--;					\
		return ret;						\
	}

SPARED(apply, (struct kernel *k, const struct cm_config *cfg,
	       kernel_report_fn *report, void *arg, struct err *err),
       (k, cfg, report, arg, err))
SPARED(initiate, (struct kernel *k, uint32_t flow), (k, flow))
SPARED(spi_alloc, (struct kernel *k, uint8_t proto, const struct addr *src,
		   const struct addr *dst, uint64_t cookie, uint32_t *spi),
       (k, proto, src, dst, cookie, spi))
SPARED(sa_install, (struct kernel *k, const struct kernel_sa *sa,
		    struct err *err), (k, sa, err))

static void spare(struct host *h)
{
	static struct engine_net net;
	static struct kernel_ops ops;

	net = pair_net;
	net.send = spared_send;
	h->engine->net = &net;
	if (!sim_real)
		sim_real = sim_kernel(h->sim)->ops;
	ops = *sim_real;
	ops.apply = spared_apply;
	ops.initiate = spared_initiate;
	ops.spi_alloc = spared_spi_alloc;
	ops.sa_install = spared_sa_install;
	sim_kernel(h->sim)->ops = &ops;
}

static bool library_fails(void)
{
	return fails(FAIL_LIBRARY);
}

/* --- operations ------------------------------------------------------------ */

static void op_fail(struct world *w)
{
	uint8_t how = input_byte(&w->in), n = input_byte(&w->in);
	unsigned int kind = how & 1 ? FAIL_LIBRARY : FAIL_ALLOC;

	failing.after[kind] = how & 2 ? n * 8U : n;
	failing.count[kind] = how & 0x80 ? 200 : (how >> 2 & 3) + 1U;
}

/* Like a daemon that ends if it cannot begin. */
static void start(struct world *w, unsigned int i)
{
	struct host *h = &w->p->host[i];

	failing.spared++;
	h->pool = work_pool_new(0);
	CHECK(h->pool);
	failing.spared--;
	h->engine = engine_new(&pair_net, h, sim_kernel(h->sim), h->pool);
	if (!h->engine) {
		work_pool_free(h->pool);
		h->pool = NULL;
		return;
	}
	spare(h);
	engine_tick(h->engine, w->p->now);
	if (!scenario_apply(w->which, w->p, i) || engine_take_over(h->engine))
		pair_stop(w->p, i);
}

static void op_restart(struct world *w)
{
	uint8_t how = input_byte(&w->in);
	unsigned int i = how & 1;
	struct err err;

	if (w->p->host[i].engine) {
		if (how & 2)
			engine_shutdown(w->p->host[i].engine, &err);
		pair_stop(w->p, i);
	}
	start(w, i);
}

static void op_configure(struct world *w)
{
	unsigned int i = input_byte(&w->in) & 1;

	if (w->p->host[i].engine)
		scenario_apply(w->which, w->p, i);
}

/* The kernel does not take SAs. */
static void op_refuse(struct world *w)
{
	uint8_t how = input_byte(&w->in);

	sim_fail_install(w->p->host[how & 1].sim, how >> 1 & 3);
}

static void spared_traffic(struct world *w)
{
	failing.spared++;
	op_traffic(w);
	failing.spared--;
}

static void spared_login(struct world *w)
{
	failing.spared++;
	op_login(w);
	failing.spared--;
}

/* What the bytes of an input mean, in this order: new ones go to the end. */
static world_op *const ops[] = {
	op_fail, spared_traffic, op_pass, op_deliver, op_want, op_request,
	op_restart, op_configure, spared_login, op_refuse,
};

/* --- the end --------------------------------------------------------------- */

static void say(struct world *w, world_op *op, uint8_t first)
{
	const uint8_t bytes[] = { first, 0, 0 };

	w->in = (struct input){ bytes, sizeof(bytes) };
	op(w);
	pair_settle(w->p);
}

static bool carries(struct pair *p, unsigned int from)
{
	return !sim_packet(p->host[from].sim, pair_flow(p, from),
			   p->host[!from].sim);
}

/* The left one begins; as a client it has to say who it is. */
static bool comes_up(struct world *w)
{
	unsigned int i;

	w->steps = 0;
	w->end = UINT64_MAX;
	for (i = 0; i < 4; i++) {
		sim_packet(w->p->host[LEFT].sim, pair_flow(w->p, LEFT),
			   w->p->host[RIGHT].sim);
		world_pass(w, 20, true);
		say(w, op_login, 0);
		say(w, op_login, 2);
		say(w, op_login, 3);
		world_pass(w, 12000, true);
		if (carries(w->p, LEFT) && carries(w->p, RIGHT))
			return true;
		world_pass(w, 50000, true);
	}
	return false;
}

/* All is well again, and the administrator has seen to it. */
static void recover(struct world *w)
{
	unsigned int i, n;

	memset(&failing, 0, sizeof(failing));
	w->steps = 0;
	w->end = UINT64_MAX;
	for (i = 0; i < 2; i++) {
		if (w->p->host[i].engine)
			scenario_apply(w->which, w->p, i);
		else
			start(w, i);
		w->p->host[i].route = NULL;
		sim_fail_install(w->p->host[i].sim, 0);
	}
	world_pass(w, 100000, true);
	for (i = 0; i < 2; i++)
		for (n = 0; n < 3; n++)
			say(w, op_request, (uint8_t)(i | n << 1));
	world_pass(w, 100000, true);
	CHECK(comes_up(w));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	/* those in which left can begin, and both agree */
	static const uint8_t fit[] = { 0, 1, 2, 3, 4, 6, 10, 11, 12 };
	struct world w = { .in = { data, len } };
	uint8_t which = input_byte(&w.in) % sizeof(fit);
	/* 2: the library does Diffie-Hellman; 4: all goes well at first */
	uint8_t how = input_byte(&w.in) & 7;
	unsigned int i;

	memset(&failing, 0, sizeof(failing));
	fuzz_library_fails = library_fails;
	fuzz_real_dh = how & 2;
	world_begin(&w, fit[which], how);
	for (i = 0; i < 2; i++)
		spare(&w.p->host[i]);
	if (how & 4)
		comes_up(&w);
	w.steps = 0;
	for (i = 0; i < FUZZ_OPS && w.in.len; i++)
		world_step(&w, ops, sizeof(ops) / sizeof(*ops));
	recover(&w);
	world_end(&w);
	fuzz_library_fails = NULL;
	return 0;
}
