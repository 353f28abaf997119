// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * IKE fragmentation, as Cisco, Microsoft and others have it: with certificates messages
 * 5 and 6 of main mode are larger than a packet, and many networks lose the fragments
 * of IP.  Nothing protects a fragment but the cookies that it has to know, so:
 *
 *   - they are taken only if they were announced, and of an ISAKMP SA that exists;
 *     never for a first message, which has none
 *   - an SA has MESSAGES_MAX messages, of at most ISAKMP_MSG_MAX bytes each, for at
 *     most V1_FRAGMENTS_MS; all SAs together have limits.fragments bytes, and beyond
 *     that the oldest goes, for what is complete at all is so within a round trip
 *   - what is complete is what would have come in one datagram, and not trusted more
 *
 * Some peers have one ID for all their messages, and message ID 0 and the exchange of
 * phase 1 in all their fragments.  So a piece that contradicts what there is comes
 * of another message, and the new one counts.  A message that was complete stays for a
 * while, so that what comes again of it, for our answer was late, is not taken for the
 * beginning of the next one; when all of it has come again it is given up again.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ike-daemon/engine.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/v1/exchange.h"
#include "ike-daemon/v1/fragment.h"
#include "ike-daemon/v1/v1.h"
#include "ike-daemon/wire/fragment.h"
#include "tools/cli/model.h"

#define IPV4_HDR_LEN	20
#define IPV6_HDR_LEN	40
#define UDP_HDR_LEN	8
#define MARKER_LEN	4	/* on port 4500 */
#define MESSAGES_MAX	3	/* of an SA */

struct piece {
	uint32_t at;			/* in the store */
	uint16_t len;			/* 0: it has not come */
	bool again;			/* since the message was complete */
};

struct v1_fragments {
	struct ike_sa *sa;
	struct list of_sa;		/* oldest first */
	struct list of_engine;		/* of all SAs, oldest first */
	struct timer timer;
	struct isakmp_hdr hdr;		/* of the first that came */
	uint16_t id;
	unsigned int n;
	unsigned int again;		/* pieces since it was complete */
	bool complete;
	unsigned int highest;		/* number */
	unsigned int last;		/* number; 0: it has not come */
	struct buf store;		/* pieces in the order of arrival */
	struct piece piece[ISAKMP_FRAGMENTS_MAX + 1];	/* by number */
};

/* --- announcement ---------------------------------------------------------- */

void v1_fragments_announce(struct ike_sa *sa, struct isakmp_writer *w)
{
	const uint8_t *data;
	size_t len;

	sa->takes_fragments = engine_config(sa->e)->ike_mtu;
	if (!sa->takes_fragments)
		return;
	data = isakmp_vendor_bytes(ISAKMP_VENDOR_FRAGMENTATION, &len);
	isakmp_put(w, ISAKMP_PAYLOAD_VENDOR, data, len);
}

/* --- what is kept ---------------------------------------------------------- */

static size_t mem_of(const struct v1_fragments *f)
{
	return sizeof(*f) + buf_len(&f->store);
}

static void fragments_free(struct v1_fragments *f)
{
	f->sa->e->fragments_mem -= mem_of(f);
	timer_cancel(&f->sa->e->timers, &f->timer);
	list_del(&f->of_engine);
	list_del(&f->of_sa);
	buf_free(&f->store);
	free(f);
}

void v1_fragments_free(struct ike_sa *sa)
{
	while (!list_empty(&sa->fragments))
		fragments_free(list_first(&sa->fragments, struct v1_fragments,
					  of_sa));
}

static char *part_text(const struct v1_fragments *f, char *out, size_t size)
{
	if (f->last)
		snprintf(out, size, "%u of the %u fragments of a message have come",
			 f->n, f->last);
	else
		snprintf(out, size, "%u fragments of a message have come, and not the last one",
			 f->n);
	return out;
}

/* Of the newest. */
const char *v1_fragments_text(const struct ike_sa *sa, char *out, size_t size)
{
	struct list *pos, *tmp;

	out[0] = '\0';
	list_for_each(&sa->fragments, pos, tmp) {
		const struct v1_fragments *f =
			list_entry(pos, struct v1_fragments, of_sa);

		if (!f->complete)
			part_text(f, out, size);
	}
	return out;
}

/*
 * What is there goes; @why: in the log, and may be the peer's doing.  Nothing is lost with
 * what was complete.
 */
