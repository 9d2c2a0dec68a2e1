/* SPDX-License-Identifier: GPL-2.0-only */
/* Hypercalls: permissions, hostile arguments and buffers, reasons. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cells.h"
#include "hv/arch/paging.h"
#include "hv/errno.h"
#include "hv/paging.h"
#include "hv/setup.h"

#define CELL_BUFFER	0x1000ull	/* in the cell's own memory */

/* All numbers that exist, and some that do not. */
static const struct {
	uint64_t number;
	long from_cell;		/* expected with arguments 0, 0 */
} numbers[] = {
	{ HC_DISABLE, -EPERM },
	{ HC_CELL_CREATE, -EPERM },
	{ HC_CELL_START, -EPERM },
	{ HC_CELL_SET_LOADABLE, -EPERM },
	{ HC_CELL_DESTROY, -EPERM },
	{ HC_CELL_GET_STATE, -EPERM },
	{ HC_CPU_GET_INFO, -EPERM },	/* CPU 0 is the root's */
	{ HC_DEBUG_CONSOLE_PUTC, 0 },
	{ 9, -ENOSYS },
	{ 0xff, -ENOSYS },
	{ WEIR_HC_QUERY, WEIR_ABI_REVISION },
	{ WEIR_HC_REG_SET, -EINVAL },	/* no buffer at 0 with that size */
	{ WEIR_HC_REG_GET, -EINVAL },
	{ WEIR_HC_CELL_REPORT, -EPERM },
	{ WEIR_HC_LAST_REASON, -EINVAL },
	{ WEIR_HC_PART_SET, -EINVAL },
	{ WEIR_HC_PART_GET, -EINVAL },
	{ WEIR_HC_CONTROL, -EINVAL },
	{ WEIR_HC_BUDGET, -EPERM },
	{ WEIR_HC_COLORS_SET, -EPERM },
	{ WEIR_HC_COLORS_STEP, -EPERM },
	{ WEIR_HC_TRAFFIC, -EINVAL },
	{ WEIR_HC_COUNTERS, -EINVAL },
	{ WEIR_HC_LAST + 1, -ENOSYS },
	{ 0xfff, -ENOSYS },
	{ UINT32_MAX, -ENOSYS },
	{ BIT(32) + WEIR_HC_QUERY, -ENOSYS },
	{ UINT64_MAX, -ENOSYS },
};

static void test_permissions(void **state)
{
	(void)state;
	cells_make_running(1);
	for (size_t i = 0; i < ARRAY_COUNT(numbers); i++)
		assert_int_equal(fake_hypercall(1, numbers[i].number, 0, 0),
				 numbers[i].from_cell);
	/* None of it did anything. */
	assert_int_equal(cell_count(), 2);
	assert_int_equal(fake_hypercall(0, HC_CELL_GET_STATE, 1, 0),
			 CELL_RUNNING);
}

static void test_unknown_numbers_from_root(void **state)
{
	(void)state;
	cells_expect(fake_hypercall(0, 9, 0, 0), -ENOSYS,
		     "hypercall 9 is not known");
	cells_expect(fake_hypercall(0, 0xff, 0, 0), -ENOSYS, "255");
	cells_expect(fake_hypercall(0, 0x10e, 0, 0), -ENOSYS, "270");
	cells_expect(fake_hypercall(0, WEIR_HC_LAST + 1, 0, 0), -ENOSYS, "272");
	cells_expect(fake_hypercall(0, UINT64_MAX, 0, 0), -ENOSYS,
		     "18446744073709551615");
}

static void test_info(void **state)
{
	(void)state;
	assert_int_equal(fake_hypercall(0, HC_HYPERVISOR_GET_INFO,
					INFO_MEM_POOL_SIZE, 0),
			 (long)page_pool_size());
	assert_int_equal(fake_hypercall(0, HC_HYPERVISOR_GET_INFO,
					INFO_MEM_POOL_USED, 0),
			 (long)page_pool_used());
	assert_int_equal(fake_hypercall(0, HC_HYPERVISOR_GET_INFO,
					INFO_REMAP_POOL_SIZE, 0),
			 HV_REMAP_PAGES);
	assert_int_equal(fake_hypercall(0, HC_HYPERVISOR_GET_INFO,
					INFO_REMAP_POOL_USED, 0),
			 (long)remap_pool_used());
	assert_int_equal(fake_hypercall(0, HC_HYPERVISOR_GET_INFO,
					INFO_NUM_CELLS, 0), 1);
	cells_expect(fake_hypercall(0, HC_HYPERVISOR_GET_INFO, 5, 0), -EINVAL,
		     "information 5");
	cells_expect(fake_hypercall(0, HC_HYPERVISOR_GET_INFO, BIT(32), 0),
		     -EINVAL, "information 4294967296");
}

