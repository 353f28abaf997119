// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The answer's own authenticator is MD5 over message and key, for which collisions can be
 * made while we wait for a server (CVE-2024-3596); what counts is the HMAC of
 * Message-Authenticator, so that is sent, and answers without it are none, unless the
 * configuration says that they are.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "ike-daemon/aaa/radius_wire.h"
#include "ike-daemon/crypto/crypto.h"
#include "tools/lib/printable.h"
#include "tools/lib/secret.h"

#define HEADER			20
#define AT_LENGTH		2
#define AT_AUTHENTICATOR	4
#define BLOCK			16
#define NAS_PORT_TYPE_VIRTUAL	5

enum code {
	ACCESS_REQUEST = 1,
	ACCESS_ACCEPT = 2,
	ACCESS_REJECT = 3,
	ACCESS_CHALLENGE = 11,
};

enum attribute {
	USER_NAME = 1,
	USER_PASSWORD = 2,
	CHAP_PASSWORD = 3,
	NAS_IP_ADDRESS = 4,
	SERVICE_TYPE = 6,
	FRAMED_PROTOCOL = 7,
	FRAMED_IP_ADDRESS = 8,
	FRAMED_IP_NETMASK = 9,
	REPLY_MESSAGE = 18,
	STATE = 24,
	CLASS = 25,
	VENDOR_SPECIFIC = 26,
	SESSION_TIMEOUT = 27,
	CALLING_STATION_ID = 31,
	PROXY_STATE = 33,
	CHAP_CHALLENGE = 60,
	NAS_PORT_TYPE = 61,
	MESSAGE_AUTHENTICATOR = 80,
	NAS_IPV6_ADDRESS = 95,
};

/* Of Microsoft (RFC 2548) */
#define VENDOR_MICROSOFT	311

enum microsoft {
	MS_CHAP_RESPONSE = 1,
	MS_CHAP_CHALLENGE = 11,
	MS_CHAP2_RESPONSE = 25,
	MS_CHAP2_SUCCESS = 26,
};

/* Service-Type Framed, Framed-Protocol PPP */
#define FRAMED	2
#define PPP	1

/* --- asking ------------------------------------------------------------------------- */

static void put(struct buf *b, enum attribute type, const void *value, size_t len)
{
	buf_put_u8(b, type);
	buf_put_u8(b, len + 2);
	buf_put(b, value, len);
}

/* RFC 2865, 5.2: each block under the key and the hidden block before. */
static int hide(const struct radius_query *q, const char *password,
		uint8_t *out, size_t *len)
{
	const uint8_t *before = q->authenticator;
	size_t size = strlen(password), at, i;

	*len = size ? (size + BLOCK - 1) / BLOCK * BLOCK : BLOCK;
	memcpy(out, password, size);
	memset(out + size, 0, *len - size);
	for (at = 0; at < *len; at += BLOCK) {
		const struct crypto_chunk in[] = {
			CRYPTO_CHUNK(q->secret, strlen(q->secret)),
			CRYPTO_CHUNK(before, BLOCK),
		};
		uint8_t pad[CRYPTO_HASH_MAX];

		if (crypto_hash(CRYPTO_MD5, in, 2, pad))
			return -EIO;
		for (i = 0; i < BLOCK; i++)
			out[at + i] ^= pad[i];
		secret_wipe(pad, sizeof(pad));
		before = out + at;
	}
	return 0;
}

static int put_password(struct radius_query *q, const char *password)
{
	uint8_t hidden[CFG_KEY_MAX + BLOCK];
	size_t len = 0;
	int err = hide(q, password, hidden, &len);

	if (!err)
		put(&q->packet, USER_PASSWORD, hidden, len);
	secret_wipe(hidden, sizeof(hidden));
	return err;
}

static void put_number(struct buf *b, enum attribute type, uint32_t value)
{
	value = htonl(value);
	put(b, type, &value, sizeof(value));
}

