/* SPDX-License-Identifier: GPL-2.0-only */
/* From the launch code into C, and back to the kernel: entry.S, boot.c. */
#ifndef X86_BOOT_H
#define X86_BOOT_H

#include "arch_types.h"

/*
 * Fills the hypervisor's tables, once, and answers with the value for CR3; on
 * tables that map the image at its physical address, where this code runs.
 * 0: not possible, the header says why.
 */
uint64_t boot_tables_build(uint64_t image, const struct image_x86_cpu *launch);

/*
 * First C code at the linked address: keeps the kernel's state, runs
 * setup_enter(), and gives everything back when that fails.
 */
void cpu_enter(struct per_cpu *cpu, unsigned int id) __attribute__((noreturn));

/*
 * arch_hv_switch() with the value for CR3. NMIs are held back, and the way does
 * not lead through an exception: neither has a stack meanwhile.
 */
void tables_switch(const uint64_t *place, uint64_t count, const void *from,
		   uint64_t cr3);

/* Leaves for the kernel, through launch_leave: image_x86_cpu.out_* say where. */
void boot_leave(struct per_cpu *cpu, uint64_t cr3, uint64_t cr4)
	__attribute__((noreturn));

#endif
