// SPDX-License-Identifier: GPL-2.0-only
/* A guest that guards its deadline. */
#include "guard.h"

#include "abi/control.h"
#include "abi/hypercall.h"
#include "fake.h"
#include "hv/cell.h"
#include "hv/percpu.h"
#include "machine.h"

bool guard_job(struct guard *guard, struct guard_counts *counts,
	       const struct scenario_cell *cell, uint64_t took_ps)
{
	bool missed = took_ps > cell->deadline_ps;

	counts->jobs++;
	counts->missed += missed;
	counts->missed_held += missed && guard->holds;
	guard->in_time = missed ? 0 : guard->in_time + 1;
	if (!*cell->guard || guard->call)
		return false;
	if (missed && !guard->holds)
		guard->call = CONTROL_ASK;
	else if (guard->holds && cell->calm_jobs &&
		 guard->in_time >= cell->calm_jobs)
		guard->call = CONTROL_RELEASE;
	return guard->call != 0;
}

void guard_call(struct guard *guard, struct guard_counts *counts,
		const struct scenario_cell *cell, unsigned int cpu)
{
	struct per_cpu *caller = fake_cpu_area(cpu);
	struct control_request *request =
		fake_guest(caller->cell, MACHINE_BUFFER_GPA, 0);
	bool asks = guard->call == CONTROL_ASK;
	bool done;

	*request = (struct control_request){
		.size = sizeof(*request), .operation = guard->call,
		.cell_id = cell->guard_cell + 1,
		.duty_permille = cell->guard_duty_permille,
		.budget_bytes_per_s = cell->guard_budget_bytes_per_s,
	};
	if (cell->guard_duty_permille)
		request->what |= CONTROL_DUTY;
	if (cell->guard_budget_bytes_per_s)
		request->what |= CONTROL_BUDGET;
	guard->call = 0;
	fake_on_cpu(cpu);
	done = !hypercall_handle(caller, WEIR_HC_CONTROL, MACHINE_BUFFER_GPA,
				 0);
	counts->asked += asks && done;
	counts->refused += !done;
	/* What was refused is tried again with the next job. */
	if (done)
		guard->holds = asks;
}
