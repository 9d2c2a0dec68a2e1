// SPDX-License-Identifier: GPL-2.0-only
/*
 * Results and sessions that were cut, shuffled, or never were any: whoever reads
 * them says so in one line, or makes sense of what is left.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "regctl-fake.h"
#include "tools/profile/session.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))
#define FILE_BYTES	65536u
#define CHANGES		1500u

static struct fake fake;

/* What a file holds, and what becomes of it. */
struct content {
	char bytes[FILE_BYTES];
	size_t size;
};

static uint64_t random_state;

static uint64_t random_below(uint64_t limit)
{
	random_state = random_state * 6364136223846793005ull +
		       1442695040888963407ull;
	return (random_state >> 33) % limit;
}

static void content_text(struct content *content, const char *text)
{
	content->size = strlen(text);
	memcpy(content->bytes, text, content->size);
}

static void path_of(char path[128], const char *name)
{
	snprintf(path, 128, "%s/%s", fake.sysfs, name);
}

static void content_write(const struct content *content, const char *name)
{
	char path[128];
	FILE *file;

	path_of(path, name);
	file = fopen(path, "wb");
	assert_non_null(file);
	fwrite(content->bytes, 1, content->size, file);
	fclose(file);
}

static void file_write(const char *name, const char *text)
{
	static struct content content;

	content_text(&content, text);
	content_write(&content, name);
}

static void content_read(struct content *content, FILE *file)
{
	rewind(file);
	content->size = fread(content->bytes, 1, FILE_BYTES, file);
	assert_in_range(content->size, 1, FILE_BYTES - 1);
	fclose(file);
}

/* Bytes at random, pieces gone or doubled, or words where others were. */
static void content_damage(struct content *content)
{
	static const char *const words[] = {
		"NaN", "-1", "1e999", "1e-999", "1e300", "null", "true", "[]",
		"{}", "\"\"", "\\u0000", "\xff\xfe", "\x1b[2J", "0", ",", "\r\n",
		"18446744073709551616", "-9223372036854775809",
	};
	size_t at = random_below(content->size);
	size_t length = 1 + random_below(content->size - at);
	const char *word = words[random_below(COUNT(words))];

	switch (random_below(5)) {
	case 0:
		content->bytes[at] = (char)random_below(256);
		break;
	case 1:
		content->bytes[at] ^= (char)(1 << random_below(8));
		break;
	case 2:
		memmove(content->bytes + at, content->bytes + at + length,
			content->size - at - length);
		content->size -= length;
		break;
	case 3:
		if (content->size + length > FILE_BYTES)
			break;
		memmove(content->bytes + at + length, content->bytes + at,
			content->size - at);
		content->size += length;
		break;
	default:
		length = strlen(word);
		if (at + length <= content->size)
			memcpy(content->bytes + at, word, length);
		break;
	}
	/* Nothing at all is another test. */
	content->size += !content->size;
}

static void damage(struct content *content)
{
	for (uint64_t n = 1 + random_below(3); n; n--)
		content_damage(content);
}

static unsigned int lines(const char *text)
{
	unsigned int count = 0;

	for (; *text; text++)
		count += *text == '\n';
	return count;
}

/* One line for people, and nothing a terminal would obey. */
static void is_one_line(const char *command)
{
	size_t length = strlen(fake.err);

	if (lines(fake.err) != 1 || fake.err[length - 1] != '\n' || length > 600)
		fail_msg("'%s' says '%s'", command, fake.err);
	for (size_t n = 0; n + 1 < length; n++)
		if ((unsigned char)fake.err[n] < ' ' || fake.err[n] == 0x7f)
			fail_msg("'%s' says %#x at %zu", command, fake.err[n], n);
}

/* What is printed has no figures that are none. */
static void is_sober(const char *command)
{
	static const char *const words[] = { "nan", "inf", "-0.000" };

	for (size_t n = 0; n < COUNT(words); n++) {
		const char *found = strstr(fake.out, words[n]);

		if (found)
			fail_msg("'%s' prints '%.60s'", command, found);
	}
}

