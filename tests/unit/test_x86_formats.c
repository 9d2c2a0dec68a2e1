/* SPDX-License-Identifier: GPL-2.0-only */
/* EPT and own entries, descriptors, CPUID: bits as the manual has them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cpuid-filter.h"
#include "pgtable.h"
#include "segment.h"
#include "x86-regs.h"

static void ept_leaves(void **state)
{
	const struct paging_format *ept = &ept_format;

	(void)state;
	assert_int_equal(ept->leaf(0, hpa(0x1234000),
				   MAP_READ | MAP_WRITE | MAP_EXECUTE),
			 0x1234037);
	assert_int_equal(ept->leaf(1, hpa(0x40000000), MAP_READ), 0x400000b1);
	assert_int_equal(ept->leaf(0, hpa(0xfec00000),
				   MAP_READ | MAP_WRITE | MAP_DEVICE),
			 0xfec00003);
	/* Writable without readable is a misconfiguration. */
	assert_int_equal(ept->leaf(0, hpa(0x1000), MAP_WRITE) & 7, 3);
	assert_false(ept->valid(ept->leaf(0, hpa(0x1000), 0)));
	assert_int_equal(ept_pointer(hpa(0x5000)), 0x501e);
}

static void ept_reads_back(void **state)
{
	static const uint32_t flags[] = {
		MAP_READ, MAP_READ | MAP_WRITE, MAP_READ | MAP_EXECUTE,
		MAP_READ | MAP_WRITE | MAP_EXECUTE,
		MAP_READ | MAP_WRITE | MAP_DEVICE,
	};

	(void)state;
	for (unsigned int level = 0; level < 3; level++) {
		for (size_t i = 0; i < ARRAY_COUNT(flags); i++) {
			uint64_t entry = ept_format.leaf(level, hpa(0x80000000),
							 flags[i]);

			assert_true(ept_format.valid(entry));
			assert_false(ept_format.is_table(level, entry));
			assert_int_equal(ept_format.flags(entry), flags[i]);
			assert_int_equal(ept_format.address(entry).value,
					 0x80000000);
		}
	}
	assert_true(ept_format.is_table(1, ept_format.table(hpa(0x7000))));
	assert_int_equal(ept_format.table(hpa(0x7000)), 0x7007);
}

static void own_entries(void **state)
{
	(void)state;
	assert_int_equal(x86_leaf(0, hpa(0x3000), MAP_READ | MAP_EXECUTE),
			 0x3061);
	assert_int_equal(x86_leaf(1, hpa(0x200000), MAP_READ | MAP_WRITE),
			 0x80000000002000e3);
	assert_int_equal(x86_leaf(0, hpa(0xfee00000),
				  MAP_READ | MAP_WRITE | MAP_DEVICE),
			 0x80000000fee0007b);
	assert_int_equal(x86_format.flags(x86_leaf(0, hpa(0x3000), MAP_READ)),
			 MAP_READ);
}

/* Linux's table: kernel code, data, and a busy task state segment. */
static void descriptors(void **state)
{
	uint64_t gdt[32] = {
		[2] = 0x00af9b000000ffff, [3] = 0x00cf93000000ffff,
		[8] = 0x00008b003000206f, [9] = 0x00000000fffffe00,
	};
	uint64_t made[32] = { 0 };
	struct segment segment = segment_unpack(gdt, 32, 0x10);

	(void)state;
	assert_int_equal(segment.access, 0xa09b);
	assert_int_equal(segment.limit, 0xffffffff);
	assert_int_equal(segment.base, 0);
	segment = segment_unpack(gdt, 32, 0x40);
	assert_int_equal(segment.base, 0xfffffe0000003000);
	assert_int_equal(segment.limit, 0x206f);
	assert_int_equal(segment.access, 0x8b);
	assert_true(segment_pack(made, 32, &segment));
	assert_int_equal(made[8], gdt[8] & ~(2ull << 40));
	assert_int_equal(made[9], gdt[9]);
	segment = segment_unpack(gdt, 32, 0x18);
	assert_true(segment_pack(made, 32, &segment));
	assert_int_equal(made[3], gdt[3]);
}

