/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows of the table in table.c, which includes this between its own: groups of clients as
 * PIX 6 has them (C-071).  Each line is one of `crypto isakmp client configuration group`.
 */

#define VPNGROUP(syntax, handler, help)					\
	CONFIG(CONFIG, "[no] vpngroup NAME$group " syntax, handler,	\
	       "Groups of clients, as PIX 6 has them\n"		\
	       "Name, which is the identity of its clients (key ID)\n" help)
#define VPNGROUP_SERVERS	"![A.B.C.D$server [A.B.C.D$second]]"

	CONFIG(CONFIG, "[no] vpngroup NAME$group", set_vpngroup,
	       "Groups of clients, as PIX 6 has them\n"
	       "Name, which is the identity of its clients (key ID)\n"),
	VPNGROUP("address-pool ![NAME$pool]", set_group_pool,
		 "Where their addresses come from\n" H_POOL_NAME),
	VPNGROUP("dns-server " VPNGROUP_SERVERS, set_group_dns,
		 "Name servers\n" "Address\n" "Address of another\n"),
	VPNGROUP("wins-server " VPNGROUP_SERVERS, set_group_wins,
		 "Name servers of NetBIOS\n" "Address\n"
		 "Address of another\n"),
	VPNGROUP("default-domain ![HOST$domain]", set_group_domain,
		 "Domain of names without one\n" "Domain name\n"),
	VPNGROUP("split-tunnel ![NAME$acl]", set_group_acl,
		 "What they protect, as seen from here; else everything\n"
		 H_ACL_NAME),
	VPNGROUP("split-dns ![HOST$name...]", set_vpngroup_split_dns,
		 "Domains whose names are asked for through the tunnel\n"
		 "Domain name\n"),
	VPNGROUP("pfs", set_group_pfs,
		 "They are to use perfect forward secrecy\n"),
	VPNGROUP("idle-time ![(60-86400)$seconds]", set_group_idle,
		 "How long a session may be without traffic\n"
		 "Seconds (minutes count, rounded up)\n"),
	VPNGROUP("max-time ![(60-31536000)$seconds]", set_group_session,
		 "How long a session may be\n"
		 "Seconds (minutes count, rounded up)\n"),
	VPNGROUP("user-idle-timeout ![(1-86400)]", set_vpngroup_ignored,
		 "Of devices that ask users behind them: ignored\n"
		 "Seconds\n"),
	VPNGROUP("password ![KEY$key]", set_group_key,
		 "Pre-shared key of the group (aggressive mode)\n"
		 "Pre-shared key\n"),
