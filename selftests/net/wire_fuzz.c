// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a hostile peer, or anybody on the way, can send: ESP, AH and ESP in UDP
 * of every length and shape into a bound interface. Authentic packets, too, with
 * anything inside: damaged headers, wrong padding, other next headers, tunnels
 * in tunnels, fragments. The kernel's log is judged by who runs this. Here: the
 * inner side was reached, every kind of refusal was seen, and afterwards each SA
 * takes a good packet, once.
 *
 *   wire_fuzz [SECONDS]	15, or FUZZ_SECS; SEED chooses other packets (printed);
 *				FUZZ_START and FUZZ_END are commands to run before and after
 *
 *   wan0: tap, 192.0.2.1/24 2001:db8:1::1/64 - this program writes its frames
 *   lan0: dummy, 10.1.0.1/24 fd00:a::1/64
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <time.h>

#include <linux/if_tun.h>

#include "selftests/net/fuzz_wire.h"

#define US4 "192.0.2.1"
#define PEER4 "192.0.2.2"
#define US6 "2001:db8:1::1"
#define PEER6 "2001:db8:1::2"

static const char *const outer_ends[4] = { PEER4, US4, PEER6, US6 };
static const char *const sent_ends[4] = { US4, PEER4, US6, PEER6 };
static const char *const lan_ends[4] = { "10.2.0.2", "10.1.0.77", "fd00:b::2", "fd00:a::77" };
static const char *const local_ends[4] = { "10.2.0.2", "10.1.0.1", "fd00:b::2", "fd00:a::1" };
static const char *const back_ends[4] = { "10.1.0.77", "10.2.0.2", "fd00:a::77", "fd00:b::2" };

static const struct wire_suite null_sha1 = {
	CRYPTOMAP_ENCR_NULL, 0, 0, CRYPTOMAP_AUTH_HMAC_SHA1_96, 20, 0, 1, 12
};
static const struct wire_suite cbc_sha256 = {
	CRYPTOMAP_ENCR_AES_CBC, 16, 0, CRYPTOMAP_AUTH_HMAC_SHA2_256_128, 32, 16, 16, 16
};
static const struct wire_suite gcm = { CRYPTOMAP_ENCR_AES_GCM_16, 20, 4, 0, 0, 8, 1, 16 };
static const struct wire_suite chacha = {
	CRYPTOMAP_ENCR_CHACHA20_POLY1305, 36, 4, 0, 0, 8, 1, 16
};

