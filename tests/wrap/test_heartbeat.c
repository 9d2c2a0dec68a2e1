/* SPDX-License-Identifier: GPL-2.0-only */
/* The memory-system page's platform support: clock, heartbeat, pace, holding. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake.h"
#include "hv/arch/cpu.h"
#include "hv/arch/timer.h"
#include "hv/clock.h"
#include "hv/errno.h"
#include "hv/memsys.h"
#include "hv/paging.h"
#include "hv/percpu.h"
#include "hv/regulation.h"

#define CPU		1u
#define HZ		62500000ull	/* a tick is 8 instructions of 2 ns */
#define MODEL_HZ	1200000000ull

static struct {
	struct memsys_page page;
	bool mapped;
	bool dead;			/* the model does not start */
	uint64_t ticks;
	uint64_t armed_ticks;		/* UINT64_MAX: disarmed */
	unsigned int doorbells, relaxes, waits;
	unsigned int ticks_run, alarms, resumes;
	bool alarmed;
	bool tick_stalls;
	uint32_t control_in_work;
	uint64_t cycles_per_relax;	/* own clock, while held */
	uint64_t limit_per_relax;	/* the others catch up */
	unsigned int event_after;	/* relaxes; 0: none */
	unsigned int wfi_cycles;
} world;

static struct per_cpu cpu;
static struct reg_cell reg_cell;

static struct memsys_cpu *regs(void)
{
	return &world.page.cpu[CPU];
}

void memsys_doorbell(void)
{
	world.doorbells++;
	world.page.running = (world.page.control & MEMSYS_CONTROL_RUN) &&
			     !world.dead;
}

void *__wrap_hv_map(hpa_t phys, uint64_t size, uint32_t flags);
void __wrap_hv_unmap(void *virt, uint64_t size);
struct per_cpu *__wrap_this_cpu(void);
void __wrap_arch_cpu_relax(void);
void __wrap_arch_cpu_wait(void);
uint64_t __wrap_arch_timer_hz(void);
uint64_t __wrap_arch_timer_now(void);
void __wrap_arch_timer_arm(uint64_t ticks);
void __wrap_arch_timer_disarm(void);
void __wrap_tick_run(struct per_cpu *of);
bool __wrap_regulation_alarmed(struct per_cpu *of);
void __wrap_regulation_alarm(struct per_cpu *of);
void __wrap_regulation_cpu_resume(struct per_cpu *of);

void *__wrap_hv_map(hpa_t phys, uint64_t size, uint32_t flags)
{
	assert_int_equal(phys.value, 0x7ffff000);
	assert_int_equal(size, MEMSYS_PAGE_BYTES);
	assert_int_equal(flags, MAP_READ | MAP_WRITE);
	world.mapped = true;
	return &world.page;
}

void __wrap_hv_unmap(void *virt, uint64_t size)
{
	assert_ptr_equal(virt, &world.page);
	assert_int_equal(size, MEMSYS_PAGE_BYTES);
	world.mapped = false;
}

struct per_cpu *__wrap_this_cpu(void)
{
	return &cpu;
}

void __wrap_arch_cpu_relax(void)
{
	world.relaxes++;
	regs()->limit_cycles += world.limit_per_relax;
	if (regs()->control & MEMSYS_CPU_HELD)
		regs()->cycles += world.cycles_per_relax;
	if (world.relaxes == world.event_after)
		cpu.events = EVENT_SUSPEND;
}

void __wrap_arch_cpu_wait(void)
{
	/* Nobody needs a tick on a CPU that waits. */
	assert_int_equal(world.armed_ticks, UINT64_MAX);
	world.waits++;
	regs()->cycles += world.wfi_cycles;
}

uint64_t __wrap_arch_timer_hz(void)
{
	return HZ;
}

uint64_t __wrap_arch_timer_now(void)
{
	return world.ticks;
}

void __wrap_arch_timer_arm(uint64_t ticks)
{
	world.armed_ticks = ticks;
}

void __wrap_arch_timer_disarm(void)
{
	world.armed_ticks = UINT64_MAX;
}

void __wrap_tick_run(struct per_cpu *of)
{
	assert_ptr_equal(of, &cpu);
	world.ticks_run++;
	world.control_in_work = regs()->control;
	/* As the tick does: the next deadline, from within. */
	memsys_arm(clock_now_ns() + 1000000);
	cpu.stall_requested = world.tick_stalls;
}

