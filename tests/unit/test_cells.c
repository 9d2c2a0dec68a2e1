/* SPDX-License-Identifier: GPL-2.0-only */
/* Cells from creation to destruction, on the fake machine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cells.h"
#include "hv/errno.h"
#include "hv/mmio.h"
#include "hv/paging.h"
#include "hv/setup.h"
#include "hv/statistics.h"

#define RW	(MAP_READ | MAP_WRITE)

static void *root_sees(uint64_t address)
{
	return fake_guest(cell_root(), address, MAP_READ);
}

static void test_what_the_root_sees(void **state)
{
	struct cell *root = cell_root();

	(void)state;
	assert_ptr_equal(fake_guest(root, 0x40000000, RW | MAP_EXECUTE),
			 fake_ram(0x40000000));
	assert_ptr_equal(fake_guest(root, 0x6fffffff, RW), fake_ram(0x6fffffff));
	assert_null(fake_guest(root, 0x7e200000, MAP_READ));
	assert_null(fake_guest(root, 0x7ffff000, MAP_READ));
	/* Of the hypervisor: nothing but zeros, the console and statistics to read. */
	for (uint64_t at = 0; at < FAKE_HV_BYTES; at += PAGE_BYTES) {
		const uint8_t *page = root_sees(FAKE_HV_START + at);

		assert_non_null(page);
		assert_null(fake_guest(root, FAKE_HV_START + at, MAP_WRITE));
		assert_null(fake_guest(root, FAKE_HV_START + at, MAP_EXECUTE));
		if (at == image_header.console_ring || statistics_here(at))
			continue;
		for (size_t i = 0; i < PAGE_BYTES; i++)
			assert_int_equal(page[i], 0);
	}
	assert_ptr_equal(fake_guest(root, FAKE_HV_START + image_header.console_ring,
				    MAP_READ),
			 fake_ram(FAKE_HV_START + image_header.console_ring));
}

static void test_console_hidden_by_default(void **state)
{
	struct blob_system system;

	(void)state;
	fake_machine();
	blob_system_init(&system);
	system.system.flags = 0;
	assert_int_equal(fake_boot(&system, sizeof(system)), 0);
	assert_ptr_not_equal(fake_guest(cell_root(),
					FAKE_HV_START + image_header.console_ring,
					MAP_READ),
			     fake_ram(FAKE_HV_START + image_header.console_ring));
}

/* A waiting CPU looks once a turn; a thousand turns are one suspension. */
static void test_suspension_counts_once(void **state)
{
	struct per_cpu *cpu = percpu_get(1);
	uint32_t before = cpu->stats[CPU_STAT_MANAGEMENT];

	(void)state;
	cpu->events |= EVENT_SUSPEND;
	for (unsigned int turn = 0; turn < 1000; turn++)
		assert_true(cpu_take_events(cpu));
	assert_int_equal(cpu->stats[CPU_STAT_MANAGEMENT], before + 1);
	cpu->events &= ~EVENT_SUSPEND;
	assert_false(cpu_take_events(cpu));
	assert_int_equal(cpu->stats[CPU_STAT_MANAGEMENT], before + 1);
}

