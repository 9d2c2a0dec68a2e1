/* SPDX-License-Identifier: GPL-2.0-only */
/* What every architecture supplies about CPUs. */
#ifndef HV_ARCH_CPU_H
#define HV_ARCH_CPU_H

#include "abi/cell-config.h"
#include "../reason.h"
#include "../types.h"

/* The architecture whose configurations this hypervisor takes. */
enum config_arch arch_config(void);

/* The per-CPU block of the CPU that executes this. */
struct per_cpu *this_cpu(void);

/*
 * One turn of a waiting loop. On arm64 a YIELD: under a deterministic emulator
 * the next CPU only gets its turn that way.
 */
void arch_cpu_relax(void);

/* Makes `cpu` leave its guest soon and look at cpu->events. Any context. */
void arch_cpu_kick(struct per_cpu *cpu);

/*
 * Once, master CPU, MMU on, before any arch_cpu_init(); hv_map() works. After
 * it the core makes the root cell: arch_cell_init() and arch_cell_map() of all
 * its regions.
 */
int arch_init_early(void);
/*
 * Per CPU, one after the other; takes traps, irqchip, timer into possession.
 * cpu->cell is the root cell, whose second stage is complete.
 */
int arch_cpu_init(struct per_cpu *cpu);
/* Once, master CPU, after all arch_cpu_init(). */
int arch_init_late(void);
/* Enters the guest where the CPU left Linux. Does not return. */
void arch_cpu_activate(struct per_cpu *cpu) __attribute__((noreturn));
/*
 * Gives timer, irqchip, traps back as Linux had them. After arch_cpu_init(),
 * also one that failed half-way. On the CPU, by setup_enter() when it fails;
 * on the way out after setup_disable() the architecture calls it itself.
 */
void arch_cpu_restore(struct per_cpu *cpu);

/*
 * Replace this CPU's guest context; it takes effect at the next entry. The
 * CPU may have changed its cell since it last ran a guest.
 */
void arch_cpu_reset(struct per_cpu *cpu, uint64_t entry, uint64_t argument);
void arch_cpu_park(struct per_cpu *cpu);
/* Guest program counter, for reports. */
uint64_t arch_cpu_pc(const struct per_cpu *cpu);

/* EVENT_IRQCHIP arrived: queued virtual interrupts go to the guest. */
void arch_cpu_irqchip_event(struct per_cpu *cpu);

/* Drops this CPU's cached translations; cpu->cell's second stage from now on. */
void arch_cpu_flush_tlb(struct per_cpu *cpu);

/* Waits at the hypervisor's level for an interrupt or event, interrupts masked. */
void arch_cpu_wait(void);
/* Takes pending physical interrupts without entering the guest. */
void arch_cpu_poll_irqs(struct per_cpu *cpu);

/*
 * Of critical interrupts (WEIR_RECORD_CRITICAL), on the CPU: whether one waits
 * for its guest or is being handled; and whether the guest gets only those, from
 * its next entry on. While it does, critical_ended() is called when that changes.
 */
bool arch_cpu_critical_waits(struct per_cpu *cpu);
void arch_cpu_critical_only(struct per_cpu *cpu, bool only);
/* True when a physical interrupt waits to be taken by arch_cpu_poll_irqs(). */
bool arch_cpu_irq_waits(void);

/* Prints registers of this CPU's guest for a fault report. */
void arch_cpu_dump(const struct per_cpu *cpu);
/* Stops this CPU for good (panic). */
void arch_cpu_halt(void) __attribute__((noreturn));

/* Per cell. `cell_init` has stage 2 empty; on failure it has undone itself. */
int arch_cell_init(struct cell *cell, struct reason *reason);
void arch_cell_exit(struct cell *cell);
/* Before EVENT_RESET is posted to the cell's CPUs: devices, PSCI, first entry. */
void arch_cell_reset(struct cell *cell);
/*
 * CPUs that begin at the reset address when the cell starts, as a CPU set; the
 * others are parked until the guest starts them. Pure.
 */
uint64_t arch_cell_starters(const struct cell *cell);
/*
 * Second stage of a cell. Flags are those of struct memory_region; addresses
 * and size are page aligned. Unmapping what is not mapped is no error. Under
 * the management lock, with the cell's CPUs suspended, or before they run.
 */
int arch_cell_map(struct cell *cell, const struct memory_region *region);
int arch_cell_unmap(struct cell *cell, const struct memory_region *region);
/* Interrupts move between root and cell: after maps, CPUs concerned suspended. */
void arch_config_commit(struct cell *cell);
/*
 * Says what devices were refused since, where no interrupt tells of it. Any
 * hypercall, no lock held.
 */
void arch_devices_look(void);
/* Fills the architecture's part of a fresh communication region. */
void arch_comm_fill(struct cell *cell);

/* Clean and invalidate to the point of coherency, by hypervisor address. */
void arch_dcache_flush(const volatile void *virt, uint64_t size);

#endif
