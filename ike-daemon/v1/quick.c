// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Quick mode (RFC 2409, 5.5); all of it is encrypted:
 *
 *	Initiator				Responder
 *	HASH(1), SA, Ni [, KE] [, IDci, IDcr] -->			QM1
 *			    <-- HASH(2), SA, Nr [, KE] [, IDci, IDcr]	QM2
 *	HASH(3)				      -->			QM3
 *
 * Each end installs its inbound SA before its own message leaves that lets the
 * other one send: the responder before QM2, the initiator before QM3.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ike-daemon/engine.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/policy/want.h"
#include "ike-daemon/sa/child_sa.h"
#include "ike-daemon/sa/identity.h"
#include "ike-daemon/sa/peer.h"
#include "ike-daemon/v1/access.h"
#include "ike-daemon/v1/exchange.h"
#include "ike-daemon/v1/natt.h"
#include "ike-daemon/v1/oa.h"
#include "ike-daemon/v1/v1.h"

/*
 * A responder that is no cryptomap installs its SAs only after QM3, and no
 * message of the exchange tells when it has: what we send before is lost, which
 * costs TCP a second.  A peer with DPD is asked (child_sa_established()); for
 * others wait a moment, longer for a peer that was slow to answer QM1.
 */
#define FIRST_DELAY_MIN_MS	300
#define FIRST_DELAY_MAX_MS	1000
/* With an old pair in use there is no hurry: packets go on over it. */
#define REKEY_DELAY_MS		2000

struct v1_exchange *v1_quick_find(struct ike_sa *sa, uint32_t message_id)
{
	struct list *pos, *tmp;

	list_for_each(&sa->quicks, pos, tmp) {
		struct v1_exchange *x = list_entry(pos, struct v1_exchange,
						   of_sa);

		if (x->message_id == message_id)
			return x;
	}
	return NULL;
}

bool v1_quick_room(struct ike_sa *sa)
{
	struct list *pos, *tmp;

	if (sa->nquicks < sa->e->limits.quicks)
		return true;
	list_for_each(&sa->quicks, pos, tmp) {
		struct v1_exchange *x = list_entry(pos, struct v1_exchange,
						   of_sa);

		/* Finished, kept for duplicates only. */
		if (x->state == QM_DONE) {
			v1_exchange_free(x);
			return true;
		}
	}
	return false;
}

/* Not at once: the call may come from within the exchange. */
void v1_abandon_child(const struct child_sa *c)
{
	struct list *p, *q, *ptmp, *qtmp;

	list_for_each(&c->peer->ike_sas, p, ptmp)
		list_for_each(&list_entry(p, struct ike_sa, of_peer)->quicks, q,
			      qtmp) {
			struct v1_exchange *x = list_entry(q, struct v1_exchange,
							   of_sa);

			if (x->q.child != c)
				continue;
			x->abandoned = true;
			timer_set(&x->e->timers, &x->timer, 1);
		}
}

/* --- keys ------------------------------------------------------------------ */

/* The configuration may have changed since the negotiation began. */
static int still_configured(struct v1_exchange *x)
{
	const struct cfg_entry *entry;
	const struct policy_flow *f = x->q.flow ?
		policy_flow(x->e, x->q.flow) : NULL;

	/* That of the pair: several peers may share the flow. */
	if (!f || policy_is_dynamic(f)) {
		entry = policy_place_entry(x->e, &x->q.place, x->q.child->nth);
		if (entry && (f || !x->q.flow))
			return v1_may_have(x, entry);
	}
	if (f && policy_has_peer(x->e, f, &x->sa->remote))
		return v1_may_have(x, policy_entry(x->e, f));
	return v1_fault(x, -ENOENT, ISAKMP_NOTIFY_NO_PROPOSAL_CHOSEN,
			"the crypto map entry %s",
			f ? "does not name the peer any more" : "is gone");
}

