/* SPDX-License-Identifier: GPL-2.0-only */
/* Exits from the guest: what happened, who handles it, what is due after. */
#include "traps.h"

#include "abi/hypercall.h"
#include "boot.h"
#include "hv/arch/cpu.h"
#include "hv/cell.h"
#include "hv/memsys.h"
#include "hv/percpu.h"
#include "hv/printk.h"
#include "hv/regulation.h"
#include "syndrome.h"
#include "sysregs.h"

#define ESR_OUR_HVC32							      \
	((uint64_t)EC_HVC32 << ESR_EC_SHIFT | ESR_IL | HYPERCALL_HVC_IMMEDIATE)

/* ISS of a trapped WFI or WFE */
#define WFX_IS_WFE	1u

/* Everything that is not zero here keeps the CPU from its guest for a while. */
static uint64_t attention(const struct per_cpu *cpu)
{
	typedef uint64_t __attribute__((may_alias)) word;

	return *(const volatile word *)&cpu->events;
}

void exit_slow(struct per_cpu *cpu)
{
	for (;;) {
		if (__atomic_load_n(&cpu->events, __ATOMIC_ACQUIRE)) {
			cpu_handle_events(cpu);
		} else if (cpu->parked) {
			arch_cpu_wait();
			arch_cpu_poll_irqs(cpu);
		} else if (cpu->stall_requested) {
			regulation_stall(cpu);
		} else {
			return;
		}
	}
}

/* Straight from the vector: of the guest's registers x0 to x7 are there. */
void trap_hypercall(struct per_cpu *cpu)
{
	uint64_t *x = cpu->arch.regs->x;

	cpu->stats[CPU_STAT_TOTAL]++;
	x[0] = (uint64_t)hypercall_handle(cpu, x[0], x[1], x[2]);
}

static void trap_disable(struct per_cpu *cpu)
{
	uint64_t *x = cpu->arch.regs->x;
	long result = hypercall_handle(cpu, HC_DISABLE, x[1], x[2]);

	if (result == 0) {
		arch_cpu_restore(cpu);
		arch_cpu_leave(0);
	}
	x[0] = (uint64_t)result;
}

static void trap_hypercall32(struct per_cpu *cpu)
{
	uint64_t *x = cpu->arch.regs->x;

	x[0] = (uint32_t)hypercall_handle(cpu, (uint32_t)x[0], (uint32_t)x[1],
					  (uint32_t)x[2]);
}

void trap_wait(struct per_cpu *cpu)
{
	if (memsys_present()) {
		if (!gic_has_pending(cpu))
			memsys_guest_wfi(cpu);
		return;
	}
	while (!gic_has_pending(cpu) && !attention(cpu)) {
		arch_cpu_wait();
		arch_cpu_poll_irqs(cpu);
	}
}

/* Trapped only where the emulator's time depends on who waits. */
static void trap_wfx(struct per_cpu *cpu, uint64_t esr)
{
	trap_skip(esr);
	if (!(esr & WFX_IS_WFE))
		trap_wait(cpu);
}

static void trap_other(struct per_cpu *cpu, uint64_t esr)
{
	switch (syndrome_class(esr)) {
	case EC_SMC64:
	case EC_SMC32:
		trap_smc(cpu, esr);
		break;
	case EC_SYSREG:
		trap_sysreg(cpu, esr);
		break;
	case EC_CP15_32:
	case EC_CP15_64:
		trap_cp15(cpu, esr);
		break;
	case EC_WFX:
		trap_wfx(cpu, esr);
		break;
	case EC_INSTRUCTION_ABORT:
		trap_instruction_abort(cpu, esr);
		break;
	case EC_HVC64:
	case EC_HVC32:
		cpu_fault(cpu, PARK_HYPERCALL, 0, esr);
		break;
	default:
		cpu_fault(cpu, PARK_UNKNOWN_EXIT, 0, esr);
	}
}

void trap_sync(struct per_cpu *cpu)
{
	uint64_t esr = read_sysreg(esr_el2);

	cpu->stats[CPU_STAT_TOTAL]++;
	if (esr == ESR_HYPERCALL)
		trap_disable(cpu);
	else if (syndrome_class(esr) == EC_DATA_ABORT)
		trap_data_abort(cpu, esr);
	else if (esr == ESR_OUR_HVC32)
		trap_hypercall32(cpu);
	else
		trap_other(cpu, esr);
	if (attention(cpu))
		exit_slow(cpu);
}

void trap_irq(struct per_cpu *cpu)
{
	cpu->stats[CPU_STAT_TOTAL]++;
	gic_handle_irqs(cpu);
}

void trap_serror(struct per_cpu *cpu)
{
	cpu->stats[CPU_STAT_TOTAL]++;
	cpu_fault(cpu, PARK_SERROR, 0, read_sysreg(esr_el2));
	exit_slow(cpu);
}

void trap_broken(const struct per_cpu *cpu, uint64_t esr, uint64_t elr,
		 uint64_t far, uint64_t sp)
{
	panic("CPU %u: exception in the hypervisor: esr 0x%llx elr 0x%llx far 0x%llx sp 0x%llx\n",
	      cpu->id, (unsigned long long)esr, (unsigned long long)elr,
	      (unsigned long long)far, (unsigned long long)sp);
}

void trap_inject_undefined(void)
{
	uint64_t spsr = read_sysreg(spsr_el2);
	uint64_t vector = read_sysreg(vbar_el1);
	uint64_t kept = spsr & (SPSR_FLAGS | SPSR_PAN);

	if (spsr & SPSR_AARCH32)
		vector += 0x600;
	else if ((spsr & SPSR_EL_MASK) == SPSR_EL0T)
		vector += 0x400;
	else if ((spsr & SPSR_MODE_MASK) == SPSR_EL1H)
		vector += 0x200;
	/* DDI 0487, D1.4.2: PSTATE.PAN on exception entry. */
	if (!(read_sysreg(sctlr_el1) & SCTLR_EL1_SPAN) &&
	    sysreg_field(read_sysreg(id_aa64mmfr1_el1), 20))
		kept |= SPSR_PAN;
	write_sysreg(elr_el1, read_sysreg(elr_el2));
	write_sysreg(spsr_el1, spsr);
	write_sysreg(esr_el1, (uint64_t)EC_UNKNOWN << ESR_EC_SHIFT | ESR_IL);
	write_sysreg(elr_el2, vector);
	write_sysreg(spsr_el2, kept | SPSR_DAIF | SPSR_EL1H);
}
