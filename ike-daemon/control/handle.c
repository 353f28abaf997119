// SPDX-License-Identifier: GPL-2.0-or-later
/* One function for each request of the control protocol. */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ike-daemon/control/ezvpn.h"
#include "ike-daemon/control/server.h"
#include "ike-daemon/control/sessions.h"
#include "ike-daemon/control/show.h"
#include "ike-daemon/engine.h"
#include "ike-daemon/policy/ezvpn.h"
#include "ike-daemon/policy/policy.h"
#include "ike-daemon/policy/want.h"
#include "ike-daemon/sa/child_sa.h"
#include "ike-daemon/sa/ike_sa.h"
#include "ike-daemon/sa/peer.h"
#include "ike-daemon/v1/v1.h"
#include "tools/cli/check.h"
#include "tools/cli/config.h"
#include "tools/cli/model.h"
#include "tools/cli/running.h"
#include "tools/lib/control.h"
#include "tools/lib/version.h"
#include "tools/lib/writer.h"

/* 0 and *data, or a negative errno and the sentence. */
typedef int handler_fn(struct request *r, struct json_object **data,
		       struct err *err);

static int count_reply(struct json_object **data, const char *key,
		       unsigned int n)
{
	*data = rec_new();
	rec_num(*data, key, n);
	return 0;
}

static int do_version(struct request *r, struct json_object **data,
		      struct err *err)
{
	(void)err;
	*data = rec_new();
	rec_str(*data, "version", CRYPTOMAP_VERSION);
	rec_num(*data, "pid", getpid());
	rec_num(*data, "uptime", (engine_now(r->e) - r->e->started_ms) / 1000);
	return 0;
}

/* --- configuration --------------------------------------------------------- */

static int do_config_get(struct request *r, struct json_object **data,
			 struct err *err)
{
	char *text = running_text(engine_config(r->e), false);

	if (!text)
		return err_set(err, -ENOMEM, "out of memory");
	*data = rec_new();
	rec_str(*data, "text", text);
	running_free(text);
	return 0;
}

static void add_sentence(void *arg, const char *sentence)
{
	rec_append(arg, json_object_new_string(sentence));
}

struct findings {
	struct json_object *warnings;
	struct err *err;
};

static void add_finding(void *arg, const struct check_finding *f)
{
	struct findings *all = arg;

	if (f->level == CHECK_WARNING)
		add_sentence(all->warnings, f->text);
	else if (!all->err->text[0])
		err_set(all->err, -EINVAL, "line %u: %s", f->line, f->text);
}

/* What the parser complains about, as the sentence of the refusal. */
static int parse(struct request *r, struct cm_config **cfg, struct err *err)
{
	bool merge = !strcmp(rec_get_str(r->args, "mode"), "merge");
	const char *text = rec_get_str(r->args, "text");
	char *said = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&said, &len);
	int code;

	if (!f)
		return err_set(err, -ENOMEM, "out of memory");
	if (merge)
		code = config_parse_onto(engine_config(r->e), "request", text,
					 strlen(text), f, cfg);
	else
		code = config_parse("request", text, strlen(text), f, cfg);
	fclose(f);
	if (code)
		err_set(err, code, "%s", said && said[0] ? said :
							    strerror(-code));
	free(said);
	return code;
}

static int do_config_apply(struct request *r, struct json_object **data,
			   struct err *err)
{
	struct cm_config *cfg = NULL;
	struct findings all = { .err = err };
	int code;

	/* An empty text is a configuration; none at all is a mistake. */
	if (!json_object_object_get_ex(r->args, "text", NULL))
		return err_set(err, -EINVAL, "config-apply without \"text\"");
	code = parse(r, &cfg, err);
	if (code)
		return code;
	*data = rec_new();
	all.warnings = rec_list(*data, "warnings");
	if (config_check(cfg, add_finding, &all))
		code = -EINVAL;
	else
		code = engine_apply(r->e, cfg, add_sentence,
				    rec_list(*data, "report"), err);
	if (!code)
		return 0;
	cm_config_free(cfg);
	json_object_put(*data);
	*data = NULL;
	return code;
}

/* --- SAs ------------------------------------------------------------------- */

static int do_isakmp_sas(struct request *r, struct json_object **data,
			 struct err *err)
{
	(void)err;
	*data = show_isakmp_sas(r->e);
	return 0;
}

static int do_ipsec_reasons(struct request *r, struct json_object **data,
			    struct err *err)
{
	(void)err;
	*data = show_ipsec_reasons(r->e);
	return 0;
}

static void clear_ike(struct ike_sa *sa)
{
	struct addr local = sa->local;
	struct peer *peer = sa->peer;

	if (!ike_sa_established(sa)) {
		v1_say_end(sa);
		v1_fail_ike(sa, "cleared by the administrator");
	} else if (sa->superseded) {
		v1_delete_ike(sa);
	} else {
		v1_delete_ike(sa);
		policy_renew_peer(peer, &local);
	}
}

