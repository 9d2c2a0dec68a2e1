/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Event counters the hypervisor reserves: the last ones, above MDCR_EL2.HPMN
 * (Arm ARM DDI 0487, D11.3). HPMN alone hides them only in PMCR_EL0.N; guests
 * are kept off them by trapping (pmu-guest.h).
 */
#include "pmu.h"

#include "abi/weir-config.h"
#include "gic.h"
#include "hv/arch/pmu.h"
#include "hv/config-check.h"
#include "hv/errno.h"
#include "hv/percpu.h"
#include "hv/arch/cpu.h"
#include "hv/setup.h"
#include "pmu-hw.h"
#include "syndrome.h"
#include "sysregs.h"

/* ID_AA64DFR0_EL1.PMUVer */
#define DFR0_PMUVER_SHIFT	8
#define PMUVER_NONE		0x0u
#define PMUVER_IMPDEF		0xfu
#define PMUVER_3P1		0x4u
#define PMUVER_3P5		0x6u

struct arch_pmu arch_pmu;

static struct {
	unsigned int version;
	unsigned int count;
	unsigned int intid;	/* 0: the interrupt is the guests' */
} pmu;

/* INTID of the overflow interrupt that the configuration gives us; or 0. */
static unsigned int configured_intid(void)
{
	struct config_view view;

	system_view(&view);
	for (unsigned int n = 0; n < WEIR_BLOCK_MAX_RECORDS; n++) {
		const struct weir_record_counter *counter =
			(const void *)config_record(&view, WEIR_RECORD_COUNTER, n);

		if (!counter)
			break;
		if (counter->source == COUNTER_PMUV3)
			return counter->overflow_irq;
	}
	return 0;
}

static unsigned int pmu_version(void)
{
	return sysreg_field(read_sysreg(id_aa64dfr0_el1), DFR0_PMUVER_SHIFT);
}

/* With all of the reserved counters at hand, `first` is at most 28. */
static uint64_t (*exchange_of(unsigned int first))(uint64_t, uint64_t)
{
	return (uint64_t (*)(uint64_t, uint64_t))
		((uintptr_t)pmu_exchange + first * PMU_EXCHANGE_BYTES);
}

/* At least one event counter is left to the guests. */
void pmu_init(void)
{
	unsigned int present, reserved;

	pmu.count = 0;
	pmu.version = pmu_version();
	if (pmu.version == PMUVER_NONE || pmu.version == PMUVER_IMPDEF)
		return;
	present = read_sysreg(pmcr_el0) >> PMCR_N_SHIFT & 0x1f;
	if (present < 2)
		return;
	reserved = present - 1;
	if (reserved > ARCH_PMU_RESERVED)
		reserved = ARCH_PMU_RESERVED;
	pmu.count = reserved;
	arch_pmu.first = present - reserved;
	arch_pmu.mask = ((1u << reserved) - 1) << arch_pmu.first;
	arch_pmu.reads = (uintptr_t)pmu_counter_reads +
			 arch_pmu.first * PMU_ACCESS_BYTES;
	arch_pmu.writes = (uintptr_t)pmu_counter_writes +
			  arch_pmu.first * PMU_ACCESS_BYTES;
	if (reserved == ARCH_PMU_RESERVED)
		arch_pmu.exchange = exchange_of(arch_pmu.first);
	pmu.intid = configured_intid();
	if (pmu.intid && gic_take_ppi(pmu.intid) < 0)
		pmu.intid = 0;
}

static void reserved_silence(void)
{
	write_sysreg(pmcntenclr_el0, arch_pmu.mask);
	write_sysreg(pmintenclr_el1, arch_pmu.mask);
	write_sysreg(pmovsclr_el0, arch_pmu.mask);
}

uint64_t pmu_cpu_init(struct per_cpu *cpu, uint64_t mdcr)
{
	if (pmu.count == 0)
		return mdcr;
	mdcr &= ~(MDCR_HPMN | MDCR_HPMD);
	mdcr |= arch_pmu.first | MDCR_HPME | MDCR_TPM | MDCR_TPMCR;
	if (pmu.version >= PMUVER_3P5)
		mdcr |= MDCR_HLP;
	write_sysreg(mdcr_el2, mdcr);
	isb();
	reserved_silence();
	pmu_guest_adopt(&cpu->arch.pmu, arch_pmu.first);
	return mdcr;
}

void pmu_cpu_restore(struct per_cpu *cpu)
{
	if (pmu.count == 0)
		return;
	reserved_silence();
	pmu_guest_release(&cpu->arch.pmu);
}

int arch_pmu_probe(struct arch_pmu_caps *caps, const char **why)
{
	if (pmu.version == PMUVER_NONE || pmu.version == PMUVER_IMPDEF) {
		*why = "the CPU has no PMUv3";
		return -ENODEV;
	}
	if (pmu.count == 0) {
		*why = "the PMU has too few event counters to reserve one";
		return -ENODEV;
	}
	caps->counters = pmu.count;
	caps->bits = pmu.version >= PMUVER_3P5 ? 64 : 32;
	caps->overflow_irq = pmu.intid != 0;
	caps->alone = arch_pmu.mask;
	return 0;
}

static uint32_t counter_bit(unsigned int counter)
{
	return 1u << (arch_pmu.first + counter);
}

/* All filter bits 0: counted at EL0 and EL1, not at EL2. */
void arch_pmu_start(unsigned int counter, uint16_t event)
{
	arch_pmu_stop(counter);
	pmu_type_write(arch_pmu.first + counter, event);
	pmu_counter_write(arch_pmu.first + counter, 0);
	write_sysreg(pmcntenset_el0, counter_bit(counter));
}

void arch_pmu_stop(unsigned int counter)
{
	write_sysreg(pmcntenclr_el0, counter_bit(counter));
	write_sysreg(pmintenclr_el1, counter_bit(counter));
	write_sysreg(pmovsclr_el0, counter_bit(counter));
}

void arch_pmu_irq(unsigned int counter, bool enable)
{
	if (enable)
		write_sysreg(pmintenset_el1, counter_bit(counter));
	else
		write_sysreg(pmintenclr_el1, counter_bit(counter));
}

static uint32_t ours_of(uint32_t status)
{
	return (status & arch_pmu.mask) >> arch_pmu.first;
}

/* The interrupt line is shared with the guest's counters. */
uint32_t arch_pmu_take_with_guests(uint32_t status)
{
	struct per_cpu *cpu = this_cpu();

	write_sysreg(pmovsclr_el0, status & arch_pmu.mask);
	if (pmu_guest_overflow(&cpu->arch.pmu, status))
		gic_inject(cpu, pmu.intid, 0);
	return ours_of(status);
}
