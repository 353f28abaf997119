/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which addresses of the router answer to what comes out of a tunnel: what PIX and
 * ASA call "management-access" (F-059). The hooks are there only while a binding
 * has BIND_MANAGEMENT.
 */
#ifndef _CM_MANAGEMENT_H
#define _CM_MANAGEMENT_H

#include <linux/if.h>
#include <linux/rcupdate.h>

struct cm_bind;

/**
 * struct cm_management - what a binding opens to its peers
 * @ifname: interface whose addresses answer, besides those of the bound one
 */
struct cm_management {
	struct rcu_head rcu;
	char ifname[IFNAMSIZ];
};

/*
 * What @bind opens from now on; @ifname NULL or empty: everything. cn->lock held, may
 * sleep. 0, or -ENOMEM and negative errno of the hooks: then all is as before.
 */
int cm_management_set(struct cm_bind *bind, const char *ifname);

#endif
