// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Install so many rules and say what it took: time, and memory for each.
 *
 *   scale lines CASE COUNT IFNAME     access list "scale" of that many lines, map
 *                                     "scale" with entry 10 (manual), bound
 *   scale sas COUNT IFNAME            outbound SAs under dynamic entry 20 of it
 *   scale policies CASE COUNT         outbound policies of XFRM, for comparison
 *
 * Cases:
 *   sites     a network each
 *   ports     any address, a port each
 *   ranges    any address, a range of ports each
 *   masks     1,152 combinations of masks and protocol
 *   nested    576 of masks, all around the addresses of the traffic, a port each
 *   denies    deny lines, a network each
 *
 * None of them takes UDP from 10.1.0.0/24 to 10.2.0.0/16 port 5201; the last line
 * of the list permits that.
 *
 * Prints "NANOSECONDS BYTES", both of the whole.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <time.h>

#include <linux/xfrm.h>

#include "selftests/net/nl_config.h"

#define BATCH 500
#define PERMIT_LINE 1000000
#define MASKS 1152
#define GRACE_US 300000	/* by then what is no longer used is free */

/* A selector: networks in host order, ports of the far side. */
struct rule {
	uint32_t src, smask, dst, dmask;
	uint8_t proto;
	uint16_t lo, hi, sport;
	bool deny;
};

static void die(const char *what, int err)
{
	fprintf(stderr, "scale: %s: %s\n", what, strerror(-err));
	exit(1);
}

/* 1..5200 and 5202..60000: never that of the traffic. */
static uint16_t port_of(uint32_t i)
{
	uint16_t port = 1 + i % 59999;

	return port >= 5201 ? port + 1 : port;
}

/* Combination @i of masks: 24 lengths each, TCP or any protocol. */
static struct rule masked(uint32_t i, uint32_t src, uint32_t dst)
{
	struct rule r = { .smask = 0xffffffffu << (i % 24), .dmask = 0xffffffffu << (i / 24 % 24) };

	r.proto = i % MASKS / 576 ? IPPROTO_TCP : 0;
	r.src = src & r.smask;
	r.dst = dst & r.dmask;
	return r;
}

static struct rule make_rule(const char *kind, uint32_t i)
{
	struct rule r = { .src = 0x0a000000, .smask = 0xff000000,
			  .dst = 0x14000000 + (i << 8), .dmask = 0xffffff00 };

	if (!strcmp(kind, "denies"))
		r.deny = true;
	if (!strcmp(kind, "sites") || !strcmp(kind, "denies"))
		return r;
	if (!strcmp(kind, "masks"))
		return masked(i, 0x80000000 + (i / MASKS << 23),
			      0x40000000 + i * 2246822519u % 0x40000000);
	r = !strcmp(kind, "nested") ? masked(i, 0x0a010002, 0x0a020002) : (struct rule){ 0 };
	r.proto = IPPROTO_UDP;
	r.lo = port_of(i);
	r.hi = r.lo;
	r.sport = 1 + i / 59999;	/* more than there are ports: other sources */
	if (!strcmp(kind, "ranges") && r.lo != 5200)
		r.hi = r.lo + 1;
	return r;
}

static void put_net(struct nl_msg *msg, int attr, uint32_t addr, uint32_t mask)
{
	addr = htonl(addr);
	mask = htonl(mask);
	if (!mask)
		return;
	nla_put(msg, attr, 4, &addr);
	nla_put(msg, attr + 1, 4, &mask);
}

static void put_rule(struct nl_msg *msg, uint32_t seq, const struct rule *r)
{
	struct nlattr *line = nla_nest_start(msg, CRYPTOMAP_A_LINE), *sel;

	nla_put_u32(msg, CRYPTOMAP_LINE_SEQ, seq);
	nla_put_u8(msg, CRYPTOMAP_LINE_ACTION, !r->deny);
	sel = nla_nest_start(msg, CRYPTOMAP_LINE_SEL);
	put_net(msg, CRYPTOMAP_SEL_SRC, r->src, r->smask);
	put_net(msg, CRYPTOMAP_SEL_DST, r->dst, r->dmask);
	if (r->proto) {
		nla_put_u8(msg, CRYPTOMAP_SEL_PROTO, r->proto);
		nla_put_u16(msg, CRYPTOMAP_SEL_SPORT_LO, r->sport);
		nla_put_u16(msg, CRYPTOMAP_SEL_DPORT_LO, r->lo);
		nla_put_u16(msg, CRYPTOMAP_SEL_DPORT_HI, r->hi);
	}
	nla_nest_end(msg, sel);
	nla_nest_end(msg, line);
}

