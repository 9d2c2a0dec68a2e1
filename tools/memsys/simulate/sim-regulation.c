// SPDX-License-Identifier: GPL-2.0-only
/* The hypervisor's regulation in front of simulated cores. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "abi/hypercall.h"
#include "control.h"
#include "fake.h"
#include "hv/arch/cpu.h"
#include "hv/clock.h"
#include "hv/config-check.h"
#include "hv/critical.h"
#include "hv/regulation.h"
#include "hv/tick.h"
#include "machine.h"
#include "regulators/regulator.h"

#define PS_PER_NS	1000u
#define LINE_NS		100u		/* that a handler waits for */
#define BUFFER_GPA	(FAKE_RAM_START + 0x100000)	/* of the root cell */

static struct {
	struct control control;
	struct engine *engine;
	const struct variant *variant;
	unsigned int cpus_count;
	unsigned int root_cpu;
	uint64_t base_ns;	/* the hypervisor's clock at time 0 */
	struct {
		uint64_t base_reads, base_writes;	/* start() counts from */
		uint64_t armed_lines, armed_writes;	/* of the core's own */
		uint64_t irq_ps;
		uint64_t storm_ps;	/* the next one; ENGINE_NEVER: none */
		bool storm_pending;
		uint64_t storm_since_ps;	/* while it is pending */
		uint64_t served_ps;	/* its handler ends; ENGINE_NEVER */
		uint64_t kick_ps;	/* it learns of its events */
		uint64_t call_ps;	/* its guest makes a hypercall */
		unsigned int cell_index;	/* of a guest with a deadline */
		const struct scenario_cell *cell;
		struct control_counts counts;
	} cpu[ENGINE_MAX_CORES + 1];
	struct core none;		/* behind the root's CPU */
	struct {
		struct guard guard;
		struct guard_counts counts;
	} cell[SCENARIO_MAX_CELLS];
} sim;

/* ---------------------------------------------------------- counter source */

static struct core *core_of(unsigned int cpu)
{
	return cpu < sim.cpus_count ? &sim.engine->core[cpu] : &sim.none;
}

static int lines_probe(const struct weir_record_counter *record,
		       struct counter_caps *caps, const char **why)
{
	(void)record;
	*why = NULL;
	*caps = (struct counter_caps){
		.bits = 64,
		.line_bytes = (uint32_t)sim.engine->machine.line_bytes,
		.interrupts = !sim.variant->polled,
		.counts_writes = true,
		.poll_ns = sim.variant->polled ? sim.variant->delay_ns : 0,
		.watchable = true,
	};
	return 0;
}

static void lines_sample(struct reg_cpu *reg)
{
	const struct core *core = core_of(reg->cpu);

	reg->counter.read_lines = core->reads - sim.cpu[reg->cpu].base_reads;
	reg->counter.write_lines = core->writes - sim.cpu[reg->cpu].base_writes;
}

static void lines_start(struct reg_cpu *reg)
{
	sim.cpu[reg->cpu].base_reads = core_of(reg->cpu)->reads;
	sim.cpu[reg->cpu].base_writes = core_of(reg->cpu)->writes;
	lines_sample(reg);
}

static void lines_disarm(unsigned int cpu)
{
	sim.cpu[cpu].irq_ps = ENGINE_NEVER;
	core_of(cpu)->alarm_lines = UINT64_MAX;
	core_of(cpu)->alarm_writes = UINT64_MAX;
}

static void lines_stop(struct reg_cpu *reg)
{
	lines_disarm(reg->cpu);
}

static uint64_t alarm_at(uint64_t from, uint64_t lines)
{
	return lines > UINT64_MAX - from ? UINT64_MAX : from + lines;
}

