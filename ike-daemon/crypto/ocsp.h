/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a certificate is revoked, asked of a responder over HTTP (RFC 6960): a
 * question is made, then put on a thread that may wait, then its answer is judged.
 * Errors: as pki.h.
 */
#ifndef IKE_CRYPTO_OCSP_H
#define IKE_CRYPTO_OCSP_H

#include <stdbool.h>

#include "ike-daemon/crypto/pki.h"

struct crypto_ocsp;

/*
 * About @c, which @t covers.  @url NULL: whom it names.  With @nonce an answer to
 * another question is known as such, if the responder repeats it.  -ENOENT: it names
 * nobody; *@out NULL and 0: it is trusted for itself, and nobody is above it.
 */
int crypto_ocsp_new(const struct crypto_trust *t, const struct crypto_cert *c,
		    const char *url, bool nonce, struct crypto_ocsp **out,
		    struct err *err);
/* Where it goes. */
const char *crypto_ocsp_url(const struct crypto_ocsp *q);
/*
 * Blocks: @seconds for connecting, as many for the answer, and before that what the
 * system's resolver takes for a name; touches @q alone.
 */
void crypto_ocsp_ask(struct crypto_ocsp *q, unsigned int seconds);
/* Has somebody answered, whatever it was? */
bool crypto_ocsp_is_answered(const struct crypto_ocsp *q);
/*
 * 0: not revoked.  -EKEYREVOKED.  -EAGAIN: there is no answer that tells, with why in
 * @err.  @t as before, or what has come in its place; @weak as for crypto_trust_verify().
 */
int crypto_ocsp_judge(const struct crypto_ocsp *q, const struct crypto_trust *t,
		      bool weak, struct err *err);
void crypto_ocsp_free(struct crypto_ocsp *q);

#endif
