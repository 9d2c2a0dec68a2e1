/* SPDX-License-Identifier: GPL-2.0-only */
/* What a budget allows, and what a machine of lines must obey. */
#ifndef SIM_BOUNDS_H
#define SIM_BOUNDS_H

#include "linesim.h"

#define MB		1000000ull

/* A budget for reads and writes together, none for writes alone. */
struct reg_settings budget(uint64_t bytes_per_s, uint64_t period_ns);

/* A machine of saturating readers; 15 ns a line are 4.2 GB/s. */
struct sim machine(unsigned int cpus, uint64_t seed);
/* Some CPUs, some loads, some delays. */
struct sim random_machine(uint64_t seed);
struct reg_settings random_settings(struct sim *sim);

/* Lines that a budget allows in a time, rounded down. */
uint64_t allowed(uint64_t bytes_per_s, uint64_t ns);
/* The same for a period, rounded up. */
uint64_t lines_in_period(const struct reg_settings *settings, bool writes);
/* Lines issued by a CPU, or by all of them (-1), since sim_start(). */
uint64_t lines_issued(const struct sim *sim, int cpu);

/*
 * The most lines in a window: Q * (1 + ceil(W / P)) + N * (q + o), where o is
 * what a CPU may issue between an alarm and the look that follows.
 */
uint64_t window_bound(const struct sim *sim, uint64_t window_ns, bool writes);

/*
 * The same under mempol, where o is what a CPU may issue between two looks:
 * B x W + D + N x o of a bucket; of a window of S slots, of which this one and the poll
 * before it touch n, Q x ceil(n / S) + N x o. UINT64_MAX: not limited.
 */
uint64_t polled_bound(const struct sim *sim, uint64_t window_ns, bool writes);

/* checks.c, in tests of cmocka. */

typedef uint64_t window_bound_fn(const struct sim *sim, uint64_t window_ns,
				 bool writes);

/* Every window of half a period, nearly one, one, two and ten against a bound. */
void check_windows_by(const struct sim *sim, window_bound_fn *bound, bool writes);
/* The same against window_bound(). */
void check_windows(const struct sim *sim, bool writes);
/*
 * For sim.audit: what is in the pool and drawn but not used is never more than
 * a period's budget and a grant per CPU, and never less than what alarms come
 * late.
 */
void audit_outstanding(struct sim *sim);
/* Saturating CPUs use what they may, to the line but for what is in flight. */
void check_rate(const struct sim *sim, uint64_t ns, uint64_t lines);

#endif
