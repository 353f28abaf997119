// SPDX-License-Identifier: GPL-2.0
#include <crypto/aead.h>
#include <crypto/authenc.h>
#include <crypto/hash.h>
#include <crypto/internal/simd.h>
#include <linux/bottom_half.h>
#include <linux/percpu.h>
#include <linux/random.h>
#include <linux/rtnetlink.h>
#include <linux/scatterlist.h>
#include <linux/skbuff.h>
#include <net/esp.h>
#include <net/xfrm.h>

#include <asm/simd.h>

#include "ah.h"
#include "chacha.h"
#include "compat/crypto.h"
#include "core/alg.h"
#include "dev.h"
#include "early.h"
#include "esp.h"
#include "input.h"
#include "ip.h"
#include "ipcomp.h"
#include "lane.h"
#include "output.h"
#include "pernet.h"
#include "sa.h"
#include "stats.h"

#define ESN_HIGH 4	/* bytes of the high half of a sequence number */

/**
 * struct esp_job - one packet in the cipher
 * @sa: SA; referenced if its driver may be asynchronous
 * @skb: packet
 * @size: bytes of context that follow @req
 * @sg: the packet from its ESP header to its ICV, always one piece: drivers
 *	copy associated data that is not (they allocate for that)
 * @covered: what open_esn() wrote over
 * @iv: IV for the cipher, which overwrites it
 * @req: request, its context follows
 */
struct esp_job {
	struct cm_sa *sa;
	struct sk_buff *skb;
	size_t size;
	struct scatterlist sg;
	__be32 covered;
	u8 iv[CM_ESP_IV_MAX];
	struct aead_request req;
};

/*
 * A job for the next packet of each CPU. Whoever takes it owns it; a driver
 * that goes on asynchronously keeps it and the next packet finds none. So one
 * path serves both kinds of driver, and the usual packet allocates nothing.
 */
static DEFINE_PER_CPU(struct esp_job *, spare_job);

static struct esp_job *get_job(size_t size)
{
	struct esp_job *job = this_cpu_xchg(spare_job, NULL);

	if (likely(job && job->size >= size))
		return job;
	kfree_sensitive(job);
	job = kmalloc(sizeof(*job) + size, GFP_ATOMIC);
	if (job)
		job->size = size;
	return job;
}

static void put_job(struct esp_job *job)
{
	kfree_sensitive(this_cpu_xchg(spare_job, job));
}

void cm_esp_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		kfree_sensitive(per_cpu(spare_job, cpu));
}

/* --- one packet --- */

/* Also the end of what never reached a cipher. */
void cm_esp_finish(struct cm_sa *sa, struct sk_buff *skb, int err)
{
	if (cm_lane_done(skb, err))
		return;
	if (sa->dir == CRYPTOMAP_DIR_OUT)
		cm_output_done(sa, skb, err);
	else
		cm_input_done(sa, skb, err);
}

/*
 * With extended sequence numbers (RFC 4304) the cipher is given SPI, high half,
 * low half, where the wire has SPI and low half: RFC 4106 and the like
 * authenticate just that, authencesn() moves the high half behind the payload
 * itself (RFC 4303, 2.2.1). The longer header begins one word early, over the
 * end of the IP or UDP header, until the cipher is done.
 *
 * Return: where it begins.
 */
static u8 *open_esn(struct esp_job *job, struct ip_esp_hdr *esph, u64 seq)
{
	__be32 *wide = (__be32 *)esph - 1;

	job->covered = wide[0];
	wide[0] = esph->spi;
	wide[1] = htonl(upper_32_bits(seq));
	return (u8 *)wide;
}

static void close_esn(struct esp_job *job)
{
	__be32 *wide = sg_virt(&job->sg);

	wide[1] = wide[0];
	wide[0] = job->covered;
}

/*
 * The asynchronous end of a job. The reference of the job holds the SA, and
 * with it its flow and (see cm_sa_net_exit()) the namespace and the module
 * until the last line: drivers call with BH off, which is an RCU reader that
 * the free of the SA waits for.
 */