static int install(struct v1_exchange *x, bool inbound)
{
	struct child_sa *c = x->q.child;
	size_t len = child_keymat_len(&c->transform);
	uint32_t spi = htonl(inbound ? c->spi_in : c->spi_out);
	struct ikev1_keymat in = {
		.gxy = v1_chunk(&x->gxy),
		.protocol = c->transform.protocol,
		.ni = v1_chunk(&x->ni),
		.nr = v1_chunk(&x->nr),
	};
	struct secret keymat = { 0 };
	int err = still_configured(x);

	if (err)
		return err;
	memcpy(in.spi, &spi, sizeof(in.spi));
	err = secret_resize(&keymat, len);
	if (!err)
		err = ikev1_keymat(&x->sa->keys, &in, keymat.data, len);
	if (!err)
		err = inbound ? child_sa_install_in(c, keymat.data, len) :
				child_sa_install_out(c, keymat.data, len);
	secret_clear(&keymat);
	if (!c->flow && (err == -EACCES || err == -EINVAL || err == -ENOENT))
		v1_fault(x, err, ISAKMP_NOTIFY_INVALID_ID_INFORMATION,
			 "the access lists do not permit what the peer asks for");
	else if (err)
		v1_fault(x, err, 0, "SA not installed: %s", strerror(-err));
	x->q.flow = c->flow;
	return err;
}

/*
 * In transport mode nothing else can be padded (RFC 4303, 2.7); what is compressed
 * does not tell its length in either.
 */
static bool tells_length(uint8_t proto)
{
	return proto == IPPROTO_UDP || proto == IPPROTO_IPIP ||
	       proto == IPPROTO_IPV6;
}

static void take_oa(struct v1_exchange *x, const struct isakmp_msg *msg)
{
	x->q.transport = proposal_is_udp_transport(&x->q.choice.transform);
	if (x->q.transport)
		v1_oa_take(x, msg);
}

static int agree(struct v1_exchange *x)
{
	struct esp_choice *choice = &x->q.choice;
	struct child_sa *c = x->q.child;

	c->spi_out = choice->spi;
	c->cpi_out = choice->cpi;
	c->transform = choice->transform;
	c->seconds = choice->seconds;
	c->kilobytes = choice->kilobytes;
	/* A client cannot renew in time for a limit that it does not know. */
	if (c->demux && !choice->transform.life.kilobytes)
		c->kilobytes = 0;
	c->window = x->q.window;
	c->oa_peer = x->q.oa_peer;
	c->oa_own = x->q.oa_own;
	c->tfc = x->q.tfc;
	if (c->proto == IPPROTO_AH)
		c->tfc = (struct kernel_tfc){ 0 };
	if (c->cpi_out || (proposal_is_transport(&c->transform) &&
			   !tells_length(x->q.sel.proto)))
		c->tfc.pad = 0;
	c->idle = x->q.idle;
	v1_natt_child(x->sa, c);
	if (!x->initiator)
		v1_modecfg_child(x->sa, c);
	child_sa_session(c, v1_access_end(x->sa));
	return child_sa_made_under(c, x->sa, v1_access_user(x->sa),
				   v1_access_by_radius(x->sa));
}

/* --- hashes ---------------------------------------------------------------- */

/* HASH(1) and HASH(2) cover what follows them; @first: without the nonce. */
static int hash_rest(struct v1_exchange *x, bool first, const uint8_t *rest,
		     size_t len, uint8_t *out)
{
	struct ikev1_keys *keys = &x->sa->keys;

	if (first)
		return ikev1_hash_1(keys, x->message_id,
				    CRYPTO_CHUNK(rest, len), out);
	return ikev1_hash_2(keys, x->message_id, v1_chunk(&x->ni),
			    CRYPTO_CHUNK(rest, len), out);
}

static int put_hash(struct v1_exchange *x, bool first, struct isakmp_writer *w,
		    size_t at)
{
	size_t rest = at + x->sa->keys.len;
	uint8_t hash[CRYPTO_HASH_MAX];
	int err = buf_err(w->b);

	if (!err)
		err = hash_rest(x, first, buf_data(w->b) + rest,
				buf_len(w->b) - rest, hash);
	if (!err)
		buf_set(w->b, at, hash, x->sa->keys.len);
	return err;
}

static int bad_hash(struct v1_exchange *x)
{
	engine_count(x->e, ENGINE_C_RX_BAD_HASH);
	return -EBADMSG;
}

static int check_hash(struct v1_exchange *x, const struct isakmp_msg *msg,
		      const uint8_t *want)
{
	const struct isakmp_payload *p = &msg->payloads[0];

	if (p->type != ISAKMP_PAYLOAD_HASH || p->len != x->sa->keys.len ||
	    !secret_equal(p->data, want, p->len))
		return bad_hash(x);
	return 0;
}

