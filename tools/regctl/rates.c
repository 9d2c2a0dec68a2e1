// SPDX-License-Identifier: GPL-2.0-only
/* Rates of a cell between two looks at its counters. */
#include "rates.h"

#include <string.h>

__extension__ typedef unsigned __int128 wide;

static uint64_t per_second(uint64_t lines, uint32_t line_bytes,
			   uint64_t span_ns)
{
	wide bytes_ns = (wide)lines * line_bytes * 1000000000u;
	wide rate = (bytes_ns + span_ns / 2) / span_ns;

	return rate > UINT64_MAX ? UINT64_MAX - 1 : (uint64_t)rate;
}

static uint64_t stalls_sum(const struct reg_status *status, uint64_t *stall_ns)
{
	uint64_t sum = 0;
	uint32_t i;

	*stall_ns = 0;
	for (i = 0; i < status->num_cpus; i++) {
		sum += status->cpu[i].stalls;
		*stall_ns += status->cpu[i].stall_ns;
	}
	return sum;
}

static void lending_compute(const struct reg_status *before,
			    const struct reg_status *after, struct rates *rates)
{
	uint64_t lent = reg_status_lent_lines(after) -
			reg_status_lent_lines(before);
	uint64_t borrowed = reg_status_borrowed_lines(after) -
			    reg_status_borrowed_lines(before);

	rates->lent_bytes_per_s = per_second(lent, after->line_bytes,
					     rates->span_ns);
	rates->borrowed_bytes_per_s = per_second(borrowed, after->line_bytes,
						 rates->span_ns);
}

const char *rates_compute(const struct reg_status *before,
			  const struct reg_status *after, struct rates *rates)
{
	uint64_t read_before = reg_status_read_lines(before);
	uint64_t read_after = reg_status_read_lines(after);
	uint64_t written_before = reg_status_written_lines(before);
	uint64_t written_after = reg_status_written_lines(after);
	uint64_t stall_ns_before, stall_ns_after;
	uint64_t stalls_before = stalls_sum(before, &stall_ns_before);
	uint64_t stalls_after = stalls_sum(after, &stall_ns_after);

	memset(rates, 0, sizeof(*rates));
	if (read_after < read_before || written_after < written_before ||
	    stalls_after < stalls_before || stall_ns_after < stall_ns_before)
		return "the counters started again";
	if (after->now_ns <= before->now_ns)
		return "the hypervisor's clock stood still";
	rates->span_ns = after->now_ns - before->now_ns;
	rates->read_bytes_per_s = per_second(read_after - read_before,
					     after->line_bytes,
					     rates->span_ns);
	rates->written_bytes_per_s = per_second(written_after - written_before,
						after->line_bytes,
						rates->span_ns);
	rates->total_bytes_per_s =
		per_second(read_after - read_before +
				   (written_after - written_before),
			   after->line_bytes, rates->span_ns);
	rates->stalls = stalls_after - stalls_before;
	rates->stall_ns = stall_ns_after - stall_ns_before;
	lending_compute(before, after, rates);
	return NULL;
}
