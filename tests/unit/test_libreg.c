// SPDX-License-Identifier: GPL-2.0-only
/* libreg: what it sends, what it makes of answers, of sysfs, of no driver. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "regctl-fake.h"

static struct fake fake;
static struct reg_device *device;

static int setup(void **state)
{
	const struct reg_options options = {
		.sysfs_path = fake.sysfs,
		.transport = &fake.transport,
	};

	(void)state;
	fake_setup(&fake);
	return reg_open(&device, &options);
}

static int teardown(void **state)
{
	(void)state;
	reg_close(device);
	fake_teardown(&fake);
	return 0;
}

static void failed_with(int ret, int error, enum reg_origin origin,
			const char *text)
{
	const struct reg_error *last = reg_last_error(device);

	assert_int_equal(ret, error);
	assert_int_equal(last->error, error);
	assert_int_equal(last->origin, origin);
	assert_string_equal(last->text, text);
}

static void test_cell_ids(void **state)
{
	struct weir_cell_id cell;

	(void)state;
	assert_int_equal(reg_cell_id(device, "root", &cell), 0);
	assert_int_equal(cell.id, 0);
	assert_int_equal(reg_cell_id(device, "0", &cell), 0);
	assert_int_equal(cell.id, 0);
	assert_int_equal(reg_cell_id(device, "12", &cell), 0);
	assert_int_equal(cell.id, 12);
	assert_int_equal(reg_cell_id(device, "12a", &cell), 0);
	assert_int_equal(cell.id, -1);
	assert_string_equal(cell.name, "12a");
	assert_int_equal(reg_cell_id(device, "-1", &cell), 0);
	assert_int_equal(cell.id, -1);
	assert_string_equal(cell.name, "-1");
	/* No number is cut down to a valid id. */
	assert_int_equal(reg_cell_id(device, "4294967296", &cell), 0);
	assert_int_equal(cell.id, -1);
	assert_int_equal(reg_cell_id(device, "", &cell), -EINVAL);
	assert_int_equal(reg_last_error(device)->origin, REG_ORIGIN_INPUT);
}

static void test_the_longest_name(void **state)
{
	static const char name[] = "1234567890123456789012345678901x";
	struct weir_cell_id cell;

	(void)state;
	assert_int_equal(reg_cell_id(device, name + 1, &cell), 0);
	assert_string_equal(cell.name, name + 1);
	assert_int_equal(reg_cell_id(device, name, &cell), -EINVAL);
}

static void test_settings_reach_the_driver(void **state)
{
	const struct weir_cell_id cell = { .id = -1, .name = "victim" };
	const struct reg_settings wanted = {
		.valid = REG_SET_BUDGET,
		.budget_bytes_per_s = 12345,
	};
	struct reg_request answer;

	(void)state;
	fake.effective.budget_bytes_per_s = 12288;
	assert_int_equal(reg_set(device, &cell, &wanted, &answer), 0);
	assert_int_equal(fake.request.size, sizeof(struct reg_request));
	assert_int_equal(fake.request.operation, REG_OP_SET);
	assert_int_equal(fake.request.reserved, 0);
	assert_int_equal(answer.effective.budget_bytes_per_s, 12288);
	assert_int_equal(answer.generation, 17);
	assert_int_equal(reg_check(device, &cell, &wanted, &answer), 0);
	assert_int_equal(fake.request.operation, REG_OP_CHECK);
	assert_int_equal(reg_clear(device, &cell, &answer), 0);
	assert_int_equal(fake.request.operation, REG_OP_CLEAR);
	assert_int_equal(fake.request.settings.valid, 0);
}

static void test_refusals(void **state)
{
	const struct weir_cell_id cell = { .id = 2 };
	struct reg_request answer;
	struct reg_settings wanted = { 0 };

	(void)state;
	fake.error = -EINVAL;
	fake.reason = "budget 5: at least 64000 is possible";
	failed_with(reg_set(device, &cell, &wanted, &answer), -EINVAL,
		    REG_ORIGIN_REFUSED,
		    "set 2: budget 5: at least 64000 is possible");
	assert_string_equal(reg_last_error(device)->reason, fake.reason);
	fake.error = -ENODEV;
	fake.reason = "Weir is not enabled";
	failed_with(reg_cell_start(device, &cell), -ENODEV, REG_ORIGIN_ABSENT,
		    "start cell 2: Weir is not enabled");
	fake.error = -ENOTTY;
	assert_int_equal(reg_disable(device), -ENOTTY);
	assert_int_equal(reg_last_error(device)->origin, REG_ORIGIN_ABSENT);
}

