// SPDX-License-Identifier: GPL-2.0-or-later
/* Value types of the grammar, and how well a word fits a token. */
#include <arpa/inet.h>
#include <ctype.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cli/grammar.h"
#include "tools/cli/model.h"
#include "tools/cli/words.h"
#include "tools/lib/printable.h"

/* Decimal digits only, no sign, at most UINT32_MAX. */
static bool to_number(const char *word, uint32_t *number)
{
	unsigned long long value = 0;
	const char *p;

	for (p = word; isdigit((unsigned char)*p); p++) {
		value = value * 10 + (*p - '0');
		if (value > UINT32_MAX)
			return false;
	}
	*number = value;
	return p != word && !*p;
}

static bool printable(const char *word)
{
	for (; *word; word++)
		if (!isgraph((unsigned char)*word))
			return false;
	return true;
}

static bool match_address(const char *word, struct cli_arg *arg)
{
	arg->address = (struct addr){ .family = AF_INET };
	return inet_pton(AF_INET, word, arg->address.bytes) == 1;
}

/* Without a zone: which interface it is, the configuration says elsewhere. */
static bool match_address6(const char *word, struct cli_arg *arg)
{
	arg->address = (struct addr){ .family = AF_INET6 };
	return inet_pton(AF_INET6, word, arg->address.bytes) == 1;
}

/* Address bits behind the length do not matter, as on IOS. */
static bool match_prefix6(const char *word, struct cli_arg *arg)
{
	const char *slash = strchr(word, '/');
	char address[INET6_ADDRSTRLEN];

	if (!slash || (size_t)(slash - word) >= sizeof(address))
		return false;
	memcpy(address, word, slash - word);
	address[slash - word] = '\0';
	return match_address6(address, arg) &&
	       to_number(slash + 1, &arg->number) && arg->number <= 128;
}

/* The same in IPv4. */
static bool match_prefix4(const char *word, struct cli_arg *arg)
{
	const char *slash = strchr(word, '/');
	char address[INET_ADDRSTRLEN];

	if (!slash || (size_t)(slash - word) >= sizeof(address))
		return false;
	memcpy(address, word, slash - word);
	address[slash - word] = '\0';
	return match_address(address, arg) &&
	       to_number(slash + 1, &arg->number) && arg->number <= 32;
}

/* FIRST-LAST; the number is the last one. */
static bool match_range4(const char *word, struct cli_arg *arg)
{
	const char *dash = strchr(word, '-');
	char first[INET_ADDRSTRLEN];
	struct cli_arg last;

	if (!dash || (size_t)(dash - word) >= sizeof(first))
		return false;
	memcpy(first, word, dash - word);
	first[dash - word] = '\0';
	if (!match_address(dash + 1, &last) || !match_address(first, arg))
		return false;
	arg->number = addr_to_v4(&last.address);
	return true;
}

/* Those with ~ in front are ours: guards, lists of tunnel interfaces. */
static bool match_name(const char *word, struct cli_arg *arg)
{
	(void)arg;
	return *word != '~' && strlen(word) < CFG_NAME_SIZE && printable(word);
}

static bool match_key(const char *word, struct cli_arg *arg)
{
	(void)arg;
	return strlen(word) <= CFG_KEY_MAX && printable(word);
}

