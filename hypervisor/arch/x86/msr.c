/* SPDX-License-Identifier: GPL-2.0-only */
/* MSR accesses that exit: emulated, ignored, or refused. */
#include "apic.h"
#include "bitmaps.h"
#include "exits.h"
#include "hv/cell.h"
#include "hv/errno.h"
#include "hv/percpu.h"
#include "hv/printk.h"
#include "pmu-internal.h"
#include "pmu.h"
#include "vcpu.h"
#include "x86-regs.h"

#define MTRR_DEF_TYPE_VALID	0xcffull

static bool is_root(const struct per_cpu *cpu)
{
	return cpu->cell == cell_root();
}

static unsigned int policy(const struct per_cpu *cpu, uint32_t msr)
{
	const struct msr_viewer viewer = {
		.is_root = is_root(cpu),
		.x2apic = apic_is_x2apic(),
		.counters = pmu_machine.count == 0,
	};

	return msr_policy(&viewer, msr);
}

static bool is_x2apic(uint32_t msr)
{
	return msr >= MSR_X2APIC_BASE && msr <= MSR_X2APIC_END;
}

/* 0; -EINVAL: #GP; -EPERM: nobody's. */
static int read_value(struct per_cpu *cpu, uint32_t msr, uint64_t *value)
{
	if (pmu_guest_has_msr(msr))
		return pmu_guest_rdmsr(&cpu->arch.pmu, msr, value);
	if (is_x2apic(msr))
		return apic_guest_rdmsr(cpu, msr, value);
	switch (msr) {
	case MSR_FEATURE_CONTROL:
		*value = FEATURE_LOCKED;
		return 0;
	case MSR_MTRR_DEF_TYPE:
		*value = cpu->arch.mtrr_def_type;
		return 0;
	}
	return policy(cpu, msr) & MSR_IGNORE_WRITE ? -EINVAL : -EPERM;
}

static int write_value(struct per_cpu *cpu, uint32_t msr, uint64_t value)
{
	if (pmu_guest_has_msr(msr))
		return pmu_guest_wrmsr(&cpu->arch.pmu, msr, value);
	if (is_x2apic(msr))
		return apic_guest_wrmsr(cpu, msr, value);
	switch (msr) {
	case MSR_APIC_BASE:
		return value == msr_read(MSR_APIC_BASE) ? 0 : -EPERM;
	case MSR_FEATURE_CONTROL:
		return -EINVAL;
	case MSR_MTRR_DEF_TYPE:
		if (value & ~MTRR_DEF_TYPE_VALID)
			return -EINVAL;
		/* Second-stage tables decide about types, not the MTRRs. */
		cpu->arch.mtrr_def_type = value;
		return 0;
	}
	return policy(cpu, msr) & MSR_IGNORE_WRITE ? 0 : -EPERM;
}

/*
 * A kernel tries MSRs out and expects #GP; a cell that wants what is not its
 * own is stopped.
 */
static void refuse_access(struct per_cpu *cpu, uint32_t msr, int error)
{
	if (error == -EPERM && !is_root(cpu))
		cpu_fault(cpu, PARK_SYSTEM_REGISTER, 0, msr);
	else
		vcpu_inject_gp(cpu);
}

void exit_rdmsr(struct per_cpu *cpu)
{
	uint64_t *gpr = cpu->arch.regs->gpr;
	uint32_t msr = (uint32_t)gpr[GPR_RCX];
	uint64_t value = 0;
	int error = read_value(cpu, msr, &value);

	exit_count(cpu, CPU_STAT_MSR_OTHER);
	if (error) {
		refuse_access(cpu, msr, error);
		return;
	}
	gpr[GPR_RAX] = (uint32_t)value;
	gpr[GPR_RDX] = value >> 32;
	vcpu_skip(cpu);
}

void exit_wrmsr(struct per_cpu *cpu)
{
	const uint64_t *gpr = cpu->arch.regs->gpr;
	uint32_t msr = (uint32_t)gpr[GPR_RCX];
	uint64_t value = (gpr[GPR_RAX] & UINT32_MAX) | gpr[GPR_RDX] << 32;
	int error;

	if (!is_x2apic(msr))
		exit_count(cpu, CPU_STAT_MSR_OTHER);
	error = write_value(cpu, msr, value);
	if (error)
		refuse_access(cpu, msr, error);
	else
		vcpu_skip(cpu);
}
