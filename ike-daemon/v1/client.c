// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * XAUTH (draft-ietf-ipsec-isakmp-xauth-06), its client, and the exchange of mode
 * configuration (F-037).  The gateway begins the former, we the latter.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ike-daemon/engine.h"
#include "ike-daemon/policy/ezvpn.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/sa/ike_sa.h"
#include "ike-daemon/sa/peer.h"
#include "ike-daemon/v1/client.h"
#include "ike-daemon/v1/exchange.h"
#include "ike-daemon/v1/natt.h"
#include "ike-daemon/v1/phase1.h"
#include "ike-daemon/v1/transaction.h"
#include "ike-daemon/v1/v1.h"
#include "tools/lib/secret.h"
#include "tools/lib/version.h"

#define ROUNDS_MAX	8	/* questions of one gateway: user, password, codes */

#define NOT_ASKED	"the gateway did not ask for user and password in time"
#define NOBODY_TYPED	"nobody typed user and password in time"
#define REFUSED		"the gateway lets nobody in with this user and password"

static void own_timer(void *arg);

int v1_client_new(struct ike_sa *sa)
{
	struct v1_client *c = calloc(1, sizeof(*c));

	if (!c)
		return -ENOMEM;
	c->sa = sa;
	v1_own_init(&c->own, own_timer, c);
	buf_init(&c->answer, ISAKMP_MSG_MAX);
	sa->ezvpn = c;
	return 0;
}

void v1_client_free(struct v1_client *c)
{
	if (!c)
		return;
	v1_own_free(c->sa, &c->own);
	buf_free(&c->answer);
	free(c);
}

/* --- the end ---------------------------------------------------------------------- */

static void fail(struct v1_client *c, const char *reason)
{
	v1_say_end(c->sa);
	v1_fail_ike(c->sa, reason);
}

/* What ends a set-up that takes too long. */
static void wait_for(struct v1_client *c, const char *reason)
{
	if (c->sa->main)
		snprintf(c->sa->main->reason, sizeof(c->sa->main->reason), "%s",
			 reason);
}

bool v1_client_waits(const struct ike_sa *sa)
{
	return sa->ezvpn && sa->ezvpn->step == CLIENT_ASKED;
}

bool v1_client_user_asked(const struct ike_sa *sa)
{
	return sa->ezvpn && sa->ezvpn->asked;
}

bool v1_client_is_told(const struct ike_sa *sa)
{
	return sa->ezvpn && sa->ezvpn->step == CLIENT_TOLD;
}

void v1_client_done(struct ike_sa *sa)
{
	sa->ezvpn->step = CLIENT_DONE;
	if (sa->main)
		sa->main->reason[0] = '\0';
	v1_phase1_up(sa);
}

const char *v1_client_rejected(struct ike_sa *sa)
{
	if (!sa->ezvpn || ike_sa_established(sa))
		return NULL;
	return sa->ezvpn->step != CLIENT_REPLIED ?
		"the gateway ended the negotiation" :
		"the gateway ended the negotiation, and did not say whether user and password are right";
}

bool v1_client_replied(const struct ike_sa *sa)
{
	return sa->ezvpn && sa->ezvpn->replied;
}

bool v1_client_notified(struct ike_sa *sa, const struct isakmp_notify *n)
{
	char why[200];

	if (!sa->ezvpn || sa->ezvpn->step != CLIENT_REPLIED ||
	    n->type >= ISAKMP_NOTIFY_STATUS_MIN)
		return false;
	snprintf(why, sizeof(why), REFUSED ": it says %s",
		 isakmp_notify_name(n->type));
	ezvpn_refused(sa, why);
	fail(sa->ezvpn, why);
	return true;
}

/* --- mode configuration -------------------------------------------------------------- */

/* Nobody answers message 3 of aggressive mode: it may be what was lost. */
static void repeat_phase1(struct v1_client *c)
{
	struct v1_exchange *x = c->sa->main;

	if (c->sa->aggressive && !c->heard && x && buf_len(&x->tx))
		v1_resend(x);
}

static void wait_longer(struct v1_client *c)
{
	timer_set(&c->sa->e->timers, &c->own.timer,
		  V1_RETRANSMIT_FIRST_MS << c->own.tries);
}

