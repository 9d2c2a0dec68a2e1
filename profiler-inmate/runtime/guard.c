/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A deadline that is guarded: others are held back when it was missed. */
#include "abi/control.h"
#include "inmate.h"

static long control(enum control_operation operation, uint32_t cell_id,
		    uint16_t what, const struct guard *guard)
{
	static struct control_request request __attribute__((aligned(8)));

	request = (struct control_request){
		.size = sizeof(request),
		.operation = operation,
		.cell_id = cell_id,
		.what = what,
	};
	if (guard) {
		request.duty_permille = guard->duty_permille;
		request.budget_bytes_per_s = guard->budget_bytes_per_s;
	}
	return inmate_hypercall(WEIR_HC_CONTROL, (uintptr_t)&request, 0);
}

void guard_init(struct guard *guard)
{
	*guard = (struct guard){
		.deadline_cycles = cmdline_ns("deadline", 0) *
				   (clock_hz() / 1000) / 1000000,
		.cell_id = (uint32_t)cmdline_number("guard", 0),
		.duty_permille = (uint16_t)cmdline_number("duty", 0),
		.budget_bytes_per_s = cmdline_number("budget", 0),
		.calm_jobs = cmdline_number("calm", 20),
	};
	guard->what = (uint16_t)((guard->duty_permille ? CONTROL_DUTY : 0u) |
				 (guard->budget_bytes_per_s ? CONTROL_BUDGET : 0u));
	/* Timed, but nobody is held back. */
	if (guard->deadline_cycles && !guard->what)
		inmate_printf("guard: neither duty nor budget is given\n");
}

static void ask(struct guard *guard, uint64_t job)
{
	long error = control(CONTROL_ASK, guard->cell_id, guard->what, guard);

	if (error == 0) {
		guard->holds = true;
		guard->asked++;
		inmate_printf("guard: job %" U64 " missed, cell %u is held back\n",
			      job, guard->cell_id);
	} else if (guard->refused++ == 0) {
		inmate_printf("guard: job %" U64 " missed, refused: error %d\n",
			      job, (int)error);
	}
}

static void release(struct guard *guard, uint64_t job)
{
	/* Too early for another call: the next job is as good. */
	if (control(CONTROL_RELEASE, guard->cell_id, guard->what, NULL))
		return;
	guard->holds = false;
	inmate_printf("guard: job %" U64 ", cell %u is released\n", job,
		      guard->cell_id);
}

void guard_job(struct guard *guard, uint64_t job, uint64_t cycles)
{
	bool missed = cycles > guard->deadline_cycles;

	if (!guard->deadline_cycles)
		return;
	guard->in_time = missed ? 0 : guard->in_time + 1;
	guard->missed += missed;
	guard->missed_held += missed && guard->holds;
	if (missed && !guard->holds && guard->what)
		ask(guard, job);
	else if (guard->holds && guard->calm_jobs &&
		 guard->in_time >= guard->calm_jobs)
		release(guard, job);
}

void guard_end(struct guard *guard)
{
	if (!guard->deadline_cycles)
		return;
	if (guard->holds)
		control(CONTROL_RELEASE, guard->cell_id, guard->what, NULL);
	inmate_printf("guard: missed %" U64 " held %" U64 " asked %" U64
		      " refused %" U64 "\n", guard->missed, guard->missed_held,
		      guard->asked, guard->refused);
}
