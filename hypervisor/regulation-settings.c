/* SPDX-License-Identifier: GPL-2.0-only */
/* Settings of a cell: how they merge, and what they come to. */
#include "regulation-internal.h"

#include "hv/clock.h"
#include "hv/config-check.h"
#include "hv/errno.h"
#include "hv/percpu.h"
#include "hv/printk.h"
#include "hv/setup.h"

static uint16_t default_source;		/* enum counter_source_id */
static struct reg_loans loans;

const struct reg_settings settings_none = {
	.valid = REG_SET_KNOWN,
	.budget_bytes_per_s = REG_BUDGET_UNLIMITED,
	.write_budget_bytes_per_s = REG_BUDGET_UNLIMITED,
	.period_ns = REG_PERIOD_DEFAULT_NS,
	.duty_permille = REG_DUTY_FULL,
	.throttle_period_ns = REG_THROTTLE_PERIOD_DEFAULT_NS,
	.burst_bytes = REG_BURST_NONE,
	.burst_window_ns = REG_BURST_WINDOW_DEFAULT_NS,
};

/* Bounded by the records a block may have. */
void settings_init(const struct config_view *view)
{
	const struct weir_record_counter *record;
	const struct counter_slot *slot;

	default_source = COUNTER_DEFAULT;
	loans = (struct reg_loans){ 0 };
	for (unsigned int n = 0; n < WEIR_BLOCK_MAX_RECORDS; n++) {
		record = (const void *)config_record(view, WEIR_RECORD_COUNTER,
						     n);
		if (!record)
			break;
		slot = registry_configure(record);
		if (n == 0)
			default_source = record->source;
		if (slot && slot->why)
			printk("counter source %s: %s\n", slot->source->name,
			       slot->why);
	}
}

static unsigned int cpus_count(uint64_t cpus)
{
	unsigned int count = 0;

	for (unsigned int n = 0; n < REG_MAX_CPUS; n++)
		count += cpus >> n & 1;
	return count;
}

static const struct counter_slot *source_find(uint16_t id,
					      struct reason *reason)
{
	const struct counter_slot *slot;

	if (id == COUNTER_DEFAULT && default_source == COUNTER_DEFAULT) {
		refuse(reason, -ENODEV,
		       "the system configuration lists no counter source");
		return NULL;
	}
	slot = registry_source(id == COUNTER_DEFAULT ? default_source : id);
	if (!slot)
		refuse(reason, -ENODEV, "counter source %u is not known here",
		       id == COUNTER_DEFAULT ? default_source : id);
	else if (slot->why)
		refuse(reason, -ENODEV, "counter source %s: %s",
		       slot->source->name, slot->why);
	return slot && !slot->why ? slot : NULL;
}

/* A regulator that is asked for, of the role it is asked for. */
static const struct regulator *regulator_find(uint16_t id, enum reg_role role,
					      struct reason *reason)
{
	const struct regulator_slot *slot = registry_regulator(id);

	if (!slot)
		refuse(reason, -ENODEV, "regulator %u is not known here", id);
	else if (slot->why)
		refuse(reason, -ENODEV, "regulator %s: %s",
		       slot->regulator->name, slot->why);
	else if (slot->regulator->role != role)
		refuse(reason, -EINVAL,
		       "regulator %s keeps no budgets: it goes beside one that does",
		       slot->regulator->name);
	else
		return slot->regulator;
	return NULL;
}

/*
 * By default a bucket where the counter says when to look, else memguard, which
 * is also the one whose periods have modes, and who lends.
 */
static const struct regulator *budget_find(const struct reg_settings *wanted,
					   bool interrupts,
					   struct reason *reason)
{
	const struct regulator *bucket = NULL;

	if (wanted->regulator != REGULATOR_NONE)
		return regulator_find(wanted->regulator, REG_ROLE_BUDGET,
				      reason);
	if (interrupts && !(wanted->mode & ~REG_MODE_PER_CPU) &&
	    !(wanted->flags & REG_FLAG_LEND))
		bucket = regulator_find(REGULATOR_BUCKET, REG_ROLE_BUDGET,
					NULL);
	return bucket ? bucket : regulator_find(REGULATOR_MEMGUARD,
						REG_ROLE_BUDGET, reason);
}

bool settings_limit(const struct reg_settings *settings)
{
	return settings->budget_bytes_per_s != REG_BUDGET_UNLIMITED ||
	       settings->write_budget_bytes_per_s != REG_BUDGET_UNLIMITED ||
	       settings->burst_bytes != REG_BURST_NONE;
}

