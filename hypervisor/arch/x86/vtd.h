/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Remapping units (Intel VT-d): what devices of a cell reach, and where their
 * interrupts go. README.md says how.
 *
 * All units walk the same tables. Setup and management calls only, under the
 * management lock, unless said.
 */
#ifndef X86_VTD_H
#define X86_VTD_H

#include "hv/cell.h"

/*
 * Maps the units of the configuration and looks whether they suit; one line on
 * the console says what there is. Nothing is turned on. -ENODEV, -EBUSY,
 * -ENOMEM with a line that says why. Without units 0.
 */
int vtd_init(bool x2apic);
/*
 * Translation and interrupt remapping begin; faults are reported to the CPU
 * with this APIC id, as NMIs. -EIO: a unit does not answer.
 */
int vtd_enable(uint32_t apic_id);
/* From now on faults are reported to this CPU. Under the management lock. */
void vtd_report_to(uint32_t apic_id);
/* Both end. Any number of times. */
void vtd_restore(void);

/*
 * Tables for the cell and its devices. vtd_cell_exit() undoes it; a cell that
 * had devices is not among the others any more.
 */
int vtd_cell_init(struct cell *cell, struct reason *reason);
void vtd_cell_exit(const struct cell *cell);
/*
 * The cell's devices reach this region, if it is marked so; or nothing there any
 * more. When they return no unit uses what was before. -ENOMEM, -EIO, -ERANGE.
 */
int vtd_map(const struct cell *cell, const struct memory_region *region);
int vtd_unmap(const struct cell *cell, const struct memory_region *region);
/* Each device is its cell's; devices of no cell reach nothing. */
int vtd_config_commit(void);

/*
 * Prints and clears what units have recorded; false when there was nothing.
 * From the NMI's handling before an entry, any CPU.
 */
bool vtd_faults_report(void);

/* An interrupt, as the local interrupt controllers see it. */
struct vtd_interrupt {
	uint32_t destination;
	uint8_t vector;
	uint8_t mode;		/* of delivery: SDM vol. 3, 10.6.1 */
	bool logical;
	bool level;
};

#define VTD_HANDLES		4096u

/* Whether interrupts of devices pass through a table: vtd_interrupt_set(). */
bool vtd_remaps_interrupts(void);
/*
 * Interrupt `number` of the device `source` (its address on the bus) goes there.
 * Returns its handle, or -ENOMEM, -EIO. NULL: nowhere; the handle is free.
 */
int vtd_interrupt_set(uint16_t source, uint16_t number,
		      const struct vtd_interrupt *interrupt);
/* All of a device go nowhere. */
int vtd_interrupts_drop(uint16_t source);

/* What a device has to write for a handle (VT-d, 5.1.2.2); the data are 0. */
uint32_t vtd_message_address(unsigned int handle);
/* What messages of an IOAPIC say where they are from; `id` as in its irqchip. */
uint16_t vtd_pin_source(uint32_t id);
/* The entry of an IOAPIC for it (5.1.5.1); the rest as in `entry`. */
uint64_t vtd_pin_entry(unsigned int handle, uint64_t entry);

#endif
