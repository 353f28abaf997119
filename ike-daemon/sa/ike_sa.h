/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ISAKMP SAs: one phase 1 negotiation and what comes out of it.  An SA belongs
 * to its peer and is found by the cookie that is ours.
 */
#ifndef IKE_SA_IKE_SA_H
#define IKE_SA_IKE_SA_H

#include <stdbool.h>
#include <stdint.h>

#include "ike-daemon/crypto/crypto.h"
#include "ike-daemon/crypto/ikev1_kdf.h"
#include "ike-daemon/sa/hash.h"
#include "ike-daemon/sa/list.h"
#include "ike-daemon/sa/record.h"
#include "ike-daemon/sa/timer.h"
#include "ike-daemon/wire/ident.h"
#include "ike-daemon/wire/transform.h"
#include "ike-daemon/wire/vendor.h"
#include "tools/cli/model.h"
#include "tools/lib/addr.h"

struct engine;
struct peer;
struct v1_access;
struct v1_client;
struct v1_exchange;

/* X(identifier, name in IOS, name in ASA): what was last sent */
#define IKE_STATES(X)						\
	X(START,	"MM_NO_STATE",	"MM_START")		\
	X(SENT_MM1,	"MM_NO_STATE",	"MM_WAIT_MSG2")		\
	X(SENT_AM1,	"AG_NO_STATE",	"AM_WAIT_MSG2")		\
	X(SENT_AM2,	"AG_INIT_EXCH",	"AM_WAIT_MSG3")		\
	X(SENT_MM2,	"MM_SA_SETUP",	"MM_WAIT_MSG3")		\
	X(SENT_MM3,	"MM_SA_SETUP",	"MM_WAIT_MSG4")		\
	X(SENT_MM4,	"MM_KEY_EXCH",	"MM_WAIT_MSG5")		\
	X(SENT_MM5,	"MM_KEY_EXCH",	"MM_WAIT_MSG6")		\
	X(CONF_XAUTH,	"CONF_XAUTH",	"MM_TM_INIT_XAUTH")	\
	X(ESTABLISHED,	"QM_IDLE",	"MM_ACTIVE")

enum ike_state {
#define X(id, ios, asa) IKE_##id,
	IKE_STATES(X)
#undef X
	IKE_STATE_COUNT
};

const char *ike_state_ios(enum ike_state state);
const char *ike_state_asa(enum ike_state state);
struct ike_sa;
/* The same of an SA, whose mode some names tell. */
const char *ike_sa_ios(const struct ike_sa *sa);
const char *ike_sa_asa(const struct ike_sa *sa);
/* "main mode" or "aggressive mode" */
const char *ike_sa_mode(const struct ike_sa *sa);

/* What the peer's vendor IDs promise. */
#define IKE_PEER_DPD		(1U << 0)
#define IKE_PEER_CRYPTOMAP	(1U << 1)
#define IKE_PEER_UNITY		(1U << 2)
#define IKE_PEER_FRAGMENTS	(1U << 3)	/* it takes them */
#define IKE_PEER_MICROSOFT	(1U << 4)

/* Message IDs remembered against replay, and of ours against reflection. */
#define IKE_RECENT_IDS		64

struct ike_sa {
	struct engine *e;
	struct peer *peer;
	struct list of_peer;
	struct list of_half_open;	/* of the engine, while we respond */
	struct hash_node by_cookie;	/* our cookie */
	unsigned int conn_id;		/* 1..CONN_ID_MAX */
	bool initiator;
	bool aggressive;		/* in that mode, else main mode */
	bool fresh;			/* replaces SAs of an earlier daemon */
	bool superseded;		/* another SA with the peer is newer */
	enum ike_state state;
	unsigned int vendors;		/* IKE_PEER_* */
	bool takes_fragments;		/* the peer was told so */
	uint8_t cookie_i[ISAKMP_COOKIE_LEN];
	uint8_t cookie_r[ISAKMP_COOKIE_LEN];
	struct addr local;		/* with port */
	struct addr remote;
	enum isakmp_vendor natt;	/* version of NAT-T agreed; UNKNOWN: none */
	bool nat_local;			/* a NAT is before us ... */
	bool nat_remote;		/* ... before the peer */
	uint32_t client;		/* which one behind it, of this engine's; 0: no NAT */
	uint64_t last_rx_ms;		/* authentic message, no replay */

