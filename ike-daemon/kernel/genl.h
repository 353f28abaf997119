/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The module as the data plane, by generic netlink (tools/lib/kmod.h). */
#ifndef IKE_KERNEL_GENL_H
#define IKE_KERNEL_GENL_H

#include "ike-daemon/kernel/kernel.h"

/* -ENODEV: the module is not loaded; -EPERM; with a sentence. */
int genl_open(struct kernel **kp, struct err *err);
void genl_close(struct kernel *k);
/* Readable when there are events; then call genl_read(). */
int genl_fd(struct kernel *k);
int genl_read(struct kernel *k);

#endif
