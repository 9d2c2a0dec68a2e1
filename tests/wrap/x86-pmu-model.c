/* SPDX-License-Identifier: GPL-2.0-only */
/* A model of architectural performance monitoring, for tests. */
#include "x86-pmu-model.h"

#include <string.h>

/* Instructions that a register access retires where it is executed. */
#define ACCESS_INSTRUCTIONS	3u

const struct model_kind model_kinds[MODEL_KINDS] = {
	{ .version = 2, .general = 4, .fixed = 3, .bits = 40 },
	{ .version = 3, .general = 8, .fixed = 3, .bits = 48,
	  .full_width = true, .switched = true },
	{ .version = 4, .general = 4, .fixed = 3, .bits = 48,
	  .full_width = true, .switched = true },
	{ .version = 5, .general = 8, .fixed = 4, .bits = 48,
	  .full_width = true },
};

struct model machine;
struct pmu_cpu cpu_state;

uint64_t model_mask(const struct model *model)
{
	return BIT(model->kind.bits) - 1;
}

void model_init(struct model *model, const struct model_kind *kind)
{
	memset(model, 0, sizeof(*model));
	model->kind = *kind;
	model->control = BIT(kind->general) - 1;
	model->lvt = LVT_MASKED;
}

static uint64_t general_bits(const struct model *model)
{
	return BIT(model->kind.general) - 1;
}

static uint64_t fixed_bits(const struct model *model)
{
	return (BIT(model->kind.fixed) - 1) << PMU_FIXED_SHIFT;
}

static uint64_t status_others(const struct model *model)
{
	uint64_t bits = STATUS_BUFFER | STATUS_CHANGED;

	if (model->kind.version >= 3)
		bits |= STATUS_UNCORE;
	if (model->kind.version >= 4)
		bits |= STATUS_LBR_FRZ | STATUS_CTR_FRZ;
	return bits;
}

static uint64_t control_in_force(const struct model *model)
{
	if (model->status & STATUS_CTR_FRZ)
		return 0;
	if (!model->kind.switched)
		return model->control;
	return model->in_guest ? model->guest_control : model->control;
}

/* SDM vol. 3, "Freezing LBR and Performance Counters on PMI". */
static void freeze(struct model *model)
{
	if (!(model->debugctl & DEBUGCTL_FREEZE_COUNTERS))
		return;
	model->freezes++;
	if (model->kind.version >= 4)
		model->status |= STATUS_CTR_FRZ;
	else if (model->kind.switched && model->in_guest)
		model->guest_control = 0;
	else
		model->control = 0;
}

static void pmi(struct model *model)
{
	freeze(model);
	if (model->lvt & LVT_MASKED)
		return;
	model->lvt |= LVT_MASKED;
	model->nmi = true;
	model->pmis++;
}

static void overflow(struct model *model, unsigned int bit, bool interrupts)
{
	if (model->kind.mute)
		return;
	model->status |= BIT(bit);
	if (interrupts)
		pmi(model);
}

static bool selects(const struct model *model, unsigned int n, uint16_t event)
{
	return (model->select[n] & EVTSEL_EN) &&
	       (model->select[n] & (EVTSEL_USR | EVTSEL_OS)) &&
	       (model->select[n] & EVTSEL_EVENT) == event &&
	       (control_in_force(model) & BIT(n));
}

static bool fixed_selects(const struct model *model, unsigned int n,
			  uint16_t event)
{
	return event == FIXED_EVENT(n) &&
	       (model->fixed_control >> 4 * n & 3) &&
	       (control_in_force(model) & BIT(PMU_FIXED_SHIFT + n));
}

uint64_t model_headroom(const struct model *model, uint16_t event,
			uint64_t events)
{
	for (unsigned int n = 0; n < model->kind.general; n++) {
		uint64_t left = model_mask(model) - model->count[n] + 1;

		if (selects(model, n, event) && left < events)
			events = left;
	}
	for (unsigned int n = 0; n < model->kind.fixed; n++) {
		uint64_t left = model_mask(model) - model->fixed_count[n] + 1;

		if (fixed_selects(model, n, event) && left < events)
			events = left;
	}
	return events;
}