static void test_cpu_info(void **state)
{
	struct per_cpu *cpu = fake_cpu_area(1);

	(void)state;
	cells_make_running(1);
	cpu->stats[CPU_STAT_VIRQ] = 0x80000005;
	assert_int_equal(fake_hypercall(1, HC_CPU_GET_INFO, 1,
					CPU_INFO_STAT_BASE + CPU_STAT_VIRQ), 5);
	assert_int_equal(fake_hypercall(0, HC_CPU_GET_INFO, 1,
					CPU_INFO_STAT_BASE + CPU_STAT_VIRQ), 5);
	assert_int_equal(fake_hypercall(0, HC_CPU_GET_INFO, 1,
					CPU_INFO_STAT_BASE +
						CPU_STAT_HYPERCALL), 1);
	assert_int_equal(fake_hypercall(1, HC_CPU_GET_INFO, 1, CPU_INFO_STATE),
			 CPU_STATE_RUNNING);
	assert_int_equal(fake_hypercall(1, HC_CPU_GET_INFO, 2, 0), -EPERM);
	cells_expect(fake_hypercall(0, HC_CPU_GET_INFO, 4, 0), -EINVAL,
		     "no CPU 4");
	cells_expect(fake_hypercall(0, HC_CPU_GET_INFO, 16, 0), -EINVAL,
		     "no CPU 16");
	cells_expect(fake_hypercall(0, HC_CPU_GET_INFO, BIT(32), 0), -EINVAL,
		     "no CPU");
	cells_expect(fake_hypercall(0, HC_CPU_GET_INFO, 0, 1), -EINVAL,
		     "information 1");
	cells_expect(fake_hypercall(0, HC_CPU_GET_INFO, 0, 1009), -EINVAL,
		     "1009");
	cells_expect(fake_hypercall(0, HC_CPU_GET_INFO, 0, UINT64_MAX),
		     -EINVAL, "information");
}

static void test_state_of_nonsense(void **state)
{
	struct cell *cell = cells_make_running(1);

	(void)state;
	for (uint32_t n = 0; n <= 4; n++) {
		cell->comm->head.cell_state = n;
		assert_int_equal(fake_hypercall(0, HC_CELL_GET_STATE, 1, 0), n);
	}
	cell->comm->head.cell_state = 5;
	cells_expect(fake_hypercall(0, HC_CELL_GET_STATE, 1, 0), -EINVAL,
		     "state that does not exist");
	cell->comm->head.cell_state = UINT32_MAX;
	cells_expect(fake_hypercall(0, HC_CELL_GET_STATE, 1, 0), -EINVAL,
		     "cell 1");
}

static const struct console_ring *ring(void)
{
	return (const void *)((const uint8_t *)arch_hv_base() +
			      image_header.console_ring);
}

static void test_putc(void **state)
{
	struct blob_cell blob;
	uint32_t tail;

	(void)state;
	cells_make_running(1);
	blob_cell_init(&blob, 2);
	blob.cell.flags = 0;
	assert_int_equal(cells_create(&blob, sizeof(blob)), 0);
	assert_int_equal(fake_hypercall(0, HC_CELL_START, 2, 0), 0);
	tail = ring()->tail;
	assert_int_equal(fake_hypercall(1, HC_DEBUG_CONSOLE_PUTC, 'x', 0), 0);
	assert_int_equal(ring()->tail, tail + 1);
	assert_int_equal(ring()->content[tail % CONSOLE_RING_BYTES], 'x');
	assert_int_equal(fake_hypercall(2, HC_DEBUG_CONSOLE_PUTC, 'y', 0),
			 -EPERM);
	assert_int_equal(ring()->tail, tail + 1);
}

