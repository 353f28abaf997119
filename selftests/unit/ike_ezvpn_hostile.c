// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A client of remote access and a gateway that says what the test says, with the keys of
 * the right engine: out of turn, forged, doubled, and things that must not be taken.  F-037
 */
#include "ike-daemon/v1/transaction.h"
#include "ike-daemon/v1/v1.h"
#include "selftests/unit/ike_ezvpn.h"
#include "tools/lib/printable.h"

/* What the client said in transaction exchanges, opened with the gateway's keys. */
static struct {
	unsigned int n;
	uint32_t id;
	uint8_t iv[CRYPTO_BLOCK_MAX];
	uint8_t mem[ISAKMP_MSG_MAX];
	struct isakmp_msg msg;
	struct isakmp_cfg cfg;
	struct packet last;
	struct packet said;		/* by the gateway, last */
} got;

static unsigned int intercept(struct pair *p, struct packet *pkt, unsigned int n)
{
	const uint8_t *data;
	size_t len;

	(void)p;
	(void)n;
	if (pkt->len < ISAKMP_HDR_LEN)
		return 1;
	data = ike_of(pkt, &len);
	if (data[18] != ISAKMP_EXCHANGE_TRANSACTION)
		return 1;
	if (pkt->to == RIGHT) {
		got.last = *pkt;
		got.n++;
	}
	return 0;
}

/* Phase 1 with XAUTH agreed on; no user and password but what is said here. */
static struct pair *begin(const char *client)
{
	struct pair *p = pair_new(client, SERVER);

	memset(&got, 0, sizeof(got));
	p->filter = intercept;
	pair_run(p, 20);
	assert_int_equal(pair_ike(p, LEFT)->state, IKE_CONF_XAUTH);
	return p;
}

static void deliver(struct pair *p)
{
	struct addr local = p->host[LEFT].addr, remote = p->host[RIGHT].addr;

	engine_input(p->host[LEFT].engine, &local, &remote, got.said.data,
		     got.said.len);
	pair_settle(p);
}

/* In an exchange of its own, or (@answer) as the second message of the client's. */
static void say(struct pair *p, struct buf *body, bool answer)
{
	struct ike_sa *sa = server_sa(p);
	uint8_t iv[CRYPTO_BLOCK_MAX];
	uint32_t id = answer ? got.id : v1_new_message_id(sa);
	struct buf out;

	buf_init(&out, ISAKMP_MSG_MAX);
	if (answer)
		memcpy(iv, got.iv, sizeof(iv));
	else
		assert_int_equal(ikev1_iv_message(sa->hash, sa->cipher, sa->iv,
						  id, iv), 0);
	assert_int_equal(v1_transaction_build(sa, id, iv, body, &out), 0);
	assert_true(buf_len(&out) <= sizeof(got.said.data));
	got.said.len = buf_len(&out);
	memcpy(got.said.data, buf_data(&out), buf_len(&out));
	got.id = id;
	memcpy(got.iv, iv, sizeof(iv));
	buf_free(&out);
	buf_free(body);
	deliver(p);
}

/* Open what the client said last: @first of its exchange, or the answer to ours. */
static void open_last(struct pair *p, bool first)
{
	struct ike_sa *sa = server_sa(p);
	const struct isakmp_payload *attr;
	struct isakmp_err err;
	const uint8_t *data;
	size_t len;

	data = ike_of(&got.last, &len);
	memcpy(got.mem, data, len);
	assert_int_equal(isakmp_decode_header(&got.msg, got.mem, len, &err), 0);
	if (first)
		assert_int_equal(ikev1_iv_message(sa->hash, sa->cipher, sa->iv,
						  got.msg.hdr.message_id,
						  got.iv), 0);
	got.id = got.msg.hdr.message_id;
	assert_int_equal(v1_message_open(sa, &got.msg, got.iv, &err), 0);
	attr = isakmp_find(&got.msg, ISAKMP_PAYLOAD_ATTR, 0);
	assert_non_null(attr);
	assert_int_equal(isakmp_cfg_get(attr->data, attr->len, &got.cfg), 0);
}

static void body_of(struct buf *b, enum isakmp_cfg_type type)
{
	buf_init(b, ISAKMP_MSG_MAX);
	isakmp_cfg_begin(b, type, 0x55);
}

