// SPDX-License-Identifier: GPL-2.0-only
/* Scenario files: what is read, and what is refused in which line. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "regulators/regulator.h"
#include "tools/memsys/simulate/scenario.h"

#define HEAD	"title = A test\nseed = 3\nwarm_up = 2ms\nduration = 5ms\n"
#define CELLS                                                                 \
	"[cell victim]\ncpus = 0\nload = chase\nsize = 1MiB\n"                \
	"[cell hogs] # three\ncpus = 1-3\nload = stream\nwrites = 50%\n"      \
	"budget = 300MB/s\nperiod = 100us\nshares = static\n"

static struct scenario *scenario;

static int set_up(void **state)
{
	(void)state;
	scenario = malloc(sizeof(*scenario));
	return scenario ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	free(scenario);
	return 0;
}

static void parse(const char *text)
{
	struct scenario_error error;

	if (scenario_parse(scenario, text, strlen(text), "tests", &error))
		fail_msg("line %u: %s", error.line, error.text);
}

static void a_whole_scenario_is_read(void **state)
{
	const struct variant *run;

	(void)state;
	parse(HEAD CELLS "[cpu 2]\nload = idle\n[variant one]\n"
	      "[variant two]\nhogs.budget = max\ncpu3.mlp = 2\nseed = 9\n");
	assert_string_equal(scenario->title, "A test");
	assert_string_equal(scenario->machine.machine, "zcu102");
	assert_int_equal(scenario->variants_count, 2);
	run = &scenario->variants[0];
	assert_string_equal(run->name, "one");
	assert_int_equal(run->seed, 3);
	assert_int_equal(run->warm_up_ps, 2000000000);
	assert_int_equal(run->duration_ps, 5000000000);
	assert_int_equal(run->cells_count, 2);
	assert_int_equal(run->cells[1].cpus, 0xe);
	assert_int_equal(run->cells[1].settings.budget_bytes_per_s, 300000000);
	assert_int_equal(run->cells[1].settings.period_ns, 100000);
	assert_int_equal(run->cells[1].settings.mode, REG_MODE_PER_CPU);
	assert_int_equal(run->cells[1].settings.valid,
			 REG_SET_BUDGET | REG_SET_PERIOD | REG_SET_MODE);
	assert_int_equal(run->cells[0].settings.valid, 0);
	assert_int_equal(run->loads[0].kind, LOAD_CHASE);
	assert_int_equal(run->loads[0].size_bytes, 1 << 20);
	assert_int_equal(run->loads[1].write_percent, 50);
	assert_int_equal(run->loads[2].kind, LOAD_IDLE);
	assert_int_equal(run->loads[3].mlp, 6);
	assert_int_equal(run->loads[3].stride_bytes, 64);
	assert_int_equal(variant_cores(run), 4);
	run = &scenario->variants[1];
	assert_int_equal(run->seed, 9);
	assert_int_equal(run->loads[3].mlp, 2);
	assert_int_equal(run->cells[1].settings.budget_bytes_per_s,
			 REG_BUDGET_UNLIMITED);
	scenario_free(scenario);
}

/* Each key has bits of its own in the mode; the last word counts. */
static void modes_add_up(void **state)
{
	(void)state;
	parse(CELLS "phases = together\ndebt = forgotten\nfault = relative\n"
	      "[variant one]\nhogs.phases = staggered\n"
	      "hogs.fault = reads-only\n[variant two]\nhogs.fault = none\n"
	      "hogs.shares = pool\n[variant three]\n"
	      "hogs.fault = cap-first\n");
	assert_int_equal(scenario->variants[0].cells[1].settings.mode,
			 REG_MODE_PER_CPU | REG_MODE_NO_DEBT |
			 REG_MODE_READS_ONLY);
	assert_int_equal(scenario->variants[1].cells[1].settings.mode,
			 REG_MODE_SYNCHRONOUS | REG_MODE_NO_DEBT);
	assert_int_equal(scenario->variants[2].cells[1].settings.mode &
			 REG_MODE_FAULTS, REG_MODE_CAP_FIRST);
	scenario_free(scenario);
}

/* Wherever the period is said, and again for each variant. */
static void lines_per_period_are_a_budget(void **state)
{
	(void)state;
	parse("[cell a]\ncpus = 0\nbudget = 100tx/period\n"
	      "write_budget = 5tx/period\n"
	      "[variant one]\na.period = 100us\n[variant two]\n"
	      "[variant three]\na.budget = 1MB/s\n");
	assert_int_equal(scenario->variants[0].cells[0].settings
				 .budget_bytes_per_s, 64000000);
	assert_int_equal(scenario->variants[0].cells[0].settings
				 .write_budget_bytes_per_s, 3200000);
	assert_int_equal(scenario->variants[1].cells[0].settings
				 .budget_bytes_per_s, 6400000);
	assert_int_equal(scenario->variants[2].cells[0].settings
				 .budget_bytes_per_s, 1000000);
	scenario_free(scenario);
}

static void without_a_variant_there_is_one_run(void **state)
{
	(void)state;
	parse(CELLS);
	assert_int_equal(scenario->variants_count, 1);
	assert_string_equal(scenario->variants[0].name, "run");
	scenario_free(scenario);
}

