// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ike-daemon/crypto/crypto.h"
#include "ike-daemon/aaa/pool.h"
#include "ike-daemon/engine.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/sa/account.h"
#include "ike-daemon/sa/child_sa.h"
#include "ike-daemon/sa/ike_sa.h"
#include "ike-daemon/sa/peer.h"
#include "ike-daemon/sa/proposal.h"
#include "ike-daemon/v1/natt.h"
#include "ike-daemon/v1/v1.h"
#include "tools/lib/kmod_object.h"

/* What is under way on the old pair when the new one takes over, ms. */
#define LEAVE_GRACE_MS	5000
/*
 * A peer with DPD is asked whether it has handled message 3: a keepalive is
 * answered when the ISAKMP SA is free again, and by then the peer's SAs stand.
 * Not at once, or threads of the peer may take the question first; and a peer
 * that has to load its ciphers takes seconds.
 */
#define ASK_MS		100
#define ASK_AGAIN_MS	1000
#define ASKS_MAX	10
/*
 * Finished pairs of one flow.  Two or three are what rekeying and collisions
 * make; a peer that negotiates on and on and sends nothing gets no more.
 */
#define PAIRS_OF_FLOW	8
/* A CPI that no other pair has is soon found, unless the peer has most of them. */
#define CPI_TRIES	16
#define SESSION_AGAIN_MS	1000
/* Slack of "at the same time", ms: the ends see one another's messages late. */
#define COLLISION_MS	2000

static void child_timer(void *arg);
static void session_over(void *arg);

static struct child_sa *child_alloc(struct engine *e, struct peer *peer,
				    uint64_t cookie, uint32_t flow,
				    const struct addr *local,
				    const struct addr *remote)
{
	struct child_sa *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->e = e;
	c->peer = peer;
	c->cookie = cookie;
	c->flow = flow;
	c->started_ms = engine_now(e);
	c->local = *local;
	c->local.port = 0;
	c->remote = *remote;
	c->remote.port = 0;
	timer_init(&c->timer, child_timer, c);
	timer_init(&c->session, session_over, c);
	hash_add(&e->children, &c->by_cookie, cookie);
	hash_add(&e->children_by_flow, &c->by_flow, flow);
	list_add_tail(&peer->children, &c->of_peer);
	return c;
}

int child_sa_new(struct engine *e, struct peer *peer, uint32_t flow,
		 const struct addr *local, const struct addr *remote,
		 bool initiator, uint8_t proto, struct child_sa **out)
{
	struct child_sa *c;
	uint64_t cookie;
	int err;

	*out = NULL;
	do {
		err = crypto_random(&cookie, sizeof(cookie));
		if (err)
			return err;
	} while (!cookie || child_sa_by_cookie(e, cookie));
	c = child_alloc(e, peer, cookie, flow, local, remote);
	if (!c)
		return -ENOMEM;
	c->initiator = initiator;
	c->proto = proto;
	err = e->kernel->ops->spi_alloc(e->kernel, proto, &c->remote, &c->local,
					cookie, &c->spi_in);
	if (err) {
		child_sa_free(c);
		return err;
	}
	*out = c;
	return 0;
}

int child_sa_set_proto(struct child_sa *c, uint8_t proto)
{
	const struct kernel_sa_id was = child_sa_id(c, CRYPTOMAP_DIR_IN);
	struct kernel *k = c->e->kernel;
	int err;

	if (c->proto == proto)
		return 0;
	err = k->ops->spi_alloc(k, proto, &c->remote, &c->local, c->cookie,
				&c->spi_in);
	if (err)
		return err;
	k->ops->sa_del(k, &was, 0);
	c->proto = proto;
	return 0;
}

static bool cpi_is_taken(const struct child_sa *c)
{
	struct list *pos, *tmp;

	list_for_each(&c->peer->children, pos, tmp) {
		const struct child_sa *other = list_entry(pos, struct child_sa, of_peer);

		if (other != c && other->cpi_in == c->cpi_in)
			return true;
	}
	return false;
}