#define ESP(n, flow, s, ...) \
	{ .spi = (n), .proto = IPPROTO_ESP, .entry = (flow), .suite = &(s), ## __VA_ARGS__ }
#define AH(n, flow, ...) \
	{ .spi = (n), .proto = IPPROTO_AH, .entry = (flow), .suite = &null_sha1, ## __VA_ARGS__ }

static struct wire_sa sas[] = {
	ESP(0x1000, 10, null_sha1),
	ESP(0x1001, 10, gcm),
	ESP(0x1002, 10, cbc_sha256, .esn = true),
	ESP(0x1003, 10, gcm, .encap = 4500),
	ESP(0x1004, 20, null_sha1, .outer6 = true, .inner6 = true),
	ESP(0x1005, 20, chacha, .outer6 = true, .inner6 = true, .esn = true),
	ESP(0x1006, 20, gcm, .inner6 = true),
	ESP(0x1007, 10, null_sha1, .outer6 = true),
	ESP(0x1008, 30, null_sha1, .transport = true),
	ESP(0x1009, 40, gcm, .outer6 = true, .inner6 = true, .transport = true),
	AH(0x100a, 10, .esn = true),
	AH(0x100b, 20, .outer6 = true, .inner6 = true),
	AH(0x100c, 30, .transport = true),
	AH(0x100d, 40, .outer6 = true, .inner6 = true, .transport = true),
	/* Takes everything: what is inside may be ESP to us again. */
	ESP(0x100e, 10, null_sha1, .any = true),
	ESP(0x100f, 20, null_sha1, .outer6 = true, .inner6 = true, .any = true),
};

#define NSAS (sizeof(sas) / sizeof(*sas))

static struct fuzz f;
static int tap, natt;
static uint64_t frames;

/* --- the gateway --- */

static const char *const build[] = {
	"ip link set lo up",
	"ip link set wan0 address 02:00:00:00:00:01",
	"ip addr add 192.0.2.1/24 dev wan0",
	"ip -6 addr add 2001:db8:1::1/64 dev wan0 nodad",
	"ip link set wan0 up",
	"ip neigh add 192.0.2.2 lladdr 02:00:00:00:00:02 dev wan0",
	"ip -6 neigh add 2001:db8:1::2 lladdr 02:00:00:00:00:02 dev wan0",
	"ip route add default via 192.0.2.2",
	"ip -6 route add default via 2001:db8:1::2",
	"ip link add lan0 type dummy",
	"ip addr add 10.1.0.1/24 dev lan0",
	"ip -6 addr add fd00:a::1/64 dev lan0 nodad",
	"ip link set lan0 up",
	"sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.wan0.rp_filter=0",
};

static int open_tap(void)
{
	struct ifreq req = { .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_NAPI | IFF_NAPI_FRAGS };
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

	strcpy(req.ifr_name, "wan0");
	if (fd < 0 || ioctl(fd, TUNSETIFF, &req))
		return -1;
	return fd;
}

/* List, entry and, for IPv6, family of each flow. */
static bool configure(void)
{
	static const struct {
		uint32_t entry;
		const char *list, *peer;
		struct line line;
	} flows[] = {
		{ 10, "t4", PEER4, { 10, true, "10.1.0.0", "255.255.255.0", "10.2.0.0", "255.255.255.0", 0, 0, 0 } },
		{ 20, "t6", PEER6, { 10, true, "fd00:a::", "ffff:ffff:ffff:ffff::", "fd00:b::", "ffff:ffff:ffff:ffff::", 0, 0, 0 } },
		{ 30, "h4", PEER4, { 10, true, US4, "255.255.255.255", PEER4, "255.255.255.255", 0, 0, 0 } },
		{ 40, "h6", PEER6, { 10, true, US6, NULL, PEER6, NULL, 0, 0, 0 } },
	};
	struct nl_msg *msg = MAP(&f.nl, CRYPTOMAP_CMD_MAP_SET, 0, "m"), *list;
	struct nlattr *n;
	unsigned int i;

	for (i = 0; i < sizeof(flows) / sizeof(*flows); i++) {
		list = nl_request(&f.nl, CRYPTOMAP_CMD_ACL_SET, 0);
		n = nla_nest_start(list, CRYPTOMAP_A_ACL);
		nla_put_string(list, CRYPTOMAP_ACL_NAME, flows[i].list);
		if (strchr(flows[i].line.src, ':'))
			nla_put_u8(list, CRYPTOMAP_ACL_FAMILY, AF_INET6);
		nla_nest_end(list, n);
		put_line(list, &flows[i].line);
		if (nl_talk(&f.nl, list)) {
			printf("# list %s: %s\n", flows[i].list, f.nl.text);
			return false;
		}
		put_entry(msg, flows[i].entry, CRYPTOMAP_ENTRY_T_MANUAL, flows[i].list,
			  flows[i].peer);
	}
	nlmsg_hdr(msg)->nlmsg_seq = ++f.nl.seq;
	if (nl_talk(&f.nl, msg)) {
		printf("# map: %s\n", f.nl.text);
		return false;
	}
	msg = nl_request(&f.nl, CRYPTOMAP_CMD_BIND, 0);
	n = nla_nest_start(msg, CRYPTOMAP_A_BIND);
	nla_put_string(msg, CRYPTOMAP_BIND_IFNAME, "wan0");
	nla_put_string(msg, CRYPTOMAP_BIND_MAP, "m");
	nla_put_u16(msg, CRYPTOMAP_BIND_MSS, CRYPTOMAP_MSS_AUTO);
	nla_nest_end(msg, n);
	return !nl_talk(&f.nl, msg);
}

static bool give_socket(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(4500) };
	struct nl_msg *msg = nl_request(&f.nl, CRYPTOMAP_CMD_SOCK_SET, 0);
	struct nlattr *n = nla_nest_start(msg, CRYPTOMAP_A_SOCK);

	natt = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bind(natt, (struct sockaddr *)&at, sizeof(at));
	nla_put_u32(msg, CRYPTOMAP_SOCK_FD, natt);
	nla_put_u8(msg, CRYPTOMAP_SOCK_KIND, CRYPTOMAP_SOCK_NATT);
	nla_nest_end(msg, n);
	return !nl_talk(&f.nl, msg);
}

static void put_any(struct nl_msg *msg, bool v6)
{
	struct nlattr *n = nla_nest_start(msg, CRYPTOMAP_SA_SEL);

	nl_put_ip(msg, CRYPTOMAP_SEL_SRC, v6 ? "::" : "0.0.0.0");
	nl_put_ip(msg, CRYPTOMAP_SEL_SRC_MASK, v6 ? "::" : "0.0.0.0");
	nl_put_ip(msg, CRYPTOMAP_SEL_DST, v6 ? "::" : "0.0.0.0");
	nl_put_ip(msg, CRYPTOMAP_SEL_DST_MASK, v6 ? "::" : "0.0.0.0");
	nla_nest_end(msg, n);
}

/* Both directions: what the gateway answers goes out through one as well. */
static bool install(const struct wire_sa *sa, bool in)
{
	uint32_t flow = flow_id(&f.nl, "wan0", sa->entry, 10);
	struct nl_msg *msg = nl_request(&f.nl, CRYPTOMAP_CMD_SA_SET, 0);
	struct nlattr *n = nla_nest_start(msg, CRYPTOMAP_A_SA);
	const char *us = sa->outer6 ? US6 : US4, *peer = sa->outer6 ? PEER6 : PEER4;
	const struct wire_suite *s = sa->suite;
	uint8_t key[64];

	memset(key, CRYPT_KEY_BYTE, sizeof(key));
	nla_put_u8(msg, CRYPTOMAP_SA_DIR, in ? CRYPTOMAP_DIR_IN : CRYPTOMAP_DIR_OUT);
	nla_put_u8(msg, CRYPTOMAP_SA_PROTO, sa->proto);
	nla_put_u32(msg, CRYPTOMAP_SA_SPI, htonl(sa->spi));
	nl_put_ip(msg, CRYPTOMAP_SA_SRC, in ? peer : us);
	nl_put_ip(msg, CRYPTOMAP_SA_DST, in ? us : peer);
	nla_put_u32(msg, CRYPTOMAP_SA_FLOW, flow);
	nla_put_u8(msg, CRYPTOMAP_SA_MODE, sa->transport);
	nla_put_u32(msg, CRYPTOMAP_SA_FLAGS, (in ? 0 : CRYPTOMAP_SA_F_ACTIVATE) |
		    (sa->esn ? CRYPTOMAP_SA_F_ESN : 0));
	if (sa->proto == IPPROTO_ESP) {
		nla_put_u16(msg, CRYPTOMAP_SA_ENCR, s->encr);
		if (s->encr_key)
			nla_put(msg, CRYPTOMAP_SA_ENCR_KEY, s->encr_key, key);
	}
	if (s->auth) {
		nla_put_u16(msg, CRYPTOMAP_SA_AUTH, s->auth);
		nla_put(msg, CRYPTOMAP_SA_AUTH_KEY, s->auth_key, key);
	}
	if (sa->encap) {
		nla_put_u16(msg, CRYPTOMAP_SA_ENCAP_SPORT, htons(in ? sa->encap : 4500));
		nla_put_u16(msg, CRYPTOMAP_SA_ENCAP_DPORT, htons(in ? 4500 : sa->encap));
	}
	if (in && sa->any)
		put_any(msg, sa->inner6);
	if (in && sa->seq)
		nla_put_u64(msg, CRYPTOMAP_SA_SEQ, sa->seq);
	nla_nest_end(msg, n);
	if (!nl_talk(&f.nl, msg))
		return true;
	printf("# SA %x %s: %s\n", sa->spi, in ? "in" : "out", f.nl.text);
	return false;
}

/* All SAs anew; those with extended numbers are about to leave the first 2^32. */
static bool renew(void)
{
	bool ok = true;
	unsigned int i;

	nl_talk(&f.nl, nl_request(&f.nl, CRYPTOMAP_CMD_SA_FLUSH, 0));
	for (i = 0; i < NSAS; i++) {
		sas[i].seq = sas[i].esn ? 0xffffff00 : 0;
		ok &= install(&sas[i], true) && install(&sas[i], false);
	}
	return ok;
}

/* --- frames --- */

static void write_frame(bool v6, const uint8_t *data, uint32_t len)
{
	uint8_t eth[14] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2 };
	uint8_t pages[16][4096];
	struct iovec v[17] = { { eth, sizeof(eth) } };
	uint32_t n = 1, piece;

	eth[12] = v6 ? 0x86 : 0x08;
	eth[13] = v6 ? 0xdd : 0x00;
	/* Pieces of the packet in pages of their own. */
	while (len && n < 17) {
		piece = rng_one_in(&f.rng, 3) ? 1 + rng_below(&f.rng, 200) : 4096;
		if (n >= 3)
			piece = 4096;
		piece = piece < len ? piece : len;
		memcpy(pages[n - 1], data, piece);
		v[n] = (struct iovec){ pages[n - 1], piece };
		data += piece;
		len -= piece;
		n++;
	}
	if (writev(tap, v, n) > 0)
		frames++;
}

