// SPDX-License-Identifier: GPL-2.0-or-later
/* Handlers: `crypto isakmp profile`. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "tools/cli/editor.h"

#define NOT_USER_FQDN	"a user FQDN has the form user@domain"

int set_isakmp_profile(struct config_editor *ed, const struct cli_args *args)
{
	const char *name = cli_text(args, "iprofile");
	struct cfg_isakmp_profile *profile = cfg_isakmp_profile_find(ed->cfg, name);

	if (args->no) {
		if (!profile)
			return editor_refuse(ed, args, "iprofile",
					     "there is no isakmp profile %s", name);
		cfg_isakmp_profile_del(ed->cfg, profile);
		return 0;
	}
	if (!profile) {
		profile = cfg_isakmp_profile_get(ed->cfg, name);
		if (!profile)
			return editor_no_memory(ed);
		profile->where = editor_where(args, "iprofile");
	}
	memcpy(ed->object, profile->name, sizeof(ed->object));
	ed->mode = CLI_MODE_ISAKMP_PROFILE;
	return 0;
}

/* The profile of the mode; it may have been removed by someone else. */
static struct cfg_isakmp_profile *current(struct config_editor *ed,
					  const struct cli_args *args)
{
	struct cfg_isakmp_profile *profile =
		cfg_isakmp_profile_find(ed->cfg, ed->object);

	if (!profile)
		editor_refuse(ed, args, NULL,
			      "isakmp profile %s no longer exists", ed->object);
	return profile;
}

int set_profile_description(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_isakmp_profile *profile = current(ed, args);

	return profile ? editor_description(ed, args, profile->description) :
			 -EINVAL;
}

int set_profile_local(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_isakmp_profile *profile = current(ed, args);

	return profile ? editor_local(ed, args, &profile->local) : -EINVAL;
}

/* --- keyrings ---------------------------------------------------------------- */

static void take_keyring(struct cfg_isakmp_profile *p, size_t i)
{
	size_t behind = --p->n_keyrings - i;

	memmove(&p->keyrings[i], &p->keyrings[i + 1],
		behind * sizeof(p->keyrings[0]));
	memmove(&p->keyrings_at[i], &p->keyrings_at[i + 1],
		behind * sizeof(p->keyrings_at[0]));
	memset(&p->keyrings[p->n_keyrings], 0, sizeof(p->keyrings[0]));
}

static int remove_keyring(struct config_editor *ed, const struct cli_args *args,
			  struct cfg_isakmp_profile *p, const char *name, size_t i)
{
	if (name && i == p->n_keyrings)
		return editor_refuse(ed, args, "keyring",
				     "this profile does not use keyring %s", name);
	if (name)
		take_keyring(p, i);
	while (!name && p->n_keyrings)
		take_keyring(p, p->n_keyrings - 1);
	return 0;
}

int set_profile_keyring(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_isakmp_profile *p = current(ed, args);
	const char *name = cli_text(args, "keyring");
	size_t i = 0;

	if (!p)
		return -EINVAL;
	while (name && i < p->n_keyrings && strcmp(p->keyrings[i], name))
		i++;
	if (args->no)
		return remove_keyring(ed, args, p, name, i);
	if (i < p->n_keyrings)
		return 0;
	if (i == CFG_KEYRINGS_MAX)
		return editor_refuse(ed, args, "keyring",
				     "a profile has at most %d keyrings",
				     CFG_KEYRINGS_MAX);
	p->keyrings_at[i] = editor_where(args, "keyring");
	copy_text(p->keyrings[p->n_keyrings++], name, sizeof(p->keyrings[0]));
	return 0;
}

/* --- whom it is for ---------------------------------------------------------- */

static int match_address(struct config_editor *ed, const struct cli_args *args,
			 struct cfg_match *match)
{
	const struct cli_arg *mask = cli_get(args, "mask");
	struct addr address = cli_address(args, "address");
	unsigned int len = addr_is_any(&address) ? 0 : addr_bits(&address);

	if (mask && addr_mask_len(&mask->address) < 0)
		return editor_refuse(ed, args, "mask",
				     "a netmask has its ones in front, as 255.255.255.0");
	if (mask)
		len = addr_mask_len(&mask->address);
	if (mask && addr_is_any(&address) && len == addr_bits(&address))
		return editor_refuse(ed, args, "mask", NOT_A_HOST);
	match->kind = CFG_MATCH_ADDRESS;
	return prefix_set(&match->peers, &address, len);
}

static int match_name(struct config_editor *ed, const struct cli_args *args,
		      struct cfg_match *match)
{
	static const struct {
		const char *arg;
		enum cfg_match_kind kind;
	} kinds[] = {
		{ "group", .kind = CFG_MATCH_GROUP },
		{ "host", .kind = CFG_MATCH_HOST },
		{ "user", .kind = CFG_MATCH_USER },
	};
	const char *text = cli_text(args, "domain"), *which = "domain";
	size_t i;