static void lines_arm(struct reg_cpu *reg)
{
	unsigned int cpu = reg->cpu;
	uint64_t writes = sim.cpu[cpu].base_writes + reg->counter.write_lines;
	uint64_t reads = sim.cpu[cpu].base_reads + reg->counter.read_lines;

	lines_disarm(cpu);
	sim.cpu[cpu].armed_lines = alarm_at(reads + writes, reg->alarm.lines);
	sim.cpu[cpu].armed_writes = alarm_at(writes, reg->alarm.write_lines);
	if (sim.variant->polled)
		return;
	core_of(cpu)->alarm_lines = sim.cpu[cpu].armed_lines;
	core_of(cpu)->alarm_writes = sim.cpu[cpu].armed_writes;
}

static bool lines_alarmed(struct reg_cpu *reg)
{
	const struct core *core = core_of(reg->cpu);

	return core->reads + core->writes >= sim.cpu[reg->cpu].armed_lines ||
	       core->writes >= sim.cpu[reg->cpu].armed_writes;
}

static uint64_t lines_rearm(struct reg_cpu *reg)
{
	uint64_t before = reg->counter.read_lines + reg->counter.write_lines;

	lines_sample(reg);
	lines_arm(reg);
	return reg->counter.read_lines + reg->counter.write_lines - before;
}

static uint64_t lines_renew(struct reg_cpu *reg)
{
	return lines_alarmed(reg) ? lines_rearm(reg) : REG_NEVER;
}

static void lines_peek(unsigned int cpu, const struct reg_counter *counter,
		       uint64_t *read_lines, uint64_t *write_lines)
{
	*read_lines = core_of(cpu)->reads - sim.cpu[cpu].base_reads -
		      counter->read_lines;
	*write_lines = core_of(cpu)->writes - sim.cpu[cpu].base_writes -
		       counter->write_lines;
}

