/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The head of the hypervisor image: agreement between driver and hypervisor.
 *
 * The driver copies the image to the start of hypervisor memory, zeroes the
 * rest, and places the system configuration right behind the per-CPU areas, at
 * core_size + max_cpus * percpu_size. Then every online CPU enters with
 * interrupts off, all of them within the same call; they wait for each other.
 *
 * arm64 entry: Linux's hyp stub accepts `hvc #0` with x0 = HVC_SOFT_RESTART (1),
 * x1 = physical entry address, x2 to x4 = arguments, and branches there at EL2
 * with the MMU off, VBAR_EL2 still the stub's and ELR_EL2/SPSR_EL2 those of
 * the caller (Linux arch/arm64/kernel/hyp-stub.S). The driver passes x1 =
 * image_phys + arm_entry, x2 = logical CPU number, x3 = image_phys. The
 * hypervisor saves VBAR_EL2 and the other EL2 registers it changes, and
 * returns to the caller at EL1 as a guest with x0 = 0, or on failure with x0 =
 * negative errno and EL2 as it was. x1 to x17 may be changed; x18 to x30 and SP
 * are preserved. HC_DISABLE, once every root CPU has called it, returns in the
 * same way with EL2 as it was before.
 *
 * x86 entry, made by the code in hypervisor/driver/launch-x86.h: long mode, ring
 * 0, interrupts off, on page tables of the kernel's depth that map hypervisor
 * memory at its physical addresses and the page of launch_enter() at the address
 * where the kernel has it. RDI = logical CPU number, RSI = image_phys, RDX =
 * physical address of this CPU's struct image_x86_cpu, which is the start of its
 * per-CPU area; CR4.PGE is clear, GDTR, IDTR, TR and segments are the kernel's,
 * whose memory is not mapped. The hypervisor goes on at image_x86_cpu.rip with
 * the kernel's CR3, CR4 and RSP: as a guest with RAX = 0, or on failure with RAX
 * = negative errno and VMX off. HC_DISABLE, once every root CPU has called it,
 * returns with EAX = 0, VMX off and all other state the guest's.
 */
#ifndef ABI_IMAGE_H
#define ABI_IMAGE_H

#include "types.h"

#define IMAGE_MAGIC			"WEIRHYPV"
#define IMAGE_REVISION			2

struct image_header {
	char magic[8];
	uint32_t revision;
	uint32_t header_size;
	uint64_t core_size;		/* bytes of image incl. bss, page multiple */
	uint64_t percpu_size;		/* bytes per CPU, page multiple */
	uint64_t console_ring;		/* offset of struct console_ring, page */
	uint64_t arm_entry;		/* offset of the first instruction */
	/* filled in by the driver */
	uint64_t image_phys;
	uint32_t max_cpus;		/* highest logical CPU number + 1 */
	uint32_t online_cpus;
	uint64_t config_size;		/* bytes of the system configuration */
	char version[32];		/* of the image, NUL terminated */
	/* written by the hypervisor when enabling fails, NUL terminated */
	char reason[128];
	uint64_t x86_entry;		/* offset of the first instruction */
	/* filled in by the driver: the configuration's, or what Linux knows */
	uint32_t x86_tsc_khz;
	uint32_t x86_apic_khz;		/* 0: the timer has a TSC deadline */
} ABI_PACKED;
ABI_SIZE(struct image_header, 248);

#define IMAGE_X86_GDT_ENTRIES		32

/*
 * x86: what the launch code leaves for the hypervisor, and what the hypervisor
 * leaves for launch_leave(), which goes back to the kernel.
 */
struct image_x86_cpu {
	/* written by launch_prepare() and launch_cpu() */
	uint64_t self;			/* virtual address of this, for the kernel */
	uint64_t leave;			/* virtual address of launch_leave */
	uint64_t leave_phys;		/* physical address of it */
	uint64_t cr3;
	uint64_t cr4;
	uint64_t rsp;
	uint64_t rip;			/* where launch_cpu() goes on */
	uint64_t rflags;
	/* first entries of the kernel's GDT */
	uint64_t gdt[IMAGE_X86_GDT_ENTRIES];
	/*
	 * Read by launch_leave, as IRETQ wants the last five. Registers are RAX,
	 * RCX, RDX, RBX, (unused), RBP, RSI, RDI, R8 to R15.
	 */
	uint64_t out_registers[16];
	uint64_t out_rip;
	uint64_t out_cs;
	uint64_t out_rflags;
	uint64_t out_rsp;
	uint64_t out_ss;
} ABI_PACKED;
ABI_SIZE(struct image_x86_cpu, 488);
ABI_OFFSET(struct image_x86_cpu, gdt, 64);
ABI_OFFSET(struct image_x86_cpu, out_registers, 320);
ABI_OFFSET(struct image_x86_cpu, out_rip, 448);

#endif
