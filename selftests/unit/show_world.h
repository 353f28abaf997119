/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The world of the show and clear commands: the kernel, the daemon and the
 * interfaces are replaced at link time (see flags.mk) by the functions of
 * kmod.h, control.h and netif.h that start with __wrap_ here. Include it once.
 * UPDATE_GOLDEN=1 rewrites the golden files.
 */
#ifndef SHOW_WORLD_H
#define SHOW_WORLD_H

#include <arpa/inet.h>
#include <errno.h>
#include <json-c/json.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tools/cli/config.h"
#include "tools/cli/exec.h"
#include "tools/cli/model.h"
#include "tools/lib/apply.h"
#include "tools/lib/control.h"
#include "tools/lib/kmod.h"
#include "tools/lib/netif.h"

#define GOLDEN "selftests/unit/golden/"

static const char config_text[] =
	"crypto isakmp policy 10\n"
	" encryption aes 256\n hash sha256\n group 14\n"
	"crypto isakmp policy 20\n"
	" encryption 3des\n hash md5\n group 2\n lifetime 3600\n"
	"crypto isakmp policy 30\n lifetime 0\n"
	"crypto ipsec transform-set STRONG esp-aes 256 esp-sha256-hmac\n"
	"crypto ipsec transform-set FAST esp-gcm 128\n"
	"crypto ipsec transform-set OLD esp-3des esp-md5-hmac\n"
	"access-list 101 remark to the branch\n"
	"access-list 101 permit ip 20.1.1.0 0.0.0.255 10.1.1.0 0.0.0.255\n"
	"access-list 101 deny tcp any any neq 22\n"
	"access-list 101 deny udp any any range 5000 5010\n"
	"crypto map test 10 ipsec-isakmp\n"
	" description the branch\n"
	" set peer 12.1.1.2\n set transform-set STRONG OLD\n set pfs group14\n"
	" match address 101\n"
	"crypto ipsec transform-set L2TP esp-aes esp-sha-hmac\n mode transport\n esn\n"
	"ipv6 access-list SIX\n"
	" sequence 20 permit tcp 2001:db8:1::/48 any eq www\n"
	" sequence 30 deny ipv6 any host 2001:db8::9\n"
	"crypto map test 20 ipsec-isakmp\n"
	" set security-association idle-time 600\n"
	" set security-association level per-host\n"
	" set security-association dummy pps 10\n"
	" set security-association tfc-padding mtu\n qos pre-classify\n reverse-route\n"
	"crypto map test 30 ipsec-manual\n"
	" set peer 2001:db8::2\n set transform-set L2TP\n match address SIX\n"
	"crypto dynamic-map branches 10\n"
	" description peers of any address\n set transform-set STRONG\n"
	" set security-association idle-time 3600\n"
	"crypto dynamic-map branches 20\n set transform-set OLD\n set pfs group2\n"
	"crypto dynamic-map other 1\n set transform-set FAST\n"
	"crypto map test 60000 ipsec-isakmp dynamic branches\n"
	"interface FastEthernet0\n crypto map test\n";

/* --- The world --------------------------------------------------------------------- */

static const char *running = config_text;
static const char *only_reason;	/* that a packet was lost for, or NULL */
static bool only_ah;		/* one of AH */

/* More losses, and what was accepted: a name of NULL ends. */
struct loss {
	const char *name;
	uint64_t packets, ah;
};

struct accepted {
	const char *name;
	uint8_t kind;
	uint16_t id;
	uint64_t esp, ah;
};

static const struct loss *losses;
static const struct accepted *history;
static struct kmod_flow flows[4];
static struct kmod_sa sas[8];
static unsigned int n_flows, n_sas;
static char calls[2048];
static bool wan0_shares;	/* the flows of eth1 */
static bool daemon_runs;
static char last_request[256];

__attribute__((format(printf, 1, 2)))
static inline void note(const char *fmt, ...)
{
	size_t len = strlen(calls);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(calls + len, sizeof(calls) - len, fmt, ap);
	va_end(ap);
}

int __wrap_kmod_open(struct kmod **kp, struct err *err);
int __wrap_kmod_open(struct kmod **kp, struct err *err)
{
	(void)err;
	*kp = (struct kmod *)&flows;
	return 0;
}

