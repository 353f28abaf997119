/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The typed configuration model: what a configuration file says, with every
 * name resolved to a number and every number checked against its range.
 *
 * Filled by the command grammar (tools/cli/config.h), printed by the
 * running-config writer (running.h), judged by the semantic checks (check.h),
 * and turned into kernel objects and IKE behaviour by tools/lib/apply.h and
 * ike-daemon/policy.  It has no pointers between objects: references are by
 * name, exactly as in the text, so that a copy is a copy and a difference can
 * be taken list by list.
 *
 * Arrays are contiguous, grow on demand and are addressed by index; pointers
 * into them are valid until the next change of that array.  Addresses are in
 * network byte order.  Strings are NUL-terminated.
 */
#ifndef CRYPTOMAP_TOOLS_CLI_MODEL_H
#define CRYPTOMAP_TOOLS_CLI_MODEL_H

#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/cli/model_base.h"
#include "tools/cli/model_ezvpn.h"
#include "tools/cli/model_ike.h"
#include "tools/cli/model_keyring.h"
#include "tools/cli/model_remote.h"
#include "tools/cli/net.h"
#include "tools/lib/log.h"

/* X(id, keyword of isakmp policy or NULL, of transform set without "esp-", "ah-", key bytes) */
#define CFG_HASHES(X)				\
	X(MD5,    "md5",    "md5-hmac",    16)	\
	X(SHA1,   "sha",    "sha-hmac",    20)	\
	X(SHA256, "sha256", "sha256-hmac", 32)	\
	X(SHA384, "sha384", "sha384-hmac", 48)	\
	X(SHA512, "sha512", "sha512-hmac", 64)	\
	X(AES_XCBC, NULL,   "aes-xcbc",    16)	\
	X(SHA256_96, NULL,  "sha256-96-hmac", 32)

enum cfg_hash {
	CFG_HASH_NONE,			/* transform set of a combined mode */
#define X(id, ike, word, bytes) CFG_HASH_##id,
	CFG_HASHES(X)
#undef X
	CFG_HASH_COUNT
};

/*
 * X(id, keyword of isakmp policy or NULL, keyword of transform set,
 *   fixed key bits or 0 when 128, 192 or 256 is configured, kind)
 */
#define CFG_CIPHERS(X)						\
	X(DES,     "des",  "esp-des",     64,  CFG_BLOCK)	\
	X(3DES,    "3des", "esp-3des",    192, CFG_BLOCK)	\
	X(AES,     "aes",  "esp-aes",     0,   CFG_BLOCK)	\
	X(AES_CTR, NULL,   "esp-aes-ctr", 0,   CFG_COUNTER)	\
	X(AES_CCM_8,  NULL, "esp-ccm-8",  0,   CFG_COMBINED)	\
	X(AES_CCM_12, NULL, "esp-ccm-12", 0,   CFG_COMBINED)	\
	X(AES_CCM, NULL,   "esp-ccm",     0,   CFG_COMBINED)	\
	X(AES_GCM_8,  NULL, "esp-gcm-8",  0,   CFG_COMBINED)	\
	X(AES_GCM_12, NULL, "esp-gcm-12", 0,   CFG_COMBINED)	\
	X(AES_GCM, NULL,   "esp-gcm",     0,   CFG_COMBINED)	\
	X(AES_GMAC, NULL,  "esp-gmac",    0,   CFG_COMBINED)	\
	X(NULL,    NULL,   "esp-null",    0,   CFG_KEYLESS)

enum cfg_cipher_kind {
	CFG_BLOCK,
	CFG_KEYLESS,
	CFG_COUNTER,			/* a key must never be used twice ... */
	CFG_COMBINED,			/* ... and which takes no hash beside it */
};

enum cfg_cipher {
	CFG_CIPHER_NONE,
#define X(id, ike, esp, bits, kind) CFG_CIPHER_##id,
	CFG_CIPHERS(X)
#undef X
	CFG_CIPHER_COUNT
};

/* How peers prove who they are in phase 1 */
#define CFG_AUTHS(X)							\
	X(PSK,   "pre-share")						\
	X(RSA,   "rsa-sig")						\
	X(ECDSA, "ecdsa-sig")

enum cfg_auth {
#define X(id, name) CFG_AUTH_##id,
	CFG_AUTHS(X)
#undef X
	CFG_AUTH_COUNT
};

/* What is in the files that `crypto pki trustpoint NAME` names: PEM but for the last */
#define CFG_TRUST_FILES(X)						\
	X(CA,   "ca-certificate")	/* who issues peers' certificates */ \
	X(CRL,  "crl")			/* what they have revoked */	\
	X(CERT, "certificate")		/* ours, then those in between */ \
	X(KEY,  "private-key")						\
	X(P12,  "pkcs12")		/* instead of both, perhaps of CA, too */

