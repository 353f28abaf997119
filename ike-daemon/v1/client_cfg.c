// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Mode configuration (draft-dukes-ike-mode-cfg-02) and attributes of Cisco's Unity, their
 * client: what is asked for, and what is read of the answer.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "ike-daemon/policy/ezvpn.h"
#include "ike-daemon/v1/client.h"
#include "tools/lib/err.h"
#include "tools/lib/printable.h"
#include "tools/lib/version.h"

/* --- the request ----------------------------------------------------------------- */

/* As gateways show it: who we are, and where. */
static void put_host(struct buf *body)
{
	char host[HOST_NAME_MAX + 1] = "";

	gethostname(host, sizeof(host) - 1);
	if (host[0])
		isakmp_cfg_put(body, ISAKMP_CFG_UNITY_DDNS_HOSTNAME, host,
			       strlen(host));
}

void v1_client_request(bool address, struct buf *body)
{
	static const char version[] = "cryptomap " CRYPTOMAP_VERSION ":Linux";
	static const uint16_t wanted[] = {
		ISAKMP_CFG_IP4_DNS, ISAKMP_CFG_IP4_NBNS,
		ISAKMP_CFG_UNITY_BANNER, ISAKMP_CFG_UNITY_SAVE_PASSWD,
		ISAKMP_CFG_UNITY_DEF_DOMAIN, ISAKMP_CFG_UNITY_SPLIT_DNS,
		ISAKMP_CFG_UNITY_SPLIT_INCLUDE, ISAKMP_CFG_UNITY_PFS,
		ISAKMP_CFG_UNITY_BACKUP_SERVERS,
	};
	size_t i;

	isakmp_cfg_begin(body, ISAKMP_CFG_REQUEST, 0);
	if (address) {
		isakmp_cfg_put(body, ISAKMP_CFG_IP4_ADDRESS, NULL, 0);
		isakmp_cfg_put(body, ISAKMP_CFG_IP4_NETMASK, NULL, 0);
	}
	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		isakmp_cfg_put(body, wanted[i], NULL, 0);
	/* With it we say what we are. */
	isakmp_cfg_put(body, ISAKMP_CFG_APPLICATION_VERSION, version,
		       sizeof(version) - 1);
	put_host(body);
}

/* --- the answer ------------------------------------------------------------------- */

void v1_client_text(const struct isakmp_attr *attr, char *out, size_t size)
{
	size_t at = 0, n, used = 0, len = attr && attr->variable ? attr->len : 0;
	char c[PRINTABLE_SIZE];

	while (at < len && used + PRINTABLE_SIZE < size) {
		n = printable_char((const char *)attr->data + at, len - at, c);
		memcpy(out + used, c, strlen(c));
		used += strlen(c);
		at += n ? n : 1;
	}
	out[used] = '\0';
}

uint32_t v1_client_number(const struct isakmp_attr *attr)
{
	uint32_t number = 0;
	size_t i;

	if (!attr || !attr->variable)
		return attr ? attr->value : 0;
	for (i = 0; i < attr->len && i < sizeof(number); i++)
		number = number << 8 | attr->data[i];
	return number;
}

static bool take_address(const struct isakmp_attr *attr, struct addr *out)
{
	struct addr addr;

	if (!attr->variable || attr->len != 4 ||
	    addr_from_bytes(&addr, attr->data, attr->len) || addr_is_any(&addr))
		return false;
	*out = addr;
	return true;
}

/* Those that there is room for. */
static void take_server(const struct isakmp_attr *attr, struct addr *servers)
{
	size_t i = 0;

	while (i < CFG_SERVERS_MAX && addr_is_set(&servers[i]))
		i++;
	if (i < CFG_SERVERS_MAX)
		take_address(attr, &servers[i]);
}

/* Address and mask, and what is not looked at: some leave that out. */
static size_t split_len(const struct isakmp_attr *attr)
{
	static const size_t lens[] = { ISAKMP_CFG_SPLIT_LEN, 8 };
	size_t i;

	for (i = 0; i < 2 && attr->variable; i++)
		if (!(attr->len % lens[i]))
			return lens[i];
	return 0;
}

