/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interrupt commands of guests: what they ask, whom they reach. Intel SDM vol.
 * 3, 10.6 and 10.12.9. Pure.
 */
#ifndef X86_ICR_H
#define X86_ICR_H

#include "hv/types.h"

enum icr_mode {
	ICR_FIXED = 0,
	ICR_LOWEST = 1,
	ICR_SMI = 2,
	ICR_NMI = 4,
	ICR_INIT = 5,
	ICR_STARTUP = 6,
};

enum icr_shorthand {
	ICR_DESTINATION = 0,
	ICR_SELF = 1,
	ICR_ALL = 2,
	ICR_OTHERS = 3,
};

#define ICR_LEVEL_ASSERT	(1u << 14)
#define ICR_TRIGGER_LEVEL	(1u << 15)

struct icr {
	uint32_t destination;	/* an xAPIC's is in bits 7 to 0 */
	uint8_t vector;
	uint8_t mode;		/* 0 to 7 */
	uint8_t shorthand;
	bool logical;
	bool deassert;		/* of INIT: has no effect on these CPUs */
};

/* What is known of a CPU. */
struct icr_cpu {
	bool exists;
	uint32_t apic_id;
	uint32_t ldr;		/* xAPIC: logical destination register */
};

struct icr icr_decode(uint32_t high, uint32_t low, bool x2apic);
/* The register's low half for one CPU, physical, edge. */
uint32_t icr_single(const struct icr *icr);

/*
 * The CPUs an interrupt command names, of `count`; bit n is CPU n. Broadcasts
 * mean the cell's CPUs. `*foreign` tells whether it names others as well.
 */
uint64_t icr_targets(const struct icr *icr, const struct icr_cpu *cpus,
		     unsigned int count, unsigned int self, uint64_t cell_cpus,
		     bool x2apic, bool *foreign);

/* May a guest send it at all: no SMI, no reserved mode, no vector below 16. */
bool icr_allowed(const struct icr *icr);

#endif
