/* SPDX-License-Identifier: GPL-2.0-only */
/* The root cell changes its colors, on the fake machine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "recolor-root.h"
#include "hv/coloring.h"
#include "hv/errno.h"
#include "hv/paging.h"
#include "hv/recolor.h"
#include "hv/setup.h"

#define RW	(MAP_READ | MAP_WRITE)

static void test_there_and_back(void **state)
{
	struct color_request answer;

	(void)state;
	expect_on(ALL);
	assert_int_equal(colors_of_root(), 0);
	assert_int_equal(ask(HIGH, COLOR_REQUEST_CHECK, &answer), 0);
	assert_int_equal(answer.left_bytes, 0);
	assert_int_equal(step(0), -ENODATA);
	assert_int_equal(ask(HIGH, 0, &answer), 0);
	assert_int_equal(answer.left_bytes, RECOLOR_RAM_BYTES);
	/* 2048 pages on 12 of 16: 170 rounds of 16, and 4 + 8 pages. */
	assert_int_equal(answer.span_bytes, (170 * 16 + 4 + 8) * PAGE_BYTES);
	run();
	expect_on(HIGH);
	assert_int_equal(colors_of_root(), HIGH);
	assert_int_equal(ask(0, COLOR_REQUEST_LOOK, &answer), 0);
	assert_int_equal(answer.moved_bytes, RECOLOR_RAM_BYTES);
	assert_int_equal(answer.left_bytes, 0);
	go(0x0fff);
	expect_on(0x0fff);
	go(0);
	expect_on(ALL);
	assert_int_equal(colors_of_root(), 0);
	go(0x5fff);
	go(ALL);
	expect_on(ALL);
	assert_int_equal(colors_of_root(), 0);
}

/* Every page that moved was out of every table before, and its code forgotten. */
static void test_maintenance(void **state)
{
	unsigned int steps;

	(void)state;
	assert_int_equal(ask(HIGH, 0, NULL), 0);
	fake.cell_flushes = 0;
	fake.icache_flushes = 0;
	fake.flushed_bytes = 0;
	steps = run();
	/* The last two only find that all is moved, and nothing to be joined. */
	assert_int_equal(fake.cell_flushes, steps - 2);
	assert_int_equal(fake.icache_flushes, fake.cell_flushes - 4);
	/* Both the old place and the new one. */
	assert_true(fake.flushed_bytes >= 2 * RECOLOR_RAM_BYTES);
}

static void test_turned_anywhere(void **state)
{
	(void)state;
	for (unsigned int steps = 5; steps < 500; steps += 37) {
		assert_int_equal(ask(HIGH, 0, NULL), 0);
		for (unsigned int n = 0; n < steps; n++)
			step(0);
		if (steps % 2) {
			if (step(COLOR_STEP_TURN) > 0)
				run();
			expect_on(ALL);
			assert_int_equal(colors_of_root(), 0);
			continue;
		}
		/* Turned twice it goes on. */
		step(COLOR_STEP_TURN);
		step(COLOR_STEP_TURN);
		run();
		expect_on(HIGH);
		go(0);
		expect_on(ALL);
	}
}

static void test_nothing_leaks(void **state)
{
	size_t pool, remap = remap_pool_used();

	(void)state;
	go(HIGH);
	pool = page_pool_used();
	for (unsigned int i = 0; i < 5; i++) {
		go(0);
		assert_int_equal(remap_pool_used(), remap);
		go(i % 2 ? HIGH : 0x7fff);
		assert_int_equal(page_pool_used(), pool);
		assert_int_equal(remap_pool_used(), remap);
	}
}

/* With no page left for tables it goes back, and says so in the end. */
static void test_out_of_pages(void **state)
{
	static void *pages[4096];
	unsigned int taken = 0;
	long left;

	(void)state;
	while ((pages[taken] = page_alloc(1)) != NULL)
		taken++;
	for (unsigned int free = 0; free < 4; free++) {
		assert_int_equal(ask(HIGH, 0, NULL), 0);
		while ((left = step(0)) > 0)
			;
		cells_expect(left, -ENOMEM, "keeps its colors");
		expect_on(ALL);
		assert_int_equal(colors_of_root(), 0);
		assert_int_equal(step(0), -ENODATA);
		page_free(pages[--taken], 1);
	}
	/* The fourth page is what was missing. */
	go(HIGH);
	expect_on(HIGH);
}

