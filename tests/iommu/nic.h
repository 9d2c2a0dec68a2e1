/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * As much of QEMU's device e1000e as it takes to make it send a message of its
 * table (MSI-X): Intel, 82574 GbE Controller Family Datasheet, sections 9.3.6
 * (capability) and 10.2.4 (interrupt registers).
 */
#ifndef IOMMU_NIC_H
#define IOMMU_NIC_H

#include <stdint.h>

#define NIC_ID			0x10d38086u
#define NIC_BAR_REGISTERS	0x10
#define NIC_BAR_TABLE		0x1c
#define NIC_MESSAGES_ON		0x80000000u	/* in its word 0 */

#define NIC_CAUSE_SET		0xc8
#define NIC_CAUSES_ON		0xd0
#define NIC_CAUSES_CLEARED	0xdc		/* once a message is sent */
#define NIC_CAUSES_MESSAGES	0xe4
#define NIC_CAUSE_RECEIVED	(1u << 20)
#define NIC_RECEIVED_VALID	(1u << 3)	/* above the message's number */

static inline void nic_write(volatile uint8_t *registers, unsigned int offset,
			     uint32_t value)
{
	*(volatile uint32_t *)(volatile void *)(registers + offset) = value;
}

/* Sends message `number` of its table, once. */
static inline void nic_interrupt(volatile uint8_t *registers,
				 unsigned int number)
{
	nic_write(registers, NIC_CAUSES_MESSAGES, NIC_RECEIVED_VALID | number);
	nic_write(registers, NIC_CAUSES_CLEARED, NIC_CAUSE_RECEIVED);
	nic_write(registers, NIC_CAUSES_ON, NIC_CAUSE_RECEIVED);
	nic_write(registers, NIC_CAUSE_SET, NIC_CAUSE_RECEIVED);
}

#endif
