// SPDX-License-Identifier: GPL-2.0-only
/* Event names to numbers, for PMUs that are not the host's. */
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
#include "tools/events/events.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static struct fake fake;
static char why[EVENT_WHY_BYTES];

static int setup(void **state)
{
	(void)state;
	fake_setup(&fake);
	return events_open() ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	fake_teardown(&fake);
	return 0;
}

/* Figures of the Intel SDM, AMD's PPRs and the Arm ARM. */
static void test_numbers(void **state)
{
	static const struct {
		const char *name;
		uint16_t number, source;
	} known[] = {
		{ "skx::LONGEST_LAT_CACHE:MISS", 0x412e, COUNTER_X86_PMU },
		{ "icx::LONGEST_LAT_CACHE:MISS", 0x412e, COUNTER_X86_PMU },
		{ "skx::L2_TRANS:L2_WB", 0x40f0, COUNTER_X86_PMU },
		{ "skx::INSTRUCTION_RETIRED", 0x00c0, COUNTER_X86_PMU },
		{ "skx_unc_imc0::UNC_M_CAS_COUNT:RD", 0x0304,
		  COUNTER_INTEL_IMC },
		{ "skx_unc_imc0::UNC_M_CAS_COUNT:WR", 0x0c04,
		  COUNTER_INTEL_IMC },
		{ "bdx_unc_imc0::UNC_M_CAS_COUNT:WR", 0x0c04,
		  COUNTER_INTEL_IMC },
		{ "amd64_fam17h_zen2::REQUESTS_TO_L2_GROUP1:RD_BLK_L", 0x8060,
		  COUNTER_X86_PMU },
		{ "pmuv3::L2D_CACHE_REFILL", 0x17, COUNTER_PMUV3 },
		{ "pmuv3::l2d_cache_wb", 0x18, COUNTER_PMUV3 },
		{ "0x08b0", 0x08b0, 0 },
	};
	struct event event;
	uint16_t number;

	(void)state;
	for (size_t n = 0; n < COUNT(known); n++) {
		if (event_find(known[n].name, &event, why))
			fail_msg("%s: %s", known[n].name, why);
		assert_int_equal(event_number(&event, &number, why), 0);
		if (number != known[n].number ||
		    event.source != known[n].source)
			fail_msg("%s is 0x%x of source %u", known[n].name,
				 number, event.source);
	}
}

/* What a record cannot carry is refused, never cut off. */
static void test_too_much(void **state)
{
	static const struct {
		const char *name, *why;
	} events[] = {
		{ "skx::OFFCORE_RESPONSE_0:ANY_REQUEST:L3_MISS",
		  "second register (0x3f840085b7)" },
		{ "skx::CPU_CLK_UNHALTED:c=2", "0x253003c" },
		{ "skx::INST_RETIRED:ANY_P:i=1", "16 bits" },
		{ "0x1ffff", "16 bits" },
		{ "0xffff", "16 bits" },
	};
	struct event event;
	uint16_t number = 7;

	(void)state;
	for (size_t n = 0; n < COUNT(events); n++) {
		if (event_find(events[n].name, &event, why))
			fail_msg("%s: %s", events[n].name, why);
		assert_int_equal(event_number(&event, &number, why), -ERANGE);
		if (!strstr(why, events[n].why))
			fail_msg("%s: %s", events[n].name, why);
	}
	assert_int_equal(number, 7);
}

static void test_near_misses(void **state)
{
	static const struct {
		const char *name, *why;
	} wrong[] = {
		{ "skx::LONGEST_LAT_CASHE:MISS",
		  "perhaps LONGEST_LAT_CACHE:MISS" },
		{ "skx::LONGEST_LAT_CACHE:MIS",
		  "perhaps LONGEST_LAT_CACHE:MISS" },
		{ "skx::LONGEST_LAT_CACHE", "unit mask" },
		{ "skq::LONGEST_LAT_CACHE:MISS", "there is no PMU skq, perhaps sk" },
		{ "pmuv3::L2D_CACHE_REFIL", "perhaps L2D_CACHE_REFILL" },
		{ "LONGEST_LAT_CACHE:MISS", "write PMU::EVENT" },
		{ "::X", "write PMU::EVENT" },
		{ "skx::", "write PMU::EVENT" },
		{ "", "write PMU::EVENT" },
		{ "0x", "no hexadecimal number" },
		{ "0x12g", "no hexadecimal number" },
		{ "0x11112222333344445", "no hexadecimal number" },
	};
	struct event event;

	(void)state;
	for (size_t n = 0; n < COUNT(wrong); n++) {
		assert_int_equal(event_find(wrong[n].name, &event, why),
				 -EINVAL);
		if (!strstr(why, wrong[n].why))
			fail_msg("'%s': %s", wrong[n].name, why);
	}
}