struct piece {
	uint32_t off, len;
};

static void shuffle(struct piece *p, uint32_t n)
{
	while (n > 1) {
		uint32_t i = rng_below(&f.rng, n--);
		struct piece t = p[i];

		p[i] = p[n];
		p[n] = t;
	}
}

static void write_piece4(const struct wire_buf *b, uint32_t ihl, const struct piece *p,
			 uint16_t id)
{
	static struct wire_buf out;
	struct iphdr h;

	memcpy(&h, b->data, sizeof(h));
	h.id = htons(id);
	h.frag_off = htons((p->off >> 3) | (ihl + p->off + p->len < b->len ? IP_MF : 0));
	h.tot_len = htons(ihl + p->len);
	out.len = 0;
	wire_put(&out, &h, sizeof(h));
	wire_put(&out, b->data + sizeof(h), ihl - sizeof(h));
	wire_put(&out, b->data + ihl + p->off, p->len);
	wire_fix_ip4(out.data, out.len);
	write_frame(false, out.data, out.len);
}

static void write_piece6(const struct wire_buf *b, const struct piece *p, uint32_t id)
{
	static struct wire_buf out;
	struct ip6_frag frag = { .ip6f_reserved = 0 };
	struct ip6_hdr h;

	memcpy(&h, b->data, sizeof(h));
	frag.ip6f_nxt = h.ip6_nxt;
	frag.ip6f_offlg = htons(p->off | (sizeof(h) + p->off + p->len < b->len));
	frag.ip6f_ident = htonl(id);
	h.ip6_nxt = IPPROTO_FRAGMENT;
	h.ip6_plen = htons(sizeof(frag) + p->len);
	out.len = 0;
	wire_put(&out, &h, sizeof(h));
	wire_put(&out, &frag, sizeof(frag));
	wire_put(&out, b->data + sizeof(h) + p->off, p->len);
	write_frame(true, out.data, out.len);
}

