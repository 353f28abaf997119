/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows of the table in table.c, which includes this between its own: IPsec as NEC IX
 * spells it (C-027, C-093 to C-101).
 */

#define H_NEC_IKE		"Phase 1: IKE (NEC IX)\n"
#define H_NEC		"IPsec (NEC IX)\n"
#define H_IKE_POLICY	"Name of the ike policy\n"
#define H_AUTOKEY	"Name of the map (case-sensitive)\n"

#define NEC_GROUPS	"<768-bit|1024-bit|1536-bit|2048-bit|3072-bit|4096-bit>$group"
#define H_NEC_GROUPS							\
	"Diffie-Hellman group 1 (weak; default)\n"			\
	"Diffie-Hellman group 2 (weak)\n"				\
	"Diffie-Hellman group 5 (weak)\n"				\
	"Diffie-Hellman group 14\n"					\
	"Diffie-Hellman group 15\n"					\
	"Diffie-Hellman group 16\n"
#define NEC_PFS		"[pfs " NEC_GROUPS "]"
#define H_NEC_PFS	"Perfect forward secrecy (default: off)\n" H_NEC_GROUPS

#define NEC_NAME	"<keyid HOST$text|fqdn HOST$text|user-fqdn HOST$text|"	\
			"address A.B.C.D$text>"
#define H_NEC_NAME							\
	"A key ID\n" "Name\n"						\
	"A fully qualified domain name\n" "Domain name\n"		\
	"A user name in a domain\n" "Name in the form user@domain\n"	\
	"An address\n" "Address\n"

#define NEC_NET(s)	"<any$" s "any|A.B.C.D/LEN$" s "net>"
#define H_NEC_NET	"Any\n" "Addresses\n"
#define NEC_PORT(s, type)	"[" s "port <any|eq$" s "op " type "$" s "port>] "
#define H_NEC_PORT(side)	side " port\n" "Any\n" "Only this\n" "Port number or name\n"
#define NEC_ACE(proto, sport, dport)					\
	"[no] ip access-list NAME$acl ![<permit|deny>$action " proto	\
	"$protocol src " NEC_NET("s") " " sport "dest " NEC_NET("d") " " dport "]"
