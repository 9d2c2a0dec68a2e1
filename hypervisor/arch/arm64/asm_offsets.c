/* SPDX-License-Identifier: GPL-2.0-only */
/* Offsets and sizes for assembly, as the compiler sees them. */
#include <stddef.h>

#include "abi/image.h"
#include "hv/percpu.h"

#define DEFINE(name, value)                                                   \
	__asm__ volatile("\n.ascii \"->" #name " %0\"" : : "i" (value))

/* The exit path looks at all of these with one load; see vectors.S. */
_Static_assert(offsetof(struct per_cpu, events) % 8 == 0, "attention word");
_Static_assert(offsetof(struct per_cpu, stall_requested) -
	       offsetof(struct per_cpu, events) < 8, "attention word");
_Static_assert(offsetof(struct per_cpu, parked) -
	       offsetof(struct per_cpu, events) < 8, "attention word");

void asm_offsets(void);

void asm_offsets(void)
{
	DEFINE(IMAGE_HEADER_BYTES, sizeof(struct image_header));
	DEFINE(IMAGE_CORE_SIZE, offsetof(struct image_header, core_size));
	DEFINE(IMAGE_MAX_CPUS, offsetof(struct image_header, max_cpus));
	DEFINE(PERCPU_BYTES, sizeof(struct per_cpu));
	DEFINE(PERCPU_STACK_TOP, offsetof(struct per_cpu, stack) +
				 HV_STACK_BYTES);
	DEFINE(PERCPU_ATTENTION, offsetof(struct per_cpu, events));
	DEFINE(PERCPU_LINUX_EL2, offsetof(struct per_cpu, arch.linux_el2));
	DEFINE(PERCPU_PANIC_STACK_TOP,
	       offsetof(struct per_cpu, arch.panic_stack) +
	       sizeof(((struct per_cpu *)0)->arch.panic_stack));
	DEFINE(GUEST_REGS_BYTES, sizeof(struct guest_regs));
	DEFINE(EL2_SCTLR, LINUX_SCTLR * 8);
	DEFINE(EL2_TCR, LINUX_TCR * 8);
	DEFINE(EL2_MAIR, LINUX_MAIR * 8);
	DEFINE(EL2_TTBR0, LINUX_TTBR0 * 8);
	DEFINE(EL2_TPIDR, LINUX_TPIDR * 8);
}
