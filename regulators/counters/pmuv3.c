/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counter source: events of the PMU counters that the hypervisor reserves.
 *
 * The overflow of a counter preloaded with -n interrupts after exactly n
 * events. A companion counts the same event one behind: QEMU notices the
 * overflow of a lone event counter only at the next exception, but on time
 * when another counter overflows right after it. It never interrupts, so that
 * on silicon it costs a counter and nothing else.
 */
#include "regulators/regulator.h"
#include "hv/arch/pmu.h"
#include "hv/errno.h"
#include "rearm.h"
#include "weigh.h"

#define COUNTER_READ		0u
#define COUNTER_WRITE		1u
#define COUNTER_COMPANION	2u

#define EVENT_NONE		0xffffu
/* Every Armv8-A application core so far has lines of this size. */
#define PMUV3_LINE_BYTES	64u
/*
 * The longest distance to an overflow: half a 32-bit counter, so that skid
 * never wraps it a second time. Longer alarms come in stages.
 */
#define DISTANCE_MAX_LINES	(1ull << 31)

static struct {
	struct weight read;
	struct weight write;
	uint64_t mask;			/* of the width of a counter */
	uint64_t alone;			/* 0: writes are counted apart */
	uint16_t event_read;
	uint16_t event_write;
	bool writes;
} pmuv3;

static int pmuv3_probe(const struct weir_record_counter *record,
		       struct counter_caps *caps, const char **why)
{
	struct arch_pmu_caps pmu;
	int err = arch_pmu_probe(&pmu, why);

	if (err)
		return err;
	pmuv3.writes = record->event_write != EVENT_NONE &&
		       record->write_weight_q8 != 0;
	if (pmu.counters < ARCH_PMU_RESERVED) {
		*why = "the PMU has fewer counters than must be reserved";
		return -ENODEV;
	}
	if (!pmu.overflow_irq || record->overflow_irq == 0) {
		*why = "no overflow interrupt of the PMU is configured";
		return -ENODEV;
	}
	pmuv3.event_read = record->event_read;
	pmuv3.event_write = record->event_write;
	pmuv3.mask = pmu.bits >= 64 ? UINT64_MAX : BIT(pmu.bits) - 1;
	pmuv3.alone = pmuv3.writes ? 0 : pmu.alone;
	weight_init(&pmuv3.read, record->read_weight_q8);
	weight_init(&pmuv3.write, record->write_weight_q8);
	*caps = (struct counter_caps){
		.bits = pmu.bits,
		.line_bytes = PMUV3_LINE_BYTES,
		.interrupts = true,
		.counts_writes = pmuv3.writes,
	};
	return 0;
}

/* Makes a counter overflow after so many events, and remembers from where. */
static void counter_preload(unsigned int counter, uint64_t *raw,
			    uint64_t events)
{
	*raw = (0 - events) & pmuv3.mask;
	arch_pmu_write(counter, *raw);
}

static void pmuv3_arm(struct reg_cpu *cpu)
{
	uint64_t lines = cpu->alarm.lines;
	uint64_t write_lines = cpu->alarm.write_lines;
	uint64_t events;

	if (lines > DISTANCE_MAX_LINES)
		lines = DISTANCE_MAX_LINES;
	if (pmuv3.writes) {
		/* However reads and writes mix, one of the halves is due first. */
		lines = (lines + 1) / 2;
		if (write_lines > lines)
			write_lines = lines;
		counter_preload(COUNTER_WRITE, &cpu->counter.write_raw,
				weight_events(&pmuv3.write, write_lines));
	}
	events = weight_events(&pmuv3.read, lines);
	counter_preload(COUNTER_READ, &cpu->counter.read_raw, events);
	arch_pmu_write(COUNTER_COMPANION, (0 - events - 1) & pmuv3.mask);
}