uint16_t child_sa_cpi(struct child_sa *c)
{
	unsigned int tries = CPI_TRIES;

	if (c->cpi_in)
		return c->cpi_in;
	do
		c->cpi_in = CPI_MIN + engine_random(CPI_MAX - CPI_MIN + 1);
	while (cpi_is_taken(c) && --tries);
	return c->cpi_in;
}

struct kernel_sa_id child_sa_id(const struct child_sa *c, uint8_t dir)
{
	bool in = dir == CRYPTOMAP_DIR_IN;

	return (struct kernel_sa_id){
		.dir = dir,
		.proto = c->proto,
		.spi = in ? c->spi_in : c->spi_out,
		.dst = in ? c->local : c->remote,
	};
}

void child_sa_place(struct child_sa *c, const struct kernel_place *place,
		    const struct kernel_sel *sel, unsigned int nth)
{
	c->peer->made++;
	c->place = *place;
	c->sel = *sel;
	c->nth = nth;
}

void child_sa_demux(struct child_sa *c)
{
	c->demux = true;
	c->client_port = c->sel.dport;
	c->sel.dport = 0;
}

void child_sa_set_flow(struct child_sa *c, uint32_t flow)
{
	hash_del(&c->e->children_by_flow, &c->by_flow);
	c->flow = flow;
	hash_add(&c->e->children_by_flow, &c->by_flow, flow);
}

static void adopt_in(struct child_sa *c, const struct kernel_sa *sa)
{
	c->spi_in = sa->spi;
	c->cpi_in = sa->cpi;
	c->port_peer = sa->encap.sport;
	c->port_own = sa->encap.dport;
	if (c->state < CHILD_INBOUND)
		c->state = CHILD_INBOUND;
}

static void adopt_out(struct child_sa *c, const struct kernel_sa *sa)
{
	c->spi_out = sa->spi;
	c->cpi_out = sa->cpi;
	c->port_own = sa->encap.sport;
	c->port_peer = sa->encap.dport;
	c->state = sa->state == CRYPTOMAP_SA_INSTALLED ? CHILD_INSTALLED :
							 CHILD_ACTIVE;
}

int child_sa_adopt(struct engine *e, const struct kernel_sa *sa)
{
	bool in = sa->dir == CRYPTOMAP_DIR_IN;
	const struct addr *remote = in ? &sa->src : &sa->dst;
	const struct addr *local = in ? &sa->dst : &sa->src;
	struct child_sa *c = child_sa_by_cookie(e, sa->cookie);
	struct peer *peer;

	if (!c) {
		peer = peer_get(e, remote);
		if (!peer)
			return -ENOMEM;
		c = child_alloc(e, peer, sa->cookie, sa->flow, local, remote);
		if (!c)
			return -ENOMEM;
		c->adopted = true;
		c->proto = sa->proto;
	}
	c->demux |= sa->flags & CRYPTOMAP_SA_F_NAT_DEMUX;
	if (in)
		adopt_in(c, sa);
	else
		adopt_out(c, sa);
	v1_natt_adopted(c);
	return 0;
}

void child_sa_free(struct child_sa *c)
{
	timer_cancel(&c->e->timers, &c->timer);
	timer_cancel(&c->e->timers, &c->session);
	hash_del(&c->e->children, &c->by_cookie);
	hash_del(&c->e->children_by_flow, &c->by_flow);
	list_del(&c->of_peer);
	if (c->place.ifname[0])
		c->peer->made--;
	policy_route_put_pair(c);
	policy_flow_ended(c->e, c->flow);
	if (c->account && c->lease)
		c->account->assigned = c->lease->addr;
	account_put(c->account);
	lease_put(c->lease);
	crypto_cert_put(c->cert);
	free(c->remote_id);
	free(c->key_name);
	free(c->profile);
	free(c->ike_policy);
	free(c->user);
	free(c);
}

static void delete_half(struct child_sa *c, uint8_t dir, uint8_t reason)
{
	const struct kernel_sa_id id = child_sa_id(c, dir);

	if (id.spi)
		c->e->kernel->ops->sa_del(c->e->kernel, &id, reason);
}

