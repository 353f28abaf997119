// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/lib/addr.h"

struct addr addr_v4(uint32_t host, uint16_t port)
{
	struct addr a = { .family = AF_INET, .port = port };
	uint32_t net = htonl(host);

	memcpy(a.bytes, &net, sizeof(net));
	return a;
}

uint32_t addr_to_v4(const struct addr *a)
{
	uint32_t net;

	if (a->family != AF_INET)
		return 0;
	memcpy(&net, a->bytes, sizeof(net));
	return ntohl(net);
}

int addr_from_bytes(struct addr *a, const void *bytes, size_t len)
{
	*a = (struct addr){ 0 };
	if (len != 4 && len != 16)
		return -EINVAL;
	a->family = len == 4 ? AF_INET : AF_INET6;
	memcpy(a->bytes, bytes, len);
	return 0;
}

size_t addr_len(const struct addr *a)
{
	switch (a->family) {
	case AF_INET:
		return 4;
	case AF_INET6:
		return 16;
	default:
		return 0;
	}
}

unsigned int addr_bits(const struct addr *a)
{
	return (unsigned int)addr_len(a) * 8;
}

bool addr_is_set(const struct addr *a)
{
	return addr_len(a);
}

bool addr_is_any(const struct addr *a)
{
	static const uint8_t zero[16];

	return addr_is_set(a) && !memcmp(a->bytes, zero, addr_len(a));
}

int addr_cmp(const struct addr *a, const struct addr *b)
{
	int diff;

	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	diff = memcmp(a->bytes, b->bytes, addr_len(a));
	if (diff || a->scope == b->scope)
		return diff;
	return a->scope < b->scope ? -1 : 1;
}

bool addr_equal(const struct addr *a, const struct addr *b)
{
	return !addr_cmp(a, b);
}

bool addr_port_equal(const struct addr *a, const struct addr *b)
{
	return a->port == b->port && addr_equal(a, b);
}

int addr_from_sockaddr(struct addr *a, const struct sockaddr *sa,
		       socklen_t len)
{
	struct sockaddr_in6 in6;
	struct sockaddr_in in;

	*a = (struct addr){ 0 };
	if (len < sizeof(sa->sa_family))
		return -EINVAL;
	switch (sa->sa_family) {
	case AF_INET:
		if (len < sizeof(in))
			return -EINVAL;
		memcpy(&in, sa, sizeof(in));
		memcpy(a->bytes, &in.sin_addr, 4);
		a->port = ntohs(in.sin_port);
		break;
	case AF_INET6:
		if (len < sizeof(in6))
			return -EINVAL;
		memcpy(&in6, sa, sizeof(in6));
		memcpy(a->bytes, &in6.sin6_addr, 16);
		a->port = ntohs(in6.sin6_port);
		a->scope = in6.sin6_scope_id;
		break;
	default:
		return -EAFNOSUPPORT;
	}
	a->family = (uint8_t)sa->sa_family;
	return 0;
}

socklen_t addr_to_sockaddr(const struct addr *a, struct sockaddr_storage *ss)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in in = { .sin_family = AF_INET };

	memset(ss, 0, sizeof(*ss));
	switch (a->family) {
	case AF_INET:
		memcpy(&in.sin_addr, a->bytes, 4);
		in.sin_port = htons(a->port);
		memcpy(ss, &in, sizeof(in));
		return sizeof(in);
	case AF_INET6:
		memcpy(&in6.sin6_addr, a->bytes, 16);
		in6.sin6_port = htons(a->port);
		in6.sin6_scope_id = a->scope;
		memcpy(ss, &in6, sizeof(in6));
		return sizeof(in6);
	default:
		return 0;
	}
}

/* The zone of "fe80::1%zone": an interface name or its index; 0 is an error. */
static uint32_t parse_zone(const char *zone)
{
	uint32_t index = if_nametoindex(zone);
	unsigned long n;
	char *end;

	if (index || *zone < '0' || *zone > '9')
		return index;
	n = strtoul(zone, &end, 10);
	return *end || n > INT32_MAX ? 0 : (uint32_t)n;
}

