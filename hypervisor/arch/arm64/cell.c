/* SPDX-License-Identifier: GPL-2.0-only */
/* The architecture's part of a cell: second stage, interrupts, first CPU. */
#include "hv/cell.h"

#include "hv/arch/cpu.h"
#include "hv/percpu.h"
#include "hv/setup.h"
#include "smmu.h"
#include "stage2.h"

int arch_cell_init(struct cell *cell, struct reason *reason)
{
	int err = cell == cell_root() ? smmu_init(reason) : 0;

	if (err < 0)
		return err;
	err = stage2_cell_init(cell, reason);
	if (err < 0)
		return err;
	err = smmu_cell_init(cell, reason);
	if (err == 0)
		err = gic_cell_init(cell, reason);
	if (err < 0) {
		smmu_cell_exit(cell);
		stage2_cell_exit(cell);
	}
	return err;
}

void arch_cell_exit(struct cell *cell)
{
	gic_cell_exit(cell);
	smmu_cell_exit(cell);
	stage2_cell_exit(cell);
}

/* Its CPUs are parked, and so off; the core starts the first one. */
void arch_cell_reset(struct cell *cell)
{
	struct per_cpu *first;

	first = percpu_get((unsigned int)__builtin_ctzll(cell->cpus));
	if (first)
		__atomic_store_n(&first->arch.powered_on, true,
				 __ATOMIC_RELEASE);
	gic_cell_reset(cell);
}

/* PSCI: the first one starts the others. */
uint64_t arch_cell_starters(const struct cell *cell)
{
	return cell->cpus & -cell->cpus;
}

void arch_config_commit(struct cell *cell)
{
	/* A unit that does not answer has said so on the console. */
	smmu_config_commit();
	smmu_faults_report();
	gic_config_commit(cell);
	if (cell != cell_root())
		gic_config_commit(cell_root());
}

void arch_devices_look(void)
{
	smmu_faults_report();
}

void arch_comm_fill(struct cell *cell)
{
	const struct platform_arm *platform = &system_config->platform.arm;

	cell->comm->gic_version = platform->gic_version;
	cell->comm->gicd_base = platform->gicd_base;
	cell->comm->gicc_base = platform->gicc_base;
	cell->comm->gicr_base = platform->gicr_base;
	cell->comm->vpci_irq_base = cell->config->vpci_irq_base;
}
