/* SPDX-License-Identifier: GPL-2.0-only */
/* Control: what cells ask to be taken from others (abi/control.h). */
#include "abi/control.h"

#include "hv/clock.h"
#include "hv/config-check.h"
#include "hv/errno.h"
#include "hv/percpu.h"
#include "hv/printk.h"
#include "hv/string.h"
#include "regulation-internal.h"

#define ULL(x)	((unsigned long long)(x))

/* A cell that says it has ended, or none of whose CPUs runs, asks for nothing. */
static bool cell_runs(const struct cell *cell)
{
	uint32_t state = cell->comm->head.cell_state;

	if (state != CELL_RUNNING && state != CELL_RUNNING_LOCKED)
		return false;
	for (unsigned int n = 0; n < HV_MAX_CPUS; n++) {
		const struct per_cpu *cpu = cell->cpus >> n & 1 ?
						    percpu_get(n) : NULL;

		if (cpu && !__atomic_load_n(&cpu->parked, __ATOMIC_ACQUIRE))
			return true;
	}
	return false;
}

/* Serials are never used again: a cell that has gone is not found. */
static bool holder_runs(const struct reg_hold *entry)
{
	for (unsigned int n = 0; n < HV_MAX_CELLS; n++) {
		const struct cell *cell = cell_slot(n);

		if (cell && cell->reg.serial == entry->serial)
			return cell_runs(cell);
	}
	return false;
}

static void hold_set(struct control_hold *hold, uint16_t what, uint64_t now_ns)
{
	if (!hold->what && what)
		hold->since_ns = now_ns;
	if (hold->what && !what)
		hold->held_ns += now_ns - hold->since_ns;
	hold->what = what;
	if (!(what & CONTROL_DUTY))
		hold->duty_permille = 0;
	if (!(what & CONTROL_BUDGET))
		hold->budget_bytes_per_s = 0;
}

static void hold_lapse(struct control_hold *hold)
{
	hold->lapses += hold->what != 0;
	hold_set(hold, 0, clock_now_ns());
}

struct reg_limits control_limits(const struct cell *cell)
{
	struct reg_limits limits = limits_none;

	for (unsigned int n = 0; n < CONTROL_HOLDS_MAX; n++) {
		const struct control_hold *hold = &cell->reg.holds[n].hold;

		limits.any |= hold->what != 0;
		if ((hold->what & CONTROL_DUTY) &&
		    hold->duty_permille < limits.duty_permille)
			limits.duty_permille = hold->duty_permille;
		if ((hold->what & CONTROL_BUDGET) &&
		    hold->budget_bytes_per_s < limits.budget_bytes_per_s)
			limits.budget_bytes_per_s = hold->budget_bytes_per_s;
	}
	return limits;
}

void control_drop(struct cell *cell)
{
	if (!control_limits(cell).any)
		return;
	printk("cell \"%s\": its new setting leaves no room for what others ask of it\n",
	       cell->config->name);
	for (unsigned int n = 0; n < CONTROL_HOLDS_MAX; n++)
		hold_lapse(&cell->reg.holds[n].hold);
}

/* What is held by cells that have stopped lapses. Under the request lock. */
static void control_expire(struct cell *cell)
{
	bool any = false;

	for (unsigned int n = 0; n < CONTROL_HOLDS_MAX; n++) {
		struct reg_hold *entry = &cell->reg.holds[n];

		if (!entry->hold.what || holder_runs(entry))
			continue;
		hold_lapse(&entry->hold);
		any = true;
	}
	if (any)
		regulation_recompute(cell);
}

/* The cell's entry at another one; NULL: it has none. */
static struct reg_hold *entry_of(struct cell *cell, const struct cell *holder)
{
	for (unsigned int n = 0; n < CONTROL_HOLDS_MAX; n++)
		if (cell->reg.holds[n].serial == holder->reg.serial)
			return &cell->reg.holds[n];
	return NULL;
}

