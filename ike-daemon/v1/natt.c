// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * NAT traversal (RFC 3947, and its drafts -02 and -03 with other numbers), in main
 * mode; aggressive mode says in AM1, AM2 what is in MM1, MM2, and in AM2, AM3 what is
 * in MM3, MM4, where AM3 is the one that moves:
 *
 *	MM1, MM2	vendor IDs: the version that is spoken
 *	MM3, MM4	NAT-D, NAT-D: hashes of where the message goes to, and of
 *			where it comes from; one that the receiver computes
 *			otherwise was changed by a NAT
 *	MM5 and on	if there is one: IKE from port 4500 to port 4500, and
 *			ESP in the same flow of UDP
 *
 * No hash covers NAT-D: whoever sits between can make the two ends use UDP, or
 * not, as a NAT could.  The peer's port is believed from authentic messages, and
 * from authentic ESP; the end behind a NAT keeps the mapping alive.
 */
#include <arpa/inet.h>
#include <string.h>

#include "ike-daemon/crypto/crypto.h"
#include "ike-daemon/engine.h"
#include "ike-daemon/sa/child_sa.h"
#include "ike-daemon/sa/ike_sa.h"
#include "ike-daemon/sa/peer.h"
#include "ike-daemon/v1/access.h"
#include "ike-daemon/v1/natt.h"
#include "ike-daemon/v1/v1.h"
#include "ike-daemon/wire/vendor.h"
#include "tools/cli/model.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* RFC 3947, 3.2: the destination, then at least one source. */
#define NAT_D_MIN	2

/* The best one first. */
static const enum isakmp_vendor versions[] = {
	ISAKMP_VENDOR_NATT_RFC, ISAKMP_VENDOR_NATT_03,
	ISAKMP_VENDOR_NATT_02N, ISAKMP_VENDOR_NATT_02,
};

static bool has_nat(const struct ike_sa *sa)
{
	return sa->nat_local || sa->nat_remote;
}

/* --- versions -------------------------------------------------------------- */

static void put_vendor(struct isakmp_writer *w, enum isakmp_vendor v)
{
	size_t len;
	const uint8_t *data = isakmp_vendor_bytes(v, &len);

	isakmp_put(w, ISAKMP_PAYLOAD_VENDOR, data, len);
}

void v1_natt_put_vendors(const struct ike_sa *sa, struct isakmp_writer *w)
{
	size_t i;

	if (!engine_config(sa->e)->natt)
		return;
	if (!sa->initiator) {
		if (sa->natt)
			put_vendor(w, sa->natt);
		return;
	}
	for (i = 0; i < ARRAY_LEN(versions); i++)
		put_vendor(w, versions[i]);
}

static bool has_vendor(const struct isakmp_msg *msg, enum isakmp_vendor v)
{
	unsigned int i;

	for (i = 0; i < msg->npayloads; i++) {
		const struct isakmp_payload *p = &msg->payloads[i];

		if (p->type == ISAKMP_PAYLOAD_VENDOR &&
		    isakmp_vendor_lookup(p->data, p->len) == v)
			return true;
	}
	return false;
}

void v1_natt_agree(struct ike_sa *sa, const struct isakmp_msg *msg)
{
	size_t i;

	sa->natt = ISAKMP_VENDOR_UNKNOWN;
	if (!engine_config(sa->e)->natt)
		return;
	for (i = 0; !sa->natt && i < ARRAY_LEN(versions); i++)
		if (has_vendor(msg, versions[i]))
			sa->natt = versions[i];
}

/* --- which one it is --------------------------------------------------------- */

/*
 * And proven so: with a key for many anybody may call himself what a certificate says, and
 * a group has many users.  NULL is the same as "".
 */
static bool is_called(const struct ike_sa *sa, const char *id,
		      const char *key_name, bool certified, const char *user)
{
	return !strcmp(sa->remote_id, id) &&
	       !strcmp(sa->key_name, key_name ? key_name : "") &&
	       !sa->cert == !certified &&
	       !strcmp(v1_access_user(sa), user ? user : "");
}

/*
 * Who calls himself something else than who has the number has got his port; who has still
 * to say his user has none in common with anybody who has said one.
 */
static bool may_have(const struct ike_sa *sa, uint32_t client)
{
	struct list *pos, *tmp;

	if (!sa || !sa->remote_known)
		return true;
	list_for_each(&sa->peer->ike_sas, pos, tmp) {
		const struct ike_sa *old = list_entry(pos, struct ike_sa,
						      of_peer);

		if (old != sa && old->client == client && old->remote_known &&
		    !is_called(sa, old->remote_id, old->key_name, old->cert,
			       v1_access_user(old)))
			return false;
	}
	list_for_each(&sa->peer->children, pos, tmp) {
		const struct child_sa *c = list_entry(pos, struct child_sa,
						      of_peer);

		if (c->client == client && c->remote_id &&
		    !is_called(sa, c->remote_id, c->key_name, c->cert,
			       c->user))
			return false;
	}
	return true;
}

