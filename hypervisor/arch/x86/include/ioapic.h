/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * I/O interrupt controllers (Intel 82093AA; ICH datasheets, "APIC"): each pin
 * belongs to one cell, and interrupts its CPUs only.
 */
#ifndef X86_IOAPIC_H
#define X86_IOAPIC_H

#include "hv/cell.h"

#define IOAPIC_PINS_MAX		128u

/* Where a pin of a cell goes. */
struct ioapic_route {
	uint64_t cell_cpus;
	bool is_root;
	bool x2apic;
};

struct icr_cpu;

/*
 * A redirection entry as the hardware gets it: a logical destination without
 * CPUs of other cells; masked when none is left, or the entry is none a guest
 * may have. `cpus` are `count`. Pure.
 */
uint64_t ioapic_entry_filter(uint64_t entry, const struct ioapic_route *route,
			     const struct icr_cpu *cpus, unsigned int count);

/* The chips of the cell's configuration; the root's come first. */
int ioapic_cell_init(struct cell *cell, struct reason *reason);
/*
 * CPUs or pins changed hands: all entries anew, those of pins that did masked.
 * Under the management lock.
 */
void ioapic_config_commit(void);
/* Before the root gets its machine back: entries as it wrote them. */
void ioapic_restore(void);

#endif
