/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two ends that have certificates, those of selftests/unit/pki: a copy of them, with the
 * modes that keys must have.
 */
#ifndef SELFTESTS_UNIT_IKE_PKI_H
#define SELFTESTS_UNIT_IKE_PKI_H

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "selftests/unit/ike_pair.h"

#define PKI		"selftests/unit/pki"
#define TEXT_MAX	4096

static char dir[] = "/tmp/ike-certificates-XXXXXX";

/* What one end has; NULL: that line is missing. */
struct end {
	const char *auth;
	const char *cert;
	const char *key;
	const char *ca;
	const char *crl;
	const char *identity;
	const char *more;
	const char *p12;
	const char *password;
	const char *lines;		/* more of the trustpoint */
};

static inline void add_file(char *text, const char *word, const char *file)
{
	size_t n = strlen(text);

	if (file)
		snprintf(text + n, TEXT_MAX - n, " %s %s/%s\n", word, dir, file);
}

static inline void add_pkcs12(char *text, const struct end *end)
{
	add_file(text, "pkcs12", end->p12);
	if (!end->password)
		return;
	text[strlen(text) - 1] = '\0';
	add_file(text, "password-file", end->password);
}

static inline const char *config(unsigned int side, const struct end *end)
{
	static char text[2][TEXT_MAX];
	char *out = text[side];
	size_t n;

	snprintf(out, TEXT_MAX, "%scrypto pki trustpoint T\n", end->more ?: "");
	add_file(out, "ca-certificate", end->ca);
	add_file(out, "crl", end->crl);
	add_file(out, "certificate", end->cert);
	add_file(out, "private-key", end->key);
	add_pkcs12(out, end);
	n = strlen(out);
	snprintf(out + n, TEXT_MAX - n, "%s"
		 "crypto isakmp identity %s\n"
		 "crypto isakmp policy 10\n"
		 " encryption aes 256\n hash sha256\n authentication %s\n group 19\n"
		 "%s", end->lines ?: "", end->identity, end->auth,
		 side == LEFT ?
		 CFG_MAP(TS_DEFAULT, "", CFG_ADDR_RIGHT, CFG_LAN_LEFT, CFG_LAN_RIGHT) :
		 CFG_MAP(TS_DEFAULT, "", CFG_ADDR_LEFT, CFG_LAN_RIGHT, CFG_LAN_LEFT));
	return out;
}

static const struct end left = {
	"ecdsa-sig", "left.pem", "left.key", "root.pem", NULL, "dn", NULL, NULL, NULL,
	NULL,
};
static const struct end right = {
	"ecdsa-sig", "right.pem", "right.key", "root.pem", NULL, "dn", NULL, NULL, NULL,
	NULL,
};

static inline struct pair *meet(const struct end *l, const struct end *r)
{
	return pair_new(config(LEFT, l), config(RIGHT, r));
}

/* --- the copy ------------------------------------------------------------------ */

static inline bool pki_is_secret(const char *name)
{
	return strstr(name, ".key") || strstr(name, ".p12") ||
	       strstr(name, "password");
}

static inline void pki_copy(const char *name, size_t len)
{
	char from[300], to[300], text[8192];
	ssize_t n;
	int in, out;

	snprintf(from, sizeof(from), PKI "/%s", name);
	snprintf(to, sizeof(to), "%s/%s", dir, len ? "torn.pem" : name);
	in = open(from, O_RDONLY);
	out = open(to, O_WRONLY | O_CREAT, pki_is_secret(name) ? 0600 : 0644);
	assert_true(in >= 0 && out >= 0);
	n = read(in, text, len ?: sizeof(text));
	assert_true(n > 0 && write(out, text, n) == n);
	close(in);
	close(out);
}

static inline int pki_setup(void **state)
{
	DIR *d = opendir(PKI);
	struct dirent *entry;

	umask(022);
	if (!d || !mkdtemp(dir))
		return -1;
	while ((entry = readdir(d)))
		if (entry->d_name[0] != '.')
			pki_copy(entry->d_name, 0);
	closedir(d);
	pki_copy("root.pem", 200);
	return pair_setup(state);
}

static inline int pki_teardown(void **state)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	char path[600];

	while (d && (entry = readdir(d))) {
		snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		if (entry->d_name[0] != '.')
			unlink(path);
	}
	if (d)
		closedir(d);
	rmdir(dir);
	return pair_teardown(state);
}

#endif
