/* SPDX-License-Identifier: GPL-2.0-only */
/* Comparisons: scenarios, results on disk, statistics against known answers. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tools/ab/summary.h"

static const char text[] =
	"# two arms\n"
	"name hogs and victim\r\n"
	"victim cell victim /image.bin work=chase  jobs=4\n"
	"load run hog --cpu 0   # in Linux\n"
	"load cell load /bomb.bin\n"
	"repetitions 3\n"
	"seed 7\n"
	"input /a file\n"
	"cpu 3\n"
	"reference a paper, table 2\n"
	"arm alone\n"
	"arm hogs\n"
	"\tloads all\n"
	"\treference 1.75\n"
	"arm held\n"
	"\tloads 2\n"
	"\tset root --budget 200MB/s\n"
	"\tset load --budget 50MB/s\n";

static void test_a_scenario_is_read(void **state)
{
	static struct scenario scenario;
	struct scenario_error error;

	(void)state;
	assert_int_equal(scenario_parse(&scenario, text, &error), 0);
	assert_string_equal(scenario.name, "hogs and victim");
	assert_true(scenario.victim.in_cell);
	assert_string_equal(scenario.victim.cell, "victim");
	assert_string_equal(scenario.victim.image, "/image.bin");
	assert_string_equal(scenario.victim.words, "work=chase  jobs=4");
	assert_int_equal(scenario.loads_count, 2);
	assert_false(scenario.load[0].in_cell);
	assert_string_equal(scenario.load[0].words, "hog --cpu 0");
	assert_int_equal(scenario.arms_count, 3);
	assert_int_equal(scenario.arm[0].loads, 0);
	assert_int_equal(scenario.arm[1].loads, 2);
	assert_int_equal(scenario.arm[2].sets_count, 2);
	assert_string_equal(scenario.arm[2].set[1], "load --budget 50MB/s");
	assert_int_equal(scenario.repetitions, 3);
	assert_int_equal(scenario.seed, 7);
	assert_string_equal(scenario.input, "/a file");
	assert_int_equal(scenario.cpu, 3);
	assert_string_equal(scenario.reference, "a paper, table 2");
	assert_float_equal(scenario.arm[1].reference, 1.75, 1e-12);
	assert_float_equal(scenario.arm[2].reference, 0, 0);
	assert_true(scenario_has_references(&scenario));
	assert_false(scenario.blocked);
	assert_int_equal(scenario.warmup, 0);
	assert_string_equal(scenario.profile_interval, "");
}

static void test_what_is_no_scenario(void **state)
{
	static const struct { const char *text; unsigned int line; const char *says; }
	wrong[] = {
		{ "", 0, "no victim" },
		{ "victim run true\n", 0, "no arm" },
		{ "victim run\n", 1, "the command is missing" },
		{ "victim\n", 1, "neither 'cell' nor 'run'" },
		{ "\nvictim cell x\n", 2, "the image is missing" },
		{ "victim run a\nvictim run b\n", 2, "already" },
		{ "arm a\narm a\n", 2, "already" },
		{ "cpu 1024\n", 1, "no number up to 1023" },
		{ "input\n", 1, "the file is missing" },
		{ "arm a/b\n", 1, "one word" },
		{ "loads 1\n", 1, "belong to an arm" },
		{ "set root\n", 1, "belong to an arm" },
		{ "arm a\nset\n", 2, "missing" },
		{ "repetitions 0\n", 1, "must be a repetition" },
		{ "repetitions 10001\n", 1, "up to 10000" },
		{ "repetitions -1\n", 1, "no number" },
		{ "reference\n", 1, "missing" },
		{ "arm a\nreference 0\n", 2, "no slowdown above 0" },
		{ "arm a\nreference 1e3\n", 2, "no slowdown" },
		{ "arm a\nreference 1.2.3\n", 2, "no slowdown" },
		{ "arm a\nreference\n", 2, "no slowdown" },
		{ "arm a\nreference 1000001\n", 2, "up to 1000000" },
		{ "arm a\nloads only 0\n", 2, "from 1" },
		{ "victim run a\nload run b\narm a\nloads only 2\n", 0,
		  "wants 2 loads of 1" },
		{ "native\n", 1, "belongs to an arm" },
		{ "checksum own\n", 1, "belongs to an arm" },
		{ "arm a\nchecksum\n", 2, "'checksum own'" },
		{ "victim run a\narm a\nnative\n", 0, "'system' must say" },
		{ "victim cell a b\nsystem s\narm a\nnative\n", 0, "may use cells" },
		{ "victim run a\nsystem s\narm a\nnative\nset root\n", 0,
		  "nothing can be set" },
		{ "victim run a\nsystem s\nrecord profile 1ms\narm a\nnative\n", 0,
		  "nothing profiles" },
		{ "system\n", 1, "missing" },
		{ "warmup -1\n", 1, "no number" },
		{ "warmup 1000001\n", 1, "up to 1000000" },
		{ "record all\n", 1, "'profile' can" },
		{ "record profile\n", 1, "interval is missing" },
		{ "order random\n", 1, "neither 'interleaved'" },
		{ "victims run a\n", 1, "starts no line" },
		{ "victim run a\narm a\nloads 1\n", 0, "wants 1 loads of 0" },
	};
	static struct scenario scenario;
	struct scenario_error error;

	(void)state;
	for (size_t n = 0; n < sizeof(wrong) / sizeof(*wrong); n++) {
		assert_int_equal(scenario_parse(&scenario, wrong[n].text, &error),
				 -EINVAL);
		if (error.line != wrong[n].line ||
		    !strstr(error.text, wrong[n].says))
			fail_msg("%zu: line %u: %s", n, error.line, error.text);
	}
}

static void test_arms_of_their_own(void **state)
{
	static struct scenario scenario;
	struct scenario_error error;

	(void)state;
	assert_int_equal(scenario_parse(&scenario,
		"victim run a\nload run b\nload run c\nsystem /s.cell\n"
		"arm one\nnative\narm two\nloads only 2\nvictim run d e\n",
		&error), 0);
	assert_true(scenario.arm[0].native);
	assert_string_equal(scenario.system, "/s.cell");
	assert_string_equal(scenario_victim(&scenario, 0)->words, "a");
	assert_string_equal(scenario_victim(&scenario, 1)->words, "d e");
	assert_int_equal(scenario.arm[1].loads_first, 1);
	assert_int_equal(scenario.arm[1].loads, 1);
}

static void test_what_is_recorded(void **state)
{
	static struct scenario scenario;
	struct scenario_error error;

	(void)state;
	assert_int_equal(scenario_parse(&scenario,
		"victim run a\nwarmup 3\nrecord profile 10us\narm one\n",
		&error), 0);
	assert_int_equal(scenario.warmup, 3);
	assert_string_equal(scenario.profile_interval, "10us");
}

static void test_the_order_of_runs(void **state)
{
	struct scenario scenario = { .arms_count = 2, .repetitions = 3 };
	unsigned int arm, repetition, seen = 0;

	(void)state;
	assert_true(scenario_run_at(&scenario, 3, &arm, &repetition));
	assert_int_equal(arm, 1);
	assert_int_equal(repetition, 1);
	scenario.blocked = true;
	assert_true(scenario_run_at(&scenario, 3, &arm, &repetition));
	assert_int_equal(arm, 1);
	assert_int_equal(repetition, 0);
	for (unsigned int n = 0; scenario_run_at(&scenario, n, &arm, &repetition); n++)
		seen |= 1u << (arm * 3 + repetition);
	assert_int_equal(seen, 0x3f);
}

static void test_descriptions(void **state)
{
	double samples[200];
	struct description is;

	(void)state;
	for (unsigned int n = 0; n < 200; n++)
		samples[n] = 200 - n;
	samples_sort(samples, 200);
	is = samples_describe(samples, 200);
	assert_float_equal(is.min, 1, 0);
	assert_float_equal(is.median, 100, 0);
	assert_float_equal(is.p99, 198, 0);
	assert_float_equal(is.max, 200, 0);
	assert_float_equal(is.jitter, 199, 0);
	assert_float_equal(is.mean, 100.5, 1e-9);
	is = samples_describe(samples, 0);
	assert_int_equal(is.count, 0);
	assert_float_equal(samples_rank(samples, 1, 99), 1, 0);
}

/*
 * Mann-Whitney by hand: {1..8} against {9..16} has U = 0, variance 8*8*17/12,
 * distance 31.5 with continuity, z = 3.3082, p = 0.000939. With ties: eight
 * zeroes against four zeroes and four ones: U = 16, distance 15.5, variance
 * 64/12 * (17 - (12^3-12 + 4^3-4)/(16*15)) = 51.2, z = 2.1662, p = 0.0303.
 */
