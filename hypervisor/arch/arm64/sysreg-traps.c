/* SPDX-License-Identifier: GPL-2.0-only */
/* System registers that guests reach only through the hypervisor. */
#include "abi/hypercall.h"
#include "hv/cell.h"
#include "hv/percpu.h"
#include "pmu-guest.h"
#include "syndrome.h"
#include "sysregs.h"
#include "traps.h"

#define REG_ACTLR_EL1		SYSREG(3, 0, 1, 0, 1)
#define REG_DC_ISW		SYSREG(1, 0, 7, 6, 2)
#define REG_DC_CSW		SYSREG(1, 0, 7, 10, 2)
#define REG_DC_CISW		SYSREG(1, 0, 7, 14, 2)
#define REG_ICC_SGI1R		SYSREG(3, 0, 12, 11, 5)
#define REG_ICC_ASGI1R		SYSREG(3, 0, 12, 11, 6)
#define REG_ICC_SGI0R		SYSREG(3, 0, 12, 11, 7)

/* ISS of trapped AArch32 MCR and MRC, MCRR and MRRC (DDI 0487, D19.2.37) */
#define CP15_IS_READ		1u
#define CP15_REG_MASK		0xffc1eu	/* Opc2, Opc1, CRn, CRm */
#define CP15_REG(opc1, crn, crm, opc2)                                        \
	((opc2) << 17 | (opc1) << 14 | (crn) << 10 | (crm) << 1)
#define CP15_64_REG_MASK	0xf001eu	/* Opc1, CRm */
#define CP15_64_REG(opc1, crm)	((opc1) << 16 | (crm) << 1)

static void reg_set(struct per_cpu *cpu, unsigned int n, uint64_t value)
{
	cpu->arch.regs->x[n] = value;
	cpu->arch.regs->x[31] = 0;
}

/*
 * What nobody emulates. Linux, and a program at EL0, get the exception that a
 * CPU without the register raises; another cell has no business there.
 */
static void sysreg_refuse(struct per_cpu *cpu, uint64_t esr)
{
	bool from_user = (read_sysreg(spsr_el2) & SPSR_EL_MASK) == SPSR_EL0T;

	/* An AArch32 kernel would need another kind of exception. */
	if ((read_sysreg(hcr_el2) & HCR_RW) &&
	    (cpu->cell == cell_root() || from_user))
		trap_inject_undefined();
	else
		cpu_fault(cpu, PARK_SYSTEM_REGISTER, 0, esr);
}

/*
 * False: no such register. Cache maintenance by set and way would reach other
 * cells' lines, and groups 0 and 1-secure are off for guests: both are empty.
 */
static bool sysreg_access(struct per_cpu *cpu, const struct sysreg_syndrome *trap,
			  uint64_t *value)
{
	switch (trap->reg) {
	case REG_ICC_SGI1R:
		return !trap->is_read && gic_handle_sgir(cpu, *value);
	case REG_ICC_ASGI1R:
	case REG_ICC_SGI0R:
	case REG_DC_ISW:
	case REG_DC_CSW:
	case REG_DC_CISW:
		return !trap->is_read;
	case REG_ACTLR_EL1:
		if (trap->is_read)
			*value = read_sysreg(actlr_el1);
		return true;
	default:
		return cpu->arch.pmu.counters &&
		       pmu_guest_access(&cpu->arch.pmu, trap->reg,
					trap->is_read, value);
	}
}

void trap_sysreg(struct per_cpu *cpu, uint64_t esr)
{
	const struct sysreg_syndrome trap = syndrome_sysreg(esr);
	uint64_t value = cpu->arch.regs->x[trap.rt];

	if (!sysreg_access(cpu, &trap, &value)) {
		sysreg_refuse(cpu, esr);
		return;
	}
	if (trap.is_read)
		reg_set(cpu, trap.rt, value);
	trap_skip(esr);
}

static bool cp15_access(struct per_cpu *cpu, uint64_t esr, unsigned int rt)
{
	bool is_read = esr & CP15_IS_READ;

	switch (esr & CP15_REG_MASK) {
	case CP15_REG(0, 7, 6, 2):	/* DCISW */
	case CP15_REG(0, 7, 10, 2):	/* DCCSW */
	case CP15_REG(0, 7, 14, 2):	/* DCCISW */
		return !is_read;
	case CP15_REG(0, 1, 0, 1):	/* ACTLR */
		if (is_read)
			reg_set(cpu, rt, 0);
		return true;
	default:
		return false;
	}
}

/* ICC_SGI1R, ICC_ASGI1R, ICC_SGI0R; Rt2 holds the upper half. */
static bool cp15_access64(struct per_cpu *cpu, uint64_t esr, unsigned int rt)
{
	uint64_t high = cpu->arch.regs->x[esr >> 10 & 0x1f];
	uint64_t value = high << 32 | (uint32_t)cpu->arch.regs->x[rt];

	if (esr & CP15_IS_READ)
		return false;
	switch (esr & CP15_64_REG_MASK) {
	case CP15_64_REG(0, 12):
		return gic_handle_sgir(cpu, value);
	case CP15_64_REG(1, 12):
	case CP15_64_REG(2, 12):
		return true;
	default:
		return false;
	}
}

void trap_cp15(struct per_cpu *cpu, uint64_t esr)
{
	unsigned int rt = (unsigned int)(esr >> 5) & 0x1f;
	bool handled;

	if (syndrome_class(esr) == EC_CP15_32)
		handled = cp15_access(cpu, esr, rt);
	else
		handled = cp15_access64(cpu, esr, rt);
	if (handled)
		trap_skip(esr);
	else if (read_sysreg(spsr_el2) & 0xf)	/* any mode but User */
		cpu_fault(cpu, PARK_SYSTEM_REGISTER, 0, esr);
	else
		sysreg_refuse(cpu, esr);
}