/* Whose SAs go to this port?  0: nobody's.  @sa: its newest, or NULL. */
static uint32_t client_at(const struct peer *peer, const struct addr *local,
			  uint16_t port, const struct ike_sa *sa)
{
	struct list *pos, *tmp;

	list_for_each(&peer->ike_sas, pos, tmp) {
		const struct ike_sa *old = list_entry(pos, struct ike_sa,
						      of_peer);

		if (old != sa && ike_sa_established(old) && old->client &&
		    addr_equal(&old->local, local) &&
		    old->remote.port == port && may_have(sa, old->client))
			return old->client;
	}
	list_for_each(&peer->children, pos, tmp) {
		const struct child_sa *c = list_entry(pos, struct child_sa,
						      of_peer);

		if (c->client && c->port_peer == port &&
		    addr_equal(&c->local, local) && may_have(sa, c->client))
			return c->client;
	}
	return 0;
}

/*
 * @port: where it is seen now, which is where it was seen before, or it is a new one.  What
 * is known of who it is decides: number it again when more is.
 */
static void number(struct ike_sa *sa, uint16_t port)
{
	if (sa->nat_remote)
		sa->client = client_at(sa->peer, &sa->local, port, sa) ?:
			     ++sa->e->last_client;
}

void v1_natt_adopted(struct child_sa *c)
{
	if (c->port_peer && !c->client)
		c->client = client_at(c->peer, &c->local, c->port_peer, NULL) ?:
			    ++c->e->last_client;
}

/* --- detection ------------------------------------------------------------- */

static unsigned int payload_type(const struct ike_sa *sa)
{
	return sa->natt == ISAKMP_VENDOR_NATT_RFC ? ISAKMP_PAYLOAD_NAT_D :
						    ISAKMP_PAYLOAD_NAT_D_DRAFT;
}

/* HASH(CKY-I | CKY-R | IP | Port) */
static int nat_hash(const struct ike_sa *sa, const struct addr *at,
		    uint8_t out[CRYPTO_HASH_MAX])
{
	uint16_t port = htons(at->port);
	const struct crypto_chunk in[] = {
		CRYPTO_CHUNK(sa->cookie_i, ISAKMP_COOKIE_LEN),
		CRYPTO_CHUNK(sa->cookie_r, ISAKMP_COOKIE_LEN),
		CRYPTO_CHUNK(at->bytes, addr_len(at)),
		CRYPTO_CHUNK(&port, sizeof(port)),
	};

	return crypto_hash(sa->hash, in, ARRAY_LEN(in), out);
}

/* We always send from the one address: there is one candidate. */
int v1_natt_put(struct ike_sa *sa, struct isakmp_writer *w)
{
	uint8_t to[CRYPTO_HASH_MAX], from[CRYPTO_HASH_MAX];
	size_t len = crypto_hash_len(sa->hash);
	int err;

	if (!sa->natt)
		return 0;
	err = nat_hash(sa, &sa->remote, to);
	if (!err)
		err = nat_hash(sa, &sa->local, from);
	if (err)
		return err;
	isakmp_put(w, payload_type(sa), to, len);
	isakmp_put(w, payload_type(sa), from, len);
	return 0;
}

static bool is_hash(const struct ike_sa *sa, const struct isakmp_payload *p,
		    const uint8_t *hash)
{
	size_t len = crypto_hash_len(sa->hash);

	return p->len == len && !memcmp(p->data, hash, len);
}

static void log_verdict(const struct ike_sa *sa)
{
	char peer[ADDR_STRLEN];

	log_info(ike, "%s: %s: this end %s behind a NAT, the remote end %s",
		 addr_format(&sa->remote, peer, sizeof(peer)),
		 isakmp_vendor_name(sa->natt), sa->nat_local ? "IS" : "is NOT",
		 sa->nat_remote ? "IS" : "is NOT");
}

/* A peer that says less than it must is treated like one without NAT-T. */
static void too_few(struct ike_sa *sa, unsigned int n)
{
	char peer[ADDR_STRLEN];

	log_notice(ike, "%s: %s was agreed, but of NAT-D payloads there are %u, not 2: going on without",
		   addr_format(&sa->remote, peer, sizeof(peer)),
		   isakmp_vendor_name(sa->natt), n);
	sa->natt = ISAKMP_VENDOR_UNKNOWN;
}