static void test_rank_test(void **state)
{
	double low[8], high[8], zero[8] = { 0 };
	double mixed[8] = { 0, 0, 0, 0, 1, 1, 1, 1 };

	(void)state;
	for (unsigned int n = 0; n < 8; n++) {
		low[n] = n + 1;
		high[n] = n + 9;
	}
	assert_float_equal(compare_difference(low, 8, high, 8), 0.000939, 5e-6);
	assert_float_equal(compare_difference(high, 8, low, 8), 0.000939, 5e-6);
	assert_float_equal(compare_difference(low, 8, low, 8), 1, 1e-9);
	assert_float_equal(compare_difference(zero, 8, mixed, 8), 0.0303, 5e-5);
	assert_float_equal(compare_difference(zero, 8, zero, 8), 1, 0);
	assert_float_equal(compare_difference(low, 7, high, 8), -1, 0);
}

static uint64_t random_state = 88172645463325252ull;

/* The sum of twelve uniform numbers: mean 100, standard deviation 1. */
static double normal(void)
{
	double sum = 94;

	for (unsigned int n = 0; n < 12; n++) {
		random_state ^= random_state << 13;
		random_state ^= random_state >> 7;
		random_state ^= random_state << 17;
		sum += (double)(random_state >> 11) / 9007199254740992.0;
	}
	return sum;
}

