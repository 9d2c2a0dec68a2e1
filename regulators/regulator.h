/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The contract of regulators and counter sources.
 *
 * A regulator decides, from counter values and the clock it is handed, when a
 * CPU must stop and when it may go on. It touches no hardware, takes no time
 * source and no lock but reg_cell.lock, so that the same object code runs in
 * the hypervisor, in the simulator and in unit tests.
 */
#ifndef REGULATOR_H
#define REGULATOR_H

#include "abi/regulation.h"
#include "abi/statistics.h"
#include "abi/weir-config.h"
#include "hv/reason.h"
#include "hv/spinlock.h"
#include "hv/types.h"
#include "hv/wide.h"

struct counter_source;
struct reg_cell;
struct reg_cpu;
struct regulator;

#define REG_NEVER	UINT64_MAX	/* a time, or a number of lines */

/*
 * reg_settings.mode: faults that other designs have, to compare with. They break
 * what a budget promises: only host builds know them (ARCH_REG_MODES).
 */
#define REG_MODE_CAP_FIRST	0x20000000u	/* credit is cut before use counts */
#define REG_MODE_RELATIVE	0x40000000u	/* periods count from the tick */
#define REG_MODE_READS_ONLY	0x80000000u	/* write-backs cost nothing */
#define REG_MODE_FAULTS \
	(REG_MODE_CAP_FIRST | REG_MODE_RELATIVE | REG_MODE_READS_ONLY)

/* What a check may rely on: the machine as probed. */
struct reg_platform {
	uint64_t cpus;			/* of the cell, as a set of logical ones */
	uint32_t line_bytes;		/* a power of two, 16 to 4096 */
	unsigned int cpus_count;	/* of the cell, 1 to REG_MAX_CPUS */
	bool counts_writes;		/* apart from reads */
	bool interrupts;		/* the source; else it is polled */
	uint16_t duty_most_permille;	/* of each CPU, whatever is wanted */
	bool watchable;			/* by other CPUs */
};

/*
 * A budget as lines per refill. Rates that do not come out in whole lines
 * carry their remainder: the lines owed after n refills are exactly
 * floor(n * (lines + numerator / denominator)).
 */
struct reg_rate {
	uint64_t lines;
	uint64_t numerator;		/* below the denominator */
	uint64_t denominator;
};

/* One budget of a setting: all reads and writes, or writes alone. */
struct reg_budget {
	bool limited;
	struct reg_rate rate;
	uint64_t cap_lines;		/* unused budget accumulates to this */
	uint64_t grant_lines;		/* drawn at a time, at most */
	/* Of a bucket. */
	uint64_t line_parts;		/* bytes times nanoseconds a second in a line */
	uint64_t bytes_per_s;
	struct scale lines_per_ns;
	struct scale ns_per_line;	/* credit_pace(); 0: not known yet */
};

/* What another speed of a bucket is computed by, until something else changes. */
struct reg_amend {
	struct wide inverse;		/* 2^128 / reg_budget.line_parts */
	uint64_t depth_ns;		/* 0: the depth stays */
	uint64_t least_lines;		/* of it */
	uint64_t drawing;		/* CPUs of a bucket */
	uint64_t depth_bytes;		/* of a line in each bucket */
};

/* CPUs that run for run_ns + run_part / REG_DUTY_FULL of each period. */
struct reg_turn {
	uint64_t cpus;
	uint64_t run_ns;
	uint32_t run_part;
};

/*
 * How CPUs share their time: a period on the grid, in which each has its turn and
 * is held for the rest. Those that the setting names may have a shorter one than
 * what others ask for leaves to the rest of them; no CPU is in both.
 */
struct reg_throttle {
	const struct regulator *regulator;	/* NULL: not throttled */
	uint64_t period_ns;
	struct reg_turn named;
	struct reg_turn rest;
};

/* What one CPU may use in any window, whatever its budget says. */
struct reg_burst {
	const struct regulator *regulator;	/* NULL: no cap */
	struct scale lines_per_ns;
	struct scale ns_per_line;
	uint64_t depth_lines;
};