static void test_create(void **state)
{
	struct cell *cell;

	(void)state;
	memory_fill(BLOB_CELL_RAM, BLOB_CELL_RAM_BYTES, 0xaa);
	memory_fill(BLOB_CELL_ROM, PAGE_BYTES, 0xaa);
	memory_fill(0x7e001000, PAGE_BYTES, 0xaa);
	cell = cells_make(1);
	assert_int_equal(cell_count(), 2);
	/* The root has lost what the cell has for itself, and no more. */
	assert_null(root_sees(BLOB_CELL_RAM));
	assert_null(root_sees(BLOB_CELL_RAM + BLOB_CELL_RAM_BYTES - 1));
	assert_null(root_sees(BLOB_CELL_ROM));
	assert_non_null(root_sees(BLOB_CELL_RAM + BLOB_CELL_RAM_BYTES));
	assert_non_null(root_sees(BLOB_CELL_ROM + PAGE_BYTES));
	assert_non_null(root_sees(0x7e001000));
	/* The cell has it, cleared; what is shared is left alone. */
	assert_ptr_equal(fake_guest(cell, 0, RW | MAP_EXECUTE),
			 fake_ram(BLOB_CELL_RAM));
	assert_null(fake_guest(cell, 0x10000000, MAP_WRITE));
	assert_ptr_equal(fake_guest(cell, 0x10000000, MAP_READ),
			 fake_ram(BLOB_CELL_ROM));
	assert_null(fake_guest(cell, BLOB_CELL_RAM, MAP_READ));
	assert_true(memory_is(BLOB_CELL_RAM, BLOB_CELL_RAM_BYTES, 0));
	assert_true(memory_is(BLOB_CELL_ROM, PAGE_BYTES, 0));
	assert_true(memory_is(0x7e001000, PAGE_BYTES, 0xaa));
	assert_in_range(fake.irq_polls, 8, 100);
	/* Its CPU waits. */
	assert_ptr_equal(fake_cpu_area(1)->cell, cell);
	assert_true(fake_cpu_area(1)->parked);
	assert_false(fake_cpu_area(1)->arch.in_guest);
	assert_false(fake_cpu_area(1)->suspended);
	assert_int_equal(cell_root()->cpus, 0xd);
	assert_int_equal(fake_hypercall(0, HC_CELL_GET_STATE, 1, 0),
			 CELL_SHUT_DOWN);
	/* All root CPUs have dropped their old translations. */
	for (unsigned int i = 0; i < 4; i++)
		assert_in_range(fake_cpu_area(i)->arch.flushes, 1, 9);
}

static void test_load_and_start(void **state)
{
	struct cell *cell = cells_make(1);
	struct comm_region_arm *comm;

	(void)state;
	assert_int_equal(fake_hypercall(0, HC_CELL_SET_LOADABLE, 1, 0), 0);
	assert_ptr_equal(fake_guest(cell_root(), BLOB_CELL_RAM, RW),
			 fake_ram(BLOB_CELL_RAM));
	assert_null(root_sees(BLOB_CELL_ROM));
	memory_fill(BLOB_CELL_RAM, 64, 0x77);
	/* Again is no error and keeps what is loaded. */
	assert_int_equal(fake_hypercall(0, HC_CELL_SET_LOADABLE, 1, 0), 0);
	assert_int_equal(fake_hypercall(0, HC_CELL_START, 1, 0), 0);
	assert_null(root_sees(BLOB_CELL_RAM));
	assert_true(memory_is(BLOB_CELL_RAM, 64, 0x77));
	assert_int_equal(fake_cpu_area(1)->arch.resets, 1);
	assert_int_equal(fake_cpu_area(1)->arch.pc, 0);
	assert_true(fake_cpu_area(1)->arch.in_guest);
	assert_false(fake_cpu_area(1)->parked);
	assert_int_equal(fake_hypercall(0, HC_CELL_GET_STATE, 1, 0),
			 CELL_RUNNING);
	comm = fake_guest(cell, BLOB_COMM, RW);
	assert_memory_equal(comm->head.signature, COMM_REGION_SIGNATURE, 6);
	assert_int_equal(comm->head.revision, 2);
	assert_int_equal(comm->head.flags, COMM_PUTC_PERMITTED);
	assert_int_equal(comm->head.console.type, CONSOLE_PL011);
	assert_int_equal(comm->gic_version, 3);
}

static void test_destroy(void **state)
{
	struct cell *cell = cells_make_running(1);

	(void)state;
	memset(fake_guest(cell, 0, RW), 0x55, 1000);
	memory_fill(BLOB_CELL_ROM, 8, 0x55);
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), 0);
	assert_int_equal(cell_count(), 1);
	assert_null(cell_by_id(1));
	assert_ptr_equal(fake_guest(cell_root(), BLOB_CELL_RAM,
				    RW | MAP_EXECUTE),
			 fake_ram(BLOB_CELL_RAM));
	assert_non_null(root_sees(BLOB_CELL_ROM));
	assert_true(memory_is(BLOB_CELL_RAM, BLOB_CELL_RAM_BYTES, 0));
	assert_true(memory_is(BLOB_CELL_ROM, PAGE_BYTES, 0));
	assert_int_equal(cell_root()->cpus, 0xf);
	assert_ptr_equal(fake_cpu_area(1)->cell, cell_root());
	assert_true(fake_cpu_area(1)->parked);
	assert_int_equal(fake_hypercall(0, HC_CELL_GET_STATE, 1, 0), -ENOENT);
}

