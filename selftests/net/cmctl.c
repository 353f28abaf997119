// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmctl: the module's netlink commands, one each, for tests.
 *
 *   acl NAME LINE...         LINE: "NUM permit|deny SRC DST [PROTO [SPORT [DPORT]]]"
 *                            SRC, DST: any, ADDR or ADDR/BITS; PORT: any, N or N-M
 *   acl6 NAME LINE...        the same for IPv6
 *   acl-del NAME | line-add NAME LINE... | line-del NAME SEQ...
 *   map NAME ENTRY...        ENTRY: "SEQ ACL isakmp|manual|dynamic|host|connection PEER...",
 *                            ACL "-": none; the last two are isakmp with that ENTRY_LEVEL
 *   local-map IFNAME NAME ENTRY...   with the address of that interface
 *   map-del NAME
 *   bind IFNAME MAP [mss NUM] [flags NUM] [mark-out NUM] [mark-in NUM] | unbind IFNAME
 *   sa in|out SPI SRC DST FLOW [KEY VALUE]...
 *                            FLOW: id, or IFNAME,SEQ,LINE, or IFNAME,SEQ with the key
 *                            sel "SRC DST [PROTO [SPORT [DPORT]]]", once or more, for a
 *                            dynamic flow. Keys: encr NUM, key HEX,
 *                            auth NUM, akey HEX, proto NUM, oa-src ADDR, oa-dst ADDR, flags NUM, window NUM, seq NUM, df NUM, mode NUM, owner NUM,
 *                            sport PORT, dport PORT (of UDP), soft-secs, hard-secs, soft-kb, hard-kb, soft-pkts, hard-pkts,
 *                            idle-secs, mark-out NUM, mark-in NUM, tfc NUM, dummy-ms NUM, ah-spi SPI
 *   update ID [KEY VALUE]...  KEY: src, dst, sport, dport
 *   hold ike|natt PORT [6]   opens a UDP socket (of IPv6) and hands it over as a daemon does, then
 *                            prints "ready" and what it receives, in hexadecimal
 *   take ike|natt            likewise with the socket that is kept
 *   sock-del ike|natt
 *   activate SPI DST         makes an outbound SA current
 *   del in|out SPI DST
 *   flush
 *   limit NAME NUM           queue-flow, queue-total, queue-secs, acquire-secs, crypto-queue,
 *                            demux-ports, pairs
 *   fail FLOW | initiate FLOW
 *   info | acls | maps | binds | flows | sas | counters | tombs | acquires | algs | history
 *   reset | reset-map NAME   counters; those of a map
 *   events                   prints "ready", then them until killed
 *
 * Objects are printed one a line, as KEY=VALUE words. Numbers may be 0x...
 * Exit status: 0, 1 (refused; the kernel's reason is on stderr), 2 (usage).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>

#include <linux/cryptomap.h>
#include <linux/genetlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>

#include "cmctl_print.h"

#define SIZE(a) (sizeof(a) / sizeof((a)[0]))

static struct nl_sock *sock;
static int family;
static char **args;		/* what is left of argv */

static void die(const char *what, const char *why)
{
	fprintf(stderr, "cmctl: %s: %s\n", what, why);
	exit(2);
}

static const char *next(const char *what)
{
	if (!*args)
		die(what, "missing");
	return *args++;
}

static unsigned long long num(const char *text)
{
	char *end;
	unsigned long long n = strtoull(text, &end, 0);

	if (!*text || *end)
		die(text, "not a number");
	return n;
}

/* --- sending ----------------------------------------------------------------- */

struct answer {
	bool done;
	int err;
};

/* The text of the refusal; libnl 3.7 does not read it. */
static int on_error(struct sockaddr_nl *from, struct nlmsgerr *err, void *arg)
{
	struct nlmsghdr *hdr = (struct nlmsghdr *)err - 1;
	int off = sizeof(*err);
	struct nlattr *tb[NLMSGERR_ATTR_MAX + 1] = {};

	(void)from;
	if (!(hdr->nlmsg_flags & NLM_F_CAPPED))
		off += err->msg.nlmsg_len - sizeof(err->msg);
	if (hdr->nlmsg_flags & NLM_F_ACK_TLVS)
		nla_parse(tb, NLMSGERR_ATTR_MAX, (void *)((char *)hdr + NLMSG_HDRLEN + off),
			  hdr->nlmsg_len - NLMSG_HDRLEN - off, NULL);
	fprintf(stderr, "cmctl: refused: %s%s%s\n", strerror(-err->error),
		tb[NLMSGERR_ATTR_MSG] ? ": " : "",
		tb[NLMSGERR_ATTR_MSG] ? nla_get_string(tb[NLMSGERR_ATTR_MSG]) : "");
	((struct answer *)arg)->err = err->error;
	((struct answer *)arg)->done = true;
	return NL_STOP;
}

static int on_done(struct nl_msg *msg, void *arg)
{
	(void)msg;
	((struct answer *)arg)->done = true;
	return NL_STOP;
}

static struct nl_msg *start(int cmd, int flags)
{
	struct nl_msg *msg = nlmsg_alloc_size(65536);

	if (!msg || !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, family, 0, flags,
				 cmd, CRYPTOMAP_GENL_VERSION))
		die("message", "no memory");
	return msg;
}

