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
/* The same with NLM_F_DUMP, asked again while the kernel says interrupted. */
int kmod_exchange_dump(struct kmod *k, struct nl_msg *msg);
/* Give up a half-built message: note @ret and free it. */
int kmod_abandon(struct kmod *k, struct nl_msg *msg, int ret);

/* The messages of the answer in order; NULL after the last. */
struct nlmsghdr *kmod_answer_next(struct kmod *k, struct nlmsghdr *prev);
/* An answer that misses what it must have: notes and returns -EBADMSG. */
int kmod_answer_bad(struct kmod *k);

#endif