static void test_no_scrub_when_told(void **state)
{
	struct blob_cell blob;

	(void)state;
	blob_cell_init(&blob, 1);
	blob.options.options = WEIR_OPTION_NO_SCRUB;
	memory_fill(BLOB_CELL_RAM, 64, 0xaa);
	assert_int_equal(cells_create(&blob, sizeof(blob)), 0);
	assert_true(memory_is(BLOB_CELL_RAM, 64, 0xaa));
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), 0);
	assert_true(memory_is(BLOB_CELL_RAM, 64, 0xaa));
}

static void test_nothing_leaks(void **state)
{
	size_t pool, remap;

	(void)state;
	/* The first cell splits blocks of the root, which stay split. */
	cells_make_running(1);
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), 0);
	pool = page_pool_used();
	remap = remap_pool_used();
	for (unsigned int i = 0; i < 20; i++) {
		cells_make_running(1);
		assert_int_equal(fake_hypercall(0, HC_CELL_SET_LOADABLE, 1, 0),
				 0);
		assert_int_equal(fake_hypercall(0, HC_CELL_START, 1, 0), 0);
		assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), 0);
		assert_int_equal(page_pool_used(), pool);
		assert_int_equal(remap_pool_used(), remap);
	}
	assert_int_equal(fake_hypercall(0, HC_HYPERVISOR_GET_INFO,
					INFO_MEM_POOL_USED, 0), (long)pool);
}

static void test_three_cells(void **state)
{
	(void)state;
	for (unsigned int id = 1; id <= 3; id++)
		cells_make_running(id);
	assert_int_equal(fake_hypercall(0, HC_HYPERVISOR_GET_INFO,
					INFO_NUM_CELLS, 0), 4);
	assert_int_equal(cell_root()->cpus, 1);
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 2, 0), 0);
	assert_int_equal(fake_hypercall(0, HC_CELL_GET_STATE, 1, 0),
			 CELL_RUNNING);
	assert_int_equal(fake_hypercall(0, HC_CELL_GET_STATE, 3, 0),
			 CELL_RUNNING);
	cells_make_running(2);
	for (unsigned int id = 1; id <= 3; id++)
		assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, id, 0), 0);
	assert_int_equal(cell_root()->cpus, 0xf);
}

/* A refused creation changes nothing at all. */
static void expect_untouched(long result, long error, const char *words,
			     size_t pool)
{
	cells_expect(result, error, words);
	assert_int_equal(cell_count(), 1);
	assert_int_equal(page_pool_used(), pool);
	assert_int_equal(cell_root()->cpus, 0xf);
	assert_ptr_equal(fake_cpu_area(1)->cell, cell_root());
	assert_ptr_equal(fake_guest(cell_root(), BLOB_CELL_RAM, RW),
			 fake_ram(BLOB_CELL_RAM));
	for (unsigned int i = 0; i < 4; i++)
		assert_false(fake_cpu_area(i)->suspended);
}

static void test_create_refusals(void **state)
{
	size_t pool = page_pool_used();
	struct blob_cell blob;

	(void)state;
	blob_cell_init(&blob, 1);
	blob.cpus = 1;
	expect_untouched(cells_create(&blob, sizeof(blob)), -EBUSY,
			 "CPU 0 executes this very call", pool);
	blob_cell_init(&blob, 1);
	blob.cell.revision = 13;
	expect_untouched(cells_create(&blob, sizeof(blob)), -EINVAL,
			 "revision is 13", pool);
	blob_cell_init(&blob, 1);
	blob.cell.num_memory_regions = 0x10000;
	expect_untouched(cells_create(&blob, sizeof(blob)), -E2BIG,
			 "at most 65536", pool);
	blob_cell_init(&blob, 1);
	blob.block.size = 0xfffffff0;
	expect_untouched(cells_create(&blob, sizeof(blob)), -E2BIG,
			 "at most 65536", pool);
	blob_cell_init(&blob, 1);
	blob.memory[BLOB_ROM].phys_start = FAKE_HV_START;
	expect_untouched(cells_create(&blob, sizeof(blob)), -EINVAL,
			 "overlaps the hypervisor's", pool);
	blob_cell_init(&blob, 1);
	blob.policy.settings.valid = REG_SET_BUDGET | REG_SET_REGULATOR;
	blob.policy.settings.regulator = REGULATOR_MBA;
	blob.policy.settings.budget_bytes_per_s = 1;
	expect_untouched(cells_create(&blob, sizeof(blob)), -ENODEV, "regulator 6 is not known",
			 pool);
}