static int check_rest(struct v1_exchange *x, bool first,
		      const struct isakmp_msg *msg)
{
	uint8_t want[CRYPTO_HASH_MAX];
	const uint8_t *rest;
	size_t len;
	int err;

	rest = isakmp_after(msg, 0, &len);
	err = hash_rest(x, first, rest, len, want);
	return err ? err : check_hash(x, msg, want);
}

bool v1_quick_authentic(struct v1_exchange *x, struct isakmp_msg *msg)
{
	uint8_t want[CRYPTO_HASH_MAX];

	msg->chain_len = isakmp_chain_by_headers(msg);
	if (!msg->npayloads || !msg->chain_len)
		return false;
	if (x->state != QM_SENT_2)
		return !check_rest(x, x->state == QM_START, msg);
	return !ikev1_hash_3(&x->sa->keys, x->message_id, v1_chunk(&x->ni),
			     v1_chunk(&x->nr), want) &&
	       !check_hash(x, msg, want);
}

/* --- proxy identities ------------------------------------------------------ */

static int keep_id(struct secret *to, const struct isakmp_id *id)
{
	struct buf b;
	int err;

	buf_init(&b, 1024);
	isakmp_put_id_body(&b, id);
	err = buf_err(&b);
	if (!err)
		err = secret_set(to, buf_data(&b), buf_len(&b));
	buf_free(&b);
	return err;
}

static int make_ids(struct v1_exchange *x)
{
	const struct kernel_sel *sel = &x->q.sel;
	struct identity own, theirs;
	int err;

	identity_proxy(&sel->src, sel->proto, sel->sport, &own);
	identity_proxy(&sel->dst, sel->proto, sel->dport, &theirs);
	err = keep_id(&x->q.id_i_b, &own.id);
	return err ? err : keep_id(&x->q.id_r_b, &theirs.id);
}

/* The selector that QM1 asks for; without identities it is the two hosts. */
static int read_ids(struct v1_exchange *x, const struct isakmp_msg *msg,
		    struct kernel_sel *sel)
{
	const struct isakmp_payload *ci = isakmp_find(msg, ISAKMP_PAYLOAD_ID, 0);
	const struct isakmp_payload *cr = isakmp_find(msg, ISAKMP_PAYLOAD_ID, 1);
	struct err text;
	int err;

	if (!ci) {
		memset(sel, 0, sizeof(*sel));
		range_set(&sel->src, &x->sa->local, &x->sa->local);
		range_set(&sel->dst, &x->sa->remote, &x->sa->remote);
		return 0;
	}
	if (!cr || isakmp_count(msg, ISAKMP_PAYLOAD_ID) > 2)
		return v1_fault(x, -EINVAL,
				ISAKMP_NOTIFY_INVALID_ID_INFORMATION,
				"%u identities, allowed are none or 2",
				isakmp_count(msg, ISAKMP_PAYLOAD_ID));
	err = secret_set(&x->q.id_i_b, ci->data, ci->len);
	if (!err)
		err = secret_set(&x->q.id_r_b, cr->data, cr->len);
	if (!err && identity_to_sel(&cr->id, &ci->id, sel, &text))
		err = v1_fault(x, -EINVAL, ISAKMP_NOTIFY_INVALID_ID_INFORMATION,
			       "%s", text.text);
	return err;
}

/* QM2 repeats the identities of QM1, or leaves them out. */
static int same_ids(struct v1_exchange *x, const struct isakmp_msg *msg)
{
	const struct isakmp_payload *ci = isakmp_find(msg, ISAKMP_PAYLOAD_ID, 0);
	const struct isakmp_payload *cr = isakmp_find(msg, ISAKMP_PAYLOAD_ID, 1);
	char a[ISAKMP_ID_STRLEN], b[ISAKMP_ID_STRLEN];

	if (!ci && !cr)
		return 0;
	if (ci && cr && ci->len == x->q.id_i_b.len &&
	    cr->len == x->q.id_r_b.len &&
	    !memcmp(ci->data, x->q.id_i_b.data, ci->len) &&
	    !memcmp(cr->data, x->q.id_r_b.data, cr->len))
		return 0;
	if (ci && cr && x->q.transport && v1_oa_are_ends(x, &ci->id, &cr->id))
		return 0;
	return v1_fault(x, -EINVAL, ISAKMP_NOTIFY_INVALID_ID_INFORMATION,
			"the peer answers other proxy identities: %s and %s",
			ci ? isakmp_id_format(&ci->id, a, sizeof(a)) : "none",
			cr ? isakmp_id_format(&cr->id, b, sizeof(b)) : "none");
}

