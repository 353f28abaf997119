// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `clear crypto sa` (S-24), `clear crypto isakmp` (S-23), counters, and the
 * commands that start and stop.
 *
 * SAs are cleared through the daemon, which tells the peers; without a daemon
 * in the kernel alone.  Those with manual keys are the kernel's in either case
 * and are installed again at once from the configuration.
 */
#include <errno.h>
#include <json-c/json.h>
#include <string.h>

#include "tools/cli/exec.h"
#include "tools/cli/model.h"
#include "tools/cli/state.h"
#include "tools/lib/apply.h"
#include "tools/lib/control.h"
#include "tools/lib/writer.h"
#include "tools/show_flow.h"

static bool no_daemon(int ret)
{
	return ret == -ENOENT || ret == -ECONNREFUSED;
}

/* The outcome: a sentence, or {"NAME": [{"cleared": n}]}. */
static int report(struct exec_ctx *ctx, const char *list, uint64_t n)
{
	struct writer w;
	struct json_object *rec;

	if (!ctx->json)
		return 0;
	rec = rec_new();
	rec_num(rec, "cleared", n);
	writer_open(&w, ctx->out, true, list);
	writer_record(&w, rec, NULL);
	return writer_close(&w);
}

/* --- SAs ------------------------------------------------------------------------- */

struct spi_search {
	uint32_t spi;
	struct addr dst;
	uint32_t id, owner;
	bool found;
};

static int match_spi(void *arg, const struct kmod_sa *sa)
{
	struct spi_search *x = arg;

	if (sa->proto != IPPROTO_ESP || sa->spi != x->spi ||
	    !addr_equal(&sa->dst, &x->dst) || sa->state == CRYPTOMAP_SA_LARVAL)
		return 0;
	x->id = sa->id;
	x->owner = sa->owner;
	x->found = true;
	return 1;
}

static int count_sa(void *arg, const struct kmod_sa *sa)
{
	uint64_t *n = arg;

	*n += sa->state != CRYPTOMAP_SA_LARVAL;
	return 0;
}

/* What the words ask for, for the kernel ... */
static struct kmod_filter filter_of(const struct cli_args *args)
{
	const struct cli_arg *peer = cli_get(args, "peer");
	const char *map = cli_text(args, "map");
	struct kmod_filter f = { 0 };

	if (map)
		KMOD_SET_NAME(&f, filter, map, map);
	if (peer)
		KMOD_SET(&f, filter, peer, peer->address);
	return f;
}

/* ... and for the daemon. */
static struct json_object *request_of(const struct cli_args *args)
{
	const struct cli_arg *spi = cli_get(args, "spi");
	struct json_object *req = rec_new();
	struct addr a;

	if (cli_text(args, "map"))
		rec_str(req, "map", cli_text(args, "map"));
	if (cli_get(args, "peer")) {
		a = cli_address(args, "peer");
		rec_addr(req, "peer", &a);
	}
	if (spi) {
		a = cli_address(args, "address");
		rec_num(req, "spi", spi->number);
		rec_addr(req, "dst", &a);
	}
	return req;
}

static int delete_sa(struct kmod *k, uint32_t id)
{
	struct kmod_sa key = { 0 };

	KMOD_SET(&key, sa, id, id);
	KMOD_SET(&key, sa, reason, CRYPTOMAP_TOMB_DELETED);
	return kmod_sa_del(k, &key);
}

/* Install what manual keys there are once more. */
static int restore_manual(const struct exec_ctx *ctx, struct kmod *k)
{
	const struct apply apply = { .ops = &apply_kmod_ops, .ctx = k };
	struct err err = { "" };
	struct cm_config *cfg;
	int ret = exec_running_config(ctx, &cfg);

	if (ret)
		return ret;
	ret = err_print(stderr, apply_config(&apply, cfg, cfg, &err), &err);
	cm_config_free(cfg);
	return ret;
}

static int flush(struct kmod *k, struct kmod_filter f, uint64_t *n)
{
	int ret = kmod_sa_dump(k, &f, count_sa, n);

	KMOD_SET(&f, filter, reason, CRYPTOMAP_TOMB_DELETED);
	if (!ret)
		ret = kmod_sa_flush(k, &f);
	return ret ? show_kernel_failed(k, ret) : 0;
}

/* The daemon's SAs; false in *alive when it does not run. */
static int clear_by_daemon(const struct exec_ctx *ctx,
			   const struct cli_args *args, bool *alive,
			   uint64_t *n)
{
	struct json_object *data = NULL;
	struct err err = { "" };
	int ret = control_request(ctx->socket, CONTROL_IPSEC_CLEAR,
				  request_of(args), &data, &err);

	*alive = !no_daemon(ret);
	if (!*alive)
		return 0;
	*n += rec_get_num(data, "cleared");
	json_object_put(data);
	return err_print(stderr, ret, &err);
}