static void forget(struct v1_fragments *f, enum engine_counter counter,
		   const char *why)
{
	struct engine *e = f->sa->e;
	char peer[ADDR_STRLEN], text[100];

	if (!f->complete) {
		engine_count(e, counter);
		if (log_rate_ok_at(&e->rate_refused, engine_now(e), NULL))
			log_notice(ike, "%s: %s, dropped: %s",
				   addr_format(&f->sa->remote, peer,
					       sizeof(peer)),
				   part_text(f, text, sizeof(text)), why);
	}
	fragments_free(f);
}

static void too_late(void *arg)
{
	forget(arg, ENGINE_C_RX_FRAGMENTS_LOST, "the others did not come in time");
}

static struct v1_fragments *new_message(struct ike_sa *sa,
					const struct isakmp_hdr *hdr,
					uint16_t id)
{
	struct v1_fragments *f = calloc(1, sizeof(*f));
	struct engine *e = sa->e;

	if (!f)
		return NULL;
	f->sa = sa;
	f->hdr = *hdr;
	f->id = id;
	buf_init(&f->store, ISAKMP_MSG_MAX);
	timer_init(&f->timer, too_late, f);
	timer_set(&e->timers, &f->timer, V1_FRAGMENTS_MS);
	list_add_tail(&e->fragments, &f->of_engine);
	list_add_tail(&sa->fragments, &f->of_sa);
	e->fragments_mem += mem_of(f);
	return f;
}

/* May @len bytes more be kept?  At the expense of who waits longest, not of @sa's own. */
static bool make_room(struct ike_sa *sa, size_t len)
{
	struct engine *e = sa->e;
	struct list *pos, *tmp;

	list_for_each(&e->fragments, pos, tmp) {
		struct v1_fragments *old = list_entry(pos, struct v1_fragments,
						      of_engine);

		if (e->fragments_mem + len <= e->limits.fragments)
			break;
		if (old->sa != sa || old->complete)
			forget(old, ENGINE_C_RX_LIMITED,
			       "newer ones came, and need the room");
	}
	return e->fragments_mem + len <= e->limits.fragments;
}

/* --- one piece ------------------------------------------------------------- */

static void refuse(struct ike_sa *sa, const char *why)
{
	struct engine *e = sa->e;
	char peer[ADDR_STRLEN];

	engine_count(e, ENGINE_C_RX_FRAGMENTS_BAD);
	if (log_rate_ok_at(&e->rate_refused, engine_now(e), NULL))
		log_notice(ike, "%s: a fragment of an IKE message was refused: %s",
			   addr_format(&sa->remote, peer, sizeof(peer)), why);
}

/* One message of @sa less: the oldest that was complete, or else the oldest. */
static void make_place(struct ike_sa *sa)
{
	struct v1_fragments *old = NULL;
	unsigned int n = 0;
	struct list *pos, *tmp;

	list_for_each(&sa->fragments, pos, tmp) {
		struct v1_fragments *f = list_entry(pos, struct v1_fragments,
						    of_sa);

		n++;
		if (!old || (f->complete && !old->complete))
			old = f;
	}
	if (n >= MESSAGES_MAX)
		forget(old, ENGINE_C_RX_FRAGMENTS_LOST, "other messages began");
}

static bool same_message(const struct v1_fragments *f,
			 const struct isakmp_hdr *hdr, uint16_t id)
{
	return f->id == id && f->hdr.exchange == hdr->exchange &&
	       f->hdr.message_id == hdr->message_id &&
	       !memcmp(f->hdr.cookie_i, hdr->cookie_i, ISAKMP_COOKIE_LEN) &&
	       !memcmp(f->hdr.cookie_r, hdr->cookie_r, ISAKMP_COOKIE_LEN);
}

/* Why it cannot be of the same message, or NULL. */
static const char *contradiction(const struct v1_fragments *f,
				 const struct isakmp_fragment *in)
{
	const struct piece *p = &f->piece[in->number];

	if (f->last && in->number > f->last)
		return "one after the last came";
	if (in->last ? in->number < f->highest : in->number == f->last)
		return "the last one is not the last";
	if (p->len && p->len != in->len)
		return "one came again, and was longer or shorter";
	return NULL;
}

static bool is_again(const struct v1_fragments *f,
		     const struct isakmp_fragment *in)
{
	const struct piece *p = &f->piece[in->number];

	return f->complete && p->len == in->len &&
	       !memcmp(buf_data(&f->store) + p->at, in->data, in->len);
}

