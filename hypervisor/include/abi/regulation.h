/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Regulation: what the tools ask and what the hypervisor answers.
 *
 * Quantities are SI: bytes per second, nanoseconds, bytes, counts. Names and
 * units are resolved in the tools.
 */
#ifndef ABI_REGULATION_H
#define ABI_REGULATION_H

#include "control.h"
#include "types.h"

#define REG_NAME_BYTES			16
#define REG_REASON_BYTES		128
#define REG_MAX_CPUS			64

enum regulator_id {
	REGULATOR_NONE = 0,
	REGULATOR_MEMGUARD = 1,
	REGULATOR_BUCKET = 2,
	REGULATOR_MEMPOL = 3,
	REGULATOR_THROTTLE = 4,
	REGULATOR_CAT = 5,
	REGULATOR_MBA = 6,
	REGULATOR_COLOR = 7,
	REGULATOR_QOS = 8,
	REGULATOR_BURST = 9,
};

enum counter_source_id {
	COUNTER_DEFAULT = 0,	/* the first one the configuration lists */
	COUNTER_MEMSYS = 1,
	COUNTER_PMUV3 = 2,
	COUNTER_X86_PMU = 3,
	COUNTER_INTEL_IMC = 4,
	COUNTER_FAKE = 0xff,	/* arch/fake: host tests and the simulator */
};

#define REG_PERIOD_DEFAULT_NS		1000000ull
#define REG_PERIOD_MIN_NS		20000ull
#define REG_PERIOD_MAX_NS		1000000000ull
/* Of a poller; 0 asks for the default. */
#define REG_POLL_DEFAULT_NS		6250u
#define REG_POLL_MIN_NS			1000u
#define REG_POLL_MAX_NS			1000000u
#define REG_BUDGET_UNLIMITED		UINT64_MAX

/* Of the time of each CPU, in thousandths. */
#define REG_DUTY_FULL			1000u	/* not throttled */
#define REG_THROTTLE_PERIOD_DEFAULT_NS	1000000ull
#define REG_THROTTLE_PERIOD_MIN_NS	100000ull
#define REG_THROTTLE_PERIOD_MAX_NS	1000000000ull

#define REG_BURST_NONE			0ull	/* bytes: no cap */
#define REG_BURST_WINDOW_DEFAULT_NS	20000ull
#define REG_BURST_WINDOW_MIN_NS		10000ull
#define REG_BURST_WINDOW_MAX_NS		10000000ull

/* reg_settings.valid: which fields a request changes */
#define REG_SET_BUDGET			0x0001u
#define REG_SET_WRITE_BUDGET		0x0002u
#define REG_SET_PERIOD			0x0004u
#define REG_SET_MODE			0x0008u
#define REG_SET_SOURCE			0x0010u
#define REG_SET_REGULATOR		0x0020u
#define REG_SET_DUTY			0x0040u
#define REG_SET_THROTTLE_PERIOD		0x0080u
#define REG_SET_THROTTLE_CPUS		0x0100u
#define REG_SET_DEPTH			0x0200u
#define REG_SET_BURST			0x0400u /* bytes and window */
#define REG_SET_CLASS			0x0800u
#define REG_SET_FLAGS			0x1000u
#define REG_SET_POLL			0x2000u
#define REG_SET_LAW			0x4000u
#define REG_SET_WATCH			0x8000u
#define REG_SET_KNOWN			0xffffu

/* reg_settings.mode */
#define REG_MODE_PER_CPU		0x0001u /* static shares, no pool */
/* For comparisons: what memguard, or mempol, otherwise does better. */
#define REG_MODE_SYNCHRONOUS		0x0002u /* CPUs begin periods together */
#define REG_MODE_NO_DEBT		0x0004u /* overspend is forgotten */
#define REG_MODE_STEADY			0x0008u /* never looks sooner: mempol */
#define REG_MODE_KNOWN			0x000fu

