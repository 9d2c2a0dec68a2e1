/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Message interrupts of PCI functions: what a guest programs is kept, and the
 * device gets it when it names CPUs of the guest's cell and a vector it may
 * use; else the device's messages stay off. PCI Local Bus Specification 3.0, 6.8;
 * Intel SDM vol. 3, 10.11.
 */
#ifndef X86_MSI_H
#define X86_MSI_H

#include "hv/cell.h"

#define MSI_FUNCTIONS_MAX	64u	/* that have had a message programmed */
#define MSIX_VECTORS_MAX	512u	/* of all devices that are listed */

/* A message as a guest or a device has it. */
struct msi_message {
	uint32_t address;
	uint32_t address_high;
	uint32_t data;
};

/*
 * What the device has to send for `wanted`, of vector `number` of a function.
 * False: nothing, and it must not. With remapping units the entry of the table
 * follows; without, destinations lose CPUs that are not the cell's.
 */
bool msi_translate(const struct cell *cell, uint16_t bdf, uint16_t number,
		   const struct msi_message *wanted,
		   struct msi_message *device);

/* Configuration space of a machine: 32 bits at a time, below 256 bytes. */
struct msi_bus {
	uint32_t (*read)(uint16_t bdf, unsigned int offset);
	void (*write)(uint16_t bdf, unsigned int offset, uint32_t value);
};

/* Once in setup: nothing is programmed, hardware is there. */
void msi_init(const struct msi_bus *bus);
/*
 * An access of 1, 2 or 4 bytes, aligned, by a CPU of the cell whose the function
 * is. True: it was about messages, and is done; `value` is what was read.
 */
bool msi_config_access(const struct cell *cell, uint16_t bdf,
		       unsigned int offset, unsigned int size, bool is_write,
		       uint32_t *value);

/*
 * Functions of a cell that are programmed already go on, by the rules above: in
 * setup of the root. -ENOMEM.
 */
int msi_adopt(const struct cell *cell);
/* Messages of functions that have another owner are off, and forgotten. */
void msi_config_commit(void);
/* Before the root gets its machine back: messages as it wrote them. */
void msi_restore(void);

/*
 * Tables of messages in memory (MSI-X), of the devices whose configuration says
 * where: the pages trap. The root's come first; a cell has only what is one of
 * the root's.
 */
int msix_cell_init(struct cell *cell, struct reason *reason);
/* The part of a region that is pages of the n-th table; false: none. */
unsigned int msix_tables_count(void);
bool msix_page_within(unsigned int n, const struct memory_region *region,
		      uint64_t *virt, uint64_t *bytes);
/* As for configuration space. */
void msix_config_commit(void);
void msix_restore(void);

#endif