bool __wrap_regulation_alarmed(struct per_cpu *of)
{
	assert_ptr_equal(of, &cpu);
	/* Looking is the test platform's own doing. */
	assert_int_equal(regs()->control, MEMSYS_CPU_UNCHARGED);
	return world.alarmed;
}

void __wrap_regulation_alarm(struct per_cpu *of)
{
	assert_ptr_equal(of, &cpu);
	world.alarms++;
	world.control_in_work = regs()->control;
}

void __wrap_regulation_cpu_resume(struct per_cpu *of)
{
	assert_ptr_equal(of, &cpu);
	world.resumes++;
}

static const struct weir_record_memsys record = {
	.page_address = 0x7ffff000,
	.heartbeat_ns = 20000,
	.heartbeat_min_ns = 1000,
};

static void model_load(void)
{
	memsys_exit();
	memset(&world, 0, sizeof(world));
	memset(&cpu, 0, sizeof(cpu));
	cpu.id = CPU;
	cpu.reg.cell = &reg_cell;
	world.page.magic = MEMSYS_MAGIC;
	world.page.revision = MEMSYS_REVISION;
	world.page.num_cpus = 4;
	world.page.clock_hz = MODEL_HZ;
	world.page.insn_ps = 2000;
	world.page.line_bytes = 64;
	world.ticks = 1000;
	world.armed_ticks = UINT64_MAX;
	world.limit_per_relax = 1000;
	regs()->limit_cycles = UINT64_MAX / 2;
}

static void start(void)
{
	model_load();
	assert_int_equal(memsys_init(&record), 0);
	memsys_cpu_start(&cpu);
}

static void test_identification_is_checked(void **unused)
{
	struct weir_record_memsys wrong = record;

	(void)unused;
	model_load();
	world.page.magic++;
	assert_int_equal(memsys_init(&record), -ENODEV);
	model_load();
	world.page.revision++;
	assert_int_equal(memsys_init(&record), -ENODEV);
	model_load();
	world.page.num_cpus = 17;
	assert_int_equal(memsys_init(&record), -ENODEV);
	model_load();
	world.page.clock_hz = 0;
	assert_int_equal(memsys_init(&record), -ENODEV);
	model_load();
	world.page.insn_ps = 0;
	assert_int_equal(memsys_init(&record), -ENODEV);
	model_load();
	world.dead = true;
	assert_int_equal(memsys_init(&record), -ENODEV);
	assert_false(world.mapped);
	assert_false(memsys_present());
	wrong.heartbeat_ns = 999;
	assert_int_equal(memsys_init(&wrong), -EINVAL);
	wrong.heartbeat_ns = 1000001;
	assert_int_equal(memsys_init(&wrong), -EINVAL);
	wrong.heartbeat_ns = 2000;
	wrong.heartbeat_min_ns = 2001;
	assert_int_equal(memsys_init(&wrong), -EINVAL);
}

static void test_life(void **unused)
{
	(void)unused;
	start();
	assert_true(memsys_present());
	assert_ptr_equal(memsys_page(), &world.page);
	assert_int_equal(world.page.control, MEMSYS_CONTROL_RUN);
	assert_true(world.mapped);
	memsys_exit();
	assert_false(memsys_present());
	assert_int_equal(world.page.control, 0);
	assert_false(world.mapped);
	/* Without a model all of it does nothing. */
	memsys_cpu_start(&cpu);
	memsys_cpu_stop(&cpu);
	assert_int_equal(clock_now_ns(), world.ticks * 16);
}

static void test_clock_is_the_models(void **unused)
{
	(void)unused;
	start();
	regs()->cycles = 1200000006;
	assert_int_equal(clock_now_ns(), 1000000005);
	regs()->cycles = 1200000007;
	assert_int_equal(clock_now_ns(), 1000000005);
	regs()->cycles = 1200000008;
	assert_int_equal(clock_now_ns(), 1000000006);
	regs()->cycles = 1ull << 60;
	assert_int_equal(clock_now_ns(), ((1ull << 60) - 4) / 6 * 5 + 3);
}

