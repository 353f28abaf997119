// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The grammar. The notation is described in grammar.h; one line of help per
 * token. Reference: sections 2 and 3 of the behaviours of the systems that
 * this language comes from.
 */
#include "tools/cli/editor.h"

#define H_CRYPTO	"Encryption and authentication\n"
#define H_ISAKMP	"Phase 1: IKE\n"
/* IOS and ASA; ASA from 8.4 on; PIX */
#define IKE		"<crypto <isakmp|ikev1>|isakmp>"
#define H_IKE		H_CRYPTO H_ISAKMP				\
			"The same, as ASA spells it\n"			\
			"The same, as PIX spells it\n"
#define H_IKEV1		"IKE version 1 (a word of ASA)\n"
#define H_IPSEC		"Phase 2: IPsec\n"
#define H_SHOW		"Show running system information\n"
#define H_CLEAR		"Reset functions\n"
#define H_SET		"Set values of this entry\n"
#define H_IP		"IP commands\n"
#define H_IPV6		"IPv6 commands\n"
#define H_DEMUX		"Network address translation\n"			\
			"Tell clients in transport mode behind one NAT apart (L2TP)\n"
#define H_ACL_NAME	"Access-list name or number\n"
#define H_MAP_NAME	"Crypto map tag (case-sensitive)\n"
#define H_INTERFACE	"Interface name\n"
#define H_IDENTITY	"Who the certificates of peers must be of\n"	\
			"Name of the identity\n"
#define H_TUNNEL	"Tunnel interface\n"

#define H_AGGRESSIVE	"Aggressive mode, and with this peer begin it\n"
#define NAMES		"fqdn HOST$text|user-fqdn HOST$text|key-id HOST$text"
#define H_NAMES								\
	"A fully qualified domain name\n"				\
	"Domain name\n"							\
	"A user name in a domain\n"					\
	"Name in the form user@domain\n"				\
	"A key ID\n"							\
	"Name of a group\n"

#define GROUPS(p)	"<" p "1|" p "2|" p "5|" p "14|" p "15|" p "16|" \
			p "19|" p "20>"
#define H_GROUPS							\
	"Diffie-Hellman 768-bit MODP (weak)\n"				\
	"Diffie-Hellman 1024-bit MODP (weak)\n"				\
	"Diffie-Hellman 1536-bit MODP\n"				\
	"Diffie-Hellman 2048-bit MODP\n"				\
	"Diffie-Hellman 3072-bit MODP\n"				\
	"Diffie-Hellman 4096-bit MODP\n"				\
	"Diffie-Hellman 256-bit elliptic curve\n"			\
	"Diffie-Hellman 384-bit elliptic curve\n"

#define COMP		"[<comp-deflate|comp-lzs>$comp]"
#define H_COMP								\
	"Compress packets before they are encrypted (IPComp, deflate)\n" \
	"Not possible: Linux has no LZS\n"
#define REVOCATION	"<crl|none|ocsp>"
#define H_REVOCATION							\
	"The lists of the crl file\n"					\
	"Nobody: what is not known to be revoked is accepted\n"		\
	"A responder, which is asked over HTTP (RFC 6960)\n"
#define BITS		"[<128|192|256>$bits]"
#define H_BITS		"128-bit key\n192-bit key\n256-bit key\n"

/* What a policy says, in its mode or in one line. */
#define ENCRYPTION	"encryption ![<des|3des|aes " BITS "|aes-192|aes-256>$cipher]"
#define H_ENCRYPTION							\
	"Set encryption algorithm for protection suite\n"		\
	"DES: 56-bit keys (weak)\n"					\
	"Three key triple DES\n"					\
	"AES: 128-bit keys unless said otherwise\n" H_BITS		\
	"AES with 192-bit keys (ASA)\n"					\
	"AES with 256-bit keys (ASA)\n"
#define HASH		"hash ![<md5|sha|sha256|sha384|sha512>$hash]"
#define H_HASH								\
	"Set hash algorithm for protection suite\n"			\
	"Message Digest 5 (weak)\n"					\
	"Secure Hash Standard: SHA-1\n"					\
	"Secure Hash Standard 2: SHA-256\n"				\
	"Secure Hash Standard 2: SHA-384\n"				\
	"Secure Hash Standard 2: SHA-512\n"
#define AUTHENTICATION							\
	"authentication ![<pre-share|rsa-sig|ecdsa-sig>$method]"
#define H_AUTHENTICATION							\
	"Set authentication method for protection suite\n"		\
	"Pre-shared key (default)\n"					\
	"Certificates with RSA keys\n"					\
	"Certificates with ECDSA keys\n"
#define IKE_LIFETIME	"lifetime ![<(60-86400)$seconds|0|none>]"
#define H_IKE_LIFETIME							\
	"Set lifetime for ISAKMP security association\n"		\
	"Lifetime in seconds\n"						\
	"No limit\n"							\
	"No limit (ASA)\n"

#define DUMMY		"<pps (1-25)$pps|seconds (1-3600)$seconds|disable>"
#define H_DUMMY								\
	"Dummy packets while there is no traffic (RFC 4303)\n"		\
	"So many a second\n" "Packets a second\n"			\
	"One after so many seconds\n" "Seconds\n"			\
	"None\n"
#define PADDING		"<(64-65495)$bytes|mtu>"
#define H_PADDING							\
	"Length that shorter packets are padded to (not on IOS)\n"	\
	"Bytes of the packet inside\n"					\
	"What fits the tunnel\n"
