/* SPDX-License-Identifier: GPL-2.0-only */
/* Fresh guest contexts: nothing of an earlier guest is left. */
#include "context.h"

#include "hv/cell.h"
#include "hv/memsys.h"
#include "hv/percpu.h"
#include "sysregs.h"

/* ID registers: fields that say whether a register exists. */
#define DFR0_BRPS_SHIFT		12
#define DFR0_WRPS_SHIFT		20
#define PFR0_EL1_SHIFT		4
#define PFR0_EL1_AARCH32	2u

#define FOR_16(action)                                                        \
	action(0) action(1) action(2) action(3) action(4) action(5)           \
	action(6) action(7) action(8) action(9) action(10) action(11)         \
	action(12) action(13) action(14) action(15)

#define FOR_32_VECTORS(action)                                                \
	action(0) action(1) action(2) action(3) action(4) action(5)           \
	action(6) action(7) action(8) action(9) action(10) action(11)         \
	action(12) action(13) action(14) action(15) action(16) action(17)     \
	action(18) action(19) action(20) action(21) action(22) action(23)     \
	action(24) action(25) action(26) action(27) action(28) action(29)     \
	action(30) action(31)

static bool is_aarch32(const struct cell *cell)
{
	return cell->config->flags & CELL_AARCH32;
}

/* What Linux had found necessary for features of its CPU stays, for Linux. */
static uint64_t hcr_value(const struct per_cpu *cpu)
{
	uint64_t hcr = HCR_VM | HCR_SWIO | HCR_FMO | HCR_IMO | HCR_AMO |
		       HCR_TSC | HCR_TIDCP | HCR_TACR | HCR_TSW;

	if (!is_aarch32(cpu->cell))
		hcr |= HCR_RW;
	if (memsys_present())
		hcr |= HCR_TWI;
	if (cpu->cell == cell_root())
		hcr |= cpu->arch.linux_el2[LINUX_HCR] &
		       (HCR_APK | HCR_API | HCR_FIEN | HCR_ATA);
	return hcr;
}

/*
 * Features whose registers context_reset() does not clear stay the root
 * cell's: SVE, SME, trace, activity monitors, statistical profiling.
 */
void context_load_traps(struct per_cpu *cpu)
{
	const uint64_t *linux_el2 = cpu->arch.linux_el2;
	uint64_t mdcr = cpu->arch.mdcr;
	uint64_t cptr = linux_el2[LINUX_CPTR];

	if (cpu->cell != cell_root()) {
		mdcr = (mdcr & ~(MDCR_E2PB | MDCR_E2TB)) | MDCR_TPMS;
		cptr = CPTR_RES1 | CPTR_TTA | CPTR_TAM;
	}
	write_sysreg(hcr_el2, hcr_value(cpu));
	write_sysreg(cptr_el2, cptr);
	write_sysreg(mdcr_el2, mdcr);
	write_sysreg(hstr_el2, 0);
	write_sysreg(cnthctl_el2, CNTHCTL_EL1PCTEN | CNTHCTL_EL1PCEN);
	write_sysreg(cntvoff_el2, 0);
}

void context_stop_timers(void)
{
	write_sysreg(cntp_ctl_el0, 0);
	write_sysreg(cntv_ctl_el0, 0);
}

static void reset_timers(void)
{
	context_stop_timers();
	write_sysreg(cntp_cval_el0, 0);
	write_sysreg(cntv_cval_el0, 0);
	write_sysreg(cntkctl_el1, 0);
}

