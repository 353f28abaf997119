/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One exchange of IKEv1 in progress: main, aggressive or quick mode.
 *
 * What happens on a message is a row of a table of its mode: which
 * payloads must and may be there, what is checked (process), what is computed
 * on a worker thread (dh), what is answered (reply), what follows (next state,
 * timer, finish).  A message that matches no row is counted and dropped.
 *
 *   process() -> dh on a worker -> reply() -> send -> next -> timer -> finish()
 *
 * Before it is sent a responder may be asked about the peer's certificate, see
 * revocation.c.
 */
#ifndef IKE_V1_EXCHANGE_H
#define IKE_V1_EXCHANGE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "ike-daemon/crypto/crypto.h"
#include "ike-daemon/crypto/dh.h"
#include "ike-daemon/crypto/pki.h"
#include "ike-daemon/kernel/kernel.h"
#include "ike-daemon/sa/ike_sa.h"
#include "ike-daemon/sa/list.h"
#include "ike-daemon/sa/proposal.h"
#include "ike-daemon/sa/timer.h"
#include "ike-daemon/sa/work.h"
#include "ike-daemon/wire/isakmp.h"
#include "tools/cli/model.h"
#include "tools/lib/buf.h"
#include "tools/lib/secret.h"

#define V1_NONCE_LEN	32	/* of ours, bytes */
#define V1_NONCE_MIN	8	/* RFC 2409, 5 */
#define V1_NONCE_MAX	256

/* Waits before the message is sent again, and at last before giving up, ms. */
#define V1_RETRANSMIT_FIRST_MS	1000
#define V1_RETRANSMIT_LAST_MS	8000
#define V1_RETRANSMITS		4
/* Messages of one exchange that may fail to decrypt before it is given up. */
#define V1_BAD_MAX		16
/* A finished quick mode answers duplicates for so long, ms. */
#define V1_LINGER_MS		30000
/* A responder's first answer waits so long for the initiator, ms. */
#define V1_HALF_OPEN_MS		30000

enum v1_dh { V1_DH_NONE, V1_DH_KEYGEN, V1_DH_SHARED, V1_DH_BOTH };

enum v1_timer {
	V1_TIMER_NONE,
	V1_TIMER_RETRANSMIT,	/* send the last message again, then give up */
	V1_TIMER_WAIT,		/* an unproven address: wait only, do not repeat */
	V1_TIMER_LINGER,	/* finished; kept to answer duplicates */
};

enum v1_quick_state {
	QM_START,
	QM_SENT_1,
	QM_SENT_2,
	QM_DONE,
};

struct cfg_entry;
struct policy_flow;
struct v1_exchange;

struct v1_transition {
	uint8_t exchange;	/* enum isakmp_exchange; NONE: we begin */
	uint8_t state;		/* in which it applies */
	uint8_t next;
	bool initiator;		/* whose row */
	bool encrypted;
	bool or_plain;		/* the sender chooses; its hash proves it */
	uint64_t required;	/* V1_P() bits */
	uint64_t optional;
	uint64_t either;	/* of these there is one, at least */
	enum v1_dh dh;
	enum v1_timer timer;
	/*
	 * 0; -EBADMSG: not authentic or garbage, drop and go on waiting;
	 * other: the negotiation fails, x->notify and x->reason say why
	 */
	int (*process)(struct v1_exchange *x, const struct isakmp_msg *msg);
	int (*reply)(struct v1_exchange *x, struct isakmp_writer *w);
	void (*finish)(struct v1_exchange *x);
};

/* Bit of a payload type in required and optional. */
#define V1_P(type)		(1ULL << ISAKMP_PAYLOAD_##type)
#define V1_P_NAT_D_DRAFT	(1ULL << 62)
#define V1_P_NAT_OA_DRAFT	(1ULL << 63)

/* Phase 2 alone. */
struct v1_quick {
	struct want *want;		/* initiator; NULL once it was told */
	struct child_sa *child;		/* ours until it is established */
	uint32_t flow;			/* 0: made under @place with the inbound SA */
	struct kernel_place place;
	unsigned int nth;		/* entry of its dynamic map */
	struct kernel_sel sel;		/* what both ends protect */
	bool transport;			/* in UDP, and offered: NAT-OA goes along */
	struct addr oa_peer, oa_own;	/* the ends as the peer knows them; unset: not told */
	struct secret id_i_b;		/* IDci, IDcr bodies; empty: none sent */
	struct secret id_r_b;
	uint32_t window;
	struct kernel_tfc tfc;
	uint32_t idle;
	unsigned int pfs_group;		/* agreed, 0 = none */
	struct esp_choice choice;	/* .chosen is valid in process() only */
};

/* What is computed or asked; it outlives its exchange, whose @x is then NULL. */
struct v1_job {
	struct work work;
	struct v1_exchange *x;
	atomic_bool forgotten;		/* the same for the worker: it need not begin */
};