static void request_with(struct pair *p, unsigned int type, const char *message)
{
	struct buf b;

	body_of(&b, ISAKMP_CFG_REQUEST);
	isakmp_cfg_put_number(&b, ISAKMP_CFG_XAUTH_TYPE, type);
	isakmp_cfg_put(&b, ISAKMP_CFG_XAUTH_USER_NAME, NULL, 0);
	isakmp_cfg_put(&b, ISAKMP_CFG_XAUTH_USER_PASSWORD, NULL, 0);
	if (message)
		isakmp_cfg_put(&b, ISAKMP_CFG_XAUTH_MESSAGE, message,
			       strlen(message));
	say(p, &b, false);
}

static void status(struct pair *p, unsigned int value)
{
	struct buf b;

	body_of(&b, ISAKMP_CFG_SET);
	isakmp_cfg_put_number(&b, ISAKMP_CFG_XAUTH_STATUS, value);
	say(p, &b, false);
}

static void put_v4(struct buf *b, unsigned int type, uint32_t host)
{
	host = htonl(host);
	isakmp_cfg_put(b, type, &host, sizeof(host));
}

static void pushed(struct buf *b, enum isakmp_cfg_type type)
{
	body_of(b, type);
	put_v4(b, ISAKMP_CFG_IP4_ADDRESS, 0x0a63000a);
	isakmp_cfg_put_number(b, ISAKMP_CFG_UNITY_SAVE_PASSWD, 1);
}

/* Up to the client's request for mode configuration, which is opened. */
static void let_in(struct pair *p)
{
	request_with(p, 0, NULL);
	open_last(p, false);
	assert_int_equal(got.cfg.type, ISAKMP_CFG_REPLY);
	assert_true(isakmp_cfg_find(&got.cfg, ISAKMP_CFG_XAUTH_USER_NAME)->len == 5);
	status(p, 1);
	assert_int_equal(got.n, 3);	/* reply, acknowledgement, request */
	open_last(p, true);
	assert_int_equal(got.cfg.type, ISAKMP_CFG_REQUEST);
	assert_non_null(isakmp_cfg_find(&got.cfg, ISAKMP_CFG_IP4_ADDRESS));
	assert_non_null(isakmp_cfg_find(&got.cfg, ISAKMP_CFG_UNITY_SPLIT_INCLUDE));
}

static void nothing_taken(struct pair *p)
{
	assert_int_equal(count_flows(p, LEFT), 0);
	assert_false(ez_of(p)->conf.live.up);
}

static uint64_t unexpected(struct pair *p)
{
	return pair_counter(p, LEFT, ENGINE_C_RX_UNEXPECTED);
}

static void pushed_before_the_user_is_known(void **state)
{
	static const enum isakmp_cfg_type types[] = {
		ISAKMP_CFG_SET, ISAKMP_CFG_REPLY, ISAKMP_CFG_ACK,
		ISAKMP_CFG_REQUEST,
	};
	struct pair *p = begin(EZ);
	struct buf b;
	unsigned int i;

	(void)state;
	for (i = 0; i < 4; i++) {
		uint64_t before = unexpected(p);

		pushed(&b, types[i]);
		say(p, &b, false);
		assert_int_equal(unexpected(p), before + 1);
	}
	pair_run(p, 100);
	assert_int_equal(got.n, 0);
	nothing_taken(p);
	assert_int_equal(pair_ike(p, LEFT)->state, IKE_CONF_XAUTH);
	/* And then as if nothing had been. */
	let_in(p);
	pair_free(p);
}

static void let_in_without_a_question(void **state)
{
	struct pair *p = begin(EZ);

	(void)state;
	status(p, 1);
	assert_int_equal(got.n, 0);
	assert_false(pair_ike(p, LEFT)->ezvpn->granted);
	nothing_taken(p);
	pair_free(p);
}

/* Nobody else answers: another exchange, or one that is no reply.  To push is another thing. */
static void answers_that_nobody_asked_for(void **state)
{
	struct pair *p = begin(EZ);
	uint64_t before;
	struct buf b;

	(void)state;
	let_in(p);
	before = unexpected(p);
	pushed(&b, ISAKMP_CFG_SET);
	say(p, &b, true);
	pushed(&b, ISAKMP_CFG_REPLY);
	say(p, &b, false);
	pushed(&b, ISAKMP_CFG_ACK);
	say(p, &b, false);
	assert_int_equal(unexpected(p), before + 3);
	pair_run(p, 100);
	nothing_taken(p);
	pair_free(p);
}

