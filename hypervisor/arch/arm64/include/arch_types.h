/* SPDX-License-Identifier: GPL-2.0-only */
/* The arm64 part of cells and CPUs. */
#ifndef ARCH_TYPES_H
#define ARCH_TYPES_H

#include "gic.h"
#include "hv/types.h"

/* Guest general registers, in the order entry.S saves them. */
struct guest_regs {
	uint64_t x[31];
	uint64_t padding;
};

struct arch_percpu {
	struct guest_regs *regs;	/* on this CPU's stack, NULL before entry */
	uint64_t mpidr;
	uint64_t linux_el2[16];		/* EL2 registers as found at entry */
	bool powered_on;		/* PSCI */
	struct gic_cpu gic;
};

struct arch_cell {
	void *stage2_root;		/* owned by stage2.c */
	uint64_t vttbr;
	uint64_t vtcr;
	struct gic_cell gic;
};

#endif
