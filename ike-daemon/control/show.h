/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of what the engine knows, as JSON (tools/lib/control.h). */
#ifndef IKE_CONTROL_SHOW_H
#define IKE_CONTROL_SHOW_H

struct engine;
struct json_object;

/* Live ISAKMP SAs, and what failed shortly ago with peers that have none. */
struct json_object *show_isakmp_sas(struct engine *e);
/* Why flows without SAs have none. */
struct json_object *show_ipsec_reasons(struct engine *e);
struct json_object *show_counters(struct engine *e);
struct json_object *show_routes(struct engine *e);

#endif
