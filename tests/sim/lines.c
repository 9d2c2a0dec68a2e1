/* SPDX-License-Identifier: GPL-2.0-only */
/* A fake machine whose CPUs use lines when a test says so. */
#include "lines.h"

#include <assert.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "hv/regulation.h"
#include "tests/unit/cells.h"

static struct {
	bool interrupts;
	bool watchable;
	uint64_t poll_ns;
	struct {
		bool counting;
		uint64_t reads, writes;		/* since start() */
	} cpu[HV_MAX_CPUS];
} lines = { .interrupts = true, .watchable = true };

static int lines_probe(const struct weir_record_counter *record,
		       struct counter_caps *caps, const char **why)
{
	(void)record;
	*why = NULL;
	*caps = (struct counter_caps){
		.bits = 64, .line_bytes = 64, .interrupts = lines.interrupts,
		.counts_writes = true, .poll_ns = lines.poll_ns,
		.watchable = lines.watchable,
	};
	return 0;
}

static void lines_start(struct reg_cpu *cpu)
{
	assert(!lines.cpu[cpu->cpu].counting);
	memset(&lines.cpu[cpu->cpu], 0, sizeof(lines.cpu[0]));
	lines.cpu[cpu->cpu].counting = true;
	cpu->counter = (struct reg_counter){ 0 };
}

static void lines_stop(struct reg_cpu *cpu)
{
	assert(lines.cpu[cpu->cpu].counting);
	lines.cpu[cpu->cpu].counting = false;
}

static void lines_sample(struct reg_cpu *cpu)
{
	cpu->counter.read_lines = lines.cpu[cpu->cpu].reads;
	cpu->counter.write_lines = lines.cpu[cpu->cpu].writes;
}

/* Where it counts from: the last sample. */
static void lines_arm(struct reg_cpu *cpu)
{
	cpu->counter.read_raw = cpu->counter.read_lines;
	cpu->counter.write_raw = cpu->counter.write_lines;
}

static uint64_t lines_rearm(struct reg_cpu *cpu)
{
	uint64_t before = cpu->counter.read_lines + cpu->counter.write_lines;

	lines_sample(cpu);
	lines_arm(cpu);
	return cpu->counter.read_lines + cpu->counter.write_lines - before;
}

static bool lines_alarmed(struct reg_cpu *cpu)
{
	uint64_t reads = lines.cpu[cpu->cpu].reads - cpu->counter.read_raw;
	uint64_t writes = lines.cpu[cpu->cpu].writes - cpu->counter.write_raw;

	return reads + writes >= cpu->alarm.lines ||
	       writes >= cpu->alarm.write_lines;
}

static void lines_peek(unsigned int cpu, const struct reg_counter *counter,
		       uint64_t *read_lines, uint64_t *write_lines)
{
	*read_lines = lines.cpu[cpu].reads - counter->read_lines;
	*write_lines = lines.cpu[cpu].writes - counter->write_lines;
}

static uint64_t lines_renew(struct reg_cpu *reg)
{
	return lines_alarmed(reg) ? lines_rearm(reg) : REG_NEVER;
}

static const struct counter_source lines_source = {
	.name = "lines",
	.id = COUNTER_FAKE,
	.order = 5,
	.probe = lines_probe,
	.start = lines_start,
	.stop = lines_stop,
	.sample = lines_sample,
	.arm = lines_arm,
	.rearm = lines_rearm,
	.renew = lines_renew,
	.alarmed = lines_alarmed,
	.peek = lines_peek,
};
COUNTER_SOURCE(lines_source);

void lines_happen(struct per_cpu *cpu, uint64_t reads, uint64_t writes)
{
	assert(lines.cpu[cpu->id].counting);
	lines.cpu[cpu->id].reads += reads;
	lines.cpu[cpu->id].writes += writes;
}

bool lines_counting(const struct per_cpu *cpu)
{
	return lines.cpu[cpu->id].counting;
}

uint64_t lines_to_alarm(const struct per_cpu *cpu)
{
	const struct reg_counter *counter = &cpu->reg.counter;
	uint64_t used = lines.cpu[cpu->id].reads - counter->read_raw +
			lines.cpu[cpu->id].writes - counter->write_raw;

	return cpu->reg.alarm.lines == REG_NEVER ? REG_NEVER :
	       cpu->reg.alarm.lines - used;
}

void lines_interrupt(bool interrupts)
{
	lines.interrupts = interrupts;
}

void lines_watchable(bool watchable)
{
	lines.watchable = watchable;
}

void lines_poll_every(uint64_t poll_ns)
{
	lines.poll_ns = poll_ns;
}

void lines_cpus_join(void)
{
	for (unsigned int n = 0; n < 4; n++) {
		fake_on_cpu(n);
		regulation_cpu_reset(fake_cpu_area(n));
	}
	fake_on_cpu(0);
}

void lines_forget(void)
{
	memset(lines.cpu, 0, sizeof(lines.cpu));
}

int lines_setup(void **state)
{
	struct blob_system system;
	int error;

	(void)state;
	lines_forget();
	fake_machine();
	blob_system_init(&system);
	system.counter.source = COUNTER_FAKE;
	memcpy(system.counter.event_name, "made-up", 8);
	error = fake_boot(&system, sizeof(system));
	if (!error)
		lines_cpus_join();
	return error;
}

static struct reg_request request(struct reg_settings settings)
{
	return (struct reg_request){
		.size = sizeof(struct reg_request), .operation = REG_OP_SET,
		.settings = settings,
	};
}

struct reg_request lines_set(struct cell *cell, struct reg_settings settings)
{
	struct reg_request r = request(settings);

	if (regulation_set(cell, &r))
		fail_msg("refused: %s", r.reason);
	fake_settle();
	return r;
}

void lines_refuse(struct cell *cell, struct reg_settings settings,
		  const char *words)
{
	struct reg_request r = request(settings);

	assert_true(regulation_set(cell, &r) < 0);
	if (!strstr(r.reason, words))
		fail_msg("wanted \"%s\", found \"%s\"", words, r.reason);
}

uint64_t lines_seed;

uint64_t lines_random(uint64_t limit)
{
	lines_seed = lines_seed * 6364136223846793005ull +
		     1442695040888963407ull;
	return (lines_seed >> 33) % limit;
}