enum cfg_trust_file {
#define X(id, name) CFG_TRUST_##id,
	CFG_TRUST_FILES(X)
#undef X
	CFG_TRUST_COUNT
};

/* Who is asked whether a peer's certificate is revoked, one after another */
#define CFG_REVOCATIONS(X)						\
	X(CRL,  "crl")			/* the lists of that file */	\
	X(OCSP, "ocsp")			/* a responder (RFC 6960) */	\
	X(PASS, "none")			/* nobody: it is accepted */

enum cfg_revocation {
	CFG_REVOCATION_END,		/* no more: it is refused */
#define X(id, name) CFG_REVOCATION_##id,
	CFG_REVOCATIONS(X)
#undef X
	CFG_REVOCATION_COUNT
};

#define CFG_REVOCATIONS_MAX	3
#define CFG_URL_SIZE		256

struct cfg_trustpoint {
	char name[CFG_NAME_SIZE];
	char files[CFG_TRUST_COUNT][CFG_PATH_SIZE];	/* absolute; "": not set */
	char password_file[CFG_PATH_SIZE];		/* of P12; "": it has none */
	/* enum cfg_revocation; the first END: the lists, if there are, else nobody */
	uint8_t revocation[CFG_REVOCATIONS_MAX];
	char ocsp_url[CFG_URL_SIZE];			/* "": what certificates name */
	bool ocsp_no_nonce;
	struct cfg_where where, files_at[CFG_TRUST_COUNT], revocation_at, ocsp_at;
};

/* `crypto identity NAME`: who certified peers of an entry must be; one name is enough */
enum cfg_peer_name_kind {
	CFG_PEER_DN,			/* the subject has all these attributes (dn.h) */
	CFG_PEER_FQDN,			/* one of the alternative names, whole */
};

struct cfg_peer_name {
	enum cfg_peer_name_kind kind;
	char text[CFG_FQDN_SIZE];
};

struct cfg_peer_identity {
	char name[CFG_NAME_SIZE];
	struct cfg_peer_name names[CFG_PEER_NAMES_MAX];
	size_t n_names;
	struct cfg_where where;
};

/* `crypto isakmp policy N` (C-011 to C-016) */
struct cfg_policy {
	uint32_t priority;		/* 1..10000, lowest is tried first; above: defaults */
	enum cfg_cipher cipher;		/* DES, 3DES, AES */
	unsigned int key_bits;		/* AES: 128, 192, 256; else fixed */
	enum cfg_hash hash;
	enum cfg_auth auth;
	unsigned int group;		/* 1, 2, 5, 14, 15, 16, 19, 20 */
	uint32_t lifetime;		/* seconds, 60..86400; 0: unlimited */
	char of[CFG_NAME_SIZE];		/* the ike policy that it is derived of; "": none */
	char proposal[CFG_NAME_SIZE];	/* and its ike proposal */
	bool open;			/* that is of any peer, found by no name */
	struct cfg_where where, cipher_at, hash_at, auth_at, group_at;
};

/* `crypto isakmp key TEXT address A [MASK] | address ipv6 P | hostname H` (C-017). Secret. */
struct cfg_key {
	char secret[CFG_KEY_MAX + 1];
	struct prefix peers;		/* with hostname[0] == '\0' */
	char hostname[CFG_FQDN_SIZE];	/* or the peer's identity: FQDN, user FQDN, key ID */
	bool no_xauth;
	bool derived;			/* of a tunnel-group, by cm_config_expand() ... */
	char group[CFG_NAME_SIZE];	/* ... of clients, called so; "": of routers */
	char keyring[CFG_NAME_SIZE];	/* that has it; "": `crypto isakmp key` */
	struct cfg_where where;
};

/* `crypto keyring NAME` */
struct cfg_keyring {
	char name[CFG_NAME_SIZE];
	char description[CFG_TEXT_SIZE];
	struct cfg_local local;
	struct cfg_where where;
};

/* `crypto isakmp identity ...`: what we present as phase 1 identity */
enum cfg_identity_kind {
	CFG_IDENTITY_ADDRESS,		/* default */
	CFG_IDENTITY_HOSTNAME,		/* FQDN: the configured or system host name */
	CFG_IDENTITY_FQDN,		/* FQDN: text */
	CFG_IDENTITY_USER_FQDN,		/* user FQDN: text (user@domain) */
	CFG_IDENTITY_KEY_ID,		/* key ID: text, the name of a group (C-096) */
	CFG_IDENTITY_IPV4,		/* an address, dotted text; of a peer alone */
	CFG_IDENTITY_DN,		/* the subject of our certificate */
	CFG_IDENTITY_AUTO,		/* that with a certificate, else the address */
};

struct cfg_identity {
	enum cfg_identity_kind kind;
	char text[CFG_FQDN_SIZE];	/* "" with ADDRESS and HOSTNAME */
};

