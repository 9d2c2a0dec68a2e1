/* SPDX-License-Identifier: GPL-2.0-only */
/* From the hyp stub into C, and back to Linux: entry.S and boot.c. */
#ifndef ARM64_BOOT_H
#define ARM64_BOOT_H

#include "arch_types.h"

/*
 * Fills the EL2 tables for an image at this physical address. MMU off, on a
 * stack at its physical address. 0, or -EINVAL with the header's reason set.
 */
int boot_tables_build(uint64_t image);

/*
 * First C code at the linked address: records Linux's EL2 state and runs
 * setup_enter(). Returns when that failed, with its errno; Linux then gets
 * EL2 back as it was.
 */
int cpu_enter(struct per_cpu *cpu, struct guest_regs *regs, unsigned int id);

/*
 * Leaves EL2 on this CPU for good: Linux's registers of EL2 as found, MMU off,
 * and on at the guest's next instruction with x0 = result. Interrupts and
 * timer have been given back.
 */
void arch_cpu_leave(long result) __attribute__((noreturn));

/* Physical address of leave_unmapped. */
extern uint64_t boot_phys_leave;

#endif
