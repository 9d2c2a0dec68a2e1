/* SPDX-License-Identifier: GPL-2.0-only */
/* What assembly of this architecture asks for. */
#include "hv/asm-offsets.h"
#include "syndrome.h"

/* The exit path looks at all of these with one load; see vectors.S. */
_Static_assert(offsetof(struct per_cpu, events) % 8 == 0, "attention word");
_Static_assert(offsetof(struct per_cpu, stall_requested) -
	       offsetof(struct per_cpu, events) < 8, "attention word");
_Static_assert(offsetof(struct per_cpu, parked) -
	       offsetof(struct per_cpu, events) < 8, "attention word");

void asm_offsets(void)
{
	DEFINE_COMMON();
	DEFINE(PERCPU_ATTENTION, offsetof(struct per_cpu, events));
	DEFINE(ESR_HYPERCALL_HVC64, ESR_HYPERCALL);
	DEFINE(PERCPU_LINUX_EL2, offsetof(struct per_cpu, arch.linux_el2));
	DEFINE(PERCPU_PANIC_STACK_TOP,
	       offsetof(struct per_cpu, arch.panic_stack) +
	       sizeof(((struct per_cpu *)0)->arch.panic_stack));
	DEFINE(EL2_SCTLR, LINUX_SCTLR * 8);
	DEFINE(EL2_TCR, LINUX_TCR * 8);
	DEFINE(EL2_MAIR, LINUX_MAIR * 8);
	DEFINE(EL2_TTBR0, LINUX_TTBR0 * 8);
	DEFINE(EL2_TPIDR, LINUX_TPIDR * 8);
}
