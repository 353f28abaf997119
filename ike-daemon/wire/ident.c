// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ike-daemon/wire/ident.h"

enum form {
	FORM_ADDR,
	FORM_SUBNET,
	FORM_RANGE,
};

/* How the identities that stand for addresses are laid out. */
static const struct ident_type {
	uint8_t type;
	uint8_t family;
	enum form form;
} ident_types[] = {
	{ IPSEC_ID_IPV4_ADDR,	AF_INET,	FORM_ADDR },
	{ IPSEC_ID_IPV4_SUBNET,	AF_INET,	FORM_SUBNET },
	{ IPSEC_ID_IPV4_RANGE,	AF_INET,	FORM_RANGE },
	{ IPSEC_ID_IPV6_ADDR,	AF_INET6,	FORM_ADDR },
	{ IPSEC_ID_IPV6_SUBNET,	AF_INET6,	FORM_SUBNET },
	{ IPSEC_ID_IPV6_RANGE,	AF_INET6,	FORM_RANGE },
};

#define NTYPES (sizeof(ident_types) / sizeof(*ident_types))

static const struct ident_type *find_type(unsigned int type)
{
	size_t i;

	for (i = 0; i < NTYPES; i++)
		if (ident_types[i].type == type)
			return &ident_types[i];
	return NULL;
}

static uint8_t type_of(uint8_t family, enum form form)
{
	size_t i;

	for (i = 0; i < NTYPES; i++)
		if (ident_types[i].family == family &&
		    ident_types[i].form == form)
			return ident_types[i].type;
	return IPSEC_ID_NONE;
}

int isakmp_id_range(const struct isakmp_id *id, struct range *r)
{
	const struct ident_type *t = find_type(id->type);
	struct addr first, second;
	struct prefix p;
	size_t len;

	if (!t)
		return -EINVAL;
	len = t->family == AF_INET ? 4 : 16;
	if (id->len != (t->form == FORM_ADDR ? len : 2 * len))
		return -EINVAL;
	addr_from_bytes(&first, id->data, len);
	if (t->form == FORM_ADDR)
		return range_set(r, &first, &first);
	addr_from_bytes(&second, id->data + len, len);
	if (t->form == FORM_RANGE)
		return range_set(r, &first, &second);
	if (prefix_from_mask(&p, &first, &second))
		return -EINVAL;
	range_from_prefix(r, &p);
	return 0;
}

int isakmp_id_prefix(const struct isakmp_id *id, struct prefix *p)
{
	struct range r;
	int err = isakmp_id_range(id, &r);

	return err ? err : range_to_prefix(&r, p);
}

static void make_id(struct isakmp_id *id, enum form form,
		    const struct addr *first, const struct addr *second,
		    uint8_t store[ISAKMP_ID_STORE])
{
	size_t len = addr_len(first);

	*id = (struct isakmp_id){
		.type = type_of(first->family, form),
		.data = store,
		.len = (uint16_t)len,
	};
	memcpy(store, first->bytes, len);
	if (form == FORM_ADDR)
		return;
	memcpy(store + len, second->bytes, len);
	id->len = (uint16_t)(2 * len);
}

void isakmp_id_from_addr(struct isakmp_id *id, const struct addr *a,
			 uint8_t store[ISAKMP_ID_STORE])
{
	make_id(id, FORM_ADDR, a, NULL, store);
}

void isakmp_id_from_prefix(struct isakmp_id *id, const struct prefix *p,
			   uint8_t store[ISAKMP_ID_STORE])
{
	struct addr mask;

	if (p->len == addr_bits(&p->addr)) {
		make_id(id, FORM_ADDR, &p->addr, NULL, store);
		return;
	}
	addr_mask_from_len(&mask, p->addr.family, p->len);
	make_id(id, FORM_SUBNET, &p->addr, &mask, store);
}

void isakmp_id_from_range(struct isakmp_id *id, const struct range *r,
			  uint8_t store[ISAKMP_ID_STORE])
{
	struct prefix p;

	if (!range_to_prefix(r, &p))
		isakmp_id_from_prefix(id, &p, store);
	else
		make_id(id, FORM_RANGE, &r->from, &r->to, store);
}

/* Append formatted text at *@n, never past @size; *@n stays a valid end. */
static void append(char *out, size_t size, size_t *n, const char *fmt,
		   unsigned int c)
{
	int len = snprintf(out + *n, size - *n, fmt, c);

	if (len > 0)
		*n += (size_t)len < size - *n ? (size_t)len : size - *n - 1;
}

/* Text from a peer: anything but printable ASCII appears as \xNN. */
static void format_text(const struct isakmp_id *id, char *out, size_t size)
{
	size_t n = 0;
	unsigned int i;

	out[0] = '\0';
	for (i = 0; i < id->len; i++) {
		unsigned char c = id->data[i];

		/* Room for the longest item and for "...". */
		if (n + 8 > size) {
			snprintf(out + n, size - n, "...");
			return;
		}
		append(out, size, &n, c > 0x20 && c < 0x7f ? "%c" : "\\x%02x",
		       c);
	}
}

static void format_hex(const struct isakmp_id *id, char *out, size_t size)
{
	size_t n;
	unsigned int i;

	snprintf(out, size, "%s 0x", ipsec_id_name(id->type));
	n = strlen(out);
	for (i = 0; i < id->len; i++) {
		if (n + 6 > size) {
			snprintf(out + n, size - n, "...");
			return;
		}
		append(out, size, &n, "%02x", id->data[i]);
	}
}

/* A key ID may be any bytes; mostly it is the name of a group. */
static bool is_word(const struct isakmp_id *id)
{
	unsigned int i = 0;

	while (i < id->len && id->data[i] > 0x20 && id->data[i] < 0x7f)
		i++;
	return i && i == id->len;
}

char *isakmp_id_format(const struct isakmp_id *id, char *out, size_t size)
{
	char text[RANGE_STRLEN];
	struct range r;
	size_t n;

	if (!isakmp_id_range(id, &r)) {
		if (range_equal(&r, &(struct range){ r.from, r.from }))
			addr_format(&r.from, text, sizeof(text));
		else
			range_format(&r, text, sizeof(text));
		snprintf(out, size, "%s", text);
	} else if (id->type == IPSEC_ID_FQDN ||
		   id->type == IPSEC_ID_USER_FQDN) {
		format_text(id, out, size);
	} else if (id->type == IPSEC_ID_KEY_ID && is_word(id)) {
		snprintf(out, size, "%s ", ipsec_id_name(id->type));
		n = strlen(out);
		format_text(id, out + n, size - n);
	} else {
		format_hex(id, out, size);
	}
	return out;
}

int isakmp_id_from_body(struct isakmp_id *id, const uint8_t *body, size_t len)
{
	if (len < 4)
		return -EINVAL;
	*id = (struct isakmp_id){
		.type = body[0],
		.protocol = body[1],
		.port = (uint16_t)(body[2] << 8 | body[3]),
		.len = (uint16_t)(len - 4),
		.data = body + 4,
	};
	return 0;
}

bool isakmp_id_equal(const struct isakmp_id *a, const struct isakmp_id *b)
{
	return a->type == b->type && a->len == b->len &&
	       (!a->len || !memcmp(a->data, b->data, a->len));
}