static bool match_host(const char *word, struct cli_arg *arg)
{
	(void)arg;
	return strlen(word) < CFG_FQDN_SIZE && isalnum((unsigned char)*word) &&
	       !word[strspn(word, "abcdefghijklmnopqrstuvwxyz"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_@")];
}

static bool match_interface(const char *word, struct cli_arg *arg)
{
	(void)arg;
	return strlen(word) < IF_NAMESIZE && printable(word) &&
	       !strchr(word, '/') && strcmp(word, ".") && strcmp(word, "..");
}

/* As ASA names the interface that a server is behind. */
static bool match_parentheses(const char *word, struct cli_arg *arg)
{
	size_t len = strlen(word);

	(void)arg;
	return len > 2 && len < CFG_NAME_SIZE && word[0] == '(' &&
	       word[len - 1] == ')' && printable(word);
}

/* An even number of hexadecimal digits, with or without 0x. */
static bool match_hex(const char *word, struct cli_arg *arg)
{
	const char *digits = word + (word[0] == '0' && word[1] == 'x' ? 2 : 0);
	size_t n = strspn(digits, "0123456789abcdefABCDEF");

	(void)arg;
	return n && !digits[n] && n % 2 == 0;
}

static bool match_text(const char *word, struct cli_arg *arg)
{
	(void)arg;
	return !word[printable_span(word)];
}

static bool match_file(const char *word, struct cli_arg *arg)
{
	(void)word;
	(void)arg;
	return true;
}

static bool named_number(const struct cli_word *words, const char *word,
			 uint32_t max, struct cli_arg *arg)
{
	for (; words->word; words++)
		if (!strcasecmp(words->word, word)) {
			arg->number = words->number;
			return true;
		}
	return to_number(word, &arg->number) && arg->number <= max;
}

static bool match_tcp_port(const char *word, struct cli_arg *arg)
{
	return named_number(cli_tcp_ports, word, 65535, arg);
}

static bool match_udp_port(const char *word, struct cli_arg *arg)
{
	return named_number(cli_udp_ports, word, 65535, arg);
}

static bool match_protocol(const char *word, struct cli_arg *arg)
{
	return named_number(cli_protocols, word, 255, arg);
}

static bool match_protocol6(const char *word, struct cli_arg *arg)
{
	return named_number(cli_protocols6, word, 255, arg);
}

static const struct cli_type types[] = {
	{ .name = "A.B.C.D", .label = "A.B.C.D", .match = match_address,
	  .expected = "an IPv4 address", .precise = true },
	{ .name = "X:X:X:X::X", .label = "X:X:X:X::X", .match = match_address6,
	  .expected = "an IPv6 address", .precise = true },
	{ .name = "X:X:X:X::X/LEN", .label = "X:X:X:X::X/<0-128>",
	  .match = match_prefix6,
	  .expected = "an IPv6 prefix (address/length)", .precise = true },
	{ .name = "A.B.C.D/LEN", .label = "A.B.C.D/<0-32>",
	  .match = match_prefix4,
	  .expected = "an IPv4 prefix (address/length)", .precise = true },
	{ .name = "A.B.C.D-A.B.C.D", .label = "A.B.C.D-A.B.C.D",
	  .match = match_range4,
	  .expected = "IPv4 addresses (first-last)", .precise = true },
	{ .name = "NAME", .label = "WORD", .match = match_name,
	  .expected = "a name of 1 to 63 characters, not ~ in front" },
	{ .name = "KEY", .label = "WORD", .match = match_key,
	  .expected = "a key of 1 to 128 printable characters",
	  .secret = true },
	{ .name = "HOST", .label = "HOSTNAME", .match = match_host,
	  .expected = "a host name (letters, digits, '.', '-', '_', '@')" },
	{ .name = "IFNAME", .label = "IFNAME", .match = match_interface,
	  .expected = "an interface name of 1 to 15 characters" },
	{ .name = "IN-PARENTHESES", .label = "(IFNAME)",
	  .match = match_parentheses,
	  .expected = "(NAME) of an interface", .precise = true },
	{ .name = "HEX", .label = "HEX", .match = match_hex,
	  .expected = "an even number of hexadecimal digits",
	  .precise = true, .secret = true },
	{ .name = "LINE", .label = "LINE", .match = match_text,
	  .expected = "text without control characters", .rest = true },
	{ .name = "FILE", .label = "FILE", .match = match_file,
	  .expected = "a file name" },
	{ .name = "TCPPORT", .label = "<0-65535>", .match = match_tcp_port,
	  .expected = "a TCP port: a name or 0-65535",
	  .words = cli_tcp_ports, .precise = true },
	{ .name = "UDPPORT", .label = "<0-65535>", .match = match_udp_port,
	  .expected = "a UDP port: a name or 0-65535",
	  .words = cli_udp_ports, .precise = true },
	{ .name = "PROTOCOL", .label = "<0-255>", .match = match_protocol,
	  .expected = "an IP protocol: a name or 0-255",
	  .words = cli_protocols, .precise = true },
	{ .name = "PROTOCOL6", .label = "<0-255>", .match = match_protocol6,
	  .expected = "an IPv6 protocol: a name or 0-255",
	  .words = cli_protocols6, .precise = true },
};

const struct cli_type *cli_type_find(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strlen(types[i].name) == len &&
		    !strncmp(types[i].name, name, len))
			return &types[i];
	return NULL;
}

static bool is_digits(const char *word)
{
	return !word[strspn(word, "0123456789")];
}

static enum cli_fit fit_keyword(const struct cli_token *token,
				const char *word)
{
	if (!strcasecmp(token->text, word))
		return CLI_FIT_EXACT;
	/* 2 is no way to write 256. */
	if (token->whole || is_digits(word) || strncasecmp(token->text, word, strlen(word)))
		return CLI_FIT_NONE;
	return CLI_FIT_PREFIX;
}

enum cli_fit cli_token_fit(const struct cli_token *token, const char *word,
			   struct cli_arg *arg)
{
	switch (token->kind) {
	case CLI_KEYWORD:
		return fit_keyword(token, word);
	case CLI_NUMBER:
		return to_number(word, &arg->number) &&
		       arg->number >= token->min && arg->number <= token->max ?
		       CLI_FIT_PRECISE : CLI_FIT_NONE;
	case CLI_VALUE:
		break;
	}
	if (!token->type->match(word, arg))
		return CLI_FIT_NONE;
	return token->type->precise ? CLI_FIT_PRECISE : CLI_FIT_LOOSE;
}

void cli_token_label(const struct cli_token *token, char *out, size_t size)
{
	switch (token->kind) {
	case CLI_KEYWORD:
		snprintf(out, size, "%s", token->text);
		break;
	case CLI_NUMBER:
		snprintf(out, size, "<%u-%u>", token->min, token->max);
		break;
	case CLI_VALUE:
		snprintf(out, size, "%s", token->type->label);
		break;
	}
}

bool cli_words_split(struct cli_words *words, const char *line)
{
	size_t len = strlen(line);
	char *p;

	memset(words, 0, sizeof(*words));
	words->line = line;
	if (len > CLI_LINE_MAX)
		return false;
	memcpy(words->text, line, len + 1);
	for (p = words->text; ; p++) {
		while (isspace((unsigned char)*p))
			*p++ = '\0';
		if (!*p)
			break;
		if (words->n == CLI_ARGS_MAX)
			return false;
		words->column[words->n] = p - words->text + 1;
		words->word[words->n++] = p;
		while (*p && !isspace((unsigned char)*p))
			p++;
		if (!*p)
			break;
		*p = '\0';
	}
	words->end = len + 1;
	words->open = len && !isspace((unsigned char)line[len - 1]);
	return true;
}
