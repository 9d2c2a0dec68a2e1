/* SPDX-License-Identifier: GPL-2.0-only */
/* Bitmaps of ports and MSRs, against the list one entry at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bitmaps.h"
#include "vmx-caps.h"
#include "x86-regs.h"

static const struct msr_viewer root_x2apic = { true, true, true };
static const struct msr_viewer root_xapic = { true, false, false };
static const struct msr_viewer cell_x2apic = { false, true, true };
static const struct msr_viewer cell_xapic = { false, false, false };

static uint8_t bitmap[2 * BITMAP_BYTES];

/* All 16384 bits, both directions: what the list does not allow exits. */
static void assert_follows_list(const struct msr_viewer *viewer)
{
	msr_bitmap_build(bitmap, viewer, NULL);
	for (uint32_t n = 0; n < 0x4000; n++) {
		uint32_t msr = n < 0x2000 ? n : 0xc0000000u + n - 0x2000;
		unsigned int policy = msr_policy(viewer, msr);

		assert_int_equal(msr_bitmap_exits(bitmap, msr, false),
				 !(policy & MSR_DIRECT_READ));
		assert_int_equal(msr_bitmap_exits(bitmap, msr, true),
				 !(policy & MSR_DIRECT_WRITE));
	}
}

static void follows_the_list(void **state)
{
	(void)state;
	assert_follows_list(&root_x2apic);
	assert_follows_list(&root_xapic);
	assert_follows_list(&cell_x2apic);
	assert_follows_list(&cell_xapic);
}

static void keeps_what_is_the_hypervisors(void **state)
{
	static const uint32_t writes[] = {
		MSR_TSC, MSR_APIC_BASE, MSR_FEATURE_CONTROL, 0x79, 0x19a,
		0x200, MSR_MTRR_DEF_TYPE, MSR_VMX_BASIC, 0x830, 0x832, 0x837,
		0xc8f, 0xc90, 0xd10, 0xd50,
	};
	const struct msr_viewer *viewers[] = { &root_x2apic, &cell_x2apic,
					       &root_xapic, &cell_xapic };

	(void)state;
	for (unsigned int v = 0; v < 4; v++) {
		msr_bitmap_build(bitmap, viewers[v], NULL);
		for (size_t i = 0; i < ARRAY_COUNT(writes); i++)
			assert_true(msr_bitmap_exits(bitmap, writes[i], true));
	}
}

static void gives_guests_what_they_run_on(void **state)
{
	static const uint32_t direct[] = {
		MSR_EFER, MSR_STAR, MSR_LSTAR, MSR_FMASK, MSR_FS_BASE,
		MSR_GS_BASE, MSR_KERNEL_GS_BASE, MSR_SYSENTER_EIP, MSR_PAT,
		MSR_TSC_DEADLINE,
	};

	(void)state;
	msr_bitmap_build(bitmap, &cell_xapic, NULL);
	for (size_t i = 0; i < ARRAY_COUNT(direct); i++) {
		assert_false(msr_bitmap_exits(bitmap, direct[i], false));
		assert_false(msr_bitmap_exits(bitmap, direct[i], true));
	}
	assert_true(msr_bitmap_exits(bitmap, 0x80b, true));
	msr_bitmap_build(bitmap, &cell_x2apic, NULL);
	assert_false(msr_bitmap_exits(bitmap, 0x80b, true));
	assert_true(msr_bitmap_exits(bitmap, 0xc001001f, false));
}

/*
 * What Linux reads or writes without expecting a fault when a CPU comes online
 * or a counter starts; not for cells.
 */
static void gives_the_root_what_its_kernel_touches(void **state)
{
	static const struct {
		uint32_t first, last;
		bool is_written;
	} touched[] = {
		{ 0x033, 0x033, true },		/* split locks */
		{ 0x0bd, 0x0bd, false },	/* x2APIC for ever */
		{ 0x1c8, 0x1c9, true },		/* last branches */
		{ 0x680, 0x69f, true },
		{ 0x6c0, 0x6df, true },
		{ 0x981, 0x982, false },	/* memory encryption */
		{ 0xdc0, 0xddf, true },
		{ 0x1200, 0x121f, true },
		{ 0x14ce, 0x14cf, true },
		{ 0x1500, 0x151f, true },
		{ 0x1600, 0x161f, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(touched); i++) {
		for (uint32_t msr = touched[i].first; msr <= touched[i].last;
		     msr++) {
			unsigned int root = msr_policy(&root_xapic, msr);

			assert_true(root & MSR_DIRECT_READ);
			assert_int_equal(!!(root & MSR_DIRECT_WRITE),
					 touched[i].is_written);
			assert_int_equal(msr_policy(&cell_x2apic, msr), 0);
		}
	}
}

static int use_of_two(uint32_t msr)
{
	if (msr == 0xc1)
		return 1;
	return msr == 0x1d9 ? -1 : 0;
}

static void counters_are_the_roots_or_nobodys(void **state)
{
	static const uint32_t counters[] = { 0xc1, 0x186, 0x309, 0x38f, 0x4c1 };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(counters); i++) {
		assert_true(msr_policy(&root_x2apic, counters[i]));
		assert_false(msr_policy(&root_xapic, counters[i]));
		assert_false(msr_policy(&cell_x2apic, counters[i]));
	}
}

static void counters_have_the_last_word(void **state)
{
	(void)state;
	msr_bitmap_build(bitmap, &cell_xapic, use_of_two);
	assert_false(msr_bitmap_exits(bitmap, 0xc1, true));
	assert_true(msr_bitmap_exits(bitmap, 0xc2, true));
	assert_true(msr_bitmap_exits(bitmap, 0x1d9, true));
	assert_true(msr_bitmap_exits(bitmap, 0x1d9, false));
}

static void opens_listed_ports_only(void **state)
{
	static const struct pio_region ranges[] = {
		{ 0x60, 1 }, { 0x3f8, 8 }, { 0xcf0, 0x20 }, { 0xfff8, 8 },
	};

	(void)state;
	io_bitmap_build(bitmap, ranges, ARRAY_COUNT(ranges));
	for (uint32_t port = 0; port < 0x10000; port++) {
		bool listed = port == 0x60 ||
			      (port >= 0x3f8 && port < 0x400) ||
			      (port >= 0xcf0 && port < 0xd10) || port >= 0xfff8;
		bool pci = port >= PORT_PCI_FIRST && port <= PORT_PCI_LAST;

		assert_int_equal(io_bitmap_exits(bitmap, (uint16_t)port),
				 !listed || pci);
	}
	io_bitmap_build(bitmap, NULL, 0);
	for (uint32_t port = 0; port < 0x10000; port++)
		assert_true(io_bitmap_exits(bitmap, (uint16_t)port));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_the_list),
		cmocka_unit_test(keeps_what_is_the_hypervisors),
		cmocka_unit_test(gives_guests_what_they_run_on),
		cmocka_unit_test(gives_the_root_what_its_kernel_touches),
		cmocka_unit_test(counters_are_the_roots_or_nobodys),
		cmocka_unit_test(counters_have_the_last_word),
		cmocka_unit_test(opens_listed_ports_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
