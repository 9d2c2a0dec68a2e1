/* SPDX-License-Identifier: GPL-2.0-only */
/* Guests' accesses to performance monitoring, on their counters only. */
#include "pmu.h"

#include "hv/errno.h"
#include "pmu-internal.h"

/* RDPMC, ECX */
#define RDPMC_KIND_SHIFT	29
#define RDPMC_GENERAL		0u
#define RDPMC_METRICS		1u
#define RDPMC_FIXED		2u
#define RDPMC_INDEX		0xffffu

enum register_kind {
	KIND_NONE,
	KIND_COUNT,		/* IA32_PMCx */
	KIND_FULL,		/* IA32_A_PMCx */
	KIND_SELECT,
	KIND_FIXED,
	KIND_OTHER,
};

static bool in_range(uint32_t msr, uint32_t first, unsigned int count,
		     unsigned int *n)
{
	*n = msr - first;
	return msr >= first && *n < count;
}

/* Which register an MSR is, and the number of its counter. */
static enum register_kind kind_of(uint32_t msr, unsigned int *n)
{
	if (in_range(msr, MSR_PMC(0), pmu_machine.general, n))
		return KIND_COUNT;
	if (pmu_machine.full_width &&
	    in_range(msr, MSR_A_PMC(0), pmu_machine.general, n))
		return KIND_FULL;
	if (in_range(msr, MSR_PERFEVTSEL(0), pmu_machine.general, n))
		return KIND_SELECT;
	if (in_range(msr, MSR_FIXED_CTR(0), PMU_FIXED_MAX, n) &&
	    (pmu_machine.fixed & BIT(PMU_FIXED_SHIFT + *n)))
		return KIND_FIXED;
	switch (msr) {
	case MSR_DEBUGCTL:
	case MSR_FIXED_CTR_CTRL:
	case MSR_GLOBAL_STATUS:
	case MSR_GLOBAL_CTRL:
	case MSR_GLOBAL_OVF_CTRL:
		return KIND_OTHER;
	case MSR_PEBS_ENABLE:
		return pmu_machine.pebs_valid ? KIND_OTHER : KIND_NONE;
	case MSR_GLOBAL_STATUS_SET:
	case MSR_GLOBAL_INUSE:
		return pmu_machine.version >= 4 ? KIND_OTHER : KIND_NONE;
	}
	return KIND_NONE;
}

bool pmu_guest_has_msr(uint32_t msr)
{
	unsigned int n;

	return pmu_machine.count != 0 && kind_of(msr, &n) != KIND_NONE;
}

bool pmu_guest_direct(uint32_t msr)
{
	unsigned int n;

	switch (kind_of(msr, &n)) {
	case KIND_COUNT:
	case KIND_FULL:
		return n < pmu_machine.first;
	case KIND_FIXED:
		return true;
	default:
		return false;
	}
}

void pmu_guest_reset(struct pmu_cpu *cpu)
{
	uint64_t running = cpu->running;
	uint32_t overflows = cpu->overflows;

	*cpu = (struct pmu_cpu){
		.running = running,
		.overflows = overflows,
		.lvt = LVT_MASKED,
	};
	if (pmu_machine.count == 0)
		return;
	for (unsigned int n = 0; n < pmu_machine.first; n++) {
		msr_write(MSR_PERFEVTSEL(n), 0);
		pmu_count_write(n, 0);
	}
	for (unsigned int n = 0; n < PMU_FIXED_MAX; n++)
		if (pmu_machine.fixed & BIT(PMU_FIXED_SHIFT + n))
			msr_write(MSR_FIXED_CTR(n), 0);
	msr_write(MSR_FIXED_CTR_CTRL, 0);
	msr_write(MSR_GLOBAL_OVF_CTRL,
		  pmu_guests() | pmu_machine.status_valid);
	/* All general counters are on after a reset, for want of an event. */
	cpu->control = BIT(pmu_machine.first) - 1;
	pmu_hw_debugctl_write(0);
	pmu_control_apply(cpu);
}

/* Of a counter taken away: remembered for the root, #GP for others. */
static int dead_read(const struct pmu_cpu *cpu, const uint64_t *dead,
		     unsigned int n, uint64_t *value)
{
	if (!cpu->inherited)
		return -EINVAL;
	*value = dead[n - pmu_machine.first];
	return 0;
}

static int dead_write(const struct pmu_cpu *cpu, uint64_t *dead,
		      unsigned int n, uint64_t value)
{
	if (!cpu->inherited)
		return -EINVAL;
	dead[n - pmu_machine.first] = value;
	return 0;
}

static uint64_t status_read(const struct pmu_cpu *cpu)
{
	return (msr_read(MSR_GLOBAL_STATUS) & ~pmu_machine.ours) | cpu->status;
}

