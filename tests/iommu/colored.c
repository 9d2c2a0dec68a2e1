/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A colored cell: its device reaches each page where its colors put it, across
 * pages that are not adjacent, and what it writes the cell's CPU reads.
 */
#include "trial.h"

#include "abi/hypercall.h"
#include "configs/x86/q35.h"
#include "edu.h"
#include "guest.h"
#include "hv/arch/cpu.h"
#include "hv/cell.h"
#include "hv/coloring.h"
#include "hv/paging.h"
#include "places.h"
#include "tests/vmx/test.h"

#define CELL_ID			1u
#define COLORS_OWN		4u
#define SOURCE_PAGE		0u		/* of the cell; the others receive */
#define PAGES			(INMATE_COMM_BASE / 4096u)
#define ACROSS_BYTES		256u
#define SHARED_PAGES		(Q35_SHARED_BYTES / 4096u)

/* By hand: the n-th page of colors 2, 3, 6 and 9. */
static uint64_t page_phys(unsigned int n)
{
	static const unsigned int colors[COLORS_OWN] = { 2, 3, 6, 9 };
	const unsigned int all = color_count(coloring_geometry());

	return BOCHS_CELL_RAM_BASE +
	       4096ull * (n / COLORS_OWN * all + colors[n % COLORS_OWN]);
}

/* And of 12 and 13, which are for what is shared. */
static uint64_t shared_phys(unsigned int n)
{
	const unsigned int all = color_count(coloring_geometry());

	return Q35_SHARED_BASE + 4096ull * (n / 2 * all + 12 + n % 2);
}

static uint64_t words_put(uint64_t phys, unsigned int at, unsigned int count,
			  uint64_t first)
{
	uint8_t *page = hv_map(hpa(phys), PAGE_BYTES, MAP_READ | MAP_WRITE);

	for (unsigned int n = 0; n < count; n++)
		((volatile uint64_t *)(void *)(page + at))[n] = first + n;
	hv_unmap(page, PAGE_BYTES);
	return first;
}

static uint64_t word_get(uint64_t phys)
{
	uint8_t *page = hv_map(hpa(phys & PAGE_MASK), PAGE_BYTES, MAP_READ);
	uint64_t value = *(volatile uint64_t *)(void *)
			 (page + (phys & ~PAGE_MASK));

	hv_unmap(page, PAGE_BYTES);
	return value;
}

/* What a CPU of the cell has there, by its second stage. */
static uint64_t cpu_reads(unsigned int id, uint64_t address)
{
	uint64_t value = 0;

	expect_equal(guest_read(cell_by_id(id), gpa(address), &value,
				sizeof(value)), 0);
	return value;
}

static uint64_t cell_reads(uint64_t address)
{
	return cpu_reads(CELL_ID, address);
}

static bool device_copies(volatile uint8_t *device, uint64_t from, uint64_t to,
			  uint32_t bytes)
{
	bool done = edu_read(device, from, bytes, 0) &&
		    edu_write(device, to, bytes, 0);

	guest_turn();
	return done;
}

static void test_created(void)
{
	test_begin("a colored cell takes its pages from the root's device, no others");
	expect(trial_root_writes(page_phys(5)));
	expect_equal(guest_hypercall(HC_CELL_CREATE, PLACE_COLORED, 0), 0);
	trial_refused_to_root(page_phys(5));
	/* The same span, another color. */
	expect(trial_root_writes(page_phys(5) + PAGE_BYTES));
	test_end();
}

/* All colors twice, then some up to the last: a transfer takes the device 100 ms. */
static unsigned int page_next(unsigned int n)
{
	return n < 2 * COLORS_OWN ? n + 1 : n + 41;
}

static void test_pages(volatile uint8_t *device)
{
	uint64_t first = 0x436f6c6f72000000;

	test_begin("the device finds the pages that the CPU finds");
	trial_forget_said();
	for (unsigned int n = 1; n < PAGES; n = page_next(n)) {
		uint64_t to = n * 4096ull + 8 * (n % 500);

		words_put(page_phys(SOURCE_PAGE), 0, 1, ++first);
		expect(device_copies(device, 0, to, 8));
		expect_equal(word_get(page_phys(n) + 8 * (n % 500)), first);
		expect_equal(cell_reads(to), first);
	}
	expect(!trial_said("IOMMU"));
	test_end();
}

