/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Platform support for the modelled memory system: clock, heartbeat, pacing.
 *
 * The emulator gives the CPUs turns and cuts a turn only when a timer is due,
 * so every busy CPU arms its EL2 timer again and again: the heartbeat, in guest
 * time. It runs what is due in model time, and then keeps the CPU back while
 * the model says that it is too far ahead of the slowest busy one. Nothing of
 * this exists on silicon, so none of it is charged to the CPU's model clock,
 * but for the work that a timer or a counter would cause there as well.
 */
#include "hv/memsys.h"

#include "hv/arch/cpu.h"
#include "hv/arch/timer.h"
#include "hv/cell.h"
#include "hv/clock.h"
#include "hv/errno.h"
#include "hv/paging.h"
#include "hv/percpu.h"
#include "hv/printk.h"
#include "hv/regulation.h"
#include "hv/statistics.h"
#include "hv/tick.h"
#include "hv/wide.h"

#define NS_PER_S		1000000000ull
#define PS_PER_S		1000000000000ull

/*
 * Turns given away in one pacing or holding loop, at most. A turn of another
 * CPU is one heartbeat long, so this is far beyond any lead the model allows:
 * it bounds the loop should a CPU be stuck inside the hypervisor.
 */
#define TURNS_MAX		4096u

/* Deadlines beyond are all far away; so products of cycles do not overflow. */
#define BEAT_CYCLES_MAX		(1ull << 40)

/* One per CPU, only touched by that CPU. */
struct heartbeat {
	uint64_t deadline_cycles;	/* next tick in model time */
	uint64_t look_lines;		/* memsys_look_within() */
	/* Of the CPU, at the last look; what it executes in a cycle since. */
	uint64_t instructions;
	uint64_t stall_cycles;
	uint64_t instructions_q8;
	bool on;
	bool handling;			/* it is re-armed at the end anyway */
};

static struct {
	struct memsys_page *page;
	struct scale ns_per_cycle;
	struct scale cycles_per_ns;
	struct scale ticks_per_instruction;
	uint64_t beat_ticks;
	uint64_t beat_instructions;
	uint64_t beat_min_instructions;
	struct heartbeat beats[MEMSYS_MAX_CPUS];
} memsys;

bool memsys_present(void)
{
	return memsys.page != NULL;
}

struct memsys_page *memsys_page(void)
{
	return memsys.page;
}

static struct memsys_cpu *registers(const struct per_cpu *cpu)
{
	return &memsys.page->cpu[cpu->id];
}

static struct heartbeat *heartbeat(const struct per_cpu *cpu)
{
	return &memsys.beats[cpu->id];
}

static void control_set(struct memsys_cpu *regs, uint32_t control)
{
	regs->control = control;
	memsys_doorbell();
}

static int page_check(const struct memsys_page *page)
{
	const char *what = NULL;

	if (page->magic != MEMSYS_MAGIC)
		what = "no model answers at its address";
	else if (page->revision != MEMSYS_REVISION)
		what = "the model speaks another revision";
	else if (page->num_cpus == 0 || page->num_cpus > MEMSYS_MAX_CPUS)
		what = "the model has no or too many CPUs";
	else if (page->clock_hz == 0 || page->insn_ps == 0)
		what = "the model's clock has no rate";
	if (what)
		printk("memory-system page: %s\n", what);
	return what ? -ENODEV : 0;
}

static void rates_init(const struct weir_record_memsys *record,
		       const struct memsys_page *page)
{
	uint64_t hz = arch_timer_hz();

	memsys.ns_per_cycle = scale_init(NS_PER_S, page->clock_hz);
	memsys.cycles_per_ns = scale_init(page->clock_hz, NS_PER_S);
	memsys.ticks_per_instruction = scale_init(page->insn_ps * hz, PS_PER_S);
	memsys.beat_ticks = record->heartbeat_ns * hz / NS_PER_S;
	memsys.beat_instructions = record->heartbeat_ns * 1000ull /
				   page->insn_ps;
	memsys.beat_min_instructions = record->heartbeat_min_ns * 1000ull /
				       page->insn_ps;
	for (unsigned int n = 0; n < MEMSYS_MAX_CPUS; n++)
		memsys.beats[n] = (struct heartbeat){
			.deadline_cycles = UINT64_MAX,
			.look_lines = UINT64_MAX,
			.instructions_q8 = 256,
		};
}

