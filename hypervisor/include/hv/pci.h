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

#endif
