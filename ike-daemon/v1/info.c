// SPDX-License-Identifier: GPL-2.0-or-later
/* Informational exchanges (RFC 2409, 5.7): notifies and deletes; vendor IDs. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ike-daemon/engine.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/sa/account.h"
#include "ike-daemon/sa/child_sa.h"
#include "ike-daemon/sa/peer.h"
#include "ike-daemon/v1/access.h"
#include "ike-daemon/v1/client.h"
#include "ike-daemon/v1/exchange.h"
#include "ike-daemon/v1/fragment.h"
#include "ike-daemon/v1/natt.h"
#include "ike-daemon/v1/phase1.h"
#include "ike-daemon/v1/v1.h"
#include "ike-daemon/wire/vendor.h"

/* Says: a responder that has sent QM2 is ready to receive. */
static const uint8_t cryptomap_vendor[] = "cryptomap IKEv1 1";
#define CRYPTOMAP_VENDOR_LEN (sizeof(cryptomap_vendor) - 1)

/*
 * Unity alone to those who say it, and are told things by mode configuration: some
 * wait for that then.
 */
static bool tells_unity(const struct ike_sa *sa)
{
	const struct cfg_map *map = v1_client_map(sa);

	return map && cfg_map_gives_addresses(map) &&
	       sa->vendors & IKE_PEER_UNITY &&
	       cfg_map_uses_groups(engine_config(sa->e), map);
}

static void put_client_vendors(const struct ike_sa *sa, struct isakmp_writer *w)
{
	const uint8_t *data;
	size_t len;

	if (v1_users_offered(sa)) {
		data = isakmp_vendor_bytes(ISAKMP_VENDOR_XAUTH, &len);
		isakmp_put(w, ISAKMP_PAYLOAD_VENDOR, data, len);
	}
	if (sa->ezvpn || tells_unity(sa)) {
		data = isakmp_vendor_bytes(ISAKMP_VENDOR_UNITY, &len);
		isakmp_put(w, ISAKMP_PAYLOAD_VENDOR, data, len);
	}
}

void v1_put_vendor_ids(struct ike_sa *sa, struct isakmp_writer *w)
{
	const uint8_t *data;
	size_t len;

	data = isakmp_vendor_bytes(ISAKMP_VENDOR_DPD, &len);
	isakmp_put(w, ISAKMP_PAYLOAD_VENDOR, data, len);
	isakmp_put(w, ISAKMP_PAYLOAD_VENDOR, cryptomap_vendor,
		   CRYPTOMAP_VENDOR_LEN);
	put_client_vendors(sa, w);
	v1_natt_put_vendors(sa, w);
	v1_fragments_announce(sa, w);
}

void v1_put_gateway_id(struct ike_sa *sa, struct isakmp_writer *w)
{
	const uint8_t *data;
	size_t len;

	if (!tells_unity(sa))
		return;
	data = isakmp_vendor_bytes(ISAKMP_VENDOR_CISCO_VPN3000, &len);
	isakmp_put(w, ISAKMP_PAYLOAD_VENDOR, data, len);
}

/* IKE_PEER_*; of what is not known, none. */
static unsigned int promise_of(const struct isakmp_payload *p)
{
	if (p->len == CRYPTOMAP_VENDOR_LEN &&
	    !memcmp(p->data, cryptomap_vendor, p->len))
		return IKE_PEER_CRYPTOMAP;
	switch (isakmp_vendor_lookup(p->data, p->len)) {
	case ISAKMP_VENDOR_DPD:
		return IKE_PEER_DPD;
	case ISAKMP_VENDOR_UNITY:
		return IKE_PEER_UNITY;
	case ISAKMP_VENDOR_MS_NT5:
		return IKE_PEER_MICROSOFT;
	case ISAKMP_VENDOR_FRAGMENTATION:
		return isakmp_vendor_fragments(p->data, p->len) ?
		       IKE_PEER_FRAGMENTS : 0;
	default:
		return 0;
	}
}

