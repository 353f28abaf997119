// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "ike-daemon/aaa/users.h"
#include "ike-daemon/sa/work.h"
#include "tools/cli/model.h"
#include "tools/lib/password.h"
#include "tools/lib/secret.h"

struct user_check {
	struct work work;
	void (*done)(void *arg, bool fits);
	void *arg;
	bool known;
	bool fits;
	bool running;		/* it is with the workers */
	char password[CFG_KEY_MAX + 1];
	char hash[CFG_PASSWORD_SIZE];
};

/* Compared with where there are no users at all. */
#define NOBODY	"$6$nobody$"						\
	"0000000000000000000000000000000000000000000"			\
	"0000000000000000000000000000000000000000000"

static void run(struct work *w)
{
	struct user_check *check = (struct user_check *)w;

	check->fits = password_fits(check->password, check->hash);
}

static void done(struct work *w)
{
	struct user_check *check = (struct user_check *)w;
	void (*tell)(void *arg, bool fits) = check->done;
	bool fits = check->fits && check->known;
	void *arg = check->arg;

	secret_free(check);
	if (tell)
		tell(arg, fits);
}

/*
 * Hashes of other kinds take other times.  So who is not known is compared with
 * the hash of one who is, always the same for a name.
 */
static const char *some_hash(const struct cm_config *cfg, const char *user)
{
	unsigned int sum = 0;

	if (!cfg->n_users)
		return NOBODY;
	while (*user)
		sum = sum * 31 + (unsigned char)*user++;
	return cfg->users[sum % cfg->n_users].hash;
}

struct user_check *user_check_new(const struct cm_config *cfg,
				  const char *user, const char *password,
				  void (*tell)(void *arg, bool fits), void *arg)
{
	const struct cfg_user *known = user ? cfg_user_find(cfg, user) : NULL;
	struct user_check *check = secret_alloc(sizeof(*check));

	if (!check)
		return NULL;
	check->work.run = run;
	check->work.done = done;
	check->done = tell;
	check->arg = arg;
	check->known = known;
	snprintf(check->hash, sizeof(check->hash), "%s",
		 known ? known->hash : some_hash(cfg, user ? user : ""));
	snprintf(check->password, sizeof(check->password), "%s", password);
	return check;
}

int user_check_submit(struct user_check *check, struct work_pool *pool)
{
	int err = work_submit(pool, &check->work);

	check->running = !err;
	return err;
}

void user_check_free(struct user_check *check)
{
	if (!check)
		return;
	check->done = NULL;
	if (!check->running)
		secret_free(check);
}
