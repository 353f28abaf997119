// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `show ipsec statistics` (NEC, section 3.14): what came in, by algorithm, and what
 * of it was lost, by kind (F-061, F-083), since the counters were last cleared. The
 * kernel keeps the histories of SAs that are gone, and tells AH apart in each reason.
 */
#include <json-c/json.h>
#include <string.h>

#include "tools/lib/kmod.h"
#include "tools/lib/writer.h"
#include "tools/show_flow.h"

/* X(identifier, field): kinds of losses, in the order in which they are shown */
#define KINDS(X)				\
	X(SP_ERRORS, "sp_errors")		\
	X(NOT_FOUND_ESP, "not_found_esp_sa")	\
	X(NOT_FOUND_AH, "not_found_ah_sa")	\
	X(ESP_ERRORS, "esp_errors")		\
	X(AH_ERRORS, "ah_errors")		\
	X(AHESP_ERRORS, "ahesp_errors")		\
	X(DECRYPT, "decrypt_failure")		\
	X(AUTH, "auth_failure")			\
	X(ICV, "invalid_icv")			\
	X(KEY, "invalid_key")			\
	X(PKT, "invalid_pkt")			\
	X(REPLAY, "replay_errors")		\
	X(SEQ, "seq_over")			\
	X(SECLEVEL, "seclevel_miss")		\
	X(OTHER, "other_errors")

enum kind {
#define X(id, name) KIND_##id,
	KINDS(X)
#undef X
	KIND_COUNT
};

static const char *const kind_names[] = {
#define X(id, name) [KIND_##id] = name,
	KINDS(X)
#undef X
};

/*
 * Where what is lost on its way in belongs. ESP or AH errors are what is wrong with
 * that header, or the trailer of ESP; an invalid packet is wrong outside or inside of
 * it. AH decrypts nothing: when its driver fails nothing is authenticated. Reasons of
 * the other direction are not here; those of both, in the last lines, are counted once
 * for both.
 */
static const struct {
	const char *reason;
	enum kind esp, ah;
} kinds[] = {
	{ "selector_mismatch", KIND_SP_ERRORS, KIND_SP_ERRORS },
	{ "transport_address", KIND_SP_ERRORS, KIND_SP_ERRORS },
	{ "management_access", KIND_SP_ERRORS, KIND_SP_ERRORS },
	{ "unknown_spi", KIND_NOT_FOUND_ESP, KIND_NOT_FOUND_AH },
	{ "deleted_spi", KIND_NOT_FOUND_ESP, KIND_NOT_FOUND_AH },
	{ "wrong_protocol", KIND_AHESP_ERRORS, KIND_AHESP_ERRORS },
	{ "ah_missing", KIND_AHESP_ERRORS, KIND_AHESP_ERRORS },
	{ "esp_missing", KIND_AHESP_ERRORS, KIND_AHESP_ERRORS },
	{ "wrong_destination", KIND_ESP_ERRORS, KIND_AH_ERRORS },
	{ "encap_mismatch", KIND_ESP_ERRORS, KIND_AH_ERRORS },
	{ "truncated", KIND_ESP_ERRORS, KIND_AH_ERRORS },
	{ "bad_length", KIND_ESP_ERRORS, KIND_AH_ERRORS },
	{ "bad_padding", KIND_ESP_ERRORS, KIND_AH_ERRORS },
	{ "bad_next_header", KIND_ESP_ERRORS, KIND_AH_ERRORS },
	{ "decrypt_failed", KIND_DECRYPT, KIND_AUTH },
	{ "bad_icv", KIND_ICV, KIND_ICV },
	{ "bad_inner", KIND_PKT, KIND_PKT },
	{ "replay", KIND_REPLAY, KIND_REPLAY },
	{ "replay_window", KIND_REPLAY, KIND_REPLAY },
	{ "clear_text", KIND_SECLEVEL, KIND_SECLEVEL },
	{ "ecn_invalid", KIND_OTHER, KIND_OTHER },
	{ "ipcomp_cpi", KIND_OTHER, KIND_OTHER },
	{ "decompress_failed", KIND_OTHER, KIND_OTHER },
	{ "nat_demux_limit", KIND_OTHER, KIND_OTHER },
	{ "nat_demux_protocol", KIND_OTHER, KIND_OTHER },
	{ "bad_header", KIND_PKT, KIND_PKT },
	{ "hard_expired", KIND_OTHER, KIND_OTHER },
	{ "map_gone", KIND_OTHER, KIND_OTHER },
	{ "iface_down", KIND_OTHER, KIND_OTHER },
	{ "queue_overflow", KIND_OTHER, KIND_OTHER },
	{ "crypto_error", KIND_OTHER, KIND_OTHER },
	{ "no_memory", KIND_OTHER, KIND_OTHER },
};

/* Transforms, as the sample names them; others have lines only when they are used. */
struct history {
	const char *name;
	bool always;
	uint16_t ids[9];	/* 0 ends */
};

static const struct history ciphers[] = {
	{ "des", true, { CRYPTOMAP_ENCR_DES } },
	{ "3des", true, { CRYPTOMAP_ENCR_3DES } },
	{ "aes", true, { CRYPTOMAP_ENCR_AES_CBC, CRYPTOMAP_ENCR_AES_CTR,
			 CRYPTOMAP_ENCR_AES_CCM_8, CRYPTOMAP_ENCR_AES_CCM_12,
			 CRYPTOMAP_ENCR_AES_CCM_16, CRYPTOMAP_ENCR_AES_GCM_8,
			 CRYPTOMAP_ENCR_AES_GCM_12, CRYPTOMAP_ENCR_AES_GCM_16 } },
	{ "null", true, { CRYPTOMAP_ENCR_NULL, CRYPTOMAP_ENCR_NULL_AES_GMAC } },
	{ "chacha20", false, { CRYPTOMAP_ENCR_CHACHA20_POLY1305 } },
	{ NULL, false, { 0 } },
};

