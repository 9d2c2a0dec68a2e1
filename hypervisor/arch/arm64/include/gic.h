/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interrupt controller: GICv2 and GICv3 behind one contract.
 *
 * All physical interrupts are taken at EL2 (HCR_EL2.IMO, FMO). Those of the
 * hypervisor (CNTHP, maintenance, PMU, its two SGIs) are handled there; others
 * belong to the cell of the CPU and are injected through list registers, in
 * EOImode 1, hardware-linked. Distributor and redistributor accesses of guests
 * trap and are filtered by the cell's SPI bitmap. All 16 SGIs of a guest are
 * virtual; so are the private interrupts the hypervisor has taken. What is
 * emulated and what passes is told in gic.md.
 *
 * Everything here runs with interrupts masked. Lock: one for the distributor,
 * internal, nothing else is taken under it.
 */
#ifndef ARM64_GIC_H
#define ARM64_GIC_H

#include "abi/cell-config.h"
#include "hv/reason.h"
#include "hv/types.h"

#define GIC_SGI_EVENT		14	/* look at cpu->events */
#define GIC_SGI_INJECT		15	/* virtual interrupts are queued */
#define GIC_PPI_MAINTENANCE	25	/* when the configuration says 0 */
#define GIC_PPI_CNTHP		26

#define GIC_FIRST_SPI		32
#define GIC_MAX_IRQS		1020
#define GIC_IRQ_WORDS		32	/* bitmap of INTIDs 0 to 1023 */
#define GIC_MAX_LRS		16
#define GIC_LPI_QUEUE		64	/* distinct LPIs waiting for a CPU */

/* What Linux had in the CPU interface, for the way back. */
struct gic_saved {
	uint64_t sre_el2;		/* v3 */
	uint32_t ctlr;
	uint32_t groups;		/* v3: of SGIs and PPIs */
};

/* Per-CPU state, embedded in struct arch_percpu. */
struct gic_cpu {
	bool ready;			/* gic_cpu_init() succeeded */
	bool underflow;			/* maintenance interrupt is asked for */
	bool purge;			/* atomic: SPIs have left the cell */
	uint8_t interface;		/* v2: number of the CPU interface */
	uint8_t sgi_bit;		/* in a list of targets */
	uint32_t sgi_cluster;		/* v3: affinity but for that bit */
	uint32_t affinity;		/* Aff3.Aff2.Aff1.Aff0 */
	uint64_t sgi_route;		/* v3: what sends this CPU an SGI */
	void *redist;			/* v3: mapped RD frame */
	uint32_t lr_mask;		/* bit n: list register n exists */
	uint32_t lr_irq[GIC_MAX_LRS];	/* INTID last written there */

	/*
	 * Interrupts waiting for a list register, by INTID, and the words of
	 * `queued` that may be non-zero. Any CPU sets bits, atomically; the
	 * CPU itself clears them. `queued_hw`: physically active.
	 */
	uint32_t queued_words;
	uint32_t queued[GIC_IRQ_WORDS];
	uint32_t queued_hw[GIC_IRQ_WORDS];
	uint8_t senders[16];		/* v2: of each queued SGI, atomic */
	uint32_t lpi[GIC_LPI_QUEUE];
	unsigned int lpi_count;

	/* Guest's view of private interrupts that are not passed through. */
	uint32_t enabled;		/* atomic */
	/*
	 * The guest gets these only, gic_cell.critical; NULL: all. `unlinked`:
	 * list registers whose physical interrupt their end must deactivate.
	 */
	const uint32_t *only;
	uint32_t unlinked;
	union {
		uint8_t priority[GIC_FIRST_SPI];
		uint32_t priorities[GIC_FIRST_SPI / 4];
	};

	struct gic_saved saved;
};

/* Per-cell state, embedded in struct arch_cell. */
struct gic_cell {
	uint32_t irqs[GIC_IRQ_WORDS];	/* SPIs the cell owns; bit n: INTID n */
	uint32_t critical[GIC_IRQ_WORDS]; /* constant while the cell exists */
};

/*
 * Master CPU, before any per-CPU part. Maps the registers, checks the version
 * found against `platform`. -ENODEV (told on the console), -ENOMEM, -EINVAL.
 */
int gic_init(const struct platform_arm *platform);

