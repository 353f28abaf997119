// SPDX-License-Identifier: GPL-2.0-or-later
/* The commands of the contract that change something or read one object. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/lib/kmod_client.h"

/* Bytes of a line or an entry at its largest, headers included. */
#define LINE_BYTES	192
#define ENTRY_BYTES	512

/* An object of a request: its top-level attribute, how to write it, itself. */
struct part {
	int attr;
	const struct kmod_table *table;
	const void *obj;
};

#define PART(ATTR, noun, o) \
	(struct part){ CRYPTOMAP_A_##ATTR, &kmod_table_##noun, (o) }

static int put_parts(struct nl_msg *msg, const struct part *parts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int ret = 0;

		if (parts[i].obj)
			ret = kmod_msg_put(msg, parts[i].attr, parts[i].table,
					   parts[i].obj);
		if (ret)
			return ret;
	}
	return 0;
}

/* A request of up to two objects, then its answer. */
static int call(struct kmod *k, uint8_t cmd, struct part a, struct part b)
{
	const struct part parts[] = { a, b };
	struct nl_msg *msg = kmod_request(k, cmd, KMOD_REQUEST_SIZE);
	int ret;

	if (!msg)
		return -ENOMEM;
	ret = put_parts(msg, parts, 2);
	if (ret)
		return kmod_abandon(k, msg, ret);
	return kmod_exchange(k, msg);
}

static int call1(struct kmod *k, uint8_t cmd, struct part a)
{
	return call(k, cmd, a, (struct part){ 0 });
}

/* A request of one object and an array of others. */
static int call_list(struct kmod *k, uint8_t cmd, struct part head,
		     struct part item, size_t stride, size_t n, size_t bytes)
{
	struct nl_msg *msg = kmod_request(k, cmd, KMOD_REQUEST_SIZE + n * bytes);
	int ret;

	if (!msg)
		return -ENOMEM;
	ret = put_parts(msg, &head, 1);
	for (size_t i = 0; i < n && !ret; i++) {
		ret = put_parts(msg, &item, 1);
		item.obj = (const char *)item.obj + stride;
	}
	if (ret)
		return kmod_abandon(k, msg, ret);
	return kmod_exchange(k, msg);
}

/* The object @attr of the answer's first message. */
static int answer(struct kmod *k, int attr, const struct kmod_table *table,
		  void *obj)
{
	struct kmod_answer a = kmod_answer_take(k);
	struct nlmsghdr *nlh = kmod_answer_next(&a, NULL);
	bool good = nlh && !kmod_msg_find(nlh, attr, table, obj);

	kmod_answer_give(k, a);
	return good ? 0 : kmod_answer_bad(k);
}

/* --- Module ---------------------------------------------------------------- */

int kmod_info_get(struct kmod *k, struct kmod_info *info,
		  struct kmod_limits *limits)
{
	int ret = call1(k, CRYPTOMAP_CMD_INFO_GET, (struct part){ 0 });

	if (!ret && info)
		ret = answer(k, CRYPTOMAP_A_INFO, &kmod_table_info, info);
	if (!ret && limits)
		ret = answer(k, CRYPTOMAP_A_LIMITS, &kmod_table_limits, limits);
	return ret;
}

int kmod_limits_set(struct kmod *k, const struct kmod_limits *limits)
{
	return call1(k, CRYPTOMAP_CMD_LIMITS_SET, PART(LIMITS, limits, limits));
}

/* --- Access lists ------------------------------------------------------------ */

static struct kmod_acl acl_named(const char *name)
{
	struct kmod_acl acl = { 0 };

	KMOD_SET_NAME(&acl, acl, name, name);
	return acl;
}

int kmod_acl_set(struct kmod *k, const struct kmod_acl *acl,
		 const struct kmod_line *lines, size_t n)
{
	return call_list(k, CRYPTOMAP_CMD_ACL_SET, PART(ACL, acl, acl),
			 PART(LINE, line, lines), sizeof(*lines), n, LINE_BYTES);
}

int kmod_acl_del(struct kmod *k, const char *name)
{
	struct kmod_acl acl = acl_named(name);

	return call1(k, CRYPTOMAP_CMD_ACL_DEL, PART(ACL, acl, &acl));
}