/* A driver's answer is not trusted either. */
static void test_wild_answers(void **state)
{
	static const struct weir_cell_id root = { .id = 0 };
	struct reg_status status;

	(void)state;
	fake.status[0].num_cpus = REG_STATUS_MAX_CPUS + 1;
	assert_int_equal(reg_get(device, &root, &status), -EIO);
	fake.status[0].num_cpus = REG_STATUS_MAX_CPUS;
	memset(fake.status[0].regulator_name, 'x', REG_NAME_BYTES);
	memset(fake.status[0].event_name, 'x',
	       sizeof(fake.status[0].event_name));
	assert_int_equal(reg_get(device, &root, &status), 0);
	assert_int_equal(strlen(status.regulator_name), REG_NAME_BYTES - 1);
	assert_int_equal(strlen(status.event_name),
			 sizeof(status.event_name) - 1);

	memset(fake.report.text, 'x', sizeof(fake.report.text));
	{
		struct cell_report report;

		assert_int_equal(reg_cell_report(device, &root, &report), 0);
		assert_int_equal(strlen(report.text), sizeof(report.text) - 1);
	}
}

static void test_images_are_counted(void **state)
{
	const struct weir_cell_id cell = { .id = 2 };
	struct weir_image images[WEIR_MAX_IMAGES + 1] = { { 0 } };

	(void)state;
	assert_int_equal(reg_cell_load(device, &cell, images, 0), -EINVAL);
	assert_int_equal(reg_cell_load(device, &cell, images,
				       WEIR_MAX_IMAGES + 1), -EINVAL);
	assert_int_equal(fake.calls, 0);
	assert_int_equal(reg_cell_load(device, &cell, images, WEIR_MAX_IMAGES),
			 0);
	assert_int_equal(fake.calls, 1);
}

static void test_cells_from_sysfs(void **state)
{
	struct reg_cell_info cells[REG_CELLS_MAX];

	(void)state;
	fake_file(&fake, "cells/10/name", "ten");
	fake_file(&fake, "cells/10/cpus_assigned_list", "0,2-5,9-10");
	fake_file(&fake, "cells/10/cpus_failed_list", "9");
	fake_file(&fake, "cells/junk/name", "no cell");
	assert_int_equal(reg_cells_list(device, cells), 3);
	assert_int_equal(cells[0].id, 0);
	assert_string_equal(cells[0].name, "qemu-virt");
	assert_string_equal(cells[0].state, "running");
	assert_int_equal(cells[0].cpus, 3);
	assert_int_equal(cells[0].cpus_failed, 0);
	assert_int_equal(cells[1].id, 2);
	assert_int_equal(cells[2].id, 10);
	assert_int_equal(cells[2].cpus, 0x63d);
	assert_int_equal(cells[2].cpus_failed, 0x200);
	assert_string_equal(cells[2].state, "");
}

static void test_more_cells_than_fit(void **state)
{
	struct reg_cell_info cells[REG_CELLS_MAX];
	char path[64];
	int i;

	(void)state;
	for (i = 0; i < REG_CELLS_MAX + 5; i++) {
		snprintf(path, sizeof(path), "cells/%d/name", i);
		fake_file(&fake, path, "cell");
	}
	assert_int_equal(reg_cells_list(device, cells), REG_CELLS_MAX);
}

static void test_cells_are_found(void **state)
{
	const struct weir_cell_id victim = { .id = -1, .name = "victim" };
	const struct weir_cell_id two = { .id = 2 };
	const struct weir_cell_id nobody = { .id = -1, .name = "nobody" };
	struct reg_cell_info info;

	(void)state;
	assert_int_equal(reg_cell_find(device, &victim, &info), 0);
	assert_int_equal(info.id, 2);
	assert_int_equal(reg_cell_find(device, &two, &info), 0);
	assert_string_equal(info.name, "victim");
	failed_with(reg_cell_find(device, &nobody, &info), -ENOENT,
		    REG_ORIGIN_REFUSED, "no cell is named nobody");
}

