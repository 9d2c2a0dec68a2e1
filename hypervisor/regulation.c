/* SPDX-License-Identifier: GPL-2.0-only */
/* Regulation of cells: policies, requests, answers. */
#include "hv/regulation.h"

#include "hv/arch/cpu.h"
#include "hv/cell.h"
#include "hv/clock.h"
#include "hv/config-check.h"
#include "hv/errno.h"
#include "hv/guarantee.h"
#include "hv/percpu.h"
#include "hv/setup.h"
#include "hv/statistics.h"
#include "hv/string.h"
#include "regulation-internal.h"
#include "regulators/pool.h"

static struct spinlock requests;
static uint64_t last_serial;

/* What the cells are promised together; under the request lock. */
static struct {
	const struct weir_record_bandwidth *record;	/* NULL: nothing can be */
	struct guarantee admitted;
} bandwidth;

/* Bit n: a cell that is limited has turn n; under the request lock. */
static uint32_t turns;
_Static_assert(HV_MAX_CELLS <= 16, "pool_turn_q4() tells 16 turns apart");

void requests_lock(void)
{
	spin_lock(&requests);
}

void requests_unlock(void)
{
	spin_unlock(&requests);
}

int regulation_init(void)
{
	struct config_view view;
	int err;

	clock_init();
	err = registry_init();
	if (err)
		return err;
	statistics_init();
	system_view(&view);
	settings_init(&view);
	bandwidth.record = (const void *)
		config_record(&view, WEIR_RECORD_BANDWIDTH, 0);
	bandwidth.admitted = (struct guarantee){ 0 };
	turns = 0;
	return 0;
}

static void bandwidth_give_back(const struct reg_settings *settings)
{
	struct guarantee guarantee = guarantee_of(settings);

	bandwidth.admitted.total -= guarantee.total;
	bandwidth.admitted.writes -= guarantee.writes;
}

static void bandwidth_take(const struct reg_settings *settings)
{
	struct guarantee guarantee = guarantee_of(settings);

	bandwidth.admitted.total += guarantee.total;
	bandwidth.admitted.writes += guarantee.writes;
}

/* What the cell has now it may have anew. */
static int admit(const struct cell *cell, const struct reg_settings *wanted,
		 struct reason *reason)
{
	struct guarantee others = bandwidth.admitted;
	struct guarantee own = guarantee_of(&cell->reg.requested);

	others.total -= own.total;
	others.writes -= own.writes;
	return guarantee_admit(bandwidth.record, &others, wanted, reason);
}

/*
 * Whether another budget can be had without all that check() looks at: nobody else
 * has a word in it, and nothing else follows from it. For reg_cell.amend_range.
 */
static uint64_t amend_range(const struct reg_settings *requested,
			    const struct reg_effective *effective)
{
	const struct regulator *regulator = effective->regulator;

	if (!regulator || !regulator->amend || !effective->source ||
	    !effective->total.limited || effective->controlled ||
	    requested->flags || requested->class_ != REG_CLASS_BEST_EFFORT)
		return 0;
	return REG_BUDGET_UNLIMITED -
	       registry_source(effective->source->id)->caps.line_bytes;
}

static void turn_give_back(struct reg_cell *reg)
{
	if (reg->turn)
		turns &= ~(1u << (reg->turn - 1));
	reg->turn = 0;
}

/*
 * Cells that are limited begin their periods in turn: each has the first turn that
 * was free then, for as long as anything limits it.
 */
static void turn_take(struct reg_cell *reg, struct reg_effective *effective)
{
	if (!effective->watched && !effective->throttle.regulator) {
		turn_give_back(reg);
		return;
	}
	if (!reg->turn) {
		reg->turn = 1 + (uint32_t)__builtin_ctz(~turns);
		turns |= 1u << (reg->turn - 1);
	}
	effective->turn_q4 = pool_turn_q4(reg->turn - 1);
	effective->begin_ns = pool_begin_ns(effective,
					    effective->settings.period_ns /
						    effective->cpus_count);
}

/* Under the request lock. */
static void commit(struct cell *cell, const struct reg_settings *requested,
		   struct reg_effective *effective, bool reload)
{
	struct reg_cell *reg = &cell->reg;

	bandwidth_give_back(&reg->requested);
	bandwidth_take(requested);
	turn_take(reg, effective);
	spin_lock(&reg->lock);
	effective->generation = reg->effective.generation + reload;
	effective->revision = reg->effective.revision + 1;
	effective->base_revision = effective->revision;
	reg->amend_range = amend_range(requested, effective);
	reg->requested = *requested;
	loans_follow(&reg->effective, effective);
	reg->effective = *effective;
	reg->cpus = cell->cpus;
	spin_unlock(&reg->lock);
}

