/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The engine: everything that the daemon knows, and the events that reach it.
 * It has one thread, reads no clock and opens no socket: datagrams, time,
 * kernel events and requests are handed to it (engine_loop.c does so with
 * libevent; unit tests do it by hand, two engines in one process).
 */
#ifndef IKE_ENGINE_H
#define IKE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ike-daemon/aaa/ocsp_dead.h"
#include "ike-daemon/aaa/radius_dead.h"
#include "ike-daemon/kernel/kernel.h"
#include "ike-daemon/engine_reverse.h"
#include "ike-daemon/ppp/l2tp.h"
#include "ike-daemon/sa/hash.h"
#include "ike-daemon/sa/list.h"
#include "ike-daemon/sa/account.h"
#include "ike-daemon/sa/record.h"
#include "ike-daemon/sa/source.h"
#include "ike-daemon/sa/timer.h"
#include "ike-daemon/sa/work.h"
#include "ike-daemon/wire/isakmp.h"
#include "tools/lib/addr.h"
#include "tools/lib/err.h"
#include "tools/lib/log.h"

#define IKE_PORT	500
#define IKE_NATT_PORT	4500	/* RFC 3947: IKE has a marker there */

#define CONN_ID_MAX	32766	/* of ISAKMP SAs, from 1 on */

struct cm_config;
struct policy;

/* How the engine reaches the network. */
struct engine_net {
	/* A datagram from @from (address and port) to @to; 0 or -errno. */
	int (*send)(void *ctx, const struct addr *from, const struct addr *to,
		    const uint8_t *data, size_t len);
	/* Milliseconds of the clock that engine_tick() is called with. */
	uint64_t (*clock)(void *ctx);
	/* That of an interface (tools/lib/netif.h): 0 or -EADDRNOTAVAIL. */
	int (*local_address)(void *ctx, const char *ifname, int family,
			     struct addr *out);
	/* @ifname NULL: any interface. */
	bool (*has_address)(void *ctx, const char *ifname,
			    const struct addr *addr);
	/* Is "no" true just now, or could addresses not be read?  NULL: always true. */
	bool (*knows_addresses)(void *ctx);
	/* The first IPv4 network of an interface: 0 or -EADDRNOTAVAIL. */
	int (*network)(void *ctx, const char *ifname, struct prefix *out);
	/* The interface that packets to @dst leave by: 0 or -errno. */
	int (*route)(void *ctx, const struct addr *dst,
		     char ifname[IF_NAMESIZE]);
	/* See engine_reverse.h. */
	int (*reverse_way)(void *ctx, const struct addr *peer,
			   const char *ifname, struct reverse_way *out);
	int (*reverse_fits)(void *ctx, const struct range *dst);
	int (*reverse_add)(void *ctx, const struct prefix *dst,
			   const struct reverse_way *way);
	int (*reverse_del)(void *ctx, const struct prefix *dst);
	int (*reverse_routes)(void *ctx, reverse_fn *fn, void *arg);
};

/* Bounds against floods; tests lower them. */
struct engine_limits {
	unsigned int half_open;		/* responder negotiations, all peers */
	unsigned int half_open_peer;	/* of one address */
	struct source_rate first;	/* messages that begin one, of one address */
	unsigned int aggressive;	/* of these, being computed at a time */
	unsigned int signatures;	/* of these, in a second */
	unsigned int quicks;		/* phase 2 exchanges of one ISAKMP SA */
	unsigned int made;		/* pairs of one address that make their flows */
	size_t fragments;		/* bytes kept of messages that have come in part */
};

/* X(identifier, name, explanation): counted events of negotiation */
#define ENGINE_COUNTERS(X)						\
	X(RX, "rx", "IKE messages received")				\
	X(TX, "tx", "IKE messages sent")				\
	X(RX_MALFORMED, "rx_malformed", "malformed messages received")	\
	X(RX_NO_SA, "rx_no_sa", "messages for unknown ISAKMP SAs")	\
	X(RX_DUPLICATE, "rx_duplicate", "duplicates answered from cache") \
	X(RX_UNEXPECTED, "rx_unexpected", "messages that no state expects") \
	X(RX_BAD_HASH, "rx_bad_hash", "messages whose hash is wrong")	\
	X(RX_REPLAYED, "rx_replayed", "informational messages heard before") \
	X(RX_LIMITED, "rx_limited", "requests refused by a limit")	\
	X(RX_DISABLED, "rx_disabled",					\
	  "messages to interfaces where IKE is not enabled")		\
	X(RX_TOO_FAST, "rx_too_fast",					\
	  "first messages dropped: too many from one address in a second") \
	X(RX_FRAGMENTS, "rx_fragments", "fragments of IKE messages received") \
	X(RX_FRAGMENTS_BAD, "rx_fragments_bad",				\
	  "fragments that are malformed or contradict others")		\
	X(RX_FRAGMENTS_LOST, "rx_fragments_lost",			\
	  "messages of which some fragments did not come")		\
	X(TX_FRAGMENTS, "tx_fragments", "fragments of IKE messages sent") \
	X(TX_ERROR, "tx_error", "messages that could not be sent")	\
	X(RETRANSMITS, "retransmits", "messages sent again")		\
	X(PHASE1_UP, "phase1_up", "ISAKMP SAs established")		\
	X(PHASE1_FAILED, "phase1_failed", "phase 1 negotiations failed") \
	X(PHASE2_UP, "phase2_up", "IPsec SA pairs established")		\
	X(PHASE2_FAILED, "phase2_failed", "phase 2 negotiations failed") \
	X(PSK_MISMATCH, "psk_mismatch", "negotiations whose keys differ") \
	X(NAT_KEEPALIVES, "nat_keepalives", "NAT keepalives sent")	\
	X(NAT_MOVED, "nat_moved", "peers found at another port of their NAT") \
	X(ADDRESSES, "address_changes",					\
	  "changes of this router's addresses that SAs were judged by")	\
	X(LOGINS_EXCEEDED, "logins_exceeded",				\
	  "logins beyond how often a user may be logged in")		\
	X(DPD_DEAD, "dpd_dead", "peers found dead")			\
	X(ACQUIRES, "acquires", "requests of the kernel for SAs")	\
	X(OVERRUNS, "overruns", "kernel events lost")