static const struct rule traffic = { 0x0a010000, 0xffffff00, 0x0a020000, 0xffff0000,
				     0, 0, 0, 0, false };

static void base(struct nl *nl, const char *ifname)
{
	struct nl_msg *msg = ACL(nl, CRYPTOMAP_CMD_ACL_SET, 0, "scale");
	int err;

	put_rule(msg, PERMIT_LINE, &traffic);
	err = nl_talk(nl, msg);
	if (!err)
		err = map(nl, CRYPTOMAP_CMD_MAP_SET, "scale", 10, CRYPTOMAP_ENTRY_T_MANUAL, "scale");
	if (!err)
		err = map(nl, CRYPTOMAP_CMD_ENTRY_SET, "scale", 20, CRYPTOMAP_ENTRY_T_DYNAMIC, NULL);
	if (!err)
		err = bind_map(nl, ifname, "scale");
	if (err)
		die(nl->text, err);
}

static void add_lines(struct nl *nl, const char *kind, uint32_t count)
{
	struct nl_msg *msg;
	struct rule r;
	uint32_t i = 0, end;
	int err;

	while (i < count) {
		msg = ACL(nl, CRYPTOMAP_CMD_LINE_ADD, 0, "scale");
		for (end = i + BATCH; i < end && i < count; i++) {
			r = make_rule(kind, i);
			put_rule(msg, i + 1, &r);
		}
		err = nl_talk(nl, msg);
		if (err)
			die(nl->text, err);
	}
}

/* Many requests in one message; only the last is answered if all is well. */
struct batch {
	char buf[BATCH * 256];
	size_t len;
	uint32_t n;
	struct nlmsghdr *last;
};

static void batch_send(struct nl *nl, struct batch *b)
{
	int err;

	if (!b->n)
		return;
	b->last->nlmsg_flags |= NLM_F_ACK;
	err = send(nl->fd, b->buf, b->len, 0) < 0 ? -errno : nl_receive(nl, NULL, NULL);
	if (err)
		die(nl->text, err);
	b->len = b->n = 0;
}

static void batch_add(struct nl *nl, struct batch *b, struct nl_msg *msg)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);

	nlh->nlmsg_seq = ++nl->seq;
	b->last = memcpy(b->buf + b->len, nlh, nlh->nlmsg_len);
	b->len += NLMSG_ALIGN(nlh->nlmsg_len);
	if (++b->n == BATCH)
		batch_send(nl, b);
}

/* A request for an SA, and where the SPI and the address it protects stand in it. */
struct sa_request {
	struct nl_msg *msg;
	uint32_t *spi, *dst;
};

static uint32_t *reserve(struct nl_msg *msg, int attr)
{
	return nla_data(nla_reserve(msg, attr, sizeof(uint32_t)));
}

static void sa_begin(struct sa_request *req, struct nl *nl, const char *ifname)
{
	const uint32_t all = 0xffffffff;
	struct nl_msg *msg = nlmsg_alloc_size(512);
	struct nlattr *nest, *sel;
	uint8_t key[20] = { 1, 2, 3 };

	genlmsg_put(msg, 0, 0, nl->family, 0, NLM_F_REQUEST, CRYPTOMAP_CMD_SA_SET, 1);
	nest = nla_nest_start(msg, CRYPTOMAP_A_SA);
	nla_put_u8(msg, CRYPTOMAP_SA_DIR, CRYPTOMAP_DIR_OUT);
	req->spi = reserve(msg, CRYPTOMAP_SA_SPI);
	nl_put_ip(msg, CRYPTOMAP_SA_SRC, "192.0.2.1");
	nl_put_ip(msg, CRYPTOMAP_SA_DST, "192.0.2.2");
	nla_put_u16(msg, CRYPTOMAP_SA_ENCR, CRYPTOMAP_ENCR_AES_GCM_16);
	nla_put(msg, CRYPTOMAP_SA_ENCR_KEY, 20, key);
	nla_put_u32(msg, CRYPTOMAP_SA_FLAGS, CRYPTOMAP_SA_F_ACTIVATE);
	nla_put_string(msg, CRYPTOMAP_SA_IFNAME, ifname);
	nla_put_u32(msg, CRYPTOMAP_SA_ENTRY, 20);
	sel = nla_nest_start(msg, CRYPTOMAP_SA_SEL);
	put_net(msg, CRYPTOMAP_SEL_SRC, 0x0a000000, 0xff000000);
	req->dst = reserve(msg, CRYPTOMAP_SEL_DST);
	nla_put(msg, CRYPTOMAP_SEL_DST_MASK, sizeof(all), &all);
	nla_nest_end(msg, sel);
	nla_nest_end(msg, nest);
	req->msg = msg;
}