int memsys_init(const struct weir_record_memsys *record)
{
	struct memsys_page *page;
	int err;

	if (record->heartbeat_ns < 1000 || record->heartbeat_ns > 1000000 ||
	    record->heartbeat_min_ns > record->heartbeat_ns) {
		printk("memory-system page: heartbeat of %u ns, closest %u ns\n",
		       record->heartbeat_ns, record->heartbeat_min_ns);
		return -EINVAL;
	}
	page = hv_map(hpa(record->page_address), MEMSYS_PAGE_BYTES,
		      MAP_READ | MAP_WRITE);
	if (!page)
		return -ENOMEM;
	err = page_check(page);
	if (err)
		goto unmap;
	page->control = MEMSYS_CONTROL_RUN;
	memsys_doorbell();
	if (!page->running) {
		printk("memory-system page: the model does not start\n");
		err = -ENODEV;
		goto unmap;
	}
	rates_init(record, page);
	memsys.page = page;
	clock_init();
	return 0;
unmap:
	hv_unmap(page, MEMSYS_PAGE_BYTES);
	return err;
}

void memsys_exit(void)
{
	struct memsys_page *page = memsys.page;

	if (!page)
		return;
	memsys.page = NULL;
	clock_init();
	page->control = 0;
	memsys_doorbell();
	hv_unmap(page, MEMSYS_PAGE_BYTES);
}

/*
 * An instruction takes a cycle, and what memory adds. Who waits for memory does
 * not come to a deadline in the middle of many instructions.
 */
static void pace_learn(struct heartbeat *beat, const struct memsys_cpu *regs)
{
	uint64_t instructions = regs->instructions - beat->instructions;
	uint64_t stall_cycles = regs->stall_cycles - beat->stall_cycles;

	beat->instructions = regs->instructions;
	beat->stall_cycles = regs->stall_cycles;
	if (instructions)
		beat->instructions_q8 = (instructions << 8) /
					(instructions + stall_cycles);
}

/*
 * How many instructions this CPU may execute until the next look: as many as
 * lines are left, or as it did in so many cycles lately, and all CPUs together
 * execute no more than this. A store that misses moves two lines, one read and
 * a dirty one written back; what that brings beyond the budget is part of the
 * overshoot, which the closest look bounds in any case, and is carried as debt.
 */
static uint64_t instructions_to_look(const struct heartbeat *beat,
				     const struct memsys_cpu *regs)
{
	uint64_t instructions = memsys.beat_instructions;
	uint64_t cycles = beat->deadline_cycles > regs->cycles ?
			  beat->deadline_cycles - regs->cycles : 0;

	if (instructions > beat->look_lines)
		instructions = beat->look_lines;
	cycles = cycles < BEAT_CYCLES_MAX ? cycles : BEAT_CYCLES_MAX;
	if (instructions > cycles * beat->instructions_q8 >> 8)
		instructions = cycles * beat->instructions_q8 >> 8;
	if (instructions < memsys.beat_min_instructions)
		instructions = memsys.beat_min_instructions;
	return instructions;
}

static void beat_arm(const struct heartbeat *beat,
		     const struct memsys_cpu *regs)
{
	uint64_t instructions = instructions_to_look(beat, regs);
	uint64_t ticks = memsys.beat_ticks;

	if (instructions < memsys.beat_instructions)
		ticks = scale_ceil(&memsys.ticks_per_instruction, instructions);
	/* From now on, not on a grid: the guest gets its instructions first. */
	arch_timer_arm(arch_timer_now() + ticks);
}

/* A deadline or an alarm changed: the look that is armed may come too late. */
static void beat_rearm(unsigned int cpu)
{
	const struct heartbeat *beat = &memsys.beats[cpu];

	if (beat->on && !beat->handling)
		beat_arm(beat, &memsys.page->cpu[cpu]);
}

