/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who is behind an interface. */
#ifndef TOOLS_PPPD_STRICT_H
#define TOOLS_PPPD_STRICT_H

/*
 * Nothing comes in by that interface but from addresses that are routed there: those of its
 * client (rp_filter, RFC 3704, 2.2).  0 or -errno.
 */
int strict_source(const char *ifname);

#endif
