// SPDX-License-Identifier: GPL-2.0-only
/* What regctl prints of fixed answers, to the byte, and with which status. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "regctl-fake.h"
#include "tools/regctl/output.h"
#include "tools/regctl/rates.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))
#define GOLDEN		"tests/golden/regctl/"

static struct fake fake;

static int setup(void **state)
{
	(void)state;
	fake_setup(&fake);
	fake_golden_status(&fake);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_teardown(&fake);
	return 0;
}

/* Standard output is what the golden file holds, all of it. */
static void prints(const char *line, const char *file)
{
	char wanted[16384];
	char path[128];
	size_t size;
	FILE *stream;

	assert_int_equal(fake_run(&fake, line), APP_OK);
	snprintf(path, sizeof(path), GOLDEN "%s", file);
	stream = fopen(path, "rb");
	if (!stream)
		fail_msg("%s is missing", path);
	size = fread(wanted, 1, sizeof(wanted) - 1, stream);
	wanted[size] = '\0';
	fclose(stream);
	if (size != fake.out_size || memcmp(wanted, fake.out, size) != 0)
		fail_msg("'%s' prints\n%s\nand not %s:\n%s", line, fake.out,
			 path, wanted);
}

static void test_status(void **state)
{
	(void)state;
	prints("status", "status.txt");
}

static void test_colors(void **state)
{
	(void)state;
	prints("colors", "colors.txt");
	prints("colors --csv", "colors.csv");
	prints("colors --json", "colors.json");
}

static void test_colors_of_the_hypervisor(void **state)
{
	(void)state;
	fake_file(&fake, "coloring/hypervisor_colors", "4-5");
	assert_int_equal(fake_run(&fake, "colors --csv"), APP_OK);
	assert_non_null(strstr(fake.out, ",hypervisor,4-5,2,"));
	assert_non_null(strstr(fake.out, ",\"6-8,10-19,24-31\",21,"));
	assert_null(strstr(fake.out, ",shared,"));
	fake_file(&fake, "coloring/shared_colors", "16-17");
	assert_int_equal(fake_run(&fake, "colors --csv"), APP_OK);
	assert_non_null(strstr(fake.out, ",shared,16-17,2,"));
	assert_non_null(strstr(fake.out, ",\"6-8,10-15,18-19,24-31\",19,"));
}

static void test_no_colors(void **state)
{
	(void)state;
	/* A hash chooses the sets: banks only. */
	fake_file(&fake, "coloring/llc_sets", "0");
	fake_file(&fake, "coloring/llc_colors_count", "1");
	assert_int_equal(fake_run(&fake, "colors --csv"), APP_OK);
	assert_non_null(strstr(fake.out, "2,victim,\"0-3,9,20-23\",9,\r\n"));
	fake_file(&fake, "coloring/colors_count", "0");
	assert_int_equal(fake_run(&fake, "colors"), APP_ABSENT);
	assert_non_null(strstr(fake.err, "names no colors"));
	fake_file(&fake, "coloring/colors_count", NULL);
	assert_int_equal(fake_run(&fake, "colors"), APP_ABSENT);
}

static void test_status_verbose_si(void **state)
{
	(void)state;
	prints("status root -v --si --no-headings", "status-verbose.txt");
}

static void test_status_csv(void **state)
{
	(void)state;
	prints("status --csv", "status.csv");
}

static void test_status_json(void **state)
{
	(void)state;
	prints("status --json", "status.json");
}

static void test_status_of_cpus(void **state)
{
	(void)state;
	prints("status --per-cpu --iec", "status-cpus.txt");
}

static void test_status_of_one_cpu(void **state)
{
	(void)state;
	prints("status --cpus 1-2 --csv", "status-cpus.csv");
}

static void test_status_of_controls(void **state)
{
	(void)state;
	prints("status --controls", "status-controls.txt");
	prints("status root --controls --csv", "status-controls.csv");
}

static void test_set(void **state)
{
	(void)state;
	fake.effective.budget_bytes_per_s = 199936000;
	fake.effective.regulator = REGULATOR_MEMGUARD;
	fake.effective.source = COUNTER_MEMSYS;
	prints("set root --budget 200MB/s", "set.txt");
}

static void test_set_json(void **state)
{
	(void)state;
	fake.effective.budget_bytes_per_s = 200064000;
	prints("set root --budget 200MB/s --json", "set.json");
}