/* Send, give each message that comes back to @each; the exit status. */
static int ask(struct nl_msg *msg, nl_recvmsg_msg_cb_t each, void *arg)
{
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);
	struct answer answer = {};
	int rc;

	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, each, arg);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_done, &answer);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_done, &answer);
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, &answer);
	rc = nl_send_auto(sock, msg);
	while (rc >= 0 && !answer.done)
		rc = nl_recvmsgs(sock, cb);
	nl_cb_put(cb);
	nlmsg_free(msg);
	if (rc < 0 && !answer.err)
		fprintf(stderr, "cmctl: %s\n", nl_geterror(rc));
	return rc < 0 || answer.err;
}

static int finish(struct nl_msg *msg)
{
	return ask(msg, print_message, NULL);
}

/* --- attributes ---------------------------------------------------------------- */

static int put_addr(struct nl_msg *msg, int attr, const char *text)
{
	unsigned char addr[16];
	int af = strchr(text, ':') ? AF_INET6 : AF_INET;

	if (inet_pton(af, text, addr) != 1)
		die(text, "not an address");
	return nla_put(msg, attr, af == AF_INET ? 4 : 16, addr);
}

/* "any", ADDR or ADDR/BITS */
static void put_net(struct nl_msg *msg, int attr, int mask_attr, char *text)
{
	char *slash = strchr(text, '/');
	unsigned char mask[16] = {};
	int bits, i;

	if (!strcmp(text, "any"))
		return;
	if (slash)
		*slash = 0;
	put_addr(msg, attr, text);
	if (!slash)
		return;
	bits = num(slash + 1);
	for (i = 0; i < bits && i < 128; i++)
		mask[i / 8] |= 0x80 >> i % 8;
	nla_put(msg, mask_attr, strchr(text, ':') ? 16 : 4, mask);
}

/* "any", N or N-M */
static void put_ports(struct nl_msg *msg, int attr, char *text)
{
	char *dash;

	if (!text || !strcmp(text, "any"))
		return;
	dash = strchr(text, '-');
	if (dash)
		*dash++ = 0;
	nla_put_u16(msg, attr, num(text));
	if (dash)
		nla_put_u16(msg, attr + 1, num(dash));
}

static unsigned int protocol(const char *name)
{
	static const struct { const char *name; unsigned int proto; } known[] = {
		{ "icmp", 1 }, { "tcp", 6 }, { "udp", 17 }, { "ip", 0 },
		{ "icmp6", 58 },
	};
	unsigned int i;

	for (i = 0; i < SIZE(known); i++)
		if (!strcmp(name, known[i].name))
			return known[i].proto;
	return num(name);
}

static char *word(char **rest, const char *what)
{
	char *w;

	do
		w = strsep(rest, " ");
	while (w && !*w);
	if (!w && what)
		die(what, "missing");
	return w;
}

