/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Offsets and sizes for assembly, as the compiler sees them: included by the
 * one file of an architecture that is compiled to text for its constants.
 */
#ifndef HV_ASM_OFFSETS_H
#define HV_ASM_OFFSETS_H

#include <stddef.h>

#include "abi/image.h"
#include "percpu.h"

#define DEFINE(name, value)                                                   \
	__asm__ volatile("\n.ascii \"->" #name " %0\"" : : "i" (value))

/* What every architecture's assembly asks for. */
#define DEFINE_COMMON()                                                       \
	do {                                                                  \
		DEFINE(IMAGE_HEADER_BYTES, sizeof(struct image_header));      \
		DEFINE(IMAGE_CORE_SIZE,                                       \
		       offsetof(struct image_header, core_size));             \
		DEFINE(IMAGE_MAX_CPUS,                                        \
		       offsetof(struct image_header, max_cpus));              \
		DEFINE(PERCPU_BYTES, sizeof(struct per_cpu));                 \
		DEFINE(PERCPU_STACK_TOP,                                      \
		       offsetof(struct per_cpu, stack) + HV_STACK_BYTES);     \
		DEFINE(GUEST_REGS_BYTES, sizeof(struct guest_regs));          \
	} while (0)

void asm_offsets(void);

#endif