static void test_cell_list(void **state)
{
	(void)state;
	fake_file(&fake, "cells/2/state", "failed");
	fake_file(&fake, "cells/2/cpus_failed_list", "2");
	fake.report.reason = PARK_MEMORY_ACCESS;
	fake.report.pc = 0x1234;
	fake.report.address = 0xffffffffff000000;
	fake.report.syndrome = 0x93c08046;
	strcpy(fake.report.text, "read of 0xffffffffff000000: nothing there");
	prints("cell list", "cell-list.txt");
	prints("cell list --json", "cell-list.json");
	prints("cell list --csv", "cell-list.csv");
}

static void test_cell_stats(void **state)
{
	(void)state;
	prints("cell stats root", "cell-stats.txt");
	prints("cell stats root --json", "cell-stats.json");
}

static void test_shares(void **state)
{
	(void)state;
	prints("shares", "shares.txt");
	prints("shares --json root", "shares.json");
	prints("shares --machine", "machine.txt");
	prints("shares --machine --csv", "machine.csv");
	prints("set root -v --cache ways:4-11", "set-shares.txt");
	prints("set root --colors 4-15", "set-colors.txt");
	prints("set root --colors 4-15 --json", "set-colors.json");
}

/* Ctrl-C takes it back once, and says so; not when all had been moved. */
static void test_interrupted(void **state)
{
	(void)state;
	fake.color_interrupt = fake.color_bytes / 2;
	assert_int_equal(fake_run(&fake, "set root --colors 4-15"), APP_NO);
	assert_string_equal(fake.err, "regctl set: "
			    "interrupted: root has the colors it had\n");
	assert_int_equal(fake.out_size, 0);
	assert_non_null(strstr(fake.log, "step flags=0\nstep flags=0\n"
					 "step flags=1\nstep flags=0\n"));
	fake.color_interrupt = fake.color_bytes / 4;
	fake.color_too_late = fake.color_bytes / 4;
	prints("set root --colors 4-15", "set-colors.txt");
	assert_int_equal(fake.err_size, 0);
}

static void test_regulators(void **state)
{
	(void)state;
	prints("regulators -v", "regulators.txt");
	fake.error_of_check = -ENODEV;
	fake.reason = "this machine has none";
	prints("regulators --csv", "regulators.csv");
}

static void test_traffic(void **state)
{
	(void)state;
	prints("traffic", "traffic.txt");
	prints("traffic --json", "traffic.json");
}

static void test_quiet(void **state)
{
	(void)state;
	assert_int_equal(fake_run(&fake, "set root --pool -q"), APP_OK);
	assert_int_equal(fake.out_size, 0);
	assert_int_equal(fake.err_size, 0);
	assert_int_equal(fake_run(&fake, "disable -q"), APP_OK);
	assert_int_equal(fake.err_size, 0);
}

/* A command line, the errno it meets, the status it must end with. */
static void ends(const char *line, int error, int wanted)
{
	int status;

	fake.error = error;
	status = fake_run(&fake, line);
	if (status != wanted)
		fail_msg("'%s' with %d ends with %d: %s", line, error, status,
			 fake.err);
	if (fake.out_size)
		fail_msg("'%s' wrote data: %s", line, fake.out);
	if (!strstr(fake.err, "the reason"))
		fail_msg("'%s' does not give the reason: %s", line, fake.err);
}

static void test_refusals_are_explained(void **state)
{
	static const char *const lines[] = {
		"set root --budget 1B/s", "unset root",	     "reset root",
		"cell start victim",	  "cell shutdown 2", "cell destroy 2",
		"status root",		  "disable",	     "monitor root",
		"cell load 2 -s x",	  "regulators",
		"traffic",
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(lines); i++) {
		ends(lines[i], -EINVAL, APP_REFUSED);
		ends(lines[i], -EBUSY, APP_REFUSED);
		ends(lines[i], -EPERM, APP_REFUSED);
		ends(lines[i], -ENODEV, APP_ABSENT);
	}
}

static void test_refusal_without_a_reason(void **state)
{
	(void)state;
	fake.error = -EBUSY;
	fake.reason = "";
	assert_int_equal(fake_run(&fake, "cell start victim"), APP_REFUSED);
	assert_string_equal(fake.err, "regctl: start cell victim: "
			    "Device or resource busy\n");
}