/* The message of which there is @in, if @again, or of which it may be a new piece. */
static struct v1_fragments *find(const struct ike_sa *sa,
				 const struct isakmp_hdr *hdr,
				 const struct isakmp_fragment *in, bool again)
{
	struct list *pos, *tmp;

	list_for_each(&sa->fragments, pos, tmp) {
		struct v1_fragments *f = list_entry(pos, struct v1_fragments,
						    of_sa);

		if (same_message(f, hdr, in->id) &&
		    (again ? is_again(f, in) : !f->complete))
			return f;
	}
	return NULL;
}

static bool lacks(const struct v1_fragments *f,
		  const struct isakmp_fragment *in)
{
	return !f->piece[in->number].len && !contradiction(f, in);
}

/* The same number again: the same, or of a newer message. */
static bool keep(struct v1_fragments *f, const struct isakmp_fragment *in)
{
	struct piece *p = &f->piece[in->number];

	if (p->len) {
		buf_set(&f->store, p->at, in->data, in->len);
		return true;
	}
	p->at = buf_len(&f->store);
	buf_put(&f->store, in->data, in->len);
	if (buf_err(&f->store)) {
		forget(f, ENGINE_C_RX_FRAGMENTS_BAD,
		       buf_err(&f->store) == -EMSGSIZE ?
		       "together they are too long" : "out of memory");
		return false;
	}
	p->len = in->len;
	f->sa->e->fragments_mem += in->len;
	f->n++;
	if (in->number > f->highest)
		f->highest = in->number;
	if (in->last)
		f->last = in->number;
	return true;
}

/* Is it a message, and one that @hdr may announce? */
static const char *whole_fault(const struct buf *whole,
			       const struct isakmp_hdr *outer)
{
	struct isakmp_hdr hdr;
	struct buf b;

	buf_reader(&b, buf_data(whole), buf_len(whole));
	isakmp_get_header(&b, &hdr);
	if (buf_err(&b) || hdr.length != buf_len(whole))
		return "together they are not as long as the message says";
	if (memcmp(hdr.cookie_i, outer->cookie_i, ISAKMP_COOKIE_LEN) ||
	    memcmp(hdr.cookie_r, outer->cookie_r, ISAKMP_COOKIE_LEN))
		return "the message has other cookies";
	if (hdr.next_payload == ISAKMP_PAYLOAD_FRAGMENT)
		return "the message is a fragment itself";
	return NULL;
}

static bool put_together(struct v1_fragments *f, struct buf *whole)
{
	const uint8_t *data = buf_data(&f->store);
	char peer[ADDR_STRLEN];
	const char *fault;
	unsigned int i;

	for (i = 1; i <= f->last; i++) {
		buf_put(whole, data + f->piece[i].at, f->piece[i].len);
		f->piece[i].again = false;
	}
	fault = buf_err(whole) ? "out of memory" : whole_fault(whole, &f->hdr);
	if (fault) {
		forget(f, ENGINE_C_RX_FRAGMENTS_BAD, fault);
		return false;
	}
	log_debug(ike, "%s: an IKE message of %zu bytes came in %u fragments",
		  addr_format(&f->sa->remote, peer, sizeof(peer)),
		  buf_len(whole), f->n);
	f->complete = true;
	f->again = 0;
	timer_set(&f->sa->e->timers, &f->timer, V1_FRAGMENTS_MS);
	return true;
}

static bool take_again(struct v1_fragments *f,
		       const struct isakmp_fragment *in, struct buf *whole)
{
	struct piece *p = &f->piece[in->number];

	f->again += !p->again;
	p->again = true;
	return f->again == f->last && put_together(f, whole);
}

static bool take(struct ike_sa *sa, const struct isakmp_hdr *hdr,
		 const struct isakmp_fragment *in, struct buf *whole)
{
	struct v1_fragments *done = find(sa, hdr, in, true);
	struct v1_fragments *f = find(sa, hdr, in, false);
	const char *fault;

	/* If a forged piece has completed it, the true message lacks this one. */
	if (done && !(f && lacks(f, in)))
		return take_again(done, in, whole);
	fault = f ? contradiction(f, in) : NULL;
	if (fault) {
		forget(f, ENGINE_C_RX_FRAGMENTS_BAD, fault);
		f = NULL;
	}
	if (!make_room(sa, in->len + (f ? 0 : sizeof(*f)))) {
		engine_count(sa->e, ENGINE_C_RX_LIMITED);
		return false;
	}
	if (!f) {
		make_place(sa);
		f = new_message(sa, hdr, in->id);
	}
	if (!f || !keep(f, in))
		return false;
	return f->n == f->last && put_together(f, whole);
}

