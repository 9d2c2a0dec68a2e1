/* SPDX-License-Identifier: GPL-2.0-only */
/* What assembly of this architecture asks for. */
#include "hv/asm-offsets.h"

_Static_assert(offsetof(struct per_cpu, arch.launch) == 0, "abi/image.h");

void asm_offsets(void)
{
	DEFINE_COMMON();
	DEFINE(PERCPU_SELF, offsetof(struct per_cpu, arch.self));
	DEFINE(PERCPU_NMI_HOLD, offsetof(struct per_cpu, arch.nmi_hold));
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
