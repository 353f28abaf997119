// SPDX-License-Identifier: GPL-2.0-or-later
/* What the objects of the contract mean: selectors compared, values named. */
#include <netinet/in.h>
#include <string.h>

#include "tools/lib/kmod_object.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

void kmod_name_copy(char *to, size_t size, const char *from)
{
	size_t len = strnlen(from, size - 1);

	memcpy(to, from, len);
	memset(to + len, 0, size - len);
}

/* --- Selectors ------------------------------------------------------------- */

static void side(bool has_addr, const struct addr *addr, bool has_mask,
		 const struct addr *mask, int family, struct addr *addr_out,
		 struct addr *mask_out)
{
	memset(addr_out, 0, sizeof(*addr_out));
	memset(mask_out, 0, sizeof(*mask_out));
	addr_out->family = mask_out->family = (uint8_t)family;
	if (!has_addr)
		return;
	addr_out->family = mask_out->family = addr->family;
	if (has_mask)
		memcpy(mask_out->bytes, mask->bytes, addr_len(addr));
	else
		memset(mask_out->bytes, 0xff, addr_len(addr));
	for (size_t i = 0; i < addr_len(addr); i++)
		addr_out->bytes[i] = addr->bytes[i] & mask_out->bytes[i];
}

void kmod_sel_src(const struct kmod_sel *sel, int family, struct addr *addr,
		  struct addr *mask)
{
	side(KMOD_HAS(sel, sel, src), &sel->src, KMOD_HAS(sel, sel, src_mask),
	     &sel->src_mask, family, addr, mask);
}

void kmod_sel_dst(const struct kmod_sel *sel, int family, struct addr *addr,
		  struct addr *mask)
{
	side(KMOD_HAS(sel, sel, dst), &sel->dst, KMOD_HAS(sel, sel, dst_mask),
	     &sel->dst_mask, family, addr, mask);
}

int kmod_sel_family(const struct kmod_sel *sel, int fallback)
{
	if (KMOD_HAS(sel, sel, src))
		return sel->src.family;
	if (KMOD_HAS(sel, sel, dst))
		return sel->dst.family;
	return fallback;
}

/* Everything of a selector but its addresses, defaults spelt out. */
struct upper {
	int proto, icmp_type, icmp_code;
	uint16_t sport_lo, sport_hi, dport_lo, dport_hi;
};

static struct upper upper_of(const struct kmod_sel *s)
{
	struct upper u = {
		.proto = KMOD_HAS(s, sel, proto) ? s->proto : 0,
		.icmp_type = KMOD_HAS(s, sel, icmp_type) ? s->icmp_type : -1,
		.icmp_code = KMOD_HAS(s, sel, icmp_code) ? s->icmp_code : -1,
		.sport_hi = UINT16_MAX,
		.dport_hi = UINT16_MAX,
	};

	if (KMOD_HAS(s, sel, sport_lo)) {
		u.sport_lo = s->sport_lo;
		u.sport_hi = KMOD_HAS(s, sel, sport_hi) ? s->sport_hi
							: s->sport_lo;
	}
	if (KMOD_HAS(s, sel, dport_lo)) {
		u.dport_lo = s->dport_lo;
		u.dport_hi = KMOD_HAS(s, sel, dport_hi) ? s->dport_hi
							: s->dport_lo;
	}
	return u;
}

static bool upper_equal(const struct upper *a, const struct upper *b)
{
	return a->proto == b->proto && a->icmp_type == b->icmp_type &&
	       a->icmp_code == b->icmp_code && a->sport_lo == b->sport_lo &&
	       a->sport_hi == b->sport_hi && a->dport_lo == b->dport_lo &&
	       a->dport_hi == b->dport_hi;
}

