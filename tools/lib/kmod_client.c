// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sockets and exchanges.  An answer is collected whole before anyone looks at
 * it, so a dump that the kernel calls interrupted can be asked for again
 * without its first half having had effects.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <linux/netlink.h>
#include <netlink/errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>

#include "tools/lib/kmod_client.h"

#define DUMP_TRIES	10	/* of a dump that is interrupted: 0.3 s */
#define DUMP_PAUSE_NS	1000000	/* between them: 2 ms, then longer */
#define RECV_BYTES	65536	/* lets the kernel use large dump messages */

struct kmod {
	struct nl_sock *sk;
	struct nl_cb *cb;
	int family;
	size_t room;		/* of the send buffer for one message; 0: not known */
	uint32_t seq;		/* of the request under way */
	bool asks;		/* one message answers it */
	bool done;
	bool interrupted;
	int result;
	char error[256];
	struct kmod_answer answer;
};

static const char *const command_names[] = {
	[CRYPTOMAP_CMD_INFO_GET] = "read of the module's state",
	[CRYPTOMAP_CMD_LIMITS_SET] = "change of limits",
	[CRYPTOMAP_CMD_ACL_SET] = "replacement of an access list",
	[CRYPTOMAP_CMD_ACL_DEL] = "removal of an access list",
	[CRYPTOMAP_CMD_ACL_GET] = "read of access lists",
	[CRYPTOMAP_CMD_LINE_ADD] = "addition of access-list lines",
	[CRYPTOMAP_CMD_LINE_DEL] = "removal of access-list lines",
	[CRYPTOMAP_CMD_MAP_SET] = "replacement of a crypto map",
	[CRYPTOMAP_CMD_MAP_DEL] = "removal of a crypto map",
	[CRYPTOMAP_CMD_MAP_GET] = "read of crypto maps",
	[CRYPTOMAP_CMD_ENTRY_SET] = "change of a crypto map entry",
	[CRYPTOMAP_CMD_ENTRY_DEL] = "removal of a crypto map entry",
	[CRYPTOMAP_CMD_BIND] = "binding to an interface",
	[CRYPTOMAP_CMD_UNBIND] = "unbinding from an interface",
	[CRYPTOMAP_CMD_BIND_GET] = "read of bindings",
	[CRYPTOMAP_CMD_FLOW_GET] = "read of flows",
	[CRYPTOMAP_CMD_FLOW_INITIATE] = "initiation of a flow",
	[CRYPTOMAP_CMD_ACQUIRE_GET] = "read of waiting flows",
	[CRYPTOMAP_CMD_ACQUIRE_FAIL] = "release of a waiting flow",
	[CRYPTOMAP_CMD_SPI_ALLOC] = "allocation of an SPI",
	[CRYPTOMAP_CMD_SA_SET] = "installation of an SA",
	[CRYPTOMAP_CMD_SA_ACTIVATE] = "activation of an SA",
	[CRYPTOMAP_CMD_SA_UPDATE] = "change of an SA",
	[CRYPTOMAP_CMD_SA_DEL] = "removal of an SA",
	[CRYPTOMAP_CMD_SA_FLUSH] = "removal of SAs",
	[CRYPTOMAP_CMD_SA_GET] = "read of SAs",
	[CRYPTOMAP_CMD_SOCK_SET] = "hand-over of a socket",
	[CRYPTOMAP_CMD_SOCK_GET] = "take-over of a socket",
	[CRYPTOMAP_CMD_SOCK_DEL] = "release of a socket",
	[CRYPTOMAP_CMD_COUNTER_GET] = "read of counters",
	[CRYPTOMAP_CMD_COUNTER_RESET] = "reset of counters",
	[CRYPTOMAP_CMD_TOMB_GET] = "read of deleted SPIs",
	[CRYPTOMAP_CMD_TRACE] = "packet trace",
	[CRYPTOMAP_CMD_ALG_GET] = "read of algorithms",
};

static const char *command_name(uint8_t cmd)
{
	if (cmd >= sizeof(command_names) / sizeof(command_names[0]) ||
	    !command_names[cmd])
		return "request";
	return command_names[cmd];
}