void __wrap_kmod_close(struct kmod *k);
void __wrap_kmod_close(struct kmod *k)
{
	(void)k;
}

int __wrap_kmod_flow_dump(struct kmod *k, kmod_flow_fn *fn, void *arg);
int __wrap_kmod_flow_dump(struct kmod *k, kmod_flow_fn *fn, void *arg)
{
	int ret = 0;

	(void)k;
	for (unsigned int i = 0; i < n_flows && !ret; i++)
		ret = fn(arg, &flows[i]);
	return ret;
}

int __wrap_kmod_sa_dump(struct kmod *k, const struct kmod_filter *filter,
			kmod_sa_fn *fn, void *arg);
int __wrap_kmod_sa_dump(struct kmod *k, const struct kmod_filter *filter,
			kmod_sa_fn *fn, void *arg)
{
	int ret = 0;

	(void)k;
	for (unsigned int i = 0; i < n_sas && !ret; i++)
		if (!filter || !KMOD_HAS(filter, filter, owner) ||
		    filter->owner == sas[i].owner)
			ret = fn(arg, &sas[i]);
	return ret;
}

int __wrap_kmod_map_dump(struct kmod *k, const char *name, kmod_entry_fn *fn,
			 void *arg);
int __wrap_kmod_map_dump(struct kmod *k, const char *name, kmod_entry_fn *fn,
			 void *arg)
{
	struct kmod_map map = { 0 };

	(void)k;
	(void)name;
	KMOD_SET_NAME(&map, map, name, "test");
	return fn(arg, &map, NULL);
}

int __wrap_kmod_acl_dump(struct kmod *k, const char *name, kmod_line_fn *fn,
			 void *arg);
int __wrap_kmod_acl_dump(struct kmod *k, const char *name, kmod_line_fn *fn,
			 void *arg)
{
	/* 30 and 31 are one line with neq */
	static const struct { uint32_t seq; uint64_t hits; } lines[] = {
		{ 20, 12 }, { 30, 1 }, { 31, 4 }, { 40, 0 },
	};
	struct kmod_acl acl = { 0 };

	(void)k;
	KMOD_SET_NAME(&acl, acl, name, name);
	for (size_t i = 0; i < 4; i++) {
		struct kmod_line line = { 0 };

		KMOD_SET(&line, line, seq, lines[i].seq);
		KMOD_SET(&line, line, hits, lines[i].hits);
		fn(arg, &acl, &line);
	}
	return 0;
}

int __wrap_kmod_counter_dump(struct kmod *k, kmod_counter_fn *fn, void *arg);
int __wrap_kmod_counter_dump(struct kmod *k, kmod_counter_fn *fn, void *arg)
{
	struct kmod_counter c = { 0 };

	(void)k;
	if (only_reason) {
		KMOD_SET(&c, counter, name, only_reason);
		KMOD_SET(&c, counter, packets, 1);
		KMOD_SET(&c, counter, packets_ah, only_ah);
		return fn(arg, &c);
	}
	KMOD_SET(&c, counter, name, "no_sa");
	KMOD_SET(&c, counter, text, "matched an entry without an SA");
	KMOD_SET(&c, counter, packets, 17);
	fn(arg, &c);
	KMOD_SET(&c, counter, name, "replay_window");
	KMOD_SET(&c, counter, text, "older than the replay window");
	KMOD_SET(&c, counter, packets, 3);
	fn(arg, &c);
	for (const struct loss *l = losses; l && l->name; l++) {
		KMOD_SET(&c, counter, name, l->name);
		KMOD_SET(&c, counter, packets, l->packets);
		KMOD_SET(&c, counter, packets_ah, l->ah);
		fn(arg, &c);
	}
	return 0;
}

int __wrap_kmod_history_dump(struct kmod *k, kmod_alg_fn *fn, void *arg);
int __wrap_kmod_history_dump(struct kmod *k, kmod_alg_fn *fn, void *arg)
{
	(void)k;
	for (const struct accepted *a = history; a && a->name; a++) {
		struct kmod_alg alg = { .kind = a->kind };

		KMOD_SET(&alg, alg, id, a->id);
		KMOD_SET(&alg, alg, name, a->name);
		KMOD_SET(&alg, alg, packets_esp, a->esp);
		KMOD_SET(&alg, alg, packets_ah, a->ah);
		fn(arg, &alg);
	}
	return 0;
}

