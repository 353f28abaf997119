/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IKE_CONTROL_EZVPN_H
#define IKE_CONTROL_EZVPN_H

struct engine;
struct json_object;

/* Gateways whose client this router is: see control.h. */
struct json_object *show_ezvpn(struct engine *e);

#endif