static void job_done(CM_CRYPTO_ARG arg, int err)
{
	struct esp_job *job = cm_crypto_data(arg);
	struct cm_sa *sa = job->sa;
	struct sk_buff *skb = job->skb;

	if (err == -EINPROGRESS)	/* it left a backlog, the end comes */
		return;

	local_bh_disable();
	rcu_read_lock();
	atomic_dec(&sa->esp->pending);
	if (sa->esp->esn)
		close_esn(job);
	put_job(job);
	cm_esp_finish(sa, skb, err);
	cm_sa_put(sa);
	rcu_read_unlock();
	local_bh_enable();
}

/* The transform for this moment and a job with a request for it, or NULL. */
static struct esp_job *start_job(struct cm_sa *sa, struct sk_buff *skb)
{
	struct cm_esp *esp = sa->esp;
	struct crypto_aead *tfm = esp->aead;
	struct esp_job *job;

	if (esp->fallback && !crypto_simd_usable())
		tfm = esp->fallback;
	job = get_job(crypto_aead_reqsize(tfm));
	if (unlikely(!job))
		return NULL;
	job->sa = sa;
	job->skb = skb;
	aead_request_set_tfm(&job->req, tfm);
	aead_request_set_callback(&job->req, 0, job_done, job);
	return job;
}

bool cm_esp_hold(struct cm_sa *sa)
{
	u32 limit = READ_ONCE(sa->cn->limits.crypto_queue);

	if ((u32)atomic_read(&sa->esp->pending) >= limit || !cm_sa_tryget(sa))
		return false;
	atomic_inc(&sa->esp->pending);
	return true;
}

static void run_job(struct esp_job *job, int (*crypt)(struct aead_request *req))
{
	struct cm_sa *sa = job->sa;
	struct sk_buff *skb = job->skb;
	struct cm_esp *esp = sa->esp;
	const bool async = esp->async;
	int err;

	if (async && unlikely(!cm_esp_hold(sa))) {
		put_job(job);
		cm_esp_finish(sa, skb, -ENOSPC);
		return;
	}
	err = crypt(&job->req);
	if (err == -EINPROGRESS)
		return;
	if (async)
		atomic_dec(&esp->pending);
	if (esp->esn)
		close_esn(job);
	put_job(job);
	cm_esp_finish(sa, skb, err);
	if (async)
		cm_sa_put(sa);
}

/* The library does it at once, and needs no request. @len: from the ESP header on */
static void run_chacha(struct cm_sa *sa, struct sk_buff *skb,
		       struct ip_esp_hdr *esph, u32 len, u64 seq)
{
	const struct cm_esp *esp = sa->esp;
	const u8 *iv = (u8 *)(esph + 1);
	u8 *text = (u8 *)iv + esp->geom.iv;
	__be32 ad[3] = { esph->spi, esph->seq_no };
	u32 ad_len = CM_ESP_HDR;
	int err = 0;

	len -= text - (u8 *)esph + esp->geom.icv;
	if (esp->esn) {
		ad[1] = htonl(upper_32_bits(seq));
		ad[2] = esph->seq_no;
		ad_len += ESN_HIGH;
	}
	if (sa->dir == CRYPTOMAP_DIR_OUT)
		cm_chacha_encrypt(esp->chacha, iv, (u8 *)ad, ad_len, text, len);
	else
		err = cm_chacha_decrypt(esp->chacha, iv, (u8 *)ad, ad_len, text,
					len);
	cm_esp_finish(sa, skb, err);
}

/*
 * Counter modes: the IV on the wire is the sequence number, which never
 * repeats under one key (RFC 4106, section 3.1; never random; RFC 3686, 4309,
 * 4543 and 7634 ask for the same). Associated data are the ESP header and the
 * IV for all of them: each template of the kernel takes from it what its RFC
 * authenticates, and rfc4543(), which is GMAC, adds the payload.
 *
 * CBC: the IV must not be foreseen (RFC 3602, section 3). Encryption starts
 * one block early, over the sequence number and under a secret IV: what comes
 * out in the place of the IV is the cipher of a number never used before (NIST
 * SP 800-38A, appendix C) and serves as IV of the rest, by the definition of
 * CBC. That saves a random generator for each packet.
 */
