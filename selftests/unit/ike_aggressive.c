// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Aggressive mode (F-002, C-020, C-096): both roles, all kinds of identities, loss, NAT,
 * and what becomes of its SAs.
 */
#include "selftests/unit/ike_aggressive.h"

/* --- both roles ------------------------------------------------------------ */

struct identity_case {
	const char *left, *right;
	uint8_t type;
	const char *body;		/* on the wire; NULL: our address */
	const char *shown;
};

static const struct identity_case identities[] = {
	{ LEFT_FQDN, RIGHT_FQDN, IPSEC_ID_FQDN, "a.example", "a.example" },
	{ LEFT_AS("user-fqdn me@a.example", "Secret"),
	  RIGHT_KNOWS("ME@a.example"), IPSEC_ID_USER_FQDN, "me@a.example",
	  "me@a.example" },
	{ LEFT_AS("key-id kyoten", "Secret"), RIGHT_KNOWS("kyoten"),
	  IPSEC_ID_KEY_ID, "kyoten", "KEY_ID kyoten" },
	/* as all peers are told */
	{ "crypto isakmp identity key-id EZ\n" POLICY TO_RIGHT PASSWORD("Secret")
	  MAP_LEFT, RIGHT_KNOWS("EZ"), IPSEC_ID_KEY_ID, "EZ", "KEY_ID EZ" },
	{ "hostname r1\ncrypto isakmp identity hostname\n" POLICY TO_RIGHT
	  PASSWORD("Secret") MAP_LEFT, RIGHT_KNOWS("r1"), IPSEC_ID_FQDN, "r1",
	  "r1" },
	/* the key of the address, found by it on both sides */
	{ POLICY "crypto isakmp key Secret address " CFG_ADDR_RIGHT "\n" TO_RIGHT
	  ENDPOINT("fqdn unknown") MAP_LEFT,
	  POLICY "crypto isakmp key Secret address " CFG_ADDR_LEFT "\n"
	  TO_LEFT ENDPOINT("ipv4-address " CFG_ADDR_RIGHT)
	  NAME_KEY("Other", "other") MAP_RIGHT,
	  IPSEC_ID_FQDN, "unknown", "unknown" },
	{ POLICY TO_RIGHT PASSWORD("Secret") MAP_LEFT,
	  POLICY TO_LEFT PASSWORD("Secret") MAP_RIGHT, IPSEC_ID_IPV4_ADDR, "\xc0\0\2\1",
	  "192.0.2.1" },
	{ LEFT_AS("ipv4-address 10.9.9.9", "Secret"),
	  POLICY "crypto isakmp key Secret address " CFG_ADDR_LEFT "\n"
	  TO_LEFT ENDPOINT("ipv4-address " CFG_ADDR_RIGHT)
	  NAME_KEY("Other", "other") MAP_RIGHT, IPSEC_ID_IPV4_ADDR,
	  "\x0a\x09\x09\x09", "10.9.9.9" },
};

/* Asked, we say the same as when we ask. */
static void one_name_in_both_roles(void **state)
{
	unsigned int from;

	(void)state;
	for (from = 0; from < 2; from++) {
		struct pair *p = begin(LEFT_FQDN, POLICY
				       "crypto isakmp peer address "
				       CFG_ADDR_LEFT "\n" PASSWORD("Secret")
				       ENDPOINT("key-id EZ") MAP_RIGHT);

		pair_up(p, from);
		assert_string_equal(pair_ike(p, LEFT)->remote_id, "KEY_ID EZ");
		assert_string_equal(pair_ike(p, RIGHT)->remote_id, "a.example");
		pair_free(p);
	}
}

static void assert_id(const struct identity_case *c)
{
	const struct isakmp_payload *id;
	size_t len = c->type == IPSEC_ID_IPV4_ADDR ? 4 : strlen(c->body);

	decode(0);
	id = isakmp_find(&msg, ISAKMP_PAYLOAD_ID, 0);
	assert_non_null(id);
	assert_int_equal(id->id.type, c->type);
	assert_int_equal(id->id.len, len);
	assert_memory_equal(id->id.data, c->body, len);
}

