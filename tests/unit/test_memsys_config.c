// SPDX-License-Identifier: GPL-2.0-only
/* Machine files: what is read, and what is refused in which line. */
#include "test_memsys.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define VALID                                                                 \
	"# a comment\n"                                                       \
	"machine = test-1\n"                                                  \
	"clock_hz=1000000000\n"                                               \
	"\tbase_cpi_milli = 1000 # after a value\n"                           \
	"line_bytes = 64\r\n"                                                 \
	"l1_bytes = 1024\n"                                                   \
	"l1_ways = 2\n"                                                       \
	"llc_bytes = 16384\n"                                                 \
	"llc_ways = 4\n"                                                      \
	"\n"                                                                  \
	"llc_hit_cycles = 12\n"                                               \
	"ddr_latency_cycles = 100\n"                                          \
	"overlap_misses = 4\n"                                                \
	"stream_count = 2\n"                                                  \
	"ddr_sustained_bytes_per_s = 4000000000\n"                            \
	"ddr_peak_bytes_per_s = 16000000000\n"                                \
	"slack_cycles = 500\n"                                                \
	"epoch_cycles = 1000"

static void accepts_a_complete_file(void **state)
{
	struct memsys_config_error error;
	struct memsys_config config;
	struct memsys_config expected = small_machine();

	(void)state;
	assert_int_equal(memsys_config_parse(VALID, strlen(VALID), &config,
					     &error), 0);
	assert_string_equal(config.machine, "test-1");
	strcpy(expected.machine, "test-1");
	assert_memory_equal(&config, &expected, sizeof(config));
}

/* VALID with its first `from` replaced by `to`. */
static int parse_changed(const char *from, const char *to,
			 struct memsys_config_error *error)
{
	struct memsys_config config;
	char text[2048];
	const char *found = strstr(VALID, from);

	assert_non_null(found);
	snprintf(text, sizeof(text), "%.*s%s%s", (int)(found - VALID), VALID,
		 to, found + strlen(from));
	return memsys_config_parse(text, strlen(text), &config, error);
}

static void names_the_line_of_an_error(void **state)
{
	static const struct {
		const char *from;
		const char *to;
		unsigned int line;
		const char *reason;
	} cases[] = {
		{ "l1_ways = 2", "l1_ways 2", 7, "key = value" },
		{ "l1_ways = 2", "l1_wayz = 2", 7, "unknown key 'l1_wayz'" },
		{ "l1_ways = 2", "= 2", 7, "unknown key ''" },
		{ "l1_ways = 2", "l1_ways =", 7, "no value" },
		{ "l1_ways = 2", "l1_ways = # 2", 7, "no value" },
		{ "l1_ways = 2", "l1_bytes = 2048", 7, "in line 6" },
		{ "l1_ways = 2", "machine = again", 7, "in line 2" },
		{ "l1_ways = 2", "l1_ways = -2", 7, "not a whole number" },
		{ "l1_ways = 2", "l1_ways = 2.0", 7, "not a whole number" },
		{ "l1_ways = 2", "l1_ways = 0x2", 7, "not a whole number" },
		{ "l1_ways = 2", "l1_ways = 2 3", 7, "not a whole number" },
		{ "l1_ways = 2", "l1_ways = 99999999999999999999999", 7,
		  "not a whole number" },
		{ "l1_ways = 2", "l1_ways = 0", 7, "not within 1..64" },
		{ "l1_ways = 2", "l1_ways = 65", 7, "not within 1..64" },
		{ "= test-1", "= one-name-of-thirty-two-characters", 2, "31" },
		{ "slack_cycles = 500\n", "", 0, "slack_cycles is missing" },
		{ "machine = test-1\n", "", 0, "machine is missing" },
		{ "line_bytes = 64", "line_bytes = 63", 0, "line_bytes" },
		{ "l1_ways = 2", "l1_ways = 3", 0, "l1:" },
		{ "llc_bytes = 16384", "llc_bytes = 12288", 0, "llc:" },
		{ "sustained_bytes_per_s = 4", "sustained_bytes_per_s = 17", 0,
		  "exceeds" },
		{ "sustained_bytes_per_s = 4", "sustained_bytes_per_s = 1", 0,
		  "less than 16 lines" },
	};

	(void)state;
	for (size_t n = 0; n < sizeof(cases) / sizeof(cases[0]); n++) {
		struct memsys_config_error error = { 0 };
		int result = parse_changed(cases[n].from, cases[n].to, &error);

		assert_int_equal(result, -EINVAL);
		if (error.line != cases[n].line ||
		    !strstr(error.reason, cases[n].reason))
			fail_msg("%s: line %u: %s", cases[n].to, error.line,
				 error.reason);
	}
}

