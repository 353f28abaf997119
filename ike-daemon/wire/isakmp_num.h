/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers of ISAKMP/IKEv1 and their names.  Each list is one X-macro that
 * yields the enum here and the name table in names.c:
 * X(identifier, number, name as logged).
 */
#ifndef IKE_WIRE_ISAKMP_NUM_H
#define IKE_WIRE_ISAKMP_NUM_H

#include <stdint.h>

#define ISAKMP_COOKIE_LEN	8
#define ISAKMP_HDR_LEN		28
#define ISAKMP_VERSION_1_0	0x10	/* major 1, minor 0 */
#define ISAKMP_DOI_IPSEC	1	/* RFC 2407 */
#define ISAKMP_SIT_IDENTITY_ONLY 1	/* RFC 2407, 4.2.1 */
/* Longest message accepted or sent, bytes: what fits into UDP over IPv4. */
#define ISAKMP_MSG_MAX		65507

/* Flags of the header, RFC 2408, 3.1 */
#define ISAKMP_FLAG_ENCRYPTION	0x01
#define ISAKMP_FLAG_COMMIT	0x02
#define ISAKMP_FLAG_AUTH_ONLY	0x04

/* RFC 2408, 3.1; RFC 2409, appendix A; 6 is Mode Config */
#define ISAKMP_EXCHANGES(X)				\
	X(NONE,			0,	"none")		\
	X(BASE,			1,	"Base")		\
	X(MAIN,			2,	"Main Mode")	\
	X(AUTH_ONLY,		3,	"Authentication Only") \
	X(AGGRESSIVE,		4,	"Aggressive Mode") \
	X(INFORMATIONAL,	5,	"Informational") \
	X(TRANSACTION,		6,	"Transaction")	\
	X(QUICK,		32,	"Quick Mode")	\
	X(NEW_GROUP,		33,	"New Group Mode")

/* RFC 2408, 3.1; 20/21 RFC 3947; 130/131 its drafts; names as Cisco logs them */
#define ISAKMP_PAYLOADS(X)				\
	X(NONE,			0,	"NONE")		\
	X(SA,			1,	"SA")		\
	X(PROPOSAL,		2,	"PROPOSAL")	\
	X(TRANSFORM,		3,	"TRANSFORM")	\
	X(KE,			4,	"KE")		\
	X(ID,			5,	"ID")		\
	X(CERT,			6,	"CERT")		\
	X(CERT_REQ,		7,	"CERT_REQ")	\
	X(HASH,			8,	"HASH")		\
	X(SIG,			9,	"SIG")		\
	X(NONCE,		10,	"NONCE")	\
	X(NOTIFY,		11,	"NOTIFY")	\
	X(DELETE,		12,	"DELETE")	\
	X(VENDOR,		13,	"VENDOR")	\
	X(ATTR,			14,	"ATTR")		\
	X(NAT_D,		20,	"NAT-D")	\
	X(NAT_OA,		21,	"NAT-OA")	\
	X(NAT_D_DRAFT,		130,	"NAT-D")	\
	X(NAT_OA_DRAFT,		131,	"NAT-OA")	\
	X(FRAGMENT,		132,	"FRAGMENT")

