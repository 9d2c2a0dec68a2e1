/* SPDX-License-Identifier: GPL-2.0-only */
/* Event counters the hypervisor reserves, and whose an overflow is. */
#include "pmu.h"

#include "hv/arch/pmu.h"
#include "hv/errno.h"
#include "pmu-internal.h"

/* PMIs that come while one is handled; each turn has an interrupt's worth. */
#define NMI_TURNS	8u

struct arch_pmu arch_pmu;
struct pmu_machine pmu_machine;

/* Which bits exist: the others are #GP, for the hypervisor as well. */
static void features_read(struct pmu_machine *machine)
{
	struct cpuid_regs basic = cpuid_query(CPUID_FEATURES, 0);
	uint32_t more = cpuid_query(CPUID_STRUCTURED, 0).ebx;
	uint64_t capabilities = 0;

	if (basic.ecx & CPUID_FEATURES_ECX_PDCM)
		capabilities = msr_read(MSR_PERF_CAPABILITIES);
	machine->full_width = capabilities & CAPABILITY_FULL_WIDTH;
	machine->metrics = capabilities & CAPABILITY_METRICS;
	machine->adaptive = capabilities & CAPABILITY_PEBS_BASELINE;
	machine->select_valid = EVTSEL_VALID |
		(more & CPUID_STRUCTURED_EBX_RTM ? EVTSEL_TSX : 0) |
		(machine->adaptive ? EVTSEL_ADAPTIVE : 0);
	machine->status_valid = STATUS_BUFFER | STATUS_CHANGED |
		(machine->version >= 3 ? STATUS_UNCORE : 0) |
		(machine->version >= 4 ? STATUS_LBR_FRZ : 0) |
		(more & CPUID_STRUCTURED_EBX_PT ? STATUS_TOPA : 0) |
		(more & CPUID_STRUCTURED_EBX_SGX ? STATUS_ASCI : 0) |
		(machine->metrics ? STATUS_METRICS : 0);
	machine->debugctl_valid = DEBUGCTL_VALID |
		(capabilities & CAPABILITY_FREEZE_SMM ?
		 DEBUGCTL_FREEZE_SMM : 0) |
		(more & CPUID_STRUCTURED_EBX_RTM ? DEBUGCTL_RTM : 0);
	if ((basic.edx & CPUID_FEATURES_EDX_DS) &&
	    !(msr_read(MSR_MISC_ENABLE) & MISC_PEBS_UNAVAILABLE))
		machine->pebs_valid =
			capabilities & CAPABILITY_PEBS_FORMAT ? 0xf : 0x1;
}

/* CPUID leaf 0xA: EAX 7:0 version, 15:8 counters, 23:16 bits; EDX 4:0 fixed. */
static void machine_read(struct pmu_machine *machine)
{
	struct cpuid_regs basic = cpuid_query(0, 0);
	struct cpuid_regs leaf;
	unsigned int fixed;

	*machine = (struct pmu_machine){ 0 };
	if (basic.eax < CPUID_PMU)
		return;
	leaf = cpuid_query(CPUID_PMU, 0);
	if ((leaf.eax & 0xff) < 2)
		return;
	machine->version = leaf.eax & 0xff;
	machine->general = leaf.eax >> 8 & 0xff;
	machine->bits = leaf.eax >> 16 & 0xff;
	machine->first_write_msr = MSR_PMC(0);
	if (machine->general > PMU_GENERAL_MAX)
		machine->general = PMU_GENERAL_MAX;
	machine->first = machine->general;
	fixed = leaf.edx & 0x1f;
	if (fixed > PMU_FIXED_MAX)
		fixed = PMU_FIXED_MAX;
	/* From version 5 on ECX lists them, with gaps. */
	machine->fixed = ((BIT(fixed) - 1) |
			  (machine->version >= 5 ? leaf.ecx & 0xffff : 0))
			 << PMU_FIXED_SHIFT;
	machine->fixed_bits = leaf.edx >> 5 & 0xff;
	if (machine->fixed_bits == 0 || machine->fixed_bits > 63)
		machine->fixed_bits = machine->bits;
	features_read(machine);
	if (machine->full_width)
		machine->first_write_msr = MSR_A_PMC(0);
}

/* An event that any of them counts; 0 when CPUID denies both. */
static uint64_t test_event(void)
{
	uint32_t missing = cpuid_query(CPUID_PMU, 0).ebx;

	if (!(missing & 1u << 1))
		return EVENT_INSTRUCTIONS;
	return missing & 1u << 0 ? 0 : EVENT_CYCLES;
}

/* As found, also an overflow that was pending: it can only be set again. */
static const char *counter_try(unsigned int n, uint64_t event)
{
	uint64_t control = msr_read(MSR_GLOBAL_CTRL);
	uint64_t select = msr_read(MSR_PERFEVTSEL(n));
	uint64_t count = msr_read(MSR_PMC(n));
	bool pending = msr_read(MSR_GLOBAL_STATUS) & BIT(n);
	const char *why;

	msr_write(MSR_GLOBAL_CTRL, 0);
	why = pmu_counter_test(n, event);
	pmu_count_write(n, count);
	msr_write(MSR_PERFEVTSEL(n), select);
	if (pending && pmu_machine.version >= 4)
		msr_write(MSR_GLOBAL_STATUS_SET, BIT(n));
	msr_write(MSR_GLOBAL_CTRL, control);
	return why;
}

