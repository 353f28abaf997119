// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Random and damaged requests of our family from several processes at once,
 * while interfaces, addresses and namespaces come and go, packets flow and
 * somebody listens to the events. The kernel's log is judged by who runs this.
 * Here: every refusal of an understandable request says why, what comes back
 * can be read, and when all is over nothing is left that cannot be removed.
 *
 *   netlink_fuzz [SECONDS [WORKERS [PERCENT]]]    15, 4, 50: how many are damaged
 *
 * FUZZ_SECS is the default of SECONDS, SEED chooses other requests (printed),
 * FUZZ_START and FUZZ_END are commands to run before and after.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#include <linux/rtnetlink.h>

#include "selftests/net/fuzz_nl.h"

#define WORKERS_MAX 64
#define SPAN 50		/* requests of a short-lived namespace */

/* What the workers found, for the parent. */
struct result {
	uint64_t sent, accepted, refused, silent, traffic, changes, spaces, events;
	int errors;
};

static struct result *results;
static time_t deadline;
static int damaged = 50;

static bool over(void)
{
	return time(NULL) >= deadline;
}

/* --- answers --- */

static void learn(uint32_t *ids, uint32_t *n, uint64_t id)
{
	if (id == UINT64_MAX || !id)
		return;
	ids[*n % FUZZ_IDS] = id;
	if (*n < FUZZ_IDS)
		++*n;
}

/* Every attribute must be whole: nla_ok() to the last byte. */
static bool is_whole(struct nlattr *head, int len)
{
	struct nlattr *attr;
	int rem;

	nla_for_each_attr(attr, head, len, rem)
		if (attr->nla_type & NLA_F_NESTED &&
		    !is_whole(nla_data(attr), nla_len(attr)))
			return false;
	return rem == 0;
}

static void read_object(struct fuzz *f, struct nlmsghdr *nlh)
{
	uint64_t id;

	if (!is_whole(nl_attrs(nlh), nl_attrs_len(nlh))) {
		printf("# an answer that cannot be read\n");
		f->errors++;
	}
	id = nl_num(nl_in(nl_find(nlh, CRYPTOMAP_A_FLOW), CRYPTOMAP_FLOW_ID));
	learn(f->flows, &f->nflows, id);
	id = nl_num(nl_in(nl_find(nlh, CRYPTOMAP_A_SA), CRYPTOMAP_SA_ID));
	learn(f->sas, &f->nsas, id);
}

static void read_end(struct fuzz *f, struct nlmsghdr *nlh, bool whole)
{
	int err = *(int *)NLMSG_DATA(nlh);

	if (nlh->nlmsg_len < NLMSG_LENGTH(sizeof(int)))
		return;
	if (!err) {
		f->accepted++;
		return;
	}
	f->refused++;
	f->nl.text[0] = 0;
	nl_read_ack(&f->nl, nlh, nlh->nlmsg_type == NLMSG_DONE ?
		    sizeof(int) : sizeof(struct nlmsgerr));
	if (!whole || f->nl.text[0] || err == -ENOMEM || err == -EBUSY ||
	    err == -EINTR)
		return;
	if (f->errors++ < 5)
		printf("# refused with %d and no text\n", err);
}

/* All that is there: a request is done when send() returns, a dump goes on with each recv(). */
static void read_answers(struct fuzz *f, bool whole)
{
	static char buf[NL_BUF];
	struct nlmsghdr *nlh;
	bool any = false;
	ssize_t len;

	while ((len = recv(f->nl.fd, buf, sizeof(buf), MSG_DONTWAIT)) > 0) {
		any = true;
		for (nlh = (struct nlmsghdr *)buf; NLMSG_OK(nlh, len);
		     nlh = NLMSG_NEXT(nlh, len)) {
			if (nlh->nlmsg_type == NLMSG_ERROR ||
			    nlh->nlmsg_type == NLMSG_DONE)
				read_end(f, nlh, whole);
			else
				read_object(f, nlh);
		}
		if (rng_one_in(&f->rng, 500))
			return;		/* the next request meets a dump */
	}
	f->silent += !any;
}

/* --- who does what --- */

static int udp_socket(int port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	bind(fd, (struct sockaddr *)&at, sizeof(at));
	return fd;
}

static int fuzz_open(struct fuzz *f)
{
	f->nflows = 0;
	f->nsas = 0;
	return nl_attach(&f->nl);
}

/* One request, whole or damaged; now and then its sender is gone before the answer. */
static void one_request(struct fuzz *f)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct nl_msg *msg = fuzz_request(f);
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	bool whole = !fuzz_chance(f, damaged);

	if (!whole)
		fuzz_mutate(f, nlh);
	sendto(f->nl.fd, nlh, nlh->nlmsg_len, 0, (struct sockaddr *)&kernel,
	       sizeof(kernel));
	nlmsg_free(msg);
	f->sent++;
	if (rng_one_in(&f->rng, 300)) {
		close(f->nl.fd);
		fuzz_open(f);
		return;
	}
	read_answers(f, whole);
}

