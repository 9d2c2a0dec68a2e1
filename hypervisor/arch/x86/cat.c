/* SPDX-License-Identifier: GPL-2.0-only */
/* Shares of caches, memory bandwidth and clock, in their registers. */
#include "cat.h"

#include "hv/arch/cpu.h"
#include "hv/arch/partition.h"
#include "hv/errno.h"
#include "hv/percpu.h"

/* CPUID leaf 0x10 */
#define RESOURCE_L3			1u
#define RESOURCE_L2			2u
#define RESOURCE_DELAY			3u
#define ALLOCATION_ECX_CODE_DATA	(1u << 2)
#define ALLOCATION_ECX_SPARSE		(1u << 3)
#define DELAY_ECX_LINEAR		(1u << 2)
#define DELAY_MAX			99u	/* percent; all would be a stop */

/* CPUID leaf 4 */
#define CPUID_CACHES			0x04u
#define CACHES_MAX			8u
/* CPUID leaf 0xB */
#define CPUID_TOPOLOGY			0x0bu

/* Registers of each kind that may be written. */
#define CLASSES_MAX			HV_MAX_CELLS
#define MASKS_MAX			(2 * CLASSES_MAX)
#define LEVELS				2u	/* L2, L3 */

/* What a CPU held when it was taken over. */
struct kept {
	bool valid;
	uint64_t assoc;
	uint64_t config[LEVELS];
	uint64_t mask[LEVELS][MASKS_MAX];
	uint64_t delay[CLASSES_MAX];
	uint64_t clock;
};

static struct kept kept[HV_MAX_CPUS];

/* What exists, by probe or by assumption. */
static struct {
	bool cache[LEVELS];
	bool delay;
	unsigned int clock_steps;
	unsigned int split;	/* bit n: level n */
	unsigned int classes;
} have;

static unsigned int level_index(unsigned int level)
{
	return level == ARCH_CACHE_L3;
}

static bool announced(unsigned int resource)
{
	return cpuid_query(0, 0).eax >= CPUID_ALLOCATION &&
	       (cpuid_query(CPUID_EXTENDED, 0).ebx &
		CPUID_EXTENDED_EBX_ALLOCATION) &&
	       (cpuid_query(CPUID_ALLOCATION, 0).ebx & 1u << resource);
}

/* SDM: EAX 4:0 ways less one, EBX shared ways, EDX 15:0 highest class. */
int arch_cache_probe(unsigned int level, struct arch_cache_caps *caps,
		     const char **why)
{
	unsigned int resource = level == ARCH_CACHE_L3 ? RESOURCE_L3 :
							 RESOURCE_L2;
	struct cpuid_regs leaf;

	have.cache[level_index(level)] = announced(resource);
	if (!have.cache[level_index(level)]) {
		*why = "the CPU announces no allocation of it";
		return -ENODEV;
	}
	leaf = cpuid_query(CPUID_ALLOCATION, resource);
	*caps = (struct arch_cache_caps){
		.ways = (leaf.eax & 0x1f) + 1,
		.ways_min = 1,
		.classes = (leaf.edx & 0xffff) + 1,
		.shared_ways = leaf.ebx,
		.code_data = leaf.ecx & ALLOCATION_ECX_CODE_DATA,
		.sparse = leaf.ecx & ALLOCATION_ECX_SPARSE,
	};
	return 0;
}

int arch_cache_assume(unsigned int level)
{
	have.cache[level_index(level)] = true;
	return 0;
}

/* SDM: EAX 11:0 highest delay less one, ECX 2 linear, EDX 15:0 as above. */
int arch_delay_probe(struct arch_delay_caps *caps, const char **why)
{
	struct cpuid_regs leaf;

	have.delay = announced(RESOURCE_DELAY);
	if (!have.delay) {
		*why = "the CPU announces no allocation of it";
		return -ENODEV;
	}
	leaf = cpuid_query(CPUID_ALLOCATION, RESOURCE_DELAY);
	*caps = (struct arch_delay_caps){
		.delay_max = (leaf.eax & 0xfff) + 1,
		.linear = leaf.ecx & DELAY_ECX_LINEAR,
		.classes = (leaf.edx & 0xffff) + 1,
	};
	if (caps->delay_max > DELAY_MAX)
		caps->delay_max = DELAY_MAX;
	return 0;
}

/* SDM vol. 3, table "On-Demand Clock Modulation Duty Cycle Field Encoding". */
int arch_clock_probe(struct arch_clock_caps *caps, const char **why)
{
	have.clock_steps = 0;
	if (!(cpuid_query(CPUID_BASIC, 0).edx & CPUID_BASIC_EDX_ACPI)) {
		*why = "the CPU has no clock modulation";
		return -ENODEV;
	}
	have.clock_steps = 8;
	if (cpuid_query(0, 0).eax >= CPUID_THERMAL &&
	    (cpuid_query(CPUID_THERMAL, 0).eax & CPUID_THERMAL_EAX_FINE))
		have.clock_steps = 16;
	caps->steps = have.clock_steps;
	return 0;
}

static uint32_t config_msr(unsigned int level)
{
	return level == ARCH_CACHE_L3 ? MSR_L3_CFG : MSR_L2_CFG;
}