static void log_vendor(const struct ike_sa *sa, const struct isakmp_payload *p)
{
	char peer[ADDR_STRLEN], hex[2 * ISAKMP_VENDOR_LEN_MAX + 1] = "";
	enum isakmp_vendor v = isakmp_vendor_lookup(p->data, p->len);
	size_t i;

	for (i = 0; i < p->len && i < ISAKMP_VENDOR_LEN_MAX; i++)
		sprintf(hex + 2 * i, "%02x", p->data[i]);
	log_debug(ike, "%s: vendor ID %s: %s%s",
		  addr_format(&sa->remote, peer, sizeof(peer)), hex,
		  promise_of(p) == IKE_PEER_CRYPTOMAP ? "cryptomap" :
							isakmp_vendor_name(v),
		  v || promise_of(p) ? "" : ", skipped");
}

void v1_vendor_ids(struct ike_sa *sa, const struct isakmp_msg *msg)
{
	unsigned int i;

	for (i = 0; i < msg->npayloads; i++) {
		const struct isakmp_payload *p = &msg->payloads[i];

		if (p->type != ISAKMP_PAYLOAD_VENDOR)
			continue;
		log_vendor(sa, p);
		sa->vendors |= promise_of(p);
	}
}

/* --- sending --------------------------------------------------------------- */

/* HASH(1) over one payload, encrypted, with a message ID and IV of its own. */
static void send_protected(struct ike_sa *sa, const struct isakmp_payload *p)
{
	uint8_t iv[CRYPTO_BLOCK_MAX], hash[CRYPTO_HASH_MAX];
	uint32_t mid = v1_new_message_id(sa);
	struct isakmp_writer w;
	struct buf b;
	size_t at, rest;
	int err;

	buf_init(&b, ISAKMP_MSG_MAX);
	v1_message_begin(sa, &w, &b, ISAKMP_EXCHANGE_INFORMATIONAL, mid, true);
	at = isakmp_put_blank(&w, ISAKMP_PAYLOAD_HASH, sa->keys.len);
	rest = buf_len(&b);
	isakmp_put_payload(&w, p);
	err = buf_err(&b);
	if (!err)
		err = ikev1_hash_1(&sa->keys, mid,
				   CRYPTO_CHUNK(buf_data(&b) + rest,
						buf_len(&b) - rest), hash);
	if (!err)
		buf_set(&b, at, hash, sa->keys.len);
	if (!err)
		err = ikev1_iv_message(sa->hash, sa->cipher, sa->iv, mid, iv);
	if (!err && mid)
		err = v1_message_end(sa, &w, iv);
	if (!err && mid)
		v1_send(sa, &b);
	buf_free(&b);
}

void v1_send_notify(struct ike_sa *sa, const struct isakmp_notify *n)
{
	struct isakmp_payload p = {
		.type = ISAKMP_PAYLOAD_NOTIFY, .notify = *n,
	};

	if (ike_sa_protected(sa))
		send_protected(sa, &p);
}

void v1_send_plain_notify(struct ike_sa *sa, unsigned int type)
{
	struct isakmp_notify n = {
		.doi = ISAKMP_DOI_IPSEC,
		.protocol = ISAKMP_PROTO_ISAKMP,
		.type = type,
	};
	struct isakmp_writer w;
	struct buf b;

	buf_init(&b, ISAKMP_MSG_MAX);
	v1_message_begin(sa, &w, &b, ISAKMP_EXCHANGE_INFORMATIONAL,
			 v1_new_message_id(sa), false);
	isakmp_put_notify(&w, &n);
	if (!v1_message_end(sa, &w, NULL))
		v1_send(sa, &b);
	buf_free(&b);
}

