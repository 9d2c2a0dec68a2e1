/* SPDX-License-Identifier: GPL-2.0-only */
/* What the counters need of the rest: VMCS, local interrupt controller. */
#include "pmu.h"

#include "apic-internal.h"
#include "apic.h"
#include "hv/arch/cpu.h"
#include "hv/percpu.h"
#include "pmu-regs.h"
#include "vcpu.h"

struct pmu_cpu *pmu_this_cpu(void)
{
	return &this_cpu()->arch.pmu;
}

void pmu_hw_control(uint64_t value)
{
	vcpu_set_perf_control(this_cpu(), value);
}

uint64_t pmu_hw_debugctl_read(void)
{
	return vcpu_get_debugctl(this_cpu());
}

void pmu_hw_debugctl_write(uint64_t value)
{
	vcpu_set_debugctl(this_cpu(), value);
}

uint32_t pmu_hw_lvt_read(void)
{
	return apic_read(APIC_LVT_PERF);
}

void pmu_hw_lvt_write(uint32_t value)
{
	apic_write(APIC_LVT_PERF, value);
}
