// SPDX-License-Identifier: GPL-2.0-or-later
#include <json-c/json.h>
#include <stdio.h>

#include "ike-daemon/aaa/pool.h"
#include "ike-daemon/control/show.h"
#include "ike-daemon/engine.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/policy/want.h"
#include "ike-daemon/sa/child_sa.h"
#include "ike-daemon/sa/ike_sa.h"
#include "ike-daemon/sa/peer.h"
#include "ike-daemon/v1/access.h"
#include "tools/lib/writer.h"

/* A failed negotiation is shown for so long, ms. */
#define FAILED_SHOWN_MS	300000

static void put_hex(struct json_object *rec, const char *key,
		    const uint8_t *bytes, size_t len)
{
	char text[2 * ISAKMP_COOKIE_LEN + 1] = "";
	size_t i;

	for (i = 0; i < len && i < ISAKMP_COOKIE_LEN; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	rec_str(rec, key, text);
}

/* dst is the responder, as IOS has it. */
static void put_ends(struct json_object *rec, bool initiator,
		     const struct addr *local, const struct addr *peer)
{
	struct addr l = *local, p = *peer;

	l.port = 0;
	p.port = 0;
	rec_addr(rec, "dst", initiator ? &p : &l);
	rec_addr(rec, "src", initiator ? &l : &p);
	rec_addr(rec, "peer", &p);
	rec_addr(rec, "local", &l);
	rec_str(rec, "role", initiator ? "initiator" : "responder");
}

static unsigned int list_length(const struct list *head)
{
	const struct list *pos;
	unsigned int n = 0;

	for (pos = head->next; pos != head; pos = pos->next)
		n++;
	return n;
}

static void put_agreed(struct json_object *rec, const struct ike_sa *sa)
{
	char cipher[40] = "";

	if (!sa->transform.cipher)
		return;
	proposal_cipher_text(&sa->transform, cipher, sizeof(cipher));
	rec_str(rec, "cipher", cipher);
	rec_str(rec, "hash", ike_hash_name(sa->transform.hash));
	rec_str(rec, "auth", ike_auth_method_name(sa->transform.auth));
	rec_num(rec, "group", sa->transform.group);
	rec_num(rec, "lifetime", sa->lifetime);
	rec_num(rec, "remaining", ike_sa_remaining(sa));
}

static void put_nat(struct json_object *rec, const struct ike_sa *sa)
{
	rec_bool(rec, "nat", sa->nat_local || sa->nat_remote);
	rec_num(rec, "local_port", sa->local.port);
	rec_num(rec, "remote_port", sa->remote.port);
	rec_str(rec, "nat_t", sa->natt ? isakmp_vendor_name(sa->natt) : "");
	rec_bool(rec, "nat_local", sa->nat_local);
	rec_bool(rec, "nat_remote", sa->nat_remote);
}

/* Text, as it mostly is; anything else in hexadecimal digits. */
static void put_class(struct json_object *rec, const struct radius_reply *reply)
{
	char text[2 * RADIUS_VALUE_MAX + 1];
	bool is_text = true;
	size_t i;

	for (i = 0; i < reply->class_len; i++) {
		if (reply->class[i] < 0x20 || reply->class[i] > 0x7e)
			is_text = false;
		text[i] = (char)reply->class[i];
	}
	text[i] = '\0';
	for (i = 0; !is_text && i < reply->class_len; i++)
		snprintf(text + 2 * i, 3, "%02x", reply->class[i]);
	if (*text)
		rec_str(rec, "class", text);
}

static void put_client(struct json_object *rec, const struct v1_access *a)
{
	rec_str(rec, "user", a->user);
	put_class(rec, &a->reply);
	if (a->lease)
		rec_addr(rec, "client_address", &a->lease->addr);
}

static struct json_object *live_sa(const struct ike_sa *sa)
{
	struct json_object *rec = rec_new();

	put_ends(rec, sa->initiator, &sa->local, &sa->remote);
	rec_str(rec, "state", ike_sa_ios(sa));
	rec_str(rec, "wait_state", ike_sa_asa(sa));
	rec_num(rec, "conn_id", sa->conn_id);
	rec_num(rec, "slot", 0);
	rec_str(rec, "status", "ACTIVE");
	put_agreed(rec, sa);
	rec_num(rec, "created", sa->created);
	rec_num(rec, "pending", list_length(&sa->peer->wants));
	rec_bool(rec, "rekey", sa->superseded);
	rec_bool(rec, "dpd", sa->vendors & IKE_PEER_DPD);
	rec_bool(rec, "fragmentation", (sa->vendors & IKE_PEER_FRAGMENTS) &&
		 sa->takes_fragments);
	put_nat(rec, sa);
	rec_str(rec, "remote_id", sa->remote_id);
	rec_str(rec, "profile", sa->profile);
	if (sa->access)
		put_client(rec, sa->access);
	put_hex(rec, "cookie_i", sa->cookie_i, sizeof(sa->cookie_i));
	put_hex(rec, "cookie_r", sa->cookie_r, sizeof(sa->cookie_r));
	rec_str(rec, "error", "");
	return rec;
}

static void put_mismatches(struct json_object *rec, const struct record *r)
{
	struct json_object *list = rec_list(rec, "mismatches");
	unsigned int i;

	for (i = 0; i < r->kept; i++) {
		const struct record_mismatch *m = &r->mismatch[i];
		struct json_object *one = rec_new();

		rec_num(one, "proposal", m->proposal);
		rec_num(one, "transform", m->transform);
		rec_str(one, "against", m->against);
		rec_str(one, "attribute", m->attribute);
		rec_str(one, "offered", m->offered);
		rec_str(one, "configured", m->configured);
		rec_append(list, one);
	}
}

static void put_notifies(struct json_object *rec, const struct record *r)
{
	struct json_object *list = rec_list(rec, "notifies");
	unsigned int i;

	for (i = 0; i < r->nnotifies && i < RECORD_NOTIFIES; i++) {
		struct json_object *one = rec_new();

		rec_num(one, "type", r->notify[i].type);
		rec_str(one, "name", isakmp_notify_name(r->notify[i].type));
		rec_str(one, "direction", r->notify[i].sent ? "sent" :
							      "received");
		rec_append(list, one);
	}
}

static struct json_object *failed_sa(const struct engine *e,
				     const struct record *r)
{
	struct json_object *rec = rec_new();

	put_ends(rec, r->initiator, &r->local, &r->peer);
	/* How far it came says what is wrong. */
	rec_str(rec, "state", r->state);
	rec_str(rec, "wait_state", r->wait_state);
	rec_num(rec, "conn_id", 0);
	rec_num(rec, "slot", 0);
	rec_str(rec, "status", "ACTIVE (deleted)");
	rec_num(rec, "created", 0);
	rec_num(rec, "pending", 0);
	rec_bool(rec, "dpd", false);
	rec_bool(rec, "nat", false);
	rec_num(rec, "ago", (engine_now(e) - r->ended_ms) / 1000);
	rec_num(rec, "retransmits", r->retransmits);
	rec_str(rec, "error", r->reason);
	put_mismatches(rec, r);
	put_notifies(rec, r);
	return rec;
}

/* Is there anything that tells a newer story about this peer? */
static bool outdated(struct engine *e, const struct record *r)
{
	const struct peer *peer = peer_find(e, &r->peer);
	unsigned int i;

	if (peer && !list_empty(&peer->ike_sas))
		return true;
	for (i = 0; i < RECORDS_MAX; i++) {
		const struct record *later = e->records.slot[i];

		if (later && later->id > r->id && later->phase == 1 &&
		    addr_equal(&later->peer, &r->peer))
			return true;
	}
	return false;
}

static void add_failed(struct engine *e, struct json_object *list)
{
	unsigned int i;

	for (i = 0; i < RECORDS_MAX; i++) {
		const struct record *r = e->records.slot[i];

		if (r && r->phase == 1 && r->result == RECORD_FAILED &&
		    r->id > e->records.hidden &&
		    engine_now(e) - r->ended_ms < FAILED_SHOWN_MS &&
		    !outdated(e, r))
			rec_append(list, failed_sa(e, r));
	}
}

struct json_object *show_isakmp_sas(struct engine *e)
{
	struct json_object *list = json_object_new_array();
	struct list *p, *q, *ptmp, *qtmp;

	list_for_each(&e->all_peers, p, ptmp) {
		struct peer *peer = list_entry(p, struct peer, all);

		list_for_each(&peer->ike_sas, q, qtmp)
			rec_append(list, live_sa(list_entry(q, struct ike_sa,
							    of_peer)));
	}
	add_failed(e, list);
	return list;
}

static void why_down(struct engine *e, const struct policy_flow *f, char *out,
		     size_t size)
{
	const struct want *want = want_find(e, f->k.id);
	char peer[ADDR_STRLEN];

	if (f->reason[0])
		snprintf(out, size, "%s", f->reason);
	else if (!policy_entry(e, f))
		snprintf(out, size, "keys are manual");
	else if (want && want->peer)
		snprintf(out, size, "%s being negotiated with %s",
			 want->exchange ? "quick mode is" : "phase 1 is",
			 addr_format(&want->peer->addr, peer, sizeof(peer)));
	else
		snprintf(out, size, "no traffic has asked for it");
}

struct json_object *show_ipsec_reasons(struct engine *e)
{
	struct json_object *list = json_object_new_array();
	struct list *pos, *tmp;
	char text[300];

	list_for_each(&e->policy->all_flows, pos, tmp) {
		struct policy_flow *f = list_entry(pos, struct policy_flow,
						   all);
		struct json_object *rec;

		if (child_sa_of_flow(e, f->k.id))
			continue;
		rec = rec_new();
		why_down(e, f, text, sizeof(text));
		rec_num(rec, "flow", f->k.id);
		rec_str(rec, "reason", text);
		rec_append(list, rec);
	}
	return list;
}

struct json_object *show_counters(struct engine *e)
{
	struct json_object *list = json_object_new_array();
	unsigned int i;

	for (i = 0; i < ENGINE_C_COUNT; i++) {
		struct json_object *rec = rec_new();

		rec_str(rec, "name", engine_counter_name(i));
		rec_str(rec, "text", engine_counter_text(i));
		rec_num(rec, "value", e->counters[i]);
		rec_append(list, rec);
	}
	return list;
}

static void put_net(struct json_object *list, const struct policy_net *net)
{
	const struct policy_route *route;
	struct json_object *rec;
	char dst[RANGE_STRLEN];

	if (list_empty(&net->routes))
		return;
	route = policy_net_winner(net);
	rec = rec_new();
	rec_str(rec, "dst", range_format(&net->dst, dst, sizeof(dst)));
	rec_addr(rec, "peer", &route->peer);
	rec_str(rec, "interface", net->error ? route->ifname : net->way.ifname);
	rec_bool(rec, "static", route->statics);
	rec_num(rec, "count", route->pairs);
	rec_str(rec, "reason", net->error ? policy_route_error(net->error) : "");
	rec_append(list, rec);
}

struct json_object *show_routes(struct engine *e)
{
	struct json_object *list = json_object_new_array();
	struct policy_routes *r = &e->policy->routes;
	struct list *pos, *tmp;

	list_for_each(&r->todo, pos, tmp)
		put_net(list, list_entry(pos, struct policy_net, all));
	list_for_each(&r->done, pos, tmp)
		put_net(list, list_entry(pos, struct policy_net, all));
	return list;
}
