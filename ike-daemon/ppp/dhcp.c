// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "ike-daemon/ppp/dhcp.h"

/* RFC 2131, 2 */
#define BOOTREQUEST	1
#define BOOTREPLY	2
#define FROM_HARDWARE	1	/* byte: type and length of its address, hops ... */
#define AT_XID		4	/* ... which one it is, for how long, flags ... */
#define AT_CIADDR	12
#define AT_CHADDR	28
#define CHADDR_LEN	16
#define AT_NAMES	44	/* of a server and a file */
#define AT_COOKIE	236
#define COOKIE		0x63825363
#define BOOTP_MIN	300	/* bytes that old clients want (RFC 1542, 2.1) */

/* RFC 2132; RFC 3442; and Microsoft's number for the same */
enum option {
	PAD = 0, SUBNET_MASK = 1, NAME_SERVERS = 6, DOMAIN_NAME = 15,
	NETBIOS_SERVERS = 44, MESSAGE_TYPE = 53, SERVER_ID = 54, WANTED = 55,
	CLASSLESS_ROUTES = 121, MICROSOFT_ROUTES = 249, END = 255,
};

#define DHCPACK		5
#define DHCPINFORM	8
#define OPTION_MAX	255

struct request {
	const uint8_t *header;		/* AT_COOKIE bytes */
	unsigned int type;
	const uint8_t *wanted;		/* options; NULL: all */
	size_t n_wanted;
};

/* --- what is asked ------------------------------------------------------------- */

static int read_options(struct buf *in, struct request *rq)
{
	while (buf_left(in)) {
		unsigned int code = buf_get_u8(in);
		const uint8_t *value;
		size_t len;

		if (code == PAD)
			continue;
		if (code == END)
			break;
		len = buf_get_u8(in);
		value = buf_get_direct(in, len);
		if (buf_err(in))
			return -EPROTO;
		if (code == MESSAGE_TYPE && len == 1)
			rq->type = *value;
		if (code == WANTED && len) {
			rq->wanted = value;
			rq->n_wanted = len;
		}
	}
	return 0;
}

static int read_request(struct buf *in, const struct addr *client,
			struct request *rq)
{
	rq->header = buf_get_direct(in, AT_COOKIE);
	if (!rq->header || buf_get_u32(in) != COOKIE || buf_err(in))
		return -EPROTO;
	if (rq->header[0] != BOOTREQUEST ||
	    memcmp(rq->header + AT_CIADDR, client->bytes, addr_len(client)))
		return -EPROTO;
	if (read_options(in, rq) || rq->type != DHCPINFORM)
		return -EPROTO;
	return 0;
}

/* --- what is answered ---------------------------------------------------------- */

/* What is longer than one may be goes on in the next of its number (RFC 3396). */
static void put_option(struct buf *out, const struct request *rq,
		       enum option code, const void *value, size_t len)
{
	const uint8_t *p = value;

	if (!len || (rq->wanted && !memchr(rq->wanted, code, rq->n_wanted)))
		return;
	while (len) {
		size_t part = len < OPTION_MAX ? len : OPTION_MAX;

		buf_put_u8(out, code);
		buf_put_u8(out, part);
		buf_put(out, p, part);
		p += part;
		len -= part;
	}
}

static void put_servers(struct buf *out, const struct request *rq,
			enum option code, const struct addr *servers)
{
	uint8_t value[CFG_SERVERS_MAX * 4];
	size_t len = 0;
	unsigned int i;

	for (i = 0; i < CFG_SERVERS_MAX && addr_is_set(&servers[i]); i++) {
		memcpy(value + len, servers[i].bytes, 4);
		len += 4;
	}
	put_option(out, rq, code, value, len);
}

/* Each: length of the prefix, its bytes that count, the way there. */
static int put_routes(struct buf *out, const struct request *rq,
		      const struct dhcp_terms *terms)
{
	struct buf routes;
	size_t i;
	int err;

	buf_init(&routes, DHCP_ROUTES_MAX * 9);
	for (i = 0; i < terms->n_routes; i++) {
		const struct prefix *net = &terms->route[i];

		buf_put_u8(&routes, net->len);
		buf_put(&routes, net->addr.bytes, (net->len + 7) / 8);
		buf_put(&routes, terms->own.bytes, 4);
	}
	err = buf_err(&routes);
	if (!err && buf_len(&routes)) {
		put_option(out, rq, CLASSLESS_ROUTES, buf_data(&routes),
			   buf_len(&routes));
		put_option(out, rq, MICROSOFT_ROUTES, buf_data(&routes),
			   buf_len(&routes));
	}
	buf_free(&routes);
	return err;
}

static void put_header(struct buf *out, const uint8_t *asked)
{
	static const uint8_t none[AT_COOKIE];

	buf_put_u8(out, BOOTREPLY);
	buf_put(out, asked + FROM_HARDWARE, 2);
	buf_put_u8(out, 0);
	buf_put(out, asked + AT_XID, 4);
	buf_put_u16(out, 0);
	buf_put(out, asked + AT_XID + 6, 2);
	buf_put(out, asked + AT_CIADDR, 4);
	buf_put(out, none, AT_CHADDR - AT_CIADDR - 4);
	buf_put(out, asked + AT_CHADDR, CHADDR_LEN);
	buf_put(out, none, AT_COOKIE - AT_NAMES);
	buf_put_u32(out, COOKIE);
}

int dhcp_answer(const void *msg, size_t len, const struct addr *client,
		const struct dhcp_terms *terms, struct buf *out)
{
	static const uint8_t ack[] = { MESSAGE_TYPE, 1, DHCPACK, SERVER_ID, 4 };
	struct request rq = { 0 };
	struct buf in;
	int err;

	buf_reader(&in, msg, len);
	err = read_request(&in, client, &rq);
	if (err)
		return err;
	put_header(out, rq.header);
	buf_put(out, ack, sizeof(ack));
	buf_put(out, terms->own.bytes, 4);
	put_option(out, &rq, SUBNET_MASK, terms->mask.bytes, 4);
	put_servers(out, &rq, NAME_SERVERS, terms->dns);
	put_option(out, &rq, DOMAIN_NAME, terms->domain, strlen(terms->domain));
	put_servers(out, &rq, NETBIOS_SERVERS, terms->wins);
	err = put_routes(out, &rq, terms);
	buf_put_u8(out, END);
	while (buf_len(out) < BOOTP_MIN && !buf_err(out))
		buf_put_u8(out, PAD);
	return err ?: buf_err(out);
}
