/* SPDX-License-Identifier: GPL-2.0 */
/* Path MTU of a tunnel. */
#ifndef _CM_PMTU_H
#define _CM_PMTU_H

#include <linux/types.h>

struct cm_flow;
struct cm_sa;

/*
 * For dumps, in bytes, while @sa is current: the path MTU outside, and the
 * largest inner packet that fits. 0 = not known. Under rcu_read_lock().
 */
u32 cm_pmtu_path(const struct cm_flow *flow, const struct cm_sa *sa);
u32 cm_pmtu_inner(const struct cm_flow *flow, const struct cm_sa *sa);

#endif
