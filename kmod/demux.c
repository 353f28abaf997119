// SPDX-License-Identifier: GPL-2.0
#include <linux/rhashtable.h>
#include <linux/siphash.h>
#include <linux/skbuff.h>
#include <linux/slab.h>

#include "core/selector.h"
#include "demux.h"
#include "extack.h"
#include "flow.h"
#include "l4.h"
#include "pernet.h"
#include "sa.h"

/*
 * Ports that we give: none that is exempt from protection as a port of IKE or
 * DHCP, which are all below.
 */
#define OUR_PORTS_FIRST 5000
#define OUR_PORTS (65536 - OUR_PORTS_FIRST)
#define OUR_PORTS_TRIES 64

/* A client that has all it may loses the one that was silent longest, if so long. */
#define PORT_IDLE (300 * HZ)

/* In the namespace; a table takes twice its size. A power of two. */
#define PORTS_MAX BIT(21)

/* No holes in these, they are compared as bytes. */
struct theirs {
	const struct cm_client *client;
	__be16 number;
	u8 proto;
	u8 zero[sizeof(void *) - 3];
};

struct ours {
	union cm_addr local;
	union cm_addr peer;
	__be16 number;
	u8 proto;
	u8 family;
	u8 zero[4];
};

/**
 * struct port - a port of a client, and what it is here
 * @by_theirs: in its table, RCU
 * @by_ours: likewise
 * @theirs: constant, likewise
 * @ours: that it is unique
 * @client: whose; goes with its ports
 * @used: jiffies of the last packet
 * @of_client: in client->ports
 * @rcu: for its end
 */
struct port {
	struct rhash_head by_theirs;
	struct rhash_head by_ours;
	struct theirs theirs;
	struct ours ours;
	struct cm_client *client;
	unsigned long used;
	struct list_head of_client;
	struct rcu_head rcu;
};

static const struct rhashtable_params client_table = {
	.key_len = sizeof(struct cm_client_key),
	.key_offset = offsetof(struct cm_client, key),
	.head_offset = offsetof(struct cm_client, node),
	.automatic_shrinking = true,
};

static const struct rhashtable_params theirs_table = {
	.key_len = sizeof(struct theirs),
	.key_offset = offsetof(struct port, theirs),
	.head_offset = offsetof(struct port, by_theirs),
	.max_size = PORTS_MAX / 2,
	.automatic_shrinking = true,
};

static const struct rhashtable_params ours_table = {
	.key_len = sizeof(struct ours),
	.key_offset = offsetof(struct port, ours),
	.head_offset = offsetof(struct port, by_ours),
	.max_size = PORTS_MAX / 2,
	.automatic_shrinking = true,
};

/* --- a port comes and goes: client->lock held --- */

static void port_remove(struct cm_net *cn, struct port *port)
{
	rhashtable_remove_fast(&cn->demux.theirs, &port->by_theirs, theirs_table);
	rhashtable_remove_fast(&cn->demux.ours, &port->by_ours, ours_table);
	list_del(&port->of_client);
	port->client->nports--;
	kfree_rcu(port, rcu);
}

/*
 * Where the search for a free one begins. The same port of the same client
 * begins at the same place again, so that a client whose SAs all ended and came
 * anew is most often known as before; another one hardly ever is taken for it.
 */
static u32 first_try(struct cm_net *cn, const struct cm_client *client,
		     const struct theirs *theirs)
{
	struct {
		struct cm_client_key key;
		u32 port;
		u32 zero;
	} seed = {
		.key = client->key,
		.port = (u32)theirs->proto << 16 | ntohs(theirs->number),
	};

	return (u32)siphash(&seed, sizeof(seed), &cn->key) % OUR_PORTS;
}

/* 0; -EEXIST: none was free where we looked; another errno of the table. */
static int take_number(struct cm_net *cn, struct port *port)
{
	u32 at = first_try(cn, port->client, &port->theirs);
	int err = -EEXIST;
	int i;

	for (i = 0; i < OUR_PORTS_TRIES && err == -EEXIST; i++) {
		port->ours.number = htons(OUR_PORTS_FIRST + at);
		err = rhashtable_lookup_insert_fast(&cn->demux.ours,
						    &port->by_ours, ours_table);
		at = (at + 1) % OUR_PORTS;
	}
	return err;
}

