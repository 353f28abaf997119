/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tunnel interfaces (rtnl link kind "cryptomap") of the current network
 * namespace.  Those that we make carry a mark, the alias of the link, by which a
 * later run knows them: what somebody has made by hand is used, but never removed.
 */
#ifndef TOOLS_LIB_LINK_H
#define TOOLS_LIB_LINK_H

typedef int link_fn(void *arg, const char *name);

/*
 * Those with our mark.  A value other than 0 of @fn ends it and is returned;
 * -EAGAIN when interfaces came and went too often to see all of them.
 */
int link_tunnel_dump(link_fn *fn, void *arg);
/*
 * Makes one and sets it up.  0 also when there is one already; -EEXIST when the
 * name is that of an interface of another kind.
 */
int link_tunnel_add(const char *name);
/* -ENODEV when there is none. */
int link_tunnel_del(const char *name);

#endif