/* `crypto isakmp peer address A`: aggressive mode with it, if anything is set. Secret. */
struct cfg_isakmp_peer {
	struct addr address;
	char secret[CFG_KEY_MAX + 1];	/* `set aggressive-mode password`; "": not set */
	struct cfg_identity endpoint;	/* `... client-endpoint`; ADDRESS: not set */
	bool derived;			/* a gateway of an ezvpn, by cm_config_expand() */
	bool answered;			/* or the peer of an ike policy, which may begin */
	struct cfg_where where;
};

enum cfg_mode { CFG_TUNNEL, CFG_TRANSPORT };

/* `crypto ipsec transform-set NAME ...` (C-021) */
struct cfg_transform {
	char name[CFG_NAME_SIZE];
	enum cfg_cipher cipher;		/* NONE: AH */
	unsigned int key_bits;		/* AES: 128, 192, 256; 0 for NULL */
	enum cfg_hash hash;		/* NONE exactly with combined modes */
	enum cfg_mode mode;		/* C-022 */
	bool deflate;			/* IPComp inside, RFC 2394 (C-032) */
	bool esn;			/* 64-bit sequence numbers, RFC 4304 */
	bool derived;			/* for ezvpn, by cm_config_expand() */
	struct cfg_where where, cipher_at, hash_at, comp_at, mode_at, esn_at;
};

/* Access lists (C-043) */
enum cfg_action { CFG_PERMIT, CFG_DENY, CFG_REMARK };

enum cfg_port_op {
	CFG_PORT_ANY, CFG_PORT_EQ, CFG_PORT_NEQ, CFG_PORT_LT, CFG_PORT_GT,
	CFG_PORT_RANGE,
};

struct cfg_ports {
	enum cfg_port_op op;
	uint16_t lo;			/* host order; the operand of eq, neq, lt, gt */
	uint16_t hi;			/* range only, lo <= hi */
	uint16_t column;		/* of the operator, in the line of the ACE */
};

struct cfg_ace {
	uint32_t seq;			/* line number, ascending, unique */
	enum cfg_action action;
	uint8_t protocol;		/* 0: any (`ip`, `ipv6`) */
	struct cfg_net src, dst;	/* of the list's family; not CFG_REMARK */
	struct cfg_ports sport, dport;	/* only with TCP and UDP */
	char remark[CFG_TEXT_SIZE];	/* only with CFG_REMARK */
	struct cfg_where where;
};

struct cfg_acl {
	/* "100".."199", "2000".."2699" or a name; IPv6: a name */
	char name[CFG_NAME_SIZE];
	uint8_t family;			/* AF_INET, AF_INET6 */
	struct cfg_ace *aces;		/* by ascending seq */
	size_t n_aces;
	bool derived;			/* by cm_config_expand() */
	struct cfg_where where;
};

/* `set session-key inbound|outbound esp SPI ...` of a manual entry. Secret. */
struct cfg_session_key {
	uint32_t spi;			/* 256..4294967295; 0: not configured */
	uint8_t cipher_key[32];
	size_t cipher_len;
	uint8_t auth_key[64];
	size_t auth_len;
	struct cfg_where spi_at;
};

enum cfg_entry_type { CFG_IPSEC_ISAKMP, CFG_IPSEC_MANUAL, CFG_IPSEC_DYNAMIC };

/* `reverse-route [static]` (C-041): while SAs are there, or always */
enum cfg_routes { CFG_ROUTES_NONE, CFG_ROUTES_SA, CFG_ROUTES_STATIC };

/*
 * `crypto map NAME SEQ ipsec-isakmp|ipsec-manual` (C-033 to C-036), or, of type
 * ISAKMP and without peers, `crypto dynamic-map NAME SEQ` (C-039).  Of an entry
 * `ipsec-isakmp dynamic NAME` (C-040) only that name is set.
 */
