// SPDX-License-Identifier: GPL-2.0
#include <linux/errno.h>
#include <linux/kernel.h>

#include "porttree.h"

/* An AVL tree of 2^32 nodes is at most 1.44 * 32 high. */
#define HEIGHT_MAX 48

struct box {
	struct cm_ports s;
	struct cm_ports d;
};

/**
 * struct cm_port_node - one line
 * @rcu: once retired
 * @next: list of the writer; readers do not look at it
 * @child: less and greater subtree
 * @rule: the line; only compared as a number once @dead
 * @prio: its priority
 * @first: lowest priority of the subtree
 * @last: highest priority of the subtree
 * @ports: of the line
 * @bounds: lowest start and highest end of the ranges in the subtree
 * @height: of the subtree, 1 for a leaf
 * @relaxed: addresses and protocol must be compared
 * @dead: the line was removed without memory for a new path
 * @state: of the writer, enum node_state
 */
struct cm_port_node {
	union {
		struct rcu_head rcu;
		struct cm_port_node *next;
	};
	struct cm_port_node *child[2];
	const struct cm_rule *rule;
	u64 prio;
	u64 first;
	u64 last;
	struct box ports;
	struct box bounds;
	u8 height;
	u8 relaxed;
	u8 dead;
	u8 state;
};

enum node_state {
	NODE_PUBLISHED,
	NODE_MADE,		/* in this transaction */
	NODE_DROPPED,		/* made and given up in this transaction */
};

/* One change of one tree: becomes visible as a whole or not at all. */
struct txn {
	const struct cm_classify_ops *ops;
	struct cm_port_node *made;
	struct cm_port_node *retired;
	bool failed;
};

static u8 height(const struct cm_port_node *n)
{
	return n ? n->height : 0;
}

static void grow(struct cm_port_node *n, const struct cm_port_node *sub)
{
	if (!sub)
		return;
	n->height = max(n->height, (u8)(sub->height + 1));
	n->first = min(n->first, sub->first);
	n->last = max(n->last, sub->last);
	n->bounds.s.lo = min(n->bounds.s.lo, sub->bounds.s.lo);
	n->bounds.s.hi = max(n->bounds.s.hi, sub->bounds.s.hi);
	n->bounds.d.lo = min(n->bounds.d.lo, sub->bounds.d.lo);
	n->bounds.d.hi = max(n->bounds.d.hi, sub->bounds.d.hi);
}

/* A node with the line of @src; on the @side there is @near, on the other @far. */
static struct cm_port_node *make(struct txn *txn, const struct cm_port_node *src,
				 int side, struct cm_port_node *near,
				 struct cm_port_node *far)
{
	struct cm_port_node *n;

	n = txn->failed ? NULL : txn->ops->alloc(sizeof(*n));
	if (!n) {
		txn->failed = true;
		return NULL;
	}
	*n = (struct cm_port_node){
		.rule = src->rule, .prio = src->prio, .ports = src->ports,
		.relaxed = src->relaxed, .dead = src->dead,
		.first = src->prio, .last = src->prio, .bounds = src->ports,
		.height = 1, .state = NODE_MADE, .next = txn->made,
	};
	n->child[side] = near;
	n->child[!side] = far;
	grow(n, near);
	grow(n, far);
	txn->made = n;
	return n;
}

/* @n is not in the new tree; readers of the old one may still be at it. */
static void retire(struct txn *txn, struct cm_port_node *n)
{
	if (n->state == NODE_MADE) {
		n->state = NODE_DROPPED;
	} else {
		/* The link is in the place of the unused rcu_head. */
		n->next = txn->retired;
		txn->retired = n;
	}
}

/* The line of @src over two subtrees whose heights differ by 2 at most. */
static struct cm_port_node *balance(struct txn *txn, const struct cm_port_node *src,
				    int side, struct cm_port_node *near,
				    struct cm_port_node *far)
{
	struct cm_port_node *mid;

	if (height(near) < height(far)) {
		swap(near, far);
		side = !side;
	}
	if (height(near) - height(far) < 2)
		return make(txn, src, side, near, far);

	retire(txn, near);
	mid = near->child[!side];
	if (height(near->child[side]) >= height(mid))
		return make(txn, near, side, near->child[side],
			    make(txn, src, side, mid, far));
	retire(txn, mid);
	return make(txn, mid, side,
		    make(txn, near, side, near->child[side], mid->child[side]),
		    make(txn, src, side, mid->child[!side], far));
}

/* Publish the new tree, or forget it after a failure. */
static int finish(struct txn *txn, struct cm_port_node __rcu **root,
		  struct cm_port_node *top)
{
	struct cm_port_node *n, *next;

	if (!txn->failed)
		rcu_assign_pointer(*root, top);
	for (n = txn->made; n; n = next) {
		next = n->next;
		if (txn->failed || n->state == NODE_DROPPED)
			txn->ops->free(n);
		else
			n->state = NODE_PUBLISHED;
	}
	for (n = txn->retired; n && !txn->failed; n = next) {
		next = n->next;
		txn->ops->free_deferred(&n->rcu);
	}
	return txn->failed ? -ENOMEM : 0;
}

static void node_of(struct cm_port_node *n, const struct cm_rule *rule)
{
	*n = (struct cm_port_node){
		.rule = rule, .prio = rule->prio,
		.ports = { .s = rule->sel.sport, .d = rule->sel.dport },
	};
}

static int compare_ports(const struct cm_ports *a, const struct cm_ports *b)
{
	if (a->lo != b->lo)
		return a->lo < b->lo ? -1 : 1;
	return a->hi == b->hi ? 0 : a->hi < b->hi ? -1 : 1;
}

