/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counter source: line fills and write-backs on the memory-system page.
 *
 * The page does not interrupt; the platform's heartbeat asks alarmed(), the
 * more often the less is left until the CPU must stop.
 */
#include "regulators/regulator.h"
#include "hv/errno.h"
#include "hv/memsys.h"
#include "weigh.h"

static struct {
	struct weight read;
	struct weight write;
} weights;

static int memsys_source_probe(const struct weir_record_counter *record,
			       struct counter_caps *caps, const char **why)
{
	if (!memsys_present()) {
		*why = "the system configuration has no memory-system page";
		return -ENODEV;
	}
	weight_init(&weights.read, record->read_weight_q8);
	weight_init(&weights.write, record->write_weight_q8);
	*caps = (struct counter_caps){
		.bits = 64,
		.line_bytes = memsys_page()->line_bytes,
		.counts_writes = record->write_weight_q8 != 0,
		.watchable = true,
	};
	return 0;
}

/* Brings a counter up to what the page shows of a CPU. */
static void counter_update(struct reg_counter *counter, unsigned int cpu)
{
	const struct memsys_cpu *regs = &memsys_page()->cpu[cpu];
	uint64_t fills = regs->llc_fills;
	uint64_t writebacks = regs->writebacks;

	counter->read_lines = weight_add(&weights.read, counter->read_lines,
					 &counter->read_q8,
					 fills - counter->read_raw);
	counter->write_lines = weight_add(&weights.write, counter->write_lines,
					  &counter->write_q8,
					  writebacks - counter->write_raw);
	counter->read_raw = fills;
	counter->write_raw = writebacks;
}

static void memsys_source_sample(struct reg_cpu *cpu)
{
	memsys_doorbell();
	counter_update(&cpu->counter, cpu->cpu);
}

static void memsys_source_arm(struct reg_cpu *cpu)
{
	const struct reg_alarm *alarm = &cpu->alarm;
	uint64_t lines = alarm->lines < alarm->write_lines ?
			 alarm->lines : alarm->write_lines;

	/* A timer is late by what moves until it is looked at: headroom alone. */
	if (lines == REG_NEVER)
		lines = 0;
	memsys_look_within(cpu->cpu, lines < UINT64_MAX - alarm->headroom_lines ?
				     lines + alarm->headroom_lines :
				     UINT64_MAX);
}

static uint64_t memsys_source_rearm(struct reg_cpu *cpu)
{
	uint64_t before = cpu->counter.read_lines + cpu->counter.write_lines;

	memsys_source_sample(cpu);
	memsys_source_arm(cpu);
	return cpu->counter.read_lines + cpu->counter.write_lines - before;
}

static void memsys_source_start(struct reg_cpu *cpu)
{
	memsys_source_sample(cpu);
	cpu->counter.read_lines = 0;
	cpu->counter.write_lines = 0;
	cpu->counter.read_q8 = 0;
	cpu->counter.write_q8 = 0;
	cpu->alarm = (struct reg_alarm){ REG_NEVER, REG_NEVER, REG_NEVER };
	memsys_source_arm(cpu);
}

static void memsys_source_stop(struct reg_cpu *cpu)
{
	memsys_look_within(cpu->cpu, UINT64_MAX);
}

static void memsys_source_peek(unsigned int cpu,
			       const struct reg_counter *counter,
			       uint64_t *read_lines, uint64_t *write_lines)
{
	struct reg_counter now = *counter;

	memsys_doorbell();
	counter_update(&now, cpu);
	*read_lines = now.read_lines - counter->read_lines;
	*write_lines = now.write_lines - counter->write_lines;
}

static bool memsys_source_alarmed(struct reg_cpu *cpu)
{
	uint64_t reads, writes;

	memsys_source_peek(cpu->cpu, &cpu->counter, &reads, &writes);
	return reads + writes >= cpu->alarm.lines ||
	       writes >= cpu->alarm.write_lines;
}

static uint64_t memsys_source_renew(struct reg_cpu *cpu)
{
	return memsys_source_alarmed(cpu) ? memsys_source_rearm(cpu) :
					    REG_NEVER;
}

static const struct counter_source memsys_source = {
	.name = "memsys",
	.id = COUNTER_MEMSYS,
	.order = 10,
	.probe = memsys_source_probe,
	.start = memsys_source_start,
	.stop = memsys_source_stop,
	.sample = memsys_source_sample,
	.arm = memsys_source_arm,
	.rearm = memsys_source_rearm,
	.renew = memsys_source_renew,
	.alarmed = memsys_source_alarmed,
	.peek = memsys_source_peek,
};
COUNTER_SOURCE(memsys_source);
