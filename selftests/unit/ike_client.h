/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A client of remote access in a pair: the left engine does phase 1 in aggressive mode,
 * as group G, and quick mode for 10.99.0.10; what transaction exchanges say between them
 * the test says here, with the left one's keys.  The right one is the server under test.
 */
#ifndef SELFTESTS_UNIT_IKE_CLIENT_H
#define SELFTESTS_UNIT_IKE_CLIENT_H

#include <arpa/inet.h>

#include "ike-daemon/aaa/pool.h"
#include "ike-daemon/v1/access.h"
#include "ike-daemon/v1/exchange.h"
#include "selftests/unit/ike_pair.h"

#define POLICY	"crypto isakmp policy 10\n" POLICY_DEFAULT
#define CLIENT_OF(address, secret)					\
	POLICY "crypto isakmp peer address " CFG_ADDR_RIGHT "\n"	\
	" set aggressive-mode password " secret "\n"			\
	" set aggressive-mode client-endpoint key-id G\n"		\
	"crypto ipsec transform-set TS " TS_DEFAULT "\n"		\
	"access-list 101 permit ip host " address " any\n"		\
	"crypto map M 10 ipsec-isakmp\n set peer " CFG_ADDR_RIGHT "\n"	\
	" set transform-set TS\n match address 101\n"			\
	"interface wan0\n crypto map M\n"
#define CLIENT		CLIENT_OF("10.99.0.10", "GroupSecret")

#define AAA								\
	"aaa authentication login USERS local\n"			\
	"aaa authorization network GROUPS local\n"			\
	"username alice password alicepw\nusername bob password bobpw\n"
#define GROUP								\
	"ip local pool EZ 10.99.0.10\n"					\
	"access-list 150 permit ip 10.2.0.0 0.0.0.255 any\n"		\
	"access-list 150 deny ip 10.3.0.0 0.0.0.255 any\n"		\
	"access-list 150 permit ip 10.4.0.0 0.0.255.255 any\n"		\
	"crypto isakmp client configuration group G\n"			\
	" key GroupSecret\n dns 10.2.0.53 10.2.0.54\n wins 10.2.0.55\n"	\
	" domain example.test\n pool EZ\n acl 150\n"			\
	" netmask 255.255.255.0\n banner hello\n save-password\n"
#define TEMPLATE							\
	"crypto ipsec transform-set TS " TS_DEFAULT "\n"		\
	"crypto dynamic-map D 10\n set transform-set TS\n"		\
	"crypto map M 65000 ipsec-isakmp dynamic D\n"			\
	"interface wan0\n crypto map M\n"
#define LOGIN		"crypto map M client authentication list USERS\n"
#define GROUPS_OF_MAP	"crypto map M isakmp authorization list GROUPS\n"
#define RESPOND		"crypto map M client configuration address respond\n"
#define SERVER		POLICY AAA GROUP LOGIN GROUPS_OF_MAP RESPOND TEMPLATE

#define HEARD_MAX	32

static struct {
	struct packet kept[HEARD_MAX];	/* transaction messages to the client */
	unsigned int n;
	struct isakmp_msg msg;		/* the one that was opened last */
	struct isakmp_cfg cfg;
	uint32_t id;
	uint8_t iv[CRYPTO_BLOCK_MAX];
	unsigned int drop;		/* so many of them are lost */
	unsigned int deletes;		/* informational messages to the client ... */
	bool deaf;			/* ... which does not hear them */
} heard;

static inline unsigned int hear(struct pair *p, struct packet *pkt, unsigned int n)
{
	const uint8_t *data;
	size_t len;

	(void)p;
	(void)n;
	if (pkt->to != LEFT || pkt->len < ISAKMP_HDR_LEN)
		return 1;
	data = ike_of(pkt, &len);
	if (data[18] == ISAKMP_EXCHANGE_INFORMATIONAL) {
		heard.deletes++;
		return !heard.deaf;
	}
	if (data[18] != ISAKMP_EXCHANGE_TRANSACTION)
		return 1;
	if (heard.drop)
		heard.drop--;
	else if (heard.n < HEARD_MAX)
		heard.kept[heard.n++] = *pkt;
	return 0;
}

