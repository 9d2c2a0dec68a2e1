/* SPDX-License-Identifier: GPL-2.0-only */
/* Order statistics, the readers of records, and the demo's evaluation. */
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

#include "tools/report/demo.h"

static char path[] = "/tmp/weir-report-XXXXXX";

static const char *file_with(const char *text)
{
	FILE *file;
	int descriptor;

	strcpy(path + sizeof(path) - 7, "XXXXXX");
	descriptor = mkstemp(path);
	file = fdopen(descriptor, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	return path;
}

static void test_percentile_is_nearest_rank(void **state)
{
	struct samples samples = { 0 };

	(void)state;
	assert_int_equal(samples_percentile(&samples, 50), 0);
	for (uint64_t n = 200; n > 0; n--)
		assert_int_equal(samples_add(&samples, n), 0);
	assert_int_equal(samples_percentile(&samples, 50), 100);
	assert_int_equal(samples_percentile(&samples, 99), 198);
	assert_int_equal(samples_percentile(&samples, 100), 200);
	assert_int_equal(samples_percentile(&samples, 0), 1);
	samples_free(&samples);
}

static void test_victim_log_finds_runs_among_other_text(void **state)
{
	struct victim_log log;
	const struct victim_run *run;
	size_t line;

	(void)state;
	assert_int_equal(victim_log_read(&log, file_with(
		"boot text\n"
		"victim: ws=1k tag=alone-llc clock_hz 1200000000\r\n"
		"| job 0 start 10 cycles 5\n"
		"something else\n"
		"job 1 start 20 cycles 7\n"
		"victim: done\n"
		"victim: tag=hogs-llc clock_hz 1200000000\n"
		"job 0 start 30 cycles 9\n"), &line), 0);
	unlink(path);
	run = victim_log_run(&log, "alone-llc");
	assert_non_null(run);
	assert_int_equal(run->jobs_count, 2);
	assert_int_equal(run->jobs[1].start_cycles, 20);
	assert_int_equal(run->jobs[1].cycles, 7);
	assert_int_equal(run->clock_hz, 1200000000);
	/* A run that did not end is no measurement. */
	assert_null(victim_log_run(&log, "hogs-llc"));
	assert_null(victim_log_run(&log, "other"));
	victim_log_free(&log);
}

static void test_victim_log_refuses_lost_jobs(void **state)
{
	struct victim_log log;
	size_t line;

	(void)state;
	assert_int_equal(victim_log_read(&log, file_with(
		"victim: tag=a clock_hz 1\n"
		"job 0 start 10 cycles 5\n"
		"job 2 start 20 cycles 7\n"), &line), -EPROTO);
	unlink(path);
	assert_int_equal(line, 3);
	victim_log_free(&log);
}

static void test_observer_sums_and_worst_window(void **state)
{
	struct observer observer;
	uint64_t cycles;
	size_t line;

	(void)state;
	assert_int_equal(observer_read(&observer, file_with(
		"window,cpu,start_cycles,read_bytes,written_bytes\n"
		"0,0,0,100,0\n"
		"0,2,0,1000,1000\n"
		"1,1,10,50,50\n"
		"3,0,30,0,400\n"), 10, &line), 0);
	unlink(path);
	assert_int_equal(observer.windows_count, 4);
	assert_int_equal(observer_sum(&observer, 3, 0, 40, &cycles), 600);
	assert_int_equal(cycles, 40);
	/* Windows that are only partly inside do not count. */
	assert_int_equal(observer_sum(&observer, 3, 1, 39, &cycles), 100);
	assert_int_equal(cycles, 20);
	assert_int_equal(observer_worst(&observer, 3, 0, 40, 10), 400);
	assert_int_equal(observer_worst(&observer, 3, 0, 40, 20), 400);
	assert_int_equal(observer_worst(&observer, 3, 0, 40, 30), 500);
	assert_int_equal(observer_worst(&observer, 4, 0, 40, 10), 2000);
	observer_free(&observer);
}

static void test_observer_names_the_bad_line(void **state)
{
	static const char *const bad[] = {
		"cpu,start_cycles,read_bytes\n0,0,0\n",
		"cpu,start_cycles,read_bytes,written_bytes\n0,0,x,0\n",
		"cpu,start_cycles,read_bytes,written_bytes\n16,0,0,0\n",
		"cpu,start_cycles,read_bytes,written_bytes\n0,0,0\n",
	};
	static const size_t lines[] = { 1, 2, 2, 2 };
	struct observer observer;
	size_t line;

	(void)state;
	for (size_t n = 0; n < sizeof(bad) / sizeof(*bad); n++) {
		assert_int_equal(observer_read(&observer, file_with(bad[n]), 10,
					       &line), -EINVAL);
		unlink(path);
		assert_int_equal(line, lines[n]);
		observer_free(&observer);
	}
}

static const char demo_log[] =
	"victim: tag=alone-llc clock_hz 1000000000\n"
	"job 0 start 100 cycles 10\n" "victim: done\n"
	"victim: tag=alone-dram clock_hz 1000000000\n"
	"job 0 start 200 cycles 20\n" "victim: done\n"
	"victim: tag=hogs-llc clock_hz 1000000000\n"
	"job 0 start 300 cycles 100\n" "victim: done\n"
	"victim: tag=hogs-dram clock_hz 1000000000\n"
	"job 0 start 500 cycles 30\n" "victim: done\n"
	"victim: tag=regulated-llc clock_hz 1000000000\n"
	"job 0 start 600 cycles 90\n" "job 1 start 700 cycles 11\n"
	"job 2 start 800 cycles 10\n" "victim: done\n"
	"victim: tag=regulated-dram clock_hz 1000000000\n"
	"job 0 start 900 cycles 20\n" "victim: done\n";

static void test_demo_counts_jobs_after_the_reload_only(void **state)
{
	struct demo_input input = {
		.clock_hz = 1000000000, .budget_bytes_per_s = 200000000,
		.period_ns = 100, .root_cpus = 3, .effective_ns = 650,
	};
	struct demo_result result;
	const char *missing;
	size_t line;

	(void)state;
	assert_int_equal(victim_log_read(&input.victim, file_with(demo_log),
					 &line), 0);
	unlink(path);
	input.observer.window_cycles = 10;
	assert_int_equal(demo_evaluate(&input, &result, &missing), 0);
	assert_int_equal(result.phase[PHASE_REGULATED].victim[KIND_LLC].first_job, 1);
	assert_int_equal(result.phase[PHASE_REGULATED].victim[KIND_LLC].cycles.count, 2);
	assert_int_equal(result.phase[PHASE_REGULATED].victim[KIND_LLC].cycles.max, 11);
	assert_true(result.phase[PHASE_HOGS].victim[KIND_LLC].slowdown == 10.0);
	assert_true(result.phase[PHASE_HOGS].victim[KIND_DRAM].slowdown == 1.5);

	/* A reload that came too late leaves nothing to report. */
	input.effective_ns = 5000;
	assert_int_equal(demo_evaluate(&input, &result, &missing), -ENODATA);
	assert_string_equal(missing, "regulated-llc");
	victim_log_free(&input.victim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_percentile_is_nearest_rank),
		cmocka_unit_test(test_victim_log_finds_runs_among_other_text),
		cmocka_unit_test(test_victim_log_refuses_lost_jobs),
		cmocka_unit_test(test_observer_sums_and_worst_window),
		cmocka_unit_test(test_observer_names_the_bad_line),
		cmocka_unit_test(test_demo_counts_jobs_after_the_reload_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