/*
 * Lines that owners have released and nobody has taken yet, never more than a
 * period's budget of each of them. Atomic, no lock; the cap has one writer.
 */
struct reg_loans {
	int64_t lines;
	int64_t cap_lines;		/* by loans_follow() */
	uint64_t refill_ns;		/* who lent last is refilled so often ... */
	uint64_t last_ns;		/* ... and was then */
	uint64_t lent_lines;		/* since ever, for statistics */
	uint64_t taken_lines;
};

/* What a poller goes by; interval_ns 0: the regulator does not poll. */
struct reg_polls {
	uint64_t interval_ns;
	uint64_t alert_ns;		/* the interval of one held lately ... */
	uint64_t alert_for_ns;		/* ... for so long */
	uint64_t slot_ns;		/* of a window; 0: a bucket */
	uint32_t slots;
	uint32_t watch_cpu;		/* + 1, which looks for all; 0: none */
};

/* Of weir_record_critical. */
struct reg_critical {
	uint64_t period_ns;
	uint64_t bound_ns;		/* 0: no interrupt is critical */
};

/* A setting as CPUs use it. Computed once by check(), then only copied. */
struct reg_effective {
	struct reg_settings settings;	/* as reported */
	const struct regulator *regulator;	/* NULL: none usable */
	const struct counter_source *source;	/* NULL: none usable */
	struct reg_budget total;
	struct reg_budget writes;
	struct reg_amend amend;			/* of the total */
	/* A pool is refilled at floor(k * period / refill_parts) of the grid. */
	/* Period / refill_parts, whole part; 0: no refills, credit by the clock. */
	uint64_t refill_ns;
	uint32_t refill_part;		/* the rest, in refill_parts'ths */
	uint32_t refill_parts;		/* refills per period */
	uint32_t share_shift;		/* about log2 of the CPUs per pool */
	uint32_t cpus_count;
	uint32_t line_bytes;		/* by a regulator with buckets */
	bool per_cpu;
	bool own_pool;			/* per_cpu, or there is one CPU only */
	uint64_t begin_ns;		/* of the cell, by its turn: pool_begin_ns() */
	uint32_t turn_q4;
	bool active;			/* false: no budget is kept */
	bool watched;			/* traffic is limited: active, or burst */
	bool controlled;		/* another cell holds something of it */
	bool short_ways;		/* of period() and renew() can be taken */
	int64_t renew_lines;	/* that renew() leaves: memguard least, bucket most */
	bool interrupts;		/* the source; else it is polled ... */
	uint64_t poll_ns;		/* ... this often; 0: by the platform */
	/* By the glue, where the setting says so and the regulator lends. */
	struct reg_loans *lends_to;	/* NULL: what is not used is lost */
	struct reg_loans *takes_from;	/* NULL: the budget is all there is */
	struct reg_throttle throttle;
	struct reg_burst burst;
	struct reg_polls polls;
	uint64_t generation;		/* of the last reload by a request */
	uint64_t revision;		/* of any change, CPUs of the cell too */
	uint64_t base_revision;		/* since then only amend() changed it */
	const struct scale *clock;	/* ns of a tick of the counter of time */
};

/* What amend() changes, taken over from where it did. In parts: no memcpy(). */
static inline void effective_amend(struct reg_effective *effective,
				   const struct reg_effective *newest)
{
	effective->total.rate = newest->total.rate;
	effective->total.cap_lines = newest->total.cap_lines;
	effective->total.grant_lines = newest->total.grant_lines;
	effective->total.bytes_per_s = newest->total.bytes_per_s;
	effective->total.lines_per_ns = newest->total.lines_per_ns;
	effective->total.ns_per_line.whole = 0;
	effective->total.ns_per_line.fraction_below = 0;
	effective->renew_lines = newest->renew_lines;
	effective->generation = newest->generation;
	effective->revision = newest->revision;
	effective->settings.budget_bytes_per_s =
		newest->settings.budget_bytes_per_s;
	effective->settings.depth_bytes = newest->settings.depth_bytes;
}