static inline struct pair *client_new(const char *client, const char *server)
{
	struct pair *p = pair_new(client, server);

	memset(&heard, 0, sizeof(heard));
	p->filter = hear;
	return p;
}

/* Phase 1, so that the server asks for what comes next. */
static inline void client_begin(struct pair *p)
{
	pair_packet(p, LEFT);
	pair_run(p, 5);
}

static inline struct ike_sa *server_sa(struct pair *p)
{
	return pair_ike(p, RIGHT);
}

/* Open the nth message; the first of its exchange, or the second, if we began it. */
static inline void client_open(struct pair *p, unsigned int nth, bool first)
{
	struct ike_sa *sa = pair_ike(p, LEFT);
	const struct isakmp_payload *attr;
	struct isakmp_err err;
	const uint8_t *data;
	size_t len;

	assert_true(nth < heard.n);
	data = ike_of(&heard.kept[nth], &len);
	assert_int_equal(isakmp_decode_header(&heard.msg, data, len, &err), 0);
	if (first)
		assert_int_equal(ikev1_iv_message(sa->hash, sa->cipher, sa->iv,
						  heard.msg.hdr.message_id,
						  heard.iv), 0);
	else
		assert_int_equal(heard.msg.hdr.message_id, heard.id);
	heard.id = heard.msg.hdr.message_id;
	assert_int_equal(v1_message_open(sa, &heard.msg, heard.iv, &err), 0);
	assert_true(v1_info_authentic(sa, &heard.msg));
	attr = isakmp_find(&heard.msg, ISAKMP_PAYLOAD_ATTR, 0);
	assert_non_null(attr);
	assert_int_equal(isakmp_cfg_get(attr->data, attr->len, &heard.cfg), 0);
}

static inline void client_deliver(struct pair *p, const void *data, size_t len)
{
	const struct host *h = &p->host[LEFT];
	struct addr local = p->host[RIGHT].addr, left = pair_seen(h);
	struct buf b;

	buf_init(&b, 4 + ISAKMP_MSG_MAX);
	local.port = IKE_PORT;
	left.port = IKE_PORT;
	if (addr_is_set(&h->outside)) {
		buf_put_u32(&b, 0);
		local.port = IKE_NATT_PORT;
		left.port = h->mapped[1];
	}
	buf_put(&b, data, len);
	engine_input(p->host[RIGHT].engine, &local, &left, buf_data(&b),
		     buf_len(&b));
	buf_free(&b);
}

/* The bytes of a message with this ATTR body; the IV goes on. */
static inline void client_build(struct pair *p, const struct buf *body,
				struct buf *out)
{
	struct ike_sa *sa = pair_ike(p, LEFT);
	uint8_t hash[CRYPTO_HASH_MAX];
	struct isakmp_writer w;
	size_t at, rest;

	buf_init(out, ISAKMP_MSG_MAX);
	v1_message_begin(sa, &w, out, ISAKMP_EXCHANGE_TRANSACTION, heard.id,
			 true);
	at = isakmp_put_blank(&w, ISAKMP_PAYLOAD_HASH, sa->keys.len);
	rest = buf_len(out);
	isakmp_put(&w, ISAKMP_PAYLOAD_ATTR, buf_data(body), buf_len(body));
	assert_int_equal(ikev1_hash_1(&sa->keys, heard.id,
				      CRYPTO_CHUNK(buf_data(out) + rest,
						   buf_len(out) - rest),
				      hash), 0);
	buf_set(out, at, hash, sa->keys.len);
	assert_int_equal(v1_message_end(sa, &w, heard.iv), 0);
}