int __wrap_kmod_bind_dump(struct kmod *k, kmod_binding_fn *fn, void *arg);
int __wrap_kmod_bind_dump(struct kmod *k, kmod_binding_fn *fn, void *arg)
{
	static const uint16_t mss[] = { CRYPTOMAP_MSS_AUTO, 0, 1300 };
	struct kmod_binding b = { 0 };

	(void)k;
	KMOD_SET(&b, binding, clamped, 12);
	for (unsigned int i = 0; i < sizeof(mss) / sizeof(mss[0]); i++) {
		snprintf(b.ifname, sizeof(b.ifname), "wan%u", i);
		KMOD_SET(&b, binding, mss, mss[i]);
		if (wan0_shares && !i)
			KMOD_SET_NAME(&b, binding, owner, "eth1");
		else
			b.has &= ~KMOD_BIT(binding, owner);
		fn(arg, &b);
	}
	return 0;
}

int __wrap_kmod_alg_dump(struct kmod *k, kmod_alg_fn *fn, void *arg);
int __wrap_kmod_alg_dump(struct kmod *k, kmod_alg_fn *fn, void *arg)
{
	static const uint16_t aes[] = { 128, 192, 256 }, sha[] = { 256 };
	struct kmod_alg gcm = { .kind = CRYPTOMAP_ALG_K_ENCR };
	struct kmod_alg null = { .kind = CRYPTOMAP_ALG_K_ENCR };
	struct kmod_alg hash = { .kind = CRYPTOMAP_ALG_K_AUTH };

	(void)k;
	KMOD_SET(&gcm, alg, id, CRYPTOMAP_ENCR_AES_GCM_8);
	KMOD_SET(&gcm, alg, name, "aes-gcm-8");
	KMOD_SET(&gcm, alg, flags, CRYPTOMAP_ALG_F_COMBINED | CRYPTOMAP_ALG_F_COUNTER);
	KMOD_SET(&gcm, alg, key_bits, ((struct kmod_bytes){ aes, sizeof(aes) }));
	KMOD_SET(&gcm, alg, salt, 4);
	KMOD_SET(&gcm, alg, iv, 8);
	KMOD_SET(&gcm, alg, icv, 8);
	KMOD_SET(&gcm, alg, crypto, "rfc4106(gcm(aes))");
	KMOD_SET(&null, alg, id, CRYPTOMAP_ENCR_NULL);
	KMOD_SET(&null, alg, name, "null");
	KMOD_SET(&null, alg, crypto, "ecb(cipher_null)");
	KMOD_SET(&null, alg, driver, "authenc(hmac(sha256-generic),ecb-cipher_null)");
	KMOD_SET(&hash, alg, id, CRYPTOMAP_AUTH_HMAC_SHA2_256_128);
	KMOD_SET(&hash, alg, name, "hmac-sha256-128");
	KMOD_SET(&hash, alg, key_bits, ((struct kmod_bytes){ sha, sizeof(sha) }));
	KMOD_SET(&hash, alg, icv, 16);
	KMOD_SET(&hash, alg, crypto, "hmac(sha256)");
	KMOD_SET(&hash, alg, driver, "authenc(hmac(sha256-generic),ecb-cipher_null)");
	fn(arg, &gcm);
	fn(arg, &null);
	return fn(arg, &hash);
}

int __wrap_kmod_sa_flush(struct kmod *k, const struct kmod_filter *f);
int __wrap_kmod_sa_flush(struct kmod *k, const struct kmod_filter *f)
{
	char peer[ADDR_STRLEN];

	(void)k;
	note("flush");
	if (KMOD_HAS(f, filter, owner))
		note(" owner %u", f->owner);
	if (KMOD_HAS(f, filter, map))
		note(" map %s", f->map);
	if (KMOD_HAS(f, filter, peer))
		note(" peer %s", addr_format(&f->peer, peer, sizeof(peer)));
	note("\n");
	return 0;
}

