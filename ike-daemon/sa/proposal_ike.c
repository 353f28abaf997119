// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>

#include "ike-daemon/sa/proposal.h"
#include "ike-daemon/sa/record.h"

static const struct {
	uint16_t ike;
	enum crypto_hash crypto;
} hashes[CFG_HASH_COUNT] = {
	[CFG_HASH_MD5] = { IKE_HASH_MD5, CRYPTO_MD5 },
	[CFG_HASH_SHA1] = { IKE_HASH_SHA1, CRYPTO_SHA1 },
	[CFG_HASH_SHA256] = { IKE_HASH_SHA2_256, CRYPTO_SHA256 },
	[CFG_HASH_SHA384] = { IKE_HASH_SHA2_384, CRYPTO_SHA384 },
	[CFG_HASH_SHA512] = { IKE_HASH_SHA2_512, CRYPTO_SHA512 },
};

static const struct {
	uint16_t ike;
	uint16_t bits;			/* as the attribute says; 0: fixed length */
	enum crypto_cipher crypto;
} ciphers[] = {
	{ IKE_CIPHER_DES_CBC, 0, CRYPTO_DES_CBC },
	{ IKE_CIPHER_3DES_CBC, 0, CRYPTO_3DES_CBC },
	{ IKE_CIPHER_AES_CBC, 128, CRYPTO_AES128_CBC },
	{ IKE_CIPHER_AES_CBC, 192, CRYPTO_AES192_CBC },
	{ IKE_CIPHER_AES_CBC, 256, CRYPTO_AES256_CBC },
};

#define NCIPHERS (sizeof(ciphers) / sizeof(ciphers[0]))

static uint16_t cipher_number(enum cfg_cipher cipher)
{
	switch (cipher) {
	case CFG_CIPHER_DES:
		return IKE_CIPHER_DES_CBC;
	case CFG_CIPHER_3DES:
		return IKE_CIPHER_3DES_CBC;
	case CFG_CIPHER_AES:
		return IKE_CIPHER_AES_CBC;
	default:
		return 0;
	}
}

enum crypto_cipher proposal_cipher(const struct ike_transform *t)
{
	size_t i;

	for (i = 0; i < NCIPHERS; i++)
		if (ciphers[i].ike == t->cipher && ciphers[i].bits == t->key_bits)
			return ciphers[i].crypto;
	return CRYPTO_CIPHER_NONE;
}

enum crypto_hash proposal_hash(const struct ike_transform *t)
{
	size_t i;

	for (i = 0; i < CFG_HASH_COUNT; i++)
		if (hashes[i].ike && hashes[i].ike == t->hash)
			return hashes[i].crypto;
	return CRYPTO_HASH_NONE;
}

void proposal_cipher_text(const struct ike_transform *t, char *out, size_t size)
{
	if (t->key_bits)
		snprintf(out, size, "%s %u", ike_cipher_name(t->cipher),
			 t->key_bits);
	else
		snprintf(out, size, "%s", ike_cipher_name(t->cipher));
}

static void policy_transform(const struct cfg_policy *policy,
			     const uint16_t *methods, struct ike_transform *t)
{
	*t = (struct ike_transform){
		.cipher = cipher_number(policy->cipher),
		.key_bits = policy->cipher == CFG_CIPHER_AES ?
			    policy->key_bits : 0,
		.hash = hashes[policy->hash].ike,
		.auth = methods[policy->auth],
		.group = policy->group,
		.life.seconds = policy->lifetime,
	};
}

const struct cfg_policy *ike_offer_first(const struct cm_config *cfg,
					 const struct addr *peer,
					 const uint16_t *methods)
{
	struct cfg_suites suites;
	size_t i = 0;

	cfg_suites_find(cfg, peer, NULL, &suites);
	while (i < cfg->n_policies &&
	       !(methods[cfg->policies[i].auth] &&
		 cfg_policy_is_for(&suites, &cfg->policies[i])))
		i++;
	return i < cfg->n_policies ? &cfg->policies[i] : NULL;
}

