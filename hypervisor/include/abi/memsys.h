/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The memory-system page: registers of the modelled memory system.
 *
 * One 4 KiB page of guest RAM that lies outside every cell's memory. The model
 * (a QEMU plugin) and the hypervisor both see it; inmates may map it read-only
 * as their clock. Time here is model time: every CPU has a clock in model
 * cycles that advances with its instructions and its stalls on memory.
 *
 * All fields are little endian. "Model" fields are written by the model only,
 * "control" fields by the hypervisor only (on the CPU they belong to). A
 * control word takes effect when its CPU next executes the doorbell
 * instruction; the model has refreshed all of its fields when the instruction
 * after the doorbell executes. Counters are 64 bits and never wrap.
 */
#ifndef ABI_MEMSYS_H
#define ABI_MEMSYS_H

#include "types.h"

#define MEMSYS_MAGIC		0x5359534d52494557ULL	/* "WEIRMSYS" */
#define MEMSYS_REVISION		1u
#define MEMSYS_PAGE_BYTES	4096u
#define MEMSYS_MAX_CPUS		16u

/*
 * The doorbell is HINT #96 (Arm ARM DDI 0487, C6.2 HINT: unallocated hints
 * execute as NOP), so that code which rings it also runs where no model is.
 */
#define MEMSYS_DOORBELL_HINT	96
#define MEMSYS_DOORBELL_OPCODE	0xd503201fu /* | MEMSYS_DOORBELL_HINT << 5 */

/* memsys_page.control */
#define MEMSYS_CONTROL_RUN	(1u << 0) /* instrument and count */

/* memsys_cpu.control */
/* What this CPU executes is neither charged to its clock nor cached. */
#define MEMSYS_CPU_UNCHARGED	(1u << 0)
/*
 * This CPU waits until hold_until_cycles: its clock follows the slowest busy
 * CPU, nobody waits for it, and when no CPU is busy time jumps to the
 * earliest hold_until_cycles; UINT64_MAX: to none for this CPU, it waits for
 * something else. Implies MEMSYS_CPU_UNCHARGED.
 */
#define MEMSYS_CPU_HELD		(1u << 1)

/* memsys_cpu.state */
enum memsys_cpu_state {
	MEMSYS_CPU_STATE_OFF = 0,  /* executed nothing since the start */
	MEMSYS_CPU_STATE_BUSY = 1,
	MEMSYS_CPU_STATE_IDLE = 2, /* in WFI; clock set to `now` when it wakes */
	MEMSYS_CPU_STATE_HELD = 3,
};

struct memsys_cpu {
	/* model */
	uint64_t cycles;	/* clock of this CPU, model cycles */
	uint64_t limit_cycles;	/* pace: wait while cycles is above this */
	uint64_t instructions;	/* charged ones only, like all below */
	uint64_t loads;
	uint64_t stores;
	uint64_t llc_fills;	/* lines read from DDR for this CPU */
	uint64_t writebacks;	/* lines written to DDR, charged to the evictor */
	uint64_t stall_cycles;	/* part of cycles spent waiting for memory */
	uint32_t state;		/* enum memsys_cpu_state */
	/* control */
	uint32_t control;
	uint64_t hold_until_cycles;
	uint64_t way_mask;	/* LLC ways this CPU may fill; 0 means all */
	uint64_t reserved[5];
};

ABI_SIZE(struct memsys_cpu, 128);
ABI_OFFSET(struct memsys_cpu, state, 64);
ABI_OFFSET(struct memsys_cpu, control, 68);
ABI_OFFSET(struct memsys_cpu, hold_until_cycles, 72);

struct memsys_page {
	/* model */
	uint64_t magic;
	uint32_t revision;
	uint32_t num_cpus;
	uint64_t clock_hz;		/* model cycles per second */
	uint32_t line_bytes;
	uint32_t llc_ways;
	uint32_t llc_sets;
	uint32_t l1_bytes;
	uint64_t ddr_sustained_bytes_per_s;
	uint64_t ddr_peak_bytes_per_s;
	uint32_t insn_ps;		/* guest virtual time per instruction */
	uint32_t running;		/* 1 while the model counts */
	uint64_t now_cycles;		/* clock of the slowest busy CPU */
	uint64_t slack_cycles;		/* allowed lead over the slowest */
	uint64_t epoch_cycles;
	uint64_t epochs;
	uint64_t queue_delay_cycles_q8;	/* per request, 8 fraction bits */
	/* control */
	uint32_t control;
	uint32_t reserved0;
	uint64_t reserved1[18];
	struct memsys_cpu cpu[MEMSYS_MAX_CPUS];	/* by QEMU's vCPU index */
};

ABI_OFFSET(struct memsys_page, clock_hz, 16);
ABI_OFFSET(struct memsys_page, running, 60);
ABI_OFFSET(struct memsys_page, control, 104);
ABI_OFFSET(struct memsys_page, cpu, 256);
_Static_assert(__builtin_offsetof(struct memsys_page, cpu) +
	       MEMSYS_MAX_CPUS * sizeof(struct memsys_cpu) <= MEMSYS_PAGE_BYTES,
	       "the memory-system page must fit a page");

#endif
