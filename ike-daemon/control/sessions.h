/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sessions of clients: what the control protocol says of them, and their end. */
#ifndef IKE_CONTROL_SESSIONS_H
#define IKE_CONTROL_SESSIONS_H

#include <stdint.h>

struct engine;
struct json_object;

/* All that there are, as tools/lib/control.h has them; with a reference. */
struct json_object *show_sessions(struct engine *e);
/* The last that are over, oldest first. */
struct json_object *show_sessions_ended(struct engine *e);
/* End those of @user ("": any) that have number @index (0: any); how many there were. */
unsigned int end_sessions(struct engine *e, const char *user, uint32_t index);

#endif
