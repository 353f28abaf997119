// SPDX-License-Identifier: GPL-2.0-or-later
/* Handlers: keyrings. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tools/cli/editor.h"

int set_keyring(struct config_editor *ed, const struct cli_args *args)
{
	const char *name = cli_text(args, "keyring");
	struct cfg_keyring *keyring = cfg_keyring_find(ed->cfg, name);

	if (cli_text(args, "vrf"))
		return editor_refuse(ed, args, "vrf",
				     "keys are for all of this router: there are no VRFs here");
	if (args->no) {
		if (!keyring)
			return editor_refuse(ed, args, "keyring",
					     "there is no keyring %s", name);
		cfg_keyring_del(ed->cfg, keyring);
		return 0;
	}
	if (!keyring) {
		keyring = cfg_keyring_get(ed->cfg, name);
		if (!keyring)
			return editor_no_memory(ed);
		keyring->where = editor_where(args, "keyring");
	}
	memcpy(ed->object, keyring->name, sizeof(ed->object));
	ed->mode = CLI_MODE_KEYRING;
	return 0;
}

/* The keyring of the mode; it may have been removed by someone else. */
static struct cfg_keyring *current(struct config_editor *ed,
				   const struct cli_args *args)
{
	struct cfg_keyring *keyring = cfg_keyring_find(ed->cfg, ed->object);

	if (!keyring)
		editor_refuse(ed, args, NULL, "keyring %s no longer exists",
			      ed->object);
	return keyring;
}

int editor_description(struct config_editor *ed, const struct cli_args *args,
		       char to[CFG_TEXT_SIZE])
{
	const char *text = cli_text(args, "description");

	if (!args->no && strlen(text) >= CFG_TEXT_SIZE)
		return editor_refuse(ed, args, "description",
				     "a description has at most %d characters",
				     CFG_TEXT_SIZE - 1);
	copy_text(to, args->no ? "" : text, CFG_TEXT_SIZE);
	return 0;
}

int editor_local(struct config_editor *ed, const struct cli_args *args,
		 struct cfg_local *local)
{
	const char *interface = cli_text(args, "interface");
	struct cfg_local new = { .address = cli_address(args, "address") };

	if (interface && is_like_ipv4(interface))
		return editor_refuse(ed, args, "interface",
				     "an IPv4 address has four numbers of 0 to 255");
	if (addr_is_set(&new.address) && unfit_peer(&new.address))
		return editor_refuse(ed, args, "address",
				     "an address of this router is a unicast address");
	copy_text(new.interface, interface, sizeof(new.interface));
	if (!args->no) {
		*local = new;
		return 0;
	}
	if (!cfg_local_is_set(local))
		return editor_refuse(ed, args, NULL, "no local address is set");
	if (cfg_local_is_set(&new) &&
	    (strcmp(new.interface, local->interface) ||
	     !addr_equal(&new.address, &local->address)))
		return editor_refuse(ed, args, interface ? "interface" : "address",
				     "this is not the local address");
	memset(local, 0, sizeof(*local));
	return 0;
}

int set_keyring_description(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_keyring *keyring = current(ed, args);

	return keyring ? editor_description(ed, args, keyring->description) :
			 -EINVAL;
}

int set_keyring_local(struct config_editor *ed, const struct cli_args *args)
{
	struct cfg_keyring *keyring = current(ed, args);

	return keyring ? editor_local(ed, args, &keyring->local) : -EINVAL;
}

static struct cfg_key *find_key(const struct cm_config *cfg,
				const struct cfg_key *like)
{
	struct cfg_key *key = cfg->keyring_keys;

	for (; key < cfg->keyring_keys + cfg->n_keyring_keys; key++)
		if (!strcmp(key->keyring, like->keyring) &&
		    cfg_key_same_peers(key, like))
			return key;
	return NULL;
}

int set_keyring_key(struct config_editor *ed, const struct cli_args *args)
{
	const struct cfg_keyring *keyring = current(ed, args);
	struct cfg_key like, *key;
	int ret = keyring ? editor_key_peers(ed, args, &like) : -EINVAL;

	if (ret)
		return ret;
	memcpy(like.keyring, keyring->name, sizeof(like.keyring));
	key = find_key(ed->cfg, &like);
	if (args->no) {
		if (!key)
			return editor_refuse(ed, args, NULL,
					     "there is no key for this peer");
		cfg_keyring_key_del(ed->cfg, key);
		return 0;
	}
	ret = editor_key_secret(ed, args, &like);
	if (!ret && !key)
		key = cfg_keyring_key_add(ed->cfg);
	if (!ret && !key)
		ret = editor_no_memory(ed);
	if (!ret)
		*key = like;
	explicit_bzero(&like, sizeof(like));
	return ret;
}
