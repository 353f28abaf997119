// SPDX-License-Identifier: GPL-2.0
/* ALG_GET: the transforms of the table, and which of them this kernel offers (F-109). */
#include <linux/crypto.h>

#include "kmod/core/alg.h"

#include "esp.h"
#include "netlink.h"

/* A row of either table as it is shown. */
struct row {
	enum cryptomap_alg_kind kind;
	u16 id;
	u8 flags;
	u8 keys[4];	/* bytes, 0 ends */
	u8 salt;
	u8 iv;
	u8 icv;
	const char *name;
	const char *crypto;
	const struct cm_encr *encr;	/* what to try it with */
	const struct cm_auth *auth;
};

/* The partners with which a row is tried are what no IPsec may lack (RFC 8221). */
static struct row encr_row(const struct cm_encr *e)
{
	struct row row = {
		.kind = CRYPTOMAP_ALG_K_ENCR,
		.id = e->id,
		.flags = e->flags,
		.salt = e->salt,
		.iv = e->iv,
		.icv = e->icv,
		.name = e->show,
		.crypto = e->crypto,
		.encr = e,
		.auth = cm_auth_find(e->flags & CM_ALG_AEAD ? CM_AUTH_NONE :
				     CM_AUTH_HMAC_SHA2_256_128),
	};

	BUILD_BUG_ON(sizeof(row.keys) != sizeof(e->keys));
	memcpy(row.keys, e->keys, sizeof(row.keys));
	return row;
}

static struct row auth_row(const struct cm_auth *a)
{
	return (struct row) {
		.kind = CRYPTOMAP_ALG_K_AUTH,
		.id = a->id,
		.flags = a->flags,
		.keys = { a->key },
		.icv = a->icv,
		.name = a->show,
		.crypto = a->crypto,
		.encr = cm_encr_find(CM_ENCR_NULL),
		.auth = a,
	};
}

static int put_keys(struct sk_buff *skb, const struct row *row)
{
	u16 bits[ARRAY_SIZE(row->keys)];
	int n;

	for (n = 0; n < ARRAY_SIZE(row->keys) && row->keys[n]; n++)
		bits[n] = row->keys[n] * 8;
	return n ? nla_put(skb, CRYPTOMAP_ALG_KEY_BITS, n * sizeof(bits[0]), bits) : 0;
}

static int put_row(struct sk_buff *skb, const struct row *row, const char *driver)
{
	struct nlattr *nest = nla_nest_start(skb, CRYPTOMAP_A_ALG);

	if (!nest ||
	    nla_put_u8(skb, CRYPTOMAP_ALG_KIND, row->kind) ||
	    nla_put_u16(skb, CRYPTOMAP_ALG_ID, row->id) ||
	    nla_put_string(skb, CRYPTOMAP_ALG_NAME, row->name) ||
	    nla_put_u32(skb, CRYPTOMAP_ALG_FLAGS, row->flags) ||
	    put_keys(skb, row) ||
	    nla_put_u8(skb, CRYPTOMAP_ALG_SALT, row->salt) ||
	    nla_put_u8(skb, CRYPTOMAP_ALG_IV, row->iv) ||
	    nla_put_u8(skb, CRYPTOMAP_ALG_ICV, row->icv) ||
	    nla_put_string(skb, CRYPTOMAP_ALG_CRYPTO, row->crypto) ||
	    (driver && nla_put_string(skb, CRYPTOMAP_ALG_DRIVER, driver)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int dump_row(struct sk_buff *skb, struct netlink_callback *cb,
		    const struct row *row)
{
	char driver[CRYPTO_MAX_ALG_NAME];
	void *hdr;
	int err;

	err = cm_esp_probe(row->encr, row->auth, driver);
	if (err && err != -EOPNOTSUPP)
		return err;
	hdr = cm_dump_begin(skb, cb, CRYPTOMAP_CMD_ALG_GET);
	if (!hdr)
		return -EMSGSIZE;
	err = put_row(skb, row, err ? NULL : driver);
	if (err)
		genlmsg_cancel(skb, hdr);
	else
		genlmsg_end(skb, hdr);
	return err;
}

/* ctx->sub rows of the ciphers and ctx->id of the hashes are done. */
int cm_nl_alg_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct cm_dump *ctx = cm_dump(cb);
	const struct cm_encr *e;
	const struct cm_auth *a;
	struct row row;
	int err = 0;

	for (; !err && (e = cm_encr_at(ctx->sub)); ctx->sub += !err) {
		row = encr_row(e);
		err = dump_row(skb, cb, &row);
	}
	for (; !err && (a = cm_auth_at(ctx->id)); ctx->id += !err) {
		if (a->id == CM_AUTH_NONE)
			continue;
		row = auth_row(a);
		err = dump_row(skb, cb, &row);
	}
	return skb->len ?: err;
}
