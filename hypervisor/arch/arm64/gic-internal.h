/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared by the interrupt controller's files: the machine's controller, the
 * operations in which v2 and v3 differ, and list register bookkeeping.
 */
#ifndef ARM64_GIC_INTERNAL_H
#define ARM64_GIC_INTERNAL_H

#include <gic-access.h>

#include "hv/mmio.h"
#include "hv/percpu.h"
#include "hv/spinlock.h"
#include "gic.h"
#include "gic-regs.h"

#define GIC_MAX_REDISTS		64	/* frames looked at, v3 */
#define GIC_DEFAULT_PRIORITY	0xa0u	/* of a fresh guest's interrupts */

/* v2 and v3 differ here. All on the CPU itself unless told otherwise. */
struct gic_ops {
	/* One physical interrupt, see gic_handle_irqs(). */
	void (*handle)(struct per_cpu *cpu);
	uint64_t (*lr_read)(unsigned int n);
	void (*lr_write)(unsigned int n, uint64_t lr);
	/* Bit n: list register n holds nothing. */
	uint32_t (*lrs_empty)(void);
	/* Bit n: list register n asked for maintenance, its interrupt ended. */
	uint32_t (*lrs_ended)(void);
	/* Maintenance interrupt when at most one list register is in use. */
	void (*ask_underflow)(bool ask);
	void (*send_sgi)(const struct gic_cpu *target, unsigned int sgi);
	void (*send_event)(struct per_cpu *cpu);	/* gic_send_event */
	/* A physical interrupt whose priority was dropped when it was taken. */
	void (*deactivate)(uint32_t irq);
	/* The CPU's identity and number of list registers. -ENODEV. */
	int (*cpu_probe)(struct per_cpu *cpu);
	/* CPU interface from Linux to guest, and back. */
	void (*cpu_take)(struct gic_cpu *g);
	void (*cpu_give_back)(struct gic_cpu *g);
	/* Virtual CPU interface as after a reset. */
	void (*cpu_reset)(struct gic_cpu *g);
	/* Pending physical SGIs of guests: v3 one sender bit, v2 all senders. */
	uint8_t (*sgi_take)(struct gic_cpu *g, unsigned int sgi);
	void (*sgi_pend)(struct gic_cpu *g, unsigned int sgi, uint8_t senders);
	/* Where an SPI goes; under the lock. */
	void (*route)(uint32_t irq, const struct gic_cpu *target);
	bool (*routed_to)(uint32_t irq, const struct gic_cpu *target);
};

extern const struct gic_ops gicv2_ops;
extern const struct gic_ops gicv3_ops;

/* The machine's controller. Constant after setup, but for `lock`. */
struct gic_hw {
	const struct gic_ops *ops;
	unsigned int version;
	unsigned int irq_count;		/* INTIDs of the distributor */
	uint32_t hv_ppis;		/* the hypervisor's */
	uint32_t emulated;		/* SGIs and hv_ppis */
	uint32_t pmu_irq;		/* UINT32_MAX: not taken */
	uint32_t maintenance_irq;
	struct per_cpu *cpu[HV_MAX_CPUS]; /* that have come in */
	void *dist;
	void *gicc;			/* v2 */
	void *gich;			/* v2 */
	unsigned int redist_count;	/* v3 */
	unsigned int redist_shift;	/* log2 of the bytes of one */
	void *redist[GIC_MAX_REDISTS];
	struct per_cpu *redist_cpu[GIC_MAX_REDISTS];
	struct platform_arm platform;
	/* The distributor's read-modify-writes, and shadows of private ones. */
	struct spinlock lock;
};

extern struct gic_hw gic;

static inline uint32_t gic_read32(const void *base, uint32_t offset)
{
	return gic_mmio_read32((const uint8_t *)base + offset);
}

static inline void gic_write32(void *base, uint32_t offset, uint32_t value)
{
	gic_mmio_write32((uint8_t *)base + offset, value);
}

/* Bit n of four to byte n; bit n of sixteen to bits 2n and 2n + 1. */
static inline uint32_t gic_spread_bytes(uint32_t bits)
{
	return (((bits & 0xfu) * 0x00204081u) & 0x01010101u) * 0xffu;
}

static inline uint32_t gic_spread_pairs(uint32_t bits)
{
	bits &= 0xffffu;
	bits = (bits | bits << 8) & 0x00ff00ffu;
	bits = (bits | bits << 4) & 0x0f0f0f0fu;
	bits = (bits | bits << 2) & 0x33333333u;
	bits = (bits | bits << 1) & 0x55555555u;
	return bits * 3;
}

/*
 * Those bytes of a register of four that are set in `mask`, the others left
 * alone, without a lock: IHI 0069, 12.1.3 and IHI 0048B, 4.1.4 let priorities
 * and targets be written in bytes.
 */
static inline void gic_write_bytes(void *base, uint32_t offset, uint32_t mask,
				   uint32_t value)
{
	uint8_t *address = (uint8_t *)base + offset;

	if (mask == ~0u) {
		gic_mmio_write32(address, value);
		return;
	}
	if (mask & 0xffu)
		gic_mmio_write8(address, (uint8_t)value);
	if (mask & 0xff00u)
		gic_mmio_write8(address + 1, (uint8_t)(value >> 8));
	if (mask & 0xff0000u)
		gic_mmio_write8(address + 2, (uint8_t)(value >> 16));
	if (mask & 0xff000000u)
		gic_mmio_write8(address + 3, (uint8_t)(value >> 24));
}