/* What a cell holds of all others lapses; `gone`: it will not come back. */
static void holder_leave(const struct cell *holder, bool gone)
{
	if (holder->reg.serial == 0)
		return;
	for (unsigned int n = 0; n < HV_MAX_CELLS; n++) {
		struct cell *cell = cell_slot(n);
		struct reg_hold *entry = cell ? entry_of(cell, holder) : NULL;
		bool held;

		if (!entry)
			continue;
		held = entry->hold.what != 0;
		hold_lapse(&entry->hold);
		if (gone)
			*entry = (struct reg_hold){ 0 };
		if (held)
			regulation_recompute(cell);
	}
}

void control_exit(struct cell *cell)
{
	holder_leave(cell, true);
}

void regulation_cell_stopped(struct cell *cell)
{
	requests_lock();
	holder_leave(cell, false);
	requests_unlock();
}

void control_watch(struct cell *cell)
{
	requests_lock();
	control_expire(cell);
	requests_unlock();
}

void control_tell(struct cell *cell, struct reg_status *status)
{
	control_expire(cell);
	for (unsigned int n = 0; n < CONTROL_HOLDS_MAX; n++) {
		const struct reg_hold *entry = &cell->reg.holds[n];

		if (entry->serial)
			status->hold[status->num_holds++] = entry->hold;
	}
	spin_lock(&cell->lock);
	status->control_requests = cell->control.requests;
	status->control_refusals = cell->control.refusals;
	status->control_limited = cell->control.limited;
	spin_unlock(&cell->lock);
}

int regulation_control_turn(struct cell *caller, struct reason *reason)
{
	bool allowed;

	spin_lock(&caller->lock);
	allowed = quota_take(&caller->control.quota, clock_now_ns(),
			     CONTROL_INTERVAL_NS, CONTROL_BURST_CALLS);
	caller->control.limited += !allowed;
	spin_unlock(&caller->lock);
	if (allowed)
		return 0;
	return refuse(reason, -EBUSY,
		      "more than %u calls in a row, or one every %u us for long: try again",
		      CONTROL_BURST_CALLS, CONTROL_INTERVAL_NS / 1000);
}

void regulation_control_count(struct cell *caller, bool granted)
{
	spin_lock(&caller->lock);
	if (granted)
		caller->control.requests++;
	else
		caller->control.refusals++;
	spin_unlock(&caller->lock);
}

static const struct weir_record_control *permission(const struct cell *caller,
						    uint32_t cell_id)
{
	struct config_view view;

	cell_view(caller, &view);
	for (unsigned int n = 0; n < WEIR_BLOCK_MAX_RECORDS; n++) {
		const struct weir_record_control *record = (const void *)
			config_record(&view, WEIR_RECORD_CONTROL, n);

		if (!record || record->cell_id == cell_id)
			return record;
	}
	return NULL;
}

static int request_check(const struct control_request *request,
			 struct reason *reason)
{
	if (request->operation != CONTROL_ASK &&
	    request->operation != CONTROL_RELEASE)
		return refuse(reason, -EINVAL, "unknown operation %u",
			      request->operation);
	if (request->what == 0 || (request->what & ~CONTROL_KNOWN))
		return refuse(reason, -EINVAL,
			      "what is asked for is 0x%x, allowed are 1 to %u",
			      request->what, CONTROL_KNOWN);
	if (request->reserved)
		return refuse(reason, -EINVAL,
			      "reserved field of the request is not 0");
	return 0;
}

static int floor_check(const struct weir_record_control *record,
		       const struct control_request *request,
		       struct reason *reason)
{
	if (request->what & ~record->what)
		return refuse(reason, -EPERM,
			      "of cell %u may be asked 0x%x, not 0x%x",
			      record->cell_id, record->what, request->what);
	if ((request->what & CONTROL_DUTY) &&
	    (request->duty_permille < record->duty_min_permille ||
	     request->duty_permille > REG_DUTY_FULL))
		return refuse(reason, -ERANGE,
			      "duty of %u permille asked of cell %u, allowed are %u to %u",
			      request->duty_permille, record->cell_id,
			      record->duty_min_permille, REG_DUTY_FULL);
	if ((request->what & CONTROL_BUDGET) &&
	    request->budget_bytes_per_s < record->budget_min_bytes_per_s)
		return refuse(reason, -ERANGE,
			      "budget of %llu B/s asked of cell %u, allowed are %llu and more",
			      ULL(request->budget_bytes_per_s),
			      record->cell_id,
			      ULL(record->budget_min_bytes_per_s));
	return 0;
}

