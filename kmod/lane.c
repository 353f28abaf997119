// SPDX-License-Identifier: GPL-2.0
#include <linux/bottom_half.h>
#include <linux/cpumask.h>
#include <linux/moduleparam.h>
#include <linux/netdevice.h>
#include <linux/percpu.h>
#include <linux/sched/isolation.h>
#include <linux/slab.h>
#include <linux/smp.h>

#include "compat/netdev.h"
#include "esp.h"
#include "flow.h"
#include "input.h"
#include "lane.h"
#include "output.h"
#include "pernet.h"
#include "sa.h"
#include "stats.h"

#define SLOTS 512	/* packets in a lane; a power of two */
#define EARLY_MAX 1000	/* packets that wait for GRO */
#define ASK_MAX 32	/* CPUs that are looked at before none is asked */

/**
 * struct cm_lane - a ring of packets, from @head to before @tail
 * @cell: cell that it is in
 * @slots: packets by number
 * @tail: number of the next to come; written by the CPU of the lane, BH off
 * @head: number of the next to leave; written by @runner
 * @runner: 1 + the CPU that is in cm_lane_run(), 0 = none. Of the lane, or the one
 *	that polls @cell when its CPU went offline and until its NAPI ends after that
 * @news: since @runner began another CPU has finished a packet, or has one to add;
 *	0 or 1
 * @claimed: number of the next that goes to a cipher, of any CPU
 */
struct cm_lane {
	struct lane_cell *cell;
	struct sk_buff **slots;
	u32 tail;
	u32 head;
	int runner;
	int news;
	u32 claimed ____cacheline_aligned_in_smp;
};

/**
 * struct lane_cell - what a CPU has of the lanes of a namespace
 * @in: inbound packets
 * @out: outbound packets
 * @napi: runs both lanes and helps others; who sets NAPI_STATE_SCHED may use @csd
 * @csd: has @napi scheduled on @cpu
 * @poller: 1 + the CPU that runs @in from poll(), 0 = none: only there may what is
 *	finished go to GRO at once, GRO itself leads to more packets
 * @early: decrypted before @napi ran, for GRO
 * @help: lane of another cell that asked for help, or NULL
 * @cpu: whose it is
 * @lanes: all
 */
struct lane_cell {
	struct cm_lane in;
	struct cm_lane out;
	struct napi_struct napi;
	call_single_data_t csd;
	int poller;
	struct sk_buff_head early;
	struct cm_lane *help;
	int cpu;
	struct cm_lanes *lanes;
};

/* On PREEMPT_RT who helps may be preempted, and all behind its packet would wait. */
static bool parallel = !IS_ENABLED(CONFIG_PREEMPT_RT);
module_param(parallel, bool, 0644);
MODULE_PARM_DESC(parallel, "let several CPUs encrypt and decrypt packets of one SA");

/**
 * struct cm_lanes - those of a namespace, cn->lanes
 * @cells: per CPU
 * @dev: of the NAPIs, seen by nobody: who made them threaded had each polled
 *	anywhere
 */
struct cm_lanes {
	struct lane_cell __percpu *cells;
	struct net_device *dev;
};

struct cm_lanes *cm_lanes_of(const struct cm_net *cn)
{
	return rcu_dereference(cn->lanes);
}

struct cm_lane *cm_lane_out(struct cm_lanes *lanes)
{
	return lanes ? &this_cpu_ptr(lanes->cells)->out : NULL;
}

/* GRO is NAPI's: what is finished elsewhere comes to it in a moment. */
bool cm_lane_gro(struct cm_lanes *lanes, struct sk_buff *skb)
{
	struct lane_cell *cell = this_cpu_ptr(lanes->cells);

	if (likely(READ_ONCE(cell->poller) == smp_processor_id() + 1)) {
		napi_gro_receive(&cell->napi, skb);
		return true;
	}
	if (unlikely(skb_queue_len_lockless(&cell->early) >= EARLY_MAX))
		return false;
	skb_queue_tail(&cell->early, skb);
	napi_schedule(&cell->napi);
	return true;
}

/* --- to other CPUs and back --- */

static void schedule_here(void *napi)
{
	__napi_schedule(napi);
}

/* Have a cell polled on its CPU, or here if that is gone. */
static void kick(struct lane_cell *cell)
{
	if (!napi_schedule_prep(&cell->napi))
		return;		/* it will be polled, once more if it is just now */
	if (cell->cpu == smp_processor_id() ||
	    smp_call_function_single_async(cell->cpu, &cell->csd))
		__napi_schedule(&cell->napi);
}

