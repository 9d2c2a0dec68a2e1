/* SPDX-License-Identifier: GPL-2.0-only */
/* The check of owners: whose accesses are foreign, by the right table and by others. */
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

#include "tools/memsys/color-owners.h"

#define RAM	0x40000000ull
#define PAGE	0x1000ull
#define TABLE	"h:3/r:ffe0/4:c/8:10"
#define WRONG	"h:1/r:ffe0/4:c/8:10"

static const struct color_owners_range memory = { 0x70000000, 0x1000000 };
static char path[] = "/tmp/test-owners-XXXXXX";
static struct color_owners *owners;

static int setup(void **state)
{
	int file;

	(void)state;
	strcpy(path, "/tmp/test-owners-XXXXXX");
	file = mkstemp(path);
	if (file < 0)
		return -1;
	close(file);
	owners = color_owners_create(path, 16, &memory, TABLE, WRONG);
	if (!owners)
		return -1;
	color_owners_mark(owners, true);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	if (owners)
		color_owners_close(owners);
	owners = NULL;
	unlink(path);
	return 0;
}

static void touch(unsigned int cpu, bool is_hypervisor, unsigned int color,
		  uint64_t foreign)
{
	color_owners_access(owners, cpu, is_hypervisor,
			    RAM + (160 + color) * PAGE + 0xff8);
	assert_int_equal(color_owners_foreign(owners), foreign);
}

/* Each on every color, at both levels. */
static void test_everybody(void **state)
{
	static const uint64_t colors[4] = { 0xffe0, 0xffe0, 0xc, 0x10 };
	uint64_t foreign = 0;

	(void)state;
	for (unsigned int cpu = 0; cpu < 4; cpu++) {
		for (unsigned int color = 0; color < 16; color++) {
			foreign += !(colors[cpu] >> color & 1);
			touch(cpu, false, color, foreign);
			foreign += !((colors[cpu] | 0x3) >> color & 1);
			touch(cpu, true, color, foreign);
		}
	}
}

static void test_marks(void **state)
{
	(void)state;
	touch(0, false, 0, 1);
	color_owners_mark(owners, false);
	touch(0, false, 0, 1);
	touch(2, true, 9, 1);
	color_owners_mark(owners, true);
	touch(2, true, 9, 2);
}

/* Communication regions: pages of the cells' colors in the hypervisor's memory. */
static void test_shared(void **state)
{
	(void)state;
	color_owners_access(owners, 0, true, memory.start + 2 * PAGE);
	color_owners_access(owners, 3, true, memory.start + 3 * PAGE);
	assert_int_equal(color_owners_foreign(owners), 0);
	/* Not on the root's colors, not elsewhere, not by a guest. */
	color_owners_access(owners, 3, true, memory.start + 9 * PAGE);
	color_owners_access(owners, 0, true, memory.start - 14 * PAGE);
	color_owners_access(owners, 3, true, memory.start + memory.bytes +
						     2 * PAGE);
	color_owners_access(owners, 0, false, memory.start + 2 * PAGE);
	assert_int_equal(color_owners_foreign(owners), 4);
}

/* Colors that the root has with CPU 2, and with nobody else. */
static void test_shared_colors(void **state)
{
	static const bool may[4] = { true, true, true, false };
	uint64_t foreign = 0;

	(void)state;
	color_owners_close(owners);
	owners = color_owners_create(path, 16, &memory,
				     "h:3/r:ffe0/4:4/8:10/s4:8", NULL);
	assert_non_null(owners);
	color_owners_mark(owners, true);
	for (unsigned int cpu = 0; cpu < 4; cpu++) {
		foreign += may[cpu] ? 0 : 1;
		touch(cpu, false, 3, foreign);
		foreign += may[cpu] ? 0 : 1;
		touch(cpu, true, 3, foreign);
	}
}

/* What is right by one table is not by another. */
static void test_wrong_table(void **state)
{
	(void)state;
	touch(0, true, 0, 0);
	assert_int_equal(color_owners_foreign_other(owners), 0);
	touch(0, true, 1, 0);
	touch(3, true, 1, 0);
	assert_int_equal(color_owners_foreign_other(owners), 2);
}

static void test_file(void **state)
{
	static const char wanted[] =
		"who,cpu,color,accesses,foreign\n"
		"root,0,1,1,1\n"
		"root,0,5,2,0\n"
		"cell,2,3,1,0\n"
		"hypervisor,1,1,1,0\n"
		"hypervisor,2,4,1,1\n"
		"first,0,root,0x40001000,1\n"
		"first,2,hypervisor,0x40004008,1\n"
		"foreign,,,,2\n"
		"other,,,,3\n";
	char text[512] = "";
	FILE *file;

	(void)state;
	color_owners_access(owners, 0, false, RAM + 5 * PAGE);
	color_owners_access(owners, 0, false, RAM + 21 * PAGE);
	color_owners_access(owners, 0, false, RAM + PAGE);
	color_owners_access(owners, 2, false, RAM + 3 * PAGE);
	color_owners_access(owners, 1, true, RAM + PAGE);
	color_owners_access(owners, 2, true, RAM + 4 * PAGE + 8);
	assert_int_equal(color_owners_close(owners), 0);
	owners = NULL;
	file = fopen(path, "r");
	assert_non_null(file);
	assert_true(fread(text, 1, sizeof(text) - 1, file) > 0);
	fclose(file);
	assert_string_equal(text, wanted);
}

static void test_bad_tables(void **state)
{
	static const char *const tables[] = {
		"", "h", "h:", "h:0", "h:3/", "h:1/h:2", "r:1/r:2", "h:3/r:2",
		"h:10000", "4:1/4:2", "0:1", "4:1,8:2", "x:1", "hr:1",
		"10000000000:1", "s:1", "4:1/s4:1", "sx:1", "s10000000000:1",
	};

	(void)state;
	for (size_t n = 0; n < sizeof(tables) / sizeof(tables[0]); n++) {
		errno = 0;
		assert_null(color_owners_create(path, 16, &memory, tables[n],
						NULL));
		assert_int_equal(errno, EINVAL);
		errno = 0;
		assert_null(color_owners_create(path, 16, &memory, TABLE,
						tables[n]));
		assert_int_equal(errno, EINVAL);
	}
	assert_null(color_owners_create(path, 12, &memory, "h:1", NULL));
	assert_null(color_owners_create(path, 128, &memory, "h:1", NULL));
	assert_null(color_owners_create(path, 16, &memory, NULL, NULL));
	assert_null(color_owners_create("/nonexistent/x", 16, &memory, "h:1",
					NULL));
	assert_int_equal(errno, ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_everybody, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_marks, setup, teardown),
		cmocka_unit_test_setup_teardown(test_wrong_table, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_shared, setup, teardown),
		cmocka_unit_test_setup_teardown(test_shared_colors, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_file, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bad_tables, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