/* One attribute has several networks, and there may be several attributes. */
static int take_split(const struct isakmp_attr *attr, struct ezvpn_told *out,
		      struct err *err)
{
	size_t at, len = split_len(attr);
	struct addr addr, mask;

	if (!len)
		return err_set(err, -EBADMSG, "the gateway's list of networks is malformed");
	for (at = 0; at < attr->len; at += len) {
		if (out->n_split == CFG_EZVPN_SPLIT_MAX)
			return err_set(err, -E2BIG, "the gateway tells more than %u networks",
				       CFG_EZVPN_SPLIT_MAX);
		addr_from_bytes(&addr, attr->data + at, 4);
		addr_from_bytes(&mask, attr->data + at + 4, 4);
		if (prefix_from_mask(&out->split[out->n_split], &addr, &mask))
			return err_set(err, -EBADMSG, "the gateway tells a network whose mask has holes");
		out->n_split++;
	}
	return 0;
}

/* Names cannot be looked up here: addresses alone are taken. */
static void take_backup(const struct isakmp_attr *attr, struct ezvpn_told *out)
{
	char text[EZVPN_TEXT_SIZE], *rest, *one;
	size_t n = 0;
	struct addr addr;

	v1_client_text(attr, text, sizeof(text));
	memset(out->backup, 0, sizeof(out->backup));
	for (one = strtok_r(text, ", ;", &rest); one && n < CFG_BACKUP_MAX;
	     one = strtok_r(NULL, ", ;", &rest))
		if (!addr_parse(&addr, one) && addr.family == AF_INET &&
		    !addr_is_any(&addr))
			out->backup[n++] = addr;
}

/* More than text: split-DNS is a list of names with commas. */
static int take_attr(const struct isakmp_attr *attr, struct ezvpn_told *out,
		     struct err *err)
{
	switch (attr->type) {
	case ISAKMP_CFG_IP4_ADDRESS:
		if (!take_address(attr, &out->address))
			return err_set(err, -EBADMSG, "the gateway gives no usable address");
		break;
	case ISAKMP_CFG_IP4_NETMASK:
		take_address(attr, &out->mask);
		break;
	case ISAKMP_CFG_IP4_DNS:
		take_server(attr, out->dns);
		break;
	case ISAKMP_CFG_IP4_NBNS:
		take_server(attr, out->wins);
		break;
	case ISAKMP_CFG_APPLICATION_VERSION:
		v1_client_text(attr, out->version, sizeof(out->version));
		break;
	case ISAKMP_CFG_UNITY_BANNER:
		v1_client_text(attr, out->banner, sizeof(out->banner));
		break;
	case ISAKMP_CFG_UNITY_SAVE_PASSWD:
		out->save_password = v1_client_number(attr);
		break;
	case ISAKMP_CFG_UNITY_DEF_DOMAIN:
		v1_client_text(attr, out->domain, sizeof(out->domain));
		break;
	case ISAKMP_CFG_UNITY_SPLIT_DNS:
		v1_client_text(attr, out->split_dns, sizeof(out->split_dns));
		break;
	case ISAKMP_CFG_UNITY_SPLIT_INCLUDE:
		return take_split(attr, out, err);
	case ISAKMP_CFG_UNITY_PFS:
		out->pfs = v1_client_number(attr);
		break;
	case ISAKMP_CFG_UNITY_BACKUP_SERVERS:
		take_backup(attr, out);
		break;
	}
	return 0;
}

/* A network of length 0 is everything, whatever else there is. */
static void widen(struct ezvpn_told *out)
{
	size_t i;

	for (i = 0; i < out->n_split; i++)
		if (!out->split[i].len)
			out->n_split = 0;
}

int v1_client_told(const struct isakmp_cfg *cfg, struct ezvpn_told *out,
		   struct err *err)
{
	unsigned int i;
	int ret = 0;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < cfg->n && !ret; i++)
		ret = take_attr(&cfg->attrs[i], out, err);
	widen(out);
	return ret;
}
