/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ESP (RFC 4303): the transforms of an SA, and one packet through them; and
 * what AH has of it, see ah.h.
 */
#ifndef _CM_ESP_H
#define _CM_ESP_H

#include <linux/types.h>
#include <net/dst_cache.h>

#include "kmod/core/espfmt.h"
#include "kmod/core/outer.h"

struct cm_auth;
struct cm_chacha;
struct cm_early;
struct cm_encr;
struct cm_sa;
struct crypto_aead;
struct crypto_ahash;
struct netlink_ext_ack;
struct sk_buff;
struct xfrm_state;

#define CM_ESP_IV_MAX 16	/* bytes */

/**
 * struct cm_esp - what the data path keeps for one SA
 * @geom: lengths on the wire
 * @outer: how the outer header follows from the inner one
 * @route: outbound: route to the peer, per CPU; of no memory until the first
 * @flow_label: outbound: of the outer IPv6 header
 * @early: inbound: how packets come in, see early.c; under the lock of the SA
 * @mark: inbound: what packets carry in their security path, see dev.c
 * @aead: transform, possibly of an asynchronous driver; NULL in AH
 * @fallback: synchronous transform of the same key for contexts where the
 *	vector unit may not be used; NULL when @aead is synchronous itself
 * @chacha: key of ChaCha20-Poly1305, which needs no @aead; else NULL
 * @ahash: AH: likewise; all below but @esn, @async and @pending is 0 there
 * @combined: one key and one pass for both (RFC 5116), else authenc()
 * @counter: the IV is the sequence number and authenticated as associated
 *	data (RFC 3686, RFC 4106)
 * @esn: sequence numbers of 64 bits, see open_esn()
 * @hides: it encrypts, not only authenticates
 * @async: drivers may keep packets of this SA
 * @compresses: it holds the compressors of ipcomp.c
 * @pending: packets that an asynchronous driver holds
 * @secret: outbound CBC: what the unpredictable IVs are made with
 */
struct cm_esp {
	struct cm_esp_geom geom;
	struct cm_outer outer;
	struct dst_cache route;
	__be32 flow_label;
	struct cm_early __rcu *early;
	struct xfrm_state *mark;
	struct crypto_aead *aead;
	struct crypto_aead *fallback;
	struct cm_chacha *chacha;
	struct crypto_ahash *ahash;
	bool combined;
	bool counter;
	bool esn;
	bool hides;
	bool async;
	bool compresses;
	atomic_t pending;
	u8 secret[CM_ESP_IV_MAX];
};

/**
 * struct cm_esp_keys - the keys of one SA, wiped by the caller afterwards
 * @encr: key of the cipher, then its salt
 * @encr_len: bytes of both
 * @auth: key of the integrity algorithm
 * @auth_len: its bytes
 */
struct cm_esp_keys {
	const u8 *encr;
	const u8 *auth;
	u16 encr_len;
	u16 auth_len;
};

/**
 * cm_esp_init() - prepare the crypto of a new SA
 * @sa: not yet visible to packets; encr, auth, flags, dir, key and addresses set
 * @keys: lengths were checked against kmod/core/alg.h
 * @extack: says what is missing in the kernel
 *
 * Context: process. Return: 0 or a negative errno.
 */
int cm_esp_init(struct cm_sa *sa, const struct cm_esp_keys *keys,
		struct netlink_ext_ack *extack);

/**
 * cm_esp_probe() - could an SA of these be made?
 * @encr: encryption
 * @auth: integrity that fits it
 * @driver: result: name of the kernel driver, CRYPTO_MAX_ALG_NAME bytes
 *
 * Context: process; may load modules. Return: 0, -EOPNOTSUPP if the kernel
 * does not offer it, another negative errno if that could not be found out.
 */
int cm_esp_probe(const struct cm_encr *encr, const struct cm_auth *auth,
		 char *driver);

/* The addresses or ports of an SA changed. Process context. */
void cm_esp_moved(struct cm_sa *sa);

/* Its route is to be looked up again. Any context. */
void cm_esp_forget_route(struct cm_sa *sa);

/* Free sa->esp, which may be NULL. Process context, nothing uses it any more. */
void cm_esp_destroy(struct cm_sa *sa);

/* Name of the kernel driver in use, or NULL. */
const char *cm_esp_driver(const struct cm_sa *sa);

/**
 * cm_esp_encrypt() - fill in ESP header and IV, encrypt, authenticate
 * @sa: outbound SA, under rcu_read_lock()
 * @skb: linear and private; its transport header is where the ESP header
 *	goes, then room for the IV, payload, trailer, room for the ICV
 * @seq: from cm_sa_take_seq()
 *
 * Always ends in cm_output_done(), now or later. BH off.
 */
void cm_esp_encrypt(struct cm_sa *sa, struct sk_buff *skb, u64 seq);

/**
 * cm_esp_decrypt() - verify and decrypt
 * @sa: inbound SA, under rcu_read_lock()
 * @skb: linear and private, data at the ESP header, length checked with
 *	cm_esp_check_len()
 * @seq: from cm_replay_check()
 *
 * Always ends in cm_input_done(), now or later. BH off.
 */
void cm_esp_decrypt(struct cm_sa *sa, struct sk_buff *skb, u64 seq);

/*
 * A driver may keep a packet of @sa: reference the SA and count the packet in
 * @pending, both undone by the caller. False: too many are there, or @sa goes.
 */
bool cm_esp_hold(struct cm_sa *sa);

/* The crypto is done with a packet: cm_output_done() or cm_input_done(), in its turn. */
void cm_esp_finish(struct cm_sa *sa, struct sk_buff *skb, int err);

/* The module goes: no SA exists any more. */
void cm_esp_exit(void);

#endif