/*
 * reg_settings.class_. What is guaranteed to cells is, together, never more than
 * the machine sustains: WEIR_RECORD_BANDWIDTH.
 */
#define REG_CLASS_BEST_EFFORT		0u /* the budget is a limit only */
#define REG_CLASS_GUARANTEED		1u /* and can be had at any time */
#define REG_CLASS_KNOWN			0x0001u

/*
 * reg_settings.flags. A guaranteed cell lends what it has not used of its budget
 * when that is lost to it: a period after. A best-effort cell that has used up its
 * budget may use what has been lent.
 */
#define REG_FLAG_LEND			0x0001u
#define REG_FLAGS_KNOWN			0x0001u

/* reg_settings.law: what a poller goes by */
enum reg_law {
	REG_LAW_BUCKET = 0,	/* credit grows with time, up to a depth */
	REG_LAW_WINDOW = 1,	/* what was used in a window that slides */
};

/*
 * In a request only the fields named by `valid` count, the others keep what is
 * in force. In an answer all fields are valid.
 */
struct reg_settings {
	uint32_t valid;
	uint16_t regulator;		/* enum regulator_id; 0: default */
	uint16_t source;		/* enum counter_source_id */
	uint64_t budget_bytes_per_s;	/* reads and write-backs together */
	uint64_t write_budget_bytes_per_s; /* write-backs alone */
	uint64_t period_ns;
	uint32_t mode;
	uint32_t flags;			/* of the budget: REG_FLAGS_KNOWN */
	uint16_t class_;		/* of the cell: REG_CLASS_KNOWN */
	/* Each CPU of the cell, or those named, runs this much of its time. */
	uint16_t duty_permille;		/* 1 to REG_DUTY_FULL */
	uint32_t poll_ns;		/* between looks at a counter; 0: default */
	uint64_t throttle_period_ns;
	uint64_t throttle_cpus;		/* bit n: logical CPU n; 0: all */
	uint64_t depth_bytes;		/* of a bucket; 0: 33 or 100 us of it */
	/* No CPU moves more than its share of it in any window this long. */
	uint64_t burst_bytes;		/* REG_BURST_NONE: no cap */
	uint64_t burst_window_ns;
	uint16_t law;			/* enum reg_law */
	uint16_t watch_cpu;		/* a logical CPU + 1 that polls for all; 0 */
	uint32_t reserved[3];		/* 0 */
};
ABI_SIZE(struct reg_settings, 104);
ABI_OFFSET(struct reg_settings, throttle_period_ns, 48);
ABI_OFFSET(struct reg_settings, law, 88);

/* reg_request.operation */
enum reg_operation {
	REG_OP_SET = 1,		/* change the fields named by settings.valid */
	REG_OP_CLEAR = 2,	/* back to the configuration's policy, or none */
	REG_OP_CHECK = 3,	/* like SET, but change nothing */
};

/*
 * WEIR_HC_REG_SET. The caller fills everything down to `settings`; the
 * hypervisor answers with the rest. When the call fails, nothing changed and
 * `reason` says why in one line; when it succeeds, `effective` is what is in
 * force from `generation` on (rounding to lines per period included).
 */
struct reg_request {
	uint32_t size;			/* of this structure, in bytes */
	uint32_t operation;
	uint32_t cell_id;
	uint32_t reserved;		/* 0 */
	struct reg_settings settings;
	/* answer */
	struct reg_settings effective;
	uint64_t generation;		/* number of this reload */
	uint64_t requested_ns;		/* hypervisor clock */
	char reason[REG_REASON_BYTES];
};
ABI_SIZE(struct reg_request, 368);
ABI_OFFSET(struct reg_request, settings, 16);
ABI_OFFSET(struct reg_request, effective, 120);
ABI_OFFSET(struct reg_request, reason, 240);

#define REG_STALL_BUCKETS		8

/*
 * What holds a CPU. It runs when nothing does; of several the one with the
 * lowest number is named, and the time is put down to it.
 */