#define WINDOWS		"<32|64|128|256|512|1024|2048|4096>$window"
#define H_WINDOWS							\
	"Window of 32 packets\n"					\
	"Window of 64 packets (default)\n"				\
	"Window of 128 packets\n"					\
	"Window of 256 packets\n"					\
	"Window of 512 packets\n"					\
	"Window of 1024 packets\n"					\
	"Window of 2048 packets (not on IOS)\n"				\
	"Window of 4096 packets (not on IOS)\n"

#define H_MODE								\
	"Encapsulation mode\n"						\
	"Tunnel mode (default)\n"					\
	"Transport mode, for packets between the two peers themselves\n"

#define LIFETIME							\
	"<seconds ![(120-2592000)$value]|"				\
	"kilobytes ![<(2560-4294967295)$value|disable>]>"
#define H_LIFETIME							\
	"Time-based key duration\n"					\
	"Security association duration in seconds\n"			\
	"Volume-based key duration\n"					\
	"Security association duration in kilobytes encrypted\n"	\
	"No limit by volume\n"

#define H_IDLE								\
	"Delete SAs that carried no traffic for so long\n" "Seconds\n"

#define LEVELS		"<err|warning|notice|info|debug>$level"
#define H_LEVELS							\
	"Errors\n"							\
	"Errors and warnings\n"						\
	"Also normal but significant events\n"				\
	"Also informational messages (default)\n"			\
	"Everything\n"

/* One side of an access-list line; s prefixes the argument names. */
#define NET(s)								\
	"<any$" s "any|host A.B.C.D$" s "host|"				\
	"A.B.C.D$" s "addr A.B.C.D$" s "wild>"
#define H_NET(side)							\
	"Any " side " address\n"					\
	"A single " side " host\n"					\
	"Address of the host\n"						\
	side " address\n"						\
	"Wildcard: bits that are 1 do not matter; holes are allowed\n"

/* The same in IPv6, where addresses have prefixes. */
#define NET6(s)								\
	"<any$" s "any|host X:X:X:X::X$" s "host|X:X:X:X::X/LEN$" s "addr>"
#define H_NET6(side)							\
	"Any " side " address\n"					\
	"A single " side " host\n"					\
	"Address of the host\n"						\
	side " prefix\n"

#define PEER		"<A.B.C.D$peer|X:X:X:X::X$peer>"
#define H_PEER		"Address of the peer\n" "IPv6 address of the peer\n"

#define PORTS(s, type)							\
	"[<<eq|neq|lt|gt>$" s "op " type "$" s "port|"			\
	"range$" s "op " type "$" s "port " type "$" s "port2>]"
#define H_PORTS								\
	"Match only this port\n"					\
	"Match every port but this (manual entries only)\n"		\
	"Match lower ports (manual entries only)\n"			\
	"Match higher ports (manual entries only)\n"			\
	"Port number or name\n"						\
	"Match a range of ports (manual entries only)\n"		\
	"First port\n"							\
	"Last port\n"

#define ACTION		"<permit|deny>$action "
#define H_ACTION							\
	"Protect these packets\n"					\
	"Leave these packets to the next entry\n"

#define ACE_IP		ACTION "PROTOCOL$protocol " NET("s") " " NET("d")
#define H_ACE_IP	H_ACTION "IP protocol\n"			\
			H_NET("Source") H_NET("Destination")
#define ACE_TCP		ACTION "tcp$protocol " NET("s") " "		\
			PORTS("s", "TCPPORT") " " NET("d") " "		\
			PORTS("d", "TCPPORT")
#define H_ACE_TCP	H_ACTION "Transmission Control Protocol\n"	\
			H_NET("Source") H_PORTS H_NET("Destination") H_PORTS
#define ACE_UDP		ACTION "udp$protocol " NET("s") " "		\
			PORTS("s", "UDPPORT") " " NET("d") " "		\
			PORTS("d", "UDPPORT")
#define H_ACE_UDP	H_ACTION "User Datagram Protocol\n"		\
			H_NET("Source") H_PORTS H_NET("Destination") H_PORTS

#define ACE6_IP		ACTION "PROTOCOL6$protocol " NET6("s") " " NET6("d")
#define H_ACE6_IP	H_ACTION "IPv6 protocol\n"			\
			H_NET6("Source") H_NET6("Destination")
#define ACE6_TCP	ACTION "tcp$protocol " NET6("s") " "		\
			PORTS("s", "TCPPORT") " " NET6("d") " "		\
			PORTS("d", "TCPPORT")
#define H_ACE6_TCP	H_ACTION "Transmission Control Protocol\n"	\
			H_NET6("Source") H_PORTS			\
			H_NET6("Destination") H_PORTS
#define ACE6_UDP	ACTION "udp$protocol " NET6("s") " "		\
			PORTS("s", "UDPPORT") " " NET6("d") " "		\
			PORTS("d", "UDPPORT")
#define H_ACE6_UDP	H_ACTION "User Datagram Protocol\n"		\
			H_NET6("Source") H_PORTS			\
			H_NET6("Destination") H_PORTS

#define NUMBERED	"access-list <(100-199)$acl|(2000-2699)$acl> "
#define H_NUMBERED	"Add an access-list line\n"			\
			"Extended access list\n"			\
			"Extended access list (expanded range)\n"
#define LINE_NUMBER	"[(1-2147483647)$line] "
#define H_LINE_NUMBER	"Line number\n"
#define SEQUENCE	"[sequence (1-2147483647)$line] "
#define H_SEQUENCE	"Give the line a number\n" H_LINE_NUMBER

#define CONFIG(mode, syntax, handler, help) \
	{ CLI_IN(mode), syntax, help, handler, CLI_EXEC_NONE }