bool cm_lane_worth(const struct cm_sa *sa, u32 packets, u32 len)
{
	return packets >= CM_LANE_MANY && READ_ONCE(parallel) &&
	       len >= CM_LANE_LONG && sa->esp->hides && num_online_cpus() > 1;
}

static bool is_scheduled(const struct lane_cell *cell)
{
	return test_bit(NAPI_STATE_SCHED, &cell->napi.state);
}

/*
 * Ask one that helps nobody, better one with nothing to do here. If it has other
 * work the packets do not wait for it.
 */
static void ask(struct cm_lane *lane)
{
	int cpu, left = ASK_MAX, me = smp_processor_id();
	struct lane_cell *busy = NULL, *cell;

	for_each_cpu_wrap(cpu, housekeeping_cpumask(HK_TYPE_DOMAIN), me + 1) {
		cell = per_cpu_ptr(lane->cell->lanes->cells, cpu);
		if (!left--)
			break;
		if (cpu == me || cell == lane->cell || !cpu_online(cpu) ||
		    cpu_is_isolated(cpu) || READ_ONCE(cell->help))
			continue;
		busy = cell;
		if (!is_scheduled(cell))
			break;
	}
	if (busy && !cmpxchg(&busy->help, NULL, lane))
		kick(busy);
}

/* --- packets --- */

/* That are in no cipher yet. */
static int unclaimed(const struct cm_lane *lane)
{
	int n = READ_ONCE(lane->tail) - READ_ONCE(lane->claimed);

	return max(n, 0);	/* either may be older than the other */
}

static bool is_full(const struct cm_lane *lane)
{
	/* What was in the slot has been read. */
	return lane->tail - smp_load_acquire(&lane->head) >= SLOTS;
}

bool cm_lane_add(struct cm_lane *lane, struct cm_sa *sa, struct sk_buff *skb)
{
	struct cm_lane_cb *cb = cm_lane_cb(skb);
	int n;

	if (unlikely(is_full(lane))) {
		cm_lane_run(lane, INT_MAX);
		if (is_full(lane))
			return false;
	}
	if (unlikely(!cm_sa_tryget(sa)))
		return false;
	skb->dev = NULL;
	cb->lane = lane;
	cb->sa = sa;
	cb->done = false;
	lane->slots[lane->tail % SLOTS] = skb;
	smp_store_release(&lane->tail, lane->tail + 1);	/* the slot is filled */
	n = unclaimed(lane);
	if (unlikely(n && !(n % CM_LANE_MANY) && cm_lane_worth(sa, n, skb->len)))
		ask(lane);
	return true;
}

/* The next that is in no cipher is the caller's, or NULL. */
static struct sk_buff *claim(struct cm_lane *lane)
{
	u32 at = READ_ONCE(lane->claimed);

	do {
		/* The tail may be read older than what was claimed below it. */
		if ((s32)(smp_load_acquire(&lane->tail) - at) <= 0)
			return NULL;
	} while (!try_cmpxchg(&lane->claimed, &at, at + 1));
	return lane->slots[at % SLOTS];
}

static void count(const struct cm_sa *sa)
{
	if (sa->dir == CRYPTOMAP_DIR_OUT)
		cm_flow_count(sa->flow, parallel_out, 1);
	else
		cm_flow_count(sa->flow, parallel_in, 1);
}

static void crypt(struct sk_buff *skb)
{
	struct cm_sa *sa = cm_lane_cb(skb)->sa;

	if (sa->dir == CRYPTOMAP_DIR_OUT)
		cm_output_crypt(sa, skb);
	else
		cm_input_crypt(sa, skb);
}

static void finish(struct sk_buff *skb)
{
	struct cm_sa *sa = cm_lane_cb(skb)->sa;
	int err = cm_lane_cb(skb)->err;

	if (sa->dir == CRYPTOMAP_DIR_OUT)
		cm_output_done(sa, skb, err);
	else
		cm_input_done(sa, skb, err);
	cm_sa_put(sa);
}

static bool is_empty(const struct cm_lane *lane)
{
	return lane->head == smp_load_acquire(&lane->tail);	/* before a slot */
}

/* The first packet, if it is finished. The caller is the runner. */
static struct sk_buff *first_done(struct cm_lane *lane)
{
	struct sk_buff *skb;

	if (is_empty(lane))
		return NULL;
	skb = lane->slots[lane->head % SLOTS];
	/* What the cipher wrote is seen from here on. */
	if (!smp_load_acquire(&cm_lane_cb(skb)->done))
		return NULL;
	smp_store_release(&lane->head, lane->head + 1);	/* the slot is free */
	return skb;
}

