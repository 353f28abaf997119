/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A simulated data plane: flows from the configuration, SAs in a list, packets
 * as a function call, no sockets.  It judges like the real one whether a packet would have
 * arrived: the SPI must exist at the other end, with the same keys.  Events
 * wait in a queue until sim_poll(), as the module's wait in their socket.
 */
#ifndef IKE_KERNEL_SIM_H
#define IKE_KERNEL_SIM_H

#include "ike-daemon/kernel/kernel.h"

struct sim;

/* NULL without memory. */
struct sim *sim_new(void);
void sim_free(struct sim *s);
struct kernel *sim_kernel(struct sim *s);
/* Give SPIs from this one on: those of every instance are others, by themselves. */
void sim_spis_from(struct sim *s, uint32_t spi);
/* Hand the waiting events to the engine; returns their number. */
unsigned int sim_poll(struct sim *s);
/* Forget the waiting events and say so, as a full socket does. */
void sim_overrun(struct sim *s);
/* Time has come to @now_ms: lifetimes end. */
void sim_tick(struct sim *s, uint64_t now_ms);

/*
 * A packet on the flow: 0 if @to could decrypt it, -EAGAIN if there is no SA
 * (an acquire is raised), -ENOKEY if @to does not know the SPI or has other
 * keys, that is: it would have been lost.
 */
int sim_packet(struct sim *s, uint32_t flow, struct sim *to);

/* What is there. */
unsigned int sim_sa_count(const struct sim *s);
uint32_t sim_flow_id(const struct sim *s, unsigned int index);
/* The flow's current outbound SA and the newest inbound one, or NULL. */
const struct kernel_sa *sim_current(const struct sim *s, uint32_t flow,
				    uint8_t dir);
/* The peer is heard at another address and port on the newest inbound SA. */
void sim_heard(struct sim *s, uint32_t flow, const struct addr *from);
/* Acquires that were answered with a failure. */
unsigned int sim_failures(const struct sim *s);
/* The n-th sa_install() from now on fails once; 0: none. */
void sim_fail_install(struct sim *s, unsigned int n);
/* The next @n walks over the flows fail, ... */
void sim_fail_flow_list(struct sim *s, unsigned int n);
/* ... those over the SAs. */
void sim_fail_sa_list(struct sim *s, unsigned int n);

#endif
