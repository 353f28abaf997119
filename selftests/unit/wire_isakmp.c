// SPDX-License-Identifier: GPL-2.0-or-later
/* ISAKMP codec: messages of real shape decode, mean what they should and encode
 * to the same bytes; every defect is named.  F-027, F-117 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <errno.h>

#include <cmocka.h>

#include "hex.h"
#include "wire_messages.h"
#include "ike-daemon/wire/dump.h"
#include "ike-daemon/wire/isakmp.h"

#define NMESSAGES (sizeof(wire_messages) / sizeof(*wire_messages))

static struct isakmp_msg msg;
static struct isakmp_err err;

/* Decode the named message; the caller frees the bytes. */
static uint8_t *load(const char *name, size_t *len)
{
	uint8_t *data = NULL;
	size_t i;

	for (i = 0; i < NMESSAGES; i++)
		if (!strcmp(wire_messages[i].name, name))
			data = hex_bytes(wire_messages[i].hex, len);
	assert_non_null(data);
	return data;
}

static uint8_t *decode(const char *name)
{
	size_t len;
	uint8_t *data = load(name, &len);

	assert_int_equal(isakmp_decode(&msg, data, len, &err), 0);
	assert_int_equal(err.fault, ISAKMP_FAULT_NONE);
	return data;
}

static void encode(const struct isakmp_msg *m, struct buf *b, size_t block)
{
	struct isakmp_writer w;
	unsigned int i;

	buf_init(b, ISAKMP_MSG_MAX);
	isakmp_begin(&w, b, &m->hdr);
	for (i = 0; i < m->npayloads; i++)
		isakmp_put_payload(&w, &m->payloads[i]);
	assert_int_equal(isakmp_end(&w, block), 0);
}

static void test_round_trip(void **state)
{
	size_t i, len, block;
	struct buf b;
	uint8_t *data;

	(void)state;
	for (i = 0; i < NMESSAGES; i++) {
		data = hex_bytes(wire_messages[i].hex, &len);
		assert_int_equal(isakmp_decode(&msg, data, len, &err), 0);
		block = msg.chain_len == msg.body_len ? 1 :
			len % 16 == 28 % 16 ? 16 : 8;
		encode(&msg, &b, block);
		assert_int_equal(buf_len(&b), len);
		assert_memory_equal(buf_data(&b), data, len);
		buf_free(&b);
		free(data);
	}
}

static void test_phase1_proposals(void **state)
{
	const struct isakmp_transform *t;
	const struct isakmp_payload *p;
	uint8_t *data = decode("cisco_mm1");
	uint64_t v;

	(void)state;
	p = isakmp_find(&msg, ISAKMP_PAYLOAD_SA, 0);
	assert_non_null(p);
	assert_int_equal(p->offset, 28);
	assert_int_equal(p->sa.nproposals, 1);
	assert_int_equal(p->sa.proposals[0].protocol, ISAKMP_PROTO_ISAKMP);
	assert_int_equal(p->sa.proposals[0].ntransforms, 3);
	t = &p->sa.proposals[0].transforms[0];
	assert_int_equal(t->id, ISAKMP_TRANSFORM_KEY_IKE);
	assert_true(isakmp_attr_find(t, IKE_ATTR_LIFE_DURATION)->variable);
	assert_int_equal(isakmp_attr_number(isakmp_attr_find(t,
			 IKE_ATTR_LIFE_DURATION), &v), 0);
	assert_int_equal(v, 86400);
	assert_int_equal(isakmp_attr_find(t, IKE_ATTR_KEY_LENGTH)->value, 256);
	t++;
	assert_null(isakmp_attr_find(t, IKE_ATTR_KEY_LENGTH));
	assert_int_equal(isakmp_attr_find(t, IKE_ATTR_ENCRYPTION)->value,
			 IKE_CIPHER_3DES_CBC);
	assert_int_equal(isakmp_count(&msg, ISAKMP_PAYLOAD_VENDOR), 4);
	assert_null(isakmp_find(&msg, ISAKMP_PAYLOAD_VENDOR, 4));
	assert_null(isakmp_find(&msg, ISAKMP_PAYLOAD_KE, 0));
	free(data);
}