int addr_parse(struct addr *a, const char *text)
{
	char copy[ADDR_STRLEN];
	char *zone;

	*a = (struct addr){ 0 };
	if (inet_pton(AF_INET, text, a->bytes) == 1) {
		a->family = AF_INET;
		return 0;
	}
	if (strlen(text) >= sizeof(copy))
		return -EINVAL;
	strcpy(copy, text);
	zone = strchr(copy, '%');
	if (zone) {
		*zone++ = '\0';
		a->scope = parse_zone(zone);
		if (!a->scope)
			return -EINVAL;
	}
	if (inet_pton(AF_INET6, copy, a->bytes) != 1) {
		*a = (struct addr){ 0 };
		return -EINVAL;
	}
	a->family = AF_INET6;
	return 0;
}

static int parse_port(const char *text, uint16_t *port)
{
	unsigned long n;
	char *end;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	n = strtoul(text, &end, 10);
	if (*end || n > UINT16_MAX)
		return -EINVAL;
	*port = (uint16_t)n;
	return 0;
}

int addr_parse_port(struct addr *a, const char *text)
{
	const char *port = NULL, *end;
	char copy[ADDR_STRLEN];
	size_t len;

	*a = (struct addr){ 0 };
	if (*text == '[') {
		text++;
		end = strchr(text, ']');
		if (!end || (end[1] && end[1] != ':'))
			return -EINVAL;
		if (end[1])
			port = end + 2;
	} else {
		end = strchr(text, ':');
		/* More than one colon: an IPv6 address without brackets. */
		if (!end || strchr(end + 1, ':'))
			return addr_parse(a, text);
		port = end + 1;
	}
	len = (size_t)(end - text);
	if (len >= sizeof(copy))
		return -EINVAL;
	memcpy(copy, text, len);
	copy[len] = '\0';
	if (addr_parse(a, copy))
		return -EINVAL;
	if (port && parse_port(port, &a->port)) {
		*a = (struct addr){ 0 };
		return -EINVAL;
	}
	return 0;
}

char *addr_format(const struct addr *a, char *text, size_t size)
{
	char ip[INET6_ADDRSTRLEN], name[IF_NAMESIZE];

	if (!addr_is_set(a) || !inet_ntop(a->family, a->bytes, ip, sizeof(ip)))
		snprintf(text, size, "-");
	else if (!a->scope)
		snprintf(text, size, "%s", ip);
	else if (if_indextoname(a->scope, name))
		snprintf(text, size, "%s%%%s", ip, name);
	else
		snprintf(text, size, "%s%%%u", ip, a->scope);
	return text;
}

char *addr_format_port(const struct addr *a, char *text, size_t size)
{
	char ip[ADDR_STRLEN];

	addr_format(a, ip, sizeof(ip));
	if (!a->port || !addr_is_set(a))
		snprintf(text, size, "%s", ip);
	else if (a->family == AF_INET6)
		snprintf(text, size, "[%s]:%u", ip, a->port);
	else
		snprintf(text, size, "%s:%u", ip, a->port);
	return text;
}

int addr_mask_len(const struct addr *mask)
{
	unsigned int bits = addr_bits(mask), n = 0, i;

	if (!bits)
		return -EINVAL;
	while (n < bits && mask->bytes[n / 8] & (0x80 >> n % 8))
		n++;
	for (i = n; i < bits; i++)
		if (mask->bytes[i / 8] & (0x80 >> i % 8))
			return -EINVAL;
	return (int)n;
}

/* Clear (or set) all bits of the address after the first @len. */
static void fill_host_bits(struct addr *a, unsigned int len, bool ones)
{
	unsigned int bits = addr_bits(a), i;

	for (i = len; i < bits; i++) {
		if (ones)
			a->bytes[i / 8] |= (uint8_t)(0x80 >> i % 8);
		else
			a->bytes[i / 8] &= (uint8_t)~(0x80 >> i % 8);
	}
}

int addr_mask_from_len(struct addr *mask, int family, unsigned int len)
{
	*mask = (struct addr){ 0 };
	if (family != AF_INET && family != AF_INET6)
		return -EAFNOSUPPORT;
	mask->family = (uint8_t)family;
	if (len > addr_bits(mask))
		return -ERANGE;
	memset(mask->bytes, 0xff, addr_len(mask));
	fill_host_bits(mask, len, false);
	return 0;
}

int prefix_set(struct prefix *p, const struct addr *a, unsigned int len)
{
	if (!addr_is_set(a))
		return -EINVAL;
	if (len > addr_bits(a))
		return -ERANGE;
	p->addr = *a;
	p->addr.port = 0;
	p->len = (uint8_t)len;
	fill_host_bits(&p->addr, len, false);
	return 0;
}