static void test_putc_is_limited(void **state)
{
	unsigned int count = 0;

	(void)state;
	cells_make_running(1);
	cells_make_running(2);
	while (fake_hypercall(1, HC_DEBUG_CONSOLE_PUTC, '.', 0) == 0)
		count++;
	assert_int_equal(count, CONSOLE_BURST_CHARS);
	assert_int_equal(fake_hypercall(1, HC_DEBUG_CONSOLE_PUTC, '.', 0),
			 -EBUSY);
	/* Another cell is not concerned. */
	assert_int_equal(fake_hypercall(2, HC_DEBUG_CONSOLE_PUTC, '.', 0), 0);
	fake.now_ns += 10ull * CONSOLE_CHAR_NS;
	for (count = 0; count < 10; count++)
		assert_int_equal(fake_hypercall(1, HC_DEBUG_CONSOLE_PUTC, '.',
						0), 0);
	assert_int_equal(fake_hypercall(1, HC_DEBUG_CONSOLE_PUTC, '.', 0),
			 -EBUSY);
}

static void test_query(void **state)
{
	(void)state;
	assert_int_equal(fake_hypercall(0, WEIR_HC_QUERY,
					WEIR_FEATURE_ABI_REVISION, 0), 1);
	assert_int_equal(fake_hypercall(0, WEIR_HC_QUERY,
					WEIR_FEATURE_HYPERCALLS, 0),
			 WEIR_HC_LAST);
	assert_int_equal(fake_hypercall(0, WEIR_HC_QUERY, WEIR_FEATURE_CLOCK,
					0), 0);
	assert_true(fake_hypercall(0, WEIR_HC_QUERY, WEIR_FEATURE_STATISTICS, 0)
		    > 0);
	assert_int_equal(fake_hypercall(0, WEIR_HC_QUERY, 6, 0), -ENOSYS);
	assert_int_equal(fake_hypercall(0, WEIR_HC_QUERY, UINT64_MAX, 0),
			 -ENOSYS);
}

static void test_last_reason(void **state)
{
	struct reason_report *report = fake_ram(BUFFER_GPA);

	(void)state;
	cells_expect(fake_hypercall(0, HC_CELL_DESTROY, 7, 0), -ENOENT,
		     "there is no cell 7");
	assert_int_equal(report->error, -ENOENT);
	/* Asking does not change it, nor does what another cell does. */
	assert_string_equal(cells_last_reason(), "there is no cell 7");
	cells_make_running(1);
	assert_string_equal(cells_last_reason(), "");
	assert_int_equal(report->error, 0);
	assert_int_equal(fake_hypercall(0, HC_CELL_START, 8, 0), -ENOENT);
	assert_int_equal(fake_hypercall(1, HC_CELL_START, 9, 0), -EPERM);
	assert_string_equal(cells_last_reason(), "there is no cell 8");
}

/* Of the whole machine: for the root, and for those that may regulate others. */
static void test_traffic(void **state)
{
	struct cell *cell = cells_make_running(1);
	struct traffic_report *report = fake_ram(BUFFER_GPA);
	struct traffic_report *own = fake_guest(cell, CELL_BUFFER, 0);

	(void)state;
	report->size = sizeof(*report);
	own->size = sizeof(*own);
	cells_expect(fake_hypercall(0, WEIR_HC_TRAFFIC, BUFFER_GPA, 0),
		     -ENODEV, "memory controllers are not known");
	assert_int_equal(fake_hypercall(1, WEIR_HC_TRAFFIC, CELL_BUFFER, 0),
			 -EPERM);
	cell->permissions = WEIR_PERMIT_REGULATE;
	assert_int_equal(fake_hypercall(1, WEIR_HC_TRAFFIC, CELL_BUFFER, 0),
			 -ENODEV);
}

static void counters_ask(struct counters_report *report, unsigned int cpu,
			 uint64_t at, uint32_t first, long wanted)
{
	*report = (struct counters_report){ .size = sizeof(*report),
					    .first_cpu = first };
	assert_int_equal(fake_hypercall(cpu, WEIR_HC_COUNTERS, at, 0), wanted);
}

