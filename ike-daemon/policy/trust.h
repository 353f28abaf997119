/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The trustpoints of the configuration, with what is in their files. */
#ifndef IKE_POLICY_TRUST_H
#define IKE_POLICY_TRUST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ike-daemon/crypto/pki.h"
#include "tools/lib/err.h"

struct addr;
struct cm_config;
struct engine;

struct policy_trusts {
	struct crypto_trust **of;	/* as cm_config.trustpoints; NULL: cannot be used */
	size_t n;
};

/*
 * Read the files of all trustpoints into @t, which is empty.  -EINVAL (and others) with a
 * sentence about the file that is wrong; but that is logged alone of a trustpoint that is
 * the same in @old and could not be used in @was either, and without @old: a router
 * that starts must not stay without all its tunnels.
 */
int policy_trusts_load(struct policy_trusts *t, const struct cm_config *cfg,
		       const struct policy_trusts *was,
		       const struct cm_config *old, struct err *err);
void policy_trusts_free(struct policy_trusts *t);

/*
 * @trustpoint: that one alone, "": all.  Does one of them still cover that?  *@which is the first of the strictest in what they
 * want to know of its revocation.  If none does, why not is in @err.
 */
bool policy_trusts_cert(const struct engine *e, const struct crypto_cert *c,
			const char *trustpoint, size_t *which, struct err *err);
/* Whose key makes such signatures: the first (of that one alone); or NULL. */
const struct crypto_trust *policy_signer(const struct engine *e,
					 enum crypto_sig sig,
					 const char *trustpoint);
/*
 * The methods (enum ike_auth_method) with which we can prove who we are, by enum cfg_auth;
 * 0: cannot.  @has_key: the peer has, or may have, a pre-shared one; that it has none counts
 * only if there is another way.
 */
struct auth_methods {
	uint16_t method[3];
};

void policy_auth_methods(const struct engine *e, bool has_key,
			 const char *trustpoint, struct auth_methods *out);
/* What a method signs with; NONE: nothing. */
enum crypto_sig policy_method_sig(unsigned int method);

#endif