	match->kind = cli_has(args, "user") ? CFG_MATCH_USER_DOMAIN :
					      CFG_MATCH_HOST_DOMAIN;
	for (i = 0; !text && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		which = kinds[i].arg;
		match->kind = kinds[i].kind;
		text = cli_text(args, which);
	}
	if (match->kind == CFG_MATCH_USER && !strchr(text, '@'))
		return editor_refuse(ed, args, which, NOT_USER_FQDN);
	if (match->kind != CFG_MATCH_USER && match->kind != CFG_MATCH_GROUP &&
	    strchr(text, '@'))
		return editor_refuse(ed, args, which, "a domain name has no @");
	copy_text(match->text, text, sizeof(match->text));
	return 0;
}

static size_t find_match(const struct cfg_isakmp_profile *p,
			 const struct cfg_match *match)
{
	size_t i = 0;

	while (i < p->n_matches && !cfg_match_equal(&p->matches[i], match))
		i++;
	return i;
}

int set_profile_match(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_isakmp_profile *p = current(ed, args);
	struct cfg_match match = { 0 };
	size_t i;
	int ret;

	if (!p)
		return -EINVAL;
	ret = cli_get(args, "address") ? match_address(ed, args, &match) :
					 match_name(ed, args, &match);
	if (ret)
		return ret;
	i = find_match(p, &match);
	if (args->no && i == p->n_matches)
		return editor_refuse(ed, args, NULL,
				     "this profile does not match that identity");
	if (!args->no && i == CFG_MATCHES_MAX)
		return editor_refuse(ed, args, NULL,
				     "a profile matches at most %d identities",
				     CFG_MATCHES_MAX);
	if (!args->no && i == p->n_matches)
		p->matches[p->n_matches++] = match;
	if (!args->no)
		return 0;
	memmove(&p->matches[i], &p->matches[i + 1],
		(--p->n_matches - i) * sizeof(p->matches[0]));
	memset(&p->matches[p->n_matches], 0, sizeof(p->matches[0]));
	return 0;
}

/* --- what is done with its peers --------------------------------------------- */

int set_profile_identity(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_isakmp_profile *p = current(ed, args);
	const char *user = cli_text(args, "user"), *fqdn = cli_text(args, "fqdn");

	if (!p)
		return -EINVAL;
	if (user && !strchr(user, '@'))
		return editor_refuse(ed, args, "user", NOT_USER_FQDN);
	memset(&p->identity, 0, sizeof(p->identity));
	p->has_identity = !args->no;
	if (args->no)
		return 0;
	p->identity.kind = user ? CFG_IDENTITY_USER_FQDN :
			   fqdn ? CFG_IDENTITY_FQDN :
			   cli_has(args, "fqdn") ? CFG_IDENTITY_HOSTNAME :
						   CFG_IDENTITY_ADDRESS;
	copy_text(p->identity.text, user ? user : fqdn, sizeof(p->identity.text));
	return 0;
}

int set_profile_trustpoint(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_isakmp_profile *p = current(ed, args);
	const char *name = cli_text(args, "trustpoint");

	if (!p)
		return -EINVAL;
	if (args->no && name && strcmp(name, p->trustpoint))
		return editor_refuse(ed, args, "trustpoint",
				     "this profile does not use trustpoint %s",
				     name);
	editor_name(args, "trustpoint", p->trustpoint, &p->trustpoint_at);
	return 0;
}

int set_profile_mode(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_isakmp_profile *p = current(ed, args);

	if (!p)
		return -EINVAL;
	p->aggressive = !args->no;
	return 0;
}

int set_profile_keepalive(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_isakmp_profile *p = current(ed, args);

	if (!p)
		return -EINVAL;
	p->has_keepalive = !args->no;
	p->keepalive = (struct cfg_keepalive){
		.seconds = args->no ? 0 : cli_number(args, "seconds", 0),
		.retry = args->no ? CFG_KEEPALIVE_RETRY_DEFAULT :
			 cli_number(args, "retry", CFG_KEEPALIVE_RETRY_DEFAULT),
	};
	return 0;
}

int set_profile_login(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_isakmp_profile *p = current(ed, args);

	if (!p)
		return -EINVAL;
	editor_name(args, "list", p->clients.login, &p->clients.login_at);
	return 0;
}

int set_profile_groups(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_isakmp_profile *p = current(ed, args);

	if (!p)
		return -EINVAL;
	editor_name(args, "list", p->clients.authorization,
		    &p->clients.authorization_at);
	return 0;
}

int set_profile_respond(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_isakmp_profile *p = current(ed, args);
	const char *how = cli_text(args, "how");

	if (!p)
		return -EINVAL;
	if (how && strcmp(how, "respond"))
		return editor_refuse(ed, args, "how",
				     "a profile gives addresses to clients that ask: respond");
	p->clients.respond = !args->no;
	p->clients.addresses_at = editor_where(args, "how");
	return 0;
}

int set_profile_accounting(struct config_editor *ed, const struct cli_args *args)
{
	if (!current(ed, args))
		return -EINVAL;
	if (!args->no)
		snprintf(ed->note, sizeof(ed->note),
			 "accounting is ignored: no accounts of clients are kept");
	return 0;
}
