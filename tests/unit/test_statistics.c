/* SPDX-License-Identifier: GPL-2.0-only */
/* The statistics pages: what they say, who may see them, and torn reads. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cells.h"
#include "hv/arch/cpu.h"
#include "hv/arch/paging.h"
#include "hv/errno.h"
#include "hv/regulation.h"
#include "hv/setup.h"
#include "hv/statistics.h"
#include "tests/sim/lines.h"
#include "tools/libreg/reg.h"

#define MB	1000000ull

static const void *pages(void *context)
{
	static uint8_t copy[4 * STATISTICS_PAGE_BYTES]
		__attribute__((aligned(STATISTICS_PAGE_BYTES)));

	(void)context;
	/* As mmap() shows them: one behind the other. */
	for (unsigned int n = 0; n < 4; n++)
		memcpy(copy + n * STATISTICS_PAGE_BYTES,
		       &fake_cpu_area(n)->reg.shown, STATISTICS_PAGE_BYTES);
	return copy;
}

/* All CPUs as a program of the root sees them. */
static int watch_all(struct reg_watch_cpu cpus[REG_MAX_CPUS])
{
	const struct reg_transport transport = { .watch = pages };
	const struct reg_options options = { .transport = &transport };
	struct reg_device *device;
	struct reg_watch *watch;
	int count;

	for (unsigned int n = 0; n < 4; n++)
		fake_cpu_area(n)->reg.shown.cpus_max = 4;
	assert_int_equal(reg_open(&device, &options), 0);
	assert_int_equal(reg_watch_open(device, &watch), 0);
	count = reg_watch_cpus(watch, cpus);
	reg_watch_close(watch);
	reg_close(device);
	return count;
}

static void root_set(uint64_t budget)
{
	struct reg_request r = {
		.size = sizeof(r), .operation = REG_OP_SET,
		.settings = {
			.valid = REG_SET_BUDGET | REG_SET_MODE,
			.budget_bytes_per_s = budget,
			.mode = REG_MODE_PER_CPU,
		},
	};

	assert_int_equal(regulation_set(cell_root(), &r), 0);
	fake_settle();
	fake_on_cpu(0);
	cpu_handle_events(fake_cpu_area(0));
}

static void compare(const struct reg_cpu_stats *page,
		    const struct reg_cpu_stats *call)
{
	assert_int_equal(page->read_lines, call->read_lines);
	assert_int_equal(page->written_lines, call->written_lines);
	assert_int_equal(page->stalls, call->stalls);
	assert_int_equal(page->periods, call->periods);
	assert_int_equal(page->overflows, call->overflows);
	assert_int_equal(page->overshoot_lines, call->overshoot_lines);
	assert_int_equal(page->late_max_ns, call->late_max_ns);
	assert_int_equal(page->generation, call->generation);
	assert_int_equal(page->stalled, call->stalled);
	assert_memory_equal(page->stall_histogram, call->stall_histogram,
			    sizeof(call->stall_histogram));
}

/* Whatever happened, both say the same once every CPU has been looked at. */
static void test_pages_equal_the_hypercall(void **unused)
{
	struct reg_status status = { .size = sizeof(status) };
	struct reg_watch_cpu cpus[REG_MAX_CPUS];

	(void)unused;
	root_set(64 * 40000);
	srand(7);
	for (unsigned int step = 0; step < 2000; step++) {
		struct per_cpu *cpu = fake_cpu_area((unsigned int)rand() % 4);

		fake.now_ns += (uint64_t)rand() % 100000;
		fake_on_cpu(cpu->id);
		if (!cpu->stall_requested) {
			lines_happen(cpu, (uint64_t)rand() % 8,
				     (uint64_t)rand() % 3);
			regulation_overflow(cpu);
		}
		tick_run(cpu);
	}
	for (unsigned int n = 0; n < 4; n++) {
		fake_on_cpu(n);
		fake.now_ns += 1000000;
		statistics_refresh(fake_cpu_area(n), fake.now_ns);
	}
	assert_int_equal(regulation_get(cell_root(), &status), 0);
	assert_int_equal(watch_all(cpus), 4);
	for (unsigned int n = 0; n < 4; n++) {
		assert_int_equal(cpus[n].cell_id, 0);
		assert_int_equal(cpus[n].line_bytes, 64);
		assert_int_equal(cpus[n].generation, 1);
		assert_int_equal(cpus[n].effective.budget_bytes_per_s,
				 64 * 40000);
		assert_true(cpus[n].ticks > 100);
		assert_true(status.cpu[n].stalls > 10);
		compare(&cpus[n].stats, &status.cpu[n]);
	}
}

static void test_a_stall_under_way_is_counted(void **unused)
{
	struct reg_watch_cpu cpus[REG_MAX_CPUS];
	struct per_cpu *cpu = fake_cpu_area(0);
	uint64_t since_ns;

	(void)unused;
	root_set(64 * 40000);
	fake_on_cpu(0);
	lines_happen(cpu, 10, 0);
	regulation_overflow(cpu);
	assert_true(cpu->stall_requested);
	since_ns = fake.now_ns;
	fake.now_ns += 50000;
	statistics_refresh(cpu, fake.now_ns);
	assert_int_equal(watch_all(cpus), 4);
	assert_int_equal(cpus[0].stats.stalled, 1);
	assert_int_equal(cpu->reg.shown.stall_since_ns, since_ns);
	/* The fake's own counter may be ahead of its clock: never behind. */
	assert_true(cpus[0].stats.stall_ns >= 50000);
}