/* --- building -------------------------------------------------------------- */

static void put_common(struct v1_exchange *x, struct isakmp_writer *w)
{
	isakmp_put(w, ISAKMP_PAYLOAD_NONCE, v1_own_nonce(x)->data,
		   v1_own_nonce(x)->len);
	if (x->group)
		isakmp_put(w, ISAKMP_PAYLOAD_KE, v1_own_public(x)->data,
			   v1_own_public(x)->len);
	if (!x->q.id_i_b.len)
		return;
	isakmp_put(w, ISAKMP_PAYLOAD_ID, x->q.id_i_b.data, x->q.id_i_b.len);
	isakmp_put(w, ISAKMP_PAYLOAD_ID, x->q.id_r_b.data, x->q.id_r_b.len);
	if (x->q.transport)
		v1_oa_put(x, w);
}

static int qm1_build(struct v1_exchange *x, struct isakmp_writer *w)
{
	const struct policy_flow *f = policy_flow(x->e, x->q.flow);
	struct child_params params;
	struct offer *o;
	size_t at;
	int err;

	if (!f || v1_flow_params(x, f, &params))
		return v1_fault(x, -ENOENT, 0, "the crypto map entry is gone");
	params.pfs_group = x->group;
	o = calloc(1, sizeof(*o));
	if (!o)
		return -ENOMEM;
	x->q.transport = proposal_offers_udp_transport(&params);
	err = esp_offer_build(&params, x->q.child->spi_in,
			      proposal_offers_deflate(&params) ?
			      child_sa_cpi(x->q.child) : 0, o);
	if (err == -ENOENT)
		v1_fault(x, err, 0,
			 "all its transform sets are of AH, which cannot pass the NAT that there is");
	if (!err)
		err = v1_make_nonce(x);
	if (!err) {
		at = isakmp_put_blank(w, ISAKMP_PAYLOAD_HASH, x->sa->keys.len);
		isakmp_put_sa(w, &o->sa);
		put_common(x, w);
		err = put_hash(x, true, w, at);
	}
	free(o);
	return err;
}

static void put_responder_lifetime(struct v1_exchange *x,
				   struct isakmp_writer *w)
{
	const struct esp_choice *choice = &x->q.choice;
	struct isakmp_life life = {
		.seconds = choice->seconds, .kilobytes = choice->kilobytes,
	};
	uint32_t spi = htonl(x->q.child->spi_in);
	struct isakmp_notify n = {
		.doi = ISAKMP_DOI_IPSEC,
		.protocol = choice->transform.protocol,
		.spi_len = sizeof(spi),
		.spi = (const uint8_t *)&spi,
		.type = ISAKMP_NOTIFY_RESPONDER_LIFETIME,
	};
	struct buf b;

	buf_init(&b, 64);
	isakmp_life_put(&b, 2, &life);
	if (!buf_err(&b)) {
		n.data = buf_data(&b);
		n.len = buf_len(&b);
		isakmp_put_notify(w, &n);
		record_add_notify(x->record, n.type, true);
	}
	buf_free(&b);
}

static int qm2_build(struct v1_exchange *x, struct isakmp_writer *w)
{
	size_t at;
	int err = v1_make_nonce(x);

	if (!err)
		err = install(x, true);
	if (err)
		return err;
	at = isakmp_put_blank(w, ISAKMP_PAYLOAD_HASH, x->sa->keys.len);
	isakmp_put(w, ISAKMP_PAYLOAD_SA, x->sa_answer.data, x->sa_answer.len);
	put_common(x, w);
	if (x->q.choice.lifetime_cut)
		put_responder_lifetime(x, w);
	return put_hash(x, false, w, at);
}

static int qm3_build(struct v1_exchange *x, struct isakmp_writer *w)
{
	uint8_t hash[CRYPTO_HASH_MAX];
	int err = install(x, true);

	/* Whatever can fail does so before the responder believes in the pair. */
	if (!err)
		err = install(x, false);
	if (!err)
		err = ikev1_hash_3(&x->sa->keys, x->message_id,
				   v1_chunk(&x->ni), v1_chunk(&x->nr), hash);
	if (!err)
		isakmp_put(w, ISAKMP_PAYLOAD_HASH, hash, x->sa->keys.len);
	return err;
}

/* --- processing ------------------------------------------------------------ */

