// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <linux/cryptomap.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "ike-daemon/crypto/dh.h"
#include "ike-daemon/sa/proposal.h"
#include "ike-daemon/sa/record.h"

static const uint8_t esp_ids[CFG_CIPHER_COUNT] = {
	[CFG_CIPHER_DES] = IPSEC_ESP_DES,
	[CFG_CIPHER_3DES] = IPSEC_ESP_3DES,
	[CFG_CIPHER_AES] = IPSEC_ESP_AES_CBC,
	[CFG_CIPHER_AES_CTR] = IPSEC_ESP_AES_CTR,
	[CFG_CIPHER_AES_CCM_8] = IPSEC_ESP_AES_CCM_8,
	[CFG_CIPHER_AES_CCM_12] = IPSEC_ESP_AES_CCM_12,
	[CFG_CIPHER_AES_CCM] = IPSEC_ESP_AES_CCM_16,
	[CFG_CIPHER_AES_GCM_8] = IPSEC_ESP_AES_GCM_8,
	[CFG_CIPHER_AES_GCM_12] = IPSEC_ESP_AES_GCM_12,
	[CFG_CIPHER_AES_GCM] = IPSEC_ESP_AES_GCM_16,
	[CFG_CIPHER_AES_GMAC] = IPSEC_ESP_AES_GMAC,
	[CFG_CIPHER_NULL] = IPSEC_ESP_NULL,
};

static const uint8_t ah_ids[CFG_HASH_COUNT] = {
	[CFG_HASH_MD5] = IPSEC_AH_MD5,
	[CFG_HASH_SHA1] = IPSEC_AH_SHA,
	[CFG_HASH_SHA256] = IPSEC_AH_SHA2_256,
	[CFG_HASH_SHA384] = IPSEC_AH_SHA2_384,
	[CFG_HASH_SHA512] = IPSEC_AH_SHA2_512,
	[CFG_HASH_AES_XCBC] = IPSEC_AH_AES_XCBC,
	[CFG_HASH_SHA256_96] = IPSEC_AH_SHA2_256,
};

static const uint8_t auth_algs[CFG_HASH_COUNT] = {
	[CFG_HASH_NONE] = IPSEC_AUTH_NONE,
	[CFG_HASH_MD5] = IPSEC_AUTH_HMAC_MD5,
	[CFG_HASH_SHA1] = IPSEC_AUTH_HMAC_SHA,
	[CFG_HASH_SHA256] = IPSEC_AUTH_HMAC_SHA2_256,
	[CFG_HASH_SHA384] = IPSEC_AUTH_HMAC_SHA2_384,
	[CFG_HASH_SHA512] = IPSEC_AUTH_HMAC_SHA2_512,
	[CFG_HASH_AES_XCBC] = IPSEC_AUTH_AES_XCBC,
	[CFG_HASH_SHA256_96] = IPSEC_AUTH_HMAC_SHA2_256,
};

uint8_t proposal_ip_proto(unsigned int protocol)
{
	return protocol == ISAKMP_PROTO_AH ? IPPROTO_AH : IPPROTO_ESP;
}

/* Transport mode in the place of tunnel mode. */
static unsigned int transport_of(unsigned int encap)
{
	switch (encap) {
	case IPSEC_ENCAP_UDP_TUNNEL:
		return IPSEC_ENCAP_UDP_TRANSPORT;
	case IPSEC_ENCAP_UDP_TUNNEL_DRAFT:
		return IPSEC_ENCAP_UDP_TRANSPORT_DRAFT;
	default:
		return IPSEC_ENCAP_TRANSPORT;
	}
}

bool proposal_is_udp_transport(const struct ipsec_transform *t)
{
	return t->encap == IPSEC_ENCAP_UDP_TRANSPORT ||
	       t->encap == IPSEC_ENCAP_UDP_TRANSPORT_DRAFT;
}

bool proposal_is_transport(const struct ipsec_transform *t)
{
	return t->encap == IPSEC_ENCAP_TRANSPORT || proposal_is_udp_transport(t);
}

