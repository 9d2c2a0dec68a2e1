/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * QEMU's device edu, which copies to and from memory when told, and interrupts:
 * QEMU, docs/specs/edu.rst. `registers` is its memory, mapped.
 */
#ifndef IOMMU_EDU_H
#define IOMMU_EDU_H

#include <stdbool.h>
#include <stdint.h>

#define EDU_ID			0x11e81234u	/* word 0 of configuration space */
#define EDU_BAR			0x10		/* offset there */
#define EDU_COMMAND		0x04
#define EDU_COMMAND_ON		0x6u		/* memory, and being a master */
#define EDU_BYTES		0x100000u	/* of its memory */

/*
 * From memory to the device's buffer or back, at the addresses the device uses;
 * from byte `at` of the buffer of 4096. Returns when the device is done, in a
 * tenth of a second; false when it never is.
 */
bool edu_read(volatile uint8_t *registers, uint64_t address, uint32_t bytes,
	      uint32_t at);
bool edu_write(volatile uint8_t *registers, uint64_t address, uint32_t bytes,
	       uint32_t at);
/* Sends its interrupt, once. */
void edu_interrupt(volatile uint8_t *registers);

#endif