static void asked_again_afterwards(void **state)
{
	struct pair *p = begin(EZ);
	struct buf b;

	(void)state;
	let_in(p);
	request_with(p, 0, NULL);
	assert_int_equal(got.n, 3);
	open_last(p, true);
	pushed(&b, ISAKMP_CFG_REPLY);
	say(p, &b, true);
	pair_run(p, 100);
	assert_true(ez_of(p)->conf.live.up);
	request_with(p, 0, NULL);
	status(p, 0);
	assert_int_equal(got.n, 3);
	assert_int_equal(pair_ike(p, LEFT)->state, IKE_ESTABLISHED);
	assert_true(ez_of(p)->conf.live.up);
	pair_free(p);
}

static void forged_and_doubled(void **state)
{
	struct pair *p = begin(EZ);
	struct packet first;
	uint64_t bad;

	(void)state;
	request_with(p, 0, NULL);
	assert_int_equal(got.n, 1);
	first = got.said;
	deliver(p);
	assert_int_equal(got.n, 2);	/* the same answer */
	bad = pair_counter(p, LEFT, ENGINE_C_RX_BAD_HASH);
	status(p, 1);
	assert_int_equal(got.n, 4);
	/* What was answered long ago is not answered once more. */
	got.said = first;
	deliver(p);
	assert_int_equal(got.n, 4);
	got.said.data[20] ^= 1;		/* message ID */
	deliver(p);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_RX_BAD_HASH), bad + 1);
	assert_int_equal(got.n, 4);
	pair_free(p);
}

static void another_kind_of_xauth(void **state)
{
	struct pair *p = begin(EZ);

	(void)state;
	request_with(p, 2, NULL);
	assert_int_equal(got.n, 0);
	ez_says(p, "another kind of XAUTH");
	pair_free(p);
}

static void a_message_is_shown(void **state)
{
	struct pair *p = begin(EZ_OF(EZ_GROUP));
	struct err err = { "" };

	(void)state;
	request_with(p, 0, "Enter \033[2J code\n");
	ez_is(p, "XAUTH_REQ");
	assert_string_equal(ez_of(p)->reason, "Enter \\x1b[2J code\\x0a");
	assert_int_equal(got.n, 0);
	assert_int_equal(ezvpn_type_login(ez_of(p), "alice", "x", &err), 0);
	assert_int_equal(got.n, 1);
	pair_free(p);
}

/* One answer of mode configuration, and why it is refused; NULL: it is not. */
static void judged(void (*put)(struct buf *b), const char *reason)
{
	struct pair *p = begin(EZ);
	struct buf b;

	let_in(p);
	body_of(&b, ISAKMP_CFG_REPLY);
	isakmp_cfg_put_number(&b, ISAKMP_CFG_UNITY_SAVE_PASSWD, 1);
	put(&b);
	say(p, &b, true);
	pair_run(p, 100);
	if (reason) {
		ez_says(p, reason);
		nothing_taken(p);
	} else {
		assert_true(ez_of(p)->conf.live.up);
	}
	pair_free(p);
}

static uint32_t address;

static void put_address(struct buf *b)
{
	put_v4(b, ISAKMP_CFG_IP4_ADDRESS, address);
}

static void put_nothing(struct buf *b)
{
	(void)b;
}

static void put_short(struct buf *b)
{
	isakmp_cfg_put(b, ISAKMP_CFG_IP4_ADDRESS, "abc", 3);
}

static void addresses_that_cannot_be(void **state)
{
	static const struct {
		uint32_t address;
		const char *reason;
	} bad[] = {
		{ 0x00000000, "no usable address" },
		{ 0x00000001, "which no host can have" },
		{ 0x7f000001, "which no host can have" },
		{ 0xe0000001, "which no host can have" },
		{ 0xffffffff, "which no host can have" },
		{ 0xc0000201, "which is one of this router" },
		{ 0xc6336402, "which is its own" },
		{ 0x0a63000a, NULL },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		address = bad[i].address;
		judged(put_address, bad[i].reason);
	}
	judged(put_nothing, "gives no address");
	judged(put_short, "no usable address");
}

static unsigned int n_nets;
static uint32_t first_net, net_mask;