struct reg_level {
	int64_t lines;			/* negative: debt; pool.h */
	uint64_t remainder;		/* of the rate, in its denominators */
	bool limited;			/* the level means something */
};

#define REG_WINDOW_SLOTS	16

/* What was used in the slots of a window that slides: mempol. */
struct reg_window {
	uint64_t slot;			/* the newest, counted from clock 0 */
	uint64_t used_lines[REG_WINDOW_SLOTS];
	uint64_t sum_lines;
	uint64_t debt_lines;		/* used, and no slot has room for it */
	int64_t level_lines;		/* of the pool, as the window made it */
};

struct reg_windows {
	uint64_t revision;		/* of the setting they follow; 0: none */
	struct reg_window total;
	struct reg_window writes;
};

/* What a pool owes to its next refill, having been paid for that time before. */
struct reg_advance {
	uint64_t next_ns;		/* of that refill */
	uint64_t ns;			/* 0: nothing */
	uint64_t last_ns;		/* the pool's, before it was taken */
	uint64_t lines;
	uint64_t write_lines;
};

/* What the CPUs of a cell draw from; or one CPU, by reg_effective.own_pool. */
struct reg_pool {
	uint64_t revision;		/* of the setting it follows; 0: none */
	uint64_t last_ns;		/* the last refill on the grid, or credit */
	uint64_t since_ns;		/* all credit of a bucket is counted from */
	uint64_t next_ns;		/* the next one; REG_NEVER: none */
	uint32_t part;			/* fraction that next_ns leaves out */
	uint32_t turn;			/* who is served first when short */
	uint64_t waiting;		/* bit n: the cell's n-th CPU is stalled */
	struct reg_level total;
	struct reg_level writes;
	/* Refills were for the time up to next_ns, or last_ns, and so much more. */
	uint64_t ahead_ns;
	struct reg_advance advance;
};

/* What another cell asks of this one. */
struct reg_hold {
	uint64_t serial;		/* of that cell; 0: the entry is free */
	struct control_hold hold;
};

/* In struct cell. `lock` guards everything. */
struct reg_cell {
	struct spinlock lock;
	uint64_t serial;			/* of the cell, never reused */
	struct reg_settings boot;		/* the configuration's policy */
	struct reg_settings requested;
	struct reg_effective effective;		/* the newest accepted */
	struct reg_pool pool;
	struct reg_windows windows;
	uint64_t cpus;				/* the CPUs it was computed for */
	/* From a line a second to unlimited: amend() will do; 0: it will not. */
	uint64_t amend_range;
	uint32_t turn;				/* + 1, among those limited; 0: none */
	uint64_t refusals;
	/* Under the lock for requests. */
	struct reg_hold holds[CONTROL_HOLDS_MAX];
	struct reg_critical critical;		/* constant */
};

/* Where a source keeps what it needs per CPU. Lines are weighted events. */
struct reg_counter {
	uint64_t read_lines;		/* monotonic, as of the last sample() */
	uint64_t write_lines;
	uint64_t read_raw;		/* the register, at the last sample() */
	uint64_t write_raw;
	uint64_t read_q8;		/* fractions of a line, below 256 */
	uint64_t write_q8;
};

/*
 * When a CPU wants to be looked at: after `lines` more in total, or after
 * `write_lines` more written ones; REG_NEVER: not for that. A source that is
 * polled looks the more often the closer lines + headroom_lines is, since
 * that much may be used until the CPU must stop.
 * Where neither is armed it is how near that is which a timer must not miss.
 */
struct reg_alarm {
	uint64_t lines;
	uint64_t write_lines;
	uint64_t headroom_lines;
};

/* How a CPU stands in its throttle. */
struct reg_throttle_cpu {
	uint64_t next_ns;		/* when period() is wanted next */
	uint64_t boundary_ns;		/* the next period begins */
	uint64_t since_ns;		/* running, or accounted, since */
	int64_t balance_ns;		/* it may still run; negative: debt */
	uint32_t part;			/* of the balance, in REG_DUTY_FULL'ths */
	bool on;			/* it concerns this CPU */
	bool held;
	bool fresh;			/* looked at since the guest left ... */
	uint64_t looked_ns;		/* ... at this time first */
	/* The setting all this belongs to. */
	uint64_t phase_ns;
	uint64_t period_ns;
	uint64_t run_ns;
	uint32_t run_part;
};