static const struct counter_source lines_source = {
	.name = "simulator",
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

/* ------------------------------------------------------------------ events */

static void clock_set(uint64_t now_ps)
{
	fake.now_ns = sim.base_ns + now_ps / PS_PER_NS;
}

static uint64_t deadline_ps(unsigned int n)
{
	uint64_t armed_ns = fake_cpu_area(n)->tick.armed_ns;

	if (armed_ns == TICK_NEVER)
		return ENGINE_NEVER;
	return armed_ns > sim.base_ns ? (armed_ns - sim.base_ns) * PS_PER_NS :
					0;
}

static void earlier(uint64_t *ps, uint64_t other_ps)
{
	if (other_ps < *ps)
		*ps = other_ps;
}

/* On the hypervisor's clock, and not before its time. */
static uint64_t clock_point(uint64_t ps)
{
	return (ps + PS_PER_NS - 1) / PS_PER_NS * PS_PER_NS;
}

static void plan(void)
{
	uint64_t next_ps = ENGINE_NEVER;

	for (unsigned int n = 0; n < sim.cpus_count; n++) {
		/* Somebody has told it something, and it does not know yet. */
		if (fake_cpu_area(n)->events && sim.cpu[n].kick_ps == ENGINE_NEVER)
			sim.cpu[n].kick_ps = clock_point(sim.engine->now_ps +
				sim.variant->kick_ns * PS_PER_NS);
		earlier(&next_ps, deadline_ps(n));
		earlier(&next_ps, sim.cpu[n].irq_ps);
		earlier(&next_ps, sim.cpu[n].storm_ps);
		earlier(&next_ps, sim.cpu[n].served_ps);
		earlier(&next_ps, sim.cpu[n].kick_ps);
		earlier(&next_ps, sim.cpu[n].call_ps);
	}
	sim.control.next_ps = next_ps;
}

/* A handler of the guest runs: what it reads is charged like anything else. */
static void storm_deliver(unsigned int n)
{
	uint64_t late_ps = sim.engine->now_ps - sim.cpu[n].storm_since_ps +
			   sim.variant->handler_ns * PS_PER_NS;

	if (late_ps > sim.cpu[n].counts.storm_late_ps)
		sim.cpu[n].counts.storm_late_ps = late_ps;
	sim.cpu[n].storm_pending = false;
	engine_count(sim.engine, n, sim.cpu[n].cell->storm_lines);
}

/*
 * A core that is held runs a handler, if it may, and nothing else: for as long as
 * a line takes, for each, and there and back.
 */
static void storm_serve(unsigned int n)
{
	const struct scenario_cell *cell = sim.cpu[n].cell;
	uint64_t ns = 2 * sim.variant->handler_ns + cell->storm_lines * LINE_NS;

	fake.critical |= 1ull << n;
	if (!critical_begin(fake_cpu_area(n)))
		return;
	storm_deliver(n);
	sim.cpu[n].served_ps = sim.engine->now_ps + ns * PS_PER_NS;
}

static void storm_served(unsigned int n)
{
	sim.cpu[n].served_ps = ENGINE_NEVER;
	fake.critical &= ~(1ull << n);
	fake_on_cpu(n);
	critical_ended(fake_cpu_area(n));
}

/* What the hypervisor decided is done to the cores. */
static void follow(void)
{
	for (unsigned int n = 0; n < sim.cpus_count; n++) {
		if (regulation_holds(fake_cpu_area(n)))
			engine_hold(sim.engine, n);
		else
			engine_release(sim.engine, n);
		if (sim.cpu[n].storm_pending && !regulation_holds(fake_cpu_area(n)))
			storm_deliver(n);
	}
	plan();
}

static void timer_fires(unsigned int n)
{
	struct per_cpu *cpu = fake_cpu_area(n);

	sim.cpu[n].counts.ticks++;
	/* A stalled CPU waits inside the hypervisor. */
	if (cpu->stall_requested)
		tick_run(cpu);
	else
		clock_timer_fired(cpu);
}

static void overflow_fires(unsigned int n)
{
	sim.cpu[n].irq_ps = ENGINE_NEVER;
	sim.cpu[n].counts.overflows++;
	regulation_overflow(fake_cpu_area(n));
}

static void kick_arrives(unsigned int n)
{
	sim.cpu[n].kick_ps = ENGINE_NEVER;
	sim.cpu[n].counts.kicks++;
	cpu_take_events(fake_cpu_area(n));
}

static void guest_calls(unsigned int n)
{
	unsigned int cell = sim.cpu[n].cell_index;

	sim.cpu[n].call_ps = ENGINE_NEVER;
	sim.cpu[n].counts.kicks++;
	guard_call(&sim.cell[cell].guard, &sim.cell[cell].counts,
		   &sim.variant->cells[cell], n);
}

/* An interrupt for the guest. A CPU that is held wakes, and is looked at. */
static void storm_fires(unsigned int n)
{
	struct per_cpu *cpu = fake_cpu_area(n);

	if (!sim.cpu[n].storm_pending)
		sim.cpu[n].storm_since_ps = sim.cpu[n].storm_ps;
	sim.cpu[n].storm_ps += sim.cpu[n].cell->storm_ps;
	sim.cpu[n].storm_pending = true;
	fake_on_cpu(n);
	if (cpu->stall_requested)
		tick_run(cpu);
	if (!regulation_holds(cpu))
		storm_deliver(n);
	else if (cpu->stall_requested && sim.cpu[n].cell->critical_ps)
		storm_serve(n);
}

static void control_due(struct control *control, uint64_t now_ps)
{
	(void)control;
	clock_set(now_ps);
	for (unsigned int n = 0; n < sim.cpus_count; n++) {
		if (sim.cpu[n].served_ps <= now_ps)
			storm_served(n);
		if (sim.cpu[n].storm_ps <= now_ps)
			storm_fires(n);
		bool kick = sim.cpu[n].kick_ps <= now_ps;
		bool call = sim.cpu[n].call_ps <= now_ps;
		bool overflow = sim.cpu[n].irq_ps <= now_ps;
		bool timer = deadline_ps(n) <= now_ps;

		if (!kick && !call && !overflow && !timer)
			continue;
		fake_on_cpu(n);
		if (kick)
			kick_arrives(n);
		if (call)
			guest_calls(n);
		if (overflow)
			overflow_fires(n);
		if (timer)
			timer_fires(n);
		if (sim.variant->handler_ns)
			engine_occupy(sim.engine, n, sim.variant->handler_ns *
						     PS_PER_NS);
	}
	follow();
}

static void control_alarm(struct control *control, unsigned int core,
			  uint64_t now_ps)
{
	uint64_t irq_ps = clock_point(now_ps +
				      sim.variant->delay_ns * PS_PER_NS);

	sim.cpu[core].irq_ps = irq_ps;
	earlier(&control->next_ps, irq_ps);
}

/* A guest with a deadline looks at its clock; what it calls for comes at once. */
static void control_burst(struct control *control, unsigned int core,
			  uint64_t took_ps, uint64_t now_ps)
{
	unsigned int cell = sim.cpu[core].cell_index;

	if (cell == SCENARIO_MAX_CELLS ||
	    !guard_job(&sim.cell[cell].guard, &sim.cell[cell].counts,
		       &sim.variant->cells[cell], took_ps))
		return;
	sim.cpu[core].call_ps = clock_point(now_ps);
	earlier(&control->next_ps, sim.cpu[core].call_ps);
}

/* -------------------------------------------------------------------- boot */

static void reason_fetch(char reason[CONTROL_REASON_BYTES])
{
	struct reason_report *report = fake_ram(BUFFER_GPA);

	memset(report, 0, sizeof(*report));
	report->size = sizeof(*report);
	if (fake_hypercall(sim.root_cpu, WEIR_HC_LAST_REASON, BUFFER_GPA, 0))
		snprintf(reason, CONTROL_REASON_BYTES, "no reason was given");
	else
		snprintf(reason, CONTROL_REASON_BYTES, "%s", report->text);
}

static long call_with(uint64_t number, const void *data, size_t size)
{
	memcpy(fake_ram(BUFFER_GPA), data, size);
	return fake_hypercall(sim.root_cpu, number, BUFFER_GPA, 0);
}

/* The guest turns its other CPUs on: they come in as after a reset. */
static void cpus_start(uint64_t cpus)
{
	for (unsigned int n = 0; n < sim.cpus_count; n++) {
		if (!(cpus >> n & 1))
			continue;
		fake_on_cpu(n);
		regulation_cpu_reset(fake_cpu_area(n));
	}
}

static long cell_make(unsigned int id, const struct scenario_cell *cell)
{
	struct reg_request request = {
		.size = sizeof(request), .operation = REG_OP_SET,
		.cell_id = id, .settings = cell->settings,
	};
	struct cell_blob blob;
	long error;

	cell_blob_init(&blob, id, cell->name, cell->cpus);
	if (cell->critical_ps)
		cell_blob_critical(&blob, cell->critical_ps / PS_PER_NS);
	if (*cell->guard)
		cell_blob_control(&blob, cell->guard_cell + 1,
				  cell->guard_duty_permille,
				  cell->guard_budget_bytes_per_s);
	error = call_with(HC_CELL_CREATE, &blob, cell_blob_size(&blob));
	if (error < 0)
		return error;
	error = fake_hypercall(sim.root_cpu, HC_CELL_START, id, 0);
	if (!error)
		cpus_start(cell->cpus);
	if (error)
		return error;
	/* Scenarios compare: what they do not name shall stay the same. */
	if (!(cell->settings.valid & REG_SET_REGULATOR)) {
		request.settings.valid |= REG_SET_REGULATOR;
		request.settings.regulator = REGULATOR_MEMGUARD;
	}
	return call_with(WEIR_HC_REG_SET, &request, sizeof(request));
}

/* What is served whatever the pattern: a line per row cycle of one bank. */
static uint64_t sustainable(const struct memsys_config *machine)
{
	return machine->line_bytes * 1000000000000ull /
	       machine->ddr_row_cycle_ps;
}

static void storms_begin(const struct scenario_cell *cell)
{
	for (unsigned int n = 0; n < sim.cpus_count && cell->storm_ps; n++) {
		if (!(cell->cpus >> n & 1))
			continue;
		sim.cpu[n].cell = cell;
		sim.cpu[n].storm_ps = cell->storm_ps;
	}
}

static void cpus_init(void)
{
	for (unsigned int n = 0; n <= sim.cpus_count; n++) {
		sim.cpu[n].irq_ps = ENGINE_NEVER;
		sim.cpu[n].storm_ps = ENGINE_NEVER;
		sim.cpu[n].served_ps = ENGINE_NEVER;
		sim.cpu[n].kick_ps = ENGINE_NEVER;
		sim.cpu[n].call_ps = ENGINE_NEVER;
		sim.cpu[n].cell_index = SCENARIO_MAX_CELLS;
	}
	for (unsigned int c = 0; c < sim.variant->cells_count; c++)
		for (unsigned int n = 0; n < sim.cpus_count; n++)
			if (sim.variant->cells[c].deadline_ps &&
			    sim.variant->cells[c].cpus >> n & 1)
				sim.cpu[n].cell_index = c;
}

int control_boot(struct engine *engine, const struct variant *variant,
		 char reason[CONTROL_REASON_BYTES])
{
	struct machine_blob blob;
	struct reason why = { "" };
	long error;

	memset(&sim, 0, sizeof(sim));
	sim.engine = engine;
	sim.variant = variant;
	sim.cpus_count = engine->cores_count;
	sim.root_cpu = engine->cores_count;
	cpus_init();
	fake_machine();
	fake.critical = 0;
	machine_blob_init(&blob, sim.cpus_count + 1,
			  sustainable(&engine->machine));
	error = fake_boot(&blob, sizeof(blob));
	if (error) {
		config_check_system(&blob, sizeof(blob), arch_config(), &why);
		snprintf(reason, CONTROL_REASON_BYTES, "the machine does not boot: %.90s",
			 why.text);
		return (int)error;
	}
	for (unsigned int n = 0; n <= sim.cpus_count; n++) {
		fake_on_cpu(n);
		regulation_cpu_reset(fake_cpu_area(n));
	}
	for (unsigned int n = 0; n < variant->cells_count && !error; n++)
		error = cell_make(n + 1, &variant->cells[n]);
	if (error) {
		reason_fetch(reason);
		return (int)error;
	}
	for (unsigned int n = 0; n < variant->cells_count; n++)
		storms_begin(&variant->cells[n]);
	sim.control.due = control_due;
	sim.control.alarm = control_alarm;
	sim.control.burst = control_burst;
	/* From now on kicks take their time. */
	fake.deaf = true;
	/* Making cells took time; the grids of all periods begin anew here. */
	sim.base_ns = (fake.now_ns / REG_PERIOD_MAX_NS + 1) * REG_PERIOD_MAX_NS;
	engine->control = &sim.control;
	follow();
	return 0;
}

int control_status(unsigned int cell, struct reg_status *status)
{
	long error;

	clock_set(sim.engine->now_ps);
	*status = (struct reg_status){
		.size = sizeof(*status), .cell_id = cell + 1,
	};
	error = call_with(WEIR_HC_REG_GET, status, sizeof(*status));
	memcpy(status, fake_ram(BUFFER_GPA), sizeof(*status));
	return (int)error;
}

struct guard_counts control_guard(unsigned int cell)
{
	return sim.cell[cell].counts;
}

struct control_counts control_counts(unsigned int cpu)
{
	return sim.cpu[cpu].counts;
}
