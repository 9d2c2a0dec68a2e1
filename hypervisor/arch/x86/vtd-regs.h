/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Registers and tables of remapping units: Intel Virtualization Technology for
 * Directed I/O, revision 3.3 (VT-d): registers in chapter 11, tables in 9.
 * Host tests supply the accesses, behind which they model a unit.
 */
#ifndef X86_VTD_REGS_H
#define X86_VTD_REGS_H

#include "hv/types.h"

#define VTD_VERSION		0x00
#define VTD_CAP			0x08
#define VTD_ECAP		0x10
#define VTD_COMMAND		0x18
#define VTD_STATUS		0x1c
#define VTD_ROOT		0x20
#define VTD_FAULT_STATUS	0x34
#define VTD_FAULT_CONTROL	0x38
#define VTD_FAULT_DATA		0x3c
#define VTD_FAULT_ADDRESS	0x40
#define VTD_FAULT_ADDRESS_HIGH	0x44
#define VTD_QUEUE_HEAD		0x80
#define VTD_QUEUE_TAIL		0x88
#define VTD_QUEUE_ADDRESS	0x90
#define VTD_INTERRUPT_TABLE	0xb8

/* VTD_CAP, 11.4.2 */
#define CAP_DOMAINS(cap)	(1u << (4 + 2 * ((cap) & 7)))
#define CAP_WRITE_BUFFER	BIT(4)
#define CAP_WIDTH_39		BIT(9)	/* three levels */
#define CAP_WIDTH_48		BIT(10)	/* four */
#define CAP_ADDRESS_BITS(cap)	((unsigned int)((cap) >> 16 & 0x3f) + 1)
#define CAP_FAULTS_OFFSET(cap)	((unsigned int)((cap) >> 24 & 0x3ff) * 16)
#define CAP_BLOCK_2M		BIT(34)
#define CAP_BLOCK_1G		BIT(35)
#define CAP_FAULTS(cap)		((unsigned int)((cap) >> 40 & 0xff) + 1)

/* VTD_ECAP, 11.4.3 */
#define ECAP_COHERENT		BIT(0)
#define ECAP_QUEUE		BIT(1)
#define ECAP_INTERRUPTS		BIT(3)
#define ECAP_X2APIC		BIT(4)

/* VTD_COMMAND and VTD_STATUS, 11.4.4: the same bits */
#define COMMAND_TRANSLATE	(1u << 31)
#define COMMAND_SET_ROOT	(1u << 30)
#define COMMAND_FLUSH_BUFFER	(1u << 27)
#define COMMAND_QUEUE		(1u << 26)
#define COMMAND_INTERRUPTS	(1u << 25)
#define COMMAND_SET_TABLE	(1u << 24)
/* What stays on when another bit is written; the others are done once. */
#define STATUS_LASTING		0x96ffffffu

/* VTD_FAULT_STATUS, 11.4.9; VTD_FAULT_CONTROL */
#define FAULT_OVERFLOW		BIT(0)
#define FAULT_PENDING		BIT(1)
#define FAULT_QUEUE		(BIT(4) | BIT(5) | BIT(6))
#define FAULT_INDEX(status)	((status) >> 8 & 0xff)
#define FAULT_MASKED		(1u << 31)
/* A record, 11.4.14: its last 32 bits. */
#define RECORD_FAULT		(1u << 31)
#define RECORD_READ		(1u << 30)
#define RECORD_REASON(word)	((word) & 0xff)
#define REASON_INTERRUPTS	0x20u	/* from here on */

/* The message that reports faults: NMI, to one CPU (SDM vol. 3, 10.11). */
#define MESSAGE_ADDRESS		0xfee00000u
#define MESSAGE_NMI		0x400u

/* Root and context entries, 9.1 and 9.3. 128 bits each. */
#define ENTRY_PRESENT		BIT(0)
#define CONTEXT_WIDTH(levels)	((levels) - 2ull)
#define CONTEXT_DOMAIN_SHIFT	8

/* Second-level entries, 9.8 */
#define SECOND_READ		BIT(0)
#define SECOND_WRITE		BIT(1)
#define SECOND_BLOCK		BIT(7)
#define SECOND_ADDRESS		0x000ffffffffff000ull

/* Descriptors of the queue, 6.5.2. 128 bits each. */
#define QUEUE_ENTRIES		256u	/* a page */
#define QUEUE_SHIFT		4	/* of head and tail */
#define INVALIDATE_CONTEXT	(1ull | 1ull << 4)		/* all */
#define INVALIDATE_TLB		(2ull | 1ull << 4 | 3ull << 6)	/* all, drained */
#define INVALIDATE_INTERRUPTS	4ull				/* all */
#define INVALIDATE_WAIT		(5ull | BIT(5))	/* status data: high half */

/* Interrupt remapping: VTD_INTERRUPT_TABLE, entries (9.10). */
#define TABLE_X2APIC		BIT(11)
#define INTERRUPT_LOGICAL	BIT(2)
#define INTERRUPT_LEVEL		BIT(4)
#define INTERRUPT_MODE_SHIFT	5
#define INTERRUPT_VECTOR_SHIFT	16
#define INTERRUPT_XAPIC_SHIFT	40
#define INTERRUPT_X2APIC_SHIFT	32
#define INTERRUPT_CHECK_SOURCE	BIT(18)	/* of the high half: all 16 bits */

#ifdef WEIR_HOST
uint32_t vtd_read32(const volatile uint8_t *registers, unsigned int offset);
uint64_t vtd_read64(const volatile uint8_t *registers, unsigned int offset);
void vtd_write32(volatile uint8_t *registers, unsigned int offset,
		 uint32_t value);
void vtd_write64(volatile uint8_t *registers, unsigned int offset,
		 uint64_t value);
/* Makes the line that holds it visible to units that do not look in caches. */
void vtd_flush_line(const volatile void *address);
#else
static inline uint32_t vtd_read32(const volatile uint8_t *registers,
				  unsigned int offset)
{
	return *(const volatile uint32_t *)(const volatile void *)
		(registers + offset);
}

static inline uint64_t vtd_read64(const volatile uint8_t *registers,
				  unsigned int offset)
{
	return *(const volatile uint64_t *)(const volatile void *)
		(registers + offset);
}

static inline void vtd_write32(volatile uint8_t *registers, unsigned int offset,
			       uint32_t value)
{
	*(volatile uint32_t *)(volatile void *)(registers + offset) = value;
}

static inline void vtd_write64(volatile uint8_t *registers, unsigned int offset,
			       uint64_t value)
{
	*(volatile uint64_t *)(volatile void *)(registers + offset) = value;
}

static inline void vtd_flush_line(const volatile void *address)
{
	__asm__ volatile("clflush (%0)" : : "r"(address) : "memory");
}
#endif

#endif
