// SPDX-License-Identifier: GPL-2.0-or-later
/* Handlers: access lists, numbered and named. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cli/editor.h"

#define ACE_STEP	10		/* between the numbers of lines (IOS) */
#define ACL_NAMES	"extended lists have the numbers 100-199 and 2000-2699, or a name"
#define ACE_SEQ_MAX	2147483647u

/* Argument names of the two sides, as in the table. */
struct side {
	const char *any, *host, *addr, *wild, *net, *op, *port, *port2;
};

static const struct side source = {
	"sany", "shost", "saddr", "swild", "snet", "sop", "sport", "sport2"
};

static const struct side destination = {
	"dany", "dhost", "daddr", "dwild", "dnet", "dop", "dport", "dport2"
};

/* The list that is being edited: a line of its own tells nothing by `any`. */
static int family_of(const struct config_editor *ed)
{
	return ed->mode == CLI_MODE_ACL6 ? AF_INET6 : AF_INET;
}

static struct cfg_net read_net(const struct cli_args *args,
			       const struct side *side, int family)
{
	struct addr addr, wildcard = cli_address(args, side->wild);

	if (cli_get(args, side->any))
		return cfg_net_any(family);
	if (cli_get(args, side->host)) {
		addr = cli_address(args, side->host);
		return cfg_net_host(&addr);
	}
	if (cli_get(args, side->net)) {
		addr = cli_address(args, side->net);
		return cfg_net_prefix(&addr, cli_number(args, side->net, 0));
	}
	addr = cli_address(args, side->addr);
	return family == AF_INET6 ?
	       cfg_net_prefix(&addr, cli_number(args, side->addr, 0)) :
	       cfg_net_wild(&addr, &wildcard);
}

static enum cfg_port_op port_op(const char *keyword)
{
	static const char *const ops[] = {
		[CFG_PORT_EQ] = "eq", [CFG_PORT_NEQ] = "neq",
		[CFG_PORT_LT] = "lt", [CFG_PORT_GT] = "gt",
		[CFG_PORT_RANGE] = "range",
	};
	int op;

	for (op = CFG_PORT_EQ; op < CFG_PORT_RANGE; op++)
		if (!strcmp(keyword, ops[op]))
			break;
	return op;
}

static int read_ports(struct config_editor *ed, const struct cli_args *args,
		      const struct side *side, struct cfg_ports *ports)
{
	if (!cli_get(args, side->op))
		return 0;
	ports->op = port_op(cli_text(args, side->op));
	ports->lo = cli_number(args, side->port, 0);
	ports->column = cli_get(args, side->op)->column;
	if (ports->op == CFG_PORT_LT && ports->lo == 0)
		return editor_refuse(ed, args, side->port,
				     "no port is less than 0");
	if (ports->op == CFG_PORT_GT && ports->lo == 65535)
		return editor_refuse(ed, args, side->port,
				     "no port is greater than 65535");
	if (ports->op != CFG_PORT_RANGE)
		return 0;
	ports->hi = cli_number(args, side->port2, 0);
	if (ports->hi < ports->lo)
		return editor_refuse(ed, args, side->port2,
				     "the second port of a range is not less than the first (%u)",
				     ports->lo);
	return 0;
}

static int read_ace(struct config_editor *ed, const struct cli_args *args,
		    struct cfg_ace *ace)
{
	const char *protocol = cli_text(args, "protocol");
	int ret;

	memset(ace, 0, sizeof(*ace));
	ace->action = cli_has(args, "permit") ? CFG_PERMIT : CFG_DENY;
	ace->protocol = !strcmp(protocol, "tcp") ? IPPROTO_TCP :
			!strcmp(protocol, "udp") ? IPPROTO_UDP :
			cli_number(args, "protocol", 0);
	ace->src = read_net(args, &source, family_of(ed));
	ace->dst = read_net(args, &destination, family_of(ed));
	ret = read_ports(ed, args, &source, &ace->sport);
	if (!ret)
		ret = read_ports(ed, args, &destination, &ace->dport);
	return ret;
}

static int read_remark(struct config_editor *ed, const struct cli_args *args,
		       struct cfg_ace *ace)
{
	const char *text = cli_text(args, "remark");