static void add_sas(struct nl *nl, const char *ifname, uint32_t count)
{
	static struct batch b;
	struct sa_request req;
	uint32_t i;

	sa_begin(&req, nl, ifname);
	for (i = 0; i < count; i++) {
		*req.spi = htonl(0x10000 + i);
		*req.dst = htonl(0x14000000 + i);
		batch_add(nl, &b, req.msg);
	}
	batch_send(nl, &b);
	nlmsg_free(req.msg);
}

static void add_policies(struct nl *nl, const char *kind, uint32_t count)
{
	static struct batch b;
	struct xfrm_userpolicy_info p;
	struct nl_msg *msg;
	struct rule r;
	uint32_t i;

	for (i = 0; i < count; i++) {
		r = make_rule(kind, i);
		memset(&p, 0, sizeof(p));
		p.sel.family = AF_INET;
		p.sel.saddr.a4 = htonl(r.src);
		p.sel.prefixlen_s = __builtin_popcount(r.smask);
		p.sel.daddr.a4 = htonl(r.dst);
		p.sel.prefixlen_d = __builtin_popcount(r.dmask);
		p.sel.proto = r.proto;
		p.sel.sport = htons(r.sport);
		p.sel.sport_mask = r.sport ? 0xffff : 0;
		p.sel.dport = htons(r.lo);
		p.sel.dport_mask = r.lo ? 0xffff : 0;
		p.lft.soft_byte_limit = p.lft.hard_byte_limit = XFRM_INF;
		p.lft.soft_packet_limit = p.lft.hard_packet_limit = XFRM_INF;
		p.priority = i + 1;
		p.dir = XFRM_POLICY_OUT;
		p.action = r.deny ? XFRM_POLICY_ALLOW : XFRM_POLICY_BLOCK;
		msg = nlmsg_alloc_size(512);
		nlmsg_put(msg, 0, 0, XFRM_MSG_NEWPOLICY, sizeof(p),
			  NLM_F_REQUEST | NLM_F_CREATE);
		memcpy(nlmsg_data(nlmsg_hdr(msg)), &p, sizeof(p));
		batch_add(nl, &b, msg);
		nlmsg_free(msg);
	}
	batch_send(nl, &b);
}

/* --- what it took ---------------------------------------------------------------- */

/* Memory of the kernel itself, bytes. */
static long long kernel_memory(void)
{
	static const char *const parts[] = { "Slab:", "VmallocUsed:", "Percpu:" };
	FILE *f = fopen("/proc/meminfo", "r");
	char line[128], name[64];
	long long kb, sum = 0;
	size_t i;

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%63s %lld", name, &kb) != 2)
			continue;
		for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
			if (!strcmp(name, parts[i]))
				sum += kb * 1024;
	}
	if (f)
		fclose(f);
	return sum;
}

static long long now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	long long begin, took, memory;
	struct nl nl;
	int err;

	if (!strcmp(what, "policies") && argc == 4) {
		err = nl_open(&nl, 0);
		close(nl.fd);
		nl.fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_XFRM);
	} else if ((!strcmp(what, "lines") && argc == 5) || (!strcmp(what, "sas") && argc == 4)) {
		err = nl_attach(&nl);
		if (!err)
			base(&nl, argv[argc - 1]);
	} else {
		fprintf(stderr, "usage: scale lines CASE COUNT IFNAME | sas COUNT IFNAME | policies CASE COUNT\n");
		return 2;
	}
	if (err)
		die("netlink", err);
	memory = kernel_memory();
	begin = now_ns();
	if (!strcmp(what, "lines"))
		add_lines(&nl, argv[2], atoi(argv[3]));
	else if (!strcmp(what, "sas"))
		add_sas(&nl, argv[3], atoi(argv[2]));
	else
		add_policies(&nl, argv[2], atoi(argv[3]));
	took = now_ns() - begin;
	usleep(GRACE_US);
	printf("%lld %lld\n", took, kernel_memory() - memory);
	return 0;
}