static void put_nets(struct buf *b)
{
	uint8_t nets[100 * ISAKMP_CFG_SPLIT_LEN] = { 0 };
	uint32_t net, mask = htonl(net_mask);
	unsigned int i;

	put_v4(b, ISAKMP_CFG_IP4_ADDRESS, 0x0a63000a);
	for (i = 0; i < n_nets; i++) {
		net = htonl(first_net + (i << 8));
		memcpy(nets + i * ISAKMP_CFG_SPLIT_LEN, &net, 4);
		memcpy(nets + i * ISAKMP_CFG_SPLIT_LEN + 4, &mask, 4);
	}
	isakmp_cfg_put(b, ISAKMP_CFG_UNITY_SPLIT_INCLUDE, nets,
		       n_nets * ISAKMP_CFG_SPLIT_LEN);
}

static void put_odd(struct buf *b)
{
	put_v4(b, ISAKMP_CFG_IP4_ADDRESS, 0x0a63000a);
	isakmp_cfg_put(b, ISAKMP_CFG_UNITY_SPLIT_INCLUDE, "0123456789abc", 13);
}

static void networks_that_cannot_be(void **state)
{
	(void)state;
	first_net = 0x0a020000;
	net_mask = 0xffffff00;
	n_nets = CFG_EZVPN_SPLIT_MAX;
	judged(put_nets, NULL);
	n_nets = CFG_EZVPN_SPLIT_MAX + 1;
	judged(put_nets, "more than 64 networks");
	n_nets = 1;
	net_mask = 0xff00ff00;
	judged(put_nets, "mask has holes");
	judged(put_odd, "malformed");
}

/* What covers the gateway's own address, and everything: it is what a tunnel can be for. */
static void wide_networks(void **state)
{
	(void)state;
	n_nets = 1;
	first_net = 0xc6336400;
	net_mask = 0xffffff00;
	judged(put_nets, NULL);
	first_net = 0;
	net_mask = 0;
	judged(put_nets, NULL);
}

static void put_texts(struct buf *b)
{
	char text[2000];
	unsigned int i;

	put_v4(b, ISAKMP_CFG_IP4_ADDRESS, 0x0a63000a);
	memset(text, '\033', sizeof(text));
	isakmp_cfg_put(b, ISAKMP_CFG_UNITY_BANNER, text, sizeof(text));
	isakmp_cfg_put(b, ISAKMP_CFG_UNITY_DEF_DOMAIN, "a\r\nb\0c", 6);
	isakmp_cfg_put(b, ISAKMP_CFG_UNITY_BACKUP_SERVERS,
		       "192.0.2.9,gw.example,0.0.0.0, 192.0.2.10", 40);
	for (i = 0; i < 20; i++)
		put_v4(b, ISAKMP_CFG_IP4_DNS, 0x0a020001 + i);
}

static void texts(void **state)
{
	struct pair *p = begin(EZ);
	const struct ezvpn *ez = ez_of(p);
	struct buf b;

	(void)state;
	let_in(p);
	pushed(&b, ISAKMP_CFG_REPLY);
	put_texts(&b);
	say(p, &b, true);
	pair_run(p, 100);
	assert_true(ez->conf.live.up);
	assert_true(strlen(ez->told.banner) < sizeof(ez->told.banner));
	assert_null(strpbrk(ez->told.banner, "\033\r\n"));
	assert_null(strpbrk(ez->told.domain, "\033\r\n"));
	assert_int_equal(addr_to_v4(&ez->conf.live.backup[0]), 0xc0000209);
	assert_int_equal(addr_to_v4(&ez->conf.live.backup[1]), 0xc000020a);
	assert_false(addr_is_set(&ez->conf.live.backup[2]));
	assert_int_equal(addr_to_v4(&ez->told.dns[1]), 0x0a020002);
	pair_free(p);
}

/* It cannot make us take somebody else for a gateway. */
static void backups_that_are_others(void **state)
{
	struct pair *p = begin(EZ "crypto map OTHER 10 ipsec-isakmp\n set peer 192.0.2.9\n"
			       "crypto isakmp peer address 192.0.2.10\n"
			       " set aggressive-mode password x\n"
			       "exit\ncrypto ipsec client ezvpn TWO\n peer 192.0.2.11\n"
			       " group g key k\n connect manual\n"
			       "interface wan1\n crypto ipsec client ezvpn TWO\n");
	const struct ezvpn *ez = ez_of(p);
	struct buf b;

	(void)state;
	let_in(p);
	pushed(&b, ISAKMP_CFG_REPLY);
	isakmp_cfg_put(&b, ISAKMP_CFG_UNITY_BACKUP_SERVERS,
		       "192.0.2.9,192.0.2.10,192.0.2.11,127.0.0.1,192.0.2.12", 52);
	say(p, &b, true);
	pair_run(p, 100);
	assert_true(ez->conf.live.up);
	assert_int_equal(addr_to_v4(&ez->conf.live.backup[0]), 0xc000020c);
	assert_false(addr_is_set(&ez->conf.live.backup[1]));
	pair_free(p);
}