void child_sa_delete(struct child_sa *c, uint8_t reason)
{
	account_pair(c->account, c);
	/* One that never was ends nothing. */
	if (c->state >= CHILD_INSTALLED || c->adopted)
		account_part_ends(c->account, kmod_tomb_reason_name(reason));
	delete_half(c, CRYPTOMAP_DIR_OUT, reason);
	delete_half(c, CRYPTOMAP_DIR_IN, reason);
	child_sa_free(c);
}

static void move_half(struct child_sa *c, uint8_t dir,
		      const struct kernel_encap *to)
{
	const struct kernel_sa_id id = child_sa_id(c, dir);
	struct kernel *k = c->e->kernel;
	int err = k->ops->sa_move(k, &id, to);

	/* One that has just ended is told by another event. */
	if (err && err != -ENOENT)
		log_err(ipsec, "SA 0x%08x: its peer's port cannot be changed: %s",
			id.spi, strerror(-err));
}

void child_sa_move(struct child_sa *c, uint16_t port)
{
	const struct kernel_encap in = { port, c->port_own };
	const struct kernel_encap out = { c->port_own, port };

	c->port_peer = port;
	if (c->state >= CHILD_INBOUND && c->spi_in)
		move_half(c, CRYPTOMAP_DIR_IN, &in);
	if (c->state >= CHILD_INSTALLED && c->spi_out)
		move_half(c, CRYPTOMAP_DIR_OUT, &out);
}

/* An adopted one has a number for its port, whether or not a NAT is before the peer. */
bool child_sa_is_of(const struct child_sa *c, uint32_t client, uint16_t port)
{
	return c->client == client ||
	       (c->adopted && !client && c->port_peer == port);
}

bool child_sa_is_with(const struct child_sa *c, const struct ike_sa *sa)
{
	return addr_equal(&c->local, &sa->local) &&
	       child_sa_is_of(c, sa->client, ike_sa_nat_port(sa));
}

bool child_sa_same_peer(const struct child_sa *a, const struct child_sa *b)
{
	return a->peer == b->peer &&
	       (child_sa_is_of(a, b->client, b->port_peer) ||
		child_sa_is_of(b, a->client, a->port_peer));
}

/* "": NULL */
static int set_text(char **out, const char *text)
{
	if (!text[0])
		return 0;
	*out = strdup(text);
	return *out ? 0 : -ENOMEM;
}

int child_sa_made_under(struct child_sa *c, const struct ike_sa *sa,
			const char *user, bool radius)
{
	int err;

	c->remote_id = strdup(sa->remote_id);
	c->cert = crypto_cert_get(sa->cert);
	c->account = account_get(v1_access_account(sa));
	c->hybrid = ike_sa_is_hybrid(sa);
	c->radius = radius;
	err = c->remote_id ? set_text(&c->key_name, sa->key_name) : -ENOMEM;
	if (!err)
		err = set_text(&c->profile, sa->profile);
	if (!err)
		err = set_text(&c->ike_policy, sa->ike_policy);
	return err ? err : set_text(&c->user, user);
}

/* What is still being negotiated goes as soon as it is there. */
static void session_over(void *arg)
{
	struct child_sa *c = arg;
	struct peer *peer = c->peer;
	char text[ADDR_STRLEN];

	if (c->state < CHILD_INSTALLED && !c->adopted) {
		timer_set(&c->e->timers, &c->session, SESSION_AGAIN_MS);
		return;
	}
	log_notice(ipsec, "%s: the session of user %s is over: SA 0x%08x ends",
		   addr_format(&c->remote, text, sizeof(text)),
		   c->user ? c->user : "?", c->spi_in);
	account_ends(c->account, ACCOUNT_TIME_OUT);
	policy_end_pair(c);
	peer_release(peer);
}

void child_sa_session(struct child_sa *c, uint64_t end_ms)
{
	uint64_t now = engine_now(c->e);

	if (end_ms)
		timer_set(&c->e->timers, &c->session,
			  end_ms > now ? end_ms - now : 0);
	else
		timer_cancel(&c->e->timers, &c->session);
}

bool child_sa_is_guest(const struct child_sa *c)
{
	return c->demux || c->key_name || c->lease || c->user;
}