/* Runs it: trouble in one line, or a sober answer. The status. */
static int runs_soberly(const char *command)
{
	int status = fake_run(&fake, command);

	if (status != APP_OK && status != APP_NO && status != APP_USAGE)
		fail_msg("'%s' ends with %d: %s", command, status, fake.err);
	if (status == APP_USAGE) {
		is_one_line(command);
		assert_int_equal(fake.out_size, 0);
	} else {
		is_sober(command);
	}
	return status;
}

static void refuses(const char *command, const char *says)
{
	assert_int_equal(runs_soberly(command), APP_USAGE);
	if (!strstr(fake.err, says))
		fail_msg("'%s' says '%s', not '%s'", command, fake.err, says);
}

static int setup(void **state)
{
	(void)state;
	random_state = 1;
	fake_setup(&fake);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_teardown(&fake);
	return 0;
}

/* --- ab compare --- */

static const char summary[] =
	"{ \"schema\": \"weir.ab/1\", \"name\": \"a\", \"seed\": 7, \"arms\": [\n"
	"  { \"name\": \"alone\", \"checksum\": \"ab12\",\n"
	"    \"times_ns\": [100.0, 101.5, 102, 103, 104, 105, 106, 107] },\n"
	"  { \"name\": \"held\", \"checksum\": \"ab12\",\n"
	"    \"times_ns\": [101.0, 102.5, 103, 104, 105, 106, 107, 108] } ] }\n";

static char compare_line[512];

static void compare_begin(void)
{
	snprintf(compare_line, sizeof(compare_line),
		 "ab compare --json %s/summary:alone %s/summary:held", fake.sysfs,
		 fake.sysfs);
}

static void compare_says(const char *text, const char *says)
{
	file_write("summary", text);
	refuses(compare_line, says);
}

static void test_summaries_cut_anywhere(void **state)
{
	struct content content;

	(void)state;
	compare_begin();
	content_text(&content, summary);
	content_write(&content, "summary");
	assert_int_equal(runs_soberly(compare_line), APP_OK);
	assert_non_null(strstr(fake.out, "isolated"));
	assert_non_null(strstr(fake.out, "\"slowdown_p99\": 1.0093,"));
	/* Behind its last brace there is a line feed. */
	for (content.size -= 2; content.size; content.size--) {
		content_write(&content, "summary");
		refuses(compare_line, "summary: line ");
	}
	content_write(&content, "summary");
	refuses(compare_line, "is empty");
}

#define HEAD "{ \"schema\": \"weir.ab/1\", \"seed\": 1, \"arms\": "
#define ARM(name, rest) "{ \"name\": \"" name "\", " rest "}"
#define TIMES(times) "\"checksum\": null, \"times_ns\": " times
#define ALONE(times) HEAD "[" ARM("alone", TIMES(times)) ", " \
	ARM("held", TIMES("[1]")) "] }"

static void test_what_is_no_summary(void **state)
{
	static const struct { const char *text, *says; } wrong[] = {
		{ "[]", "schema" }, { "{}", "schema" }, { "1", "line 1" },
		{ "{ \"schema\": \"weir.ab/2\" }", "schema" },
		{ "{ \"schema\": [1] }", "schema" },
		{ "{ \"schema\": \"weir.ab/1\" }", "seed" },
		{ "{ \"schema\": \"weir.ab/1\", \"seed\": \"1\" }", "seed" },
		{ HEAD "{} }", "no arms" }, { HEAD "[] }", "no arms" },
		{ HEAD "null }", "no arms" }, { HEAD "[1] }", "no name" },
		{ HEAD "[" ARM("alone", TIMES("[1]")) ", { \"name\": 3 }] }", "no name" },
		{ HEAD "[" ARM("alone", TIMES("[1,1,1,1,1,1,1,1]")) "] }", "no arm held" },
		{ HEAD "[" ARM("alone", "\"checksum\": 1, \"times_ns\": [1]") "] }",
		  "times or checksum" },
		{ HEAD "[" ARM("alone", "\"times_ns\": [1]") "] }",
		  "times or checksum" },
		{ ALONE("{}"), "times or checksum" }, { ALONE("3"), "times or checksum" },
		{ ALONE("[]"), "arm alone has no results" },
		{ ALONE("[1]"), "arm alone has 1 iterations" },
		{ ALONE("[1, null]"), "cannot be" }, { ALONE("[\"1\"]"), "cannot be" },
		{ ALONE("[0]"), "cannot be" }, { ALONE("[-1]"), "cannot be" },
		{ ALONE("[1e19]"), "cannot be" }, { ALONE("[1e-300]"), "cannot be" },
		{ ALONE("[1e999]"), "line 1" }, { ALONE("[NaN]"), "line 1" },
		{ HEAD "[], \"seed\": 2 }", "duplicate" },
		{ "\x7f" "ELF\x02\x01", "line 1" }, { "\x1b[2J", "line 1" },
		{ "ARM,REPETITION\r\n", "line 1" },
	};

	(void)state;
	compare_begin();
	for (size_t n = 0; n < COUNT(wrong); n++)
		compare_says(wrong[n].text, wrong[n].says);
}

