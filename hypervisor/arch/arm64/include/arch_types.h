/* SPDX-License-Identifier: GPL-2.0-only */
/* The arm64 part of cells and CPUs. */
#ifndef ARCH_TYPES_H
#define ARCH_TYPES_H

#include "gic.h"
#include "hv/paging.h"
#include "hv/types.h"
#include "pmu-guest.h"

/* arch_hv_base() */
#define ARCH_HV_BASE		((void *)&image_header)

/* enum cpu_stat: how many there are. */
#define ARCH_CPU_STATS		CPU_STATS_ARM64

/* reg_settings.mode beyond REG_MODE_KNOWN: none outside of host builds. */
#define ARCH_REG_MODES		0u

/* Invalidations are broadcast. */
#define ARCH_TLB_BROADCAST	true

/*
 * Guest general registers, in the order vectors.S saves them. The last one is
 * the zero register: whoever writes a register by its number keeps it so.
 */
struct guest_regs {
	uint64_t x[32];
};

/* EL2 registers as found at entry, in the order entry.S writes them back. */
enum linux_el2_reg {
	LINUX_SCTLR,
	LINUX_TCR,
	LINUX_MAIR,
	LINUX_TTBR0,
	LINUX_TPIDR,
	LINUX_VBAR,
	LINUX_HCR,
	LINUX_CPTR,
	LINUX_MDCR,
	LINUX_CNTHCTL,
	LINUX_CNTVOFF,
	LINUX_VTTBR,
	LINUX_VTCR,
	LINUX_HSTR,
	LINUX_VPIDR,
	LINUX_VMPIDR,
	LINUX_EL2_REGS,
};

#define PANIC_STACK_BYTES	2048

struct arch_percpu {
	struct guest_regs *regs;	/* on this CPU's stack, NULL before entry */
	uint64_t mpidr;			/* affinity fields only */
	uint64_t linux_el2[LINUX_EL2_REGS];
	bool powered_on;		/* PSCI; atomic */
	bool taken;			/* traps and timer are the hypervisor's */
	uint64_t mdcr;			/* MDCR_EL2 while guests run */
	struct pmu_guest pmu;
	struct gic_cpu gic;
	uint8_t panic_stack[PANIC_STACK_BYTES] __attribute__((aligned(16)));
};

struct arch_cell {
	struct page_table stage2;
	uint64_t vttbr;
	struct gic_cell gic;
};

#endif