#define GUARD	"[cell a]\ncpus = 0\ncompute = 1us\nburst = 1\ndeadline = 1us\n"

/* Whoever is guarded against may come later, and change with the variant. */
static void guards_are_found_by_name(void **state)
{
	const struct scenario_cell *cells;

	(void)state;
	parse(GUARD "guard = c\nguard_duty = 10%\n[cell b]\ncpus = 1\nwatch = 0\n"
	      "[cell c]\ncpus = 2\n[variant x]\n[variant y]\na.guard = b\n"
	      "a.guard_budget = 1MB/s\na.calm = 0\n");
	cells = scenario->variants[0].cells;
	assert_int_equal(cells[0].guard_cell, 2);
	assert_int_equal(cells[0].guard_duty_permille, 100);
	assert_int_equal(cells[0].guard_budget_bytes_per_s, 0);
	assert_int_equal(cells[0].calm_jobs, 20);
	assert_int_equal(cells[1].settings.watch_cpu, 1);
	cells = scenario->variants[1].cells;
	assert_int_equal(cells[0].guard_cell, 1);
	assert_int_equal(cells[0].guard_budget_bytes_per_s, 1000000);
	assert_int_equal(cells[0].calm_jobs, 0);
	assert_true(variant_kicks(&scenario->variants[1]));
	scenario_free(scenario);
}

static void colors_and_when_they_change_are_read(void **state)
{
	const struct load *load = scenario->variants[0].loads;

	(void)state;
	parse("[cell a]\ncpus = 0\ncolors = 0-2,5\nrecolor = 5ms 1\n"
	      "[variant one]\n[variant two]\na.colors = all\n");
	assert_int_equal(load->colors.word[0], 0x27);
	assert_int_equal(load->recolors.word[0], 2);
	assert_int_equal(load->recolor_ps, 5000000000);
	assert_int_equal(scenario->variants[1].loads[0].colors.word[0], 0);
	scenario_free(scenario);
}

static const struct {
	const char *text;
	unsigned int line;
	const char *words;
} wrong[] = {
	{ "", 0, "no cell has a CPU" },
	{ "title\n", 1, "key = value" },
	{ "\n# two\ntitle =\n", 3, "has no value" },
	{ "titel = x\n", 1, "unknown key 'titel'" },
	{ "[cell a\n", 1, "ends with ]" },
	{ "[cells a]\n", 1, "a section is" },
	{ "[cell ]\n", 1, "1 to 31 characters" },
	{ "[cell a b]\n", 1, "letters, digits" },
	{ "[cell a]\n[cell a]\n", 2, "a second cell 'a'" },
	{ "budget = 1MB/s\n", 1, "belongs to a cell" },
	{ "load = idle\n", 1, "belongs to a cell" },
	{ "[cell a]\nload = idle\n", 2, "behind its cpus" },
	{ "[cell a]\n[cell b]\ncpus = 0\n", 0, "a has no cpus" },
	{ "[cell a]\ncpus = 0\nseed = 1\n", 3, "before the cells" },
	{ "[cell a]\ncpus = 15\n", 2, "0 to 14" },
	{ "[cell a]\ncpus = 0\n[cell b]\ncpus = 0\n", 4, "cell a has" },
	{ "[cell a]\ncpus = 0\nbudget = 300\n", 3, "'300'" },
	{ "[cell a]\ncpus = 0\nbudget = 50%\n", 3, "'50%'" },
	{ "[cell a]\ncpus = 0\nbudget = 1000000000000000000tx/period\n", 0,
	  "variant run: the value is too large" },
	{ "[cell a]\ncpus = 0\nperiod = 1\n", 3, "'1'" },
	{ "[cell a]\ncpus = 0\nload = busy\n", 3,
	  "none of idle, stream, random, chase, trace" },
	{ "[cell a]\ncpus = 0\nwrites = 50\n", 3, "0% to 100%" },
	{ "[cell a]\ncpus = 0\nwrites = 101%\n", 3, "more than 100" },
	{ "[cell a]\ncpus = 0\nsize = 0B\n", 3, "not within" },
	{ "[cell a]\ncpus = 0\nbank = 64\n", 3, "more than 63" },
	{ "[cell a]\ncpus = 0\nbank = 16\n", 0, "there is no bank 16" },
	{ "[cell a]\ncpus = 0\nmlp = 7\n", 0, "more than the 6" },
	{ "[cell a]\ncpus = 0\nways = 0x10000\n", 0, "16 ways" },
	{ "[cell a]\ncpus = 0\nways = all\n", 3, "no mask" },
	{ "[cell a]\ncpus = 0\ncolors = few\n", 3, "no list of colors" },
	{ "[cell a]\ncpus = 0\ncolors = 3-16\n", 0, "there are 16 colors" },
	{ "[cell a]\ncpus = 0\nbank = 1\ncolors = 3\n", 0, "neither a bank" },
	{ "[cell a]\ncpus = 0\nsize = 128MiB\ncolors = 3\n", 0,
	  "spans 2047 MiB, at most 1024" },
	{ "[cell a]\ncpus = 0\nrecolor = 5ms\n", 3, "no time and colors" },
	{ "[cell a]\ncpus = 0\nrecolor = 5ms all\n", 3, "and a list" },
	{ "[cell a]\ncpus = 0\nrecolor = 0ms 1\n", 3, "above 0" },
	{ "[cell a]\ncpus = 0\nrecolor = 5ms 16\n", 0, "there are 16 colors" },
	{ "[cell a]\ncpus = 0\nstride = 65B\n", 0, "multiple" },
	{ "[cell a]\ncpus = 0\ncompute = 1us\n", 0, "needs a burst" },
	{ "[cell a]\ncpus = 0\nload = trace\n", 0, "needs a file" },
	{ "[cell a]\ncpus = 0\ntrace = none\n", 3, "No such file" },
	{ "[cell a]\ncpus = 0\nregulator = x\n", 3, "no regulator" },
	{ "[cell a]\ncpus = 0\n[cpu 1]\n", 3, "no cell has a CPU '1'" },
	{ "[cell a]\ncpus = 0\n[variant x]\nb.budget = max\n", 4,
	  "no cell or CPU 'b'" },
	{ "[cell a]\ncpus = 0\n[variant x]\n[cell b]\n", 4,
	  "before variants" },
	{ "[cell a]\ncpus = 0\n[variant x]\n[variant x]\n", 4,
	  "a second variant" },
	{ "[cell a]\ncpus = 0\n[variant x]\nduration = 0ns\n", 0,
	  "variant x: a duration of 0" },
	{ "detection = poll\ndelay = 0ns\n[cell a]\ncpus = 0\n", 0,
	  "polls need" },
	{ "baseline = y\n[cell a]\ncpus = 0\n", 0, "no variant 'y'" },
	{ "machine = none.conf\n[cell a]\ncpus = 0\n", 0,
	  "No such file" },
	{ "detection = guess\n", 1, "none of interrupt, poll" },
	{ "[cell a]\ncpus = 0\nwatch = 15\n", 3, "more than 14" },
	{ "[cell a]\ncpus = 0\nwatch = 1\n", 0,
	  "watch is one of CPUs 0 to 0" },
	{ "[cell a]\ncpus = 0\nguard = a\n", 0, "needs a deadline" },
	{ "[cell a]\ncpus = 0\ndeadline = 1us\n", 0,
	  "needs compute and burst" },
	{ GUARD "guard = b\n", 0, "guard_duty or guard_budget" },
	{ GUARD "guard = b\nguard_duty = 10%\n", 0, "no cell 'b'" },
	{ GUARD "guard_duty = 101%\n", 6, "0.1% to 100%" },
	{ GUARD "guard_budget = 1\n", 6, "'1'" },
	{ GUARD "guard_budget = 1tx/period\n", 6, "whose period" },
	{ GUARD "calm = -1\n", 6, "'-1'" },
	{ "kick = soon\n", 1, "'soon'" },
	{ "seed = -1\n", 1, "'-1'" },
	{ "duration = 2000s\n", 1, "more than 1000s" },
};

