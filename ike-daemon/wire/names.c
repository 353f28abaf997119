// SPDX-License-Identifier: GPL-2.0-or-later
#include <stddef.h>

#include "ike-daemon/wire/isakmp_num.h"

struct number_name {
	unsigned int number;
	const char *name;
};

static const char *find_name(const struct number_name *table, size_t count,
			     unsigned int number)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (table[i].number == number)
			return table[i].name;
	return "unknown";
}

/* One function per list of isakmp_num.h. */
#define X(id, number, name) { number, name },
#define NAME_FUNCTION(function, LIST)					\
	const char *function(unsigned int n)				\
	{								\
		static const struct number_name table[] = { LIST(X) };	\
									\
		return find_name(table, sizeof(table) / sizeof(*table), n); \
	}

NAME_FUNCTION(isakmp_exchange_name, ISAKMP_EXCHANGES)
NAME_FUNCTION(isakmp_payload_name, ISAKMP_PAYLOADS)
NAME_FUNCTION(isakmp_notify_name, ISAKMP_NOTIFIES)
NAME_FUNCTION(isakmp_protocol_name, ISAKMP_PROTOCOLS)
NAME_FUNCTION(ipsec_ah_transform_name, IPSEC_AH_TRANSFORMS)
NAME_FUNCTION(ipsec_esp_transform_name, IPSEC_ESP_TRANSFORMS)
NAME_FUNCTION(ipsec_ipcomp_transform_name, IPSEC_IPCOMP_TRANSFORMS)
NAME_FUNCTION(ike_attr_name, IKE_ATTRS)
NAME_FUNCTION(ipsec_attr_name, IPSEC_ATTRS)
NAME_FUNCTION(ike_cipher_name, IKE_CIPHERS)
NAME_FUNCTION(ike_hash_name, IKE_HASHES)
NAME_FUNCTION(ike_auth_method_name, IKE_AUTH_METHODS)
NAME_FUNCTION(ike_group_name, IKE_GROUPS)
NAME_FUNCTION(ike_life_type_name, IKE_LIFE_TYPES)
NAME_FUNCTION(ipsec_encap_name, IPSEC_ENCAPS)
NAME_FUNCTION(ipsec_auth_alg_name, IPSEC_AUTH_ALGS)
NAME_FUNCTION(ipsec_id_name, IPSEC_IDS)
