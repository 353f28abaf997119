/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The answer to a DHCPINFORM (RFC 2131, 4.3.5; F-042, C-073): by it a client of L2TP, as Windows
 * is one, hears what PPP cannot tell: its mask, its domain, and what goes through the tunnel.
 */
#ifndef IKE_PPP_DHCP_H
#define IKE_PPP_DHCP_H

#include <stddef.h>

#include "tools/cli/model.h"
#include "tools/lib/buf.h"

#define DHCP_SERVER_PORT	67
#define DHCP_CLIENT_PORT	68
#define DHCP_ROUTES_MAX		40	/* twice, they still fit into a packet */
#define DHCP_MAX		1400	/* bytes of an answer */

struct dhcp_terms {
	struct addr own;	/* who answers, and the way to all routes */
	struct addr mask;
	const char *domain;	/* "": none */
	struct addr dns[CFG_SERVERS_MAX], wins[CFG_SERVERS_MAX];	/* unset: none */
	struct prefix route[DHCP_ROUTES_MAX];
	size_t n_routes;
};

/*
 * @out: empty, of DHCP_MAX bytes.  0; -EPROTO: what @client sent is no DHCPINFORM, or speaks of
 * another address; or an error of @out.
 */
int dhcp_answer(const void *msg, size_t len, const struct addr *client,
		const struct dhcp_terms *terms, struct buf *out);

#endif