static void count(struct model *model, uint16_t event, uint64_t events)
{
	uint64_t mask = model_mask(model);
	bool counts[PMU_GENERAL_MAX + PMU_FIXED_MAX] = { false };

	/* All at once: an overflow among them freezes the others too late. */
	for (unsigned int n = 0; n < model->kind.general; n++)
		counts[n] = selects(model, n, event);
	for (unsigned int n = 0; n < model->kind.fixed; n++)
		counts[PMU_GENERAL_MAX + n] = fixed_selects(model, n, event);
	for (unsigned int n = 0; n < model->kind.general; n++) {
		if (!counts[n])
			continue;
		model->count[n] = (model->count[n] + events) & mask;
		if (model->count[n] < events) {
			model->overflows[n]++;
			overflow(model, n, model->select[n] & EVTSEL_INT);
		}
	}
	for (unsigned int n = 0; n < model->kind.fixed; n++) {
		if (!counts[PMU_GENERAL_MAX + n])
			continue;
		model->fixed_count[n] = (model->fixed_count[n] + events) & mask;
		if (model->fixed_count[n] < events)
			overflow(model, PMU_FIXED_SHIFT + n,
				 model->fixed_control >> 4 * n & FIXED_PMI);
	}
}

uint64_t model_events(struct model *model, uint16_t event, uint64_t events)
{
	uint64_t step = model_headroom(model, event, events);

	if (step != 0 && !model->kind.dead)
		count(model, event, step);
	return step;
}

struct cpuid_regs model_cpuid(const struct model *model, uint32_t leaf)
{
	const struct model_kind *kind = &model->kind;
	struct cpuid_regs regs = { 0, 0, 0, 0 };

	if (leaf == 0)
		regs.eax = 0x23;
	if (leaf == CPUID_FEATURES) {
		regs.ecx = CPUID_FEATURES_ECX_PDCM;
		regs.edx = CPUID_FEATURES_EDX_DS;
	}
	if (leaf == CPUID_PMU) {
		regs.eax = kind->version | kind->general << 8 |
			   kind->bits << 16 | 8u << 24;
		regs.ecx = kind->version >= 5 ? (1u << kind->fixed) - 1 : 0;
		regs.edx = kind->fixed | kind->bits << 5;
	}
	if (leaf == CPUID_PMU_EXTENDED)
		regs.eax = (1u << kind->general) - 1;
	return regs;
}

static bool numbered(uint32_t msr, uint32_t first, unsigned int count,
		     unsigned int *n)
{
	*n = msr - first;
	return msr >= first && *n < count;
}

static bool read_numbered(const struct model *model, uint32_t msr,
			  uint64_t *value)
{
	unsigned int n;

	if (numbered(msr, MSR_PMC(0), model->kind.general, &n) ||
	    (model->kind.full_width &&
	     numbered(msr, MSR_A_PMC(0), model->kind.general, &n)))
		*value = model->count[n];
	else if (numbered(msr, MSR_PERFEVTSEL(0), model->kind.general, &n))
		*value = model->select[n];
	else if (numbered(msr, MSR_FIXED_CTR(0), model->kind.fixed, &n))
		*value = model->fixed_count[n];
	else
		return false;
	return true;
}

static uint64_t inuse(const struct model *model)
{
	uint64_t bits = 0;

	for (unsigned int n = 0; n < model->kind.general; n++) {
		if (model->select[n] & 0xff)
			bits |= BIT(n);
		if (model->select[n] & EVTSEL_INT)
			bits |= INUSE_PMI;
	}
	for (unsigned int n = 0; n < model->kind.fixed; n++) {
		if (model->fixed_control >> 4 * n & 3)
			bits |= BIT(PMU_FIXED_SHIFT + n);
		if (model->fixed_control >> 4 * n & FIXED_PMI)
			bits |= INUSE_PMI;
	}
	return bits;
}

bool model_read(struct model *model, uint32_t msr, uint64_t *value)
{
	if (read_numbered(model, msr, value))
		return true;
	switch (msr) {
	case MSR_FIXED_CTR_CTRL:
		*value = model->fixed_control;
		return true;
	case MSR_GLOBAL_STATUS:
		*value = model->status;
		return true;
	case MSR_GLOBAL_CTRL:
		*value = model->control;
		return true;
	case MSR_GLOBAL_OVF_CTRL:
		*value = 0;
		return true;
	case MSR_GLOBAL_STATUS_SET:
		*value = 0;
		return model->kind.version >= 4;
	case MSR_GLOBAL_INUSE:
		*value = inuse(model);
		return model->kind.version >= 4;
	case MSR_PERF_CAPABILITIES:
		*value = 0x100 |
			 (model->kind.full_width ? CAPABILITY_FULL_WIDTH : 0);
		return true;
	case MSR_MISC_ENABLE:
		*value = 0;
		return true;
	case MSR_DEBUGCTL:
		*value = model->debugctl;
		return true;
	case MSR_PEBS_ENABLE:
		*value = model->pebs;
		return true;
	}
	return false;
}

