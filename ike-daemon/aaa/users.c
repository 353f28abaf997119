// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "ike-daemon/aaa/mschap.h"
#include "ike-daemon/aaa/users.h"
#include "ike-daemon/sa/work.h"
#include "tools/cli/model.h"
#include "tools/lib/password.h"
#include "tools/lib/secret.h"

struct user_check {
	struct work work;
	user_check_fn *done;
	void *arg;
	bool known;
	bool fits;
	bool running;		/* it is with the workers */
	char password[CFG_KEY_MAX + 1];
	char hash[CFG_PASSWORD_SIZE];
	bool by_proof;
	struct ppp_proof proof;
	char user[CFG_NAME_SIZE];
	char success[MSCHAP2_SUCCESS];
};

/* Compared with where there are no users at all. */
#define NOBODY	"$6$nobody$"						\
	"0000000000000000000000000000000000000000000"			\
	"0000000000000000000000000000000000000000000"

/* Of a password whose hash has salt nothing can be shown but itself. */
static bool proof_fits(struct user_check *check)
{
	uint8_t nt[PASSWORD_NT_LEN] = { 0 };
	bool can = password_nt_bytes(check->hash, nt), fits;

	fits = mschap_fits(&check->proof, check->user, nt, check->success);
	secret_wipe(nt, sizeof(nt));
	return fits && can;
}

static void run(struct work *w)
{
	struct user_check *check = (struct user_check *)w;

	check->fits = check->by_proof ? proof_fits(check) :
		      password_fits(check->password, check->hash);
}

static void done(struct work *w)
{
	struct user_check *check = (struct user_check *)w;
	bool fits = check->fits && check->known;

	if (check->done)
		check->done(check->arg, fits, fits ? check->success : "");
	secret_free(check);
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
				  const struct ppp_proof *proof,
				  user_check_fn *tell, void *arg)
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
	snprintf(check->user, sizeof(check->user), "%s", user ? user : "");
	check->by_proof = proof && proof->method != CFG_PPP_PAP;
	if (proof)
		check->proof = *proof;
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