#define H_NEC_ACE(proto, sport, dport)					\
	H_IP "Line of an access list (NEC IX)\n" H_ACL_NAME H_ACTION proto \
	"Source\n" H_NEC_NET sport "Destination\n" H_NEC_NET dport

	CONFIG(CONFIG, "[no] ike proposal NAME$proposal ![encryption "
	       "<des|3des|aes|aes-192|aes-256>$cipher hash "
	       "<md5|sha|sha2-256|sha2-384|sha2-512>$hash "
	       "[group " NEC_GROUPS "] [lifetime (60-86400)$seconds]]", set_ike_proposal,
	       H_NEC_IKE "Algorithms of phase 1\n" "Name of the proposal\n"
	       "Cipher\n"
	       "DES: 56-bit keys (weak)\n" "Three key triple DES\n"
	       "AES: 128-bit keys\n" "AES: 192-bit keys\n" "AES: 256-bit keys\n"
	       "Hash\n"
	       "Message Digest 5 (weak)\n" "SHA-1\n" "SHA-256\n" "SHA-384\n" "SHA-512\n"
	       "Diffie-Hellman group\n" H_NEC_GROUPS
	       "How long it lasts\n" "Seconds (default 28800)\n"),
	CONFIG(CONFIG, "[no] ike policy NAME$ike ![peer <A.B.C.D$peer|any> key KEY$key "
	       "[mode <main|aggressive>] NAME$proposal...]", set_ike_policy,
	       H_NEC_IKE "A peer, its key, and the proposals for it\n" H_IKE_POLICY
	       "Address of the peer\n" "Peer IP address\n" "It is not known\n"
	       "Pre-shared key\n" "Pre-shared key\n"
	       "How phase 1 begins\n" "In six messages (default)\n"
	       "In three, which show identities to everybody\n"
	       "Name of an ike proposal\n"),
	CONFIG(CONFIG, "[no] ike <local-id|remote-id>$side NAME$ike ![" NEC_NAME "]",
	       set_ike_identity,
	       H_NEC_IKE "Who we say that we are in phase 1 (default: our address)\n"
	       "Who the peer has to be (default: not looked at)\n"
	       H_IKE_POLICY H_NEC_NAME),
	CONFIG(CONFIG, "[no] ike keepalive NAME$ike ![(10-3600)$seconds [(2-60)$retry]]",
	       set_ike_keepalive,
	       H_NEC_IKE "Detect that the peer is dead (DPD)\n" H_IKE_POLICY
	       "Seconds between probes\n"
	       "Seconds between retries when a probe is not answered\n"),
	CONFIG(CONFIG, "[no] ike nat-traversal [keepalive (5-3600)$seconds]",
	       set_ike_nat_traversal,
	       H_NEC_IKE "UDP for ESP where there is a NAT (default)\n"
	       "Keep the translation of a NAT before this router\n"
	       "Seconds between keepalives (default 20)\n"),

	CONFIG(CONFIG, "[no] ipsec autokey-proposal NAME$proposal !["
	       "<esp-des|esp-3des|esp-aes|esp-aes-192|esp-aes-256|esp-null>$cipher "
	       "<esp-md5|esp-sha|esp-sha2-256|esp-sha2-384|esp-sha2-512>$hash "
	       "[lifetime [time] (120-2592000)$seconds "
	       "[kilobytes (2560-4294967295)$kilobytes]]]", set_autokey_proposal,
	       H_NEC "Algorithms of phase 2\n" "Name of the proposal\n"
	       "DES: 56-bit keys (weak)\n" "Three key triple DES\n"
	       "AES: 128-bit keys\n" "AES: 192-bit keys\n" "AES: 256-bit keys\n"
	       "No cipher\n"
	       "HMAC-MD5 (weak)\n" "HMAC-SHA-1\n" "HMAC-SHA-256\n" "HMAC-SHA-384\n"
	       "HMAC-SHA-512\n"
	       "How long SAs last\n" "By time\n" "Seconds (default 28800)\n"
	       "By volume (default: without limit)\n" "Kilobytes\n"),
	CONFIG(CONFIG, "[no] ipsec autokey-map NAME$autokey ![NAME$acl peer A.B.C.D$peer "
	       "NAME$proposal... " NEC_PFS "]", set_autokey_map,
	       H_NEC "What is protected, and for whom\n" H_AUTOKEY
	       H_ACL_NAME "Address of the peer\n" "Peer IP address\n"
	       "Name of an ipsec autokey-proposal\n" H_NEC_PFS),
	CONFIG(CONFIG, "[no] ipsec dynamic-map NAME$autokey ![NAME$acl NAME$proposal... "
	       NEC_PFS "]", set_autokey_dynamic,
	       H_NEC "The same for peers whose address is not known\n" H_AUTOKEY
	       H_ACL_NAME "Name of an ipsec autokey-proposal\n" H_NEC_PFS),
	CONFIG(CONFIG, "[no] ipsec <local-id|remote-id>$side NAME$autokey "
	       "![A.B.C.D/LEN$net]", set_autokey_identity,
	       H_NEC "What of here it is for (default: what the list says)\n"
	       "What of there it is for (default: what the list says)\n"
	       H_AUTOKEY "Addresses\n"),
	CONFIG(CONFIG, "[no] ipsec anti-replay", set_anti_replay,
	       H_NEC "Replay detection, for all (default: on)\n"),

	CONFIG(CONFIG, NEC_ACE("PROTOCOL", "", ""), set_nec_acl,
	       H_NEC_ACE("IP protocol\n", "", "")),
	CONFIG(CONFIG, NEC_ACE("tcp", NEC_PORT("s", "TCPPORT"),
			       NEC_PORT("d", "TCPPORT")), set_nec_acl,
	       H_NEC_ACE("Transmission Control Protocol\n", H_NEC_PORT("Source"),
			 H_NEC_PORT("Destination"))),
	CONFIG(CONFIG, NEC_ACE("udp", NEC_PORT("s", "UDPPORT"),
			       NEC_PORT("d", "UDPPORT")), set_nec_acl,
	       H_NEC_ACE("User Datagram Protocol\n", H_NEC_PORT("Source"),
			 H_NEC_PORT("Destination"))),

	CONFIG(IF, "[no] ipsec policy transport ![NAME$autokey]", set_policy_transport,
	       H_NEC "Assign a map\n" "In transport mode, for what the two peers say\n"
	       H_AUTOKEY),
	CONFIG(IF, "ip napt static IFNAME$interface <udp (0-65535)|50>", set_napt,
	       H_IP "Network address translation (NEC IX)\n"
	       "What is for this router itself\n" H_INTERFACE
	       "User Datagram Protocol\n" "Port\n" "ESP\n"),
	CONFIG(IF, "no shutdown", set_no_shutdown,
	       "Negate a command or set its defaults\n"
	       "Interfaces of tunnels are up\n"),