static void cpus_tell(const struct cell *cell)
{
	for (uint64_t left = cell->cpus; left; left &= left - 1) {
		struct per_cpu *cpu =
			percpu_get((unsigned int)__builtin_ctzll(left));

		if (cpu && cpu->reg.cell == &cell->reg)
			cpu_post_event(cpu, EVENT_REGULATION);
	}
}

static int policies_read(const struct cell *cell, struct reg_settings *settings,
			 struct reason *reason)
{
	const struct weir_record_policy *policy;
	struct reg_settings change;
	struct config_view view;
	int err;

	cell_view(cell, &view);
	for (unsigned int n = 0; n < WEIR_BLOCK_MAX_RECORDS; n++) {
		policy = (const void *)config_record(&view, WEIR_RECORD_POLICY,
						     n);
		if (!policy)
			break;
		/* Records lie anywhere. */
		change = policy->settings;
		err = change_check(&change, reason);
		if (err)
			return err;
		settings_merge(settings, &change);
	}
	return cell_check(cell, settings, settings, reason);
}

static struct reg_critical critical_read(const struct cell *cell)
{
	const struct weir_record_critical *record;
	struct config_view view;

	cell_view(cell, &view);
	record = (const void *)config_record(&view, WEIR_RECORD_CRITICAL, 0);
	if (!record)
		return (struct reg_critical){ 0 };
	return (struct reg_critical){ record->period_ns, record->bound_ns };
}

int regulation_cell_init(struct cell *cell, struct reason *reason)
{
	struct reg_settings settings = settings_none;
	struct reg_effective effective = { 0 };
	int err = policies_read(cell, &settings, reason);

	if (err)
		return err;
	err = settings_check(&settings, &limits_none, cell->cpus, &effective,
			     reason);
	/* Without a regulator a cell can run, but not be regulated. */
	if (err && (err != -ENODEV || settings_limit(&settings) ||
		    settings.duty_permille != REG_DUTY_FULL))
		return err;
	if (err)
		effective = (struct reg_effective){ .settings = settings };
	spin_lock(&requests);
	cell->reg = (struct reg_cell){
		.serial = ++last_serial,
		.boot = settings,
		.critical = critical_read(cell),
	};
	err = admit(cell, &settings, reason);
	if (!err)
		commit(cell, &settings, &effective, false);
	spin_unlock(&requests);
	return err;
}

void regulation_cell_exit(struct cell *cell)
{
	static const struct reg_effective nothing;

	spin_lock(&requests);
	control_exit(cell);
	bandwidth_give_back(&cell->reg.requested);
	turn_give_back(&cell->reg);
	loans_follow(&cell->reg.effective, &nothing);
	cell->reg = (struct reg_cell){ 0 };
	spin_unlock(&requests);
}

/* As tight as others hold it, as far as that fits what the root has asked for. */
static int settings_settle(const struct cell *cell,
			   const struct reg_settings *wanted,
			   struct reg_effective *effective,
			   struct reason *reason)
{
	struct reg_limits limits = control_limits(cell);
	struct reg_effective tight = { 0 };
	int err = settings_check(wanted, &limits_none, cell->cpus, effective,
				 reason);

	if (!err && limits.any &&
	    !settings_check(wanted, &limits, cell->cpus, &tight, NULL))
		*effective = tight;
	return err;
}

/* The root's word goes: what does not fit beside it is held no longer. */
static void settle_commit(struct cell *cell,
			  const struct reg_settings *requested,
			  struct reg_effective *effective, bool reload)
{
	if (!effective->controlled)
		control_drop(cell);
	commit(cell, requested, effective, reload);
}

void regulation_recompute(struct cell *cell)
{
	struct reg_settings requested = cell->reg.requested;
	struct reg_effective effective = { 0 };

	/* It was accepted before; fewer CPUs change no limit. */
	if (settings_settle(cell, &requested, &effective, NULL))
		effective.settings = requested;
	settle_commit(cell, &requested, &effective, false);
	cpus_tell(cell);
}

void regulation_cell_follow(struct cell *cell)
{
	spin_lock(&requests);
	if (cell->reg.cpus != cell->cpus && cell->reg.serial != 0)
		regulation_recompute(cell);
	spin_unlock(&requests);
}

static int request_check(const struct reg_request *request,
			 struct reason *reason)
{
	if (request->size != sizeof(*request))
		return refuse(reason, -EINVAL, "request of %u bytes, not %u",
			      request->size, (unsigned int)sizeof(*request));
	if (request->operation < REG_OP_SET ||
	    request->operation > REG_OP_CHECK)
		return refuse(reason, -EINVAL, "unknown operation %u",
			      request->operation);
	if (request->reserved != 0)
		return refuse(reason, -EINVAL,
			      "reserved field of the request is not 0");
	return change_check(&request->settings, reason);
}

