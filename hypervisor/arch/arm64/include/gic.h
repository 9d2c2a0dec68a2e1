/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interrupt controller: GICv2 and GICv3 behind one contract.
 *
 * All physical interrupts are taken at EL2 (HCR_EL2.IMO, FMO). Those of the
 * hypervisor (CNTHP, maintenance, PMU, its two SGIs) are handled there; others
 * belong to the cell of the CPU and are injected through list registers, in
 * EOImode 1, hardware-linked. Distributor and redistributor accesses of guests
 * trap and are filtered by the cell's SPI bitmap. Lock: one for the
 * distributor, taken with interrupts masked.
 */
#ifndef ARM64_GIC_H
#define ARM64_GIC_H

#include "abi/cell-config.h"
#include "hv/types.h"

#define GIC_SGI_EVENT		14	/* look at cpu->events */
#define GIC_SGI_INJECT		15	/* virtual interrupts are queued */
#define GIC_PPI_MAINTENANCE	25	/* or as the configuration says */
#define GIC_PPI_CNTHP		26
#define GIC_PENDING_QUEUE	256	/* per CPU, for SGIs beyond the LRs */

/* Per-CPU state, embedded in struct arch_percpu. */
struct gic_cpu {
	void *gicr;			/* this CPU's redistributor (v3) */
	unsigned int lr_count;
	uint64_t lr_used;		/* bit n: list register n is in use */
	struct {
		uint16_t irq[GIC_PENDING_QUEUE];
		uint8_t sender[GIC_PENDING_QUEUE];
		uint32_t head, tail;
		struct { uint32_t next, serving; } lock;
	} pending;
	/* What Linux had, for the way back. */
	uint64_t saved[8];
	/* Guest-visible PPI state while it is masked etc. */
	uint32_t ppi_config[2];
	uint32_t hv_ppis;		/* bits of PPIs the hypervisor owns */
};

/* Per-cell state, embedded in struct arch_cell. */
struct gic_cell {
	uint32_t irqs[1024 / 32];	/* SPIs the cell owns; bit n: INTID n */
};

/* Master CPU, before the per-CPU part. Maps the registers, checks the version. */
int gic_init(const struct platform_arm *platform);
/* This CPU: EOImode, list registers, the hypervisor's PPIs and SGIs enabled. */
int gic_cpu_init(struct per_cpu *cpu);
/* Gives the CPU interface back as Linux had it; pending virtual interrupts are
 * made pending physically. */
void gic_cpu_restore(struct per_cpu *cpu);
/* Fresh CPU in a cell: private interrupts off and not pending, LRs empty. */
void gic_cpu_reset(struct per_cpu *cpu);

/* The SPIs leave the root; on failure nothing has changed. */
int gic_cell_init(struct cell *cell, struct reason *reason);
/* Its SPIs go back to the root, masked and not pending. */
void gic_cell_exit(struct cell *cell);
/* Masks and retargets the cell's SPIs to its first CPU. */
void gic_cell_reset(struct cell *cell);
/* After ownership changed: targets of SPIs are CPUs of their owner. */
void gic_config_commit(struct cell *cell);

/*
 * Everything pending at EL2: acknowledges, hands the hypervisor's own to
 * clock_timer_fired(), regulation_overflow(), cpu event handling (only
 * recorded: the exit path looks at cpu->events), and injects the others into
 * the guest of this CPU. `inject` false (a stalled or parked CPU): guests'
 * interrupts stay pending in the controller except those already active.
 */
void gic_handle_irqs(struct per_cpu *cpu);

/* Queues a virtual interrupt for `cpu` (any CPU may call) and kicks it. */
void gic_inject(struct per_cpu *cpu, uint16_t irq, uint8_t sender);
/* Moves queued interrupts into list registers; on the CPU itself. */
void gic_sync(struct per_cpu *cpu);
/* True when the guest of this CPU has something to take (WFI emulation). */
bool gic_has_pending(struct per_cpu *cpu);

/* A physical SGI for the hypervisor itself. */
void gic_send_sgi(struct per_cpu *cpu, unsigned int sgi);

/* Trapped ICC_SGI1R_EL1 / ICC_ASGI1R / ICC_SGI0R write (v3); false: refused. */
bool gic_handle_sgir(struct per_cpu *cpu, uint64_t value);

/* INTID of the PMU overflow the hypervisor takes; from the configuration. */
void gic_take_ppi(unsigned int intid);

#endif
