/* SPDX-License-Identifier: GPL-2.0-only */
/* Per-CPU state. Only the CPU itself writes it, but for `events`. */
#ifndef HV_PERCPU_H
#define HV_PERCPU_H

#include "regulators/regulator.h"
#include "abi/hypercall.h"
#include "arch_types.h"
#include "arch/paging.h"
#include "setup.h"
#include "tick.h"
#include "types.h"

#define HV_STACK_BYTES		8192

/* cpu_post_event() */
#define EVENT_SUSPEND		0x0001u	/* wait in the hypervisor until resumed */
#define EVENT_PARK		0x0002u	/* stop running the guest */
#define EVENT_RESET		0x0004u	/* start the guest at cpu->reset_address */
#define EVENT_FLUSH_TLB		0x0008u	/* stage 2 of the cell changed */
#define EVENT_REGULATION	0x0010u	/* the cell's policy changed */
#define EVENT_IRQCHIP		0x0020u	/* virtual interrupts are pending */
#define EVENT_PARTITION		0x0040u	/* shares of caches or clock changed */

struct per_cpu {
	/* Used by assembly, see arch: keep first. */
	struct arch_percpu arch;

	unsigned int id;		/* logical number, as in CPU sets */
	struct cell *cell;
	uint32_t events;		/* EVENT_*, atomic, set by any CPU */
	bool suspended;			/* answers EVENT_SUSPEND */
	bool parked;
	bool failed;			/* parked because of a fault */
	bool stall_requested;		/* held: regulation_stall() before the guest */
	bool entered;			/* this CPU exists and came in */
	bool active;			/* runs guests, not (any more) bare Linux */
	uint64_t reset_address;		/* for EVENT_RESET, guest physical */
	uint64_t reset_argument;	/* CPU_ON context */
	uint32_t stats[ARCH_CPU_STATS];

	struct tick_cpu tick;
	struct reg_cpu reg;

	/* Never mapped, where the architecture can: the stack grows towards it. */
	uint8_t guard[PAGE_BYTES] __attribute__((aligned(4096)));
	uint8_t stack[HV_STACK_BYTES] __attribute__((aligned(4096)));
} __attribute__((aligned(4096)));

/* NULL when `id` is not a CPU of this machine. */
struct per_cpu *percpu_get(unsigned int id);

/* The same of one that is there, as those of a cell all are; setup makes sure. */
static inline struct per_cpu *percpu_of(unsigned int id)
{
	uint8_t *areas = (uint8_t *)ARCH_HV_BASE;

	/* They are right behind the image: not in what the compiler takes this for. */
	__asm__("" : "+r"(areas));
	areas += image_header.core_size;
	return (void *)(areas + id * image_header.percpu_size);
}

/* On the CPU: by regulators; critical.h says what it may do all the same. */
static inline bool regulation_holds(const struct per_cpu *cpu)
{
	return cpu->reg.stats.holders != 0;
}

#endif
