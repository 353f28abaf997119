// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzz target: what a server of RADIUS answers.  The first byte says what is made right for
 * it, as only who knows the key can: length, identifier, and the two signatures; the
 * second whether answers without Message-Authenticator count, and what has been asked.
 */
#include "ike-daemon/aaa/radius_wire.h"
#include "ike-daemon/crypto/crypto.h"
#include "selftests/fuzz/fuzz.h"
#include "tools/lib/printable.h"

#define KEY		"Sh4red,key"
#define HEADER		20
#define SIGNATURE	80
#define ID		7

enum {
	FIX_LENGTH = 1, FIX_ID = 2, FIX_AUTHENTICATOR = 4, FIX_SIGNATURE = 8,
	FIX_CODE = 16,
};

static const uint8_t asked[RADIUS_AUTHENTICATOR] = "0123456789abcde";

/* Over the message as it is, with the question's authenticator in place of its own. */
static void sign(uint8_t *data, size_t len, uint8_t *signature)
{
	const struct crypto_chunk in[] = {
		CRYPTO_CHUNK(data, 4), CRYPTO_CHUNK(asked, sizeof(asked)),
		CRYPTO_CHUNK(data + HEADER, len - HEADER),
	};
	uint8_t sum[CRYPTO_HASH_MAX];

	memset(signature, 0, RADIUS_AUTHENTICATOR);
	CHECK(!crypto_hmac(CRYPTO_MD5, KEY, strlen(KEY), in, 3, sum));
	memcpy(signature, sum, RADIUS_AUTHENTICATOR);
}

static void authenticate(uint8_t *data, size_t len)
{
	const struct crypto_chunk in[] = {
		CRYPTO_CHUNK(data, 4), CRYPTO_CHUNK(asked, sizeof(asked)),
		CRYPTO_CHUNK(data + HEADER, len - HEADER),
		CRYPTO_CHUNK(KEY, strlen(KEY)),
	};
	uint8_t sum[CRYPTO_HASH_MAX];

	CHECK(!crypto_hash(CRYPTO_MD5, in, 4, sum));
	memcpy(data + 4, sum, RADIUS_AUTHENTICATOR);
}

static uint8_t *find_signature(uint8_t *data, size_t len)
{
	size_t at = HEADER;

	while (at + 2 <= len && data[at + 1] >= 2 && at + data[at + 1] <= len) {
		if (data[at] == SIGNATURE &&
		    data[at + 1] == RADIUS_AUTHENTICATOR + 2)
			return data + at + 2;
		at += data[at + 1];
	}
	return NULL;
}

static void make_right(uint8_t *data, size_t len, uint8_t how)
{
	uint8_t *signature;

	if (len < HEADER)
		return;
	if (how & FIX_CODE)
		data[0] = data[0] % 2 + 2;
	if (how & FIX_ID)
		data[1] = ID;
	if (how & FIX_LENGTH) {
		data[2] = (uint8_t)(len >> 8);
		data[3] = (uint8_t)len;
	}
	signature = find_signature(data, len);
	if (how & FIX_SIGNATURE && signature)
		sign(data, len, signature);
	if (how & FIX_AUTHENTICATOR)
		authenticate(data, len);
}

/* Texts are short and printable: they go to logs, terminals and clients. */
static void check_text(const char *text, size_t size)
{
	const char *p;

	CHECK(memchr(text, '\0', size));
	for (p = text; *p; p++)
		CHECK((unsigned char)*p >= ' ' && *p != 0x7f);
}

static void check_reply(const struct radius_reply *r)
{
	char policy[CFG_NAME_SIZE];

	CHECK(r->answer != RADIUS_SILENT);
	CHECK(r->class_len <= sizeof(r->class));
	CHECK(r->state_len <= sizeof(r->state));
	CHECK(!addr_is_set(&r->netmask) || addr_mask_len(&r->netmask) >= 0);
	check_text(r->message, sizeof(r->message));
	check_text(r->user, sizeof(r->user));
	CHECK(!r->user[0] || printable_is_name(r->user));
	CHECK(!r->success[0] || strlen(r->success) == sizeof(r->success) - 1);
	check_text(r->success, sizeof(r->success));
	/* It is looked for among those that are configured: all of it, or nothing. */
	radius_policy(r, policy);
	CHECK(memchr(policy, '\0', sizeof(policy)));
	CHECK(!policy[0] || strlen(policy) + 4 >= r->class_len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct radius_reply nothing;
	struct radius_query q = { .secret = KEY, .id = ID };
	struct radius_reply reply = { 0 };
	struct input in = { data, len };
	uint8_t how = input_byte(&in);
	static bool ready;
	struct err err;
	uint8_t *answer;

	if (!ready)
		CHECK(!crypto_init(&err));
	ready = true;
	if (in.len > RADIUS_PACKET_MAX + 300)
		return 0;
	q.may_be_unsigned = input_byte(&in) & 1;
	memcpy(q.authenticator, asked, sizeof(asked));
	answer = input_copy(in.data, in.len);
	make_right(answer, in.len, how);
	if (radius_answer_get(&q, answer, in.len, &reply))
		CHECK(!memcmp(&reply, &nothing, sizeof(reply)));
	else
		check_reply(&reply);
	free(answer);
	return 0;
}
