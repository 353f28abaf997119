/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows of the table in table.c, which includes this between its own: crypto maps, dynamic
 * maps and what their entries, and profiles, have (C-021 to C-041).
 */

	CONFIG(CONFIG, "[no] crypto map NAME$map ![(1-65535)$seq "
	       "[<ipsec-isakmp|ipsec-manual>$type]]", set_map,
	       H_CRYPTO
	       "Enter a crypto map\n" H_MAP_NAME
	       "Sequence number, lowest is tried first\n"
	       "Keys are negotiated by IKE\n"
	       "Keys are configured by hand\n"),
	CONFIG(CONFIG, "[no] crypto map NAME$map (1-65535)$seq ipsec-isakmp "
	       "dynamic ![NAME$dynamic]", set_map_dynamic,
	       H_CRYPTO
	       "Enter a crypto map\n" H_MAP_NAME
	       "Sequence number, lowest is tried first\n"
	       "Keys are negotiated by IKE\n"
	       "Peers that no other entry names, by a dynamic map\n"
	       "Dynamic crypto map tag\n"),
	CONFIG(CONFIG, "[no] crypto map NAME$map local-address "
	       "![IFNAME$interface]", set_map_local_address,
	       H_CRYPTO
	       "Enter a crypto map\n" H_MAP_NAME
	       "Use the address of this interface as local end\n"
	       H_INTERFACE),
	CONFIG(CONFIG, "[no] crypto dynamic-map NAME$dynamic ![(1-65535)$seq]",
	       set_dynamic, H_DYNAMIC),
	CONFIG(CONFIG, DYNAMIC "set [ikev1] transform-set ![NAME$transform...]",
	       set_dynamic_transforms,
	       H_DYNAMIC H_SET H_IKEV1
	       "Specify list of transform sets in priority order\n"
	       "Transform set tag\n"),
	CONFIG(CONFIG, DYNAMIC "set pfs [" GROUPS("group") "$group]",
	       set_dynamic_pfs,
	       H_DYNAMIC H_SET
	       "Perfect forward secrecy; group14 unless said otherwise\n"
	       H_GROUPS),
	CONFIG(CONFIG, DYNAMIC "set security-association lifetime " LIFETIME,
	       set_dynamic_lifetime,
	       H_DYNAMIC H_SET
	       "Security association parameters\n"
	       "Security association lifetime\n" H_LIFETIME),
	CONFIG(CONFIG, DYNAMIC "set security-association idle-time "
	       "![(60-86400)$seconds]", set_dynamic_idle,
	       H_DYNAMIC H_SET
	       "Security association parameters\n" H_IDLE),
	CONFIG(CONFIG, DYNAMIC "set security-association dummy ![" DUMMY "]",
	       set_dynamic_dummy,
	       H_DYNAMIC H_SET
	       "Security association parameters\n" H_DUMMY),
	CONFIG(CONFIG, DYNAMIC "set security-association tfc-padding "
	       "![" PADDING "]", set_dynamic_padding,
	       H_DYNAMIC H_SET
	       "Security association parameters\n" H_PADDING),
	CONFIG(CONFIG, DYNAMIC "set security-association replay "
	       "<disable|window-size ![" WINDOWS "]>", set_dynamic_replay,
	       H_DYNAMIC H_SET
	       "Security association parameters\n"
	       "Replay detection\n"
	       "Switch replay detection off\n"
	       "Size of the replay window\n" H_WINDOWS),
	CONFIG(CONFIG, DYNAMIC "set nat demux", set_dynamic_demux,
	       H_DYNAMIC H_SET H_DEMUX),
	CONFIG(DYN, "[no] set nat demux", set_entry_demux, H_SET H_DEMUX),
	CONFIG(CONFIG, DYNAMIC "match address ![NAME$acl]", set_dynamic_match,
	       H_DYNAMIC
	       "Match values\n"
	       "What peers may ask for\n" H_ACL_NAME),
	ENTRY("[no] description ![LINE$description]", set_description,
	       "Description of the entry\n" "Text\n"),
	{ CLI_IN(MAP) | CLI_IN(DYN), "[no] identity ![NAME$identity]", H_IDENTITY,
	  set_entry_identity, CLI_EXEC_NONE },
	ENTRY("[no] set identity ![NAME$identity]", set_entry_identity,
	      H_SET H_IDENTITY),
	CONFIG(MAP, "[no] set peer ![" PEER "]", set_peer,
	       H_SET "Allowed encryption and decryption peer\n"
	       "Address of the peer; further lines add peers to fall back on\n"
	       "IPv6 address of the peer (ipsec-manual entries)\n"),
	ENTRY("[no] set [ikev1] transform-set ![NAME$transform...]",
	       set_entry_transforms,
	       H_SET H_IKEV1 "Specify list of transform sets in priority order\n"
	       "Transform set tag\n"),
	ENTRY("[no] set pfs [" GROUPS("group") "$group]", set_pfs,
	       H_SET "Perfect forward secrecy; group14 unless said otherwise\n"
	       H_GROUPS),
	ENTRY("[no] set security-association idle-time ![(60-86400)$seconds]",
	      set_entry_idle,
	       H_SET "Security association parameters\n" H_IDLE),
	CONFIG(MAP, "[no] set security-association level ![per-host]",
	       set_entry_level,
	       H_SET "Security association parameters\n"
	       "What has security associations of its own\n"
	       "Each pair of hosts, instead of each line of the access list\n"),
	ENTRY("[no] set security-association lifetime " LIFETIME,
	       set_entry_lifetime,
	       H_SET "Security association parameters\n"
	       "Security association lifetime\n" H_LIFETIME),
	ENTRY("[no] set security-association dummy "
	       "![" DUMMY "]", set_entry_dummy,
	       H_SET "Security association parameters\n" H_DUMMY),
	ENTRY("[no] set security-association tfc-padding "
	       "![" PADDING "]", set_entry_padding,
	       H_SET "Security association parameters\n" H_PADDING),
	ENTRY("[no] set security-association replay "
	       "<disable|window-size ![" WINDOWS "]>", set_entry_replay,
	       H_SET "Security association parameters\n"
	       "Replay detection\n"
	       "Switch replay detection off\n"
	       "Size of the replay window\n" H_WINDOWS),
	CONFIG(MAP, "[no] set session-key <inbound|outbound>$direction esp "
	       "![(256-4294967295)$spi ![[cipher HEX$cipher] "
	       "authenticator HEX$authenticator]]", set_session_key,
	       H_SET "Keys of an ipsec-manual entry\n"
	       "For packets from the peer\n"
	       "For packets to the peer\n"
	       "Encapsulating Security Payload\n"
	       "Security parameter index\n"
	       "Cipher key (none with esp-null)\n"
	       "Key in hexadecimal\n"
	       "Authentication key\n"
	       "Key in hexadecimal\n"),
	{ CLI_IN(MAP) | CLI_IN(DYN), "[no] reverse-route [static]",
	  H_ROUTES "Always, not only while there are SAs\n",
	  set_reverse_route, CLI_EXEC_NONE },
	{ CLI_IN(MAP) | CLI_IN(DYN), "[no] set reverse-route [dynamic]",
	  H_SET H_ROUTES H_ROUTES_DYNAMIC, set_reverse_route, CLI_EXEC_NONE },
	CONFIG(CONFIG, "[no] crypto map NAME$map (1-65535)$seq set "
	       "reverse-route [dynamic]", set_map_reverse_route,
	       H_CRYPTO
	       "Enter a crypto map\n" H_MAP_NAME
	       "Sequence number, lowest is tried first\n"
	       H_SET H_ROUTES H_ROUTES_DYNAMIC),
	CONFIG(CONFIG, DYNAMIC "set reverse-route [dynamic]",
	       set_dynamic_reverse_route,
	       H_DYNAMIC H_SET H_ROUTES H_ROUTES_DYNAMIC),
	{ CLI_IN(MAP) | CLI_IN(IF), "[no] qos pre-classify",
	  "Quality of service\n"
	  "The output queue sees the flows inside\n",
	  set_pre_classify, CLI_EXEC_NONE },
	{ CLI_IN(MAP) | CLI_IN(DYN), "[no] match address ![NAME$acl]",
	  "Match values\n"
	  "Packets that this access list permits\n" H_ACL_NAME,
	  set_match_address, CLI_EXEC_NONE },
