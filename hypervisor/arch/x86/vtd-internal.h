/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the remapping units share. */
#ifndef X86_VTD_INTERNAL_H
#define X86_VTD_INTERNAL_H

#include "hv/paging.h"
#include "vtd.h"
#include "vtd-regs.h"

#define VTD_UNITS_MAX		8u

/* vtd-unit.c: one unit. */
struct vtd_unit {
	uint64_t base;			/* physical, for messages */
	volatile uint8_t *registers;
	uint64_t cap;
	uint64_t ecap;
	uint64_t *queue;
	uint32_t *done;			/* where a wait descriptor reports */
	unsigned int tail;
	bool running;			/* the queue is on */
};

/* Maps it and reads what it can. -EBUSY: somebody uses it. */
int vtd_unit_init(struct vtd_unit *unit,
		  const struct weir_record_iommu *record);
/* Turns on what `command` names, with its table behind `reg` set before. */
int vtd_unit_start_queue(struct vtd_unit *unit);
int vtd_unit_set(struct vtd_unit *unit, unsigned int reg, uint64_t table,
		 uint32_t set, uint32_t on);
void vtd_unit_report_faults(struct vtd_unit *unit, uint32_t apic_id);
void vtd_unit_stop(struct vtd_unit *unit);
/* Forgets all that it has cached; -EIO when it does not say so in time. */
int vtd_unit_invalidate(struct vtd_unit *unit);
int vtd_unit_invalidate_interrupts(struct vtd_unit *unit);
/* Up to a handful of recorded faults, printed and cleared. */
bool vtd_unit_faults(struct vtd_unit *unit);

/* vtd.c: all of them. */
struct vtd {
	struct vtd_unit unit[VTD_UNITS_MAX];
	unsigned int units_count;
	bool translates;		/* since vtd_enable() */
	bool remaps;			/* interrupts can be */
	bool x2apic;
	bool coherent;
	unsigned int levels;
	unsigned int address_bits;
	unsigned int domains;
	uint32_t no_blocks;		/* MAP_NO_BLOCKS or 0 */
	bool block_1g;
};

extern struct vtd vtd;

/* A table was written: units that do not look in caches see it. */
void vtd_publish(const volatile void *address);
int vtd_invalidate(void);

/* vtd-domain.c */
int vtd_domains_init(void);
hpa_t vtd_root_table(void);

/* vtd-interrupt.c */
int vtd_interrupts_init(void);
/* The register's value. */
uint64_t vtd_interrupt_table(void);

#endif
