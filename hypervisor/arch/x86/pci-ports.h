/* SPDX-License-Identifier: GPL-2.0-only */
/* PCI configuration space by its two ports. */
#ifndef X86_PCI_PORTS_H
#define X86_PCI_PORTS_H

#include "exits.h"
#include "msi.h"

/*
 * A port access of the root. True: it was to configuration space that is the
 * root's and is done, `*value` is what was read.
 */
bool pci_ports_access(const struct io_access *access, uint32_t *value);

/* The hypervisor's own; the root's address register stays as it is. */
extern const struct msi_bus pci_ports;

#endif