static bool write_count(struct model *model, unsigned int n, uint64_t value)
{
	model->count[n] = (uint64_t)(int64_t)(int32_t)value &
			  model_mask(model);
	return true;
}

static bool write_whole(struct model *model, uint64_t *count, uint64_t value)
{
	if (value & ~model_mask(model))
		return false;
	*count = value;
	return true;
}

/* Only for values that are valid; false: they are not. */
static bool write_numbered(struct model *model, uint32_t msr, uint64_t value,
			   bool *known)
{
	unsigned int n;

	*known = true;
	if (numbered(msr, MSR_PMC(0), model->kind.general, &n))
		return write_count(model, n, value);
	if (model->kind.full_width &&
	    numbered(msr, MSR_A_PMC(0), model->kind.general, &n)) {
		return write_whole(model, &model->count[n], value);
	}
	if (numbered(msr, MSR_PERFEVTSEL(0), model->kind.general, &n)) {
		if (value >> 32)
			return false;
		model->select[n] = value;
		return true;
	}
	if (numbered(msr, MSR_FIXED_CTR(0), model->kind.fixed, &n)) {
		return write_whole(model, &model->fixed_count[n], value);
	}
	*known = false;
	return false;
}

static bool write_global(struct model *model, uint32_t msr, uint64_t value)
{
	uint64_t counters = general_bits(model) | fixed_bits(model);
	uint64_t others = status_others(model);

	switch (msr) {
	case MSR_GLOBAL_CTRL:
		if (value & ~counters)
			return false;
		model->control = value;
		return true;
	case MSR_GLOBAL_OVF_CTRL:
		if (value & ~(counters | others))
			return false;
		model->status &= ~value;
		return true;
	case MSR_GLOBAL_STATUS_SET:
		if (model->kind.version < 4 ||
		    (value & ~(counters | others)) || (value & STATUS_CHANGED))
			return false;
		model->status |= value;
		return true;
	}
	return false;
}

bool model_write(struct model *model, uint32_t msr, uint64_t value)
{
	uint64_t nibbles = 0;
	bool known, done = write_numbered(model, msr, value, &known);

	if (known)
		return done;
	switch (msr) {
	case MSR_FIXED_CTR_CTRL:
		for (unsigned int n = 0; n < model->kind.fixed; n++)
			nibbles |= 0xfull << 4 * n;
		if (value & ~nibbles)
			return false;
		model->fixed_control = value;
		return true;
	case MSR_DEBUGCTL:
		if (value & ~(DEBUGCTL_VALID & ~DEBUGCTL_STORES))
			return false;
		model->debugctl = value;
		return true;
	case MSR_PEBS_ENABLE:
		if (value & ~0xfull)
			return false;
		model->pebs = value;
		return true;
	}
	return write_global(model, msr, value);
}

/* What the hypervisor's code is linked to. */

static void accessed(void)
{
	if (!machine.settled)
		model_events(&machine, EVENT_INSTRUCTIONS, ACCESS_INSTRUCTIONS);
	if (machine.on_access)
		machine.on_access();
}

uint64_t msr_read(uint32_t msr)
{
	uint64_t value = 0;

	if (!model_read(&machine, msr, &value))
		machine.faults++;
	accessed();
	return value;
}

void msr_write(uint32_t msr, uint64_t value)
{
	if (!model_write(&machine, msr, value))
		machine.faults++;
	accessed();
}

struct cpuid_regs cpuid_query(uint32_t leaf, uint32_t subleaf)
{
	(void)subleaf;
	return model_cpuid(&machine, leaf);
}

struct pmu_cpu *pmu_this_cpu(void)
{
	return &cpu_state;
}

void pmu_hw_control(uint64_t value)
{
	if (machine.kind.switched)
		machine.guest_control = value;
	else
		msr_write(MSR_GLOBAL_CTRL, value);
}

uint64_t pmu_hw_debugctl_read(void)
{
	return machine.debugctl;
}

void pmu_hw_debugctl_write(uint64_t value)
{
	if (!model_write(&machine, MSR_DEBUGCTL, value))
		machine.faults++;
}

uint32_t pmu_hw_lvt_read(void)
{
	return machine.lvt;
}

void pmu_hw_lvt_write(uint32_t value)
{
	machine.lvt = value;
	accessed();
}