/* The PMI bit as it would be, were the reserved counters not there. */
static uint64_t inuse_read(void)
{
	uint64_t inuse = msr_read(MSR_GLOBAL_INUSE) &
			 ~(pmu_machine.ours | INUSE_PMI);
	uint64_t fixed = msr_read(MSR_FIXED_CTR_CTRL);

	for (unsigned int n = 0; n < pmu_machine.first; n++)
		if (msr_read(MSR_PERFEVTSEL(n)) & EVTSEL_INT)
			return inuse | INUSE_PMI;
	for (unsigned int n = 0; n < PMU_FIXED_MAX; n++)
		if (fixed >> 4 * n & FIXED_PMI)
			return inuse | INUSE_PMI;
	return inuse;
}

static int other_read(const struct pmu_cpu *cpu, uint32_t msr, uint64_t *value)
{
	switch (msr) {
	case MSR_DEBUGCTL:
		*value = pmu_hw_debugctl_read() | cpu->freeze;
		return 0;
	case MSR_GLOBAL_STATUS:
		*value = status_read(cpu);
		return 0;
	case MSR_GLOBAL_CTRL:
		*value = cpu->control;
		return 0;
	case MSR_GLOBAL_OVF_CTRL:
	case MSR_GLOBAL_STATUS_SET:
		*value = 0;
		return 0;
	case MSR_GLOBAL_INUSE:
		*value = inuse_read();
		return 0;
	case MSR_PEBS_ENABLE:
		if (!cpu->inherited)
			return -EINVAL;
		*value = msr_read(msr);
		return 0;
	default:
		*value = msr_read(msr);
		return 0;
	}
}

int pmu_guest_rdmsr(struct pmu_cpu *cpu, uint32_t msr, uint64_t *value)
{
	unsigned int n;

	switch (kind_of(msr, &n)) {
	case KIND_COUNT:
	case KIND_FULL:
		if (n >= pmu_machine.first)
			return dead_read(cpu, cpu->dead_count, n, value);
		break;
	case KIND_SELECT:
		if (n >= pmu_machine.first)
			return dead_read(cpu, cpu->dead_select, n, value);
		break;
	case KIND_OTHER:
		return other_read(cpu, msr, value);
	case KIND_NONE:
		return -EINVAL;
	case KIND_FIXED:
		break;
	}
	*value = msr_read(msr);
	return 0;
}

/* Bits of the global registers the guest may write at all. */
static bool global_valid(const struct pmu_cpu *cpu, uint64_t value,
			 uint64_t others)
{
	uint64_t valid = pmu_guests() | others;

	/* The root found more counters than it has now, and knows no better. */
	if (cpu->inherited)
		valid |= pmu_machine.ours;
	return !(value & ~valid);
}

static int control_write(struct pmu_cpu *cpu, uint64_t value)
{
	if (!global_valid(cpu, value, pmu_machine.metrics ? CONTROL_METRICS : 0))
		return -EINVAL;
	cpu->control = value;
	pmu_control_apply(cpu);
	return 0;
}

static int status_clear(struct pmu_cpu *cpu, uint64_t value)
{
	if (!global_valid(cpu, value, pmu_machine.status_valid |
			  (pmu_machine.version >= 4 ? STATUS_CTR_FRZ : 0)))
		return -EINVAL;
	cpu->status &= ~value;
	value &= ~(pmu_machine.ours | STATUS_CTR_FRZ);
	msr_write(MSR_GLOBAL_OVF_CTRL, value);
	pmu_control_apply(cpu);
	return 0;
}

/* The bits are no overflows: nobody is interrupted for them. */
static int status_set(struct pmu_cpu *cpu, uint64_t value)
{
	if (!global_valid(cpu, value,
			  (pmu_machine.status_valid & ~STATUS_CHANGED) |
			  STATUS_CTR_FRZ))
		return -EINVAL;
	cpu->status |= value & ~pmu_machine.ours;
	pmu_control_apply(cpu);
	return 0;
}

/*
 * Which overflows interrupt changes: those that came before did not, and are
 * put aside so that they never will.
 */
static void status_settle(struct pmu_cpu *cpu)
{
	uint64_t theirs = pmu_status_collect(cpu, msr_read(MSR_GLOBAL_STATUS));

	if (theirs && (theirs & pmu_guest_interrupts()))
		cpu->due = true;
}

/* Nobody counts what the sibling thread, another cell's maybe, executes. */
static int fixed_control_write(struct pmu_cpu *cpu, uint64_t value)
{
	bool adaptive = pmu_machine.adaptive && cpu->inherited;
	uint64_t any = 0, valid = 0;

	for (unsigned int n = 0; n < PMU_FIXED_MAX; n++) {
		if (!(pmu_machine.fixed & BIT(PMU_FIXED_SHIFT + n)))
			continue;
		any |= FIXED_ANY << 4 * n;
		valid |= 0xfull << 4 * n;
		if (adaptive && n < 8)
			valid |= BIT(FIXED_ADAPTIVE_SHIFT + 4 * n);
	}
	if (value & ~valid)
		return -EINVAL;
	status_settle(cpu);
	msr_write(MSR_FIXED_CTR_CTRL, value & ~any);
	return 0;
}