static void put_microsoft(struct buf *b, enum microsoft type, const void *value,
			  size_t len)
{
	buf_put_u8(b, VENDOR_SPECIFIC);
	buf_put_u8(b, len + 8);
	buf_put_u32(b, VENDOR_MICROSOFT);
	buf_put_u8(b, type);
	buf_put_u8(b, len + 2);
	buf_put(b, value, len);
}

/*
 * RFC 2548, 2.1.3 and 2.3.2: identifier and flags come first, and of version 1, whose answer
 * for LAN Manager is left out, the flag that it is not to be used.
 */
static void put_mschap(struct buf *b, const struct ppp_proof *proof)
{
	uint8_t value[2 + MSCHAP_RESPONSE - 1] = { proof->id };
	bool second = proof->method == CFG_PPP_MSCHAP2;

	value[1] = !second;
	memcpy(value + 2, proof->response, MSCHAP_RESPONSE - 1);
	if (!second)
		memset(value + 2, 0, 24);
	put_microsoft(b, MS_CHAP_CHALLENGE, proof->challenge,
		      proof->challenge_len);
	put_microsoft(b, second ? MS_CHAP2_RESPONSE : MS_CHAP_RESPONSE, value,
		      sizeof(value));
}

static void put_proof(struct buf *b, const struct ppp_proof *proof)
{
	uint8_t value[1 + 16] = { proof->id };

	put_number(b, SERVICE_TYPE, FRAMED);
	put_number(b, FRAMED_PROTOCOL, PPP);
	if (proof->method == CFG_PPP_CHAP) {
		memcpy(value + 1, proof->response, 16);
		put(b, CHAP_PASSWORD, value, sizeof(value));
		put(b, CHAP_CHALLENGE, proof->challenge, proof->challenge_len);
	} else if (proof->method != CFG_PPP_PAP) {
		put_mschap(b, proof);
	}
}

static void put_attributes(struct buf *b, const struct radius_request *rq)
{
	char client[ADDR_STRLEN];

	addr_format(&rq->client, client, sizeof(client));
	put(b, USER_NAME, rq->user, strlen(rq->user));
	put(b, rq->nas.family == AF_INET6 ? NAS_IPV6_ADDRESS : NAS_IP_ADDRESS,
	    rq->nas.bytes, addr_len(&rq->nas));
	put_number(b, NAS_PORT_TYPE, NAS_PORT_TYPE_VIRTUAL);
	put(b, CALLING_STATION_ID, client, strlen(client));
	if (rq->state_len)
		put(b, STATE, rq->state, rq->state_len);
}

/* The length, and over all of it the signature, whose bytes are at @at. */
static int finish(struct radius_query *q, size_t at)
{
	const uint8_t length[] = { buf_len(&q->packet) >> 8, buf_len(&q->packet) };
	const struct crypto_chunk in = CRYPTO_CHUNK(buf_data(&q->packet),
						    buf_len(&q->packet));
	uint8_t sum[CRYPTO_HASH_MAX];

	buf_set(&q->packet, AT_LENGTH, length, sizeof(length));
	if (buf_err(&q->packet))
		return buf_err(&q->packet);
	if (crypto_hmac(CRYPTO_MD5, q->secret, strlen(q->secret), &in, 1, sum))
		return -EIO;
	buf_set(&q->packet, at, sum, RADIUS_AUTHENTICATOR);
	return 0;
}

int radius_query_new(struct radius_query *q, const struct radius_request *rq,
		     const char *secret)
{
	static const uint8_t blank[RADIUS_AUTHENTICATOR];
	int err;

	q->secret = secret;
	q->may_be_unsigned = rq->may_be_unsigned;
	buf_init(&q->packet, RADIUS_PACKET_MAX);
	if (crypto_random(&q->id, sizeof(q->id)) ||
	    crypto_random(q->authenticator, sizeof(q->authenticator)))
		return -EIO;
	buf_put_u8(&q->packet, ACCESS_REQUEST);
	buf_put_u8(&q->packet, q->id);
	buf_put_u16(&q->packet, 0);
	buf_put(&q->packet, q->authenticator, sizeof(q->authenticator));
	/* In front, where no attribute of an attacker's can come before it. */
	put(&q->packet, MESSAGE_AUTHENTICATOR, blank, sizeof(blank));
	put_attributes(&q->packet, rq);
	if (rq->by_proof)
		put_proof(&q->packet, &rq->proof);
	err = rq->by_proof && rq->proof.method != CFG_PPP_PAP ?
	      0 : put_password(q, rq->password);
	return err ? err : finish(q, HEADER + 2);
}