/* Without a default source a cell can run and be throttled, not more. */
static int sourceless_check(const struct reg_settings *wanted,
			    const struct reg_platform *platform,
			    struct reg_effective *effective,
			    struct reason *reason)
{
	if (settings_limit(wanted) || wanted->source != COUNTER_DEFAULT)
		return -ENODEV;
	if (wanted->regulator != REGULATOR_NONE &&
	    !regulator_find(wanted->regulator, REG_ROLE_BUDGET, reason))
		return -ENODEV;
	if (reason)
		reason->text[0] = 0;
	*effective = (struct reg_effective){
		.settings = *wanted,
		.cpus_count = platform->cpus_count,
	};
	return 0;
}

static int polls_check(const struct reg_settings *wanted, struct reason *reason)
{
	uint32_t poll_ns = wanted->poll_ns;

	if (poll_ns != 0 && (poll_ns < REG_POLL_MIN_NS ||
			     poll_ns > REG_POLL_MAX_NS))
		return refuse(reason, -ERANGE,
			      "polls every %u ns, allowed are %u to %u ns",
			      poll_ns, REG_POLL_MIN_NS, REG_POLL_MAX_NS);
	if (wanted->law > REG_LAW_WINDOW)
		return refuse(reason, -EINVAL,
			      "law %u is not known, allowed are 0 and 1",
			      wanted->law);
	return 0;
}

/*
 * A poller looks at its own intervals and at nothing else; where another one has
 * a source that the tick looks at, that is how often.
 */
static void polls_set(struct reg_effective *effective,
		      const struct counter_caps *caps)
{
	struct reg_settings *settings = &effective->settings;

	effective->interrupts = caps->interrupts;
	if (effective->polls.interval_ns)
		return;
	effective->poll_ns = caps->interrupts ? 0 : caps->poll_ns;
	if (effective->poll_ns && settings->poll_ns)
		effective->poll_ns = settings->poll_ns;
	settings->poll_ns = (uint32_t)effective->poll_ns;
}

static int budget_check(const struct reg_settings *wanted,
			struct reg_platform *platform,
			struct reg_effective *effective, struct reason *reason)
{
	const struct counter_slot *source = source_find(wanted->source, reason);
	const struct regulator *regulator;
	int err;

	if (!source)
		return sourceless_check(wanted, platform, effective, reason);
	regulator = budget_find(wanted, source->caps.interrupts, reason);
	if (!regulator)
		return -ENODEV;
	err = polls_check(wanted, reason);
	if (err)
		return err;
	platform->line_bytes = source->caps.line_bytes;
	platform->counts_writes = source->caps.counts_writes;
	platform->interrupts = source->caps.interrupts;
	platform->watchable = source->caps.watchable;
	err = regulator->check(platform, wanted, effective, reason);
	if (err)
		return err;
	effective->regulator = regulator;
	effective->source = source->source;
	polls_set(effective, &source->caps);
	effective->settings.regulator = regulator->id;
	effective->settings.source = source->source->id;
	return 0;
}

/*
 * Lines of one size are lent, by the regulator whose pools have caps. Who is held
 * back by others does not borrow around that.
 */
static int lending_check(const struct reg_settings *wanted, bool tightened,
			 struct reg_effective *effective,
			 struct reason *reason)
{
	if (!(wanted->flags & REG_FLAG_LEND) || !effective->regulator)
		return 0;
	if (effective->regulator->id != REGULATOR_MEMGUARD ||
	    effective->source->id != default_source)
		return refuse(reason, -EINVAL,
			      "lending takes regulator memguard and the machine's first counter source");
	if (!effective->total.limited)
		return 0;
	if (wanted->class_ == REG_CLASS_GUARANTEED)
		effective->lends_to = &loans;
	else if (!tightened)
		effective->takes_from = &loans;
	return 0;
}

/* What goes beside a budget; `wanted`: it must be there. */
static int beside_check(uint16_t id, enum reg_role role, bool needed,
			const struct reg_settings *wanted,
			const struct reg_platform *platform,
			struct reg_effective *effective, struct reason *reason)
{
	const struct regulator *regulator =
		regulator_find(id, role, needed ? reason : NULL);

	if (!regulator)
		return needed ? -ENODEV : 0;
	return regulator->check(platform, wanted, effective, reason);
}

int settings_check(const struct reg_settings *wanted,
		   const struct reg_limits *limits, uint64_t cpus,
		   struct reg_effective *effective, struct reason *reason)
{
	struct reg_platform platform = {
		.cpus_count = cpus_count(cpus), .cpus = cpus,
		.duty_most_permille = limits->duty_permille,
	};
	struct reg_settings tight = *wanted;
	bool tightened = limits->budget_bytes_per_s < wanted->budget_bytes_per_s;
	int err;

