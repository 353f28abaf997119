// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `show crypto algorithms`: what SAs can be made of in this kernel, and what it
 * lacks, before the first tunnel fails for it (F-109, E-089).
 */
#include <json-c/json.h>
#include <string.h>

#include "tools/lib/writer.h"
#include "tools/show_flow.h"

/* "128, 192, 256", "-" without keys. */
static void join_keys(struct json_object *keys, char *text, size_t size)
{
	size_t len = 0;

	snprintf(text, size, "-");
	for (size_t i = 0; i < rec_len(keys) && len < size; i++)
		len += (size_t)snprintf(text + len, size - len, "%s%d", i ? ", " : "",
					json_object_get_int(rec_at(keys, i)));
}

static void render_algorithm(FILE *out, struct json_object *rec)
{
	char keys[64];

	join_keys(rec_get(rec, "key_bits"), keys, sizeof(keys));
	rec_expand(out, "{name:18} ", rec);
	fprintf(out, "%-14s", keys);
	rec_expand(out, " {iv:>3} {icv:>4}  ", rec);
	if (rec_get_bool(rec, "available"))
		rec_expand(out, "{driver}\n", rec);
	else
		rec_expand(out, "not offered: the kernel lacks {crypto}\n", rec);
}

static void put_keys(struct json_object *rec, const struct kmod_bytes *bits)
{
	struct json_object *list = rec_list(rec, "key_bits");
	uint16_t one;

	for (size_t i = 0; i + sizeof(one) <= bits->len; i += sizeof(one)) {
		memcpy(&one, (const char *)bits->data + i, sizeof(one));
		rec_append(list, json_object_new_int(one));
	}
}

static int take_algorithm(void *arg, const struct kmod_alg *a)
{
	bool cipher = a->kind == CRYPTOMAP_ALG_K_ENCR;
	bool there = KMOD_HAS(a, alg, driver);
	struct json_object *rec = rec_new();

	rec_str(rec, "kind", cipher ? "encryption" : "integrity");
	rec_num(rec, "number", a->id);
	rec_str(rec, "name", KMOD_HAS(a, alg, name) ? a->name : "");
	rec_str(rec, "transform", cipher ? kmod_encr_word(a->id) :
					   kmod_auth_word(a->id));
	put_keys(rec, &a->key_bits);
	rec_num(rec, "salt", a->salt);
	rec_num(rec, "iv", a->iv);
	rec_num(rec, "icv", a->icv);
	rec_bool(rec, "combined", a->flags & CRYPTOMAP_ALG_F_COMBINED);
	rec_bool(rec, "old", a->flags & CRYPTOMAP_ALG_F_OLD);
	rec_bool(rec, "available", there);
	rec_str(rec, "crypto", KMOD_HAS(a, alg, crypto) ? a->crypto : "");
	rec_str(rec, "driver", there ? a->driver : "");
	writer_record(arg, rec, render_algorithm);
	return 0;
}

int show_crypto_algorithms(struct exec_ctx *ctx, const struct cli_args *args)
{
	struct writer w;
	struct kmod *k;
	int ret = show_kernel_open(&k), closed;

	(void)args;
	if (ret)
		return ret;
	writer_open(&w, ctx->out, ctx->json, "algorithms");
	writer_text(&w, "%-18s %-14s %3s %4s  %s\n", "Algorithm", "Key bits",
		    "IV", "ICV", "Driver (ciphers with HMAC-SHA-256, hashes with NULL)");
	ret = kmod_alg_dump(k, take_algorithm, &w);
	if (ret)
		show_kernel_failed(k, ret);
	closed = writer_close(&w);
	kmod_close(k);
	return ret ? ret : closed;
}