static void put_sel(struct nl_msg *msg, int attr, char *text)
{
	struct nlattr *sel = nla_nest_start(msg, attr);
	char *proto;

	put_net(msg, CRYPTOMAP_SEL_SRC, CRYPTOMAP_SEL_SRC_MASK,
		word(&text, "source"));
	put_net(msg, CRYPTOMAP_SEL_DST, CRYPTOMAP_SEL_DST_MASK,
		word(&text, "destination"));
	proto = word(&text, NULL);
	if (proto && protocol(proto))
		nla_put_u8(msg, CRYPTOMAP_SEL_PROTO, protocol(proto));
	put_ports(msg, CRYPTOMAP_SEL_SPORT_LO, word(&text, NULL));
	put_ports(msg, CRYPTOMAP_SEL_DPORT_LO, word(&text, NULL));
	nla_nest_end_keep_empty(msg, sel);	/* "any any" */
}

static void put_line(struct nl_msg *msg, char *text)
{
	struct nlattr *line = nla_nest_start(msg, CRYPTOMAP_A_LINE);

	nla_put_u32(msg, CRYPTOMAP_LINE_SEQ, num(word(&text, "line number")));
	nla_put_u8(msg, CRYPTOMAP_LINE_ACTION,
		   !strcmp(word(&text, "permit or deny"), "permit") ?
		   CRYPTOMAP_ACTION_PERMIT : CRYPTOMAP_ACTION_DENY);
	put_sel(msg, CRYPTOMAP_LINE_SEL, text);
	nla_nest_end(msg, line);
}

static void put_line_seq(struct nl_msg *msg, char *text)
{
	struct nlattr *line = nla_nest_start(msg, CRYPTOMAP_A_LINE);

	nla_put_u32(msg, CRYPTOMAP_LINE_SEQ, num(text));
	nla_nest_end(msg, line);
}

static const struct { const char *name; int type, level; } entry_kinds[] = {
	{ "isakmp", CRYPTOMAP_ENTRY_T_ISAKMP, CRYPTOMAP_LEVEL_LINE },
	{ "manual", CRYPTOMAP_ENTRY_T_MANUAL, CRYPTOMAP_LEVEL_LINE },
	{ "dynamic", CRYPTOMAP_ENTRY_T_DYNAMIC, CRYPTOMAP_LEVEL_LINE },
	{ "host", CRYPTOMAP_ENTRY_T_ISAKMP, CRYPTOMAP_LEVEL_HOST },
	{ "connection", CRYPTOMAP_ENTRY_T_ISAKMP, CRYPTOMAP_LEVEL_CONNECTION },
};

static void put_kind(struct nl_msg *msg, const char *name)
{
	unsigned int i = 0;

	while (strcmp(name, entry_kinds[i].name))
		if (++i == SIZE(entry_kinds))
			die(name, "not a kind of entry");
	nla_put_u8(msg, CRYPTOMAP_ENTRY_TYPE, entry_kinds[i].type);
	nla_put_u8(msg, CRYPTOMAP_ENTRY_LEVEL, entry_kinds[i].level);
}

static void put_entry(struct nl_msg *msg, char *text)
{
	struct nlattr *entry = nla_nest_start(msg, CRYPTOMAP_A_ENTRY);
	char *peer, *acl;

	nla_put_u32(msg, CRYPTOMAP_ENTRY_SEQ, num(word(&text, "sequence number")));
	acl = word(&text, "access list");
	if (strcmp(acl, "-"))
		nla_put_string(msg, CRYPTOMAP_ENTRY_ACL, acl);
	put_kind(msg, word(&text, "kind"));
	while ((peer = word(&text, NULL)))
		put_addr(msg, CRYPTOMAP_ENTRY_PEER, peer);
	nla_nest_end(msg, entry);
}

static int keep_flow_id(struct nl_msg *msg, void *arg)
{
	struct nlattr *top[CRYPTOMAP_A_MAX + 1], *flow[CRYPTOMAP_FLOW_MAX + 1];

	if (!genlmsg_parse(nlmsg_hdr(msg), 0, top, CRYPTOMAP_A_MAX, NULL) &&
	    top[CRYPTOMAP_A_FLOW] &&
	    !nla_parse_nested(flow, CRYPTOMAP_FLOW_MAX, top[CRYPTOMAP_A_FLOW], NULL) &&
	    flow[CRYPTOMAP_FLOW_ID])
		*(unsigned int *)arg = nla_get_u32(flow[CRYPTOMAP_FLOW_ID]);
	return NL_OK;
}

