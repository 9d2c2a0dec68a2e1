/* SPDX-License-Identifier: GPL-2.0-only */
/* The image as it is linked for this architecture. */
#include "layout.h"

#define ARCH_TEXT

OUTPUT_ARCH(i386:x86-64)
ENTRY(arch_entry)

#include "../../image.lds.S"