static void test_summaries_without_measure(void **state)
{
	static struct content content;
	char path[128], line[1400];

	(void)state;
	compare_begin();
	memset(content.bytes, '[', FILE_BYTES);
	content.size = FILE_BYTES;
	content_write(&content, "summary");
	refuses(compare_line, "depth");
	path_of(path, "summary");
	assert_int_equal(truncate(path, 1ll << 40), 0);
	refuses(compare_line, "is larger than");
	memset(line, 'x', sizeof(line));
	memcpy(line, "ab compare ", 11);
	memcpy(line + 600, " b", 3);
	assert_int_equal(fake_run(&fake, line), APP_USAGE);
	assert_non_null(strstr(fake.err, "too long"));
	snprintf(line, sizeof(line), "ab compare %s:a %s:a", fake.sysfs,
		 fake.sysfs);
	refuses(line, "cannot be read");
	refuses("ab compare /nonexistent:a /nonexistent:b", "No such file");
}

static void test_times_of_other_work(void **state)
{
	struct content content;
	char *second;

	(void)state;
	compare_begin();
	content_text(&content, summary);
	content.bytes[content.size] = '\0';
	second = strstr(strstr(content.bytes, "ab12") + 4, "ab12");
	second[3] = '3';
	content_write(&content, "summary");
	refuses(compare_line,
		"alone has the checksum ab12, held ab13");
	memcpy(strstr(content.bytes, "\"ab12\""), "null  ", 6);
	content_write(&content, "summary");
	assert_int_equal(runs_soberly(compare_line), APP_OK);
}

static void test_summaries_changed_at_random(void **state)
{
	unsigned int refused = 0;
	struct content content;

	(void)state;
	compare_begin();
	for (unsigned int n = 0; n < CHANGES; n++) {
		content_text(&content, summary);
		damage(&content);
		content_write(&content, "summary");
		refused += runs_soberly(compare_line) == APP_USAGE;
	}
	print_message("%u of %u refused\n", refused, CHANGES);
	assert_in_range(refused, CHANGES / 4, CHANGES - 1);
}

/* --- ab report --- */

static const struct { const char *name, *text; } results[] = {
	{ "scenario", "name x\nvictim run a\nload run b\nrepetitions 2\n"
	  "arm alone\narm held\nloads all\nset root --budget 1MB/s\n" },
	{ "environment.json", "{ \"kernel\": \"6.1\", \"cpus\": 4 }\n" },
	{ "runs.csv", "ARM,REPETITION,ITERATIONS,SPAN[ns],VICTIM[B],OTHERS[B],"
	  "STALLED[ns],OTHERS' CPUS,OTHERS' BUDGET[B/s],CHECKSUM\r\n"
	  "alone,0,2,1000,640,0,0,2,0,ab\r\nheld,0,2,1000,640,128,300,2,1000000,ab\r\n"
	  "alone,1,1,1000,640,0,0,2,0,ab\r\n" },
	{ "iterations.csv", "ARM,REPETITION,ITERATION,START[cycles],TIME[cycles],"
	  "CLOCK[Hz]\r\nalone,0,0,10,20,1000\r\nalone,0,1,40,21,1000\r\n"
	  "held,0,0,70,20,1000\r\nheld,0,1,95,25,1000\r\n"
	  "alone,1,0,170,20,1000\r\n" },
};