static long make_cell(unsigned int id, uint64_t colors, uint64_t start)
{
	struct colored_cell blob;

	colored_cell_init(&blob, id, colors);
	blob.memory[COLORED_OWN].phys_start = start;
	return cells_create(&blob, sizeof(blob));
}

/* What the root leaves others can have, and load. */
static void test_freed_memory(void **state)
{
	uint64_t *words;

	(void)state;
	cells_expect(make_cell(1, LOW, RECOLOR_RAM), -EBUSY,
		     "the root cell is using it");
	go(HIGH);
	cells_expect(make_cell(1, 0x001f, RECOLOR_RAM), -EBUSY,
		     "color 4 belongs to cell \"root\"");
	assert_int_equal(make_cell(1, LOW, RECOLOR_RAM), 0);
	/* Page 5 of the cell is color 1 of the second round. */
	words = fake_guest(cell_by_id(1), 5 * PAGE_BYTES, RW);
	assert_ptr_equal(words, fake_ram(RECOLOR_RAM + 17 * PAGE_BYTES));
	assert_null(fake_guest(cell_root(), RECOLOR_WINDOW + 17 * PAGE_BYTES,
			       MAP_READ));
	assert_int_equal(fake_hypercall(0, HC_CELL_SET_LOADABLE, 1, 0), 0);
	assert_ptr_equal(fake_guest(cell_root(),
				    RECOLOR_WINDOW + 17 * PAGE_BYTES, RW),
			 words);
	assert_null(fake_guest(cell_root(), RECOLOR_WINDOW + 20 * PAGE_BYTES,
			       MAP_READ));
	memset(words, 0x77, PAGE_BYTES);
	assert_int_equal(fake_hypercall(0, HC_CELL_START, 1, 0), 0);
	assert_null(fake_guest(cell_root(), RECOLOR_WINDOW + 17 * PAGE_BYTES,
			       MAP_READ));
	expect_on(HIGH);
	/* While somebody is there, the root does not come back. */
	cells_expect(ask(0, 0, NULL), -EBUSY, "cell \"cell-1\" has memory there");
	cells_expect(ask(0xfff8, 0, NULL), -EBUSY, "color 3 belongs to cell");
	go(0xff70);
	expect_on(0xff70);
	assert_int_equal(words[3], 0x7777777777777777);
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), 0);
	assert_null(fake_guest(cell_root(), RECOLOR_WINDOW + 17 * PAGE_BYTES,
			       MAP_READ));
	go(0);
	expect_on(ALL);
}

/* A cell that is not colored lies between the colors, or not at all. */
static void test_plain_cells_in_the_span(void **state)
{
	struct blob_cell blob;
	const uint64_t beyond = RECOLOR_RAM + RECOLOR_RAM_BYTES;

	(void)state;
	blob_cell_init(&blob, 1);
	blob.memory[BLOB_OWN].phys_start = beyond;
	assert_int_equal(cells_create(&blob, sizeof(blob)), 0);
	cells_expect(ask(HIGH, 0, NULL), -EBUSY, "has memory there: region 0");
	assert_int_equal(fake_hypercall(0, HC_CELL_DESTROY, 1, 0), 0);
	go(HIGH);
	cells_expect(cells_create(&blob, sizeof(blob)), -EBUSY,
		     "the root cell is using it, on its colors");
	/* Behind the root's last page. */
	blob.memory[BLOB_OWN].phys_start = RECOLOR_RAM + 0x800000 + 0x400000;
	assert_int_equal(cells_create(&blob, sizeof(blob)), 0);
}

