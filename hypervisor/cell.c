/* SPDX-License-Identifier: GPL-2.0-only */
/* The table of cells, and what a cell takes from its configuration. */
#include "hv/cell.h"

#include "cell-internal.h"
#include "hv/arch/cpu.h"
#include "hv/errno.h"
#include "hv/percpu.h"
#include "hv/regulation.h"
#include "hv/setup.h"
#include "hv/string.h"

/* Slot 0 is the root cell. */
struct cell cell_slots[HV_MAX_CELLS];
static struct spinlock cells_lock;
static struct spinlock management;

struct cell *cell_root(void)
{
	return &cell_slots[0];
}

struct cell *cell_slot(unsigned int n)
{
	if (n >= HV_MAX_CELLS || !cell_slots[n].used)
		return NULL;
	return &cell_slots[n];
}

struct cell *cell_by_id(uint32_t id)
{
	for (unsigned int i = 0; i < HV_MAX_CELLS; i++) {
		if (cell_slots[i].used && cell_slots[i].id == id)
			return &cell_slots[i];
	}
	return NULL;
}

unsigned int cell_count(void)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < HV_MAX_CELLS; i++)
		count += cell_slots[i].used;
	return count;
}

struct cell *cell_get(uint32_t id)
{
	struct cell *cell;

	spin_lock(&cells_lock);
	cell = cell_by_id(id);
	if (!cell)
		spin_unlock(&cells_lock);
	return cell;
}

void cell_put(struct cell *cell)
{
	(void)cell;
	spin_unlock(&cells_lock);
}

int management_begin(struct reason *reason)
{
	if (!spin_trylock(&management))
		return refuse(reason, -EBUSY,
			      "another management call is in progress");
	return 0;
}

void management_end(void)
{
	spin_unlock(&management);
}

struct cell *cell_take_slot(void)
{
	for (unsigned int i = 1; i < HV_MAX_CELLS; i++) {
		if (!cell_slots[i].used) {
			memset(&cell_slots[i], 0, sizeof(cell_slots[i]));
			return &cell_slots[i];
		}
	}
	return NULL;
}

void cell_publish(struct cell *cell)
{
	spin_lock(&cells_lock);
	cell->used = true;
	spin_unlock(&cells_lock);
}

void cell_unpublish(struct cell *cell)
{
	spin_lock(&cells_lock);
	cell->used = false;
	spin_unlock(&cells_lock);
}

/* The Weir record first, then the old field, in microseconds, then a default. */
static uint64_t message_timeout(const struct cell_desc *desc,
				const struct weir_record_options *options)
{
	const uint64_t limit_us = UINT64_MAX / 2000;

	if (options && options->msg_timeout_ns)
		return options->msg_timeout_ns;
	if (desc->msg_reply_timeout == 0)
		return MSG_TIMEOUT_DEFAULT_NS;
	if (desc->msg_reply_timeout > limit_us)
		return limit_us * 1000;
	return desc->msg_reply_timeout * 1000;
}

void cell_read_options(struct cell *cell)
{
	const struct weir_record_options *options;
	struct config_view view;

	cell_view(cell, &view);
	options = (const void *)config_record(&view, WEIR_RECORD_OPTIONS, 0);
	cell->id = cell->config->id;
	cell->cpus = config_cpus(&view);
	cell->permissions = options ? options->permissions : 0;
	cell->scrub = !(options && (options->options & WEIR_OPTION_NO_SCRUB));
	cell->msg_timeout_ns = message_timeout(cell->config, options);
}

void cell_fill_comm(struct cell *cell, enum cell_state state)
{
	struct comm_region_head *head = &cell->comm->head;
	uint32_t flags = 0;

	memset(cell->comm, 0, PAGE_BYTES);
	if (cell->config->flags & CELL_VIRTUAL_CONSOLE_PERMITTED)
		flags |= COMM_PUTC_PERMITTED;
	if (cell->config->flags & CELL_VIRTUAL_CONSOLE_ACTIVE)
		flags |= COMM_PUTC_ACTIVE;
	memcpy(head->signature, COMM_REGION_SIGNATURE, sizeof(head->signature));
	head->revision = COMM_REGION_REVISION;
	head->cell_state = state;
	head->flags = flags;
	head->console = cell->config->console;
	head->pci_mmconfig_base = system_config->platform.pci_mmconfig_base;
	arch_comm_fill(cell);
	arch_dcache_flush(cell->comm, PAGE_BYTES);
}

int cell_get_state(uint32_t id)
{
	struct cell *cell = cell_get(id);
	uint32_t state;

	if (!cell)
		return -ENOENT;
	state = cell->comm->head.cell_state;
	cell_put(cell);
	return state <= CELL_FAILED_COMM_REV ? (int)state : -EINVAL;
}

void cell_record_fault(struct cell *cell, const struct cell_report *fault)
{
	uint64_t cpus = cell->cpus;
	bool runs = false;

	spin_lock(&cell->lock);
	if (cell->report.reason == PARK_NONE)
		cell->report = *fault;
	for (unsigned int i = 0; i < HV_MAX_CPUS; i++) {
		const struct per_cpu *cpu = percpu_get(i);

		if ((cpus >> i & 1) && cpu && !cpu->parked)
			runs = true;
	}
	if (!runs)
		cell->comm->head.cell_state = CELL_FAILED;
	spin_unlock(&cell->lock);
	if (!runs)
		regulation_cell_stopped(cell);
}

int cell_get_report(uint32_t id, struct cell_report *report)
{
	struct cell *cell = cell_get(id);
	uint32_t state;

	if (!cell)
		return -ENOENT;
	spin_lock(&cell->lock);
	*report = cell->report;
	state = cell->comm->head.cell_state;
	spin_unlock(&cell->lock);
	cell_put(cell);
	report->size = sizeof(*report);
	report->cell_id = id;
	report->state = state <= CELL_FAILED_COMM_REV ? state : CELL_FAILED;
	return 0;
}