int __wrap_kmod_sa_del(struct kmod *k, const struct kmod_sa *sa);
int __wrap_kmod_sa_del(struct kmod *k, const struct kmod_sa *sa)
{
	(void)k;
	note("delete %u\n", sa->id);
	return 0;
}

int __wrap_kmod_counter_reset(struct kmod *k, const struct kmod_filter *f);
int __wrap_kmod_counter_reset(struct kmod *k, const struct kmod_filter *f)
{
	(void)k;
	note("reset %s\n", f ? f->acl : "all");
	return 0;
}

int __wrap_apply_config(const struct apply *a, const struct cm_config *old,
			const struct cm_config *new, struct err *err);
int __wrap_apply_config(const struct apply *a, const struct cm_config *old,
			const struct cm_config *new, struct err *err)
{
	(void)a;
	(void)err;
	assert_ptr_equal(old, new);
	note("apply\n");
	return 0;
}

static int nothing_result;

int __wrap_apply_nothing(const struct apply *a, struct err *err);
int __wrap_apply_nothing(const struct apply *a, struct err *err)
{
	assert_ptr_equal(a->ops, &apply_kmod_ops);
	note("remove all\n");
	return nothing_result ? err_set(err, nothing_result, "not so") : 0;
}

void __wrap_state_remove(const char *socket);
void __wrap_state_remove(const char *socket)
{
	(void)socket;
	note("forget\n");
}

int __wrap_netif_address(const char *ifname, int family, struct addr *addr);
int __wrap_netif_address(const char *ifname, int family, struct addr *addr)
{
	(void)ifname;
	return addr_parse(addr, family == AF_INET6 ? "2001:db8::1" :
						     "12.1.1.1");
}

int __wrap_netif_mtu(const char *ifname);
int __wrap_netif_mtu(const char *ifname)
{
	return strcmp(ifname, "ppp9") ? 1500 : -ENODEV;
}

int __wrap_exec_running_config(const struct exec_ctx *ctx,
			       struct cm_config **cfg);
int __wrap_exec_running_config(const struct exec_ctx *ctx,
			       struct cm_config **cfg)
{
	(void)ctx;
	return config_parse("test", running, strlen(running), stderr, cfg);
}

static const char isakmp_sas[] =
	"[{\"dst\":\"12.1.1.2\",\"src\":\"12.1.1.1\",\"state\":\"QM_IDLE\","
	"\"wait_state\":\"MM_ACTIVE\","
	"\"conn_id\":1,\"slot\":0,\"status\":\"ACTIVE\",\"peer\":\"12.1.1.2\","
	"\"local\":\"12.1.1.1\",\"role\":\"initiator\",\"cipher\":\"aes-256\","
	"\"hash\":\"sha256\",\"auth\":\"psk\",\"group\":14,\"lifetime\":86400,"
	"\"remaining\":86387,\"created\":2,\"pending\":0,\"dpd\":true,\"fragmentation\":true,"
	"\"nat\":true,"
	"\"local_port\":4500,\"remote_port\":40002,"
	"\"nat_t\":\"NAT-T draft-03\",\"nat_local\":true,"
	"\"nat_remote\":true,\"cookie_i\":\"0011223344556677\","
	"\"cookie_r\":\"8899aabbccddeeff\",\"error\":\"\"},"
	"{\"dst\":\"198.51.100.250\",\"src\":\"12.1.1.1\","
	"\"state\":\"MM_NO_STATE\",\"wait_state\":\"MM_WAIT_MSG2\","
	"\"conn_id\":0,\"slot\":0,"
	"\"status\":\"ACTIVE (deleted)\",\"peer\":\"198.51.100.250\","
	"\"local\":\"12.1.1.1\",\"role\":\"initiator\",\"cipher\":\"\","
	"\"hash\":\"\",\"auth\":\"psk\",\"group\":0,\"lifetime\":0,"
	"\"remaining\":0,\"created\":0,\"pending\":1,\"dpd\":false,"
	"\"nat\":false,\"cookie_i\":\"0102030405060708\","
	"\"cookie_r\":\"0000000000000000\","
	"\"error\":\"no proposal chosen\\u001b[2J\"},"
	"{\"dst\":\"12.1.1.1\",\"src\":\"203.0.113.7\","
	"\"state\":\"QM_IDLE\",\"wait_state\":\"MM_ACTIVE\","
	"\"conn_id\":2,\"slot\":0,"
	"\"status\":\"ACTIVE\",\"peer\":\"203.0.113.7\","
	"\"local\":\"12.1.1.1\",\"role\":\"responder\","
	"\"cipher\":\"3des\",\"hash\":\"sha\",\"auth\":\"psk\","
	"\"group\":2,\"lifetime\":0,\"remaining\":0,\"created\":1,"
	"\"pending\":0,\"dpd\":false,\"nat\":true,"
	"\"local_port\":4500,\"remote_port\":40001,"
	"\"nat_t\":\"NAT-T (RFC 3947)\",\"nat_local\":false,"
	"\"nat_remote\":true,"
	"\"cookie_i\":\"1112131415161718\","
	"\"cookie_r\":\"2122232425262728\",\"error\":\"\"}]";

