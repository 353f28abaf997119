/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Commands of the exec mode: the grammar table names one handler for each,
 * the program that links the grammar supplies the functions.
 */
#ifndef CRYPTOMAP_TOOLS_CLI_EXEC_H
#define CRYPTOMAP_TOOLS_CLI_EXEC_H

#include <stdbool.h>
#include <stdio.h>

#include "tools/cli/args.h"

struct cm_config;

/*
 * X(identifier, function, arguments by name and [keywords])
 *
 * Every function has the type cli_exec_fn and is declared below.
 */
#define CLI_EXEC_COMMANDS(X)						\
	/* tools/show_*.c */						\
	X(SHOW_ISAKMP_SA, show_crypto_isakmp_sa)	/* [detail] */	\
	X(SHOW_ISAKMP_POLICY, show_crypto_isakmp_policy)		\
	X(SHOW_ISAKMP_PROFILE, show_crypto_isakmp_profile)	/* iprofile */ \
	/* [detail] peer map interface */				\
	X(SHOW_IPSEC_SA, show_crypto_ipsec_sa)				\
	X(SHOW_TRANSFORM_SET, show_crypto_ipsec_transform_set)	/* name */ \
	X(SHOW_MAP, show_crypto_map)			/* map interface */ \
	X(SHOW_DYNAMIC_MAP, show_crypto_dynamic_map)	/* dynamic */	\
	X(SHOW_ACCESS_LISTS, show_access_lists)	/* [ip] [ipv6] acl */	\
	X(SHOW_SESSION, show_crypto_session)		/* [detail] */	\
	X(SHOW_COUNTERS, show_crypto_counters)				\
	X(SHOW_ALGORITHMS, show_crypto_algorithms)			\
	X(SHOW_SYSOPT, show_sysopt)					\
	X(SHOW_MANAGEMENT, show_management_access)			\
	X(SHOW_ROUTE, show_crypto_route)				\
	X(SHOW_L2TP, show_l2tp)			/* - */ \
	X(SHOW_VPN_SESSIONS, show_vpn_sessiondb)	/* [detail|ended] user index */ \
	X(SHOW_STATISTICS, show_ipsec_statistics)			\
	/* tools/clear_*.c */						\
	X(CLEAR_SA, clear_crypto_sa)	/* [counters] map peer spi */	\
	X(CLEAR_ISAKMP, clear_crypto_isakmp)		/* conn-id */	\
	X(CLEAR_ACL_COUNTERS, clear_access_list_counters) /* [ipv6] acl */ \
	X(CLEAR_COUNTERS, clear_crypto_counters)			\
	/* tools/ezvpn.c, tools/show_ezvpn.c: ezvpn */			\
	X(SHOW_EZVPN, show_crypto_ezvpn)				\
	X(EZVPN_CONNECT, ezvpn_connect_command)				\
	X(EZVPN_XAUTH, ezvpn_xauth_command)				\
	X(CLEAR_EZVPN, clear_crypto_ezvpn)				\
	X(LOGOFF, vpn_sessiondb_logoff)			/* user index */ \
	X(CRYPTO_INITIATE, crypto_initiate)		/* map seq */	\
	X(SHUTDOWN, daemon_shutdown)					\
	/* tools/shell_exec.c */					\
	X(SHOW_RUNNING, show_running_config)		/* [masked] */	\
	X(SHOW_STARTUP, show_startup_config)				\
	X(SHOW_HISTORY, show_history)					\
	X(SHOW_VERSION, show_version)					\
	X(COPY_TO_RUNNING, copy_to_running)		/* file */	\
	X(COPY_TO_FILE, copy_running_to_file)		/* file */	\
	X(WRITE_MEMORY, write_memory)					\
	X(RELOAD, reload_startup)					\
	X(CONFIGURE, configure_terminal)				\
	X(CHECK_FILE, check_file)			/* file */	\
	X(HELP, show_help)						\
	X(DO, do_exec_command)				/* command */	\
	X(QUIT, quit_shell)

enum cli_exec {
	CLI_EXEC_NONE,
#define X(id, fn) CLI_EXEC_##id,
	CLI_EXEC_COMMANDS(X)
#undef X
	CLI_EXEC_COUNT
};

struct shell;

/* What a handler may use. Everything is borrowed from the caller. */
struct exec_ctx {
	FILE *out;		/* results; errors go to stderr */
	bool json;		/* `--json`: print one JSON document instead */
	bool interactive;	/* at the prompt */
	const char *socket;	/* path of the daemon's control socket */
	struct shell *shell;	/* for the shell's own commands */
};

/*
 * Runs one command. Returns 0, or a negative errno after it has explained the
 * failure on stderr.
 */
typedef int cli_exec_fn(struct exec_ctx *ctx, const struct cli_args *args);

#define X(id, fn) cli_exec_fn fn;
CLI_EXEC_COMMANDS(X)
#undef X

/*
 * The running configuration: the daemon's, or without a daemon the state file
 * beside the socket. The caller frees it with cm_config_free(). Returns 0 or a
 * negative errno after explaining it on stderr.
 */
int exec_running_config(const struct exec_ctx *ctx, struct cm_config **cfg);

#endif