static unsigned int clear_ike_of(struct peer *peer, unsigned int conn_id)
{
	struct list *pos, *tmp;
	unsigned int n = 0;

	peer->pins++;
	list_for_each(&peer->ike_sas, pos, tmp) {
		struct ike_sa *sa = list_entry(pos, struct ike_sa, of_peer);

		if (conn_id && sa->conn_id != conn_id)
			continue;
		clear_ike(sa);
		n++;
	}
	peer->pins--;
	peer_release(peer);
	return n;
}

static int do_isakmp_clear(struct request *r, struct json_object **data,
			   struct err *err)
{
	unsigned int conn_id = rec_get_num(r->args, "conn_id");
	struct list *pos, *tmp;
	unsigned int n = 0;

	if (!conn_id)
		r->e->records.hidden = r->e->records.last_id;
	/* 0 is what is shown for those that failed: no SA has it. */
	if (!conn_id && rec_get(r->args, "conn_id"))
		return count_reply(data, "cleared", 0);
	list_for_each(&r->e->all_peers, pos, tmp)
		n += clear_ike_of(list_entry(pos, struct peer, all), conn_id);
	if (conn_id && !n)
		return err_set(err, -ENOENT, "no ISAKMP SA has connection id %u",
			       conn_id);
	return count_reply(data, "cleared", n);
}

struct clear_filter {
	const char *map;
	struct addr peer;		/* unset: any */
	uint32_t spi;			/* 0: any */
	struct addr dst;		/* where packets with @spi go */
};

/* SPIs of different destinations are different SAs. */
static bool spi_matches(const struct child_sa *c, const struct clear_filter *f)
{
	return (c->spi_in == f->spi && addr_equal(&c->local, &f->dst)) ||
	       (c->spi_out == f->spi && addr_equal(&c->remote, &f->dst));
}

static bool clear_matches(struct engine *e, const struct child_sa *c,
			  const struct clear_filter *f)
{
	const struct policy_flow *flow;

	if (c->state < CHILD_INSTALLED && !c->adopted)
		return false;
	if (addr_is_set(&f->peer) && !addr_equal(&f->peer, &c->remote))
		return false;
	if (f->spi && !spi_matches(c, f))
		return false;
	if (!f->map[0])
		return true;
	flow = policy_flow_known(e, c->flow);
	return flow && !strcmp(flow->k.map, f->map);
}

static int do_ipsec_clear(struct request *r, struct json_object **data,
			  struct err *err)
{
	struct clear_filter f = {
		.map = rec_get_str(r->args, "map"),
		.spi = rec_get_num(r->args, "spi"),
	};
	const char *peer_text = rec_get_str(r->args, "peer");
	const char *dst_text = rec_get_str(r->args, "dst");
	struct list *p, *q, *ptmp, *qtmp;
	unsigned int n = 0;

	if (peer_text[0] && addr_parse(&f.peer, peer_text))
		return err_set(err, -EINVAL, "\"%s\" is no address", peer_text);
	if (f.spi && addr_parse(&f.dst, dst_text))
		return err_set(err, -EINVAL, "\"%s\" is no address", dst_text);
	list_for_each(&r->e->all_peers, p, ptmp) {
		struct peer *peer = list_entry(p, struct peer, all);

		list_for_each(&peer->children, q, qtmp) {
			struct child_sa *c = list_entry(q, struct child_sa,
							of_peer);

			if (!clear_matches(r->e, c, &f))
				continue;
			v1_delete_child(c);
			child_sa_delete(c, CRYPTOMAP_TOMB_DELETED);
			n++;
		}
		peer_release(peer);
	}
	return count_reply(data, "cleared", n);
}

static int do_initiate(struct request *r, struct json_object **data,
		       struct err *err)
{
	const char *map = rec_get_str(r->args, "map");
	uint32_t seq = rec_get_num(r->args, "seq");
	struct list *pos, *tmp;
	unsigned int known = 0, n = 0;

	list_for_each(&r->e->policy->all_flows, pos, tmp) {
		struct policy_flow *f = list_entry(pos, struct policy_flow,
						   all);
		uint32_t id = f->k.id;

		if (strcmp(f->k.map, map) || (seq && f->k.seq != seq) ||
		    !policy_entry(r->e, f))
			continue;
		known++;
		if (child_sa_of_flow(r->e, id) || want_find(r->e, id))
			continue;
		want_flow(r->e, id, WANT_COMMAND, NULL, 1);
		n++;
	}
	if (!known)
		return err_set(err, -ENOENT, "map \"%s\" has no such entry, or it is bound to no interface",
			       map);
	return count_reply(data, "started", n);
}

/* --- the daemon ------------------------------------------------------------ */

static int do_counters(struct request *r, struct json_object **data,
		       struct err *err)
{
	(void)err;
	*data = show_counters(r->e);
	return 0;
}

static int do_sessions(struct request *r, struct json_object **data,
		       struct err *err)
{
	(void)err;
	*data = show_sessions(r->e);
	return 0;
}

static int do_sessions_ended(struct request *r, struct json_object **data,
			     struct err *err)
{
	(void)err;
	*data = show_sessions_ended(r->e);
	return 0;
}

static int do_l2tp(struct request *r, struct json_object **data,
		   struct err *err)
{
	(void)err;
	*data = l2tp_show(r->e);
	return 0;
}