static void test_exit_counters(void **state)
{
	struct reg_stat stats[REG_STATS_MAX];

	(void)state;
	fake_file(&fake, "cells/0/statistics/text", "not a number");
	fake_file(&fake, "cells/0/statistics/vmexits_mmio", "3");
	assert_int_equal(reg_cell_stats(device, 0, REG_STATS_CELL, stats), 3);
	assert_string_equal(stats[0].name, "vmexits_total");
	assert_int_equal(stats[0].value, 120);
	assert_string_equal(stats[1].name, "vmexits_mmio");
	assert_int_equal(reg_cell_stats(device, 0, 1, stats), 2);
	assert_int_equal(stats[1].value, 5);
	assert_int_equal(reg_cell_stats(device, 0, 7, stats), -ENODEV);
}

static void test_without_a_driver(void **state)
{
	const struct reg_options options = {
		.device_path = "/nonexistent/weir",
		.sysfs_path = "/nonexistent/sys",
	};
	struct reg_cell_info cells[REG_CELLS_MAX];

	(void)state;
	reg_close(device);
	assert_int_equal(reg_open(&device, &options), 0);
	failed_with(reg_disable(device), -ENOENT, REG_ORIGIN_ABSENT,
		    "/nonexistent/weir does not exist: "
		    "is the weir module loaded?");
	failed_with(reg_cells_list(device, cells), -ENODEV, REG_ORIGIN_ABSENT,
		    "/nonexistent/sys/cells does not exist: "
		    "is the weir module loaded?");
	assert_int_equal(reg_console_open(device, false), -ENOENT);
}

static void test_the_console_has_its_own_descriptor(void **state)
{
	char path[128];
	const struct reg_options options = { .device_path = path };
	char text[32];
	ssize_t count;
	int fd;

	(void)state;
	fake_file(&fake, "console", "hello");
	snprintf(path, sizeof(path), "%s/console", fake.sysfs);
	reg_close(device);
	assert_int_equal(reg_open(&device, &options), 0);
	fd = reg_console_open(device, false);
	assert_true(fd >= 0);
	count = read(fd, text, sizeof(text));
	assert_int_equal(count, 6);
	assert_memory_equal(text, "hello\n", 6);
	close(fd);
}

static void test_names(void **state)
{
	unsigned int n;

	(void)state;
	assert_string_equal(reg_regulator_name(REGULATOR_MEMGUARD),
			    "memguard");
	assert_int_equal(reg_regulator_by_name("qos"), REGULATOR_QOS);
	assert_int_equal(reg_regulator_by_name("memguard2"), -ENOENT);
	assert_null(reg_regulator_name(REGULATOR_NONE));
	assert_int_equal(reg_source_by_name("pmuv3"), COUNTER_PMUV3);
	assert_null(reg_source_name(77));
	assert_string_equal(reg_park_reason_name(PARK_SERROR), "serror");
	assert_null(reg_park_reason_name(12345));
	/* Every known id has a name that leads back to it. */
	for (n = 0; reg_regulator_known(n) >= 0; n++)
		assert_int_equal(reg_regulator_by_name(reg_regulator_name(
					 (unsigned int)reg_regulator_known(n))),
				 reg_regulator_known(n));
	assert_int_equal(n, REGULATOR_BURST);
	for (n = 0; reg_source_known(n) >= 0; n++)
		assert_int_equal(reg_source_by_name(reg_source_name(
					 (unsigned int)reg_source_known(n))),
				 reg_source_known(n));
	assert_int_equal(n, COUNTER_INTEL_IMC);
}

#define TEST(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_cell_ids),
		TEST(test_the_longest_name),
		TEST(test_settings_reach_the_driver),
		TEST(test_refusals),
		TEST(test_wild_answers),
		TEST(test_images_are_counted),
		TEST(test_cells_from_sysfs),
		TEST(test_more_cells_than_fit),
		TEST(test_cells_are_found),
		TEST(test_exit_counters),
		TEST(test_without_a_driver),
		TEST(test_the_console_has_its_own_descriptor),
		TEST(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