/* A CPU that waits until credit in total has come up to what it drew. */
struct reg_bucket_cpu {
	uint64_t ready_lines;
	uint64_t ready_write_lines;
	bool waits;
};

/* How a CPU stands in its burst cap. */
struct reg_burst_cpu {
	uint64_t next_ns;
	uint64_t since_ns;		/* credit is counted from here ... */
	uint64_t credited_lines;	/* ... and so much was given */
	int64_t lines;			/* may still be used; negative: debt */
	uint64_t settled_lines;
	bool on;
	bool held;
};

/* What a held CPU does for critical interrupts. */
struct reg_critical_cpu {
	uint64_t period_end_ns;
	int64_t left_ns;		/* of the bound; negative: was late */
	uint64_t since_ns;
	uint64_t since_lines;
	bool running;			/* the guest, for them */
};

/* How fast a CPU that is polled moves lines. */
struct reg_pace {
	uint64_t lines;			/* in an interval, lately at most */
	uint64_t since_ns;		/* the last look; 0: it was held then */
	uint64_t alert_until_ns;	/* it was held lately */
};

/* What another CPU watches: this many lines since the last sample. */
struct reg_watched {
	uint64_t lines;
	uint64_t write_lines;
	uint32_t by;			/* a CPU + 1; 0: nobody */
	uint32_t interval_ns;
};

/*
 * The short way of overflow(), after the source's renew() returned `used_lines`: 0,
 * and the CPU goes on; or -EAGAIN, nothing has changed and overflow() must decide.
 * `now_ns` counts where cpu->renew_clock is not NULL.
 */
typedef int reg_renew_fn(struct reg_cpu *cpu, uint64_t used_lines,
			 uint64_t now_ns);

/* In struct per_cpu. Written by that CPU only. */
struct reg_cpu {
	unsigned int cpu;		/* logical number */
	unsigned int index;		/* among the CPUs of its cell */
	struct reg_cell *cell;		/* NULL: not in a cell */
	uint64_t serial;		/* of the cell the statistics are for */
	struct reg_pool own;		/* by reg_effective.own_pool */
	uint64_t grant_lines;		/* drawn and not settled yet */
	uint64_t write_grant_lines;
	uint64_t settled_lines;		/* counted lines that were charged */
	uint64_t settled_write_lines;
	uint64_t boundary_ns;		/* this CPU's next period begins */
	uint64_t next_ns;		/* when period() is wanted next */
	/*
	 * The short ways: advance() may be asked when the boundary has passed by
	 * less than this, 0: never; `renew`, below, where it is not NULL.
	 */
	uint64_t short_late_ns;
	uint64_t stall_since_ns;
	uint64_t held_since_ns;		/* by the one that is named */
	struct reg_bucket_cpu bucket;
	struct reg_alarm alarm;
	struct reg_effective active;	/* in force on this CPU */
	struct reg_throttle_cpu throttle;
	struct reg_burst_cpu burst;
	struct reg_windows windows;		/* of the own pool */
	struct reg_critical_cpu critical;
	struct reg_watched watched;
	struct reg_pace pace;
	uint64_t borrow_ns;		/* nothing is borrowed before */
	reg_renew_fn *renew;
	const struct scale *renew_clock;	/* reg_effective.clock, or NULL */
	/*
	 * The page that the root cell may read: struct statistics_page. Last, and
	 * alone on its page.
	 */
	struct {
		struct statistics_head shown;
		struct reg_counter counter;
		struct reg_cpu_stats stats;
	} __attribute__((aligned(STATISTICS_PAGE_BYTES)));
};
_Static_assert(sizeof(struct reg_counter) == sizeof(struct statistics_counter) &&
	       sizeof(struct reg_cpu) ==
		       offsetof(struct reg_cpu, shown) + STATISTICS_PAGE_BYTES &&
	       offsetof(struct reg_cpu, counter) -
			       offsetof(struct reg_cpu, shown) ==
		       offsetof(struct statistics_page, counter) &&
	       offsetof(struct reg_cpu, stats) -
			       offsetof(struct reg_cpu, shown) ==
		       offsetof(struct statistics_page, stats),
	       "the page is what abi/statistics.h says");