int regulation_control_permit(const struct cell *caller,
			      const struct control_request *request,
			      struct reason *reason)
{
	const struct weir_record_control *record;
	int err = request_check(request, reason);

	if (err)
		return err;
	record = permission(caller, request->cell_id);
	if (!record)
		return refuse(reason, -EPERM,
			      "the calling cell may not control cell %u",
			      request->cell_id);
	return request->operation == CONTROL_ASK ?
		       floor_check(record, request, reason) : 0;
}

/* One that nobody has, or whose owner holds nothing: only its history is lost. */
static struct reg_hold *entry_take(struct cell *cell, const struct cell *holder)
{
	struct reg_hold *found = NULL;

	for (unsigned int n = 0; n < CONTROL_HOLDS_MAX; n++) {
		struct reg_hold *entry = &cell->reg.holds[n];

		if (entry->hold.what == 0 &&
		    (!found || (found->serial && !entry->serial)))
			found = entry;
	}
	if (found)
		*found = (struct reg_hold){
			.serial = holder->reg.serial,
			.hold.cell_id = holder->id,
		};
	return found;
}

/* Whether anything has changed by it. */
static bool hold_change(struct control_hold *hold,
			const struct control_request *request)
{
	struct control_hold before = *hold;
	uint16_t what = hold->what & (uint16_t)~request->what;

	if (request->operation == CONTROL_ASK) {
		what = hold->what | request->what;
		if (request->what & CONTROL_DUTY)
			hold->duty_permille = request->duty_permille;
		if (request->what & CONTROL_BUDGET)
			hold->budget_bytes_per_s = request->budget_bytes_per_s;
	}
	hold_set(hold, what, request->now_ns);
	hold->requests++;
	return hold->what != before.what ||
	       hold->duty_permille != before.duty_permille ||
	       hold->budget_bytes_per_s != before.budget_bytes_per_s;
}

/* With the tightest of what is asked now. */
static int fits(const struct cell *cell, struct reason *reason)
{
	struct reg_limits limits = control_limits(cell);
	struct reg_effective effective = { 0 };

	return settings_check(&cell->reg.requested, &limits, cell->cpus,
			      &effective, reason);
}

static int hold_apply(const struct cell *caller, struct cell *cell,
		      const struct control_request *request,
		      struct reason *reason)
{
	struct reg_hold *entry = entry_of(cell, caller);
	struct control_hold before;
	int err = 0;

	if (!entry && request->operation == CONTROL_RELEASE)
		return 0;
	if (!entry)
		entry = entry_take(cell, caller);
	if (!entry)
		return refuse(reason, -ENOSPC,
			      "%u cells hold cell %u already",
			      CONTROL_HOLDS_MAX, cell->id);
	before = entry->hold;
	if (!hold_change(&entry->hold, request))
		return 0;
	if (request->operation == CONTROL_ASK)
		err = fits(cell, reason);
	if (err)
		entry->hold = before;
	else
		regulation_recompute(cell);
	return err;
}

static void answer(const struct cell *caller, struct cell *cell,
		   struct control_request *request)
{
	const struct reg_settings *settings = &cell->reg.effective.settings;
	const struct reg_hold *entry = entry_of(cell, caller);

	request->held = entry ? entry->hold.what : 0;
	request->duty_in_force_permille = settings->duty_permille;
	request->budget_in_force_bytes_per_s = settings->budget_bytes_per_s;
}

int regulation_control(struct cell *caller, struct cell *cell,
		       struct control_request *request)
{
	struct reason reason = { "" };
	int err = 0;

	requests_lock();
	request->now_ns = clock_now_ns();
	if (!cell_runs(caller))
		err = refuse(&reason, -EPERM,
			     "the calling cell says that it does not run");
	if (!err)
		err = hold_apply(caller, cell, request, &reason);
	answer(caller, cell, request);
	requests_unlock();
	memcpy(request->reason, reason.text, sizeof(request->reason));
	return err;
}
