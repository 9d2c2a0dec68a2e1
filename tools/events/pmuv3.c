// SPDX-License-Identifier: GPL-2.0-only
/*
 * Common events of Arm's PMUv3: Arm ARM DDI 0487, D13.11. Which of them a core
 * has is told by PMCEID0_EL0 and PMCEID1_EL0.
 */
#include "events.h"

static const struct pmuv3_event events[] = {
	{ 0x00, "SW_INCR", "Writes of PMSWINC_EL0" },
	{ 0x03, "L1D_CACHE_REFILL", "Lines brought into the L1 data cache" },
	{ 0x04, "L1D_CACHE", "Accesses to the L1 data cache" },
	{ 0x08, "INST_RETIRED", "Instructions executed" },
	{ 0x11, "CPU_CYCLES", "Cycles" },
	{ 0x13, "MEM_ACCESS", "Accesses of data memory" },
	{ 0x15, "L1D_CACHE_WB", "Lines written back from the L1 data cache" },
	{ 0x16, "L2D_CACHE", "Accesses to the L2 data cache" },
	{ 0x17, "L2D_CACHE_REFILL", "Lines brought into the L2 data cache" },
	{ 0x18, "L2D_CACHE_WB", "Lines written back from the L2 data cache" },
	{ 0x19, "BUS_ACCESS", "Accesses on the bus, of any size" },
	{ 0x1d, "BUS_CYCLES", "Cycles of the bus" },
	{ 0x29, "L3D_CACHE_ALLOCATE", "Lines placed in the L3 without a refill" },
	{ 0x2a, "L3D_CACHE_REFILL", "Lines brought into the L3 cache" },
	{ 0x2b, "L3D_CACHE", "Accesses to the L3 cache" },
	{ 0x2c, "L3D_CACHE_WB", "Lines written back from the L3 cache" },
	{ 0x32, "LL_CACHE", "Accesses to the last-level cache" },
	{ 0x33, "LL_CACHE_MISS", "Misses of the last-level cache" },
	{ 0x36, "LL_CACHE_RD", "Reads of the last-level cache" },
	{ 0x37, "LL_CACHE_MISS_RD", "Reads that miss the last-level cache" },
};

const struct pmuv3_event *pmuv3_event(unsigned int n)
{
	return n < sizeof(events) / sizeof(events[0]) ? &events[n] : NULL;
}
