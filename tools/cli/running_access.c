// SPDX-License-Identifier: GPL-2.0-or-later
/* Writing tunnel groups, group policies and attributes of users: see running.c. */
#include <string.h>

#include "tools/cli/model.h"
#include "tools/cli/running.h"
#include "tools/lib/password.h"

#define MASKED	"*****"

static void write_value(FILE *out, const struct cfg_attrs *attrs,
			enum cfg_attr attr, const char *word, const char *value)
{
	if (cfg_attrs_have(attrs, attr))
		fprintf(out, " %s %s%s\n", word, value[0] ? "value " : "none",
			value);
}

static void write_servers(FILE *out, const struct cfg_attrs *attrs,
			  enum cfg_attr attr, const char *word,
			  const struct addr *servers)
{
	char text[ADDR_STRLEN], both[2 * ADDR_STRLEN] = "";
	size_t n = 0;
	unsigned int i;

	for (i = 0; i < CFG_SERVERS_MAX && addr_is_set(&servers[i]); i++)
		n += snprintf(both + n, sizeof(both) - n, "%s%s", i ? " " : "",
			      addr_format(&servers[i], text, sizeof(text)));
	write_value(out, attrs, attr, word, both);
}

/* With blanks between, as they were typed. */
static void write_split_dns(FILE *out, const struct cfg_attrs *attrs)
{
	char names[CFG_FQDN_SIZE], *p;

	strcpy(names, attrs->split_dns);
	for (p = names; *p; p++)
		if (*p == ',')
			*p = ' ';
	write_value(out, attrs, CFG_ATTR_SPLIT_DNS, "split-dns", names);
}

static void write_backup(FILE *out, const struct cfg_attrs *attrs)
{
	char text[ADDR_STRLEN];
	unsigned int i;

	if (!cfg_attrs_have(attrs, CFG_ATTR_BACKUP))
		return;
	fputs(" backup-servers", out);
	for (i = 0; i < CFG_BACKUP_MAX && addr_is_set(&attrs->backup[i]); i++)
		fprintf(out, " %s", addr_format(&attrs->backup[i], text,
						sizeof(text)));
	fputs(i ? "\n" : " keep-client-config\n", out);
}

static void write_minutes(FILE *out, const struct cfg_attrs *attrs,
			  enum cfg_attr attr, const char *word,
			  uint32_t minutes)
{
	if (cfg_attrs_have(attrs, attr) && minutes)
		fprintf(out, " %s %u\n", word, minutes);
	else if (cfg_attrs_have(attrs, attr))
		fprintf(out, " %s none\n", word);
}

static void write_protocols(FILE *out, const struct cfg_attrs *attrs)
{
	if (cfg_attrs_have(attrs, CFG_ATTR_PROTOCOLS))
		fprintf(out, " vpn-tunnel-protocol%s%s%s\n",
			attrs->protocols & CFG_TUNNEL_IKEV1 ? " ikev1" : "",
			attrs->protocols & CFG_TUNNEL_L2TP ? " l2tp-ipsec" : "",
			attrs->protocols & CFG_TUNNEL_WEBVPN ? " webvpn" : "");
}

static void write_framed(FILE *out, const struct cfg_attrs *attrs)
{
	char address[ADDR_STRLEN], mask[ADDR_STRLEN];

	if (!cfg_attrs_have(attrs, CFG_ATTR_FRAMED))
		return;
	fprintf(out, " vpn-framed-ip-address %s",
		addr_format(&attrs->framed.address, address, sizeof(address)));
	if (addr_is_set(&attrs->framed.mask))
		fprintf(out, " %s", addr_format(&attrs->framed.mask, mask,
						sizeof(mask)));
	fputc('\n', out);
}

static void write_intercept(FILE *out, const struct cfg_attrs *attrs)
{
	char mask[ADDR_STRLEN];

	if (!cfg_attrs_have(attrs, CFG_ATTR_INTERCEPT))
		return;
	fputs(" intercept-dhcp ", out);
	if (addr_is_set(&attrs->intercept.mask))
		fprintf(out, "%s ", addr_format(&attrs->intercept.mask, mask,
						sizeof(mask)));
	fputs(attrs->intercept.on ? "enable\n" : "disable\n", out);
}