static void what_is_wrong_is_said_with_its_line(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof(wrong) / sizeof(wrong[0]); n++) {
		struct scenario_error error = { 0 };

		if (scenario_parse(scenario, wrong[n].text,
				   strlen(wrong[n].text), "tests", &error) >= 0)
			fail_msg("'%s' is accepted", wrong[n].text);
		if (error.line != wrong[n].line ||
		    !strstr(error.text, wrong[n].words))
			fail_msg("'%s': line %u: %s", wrong[n].text, error.line,
				 error.text);
	}
}

/* Refused or accepted, whatever is missing, without a step out of bounds. */
static void every_truncation_is_survived(void **state)
{
	static const char text[] = HEAD CELLS "[variant x]\nhogs.mlp = 2\n";
	struct scenario_error error;

	(void)state;
	for (size_t bytes = 0; bytes < sizeof(text); bytes++) {
		char *copy = test_malloc(bytes + 1);

		memcpy(copy + 1, text, bytes);
		if (!scenario_parse(scenario, copy + 1, bytes, ".", &error))
			scenario_free(scenario);
		test_free(copy);
	}
}

static void files_are_found_and_missed(void **state)
{
	struct scenario_error error;

	(void)state;
	assert_int_equal(scenario_load(scenario, "/nonexistent", &error),
			 -ENOENT);
	assert_int_equal(scenario_load(scenario,
		"tools/memsys/simulate/scenarios/isolation.scenario", &error),
		0);
	assert_true(scenario->variants_count >= 6);
	scenario_free(scenario);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_scenario_is_read),
		cmocka_unit_test(lines_per_period_are_a_budget),
		cmocka_unit_test(without_a_variant_there_is_one_run),
		cmocka_unit_test(modes_add_up),
		cmocka_unit_test(guards_are_found_by_name),
		cmocka_unit_test(colors_and_when_they_change_are_read),
		cmocka_unit_test(what_is_wrong_is_said_with_its_line),
		cmocka_unit_test(every_truncation_is_survived),
		cmocka_unit_test(files_are_found_and_missed),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