static void own_timer(void *arg)
{
	struct v1_client *c = arg;
	bool last = c->own.tries++ >= V1_RETRANSMITS;

	if (c->own.id && last) {
		v1_own_over(c->sa, &c->own);
		fail(c, "no answer in mode configuration");
		return;
	}
	if (last)
		return;		/* the limit of set-up ends it */
	repeat_phase1(c);
	if (!c->own.id) {
		wait_longer(c);
		return;
	}
	engine_count(c->sa->e, ENGINE_C_RETRANSMITS);
	v1_own_repeat(c->sa, &c->own);
}

static bool needs_address(const struct v1_client *c)
{
	const struct ezvpn *ez = ezvpn_of(c->sa->e, &c->sa->remote);

	return ez && cfg_ezvpn_has_address(&ez->conf);
}

static void ask(struct v1_client *c)
{
	struct buf body;
	int err;

	buf_init(&body, ISAKMP_MSG_MAX);
	v1_client_request(needs_address(c), &body);
	err = v1_own_begin(c->sa, &c->own, &body);
	buf_free(&body);
	if (err) {
		fail(c, "mode configuration cannot be begun");
		return;
	}
	c->step = CLIENT_CONFIG;
	wait_for(c, "no answer in mode configuration");
}

static void take_told(struct v1_client *c, const struct isakmp_cfg *cfg)
{
	struct ezvpn_told *told = calloc(1, sizeof(*told));
	struct err err = { "" };
	int ret = told ? v1_client_told(cfg, told, &err) :
			 err_set(&err, -ENOMEM, "out of memory");

	if (!ret)
		ret = ezvpn_take(c->sa, told, &err);
	free(told);
	if (ret)
		fail(c, err.text);
	else
		c->step = CLIENT_TOLD;
}

static void own_input(struct v1_client *c, struct isakmp_msg *msg)
{
	uint8_t iv[CRYPTO_BLOCK_MAX];
	struct isakmp_cfg cfg;

	memcpy(iv, c->own.iv, sizeof(iv));
	if (!v1_transaction_open(c->sa, msg, iv, &cfg))
		return;
	if (cfg.type != ISAKMP_CFG_REPLY || c->step != CLIENT_CONFIG) {
		engine_count(c->sa->e, ENGINE_C_RX_UNEXPECTED);
		return;
	}
	v1_own_over(c->sa, &c->own);
	c->heard = true;
	v1_heard(c->sa);
	take_told(c, &cfg);
}

/* --- XAUTH ------------------------------------------------------------------------------ */

/* Our answer to what came last, kept for when it comes again. */
static int answer(struct v1_client *c, const struct buf *body)
{
	int err = v1_transaction_build(c->sa, c->rx.id, c->rx.iv, body,
				       &c->answer);

	if (!err)
		v1_send(c->sa, &c->answer);
	else
		buf_reset(&c->answer);
	return err;
}

static bool is_password(unsigned int type)
{
	return type == ISAKMP_CFG_XAUTH_USER_PASSWORD ||
	       type == ISAKMP_CFG_XAUTH_PASSCODE;
}

static bool wants_password(const struct v1_client *c)
{
	unsigned int i = 0;

	while (i < c->rx.n && !is_password(c->rx.wanted[i]))
		i++;
	return i < c->rx.n;
}

static void put_wanted(struct buf *b, unsigned int type, const char *user,
		       const char *password)
{
	switch (type) {
	case ISAKMP_CFG_XAUTH_TYPE:
		isakmp_cfg_put_number(b, type, 0);
		break;
	case ISAKMP_CFG_XAUTH_USER_NAME:
		isakmp_cfg_put(b, type, user, strlen(user));
		break;
	case ISAKMP_CFG_XAUTH_USER_PASSWORD:
	case ISAKMP_CFG_XAUTH_PASSCODE:
		isakmp_cfg_put(b, type, password, strlen(password));
		break;
	case ISAKMP_CFG_XAUTH_DOMAIN:
		isakmp_cfg_put(b, type, NULL, 0);
		break;
	}
}

static void reply(struct v1_client *c, const char *user, const char *password)
{
	struct buf body;
	unsigned int i;
	int err;

	buf_init(&body, ISAKMP_MSG_MAX);
	isakmp_cfg_begin(&body, ISAKMP_CFG_REPLY, c->rx.cfg_id);
	for (i = 0; i < c->rx.n; i++)
		put_wanted(&body, c->rx.wanted[i], user, password);
	c->step = CLIENT_REPLIED;
	c->replied = true;
	c->sent_password = wants_password(c);
	wait_for(c, "the gateway does not say whether user and password are right");
	err = answer(c, &body);
	buf_free(&body);	/* wiped */
	if (err)
		fail(c, "XAUTH cannot be answered");
}

