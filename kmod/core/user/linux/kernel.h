/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _CM_USER_LINUX_KERNEL_H
#define _CM_USER_LINUX_KERNEL_H

#include <stdio.h>

#include <linux/types.h>
#include_next <linux/kernel.h>

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#endif

#define min(a, b) ({				\
	__typeof__(a) _min_a = (a);		\
	__typeof__(b) _min_b = (b);		\
	(void)(&_min_a == &_min_b);		\
	_min_a < _min_b ? _min_a : _min_b; })
#define max(a, b) ({				\
	__typeof__(a) _max_a = (a);		\
	__typeof__(b) _max_b = (b);		\
	(void)(&_max_a == &_max_b);		\
	_max_a > _max_b ? _max_a : _max_b; })

#define swap(a, b) do {				\
	__typeof__(a) _swap = (a);		\
	(a) = (b);				\
	(b) = _swap;				\
} while (0)

#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

#define READ_ONCE(x) __atomic_load_n(&(x), __ATOMIC_RELAXED)
#define WRITE_ONCE(x, v) __atomic_store_n(&(x), (v), __ATOMIC_RELAXED)

#endif
