/* SPDX-License-Identifier: GPL-2.0-only */
/* Offsets and sizes for assembly, as the compiler sees them. */
#include <stddef.h>

#include "abi/image.h"
#include "hv/percpu.h"

#define DEFINE(name, value)                                                   \
	__asm__ volatile("\n.ascii \"->" #name " %0\"" : : "i" (value))

_Static_assert(offsetof(struct per_cpu, arch.launch) == 0, "abi/image.h");

void asm_offsets(void);

void asm_offsets(void)
{
	DEFINE(IMAGE_HEADER_BYTES, sizeof(struct image_header));
	DEFINE(IMAGE_CORE_SIZE, offsetof(struct image_header, core_size));
	DEFINE(IMAGE_MAX_CPUS, offsetof(struct image_header, max_cpus));
	DEFINE(PERCPU_BYTES, sizeof(struct per_cpu));
	DEFINE(PERCPU_STACK_TOP, offsetof(struct per_cpu, stack) +
				 HV_STACK_BYTES);
	DEFINE(PERCPU_SELF, offsetof(struct per_cpu, arch.self));
	DEFINE(PERCPU_NMI_HOLD, offsetof(struct per_cpu, arch.nmi_hold));
	DEFINE(GUEST_REGS_BYTES, sizeof(struct guest_regs));
	DEFINE(LAUNCH_CR3, offsetof(struct image_x86_cpu, cr3));
	DEFINE(LAUNCH_CR4, offsetof(struct image_x86_cpu, cr4));
	DEFINE(LAUNCH_RSP, offsetof(struct image_x86_cpu, rsp));
	DEFINE(LAUNCH_RIP, offsetof(struct image_x86_cpu, rip));
	DEFINE(LAUNCH_SELF, offsetof(struct image_x86_cpu, self));
	DEFINE(LAUNCH_LEAVE, offsetof(struct image_x86_cpu, leave));
	DEFINE(LAUNCH_RFLAGS, offsetof(struct image_x86_cpu, rflags));
	DEFINE(LAUNCH_OUT_RAX, offsetof(struct image_x86_cpu, out_registers));
	DEFINE(LAUNCH_OUT_RIP, offsetof(struct image_x86_cpu, out_rip));
	DEFINE(LAUNCH_OUT_CS, offsetof(struct image_x86_cpu, out_cs));
	DEFINE(LAUNCH_OUT_RFLAGS,
	       offsetof(struct image_x86_cpu, out_rflags));
	DEFINE(LAUNCH_OUT_RSP, offsetof(struct image_x86_cpu, out_rsp));
	DEFINE(LAUNCH_OUT_SS, offsetof(struct image_x86_cpu, out_ss));
}