static void pmuv3_start(struct reg_cpu *cpu)
{
	cpu->counter = (struct reg_counter){ 0 };
	cpu->alarm = (struct reg_alarm){ REG_NEVER, REG_NEVER, REG_NEVER };
	arch_pmu_start(COUNTER_READ, pmuv3.event_read);
	arch_pmu_start(COUNTER_COMPANION, pmuv3.event_read);
	if (pmuv3.writes)
		arch_pmu_start(COUNTER_WRITE, pmuv3.event_write);
	pmuv3_arm(cpu);
	(void)arch_pmu_take_overflows();
	arch_pmu_irq(COUNTER_READ, true);
	if (pmuv3.writes)
		arch_pmu_irq(COUNTER_WRITE, true);
}

static void pmuv3_stop(struct reg_cpu *cpu)
{
	(void)cpu;
	arch_pmu_irq(COUNTER_READ, false);
	arch_pmu_stop(COUNTER_READ);
	arch_pmu_stop(COUNTER_COMPANION);
	if (pmuv3.writes) {
		arch_pmu_irq(COUNTER_WRITE, false);
		arch_pmu_stop(COUNTER_WRITE);
	}
	(void)arch_pmu_take_overflows();
}

static void pmuv3_sample(struct reg_cpu *cpu)
{
	struct reg_counter *counter = &cpu->counter;
	uint64_t raw = arch_pmu_read(COUNTER_READ);

	counter->read_lines = weight_add(&pmuv3.read, counter->read_lines,
					 &counter->read_q8,
					 (raw - counter->read_raw) & pmuv3.mask);
	counter->read_raw = raw;
	if (!pmuv3.writes)
		return;
	raw = arch_pmu_read(COUNTER_WRITE);
	counter->write_lines = weight_add(&pmuv3.write, counter->write_lines,
					  &counter->write_q8,
					  (raw - counter->write_raw) &
					  pmuv3.mask);
	counter->write_raw = raw;
}

__attribute__((noinline))
static uint64_t rearm_both(struct reg_cpu *cpu)
{
	uint64_t before = cpu->counter.read_lines + cpu->counter.write_lines;

	pmuv3_sample(cpu);
	pmuv3_arm(cpu);
	return cpu->counter.read_lines + cpu->counter.write_lines - before;
}

static inline uint64_t pmuv3_rearm(struct reg_cpu *cpu)
{
	if (pmuv3.writes)
		return rearm_both(cpu);
	return counter_rearm(&cpu->counter, &pmuv3.read, pmuv3.mask);
}

static bool pmuv3_alarmed(struct reg_cpu *cpu)
{
	(void)cpu;
	return (arch_pmu_take_overflows() &
		(1u << COUNTER_READ | 1u << COUNTER_WRITE)) != 0;
}

__attribute__((noinline))
static uint64_t renew_if_alarmed(struct reg_cpu *cpu)
{
	return pmuv3_alarmed(cpu) ? pmuv3_rearm(cpu) : REG_NEVER;
}

/* The companion never interrupts by itself. */
static uint64_t pmuv3_renew(struct reg_cpu *cpu)
{
	if (!arch_pmu_take_alone(pmuv3.alone))
		return renew_if_alarmed(cpu);
	return counter_rearm(&cpu->counter, &pmuv3.read, pmuv3.mask);
}

/* The registers of another CPU are out of reach. */
static void pmuv3_peek(unsigned int cpu, const struct reg_counter *counter,
		       uint64_t *read_lines, uint64_t *write_lines)
{
	(void)cpu;
	(void)counter;
	*read_lines = 0;
	*write_lines = 0;
}

static const struct counter_source pmuv3_source = {
	.name = "pmuv3",
	.id = COUNTER_PMUV3,
	.order = 20,
	.probe = pmuv3_probe,
	.start = pmuv3_start,
	.stop = pmuv3_stop,
	.sample = pmuv3_sample,
	.arm = pmuv3_arm,
	.rearm = pmuv3_rearm,
	.renew = pmuv3_renew,
	.alarmed = pmuv3_alarmed,
	.peek = pmuv3_peek,
};
COUNTER_SOURCE(pmuv3_source);