/* What the pages of all CPUs show; whole even while one is being changed. */
static void test_counters(void **state)
{
	struct cell *cell = cells_make_running(1);
	struct counters_report *report = fake_ram(BUFFER_GPA);
	struct counters_report *own = fake_guest(cell, CELL_BUFFER, 0);
	struct reg_cpu *reg = &percpu_get(1)->reg;

	(void)state;
	reg->shown.line_bytes = 64;
	reg->shown.seen_ns = 77;
	reg->shown.seen_read_lines = 10;
	reg->shown.seen_written_lines = 30;
	reg->stats.read_lines = 8;
	reg->counter.read_lines = 3;
	reg->counter.write_lines = 5;
	counters_ask(report, 0, BUFFER_GPA, 1, 0);
	assert_int_equal(report->first_cpu, 1);
	assert_true(report->cpus_count >= 1);
	assert_int_equal(report->cpu[0].cell_id, cell->id);
	assert_int_equal(report->cpu[0].line_bytes, 64);
	assert_int_equal(report->cpu[0].seen_ns, 77);
	assert_int_equal(report->cpu[0].read_lines, 11);
	assert_int_equal(report->cpu[0].written_lines, 30);
	reg->shown.sequence++;
	counters_ask(report, 0, BUFFER_GPA, 1, 0);
	assert_int_equal(report->cpu[0].read_lines, 11);
	reg->shown.sequence--;
	counters_ask(report, 0, BUFFER_GPA, UINT32_MAX, -EINVAL);
	cells_expect(-EINVAL, -EINVAL, "there is no CPU 4294967295");
	counters_ask(own, 1, CELL_BUFFER, 0, -EPERM);
	assert_int_equal(own->cpus_count, 0);
	cell->permissions = WEIR_PERMIT_REGULATE;
	counters_ask(own, 1, CELL_BUFFER, 0, 0);
	assert_int_equal(own->cpu[1].read_lines, 11);
}

/* Each with its size field right, so that the address is what is wrong. */
static void test_hostile_buffers(void **state)
{
	static const uint64_t calls[] = { WEIR_HC_REG_SET, WEIR_HC_REG_GET,
					  WEIR_HC_LAST_REASON };
	static const uint32_t sizes[] = { sizeof(struct reg_request),
					  sizeof(struct reg_status),
					  sizeof(struct reason_report) };
	struct cell *cell = cells_make_running(1);
	static const struct {
		uint64_t address;
		const char *words;
	} bad[] = {
		{ BLOB_CELL_RAM_BYTES - 8, "not all of it" },
		{ 0x10000000, "not all of it" },	/* read-only */
		{ BLOB_CELL_RAM, "not all of it" },	/* physical address */
		{ 0x7e000000, "not all of it" },	/* moderated */
		{ 0x20000000, "not all of it" },	/* nothing */
		{ UINT64_MAX & ~7ull, "not all of it" },
		{ BIT(40), "not all of it" },
		{ BIT(63), "not all of it" },
		{ CELL_BUFFER + 4, "multiple of 8" },
		{ CELL_BUFFER + 1, "multiple of 8" },
		{ UINT64_MAX, "multiple of 8" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(calls); i++) {
		for (size_t j = 0; j < ARRAY_COUNT(bad); j++) {
			void *at = fake_guest(cell, bad[j].address, 0);

			if (at)
				memcpy(at, &sizes[i], sizeof(sizes[i]));
			assert_int_equal(fake_hypercall(1, calls[i],
							bad[j].address, 0),
					 -EINVAL);
			if (calls[i] != WEIR_HC_LAST_REASON)
				assert_non_null(strstr(cell->last.text,
						       bad[j].words));
		}
	}
}

static void test_size_fields(void **state)
{
	static const struct {
		uint64_t call;
		uint32_t size;
	} buffers[] = {
		{ WEIR_HC_REG_SET, sizeof(struct reg_request) },
		{ WEIR_HC_REG_GET, sizeof(struct reg_status) },
		{ WEIR_HC_CELL_REPORT, sizeof(struct cell_report) },
		{ WEIR_HC_TRAFFIC, sizeof(struct traffic_report) },
		{ WEIR_HC_COUNTERS, sizeof(struct counters_report) },
		{ WEIR_HC_COLORS_SET, sizeof(struct color_request) },
		{ WEIR_HC_LAST_REASON, sizeof(struct reason_report) },
	};
	uint32_t *size = fake_ram(BUFFER_GPA);

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(buffers); i++) {
		uint32_t wrong[] = { 0, 4, buffers[i].size - 1,
				     buffers[i].size + 1, UINT32_MAX };

		for (size_t j = 0; j < ARRAY_COUNT(wrong); j++) {
			*size = wrong[j];
			assert_int_equal(fake_hypercall(0, buffers[i].call,
							BUFFER_GPA, 0),
					 -EINVAL);
			assert_int_equal(*size, wrong[j]);
		}
	}
	*size = 1;
	fake_hypercall(0, WEIR_HC_REG_SET, BUFFER_GPA, 0);
	assert_string_equal(cell_root()->last.text,
			    "size field says 1 bytes, 368 are needed");
}