static void set_transform(const struct cfg_transform *set,
			  const struct child_params *p,
			  struct ipsec_transform *t)
{
	*t = (struct ipsec_transform){
		.protocol = cfg_transform_is_ah(set) ? ISAKMP_PROTO_AH :
						       ISAKMP_PROTO_ESP,
		.id = cfg_transform_is_ah(set) ? ah_ids[set->hash] :
						 esp_ids[set->cipher],
		.auth = auth_algs[set->hash],
		.encap = set->mode == CFG_TRANSPORT && p->between_ends ?
			 transport_of(p->encap) : p->encap,
		.group = p->pfs_group,
		.life.seconds = p->seconds,
		.life.kilobytes = p->kilobytes,
	};
	if (cfg_cipher_has_bits(set->cipher))
		t->key_bits = set->key_bits;
	t->esn = set->esn;
	t->short_icv = set->hash == CFG_HASH_SHA256_96;
	t->deflate = set->deflate;
}

/* A NAT changes the addresses, which AH protects; and it has no form in UDP. */
static bool is_possible(const struct cfg_transform *set,
			const struct child_params *p)
{
	return !cfg_transform_is_ah(set) || p->encap == IPSEC_ENCAP_TUNNEL;
}

uint8_t proposal_first_proto(const struct child_params *p)
{
	unsigned int i;

	for (i = 0; i < p->nsets; i++)
		if (is_possible(p->sets[i], p))
			return cfg_transform_is_ah(p->sets[i]) ? IPPROTO_AH :
								 IPPROTO_ESP;
	return IPPROTO_ESP;
}

bool proposal_offers_udp_transport(const struct child_params *p)
{
	struct ipsec_transform t;
	unsigned int i;

	for (i = 0; i < p->nsets; i++) {
		set_transform(p->sets[i], p, &t);
		if (is_possible(p->sets[i], p) && proposal_is_udp_transport(&t))
			return true;
	}
	return false;
}

bool proposal_offers_deflate(const struct child_params *p)
{
	unsigned int i;

	for (i = 0; i < p->nsets; i++)
		if (p->sets[i]->deflate)
			return true;
	return false;
}

typedef const char *name_fn(unsigned int n);

static name_fn *transform_name(unsigned int protocol)
{
	return protocol == ISAKMP_PROTO_AH ? ipsec_ah_transform_name :
					     ipsec_esp_transform_name;
}

void proposal_esp_text(const struct ipsec_transform *t, char *out, size_t size)
{
	char bits[8] = "";

	if (t->key_bits)
		snprintf(bits, sizeof(bits), " %u", t->key_bits);
	snprintf(out, size, "%s%s%s%s%s%s", transform_name(t->protocol)(t->id), bits,
		 t->auth ? " " : "", t->auth ? ipsec_auth_alg_name(t->auth) : "",
		 t->short_icv ? " (96 bits)" : "", t->deflate ? " DEFLATE" : "");
}

static void offer_proposal(struct offer *o, unsigned int number,
			   const struct ipsec_transform *t, const uint8_t *spi,
			   uint8_t spi_len)
{
	unsigned int n = o->sa.nproposals++;

	ipsec_transform_set(t, 1, &o->attrs[n], &o->transforms[n]);
	o->proposals[n] = (struct isakmp_proposal){
		.number = (uint8_t)number,
		.protocol = t->protocol,
		.spi_len = spi_len,
		.spi = spi,
		.ntransforms = 1,
		.transforms = &o->transforms[n],
	};
}

/* What compresses inside of it, laid out in the same way and living as long. */
static void offer_deflate(struct offer *o, unsigned int number,
			  const struct ipsec_transform *esp)
{
	const struct ipsec_transform t = {
		.protocol = ISAKMP_PROTO_IPCOMP,
		.id = IPSEC_IPCOMP_DEFLATE,
		.encap = esp->encap,
		.life = esp->life,
	};

	offer_proposal(o, number, &t, o->cpi, sizeof(o->cpi));
}

int esp_offer_build(const struct child_params *p, uint32_t spi, uint16_t cpi,
		    struct offer *o)
{
	struct ipsec_transform t;
	unsigned int i, number = 0;