/* May the client have another one? */
static bool make_place(struct cm_net *cn, struct cm_client *client)
{
	struct port *port, *oldest = NULL;

	if (client->nports < READ_ONCE(cn->limits.demux_ports))
		return true;
	list_for_each_entry(port, &client->ports, of_client)
		if (!oldest || time_before(READ_ONCE(port->used), oldest->used))
			oldest = port;
	if (!oldest || time_before(jiffies, oldest->used + PORT_IDLE))
		return false;
	port_remove(cn, oldest);
	return true;
}

static int port_insert(struct cm_net *cn, struct port *port)
{
	int err = take_number(cn, port);

	if (err)
		return err;
	err = rhashtable_lookup_insert_fast(&cn->demux.theirs, &port->by_theirs,
					    theirs_table);
	if (err)
		rhashtable_remove_fast(&cn->demux.ours, &port->by_ours, ours_table);
	return err;
}

static struct port *port_new(struct cm_client *client, const struct theirs *theirs)
{
	struct port *port = kzalloc(sizeof(*port), GFP_ATOMIC);

	if (!port)
		return NULL;
	port->theirs = *theirs;
	port->client = client;
	port->used = jiffies;
	port->ours.local = client->key.local;
	port->ours.peer = client->key.peer;
	port->ours.proto = theirs->proto;
	port->ours.family = client->key.family;
	return port;
}

/* --- packets --- */

static struct port *port_find(struct cm_net *cn, const struct theirs *theirs)
{
	return rhashtable_lookup(&cn->demux.theirs, theirs, theirs_table);
}

/* The client's first packet from this port; or somebody was faster. */
static struct port *port_add_locked(struct cm_net *cn, struct cm_client *client,
				    const struct theirs *theirs,
				    enum cm_reason *reason)
{
	struct port *port = port_find(cn, theirs);
	int err;

	if (port)
		return port;
	*reason = CM_REASON_MAP_GONE;
	if (client->dead)
		return NULL;
	*reason = CM_REASON_NAT_DEMUX_LIMIT;
	if (!make_place(cn, client))
		return NULL;
	*reason = CM_REASON_NO_MEMORY;
	port = port_new(client, theirs);
	if (!port)
		return NULL;
	err = port_insert(cn, port);
	if (err) {
		if (err == -EEXIST || err == -E2BIG)
			*reason = CM_REASON_NAT_DEMUX_LIMIT;
		kfree_rcu(port, rcu);	/* it has been in one table already */
		return NULL;
	}
	list_add(&port->of_client, &client->ports);
	client->nports++;
	return port;
}

static struct port *port_add(struct cm_net *cn, struct cm_client *client,
			     const struct theirs *theirs, enum cm_reason *reason)
{
	struct port *port;

	spin_lock(&client->lock);
	port = port_add_locked(cn, client, theirs, reason);
	spin_unlock(&client->lock);
	return port;
}

/* Often the same jiffy: the line stays clean. */
static void port_use(struct port *port)
{
	unsigned long now = jiffies;

	if (READ_ONCE(port->used) != now)
		WRITE_ONCE(port->used, now);
}

/* False: the packet has no number that could be changed. */
static bool number_of(const struct sk_buff *skb, u32 at, __be16 *number)
{
	const __be16 *p;
	__be16 buf;

	if (!at)
		return false;
	p = skb_header_pointer(skb, at, sizeof(buf), &buf);
	if (p)
		*number = *p;
	return p;
}

enum cm_reason cm_demux_in(const struct cm_sa *sa, struct sk_buff *skb,
			   struct cm_tuple *t)
{
	struct theirs theirs = { .client = sa->client, .proto = t->proto };
	u32 at = cm_l4_number_at(t, false);
	enum cm_reason reason;
	struct port *port;

