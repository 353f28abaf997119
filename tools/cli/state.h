/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The running configuration as a file beside the control socket, so one for
 * each network namespace that has a socket of its own. Whoever has applied a
 * configuration writes it, so that without a daemon ipsecctl still knows what
 * the kernel was told. It holds keys: mode 0600, replaced by rename.
 */
#ifndef CRYPTOMAP_TOOLS_CLI_STATE_H
#define CRYPTOMAP_TOOLS_CLI_STATE_H

#include <stddef.h>

#include "tools/lib/err.h"

struct cm_config;

/*
 * `running-config` in the directory of a socket that is called `control`, else
 * `running-config-SOCKET`; -ENAMETOOLONG.
 */
int state_path(const char *socket, char *path, size_t size);

/* Saves a configuration there; 0 or a negative errno and its sentence. */
int state_save(const char *socket, const struct cm_config *cfg,
	       struct err *err);
/* Reads it back. -ENOENT when there is none. */
int state_load(const char *socket, struct cm_config **cfg, struct err *err);
/* Nothing is configured any more. */
void state_remove(const char *socket);

/*
 * Writes text to a file of mode 0600 that is replaced as a whole; its
 * directory is made if it is missing.
 */
int state_write_file(const char *path, const char *text, struct err *err);

#endif
