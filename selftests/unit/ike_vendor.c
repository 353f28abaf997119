// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which vendor ID is in which message of phase 1, and what becomes of those that nobody
 * knows.  F-020 F-021 F-101
 */
#include "ike-daemon/wire/vendor.h"
#include "selftests/unit/ike_ezvpn.h"

#define OWN	ISAKMP_VENDOR_UNKNOWN	/* "cryptomap IKEv1 1" */

enum { FIRST, SECOND, THIRD, FOURTH, MESSAGES };

/* 1 << enum isakmp_vendor, of messages in clear. */
static struct {
	uint32_t ids[MESSAGES];
	unsigned int n;
	bool strange;		/* into the first one goes something that nobody knows */
} seen;

static void note(const uint8_t *data, size_t len)
{
	struct isakmp_msg msg;
	struct isakmp_err err;
	unsigned int i;

	assert_int_equal(isakmp_decode_header(&msg, data, len, &err), 0);
	if (msg.hdr.flags & ISAKMP_FLAG_ENCRYPTION || seen.n == MESSAGES)
		return;
	assert_int_equal(isakmp_decode_payloads(&msg, msg.body, msg.body_len,
						&err), 0);
	for (i = 0; i < msg.npayloads; i++)
		if (msg.payloads[i].type == ISAKMP_PAYLOAD_VENDOR)
			seen.ids[seen.n] |= 1U << isakmp_vendor_lookup(
				msg.payloads[i].data, msg.payloads[i].len);
	seen.n++;
}

static unsigned int look(struct pair *p, struct packet *pkt, unsigned int n)
{
	const uint8_t *data;
	size_t len;

	(void)p;
	(void)n;
	data = ike_of(pkt, &len);
	if (len > ISAKMP_HDR_LEN && (data[18] == ISAKMP_EXCHANGE_MAIN ||
				     data[18] == ISAKMP_EXCHANGE_AGGRESSIVE))
		note(data, len);
	return 1;
}

static struct pair *watched(const char *left, const char *right)
{
	struct pair *p = pair_new(left, right);

	memset(&seen, 0, sizeof(seen));
	p->filter = look;
	return p;
}

#define V(id)		(1U << ISAKMP_VENDOR_##id)
#define NATT_ALL	(V(NATT_RFC) | V(NATT_03) | V(NATT_02N) | V(NATT_02))
#define ALWAYS		(V(DPD) | V(FRAGMENTATION) | 1U << OWN)

static void main_mode(void **state)
{
	struct pair *p = watched(LEFT_DEFAULT, RIGHT_DEFAULT);

	(void)state;
	pair_packet(p, LEFT);
	pair_run(p, 3000);
	assert_int_equal(pair_packet(p, LEFT), 0);
	assert_int_equal(seen.n, 4);
	assert_int_equal(seen.ids[FIRST] & ~V(NATT_00), ALWAYS | NATT_ALL);
	/* Of NAT-T, the one that is used. */
	assert_int_equal(seen.ids[SECOND], ALWAYS | V(NATT_RFC));
	assert_int_equal(seen.ids[THIRD], 0);
	assert_int_equal(seen.ids[FOURTH], 0);
	pair_free(p);
}

/* A client, which says Unity, and its gateway; and one that serves none. */
static void clients(void **state)
{
	struct pair *p = watched(EZ, SERVER);

	(void)state;
	pair_run(p, 3000);
	ez_works(p);
	assert_true(seen.n >= 2);
	assert_int_equal(seen.ids[FIRST] & ~V(NATT_00),
			 ALWAYS | NATT_ALL | V(XAUTH) | V(UNITY));
	assert_int_equal(seen.ids[SECOND], ALWAYS | V(NATT_RFC) | V(XAUTH) |
					   V(UNITY) | V(CISCO_VPN3000));
	pair_free(p);
}

/* Who does not say Unity hears nothing of Cisco. */
static void others(void **state)
{
	struct pair *p = watched(CLIENT, SERVER);

	(void)state;
	client_begin(p);
	assert_true(seen.n >= 2);
	assert_int_equal(seen.ids[FIRST] & (V(UNITY) | V(XAUTH)), 0);
	assert_int_equal(seen.ids[SECOND], ALWAYS | V(NATT_RFC) | V(XAUTH));
	pair_free(p);
}

/* In main mode the gateway names itself with its key, as in 6.2. */
static unsigned int says_unity(struct pair *p, struct packet *pkt, unsigned int n)
{
	if (pkt->to == RIGHT && server_sa(p))
		server_sa(p)->vendors |= IKE_PEER_UNITY | IKE_PEER_MICROSOFT;
	return look(p, pkt, n);
}

static void in_main_mode(void **state)
{
	struct pair *p = watched(POLICY
		"crypto isakmp key Any address " CFG_ADDR_RIGHT "\n"
		CFG_MAP(TS_DEFAULT, "", CFG_ADDR_RIGHT, "host 10.99.0.10", "any"),
		SERVER "crypto isakmp key Any address 0.0.0.0\n"
		"crypto isakmp client configuration group default\n pool EZ\n");

	(void)state;
	p->filter = says_unity;
	client_begin(p);
	assert_true(seen.n >= 4);
	assert_int_equal(seen.ids[SECOND] & V(CISCO_VPN3000), 0);
	assert_int_equal(seen.ids[FOURTH], V(CISCO_VPN3000));
	pair_free(p);
}

/* The next payload of the last one of message 1 is another. */
static unsigned int stranger(struct pair *p, struct packet *pkt, unsigned int n)
{
	static const uint8_t unknown[] = "nobody knows this one";
	uint8_t *data = pkt->data;
	size_t at = ISAKMP_HDR_LEN, len;

	(void)p;
	if (n || pkt->to != RIGHT || seen.strange)
		return 1;
	while (data[at])
		at += data[at + 2] << 8 | data[at + 3];
	data[at] = ISAKMP_PAYLOAD_VENDOR;
	at = pkt->len;
	data[at] = 0;
	data[at + 1] = 0;
	data[at + 2] = 0;
	data[at + 3] = 4 + sizeof(unknown);
	memcpy(data + at + 4, unknown, sizeof(unknown));
	pkt->len += 4 + sizeof(unknown);
	len = pkt->len;
	data[26] = len >> 8;
	data[27] = len & 255;
	seen.strange = true;
	return 1;
}

static void what_nobody_knows(void **state)
{
	struct pair *p = watched(LEFT_DEFAULT, RIGHT_DEFAULT);

	(void)state;
	p->filter = stranger;
	pair_packet(p, LEFT);
	pair_run(p, 100);
	assert_true(seen.strange);
	/* It is answered; phase 1 itself differs now, as the offer does not. */
	assert_int_equal(pair_counter(p, RIGHT, ENGINE_C_RX_MALFORMED), 0);
	assert_int_equal(pair_packet(p, LEFT), 0);
	pair_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(main_mode),
		cmocka_unit_test(clients),
		cmocka_unit_test(others),
		cmocka_unit_test(in_main_mode),
		cmocka_unit_test(what_nobody_knows),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}