enum engine_counter {
#define X(id, name, text) ENGINE_C_##id,
	ENGINE_COUNTERS(X)
#undef X
	ENGINE_C_COUNT
};

struct engine {
	const struct engine_net *net;
	void *net_ctx;
	struct kernel *kernel;
	struct work_pool *pool;		/* borrowed: computations */
	struct work_pool *waiting;	/* borrowed: what waits for servers; @pool unless set */
	struct work_pool *asking;	/* borrowed: likewise, for OCSP responders */
	struct timers timers;
	struct engine_limits limits;
	struct policy *policy;		/* configuration, flows, wants */
	struct hash_table ike_sas;
	struct hash_table peers;
	struct hash_table children;	/* by cookie */
	struct hash_table children_by_flow;
	struct list all_peers;
	struct list leases;		/* addresses that clients have */
	uint32_t last_session;		/* number of the session of a client */
	struct account_ring ended;	/* sessions of clients that are over */
	struct radius_dead radius_dead;	/* servers that are asked last */
	struct ocsp_dead ocsp_dead;	/* responders that are not asked for a while */
	struct ppp ppp;			/* users of L2TP */
	struct record_ring records;
	unsigned int half_open;
	struct list half_open_sas;	/* of all peers, oldest first */
	struct source_table sources;	/* who has begun how many lately */
	struct list fragments;		/* messages that have come in part, likewise */
	size_t fragments_mem;
	unsigned int next_conn_id;
	uint32_t conn_ids[CONN_ID_MAX / 32 + 1];	/* a bit for each in use */
	uint32_t last_client;		/* number of one behind a NAT */
	uint64_t counters[ENGINE_C_COUNT];
	uint64_t signed_second;		/* for aggressive mode: when last ... */
	unsigned int signed_now;	/* ... and how many then */
	struct log_rate rate_no_sa;	/* lines that a stranger can cause */
	struct log_rate rate_refused;
	uint64_t started_ms;
	/* the message in work: too big for the stack */
	struct isakmp_msg msg;
	struct addr rx_local;		/* where it came in, with ports ... */
	struct addr rx_remote;		/* ... and from */
	uint8_t plain[ISAKMP_MSG_MAX];
};

/*
 * @pool, @kernel and @net_ctx outlive the engine.  NULL without memory.  The
 * engine holds no configuration until engine_apply().
 */
struct engine *engine_new(const struct engine_net *net, void *net_ctx,
			  struct kernel *kernel, struct work_pool *pool);
/* Forgets everything; the kernel keeps what it has. */
void engine_free(struct engine *e);
/*
 * Make @cfg (consumed on success) the configuration, here and in the kernel.
 * Tunnels that did not change stay up.  @report (may be NULL) hears of every
 * change in the kernel.
 */
int engine_apply(struct engine *e, struct cm_config *cfg,
		 kernel_report_fn *report, void *arg, struct err *err);
const struct cm_config *engine_config(const struct engine *e);
/*
 * After a start: adopt the SAs that an earlier daemon left and negotiate new
 * ones with their peers.  Call once, after the first engine_apply().
 */
int engine_take_over(struct engine *e);
/* Take everything out of the kernel, and tell the peers. */
int engine_shutdown(struct engine *e, struct err *err);

/*
 * A datagram came in.  To port 4500 of ours come IKE messages with a marker in
 * front, and that is what is sent from there (RFC 3948, 2.2).
 */
void engine_input(struct engine *e, const struct addr *local,
		  const struct addr *remote, const uint8_t *data, size_t len);
/* Send one, with the counters. */
void engine_send(struct engine *e, const struct addr *local,
		 const struct addr *remote, const uint8_t *data, size_t len);
/* One byte, so that a NAT keeps the mapping (RFC 3948, 2.3). */
void engine_send_keepalive(struct engine *e, const struct addr *local,
			   const struct addr *remote);
/* Time has come to @now_ms. */
static inline void engine_tick(struct engine *e, uint64_t now_ms)
{
	timers_run(&e->timers, now_ms);
}
static inline uint64_t engine_now(const struct engine *e)
{
	return e->timers.now;
}
/*
 * After a call that may have taken long (the kernel loads a cipher when the
 * first SA wants it): or timers that are set now would be due at once.
 */
static inline void engine_catch_up(struct engine *e)
{
	uint64_t now = e->net->clock(e->net_ctx);

	if (now > e->timers.now)
		e->timers.now = now;
}
static inline void engine_count(struct engine *e, enum engine_counter c)
{
	e->counters[c]++;
}
const char *engine_counter_name(enum engine_counter c);
const char *engine_counter_text(enum engine_counter c);
/* A random number in [0, @n), for what is no secret, such as jitter; @n > 0. */
uint32_t engine_random(uint32_t n);

#endif