void cm_esp_encrypt(struct cm_sa *sa, struct sk_buff *skb, u64 seq)
{
	struct ip_esp_hdr *esph = (void *)skb_transport_header(skb);
	const struct cm_esp *esp = sa->esp;
	const u32 ivlen = esp->geom.iv;
	u32 len = skb_tail_pointer(skb) - (u8 *)esph;
	u8 *wire_iv = (u8 *)(esph + 1);
	u8 *start = (u8 *)esph;
	struct esp_job *job;
	__be64 number = cpu_to_be64(seq);
	u32 assoc;

	esph->spi = sa->key.spi;
	esph->seq_no = htonl(lower_32_bits(seq));
	if (ivlen) {
		memset(wire_iv, 0, ivlen);
		memcpy(wire_iv + ivlen - sizeof(number), &number, sizeof(number));
	}
	if (CM_CHACHA_THERE && esp->chacha) {
		run_chacha(sa, skb, esph, len, seq);
		return;
	}

	job = start_job(sa, skb);
	if (unlikely(!job)) {
		cm_esp_finish(sa, skb, -ENOMEM);
		return;
	}
	if (esp->counter) {
		assoc = CM_ESP_HDR + ivlen;
		memcpy(job->iv, wire_iv, ivlen);
	} else {
		assoc = CM_ESP_HDR;
		memcpy(job->iv, esp->secret, ivlen);
	}
	if (esp->esn) {
		start = open_esn(job, esph, seq);
		assoc += ESN_HIGH;
		len += ESN_HIGH;
	}
	sg_init_one(&job->sg, start, len);
	aead_request_set_ad(&job->req, assoc);
	aead_request_set_crypt(&job->req, &job->sg, &job->sg,
			       len - assoc - esp->geom.icv, job->iv);
	run_job(job, crypto_aead_encrypt);
}

void cm_esp_decrypt(struct cm_sa *sa, struct sk_buff *skb, u64 seq)
{
	const struct cm_esp *esp = sa->esp;
	u32 assoc = CM_ESP_HDR + esp->geom.iv;
	u8 *start = skb->data;
	u32 len = skb->len;
	struct esp_job *job;

	if (CM_CHACHA_THERE && esp->chacha) {
		run_chacha(sa, skb, (struct ip_esp_hdr *)start, len, seq);
		return;
	}
	job = start_job(sa, skb);
	if (unlikely(!job)) {
		cm_esp_finish(sa, skb, -ENOMEM);
		return;
	}
	memcpy(job->iv, skb->data + CM_ESP_HDR, esp->geom.iv);
	if (esp->esn) {
		start = open_esn(job, (struct ip_esp_hdr *)start, seq);
		assoc += ESN_HIGH;
		len += ESN_HIGH;
	}
	sg_init_one(&job->sg, start, len);
	aead_request_set_ad(&job->req, assoc);
	aead_request_set_crypt(&job->req, &job->sg, &job->sg,
			       len - assoc, job->iv);
	run_job(job, crypto_aead_decrypt);
}

/* --- one SA --- */

/* authenc() takes both keys in one piece: lengths, integrity key, cipher key. */
static int set_authenc_key(struct crypto_aead *tfm,
			   const struct cm_esp_keys *keys)
{
	struct crypto_authenc_key_param *param;
	u32 len = RTA_SPACE(sizeof(*param)) + keys->auth_len + keys->encr_len;
	struct rtattr *rta;
	u8 *key, *p;
	int err;

	key = kmalloc(len, GFP_KERNEL);
	if (!key)
		return -ENOMEM;
	rta = (void *)key;
	rta->rta_type = CRYPTO_AUTHENC_KEYA_PARAM;
	rta->rta_len = RTA_LENGTH(sizeof(*param));
	param = RTA_DATA(rta);
	param->enckeylen = cpu_to_be32(keys->encr_len);
	p = key + RTA_SPACE(sizeof(*param));
	memcpy(p, keys->auth, keys->auth_len);
	memcpy(p + keys->auth_len, keys->encr, keys->encr_len);
	err = crypto_aead_setkey(tfm, key, len);
	kfree_sensitive(key);
	return err;
}

static struct crypto_aead *make_tfm(const struct cm_esp *esp, const char *name,
				    u32 mask, const struct cm_esp_keys *keys,
				    struct netlink_ext_ack *extack)
{
	struct crypto_aead *tfm = crypto_alloc_aead(name, 0, mask);
	int err;