	if (!number_of(skb, at, &theirs.number))
		return CM_REASON_NAT_DEMUX_PROTOCOL;
	port = port_find(sa->cn, &theirs) ?:
	       port_add(sa->cn, sa->client, &theirs, &reason);
	if (unlikely(!port))
		return reason;
	port_use(port);
	if (!cm_l4_set_number(skb, t, at, port->ours.number))
		return CM_REASON_NO_MEMORY;
	if (cm_proto_has_ports(t->proto))
		t->sport = ntohs(port->ours.number);
	return CM_REASON_NONE;
}

struct cm_sa *cm_demux_out(struct cm_net *cn, struct sk_buff *skb,
			   const struct cm_tuple *t, enum cm_reason *reason)
{
	u32 at = cm_l4_number_at(t, true);
	struct ours ours = {
		.local = t->saddr,
		.peer = t->daddr,
		.proto = t->proto,
		.family = t->family,
	};
	struct port *port;
	struct cm_sa *sa;

	*reason = CM_REASON_NAT_DEMUX_UNMAPPED;
	if (!number_of(skb, at, &ours.number))
		return NULL;
	port = rhashtable_lookup(&cn->demux.ours, &ours, ours_table);
	if (!port)
		return NULL;
	*reason = CM_REASON_SA_NOT_ACTIVE;
	sa = rcu_dereference(port->client->sa_out);
	if (!sa)
		return NULL;
	port_use(port);
	*reason = CM_REASON_NO_MEMORY;
	return cm_l4_set_number(skb, t, at, port->theirs.number) ? sa : NULL;
}

/* --- clients --- */

static bool wants_demux(const struct cm_sa *sa)
{
	return sa->flags & CRYPTOMAP_SA_F_NAT_DEMUX;
}

int cm_demux_check(const struct cm_sa *sa, struct cm_flow *flow,
		   struct netlink_ext_ack *extack)
{
	const struct cm_sa *other;

	lockdep_assert_held(&flow->cn->lock);

	other = list_first_entry_or_null(&flow->sas, struct cm_sa, of_flow);
	if (other && wants_demux(other) != wants_demux(sa)) {
		NL_SET_ERR_MSG(extack, "of the SAs of one flow all have SA_F_NAT_DEMUX, or none");
		return -EBUSY;
	}
	/* The line must find an answer by the port that we gave. */
	if (wants_demux(sa) && !cm_ports_is_any(&flow->sel.dport)) {
		NL_SET_ERR_MSG(extack, "SA_F_NAT_DEMUX needs a line that takes any port of the peer");
		return -EINVAL;
	}
	return 0;
}

static void key_of(struct cm_client_key *key, const struct cm_sa *sa)
{
	bool in = sa->dir == CRYPTOMAP_DIR_IN;

	*key = (struct cm_client_key){
		.local = in ? sa->key.daddr : sa->saddr,
		.peer = in ? sa->saddr : sa->key.daddr,
		.selectors = siphash(sa->sel, sa->nsel * sizeof(*sa->sel),
				     &sa->cn->key),
		.flow = sa->flow->id,
		.port = in ? sa->encap_sport : sa->encap_dport,
		.family = sa->key.family,
	};
}

static struct cm_client *client_find(struct cm_net *cn,
				     const struct cm_client_key *key)
{
	return rhashtable_lookup_fast(&cn->demux.clients, key, client_table);
}

static struct cm_client *client_new(struct cm_net *cn,
				    const struct cm_client_key *key)
{
	struct cm_client *client = kzalloc(sizeof(*client), GFP_KERNEL_ACCOUNT);
	int err;

	if (!client)
		return NULL;
	client->key = *key;
	spin_lock_init(&client->lock);
	INIT_LIST_HEAD(&client->ports);
	refcount_set(&client->ref, 1);
	err = rhashtable_insert_fast(&cn->demux.clients, &client->node,
				     client_table);
	if (!err)
		return client;
	kfree(client);
	return NULL;
}

