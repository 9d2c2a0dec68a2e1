// SPDX-License-Identifier: GPL-2.0-only
/* Instructions that may trap: the exception is the answer. */
#include "root.h"

/* When the instruction between 1: and 2: faults, go on behind it. */
#define PROBE(instruction)                                                    \
	"1:\t" instruction "\n2:\n\t"                                         \
	".pushsection .fixups, \"a\"\n\t.quad 1b, 2b\n\t.popsection"

static void probe_begin(void)
{
	cpu_this()->trapped = NO_TRAP;
}

static uint32_t probe_end(void)
{
	return cpu_this()->trapped;
}

uint32_t probe_rdmsr(uint32_t msr, uint64_t *value)
{
	uint32_t low = 0, high = 0;

	probe_begin();
	__asm__ volatile(PROBE("rdmsr")
			 : "+a"(low), "+d"(high) : "c"(msr) : "memory");
	*value = low | (uint64_t)high << 32;
	return probe_end();
}

uint32_t probe_wrmsr(uint32_t msr, uint64_t value)
{
	probe_begin();
	__asm__ volatile(PROBE("wrmsr")
			 :: "c"(msr), "a"((uint32_t)value),
			    "d"((uint32_t)(value >> 32)) : "memory");
	return probe_end();
}

uint32_t probe_read32(uint64_t phys, uint32_t *value)
{
	uint32_t got = 0;

	probe_begin();
	__asm__ volatile(PROBE("movl (%1), %0")
			 : "+r"(got) : "r"(direct(phys)) : "memory");
	*value = got;
	return probe_end();
}

uint32_t probe_write32(uint64_t phys, uint32_t value)
{
	probe_begin();
	__asm__ volatile(PROBE("movl %0, (%1)")
			 :: "r"(value), "r"(direct(phys)) : "memory");
	return probe_end();
}

uint32_t probe_write_cr0(uint64_t value)
{
	probe_begin();
	__asm__ volatile(PROBE("mov %0, %%cr0") :: "r"(value) : "memory");
	return probe_end();
}

uint32_t probe_write_cr4(uint64_t value)
{
	probe_begin();
	__asm__ volatile(PROBE("mov %0, %%cr4") :: "r"(value) : "memory");
	return probe_end();
}

uint32_t probe_xsetbv(uint32_t index, uint64_t value)
{
	probe_begin();
	__asm__ volatile(PROBE("xsetbv")
			 :: "c"(index), "a"((uint32_t)value),
			    "d"((uint32_t)(value >> 32)) : "memory");
	return probe_end();
}

uint32_t probe_vmxoff(void)
{
	probe_begin();
	__asm__ volatile(PROBE("vmxoff") ::: "memory", "cc");
	return probe_end();
}
