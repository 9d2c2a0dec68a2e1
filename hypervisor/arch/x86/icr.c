/* SPDX-License-Identifier: GPL-2.0-only */
/* Interrupt commands, taken apart. */
#include "icr.h"

#define ICR_VECTOR		0xffu
#define ICR_MODE_SHIFT		8
#define ICR_MODE_MASK		7u
#define ICR_LOGICAL		(1u << 11)
#define ICR_SHORTHAND_SHIFT	18
#define XAPIC_DESTINATION_SHIFT	24
#define XAPIC_BROADCAST		0xffu
#define X2APIC_BROADCAST	0xffffffffu
#define LDR_SHIFT		24
#define VECTOR_FIRST		16u

struct icr icr_decode(uint32_t high, uint32_t low, bool x2apic)
{
	struct icr icr = {
		.destination = x2apic ? high : high >> XAPIC_DESTINATION_SHIFT,
		.vector = (uint8_t)(low & ICR_VECTOR),
		.mode = (uint8_t)(low >> ICR_MODE_SHIFT & ICR_MODE_MASK),
		.shorthand = (uint8_t)(low >> ICR_SHORTHAND_SHIFT & 3),
		.logical = low & ICR_LOGICAL,
	};

	icr.deassert = icr.mode == ICR_INIT && (low & ICR_TRIGGER_LEVEL) &&
		       !(low & ICR_LEVEL_ASSERT);
	return icr;
}

uint32_t icr_single(const struct icr *icr)
{
	uint32_t mode = icr->mode == ICR_LOWEST ? ICR_FIXED : icr->mode;

	return mode << ICR_MODE_SHIFT | icr->vector | ICR_LEVEL_ASSERT;
}

/* Clusters of 16 (10.12.10.2); xAPICs: the flat model, 8 bits. */
static bool matches_logical(const struct icr *icr, const struct icr_cpu *cpu,
			    bool x2apic)
{
	if (!x2apic)
		return cpu->ldr >> LDR_SHIFT & icr->destination;
	return icr->destination >> 16 == cpu->apic_id >> 4 &&
	       (icr->destination >> (cpu->apic_id & 15) & 1);
}

static bool is_broadcast(const struct icr *icr, bool x2apic)
{
	return icr->destination == (x2apic ? X2APIC_BROADCAST :
					     XAPIC_BROADCAST);
}

static bool matches(const struct icr *icr, const struct icr_cpu *cpu,
		    bool x2apic)
{
	if (icr->logical)
		return matches_logical(icr, cpu, x2apic);
	return icr->destination == cpu->apic_id;
}

uint64_t icr_targets(const struct icr *icr, const struct icr_cpu *cpus,
		     unsigned int count, unsigned int self, uint64_t cell_cpus,
		     bool x2apic, bool *foreign)
{
	uint64_t named = 0;
	unsigned int rank = 0;

	*foreign = false;
	if (icr->shorthand == ICR_SELF)
		return BIT(self);
	if (icr->shorthand == ICR_OTHERS)
		return cell_cpus & ~BIT(self);
	if (icr->shorthand == ICR_ALL || is_broadcast(icr, x2apic))
		return cell_cpus;
	for (unsigned int i = 0; i < count; i++) {
		if (cpus[i].exists && matches(icr, &cpus[i], x2apic))
			named |= BIT(i);
	}
	*foreign = (named & ~cell_cpus) || !named;
	named &= cell_cpus;
	if (icr->mode != ICR_LOWEST || !named)
		return named;
	/* One of them takes it: the first. */
	while (!(named >> rank & 1))
		rank++;
	return BIT(rank);
}

bool icr_allowed(const struct icr *icr)
{
	switch (icr->mode) {
	case ICR_FIXED:
	case ICR_LOWEST:
		return icr->vector >= VECTOR_FIRST;
	case ICR_NMI:
	case ICR_INIT:
	case ICR_STARTUP:
		return true;
	}
	return false;
}