/* RFC 2408, 3.14.1; status types RFC 2407, 4.6.3; DPD RFC 3706 */
#define ISAKMP_NOTIFIES(X)						\
	X(INVALID_PAYLOAD_TYPE,		1,  "INVALID-PAYLOAD-TYPE")	\
	X(DOI_NOT_SUPPORTED,		2,  "DOI-NOT-SUPPORTED")	\
	X(SITUATION_NOT_SUPPORTED,	3,  "SITUATION-NOT-SUPPORTED")	\
	X(INVALID_COOKIE,		4,  "INVALID-COOKIE")		\
	X(INVALID_MAJOR_VERSION,	5,  "INVALID-MAJOR-VERSION")	\
	X(INVALID_MINOR_VERSION,	6,  "INVALID-MINOR-VERSION")	\
	X(INVALID_EXCHANGE_TYPE,	7,  "INVALID-EXCHANGE-TYPE")	\
	X(INVALID_FLAGS,		8,  "INVALID-FLAGS")		\
	X(INVALID_MESSAGE_ID,		9,  "INVALID-MESSAGE-ID")	\
	X(INVALID_PROTOCOL_ID,		10, "INVALID-PROTOCOL-ID")	\
	X(INVALID_SPI,			11, "INVALID-SPI")		\
	X(INVALID_TRANSFORM_ID,		12, "INVALID-TRANSFORM-ID")	\
	X(ATTRIBUTES_NOT_SUPPORTED,	13, "ATTRIBUTES-NOT-SUPPORTED")	\
	X(NO_PROPOSAL_CHOSEN,		14, "NO-PROPOSAL-CHOSEN")	\
	X(BAD_PROPOSAL_SYNTAX,		15, "BAD-PROPOSAL-SYNTAX")	\
	X(PAYLOAD_MALFORMED,		16, "PAYLOAD-MALFORMED")	\
	X(INVALID_KEY_INFORMATION,	17, "INVALID-KEY-INFORMATION")	\
	X(INVALID_ID_INFORMATION,	18, "INVALID-ID-INFORMATION")	\
	X(INVALID_CERT_ENCODING,	19, "INVALID-CERT-ENCODING")	\
	X(INVALID_CERTIFICATE,		20, "INVALID-CERTIFICATE")	\
	X(CERT_TYPE_UNSUPPORTED,	21, "CERT-TYPE-UNSUPPORTED")	\
	X(INVALID_CERT_AUTHORITY,	22, "INVALID-CERT-AUTHORITY")	\
	X(INVALID_HASH_INFORMATION,	23, "INVALID-HASH-INFORMATION")	\
	X(AUTHENTICATION_FAILED,	24, "AUTHENTICATION-FAILED")	\
	X(INVALID_SIGNATURE,		25, "INVALID-SIGNATURE")	\
	X(ADDRESS_NOTIFICATION,		26, "ADDRESS-NOTIFICATION")	\
	X(NOTIFY_SA_LIFETIME,		27, "NOTIFY-SA-LIFETIME")	\
	X(CERTIFICATE_UNAVAILABLE,	28, "CERTIFICATE-UNAVAILABLE")	\
	X(UNSUPPORTED_EXCHANGE_TYPE,	29, "UNSUPPORTED-EXCHANGE-TYPE") \
	X(UNEQUAL_PAYLOAD_LENGTHS,	30, "UNEQUAL-PAYLOAD-LENGTHS")	\
	X(CONNECTED,			16384, "CONNECTED")		\
	X(RESPONDER_LIFETIME,		24576, "RESPONDER-LIFETIME")	\
	X(REPLAY_STATUS,		24577, "REPLAY-STATUS")		\
	X(INITIAL_CONTACT,		24578, "INITIAL-CONTACT")	\
	X(R_U_THERE,			36136, "R-U-THERE")		\
	X(R_U_THERE_ACK,		36137, "R-U-THERE-ACK")

/* RFC 2407, 4.4.1 */
#define ISAKMP_PROTOCOLS(X)				\
	X(NONE,			0,	"none")		\
	X(ISAKMP,		1,	"ISAKMP")	\
	X(AH,			2,	"AH")		\
	X(ESP,			3,	"ESP")		\
	X(IPCOMP,		4,	"IPCOMP")

/* RFC 2407, 4.4.2: the one transform of a phase 1 proposal */
#define ISAKMP_TRANSFORM_KEY_IKE	1

/* RFC 2407, 4.4.3 and the registry */
#define IPSEC_AH_TRANSFORMS(X)				\
	X(MD5,			2,	"AH_MD5")	\
	X(SHA,			3,	"AH_SHA")	\
	X(SHA2_256,		5,	"AH_SHA2_256")	\
	X(SHA2_384,		6,	"AH_SHA2_384")	\
	X(SHA2_512,		7,	"AH_SHA2_512")	\
	X(AES_XCBC,		9,	"AH_AES-XCBC-MAC")

/* RFC 2407, 4.4.4; AES RFC 3602, 3686, 4309, 4106, 4543 */
#define IPSEC_ESP_TRANSFORMS(X)				\
	X(DES_IV64,		1,	"ESP_DES_IV64")	\
	X(DES,			2,	"ESP_DES")	\
	X(3DES,			3,	"ESP_3DES")	\
	X(RC5,			4,	"ESP_RC5")	\
	X(IDEA,			5,	"ESP_IDEA")	\
	X(CAST,			6,	"ESP_CAST")	\
	X(BLOWFISH,		7,	"ESP_BLOWFISH")	\
	X(3IDEA,		8,	"ESP_3IDEA")	\
	X(DES_IV32,		9,	"ESP_DES_IV32")	\
	X(RC4,			10,	"ESP_RC4")	\
	X(NULL,			11,	"ESP_NULL")	\
	X(AES_CBC,		12,	"ESP_AES-CBC")	\
	X(AES_CTR,		13,	"ESP_AES-CTR")	\
	X(AES_CCM_8,		14,	"ESP_AES-CCM_8") \
	X(AES_CCM_12,		15,	"ESP_AES-CCM_12") \
	X(AES_CCM_16,		16,	"ESP_AES-CCM_16") \
	X(AES_GCM_8,		18,	"ESP_AES-GCM_8") \
	X(AES_GCM_12,		19,	"ESP_AES-GCM_12") \
	X(AES_GCM_16,		20,	"ESP_AES-GCM_16") \
	X(SEED_CBC,		21,	"ESP_SEED_CBC")	\
	X(CAMELLIA,		22,	"ESP_CAMELLIA")	\
	X(AES_GMAC,		23,	"ESP_NULL_AUTH_AES-GMAC")

