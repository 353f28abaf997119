/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration editor: takes configuration lines one after the other, as
 * a file or a person gives them, and changes a model. It remembers the
 * sub-mode by the name of what is being edited, so that the model under it may
 * be exchanged between two lines.
 */
#ifndef CRYPTOMAP_TOOLS_CLI_EDITOR_H
#define CRYPTOMAP_TOOLS_CLI_EDITOR_H

#include "tools/cli/ace_index.h"
#include "tools/cli/grammar.h"
#include "tools/cli/model.h"
#include "tools/lib/err.h"

struct config_editor {
	struct cm_config *cfg;		/* borrowed */
	enum cli_mode mode;		/* EXEC after `end` */
	/* (dynamic) map, profile, list, transform set, interface, group, identity, peer */
	char object[CFG_NAME_SIZE];
	uint32_t seq;			/* policy priority, entry of a map; address of a server */
	struct err err;			/* why the last line was refused */
	unsigned int column;		/* and where, from 1 */
	bool syntax;			/* it was not understood at all */
	char note[128];			/* remark on an accepted line, or "" */
	struct ace_index index;
};

void editor_init(struct config_editor *ed, struct cm_config *cfg);
void editor_free(struct config_editor *ed);
/* Goes on with another model, in the same sub-mode. */
void editor_exchange(struct config_editor *ed, struct cm_config *cfg);

/*
 * Takes one line. In a sub-mode, a line that is no command of it but one of
 * the configuration mode leaves the sub-mode, as on IOS. number: of the line
 * in its file, 0 at the prompt.
 *
 * Returns 0; -EINVAL: nothing was changed, see err, column; -ENOMEM.
 */
int editor_line(struct config_editor *ed, const char *line,
		unsigned int number);

/* The same without changing anything: would the line be understood? */
enum cli_status editor_parse(const struct config_editor *ed, const char *line,
			     struct cli_result *result);
/* What may come next: as cli_complete(), for the line's mode, behind `do` too. */
int editor_complete(const struct config_editor *ed, const char *line,
		    const struct cm_config *cfg, struct cli_choices *choices);
/* Does the line hold a secret? Then it is not to be shown or remembered. */
bool editor_line_secret(const struct config_editor *ed, const char *line);
/* Applies what editor_parse() has understood; number as above. */
int editor_apply(struct config_editor *ed, struct cli_result *result,
		 unsigned int number);