/* One with a pair of SAs that the kernel has, one whose are not there any more. */
static const char sessions[] =
	"[{\"index\":7,\"user\":\"alice\",\"group\":\"EZ\",\"policy\":\"STAFF\","
	"\"radius\":false,\"assigned\":\"10.99.0.10\",\"public\":\"12.1.1.2\","
	"\"login\":1431819168,\"duration\":3845,\"idle_limit\":1800,\"session_left\":0,"
	"\"protocol\":\"IKEv1 IPsec\","
	"\"ike\":{\"mode\":\"Aggressive\",\"auth\":\"psk\",\"cipher\":\"aes-256\","
	"\"hash\":\"sha\",\"group\":14,\"lifetime\":86400,\"remaining\":82555,"
	"\"local_port\":4500,\"remote_port\":40001},"
	"\"pairs\":[{\"spi_in\":325714191,\"spi_out\":979,\"lifetime\":3600,"
	"\"remaining\":3355,\"kilobytes\":4608000}],"
	"\"audit\":\"0c010101000070005557d3a0\",\"bytes_tx\":70000,\"bytes_rx\":5,"
	"\"packets_tx\":700,\"packets_rx\":1},"
	"{\"index\":8,\"user\":\"bob\",\"group\":\"DefaultRAGroup\",\"policy\":\"\","
	"\"radius\":true,\"assigned\":\"\",\"public\":\"203.0.113.7\","
	"\"login\":1431822900,\"duration\":113,\"idle_limit\":0,\"session_left\":487,"
	"\"protocol\":\"L2TPOverIPsec\","
	"\"l2tp\":{\"interface\":\"ppp77\",\"auth\":\"ms-chap-v2\",\"port\":1701,"
	"\"own\":\"10.9.0.13\"},"
	"\"ike\":{\"mode\":\"Main\",\"auth\":\"rsa-sig\",\"cipher\":\"3des\","
	"\"hash\":\"md5\",\"group\":2,\"lifetime\":86400,\"remaining\":86287,"
	"\"local_port\":500,\"remote_port\":500},"
	"\"pairs\":[{\"spi_in\":5000,\"spi_out\":5001,\"lifetime\":3600,"
	"\"remaining\":3487,\"kilobytes\":0}]}]";

static const char sessions_ended[] =
	"[{\"index\":3,\"user\":\"carol\",\"group\":\"EZ\",\"policy\":\"STAFF\","
	"\"radius\":false,\"assigned\":\"10.99.0.11\",\"public\":\"12.1.1.7\","
	"\"login\":1431819168,\"duration\":1845,\"protocol\":\"IKEv1 IPsec\","
	"\"bytes_tx\":123456,\"bytes_rx\":789,\"packets_tx\":99,\"packets_rx\":7,"
	"\"ended\":1431821013,\"reason\":\"idle time-out\"},"
	"{\"index\":4,\"user\":\"dave\",\"group\":\"DefaultRAGroup\",\"policy\":\"P\","
	"\"radius\":true,\"assigned\":\"\",\"public\":\"203.0.113.7\","
	"\"login\":1431822900,\"duration\":0,\"protocol\":\"L2TPOverIPsec\","
	"\"bytes_tx\":0,\"bytes_rx\":0,\"packets_tx\":0,\"packets_rx\":0,"
	"\"ended\":1431822900,\"reason\":\"session time-out\"}]";

