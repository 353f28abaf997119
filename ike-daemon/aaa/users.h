/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is this the password of a user of the configuration?  On a worker thread. */
#ifndef IKE_AAA_USERS_H
#define IKE_AAA_USERS_H

#include <stdbool.h>

struct cm_config;
struct ppp_proof;
struct user_check;
struct work_pool;

/* @success: of MS-CHAP version 2, what proves that to the client; else "". */
typedef void user_check_fn(void *arg, bool fits, const char *success);

/*
 * For the users that @cfg has now.  Who is not known takes the same way, and time, as a
 * wrong password.  @user NULL: one that cannot be known.  @proof: what shows that he knows it,
 * or NULL: @password.  NULL without memory.
 */
struct user_check *user_check_new(const struct cm_config *cfg,
				  const char *user, const char *password,
				  const struct ppp_proof *proof,
				  user_check_fn *done, void *arg);
/*
 * @done is called later, on the engine's thread, and the check is gone then; 0, or
 * -EBUSY: the workers are.
 */
int user_check_submit(struct user_check *check, struct work_pool *pool);
/* Whether it was submitted or not, @done is not called any more; accepts NULL. */
void user_check_free(struct user_check *check);

#endif
