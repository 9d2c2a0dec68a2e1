// SPDX-License-Identifier: GPL-2.0-only
/*
 * Contention for DDR: one queueing delay per request, solved once per epoch.
 *
 * Each CPU's demand is booked in the epoch its own clock is in, so an epoch is
 * complete when the slowest CPU leaves it, however far the others lead.
 */
#include "internal.h"

#include <string.h>

/* The backlog is made up for over this many epochs: fast enough to be seen,
 * slow enough not to swing when CPUs lead by several epochs. */
#define BACKLOG_EPOCHS 16u

static void set_delay(struct memsys *m, uint64_t delay_q8)
{
	m->delay_q8 = delay_q8;
	m->delay_by_kind_q8[0] = delay_q8;
	m->delay_by_kind_q8[1] = delay_q8 / m->config.overlap_misses;
}

/* bytes_per_s as lines per epoch with `fraction` fraction bits. */
static uint64_t lines_per_epoch(const struct memsys *m, uint64_t bytes_per_s,
				unsigned int fraction)
{
	unsigned __int128 bytes = (unsigned __int128)bytes_per_s *
				  m->config.epoch_cycles;

	return (uint64_t)((bytes << fraction) / m->config.clock_hz >>
			  m->line_shift);
}

void contention_init(struct memsys *m)
{
	uint64_t outstanding = MEMSYS_LINES_PER_REQUEST * m->num_cpus * m->config.overlap_misses;

	m->epoch_q8 = m->config.epoch_cycles << Q8;
	m->sustained_lines_q8 = lines_per_epoch(
		m, m->config.ddr_sustained_bytes_per_s, Q8);
	m->peak_lines = lines_per_epoch(m, m->config.ddr_peak_bytes_per_s, 0);
	/*
	 * A core moves MEMSYS_LINES_PER_REQUEST at most and has overlap_misses
	 * requests under way, so at a delay of the time DDR takes to serve all
	 * of those the demand fits, whatever else the cores do. The backlog
	 * may ask for half of the service; hence the factor 2.
	 */
	m->max_delay_q8 = 2 * outstanding * (m->epoch_q8 << Q8) /
			  m->sustained_lines_q8;
	contention_reset(m);
}

void contention_reset(struct memsys *m)
{
	m->epoch = 0;
	m->epoch_end_q8 = m->epoch_q8;
	m->backlog_q8 = 0;
	m->beyond_horizon = 0;
	set_delay(m, 0);
	memset(m->epoch_lines, 0, sizeof(m->epoch_lines));
	for (unsigned int cpu = 0; cpu < m->num_cpus; cpu++) {
		struct core *core = &m->cores[cpu];

		core->epoch = 0;
		core->epoch_end_q8 = m->epoch_q8;
		memset(core->demand, 0, sizeof(core->demand));
	}
}

/* Finds the epoch of the core's clock, or the last one of the horizon. */
static void locate_epoch(struct memsys *m, struct core *core)
{
	uint64_t last = m->epoch + HORIZON_EPOCHS - 1;

	core->epoch = core->clock_q8 / m->epoch_q8;
	if (core->epoch > last) {
		core->epoch = last;
		core->epoch_end_q8 = 0;
		return;
	}
	core->epoch_end_q8 = (core->epoch + 1) * m->epoch_q8;
}

/* The pins move no more than peak_lines per epoch: who comes late waits. */
static void wait_for_pins(struct memsys *m, struct core *core, uint64_t lines)
{
	while (m->epoch_lines[core->epoch % HORIZON_EPOCHS] + lines >
	       m->peak_lines) {
		uint64_t next_q8 = core->epoch_end_q8;

		core->stall_q8 += next_q8 - core->clock_q8;
		core->clock_q8 = next_q8;
		locate_epoch(m, core);
		if (!core->epoch_end_q8)
			return;
	}
}

uint64_t contention_request_q8(struct memsys *m, struct core *core,
			       const struct moved *moved, bool overlapped)
{
	uint64_t paid_q8 = m->delay_by_kind_q8[overlapped];
	uint64_t lines = moved->count;
	struct demand *demand;

	if (core->clock_q8 >= core->epoch_end_q8)
		locate_epoch(m, core);
	if (core->epoch_end_q8)
		wait_for_pins(m, core, lines);
	if (!core->epoch_end_q8)
		m->beyond_horizon++;
	demand = &core->demand[core->epoch % HORIZON_EPOCHS];
	demand->lines += lines;
	demand->single += !overlapped;
	demand->overlapped += overlapped;
	demand->queue_q8 += paid_q8;
	m->epoch_lines[core->epoch % HORIZON_EPOCHS] += lines;
	if (m->banks)
		paid_q8 += banks_request_q8(m, core, moved, overlapped);
	return paid_q8;
}