static void test_unknown_cell(void **state)
{
	(void)state;
	assert_int_equal(fake_run(&fake, "status nobody"), APP_REFUSED);
	assert_string_equal(fake.err, "regctl: no cell is named nobody\n");
	assert_int_equal(fake_run(&fake, "cell stats 9"), APP_REFUSED);
	assert_string_equal(fake.err, "regctl: no cell has id 9\n");
}

static void test_not_enabled(void **state)
{
	(void)state;
	fake_file(&fake, "cells/0/name", NULL);
	fake_file(&fake, "cells/2/name", NULL);
	assert_int_equal(fake_run(&fake, "status"), APP_ABSENT);
	assert_int_equal(fake_run(&fake, "status root"), APP_ABSENT);
	assert_int_equal(fake_run(&fake, "monitor"), APP_ABSENT);
	assert_int_equal(fake_run(&fake, "cell stats"), APP_ABSENT);
	/* That there are no cells is an answer. */
	assert_int_equal(fake_run(&fake, "cell list"), APP_OK);
	assert_int_equal(fake_run(&fake, "cell list --json"), APP_OK);
	assert_string_equal(fake.out, "{\n  \"schema\": \"regctl.cell-list/1\","
			    "\n  \"cells\": []\n}\n");
}

/* One cell that gives no answer does not hide the others. */
static void test_silent_cell(void **state)
{
	json_t *document, *cell;

	(void)state;
	fake_file(&fake, "cells/2/state", NULL);
	fake.error = -EBUSY;
	assert_int_equal(fake_run(&fake, "status --json"), APP_OK);
	document = json_loads(fake.out, 0, NULL);
	assert_non_null(document);
	cell = json_array_get(json_object_get(document, "cells"), 1);
	assert_true(json_is_null(json_object_get(cell, "state")));
	assert_string_equal(json_string_value(json_object_get(cell,
							      "state_why")),
			    "the driver does not say");
	assert_true(json_is_null(json_object_get(cell, "used_bytes")));
	assert_string_equal(json_string_value(json_object_get(cell,
							      "used_bytes_why")),
			    "the reason");
	json_decref(document);
}

/* JSON readers keep 63 bits; what does not fit is said, not bent. */
static void test_numbers_too_large_for_json(void **state)
{
	(void)state;
	fake.status[0].reloads = 1ull << 63;
	fake.status[0].refusals = (1ull << 63) - 1;
	assert_int_equal(fake_run(&fake, "status root --json"), APP_OK);
	assert_non_null(strstr(fake.out, "\"reloads\": null,"));
	assert_non_null(strstr(fake.out, "\"reloads_why\": \"above 9223372036854775807\""));
	assert_non_null(strstr(fake.out, "\"refusals\": 9223372036854775807,"));
	assert_int_equal(fake_run(&fake, "status root --csv"), APP_OK);
	assert_non_null(strstr(fake.out, ",9223372036854775808,9223372036854775807,"));
}

static void test_status_tells_what_is_guaranteed(void **state)
{
	(void)state;
	fake.status[0].sustainable_bytes_per_s = 1200000000;
	fake.status[0].guaranteed_bytes_per_s = 900000000;
	fake.status[0].effective.class_ = REG_CLASS_GUARANTEED;
	assert_int_equal(fake_run(&fake, "status root --json"), APP_OK);
	assert_non_null(strstr(fake.out, "\"class\": \"guaranteed\","));
	assert_non_null(strstr(fake.out,
			       "\"machine_left_bytes_per_s\": 300000000,"));
	assert_int_equal(fake_run(&fake, "status root --si"), APP_OK);
	assert_non_null(strstr(fake.out, "ALL GUARANTEED"));
	assert_non_null(strstr(fake.out, "900 MB/s"));
	assert_non_null(strstr(fake.out, "300 MB/s"));
}

