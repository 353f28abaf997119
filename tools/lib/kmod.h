/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Client of the module's generic netlink family (<linux/cryptomap.h>).
 *
 * A client belongs to the network namespace that was current when it was
 * opened, and to one thread at a time.  Calls block until the kernel answered.
 * They return 0 or a negative errno; kmod_error() then gives the sentence: the
 * kernel's own extended ack where there is one.
 *
 *   -ENODEV	the module is not loaded
 *   -EPERM	CAP_NET_ADMIN is missing
 *   others	as the contract and the kernel say
 *
 * Keys are wiped from the message once it is sent.
 */
#ifndef TOOLS_LIB_KMOD_H
#define TOOLS_LIB_KMOD_H

#include "tools/lib/err.h"
#include "tools/lib/kmod_object.h"

struct kmod;

/* 0 and a client to be closed, or a negative errno and its text in @err. */
int kmod_open(struct kmod **kp, struct err *err);
/* Accepts NULL. */
void kmod_close(struct kmod *k);
/* Why the last call failed; "" when it did not.  Valid until the next call. */
const char *kmod_error(const struct kmod *k);

int kmod_info_get(struct kmod *k, struct kmod_info *info,
		  struct kmod_limits *limits);
int kmod_limits_set(struct kmod *k, const struct kmod_limits *limits);

/*
 * Dumps.  The callback is called for each object of one consistent dump: a
 * dump that the kernel marked as interrupted is asked for again (a few times;
 * then the last one is used, which misses no object that did not change).  It
 * may use the same client.  A value other than 0 ends the dump and is returned.
 */

/* Create or replace a whole list at once; a hundred thousand lines are fine. */
int kmod_acl_set(struct kmod *k, const struct kmod_acl *acl,
		 const struct kmod_line *lines, size_t n);
int kmod_acl_del(struct kmod *k, const char *name);
int kmod_line_add(struct kmod *k, const char *acl,
		  const struct kmod_line *lines, size_t n);
int kmod_line_del(struct kmod *k, const char *acl, const uint32_t *seqs,
		  size_t n);
/* @line is NULL for a list without lines. */
typedef int kmod_line_fn(void *arg, const struct kmod_acl *acl,
			 const struct kmod_line *line);
/* @name NULL: all lists. */
int kmod_acl_dump(struct kmod *k, const char *name, kmod_line_fn *fn,
		  void *arg);

int kmod_map_set(struct kmod *k, const struct kmod_map *map,
		 const struct kmod_entry *entries, size_t n);
int kmod_map_del(struct kmod *k, const char *name);
int kmod_entry_set(struct kmod *k, const char *map,
		   const struct kmod_entry *entry);
int kmod_entry_del(struct kmod *k, const char *map, uint32_t seq);
/* @entry is NULL for a map without entries. */
typedef int kmod_entry_fn(void *arg, const struct kmod_map *map,
			  const struct kmod_entry *entry);
/* @name NULL: all maps. */
int kmod_map_dump(struct kmod *k, const char *name, kmod_entry_fn *fn,
		  void *arg);

/* @binding: ifname, map and whatever else BIND takes. */
int kmod_bind(struct kmod *k, const struct kmod_binding *binding);
int kmod_unbind(struct kmod *k, const char *ifname);
typedef int kmod_binding_fn(void *arg, const struct kmod_binding *binding);
int kmod_bind_dump(struct kmod *k, kmod_binding_fn *fn, void *arg);

typedef int kmod_flow_fn(void *arg, const struct kmod_flow *flow);
int kmod_flow_dump(struct kmod *k, kmod_flow_fn *fn, void *arg);
int kmod_flow_get(struct kmod *k, uint32_t id, struct kmod_flow *flow);
int kmod_flow_find(struct kmod *k, const char *ifname, uint32_t seq,
		   uint32_t line, struct kmod_flow *flow);