/* What entries of crypto maps and of dynamic maps, and profiles, have in common. */
#define ENTRY(syntax, handler, help) \
	{ CLI_IN(MAP) | CLI_IN(DYN) | CLI_IN(PROFILE), syntax, help, handler, \
	  CLI_EXEC_NONE }
/* The same as one line of a dynamic map (ASA). */
#define DYNAMIC		"[no] crypto dynamic-map NAME$dynamic (1-65535)$seq "
#define H_DYNAMIC							\
	H_CRYPTO "Template for peers whose address is not known\n"	\
	"Dynamic crypto map tag (case-sensitive)\n"			\
	"Sequence number, lowest is tried first\n"
#define H_AAA		"Authentication and authorization\n"
#define H_LIST_NAME	"Name of the list\n"
#define H_LOCAL		"local: the users and groups of this configuration\n"
#define H_POOL_NAME	"Name of the pool\n"
#define H_ROUTES	"Routes to the networks and clients behind the peers\n"
#define H_ROUTES_DYNAMIC "While there are SAs (default)\n"
#define H_CLIENTS	"Clients of remote access\n"
#define EXEC(syntax, id, help) \
	{ CLI_IN(EXEC), syntax, help, NULL, CLI_EXEC_##id }

const struct cli_command cli_commands[] = {
	/* Global configuration */
	CONFIG(CONFIG, "[no] hostname ![HOST$hostname]", set_hostname,
	       "Set the name of this system\n"
	       "Name shown in the prompt and sent as identity `hostname'\n"),
	CONFIG(CONFIG, "[no] logging level ![" LEVELS "]", set_logging,
	       "Messages of the daemon\n"
	       "Level for all subsystems\n" H_LEVELS),
	CONFIG(CONFIG, "[no] logging subsystem <ike|ipsec|kernel|config|control|"
	       "net|crypto|main>$subsystem ![" LEVELS "]", set_logging,
	       "Messages of the daemon\n"
	       "Level for one subsystem\n"
	       "Phase 1 and 2 negotiation\n"
	       "IPsec security associations\n"
	       "The kernel module\n"
	       "Configuration\n"
	       "Requests of ipsecctl\n"
	       "Sockets and addresses\n"
	       "Cryptographic library\n"
	       "The daemon itself\n" H_LEVELS),

	/* Phase 1 */
	CONFIG(CONFIG, "[no] " IKE " policy (1-10000)$priority", set_policy,
	       H_IKE
	       "Set policy for an ISAKMP protection suite\n"
	       "Priority of protection suite, lowest first\n"),
	CONFIG(CONFIG, "[no] " IKE " key ![[0] KEY$key] "
	       "<address <A.B.C.D$address [<netmask A.B.C.D$mask|A.B.C.D$mask>]|ipv6 "
	       "<X:X:X:X::X/LEN$prefix|X:X:X:X::X$address>>|"
	       "hostname HOST$hostname> "
	       "[no-xauth]", set_key,
	       H_IKE
	       "Set pre-shared key for remote peer\n"
	       "The key follows in plain text\n"
	       "Pre-shared key\n"
	       "Define shared key with IP address\n"
	       "Peer IP address\n"
	       "Peer IP netmask follows (PIX)\n"
	       "Peer IP netmask\n"
	       "Peer IP netmask\n"
	       "Peers with IPv6\n"
	       "Prefix of the peers; ::/0: all of them\n"
	       "Peer IPv6 address\n"
	       "Define shared key with the name that the peer gives itself\n"
	       "Its FQDN, user FQDN or key ID (aggressive mode)\n"
	       "No extended authentication with this peer\n"),
	CONFIG(CONFIG, "[no] " IKE " keepalive ![(10-3600)$seconds "
	       "[(2-60)$retry] [<on-demand|periodic>$type]]", set_keepalive,
	       H_IKE
	       "Detect dead peers (DPD)\n"
	       "Seconds between probes\n"
	       "Seconds between retries when a probe is not answered\n"
	       "Probe only when there is traffic to send (default)\n"
	       "Probe at regular intervals\n"),
	CONFIG(CONFIG, "[no] crypto isakmp nat keepalive ![(5-3600)$seconds]",
	       set_nat_keepalive,
	       H_CRYPTO H_ISAKMP
	       "Network address translation on the way to peers\n"
	       "Keep the translation of a NAT before this router\n"
	       "Seconds between keepalives (default 20)\n"),
	CONFIG(CONFIG, "[no] " IKE " nat-traversal [(10-3600)$seconds]",
	       set_nat_traversal,
	       H_IKE
	       "UDP for ESP where there is a NAT, as ASA spells it (default)\n"
	       "Seconds between NAT keepalives (default 20)\n"),
	CONFIG(CONFIG, "[no] " IKE " ipsec-over-tcp [port (1-65535)$port]",
	       set_over_tcp,
	       H_IKE
	       "IPsec over TCP: not supported, only `no' is understood\n"
	       "Port of TCP\n" "Port\n"),
	CONFIG(CONFIG, "[no] crypto ctcp [port (1-65535)$port]", set_over_tcp,
	       H_CRYPTO
	       "IPsec over TCP: not supported, only `no' is understood\n"
	       "Port of TCP\n" "Port\n"),
	CONFIG(CONFIG, "[no] crypto isakmp fragmentation [mtu (576-9000)$bytes]",
	       set_ike_fragmentation,
	       H_CRYPTO H_ISAKMP
	       "IKE messages in pieces, where they are larger than a packet (default)\n"
	       "The largest packet that is sent whole\n"
	       "Bytes, with the headers of IP and UDP (default 1280)\n"),
	CONFIG(CONFIG, "[no] " IKE " identity ![<address|auto|dn|"
	       "hostname|" NAMES ">]", set_identity,
	       H_IKE
	       "Identity that is sent to peers\n"
	       "The address of the interface (default)\n"
	       "That, or with a certificate its subject (ASA)\n"
	       "The subject of the certificate\n"
	       "The host name\n"
	       H_NAMES),
	CONFIG(CONFIG, "[no] crypto isakmp aggressive-mode disable",
	       set_aggressive,
	       H_CRYPTO H_ISAKMP
	       "Phase 1 in three messages, with peers that need it\n"
	       "Neither begin nor answer it\n"),
	CONFIG(CONFIG, "[no] crypto isakmp invalid-spi-recovery",
	       set_spi_recovery,
	       H_CRYPTO H_ISAKMP
	       "Tell peers that send on SAs that we do not have (default)\n"),
	CONFIG(CONFIG, "[no] " IKE " am-disable", set_aggressive,
	       H_IKE
	       "The same, as ASA spells it\n"),
	CONFIG(CONFIG, "[no] crypto isakmp peer address "
	       "<A.B.C.D$peer|ipv6 X:X:X:X::X$peer>", set_isakmp_peer,
	       H_CRYPTO H_ISAKMP
	       "Settings for one peer\n"
	       "Its address\n"
	       "Peer IP address\n"
	       "Peer with IPv6\n"
	       "Peer IPv6 address\n"),
	CONFIG(ISAKMP_PEER, "[no] set aggressive-mode password ![[0] KEY$key]",
	       set_peer_password,
	       H_SET H_AGGRESSIVE
	       "Pre-shared key for it, before that of the address\n"
	       "The key follows in plain text\n"
	       "Pre-shared key\n"),
	CONFIG(ISAKMP_PEER, "[no] set aggressive-mode client-endpoint ![<" NAMES
	       "|ipv4-address A.B.C.D$text>]", set_peer_endpoint,
	       H_SET H_AGGRESSIVE
	       "Identity that is sent in it, whoever begins\n"
	       H_NAMES
	       "An address\n"
	       "Address\n"),
	CONFIG(ISAKMP, "[no] " ENCRYPTION, set_encryption, H_ENCRYPTION),
	CONFIG(ISAKMP, "[no] " HASH, set_hash, H_HASH),
	CONFIG(ISAKMP, "[no] " AUTHENTICATION, set_authentication,
	       H_AUTHENTICATION),
	CONFIG(ISAKMP, "[no] group ![" GROUPS("") "$group]", set_group,
	       "Set the Diffie-Hellman group\n" H_GROUPS),
	CONFIG(ISAKMP, "[no] " IKE_LIFETIME, set_lifetime, H_IKE_LIFETIME),
#include "tools/cli/table_ike.h"

	CONFIG(CONFIG, "[no] crypto <pki|ca> trustpoint NAME$trustpoint",
	       set_trustpoint,
	       H_CRYPTO
	       "Certificates\n" "The same, as ASA spells it\n"
	       "Whose certificates are trusted, and which is ours\n"
	       "Its name\n"),
	CONFIG(PKI, "[no] <ca-certificate|crl|certificate|private-key>$file "
	       "![FILE$path]", set_trust_file,
	       "Whose certificates are trusted\n"
	       "Certificates that are revoked; each such authority needs a list then\n"
	       "Ours, and those between it and the authority\n"
	       "The key of ours, which only its owner may read\n"
	       "PEM file, with its whole path\n"),

	CONFIG(PKI, "[no] revocation-check ![" REVOCATION "$first [" REVOCATION
	       "$second [" REVOCATION "$third]]]", set_revocation_check,
	       "Who says which certificates of peers are revoked, in this order\n"
	       H_REVOCATION H_REVOCATION H_REVOCATION),
	CONFIG(PKI, "[no] ocsp url ![LINE$url]", set_ocsp_url,
	       "Online certificate status protocol\n"
	       "Ask this responder, and not those that certificates name\n"
	       "Its address: http://HOST[:PORT][/PATH]\n"),
	CONFIG(PKI, "[no] ocsp disable-nonce", set_ocsp_nonce,
	       "Online certificate status protocol\n"
	       "Ask without a random number, for responders that refuse it\n"),

	CONFIG(CONFIG, "[no] crypto <pki|ca> permit-weak-crypto",
	       set_weak_certificates,
	       H_CRYPTO
	       "Certificates\n" "The same, as ASA spells it\n"
	       "Take certificates that are signed with SHA-1, of old peers (ASA)\n"),
	CONFIG(PKI, "[no] pkcs12$file ![FILE$path [password-file FILE$password]]",
	       set_trust_file,
	       "Ours, its key and the authorities, all in one file\n"
	       "PKCS #12 file, with its whole path; only its owner may read it\n"
	       "It needs a password\n"
	       "File whose first line it is, and which only its owner may read\n"),
	CONFIG(CONFIG, "[no] crypto identity NAME$identity", set_peer_identity,
	       H_CRYPTO H_IDENTITY),
	CONFIG(IDENTITY, "[no] dn ![LINE$name]", set_identity_dn,
	       "A distinguished name\n"
	       "What the subject must have, as cn=r2, o=Example; it may have more\n"),
	CONFIG(IDENTITY, "[no] fqdn ![HOST$name]", set_identity_fqdn,
	       "A fully qualified domain name\n"
	       "What must be among the alternative names\n"),

	/* Phase 2 */
	CONFIG(CONFIG, "[no] crypto ipsec [ikev1] transform-set NAME$transform "
	       "![<esp-3des|esp-aes " BITS "|esp-aes-192|esp-aes-256|"
	       "esp-aes-ctr " BITS "|esp-des|"
	       "esp-null>$cipher <esp-aes-xcbc|esp-md5-hmac|esp-sha-hmac|"
	       "esp-sha256-hmac|esp-sha256-96-hmac|esp-sha384-hmac|"
	       "esp-sha512-hmac>$hash " COMP "]", set_transform,
	       H_CRYPTO H_IPSEC H_IKEV1
	       "Define transform and settings\n"
	       "Transform set tag\n"
	       "ESP transform using 3DES (168 bits)\n"
	       "ESP transform using AES in CBC mode\n" H_BITS
	       "The same with a 192-bit key (ASA)\n"
	       "The same with a 256-bit key (ASA)\n"
	       "ESP transform using AES in counter mode\n" H_BITS
	       "ESP transform using DES (56 bits, weak)\n"
	       "ESP transform without cipher\n"
	       "ESP transform using AES-XCBC-MAC authentication\n"
	       "ESP transform using HMAC-MD5 authentication (weak)\n"
	       "ESP transform using HMAC-SHA-1 authentication\n"
	       "ESP transform using HMAC-SHA-256 authentication\n"
	       "The same with 96 bits of it, for old peers (not on IOS)\n"
	       "ESP transform using HMAC-SHA-384 authentication\n"
	       "ESP transform using HMAC-SHA-512 authentication\n" H_COMP),
	CONFIG(CONFIG, "[no] crypto ipsec [ikev1] transform-set NAME$transform "
	       "<esp-ccm|esp-ccm-12|esp-ccm-8|esp-gcm|esp-gcm-12|esp-gcm-8|"
	       "esp-gmac>$cipher " BITS " " COMP, set_transform,
	       H_CRYPTO H_IPSEC H_IKEV1
	       "Define transform and settings\n"
	       "Transform set tag\n"
	       "ESP transform using AES in CCM mode, 16-byte check value\n"
	       "The same with a check value of 12 bytes\n"
	       "The same with a check value of 8 bytes\n"
	       "ESP transform using AES in GCM mode, 16-byte check value\n"
	       "The same with a check value of 12 bytes\n"
	       "The same with a check value of 8 bytes\n"
	       "ESP transform using AES-GMAC, which does not encrypt\n"
	       H_BITS H_COMP),
	CONFIG(CONFIG, "[no] crypto ipsec [ikev1] transform-set NAME$transform "
	       "<ah-aes-xcbc|ah-md5-hmac|ah-sha-hmac|ah-sha256-hmac|"
	       "ah-sha256-96-hmac|ah-sha384-hmac|ah-sha512-hmac>$hash",
	       set_transform,
	       H_CRYPTO H_IPSEC H_IKEV1
	       "Define transform and settings\n"
	       "Transform set tag\n"
	       "AH using AES-XCBC-MAC (AH never encrypts)\n"
	       "AH using HMAC-MD5 (weak)\n"
	       "AH using HMAC-SHA-1\n"
	       "AH using HMAC-SHA-256\n"
	       "The same with 96 bits of it, for old peers (not on IOS)\n"
	       "AH using HMAC-SHA-384\n"
	       "AH using HMAC-SHA-512\n"),
	CONFIG(CONFIG, "[no] crypto ipsec [ikev1] transform-set NAME$transform "
	       "mode ![<tunnel|transport>$mode]", set_transform_mode,
	       H_CRYPTO H_IPSEC H_IKEV1
	       "Define transform and settings\n"
	       "Transform set tag\n" H_MODE),
	CONFIG(TRANSFORM, "[no] mode ![<tunnel|transport>$mode]",
	       set_transform_mode, H_MODE),
	CONFIG(TRANSFORM, "[no] esn", set_transform_esn,
	       "Extended (64-bit) sequence numbers, RFC 4304\n"),
	CONFIG(CONFIG, "[no] crypto ipsec nat-transparency udp-encapsulation",
	       set_nat_transparency,
	       H_CRYPTO H_IPSEC
	       "What is done where there is a NAT on the way\n"
	       "ESP in UDP, and IKE at port 4500 (default)\n"),
	CONFIG(CONFIG, "[no] crypto ipsec security-association lifetime "
	       LIFETIME, set_global_lifetime,
	       H_CRYPTO H_IPSEC
	       "Security association parameters\n"
	       "Security association lifetime\n" H_LIFETIME),
	CONFIG(CONFIG, "[no] crypto ipsec security-association dummy "
	       "![" DUMMY "]", set_global_dummy,
	       H_CRYPTO H_IPSEC
	       "Security association parameters\n" H_DUMMY),
	CONFIG(CONFIG, "[no] crypto ipsec security-association tfc-padding "
	       "![" PADDING "]", set_global_padding,
	       H_CRYPTO H_IPSEC
	       "Security association parameters\n" H_PADDING),
	CONFIG(CONFIG, "[no] crypto ipsec security-association idle-time "
	       "![(60-86400)$seconds]", set_global_idle,
	       H_CRYPTO H_IPSEC
	       "Security association parameters\n" H_IDLE),
	CONFIG(CONFIG, "[no] crypto ipsec security-association replay "
	       "<disable|window-size ![" WINDOWS "]>", set_global_replay,
	       H_CRYPTO H_IPSEC
	       "Security association parameters\n"
	       "Replay detection\n"
	       "Switch replay detection off\n"
	       "Size of the replay window\n" H_WINDOWS),
	{ CLI_IN(CONFIG) | CLI_IN(IF),
	  "[no] crypto ipsec df-bit ![<copy|set|clear>$df]",
	  H_CRYPTO H_IPSEC
	  "DF bit of the outer header\n"
	  "That of the packet inside (default)\n"
	  "Always set\n"
	  "Never set: what is too big is cut outside\n", set_df, CLI_EXEC_NONE },
	{ CLI_IN(CONFIG) | CLI_IN(IF),
	  "[no] crypto ipsec fragmentation "
	  "![<before-encryption|after-encryption>$frag]",
	  H_CRYPTO H_IPSEC
	  "Where IPv4 packets are cut that are too big for the tunnel\n"
	  "Inside (default): the peer need not put ESP packets together\n"
	  "Outside: the peer gets each packet as it was sent\n", set_frag,
	  CLI_EXEC_NONE },

	CONFIG(CONFIG, "[no] crypto ipsec profile NAME$profile", set_profile,
	       H_CRYPTO H_IPSEC
	       "What tunnel interfaces protect packets with\n"
	       "Name of the profile\n"),

	CONFIG(CONFIG, "[no] sysopt connection <permit-vpn|permit-ipsec>",
	       set_bypass,
	       "System options (ASA, PIX)\n"
	       "Of connections\n"
	       "Decrypted packets pass the packet filter by (default: off)\n"
	       "The same (PIX 6)\n"),
	CONFIG(CONFIG, "[no] management-access ![IFNAME$interface]",
	       set_management,
	       "Whose addresses answer through a tunnel (ASA, PIX; default: all)\n"
	       "Interface, for example of the inside\n"),

	/* Access lists */
	CONFIG(CONFIG, "[no] " NUMBERED "![" ACE_IP "]", set_access_list,
	       H_NUMBERED H_ACE_IP),
	CONFIG(CONFIG, "[no] " NUMBERED "![" ACE_TCP "]", set_access_list,
	       H_NUMBERED H_ACE_TCP),
	CONFIG(CONFIG, "[no] " NUMBERED "![" ACE_UDP "]", set_access_list,
	       H_NUMBERED H_ACE_UDP),
	CONFIG(CONFIG, "[no] " NUMBERED "remark LINE$remark",
	       set_access_list_remark,
	       H_NUMBERED "Access list entry comment\n" "Comment\n"),
	CONFIG(CONFIG, "[no] ip access-list extended NAME$acl", set_named_acl,
	       H_IP "Named access list\n"
	       "Extended access list\n" H_ACL_NAME),
	CONFIG(NACL, "[no] " LINE_NUMBER ACE_IP, set_ace,
	       H_LINE_NUMBER H_ACE_IP),
	CONFIG(NACL, "[no] " LINE_NUMBER ACE_TCP, set_ace,
	       H_LINE_NUMBER H_ACE_TCP),
	CONFIG(NACL, "[no] " LINE_NUMBER ACE_UDP, set_ace,
	       H_LINE_NUMBER H_ACE_UDP),
	CONFIG(NACL, "[no] " LINE_NUMBER "remark LINE$remark", set_remark,
	       H_LINE_NUMBER "Access list entry comment\n" "Comment\n"),
	CONFIG(NACL, "no (1-2147483647)$line", unset_ace_number,
	       "Negate a command or set its defaults\n"
	       H_LINE_NUMBER),
	CONFIG(CONFIG, "[no] ipv6 access-list NAME$acl", set_ipv6_acl,
	       H_IPV6 "IPv6 access list\n" H_ACL_NAME),
	CONFIG(ACL6, "[no] " SEQUENCE ACE6_IP, set_ace,
	       H_SEQUENCE H_ACE6_IP),
	CONFIG(ACL6, "[no] " SEQUENCE ACE6_TCP, set_ace,
	       H_SEQUENCE H_ACE6_TCP),
	CONFIG(ACL6, "[no] " SEQUENCE ACE6_UDP, set_ace,
	       H_SEQUENCE H_ACE6_UDP),
	CONFIG(ACL6, "[no] " SEQUENCE "remark LINE$remark", set_remark,
	       H_SEQUENCE "Access list entry comment\n" "Comment\n"),
	CONFIG(ACL6, "no sequence (1-2147483647)$line", unset_ace_number,
	       "Negate a command or set its defaults\n"
	       H_SEQUENCE),

	/* Crypto maps */
#include "tools/cli/table_map.h"

	/* Remote access */
#include "tools/cli/table_remote.h"
#include "tools/cli/table_vpngroup.h"
#include "tools/cli/table_access.h"
#include "tools/cli/table_radius.h"
#include "tools/cli/table_ezvpn.h"
#include "tools/cli/table_keyring.h"
#include "tools/cli/table_nec.h"

	/* Interfaces */
	CONFIG(CONFIG, "[no] interface IFNAME$interface", set_interface,
	       "Select an interface to configure\n" H_INTERFACE),
	CONFIG(IF, "[no] crypto map ![NAME$map]", set_interface_map,
	       H_CRYPTO "Assign a crypto map\n" H_MAP_NAME),
	CONFIG(IF, "[no] ipsec policy tunnel ![NAME$map [out]]",
	       set_interface_map,
	       "IPsec (NEC IX)\n"
	       "Assign a crypto map\n"
	       "To a tunnel interface\n" H_MAP_NAME
	       "What is routed into it\n"),
	CONFIG(IF, "[no] tunnel mode ![ipsec [<ipv4|ipv6>$family]]",
	       set_tunnel_mode,
	       H_TUNNEL "Make this a tunnel interface\n"
	       "IPsec protects what is routed into it\n"
	       "IPv4, inside and outside (default)\n"
	       "IPv6, inside and outside\n"),
	CONFIG(IF, "[no] tunnel source ![<IFNAME$source|A.B.C.D$address|"
	       "X:X:X:X::X$address>]", set_tunnel_source,
	       H_TUNNEL "Where it begins\n"
	       "The interface outside, whose address is used\n"
	       "This address\n"
	       "This IPv6 address\n"),
	CONFIG(IF, "[no] tunnel destination ![" PEER "]", set_tunnel_destination,
	       H_TUNNEL "Where it ends\n" H_PEER),
	CONFIG(IF, "[no] tunnel protection ![ipsec profile NAME$profile]",
	       set_tunnel_protection,
	       H_TUNNEL "How it is protected\n"
	       "By IPsec\n" "With an IPsec profile\n" "Name of the profile\n"),
	CONFIG(IF, "[no] ip unnumbered ![IFNAME$lender]", set_unnumbered,
	       "Internet Protocol\n"
	       "Give a tunnel interface the IPv4 address of another\n"
	       H_INTERFACE),
	CONFIG(IF, "[no] ip tcp adjust-mss ![<auto|(64-65495)$mss>]",
	       set_interface_mss,
	       "Internet Protocol\n"
	       "TCP\n"
	       "Most that TCP connections through the tunnel may put into a segment\n"
	       "What fits the tunnel\n"
	       "Bytes\n"),

	/* Modes */
	{ CLI_IN(CONFIG) | CLI_IN_SUBMODES, "exit",
	  "Leave this mode\n", set_exit, CLI_EXEC_NONE },
	{ CLI_IN(CONFIG) | CLI_IN_SUBMODES, "end",
	  "Leave configuration\n", set_end, CLI_EXEC_NONE },
	{ CLI_IN(CONFIG) | CLI_IN_SUBMODES, "do LINE$command",
	  "Run an exec command\n" "Exec command\n", NULL, CLI_EXEC_DO },

	/* Exec: show */
	EXEC("show running-config [masked]", SHOW_RUNNING,
	     H_SHOW "Current operating configuration\n"
	     "Keys as five stars\n"),
	EXEC("show running-config sysopt", SHOW_SYSOPT,
	     H_SHOW "Current operating configuration\n"
	     "System options: may decrypted packets pass the filter by?\n"),
	EXEC("show sysopt", SHOW_SYSOPT,
	     H_SHOW "System options: may decrypted packets pass the filter by?\n"),
	EXEC("show management-access", SHOW_MANAGEMENT,
	     H_SHOW "Whose addresses answer through a tunnel\n"),
	EXEC("show startup-config", SHOW_STARTUP,
	     H_SHOW "Contents of startup configuration\n"),
	EXEC("show crypto isakmp sa [detail]", SHOW_ISAKMP_SA,
	     H_SHOW H_CRYPTO H_ISAKMP
	     "ISAKMP security associations\n"
	     "Algorithms, lifetimes, last error\n"),
	EXEC("show crypto isakmp profile [NAME$iprofile]", SHOW_ISAKMP_PROFILE,
	     H_SHOW H_CRYPTO H_ISAKMP "Profiles: who is matched, and what holds for him\n"
	     "Only this ISAKMP profile\n"),
	EXEC("show crypto isakmp policy", SHOW_ISAKMP_POLICY,
	     H_SHOW H_CRYPTO H_ISAKMP "ISAKMP protection suites\n"),
	EXEC("show crypto ipsec sa [peer " PEER "|map NAME$map|"
	     "interface IFNAME$interface] [detail]", SHOW_IPSEC_SA,
	     H_SHOW H_CRYPTO H_IPSEC
	     "IPsec security associations and counters\n"
	     "Only of this peer\n" H_PEER
	     "Only of this crypto map\n" H_MAP_NAME
	     "Only of this interface\n" H_INTERFACE
	     "Losses by reason, and how late late packets came\n"),
	EXEC("show crypto ipsec transform-set [NAME$transform]",
	     SHOW_TRANSFORM_SET,
	     H_SHOW H_CRYPTO H_IPSEC
	     "Transform sets\n" "Transform set tag\n"),
	EXEC("show crypto map [tag NAME$map|interface IFNAME$interface]",
	     SHOW_MAP,
	     H_SHOW H_CRYPTO "Crypto maps\n"
	     "Only this crypto map\n" H_MAP_NAME
	     "Only that of this interface\n" H_INTERFACE),
	EXEC("show crypto dynamic-map [tag NAME$dynamic]", SHOW_DYNAMIC_MAP,
	     H_SHOW H_CRYPTO "Templates for peers whose address is not known\n"
	     "Only this dynamic crypto map\n" "Dynamic crypto map tag\n"),
	EXEC("show crypto route", SHOW_ROUTE,
	     H_SHOW H_CRYPTO H_ROUTES),
	EXEC("show l2tp", SHOW_L2TP,
	     H_SHOW "Servers of L2TP, and how many users they have\n"),
	EXEC("show vpn-sessiondb [<detail|ended>] [<ra-ikev1-ipsec|l2tp>] "
	     "[filter name NAME$user|index (1-4294967295)$index]",
	     SHOW_VPN_SESSIONS,
	     H_SHOW "Sessions of clients\n" "With the SAs of each\n"
	     "The last 256 that are over, and why\n"
	     "Those of IPsec alone\n" "Those of L2TP over IPsec\n"
	     "Not all of them\n" "Those of a user\n" "Name\n"
	     "The one with that number\n" "Number\n"),
	EXEC("show crypto ipsec client ezvpn [NAME$ezvpn]", SHOW_EZVPN,
	     H_SHOW H_EZVPN "Only this tunnel\n"),
	EXEC("show crypto session [detail]", SHOW_SESSION,
	     H_SHOW H_CRYPTO "Status of every configured flow, up or down\n"
	     "With counters and lifetimes\n"),
	EXEC("show crypto <counters|drops>", SHOW_COUNTERS,
	     H_SHOW H_CRYPTO
	     "Packets and drops by reason\n" "Packets and drops by reason\n"),
	EXEC("show ipsec statistics", SHOW_STATISTICS,
	     H_SHOW "IPsec (NEC IX)\n"
	     "Packets received, by algorithm, and losses, by kind\n"),
	EXEC("show crypto algorithms", SHOW_ALGORITHMS,
	     H_SHOW H_CRYPTO
	     "Ciphers and hashes that this kernel offers\n"),
	EXEC("show access-lists [NAME$acl]", SHOW_ACCESS_LISTS,
	     H_SHOW "Access lists and their hits\n" H_ACL_NAME),
	EXEC("show ip access-lists [NAME$acl]", SHOW_ACCESS_LISTS,
	     H_SHOW H_IP "Access lists and their hits\n" H_ACL_NAME),
	EXEC("show ipv6 access-list [NAME$acl]", SHOW_ACCESS_LISTS,
	     H_SHOW H_IPV6 "IPv6 access lists and their hits\n" H_ACL_NAME),
	EXEC("show history", SHOW_HISTORY,
	     H_SHOW "Commands typed so far\n"),
	EXEC("show version", SHOW_VERSION, H_SHOW "Version of the tool\n"),

	/* Exec: clear and control */
	EXEC("clear crypto sa [counters|map NAME$map|peer " PEER "|"
	     "spi <A.B.C.D$address|X:X:X:X::X$address> esp "
	     "(256-4294967295)$spi]", CLEAR_SA,
	     H_CLEAR H_CRYPTO "IPsec security associations\n"
	     "Reset the SA counters\n"
	     "Clear all SAs for a given crypto map\n" H_MAP_NAME
	     "Clear all SAs for a given crypto peer\n" H_PEER
	     "Clear SA by SPI\n" "Destination address of the SA\n"
	     "IPv6 destination address of the SA\n"
	     "Encapsulating Security Payload\n"
	     "Security parameter index\n"),
	EXEC("vpn-sessiondb logoff <all|name NAME$user|index (1-4294967295)$index> [noconfirm]",
	     LOGOFF,
	     "Sessions of clients\n" "End them\n" "All of them\n"
	     "Those of a user\n" "Name\n" "The one with that number\n"
	     "Number, as `show vpn-sessiondb' has it\n"
	     "Understood: nothing is asked\n"),
	EXEC("clear crypto isakmp [(0-32766)$conn-id]", CLEAR_ISAKMP,
	     H_CLEAR H_CRYPTO H_ISAKMP "connection id of SA\n"),
	EXEC("clear crypto <counters|drops>", CLEAR_COUNTERS,
	     H_CLEAR H_CRYPTO
	     "Packets and drops by reason\n" "Packets and drops by reason\n"),
	EXEC("clear access-list counters [NAME$acl]", CLEAR_ACL_COUNTERS,
	     H_CLEAR "Access lists\n" "Hits of the lines\n" H_ACL_NAME),
	EXEC("clear ipv6 access-list [NAME$acl]", CLEAR_ACL_COUNTERS,
	     H_CLEAR H_IPV6 "Hits of IPv6 access lists\n" H_ACL_NAME),
	EXEC("crypto initiate map NAME$map (1-65535)$seq", CRYPTO_INITIATE,
	     H_CRYPTO "Start a negotiation now\n"
	     "For an entry of a crypto map\n" H_MAP_NAME
	     "Sequence number of the entry\n"),
	EXEC("crypto ipsec client ezvpn connect [NAME$ezvpn]", EZVPN_CONNECT,
	     H_EZVPN "Call the gateway now\n" "Name of the tunnel\n"),
	EXEC("crypto ipsec client ezvpn xauth [NAME$ezvpn]", EZVPN_XAUTH,
	     H_EZVPN "Type the user and password that the gateway asks for\n"
	     "Name of the tunnel\n"),
	EXEC("clear crypto ipsec client ezvpn [NAME$ezvpn]", CLEAR_EZVPN,
	     H_CLEAR H_EZVPN "Only this tunnel\n"),
	EXEC("shutdown=", SHUTDOWN,
	     "Stop the daemon and remove everything from the kernel\n"),

	/* Exec: configuration and the tool itself */
	EXEC("configure [terminal]", CONFIGURE,
	     "Enter configuration mode\n" "From the terminal\n"),
	EXEC("copy FILE$file running-config", COPY_TO_RUNNING,
	     "Copy a configuration\n"
	     "From a file, merged into the running configuration\n"
	     "To the running configuration\n"),
	EXEC("copy startup-config running-config", COPY_TO_RUNNING,
	     "Copy a configuration\n"
	     "From the startup configuration\n"
	     "To the running configuration\n"),
	EXEC("copy running-config <startup-config|FILE$file>", COPY_TO_FILE,
	     "Copy a configuration\n"
	     "From the running configuration\n"
	     "To the startup configuration\n"
	     "To a file\n"),
	EXEC("write [memory|terminal$terminal]", WRITE_MEMORY,
	     "Write the running configuration\n"
	     "To the startup configuration (default)\n"
	     "To the terminal\n"),
	EXEC("reload", RELOAD,
	     "Replace the running configuration by the startup configuration\n"),
	EXEC("check FILE$file", CHECK_FILE,
	     "Check a configuration file without applying it\n"
	     "File name\n"),
	EXEC("help", HELP, "How to use this prompt\n"),
	EXEC("<exit|quit>", QUIT, "Leave the tool\n" "Leave the tool\n"),
};

const unsigned int cli_n_commands =
	sizeof(cli_commands) / sizeof(cli_commands[0]);
