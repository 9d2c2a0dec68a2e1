/* SPDX-License-Identifier: GPL-2.0-only */
/* The architecture's part of a cell: second stage, bitmaps, page of the APIC. */
#include "hv/cell.h"

#include "apic.h"
#include "bitmaps.h"
#include "hv/arch/cpu.h"
#include "hv/config-check.h"
#include "hv/errno.h"
#include "hv/percpu.h"
#include "hv/setup.h"
#include "ioapic.h"
#include "pmu-internal.h"
#include "pmu.h"
#include "stage2.h"
#include "msi.h"
#include "vtd.h"

static int counter_use(uint32_t msr)
{
	if (!pmu_guest_has_msr(msr))
		return 0;
	return pmu_guest_direct(msr) ? 1 : -1;
}

static int bitmaps_init(struct cell *cell, struct reason *reason)
{
	const struct msr_viewer viewer = {
		.is_root = cell == cell_root(),
		.x2apic = apic_is_x2apic(),
		.counters = pmu_machine.count == 0,
	};
	struct config_view view;

	cell->arch.msr_bitmap = page_alloc(MSR_BITMAP_PAGES);
	cell->arch.io_bitmap = page_alloc(IO_BITMAP_PAGES);
	if (!cell->arch.msr_bitmap || !cell->arch.io_bitmap)
		return refuse(reason, -ENOMEM,
			      "no pages left for the cell's bitmaps");
	cell_view(cell, &view);
	msr_bitmap_build(cell->arch.msr_bitmap, &viewer, counter_use);
	io_bitmap_build(cell->arch.io_bitmap, view.pio,
			view.desc->num_pio_regions);
	return 0;
}

static void bitmaps_exit(struct cell *cell)
{
	page_free(cell->arch.msr_bitmap, MSR_BITMAP_PAGES);
	page_free(cell->arch.io_bitmap, IO_BITMAP_PAGES);
	cell->arch.msr_bitmap = NULL;
	cell->arch.io_bitmap = NULL;
}

int arch_cell_init(struct cell *cell, struct reason *reason)
{
	int error = stage2_cell_init(cell, reason);

	if (error)
		return error;
	error = bitmaps_init(cell, reason);
	if (!error)
		error = vtd_cell_init(cell, reason);
	if (!error && apic_cell_init(cell) < 0)
		error = refuse(reason, -EINVAL,
			       "a region of the cell is where the local APIC is");
	if (!error)
		error = ioapic_cell_init(cell, reason);
	if (!error)
		error = msix_cell_init(cell, reason);
	if (error) {
		vtd_cell_exit(cell);
		bitmaps_exit(cell);
		stage2_cell_exit(cell);
	}
	return error;
}

void arch_cell_exit(struct cell *cell)
{
	vtd_cell_exit(cell);
	bitmaps_exit(cell);
	stage2_cell_exit(cell);
}

/* They may be started anew by messages only after an INIT. */
void arch_cell_reset(struct cell *cell)
{
	for (unsigned int i = 0; i < HV_MAX_CPUS; i++) {
		struct per_cpu *cpu = cell->cpus >> i & 1 ? percpu_get(i) :
							    NULL;

		if (cpu)
			__atomic_store_n(&cpu->arch.wait_sipi, 0,
					 __ATOMIC_SEQ_CST);
	}
}

/* All at once, as Jailhouse starts them: its inmates count their CPUs. */
uint64_t arch_cell_starters(const struct cell *cell)
{
	return cell->cpus;
}

/* Faults of anybody's devices are not to take a cell's time. */
static void report_to_root(void)
{
	unsigned int first = (unsigned int)__builtin_ctzll(cell_root()->cpus);

	vtd_report_to(percpu_get(first)->arch.apic_id);
}

void arch_config_commit(struct cell *cell)
{
	(void)cell;
	report_to_root();
	/* A unit that does not answer has said so on the console. */
	vtd_config_commit();
	ioapic_config_commit();
	msi_config_commit();
	msix_config_commit();
}

/* Units tell by NMI. */
void arch_devices_look(void)
{
}

static uint16_t cpus_count(uint64_t cpus)
{
	uint16_t count = 0;

	for (; cpus; cpus &= cpus - 1)
		count++;
	return count;
}

/* The region's page is a whole one: both layouts fit it. */
void arch_comm_fill(struct cell *cell)
{
	const struct platform_x86 *platform = &system_config->platform.x86;
	struct comm_region_x86 *comm = (void *)cell->comm;

	comm->pm_timer_address = platform->pm_timer_address;
	comm->num_cpus = cpus_count(cell->cpus);
	comm->tsc_khz = image_header.x86_tsc_khz;
	comm->apic_khz = image_header.x86_apic_khz;
}
