// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whether the certificate that the peer has proved itself with is revoked.  Where a
 * responder is to be asked, the exchange waits before it says or believes anything more:
 * its answer is made, and not sent.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "ike-daemon/crypto/ocsp.h"
#include "ike-daemon/engine.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/policy/profile.h"
#include "ike-daemon/policy/trust.h"
#include "ike-daemon/v1/exchange.h"
#include "ike-daemon/v1/phase1.h"
#include "tools/cli/model.h"

/* Peers repeat their message meanwhile, for a minute or more. */
#define ANSWER_SECONDS	5

struct question {
	struct v1_job job;
	struct crypto_ocsp *ocsp;
};

static const struct cfg_trustpoint *trustpoint(const struct v1_exchange *x)
{
	return cfg_trustpoint_find(engine_config(x->e), x->asks);
}

int v1_revocation_plan(struct v1_exchange *x, size_t which)
{
	const struct cfg_trustpoint *tp =
		&engine_config(x->e)->trustpoints[which];
	enum cfg_revocation other;

	x->asks[0] = '\0';
	switch (cfg_revocation_first(tp, &other)) {
	case CFG_REVOCATION_END:
		return v1_refuse_cert(x, "nobody can say whether it is revoked: there is no crl file");
	case CFG_REVOCATION_OCSP:
		snprintf(x->asks, sizeof(x->asks), "%s", tp->name);
		return 0;
	default:
		return 0;
	}
}

bool v1_revocation_open(const struct v1_exchange *x)
{
	return x->asks[0];
}

/* What counts where nobody has answered. */
static int unanswered(struct v1_exchange *x, const struct cfg_trustpoint *tp,
		      const char *url, const char *why)
{
	enum cfg_revocation other;
	char text[200], peer[ADDR_STRLEN];

	cfg_revocation_first(tp, &other);
	snprintf(text, sizeof(text), "%s%s%s", url, url[0] ? ": " : "", why);
	if (other == CFG_REVOCATION_END)
		return v1_fault(x, -EKEYREJECTED, ISAKMP_NOTIFY_INVALID_CERTIFICATE,
				"whether the peer's certificate is revoked cannot be asked: %.140s",
				text);
	log_warning(ike, "%s: whether the certificate is revoked cannot be asked: %s; revocation-check %s accepts it",
		    addr_format(&x->sa->remote, peer, sizeof(peer)), text,
		    cfg_revocation_name(other));
	return 0;
}

/* The configuration may be another one than when it was asked. */
static int judge(struct v1_exchange *x, const struct crypto_ocsp *ocsp)
{
	const struct cm_config *cfg = engine_config(x->e);
	const struct cfg_trustpoint *tp;
	char peer[ADDR_STRLEN];
	struct err why = { 0 };
	size_t which;
	int err;

	if (!policy_trusts_cert(x->e, x->sa->cert,
				policy_profile_trustpoint(x->e, x->sa->profile),
				&which, &why))
		return v1_refuse_cert(x, why.text);
	err = v1_revocation_plan(x, which);
	tp = trustpoint(x);
	if (err || !tp)
		return err;
	err = crypto_ocsp_judge(ocsp, x->e->policy->trusts.of[tp - cfg->trustpoints],
				cfg->weak_certificates, &why);
	if (err == -EAGAIN)
		return unanswered(x, tp, crypto_ocsp_url(ocsp), why.text);
	if (err) {
		v1_refuse_cert(x, why.text);
		return err;
	}
	log_info(ike, "%s: %s says that the certificate is not revoked",
		 addr_format(&x->sa->remote, peer, sizeof(peer)),
		 crypto_ocsp_url(ocsp));
	return 0;
}

static void question_free(struct question *q)
{
	crypto_ocsp_free(q->ocsp);
	free(q);
}

static void ask(struct work *w)
{
	struct question *q = (struct question *)w;

	if (!atomic_load(&q->job.forgotten))
		crypto_ocsp_ask(q->ocsp, ANSWER_SECONDS);
}

static void asked(struct work *w)
{
	struct question *q = (struct question *)w;
	struct v1_exchange *x = q->job.x;
	struct crypto_cert *cert;
	struct engine *e;
	int err;

	if (!x) {
		question_free(q);
		return;
	}
	x->job = NULL;
	if (!crypto_ocsp_is_answered(q->ocsp))
		ocsp_dead_note(&x->e->ocsp_dead, crypto_ocsp_url(q->ocsp),
			       engine_now(x->e));
	err = judge(x, q->ocsp);
	x->asks[0] = '\0';
	question_free(q);
	e = x->e;
	cert = crypto_cert_get(x->sa->cert);
	v1_go_on(x, err);
	if (err == -EKEYREVOKED)
		policy_cert_revoked(e, cert);
	crypto_cert_put(cert);
}

static int submit(struct v1_exchange *x, struct crypto_ocsp *ocsp)
{
	struct question *q = calloc(1, sizeof(*q));
	int err = -ENOMEM;

	if (q) {
		q->job.work.run = ask;
		q->job.work.done = asked;
		q->job.x = x;
		q->ocsp = ocsp;
		err = work_submit(x->e->asking, &q->job.work);
	}
	if (err) {
		free(q);
		return err;
	}
	x->job = &q->job;
	return -EINPROGRESS;
}

int v1_revocation_ask(struct v1_exchange *x)
{
	const struct cm_config *cfg = engine_config(x->e);
	const struct cfg_trustpoint *tp = x->asks[0] ? trustpoint(x) : NULL;
	struct crypto_ocsp *ocsp;
	struct err why = { 0 };
	int err;

	if (!x->asks[0])
		return 0;
	if (!tp)
		return v1_refuse_cert(x, "its trustpoint is gone");
	err = crypto_ocsp_new(x->e->policy->trusts.of[tp - cfg->trustpoints],
			      x->sa->cert, tp->ocsp_url[0] ? tp->ocsp_url : NULL,
			      !tp->ocsp_no_nonce, &ocsp, &why);
	if (!err && ocsp && ocsp_is_dead(&x->e->ocsp_dead, crypto_ocsp_url(ocsp),
					 engine_now(x->e))) {
		err = unanswered(x, tp, crypto_ocsp_url(ocsp),
				 "it did not answer a moment ago");
		crypto_ocsp_free(ocsp);
		x->asks[0] = '\0';
		return err;
	}
	if (!err && ocsp) {
		err = submit(x, ocsp);
		if (err == -EINPROGRESS)
			return err;
		crypto_ocsp_free(ocsp);
		err_set(&why, err, "too many questions wait");
	}
	if (err)
		err = unanswered(x, tp, "", why.text);
	x->asks[0] = '\0';
	return err;
}
