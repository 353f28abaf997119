/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shadow headers: what kmod/core needs of the kernel, for programs in user
 * space (unit tests, fuzzers, benchmarks).  They stand in front of the
 * system's own with -Ikmod/core/user, so that the sources are the same bytes
 * in both worlds.
 */
#ifndef _CM_USER_LINUX_TYPES_H
#define _CM_USER_LINUX_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include_next <linux/types.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;
typedef int64_t s64;

#ifndef U8_MAX
#define U8_MAX UINT8_MAX
#define U16_MAX UINT16_MAX
#define U32_MAX UINT32_MAX
#define U64_MAX UINT64_MAX
#endif

#define __force		/* for sparse */

struct rcu_head {
	struct rcu_head *next;
	void (*func)(struct rcu_head *head);
};

#endif
