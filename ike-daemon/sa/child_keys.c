// SPDX-License-Identifier: GPL-2.0-or-later
/* Phase 2 transforms as the kernel knows them, and the cutting of KEYMAT. */
#include <errno.h>
#include <string.h>

#include "ike-daemon/engine.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/sa/child_sa.h"
#include "ike-daemon/sa/peer.h"
#include "ike-daemon/sa/proposal.h"

/* After the key: RFC 3686, 5.1; RFC 4106, 8.1; RFC 4543, 5.1 - and RFC 4309, 7.1 */
#define SALT_LEN	4
#define CCM_SALT_LEN	3

static const struct {
	uint8_t id;
	uint16_t kernel;
	uint8_t key_len;	/* 0: as negotiated */
	uint8_t salt_len;
} ciphers[] = {
	{ IPSEC_ESP_DES, CRYPTOMAP_ENCR_DES, 8, 0 },
	{ IPSEC_ESP_3DES, CRYPTOMAP_ENCR_3DES, 24, 0 },
	{ IPSEC_ESP_AES_CBC, CRYPTOMAP_ENCR_AES_CBC, 0, 0 },
	{ IPSEC_ESP_AES_CTR, CRYPTOMAP_ENCR_AES_CTR, 0, SALT_LEN },
	{ IPSEC_ESP_AES_CCM_8, CRYPTOMAP_ENCR_AES_CCM_8, 0, CCM_SALT_LEN },
	{ IPSEC_ESP_AES_CCM_12, CRYPTOMAP_ENCR_AES_CCM_12, 0, CCM_SALT_LEN },
	{ IPSEC_ESP_AES_CCM_16, CRYPTOMAP_ENCR_AES_CCM_16, 0, CCM_SALT_LEN },
	{ IPSEC_ESP_AES_GCM_8, CRYPTOMAP_ENCR_AES_GCM_8, 0, SALT_LEN },
	{ IPSEC_ESP_AES_GCM_12, CRYPTOMAP_ENCR_AES_GCM_12, 0, SALT_LEN },
	{ IPSEC_ESP_AES_GCM_16, CRYPTOMAP_ENCR_AES_GCM_16, 0, SALT_LEN },
	{ IPSEC_ESP_AES_GMAC, CRYPTOMAP_ENCR_NULL_AES_GMAC, 0, SALT_LEN },
	{ IPSEC_ESP_NULL, CRYPTOMAP_ENCR_NULL, 0, 0 },
};

static const struct {
	uint8_t alg;
	uint16_t kernel;
	uint8_t key_len;
} auths[] = {
	{ IPSEC_AUTH_NONE, CRYPTOMAP_AUTH_NONE, 0 },
	{ IPSEC_AUTH_HMAC_MD5, CRYPTOMAP_AUTH_HMAC_MD5_96, 16 },
	{ IPSEC_AUTH_HMAC_SHA, CRYPTOMAP_AUTH_HMAC_SHA1_96, 20 },
	{ IPSEC_AUTH_HMAC_SHA2_256, CRYPTOMAP_AUTH_HMAC_SHA2_256_128, 32 },
	{ IPSEC_AUTH_HMAC_SHA2_384, CRYPTOMAP_AUTH_HMAC_SHA2_384_192, 48 },
	{ IPSEC_AUTH_HMAC_SHA2_512, CRYPTOMAP_AUTH_HMAC_SHA2_512_256, 64 },
	{ IPSEC_AUTH_AES_XCBC, CRYPTOMAP_AUTH_AES_XCBC_96, 16 },
};

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

struct layout {
	uint16_t encr;			/* 0: AH */
	uint16_t auth;
	size_t encr_len;		/* with salt */
	size_t auth_len;
};

static int layout_of(const struct ipsec_transform *t, struct layout *l)
{
	size_t i;

	*l = (struct layout){ 0 };
	for (i = 0; i < ARRAY_LEN(auths); i++)
		if (auths[i].alg == t->auth)
			break;
	if (i == ARRAY_LEN(auths))
		return -ENOTSUP;
	l->auth = t->short_icv ? CRYPTOMAP_AUTH_HMAC_SHA2_256_96 :
				 auths[i].kernel;
	l->auth_len = auths[i].key_len;
	if (t->protocol == ISAKMP_PROTO_AH)
		return 0;
	for (i = 0; i < ARRAY_LEN(ciphers); i++)
		if (ciphers[i].id == t->id)
			break;
	if (i == ARRAY_LEN(ciphers))
		return -ENOTSUP;
	l->encr = ciphers[i].kernel;
	l->encr_len = ciphers[i].key_len ? ciphers[i].key_len : t->key_bits / 8;
	l->encr_len += ciphers[i].salt_len;
	return 0;
}

size_t child_keymat_len(const struct ipsec_transform *t)
{
	struct layout l;

	return layout_of(t, &l) ? 0 : l.encr_len + l.auth_len;
}