/*
 * Lines per epoch, 8 fraction bits, if every request of the closed epoch had
 * waited delay_q8: each core then needs its own time without the delay it
 * paid, and the new delay in its place, for the same requests.
 */
static uint64_t lines_at_delay_q8(const struct memsys *m, uint64_t slot,
				  uint64_t delay_q8)
{
	uint64_t overlapped_q8 = delay_q8 / m->config.overlap_misses;
	uint64_t sum_q8 = 0;

	for (unsigned int cpu = 0; cpu < m->num_cpus; cpu++) {
		const struct demand *demand = &m->cores[cpu].demand[slot];
		uint64_t time_q8;

		if (!demand->lines)
			continue;
		time_q8 = m->epoch_q8 > demand->queue_q8 ?
			  m->epoch_q8 - demand->queue_q8 : 1;
		time_q8 += demand->single * delay_q8 +
			   demand->overlapped * overlapped_q8;
		sum_q8 += (uint64_t)(((unsigned __int128)demand->lines << Q8) *
				     m->epoch_q8 / time_q8);
	}
	return sum_q8;
}

/* The least delay at which the epoch's demand fits target_q8 lines. */
static uint64_t solve_delay_q8(const struct memsys *m, uint64_t slot,
			       uint64_t target_q8)
{
	uint64_t low = 0;
	uint64_t high = m->max_delay_q8;

	if (lines_at_delay_q8(m, slot, 0) <= target_q8)
		return 0;
	while (low + 1 < high) {
		uint64_t middle = low + (high - low) / 2;

		if (lines_at_delay_q8(m, slot, middle) <= target_q8)
			high = middle;
		else
			low = middle;
	}
	return high;
}

/*
 * Lines served beyond the rate. An epoch cuts through requests: one that was
 * short of some lines may have left them to the next, which is no excess.
 */
static void book_backlog(struct memsys *m, uint64_t served_lines)
{
	int64_t least_q8 = -(int64_t)(MEMSYS_LINES_PER_REQUEST * m->num_cpus << Q8);

	m->backlog_q8 += (int64_t)(served_lines << Q8) -
			 (int64_t)m->sustained_lines_q8;
	if (m->backlog_q8 < least_q8)
		m->backlog_q8 = least_q8;
}

static uint64_t repayment_q8(const struct memsys *m)
{
	uint64_t most_q8 = m->sustained_lines_q8 / 2;
	uint64_t repay_q8;

	if (m->backlog_q8 <= 0)
		return 0;
	repay_q8 = (uint64_t)m->backlog_q8 / BACKLOG_EPOCHS;
	return repay_q8 < most_q8 ? repay_q8 : most_q8;
}

static void close_epoch(struct memsys *m)
{
	uint64_t slot = m->epoch % HORIZON_EPOCHS;

	book_backlog(m, m->epoch_lines[slot]);
	set_delay(m, solve_delay_q8(m, slot, m->sustained_lines_q8 -
					     repayment_q8(m)));
	m->epoch_lines[slot] = 0;
	if (m->banks)
		banks_close_epoch(m);
	for (unsigned int cpu = 0; cpu < m->num_cpus; cpu++)
		m->cores[cpu].demand[slot] = (struct demand){ 0 };
	m->epoch++;
}

/* Epochs after the horizon are empty: without demand there is no delay. */
static void skip_epochs(struct memsys *m, uint64_t target)
{
	uint64_t owed_epochs = m->backlog_q8 > 0 ?
		(uint64_t)m->backlog_q8 / m->sustained_lines_q8 : 0;

	if (owed_epochs < target - m->epoch)
		m->backlog_q8 = 0;
	else
		m->backlog_q8 -= (int64_t)((target - m->epoch) *
					   m->sustained_lines_q8);
	m->epoch = target;
	set_delay(m, 0);
	if (m->banks)
		banks_skip_epochs(m);
}

void contention_advance(struct memsys *m)
{
	uint64_t target = m->now_q8 / m->epoch_q8;

	for (unsigned int n = 0; n < HORIZON_EPOCHS && m->epoch < target; n++)
		close_epoch(m);
	if (m->epoch < target)
		skip_epochs(m, target);
	m->epoch_end_q8 = (m->epoch + 1) * m->epoch_q8;
}
