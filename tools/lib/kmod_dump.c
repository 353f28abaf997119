// SPDX-License-Identifier: GPL-2.0-or-later
/* The dumps of the contract: every message of an answer as an object. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/lib/kmod_client.h"

/* What a dump is asked with; @table NULL: everything. */
struct question {
	uint8_t cmd;
	int attr;
	const struct kmod_table *table;
	const void *obj;
};

static int ask(struct kmod *k, const struct question *q)
{
	struct nl_msg *msg = kmod_request(k, q->cmd, KMOD_REQUEST_SIZE);
	int ret;

	if (!msg)
		return -ENOMEM;
	if (q->table && q->obj) {
		ret = kmod_msg_put(msg, q->attr, q->table, q->obj);
		if (ret)
			return kmod_abandon(k, msg, ret);
	}
	return kmod_exchange_dump(k, msg);
}

/* Adapters: an object without type to the typed callback. */
typedef int visit_fn(void *arg, const void *obj);

struct visit {
	visit_fn *fn;
	void *arg;
};

/* Dumps of one object a message. */
static int dump(struct kmod *k, const struct question *q, int attr,
		const struct kmod_table *table, size_t size,
		const struct visit *v)
{
	struct nlmsghdr *nlh = NULL;
	struct kmod_answer answer;
	void *obj = NULL;
	int ret = ask(k, q);

	if (ret)
		return ret;
	obj = malloc(size);
	if (!obj)
		return -ENOMEM;
	answer = kmod_answer_take(k);
	while (!ret && (nlh = kmod_answer_next(&answer, nlh))) {
		if (kmod_msg_find(nlh, attr, table, obj))
			ret = kmod_answer_bad(k);
		else
			ret = v->fn(v->arg, obj);
	}
	kmod_answer_give(k, answer);
	free(obj);
	return ret;
}

#define VISITOR(noun)							\
	struct noun##_visit {						\
		kmod_##noun##_fn *fn;					\
		void *arg;						\
	};								\
	static int visit_##noun(void *arg, const void *obj)		\
	{								\
		const struct noun##_visit *v = arg;			\
									\
		return v->fn(v->arg, obj);				\
	}								\
	static int dump_##noun(struct kmod *k, const struct question *q,	\
			       int attr, kmod_##noun##_fn *fn, void *arg) \
	{								\
		struct noun##_visit inner = { fn, arg };		\
		struct visit v = { visit_##noun, &inner };		\
									\
		return dump(k, q, attr, &kmod_table_##noun,		\
			    sizeof(struct kmod_##noun), &v);		\
	}

VISITOR(binding)
VISITOR(flow)
VISITOR(sa)
VISITOR(counter)
VISITOR(tomb)
VISITOR(alg)

int kmod_bind_dump(struct kmod *k, kmod_binding_fn *fn, void *arg)
{
	struct question q = { .cmd = CRYPTOMAP_CMD_BIND_GET };

	return dump_binding(k, &q, CRYPTOMAP_A_BIND, fn, arg);
}

int kmod_flow_dump(struct kmod *k, kmod_flow_fn *fn, void *arg)
{
	struct question q = { .cmd = CRYPTOMAP_CMD_FLOW_GET };

	return dump_flow(k, &q, CRYPTOMAP_A_FLOW, fn, arg);
}

int kmod_acquire_dump(struct kmod *k, kmod_flow_fn *fn, void *arg)
{
	struct question q = { .cmd = CRYPTOMAP_CMD_ACQUIRE_GET };

	return dump_flow(k, &q, CRYPTOMAP_A_FLOW, fn, arg);
}

int kmod_sa_dump(struct kmod *k, const struct kmod_filter *filter,
		 kmod_sa_fn *fn, void *arg)
{
	struct question q = {
		CRYPTOMAP_CMD_SA_GET, CRYPTOMAP_A_FILTER, &kmod_table_filter,
		filter,
	};

	return dump_sa(k, &q, CRYPTOMAP_A_SA, fn, arg);
}

int kmod_counter_dump(struct kmod *k, kmod_counter_fn *fn, void *arg)
{
	struct question q = { .cmd = CRYPTOMAP_CMD_COUNTER_GET };

	return dump_counter(k, &q, CRYPTOMAP_A_COUNTER, fn, arg);
}

int kmod_tomb_dump(struct kmod *k, kmod_tomb_fn *fn, void *arg)
{
	struct question q = { .cmd = CRYPTOMAP_CMD_TOMB_GET };

	return dump_tomb(k, &q, CRYPTOMAP_A_TOMB, fn, arg);
}

int kmod_alg_dump(struct kmod *k, kmod_alg_fn *fn, void *arg)
{
	struct question q = { .cmd = CRYPTOMAP_CMD_ALG_GET };

	return dump_alg(k, &q, CRYPTOMAP_A_ALG, fn, arg);
}

int kmod_history_dump(struct kmod *k, kmod_alg_fn *fn, void *arg)
{
	struct question q = { .cmd = CRYPTOMAP_CMD_HISTORY_GET };

	return dump_alg(k, &q, CRYPTOMAP_A_ALG, fn, arg);
}

/* --- Lists and maps: a header, and one item a message or none ------------------ */

int kmod_acl_dump(struct kmod *k, const char *name, kmod_line_fn *fn,
		  void *arg)
{
	struct kmod_acl acl = { 0 };
	struct question q = {
		CRYPTOMAP_CMD_ACL_GET, CRYPTOMAP_A_ACL, &kmod_table_acl,
		name ? &acl : NULL,
	};
	struct kmod_answer answer;
	struct nlmsghdr *nlh = NULL;
	struct kmod_line line;
	int ret;

	if (name)
		KMOD_SET_NAME(&acl, acl, name, name);
	ret = ask(k, &q);
	answer = kmod_answer_take(k);
	while (!ret && (nlh = kmod_answer_next(&answer, nlh))) {
		int got = kmod_msg_find(nlh, CRYPTOMAP_A_LINE,
					&kmod_table_line, &line);

		if (kmod_msg_find(nlh, CRYPTOMAP_A_ACL, &kmod_table_acl,
				  &acl) || (got && got != -ENOENT))
			ret = kmod_answer_bad(k);
		else
			ret = fn(arg, &acl, got ? NULL : &line);
	}
	kmod_answer_give(k, answer);
	return ret;
}

int kmod_map_dump(struct kmod *k, const char *name, kmod_entry_fn *fn,
		  void *arg)
{
	struct kmod_map map = { 0 };
	struct question q = {
		CRYPTOMAP_CMD_MAP_GET, CRYPTOMAP_A_MAP, &kmod_table_map,
		name ? &map : NULL,
	};
	struct kmod_answer answer;
	struct nlmsghdr *nlh = NULL;
	struct kmod_entry entry;
	int ret;

	if (name)
		KMOD_SET_NAME(&map, map, name, name);
	ret = ask(k, &q);
	answer = kmod_answer_take(k);
	while (!ret && (nlh = kmod_answer_next(&answer, nlh))) {
		int got = kmod_msg_find(nlh, CRYPTOMAP_A_ENTRY,
					&kmod_table_entry, &entry);

		if (kmod_msg_find(nlh, CRYPTOMAP_A_MAP, &kmod_table_map,
				  &map) || (got && got != -ENOENT))
			ret = kmod_answer_bad(k);
		else
			ret = fn(arg, &map, got ? NULL : &entry);
	}
	kmod_answer_give(k, answer);
	return ret;
}