static const char *counters_try(unsigned int first, unsigned int count)
{
	uint64_t event = test_event();
	const char *why = NULL;

	if (event == 0)
		return "the PMU counts neither instructions nor cycles";
	for (unsigned int i = 0; i < count && !why; i++)
		why = counter_try(first + i, event);
	return why;
}

/* At least one general counter is left to the guests. */
static const char *counters_reserve(struct pmu_machine *machine)
{
	unsigned int count = machine->general - 1;
	const char *why;

	if (machine->version == 0)
		return "no architectural performance monitoring of version 2 or later";
	if (machine->general < 2 || machine->bits < 32 || machine->bits > 63)
		return "the PMU has too few general counters to reserve one";
	if (count > PMU_RESERVED_MAX)
		count = PMU_RESERVED_MAX;
	machine->write_mask = pmu_write_mask(machine);
	why = counters_try(machine->general - count, count);
	if (why)
		return why;
	machine->first = machine->general - count;
	machine->count = count;
	machine->ours = (BIT(count) - 1) << machine->first;
	return NULL;
}

void pmu_init(void)
{
	machine_read(&pmu_machine);
	pmu_machine.why = counters_reserve(&pmu_machine);
	arch_pmu = (struct arch_pmu){
		.read_msr = MSR_PMC(pmu_machine.first),
		.write_msr = pmu_machine.first_write_msr + pmu_machine.first,
		.write_mask = pmu_machine.write_mask,
	};
}

/* Freeze bits would stop our counters at a guest's overflow. */
static void debugctl_adopt(struct pmu_cpu *cpu)
{
	uint64_t debugctl = pmu_hw_debugctl_read();

	cpu->freeze = debugctl & DEBUGCTL_FREEZE;
	if (cpu->freeze)
		pmu_hw_debugctl_write(debugctl & ~DEBUGCTL_FREEZE);
}

static void counters_silence(void)
{
	for (unsigned int i = 0; i < pmu_machine.count; i++)
		msr_write(MSR_PERFEVTSEL(pmu_machine.first + i), 0);
	msr_write(MSR_GLOBAL_OVF_CTRL, pmu_machine.ours);
}

void pmu_cpu_init(struct pmu_cpu *cpu)
{
	*cpu = (struct pmu_cpu){ .inherited = true };
	if (pmu_machine.count == 0)
		return;
	cpu->control = msr_read(MSR_GLOBAL_CTRL);
	for (unsigned int i = 0; i < pmu_machine.count; i++) {
		unsigned int n = pmu_machine.first + i;

		cpu->dead_select[i] = msr_read(MSR_PERFEVTSEL(n));
		cpu->dead_count[i] = msr_read(MSR_PMC(n));
	}
	cpu->lvt = pmu_hw_lvt_read() & LVT_WRITABLE;
	debugctl_adopt(cpu);
	msr_write(MSR_GLOBAL_CTRL, 0);
	counters_silence();
	pmu_hw_lvt_write(LVT_NMI);
	pmu_control_apply(cpu);
}

void pmu_cpu_restore(struct pmu_cpu *cpu)
{
	if (pmu_machine.count == 0)
		return;
	cpu->running = 0;
	counters_silence();
	for (unsigned int i = 0; i < pmu_machine.count; i++) {
		unsigned int n = pmu_machine.first + i;

		pmu_count_write(n, cpu->dead_count[i]);
		msr_write(MSR_PERFEVTSEL(n), cpu->dead_select[i]);
	}
	if (pmu_machine.version >= 4)
		msr_write(MSR_GLOBAL_STATUS_SET, cpu->status & ~STATUS_CHANGED);
	pmu_hw_debugctl_write(pmu_hw_debugctl_read() | cpu->freeze);
	pmu_hw_lvt_write(cpu->lvt);
	pmu_hw_control(cpu->control);
}

int arch_pmu_probe(struct arch_pmu_caps *caps, const char **why)
{
	if (pmu_machine.why) {
		*why = pmu_machine.why;
		return -ENODEV;
	}
	caps->counters = pmu_machine.count;
	caps->bits = pmu_machine.bits;
	caps->overflow_irq = true;
	caps->alone = 0;
	return 0;
}

static unsigned int hardware_number(unsigned int counter)
{
	return pmu_machine.first + counter;
}

void arch_pmu_start(unsigned int counter, uint16_t event)
{
	struct pmu_cpu *cpu = pmu_this_cpu();
	unsigned int n = hardware_number(counter);

	arch_pmu_stop(counter);
	pmu_count_write(n, 0);
	msr_write(MSR_PERFEVTSEL(n),
		  event | EVTSEL_USR | EVTSEL_OS | EVTSEL_EN);
	cpu->running |= BIT(n);
	pmu_control_apply(cpu);
}

