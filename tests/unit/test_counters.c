/* SPDX-License-Identifier: GPL-2.0-only */
/* weir-counters as it is run: statuses, and a value or a reason for each event. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>
#include <jansson.h>

#define PROGRAM		"build/host/weir-counters"
#define OUTPUT		"build/test/counters.json"

/* The exit status of PROGRAM with these words; its result in *result. */
static int run(const char *words, json_t **result)
{
	char line[512];
	int status;

	snprintf(line, sizeof(line), PROGRAM " -o " OUTPUT " %s 2>/dev/null",
		 words);
	assert_int_equal(system("mkdir -p build/test && rm -f " OUTPUT), 0);
	status = system(line);
	assert_true(WIFEXITED(status));
	*result = json_load_file(OUTPUT, 0, NULL);
	return WEXITSTATUS(status);
}

static const json_t *counter(const json_t *result, const char *name)
{
	json_t *entry;
	size_t n;

	json_array_foreach(json_object_get(result, "counters"), n, entry)
		if (!strcmp(json_string_value(json_object_get(entry, "name")),
			    name))
			return entry;
	fail_msg("no counter %s", name);
	return NULL;
}

static void test_each_event_has_a_value_or_a_reason(void **state)
{
	json_t *result, *entry;
	size_t n;

	(void)state;
	assert_int_equal(run("sh -c 'ls / | wc -l'", &result), 0);
	assert_string_equal(json_string_value(json_object_get(result, "schema")),
			    "weir.counters/1");
	assert_int_equal(json_array_size(json_object_get(result, "command")), 3);
	assert_int_equal(json_array_size(json_object_get(result, "counters")), 9);
	json_array_foreach(json_object_get(result, "counters"), n, entry) {
		const char *why = json_string_value(json_object_get(entry,
								    "missing"));

		if (why)
			assert_true(strlen(why) > 0);
		else
			assert_true(json_is_integer(json_object_get(entry,
								    "value")));
	}
	json_decref(result);
}

static void test_named_events(void **state)
{
	const json_t *entry;
	json_t *result;

	(void)state;
	assert_int_equal(run("-e 'no_such_event  page-faults' sh -c 'exit 7'",
			     &result), 7);
	assert_int_equal(json_integer_value(json_object_get(result, "status")),
			 7);
	assert_int_equal(json_array_size(json_object_get(result, "counters")), 2);
	entry = counter(result, "no_such_event");
	assert_non_null(strstr(json_string_value(json_object_get(entry,
								 "missing")),
			       "perf: no such event"));
	/* Every machine counts these, unless nobody may. */
	entry = counter(result, "page-faults");
	if (json_object_get(entry, "value"))
		assert_true(json_integer_value(json_object_get(entry,
							       "value")) > 0);
	else
		assert_non_null(json_object_get(entry, "missing"));
	json_decref(result);
}

static void test_statuses(void **state)
{
	static const struct {
		const char *words;
		int status;
	} cases[] = {
		{ "true", 0 },
		{ "sh -c 'kill -9 $$'", 128 + 9 },
		{ "/nonexistent", 127 },
		{ "/etc/passwd", 126 },
		{ "", 125 },
		{ "--no-such-option true", 125 },
		{ "-e 'a b c d e f g h i j k l m n o p q' true", 125 },
		/* What belongs to the command is left to it. */
		{ "sh -c 'exit 3' -e -o", 3 },
		{ "-- true", 0 },
	};

	(void)state;
	for (size_t n = 0; n < sizeof(cases) / sizeof(*cases); n++) {
		json_t *result;

		assert_int_equal(run(cases[n].words, &result), cases[n].status);
		if (cases[n].status == 125)
			assert_null(result);
		else
			assert_int_equal(json_integer_value(
				json_object_get(result, "status")),
				cases[n].status);
		json_decref(result);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_event_has_a_value_or_a_reason),
		cmocka_unit_test(test_named_events),
		cmocka_unit_test(test_statuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
