/* SPDX-License-Identifier: GPL-2.0-only */
/* A model of cache and bandwidth allocation and of clock modulation. */
#include "x86-cat-model.h"

#include <string.h>

#include "hv/arch/cpu.h"

struct cat_machine cat;

void cat_init(const struct cat_kind *kind)
{
	memset(&cat, 0, sizeof(cat));
	cat.kind = *kind;
	for (unsigned int n = 0; n < CAT_MASKS; n++) {
		for (unsigned int i = 0; i < CAT_CPUS; i++)
			cat.l2_mask[i][n] = BIT(kind->l2_ways) - 1;
		for (unsigned int i = 0; i < CAT_CPUS / 2; i++)
			cat.l3_mask[i][n] = BIT(kind->l3_ways) - 1;
	}
}

static unsigned int here(void)
{
	return this_cpu()->id;
}

/* The register behind a number, and whether the machine has it; or NULL. */
static uint64_t *register_find(uint32_t msr)
{
	const struct cat_kind *kind = &cat.kind;
	unsigned int package = here() / 2;

	if (msr == MSR_PQR_ASSOC)
		return &cat.assoc[here()];
	if (msr == MSR_CLOCK_MODULATION)
		return &cat.clock[here()];
	if (msr == MSR_L3_CFG && kind->code_data)
		return &cat.l3_config[package];
	if (kind->l3_ways && msr - MSR_L3_MASK(0) < kind->classes)
		return &cat.l3_mask[package][msr - MSR_L3_MASK(0)];
	if (kind->l2_ways && msr - MSR_L2_MASK(0) < kind->classes)
		return &cat.l2_mask[here()][msr - MSR_L2_MASK(0)];
	if (kind->delay_max && msr - MSR_DELAY(0) < kind->classes)
		return &cat.delay[package][msr - MSR_DELAY(0)];
	return NULL;
}

static bool in_one_piece(uint64_t mask)
{
	while (!(mask & 1))
		mask >>= 1;
	return (mask & (mask + 1)) == 0;
}

static bool mask_legal(uint64_t mask, unsigned int ways)
{
	return mask != 0 && mask < BIT(ways) &&
	       (cat.kind.sparse || in_one_piece(mask)) &&
	       (unsigned int)__builtin_popcountll(mask) >= cat.kind.ways_min;
}

static bool delay_legal(uint64_t delay)
{
	unsigned int step = 100 - cat.kind.delay_max;

	if (delay > cat.kind.delay_max)
		return false;
	if (cat.kind.linear)
		return delay % step == 0;
	return (delay & (delay - 1)) == 0;
}

static bool value_legal(uint32_t msr, uint64_t value)
{
	unsigned int classes = cat.kind.classes;

	if (msr >= MSR_L3_MASK(0) && msr < MSR_L2_MASK(0))
		return mask_legal(value, cat.kind.l3_ways);
	if (msr >= MSR_L2_MASK(0) && msr < MSR_DELAY(0))
		return mask_legal(value, cat.kind.l2_ways);
	if (msr >= MSR_DELAY(0) && msr < MSR_DELAY(64))
		return delay_legal(value);
	if (msr == MSR_PQR_ASSOC) {
		if (cat.l3_config[here() / 2])
			classes /= 2;
		return value >> 32 < classes && (value & 0xffffffff) < 0x400;
	}
	if (msr == MSR_CLOCK_MODULATION)
		return value < 0x20 && (value & 0xf || !(value & 0x10)) &&
		       (cat.kind.fine_clock || !(value & 1));
	return value <= 1;	/* the configuration */
}

static void fault(uint32_t msr, uint64_t value)
{
	if (cat.faults++ == 0) {
		cat.fault_msr = msr;
		cat.fault_value = value;
	}
}

uint64_t msr_read(uint32_t msr)
{
	const uint64_t *reg = register_find(msr);

	if (!reg)
		fault(msr, 0);
	return reg ? *reg : 0;
}

void msr_write(uint32_t msr, uint64_t value)
{
	uint64_t *reg = register_find(msr);

	cat.writes++;
	if (!reg || !value_legal(msr, value))
		fault(msr, value);
	else
		*reg = value;
}

static struct cpuid_regs leaf_allocation(uint32_t subleaf)
{
	const struct cat_kind *kind = &cat.kind;
	struct cpuid_regs regs = { 0, 0, 0, kind->classes - 1 };

	switch (subleaf) {
	case 0:
		regs.edx = 0;
		regs.ebx = (kind->l3_ways ? 2u : 0) | (kind->l2_ways ? 4u : 0) |
			   (kind->delay_max ? 8u : 0);
		break;
	case 1:
		regs.eax = kind->l3_ways - 1;
		regs.ebx = 0xc00;
		regs.ecx = (kind->code_data ? 4u : 0) | (kind->sparse ? 8u : 0);
		break;
	case 2:
		regs.eax = kind->l2_ways - 1;
		regs.ecx = kind->sparse ? 8u : 0;
		break;
	case 3:
		regs.eax = kind->delay_max - 1;
		regs.ecx = kind->linear ? 4u : 0;
	}
	return regs;
}

struct cpuid_regs cpuid_query(uint32_t leaf, uint32_t subleaf)
{
	struct cpuid_regs regs = { 0, 0, 0, 0 };

	switch (leaf) {
	case 0:
		regs.eax = 0x10;
		break;
	case CPUID_BASIC:
		regs.ebx = here() << 24;
		regs.edx = CPUID_BASIC_EDX_ACPI;
		break;
	case 4:			/* L1, L2, L3 for two CPUs, no more */
		regs.eax = subleaf < 2 ? 1 : subleaf == 2 ? 3 | 1u << 14 : 0;
		break;
	case CPUID_THERMAL:
		regs.eax = cat.kind.fine_clock ? CPUID_THERMAL_EAX_FINE : 0;
		break;
	case CPUID_EXTENDED:
		regs.ebx = cat.kind.silent ? 0 : CPUID_EXTENDED_EBX_ALLOCATION;
		break;
	case CPUID_ALLOCATION:
		if (!cat.kind.silent)
			return leaf_allocation(subleaf);
	}
	return regs;
}

void cache_writeback(void)
{
	cat.flushes[here()]++;
}

static unsigned int class_of(unsigned int cpu)
{
	return (unsigned int)(cat.assoc[cpu] >> 32);
}

uint64_t cat_data_ways(unsigned int cpu, unsigned int level)
{
	unsigned int class = class_of(cpu);

	if (level == 2)
		return cat.l2_mask[cpu][class];
	return cat.l3_mask[cpu / 2][cat.l3_config[cpu / 2] ? 2 * class : class];
}

uint64_t cat_code_ways(unsigned int cpu, unsigned int level)
{
	unsigned int class = class_of(cpu);

	if (level == 2 || !cat.l3_config[cpu / 2])
		return cat_data_ways(cpu, level);
	return cat.l3_mask[cpu / 2][2 * class + 1];
}