	spi = htonl(spi);
	cpi = htons(cpi);
	memcpy(o->spi, &spi, sizeof(o->spi));
	memcpy(o->cpi, &cpi, sizeof(o->cpi));
	o->sa = (struct isakmp_sa){
		.doi = ISAKMP_DOI_IPSEC,
		.situation = ISAKMP_SIT_IDENTITY_ONLY,
		.proposals = o->proposals,
	};
	for (i = 0; i < p->nsets; i++) {
		if (!is_possible(p->sets[i], p))
			continue;
		set_transform(p->sets[i], p, &t);
		offer_proposal(o, ++number, &t, o->spi, sizeof(o->spi));
		if (t.deflate)
			offer_deflate(o, number, &t);
	}
	return number ? 0 : -ENOENT;
}

static bool mismatch(struct record_mismatch *m, const char *attribute,
		     const char *offered, const char *configured)
{
	snprintf(m->attribute, sizeof(m->attribute), "%s", attribute);
	snprintf(m->offered, sizeof(m->offered), "%s", offered);
	snprintf(m->configured, sizeof(m->configured), "%s", configured);
	return true;
}

static bool number_differs(struct record_mismatch *m, const char *attribute,
			   unsigned int offered, unsigned int own,
			   name_fn *name)
{
	char a[40], b[40];

	if (offered == own)
		return false;
	if (name) {
		snprintf(a, sizeof(a), "%s (%u)", name(offered), offered);
		snprintf(b, sizeof(b), "%s (%u)", name(own), own);
	} else {
		snprintf(a, sizeof(a), "%u", offered);
		snprintf(b, sizeof(b), "%u", own);
	}
	return mismatch(m, attribute, offered || name ? a : "none",
			own || name ? b : "none");
}

static const char *group_name(unsigned int group)
{
	return group ? ike_group_name(group) : "no PFS";
}

/*
 * As IOS does: PFS that we ask for must be offered, with our group; PFS that
 * the peer asks for and we do not is granted with any group we have (F-012).
 */
static bool group_differs(const struct ipsec_transform *offered,
			  const struct ipsec_transform *own,
			  struct record_mismatch *m)
{
	if (!own->group && (!offered->group ||
			    crypto_dh_supported(offered->group)))
		return false;
	return number_differs(m, "group", offered->group, own->group,
			      group_name);
}

/* RFC 4304, 4: 1 is the only value, and absent means 32 bits. */
static const char *esn_name(unsigned int esn)
{
	return esn == 1 ? "on" : esn ? "unknown" : "off";
}

/* Absent means tunnel for us. */
static unsigned int encap_of(const struct ipsec_transform *offered)
{
	return offered->encap ? offered->encap : IPSEC_ENCAP_TUNNEL;
}

static bool transform_differs(const struct ipsec_transform *offered,
			      const struct ipsec_transform *own,
			      struct record_mismatch *m)
{
	unsigned int bits = offered->key_bits;
	unsigned int encap = encap_of(offered);
	char text[16];

	/* Absent means 128 bits for AES (RFC 3602, 5.3). */
	if (!bits && own->key_bits)
		bits = 128;
	if (number_differs(m, own->protocol == ISAKMP_PROTO_AH ? "transform" :
								 "encryption",
			   offered->id, own->id,
			   transform_name(own->protocol)) ||
	    number_differs(m, "key length", bits, own->key_bits, NULL) ||
	    number_differs(m, "authentication algorithm", offered->auth,
			   own->auth, ipsec_auth_alg_name) ||
	    number_differs(m, "encapsulation", encap, own->encap,
			   ipsec_encap_name) ||
	    group_differs(offered, own, m) ||
	    number_differs(m, "extended sequence numbers", offered->esn,
			   own->esn, esn_name))
		return true;
	if (!offered->unknown)
		return false;
	snprintf(text, sizeof(text), "attribute %u", offered->unknown);
	return mismatch(m, text, "present", "not supported");
}

/* The lifetime of an SA when the peer names none (RFC 2407, 4.5.4). */
#define LIFE_DEFAULT	28800