/* The page goes with the CPU: another cell starts from nothing. */
static void test_pages_follow_the_cells(void **unused)
{
	struct reg_watch_cpu cpus[REG_MAX_CPUS];
	struct per_cpu *cpu;
	struct cell *cell;
	uint32_t sequence;

	(void)unused;
	lines_happen(fake_cpu_area(3), 1000, 0);
	sequence = fake_cpu_area(3)->reg.shown.sequence;
	cell = cells_make_running(1);
	for (unsigned int n = 0; n < 4; n++) {
		cpu = fake_cpu_area(n);
		assert_int_equal(cpu->reg.shown.sequence & 1, 0);
		assert_int_equal(cpu->reg.shown.cpu, n);
		if (!(cell->cpus >> n & 1))
			continue;
		assert_int_equal(cpu->reg.shown.cell_id, 1);
		assert_true(cpu->reg.shown.sequence > sequence || n != 3);
	}
	assert_int_equal(watch_all(cpus), 4);
	fake_on_cpu(0);
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), 0);
	fake_settle();
	for (unsigned int n = 0; n < 4; n++)
		assert_int_not_equal(fake_cpu_area(n)->reg.shown.cell_id, 1);
}

/* Read-only, at their places in hypervisor memory; nothing else of it is. */
static void test_the_root_sees_pages_and_no_more(void **unused)
{
	uint64_t from = fake_hypercall(0, WEIR_HC_QUERY,
				       WEIR_FEATURE_STATISTICS, 0);
	uint64_t base = image_header.image_phys;
	unsigned int shown = 0;
	uint32_t flags;
	hpa_t phys;

	(void)unused;
	for (uint64_t at = 0; at < system_config->hypervisor_memory.size;
	     at += PAGE_BYTES) {
		assert_true(arch_cell_translate(cell_root(), gpa(base + at),
						&phys, &flags));
		assert_int_equal(flags & MAP_WRITE, 0);
		if (phys.value != base + at)
			continue;
		if (statistics_here(at))
			assert_int_equal((at - from) %
					 image_header.percpu_size, 0);
		else if (at != image_header.console_ring)
			/* The empty page that stands for all the rest. */
			assert_true(memory_is(base + at, PAGE_BYTES, 0));
		shown += statistics_here(at);
	}
	assert_int_equal(shown, image_header.max_cpus);
	assert_int_equal(hv_virt_to_phys(&fake_cpu_area(2)->reg.shown).value,
			 base + from + 2 * image_header.percpu_size);
	/* What lies on the page beside the statistics is nothing. */
	for (size_t n = sizeof(struct statistics_page); n < PAGE_BYTES; n++)
		assert_int_equal(((uint8_t *)&fake_cpu_area(0)->reg.shown)[n],
				 0);
}

static void test_only_the_root_learns_where(void **unused)
{
	(void)unused;
	cells_make_running(1);
	for (unsigned int n = 1; n < 4; n++)
		if (fake_cpu_area(n)->cell->id == 1)
			assert_int_equal(fake_hypercall(n, WEIR_HC_QUERY,
						WEIR_FEATURE_STATISTICS, 0),
					 -ENOSYS);
}

/* ------------------------------------------------------------- torn reads */

#define ROUNDS	200000

static struct per_cpu torn __attribute__((aligned(4096)));

/* A writer that keeps nothing consistent but between begin and end. */
static void *writer(void *unused)
{
	struct reg_cpu *reg = &torn.reg;

	for (uint64_t n = 1; n <= ROUNDS; n++) {
		statistics_begin(reg);
		reg->stats.stalls = n;
		for (unsigned int i = 0; i < REG_STALL_BUCKETS; i++)
			reg->stats.stall_histogram[i] = n;
		reg->shown.seen_read_lines = 2 * n;
		reg->stats.read_lines = 2 * n;
		statistics_end(reg);
		/* A short way, outside. */
		__atomic_store_n(&reg->counter.read_raw, n, __ATOMIC_RELAXED);
	}
	return unused;
}

static void test_no_snapshot_is_torn(void **unused)
{
	const struct statistics_page *page = (const void *)&torn.reg.shown;
	struct statistics_page copy;
	uint64_t last = 0, seen = 0;
	pthread_t thread;

	(void)unused;
	assert_int_equal(pthread_create(&thread, NULL, writer, NULL), 0);
	while (last < ROUNDS) {
		if (!reg_statistics_snapshot(page, &copy))
			continue;
		assert_true(copy.stats.stalls >= last);
		seen += copy.stats.stalls != last;
		last = copy.stats.stalls;
		for (unsigned int i = 0; i < REG_STALL_BUCKETS; i++)
			assert_int_equal(copy.stats.stall_histogram[i], last);
		assert_int_equal(copy.stats.read_lines, 2 * last);
		assert_int_equal(copy.head.seen_read_lines, 2 * last);
	}
	assert_true(seen > 0);
	pthread_join(thread, NULL);
	/* One that is being changed for ever is given up. */
	statistics_begin(&torn.reg);
	assert_false(reg_statistics_snapshot(page, &copy));
	statistics_end(&torn.reg);
	assert_true(reg_statistics_snapshot(page, &copy));
}

#define TEST(name)	cmocka_unit_test_setup(name, lines_setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_pages_equal_the_hypercall),
		TEST(test_a_stall_under_way_is_counted),
		TEST(test_pages_follow_the_cells),
		TEST(test_the_root_sees_pages_and_no_more),
		TEST(test_only_the_root_learns_where),
		cmocka_unit_test(test_no_snapshot_is_torn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