static void add_up(struct result *r, const struct fuzz *f)
{
	r->sent = f->sent;
	r->accepted = f->accepted;
	r->refused = f->refused;
	r->silent = f->silent;
	r->errors = f->errors;
}

static void requests(struct fuzz *f, struct result *r)
{
	int i;

	f->fds[0] = udp_socket(4500);
	f->fds[1] = udp_socket(0);
	f->fds[2] = f->nl.fd;
	f->fds[3] = 77;
	while (!over()) {
		for (i = 0; i < 50; i++)
			one_request(f);
		/* Descriptors that SOCK_GET gave. */
		for (i = 20; i < 80; i++)
			close(i);
		add_up(r, f);
	}
}

/* A link of type dummy comes (@cmd RTM_NEWLINK) or goes. */
static void dummy_link(int fd, int cmd, const char *name)
{
	struct nl_msg *msg = nlmsg_alloc_size(1024);
	struct ifinfomsg ifi = { .ifi_family = AF_UNSPEC, .ifi_flags = IFF_UP,
				 .ifi_change = IFF_UP };
	struct nlattr *info;
	char buf[4096];

	nlmsg_put(msg, 0, 0, cmd, 0, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE);
	nlmsg_append(msg, &ifi, sizeof(ifi), NLMSG_ALIGNTO);
	nla_put_string(msg, IFLA_IFNAME, name);
	if (cmd == RTM_NEWLINK) {
		info = nla_nest_start(msg, IFLA_LINKINFO);
		nla_put_string(msg, IFLA_INFO_KIND, "dummy");
		nla_nest_end(msg, info);
	}
	send(fd, nlmsg_hdr(msg), nlmsg_hdr(msg)->nlmsg_len, 0);
	while (recv(fd, buf, sizeof(buf), MSG_DONTWAIT) > 0)
		;
	nlmsg_free(msg);
}

static void set_flags(int fd, const char *name, int set, int clear)
{
	struct ifreq req = { 0 };

	strcpy(req.ifr_name, name);
	if (ioctl(fd, SIOCGIFFLAGS, &req))
		return;
	req.ifr_flags = (req.ifr_flags | set) & ~clear;
	ioctl(fd, SIOCSIFFLAGS, &req);
}

static void rename_link(int fd, const char *from, const char *to)
{
	struct ifreq req = { 0 };

	strcpy(req.ifr_name, from);
	strcpy(req.ifr_newname, to);
	ioctl(fd, SIOCSIFNAME, &req);
}

static void set_mtu(int fd, const char *name, int mtu)
{
	struct ifreq req = { .ifr_mtu = mtu };

	strcpy(req.ifr_name, name);
	ioctl(fd, SIOCSIFMTU, &req);
}

/* Interfaces d1..d3 come and go, d0 goes up and down. */
static void changes(struct fuzz *f, struct result *r)
{
	static const char *const names[] = { "d1", "d2", "d3", "x1" };
	int rt = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	const char *name;

	while (!over()) {
		name = FUZZ_PICK(f, names);
		switch (rng_below(&f->rng, 10)) {
		case 0:
		case 1:
		case 2:
			dummy_link(rt, RTM_NEWLINK, name);
			break;
		case 3:
		case 4:
			dummy_link(rt, RTM_DELLINK, name);
			break;
		case 5:
			set_flags(fd, name, IFF_UP, 0);
			break;
		case 6:
			set_flags(fd, name, 0, IFF_UP);
			break;
		case 7:
			rename_link(fd, name, FUZZ_PICK(f, names));
			break;
		case 8:
			set_mtu(fd, name, 68 + rng_below(&f->rng, 9000));
			break;
		default:
			if (rng_one_in(&f->rng, 20)) {
				set_flags(fd, "d0", 0, IFF_UP);
				set_flags(fd, "d0", IFF_UP, 0);
				if (system("ip route add default dev d0 2>/dev/null; "
					   "ip -6 addr add 2001:db8::1/64 dev d0 nodad 2>/dev/null; "
					   "ip -6 addr add fd00:a::1/64 dev d0 nodad 2>/dev/null"))
					break;
			}
			break;
		}
		r->changes++;
		usleep(2000);
	}
}

