/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The running configuration as text that can be read back (F-114). */
#ifndef CRYPTOMAP_TOOLS_CLI_RUNNING_H
#define CRYPTOMAP_TOOLS_CLI_RUNNING_H

#include <stdbool.h>
#include <stdio.h>

struct cm_config;
struct cfg_ace;
struct cfg_map;
struct cfg_user;

/*
 * Writes the whole configuration. With mask_keys every secret is printed as
 * five stars (C-018); such text is for eyes, the parser refuses it.
 * Returns 0 or -EIO.
 */
int running_write(FILE *out, const struct cm_config *cfg, bool mask_keys);

/*
 * The same as a string, to be wiped and freed with running_free(). NULL
 * without memory.
 */
char *running_text(const struct cm_config *cfg, bool mask_keys);
void running_free(char *text);

/* One access-list line without its number: `permit ip host 1.2.3.4 any`. */
void running_ace(FILE *out, const struct cfg_ace *ace);

/* Parts of it, in running_remote.c: remote access. */
void running_remote(FILE *out, const struct cm_config *cfg, bool mask_keys);
void running_map_clients(FILE *out, const struct cfg_map *map);
/* In running_access.c: group policies and tunnel groups; one user, with its attributes. */
void running_access(FILE *out, const struct cm_config *cfg, bool mask_keys);
void running_user(FILE *out, const struct cfg_user *user, bool mask_keys);

/* In running_keyring.c: keyrings and ISAKMP profiles. */
void running_keyrings(FILE *out, const struct cm_config *cfg, bool mask_keys);
/* In running_nec.c: IPsec as NEC IX has it. */
void running_nec(FILE *out, const struct cm_config *cfg, bool mask_keys);

/* In running_ezvpn.c: this router as a client. */
void running_ezvpn(FILE *out, const struct cm_config *cfg, bool mask_keys);

#endif
