/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Experiments with regulators on machines of lines, for `make bench-regulators`.
 *
 * Each prints lines for build/host/figures, and writes what it measured to a CSV
 * file. "naive" is what the same load gets from a regulator that forgets
 * overspend, measured in the same program.
 */
#ifndef SIM_EXPERIMENTS_H
#define SIM_EXPERIMENTS_H

#include <stdio.h>

#include "tests/sim/bounds.h"

#define NS_PER_S	1000000000ull
#define GAP_NS		15u		/* between lines: 4.27 GB/s */

enum bound { AT_MOST, AT_LEAST };

/* A row of the table; `naive` NULL: there is nothing to compare with. */
void figure(const char *name, double measured, enum bound bound, double target,
	    const char *unit, const char *naive);
/* printf() into a buffer that the next call reuses, for `name` and `naive`. */
__attribute__((format(printf, 1, 2)))
const char *named(const char *format, ...);
__attribute__((format(printf, 1, 2)))
const char *naive(const char *format, ...);

/* DIRECTORY/NAME; ends the program when it cannot be written. */
FILE *file_open(const char *name);
/* The same, with headings. */
FILE *csv_open(const char *name, const char *headings);

/* A core that reads and writes as fast as it can, under one budget. */
struct rate_run {
	uint64_t bytes_per_s;
	uint64_t period_ns;
	uint64_t delay_ns;		/* from the alarm to the interrupt */
	uint64_t late_ns;		/* of every tick */
	uint64_t for_ns;
	unsigned int write_percent;
	uint32_t mode;
	uint16_t regulator;
};

/* What is off of the budget, in percent. */
double rate_error(const struct rate_run *run);

/* E1: rows 1, 2, 5, 6 and 22. E2: 3, 4, 10. E4: 18, 20. E7: what each fix does. */
void experiment_rates(void);
void experiment_windows(void);
void experiment_hostile(void);
void experiment_ablation(void);

#endif
