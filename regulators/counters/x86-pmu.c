/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counter source: events of the general counters that the hypervisor reserves
 * on x86, one for reads and, where a second is to be had, one for writes.
 *
 * A counter preloaded with -n interrupts after exactly n events, give or take
 * the skid of the interrupt.
 */
#include "regulators/regulator.h"
#include "hv/arch/pmu.h"
#include "hv/errno.h"
#include "rearm.h"
#include "weigh.h"

#define COUNTER_READ		0u
#define COUNTER_WRITE		1u

#define EVENT_NONE		0xffffu
#define X86_LINE_BYTES		64u
/*
 * The longest distance to an overflow: without full-width writes a counter
 * takes 32 bits and their sign. Longer alarms come in stages.
 */
#define DISTANCE_MAX_LINES	(1ull << 30)
#define DISTANCE_MAX_EVENTS	(1ull << 31)

static struct {
	struct weight read;
	struct weight write;
	uint64_t mask;			/* of the width of a counter */
	uint16_t event_read;
	uint16_t event_write;
	bool writes;
} x86_pmu;

static int x86_pmu_probe(const struct weir_record_counter *record,
			 struct counter_caps *caps, const char **why)
{
	struct arch_pmu_caps pmu;
	int err = arch_pmu_probe(&pmu, why);

	if (err)
		return err;
	x86_pmu.writes = record->event_write != EVENT_NONE &&
			 record->write_weight_q8 != 0;
	if (pmu.counters <= (x86_pmu.writes ? COUNTER_WRITE : COUNTER_READ)) {
		*why = "the PMU has fewer counters than must be reserved";
		return -ENODEV;
	}
	if (!pmu.overflow_irq) {
		*why = "the PMU's overflow interrupt cannot be had";
		return -ENODEV;
	}
	x86_pmu.event_read = record->event_read;
	x86_pmu.event_write = record->event_write;
	x86_pmu.mask = pmu.bits >= 64 ? UINT64_MAX : BIT(pmu.bits) - 1;
	weight_init(&x86_pmu.read, record->read_weight_q8);
	weight_init(&x86_pmu.write, record->write_weight_q8);
	*caps = (struct counter_caps){
		.bits = pmu.bits,
		.line_bytes = X86_LINE_BYTES,
		.interrupts = true,
		.counts_writes = x86_pmu.writes,
	};
	return 0;
}

/* Makes a counter overflow after so many lines, and remembers from where. */
static inline void counter_preload(unsigned int counter, const struct weight *weight,
			    uint64_t *raw, uint64_t lines)
{
	uint64_t events = weight_events(weight, lines);

	if (events > DISTANCE_MAX_EVENTS)
		events = DISTANCE_MAX_EVENTS;
	*raw = (0 - events) & x86_pmu.mask;
	arch_pmu_write(counter, *raw);
}

static inline void x86_pmu_arm(struct reg_cpu *cpu)
{
	uint64_t lines = cpu->alarm.lines;
	uint64_t write_lines = cpu->alarm.write_lines;

	if (lines > DISTANCE_MAX_LINES)
		lines = DISTANCE_MAX_LINES;
	if (x86_pmu.writes) {
		/* However reads and writes mix, one of the halves is due first. */
		lines = (lines + 1) / 2;
		if (write_lines > lines)
			write_lines = lines;
		counter_preload(COUNTER_WRITE, &x86_pmu.write,
				&cpu->counter.write_raw, write_lines);
	}
	counter_preload(COUNTER_READ, &x86_pmu.read, &cpu->counter.read_raw,
			lines);
}

static void x86_pmu_start(struct reg_cpu *cpu)
{
	cpu->counter = (struct reg_counter){ 0 };
	cpu->alarm = (struct reg_alarm){ REG_NEVER, REG_NEVER, REG_NEVER };
	arch_pmu_start(COUNTER_READ, x86_pmu.event_read);
	if (x86_pmu.writes)
		arch_pmu_start(COUNTER_WRITE, x86_pmu.event_write);
	x86_pmu_arm(cpu);
	(void)arch_pmu_take_overflows();
	arch_pmu_irq(COUNTER_READ, true);
	if (x86_pmu.writes)
		arch_pmu_irq(COUNTER_WRITE, true);
}

static void x86_pmu_stop(struct reg_cpu *cpu)
{
	(void)cpu;
	arch_pmu_stop(COUNTER_READ);
	if (x86_pmu.writes)
		arch_pmu_stop(COUNTER_WRITE);
	(void)arch_pmu_take_overflows();
}

static inline void x86_pmu_sample(struct reg_cpu *cpu)
{
	struct reg_counter *counter = &cpu->counter;
	uint64_t raw = arch_pmu_read(COUNTER_READ);

	counter->read_lines = weight_add(&x86_pmu.read, counter->read_lines,
					 &counter->read_q8,
					 (raw - counter->read_raw) &
					 x86_pmu.mask);
	counter->read_raw = raw;
	if (!x86_pmu.writes)
		return;
	raw = arch_pmu_read(COUNTER_WRITE);
	counter->write_lines = weight_add(&x86_pmu.write, counter->write_lines,
					  &counter->write_q8,
					  (raw - counter->write_raw) &
					  x86_pmu.mask);
	counter->write_raw = raw;
}

static bool x86_pmu_alarmed(struct reg_cpu *cpu)
{
	(void)cpu;
	return arch_pmu_take_overflows() != 0;
}

__attribute__((noinline))
static uint64_t rearm_both(struct reg_cpu *cpu)
{
	struct reg_counter *counter = &cpu->counter;
	uint64_t before_lines = counter->read_lines + counter->write_lines;

	x86_pmu_sample(cpu);
	x86_pmu_arm(cpu);
	return counter->read_lines + counter->write_lines - before_lines;
}

static uint64_t x86_pmu_rearm(struct reg_cpu *cpu)
{
	if (x86_pmu.writes)
		return rearm_both(cpu);
	return counter_rearm(&cpu->counter, &x86_pmu.read, x86_pmu.mask);
}

static uint64_t x86_pmu_renew(struct reg_cpu *cpu)
{
	return x86_pmu_alarmed(cpu) ? x86_pmu_rearm(cpu) : REG_NEVER;
}

/* The registers of another CPU are out of reach. */
static void x86_pmu_peek(unsigned int cpu, const struct reg_counter *counter,
			 uint64_t *read_lines, uint64_t *write_lines)
{
	(void)cpu;
	(void)counter;
	*read_lines = 0;
	*write_lines = 0;
}

static const struct counter_source x86_pmu_source = {
	.name = "x86-pmu",
	.id = COUNTER_X86_PMU,
	.order = 20,
	.probe = x86_pmu_probe,
	.start = x86_pmu_start,
	.stop = x86_pmu_stop,
	.sample = x86_pmu_sample,
	.arm = x86_pmu_arm,
	.rearm = x86_pmu_rearm,
	.renew = x86_pmu_renew,
	.alarmed = x86_pmu_alarmed,
	.peek = x86_pmu_peek,
};
COUNTER_SOURCE(x86_pmu_source);