void memsys_cpu_start(struct per_cpu *cpu)
{
	struct heartbeat *beat;

	if (!memsys_present())
		return;
	beat = heartbeat(cpu);
	beat->on = true;
	control_set(registers(cpu), 0);
	beat_arm(beat, registers(cpu));
}

void memsys_cpu_stop(struct per_cpu *cpu)
{
	if (!memsys_present())
		return;
	heartbeat(cpu)->on = false;
	arch_timer_disarm();
	registers(cpu)->hold_until_cycles = UINT64_MAX;
	control_set(registers(cpu), MEMSYS_CPU_HELD);
}

uint64_t memsys_now_ns(void)
{
	memsys_doorbell();
	return scale_floor(&memsys.ns_per_cycle, registers(this_cpu())->cycles);
}

void memsys_arm(uint64_t deadline_ns)
{
	const struct per_cpu *cpu = this_cpu();

	heartbeat(cpu)->deadline_cycles = deadline_ns == UINT64_MAX ?
		UINT64_MAX : scale_ceil(&memsys.cycles_per_ns, deadline_ns);
	beat_rearm(cpu->id);
}

void memsys_look_within(unsigned int cpu, uint64_t lines)
{
	memsys.beats[cpu].look_lines = lines;
	beat_rearm(cpu);
}

static bool event_pending(const struct per_cpu *cpu)
{
	return __atomic_load_n(&cpu->events, __ATOMIC_ACQUIRE) != 0;
}

/* Gives turns away while this CPU is ahead of the others. */
static void pace(const struct per_cpu *cpu, const struct memsys_cpu *regs)
{
	for (unsigned int turn = 0; turn < TURNS_MAX; turn++) {
		if (regs->cycles <= regs->limit_cycles || event_pending(cpu))
			break;
		arch_cpu_relax();
		memsys_doorbell();
	}
}

/* What a timer or a counter interrupt would do on silicon: charged. */
static void work(struct per_cpu *cpu, const struct heartbeat *beat,
		 struct memsys_cpu *regs)
{
	bool due = regs->cycles >= beat->deadline_cycles;

	if (!due && !regulation_alarmed(cpu))
		return;
	control_set(regs, 0);
	if (due)
		tick_run(cpu);
	else
		regulation_alarm(cpu);
	control_set(regs, MEMSYS_CPU_UNCHARGED);
}

void memsys_heartbeat(struct per_cpu *cpu)
{
	struct heartbeat *beat = heartbeat(cpu);
	struct memsys_cpu *regs = registers(cpu);

	if (!beat->on) {
		arch_timer_disarm();
		return;
	}
	control_set(regs, MEMSYS_CPU_UNCHARGED);
	beat->handling = true;
	pace_learn(beat, regs);
	work(cpu, beat, regs);
	/* One that is about to be held drops out of the pace anyway. */
	if (!cpu->stall_requested)
		pace(cpu, regs);
	statistics_refresh(cpu, memsys_now_ns());
	beat->handling = false;
	beat_arm(beat, regs);
	control_set(regs, 0);
}

void memsys_hold(struct per_cpu *cpu)
{
	struct heartbeat *beat = heartbeat(cpu);
	struct memsys_cpu *regs = registers(cpu);

	arch_timer_disarm();
	regs->hold_until_cycles = beat->deadline_cycles;
	control_set(regs, MEMSYS_CPU_HELD);
	for (unsigned int turn = 0; turn < TURNS_MAX; turn++) {
		if (regs->cycles >= beat->deadline_cycles || event_pending(cpu))
			break;
		/* Others may wait until the end. */
		if (cpu->reg.cell->critical.bound_ns && arch_cpu_irq_waits())
			break;
		arch_cpu_relax();
		memsys_doorbell();
	}
	control_set(regs, 0);
	beat_rearm(cpu->id);
}

void memsys_guest_wfi(struct per_cpu *cpu)
{
	struct heartbeat *beat;

	if (!memsys_present()) {
		arch_cpu_wait();
		return;
	}
	beat = heartbeat(cpu);
	arch_timer_disarm();
	arch_cpu_wait();
	memsys_doorbell();
	if (registers(cpu)->cycles >= beat->deadline_cycles)
		regulation_cpu_resume(cpu);
	beat_rearm(cpu->id);
}