/* Something to protect, and ESP or AH with SPIs of the table. */
static void traffic(struct fuzz *f, struct result *r)
{
	static const char *const to4[] = { "10.2.0.2", "10.1.0.77", "192.0.2.2", "10.2.0.0" };
	static const char *const to6[] = { "fd00:b::2", "fd00:a::77", "2001:db8::2" };
	int udp4 = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int udp6 = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int raw[2] = { socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ESP),
		       socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_AH) };
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in sin = { .sin_family = AF_INET };
	uint32_t data[400] = { 0 };

	while (!over()) {
		sin.sin_port = sin6.sin6_port = htons(rng_below(&f->rng, 9100));
		inet_pton(AF_INET, FUZZ_PICK(f, to4), &sin.sin_addr);
		inet_pton(AF_INET6, FUZZ_PICK(f, to6), &sin6.sin6_addr);
		sendto(udp4, data, rng_below(&f->rng, sizeof(data)), MSG_DONTWAIT,
		       (struct sockaddr *)&sin, sizeof(sin));
		sendto(udp6, data, rng_below(&f->rng, sizeof(data)), MSG_DONTWAIT,
		       (struct sockaddr *)&sin6, sizeof(sin6));
		inet_pton(AF_INET, "192.0.2.1", &sin.sin_addr);
		sin.sin_port = 0;
		data[0] = htonl(256 + rng_below(&f->rng, 32));
		data[1] = htonl(rng_below(&f->rng, 100));
		sendto(FUZZ_PICK(f, raw), data, rng_below(&f->rng, 200),
		       MSG_DONTWAIT, (struct sockaddr *)&sin, sizeof(sin));
		sin.sin_port = htons(4500);
		sendto(udp4, data, rng_below(&f->rng, 200), MSG_DONTWAIT,
		       (struct sockaddr *)&sin, sizeof(sin));
		if (!(++r->traffic % 16))
			usleep(1000);
	}
}