/* Anything that can be read at all, of attributes that mean something or not. */
static void random_answers(void **state)
{
	static const uint16_t types[] = {
		ISAKMP_CFG_IP4_ADDRESS, ISAKMP_CFG_IP4_DNS, ISAKMP_CFG_IP4_NBNS,
		ISAKMP_CFG_UNITY_BANNER, ISAKMP_CFG_UNITY_SPLIT_INCLUDE,
		ISAKMP_CFG_UNITY_SPLIT_DNS, ISAKMP_CFG_UNITY_BACKUP_SERVERS,
		ISAKMP_CFG_UNITY_PFS, ISAKMP_CFG_UNITY_SAVE_PASSWD, 12345,
	};
	struct ezvpn_told told;
	struct isakmp_cfg cfg;
	uint8_t data[700];
	unsigned int i, j, n;
	struct buf b;

	(void)state;
	srandom(37);
	for (i = 0; i < 20000; i++) {
		struct err err = { "" };

		body_of(&b, ISAKMP_CFG_REPLY);
		n = random() % 8;
		for (j = 0; j < n; j++) {
			size_t len = random() % (random() % 8 ? 30 : sizeof(data)), k;
			unsigned int type = types[random() %
						  (sizeof(types) / sizeof(types[0]))];

			for (k = 0; k < len; k++)
				data[k] = random() % 3 ? random() : ",0.1"[k % 4];
			if (random() % 6)
				isakmp_cfg_put(&b, type, data, len);
			else
				isakmp_cfg_put_number(&b, type, random());
		}
		assert_int_equal(isakmp_cfg_get(buf_data(&b), buf_len(&b), &cfg), 0);
		if (v1_client_told(&cfg, &told, &err))
			assert_true(err.text[0]);
		assert_true(told.n_split <= CFG_EZVPN_SPLIT_MAX);
		assert_true(printable_is_name(told.banner));
		buf_free(&b);
	}
}

/* The gateway deletes the SA in the middle of it: twice, and not more often. */
static void it_ends_in_between(void **state)
{
	struct pair *p = begin(EZ);
	unsigned int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		request_with(p, 0, NULL);
		assert_int_equal(got.n, i + 1);
		v1_end_ike(server_sa(p), true, "test");
		pair_run(p, 10);
		ez_is(p, "READY");
		ez_says(p, "did not say whether user and password are right");
		assert_null(pair_ike(p, LEFT));
		pair_run(p, (10000u << i) + 20);
		assert_non_null(pair_ike(p, LEFT));
	}
	request_with(p, 0, NULL);
	assert_int_equal(got.n, 2);
	ez_is(p, "XAUTH_REQ");
	ez_says(p, "never said whether they are right");
	pair_free(p);
}

/* An error in place of a verdict is one. */
static void it_says_no_by_notify(void **state)
{
	struct pair *p = begin(EZ);
	struct isakmp_notify n = { .type = 24 };

	(void)state;
	request_with(p, 0, NULL);
	assert_true(v1_client_notified(pair_ike(p, LEFT), &n));
	ez_is(p, "XAUTH_REQ");
	ez_says(p, "lets nobody in");
	assert_true(ez_of(p)->stored_refused);
	assert_null(pair_ike(p, LEFT));
	pair_free(p);
}

static void ask_for(struct pair *p, unsigned int what)
{
	struct buf b;

	body_of(&b, ISAKMP_CFG_REQUEST);
	isakmp_cfg_put_number(&b, ISAKMP_CFG_XAUTH_TYPE, 0);
	if (what == ISAKMP_CFG_XAUTH_MESSAGE)
		isakmp_cfg_put(&b, what, "wait", 4);
	else
		isakmp_cfg_put(&b, what, NULL, 0);
	say(p, &b, false);
}