/* In up to 60 fragments, in any order, some twice, some overlapping, some lost. */
static void write_fragments(const struct wire_buf *b, bool v6)
{
	uint32_t head = v6 ? 40 : (b->data[0] & 15) * 4, off, n = 0, i, step;
	struct piece p[64];
	uint16_t id = rng_next(&f.rng);

	if (b->len <= head || head < 20)
		return;
	step = 8 + (rng_below(&f.rng, 1480) & ~7U);
	if ((b->len - head) / step > 50)
		step = ((b->len - head) / 50 + 8) & ~7U;
	for (off = 0; head + off < b->len && n < 60; off += step)
		p[n++] = (struct piece){ off, b->len - head - off < step ? b->len - head - off : step };
	if (rng_one_in(&f.rng, 3))
		shuffle(p, n);
	if (rng_one_in(&f.rng, 20) && n > 1)
		p[rng_below(&f.rng, n)] = p[0];
	if (rng_one_in(&f.rng, 20) && p[0].len >= 16)
		p[n++] = (struct piece){ p[0].off + 8, p[0].len - 8 };
	for (i = 0; i < n; i++) {
		if (v6)
			write_piece6(b, &p[i], id);
		else
			write_piece4(b, head, &p[i], id);
	}
}

/* --- packets --- */