static int do_sessions_end(struct request *r, struct json_object **data,
			   struct err *err)
{
	const char *user = rec_get_str(r->args, "user");
	uint32_t index = rec_get_num(r->args, "index");
	unsigned int n = end_sessions(r->e, user, index);

	if (!n && user[0])
		return err_set(err, -ENOENT, "no session is that of user %s",
			       user);
	if (!n && index)
		return err_set(err, -ENOENT, "no session has the index %u",
			       index);
	return count_reply(data, "ended", n);
}

static int do_routes(struct request *r, struct json_object **data,
		     struct err *err)
{
	(void)err;
	*data = show_routes(r->e);
	return 0;
}

static int do_ezvpn(struct request *r, struct json_object **data,
		    struct err *err)
{
	(void)err;
	*data = show_ezvpn(r->e);
	return 0;
}

static int do_ezvpn_connect(struct request *r, struct json_object **data,
			    struct err *err)
{
	struct ezvpn *ez = ezvpn_find(r->e, rec_get_str(r->args, "name"), err);

	(void)data;
	return ez ? ezvpn_connect(ez, err) : -ENOENT;
}

static int do_ezvpn_login(struct request *r, struct json_object **data,
			  struct err *err)
{
	struct ezvpn *ez = ezvpn_find(r->e, rec_get_str(r->args, "name"), err);

	(void)data;
	return ez ? ezvpn_type_login(ez, rec_get_str(r->args, "user"),
				     rec_get_str(r->args, "password"), err) :
		    -ENOENT;
}

static int do_ezvpn_clear(struct request *r, struct json_object **data,
			  struct err *err)
{
	const char *name = rec_get_str(r->args, "name");
	struct list *pos, *tmp;
	unsigned int n = 0;
	int ret = 0;

	if (name[0] && !ezvpn_find(r->e, name, err))
		return -ENOENT;
	list_for_each(&r->e->policy->ezvpns, pos, tmp) {
		struct ezvpn *ez = list_entry(pos, struct ezvpn, all);

		if (name[0] && strcmp(ez->conf.name, name))
			continue;
		ret = ezvpn_clear(ez, err) ?: ret;
		n++;
	}
	return ret ? ret : count_reply(data, "cleared", n);
}

static int do_log_level(struct request *r, struct json_object **data,
			struct err *err)
{
	const char *spec = rec_get_str(r->args, "spec");

	(void)data;
	if (log_set_spec(spec))
		return err_set(err, -EINVAL, "\"%s\" is no log level: LEVEL or SUBSYSTEM=LEVEL, level err, warning, notice, info, debug",
			       spec);
	return 0;
}

static int do_shutdown(struct request *r, struct json_object **data,
		       struct err *err)
{
	(void)data;
	r->stop = true;
	if (rec_get_bool(r->args, "keep")) {
		log_notice(main, "leaving; SAs and maps stay in the kernel");
		return 0;
	}
	log_notice(main, "shutdown: everything is removed from the kernel");
	return engine_shutdown(r->e, err);
}

static handler_fn *const handlers[CONTROL_CMD_COUNT] = {
	[CONTROL_VERSION] = do_version,
	[CONTROL_CONFIG_GET] = do_config_get,
	[CONTROL_CONFIG_APPLY] = do_config_apply,
	[CONTROL_ISAKMP_SAS] = do_isakmp_sas,
	[CONTROL_IPSEC_REASONS] = do_ipsec_reasons,
	[CONTROL_ISAKMP_CLEAR] = do_isakmp_clear,
	[CONTROL_IPSEC_CLEAR] = do_ipsec_clear,
	[CONTROL_INITIATE] = do_initiate,
	[CONTROL_COUNTERS] = do_counters,
	[CONTROL_ROUTES] = do_routes,
	[CONTROL_SESSIONS] = do_sessions,
	[CONTROL_SESSIONS_ENDED] = do_sessions_ended,
	[CONTROL_SESSIONS_END] = do_sessions_end,
	[CONTROL_EZVPN] = do_ezvpn,
	[CONTROL_EZVPN_CONNECT] = do_ezvpn_connect,
	[CONTROL_EZVPN_LOGIN] = do_ezvpn_login,
	[CONTROL_EZVPN_CLEAR] = do_ezvpn_clear,
	[CONTROL_L2TP] = do_l2tp,
	[CONTROL_LOG_LEVEL] = do_log_level,
	[CONTROL_SHUTDOWN] = do_shutdown,
};

struct json_object *control_handle(struct request *r)
{
	enum control_cmd cmd = control_request_cmd(r->args);
	struct json_object *data = NULL;
	struct err err = { "" };
	int code;

	if (cmd == CONTROL_CMD_COUNT || !handlers[cmd])
		return control_reply_error(EOPNOTSUPP, "unknown request");
	log_debug(control, "request %s", control_cmd_name(cmd));
	code = handlers[cmd](r, &data, &err);
	if (code)
		return control_reply_error(-code, err.text[0] ? err.text :
							strerror(-code));
	return control_reply_ok(data);
}