static void write_attrs(FILE *out, const struct cfg_attrs *attrs)
{
	static const char *const split[] = {
		[CFG_SPLIT_ALL] = "tunnelall",
		[CFG_SPLIT_SPECIFIED] = "tunnelspecified",
		[CFG_SPLIT_EXCLUDED] = "excludespecified",
	};

	write_framed(out, attrs);
	write_value(out, attrs, CFG_ATTR_BANNER, "banner", attrs->banner);
	write_servers(out, attrs, CFG_ATTR_WINS, "wins-server", attrs->wins);
	write_servers(out, attrs, CFG_ATTR_DNS, "dns-server", attrs->dns);
	if (cfg_attrs_have(attrs, CFG_ATTR_LOGINS))
		fprintf(out, " vpn-simultaneous-logins %u\n", attrs->logins);
	write_minutes(out, attrs, CFG_ATTR_IDLE, "vpn-idle-timeout",
		      attrs->idle);
	write_minutes(out, attrs, CFG_ATTR_SESSION, "vpn-session-timeout",
		      attrs->session);
	write_protocols(out, attrs);
	if (cfg_attrs_have(attrs, CFG_ATTR_SAVE))
		fprintf(out, " password-storage %s\n",
			attrs->save_password ? "enable" : "disable");
	if (cfg_attrs_have(attrs, CFG_ATTR_PFS))
		fprintf(out, " pfs %s\n", attrs->pfs ? "enable" : "disable");
	if (cfg_attrs_have(attrs, CFG_ATTR_SPLIT))
		fprintf(out, " split-tunnel-policy %s\n", split[attrs->split]);
	write_value(out, attrs, CFG_ATTR_ACL, "split-tunnel-network-list",
		    attrs->acl);
	write_intercept(out, attrs);
	write_value(out, attrs, CFG_ATTR_DOMAIN, "default-domain",
		    attrs->domain);
	write_split_dns(out, attrs);
	write_backup(out, attrs);
	write_value(out, attrs, CFG_ATTR_POOL, "address-pools", attrs->pool);
}

void running_user(FILE *out, const struct cfg_user *user, bool mask_keys)
{
	bool nt = !strncmp(user->hash, PASSWORD_NT, strlen(PASSWORD_NT));

	if (nt)
		fprintf(out, "username %s password %s nt-encrypted\n",
			user->name, mask_keys ? MASKED :
				    user->hash + strlen(PASSWORD_NT));
	else
		fprintf(out, "username %s secret 5 %s\n", user->name,
			mask_keys ? MASKED : user->hash);
	if (!user->attrs.set && !user->policy[0])
		return;
	fprintf(out, "username %s attributes\n", user->name);
	if (user->policy[0])
		fprintf(out, " vpn-group-policy %s\n", user->policy);
	write_attrs(out, &user->attrs);
}

static void write_policy(FILE *out, const struct cfg_group_policy *policy)
{
	fprintf(out, "group-policy %s internal\n", policy->name);
	if (policy->attrs.set)
		fprintf(out, "group-policy %s attributes\n", policy->name);
	write_attrs(out, &policy->attrs);
	fputs("!\n", out);
}

static void write_general(FILE *out, const struct cfg_tunnel_group *group)
{
	if (!group->pool[0] && !group->policy[0] && !group->login[0])
		return;
	fprintf(out, "tunnel-group %s general-attributes\n", group->name);
	if (group->pool[0])
		fprintf(out, " address-pool %s\n", group->pool);
	if (group->login[0])
		fprintf(out, " authentication-server-group %s%s\n",
			cfg_login_name(group->login),
			group->login[0] == '~' ? " LOCAL" : "");
	if (group->policy[0])
		fprintf(out, " default-group-policy %s\n", group->policy);
}

static void write_keepalive(FILE *out, const struct cfg_tunnel_group *group)
{
	if (!group->has_keepalive)
		return;
	if (group->keepalive.seconds)
		fprintf(out, " isakmp keepalive threshold %u retry %u\n",
			group->keepalive.seconds, group->keepalive.retry);
	else
		fputs(" isakmp keepalive disable\n", out);
}

static void write_ppp(FILE *out, const struct cfg_tunnel_group *group)
{
	unsigned int i;

	if (!group->ppp_changed)
		return;
	fprintf(out, "tunnel-group %s ppp-attributes\n", group->name);
	for (i = 0; i < CFG_PPP_COUNT; i++)
		if (group->ppp_changed & 1u << i)
			fprintf(out, " %sauthentication %s\n",
				CFG_PPP_DEFAULT & 1u << i ? "no " : "",
				cfg_ppp_word(i));
}

static void write_tunnel_group(FILE *out, const struct cfg_tunnel_group *group,
			       bool mask_keys)
{
	fprintf(out, "tunnel-group %s type %s\n", group->name,
		group->clients ? "remote-access" : "ipsec-l2l");
	write_general(out, group);
	if (group->secret[0] || group->no_users || group->hybrid ||
	    group->has_keepalive)
		fprintf(out, "tunnel-group %s ipsec-attributes\n",
			group->name);
	if (group->secret[0])
		fprintf(out, " ikev1 pre-shared-key %s%s\n",
			mask_keys || strcmp(group->secret, "0") ? "" : "0 ",
			mask_keys ? MASKED : group->secret);
	write_keepalive(out, group);
	if (group->no_users)
		fputs(" ikev1 user-authentication none\n", out);
	if (group->hybrid)
		fputs(" ikev1 user-authentication hybrid\n", out);
	write_ppp(out, group);
	fputs("!\n", out);
}

void running_access(FILE *out, const struct cm_config *cfg, bool mask_keys)
{
	size_t i;

	if (cfg->max_sessions)
		fprintf(out, "vpn-sessiondb max-session-limit %u\n!\n",
			cfg->max_sessions);
	for (i = 0; i < cfg->n_group_policies; i++)
		write_policy(out, &cfg->group_policies[i]);
	for (i = 0; i < cfg->n_tunnel_groups; i++)
		write_tunnel_group(out, &cfg->tunnel_groups[i], mask_keys);
}