static uint32_t some_length(void)
{
	switch (rng_below(&f.rng, 40)) {
	case 0:
		return rng_below(&f.rng, 65000);
	case 1:
		return 65000 + rng_below(&f.rng, 600);
	case 2:
	case 3:
	case 4:
		return rng_below(&f.rng, 9000);
	default:
		return rng_below(&f.rng, rng_one_in(&f.rng, 3) ? 1500 : 80);
	}
}

static void outer_packet(struct wire_sa *sa, struct wire_buf *b, int depth);

/* Behind the IP header; its protocol. */
static uint8_t upper_layer(struct wire_buf *b, bool v6, const char *const back[4], int depth)
{
	static struct wire_buf nested[4];
	static const uint8_t protos[] = { 0, 1, 4, 6, 17, 41, 43, 44, 47, 50, 51, 58, 59, 60, 132, 255 };
	uint32_t len = some_length();

	b->len = 0;
	switch (rng_below(&f.rng, 8)) {
	case 0:
		wire_tcp(&f, b);
		wire_put_random(b, &f.rng, rng_below(&f.rng, 20));
		return IPPROTO_TCP;
	case 1:
		wire_icmp_error(&f, b, v6, back, FUZZ_PICK(&f, ((uint8_t[]){ 6, 17, 50, 51, 1 })));
		return v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
	case 2:		/* echo: answered through the tunnel */
		wire_put(b, v6 ? "\200\0\0\0abcd" : "\10\0\0\0abcd", 8);
		wire_put_random(b, &f.rng, rng_below(&f.rng, 1400));
		return v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
	case 3:
		wire_put_random(b, &f.rng, len);
		return FUZZ_PICK(&f, protos);
	case 4:
		if (depth < 3) {
			outer_packet(&FUZZ_PICK(&f, sas), &nested[depth], depth + 1);
			wire_put(b, nested[depth].data, nested[depth].len);
			return b->len && b->data[0] >> 4 == 6 ? 41 : 4;
		}
		/* fallthrough */
	default:
		wire_udp(b, 4000, rng_below(&f.rng, 10), len);
		wire_put_random(b, &f.rng, len);
		return IPPROTO_UDP;
	}
}

/* An inner IP packet, mostly good. */
static void inner_packet(struct wire_sa *sa, struct wire_buf *b, int depth)
{
	static struct wire_buf uppers[4];
	struct wire_buf *upper = &uppers[depth];
	const char *const *ends = rng_one_in(&f.rng, 4) ? local_ends : lan_ends;
	uint8_t proto;

	if (sa->any && rng_one_in(&f.rng, 2) && depth < 3) {
		outer_packet(&FUZZ_PICK(&f, sas), b, depth + 1);
		return;
	}
	proto = upper_layer(upper, sa->inner6, back_ends, depth);
	if (sa->inner6 && rng_one_in(&f.rng, 4))
		proto = wire_extensions(&f, upper, proto);
	b->len = 0;
	wire_ip(b, sa->inner6, ends, proto, upper->len);
	if (!sa->inner6 && rng_one_in(&f.rng, 8)) {
		b->data[6] = rng_one_in(&f.rng, 2) ? 0x20 : 0;
		b->data[7] = rng_below(&f.rng, 4);
	}
	wire_put(b, upper->data, upper->len);
	if (rng_one_in(&f.rng, 3))
		b->len = fuzz_damage(&f, b->data, b->len < 64 || rng_one_in(&f.rng, 4) ? b->len : 64);
	if (!sa->inner6 && rng_below(&f.rng, 8))
		wire_fix_ip4(b->data, b->len);
}