/* Under the request lock: nothing changes between check and commit. */
static int request_apply(struct cell *cell, struct reg_request *request,
			 struct reason *reason)
{
	struct reg_settings wanted = cell->reg.requested;
	struct reg_effective effective = { 0 };
	int err = request_check(request, reason);

	if (err)
		return err;
	if (request->operation == REG_OP_CLEAR)
		wanted = cell->reg.boot;
	else
		settings_merge(&wanted, &request->settings);
	err = cell_check(cell, &request->settings, &wanted, reason);
	if (!err)
		err = settings_settle(cell, &wanted, &effective, reason);
	if (!err)
		err = admit(cell, &wanted, reason);
	if (err)
		return err;
	if (request->operation != REG_OP_CHECK)
		settle_commit(cell, &wanted, &effective, true);
	request->effective = effective.settings;
	request->generation = cell->reg.effective.generation;
	return 0;
}

int regulation_set(struct cell *cell, struct reg_request *request)
{
	struct reason reason = { "" };
	int err;

	spin_lock(&requests);
	request->requested_ns = clock_now_ns();
	err = request_apply(cell, request, &reason);
	if (err)
		cell->reg.refusals++;
	else if (request->operation != REG_OP_CHECK)
		cpus_tell(cell);
	spin_unlock(&requests);
	memcpy(request->reason, reason.text, sizeof(request->reason));
	return err;
}

/*
 * Where another budget is all that changes, and nobody else has a word in it, the
 * rest need not be looked at again. False: it must.
 */
static inline bool budget_amend(struct cell *cell, uint64_t bytes_per_s)
{
	struct reg_cell *reg = &cell->reg;
	struct reg_effective *effective = &reg->effective;
	/* Less than a line a second, below 0 here, is as much too great as unlimited. */
	if (bytes_per_s - (REG_BUDGET_UNLIMITED - reg->amend_range) >=
		    reg->amend_range ||
	    reg->cpus != cell->cpus)
		return false;
	spin_lock(&reg->lock);
	reg->requested.budget_bytes_per_s = bytes_per_s;
	effective->settings.budget_bytes_per_s = bytes_per_s;
	effective->regulator->amend(effective, bytes_per_s, &reg->requested);
	effective->generation++;
	effective->revision++;
	spin_unlock(&reg->lock);
	return true;
}

/* As cpus_tell(), of a cell that has a CPU. */
static inline void cpus_tell_from(const struct per_cpu *self,
				  const struct cell *cell)
{
	uint64_t left = cell->cpus;
	struct per_cpu *cpu;

	do {
		cpu = percpu_of((unsigned int)__builtin_ctzll(left));
		left &= left - 1;
		if (cpu->reg.cell != &cell->reg)
			continue;
		__atomic_fetch_or(&cpu->events, EVENT_REGULATION,
				  __ATOMIC_SEQ_CST);
		if (cpu != self)
			arch_cpu_kick(cpu);
	} while (left);
}

/*
 * A cell's regulation begins and ends under the request lock: cell_find() may be used.
 * Inlined where the root calls: another call would cost it an eighth.
 */
static inline bool cell_amend(const struct per_cpu *self, uint64_t cell_id,
			      uint64_t bytes_per_s)
{
	struct cell *cell;
	bool amended;

	spin_lock(&requests);
	cell = cell_find(cell_id);
	amended = cell && budget_amend(cell, bytes_per_s);
	if (amended)
		cpus_tell_from(self, cell);
	spin_unlock(&requests);
	return amended;
}

bool regulation_amend(struct per_cpu *self, uint64_t cell_id,
		      uint64_t bytes_per_s)
{
	return cell_amend(self, cell_id, bytes_per_s);
}

long regulation_call_budget(struct per_cpu *self, uint64_t number,
			    uint64_t cell_id, uint64_t bytes_per_s)
{
	(void)number;
	if (!cell_is_root(self->cell) ||
	    !cell_amend(self, cell_id, bytes_per_s))
		return hypercall_whole(self, WEIR_HC_BUDGET, cell_id,
				       bytes_per_s);
	self->stats[CPU_STAT_HYPERCALL]++;
	return 0;
}

int regulation_budget(struct cell *cell, uint64_t bytes_per_s,
		      struct reason *reason)
{
	struct reg_request request = {
		.size = sizeof(request), .operation = REG_OP_SET,
		.settings = {
			.valid = REG_SET_BUDGET,
			.budget_bytes_per_s = bytes_per_s,
		},
	};
	int err = regulation_set(cell, &request);

