/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proposals: from the configuration to what we offer, and from what a peer
 * offers to what we choose.  Of every pair that does not fit the first
 * differing attribute goes into the record (F-028), always in the same order:
 * encryption, key length, hash, authentication, group (phase 1); protocol,
 * encryption, key length, authentication algorithm, encapsulation, group,
 * extended sequence numbers, compression (phase 2).
 *
 * Lifetimes never refuse a proposal: the shorter one is used.
 */
#ifndef IKE_SA_PROPOSAL_H
#define IKE_SA_PROPOSAL_H

#include <stdbool.h>
#include <stdint.h>

#include "ike-daemon/crypto/crypto.h"
#include "ike-daemon/kernel/kernel.h"
#include "ike-daemon/wire/isakmp.h"
#include "ike-daemon/wire/transform.h"
#include "tools/cli/model.h"

struct record;

/* CPIs that are negotiated; below are those of known algorithms, above private use. */
#define CPI_MIN		256
#define CPI_MAX		61439

/* Policies beyond this are not offered; one SA payload stays below 4 KB. */
#define IKE_OFFER_MAX	64

/* An SA payload to be sent, with its storage.  Not to be copied. */
struct offer {
	struct isakmp_sa sa;
	struct isakmp_proposal proposals[2 * CFG_TRANSFORMS_MAX];
	struct isakmp_transform transforms[IKE_OFFER_MAX];
	struct transform_attrs attrs[IKE_OFFER_MAX];
	uint8_t spi[4];
	uint8_t cpi[2];
};

/* What was agreed in phase 1. */
struct ike_choice {
	uint8_t proposal;		/* number in the peer's payload */
	const struct isakmp_transform *chosen;	/* in the peer's payload */
	struct ike_transform transform;
	uint32_t priority;		/* of our policy */
	uint32_t lifetime;		/* seconds, the shorter; 0 = unlimited */
	bool lifetime_cut;		/* the peer's is longer, or unlimited */
};

/*
 * All our policies for @peer by priority; -ENOENT when there is none.  @methods, of enum
 * cfg_auth: the number of each that is possible, or 0.  @xauth: each with it first, then
 * without.
 */
int ike_offer_build(const struct cm_config *cfg, const struct addr *peer,
		    const uint16_t *methods, unsigned int group, bool xauth, struct offer *o);
/* The first policy for @peer of which @methods has one; NULL: there is none. */
const struct cfg_policy *ike_offer_first(const struct cm_config *cfg,
					 const struct addr *peer,
					 const uint16_t *methods);
/* What an initiator, who then does XAUTH, may offer. */
enum ike_users {
	IKE_USERS_BESIDES = 1,	/* it, in place of the method that it adds to */
	IKE_USERS_ALONE = 2,	/* hybrid authentication, in place of signatures */
};

/*
 * The first of our policies in @suites that a transform of the peer's fits; -ENOENT and
 * the reasons in @r.  @answer: the payload is the answer to our offer, and may
 * hold one transform only (-EBADMSG).  @users: of enum ike_users.
 */
int ike_proposal_choose(const struct cm_config *cfg, const struct cfg_suites *suites,
			const uint16_t *methods,
			const struct isakmp_sa *sa, bool answer,
			unsigned int users,
			struct ike_choice *out, struct record *r);

/* What the configuration says about one flow's phase 2. */
struct child_params {
	const struct cfg_transform *sets[CFG_TRANSFORMS_MAX];
	unsigned int nsets;
	unsigned int pfs_group;		/* 0: we do not ask for it */
	unsigned int encap;		/* enum ipsec_encap of tunnel mode */
	bool between_ends;		/* it is traffic of the two ends: transport mode may be used */
	uint32_t seconds;		/* 0 = unlimited */
	uint32_t kilobytes;
	uint32_t window;		/* 0 = off */
	struct kernel_tfc tfc;
	uint32_t idle;			/* seconds; 0 = SAs without traffic stay */
	bool nat_demux;			/* tell clients behind one NAT apart */
};

/* What was agreed in phase 2. */
struct esp_choice {
	uint8_t proposal;
	const struct isakmp_transform *chosen;
	struct ipsec_transform transform;
	const struct cfg_transform *set;
	uint32_t spi;			/* the peer's inbound, host order */
	uint16_t cpi;			/* likewise; 0: nothing is compressed */
	const struct isakmp_transform *comp;	/* in the peer's payload, if it is ... */
	bool comp_first;		/* ... and before its ESP there */
	uint32_t seconds;
	uint32_t kilobytes;
	bool lifetime_cut;
};

/* Is there one that compresses among the sets?  It needs a CPI. */
bool proposal_offers_deflate(const struct child_params *p);
/*
 * One proposal for each transform set, all with @spi, and beside that of a set
 * that compresses one of IPComp with @cpi and the same number (RFC 3173, 4);
 * -ENOENT without sets.  No set of AH where there is a NAT, which changes what
 * it protects.
 */
int esp_offer_build(const struct child_params *p, uint32_t spi, uint16_t cpi,
		    struct offer *o);
int esp_proposal_choose(const struct child_params *p,
			const struct isakmp_sa *sa, bool answer,
			struct esp_choice *out, struct record *r);

/* IPPROTO_AH or IPPROTO_ESP. */
uint8_t proposal_ip_proto(unsigned int protocol);
/* That of the first proposal that esp_offer_build() makes. */
uint8_t proposal_first_proto(const struct child_params *p);

/* Is it of transport mode, in UDP or not?  In UDP? */
bool proposal_is_transport(const struct ipsec_transform *t);
bool proposal_is_udp_transport(const struct ipsec_transform *t);
/* Is a transform of transport mode in UDP among what we offer? */
bool proposal_offers_udp_transport(const struct child_params *p);

/* The configuration's values as protocol numbers. */
enum crypto_cipher proposal_cipher(const struct ike_transform *t);
enum crypto_hash proposal_hash(const struct ike_transform *t);
/* "AES-CBC 256", "SHA2-256" */
void proposal_cipher_text(const struct ike_transform *t, char *out,
			  size_t size);
/* The same of a transform of ESP or AH. */
void proposal_esp_text(const struct ipsec_transform *t, char *out,
		       size_t size);

/* The shorter of two lifetimes, 0 being unlimited. */
static inline uint32_t life_shorter(uint32_t a, uint32_t b)
{
	if (!a || !b)
		return a ? a : b;
	return a < b ? a : b;
}

#endif