void v1_client_answer(struct ike_sa *sa)
{
	const char *user, *password;

	if (ezvpn_login(sa, &user, &password))
		reply(sa->ezvpn, user, password);
}

static void nobody(struct v1_client *c, const char *text)
{
	c->step = CLIENT_ASKED;
	wait_for(c, NOBODY_TYPED);
	ezvpn_asked(c->sa, text);
}

static void keep_request(struct v1_client *c, const struct isakmp_cfg *cfg)
{
	unsigned int i;

	c->rx.cfg_id = cfg->id;
	c->rx.n = 0;
	for (i = 0; i < cfg->n && c->rx.n < CLIENT_WANTED_MAX; i++)
		c->rx.wanted[c->rx.n++] = cfg->attrs[i].type;
}

/* Asked for the password again, it was wrong: not the same once more. */
static void take_request(struct v1_client *c, const struct isakmp_cfg *cfg)
{
	const struct isakmp_attr *type = isakmp_cfg_find(cfg,
							 ISAKMP_CFG_XAUTH_TYPE);
	const struct isakmp_attr *message =
		isakmp_cfg_find(cfg, ISAKMP_CFG_XAUTH_MESSAGE);
	const char *user, *password;
	char text[EZVPN_TEXT_SIZE];

	v1_client_text(message, text, sizeof(text));
	keep_request(c, cfg);
	c->asked = true;
	v1_own_over(c->sa, &c->own);
	if (v1_client_number(type)) {
		fail(c, "the gateway asks for another kind of XAUTH than user and password");
	} else if (++c->rounds > ROUNDS_MAX) {
		fail(c, "the gateway asks again and again");
	} else if (c->step == CLIENT_REPLIED && c->sent_password &&
		   wants_password(c)) {
		ezvpn_refused(c->sa, text[0] ? text : REFUSED);
		c->step = CLIENT_ASKED;
		wait_for(c, REFUSED);
	} else if (c->step == CLIENT_ASKED ||
		   !ezvpn_login(c->sa, &user, &password)) {
		nobody(c, text);
	} else {
		reply(c, user, password);
	}
}

static void take_status(struct v1_client *c, const struct isakmp_cfg *cfg)
{
	const struct isakmp_attr *message =
		isakmp_cfg_find(cfg, ISAKMP_CFG_XAUTH_MESSAGE);
	bool granted = v1_client_number(isakmp_cfg_find(cfg,
							ISAKMP_CFG_XAUTH_STATUS));
	char text[EZVPN_TEXT_SIZE], why[200];
	struct buf body;

	buf_init(&body, 256);
	isakmp_cfg_begin(&body, ISAKMP_CFG_ACK, cfg->id);
	isakmp_cfg_put(&body, ISAKMP_CFG_XAUTH_STATUS, NULL, 0);
	answer(c, &body);
	buf_free(&body);
	c->granted = granted;
	if (granted) {
		ask(c);
		return;
	}
	v1_client_text(message, text, sizeof(text));
	snprintf(why, sizeof(why), "%s%s%.100s", REFUSED,
		 text[0] ? "; it says: " : "", text);
	ezvpn_refused(c->sa, why);
	fail(c, why);
}

/* --- mode configuration that the gateway begins ---------------------------------------- */

/* By name, and without an address that is not for us: what else cannot be used ends the SA. */
static void acknowledge(struct v1_client *c, const struct isakmp_cfg *cfg)
{
	struct buf body;
	unsigned int i;

	buf_init(&body, ISAKMP_MSG_MAX);
	isakmp_cfg_begin(&body, ISAKMP_CFG_ACK, cfg->id);
	for (i = 0; i < cfg->n; i++)
		if (cfg->attrs[i].type != ISAKMP_CFG_IP4_ADDRESS ||
		    needs_address(c))
			isakmp_cfg_put(&body, cfg->attrs[i].type, NULL, 0);
	answer(c, &body);
	buf_free(&body);
}

/* It answers what we may have asked for, too. */
static void take_set(struct v1_client *c, const struct isakmp_cfg *cfg)
{
	acknowledge(c, cfg);
	if (c->step >= CLIENT_TOLD)
		return;
	v1_own_over(c->sa, &c->own);
	take_told(c, cfg);
}