void arch_pmu_stop(unsigned int counter)
{
	struct pmu_cpu *cpu = pmu_this_cpu();
	unsigned int n = hardware_number(counter);

	cpu->running &= ~BIT(n);
	pmu_control_apply(cpu);
	msr_write(MSR_PERFEVTSEL(n), 0);
	msr_write(MSR_GLOBAL_OVF_CTRL, BIT(n));
	cpu->overflows &= ~(1u << counter);
}

uint64_t arch_pmu_read(unsigned int counter)
{
	return msr_read(MSR_PMC(hardware_number(counter)));
}

/* Without full width: within 2^31 of 0 on either side, so that it fits. */
void arch_pmu_write(unsigned int counter, uint64_t value)
{
	pmu_count_write(hardware_number(counter), value);
}

void arch_pmu_irq(unsigned int counter, bool enable)
{
	uint32_t msr = MSR_PERFEVTSEL(hardware_number(counter));
	uint64_t select = msr_read(msr) & ~EVTSEL_INT;

	msr_write(msr, enable ? select | EVTSEL_INT : select);
}

/* Moves what the hardware reports of ours to cpu->overflows. */
static bool overflows_collect(struct pmu_cpu *cpu, uint64_t status)
{
	uint64_t ours = status & pmu_machine.ours;

	if (!ours)
		return false;
	/* Only what was seen: another one may overflow at this moment. */
	msr_write(MSR_GLOBAL_OVF_CTRL, ours);
	cpu->overflows |= (uint32_t)(ours >> pmu_machine.first);
	return true;
}

uint32_t arch_pmu_take_overflows(void)
{
	struct pmu_cpu *cpu = pmu_this_cpu();
	uint32_t overflows;

	overflows_collect(cpu, msr_read(MSR_GLOBAL_STATUS));
	overflows = cpu->overflows;
	cpu->overflows = 0;
	return overflows;
}

uint64_t pmu_guest_interrupts(void)
{
	uint64_t fixed = msr_read(MSR_FIXED_CTR_CTRL);
	uint64_t bits = STATUS_METRICS | STATUS_TOPA | STATUS_UNCORE |
			STATUS_BUFFER;

	for (unsigned int n = 0; n < pmu_machine.first; n++)
		if (msr_read(MSR_PERFEVTSEL(n)) & EVTSEL_INT)
			bits |= BIT(n);
	for (unsigned int n = 0; n < PMU_FIXED_MAX; n++)
		if (fixed >> 4 * n & FIXED_PMI)
			bits |= BIT(PMU_FIXED_SHIFT + n);
	return bits;
}

/* What the hardware does at a PMI when the freeze bit is set. */
static void guest_freeze(struct pmu_cpu *cpu)
{
	if (!(cpu->freeze & DEBUGCTL_FREEZE_COUNTERS))
		return;
	if (pmu_machine.version >= 4)
		cpu->status |= STATUS_CTR_FRZ;
	else
		cpu->control = 0;
	pmu_control_apply(cpu);
}

static uint32_t guest_pmi(struct pmu_cpu *cpu, uint32_t *lvt)
{
	cpu->due = false;
	guest_freeze(cpu);
	if (cpu->lvt & LVT_MASKED)
		return 0;
	*lvt = cpu->lvt;
	cpu->lvt |= LVT_MASKED;
	return PMU_NMI_GUEST;
}

/* One look; whether there was anything. */
static bool nmi_turn(struct pmu_cpu *cpu, uint32_t *found, uint32_t *lvt)
{
	uint64_t status = msr_read(MSR_GLOBAL_STATUS);
	bool ours = overflows_collect(cpu, status);
	uint64_t theirs = pmu_status_collect(cpu, status);

	if (cpu->overflows)
		*found |= PMU_NMI_OVERFLOW | PMU_NMI_CLAIMED;
	if (theirs)
		cpu->due |= (theirs & pmu_guest_interrupts()) != 0;
	if (cpu->due)
		*found |= guest_pmi(cpu, lvt) | PMU_NMI_CLAIMED;
	return ours || theirs;
}

/* The delivery of a PMI masks the entry: that is its mark. */
static bool pmi_delivered(void)
{
	return pmu_hw_lvt_read() & LVT_MASKED;
}

uint32_t pmu_nmi(struct pmu_cpu *cpu, uint32_t *lvt)
{
	uint32_t found = 0;
	bool more;

	if (pmu_machine.count == 0)
		return 0;
	if (pmi_delivered() || cpu->late)
		found = PMU_NMI_CLAIMED;
	cpu->late = false;
	for (unsigned int turn = 0; turn < NMI_TURNS; turn++) {
		more = nmi_turn(cpu, &found, lvt);
		if (!more && (turn > 0 || !found))
			break;
		/* Since the last turn: what it was for has been found now. */
		if (turn > 0 && pmi_delivered())
			cpu->late = true;
		/* What overflows from here on interrupts; before it, not. */
		pmu_hw_lvt_write(LVT_NMI);
	}
	return found;
}
