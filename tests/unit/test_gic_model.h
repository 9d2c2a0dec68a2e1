/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A model of a GICv2 or GICv3 with four CPUs behind gic-access.h, and of the
 * guests that take and end their virtual interrupts. Root cell: CPUs 0 and 1;
 * the other cell: CPUs 2 and 3.
 */
#ifndef TEST_GIC_MODEL_H
#define TEST_GIC_MODEL_H

#include "hv/cell.h"
#include "hv/percpu.h"
#include "gic.h"

#define MODEL_CPUS		4
#define MODEL_IRQS		288
#define MODEL_LRS		4
#define MODEL_GICD		0x08000000ull
#define MODEL_GICC		0x08010000ull
#define MODEL_GICH		0x08030000ull
#define MODEL_GICV		0x08040000ull
#define MODEL_GICR		0x080a0000ull
#define MODEL_SPURIOUS		1023u
#define MODEL_LPI		8200u

struct model_irq {
	bool enabled, latch, line, active, edge, group1;
	bool stranded;		/* v2: pending where it was routed before */
	uint8_t priority;
	uint8_t targets;	/* v2 */
	uint64_t router;	/* v3 */
};

struct model_lr {
	uint32_t irq, physical;
	uint8_t priority;
	bool pending, active, hw, eoi, group1;
};

struct model_cpu {
	struct model_irq irq[32];
	uint8_t senders[16];
	uint8_t running[32];	/* stack of priorities */
	unsigned int depth;
	struct model_lr lr[MODEL_LRS];
	bool lpi;
	uint64_t hcr, vmcr, ich_apr, icc_apr;
	uint32_t ctlr, pmr, bpr, enable;
	uint64_t sre_el1, sre_el2;
	uint32_t gicr_ctlr, waker;
	uint64_t propbaser;
};

struct model {
	unsigned int version;
	unsigned int current;
	uint32_t ctlr;
	struct model_irq spi[MODEL_IRQS];
	struct model_cpu cpu[MODEL_CPUS];
	unsigned int timer_fired, overflows, kicks, stray_ends, accesses;
	unsigned int critical_ended;
	struct memory_region mapped;
	char message[128];
};

extern struct model model;
extern struct per_cpu cpus[MODEL_CPUS];
extern struct cell cells[2];

/* Linux runs on all CPUs, nothing of the hypervisor yet. */
void model_reset(unsigned int version);
/* ... and the hypervisor has taken over; SPIs 32 to 287 are the root's. */
void model_boot(unsigned int version);
/* The take-over alone. */
void model_enter(void);
/* Cell 1 gets `irqs` of the 32 SPIs from 64 on, and CPUs 2 and 3. */
int model_create_cell(uint32_t irqs, struct reason *reason);
void model_destroy_cell(void);

struct model_irq *model_irq(unsigned int cpu, uint32_t irq);
/* A device raises or lowers its line; edge-triggered ones latch. */
void model_line(unsigned int cpu, uint32_t irq, bool level);
/* Lets CPUs take physical interrupts at EL2 until there are none. */
void model_settle(void);
/* The guest's ICC_IAR or GICC_IAR, then EOI (and deactivation). */
uint32_t model_guest_ack(unsigned int cpu);
void model_guest_end(unsigned int cpu, uint32_t irq);
/* Acknowledges one interrupt and ends it; MODEL_SPURIOUS if there is none. */
uint32_t model_guest_take(unsigned int cpu);
/* LRs valid; fails when two hold the same INTID. */
unsigned int model_lrs_used(unsigned int cpu);
bool model_maintenance(unsigned int cpu);

/* A guest's access to the distributor or to redistributor `frame`. */
enum mmio_result model_dist(unsigned int cpu, uint32_t offset, uint8_t size,
			    bool is_write, uint64_t *value);
enum mmio_result model_redist(unsigned int cpu, unsigned int frame,
			      uint32_t offset, uint8_t size, bool is_write,
			      uint64_t *value);
uint32_t model_dist_read(unsigned int cpu, uint32_t offset);
void model_dist_write(unsigned int cpu, uint32_t offset, uint32_t value);
/* SGI and PPI registers: v2 the distributor's, v3 the own redistributor's. */
uint32_t model_private_read(unsigned int cpu, uint32_t offset);
void model_private_write(unsigned int cpu, uint32_t offset, uint32_t value);
/* The guest sends an SGI to CPUs (bit n: CPU n). */
void model_guest_sgi(unsigned int cpu, unsigned int sgi, uint32_t targets);

/* Between the model's files. */
uint8_t model_interface(unsigned int cpu);
uint32_t model_affinity(unsigned int cpu);
bool model_pending(const struct model_irq *irq);
bool model_routed_to(const struct model_irq *irq, unsigned int cpu);
void model_send_sgi(unsigned int target, uint32_t sgi, uint8_t sender);
uint32_t model_access_dist(uint32_t offset, bool is_write, uint32_t value);
uint32_t model_access_senders(uint32_t offset, unsigned int size, bool is_write,
			      uint32_t value);
uint64_t model_access_redist(unsigned int frame, uint32_t offset,
			     bool is_write, uint64_t value);

#endif
