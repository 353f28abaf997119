/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The grammar: one table of command strings serves configuration files,
 * command-line arguments, the interactive prompt, `?`, completion and the
 * manual page.
 *
 * A command string is a sequence of
 *
 *	word		a keyword, may be abbreviated
 *	word=		a keyword that must be written in full
 *	(1-10000)	a number of that range
 *	A.B.C.D		an IPv4 address, mask or wildcard
 *	X:X:X:X::X	an IPv6 address; with /LEN, a prefix
 *	NAME WORD ...	a value of another type, see token.c
 *	<a|b c>		one of several sequences
 *	[a b] [a|b]	optional
 *	![a b]		obligatory, but optional after `no`
 *	x...		once or more
 *	x$name		gives the value a name; after <> or [] every keyword
 *			directly inside that has no name of its own
 *
 * A leading `[no]` makes a second form of the command, which the handler tells
 * by args->no. The help text has one line per token, in order.
 */
#ifndef CRYPTOMAP_TOOLS_CLI_GRAMMAR_H
#define CRYPTOMAP_TOOLS_CLI_GRAMMAR_H

#include <stdint.h>
#include <stdio.h>

#include "tools/cli/args.h"
#include "tools/cli/exec.h"
#include "tools/cli/words.h"

#define CLI_LINE_MAX	1024	/* bytes of one line */
#define CLI_TOKENS_MAX	64	/* tokens of one command string: one bit each */

/* X(id, suffix of the prompt, title for the manual page) */
#define CLI_MODES(X)							\
	X(EXEC, "", "Commands at the prompt")				\
	X(CONFIG, "(config)", "Configuration")				\
	X(ISAKMP, "(config-isakmp)", "ISAKMP policy")			\
	X(ISAKMP_PEER, "(config-isakmp-peer)", "ISAKMP peer")		\
	X(PKI, "(ca-trustpoint)", "Trustpoint")				\
	X(IDENTITY, "(crypto-identity)", "Identity of peers")		\
	X(KEYRING, "(conf-keyring)", "Keyring")				\
	X(ISAKMP_PROFILE, "(conf-isa-prof)", "ISAKMP profile")		\
	X(GROUP, "(config-isakmp-group)", "Group of clients")		\
	X(SERVER_GROUP, "(config-sg-radius)", "Group of servers of RADIUS") \
	X(SERVER_HOST, "(config-aaa-server-host)", "Server of RADIUS, as on ASA") \
	X(TUNNEL_GENERAL, "(config-tunnel-general)", "Tunnel group: users, addresses, policy") \
	X(TUNNEL_IPSEC, "(config-tunnel-ipsec)", "Tunnel group: keys")	\
	X(TUNNEL_PPP, "(config-ppp)", "Tunnel group: users of L2TP")	\
	X(GROUP_POLICY, "(config-group-policy)", "Group policy")	\
	X(USER, "(config-username)", "Attributes of a user")		\
	X(EZVPN, "(config-crypto-ezvpn)", "Client of remote access")	\
	X(TRANSFORM, "(cfg-crypto-trans)", "Transform set")		\
	X(NACL, "(config-ext-nacl)", "Named access list")		\
	X(ACL6, "(config-ipv6-acl)", "IPv6 access list")		\
	X(MAP, "(config-crypto-map)", "Crypto map entry")		\
	X(DYN, "(config-crypto-map)", "Dynamic crypto map entry")	\
	X(PROFILE, "(ipsec-profile)", "IPsec profile")			\
	X(IF, "(config-if)", "Interface")

enum cli_mode {
#define X(id, prompt, title) CLI_MODE_##id,
	CLI_MODES(X)
#undef X
	CLI_MODE_COUNT
};

#define CLI_IN(mode)	(1u << CLI_MODE_##mode)
#define CLI_IN_SUBMODES	(CLI_IN(ISAKMP) | CLI_IN(ISAKMP_PEER) | CLI_IN(PKI) | \
			 CLI_IN(IDENTITY) | CLI_IN(GROUP) | \
			 CLI_IN(SERVER_GROUP) | CLI_IN(SERVER_HOST) | CLI_IN(TUNNEL_GENERAL) | CLI_IN(TUNNEL_IPSEC) | \
			 CLI_IN(TUNNEL_PPP) | CLI_IN(KEYRING) | CLI_IN(ISAKMP_PROFILE) | \
			 CLI_IN(GROUP_POLICY) | CLI_IN(USER) | CLI_IN(EZVPN) | \
			 CLI_IN(TRANSFORM) | CLI_IN(NACL) | CLI_IN(ACL6) | CLI_IN(MAP) | \
			 CLI_IN(DYN) | CLI_IN(PROFILE) | CLI_IN(IF))

struct config_editor;

/* Changes the model: 0, or a negative errno and a reason in editor->err. */
typedef int cli_config_fn(struct config_editor *ed, const struct cli_args *args);

struct cli_command {
	unsigned int modes;	/* CLI_IN(...) */
	const char *syntax;
	const char *help;
	cli_config_fn *config;	/* configuration modes */
	enum cli_exec exec;	/* exec mode, and `do` */
};

extern const struct cli_command cli_commands[];
extern const unsigned int cli_n_commands;

/* One token of a compiled command. */
enum cli_kind { CLI_KEYWORD, CLI_NUMBER, CLI_VALUE };