static void test_create_from_nowhere(void **state)
{
	static const uint64_t addresses[] = {
		0, 0x3fffffff, 0x7e200000, FAKE_HV_START - 64, UINT64_MAX,
		UINT64_MAX - 131, 1ull << 63, 0x7dffffff + 1ull,
	};
	size_t pool = page_pool_used();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(addresses); i++) {
		long result = fake_hypercall(0, HC_CELL_CREATE, addresses[i], 0);

		expect_untouched(result, -EINVAL, "", pool);
	}
}

/* Whichever mapping fails for want of memory, the root is whole again. */
static void test_create_fails_anywhere(void **state)
{
	size_t pool;
	struct blob_cell blob;
	unsigned int n = 0;
	long result;

	(void)state;
	cells_make(1);
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), 0);
	pool = page_pool_used();
	blob_cell_init(&blob, 1);
	fake.fail_cell_init = true;
	expect_untouched(cells_create(&blob, sizeof(blob)), -EIO,
			 "told to fail", pool);
	fake.fail_cell_init = false;
	do {
		fake.fail_map_after = ++n;
		result = cells_create(&blob, sizeof(blob));
		if (!result)
			break;
		fake.fail_map_after = 0;
		expect_untouched(result, -ENOMEM, "memory region", pool);
	} while (n < 50);
	fake.fail_map_after = 0;
	assert_int_equal(result, 0);
	/* Four regions are mapped, two are taken from the root. */
	assert_int_equal(n, 7);
}

static void test_no_memory_left(void **state)
{
	struct blob_cell blob;
	size_t pool;

	(void)state;
	while (page_alloc(1))
		;
	pool = page_pool_used();
	blob_cell_init(&blob, 1);
	expect_untouched(cells_create(&blob, sizeof(blob)), -ENOMEM, "page",
			 pool);
}

static void test_deaf_cpu(void **state)
{
	size_t pool = page_pool_used();
	struct blob_cell blob;

	(void)state;
	blob_cell_init(&blob, 1);
	fake.deaf = true;
	memset(fake_ram(CONFIG_GPA), 0, 0x1000);
	memcpy(fake_ram(CONFIG_GPA), &blob, sizeof(blob));
	fake_on_cpu(0);
	assert_int_equal(cell_create(gpa(CONFIG_GPA), NULL), -EIO);
	fake.deaf = false;
	fake_settle();
	assert_int_equal(page_pool_used(), pool);
	assert_in_range(fake.now_ns, 4000000000, 6000000000);
	cells_make(1);
}

/* An answer to an earlier request does not count for this one. */
static void test_old_answer(void **state)
{
	struct reason reason;

	(void)state;
	blob_cell_init(fake_ram(CONFIG_GPA), 1);
	for (unsigned int i = 1; i < 4; i++)
		fake_cpu_area(i)->suspended = true;
	fake.deaf = true;
	fake_on_cpu(0);
	assert_int_equal(cell_create(gpa(CONFIG_GPA), &reason), -EIO);
	assert_string_equal(reason.text, "CPU 1 does not answer");
	assert_int_equal(cell_count(), 1);
}

static void test_wrong_ids(void **state)
{
	static const uint64_t calls[] = { HC_CELL_START, HC_CELL_SET_LOADABLE,
					  HC_CELL_DESTROY };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(calls); i++) {
		cells_expect(fake_hypercall(0, calls[i], 0, 0), -EINVAL,
			     "is the root cell");
		cells_expect(fake_hypercall(0, calls[i], 5, 0), -ENOENT,
			     "there is no cell 5");
		cells_expect(fake_hypercall(0, calls[i], BIT(32), 0), -ENOENT,
			     "there is no cell");
	}
	cells_expect(fake_hypercall(0, HC_CELL_GET_STATE, 9, 0), -ENOENT,
		     "there is no cell 9");
	assert_int_equal(fake_hypercall(0, HC_CELL_GET_STATE, 0, 0),
			 CELL_RUNNING);
}

