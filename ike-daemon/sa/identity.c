// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "ike-daemon/sa/identity.h"
#include "tools/cli/model.h"

static void text_id(struct identity *out, uint8_t type, const char *text)
{
	size_t len = strnlen(text, sizeof(out->store));

	memcpy(out->store, text, len);
	out->id = (struct isakmp_id){
		.type = type, .len = len, .data = out->store,
	};
}

static void host_id(struct identity *out, const struct cm_config *cfg)
{
	char name[256] = "";

	if (cfg->hostname[0])
		snprintf(name, sizeof(name), "%s", cfg->hostname);
	else if (gethostname(name, sizeof(name) - 1))
		snprintf(name, sizeof(name), "localhost");
	text_id(out, IPSEC_ID_FQDN, name);
}

static void address_id(struct identity *out, const struct addr *a)
{
	isakmp_id_from_addr(&out->id, a, out->store);
	/* As IOS and others do: 17/500 (RFC 2407, 4.6.2). */
	out->id.protocol = IPPROTO_UDP;
	out->id.port = 500;
}

static void subject_id(struct identity *out, struct crypto_chunk subject,
		       const struct addr *local)
{
	if (!subject.len) {
		address_id(out, local);
		return;
	}
	out->id = (struct isakmp_id){
		.type = IPSEC_ID_DER_ASN1_DN, .len = subject.len,
		.data = subject.data,
	};
}

void identity_own(const struct cm_config *cfg, const struct cfg_identity *which,
		  const struct addr *local, struct crypto_chunk subject,
		  struct identity *out)
{
	struct addr a;

	switch (which->kind) {
	case CFG_IDENTITY_HOSTNAME:
		host_id(out, cfg);
		break;
	case CFG_IDENTITY_FQDN:
		text_id(out, IPSEC_ID_FQDN, which->text);
		break;
	case CFG_IDENTITY_USER_FQDN:
		text_id(out, IPSEC_ID_USER_FQDN, which->text);
		break;
	case CFG_IDENTITY_KEY_ID:
		text_id(out, IPSEC_ID_KEY_ID, which->text);
		break;
	case CFG_IDENTITY_IPV4:
		/* The grammar has taken nothing else. */
		if (!addr_parse(&a, which->text))
			address_id(out, &a);
		break;
	case CFG_IDENTITY_DN:
	case CFG_IDENTITY_AUTO:
		subject_id(out, subject, local);
		break;
	case CFG_IDENTITY_ADDRESS:
		address_id(out, local);
		break;
	}
}

bool identity_same(const struct isakmp_id *a, const struct isakmp_id *b)
{
	bool name = a->type == IPSEC_ID_FQDN || a->type == IPSEC_ID_USER_FQDN;

	if (a->type != b->type || a->len != b->len)
		return false;
	return name ? !strncasecmp((const char *)a->data, (const char *)b->data, a->len) :
		      !memcmp(a->data, b->data, a->len);
}

bool identity_name(const struct isakmp_id *id, char *name)
{
	if ((id->type != IPSEC_ID_FQDN && id->type != IPSEC_ID_USER_FQDN &&
	     id->type != IPSEC_ID_KEY_ID) || !id->len ||
	    id->len >= CFG_FQDN_SIZE || memchr(id->data, 0, id->len))
		return false;
	memcpy(name, id->data, id->len);
	name[id->len] = '\0';
	return true;
}

void identity_proxy(const struct range *r, uint8_t proto, uint16_t port,
		    struct identity *out)
{
	struct prefix p;

	if (range_to_prefix(r, &p))
		isakmp_id_from_range(&out->id, r, out->store);
	else
		isakmp_id_from_prefix(&out->id, &p, out->store);
	out->id.protocol = proto;
	out->id.port = port;
}

int identity_to_sel(const struct isakmp_id *local,
		    const struct isakmp_id *remote, struct kernel_sel *sel,
		    struct err *err)
{
	char a[ISAKMP_ID_STRLEN];

	memset(sel, 0, sizeof(*sel));
	if (isakmp_id_range(local, &sel->src))
		return err_set(err, -EINVAL, "proxy identity %s is no address, subnet or range",
			       isakmp_id_format(local, a, sizeof(a)));
	if (isakmp_id_range(remote, &sel->dst))
		return err_set(err, -EINVAL, "proxy identity %s is no address, subnet or range",
			       isakmp_id_format(remote, a, sizeof(a)));
	if (local->protocol != remote->protocol)
		return err_set(err, -EINVAL, "the proxy identities name different protocols, %u and %u",
			       local->protocol, remote->protocol);
	sel->proto = local->protocol;
	sel->sport = local->port;
	sel->dport = remote->port;
	return 0;
}

bool kernel_sel_equal(const struct kernel_sel *a, const struct kernel_sel *b)
{
	return range_equal(&a->src, &b->src) && range_equal(&a->dst, &b->dst) &&
	       a->proto == b->proto && a->sport == b->sport &&
	       a->dport == b->dport;
}

char *kernel_sel_format(const struct kernel_sel *sel, char *out, size_t size)
{
	char src[RANGE_STRLEN], dst[RANGE_STRLEN], tail[48] = "";

	if (sel->proto)
		snprintf(tail, sizeof(tail), " protocol %u port %u/%u",
			 sel->proto, sel->sport, sel->dport);
	snprintf(out, size, "%s -> %s%s",
		 range_format(&sel->src, src, sizeof(src)),
		 range_format(&sel->dst, dst, sizeof(dst)), tail);
	return out;
}