	memset(ace, 0, sizeof(*ace));
	ace->action = CFG_REMARK;
	if (strlen(text) >= sizeof(ace->remark))
		return editor_refuse(ed, args, "remark",
				     "a remark has at most %zu characters",
				     sizeof(ace->remark) - 1);
	strcpy(ace->remark, text);
	return 0;
}

static int append_seq(struct config_editor *ed, const struct cli_args *args,
		      const struct cfg_acl *acl, uint32_t *seq)
{
	uint32_t last = acl->n_aces ? acl->aces[acl->n_aces - 1].seq : 0;

	if (last > ACE_SEQ_MAX - ACE_STEP)
		return editor_refuse(ed, args, NULL,
				     "no line number is left behind %u", last);
	*seq = last + ACE_STEP;
	return 0;
}

/* Adds a line; the same line once more is no error and changes nothing. */
static int add_ace(struct config_editor *ed, const struct cli_args *args,
		   struct cfg_acl *acl, struct cfg_ace *ace)
{
	const struct cfg_ace *there;
	struct cfg_ace *slot;
	int ret = 0;

	ace->where = editor_where(args, NULL);
	ace->seq = cli_number(args, "line", 0);
	there = ace_index_find(&ed->index, acl, ace);
	if (there && (!ace->seq || there->seq == ace->seq))
		return 0;
	if (there)
		return editor_refuse(ed, args, NULL,
				     "this is line %u already", there->seq);
	if (ace->seq && cfg_ace_find(acl, ace->seq))
		return editor_refuse(ed, args, "line",
				     "line %u exists; remove it first",
				     ace->seq);
	if (!ace->seq)
		ret = append_seq(ed, args, acl, &ace->seq);
	if (ret)
		return ret;
	slot = cfg_ace_get(acl, ace->seq);
	if (!slot)
		return editor_no_memory(ed);
	*slot = *ace;
	if (slot != &acl->aces[acl->n_aces - 1])
		ace_index_forget(&ed->index);
	return 0;
}

static int remove_ace(struct config_editor *ed, const struct cli_args *args,
		      struct cfg_acl *acl, struct cfg_ace *ace)
{
	if (!ace)
		return editor_refuse(ed, args, NULL,
				     "access list %s has no such line",
				     acl->name);
	ace_index_forget(&ed->index);
	cfg_ace_del(acl, ace);
	return 0;
}

/* The list of that name and family, or NULL. */
static struct cfg_acl *find_acl(struct config_editor *ed, const char *name,
				int family)
{
	struct cfg_acl *acl = cfg_acl_find(ed->cfg, name);

	return acl && acl->family == family ? acl : NULL;
}

static int no_such_acl(struct config_editor *ed, const struct cli_args *args,
		       const char *name, int family)
{
	return editor_refuse(ed, args, "acl", "there is no %saccess list %s",
			     family == AF_INET6 ? "IPv6 " : "", name);
}

static int remove_acl(struct config_editor *ed, const struct cli_args *args,
		      const char *name, int family)
{
	struct cfg_acl *acl = find_acl(ed, name, family);

	if (!acl)
		return no_such_acl(ed, args, name, family);
	ace_index_forget(&ed->index);
	cfg_acl_del(ed->cfg, acl);
	return 0;
}

/* As on IOS, lists of both families share their names. */
static int get_acl(struct config_editor *ed, const struct cli_args *args,
		   const char *name, int family, struct cfg_acl **acl)
{
	*acl = cfg_acl_find(ed->cfg, name);
	if (*acl && (*acl)->family != family)
		return editor_refuse(ed, args, "acl",
				     "%s is an IPv%d access list already; use another name",
				     name, family == AF_INET6 ? 4 : 6);
	if (*acl)
		return 0;
	*acl = cfg_acl_get(ed->cfg, name);
	if (!*acl)
		return editor_no_memory(ed);
	(*acl)->family = family;
	(*acl)->where = editor_where(args, "acl");
	return 0;
}

/* `[no] access-list N ...`, where the list is named in the line itself. */
static int numbered_line(struct config_editor *ed, const struct cli_args *args,
			 struct cfg_ace *ace)
{
	const char *name = cli_text(args, "acl");
	struct cfg_acl *acl;
	int ret;