static void test_one_at_a_time(void **state)
{
	static const uint64_t calls[] = { HC_CELL_CREATE, HC_CELL_START,
					  HC_CELL_SET_LOADABLE,
					  HC_CELL_DESTROY, HC_DISABLE };

	(void)state;
	assert_int_equal(management_begin(NULL), 0);
	for (size_t i = 0; i < ARRAY_COUNT(calls); i++)
		cells_expect(fake_hypercall(0, calls[i], 1, 0), -EBUSY,
			     "another management call");
	management_end();
	cells_make(1);
}

static void test_restart_is_a_reset(void **state)
{
	struct cell *cell = cells_make_running(1);

	(void)state;
	memset(fake_guest(cell, 0, RW), 0x11, 16);
	cell->comm->head.cell_state = CELL_FAILED;
	assert_int_equal(fake_hypercall(0, HC_CELL_START, 1, 0), 0);
	assert_int_equal(fake_cpu_area(1)->arch.resets, 2);
	assert_int_equal(cell->comm->head.cell_state, CELL_RUNNING);
	assert_int_equal(*(uint8_t *)fake_guest(cell, 0, RW), 0x11);
	assert_int_equal(fake.cell_resets, 2);
}

static void test_only_the_first_cpu_starts(void **state)
{
	struct blob_cell blob;

	(void)state;
	blob_cell_init(&blob, 1);
	blob.cpus = 6;
	blob.cell.cpu_reset_address = 0x1000;
	assert_int_equal(cells_create(&blob, sizeof(blob)), 0);
	assert_int_equal(fake_hypercall(0, HC_CELL_START, 1, 0), 0);
	assert_true(fake_cpu_area(1)->arch.in_guest);
	assert_int_equal(fake_cpu_area(1)->arch.pc, 0x1000);
	assert_true(fake_cpu_area(2)->parked);
	assert_false(fake_cpu_area(2)->arch.in_guest);
}

static void fault(unsigned int cpu, enum park_reason reason)
{
	fake_on_cpu(cpu);
	fake_cpu_area(cpu)->arch.pc = 0x1234;
	cpu_fault(fake_cpu_area(cpu), reason, 0xdead000, 0x9200004f);
}

static void test_fault(void **state)
{
	struct cell_report *report = fake_ram(BUFFER_GPA);

	(void)state;
	cells_make_running(1);
	cells_make_running(2);
	fault(1, PARK_MEMORY_ACCESS);
	assert_true(fake_cpu_area(1)->parked);
	assert_true(fake_cpu_area(1)->failed);
	assert_int_equal(fake_hypercall(0, HC_CELL_GET_STATE, 1, 0),
			 CELL_FAILED);
	assert_int_equal(fake_hypercall(0, HC_CPU_GET_INFO, 1, CPU_INFO_STATE),
			 CPU_STATE_FAILED);
	report->size = sizeof(*report);
	report->cell_id = 1;
	assert_int_equal(fake_hypercall(0, WEIR_HC_CELL_REPORT, BUFFER_GPA, 0),
			 0);
	assert_int_equal(report->state, CELL_FAILED);
	assert_int_equal(report->failed_cpu, 1);
	assert_int_equal(report->reason, PARK_MEMORY_ACCESS);
	assert_int_equal(report->address, 0xdead000);
	assert_int_equal(report->pc, 0x1234);
	assert_int_equal(report->syndrome, 0x9200004f);
	assert_non_null(strstr(report->text, "0xdead000"));
	/* The others go on, and the failed one can be started anew. */
	assert_true(fake_cpu_area(2)->arch.in_guest);
	assert_int_equal(fake_hypercall(0, HC_CELL_GET_STATE, 2, 0),
			 CELL_RUNNING);
	assert_int_equal(fake_hypercall(0, HC_CELL_START, 1, 0), 0);
	assert_int_equal(fake_hypercall(0, HC_CPU_GET_INFO, 1, CPU_INFO_STATE),
			 CPU_STATE_RUNNING);
	report->cell_id = 1;
	report->size = sizeof(*report);
	assert_int_equal(fake_hypercall(0, WEIR_HC_CELL_REPORT, BUFFER_GPA, 0),
			 0);
	assert_int_equal(report->reason, PARK_NONE);
}