/* The caller is the runner. */
static int run(struct cm_lane *lane, int budget)
{
	struct sk_buff *skb;
	int n = 0;

	if (unlikely(READ_ONCE(lane->news)))
		smp_store_mb(lane->news, 0);	/* before looking at @done */
	while (n < budget) {
		skb = first_done(lane);
		if (skb) {
			finish(skb);
			n++;
			continue;
		}
		skb = claim(lane);
		if (!skb)
			break;
		crypt(skb);
	}
	return n;
}

/*
 * What is sent may come back into the lane out: then who runs it goes on. So does
 * the other one of two that meet, see @runner: it sees the news, or is gone.
 */
int cm_lane_run(struct cm_lane *lane, int budget)
{
	int me = smp_processor_id() + 1;
	int n = 0;

	do {
		if (likely(!cmpxchg_acquire(&lane->runner, 0, me))) {
			n += run(lane, budget - n);
			smp_store_release(&lane->runner, 0);	/* head is written */
			smp_mb();	/* pairs with below, and cm_lane_done() */
			continue;
		}
		if (READ_ONCE(lane->runner) == me)
			break;
		xchg(&lane->news, 1);
		if (READ_ONCE(lane->runner))
			break;
	} while (unlikely(n < budget && READ_ONCE(lane->news)));
	return n;
}

bool cm_lane_done(struct sk_buff *skb, int err)
{
	struct cm_lane_cb *cb = cm_lane_cb(skb);
	struct cm_lane *lane = cb->lane;

	if (!lane)
		return false;
	cb->err = err;
	if (likely(READ_ONCE(lane->runner) == smp_processor_id() + 1)) {
		cb->done = true;	/* this is inside run() */
		return true;
	}
	smp_store_release(&cb->done, true);	/* the packet may be gone now */
	/* Ordered, both ways: who runs the lane sees the news, or we that it does not. */
	xchg(&lane->news, 1);
	if (!READ_ONCE(lane->runner) &&
	    lane->slots[READ_ONCE(lane->head) % SLOTS] == skb)
		kick(lane->cell);
	return true;
}

bool cm_lane_is_free(const struct cm_lanes *lanes, const struct cm_sa *sa)
{
	const struct lane_cell *cell = this_cpu_ptr(lanes->cells);

	return !sa->esp->async && is_empty(&cell->in) && !is_scheduled(cell);
}

bool cm_lane_enter(struct cm_lanes *lanes, struct cm_sa *sa, struct sk_buff *skb)
{
	struct lane_cell *cell = this_cpu_ptr(lanes->cells);
	struct cm_lane *lane = &cell->in;

	if (unlikely(!cm_lane_add(lane, sa, skb)))
		return false;
	if (lane->tail - READ_ONCE(lane->head) == 1 && !is_scheduled(cell)) {
		cm_lane_run(lane, INT_MAX);
		return true;
	}
	/* If others wait for a cipher NAPI has been woken and is not done yet. */
	smp_mb();	/* it claims this one, or we see that it claimed the last */
	if (unclaimed(lane) <= 1)
		napi_schedule(&cell->napi);
	return true;
}

/* --- softirq --- */

/* Packets of another CPU, which asked for it. */
static int help(struct lane_cell *cell, int budget)
{
	struct cm_lane *lane = READ_ONCE(cell->help);
	struct sk_buff *skb;
	int n = 0;

	if (likely(!lane))
		return 0;
	while (n < budget && (skb = claim(lane))) {
		count(cm_lane_cb(skb)->sa);
		crypt(skb);
		n++;
	}
	if (n < budget)
		WRITE_ONCE(cell->help, NULL);
	return n;
}

/* Decrypted before the rest. */
static int run_early(struct lane_cell *cell, int budget)
{
	struct sk_buff *skb;
	int n = 0;

	while (n < budget && !skb_queue_empty(&cell->early) &&
	       (skb = skb_dequeue(&cell->early))) {
		napi_gro_receive(&cell->napi, skb);
		n++;
	}
	return n;
}

/* What comes to the lane behind what is early waits for that. */
static int run_in(struct lane_cell *cell, int budget)
{
	int n = run_early(cell, budget);

	if (n == budget)
		return n;
	WRITE_ONCE(cell->poller, smp_processor_id() + 1);
	n += cm_lane_run(&cell->in, budget - n);
	WRITE_ONCE(cell->poller, 0);
	return n;
}

