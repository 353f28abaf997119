/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows of the table in table.c, which includes this between its own: remote access
 * (C-019, C-080, F-029, F-030).
 */

	CONFIG(CONFIG, "[no] aaa new-model", set_aaa,
	       H_AAA "As on IOS; lists are used where they are named\n"),
	CONFIG(CONFIG, "[no] aaa authentication login NAME$list "
	       "![<local$method|group <radius=$method|NAME$servers> [local$method]>]",
	       set_aaa_login,
	       H_AAA "Who somebody is\n"
	       "Clients, by XAUTH\n" H_LIST_NAME
	       "The users of this configuration\n"
	       "A group of servers\n"
	       "All servers of radius-server host\n"
	       "Name of aaa group server radius, or aaa-server\n"
	       "When none of them answers: the users of this configuration\n"),
	CONFIG(CONFIG, "[no] aaa authorization network NAME$list "
	       "![NAME$method...]", set_aaa_network,
	       H_AAA "What somebody may do\n"
	       "Groups of clients\n" H_LIST_NAME H_LOCAL),
	CONFIG(CONFIG, "[no] username NAME$user ![<password [0] KEY$key [<mschap|nt-encrypted>]|"
	       "secret <[0] KEY$key|5 KEY$hash>>]", set_user,
	       "Users that the list `local' knows\n"
	       "Name\n"
	       "Their password, of which a hash is kept\n"
	       "It follows in plain text\n" "Password\n"
	       "Of users of L2TP: keep the hash that MS-CHAP needs\n"
	       "It is that hash: 32 hexadecimal digits\n"
	       "The same\n"
	       "It follows in plain text\n" "Password\n"
	       "Its hash follows\n" "As crypt(5) has it: $1$, $5$ or $6$\n"),
	CONFIG(CONFIG, "[no] ip local pool NAME$pool "
	       "![<A.B.C.D$first [A.B.C.D$last]|A.B.C.D-A.B.C.D$range> "
	       "[mask A.B.C.D$mask]]", set_pool,
	       H_IP "Of this system\n"
	       "Addresses for clients\n" H_POOL_NAME
	       "First address\n" "Last address\n" "First and last address\n"
	       "What clients are told, if their group has no netmask\n"
	       "Mask\n"),
	CONFIG(CONFIG, "[no] crypto isakmp client configuration group "
	       "NAME$group", set_group_of_clients,
	       H_CRYPTO H_ISAKMP
	       "Clients of remote access\n"
	       "What they are told (mode configuration)\n"
	       "Those who name a group; default: who names no other\n"
	       "Name, which is the identity of its clients (key ID)\n"),
	CONFIG(GROUP, "[no] key ![[0] KEY$key]", set_group_key,
	       "Pre-shared key of the group (aggressive mode)\n"
	       "The key follows in plain text\n" "Pre-shared key\n"),
	CONFIG(GROUP, "[no] pool ![NAME$pool]", set_group_pool,
	       "Where their addresses come from\n" H_POOL_NAME),
	CONFIG(GROUP, "[no] dns ![A.B.C.D$server [A.B.C.D$second]]",
	       set_group_dns,
	       "Name servers\n" "Address\n" "Address of another\n"),
	CONFIG(GROUP, "[no] wins ![A.B.C.D$server [A.B.C.D$second]]",
	       set_group_wins,
	       "Name servers of NetBIOS\n" "Address\n" "Address of another\n"),
	CONFIG(GROUP, "[no] domain ![HOST$domain]", set_group_domain,
	       "Domain of names without one\n" "Domain name\n"),
	CONFIG(GROUP, "[no] netmask ![A.B.C.D$mask]", set_group_netmask,
	       "Mask of their addresses\n" "Mask\n"),
	CONFIG(GROUP, "[no] acl ![NAME$acl]", set_group_acl,
	       "What they protect, as seen from here; else everything\n"
	       H_ACL_NAME),
	CONFIG(GROUP, "[no] save-password", set_group_save,
	       "They may keep the password of their user\n"),
	CONFIG(GROUP, "[no] pfs", set_group_pfs,
	       "They are to use perfect forward secrecy\n"),
	CONFIG(GROUP, "[no] split-dns ![HOST$name]", set_group_split_dns,
	       "A domain whose names are asked for through the tunnel\n"
	       "Domain name, one more\n"),
	CONFIG(GROUP, "[no] backup-gateway ![A.B.C.D$server]",
	       set_group_backup,
	       "A gateway that they call when this one is away\n"
	       "Address, one more\n"),
	CONFIG(GROUP, "[no] include-local-lan", set_group_local_lan,
	       "They may reach the network that they are in beside the tunnel\n"),
	CONFIG(GROUP, "[no] max-logins ![(1-10)$n]", set_group_logins,
	       "How often a user may be logged in at a time\n"
	       "Logins (default: without limit)\n"),
	CONFIG(GROUP, "[no] max-users ![(1-5000)$n]", set_group_users,
	       "How many clients of the group may be logged in at a time\n"
	       "Clients (default: without limit)\n"),
	CONFIG(GROUP, "[no] vpn-idle-timeout ![(1-1440)$minutes]",
	       set_group_idle,
	       "How long a session may be without traffic (a word of ASA)\n"
	       "Minutes (default: without limit)\n"),
	CONFIG(GROUP, "[no] vpn-session-timeout ![(1-35791394)$minutes]",
	       set_group_session,
	       "How long a session may be (a word of ASA)\n"
	       "Minutes (default: without limit)\n"),
	CONFIG(GROUP, "[no] banner ![LINE$banner]", set_group_banner,
	       "Text that they show\n" "Text\n"),
	CONFIG(CONFIG, "[no] crypto map NAME$map client authentication "
	       "[list] ![NAME$list]", set_map_login,
	       H_CRYPTO "Enter a crypto map\n" H_MAP_NAME H_CLIENTS
	       "Ask for user and password (XAUTH)\n"
	       "Whom to believe\n" H_LIST_NAME),
	CONFIG(CONFIG, "[no] crypto map NAME$map isakmp authorization list "
	       "![NAME$list]", set_map_groups,
	       H_CRYPTO "Enter a crypto map\n" H_MAP_NAME
	       "Phase 1: IKE\n"
	       "Use the groups of clients\n"
	       "Whose they are\n" H_LIST_NAME),
	CONFIG(CONFIG, "[no] crypto map NAME$map client configuration address "
	       "![<initiate|respond>]", set_map_addresses,
	       H_CRYPTO "Enter a crypto map\n" H_MAP_NAME H_CLIENTS
	       "Mode configuration\n"
	       "Addresses for them\n"
	       "Without being asked, as soon as they are let in\n"
	       "When they ask\n"),
