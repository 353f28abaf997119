// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "tools/lib/log.h"
#include "tools/lib/printable.h"

static const char *const level_names[] = {
#define X(id, name) [LOG_LEVEL_##id] = name,
	LOG_LEVELS(X)
#undef X
};

/* LOG_LEVEL_ERR is syslog's LOG_ERR (3), and so on in the same order. */
static const int priorities[] = {
	[LOG_LEVEL_ERR] = LOG_ERR,
	[LOG_LEVEL_WARNING] = LOG_WARNING,
	[LOG_LEVEL_NOTICE] = LOG_NOTICE,
	[LOG_LEVEL_INFO] = LOG_INFO,
	[LOG_LEVEL_DEBUG] = LOG_DEBUG,
};

static const char *const subsystem_names[] = {
#define X(name) [LOG_SUB_##name] = #name,
	LOG_SUBSYSTEMS(X)
#undef X
};

static _Atomic int levels[LOG_SUB_COUNT] = {
#define X(name) [LOG_SUB_##name] = LOG_LEVEL_INFO,
	LOG_SUBSYSTEMS(X)
#undef X
};

/* What log_set_spec() asked for: where log_restore_levels() goes back to. */
static _Atomic int defaults[LOG_SUB_COUNT] = {
#define X(name) [LOG_SUB_##name] = LOG_LEVEL_INFO,
	LOG_SUBSYSTEMS(X)
#undef X
};

/* Set before threads start, read by all. */
static struct {
	enum log_target target;
	const char *ident;
	bool journal;
	log_sink_fn sink;
	void *sink_arg;
} out;

/* Is stderr the stream that systemd gave us?  sd-daemon(3), JOURNAL_STREAM */
static bool stderr_is_journal(void)
{
	const char *env = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;

	if (!env || sscanf(env, "%llu:%llu", &dev, &ino) != 2)
		return false;
	return !fstat(STDERR_FILENO, &st) && st.st_dev == dev &&
	       st.st_ino == ino;
}

void log_open(enum log_target target, const char *ident)
{
	out.target = target;
	out.ident = ident;
	out.journal = stderr_is_journal();
	if (target == LOG_TARGET_SYSLOG)
		openlog(ident, LOG_PID | LOG_NDELAY, LOG_DAEMON);
}

void log_close(void)
{
	if (out.target == LOG_TARGET_SYSLOG)
		closelog();
	out.target = LOG_TARGET_STDERR;
	out.ident = NULL;
}

void log_set_sink(log_sink_fn fn, void *arg)
{
	out.sink = fn;
	out.sink_arg = arg;
}

void log_set_level(enum log_subsystem sub, enum log_level level)
{
	atomic_store_explicit(&levels[sub], (int)level, memory_order_relaxed);
}

void log_set_level_all(enum log_level level)
{
	unsigned int sub;

	for (sub = 0; sub < LOG_SUB_COUNT; sub++)
		log_set_level(sub, level);
}

void log_restore_levels(void)
{
	unsigned int sub;

	for (sub = 0; sub < LOG_SUB_COUNT; sub++)
		log_set_level(sub, (enum log_level)atomic_load_explicit(
				&defaults[sub], memory_order_relaxed));
}

enum log_level log_get_level(enum log_subsystem sub)
{
	return (enum log_level)atomic_load_explicit(&levels[sub],
						    memory_order_relaxed);
}

bool log_enabled(enum log_subsystem sub, enum log_level level)
{
	return level <= log_get_level(sub);
}

const char *log_level_name(enum log_level level)
{
	return level_names[level];
}

const char *log_subsystem_name(enum log_subsystem sub)
{
	return subsystem_names[sub];
}

/* Index of the @len characters at @name in @names, or -ENOENT. */
static int find_name(const char *const *names, unsigned int count,
		     const char *name, size_t len)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (strlen(names[i]) == len && !strncmp(names[i], name, len))
			return (int)i;
	return -ENOENT;
}

int log_level_parse(const char *name, enum log_level *level)
{
	int i = find_name(level_names, LOG_LEVEL_COUNT, name, strlen(name));

	if (i < 0)
		return i;
	*level = (enum log_level)i;
	return 0;
}

int log_subsystem_parse(const char *name, enum log_subsystem *sub)
{
	int i = find_name(subsystem_names, LOG_SUB_COUNT, name, strlen(name));

	if (i < 0)
		return i;
	*sub = (enum log_subsystem)i;
	return 0;
}