/* RFC 2407, 4.4.5; their numbers are well-known CPIs, too (RFC 3173, 3.3) */
#define IPSEC_IPCOMP_TRANSFORMS(X)			\
	X(OUI,			1,	"IPCOMP_OUI")	\
	X(DEFLATE,		2,	"IPCOMP_DEFLATE") \
	X(LZS,			3,	"IPCOMP_LZS")	\
	X(LZJH,			4,	"IPCOMP_LZJH")

/* Attributes of a phase 1 transform: RFC 2409, appendix A */
#define IKE_ATTRS(X)					\
	X(ENCRYPTION,		1,	"encryption")	\
	X(HASH,			2,	"hash")		\
	X(AUTH_METHOD,		3,	"authentication") \
	X(GROUP,		4,	"group")	\
	X(GROUP_TYPE,		5,	"group type")	\
	X(GROUP_PRIME,		6,	"group prime")	\
	X(GROUP_GENERATOR_1,	7,	"group generator one") \
	X(GROUP_GENERATOR_2,	8,	"group generator two") \
	X(GROUP_CURVE_A,	9,	"group curve A") \
	X(GROUP_CURVE_B,	10,	"group curve B") \
	X(LIFE_TYPE,		11,	"life type")	\
	X(LIFE_DURATION,	12,	"life duration") \
	X(PRF,			13,	"PRF")		\
	X(KEY_LENGTH,		14,	"key length")	\
	X(FIELD_SIZE,		15,	"field size")	\
	X(GROUP_ORDER,		16,	"group order")

/* Attributes of a phase 2 transform: RFC 2407, 4.5; 11 RFC 4304 */
#define IPSEC_ATTRS(X)					\
	X(LIFE_TYPE,		1,	"life type")	\
	X(LIFE_DURATION,	2,	"life duration") \
	X(GROUP,		3,	"group")	\
	X(ENCAPSULATION,	4,	"encapsulation") \
	X(AUTH_ALG,		5,	"authentication algorithm") \
	X(KEY_LENGTH,		6,	"key length")	\
	X(KEY_ROUNDS,		7,	"key rounds")	\
	X(COMPRESS_DICT,	8,	"compress dictionary size") \
	X(COMPRESS_ALG,		9,	"compress private algorithm") \
	X(ECN_TUNNEL,		10,	"ECN tunnel")	\
	X(ESN,			11,	"extended sequence numbers")

/* Values of IKE_ATTR_ENCRYPTION */
#define IKE_CIPHERS(X)					\
	X(DES_CBC,		1,	"DES-CBC")	\
	X(IDEA_CBC,		2,	"IDEA-CBC")	\
	X(BLOWFISH_CBC,		3,	"Blowfish-CBC")	\
	X(RC5_CBC,		4,	"RC5-R16-B64-CBC") \
	X(3DES_CBC,		5,	"3DES-CBC")	\
	X(CAST_CBC,		6,	"CAST-CBC")	\
	X(AES_CBC,		7,	"AES-CBC")	\
	X(CAMELLIA_CBC,		8,	"CAMELLIA-CBC")

/* Values of IKE_ATTR_HASH; 4..6 RFC 4868 */
#define IKE_HASHES(X)					\
	X(MD5,			1,	"MD5")		\
	X(SHA1,			2,	"SHA")		\
	X(TIGER,		3,	"Tiger")	\
	X(SHA2_256,		4,	"SHA2-256")	\
	X(SHA2_384,		5,	"SHA2-384")	\
	X(SHA2_512,		6,	"SHA2-512")

