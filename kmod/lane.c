// SPDX-License-Identifier: GPL-2.0
#include <linux/bottom_half.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/moduleparam.h>
#include <linux/netdevice.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/smp.h>

#include "esp.h"
#include "flow.h"
#include "input.h"
#include "lane.h"
#include "output.h"
#include "sa.h"
#include "stats.h"

#define SLOTS 512	/* packets in a lane; a power of two */

/**
 * struct cm_lane - a ring of packets, from @head to before @tail
 * @cell: cell that it is in
 * @slots: packets by number
 * @tail: number of the next to come; written by the CPU of the lane, BH off
 * @head: number of the next to leave; written by @runner
 * @runner: 1 + the CPU that is in cm_lane_run(), 0 = none
 * @news: another CPU has finished a packet since @runner began
 * @claimed: number of the next that goes to a cipher, of any CPU
 */
struct cm_lane {
	struct lane_cell *cell;
	struct sk_buff **slots;
	u32 tail;
	u32 head;
	int runner;
	bool news;
	u32 claimed ____cacheline_aligned_in_smp;
};

/**
 * struct lane_cell - what a CPU has of the lanes of a namespace
 * @in: inbound packets
 * @out: outbound packets
 * @napi: runs both lanes and helps others; who sets NAPI_STATE_SCHED may use @csd
 * @csd: has @napi scheduled on @cpu
 * @poller: 1 + the CPU that is in poll(), 0 = none
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

static bool parallel = true;
module_param(parallel, bool, 0644);
MODULE_PARM_DESC(parallel, "let several CPUs encrypt and decrypt packets of one SA");

struct cm_lane *cm_lane_out(const struct cm_lanes *lanes)
{
	return lanes ? &this_cpu_ptr(lanes->cells)->out : NULL;
}

/* GRO is NAPI's: what is finished elsewhere comes to it in a moment. */
void cm_lane_gro(const struct cm_lanes *lanes, struct sk_buff *skb)
{
	struct lane_cell *cell = this_cpu_ptr(lanes->cells);

	if (likely(READ_ONCE(cell->poller) == smp_processor_id() + 1)) {
		napi_gro_receive(&cell->napi, skb);
		return;
	}
	skb_queue_tail(&cell->early, skb);
	napi_schedule(&cell->napi);
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

/* The next one that helps nobody. If it is busy the packets do not wait for it. */
static void ask(struct cm_lane *lane)
{
	struct lane_cell *cell;
	int cpu;

	for_each_cpu_wrap(cpu, cpu_online_mask, smp_processor_id()) {
		cell = per_cpu_ptr(lane->cell->lanes->cells, cpu);
		if (cpu != smp_processor_id() && cell != lane->cell &&
		    !READ_ONCE(cell->help) && !cmpxchg(&cell->help, NULL, lane)) {
			kick(cell);
			return;
		}
	}
}

/* --- packets --- */

bool cm_lane_add(struct cm_lane *lane, struct cm_sa *sa, struct sk_buff *skb)
{
	struct cm_lane_cb *cb = cm_lane_cb(skb);
	u32 at = lane->tail;

	/* The slot is free when who had it has taken it out. */
	if (unlikely(at - smp_load_acquire(&lane->head) >= SLOTS ||
		     !cm_sa_tryget(sa)))
		return false;
	cb->lane = lane;
	cb->sa = sa;
	cb->done = false;
	lane->slots[at % SLOTS] = skb;
	smp_store_release(&lane->tail, at + 1);	/* claim() sees all of it */
	return true;
}

static u32 unclaimed(const struct cm_lane *lane)
{
	return READ_ONCE(lane->tail) - READ_ONCE(lane->claimed);
}

void cm_lane_ask(struct cm_lane *lane)
{
	if (unclaimed(lane) == CM_LANE_MANY)
		ask(lane);
}

/* The next that is in no cipher is the caller's, or NULL. */
static struct sk_buff *claim(struct cm_lane *lane)
{
	u32 at = READ_ONCE(lane->claimed);

	do {
		if (at == smp_load_acquire(&lane->tail))	/* before the slot */
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
		smp_store_mb(lane->news, false);	/* before looking at @done */
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

/* What is sent may come back into the lane out: then who runs it goes on. */
int cm_lane_run(struct cm_lane *lane, int budget)
{
	int me = smp_processor_id() + 1;
	int n = 0;

	do {
		if (cmpxchg_acquire(&lane->runner, 0, me))
			break;
		n += run(lane, budget - n);
		smp_store_release(&lane->runner, 0);	/* with @head */
		smp_mb();	/* pairs with cm_lane_done() */
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
	smp_store_release(&cb->done, true);	/* now the packet may be gone */
	WRITE_ONCE(lane->news, true);
	smp_mb();	/* we see that nobody runs the lane, or who does sees the news */
	if (!READ_ONCE(lane->runner) &&
	    lane->slots[READ_ONCE(lane->head) % SLOTS] == skb)
		kick(lane->cell);
	return true;
}

static bool is_scheduled(const struct lane_cell *cell)
{
	return test_bit(NAPI_STATE_SCHED, &cell->napi.state);
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

	skb_dst_drop(skb);
	skb->dev = lanes->dev;
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
	if (unclaimed(lane) >= 2 * CM_LANE_MANY)
		ask(lane);
	while (n < budget && (skb = claim(lane))) {
		count(cm_lane_cb(skb)->sa);
		crypt(skb);
		n++;
	}
	if (n < budget)
		WRITE_ONCE(cell->help, NULL);
	return n;
}

/* The first is there until this CPU takes it out. */
static bool wants_help(const struct cm_lane *lane)
{
	struct sk_buff *first = lane->slots[lane->head % SLOTS];
	u32 n = unclaimed(lane);

	return n >= CM_LANE_MANY &&
	       cm_lane_worth(cm_lane_cb(first)->sa, n, first->len);
}

static int poll(struct napi_struct *napi, int budget)
{
	struct lane_cell *cell = container_of(napi, struct lane_cell, napi);
	struct sk_buff *skb;
	int n;

	rcu_read_lock();
	WRITE_ONCE(cell->poller, smp_processor_id() + 1);
	while (!skb_queue_empty(&cell->early) &&
	       (skb = skb_dequeue(&cell->early)))
		napi_gro_receive(napi, skb);
	if (unlikely(wants_help(&cell->in)))
		ask(&cell->in);
	cm_lane_run(&cell->out, INT_MAX);
	n = cm_lane_run(&cell->in, budget);
	n = max(n, help(cell, budget));
	WRITE_ONCE(cell->poller, 0);
	rcu_read_unlock();
	if (likely(n < budget))
		napi_complete_done(napi, n);
	return n;
}

/* --- the device comes and goes --- */

static int init_lane(struct cm_lane *lane, struct lane_cell *cell)
{
	lane->cell = cell;
	lane->slots = kmalloc_array_node(SLOTS, sizeof(*lane->slots), GFP_KERNEL,
					 cpu_to_node(cell->cpu));
	return lane->slots ? 0 : -ENOMEM;
}

static void free_cells(struct lane_cell __percpu *cells)
{
	struct lane_cell *cell;
	int cpu;

	for_each_possible_cpu(cpu) {
		cell = per_cpu_ptr(cells, cpu);
		kfree(cell->in.slots);
		kfree(cell->out.slots);
	}
	free_percpu(cells);
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

int cm_lanes_init(struct cm_lanes *lanes, struct net_device *dev)
{
	struct napi_struct *napi;
	int cpu, err;

	lanes->dev = dev;
	lanes->cells = alloc_percpu(struct lane_cell);
	if (!lanes->cells)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		err = init_cell(lanes, cpu);
		if (err) {
			free_cells(lanes->cells);
			return err;
		}
	}
	for_each_possible_cpu(cpu) {
		napi = &per_cpu_ptr(lanes->cells, cpu)->napi;
		set_bit(NAPI_STATE_NO_BUSY_POLL, &napi->state);
		netif_napi_add(dev, napi, poll);
		napi_enable(napi);
	}
	return 0;
}

/* Only an asynchronous driver can keep packets now. */
static void empty_lane(struct cm_lane *lane)
{
	for (;;) {
		local_bh_disable();
		rcu_read_lock();
		cm_lane_run(lane, INT_MAX);
		rcu_read_unlock();
		local_bh_enable();
		if (is_empty(lane))
			return;
		usleep_range(100, 1000);
	}
}

/*
 * 1. Nothing enters any more: the device has been down for a grace period.
 * 2. A disabled NAPI runs nowhere, and as it runs @csd has run before; nobody is
 *    helping any more, and kick() does nothing.
 * 3. What is left goes through here, as far as it is in no asynchronous driver,
 *    and then what is. Each packet has kept its SA.
 * 4. Who finished the last of them, in cm_lane_done(), is inside a grace period.
 */
void cm_lanes_destroy(struct cm_lanes *lanes)
{
	struct lane_cell *cell;
	int cpu;

	for_each_possible_cpu(cpu)
		napi_disable(&per_cpu_ptr(lanes->cells, cpu)->napi);
	for_each_possible_cpu(cpu) {
		cell = per_cpu_ptr(lanes->cells, cpu);
		empty_lane(&cell->out);
		empty_lane(&cell->in);
		skb_queue_purge(&cell->early);
		__netif_napi_del(&cell->napi);
	}
	synchronize_net();
	free_cells(lanes->cells);
}
