/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Phase 2: a pair of SAs of ESP or AH in the kernel, one flow's.  The pair belongs to
 * its peer, not to the ISAKMP SA that negotiated it, which may end before.
 *
 * A rekey loses nothing because of the order: the inbound SA is installed
 * before our message that promises it leaves; the responder sends on the new
 * pair when message 3 arrives, the initiator when the first packet comes in on
 * it, or the peer answers what was sent behind message 3, or after a short
 * time.  The pair before stays until the new one has carried traffic, or until
 * its own lifetime ends.
 */
#ifndef IKE_SA_CHILD_SA_H
#define IKE_SA_CHILD_SA_H

#include <stdbool.h>
#include <stdint.h>

#include "ike-daemon/kernel/kernel.h"
#include "ike-daemon/sa/hash.h"
#include "ike-daemon/sa/list.h"
#include "ike-daemon/sa/timer.h"
#include "ike-daemon/wire/transform.h"

struct account;
struct crypto_cert;
struct engine;
struct ike_sa;
struct lease;
struct policy_route;
struct peer;

enum child_state {
	CHILD_LARVAL,		/* inbound SPI reserved */
	CHILD_INBOUND,		/* inbound installed */
	CHILD_INSTALLED,	/* both; outbound waits */
	CHILD_ACTIVE,		/* outbound was made current */
	CHILD_LEAVING,		/* a newer pair carries traffic */
};

struct child_sa {
	struct engine *e;
	struct peer *peer;
	struct list of_peer;
	struct hash_node by_cookie;
	struct hash_node by_flow;
	uint64_t cookie;
	enum child_state state;
	bool initiator;
	bool adopted;			/* an earlier daemon negotiated it */
	bool doubted;			/* the peer may have ended it */
	bool carried;			/* packets came in on it */
	bool present;			/* seen in the last dump ... */
	bool heard;			/* ... with packets that came in */
	bool aging;			/* ... beyond its soft lifetime */
	unsigned int silent;		/* ... halves without traffic for long */
	uint32_t flow;			/* 0: to be made */
	struct kernel_place place;	/* under this entry; .ifname "": it is one of a line */
	struct kernel_sel sel;
	unsigned int nth;		/* entry of the dynamic map, from 0 */
	bool demux;			/* one of several clients that share the flow */
	uint16_t client_port;		/* of the client's own that it is for; 0: not known */
	uint8_t proto;			/* IPPROTO_ESP, IPPROTO_AH */
	uint32_t spi_in;
	uint32_t spi_out;
	uint16_t cpi_in;		/* of IPComp inside; 0: none was chosen yet */
	uint16_t cpi_out;		/* 0: nothing is compressed */
	struct addr local;
	struct addr remote;
	uint16_t port_own;		/* ESP in UDP; 0: plain ESP */
	uint16_t port_peer;
	bool nat_local;			/* a NAT is before us ... */
	bool nat_remote;		/* ... before the peer */
	uint32_t client;		/* which one behind it; 0: no NAT */
	struct lease *lease;		/* of the client's address; NULL: none of ours */
	char *remote_id;		/* of its ISAKMP SA; NULL: not known ... */
	struct crypto_cert *cert;	/* ... by that; NULL: a key, or not known */
	bool hybrid;			/* ... or nothing but its user */
	struct account *account;	/* of the client's session; NULL: none */
	char *user;			/* who was asked for with it; NULL: nobody */
	bool radius;			/* that has let him in ... */
	struct timer session;		/* ... for so long */
	struct policy_route *route;	/* to what is behind the peer; NULL: none */
	char *profile;			/* of ISAKMP, that that had; NULL: none */
	char *ike_policy;		/* of any peer (NEC), that that had; NULL: none */
	char *key_name;			/* of the key that that had; NULL: by address */
	struct addr oa_peer, oa_own;	/* transport mode in UDP: as the peer knows the ends */
	struct ipsec_transform transform;
	uint32_t seconds;		/* agreed; 0 = none */
	uint64_t kilobytes;
	uint32_t window;
	struct kernel_tfc tfc;
	uint32_t idle;			/* seconds without traffic; 0 = they may last */
	bool ends_session;		/* of the client, which goes with it when it was idle */
	uint64_t started_ms;
	uint64_t established_ms;
	unsigned int asks;		/* times to ask if the peer has it too */
	bool asked;
	uint32_t probe;			/* number of the first keepalive that asks */
	struct timer timer;		/* activation, later removal */
};