static char report_line[160];

static void report_begin(void)
{
	char path[128];

	path_of(path, "results");
	mkdir(path, 0777);
	snprintf(report_line, sizeof(report_line), "ab report %s", path);
	for (size_t n = 0; n < COUNT(results); n++) {
		snprintf(path, sizeof(path), "results/%s", results[n].name);
		file_write(path, results[n].text);
	}
}

static void report_says(size_t n, const char *text, const char *says)
{
	char path[64];

	report_begin();
	snprintf(path, sizeof(path), "results/%s", results[n].name);
	file_write(path, text);
	refuses(report_line, says);
}

static void test_results_that_are_none(void **state)
{
	(void)state;
	report_begin();
	assert_int_equal(runs_soberly(report_line), APP_OK);
	report_says(0, "victim\x1b[2J\n", "'victim?[2J' starts no line");
	report_says(0, "victim run a\narm \xff\xfe\n", "is no text");
	report_says(1, "{ \"kernel\":", "environment.json: line 1");
	report_says(1, "[]", "no object");
	report_says(2, "{}\r\n", "runs.csv: line 1 is not the heading");
	report_says(3, "a,b\r\n", "iterations.csv: line 1 is not the heading");
	report_says(3, results[2].text, "iterations.csv: line 1");
}

static void test_results_changed_at_random(void **state)
{
	unsigned int refused = 0;
	struct content content;
	char name[64];

	(void)state;
	for (unsigned int n = 0; n < CHANGES; n++) {
		size_t which = n % COUNT(results);

		report_begin();
		content_text(&content, results[which].text);
		damage(&content);
		snprintf(name, sizeof(name), "results/%s", results[which].name);
		content_write(&content, name);
		refused += runs_soberly(report_line) == APP_USAGE;
	}
	print_message("%u of %u refused\n", refused, CHANGES);
	assert_in_range(refused, CHANGES / 4, CHANGES - 1);
}

/* --- sessions --- */

static const struct session_head head = {
	.clock_hz = 1000000000, .interval_cycles = 10000, .start_unix_ns = 42,
	.sources_count = 2,
	.source = { { .name = "cpu0",
		      .flags = PROFILE_SOURCE_OWN_CLOCK | PROFILE_SOURCE_BUSY },
		    { .name = "ddr", .kind = PROFILE_KIND_CONTROLLER, .id = 7 } },
};

static void session_make(struct content *content, uint64_t start_cycles)
{
	struct session_head moved = head;
	struct session_writer writer;
	FILE *file = tmpfile();

	moved.start_cycles = start_cycles;
	for (unsigned int n = 0; n < 2; n++)
		moved.source[n].first_cycles = start_cycles;
	assert_int_equal(session_write_begin(&writer, file, &moved), 0);
	for (uint64_t n = 1; n <= 60; n++) {
		struct profile_value values[2] = {
			{ 10000, (uint32_t)(64 * n), n % 3 ? 64 : 0, 900 },
			{ 0, n % 2 ? 6400 : 0, 0, 0 },
		};
		struct session_sample sample = {
			.sequence = n, .time_cycles = start_cycles + n * 10000 + n % 7,
		};

		assert_int_equal(session_write_sample(&writer, &sample, values), 0);
	}
	session_write_end(&writer, 0, 0);
	session_write_process(&writer, "{ \"schema\": \"weir.counters/1\" }\n");
	content_read(content, file);
}

static const char *const readers[] = {
	"profile export --quiet %s/session",
	"profile export --quiet %s/session --csv",
	"profile export --quiet %s/session --json",
	"profile export --quiet %s/session --svg",
	"profile export --quiet %s/session --envelope --csv --window 50us",
	"profile plan --quiet %s/session:root:cpu0",
	"profile plan --quiet --period auto %s/session:root:ddr",
};

