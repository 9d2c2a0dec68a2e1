/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Cells: creation, life cycle, messages, events to CPUs.
 *
 * Lock order: management lock (one management hypercall at a time, taken by
 * trying, the loser answers -EBUSY) -> irqchip -> reg_cell.lock -> console.
 */
#ifndef HV_CELL_H
#define HV_CELL_H

#include "regulators/regulator.h"
#include "abi/cell-config.h"
#include "abi/hypercall.h"
#include "abi/weir-config.h"
#include "coloring/coloring.h"
#include "arch_types.h"
#include "config-check.h"
#include "console.h"
#include "mmio.h"
#include "partition.h"
#include "quota.h"
#include "reason.h"
#include "types.h"

/* What a cell asks of others, as far as it goes. */
struct control_cell {
	struct quota quota;
	uint64_t requests;		/* granted */
	uint64_t refusals;
	uint64_t limited;		/* of them for being too many */
};

struct cell {
	struct arch_cell arch;		/* stage 2, irqchip, PSCI state */
	uint32_t id;
	bool used;
	bool loadable;
	uint64_t cpus;			/* bit n: logical CPU n */
	const struct cell_desc *config;	/* the hypervisor's own copy */
	size_t config_size;
	void *config_pages;
	unsigned int config_page_count;
	struct comm_region_arm *comm;	/* hypervisor mapping of the page */
	hpa_t comm_phys;
	uint32_t permissions;		/* WEIR_PERMIT_* */
	bool scrub;
	struct color_set colors;	/* none: it is not colored */
	uint64_t msg_timeout_ns;
	struct spinlock lock;		/* report to control; see README */
	struct cell_report report;	/* first fault since the start */
	struct reason_report last;	/* of the last refused hypercall */
	struct quota putc;
	struct control_cell control;
	struct mmio_space mmio;
	struct reg_cell reg;
	struct part_cell part;
};

/* The parts of its configuration, which was checked. */
static inline void cell_view(const struct cell *cell, struct config_view *view)
{
	config_view_init(view, cell->config, cell->config_size);
}

/* For what follows only. */
extern struct cell cell_slots[HV_MAX_CELLS];

struct cell *cell_root(void);
struct cell *cell_by_id(uint32_t id);

static inline bool cell_is_root(const struct cell *cell)
{
	return cell == &cell_slots[0];
}

/*
 * As cell_by_id(), without the lock of cell_get() and where each instruction counts. The
 * caller holds another one that was taken between the cell's creation and cell_publish(),
 * and will be between cell_unpublish() and its end: it sees what was written before, and
 * while it has that lock the cell stays.
 */
static inline struct cell *cell_find(uint64_t id)
{
	struct cell *cell = cell_slots;
	unsigned int left = HV_MAX_CELLS;

	do {
		if (cell->used && cell->id == id)
			return cell;
		cell++;
	} while (--left);
	return NULL;
}

/* For iteration: the n-th slot, NULL when unused. */
struct cell *cell_slot(unsigned int n);
/* Cells that exist, the root included. */
unsigned int cell_count(void);

/*
 * As cell_by_id(), for CPUs without the management lock: until cell_put() the
 * cell is not destroyed. Holds a lock, so do little. NULL: nothing to put.
 */
struct cell *cell_get(uint32_t id);
void cell_put(struct cell *cell);

/* The management lock; -EBUSY with a reason when it is taken. */
int management_begin(struct reason *reason);
void management_end(void);

/* Makes the root cell from the system configuration; master CPU, setup. */
int cell_root_init(struct reason *reason);

/*
 * Management calls. On a root CPU, from its hypercall; they take the
 * management lock and stop other CPUs only for the commit. 0 or negative
 * errno with `reason` filled.
 */
int cell_create(gpa_t config, struct reason *reason);
int cell_start(uint32_t id, struct reason *reason);
int cell_set_loadable(uint32_t id, struct reason *reason);
int cell_destroy(uint32_t id, struct reason *reason);
int cell_get_state(uint32_t id);
/* Any CPU. -ENOENT. */
int cell_get_report(uint32_t id, struct cell_report *report);
/* Keeps the first fault since the start; the cell failed if no CPU is left. */
void cell_record_fault(struct cell *cell, const struct cell_report *fault);

/* Posts events to a CPU and makes it look (kick unless it is this CPU). */
void cpu_post_event(struct per_cpu *cpu, uint32_t events);

/*
 * Handles this CPU's pending events; called by the architecture with
 * interrupts masked on every exit that finds cpu->events != 0, by waiting
 * loops, and before the first entry. May not return to where the guest was:
 * after EVENT_RESET or EVENT_PARK the guest context has been replaced.
 */
void cpu_handle_events(struct per_cpu *cpu);
/*
 * The part of it that does not wait: true while the CPU must stay in the
 * hypervisor because of EVENT_SUSPEND.
 */
bool cpu_take_events(struct per_cpu *cpu);

/*
 * Parks this CPU because its guest did what it must not; records the reason
 * in the cell's report, marks the cell failed (comm region), tells nobody
 * else. The guest context is replaced by the parked one.
 */
void cpu_fault(struct per_cpu *cpu, enum park_reason reason, uint64_t address,
	       uint64_t syndrome);

/* Hypercall from the guest on this CPU; returns the guest's result. */
long hypercall_handle(struct per_cpu *cpu, uint64_t number, uint64_t arg1,
		      uint64_t arg2);
/* The same without short ways: for one that was begun and has changed nothing. */
long hypercall_whole(struct per_cpu *cpu, uint64_t number, uint64_t arg1,
		     uint64_t arg2);

#endif