/* An id, or IFNAME,SEQ,LINE. */
static unsigned int flow_id(const char *text)
{
	char *copy = strdup(text), *rest = copy;
	unsigned int id = 0;
	struct nlattr *nest;
	struct nl_msg *msg;

	if (!strchr(text, ','))
		return num(text);
	msg = start(CRYPTOMAP_CMD_FLOW_GET, NLM_F_ACK);
	nest = nla_nest_start(msg, CRYPTOMAP_A_FLOW);
	nla_put_string(msg, CRYPTOMAP_FLOW_IFNAME, strsep(&rest, ","));
	nla_put_u32(msg, CRYPTOMAP_FLOW_SEQ, num(strsep(&rest, ",")));
	nla_put_u32(msg, CRYPTOMAP_FLOW_LINE, num(rest ? rest : ""));
	nla_nest_end(msg, nest);
	ask(msg, keep_flow_id, &id);
	free(copy);
	if (!id)
		die(text, "no such flow");
	return id;
}

static void put_hex(struct nl_msg *msg, int attr, const char *text)
{
	unsigned char key[CRYPTOMAP_KEY_MAX];
	unsigned int byte, n = 0;

	if (!strncmp(text, "0x", 2))
		text += 2;
	for (; *text; text += 2) {
		if (n == sizeof(key) || sscanf(text, "%2x", &byte) != 1 || !text[1])
			die(text, "not a key in hexadecimal");
		key[n++] = byte;
	}
	nla_put(msg, attr, n, key);
}

/* --- commands -------------------------------------------------------------------- */

static int cmd_list(int cmd, int top, int name, void (*put)(struct nl_msg *, char *),
		    int af)
{
	struct nl_msg *msg = start(cmd, NLM_F_ACK);
	struct nlattr *nest = nla_nest_start(msg, top);

	nla_put_string(msg, name, next("name"));
	if (af)
		nla_put_u8(msg, CRYPTOMAP_ACL_FAMILY, af);
	nla_nest_end(msg, nest);
	while (*args)
		put(msg, *args++);
	return finish(msg);
}

static int cmd_local_map(void)
{
	struct nl_msg *msg = start(CRYPTOMAP_CMD_MAP_SET, NLM_F_ACK);
	struct nlattr *nest = nla_nest_start(msg, CRYPTOMAP_A_MAP);

	nla_put_string(msg, CRYPTOMAP_MAP_LOCAL_IF, next("interface"));
	nla_put_string(msg, CRYPTOMAP_MAP_NAME, next("name"));
	nla_nest_end(msg, nest);
	while (*args)
		put_entry(msg, *args++);
	return finish(msg);
}

static int cmd_name(int cmd, int top, int name)
{
	struct nl_msg *msg = start(cmd, NLM_F_ACK);
	struct nlattr *nest = nla_nest_start(msg, top);

	nla_put_string(msg, name, next("name"));
	nla_nest_end(msg, nest);
	return finish(msg);
}

static void put_sa_key(struct nl_msg *msg, const char *dir, const char *spi)
{
	nla_put_u8(msg, CRYPTOMAP_SA_DIR, !strcmp(dir, "in") ? CRYPTOMAP_DIR_IN :
							      CRYPTOMAP_DIR_OUT);
	nla_put_u32(msg, CRYPTOMAP_SA_SPI, htonl(num(spi)));
}