const char *kmod_error(const struct kmod *k)
{
	return k->error;
}

/* --- Errors ---------------------------------------------------------------- */

static int note(struct kmod *k, uint8_t cmd, int ret)
{
	if (ret && !k->error[0])
		snprintf(k->error, sizeof(k->error), "%s failed: %s",
			 command_name(cmd), strerror(-ret));
	return ret;
}

static void note_extack(struct kmod *k, const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *e = nlmsg_data(nlh);
	size_t skip = sizeof(*e);
	struct nlattr *text;

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		skip += NLMSG_ALIGN(e->msg.nlmsg_len) - NLMSG_HDRLEN;
	if (skip > (size_t)nlmsg_datalen(nlh))
		return;
	text = nla_find((struct nlattr *)((char *)nlmsg_data(nlh) + skip),
			nlmsg_datalen(nlh) - (int)skip, NLMSGERR_ATTR_MSG);
	if (text)
		snprintf(k->error, sizeof(k->error), "%.*s", nla_len(text),
			 (const char *)nla_data(text));
}

/* --- Callbacks of libnl ------------------------------------------------------ */

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *e, void *arg)
{
	struct kmod *k = arg;

	(void)from;
	k->result = e->error;
	k->done = true;
	note_extack(k, (struct nlmsghdr *)((char *)e - NLMSG_HDRLEN));
	return NL_STOP;
}

static int on_ack(struct nl_msg *msg, void *arg)
{
	struct kmod *k = arg;

	(void)msg;
	k->done = true;
	return NL_STOP;
}

/* The end of a dump carries its result. */
static int on_finish(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct kmod *k = arg;
	int result = 0;

	if (nlmsg_datalen(nlh) >= (int)sizeof(result))
		memcpy(&result, nlmsg_data(nlh), sizeof(result));
	if (result < 0)
		k->result = result;
	k->done = true;
	return NL_STOP;
}

static int on_interrupted(struct nl_msg *msg, void *arg)
{
	struct kmod *k = arg;

	(void)msg;
	k->interrupted = true;
	return NL_OK;
}

/* Leftovers of an exchange that broke off. */
static int on_sequence(struct nl_msg *msg, void *arg)
{
	const struct kmod *k = arg;

	return nlmsg_hdr(msg)->nlmsg_seq == k->seq ? NL_OK : NL_SKIP;
}

static int answer_append(struct kmod_answer *a, const struct nlmsghdr *nlh)
{
	size_t len = NLMSG_ALIGN(nlh->nlmsg_len);

	if (a->cap - a->len < len) {
		size_t cap = a->cap ? 2 * a->cap : RECV_BYTES;
		char *mem;

		while (cap - a->len < len)
			cap *= 2;
		mem = realloc(a->mem, cap);
		if (!mem)
			return -ENOMEM;
		a->mem = mem;
		a->cap = cap;
	}
	memset(a->mem + a->len, 0, len);
	memcpy(a->mem + a->len, nlh, nlh->nlmsg_len);
	a->len += len;
	return 0;
}

static int on_valid(struct nl_msg *msg, void *arg)
{
	struct kmod *k = arg;
	int ret = answer_append(&k->answer, nlmsg_hdr(msg));

	if (ret)
		k->result = ret;
	if (k->asks)
		k->done = true;
	return NL_OK;
}

/* --- Open and close ---------------------------------------------------------- */

static int nl_errno(int nlerr)
{
	switch (-nlerr) {
	case NLE_OBJ_NOTFOUND:
		return -ENODEV;
	case NLE_NOMEM:
		return -ENOMEM;
	case NLE_PERM:
	case NLE_NOACCESS:
		return -EPERM;
	case NLE_AGAIN:
		return -EAGAIN;
	case NLE_MSGSIZE:
	case NLE_MSG_TRUNC:
		return -EMSGSIZE;
	case NLE_INTR:
		return -EINTR;
	default:
		return -EIO;
	}
}