static uint8_t payload_of(struct wire_sa *sa, struct wire_buf *b, int depth)
{
	static const uint8_t nexts[] = { 0, 1, 4, 6, 17, 41, 43, 44, 50, 51, 58, 59, 60, 255 };
	uint8_t next;

	if (sa->transport) {
		next = upper_layer(b, sa->inner6, sent_ends, depth);
		if (sa->inner6 && rng_one_in(&f.rng, 4))
			next = wire_extensions(&f, b, next);
	} else {
		inner_packet(sa, b, depth);
		next = sa->inner6 ? IPPROTO_IPV6 : IPPROTO_IPIP;
	}
	if (rng_one_in(&f.rng, 20))
		b->len = rng_below(&f.rng, 9);
	return rng_one_in(&f.rng, 12) ? FUZZ_PICK(&f, nexts) : next;
}

static void next_number(struct wire_sa *sa)
{
	if (rng_one_in(&f.rng, 20))
		return;			/* once more */
	if (rng_one_in(&f.rng, 300))
		sa->seq += rng_below(&f.rng, 10000);
	sa->seq++;
}

/* An authentic packet of @sa on the wire, from its IP header. */
static void outer_packet(struct wire_sa *sa, struct wire_buf *b, int depth)
{
	static struct wire_buf insides[4], esps[4];
	struct wire_buf *inside = &insides[depth], *esp = &esps[depth];
	uint8_t next = payload_of(sa, inside, depth);

	b->len = 0;
	if (inside->len > 65000)
		inside->len = 65000;
	next_number(sa);
	if (sa->proto == IPPROTO_AH) {
		wire_ip(b, sa->outer6, outer_ends, IPPROTO_AH, inside->len + 24);
		wire_ah(sa, b, 0, next, inside->data, inside->len);
		return;
	}
	esp->len = 0;
	wire_esp(&f, sa, esp, inside->data, inside->len, next);
	if (!sa->encap == (!sa->outer6 && rng_one_in(&f.rng, 50))) {
		wire_ip(b, false, outer_ends, IPPROTO_UDP, esp->len + 8);
		wire_udp(b, 4500 + rng_one_in(&f.rng, 50), 4500, esp->len);
	} else {
		wire_ip(b, sa->outer6, outer_ends, IPPROTO_ESP, esp->len);
	}
	wire_put(b, esp->data, esp->len);
}

/* Nothing authentic: lengths from 0 on, SPIs that exist and that do not. */
static void raw_packet(struct wire_buf *b, bool v6)
{
	static const uint8_t protos[] = { 50, 50, 51, 51, 17, 4, 41, 44, 0, 59, 108 };
	uint8_t proto = FUZZ_PICK(&f, protos);
	uint32_t len = some_length(), spi = htonl(0xff0 + rng_below(&f.rng, 40));
	static struct wire_buf p;

	p.len = 0;
	if (proto == 17) {
		wire_udp(&p, 4500, rng_one_in(&f.rng, 8) ? 500 : 4500, len);
		if (rng_one_in(&f.rng, 3))
			wire_put(&p, "\0\0\0\0", 4);
		else if (rng_one_in(&f.rng, 3))
			wire_put_byte(&p, 0xff);
	}
	if (proto == 51)
		wire_put(&p, "\4\4\0\0", 4);
	if (rng_below(&f.rng, 4))
		wire_put(&p, &spi, 4);
	wire_put_random(&p, &f.rng, len);
	p.len = p.len > len ? len : p.len;
	if (v6 && rng_one_in(&f.rng, 3))
		proto = wire_extensions(&f, &p, proto);
	b->len = 0;
	wire_ip(b, v6, outer_ends, proto, p.len);
	wire_put(b, p.data, p.len);
}

/* ICMP errors about what the gateway sent. */
static void error_packet(struct wire_buf *b, bool v6)
{
	static struct wire_buf p;

	p.len = 0;
	wire_icmp_error(&f, &p, v6, sent_ends, FUZZ_PICK(&f, ((uint8_t[]){ 50, 51, 17 })));
	b->len = 0;
	wire_ip(b, v6, outer_ends, v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP, p.len);
	wire_put(b, p.data, p.len);
	if (v6) {	/* with its pseudo header */
		uint32_t sum = wire_sum(b->data + 8, 32, p.len + IPPROTO_ICMPV6);
		uint16_t check = wire_fold(wire_sum(b->data + 40, b->len - 40, sum));

		if (b->len >= 44)
			memcpy(b->data + 42, &check, 2);
	}
}