static const struct field sa_options[] = {
	F(SA_ENCR, "encr", U16), F(SA_ENCR_KEY, "key", HEX),
	F(SA_AUTH, "auth", U16), F(SA_AUTH_KEY, "akey", HEX),
	F(SA_FLAGS, "flags", U32), F(SA_WINDOW, "window", U32),
	F(SA_SEQ, "seq", U64), F(SA_DF, "df", U8), F(SA_MODE, "mode", U8),
	F(SA_PROTO, "proto", U8), F(SA_IPCOMP, "ipcomp", U8), F(SA_CPI, "cpi", U16),
	F(SA_ENCAP_SPORT, "sport", BE16), F(SA_ENCAP_DPORT, "dport", BE16),
	F(SA_SRC, "src", ADDR), F(SA_DST, "dst", ADDR),
	F(SA_OA_SRC, "oa-src", ADDR), F(SA_OA_DST, "oa-dst", ADDR),
	F(SA_SOFT_SECS, "soft-secs", U32), F(SA_HARD_SECS, "hard-secs", U32),
	F(SA_SOFT_KB, "soft-kb", U64), F(SA_HARD_KB, "hard-kb", U64),
	F(SA_SOFT_PKTS, "soft-pkts", U64), F(SA_HARD_PKTS, "hard-pkts", U64),
	F(SA_IDLE_SECS, "idle-secs", U32), F(SA_OWNER, "owner", U32),
	F(SA_MARK_OUT, "mark-out", U32), F(SA_MARK_IN, "mark-in", U32),
	F(SA_TFC_PAD, "tfc", U16), F(SA_DUMMY_MS, "dummy-ms", U32),
	F(SA_AH_SPI, "ah-spi", BE32), END
};

static void put_option(struct nl_msg *msg, const struct field *options,
		       const char *name, const char *value)
{
	const struct field *f;

	for (f = options; f->attr && strcmp(f->name, name); f++)
		;
	switch (f->attr ? f->type : NEST) {
	case U8:
		nla_put_u8(msg, f->attr, num(value));
		break;
	case U16:
		nla_put_u16(msg, f->attr, num(value));
		break;
	case U32:
		nla_put_u32(msg, f->attr, num(value));
		break;
	case U64:
		nla_put_u64(msg, f->attr, num(value));
		break;
	case BE16:
		nla_put_u16(msg, f->attr, htons(num(value)));
		break;
	case BE32:
		nla_put_u32(msg, f->attr, htonl(num(value)));
		break;
	case ADDR:
		put_addr(msg, f->attr, value);
		break;
	case STR:
		nla_put_string(msg, f->attr, value);
		break;
	case HEX:
		put_hex(msg, f->attr, value);
		break;
	default:
		die(name, "unknown");
	}
}

/* IFNAME,SEQ is where a dynamic flow is to be; all else names one that is there. */
static bool is_place(const char *flow)
{
	const char *comma = strchr(flow, ',');

	return comma && !strchr(comma + 1, ',');
}

static void put_place(struct nl_msg *msg, const char *flow)
{
	char *copy = strdup(flow), *rest = copy;

	nla_put_string(msg, CRYPTOMAP_SA_IFNAME, strsep(&rest, ","));
	nla_put_u32(msg, CRYPTOMAP_SA_ENTRY, num(rest));
	free(copy);
}

static int cmd_sa(void)
{
	const char *dir = next("in or out"), *spi = next("SPI");
	const char *src = next("source"), *dst = next("destination");
	const char *flow = next("flow");
	unsigned int id = is_place(flow) ? 0 : flow_id(flow);
	struct nl_msg *msg = start(CRYPTOMAP_CMD_SA_SET, NLM_F_ACK);
	struct nlattr *nest = nla_nest_start(msg, CRYPTOMAP_A_SA);
	const char *name;

	put_sa_key(msg, dir, spi);
	put_addr(msg, CRYPTOMAP_SA_SRC, src);
	put_addr(msg, CRYPTOMAP_SA_DST, dst);
	if (id)
		nla_put_u32(msg, CRYPTOMAP_SA_FLOW, id);
	else
		put_place(msg, flow);
	while (*args) {
		name = *args++;
		if (!strcmp(name, "sel"))
			put_sel(msg, CRYPTOMAP_SA_SEL, (char *)next(name));
		else
			put_option(msg, sa_options, name, next(name));
	}
	nla_nest_end(msg, nest);
	return finish(msg);
}

static const struct field bind_options[] = {
	F(BIND_MSS, "mss", U16), F(BIND_FLAGS, "flags", U32),
	F(BIND_MARK_OUT, "mark-out", U32), F(BIND_MARK_IN, "mark-in", U32),
	F(BIND_DF, "df", U8), F(BIND_FRAG, "frag", U8),
	F(BIND_MANAGEMENT, "management", STR), END
};

