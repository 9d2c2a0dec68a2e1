// SPDX-License-Identifier: GPL-2.0-only
/*
 * Contention for single banks of DDR: a queueing delay for each, beside the one
 * for all of DDR, solved once per epoch in the same way.
 *
 * A bank is busy for a row hit with a line of the row that its core asked for
 * last there, and for a row cycle with any other. It can be busy for all of an
 * epoch and no longer; the delay is the least at which what the cores ask of it
 * takes that long.
 */
#include "internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ddr-map.h"

/* As for all of DDR: see contention.c. */
#define BACKLOG_EPOCHS	16u
#define NO_ROW		UINT64_MAX

/* What one core asked of one bank in one epoch. */
struct bank_demand {
	uint64_t busy_q8;
	uint64_t queue_q8;		/* delay paid for this bank */
	uint32_t single;		/* requests that paid all of it */
	uint32_t overlapped;		/* ... or delay / overlap */
};

struct bank {
	uint64_t delay_q8;
	int64_t backlog_q8;		/* time served beyond an epoch's */
	uint64_t open_row[MEMSYS_MAX_CPUS];
	uint64_t busy_q8[HORIZON_EPOCHS];
	struct bank_demand demand[MEMSYS_MAX_CPUS][HORIZON_EPOCHS];
};

struct banks {
	struct ddr_map map;
	uint32_t count;
	uint64_t row_cycle_q8;
	uint64_t row_hit_q8;
	uint64_t max_delay_q8;
	struct bank bank[];
};

static uint64_t ps_q8(const struct memsys *m, uint64_t ps)
{
	return (uint64_t)(((unsigned __int128)ps * m->config.clock_hz << Q8) /
			  1000000000000);
}

int banks_create(struct memsys *m)
{
	const struct memsys_config *config = &m->config;
	struct banks *banks;

	if (!config->limit_banks || !memsys_config_has_banks(config))
		return 0;
	banks = calloc(1, sizeof(*banks) +
			  config->ddr_banks * sizeof(banks->bank[0]));
	if (!banks)
		return -ENOMEM;
	banks->count = (uint32_t)config->ddr_banks;
	banks->map = ddr_map_make(banks->count,
				  (uint32_t)(config->ddr_row_bytes /
					     config->line_bytes));
	banks->row_cycle_q8 = ps_q8(m, config->ddr_row_cycle_ps);
	banks->row_hit_q8 = ps_q8(m, config->ddr_row_hit_ps);
	/* All that can be under way is served in half of that. */
	banks->max_delay_q8 = 4 * MEMSYS_LINES_PER_REQUEST * m->num_cpus *
			      config->overlap_misses * banks->row_cycle_q8;
	m->banks = banks;
	return 0;
}

void banks_destroy(struct memsys *m)
{
	free(m->banks);
	m->banks = NULL;
}

void banks_reset(struct memsys *m)
{
	for (uint32_t n = 0; n < m->banks->count; n++) {
		struct bank *bank = &m->banks->bank[n];

		memset(bank, 0, sizeof(*bank));
		for (unsigned int cpu = 0; cpu < m->num_cpus; cpu++)
			bank->open_row[cpu] = NO_ROW;
	}
}

static void line_book(struct banks *banks, unsigned int cpu, uint64_t slot,
		      uint64_t line)
{
	struct bank *bank = &banks->bank[ddr_map_bank(&banks->map, line)];
	uint64_t row = ddr_map_row(&banks->map, line);
	uint64_t busy_q8 = row == bank->open_row[cpu] ? banks->row_hit_q8 :
							banks->row_cycle_q8;

	bank->open_row[cpu] = row;
	bank->busy_q8[slot] += busy_q8;
	bank->demand[cpu][slot].busy_q8 += busy_q8;
}

