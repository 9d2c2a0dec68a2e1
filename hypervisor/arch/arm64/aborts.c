/* SPDX-License-Identifier: GPL-2.0-only */
/* Guest accesses that stage 2 refuses: emulated devices, or the guest's end. */
#include "abi/hypercall.h"
#include "hv/cell.h"
#include "hv/percpu.h"
#include "hv/recolor.h"
#include "syndrome.h"
#include "sysregs.h"
#include "traps.h"

#define PAR_FAULT	SYSREG_BIT(0)
#define PAR_ADDRESS	0x0000fffffffff000ull

/*
 * HPFAR_EL2 holds the page for translation and access-flag faults and for the
 * guest's own table walks (DDI 0487, D19.2.62); after a permission fault the
 * guest's tables are asked. 0 when they do not know.
 */
static uint64_t fault_address(const struct abort_syndrome *abort)
{
	uint64_t far = read_sysreg(far_el2);
	uint64_t par, saved;

	if (abort->fault != FAULT_PERMISSION || abort->walk)
		return syndrome_address(read_sysreg(hpfar_el2), far);
	saved = read_sysreg(par_el1);
	__asm__ volatile("at s1e1r, %0" : : "r" (far));
	isb();
	par = read_sysreg(par_el1);
	write_sysreg(par_el1, saved);
	if (par & PAR_FAULT)
		return 0;
	return (par & PAR_ADDRESS) | (far & ~PAGE_MASK);
}

/* Nothing was mapped there: because it is on its way to another place? */
static bool abort_settles(const struct per_cpu *cpu, uint64_t esr)
{
	uint64_t address;

	if (syndrome_fault(esr) != FAULT_TRANSLATION)
		return false;
	address = syndrome_address(read_sysreg(hpfar_el2),
				   read_sysreg(far_el2));
	return recolor_settled(cpu->cell, gpa(address));
}

/* Out of line: devices are what comes here all the time. */
__attribute__((noinline))
static void abort_fault(struct per_cpu *cpu, enum park_reason reason,
			uint64_t esr)
{
	const struct abort_syndrome abort = syndrome_abort(esr);

	cpu_fault(cpu, reason, fault_address(&abort), esr);
}

void trap_data_abort(struct per_cpu *cpu, uint64_t esr)
{
	const struct abort_syndrome abort = syndrome_abort(esr);
	uint64_t *x = cpu->arch.regs->x;
	enum mmio_result result = MMIO_UNHANDLED;
	struct mmio_access access;

	cpu->stats[CPU_STAT_MMIO]++;
	if (syndrome_is_mmio(esr)) {
		access.address = syndrome_address(read_sysreg(hpfar_el2),
						  read_sysreg(far_el2));
		access.size = abort.size;
		access.is_write = abort.is_write;
		access.value = syndrome_store(&abort, x[abort.reg]);
		result = mmio_dispatch(&cpu->cell->mmio, &access);
	}
	if (result == MMIO_UNHANDLED && abort_settles(cpu, esr))
		return;
	if (result != MMIO_HANDLED) {
		abort_fault(cpu, result == MMIO_REFUSED ? PARK_MMIO_REFUSED :
							  PARK_MEMORY_ACCESS,
			    esr);
		return;
	}
	if (!abort.is_write) {
		x[abort.reg] = syndrome_load(&abort, access.value);
		x[31] = 0;
	}
	trap_skip(esr);
}

void trap_instruction_abort(struct per_cpu *cpu, uint64_t esr)
{
	if (!abort_settles(cpu, esr))
		abort_fault(cpu, PARK_GUEST_ABORT, esr);
}
