/* SPDX-License-Identifier: GPL-2.0-only */
/* PCI configuration space (ECAM) as the cells see it. */
#ifndef HV_PCI_H
#define HV_PCI_H

#include "reason.h"
#include "types.h"

/*
 * Registers the moderated configuration space where the cell needs one. Under
 * the management lock or in setup; its configuration is in place. Nothing to
 * undo but the cell's mmio space.
 */
int pci_cell_init(struct cell *cell, struct reason *reason);

/* Whether a cell besides the root has this function. */
bool pci_taken_from_root(uint16_t bdf);

/* The cell that has this function; the root has what no other lists. */
const struct cell *pci_owner(uint16_t bdf);

/*
 * Where the architecture checks message interrupts: an access of 1, 2 or 4 bytes
 * by a CPU of the cell that owns the function. True: it has been done.
 */
typedef bool (*pci_message_access)(const struct cell *cell, uint16_t bdf,
				   unsigned int offset, unsigned int size,
				   bool is_write, uint32_t *value);
void pci_messages_check(pci_message_access access);

#endif