static void one_packet(void)
{
	static struct wire_buf b;
	bool v6;

	switch (rng_below(&f.rng, 12)) {
	case 0:
	case 1:
		v6 = rng_one_in(&f.rng, 2);
		raw_packet(&b, v6);
		break;
	case 2:
		v6 = rng_one_in(&f.rng, 2);
		error_packet(&b, v6);
		break;
	default: {
		struct wire_sa *sa = &FUZZ_PICK(&f, sas);

		v6 = sa->outer6;
		outer_packet(sa, &b, 0);
		break;
	}
	}
	if (rng_one_in(&f.rng, 8)) {
		b.len = fuzz_damage(&f, b.data, rng_one_in(&f.rng, 2) || b.len < 64 ? b.len : 64);
		if (!v6)
			wire_fix_ip4(b.data, b.len);
	}
	if (b.len > 65535)
		b.len = 65535;
	if (b.len > 40 && (b.len > 30000 || rng_one_in(&f.rng, 5)))
		write_fragments(&b, v6);
	else
		write_frame(v6, b.data, b.len);
}

/* What the gateway sent: dropped, or thrown back at it. */
static void read_back(void)
{
	static uint8_t buf[70000];
	ssize_t len;

	while ((len = read(tap, buf, sizeof(buf))) > 0)
		if (len > 34 && rng_one_in(&f.rng, 50)) {
			buf[26] ^= buf[30], buf[30] ^= buf[26], buf[26] ^= buf[30];
			write_frame(buf[12] == 0x86, buf + 14, len - 14);
		}
	while (recv(natt, buf, sizeof(buf), MSG_DONTWAIT) >= 0)
		;
}

/* --- the end --- */

static int failed, number;

static void result(bool ok, const char *what)
{
	printf("%sok %d %s\n", ok ? "" : "not ", ++number, what);
	failed |= !ok;
}

static uint64_t decaps(uint32_t entry)
{
	struct nl_answer a;

	if (flow_get(&f.nl, "wan0", entry, 10, &a))
		return 0;
	return flow_num(&a, CRYPTOMAP_FLOW_DECAPS);
}

static void good_packet(struct wire_sa *sa, struct wire_buf *b)
{
	static struct wire_buf inside, esp;
	struct fuzz calm = { .rng = { 1 } };
	uint32_t pad;

	inside.len = 0;
	if (!sa->transport)
		wire_ip(&inside, sa->inner6, lan_ends, IPPROTO_UDP, 16);
	wire_udp(&inside, 4000, 9, 8);
	wire_put(&inside, "goodgood", 8);
	sa->seq++;
	b->len = 0;
	if (sa->proto == IPPROTO_AH) {
		wire_ip(b, sa->outer6, outer_ends, IPPROTO_AH, inside.len + 24);
		wire_ah(sa, b, 0, sa->transport ? IPPROTO_UDP : sa->inner6 ? 41 : 4,
			inside.data, inside.len);
		return;
	}
	/* The trailer is damaged at random: look for one that is not. */
	for (pad = 0; pad < 100; pad++) {
		static struct wire_buf t;

		calm.rng.state = pad;
		t.len = 0;
		struct fuzz probe = calm;

		rng_next(&probe.rng);	/* the IV */
		wire_trailer(&probe, sa, &t, inside.len, 0);
		if (t.len < 20 && t.data[t.len - 2] == t.len - 2 &&
		    (t.len < 3 || (t.data[0] == 1 && t.data[t.len - 3] == t.len - 2)))
			break;
	}
	esp.len = 0;
	wire_esp(&calm, sa, &esp, inside.data, inside.len,
		 sa->transport ? IPPROTO_UDP : sa->inner6 ? 41 : 4);
	if (sa->encap) {
		wire_ip(b, false, outer_ends, IPPROTO_UDP, esp.len + 8);
		wire_udp(b, sa->encap, 4500, esp.len);
	} else {
		wire_ip(b, sa->outer6, outer_ends, IPPROTO_ESP, esp.len);
	}
	wire_put(b, esp.data, esp.len);
}

