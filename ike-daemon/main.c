// SPDX-License-Identifier: GPL-2.0-or-later
/* ike-daemon: options, start and end. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ike-daemon/helper/confine.h"
#include "ike-daemon/control/server.h"
#include "ike-daemon/crypto/crypto.h"
#include "ike-daemon/engine.h"
#include "ike-daemon/engine_loop.h"
#include "ike-daemon/engine_sock.h"
#include "ike-daemon/kernel/genl.h"
#include "ike-daemon/ppp/host.h"
#include "tools/cli/check.h"
#include "tools/cli/config.h"
#include "tools/cli/model.h"
#include "tools/cli/state.h"
#include "tools/lib/control.h"
#include "tools/lib/secret.h"
#include "tools/lib/version.h"

#define CONFIG_DEFAULT	"/etc/cryptomap/startup-config"
#define PLUGIN_DEFAULT	"/usr/local/lib/cryptomap/cryptomap-ppp.so"
#define THREADS_MAX	8
#define WAITING_THREADS	16	/* logins that wait for servers at a time */
#define ASKING_THREADS	8	/* questions to OCSP responders at a time */

static const char usage[] =
	"usage: ike-daemon [--config FILE] [--socket PATH]\n"
	"                  [--log stderr|syslog] [--log-level SPEC]\n"
	"                  [--ppp-plugin FILE]\n"
	"\n"
	"  --config FILE     configuration (" CONFIG_DEFAULT ")\n"
	"  --socket PATH     control socket (" CONTROL_PATH_DEFAULT ")\n"
	"  --log TARGET      stderr (default) or syslog\n"
	"  --log-level SPEC  err, warning, notice, info or debug; or by subsystem:\n"
	"                    ike=debug,kernel=info\n"
	"  --ppp-plugin FILE for pppd, where L2TP is served\n"
	"                    (" PLUGIN_DEFAULT ")\n"
	"  --version, --help\n"
	"\n"
	"It stays in the foreground, and serves the network namespace that it is\n"
	"started in.  When it ends, SAs and maps stay in the kernel and go on\n"
	"protecting; \"ipsecctl shutdown\" removes them.\n";

struct options {
	const char *config;
	const char *socket;
	const char *level;
	const char *plugin;
	enum log_target log;
};

static int parse_options(int argc, char **argv, struct options *o)
{
	enum { CONFIG = 1, SOCKET, LOG, LEVEL, PLUGIN, VERSION, HELP };
	static const struct option options[] = {
		{ "config", required_argument, NULL, CONFIG },
		{ "socket", required_argument, NULL, SOCKET },
		{ "log", required_argument, NULL, LOG },
		{ "log-level", required_argument, NULL, LEVEL },
		{ "ppp-plugin", required_argument, NULL, PLUGIN },
		{ "version", no_argument, NULL, VERSION },
		{ "help", no_argument, NULL, HELP },
		{ 0 }
	};
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case CONFIG:
			o->config = optarg;
			break;
		case SOCKET:
			o->socket = optarg;
			break;
		case LOG:
			if (strcmp(optarg, "stderr") &&
			    strcmp(optarg, "syslog")) {
				fprintf(stderr, "ike-daemon: --log %s: stderr or syslog\n",
					optarg);
				return -EINVAL;
			}
			o->log = !strcmp(optarg, "syslog") ?
				 LOG_TARGET_SYSLOG : LOG_TARGET_STDERR;
			break;
		case LEVEL:
			o->level = optarg;
			break;
		case PLUGIN:
			o->plugin = optarg;
			break;
		case VERSION:
			printf("ike-daemon " CRYPTOMAP_VERSION "\n");
			exit(EXIT_SUCCESS);
		case HELP:
			fputs(usage, stdout);
			exit(EXIT_SUCCESS);
		default:
			fputs(usage, stderr);
			return -EINVAL;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "ike-daemon: what is \"%s\"?\n", argv[optind]);
		return -EINVAL;
	}
	return 0;
}

/* Complaints about the file go to stderr, with line and column. */
static int read_config(const struct options *o, struct cm_config **cfg,
		       struct err *err)
{
	struct check_print print = { .out = stderr };
	const char *path = o->config ? o->config : CONFIG_DEFAULT;
	int r;

	if (!o->config && access(path, F_OK)) {
		log_notice(config, "%s does not exist: starting without configuration",
			   path);
		*cfg = cm_config_new();
		return *cfg ? 0 : err_set(err, -ENOMEM, "out of memory");
	}
	r = config_load(path, stderr, cfg);
	if (r)
		return err_set(err, r, "%s is not usable", path);
	config_warn_of_readers(path, *cfg, stderr);
	print.name = path;
	if (!config_check(*cfg, check_print, &print))
		return 0;
	cm_config_free(*cfg);
	*cfg = NULL;
	return err_set(err, -EINVAL, "%s is not usable", path);
}

