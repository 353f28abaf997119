/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The seam between the engine and the data plane: what the engine asks for and
 * what it is told.  Behind it is the module (kernel/genl.c) or a simulation
 * (kernel/sim.c).  All calls return 0 or a negative errno and complete before
 * they return; events arrive later, from the back end's own source.
 */
#ifndef IKE_KERNEL_KERNEL_H
#define IKE_KERNEL_KERNEL_H

#include <linux/cryptomap.h>
#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/lib/addr.h"
#include "tools/lib/err.h"

struct cm_config;

/* Owner number of the SAs that this daemon installs (CRYPTOMAP_SA_OWNER). */
#define KERNEL_OWNER	1

/* A selector; src is the protected side, here. */
struct kernel_sel {
	struct range src;
	struct range dst;
	uint8_t proto;			/* 0 = any */
	uint16_t sport;			/* host order, 0 = any */
	uint16_t dport;
};

/* A permit line of an entry of a bound map. */
struct kernel_flow {
	uint32_t id;
	char ifname[IF_NAMESIZE];
	char map[CRYPTOMAP_NAME_MAX + 1];
	uint32_t seq;
	uint32_t line;
	uint32_t part_of;		/* flow of the line that it was split off; 0: none */
	uint8_t type;			/* enum cryptomap_entry_type */
	uint8_t state;			/* enum cryptomap_flow_state */
	bool negotiable;		/* @sel says all of it: no holes, no port ranges */
	struct kernel_sel sel;
	uint64_t encaps;		/* packets */
	uint64_t decaps;
};

/* An entry of the map bound to an interface under which SAs make flows. */
struct kernel_place {
	char ifname[IF_NAMESIZE];
	char map[CRYPTOMAP_NAME_MAX + 1];
	uint32_t seq;
};

/* Against traffic analysis: SA_TFC_PAD and SA_DUMMY_MS of the contract. */
struct kernel_tfc {
	uint16_t pad;
	uint32_t dummy_ms;
};

/* ESP in UDP: the ports of its packets, as they come or leave; 0: plain ESP. */
struct kernel_encap {
	uint16_t sport;
	uint16_t dport;
};

/* What an SA is found by. */
struct kernel_sa_id {
	uint8_t dir;			/* enum cryptomap_dir */
	uint8_t proto;			/* IPPROTO_ESP, IPPROTO_AH */
	uint32_t spi;			/* host order */
	struct addr dst;
};

/* One direction of an SA.  Keys are borrowed and only for sa_install(). */
struct kernel_sa {
	uint32_t id;			/* given by the kernel */
	uint8_t dir;			/* enum cryptomap_dir */
	uint8_t proto;			/* IPPROTO_ESP, IPPROTO_AH */
	uint8_t state;			/* enum cryptomap_sa_state, out */
	uint32_t spi;			/* host order */
	struct addr src;
	struct addr dst;
	struct kernel_encap encap;
	uint32_t flow;
	const struct kernel_place *place;	/* sa_install(): or the flow there ... */
	const struct kernel_sel *sel;		/* ... with this selector, made if need be */
	uint32_t flags;			/* CRYPTOMAP_SA_F_* */
	uint32_t owner;
	uint64_t cookie;
	uint8_t mode;			/* enum cryptomap_mode */
	struct addr oa_src;		/* NAT-OA of DIR_IN: the ends as the peer knows them; */
	struct addr oa_dst;		/* unset: not told */
	uint16_t encr;			/* enum cryptomap_encr, of ESP only */
	uint16_t encr_bits;		/* out */
	uint16_t auth;			/* enum cryptomap_auth */
	const uint8_t *encr_key;
	size_t encr_key_len;
	const uint8_t *auth_key;
	size_t auth_key_len;
	uint16_t cpi;			/* IPComp with deflate inside; 0: none */
	uint32_t window;		/* packets; 0: replay protection is off */
	struct kernel_tfc tfc;		/* of DIR_OUT only */
	uint32_t idle_secs;		/* KERNEL_EV_IDLE after so long; 0: never */
	uint32_t soft_secs;		/* 0: none; out: what remains */
	uint32_t hard_secs;
	uint64_t soft_kb;
	uint64_t hard_kb;
	uint64_t bytes;			/* out */
	uint64_t packets;		/* out */
	uint32_t age;			/* seconds, out */
	uint32_t idle;			/* seconds since the last packet, out */
	bool used;			/* @idle means something */
	/* sa_list(): of the client, three numbers each as in CRYPTOMAP_SA_PORT_MAP */
	const void *ports;
	size_t ports_len;
};