static void choose_life(const struct child_params *p, struct esp_choice *out)
{
	const struct isakmp_life *theirs = &out->transform.life;
	uint32_t seconds = theirs->seconds ? theirs->seconds : LIFE_DEFAULT;

	out->seconds = life_shorter(seconds, p->seconds);
	out->kilobytes = life_shorter(theirs->kilobytes, p->kilobytes);
	out->lifetime_cut = out->seconds < seconds ||
			    (theirs->kilobytes &&
			     out->kilobytes < theirs->kilobytes);
}

/* The proposals of one number, which belong together (AND). */
struct bundle {
	const struct isakmp_proposal *sa;	/* of ESP or AH */
	const struct isakmp_proposal *comp;	/* what compresses inside; NULL: none */
	bool others;				/* more than that */
};

static void read_bundle(const struct isakmp_sa *sa, unsigned int first,
			struct bundle *b)
{
	unsigned int i, n = isakmp_proposal_group(sa, first);

	*b = (struct bundle){ 0 };
	for (i = first; i < first + n; i++) {
		const struct isakmp_proposal *p = &sa->proposals[i];
		const struct isakmp_proposal **slot =
			p->protocol == ISAKMP_PROTO_IPCOMP ? &b->comp : &b->sa;

		b->others |= *slot != NULL;
		*slot = p;
	}
	/* Compression alone protects nothing. */
	if (!b->sa) {
		b->sa = b->comp;
		b->comp = NULL;
	}
}

/* Is this a proposal for one SA of our protocol with a usable SPI? */
static bool proposal_usable(const struct bundle *b, unsigned int protocol,
			    uint32_t *spi, struct record_mismatch *m)
{
	const struct isakmp_proposal *p = b->sa;
	const char *own = isakmp_protocol_name(protocol);

	if (b->others)
		return !mismatch(m, "protocol",
				 "several protocols in one proposal", own);
	if (p->protocol != protocol)
		return !mismatch(m, "protocol", isakmp_protocol_name(p->protocol),
				 own);
	if (p->spi_len != sizeof(*spi))
		return !mismatch(m, "SPI", "not 4 bytes", "4 bytes");
	memcpy(spi, p->spi, sizeof(*spi));
	*spi = ntohl(*spi);
	if (*spi < CRYPTOMAP_SPI_MIN)
		return !mismatch(m, "SPI", "reserved value", "256 or more");
	return true;
}

/* As on IOS, a set of transport mode is content with a peer that wants tunnel mode. */
static void give_way(const struct child_params *p,
		     const struct ipsec_transform *offered,
		     struct ipsec_transform *own)
{
	if (proposal_is_transport(own) && encap_of(offered) == p->encap)
		own->encap = p->encap;
}

/* In 2 bytes, or the last 2 of 4 (RFC 3173, 4); 0: not of use for deflate. */
static uint16_t read_cpi(const struct isakmp_proposal *p)
{
	uint16_t cpi;

	if (p->spi_len != 2 && p->spi_len != 4)
		return 0;
	memcpy(&cpi, p->spi + p->spi_len - sizeof(cpi), sizeof(cpi));
	cpi = ntohs(cpi);
	return cpi == IPSEC_IPCOMP_DEFLATE || cpi >= CPI_MIN ? cpi : 0;
}

/* The transform of deflate with the layout of its ESP, or NULL. */
static const struct isakmp_transform *find_deflate(const struct isakmp_proposal *p,
						   unsigned int encap)
{
	struct ipsec_transform t;
	unsigned int i;

	for (i = 0; i < p->ntransforms; i++)
		if (p->transforms[i].id == IPSEC_IPCOMP_DEFLATE &&
		    !ipsec_transform_get(&p->transforms[i], &t, NULL) &&
		    !t.unknown && (!t.encap || t.encap == encap))
			return &p->transforms[i];
	return NULL;
}

static bool comp_differs(const struct bundle *b, const struct cfg_transform *set,
			 unsigned int encap, struct esp_choice *out,
			 struct record_mismatch *m)
{
	const char *own = set->deflate ? ipsec_ipcomp_transform_name(IPSEC_IPCOMP_DEFLATE) :
					 "none";
	unsigned int offered = b->comp ? b->comp->transforms[0].id : 0;