/* Branch trace stores write to memory on their own: the root's alone. */
static int debugctl_write(struct pmu_cpu *cpu, uint64_t value)
{
	uint64_t valid = pmu_machine.debugctl_valid;

	if (!cpu->inherited)
		valid &= ~DEBUGCTL_STORES;
	if (value & ~valid)
		return -EINVAL;
	cpu->freeze = value & DEBUGCTL_FREEZE;
	pmu_hw_debugctl_write(value & ~DEBUGCTL_FREEZE);
	return 0;
}

static int other_write(struct pmu_cpu *cpu, uint32_t msr, uint64_t value)
{
	switch (msr) {
	case MSR_DEBUGCTL:
		return debugctl_write(cpu, value);
	case MSR_FIXED_CTR_CTRL:
		return fixed_control_write(cpu, value);
	case MSR_GLOBAL_CTRL:
		return control_write(cpu, value);
	case MSR_GLOBAL_OVF_CTRL:
		return status_clear(cpu, value);
	case MSR_GLOBAL_STATUS_SET:
		return status_set(cpu, value);
	case MSR_PEBS_ENABLE:
		if (!cpu->inherited)
			return -EINVAL;
		value &= ~pmu_machine.ours;
		if (value & ~pmu_machine.pebs_valid)
			return -EINVAL;
		msr_write(msr, value);
		return 0;
	}
	/* GLOBAL_STATUS and GLOBAL_INUSE can only be read. */
	return -EINVAL;
}

static int select_write(struct pmu_cpu *cpu, unsigned int n, uint64_t value)
{
	uint64_t valid = cpu->inherited ? pmu_machine.select_valid :
					  EVTSEL_VALID;

	if (value & ~valid)
		return -EINVAL;
	if (n >= pmu_machine.first)
		return dead_write(cpu, cpu->dead_select, n, value);
	status_settle(cpu);
	msr_write(MSR_PERFEVTSEL(n), value & ~EVTSEL_ANY);
	return 0;
}

/* IA32_PMCx takes 32 bits and extends their sign; IA32_A_PMCx takes all. */
static int count_write(struct pmu_cpu *cpu, enum register_kind kind,
		       unsigned int n, uint64_t value)
{
	uint64_t mask = BIT(pmu_machine.bits) - 1;

	if (kind == KIND_FULL && (value & ~mask))
		return -EINVAL;
	if (kind == KIND_COUNT)
		value = (uint64_t)(int64_t)(int32_t)value & mask;
	if (n >= pmu_machine.first)
		return dead_write(cpu, cpu->dead_count, n, value);
	if (kind == KIND_FULL)
		msr_write(MSR_A_PMC(n), value);
	else
		msr_write(MSR_PMC(n), value & 0xffffffff);
	return 0;
}

int pmu_guest_wrmsr(struct pmu_cpu *cpu, uint32_t msr, uint64_t value)
{
	unsigned int n;
	enum register_kind kind = kind_of(msr, &n);

	switch (kind) {
	case KIND_COUNT:
	case KIND_FULL:
		return count_write(cpu, kind, n, value);
	case KIND_SELECT:
		return select_write(cpu, n, value);
	case KIND_FIXED:
		msr_write(msr, value & (BIT(pmu_machine.fixed_bits) - 1));
		return 0;
	case KIND_OTHER:
		return other_write(cpu, msr, value);
	case KIND_NONE:
		break;
	}
	return -EINVAL;
}

int pmu_guest_rdpmc(struct pmu_cpu *cpu, uint32_t index, uint64_t *value)
{
	unsigned int n = index & RDPMC_INDEX;

	if (index >> RDPMC_KIND_SHIFT == RDPMC_FIXED &&
	    n < PMU_FIXED_MAX && !(index & 0x1fff0000))
		return pmu_guest_rdmsr(cpu, MSR_FIXED_CTR(n), value);
	if (index < pmu_machine.general)
		return pmu_guest_rdmsr(cpu, MSR_PMC(index), value);
	return -EINVAL;
}

void pmu_guest_lvt_write(struct pmu_cpu *cpu, uint32_t value)
{
	cpu->lvt = value & LVT_WRITABLE;
}

void pmu_guest_cpuid(uint32_t leaf, uint32_t subleaf, struct cpuid_regs *regs)
{
	uint32_t first = pmu_machine.first;

	if (pmu_machine.count == 0)
		return;
	if (leaf == CPUID_PMU)
		regs->eax = (regs->eax & ~0xff00u) | first << 8;
	else if (leaf == CPUID_PMU_EXTENDED && subleaf == 1)
		regs->eax &= (1u << first) - 1;
}
