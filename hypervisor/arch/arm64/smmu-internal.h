/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the SMMU share. */
#ifndef ARM64_SMMU_INTERNAL_H
#define ARM64_SMMU_INTERNAL_H

#include "hv/paging.h"
#include "smmu.h"
#include "smmu-regs.h"

#define SMMU_UNITS_MAX		8u

/* What a unit had before, in the order in which it is written back. */
struct smmu_found {
	uint32_t cr1, cr2;
	uint64_t streams;
	uint32_t streams_cfg;
	uint64_t commands;
	uint32_t commands_prod, commands_cons;
	uint64_t events;
	uint32_t events_prod, events_cons;
	uint32_t interrupts;
	uint32_t cr0;
};

/* A queue in one page. Indices with their wrap bit. */
struct smmu_queue {
	uint64_t *entries;
	unsigned int log2;		/* of their number */
	uint32_t at;			/* the end that is ours */
};

/* smmu-unit.c: one unit. */
struct smmu_unit {
	uint64_t base;			/* physical, for messages */
	volatile uint8_t *registers;
	uint32_t idr0, idr1, idr3, idr5;
	bool coherent;
	bool started;			/* `found` is what it had */
	bool running;			/* its queue of commands is on */
	struct smmu_queue commands;
	struct smmu_queue events;
	uint64_t faults_count;
	struct smmu_found found;
};

/* Maps it and reads what it can; -ENODEV, -EBUSY, -ENOMEM with the reason. */
int smmu_unit_init(struct smmu_unit *unit, const struct iommu_unit *described,
		   struct reason *reason);
/* From reset to translation by this table; what it had is kept. -EIO. */
int smmu_unit_start(struct smmu_unit *unit, hpa_t streams, uint32_t streams_cfg);
void smmu_unit_stop(struct smmu_unit *unit);
/* Forgets streams and translations; or those of a VMID. -EIO, said. */
int smmu_unit_forget(struct smmu_unit *unit);
int smmu_unit_forget_vmid(struct smmu_unit *unit, unsigned int vmid);
/* Recorded faults, a handful of them printed, all counted and cleared. */
unsigned int smmu_unit_faults(struct smmu_unit *unit);

/* smmu.c: all of them. */
struct smmu {
	struct smmu_unit unit[SMMU_UNITS_MAX];
	unsigned int units_count;
	bool on;			/* since smmu_enable() */
	bool coherent;
	bool two_level;
	unsigned int stream_bits;	/* that every unit knows */
	unsigned int address;		/* IDR5.OAS of the least one */
	uint32_t no_blocks;		/* MAP_NO_BLOCKS or 0 */
};

extern struct smmu smmu;

/* What was written is visible to all units, before what is written next. */
void smmu_publish(const volatile void *address, size_t bytes);
int smmu_forget(void);
int smmu_forget_vmid(unsigned int vmid);

/* smmu-domain.c */
int smmu_domains_init(struct reason *reason);
/* smmu-streams.c: the table of streams, for all that the root lists. */
int smmu_streams_init(struct reason *reason);
hpa_t smmu_streams_table(void);
uint32_t smmu_streams_config(void);
/* The entry of a stream that the root lists: 8 words. */
uint64_t *smmu_stream_entry(uint32_t stream);
/*
 * Makes the entries of all streams what `wanted` says, which fills 8 words; none
 * is used half-written. -EIO: those that change reach nothing.
 */
int smmu_streams_set(void (*wanted)(uint32_t stream, uint64_t *words));

#endif
