/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows of the table in table.c, which includes this between its own: this router as a
 * client of remote access (F-037, F-115).
 */

#define H_EZVPN		H_CRYPTO H_IPSEC				\
			"This router as a client of remote access\n"	\
			"Easy VPN\n"

	CONFIG(CONFIG, "[no] crypto ipsec client ezvpn NAME$ezvpn", set_ezvpn,
	       H_EZVPN "Name of the tunnel\n"),
	CONFIG(EZVPN, "[no] connect ![<auto|manual>$when]", set_ezvpn_connect,
	       "When the gateway is called\n"
	       "As soon as there is something to call it with (default)\n"
	       "When a command says so\n"),
	CONFIG(EZVPN, "[no] group ![NAME$group key [0] KEY$key]",
	       set_ezvpn_group,
	       "Group that we are of (aggressive mode)\n"
	       "Its name, which is our identity (key ID)\n"
	       "Its pre-shared key\n"
	       "The key follows in plain text\n" "Pre-shared key\n"),
	CONFIG(EZVPN, "[no] mode ![<client|network-extension|network-plus>$mode]",
	       set_ezvpn_mode,
	       "What the gateway sees of us\n"
	       "An address that it gives (default)\n"
	       "Our networks\n"
	       "Both\n"),
	CONFIG(EZVPN, "[no] peer ![<A.B.C.D$peer|X:X:X:X::X$peer|HOST$peer> "
	       "[default]]", set_ezvpn_peer,
	       "Gateway; further lines add those to fall back on\n" H_PEER
	       "Name, looked up before each call\n"
	       "The one to begin with again whenever a tunnel ended\n"),
	CONFIG(EZVPN, "[no] username ![NAME$user password [0] KEY$password]",
	       set_ezvpn_user,
	       "Who we are for the gateway (XAUTH)\n" "Name\n"
	       "Password, if the gateway lets it be kept\n"
	       "It follows in plain text\n" "Password\n"),
	CONFIG(EZVPN, "[no] xauth userid mode ![<interactive|local>$how]",
	       set_ezvpn_xauth,
	       "Extended authentication\n" "User and password\n"
	       "Where they come from\n"
	       "They are typed, each time\n"
	       "As username says (default); without it they are typed\n"),
	CONFIG(EZVPN, "[no] acl ![NAME$acl]", set_ezvpn_acl,
	       "Our networks, as sources of its lines; else of interfaces inside\n"
	       H_ACL_NAME),
	CONFIG(EZVPN, "[no] identity ![NAME$identity]", set_ezvpn_identity,
	       "Whom its certificate must name, else as peer says\n"
	       "Name of the identity (crypto identity)\n"),
	CONFIG(IF, "[no] crypto ipsec client ezvpn NAME$ezvpn "
	       "[<outside|inside>$side]", set_interface_ezvpn,
	       H_EZVPN "Name of the tunnel\n"
	       "The gateway is called from here (default)\n"
	       "What is behind it goes through the tunnel\n"),
