/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A server of RADIUS for tests, on the loopback, in a thread: an honest one, which knows
 * every user by the password USERpw, or one that misbehaves in one way.
 */
#ifndef SELFTESTS_UNIT_RADIUS_SERVER_H
#define SELFTESTS_UNIT_RADIUS_SERVER_H

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ike-daemon/crypto/crypto.h"
#include "tools/lib/addr.h"

#define RAD_HEADER	20
#define RAD_AUTH	16	/* bytes of an authenticator */
#define RAD_MAX		4096

enum {
	RAD_REQUEST = 1, RAD_ACCEPT = 2, RAD_REJECT = 3, RAD_CHALLENGE = 11,
};

enum {
	RAD_USER_NAME = 1, RAD_USER_PASSWORD = 2, RAD_NAS_IP = 4,
	RAD_FRAMED_IP = 8, RAD_FRAMED_MASK = 9, RAD_REPLY_MESSAGE = 18,
	RAD_STATE = 24, RAD_CLASS = 25, RAD_SESSION_TIMEOUT = 27,
	RAD_CALLING_STATION = 31, RAD_PROXY_STATE = 33,
	RAD_NAS_PORT_TYPE = 61,
	RAD_SIGNATURE = 80, RAD_NAS_IPV6 = 95,
};

/* X(identifier, what is wrong with the answer); all but the first say Accept */
#define RAD_FAULTS(X)							\
	X(HONEST, "nothing")						\
	X(SILENT, "there is none")					\
	X(SECRET, "made with another key")				\
	X(ID, "of another request")					\
	X(SHORT, "shorter than a header")				\
	X(TRUNCATED, "shorter than it says")				\
	X(LENGTH_SMALL, "says a length below a header's")		\
	X(LENGTH_HUGE, "says more than RADIUS can")			\
	X(ATTR_0, "an attribute of length 0")				\
	X(ATTR_1, "an attribute of length 1")				\
	X(ATTR_LONG, "an attribute beyond the end")			\
	X(ATTR_HALF, "half an attribute at the end")			\
	X(TYPE_0, "an attribute of type 0")				\
	X(CODE, "of a code that is no answer")				\
	X(UNSIGNED, "without Message-Authenticator")			\
	X(FORGED, "with a wrong Message-Authenticator")		\
	X(SIGNED_TWICE, "with a second Message-Authenticator")		\
	X(PROXY, "with a Proxy-State, which was not sent")		\
	X(ECHO, "the request itself")					\
	X(GARBAGE, "garbage")						\
	X(EMPTY, "empty")

enum rad_fault {
#define X(id, text) RAD_##id,
	RAD_FAULTS(X)
#undef X
	RAD_FAULT_COUNT
};

static const char *const rad_fault_text[] = {
#define X(id, text) [RAD_##id] = text,
	RAD_FAULTS(X)
#undef X
};

struct rad_server {
	int fd;
	uint16_t port;
	pthread_t thread;
	atomic_bool stop;
	const char *secret;
	/* what it does; set while nobody asks */
	enum rad_fault fault;
	unsigned int deaf;		/* to so many requests first */
	bool challenge;			/* wants the answer 123456, too */
	int code;			/* of each answer; 0: by the password */
	unsigned int flood_ms;		/* an answer each millisecond, for so long */
	bool attack;			/* somebody answers before it does */
	uint8_t attrs[RAD_MAX];		/* in each answer */
	size_t nattrs;
	/* what it has heard */
	atomic_uint requests;
	bool repeated;			/* the last two were the same */
	struct {
		uint8_t data[RAD_MAX];
		size_t len;
		struct sockaddr_in from;
		char user[256], password[256];
		bool is_signed;
	} heard;
};

static inline const uint8_t *rad_attr(const uint8_t *data, size_t len,
				      unsigned int type, size_t *out)
{
	size_t at = RAD_HEADER;

	while (at + 2 <= len && data[at + 1] >= 2 && at + data[at + 1] <= len) {
		*out = data[at + 1] - 2;
		if (data[at] == type)
			return data + at + 2;
		at += data[at + 1];
	}
	return NULL;
}

static inline void rad_put(struct rad_server *s, unsigned int type,
			   const void *value, size_t len)
{
	s->attrs[s->nattrs] = type;
	s->attrs[s->nattrs + 1] = len + 2;
	memcpy(s->attrs + s->nattrs + 2, value, len);
	s->nattrs += len + 2;
}

static inline void rad_put_number(struct rad_server *s, unsigned int type,
				  uint32_t value)
{
	value = htonl(value);
	rad_put(s, type, &value, sizeof(value));
}

static inline void rad_text(struct rad_server *s, unsigned int type, char *out)
{
	size_t len = 0;
	const uint8_t *value = rad_attr(s->heard.data, s->heard.len, type, &len);

	if (value)
		memcpy(out, value, len);
	out[value ? len : 0] = '\0';
}