bool kmod_sel_equal(const struct kmod_sel *a, const struct kmod_sel *b)
{
	int family = kmod_sel_family(a, kmod_sel_family(b, AF_INET));
	struct addr addr_a, mask_a, addr_b, mask_b;
	struct upper upper_a = upper_of(a), upper_b = upper_of(b);

	kmod_sel_src(a, family, &addr_a, &mask_a);
	kmod_sel_src(b, family, &addr_b, &mask_b);
	if (!addr_equal(&addr_a, &addr_b) || !addr_equal(&mask_a, &mask_b))
		return false;
	kmod_sel_dst(a, family, &addr_a, &mask_a);
	kmod_sel_dst(b, family, &addr_b, &mask_b);
	return addr_equal(&addr_a, &addr_b) && addr_equal(&mask_a, &mask_b) &&
	       upper_equal(&upper_a, &upper_b);
}

/* --- Names ----------------------------------------------------------------- */

static const char *name_of(const char *const *names, size_t n, unsigned int v)
{
	return v < n && names[v] ? names[v] : "?";
}

const char *kmod_flow_state_name(uint8_t state)
{
	static const char *const names[] = {
		[CRYPTOMAP_FLOW_IDLE] = "idle",
		[CRYPTOMAP_FLOW_ACQUIRE] = "acquire",
		[CRYPTOMAP_FLOW_UP] = "up",
	};

	return name_of(names, ARRAY_LEN(names), state);
}

const char *kmod_sa_state_name(uint8_t state)
{
	static const char *const names[] = {
		[CRYPTOMAP_SA_LARVAL] = "larval",
		[CRYPTOMAP_SA_INSTALLED] = "installed",
		[CRYPTOMAP_SA_ACTIVE] = "active",
		[CRYPTOMAP_SA_OLD] = "old",
		[CRYPTOMAP_SA_DYING] = "dying",
		[CRYPTOMAP_SA_DEAD] = "dead",
	};

	return name_of(names, ARRAY_LEN(names), state);
}

const char *kmod_tomb_reason_name(uint8_t reason)
{
	static const char *const names[] = {
		[CRYPTOMAP_TOMB_UNKNOWN] = "unknown",
		[CRYPTOMAP_TOMB_DELETED] = "deleted",
		[CRYPTOMAP_TOMB_PEER] = "deleted by the peer",
		[CRYPTOMAP_TOMB_REKEYED] = "rekeyed",
		[CRYPTOMAP_TOMB_EXPIRED] = "expired",
		[CRYPTOMAP_TOMB_DPD] = "peer dead",
		[CRYPTOMAP_TOMB_FLUSHED] = "flushed",
		[CRYPTOMAP_TOMB_CONFIG] = "configuration changed",
		[CRYPTOMAP_TOMB_LARVAL] = "negotiation not finished",
		[CRYPTOMAP_TOMB_IDLE] = "idle",
		[CRYPTOMAP_TOMB_ADDRESS] = "local address gone",
	};

	return name_of(names, ARRAY_LEN(names), reason);
}

const char *kmod_entry_type_name(uint8_t type)
{
	static const char *const names[] = {
		[CRYPTOMAP_ENTRY_T_ISAKMP] = "ipsec-isakmp",
		[CRYPTOMAP_ENTRY_T_MANUAL] = "ipsec-manual",
		[CRYPTOMAP_ENTRY_T_DYNAMIC] = "dynamic",
	};

	return name_of(names, ARRAY_LEN(names), type);
}