struct cfg_entry {
	uint32_t seq;			/* 1..65535 */
	enum cfg_entry_type type;
	char dynamic[CFG_NAME_SIZE];	/* its dynamic map; "" but for DYNAMIC */
	char description[CFG_TEXT_SIZE];
	struct addr peers[CFG_PEERS_MAX];	/* in order of preference */
	size_t n_peers;				/* manual: at most 1 */
	char transforms[CFG_TRANSFORMS_MAX][CFG_NAME_SIZE];
	size_t n_transforms;			/* manual: at most 1 */
	char acl[CFG_NAME_SIZE];	/* "": not set */
	unsigned int pfs_group;		/* 0: no PFS (C-028) */
	uint32_t seconds;		/* 120..2592000, CFG_UNLIMITED, CFG_INHERIT */
	uint32_t kilobytes;		/* 2560.., CFG_UNLIMITED, CFG_INHERIT */
	uint32_t replay_window;		/* 32..4096, CFG_REPLAY_OFF, CFG_INHERIT */
	uint32_t dummy_ms;		/* 40..3600000, CFG_DUMMY_OFF, CFG_INHERIT */
	uint32_t tfc_padding;		/* 64..65495, CFG_TFC_MTU, 0: as all */
	uint32_t idle;			/* seconds, 60..86400, CFG_INHERIT (C-025) */
	bool per_host;			/* SAs for each pair of hosts; not dynamic */
	bool pre_classify;		/* of its map's interfaces; not dynamic */
	bool nat_demux;			/* clients behind one NAT; dynamic maps only */
	enum cfg_routes routes;		/* to what is behind peers; not manual, no profile */
	char identity[CFG_NAME_SIZE];	/* of peers, by certificate; "": any; not manual */
	char isakmp_profile[CFG_NAME_SIZE];	/* they have matched; "": any; not manual */
	struct cfg_session_key inbound, outbound;	/* manual only */
	struct cfg_where where, acl_at, pfs_at, dynamic_at, identity_at;
	struct cfg_where isakmp_profile_at;
	struct cfg_where peers_at[CFG_PEERS_MAX];
	struct cfg_where transforms_at[CFG_TRANSFORMS_MAX];
};

struct cfg_map {
	char name[CFG_NAME_SIZE];	/* case-sensitive */
	char login[CFG_NAME_SIZE];	/* `client authentication list`: XAUTH; "": none */
	char authorization[CFG_NAME_SIZE];	/* `isakmp authorization list`; "": no groups */
	bool initiate, respond;		/* `client configuration address ...` (F-031) */
	char local_interface[IF_NAMESIZE];	/* `crypto map M local-address IF` */
	struct addr local_address;	/* derived maps: or this one; unset: none */
	struct cfg_entry *entries;	/* by ascending seq */
	size_t n_entries;
	bool derived;			/* by cm_config_expand() */
	bool clients_derived;		/* of tunnel-groups: these say which list */
	struct cfg_where where, login_at, authorization_at, addresses_at;
};

/* `crypto isakmp profile NAME`: phase 1 with peers that are known by what they call themselves */
struct cfg_isakmp_profile {
	char name[CFG_NAME_SIZE];
	char description[CFG_TEXT_SIZE];
	char keyrings[CFG_KEYRINGS_MAX][CFG_NAME_SIZE];
	size_t n_keyrings;		/* 0: `crypto isakmp key` */
	struct cfg_match matches[CFG_MATCHES_MAX];
	size_t n_matches;		/* 0: nobody */
	bool has_identity;		/* of its own: */
	struct cfg_identity identity;
	struct cfg_local local;
	char trustpoint[CFG_NAME_SIZE];	/* "": all */
	bool aggressive;		/* `initiate mode aggressive` */
	bool has_keepalive;		/* of its own: */
	struct cfg_keepalive keepalive;
	/* What crypto maps say of clients, if it says any; no entries.  Named as the profile. */
	struct cfg_map clients;
	struct cfg_where where, trustpoint_at;
	struct cfg_where keyrings_at[CFG_KEYRINGS_MAX];
};

#define CFG_MSS_AUTO	1	/* CRYPTOMAP_MSS_AUTO of the contract */

/* `crypto ipsec df-bit`, of all interfaces or one; nothing at both: as the SAs */
enum cfg_df { CFG_DF_INHERIT, CFG_DF_COPY, CFG_DF_SET, CFG_DF_CLEAR };

/* `crypto ipsec fragmentation` (C-030), likewise; nothing at both: before */
enum cfg_frag { CFG_FRAG_INHERIT, CFG_FRAG_BEFORE, CFG_FRAG_AFTER };

/* `tunnel mode ipsec ipv4|ipv6` (C-100): inside and outside */
enum cfg_tunnel { CFG_TUNNEL_NONE, CFG_TUNNEL_IPV4, CFG_TUNNEL_IPV6 };

/*
 * `interface IF` / `crypto map NAME` (C-037), `ip tcp adjust-mss` (C-052, C-053).
 * With a tunnel mode the interface is one that we make, and may have a profile in
 * place of a crypto map.
 */
