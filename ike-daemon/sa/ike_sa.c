// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "ike-daemon/crypto/pki.h"
#include "ike-daemon/engine.h"
#include "ike-daemon/sa/ike_sa.h"
#include "ike-daemon/sa/peer.h"
#include "ike-daemon/v1/v1.h"


static const struct {
	const char *ios;
	const char *asa;
} state_names[IKE_STATE_COUNT] = {
#define X(id, ios_name, asa_name) [IKE_##id] = { ios_name, asa_name },
	IKE_STATES(X)
#undef X
};

const char *ike_state_ios(enum ike_state state)
{
	return state_names[state].ios;
}

const char *ike_state_asa(enum ike_state state)
{
	return state_names[state].asa;
}

/* Nothing is sent yet, or all is said: only then the tables leave it open. */
const char *ike_sa_ios(const struct ike_sa *sa)
{
	return sa->aggressive && sa->state == IKE_START ? "AG_NO_STATE" :
	       ike_state_ios(sa->state);
}

const char *ike_sa_asa(const struct ike_sa *sa)
{
	if (sa->aggressive && sa->state == IKE_START)
		return "AM_START";
	if (sa->aggressive && sa->state == IKE_CONF_XAUTH)
		return "AM_TM_INIT_XAUTH";
	return sa->aggressive && ike_sa_established(sa) ? "AM_ACTIVE" :
	       ike_state_asa(sa->state);
}

const char *ike_sa_mode(const struct ike_sa *sa)
{
	return sa->aggressive ? "aggressive mode" : "main mode";
}

static uint64_t cookie_key(const uint8_t *cookie)
{
	uint64_t key;

	memcpy(&key, cookie, sizeof(key));
	return key;
}

static const uint8_t *own_cookie(const struct ike_sa *sa)
{
	return sa->initiator ? sa->cookie_i : sa->cookie_r;
}

static bool cookie_taken(struct engine *e, const uint8_t *cookie)
{
	static const uint8_t zero[ISAKMP_COOKIE_LEN];

	return !memcmp(cookie, zero, sizeof(zero)) ||
	       hash_find(&e->ike_sas, cookie_key(cookie));
}

/* A cookie of ours, random, not 0, unique here. */
static int make_cookie(struct engine *e, uint8_t *cookie)
{
	int err;

	do {
		err = crypto_random(cookie, ISAKMP_COOKIE_LEN);
	} while (!err && cookie_taken(e, cookie));
	return err;
}

static uint32_t *conn_id_word(struct engine *e, unsigned int id)
{
	return &e->conn_ids[id / 32];
}

static uint32_t conn_id_bit(unsigned int id)
{
	return 1U << id % 32;
}

/* The next that is free, as IOS counts; with more SAs than numbers some have the same. */
static unsigned int next_conn_id(struct engine *e)
{
	unsigned int tries = CONN_ID_MAX;

	do
		e->next_conn_id = e->next_conn_id % CONN_ID_MAX + 1;
	while (*conn_id_word(e, e->next_conn_id) & conn_id_bit(e->next_conn_id) &&
	       --tries);
	*conn_id_word(e, e->next_conn_id) |= conn_id_bit(e->next_conn_id);
	return e->next_conn_id;
}

struct ike_sa *ike_sa_new(struct engine *e, struct peer *peer, bool initiator,
			  const struct addr *local, const struct addr *remote,
			  const uint8_t *peer_cookie)
{
	struct ike_sa *sa = calloc(1, sizeof(*sa));

	if (!sa)
		return NULL;
	sa->e = e;
	sa->peer = peer;
	sa->initiator = initiator;
	sa->local = *local;
	sa->remote = *remote;
	sa->started_ms = engine_now(e);
	if (make_cookie(e, initiator ? sa->cookie_i : sa->cookie_r)) {
		free(sa);
		return NULL;
	}
	if (peer_cookie)
		memcpy(sa->cookie_i, peer_cookie, ISAKMP_COOKIE_LEN);
	sa->conn_id = next_conn_id(e);
	list_init(&sa->quicks);
	list_init(&sa->of_half_open);
	list_init(&sa->fragments);
	v1_init_timers(sa);
	if (!initiator) {
		peer->half_open++;
		e->half_open++;
		list_add_tail(&e->half_open_sas, &sa->of_half_open);
	}
	if (initiator)
		sa->record = record_new(&e->records, 1, true, local, remote,
					engine_now(e));
	else
		sa->record = record_new_unproven(&e->records, local, remote,
						 engine_now(e));
	record_state(sa->record, ike_state_ios(IKE_START),
		     ike_state_asa(IKE_START));
	hash_add(&e->ike_sas, &sa->by_cookie, cookie_key(own_cookie(sa)));
	list_add(&peer->ike_sas, &sa->of_peer);
	return sa;
}