static void test_monitor_lines(void **state)
{
	char *line, *rest = NULL;
	unsigned int count = 0;

	(void)state;
	assert_int_equal(fake_run(&fake, "monitor root -n 3 -i 1ms --json"),
			 APP_OK);
	for (line = strtok_r(fake.out, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		json_t *row = json_loads(line, 0, NULL);
		json_int_t rate, budget, span, stalls;
		const char *schema;

		assert_non_null(row);
		assert_int_equal(json_unpack(row, "{s:s, s:I, s:I, s:I, s:I}",
					     "schema", &schema,
					     "rate_bytes_per_s", &rate,
					     "budget_bytes_per_s", &budget,
					     "span_ns", &span,
					     "stalls", &stalls), 0);
		assert_string_equal(schema, "regctl.monitor/1");
		/* 1000 lines of 64 B in each ms of the hypervisor's clock. */
		assert_int_equal(rate, 64000000);
		assert_int_equal(budget, 199936000);
		assert_int_equal(span, 1000000);
		assert_int_equal(stalls, 0);
		json_decref(row);
		count++;
	}
	assert_int_equal(count, 3);
}

/* Two CPUs in cells and one in none; the clock stands still. */
static const void *statistics_pages(void *context)
{
	static struct {
		struct statistics_page page;
		uint8_t rest[STATISTICS_PAGE_BYTES -
			     sizeof(struct statistics_page)];
	} pages[3] __attribute__((aligned(STATISTICS_PAGE_BYTES)));
	const struct statistics_head head = {
		.magic = STATISTICS_MAGIC, .revision = STATISTICS_REVISION,
		.cpus_max = 3, .cell_id = STATISTICS_NO_CELL,
		.line_bytes = 64,
	};

	(void)context;
	for (unsigned int n = 0; n < 3; n++)
		pages[n].page.head = head;
	for (unsigned int n = 0; n < 2; n++) {
		pages[n].page.head.cpu = n;
		pages[n].page.head.cell_id = n ? 2 : 0;
		pages[n].page.head.effective.regulator = REGULATOR_MEMGUARD;
		pages[n].page.head.effective.budget_bytes_per_s = 1000000;
	}
	pages[1].page.stats.stalled = 1;
	pages[1].page.stats.held_by = REG_HELD_BUDGET;
	return pages;
}

static void test_top(void **state)
{
	(void)state;
	fake.transport.watch = statistics_pages;
	assert_int_equal(fake_run(&fake, "top -b -n 2 -i 1ms --json"), APP_OK);
	assert_non_null(strstr(fake.out, "\"cpu\":0,\"cell\":\"qemu-virt\""));
	assert_non_null(strstr(fake.out, "\"cpu\":1,\"cell\":\"victim\""));
	assert_non_null(strstr(fake.out, "\"stalled_by\":\"memguard\""));
	assert_non_null(strstr(fake.out, "stood still"));
	/* The page of a CPU in no cell is no row; nobody was asked. */
	assert_null(strstr(fake.out, "\"cpu\":2"));
	assert_int_equal(fake.calls, 0);
	assert_int_equal(fake_run(&fake, "top victim -b -n 1 -i 1ms --csv"),
			 APP_OK);
	assert_null(strstr(fake.out, "qemu-virt"));
	assert_non_null(strstr(fake.out, "victim"));
	assert_int_equal(fake_run(&fake, "top nobody -b -n 1"), APP_REFUSED);
	assert_int_equal(fake_run(&fake, "top -n 1"), APP_USAGE);
	assert_non_null(strstr(fake.err, "--batch"));
	assert_int_equal(fake_run(&fake, "monitor -n 2 -i 1ms --json"),
			 APP_OK);
	assert_int_equal(fake.calls, 0);
	fake.transport.watch = NULL;
	assert_int_equal(fake_run(&fake, "top -b -n 1"), APP_REFUSED);
	assert_non_null(strstr(fake.err, "there are none"));
}

/* Only mempol has somebody watch, whatever is kept for it. */
static void test_watch_of_mempol(void **state)
{
	(void)state;
	fake.status[0].effective.watch_cpu = 3;
	fake.status[0].effective.regulator = REGULATOR_MEMPOL;
	assert_int_equal(fake_run(&fake, "status root --json"), APP_OK);
	assert_non_null(strstr(fake.out, "\"watch_cpu\": 2"));
	fake.status[0].effective.regulator = REGULATOR_MEMGUARD;
	assert_int_equal(fake_run(&fake, "status root --json"), APP_OK);
	assert_non_null(strstr(fake.out, "\"watch_cpu_why\": \"not mempol\""));
}

static void test_monitor_csv(void **state)
{
	static const char heading[] =
		"TIME[ns],CELL,ID,RATE[B/s],BUDGET[B/s],READ[B/s],WRITTEN[B/s]";
	const char *place;
	unsigned int lines = 0;

	(void)state;
	assert_int_equal(fake_run(&fake, "monitor -n 2 -i 1ms --csv"), APP_OK);
	assert_memory_equal(fake.out, heading, sizeof(heading) - 1);
	for (place = fake.out; (place = strstr(place, "\r\n")); place++)
		lines++;
	/* One heading, two cells twice. */
	assert_int_equal(lines, 5);
}

static void test_monitor_with_a_still_clock(void **state)
{
	(void)state;
	fake.clock_step_ns = 0;
	assert_int_equal(fake_run(&fake, "monitor root -n 1 -i 1ms --json"),
			 APP_OK);
	assert_non_null(strstr(fake.out, "\"rate_bytes_per_s\":null,"
			       "\"rate_bytes_per_s_why\":"
			       "\"the hypervisor's clock stood still\""));
}

static void test_rates(void **state)
{
	struct reg_status before = { .now_ns = 1000, .line_bytes = 64,
				     .num_cpus = 2 };
	struct reg_status after = before;
	struct rates rates;

	(void)state;
	assert_string_equal(rates_compute(&before, &after, &rates),
			    "the hypervisor's clock stood still");
	after.now_ns = 1000 + 3000000;
	after.cpu[0].read_lines = 10;
	after.cpu[1].written_lines = 5;
	after.cpu[0].stalls = 2;
	after.cpu[1].stall_ns = 77;
	assert_null(rates_compute(&before, &after, &rates));
	/* 640 and 320 bytes in 3 ms, to the nearest byte per second. */
	assert_int_equal(rates.read_bytes_per_s, 213333);
	assert_int_equal(rates.written_bytes_per_s, 106667);
	assert_int_equal(rates.total_bytes_per_s, 320000);
	assert_int_equal(rates.stalls, 2);
	assert_int_equal(rates.stall_ns, 77);
	/* Counters near their end neither wrap nor overflow. */
	after.cpu[0].read_lines = UINT64_MAX / 2;
	assert_null(rates_compute(&before, &after, &rates));
	assert_true(rates.read_bytes_per_s == UINT64_MAX - 1);
	before.cpu[1].written_lines = 6;
	assert_string_equal(rates_compute(&before, &after, &rates),
			    "the counters started again");
}

static void csv_is(const char *text, const char *wanted)
{
	char *written = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&written, &size);

	csv_field(stream, text);
	fclose(stream);
	assert_string_equal(written, wanted);
	free(written);
}