static int session_reads(size_t reader)
{
	char line[256];

	/* The path is what the only %s of each stands for. */
	snprintf(line, sizeof(line), "%.*s%s%s",
		 (int)(strchr(readers[reader], '%') - readers[reader]),
		 readers[reader], fake.sysfs, strchr(readers[reader], '%') + 2);
	return runs_soberly(line);
}

static void test_sessions_are_read(void **state)
{
	struct content content;

	(void)state;
	session_make(&content, 777);
	content_write(&content, "session");
	for (size_t n = 0; n < COUNT(readers); n++)
		assert_int_equal(session_reads(n), APP_OK);
}

/* The rest of the session counts. */
static void test_counters_that_are_none(void **state)
{
	struct content content;
	char line[160];

	(void)state;
	session_make(&content, 777);
	content.bytes[content.size - 2] = ',';
	content_write(&content, "session");
	snprintf(line, sizeof(line), "profile export --json %s/session",
		 fake.sysfs);
	assert_int_equal(runs_soberly(line), APP_OK);
	assert_non_null(strstr(fake.err, "counted makes no sense"));
	is_one_line(line);
	assert_non_null(strstr(fake.out, "\"process\": null"));
}

/* In charts that have a place each, from the session's own beginning on. */
static void test_a_drawing(void **state)
{
	static const char *const places[] = {
		" width=\"1000\" height=\"960\">",
		"<svg y=\"0\" width=\"1000\" height=\"320\">",
		"<svg y=\"320\" width=\"1000\" height=\"320\">",
		"<svg y=\"640\" width=\"1000\" height=\"320\">",
		">0.0002<", ">0.0004<",
	};
	struct content content;

	(void)state;
	session_make(&content, 40000ull * 1000000000);
	content_write(&content, "session");
	assert_int_equal(session_reads(3), APP_OK);
	for (size_t n = 0; n < COUNT(places); n++)
		if (!strstr(fake.out, places[n]))
			fail_msg("no '%s'", places[n]);
	assert_null(strstr(fake.out, ">40000"));
}

/* What is there of a session counts; of a head it does not. */
static void test_sessions_cut_anywhere(void **state)
{
	struct content content;
	size_t head_bytes = 48 + 2 * 64;

	(void)state;
	session_make(&content, 777);
	for (content.size--; content.size; content.size -= 1) {
		int status;

		content_write(&content, "session");
		status = session_reads(content.size % COUNT(readers));
		if (content.size < head_bytes)
			assert_int_equal(status, APP_USAGE);
	}
}

static void test_what_is_no_session(void **state)
{
	static const char *const wrong[] = {
		"", "{}", "WEIRPRF1", "WEIRPRF2", "\x7f" "ELF", summary,
	};

	(void)state;
	for (size_t n = 0; n < COUNT(wrong); n++) {
		file_write("session", wrong[n]);
		for (size_t reader = 0; reader < COUNT(readers); reader++)
			assert_int_equal(session_reads(reader), APP_USAGE);
	}
}

static void test_sessions_changed_at_random(void **state)
{
	unsigned int refused = 0;
	struct content content;

	(void)state;
	for (unsigned int n = 0; n < 2 * CHANGES; n++) {
		session_make(&content, 777);
		damage(&content);
		content_write(&content, "session");
		refused += session_reads(n % COUNT(readers)) == APP_USAGE;
	}
	print_message("%u of %u refused\n", refused, 2 * CHANGES);
	assert_in_range(refused, CHANGES / 8, 2 * CHANGES - 1);
}

#define TEST(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_summaries_cut_anywhere),
		TEST(test_what_is_no_summary),
		TEST(test_summaries_without_measure),
		TEST(test_times_of_other_work),
		TEST(test_summaries_changed_at_random),
		TEST(test_results_that_are_none),
		TEST(test_results_changed_at_random),
		TEST(test_sessions_are_read),
		TEST(test_counters_that_are_none),
		TEST(test_a_drawing),
		TEST(test_sessions_cut_anywhere),
		TEST(test_what_is_no_session),
		TEST(test_sessions_changed_at_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
