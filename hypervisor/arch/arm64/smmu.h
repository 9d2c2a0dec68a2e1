/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SMMUv3: what devices of a cell reach. README.md says how.
 *
 * All units walk the same tables. Setup and management calls only, under the
 * management lock.
 */
#ifndef ARM64_SMMU_H
#define ARM64_SMMU_H

#include "hv/cell.h"

/*
 * Maps the units of the configuration and looks whether they suit; one line on
 * the console says what there is. Nothing is turned on. -ENODEV, -EBUSY,
 * -ENOMEM, -EINVAL with the reason. Without units 0.
 */
int smmu_init(struct reason *reason);
/* Translation begins. -EIO: a unit does not answer; a line says which. */
int smmu_enable(void);
/* It ends, and units are as they were found. Any number of times. */
void smmu_restore(void);

/*
 * Tables for the cell and its streams. smmu_cell_exit() undoes it; a cell that
 * had streams is not among the others any more.
 */
int smmu_cell_init(struct cell *cell, struct reason *reason);
void smmu_cell_exit(const struct cell *cell);
/*
 * The cell's devices reach this region, if it is marked so; or nothing there any
 * more. When they return no unit uses what was before. -ENOMEM, -EIO, -ERANGE.
 */
int smmu_map(const struct cell *cell, const struct memory_region *region);
int smmu_unmap(const struct cell *cell, const struct memory_region *region);
/* Each stream is its cell's; those of no cell reach nothing. -EIO. */
int smmu_config_commit(void);

/*
 * Prints, counts and clears what units have recorded; how much it was. Any
 * context but interrupt handlers.
 */
unsigned int smmu_faults_report(void);

#endif
