// SPDX-License-Identifier: GPL-2.0-or-later
/* Running an exchange: rows, Diffie-Hellman jobs, retransmission. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ike-daemon/engine.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/policy/want.h"
#include "ike-daemon/sa/child_sa.h"
#include "ike-daemon/sa/peer.h"
#include "ike-daemon/v1/access.h"
#include "ike-daemon/v1/exchange.h"
#include "ike-daemon/v1/fragment.h"
#include "ike-daemon/v1/phase1.h"
#include "ike-daemon/v1/v1.h"

struct dh_job {
	struct v1_job job;
	unsigned int group;
	bool shared;
	struct crypto_dh *dh;
	struct secret peer_public;
	struct secret gxy;
	int err;
};

static void exchange_timer(void *arg);

struct v1_exchange *v1_exchange_new(struct ike_sa *sa, bool quick,
				    bool initiator, uint32_t message_id)
{
	struct v1_exchange *x = calloc(1, sizeof(*x));

	if (!x)
		return NULL;
	x->e = sa->e;
	x->sa = sa;
	x->quick = quick;
	x->initiator = initiator;
	x->message_id = message_id;
	x->state = quick ? (uint8_t)QM_START : (uint8_t)IKE_START;
	buf_init(&x->tx, ISAKMP_MSG_MAX);
	timer_init(&x->timer, exchange_timer, x);
	list_init(&x->of_sa);
	if (quick) {
		list_add_tail(&sa->quicks, &x->of_sa);
		sa->nquicks++;
	}
	return x;
}

static void job_free(struct dh_job *job)
{
	crypto_dh_free(job->dh);
	secret_clear(&job->peer_public);
	secret_clear(&job->gxy);
	free(job);
}

void v1_exchange_free(struct v1_exchange *x)
{
	if (!x)
		return;
	if (x->job) {
		x->job->x = NULL;
		atomic_store(&x->job->forgotten, true);
	}
	timer_cancel(&x->e->timers, &x->timer);
	if (x->quick) {
		list_del(&x->of_sa);
		x->sa->nquicks--;
		if (x->q.want)
			x->q.want->exchange = NULL;
		if (x->q.child)
			child_sa_delete(x->q.child, CRYPTOMAP_TOMB_LARVAL);
	}
	buf_free(&x->tx);
	secret_clear(&x->ni);
	secret_clear(&x->nr);
	secret_clear(&x->gxi);
	secret_clear(&x->gxr);
	secret_clear(&x->sai_b);
	secret_clear(&x->own_id_b);
	secret_clear(&x->peer_id_b);
	secret_clear(&x->peer_proof);
	crypto_cert_put(x->peer_cert);
	secret_clear(&x->psk);
	secret_clear(&x->gxy);
	secret_clear(&x->q.id_i_b);
	secret_clear(&x->q.id_r_b);
	secret_clear(&x->sa_answer);
	crypto_dh_free(x->dh);
	record_put(x->record);
	free(x);
}

void v1_quick_free_first(struct ike_sa *sa)
{
	v1_exchange_free(list_first(&sa->quicks, struct v1_exchange, of_sa));
}

void v1_forget_want(struct want *want)
{
	if (want->exchange)
		want->exchange->q.want = NULL;
	want->exchange = NULL;
}

int v1_fault(struct v1_exchange *x, int code, unsigned int notify,
	     const char *fmt, ...)
{
	va_list ap;

	x->notify = notify;
	va_start(ap, fmt);
	vsnprintf(x->reason, sizeof(x->reason), fmt, ap);
	va_end(ap);
	return code;
}

const struct v1_transition *v1_row(const struct v1_exchange *x,
				   unsigned int exchange)
{
	const struct v1_transition *rows = v1_main_rows;
	unsigned int n = v1_main_nrows, i;

	if (x->quick) {
		rows = v1_quick_rows;
		n = v1_quick_nrows;
	} else if (x->sa->aggressive) {
		rows = v1_aggressive_rows;
		n = v1_aggressive_nrows;
	}

	for (i = 0; i < n; i++)
		if (rows[i].state == x->state &&
		    rows[i].exchange == exchange &&
		    rows[i].initiator == x->initiator)
			return &rows[i];
	return NULL;
}

/* --- timers ---------------------------------------------------------------- */

void v1_resend(struct v1_exchange *x)
{
	v1_send(x->sa, &x->tx);
	x->sent_ms = engine_now(x->e);
	engine_count(x->e, ENGINE_C_RETRANSMITS);
	if (x->record)
		x->record->retransmits++;
	else if (x->sa->record)
		x->sa->record->retransmits++;
}