static const char ezvpn[] =
	"[{\"name\":\"EZ\",\"inside\":[\"lan0\"],\"outside\":\"wan0\","
	"\"mode\":\"network-plus\",\"state\":\"IPSEC_ACTIVE\","
	"\"event\":\"SOCKET_UP\",\"reason\":\"\",\"next\":0,\"user\":\"alice\","
	"\"bound\":true,\"address\":\"10.99.0.10\",\"mask\":\"255.255.255.0\","
	"\"dns\":[\"10.2.0.53\",\"10.2.0.54\"],\"wins\":[\"10.2.0.55\"],"
	"\"domain\":\"example.test\",\"split_dns\":\"a.test,b.test\","
	"\"banner\":\"hello\\\\x1b\",\"save_password\":true,"
	"\"version\":\"cryptomap 1\","
	"\"split\":[\"10.2.0.0/24\",\"10.4.0.0/16\"],\"local\":[\"10.1.0.0/24\"],"
	"\"peer\":\"192.0.2.1\",\"peers\":[\"192.0.2.1\",\"192.0.2.2\"],"
	"\"backup\":[\"192.0.2.3\"]},"
	"{\"name\":\"TWO\",\"inside\":[],\"outside\":\"wan1\",\"mode\":\"client\","
	"\"state\":\"READY\",\"event\":\"CONN_DOWN\","
	"\"reason\":\"no answer\",\"next\":40,\"user\":\"\",\"bound\":false,"
	"\"address\":\"\",\"mask\":\"\",\"dns\":[],\"wins\":[],\"domain\":\"\","
	"\"split_dns\":\"\",\"banner\":\"\",\"save_password\":false,"
	"\"version\":\"\",\"split\":[],\"local\":[],\"peer\":\"192.0.2.9\","
	"\"peers\":[\"192.0.2.9\"],\"backup\":[]}]";

int __wrap_control_request(const char *path, enum control_cmd cmd,
			   struct json_object *args,
			   struct json_object **data, struct err *err);
int __wrap_control_request(const char *path, enum control_cmd cmd,
			   struct json_object *args,
			   struct json_object **data, struct err *err)
{
	const char *reply = "{}";

	(void)path;
	snprintf(last_request, sizeof(last_request), "%s %s",
		 control_cmd_name(cmd), args ?
		 json_object_to_json_string_ext(args, JSON_C_TO_STRING_PLAIN) :
		 "");
	json_object_put(args);
	if (data)
		*data = NULL;
	if (!daemon_runs)
		return err_set(err, -ECONNREFUSED, "ike-daemon is not running");
	if (cmd == CONTROL_ISAKMP_SAS)
		reply = isakmp_sas;
	else if (cmd == CONTROL_IPSEC_REASONS)
		reply = "[{\"flow\":3,\"reason\":\"no proposal chosen by 12.1.1.9\"}]";
	else if (cmd == CONTROL_COUNTERS)
		reply = "[{\"name\":\"main_mode_started\",\"text\":\"main modes started\",\"value\":3}]";
	else if (cmd == CONTROL_EZVPN)
		reply = ezvpn;
	else if (cmd == CONTROL_EZVPN_CLEAR)
		reply = "{\"cleared\":1}";
	else if (cmd == CONTROL_SESSIONS)
		reply = sessions;
	else if (cmd == CONTROL_SESSIONS_ENDED)
		reply = sessions_ended;
	else if (cmd == CONTROL_SESSIONS_END)
		reply = "{\"ended\":3}";
	else if (cmd == CONTROL_IPSEC_CLEAR || cmd == CONTROL_ISAKMP_CLEAR)
		reply = "{\"cleared\":2}";
	if (data)
		*data = json_tokener_parse(reply);
	return 0;
}

