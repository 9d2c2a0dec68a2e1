/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Registers and structures of an SMMUv3 (Arm IHI 0070; sections in brackets).
 * The only way its code touches hardware, which host tests answer by a model.
 */
#ifndef ARM64_SMMU_REGS_H
#define ARM64_SMMU_REGS_H

#include "hv/types.h"

/* [6.1] Two pages of 64 KiB; the event queue's indices are in the second. */
#define SMMU_BYTES		0x20000u
#define SMMU_IDR0		0x000u
#define SMMU_IDR1		0x004u
#define SMMU_IDR3		0x00cu
#define SMMU_IDR5		0x014u
#define SMMU_CR0		0x020u
#define SMMU_CR0ACK		0x024u
#define SMMU_CR1		0x028u
#define SMMU_CR2		0x02cu
#define SMMU_IRQ_CTRL		0x050u
#define SMMU_IRQ_CTRLACK	0x054u
#define SMMU_GERROR		0x060u
#define SMMU_GERRORN		0x064u
#define SMMU_STRTAB_BASE	0x080u	/* 64 bits */
#define SMMU_STRTAB_BASE_CFG	0x088u
#define SMMU_CMDQ_BASE		0x090u	/* 64 bits */
#define SMMU_CMDQ_PROD		0x098u
#define SMMU_CMDQ_CONS		0x09cu
#define SMMU_EVENTQ_BASE	0x0a0u	/* 64 bits */
#define SMMU_EVENTQ_PROD	0x100a8u
#define SMMU_EVENTQ_CONS	0x100acu

/* IDR0 [6.3.1] */
#define IDR0_STAGE2		BIT(0)
#define IDR0_AARCH64		BIT(3)	/* of TTF */
#define IDR0_COHERENT		BIT(4)
#define IDR0_ENDIAN(idr0)	((idr0) >> 21 & 3)
#define ENDIAN_BIG		3u
#define IDR0_STALLS(idr0)	((idr0) >> 24 & 3)
#define STALLS_ALWAYS		2u
#define IDR0_TWO_LEVEL		BIT(27)
/* IDR1 [6.3.2] */
#define IDR1_STREAM_BITS(idr1)	((idr1) & 0x3f)
#define IDR1_EVENTS(idr1)	((idr1) >> 16 & 0x1f)
#define IDR1_COMMANDS(idr1)	((idr1) >> 21 & 0x1f)
#define IDR1_FIXED		(BIT(28) | BIT(29) | BIT(30))
/* IDR3 [6.3.4]: what may change its size without a break [3.21.1.3] */
#define IDR3_RESIZE(idr3)	((idr3) >> 11 & 3)
#define RESIZE_FREELY		2u
/* IDR5 [6.3.6] */
#define IDR5_ADDRESS(idr5)	((idr5) & 7)
#define IDR5_4K			BIT(4)

/* CR0 [6.3.9], CR1 [6.3.11], CR2 [6.3.12] */
#define CR0_TRANSLATE		BIT(0)
#define CR0_EVENTS		BIT(2)
#define CR0_COMMANDS		BIT(3)
#define CR1_COHERENT		0xd75u	/* write-back, inner shareable */
#define CR2_BAD_STREAMS		BIT(1)	/* are recorded */
#define CR2_PRIVATE_TLB		BIT(2)	/* CPUs' broadcasts do not matter */

/* GERROR [6.3.18] */
#define GERROR_COMMAND		BIT(0)
#define GERROR_KNOWN		0x1fdu

/* STRTAB_BASE_CFG [6.3.25] */
#define STREAMS_TWO_LEVEL	BIT(16)
#define STREAMS_SPLIT_SHIFT	6

/* Queues [3.5.1]: indices have one more bit, which tells full from empty. */
#define QUEUE_MAX_LOG2		19u
#define COMMAND_WORDS		2u
#define COMMANDS_LOG2		8u	/* a page */
#define COMMANDS_ERROR(cons)	((cons) >> 24 & 0x7f)
#define EVENT_WORDS		4u
#define EVENTS_LOG2		7u	/* a page */
#define EVENTS_OVERFLOW		BIT(31)	/* of both indices */

/* Commands [4.2 to 4.7] */
#define COMMAND_FORGET_STREAMS	0x04ull	/* CFGI_ALL */
#define FORGET_ALL_HIGH		31ull
#define COMMAND_FORGET_VMID	0x28ull	/* TLBI_S12_VMALL */
#define COMMAND_VMID_SHIFT	32
#define COMMAND_FORGET_TLB	0x30ull	/* TLBI_NSNH_ALL */
#define COMMAND_SYNC		0x46ull

/* Events [7.3] */
#define EVENT_TYPE(word0)	((word0) & 0xff)
#define EVENT_STREAM(word0)	((uint32_t)((word0) >> 32))
#define EVENT_READ(word1)	((word1) >> 35 & 1)
#define EVENT_UNSUPPORTED	0x01u
#define EVENT_ADDRESSES		0x10u	/* from here on they name one */
#define EVENT_ADDRESSES_LAST	0x13u

/* First-level descriptors of streams [5.1]: 64 entries, a page, each. */
#define STREAM_SPLIT		6u
#define STREAM_SPAN		7ull
#define STREAM_POINTER		0x000fffffffffffc0ull
/* Stream table entries [5.2] */
#define STREAM_WORDS		8u
#define STREAM_VALID		BIT(0)
#define STREAM_STAGE2		(6ull << 1)
#define STREAM_SHARED_AS_IS	BIT(44)		/* word 1 */
#define STREAM_VTCR_SHIFT	32		/* word 2 */
#define STREAM_AARCH64		BIT(51)
#define STREAM_RECORD		BIT(58)
/* As in VTCR_EL2: walks write-back and inner shareable, or past caches. */
#define VTCR_START_SHIFT	6
#define VTCR_COHERENT		0x3500ull
#define VTCR_ADDRESS_SHIFT	16

#ifdef WEIR_HOST
uint32_t smmu_read32(const volatile uint8_t *registers, unsigned int offset);
void smmu_write32(volatile uint8_t *registers, unsigned int offset,
		  uint32_t value);
uint64_t smmu_read64(const volatile uint8_t *registers, unsigned int offset);
void smmu_write64(volatile uint8_t *registers, unsigned int offset,
		  uint64_t value);
/* What was written before is visible to the unit before what comes after. */
void smmu_barrier(void);
/* Cleans and drops the cache lines of it, for units that do not look there. */
void smmu_flush(const volatile void *address, size_t bytes);
#else
#include "hv/arch/cpu.h"

static inline uint32_t smmu_read32(const volatile uint8_t *registers,
				   unsigned int offset)
{
	return *(const volatile uint32_t *)(const volatile void *)
		(registers + offset);
}

static inline void smmu_write32(volatile uint8_t *registers,
				unsigned int offset, uint32_t value)
{
	*(volatile uint32_t *)(volatile void *)(registers + offset) = value;
}

static inline uint64_t smmu_read64(const volatile uint8_t *registers,
				   unsigned int offset)
{
	return *(const volatile uint64_t *)(const volatile void *)
		(registers + offset);
}

static inline void smmu_write64(volatile uint8_t *registers,
				unsigned int offset, uint64_t value)
{
	*(volatile uint64_t *)(volatile void *)(registers + offset) = value;
}

static inline void smmu_barrier(void)
{
	__asm__ volatile("dsb sy" : : : "memory");
}

static inline void smmu_flush(const volatile void *address, size_t bytes)
{
	arch_dcache_flush(address, bytes);
}
#endif

#endif
