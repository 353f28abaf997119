/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Log lines by level and subsystem, to stderr or to syslog (which is where the
 * journal listens).  log_info(ike, "text %d", n): the subsystem is written
 * without quotes, so a misspelt one does not compile.  No newline at the end.
 *
 * Any thread may log and change levels; a line is written whole.  Setting up
 * (log_open, log_set_sink) belongs before threads start.  Never log secrets.
 * Control characters in a line, which a peer may have sent, appear as \xNN.
 */
#ifndef TOOLS_LIB_LOG_H
#define TOOLS_LIB_LOG_H

#include <stdbool.h>
#include <stdint.h>

/* X(identifier, name): most severe first. */
#define LOG_LEVELS(X)			\
	X(ERR,		"err")		\
	X(WARNING,	"warning")	\
	X(NOTICE,	"notice")	\
	X(INFO,		"info")		\
	X(DEBUG,	"debug")

/* X(name) */
#define LOG_SUBSYSTEMS(X)	\
	X(ike)			\
	X(ipsec)		\
	X(kernel)		\
	X(config)		\
	X(control)		\
	X(net)			\
	X(crypto)		\
	X(main)

enum log_level {
#define X(id, name) LOG_LEVEL_##id,
	LOG_LEVELS(X)
#undef X
	LOG_LEVEL_COUNT
};

enum log_subsystem {
#define X(name) LOG_SUB_##name,
	LOG_SUBSYSTEMS(X)
#undef X
	LOG_SUB_COUNT
};

enum log_target {
	LOG_TARGET_STDERR,	/* with <N> priorities when stderr is the journal */
	LOG_TARGET_SYSLOG,
};

/* Longest line in bytes without the prefix; the rest is cut. */
#define LOG_LINE_MAX 1024

/* @ident must stay valid.  Before this call lines go to stderr, level info. */
void log_open(enum log_target target, const char *ident);
void log_close(void);

/* Lines less severe than @level are dropped; default is LOG_LEVEL_INFO. */
void log_set_level(enum log_subsystem sub, enum log_level level);
void log_set_level_all(enum log_level level);
enum log_level log_get_level(enum log_subsystem sub);
bool log_enabled(enum log_subsystem sub, enum log_level level);

const char *log_level_name(enum log_level level);
const char *log_subsystem_name(enum log_subsystem sub);
/* 0 or -ENOENT */
int log_level_parse(const char *name, enum log_level *level);
int log_subsystem_parse(const char *name, enum log_subsystem *sub);
/*
 * "debug", or "ike=debug,kernel=warning": 0, or -EINVAL and nothing changed.
 * From then on these levels are the default.
 */
int log_set_spec(const char *spec);
/* Every level is the default again. */
void log_restore_levels(void);

/*
 * Receive lines instead of the target, for tests and for a ring buffer.  The
 * line is without prefix and newline.  NULL restores the target.
 */
typedef void (*log_sink_fn)(void *arg, enum log_subsystem sub,
			    enum log_level level, const char *line);
void log_set_sink(log_sink_fn fn, void *arg);

void log_write(enum log_subsystem sub, enum log_level level,
	       const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#define log_at(sub, level, ...)						\
	do {								\
		if (log_enabled(LOG_SUB_##sub, level))			\
			log_write(LOG_SUB_##sub, level, __VA_ARGS__);	\
	} while (0)
#define log_err(sub, ...)	log_at(sub, LOG_LEVEL_ERR, __VA_ARGS__)
#define log_warning(sub, ...)	log_at(sub, LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_notice(sub, ...)	log_at(sub, LOG_LEVEL_NOTICE, __VA_ARGS__)
#define log_info(sub, ...)	log_at(sub, LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(sub, ...)	log_at(sub, LOG_LEVEL_DEBUG, __VA_ARGS__)

/*
 * Rate limit for lines that a stranger can cause: @burst lines, then one per
 * @interval_ms.  One object per kind of line, owned by one thread.
 */
struct log_rate {
	uint32_t interval_ms;
	uint32_t burst;
	/* private */
	uint64_t last_ms;
	uint32_t tokens;
	uint32_t suppressed;
	bool started;
};

#define LOG_RATE_INIT(interval, n) { .interval_ms = (interval), .burst = (n) }

/*
 * May a line be written now?  If so, @suppressed (may be NULL) tells how many
 * were refused since the last permitted one, for a line that says so.
 */
bool log_rate_ok(struct log_rate *rate, uint32_t *suppressed);
/* The same at a given time of a monotonic clock, in milliseconds. */
bool log_rate_ok_at(struct log_rate *rate, uint64_t now_ms,
		    uint32_t *suppressed);

#endif