bool v1_is_fragment(const struct isakmp_msg *msg)
{
	return msg->hdr.next_payload == ISAKMP_PAYLOAD_FRAGMENT;
}

/* Some set the encryption flag, and do not mean it. */
bool v1_fragment_take(struct ike_sa *sa, struct isakmp_msg *msg,
		      struct buf *whole)
{
	struct isakmp_fragment in;
	struct isakmp_err err;

	engine_count(sa->e, ENGINE_C_RX_FRAGMENTS);
	if (!sa->takes_fragments) {
		refuse(sa, "the peer was not told that they are taken");
		return false;
	}
	if (isakmp_decode_payloads(msg, msg->body, msg->body_len, &err)) {
		refuse(sa, err.text);
		return false;
	}
	if (msg->npayloads != 1) {
		refuse(sa, "there are other payloads beside it");
		return false;
	}
	if (isakmp_fragment_get(msg->payloads[0].data, msg->payloads[0].len,
				&in)) {
		refuse(sa, "it is cut off, empty, or has the number 0");
		return false;
	}
	return take(sa, &msg->hdr, &in, whole);
}

/* --- sending --------------------------------------------------------------- */

/* How many bytes of IKE there are in the largest packet. */
static size_t room_of(const struct ike_sa *sa)
{
	uint32_t mtu = engine_config(sa->e)->ike_mtu ?: CFG_IKE_MTU_DEFAULT;

	return mtu - UDP_HDR_LEN -
	       (sa->local.family == AF_INET6 ? IPV6_HDR_LEN : IPV4_HDR_LEN) -
	       (sa->local.port == IKE_NATT_PORT ? MARKER_LEN : 0);
}

bool v1_is_large(const struct ike_sa *sa, const struct buf *msg)
{
	return buf_len(msg) > room_of(sa);
}

bool v1_fragments_wanted(const struct ike_sa *sa, const struct buf *msg)
{
	return engine_config(sa->e)->ike_mtu &&
	       (sa->vendors & IKE_PEER_FRAGMENTS) && v1_is_large(sa, msg);
}

/* One for all repetitions of a message, so that they fill each other's gaps. */
static uint16_t id_of(const struct buf *msg)
{
	struct crypto_chunk in = CRYPTO_CHUNK(buf_data(msg), buf_len(msg));
	uint8_t sum[CRYPTO_HASH_MAX] = { 0 };

	if (crypto_hash(CRYPTO_SHA256, &in, 1, sum))
		return 1;
	return (uint16_t)(sum[0] << 8 | sum[1]);
}

/* As strongSwan wants it, and others take it: phase 1 whatever is in it. */
static void outer_header(const struct ike_sa *sa, const struct buf *msg,
			 struct isakmp_hdr *hdr)
{
	struct buf b;

	buf_reader(&b, buf_data(msg), buf_len(msg));
	isakmp_get_header(&b, hdr);
	hdr->flags = 0;
	hdr->message_id = 0;
	hdr->exchange = sa->aggressive ? ISAKMP_EXCHANGE_AGGRESSIVE :
					 ISAKMP_EXCHANGE_MAIN;
}

void v1_fragments_send(struct ike_sa *sa, const struct buf *msg)
{
	size_t room = room_of(sa) - ISAKMP_FRAGMENT_OVERHEAD;
	struct isakmp_fragment f = { .id = id_of(msg) };
	struct isakmp_hdr hdr;
	char peer[ADDR_STRLEN];
	struct buf in, out;

	/* The largest message has 135 of the smallest: the number has room. */
	outer_header(sa, msg, &hdr);
	buf_reader(&in, buf_data(msg), buf_len(msg));
	buf_init(&out, ISAKMP_MSG_MAX);
	while (!f.last) {
		f.last = buf_left(&in) <= room;
		f.len = (uint16_t)(f.last ? buf_left(&in) : room);
		f.data = buf_get_direct(&in, f.len);
		f.number++;
		buf_reset(&out);
		if (isakmp_fragment_put(&out, &hdr, &f)) {
			engine_count(sa->e, ENGINE_C_TX_ERROR);
			break;
		}
		engine_count(sa->e, ENGINE_C_TX_FRAGMENTS);
		engine_send(sa->e, &sa->local, &sa->remote, buf_data(&out),
			    buf_len(&out));
	}
	buf_free(&out);
	log_debug(ike, "%s: an IKE message of %zu bytes was sent in %u fragments",
		  addr_format(&sa->remote, peer, sizeof(peer)), buf_len(msg),
		  f.number);
}
