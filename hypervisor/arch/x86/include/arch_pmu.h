/* SPDX-License-Identifier: GPL-2.0-only */
/* Event counters: nothing is inlined. Contract: hv/arch/pmu.h. */
#ifndef X86_ARCH_PMU_H
#define X86_ARCH_PMU_H

#include "hv/types.h"

uint32_t arch_pmu_take_overflows(void);

#endif