/* Of 200 experiments with a true ratio of 1, some 95 % must cover it. */
static void test_bootstrap_covers_the_truth(void **state)
{
	unsigned int covered = 0;

	(void)state;
	for (unsigned int n = 0; n < 200; n++) {
		double a[30], b[30];
		struct interval interval;

		for (unsigned int i = 0; i < 30; i++) {
			a[i] = normal();
			b[i] = normal();
		}
		assert_int_equal(compare_ratio(a, 30, b, 30, n + 1, &interval), 0);
		assert_true(interval.low <= interval.high);
		assert_true(interval.high - interval.low < 0.03);
		covered += interval.low <= 1 && interval.high >= 1;
	}
	print_message("%u of 200\n", covered);
	assert_in_range(covered, 180, 200);
}

static void test_bootstrap_is_repeatable(void **state)
{
	double a[5] = { 1, 2, 3, 4, 5 }, b[5] = { 20, 40, 60, 80, 100 };
	double one[1] = { 10 }, two[1] = { 20 };
	struct interval first, again, other;

	(void)state;
	assert_int_equal(compare_ratio(a, 5, b, 5, 3, &first), 0);
	assert_int_equal(compare_ratio(a, 5, b, 5, 3, &again), 0);
	assert_memory_equal(&first, &again, sizeof(first));
	assert_int_equal(compare_ratio(a, 5, b, 5, 4, &other), 0);
	assert_true(first.low > 0 && first.low <= 20 && first.high >= 20);
	assert_int_equal(compare_ratio(one, 1, two, 1, 1, &first), 0);
	assert_float_equal(first.low, 2, 0);
	assert_float_equal(first.high, 2, 0);
	assert_int_equal(compare_ratio(a, 0, b, 5, 1, &first), -EINVAL);
}

static struct scenario scenario;

/* Two runs of "alone" and one of "held", two iterations each. */
static void results_by_hand(struct ab_results *results)
{
	struct scenario_error error;

	*results = (struct ab_results){ 0 };
	assert_int_equal(scenario_parse(&scenario, text, &error), 0);
	for (unsigned int n = 0; n < 3; n++) {
		struct ab_run run = {
			.arm = n == 2 ? 2 : 0, .repetition = n % 2,
			.iterations = 2, .span_ns = 1000,
			.victim_bytes = 500, .others_bytes = 100 * n,
			.stall_ns = 400, .others_cpus = 2,
			.budget_bytes_per_s = n == 2 ? 250000000 : 0,
			.checksum = "0123456789abcdef",
		};

		assert_int_equal(results_add_run(results, &run), 0);
		for (unsigned int i = 0; i < 2; i++)
			assert_int_equal(results_add_iteration(results,
				&(struct ab_iteration){ run.arm, run.repetition,
					i, run.arm ? 240 : 120, 1200000000 }), 0);
	}
}

