// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of IP protocols and ports in the spelling of IOS (numbers: IANA). */
#include <stddef.h>

#include "tools/cli/grammar.h"
#include "tools/cli/words.h"

/* `tcp` and `udp` are keywords of the grammar: they take ports. */
const struct cli_word cli_protocols[] = {
	{ "ip", 0 }, { "icmp", 1 }, { "igmp", 2 }, { "ipinip", 4 },
	{ "gre", 47 }, { "esp", 50 }, { "ahp", 51 }, { "eigrp", 88 },
	{ "ospf", 89 }, { "nos", 94 }, { "pim", 103 }, { "pcp", 108 },
	{ "sctp", 132 },
	{ NULL, 0 }
};

const struct cli_word cli_protocols6[] = {
	{ "ipv6", 0 }, { "esp", 50 }, { "ahp", 51 }, { "icmp", 58 },
	{ "pcp", 108 }, { "sctp", 132 },
	{ NULL, 0 }
};

const struct cli_word cli_tcp_ports[] = {
	{ "bgp", 179 }, { "chargen", 19 }, { "daytime", 13 }, { "discard", 9 },
	{ "domain", 53 }, { "echo", 7 }, { "finger", 79 }, { "ftp", 21 },
	{ "ftp-data", 20 }, { "gopher", 70 }, { "hostname", 101 },
	{ "ident", 113 }, { "irc", 194 }, { "klogin", 543 },
	{ "kshell", 544 }, { "lpd", 515 }, { "nntp", 119 }, { "pop2", 109 },
	{ "pop3", 110 }, { "smtp", 25 }, { "sunrpc", 111 }, { "tacacs", 49 },
	{ "telnet", 23 }, { "time", 37 }, { "uucp", 540 }, { "whois", 43 },
	{ "www", 80 },
	{ NULL, 0 }
};

const struct cli_word cli_udp_ports[] = {
	{ "biff", 512 }, { "bootpc", 68 }, { "bootps", 67 }, { "discard", 9 },
	{ "dnsix", 195 }, { "domain", 53 }, { "echo", 7 }, { "isakmp", 500 },
	{ "mobile-ip", 434 }, { "nameserver", 42 }, { "netbios-dgm", 138 },
	{ "netbios-ns", 137 }, { "netbios-ss", 139 },
	{ "non500-isakmp", 4500 }, { "ntp", 123 }, { "rip", 520 },
	{ "snmp", 161 }, { "snmptrap", 162 }, { "sunrpc", 111 },
	{ "syslog", 514 }, { "tacacs", 49 }, { "talk", 517 }, { "tftp", 69 },
	{ "time", 37 }, { "who", 513 }, { "xdmcp", 177 },
	{ NULL, 0 }
};

const char *cli_word_name(const struct cli_word *words, uint16_t number)
{
	for (; words->word; words++)
		if (words->number == number)
			return words->word;
	return NULL;
}