static void send_delete(struct ike_sa *sa, unsigned int protocol,
			const uint8_t *spi, size_t len)
{
	struct isakmp_payload p = {
		.type = ISAKMP_PAYLOAD_DELETE,
		.del = {
			.doi = ISAKMP_DOI_IPSEC,
			.protocol = protocol,
			.spi_len = len,
			.nspis = 1,
			.spis = spi,
		},
	};

	send_protected(sa, &p);
}

void v1_delete_spi(struct ike_sa *sa, uint8_t proto, uint32_t spi)
{
	spi = htonl(spi);
	send_delete(sa, proto == IPPROTO_AH ? ISAKMP_PROTO_AH :
					      ISAKMP_PROTO_ESP,
		    (const uint8_t *)&spi, sizeof(spi));
}

void v1_delete_spi_of(struct peer *peer, const struct kernel_sa *in)
{
	struct list *pos, *tmp;

	list_for_each(&peer->ike_sas, pos, tmp) {
		struct ike_sa *sa = list_entry(pos, struct ike_sa, of_peer);

		if (ike_sa_established(sa) && addr_equal(&sa->local, &in->dst) &&
		    ike_sa_is_newest(sa))
			v1_delete_spi(sa, in->proto, in->spi);
	}
}

struct ike_sa *v1_sa_of(const struct child_sa *c)
{
	struct list *pos, *tmp;

	list_for_each(&c->peer->ike_sas, pos, tmp) {
		struct ike_sa *sa = list_entry(pos, struct ike_sa, of_peer);

		if (ike_sa_established(sa) && child_sa_is_with(c, sa))
			return sa;
	}
	return NULL;
}

void v1_delete_child(const struct child_sa *c)
{
	struct ike_sa *sa = v1_sa_of(c);

	if (sa && c->spi_in)
		v1_delete_spi(sa, c->proto, c->spi_in);
}

void v1_say_end(struct ike_sa *sa)
{
	uint8_t spi[2 * ISAKMP_COOKIE_LEN];

	memcpy(spi, sa->cookie_i, ISAKMP_COOKIE_LEN);
	memcpy(spi + ISAKMP_COOKIE_LEN, sa->cookie_r, ISAKMP_COOKIE_LEN);
	if (ike_sa_protected(sa))
		send_delete(sa, ISAKMP_PROTO_ISAKMP, spi, sizeof(spi));
}

void v1_end_ike(struct ike_sa *sa, bool tell, const char *reason)
{
	if (tell)
		v1_say_end(sa);
	record_end(sa->record, engine_now(sa->e), RECORD_FAILED, reason);
	account_part_ends(v1_access_account(sa), reason);
	ike_sa_free(sa);
}

void v1_delete_ike(struct ike_sa *sa)
{
	struct peer *peer = sa->peer;

	v1_end_ike(sa, true, "deleted");
	policy_ike_lost(peer);
}

/* --- receiving ------------------------------------------------------------- */

static uint32_t spi_of(const struct isakmp_notify *n)
{
	uint32_t spi;

	if (n->spi_len != sizeof(spi))
		return 0;
	memcpy(&spi, n->spi, sizeof(spi));
	return ntohl(spi);
}

/* The quick mode of ours that an error notify is about. */
static struct v1_exchange *quick_of_notify(struct ike_sa *sa, uint32_t spi)
{
	struct v1_exchange *only = NULL;
	struct list *pos, *tmp;

	list_for_each(&sa->quicks, pos, tmp) {
		struct v1_exchange *x = list_entry(pos, struct v1_exchange,
						   of_sa);

		if (x->state == QM_DONE || !x->q.child || x->job)
			continue;
		if (spi && (x->q.child->spi_in == spi ||
			    x->q.child->spi_out == spi))
			return x;
		if (x->state == QM_SENT_1 && !only)
			only = x;
	}
	return only;
}

