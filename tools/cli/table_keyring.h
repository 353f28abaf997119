/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of the table in table.c, which includes this between its own: keyrings and ISAKMP profiles. */

#define H_LOCAL_ADDRESS							\
	"Only for peers that come to this end\n"			\
	"An address of this router\n"					\
	"Interface that has the address\n"
#define H_DESCRIPTION	"Description\n" "Text\n"
#define H_MATCH		"Which peers it is for\n" "What they call themselves\n"
#define H_KEYRING_NAME	"Name of the keyring\n"
#define H_ISAKMP_PROFILE						\
	"Only for peers of this profile, by which they are called, too\n" \
	"Name of the ISAKMP profile\n"

	CONFIG(CONFIG, "[no] crypto keyring NAME$keyring [vrf NAME$vrf]",
	       set_keyring,
	       H_CRYPTO "Pre-shared keys for ISAKMP profiles\n"
	       H_KEYRING_NAME
	       "Not possible: the keys of one VRF alone\n" "Name of the VRF\n"),
	CONFIG(KEYRING, "[no] description ![LINE$description]",
	       set_keyring_description, H_DESCRIPTION),
	CONFIG(KEYRING, "[no] local-address ![<A.B.C.D$address|IFNAME$interface>]",
	       set_keyring_local, H_LOCAL_ADDRESS),
	CONFIG(KEYRING, "[no] pre-shared-key "
	       "<address <A.B.C.D$address [A.B.C.D$mask]|ipv6 "
	       "<X:X:X:X::X/LEN$prefix|X:X:X:X::X$address>>|"
	       "hostname HOST$hostname> ![key [0] KEY$key]", set_keyring_key,
	       "Set pre-shared key for remote peer\n"
	       "Define shared key with IP address\n"
	       "Peer IP address\n"
	       "Peer IP netmask\n"
	       "Peers with IPv6\n"
	       "Prefix of the peers; ::/0: all of them\n"
	       "Peer IPv6 address\n"
	       "Define shared key with the name that the peer gives itself\n"
	       "Its FQDN, user FQDN or key ID (aggressive mode)\n"
	       "The key itself\n"
	       "The key follows in plain text\n"
	       "Pre-shared key\n"),
	CONFIG(CONFIG, "[no] crypto isakmp profile NAME$iprofile",
	       set_isakmp_profile,
	       H_CRYPTO H_ISAKMP
	       "Phase 1 with peers that are known by their identity\n"
	       "Name of the ISAKMP profile\n"),
	CONFIG(ISAKMP_PROFILE, "[no] description ![LINE$description]",
	       set_profile_description, H_DESCRIPTION),
	CONFIG(ISAKMP_PROFILE, "[no] keyring ![NAME$keyring]", set_profile_keyring,
	       "Where its keys are; without any, as crypto isakmp key says\n"
	       H_KEYRING_NAME),
	CONFIG(ISAKMP_PROFILE, "[no] match identity "
	       "<address A.B.C.D$address [A.B.C.D$mask]|"
	       "host <HOST$host|domain HOST$domain>|"
	       "user <HOST$user|domain HOST$domain>|"
	       "group NAME$group>", set_profile_match,
	       H_MATCH
	       "An address\n" "Address\n" "Netmask\n"
	       "A fully qualified domain name\n" "Domain name\n"
	       "All names of a domain\n" "Domain\n"
	       "A user name in a domain\n" "Name in the form user@domain\n"
	       "All users of a domain\n" "Domain\n"
	       "A key ID, the name of a group\n" "Name of the group\n"),
	CONFIG(ISAKMP_PROFILE, "[no] self-identity "
	       "![<address|fqdn [HOST$fqdn]|user-fqdn HOST$user>]",
	       set_profile_identity,
	       "Identity that is sent to its peers\n"
	       "The address of the interface\n"
	       "A fully qualified domain name\n"
	       "Domain name (default: the host name)\n"
	       "A user name in a domain\n"
	       "Name in the form user@domain\n"),
	CONFIG(ISAKMP_PROFILE, "[no] local-address "
	       "![<A.B.C.D$address|IFNAME$interface>]", set_profile_local,
	       H_LOCAL_ADDRESS),
	CONFIG(ISAKMP_PROFILE, "[no] ca trust-point ![NAME$trustpoint]",
	       set_profile_trustpoint,
	       "Certificates\n"
	       "Whose are trusted, and which is ours; else as all trustpoints say\n"
	       "Name of the trustpoint\n"),
	CONFIG(ISAKMP_PROFILE, "[no] initiate mode ![aggressive]",
	       set_profile_mode,
	       "How its peers are called\n" "The mode of phase 1\n"
	       "Aggressive mode; else main mode\n"),
	CONFIG(ISAKMP_PROFILE, "[no] keepalive ![(10-3600)$seconds retry (2-60)$retry]",
	       set_profile_keepalive,
	       "Detect dead peers (DPD)\n"
	       "Seconds between probes\n"
	       "When a probe is not answered\n"
	       "Seconds between retries\n"),
	CONFIG(ISAKMP_PROFILE, "[no] client authentication list ![NAME$list]",
	       set_profile_login,
	       H_CLIENTS "Ask for user and password (XAUTH)\n"
	       "Whom to believe\n" H_LIST_NAME),
	CONFIG(ISAKMP_PROFILE, "[no] isakmp authorization list ![NAME$list]",
	       set_profile_groups,
	       H_ISAKMP "Use the groups of clients\n"
	       "Whose they are\n" H_LIST_NAME),
	CONFIG(ISAKMP_PROFILE, "[no] client configuration address "
	       "![<initiate|respond>$how]", set_profile_respond,
	       H_CLIENTS "Mode configuration\n"
	       "Addresses for them\n"
	       "Not possible: before they ask\n"
	       "When they ask\n"),
	CONFIG(ISAKMP_PROFILE, "[no] accounting ![NAME$list]",
	       set_profile_accounting,
	       "Ignored: accounts of clients are not kept\n" H_LIST_NAME),
	ENTRY("[no] set isakmp-profile ![NAME$iprofile]",
	      set_entry_isakmp_profile, H_SET H_ISAKMP_PROFILE),
	CONFIG(CONFIG, DYNAMIC "set isakmp-profile ![NAME$iprofile]",
	       set_dynamic_isakmp_profile,
	       H_DYNAMIC H_SET H_ISAKMP_PROFILE),
