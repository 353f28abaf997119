// SPDX-License-Identifier: GPL-2.0-or-later
/* Authentication by certificates and signatures (RFC 2409, 5.1; RFC 4945). */
#include <errno.h>
#include <string.h>

#include "ike-daemon/engine.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/policy/profile.h"
#include "ike-daemon/policy/trust.h"
#include "ike-daemon/v1/access.h"
#include "ike-daemon/v1/exchange.h"
#include "ike-daemon/v1/phase1.h"

#define CERT_X509_SIGNATURE	4	/* encoding, RFC 2408, 3.9 */
/* A message has 64 payloads at most, on our side and on others. */
#define REQUESTS_MAX		40

/* Authorities that have been named, each once: trustpoints may share one. */
struct asked {
	struct crypto_chunk name[REQUESTS_MAX];
	unsigned int n;
};

static enum crypto_sig sig_of(const struct v1_exchange *x)
{
	return policy_method_sig(x->sa->transform.auth);
}

bool v1_is_signed(const struct v1_exchange *x)
{
	return sig_of(x);
}

bool v1_peer_signs(const struct v1_exchange *x)
{
	return v1_is_signed(x) && !ike_sa_is_hybrid(x->sa);
}

/* --- what is sent ---------------------------------------------------------- */

static int put_encoded(struct isakmp_writer *w, unsigned int type,
		       struct crypto_chunk data)
{
	struct buf b;
	int err;

	buf_init(&b, ISAKMP_MSG_MAX);
	buf_put_u8(&b, CERT_X509_SIGNATURE);
	buf_put(&b, data.data, data.len);
	err = buf_err(&b);
	if (!err)
		isakmp_put(w, type, buf_data(&b), buf_len(&b));
	buf_free(&b);
	return err;
}

static int request(struct isakmp_writer *w, const struct crypto_trust *t,
		   struct asked *asked)
{
	struct crypto_chunk name;
	unsigned int i, j;
	int err = 0;

	for (i = 0; !err && (name = crypto_trust_authority(t, i)).len; i++) {
		for (j = 0; j < asked->n; j++)
			if (asked->name[j].len == name.len &&
			    !memcmp(asked->name[j].data, name.data, name.len))
				break;
		if (j < asked->n || j == REQUESTS_MAX)
			continue;
		asked->name[asked->n++] = name;
		err = put_encoded(w, ISAKMP_PAYLOAD_CERT_REQ, name);
	}
	return err;
}

/* What we sign with; before that is agreed, what we would like to. */
static const struct crypto_trust *signer(const struct v1_exchange *x)
{
	return policy_signer(x->e, x->sa->transform.auth ? sig_of(x) :
							   x->offered_sig,
			     policy_profile_trustpoint(x->e, x->sa->profile));
}

/* Peers send their certificate only if somebody asks. */
int v1_put_cert_requests(struct v1_exchange *x, struct isakmp_writer *w)
{
	const struct policy_trusts *t = &x->e->policy->trusts;
	bool wanted = x->sa->transform.auth ? v1_peer_signs(x) : x->offered_sig;
	struct asked asked = { .n = 0 };
	int err = 0;
	size_t i;

	for (i = 0; !err && i < t->n && wanted; i++)
		if (t->of[i])
			err = request(w, t->of[i], &asked);
	return err;
}

struct crypto_chunk v1_own_subject(const struct v1_exchange *x)
{
	const struct crypto_trust *own = signer(x);

	return own ? crypto_trust_subject(own) : CRYPTO_CHUNK(NULL, 0);
}

/* Whether asked or not: who did not ask need not look. */
int v1_put_signature(struct v1_exchange *x, struct isakmp_writer *w)
{
	const struct crypto_trust *own = signer(x);
	uint8_t hash[CRYPTO_HASH_MAX], sig[CRYPTO_SIG_MAX];
	struct crypto_chunk cert;
	unsigned int i = 0;
	size_t len;
	int err;

	if (!own)
		return v1_fault(x, -ENOKEY, 0,
				"the certificate for %s has been removed meanwhile",
				ike_auth_method_name(x->sa->transform.auth));
	while ((cert = crypto_trust_chain(own, i++)).len) {
		err = put_encoded(w, ISAKMP_PAYLOAD_CERT, cert);
		if (err)
			return err;
	}
	err = v1_auth_hash(x, true, v1_chunk(&x->own_id_b),
			   crypto_sig_hash(sig_of(x)), hash, &len);
	if (!err)
		err = crypto_trust_sign(own, CRYPTO_CHUNK(hash, len), sig, &len);
	if (!err)
		isakmp_put(w, ISAKMP_PAYLOAD_SIG, sig, len);
	return err;
}

/* --- what the peer shows --------------------------------------------------- */

static unsigned int take_certs(const struct isakmp_msg *msg,
			       struct crypto_chunk *certs)
{
	const struct isakmp_payload *p;
	unsigned int i, n = 0;

	for (i = 0; n < CRYPTO_CHAIN_MAX &&
	     (p = isakmp_find(msg, ISAKMP_PAYLOAD_CERT, i)); i++)
		if (p->len > 1 && p->data[0] == CERT_X509_SIGNATURE)
			certs[n++] = CRYPTO_CHUNK(p->data + 1, p->len - 1);
	return n;
}

