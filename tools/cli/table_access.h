/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows of the table in table.c, which includes this between its own: tunnel groups, group
 * policies and attributes of users, as ASA has them (C-059 to C-079).
 */

#define H_TUNNEL_GROUP	"Whose keys, pools and policies these are\n"	\
	"Name: of a remote-access group, or address of a peer\n"
#define H_GROUP_POLICY	"What clients are told and may do\n" "Name of the policy\n"
#define H_INHERIT	"None, whatever would be inherited\n"
#define H_VALUE		"It follows\n"
#define H_MINUTES(what)	what "\n" "Minutes\n" "Without limit\n"

/* In a group policy, or of a user: `no` inherits. */
#define ATTR(syntax, handler, help)					\
	{ CLI_IN(GROUP_POLICY) | CLI_IN(USER), syntax, help, handler,	\
	  CLI_EXEC_NONE }

	CONFIG(CONFIG, "[no] tunnel-group NAME$group type "
	       "<remote-access|ipsec-ra|ipsec-l2l>", set_tunnel_group,
	       H_TUNNEL_GROUP
	       "Kind of peers\n"
	       "Clients\n" "Clients (old word)\n" "A router\n"),
	CONFIG(CONFIG, "tunnel-group NAME$group general-attributes",
	       set_tunnel_general,
	       H_TUNNEL_GROUP "Users, addresses and policy\n"),
	CONFIG(CONFIG, "tunnel-group NAME$group ipsec-attributes",
	       set_tunnel_ipsec, H_TUNNEL_GROUP "Keys\n"),
	CONFIG(TUNNEL_GENERAL, "[no] address-pool ![NAME$pool]",
	       set_tunnel_pool,
	       "Where addresses come from, if no policy says it\n" H_POOL_NAME),
	CONFIG(TUNNEL_GENERAL, "[no] default-group-policy ![NAME$policy]",
	       set_tunnel_policy,
	       "Policy of those whose users have none (DfltGrpPolicy)\n"
	       "Name of the policy\n"),
	CONFIG(TUNNEL_GENERAL, "[no] authentication-server-group "
	       "![<none=|[IN-PARENTHESES] NAME$list [local=]>]",
	       set_tunnel_login,
	       "Where users are looked for (LOCAL)\n"
	       "Users are not asked for\n"
	       "Of an interface: understood, but of no meaning\n"
	       "List of aaa authentication login, group of servers, or LOCAL\n"
	       "When no server answers: users of this configuration\n"),
	CONFIG(TUNNEL_IPSEC, "[no] [ikev1] pre-shared-key ![[0] KEY$key]",
	       set_tunnel_key,
	       "IKE version 1\n" "Key\n"
	       "The key follows in plain text\n" "Pre-shared key\n"),
	CONFIG(TUNNEL_IPSEC, "[no] isakmp keepalive "
	       "![<disable|threshold <infinite|(10-3600)$seconds> [retry (2-10)$retry]>]",
	       set_tunnel_keepalive,
	       "Phase 1: IKE\n" "Are peers asked if they live (DPD)?\n"
	       "No\n" "When nothing came from them for so long\n"
	       "Never\n"
	       "Seconds (default 10, of clients 300)\n"
	       "When they do not answer, again after so long\n"
	       "Seconds (default 2)\n"),
	CONFIG(TUNNEL_IPSEC, "[no] <isakmp ikev1-user-authentication|"
	       "ikev1 user-authentication> ![<none|xauth|hybrid>]",
	       set_tunnel_users,
	       "Phase 1: IKE\n" "Are users asked for (XAUTH)?\n"
	       "IKE version 1\n" "Are users asked for (XAUTH)?\n"
	       "No\n" "Yes (default)\n"
	       "Yes, and clients need neither key nor certificate\n"),
	CONFIG(CONFIG, "tunnel-group NAME$group ppp-attributes",
	       set_tunnel_ppp, H_TUNNEL_GROUP "How users of L2TP say who they are\n"),
	CONFIG(TUNNEL_PPP, "[no] authentication <pap|chap|ms-chap-v1|ms-chap-v2|eap-proxy>",
	       set_tunnel_ppp_method,
	       "Methods of PPP\n"
	       "The password itself\n"
	       "A hash of it; RADIUS alone can check it (default)\n"
	       "Of Microsoft (default); users need `mschap'\n"
	       "The same, and the server proves itself, too\n"
	       "Understood, but there is none here\n"),

	CONFIG(CONFIG, "[no] vpn-sessiondb max-session-limit ![(1-100000)$n]",
	       set_max_sessions,
	       "Sessions of clients\n"
	       "How many there may be, of all groups\n"
	       "Sessions (default: without limit)\n"),
	CONFIG(CONFIG, "[no] group-policy NAME$policy ![internal]",
	       set_group_policy,
	       H_GROUP_POLICY "Its attributes are in this configuration\n"),
	CONFIG(CONFIG, "group-policy NAME$policy attributes",
	       set_group_policy_attributes, H_GROUP_POLICY "Change them\n"),
	CONFIG(CONFIG, "[no] username NAME$user attributes",
	       set_user_attributes,
	       "Users that the list `local' knows\n" "Name\n"
	       "What they are told and may do\n"),
	CONFIG(USER, "[no] vpn-group-policy ![NAME$policy]", set_user_policy,
	       "In place of that of the tunnel group\n" "Name of the policy\n"),
	CONFIG(USER, "[no] vpn-framed-ip-address ![A.B.C.D$address [A.B.C.D$mask]]",
	       set_attr_framed, "Address that is the user's alone\n"
	       "Address\n" "Mask\n"),
	ATTR("[no] address-pools ![<none|value NAME$pool>]", set_attr_pool,
	     "Where addresses come from\n" H_INHERIT H_VALUE H_POOL_NAME),
	ATTR("[no] dns-server ![<none|value A.B.C.D$server [A.B.C.D$second]>]",
	     set_attr_dns, "Name servers\n" H_INHERIT H_VALUE
	     "Address\n" "Address of another\n"),
	ATTR("[no] wins-server ![<none|value A.B.C.D$server [A.B.C.D$second]>]",
	     set_attr_wins, "Name servers of NetBIOS\n" H_INHERIT H_VALUE
	     "Address\n" "Address of another\n"),
	ATTR("[no] default-domain ![<none|value HOST$domain>]",
	     set_attr_domain, "Domain of names without one\n" H_INHERIT
	     H_VALUE "Domain name\n"),
	ATTR("[no] split-dns ![<none|value HOST$name...>]", set_attr_split_dns,
	     "Domains whose names are asked for through the tunnel\n"
	     H_INHERIT H_VALUE "Domain name\n"),
	ATTR("[no] backup-servers ![<keep-client-config|A.B.C.D$server...>]",
	     set_attr_backup, "Gateways that clients call when this one is away\n"
	     "Those that the client has (default)\n" "Address\n"),
	ATTR("[no] split-tunnel-policy ![<tunnelall|tunnelspecified|excludespecified>]",
	     set_attr_split, "What goes through the tunnel\n"
	     "Everything (default)\n" "What the list says\n"
	     "All but what the list says (clients of Cisco)\n"),
	ATTR("[no] split-tunnel-network-list ![<none|value NAME$acl>]",
	     set_attr_acl, "Networks, as seen from here\n" H_INHERIT H_VALUE
	     H_ACL_NAME),
	ATTR("[no] intercept-dhcp ![[A.B.C.D$mask] <enable|disable>]",
	     set_attr_intercept,
	     "Answer DHCPINFORM of clients of L2TP: mask, domain, routes\n"
	     "Mask that they are told (255.255.255.255)\n" "Yes\n"
	     "No (default)\n"),
	ATTR("[no] banner ![<none|value LINE$banner>]", set_attr_banner,
	     "Text that clients show\n" H_INHERIT H_VALUE "Text\n"),
	ATTR("[no] password-storage ![<enable|disable>]", set_attr_save,
	     "May they keep the password of their user?\n" "Yes\n"
	     "No (default)\n"),
	ATTR("[no] pfs ![<enable|disable>]", set_attr_pfs,
	     "Are they to use perfect forward secrecy?\n" "Yes\n"
	     "No (default)\n"),
	ATTR("[no] vpn-idle-timeout ![<(1-1440)$minutes|none>]",
	     set_attr_idle,
	     H_MINUTES("How long a session may be without traffic (30)")),
	ATTR("[no] vpn-session-timeout ![<(1-35791394)$minutes|none>]",
	     set_attr_session,
	     H_MINUTES("How long a session may be (without limit)")),
	ATTR("[no] vpn-simultaneous-logins ![(0-2147483647)$n]",
	     set_attr_logins,
	     "How often a user may be logged in at a time (3); one more is refused\n"
	     "Logins; 0: not at all\n"),
	ATTR("[no] vpn-tunnel-protocol ![<ikev1|ipsec|l2tp-ipsec|webvpn>...]",
	     set_attr_protocols, "What they may use (all)\n"
	     "IPsec of IKE version 1\n" "The same (old word)\n"
	     "L2TP protected by IPsec\n" "Understood, but there is none here\n"),
	ATTR("[no] svc compression ![<none|deflate|lzs>]", set_asa_ignored,
	     "Of SSL, ignored: there is none here\n" "Its compression\n"
	     "No\n" "Of RFC 1951\n" "Of Hifn\n"),