	if (!args->no) {
		ret = get_acl(ed, args, name, AF_INET, &acl);
		return ret ? ret : add_ace(ed, args, acl, ace);
	}
	acl = find_acl(ed, name, AF_INET);
	if (!acl)
		return no_such_acl(ed, args, name, AF_INET);
	return remove_ace(ed, args, acl, ace_index_find(&ed->index, acl, ace));
}

int set_access_list(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_ace ace;
	int ret;

	if (args->no && !cli_has(args, "permit") && !cli_has(args, "deny"))
		return remove_acl(ed, args, cli_text(args, "acl"), AF_INET);
	ret = read_ace(ed, args, &ace);
	return ret ? ret : numbered_line(ed, args, &ace);
}

int set_access_list_remark(struct config_editor *ed,
			   const struct cli_args *args)
{
	struct cfg_ace ace;
	int ret = read_remark(ed, args, &ace);

	return ret ? ret : numbered_line(ed, args, &ace);
}

/* A name that is a number must be one of an extended list. */
static bool acl_name_ok(const char *name)
{
	unsigned long number;

	if (name[strspn(name, "0123456789")])
		return true;
	number = strtoul(name, NULL, 10);
	return name[0] != '0' && ((number >= 100 && number <= 199) ||
				  (number >= 2000 && number <= 2699));
}

static int edit_acl(struct config_editor *ed, const struct cli_args *args,
		    int family, enum cli_mode mode)
{
	const char *name = cli_text(args, "acl");
	struct cfg_acl *acl;
	int ret = get_acl(ed, args, name, family, &acl);

	if (ret)
		return ret;
	strcpy(ed->object, name);
	ed->mode = mode;
	return 0;
}

int set_named_acl(struct config_editor *ed, const struct cli_args *args)
{
	const char *name = cli_text(args, "acl");

	if (args->no)
		return remove_acl(ed, args, name, AF_INET);
	if (!acl_name_ok(name))
		return editor_refuse(ed, args, "acl",
				     ACL_NAMES);
	return edit_acl(ed, args, AF_INET, CLI_MODE_NACL);
}

/* `ip access-list NAME permit ...`, as NEC IX has it: the list is named in each line. */
int set_nec_acl(struct config_editor *ed, const struct cli_args *args)
{
	if (!acl_name_ok(cli_text(args, "acl")))
		return editor_refuse(ed, args, "acl", ACL_NAMES);
	return set_access_list(ed, args);
}

int set_ipv6_acl(struct config_editor *ed, const struct cli_args *args)
{
	const char *name = cli_text(args, "acl");

	if (args->no)
		return remove_acl(ed, args, name, AF_INET6);
	if (strchr("0123456789", name[0]))
		return editor_refuse(ed, args, "acl",
				     "the name of an IPv6 access list does not begin with a digit");
	return edit_acl(ed, args, AF_INET6, CLI_MODE_ACL6);
}

static struct cfg_acl *current_acl(struct config_editor *ed,
				   const struct cli_args *args)
{
	struct cfg_acl *acl = find_acl(ed, ed->object, family_of(ed));

	if (!acl)
		editor_refuse(ed, args, NULL, "access list %s no longer exists",
			      ed->object);
	return acl;
}

/* `[no] [LINE] permit ...`, `[no] [sequence LINE] permit ...` in a list. */
static int named_line(struct config_editor *ed, const struct cli_args *args,
		      struct cfg_ace *ace)
{
	struct cfg_acl *acl = current_acl(ed, args);
	struct cfg_ace *there;

	if (!acl)
		return -EINVAL;
	if (!args->no)
		return add_ace(ed, args, acl, ace);
	there = ace_index_find(&ed->index, acl, ace);
	if (there && cli_number(args, "line", there->seq) != there->seq)
		return editor_refuse(ed, args, "line", "this is line %u",
				     there->seq);
	return remove_ace(ed, args, acl, there);
}

int set_ace(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_ace ace;
	int ret = read_ace(ed, args, &ace);

	return ret ? ret : named_line(ed, args, &ace);
}

int set_remark(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_ace ace;
	int ret = read_remark(ed, args, &ace);

	return ret ? ret : named_line(ed, args, &ace);
}

int unset_ace_number(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_acl *acl = current_acl(ed, args);

	if (!acl)
		return -EINVAL;
	return remove_ace(ed, args, acl,
			  cfg_ace_find(acl, cli_number(args, "line", 0)));
}