/* The method that is this one, and XAUTH; 0: there is none. */
static uint16_t with_user(uint16_t auth)
{
	static const struct { uint16_t plain, with; } methods[] = {
		{ IKE_AUTH_PSK, IKE_AUTH_XAUTH_INIT_PSK },
		{ IKE_AUTH_RSA_SIG, IKE_AUTH_XAUTH_INIT_RSA },
	};
	size_t i;

	for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (auth == methods[i].plain)
			return methods[i].with;
	return 0;
}

static void offer_one(struct offer *o, unsigned int n,
		      const struct ike_transform *t)
{
	ike_transform_set(t, n + 1, &o->attrs[n], &o->transforms[n]);
	o->transforms[n].id = ISAKMP_TRANSFORM_KEY_IKE;
}

int ike_offer_build(const struct cm_config *cfg, const struct addr *peer,
		    const uint16_t *methods, unsigned int group, bool xauth, struct offer *o)
{
	struct ike_transform t, with;
	struct cfg_suites suites;
	unsigned int n = 0;
	size_t i;

	cfg_suites_find(cfg, peer, NULL, &suites);
	for (i = 0; i < cfg->n_policies && n < IKE_OFFER_MAX; i++) {
		if (!methods[cfg->policies[i].auth] ||
		    !cfg_policy_is_for(&suites, &cfg->policies[i]) ||
		    (group && cfg->policies[i].group != group))
			continue;
		policy_transform(&cfg->policies[i], methods, &t);
		with = t;
		with.auth = with_user(t.auth);
		if (xauth && with.auth)
			offer_one(o, n++, &with);
		if (n < IKE_OFFER_MAX)
			offer_one(o, n++, &t);
	}
	if (!n)
		return -ENOENT;
	o->proposals[0] = (struct isakmp_proposal){
		.number = 1,
		.protocol = ISAKMP_PROTO_ISAKMP,
		.ntransforms = n,
		.transforms = o->transforms,
	};
	o->sa = (struct isakmp_sa){
		.doi = ISAKMP_DOI_IPSEC,
		.situation = ISAKMP_SIT_IDENTITY_ONLY,
		.nproposals = 1,
		.proposals = o->proposals,
	};
	return 0;
}

/* Say how @offered differs from @own in one attribute. */
static bool differs(struct record_mismatch *m, const char *attribute,
		    unsigned int offered, unsigned int own,
		    const char *(*name)(unsigned int))
{
	if (offered == own)
		return false;
	snprintf(m->attribute, sizeof(m->attribute), "%s", attribute);
	if (!name) {
		snprintf(m->offered, sizeof(m->offered), "%u", offered);
		snprintf(m->configured, sizeof(m->configured), "%u", own);
		return true;
	}
	if (offered)
		snprintf(m->offered, sizeof(m->offered), "%s (%u)",
			 name(offered), offered);
	else
		snprintf(m->offered, sizeof(m->offered), "none");
	snprintf(m->configured, sizeof(m->configured), "%s (%u)", name(own),
		 own);
	return true;
}

static bool transform_differs(const struct ike_transform *offered,
			      const struct ike_transform *own,
			      struct record_mismatch *m)
{
	if (differs(m, "encryption", offered->cipher, own->cipher,
		    ike_cipher_name) ||
	    differs(m, "key length", offered->key_bits, own->key_bits, NULL) ||
	    differs(m, "hash", offered->hash, own->hash, ike_hash_name) ||
	    differs(m, "authentication", offered->auth, own->auth,
		    ike_auth_method_name) ||
	    differs(m, "group", offered->group, own->group, ike_group_name))
		return true;
	if (!offered->unknown && !offered->prf)
		return false;
	snprintf(m->attribute, sizeof(m->attribute), "attribute %u",
		 offered->unknown ? offered->unknown : IKE_ATTR_PRF);
	snprintf(m->offered, sizeof(m->offered), "present");
	snprintf(m->configured, sizeof(m->configured), "not supported");
	return true;
}

/*
 * any lifetime is accepted, the shorter one counts.  Who names none
 * sets no limit: the default of RFC 2407, 4.5 is that of phase 2.
 */
static void choose_life(const struct ike_transform *offered,
			const struct cfg_policy *policy, struct ike_choice *out)
{
	uint32_t theirs = offered->life.seconds;

	out->lifetime = life_shorter(theirs, policy->lifetime);
	out->lifetime_cut = out->lifetime != theirs;
}

