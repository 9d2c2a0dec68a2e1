/* SPDX-License-Identifier: GPL-2.0-only */
/* Shares on the fake: registers that anything can be written to. */
#include "fake.h"
#include "hv/arch/cpu.h"
#include "hv/arch/partition.h"
#include "hv/errno.h"

struct fake_partition fake_partition;

int arch_cache_probe(unsigned int level, struct arch_cache_caps *caps,
		     const char **why)
{
	unsigned int ways = fake_partition.ways[level];

	if (!ways || fake_partition.silent) {
		*why = "the fake was told of no such cache";
		return -ENODEV;
	}
	*caps = (struct arch_cache_caps){
		.ways = ways,
		.ways_min = 1,
		.classes = fake_partition.classes,
		.code_data = fake_partition.code_data,
		.sparse = fake_partition.sparse,
	};
	return 0;
}

int arch_delay_probe(struct arch_delay_caps *caps, const char **why)
{
	*why = "the fake was told of no delays";
	if (!fake_partition.delays)
		return -ENODEV;
	*caps = (struct arch_delay_caps){
		.classes = fake_partition.classes,
		.delay_max = 90,
		.linear = true,
	};
	return 0;
}

int arch_clock_probe(struct arch_clock_caps *caps, const char **why)
{
	*why = "the fake was told of no clock";
	caps->steps = fake_partition.clock_steps;
	return caps->steps ? 0 : -ENODEV;
}

int arch_cache_assume(unsigned int level)
{
	return fake_partition.ways[level] ? 0 : -ENODEV;
}

void arch_partition_cpu_init(unsigned int split, unsigned int classes)
{
	(void)classes;
	fake_partition.split = split;
}

void arch_partition_restore(void)
{
	fake_partition.restores++;
}

static struct fake_shares *own(void)
{
	return &fake_partition.cpu[this_cpu()->id];
}

void arch_cache_set(unsigned int level, unsigned int class, uint64_t data,
		    uint64_t code)
{
	own()->data[level] = data;
	own()->code[level] = code;
	own()->class_of_masks = class;
}

void arch_delay_set(unsigned int class, unsigned int delay)
{
	(void)class;
	own()->delay = delay;
}

void arch_class_set(unsigned int class)
{
	own()->class = class;
}

void arch_clock_set(unsigned int step)
{
	own()->clock_step = step;
}

unsigned int arch_cache_domain(void)
{
	return this_cpu()->id / 2;
}

void arch_cache_flush(void)
{
	own()->flushes++;
}
