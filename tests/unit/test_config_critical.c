/* SPDX-License-Identifier: GPL-2.0-only */
/* What a configuration says about critical interrupts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "blobs.h"
#include "hv/config-check.h"
#include "hv/errno.h"

static struct {
	struct blob_cell cell;
	struct weir_record_critical critical[2];
} ABI_PACKED blob;

static void blob_make(const struct weir_record_critical *critical,
		      unsigned int count)
{
	memset(&blob, 0, sizeof(blob));
	blob_cell_init(&blob.cell, 1);
	blob.cell.irqchip = (struct irqchip){
		.address = blob.cell.irqchip.address,
		.pin_base = 32, .pin_bitmap = { 1u << 2, 0, 0, 1u << 31 },
	};
	for (unsigned int n = 0; n < count; n++) {
		blob.critical[n] = *critical;
		blob.critical[n].record.type = WEIR_RECORD_CRITICAL;
		blob.critical[n].record.size = sizeof(*critical);
	}
	blob.cell.block.num_records =
		(uint16_t)(blob.cell.block.num_records + count);
	blob.cell.block.size += (uint32_t)(count * sizeof(*critical));
}

/* words NULL: it is good. */
static void check(enum config_arch arch, const char *words)
{
	size_t bytes = (size_t)((const char *)&blob.cell.block -
				(const char *)&blob) + blob.cell.block.size;
	struct reason reason = { "" };
	int error = config_check_cell(&blob, bytes, arch, &reason);

	if (!words && error)
		fail_msg("refused: %s", reason.text);
	if (words && (error != -EINVAL || !strstr(reason.text, words)))
		fail_msg("wanted \"%s\", found %d \"%s\"", words, error,
			 reason.text);
}

#define TIMES		.period_ns = 1000000, .bound_ns = 100000

static void test_records(void **state)
{
	static const struct {
		struct weir_record_critical critical;
		const char *words;
	} cases[] = {
		{ { TIMES, .irqs_count = 1 }, NULL },
		{ { TIMES, .irqs_count = 4, .irqs = { 27, 3, 34, 159 } },
		  NULL },
		{ { TIMES, .irqs_count = 14, .irqs = { 1, 2, 3, 4, 5, 6, 7, 8,
						       9, 10, 11, 12, 13, 27 } },
		  NULL },
		{ { TIMES }, "0 critical interrupts, allowed are 1 to 14" },
		{ { TIMES, .irqs_count = 15 }, "15 critical interrupts" },
		{ { TIMES, .irqs_count = 1, .irqs = { 1020 } },
		  "critical interrupt 1020, allowed are 0 to 1019" },
		{ { TIMES, .irqs_count = 2, .irqs = { 27, 27 } },
		  "critical interrupt 27 is listed twice" },
		{ { TIMES, .irqs_count = 1, .irqs = { 27, 28 } },
		  "critical interrupt 28 behind the last of 1" },
		{ { TIMES, .irqs_count = 1, .irqs = { 33 } },
		  "critical interrupt 33 is not the cell's" },
		{ { TIMES, .irqs_count = 1, .irqs = { 160 } },
		  "critical interrupt 160 is not the cell's" },
		{ { .irqs_count = 1, .period_ns = 99999, .bound_ns = 10000 },
		  "per 99999 ns, allowed are 100000 to 1000000000" },
		{ { .irqs_count = 1, .period_ns = 1000000001,
		    .bound_ns = 10000 }, "per 1000000001 ns" },
		{ { .irqs_count = 1, .period_ns = 1000000, .bound_ns = 999 },
		  "for 999 ns of 1000000, allowed are 1000 to 500000" },
		{ { .irqs_count = 1, .period_ns = 1000000, .bound_ns = 500001 },
		  "for 500001 ns of 1000000" },
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_COUNT(cases); n++) {
		blob_make(&cases[n].critical, 1);
		check(CONFIG_ARCH_ARM64, cases[n].words);
	}
}

static void test_places(void **state)
{
	const struct weir_record_critical good = {
		TIMES, .irqs_count = 1, .irqs = { 27 },
	};

	(void)state;
	blob_make(&good, 2);
	check(CONFIG_ARCH_ARM64, "a second one of type 12");
	blob_make(&good, 1);
	blob.cell.cell.architecture = CONFIG_ARCH_X86;
	check(CONFIG_ARCH_X86, "critical interrupts exist on arm64 only");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_places),
	};

	return cmocka_run_group_tests_name("critical records", tests, NULL,
					   NULL);
}