/* AND: AH and ESP of one number belong together; the other stands alone. */
static void test_and_proposals(void **state)
{
	uint8_t *data = decode("cisco_qm1");
	const struct isakmp_sa *sa;

	(void)state;
	sa = &isakmp_find(&msg, ISAKMP_PAYLOAD_SA, 0)->sa;
	assert_int_equal(sa->nproposals, 3);
	assert_int_equal(isakmp_proposal_group(sa, 0), 2);
	assert_int_equal(isakmp_proposal_group(sa, 2), 1);
	assert_int_equal(sa->proposals[0].protocol, ISAKMP_PROTO_AH);
	assert_int_equal(sa->proposals[1].protocol, ISAKMP_PROTO_ESP);
	assert_int_equal(sa->proposals[1].spi_len, 4);
	assert_memory_equal(sa->proposals[1].spi, "\x42\xab\x11\xcd", 4);
	free(data);
}

static void test_quick_mode_fields(void **state)
{
	uint8_t *data = decode("cisco_qm1");
	const struct isakmp_payload *p;
	const uint8_t *rest;
	size_t len;

	(void)state;
	p = isakmp_find(&msg, ISAKMP_PAYLOAD_ID, 1);
	assert_int_equal(p->id.type, IPSEC_ID_IPV4_ADDR);
	assert_int_equal(p->id.protocol, 6);
	assert_int_equal(p->id.port, 80);
	assert_int_equal(p->id.len, 4);
	/* What HASH(1) covers: from the SA to the end, without the padding. */
	rest = isakmp_after(&msg, 0, &len);
	assert_ptr_equal(rest, data + 28 + 24);
	assert_int_equal(len, msg.chain_len - 24);
	isakmp_after(&msg, msg.npayloads - 1U, &len);
	assert_int_equal(len, 0);
	isakmp_after(&msg, msg.npayloads, &len);
	assert_int_equal(len, 0);
	free(data);
	data = decode("cisco_qm2");
	isakmp_after(&msg, 0, &len);
	assert_int_equal(msg.body_len - msg.chain_len, 4);
	assert_int_equal(len, msg.chain_len - 24);
	free(data);
}

static void test_informational(void **state)
{
	const struct isakmp_payload *p;
	uint8_t *data;

	(void)state;
	data = decode("dpd");
	p = isakmp_find(&msg, ISAKMP_PAYLOAD_NOTIFY, 0);
	assert_int_equal(p->notify.type, ISAKMP_NOTIFY_R_U_THERE);
	assert_int_equal(p->notify.spi_len, 16);
	assert_memory_equal(p->notify.spi, msg.hdr.cookie_i, 8);
	assert_memory_equal(p->notify.data, "\0\0\0\x4d", 4);
	free(data);
	data = decode("delete_esp");
	p = isakmp_find(&msg, ISAKMP_PAYLOAD_DELETE, 0);
	assert_int_equal(p->del.nspis, 2);
	assert_memory_equal(p->del.spis, "\xc6\xa1\xb2\xd3\x0f\x9e\x8d\x7c", 8);
	free(data);
	data = decode("windows_qm1");
	p = isakmp_find(&msg, ISAKMP_PAYLOAD_NAT_OA, 1);
	assert_int_equal(addr_to_v4(&p->nat_oa.addr), 0xcb007105);
	free(data);
}