/* A receiver of the events, often too slow for them. */
static void events(struct fuzz *f, struct result *r)
{
	static char buf[NL_BUF];
	struct timeval tv = { .tv_usec = 200000 };

	nl_join(&f->nl);
	setsockopt(f->nl.fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	while (!over()) {
		ssize_t len = recv(f->nl.fd, buf, sizeof(buf), 0);
		struct nlmsghdr *nlh = (struct nlmsghdr *)buf;

		if (len < 0)
			continue;
		r->events++;
		if (!NLMSG_OK(nlh, len) ||
		    !is_whole(nl_attrs(nlh), nl_attrs_len(nlh)))
			r->errors++;
		if (rng_one_in(&f->rng, 50))
			usleep(100000);
	}
}

static const char *const build[] = {
	"ip link set lo up",
	"ip link add d0 type dummy",
	"ip addr add 10.1.0.1/24 dev d0",
	"ip addr add 192.0.2.1/24 dev d0",
	"ip -6 addr add fd00:a::1/64 dev d0 nodad",
	"ip -6 addr add 2001:db8::1/64 dev d0 nodad",
	"ip link set d0 up",
	"ip route add default dev d0",
	"ip -6 route add default dev d0",
};

/* Namespaces come, are filled, and go with all that is in them. */
static void spaces(struct fuzz *f, struct result *r)
{
	int rt, i;

	while (!over()) {
		close(f->nl.fd);
		unshare(CLONE_NEWNET);
		fuzz_open(f);
		rt = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
		dummy_link(rt, RTM_NEWLINK, "d0");
		for (i = 0; i < SPAN && !over(); i++)
			one_request(f);
		close(rt);
		r->spaces++;
		add_up(r, f);
	}
}

static void (*const roles[])(struct fuzz *f, struct result *r) = {
	events, changes, traffic, spaces, requests,
};

#define NROLES ((int)(sizeof(roles) / sizeof(*roles)))

static void work(int n)
{
	static struct fuzz f;
	int role = n < NROLES ? n : NROLES - 1;

	f.rng = rng_start(n);
	if (!fuzz_open(&f))
		roles[role](&f, &results[n]);
	_exit(0);
}

/* --- the end --- */

struct names {
	int nest, attr, count;
	char name[64][64];
};

static void keep_name(struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *attr;
	struct names *n = arg;

	attr = nl_in(nl_find(nlh, n->nest), n->attr);
	if (attr && n->count < 64)
		snprintf(n->name[n->count++], 64, "%s", (char *)nla_data(attr));
}

/* Remove all of a kind: what @get lists, one by one with @del. */
static bool remove_all(struct nl *nl, int get, int del, int nest, int attr)
{
	static struct names n;
	int i;

	n = (struct names){ .nest = nest, .attr = attr };
	if (nl_talk_fn(nl, nl_request(nl, get, NLM_F_DUMP), keep_name, &n))
		return false;
	for (i = 0; i < n.count; i++) {
		/* A list or map comes in several messages. */
		if (i && !strcmp(n.name[i], n.name[i - 1]))
			continue;
		if (nl_talk(nl, named(nl, del, 0, nest, attr, n.name[i])))
			return false;
	}
	return true;
}

static bool nothing_left(struct nl *nl)
{
	static const int attrs[] = {
		CRYPTOMAP_INFO_ACLS, CRYPTOMAP_INFO_LINES, CRYPTOMAP_INFO_MAPS,
		CRYPTOMAP_INFO_FLOWS, CRYPTOMAP_INFO_SAS, CRYPTOMAP_INFO_LARVAL,
	};
	unsigned int i;

	for (i = 0; i < sizeof(attrs) / sizeof(*attrs); i++) {
		uint64_t n = info_num(nl, CRYPTOMAP_A_INFO, attrs[i]);

		if (n) {
			printf("# INFO %d is %llu\n", attrs[i],
			       (unsigned long long)n);
			return false;
		}
	}
	return true;
}

static int failed, number;

static void result(bool ok, const char *what)
{
	printf("%sok %d %s\n", ok ? "" : "not ", ++number, what);
	failed |= !ok;
}

static void judge(int workers)
{
	struct result sum = { 0 };
	struct nl nl;
	int i;

	for (i = 0; i < workers; i++) {
		sum.sent += results[i].sent;
		sum.accepted += results[i].accepted;
		sum.refused += results[i].refused;
		sum.silent += results[i].silent;
		sum.traffic += results[i].traffic;
		sum.changes += results[i].changes;
		sum.spaces += results[i].spaces;
		sum.events += results[i].events;
		sum.errors += results[i].errors;
	}
	printf("# %lu requests: %lu accepted, %lu refused, %lu unanswered; %lu packets, %lu changes of interfaces, %lu namespaces, %lu events\n",
	       sum.sent, sum.accepted, sum.refused, sum.silent, sum.traffic,
	       sum.changes, sum.spaces, sum.events);
	result(sum.accepted > 50 && sum.refused > 20 && sum.traffic &&
	       sum.changes && sum.spaces && sum.events,
	       "requests are accepted and refused while all moves");
	result(!sum.errors, "answers are whole, refusals say why");
	result(!nl_attach(&nl) && nl_talk(&nl, nl_request(&nl, CRYPTOMAP_CMD_INFO_GET, 0)) == 0,
	       "afterwards the module answers");
	result(remove_all(&nl, CRYPTOMAP_CMD_BIND_GET, CRYPTOMAP_CMD_UNBIND,
			  CRYPTOMAP_A_BIND, CRYPTOMAP_BIND_IFNAME) &&
	       remove_all(&nl, CRYPTOMAP_CMD_MAP_GET, CRYPTOMAP_CMD_MAP_DEL,
			  CRYPTOMAP_A_MAP, CRYPTOMAP_MAP_NAME) &&
	       remove_all(&nl, CRYPTOMAP_CMD_ACL_GET, CRYPTOMAP_CMD_ACL_DEL,
			  CRYPTOMAP_A_ACL, CRYPTOMAP_ACL_NAME) &&
	       !nl_talk(&nl, nl_request(&nl, CRYPTOMAP_CMD_SA_FLUSH, 0)),
	       "everything can be removed");
	result(nothing_left(&nl), "nothing is left");
}

int main(int argc, char **argv)
{
	const char *env = getenv("FUZZ_SECS"), *seed = getenv("SEED");
	int secs = argc > 1 ? atoi(argv[1]) : env && *env ? atoi(env) : 15;
	int workers = NROLES - 1 + (argc > 2 ? atoi(argv[2]) : 4);
	unsigned int i;
	struct nl nl;
	int n;

	setlinebuf(stdout);
	printf("TAP version 13\n");
	if (argc > 3)
		damaged = atoi(argv[3]);
	if (workers > WORKERS_MAX || unshare(CLONE_NEWNET) || nl_attach(&nl)) {
		printf("1..0 # SKIP the module is not loaded, or too many workers\n");
		return 4;
	}
	close(nl.fd);
	printf("1..5\n");
	if (!seed) {
		static char text[32];

		snprintf(text, sizeof(text), "%ld", (long)time(NULL));
		setenv("SEED", text, 1);
		seed = text;
	}
	printf("# SEED=%s, %d s, %d processes, %d %% of the requests damaged\n", seed,
	       secs, workers, damaged);
	for (i = 0; i < sizeof(build) / sizeof(*build); i++)
		if (!sh(build[i]))
			printf("# failed: %s\n", build[i]);
	results = mmap(NULL, WORKERS_MAX * sizeof(*results), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	fuzz_command("FUZZ_START");
	deadline = time(NULL) + secs;
	for (n = 0; n < workers; n++)
		if (!fork())
			work(n);
	while (wait(NULL) > 0)
		;
	fuzz_command("FUZZ_END");
	judge(workers);
	return failed;
}
