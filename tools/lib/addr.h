/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPv4 and IPv6 addresses with an optional port, prefixes and ranges.
 * Values, not objects: copy them freely, nothing is allocated.
 */
#ifndef TOOLS_LIB_ADDR_H
#define TOOLS_LIB_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

struct addr {
	uint8_t family;		/* AF_INET, AF_INET6, or AF_UNSPEC: not set */
	uint16_t port;		/* host byte order; 0 = none */
	uint32_t scope;		/* interface index of a link-local IPv6 address */
	uint8_t bytes[16];	/* network byte order; IPv4 in the first four */
};

struct prefix {
	struct addr addr;	/* host bits are zero */
	uint8_t len;		/* bits: 0..32 or 0..128 */
};

/* Inclusive; from <= to, of one family. */
struct range {
	struct addr from;
	struct addr to;
};

/* Text buffers that always suffice, zero byte included. */
#define ADDR_STRLEN	64	/* address, zone, brackets, port */
#define PREFIX_STRLEN	(ADDR_STRLEN + 4)
#define RANGE_STRLEN	(2 * ADDR_STRLEN + 1)

/* IPv4 address from/to a number in host byte order (0 if not IPv4). */
struct addr addr_v4(uint32_t host, uint16_t port);
uint32_t addr_to_v4(const struct addr *a);
/* From 4 or 16 raw bytes; -EINVAL for another length (@a becomes unset). */
int addr_from_bytes(struct addr *a, const void *bytes, size_t len);

/* Bytes of the address proper: 4, 16, or 0 when not set. */
size_t addr_len(const struct addr *a);
/* Bits: 32, 128 or 0. */
unsigned int addr_bits(const struct addr *a);
bool addr_is_set(const struct addr *a);
/* 0.0.0.0 or :: (of a set address) */
bool addr_is_any(const struct addr *a);

/* Total order by family, address, scope; the ports do not matter. */
int addr_cmp(const struct addr *a, const struct addr *b);
bool addr_equal(const struct addr *a, const struct addr *b);
/* The same with port. */
bool addr_port_equal(const struct addr *a, const struct addr *b);

/* -EAFNOSUPPORT for other families, -EINVAL if @len is too short. */
int addr_from_sockaddr(struct addr *a, const struct sockaddr *sa,
		       socklen_t len);
/* Returns the length of the socket address, 0 for an unset address. */
socklen_t addr_to_sockaddr(const struct addr *a, struct sockaddr_storage *ss);

/* "192.0.2.1", "2001:db8::1", "fe80::1%eth0"; 0 or -EINVAL. */
int addr_parse(struct addr *a, const char *text);
/* Also "192.0.2.1:500" and "[2001:db8::1]:500". */
int addr_parse_port(struct addr *a, const char *text);
/* Write without/with port (omitted when 0), "-" when not set; returns @out. */
char *addr_format(const struct addr *a, char *out, size_t size);
char *addr_format_port(const struct addr *a, char *out, size_t size);

/* Number of leading one bits of a netmask, -EINVAL if it has holes. */
int addr_mask_len(const struct addr *mask);
/* The netmask of @len bits; -ERANGE, -EAFNOSUPPORT. */
int addr_mask_from_len(struct addr *mask, int family, unsigned int len);

/* Host bits of @a are cleared; -ERANGE if @len is too large, -EINVAL unset. */
int prefix_set(struct prefix *p, const struct addr *a, unsigned int len);
/* Address and netmask; -EINVAL if the mask has holes or families differ. */
int prefix_from_mask(struct prefix *p, const struct addr *a,
		     const struct addr *mask);
/* "10.0.0.0/8", "2001:db8::/32", or a host address; 0 or -EINVAL/-ERANGE. */
int prefix_parse(struct prefix *p, const char *text);
char *prefix_format(const struct prefix *p, char *out, size_t size);
bool prefix_equal(const struct prefix *a, const struct prefix *b);
bool prefix_contains(const struct prefix *p, const struct addr *a);

int range_set(struct range *r, const struct addr *from, const struct addr *to);
void range_from_prefix(struct range *r, const struct prefix *p);
/* Is it that address alone, whatever its port? */
bool range_is_host(const struct range *r, const struct addr *host);
/* The prefix that is exactly this range, or -ERANGE when there is none. */
int range_to_prefix(const struct range *r, struct prefix *p);
bool range_equal(const struct range *a, const struct range *b);
bool range_contains(const struct range *r, const struct addr *a);
/*
 * Takes the widest prefix that begins where @r does, and lies in it, off its front.
 * False, and @p has all of @r: nothing is left.
 */
bool range_take_prefix(struct range *r, struct prefix *p);
/* "10.0.0.1-10.0.0.9"; a range that is a prefix is printed as one. */
char *range_format(const struct range *r, char *out, size_t size);

#endif