static inline void set_net(struct kmod_sel *sel, uint32_t src, uint32_t dst)
{
	KMOD_SET(sel, sel, src, addr_v4(src, 0));
	KMOD_SET(sel, sel, src_mask, addr_v4(0xffffff00, 0));
	KMOD_SET(sel, sel, dst, addr_v4(dst, 0));
	KMOD_SET(sel, sel, dst_mask, addr_v4(0xffffff00, 0));
}

static inline struct kmod_flow *add_flow(uint32_t id, const char *ifname,
					 uint32_t seq, uint32_t line)
{
	struct kmod_flow *f = &flows[n_flows++];

	memset(f, 0, sizeof(*f));
	KMOD_SET(f, flow, id, id);
	KMOD_SET_NAME(f, flow, ifname, ifname);
	KMOD_SET_NAME(f, flow, map, "test");
	KMOD_SET_NAME(f, flow, acl, "101");
	KMOD_SET(f, flow, seq, seq);
	KMOD_SET(f, flow, line, line);
	f->peers.v[f->peers.n++] = addr_v4(0x0c010102, 0);
	set_net(&f->sel, 0x14010100, 0x0a010100);
	return f;
}

/* One that a peer brought to the dynamic entry. */
static inline struct kmod_flow *add_dynamic_flow(uint32_t id)
{
	struct kmod_flow *f = add_flow(id, "FastEthernet0", 60000, 0);

	memset(&f->peers, 0, sizeof(f->peers));
	memset(f->acl, 0, sizeof(f->acl));
	KMOD_SET(f, flow, type, CRYPTOMAP_ENTRY_T_DYNAMIC);
	return f;
}

static inline struct kmod_sa *add_sa(uint32_t id, uint32_t flow, uint8_t dir,
				     uint32_t spi)
{
	struct kmod_sa *sa = &sas[n_sas++];

	memset(sa, 0, sizeof(*sa));
	KMOD_SET(sa, sa, id, id);
	KMOD_SET(sa, sa, flow, flow);
	KMOD_SET(sa, sa, dir, dir);
	KMOD_SET(sa, sa, proto, IPPROTO_ESP);
	KMOD_SET(sa, sa, spi, spi);
	KMOD_SET(sa, sa, src, addr_v4(dir ? 0x0c010101 : 0x0c010102, 0));
	KMOD_SET(sa, sa, dst, addr_v4(dir ? 0x0c010102 : 0x0c010101, 0));
	KMOD_SET(sa, sa, owner, 1);
	KMOD_SET(sa, sa, state, CRYPTOMAP_SA_ACTIVE);
	KMOD_SET(sa, sa, encr, CRYPTOMAP_ENCR_3DES);
	KMOD_SET(sa, sa, encr_bits, 192);
	KMOD_SET(sa, sa, auth, CRYPTOMAP_AUTH_HMAC_MD5_96);
	KMOD_SET(sa, sa, hard_kb, 4608000);
	KMOD_SET(sa, sa, hard_secs, 52);
	KMOD_SET(sa, sa, window, 64);
	return sa;
}