struct v1_exchange {
	struct engine *e;
	struct ike_sa *sa;
	struct list of_sa;		/* quick modes of the SA */
	bool quick;
	bool initiator;
	uint8_t state;			/* enum ike_state or v1_quick_state */
	uint32_t message_id;
	const struct v1_transition *row;	/* in work; while there is a ... */
	struct v1_job *job;		/* ... it waits, and messages are dropped */
	char asks[CFG_NAME_SIZE];	/* the trustpoint whose responder is to be asked; "": none */

	uint8_t iv[CRYPTO_BLOCK_MAX];	/* last ciphertext block so far */
	uint8_t rx_digest[CRYPTO_HASH_MAX];	/* of the last message accepted */
	bool rx_seen;
	struct buf tx;			/* last message sent */
	uint64_t sent_ms;		/* when, the last time */
	uint64_t answered_ms;		/* how long the peer took to answer */
	unsigned int tries;
	struct timer timer;
	unsigned int bad;		/* messages that made no sense */
	bool row_encrypted;		/* the last message looked at was */
	bool commit;			/* the peer has set the commit bit */
	bool abandoned;			/* the timer ends it */

	struct secret ni;		/* nonces, bodies */
	struct secret nr;
	struct secret gxi;		/* public values */
	struct secret gxr;
	struct secret sai_b;		/* phase 1: the initiator's SA payload */
	struct secret own_id_b;		/* phase 1: the identity that we sent */
	struct secret peer_id_b;	/* aggressive mode: what is checked ... */
	struct secret peer_proof;	/* ... as soon as there are keys: HASH or SIG ... */
	struct crypto_cert *peer_cert;	/* ... which that has made; NULL: none */
	enum crypto_sig offered_sig;	/* initiator: what we would sign with */
	struct secret psk;		/* responder: that of the identity */
	char said[ISAKMP_ID_STRLEN];	/* the identity of AM1 ... */
	bool stranger;			/* ... has no key */
	bool mismatch;			/* that the keys differ was told */
	unsigned int repeated;		/* AM2, to who shows nothing yet */
	struct secret sa_answer;	/* responder: the SA payload to be sent */
	unsigned int group;
	struct crypto_dh *dh;
	struct secret gxy;

	uint16_t notify;		/* why process() failed; 0: tell nobody */
	char reason[200];
	struct record *record;
	struct v1_quick q;
};

struct v1_exchange *v1_exchange_new(struct ike_sa *sa, bool quick,
				    bool initiator, uint32_t message_id);
/*
 * Find what x->q.sel is for: x->q.flow, or 0 and x->q.place for a dynamic entry.  0, or
 * v1_fault() has told why not.
 */
int v1_find_flow(struct v1_exchange *x);
/* What the entry says of x->q.sel, and how ESP travels: as policy_params(). */
int v1_flow_params(const struct v1_exchange *x, const struct policy_flow *f,
		   struct child_params *out);
/* The same of the @nth entry of x->q.place. */
int v1_place_params(const struct v1_exchange *x, unsigned int nth,
		    struct child_params *out);
/* What fits these parameters of an SA payload, into x->q.choice; 0 or v1_fault(). */
int v1_choose(struct v1_exchange *x, const struct isakmp_msg *msg,
	      const struct child_params *params, bool answer);
/* May the peer have what this entry is for?  0 or v1_fault(); NULL: it is gone, likewise 0. */
int v1_may_have(struct v1_exchange *x, const struct cfg_entry *entry);
/* By the entry of the flow; a dynamic map may have several, the first that fits. */
int v1_choose_entry(struct v1_exchange *x, const struct isakmp_msg *msg,
		    struct child_params *params);
