// SPDX-License-Identifier: GPL-2.0
/*
 * A driver of rfc4106(gcm(aes)) that completes late, and always in another order than
 * it was asked: batches of up to @BATCH requests, from the last to the first. It is
 * what the kernel prefers while it is loaded.
 *
 * Parameters: "hold" keeps all, until it is 0 again; "shuffled" counts those that
 * overtook another one.
 */
#include <crypto/internal/aead.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#define BATCH 8
#define DRIVER "rfc4106-gcm-aes-shuffle"

static bool hold;
module_param(hold, bool, 0644);
MODULE_PARM_DESC(hold, "keep all requests");

static unsigned int shuffled;
module_param(shuffled, uint, 0444);
MODULE_PARM_DESC(shuffled, "requests that overtook another one");

/* struct shuffle_tfm - a transform: who does the work, at once */
struct shuffle_tfm {
	struct crypto_aead *inner;
};

/**
 * struct shuffle_request - of a request
 * @entry: in @waiting, the last one first
 * @outer: whose it is
 * @err: of the work
 * @inner: the work, with what its driver needs behind it
 */
struct shuffle_request {
	struct list_head entry;
	struct aead_request *outer;
	int err;
	struct aead_request inner;
};

static LIST_HEAD(waiting);
static unsigned int waiting_count;
static DEFINE_SPINLOCK(lock);

static void finish_batch(struct work_struct *work);
static DECLARE_DELAYED_WORK(completer, finish_batch);

/* A request may be gone as soon as it is complete. */
static void finish_batch(struct work_struct *work)
{
	struct shuffle_request *req, *next;
	LIST_HEAD(batch);

	if (READ_ONCE(hold)) {
		schedule_delayed_work(&completer, 1);
		return;
	}
	local_bh_disable();
	spin_lock(&lock);
	list_splice_init(&waiting, &batch);
	if (waiting_count)
		shuffled += waiting_count - 1;
	waiting_count = 0;
	spin_unlock(&lock);
	list_for_each_entry_safe(req, next, &batch, entry)
		aead_request_complete(req->outer, req->err);
	local_bh_enable();
}

static int enqueue(struct shuffle_request *req)
{
	bool full;

	spin_lock_bh(&lock);
	list_add(&req->entry, &waiting);
	full = ++waiting_count >= BATCH;
	spin_unlock_bh(&lock);
	if (full)
		mod_delayed_work(system_wq, &completer, 0);
	else
		schedule_delayed_work(&completer, 1);
	return -EINPROGRESS;
}

static int crypt(struct aead_request *outer, int (*work)(struct aead_request *))
{
	struct shuffle_tfm *tfm = crypto_aead_ctx(crypto_aead_reqtfm(outer));
	struct shuffle_request *req = aead_request_ctx(outer);

	req->outer = outer;
	aead_request_set_tfm(&req->inner, tfm->inner);
	aead_request_set_callback(&req->inner, 0, NULL, NULL);
	aead_request_set_crypt(&req->inner, outer->src, outer->dst, outer->cryptlen,
			       outer->iv);
	aead_request_set_ad(&req->inner, outer->assoclen);
	req->err = work(&req->inner);
	return enqueue(req);
}

static int encrypt(struct aead_request *req)
{
	return crypt(req, crypto_aead_encrypt);
}

static int decrypt(struct aead_request *req)
{
	return crypt(req, crypto_aead_decrypt);
}

static int setkey(struct crypto_aead *aead, const u8 *key, unsigned int len)
{
	struct shuffle_tfm *tfm = crypto_aead_ctx(aead);

	return crypto_aead_setkey(tfm->inner, key, len);
}

static int setauthsize(struct crypto_aead *aead, unsigned int size)
{
	struct shuffle_tfm *tfm = crypto_aead_ctx(aead);

	return crypto_aead_setauthsize(tfm->inner, size);
}

static int init(struct crypto_aead *aead)
{
	struct shuffle_tfm *tfm = crypto_aead_ctx(aead);

	tfm->inner = crypto_alloc_aead("rfc4106(gcm(aes))", 0, CRYPTO_ALG_ASYNC);
	if (IS_ERR(tfm->inner))
		return PTR_ERR(tfm->inner);
	crypto_aead_set_reqsize(aead, sizeof(struct shuffle_request) +
				crypto_aead_reqsize(tfm->inner));
	return 0;
}

static void cleanup(struct crypto_aead *aead)
{
	struct shuffle_tfm *tfm = crypto_aead_ctx(aead);

	crypto_free_aead(tfm->inner);
}

static struct aead_alg alg = {
	.base = {
		.cra_name = "rfc4106(gcm(aes))",
		.cra_driver_name = DRIVER,
		.cra_priority = 9999,
		.cra_flags = CRYPTO_ALG_ASYNC,
		.cra_blocksize = 1,
		.cra_ctxsize = sizeof(struct shuffle_tfm),
		.cra_module = THIS_MODULE,
	},
	.ivsize = 8,
	.maxauthsize = 16,
	.setkey = setkey,
	.setauthsize = setauthsize,
	.encrypt = encrypt,
	.decrypt = decrypt,
	.init = init,
	.exit = cleanup,
};

static int __init shuffle_init(void)
{
	return crypto_register_aead(&alg);
}

/* No transform of it is left, so no request. */
static void __exit shuffle_exit(void)
{
	crypto_unregister_aead(&alg);
	cancel_delayed_work_sync(&completer);
}

module_init(shuffle_init);
module_exit(shuffle_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("completes requests in another order, for tests");
