/* SPDX-License-Identifier: GPL-2.0-only */
/* Instructions that C has no words for. */
#ifndef X86_INSN_H
#define X86_INSN_H

#include "hv/types.h"

struct table_register {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

#define CR_ACCESS(n)							\
static inline uint64_t read_cr##n(void)					\
{									\
	uint64_t value;							\
									\
	__asm__ volatile("mov %%cr" #n ", %0" : "=r" (value));		\
	return value;							\
}									\
									\
static inline void write_cr##n(uint64_t value)				\
{									\
	__asm__ volatile("mov %0, %%cr" #n : : "r" (value) : "memory");	\
}

CR_ACCESS(0)
CR_ACCESS(2)
CR_ACCESS(3)
CR_ACCESS(4)

#define SELECTOR_READ(name)						\
static inline uint16_t read_##name(void)				\
{									\
	uint16_t value;							\
									\
	__asm__ volatile("mov %%" #name ", %0" : "=r" (value));		\
	return value;							\
}

SELECTOR_READ(cs)
SELECTOR_READ(ss)
SELECTOR_READ(ds)
SELECTOR_READ(es)
SELECTOR_READ(fs)
SELECTOR_READ(gs)

static inline uint16_t read_tr(void)
{
	uint16_t value;

	__asm__ volatile("str %0" : "=r" (value));
	return value;
}

static inline uint16_t read_ldtr(void)
{
	uint16_t value;

	__asm__ volatile("sldt %0" : "=r" (value));
	return value;
}

static inline uint64_t read_dr7(void)
{
	uint64_t value;

	__asm__ volatile("mov %%dr7, %0" : "=r" (value));
	return value;
}

static inline void write_dr7(uint64_t value)
{
	__asm__ volatile("mov %0, %%dr7" : : "r" (value));
}

static inline uint64_t read_tsc(void)
{
	uint64_t low, high;	/* it clears the upper halves */

	__asm__ volatile("rdtsc" : "=a" (low), "=d" (high) : : "memory");
	return high << 32 | low;
}

static inline uint64_t read_xcr0(void)
{
	uint32_t low, high;

	__asm__ volatile("xgetbv" : "=a" (low), "=d" (high) : "c" (0));
	return (uint64_t)high << 32 | low;
}

static inline void write_xcr0(uint64_t value)
{
	__asm__ volatile("xsetbv" : : "a" ((uint32_t)value),
			 "d" ((uint32_t)(value >> 32)), "c" (0));
}

#define PORT_ACCESS(suffix, type, reg)					\
static inline type port_read##suffix(uint16_t port)			\
{									\
	type value;							\
									\
	__asm__ volatile("in %1, %0" : "=a" (value) : "Nd" (port)	\
			 : "memory");					\
	return value;							\
}									\
									\
static inline void port_write##suffix(uint16_t port, type value)	\
{									\
	__asm__ volatile("out %0, %1" : : "a" (value), "Nd" (port)	\
			 : "memory");					\
}

PORT_ACCESS(8, uint8_t, b)
PORT_ACCESS(16, uint16_t, w)
PORT_ACCESS(32, uint32_t, l)

#endif