enum reg_verdict {
	REG_RUN,		/* go on */
	REG_STALL,		/* hold; period() at next_ns, or poll(), tells */
};

/*
 * A cell has one budget, and beside it a throttle and a burst cap when they
 * are set. A CPU runs when all three let it. README.md has who is named.
 */
enum reg_role {
	REG_ROLE_BUDGET,
	REG_ROLE_THROTTLE,
	REG_ROLE_BURST,
};

enum reg_kind {
	REG_KIND_BANDWIDTH,
	REG_KIND_CPU_TIME,
	REG_KIND_CACHE,
	REG_KIND_BUS,
};

/*
 * All operations are mandatory but for the short ways. Those with a verdict
 * run on the CPU concerned, interrupts masked, and leave in cpu->next_ns when
 * period() is to be called (REG_NEVER: not at all) and in the source what they
 * armed.
 *
 * Those beside a budget have a next_ns of their own, in cpu->throttle and
 * cpu->burst. Their check() comes after that of the budget and fills its part
 * of `effective` alone. A burst cap is asked, by overflow(), after everything
 * that the budget did, and brings the alarm forward when it must; when there
 * is no budget (not effective.active) the source is its own. Neither of them
 * has short ways, which are closed where there is one.
 *
 * What has been used and held up is in cpu->stats, as far as known. All of a cell
 * is zero again when no CPU is left in it.
 */
struct regulator {
	const char *name;
	uint16_t id;			/* enum regulator_id */
	uint16_t order;			/* registry is sorted by this, then name */
	enum reg_kind kind;
	enum reg_role role;

	/* 0, or -ENODEV with a constant text saying what is missing. */
	int (*probe)(const char **why);
	/*
	 * Pure: platform and request (all fields filled) in, `effective` out
	 * as far as it does not depend on the source; or -EINVAL or -ERANGE
	 * with the reason.
	 */
	int (*check)(const struct reg_platform *platform,
		     const struct reg_settings *wanted,
		     struct reg_effective *effective, struct reason *reason);
	/*
	 * What another total budget, of a line a second or more, changes of
	 * `effective`, where check() took everything else of `wanted`, which has it
	 * as well, with one that was limited. NULL: check() must.
	 */
	void (*amend)(struct reg_effective *effective, uint64_t bytes_per_s,
		      const struct reg_settings *wanted);
	/*
	 * cpu->active is new: the CPU starts under it. It holds nothing drawn.
	 * A pool still filled by an older revision is converted.
	 */
	enum reg_verdict (*commit)(struct reg_cpu *cpu, uint64_t now_ns);
	/*
	 * The short way of cpu_reset() and commit() where amend() is all that has
	 * changed the cell's setting: takes it over and goes on. Only for a CPU
	 * with short ways; NULL where there are none. Takes reg_cell.lock.
	 */
	enum reg_verdict (*follow)(struct reg_cpu *cpu, uint64_t now_ns);
	/* next_ns has come, or passed. */
	enum reg_verdict (*period)(struct reg_cpu *cpu, uint64_t now_ns);
	/* The counter was looked at between. */
	enum reg_verdict (*poll)(struct reg_cpu *cpu, uint64_t now_ns);
	/*
	 * The short way of period(), when cpu->short_late_ns allows it; NULL
	 * where nothing ever does. It returns the next boundary, and the CPU
	 * goes on; or 0, and period() must decide. That of overflow() is
	 * cpu->renew.
	 */
	uint64_t (*advance)(struct reg_cpu *cpu, uint64_t now_ns);
	/* What was armed has been used. */
	enum reg_verdict (*overflow)(struct reg_cpu *cpu, uint64_t now_ns);
	/* Settles what was used and gives back what was drawn. */
	void (*cpu_reset)(struct reg_cpu *cpu, uint64_t now_ns);
};