struct cli_token {
	enum cli_kind kind;
	bool whole;		/* CLI_KEYWORD: no abbreviation */
	char *text;		/* the keyword, `(1-5)`, or the type's name */
	char *name;		/* of the value, or NULL */
	char *help;
	const struct cli_type *type;	/* CLI_VALUE */
	uint32_t min, max;		/* CLI_NUMBER */
};

/*
 * One form of a command, compiled to the positions of its tokens: which may
 * come first, which may follow each, after which the command may end.
 */
struct cli_form {
	const struct cli_command *command;
	bool no;
	unsigned int n;
	uint64_t first;
	uint64_t last;
	uint64_t follow[CLI_TOKENS_MAX];
	struct cli_token token[CLI_TOKENS_MAX];
};

/*
 * Compiles one form. Returns NULL when the string is malformed, its help has
 * not one line per token, or memory is short; *why then says which.
 */
struct cli_form *cli_form_compile(const struct cli_command *command, bool no,
				  const char **why);
void cli_form_free(struct cli_form *form);

/* Every form of the table, compiled at first use; NULL without memory. */
const struct cli_form *const *cli_forms(unsigned int *n);

/* Value types. */
struct cli_type {
	const char *name;	/* as in command strings */
	const char *label;	/* what `?` shows for it */
	/* Does the word fit? May set arg->number, arg->address. */
	bool (*match)(const char *word, struct cli_arg *arg);
	/* In what way it does not fit, for the error text. */
	const char *expected;
	/* Words that the type knows by name (ports, protocols), or NULL. */
	const struct cli_word *words;
	bool precise;		/* few words fit, so it wins over an abbreviation */
	bool rest;		/* takes the rest of the line */
	bool secret;		/* not to be shown again */
};

const struct cli_type *cli_type_find(const char *name, size_t len);

/* How well a word fits a token; better ones displace worse ones. */
enum cli_fit {
	CLI_FIT_NONE,
	CLI_FIT_LOOSE,		/* a type that takes nearly everything */
	CLI_FIT_PREFIX,		/* the beginning of a keyword */
	CLI_FIT_PRECISE,	/* a number, an address, a port */
	CLI_FIT_EXACT,		/* a whole keyword */
};
enum cli_fit cli_token_fit(const struct cli_token *token, const char *word,
			   struct cli_arg *arg);
/* What `?` shows for the token: the keyword, `<1-5>`, `A.B.C.D`. */
void cli_token_label(const struct cli_token *token, char *out, size_t size);

/* A line in words. */
struct cli_words {
	char text[CLI_LINE_MAX + 1];	/* the words, NUL-terminated */
	const char *word[CLI_ARGS_MAX];
	unsigned int column[CLI_ARGS_MAX];	/* from 1 */
	unsigned int n;
	unsigned int end;	/* column behind the last character */
	bool open;		/* the last word may go on: no blank behind it */
	const char *line;	/* the line itself, for rest-of-line values */
};

/* False when the line is too long or has too many words. */
bool cli_words_split(struct cli_words *words, const char *line);

enum cli_status {
	CLI_OK,
	CLI_EMPTY,		/* blank or a comment (`!`) */
	CLI_INVALID,
	CLI_AMBIGUOUS,
	CLI_INCOMPLETE,
};

/* May hold a secret: wipe it with cli_result_wipe() when done. */
struct cli_result {
	enum cli_status status;
	const struct cli_command *command;
	struct cli_args args;		/* valid as long as the result */
	unsigned int column;		/* where it went wrong, from 1 */
	char reason[384];		/* what was expected there */
	struct cli_words words;
	char rest[CLI_LINE_MAX + 1];	/* the text of a rest-of-line value */
};

/* Parses one line as a command of a mode. */
enum cli_status cli_parse(enum cli_mode mode, const char *line,
			  struct cli_result *result);
/*
 * What a line is about: its first keyword that is not `no`; NULL: none, or the
 * status says why it is not understood.
 */
enum cli_status cli_verb(enum cli_mode mode, const char *line,
			 const char **verb);
/* Is a word of this line, as far as it is understood, a secret? */
bool cli_line_secret(enum cli_mode mode, const char *line);
void cli_result_wipe(struct cli_result *result);

/* The two or three lines of a parse error, as IOS prints them, caret included. */
void cli_result_explain(const struct cli_result *result, const char *line,
			unsigned int indent, FILE *out);

/* A caret below that column of a line that is shown behind indent columns. */
void cli_caret(const char *line, unsigned int indent, unsigned int column,
	       FILE *out);

/* What may come next at the end of a line. */
struct cli_choice {
	char text[64];
	const char *help;
	bool keyword;		/* may be completed with TAB */
	bool end;		/* the command may end here: `<cr>` */
};

struct cli_choices {
	enum cli_status status;	/* OK, or why what is before makes no sense */
	unsigned int column;
	struct cli_choice *choice;	/* sorted, `<cr>` last */
	unsigned int n;
	size_t typed;		/* characters of the word being completed */
};

/*
 * The choices for the last word of the line, or for the next if the line ends
 * with a blank. Names defined in cfg (may be NULL) are offered as well.
 * Returns 0 or -ENOMEM; free with cli_choices_free().
 */
int cli_complete(enum cli_mode mode, const char *line,
		 const struct cm_config *cfg, struct cli_choices *choices);
void cli_choices_free(struct cli_choices *choices);
/* Prints them as `?` does. */
void cli_choices_print(const struct cli_choices *choices, FILE *out);

/* The command reference as man(7) source, one subsection for each mode. */
void cli_manual(FILE *out);

#endif
