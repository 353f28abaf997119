// SPDX-License-Identifier: GPL-2.0-or-later
/* Who says whether a peer's certificate is revoked. */
#include "tools/cli/model.h"

static const char *const names[CFG_REVOCATION_COUNT] = {
	[CFG_REVOCATION_END] = "",
#define X(id, name) [CFG_REVOCATION_##id] = name,
	CFG_REVOCATIONS(X)
#undef X
};

const char *cfg_revocation_name(enum cfg_revocation r)
{
	return names[r];
}

/* The first of the list from there on that can be had at all; *@i is its place. */
static enum cfg_revocation next_of(const struct cfg_trustpoint *tp, unsigned int *i)
{
	for (; *i < CFG_REVOCATIONS_MAX; ++*i)
		if (tp->revocation[*i] != CFG_REVOCATION_CRL ||
		    tp->files[CFG_TRUST_CRL][0])
			return tp->revocation[*i];
	return CFG_REVOCATION_END;
}

enum cfg_revocation cfg_revocation_first(const struct cfg_trustpoint *tp,
					 enum cfg_revocation *other)
{
	unsigned int i = 0;
	enum cfg_revocation first = next_of(tp, &i);

	*other = CFG_REVOCATION_END;
	if (!tp->revocation[0])
		return tp->files[CFG_TRUST_CRL][0] ? CFG_REVOCATION_CRL :
						     CFG_REVOCATION_PASS;
	if (first == CFG_REVOCATION_OCSP) {
		i++;
		*other = next_of(tp, &i);
	}
	return first;
}
