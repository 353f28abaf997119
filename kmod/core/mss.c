// SPDX-License-Identifier: GPL-2.0
#include <linux/kernel.h>

#include "mss.h"

enum {
	TCP_OFFSET = 12,	/* of the header's length, upper four bits, in words */
	TCP_FLAGS = 13,
	TCP_OPTIONS = 20,
	FLAG_SYN = 0x02,
};

enum {
	OPT_END = 0,
	OPT_NOP = 1,
	OPT_MSS = 2,
	OPT_HDR = 2,		/* kind and length */
	OPT_MSS_LEN = 4,
};

u8 *cm_mss_find(u8 *tcp, size_t len)
{
	size_t end, at, size;

	if (len < TCP_OPTIONS || !(tcp[TCP_FLAGS] & FLAG_SYN))
		return NULL;
	end = (tcp[TCP_OFFSET] >> 4) * 4;
	if (end > len)
		end = len;
	for (at = TCP_OPTIONS; at < end && tcp[at] != OPT_END; at += size) {
		if (tcp[at] == OPT_NOP) {
			size = 1;
			continue;
		}
		if (end - at < OPT_HDR)
			return NULL;
		size = tcp[at + 1];
		if (size < OPT_HDR || size > end - at)
			return NULL;
		if (tcp[at] == OPT_MSS)
			return size == OPT_MSS_LEN ? tcp + at + OPT_HDR : NULL;
	}
	return NULL;
}