	out->comp = NULL;
	out->cpi = 0;
	if (!b->comp || !set->deflate)
		return (b->comp || set->deflate) &&
		       mismatch(m, "compression", b->comp ?
				ipsec_ipcomp_transform_name(offered) : "none", own);
	out->comp = find_deflate(b->comp, encap);
	if (!out->comp)
		return mismatch(m, "compression", offered != IPSEC_IPCOMP_DEFLATE ?
				ipsec_ipcomp_transform_name(offered) :
				"another encapsulation than its ESP", own);
	out->comp_first = b->comp < b->sa;
	out->cpi = read_cpi(b->comp);
	return !out->cpi && mismatch(m, "CPI", "not of deflate", "2, or 256 or more");
}

static bool try_transform(const struct child_params *p,
			  const struct cfg_transform *set,
			  const struct bundle *b, unsigned int j, bool answer,
			  struct esp_choice *out, struct record *r)
{
	const struct isakmp_proposal *prop = b->sa;
	const struct isakmp_transform *t = &prop->transforms[j];
	struct record_mismatch m = {
		.proposal = prop->number, .transform = t->number,
	};
	struct ipsec_transform own;
	struct err err;

	snprintf(m.against, sizeof(m.against), "transform-set %s", set->name);
	set_transform(set, p, &own);
	if (!proposal_usable(b, own.protocol, &out->spi, &m) ||
	    (!is_possible(set, p) &&
	     mismatch(&m, "protocol", "AH", "ESP, since there is a NAT"))) {
		record_add_mismatch(r, &m);
		return false;
	}
	if (ipsec_transform_get(t, &out->transform, &err)) {
		snprintf(m.offered, sizeof(m.offered), "%.60s", err.text);
		snprintf(m.attribute, sizeof(m.attribute), "transform");
		snprintf(m.configured, sizeof(m.configured), "well-formed");
		record_add_mismatch(r, &m);
		return false;
	}
	out->transform.protocol = prop->protocol;
	if (!answer)
		give_way(p, &out->transform, &own);
	if (!transform_differs(&out->transform, &own, &m) &&
	    !comp_differs(b, set, own.encap, out, &m)) {
		out->proposal = prop->number;
		out->chosen = t;
		out->set = set;
		out->transform.key_bits = own.key_bits;
		out->transform.short_icv = own.short_icv;
		out->transform.deflate = own.deflate;
		choose_life(p, out);
		return true;
	}
	record_add_mismatch(r, &m);
	return false;
}

static bool try_set(const struct child_params *p,
		    const struct cfg_transform *set, const struct isakmp_sa *sa,
		    bool answer, struct esp_choice *out, struct record *r)
{
	struct bundle b;
	unsigned int i, j;

	for (i = 0; i < sa->nproposals; i += isakmp_proposal_group(sa, i)) {
		read_bundle(sa, i, &b);
		for (j = 0; j < b.sa->ntransforms; j++)
			if (try_transform(p, set, &b, j, answer, out, r))
				return true;
	}
	return false;
}

/*
 * One proposal of one transform, with what belongs to it.  strongSwan lets the same
 * without compression follow, as in its offers: that is cut off.
 */
static bool read_answer(struct isakmp_sa *sa)
{
	unsigned int i, n = isakmp_proposal_group(sa, 0);
	bool comp = false;

	for (i = 0; i < n; i++) {
		if (sa->proposals[i].ntransforms != 1)
			return false;
		comp |= sa->proposals[i].protocol == ISAKMP_PROTO_IPCOMP;
	}
	if (!n || (n < sa->nproposals && !comp))
		return false;
	sa->nproposals = (uint16_t)n;
	return true;
}

int esp_proposal_choose(const struct child_params *p,
			const struct isakmp_sa *sa, bool answer,
			struct esp_choice *out, struct record *r)
{
	struct isakmp_sa theirs = *sa;
	unsigned int i;

	if (answer && !read_answer(&theirs))
		return -EBADMSG;
	*out = (struct esp_choice){ 0 };
	for (i = 0; i < p->nsets; i++)
		if (try_set(p, p->sets[i], &theirs, answer, out, r))
			return 0;
	return -ENOENT;
}
