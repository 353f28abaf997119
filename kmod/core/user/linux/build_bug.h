/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _CM_USER_LINUX_BUILD_BUG_H
#define _CM_USER_LINUX_BUILD_BUG_H

#include <assert.h>

#endif