static void error_notify(struct ike_sa *sa, const struct isakmp_notify *n)
{
	struct v1_exchange *x = quick_of_notify(sa, spi_of(n));
	char peer[ADDR_STRLEN];

	if (n->type == ISAKMP_NOTIFY_INVALID_SPI && spi_of(n)) {
		uint8_t proto = proposal_ip_proto(n->protocol);
		struct child_sa *c = child_sa_by_spi(sa->peer, proto, false,
						     spi_of(n));

		/* One router behind a NAT does not speak for another. */
		if (c && c->state >= CHILD_INSTALLED &&
		    child_sa_is_with(c, sa)) {
			child_sa_peer_deletes(c);
			return;
		}
	}
	if (!x)
		return;
	log_notice(ipsec, "%s: the peer refuses quick mode: %s",
		   addr_format(&sa->remote, peer, sizeof(peer)),
		   isakmp_notify_name(n->type));
	record_add_notify(x->record, n->type, false);
	v1_fault(x, 0, 0, "the peer answers %s", isakmp_notify_name(n->type));
	v1_fail(x, -ECONNREFUSED);
}

static void responder_lifetime(struct ike_sa *sa, struct v1_exchange *x,
			       const struct isakmp_notify *n)
{
	bool phase1 = n->protocol == ISAKMP_PROTO_ISAKMP;
	uint32_t before = sa->lifetime;
	struct isakmp_life life;

	if (isakmp_life_get(n->data, n->len, phase1 ? 1 : 2, &life))
		return;
	if (phase1) {
		sa->lifetime = life_shorter(before, life.seconds);
		/* With message 6 it comes before the timer is set. */
		if (sa->lifetime != before && ike_sa_established(sa) &&
		    !sa->superseded)
			v1_life_start(sa);
	} else if (x && x->quick) {
		x->q.choice.seconds = life_shorter(x->q.choice.seconds,
						   life.seconds);
		x->q.choice.kilobytes = life_shorter(x->q.choice.kilobytes,
						     life.kilobytes);
	}
}

void v1_notify_input(struct ike_sa *sa, struct v1_exchange *x,
		     const struct isakmp_notify *n)
{
	char peer[ADDR_STRLEN];

	log_debug(ike, "%s: notify %s received",
		  addr_format(&sa->remote, peer, sizeof(peer)),
		  isakmp_notify_name(n->type));
	if (n->type != ISAKMP_NOTIFY_R_U_THERE &&
	    n->type != ISAKMP_NOTIFY_R_U_THERE_ACK)
		record_add_notify(x && x->quick ? x->record : sa->record,
				  n->type, false);
	switch (n->type) {
	case ISAKMP_NOTIFY_INITIAL_CONTACT:
		sa->contact_later = !ike_sa_established(sa) &&
				    (v1_xauth_needed(sa) ||
				     (sa->main && v1_revocation_open(sa->main)));
		if (!sa->contact_later)
			policy_initial_contact(sa);
		break;
	case ISAKMP_NOTIFY_RESPONDER_LIFETIME:
		responder_lifetime(sa, x, n);
		break;
	case ISAKMP_NOTIFY_R_U_THERE:
	case ISAKMP_NOTIFY_R_U_THERE_ACK:
		v1_dpd_input(sa, n);
		break;
	case ISAKMP_NOTIFY_CONNECTED:
		log_info(ipsec, "%s: the peer says CONNECTED",
			 addr_format(&sa->remote, peer, sizeof(peer)));
		break;
	default:
		if (n->type < ISAKMP_NOTIFY_STATUS_MIN && !x)
			error_notify(sa, n);
		break;
	}
}

static void delete_pairs(struct ike_sa *sa, const struct isakmp_delete *d)
{
	struct child_sa *c;
	unsigned int i;
	uint32_t spi;

	if (d->spi_len != sizeof(spi))
		return;
	for (i = 0; i < d->nspis; i++) {
		memcpy(&spi, d->spis + i * sizeof(spi), sizeof(spi));
		c = child_sa_by_spi(sa->peer, proposal_ip_proto(d->protocol),
				    false, ntohl(spi));
		if (!c || c->state < CHILD_INSTALLED ||
		    !child_sa_is_with(c, sa))
			continue;
		log_info(ipsec, "the peer deletes SA 0x%08x", c->spi_out);
		child_sa_peer_deletes(c);
	}
}