static uint64_t retransmit_wait(unsigned int tries)
{
	uint64_t wait = (uint64_t)V1_RETRANSMIT_FIRST_MS << tries;

	if (wait > V1_RETRANSMIT_LAST_MS)
		wait = V1_RETRANSMIT_LAST_MS;
	return wait + engine_random(wait / 10 + 1);
}

/* Why there was none, where certificates are shown. */
static const char *no_signature(const struct v1_exchange *x)
{
	if (!v1_peer_signs(x))
		return "the peer did not authenticate: it may not trust our certificate, or IP fragments do not arrive";
	if (!x->initiator)
		return "the peer did not authenticate: it may have no certificate, or IP fragments do not arrive";
	return v1_is_large(x->sa, &x->tx) && !v1_fragments_wanted(x->sa, &x->tx) ?
	       "no answer to our authentication: the peer may not trust our certificate, or IP fragments do not arrive there" :
	       "no answer to our authentication: the peer may not trust our certificate";
}

static void exchange_timeout(struct v1_exchange *x)
{
	static const char *const why[IKE_STATE_COUNT] = {
		[IKE_SENT_MM1] = "no answer to our first message: peer unreachable, UDP 500 filtered, or IKE not enabled there",
		[IKE_SENT_AM1] = "no answer to our first message: peer unreachable, UDP 500 filtered, or aggressive mode not enabled there",
		[IKE_SENT_AM2] = "the peer did not authenticate: the pre-shared keys may differ, or no way back to it",
		[IKE_SENT_MM2] = "the peer did not go on after our proposal: return path or a device between",
		[IKE_SENT_MM3] = "no answer to our key exchange: the peer may have no key for us",
		[IKE_SENT_MM4] = "the peer did not authenticate: the pre-shared keys may differ",
		[IKE_SENT_MM5] = "no answer to our authentication: the pre-shared keys probably differ",
	};
	char part[100];

	v1_fragments_text(x->sa, part, sizeof(part));
	if (x->reason[0])	/* what was seen meanwhile explains it better */
		x->notify = 0;
	else if (part[0] && !x->quick)
		v1_fault(x, 0, 0, "%s: packets are lost on the way", part);
	else if (x->quick)
		v1_fault(x, 0, 0, "no answer in quick mode");
	else if (v1_is_signed(x) && (x->state == IKE_SENT_AM2 ||
				       x->state >= IKE_SENT_MM4))
		v1_fault(x, 0, 0, "%s", no_signature(x));
	else if (x->stranger)
		v1_fault(x, 0, 0, NO_KEY_FOR, x->said);
	else
		v1_fault(x, 0, 0, "%s", why[x->state] ? why[x->state] : "");
	v1_fail(x, -ETIMEDOUT);
}

static void exchange_timer(void *arg)
{
	struct v1_exchange *x = arg;

	if (x->quick && x->state == QM_DONE) {
		v1_exchange_free(x);
		return;
	}
	if (x->abandoned) {
		v1_fault(x, 0, 0, "the crypto map entry does not name the peer any more");
		v1_fail(x, -ENOENT);
		return;
	}
	if (buf_len(&x->tx) && x->tries < V1_RETRANSMITS) {
		x->tries++;
		v1_resend(x);
		timer_set(&x->e->timers, &x->timer, retransmit_wait(x->tries));
		return;
	}
	exchange_timeout(x);
}

static void start_timer(struct v1_exchange *x, enum v1_timer timer)
{
	struct timers *ts = &x->e->timers;

	x->tries = timer == V1_TIMER_RETRANSMIT ? 0 : V1_RETRANSMITS;
	switch (timer) {
	case V1_TIMER_NONE:
		timer_cancel(ts, &x->timer);
		break;
	case V1_TIMER_RETRANSMIT:
		timer_set(ts, &x->timer, retransmit_wait(0));
		break;
	case V1_TIMER_WAIT:
		timer_set(ts, &x->timer, V1_HALF_OPEN_MS);
		break;
	case V1_TIMER_LINGER:
		timer_set(ts, &x->timer, V1_LINGER_MS);
		break;
	}
}

/* --- failure --------------------------------------------------------------- */

/*
 * Not a word came back: perhaps the peer does not know the ISAKMP SA any more,
 * or the two ends disagree about its IV, which nothing authenticates; or it
 * does not want this flow.  A keepalive tells.  Who cannot be asked gets one
 * try with a new ISAKMP SA, and no DELETE for the old one: the pairs of other
 * flows would go with it.
 */