/* One access of the device, over pages of memory that do not touch. */
static void test_across(volatile uint8_t *device)
{
	const unsigned int half = ACROSS_BYTES / 2;
	uint64_t first = 0x4163726f73730000;

	test_begin("one access over two pages goes to both");
	for (unsigned int n = 1; n + 1 < 2 * COLORS_OWN; n++) {
		uint64_t to = (n + 1) * 4096ull - half;

		first += 0x1000;
		words_put(page_phys(SOURCE_PAGE), 0, ACROSS_BYTES / 8, first);
		expect(device_copies(device, 0, to, ACROSS_BYTES));
		expect_equal(word_get(page_phys(n) + 4096 - half), first);
		expect_equal(word_get(page_phys(n) + 4096 - 8),
			     first + half / 8 - 1);
		expect_equal(word_get(page_phys(n + 1)), first + half / 8);
		expect_equal(cell_reads(to + ACROSS_BYTES - 8),
			     first + ACROSS_BYTES / 8 - 1);
	}
	test_end();
}

static void test_outside(volatile uint8_t *device)
{
	uint64_t other = page_phys(1) + PAGE_BYTES;
	uint64_t before = words_put(other, 0, 1, 0x556e746f75636865);

	test_begin("it does not reach other colors, nor beyond the cell's end");
	trial_forget_said();
	expect(device_copies(device, 0, other, 8));
	expect_equal(word_get(other), before);
	expect(trial_said("by device 00:04.0 refused, reason 0x5"));
	trial_forget_said();
	expect(device_copies(device, 0, INMATE_COMM_BASE, 8));
	expect(trial_said("write at 0x100000 by device 00:04.0 refused"));
	test_end();
}

/* What the root's device writes there; all find it. */
static void root_shares(volatile uint8_t *root_device, unsigned int page,
			uint64_t value)
{
	uint64_t at = page * 4096ull + 8 * page;

	words_put(PLACE_PATTERN, 0, 1, value);
	expect(device_copies(root_device, PLACE_PATTERN,
			     Q35_SHARED_WINDOW + at, 8));
	expect_equal(word_get(shared_phys(page) + 8 * page), value);
	expect_equal(cpu_reads(0, Q35_SHARED_WINDOW + at), value);
}

static void test_shared(volatile uint8_t *device,
			volatile uint8_t *root_device)
{
	uint64_t first = 0x5368617265000000;

	test_begin("devices of both find what the cell shares with the root");
	trial_forget_said();
	for (unsigned int n = 0; n < SHARED_PAGES; n++) {
		uint64_t at = INMATE_SHARED_BASE + n * 4096ull + 8 * n;

		root_shares(root_device, n, ++first);
		expect_equal(cell_reads(at), first);
		expect(device_copies(device, at, at + 0x800, 8));
		expect_equal(word_get(shared_phys(n) + 8 * n + 0x800), first);
	}
	expect(!trial_said("IOMMU"));
	expect(device_copies(device, 0, INMATE_SHARED_BASE + Q35_SHARED_BYTES,
			     8));
	expect(trial_said("write at 0x10008000 by device 00:04.0 refused"));
	test_end();
}

static void test_gone(volatile uint8_t *device, volatile uint8_t *root_device)
{
	uint64_t value;

	test_begin("afterwards the root's devices reach all of it");
	expect_equal(guest_hypercall(HC_CELL_DESTROY, CELL_ID, 0), 0);
	expect(trial_root_writes(page_phys(5)));
	value = words_put(PLACE_PATTERN, 0, 1, 0x4261636b);
	expect(device_copies(device, PLACE_PATTERN, page_phys(9), 8));
	expect_equal(word_get(page_phys(9)), value);
	root_shares(root_device, SHARED_PAGES - 1, 0x4b657074);
	test_end();
}

void trial_colored(volatile uint8_t *device, volatile uint8_t *root_device)
{
	test_created();
	trial_own_colors(page_phys(0));
	test_pages(device);
	test_across(device);
	test_outside(device);
	test_shared(device, root_device);
	test_gone(device, root_device);
}
