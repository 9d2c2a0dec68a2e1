/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Platform support for the modelled memory system (abi/memsys.h): its clock,
 * the heartbeat on busy CPUs, and the pacing that keeps them in step. Absent
 * unless the system configuration has a WEIR_RECORD_MEMSYS.
 *
 * Context: where nothing else is said, on the CPU concerned, interrupts masked.
 */
#ifndef HV_MEMSYS_H
#define HV_MEMSYS_H

#include "abi/memsys.h"
#include "abi/weir-config.h"
#include "types.h"

/* True from memsys_init() to memsys_exit(). Any context. */
bool memsys_present(void);

/* The page as the hypervisor maps it; NULL when absent. Any context. */
struct memsys_page *memsys_page(void);

/*
 * Exchanges the page with the model: afterwards control words are in effect
 * and the model's fields fresh. The host's tests supply the function.
 */
#ifdef __aarch64__
static inline void memsys_doorbell(void)
{
	__asm__ volatile("hint #%0" : : "i" (MEMSYS_DOORBELL_HINT) : "memory");
}
#else
void memsys_doorbell(void);
#endif

/*
 * Maps the page, checks its identification, starts the model. Master CPU,
 * before regulation_init(). -ENODEV when no model answers there, -EINVAL when
 * the record or what the model says of itself is senseless; printed as well.
 */
int memsys_init(const struct weir_record_memsys *record);
/* Stops the model; from the last CPU that leaves. */
void memsys_exit(void);

/*
 * Heartbeat on and off: on when this CPU enters a guest, off when it is parked
 * or waits in the hypervisor. Nobody keeps step with a CPU that is off.
 */
void memsys_cpu_start(struct per_cpu *cpu);
void memsys_cpu_stop(struct per_cpu *cpu);

/*
 * The guest of this CPU executed WFI and has nothing pending: waits in its
 * place, without a heartbeat, until an interrupt is pending. Deadlines that
 * pass meanwhile are caught up with when it wakes.
 */
void memsys_guest_wfi(struct per_cpu *cpu);

/* What clock.c calls while the model is present. */
uint64_t memsys_now_ns(void);
void memsys_arm(uint64_t deadline_ns);
void memsys_heartbeat(struct per_cpu *cpu);
void memsys_hold(struct per_cpu *cpu);

/*
 * The counter source must be looked at before this CPU has moved so many more
 * lines; UINT64_MAX: never.
 */
void memsys_look_within(unsigned int cpu, uint64_t lines);

#endif