static inline void client_say(struct pair *p, struct buf *body)
{
	struct buf out;

	client_build(p, body, &out);
	client_deliver(p, buf_data(&out), buf_len(&out));
	buf_free(&out);
	buf_free(body);
	pair_settle(p);
}

/* Answer the server's request, which was opened last. */
static inline void client_user(struct pair *p, const void *user, size_t user_len,
			       const void *password, size_t password_len)
{
	struct buf body;

	buf_init(&body, ISAKMP_MSG_MAX);
	isakmp_cfg_begin(&body, ISAKMP_CFG_REPLY, heard.cfg.id);
	isakmp_cfg_put(&body, ISAKMP_CFG_XAUTH_USER_NAME, user, user_len);
	isakmp_cfg_put(&body, ISAKMP_CFG_XAUTH_USER_PASSWORD, password,
		       password_len);
	client_say(p, &body);
}

static inline void client_login(struct pair *p, const char *user,
				const char *password)
{
	client_open(p, heard.n - 1, true);
	assert_int_equal(heard.cfg.type, ISAKMP_CFG_REQUEST);
	assert_non_null(isakmp_cfg_find(&heard.cfg, ISAKMP_CFG_XAUTH_USER_NAME));
	client_user(p, user, strlen(user), password, strlen(password));
}

/* The status that the server set last: 0 or 1; -1: it set none. */
static inline int client_status(struct pair *p)
{
	const struct isakmp_attr *a;

	client_open(p, heard.n - 1, true);
	a = isakmp_cfg_find(&heard.cfg, ISAKMP_CFG_XAUTH_STATUS);
	return heard.cfg.type == ISAKMP_CFG_SET && a ? a->value : -1;
}

static inline void client_ack(struct pair *p)
{
	struct buf body;

	buf_init(&body, ISAKMP_MSG_MAX);
	isakmp_cfg_begin(&body, ISAKMP_CFG_ACK, heard.cfg.id);
	isakmp_cfg_put_number(&body, ISAKMP_CFG_XAUTH_STATUS, 1);
	client_say(p, &body);
}

/* A request of ours for these attributes. */
static inline void client_body(struct pair *p, uint8_t type,
			       const uint16_t *attrs, unsigned int n,
			       struct buf *body)
{
	struct ike_sa *sa = pair_ike(p, LEFT);
	unsigned int i;

	heard.id = v1_new_message_id(sa);
	assert_int_equal(ikev1_iv_message(sa->hash, sa->cipher, sa->iv,
					  heard.id, heard.iv), 0);
	buf_init(body, ISAKMP_MSG_MAX);
	isakmp_cfg_begin(body, type, 0x77);
	for (i = 0; i < n; i++)
		isakmp_cfg_put(body, attrs[i], NULL, 0);
}

static inline void client_request(struct pair *p, const uint16_t *attrs,
				  unsigned int n)
{
	struct buf body;

	client_body(p, ISAKMP_CFG_REQUEST, attrs, n, &body);
	client_say(p, &body);
}

static const uint16_t all_attrs[] = {
	ISAKMP_CFG_IP4_ADDRESS, ISAKMP_CFG_IP4_NETMASK, ISAKMP_CFG_IP4_DNS,
	ISAKMP_CFG_IP4_NBNS, ISAKMP_CFG_APPLICATION_VERSION,
	ISAKMP_CFG_UNITY_BANNER, ISAKMP_CFG_UNITY_SAVE_PASSWD,
	ISAKMP_CFG_UNITY_DEF_DOMAIN, ISAKMP_CFG_UNITY_SPLIT_INCLUDE,
	ISAKMP_CFG_UNITY_LOCAL_LAN, ISAKMP_CFG_UNITY_SPLIT_DNS,
	ISAKMP_CFG_UNITY_BACKUP_SERVERS, ISAKMP_CFG_IP4_ADDRESS, 12345, 0,
};
#define N_ALL	(sizeof(all_attrs) / sizeof(all_attrs[0]))