static void reset_breakpoints(unsigned int count)
{
#define CLEAR(n)                                                              \
	if (count > (n)) {                                                    \
		write_sysreg(dbgbcr##n##_el1, 0);                             \
		write_sysreg(dbgbvr##n##_el1, 0);                             \
	}
	FOR_16(CLEAR)
#undef CLEAR
}

static void reset_watchpoints(unsigned int count)
{
#define CLEAR(n)                                                              \
	if (count > (n)) {                                                    \
		write_sysreg(dbgwcr##n##_el1, 0);                             \
		write_sysreg(dbgwvr##n##_el1, 0);                             \
	}
	FOR_16(CLEAR)
#undef CLEAR
}

/* The OS lock is set by a reset; whoever debugs unlocks it. */
static void reset_debug(void)
{
	uint64_t dfr0 = read_sysreg(id_aa64dfr0_el1);

	write_sysreg(mdscr_el1, 0);
	write_sysreg(mdccint_el1, 0);
	reset_breakpoints(sysreg_field(dfr0, DFR0_BRPS_SHIFT) + 1);
	reset_watchpoints(sysreg_field(dfr0, DFR0_WRPS_SHIFT) + 1);
	write_sysreg(osdlr_el1, 0);
	write_sysreg(oslar_el1, 1);
}

/* The hypervisor itself uses no vector register. */
static void reset_vectors(void)
{
#define CLEAR(n) "movi v" #n ".2d, #0\n\t"
	__asm__ volatile(".arch_extension fp\n\t"
			 ".arch_extension simd\n\t"
			 FOR_32_VECTORS(CLEAR)
			 "msr fpcr, xzr\n\t"
			 "msr fpsr, xzr\n\t"
			 ".arch_extension nosimd\n\t"
			 ".arch_extension nofp");
#undef CLEAR
}

static void reset_el1_aarch32(void)
{
	uint64_t pfr0 = read_sysreg(id_aa64pfr0_el1);

	if (sysreg_field(pfr0, PFR0_EL1_SHIFT) != PFR0_EL1_AARCH32)
		return;
	write_sysreg(dacr32_el2, 0);
	write_sysreg(ifsr32_el2, 0);
	write_sysreg(spsr_abt, 0);
	write_sysreg(spsr_und, 0);
	write_sysreg(spsr_irq, 0);
	write_sysreg(spsr_fiq, 0);
}

static void reset_el1(bool aarch32)
{
	write_sysreg(sctlr_el1, aarch32 ? SCTLR_AARCH32_RESET :
					  SCTLR_EL1_RESET);
	write_sysreg(cpacr_el1, 0);
	write_sysreg(ttbr0_el1, 0);
	write_sysreg(ttbr1_el1, 0);
	write_sysreg(tcr_el1, 0);
	write_sysreg(mair_el1, 0);
	write_sysreg(amair_el1, 0);
	write_sysreg(vbar_el1, 0);
	write_sysreg(esr_el1, 0);
	write_sysreg(far_el1, 0);
	write_sysreg(afsr0_el1, 0);
	write_sysreg(afsr1_el1, 0);
	write_sysreg(par_el1, 0);
	write_sysreg(contextidr_el1, 0);
	write_sysreg(tpidr_el0, 0);
	write_sysreg(tpidrro_el0, 0);
	write_sysreg(tpidr_el1, 0);
	write_sysreg(csselr_el1, 0);
	write_sysreg(elr_el1, 0);
	write_sysreg(spsr_el1, 0);
	write_sysreg(sp_el0, 0);
	write_sysreg(sp_el1, 0);
	reset_el1_aarch32();
}

void context_reset(struct per_cpu *cpu, uint64_t entry, uint64_t argument)
{
	bool aarch32 = is_aarch32(cpu->cell);

	*cpu->arch.regs = (struct guest_regs){ .x = { argument } };
	reset_vectors();
	reset_el1(aarch32);
	reset_timers();
	reset_debug();
	if (cpu->arch.pmu.counters)
		pmu_guest_reset(&cpu->arch.pmu);
	write_sysreg(elr_el2, entry);
	write_sysreg(spsr_el2, aarch32 ? SPSR_SVC_MASKED :
					 SPSR_DAIF | SPSR_EL1H);
	/* New code may stand where the instruction cache remembers old. */
	__asm__ volatile("ic iallu" : : : "memory");
	dsb(nsh);
	isb();
}