static int detect(struct ike_sa *sa, const struct isakmp_msg *msg,
		  const struct addr *own, const struct addr *peer)
{
	unsigned int type = payload_type(sa), n = isakmp_count(msg, type), i;
	uint8_t local[CRYPTO_HASH_MAX], remote[CRYPTO_HASH_MAX];
	int err;

	if (!sa->natt)
		return 0;
	if (n < NAT_D_MIN) {
		too_few(sa, n);
		return 0;
	}
	err = nat_hash(sa, own, local);
	if (!err)
		err = nat_hash(sa, peer, remote);
	if (err)
		return err;
	sa->nat_local = !is_hash(sa, isakmp_find(msg, type, 0), local);
	sa->nat_remote = true;
	for (i = 1; i < n; i++)
		if (is_hash(sa, isakmp_find(msg, type, i), remote))
			sa->nat_remote = false;
	log_verdict(sa);
	if (sa->initiator && has_nat(sa) && sa->local.port != IKE_NATT_PORT) {
		sa->local.port = IKE_NATT_PORT;
		sa->remote.port = IKE_NATT_PORT;
	}
	if (sa->initiator)
		number(sa, sa->remote.port);
	return 0;
}

int v1_natt_detect(struct ike_sa *sa, const struct isakmp_msg *msg)
{
	return detect(sa, msg, &sa->local, &sa->remote);
}

int v1_natt_detect_moved(struct ike_sa *sa, const struct isakmp_msg *msg)
{
	return detect(sa, msg, &sa->e->rx_local, &sa->e->rx_remote);
}

/* --- where the peer is ----------------------------------------------------- */

/* All of the client's goes through the mapping that moved. */
static void moved(struct peer *peer, uint32_t client, uint16_t from, uint16_t to)
{
	struct list *pos, *tmp;
	char text[ADDR_STRLEN];

	log_notice(ike, "%s: the NAT of the peer has another port for it: %u, before %u",
		   addr_format(&peer->addr, text, sizeof(text)), to, from);
	engine_count(peer->e, ENGINE_C_NAT_MOVED);
	list_for_each(&peer->ike_sas, pos, tmp) {
		struct ike_sa *sa = list_entry(pos, struct ike_sa, of_peer);

		if (sa->local.port == IKE_NATT_PORT && sa->client == client &&
		    sa->remote.port == from)
			sa->remote.port = to;
	}
	list_for_each(&peer->children, pos, tmp) {
		struct child_sa *c = list_entry(pos, struct child_sa, of_peer);

		if (c->client == client && c->port_peer == from)
			child_sa_move(c, to);
	}
}

/*
 * The initiator moves with MM5 or AM3 (RFC 3947, 4): then it sees a NAT, and will offer
 * ESP in UDP, whatever we have seen.
 */
static void move_along(struct ike_sa *sa)
{
	char peer[ADDR_STRLEN];

	if (sa->initiator || !sa->natt || sa->local.port == IKE_NATT_PORT ||
	    sa->e->rx_local.port != IKE_NATT_PORT)
		return;
	if (!has_nat(sa)) {
		log_notice(ike, "%s: the peer moves to port 4500: it sees a NAT where there is none for us",
			   addr_format(&sa->remote, peer, sizeof(peer)));
		sa->nat_remote = true;
	}
	sa->local.port = IKE_NATT_PORT;
	sa->remote.port = sa->e->rx_remote.port;
}

/* Of a responder the message in work may be the first from where the peer is now. */
void v1_natt_known(struct ike_sa *sa)
{
	move_along(sa);
	number(sa, sa->initiator ? sa->remote.port : sa->e->rx_remote.port);
}

/* Before its user is known it has a number of its own: anybody may be there. */
void v1_natt_stranger(struct ike_sa *sa)
{
	move_along(sa);
	if (sa->nat_remote)
		sa->client = ++sa->e->last_client;
}

void v1_natt_user_known(struct ike_sa *sa)
{
	number(sa, sa->remote.port);
}

/*
 * Later the peer's port is followed if it is a NAT's: else only somebody between
 * could change it.
 */
static void follow(struct ike_sa *sa)
{
	const struct addr *to = &sa->e->rx_local, *from = &sa->e->rx_remote;

	if (!sa->natt || to->port != IKE_NATT_PORT ||
	    sa->local.port != IKE_NATT_PORT)
		return;
	if (!sa->client) {
		if (sa->nat_remote)
			sa->remote.port = from->port;
	} else if (sa->remote.port != from->port) {
		moved(sa->peer, sa->client, sa->remote.port, from->port);
	}
}

void v1_heard(struct ike_sa *sa)
{
	sa->last_rx_ms = engine_now(sa->e);
	follow(sa);
}