static void test_results_come_back(void **state)
{
	struct ab_results wanted, got = { 0 };
	FILE *iterations = tmpfile(), *runs = tmpfile();
	struct results_error error;

	(void)state;
	results_by_hand(&wanted);
	results_headings(iterations, runs);
	for (unsigned int n = 0; n < 3; n++)
		results_write(iterations, runs, &scenario, &wanted.runs[n],
			      &wanted.iterations[2 * n]);
	/* A run that did not end, and a line that was cut off. */
	fputs("hogs,0,0,5,6,7\r\nhogs,0,1,5", iterations);
	rewind(iterations);
	rewind(runs);
	assert_int_equal(results_read(&got, &scenario, iterations, runs, &error), 0);
	assert_int_equal(got.runs_count, 3);
	assert_int_equal(got.iterations_count, 6);
	assert_memory_equal(got.runs, wanted.runs, 3 * sizeof(*got.runs));
	assert_memory_equal(got.iterations, wanted.iterations,
			    6 * sizeof(*got.iterations));
	assert_true(results_has(&got, 2, 0));
	assert_false(results_has(&got, 2, 1));
	results_free(&got);
	results_free(&wanted);
	fclose(iterations);
	fclose(runs);
}

static void test_damaged_results_are_refused(void **state)
{
	static const char *const wrong[] = {
		"nobody,0,1,1,1,1,1,1,1,-\r\n", "alone,9,1,1,1,1,1,1,1,-\r\n",
		"alone,0,1,1,1,1,1,1,-\r\n", "alone,0,1,1,1,1,1,1,1,1,-\r\n",
		"alone,x,1,1,1,1,1,1,1,-\r\n", "alone\r\n", "\r\n",
		"alone,0,1,1,1,1,1,1,1\r\n", "alone,0,1,1,1,1,1,1,1,\r\n",
		"alone,0,1,1,1,1,1,1,1,x\r\n", 		"alone,0,1,1,1,1,1,1,1,0123456789abcdef0123456789abcdef\r\n",
		"alone,0,-1,1,1,1,1,1,1,-\r\n", "alone,0, 1,1,1,1,1,1,1,-\r\n",
		"alone,0,18446744073709551616,1,1,1,1,1,1,-\r\n",
		/* Iterations that are not there. */
		"alone,0,1,1,1,1,1,1,1,-\r\n",
		"alone,0,18446744073709551615,1,1,1,1,1,1,-\r\n",
	};
	struct ab_results results = { 0 };
	struct results_error error;

	(void)state;
	results_by_hand(&results);
	results_free(&results);
	for (size_t n = 0; n < sizeof(wrong) / sizeof(*wrong); n++) {
		FILE *iterations = tmpfile(), *runs = tmpfile();

		results_headings(iterations, runs);
		fputs(wrong[n], runs);
		rewind(iterations);
		rewind(runs);
		assert_int_equal(results_read(&results, &scenario, iterations,
					      runs, &error), -EINVAL);
		assert_int_equal(error.line, 2);
		assert_string_equal(error.file, "runs.csv");
		results_free(&results);
		fclose(iterations);
		fclose(runs);
	}
}

