/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The transport beneath kmod.h: one request, one collected answer. */
#ifndef TOOLS_LIB_KMOD_CLIENT_H
#define TOOLS_LIB_KMOD_CLIENT_H

#include <netlink/msg.h>
#include <netlink/socket.h>

#include "tools/lib/kmod.h"
#include "tools/lib/kmod_msg.h"

/* Bytes that any request without lists fits in. */
#define KMOD_REQUEST_SIZE	16384

/*
 * Open a socket with extended acks and find the family; 0 and @sk, @family
 * set, or a negative errno with its sentence.
 */
int kmod_socket_open(struct nl_sock **sk, int *family, struct err *err);

/* A request of at most @size bytes, or NULL (and the error is noted). */
struct nl_msg *kmod_request(struct kmod *k, uint8_t cmd, size_t size);
/*
 * Send, wipe and free @msg (NULL: the note of kmod_request() is the result),
 * wait for the answer and keep what it says until the next call.
 */
int kmod_exchange(struct kmod *k, struct nl_msg *msg);
/*
 * The same with NLM_F_DUMP, asked again while the kernel says interrupted;
 * -EAGAIN and no answer when it goes on saying so.
 */
int kmod_exchange_dump(struct kmod *k, struct nl_msg *msg);
/* Give up a half-built message: note @ret and free it. */
int kmod_abandon(struct kmod *k, struct nl_msg *msg, int ret);

/* Netlink messages, one after the other, of the last answer. */
struct kmod_answer {
	char *mem;
	size_t len, cap;
};

/*
 * Lend the answer, so that callbacks may use the client while it is read, and
 * give it back: what points into it stays valid until the next exchange.
 */
struct kmod_answer kmod_answer_take(struct kmod *k);
void kmod_answer_give(struct kmod *k, struct kmod_answer answer);
/* Its messages in order; NULL after the last. */
struct nlmsghdr *kmod_answer_next(const struct kmod_answer *answer,
				  struct nlmsghdr *prev);
/* An answer that misses what it must have: notes and returns -EBADMSG. */
int kmod_answer_bad(struct kmod *k);

#endif
