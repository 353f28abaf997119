/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _CM_USER_LINUX_STRING_H
#define _CM_USER_LINUX_STRING_H

#include <string.h>

#endif
