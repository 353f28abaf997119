/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of IP protocols and ports, as the language knows them. */
#ifndef CRYPTOMAP_TOOLS_CLI_WORDS_H
#define CRYPTOMAP_TOOLS_CLI_WORDS_H

#include <stdint.h>

struct cli_word {
	const char *word;
	uint16_t number;
};

/* Each ends with a NULL word. */
extern const struct cli_word cli_protocols[];
extern const struct cli_word cli_protocols6[];	/* in IPv6 lists */
extern const struct cli_word cli_tcp_ports[];
extern const struct cli_word cli_udp_ports[];

/* The name of a number, or NULL. */
const char *cli_word_name(const struct cli_word *words, uint16_t number);

#endif
