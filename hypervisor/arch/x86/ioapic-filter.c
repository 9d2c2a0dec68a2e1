/* SPDX-License-Identifier: GPL-2.0-only */
/* Redirection entries of guests: what of them the hardware gets. */
#include "ioapic.h"

#include "icr.h"

#define ENTRY_STATUS		(BIT(12) | BIT(14))	/* read-only */
#define ENTRY_MASKED		BIT(16)
#define ENTRY_MODE_SHIFT	8
#define ENTRY_LOGICAL		BIT(11)
#define ENTRY_DESTINATION_SHIFT	56
#define ENTRY_DESTINATION	(0xffull << ENTRY_DESTINATION_SHIFT)
#define ENTRY_VALID		(0x1ffffull | ENTRY_DESTINATION)
#define MODE_EXTINT		7u

/* The destination for these CPUs, in the manner of the entry. */
static uint64_t destination_of(const struct icr *icr, uint64_t targets,
			       const struct ioapic_route *route,
			       const struct icr_cpu *cpus, unsigned int count)
{
	uint64_t destination = 0;

	for (unsigned int i = 0; i < count; i++) {
		if (!(targets >> i & 1))
			continue;
		if (!icr->logical)
			return cpus[i].apic_id;
		destination |= route->x2apic ? BIT(cpus[i].apic_id & 15) :
					       cpus[i].ldr >> 24;
	}
	return destination & 0xff;
}

uint64_t ioapic_entry_filter(uint64_t entry, const struct ioapic_route *route,
			     const struct icr_cpu *cpus, unsigned int count)
{
	unsigned int mode = entry >> ENTRY_MODE_SHIFT & 7;
	struct icr icr = {
		.destination = (uint32_t)(entry >> ENTRY_DESTINATION_SHIFT),
		.vector = (uint8_t)entry,
		.mode = ICR_FIXED,
		.logical = entry & ENTRY_LOGICAL,
	};
	uint64_t targets;
	bool foreign;

	entry &= ENTRY_VALID & ~ENTRY_STATUS;
	if (mode == ICR_FIXED || mode == ICR_LOWEST) {
		if (!icr_allowed(&icr))
			return entry | ENTRY_MASKED;
	} else if (!route->is_root || (mode != MODE_EXTINT &&
				       mode != ICR_NMI)) {
		return entry | ENTRY_MASKED;
	}
	targets = icr_targets(&icr, cpus, count, 0, route->cell_cpus,
			      route->x2apic, &foreign);
	if (!targets)
		return entry | ENTRY_MASKED;
	return (entry & ~ENTRY_DESTINATION) |
	       destination_of(&icr, targets, route, cpus, count)
		       << ENTRY_DESTINATION_SHIFT;
}
