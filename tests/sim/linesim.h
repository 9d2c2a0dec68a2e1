/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A machine of lines: CPUs issue cache lines, one by one, under a regulator.
 *
 * The regulator's own object code decides; here are only time, loads, and a
 * counter source that sees an alarm late, by a skid (interrupts) or by the poll
 * interval. Every line is logged with its time. Deterministic for a seed.
 */
#ifndef SIM_LINESIM_H
#define SIM_LINESIM_H

#include "regulators/regulator.h"

#define SIM_MAX_CPUS	16

enum sim_load {
	SIM_IDLE,
	SIM_SATURATE,		/* one line every gap_ns */
	SIM_BURSTS,		/* busy and idle phases of random length */
	SIM_STEADY,		/* one line every steady_ns, evenly */
};

struct sim_cpu {
	struct reg_cpu reg;
	enum sim_load load;
	uint64_t steady_ns;
	unsigned int write_percent;
	bool stalled;
	uint64_t reads, writes;		/* truly issued; may wrap */
	uint64_t armed_at_lines, armed_at_writes;
	uint64_t line_ns;		/* the next line */
	uint64_t phase_until_ns;	/* SIM_BURSTS */
	uint64_t irq_ns;		/* overflow interrupt under way */
	bool irq_lost;			/* of the alarm that is armed */
	uint64_t poll_ns;
	uint64_t tick_ns;
	uint64_t adopt_ns;		/* a new setting is picked up */
	uint64_t stalls;
	uint64_t short_ticks;		/* advance() did */
	uint64_t short_overflows;	/* renew() did */
};

struct sim_line {
	uint64_t ns;
	uint8_t cpu;
	bool is_write;
};

struct sim {
	/* Parameters, set before sim_start(). */
	unsigned int cpus_count;
	uint64_t seed;
	uint64_t gap_ns;		/* a CPU cannot be faster than this */
	uint64_t delay_ns;		/* skid, or the poll interval, at most */
	bool polled;
	bool long_ways;			/* never advance() or renew() */
	struct reg_loans *loans;	/* shared by machines run in step */
	bool exact;			/* every delay and lateness is the most */
	bool unlogged;			/* `lines` stays empty */
	uint64_t counts_from;		/* reads, and writes, begin here */
	unsigned int missed_percent;	/* alarms whose interrupt gets lost */
	uint16_t regulator;		/* 0: memguard */
	uint64_t late_ns;		/* of ticks and releases, at most */
	uint64_t burst_ns;		/* mean length of a phase */
	struct sim_cpu cpu[SIM_MAX_CPUS];

	struct reg_cell cell;
	uint64_t now_ns;
	struct sim_line *lines;
	size_t lines_count, lines_room;
	/* After every event. */
	void (*audit)(struct sim *sim);
	void *context;
};

uint64_t sim_random(struct sim *sim, uint64_t below);

/* All CPUs join, unregulated, at `start_ns`. */
void sim_start(struct sim *sim, uint64_t start_ns);

/*
 * Asks the regulator's check and, when it accepts, makes it the cell's setting;
 * each CPU picks it up within `lag_ns`, at a random time. Returns the error.
 */
int sim_set(struct sim *sim, const struct reg_settings *settings,
	    uint64_t lag_ns);

void sim_run(struct sim *sim, uint64_t until_ns);

/* The CPU is reset: it leaves the regulator and comes back to it. */
void sim_reset(struct sim *sim, unsigned int cpu);
void sim_free(struct sim *sim);

/* Lines in the pool or drawn from it and not used yet; may be negative. */
int64_t sim_outstanding(const struct sim *sim, bool writes);

/* Lines a CPU may issue before an alarm is seen, beyond what was armed. */
uint64_t sim_overshoot_lines(const struct sim *sim);

/*
 * The most lines (writes only, or of one CPU only) within any half-open window
 * of this length that begins at a line: every window is looked at.
 */
uint64_t sim_worst_window(const struct sim *sim, uint64_t window_ns,
			  bool writes, int cpu);

#endif
