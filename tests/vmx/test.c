// SPDX-License-Identifier: GPL-2.0-only
/* Test results on the console, in the words of tests/system/lib.sh. */
#include "test.h"

#include "hv/printk.h"

#define NOTES_MAX		10	/* per test */

static const char *current;
static unsigned int count, notes;

void test_begin(const char *name)
{
	current = name;
	notes = 0;
}

/* The verdict comes first, then what led to it: notes wait until the end. */
static char note_lines[NOTES_MAX][160];

bool test_expect(bool condition, const char *file, int line, const char *text)
{
	if (!condition && notes++ < NOTES_MAX)
		hv_snprintf(note_lines[notes - 1], sizeof(note_lines[0]),
			    "%s:%d: not %s", file, line, text);
	return condition;
}

bool test_equal(int64_t got, int64_t wanted, const char *file, int line,
		const char *text)
{
	if (got != wanted && notes++ < NOTES_MAX)
		hv_snprintf(note_lines[notes - 1], sizeof(note_lines[0]),
			    "%s:%d: %s: got %ld (0x%lx), expected %ld (0x%lx)",
			    file, line, text, got, (uint64_t)got, wanted,
			    (uint64_t)wanted);
	return got == wanted;
}

bool test_failing(void)
{
	return notes;
}

void test_end(void)
{
	count++;
	print("test: %s - %s\n", notes ? "not ok" : "ok", current);
	for (unsigned int n = 0; n < notes && n < NOTES_MAX; n++)
		print("  # %s\n", note_lines[n]);
	if (notes > NOTES_MAX)
		print("  # and %u more\n", notes - NOTES_MAX);
}

void test_report(const char *key, uint64_t value)
{
	print("data: %s %lu\n", key, value);
}

void tests_done(void)
{
	print("test: done %u\n", count);
}