static int take_keys(struct v1_exchange *x, const struct isakmp_msg *msg)
{
	bool ke = isakmp_find(msg, ISAKMP_PAYLOAD_KE, 0);

	if (ke != (x->group != 0))
		return v1_fault(x, -EINVAL, ISAKMP_NOTIFY_NO_PROPOSAL_CHOSEN,
				ke ? "a public value came, but no group was agreed (PFS on one side only)" :
				     "group %u was agreed, but no public value came (PFS on one side only)",
				x->group);
	return ke ? v1_take_public(x, msg) : 0;
}

/* Our answer: the chosen transforms as they came, with our SPI and CPI. */
static int keep_answer(struct v1_exchange *x, const struct isakmp_msg *msg)
{
	const struct isakmp_payload *p = isakmp_find(msg, ISAKMP_PAYLOAD_SA, 0);
	const struct esp_choice *choice = &x->q.choice;
	uint32_t spi = htonl(x->q.child->spi_in);
	uint16_t cpi = choice->comp ? htons(child_sa_cpi(x->q.child)) : 0;
	struct isakmp_proposal props[] = { {
		.number = choice->proposal,
		.protocol = choice->transform.protocol,
		.spi_len = sizeof(spi),
		.spi = (const uint8_t *)&spi,
		.ntransforms = 1,
		.transforms = choice->chosen,
	}, {
		.number = choice->proposal,
		.protocol = ISAKMP_PROTO_IPCOMP,
		.spi_len = sizeof(cpi),
		.spi = (const uint8_t *)&cpi,
		.ntransforms = 1,
		.transforms = choice->comp,
	} };
	struct isakmp_sa sa = p->sa;
	struct buf b;
	int err;

	/* Some peers compare it with their offer one by one. */
	if (choice->comp && choice->comp_first) {
		struct isakmp_proposal esp = props[0];

		props[0] = props[1];
		props[1] = esp;
	}
	sa.nproposals = choice->comp ? 2 : 1;
	sa.proposals = props;
	buf_init(&b, ISAKMP_MSG_MAX);
	isakmp_put_sa_body(&b, &sa);
	err = buf_err(&b);
	if (!err)
		err = secret_set(&x->sa_answer, buf_data(&b), buf_len(&b));
	buf_free(&b);
	return err;
}

static void other_payloads(struct v1_exchange *x, const struct isakmp_msg *msg)
{
	unsigned int i;

	for (i = 0; i < msg->npayloads; i++)
		if (msg->payloads[i].type == ISAKMP_PAYLOAD_NOTIFY)
			v1_notify_input(x->sa, x, &msg->payloads[i].notify);
}

/* Nothing is configured against it, so it is granted (as IOS does). */
static void warn_weak_pfs(struct v1_exchange *x, const struct child_params *own)
{
	struct ike_sa *sa = x->sa;
	char peer[ADDR_STRLEN];
	bool weak = x->group == IKE_GROUP_MODP_768 ||
		    x->group == IKE_GROUP_MODP_1024 ||
		    x->group == IKE_GROUP_MODP_1536;

	if (own->pfs_group || !weak || sa->weak_pfs_logged)
		return;
	sa->weak_pfs_logged = true;
	log_warning(ipsec, "%s: the peer's PFS uses group %u, which is weak; set pfs would refuse it",
		    addr_format(&sa->remote, peer, sizeof(peer)), x->group);
}

static int qm1_process(struct v1_exchange *x, const struct isakmp_msg *msg)
{
	struct ike_sa *sa = x->sa;
	struct child_params params;
	int err = check_rest(x, true, msg);

	if (err)
		return err;
	x->record = record_new(&x->e->records, 2, false, &sa->local,
			       &sa->remote, engine_now(x->e));
	err = read_ids(x, msg, &x->q.sel);
	if (!err) {
		v1_oa_outside(x, msg);
		err = v1_find_flow(x);
	}
	if (!err)
		err = v1_choose_entry(x, msg, &params);
	if (err)
		return err;
	v1_take_params(x, &params);
	x->group = x->q.choice.transform.group;
	err = v1_modecfg_pfs(x);
	if (!err)
		err = take_keys(x, msg);
	if (!err)
		err = v1_take_nonce(x, msg);
	if (!err)
		err = v1_may_make(x);
	if (!err)
		err = child_sa_new(x->e, sa->peer, x->q.flow, &sa->local,
				   &sa->remote, false,
				   proposal_ip_proto(x->q.choice.transform.protocol),
				   &x->q.child);
	if (err)
		return err;
	if (!x->q.flow)
		child_sa_place(x->q.child, &x->q.place, &x->q.sel, x->q.nth);
	if (!x->q.flow && v1_is_client(x, &params))
		child_sa_demux(x->q.child);
	warn_weak_pfs(x, &params);
	take_oa(x, msg);
	other_payloads(x, msg);
	err = agree(x);
	return err ? err : keep_answer(x, msg);
}