/* Has the client no other one? */
static bool is_last_of_client(const struct ike_sa *sa)
{
	struct list *pos, *tmp;

	list_for_each(&sa->peer->ike_sas, pos, tmp) {
		const struct ike_sa *other = list_entry(pos, struct ike_sa,
							of_peer);

		if (other != sa && ike_sa_established(other) &&
		    ike_sa_same_ends(other, sa))
			return false;
	}
	return ike_sa_established(sa) && v1_access_is_client(sa);
}

static void end_deleted(struct ike_sa *sa)
{
	const char *why = v1_client_rejected(sa);

	log_info(ike, "the peer deletes ISAKMP SA %u", sa->conn_id);
	if (why) {
		v1_fail_ike(sa, why);
		return;
	}
	/* What it says about its pairs may get lost, and they have its address. */
	if (is_last_of_client(sa))
		policy_end_client(sa, "the client has gone");
	else
		ike_sa_free(sa);
}

/* True when @sa itself has gone. */
static bool delete_isakmp(struct ike_sa *sa, const struct isakmp_delete *d)
{
	struct engine *e = sa->e;
	struct peer *peer = sa->peer;
	struct ike_sa *gone;
	bool self = false, any = false;
	unsigned int i;

	if (d->spi_len != 2 * ISAKMP_COOKIE_LEN)
		return false;
	peer->pins++;
	for (i = 0; i < d->nspis; i++) {
		const uint8_t *spi = d->spis + i * d->spi_len;

		gone = ike_sa_find(e, spi, spi + ISAKMP_COOKIE_LEN);
		/* Its cookies are no secret to those behind the same NAT. */
		if (!gone || gone->peer != peer ||
		    !(gone == sa ? ike_sa_protected(sa) :
		      ike_sa_established(sa) && ike_sa_established(gone) &&
		      ike_sa_same_ends(gone, sa)))
			continue;
		any = true;
		if (gone == sa)
			self = true;
		else
			end_deleted(gone);
	}
	/* Last, for the others are compared with it. */
	if (self)
		end_deleted(sa);
	peer->pins--;
	if (any)
		policy_ike_lost(peer);
	return self;
}

bool v1_info_authentic(struct ike_sa *sa, const struct isakmp_msg *msg)
{
	const struct isakmp_payload *p = &msg->payloads[0];
	uint8_t want[CRYPTO_HASH_MAX];
	const uint8_t *rest;
	size_t len;

	if (!msg->npayloads || p->type != ISAKMP_PAYLOAD_HASH ||
	    p->len != sa->keys.len)
		return false;
	rest = isakmp_after(msg, 0, &len);
	return !ikev1_hash_1(&sa->keys, msg->hdr.message_id,
			     CRYPTO_CHUNK(rest, len), want) &&
	       secret_equal(p->data, want, p->len);
}

/* Who has not said his user yet: that he lives, and the end of this SA. */
static bool may_say(const struct ike_sa *sa, const struct isakmp_payload *p)
{
	if (ike_sa_established(sa))
		return true;
	if (p->type == ISAKMP_PAYLOAD_NOTIFY)
		return p->notify.type == ISAKMP_NOTIFY_R_U_THERE;
	return p->type == ISAKMP_PAYLOAD_DELETE &&
	       p->del.protocol == ISAKMP_PROTO_ISAKMP;
}

