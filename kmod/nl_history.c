// SPDX-License-Identifier: GPL-2.0
/* HISTORY_GET: what inbound SAs accepted, by transform (F-061). */
#include "history.h"
#include "netlink.h"
#include "pernet.h"

/* One transform, and what was accepted with it. */
struct row {
	enum cryptomap_alg_kind kind;
	u16 id;
	const char *name;
	u64 esp;
	u64 ah;
};

static int put_row(struct sk_buff *skb, const struct row *row)
{
	struct nlattr *nest = nla_nest_start(skb, CRYPTOMAP_A_ALG);

	if (!nest ||
	    nla_put_u8(skb, CRYPTOMAP_ALG_KIND, row->kind) ||
	    nla_put_u16(skb, CRYPTOMAP_ALG_ID, row->id) ||
	    nla_put_string(skb, CRYPTOMAP_ALG_NAME, row->name) ||
	    nla_put_u64_64bit(skb, CRYPTOMAP_ALG_PACKETS_ESP, row->esp,
			      CRYPTOMAP_ALG_PAD) ||
	    nla_put_u64_64bit(skb, CRYPTOMAP_ALG_PACKETS_AH, row->ah,
			      CRYPTOMAP_ALG_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int dump_row(struct sk_buff *skb, struct netlink_callback *cb,
		    const struct row *row)
{
	void *hdr = cm_dump_begin(skb, cb, CRYPTOMAP_CMD_HISTORY_GET);
	int err;

	if (!hdr)
		return -EMSGSIZE;
	err = put_row(skb, row);
	if (err)
		genlmsg_cancel(skb, hdr);
	else
		genlmsg_end(skb, hdr);
	return err;
}

#define ROWS (CM_ENCR_COUNT + CM_AUTH_COUNT)

/* Row @at of the ciphers and, behind them, of the hashes. */
static struct row row_at(const struct cm_history *sum, unsigned int at)
{
	struct row row = { .kind = CRYPTOMAP_ALG_K_ENCR };

	if (at < CM_ENCR_COUNT) {
		row.id = cm_encr_at(at)->id;
		row.name = cm_encr_at(at)->show;
		row.esp = sum->encr[at];
		return row;
	}
	at -= CM_ENCR_COUNT;
	row.kind = CRYPTOMAP_ALG_K_AUTH;
	row.id = cm_auth_at(at)->id;
	row.name = cm_auth_at(at)->show;
	row.esp = sum->auth_esp[at];
	row.ah = sum->auth_ah[at];
	return row;
}

/* ctx->id rows are done. They fit into one buffer, and so are of one moment. */
int cm_nl_history_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct cm_net *cn = cm_net_of(sock_net(skb->sk));
	struct cm_dump *ctx = cm_dump(cb);
	struct cm_history sum;
	struct row row;
	int err = 0;

	if (ctx->id == ROWS)
		return 0;
	mutex_lock(&cn->lock);
	cm_history_sum(cn, &sum);
	mutex_unlock(&cn->lock);
	for (; !err && ctx->id < ROWS; ctx->id += !err) {
		row = row_at(&sum, ctx->id);
		err = dump_row(skb, cb, &row);
	}
	return skb->len ?: err;
}