static int cmd_bind(void)
{
	struct nl_msg *msg = start(CRYPTOMAP_CMD_BIND, NLM_F_ACK);
	struct nlattr *nest = nla_nest_start(msg, CRYPTOMAP_A_BIND);
	const char *name;

	nla_put_string(msg, CRYPTOMAP_BIND_IFNAME, next("interface"));
	nla_put_string(msg, CRYPTOMAP_BIND_MAP, next("map"));
	while (*args) {
		name = *args++;
		put_option(msg, bind_options, name, next(name));
	}
	nla_nest_end(msg, nest);
	return finish(msg);
}

static int cmd_update(void)
{
	struct nl_msg *msg = start(CRYPTOMAP_CMD_SA_UPDATE, NLM_F_ACK);
	struct nlattr *nest = nla_nest_start(msg, CRYPTOMAP_A_SA);
	const char *name;

	nla_put_u32(msg, CRYPTOMAP_SA_ID, num(next("id")));
	while (*args) {
		name = *args++;
		put_option(msg, sa_options, name, next(name));
	}
	nla_nest_end(msg, nest);
	return finish(msg);
}

static int keep_fd(struct nl_msg *msg, void *arg)
{
	struct nlattr *top[CRYPTOMAP_A_MAX + 1], *s[CRYPTOMAP_SOCK_MAX + 1];

	if (!genlmsg_parse(nlmsg_hdr(msg), 0, top, CRYPTOMAP_A_MAX, NULL) &&
	    top[CRYPTOMAP_A_SOCK] &&
	    !nla_parse_nested(s, CRYPTOMAP_SOCK_MAX, top[CRYPTOMAP_A_SOCK], NULL) &&
	    s[CRYPTOMAP_SOCK_FD])
		*(int *)arg = nla_get_u32(s[CRYPTOMAP_SOCK_FD]);
	return NL_OK;
}

static int ask_sock(int cmd, int *fd)
{
	const char *kind = next("ike or natt");
	struct nl_msg *msg = start(cmd, NLM_F_ACK);
	struct nlattr *nest = nla_nest_start(msg, CRYPTOMAP_A_SOCK);

	nla_put_u8(msg, CRYPTOMAP_SOCK_KIND, !strcmp(kind, "natt") ?
		   CRYPTOMAP_SOCK_NATT : CRYPTOMAP_SOCK_IKE);
	if (cmd == CRYPTOMAP_CMD_SOCK_SET)
		nla_put_u32(msg, CRYPTOMAP_SOCK_FD, *fd);
	else
		nla_put_u8(msg, CRYPTOMAP_SOCK_FAMILY, AF_INET);
	nla_nest_end(msg, nest);
	return ask(msg, keep_fd, fd);
}

