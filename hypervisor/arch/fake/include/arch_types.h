/* SPDX-License-Identifier: GPL-2.0-only */
/* The fake architecture's part of cells and CPUs: an ordinary host process. */
#ifndef ARCH_TYPES_H
#define ARCH_TYPES_H

#include "hv/types.h"

struct arch_percpu {
	uint64_t pc;
	unsigned int resets;
	unsigned int kicks;
	unsigned int flushes;
};

struct arch_cell {
	unsigned int maps;
	unsigned int unmaps;
};

#endif