static void info_payloads(struct ike_sa *sa, const struct isakmp_msg *msg)
{
	unsigned int i;

	for (i = 1; i < msg->npayloads; i++) {
		const struct isakmp_payload *p = &msg->payloads[i];

		if (p->type == ISAKMP_PAYLOAD_NOTIFY &&
		    v1_client_notified(sa, &p->notify))
			return;
		if (!may_say(sa, p))
			continue;

		if (p->type == ISAKMP_PAYLOAD_NOTIFY)
			v1_notify_input(sa, NULL, &p->notify);
		else if (p->type == ISAKMP_PAYLOAD_DELETE &&
			 (p->del.protocol == ISAKMP_PROTO_ESP ||
			  p->del.protocol == ISAKMP_PROTO_AH))
			delete_pairs(sa, &p->del);
		else if (p->type == ISAKMP_PAYLOAD_DELETE &&
			 p->del.protocol == ISAKMP_PROTO_ISAKMP &&
			 delete_isakmp(sa, &p->del))
			return;
	}
}

#define GENERIC_HEADER	4	/* bytes of a payload (RFC 2408, 3.2) */

/*
 * Did it come before the message that authenticates the peer?  Its IV is of that (RFC 2409,
 * appendix B), so one block of it decrypts to garbage, the first, which holds nothing but the
 * beginning of HASH(1); the rest of that has to fit what follows it.
 */
static bool is_ahead(struct ike_sa *sa, const struct isakmp_msg *msg)
{
	size_t block = crypto_cipher_block_len(sa->cipher);
	size_t at = GENERIC_HEADER + sa->keys.len, end = at;
	const uint8_t *plain = sa->e->plain;
	uint8_t want[CRYPTO_HASH_MAX], next;

	do {
		size_t len;

		if (end + GENERIC_HEADER > msg->body_len)
			return false;
		next = plain[end];
		len = (size_t)plain[end + 2] << 8 | plain[end + 3];
		if (len < GENERIC_HEADER || len > msg->body_len - end)
			return false;
		end += len;
	} while (next);
	return !ikev1_hash_1(&sa->keys, msg->hdr.message_id,
			     CRYPTO_CHUNK(plain + at, end - at), want) &&
	       secret_equal(plain + block, want + block - GENERIC_HEADER,
			    at - block);
}

/*
 * While we wait for the authentication of the peer: what the peer encrypts now and we cannot
 * read was encrypted with other keys, so the pre-shared keys differ; unless that is late, or
 * lost, and the peer has all it wants of us.
 */
static void info_while_authenticating(struct ike_sa *sa, struct isakmp_msg *msg)
{
	uint8_t iv[CRYPTO_BLOCK_MAX];
	struct isakmp_err err;

	if (ikev1_iv_message(sa->hash, sa->cipher, sa->main->iv,
			     msg->hdr.message_id, iv))
		return;
	if (v1_message_open(sa, msg, iv, &err) || !v1_info_authentic(sa, msg)) {
		if (is_ahead(sa, msg))
			engine_count(sa->e, ENGINE_C_RX_UNEXPECTED);
		else
			v1_psk_mismatch(sa->main,
					"the peer's answer to our authentication cannot be decrypted");
		return;
	}
	if (msg->npayloads > 1 &&
	    msg->payloads[1].type == ISAKMP_PAYLOAD_NOTIFY &&
	    msg->payloads[1].notify.type < ISAKMP_NOTIFY_STATUS_MIN) {
		record_add_notify(sa->record, msg->payloads[1].notify.type,
				  false);
		v1_fault(sa->main, 0, 0, "the peer answers %s",
			 isakmp_notify_name(msg->payloads[1].notify.type));
		v1_fail(sa->main, -ECONNREFUSED);
	}
}

/*
 * In clear anybody can write: believed only while nothing better can be had,
 * that is before there are keys, from the peer that we asked.
 */