struct cfg_interface {
	char name[IF_NAMESIZE];
	char map[CFG_NAME_SIZE];	/* "": none */
	bool policy_transport;		/* by `ipsec policy transport` (NEC) */
	uint16_t mss;			/* bytes, CFG_MSS_AUTO, 0: none */
	enum cfg_df df;
	enum cfg_frag frag;
	bool pre_classify;		/* `qos pre-classify` */
	enum cfg_tunnel tunnel;
	char source[IF_NAMESIZE];	/* interface outside; "": not set */
	struct addr source_address;	/* or an address of this router */
	struct addr destination;	/* peer; unset: none */
	char profile[CFG_NAME_SIZE];	/* "": none */
	char unnumbered[IF_NAMESIZE];	/* whose address it has (C-100); "": none */
	char ezvpn[CFG_NAME_SIZE];	/* `crypto ipsec client ezvpn`; "": none */
	bool ezvpn_inside;
	bool derived;			/* map: by cm_config_expand() */
	struct cfg_where where;		/* of the map's name */
	struct cfg_where source_at, destination_at, profile_at, unnumbered_at;
	struct cfg_where ezvpn_at;
};

/* `logging level L` (subsystem "") and `logging subsystem S L` */
struct cfg_logging {
	char subsystem[CFG_SUBSYSTEM_SIZE];
	enum log_level level;
};

#include "tools/cli/model_nec.h"

struct cm_config {
	char hostname[CFG_NAME_SIZE];		/* "": the system's */
	struct cfg_logging *logging;
	size_t n_logging;
	struct cfg_policy *policies;		/* by ascending priority */
	size_t n_policies;
	bool no_default_policy;			/* `no crypto isakmp default policy` */
	bool weak_policy;			/* `crypto isakmp permit-weak-crypto` */
	struct cfg_where weak_policy_at;
	bool ike_only;				/* at ike_places; else but there (C-001, C-002) */
	struct cfg_ike_place *ike_places;	/* in order of definition */
	size_t n_ike_places;
	struct cfg_key *keys;			/* in order of definition */
	size_t n_keys;
	struct cfg_keyring *keyrings;		/* likewise */
	size_t n_keyrings;
	struct cfg_key *keyring_keys;		/* of all of them, likewise */
	size_t n_keyring_keys;
	struct cfg_isakmp_profile *isakmp_profiles;	/* in the order in which they are tried */
	size_t n_isakmp_profiles;
	struct cfg_keepalive keepalive;
	uint32_t nat_keepalive;			/* seconds, 5..3600 (C-003) */
	bool natt;				/* `crypto ipsec nat-transparency` (on) */
	uint32_t ike_mtu;			/* 576..9000: larger messages go in fragments; 0: none do */
	struct cfg_identity identity;
	bool no_aggressive;			/* `crypto isakmp aggressive-mode disable` */
	bool no_spi_recovery;			/* `no crypto isakmp invalid-spi-recovery` */
	struct cfg_isakmp_peer *isakmp_peers;	/* in order of definition */
	size_t n_isakmp_peers;
	bool weak_certificates;			/* `crypto ca permit-weak-crypto`: SHA-1 */
	struct cfg_where weak_at;
	struct cfg_trustpoint *trustpoints;	/* in order of definition */
	size_t n_trustpoints;
	struct cfg_peer_identity *peer_identities;	/* likewise */
	size_t n_peer_identities;
	struct cfg_transform *transforms;	/* in order of definition */
	size_t n_transforms;
	uint32_t sa_seconds;			/* 120..2592000 or CFG_UNLIMITED */
	uint32_t sa_kilobytes;			/* 2560.. or CFG_UNLIMITED */
	uint32_t replay_window;			/* 32..4096 or CFG_REPLAY_OFF */
	uint32_t dummy_ms;			/* 40..3600000 or CFG_DUMMY_OFF (C-032) */
	uint32_t tfc_padding;			/* 64..65495, CFG_TFC_MTU, 0: none */
	uint32_t idle;				/* 60..86400 or CFG_IDLE_OFF */
	enum cfg_df df;				/* of interfaces without their own */
	enum cfg_frag frag;			/* likewise */
	bool filter_bypass;			/* `sysopt connection permit-vpn` (C-047) */
	char management[IF_NAMESIZE];		/* `management-access` (C-051); "": not set */
	struct cfg_acl *acls;			/* in order of definition */
	size_t n_acls;
	struct cfg_map *maps;			/* in order of definition */
	size_t n_maps;
	struct cfg_map *dynamics;		/* `crypto dynamic-map`, likewise */
	size_t n_dynamics;
	struct cfg_map *profiles;		/* `crypto ipsec profile`: one entry each */
	size_t n_profiles;
	struct cfg_interface *interfaces;	/* in order of definition */
	size_t n_interfaces;
	struct cfg_user *users;			/* by name */
	size_t n_users;
	struct cfg_pool *pools;			/* in order of definition */
	size_t n_pools;
	struct cfg_group *groups;		/* likewise */
	size_t n_groups;
	struct cfg_group_policy *group_policies;	/* likewise */
	size_t n_group_policies;
	struct cfg_tunnel_group *tunnel_groups;	/* likewise */
	size_t n_tunnel_groups;
	struct cfg_method *methods;		/* likewise */
	size_t n_methods;
	struct cfg_radius *radius;		/* in the order in which they are asked */
	size_t n_radius;
	struct cfg_server_group *server_groups;	/* in order of definition */
	size_t n_server_groups;
	struct cfg_radius_terms radius_all;	/* of servers without their own */
	bool radius_unsigned;			/* answers need no Message-Authenticator */
	struct cfg_ezvpn *ezvpns;		/* in order of definition */
	size_t n_ezvpns;
	struct cfg_ike_proposal *ike_proposals;	/* of NEC IX, in order of definition */
	size_t n_ike_proposals;
	struct cfg_ike_policy *ike_policies;	/* likewise */
	size_t n_ike_policies;
	struct cfg_autokey_proposal *autokey_proposals;	/* likewise */
	size_t n_autokey_proposals;
	struct cfg_autokey_map *autokey_maps;	/* likewise */
	size_t n_autokey_maps;
	uint32_t max_sessions;			/* `vpn-sessiondb max-session-limit` (C-077); 0: no limit */
	uint32_t radius_deadtime;		/* minutes, 1..1440: silent servers are asked last; 0: never */
};