static void half_open_ends(struct ike_sa *sa)
{
	if (sa->initiator || ike_sa_established(sa))
		return;
	sa->peer->half_open--;
	sa->e->half_open--;
	list_del(&sa->of_half_open);
}

void ike_sa_free(struct ike_sa *sa)
{
	half_open_ends(sa);
	v1_fragments_free(sa);
	v1_access_free(sa->access);
	v1_client_free(sa->ezvpn);
	v1_exchange_free(sa->main);
	while (!list_empty(&sa->quicks))
		v1_quick_free_first(sa);
	timer_cancel(&sa->e->timers, &sa->life);
	timer_cancel(&sa->e->timers, &sa->dpd);
	hash_del(&sa->e->ike_sas, &sa->by_cookie);
	*conn_id_word(sa->e, sa->conn_id) &= ~conn_id_bit(sa->conn_id);
	list_del(&sa->of_peer);
	record_put(sa->record);
	crypto_cert_put(sa->cert);
	ikev1_keys_wipe(&sa->keys);
	explicit_bzero(sa, sizeof(*sa));
	free(sa);
}

static struct ike_sa *find_own(struct engine *e, const uint8_t *own,
			       bool initiator)
{
	struct hash_node *n = hash_find(&e->ike_sas, cookie_key(own));
	struct ike_sa *sa = n ? hash_entry(n, struct ike_sa, by_cookie) : NULL;

	return sa && sa->initiator == initiator ? sa : NULL;
}

struct ike_sa *ike_sa_find(struct engine *e, const uint8_t *cookie_i,
			   const uint8_t *cookie_r)
{
	struct ike_sa *sa = find_own(e, cookie_r, false);

	if (sa)
		return memcmp(sa->cookie_i, cookie_i, ISAKMP_COOKIE_LEN) ?
		       NULL : sa;
	sa = find_own(e, cookie_i, true);
	if (!sa)
		return NULL;
	/* The responder's cookie is learnt from message 2. */
	if (sa->state == IKE_SENT_MM1 || sa->state == IKE_SENT_AM1)
		return sa;
	return memcmp(sa->cookie_r, cookie_r, ISAKMP_COOKIE_LEN) ? NULL : sa;
}

void ike_sa_set_state(struct ike_sa *sa, enum ike_state state)
{
	if (state == IKE_ESTABLISHED)
		half_open_ends(sa);
	sa->state = state;
	/* Message 3 repeats the cookie that we sent to that address. */
	if (state > IKE_SENT_MM2)
		record_prove(sa->record);
	record_state(sa->record, ike_sa_ios(sa), ike_sa_asa(sa));
}

uint32_t ike_sa_remaining(const struct ike_sa *sa)
{
	uint64_t age;

	if (!ike_sa_established(sa) || !sa->lifetime)
		return 0;
	age = (engine_now(sa->e) - sa->established_ms) / 1000;
	return age < sa->lifetime ? sa->lifetime - age : 0;
}

uint16_t ike_sa_nat_port(const struct ike_sa *sa)
{
	return sa->local.port == IKE_NATT_PORT ? sa->remote.port : 0;
}

bool ike_sa_same_ends(const struct ike_sa *a, const struct ike_sa *b)
{
	return addr_equal(&a->local, &b->local) && a->client == b->client &&
	       !strcmp(a->profile, b->profile);
}

bool ike_sa_is_newest(const struct ike_sa *sa)
{
	struct list *pos, *tmp;

	/* The one that came up last is the first. */
	list_for_each(&sa->peer->ike_sas, pos, tmp) {
		const struct ike_sa *other = list_entry(pos, struct ike_sa,
							of_peer);

		if (ike_sa_established(other) && ike_sa_same_ends(other, sa))
			return other == sa;
	}
	return false;
}