	if (IS_ERR(tfm)) {
		NL_SET_ERR_MSG(extack,
			       "the kernel has no driver for this cipher and hash");
		return PTR_ERR(tfm) == -ENOENT ? ERR_PTR(-EOPNOTSUPP) : tfm;
	}
	err = crypto_aead_setauthsize(tfm, esp->geom.icv);
	if (err) {
		NL_SET_ERR_MSG(extack, "the driver refuses the length of the ICV");
		goto free;
	}
	err = esp->combined ?
	      crypto_aead_setkey(tfm, keys->encr, keys->encr_len) :
	      set_authenc_key(tfm, keys);
	if (err) {
		NL_SET_ERR_MSG(extack, "the driver refuses the key");
		goto free;
	}
	return tfm;

free:
	crypto_free_aead(tfm);
	return ERR_PTR(err);
}

/*
 * Without a synchronous sibling the asynchronous driver serves everywhere. With one,
 * a pair of crypto/simd.c is never asked where it would not be synchronous itself.
 */
static void make_fallback(struct cm_esp *esp, const char *name,
			  const struct cm_esp_keys *keys)
{
	struct crypto_aead *tfm;

	tfm = make_tfm(esp, name, CRYPTO_ALG_ASYNC, keys, NULL);
	if (IS_ERR(tfm))
		return;
	esp->fallback = tfm;
	if (cm_crypto_is_simd(crypto_tfm_alg_driver_name(crypto_aead_tfm(esp->aead))))
		esp->async = false;
}

static bool by_library(u16 encr)
{
	return CM_CHACHA_THERE && encr == CRYPTOMAP_ENCR_CHACHA20_POLY1305;
}

static int set_chacha_key(struct cm_esp *esp, const struct cm_esp_keys *keys)
{
	esp->chacha = kmalloc(sizeof(*esp->chacha), GFP_KERNEL_ACCOUNT);
	if (!esp->chacha)
		return -ENOMEM;
	cm_chacha_set_key(esp->chacha, keys->encr);
	return 0;
}

static u8 outer_len(const struct cm_sa *sa)
{
	if (sa->mode == CRYPTOMAP_MODE_TRANSPORT)
		return 0;
	return sa->key.family == AF_INET6 ? CM_IPV6_HDR : CM_IPV4_HDR;
}

static int make_tfms(struct cm_sa *sa, const struct cm_esp_keys *keys,
		     struct netlink_ext_ack *extack)
{
	const struct cm_encr *encr = cm_encr_find(sa->encr);
	const struct cm_auth *auth = cm_auth_find(sa->auth);
	struct cm_esp *esp = sa->esp;
	char name[CM_ALG_NAME_MAX];
	u32 mask = sa->flags & CRYPTOMAP_SA_F_SYNC_CRYPTO ? CRYPTO_ALG_ASYNC : 0;
	int err;

	if (!encr || !auth || !encr->crypto) {
		NL_SET_ERR_MSG(extack, "this cipher or hash is not known");
		return -EOPNOTSUPP;
	}
	err = cm_alg_aead_name(encr, auth, esp->esn, name, sizeof(name));
	if (err)
		return err;
	cm_alg_geom(encr, auth, outer_len(sa), sa->encap_sport ? CM_UDP_HDR : 0,
		    &esp->geom);
	if (WARN_ON_ONCE(esp->geom.iv > CM_ESP_IV_MAX))
		return -EINVAL;
	esp->combined = encr->flags & CM_ALG_AEAD;
	esp->counter = encr->flags & CM_ALG_COUNTER;
	esp->hides = !(encr->flags & CM_ALG_NO_CIPHER);
	if (sa->dir == CRYPTOMAP_DIR_OUT && !esp->counter && esp->geom.iv)
		get_random_bytes(esp->secret, sizeof(esp->secret));
	if (by_library(sa->encr))
		return set_chacha_key(esp, keys);
	esp->aead = make_tfm(esp, name, mask, keys, extack);
	if (IS_ERR(esp->aead)) {
		err = PTR_ERR(esp->aead);
		esp->aead = NULL;
		return err;
	}
	esp->async = crypto_aead_tfm(esp->aead)->__crt_alg->cra_flags &
		     CRYPTO_ALG_ASYNC;
	if (esp->async)
		make_fallback(esp, name, keys);
	return 0;
}