static void test_refusals(void **state)
{
	struct color_request *request = fake_ram(BUFFER_GPA);
	struct blob_cell blob;

	(void)state;
	cells_expect(ask(0x10000, 0, NULL), -EINVAL, "color 16 does not exist");
	/* 8 MiB on 7 of 16 are more than 16. */
	cells_expect(ask(0x007f, 0, NULL), -ENOSPC,
		     "0x800000 bytes span 0x1244000 on 7 of 16 colors: it has 0x1000000");
	cells_expect(ask(HIGH, 4, NULL), -EINVAL, "flags 0x4");
	cells_expect(step(2), -EINVAL, "flags 0x2");
	assert_int_equal(ask(HIGH, 0, NULL), 0);
	cells_expect(ask(0, 0, NULL), -EBUSY, "is changing its colors");
	step(0);
	blob_cell_init(&blob, 1);
	cells_expect(cells_create(&blob, sizeof(blob)), -EBUSY,
		     "is changing its colors");
	run();
	memset(request, 0, sizeof(*request));
	request->size = sizeof(*request);
	request->cell_id = 1;
	cells_expect(fake_hypercall(0, WEIR_HC_COLORS_SET, BUFFER_GPA, 0),
		     -EINVAL, "only the root cell");
	/* Bare Linux expects its memory where it was. */
	cells_expect(fake_hypercall(0, HC_DISABLE, 0, 0), -EBUSY,
		     "the root cell has 12 of 16 colors: 'regctl set root --colors all' first");
	expect_on(HIGH);
}

static void test_nothing_may_move(void **state)
{
	struct colored_system plain;

	(void)state;
	colored_system_init(&plain);
	fake_machine();
	assert_int_equal(fake_boot(&plain, sizeof(plain)), 0);
	cells_expect(ask(HIGH, 0, NULL), -ENODEV, "no span");
	assert_int_equal(step(0), -ENODATA);
}

/* A colored cell elsewhere keeps its colors from the root. */
static void test_colors_of_cells(void **state)
{
	struct colored_cell blob;

	(void)state;
	assert_int_equal(make_cell(1, 0x00f0, COLORED_RAM), 0);
	cells_expect(ask(HIGH, 0, NULL), -EBUSY,
		     "color 4 belongs to cell \"cell-1\"");
	go(0xff0f);
	colored_cell_init(&blob, 2, 0);
	blob.colors.how = COLORS_COUNT;
	blob.colors.amount = 1;
	cells_expect(cells_create(&blob, sizeof(blob)), -EBUSY,
		     "1 colors are asked for: of 16, 0 are free");
	go(0);
	assert_int_equal(cells_create(&blob, sizeof(blob)), 0);
}

/* The same where each CPU has to be told. */
static void test_without_broadcast(void **state)
{
	(void)state;
	fake_tlb_local = true;
	go(HIGH);
	expect_on(HIGH);
	assert_true(fake_cpu_area(1)->arch.flushes >= RECOLOR_RAM_BYTES /
						      PAGE_BYTES / 4);
	go(0);
	expect_on(ALL);
	/* A CPU that does not answer: back, and all run. */
	assert_int_equal(ask(HIGH, 0, NULL), 0);
	step(0);
	fake.deaf = true;
	assert_true(step(0) > 0);
	fake.deaf = false;
	while (step(0) > 0)
		;
	cells_expect(step(0), -ENODATA, "not changing");
	expect_on(ALL);
	fake_tlb_local = false;
}

static void test_faults(void **state)
{
	struct color_request answer;

	(void)state;
	assert_true(recolor_settled(cell_root(), gpa(RECOLOR_RAM + 8)));
	assert_false(recolor_settled(cell_root(), gpa(0x10000000)));
	assert_int_equal(make_cell(1, LOW, COLORED_RAM), 0);
	assert_false(recolor_settled(cell_by_id(1), gpa(0)));
	assert_int_equal(ask(HIGH, 0, NULL), 0);
	assert_true(recolor_settled(cell_root(), gpa(RECOLOR_RAM)));
	run();
	assert_int_equal(ask(0, COLOR_REQUEST_LOOK, &answer), 0);
	assert_int_equal(answer.waits, 1);
}

static unsigned int waited;

/* Whoever waits has to be let go: there is one thread. */
static void on_relax(void)
{
	waited++;
	recolor_release(cell_root());
}

/* Only the root's memory moves: nobody else's copies wait for it. */
static void test_others_do_not_wait(void **state)
{
	uint64_t word = 0x1122334455667788;
	uint32_t flags;
	hpa_t phys;

	(void)state;
	assert_int_equal(make_cell(1, LOW, COLORED_RAM), 0);
	waited = 0;
	fake.on_relax = on_relax;
	recolor_hold(cell_root());
	assert_int_equal(guest_write(cell_by_id(1), gpa(0x1000), &word,
				     sizeof(word)), 0);
	assert_int_equal(guest_read(cell_by_id(1), gpa(0x1000), &word,
				    sizeof(word)), 0);
	assert_true(guest_translate(cell_by_id(1), gpa(0), &phys, &flags));
	assert_int_equal(waited, 0);
	assert_int_equal(guest_read(cell_root(), gpa(RECOLOR_RAM), &word,
				    sizeof(word)), 0);
	assert_int_equal(waited, 1);
	fake.on_relax = NULL;
}

