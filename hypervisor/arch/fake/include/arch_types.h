/* SPDX-License-Identifier: GPL-2.0-only */
/* The fake architecture's part of cells and CPUs: an ordinary host process. */
#ifndef ARCH_TYPES_H
#define ARCH_TYPES_H

#include "hv/paging.h"
#include "hv/types.h"

#define ARCH_HV_BASE		arch_hv_base()

/* enum cpu_stat: how many there are. */
#define ARCH_CPU_STATS		CPU_STATS_ARM64

/* reg_settings.mode beyond REG_MODE_KNOWN: faults to compare with. */
#define ARCH_REG_MODES		REG_MODE_FAULTS

/* Invalidations are broadcast unless a test says otherwise. */
#define ARCH_TLB_BROADCAST	(!fake_tlb_local)
extern bool fake_tlb_local;

struct arch_percpu {
	uint64_t pc;
	uint64_t argument;
	bool in_guest;		/* entered by a reset, left by a park */
	unsigned int resets;
	unsigned int parks;
	unsigned int kicks;
	unsigned int flushes;
	unsigned int inits;
	unsigned int restores;
};

struct arch_cell {
	struct page_table stage2;
	unsigned int maps;
	unsigned int unmaps;
};

#endif
