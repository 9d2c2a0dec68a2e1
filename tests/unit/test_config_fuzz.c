/* SPDX-License-Identifier: GPL-2.0-only */
/* The validator on good configurations with a few bytes changed at random. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "colored-blobs.h"
#include "hv/config-check.h"

#define ARM64	CONFIG_ARCH_ARM64

static uint64_t random_state;
/* Of 16 colors, as that of the colored configurations. */
static struct color_geometry some_geometry;

static uint64_t random_below(uint64_t limit)
{
	random_state = random_state * 6364136223846793005ull +
		       1442695040888963407ull;
	return (random_state >> 33) % limit;
}

/* Values that sit where arithmetic breaks, besides plain noise. */
static uint64_t random_value(void)
{
	static const uint64_t edges[] = {
		0, 1, 7, 8, 0x7fffffff, 0x80000000, 0xffffffff, 0x1000, 0xfff,
		UINT64_MAX, UINT64_MAX - 0xfff, 1ull << 63, 1ull << 48, 32,
	};

	if (random_below(2))
		return edges[random_below(ARRAY_COUNT(edges))];
	return random_below(UINT32_MAX) << random_below(33);
}

/* Colored memory that is accepted can be placed, in the span that is its own. */
static void walk_colored(const struct config_view *view,
			 const struct color_geometry *geometry)
{
	const struct color_set colors = config_colors(view);

	if (!config_is_colored(view) ||
	    color_set_beyond(&colors, geometry) < COLORS_MAX ||
	    !color_set_count(&colors))
		return;
	for (uint32_t i = 0; i < view->desc->num_memory_regions; i++) {
		const struct memory_region *region = &view->memory[i];
		struct colored memory = config_colored(geometry, &colors,
						       region);
		struct color_run last;

		if (!(region->flags & MEM_COLORED) || !region->size)
			continue;
		color_locate(&memory, region->size - 1, &last);
		assert_int_equal(last.phys + 1,
				 region->phys_start + color_span(&memory));
	}
}

/* Whatever is accepted must be walkable to its last record. */
static void walk(const struct cell_desc *desc, size_t size)
{
	struct config_view view;
	uint64_t sum = 0;

	config_view_init(&view, desc, size);
	sum += config_cpus(&view);
	for (uint32_t i = 0; i < view.desc->num_memory_regions; i++)
		sum += view.memory[i].flags;
	for (uint32_t i = 0; i < view.desc->num_pci_devices; i++) {
		for (unsigned int j = 0; j < view.pci[i].num_caps; j++)
			sum += view.caps[view.pci[i].caps_start + j].id;
	}
	for (unsigned int i = 0; i < WEIR_BLOCK_MAX_RECORDS; i++) {
		const struct weir_record_policy *policy =
			(const void *)config_record(&view, WEIR_RECORD_POLICY,
						    i);
		const struct weir_record_options *options =
			(const void *)config_record(&view, WEIR_RECORD_OPTIONS,
						    i);
		const struct weir_record_control *control =
			(const void *)config_record(&view, WEIR_RECORD_CONTROL,
						    i);

		sum += policy ? policy->settings.period_ns : 0;
		sum += options ? options->permissions : 0;
		sum += control ? control->what : 0;
	}
	assert_int_not_equal(sum, 0);
	walk_colored(&view, &some_geometry);
}

static void walk_system(const struct system_desc *system, size_t size)
{
	struct config_root_colors colors;
	struct color_geometry geometry;
	struct config_view root;
	struct colored memory;

	config_view_init(&root, &system->root_cell,
			 size - offsetof(struct system_desc, root_cell));
	if (!config_root_colors(&root, &colors) ||
	    config_geometry(&root, &geometry, NULL))
		return;
	assert_non_null(colors.region);
	memory = config_root_memory(&colors, &geometry, &colors.set);
	assert_true(color_span(&memory) <= colors.span_bytes);
	assert_true(memory.start + colors.span_bytes > memory.start);
}

static void fuzz_once(bool is_system, const void *good, size_t size,
		      unsigned int *accepted)
{
	uint8_t *bytes = malloc(size);
	size_t used = random_below(8) ? size : random_below(size + 1);
	struct reason reason = { "" };
	uint64_t value;
	int error;

	memcpy(bytes, good, size);
	for (uint64_t n = 1 + random_below(4); n; n--) {
		size_t width = (size_t)1 << random_below(4);
		size_t at = random_below(size - width);

		value = random_value();
		memcpy(bytes + at, &value, width);
	}
	/* The end of the memory is the end of the blob. */
	bytes = realloc(bytes, used ? used : 1);
	error = is_system ? config_check_system(bytes, used, ARM64, &reason) :
			    config_check_cell(bytes, used, ARM64, &reason);
	if (!error && !is_system)
		walk((const void *)bytes, used);
	if (!error && is_system)
		walk_system((const void *)bytes, used);
	*accepted += !error;
	if (error)
		assert_int_not_equal(reason.text[0], '\0');
	assert_non_null(memchr(reason.text, 0, sizeof(reason.text)));
	free(bytes);
}

/* The same cell, which may hold back another one. */
struct controller {
	struct blob_cell cell;
	struct weir_record_control control;
} ABI_PACKED;

static void controller_init(struct controller *controller)
{
	blob_cell_init(&controller->cell, 1);
	controller->cell.block.num_records++;
	controller->cell.block.size += sizeof(controller->control);
	controller->control = (struct weir_record_control){
		.record = { .type = WEIR_RECORD_CONTROL,
			    .size = sizeof(controller->control) },
		.cell_id = 0,
		.what = CONTROL_KNOWN,
		.duty_min_permille = 100,
		.budget_min_bytes_per_s = 50000000,
	};
}

static void test_fuzz(void **state)
{
	const struct color_cache cache = { 1024, 16, 64 };
	unsigned int accepted = 0;
	struct controller controller;
	struct recolor_system recolored;
	struct colored_cell colored;
	struct blob_system system;
	struct blob_cell cell;

	(void)state;
	random_state = 20260101;
	blob_system_init(&system);
	colored_cell_init(&colored, 1, 0x00ff);
	recolor_system_init(&recolored);
	assert_int_equal(color_geometry_init(&some_geometry, &cache, NULL, 0,
					     NULL), 0);
	blob_cell_init(&cell, 1);
	controller_init(&controller);
	for (unsigned int i = 0; i < 100000; i++) {
		fuzz_once(false, &cell, sizeof(cell), &accepted);
		fuzz_once(true, &system, sizeof(system), &accepted);
		fuzz_once(false, &controller, sizeof(controller), &accepted);
		fuzz_once(false, &colored, sizeof(colored), &accepted);
		fuzz_once(true, &recolored, sizeof(recolored), &accepted);
	}
	/* Neither all nor none: the changes reach what is behind the head. */
	assert_in_range(accepted, 5000, 375000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fuzz),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
