// SPDX-License-Identifier: GPL-2.0-only
/* The observer's CSV. */
#include "test_memsys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/memsys/observer.h"

static char path[] = "/tmp/test_memsys_observer.XXXXXX";

static int setup(void **state)
{
	int file = mkstemp(path);

	(void)state;
	if (file < 0)
		return -1;
	close(file);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(path);
	strcpy(path + strlen(path) - 6, "XXXXXX");
	return 0;
}

static void assert_file(const char *expected)
{
	char text[1024];
	FILE *file = fopen(path, "r");
	size_t bytes;

	assert_non_null(file);
	bytes = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[bytes] = 0;
	assert_string_equal(text, expected);
}

static void record(struct observer *observer, uint64_t cycles, unsigned int cpu,
		   unsigned int fills, unsigned int writebacks)
{
	const struct memsys_transfer transfer = {
		.cycles = cycles,
		.cpu = cpu,
		.fill_lines = fills,
		.writeback_lines = writebacks,
	};

	observer_record(observer, &transfer);
}

static void windows_begin_on_the_grid(void **state)
{
	struct observer *observer = observer_create(path, 64, 1000, 2);

	(void)state;
	assert_non_null(observer);
	record(observer, 999, 0, 1, 0);
	record(observer, 1000, 0, 1, 1);
	record(observer, 1500, 1, 0, 3);
	record(observer, 1999, 0, 1, 0);
	record(observer, 7001, 0, 2, 0);
	assert_int_equal(observer_close(observer), 0);
	assert_file("run,cpu,start_cycles,read_bytes,written_bytes\n"
		    "1,0,0,64,0\n"
		    "1,0,1000,128,64\n"
		    "1,0,7000,128,0\n"
		    "1,1,1000,0,192\n");
}

static void runs_are_kept_apart(void **state)
{
	struct observer *observer = observer_create(path, 64, 1000, 1);

	(void)state;
	record(observer, 5000, 0, 1, 0);
	observer_end_run(observer);
	record(observer, 10, 0, 1, 0);
	assert_int_equal(observer_close(observer), 0);
	assert_file("run,cpu,start_cycles,read_bytes,written_bytes\n"
		    "1,0,5000,64,0\n"
		    "2,0,0,64,0\n");
}

/* The sum over all windows is what the model says it moved. */
static void agrees_with_the_model(void **state)
{
	struct observer *observer = observer_create(path, LINE, 3000, 2);
	struct memsys_config config = small_machine();
	struct memsys *m = memsys_create(&config, 2);
	unsigned long long values[2], sums[4] = { 0 };
	char heading[64];
	unsigned int cpu;
	FILE *file;

	(void)state;
	memsys_observe_with(m, observer_record, observer);
	for (unsigned int n = 0; n < 20; n++) {
		memsys_execute(m, n % 2, 100);
		touch_lines(m, n % 2, n * 100, 300, 1, n % 3);
	}
	assert_int_equal(observer_close(observer), 0);
	file = fopen(path, "r");
	assert_non_null(fgets(heading, sizeof(heading), file));
	while (fscanf(file, "1,%u,%*u,%llu,%llu\n", &cpu, &values[0],
		      &values[1]) == 3) {
		sums[cpu * 2] += values[0];
		sums[cpu * 2 + 1] += values[1];
	}
	fclose(file);
	for (cpu = 0; cpu < 2; cpu++) {
		assert_int_equal(sums[cpu * 2],
				 read_cpu(m, cpu).llc_fills * LINE);
		assert_int_equal(sums[cpu * 2 + 1],
				 read_cpu(m, cpu).writebacks * LINE);
		assert_true(sums[cpu * 2 + 1] > 0);
	}
	memsys_destroy(m);
}

static void a_full_disk_is_reported(void **state)
{
	struct observer *observer = observer_create("/dev/full", 64, 1000, 1);

	(void)state;
	if (!observer)
		skip();
	record(observer, 1, 0, 1, 0);
	assert_true(observer_close(observer) < 0);
	assert_null(observer_create("/nonexistent/file", 64, 1000, 1));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(windows_begin_on_the_grid),
		TEST(runs_are_kept_apart),
		TEST(agrees_with_the_model),
		TEST(a_full_disk_is_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
