/* SPDX-License-Identifier: GPL-2.0-only */
/* A root cell on the fake machine that changes its colors, step by step. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "recolor-root.h"

#include "hv/arch/paging.h"
#include "hv/coloring.h"
#include "hv/errno.h"
#include "hv/paging.h"
#include "hv/recolor.h"
#include "hv/setup.h"

#define RW	(MAP_READ | MAP_WRITE)

struct recolor_system sys;

static unsigned int color(uint64_t phys)
{
	return (unsigned int)(phys / PAGE_BYTES) % 16;
}

uint64_t *root_page(uint64_t at)
{
	return fake_guest(cell_root(), RECOLOR_RAM + at, RW | MAP_EXECUTE);
}

static uint64_t mark(uint64_t at, unsigned int word)
{
	return (at + word) * 0x9e3779b97f4a7c15ull;
}

void root_fill(void)
{
	for (uint64_t at = 0; at < RECOLOR_RAM_BYTES; at += PAGE_BYTES)
		for (unsigned int word = 0; word < 512; word += 73)
			root_page(at)[word] = mark(at, word);
}

/* All bytes are there, on pages of these colors and no others. */
void expect_on(uint64_t colors)
{
	uint64_t phys = RECOLOR_RAM;

	for (uint64_t at = 0; at < RECOLOR_RAM_BYTES; at += PAGE_BYTES) {
		while (!(colors >> color(phys) & 1))
			phys += PAGE_BYTES;
		assert_ptr_equal(root_page(at), fake_ram(phys));
		for (unsigned int word = 0; word < 512; word += 73)
			assert_int_equal(root_page(at)[word], mark(at, word));
		phys += PAGE_BYTES;
	}
	assert_null(fake_guest(cell_root(), RECOLOR_RAM + RECOLOR_RAM_BYTES,
			       MAP_READ));
}

int boot(void)
{
	fake_machine();
	return fake_boot(&sys, sizeof(sys));
}

int setup(void **state)
{
	(void)state;
	recolor_system_init(&sys);
	fake_tlb_local = false;
	if (boot())
		return -1;
	root_fill();
	return 0;
}

long ask(uint64_t colors, uint32_t flags, struct color_request *answer)
{
	struct color_request *request = fake_ram(BUFFER_GPA);
	long result;

	memset(request, 0, sizeof(*request));
	request->size = sizeof(*request);
	request->flags = flags;
	request->colors[0] = colors;
	result = fake_hypercall(0, WEIR_HC_COLORS_SET, BUFFER_GPA, 0);
	if (answer)
		*answer = *request;
	return result;
}

long step(uint32_t flags)
{
	return fake_hypercall(0, WEIR_HC_COLORS_STEP, flags, 0);
}

/* To the end; how many steps. */
unsigned int run(void)
{
	unsigned int steps = 1;
	long left;

	while ((left = step(0)) > 0)
		steps++;
	assert_int_equal(left, 0);
	return steps;
}

void go(uint64_t colors)
{
	long error = ask(colors, 0, NULL);

	if (error)
		fail_msg("%ld: %s", error, cells_last_reason());
	run();
}

uint64_t colors_of_root(void)
{
	struct color_report *report = fake_ram(BUFFER_GPA);

	memset(report, 0, sizeof(*report));
	report->size = sizeof(*report);
	assert_int_equal(fake_hypercall(0, WEIR_HC_COLORS, BUFFER_GPA, 0), 0);
	return report->colors[0];
}