static void test_csv_quoting(void **state)
{
	(void)state;
	csv_is("", "");
	csv_is("plain text", "plain text");
	csv_is("a,b", "\"a,b\"");
	csv_is("say \"no\"", "\"say \"\"no\"\"\"");
	csv_is("two\r\nlines", "\"two\r\nlines\"");
}

static void test_output_that_cannot_be_written(void **state)
{
	struct app app = { .transport = &fake.transport };
	char *argv[] = { (char *)"regctl", (char *)"--sysfs", fake.sysfs,
			 (char *)"status", NULL };
	char *err = NULL;
	size_t size = 0;

	(void)state;
	app.out = fopen("/dev/full", "w");
	assert_non_null(app.out);
	app.err = open_memstream(&err, &size);
	assert_int_equal(regctl_run(&app, 4, argv), APP_ABSENT);
	fclose(app.out);
	fclose(app.err);
	assert_non_null(strstr(err, "cannot write the output"));
	free(err);
}

#define TEST(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_status),
		TEST(test_status_verbose_si),
		TEST(test_status_csv),
		TEST(test_status_json),
		TEST(test_status_of_cpus),
		TEST(test_status_of_one_cpu),
		TEST(test_status_of_controls),
		TEST(test_set),
		TEST(test_set_json),
		TEST(test_cell_list),
		TEST(test_cell_stats),
		TEST(test_shares),
		TEST(test_interrupted),
		TEST(test_regulators),
		TEST(test_traffic),
		TEST(test_colors),
		TEST(test_colors_of_the_hypervisor),
		TEST(test_no_colors),
		TEST(test_quiet),
		TEST(test_refusals_are_explained),
		TEST(test_refusal_without_a_reason),
		TEST(test_unknown_cell),
		TEST(test_not_enabled),
		TEST(test_silent_cell),
		TEST(test_numbers_too_large_for_json),
		TEST(test_status_tells_what_is_guaranteed),
		TEST(test_monitor_lines),
		TEST(test_top),
		TEST(test_watch_of_mempol),
		TEST(test_monitor_csv),
		TEST(test_monitor_with_a_still_clock),
		TEST(test_rates),
		TEST(test_csv_quoting),
		TEST(test_output_that_cannot_be_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