/* A configuration may ask for colors from the beginning. */
static void test_from_enabling_on(void **state)
{
	struct reason reason;

	(void)state;
	sys.root.list[0] = HIGH;
	assert_int_equal(boot(), 0);
	root_fill();
	expect_on(ALL);
	/* As in setup: nobody runs a guest. */
	fake_cpu_area(0)->active = false;
	assert_int_equal(recolor_enter(&reason), 0);
	expect_on(HIGH);
	recolor_leave();
	expect_on(ALL);
	assert_int_equal(fake.cell_flushes, 0);
	assert_int_equal(boot(), 0);
	root_fill();
	fake_cpu_area(0)->active = false;
	assert_int_equal(recolor_enter(&reason), 0);
	fake_cpu_area(0)->active = true;
	expect_on(HIGH);
	assert_int_equal(colors_of_root(), HIGH);
	go(0);
	expect_on(ALL);
}

static void refused(const char *words)
{
	struct reason reason = { "" };
	int error = config_check_system(&sys, sizeof(sys), CONFIG_ARCH_ARM64,
					&reason);

	if (error >= 0 || !strstr(reason.text, words))
		fail_msg("wanted \"%s\", found %d: \"%s\"", words, error,
			 reason.text);
	recolor_system_init(&sys);
}

static void test_configurations(void **state)
{
	(void)state;
	sys.memory[RECOLOR_OWN].flags |= MEM_DMA;
	refused("devices do not follow while its pages move");
	sys.memory[RECOLOR_OWN].flags &= ~MEM_COLORED;
	refused("one memory region of the root cell is colored");
	sys.memory[RECOLOR_REST].flags |= MEM_COLORED;
	refused("one memory region of the root cell is colored");
	sys.memory[RECOLOR_OWN].size += PAGE_BYTES;
	refused("is not of whole 0x200000");
	sys.memory[RECOLOR_OWN].virt_start += PAGE_BYTES;
	refused("is not of whole 0x200000");
	sys.root.span_bytes = RECOLOR_RAM_BYTES - PAGE_BYTES;
	refused("it has 0x7ff000");
	sys.root.span_bytes = 0;
	refused("a span of 0x0 bytes");
	sys.root.span_bytes += 5;
	refused("not of whole pages");
	sys.root.span_bytes = FAKE_HV_START - RECOLOR_RAM + PAGE_BYTES;
	refused("overlaps the hypervisor's memory");
	sys.root.window_address = FAKE_HV_START;
	refused("overlaps the hypervisor's memory");
	sys.root.window_address = RECOLOR_RAM;
	refused("where the root cell's free pages are seen");
	sys.memory[RECOLOR_REST].phys_start = RECOLOR_RAM + RECOLOR_RAM_BYTES;
	refused("is in the span");
	sys.root.list[0] = 0x10000;
	refused("color 16 does not exist");
	sys.root.list[0] = 0x3;
	refused("on 2 of 16 colors");
	sys.coloring.record.type = WEIR_RECORD_OPTIONS;
	refused("record 1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_there_and_back, setup),
		cmocka_unit_test_setup(test_maintenance, setup),
		cmocka_unit_test_setup(test_turned_anywhere, setup),
		cmocka_unit_test_setup(test_nothing_leaks, setup),
		cmocka_unit_test_setup(test_out_of_pages, setup),
		cmocka_unit_test_setup(test_freed_memory, setup),
		cmocka_unit_test_setup(test_plain_cells_in_the_span, setup),
		cmocka_unit_test_setup(test_refusals, setup),
		cmocka_unit_test_setup(test_nothing_may_move, setup),
		cmocka_unit_test_setup(test_colors_of_cells, setup),
		cmocka_unit_test_setup(test_without_broadcast, setup),
		cmocka_unit_test_setup(test_faults, setup),
		cmocka_unit_test_setup(test_others_do_not_wait, setup),
		cmocka_unit_test_setup(test_from_enabling_on, setup),
		cmocka_unit_test_setup(test_configurations, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