int kmod_line_add(struct kmod *k, const char *name,
		  const struct kmod_line *lines, size_t n)
{
	struct kmod_acl acl = acl_named(name);

	return call_list(k, CRYPTOMAP_CMD_LINE_ADD, PART(ACL, acl, &acl),
			 PART(LINE, line, lines), sizeof(*lines), n, LINE_BYTES);
}

int kmod_line_del(struct kmod *k, const char *name, const uint32_t *seqs,
		  size_t n)
{
	struct kmod_acl acl = acl_named(name);
	struct nl_msg *msg = kmod_request(k, CRYPTOMAP_CMD_LINE_DEL,
					  KMOD_REQUEST_SIZE + n * LINE_BYTES);
	int ret;

	if (!msg)
		return -ENOMEM;
	ret = kmod_msg_put(msg, CRYPTOMAP_A_ACL, &kmod_table_acl, &acl);
	for (size_t i = 0; i < n && !ret; i++) {
		struct kmod_line line = { 0 };

		KMOD_SET(&line, line, seq, seqs[i]);
		ret = kmod_msg_put(msg, CRYPTOMAP_A_LINE, &kmod_table_line,
				   &line);
	}
	if (ret)
		return kmod_abandon(k, msg, ret);
	return kmod_exchange(k, msg);
}

/* --- Maps, entries, bindings --------------------------------------------------- */

static struct kmod_map map_named(const char *name)
{
	struct kmod_map map = { 0 };

	KMOD_SET_NAME(&map, map, name, name);
	return map;
}

int kmod_map_set(struct kmod *k, const struct kmod_map *map,
		 const struct kmod_entry *entries, size_t n)
{
	return call_list(k, CRYPTOMAP_CMD_MAP_SET, PART(MAP, map, map),
			 PART(ENTRY, entry, entries), sizeof(*entries), n,
			 ENTRY_BYTES);
}

int kmod_map_del(struct kmod *k, const char *name)
{
	struct kmod_map map = map_named(name);

	return call1(k, CRYPTOMAP_CMD_MAP_DEL, PART(MAP, map, &map));
}

int kmod_entry_set(struct kmod *k, const char *name,
		   const struct kmod_entry *entry)
{
	struct kmod_map map = map_named(name);

	return call(k, CRYPTOMAP_CMD_ENTRY_SET, PART(MAP, map, &map),
		    PART(ENTRY, entry, entry));
}

int kmod_entry_del(struct kmod *k, const char *name, uint32_t seq)
{
	struct kmod_map map = map_named(name);
	struct kmod_entry entry = { 0 };

	KMOD_SET(&entry, entry, seq, seq);
	return call(k, CRYPTOMAP_CMD_ENTRY_DEL, PART(MAP, map, &map),
		    PART(ENTRY, entry, &entry));
}

int kmod_bind(struct kmod *k, const struct kmod_binding *binding)
{
	return call1(k, CRYPTOMAP_CMD_BIND, PART(BIND, binding, binding));
}

int kmod_unbind(struct kmod *k, const char *ifname)
{
	struct kmod_binding b = { 0 };

	KMOD_SET_NAME(&b, binding, ifname, ifname);
	return call1(k, CRYPTOMAP_CMD_UNBIND, PART(BIND, binding, &b));
}

/* --- Flows ----------------------------------------------------------------- */

static int flow_call(struct kmod *k, uint8_t cmd, uint32_t id)
{
	struct kmod_flow *flow = calloc(1, sizeof(*flow));
	int ret;

	if (!flow)
		return -ENOMEM;
	KMOD_SET(flow, flow, id, id);
	ret = call1(k, cmd, PART(FLOW, flow, flow));
	free(flow);
	return ret;
}

int kmod_flow_get(struct kmod *k, uint32_t id, struct kmod_flow *flow)
{
	int ret = flow_call(k, CRYPTOMAP_CMD_FLOW_GET, id);

	return ret ? ret : answer(k, CRYPTOMAP_A_FLOW, &kmod_table_flow, flow);
}

int kmod_flow_find(struct kmod *k, const char *ifname, uint32_t seq,
		   uint32_t line, struct kmod_flow *flow)
{
	int ret;

	memset(flow, 0, sizeof(*flow));
	KMOD_SET_NAME(flow, flow, ifname, ifname);
	KMOD_SET(flow, flow, seq, seq);
	KMOD_SET(flow, flow, line, line);
	ret = call1(k, CRYPTOMAP_CMD_FLOW_GET, PART(FLOW, flow, flow));
	return ret ? ret : answer(k, CRYPTOMAP_A_FLOW, &kmod_table_flow, flow);
}