#define BANKS_OTHERS                                                          \
	"\nddr_row_bytes = 8192\nddr_row_cycle_ps = 47000\n"                 \
	"ddr_row_hit_ps = 15000\nddr_hit_cap = 4\ncore_lines = 6\n"
#define BANKS "\nddr_banks = 16" BANKS_OTHERS

static int parse_banks(const char *banks, struct memsys_config *config,
		       struct memsys_config_error *error)
{
	char text[2048];

	snprintf(text, sizeof(text), "%s%s", VALID, banks);
	return memsys_config_parse(text, strlen(text), config, error);
}

static void banks_are_given_whole_or_not_at_all(void **state)
{
	static const struct {
		const char *banks;
		const char *reason;
	} cases[] = {
		{ "\nddr_banks = 16", "ddr_row_bytes is missing" },
		{ "\ncore_lines = 6", "ddr_banks is missing" },
		{ BANKS "ddr_banks = 16", "already given" },
		{ "\nddr_banks = 12" BANKS_OTHERS, "powers of two" },
		{ "\nddr_banks = 65" BANKS_OTHERS, "not within 1..64" },
	};
	struct memsys_config_error error = { 0 };
	struct memsys_config config;

	(void)state;
	assert_int_equal(parse_banks("", &config, &error), 0);
	assert_false(memsys_config_has_banks(&config));
	assert_int_equal(parse_banks(BANKS, &config, &error), 0);
	assert_true(memsys_config_has_banks(&config));
	assert_int_equal(config.ddr_row_cycle_ps, 47000);
	assert_int_equal(config.core_lines, 6);
	for (size_t n = 0; n < sizeof(cases) / sizeof(cases[0]); n++) {
		if (parse_banks(cases[n].banks, &config, &error) != -EINVAL ||
		    !strstr(error.reason, cases[n].reason))
			fail_msg("%s: %s", cases[n].banks, error.reason);
	}
	assert_int_equal(parse_banks(BANKS, &config, &error), 0);
	config.ddr_latency_cycles = 50;
	assert_int_equal(memsys_config_check(&config, &error), -EINVAL);
	assert_non_null(strstr(error.reason, "less than a row cycle"));
}

/* Single banks limit unless somebody says no: where the file has any. */
static void banks_limit_where_there_are_any(void **state)
{
	struct memsys_config_error error = { 0 };
	struct memsys_config config;

	(void)state;
	assert_int_equal(parse_banks(BANKS, &config, &error), 0);
	assert_true(config.limit_banks);
	assert_int_equal(parse_banks("", &config, &error), 0);
	assert_false(config.limit_banks);
	assert_int_equal(memsys_config_load("tools/memsys/machines/zcu102.conf",
					    &config, &error), 0);
	assert_true(config.limit_banks);
}

static void refuses_what_is_too_long(void **state)
{
	static char text[MEMSYS_CONFIG_MAX_BYTES + 1];
	struct memsys_config_error error;
	struct memsys_config config;

	(void)state;
	memset(text, '\n', sizeof(text));
	assert_int_equal(memsys_config_parse(text, sizeof(text), &config,
					     &error), -EINVAL);
	assert_non_null(strstr(error.reason, "longer"));
}

/* Every text is refused or accepted without reading past its end. */
static void survives_every_truncation(void **state)
{
	(void)state;
	for (size_t bytes = 0; bytes < strlen(VALID); bytes++) {
		char *text = test_malloc(bytes + 1);
		struct memsys_config_error error;
		struct memsys_config config;

		memcpy(text + 1, VALID, bytes);
		memsys_config_parse(text + 1, bytes, &config, &error);
		test_free(text);
	}
}

static void loads_the_zcu102(void **state)
{
	struct memsys_config_error error;
	struct memsys_config config;

	(void)state;
	assert_int_equal(memsys_config_load("tools/memsys/machines/zcu102.conf",
					    &config, &error), 0);
	assert_string_equal(config.machine, "zcu102");
	assert_int_equal(config.clock_hz, 1200000000);
	assert_int_equal(config.ddr_latency_cycles, 144);
	assert_int_equal(memsys_config_load("/nonexistent", &config, &error),
			 -ENOENT);
	assert_non_null(strstr(error.reason, "/nonexistent"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts_a_complete_file),
		cmocka_unit_test(names_the_line_of_an_error),
		cmocka_unit_test(banks_are_given_whole_or_not_at_all),
		cmocka_unit_test(banks_limit_where_there_are_any),
		cmocka_unit_test(refuses_what_is_too_long),
		cmocka_unit_test(survives_every_truncation),
		cmocka_unit_test(loads_the_zcu102),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
