// SPDX-License-Identifier: GPL-2.0
/*
 * A socket of user space holds its namespace. If the module simply kept one,
 * a namespace that nobody uses any more would live for ever, because its end
 * is what makes the module let go. So, while nobody but the module has the
 * file open, the socket is made what sockets of the kernel are: one that does
 * not count (sk_net_refcnt), closed by the end of the namespace. It counts
 * again before it is given to a process. A look each second finds sockets
 * whose last descriptor was closed; there is no event for that.
 *
 * Why a file count of one is enough to know: the one reference is the
 * module's, and a new one can only be made from a reference (a descriptor, one
 * in flight over a unix socket, a system call that is using it), of which
 * there are none, or by cm_sock_get(), which has cn->lock as the look has.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/net.h>
#include <linux/slab.h>
#include <net/sock.h>

#include <linux/cryptomap.h>

#include "compat/sock.h"
#include "natt.h"
#include "pernet.h"
#include "sa.h"
#include "sock.h"

#define SOCK_LOOK HZ

struct cm_sock {
	struct socket *sock;
};

static int sock_index(u8 kind, u8 family)
{
	return kind * 2 + (family == AF_INET6);
}

static struct cm_sock **sock_slot(struct cm_net *cn, u8 kind, u8 family)
{
	return &cn->socks[sock_index(kind, family)];
}

bool cm_sock_has_natt(const struct cm_net *cn, u8 family)
{
	return READ_ONCE(cn->socks[sock_index(CRYPTOMAP_SOCK_NATT, family)]);
}

/* The caller's own socket keeps the namespace meanwhile. */
static void sock_count(struct cm_sock *cs)
{
	if (!cs->sock->sk->sk_net_refcnt)
		cm_sock_count(cs->sock->sk);
}

static bool sock_is_ours_alone(const struct cm_sock *cs)
{
	return file_count(cs->sock->file) == 1;
}

/*
 * put_net() may drop the last count of the namespace, whose end then waits
 * for this work in cm_sock_net_exit(), on another thread.
 */
static void look(struct work_struct *work)
{
	struct cm_net *cn = container_of(to_delayed_work(work), struct cm_net,
					 sock_work);
	bool again = false;
	int i;

	mutex_lock(&cn->lock);
	for (i = 0; i < CM_SOCKS; i++) {
		struct cm_sock *cs = cn->socks[i];

		if (!cs || !cs->sock->sk->sk_net_refcnt)
			continue;
		if (sock_is_ours_alone(cs))
			cm_sock_uncount(cs->sock->sk);
		else
			again = true;
	}
	if (again && !READ_ONCE(cn->closing))
		schedule_delayed_work(&cn->sock_work, SOCK_LOOK);
	mutex_unlock(&cn->lock);
}

/*
 * Let go by command: as a socket that counts, because fput() closes it later,
 * when the command has returned.
 */
static void sock_release_kept(struct cm_sock **slot)
{
	struct cm_sock *cs = *slot;

	WRITE_ONCE(*slot, NULL);
	cm_natt_detach(cs->sock);
	sock_count(cs);
	fput(cs->sock->file);
	kfree(cs);
}

static int sock_check(struct cm_net *cn, const struct socket *sock,
		      struct netlink_ext_ack *extack)
{
	const struct sock *sk = sock->sk;

	if (!sk || !net_eq(sock_net(sk), cn->net)) {
		NL_SET_ERR_MSG(extack, "SOCK_FD is a socket of another network namespace");
		return -EINVAL;
	}
	if (sk->sk_protocol != IPPROTO_UDP || sk->sk_type != SOCK_DGRAM ||
	    (sk->sk_family != AF_INET && sk->sk_family != AF_INET6)) {
		NL_SET_ERR_MSG(extack, "SOCK_FD is no UDP socket");
		return -EINVAL;
	}
	return 0;
}