static int open_socket(const char *port, bool v6)
{
	struct sockaddr_in6 any6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in any = { .sin_family = AF_INET };
	int fd = socket(v6 ? AF_INET6 : AF_INET, SOCK_DGRAM, 0), on = 1;

	any.sin_port = any6.sin6_port = htons(num(port));
	if (v6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (v6 ? bind(fd, (struct sockaddr *)&any6, sizeof(any6)) :
		 bind(fd, (struct sockaddr *)&any, sizeof(any)))
		die("bind", strerror(errno));
	return fd;
}

/* The daemon's part: "hold" opens the socket, "take" asks for the one kept. */
static int cmd_sock(bool hold)
{
	const char *port = args[0] ? args[1] : NULL;
	unsigned char buf[2048];
	int i, n, fd = -1;

	if (hold)
		fd = open_socket(port ? port : "", port && args[2]);
	if (ask_sock(hold ? CRYPTOMAP_CMD_SOCK_SET : CRYPTOMAP_CMD_SOCK_GET, &fd))
		return 1;
	puts("ready");
	fflush(stdout);
	while ((n = recv(fd, buf, sizeof(buf), 0)) >= 0) {
		for (i = 0; i < n; i++)
			printf("%02x", buf[i]);
		putchar('\n');
		fflush(stdout);
	}
	return 1;
}

static int cmd_sa_key(int cmd, const char *known_dir)
{
	const char *dir = known_dir ? known_dir : next("in or out");
	const char *spi = next("SPI");
	struct nl_msg *msg = start(cmd, NLM_F_ACK);
	struct nlattr *nest = nla_nest_start(msg, CRYPTOMAP_A_SA);

	put_sa_key(msg, dir, spi);
	put_addr(msg, CRYPTOMAP_SA_DST, next("destination"));
	nla_nest_end(msg, nest);
	return finish(msg);
}

static const struct field limit_options[] = {
	F(LIMIT_QUEUE_FLOW, "queue-flow", U32),
	F(LIMIT_QUEUE_TOTAL, "queue-total", U32),
	F(LIMIT_QUEUE_SECS, "queue-secs", U32),
	F(LIMIT_ACQUIRE_SECS, "acquire-secs", U32),
	F(LIMIT_CRYPTO_QUEUE, "crypto-queue", U32),
	F(LIMIT_DEMUX_PORTS, "demux-ports", U32),
	F(LIMIT_PAIRS, "pairs", U32), END
};

static int cmd_limit(void)
{
	struct nl_msg *msg = start(CRYPTOMAP_CMD_LIMITS_SET, NLM_F_ACK);
	struct nlattr *nest = nla_nest_start(msg, CRYPTOMAP_A_LIMITS);
	const char *name = next("name");

	put_option(msg, limit_options, name, next("number"));
	nla_nest_end(msg, nest);
	return finish(msg);
}

static int cmd_flow(int cmd)
{
	unsigned int id = flow_id(next("flow"));
	struct nl_msg *msg = start(cmd, NLM_F_ACK);
	struct nlattr *nest = nla_nest_start(msg, CRYPTOMAP_A_FLOW);

	nla_put_u32(msg, CRYPTOMAP_FLOW_ID, id);
	nla_nest_end(msg, nest);
	return finish(msg);
}

static int cmd_events(void)
{
	int group = genl_ctrl_resolve_grp(sock, CRYPTOMAP_GENL_NAME,
					  CRYPTOMAP_MCGRP_EVENTS);

	if (group < 0 || nl_socket_add_membership(sock, group))
		die("events", "cannot join the group");
	nl_socket_disable_seq_check(sock);
	nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_CUSTOM, print_message, NULL);
	puts("ready");
	fflush(stdout);
	while (nl_recvmsgs_default(sock) >= 0)
		;
	return 1;
}

static const struct { const char *name; int cmd; int flags; } plain[] = {
	{ "info", CRYPTOMAP_CMD_INFO_GET, NLM_F_ACK },
	{ "flush", CRYPTOMAP_CMD_SA_FLUSH, NLM_F_ACK },
	{ "reset", CRYPTOMAP_CMD_COUNTER_RESET, NLM_F_ACK },
	{ "acls", CRYPTOMAP_CMD_ACL_GET, NLM_F_DUMP },
	{ "maps", CRYPTOMAP_CMD_MAP_GET, NLM_F_DUMP },
	{ "binds", CRYPTOMAP_CMD_BIND_GET, NLM_F_DUMP },
	{ "flows", CRYPTOMAP_CMD_FLOW_GET, NLM_F_DUMP },
	{ "sas", CRYPTOMAP_CMD_SA_GET, NLM_F_DUMP },
	{ "counters", CRYPTOMAP_CMD_COUNTER_GET, NLM_F_DUMP },
	{ "tombs", CRYPTOMAP_CMD_TOMB_GET, NLM_F_DUMP },
	{ "acquires", CRYPTOMAP_CMD_ACQUIRE_GET, NLM_F_DUMP },
	{ "algs", CRYPTOMAP_CMD_ALG_GET, NLM_F_DUMP },
	{ "history", CRYPTOMAP_CMD_HISTORY_GET, NLM_F_DUMP },
};

