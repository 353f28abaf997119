/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _CM_USER_LINUX_RCUPDATE_H
#define _CM_USER_LINUX_RCUPDATE_H

#include <linux/types.h>

#define __rcu

#define rcu_dereference(p) __atomic_load_n(&(p), __ATOMIC_ACQUIRE)
#define rcu_dereference_protected(p, cond) ((void)(cond), (p))
#define rcu_assign_pointer(p, v) __atomic_store_n(&(p), (v), __ATOMIC_RELEASE)
#define RCU_INIT_POINTER(p, v) __atomic_store_n(&(p), (v), __ATOMIC_RELAXED)

#endif