/* Names of any length end in an answer. */
static void test_long_names(void **state)
{
	static const char *const starts[] = { "", "skx::", "pmuv3::", "0x" };
	char name[4096];
	struct event event;

	(void)state;
	for (size_t n = 0; n < COUNT(starts); n++) {
		memset(name, 'A', sizeof(name));
		name[sizeof(name) - 1] = '\0';
		memcpy(name, starts[n], strlen(starts[n]));
		assert_int_equal(event_find(name, &event, why), -EINVAL);
		memcpy(name + 2000, "::", 2);
		assert_int_equal(event_find(name, &event, why), -EINVAL);
	}
}

static void test_distance(void **state)
{
	struct nearest nearest = { .wanted = "miss" };
	char text[64];

	(void)state;
	assert_int_equal(name_distance("", ""), 0);
	assert_int_equal(name_distance("", "abc"), 3);
	assert_int_equal(name_distance("abc", ""), 3);
	assert_int_equal(name_distance("Kitten", "sitting"), 3);
	assert_int_equal(name_distance("skx", "SKX"), 0);
	assert_int_equal(name_distance("abcd", "bcde"), 2);
	nearest_see(&nearest, "something else");
	nearest_print(&nearest, text, sizeof(text));
	assert_string_equal(text, "");
	nearest_see(&nearest, "mist");
	nearest_see(&nearest, "kiss");
	nearest_see(&nearest, "mist");
	nearest_see(&nearest, "misses");
	nearest_see(&nearest, "miss1");
	nearest_print(&nearest, text, sizeof(text));
	assert_string_equal(text, ", perhaps mist, kiss or miss1");
}

/* Every event that is listed can be encoded or says why not. */
static int encode(void *context, const char *name, const char *description)
{
	char full[EVENT_FULL_BYTES];
	unsigned int *counts = context;
	struct event event;
	uint16_t number;

	assert_non_null(description);
	snprintf(full, sizeof(full), "skx::%s", name);
	why[0] = '\0';
	if (event_find(full, &event, why) || event_number(&event, &number, why))
		assert_true(why[0] != '\0');
	else
		counts[1]++;
	counts[0]++;
	return 0;
}

static void test_listing(void **state)
{
	unsigned int counts[2] = { 0, 0 };
	unsigned int cores = 0, n;
	struct pmu pmu;

	(void)state;
	for (n = 0; pmu_get(n, &pmu); n++) {
		assert_true(pmu.name[0] != '\0');
		cores += pmu.is_core;
	}
	assert_true(n > 50);
	assert_true(cores > 10 && cores < n);
	assert_int_equal(pmu_events("skx", encode, counts, why), 0);
	assert_true(counts[0] > 300);
	assert_true(counts[1] > 100);
	assert_int_equal(pmu_events("skq", encode, counts, why), -ENOENT);
}