static int poll(struct napi_struct *napi, int budget)
{
	struct lane_cell *cell = container_of(napi, struct lane_cell, napi);
	int n;

	rcu_read_lock();
	n = run_in(cell, budget);
	n = max(n, cm_lane_run(&cell->out, budget));
	n = max(n, help(cell, budget));
	rcu_read_unlock();
	if (likely(n < budget))
		napi_complete_done(napi, n);
	return n;
}

/* --- they come and go --- */

static int init_lane(struct cm_lane *lane, struct lane_cell *cell)
{
	lane->cell = cell;
	lane->slots = kcalloc_node(SLOTS, sizeof(*lane->slots), GFP_KERNEL,
				   cpu_to_node(cell->cpu));
	return lane->slots ? 0 : -ENOMEM;
}

static void free_lanes(struct cm_lanes *lanes)
{
	struct lane_cell *cell;
	int cpu;

	for_each_possible_cpu(cpu) {
		if (!lanes->cells)
			break;
		cell = per_cpu_ptr(lanes->cells, cpu);
		kfree(cell->in.slots);
		kfree(cell->out.slots);
	}
	free_percpu(lanes->cells);
	cm_netdev_free_dummy(lanes->dev);
	kfree(lanes);
}

static int init_cell(struct cm_lanes *lanes, int cpu)
{
	struct lane_cell *cell = per_cpu_ptr(lanes->cells, cpu);
	int err;

	cell->cpu = cpu;
	cell->lanes = lanes;
	skb_queue_head_init(&cell->early);
	INIT_CSD(&cell->csd, schedule_here, &cell->napi);
	err = init_lane(&cell->in, cell);
	return err ?: init_lane(&cell->out, cell);
}

static struct cm_lanes *alloc_lanes(void)
{
	struct cm_lanes *lanes = kzalloc(sizeof(*lanes), GFP_KERNEL);
	int cpu;

	if (!lanes)
		return NULL;
	lanes->dev = cm_netdev_alloc_dummy();
	lanes->cells = alloc_percpu(struct lane_cell);
	if (!lanes->dev || !lanes->cells)
		goto free;
	for_each_possible_cpu(cpu)
		if (init_cell(lanes, cpu))
			goto free;
	return lanes;
free:
	free_lanes(lanes);
	return NULL;
}

int cm_lanes_create(struct cm_net *cn)
{
	struct napi_struct *napi;
	struct cm_lanes *lanes;
	int cpu;

	if (rcu_access_pointer(cn->lanes))
		return 0;
	lanes = alloc_lanes();
	if (!lanes)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		napi = &per_cpu_ptr(lanes->cells, cpu)->napi;
		set_bit(NAPI_STATE_NO_BUSY_POLL, &napi->state);
		netif_napi_add(lanes->dev, napi, poll);
		napi_enable(napi);
	}
	rcu_assign_pointer(cn->lanes, lanes);
	return 0;
}

/*
 * NAPI gives away what GRO holds when it ends, and what is early is dropped: the
 * namespace goes. Who wanted it scheduled meanwhile was not heard.
 */
void cm_lanes_flush(struct cm_net *cn)
{
	struct cm_lanes *lanes = rcu_dereference_protected(cn->lanes, true);
	struct lane_cell *cell;
	int cpu;

	for_each_possible_cpu(cpu) {
		cell = per_cpu_ptr(lanes->cells, cpu);
		napi_disable(&cell->napi);
		skb_queue_purge(&cell->early);
		napi_enable(&cell->napi);
		local_bh_disable();
		kick(cell);
		local_bh_enable();
	}
}

/*
 * 1. A packet in a lane has its SA, and all SAs are freed.
 * 2. A disabled NAPI runs nowhere, and as it runs @csd has run before; nobody is
 *    helping any more, and kick() does nothing. What waits for GRO waits for NAPI.
 * 3. Who freed the last SA, in cm_lane_run(), or finished its last packet, in
 *    cm_lane_done(), is inside a grace period.
 */
void cm_lanes_destroy(struct cm_net *cn)
{
	struct cm_lanes *lanes = rcu_dereference_protected(cn->lanes, true);
	struct lane_cell *cell;
	int cpu;

	if (!lanes)
		return;
	RCU_INIT_POINTER(cn->lanes, NULL);
	for_each_possible_cpu(cpu) {
		cell = per_cpu_ptr(lanes->cells, cpu);
		napi_disable(&cell->napi);
		__netif_napi_del(&cell->napi);
	}
	synchronize_net();
	free_lanes(lanes);
}