/* Raise the acquire as traffic would. */
int kmod_flow_initiate(struct kmod *k, uint32_t id);
/* Flows that wait for an SA. */
int kmod_acquire_dump(struct kmod *k, kmod_flow_fn *fn, void *arg);
/* Negotiation failed: drop what waits. */
int kmod_acquire_fail(struct kmod *k, uint32_t flow_id);

/* @sa: proto, src, dst and whatever else SPI_ALLOC takes. */
int kmod_spi_alloc(struct kmod *k, const struct kmod_sa *sa, uint32_t *spi);
int kmod_sa_set(struct kmod *k, const struct kmod_sa *sa);
/* The SA is named by id, or by dir, proto, spi and dst. */
int kmod_sa_activate(struct kmod *k, const struct kmod_sa *key);
int kmod_sa_update(struct kmod *k, const struct kmod_sa *sa);
int kmod_sa_del(struct kmod *k, const struct kmod_sa *key);
int kmod_sa_get(struct kmod *k, const struct kmod_sa *key, struct kmod_sa *sa);
/* @filter NULL: every SA of the namespace. */
int kmod_sa_flush(struct kmod *k, const struct kmod_filter *filter);
typedef int kmod_sa_fn(void *arg, const struct kmod_sa *sa);
int kmod_sa_dump(struct kmod *k, const struct kmod_filter *filter,
		 kmod_sa_fn *fn, void *arg);

/* The module takes a reference of its own; the caller keeps @fd. */
int kmod_sock_set(struct kmod *k, int fd, enum cryptomap_sock_kind kind);
/* 0 and a new descriptor in @fd, or -ENOENT when the module keeps none. */
int kmod_sock_get(struct kmod *k, int family, enum cryptomap_sock_kind kind,
		  int *fd);
int kmod_sock_del(struct kmod *k, int family, enum cryptomap_sock_kind kind);

typedef int kmod_counter_fn(void *arg, const struct kmod_counter *counter);
int kmod_counter_dump(struct kmod *k, kmod_counter_fn *fn, void *arg);
/* @filter NULL: everything. */
int kmod_counter_reset(struct kmod *k, const struct kmod_filter *filter);
typedef int kmod_tomb_fn(void *arg, const struct kmod_tomb *tomb);
int kmod_tomb_dump(struct kmod *k, kmod_tomb_fn *fn, void *arg);
typedef int kmod_alg_fn(void *arg, const struct kmod_alg *alg);
/* What SAs can be made of; the kernel may load its ciphers for the answer. */
int kmod_alg_dump(struct kmod *k, kmod_alg_fn *fn, void *arg);
/* What inbound SAs accepted, by transform; also those that are gone. */
int kmod_history_dump(struct kmod *k, kmod_alg_fn *fn, void *arg);

/*
 * Events.  KMOD_EV_OVERRUN is made here, when the socket overflowed or the
 * numbers show a gap: something was lost, dump afresh.
 */
#define KMOD_EV_OVERRUN 255

struct kmod_event {
	struct kmod_notice notice;	/* type, num, cause, reason */
	struct kmod_flow flow;		/* .has is 0 where the event has none */
	struct kmod_sa sa;
	struct kmod_binding binding;
	struct kmod_tomb tomb;
	struct kmod_info info;
};

struct kmod_events;

int kmod_events_open(struct kmod_events **evp, struct err *err);
void kmod_events_close(struct kmod_events *ev);
/* Non-blocking; readable when there are events.  Stays the owner's. */
int kmod_events_fd(const struct kmod_events *ev);
typedef void kmod_event_fn(void *arg, const struct kmod_event *event);
/*
 * Hand over what has arrived, at most @max events (0: all), in order.  Returns
 * 0, or a negative errno when the socket itself failed.  The callback may use
 * any client, but must not close @ev.
 */
int kmod_events_read(struct kmod_events *ev, unsigned int max,
		     kmod_event_fn *fn, void *arg);

#endif
