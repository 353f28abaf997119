// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ike-daemon/engine.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/policy/trust.h"
#include "tools/cli/model.h"
#include "tools/lib/log.h"
#include "tools/lib/secret.h"

#define FILE_MAX	(1 << 20)	/* bytes */

/* --- files ----------------------------------------------------------------- */

static int unfit(int fd, bool private, size_t *size, struct err *err)
{
	struct stat st;

	if (fstat(fd, &st))
		return err_set(err, -errno, "%s", strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(err, -EINVAL, "it is no regular file");
	if (st.st_size > FILE_MAX)
		return err_set(err, -EFBIG, "it has more than %d bytes", FILE_MAX);
	if (private && st.st_uid && st.st_uid != geteuid())
		return err_set(err, -EPERM, "another user, %u, owns it",
			       (unsigned int)st.st_uid);
	if (private && (st.st_mode & 077))
		return err_set(err, -EPERM, "others may read it, mode %04o: make it 0600",
			       (unsigned int)st.st_mode & 07777);
	*size = st.st_size;
	return 0;
}

static int read_whole(int fd, uint8_t *to, size_t size, struct err *err)
{
	while (size) {
		ssize_t n = read(fd, to, size);

		if (n <= 0)
			return err_set(err, -EIO, "%s", n ? strerror(errno) :
				       "it has become shorter");
		to += n;
		size -= n;
	}
	return 0;
}

static int read_file(const char *path, bool private, struct secret *out,
		     struct err *err)
{
	/* What is no file must not be waited for. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	size_t size = 0;
	int ret;

	if (fd < 0)
		return err_set(err, -errno, "%s", strerror(errno));
	ret = unfit(fd, private, &size, err);
	if (!ret && secret_resize(out, size))
		ret = err_set(err, -ENOMEM, "out of memory");
	if (!ret)
		ret = read_whole(fd, out->data, size, err);
	close(fd);
	return ret;
}

typedef int add_fn(struct crypto_trust *t, const void *pem, size_t len,
		   struct err *err);

static int load_file(struct crypto_trust *t, const struct cfg_trustpoint *tp,
		     enum cfg_trust_file file, struct err *err)
{
	static add_fn *const add[CFG_TRUST_P12] = {
		[CFG_TRUST_CA] = crypto_trust_add_ca,
		[CFG_TRUST_CRL] = crypto_trust_add_crl,
		[CFG_TRUST_CERT] = crypto_trust_set_cert,
		[CFG_TRUST_KEY] = crypto_trust_set_key,
	};
	struct secret pem = { 0 };
	struct err why = { 0 };
	int ret;

	ret = read_file(tp->files[file], file == CFG_TRUST_KEY, &pem, &why);
	if (!ret)
		ret = add[file](t, pem.data, pem.len, &why);
	secret_clear(&pem);
	return ret ? err_set(err, ret, "trustpoint %s: %s %s: %s", tp->name,
			     cfg_trust_file_name(file), tp->files[file],
			     why.text) : 0;
}

/* The first line of the file. */
static int read_password(const char *path, struct secret *out, struct err *err)
{
	struct secret text = { 0 };
	size_t len = 0;
	int ret = read_file(path, true, &text, err);

	while (!ret && len < text.len && !strchr("\r\n", text.data[len]))
		len++;
	if (!ret && !len)
		ret = err_set(err, -EINVAL, "no password in its first line");
	if (!ret && len < text.len && !text.data[len])
		ret = err_set(err, -EINVAL, "it is no text");
	/* With the NUL behind it. */
	if (!ret && secret_resize(out, len + 1))
		ret = err_set(err, -ENOMEM, "out of memory");
	if (!ret)
		memcpy(out->data, text.data, len);
	secret_clear(&text);
	return ret;
}

static int load_pkcs12(struct crypto_trust *t, const struct cfg_trustpoint *tp,
		       struct err *err)
{
	struct secret der = { 0 }, password = { 0 };
	struct err why = { 0 };
	int ret = 0;

	if (tp->password_file[0]) {
		ret = read_password(tp->password_file, &password, &why);
		if (ret)
			return err_set(err, ret, "trustpoint %s: password-file %s: %s",
				       tp->name, tp->password_file, why.text);
	}
	ret = read_file(tp->files[CFG_TRUST_P12], true, &der, &why);
	if (!ret)
		ret = crypto_trust_set_pkcs12(t, der.data, der.len,
					      (const char *)password.data,
					      !tp->files[CFG_TRUST_CA][0], &why);
	secret_clear(&der);
	secret_clear(&password);
	return ret ? err_set(err, ret, "trustpoint %s: pkcs12 %s: %s", tp->name,
			     tp->files[CFG_TRUST_P12], why.text) : 0;
}

static struct crypto_trust *load(const struct cfg_trustpoint *tp,
				 struct err *err)
{
	struct crypto_trust *t = crypto_trust_new();
	int i, ret = t ? 0 : err_set(err, -ENOMEM, "out of memory");

	/* A key without its certificate is warned of, and is of no use. */
	for (i = 0; !ret && i < CFG_TRUST_P12; i++)
		if (tp->files[i][0] && (i != CFG_TRUST_KEY || tp->files[CFG_TRUST_CERT][0]))
			ret = load_file(t, tp, i, err);
	if (!ret && tp->files[CFG_TRUST_P12][0])
		ret = load_pkcs12(t, tp, err);
	if (ret) {
		crypto_trust_free(t);
		t = NULL;
	}
	return t;
}

/* --- all of them ----------------------------------------------------------- */

void policy_trusts_free(struct policy_trusts *t)
{
	while (t->n)
		crypto_trust_free(t->of[--t->n]);
	free(t->of);
	t->of = NULL;
}

/* Was it like that, and of no use, before? */
static bool was_useless(const struct cfg_trustpoint *tp,
			const struct policy_trusts *was,
			const struct cm_config *old)
{
	const struct cfg_trustpoint *same;

	if (!old)
		return true;
	same = cfg_trustpoint_find(old, tp->name);
	return same && cfg_trustpoint_equal(same, tp) &&
	       !was->of[same - old->trustpoints];
}

int policy_trusts_load(struct policy_trusts *t, const struct cm_config *cfg,
		       const struct policy_trusts *was,
		       const struct cm_config *old, struct err *err)
{
	struct policy_trusts new = { 0 };
	struct err why = { 0 };

	new.of = calloc(cfg->n_trustpoints + 1, sizeof(*new.of));
	if (!new.of)
		return err_set(err, -ENOMEM, "out of memory");
	for (; new.n < cfg->n_trustpoints; new.n++) {
		const struct cfg_trustpoint *tp = &cfg->trustpoints[new.n];

		new.of[new.n] = load(tp, &why);
		if (new.of[new.n])
			continue;
		if (!was_useless(tp, was, old)) {
			policy_trusts_free(&new);
			return err_set(err, -EINVAL, "%s", why.text);
		}
		log_err(ike, "%s (the trustpoint is not used)", why.text);
	}
	*t = new;
	return 0;
}

/* The strictest of those that cover a certificate counts: lists count in all of them, too. */
static bool is_stricter(const struct engine *e, size_t a, size_t b)
{
	static const uint8_t ranks[CFG_REVOCATION_COUNT] = {
		[CFG_REVOCATION_PASS] = 1,
		[CFG_REVOCATION_CRL] = 2,
		[CFG_REVOCATION_OCSP] = 3,
		[CFG_REVOCATION_END] = 4,
	};
	const struct cfg_trustpoint *tps = engine_config(e)->trustpoints;
	enum cfg_revocation other;

	return ranks[cfg_revocation_first(&tps[a], &other)] >
	       ranks[cfg_revocation_first(&tps[b], &other)];
}

/* Why not, by the last one: most have one. */
static bool is_meant(const struct engine *e, size_t i, const char *trustpoint)
{
	return e->policy->trusts.of[i] &&
	       (!trustpoint[0] ||
		!strcmp(engine_config(e)->trustpoints[i].name, trustpoint));
}

bool policy_trusts_cert(const struct engine *e, const struct crypto_cert *c,
			const char *trustpoint, size_t *which, struct err *err)
{
	const struct policy_trusts *t = &e->policy->trusts;
	bool trusted = false;
	size_t i;

	*which = 0;
	err_set(err, -EACCES, "no ca-certificate is configured");
	for (i = 0; i < t->n; i++) {
		int ret;

		if (!is_meant(e, i, trustpoint) ||
		    !crypto_trust_authority(t->of[i], 0).len)
			continue;
		ret = crypto_trust_verify(t->of[i], c,
					  engine_config(e)->weak_certificates, err);
		/* Another one may have no list of the same authority. */
		if (ret == -EKEYREVOKED)
			return false;
		if (!ret && (!trusted || is_stricter(e, i, *which)))
			*which = i;
		trusted |= !ret;
	}
	return trusted;
}

/* --- what we can prove ourselves with -------------------------------------- */

static const struct {
	uint16_t method;
	enum crypto_sig sig;
	enum cfg_auth auth;
} methods[] = {
	{ IKE_AUTH_RSA_SIG, CRYPTO_SIG_RSA, CFG_AUTH_RSA },
	{ IKE_AUTH_XAUTH_INIT_RSA, CRYPTO_SIG_RSA, CFG_AUTH_RSA },	/* answered alone ... */
	{ IKE_AUTH_HYBRID_INIT_RSA, CRYPTO_SIG_RSA, CFG_AUTH_RSA },	/* ... as this */
	{ IKE_AUTH_ECDSA_256, CRYPTO_SIG_ECDSA_256, CFG_AUTH_ECDSA },
	{ IKE_AUTH_ECDSA_384, CRYPTO_SIG_ECDSA_384, CFG_AUTH_ECDSA },
	{ IKE_AUTH_ECDSA_521, CRYPTO_SIG_ECDSA_521, CFG_AUTH_ECDSA },
};

#define NMETHODS (sizeof(methods) / sizeof(methods[0]))

const struct crypto_trust *policy_signer(const struct engine *e,
					 enum crypto_sig sig,
					 const char *trustpoint)
{
	const struct policy_trusts *t = &e->policy->trusts;
	size_t i;

	for (i = 0; i < t->n; i++)
		if (is_meant(e, i, trustpoint) && sig &&
		    crypto_trust_sig(t->of[i]) == sig)
			return t->of[i];
	return NULL;
}

enum crypto_sig policy_method_sig(unsigned int method)
{
	size_t i;

	for (i = 0; i < NMETHODS; i++)
		if (methods[i].method == method)
			return methods[i].sig;
	return CRYPTO_SIG_NONE;
}

/* Is there a policy by which this could be agreed on? */
static bool has_policy(const struct cm_config *cfg, enum cfg_auth auth)
{
	size_t i;

	for (i = 0; i < cfg->n_policies; i++)
		if (cfg->policies[i].auth == auth)
			return true;
	return false;
}

void policy_auth_methods(const struct engine *e, bool has_key,
			 const char *trustpoint, struct auth_methods *out)
{
	const struct cm_config *cfg = engine_config(e);
	bool other = false;
	size_t i;

	*out = (struct auth_methods){ .method[CFG_AUTH_PSK] = IKE_AUTH_PSK };
	for (i = 0; i < NMETHODS; i++) {
		uint16_t *m = &out->method[methods[i].auth];

		if (*m || !has_policy(cfg, methods[i].auth) ||
		    !policy_signer(e, methods[i].sig, trustpoint))
			continue;
		*m = methods[i].method;
		other = true;
	}
	if (other && !has_key)
		out->method[CFG_AUTH_PSK] = 0;
}