void radius_query_free(struct radius_query *q)
{
	buf_free(&q->packet);
}

/* --- the answer ------------------------------------------------------------------------ */

/* One after the other; @at is where the next one begins. */
struct attr {
	uint8_t type;
	const uint8_t *value;
	size_t len;
};

/* False: there is none, or it does not end within the message. */
static bool next_attr(const uint8_t *data, size_t len, size_t *at,
		      struct attr *out)
{
	if (*at + 2 > len || data[*at + 1] < 2 || *at + data[*at + 1] > len ||
	    !data[*at])
		return false;
	out->type = data[*at];
	out->value = data + *at + 2;
	out->len = data[*at + 1] - 2;
	*at += data[*at + 1];
	return true;
}

/* The attributes fill the message; @signature: the bytes of the only one, or NULL. */
static bool is_well_formed(const uint8_t *data, size_t len,
			   const uint8_t **signature)
{
	size_t at = HEADER;
	struct attr a;

	*signature = NULL;
	while (next_attr(data, len, &at, &a)) {
		/* Forgers put bytes that they need there; we have sent none to return. */
		if (a.type == PROXY_STATE)
			return false;
		if (a.type != MESSAGE_AUTHENTICATOR)
			continue;
		if (*signature || a.len != RADIUS_AUTHENTICATOR)
			return false;
		*signature = a.value;
	}
	return at == len;
}

/* Who has made it knows the key. */
static bool is_authentic(const struct radius_query *q, const uint8_t *data,
			 size_t len)
{
	const struct crypto_chunk in[] = {
		CRYPTO_CHUNK(data, AT_AUTHENTICATOR),
		CRYPTO_CHUNK(q->authenticator, sizeof(q->authenticator)),
		CRYPTO_CHUNK(data + HEADER, len - HEADER),
		CRYPTO_CHUNK(q->secret, strlen(q->secret)),
	};
	uint8_t sum[CRYPTO_HASH_MAX];

	return !crypto_hash(CRYPTO_MD5, in, 4, sum) &&
	       secret_equal(sum, data + AT_AUTHENTICATOR, RADIUS_AUTHENTICATOR);
}

static bool is_signed(const struct radius_query *q, const uint8_t *data,
		      size_t len, const uint8_t *signature)
{
	static const uint8_t blank[RADIUS_AUTHENTICATOR];
	const uint8_t *behind = signature + RADIUS_AUTHENTICATOR;
	const struct crypto_chunk in[] = {
		CRYPTO_CHUNK(data, AT_AUTHENTICATOR),
		CRYPTO_CHUNK(q->authenticator, sizeof(q->authenticator)),
		CRYPTO_CHUNK(data + HEADER, signature - data - HEADER),
		CRYPTO_CHUNK(blank, sizeof(blank)),
		CRYPTO_CHUNK(behind, data + len - behind),
	};
	uint8_t sum[CRYPTO_HASH_MAX];

	return !crypto_hmac(CRYPTO_MD5, q->secret, strlen(q->secret), in, 5,
			    sum) &&
	       secret_equal(sum, signature, RADIUS_AUTHENTICATOR);
}

static bool get_answer(uint8_t code, enum radius_answer *out)
{
	*out = code == ACCESS_ACCEPT ? RADIUS_ACCEPT :
	       code == ACCESS_REJECT ? RADIUS_REJECT : RADIUS_CHALLENGE;
	return code == ACCESS_ACCEPT || code == ACCESS_REJECT ||
	       code == ACCESS_CHALLENGE;
}