/* 20 us of guest time are 1250 ticks, from the end of the handler on. */
static void test_heartbeat_goes_on(void **unused)
{
	(void)unused;
	start();
	assert_int_equal(world.armed_ticks, 1000 + 1250);
	for (unsigned int n = 0; n < 5; n++) {
		world.ticks = world.armed_ticks + 17;
		clock_timer_fired(&cpu);
		assert_int_equal(world.armed_ticks, world.ticks + 1250);
		assert_int_equal(regs()->control, 0);
	}
	assert_int_equal(world.ticks_run + world.alarms + world.relaxes, 0);
	memsys_cpu_stop(&cpu);
	assert_int_equal(world.armed_ticks, UINT64_MAX);
	assert_int_equal(regs()->control, MEMSYS_CPU_HELD);
	assert_int_equal(regs()->hold_until_cycles, UINT64_MAX);
	/* One that was under way already starts nothing. */
	clock_timer_fired(&cpu);
	assert_int_equal(world.armed_ticks, UINT64_MAX);
	assert_int_equal(regs()->control, MEMSYS_CPU_HELD);
	memsys_cpu_start(&cpu);
	assert_int_equal(regs()->control, 0);
	assert_int_equal(world.armed_ticks, world.ticks + 1250);
}

/* What silicon would do as well is charged, the rest is not. */
static void test_due_deadline_is_run_charged(void **unused)
{
	(void)unused;
	start();
	clock_arm(1000000);
	regs()->cycles = 1199999;
	clock_timer_fired(&cpu);
	assert_int_equal(world.ticks_run, 0);
	world.control_in_work = 0xff;
	regs()->cycles = 1200000;
	clock_timer_fired(&cpu);
	assert_int_equal(world.ticks_run, 1);
	assert_int_equal(world.control_in_work, 0);
	assert_int_equal(regs()->control, 0);
	/* The next one is a millisecond later. */
	clock_timer_fired(&cpu);
	assert_int_equal(world.ticks_run, 1);
	regs()->cycles = 2400000;
	clock_timer_fired(&cpu);
	assert_int_equal(world.ticks_run, 2);
	clock_arm(UINT64_MAX);
	regs()->cycles = 1ull << 50;
	clock_timer_fired(&cpu);
	assert_int_equal(world.ticks_run, 2);
}

static void test_alarm_is_taken_charged(void **unused)
{
	(void)unused;
	start();
	clock_timer_fired(&cpu);
	assert_int_equal(world.alarms, 0);
	world.alarmed = true;
	world.control_in_work = 0xff;
	clock_timer_fired(&cpu);
	assert_int_equal(world.alarms, 1);
	assert_int_equal(world.control_in_work, 0);
	/* A tick settles as well: not both. */
	clock_arm(0);
	clock_timer_fired(&cpu);
	assert_int_equal(world.alarms, 1);
	assert_int_equal(world.ticks_run, 1);
}

static uint64_t beat_after(uint64_t lines)
{
	memsys_look_within(CPU, lines);
	return world.armed_ticks - world.ticks;
}

/* A line per instruction at most, 8 instructions a tick, 1 us at least. */
static void test_looks_come_closer_near_the_end(void **unused)
{
	(void)unused;
	start();
	assert_int_equal(beat_after(UINT64_MAX), 1250);
	assert_int_equal(beat_after(10000), 1250);
	assert_int_equal(beat_after(8000), 1000);
	assert_int_equal(beat_after(4001), 501);
	assert_int_equal(beat_after(800), 100);
	assert_int_equal(beat_after(400), 63);	/* 1 us: 500 instructions */
	assert_int_equal(beat_after(0), 63);
	/* A deadline in model time draws looks closer as well. */
	beat_after(UINT64_MAX);
	regs()->cycles = 1200000;
	clock_arm(1001000);
	assert_int_equal(world.armed_ticks - world.ticks, 150);
	clock_arm(2000000);
	assert_int_equal(world.armed_ticks - world.ticks, 1250);
	/* Within the handler it is armed once, at the end. */
	clock_arm(0);
	world.armed_ticks = 0;
	clock_timer_fired(&cpu);
	assert_int_equal(world.armed_ticks, world.ticks + 1250);
}

/* A CPU that waits for memory takes 8 cycles for an instruction. */
static void test_looks_keep_pace_with_memory(void **unused)
{
	(void)unused;
	start();
	regs()->cycles = 1200000;
	clock_arm(1008000);
	assert_int_equal(world.armed_ticks - world.ticks, 1200);
	regs()->instructions += 1000;
	regs()->stall_cycles += 7000;
	clock_timer_fired(&cpu);
	assert_int_equal(world.armed_ticks - world.ticks, 150);
	/* What it did before does not count, nor does having done nothing. */
	clock_timer_fired(&cpu);
	assert_int_equal(world.armed_ticks - world.ticks, 150);
	regs()->instructions += 100;
	clock_timer_fired(&cpu);
	assert_int_equal(world.armed_ticks - world.ticks, 1200);
	regs()->stall_cycles += 1000000000;
	regs()->instructions += 1;
	clock_timer_fired(&cpu);
	assert_int_equal(world.armed_ticks - world.ticks, 63);
}

