// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `show access-lists`, `show ipv6 access-list`: the lines as they were configured, with the packets
 * that the kernel says each of them decided.
 */
#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cli/model.h"
#include "tools/cli/running.h"
#include "tools/lib/writer.h"
#include "tools/show_flow.h"

/* Hits of one list by kernel line, ascending. */
struct hits {
	struct hit {
		uint32_t seq;
		uint64_t packets;
	} *v;
	size_t n, cap;
};

static int take_hits(void *arg, const struct kmod_acl *acl,
		     const struct kmod_line *line)
{
	struct hits *h = arg;

	(void)acl;
	if (!line)
		return 0;
	if (h->n == h->cap) {
		size_t cap = h->cap ? 2 * h->cap : 64;
		struct hit *mem = realloc(h->v, cap * sizeof(*mem));

		if (!mem)
			return -ENOMEM;
		h->v = mem;
		h->cap = cap;
	}
	h->v[h->n++] = (struct hit){ line->seq, line->hits };
	return 0;
}

/*
 * A configured line may be several of the kernel's (`neq`); they have the
 * numbers from its own up to the next configured one.  @pos goes on.
 */
static uint64_t sum_hits(const struct hits *h, size_t *pos, uint32_t from,
			 uint64_t below)
{
	uint64_t sum = 0;

	while (*pos < h->n && h->v[*pos].seq < from)
		(*pos)++;
	for (; *pos < h->n && h->v[*pos].seq < below; (*pos)++)
		sum += h->v[*pos].packets;
	return sum;
}

/* Number of the next line that the kernel knows, or beyond all. */
static uint64_t next_seq(const struct cfg_acl *acl, size_t i)
{
	while (++i < acl->n_aces)
		if (acl->aces[i].action != CFG_REMARK)
			return acl->aces[i].seq;
	return (uint64_t)UINT32_MAX + 1;
}

static struct json_object *line_record(const struct cfg_ace *ace, bool counted,
				       uint64_t packets)
{
	struct json_object *rec = rec_new();
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	rec_num(rec, "sequence", ace->seq);
	if (f) {
		running_ace(f, ace);
		if (!fclose(f))
			rec_str(rec, "text", text);
	}
	free(text);
	if (counted)
		rec_num(rec, "matches", packets);
	return rec;
}

static struct json_object *acl_record(const struct cfg_acl *acl,
				      const struct hits *h, bool counted)
{
	struct json_object *rec = rec_new(), *lines;
	size_t pos = 0;

	rec_str(rec, "name", acl->name);
	rec_str(rec, "family", acl->family == AF_INET6 ? "ipv6" : "ipv4");
	lines = rec_list(rec, "lines");
	for (size_t i = 0; i < acl->n_aces; i++) {
		const struct cfg_ace *ace = &acl->aces[i];
		bool rule = ace->action != CFG_REMARK;
		uint64_t n = rule ? sum_hits(h, &pos, ace->seq,
					     next_seq(acl, i)) : 0;

		rec_append(lines, line_record(ace, rule && counted, n));
	}
	return rec;
}

/* In front of the line in IPv4, behind it in IPv6: so does IOS. */
static void render_line(FILE *out, struct json_object *line, bool ipv6)
{
	uint64_t n = rec_get_num(line, "matches");

	rec_expand(out, ipv6 ? "    {text}" : "    {sequence} {text}", line);
	if (n)
		rec_expand(out, n == 1 ? " ({matches} match)" :
			   " ({matches} matches)", line);
	rec_expand(out, ipv6 ? " sequence {sequence}\n" : "\n", line);
}

static void render_acl(FILE *out, struct json_object *rec)
{
	struct json_object *lines = rec_get(rec, "lines");
	bool ipv6 = !strcmp(rec_get_str(rec, "family"), "ipv6");

	rec_expand(out, ipv6 ? "IPv6 access list {name}\n" :
		   "Extended IP access list {name}\n", rec);
	for (size_t i = 0; i < rec_len(lines); i++)
		render_line(out, rec_at(lines, i), ipv6);
}

/* `show ip access-lists`, `show ipv6 access-list`, or of both families. */
static bool family_wanted(const struct cfg_acl *acl,
			  const struct cli_args *args)
{
	return !cli_has(args, acl->family == AF_INET6 ? "ip" : "ipv6");
}

static void write_acl(struct writer *w, struct kmod *k,
		      const struct cfg_acl *acl)
{
	struct hits h = { 0 };
	bool counted = k && !kmod_acl_dump(k, acl->name, take_hits, &h);

	writer_record(w, acl_record(acl, &h, counted), render_acl);
	free(h.v);
}

int show_access_lists(struct exec_ctx *ctx, const struct cli_args *args)
{
	const char *name = cli_text(args, "acl");
	struct kmod *k = NULL;
	struct cm_config *cfg;
	struct writer w;
	int ret = exec_running_config(ctx, &cfg);

	if (ret)
		return ret;
	show_kernel_open(&k);	/* without it: no hits, and the reason said */
	writer_open(&w, ctx->out, ctx->json, "access_lists");
	for (size_t i = 0; i < cfg->n_acls; i++)
		if ((!name || !strcmp(name, cfg->acls[i].name)) &&
		    family_wanted(&cfg->acls[i], args))
			write_acl(&w, k, &cfg->acls[i]);
	kmod_close(k);
	cm_config_free(cfg);
	return writer_close(&w);
}
