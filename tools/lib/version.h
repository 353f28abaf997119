/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The version of the user space programs. */
#ifndef TOOLS_LIB_VERSION_H
#define TOOLS_LIB_VERSION_H

#define CRYPTOMAP_VERSION "0.1.0"

#endif
