// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One row per attribute, made from the lists of kmod_object.h: its number, the
 * kind of its value and where in the struct it lives.  The first member of
 * every object is the mask of present attributes.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <netlink/genl/genl.h>

#include "tools/lib/kmod_msg.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

enum field_kind {
	KIND_u8, KIND_u16, KIND_u32, KIND_u64, KIND_be16, KIND_be32,
	KIND_name, KIND_ifname, KIND_str, KIND_bytes,
	KIND_addr, KIND_addrs, KIND_sel, KIND_sels, KIND_counters,
};

struct field {
	uint16_t attr;
	uint8_t kind;
	uint32_t offset;
};

struct kmod_table {
	const struct field *fields;
	size_t n;
	size_t size;	/* of the struct */
};

#define ROW(noun, NOUN, ATTR, field, kind) \
	{ CRYPTOMAP_##NOUN##_##ATTR, KIND_##kind, \
	  offsetof(struct kmod_##noun, field) },
#define TABLE(noun, LIST)						\
	static const struct field noun##_fields[] = { LIST(ROW) };	\
	const struct kmod_table kmod_table_##noun = {			\
		noun##_fields, ARRAY_LEN(noun##_fields),		\
		sizeof(struct kmod_##noun)				\
	}

TABLE(info, KMOD_INFO_FIELDS);
TABLE(limits, KMOD_LIMITS_FIELDS);
TABLE(acl, KMOD_ACL_FIELDS);
TABLE(sel, KMOD_SEL_FIELDS);
TABLE(line, KMOD_LINE_FIELDS);
TABLE(map, KMOD_MAP_FIELDS);
TABLE(entry, KMOD_ENTRY_FIELDS);
TABLE(binding, KMOD_BINDING_FIELDS);
TABLE(counter, KMOD_COUNTER_FIELDS);
TABLE(flow, KMOD_FLOW_FIELDS);
TABLE(sa, KMOD_SA_FIELDS);
TABLE(sock, KMOD_SOCK_FIELDS);
TABLE(tomb, KMOD_TOMB_FIELDS);
TABLE(alg, KMOD_ALG_FIELDS);
TABLE(filter, KMOD_FILTER_FIELDS);
TABLE(notice, KMOD_NOTICE_FIELDS);

/* --- Building -------------------------------------------------------------- */

static int put_addr(struct nl_msg *msg, int attr, const struct addr *a)
{
	if (!addr_is_set(a))
		return -EINVAL;
	return nla_put(msg, attr, (int)addr_len(a), a->bytes);
}

static int put_addrs(struct nl_msg *msg, int attr, const struct kmod_addrs *l)
{
	int ret = 0;

	for (unsigned int i = 0; i < l->n && i < ARRAY_LEN(l->v) && !ret; i++)
		ret = put_addr(msg, attr, &l->v[i]);
	return ret;
}

static int put_sels(struct nl_msg *msg, int attr, const struct kmod_sels *l)
{
	int ret = 0;

	for (unsigned int i = 0; i < l->n && i < ARRAY_LEN(l->v) && !ret; i++)
		ret = kmod_msg_put(msg, attr, &kmod_table_sel, &l->v[i]);
	return ret;
}

static int put_bytes(struct nl_msg *msg, int attr, const struct kmod_bytes *b)
{
	if (b->len > UINT16_MAX - NLA_HDRLEN)
		return -EMSGSIZE;
	return nla_put(msg, attr, (int)b->len, b->data);
}

static int put_field(struct nl_msg *msg, const struct field *f, const void *at)
{
	switch ((enum field_kind)f->kind) {
	case KIND_u8:
		return nla_put_u8(msg, f->attr, *(const uint8_t *)at);
	case KIND_u16:
		return nla_put_u16(msg, f->attr, *(const uint16_t *)at);
	case KIND_u32:
		return nla_put_u32(msg, f->attr, *(const uint32_t *)at);
	case KIND_u64:
		return nla_put_u64(msg, f->attr, *(const uint64_t *)at);
	case KIND_be16:
		return nla_put_u16(msg, f->attr, htons(*(const uint16_t *)at));
	case KIND_be32:
		return nla_put_u32(msg, f->attr, htonl(*(const uint32_t *)at));
	case KIND_name:
	case KIND_ifname:
		return nla_put_string(msg, f->attr, at);
	case KIND_str:
		return nla_put_string(msg, f->attr, *(const char *const *)at);
	case KIND_bytes:
		return put_bytes(msg, f->attr, at);
	case KIND_addr:
		return put_addr(msg, f->attr, at);
	case KIND_addrs:
		return put_addrs(msg, f->attr, at);
	case KIND_sel:
		return kmod_msg_put(msg, f->attr, &kmod_table_sel, at);
	case KIND_sels:
		return put_sels(msg, f->attr, at);
	case KIND_counters:
		return 0;	/* the kernel's to tell */
	}
	return -EINVAL;
}

int kmod_msg_put(struct nl_msg *msg, int attr, const struct kmod_table *table,
		 const void *obj)
{
	uint64_t has = *(const uint64_t *)obj;
	struct nlattr *nest = nla_nest_start(msg, attr | NLA_F_NESTED);

	if (!nest)
		return -EMSGSIZE;
	for (size_t i = 0; i < table->n; i++) {
		const struct field *f = &table->fields[i];

		if (!(has >> f->attr & 1))
			continue;
		if (put_field(msg, f, (const char *)obj + f->offset))
			return -EMSGSIZE;
	}
	return nla_nest_end_keep_empty(msg, nest) ? -EMSGSIZE : 0;
}

/* --- Parsing --------------------------------------------------------------- */

static int get_number(const struct nlattr *nla, uint8_t kind, void *at)
{
	static const uint8_t size[] = {
		[KIND_u8] = 1, [KIND_u16] = 2, [KIND_u32] = 4, [KIND_u64] = 8,
		[KIND_be16] = 2, [KIND_be32] = 4,
	};

	if (nla_len(nla) != size[kind])
		return -EBADMSG;
	memcpy(at, nla_data(nla), size[kind]);
	if (kind == KIND_be16)
		*(uint16_t *)at = ntohs(*(uint16_t *)at);
	if (kind == KIND_be32)
		*(uint32_t *)at = ntohl(*(uint32_t *)at);
	return 0;
}

static bool is_string(const struct nlattr *nla)
{
	return nla_len(nla) > 0 &&
	       memchr(nla_data(nla), 0, (size_t)nla_len(nla));
}

static int get_name(const struct nlattr *nla, char *to, size_t size)
{
	if (!is_string(nla) || strlen(nla_data(nla)) >= size)
		return -EBADMSG;
	strcpy(to, nla_data(nla));
	return 0;
}

static int get_addr(const struct nlattr *nla, struct addr *a)
{
	if (nla_len(nla) < 0 ||
	    addr_from_bytes(a, nla_data(nla), (size_t)nla_len(nla)))
		return -EBADMSG;
	return 0;
}

/* Repeated attributes beyond what the struct holds are left out. */
static int get_listed(const struct nlattr *nla, uint8_t kind, void *at)
{
	struct kmod_addrs *addrs = at;
	struct kmod_sels *sels = at;
	struct kmod_counters *counters = at;

	switch (kind) {
	case KIND_addrs:
		if (addrs->n >= ARRAY_LEN(addrs->v))
			return 0;
		return get_addr(nla, &addrs->v[addrs->n++]);
	case KIND_sels:
		if (sels->n >= ARRAY_LEN(sels->v))
			return 0;
		return kmod_msg_get(nla, &kmod_table_sel, &sels->v[sels->n++]);
	default:
		if (counters->n >= ARRAY_LEN(counters->v))
			return 0;
		return kmod_msg_get(nla, &kmod_table_counter,
				    &counters->v[counters->n++]);
	}
}

static int get_field(const struct nlattr *nla, uint8_t kind, void *at)
{
	struct kmod_bytes *bytes = at;

	switch ((enum field_kind)kind) {
	case KIND_u8:
	case KIND_u16:
	case KIND_u32:
	case KIND_u64:
	case KIND_be16:
	case KIND_be32:
		return get_number(nla, kind, at);
	case KIND_name:
		return get_name(nla, at, KMOD_NAME_SIZE);
	case KIND_ifname:
		return get_name(nla, at, IF_NAMESIZE);
	case KIND_str:
		if (!is_string(nla))
			return -EBADMSG;
		*(const char **)at = nla_data(nla);
		return 0;
	case KIND_bytes:
		bytes->data = nla_data(nla);
		bytes->len = (size_t)nla_len(nla);
		return 0;
	case KIND_addr:
		return get_addr(nla, at);
	case KIND_sel:
		return kmod_msg_get(nla, &kmod_table_sel, at);
	case KIND_addrs:
	case KIND_sels:
	case KIND_counters:
		return get_listed(nla, kind, at);
	}
	return -EBADMSG;
}

static const struct field *field_of(const struct kmod_table *table, int attr)
{
	for (size_t i = 0; i < table->n; i++)
		if (table->fields[i].attr == attr)
			return &table->fields[i];
	return NULL;
}

int kmod_msg_get(const struct nlattr *nest, const struct kmod_table *table,
		 void *obj)
{
	struct nlattr *nla;
	int rem, ret;

	memset(obj, 0, table->size);
	nla_for_each_nested(nla, (struct nlattr *)nest, rem) {
		const struct field *f = field_of(table, nla_type(nla));

		if (!f)
			continue;
		ret = get_field(nla, f->kind, (char *)obj + f->offset);
		if (ret)
			return ret;
		*(uint64_t *)obj |= 1ULL << f->attr;
	}
	return 0;
}

int kmod_msg_find(struct nlmsghdr *nlh, int attr,
		  const struct kmod_table *table, void *obj)
{
	struct nlattr *nla = nlmsg_find_attr(nlh, GENL_HDRLEN, attr);

	if (!nla) {
		memset(obj, 0, table->size);
		return -ENOENT;
	}
	return kmod_msg_get(nla, table, obj);
}