uint64_t banks_request_q8(struct memsys *m, struct core *core,
			  const struct moved *moved, bool overlapped)
{
	unsigned int cpu = (unsigned int)(core - m->cores);
	uint64_t slot = core->epoch % HORIZON_EPOCHS;
	struct bank *slowest = NULL;
	uint64_t paid_q8;

	/* Lines in several banks are served side by side. */
	for (unsigned int n = 0; n < moved->count; n++) {
		struct bank *bank = &m->banks->bank[
			ddr_map_bank(&m->banks->map, moved->lines[n])];

		line_book(m->banks, cpu, slot, moved->lines[n]);
		if (!slowest || bank->delay_q8 > slowest->delay_q8)
			slowest = bank;
	}
	paid_q8 = overlapped ? slowest->delay_q8 / m->config.overlap_misses :
			       slowest->delay_q8;
	slowest->demand[cpu][slot].single += !overlapped;
	slowest->demand[cpu][slot].overlapped += overlapped;
	slowest->demand[cpu][slot].queue_q8 += paid_q8;
	return paid_q8;
}

/* How long a bank would have been busy, had all waited for delay_q8. */
static uint64_t busy_at_delay_q8(const struct memsys *m,
				 const struct bank *bank, uint64_t slot,
				 uint64_t delay_q8)
{
	uint64_t sum_q8 = 0;

	for (unsigned int cpu = 0; cpu < m->num_cpus; cpu++) {
		const struct bank_demand *demand = &bank->demand[cpu][slot];
		uint64_t time_q8;

		if (!demand->busy_q8)
			continue;
		time_q8 = m->epoch_q8 > demand->queue_q8 ?
			  m->epoch_q8 - demand->queue_q8 : 1;
		time_q8 += demand->single * delay_q8 + demand->overlapped *
			   (delay_q8 / m->config.overlap_misses);
		sum_q8 += (uint64_t)((unsigned __int128)demand->busy_q8 *
				     m->epoch_q8 / time_q8);
	}
	return sum_q8;
}

static uint64_t solve_delay_q8(const struct memsys *m, const struct bank *bank,
			       uint64_t slot, uint64_t target_q8)
{
	uint64_t low = 0;
	uint64_t high = m->banks->max_delay_q8;

	if (busy_at_delay_q8(m, bank, slot, 0) <= target_q8)
		return 0;
	while (low + 1 < high) {
		uint64_t middle = low + (high - low) / 2;

		if (busy_at_delay_q8(m, bank, slot, middle) <= target_q8)
			high = middle;
		else
			low = middle;
	}
	return high;
}

static void bank_close(struct memsys *m, struct bank *bank, uint64_t slot)
{
	int64_t least_q8 = -(int64_t)(m->num_cpus * MEMSYS_LINES_PER_REQUEST *
				      m->banks->row_cycle_q8);
	uint64_t repay_q8 = 0;

	bank->backlog_q8 += (int64_t)bank->busy_q8[slot] -
			    (int64_t)m->epoch_q8;
	if (bank->backlog_q8 < least_q8)
		bank->backlog_q8 = least_q8;
	if (bank->backlog_q8 > 0)
		repay_q8 = (uint64_t)bank->backlog_q8 / BACKLOG_EPOCHS;
	if (repay_q8 > m->epoch_q8 / 2)
		repay_q8 = m->epoch_q8 / 2;
	bank->delay_q8 = solve_delay_q8(m, bank, slot, m->epoch_q8 - repay_q8);
	bank->busy_q8[slot] = 0;
	for (unsigned int cpu = 0; cpu < m->num_cpus; cpu++)
		bank->demand[cpu][slot] = (struct bank_demand){ 0 };
}

void banks_close_epoch(struct memsys *m)
{
	uint64_t slot = m->epoch % HORIZON_EPOCHS;

	for (uint32_t n = 0; n < m->banks->count; n++)
		bank_close(m, &m->banks->bank[n], slot);
}

/* Without demand there is no delay; what is owed is served in the horizon. */
void banks_skip_epochs(struct memsys *m)
{
	for (uint32_t n = 0; n < m->banks->count; n++) {
		m->banks->bank[n].delay_q8 = 0;
		m->banks->bank[n].backlog_q8 = 0;
	}
}