/* What @own is for a client that says that it knows XAUTH. */
static void add_user(struct ike_transform *own, enum cfg_auth auth,
		     const struct ike_transform *offered, unsigned int users)
{
	if ((users & IKE_USERS_BESIDES) && own->auth &&
	    offered->auth == with_user(own->auth))
		own->auth = offered->auth;
	if ((users & IKE_USERS_ALONE) && auth == CFG_AUTH_RSA &&
	    offered->auth == IKE_AUTH_HYBRID_INIT_RSA)
		own->auth = offered->auth;
}

/* Is it well-formed, and of a method that is possible?  Then @own says what fits. */
static bool is_comparable(const struct cfg_policy *policy,
			  const struct isakmp_transform *t, unsigned int users,
			  struct ike_transform *own,
			  struct ike_transform *offered,
			  struct record_mismatch *m)
{
	struct err err;

	if (ike_transform_get(t, offered, &err)) {
		snprintf(m->attribute, sizeof(m->attribute), "transform");
		snprintf(m->offered, sizeof(m->offered), "%.60s", err.text);
		snprintf(m->configured, sizeof(m->configured), "well-formed");
		return false;
	}
	add_user(own, policy->auth, offered, users);
	if (own->auth)
		return true;
	snprintf(m->attribute, sizeof(m->attribute), "authentication");
	snprintf(m->offered, sizeof(m->offered), "%s (%u)",
		 ike_auth_method_name(offered->auth), offered->auth);
	snprintf(m->configured, sizeof(m->configured), "%s, but nothing to do so with",
		 cfg_auth_name(policy->auth));
	return false;
}

/* Try one transform against one policy. */
static bool try_transform(const struct cfg_policy *policy,
			  const uint16_t *methods,
			  const struct isakmp_proposal *p,
			  const struct isakmp_transform *t,
			  unsigned int users,
			  struct ike_choice *out, struct record *r)
{
	struct record_mismatch m = {
		.proposal = p->number, .transform = t->number,
	};
	struct ike_transform own, offered;

	if (policy->of[0])
		snprintf(m.against, sizeof(m.against), "ike proposal %.48s", policy->proposal);
	else
		snprintf(m.against, sizeof(m.against), "policy %u", policy->priority);
	policy_transform(policy, methods, &own);
	if (p->protocol != ISAKMP_PROTO_ISAKMP ||
	    t->id != ISAKMP_TRANSFORM_KEY_IKE) {
		snprintf(m.attribute, sizeof(m.attribute), "protocol");
		snprintf(m.offered, sizeof(m.offered), "%s transform %u",
			 isakmp_protocol_name(p->protocol), t->id);
		snprintf(m.configured, sizeof(m.configured), "ISAKMP KEY_IKE");
	} else if (is_comparable(policy, t, users, &own, &offered, &m) &&
		   !transform_differs(&offered, &own, &m)) {
		out->proposal = p->number;
		out->chosen = t;
		out->transform = offered;
		out->priority = policy->priority;
		choose_life(&offered, policy, out);
		return true;
	}
	record_add_mismatch(r, &m);
	return false;
}

static bool try_policy(const struct cfg_policy *policy, const uint16_t *methods,
		       const struct isakmp_sa *sa, unsigned int users,
		       struct ike_choice *out, struct record *r)
{
	unsigned int i, j;

	for (i = 0; i < sa->nproposals; i++)
		for (j = 0; j < sa->proposals[i].ntransforms; j++)
			if (try_transform(policy, methods, &sa->proposals[i],
					  &sa->proposals[i].transforms[j],
					  users, out, r))
				return true;
	return false;
}

int ike_proposal_choose(const struct cm_config *cfg, const struct cfg_suites *suites,
			const uint16_t *methods,
			const struct isakmp_sa *sa, bool answer,
			unsigned int users,
			struct ike_choice *out, struct record *r)
{
	size_t i;

	if (answer && (sa->nproposals != 1 || sa->proposals[0].ntransforms != 1))
		return -EBADMSG;
	*out = (struct ike_choice){ 0 };
	for (i = 0; i < cfg->n_policies; i++)
		if (cfg_policy_is_for(suites, &cfg->policies[i]) &&
		    try_policy(&cfg->policies[i], methods, sa, users, out, r))
			return 0;
	return -ENOENT;
}