static int run(const char *cmd)
{
	unsigned int i;

	for (i = 0; i < SIZE(plain); i++)
		if (!strcmp(cmd, plain[i].name))
			return finish(start(plain[i].cmd, plain[i].flags));
	if (!strcmp(cmd, "acl"))
		return cmd_list(CRYPTOMAP_CMD_ACL_SET, CRYPTOMAP_A_ACL,
				CRYPTOMAP_ACL_NAME, put_line, AF_INET);
	if (!strcmp(cmd, "acl6"))
		return cmd_list(CRYPTOMAP_CMD_ACL_SET, CRYPTOMAP_A_ACL,
				CRYPTOMAP_ACL_NAME, put_line, AF_INET6);
	if (!strcmp(cmd, "line-add"))
		return cmd_list(CRYPTOMAP_CMD_LINE_ADD, CRYPTOMAP_A_ACL,
				CRYPTOMAP_ACL_NAME, put_line, 0);
	if (!strcmp(cmd, "line-del"))
		return cmd_list(CRYPTOMAP_CMD_LINE_DEL, CRYPTOMAP_A_ACL,
				CRYPTOMAP_ACL_NAME, put_line_seq, 0);
	if (!strcmp(cmd, "map"))
		return cmd_list(CRYPTOMAP_CMD_MAP_SET, CRYPTOMAP_A_MAP,
				CRYPTOMAP_MAP_NAME, put_entry, 0);
	if (!strcmp(cmd, "local-map"))
		return cmd_local_map();
	if (!strcmp(cmd, "acl-del"))
		return cmd_name(CRYPTOMAP_CMD_ACL_DEL, CRYPTOMAP_A_ACL,
				CRYPTOMAP_ACL_NAME);
	if (!strcmp(cmd, "map-del"))
		return cmd_name(CRYPTOMAP_CMD_MAP_DEL, CRYPTOMAP_A_MAP,
				CRYPTOMAP_MAP_NAME);
	if (!strcmp(cmd, "reset-map"))
		return cmd_name(CRYPTOMAP_CMD_COUNTER_RESET, CRYPTOMAP_A_FILTER,
				CRYPTOMAP_FILTER_MAP);
	if (!strcmp(cmd, "bind"))
		return cmd_bind();
	if (!strcmp(cmd, "unbind"))
		return cmd_name(CRYPTOMAP_CMD_UNBIND, CRYPTOMAP_A_BIND,
				CRYPTOMAP_BIND_IFNAME);
	if (!strcmp(cmd, "sa"))
		return cmd_sa();
	if (!strcmp(cmd, "update"))
		return cmd_update();
	if (!strcmp(cmd, "hold") || !strcmp(cmd, "take"))
		return cmd_sock(!strcmp(cmd, "hold"));
	if (!strcmp(cmd, "sock-del"))
		return ask_sock(CRYPTOMAP_CMD_SOCK_DEL, NULL);
	if (!strcmp(cmd, "activate"))
		return cmd_sa_key(CRYPTOMAP_CMD_SA_ACTIVATE, "out");
	if (!strcmp(cmd, "del"))
		return cmd_sa_key(CRYPTOMAP_CMD_SA_DEL, NULL);
	if (!strcmp(cmd, "limit"))
		return cmd_limit();
	if (!strcmp(cmd, "fail"))
		return cmd_flow(CRYPTOMAP_CMD_ACQUIRE_FAIL);
	if (!strcmp(cmd, "initiate"))
		return cmd_flow(CRYPTOMAP_CMD_FLOW_INITIATE);
	if (!strcmp(cmd, "events"))
		return cmd_events();
	die(cmd, "unknown command");
	return 2;
}

int main(int argc, char **argv)
{
	int on = 1;

	args = argv + (argc > 0);
	sock = nl_socket_alloc();
	if (!sock || genl_connect(sock))
		die("netlink", "cannot open a socket");
	nl_socket_disable_auto_ack(sock);
	setsockopt(nl_socket_get_fd(sock), SOL_NETLINK, NETLINK_EXT_ACK, &on,
		   sizeof(on));
	family = genl_ctrl_resolve(sock, CRYPTOMAP_GENL_NAME);
	if (family < 0) {
		fprintf(stderr, "cmctl: the module is not loaded\n");
		return 1;
	}
	return run(next("command"));
}