static void test_record(void **state)
{
	struct weir_record_counter record;
	struct event read, write, arm, raw, box;

	(void)state;
	assert_int_equal(event_find("skx::LONGEST_LAT_CACHE:MISS", &read, why),
			 0);
	assert_int_equal(event_find("skx::L2_TRANS:L2_WB", &write, why), 0);
	assert_int_equal(event_find("pmuv3::L2D_CACHE_WB", &arm, why), 0);
	assert_int_equal(event_find("0x08b0", &raw, why), 0);
	assert_int_equal(event_find("skx_unc_cha0::UNC_C_CLOCKTICKS", &box, why),
			 0);
	assert_int_equal(event_record(&read, &write, 0, &record, why), 0);
	assert_int_equal(record.record.type, WEIR_RECORD_COUNTER);
	assert_int_equal(record.record.size, sizeof(record));
	assert_int_equal(record.source, COUNTER_X86_PMU);
	assert_int_equal(record.event_read, 0x412e);
	assert_int_equal(record.event_write, 0x40f0);
	assert_int_equal(record.read_weight_q8, 256);
	assert_int_equal(record.write_weight_q8, 256);
	assert_string_equal(record.event_name, "LONGEST_LAT_CACHE:MISS");
	assert_int_equal(event_record(&raw, NULL, COUNTER_X86_PMU, &record,
				      why), 0);
	assert_int_equal(record.event_write, 0xffff);
	assert_int_equal(record.write_weight_q8, 0);
	/* A number says nothing of its source; PMUs do not mix. */
	assert_int_equal(event_record(&raw, NULL, 0, &record, why), -EINVAL);
	assert_int_equal(event_record(&read, &arm, 0, &record, why), -EINVAL);
	assert_int_equal(event_record(&read, NULL, COUNTER_PMUV3, &record, why),
			 -EINVAL);
	assert_int_equal(event_record(&box, NULL, 0, &record, why), -EINVAL);
	assert_non_null(strstr(why, "no counter source"));
}

static void test_command(void **state)
{
	json_t *document;

	(void)state;
	assert_int_equal(fake_run(&fake, "events --csv"), APP_OK);
	assert_non_null(strstr(fake.out, "\npmuv3,core,20,no,"));
	assert_non_null(strstr(fake.out, "\nskx,core,"));
	assert_non_null(strstr(fake.out, "\nskx_unc_imc0,uncore,"));
	assert_int_equal(fake_run(&fake, "events skx --csv"), APP_OK);
	assert_non_null(strstr(fake.out,
			       "skx::LONGEST_LAT_CACHE:MISS,0x412e,0x53412e,x86-pmu,"));
	assert_int_equal(fake_run(&fake, "events skq"), APP_USAGE);
	assert_non_null(strstr(fake.err, "perhaps"));
	assert_int_equal(fake_run(&fake, "events --config "
				  "--write pmuv3::L2D_CACHE_WB "
				  "pmuv3::L2D_CACHE_REFILL"), APP_OK);
	assert_non_null(strstr(fake.out, ".source = COUNTER_PMUV3,"));
	assert_non_null(strstr(fake.out, ".event_read = 0x0017,"));
	assert_non_null(strstr(fake.out, ".event_write = 0x0018,"));
	assert_int_equal(fake_run(&fake, "events --config --json 0x08b0 "
				  "--source x86-pmu"), APP_OK);
	document = json_loads(fake.out, 0, NULL);
	assert_int_equal(json_integer_value(json_object_get(document,
							    "event_read")),
			 0x08b0);
	json_decref(document);
	assert_int_equal(fake_run(&fake, "events --config"), APP_USAGE);
	assert_int_equal(fake_run(&fake, "events --write 0x1 0x2"), APP_USAGE);
	assert_int_equal(fake_run(&fake, "events --config --source none 0x2"),
			 APP_USAGE);
	assert_int_equal(fake.calls, 0);
}

/* The record it prints is C that compiles to the numbers it shows. */
static void test_record_compiles(void **state)
{
	FILE *source = fopen("build/unit/event-record.c", "w");

	(void)state;
	assert_non_null(source);
	assert_int_equal(fake_run(&fake, "events --config "
				  "--write skx::L2_TRANS:L2_WB "
				  "skx::LONGEST_LAT_CACHE:MISS"), APP_OK);
	fprintf(source, "#include \"abi/weir-config.h\"\n"
		"static const struct weir_record_counter record =\n%s;\n"
		"int main(void)\n{\n"
		"\treturn !(record.event_read == 0x412e && record.event_write == 0x40f0 &&\n"
		"\t\t record.source == COUNTER_X86_PMU && record.record.size == sizeof(record));\n}\n",
		fake.out);
	fclose(source);
	assert_int_equal(system("gcc -std=c11 -Wall -Werror -Ihypervisor/include "
				"-o build/unit/event-record build/unit/event-record.c && "
				"build/unit/event-record"), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_too_much),
		cmocka_unit_test(test_near_misses),
		cmocka_unit_test(test_long_names),
		cmocka_unit_test(test_distance),
		cmocka_unit_test(test_listing),
		cmocka_unit_test(test_record),
		cmocka_unit_test(test_command),
		cmocka_unit_test(test_record_compiles),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
