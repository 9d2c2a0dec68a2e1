/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Exits from the guest. Everything here runs on the CPU whose guest left, with
 * interrupts masked and all guest registers in cpu->arch.regs.
 */
#ifndef ARM64_TRAPS_H
#define ARM64_TRAPS_H

#include "hv/types.h"
#include "syndrome.h"
#include "sysregs.h"

/* From vectors.S; they return to the guest that the registers describe. */
void trap_sync(struct per_cpu *cpu);
/* The hypercall that x0 to x2 say, but HC_DISABLE: only x0 to x7 are saved. */
void trap_hypercall(struct per_cpu *cpu);
void trap_irq(struct per_cpu *cpu);
void trap_serror(struct per_cpu *cpu);
/* Does what stands in the attention word: events, parking, stall. */
void exit_slow(struct per_cpu *cpu);
/* An exception at EL2 itself. */
void trap_broken(const struct per_cpu *cpu, uint64_t esr, uint64_t elr,
		 uint64_t far, uint64_t sp) __attribute__((noreturn));

/* Goes on behind the instruction that trapped. */
static inline void trap_skip(uint64_t esr)
{
	uint64_t spsr = read_sysreg(spsr_el2);

	write_sysreg(elr_el2, read_sysreg(elr_el2) + syndrome_length(esr));
	if (spsr & SPSR_AARCH32)
		write_sysreg(spsr_el2, syndrome_advance_it(spsr));
}

/* The guest gets an undefined-instruction exception; AArch64 guests only. */
void trap_inject_undefined(void);

/* Waits in the guest's place until it has something to take, or an event. */
void trap_wait(struct per_cpu *cpu);

/* By kind of exit. */
void trap_smc(struct per_cpu *cpu, uint64_t esr);
void trap_data_abort(struct per_cpu *cpu, uint64_t esr);
void trap_instruction_abort(struct per_cpu *cpu, uint64_t esr);
void trap_sysreg(struct per_cpu *cpu, uint64_t esr);
void trap_cp15(struct per_cpu *cpu, uint64_t esr);

/* Asks firmware which mitigations it has. Master CPU, once. */
void smc_init(void);

#endif