int kmod_socket_open(struct nl_sock **skp, int *family, struct err *err)
{
	struct nl_sock *sk = nl_socket_alloc();
	int on = 1, ret;

	if (!sk)
		return err_set(err, -ENOMEM, "no memory for a netlink socket");
	ret = genl_connect(sk);
	if (ret) {
		ret = err_set(err, nl_errno(ret), "generic netlink: %s",
			      nl_geterror(ret));
		goto fail;
	}
	/* Older kernels lack these; then the texts are missing, no more. */
	setsockopt(nl_socket_get_fd(sk), SOL_NETLINK, NETLINK_EXT_ACK, &on,
		   sizeof(on));
	setsockopt(nl_socket_get_fd(sk), SOL_NETLINK, NETLINK_CAP_ACK, &on,
		   sizeof(on));
	nl_socket_set_msg_buf_size(sk, RECV_BYTES);
	*family = genl_ctrl_resolve(sk, CRYPTOMAP_GENL_NAME);
	if (*family < 0) {
		ret = err_set(err, nl_errno(*family),
			      "the kernel module cryptomap is not loaded");
		goto fail;
	}
	*skp = sk;
	return 0;
fail:
	nl_socket_free(sk);
	return ret;
}

static int set_callbacks(struct kmod *k)
{
	k->cb = nl_cb_alloc(NL_CB_DEFAULT);
	if (!k->cb)
		return -ENOMEM;
	nl_cb_err(k->cb, NL_CB_CUSTOM, on_error, k);
	nl_cb_set(k->cb, NL_CB_ACK, NL_CB_CUSTOM, on_ack, k);
	nl_cb_set(k->cb, NL_CB_FINISH, NL_CB_CUSTOM, on_finish, k);
	nl_cb_set(k->cb, NL_CB_VALID, NL_CB_CUSTOM, on_valid, k);
	nl_cb_set(k->cb, NL_CB_DUMP_INTR, NL_CB_CUSTOM, on_interrupted, k);
	nl_cb_set(k->cb, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, on_sequence, k);
	return 0;
}

int kmod_open(struct kmod **kp, struct err *err)
{
	struct kmod *k = calloc(1, sizeof(*k));
	int ret;

	if (!k)
		return err_set(err, -ENOMEM, "no memory for a kernel client");
	ret = kmod_socket_open(&k->sk, &k->family, err);
	if (!ret && set_callbacks(k))
		ret = err_set(err, -ENOMEM, "no memory for a kernel client");
	if (ret) {
		kmod_close(k);
		return ret;
	}
	*kp = k;
	return 0;
}

void kmod_close(struct kmod *k)
{
	if (!k)
		return;
	nl_socket_free(k->sk);
	nl_cb_put(k->cb);
	free(k->answer.mem);
	free(k);
}

/* --- Exchanges --------------------------------------------------------------- */

struct nl_msg *kmod_request(struct kmod *k, uint8_t cmd, size_t size)
{
	struct nl_msg *msg = nlmsg_alloc_size(size);

	k->error[0] = '\0';
	if (msg && genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, k->family, 0,
			       NLM_F_REQUEST, cmd, CRYPTOMAP_GENL_VERSION))
		return msg;
	nlmsg_free(msg);
	note(k, cmd, -ENOMEM);
	return NULL;
}

static uint8_t command_of(struct nl_msg *msg)
{
	return genlmsg_hdr(nlmsg_hdr(msg))->cmd;
}

static void wipe_and_free(struct nl_msg *msg)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);

	explicit_bzero(nlmsg_data(nlh), (size_t)nlmsg_datalen(nlh));
	nlmsg_free(msg);
}

int kmod_abandon(struct kmod *k, struct nl_msg *msg, int ret)
{
	note(k, command_of(msg), ret);
	wipe_and_free(msg);
	return ret;
}

static size_t room_of(int fd)
{
	int have = 0;
	socklen_t size = sizeof(have);

	getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &have, &size);
	return (size_t)have / 2;
}

/* The kernel refuses messages larger than the send buffer. */
static void make_room(struct kmod *k, size_t len)
{
	int fd = nl_socket_get_fd(k->sk), want;

	if (len < k->room)
		return;
	k->room = room_of(fd);
	if (len < k->room || len > INT32_MAX / 4)
		return;
	want = (int)len + 4096;
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &want, sizeof(want)))
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &want, sizeof(want));
	k->room = room_of(fd);
}