static inline void client_config(struct pair *p)
{
	unsigned int before = heard.n;

	client_request(p, all_attrs, N_ALL);
	assert_int_equal(heard.n, before + 1);
	client_open(p, before, false);
	assert_int_equal(heard.cfg.type, ISAKMP_CFG_REPLY);
	assert_int_equal(heard.cfg.id, 0x77);
}

static inline bool client_has_addr(unsigned int type, uint32_t host)
{
	unsigned int i;

	for (i = 0; i < heard.cfg.n; i++) {
		const struct isakmp_attr *a = &heard.cfg.attrs[i];
		uint32_t value;

		if (a->type != type || a->len != sizeof(value))
			continue;
		memcpy(&value, a->data, sizeof(value));
		if (ntohl(value) == host)
			return true;
	}
	return false;
}

static inline bool client_has_text(unsigned int type, const char *text)
{
	const struct isakmp_attr *a = isakmp_cfg_find(&heard.cfg, type);

	return a && a->len == strlen(text) && !memcmp(a->data, text, a->len);
}

/* An informational message of the left one's under @sa: that @gone ends. */
static inline void client_deletes_both(struct pair *p, struct ike_sa *sa,
				       const struct ike_sa *gone,
				       const struct ike_sa *also)
{
	uint8_t hash[CRYPTO_HASH_MAX], iv[CRYPTO_BLOCK_MAX], spi[32];
	struct isakmp_delete del = {
		.doi = ISAKMP_DOI_IPSEC, .protocol = ISAKMP_PROTO_ISAKMP,
		.spi_len = 16, .nspis = also ? 2 : 1, .spis = spi,
	};
	uint32_t id = v1_new_message_id(sa);
	struct isakmp_writer w;
	struct buf out;
	size_t at, rest;

	memcpy(spi, gone->cookie_i, ISAKMP_COOKIE_LEN);
	memcpy(spi + ISAKMP_COOKIE_LEN, gone->cookie_r, ISAKMP_COOKIE_LEN);
	if (also) {
		memcpy(spi + 16, also->cookie_i, ISAKMP_COOKIE_LEN);
		memcpy(spi + 24, also->cookie_r, ISAKMP_COOKIE_LEN);
	}
	buf_init(&out, ISAKMP_MSG_MAX);
	v1_message_begin(sa, &w, &out, ISAKMP_EXCHANGE_INFORMATIONAL, id, true);
	at = isakmp_put_blank(&w, ISAKMP_PAYLOAD_HASH, sa->keys.len);
	rest = buf_len(&out);
	isakmp_put_delete(&w, &del);
	ikev1_hash_1(&sa->keys, id, CRYPTO_CHUNK(buf_data(&out) + rest,
						 buf_len(&out) - rest), hash);
	buf_set(&out, at, hash, sa->keys.len);
	ikev1_iv_message(sa->hash, sa->cipher, sa->iv, id, iv);
	assert_int_equal(v1_message_end(sa, &w, iv), 0);
	client_deliver(p, buf_data(&out), buf_len(&out));
	buf_free(&out);
	pair_settle(p);
}

/* All the way in: the tunnel works. */
static inline void client_deletes(struct pair *p, struct ike_sa *sa,
				  const struct ike_sa *gone)
{
	client_deletes_both(p, sa, gone, NULL);
}

static inline void client_in(struct pair *p)
{
	client_begin(p);
	client_login(p, "alice", "alicepw");
	assert_int_equal(client_status(p), 1);
	client_ack(p);
	client_config(p);
	pair_run(p, 10000);
	assert_int_equal(pair_packet(p, LEFT), 0);
	assert_int_equal(pair_packet(p, RIGHT), 0);
}

static inline unsigned int list_length(const struct list *head)
{
	const struct list *pos;
	unsigned int n = 0;

	for (pos = head->next; pos != head; pos = pos->next)
		n++;
	return n;
}

static inline unsigned int count_leases(struct pair *p)
{
	return list_length(&p->host[RIGHT].engine->leases);
}

#endif