/* The sample of S-06, a flow that is down, a manual one, a missing interface. */
static inline int build_world(void **state)
{
	struct kmod_flow *f;
	struct kmod_sa *sa;

	(void)state;
	n_flows = n_sas = 0;
	calls[0] = '\0';
	daemon_runs = false;
	f = add_flow(3, "FastEthernet0", 20, 10);
	KMOD_SET(f, flow, state, CRYPTOMAP_FLOW_ACQUIRE);
	KMOD_SET(f, flow, waiting, 2);
	KMOD_SET(f, flow, send_errors, 5);
	KMOD_SET(f, flow, nat_hits, 3);
	KMOD_SET(f, flow, nat_escapes, 2);
	KMOD_SET(&f->sel, sel, proto, IPPROTO_TCP);
	KMOD_SET(&f->sel, sel, dport_lo, 80);
	KMOD_SET(&f->sel, sel, dport_hi, 81);
	f->peers.v[0] = addr_v4(0x0c010109, 0);
	f = add_flow(1443, "FastEthernet0", 10, 10);
	KMOD_SET(f, flow, state, CRYPTOMAP_FLOW_UP);
	f->encaps = f->encrypt = f->digest = 7767918;
	f->decaps = f->decrypt = f->verify = 7760382;
	f->send_errors = 1;
	KMOD_SET(f, flow, sa_out, 3443);
	KMOD_SET(f, flow, pmtu, 1500);
	KMOD_SET(f, flow, mtu, 1438);
	f->prefrag = 11;
	f->prefrag_failed = 12;
	f->fragments = 35;
	f->postfrag = 13;
	f->postfrag_failed = 14;
	f->pmtu_sent = 15;
	f->pmtu_rcvd = 16;
	f->reassemble = 17;
	f->icmp_valid = 18;
	f->icmp_invalid = 19;
	f->compressed = 20;
	f->decompressed = 21;
	f->not_compressed = 22;
	f->comp_failed = 23;
	f->decomp_failed = 24;
	f->parallel_out = 25;
	f->parallel_in = 26;
	f = add_flow(7, "eth1", 30, 10);
	KMOD_SET(f, flow, type, CRYPTOMAP_ENTRY_T_MANUAL);
	KMOD_SET(f, flow, state, CRYPTOMAP_FLOW_UP);
	KMOD_SET(f, flow, sa_out, 9);
	f = add_flow(8, "ppp9", 10, 10);
	sa = add_sa(3443, 1443, CRYPTOMAP_DIR_OUT, 0x3d3);
	KMOD_SET(sa, sa, overhead, 58);
	KMOD_SET(sa, sa, overhead_head, 36);
	KMOD_SET(sa, sa, ipcomp, CRYPTOMAP_IPCOMP_DEFLATE);
	KMOD_SET(sa, sa, cpi, 0x1234);
	add_sa(3442, 1443, CRYPTOMAP_DIR_IN, 325714191);
	sa = add_sa(9, 7, CRYPTOMAP_DIR_OUT, 1001);
	sa->owner = 0;
	sa->encr = CRYPTOMAP_ENCR_AES_CBC;
	sa->encr_bits = 256;
	sa->auth = CRYPTOMAP_AUTH_HMAC_SHA2_256_128;
	sa->has &= ~(KMOD_BIT(sa, hard_kb) | KMOD_BIT(sa, hard_secs));
	sa = add_sa(10, 1443, CRYPTOMAP_DIR_IN, 4097);
	sa->state = CRYPTOMAP_SA_LARVAL;
	return 0;
}

/* --- Golden files ------------------------------------------------------------------ */

static inline char *slurp(FILE *f)
{
	char *text = calloc(1, 65536);

	assert_non_null(text);
	assert_true(fread(text, 1, 65535, f) < 65535);
	return text;
}

static inline void compare(const char *name, const char *got)
{
	char path[128], *want;
	FILE *f;

	snprintf(path, sizeof(path), GOLDEN "%s", name);
	if (getenv("UPDATE_GOLDEN")) {
		f = fopen(path, "w");
		assert_non_null(f);
		fputs(got, f);
		fclose(f);
	}
	f = fopen(path, "r");
	if (!f)
		fail_msg("%s is missing", path);
	want = slurp(f);
	fclose(f);
	assert_string_equal(got, want);
	free(want);
}

/* Run a handler; the caller frees what it printed. */
static inline char *run(cli_exec_fn *fn, const struct cli_args *args,
			bool json, int expect)
{
	char *text = NULL;
	size_t size;
	struct exec_ctx ctx = {
		.out = open_memstream(&text, &size), .json = json,
	};

	assert_int_equal(fn(&ctx, args), expect);
	fclose(ctx.out);
	return text;
}

static inline void check(cli_exec_fn *fn, const struct cli_args *args,
			 bool json, const char *golden)
{
	static const struct cli_args none;
	char *text = run(fn, args ? args : &none, json, 0);

	compare(golden, text);
	free(text);
}

static inline struct cli_args keyword(const char *word)
{
	return (struct cli_args){
		.n = 1, .arg = { { .text = word, .keyword = true } },
	};
}

static inline struct cli_args named(const char *name, const char *text,
				    uint32_t number, const char *address)
{
	struct cli_args args = {
		.n = 1,
		.arg = { { .name = name, .text = text, .number = number } },
	};

	if (address)
		addr_parse(&args.arg[0].address, address);
	return args;
}

#endif
