// SPDX-License-Identifier: GPL-2.0-only
/* The EL2 profiler's counting, its histogram and its JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "tools/memsys/el2prof.h"

#define TEXT	0x80000000000ull
#define VECTORS	(TEXT + 0x800)
#define SYNC	(VECTORS + 0x400)
#define IRQ	(VECTORS + 0x480)
#define CODE	(TEXT + 0x2000)
#define PACING	(TEXT + 0x3000)
#define GUEST	0x40000000ull
#define KERNEL	0xffff800008000000ull

static struct profile profile;

static int setup(void **state)
{
	(void)state;
	profile_init(&profile, 2);
	profile.low = TEXT;
	profile.high = TEXT + 0x10000;
	profile.vectors = VECTORS;
	for (unsigned int n = 0; n < 2; n++) {
		static const char *const names[] = { "irq_inject", "tick" };

		profile.probes[n].address = CODE + n * 0x100;
		profile.probes[n].class =
			(unsigned int)profile_class(&profile, names[n]);
		profile.probes_count++;
	}
	strcpy(profile.parts[0].name, "pacing");
	profile.parts[0].low = PACING;
	profile.parts[0].high = PACING + 0x100;
	profile.parts_count = 1;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	for (unsigned int n = 0; n < PROFILE_MAX_CLASSES; n++)
		histogram_clear(&profile.exits[n]);
	return 0;
}

/* Executes n instructions in a block. */
static void block(unsigned int cpu, uint64_t address, uint64_t n)
{
	profile_block(&profile, cpu, address);
	profile.executed += n;
}

static void leave(unsigned int cpu, uint64_t n)
{
	block(cpu, CODE + 0x800, n);
	profile_return(&profile, cpu);
}

static const struct histogram *exits(const char *name)
{
	return &profile.exits[profile_class(&profile, name)];
}

static void an_exit_is_counted_from_entry_to_return(void **state)
{
	(void)state;
	block(0, GUEST, 100);
	block(0, SYNC, 1);
	block(0, CODE + 0x500, 30);
	leave(0, 9);
	block(0, KERNEL, 5);
	profile_block(&profile, 0, KERNEL);
	assert_int_equal(exits("vector_sync")->count, 1);
	assert_int_equal(exits("vector_sync")->sum, 40);
	assert_int_equal(profile.cpus[0].counts.outside_low, 100);
	assert_int_equal(profile.cpus[0].counts.outside_high, 5);
	assert_int_equal(profile.cpus[0].counts.el2_other, 0);
}

static void the_last_probe_in_order_names_the_exit(void **state)
{
	(void)state;
	block(0, IRQ, 1);
	profile_probe(&profile, 0, 1);
	profile_probe(&profile, 0, 0);
	leave(0, 9);
	block(0, IRQ, 1);
	profile_probe(&profile, 0, 0);
	leave(0, 4);
	block(0, IRQ, 1);
	leave(0, 1);
	block(0, GUEST, 1);
	assert_int_equal(exits("tick")->sum, 10);
	assert_int_equal(exits("irq_inject")->sum, 5);
	assert_int_equal(exits("vector_irq")->sum, 2);
}

static void an_exit_right_after_a_return_is_its_own(void **state)
{
	(void)state;
	for (unsigned int n = 0; n < 3; n++) {
		block(0, SYNC, 1);
		leave(0, 9);
	}
	block(0, GUEST, 1);
	assert_int_equal(exits("vector_sync")->count, 3);
	assert_int_equal(exits("vector_sync")->sum, 30);
	assert_int_equal(profile.exits_unfinished, 0);
}

static void a_return_within_el2_does_not_end_an_exit(void **state)
{
	(void)state;
	block(0, SYNC, 1);
	leave(0, 9);
	block(0, CODE + 0x900, 5);
	leave(0, 5);
	block(0, GUEST, 1);
	assert_int_equal(exits("vector_sync")->count, 1);
	assert_int_equal(exits("vector_sync")->sum, 20);
}

static void cpus_take_turns_within_exits(void **state)
{
	(void)state;
	block(0, SYNC, 1);
	block(1, IRQ, 1);
	block(0, CODE + 0x500, 10);
	block(1, CODE + 0x500, 20);
	leave(0, 1);
	leave(1, 1);
	block(0, GUEST, 1);
	block(1, GUEST, 1);
	assert_int_equal(exits("vector_sync")->sum, 12);
	assert_int_equal(exits("vector_irq")->sum, 22);
}

static void a_part_counts_for_itself(void **state)
{
	(void)state;
	block(0, IRQ, 1);
	block(0, PACING, 1000);
	leave(0, 9);
	block(0, GUEST, 1);
	assert_int_equal(exits("vector_irq")->sum, 10);
	assert_int_equal(profile.cpus[0].counts.parts[0], 1000);
}