	/* agreed */
	uint32_t priority;		/* of our policy */
	struct ike_transform transform;
	enum crypto_cipher cipher;
	enum crypto_hash hash;
	uint32_t lifetime;		/* seconds, 0 = unlimited */
	bool lifetime_cut;		/* shorter than what the peer offered */
	bool nobody;			/* none of ours: it is asked for a user, and nobody is let in */
	bool remote_known;		/* it has proved who it is: @remote_id means something */
	char remote_id[ISAKMP_ID_STRLEN];
	uint8_t id_type;		/* its identity, as said; @id_len 0: longer, or none */
	uint16_t id_len;
	uint8_t id_data[ISAKMP_ID_STRLEN];
	char profile[CFG_NAME_SIZE];	/* of ISAKMP: called under it, or matched; "": none */
	char ike_policy[CFG_NAME_SIZE];	/* of any peer (NEC), that its name is of; "": none */
	char key_name[ISAKMP_ID_STRLEN];	/* of the key, or group without one; "": by address */
	char key_ring[CFG_NAME_SIZE];	/* of the key of main mode; "": crypto isakmp key */
	uint8_t key_sum[CRYPTO_HASH_MAX];	/* of that key, policy_key_sum(); 0: none yet */
	struct crypto_cert *cert;	/* the peer's, by which it proved itself; or NULL */
	struct ikev1_keys keys;
	uint8_t cipher_key[CRYPTO_KEY_MAX];
	uint8_t iv[CRYPTO_BLOCK_MAX];	/* last ciphertext block of phase 1 */

	struct v1_exchange *main;	/* phase 1, kept for duplicates */
	struct list fragments;		/* messages that have come in pieces, v1/fragment.c */
	struct v1_access *access;	/* the peer is a client, NULL: is not */
	struct v1_client *ezvpn;	/* we are one, NULL: are not */
	bool contact_later;		/* INITIAL-CONTACT counts when the user is known */
	struct list quicks;		/* phase 2 exchanges */
	unsigned int nquicks;
	uint32_t recent_ids[IKE_RECENT_IDS];	/* quick modes of the peer's */
	unsigned int next_recent;
	uint32_t info_ids[IKE_RECENT_IDS];	/* informational of the peer's */
	unsigned int next_info;
	uint32_t dpd_ids[IKE_RECENT_IDS];	/* its keepalives */
	unsigned int next_dpd;
	bool replay_logged;
	bool weak_pfs_logged;
	uint32_t own_ids[IKE_RECENT_IDS];	/* of all that we began */
	unsigned int next_own;
	unsigned int created;		/* phase 2 SAs made under this SA */
	uint64_t started_ms;
	uint64_t established_ms;
	unsigned int ppp_wrong;		/* passwords of L2TP by its pairs */
	struct timer life;		/* set-up limit, then rekey, then end */

	/* dead peer detection, RFC 3706 */
	uint32_t dpd_first;		/* our sequence numbers come after this */
	uint32_t dpd_sent;		/* our sequence number */
	unsigned int dpd_unanswered;
	bool dpd_probe;			/* asked because quick mode failed */
	uint64_t dpd_asked_ms;		/* the first of those */
	bool dpd_heard;			/* @dpd_seen means something */
	uint32_t dpd_seen;		/* highest number of the peer's */
	struct timer dpd;

	struct record *record;
};

/* A new SA in the table, or NULL.  Cookies: ours is made here. */
struct ike_sa *ike_sa_new(struct engine *e, struct peer *peer, bool initiator,
			  const struct addr *local, const struct addr *remote,
			  const uint8_t *peer_cookie);
/* Wipes its keys; its exchanges go too.  Tells nobody. */
void ike_sa_free(struct ike_sa *sa);
struct ike_sa *ike_sa_find(struct engine *e, const uint8_t *cookie_i,
			   const uint8_t *cookie_r);
void ike_sa_set_state(struct ike_sa *sa, enum ike_state state);
static inline bool ike_sa_established(const struct ike_sa *sa)
{
	return sa->state == IKE_ESTABLISHED;
}
/*
 * Hybrid authentication (draft-ietf-ipsec-isakmp-hybrid-auth): the responder signs, and the
 * initiator shows nothing but its user.
 */
static inline bool ike_sa_is_hybrid(const struct ike_sa *sa)
{
	return sa->transform.auth == IKE_AUTH_HYBRID_INIT_RSA;
}
/* Are there keys, so that messages are protected? */
static inline bool ike_sa_protected(const struct ike_sa *sa)
{
	return sa->state >= IKE_CONF_XAUTH;
}
/* Seconds until the agreed lifetime ends; 0: unlimited or not established. */
uint32_t ike_sa_remaining(const struct ike_sa *sa);

/* The peer's port if IKE shares its flow of UDP with ESP, else 0. */
uint16_t ike_sa_nat_port(const struct ike_sa *sa);

/*
 * Are both between the same two routers?  Behind a NAT there may be several at one
 * address, and under another ISAKMP profile it is, or may be, somebody else.
 */
bool ike_sa_same_ends(const struct ike_sa *a, const struct ike_sa *b);
/* Did no other between the same two come up later? */
bool ike_sa_is_newest(const struct ike_sa *sa);

#endif