struct child_sa *child_sa_by_cookie(struct engine *e, uint64_t cookie)
{
	struct hash_node *n = hash_find(&e->children, cookie);

	return n ? hash_entry(n, struct child_sa, by_cookie) : NULL;
}

struct child_sa *child_sa_by_spi(struct peer *peer, uint8_t proto, bool inbound,
				 uint32_t spi)
{
	struct list *pos, *tmp;

	list_for_each(&peer->children, pos, tmp) {
		struct child_sa *c = list_entry(pos, struct child_sa, of_peer);

		if (c->proto == proto &&
		    (inbound ? c->spi_in : c->spi_out) == spi)
			return c;
	}
	return NULL;
}

static uint32_t lower_spi(const struct child_sa *c)
{
	return c->spi_in < c->spi_out ? c->spi_in : c->spi_out;
}

/*
 * Which of two finished pairs of a flow stays?  The one that was begun after
 * the other was finished.  When both ends rekey at once, the negotiations
 * overlap, and the two ends may finish them in different order: then the pair
 * with the lowest SPI stays, which both ends know.
 */
static bool child_better(const struct child_sa *a, const struct child_sa *b)
{
	bool a_doubted = a->adopted || a->doubted;
	bool b_doubted = b->adopted || b->doubted;

	/* Peers that ask for the same share a flow: the last has it. */
	if (a->peer != b->peer || a->client != b->client)
		return a->established_ms != b->established_ms ?
		       a->established_ms > b->established_ms :
		       lower_spi(a) < lower_spi(b);
	if (a_doubted != b_doubted)
		return b_doubted;
	if (a->started_ms > b->established_ms + COLLISION_MS)
		return true;
	if (b->started_ms > a->established_ms + COLLISION_MS)
		return false;
	return lower_spi(a) < lower_spi(b);
}

/* @from NULL: the first of the flow in @state or further. */
static struct child_sa *next_of_flow(struct engine *e, uint32_t flow,
				     struct child_sa *from)
{
	struct hash_node *n = from ? hash_find_next(&from->by_flow) :
				     hash_find(&e->children_by_flow, flow);

	for (; n; n = hash_find_next(n)) {
		struct child_sa *c = hash_entry(n, struct child_sa, by_flow);

		if (c->state >= CHILD_INSTALLED)
			return c;
	}
	return NULL;
}