static void what_never_returns_is_no_exit(void **state)
{
	(void)state;
	block(0, CODE, 7);
	block(0, GUEST, 1);
	block(0, SYNC, 3);
	block(0, GUEST, 1);
	block(0, SYNC, 3);
	block(0, SYNC, 2);
	leave(0, 2);
	block(0, GUEST, 1);
	assert_int_equal(exits("vector_sync")->count, 1);
	assert_int_equal(exits("vector_sync")->sum, 4);
	assert_int_equal(profile.cpus[0].counts.el2_other, 7 + 3 + 3);
	assert_int_equal(profile.exits_unfinished, 2);
}

static void brackets_hold_what_lies_between(void **state)
{
	const struct counts *counts = &profile.brackets[0].counts;

	(void)state;
	block(1, GUEST, 10);
	profile_bracket_begin(&profile, 1);
	profile.executed += 5;
	block(1, IRQ, 1);
	leave(1, 9);
	block(0, GUEST, 1000);
	block(1, KERNEL, 20);
	block(1, GUEST, 5);
	profile_bracket_end(&profile, 1);
	profile.executed += 7;
	profile_bracket_end(&profile, 1);
	assert_int_equal(profile.brackets_count, 1);
	assert_int_equal(profile.brackets_lost, 1);
	assert_int_equal(profile.brackets[0].cpu, 1);
	assert_int_equal(counts->outside_low, 10);
	assert_int_equal(counts->outside_high, 20);
	assert_int_equal(counts->classes[VECTOR_IRQ].exits, 1);
	assert_int_equal(counts->classes[VECTOR_IRQ].instructions, 10);
}

static void too_many_classes_are_refused(void **state)
{
	char name[] = "class_00";
	int class = 0;

	(void)state;
	for (unsigned int n = 0; n < PROFILE_MAX_CLASSES && class >= 0; n++) {
		name[6] = (char)('0' + n / 10);
		name[7] = (char)('0' + n % 10);
		class = profile_class(&profile, name);
	}
	assert_int_equal(class, -ENOSPC);
	assert_int_equal(profile_class(&profile, "class_00"), 6);
}

static void the_json_holds_the_figures(void **state)
{
	char path[] = "/tmp/test_memsys_el2prof.XXXXXX";
	int file = mkstemp(path);
	json_int_t count, median, max, outside, el2;
	json_t *root;

	(void)state;
	assert_true(file >= 0);
	close(file);
	profile_bracket_begin(&profile, 0);
	for (unsigned int n = 1; n <= 10; n++) {
		block(0, SYNC, 1);
		leave(0, n);
	}
	block(0, GUEST, 77);
	profile_bracket_end(&profile, 0);
	assert_int_equal(profile_write(&profile, path), 0);
	root = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(root);
	assert_int_equal(json_unpack(root,
		"{s:{s:{s:I,s:I,s:I}},s:[{s:I,s:I},{}]}", "classes",
		"vector_sync", "count", &count, "median", &median, "max", &max,
		"cpus", "outside", &outside, "el2", &el2), 0);
	assert_int_equal(count, 10);
	assert_int_equal(median, 6);
	assert_int_equal(max, 11);
	assert_int_equal(outside, 77);
	assert_int_equal(el2, 65);
	assert_int_equal(json_array_size(json_object_get(root, "brackets")), 1);
	json_decref(root);
	unlink(path);
	assert_true(profile_write(&profile, "/nonexistent/file") < 0);
}

static void the_histogram_is_exact(void **state)
{
	struct histogram histogram = { 0 };

	(void)state;
	assert_int_equal(histogram_percentile(&histogram, 50), 0);
	for (uint64_t n = 0; n < 1000; n++)
		assert_int_equal(histogram_add(&histogram, n * 7 % 1000), 0);
	assert_int_equal(histogram.count, 1000);
	assert_int_equal(histogram.bins_count, 1000);
	assert_int_equal(histogram.sum, 499500);
	assert_int_equal(histogram_percentile(&histogram, 0), 0);
	assert_int_equal(histogram_percentile(&histogram, 50), 499);
	assert_int_equal(histogram_percentile(&histogram, 90), 899);
	assert_int_equal(histogram_percentile(&histogram, 100), 999);
	for (unsigned int n = 0; n < 3000; n++)
		histogram_add(&histogram, UINT64_MAX / 4000);
	assert_true(histogram_percentile(&histogram, 50) == UINT64_MAX / 4000);
	histogram_clear(&histogram);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_exit_is_counted_from_entry_to_return),
		TEST(the_last_probe_in_order_names_the_exit),
		TEST(an_exit_right_after_a_return_is_its_own),
		TEST(a_return_within_el2_does_not_end_an_exit),
		TEST(cpus_take_turns_within_exits),
		TEST(a_part_counts_for_itself),
		TEST(what_never_returns_is_no_exit),
		TEST(brackets_hold_what_lies_between),
		TEST(too_many_classes_are_refused),
		TEST(the_json_holds_the_figures),
		TEST(the_histogram_is_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
