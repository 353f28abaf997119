/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is this the password of a user of the configuration?  On a worker thread. */
#ifndef IKE_AAA_USERS_H
#define IKE_AAA_USERS_H

#include <stdbool.h>

struct cm_config;
struct user_check;
struct work_pool;

/*
 * @done is called later, on the engine's thread, and not after user_check_forget().
 * Who is not known takes the same way, and time, as a wrong password.  @user NULL:
 * one that cannot be known.  NULL without memory, or when the workers are busy.
 */
struct user_check *user_check_start(struct work_pool *pool,
				    const struct cm_config *cfg,
				    const char *user, const char *password,
				    void (*done)(void *arg, bool fits), void *arg);
/* The answer is not wanted any more; accepts NULL. */
void user_check_forget(struct user_check *check);

#endif