int child_transform_map(const struct ipsec_transform *t, uint16_t *encr,
			uint16_t *auth)
{
	struct layout l;
	int err = layout_of(t, &l);

	if (!err) {
		*encr = l.encr;
		*auth = l.auth;
	}
	return err;
}

/*
 * The soft lifetime lies before the hard one by a margin that is random, and
 * smaller for the responder: so that mostly one end begins, the initiator.
 * Volume comes in bursts and needs more of it than time.
 */
static uint64_t soft_life(uint64_t hard, unsigned int permille)
{
	uint64_t margin = hard * (permille + engine_random(50)) / 1000;

	/* A second of what is very short: else it would be renewed when it has ended. */
	return hard - (margin || hard < 2 ? margin : 1);
}

static void sa_lifetimes(const struct child_sa *c, struct kernel_sa *sa)
{
	sa->hard_secs = c->seconds;
	sa->soft_secs = soft_life(c->seconds, c->initiator ? 100 : 30);
	sa->hard_kb = c->kilobytes;
	sa->soft_kb = soft_life(c->kilobytes, c->initiator ? 300 : 200);
}

static int install(struct child_sa *c, struct kernel_sa *sa,
		   const uint8_t *keymat, size_t len)
{
	struct kernel *k = c->e->kernel;
	char peer[ADDR_STRLEN];
	struct layout l;
	struct err text = { "" };
	int err = layout_of(&c->transform, &l);

	if (err || len != l.encr_len + l.auth_len)
		return err ? err : -EINVAL;
	sa->flow = c->flow;
	if (c->place.ifname[0] && sa->dir == CRYPTOMAP_DIR_IN) {
		sa->place = &c->place;
		sa->sel = &c->sel;
	}
	if (c->demux)
		sa->flags |= CRYPTOMAP_SA_F_NAT_DEMUX;
	sa->proto = c->proto;
	sa->owner = KERNEL_OWNER;
	sa->cookie = c->cookie;
	sa->mode = proposal_is_transport(&c->transform) ?
		   CRYPTOMAP_MODE_TRANSPORT : CRYPTOMAP_MODE_TUNNEL;
	sa->encr = l.encr;
	sa->auth = l.auth;
	sa->encr_key = keymat;
	sa->encr_key_len = l.encr_len;
	sa->auth_key = keymat + l.encr_len;
	sa->auth_key_len = l.auth_len;
	if (c->transform.esn)
		sa->flags |= CRYPTOMAP_SA_F_ESN;
	sa->window = c->window;
	sa->tfc = c->tfc;
	if (c->cpi_out)
		sa->cpi = sa->dir == CRYPTOMAP_DIR_IN ? c->cpi_in : c->cpi_out;
	sa->idle_secs = c->idle;
	sa_lifetimes(c, sa);
	err = k->ops->sa_install(k, sa, &text);
	engine_catch_up(c->e);
	if (err)
		log_err(ipsec, "%s: SA 0x%08x %s not installed: %s",
			addr_format(&c->remote, peer, sizeof(peer)), sa->spi,
			sa->dir == CRYPTOMAP_DIR_IN ? "in" : "out",
			text.text[0] ? text.text : strerror(-err));
	return err;
}

/* The kernel has made a flow for the inbound SA, or found one. */
static int learn_flow(struct child_sa *c)
{
	struct kernel *k = c->e->kernel;
	const struct kernel_sa_id id = child_sa_id(c, CRYPTOMAP_DIR_IN);
	struct kernel_sa sa;
	int err = k->ops->sa_get(k, &id, &sa);

	if (err)
		return err;
	child_sa_set_flow(c, sa.flow);
	return policy_flow_made(c->e, sa.flow, &c->place, &c->sel, c->nth);
}

int child_sa_install_in(struct child_sa *c, const uint8_t *keymat, size_t len)
{
	struct kernel_sa sa = {
		.dir = CRYPTOMAP_DIR_IN,
		.spi = c->spi_in,
		.src = c->remote,
		.dst = c->local,
		.encap = { c->port_peer, c->port_own },
		.flags = CRYPTOMAP_SA_F_NOTIFY_FIRST,
		.oa_src = c->oa_peer,
		.oa_dst = c->oa_own,
	};
	int err = install(c, &sa, keymat, len);

	if (!err)
		c->state = CHILD_INBOUND;
	if (!err && c->place.ifname[0])
		err = learn_flow(c);
	return err;
}

int child_sa_install_out(struct child_sa *c, const uint8_t *keymat, size_t len)
{
	struct kernel_sa sa = {
		.dir = CRYPTOMAP_DIR_OUT,
		.spi = c->spi_out,
		.src = c->local,
		.dst = c->remote,
		.encap = { c->port_own, c->port_peer },
	};

	return install(c, &sa, keymat, len);
}