/* Bytes of a message changed at one place, and the fault that must be named. */
static const struct {
	const char *name;
	unsigned int offset;
	uint8_t value;
	enum isakmp_fault fault;
	uint16_t notify;
	uint8_t payload;
} defects[] = {
	{ "cisco_mm1", 17, 0x20, ISAKMP_FAULT_VERSION,
	  ISAKMP_NOTIFY_INVALID_MAJOR_VERSION, 0 },
	{ "cisco_mm1", 27, 27, ISAKMP_FAULT_SHORT,
	  ISAKMP_NOTIFY_UNEQUAL_PAYLOAD_LENGTHS, 0 },
	{ "cisco_mm1", 29, 1, ISAKMP_FAULT_RESERVED,
	  ISAKMP_NOTIFY_PAYLOAD_MALFORMED, ISAKMP_PAYLOAD_SA },
	{ "cisco_mm1", 31, 3, ISAKMP_FAULT_LENGTH,
	  ISAKMP_NOTIFY_PAYLOAD_MALFORMED, ISAKMP_PAYLOAD_SA },
	{ "cisco_mm1", 30, 0xff, ISAKMP_FAULT_LENGTH,
	  ISAKMP_NOTIFY_PAYLOAD_MALFORMED, ISAKMP_PAYLOAD_SA },
	{ "cisco_mm1", 35, 2, ISAKMP_FAULT_VALUE,
	  ISAKMP_NOTIFY_DOI_NOT_SUPPORTED, ISAKMP_PAYLOAD_SA },
	{ "cisco_mm1", 39, 2, ISAKMP_FAULT_VALUE,
	  ISAKMP_NOTIFY_SITUATION_NOT_SUPPORTED, ISAKMP_PAYLOAD_SA },
	/* proposal: next, reserved, length, transform count */
	{ "cisco_mm1", 40, 5, ISAKMP_FAULT_TYPE,
	  ISAKMP_NOTIFY_BAD_PROPOSAL_SYNTAX, ISAKMP_PAYLOAD_SA },
	{ "cisco_mm1", 41, 5, ISAKMP_FAULT_RESERVED,
	  ISAKMP_NOTIFY_BAD_PROPOSAL_SYNTAX, ISAKMP_PAYLOAD_SA },
	{ "cisco_mm1", 40, 2, ISAKMP_FAULT_SHORT,
	  ISAKMP_NOTIFY_BAD_PROPOSAL_SYNTAX, ISAKMP_PAYLOAD_SA },
	{ "cisco_mm1", 47, 0, ISAKMP_FAULT_VALUE,
	  ISAKMP_NOTIFY_BAD_PROPOSAL_SYNTAX, ISAKMP_PAYLOAD_SA },
	{ "cisco_mm1", 47, 2, ISAKMP_FAULT_LENGTH,
	  ISAKMP_NOTIFY_BAD_PROPOSAL_SYNTAX, ISAKMP_PAYLOAD_SA },
	{ "cisco_mm1", 47, 4, ISAKMP_FAULT_LENGTH,
	  ISAKMP_NOTIFY_BAD_PROPOSAL_SYNTAX, ISAKMP_PAYLOAD_SA },
	{ "cisco_mm1", 55, 9, ISAKMP_FAULT_RESERVED,
	  ISAKMP_NOTIFY_BAD_PROPOSAL_SYNTAX, ISAKMP_PAYLOAD_SA },
	/* the first attribute made variable: its value becomes a length */
	{ "cisco_mm1", 56, 0x00, ISAKMP_FAULT_LENGTH,
	  ISAKMP_NOTIFY_BAD_PROPOSAL_SYNTAX, ISAKMP_PAYLOAD_SA },
	{ "strongswan_mm3", 16, 77, ISAKMP_FAULT_TYPE,
	  ISAKMP_NOTIFY_INVALID_PAYLOAD_TYPE, 77 },
	{ "strongswan_mm3", 16, 2, ISAKMP_FAULT_TYPE,
	  ISAKMP_NOTIFY_INVALID_PAYLOAD_TYPE, 2 },
	{ "delete_esp", 28 + 24 + 11, 3, ISAKMP_FAULT_LENGTH,
	  ISAKMP_NOTIFY_PAYLOAD_MALFORMED, ISAKMP_PAYLOAD_DELETE },
	{ "dpd", 28 + 24 + 9, 200, ISAKMP_FAULT_SHORT,
	  ISAKMP_NOTIFY_PAYLOAD_MALFORMED, ISAKMP_PAYLOAD_NOTIFY },
};

static void test_defects(void **state)
{
	size_t i, len;
	uint8_t *data;
	bool again;

	(void)state;
	for (i = 0; i < sizeof(defects) / sizeof(*defects); i++) {
		data = load(defects[i].name, &len);
		data[defects[i].offset] = defects[i].value;
		/* A length field of two bytes: keep the value small. */
		again = defects[i].offset == 27;
		if (again) {
			data[26] = 0xff;
			data[27] = 0xff;
		}
		assert_int_equal(isakmp_decode(&msg, data, len, &err),
				 -EBADMSG);
		if (err.fault != defects[i].fault)
			print_message("defect %zu: %s\n", i, err.text);
		assert_int_equal(err.fault, defects[i].fault);
		assert_int_equal(err.notify, defects[i].notify);
		assert_int_equal(err.payload, defects[i].payload);
		assert_true(err.offset < len);
		assert_true(strlen(err.text) > 10);
		free(data);
	}
}

