/* SPDX-License-Identifier: GPL-2.0 */
/* How an SA is used up: what sa.c needs of sa_life.c. */
#ifndef _CM_SA_LIFE_H
#define _CM_SA_LIFE_H

#include "kmod/core/life.h"

struct cm_net;
struct cm_sa;

void cm_sa_life_none(struct cm_life_limits *life);
void cm_sa_life_init(struct cm_sa *sa);
void cm_sa_life_net_init(struct cm_net *cn);

/* All SAs are freed. */
void cm_sa_life_net_exit(struct cm_net *cn);

#endif