int v1_refuse_cert(struct v1_exchange *x, const char *why)
{
	return v1_fault(x, -EKEYREJECTED, ISAKMP_NOTIFY_INVALID_CERTIFICATE,
			"the peer's certificate is not accepted: %.100s", why);
}

int v1_take_signature(struct v1_exchange *x, const struct isakmp_msg *msg)
{
	const struct isakmp_payload *sig = isakmp_find(msg, ISAKMP_PAYLOAD_SIG, 0);
	struct crypto_chunk certs[CRYPTO_CHAIN_MAX];
	unsigned int n = take_certs(msg, certs);
	struct err why = { 0 };

	if (!sig)
		return v1_fault(x, -EKEYREJECTED, ISAKMP_NOTIFY_PAYLOAD_MALFORMED,
				"the peer did not sign");
	if (!n)
		return v1_fault(x, -EKEYREJECTED, ISAKMP_NOTIFY_CERTIFICATE_UNAVAILABLE,
				"the peer sent no certificate");
	crypto_cert_put(x->peer_cert);
	x->peer_cert = NULL;
	if (crypto_cert_new(certs, n, &x->peer_cert, &why))
		return v1_refuse_cert(x, why.text);
	return secret_set(&x->peer_proof, sig->data, sig->len);
}

static bool covers(const struct crypto_cert *c, const struct isakmp_id *id)
{
	struct crypto_chunk data = CRYPTO_CHUNK(id->data, id->len);

	switch (id->type) {
	case IPSEC_ID_DER_ASN1_DN:
		return crypto_cert_is_dn(c, data);
	case IPSEC_ID_FQDN:
		return crypto_cert_is_fqdn(c, data);
	case IPSEC_ID_USER_FQDN:
		return crypto_cert_is_user_fqdn(c, data);
	case IPSEC_ID_IPV4_ADDR:
	case IPSEC_ID_IPV6_ADDR:
		return crypto_cert_is_addr(c, data);
	default:
		return false;
	}
}

void v1_id_text(const struct isakmp_id *id, char *out, size_t size)
{
	if (id->type == IPSEC_ID_DER_ASN1_DN)
		crypto_dn_format(CRYPTO_CHUNK(id->data, id->len), out, size);
	else
		isakmp_id_format(id, out, size);
}

/* RFC 4945, 3.1.1: with a NAT between it is another one. */
static bool is_elsewhere(const struct ike_sa *sa, const struct isakmp_id *id)
{
	return (id->type == IPSEC_ID_IPV4_ADDR || id->type == IPSEC_ID_IPV6_ADDR) &&
	       !sa->nat_remote &&
	       (id->len != addr_len(&sa->remote) ||
		memcmp(id->data, sa->remote.bytes, id->len));
}

int v1_check_place(struct v1_exchange *x, const struct isakmp_id *id)
{
	char name[ISAKMP_ID_STRLEN];

	if (!x->sa->cert || !is_elsewhere(x->sa, id))
		return 0;
	v1_id_text(id, name, sizeof(name));
	return v1_fault(x, -EKEYREJECTED, ISAKMP_NOTIFY_INVALID_ID_INFORMATION,
			"the peer calls itself %.100s, where it is not, and there is no NAT between",
			name);
}

static int check(struct v1_exchange *x, const struct isakmp_id *id,
		 struct crypto_chunk id_b)
{
	uint8_t hash[CRYPTO_HASH_MAX];
	char name[ISAKMP_ID_STRLEN];
	size_t len;
	int err;

	v1_id_text(id, name, sizeof(name));
	err = v1_auth_hash(x, false, id_b, crypto_sig_hash(sig_of(x)), hash,
			   &len);
	if (err)
		return err;
	if (crypto_cert_check(x->peer_cert, sig_of(x), CRYPTO_CHUNK(hash, len),
			      v1_chunk(&x->peer_proof)))
		return v1_fault(x, -EKEYREJECTED, ISAKMP_NOTIFY_INVALID_SIGNATURE,
				"the signature of %.100s is wrong", name);
	if (!covers(x->peer_cert, id))
		return v1_fault(x, -EKEYREJECTED, ISAKMP_NOTIFY_INVALID_ID_INFORMATION,
				"the peer's certificate does not name it %.100s", name);
	return 0;
}

int v1_check_signature(struct v1_exchange *x, struct crypto_chunk id_b)
{
	struct err why = { 0 };
	struct isakmp_id id;
	size_t which;
	int err = isakmp_id_from_body(&id, id_b.data, id_b.len);

	if (err)
		return err;
	if (!policy_trusts_cert(x->e, x->peer_cert,
				policy_profile_trustpoint(x->e, x->sa->profile),
				&which, &why))
		return v1_refuse_cert(x, why.text);
	err = check(x, &id, id_b);
	if (!err)
		err = v1_revocation_plan(x, which);
	if (err)
		return err;
	crypto_cert_put(x->sa->cert);
	x->sa->cert = x->peer_cert;
	x->peer_cert = NULL;
	return 0;
}