void v1_natt_mapping(struct child_sa *c, const struct addr *src, uint16_t port)
{
	char peer[ADDR_STRLEN], there[ADDR_STRLEN];

	if (!c->port_peer || !port || !(c->nat_remote || c->adopted))
		return;
	if (!addr_equal(src, &c->remote))
		log_notice(ipsec, "%s: ESP of the peer comes from %s, where the configuration knows no peer: not followed",
			   addr_format(&c->remote, peer, sizeof(peer)),
			   addr_format(src, there, sizeof(there)));
	else if (port != c->port_peer)
		moved(c->peer, c->client, c->port_peer, port);
}

void v1_natt_ports(const struct peer *peer, struct addr *local,
		   struct addr *remote)
{
	const struct ike_sa *sa = peer_ike_sa(peer, local);
	struct list *pos, *tmp;

	local->port = IKE_PORT;
	remote->port = IKE_PORT;
	if (!engine_config(peer->e)->natt)
		return;
	if (sa) {
		if (sa->local.port == IKE_NATT_PORT) {
			local->port = sa->local.port;
			remote->port = sa->remote.port;
		}
		return;
	}
	list_for_each(&peer->children, pos, tmp) {
		const struct child_sa *c = list_entry(pos, struct child_sa,
						      of_peer);

		if (!c->port_peer || !addr_equal(&c->local, local))
			continue;
		local->port = c->port_own;
		remote->port = c->port_peer;
	}
}

/* Has anybody else something at the address of who has this SA? */
static bool has_neighbours(const struct ike_sa *sa)
{
	struct list *pos, *tmp;

	list_for_each(&sa->peer->ike_sas, pos, tmp) {
		const struct ike_sa *other = list_entry(pos, struct ike_sa,
							of_peer);

		if (ike_sa_established(other) && other->client != sa->client)
			return true;
	}
	list_for_each(&sa->peer->children, pos, tmp)
		if (!child_sa_is_of(list_entry(pos, struct child_sa, of_peer),
				    sa->client, ike_sa_nat_port(sa)))
			return true;
	return false;
}

bool v1_natt_ports_of(const struct ike_sa *sa, struct addr *local,
		      struct addr *remote)
{
	bool own = engine_config(sa->e)->natt && ike_sa_nat_port(sa);

	*local = sa->local;
	*remote = sa->remote;
	if (!own) {
		local->port = IKE_PORT;
		remote->port = IKE_PORT;
	}
	return own || !has_neighbours(sa);
}

/* --- ESP in UDP ------------------------------------------------------------ */

unsigned int v1_natt_encap(const struct ike_sa *sa)
{
	if (!has_nat(sa) || sa->local.port != IKE_NATT_PORT)
		return IPSEC_ENCAP_TUNNEL;
	return sa->natt == ISAKMP_VENDOR_NATT_RFC ? IPSEC_ENCAP_UDP_TUNNEL :
						    IPSEC_ENCAP_UDP_TUNNEL_DRAFT;
}

void v1_natt_child(const struct ike_sa *sa, struct child_sa *c)
{
	c->client = sa->client;
	if (v1_natt_encap(sa) == IPSEC_ENCAP_TUNNEL)
		return;
	c->port_own = sa->local.port;
	c->port_peer = sa->remote.port;
	c->nat_local = sa->nat_local;
	c->nat_remote = sa->nat_remote;
}

/* --- keepalives ------------------------------------------------------------ */

/* Neighbours in the lists mostly share their flow of UDP: one byte is enough. */
static void keep(struct engine *e, struct addr last[2],
		 const struct addr *local, const struct addr *remote)
{
	if (addr_is_set(&last[0]) && addr_port_equal(&last[0], local) &&
	    addr_port_equal(&last[1], remote))
		return;
	last[0] = *local;
	last[1] = *remote;
	engine_send_keepalive(e, local, remote);
}

/* Pairs may outlive the ISAKMP SA that made them. */
void v1_natt_keepalive(void *arg)
{
	struct peer *peer = arg;
	struct engine *e = peer->e;
	struct addr last[2] = { { 0 } };
	struct list *pos, *tmp;

	list_for_each(&peer->ike_sas, pos, tmp) {
		const struct ike_sa *sa = list_entry(pos, struct ike_sa,
						     of_peer);

		if (ike_sa_established(sa) && sa->nat_local &&
		    sa->local.port == IKE_NATT_PORT)
			keep(e, last, &sa->local, &sa->remote);
	}
	list_for_each(&peer->children, pos, tmp) {
		const struct child_sa *c = list_entry(pos, struct child_sa,
						      of_peer);
		struct addr local = c->local, remote = c->remote;

		if (!c->nat_local || c->state < CHILD_INSTALLED)
			continue;
		local.port = c->port_own;
		remote.port = c->port_peer;
		keep(e, last, &local, &remote);
	}
	timer_cancel(&e->timers, &peer->keepalive);
	if (addr_is_set(&last[0]))
		timer_set(&e->timers, &peer->keepalive,
			  (uint64_t)engine_config(e)->nat_keepalive * 1000);
}