/*
 * A private interrupt the hypervisor takes from the guests besides CNTHP and
 * maintenance: the PMU's. After gic_init(), before the first gic_cpu_init().
 * Guests get it by gic_inject() only. -EINVAL when it is no PPI, or taken.
 */
int gic_take_ppi(unsigned int intid);

/*
 * This CPU: EOImode, list registers, the hypervisor's PPIs and SGIs enabled.
 * cpu->arch.mpidr is set. Interrupts Linux has active or SGIs it has pending
 * become virtual ones. -ENODEV.
 */
int gic_cpu_init(struct per_cpu *cpu);
/*
 * Gives the CPU interface back as Linux would have it by now; pending virtual
 * interrupts are made pending physically. No-op unless gic_cpu_init() had
 * succeeded. On this CPU.
 */
void gic_cpu_restore(struct per_cpu *cpu);
/*
 * This CPU gets a fresh guest: private interrupts off and not pending, SGIs
 * on, list registers and queue empty, CPU interface off. On this CPU.
 */
void gic_cpu_reset(struct per_cpu *cpu);

/*
 * Registers the trapped ranges in cell->mmio and, for v2, maps GICV at GICC's
 * address by arch_cell_map(). A cell other than the root takes its SPIs from
 * the root: masked, inactive, not pending. On failure nothing has changed but
 * cell->mmio. The cell's CPUs do not run.
 */
int gic_cell_init(struct cell *cell, struct reason *reason);
/* Its SPIs go back to the root, masked, inactive and not pending. */
void gic_cell_exit(struct cell *cell);
/* Masks the cell's SPIs and sends them to its first CPU. */
void gic_cell_reset(struct cell *cell);
/*
 * After CPUs or SPIs have moved: SPIs of `cell` are routed to CPUs it has
 * (cell->cpus), and its CPUs forget interrupts that are no longer its own.
 * To be called for root and cell both.
 */
void gic_config_commit(struct cell *cell);

/*
 * One pending physical interrupt at EL2: acknowledges it, hands the
 * hypervisor's own to clock_timer_fired(), regulation_overflow() or cpu event
 * handling (only recorded: the exit path looks at cpu->events), and injects
 * others into the guest of this CPU, also when that does not run (stalled,
 * suspended, parked): they stay pending for it. Another one that is pending
 * traps again; who polls repeats this while ISR_EL1 shows one, at most
 * GIC_MAX_IRQS times.
 */
extern void (*gic_irq_handler)(struct per_cpu *cpu);

static inline void gic_handle_irqs(struct per_cpu *cpu)
{
	gic_irq_handler(cpu);
}

/*
 * Queues a virtual interrupt for `cpu` (any CPU may call) and makes it look.
 * `sender`: the sender's gic_cpu.interface, for SGIs. Does nothing for the
 * CPU's INTID that is pending already.
 */
void gic_inject(struct per_cpu *cpu, uint32_t irq, uint8_t sender);
/* Moves queued interrupts into list registers; on the CPU itself. */
void gic_sync(struct per_cpu *cpu);
/* True when the guest of this CPU has something to take (WFI emulation). */
bool gic_has_pending(struct per_cpu *cpu);

/*
 * Critical interrupts of the cell, on the CPU itself: one waits or is being
 * handled; from the guest's next entry on it gets only those. While it does,
 * critical_ended() is called, from a maintenance interrupt, when the last has
 * ended. Those that are linked to a physical interrupt are unlinked for that.
 */
bool gic_critical_waits(struct per_cpu *cpu);
void gic_critical_only(struct per_cpu *cpu, bool only);

/* A physical SGI for the hypervisor itself; earlier stores are visible. */
void gic_send_sgi(struct per_cpu *cpu, unsigned int sgi);

/* gic_send_sgi() of GIC_SGI_EVENT. */
extern void (*gic_send_event)(struct per_cpu *cpu);

/*
 * Trapped write of ICC_SGI1R_EL1 (v3). ICC_ASGI1R_EL1 and ICC_SGI0R_EL1 are
 * ignored by the caller: their groups are off. Targets outside the cell are
 * dropped. False: no such register with GICv2, the guest's fault.
 */
bool gic_handle_sgir(struct per_cpu *cpu, uint64_t value);

#endif