	return err ? refuse(reason, err, "%.127s", request.reason) : 0;
}

struct reg_counter counter_snapshot(const struct reg_cpu *reg)
{
	struct reg_counter first, second;
	unsigned int tries = 0;

	do {
		memcpy(&first, &reg->counter, sizeof(first));
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		memcpy(&second, &reg->counter, sizeof(second));
	} while (memcmp(&first, &second, sizeof(first)) != 0 && ++tries < 8);
	return second;
}

/* A stall that has not ended yet counts up to now. */
static void stall_under_way(const struct reg_cpu *reg, uint64_t now_ns,
			    struct reg_cpu_stats *stats)
{
	uint32_t by = stats->held_by;

	if (!stats->stalled)
		return;
	if (now_ns > reg->stall_since_ns)
		stats->stall_ns += now_ns - reg->stall_since_ns;
	if (by > 0 && by <= REG_HOLDERS && now_ns > reg->held_since_ns)
		stats->held_ns[by - 1] += now_ns - reg->held_since_ns;
}

/* As the CPU itself would see them now, as far as that is known from here. */
static void cpu_stats(const struct per_cpu *cpu, uint64_t now_ns,
		      struct reg_cpu_stats *stats)
{
	const struct reg_cpu *reg = &cpu->reg;
	const struct counter_source *source = reg->active.source;
	struct reg_counter counter = counter_snapshot(reg);
	uint64_t reads = 0, writes = 0;

	*stats = reg->stats;
	if (source)
		source->peek(cpu->id, &counter, &reads, &writes);
	stats->read_lines += counter.read_lines + reads;
	stats->written_lines += counter.write_lines + writes;
	stall_under_way(reg, now_ns, stats);
	stats->cpu = cpu->id;
}

static void name_copy(char *to, size_t size, const char *from)
{
	size_t n = 0;

	while (n + 1 < size && from[n]) {
		to[n] = from[n];
		n++;
	}
	to[n] = 0;
}

static void status_names(const struct reg_effective *effective,
			 struct reg_status *status)
{
	const struct counter_slot *slot;

	if (effective->regulator)
		name_copy(status->regulator_name, REG_NAME_BYTES,
			  effective->regulator->name);
	if (!effective->source)
		return;
	slot = registry_source(effective->source->id);
	name_copy(status->source_name, REG_NAME_BYTES, effective->source->name);
	name_copy(status->event_name, sizeof(status->event_name),
		  slot->record->event_name);
	status->line_bytes = slot->caps.line_bytes;
}

static void bandwidth_tell(struct reg_status *status)
{
	spin_lock(&requests);
	if (bandwidth.record) {
		status->sustainable_bytes_per_s =
			bandwidth.record->sustainable_bytes_per_s;
		status->sustainable_write_bytes_per_s =
			bandwidth.record->sustainable_write_bytes_per_s;
	}
	status->guaranteed_bytes_per_s = bandwidth.admitted.total;
	status->guaranteed_write_bytes_per_s = bandwidth.admitted.writes;
	spin_unlock(&requests);
}

int regulation_get(struct cell *cell, struct reg_status *status)
{
	struct reg_effective effective;
	uint32_t cell_id = status->cell_id;
	uint64_t cpus;

	if (status->size != sizeof(*status))
		return -EINVAL;
	memset(status, 0, sizeof(*status));
	status->size = sizeof(*status);
	status->cell_id = cell_id;
	status->now_ns = clock_now_ns();
	bandwidth_tell(status);
	requests_lock();
	control_tell(cell, status);
	requests_unlock();
	spin_lock(&cell->reg.lock);
	effective = cell->reg.effective;
	status->requested = cell->reg.requested;
	status->refusals = cell->reg.refusals;
	cpus = cell->reg.cpus;
	spin_unlock(&cell->reg.lock);
	status->effective = effective.settings;
	status->generation = effective.generation;
	status->reloads = effective.generation;
	status_names(&effective, status);
	for (unsigned int n = 0; n < HV_MAX_CPUS; n++) {
		const struct per_cpu *cpu = cpus >> n & 1 ? percpu_get(n) : NULL;

		if (cpu && cpu->reg.serial == cell->reg.serial &&
		    status->num_cpus < REG_STATUS_MAX_CPUS)
			cpu_stats(cpu, status->now_ns,
				  &status->cpu[status->num_cpus++]);
	}
	return 0;
}

uint64_t regulation_regulators(void)
{
	return registry_regulators_mask();
}

uint64_t regulation_sources(void)
{
	return registry_sources_mask();
}
