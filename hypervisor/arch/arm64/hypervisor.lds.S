/* SPDX-License-Identifier: GPL-2.0-only */
/* The image as it is linked for this architecture. */
#include "layout.h"

/* A vector table is aligned to its size. */
#define ARCH_TEXT	. = ALIGN(0x800); KEEP(*(.text.vectors))

OUTPUT_ARCH(aarch64)
ENTRY(arch_entry)

#include "../../image.lds.S"
