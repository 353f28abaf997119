// SPDX-License-Identifier: GPL-2.0-or-later
#include <crypt.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/lib/password.h"
#include "tools/lib/secret.h"

/* What crypt(3) gives, in memory that is wiped; false: it cannot. */
static bool crypt_to(const char *password, const char *setting, char *out,
		     size_t size)
{
	struct crypt_data *data = secret_alloc(sizeof(*data));
	const char *hash = data ? crypt_r(password, setting, data) : NULL;
	bool ok = hash && *hash != '*' && strlen(hash) < size;

	if (ok)
		strcpy(out, hash);
	secret_free(data);
	return ok;
}

int password_hash(const char *password, char *out, size_t size)
{
	char setting[CRYPT_GENSALT_OUTPUT_SIZE];

	if (!crypt_gensalt_rn("$6$", 0, NULL, 0, setting, sizeof(setting)))
		return -EIO;
	return crypt_to(password, setting, out, size) ? 0 : -EIO;
}

static const char base64[] = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			     "abcdefghijklmnopqrstuvwxyz";

/* With more the worker that compares would be lost to all others. */
#define ROUNDS_MAX	200000

/* Behind "$id$": the text after "rounds=N$", if it has that; NULL: too many. */
static const char *behind_rounds(const char *text)
{
	static const char word[] = "rounds=";
	unsigned long n;
	char *end;

	if (strncmp(text, word, strlen(word)))
		return text;
	n = strtoul(text + strlen(word), &end, 10);
	return *end == '$' && n <= ROUNDS_MAX ? end + 1 : NULL;
}

/* By its form alone: to compute each that a file has would take seconds. */
bool password_is_hash(const char *hash)
{
	static const struct { const char *id; size_t len; } kinds[] = {
		{ "$1$", 22 }, { "$5$", 43 }, { "$6$", 86 },
	};
	size_t i, salt;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strncmp(hash, kinds[i].id, 3))
			break;
	if (i == sizeof(kinds) / sizeof(kinds[0]))
		return false;
	hash += strlen(kinds[i].id);
	if (i)
		hash = behind_rounds(hash);
	salt = hash ? strspn(hash, base64) : 0;
	return salt && salt <= 16 && hash[salt] == '$' &&
	       strspn(hash + salt + 1, base64) == kinds[i].len &&
	       !hash[salt + 1 + kinds[i].len];
}

bool password_fits(const char *password, const char *hash)
{
	char given[CRYPT_OUTPUT_SIZE] = "";
	size_t len = strlen(hash);
	bool fits;

	fits = crypt_to(password, hash, given, sizeof(given)) &&
	       strlen(given) == len && secret_equal(given, hash, len);
	secret_wipe(given, sizeof(given));
	return fits;
}