const char *kmod_event_name(uint8_t type)
{
	static const char *const names[] = {
		[CRYPTOMAP_EV_ACQUIRE] = "acquire",
		[CRYPTOMAP_EV_SOFT_EXPIRE] = "soft-expire",
		[CRYPTOMAP_EV_HARD_EXPIRE] = "hard-expire",
		[CRYPTOMAP_EV_IDLE] = "idle",
		[CRYPTOMAP_EV_FIRST_PACKET] = "first-packet",
		[CRYPTOMAP_EV_SEQ_NEAR_END] = "seq-near-end",
		[CRYPTOMAP_EV_SEQ_EXHAUSTED] = "seq-exhausted",
		[CRYPTOMAP_EV_UNKNOWN_SPI] = "unknown-spi",
		[CRYPTOMAP_EV_NAT_MAPPING] = "nat-mapping",
		[CRYPTOMAP_EV_IF_UP] = "if-up",
		[CRYPTOMAP_EV_IF_DOWN] = "if-down",
		[CRYPTOMAP_EV_SA_DELETED] = "sa-deleted",
		[CRYPTOMAP_EV_CONFIG] = "config",
		[255] = "overrun",
	};

	return name_of(names, ARRAY_LEN(names), type);
}

/* Transforms as the words of a transform set, and the IV on the wire. */
static const struct {
	uint16_t encr;
	uint8_t iv;
	const char *word;
} encrs[] = {
	{ CRYPTOMAP_ENCR_DES, 8, "esp-des" },
	{ CRYPTOMAP_ENCR_3DES, 8, "esp-3des" },
	{ CRYPTOMAP_ENCR_NULL, 0, "esp-null" },
	{ CRYPTOMAP_ENCR_AES_CBC, 16, "esp-aes" },
	{ CRYPTOMAP_ENCR_AES_CTR, 8, "esp-aes-ctr" },
	{ CRYPTOMAP_ENCR_AES_CCM_8, 8, "esp-ccm-8" },
	{ CRYPTOMAP_ENCR_AES_CCM_12, 8, "esp-ccm-12" },
	{ CRYPTOMAP_ENCR_AES_CCM_16, 8, "esp-ccm" },
	{ CRYPTOMAP_ENCR_AES_GCM_8, 8, "esp-gcm-8" },
	{ CRYPTOMAP_ENCR_AES_GCM_12, 8, "esp-gcm-12" },
	{ CRYPTOMAP_ENCR_AES_GCM_16, 8, "esp-gcm" },
	{ CRYPTOMAP_ENCR_NULL_AES_GMAC, 8, "esp-gmac" },
	{ CRYPTOMAP_ENCR_CHACHA20_POLY1305, 8, "esp-chacha20-poly1305" },
};

static const struct {
	uint16_t auth;
	const char *word;
} auths[] = {
	{ CRYPTOMAP_AUTH_NONE, "" },
	{ CRYPTOMAP_AUTH_HMAC_MD5_96, "esp-md5-hmac" },
	{ CRYPTOMAP_AUTH_HMAC_SHA1_96, "esp-sha-hmac" },
	{ CRYPTOMAP_AUTH_AES_XCBC_96, "esp-aes-xcbc" },
	{ CRYPTOMAP_AUTH_AES_CMAC_96, "esp-aes-cmac" },
	{ CRYPTOMAP_AUTH_HMAC_SHA2_256_128, "esp-sha256-hmac" },
	{ CRYPTOMAP_AUTH_HMAC_SHA2_384_192, "esp-sha384-hmac" },
	{ CRYPTOMAP_AUTH_HMAC_SHA2_512_256, "esp-sha512-hmac" },
	{ CRYPTOMAP_AUTH_HMAC_SHA2_256_96, "esp-sha256-96-hmac" },
};

const char *kmod_encr_word(uint16_t encr)
{
	for (size_t i = 0; i < ARRAY_LEN(encrs); i++)
		if (encrs[i].encr == encr)
			return encrs[i].word;
	return "?";
}

unsigned int kmod_encr_iv_bytes(uint16_t encr)
{
	for (size_t i = 0; i < ARRAY_LEN(encrs); i++)
		if (encrs[i].encr == encr)
			return encrs[i].iv;
	return 0;
}

const char *kmod_auth_word(uint16_t auth)
{
	for (size_t i = 0; i < ARRAY_LEN(auths); i++)
		if (auths[i].auth == auth)
			return auths[i].word;
	return "?";
}
