// SPDX-License-Identifier: GPL-2.0-or-later
/* Handlers: IPsec profiles, and what makes an interface a tunnel (F-047, C-100). */
#include <errno.h>
#include <string.h>

#include "tools/cli/editor.h"

int set_profile(struct config_editor *ed, const struct cli_args *args)
{
	const char *name = cli_text(args, "profile");
	struct cfg_map *profile = cfg_profile_find(ed->cfg, name);

	if (args->no && !profile)
		return editor_refuse(ed, args, "profile",
				     "there is no profile %s", name);
	if (args->no) {
		cfg_profile_del(ed->cfg, profile);
		return 0;
	}
	if (!profile) {
		profile = cfg_profile_get(ed->cfg, name);
		if (!profile)
			return editor_no_memory(ed);
		profile->where = editor_where(args, "profile");
		profile->entries[0].where = profile->where;
	}
	strcpy(ed->object, name);
	ed->seq = profile->entries[0].seq;
	ed->mode = CLI_MODE_PROFILE;
	return 0;
}

/* The interface of the mode; to be set it is made. */
static struct cfg_interface *interface_of(struct config_editor *ed,
					  const struct cli_args *args)
{
	struct cfg_interface *ifc;

	ifc = args->no ? cfg_interface_find(ed->cfg, ed->object) :
			 cfg_interface_get(ed->cfg, ed->object);
	if (!ifc && !args->no)
		editor_no_memory(ed);
	if (ifc && !ifc->where.column)
		ifc->where = editor_where(args, NULL);
	return ifc;
}

static int not_set(struct config_editor *ed, const struct cli_args *args,
		   const char *what)
{
	return editor_refuse(ed, args, NULL, "interface %s has no such tunnel %s",
			     ed->object, what);
}

int set_tunnel_mode(struct config_editor *ed, const struct cli_args *args)
{
	const char *family = cli_text(args, "family");
	enum cfg_tunnel tunnel = family && !strcmp(family, "ipv6") ?
				 CFG_TUNNEL_IPV6 : CFG_TUNNEL_IPV4;
	struct cfg_interface *ifc = interface_of(ed, args);

	if (!ifc)
		return args->no ? not_set(ed, args, "mode") : -ENOMEM;
	if (args->no && (!ifc->tunnel || (family && ifc->tunnel != tunnel)))
		return not_set(ed, args, "mode");
	ifc->tunnel = args->no ? CFG_TUNNEL_NONE : tunnel;
	forget_empty_interface(ed, ifc);
	return 0;
}

/* Does `no` name another source than there is, or is there none? */
static bool other_source(const struct cfg_interface *ifc, const char *source,
			 const struct addr *address)
{
	if (!ifc->source[0] && !addr_is_set(&ifc->source_address))
		return true;
	return (source && strcmp(source, ifc->source)) ||
	       (addr_is_set(address) &&
		!addr_equal(address, &ifc->source_address));
}

static int refuse_source(struct config_editor *ed, const struct cli_args *args,
			 const struct addr *address)
{
	char text[ADDR_STRLEN];

	return editor_refuse(ed, args, "address",
			     "a tunnel does not begin at %s: its source is a unicast address of this router, %s",
			     addr_format(address, text, sizeof(text)),
			     address->family == AF_INET ?
			     "not of 0.0.0.0/8, 127.0.0.0/8 or 224.0.0.0/3" :
			     "neither loopback nor link-local nor IPv4-mapped");
}

int set_tunnel_source(struct config_editor *ed, const struct cli_args *args)
{
	const char *source = cli_text(args, "source");
	struct addr address = cli_address(args, "address");
	struct cfg_interface *ifc;

	if (addr_is_set(&address) && unfit_peer(&address))
		return refuse_source(ed, args, &address);
	if (source && is_like_ipv4(source))
		return editor_refuse(ed, args, "source",
				     "an IPv4 address has four numbers of 0 to 255");
	if (source && !strcmp(source, ed->object))
		return editor_refuse(ed, args, "source",
				     "a tunnel does not begin at itself: the source is the interface outside");
	ifc = interface_of(ed, args);
	if (!ifc)
		return args->no ? not_set(ed, args, "source") : -ENOMEM;
	if (args->no && other_source(ifc, source, &address))
		return not_set(ed, args, "source");
	memset(ifc->source, 0, sizeof(ifc->source));
	ifc->source_address = args->no ? (struct addr){ 0 } : address;
	if (!args->no && source)
		strcpy(ifc->source, source);
	ifc->source_at = editor_where(args, source ? "source" : "address");
	forget_empty_interface(ed, ifc);
	return 0;
}

int set_tunnel_destination(struct config_editor *ed,
			   const struct cli_args *args)
{
	struct addr peer = cli_address(args, "peer");
	const char *unfit = addr_is_set(&peer) ? unfit_peer(&peer) : NULL;
	struct cfg_interface *ifc;

	if (unfit && !args->no)
		return editor_refuse(ed, args, "peer", "%s", unfit);
	ifc = interface_of(ed, args);
	if (!ifc)
		return args->no ? not_set(ed, args, "destination") : -ENOMEM;
	if (args->no && (!addr_is_set(&ifc->destination) ||
			 (addr_is_set(&peer) &&
			  !addr_equal(&peer, &ifc->destination))))
		return not_set(ed, args, "destination");
	ifc->destination = args->no ? (struct addr){ 0 } : peer;
	ifc->destination_at = editor_where(args, "peer");
	forget_empty_interface(ed, ifc);
	return 0;
}

int set_tunnel_protection(struct config_editor *ed, const struct cli_args *args)
{
	const char *profile = cli_text(args, "profile");
	struct cfg_interface *ifc = interface_of(ed, args);

	if (!ifc)
		return args->no ? not_set(ed, args, "protection") : -ENOMEM;
	if (args->no && (!ifc->profile[0] ||
			 (profile && strcmp(profile, ifc->profile))))
		return not_set(ed, args, "protection");
	memset(ifc->profile, 0, sizeof(ifc->profile));
	if (!args->no)
		strcpy(ifc->profile, profile);
	ifc->profile_at = editor_where(args, "profile");
	forget_empty_interface(ed, ifc);
	return 0;
}

int set_unnumbered(struct config_editor *ed, const struct cli_args *args)
{
	const char *lender = cli_text(args, "lender");
	struct cfg_interface *ifc;

	if (lender && is_like_ipv4(lender))
		return editor_refuse(ed, args, "lender",
				     "the address is borrowed of an interface: name that, not the address");
	if (lender && !strcmp(lender, ed->object))
		return editor_refuse(ed, args, "lender",
				     "the address is that of another interface");
	ifc = interface_of(ed, args);
	if (!ifc && !args->no)
		return -ENOMEM;
	if (args->no && (!ifc || !ifc->unnumbered[0] ||
			 (lender && strcmp(lender, ifc->unnumbered))))
		return editor_refuse(ed, args, "lender",
				     "interface %s has no such ip unnumbered",
				     ed->object);
	memset(ifc->unnumbered, 0, sizeof(ifc->unnumbered));
	if (!args->no)
		strcpy(ifc->unnumbered, lender);
	ifc->unnumbered_at = editor_where(args, "lender");
	forget_empty_interface(ed, ifc);
	return 0;
}
