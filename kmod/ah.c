// SPDX-License-Identifier: GPL-2.0
#include <crypto/algapi.h>
#include <crypto/hash.h>
#include <linux/bottom_half.h>
#include <linux/scatterlist.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <net/ah.h>

#include "ah.h"
#include "compat/crypto.h"
#include "core/ahfmt.h"
#include "core/alg.h"
#include "esp.h"
#include "ip.h"
#include "pernet.h"
#include "sa.h"
#include "stats.h"

#define DIGEST_MAX 64	/* bytes of the longest digest, before it is cut */

/**
 * struct ah_job - one packet in the hash
 * @sa: SA; referenced if its driver may be asynchronous
 * @skb: packet
 * @icv_at: the ICV in it; zero while it is hashed
 * @high: high half of an extended sequence number
 * @received: inbound: the ICV that came
 * @digest: result of the hash
 * @sg: what is hashed: the copied header, the packet from AH on, @high
 * @req: request; its context follows, then the copy of all that stands before
 *	AH, as cm_ah_fix_mutable() makes it
 */
struct ah_job {
	struct cm_sa *sa;
	struct sk_buff *skb;
	u8 *icv_at;
	__be32 high;
	u8 received[CM_AH_ICV_MAX];
	u8 digest[DIGEST_MAX];
	struct scatterlist sg[3];
	struct ahash_request req;
};

/* --- one packet --- */

static void finish_job(struct ah_job *job, int err)
{
	struct cm_sa *sa = job->sa;
	struct sk_buff *skb = job->skb;
	u32 icv = sa->esp->geom.icv;

	if (sa->dir == CRYPTOMAP_DIR_OUT)
		memcpy(job->icv_at, job->digest, icv);
	else if (!err && crypto_memneq(job->digest, job->received, icv))
		err = -EBADMSG;
	kfree_sensitive(job);
	cm_esp_finish(sa, skb, err);
}

/* The asynchronous end of a job: see that of esp.c. */
static void job_done(CM_CRYPTO_ARG arg, int err)
{
	struct ah_job *job = cm_crypto_data(arg);
	struct cm_sa *sa = job->sa;

	if (err == -EINPROGRESS)	/* it left a backlog, the end comes */
		return;

	local_bh_disable();
	rcu_read_lock();
	atomic_dec(&sa->esp->pending);
	finish_job(job, err);
	cm_sa_put(sa);
	rcu_read_unlock();
	local_bh_enable();
}

/* What is hashed: @before bytes before AH, then all from there on. */
static struct ah_job *make_job(struct cm_sa *sa, struct sk_buff *skb, u8 *ah,
			       u32 before, u64 seq)
{
	struct crypto_ahash *tfm = sa->esp->ahash;
	u32 reqsize = crypto_ahash_reqsize(tfm);
	u32 len = skb_tail_pointer(skb) - ah;
	u32 esn = sa->esp->esn ? sizeof(__be32) : 0;
	struct ah_job *job;
	u8 *copy;

	job = kmalloc(sizeof(*job) + reqsize + before, GFP_ATOMIC);
	if (unlikely(!job))
		return NULL;
	copy = (u8 *)(job + 1) + reqsize;
	memcpy(copy, ah - before, before);
	job->sa = sa;
	job->skb = skb;
	job->icv_at = ah + CM_AH_HDR;
	job->high = htonl(upper_32_bits(seq));
	sg_init_table(job->sg, esn ? 3 : 2);
	sg_set_buf(&job->sg[0], copy, before);
	sg_set_buf(&job->sg[1], ah, len);
	if (esn)	/* RFC 4302, 2.5.1 and 3.3.3.2.2 */
		sg_set_buf(&job->sg[2], &job->high, esn);
	ahash_request_set_tfm(&job->req, tfm);
	ahash_request_set_callback(&job->req, 0, job_done, job);
	ahash_request_set_crypt(&job->req, job->sg, job->digest,
				before + len + esn);
	return job;
}