static void test_buffer_in_a_device(void **state)
{
	struct blob_cell blob;

	(void)state;
	blob_cell_init(&blob, 1);
	blob.memory[BLOB_ROM].flags = MEM_READ | MEM_WRITE | MEM_IO;
	assert_int_equal(cells_create(&blob, sizeof(blob)), 0);
	assert_int_equal(fake_hypercall(0, HC_CELL_START, 1, 0), 0);
	*(uint32_t *)fake_ram(BLOB_CELL_ROM) = sizeof(struct reason_report);
	assert_int_equal(fake_hypercall(1, WEIR_HC_LAST_REASON, 0x10000000, 0),
			 -EINVAL);
}

/* Two regions that lie side by side for the guest are one buffer to it. */
static void test_buffer_across_regions(void **state)
{
	struct blob_cell blob;
	struct reason_report *report;
	struct cell *cell;

	(void)state;
	blob_cell_init(&blob, 1);
	blob.memory[BLOB_ROM].virt_start = BLOB_CELL_RAM_BYTES;
	blob.memory[BLOB_ROM].flags = MEM_READ | MEM_WRITE;
	assert_int_equal(cells_create(&blob, sizeof(blob)), 0);
	assert_int_equal(fake_hypercall(0, HC_CELL_START, 1, 0), 0);
	cell = cell_by_id(1);
	report = fake_guest(cell, BLOB_CELL_RAM_BYTES - 8, MAP_WRITE);
	report->size = sizeof(*report);
	assert_int_equal(fake_hypercall(1, HC_DISABLE, 0, 0), -EPERM);
	assert_int_equal(fake_hypercall(1, WEIR_HC_LAST_REASON,
					BLOB_CELL_RAM_BYTES - 8, 0), 0);
	assert_int_equal(report->error, -EPERM);
	assert_string_equal(fake_ram(BLOB_CELL_ROM),
			    "hypercall 0 is for the root cell only");
}

static struct reg_request *request_init(struct reg_request *request,
					uint32_t cell_id)
{
	memset(request, 0, sizeof(*request));
	request->size = sizeof(*request);
	request->operation = REG_OP_CLEAR;
	request->cell_id = cell_id;
	return request;
}

static struct cell *make_permitted(unsigned int id, uint32_t permissions)
{
	struct blob_cell blob;

	blob_cell_init(&blob, id);
	blob.options.permissions = permissions;
	assert_int_equal(cells_create(&blob, sizeof(blob)), 0);
	assert_int_equal(fake_hypercall(0, HC_CELL_START, id, 0), 0);
	return cell_by_id(id);
}

static void test_who_may_regulate(void **state)
{
	struct cell *plain = make_permitted(1, 0);
	struct cell *trusted = make_permitted(2, WEIR_PERMIT_REGULATE);
	struct reg_request *request;

	(void)state;
	request = request_init(fake_guest(plain, CELL_BUFFER, 0), 0);
	for (uint32_t id = 0; id < 4; id++) {
		request->cell_id = id;
		assert_int_equal(fake_hypercall(1, WEIR_HC_REG_SET, CELL_BUFFER,
						0), -EPERM);
		assert_string_equal(request->reason,
				    "the calling cell may not regulate");
	}
	request = request_init(fake_guest(trusted, CELL_BUFFER, 0), 2);
	assert_int_equal(fake_hypercall(2, WEIR_HC_REG_SET, CELL_BUFFER, 0),
			 -EPERM);
	assert_string_equal(request->reason, "a cell may not regulate itself");
	request_init(request, 0);
	assert_int_equal(fake_hypercall(2, WEIR_HC_REG_SET, CELL_BUFFER, 0), 0);
	request_init(request, 1);
	assert_int_equal(fake_hypercall(2, WEIR_HC_REG_SET, CELL_BUFFER, 0), 0);
	request_init(request, 3);
	assert_int_equal(fake_hypercall(2, WEIR_HC_REG_SET, CELL_BUFFER, 0),
			 -ENOENT);
	assert_string_equal(request->reason, "there is no cell 3");
	request = request_init(fake_ram(BUFFER_GPA), 0);
	assert_int_equal(fake_hypercall(0, WEIR_HC_REG_SET, BUFFER_GPA, 0), 0);
}