int cm_esp_init(struct cm_sa *sa, const struct cm_esp_keys *keys,
		struct netlink_ext_ack *extack)
{
	struct cm_esp *esp = kzalloc(sizeof(*esp), GFP_KERNEL_ACCOUNT);
	int err;

	if (!esp)
		return -ENOMEM;
	sa->esp = esp;
	esp->outer = (struct cm_outer) {
		.dscp_mode = CM_DSCP_COPY,
		.ecn = CM_ECN_NORMAL,
	};
	esp->flow_label = cm_ip_flow_label(sa->cn->net);
	dst_cache_reset(&esp->route);	/* what it holds is from later, see ip.c */
	esp->esn = sa->flags & CRYPTOMAP_SA_F_ESN;
	err = sa->key.proto == IPPROTO_AH ?
	      cm_ah_init(sa, outer_len(sa), keys, extack) :
	      make_tfms(sa, keys, extack);
	if (!err && sa->ipcomp) {
		err = cm_ipcomp_get(extack);
		esp->compresses = !err;
	}
	if (!err && sa->dir == CRYPTOMAP_DIR_IN)
		err = cm_dev_make_mark(sa);
	if (err)
		cm_esp_destroy(sa);
	return err;
}

/* See route4() in ip.c for what goes on meanwhile. */
void cm_esp_moved(struct cm_sa *sa)
{
	struct xfrm_state *mark = sa->esp->mark;

	if (mark) {
		mark->id.daddr.a4 = sa->key.daddr.v4;
		mark->props.saddr.a4 = sa->saddr.v4;
		cm_early_forget(sa);
		return;
	}
	smp_mb();	/* the new path is there before the old route goes */
	cm_esp_forget_route(sa);
}

void cm_esp_forget_route(struct cm_sa *sa)
{
	if (sa->dir == CRYPTOMAP_DIR_OUT)
		dst_cache_reset(&sa->esp->route);
}

void cm_esp_destroy(struct cm_sa *sa)
{
	struct cm_esp *esp = sa->esp;

	if (!esp)
		return;
	dst_cache_destroy(&esp->route);
	cm_early_forget(sa);
	if (esp->mark)
		xfrm_state_put(esp->mark);
	crypto_free_aead(esp->fallback);
	crypto_free_aead(esp->aead);
	crypto_free_ahash(esp->ahash);
	kfree_sensitive(esp->chacha);
	if (esp->compresses)
		cm_ipcomp_put();
	kfree_sensitive(esp);
	sa->esp = NULL;
}

const char *cm_esp_driver(const struct cm_sa *sa)
{
	const struct cm_esp *esp = sa->esp;

	if (!esp)
		return NULL;
	if (esp->chacha)
		return CM_CHACHA_DRIVER;
	return crypto_tfm_alg_driver_name(esp->ahash ?
					  crypto_ahash_tfm(esp->ahash) :
					  crypto_aead_tfm(esp->aead));
}

int cm_esp_probe(const struct cm_encr *encr, const struct cm_auth *auth,
		 char *driver)
{
	struct cm_esp_geom geom;
	struct crypto_aead *tfm;
	char name[CM_ALG_NAME_MAX];
	int err;

	if (by_library(encr->id)) {
		strscpy(driver, CM_CHACHA_DRIVER, CRYPTO_MAX_ALG_NAME);
		return 0;
	}
	err = cm_alg_aead_name(encr, auth, false, name, sizeof(name));
	if (err)
		return err;
	tfm = crypto_alloc_aead(name, 0, 0);
	if (IS_ERR(tfm)) {
		err = PTR_ERR(tfm);
		return err == -ENOMEM || err == -EINTR ? err : -EOPNOTSUPP;
	}
	cm_alg_geom(encr, auth, CM_IPV4_HDR, 0, &geom);
	err = crypto_aead_setauthsize(tfm, geom.icv) ? -EOPNOTSUPP : 0;
	strscpy(driver, crypto_tfm_alg_driver_name(crypto_aead_tfm(tfm)),
		CRYPTO_MAX_ALG_NAME);
	crypto_free_aead(tfm);
	return err;
}