/* Consumes the job. */
static void run_job(struct ah_job *job)
{
	struct cm_sa *sa = job->sa;
	const bool async = sa->esp->async;
	struct sk_buff *skb = job->skb;
	int err;

	if (async && unlikely(!cm_esp_hold(sa))) {
		kfree_sensitive(job);
		cm_esp_finish(sa, skb, -ENOSPC);
		return;
	}
	err = crypto_ahash_digest(&job->req);
	if (err == -EINPROGRESS)
		return;
	if (async)
		atomic_dec(&sa->esp->pending);
	finish_job(job, err);
	if (async)
		cm_sa_put(sa);
}

/* @ah: the AH header, complete but for its ICV */
static void hash(struct cm_sa *sa, struct sk_buff *skb, u8 *ah, u64 seq)
{
	u32 before = ah - skb_network_header(skb);
	u32 icv = sa->esp->geom.icv;
	struct ah_job *job;

	if (unlikely(before > CM_AH_PART_MAX)) {
		cm_esp_finish(sa, skb, -EPROTO);
		return;
	}
	job = make_job(sa, skb, ah, before, seq);
	if (unlikely(!job)) {
		cm_esp_finish(sa, skb, -ENOMEM);
		return;
	}
	if (unlikely(cm_ah_fix_mutable(sg_virt(&job->sg[0]), before) !=
		     CM_REASON_NONE)) {
		kfree(job);
		cm_esp_finish(sa, skb, -EPROTO);
		return;
	}
	memcpy(job->received, job->icv_at, icv);
	memset(job->icv_at, 0, icv);
	run_job(job);
}

/* The lengths are authenticated, too; cm_ip_send() sets them to the same. */
void cm_ah_sign(struct cm_sa *sa, struct sk_buff *skb, u64 seq)
{
	struct ip_auth_hdr *ah = (void *)skb_transport_header(skb);
	const u8 len = sa->esp->geom.ah;

	ah->hdrlen = cm_ah_len_field(len);
	ah->reserved = 0;
	ah->spi = sa->key.spi;
	ah->seq_no = htonl(lower_32_bits(seq));
	memset(ah->auth_data, 0, len - CM_AH_HDR);
	if (cm_ip_is_v6(skb))
		ipv6_hdr(skb)->payload_len =
			htons(skb->len - sizeof(struct ipv6hdr));
	else
		ip_hdr(skb)->tot_len = htons(skb->len);
	hash(sa, skb, (u8 *)ah, seq);
}

void cm_ah_verify(struct cm_sa *sa, struct sk_buff *skb, u64 seq)
{
	hash(sa, skb, skb->data, seq);
}

/* --- one SA --- */

int cm_ah_init(struct cm_sa *sa, u8 outer, const struct cm_esp_keys *keys,
	       struct netlink_ext_ack *extack)
{
	const struct cm_auth *auth = cm_auth_find(sa->auth);
	u32 mask = sa->flags & CRYPTOMAP_SA_F_SYNC_CRYPTO ? CRYPTO_ALG_ASYNC : 0;
	struct cm_esp *esp = sa->esp;
	struct crypto_ahash *tfm;
	u32 digest;

	if (!auth || auth->icv > CM_AH_ICV_MAX) {
		NL_SET_ERR_MSG(extack, "this hash is not known");
		return -EOPNOTSUPP;
	}
	cm_alg_geom_ah(auth, outer, sa->key.family == AF_INET6, &esp->geom);
	tfm = crypto_alloc_ahash(auth->crypto, 0, mask);
	if (IS_ERR(tfm)) {
		NL_SET_ERR_MSG(extack, "the kernel has no driver for this hash");
		return PTR_ERR(tfm) == -ENOENT ? -EOPNOTSUPP : PTR_ERR(tfm);
	}
	esp->ahash = tfm;
	esp->async = crypto_ahash_tfm(tfm)->__crt_alg->cra_flags &
		     CRYPTO_ALG_ASYNC;
	digest = crypto_ahash_digestsize(tfm);
	if (WARN_ON_ONCE(digest < auth->icv || digest > DIGEST_MAX))
		return -EINVAL;
	if (!crypto_ahash_setkey(tfm, keys->auth, keys->auth_len))
		return 0;
	NL_SET_ERR_MSG(extack, "the driver refuses the key");
	return -EINVAL;
}