static void get_message(const struct attr *a, char out[RADIUS_MESSAGE_SIZE])
{
	const char *text = (const char *)a->value;
	size_t at = strlen(out), i = 0, n;
	char c[PRINTABLE_SIZE];

	while (i < a->len) {
		i += printable_char(text + i, a->len - i, c);
		n = strlen(c);
		if (at + n >= RADIUS_MESSAGE_SIZE)
			return;
		memcpy(out + at, c, n + 1);
		at += n;
	}
}

/* One that cannot be a name here is none. */
static void get_user(const struct attr *a, char out[CFG_NAME_SIZE])
{
	char user[CFG_NAME_SIZE] = "";

	if (a->len >= sizeof(user) || memchr(a->value, '\0', a->len))
		return;
	memcpy(user, a->value, a->len);
	if (printable_is_name(user))
		memcpy(out, user, sizeof(user));
}

/* Identifier and "S=", 40 digits: nothing else is told the client. */
static void get_success(const struct attr *a, char out[MSCHAP2_SUCCESS])
{
	const char *text = (const char *)a->value + 7;
	size_t len = MSCHAP2_SUCCESS - 1, i;

	if (a->len < 6 + 1 + len ||
	    memcmp(a->value, (const uint8_t[]){ 0, 0, VENDOR_MICROSOFT >> 8,
					       VENDOR_MICROSOFT & 0xff }, 4) ||
	    a->value[4] != MS_CHAP2_SUCCESS || a->value[5] < 2 + 1 + len ||
	    memcmp(text, "S=", 2))
		return;
	for (i = 2; i < len; i++)
		if (!isxdigit((unsigned char)text[i]))
			return;
	memcpy(out, text, len);
	out[len] = '\0';
}

static bool is_policy(const uint8_t *class, size_t len)
{
	return len > 3 && !strncasecmp((const char *)class, "ou=", 3);
}

/* Values of a length that they cannot have are left out. */
static void get_attr(const struct attr *a, struct radius_reply *reply)
{
	struct addr mask;
	uint32_t number = 0;

	if (a->len == sizeof(number)) {
		memcpy(&number, a->value, sizeof(number));
		number = ntohl(number);
	}
	switch (a->type) {
	case FRAMED_IP_ADDRESS:
		reply->framed = number;
		break;
	case FRAMED_IP_NETMASK:
		mask = addr_v4(number, 0);
		if (number && addr_mask_len(&mask) >= 0)
			reply->netmask = mask;
		break;
	case SESSION_TIMEOUT:
		reply->session = number;
		break;
	case CLASS:
		/* The one that names a policy, or else the first one. */
		if (reply->class_len && (is_policy(reply->class, reply->class_len) ||
					 !is_policy(a->value, a->len)))
			break;
		memcpy(reply->class, a->value, a->len);
		reply->class_len = a->len;
		break;
	case VENDOR_SPECIFIC:
		get_success(a, reply->success);
		break;
	case STATE:
		memcpy(reply->state, a->value, a->len);
		reply->state_len = a->len;
		break;
	case USER_NAME:
		get_user(a, reply->user);
		break;
	case REPLY_MESSAGE:
		get_message(a, reply->message);
		break;
	}
}

enum radius_trouble radius_answer_get(const struct radius_query *q,
				      const uint8_t *data, size_t len,
				      struct radius_reply *reply)
{
	const uint8_t *signature;
	enum radius_answer answer;
	size_t at = HEADER, says;
	struct attr a;

	if (len < HEADER)
		return RADIUS_INVALID;
	says = (size_t)data[AT_LENGTH] << 8 | data[AT_LENGTH + 1];
	if (says < HEADER || says > len || says > RADIUS_PACKET_MAX ||
	    data[1] != q->id || !get_answer(data[0], &answer) ||
	    !is_well_formed(data, says, &signature) ||
	    !is_authentic(q, data, says))
		return RADIUS_INVALID;
	if (!signature && !q->may_be_unsigned)
		return RADIUS_UNSIGNED;
	if (signature && !is_signed(q, data, says, signature))
		return RADIUS_INVALID;
	reply->answer = answer;
	while (next_attr(data, says, &at, &a))
		get_attr(&a, reply);
	return RADIUS_NONE;
}