static const struct history hashes[] = {
	{ "md5", true, { CRYPTOMAP_AUTH_HMAC_MD5_96 } },
	{ "sha1", true, { CRYPTOMAP_AUTH_HMAC_SHA1_96 } },
	{ "sha2", false, { CRYPTOMAP_AUTH_HMAC_SHA2_256_128,
			   CRYPTOMAP_AUTH_HMAC_SHA2_384_192,
			   CRYPTOMAP_AUTH_HMAC_SHA2_512_256,
			   CRYPTOMAP_AUTH_HMAC_SHA2_256_96 } },
	{ "aes", false, { CRYPTOMAP_AUTH_AES_XCBC_96,
			  CRYPTOMAP_AUTH_AES_CMAC_96 } },
	{ NULL, false, { 0 } },
};

#define HISTORIES	5	/* rows of the longer table */

struct statistics {
	uint64_t esp_encap[HISTORIES], esp_auth[HISTORIES], ah_auth[HISTORIES];
	uint64_t kinds[KIND_COUNT];
	uint64_t succeeded, failed;
};

/* Lost behind its SA: the histories have it, it has succeeded. */
static bool is_behind_sa(const char *reason)
{
	return !strcmp(reason, "management_access");
}

static int take_counter(void *arg, const struct kmod_counter *c)
{
	struct statistics *s = arg;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].reason, c->name)) {
			s->kinds[kinds[i].esp] += c->packets - c->packets_ah;
			s->kinds[kinds[i].ah] += c->packets_ah;
			if (!is_behind_sa(c->name))
				s->failed += c->packets;
		}
	return 0;
}

static void count(uint64_t *sums, const struct history *history, uint16_t id,
		  uint64_t packets)
{
	for (size_t i = 0; id && history[i].name; i++)
		for (size_t j = 0; history[i].ids[j]; j++)
			if (history[i].ids[j] == id)
				sums[i] += packets;
}

/* Every packet went through a cipher of ESP, or a hash of AH. */
static int take_history(void *arg, const struct kmod_alg *a)
{
	struct statistics *s = arg;

	s->succeeded += a->packets_ah;
	if (a->kind == CRYPTOMAP_ALG_K_ENCR) {
		s->succeeded += a->packets_esp;
		count(s->esp_encap, ciphers, a->id, a->packets_esp);
	} else {
		count(s->esp_auth, hashes, a->id, a->packets_esp);
		count(s->ah_auth, hashes, a->id, a->packets_ah);
	}
	return 0;
}

static void put_history(struct json_object *rec, const char *key,
			const struct history *history, const uint64_t *sums)
{
	struct json_object *list = rec_new();

	for (size_t i = 0; history[i].name; i++)
		if (history[i].always || sums[i])
			rec_num(list, history[i].name, sums[i]);
	rec_put(rec, key, list);
}

static struct json_object *record(const struct statistics *s)
{
	struct json_object *rec = rec_new();

	rec_str(rec, "direction", "rcvd");
	rec_num(rec, "process_switching", s->succeeded + s->failed);
	put_history(rec, "esp_encap_history", ciphers, s->esp_encap);
	put_history(rec, "esp_auth_history", hashes, s->esp_auth);
	put_history(rec, "ah_auth_history", hashes, s->ah_auth);
	rec_num(rec, "succeeded", s->succeeded);
	for (size_t i = 0; i < KIND_COUNT; i++)
		rec_num(rec, kind_names[i], s->kinds[i]);
	rec_num(rec, "failed", s->failed);
	return rec;
}

static void render_history(FILE *out, struct json_object *rec, const char *key,
			   const char *what)
{
	json_object_object_foreach(rec_get(rec, key), name, value)
		fprintf(out, "      %s %s %s\n",
			json_object_get_string(value), what, name);
}

static void render(FILE *out, struct json_object *rec)
{
	rec_expand(out, "IPsec statistics:\n"
		   "Rcvd: {process_switching} process switching\n", rec);
	render_history(out, rec, "esp_encap_history", "esp encap history");
	render_history(out, rec, "esp_auth_history", "esp auth history");
	render_history(out, rec, "ah_auth_history", "ah auth history");
	rec_expand(out,
		   "      {succeeded} succeeded\n"
		   "      {sp_errors} sp errors, {not_found_esp_sa} not found esp sa, {not_found_ah_sa} not found ah sa\n"
		   "      {esp_errors} esp errors, {ah_errors} ah errors, {ahesp_errors} ahesp errors\n"
		   "      {decrypt_failure} decrypt failure, {auth_failure} auth failure, {invalid_icv} invalid icv\n"
		   "      {invalid_key} invalid key, {invalid_pkt} invalid pkt\n"
		   "      {replay_errors} replay errors, {seq_over} seq over\n"
		   "      {seclevel_miss} seclevel miss, {other_errors} other errors\n"
		   "      {failed} failed\n", rec);
}

int show_ipsec_statistics(struct exec_ctx *ctx, const struct cli_args *args)
{
	struct statistics s = { 0 };
	struct writer w;
	struct kmod *k;
	int ret = show_kernel_open(&k);

	(void)args;
	if (ret)
		return ret;
	ret = kmod_counter_dump(k, take_counter, &s);
	if (!ret)
		ret = kmod_history_dump(k, take_history, &s);
	if (ret) {
		show_kernel_failed(k, ret);
	} else {
		writer_open(&w, ctx->out, ctx->json, "ipsec_statistics");
		writer_record(&w, record(&s), render);
		ret = writer_close(&w);
	}
	kmod_close(k);
	return ret;
}