static int compare(const struct cm_port_node *a, const struct cm_port_node *b)
{
	int c = compare_ports(&a->ports.d, &b->ports.d);

	if (!c)
		c = compare_ports(&a->ports.s, &b->ports.s);
	if (!c && a->prio != b->prio)
		c = a->prio < b->prio ? -1 : 1;
	if (!c && a->rule != b->rule)
		c = (unsigned long)a->rule < (unsigned long)b->rule ? -1 : 1;
	return c;
}

/* The nodes from the root downwards, and to which side each was left. */
struct path {
	struct cm_port_node *node[HEIGHT_MAX];
	u64 sides;
	int len;
};

static void path_push(struct path *p, struct cm_port_node *n, int side)
{
	p->sides &= ~(1ULL << p->len);
	p->sides |= (u64)side << p->len;
	p->node[p->len++] = n;
}

/* Follow @key; the path ends above the node returned, which has it or is NULL. */
static struct cm_port_node *descend(struct path *p, struct cm_port_node *n,
				    const struct cm_port_node *key)
{
	int c;

	while (n) {
		c = compare(key, n);
		if (!c)
			break;
		path_push(p, n, c > 0);
		n = n->child[c > 0];
	}
	return n;
}

/* Rebuild the path over @sub; the line of node @swapped is replaced by @by's. */
static struct cm_port_node *ascend(struct txn *txn, struct path *p,
				   struct cm_port_node *sub,
				   const struct cm_port_node *swapped,
				   const struct cm_port_node *by)
{
	while (p->len-- && !txn->failed) {
		struct cm_port_node *n = p->node[p->len];
		int side = p->sides >> p->len & 1;

		retire(txn, n);
		sub = balance(txn, n == swapped ? by : n, side, sub, n->child[!side]);
	}
	return sub;
}

int cm_porttree_insert(const struct cm_classify_ops *ops,
		       struct cm_port_node __rcu **root,
		       const struct cm_rule *rule, bool relaxed)
{
	struct txn txn = { .ops = ops };
	struct path path = { .len = 0 };
	struct cm_port_node *old, *sub;
	struct cm_port_node key;

	node_of(&key, rule);
	key.relaxed = relaxed;
	old = descend(&path, rcu_dereference_protected(*root, 1), &key);
	if (old) {
		/* A dead node: a new line has got the memory of an old one. */
		retire(&txn, old);
		sub = make(&txn, &key, 0, old->child[0], old->child[1]);
	} else {
		sub = make(&txn, &key, 0, NULL, NULL);
	}
	return finish(&txn, root, ascend(&txn, &path, sub, NULL, NULL));
}

void cm_porttree_remove(const struct cm_classify_ops *ops,
			struct cm_port_node __rcu **root,
			const struct cm_rule *rule)
{
	struct txn txn = { .ops = ops };
	struct path path = { .len = 0 };
	struct cm_port_node *gone, *last, *sub;
	struct cm_port_node key;

	node_of(&key, rule);
	gone = descend(&path, rcu_dereference_protected(*root, 1), &key);
	last = gone;
	if (gone->child[0] && gone->child[1]) {
		/* The next greater line takes the place of this one. */
		path_push(&path, gone, 1);
		last = gone->child[1];
		while (last->child[0]) {
			path_push(&path, last, 0);
			last = last->child[0];
		}
	}
	sub = last->child[0] ? last->child[0] : last->child[1];
	retire(&txn, last);
	if (finish(&txn, root, ascend(&txn, &path, sub, gone, last)))
		WRITE_ONCE(gone->dead, 1);
}

/* Depth first: a greater subtree waits on the stack while the lesser one goes. */
void cm_porttree_free(const struct cm_classify_ops *ops,
		      struct cm_port_node *root, bool deferred)
{
	struct cm_port_node *stack[HEIGHT_MAX];
	int depth = 0;

	while (root || depth) {
		struct cm_port_node *n = root ? root : stack[--depth];

		if (n->child[1])
			stack[depth++] = n->child[1];
		root = n->child[0];
		if (deferred)
			ops->free_deferred(&n->rcu);
		else
			ops->free(n);
	}
}

u64 cm_porttree_best(const struct cm_port_node *root)
{
	return root ? root->first : CM_PRIO_NONE;
}

static bool covers(const struct box *b, const struct cm_port_query *q)
{
	return b->s.lo <= q->s_lo && b->s.hi >= q->s_hi &&
	       b->d.lo <= q->d_lo && b->d.hi >= q->d_hi;
}

static bool matches(const struct cm_port_node *n, const struct cm_port_query *q)
{
	return covers(&n->ports, q) && !READ_ONCE(n->dead) &&
	       (!n->relaxed || cm_selector_match_l3(&n->rule->sel, q->t));
}

const struct cm_rule *cm_porttree_search(const struct cm_port_node *root,
					 const struct cm_port_query *q,
					 u64 floor, u64 below)
{
	const struct cm_port_node *stack[HEIGHT_MAX];
	const struct cm_rule *best = NULL;
	int depth = 0;

	if (root)
		stack[depth++] = root;
	while (depth) {
		const struct cm_port_node *n = stack[--depth];
		const struct cm_port_node *a = n->child[0], *b = n->child[1];

		if (n->first >= below || n->last < floor || !covers(&n->bounds, q))
			continue;
		if (n->prio >= floor && n->prio < below && matches(n, q)) {
			best = n->rule;
			below = n->prio;
		}
		/* The more promising side first: it goes on top. */
		if (a && b && a->first < b->first)
			swap(a, b);
		if (a)
			stack[depth++] = a;
		if (b)
			stack[depth++] = b;
	}
	return best;
}