/* Values of IKE_ATTR_AUTH_METHOD; 9..11 RFC 4754; 65001.. XAUTH */
#define IKE_AUTH_METHODS(X)				\
	X(PSK,			1,	"pre-share")	\
	X(DSS_SIG,		2,	"DSS-sig")	\
	X(RSA_SIG,		3,	"rsa-sig")	\
	X(RSA_ENC,		4,	"rsa-encr")	\
	X(RSA_ENC_REVISED,	5,	"rsa-encr revised") \
	X(ECDSA_256,		9,	"ecdsa-256")	\
	X(ECDSA_384,		10,	"ecdsa-384")	\
	X(ECDSA_521,		11,	"ecdsa-521")	\
	X(HYBRID_INIT_RSA,	64221,	"hybrid-init-RSA") \
	X(HYBRID_RESP_RSA,	64222,	"hybrid-resp-RSA") \
	X(XAUTH_INIT_PSK,	65001,	"xauth-init-pre-share") \
	X(XAUTH_RESP_PSK,	65002,	"xauth-resp-pre-share") \
	X(XAUTH_INIT_RSA,	65005,	"xauth-init-rsa-sig") \
	X(XAUTH_RESP_RSA,	65006,	"xauth-resp-rsa-sig")

/* Values of IKE_ATTR_GROUP and IPSEC_ATTR_GROUP; RFC 2409, 3526, 5903 */
#define IKE_GROUPS(X)					\
	X(MODP_768,		1,	"768-bit MODP")	\
	X(MODP_1024,		2,	"1024-bit MODP") \
	X(EC2N_155,		3,	"155-bit EC2N")	\
	X(EC2N_185,		4,	"185-bit EC2N")	\
	X(MODP_1536,		5,	"1536-bit MODP") \
	X(MODP_2048,		14,	"2048-bit MODP") \
	X(MODP_3072,		15,	"3072-bit MODP") \
	X(MODP_4096,		16,	"4096-bit MODP") \
	X(MODP_6144,		17,	"6144-bit MODP") \
	X(MODP_8192,		18,	"8192-bit MODP") \
	X(ECP_256,		19,	"256-bit ECP")	\
	X(ECP_384,		20,	"384-bit ECP")	\
	X(ECP_521,		21,	"521-bit ECP")	\
	X(MODP_1024_160,	22,	"1024-bit MODP/160") \
	X(MODP_2048_224,	23,	"2048-bit MODP/224") \
	X(MODP_2048_256,	24,	"2048-bit MODP/256")

/* Values of both life types */
#define IKE_LIFE_TYPES(X)				\
	X(SECONDS,		1,	"seconds")	\
	X(KILOBYTES,		2,	"kilobytes")

/* Values of IPSEC_ATTR_ENCAPSULATION; 3, 4 RFC 3947; 61443.. its drafts */
#define IPSEC_ENCAPS(X)					\
	X(TUNNEL,		1,	"tunnel")	\
	X(TRANSPORT,		2,	"transport")	\
	X(UDP_TUNNEL,		3,	"UDP tunnel")	\
	X(UDP_TRANSPORT,	4,	"UDP transport") \
	X(UDP_TUNNEL_DRAFT,	61443,	"UDP tunnel (draft)") \
	X(UDP_TRANSPORT_DRAFT,	61444,	"UDP transport (draft)")

/* Values of IPSEC_ATTR_AUTH_ALG; 5..7 RFC 4868; 11..13 RFC 4543 */
#define IPSEC_AUTH_ALGS(X)				\
	X(NONE,			0,	"none")		\
	X(HMAC_MD5,		1,	"HMAC-MD5")	\
	X(HMAC_SHA,		2,	"HMAC-SHA")	\
	X(DES_MAC,		3,	"DES-MAC")	\
	X(KPDK,			4,	"KPDK")		\
	X(HMAC_SHA2_256,	5,	"HMAC-SHA2-256") \
	X(HMAC_SHA2_384,	6,	"HMAC-SHA2-384") \
	X(HMAC_SHA2_512,	7,	"HMAC-SHA2-512") \
	X(HMAC_RIPEMD,		8,	"HMAC-RIPEMD")	\
	X(AES_XCBC,		9,	"AES-XCBC-MAC")	\
	X(AES_128_GMAC,		11,	"AES-128-GMAC")	\
	X(AES_192_GMAC,		12,	"AES-192-GMAC")	\
	X(AES_256_GMAC,		13,	"AES-256-GMAC")