/* Those that succeed with one object; an acknowledgement would be one more message. */
static bool has_answer(uint8_t cmd)
{
	switch (cmd) {
	case CRYPTOMAP_CMD_INFO_GET:
	case CRYPTOMAP_CMD_FLOW_GET:
	case CRYPTOMAP_CMD_SPI_ALLOC:
	case CRYPTOMAP_CMD_SA_GET:
	case CRYPTOMAP_CMD_SOCK_GET:
		return true;
	default:
		return false;
	}
}

static int send_message(struct kmod *k, struct nl_msg *msg)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	ssize_t sent;

	make_room(k, nlh->nlmsg_len);
	nlh->nlmsg_pid = nl_socket_get_local_port(k->sk);
	nlh->nlmsg_seq = nl_socket_use_seq(k->sk);
	k->asks = has_answer(genlmsg_hdr(nlh)->cmd) &&
		  (nlh->nlmsg_flags & NLM_F_DUMP) != NLM_F_DUMP;
	if (!k->asks)
		nlh->nlmsg_flags |= NLM_F_ACK;
	k->seq = nlh->nlmsg_seq;
	do {
		sent = send(nl_socket_get_fd(k->sk), nlh, nlh->nlmsg_len, 0);
	} while (sent < 0 && errno == EINTR);
	return sent < 0 ? -errno : 0;
}

static int collect(struct kmod *k)
{
	k->done = k->interrupted = false;
	k->result = 0;
	k->answer.len = 0;
	while (!k->done) {
		int ret = nl_recvmsgs(k->sk, k->cb);

		if (ret < 0 && !k->done && ret != -NLE_INTR)
			return nl_errno(ret);
	}
	return k->result;
}

static int exchange(struct kmod *k, struct nl_msg *msg)
{
	int ret = send_message(k, msg);

	return ret ? ret : collect(k);
}

int kmod_exchange(struct kmod *k, struct nl_msg *msg)
{
	int ret;

	if (!msg)
		return -ENOMEM;
	ret = note(k, command_of(msg), exchange(k, msg));
	wipe_and_free(msg);
	return ret;
}

/* What changes the state is done soon: wait a little, then longer. */
static void dump_pause(unsigned int tries)
{
	struct timespec pause = {
		.tv_nsec = DUMP_PAUSE_NS << (tries < 6 ? tries : 6),
	};

	nanosleep(&pause, NULL);
}

int kmod_exchange_dump(struct kmod *k, struct nl_msg *msg)
{
	unsigned int tries = 0;
	int ret;

	if (!msg)
		return -ENOMEM;
	nlmsg_hdr(msg)->nlmsg_flags |= NLM_F_DUMP;
	for (;;) {
		ret = exchange(k, msg);
		if (ret || !k->interrupted)
			break;
		if (++tries == DUMP_TRIES) {
			snprintf(k->error, sizeof(k->error),
				 "%s failed: what is read changed during each of %u tries",
				 command_name(command_of(msg)), tries);
			ret = -EAGAIN;
			break;
		}
		dump_pause(tries);
	}
	/* Half of one state and half of another is neither. */
	if (ret)
		k->answer.len = 0;
	note(k, command_of(msg), ret);
	wipe_and_free(msg);
	return ret;
}

struct kmod_answer kmod_answer_take(struct kmod *k)
{
	struct kmod_answer answer = k->answer;

	k->answer = (struct kmod_answer){ 0 };
	return answer;
}

void kmod_answer_give(struct kmod *k, struct kmod_answer answer)
{
	free(k->answer.mem);
	k->answer = answer;
}

struct nlmsghdr *kmod_answer_next(const struct kmod_answer *a,
				  struct nlmsghdr *prev)
{
	char *next = a->mem;

	if (prev)
		next = (char *)prev + NLMSG_ALIGN(prev->nlmsg_len);
	if (!next || next >= a->mem + a->len)
		return NULL;
	return (struct nlmsghdr *)next;
}

int kmod_answer_bad(struct kmod *k)
{
	snprintf(k->error, sizeof(k->error),
		 "the module's answer is incomplete: module and tool differ in version");
	return -EBADMSG;
}