void v1_take_params(struct v1_exchange *x, const struct child_params *params);
/* Is the pair that was agreed on one of a client which shares its flow? */
bool v1_is_client(const struct v1_exchange *x, const struct child_params *params);
/* May the peer have one more pair that makes its flow?  0 or v1_fault(). */
int v1_may_make(struct v1_exchange *x);
/* The record says which entry and proxy identities it is about. */
void v1_note_entry(struct v1_exchange *x, const struct policy_flow *f);
/* Note the reason and return @code, for process() and reply(). */
int v1_fault(struct v1_exchange *x, int code, unsigned int notify,
	     const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* The public value, nonce that are ours and the peer's. */
static inline struct secret *v1_own_nonce(struct v1_exchange *x)
{
	return x->initiator ? &x->ni : &x->nr;
}
static inline struct secret *v1_peer_nonce(struct v1_exchange *x)
{
	return x->initiator ? &x->nr : &x->ni;
}
static inline struct secret *v1_own_public(struct v1_exchange *x)
{
	return x->initiator ? &x->gxi : &x->gxr;
}
static inline struct secret *v1_peer_public(struct v1_exchange *x)
{
	return x->initiator ? &x->gxr : &x->gxi;
}
static inline struct crypto_chunk v1_chunk(const struct secret *s)
{
	return CRYPTO_CHUNK(s->data, s->len);
}

/* Run a row from its dh on; @msg has been processed, or there is none. */
void v1_run(struct v1_exchange *x, const struct v1_transition *row);
/* Its answer is made, and nothing is open any more: send it, move on; or fail with @err. */
void v1_go_on(struct v1_exchange *x, int err);
/* The row for a message or, with exchange NONE, for our beginning. */
const struct v1_transition *v1_row(const struct v1_exchange *x,
				   unsigned int exchange);
extern const struct v1_transition v1_main_rows[];
extern const struct v1_transition v1_aggressive_rows[];
extern const struct v1_transition v1_quick_rows[];
extern const unsigned int v1_main_nrows;
extern const unsigned int v1_aggressive_nrows;
extern const unsigned int v1_quick_nrows;

/* The negotiation of @x failed; frees @x (and with main mode the SA). */
void v1_fail(struct v1_exchange *x, int code);
/* Send x->tx again, count it. */
void v1_resend(struct v1_exchange *x);

/* Common steps, for process() and reply(). */
int v1_take_nonce(struct v1_exchange *x, const struct isakmp_msg *msg);
int v1_make_nonce(struct v1_exchange *x);
int v1_take_public(struct v1_exchange *x, const struct isakmp_msg *msg);

/* message.c */
/*
 * Begin a message in @b; with @encrypt the encryption flag is set and
 * v1_message_end() encrypts with @iv, which moves on.
 */
void v1_message_begin(struct ike_sa *sa, struct isakmp_writer *w, struct buf *b,
		      unsigned int exchange, uint32_t message_id, bool encrypt);
int v1_message_end(struct ike_sa *sa, struct isakmp_writer *w, uint8_t *iv);
/*
 * Decrypt and decode; @iv becomes the last ciphertext block.  -EBADMSG when
 * it does not decode: the keys differ, or it is forged.
 */
int v1_message_open(struct ike_sa *sa, struct isakmp_msg *msg, uint8_t *iv,
		    struct isakmp_err *err);
/* To the peer, in fragments if it is too large and the peer takes them. */
void v1_send(struct ike_sa *sa, const struct buf *b);
/* 0: a row can handle these payloads; else which notify says why not. */
unsigned int v1_payloads_fault(const struct isakmp_msg *msg, uint64_t required,
			       uint64_t optional, uint64_t either);
#define V1_P_PROOF	(V1_P(HASH) | V1_P(SIG))
/*
 * A message ID for an exchange that we begin: random, not 0, not in use.  It is
 * remembered: HASH(1) does not tell who made a message, so what we sent, sent
 * back to us, would pass for the peer's.
 */
uint32_t v1_new_message_id(struct ike_sa *sa);
/* Is @id among the last IKE_RECENT_IDS of recent_ids or own_ids? */
bool v1_message_id_in(const uint32_t *ids, uint32_t id);

/* info.c */
/* Is HASH, the first payload, over what follows it right? */
bool v1_info_authentic(struct ike_sa *sa, const struct isakmp_msg *msg);
void v1_info_input(struct ike_sa *sa, struct isakmp_msg *msg);
/* One notify in an informational exchange of its own. */
void v1_send_notify(struct ike_sa *sa, const struct isakmp_notify *n);
/* A refusal without an SA, in clear. */
void v1_send_plain_notify(struct ike_sa *sa, unsigned int type);
void v1_vendor_ids(struct ike_sa *sa, const struct isakmp_msg *msg);
void v1_put_vendor_ids(struct ike_sa *sa, struct isakmp_writer *w);
/* MM4, AM2: as gateways of Cisco name themselves to their clients, to those alone (6.2). */
void v1_put_gateway_id(struct ike_sa *sa, struct isakmp_writer *w);
/* A notify payload that came with any authentic message. */
void v1_notify_input(struct ike_sa *sa, struct v1_exchange *x,
		     const struct isakmp_notify *n);

/* aggressive.c */
/* Is there anybody who may speak it, and may this address begin? */
bool v1_aggressive_on(const struct engine *e);
bool v1_aggressive_from(const struct engine *e, const struct addr *peer);
/* May a message be repeated because the peer repeats what it answered? */
bool v1_aggressive_repeats(struct v1_exchange *x);
/* The peer goes on, though its message 3 did not come. */
void v1_aggressive_missed(struct ike_sa *sa);

/* phase1.c, quick.c */
/* Evidence that the keys differ (F-027): logged once, kept as the reason. */
void v1_psk_mismatch(struct v1_exchange *x, const char *evidence);
/*
 * Is its hash right, though its payloads cannot be decoded?  That of quick mode
 * covers them as they came.
 */
bool v1_quick_authentic(struct v1_exchange *x, struct isakmp_msg *msg);
struct v1_exchange *v1_quick_find(struct ike_sa *sa, uint32_t message_id);
/* life.c, dpd.c */
/* Set the timer for the lifetime; again when that has become shorter. */
void v1_life_start(struct ike_sa *sa);
void v1_life_limit(struct ike_sa *sa);
void v1_dpd_start(struct ike_sa *sa);
void v1_dpd_timer(void *arg);
/*
 * Ask at once, whether keepalives are configured or not: wants that wait hear
 * of the answer; without one it is as with any keepalive.
 */
void v1_dpd_probe(struct ike_sa *sa);
/* R-U-THERE or its answer. */
void v1_dpd_input(struct ike_sa *sa, const struct isakmp_notify *n);

#endif