/* Keys of one direction, cut from KEYMAT: cipher, (salt), authentication. */
size_t child_keymat_len(const struct ipsec_transform *t);
/* Does the kernel know the transform?  Fills in encr and auth. */
int child_transform_map(const struct ipsec_transform *t, uint16_t *encr,
			uint16_t *auth);

/*
 * Clients in transport mode behind one NAT, from one port to one port, share a flow,
 * which takes any port of theirs (SA_F_NAT_DEMUX of the module's interface).  Only the
 * client renews its pairs.  Call it after child_sa_place().
 */
void child_sa_demux(struct child_sa *c);

/* Reserve an inbound SPI of @proto; -errno and NULL on failure. */
int child_sa_new(struct engine *e, struct peer *peer, uint32_t flow,
		 const struct addr *local, const struct addr *remote,
		 bool initiator, uint8_t proto, struct child_sa **out);
/* Have the SPI that was reserved as one of @proto, if it is not. */
int child_sa_set_proto(struct child_sa *c, uint8_t proto);
/*
 * The CPI of its inbound IPComp, 256 to 61439 (RFC 3173, 3.3).  The module looks for
 * it in its ESP SA alone; peers that have one table of them need another for each pair.
 */
uint16_t child_sa_cpi(struct child_sa *c);
/* By what the kernel knows one of its halves. */
struct kernel_sa_id child_sa_id(const struct child_sa *c, uint8_t dir);
/*
 * The pair makes its flow, or finds it, when its inbound SA is installed: call it once,
 * before that.
 */
void child_sa_place(struct child_sa *c, const struct kernel_place *place,
		    const struct kernel_sel *sel, unsigned int nth);
/* Its flow, now that the kernel has it. */
void child_sa_set_flow(struct child_sa *c, uint32_t flow);
/* What is left of a pair that an earlier daemon installed. */
int child_sa_adopt(struct engine *e, const struct kernel_sa *sa);
/* Frees the record alone; the kernel keeps what it has. */
void child_sa_free(struct child_sa *c);
/* Deletes both directions in the kernel, then frees. */
void child_sa_delete(struct child_sa *c, uint8_t reason);

int child_sa_install_in(struct child_sa *c, const uint8_t *keymat, size_t len);
int child_sa_install_out(struct child_sa *c, const uint8_t *keymat, size_t len);
/*
 * The peer of a pair with ESP in UDP has another port.  With the same one, the
 * kernel tells again if it hears the peer elsewhere.
 */
void child_sa_move(struct child_sa *c, uint16_t port);
/*
 * Both directions stand.  @delay_ms 0: send on it now; else when a packet
 * arrives on it, or when the peer says that it has handled message 3, or, if
 * it cannot be asked, after that time.
 */
void child_sa_established(struct child_sa *c, uint64_t delay_ms);
/* The peer is known to have it. */
void child_sa_ready(struct child_sa *c);
/* A packet came in on it. */
void child_sa_first_packet(struct child_sa *c);
/* The peer deletes the SA that we send on. */
void child_sa_peer_deletes(struct child_sa *c);

/*
 * Is it with that one of who is at its address?  @client: its number, see natt.h; 0: who
 * has none, and has its ESP in UDP at @port, if at all.
 */
bool child_sa_is_of(const struct child_sa *c, uint32_t client, uint16_t port);
/* The same of who has that SA, with the same address of ours. */
bool child_sa_is_with(const struct child_sa *c, const struct ike_sa *sa);
/* Are both with the same one? */
bool child_sa_same_peer(const struct child_sa *a, const struct child_sa *b);
/* It is made under that SA, with who has proved to be its peer, and @user.  0 or -ENOMEM. */
int child_sa_made_under(struct child_sa *c, const struct ike_sa *sa,
			const char *user, bool radius);
/* It ends then, whatever becomes of its ISAKMP SA; @end_ms 0: not of itself. */
void child_sa_session(struct child_sa *c, uint64_t end_ms);
/* Does only the peer begin with its flow: one that is known by name, or shares it? */
bool child_sa_is_guest(const struct child_sa *c);
struct child_sa *child_sa_by_cookie(struct engine *e, uint64_t cookie);
/* The pair that both ends agree to keep: see child_sa.c. */
struct child_sa *child_sa_of_flow(struct engine *e, uint32_t flow);
struct child_sa *child_sa_by_spi(struct peer *peer, uint8_t proto, bool inbound,
				 uint32_t spi);

#endif
