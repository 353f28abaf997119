// SPDX-License-Identifier: GPL-2.0-or-later
/* `show crypto isakmp sa` (S-01) and `show crypto isakmp policy`. */
#include <errno.h>
#include <json-c/json.h>
#include <errno.h>
#include <string.h>

#include "tools/cli/exec.h"
#include "tools/cli/model.h"
#include "tools/lib/control.h"
#include "tools/lib/writer.h"

/* --- SAs: the daemon's records, as they come ------------------------------------- */

static void render_sa(FILE *out, struct json_object *rec)
{
	rec_expand(out, "{dst:15} {src:15} {state:14} {conn_id:>7} {slot:>4} {status}\n",
		   rec);
}

static const char detail_heading[] =
	"Codes: D - Dead Peer Detection, N - NAT-traversal, F - IKE Fragmentation\n"
	"       psk - Preshared key, rsig - RSA signature, esig - ECDSA signature\n"
	"       hybr - RSA signature of the one end, user of the other\n"
	"C-id  Local           Remote          Role      Status           Encr     Hash   Auth DH Lifetime   Cap.\n";

/* Which end has a NAT before it, and between which ports it is got through. */
static void render_nat(FILE *out, struct json_object *rec)
{
	bool local = rec_get_bool(rec, "nat_local");
	bool remote = rec_get_bool(rec, "nat_remote");

	if (!rec_get_bool(rec, "nat"))
		return;
	rec_expand(out, "       UDP {local_port} to {remote_port}, {nat_t}: ",
		   rec);
	fprintf(out, "%s\n", local && remote ? "both ends are behind a NAT" :
		local ? "this end is behind a NAT" :
			"the peer is behind a NAT");
}

/* What the daemon calls a method, as IOS does; it knows others, too. */
static const char *auth_code(const char *method)
{
	if (strstr(method, "rsa-sig"))
		return "rsig";
	if (!strncmp(method, "hybrid", 6))
		return "hybr";
	return !strncmp(method, "ecdsa", 5) ? "esig" : "psk";
}

static void render_client(FILE *out, struct json_object *rec)
{
	const char *address = rec_get_str(rec, "client_address");

	if (*rec_get_str(rec, "user"))
		rec_expand(out, "       user {user}, address ", rec);
	else if (*address)
		fputs("       client, address ", out);
	else
		return;
	fputs(*address ? address : "none", out);
	if (*rec_get_str(rec, "class"))
		rec_expand(out, ", class {class}", rec);
	fputc('\n', out);
}

static void render_detail(FILE *out, struct json_object *rec)
{
	uint64_t left = rec_get_num(rec, "remaining");
	char lifetime[16] = "unlimited";

	if (rec_get_num(rec, "lifetime") ||
	    strcmp(rec_get_str(rec, "state"), "QM_IDLE"))
		snprintf(lifetime, sizeof(lifetime), "%02u:%02u:%02u",
			 (unsigned int)(left / 3600),
			 (unsigned int)(left / 60 % 60),
			 (unsigned int)(left % 60));
	rec_expand(out, "{conn_id:5} {local:15} {peer:15} {role:9} {status:16} {cipher:8} {hash:6} ",
		   rec);
	fprintf(out, "%-4s ", auth_code(rec_get_str(rec, "auth")));
	rec_expand(out, "{group:2} ", rec);
	fprintf(out, "%-10s %s%s%s\n", lifetime,
		rec_get_bool(rec, "dpd") ? "D" : "",
		rec_get_bool(rec, "nat") ? "N" : "",
		rec_get_bool(rec, "fragmentation") ? "F" : "");
	render_nat(out, rec);
	/* IOS has one name for two of the states that ASA tells apart. */
	rec_expand(out, "       state {state} (ASA: {wait_state}), {created} quick modes done, {pending} pending, cookies {cookie_i}:{cookie_r}\n",
		   rec);
	render_client(out, rec);
	if (*rec_get_str(rec, "profile"))
		rec_expand(out, "       isakmp profile {profile}, peer is {remote_id}\n", rec);
	if (*rec_get_str(rec, "error"))
		rec_expand(out, "       error: {error}\n", rec);
}

int show_crypto_isakmp_sa(struct exec_ctx *ctx, const struct cli_args *args)
{
	bool detail = cli_has(args, "detail");
	struct json_object *data = NULL;
	struct err err = { "" };
	struct writer w;
	int ret;

	ret = control_request(ctx->socket, CONTROL_ISAKMP_SAS, NULL, &data,
			      &err);
	if (ret)
		return err_print(stderr, ret, &err);
	writer_open(&w, ctx->out, ctx->json, "isakmp_sa");
	writer_text(&w, "%s", detail ? detail_heading :
		    "dst             src             state          conn-id slot status\n");
	for (size_t i = 0; i < rec_len(data); i++)
		writer_record(&w, json_object_get(rec_at(data, i)),
			      detail ? render_detail : render_sa);
	json_object_put(data);
	return writer_close(&w);
}