int kmod_flow_initiate(struct kmod *k, uint32_t id)
{
	return flow_call(k, CRYPTOMAP_CMD_FLOW_INITIATE, id);
}

int kmod_acquire_fail(struct kmod *k, uint32_t flow_id)
{
	return flow_call(k, CRYPTOMAP_CMD_ACQUIRE_FAIL, flow_id);
}

/* --- SAs --------------------------------------------------------------------- */

static int sa_call(struct kmod *k, uint8_t cmd, const struct kmod_sa *sa)
{
	return call1(k, cmd, PART(SA, sa, sa));
}

int kmod_spi_alloc(struct kmod *k, const struct kmod_sa *sa, uint32_t *spi)
{
	int ret = sa_call(k, CRYPTOMAP_CMD_SPI_ALLOC, sa);
	struct kmod_sa *got;

	if (ret)
		return ret;
	got = calloc(1, sizeof(*got));
	if (!got)
		return -ENOMEM;
	ret = answer(k, CRYPTOMAP_A_SA, &kmod_table_sa, got);
	if (!ret && !KMOD_HAS(got, sa, spi))
		ret = kmod_answer_bad(k);
	if (!ret)
		*spi = got->spi;
	free(got);
	return ret;
}

int kmod_sa_set(struct kmod *k, const struct kmod_sa *sa)
{
	return sa_call(k, CRYPTOMAP_CMD_SA_SET, sa);
}

int kmod_sa_activate(struct kmod *k, const struct kmod_sa *key)
{
	return sa_call(k, CRYPTOMAP_CMD_SA_ACTIVATE, key);
}

int kmod_sa_update(struct kmod *k, const struct kmod_sa *sa)
{
	return sa_call(k, CRYPTOMAP_CMD_SA_UPDATE, sa);
}

int kmod_sa_del(struct kmod *k, const struct kmod_sa *key)
{
	return sa_call(k, CRYPTOMAP_CMD_SA_DEL, key);
}

int kmod_sa_get(struct kmod *k, const struct kmod_sa *key, struct kmod_sa *sa)
{
	int ret = sa_call(k, CRYPTOMAP_CMD_SA_GET, key);

	return ret ? ret : answer(k, CRYPTOMAP_A_SA, &kmod_table_sa, sa);
}

int kmod_sa_flush(struct kmod *k, const struct kmod_filter *filter)
{
	return call1(k, CRYPTOMAP_CMD_SA_FLUSH, PART(FILTER, filter, filter));
}

int kmod_counter_reset(struct kmod *k, const struct kmod_filter *filter)
{
	return call1(k, CRYPTOMAP_CMD_COUNTER_RESET,
		     PART(FILTER, filter, filter));
}

/* --- Sockets ----------------------------------------------------------------- */

int kmod_sock_set(struct kmod *k, int fd, enum cryptomap_sock_kind kind)
{
	struct kmod_sock sock = { 0 };

	KMOD_SET(&sock, sock, fd, (uint32_t)fd);
	KMOD_SET(&sock, sock, kind, (uint8_t)kind);
	return call1(k, CRYPTOMAP_CMD_SOCK_SET, PART(SOCK, sock, &sock));
}

static int sock_named(struct kmod *k, uint8_t cmd, int family,
		      enum cryptomap_sock_kind kind)
{
	struct kmod_sock sock = { 0 };

	KMOD_SET(&sock, sock, family, (uint8_t)family);
	KMOD_SET(&sock, sock, kind, (uint8_t)kind);
	return call1(k, cmd, PART(SOCK, sock, &sock));
}

int kmod_sock_get(struct kmod *k, int family, enum cryptomap_sock_kind kind,
		  int *fd)
{
	struct kmod_sock sock;
	int ret = sock_named(k, CRYPTOMAP_CMD_SOCK_GET, family, kind);

	if (!ret)
		ret = answer(k, CRYPTOMAP_A_SOCK, &kmod_table_sock, &sock);
	if (!ret && !KMOD_HAS(&sock, sock, fd))
		ret = kmod_answer_bad(k);
	if (!ret)
		*fd = (int)sock.fd;
	return ret;
}

int kmod_sock_del(struct kmod *k, int family, enum cryptomap_sock_kind kind)
{
	return sock_named(k, CRYPTOMAP_CMD_SOCK_DEL, family, kind);
}