/* A good packet is taken, the same again is not. */
static bool takes_one(struct wire_sa *sa)
{
	uint64_t before = decaps(sa->entry);
	static struct wire_buf b;
	int tries;

	good_packet(sa, &b);
	write_frame(sa->outer6, b.data, b.len);
	write_frame(sa->outer6, b.data, b.len);
	for (tries = 0; tries < 250 && decaps(sa->entry) == before; tries++)
		usleep(20000);
	usleep(20000);
	if (decaps(sa->entry) == before + 1)
		return true;
	printf("# SA %x takes %d packets instead of 1\n", sa->spi,
	       (int)(decaps(sa->entry) - before));
	return false;
}

static const char *const wanted[] = {
	"bad_icv", "bad_padding", "truncated", "replay", "selector_mismatch",
	"bad_inner", "bad_next_header", "unknown_spi", "encap_mismatch",
};
static uint64_t seen[sizeof(wanted) / sizeof(*wanted)];

static void note_counter(struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *c = nl_find(nlh, CRYPTOMAP_A_COUNTER);
	struct nlattr *name = nl_in(c, CRYPTOMAP_COUNTER_NAME);
	uint64_t n = nl_num(nl_in(c, CRYPTOMAP_COUNTER_PACKETS));
	unsigned int i;

	(void)arg;
	if (!name || !n)
		return;
	printf("#   %s %llu\n", (char *)nla_data(name), (unsigned long long)n);
	for (i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
		if (!strcmp(nla_data(name), wanted[i]))
			seen[i] = n;
}

static void judge(void)
{
	uint64_t sum = decaps(10) + decaps(20) + decaps(30) + decaps(40);
	bool ok = true;
	unsigned int i;

	printf("# %llu frames, %llu packets decapsulated, lost:\n",
	       (unsigned long long)frames, (unsigned long long)sum);
	dump(&f.nl, CRYPTOMAP_CMD_COUNTER_GET, note_counter, NULL);
	result(decaps(10) && decaps(20) && decaps(30) && decaps(40) && sum > frames / 20,
	       "what is inside is reached");
	for (i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
		ok &= seen[i] > 0;
		if (!seen[i])
			printf("# no %s\n", wanted[i]);
	}
	result(ok, "packets are refused for every reason");
	ok = renew();
	for (i = 0; i < NSAS; i++)
		ok &= takes_one(&sas[i]);
	result(ok, "afterwards each SA takes a good packet, once");
}

int main(int argc, char **argv)
{
	const char *env = getenv("FUZZ_SECS"), *seed = getenv("SEED");
	int secs = argc > 1 ? atoi(argv[1]) : env && *env ? atoi(env) : 15, n;
	static char text[32];
	time_t end;
	unsigned int i;

	setlinebuf(stdout);
	printf("TAP version 13\n");
	if (unshare(CLONE_NEWNET) || nl_attach(&f.nl)) {
		printf("1..0 # SKIP the module is not loaded\n");
		return 4;
	}
	if (!sh("modprobe -q tun || test -e /dev/net/tun") || (tap = open_tap()) < 0) {
		printf("1..0 # SKIP no tap device\n");
		return 4;
	}
	printf("1..4\n");
	snprintf(text, sizeof(text), "%ld", (long)time(NULL));
	setenv("SEED", seed ? seed : text, 1);
	printf("# SEED=%s, %d s\n", getenv("SEED"), secs);
	f.rng = rng_start(0);
	for (i = 0; i < sizeof(build) / sizeof(*build); i++)
		if (!sh(build[i]))
			printf("# failed: %s\n", build[i]);
	result(configure() && give_socket() && renew(), "the gateway is set up");
	if (failed)
		return 1;
	fuzz_command("FUZZ_START");
	for (end = time(NULL) + secs; time(NULL) < end;) {
		for (n = 0; n < 64; n++)
			one_packet();
		read_back();
		if (rng_one_in(&f.rng, 40))
			renew();
	}
	fuzz_command("FUZZ_END");
	judge();
	return failed;
}
