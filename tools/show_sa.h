/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One SA of `show crypto ipsec sa`, as a record and as text. */
#ifndef TOOLS_SHOW_SA_H
#define TOOLS_SHOW_SA_H

#include <stdbool.h>
#include <stdio.h>

#include "tools/lib/kmod.h"

struct json_object;

/* @map: of its flow. */
struct json_object *show_sa_record(const struct kmod_sa *sa, const char *map);
/* @detail: the whole replay window, and what was lost. */
void show_sa_render(FILE *out, struct json_object *rec, bool detail);

#endif