int cm_demux_join(struct cm_sa *sa)
{
	struct cm_net *cn = sa->cn;
	struct cm_client_key key;
	struct cm_client *client;

	lockdep_assert_held(&cn->lock);

	if (!wants_demux(sa))
		return 0;
	key_of(&key, sa);
	client = client_find(cn, &key);
	if (client)
		refcount_inc(&client->ref);
	else
		client = client_new(cn, &key);
	if (!client)
		return -ENOMEM;
	client->sas++;
	sa->client = client;
	set_bit(CM_FLOW_DEMUX, &sa->flow->bits);
	return 0;
}

/*
 * With its last SA the client goes out of the table and its ports out of
 * theirs. A packet that found one before is under RCU, as is one that has the
 * SA; one that comes out of asynchronous crypto has a reference to the SA, and
 * gets no new port from a client that is dead.
 */
void cm_demux_leave(struct cm_sa *sa)
{
	struct cm_client *client = sa->client;
	struct cm_net *cn = sa->cn;
	struct port *port, *next;

	lockdep_assert_held(&cn->lock);

	if (!client)
		return;
	if (list_empty(&sa->flow->sas))
		clear_bit(CM_FLOW_DEMUX, &sa->flow->bits);
	if (rcu_access_pointer(client->sa_out) == sa)
		RCU_INIT_POINTER(client->sa_out, NULL);
	if (--client->sas)
		return;
	rhashtable_remove_fast(&cn->demux.clients, &client->node, client_table);
	spin_lock_bh(&client->lock);
	client->dead = true;
	list_for_each_entry_safe(port, next, &client->ports, of_client)
		port_remove(cn, port);
	spin_unlock_bh(&client->lock);
}

void cm_demux_put(struct cm_sa *sa)
{
	struct cm_client *client = sa->client;

	if (client && refcount_dec_and_test(&client->ref))
		kfree_rcu(client, rcu);
}

/*
 * If there is one of that key already, of SAs that came before this update, the
 * ports of the old one go on with the old SAs. But nobody may find it by its old
 * key, which may be another client's by now: NATs swap ports.
 */
void cm_demux_moved(struct cm_sa *sa)
{
	struct cm_client *client = sa->client;
	struct cm_net *cn = sa->cn;
	struct cm_client_key key;
	struct cm_client *other;

	lockdep_assert_held(&cn->lock);

	if (!client)
		return;
	key_of(&key, sa);
	other = client_find(cn, &key);
	if (other == client)
		return;
	rhashtable_remove_fast(&cn->demux.clients, &client->node, client_table);
	if (other)
		return;
	spin_lock_bh(&client->lock);
	client->key = key;
	spin_unlock_bh(&client->lock);
	/* Out of memory: SAs that come later are those of another client. */
	rhashtable_insert_fast(&cn->demux.clients, &client->node, client_table);
}

u32 cm_demux_list(struct cm_client *client, struct cm_demux_port *list, u32 max)
{
	const struct port *port;
	u32 n = 0;

	spin_lock_bh(&client->lock);
	list_for_each_entry(port, &client->ports, of_client) {
		if (n == max)
			break;
		list[n].proto = port->theirs.proto;
		list[n].theirs = ntohs(port->theirs.number);
		list[n++].ours = ntohs(port->ours.number);
	}
	n = client->nports;
	spin_unlock_bh(&client->lock);
	return n;
}

/* --- namespace --- */

int cm_demux_net_init(struct cm_net *cn)
{
	struct cm_demux *demux = &cn->demux;
	int err;

	err = rhashtable_init(&demux->clients, &client_table);
	if (err)
		return err;
	err = rhashtable_init(&demux->theirs, &theirs_table);
	if (err)
		goto clients;
	err = rhashtable_init(&demux->ours, &ours_table);
	if (err)
		goto theirs;
	return 0;

theirs:
	rhashtable_destroy(&demux->theirs);
clients:
	rhashtable_destroy(&demux->clients);
	return err;
}

/* All SAs are gone, and so are all clients and ports. */
void cm_demux_net_exit(struct cm_net *cn)
{
	rhashtable_destroy(&cn->demux.ours);
	rhashtable_destroy(&cn->demux.theirs);
	rhashtable_destroy(&cn->demux.clients);
}
