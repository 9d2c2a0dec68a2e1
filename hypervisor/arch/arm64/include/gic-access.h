/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The only way the interrupt controller code touches hardware: memory-mapped
 * registers and the system registers of the CPU interface. arch/fake has the
 * same names for host tests, as functions that a model answers.
 */
#ifndef ARM64_GIC_ACCESS_H
#define ARM64_GIC_ACCESS_H

#include "hv/types.h"

static inline uint32_t gic_mmio_read32(const volatile void *address)
{
	return *(const volatile uint32_t *)address;
}

static inline void gic_mmio_write32(volatile void *address, uint32_t value)
{
	*(volatile uint32_t *)address = value;
}

static inline void gic_mmio_write8(volatile void *address, uint8_t value)
{
	*(volatile uint8_t *)address = value;
}

static inline uint64_t gic_mmio_read64(const volatile void *address)
{
	return *(const volatile uint64_t *)address;
}

static inline void gic_mmio_write64(volatile void *address, uint64_t value)
{
	*(volatile uint64_t *)address = value;
}

/* `reg`: the register's architectural name in lower case. */
#define gic_read_sysreg(reg)                                                  \
	__extension__({                                                       \
		uint64_t sysreg_value;                                        \
		__asm__ volatile("mrs %0, " #reg : "=r"(sysreg_value));       \
		sysreg_value;                                                 \
	})

#define gic_write_sysreg(reg, value)                                          \
	__asm__ volatile("msr " #reg ", %x0" : : "rZ"((uint64_t)(value)))

/* Earlier stores are visible to other CPUs before a later SGI is. */
static inline void gic_dsb_ishst(void)
{
	__asm__ volatile("dsb ishst" : : : "memory");
}

static inline void gic_dsb_sy(void)
{
	__asm__ volatile("dsb sy" : : : "memory");
}

static inline void gic_isb(void)
{
	__asm__ volatile("isb" : : : "memory");
}

#endif
