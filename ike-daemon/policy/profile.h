/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ISAKMP profiles and keyrings: of which profile a peer is, by what it calls itself, and
 * which key is for whom under it.
 *
 * In main mode a pre-shared key is found by the address, before the peer can say who it is
 * (RFC 2409, 5.4): the best of all keyrings that profiles use, and of `crypto isakmp key`.
 * The profile that its identity then matches must have that key.
 */
#ifndef IKE_POLICY_PROFILE_H
#define IKE_POLICY_PROFILE_H

#include <stdbool.h>

#include "ike-daemon/crypto/crypto.h"
#include "ike-daemon/wire/ident.h"
#include "tools/lib/addr.h"
#include "tools/lib/err.h"

struct cfg_isakmp_profile;
struct cfg_key;
struct cm_config;
struct engine;
struct ike_sa;
struct peer;

/* Of that name; NULL: "", or it is gone.  Its trustpoint, "": it may be any. */
const struct cfg_isakmp_profile *policy_profile(const struct engine *e,
						const char *name);
const char *policy_profile_trustpoint(const struct engine *e, const char *name);
/*
 * Does that profile match who calls itself @id at our address @local?  The first profile that
 * does, or NULL.  *@named: not by its address.
 */
bool policy_profile_fits(const struct engine *e,
			 const struct cfg_isakmp_profile *profile,
			 const struct addr *local, const struct isakmp_id *id,
			 bool *named);
const struct cfg_isakmp_profile *policy_profile_of(const struct engine *e,
						   const struct addr *local,
						   const struct isakmp_id *id,
						   bool *named);
/* The key of a profile's keyrings for an address, or for a name; NULL: none. */
const struct cfg_key *policy_profile_key(const struct engine *e,
					 const struct cfg_isakmp_profile *profile,
					 const struct addr *local,
					 const struct addr *peer);
const struct cfg_key *policy_profile_key_named(const struct engine *e,
					       const struct cfg_isakmp_profile *profile,
					       const struct addr *local,
					       const char *name);
/* That by which who calls us in main mode is answered; NULL: none. */
const struct cfg_key *policy_caller_key(const struct engine *e,
					const struct addr *local,
					const struct addr *peer);
/* The secret with which we call @peer under that profile ("": none); or NULL. */
const char *policy_called_secret(const struct engine *e, const char *profile,
				 const struct addr *local,
				 const struct addr *peer);
/*
 * Which key it is, and whose: a digest of 32 bytes of its secret, keyring and peers, keyed
 * with the cookies of the SA.  -EIO and the like: none.
 */
int policy_key_sum(const struct ike_sa *sa, const struct cfg_key *key,
		   uint8_t out[CRYPTO_HASH_MAX]);
/* The SA uses this key from now on. */
int policy_key_used(struct ike_sa *sa, const struct cfg_key *key);
/* The key that the SA's peer has used, unless that has signed or there is none. */
const struct cfg_key *policy_sa_key(const struct ike_sa *sa);
/*
 * May who has proved to be @id be the peer of this SA: is he of the profile under which we
 * have called, or which is his, and was the key one of it?  If not, why not is in @err.
 * The SA keeps @id.
 */
bool policy_profile_admits(struct ike_sa *sa, const struct isakmp_id *id,
			   struct err *err);
/* Does the profile, as it is configured now, still match who was admitted? */
bool policy_profile_keeps(const struct ike_sa *sa);
/* Who has used a key that is another now, or of a profile that is gone, begins again or goes. */
void policy_apply_profiles(struct peer *peer, const struct cm_config *old);

#endif