static void each_identity(void **state)
{
	unsigned int i, side;
	struct pair *p;

	(void)state;
	for (i = 0; i < sizeof(identities) / sizeof(identities[0]); i++) {
		p = begin(identities[i].left, identities[i].right);
		pair_up(p, LEFT);
		/* three messages, and none of main mode */
		assert_int_equal(wire.of[ISAKMP_EXCHANGE_AGGRESSIVE], 3);
		assert_int_equal(wire.of[ISAKMP_EXCHANGE_MAIN], 0);
		assert_id(&identities[i]);
		assert_string_equal(pair_ike(p, RIGHT)->remote_id,
				    identities[i].shown);
		assert_string_equal(pair_ike(p, LEFT)->remote_id,
				    CFG_ADDR_RIGHT);
		for (side = 0; side < 2; side++) {
			assert_string_equal(ike_sa_ios(pair_ike(p, side)),
					    "QM_IDLE");
			assert_string_equal(ike_sa_asa(pair_ike(p, side)),
					    "AM_ACTIVE");
		}
		pair_free(p);
	}
}

/* An address that says who somebody is, and where, of either family. */
static void over_ipv6(void **state)
{
	struct pair *p;
	struct addr a;

	(void)state;
	p = begin(POLICY "crypto isakmp peer address ipv6 2001:db8::2\n"
		  PASSWORD("Secret")
		  LAN_MAP("2001:db8::2", CFG_LAN_LEFT, CFG_LAN_RIGHT),
		  POLICY NAME_KEY("Other", "other")
		  "crypto isakmp key Secret address ipv6 2001:db8::1\n"
		  "crypto isakmp peer address ipv6 2001:db8::1\n"
		  ENDPOINT("fqdn r2.example")
		  LAN_MAP("2001:db8::1", CFG_LAN_RIGHT, CFG_LAN_LEFT));
	assert_int_equal(addr_parse(&a, "2001:db8::1"), 0);
	a.port = IKE_PORT;
	p->host[LEFT].addr = a;
	a.bytes[15] = 2;
	p->host[RIGHT].addr = a;
	pair_up(p, LEFT);
	assert_int_equal(wire.of[ISAKMP_EXCHANGE_AGGRESSIVE], 3);
	assert_string_equal(pair_ike(p, RIGHT)->remote_id, "2001:db8::1");
	pair_free(p);
}

/* Which payloads, what is encrypted, and that names are of no use in main mode. */
static void the_messages(void **state)
{
	struct pair *p = begin(LEFT_FQDN, RIGHT_FQDN);
	const uint8_t *data;
	size_t len;

	(void)state;
	pair_up(p, LEFT);
	decode(0);
	assert_int_equal(isakmp_count(&msg, ISAKMP_PAYLOAD_KE), 1);
	assert_int_equal(isakmp_count(&msg, ISAKMP_PAYLOAD_HASH), 0);
	assert_int_equal(isakmp_count(&msg, ISAKMP_PAYLOAD_NAT_D), 0);
	decode(1);
	assert_int_equal(isakmp_count(&msg, ISAKMP_PAYLOAD_HASH), 1);
	assert_int_equal(isakmp_count(&msg, ISAKMP_PAYLOAD_NAT_D), 2);
	assert_int_equal(isakmp_count(&msg, ISAKMP_PAYLOAD_NOTIFY), 0);
	assert_true(heard(p, RIGHT, ISAKMP_NOTIFY_INITIAL_CONTACT));
	data = ike_of(&wire.kept[2], &len);
	assert_int_equal(data[19] & ISAKMP_FLAG_ENCRYPTION,
			 ISAKMP_FLAG_ENCRYPTION);
	assert_int_equal(pair_ike(p, LEFT)->vendors & IKE_PEER_DPD,
			 IKE_PEER_DPD);
	assert_int_equal(pair_ike(p, RIGHT)->vendors & IKE_PEER_DPD,
			 IKE_PEER_DPD);
	pair_free(p);

	p = begin(CFG_LEFT(POLICY_DEFAULT, "Secret", TS_DEFAULT, ""),
		  RIGHT_FQDN);
	assert_down(p);
	assert_int_equal(wire.of[ISAKMP_EXCHANGE_AGGRESSIVE], 0);
	pair_free(p);
}