static void descriptors_that_are_none(void **state)
{
	static const uint16_t selectors[] = { 0, 3, 0x14, 0x100, 0xfff8 };
	uint64_t gdt[32];
	uint64_t made[32] = { 0 };
	uint64_t empty[32] = { 0 };

	(void)state;
	memset(gdt, 0xff, sizeof(gdt));
	for (size_t i = 0; i < ARRAY_COUNT(selectors); i++) {
		struct segment segment = segment_unpack(gdt, 32, selectors[i]);

		assert_int_equal(segment.access, SEGMENT_UNUSABLE);
		assert_int_equal(segment.selector, selectors[i]);
		assert_false(segment_pack(made, 32, &segment));
	}
	assert_memory_equal(made, empty, sizeof(made));
}

static struct cpuid_regs filtered(bool is_root, uint64_t cr4, uint32_t leaf,
				  uint32_t subleaf)
{
	const struct cpuid_viewer viewer = { is_root, cr4 };
	struct cpuid_regs regs = { UINT32_MAX, UINT32_MAX, UINT32_MAX,
				   UINT32_MAX };

	cpuid_filter(&viewer, leaf, subleaf, &regs);
	return regs;
}

static void cpuid_hides_the_hypervisors_own(void **state)
{
	static const uint32_t gone[] = { 0x0f, 0x10, 0x12, 0x14, 0x19,
					 0x40000001 };

	(void)state;
	for (unsigned int root = 0; root < 2; root++) {
		assert_false(filtered(root, 0, 1, 0).ecx & 0x60);
		assert_false(filtered(root, 0, 7, 0).ebx & 0x02009004);
		for (size_t i = 0; i < ARRAY_COUNT(gone); i++) {
			struct cpuid_regs regs = filtered(root, 0, gone[i], 1);

			assert_int_equal(regs.eax | regs.ebx | regs.ecx |
					 regs.edx, 0);
		}
	}
	assert_int_equal(filtered(false, 0, 7, 1).ebx, UINT32_MAX);
}

static void cpuid_follows_the_guests_cr4(void **state)
{
	(void)state;
	assert_true(filtered(true, CR4_OSXSAVE, 1, 0).ecx & BIT(27));
	assert_false(filtered(true, 0, 1, 0).ecx & BIT(27));
	assert_true(filtered(false, CR4_PKE, 7, 0).ecx & BIT(4));
	assert_false(filtered(false, 0, 7, 0).ecx & BIT(4));
}

static void cpuid_tells_cells_where_they_are(void **state)
{
	const struct cpuid_viewer cell = { false, 0 }, root = { true, 0 };
	struct cpuid_regs regs = { 0, 0, 0, 0 };

	(void)state;
	cpuid_filter(&cell, 1, 0, &regs);
	assert_int_equal(regs.ecx, BIT(31) | BIT(21));
	regs.ecx = 0;
	cpuid_filter(&root, 1, 0, &regs);
	assert_int_equal(regs.ecx, 0);
	cpuid_filter(&root, 0x40000000, 0, &regs);
	assert_int_equal(regs.eax, 0x40000001);
	assert_memory_equal(&regs.ebx, "Jail", 4);
	assert_memory_equal(&regs.ecx, "hous", 4);
	assert_memory_equal(&regs.edx, "e\0\0\0", 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ept_leaves),
		cmocka_unit_test(ept_reads_back),
		cmocka_unit_test(own_entries),
		cmocka_unit_test(descriptors),
		cmocka_unit_test(descriptors_that_are_none),
		cmocka_unit_test(cpuid_hides_the_hypervisors_own),
		cmocka_unit_test(cpuid_follows_the_guests_cr4),
		cmocka_unit_test(cpuid_tells_cells_where_they_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