/* RFC 2407, 4.6.2.1 */
#define IPSEC_IDS(X)					\
	X(NONE,			0,	"none")		\
	X(IPV4_ADDR,		1,	"IPV4_ADDR")	\
	X(FQDN,			2,	"FQDN")		\
	X(USER_FQDN,		3,	"USER_FQDN")	\
	X(IPV4_SUBNET,		4,	"IPV4_ADDR_SUBNET") \
	X(IPV6_ADDR,		5,	"IPV6_ADDR")	\
	X(IPV6_SUBNET,		6,	"IPV6_ADDR_SUBNET") \
	X(IPV4_RANGE,		7,	"IPV4_ADDR_RANGE") \
	X(IPV6_RANGE,		8,	"IPV6_ADDR_RANGE") \
	X(DER_ASN1_DN,		9,	"DER_ASN1_DN")	\
	X(DER_ASN1_GN,		10,	"DER_ASN1_GN")	\
	X(KEY_ID,		11,	"KEY_ID")

#define X(id, number, name) ISAKMP_EXCHANGE_##id = number,
enum isakmp_exchange { ISAKMP_EXCHANGES(X) };
#undef X
#define X(id, number, name) ISAKMP_PAYLOAD_##id = number,
enum isakmp_payload_type { ISAKMP_PAYLOADS(X) };
#undef X
#define X(id, number, name) ISAKMP_NOTIFY_##id = number,
enum isakmp_notify_type { ISAKMP_NOTIFIES(X) };
#undef X
#define X(id, number, name) ISAKMP_PROTO_##id = number,
enum isakmp_protocol { ISAKMP_PROTOCOLS(X) };
#undef X
#define X(id, number, name) IPSEC_AH_##id = number,
enum ipsec_ah_transform { IPSEC_AH_TRANSFORMS(X) };
#undef X
#define X(id, number, name) IPSEC_ESP_##id = number,
enum ipsec_esp_transform { IPSEC_ESP_TRANSFORMS(X) };
#undef X
#define X(id, number, name) IPSEC_IPCOMP_##id = number,
enum ipsec_ipcomp_transform { IPSEC_IPCOMP_TRANSFORMS(X) };
#undef X
#define X(id, number, name) IKE_ATTR_##id = number,
enum ike_attr { IKE_ATTRS(X) };
#undef X
#define X(id, number, name) IPSEC_ATTR_##id = number,
enum ipsec_attr { IPSEC_ATTRS(X) };
#undef X
#define X(id, number, name) IKE_CIPHER_##id = number,
enum ike_cipher { IKE_CIPHERS(X) };
#undef X
#define X(id, number, name) IKE_HASH_##id = number,
enum ike_hash { IKE_HASHES(X) };
#undef X
#define X(id, number, name) IKE_AUTH_##id = number,
enum ike_auth_method { IKE_AUTH_METHODS(X) };
#undef X
#define X(id, number, name) IKE_GROUP_##id = number,
enum ike_group { IKE_GROUPS(X) };
#undef X
#define X(id, number, name) IKE_LIFE_##id = number,
enum ike_life_type { IKE_LIFE_TYPES(X) };
#undef X
#define X(id, number, name) IPSEC_ENCAP_##id = number,
enum ipsec_encap { IPSEC_ENCAPS(X) };
#undef X
#define X(id, number, name) IPSEC_AUTH_##id = number,
enum ipsec_auth_alg { IPSEC_AUTH_ALGS(X) };
#undef X
#define X(id, number, name) IPSEC_ID_##id = number,
enum ipsec_id_type { IPSEC_IDS(X) };
#undef X

/* Notify types below this are errors, from it on status (RFC 2408, 3.14.1). */
#define ISAKMP_NOTIFY_STATUS_MIN	16384

/* Payload types from this on are for private use (RFC 2408, 3.1). */
#define ISAKMP_PAYLOAD_PRIVATE_MIN	128

/* Names; "unknown" for numbers not in the list, so log the number as well. */
const char *isakmp_exchange_name(unsigned int n);
const char *isakmp_payload_name(unsigned int n);
const char *isakmp_notify_name(unsigned int n);
const char *isakmp_protocol_name(unsigned int n);
const char *ipsec_ah_transform_name(unsigned int n);
const char *ipsec_esp_transform_name(unsigned int n);
const char *ipsec_ipcomp_transform_name(unsigned int n);
const char *ike_attr_name(unsigned int n);
const char *ipsec_attr_name(unsigned int n);
const char *ike_cipher_name(unsigned int n);
const char *ike_hash_name(unsigned int n);
const char *ike_auth_method_name(unsigned int n);
const char *ike_group_name(unsigned int n);
const char *ike_life_type_name(unsigned int n);
const char *ipsec_encap_name(unsigned int n);
const char *ipsec_auth_alg_name(unsigned int n);
const char *ipsec_id_name(unsigned int n);

#endif
