/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the cell life cycle share. Everything here is called with
 * the management lock held, unless said otherwise.
 */
#ifndef CELL_INTERNAL_H
#define CELL_INTERNAL_H

#include "hv/cell.h"
#include "hv/config-check.h"

/* cell.c: slots and descriptors. */

/* A free slot, cleared and not yet visible; NULL when all are in use. */
struct cell *cell_take_slot(void);
void cell_publish(struct cell *cell);
/* Lookups by other CPUs no longer find it, and none still uses it. */
void cell_unpublish(struct cell *cell);
/* Fills the cell's fields from its checked configuration. */
void cell_read_options(struct cell *cell);
/* A fresh communication page in the state given; also at every start. */
void cell_fill_comm(struct cell *cell, enum cell_state state);

/* cell-memory.c */

/* Maps all regions of the cell's configuration for the cell itself. */
int cell_map_all(struct cell *cell, struct reason *reason);
/*
 * What the cell has for itself leaves the root's second stage, or comes back.
 * The root's CPUs are suspended. When taking fails, all is as before.
 */
int root_give(const struct cell *cell, struct reason *reason);
void root_take_back(const struct cell *cell);
/* The cell's loadable regions in the root's second stage, for the driver. */
int root_map_loadable(const struct cell *cell, struct reason *reason);
void root_unmap_loadable(const struct cell *cell);
/* Everything the root cell sees, once, before it runs. */
int root_map_all(struct cell *root, struct reason *reason);
/* Private memory of the cell: no device, not shared, not the comm region. */
bool region_is_private_ram(const struct memory_region *region);

/* scrub.c: in bounded steps, taking interrupts between them. */

/* Clears the cell's private memory. Nobody has it mapped, or nobody runs. */
void cell_scrub(const struct cell *cell);
/* Writes back and drops cached lines of the cell's memory. */
void cell_flush_memory(const struct cell *cell);

/* cpu-events.c */

/*
 * Brings the CPUs named into the hypervisor, but for the calling one, and
 * waits for them. -EIO when one does not answer; then all run again.
 */
int cpus_suspend(uint64_t cpus, struct reason *reason);
void cpus_resume(uint64_t cpus);
void cpus_post(uint64_t cpus, uint32_t events);
/* Suspended CPUs: their guests are gone when it returns. */
void cpus_park(uint64_t cpus);

/* message.c */

/* -EPERM with a reason when the cell does not want to be shut down. */
int cell_ask_shutdown(struct cell *cell, struct reason *reason);
/* -EPERM when any cell but `except` is in the locked state. */
int cells_vote(const struct cell *except, struct reason *reason);
/* Tells every running cell but `except`, and waits for the answers. */
void cells_tell_reconfigured(const struct cell *except);

#endif