static void fail_silent(struct ike_sa *sa, struct want *want,
			const char *reason)
{
	struct peer *peer = sa->peer;

	if (want->renewed) {
		want_failed(want, reason);
		return;
	}
	if (ike_sa_is_newest(sa) && (sa->vendors & IKE_PEER_DPD)) {
		want->waiting = true;
		v1_dpd_probe(sa);
		return;
	}
	want->renewed = true;
	v1_end_ike(sa, false, reason);
	policy_ike_lost(peer);
}

static void fail_quick(struct v1_exchange *x, int code)
{
	bool silent = code == -ETIMEDOUT && x->initiator;
	struct ike_sa *sa = x->sa;
	struct want *want = x->q.want;
	struct isakmp_notify n = {
		.doi = ISAKMP_DOI_IPSEC,
		.protocol = ISAKMP_PROTO_ESP,
		.type = x->notify,
	};
	char text[ADDR_STRLEN], reason[sizeof(x->reason)];

	if (x->notify) {
		record_add_notify(x->record, x->notify, true);
		v1_send_notify(sa, &n);
	}
	if (code == -ETIMEDOUT && x->state == QM_SENT_2)
		/* Its last message may be what was lost: then it thinks that it is up. */
		v1_delete_spi(sa, x->q.child->proto, x->q.child->spi_in);
	engine_count(x->e, ENGINE_C_PHASE2_FAILED);
	record_end(x->record, engine_now(x->e), RECORD_FAILED, x->reason);
	log_warning(ipsec, "%s: quick mode failed: %s",
		    addr_format(&sa->remote, text, sizeof(text)), x->reason);
	want_log_mismatches(x->record, &sa->remote);
	memcpy(reason, x->reason, sizeof(reason));
	x->q.want = NULL;
	v1_exchange_free(x);
	if (want)
		want->exchange = NULL;
	if (want && silent)
		fail_silent(sa, want, reason);
	else if (want)
		want_failed(want, reason);
}

void v1_fail(struct v1_exchange *x, int code)
{
	struct ike_sa *sa = x->sa;
	char reason[sizeof(x->reason)];

	if (!x->reason[0])
		snprintf(x->reason, sizeof(x->reason), "%s", strerror(-code));
	if (x->quick) {
		fail_quick(x, code);
		return;
	}
	if (x->notify) {
		record_add_notify(sa->record, x->notify, true);
		v1_send_plain_notify(sa, x->notify);
	}
	memcpy(reason, x->reason, sizeof(reason));
	v1_fail_ike(sa, reason);
}

/* --- rows ------------------------------------------------------------------ */

static unsigned int exchange_type(const struct v1_exchange *x)
{
	if (x->quick)
		return ISAKMP_EXCHANGE_QUICK;
	return x->sa->aggressive ? ISAKMP_EXCHANGE_AGGRESSIVE :
				   ISAKMP_EXCHANGE_MAIN;
}

static int build_reply(struct v1_exchange *x, const struct v1_transition *row)
{
	bool encrypt = x->quick || row->next == IKE_SENT_MM5 ||
		       row->next == IKE_ESTABLISHED;
	uint8_t iv[CRYPTO_BLOCK_MAX];
	struct isakmp_writer w;
	int err;

	buf_reset(&x->tx);
	v1_message_begin(x->sa, &w, &x->tx,
			 exchange_type(x), x->message_id, encrypt);
	err = row->reply(x, &w);
	if (err)
		return err;
	memcpy(iv, x->iv, sizeof(iv));
	err = v1_message_end(x->sa, &w, encrypt ? iv : NULL);
	if (!err)
		memcpy(x->iv, iv, sizeof(iv));
	return err;
}

/* Phase 1 of a client is not the end of it. */
static enum ike_state sa_state(const struct ike_sa *sa,
			       const struct v1_transition *row)
{
	return row->next == IKE_ESTABLISHED &&
	       (sa->ezvpn || v1_xauth_needed(sa)) ?
	       IKE_CONF_XAUTH : row->next;
}

/* Everything is computed. */
static void row_finish(struct v1_exchange *x, const struct v1_transition *row)
{
	int err = row->reply ? build_reply(x, row) : 0;

	x->row = row;
	if (!err)
		err = v1_revocation_ask(x);
	if (err != -EINPROGRESS)
		v1_go_on(x, err);
}

void v1_go_on(struct v1_exchange *x, int err)
{
	const struct v1_transition *row = x->row;

	if (err) {
		v1_fail(x, err);
		return;
	}
	x->state = row->next;
	if (!x->quick)
		ike_sa_set_state(x->sa, sa_state(x->sa, row));
	if (row->reply) {
		v1_send(x->sa, &x->tx);
		x->sent_ms = engine_now(x->e);
	} else {
		buf_reset(&x->tx);	/* a duplicate has no answer */
	}
	start_timer(x, row->timer);
	if (row->finish)
		row->finish(x);
}