/* RFC 2409, 5: the group is that of the public value that goes along. */
static void one_group_is_offered(void **state)
{
	struct pair *p = begin("crypto isakmp policy 5\n" POLICY_DEFAULT
			       "crypto isakmp policy 20\n group 14\n" LEFT_FQDN,
			       RIGHT_FQDN);
	const struct isakmp_payload *sa;

	(void)state;
	pair_up(p, LEFT);
	decode(0);
	sa = isakmp_find(&msg, ISAKMP_PAYLOAD_SA, 0);
	assert_int_equal(sa->sa.proposals[0].ntransforms, 2);
	assert_int_equal(pair_ike(p, LEFT)->transform.group, 19);
	pair_free(p);

	p = begin(LEFT_FQDN, "crypto isakmp policy 10\n encryption aes 256\n"
		  " group 14\n" NAME_KEY("Secret", "a.example") MAP_RIGHT);
	assert_down(p);
	assert_reason(p, LEFT, "NO-PROPOSAL-CHOSEN");
	pair_free(p);
}

/* --- loss ------------------------------------------------------------------ */

static struct pair *fqdn_pair(void)
{
	return begin(LEFT_FQDN, RIGHT_FQDN);
}

static void each_message_lost(void **state)
{
	(void)state;
	lose_each(fqdn_pair);
}

static void all_come_twice(void **state)
{
	struct pair *p = begin(LEFT_FQDN, RIGHT_FQDN);

	(void)state;
	wire.twice = true;
	pair_up(p, LEFT);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_PHASE1_UP), 1);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE1_UP), 1);
	assert_int_equal(pair_children(p, LEFT), 1);
	assert_int_equal(pair_children(p, RIGHT), 1);
	assert_true(pair_counter(p, RIGHT, ENGINE_C_RX_DUPLICATE) > 0);
	pair_free(p);
}

/* Nothing that is wrong in one byte does more than not to work. */
static void each_byte_changed(void **state)
{
	struct pair *p = begin(LEFT_FQDN, RIGHT_FQDN);
	unsigned int n, i;

	(void)state;
	pair_up(p, LEFT);
	p->filter = NULL;
	for (n = 0; n < 3; n++)
		for (i = 0; i < wire.kept[n].len; i++) {
			struct packet pkt = wire.kept[n];
			struct host *to = &p->host[pkt.to];

			pkt.data[i] ^= 0x81;
			engine_input(to->engine, &to->addr,
				     &p->host[!pkt.to].addr, pkt.data, pkt.len);
			engine_input(to->engine, &to->addr,
				     &p->host[!pkt.to].addr, pkt.data, i);
			pair_settle(p);
		}
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_PHASE1_UP), 1);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE1_UP), 1);
	pair_run(p, 60000);
	assert_int_equal(p->host[RIGHT].engine->half_open, 0);
	assert_int_equal(pair_packet(p, LEFT), 0);
	pair_free(p);
}

/* --- message 3 in clear ---------------------------------------------------- */

static struct pair *clear_pair;
static bool clear_wrong;