static void test_fault_words(void **state)
{
	size_t len;
	uint8_t *data = load("cisco_mm5", &len);

	(void)state;
	/* The second payload's reserved byte: what a wrong key looks like. */
	data[28 + 12 + 1] = 0xa7;
	assert_int_equal(isakmp_decode(&msg, data, len, &err), -EBADMSG);
	assert_string_equal(err.text, "payload 2 HASH (8) at offset 41: reserved byte of the payload is 0xa7, not 0");
	assert_int_equal(err.index, 1);
	assert_int_equal(msg.npayloads, 1);
	assert_string_equal(isakmp_fault_name(err.fault),
			    "reserved field not zero");
	free(data);
}

static void test_header(void **state)
{
	size_t len;
	uint8_t *data = load("qm3", &len), *longer;

	(void)state;
	data[19] = ISAKMP_FLAG_ENCRYPTION;
	assert_int_equal(isakmp_decode(&msg, data, len, &err), -EINVAL);
	assert_int_equal(msg.hdr.exchange, ISAKMP_EXCHANGE_QUICK);
	assert_int_equal(msg.hdr.message_id, 0xabcd);
	/* Bytes past the length are counted, not read. */
	longer = calloc(1, len + 3);
	memcpy(longer, data, len);
	assert_int_equal(isakmp_decode_header(&msg, longer, len + 3, &err), 0);
	assert_int_equal(msg.surplus, 3);
	assert_int_equal(msg.body_len, len - 28);
	memset(longer, 0, 8);
	assert_int_equal(isakmp_decode_header(&msg, longer, len, &err),
			 -EBADMSG);
	assert_int_equal(err.notify, ISAKMP_NOTIFY_INVALID_COOKIE);
	free(longer);
	free(data);
}

/* As many items as the caps allow pass, one more is refused. */
static void put_many(struct buf *b, unsigned int payloads,
		     unsigned int proposals, unsigned int transforms,
		     unsigned int attrs)
{
	static struct isakmp_attr a[300];
	static struct isakmp_transform t[255];
	static struct isakmp_proposal p[100];
	struct isakmp_sa sa = { .doi = 1, .situation = 1, .proposals = p,
				.nproposals = (uint16_t)proposals };
	struct isakmp_hdr hdr = { .cookie_i = "12345678", .version = 0x10 };
	struct isakmp_writer w;
	unsigned int i;

	for (i = 0; i < transforms; i++)
		t[i] = (struct isakmp_transform){ .attrs = a,
						  .nattrs = (uint16_t)attrs };
	for (i = 0; i < proposals; i++)
		p[i] = (struct isakmp_proposal){
			.transforms = t, .ntransforms = (uint16_t)transforms };
	buf_init(b, ISAKMP_MSG_MAX);
	isakmp_begin(&w, b, &hdr);
	if (proposals)
		isakmp_put_sa(&w, &sa);
	for (i = 0; i < payloads; i++)
		isakmp_put(&w, ISAKMP_PAYLOAD_VENDOR, "v", 1);
	assert_int_equal(isakmp_end(&w, 1), 0);
}

static void test_caps(void **state)
{
	static const struct {
		unsigned int n[4];
		bool ok;
	} cases[] = {
		{ { 64, 0, 0, 0 }, true },
		{ { 65, 0, 0, 0 }, false },
		{ { 0, 64, 1, 1 }, true },
		{ { 0, 65, 1, 1 }, false },
		{ { 0, 2, 128, 1 }, true },
		{ { 0, 2, 129, 1 }, false },
		{ { 0, 8, 1, 256 }, true },
		{ { 0, 8, 1, 257 }, false },
	};
	struct buf b;
	size_t i;
	int ret;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		put_many(&b, cases[i].n[0], cases[i].n[1], cases[i].n[2],
			 cases[i].n[3]);
		ret = isakmp_decode(&msg, buf_data(&b), buf_len(&b), &err);
		assert_int_equal(ret, cases[i].ok ? 0 : -EBADMSG);
		assert_int_equal(err.fault, cases[i].ok ? ISAKMP_FAULT_NONE :
				 ISAKMP_FAULT_TOO_MANY);
		buf_free(&b);
	}
}