static void job_run(struct work *w)
{
	struct dh_job *job = (struct dh_job *)w;

	if (!job->dh)
		job->err = crypto_dh_new(job->group, &job->dh);
	/* A key of another group: the secret would have another length. */
	if (!job->err && crypto_dh_group(job->dh) != job->group)
		job->err = -EPROTO;
	if (job->err || !job->shared)
		return;
	job->err = secret_resize(&job->gxy,
				 crypto_dh_secret_len(job->group));
	if (!job->err)
		job->err = crypto_dh_shared(job->dh, job->peer_public.data,
					    job->peer_public.len,
					    job->gxy.data);
}

static int job_take(struct v1_exchange *x, struct dh_job *job)
{
	if (job->err == -EKEYREJECTED)
		return v1_fault(x, job->err,
				ISAKMP_NOTIFY_INVALID_KEY_INFORMATION,
				"the peer's public value is not usable with group %u",
				job->group);
	if (job->err)
		return v1_fault(x, job->err, 0, "Diffie-Hellman group %u: %s",
				job->group, strerror(-job->err));
	x->dh = job->dh;
	job->dh = NULL;
	if (job->shared)
		secret_move(&x->gxy, &job->gxy);
	return secret_set(v1_own_public(x), crypto_dh_public(x->dh),
			  crypto_dh_public_len(job->group));
}

static void job_done(struct work *w)
{
	struct dh_job *job = (struct dh_job *)w;
	struct v1_exchange *x = job->job.x;
	int err = 0;

	if (x) {
		x->job = NULL;
		err = job_take(x, job);
	}
	job_free(job);
	if (!x)
		return;
	if (err)
		v1_fail(x, err);
	else
		row_finish(x, x->row);
}

static int job_start(struct v1_exchange *x, enum v1_dh dh)
{
	struct dh_job *job = calloc(1, sizeof(*job));
	int err = -ENOMEM;

	if (!job)
		return -ENOMEM;
	job->job.work.run = job_run;
	job->job.work.done = job_done;
	job->job.x = x;
	job->group = x->group;
	job->shared = dh != V1_DH_KEYGEN;
	if (job->shared &&
	    secret_set(&job->peer_public, v1_peer_public(x)->data,
		       v1_peer_public(x)->len))
		goto fail;
	job->dh = x->dh;
	x->dh = NULL;
	err = work_submit(x->e->pool, &job->job.work);
	if (err)
		goto fail;
	x->job = &job->job;
	return 0;
fail:
	job_free(job);
	return err;
}

void v1_run(struct v1_exchange *x, const struct v1_transition *row)
{
	int err;

	timer_cancel(&x->e->timers, &x->timer);
	if (row->dh == V1_DH_NONE || !x->group) {
		row_finish(x, row);
		return;
	}
	x->row = row;
	err = job_start(x, row->dh);
	if (err)
		v1_fail(x, err);
}

/* --- common steps ---------------------------------------------------------- */

int v1_take_nonce(struct v1_exchange *x, const struct isakmp_msg *msg)
{
	const struct isakmp_payload *p = isakmp_find(msg, ISAKMP_PAYLOAD_NONCE,
						     0);

	if (p->len < V1_NONCE_MIN || p->len > V1_NONCE_MAX)
		return v1_fault(x, -EINVAL, ISAKMP_NOTIFY_PAYLOAD_MALFORMED,
				"nonce of %u bytes, allowed are %u to %u",
				p->len, V1_NONCE_MIN, V1_NONCE_MAX);
	return secret_set(v1_peer_nonce(x), p->data, p->len);
}

int v1_make_nonce(struct v1_exchange *x)
{
	struct secret *nonce = v1_own_nonce(x);
	int err = secret_resize(nonce, V1_NONCE_LEN);

	return err ? err : crypto_random(nonce->data, nonce->len);
}

int v1_take_public(struct v1_exchange *x, const struct isakmp_msg *msg)
{
	const struct isakmp_payload *p = isakmp_find(msg, ISAKMP_PAYLOAD_KE, 0);

	if (p->len != crypto_dh_public_len(x->group))
		return v1_fault(x, -EINVAL,
				ISAKMP_NOTIFY_INVALID_KEY_INFORMATION,
				"public value of %u bytes, group %u has %zu",
				p->len, x->group,
				crypto_dh_public_len(x->group));
	return secret_set(v1_peer_public(x), p->data, p->len);
}