/* RFC 2409, 5: it need not be encrypted, and racoon does not. */
static void write_clear(struct packet *pkt, unsigned int exchange)
{
	struct ike_sa *sa = pair_ike(clear_pair, LEFT);
	uint8_t iv[CRYPTO_BLOCK_MAX], gxi[512], gxr[512];
	struct isakmp_payload ke[2];
	size_t n = pkt->len - ISAKMP_HDR_LEN, i = 2;
	uint8_t *body = pkt->data + ISAKMP_HDR_LEN;

	if (exchange != ISAKMP_EXCHANGE_AGGRESSIVE ||
	    !(pkt->data[19] & ISAKMP_FLAG_ENCRYPTION))
		return;
	while (i--) {
		decode((unsigned int)i);
		ke[i] = *isakmp_find(&msg, ISAKMP_PAYLOAD_KE, 0);
		memcpy(i ? gxr : gxi, ke[i].data, ke[i].len);
	}
	assert_int_equal(ikev1_iv_phase1(sa->hash, sa->cipher,
					 CRYPTO_CHUNK(gxi, ke[0].len),
					 CRYPTO_CHUNK(gxr, ke[1].len), iv), 0);
	assert_int_equal(crypto_decrypt(sa->cipher, sa->cipher_key, iv, body,
					n), 0);
	/* HASH and NOTIFY, without the padding. */
	pkt->data[19] = 0;
	n = body[3] + body[body[3] + 3];
	pkt->len = ISAKMP_HDR_LEN + n;
	pkt->data[26] = 0;
	pkt->data[27] = (uint8_t)pkt->len;
	body[20] ^= clear_wrong;
	/* Quick mode begins with the IV that no message has moved. */
	ikev1_iv_phase1(sa->hash, sa->cipher, CRYPTO_CHUNK(gxi, ke[0].len),
			CRYPTO_CHUNK(gxr, ke[1].len), sa->main->iv);
}

static void message_3_in_clear(void **state)
{
	struct pair *p;

	(void)state;
	for (clear_wrong = false; ; clear_wrong = true) {
		p = begin("no crypto ipsec nat-transparency udp-encapsulation\n"
			  LEFT_FQDN, RIGHT_FQDN);
		clear_pair = p;
		wire.change = write_clear;
		if (clear_wrong)
			break;
		pair_up(p, LEFT);
		assert_string_equal(pair_ike(p, RIGHT)->remote_id, "a.example");
		/* which anybody could have added */
		assert_false(heard(p, RIGHT, ISAKMP_NOTIFY_INITIAL_CONTACT));
		pair_free(p);
	}
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 60000);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE1_UP), 0);
	pair_free(p);
}

/* --- NAT ------------------------------------------------------------------- */

static void assert_natt(struct pair *p, unsigned int i, bool local, bool remote,
			uint16_t port)
{
	const struct ike_sa *sa = pair_ike(p, i);
	const struct kernel_sa *out = sim_current(p->host[i].sim,
						  pair_flow(p, i),
						  CRYPTOMAP_DIR_OUT);

	assert_int_equal(sa->nat_local, local);
	assert_int_equal(sa->nat_remote, remote);
	assert_int_equal(sa->remote.port, port);
	assert_non_null(out);
	assert_int_equal(out->encap.dport, port == IKE_PORT ? 0 : port);
}

static void behind_a_nat(void **state)
{
	struct pair *p = begin(LEFT_FQDN, RIGHT_FQDN);

	(void)state;
	pair_up(p, LEFT);
	assert_natt(p, LEFT, false, false, IKE_PORT);
	assert_natt(p, RIGHT, false, false, IKE_PORT);
	pair_free(p);

	p = begin(LEFT_FQDN, RIGHT_FQDN);
	pair_behind_nat(&p->host[LEFT], 0x0a090901);
	pair_up(p, LEFT);
	/* message 3 is the first that leaves port 4500 */
	assert_int_equal(wire.kept[0].sport, IKE_PORT);
	assert_int_equal(wire.kept[1].sport, IKE_PORT);
	assert_int_equal(wire.kept[2].sport, IKE_NATT_PORT);
	assert_natt(p, LEFT, true, false, IKE_NATT_PORT);
	assert_natt(p, RIGHT, false, true, 44500);
	pair_free(p);

	p = begin(LEFT_FQDN, RIGHT_FQDN);
	pair_behind_nat(&p->host[RIGHT], 0x0a090801);
	p->host[RIGHT].mapped[0] = IKE_PORT;
	p->host[RIGHT].mapped[1] = IKE_NATT_PORT;
	pair_up(p, LEFT);
	assert_natt(p, LEFT, false, true, IKE_NATT_PORT);
	assert_natt(p, RIGHT, true, false, IKE_NATT_PORT);
	pair_free(p);
}