/* One after the other, and what is only said: no password was wrong. */
static void several_rounds(void **state)
{
	struct pair *p = begin(EZ);

	(void)state;
	ask_for(p, ISAKMP_CFG_XAUTH_USER_NAME);
	assert_int_equal(got.n, 1);
	ask_for(p, ISAKMP_CFG_XAUTH_USER_PASSWORD);
	assert_int_equal(got.n, 2);
	open_last(p, false);
	assert_int_equal(isakmp_cfg_find(&got.cfg,
					 ISAKMP_CFG_XAUTH_USER_PASSWORD)->len, 7);
	ask_for(p, ISAKMP_CFG_XAUTH_MESSAGE);
	assert_int_equal(got.n, 3);
	ask_for(p, ISAKMP_CFG_XAUTH_PASSCODE);
	assert_int_equal(got.n, 4);
	assert_int_equal(ez_of(p)->answers, 1);
	/* The password again. */
	ask_for(p, ISAKMP_CFG_XAUTH_PASSCODE);
	assert_int_equal(got.n, 4);
	ez_is(p, "XAUTH_REQ");
	pair_free(p);
}

static void addresses_of_others(void **state)
{
	static const uint32_t bad[] = { 0xc0000209, 0xc000020a, 0xc000020b,
					0xc000020c, 0x0a010005 };
	size_t i;

	(void)state;
	for (i = 0; i < 5; i++) {
		struct pair *p = begin(EZ_OF(EZ_GROUP EZ_ALICE)
			"crypto map OTHER 10 ipsec-isakmp\n set peer 192.0.2.9\n"
			"crypto isakmp key x address 192.0.2.10\n"
			"radius-server host 192.0.2.11 key x\n"
			"crypto ipsec client ezvpn TWO\n peer 192.0.2.12\n"
			" group g key k\n connect manual\n"
			"interface wan1\n crypto ipsec client ezvpn TWO\n");
		struct buf b;

		assert_int_equal(prefix_parse(&p->host[LEFT].inside,
					      "10.1.0.0/24"), 0);
		let_in(p);
		body_of(&b, ISAKMP_CFG_REPLY);
		isakmp_cfg_put_number(&b, ISAKMP_CFG_UNITY_SAVE_PASSWD, 1);
		put_v4(&b, ISAKMP_CFG_IP4_ADDRESS, bad[i]);
		say(p, &b, true);
		pair_run(p, 100);
		ez_says(p, i == 2 ? "RADIUS server" : i == 4 ?
			"in a network that this router is in" : "that of a peer");
		nothing_taken(p);
		pair_free(p);
	}
}

/* Who was told as a backup may call us as anybody may, but not with our group's key. */
static void a_backup_that_calls(void **state)
{
	struct addr backup = addr_v4(0xc000020c, 0);
	struct pair *p = begin(EZ "crypto isakmp key x address 192.0.2.10\n");
	struct engine *e = p->host[LEFT].engine;
	struct buf b;

	(void)state;
	let_in(p);
	pushed(&b, ISAKMP_CFG_REPLY);
	isakmp_cfg_put(&b, ISAKMP_CFG_UNITY_BACKUP_SERVERS,
		       "192.0.2.10,192.0.2.12", 21);
	say(p, &b, true);
	pair_run(p, 100);
	assert_true(ez_of(p)->conf.live.up);
	/* That of another peer's key is none. */
	assert_true(addr_equal(&ez_of(p)->conf.live.backup[0], &backup));
	assert_true(v1_may_begin(e, &backup));
	assert_false(v1_may_answer(e, &p->host[LEFT].addr, &backup));
	assert_false(v1_aggressive_from(e, &backup));
	pair_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pushed_before_the_user_is_known),
		cmocka_unit_test(let_in_without_a_question),
		cmocka_unit_test(answers_that_nobody_asked_for),
		cmocka_unit_test(asked_again_afterwards),
		cmocka_unit_test(forged_and_doubled),
		cmocka_unit_test(another_kind_of_xauth),
		cmocka_unit_test(a_message_is_shown),
		cmocka_unit_test(addresses_that_cannot_be),
		cmocka_unit_test(networks_that_cannot_be),
		cmocka_unit_test(wide_networks),
		cmocka_unit_test(texts),
		cmocka_unit_test(backups_that_are_others),
		cmocka_unit_test(random_answers),
		cmocka_unit_test(it_ends_in_between),
		cmocka_unit_test(it_says_no_by_notify),
		cmocka_unit_test(several_rounds),
		cmocka_unit_test(addresses_of_others),
		cmocka_unit_test(a_backup_that_calls),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}