/* An empty configuration with the defaults above; NULL without memory. */
struct cm_config *cm_config_new(void);
/* Wipes every secret, then frees. Accepts NULL. */
void cm_config_free(struct cm_config *cfg);
/* A deep copy, or NULL without memory. */
struct cm_config *cm_config_copy(const struct cm_config *cfg);
/*
 * Gives each tunnel interface with a profile what the profile stands for: an
 * access list for everything, a crypto map with one entry, and that map bound
 * (expand.c). What a call before gave is taken away first. Derived objects are
 * not written as text, but count as different in cm_config_equal(). 0 or -ENOMEM.
 */
int cm_config_expand(struct cm_config *cfg);
/* Takes all of it away. */
void cm_config_forget_derived(struct cm_config *cfg);
/* The name of a tunnel interface's crypto map, as on IOS; that of its list. */
void cfg_tunnel_map_name(const struct cfg_interface *ifc, char *name, size_t size);
void cfg_tunnel_acl_name(const struct cfg_interface *ifc, char *name, size_t size);
/* The text that it was read from is not at hand: no place in it is known. */
void cm_config_forget_places(struct cm_config *cfg);

/*
 * Equality of meaning: the place of definition and remarks do not count.
 * The per-object forms serve those who apply a difference.
 */
bool cm_config_equal(const struct cm_config *a, const struct cm_config *b);
bool cfg_policy_equal(const struct cfg_policy *a, const struct cfg_policy *b);
bool cfg_identity_equal(const struct cfg_identity *a, const struct cfg_identity *b);
bool cfg_key_equal(const struct cfg_key *a, const struct cfg_key *b);
bool cfg_key_same_peers(const struct cfg_key *a, const struct cfg_key *b);
bool cfg_trustpoint_equal(const struct cfg_trustpoint *a,
			  const struct cfg_trustpoint *b);
bool cfg_transform_equal(const struct cfg_transform *a,
			 const struct cfg_transform *b);
bool cfg_ace_equal(const struct cfg_ace *a, const struct cfg_ace *b);
/* The same but for the line number. */
bool cfg_ace_same_rule(const struct cfg_ace *a, const struct cfg_ace *b);
bool cfg_acl_equal(const struct cfg_acl *a, const struct cfg_acl *b);
bool cfg_entry_equal(const struct cfg_entry *a, const struct cfg_entry *b);
bool cfg_map_equal(const struct cfg_map *a, const struct cfg_map *b);

/* Look-up; NULL when there is none. Valid until that array changes. */
struct cfg_policy *cfg_policy_find(const struct cm_config *cfg, uint32_t prio);
struct cfg_trustpoint *cfg_trustpoint_find(const struct cm_config *cfg,
					   const char *name);
struct cfg_transform *cfg_transform_find(const struct cm_config *cfg,
					 const char *name);
struct cfg_acl *cfg_acl_find(const struct cm_config *cfg, const char *name);
struct cfg_ace *cfg_ace_find(const struct cfg_acl *acl, uint32_t seq);
struct cfg_map *cfg_map_find(const struct cm_config *cfg, const char *name);
struct cfg_map *cfg_dynamic_find(const struct cm_config *cfg, const char *name);
struct cfg_map *cfg_profile_find(const struct cm_config *cfg, const char *name);
struct cfg_isakmp_peer *cfg_isakmp_peer_find(const struct cm_config *cfg,
					     const struct addr *peer);
struct cfg_entry *cfg_entry_find(const struct cfg_map *map, uint32_t seq);
struct cfg_interface *cfg_interface_find(const struct cm_config *cfg,
					 const char *name);