static void test_who_may_look(void **state)
{
	struct cell *plain = make_permitted(1, 0);
	struct reg_status *status = fake_guest(plain, CELL_BUFFER, 0);

	(void)state;
	make_permitted(2, WEIR_PERMIT_REGULATE);
	status->size = sizeof(*status);
	status->cell_id = 1;
	assert_int_equal(fake_hypercall(1, WEIR_HC_REG_GET, CELL_BUFFER, 0), 0);
	assert_int_equal(status->cell_id, 1);
	assert_int_equal(status->num_cpus, 1);
	assert_int_equal(status->cpu[0].cpu, 1);
	status->cell_id = 2;
	assert_int_equal(fake_hypercall(1, WEIR_HC_REG_GET, CELL_BUFFER, 0),
			 -EPERM);
	status->cell_id = 77;
	assert_int_equal(fake_hypercall(1, WEIR_HC_REG_GET, CELL_BUFFER, 0),
			 -EPERM);
	status = fake_ram(BUFFER_GPA);
	status->size = sizeof(*status);
	status->cell_id = 77;
	assert_int_equal(fake_hypercall(0, WEIR_HC_REG_GET, BUFFER_GPA, 0),
			 -ENOENT);
}

static void test_report_of_nobody(void **state)
{
	struct cell_report *report = fake_ram(BUFFER_GPA);

	(void)state;
	report->size = sizeof(*report);
	report->cell_id = 5;
	assert_int_equal(fake_hypercall(0, WEIR_HC_CELL_REPORT, BUFFER_GPA, 0),
			 -ENOENT);
	report->cell_id = 0;
	assert_int_equal(fake_hypercall(0, WEIR_HC_CELL_REPORT, BUFFER_GPA, 0),
			 0);
	assert_int_equal(report->state, CELL_RUNNING);
	assert_int_equal(report->reason, PARK_NONE);
}

static void test_disable_alone(void **state)
{
	(void)state;
	cells_make_running(1);
	cells_expect(fake_hypercall(0, HC_DISABLE, 0, 0), -EBUSY,
		     "1 cells exist beside the root cell");
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), 0);
	/* CPU 1 is still parked. */
	cells_expect(fake_hypercall(0, HC_DISABLE, 0, 0), -EBUSY,
		     "CPU 1 is offline");
	fake_cpu_area(1)->parked = false;
	/* Nobody else asks. */
	cells_expect(fake_hypercall(0, HC_DISABLE, 0, 0), -ETIMEDOUT,
		     "not all CPUs");
	/* And life goes on. */
	cells_make_running(1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_permissions, cells_setup),
		cmocka_unit_test_setup(test_unknown_numbers_from_root,
				       cells_setup),
		cmocka_unit_test_setup(test_info, cells_setup),
		cmocka_unit_test_setup(test_cpu_info, cells_setup),
		cmocka_unit_test_setup(test_state_of_nonsense, cells_setup),
		cmocka_unit_test_setup(test_putc, cells_setup),
		cmocka_unit_test_setup(test_putc_is_limited, cells_setup),
		cmocka_unit_test_setup(test_query, cells_setup),
		cmocka_unit_test_setup(test_last_reason, cells_setup),
		cmocka_unit_test_setup(test_counters, cells_setup),
		cmocka_unit_test_setup(test_traffic, cells_setup),
		cmocka_unit_test_setup(test_hostile_buffers, cells_setup),
		cmocka_unit_test_setup(test_size_fields, cells_setup),
		cmocka_unit_test_setup(test_buffer_in_a_device, cells_setup),
		cmocka_unit_test_setup(test_buffer_across_regions, cells_setup),
		cmocka_unit_test_setup(test_who_may_regulate, cells_setup),
		cmocka_unit_test_setup(test_who_may_look, cells_setup),
		cmocka_unit_test_setup(test_report_of_nobody, cells_setup),
		cmocka_unit_test_setup(test_disable_alone, cells_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