/* Lost when the port has changed already: answer and repetition cross ports. */
static void message_3_lost_behind_a_nat(void **state)
{
	struct pair *p = begin(LEFT_FQDN, RIGHT_FQDN);

	(void)state;
	pair_behind_nat(&p->host[LEFT], 0x0a090901);
	wire.drop = 2;
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 5000);
	assert_int_equal(pair_packet(p, LEFT), 0);
	assert_int_equal(pair_packet(p, RIGHT), 0);
	assert_natt(p, RIGHT, false, true, 44500);
	pair_free(p);
}

/* --- later ----------------------------------------------------------------- */

#define SHORT	" lifetime 600\n"

/* Who was found by name is not called: it renews phase 1 in its mode. */
static void phase_1_is_renewed(void **state)
{
	struct pair *p = begin("crypto isakmp policy 10\n" POLICY_DEFAULT SHORT
			       TO_RIGHT PASSWORD("Secret")
			       ENDPOINT("fqdn a.example") MAP_LEFT,
			       "crypto isakmp policy 10\n" POLICY_DEFAULT SHORT
			       NAME_KEY("Secret", "a.example") MAP_RIGHT);

	(void)state;
	pair_up(p, LEFT);
	pair_traffic(p, 1800);
	assert_int_equal(wire.of[ISAKMP_EXCHANGE_MAIN], 0);
	assert_true(pair_counter(p, LEFT, ENGINE_C_PHASE1_UP) >= 4);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_PHASE1_FAILED), 0);
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE1_FAILED), 0);
	pair_free(p);
}

static void who_has_gone_is_not_called(void **state)
{
	struct pair *p = begin(LEFT_FQDN, "crypto isakmp policy 10\n"
			       POLICY_DEFAULT SHORT
			       NAME_KEY("Secret", "a.example") MAP_RIGHT);

	(void)state;
	pair_up(p, LEFT);
	pair_stop(p, LEFT);
	pair_run(p, 700000);
	assert_null(pair_ike(p, RIGHT));
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_PHASE1_FAILED), 0);
	assert_int_equal(wire.of[ISAKMP_EXCHANGE_MAIN], 0);
	assert_int_equal(wire.of[ISAKMP_EXCHANGE_AGGRESSIVE], 3);
	pair_free(p);
}

static void the_name_loses_its_key(void **state)
{
	static const char *const right[] = {
		POLICY NAME_KEY("Secret", "b.example") MAP_RIGHT,
		RIGHT_FQDN "crypto isakmp aggressive-mode disable\n",
		POLICY NAME_KEY("Other", "a.example") MAP_RIGHT,
		RIGHT_FQDN NAME_KEY("Other", "b.example"),
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < 4; i++) {
		struct pair *p = begin(LEFT_FQDN, RIGHT_FQDN);

		pair_up(p, LEFT);
		pair_config(p, RIGHT, right[i]);
		/* Removed: all ends; changed: what was proven by it. */
		assert_int_equal(pair_children(p, RIGHT), i > 1);
		if (i == 3)
			assert_true(ike_sa_established(pair_ike(p, RIGHT)));
		else if (pair_ike(p, RIGHT))
			assert_false(ike_sa_established(pair_ike(p, RIGHT)));
		pair_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_identity),
		cmocka_unit_test(one_name_in_both_roles),
		cmocka_unit_test(over_ipv6),
		cmocka_unit_test(the_messages),
		cmocka_unit_test(one_group_is_offered),
		cmocka_unit_test(each_message_lost),
		cmocka_unit_test(all_come_twice),
		cmocka_unit_test(each_byte_changed),
		cmocka_unit_test(message_3_in_clear),
		cmocka_unit_test(behind_a_nat),
		cmocka_unit_test(message_3_lost_behind_a_nat),
		cmocka_unit_test(phase_1_is_renewed),
		cmocka_unit_test(who_has_gone_is_not_called),
		cmocka_unit_test(the_name_loses_its_key),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}