/* Is it the peer of a crypto map entry, or at the other end of a tunnel? */
bool cfg_names_peer(const struct cm_config *cfg, const struct addr *peer);
/*
 * The key for a peer's address: the longest prefix wins.  Who is named is no client, so
 * that nobody is him with a key that clients have.
 */
const struct cfg_key *cfg_key_for_address(const struct cm_config *cfg,
					  const struct addr *peer);
/* The key configured for exactly this host name or identity (no case). */
const struct cfg_key *cfg_key_for_hostname(const struct cm_config *cfg,
					   const char *hostname);
/* The secret of a name: of such a key, else of the group; or NULL. */
const char *cfg_secret_for_name(const struct cm_config *cfg, const char *name);

/* The peers of a key as a line has them: `A [MASK]`, `ipv6 P`.  Returns @out. */
#define CFG_KEY_PEERS_STRLEN	(PREFIX_STRLEN + ADDR_STRLEN)
char *cfg_key_peers_format(const struct cfg_key *key, char *out, size_t size);

/* What is set for aggressive mode with this peer, or NULL: nothing. */
const struct cfg_isakmp_peer *cfg_aggressive_peer(const struct cm_config *cfg,
						  const struct addr *peer);
/* The same when it calls us: what an ezvpn stands for is for calling its gateways. */
const struct cfg_isakmp_peer *cfg_aggressive_caller(const struct cm_config *cfg,
						    const struct addr *peer);
/* Is there a key by name, which aggressive mode uses, and is that not switched off? */
bool cfg_has_name_key(const struct cm_config *cfg);
/* Is there anybody to speak aggressive mode with, and is it not switched off? */
bool cfg_aggressive_on(const struct cm_config *cfg);
/* The secret by which this peer is called: of aggressive mode if that is set; or NULL. */
const char *cfg_secret_for_peer(const struct cm_config *cfg,
				const struct addr *peer);
/* The same when it calls us. */
const char *cfg_secret_for_caller(const struct cm_config *cfg,
				  const struct addr *peer);

/*
 * Find or append (policies, entries and lines: insert in order) the object
 * with that key; a new one has its defaults. NULL without memory.
 */
struct cfg_policy *cfg_policy_get(struct cm_config *cfg, uint32_t prio);
struct cfg_key *cfg_key_add(struct cm_config *cfg);
struct cfg_isakmp_peer *cfg_isakmp_peer_get(struct cm_config *cfg,
					    const struct addr *peer);
struct cfg_trustpoint *cfg_trustpoint_get(struct cm_config *cfg, const char *name);
struct cfg_transform *cfg_transform_get(struct cm_config *cfg, const char *name);
struct cfg_acl *cfg_acl_get(struct cm_config *cfg, const char *name);
struct cfg_ace *cfg_ace_get(struct cfg_acl *acl, uint32_t seq);
struct cfg_map *cfg_map_get(struct cm_config *cfg, const char *name);
struct cfg_map *cfg_dynamic_get(struct cm_config *cfg, const char *name);
struct cfg_map *cfg_profile_get(struct cm_config *cfg, const char *name);
struct cfg_entry *cfg_entry_get(struct cfg_map *map, uint32_t seq);
struct cfg_interface *cfg_interface_get(struct cm_config *cfg, const char *name);
struct cfg_logging *cfg_logging_get(struct cm_config *cfg, const char *subsystem);

/* model_identity.c */
struct cfg_peer_identity *cfg_peer_identity_find(const struct cm_config *cfg,
						 const char *name);
struct cfg_peer_identity *cfg_peer_identity_get(struct cm_config *cfg,
						const char *name);
void cfg_peer_identity_del(struct cm_config *cfg, struct cfg_peer_identity *id);
bool cfg_peer_identity_equal(const struct cfg_peer_identity *a,
			     const struct cfg_peer_identity *b);
/* "dn", "fqdn" */
const char *cfg_peer_name_word(enum cfg_peer_name_kind kind);

/* Remove one element, wiping what it held. */
void cfg_policy_del(struct cm_config *cfg, struct cfg_policy *policy);
void cfg_key_del(struct cm_config *cfg, struct cfg_key *key);
void cfg_isakmp_peer_del(struct cm_config *cfg, struct cfg_isakmp_peer *peer);
void cfg_trustpoint_del(struct cm_config *cfg, struct cfg_trustpoint *tp);
void cfg_transform_del(struct cm_config *cfg, struct cfg_transform *ts);
void cfg_acl_del(struct cm_config *cfg, struct cfg_acl *acl);
void cfg_ace_del(struct cfg_acl *acl, struct cfg_ace *ace);
void cfg_map_del(struct cm_config *cfg, struct cfg_map *map);
void cfg_dynamic_del(struct cm_config *cfg, struct cfg_map *map);
void cfg_profile_del(struct cm_config *cfg, struct cfg_map *profile);
void cfg_entry_del(struct cfg_map *map, struct cfg_entry *entry);
void cfg_interface_del(struct cm_config *cfg, struct cfg_interface *ifc);
void cfg_logging_del(struct cm_config *cfg, struct cfg_logging *logging);