/* Cut or shuffled: no run gets iterations of another. */
static void test_iterations_belong_to_their_runs(void **state)
{
	static const char run[] = "alone,0,2,1,1,1,1,1,1,-\r\n";
	static const struct { const char *runs, *iterations; int ret; } files[] = {
		{ run, "alone,0,0,1,2,3\r\nalone,0,1,1,2,3\r\n", 0 },
		{ run, "alone,0,0,1,2,3\r\nalone,0,1,1,2,", -EINVAL },
		{ run, "alone,0,0,1,2,3\r\nhogs,0,1,1,2,3\r\n", -EINVAL },
		{ run, "alone,0,0,1,2,3\r\nalone,0,1,1,2,3\r\n"
		  "alone,0,2,1,2,3\r\n", -EINVAL },
		{ "alone,0,1,1,1,1,1,1,1,-\r\nalone,0,1,1,1,1,1,1,1,-\r\n",
		  "alone,0,0,1,2,3\r\nalone,0,1,1,2,3\r\n", -EINVAL },
		{ "alone,0,1,1,1,1,1,1,1,-\r\nhogs,0,1,1,1,1,1,1,1,-\r\n",
		  "hogs,0,0,1,2,3\r\nalone,0,1,1,2,3\r\n", -EINVAL },
	};
	struct results_error error;

	(void)state;
	for (size_t n = 0; n < sizeof(files) / sizeof(*files); n++) {
		FILE *iterations = tmpfile(), *runs = tmpfile();
		struct ab_results results = { 0 };

		results_headings(iterations, runs);
		fputs(files[n].runs, runs);
		fputs(files[n].iterations, iterations);
		rewind(iterations);
		rewind(runs);
		assert_int_equal(results_read(&results, &scenario, iterations,
					      runs, &error), files[n].ret);
		results_free(&results);
		fclose(iterations);
		fclose(runs);
	}
}

/* Equal work gives equal checksums, in all arms but those of other work. */
static void test_checksums_of_equal_work(void **state)
{
	static const struct { const char *runs; bool accepted; } files[] = {
		{ "alone,0,0,1,1,1,1,1,1,ab\r\nhogs,0,0,1,1,1,1,1,1,ab\r\n"
		  "own,0,0,1,1,1,1,1,1,cd\r\nown,1,0,1,1,1,1,1,1,cd\r\n", true },
		{ "own,0,0,1,1,1,1,1,1,cd\r\nalone,0,0,1,1,1,1,1,1,-\r\n", true },
		{ "alone,0,0,1,1,1,1,1,1,ab\r\nhogs,0,0,1,1,1,1,1,1,ac\r\n", false },
		{ "alone,0,0,1,1,1,1,1,1,ab\r\nalone,1,0,1,1,1,1,1,1,a\r\n", false },
		{ "alone,0,0,1,1,1,1,1,1,ab\r\nhogs,0,0,1,1,1,1,1,1,-\r\n", false },
		{ "own,0,0,1,1,1,1,1,1,cd\r\nown,1,0,1,1,1,1,1,1,ab\r\n", false },
	};
	struct results_error error;
	struct scenario_error wrong;

	(void)state;
	assert_int_equal(scenario_parse(&scenario,
		"victim run a\nrepetitions 2\narm alone\narm hogs\n"
		"arm own\nchecksum own\n", &wrong), 0);
	for (size_t n = 0; n < sizeof(files) / sizeof(*files); n++) {
		FILE *iterations = tmpfile(), *runs = tmpfile();
		struct ab_results results = { 0 };

		results_headings(iterations, runs);
		fputs(files[n].runs, runs);
		rewind(iterations);
		rewind(runs);
		assert_int_equal(results_read(&results, &scenario, iterations,
					      runs, &error),
				 files[n].accepted ? 0 : -EINVAL);
		if (!files[n].accepted)
			assert_non_null(strstr(error.why, "checksum"));
		results_free(&results);
		fclose(iterations);
		fclose(runs);
	}
}

static void test_a_full_disk_is_seen(void **state)
{
	FILE *full = fopen("/dev/full", "w"), *runs = tmpfile();
	struct ab_results results;

	(void)state;
	results_by_hand(&results);
	assert_int_equal(results_write(full, runs, &scenario, results.runs,
				       results.iterations), -EIO);
	assert_int_equal(results_write(runs, full, &scenario, results.runs,
				       results.iterations), -EIO);
	results_free(&results);
	fclose(full);
	fclose(runs);
}

/* How often `word` is in the page. */
static unsigned int count(const char *page, const char *word)
{
	unsigned int found = 0;

	while ((page = strstr(page, word))) {
		page += strlen(word);
		found++;
	}
	return found;
}