static uint32_t mask_msr(unsigned int level, unsigned int n)
{
	return level == ARCH_CACHE_L3 ? MSR_L3_MASK(n) : MSR_L2_MASK(n);
}

static bool is_split(unsigned int level)
{
	return have.split >> level & 1;
}

static unsigned int masks_count(unsigned int level)
{
	return is_split(level) ? 2 * have.classes : have.classes;
}

static bool have_classes(void)
{
	return have.cache[0] || have.cache[1] || have.delay;
}

static void cache_keep(struct kept *cpu, unsigned int level)
{
	unsigned int index = level_index(level);

	if (!have.cache[index])
		return;
	for (unsigned int n = 0; n < masks_count(level); n++)
		cpu->mask[index][n] = msr_read(mask_msr(level, n));
	if (is_split(level))
		cpu->config[index] = msr_read(config_msr(level));
}

void arch_partition_cpu_init(unsigned int split, unsigned int classes)
{
	struct kept *cpu = &kept[this_cpu()->id];

	have.split = split;
	have.classes = classes < CLASSES_MAX ? classes : CLASSES_MAX;
	*cpu = (struct kept){ .valid = true };
	if (have_classes())
		cpu->assoc = msr_read(MSR_PQR_ASSOC);
	cache_keep(cpu, ARCH_CACHE_L2);
	cache_keep(cpu, ARCH_CACHE_L3);
	for (unsigned int n = 0; have.delay && n < have.classes; n++)
		cpu->delay[n] = msr_read(MSR_DELAY(n));
	if (have.clock_steps)
		cpu->clock = msr_read(MSR_CLOCK_MODULATION);
}

static void cache_restore(const struct kept *cpu, unsigned int level)
{
	unsigned int index = level_index(level);

	if (!have.cache[index])
		return;
	for (unsigned int n = 0; n < masks_count(level); n++)
		msr_write(mask_msr(level, n), cpu->mask[index][n]);
	if (is_split(level))
		msr_write(config_msr(level), cpu->config[index]);
}

void arch_partition_restore(void)
{
	struct kept *cpu = &kept[this_cpu()->id];

	if (!cpu->valid)
		return;
	cpu->valid = false;
	cache_restore(cpu, ARCH_CACHE_L2);
	cache_restore(cpu, ARCH_CACHE_L3);
	for (unsigned int n = 0; have.delay && n < have.classes; n++)
		msr_write(MSR_DELAY(n), cpu->delay[n]);
	if (have_classes())
		msr_write(MSR_PQR_ASSOC, cpu->assoc);
	if (have.clock_steps)
		msr_write(MSR_CLOCK_MODULATION, cpu->clock);
}

/*
 * SDM, "Code and Data Prioritization": data has the even masks, code the odd
 * ones. They are in place before they mean that.
 */
void arch_cache_set(unsigned int level, unsigned int class, uint64_t data,
		    uint64_t code)
{
	uint64_t config;

	if (!is_split(level)) {
		msr_write(mask_msr(level, class), data);
		return;
	}
	msr_write(mask_msr(level, 2 * class), data);
	msr_write(mask_msr(level, 2 * class + 1), code);
	config = msr_read(config_msr(level));
	if (!(config & CFG_CODE_DATA))
		msr_write(config_msr(level), config | CFG_CODE_DATA);
}

void arch_delay_set(unsigned int class, unsigned int delay)
{
	msr_write(MSR_DELAY(class), delay);
}

/* The monitoring number stays. */
void arch_class_set(unsigned int class)
{
	uint64_t assoc = msr_read(MSR_PQR_ASSOC) & PQR_MONITOR;

	msr_write(MSR_PQR_ASSOC, assoc | (uint64_t)class << PQR_CLASS_SHIFT);
}

/* Eighths are in bits 3:1, sixteenths in bits 3:0; a field of 0 is reserved. */
void arch_clock_set(unsigned int step)
{
	uint64_t field = have.clock_steps == 16 ? step : step << 1;

	if (step >= have.clock_steps)
		msr_write(MSR_CLOCK_MODULATION, 0);
	else
		msr_write(MSR_CLOCK_MODULATION, field | CLOCK_MODULATION_ON);
}

static uint32_t apic_id(void)
{
	if (cpuid_query(0, 0).eax >= CPUID_TOPOLOGY &&
	    cpuid_query(CPUID_TOPOLOGY, 0).ebx != 0)
		return cpuid_query(CPUID_TOPOLOGY, 0).edx;
	return cpuid_query(CPUID_BASIC, 0).ebx >> 24;
}

/*
 * SDM vol. 2, CPUID leaf 4: EAX 4:0 type (0: no more), 25:14 threads that share
 * it less one, which a power of two of APIC ids is set aside for.
 */
unsigned int arch_cache_domain(void)
{
	uint32_t sharing = 1;
	unsigned int shift = 0;

	for (unsigned int n = 0; n < CACHES_MAX; n++) {
		uint32_t cache = cpuid_query(CPUID_CACHES, n).eax;

		if ((cache & 0x1f) == 0)
			break;
		sharing = (cache >> 14 & 0xfff) + 1;
	}
	while (1u << shift < sharing)
		shift++;
	return apic_id() >> shift;
}

void arch_cache_flush(void)
{
	cache_writeback();
}
