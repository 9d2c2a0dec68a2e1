/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A model of remapping units, for tests: registers that answer late or never,
 * the queue of invalidations, tables walked in the fake's memory and cached
 * until a unit is told to forget them, fault records.
 */
#ifndef X86_VTD_MODEL_H
#define X86_VTD_MODEL_H

#include "fake.h"
#include "hypervisor/arch/x86/vtd-regs.h"

#define VTD_MODEL_UNITS		2u
#define VTD_MODEL_BASE		0xfed90000ull
#define VTD_MODEL_RECORDS	4u
#define VTD_MODEL_TLB		64u

struct vtd_kind {
	bool coherent;
	bool write_buffer;
	bool three_levels;	/* else four */
	bool blocks_2m;
	bool blocks_1g;
	bool interrupts;
	bool x2apic;
	unsigned int latency;	/* reads of a status until it changes */
};

struct vtd_model_tlb {
	bool valid;
	uint16_t domain;
	uint64_t page;
	uint64_t phys;
	uint64_t rights;
};

struct vtd_model_unit {
	uint32_t status;
	uint32_t command;	/* waits to be carried out */
	unsigned int delay;
	uint64_t root, root_set;	/* register, and what is in use */
	uint64_t table, table_set;
	uint64_t queue;
	unsigned int head, tail;
	unsigned int queue_delay;
	uint32_t fault_status, fault_control, fault_data;
	uint64_t fault_address;
	uint64_t record[VTD_MODEL_RECORDS][2];
	unsigned int record_next;
	struct {
		bool valid;
		uint64_t low, high;
	} context[1u << 16];
	struct vtd_model_tlb tlb[VTD_MODEL_TLB];
	unsigned int tlb_next;
	struct {
		bool valid;
		uint64_t low, high;
	} interrupt[1u << 12];
};

struct vtd_model {
	struct vtd_kind kind;
	uint32_t dead_command;	/* bits of a command that is never carried out */
	bool dead_queue;
	struct vtd_model_unit unit[VTD_MODEL_UNITS];
	unsigned int violations;	/* of the specification's rules */
	const char *violation;		/* the first one */
	unsigned int flushes;
	unsigned int reports;		/* fault messages that were sent */
	unsigned int invalidations;
};

extern struct vtd_model vtd_model;

void vtd_model_init(const struct vtd_kind *kind);

/* A device's access: 0 and where it goes, or the reason of the fault. */
unsigned int vtd_model_dma(unsigned int unit, uint16_t source,
			   uint64_t address, bool is_write, uint64_t *phys);

struct vtd_model_interrupt {
	uint32_t destination;
	uint8_t vector;
	uint8_t mode;
	bool logical;
	bool level;
};

/* A device's message: 0 and where it goes, or the reason of the fault. */
unsigned int vtd_model_message(unsigned int unit, uint16_t source,
			       uint32_t address,
			       struct vtd_model_interrupt *interrupt);

#endif