/* Records are found through pointers in a section, sorted by `order`. */
#define REGULATOR(record)                                                     \
	static const struct regulator *const record##_pointer                 \
		__attribute__((used, section("regulators"))) = &(record)

struct counter_caps {
	unsigned int bits;
	uint32_t line_bytes;
	bool interrupts;	/* else it is polled */
	bool counts_writes;	/* apart from reads */
	bool watchable;		/* peek() sees what other CPUs count */
	/* Polled by the tick every so often; 0: the platform looks by itself. */
	uint64_t poll_ns;
};

/* All operations are mandatory; those with a CPU run on it, interrupts masked. */
struct counter_source {
	const char *name;
	uint16_t id;			/* enum counter_source_id */
	uint16_t order;

	/*
	 * Master CPU, once, with the record that names this source: 0 and caps,
	 * or -ENODEV or -EINVAL with a constant text saying what is missing.
	 */
	int (*probe)(const struct weir_record_counter *record,
		     struct counter_caps *caps, const char **why);
	/* Counts from zero. */
	void (*start)(struct reg_cpu *cpu);
	void (*stop)(struct reg_cpu *cpu);
	/* Brings cpu->counter up to date. */
	void (*sample)(struct reg_cpu *cpu);
	/*
	 * Sets cpu->alarm, counted from the last sample(). A source that
	 * interrupts stays alarmed until that is taken back, so that an
	 * interrupt can be late, or merge with another one, but not be lost: the
	 * overflow status of pmuv3 is the level of its interrupt, that of
	 * x86-pmu is asked at every NMI. Should it be lost all the same, the CPU
	 * goes on until a tick of its budget, a reset, a new setting or a request
	 * for statistics looks; what it used is debt then, to the line.
	 */
	void (*arm)(struct reg_cpu *cpu);
	/*
	 * sample(), and arms the same as last from here: lines since then. Not
	 * after another sample() behind the last arm().
	 */
	uint64_t (*rearm)(struct reg_cpu *cpu);
	/* When the alarm has come: takes it back and rearm(); else REG_NEVER. */
	uint64_t (*renew)(struct reg_cpu *cpu);
	/* Whether the alarm has come, and takes it back. */
	bool (*alarmed)(struct reg_cpu *cpu);
	/*
	 * From any CPU: lines counted there since `counter` was sampled; 0 when
	 * they cannot be read from here.
	 */
	void (*peek)(unsigned int cpu, const struct reg_counter *counter,
		     uint64_t *read_lines, uint64_t *write_lines);
};

#define COUNTER_SOURCE(record)                                                \
	static const struct counter_source *const record##_pointer            \
		__attribute__((used, section("counter_sources"))) = &(record)

/* What the registry knows of a source beyond its record. */
struct counter_slot {
	const struct counter_source *source;
	const struct weir_record_counter *record; /* NULL: not configured */
	struct counter_caps caps;
	const char *why;		/* NULL: usable */
};

struct regulator_slot {
	const struct regulator *regulator;
	const char *why;		/* NULL: usable */
};

#define REGISTRY_MAX_REGULATORS	16
#define REGISTRY_MAX_SOURCES	16

/*
 * registry.c. Sorts both sections and probes the regulators; sources become
 * usable one by one. Master CPU, before guests run. -E2BIG: too many records.
 */
int registry_init(void);
/* Probes the source that `record` names; the slot keeps the outcome. */
const struct counter_slot *registry_configure(
	const struct weir_record_counter *record);
/* NULL when no such record was linked; else look at `why`. */
const struct regulator_slot *registry_regulator(uint16_t id);
const struct counter_slot *registry_source(uint16_t id);
/* Bit n: the one with id n is usable (ids below 64). */
uint64_t registry_regulators_mask(void);
uint64_t registry_sources_mask(void);

#endif