static unsigned int threads(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > THREADS_MAX ? THREADS_MAX : n;
}

struct daemon {
	struct cm_config *cfg;
	struct kernel *kernel;
	struct work_pool *pool;
	struct work_pool *waiting;
	struct work_pool *asking;
	struct loop *loop;
	struct server *server;
	struct host *host;
	struct engine *engine;
	struct ike_sock socks[IKE_SOCKS];
};

static void log_change(void *arg, const char *sentence)
{
	(void)arg;
	log_debug(kernel, "%s", sentence);
}

/*
 * In this order: what can fail without a trace first; the control socket, which
 * says that no other daemon runs; then the module and its sockets.
 */
static int start(struct daemon *d, const struct options *o, struct err *err)
{
	/* While it can have all privileges, and before there are secrets. */
	int r = host_new(o->socket, o->plugin, &d->host, err);

	if (!r)
		r = read_config(o, &d->cfg, err);
	if (!r)
		r = crypto_init(err);
	if (!r)
		r = genl_open(&d->kernel, err);
	if (!r)
		r = confine_capabilities(err);
	if (r)
		return r;
	d->loop = loop_new();
	d->pool = work_pool_new(threads());
	d->waiting = work_pool_new(WAITING_THREADS);
	d->asking = work_pool_new(ASKING_THREADS);
	if (!d->loop || !d->pool || !d->waiting || !d->asking)
		return err_set(err, -ENOMEM, "out of memory");
	r = server_new(o->socket, d->loop, &d->server, err);
	if (!r)
		r = socks_open(d->kernel, d->socks, err);
	if (r)
		return r;
	loop_set_socks(d->loop, d->socks);
	d->engine = engine_new(&loop_net, d->loop, d->kernel, d->pool);
	if (!d->engine)
		return err_set(err, -ENOMEM, "out of memory");
	d->engine->waiting = d->waiting;
	d->engine->asking = d->asking;
	loop_serve(d->loop, d->engine, d->kernel);
	r = host_serve(d->host, d->loop, d->engine);
	if (r)
		return err_set(err, r, "out of memory");
	d->engine->started_ms = engine_now(d->engine);
	r = engine_apply(d->engine, d->cfg, log_change, NULL, err);
	if (r)
		return r;
	d->cfg = NULL;
	/* So that ipsecctl knows it should this daemon be gone. */
	if (state_save(o->socket, engine_config(d->engine), err))
		log_warning(config, "%s", err->text);
	r = engine_take_over(d->engine);
	if (r)
		return err_set(err, r, "SAs of an earlier run cannot be read: %s",
			       strerror(-r));
	r = confine_system_calls(err);
	if (r)
		return r;
	server_start(d->server, d->engine);
	return 0;
}

static void finish(struct daemon *d)
{
	host_close(d->host);
	server_free(d->server);
	engine_free(d->engine);
	work_pool_free(d->pool);
	work_pool_free(d->waiting);
	work_pool_free(d->asking);
	host_free(d->host);
	loop_free(d->loop);
	socks_close(d->socks);
	genl_close(d->kernel);
	cm_config_free(d->cfg);
	crypto_exit();
}

int main(int argc, char **argv)
{
	struct options o = {
		.socket = CONTROL_PATH_DEFAULT, .plugin = PLUGIN_DEFAULT,
	};
	struct daemon d = { 0 };
	struct err err = { "" };
	int r = parse_options(argc, argv, &o);

	socks_init(d.socks);
	if (r)
		return 2;
	secret_no_dumps();
	/* A client that does not wait for its answer must not end us. */
	signal(SIGPIPE, SIG_IGN);
	/* Names are looked up by threads that our end waits for: not for long. */
	setenv("RES_OPTIONS", "timeout:2 attempts:1", 0);
	log_open(o.log, "ike-daemon");
	if (o.level && log_set_spec(o.level)) {
		fprintf(stderr, "ike-daemon: --log-level %s: err, warning, notice, info or debug, or SUBSYSTEM=LEVEL,...\n",
			o.level);
		return 2;
	}
	r = start(&d, &o, &err);
	if (!r) {
		log_info(main, "version " CRYPTOMAP_VERSION " started, pid %d",
			 (int)getpid());
		r = loop_run(d.loop, &err);
	}
	if (r)
		log_err(main, "%s", err.text[0] ? err.text : strerror(-r));
	finish(&d);
	log_close();
	return r ? EXIT_FAILURE : EXIT_SUCCESS;
}