/* Elements that were opened are closed, innermost first; void ones are not. */
static void well_formed(const char *page)
{
	static const char *const alone[] = { "!DOCTYPE", "meta" };
	char open[32][16];
	unsigned int depth = 0;

	for (const char *at = strchr(page, '<'); at; at = strchr(at, '<')) {
		const char *end = strchr(at, '>');
		bool closes = at[1] == '/';
		char name[16];

		assert_non_null(end);
		assert_int_equal(sscanf(at + 1 + closes, "%15[A-Za-z0-9!]", name), 1);
		at = end;
		if (!strcmp(name, alone[0]) || !strcmp(name, alone[1]) ||
		    end[-1] == '/')
			continue;
		if (!closes) {
			assert_in_range(depth, 0, 31);
			strcpy(open[depth++], name);
			continue;
		}
		assert_int_not_equal(depth, 0);
		assert_string_equal(open[--depth], name);
	}
	assert_int_equal(depth, 0);
}

/* By itself, for light, dark and paper, and with words for every chart. */
static void page_check(const char *page)
{
	well_formed(page);
	assert_non_null(strstr(page, "prefers-color-scheme:dark"));
	assert_non_null(strstr(page, "@media print"));
	assert_null(strstr(page, "<script"));
	assert_null(strstr(page, "<link"));
	assert_null(strstr(page, "src="));
	assert_null(strstr(page, "url("));
	assert_null(strstr(page, "@import"));
	assert_int_equal(count(page, "http"),
			 count(page, "xmlns=\"http://www.w3.org/2000/svg\""));
	assert_int_equal(count(page, "victim: /image.bin work=chase  jobs=4<"), 1);
	assert_int_equal(count(page, "<dd><code>hog --cpu 0<"), 1);
	assert_int_equal(count(page, "<dd><code>load: /bomb.bin <"), 1);
	assert_int_equal(count(page, "<svg"), 5);
	assert_int_equal(count(page, "role=\"img\">\n<title>"), 5);
	assert_int_equal(count(page, "<desc>"), 5);
	assert_non_null(strstr(page, "1.750"));
	assert_non_null(strstr(page, "a paper, table 2"));
}

static void test_figures_by_hand(void **state)
{
	struct ab_results results;
	struct ab_summary summary;
	json_t *document;
	char *page = NULL;
	size_t size = 0;
	FILE *out;

	(void)state;
	results_by_hand(&results);
	assert_int_equal(summary_make(&summary, &scenario, &results), 0);
	assert_int_equal(summary.arm[0].time_ns.count, 4);
	assert_int_equal(summary.arm[1].time_ns.count, 0);
	assert_float_equal(summary.arm[0].time_ns.median, 100, 1e-9);
	assert_float_equal(summary.arm[2].slowdown, 2, 1e-9);
	assert_float_equal(summary.arm[2].slowdown_95.low, 2, 1e-9);
	assert_float_equal(summary.arm[2].p_value, -1, 0);
	assert_float_equal(summary.arm[2].others_bytes_per_s, 200e6, 1e-3);
	assert_float_equal(summary.arm[0].victim_bytes_per_s, 500e6, 1e-3);
	assert_float_equal(summary.arm[2].stalled_share, 0.2, 1e-9);
	document = summary_json(&summary, json_object());
	assert_non_null(document);
	assert_int_equal(json_array_size(json_object_get(document, "arms")), 3);
	json_decref(document);
	out = open_memstream(&page, &size);
	document = json_pack("{s:s}", "kernel", "<&>");
	summary_html(&summary, document, out);
	fclose(out);
	json_decref(document);
	assert_non_null(strstr(page, "&lt;&amp;&gt;"));
	assert_null(strstr(page, "nan"));
	assert_null(strstr(page, "inf"));
	page_check(page);
	free(page);
	summary_free(&summary);
	results_free(&results);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_scenario_is_read),
		cmocka_unit_test(test_what_is_no_scenario),
		cmocka_unit_test(test_arms_of_their_own),
		cmocka_unit_test(test_what_is_recorded),
		cmocka_unit_test(test_the_order_of_runs),
		cmocka_unit_test(test_descriptions),
		cmocka_unit_test(test_rank_test),
		cmocka_unit_test(test_bootstrap_covers_the_truth),
		cmocka_unit_test(test_bootstrap_is_repeatable),
		cmocka_unit_test(test_results_come_back),
		cmocka_unit_test(test_damaged_results_are_refused),
		cmocka_unit_test(test_iterations_belong_to_their_runs),
		cmocka_unit_test(test_checksums_of_equal_work),
		cmocka_unit_test(test_a_full_disk_is_seen),
		cmocka_unit_test(test_figures_by_hand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
