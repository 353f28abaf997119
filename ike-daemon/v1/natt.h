/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NAT traversal: see natt.c. */
#ifndef IKE_V1_NATT_H
#define IKE_V1_NATT_H

#include <stdint.h>

#include "ike-daemon/wire/isakmp.h"
#include "tools/lib/addr.h"

struct child_sa;
struct ike_sa;
struct peer;

/* What we offer as initiator, or the version that was agreed. */
void v1_natt_put_vendors(const struct ike_sa *sa, struct isakmp_writer *w);
/* The best version of MM1 or MM2 is agreed. */
void v1_natt_agree(struct ike_sa *sa, const struct isakmp_msg *msg);
/* NAT-D for MM3 and MM4, or AM2 and AM3; 0 or -EIO. */
int v1_natt_put(struct ike_sa *sa, struct isakmp_writer *w);
/* Judge those of the peer; an initiator behind or before a NAT moves to 4500. */
int v1_natt_detect(struct ike_sa *sa, const struct isakmp_msg *msg);
/* The same of AM3, which comes from where an initiator has moved to. */
int v1_natt_detect_moved(struct ike_sa *sa, const struct isakmp_msg *msg);

/*
 * The message in work is authentic and new: the peer lives, and is where the
 * message came from, if a NAT may have moved it.
 */
void v1_heard(struct ike_sa *sa);
/*
 * Several peers may be behind one NAT, at one address: those that are get numbers, which
 * their ISAKMP SAs and pairs inherit, for the NAT may give the port of one to another.
 * An initiator's is for now that of who was at the port that it called, until the peer
 * has proved who it is: then call this.  A responder moves to port 4500 with it.
 */
void v1_natt_known(struct ike_sa *sa);
/* In place of it for who has shown nothing but is to say a user. */
void v1_natt_stranger(struct ike_sa *sa);
/* And this when its user is known, too, without whom it has a number that nobody had. */
void v1_natt_user_known(struct ike_sa *sa);
/* The same of a pair of an earlier daemon. */
void v1_natt_adopted(struct child_sa *c);
/* From where and to where a new phase 1 goes: sets the two ports. */
void v1_natt_ports(const struct peer *peer, struct addr *local,
		   struct addr *remote);
/*
 * The same, to follow that SA.  False: the peer has neighbours at its address, and no
 * port of its own that we could call.
 */
bool v1_natt_ports_of(const struct ike_sa *sa, struct addr *local,
		      struct addr *remote);

/* enum ipsec_encap: how the ESP of this SA's quick modes travels. */
unsigned int v1_natt_encap(const struct ike_sa *sa);
/* The same for a pair that was negotiated. */
void v1_natt_child(const struct ike_sa *sa, struct child_sa *c);

#endif