static int qm2_process(struct v1_exchange *x, const struct isakmp_msg *msg)
{
	const struct policy_flow *f;
	struct child_params params;
	int err = check_rest(x, false, msg);

	if (err)
		return err;
	err = still_configured(x);
	if (err)
		return err;
	f = policy_flow(x->e, x->q.flow);
	if (!f || v1_flow_params(x, f, &params))
		return v1_fault(x, -ENOENT, ISAKMP_NOTIFY_NO_PROPOSAL_CHOSEN,
				"the crypto map entry is gone");
	params.pfs_group = x->group;
	err = v1_choose(x, msg, &params, true);
	if (!err && x->q.choice.transform.group != x->group)
		err = v1_fault(x, -EINVAL, ISAKMP_NOTIFY_NO_PROPOSAL_CHOSEN,
			       "the peer answers group %u, offered was %u",
			       x->q.choice.transform.group, x->group);
	if (!err)
		err = child_sa_set_proto(x->q.child,
					 proposal_ip_proto(x->q.choice.transform.protocol));
	if (!err) {
		take_oa(x, msg);
		err = same_ids(x, msg);
	}
	if (!err)
		err = take_keys(x, msg);
	if (!err)
		err = v1_take_nonce(x, msg);
	if (err)
		return err;
	other_payloads(x, msg);
	return agree(x);
}

static int qm3_process(struct v1_exchange *x, const struct isakmp_msg *msg)
{
	uint8_t want[CRYPTO_HASH_MAX];
	int err = ikev1_hash_3(&x->sa->keys, x->message_id, v1_chunk(&x->ni),
			       v1_chunk(&x->nr), want);

	return err ? err : check_hash(x, msg, want);
}

/* --- the end --------------------------------------------------------------- */

static void log_established(struct v1_exchange *x, const struct child_sa *c)
{
	char peer[ADDR_STRLEN], sel[160], esp[64];

	kernel_sel_format(&x->q.sel, sel, sizeof(sel));
	proposal_esp_text(&c->transform, esp, sizeof(esp));
	log_info(ipsec, "%s: SAs established as %s for %s: %s%s, in 0x%08x, out 0x%08x, %u s, %u kB",
		 addr_format(&x->sa->remote, peer, sizeof(peer)),
		 x->initiator ? "initiator" : "responder", sel, esp,
		 x->group ? " with PFS" : "", c->spi_in, c->spi_out,
		 c->seconds, (unsigned int)c->kilobytes);
}

/* When to use the pair if the peer does not use it first, ms. */
static uint64_t switch_delay(const struct v1_exchange *x)
{
	const struct child_sa *old = child_sa_of_flow(x->e, x->q.flow);
	uint64_t delay = 2 * x->answered_ms;

	if (!x->initiator)
		return 0;
	if (old && !old->doubted)
		return REKEY_DELAY_MS;
	if (x->sa->vendors & IKE_PEER_CRYPTOMAP)
		return 0;
	if (delay < FIRST_DELAY_MIN_MS)
		return FIRST_DELAY_MIN_MS;
	return delay < FIRST_DELAY_MAX_MS ? delay : FIRST_DELAY_MAX_MS;
}

static void quick_finish(struct v1_exchange *x)
{
	struct child_sa *c = x->q.child;
	struct want *want = x->q.want;
	int err = x->initiator ? 0 : install(x, false);

	if (err) {
		/* The initiator thinks that it is up. */
		v1_delete_child(c);
		v1_fail(x, err);
		return;
	}
	log_established(x, c);
	x->q.child = NULL;
	x->sa->created++;
	engine_count(x->e, ENGINE_C_PHASE2_UP);
	record_end(x->record, engine_now(x->e), RECORD_DONE, "");
	child_sa_established(c, switch_delay(x));
	secret_clear(&x->ni);
	secret_clear(&x->nr);
	secret_clear(&x->gxy);
	crypto_dh_free(x->dh);
	x->dh = NULL;
	x->q.want = NULL;
	if (!want)
		want = want_find(x->e, x->q.flow);
	if (want)
		want_done(want);
}