/* One "level" or "subsystem=level" of @len characters into @set. */
static int parse_item(const char *item, size_t len, int set[LOG_SUB_COUNT])
{
	const char *eq = memchr(item, '=', len);
	int sub = -1, level;
	unsigned int i;

	if (eq) {
		sub = find_name(subsystem_names, LOG_SUB_COUNT, item,
				(size_t)(eq - item));
		if (sub < 0)
			return -EINVAL;
		len -= (size_t)(eq + 1 - item);
		item = eq + 1;
	}
	level = find_name(level_names, LOG_LEVEL_COUNT, item, len);
	if (level < 0)
		return -EINVAL;
	for (i = 0; i < LOG_SUB_COUNT; i++)
		if (sub < 0 || (unsigned int)sub == i)
			set[i] = level;
	return 0;
}

int log_set_spec(const char *spec)
{
	int set[LOG_SUB_COUNT];
	unsigned int i;
	size_t len;

	for (i = 0; i < LOG_SUB_COUNT; i++)
		set[i] = -1;
	for (;;) {
		len = strcspn(spec, ",");
		if (parse_item(spec, len, set))
			return -EINVAL;
		if (!spec[len])
			break;
		spec += len + 1;
	}
	for (i = 0; i < LOG_SUB_COUNT; i++) {
		if (set[i] < 0)
			continue;
		atomic_store_explicit(&defaults[i], set[i],
				      memory_order_relaxed);
		log_set_level(i, (enum log_level)set[i]);
	}
	return 0;
}

/* Copy @in to @line with control characters as \xNN, cut to @size. */
static void escape(char *line, size_t size, const char *in)
{
	char c[PRINTABLE_SIZE];
	size_t n = 0, taken;

	for (; *in && n + sizeof(c) < size; in += taken) {
		taken = printable_char(in, strnlen(in, sizeof(c)), c);
		strcpy(line + n, c);
		n += strlen(c);
	}
	line[n] = '\0';
}

static size_t timestamp(char *text, size_t size)
{
	struct timespec now;
	struct tm tm;
	size_t n;

	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &tm);
	n = strftime(text, size, "%Y-%m-%d %H:%M:%S", &tm);
	return n + (size_t)snprintf(text + n, size - n, ".%03ld ",
				    now.tv_nsec / 1000000);
}

/* One write() per line, so that lines of two threads never mix. */
static void write_stderr(enum log_subsystem sub, enum log_level level,
			 const char *line)
{
	char text[LOG_LINE_MAX + 128];
	ssize_t done;
	size_t n = 0;

	if (out.journal)
		n = (size_t)snprintf(text, sizeof(text), "<%d>",
				     priorities[level]);
	else
		n = timestamp(text, sizeof(text));
	n += (size_t)snprintf(text + n, sizeof(text) - n, "%.32s%s%s %s: %s\n",
			      out.ident ? out.ident : "", out.ident ? ": " : "",
			      subsystem_names[sub], level_names[level], line);
	do {
		done = write(STDERR_FILENO, text, n);
	} while (done < 0 && errno == EINTR);
}

void log_write(enum log_subsystem sub, enum log_level level,
	       const char *fmt, ...)
{
	char raw[LOG_LINE_MAX], line[LOG_LINE_MAX];
	int saved = errno;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	escape(line, sizeof(line), raw);
	if (out.sink)
		out.sink(out.sink_arg, sub, level, line);
	else if (out.target == LOG_TARGET_SYSLOG)
		syslog(priorities[level], "%s %s: %s", subsystem_names[sub],
		       level_names[level], line);
	else
		write_stderr(sub, level, line);
	errno = saved;
}

bool log_rate_ok_at(struct log_rate *rate, uint64_t now_ms,
		    uint32_t *suppressed)
{
	uint64_t earned;

	if (!rate->started) {
		rate->started = true;
		rate->tokens = rate->burst;
		rate->last_ms = now_ms;
	}
	earned = rate->interval_ms ?
		 (now_ms - rate->last_ms) / rate->interval_ms : rate->burst;
	if (earned >= rate->burst - rate->tokens) {
		rate->tokens = rate->burst;
		rate->last_ms = now_ms;
	} else {
		rate->tokens += (uint32_t)earned;
		rate->last_ms += earned * rate->interval_ms;
	}
	if (!rate->tokens) {
		rate->suppressed++;
		return false;
	}
	rate->tokens--;
	if (suppressed)
		*suppressed = rate->suppressed;
	rate->suppressed = 0;
	return true;
}

bool log_rate_ok(struct log_rate *rate, uint32_t *suppressed)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return log_rate_ok_at(rate, (uint64_t)now.tv_sec * 1000 +
			      (uint64_t)now.tv_nsec / 1000000, suppressed);
}