/* --- what the gateway begins --------------------------------------------------------------- */

/* After it has let us in, or told us things, it does not ask for a user any more. */
static bool may_ask(const struct v1_client *c)
{
	return !c->granted && c->step <= CLIENT_CONFIG;
}

/* Not while it has yet to ask for the user, or to say whether that is right. */
static bool may_set(const struct v1_client *c)
{
	return c->step >= CLIENT_CONFIG;
}

static bool is_xauth(const struct isakmp_cfg *cfg)
{
	return isakmp_cfg_find(cfg, ISAKMP_CFG_XAUTH_USER_NAME) ||
	       isakmp_cfg_find(cfg, ISAKMP_CFG_XAUTH_USER_PASSWORD) ||
	       isakmp_cfg_find(cfg, ISAKMP_CFG_XAUTH_PASSCODE) ||
	       isakmp_cfg_find(cfg, ISAKMP_CFG_XAUTH_MESSAGE);
}

static void take(struct v1_client *c, const struct isakmp_cfg *cfg)
{
	if (cfg->type == ISAKMP_CFG_REQUEST && is_xauth(cfg) && may_ask(c))
		take_request(c, cfg);
	else if (cfg->type == ISAKMP_CFG_SET && c->step == CLIENT_REPLIED &&
		 isakmp_cfg_find(cfg, ISAKMP_CFG_XAUTH_STATUS))
		take_status(c, cfg);
	else if (cfg->type == ISAKMP_CFG_SET && may_set(c) &&
		 !isakmp_cfg_find(cfg, ISAKMP_CFG_XAUTH_STATUS))
		take_set(c, cfg);
	else
		engine_count(c->sa->e, ENGINE_C_RX_UNEXPECTED);
}

static void gateway_input(struct v1_client *c, const uint8_t *digest,
			  struct isakmp_msg *msg)
{
	struct ike_sa *sa = c->sa;
	uint32_t id = msg->hdr.message_id;
	uint8_t iv[CRYPTO_BLOCK_MAX];
	struct isakmp_cfg cfg;

	if (v1_message_id_in(sa->recent_ids, id) ||
	    v1_message_id_in(sa->own_ids, id) ||
	    ikev1_iv_message(sa->hash, sa->cipher, sa->iv, id, iv)) {
		engine_count(sa->e, ENGINE_C_RX_UNEXPECTED);
		return;
	}
	if (!v1_transaction_open(sa, msg, iv, &cfg))
		return;
	sa->recent_ids[sa->next_recent++ % IKE_RECENT_IDS] = id;
	v1_heard(sa);
	c->heard = true;
	c->rx.id = id;
	memcpy(c->rx.iv, iv, sizeof(iv));
	memcpy(c->rx_digest, digest, sizeof(c->rx_digest));
	c->rx_seen = true;
	buf_reset(&c->answer);
	take(c, &cfg);
}

/* It did not get our answer; or there is none yet. */
static bool heard_before(struct v1_client *c, const uint8_t *digest)
{
	if (!c->rx_seen || memcmp(c->rx_digest, digest,
				  crypto_hash_len(CRYPTO_SHA256)))
		return false;
	engine_count(c->sa->e, ENGINE_C_RX_DUPLICATE);
	if (buf_len(&c->answer))
		v1_send(c->sa, &c->answer);
	return true;
}

void v1_client_input(struct ike_sa *sa, const uint8_t *digest,
		     struct isakmp_msg *msg)
{
	struct v1_client *c = sa->ezvpn;

	if (!ike_sa_protected(sa) || !(msg->hdr.flags & ISAKMP_FLAG_ENCRYPTION) ||
	    !msg->hdr.message_id)
		engine_count(sa->e, ENGINE_C_RX_UNEXPECTED);
	else if (c->own.id && msg->hdr.message_id == c->own.id)
		own_input(c, msg);
	else if (!heard_before(c, digest))
		gateway_input(c, digest, msg);
}

/* A gateway that has agreed on XAUTH asks; another may do so all the same. */
void v1_client_start(struct ike_sa *sa)
{
	struct v1_client *c = sa->ezvpn;

	if (sa->transform.auth == IKE_AUTH_XAUTH_INIT_PSK ||
	    sa->transform.auth == IKE_AUTH_XAUTH_INIT_RSA) {
		wait_for(c, NOT_ASKED);
		wait_longer(c);
	} else {
		ask(c);
	}
}
