/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shares by registers of the CPU: the Armv8-A cores this runs on have none.
 * What is found absent is never set.
 */
#include "hv/arch/partition.h"

#include "hv/errno.h"

int arch_cache_probe(unsigned int level, struct arch_cache_caps *caps,
		     const char **why)
{
	(void)level;
	(void)caps;
	*why = "this CPU cannot divide its caches by ways";
	return -ENODEV;
}

int arch_delay_probe(struct arch_delay_caps *caps, const char **why)
{
	(void)caps;
	*why = "this CPU cannot delay its memory accesses";
	return -ENODEV;
}

int arch_clock_probe(struct arch_clock_caps *caps, const char **why)
{
	(void)caps;
	*why = "this CPU has no clock modulation";
	return -ENODEV;
}

int arch_cache_assume(unsigned int level)
{
	(void)level;
	return -ENODEV;
}

void arch_partition_cpu_init(unsigned int split, unsigned int classes)
{
	(void)split;
	(void)classes;
}

void arch_partition_restore(void)
{
}

void arch_cache_set(unsigned int level, unsigned int class, uint64_t data,
		    uint64_t code)
{
	(void)level;
	(void)class;
	(void)data;
	(void)code;
}

void arch_delay_set(unsigned int class, unsigned int delay)
{
	(void)class;
	(void)delay;
}

void arch_class_set(unsigned int class)
{
	(void)class;
}

void arch_clock_set(unsigned int step)
{
	(void)step;
}

unsigned int arch_cache_domain(void)
{
	return 0;
}

void arch_cache_flush(void)
{
}