int prefix_from_mask(struct prefix *p, const struct addr *a,
		     const struct addr *mask)
{
	int len = addr_mask_len(mask);

	if (len < 0 || a->family != mask->family)
		return -EINVAL;
	return prefix_set(p, a, (unsigned int)len);
}

int prefix_parse(struct prefix *p, const char *text)
{
	const char *slash = strchr(text, '/');
	char copy[ADDR_STRLEN];
	struct addr a;
	uint16_t len;
	size_t n;

	if (!slash) {
		if (addr_parse(&a, text))
			return -EINVAL;
		return prefix_set(p, &a, addr_bits(&a));
	}
	n = (size_t)(slash - text);
	if (n >= sizeof(copy))
		return -EINVAL;
	memcpy(copy, text, n);
	copy[n] = '\0';
	if (addr_parse(&a, copy) || parse_port(slash + 1, &len))
		return -EINVAL;
	return prefix_set(p, &a, len);
}

char *prefix_format(const struct prefix *p, char *text, size_t size)
{
	char ip[ADDR_STRLEN];

	snprintf(text, size, "%s/%u", addr_format(&p->addr, ip, sizeof(ip)),
		 p->len);
	return text;
}

bool prefix_equal(const struct prefix *a, const struct prefix *b)
{
	return a->len == b->len && addr_equal(&a->addr, &b->addr);
}

bool prefix_contains(const struct prefix *p, const struct addr *a)
{
	struct prefix other;

	return p->addr.family == a->family && !prefix_set(&other, a, p->len) &&
	       prefix_equal(p, &other);
}

int range_set(struct range *r, const struct addr *from, const struct addr *to)
{
	if (!addr_is_set(from) || from->family != to->family ||
	    addr_cmp(from, to) > 0)
		return -EINVAL;
	r->from = *from;
	r->to = *to;
	r->from.port = 0;
	r->to.port = 0;
	return 0;
}

bool range_is_host(const struct range *r, const struct addr *host)
{
	return addr_equal(&r->from, host) && addr_equal(&r->to, host);
}

void range_from_prefix(struct range *r, const struct prefix *p)
{
	r->from = p->addr;
	r->to = p->addr;
	fill_host_bits(&r->to, p->len, true);
}

int range_to_prefix(const struct range *r, struct prefix *p)
{
	unsigned int bits = addr_bits(&r->from), len = 0;
	struct range whole;

	while (len < bits && !((r->from.bytes[len / 8] ^ r->to.bytes[len / 8]) &
			       (0x80 >> len % 8)))
		len++;
	if (prefix_set(p, &r->from, len))
		return -ERANGE;
	range_from_prefix(&whole, p);
	return range_equal(&whole, r) ? 0 : -ERANGE;
}

/* The address after @a; false: it was the last one. */
static bool addr_next(struct addr *a)
{
	size_t i = addr_len(a);

	while (i && !++a->bytes[i - 1])
		i--;
	return i;
}

/* Does it begin with the prefix of that length?  Then @p and @whole are that. */
static bool begins_with(const struct range *r, unsigned int len,
			struct prefix *p, struct range *whole)
{
	struct prefix wide;
	struct range all;

	prefix_set(&wide, &r->from, len);
	range_from_prefix(&all, &wide);
	if (addr_cmp(&all.from, &r->from) || addr_cmp(&all.to, &r->to) > 0)
		return false;
	*p = wide;
	*whole = all;
	return true;
}

bool range_take_prefix(struct range *r, struct prefix *p)
{
	unsigned int len = addr_bits(&r->from);
	struct range whole;

	begins_with(r, len, p, &whole);
	while (len && begins_with(r, len - 1, p, &whole))
		len--;
	r->from = whole.to;
	return addr_cmp(&whole.to, &r->to) < 0 && addr_next(&r->from);
}

bool range_equal(const struct range *a, const struct range *b)
{
	return addr_equal(&a->from, &b->from) && addr_equal(&a->to, &b->to);
}

bool range_contains(const struct range *r, const struct addr *a)
{
	return addr_cmp(&r->from, a) <= 0 && addr_cmp(a, &r->to) <= 0;
}

char *range_format(const struct range *r, char *text, size_t size)
{
	char from[ADDR_STRLEN], to[ADDR_STRLEN];
	struct prefix p;

	if (!range_to_prefix(r, &p))
		return prefix_format(&p, text, size);
	snprintf(text, size, "%s-%s", addr_format(&r->from, from, sizeof(from)),
		 addr_format(&r->to, to, sizeof(to)));
	return text;
}