/* --- the table ------------------------------------------------------------- */

#define REQUIRED (V1_P(HASH) | V1_P(SA) | V1_P(NONCE))
#define OPTIONAL (V1_P(KE) | V1_P(ID) | V1_P(NOTIFY) | V1_P(VENDOR) | \
		  V1_P(NAT_OA) | V1_P_NAT_OA_DRAFT)

const struct v1_transition v1_quick_rows[] = {
	{
		.exchange = ISAKMP_EXCHANGE_NONE, .state = QM_START,
		.initiator = true, .next = QM_SENT_1,
		.dh = V1_DH_KEYGEN, .timer = V1_TIMER_RETRANSMIT,
		.reply = qm1_build,
	}, {
		.exchange = ISAKMP_EXCHANGE_QUICK, .state = QM_START,
		.initiator = false, .next = QM_SENT_2, .encrypted = true,
		.required = REQUIRED, .optional = OPTIONAL,
		.dh = V1_DH_BOTH, .timer = V1_TIMER_RETRANSMIT,
		.process = qm1_process, .reply = qm2_build,
	}, {
		.exchange = ISAKMP_EXCHANGE_QUICK, .state = QM_SENT_1,
		.initiator = true, .next = QM_DONE, .encrypted = true,
		.required = REQUIRED, .optional = OPTIONAL,
		.dh = V1_DH_SHARED, .timer = V1_TIMER_LINGER,
		.process = qm2_process, .reply = qm3_build,
		.finish = quick_finish,
	}, {
		.exchange = ISAKMP_EXCHANGE_QUICK, .state = QM_SENT_2,
		.initiator = false, .next = QM_DONE, .encrypted = true,
		.required = V1_P(HASH), .optional = V1_P(NOTIFY),
		.timer = V1_TIMER_LINGER,
		.process = qm3_process, .finish = quick_finish,
	},
};

const unsigned int v1_quick_nrows =
	sizeof(v1_quick_rows) / sizeof(v1_quick_rows[0]);

static int prepare(struct v1_exchange *x, struct want *want)
{
	struct policy_flow *f = policy_flow(x->e, want->flow);
	struct child_params params;
	int err;

	x->q.want = want;
	x->q.flow = want->flow;
	want->exchange = x;
	if (!x->message_id)
		return -EIO;
	if (!f || !policy_has_peer(x->e, f, &x->sa->remote) ||
	    policy_params(x->e, f, &params))
		return v1_fault(x, -ENOENT, 0,
				"the crypto map entry is gone, or names other peers");
	if (!f->k.negotiable)
		return v1_fault(x, -EINVAL, 0,
				"map %s %u line %u has an address mask with holes or a port range, which IKEv1 cannot negotiate",
				f->k.map, f->k.seq, f->k.line);
	x->q.sel = f->k.sel;
	v1_take_params(x, &params);
	x->group = params.pfs_group;
	v1_note_entry(x, f);
	err = v1_may_have(x, policy_entry(x->e, f));
	if (!err)
		err = make_ids(x);
	if (!err)
		err = ikev1_iv_message(x->sa->hash, x->sa->cipher, x->sa->iv,
				       x->message_id, x->iv);
	if (!err)
		err = child_sa_new(x->e, x->sa->peer, x->q.flow, &x->sa->local,
				   &x->sa->remote, true,
				   proposal_first_proto(&params), &x->q.child);
	if (!err && policy_is_made(f)) {
		policy_place_of(f, &x->q.place);
		child_sa_place(x->q.child, &x->q.place, &x->q.sel, f->nth);
	}
	return err;
}

void v1_quick_start(struct ike_sa *sa, struct want *want)
{
	struct v1_exchange *x = v1_exchange_new(sa, true, true,
						v1_new_message_id(sa));
	int err;

	if (!x) {
		want_failed(want, strerror(ENOMEM));
		return;
	}
	x->record = record_new(&sa->e->records, 2, true, &sa->local,
			       &sa->remote, engine_now(sa->e));
	err = prepare(x, want);
	if (err)
		v1_fail(x, err);
	else
		v1_run(x, v1_row(x, ISAKMP_EXCHANGE_NONE));
}