static bool sock_is_kept(const struct cm_net *cn, const struct socket *sock)
{
	int i;

	for (i = 0; i < CM_SOCKS; i++)
		if (cn->socks[i] && cn->socks[i]->sock == sock)
			return true;
	return false;
}

int cm_sock_set(struct cm_net *cn, int fd, u8 kind,
		struct netlink_ext_ack *extack)
{
	struct cm_sock *cs, **slot;
	struct socket *sock;
	int err;

	lockdep_assert_held(&cn->lock);

	sock = sockfd_lookup(fd, &err);
	if (!sock) {
		NL_SET_ERR_MSG(extack, "SOCK_FD is no descriptor of a socket");
		return err;
	}
	err = sock_check(cn, sock, extack);
	if (err)
		goto put;
	slot = sock_slot(cn, kind, sock->sk->sk_family);
	if (*slot && (*slot)->sock == sock)
		goto put;	/* a daemon that took it over hands it back */
	err = -EINVAL;
	if (sock_is_kept(cn, sock)) {
		NL_SET_ERR_MSG(extack, "SOCK_FD is kept as the other SOCK_KIND already");
		goto put;
	}
	err = -ENOMEM;
	cs = kzalloc(sizeof(*cs), GFP_KERNEL);
	if (!cs)
		goto put;
	cs->sock = sock;	/* with the reference to its file */
	err = kind == CRYPTOMAP_SOCK_NATT ? cm_natt_attach(sock, extack) : 0;
	if (err) {
		kfree(cs);
		goto put;
	}
	if (*slot)
		sock_release_kept(slot);
	WRITE_ONCE(*slot, cs);
	schedule_delayed_work(&cn->sock_work, SOCK_LOOK);
	return 0;

put:
	sockfd_put(sock);
	return err;
}

struct file *cm_sock_get(struct cm_net *cn, u8 kind, u8 family)
{
	struct cm_sock *cs = *sock_slot(cn, kind, family);

	lockdep_assert_held(&cn->lock);

	if (!cs)
		return NULL;
	sock_count(cs);
	schedule_delayed_work(&cn->sock_work, SOCK_LOOK);
	return get_file(cs->sock->file);
}

int cm_sock_del(struct cm_net *cn, u8 kind, u8 family)
{
	struct cm_sock **slot = sock_slot(cn, kind, family);

	lockdep_assert_held(&cn->lock);

	if (!*slot)
		return -ENOENT;
	sock_release_kept(slot);
	return 0;
}

static void close_all(struct work_struct *work)
{
	struct cm_net *cn = container_of(work, struct cm_net, sock_close);
	int i;

	for (i = 0; i < CM_SOCKS; i++) {
		struct cm_sock *cs = cn->socks[i];

		if (!cs)
			continue;
		cn->socks[i] = NULL;
		__fput_sync(cs->sock->file);
		kfree(cs);
	}
}

void cm_sock_net_init(struct cm_net *cn)
{
	INIT_DELAYED_WORK(&cn->sock_work, look);
	INIT_WORK(&cn->sock_close, close_all);
}

/* The caller waits for packets that are on their way. */
void cm_sock_net_detach(struct cm_net *cn)
{
	int i;

	lockdep_assert_held(&cn->lock);

	for (i = 0; i < CM_SOCKS; i++)
		if (cn->socks[i])
			cm_natt_detach(cn->socks[i]->sock);
}

/*
 * At the end of the namespace every kept socket is one that does not count and
 * is open nowhere else. It is closed now, while the namespace is whole, as the
 * kernel's own sockets are: by __fput_sync(), because fput() would close later,
 * and from a work item, because only kernel threads may call that. When only
 * the module goes others may have the file; then this merely lets go.
 */
void cm_sock_net_exit(struct cm_net *cn)
{
	cancel_delayed_work_sync(&cn->sock_work);
	queue_work(cm_wq, &cn->sock_close);
	flush_work(&cn->sock_close);
}