enum reg_holder {
	REG_HELD_NOT = 0,
	REG_HELD_THROTTLE = 1,
	REG_HELD_BURST = 2,
	REG_HELD_BUDGET = 3,
};
#define REG_HOLDERS			3
#define REG_HOLDER_BIT(holder)		(1u << ((holder) - 1))

/*
 * Since the cell was created. All values only ever grow. Not
 * packed, nor is what holds it: no member needs padding, and a CPU that must not
 * access what is not aligned writes words instead of bytes.
 */
struct reg_cpu_stats {
	uint64_t read_lines;
	uint64_t written_lines;
	uint64_t stalls;
	uint64_t stall_ns;
	uint64_t periods;		/* period boundaries seen, or polls */
	uint64_t overflows;		/* overflow interrupts or polls that hit */
	uint64_t overshoot_lines;	/* used beyond the budget, in total */
	uint64_t overshoot_max_lines;	/* worst single period */
	uint64_t late_max_ns;		/* worst lateness of a period boundary */
	uint64_t effective_ns;		/* clock when `generation` took effect */
	uint64_t generation;		/* last reload in force on this CPU */
	/* stalls shorter than 1 us, 10 us, 100 us, 1 ms, 10 ms, .1 s, 1 s, more */
	uint64_t stall_histogram[REG_STALL_BUCKETS];
	uint32_t cpu;			/* logical number */
	uint32_t stalled;		/* 1 while it is being held */
	uint32_t held_by;		/* enum reg_holder: who is named now */
	uint32_t holders;		/* REG_HOLDER_BIT() of all that hold */
	/* By enum reg_holder - 1: how often it was named, and how long. */
	uint64_t held_stalls[REG_HOLDERS];
	uint64_t held_ns[REG_HOLDERS];
	/* Of the budget released for others to use, and used of others' budgets. */
	uint64_t lent_lines;
	uint64_t borrowed_lines;
	/*
	 * Times it was let go for critical interrupts while it was held, how often
	 * their bound ended that, how long it ran for them and what they moved. The
	 * time is part of stall_ns, the lines are part of those above.
	 */
	uint64_t critical_runs;
	uint64_t critical_cuts;
	uint64_t critical_ns;
	uint64_t critical_lines;
};
ABI_SIZE(struct reg_cpu_stats, 264);
ABI_OFFSET(struct reg_cpu_stats, held_by, 160);

/* WEIR_HC_REG_GET: caller fills size and cell_id. */
struct reg_status {
	uint32_t size;			/* of this structure, in bytes */
	uint32_t cell_id;
	uint64_t now_ns;		/* hypervisor clock */
	struct reg_settings requested;
	struct reg_settings effective;
	uint64_t generation;		/* last one accepted */
	uint64_t reloads;		/* accepted requests since creation */
	uint64_t refusals;
	uint32_t line_bytes;
	uint32_t num_cpus;		/* entries of cpu[] filled */
	char regulator_name[REG_NAME_BYTES];
	char source_name[REG_NAME_BYTES];
	char event_name[32];
	/* Of the machine: what can be guaranteed (0: nobody says), and what is. */
	uint64_t sustainable_bytes_per_s;
	uint64_t guaranteed_bytes_per_s;
	uint64_t sustainable_write_bytes_per_s;
	uint64_t guaranteed_write_bytes_per_s;
	/* What this cell asked of others, by WEIR_HC_CONTROL. */
	uint64_t control_requests;	/* granted, releases included */
	uint64_t control_refusals;	/* of them too many in too short a time: */
	uint64_t control_limited;
	/* What others ask of this one. */
	uint32_t num_holds;		/* entries of hold[] filled */
	uint32_t reserved;
	struct control_hold hold[CONTROL_HOLDS_MAX];
	struct reg_cpu_stats cpu[16];
};
ABI_SIZE(struct reg_status, 16 + 208 + 24 + 8 + 64 + 32 + 32 + 8 * 48 + 16 * 264);

#define REG_STATUS_MAX_CPUS		16

#endif