static int clear_spi(struct exec_ctx *ctx, struct kmod *k,
		     const struct cli_args *args, uint64_t *n)
{
	struct spi_search x = {
		.spi = cli_number(args, "spi", 0),
		.dst = cli_address(args, "address"),
	};
	bool alive = false;
	int ret = kmod_sa_dump(k, NULL, match_spi, &x);

	if (ret < 0)
		return show_kernel_failed(k, ret);
	if (!x.found) {
		fprintf(stderr, "%% no SA with SPI %u to this address\n",
			x.spi);
		return -ENOENT;
	}
	if (x.owner)
		ret = clear_by_daemon(ctx, args, &alive, n);
	else
		ret = 0;
	if (ret || alive)
		return ret;
	ret = delete_sa(k, x.id);
	*n += !ret;
	return ret ? show_kernel_failed(k, ret) : 0;
}

static int clear_many(struct exec_ctx *ctx, struct kmod *k,
		      const struct cli_args *args, uint64_t *n)
{
	struct kmod_filter f = filter_of(args);
	bool alive;
	int ret = clear_by_daemon(ctx, args, &alive, n);

	if (ret)
		return ret;
	if (alive)
		KMOD_SET(&f, filter, owner, 0);
	return flush(k, f, n);
}

int clear_crypto_sa(struct exec_ctx *ctx, const struct cli_args *args)
{
	struct kmod *k;
	uint64_t n = 0;
	int ret;

	if (cli_has(args, "counters"))
		return clear_crypto_counters(ctx, args);
	ret = show_kernel_open(&k);
	if (ret)
		return ret;
	if (cli_get(args, "spi"))
		ret = clear_spi(ctx, k, args, &n);
	else
		ret = clear_many(ctx, k, args, &n);
	if (!ret)
		ret = restore_manual(ctx, k);
	kmod_close(k);
	return ret ? ret : report(ctx, "clear_sa", n);
}

/* --- Counters ---------------------------------------------------------------------- */

int clear_crypto_counters(struct exec_ctx *ctx, const struct cli_args *args)
{
	struct kmod *k;
	int ret = show_kernel_open(&k);

	(void)ctx;
	(void)args;
	if (ret)
		return ret;
	ret = kmod_counter_reset(k, NULL);
	if (ret)
		show_kernel_failed(k, ret);
	kmod_close(k);
	return ret;
}

static int reset_list(struct kmod *k, const char *name)
{
	struct kmod_filter f = { 0 };

	KMOD_SET_NAME(&f, filter, acl, name);
	return kmod_counter_reset(k, &f);
}

int clear_access_list_counters(struct exec_ctx *ctx,
			       const struct cli_args *args)
{
	const char *name = cli_text(args, "acl");
	bool ipv6 = cli_has(args, "ipv6");
	struct cm_config *cfg;
	struct kmod *k;
	int ret = exec_running_config(ctx, &cfg);

	if (ret)
		return ret;
	ret = show_kernel_open(&k);
	if (ret)
		goto out;
	for (size_t i = 0; i < cfg->n_acls && !ret; i++)
		if ((!name || !strcmp(name, cfg->acls[i].name)) &&
		    (!ipv6 || cfg->acls[i].family == AF_INET6))
			ret = reset_list(k, cfg->acls[i].name);
	if (ret)
		show_kernel_failed(k, ret);
	kmod_close(k);
out:
	cm_config_free(cfg);
	return ret;
}

/* --- The daemon's ------------------------------------------------------------------ */

int clear_crypto_isakmp(struct exec_ctx *ctx, const struct cli_args *args)
{
	const struct cli_arg *id = cli_get(args, "conn-id");
	struct json_object *req = rec_new(), *data = NULL;
	struct err err = { "" };
	int ret;

	if (id)
		rec_num(req, "conn_id", id->number);
	ret = control_request(ctx->socket, CONTROL_ISAKMP_CLEAR, req, &data,
			      &err);
	err_print(stderr, ret, &err);
	if (!ret)
		ret = report(ctx, "clear_isakmp", rec_get_num(data, "cleared"));
	json_object_put(data);
	return ret;
}

int crypto_initiate(struct exec_ctx *ctx, const struct cli_args *args)
{
	struct json_object *req = rec_new();
	struct err err = { "" };

	rec_str(req, "map", cli_text(args, "map"));
	if (cli_get(args, "seq"))
		rec_num(req, "seq", cli_number(args, "seq", 0));
	return err_print(stderr, control_request(ctx->socket, CONTROL_INITIATE,
						 req, NULL, &err), &err);
}

static int remove_all(void)
{
	struct err err = { "" };
	struct kmod *k;
	int ret = show_kernel_open(&k);

	if (ret)
		return ret;
	ret = apply_nothing(&(struct apply){ .ops = &apply_kmod_ops,
					     .ctx = k }, &err);
	kmod_close(k);
	return err_print(stderr, ret, &err);
}

/* Stop the daemon and take everything out of the kernel, with it or without. */
int daemon_shutdown(struct exec_ctx *ctx, const struct cli_args *args)
{
	struct err err = { "" };
	int ret = control_request(ctx->socket, CONTROL_SHUTDOWN, NULL, NULL,
				  &err);

	(void)args;
	if (no_daemon(ret))
		ret = remove_all();
	else
		err_print(stderr, ret, &err);
	if (!ret)
		state_remove(ctx->socket);
	return ret;
}