/*
 * An entry's own value, or the global one that it inherits. Manual entries:
 * always CFG_UNLIMITED, CFG_REPLAY_OFF, CFG_IDLE_OFF.
 */
uint32_t cfg_entry_seconds(const struct cm_config *cfg,
			   const struct cfg_entry *entry);
uint32_t cfg_entry_kilobytes(const struct cm_config *cfg,
			     const struct cfg_entry *entry);
uint32_t cfg_entry_replay(const struct cm_config *cfg,
			  const struct cfg_entry *entry);
uint32_t cfg_entry_dummy(const struct cm_config *cfg,
			 const struct cfg_entry *entry);
uint32_t cfg_entry_tfc(const struct cm_config *cfg,
		       const struct cfg_entry *entry);
uint32_t cfg_entry_idle(const struct cm_config *cfg,
			const struct cfg_entry *entry);

/* padding.c: the line and the transform set that manual keys are for, or NULL. */
const struct cfg_ace *cfg_acl_first_permit(const struct cfg_acl *acl);
const struct cfg_transform *cfg_manual_transform(const struct cm_config *cfg,
						 const struct cfg_entry *entry);
/*
 * As on IOS, transport mode is for what the two ends say to each other. @local:
 * our address outside, or NULL: where it is that of the line.
 */
bool cfg_manual_transport(const struct cm_config *cfg,
			  const struct cfg_entry *entry,
			  const struct addr *local);
/* Why padding that is asked for is not done, NULL: it is, or is not asked for. */
const char *cfg_entry_unpadded(const struct cm_config *cfg,
			       const struct cfg_entry *entry,
			       const struct addr *local);

/* Does a manual key have an SPI and the key lengths of its transform set? */
bool cfg_session_key_fits(const struct cfg_session_key *key,
			  const struct cfg_transform *ts);
/*
 * An entry that can work: peer, transform set, non-empty list, keys if manual; or
 * a dynamic map with an entry.
 */
bool cfg_entry_complete(const struct cm_config *cfg,
			const struct cfg_entry *entry);

/* The keywords of the language; "?" for a value outside the list. */
const char *cfg_hash_ike_name(enum cfg_hash hash);
const char *cfg_auth_name(enum cfg_auth auth);
const char *cfg_trust_file_name(enum cfg_trust_file file);
const char *cfg_revocation_name(enum cfg_revocation r);
/*
 * What `revocation-check` comes to with the files that there are: OCSP, PASS, CRL (the
 * lists, which always count, decide alone) or END (nobody can say); *@other is what
 * counts where no responder answers.
 */
enum cfg_revocation cfg_revocation_first(const struct cfg_trustpoint *tp,
					 enum cfg_revocation *other);
const char *cfg_hash_esp_name(enum cfg_hash hash);
const char *cfg_hash_ah_name(enum cfg_hash hash);
const char *cfg_cipher_ike_name(enum cfg_cipher cipher);
const char *cfg_cipher_esp_name(enum cfg_cipher cipher);
/* "copy", "set", "clear"; "before-encryption", "after-encryption" */
const char *cfg_df_name(enum cfg_df df);
const char *cfg_frag_name(enum cfg_frag frag);
enum cfg_df cfg_df_by_name(const char *keyword);
enum cfg_frag cfg_frag_by_name(const char *keyword);
/* Back from the keyword; CFG_HASH_NONE, CFG_CIPHER_NONE when unknown. */
enum cfg_hash cfg_hash_by_name(const char *keyword);
/* PSK when there is no such. */
enum cfg_auth cfg_auth_by_name(const char *keyword);
enum cfg_cipher cfg_cipher_by_name(const char *keyword);
/* Key lengths in bytes. */
size_t cfg_hash_key_bytes(enum cfg_hash hash);
size_t cfg_cipher_key_bytes(enum cfg_cipher cipher, unsigned int key_bits);
enum cfg_cipher_kind cfg_cipher_kind(enum cfg_cipher cipher);
/* Is the length of its key configured? */
bool cfg_cipher_has_bits(enum cfg_cipher cipher);
/* Counter and combined modes: not for keys that are used again (RFC 8221, 4). */
bool cfg_cipher_counts(enum cfg_cipher cipher);

static inline bool cfg_transform_is_ah(const struct cfg_transform *ts)
{
	return ts->cipher == CFG_CIPHER_NONE;
}
/* DES, MD5, groups 1 and 2: they work, but are warned about. */
bool cfg_cipher_weak(enum cfg_cipher cipher);
bool cfg_hash_weak(enum cfg_hash hash);
bool cfg_group_weak(unsigned int group);

#endif
