// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "tools/cli/dn.h"

/* The first of those with one number is how it is written. */
static const struct {
	const char *name;
	const char *oid;
} attributes[] = {
	{ "cn", "2.5.4.3" },
	{ "o", "2.5.4.10" },
	{ "ou", "2.5.4.11" },
	{ "c", "2.5.4.6" },
	{ "l", "2.5.4.7" },
	{ "st", "2.5.4.8" },
	{ "sp", "2.5.4.8" },
	{ "dc", "0.9.2342.19200300.100.1.25" },
	{ "ea", "1.2.840.113549.1.9.1" },
	{ "e", "1.2.840.113549.1.9.1" },
	{ "email", "1.2.840.113549.1.9.1" },
	{ "emailaddress", "1.2.840.113549.1.9.1" },
	{ "serialnumber", "2.5.4.5" },
	{ "unstructuredname", "1.2.840.113549.1.9.2" },
	{ "hostname", "1.2.840.113549.1.9.2" },
	{ "unstructuredaddress", "1.2.840.113549.1.9.8" },
	{ "ipaddress", "1.2.840.113549.1.9.8" },
	{ "dnq", "2.5.4.46" },
	{ "uid", "0.9.2342.19200300.100.1.1" },
	{ "t", "2.5.4.12" },
	{ "gn", "2.5.4.42" },
	{ "sn", "2.5.4.4" },
};

#define N_ATTRIBUTES	(sizeof(attributes) / sizeof(attributes[0]))
#define BLANKS		" \t"

static int take_attribute(const char **text, struct dn_part *out, struct err *err)
{
	size_t len = strcspn(*text, "=,"), i, j;
	const char *end = *text + len;

	if (*end != '=')
		return err_set(err, -EINVAL, "expected attribute=value, as cn=r2");
	while (len && strchr(BLANKS, (*text)[len - 1]))
		len--;
	for (i = 0; i < N_ATTRIBUTES; i++)
		if (strlen(attributes[i].name) == len &&
		    !strncasecmp(attributes[i].name, *text, len))
			break;
	if (i == N_ATTRIBUTES)
		return err_set(err, -EINVAL,
			       "no such attribute; there are cn, o, ou, c, l, st, dc, ea, serialnumber, unstructuredname, unstructuredaddress, dnq, uid, t, gn and sn");
	for (j = 0; strcmp(attributes[j].oid, attributes[i].oid); j++)
		;
	out->name = attributes[j].name;
	out->oid = attributes[j].oid;
	*text = end + 1;
	return 0;
}

static int take_value(const char **text, struct dn_part *out, struct err *err)
{
	const char *from = *text + strspn(*text, BLANKS), *p = from;
	bool quoted = *p == '"', blank = true;
	size_t len = 0, keep = 0;

	for (p += quoted; *p && *p != (quoted ? '"' : ','); p++) {
		bool plain = *p != '\\' || !p[1];

		p += !plain;
		if (len == DN_VALUE_SIZE - 1)
			return err_set(err, -EINVAL, "a value has at most %d bytes",
				       DN_VALUE_SIZE - 1);
		out->value[len++] = *p;
		blank &= !!strchr(BLANKS, *p);
		if (quoted || !plain || !strchr(BLANKS, *p))
			keep = len;
	}
	*text = from;
	if (quoted && *p++ != '"')
		return err_set(err, -EINVAL, "the quotation mark at its end is missing");
	p += strspn(p, BLANKS);
	if (blank)
		return err_set(err, -EINVAL, "the value is missing");
	out->value[keep] = '\0';
	*text = p;
	return *p && *p != ',' ?
	       err_set(err, -EINVAL, "expected a comma and the next attribute") : 0;
}

int dn_next(const char **text, struct dn_part *out, struct err *err)
{
	int ret;

	*text += strspn(*text, BLANKS);
	if (!**text)
		return 0;
	ret = take_attribute(text, out, err);
	if (!ret)
		ret = take_value(text, out, err);
	if (ret)
		return ret;
	if (!**text)
		return 1;
	++*text;
	*text += strspn(*text, BLANKS);
	return **text ? 1 : err_set(err, -EINVAL, "an attribute is missing behind the comma");
}

static bool is_plain(const char *value)
{
	return !strpbrk(value, ",\"\\") && !strchr(BLANKS, value[0]) &&
	       !strchr(BLANKS, value[strlen(value) - 1]);
}

static void write_value(FILE *out, const char *value)
{
	bool plain = is_plain(value);

	if (!plain)
		fputc('"', out);
	for (; *value; value++) {
		if (strchr("\"\\", *value))
			fputc('\\', out);
		fputc(*value, out);
	}
	if (!plain)
		fputc('"', out);
}

int dn_normalize(const char *text, char *out, size_t size, const char **at,
		 struct err *err)
{
	FILE *f = fmemopen(out, size, "w");
	struct dn_part part;
	unsigned int n = 0;
	long len;
	int ret;

	*at = text;
	if (!f)
		return err_set(err, -ENOMEM, "out of memory");
	while ((ret = dn_next(at, &part, err)) > 0) {
		/* Without blanks: a line has so many words, and no more. */
		fprintf(f, "%s%s=", n++ ? "," : "", part.name);
		write_value(f, part.value);
	}
	len = ftell(f);
	if (fclose(f) || len < 0 || (size_t)len >= size)
		ret = ret ?: err_set(err, -EINVAL, "a name has at most %zu characters",
				     size - 1);
	if (!ret && !n)
		ret = err_set(err, -EINVAL, "expected attribute=value, as cn=r2");
	return ret;
}
