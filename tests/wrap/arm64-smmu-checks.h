/* SPDX-License-Identifier: GPL-2.0-only */
/* The machine with SMMUs that tests start, and what they expect of it. */
#ifndef ARM64_SMMU_CHECKS_H
#define ARM64_SMMU_CHECKS_H

#include "arm64-smmu-model.h"
#include "cells.h"
#include "device-checks.h"

#define STREAM_ROOT	0x05u
#define STREAM_CELL	0x21u		/* the root's, until a cell has it */
#define STREAM_FAR	0x1a03u		/* the same, in another page of entries */
#define STREAM_NEAR	0x7fu		/* in place of that where tables are small */
#define STREAM_NEAREST	0x3fu		/* and smaller */
#define STREAM_NOBODYS	0x06u
#define SMMU_KINDS	5u

/* The fake's system with units, streams and 16 colors. */
struct smmu_system {
	struct system_desc system;
	uint64_t cpus;
	struct memory_region memory[BLOB_REGIONS];
	struct irqchip irqchip;
	union stream_id streams[3];
	struct weir_block block;
	struct weir_record_counter counter;
	struct weir_record_coloring coloring;
} ABI_PACKED;

extern const struct smmu_kind smmu_kinds[SMMU_KINDS];

extern const struct device_kind smmu_devices;

/* The third stream of the system on units of this kind. */
uint32_t smmu_third(const struct smmu_kind *kind);
void smmu_system_init(struct smmu_system *blob, const struct smmu_kind *kind,
		      unsigned int units);
/* Booted, nothing of the units touched; those of smmu_model.kind. */
void smmu_boot_model(unsigned int units);
/* The same, all of them of this kind. */
void smmu_boot(const struct smmu_kind *kind, unsigned int units);
/* What was booted is on, as setup does it; and with both before. */
void smmu_on(void);
void smmu_start(const struct smmu_kind *kind);
void smmu_lawful(void);
/* A device reads and writes there, by all units; or it does not, and is told. */
void smmu_reaches(uint32_t stream, uint64_t address, uint64_t wanted);
void smmu_refused(uint32_t stream, uint64_t address);

#endif