/* For handlers: refuse the line because of the named argument (or column 1). */
int editor_refuse(struct config_editor *ed, const struct cli_args *args,
		  const char *argument, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* Why an address cannot be a peer, or NULL. */
const char *unfit_peer(const struct addr *peer);
/*
 * Is the name of an interface meant as an IPv4 address, perhaps mistyped?  That of a
 * VLAN (100.5) is none.
 */
bool is_like_ipv4(const char *name);
/* An interface is in the model as long as something is configured on it. */
void forget_empty_interface(struct config_editor *ed, struct cfg_interface *ifc);
int editor_no_memory(struct config_editor *ed);
/* For handlers: the name that the line has for @argument ("" with `no`), and where. */
void editor_name(const struct cli_args *args, const char *argument,
		 char to[CFG_NAME_SIZE], struct cfg_where *at);
/* For handlers: as much of @text as fits, NULL for none, and zeros behind it. */
void copy_text(char *to, const char *text, size_t size);
/* For handlers: where the named argument is (or the first word). */
struct cfg_where editor_where(const struct cli_args *args,
			      const char *argument);

/* Of the mask of a single host. */
#define NOT_A_HOST	"0.0.0.0 is no peer; with mask 0.0.0.0 it is all of them"
/*
 * For handlers, of keys: the peers that the line names (all else is zeros); the secret, and
 * where.  Of what has `description` and `local-address`: those.
 */
int editor_key_peers(struct config_editor *ed, const struct cli_args *args,
		     struct cfg_key *key);
int editor_key_secret(struct config_editor *ed, const struct cli_args *args,
		      struct cfg_key *key);
int editor_description(struct config_editor *ed, const struct cli_args *args,
		       char to[CFG_TEXT_SIZE]);
/* Into @out all that the line has for `name`, with commas between: 0 or a refusal. */
int editor_join_names(struct config_editor *ed, const struct cli_args *args,
		      char *out, size_t size);
int editor_local(struct config_editor *ed, const struct cli_args *args,
		 struct cfg_local *local);

/*
 * What `dummy` and `tfc-padding` of @args say, for all entries or one; @none: with
 * `no`.
 */
uint32_t editor_dummy_ms(const struct cli_args *args, uint32_t none);
uint32_t editor_padding(const struct cli_args *args);

/*
 * For handlers, of servers of RADIUS: what the line says is all about the one with
 * `host`, `port` of @group ("": of none); the key that it has, if it does.  0 or a refusal.
 */
int editor_radius_server(struct config_editor *ed, const struct cli_args *args,
			 const char *group);
int editor_radius_key(struct config_editor *ed, const struct cli_args *args,
		      char to[CFG_KEY_MAX + 1]);
/* The server that the line names, new with the port it says: or NULL, refused. */
struct cfg_radius *editor_radius_new(struct config_editor *ed,
				     const struct cli_args *args,
				     const char *group);

/* The handlers that the table names. */
cli_config_fn set_exit, set_end, set_hostname, set_logging,
	set_ike_enable, set_default_policy, set_weak_policy,
	set_policy_encryption, set_policy_hash, set_policy_authentication,
	set_policy_group, set_policy_lifetime, set_map_match, set_map_peer,
	set_map_transforms, set_map_pfs, set_map_lifetime, set_map_idle,
	set_map_replay, set_map_interface,
	set_policy, set_encryption, set_hash, set_authentication, set_group,
	set_lifetime, set_key, set_keepalive, set_identity,
	set_aggressive, set_isakmp_peer, set_peer_password, set_peer_endpoint,
	set_trustpoint, set_trust_file, set_revocation_check,
	set_ocsp_url, set_ocsp_nonce, set_weak_certificates, set_peer_identity, set_identity_dn,
	set_identity_fqdn, set_entry_identity, set_nat_keepalive, set_nat_traversal, set_nat_transparency, set_over_tcp,
	set_ike_fragmentation, set_spi_recovery,
	set_transform, set_transform_mode, set_transform_esn, set_global_lifetime,
	set_global_replay, set_global_dummy, set_global_padding,
	set_access_list, set_access_list_remark,
	set_named_acl, set_ipv6_acl, set_ace, set_remark, unset_ace_number,
	set_map, set_map_local_address, set_description, set_peer,
	set_profile, set_tunnel_mode, set_tunnel_source, set_tunnel_destination,
	set_tunnel_protection, set_map_dynamic, set_dynamic,
	set_dynamic_transforms, set_dynamic_pfs, set_dynamic_lifetime,
	set_dynamic_idle, set_dynamic_dummy, set_dynamic_padding,
	set_dynamic_replay, set_dynamic_demux, set_entry_demux, set_dynamic_match, set_global_idle, set_entry_idle,
	set_entry_level,
	set_entry_transforms, set_pfs, set_entry_lifetime, set_entry_replay,
	set_entry_dummy, set_entry_padding,
	set_session_key, set_match_address, set_interface, set_interface_map,
	set_interface_mss, set_df, set_frag, set_bypass, set_pre_classify,
	set_reverse_route, set_map_reverse_route, set_dynamic_reverse_route,
	set_unnumbered, set_management,
	set_aaa, set_aaa_login, set_aaa_network, set_user, set_pool,
	set_group_of_clients, set_group_key, set_group_pool, set_group_dns,
	set_group_wins, set_group_domain, set_group_netmask, set_group_acl,
	set_group_save, set_group_logins, set_group_users, set_group_banner, set_map_login, set_map_groups,
	set_map_addresses, set_radius_host, set_radius_key, set_radius_timeout,
	set_radius_retransmit, set_radius_deadtime, set_radius_signed,
	set_vpngroup, set_vpngroup_split_dns, set_vpngroup_ignored,
	set_group_idle, set_group_session,
	set_server_group, set_group_server, set_group_private,
	set_asa_server_group, set_asa_server, set_asa_key, set_asa_timeout,
	set_asa_retry, set_asa_port, set_asa_ignored,
	set_tunnel_group, set_tunnel_general, set_tunnel_ipsec,
	set_tunnel_pool, set_tunnel_policy, set_tunnel_login, set_tunnel_key,
	set_tunnel_keepalive,
	set_tunnel_users, set_tunnel_ppp, set_tunnel_ppp_method, set_group_policy, set_group_policy_attributes,
	set_user_attributes, set_user_policy, set_attr_framed, set_attr_pool,
	set_attr_dns, set_attr_wins, set_attr_split_dns, set_attr_backup, set_attr_domain, set_attr_split,
	set_attr_acl, set_attr_banner, set_attr_save, set_attr_idle,
	set_attr_session, set_attr_logins, set_attr_protocols, set_max_sessions,
	set_group_pfs, set_group_split_dns, set_group_backup,
	set_group_local_lan, set_attr_pfs, set_attr_intercept,
	set_ezvpn, set_ezvpn_connect, set_ezvpn_group, set_ezvpn_mode,
	set_ezvpn_peer, set_ezvpn_user, set_ezvpn_xauth, set_ezvpn_acl,
	set_ezvpn_identity,
	set_interface_ezvpn,
	set_ike_proposal, set_ike_policy, set_ike_identity, set_ike_keepalive,
	set_ike_nat_traversal, set_autokey_proposal, set_autokey_map,
	set_autokey_dynamic, set_autokey_identity, set_anti_replay, set_nec_acl,
	set_policy_transport, set_napt, set_no_shutdown;

/* Those of keyrings and ISAKMP profiles. */
cli_config_fn set_keyring, set_keyring_description, set_keyring_local,
	set_keyring_key, set_isakmp_profile, set_profile_description,
	set_profile_keyring, set_profile_match, set_profile_identity,
	set_profile_local, set_profile_trustpoint, set_profile_mode,
	set_profile_keepalive, set_profile_login, set_profile_groups,
	set_profile_respond, set_profile_accounting, set_entry_isakmp_profile,
	set_dynamic_isakmp_profile;

#endif