static inline struct gic_cpu *gic_of(struct per_cpu *cpu)
{
	return &cpu->arch.gic;
}

/* ICC_SGI1R_EL1 for a CPU, but for the number: IHI 0069, 12.2.19. */
uint64_t gicv3_sgi_route(uint64_t affinity);

/* Registers of SGIs and PPIs: v3 a redistributor's, v2 banked, own CPU only. */
static inline void *gic_private_base(const struct gic_cpu *g)
{
	return g->redist ? (uint8_t *)g->redist + GICR_SGI_FRAME : gic.dist;
}

/* List registers that ICH_VTR_EL2 or GICH_VTR tells of, as bits. */
static inline uint32_t gic_lr_mask(uint32_t vtr)
{
	return (uint32_t)(BIT(GICH_VTR_LRS(vtr)) - 1) &
	       ((1u << GIC_MAX_LRS) - 1);
}

enum gic_claim {
	GIC_CLAIM_FULL = -1,
	GIC_CLAIM_DUPLICATE = -2,	/* the INTID is in a list register */
};

/* A list register for `irq`, or enum gic_claim. Looks at used ones only. */
static inline int gic_claim_lr(struct gic_cpu *g, uint32_t empty, uint32_t irq)
{
	uint32_t used = g->lr_mask & ~empty;
	unsigned int n;

	for (; used; used &= used - 1)
		if (g->lr_irq[__builtin_ctz(used)] == irq)
			return GIC_CLAIM_DUPLICATE;
	empty &= g->lr_mask;
	if (!empty)
		return GIC_CLAIM_FULL;
	n = (unsigned int)__builtin_ctz(empty);
	g->lr_irq[n] = irq;
	return (int)n;
}

static inline bool gic_queue_empty(const struct gic_cpu *g)
{
	return !g->queued_words && !g->lpi_count;
}

/* True: `bits` of a bitmap of INTIDs has `irq`; LPIs are in none. */
static inline bool gic_has_irq(const uint32_t bits[GIC_IRQ_WORDS], uint32_t irq)
{
	return irq < 32 * GIC_IRQ_WORDS && (bits[irq / 32] >> (irq % 32) & 1);
}

/* gic-critical.c */
/* What a list register holds, linked as it came. */
uint64_t gic_lr_linked(const struct gic_cpu *g, unsigned int n);
/* What to write into list register `n` so that its end is told. */
uint64_t gic_lr_watched(struct gic_cpu *g, unsigned int n, uint64_t lr);
/* List registers that asked for maintenance have ended: before they are emptied. */
void gic_critical_deactivate(struct gic_cpu *g, uint32_t ended);

/* gic-inject.c */
/* Puts the content of a list register back into the queue. */
void gic_requeue(struct gic_cpu *g, uint64_t lr);
/* What was acknowledged and has no free list register, or must wait its turn. */
void gic_enqueue_hw(struct per_cpu *cpu, uint32_t irq);
void gic_enqueue_lpi(struct per_cpu *cpu, uint32_t irq, uint8_t priority);
/* Maintenance interrupt. */
void gic_maintain(struct per_cpu *cpu);
/* An emulated private interrupt but CNTHP and PMU came physically; `sender` v2. */
void gic_handle_own(struct per_cpu *cpu, uint32_t irq, uint8_t sender);
/* Takes bits of emulated private interrupts out of queue and list registers. */
void gic_withdraw(struct per_cpu *cpu, uint32_t irqs);
void gic_end(struct per_cpu *cpu, uint32_t irqs);
/* Emulated private interrupts that are pending, or active, here. */
uint32_t gic_private_pending(struct per_cpu *cpu);
uint32_t gic_private_active(struct per_cpu *cpu);
/* Puts Linux's active interrupt into a list register; false when all are full. */
bool gic_adopt_active(struct per_cpu *cpu, uint32_t irq);
/* Empties queue and list registers, giving every interrupt to `release`. */
void gic_drain(struct per_cpu *cpu,
	       void (*release)(struct per_cpu *cpu, uint64_t lr));
/* Whom an SGI is for: a list within a cluster (v3), interfaces (v2), others. */
struct gic_targets {
	uint32_t cluster;
	uint32_t list;
	bool all_others;
};

/* Sends a virtual SGI to those `targets` that are CPUs of the sender's cell. */
void gic_multicast(struct per_cpu *sender, unsigned int sgi,
		   const struct gic_targets *targets);

/* gic-spi.c */
uint8_t gic_irq_priority(const struct gic_cpu *g, uint32_t irq);
bool gic_cell_owns(const struct cell *cell, uint32_t irq);
/*
 * v2: an SPI has got other targets. What is pending goes along (IHI 0048B,
 * 4.3.12), but QEMU before 9.1 leaves an edge where it was.
 */
void gic_follow_targets(uint32_t irq);
/* Pending and active state of one physical SPI or PPI; edge: pend it again. */
void gic_release_hw(struct per_cpu *cpu, uint32_t irq, bool pending);

/* gic-dist.c, gic-private.c, gic-redist.c: emulation. */
enum mmio_result gic_dist_access(void *cell, struct mmio_access *access);
enum mmio_result gic_redist_access(void *cell, struct mmio_access *access);
/* 32-bit register of SGIs and PPIs of `target`; `lanes`: bytes accessed. */
uint32_t gic_private_read(struct per_cpu *target, uint32_t offset);
void gic_private_write(struct per_cpu *target, uint32_t offset, uint32_t value,
		       uint32_t lanes);

#endif
