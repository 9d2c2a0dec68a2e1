/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Platform support for the modelled memory system (abi/memsys.h): its clock,
 * the heartbeat on busy CPUs, and the pacing that keeps them in step. Absent
 * unless the system configuration has a WEIR_RECORD_MEMSYS.
 */
#ifndef HV_MEMSYS_H
#define HV_MEMSYS_H

#include "abi/memsys.h"
#include "abi/weir-config.h"
#include "types.h"

/* True from memsys_init() to memsys_exit(). */
bool memsys_present(void);

/* The page as the hypervisor maps it; NULL when absent. */
struct memsys_page *memsys_page(void);

/* Maps the page, checks its identification, starts the model. Master CPU. */
int memsys_init(const struct weir_record_memsys *record);
/* Stops the model; from the last CPU that leaves. */
void memsys_exit(void);

/* Heartbeat on and off: on when this CPU enters a guest, off when parked. */
void memsys_cpu_start(struct per_cpu *cpu);
void memsys_cpu_stop(struct per_cpu *cpu);

#endif