static void info_plain(struct ike_sa *sa, struct isakmp_msg *msg)
{
	const struct isakmp_payload *p;
	struct isakmp_err err;

	if (isakmp_decode_payloads(msg, msg->body, msg->body_len, &err))
		return;
	p = isakmp_find(msg, ISAKMP_PAYLOAD_NOTIFY, 0);
	/* Who has proved himself writes no more in clear. */
	if (!p || p->notify.type >= ISAKMP_NOTIFY_STATUS_MIN ||
	    (sa->main && v1_revocation_open(sa->main)))
		return;
	record_add_notify(sa->record, p->notify.type, false);
	if (sa->state == IKE_SENT_MM5 &&
	    p->notify.type == ISAKMP_NOTIFY_INVALID_COOKIE) {
		v1_fault(sa->main, 0, 0,
			 "the peer answers INVALID-COOKIE: it has forgotten this negotiation");
		return;
	}
	if (sa->state == IKE_SENT_MM5) {
		v1_psk_mismatch(sa->main, "the peer cannot read our authentication");
		return;
	}
	if (sa->state == IKE_SENT_AM2 && !sa->main->reason[0])
		v1_fault(sa->main, 0, 0, "the peer answers %s to our authentication: %s",
			 isakmp_notify_name(p->notify.type),
			 v1_is_signed(sa->main) ? "it may not trust our certificate" :
						  "the pre-shared keys probably differ");
	if (!sa->initiator || sa->main->job)
		return;
	v1_fault(sa->main, 0, 0, "the peer answers %s",
		 isakmp_notify_name(p->notify.type));
	v1_fail(sa->main, -ECONNREFUSED);
}

/*
 * An old error notify, said again, would end each rekey.  Keepalives come in
 * numbers: they shall not make us forget other messages.
 */
static void remember(struct ike_sa *sa, const struct isakmp_msg *msg)
{
	const struct isakmp_payload *p = &msg->payloads[1];
	bool dpd = msg->npayloads > 1 && p->type == ISAKMP_PAYLOAD_NOTIFY &&
		   (p->notify.type == ISAKMP_NOTIFY_R_U_THERE ||
		    p->notify.type == ISAKMP_NOTIFY_R_U_THERE_ACK);

	if (dpd)
		sa->dpd_ids[sa->next_dpd++ % IKE_RECENT_IDS] =
			msg->hdr.message_id;
	else
		sa->info_ids[sa->next_info++ % IKE_RECENT_IDS] =
			msg->hdr.message_id;
}

static bool heard_before(struct ike_sa *sa, uint32_t id)
{
	char peer[ADDR_STRLEN];

	if (!v1_message_id_in(sa->info_ids, id) &&
	    !v1_message_id_in(sa->dpd_ids, id))
		return false;
	engine_count(sa->e, ENGINE_C_RX_REPLAYED);
	if (!sa->replay_logged)
		log_notice(ike, "%s: informational message 0x%08x came again: doubled on the way, or replayed",
			   addr_format(&sa->remote, peer, sizeof(peer)), id);
	sa->replay_logged = true;
	return true;
}

void v1_info_input(struct ike_sa *sa, struct isakmp_msg *msg)
{
	bool encrypted = msg->hdr.flags & ISAKMP_FLAG_ENCRYPTION;
	uint8_t iv[CRYPTO_BLOCK_MAX];
	struct isakmp_err err;

	if (!ike_sa_protected(sa)) {
		if (!encrypted)
			info_plain(sa, msg);
		else if ((sa->state == IKE_SENT_MM5 && !sa->main->job) ||
			 (sa->state == IKE_SENT_AM2 && !sa->main->job))
			info_while_authenticating(sa, msg);
		return;
	}
	if (!encrypted || !msg->hdr.message_id ||
	    v1_message_id_in(sa->own_ids, msg->hdr.message_id) ||
	    ikev1_iv_message(sa->hash, sa->cipher, sa->iv, msg->hdr.message_id,
			     iv)) {
		engine_count(sa->e, ENGINE_C_RX_UNEXPECTED);
		return;
	}
	if (heard_before(sa, msg->hdr.message_id))
		return;
	if (v1_message_open(sa, msg, iv, &err) || !v1_info_authentic(sa, msg)) {
		engine_count(sa->e, ENGINE_C_RX_BAD_HASH);
		return;
	}
	remember(sa, msg);
	info_payloads(sa, msg);
}
