// SPDX-License-Identifier: GPL-2.0-only
/* What a benchmark's table says of a figure, and when its status is a failure. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#define JSON	"build/test/figures.json"

static char said[4096];

/* The exit status of figures for these lines; `said` is what it printed. */
static int status_of(const char *lines)
{
	char command[512];
	FILE *pipe;
	int status;

	snprintf(command, sizeof(command),
		 "mkdir -p build/test; printf '%s' | build/host/figures %s 2>&1",
		 lines, JSON);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	said[fread(said, 1, sizeof(said) - 1, pipe)] = '\0';
	status = pclose(pipe);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void test_figures_are_met_or_missed(void **state)
{
	(void)state;
	assert_int_equal(status_of("1\\tone\\t5\\tmax\\t5\\tx\\n"
				   "1\\ttwo\\t5\\tmin\\t5\\tx\\n"), 0);
	assert_non_null(strstr(said, "2 figures, 0 missed\n"));
	assert_int_equal(status_of("1\\tone\\t6\\tmax\\t5\\tx\\n"), 1);
	assert_int_equal(status_of("1\\tone\\t4\\tmin\\t5\\tx\\n"), 1);
	assert_non_null(strstr(said, "1 figures, 1 missed\n"));
}

static void test_what_was_not_measured_is_missed(void **state)
{
	(void)state;
	assert_int_equal(status_of("1\\tone\\tnone\\tmax\\t5\\tx\\n"), 1);
	assert_int_equal(status_of("1\\tone\\t\\tmin-host\\t5\\tx\\n"), 1);
	assert_int_equal(status_of("1\\tone\\tnone\\tmin-host\\t5\\tx\\n"), 1);
	assert_int_equal(status_of(""), 1);
}

static void test_the_speed_of_the_host_is_shown_only(void **state)
{
	(void)state;
	assert_int_equal(status_of("5\\tfast\\t12\\tmin-host\\t20\\tM/s\\n"), 0);
	assert_non_null(strstr(said, ">= 20"));
	assert_non_null(strstr(said, "NO"));
	assert_non_null(strstr(said, "1 missed, 1 of them open or by the speed"));
	assert_int_equal(status_of("5\\tfast\\t12\\tmin-host\\t20\\tM/s\\n"
				   "1\\tone\\t6\\tmax\\t5\\tx\\n"), 1);
}

static void test_an_open_target_fails_when_it_gets_worse(void **state)
{
	(void)state;
	assert_int_equal(status_of("4\\tone\\t200\\tmax:300\\t200\\tx\\n"), 0);
	assert_non_null(strstr(said, "1 figures, 0 missed\n"));
	assert_int_equal(status_of("4\\tone\\t300\\tmax:300\\t200\\tx\\n"), 0);
	assert_non_null(strstr(said, "NO"));
	assert_non_null(strstr(said, "<= 200"));
	assert_non_null(strstr(said, "1 missed, 1 of them open"));
	assert_int_equal(status_of("4\\tone\\t301\\tmax:300\\t200\\tx\\n"), 1);
	assert_int_equal(status_of("4\\tone\\t8\\tmin:9\\t10\\tx\\n"), 1);
	assert_int_equal(status_of("4\\tone\\t9\\tmin:9\\t10\\tx\\n"), 0);
	assert_int_equal(status_of("4\\tone\\tnone\\tmax:300\\t200\\tx\\n"), 1);
}

static void test_a_line_that_is_none_is_refused(void **state)
{
	(void)state;
	assert_int_equal(status_of("1\\tone\\t5\\n"), 2);
	assert_non_null(strstr(said, "line 1 is not one"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_figures_are_met_or_missed),
		cmocka_unit_test(test_what_was_not_measured_is_missed),
		cmocka_unit_test(test_the_speed_of_the_host_is_shown_only),
		cmocka_unit_test(test_an_open_target_fails_when_it_gets_worse),
		cmocka_unit_test(test_a_line_that_is_none_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