enum kernel_event_type {
	KERNEL_EV_ACQUIRE,		/* flow */
	KERNEL_EV_SOFT_EXPIRE,		/* sa */
	KERNEL_EV_HARD_EXPIRE,		/* sa: it is gone */
	KERNEL_EV_IDLE,			/* sa: carried nothing for idle_secs */
	KERNEL_EV_FIRST_PACKET,		/* sa: inbound, now in use */
	KERNEL_EV_NAT_MAPPING,		/* sa: inbound, src and encap.sport as heard */
	KERNEL_EV_SA_DELETED,		/* sa: somebody else removed it */
	KERNEL_EV_UNKNOWN_SPI,		/* sa: spi, src, dst */
	KERNEL_EV_FLOWS,		/* the set of flows may have changed */
	KERNEL_EV_OVERRUN,		/* events were lost: dump everything */
};

struct kernel_event {
	enum kernel_event_type type;
	uint8_t reason;			/* enum cryptomap_tomb_reason */
	bool buried;			/* unknown SPI: it was ours ... */
	uint32_t ago;			/* ... until so many seconds ago */
	struct kernel_flow flow;
	struct kernel_sa sa;
};

typedef void kernel_event_fn(void *arg, const struct kernel_event *ev);
/* One sentence per change that apply() makes; valid during the call. */
typedef void kernel_report_fn(void *arg, const char *sentence);
/*
 * Called during a walk: must not use the kernel, except from acquire_list().
 */
typedef int kernel_flow_fn(void *arg, const struct kernel_flow *flow);
typedef int kernel_sa_fn(void *arg, const struct kernel_sa *sa);

struct kernel;

struct kernel_ops {
	/* Make the data plane as @cfg says; what did not change stays. */
	int (*apply)(struct kernel *k, const struct cm_config *cfg,
		     kernel_report_fn *report, void *arg, struct err *err);
	/* Take lists, maps, bindings, our SAs and the sockets out of it. */
	int (*shutdown)(struct kernel *k, struct err *err);
	/* A callback that returns other than 0 ends the walk with that value. */
	int (*flow_list)(struct kernel *k, kernel_flow_fn *fn, void *arg);
	int (*acquire_list)(struct kernel *k, kernel_flow_fn *fn, void *arg);
	int (*acquire_fail)(struct kernel *k, uint32_t flow);
	/* As if traffic had matched. */
	int (*initiate)(struct kernel *k, uint32_t flow);
	/* Reserve an inbound SPI for packets from @src to @dst; that one, unless it is 0. */
	int (*spi_alloc)(struct kernel *k, uint8_t proto,
			 const struct addr *src, const struct addr *dst,
			 uint64_t cookie, uint32_t *spi);
	int (*sa_install)(struct kernel *k, const struct kernel_sa *sa,
			  struct err *err);
	/* Make an outbound SA the current one of its flow. */
	int (*sa_activate)(struct kernel *k, const struct kernel_sa_id *id);
	/*
	 * Other ports for an SA of ESP in UDP.  The kernel then reports anew
	 * if the peer is heard from elsewhere.
	 */
	int (*sa_move)(struct kernel *k, const struct kernel_sa_id *id,
		       const struct kernel_encap *to);
	/* -ENOENT when it has gone already */
	int (*sa_del)(struct kernel *k, const struct kernel_sa_id *id,
		      uint8_t reason);
	int (*sa_get)(struct kernel *k, const struct kernel_sa_id *id,
		      struct kernel_sa *out);
	/* Those of KERNEL_OWNER. */
	int (*sa_list)(struct kernel *k, kernel_sa_fn *fn, void *arg);
	/* Hand an IKE socket of IPv4 or IPv6 in, or get it back: -ENOENT if there is none. */
	int (*sock_set)(struct kernel *k, enum cryptomap_sock_kind kind, int fd);
	int (*sock_get)(struct kernel *k, int family, enum cryptomap_sock_kind kind,
			int *fd);
};

/* Back ends embed this. */
struct kernel {
	const struct kernel_ops *ops;
	kernel_event_fn *event;		/* set by the engine */
	void *event_arg;
};

#endif