/* RFC 2865, 5.2 */
static inline void rad_password(struct rad_server *s)
{
	const uint8_t *before = s->heard.data + 4;
	uint8_t pad[RAD_AUTH];
	size_t len = 0, at, i;
	const uint8_t *hidden = rad_attr(s->heard.data, s->heard.len,
					 RAD_USER_PASSWORD, &len);
	char *out = s->heard.password;

	for (at = 0; hidden && at + RAD_AUTH <= len; at += RAD_AUTH) {
		const struct crypto_chunk in[] = {
			CRYPTO_CHUNK(s->secret, strlen(s->secret)),
			CRYPTO_CHUNK(before, RAD_AUTH),
		};

		crypto_hash(CRYPTO_MD5, in, 2, pad);
		for (i = 0; i < RAD_AUTH; i++)
			out[at + i] = hidden[at + i] ^ pad[i];
		before = hidden + at;
	}
	out[at] = '\0';
}

/* RFC 3579, 3.2: of the request, or of an answer to it, whose signature is at @at. */
static inline void rad_hmac(struct rad_server *s, const uint8_t *data, size_t len,
			    const uint8_t *at, uint8_t *sum)
{
	static const uint8_t blank[RAD_AUTH];
	const struct crypto_chunk in[] = {
		CRYPTO_CHUNK(data, 4),
		CRYPTO_CHUNK(s->heard.data + 4, RAD_AUTH),
		CRYPTO_CHUNK(data + RAD_HEADER, at - data - RAD_HEADER),
		CRYPTO_CHUNK(blank, RAD_AUTH),
		CRYPTO_CHUNK(at + RAD_AUTH, data + len - at - RAD_AUTH),
	};
	const char *secret = s->fault == RAD_SECRET ? "AnotherKey" : s->secret;

	crypto_hmac(CRYPTO_MD5, secret, strlen(secret), in, 5, sum);
}

/* In front, where nothing of an attacker's can be before it. */
static inline bool rad_is_signed(struct rad_server *s)
{
	uint8_t sum[CRYPTO_HASH_MAX];
	size_t len = 0;
	const uint8_t *at = rad_attr(s->heard.data, s->heard.len, RAD_SIGNATURE,
				     &len);

	if (len != RAD_AUTH || at != s->heard.data + RAD_HEADER + 2)
		return false;
	rad_hmac(s, s->heard.data, s->heard.len, at, sum);
	return !memcmp(sum, at, RAD_AUTH);
}

/* The authenticator over the answer. */
static inline void rad_sign(struct rad_server *s, uint8_t *out, size_t len)
{
	const char *secret = s->fault == RAD_SECRET ? "AnotherKey" : s->secret;
	uint8_t sum[CRYPTO_HASH_MAX];
	const struct crypto_chunk in[] = {
		CRYPTO_CHUNK(out, 4),
		CRYPTO_CHUNK(s->heard.data + 4, RAD_AUTH),
		CRYPTO_CHUNK(out + RAD_HEADER, len > RAD_HEADER ?
					       len - RAD_HEADER : 0),
		CRYPTO_CHUNK(secret, strlen(secret)),
	};

	crypto_hash(CRYPTO_MD5, in, 4, sum);
	memcpy(out + 4, sum, RAD_AUTH);
}

static inline int rad_code(struct rad_server *s)
{
	char right[260];
	size_t len = 0;

	snprintf(right, sizeof(right), "%spw", s->heard.user);
	if (s->code)
		return s->code;
	if (s->challenge && rad_attr(s->heard.data, s->heard.len, RAD_STATE,
				     &len))
		return len == 7 && !strcmp(s->heard.password, "123456") ?
		       RAD_ACCEPT : RAD_REJECT;
	if (s->challenge && !strcmp(right, s->heard.password))
		return RAD_CHALLENGE;
	if (s->fault == RAD_CODE)
		return 12;
	return s->fault || !strcmp(right, s->heard.password) ? RAD_ACCEPT :
							       RAD_REJECT;
}

/* What is wrong with the attributes. */
static inline size_t rad_damage(struct rad_server *s, uint8_t *out, size_t len)
{
	static const uint8_t damage[RAD_FAULT_COUNT][20] = {
		[RAD_PROXY] = { 4, RAD_PROXY_STATE, 4, 'x', 'y' },
		[RAD_SIGNED_TWICE] = { 18, RAD_SIGNATURE, 18 },
		[RAD_ATTR_0] = { 4, RAD_CLASS, 0, 'x', 'y' },
		[RAD_ATTR_1] = { 4, RAD_CLASS, 1, 'x', 'y' },
		[RAD_ATTR_LONG] = { 4, RAD_CLASS, 200, 'x', 'y' },
		[RAD_ATTR_HALF] = { 1, RAD_CLASS },
		[RAD_TYPE_0] = { 4, 0, 4, 'x', 'y' },
	};
	const uint8_t *more = damage[s->fault];

	memcpy(out + len, more + 1, more[0]);
	return len + more[0];
}

#define RAD_ANSWER_MAX	(RAD_MAX + 300)

