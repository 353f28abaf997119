// SPDX-License-Identifier: GPL-2.0
#include <linux/crypto.h>
#include <linux/err.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/skbuff.h>
#include <linux/vmalloc.h>
#include <net/ip.h>
#include <net/ipcomp.h>

#include "extack.h"
#include "flow.h"
#include "ipcomp.h"
#include "sa.h"
#include "stats.h"

#define THRESHOLD 90	/* bytes: what is shorter hardly shrinks (RFC 2394, 2.2) */

/* Of one CPU; used with BH off, so by one packet at a time. */
struct compressor {
	struct crypto_comp *tfm;
	u8 *out;	/* IP_MAX_MTU bytes */
};

static DEFINE_PER_CPU(struct compressor, compressors);
static DEFINE_MUTEX(users_lock);	/* protects users */
static u32 users;

/* --- compressors --- */

static void free_all(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct compressor *c = per_cpu_ptr(&compressors, cpu);

		crypto_free_comp(c->tfm);
		vfree(c->out);
		*c = (struct compressor){ };
	}
}

static int make_one(struct compressor *c, int cpu)
{
	struct crypto_comp *tfm = crypto_alloc_comp("deflate", 0, 0);

	if (IS_ERR(tfm))
		return PTR_ERR(tfm) == -ENOENT ? -EOPNOTSUPP : PTR_ERR(tfm);
	c->tfm = tfm;
	c->out = vmalloc_node(IP_MAX_MTU, cpu_to_node(cpu));
	return c->out ? 0 : -ENOMEM;
}

static int make_all(void)
{
	int cpu, err;

	for_each_possible_cpu(cpu) {
		err = make_one(per_cpu_ptr(&compressors, cpu), cpu);
		if (err) {
			free_all();
			return err;
		}
	}
	return 0;
}

int cm_ipcomp_get(struct netlink_ext_ack *extack)
{
	int err = 0;

	mutex_lock(&users_lock);
	if (!users)
		err = make_all();
	if (!err)
		users++;
	mutex_unlock(&users_lock);
	if (err == -EOPNOTSUPP)
		NL_SET_ERR_MSG(extack, "the kernel has no driver for deflate");
	return err;
}

void cm_ipcomp_put(void)
{
	mutex_lock(&users_lock);
	if (!--users)
		free_all();
	mutex_unlock(&users_lock);
}

/* --- packets --- */

static void *put_header(const struct cm_sa *sa, u8 *at, u8 next)
{
	struct ip_comp_hdr *hdr = (struct ip_comp_hdr *)at;

	hdr->nexthdr = next;
	hdr->flags = 0;
	hdr->cpi = htons(sa->cpi);
	return hdr + 1;
}

u8 cm_ipcomp_shrink(struct cm_sa *sa, struct sk_buff *skb, u32 stays, u8 next)
{
	struct compressor *c = this_cpu_ptr(&compressors);
	u32 len = skb->len - stays;
	u8 *data = skb->data + stays;
	unsigned int out = IP_MAX_MTU;

	if (len < THRESHOLD) {
		cm_flow_count(sa->flow, not_compressed, 1);
		return next;
	}
	if (unlikely(crypto_comp_compress(c->tfm, data, len, c->out, &out))) {
		cm_flow_count(sa->flow, comp_failed, 1);
		return next;
	}
	if (out + sizeof(struct ip_comp_hdr) >= len) {
		cm_flow_count(sa->flow, not_compressed, 1);
		return next;
	}
	memcpy(put_header(sa, data, next), c->out, out);
	__skb_trim(skb, stays + sizeof(struct ip_comp_hdr) + out);
	cm_flow_count(sa->flow, compressed, 1);
	return IPPROTO_COMP;
}

/* The data of @skb become these. */
static bool replace(struct sk_buff *skb, const u8 *data, u32 len)
{
	u32 have = skb->len + skb_tailroom(skb);

	if (len > have && pskb_expand_head(skb, 0, len - have, GFP_ATOMIC))
		return false;
	__skb_trim(skb, 0);
	skb_put_data(skb, data, len);
	return true;
}

enum cm_reason cm_ipcomp_expand(struct cm_sa *sa, struct sk_buff *skb,
				u32 stays, u8 *next)
{
	struct compressor *c = this_cpu_ptr(&compressors);
	const struct ip_comp_hdr *hdr = (struct ip_comp_hdr *)skb->data;
	unsigned int out = IP_MAX_MTU - stays;

	if (skb->len <= sizeof(*hdr))
		return CM_REASON_TRUNCATED;
	if (hdr->cpi != htons(sa->cpi))
		return CM_REASON_IPCOMP_CPI;
	*next = hdr->nexthdr;
	if (*next == IPPROTO_COMP)	/* nothing is compressed twice */
		return CM_REASON_BAD_NEXT_HEADER;
	if (crypto_comp_decompress(c->tfm, (u8 *)(hdr + 1),
				   skb->len - sizeof(*hdr), c->out, &out)) {
		cm_flow_count(sa->flow, decomp_failed, 1);
		return CM_REASON_DECOMPRESS_FAILED;
	}
	if (!replace(skb, c->out, out))
		return CM_REASON_NO_MEMORY;
	cm_flow_count(sa->flow, decompressed, 1);
	return CM_REASON_NONE;
}
