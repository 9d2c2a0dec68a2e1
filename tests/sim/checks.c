/* SPDX-License-Identifier: GPL-2.0-only */
/* What a regulated machine of lines must obey, whatever it does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "bounds.h"

void check_windows_by(const struct sim *sim, window_bound_fn *bound, bool writes)
{
	uint64_t period_ns = sim->cell.effective.settings.period_ns;
	const uint64_t windows[] = { period_ns / 2, period_ns - period_ns / 8,
				     period_ns, 2 * period_ns, 10 * period_ns };

	for (size_t n = 0; n < ARRAY_COUNT(windows); n++) {
		uint64_t worst = sim_worst_window(sim, windows[n], writes, -1);
		uint64_t most = bound(sim, windows[n], writes);

		if (worst > most)
			fail_msg("%llu %s in %llu ns, bound %llu",
				 (unsigned long long)worst,
				 writes ? "writes" : "lines",
				 (unsigned long long)windows[n],
				 (unsigned long long)most);
	}
}

void check_windows(const struct sim *sim, bool writes)
{
	check_windows_by(sim, window_bound, writes);
}

void audit_outstanding(struct sim *sim)
{
	const struct reg_effective *e = &sim->cell.effective;
	int64_t most = (int64_t)(e->total.cap_lines +
				 sim->cpus_count * e->total.grant_lines);
	int64_t least = -(int64_t)(sim->cpus_count * sim_overshoot_lines(sim));
	int64_t lines;

	if (!e->active || e->per_cpu)
		return;
	lines = sim_outstanding(sim, false);
	if (lines > most || lines < least)
		fail_msg("%lld lines outstanding, allowed %lld to %lld",
			 (long long)lines, (long long)least, (long long)most);
}

void check_rate(const struct sim *sim, uint64_t ns, uint64_t lines)
{
	const struct reg_effective *e = &sim->cell.effective;
	uint64_t exact = allowed(e->settings.budget_bytes_per_s, ns);
	uint64_t in_flight = e->total.cap_lines + sim->cpus_count *
			     (e->total.grant_lines + sim_overshoot_lines(sim));

	if (lines > exact + in_flight || lines + in_flight < exact)
		fail_msg("%llu lines, exact %llu, in flight %llu",
			 (unsigned long long)lines, (unsigned long long)exact,
			 (unsigned long long)in_flight);
}