static void test_pace_waits_for_the_others(void **unused)
{
	(void)unused;
	start();
	regs()->cycles = 50000;
	regs()->limit_cycles = 20000;
	clock_timer_fired(&cpu);
	assert_int_equal(world.relaxes, 30);
	assert_int_equal(regs()->control, 0);
	/* Not beyond what is bearable, should they never come. */
	world.relaxes = 0;
	world.limit_per_relax = 0;
	regs()->limit_cycles = 0;
	clock_timer_fired(&cpu);
	assert_in_range(world.relaxes, 1000, 10000);
	/* Events end it at once. */
	world.relaxes = 0;
	world.event_after = 7;
	clock_timer_fired(&cpu);
	assert_int_equal(world.relaxes, 7);
	clock_timer_fired(&cpu);
	assert_int_equal(world.relaxes, 7);
}

/* A CPU that will be held leaves the pace to those who run. */
static void test_no_pace_before_a_hold(void **unused)
{
	(void)unused;
	start();
	regs()->cycles = 5000000;
	regs()->limit_cycles = 0;
	world.tick_stalls = true;
	clock_arm(1000);
	clock_timer_fired(&cpu);
	assert_int_equal(world.ticks_run, 1);
	assert_int_equal(world.relaxes, 0);
}

static void test_hold_until_the_deadline(void **unused)
{
	(void)unused;
	start();
	clock_arm(2000000);
	regs()->cycles = 1000000;
	world.cycles_per_relax = 100000;
	clock_wait(&cpu);
	assert_int_equal(world.relaxes, 14);
	assert_int_equal(regs()->hold_until_cycles, 2400000);
	assert_int_equal(regs()->cycles, 2400000);
	assert_int_equal(regs()->control, 0);
	assert_int_equal(world.armed_ticks, world.ticks + 63);
	/* No turn more when it is due already, or an event is. */
	clock_wait(&cpu);
	assert_int_equal(world.relaxes, 14);
	clock_arm(4000000);
	world.event_after = 17;
	clock_wait(&cpu);
	assert_int_equal(world.relaxes, 17);
	assert_int_equal(regs()->control, 0);
	/* Bounded when time stands still. */
	cpu.events = 0;
	world.cycles_per_relax = 0;
	world.event_after = 0;
	clock_wait(&cpu);
	assert_in_range(world.relaxes, 1000, 10000);
}

/* An interrupt is looked at when some are critical, else at the end. */
static void test_hold_is_interrupted(void **unused)
{
	(void)unused;
	start();
	clock_arm(2000000);
	regs()->cycles = 1000000;
	world.cycles_per_relax = 100000;
	fake.critical = 1ull << cpu.id;
	reg_cell.critical.bound_ns = 1000;
	clock_wait(&cpu);
	assert_int_equal(world.relaxes, 0);
	assert_int_equal(regs()->control, 0);
	reg_cell.critical.bound_ns = 0;
	clock_wait(&cpu);
	assert_int_equal(world.relaxes, 14);
	fake.critical = 0;
}

static void test_idle_cpu_has_no_heartbeat(void **unused)
{
	(void)unused;
	start();
	clock_arm(1000000);
	regs()->cycles = 1000;
	world.wfi_cycles = 1000;
	memsys_guest_wfi(&cpu);
	assert_int_equal(world.waits, 1);
	assert_int_equal(world.resumes, 0);
	assert_int_equal(world.armed_ticks, world.ticks + 1250);
	/* Boundaries that passed are caught up with when it wakes. */
	world.wfi_cycles = 100000000;
	memsys_guest_wfi(&cpu);
	assert_int_equal(world.resumes, 1);
	assert_int_equal(world.armed_ticks, world.ticks + 63);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_identification_is_checked),
		cmocka_unit_test(test_life),
		cmocka_unit_test(test_clock_is_the_models),
		cmocka_unit_test(test_heartbeat_goes_on),
		cmocka_unit_test(test_due_deadline_is_run_charged),
		cmocka_unit_test(test_alarm_is_taken_charged),
		cmocka_unit_test(test_looks_come_closer_near_the_end),
		cmocka_unit_test(test_looks_keep_pace_with_memory),
		cmocka_unit_test(test_pace_waits_for_the_others),
		cmocka_unit_test(test_no_pace_before_a_hold),
		cmocka_unit_test(test_hold_until_the_deadline),
		cmocka_unit_test(test_hold_is_interrupted),
		cmocka_unit_test(test_idle_cpu_has_no_heartbeat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
