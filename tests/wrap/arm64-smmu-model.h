/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A model of SMMUv3s, for tests: registers that answer late or never, the queue
 * of commands, tables of streams and second stages walked in the fake's memory as
 * Arm IHI 0070 and DDI 0487 have them, and cached until a unit is told to forget
 * them, the queue of events. It shares nothing with the code but the registers'
 * offsets.
 */
#ifndef ARM64_SMMU_MODEL_H
#define ARM64_SMMU_MODEL_H

#include "fake.h"
#include "hypervisor/arch/arm64/smmu-regs.h"

#define SMMU_MODEL_UNITS	2u
#define SMMU_MODEL_BASE		0x09050000ull
#define SMMU_MODEL_CACHED	64u
#define SMMU_MODEL_STREAMS	(1u << 13)
#define SMMU_MODEL_WATCHED	4u

struct smmu_kind {
	bool coherent;
	bool linear;		/* tables of streams have one level */
	bool resizes;		/* blocks may come and go */
	unsigned int stream_bits;
	unsigned int address;	/* IDR5.OAS */
	unsigned int commands_log2;
	unsigned int events_log2;
	unsigned int latency;	/* reads of a register until it changes */
};

struct smmu_model_unit {
	struct smmu_kind kind;
	uint32_t cr0, cr0_written, cr1, cr2, irq, gerror, gerrorn;
	unsigned int cr0_delay, command_delay;
	uint64_t streams, commands, events;
	uint32_t streams_cfg;
	uint32_t command_prod, command_cons, event_prod, event_cons;
	struct {
		bool valid;
		uint64_t word[8];
	} stream[SMMU_MODEL_STREAMS];
	struct {
		bool valid;
		uint16_t vmid;
		uint64_t page, phys;
		bool read, write;
	} tlb[SMMU_MODEL_CACHED];
	unsigned int tlb_next;
};

struct smmu_model {
	struct smmu_kind kind;		/* what all units have */
	uint32_t idr0_clear, idr0_set, idr1_set, idr5_clear;
	uint32_t dead_cr0;		/* bits that never come on */
	unsigned int dead_commands;	/* units, a mask, that take none */
	uint64_t refused_command;	/* this opcode is taken for an error */
	uint32_t watched[SMMU_MODEL_WATCHED];	/* streams, at each barrier */
	struct smmu_model_unit unit[SMMU_MODEL_UNITS];
	unsigned int violations;	/* of the specification's rules */
	const char *violation;		/* the first one */
	unsigned int flushes;
	unsigned int commands;		/* taken */
};

extern struct smmu_model smmu_model;

/* Units of this kind; or the first of one, the others of another. */
void smmu_model_init(const struct smmu_kind *kind);
void smmu_model_mix(const struct smmu_kind *first,
		    const struct smmu_kind *others);
/* A device's access: 0 and where it goes, or the type of the event. */
unsigned int smmu_model_dma(unsigned int unit, uint32_t stream,
			    uint64_t address, bool is_write, uint64_t *phys);
/* Whether units have cached nothing. */
bool smmu_model_forgot(void);
/* The unit says that something went wrong with itself. */
void smmu_model_error(unsigned int unit, uint32_t errors);

#endif
