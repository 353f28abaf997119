// SPDX-License-Identifier: GPL-2.0-or-later
#include <crypt.h>
#include <ctype.h>
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

bool password_is_ascii(const char *password)
{
	while (*password && !(*password & 0x80))
		password++;
	return !*password;
}

int password_nt_hash(const char *password, char *out, size_t size)
{
	return crypt_to(password, PASSWORD_NT, out, size) ? 0 : -EIO;
}

/* Exactly as crypt(3) writes it. */
bool password_nt_bytes(const char *hash, uint8_t out[PASSWORD_NT_LEN])
{
	static const char hex[] = "0123456789abcdef";
	const char *at = hash + strlen(PASSWORD_NT);
	size_t i;

	if (strncmp(hash, PASSWORD_NT, strlen(PASSWORD_NT)) ||
	    strspn(at, hex) != 2 * PASSWORD_NT_LEN || at[2 * PASSWORD_NT_LEN])
		return false;
	for (i = 0; i < PASSWORD_NT_LEN; i++)
		out[i] = (strchr(hex, at[2 * i]) - hex) << 4 |
			 (strchr(hex, at[2 * i + 1]) - hex);
	return true;
}

bool password_nt_digits(const char *digits, char *out, size_t size)
{
	uint8_t bytes[PASSWORD_NT_LEN];
	size_t at = strlen(PASSWORD_NT), i;

	if (size < at + 2 * PASSWORD_NT_LEN + 1 ||
	    strlen(digits) != 2 * PASSWORD_NT_LEN)
		return false;
	strcpy(out, PASSWORD_NT);
	for (i = 0; digits[i]; i++)
		out[at + i] = tolower((unsigned char)digits[i]);
	out[at + i] = '\0';
	i = password_nt_bytes(out, bytes);
	secret_wipe(bytes, sizeof(bytes));
	return i;
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