/* The answer to what was heard last; its length. */
static inline size_t rad_build(struct rad_server *s, uint8_t *out)
{
	size_t len = RAD_HEADER, says;
	uint8_t sum[CRYPTO_HASH_MAX];

	memset(out, 0, RAD_ANSWER_MAX);
	if (s->fault != RAD_UNSIGNED) {
		out[len] = RAD_SIGNATURE;
		out[len + 1] = RAD_AUTH + 2;
		len += RAD_AUTH + 2;
	}
	memcpy(out + len, s->attrs, s->nattrs);
	len = rad_damage(s, out, len + s->nattrs);
	out[0] = rad_code(s);
	out[1] = s->heard.data[1] + (s->fault == RAD_ID);
	says = s->fault == RAD_LENGTH_SMALL ? 19 :
	       s->fault == RAD_LENGTH_HUGE ? 5000 :
	       s->fault == RAD_TRUNCATED ? len + 6 : len;
	out[2] = says >> 8;
	out[3] = says;
	if (s->fault != RAD_UNSIGNED && says <= RAD_MAX && says > RAD_HEADER) {
		rad_hmac(s, out, says, out + RAD_HEADER + 2, sum);
		memcpy(out + RAD_HEADER + 2, sum, RAD_AUTH);
	}
	if (s->fault == RAD_FORGED)
		out[RAD_HEADER + 2] ^= 1;
	rad_sign(s, out, says <= RAD_MAX ? says : len);
	if (s->fault == RAD_SHORT)
		len = 19;
	if (s->fault == RAD_EMPTY)
		len = 0;
	if (s->fault == RAD_GARBAGE)
		crypto_random(out, len = 100);
	if (s->fault == RAD_ECHO)
		memcpy(out, s->heard.data, len = s->heard.len);
	return len;
}

static inline void rad_answer(struct rad_server *s, int fd)
{
	uint8_t out[RAD_ANSWER_MAX];
	size_t len = rad_build(s, out);

	sendto(fd, out, len, 0, (struct sockaddr *)&s->heard.from,
	       sizeof(s->heard.from));
}

/* Everything that is wrong in one way, and what is right, but from another port. */
static inline void rad_attack(struct rad_server *s)
{
	int other = socket(AF_INET, SOCK_DGRAM, 0);

	for (s->fault = RAD_SILENT + 1; s->fault < RAD_FAULT_COUNT; s->fault++)
		rad_answer(s, s->fd);
	s->fault = RAD_HONEST;
	s->code = RAD_ACCEPT;
	rad_answer(s, other);
	s->code = 0;
	close(other);
}

/* Answers go on for so long; or there was just one. */
static inline bool rad_flooding(struct rad_server *s)
{
	if (!s->flood_ms)
		return false;
	usleep(1000);
	return s->flood_ms-- > 1 && !atomic_load(&s->stop);
}

static inline void *rad_serve(void *arg)
{
	struct rad_server *s = arg;
	struct pollfd p = { .fd = s->fd, .events = POLLIN };
	socklen_t size;
	ssize_t n;

	while (!atomic_load(&s->stop)) {
		uint8_t before[RAD_HEADER];

		memcpy(before, s->heard.data, sizeof(before));
		size = sizeof(s->heard.from);
		if (poll(&p, 1, 20) <= 0)
			continue;
		n = recvfrom(s->fd, s->heard.data, sizeof(s->heard.data), 0,
			     (struct sockaddr *)&s->heard.from, &size);
		if (n < RAD_HEADER)
			continue;
		s->heard.len = n;
		s->repeated = !memcmp(before, s->heard.data, sizeof(before));
		rad_text(s, RAD_USER_NAME, s->heard.user);
		rad_password(s);
		s->heard.is_signed = rad_is_signed(s);
		if (atomic_fetch_add(&s->requests, 1) < s->deaf ||
		    s->fault == RAD_SILENT)
			continue;
		if (s->attack)
			rad_attack(s);
		do {
			rad_answer(s, s->fd);
		} while (rad_flooding(s));
	}
	return NULL;
}

/* @host: an address of the loopback. */
static inline struct rad_server *rad_start_at(uint32_t host, const char *secret)
{
	struct sockaddr_in sin = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(host),
	};
	struct rad_server *s = calloc(1, sizeof(*s));
	socklen_t size = sizeof(sin);

	assert_non_null(s);
	s->secret = secret;
	s->fd = socket(AF_INET, SOCK_DGRAM, 0);
	assert_true(s->fd >= 0);
	assert_int_equal(bind(s->fd, (struct sockaddr *)&sin, size), 0);
	assert_int_equal(getsockname(s->fd, (struct sockaddr *)&sin, &size), 0);
	s->port = ntohs(sin.sin_port);
	assert_int_equal(pthread_create(&s->thread, NULL, rad_serve, s), 0);
	return s;
}

static inline struct rad_server *rad_start(const char *secret)
{
	return rad_start_at(INADDR_LOOPBACK, secret);
}

static inline void rad_stop(struct rad_server *s)
{
	atomic_store(&s->stop, true);
	pthread_join(s->thread, NULL);
	close(s->fd);
	free(s);
}

#endif
