/* SPDX-License-Identifier: GPL-2.0-only */
/* The check of colors: what it counts as own, as the root's, as a violation. */
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

#include "tools/memsys/color-check.h"

#define SPAN	0x74000000ull
#define PAGE	0x1000ull
#define HV	0x70000000ull

static const struct color_check_range span = { SPAN, 0x100000 };
static const struct color_check_range hv = { HV, 0x800000 };
static char path[] = "/tmp/test-colors-XXXXXX";
static struct color_check *check;

static int setup(void **state)
{
	int file;

	(void)state;
	strcpy(path, "/tmp/test-colors-XXXXXX");
	file = mkstemp(path);
	if (file < 0)
		return -1;
	close(file);
	/* CPU 2 has colors 0 to 3, CPU 3 colors 8 to 15; 4 to 7 are free. */
	check = color_check_create(path, 16, &span, &hv, "4:0f/8:ff00");
	return check ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	if (check)
		color_check_close(check);
	check = NULL;
	unlink(path);
	return 0;
}

static void touch(unsigned int cpu, uint64_t phys, uint64_t violations)
{
	color_check_access(check, cpu, phys, 0);
	assert_int_equal(color_check_violations(check), violations);
}

static void test_cells_on_their_colors(void **state)
{
	(void)state;
	for (unsigned int page = 0; page < 256; page++) {
		if (page % 16 < 4)
			touch(2, SPAN + page * PAGE + 0xff8, 0);
		else if (page % 16 >= 8)
			touch(3, SPAN + page * PAGE, 0);
	}
	touch(2, HV, 0);
	touch(3, HV + 0x7fffff, 0);
}

static void test_violations(void **state)
{
	(void)state;
	touch(2, SPAN, 0);
	touch(3, SPAN + 8 * PAGE, 0);
	touch(2, SPAN + 8 * PAGE, 1);
	touch(3, SPAN + 3 * PAGE, 2);
	/* Nobody's color, no color at all, behind the exempt range. */
	touch(2, SPAN + 4 * PAGE, 3);
	touch(2, 0x40000000, 4);
	touch(3, HV + 0x800000, 5);
	touch(3, SPAN + 0x100000, 6);
	touch(3, SPAN - 1, 7);
	/* It stays bound. */
	touch(2, SPAN + 16 * PAGE, 7);
	touch(2, SPAN + 5 * PAGE, 8);
}

/* Before its cell runs, and after it was cleared, a CPU is the root's. */
static void test_cpus_come_and_go(void **state)
{
	(void)state;
	touch(2, 0x40000000, 0);
	touch(2, SPAN + 8 * PAGE, 0);
	touch(2, SPAN, 0);
	touch(2, 0x40000000, 1);
	touch(0, SPAN + PAGE, 1);
	touch(2, 0x40000000, 1);
	/* The other cell's CPU is not the root's. */
	touch(2, SPAN, 1);
	touch(3, SPAN + 9 * PAGE, 1);
	touch(3, SPAN, 2);
	touch(2, 0x40000000, 3);
}

static void test_file(void **state)
{
	static const char wanted[] =
		"kind,binding,cpu,color,accesses,fills\n"
		"own,1,2,1,1,0\n"
		"own,1,2,3,2,5\n"
		"own,2,2,3,1,7\n"
		"root,,0,2,2,1\n"
		"root,,0,9,1,2\n"
		"root,,1,,1,1\n"
		"violation,,2,5,1,0\n"
		"violation,,2,,1,3\n"
		"violations,,,,2,\n";
	char text[512] = "";
	FILE *file;

	(void)state;
	color_check_access(check, 1, 0x40000000, 1);
	color_check_access(check, 0, SPAN + 9 * PAGE, 2);
	color_check_access(check, 2, SPAN + 3 * PAGE, 4);
	color_check_access(check, 2, SPAN + 19 * PAGE, 1);
	color_check_access(check, 2, SPAN + PAGE, 0);
	/* Loaded anew, by two accesses. */
	color_check_access(check, 0, SPAN + 2 * PAGE, 1);
	color_check_access(check, 0, SPAN + 2 * PAGE, 0);
	color_check_access(check, 2, SPAN + 3 * PAGE, 7);
	color_check_access(check, 2, SPAN + 5 * PAGE, 0);
	color_check_access(check, 2, 0x40000000, 3);
	assert_int_equal(color_check_close(check), 0);
	check = NULL;
	file = fopen(path, "r");
	assert_non_null(file);
	assert_true(fread(text, 1, sizeof(text) - 1, file) > 0);
	fclose(file);
	assert_string_equal(text, wanted);
}

static void test_bad_options(void **state)
{
	static const char *const owners[] = {
		"", "4", "4:", "4:0f/", "4:0f/4:f0", "4:0f/8:18", "4:10000",
		"10000:1", "0:1", "4:0", "4:0f,8:f0",
	};

	(void)state;
	for (size_t n = 0; n < sizeof(owners) / sizeof(owners[0]); n++) {
		errno = 0;
		assert_null(color_check_create(path, 16, &span, &hv,
					       owners[n]));
		assert_int_equal(errno, EINVAL);
	}
	assert_null(color_check_create(path, 12, &span, &hv, "4:0f"));
	assert_null(color_check_create(path, 128, &span, &hv, "4:0f"));
	assert_null(color_check_create(path, 16, &span, &hv, NULL));
	assert_null(color_check_create("/nonexistent/x", 16, &span, &hv,
				       "4:0f"));
	assert_int_equal(errno, ENOENT);
}

/* A bound CPU may touch what is shared, and no page between. */
static void test_what_is_shared(void **state)
{
	const struct color_check_range shared = { SPAN + 0x100000, 0x10000 };

	(void)state;
	color_check_share(check, &shared, 0x0030);
	color_check_access(check, 2, span.start, 0);
	color_check_access(check, 2, SPAN + 0x100000 + 0x4000, 0);
	color_check_access(check, 2, SPAN + 0x100000 + 0x5ff8, 0);
	assert_int_equal(color_check_violations(check), 0);
	color_check_access(check, 2, SPAN + 0x100000 + 0x6000, 0);
	color_check_access(check, 2, SPAN + 0x100000 + 0x14000, 0);
	assert_int_equal(color_check_violations(check), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_cells_on_their_colors,
						setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_is_shared, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_violations, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_cpus_come_and_go, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_file, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bad_options, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