	if (tightened)
		tight.budget_bytes_per_s = limits->budget_bytes_per_s;
	err = budget_check(&tight, &platform, effective, reason);
	if (!err)
		err = lending_check(&tight, tightened, effective, reason);
	if (!err)
		err = beside_check(REGULATOR_THROTTLE, REG_ROLE_THROTTLE,
				   wanted->duty_permille != REG_DUTY_FULL ||
					   limits->duty_permille != REG_DUTY_FULL,
				   wanted, &platform, effective, reason);
	if (!err)
		err = beside_check(REGULATOR_BURST, REG_ROLE_BURST,
				   wanted->burst_bytes != REG_BURST_NONE,
				   wanted, &platform, effective, reason);
	if (err)
		return err;
	effective->controlled = limits->any;
	effective->clock = &hv_clock.ns_per_tick;
	effective->watched = effective->active || effective->burst.regulator;
	/* These settle nothing, know of one limit only, and not of the model's time. */
	if (effective->throttle.regulator || effective->burst.regulator ||
	    hv_clock.model)
		effective->short_ways = false;
	effective->settings.valid = REG_SET_KNOWN;
	return 0;
}

const struct reg_limits limits_none = {
	.budget_bytes_per_s = REG_BUDGET_UNLIMITED,
	.duty_permille = REG_DUTY_FULL,
};

static void merge_beside(struct reg_settings *settings,
			 const struct reg_settings *change)
{
	uint32_t valid = change->valid;

	if (valid & REG_SET_DUTY)
		settings->duty_permille = change->duty_permille;
	if (valid & REG_SET_THROTTLE_PERIOD)
		settings->throttle_period_ns = change->throttle_period_ns;
	if (valid & REG_SET_THROTTLE_CPUS)
		settings->throttle_cpus = change->throttle_cpus;
	if (valid & REG_SET_BURST) {
		settings->burst_bytes = change->burst_bytes;
		settings->burst_window_ns = change->burst_window_ns;
	}
}

void settings_merge(struct reg_settings *settings,
		    const struct reg_settings *change)
{
	uint32_t valid = change->valid;

	if (valid & REG_SET_BUDGET)
		settings->budget_bytes_per_s = change->budget_bytes_per_s;
	if (valid & REG_SET_WRITE_BUDGET)
		settings->write_budget_bytes_per_s =
			change->write_budget_bytes_per_s;
	if (valid & REG_SET_PERIOD)
		settings->period_ns = change->period_ns;
	if (valid & REG_SET_MODE)
		settings->mode = change->mode;
	if (valid & REG_SET_SOURCE)
		settings->source = change->source;
	if (valid & REG_SET_REGULATOR)
		settings->regulator = change->regulator;
	if (valid & REG_SET_FLAGS)
		settings->flags = change->flags;
	if (valid & REG_SET_CLASS)
		settings->class_ = change->class_;
	if (valid & REG_SET_DEPTH)
		settings->depth_bytes = change->depth_bytes;
	if (valid & REG_SET_POLL)
		settings->poll_ns = change->poll_ns;
	if (valid & REG_SET_LAW)
		settings->law = change->law;
	if (valid & REG_SET_WATCH)
		settings->watch_cpu = change->watch_cpu;
	merge_beside(settings, change);
}

int change_check(const struct reg_settings *change, struct reason *reason)
{
	if (change->valid & ~REG_SET_KNOWN)
		return refuse(reason, -EINVAL, "unknown setting bits %x",
			      change->valid & ~REG_SET_KNOWN);
	if (change->flags & ~REG_FLAGS_KNOWN)
		return refuse(reason, -EINVAL, "unknown setting flags %x",
			      change->flags & ~REG_FLAGS_KNOWN);
	if (change->class_ & ~REG_CLASS_KNOWN)
		return refuse(reason, -EINVAL,
			      "class %u is not known, allowed are 0 and 1",
			      change->class_);
	if (change->reserved[0] || change->reserved[1] || change->reserved[2])
		return refuse(reason, -EINVAL,
			      "reserved field of the settings is not 0");
	return 0;
}

int cell_check(const struct cell *cell, const struct reg_settings *change,
	       const struct reg_settings *wanted, struct reason *reason)
{
	/* CPUs that were the cell's once are kept for when they come back. */
	if (change->valid & REG_SET_THROTTLE_CPUS &&
	    change->throttle_cpus & ~cell->cpus)
		return refuse(reason, -EINVAL,
			      "throttled CPUs 0x%llx, but the cell has 0x%llx",
			      (unsigned long long)change->throttle_cpus,
			      (unsigned long long)cell->cpus);
	if (change->valid & REG_SET_WATCH && change->watch_cpu &&
	    (!percpu_get(change->watch_cpu - 1u) ||
	     cell->cpus >> (change->watch_cpu - 1u) & 1))
		return refuse(reason, -EINVAL,
			      "watched by CPU %u, which must be one of another cell",
			      change->watch_cpu - 1u);
	if (cell == cell_root() && (wanted->budget_bytes_per_s == 0 ||
				    wanted->write_budget_bytes_per_s == 0))
		return refuse(reason, -EINVAL,
			      "a budget of 0 would stop the root cell for good");
	return 0;
}