static void test_cell_fails_with_its_last_cpu(void **state)
{
	struct blob_cell blob;
	struct cell *cell;

	(void)state;
	blob_cell_init(&blob, 1);
	blob.cpus = 6;
	assert_int_equal(cells_create(&blob, sizeof(blob)), 0);
	assert_int_equal(fake_hypercall(0, HC_CELL_START, 1, 0), 0);
	cell = cell_by_id(1);
	/* CPU 2 has been started by the guest. */
	fake_cpu_area(2)->parked = false;
	fault(2, PARK_MMIO_REFUSED);
	assert_int_equal(cell->comm->head.cell_state, CELL_RUNNING);
	fault(1, PARK_HYPERCALL);
	assert_int_equal(cell->comm->head.cell_state, CELL_FAILED);
	/* The first fault is the one that is told. */
	assert_int_equal(cell->report.reason, PARK_MMIO_REFUSED);
	assert_int_equal(cell->report.failed_cpu, 2);
}

static void test_subpage_access(void **state)
{
	struct cell *cell = cells_make_running(1);
	struct mmio_access access = { BLOB_UART + 4, 0x12345678, 4, true };
	uint32_t *reg = fake_ram(BLOB_UART + 4);

	(void)state;
	fake_on_cpu(1);
	assert_int_equal(mmio_dispatch(&cell->mmio, &access), MMIO_HANDLED);
	assert_int_equal(*reg, 0x12345678);
	access = (struct mmio_access){ BLOB_UART + 5, 0, 1, false };
	assert_int_equal(mmio_dispatch(&cell->mmio, &access), MMIO_HANDLED);
	assert_int_equal(access.value, 0x56);
	assert_int_equal(access.address, BLOB_UART + 5);
	/* Width, alignment, end. */
	access = (struct mmio_access){ BLOB_UART, 0, 2, false };
	assert_int_equal(mmio_dispatch(&cell->mmio, &access), MMIO_REFUSED);
	access = (struct mmio_access){ BLOB_UART + 2, 0, 4, false };
	assert_int_equal(mmio_dispatch(&cell->mmio, &access), MMIO_REFUSED);
	access = (struct mmio_access){ BLOB_UART + 14, 0, 4, false };
	assert_int_equal(mmio_dispatch(&cell->mmio, &access), MMIO_REFUSED);
	access = (struct mmio_access){ BLOB_UART + 16, 0, 4, false };
	assert_int_equal(mmio_dispatch(&cell->mmio, &access), MMIO_UNHANDLED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_what_the_root_sees, cells_setup),
		cmocka_unit_test_setup(test_console_hidden_by_default,
				       cells_setup),
		cmocka_unit_test_setup(test_suspension_counts_once, cells_setup),
		cmocka_unit_test_setup(test_create, cells_setup),
		cmocka_unit_test_setup(test_load_and_start, cells_setup),
		cmocka_unit_test_setup(test_destroy, cells_setup),
		cmocka_unit_test_setup(test_no_scrub_when_told, cells_setup),
		cmocka_unit_test_setup(test_nothing_leaks, cells_setup),
		cmocka_unit_test_setup(test_three_cells, cells_setup),
		cmocka_unit_test_setup(test_create_refusals, cells_setup),
		cmocka_unit_test_setup(test_create_from_nowhere, cells_setup),
		cmocka_unit_test_setup(test_create_fails_anywhere, cells_setup),
		cmocka_unit_test_setup(test_no_memory_left, cells_setup),
		cmocka_unit_test_setup(test_deaf_cpu, cells_setup),
		cmocka_unit_test_setup(test_old_answer, cells_setup),
		cmocka_unit_test_setup(test_wrong_ids, cells_setup),
		cmocka_unit_test_setup(test_one_at_a_time, cells_setup),
		cmocka_unit_test_setup(test_restart_is_a_reset, cells_setup),
		cmocka_unit_test_setup(test_only_the_first_cpu_starts,
				       cells_setup),
		cmocka_unit_test_setup(test_fault, cells_setup),
		cmocka_unit_test_setup(test_cell_fails_with_its_last_cpu,
				       cells_setup),
		cmocka_unit_test_setup(test_subpage_access, cells_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
