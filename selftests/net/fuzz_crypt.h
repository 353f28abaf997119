/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ciphers and hashes of the wire fuzzer, from the kernel (AF_ALG). Whether the wire
 * format is right others say (esp_xfrm.sh); here packets only have to be authentic.
 */
#ifndef SELFTESTS_NET_FUZZ_CRYPT_H
#define SELFTESTS_NET_FUZZ_CRYPT_H

#include <linux/if_alg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define CRYPT_KEY_BYTE 0x5a	/* of which all keys are made */

/* A transform, opened when it is used first. */
struct crypt {
	const char *type, *name;
	uint32_t key, icv;	/* bytes; icv: 0 but of an AEAD */
	int fd;
};

static inline void crypt_die(const struct crypt *c, const char *what)
{
	fprintf(stderr, "AF_ALG, %s: %s: %m\n", c->name, what);
	exit(1);
}

static inline int crypt_open(struct crypt *c)
{
	struct sockaddr_alg sa = { .salg_family = AF_ALG };
	uint8_t key[64];
	int tfm;

	if (c->fd > 0)
		return c->fd;
	snprintf((char *)sa.salg_type, sizeof(sa.salg_type), "%s", c->type);
	snprintf((char *)sa.salg_name, sizeof(sa.salg_name), "%s", c->name);
	memset(key, CRYPT_KEY_BYTE, sizeof(key));
	tfm = socket(AF_ALG, SOCK_SEQPACKET, 0);
	if (tfm < 0 || bind(tfm, (void *)&sa, sizeof(sa)))
		crypt_die(c, "no such transform");
	if (setsockopt(tfm, SOL_ALG, ALG_SET_KEY, key, c->key) ||
	    (c->icv && setsockopt(tfm, SOL_ALG, ALG_SET_AEAD_AUTHSIZE, NULL, c->icv)))
		crypt_die(c, "key or ICV");
	c->fd = accept(tfm, NULL, 0);
	if (c->fd < 0)
		crypt_die(c, "accept");
	close(tfm);
	return c->fd;
}

static inline void crypt_control(struct msghdr *msg, struct cmsghdr **at, int type,
				 const void *data, uint32_t len)
{
	*at = *at ? CMSG_NXTHDR(msg, *at) : CMSG_FIRSTHDR(msg);
	(*at)->cmsg_level = SOL_ALG;
	(*at)->cmsg_type = type;
	(*at)->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(*at), data, len);
}

/*
 * Encrypt @iov in place, of which the first @ad_len bytes are only authenticated. Of
 * an AEAD the last piece is the ICV, to be filled in.
 */
static inline void crypt_encrypt(struct crypt *c, struct iovec *iov, int n, uint32_t ad_len,
				 const uint8_t *iv, uint32_t iv_len)
{
	uint8_t control[256] = { 0 }, packed[sizeof(struct af_alg_iv) + 16];
	uint32_t op = ALG_OP_ENCRYPT, packed_len = sizeof(iv_len) + iv_len;
	struct msghdr msg = {
		.msg_iov = iov, .msg_iovlen = c->icv ? n - 1 : n, .msg_control = control,
		.msg_controllen = CMSG_SPACE(sizeof(op)) + CMSG_SPACE(packed_len) +
				  (c->icv ? CMSG_SPACE(sizeof(ad_len)) : 0),
	};
	struct cmsghdr *at = NULL;
	int fd = crypt_open(c);

	memcpy(packed, &iv_len, sizeof(iv_len));
	memcpy(packed + sizeof(iv_len), iv, iv_len);
	crypt_control(&msg, &at, ALG_SET_OP, &op, sizeof(op));
	crypt_control(&msg, &at, ALG_SET_IV, packed, packed_len);
	if (c->icv)
		crypt_control(&msg, &at, ALG_SET_AEAD_ASSOCLEN, &ad_len, sizeof(ad_len));
	if (sendmsg(fd, &msg, 0) < 0)
		crypt_die(c, "write");
	if (readv(fd, iov, n) < 0)
		crypt_die(c, "read");
}

/* @out: its first @size bytes */
static inline void crypt_hash(struct crypt *c, const void *data, uint32_t len, uint8_t *out,
			      uint32_t size)
{
	int fd = crypt_open(c);

	if (send(fd, data, len, 0) < 0 || read(fd, out, size) != (ssize_t)size)
		crypt_die(c, "hash");
}

#endif