/* May one of them follow the other: same client and port, or a flow without clients? */
static bool of_one_client(const struct child_sa *c, const struct child_sa *other)
{
	return !c->demux ||
	       (other->peer == c->peer && other->client == c->client &&
		(!c->client_port || !other->client_port ||
		 c->client_port == other->client_port));
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/* Does who comes back from another port of the NAT call himself the same? */
static bool same_name(const struct child_sa *a, const struct child_sa *b)
{
	return a->peer == b->peer && a->remote_id &&
	       same_text(a->remote_id, b->remote_id) &&
	       !a->cert == !b->cert && same_text(a->key_name, b->key_name) &&
	       same_text(a->profile, b->profile) &&
	       same_text(a->user, b->user);
}

/* May @old go because of @c?  Those who share a flow do not end one another's. */
static bool replaces(const struct child_sa *c, const struct child_sa *old)
{
	return (child_sa_same_peer(c, old) || same_name(c, old)) &&
	       of_one_client(c, old);
}

/* @like NULL: of all. */
static struct child_sa *best_of_flow(struct engine *e, uint32_t flow,
				     const struct child_sa *like)
{
	struct child_sa *best = NULL, *c = NULL;

	while ((c = next_of_flow(e, flow, c)))
		if (c->state != CHILD_LEAVING &&
		    (!like || of_one_client(like, c)) &&
		    (!best || child_better(c, best)))
			best = c;
	return best;
}

struct child_sa *child_sa_of_flow(struct engine *e, uint32_t flow)
{
	return best_of_flow(e, flow, NULL);
}

/* Does it carry the packets of its flow, or of its client? */
static bool is_best(struct child_sa *c)
{
	return best_of_flow(c->e, c->flow, c) == c;
}

/* Make it the one that its flow sends on. */
static int make_current(struct child_sa *c)
{
	const struct kernel_sa_id id = child_sa_id(c, CRYPTOMAP_DIR_OUT);

	return c->e->kernel->ops->sa_activate(c->e->kernel, &id);
}

static void child_activate(struct child_sa *c)
{
	int err;

	if (c->state != CHILD_INSTALLED)
		return;
	timer_cancel(&c->e->timers, &c->timer);
	c->state = CHILD_ACTIVE;
	if (!is_best(c))
		return;
	err = make_current(c);
	if (err)
		log_err(ipsec, "outbound SA 0x%08x: activation failed: %s",
			c->spi_out, strerror(-err));
}

static void child_leave(struct child_sa *c)
{
	c->state = CHILD_LEAVING;
	timer_set(&c->e->timers, &c->timer, LEAVE_GRACE_MS);
}

/*
 * The new pair carries traffic: the peer's others of its flow may go, and the halves
 * that an earlier daemon, killed in between, has left.
 */
static void child_supersede(struct child_sa *c)
{
	struct hash_node *n = hash_find(&c->e->children_by_flow, c->flow);

	for (; n; n = hash_find_next(n)) {
		struct child_sa *old = hash_entry(n, struct child_sa, by_flow);

		if (old != c && replaces(c, old) &&
		    old->state != CHILD_LEAVING &&
		    (old->state >= CHILD_INSTALLED || old->adopted))
			child_leave(old);
	}
}

/* Too many pairs: the oldest goes, but not the one that we send on. */
static void child_thin_out(struct child_sa *c)
{
	struct child_sa *best = best_of_flow(c->e, c->flow, c);
	struct child_sa *oldest = NULL, *other = NULL;
	unsigned int n = 0;

	while ((other = next_of_flow(c->e, c->flow, other))) {
		if (other->state == CHILD_LEAVING || !replaces(c, other))
			continue;
		n++;
		if (other != best && other != c &&
		    (!oldest || other->established_ms < oldest->established_ms))
			oldest = other;
	}
	if (n > PAIRS_OF_FLOW && oldest)
		child_leave(oldest);
}

static void child_timer(void *arg)
{
	struct child_sa *c = arg;
	struct peer *peer = c->peer;

	if (c->state == CHILD_INSTALLED && c->asks) {
		c->asks--;
		v1_ask(c);
		timer_set(&c->e->timers, &c->timer, ASK_AGAIN_MS);
		return;
	}
	if (c->state == CHILD_INSTALLED) {
		child_activate(c);
		return;
	}
	v1_delete_child(c);
	child_sa_delete(c, CRYPTOMAP_TOMB_REKEYED);
	peer_release(peer);
}

void child_sa_established(struct child_sa *c, uint64_t delay_ms)
{
	c->state = CHILD_INSTALLED;
	c->established_ms = engine_now(c->e);
	c->asks = delay_ms && v1_can_ask(c) ? ASKS_MAX : 0;
	if (delay_ms && !c->carried)
		timer_set(&c->e->timers, &c->timer,
			  c->asks ? ASK_MS : delay_ms);
	else
		child_activate(c);
	if (c->carried && is_best(c))
		child_supersede(c);
	else
		child_thin_out(c);
	policy_route_pair(c);
}

void child_sa_ready(struct child_sa *c)
{
	if (c->state == CHILD_INSTALLED)
		child_activate(c);
}

void child_sa_first_packet(struct child_sa *c)
{
	c->carried = true;
	child_sa_ready(c);
	if (c->state == CHILD_ACTIVE && is_best(c))
		child_supersede(c);
}

void child_sa_peer_deletes(struct child_sa *c)
{
	struct engine *e = c->e;
	struct peer *peer = c->peer;
	uint32_t flow = c->flow;
	struct child_sa *next;

	c->state = CHILD_LEAVING;
	next = best_of_flow(e, flow, c);
	if (next && next->state == CHILD_INSTALLED) {
		child_activate(next);
	} else if (next && next->state == CHILD_ACTIVE) {
		/* It may be one that lost a collision and was never current. */
		make_current(next);
	}
	child_sa_delete(c, CRYPTOMAP_TOMB_PEER);
	peer_release(peer);
}