/* --- Policies ---------------------------------------------------------------------- */

static const char *cipher_text(const struct cfg_policy *p)
{
	switch (p->cipher) {
	case CFG_CIPHER_DES:
		return "DES - Data Encryption Standard (56 bit keys)";
	case CFG_CIPHER_3DES:
		return "Three key triple DES";
	case CFG_CIPHER_AES:
		return p->key_bits == 256 ?
		       "AES - Advanced Encryption Standard (256 bit keys)" :
		       p->key_bits == 192 ?
		       "AES - Advanced Encryption Standard (192 bit keys)" :
		       "AES - Advanced Encryption Standard (128 bit keys)";
	default:
		return "?";
	}
}

static const char *hash_text(enum cfg_hash hash)
{
	static const char *const text[CFG_HASH_COUNT] = {
		[CFG_HASH_MD5] = "Message Digest 5",
		[CFG_HASH_SHA1] = "Secure Hash Standard",
		[CFG_HASH_SHA256] = "Secure Hash Standard 2 (256 bit)",
		[CFG_HASH_SHA384] = "Secure Hash Standard 2 (384 bit)",
		[CFG_HASH_SHA512] = "Secure Hash Standard 2 (512 bit)",
	};

	return hash < CFG_HASH_COUNT && text[hash] ? text[hash] : "?";
}

static unsigned int group_bits(unsigned int group)
{
	static const uint16_t bits[] = {
		[1] = 768, [2] = 1024, [5] = 1536, [14] = 2048, [15] = 3072,
		[16] = 4096, [19] = 256, [20] = 384,
	};

	return group < sizeof(bits) / sizeof(bits[0]) ? bits[group] : 0;
}

static struct json_object *policy_record(const struct cfg_policy *p)
{
	static const char *const auths[CFG_AUTH_COUNT] = {
		[CFG_AUTH_PSK] = "Pre-Shared Key",
		[CFG_AUTH_RSA] = "Rivest-Shamir-Adleman Signature",
		[CFG_AUTH_ECDSA] = "Elliptic Curve Digital Signature Algorithm Signature",
	};
	struct json_object *rec = rec_new();

	rec_num(rec, "priority", p->priority);
	rec_bool(rec, "default", cfg_policy_is_default(p));
	if (p->of[0]) {
		rec_str(rec, "ike_policy", p->of);
		rec_str(rec, "ike_proposal", p->proposal);
	}
	rec_str(rec, "encryption", cipher_text(p));
	rec_str(rec, "hash", hash_text(p->hash));
	rec_str(rec, "authentication", auths[p->auth]);
	rec_num(rec, "group", p->group);
	rec_num(rec, "group_bits", group_bits(p->group));
	rec_num(rec, "lifetime", p->lifetime);
	return rec;
}

static void render_policy(FILE *out, struct json_object *rec)
{
	if (rec_get_str(rec, "ike_policy")[0])
		rec_expand(out, "Protection suite of ike proposal {ike_proposal}, for the peer of ike policy {ike_policy} alone\n",
			   rec);
	else
		rec_expand(out, rec_get_bool(rec, "default") ?
			   "Default protection suite of priority {priority}\n" :
			   "Protection suite of priority {priority}\n", rec);
	rec_expand(out,
		   "\tencryption algorithm:\t{encryption}.\n"
		   "\thash algorithm:\t\t{hash}\n"
		   "\tauthentication method:\t{authentication}\n"
		   "\tDiffie-Hellman group:\t#{group} ({group_bits} bit)\n"
		   "\tlifetime:\t\t", rec);
	if (rec_get_num(rec, "lifetime"))
		rec_expand(out, "{lifetime} seconds, no volume limit\n", rec);
	else
		fprintf(out, "no limit\n");
}

int show_crypto_isakmp_policy(struct exec_ctx *ctx, const struct cli_args *args)
{
	struct cm_config *cfg;
	struct writer w;
	int ret = exec_running_config(ctx, &cfg);

	(void)args;
	if (ret)
		return ret;
	if (cm_config_expand(cfg)) {
		cm_config_free(cfg);
		return -ENOMEM;
	}
	writer_open(&w, ctx->out, ctx->json, "isakmp_policy");
	writer_text(&w, "Global IKE policy\n");
	for (size_t i = 0; i < cfg->n_policies; i++)
		writer_record(&w, policy_record(&cfg->policies[i]),
			      render_policy);
	cm_config_free(cfg);
	return writer_close(&w);
}
