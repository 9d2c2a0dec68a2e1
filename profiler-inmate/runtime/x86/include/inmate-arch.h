/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Guests on x86, in 64-bit or in 32-bit mode: the first and the fourth gigabyte
 * mapped to the same physical addresses, the fourth as device memory.
 */
#ifndef INMATE_ARCH_H
#define INMATE_ARCH_H

#include <stdbool.h>
#include <stdint.h>

#define INMATE_COMM_REGION	comm_region_x86
#define INMATE_COMM_BASE	0x100000ull
/* The communication region lies behind it. */
#define INMATE_RAM_BYTES	(1ull << 20)
#define INMATE_HOLE_BASE	INMATE_COMM_BASE
#define INMATE_HOLE_END		0x200000ull
/* What the cell shares with the root cell. */
#define INMATE_SHARED_BASE	0x10000000ull
/* There is none. */
#define INMATE_MEMSYS_PAGE	0ull

/* uint64_t in inmate_printf(). */
#ifdef __x86_64__
#define U64			"lu"
#else
#define U64			"llu"
#endif

/* --- exception.c -------------------------------------------------------- */

#ifdef __x86_64__
struct exception_frame {
	uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
	uint64_t rdi, rsi, rbp, rbx, rdx, rcx, rax;
	uint64_t vector, error, rip, cs, rflags, rsp, ss;
};
#else
struct exception_frame {
	uint32_t rdi, rsi, rbp, rbx, rdx, rcx, rax;
	uint32_t vector, error, rip, cs, rflags;
};
#endif

/*
 * Asked before an exception ends the guest; true when it has changed `frame`
 * so that the guest can go on.
 */
extern bool (*exception_hook)(struct exception_frame *frame);

/* Interrupt gates for vectors 0 to 63 of this CPU. */
void exceptions_init(void);

/* --- apic.c: the local APIC through x2APIC MSRs ------------------------- */

#define IRQ_TIMER		32

/* The CPU this runs on. */
uint32_t apic_id(void);
/* Destination in the upper half, command in the lower (SDM 3A, 10.12.9). */
void apic_command(uint64_t command);

static inline void irq_unmask(void)
{
	__asm__ volatile("sti" ::: "memory");
}

static inline void irq_mask(void)
{
	__asm__ volatile("cli" ::: "memory");
}

/* In loops that wait for another CPU. */
static inline void inmate_relax(void)
{
	__asm__ volatile("pause" ::: "memory");
}

/* Sleeps, masked, until an interrupt is pending, and takes it. */
static inline void irq_wait(void)
{
	__asm__ volatile("sti\n\thlt\n\tcli" ::: "memory");
}

/* --- single instructions ------------------------------------------------ */

static inline uint64_t inmate_rdmsr(uint32_t msr)
{
	uint32_t low, high;

	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr) : "memory");
	return low | (uint64_t)high << 32;
}

static inline void inmate_wrmsr(uint32_t msr, uint64_t value)
{
	__asm__ volatile("wrmsr" :: "c"(msr), "a"((uint32_t)value),
			 "d"((uint32_t)(value >> 32)) : "memory");
}

static inline void inmate_outb(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" :: "a"(value), "Nd"(port) : "memory");
}

static inline uint8_t inmate_inb(uint16_t port)
{
	uint8_t value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port) : "memory");
	return value;
}

#endif
