// SPDX-License-Identifier: GPL-2.0-or-later
/* Handlers: access lists, numbered and named. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cli/editor.h"

#define ACE_STEP	10		/* between the numbers of lines (IOS) */
#define ACE_SEQ_MAX	2147483647u

/* Argument names of the two sides, as in the table. */
struct side {
	const char *any, *host, *addr, *wild, *op, *port, *port2;
};

static const struct side source = {
	"sany", "shost", "saddr", "swild", "sop", "sport", "sport2"
};

static const struct side destination = {
	"dany", "dhost", "daddr", "dwild", "dop", "dport", "dport2"
};

static void read_net(const struct cli_args *args, const struct side *side,
		     struct cfg_net *net)
{
	if (cli_get(args, side->any)) {
		net->wildcard.s_addr = INADDR_NONE;
	} else if (cli_get(args, side->host)) {
		net->addr = cli_address(args, side->host);
	} else {
		net->addr = cli_address(args, side->addr);
		net->wildcard = cli_address(args, side->wild);
	}
	net->addr.s_addr &= ~net->wildcard.s_addr;
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
	read_net(args, &source, &ace->src);
	read_net(args, &destination, &ace->dst);
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

static int remove_acl(struct config_editor *ed, const struct cli_args *args,
		      const char *name)
{
	struct cfg_acl *acl = cfg_acl_find(ed->cfg, name);

	if (!acl)
		return editor_refuse(ed, args, "acl",
				     "there is no access list %s", name);
	ace_index_forget(&ed->index);
	cfg_acl_del(ed->cfg, acl);
	return 0;
}

static struct cfg_acl *get_acl(struct config_editor *ed,
			       const struct cli_args *args, const char *name)
{
	struct cfg_acl *acl = cfg_acl_find(ed->cfg, name);

	if (acl)
		return acl;
	acl = cfg_acl_get(ed->cfg, name);
	if (acl)
		acl->where = editor_where(args, "acl");
	return acl;
}

/* `[no] access-list N ...`, where the list is named in the line itself. */
static int numbered_line(struct config_editor *ed, const struct cli_args *args,
			 struct cfg_ace *ace)
{
	const char *name = cli_text(args, "acl");
	struct cfg_acl *acl;

	if (!args->no) {
		acl = get_acl(ed, args, name);
		return acl ? add_ace(ed, args, acl, ace) : editor_no_memory(ed);
	}
	acl = cfg_acl_find(ed->cfg, name);
	if (!acl)
		return editor_refuse(ed, args, "acl",
				     "there is no access list %s", name);
	return remove_ace(ed, args, acl, ace_index_find(&ed->index, acl, ace));
}

int set_access_list(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_ace ace;
	int ret;

	if (args->no && !cli_has(args, "permit") && !cli_has(args, "deny"))
		return remove_acl(ed, args, cli_text(args, "acl"));
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

int set_named_acl(struct config_editor *ed, const struct cli_args *args)
{
	const char *name = cli_text(args, "acl");

	if (args->no)
		return remove_acl(ed, args, name);
	if (!acl_name_ok(name))
		return editor_refuse(ed, args, "acl",
				     "extended lists have the numbers 100-199 and 2000-2699, or a name");
	if (!get_acl(ed, args, name))
		return editor_no_memory(ed);
	strcpy(ed->object, name);
	ed->mode = CLI_MODE_NACL;
	return 0;
}

static struct cfg_acl *current_acl(struct config_editor *ed,
				   const struct cli_args *args)
{
	struct cfg_acl *acl = cfg_acl_find(ed->cfg, ed->object);

	if (!acl)
		editor_refuse(ed, args, NULL, "access list %s no longer exists",
			      ed->object);
	return acl;
}

/* `[no] [LINE] permit ...` in a named list. */
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