static void test_writer(void **state)
{
	struct isakmp_hdr hdr = { .cookie_i = "iiiiiiii",
				  .cookie_r = "rrrrrrrr",
				  .version = ISAKMP_VERSION_1_0,
				  .exchange = ISAKMP_EXCHANGE_INFORMATIONAL,
				  .message_id = 5 };
	struct isakmp_writer w;
	uint8_t mem[60];
	struct buf b;
	size_t at;

	(void)state;
	buf_init(&b, ISAKMP_MSG_MAX);
	isakmp_begin(&w, &b, &hdr);
	at = isakmp_put_blank(&w, ISAKMP_PAYLOAD_HASH, 20);
	isakmp_put(&w, ISAKMP_PAYLOAD_NONCE, "nonce...", 8);
	buf_set(&b, at, "01234567890123456789", 20);
	assert_int_equal(isakmp_end(&w, 16), 0);
	assert_int_equal(buf_len(&b), 28 + 48);
	assert_int_equal(isakmp_decode(&msg, buf_data(&b), buf_len(&b), &err),
			 0);
	assert_int_equal(msg.chain_len, 36);
	assert_memory_equal(msg.payloads[0].data, "01234567890123456789", 20);
	assert_int_equal(msg.payloads[1].len, 8);
	buf_free(&b);
	/* A buffer that is too small says so once, at the end. */
	buf_fixed(&b, mem, sizeof(mem));
	isakmp_begin(&w, &b, &hdr);
	isakmp_put(&w, ISAKMP_PAYLOAD_KE, mem, 40);
	assert_int_equal(isakmp_end(&w, 1), -EMSGSIZE);
}

static void test_attr_number(void **state)
{
	static const uint8_t big[9] = { 1, 0, 0, 0, 0, 0, 0, 0, 0 };
	static const uint8_t padded[9] = { 0, 0, 0, 0, 0, 0, 0, 1, 2 };
	struct isakmp_attr a = { .variable = true, .len = 9, .data = big };
	uint64_t v;

	(void)state;
	assert_int_equal(isakmp_attr_number(&a, &v), -ERANGE);
	assert_true(v == UINT64_MAX);
	a.data = padded;
	assert_int_equal(isakmp_attr_number(&a, &v), 0);
	assert_int_equal(v, 258);
	a.len = 0;
	assert_int_equal(isakmp_attr_number(&a, &v), -EINVAL);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(isakmp_notify_name(14), "NO-PROPOSAL-CHOSEN");
	assert_string_equal(isakmp_notify_name(36137), "R-U-THERE-ACK");
	assert_string_equal(isakmp_notify_name(40503), "unknown");
	assert_string_equal(isakmp_exchange_name(2), "Main Mode");
	assert_string_equal(ike_group_name(14), "2048-bit MODP");
	assert_string_equal(ipsec_esp_transform_name(20), "ESP_AES-GCM_16");
	assert_string_equal(ipsec_id_name(4), "IPV4_ADDR_SUBNET");
}

/* F-117 */
static void test_dump(void **state)
{
	char text[ISAKMP_DUMP_STRLEN];
	uint8_t *data = decode("cisco_mm5");
	struct buf b;

	(void)state;
	assert_string_equal(isakmp_dump(&msg, true, text, sizeof(text)),
			    "IKE_DECODE RECEIVED Message (msgid=0) with payloads : HDR + ID (5) + HASH (8) + NOTIFY (11) + NONE (0) total length : 92");
	free(data);
	data = decode("no_proposal");
	assert_string_equal(isakmp_dump(&msg, false, text, sizeof(text)),
			    "IKE_DECODE SENDING Message (msgid=5a5a5a5a) with payloads : HDR + NOTIFY (11) + NONE (0) total length : 40");
	data[19] = ISAKMP_FLAG_ENCRYPTION;
	isakmp_decode_header(&msg, data, 40, &err);
	assert_string_equal(isakmp_dump(&msg, true, text, sizeof(text)),
			    "IKE_DECODE RECEIVED Message (msgid=5a5a5a5a) with payloads : HDR + ENCRYPTED total length : 40");
	free(data);
	put_many(&b, 64, 0, 0, 0);
	assert_int_equal(isakmp_decode(&msg, buf_data(&b), buf_len(&b), &err),
			 0);
	isakmp_dump(&msg, true, text, sizeof(text));
	assert_non_null(strstr(text, "... + NONE (0) total length : 348"));
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_phase1_proposals),
		cmocka_unit_test(test_and_proposals),
		cmocka_unit_test(test_quick_mode_fields),
		cmocka_unit_test(test_informational),
		cmocka_unit_test(test_defects),
		cmocka_unit_test(test_fault_words),
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_caps),
		cmocka_unit_test(test_writer),
		cmocka_unit_test(test_attr_number),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_dump),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
